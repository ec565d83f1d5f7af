"""What was done in a session of the explorer, step by step, each as the Python that repeats it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from corpus_kit.errors import InputError
from corpus_kit.explore.drawings import Drawing
from corpus_kit.explore.project_calls import ProjectCall
from corpus_kit.explore.searches import Search

__all__ = ["Step", "Trace"]

_A_MOMENT = 3.0  # seconds, in which nobody has looked at a table


@dataclass
class Step:
    """A table or a concordance that was looked at.

    Attributes:
        number: Its number, which no other step of the session has.
        tab: The tab that showed it.
        made: What made it.
        state: What the page showed, as JSON values.
        shows: Shows it again, where Python does that; None where the page asks for it.
        shown: When it was shown, in seconds.
        is_kept: Whether something was done with it, so that it stays.
        is_coded: Whether lines of it were coded.
        drawings: The plots that were drawn of it: of each kind the last one.
        chart: Which plot was drawn last, and the words that were added to it, as the page keeps them.
    """

    number: int
    tab: str
    made: Search | ProjectCall
    state: Mapping[str, Any]
    shows: Callable[[], None] | None
    shown: float
    is_kept: bool = False
    is_coded: bool = False
    drawings: dict[str, Drawing] = field(default_factory=dict)
    chart: dict[str, Any] | None = None

    @property
    def all_made(self) -> list[Search | ProjectCall | Drawing]:
        """What it shows: the table or the lines, and plots of it."""
        return [self.made, *self.drawings.values()]


class Trace:
    """The steps of a session, in their order, each once.

    Every request makes a step. But of several requests of one tab in a row, of which none was shown for three seconds
    and nothing was done with any (a row was opened, rows or pages turned, a line read or coded, the code copied), only
    the last is one: what is half typed is no step.

    Args:
        clock: Returns the time in seconds.

    Attributes:
        current: The step that is shown; None before the first and after it was removed.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._steps: dict[str, Step] = {}  # by the code of what made them, in their order
        self._asked = clock()
        self._made = 0
        self.current: Step | None = None

    @property
    def steps(self) -> list[Step]:
        """The steps, the first one first."""
        return list(self._steps.values())

    def __len__(self) -> int:
        return len(self._steps)

    def asked(self) -> None:
        """Note that a request has come, whose answer may take some time."""
        self._asked = self._clock()

    def add(
        self,
        tab: str,
        made: Search | ProjectCall,
        state: Mapping[str, Any],
        shows: Callable[[], None] | None = None,
    ) -> None:
        """Note what is shown now; `Step` has the arguments."""
        code = made.code()
        last = self.current
        if last is not None and last.made.code() != code and last.tab == tab and self._is_passing(last):
            del self._steps[last.made.code()]
        if code not in self._steps:
            self._made += 1
            self._steps[code] = Step(self._made, tab, made, state, shows, 0.0)
        elif self._steps[code] is not last:
            self._steps[code].is_kept = True  # somebody came back to it
        self.current = self._steps[code]
        if self.current is not last:
            self.current.shown = self._clock()

    def _is_passing(self, step: Step) -> bool:
        return not step.is_kept and self._asked - step.shown < _A_MOMENT

    def keep(self, step: Step | None = None, *, coded: bool = False) -> None:
        """Note that something was done with a step; None for what is shown."""
        step = self.current if step is None else step
        if step is not None:
            step.is_kept = True
            step.is_coded |= coded

    def draw(self, plot: str, drawing: Drawing, words: Sequence[str]) -> None:
        """Note a plot of the table that is shown.

        Args:
            plot: What the page calls it.
            drawing: The plot.
            words: Those that were added to it.
        """
        if self.current is not None:
            self.current.drawings[plot] = drawing
            self.current.chart = {"plot": plot, "words": list(words)}

    def step(self, number: int) -> Step:
        """Return a step by its number.

        Raises:
            InputError: If it is not in the list.
        """
        for step in self._steps.values():
            if step.number == number:
                return step
        raise InputError("This step is no longer in the list.")

    def remove(self, number: int) -> None:
        """Take a step out of the list. What is shown stays; it becomes a step again when it is asked for anew."""
        step = self.step(number)
        del self._steps[step.made.code()]
        if self.current is step:
            self.current = None
