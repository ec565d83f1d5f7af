"""All tasks, in the order of the report."""

from __future__ import annotations

from corpus_kit.benchmarks import corpora, counting, normalizing, segmenting, tokenizing
from corpus_kit.benchmarks.tasks import Task
from corpus_kit.errors import choose

__all__ = ["GROUPS", "TASKS", "chosen_tasks", "task_named"]

TASKS: tuple[Task, ...] = (
    *normalizing.TASKS,
    *tokenizing.TASKS,
    *segmenting.TASKS,
    *counting.TASKS,
    *corpora.TASKS,
)
GROUPS: tuple[str, ...] = tuple(dict.fromkeys(task.group for task in TASKS))


def task_named(name: str) -> Task:
    """Return the task of a name."""
    return next(task for task in TASKS if task.name == choose(name, [each.name for each in TASKS], "task"))


def chosen_tasks(only: str | None, *, quick: bool) -> list[Task]:
    """Return the tasks in a list of names or groups, separated by commas; without a list all, or the quick ones.

    Examples:
        >>> [task.name for task in chosen_tasks("ngrams-1,segment", quick=True)]
        ['segment-words', 'segment-some', 'ngrams-1']
    """
    if only is None:
        return [task for task in TASKS if task.in_quick or not quick]
    names = [choose(name.strip(), [*GROUPS, *(task.name for task in TASKS)], "--only") for name in only.split(",")]
    return [task for task in TASKS if task.name in names or task.group in names]
