"""Programs that are killed while they build, replace, add to or annotate a corpus, or count n-grams.

They are killed before or after any call that changes a folder or brings it to disk (`deadly.py`). After each kill there
is the old corpus or the new one, whole, and the next program, or `corpus-kit clean`, leaves nothing over.
"""

from __future__ import annotations

import functools
import os
import shutil
import signal
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import polars as pl

import corpus_kit as ck
from corpus_kit.corpus import annotation, storage
from corpus_kit.corpus.writing import leftovers_of
from corpus_kit.text.annotators import Annotator

from . import killed_counts
from .deadly import run
from .part import BrokenPromiseError, Part, attempt

# the id of a corpus, the name of its annotator, and a hash of its frequencies; None where there is none
State = tuple[str, str | None, int] | None

TEXTS = {
    "old": ["قال الوزير إن الاجتماع ناجح.", "غادر الوفد المدينة صباحا."],
    "new": ["أعلن المتحدث باسم الحكومة قرارا جديدا."],
    "newer": ["وصلت الطائرة.", "«لا»، قال.", "عاد الهدوء إلى الشوارع."],
    "more": ["كتب الصحفي تقريرا عن الانتخابات."],
}


def _frame(name: str) -> pl.DataFrame:
    texts = TEXTS[name]
    return pl.DataFrame({"id": [f"{name} {row}" for row in range(len(texts))], "text": texts})


def _build(path: Path, name: str, *, overwrite: bool = False, annotate: bool = False) -> ck.Corpus:
    return ck.Corpus.build(_frame(name), path, id="id", overwrite=overwrite, annotate=annotate, progress=False)


def quickly(vocabulary: pl.DataFrame, _: Annotator | None) -> pl.DataFrame:
    """Annotate without the library's lexicon, which takes a second to load."""
    word = pl.col("surface")
    return vocabulary.select(segments=pl.concat_list(word), stem=word, lemma=word)


def by_letters(words: list[str]) -> list[tuple[list[str], str]]:
    """Annotate in another way."""
    return [([word], word) for word in words]


OPERATIONS: dict[str, Callable[[Path], object]] = {
    "build": lambda path: _build(path, "new"),
    "build annotated": lambda path: _build(path, "new", annotate=True),
    "overwrite": lambda path: _build(path, "new", overwrite=True),
    "overwrite annotated": lambda path: _build(path, "new", overwrite=True, annotate=True),
    "overwrite again": lambda path: _build(path, "newer", overwrite=True),
    "add": lambda path: ck.Corpus.open(path).add(_frame("more"), id="id", progress=False),
    "annotate": lambda path: ck.Corpus.open(path).annotate(),
    "annotate otherwise": lambda path: ck.Corpus.open(path).annotate(by_letters, name="letters"),
}
FIRST = ("build", "build annotated")  # which find no corpus
ADDS = ("add",)
SECOND = tuple(name for name in OPERATIONS if name not in (*FIRST, *ADDS))


@dataclass
class Prepared:
    """Corpora to begin with, what each operation makes of them, and how many calls of it change a folder."""

    folder: Path
    counts: killed_counts.Counts
    calls: dict[tuple[str, bool], int] = field(default_factory=dict)

    @functools.cached_property
    def states(self) -> dict[str, State]:
        """The states that operations lead to."""
        return {name: state_of(self.folder / name) for name in ("old", "old annotated", *OPERATIONS)}


def operate(name: str, path: Path) -> None:
    """Do an operation."""
    warnings.simplefilter("ignore")  # that a corpus was replaced
    setattr(annotation, "annotate_vocabulary", quickly)  # noqa: B010 (a function of another module)
    OPERATIONS[name](path)


def prepare(folder: Path) -> Prepared:
    """Build what is there before, and what each operation makes of it."""
    _build(folder / "old", "old")
    _build(folder / "old annotated", "old", annotate=True)
    for name in OPERATIONS:
        if name not in FIRST:
            shutil.copytree(folder / "old", folder / name)
        operate(name, folder / name)
    shutil.copytree(folder / "old annotated", folder / "add annotated")
    operate("add", folder / "add annotated")
    (folder / "counts").mkdir()
    return Prepared(folder, killed_counts.prepare(folder / "counts"))


def state_of(path: Path) -> State:
    """Return the state of the corpus at a path, after all of it was read."""
    try:
        found = ck.Corpus.open(path)  # which may move it into place
    except ck.CorpusError:
        if os.path.lexists(path):
            raise
        return None
    found.verify()
    frequencies = tuple(ck.frequency(found).rows())
    return found.id, (found.manifest.get("annotation") or {"name": None})["name"], hash(frequencies)


# ---------------------------------------------------------------------- cases


def case(prepared: Prepared, random: Random) -> str:
    """Kill one program, or several after each other, and look at what is there."""
    with tempfile.TemporaryDirectory(dir=prepared.folder) as folder:
        if random.random() < 0.25:
            return killed_counts.case(prepared.counts, random, Path(folder))
        place = Path(folder, "place", "corpus")
        place.parent.mkdir()
        path = place
        names = [random.choice(list(OPERATIONS)), *random.choices(SECOND, k=random.choice([0, 0, 0, 1, 2]))]
        if names[0] in FIRST:
            begin: State = None
            names = names[:1]
        else:
            first = random.choice(["old", "old annotated"])
            begin = prepared.states[first]
            shutil.copytree(prepared.folder / first, place)
            if random.random() < 0.2:
                path = Path(folder, "link")
                path.symlink_to(place)
        allowed = {begin}
        opened = ck.Corpus.open(place) if place.exists() else None
        expected = pl.DataFrame() if opened is None else opened.documents.collect()
        exchange = random.random() < 0.5
        number = random.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
        done = f"{number.name} without exchange" if not exchange else number.name
        for name in names:
            allowed |= _results(prepared, name, allowed)
            at = random.randrange(1, 2 * _calls(prepared, name, exchange, Path(folder)) + 2)
            done += f", {name} at {at}"
            run(functools.partial(operate, name, path), Path(folder, "errors"), at, number, can_exchange=exchange)
        state = attempt(lambda: state_of(path), done)
        if state not in allowed:
            raise BrokenPromiseError(f"after {done}: {state}, which is none of {allowed}")
        if opened is not None and not opened.documents.collect().equals(expected):
            raise BrokenPromiseError(f"after {done}, the corpus that was opened before is another")
        _tidy(path, place, state, done, random)
        return f"{number.name}, {'old' if state == begin else 'new'}"


def _results(prepared: Prepared, name: str, before: set[State]) -> set[State]:
    """Return the states that an operation can lead to."""
    states = prepared.states
    if name.startswith("annotate"):
        new = states[name]
        return {(state[0], new[1], state[2]) for state in before if state is not None and new is not None}
    if name == "add" and states["old annotated"] in before:
        return {state_of(prepared.folder / "add annotated")}
    return {states[name]}


def _tidy(path: Path, place: Path, state: State, done: str, random: Random) -> None:
    """Let `corpus-kit clean` or the next program remove what is left over, and compare the listings."""
    if random.random() < 0.5:
        leftovers_of(random.choice([path, place.parent]), remove=True)
        done += ", cleaned"
    else:
        name = random.choice(SECOND if state is not None else FIRST)
        attempt(lambda: OPERATIONS[name](path), f"{done}, then {name}")
        done += f", then {name}"
    after = attempt(lambda: state_of(path), done)
    listed = {each.name for each in place.parent.iterdir()}
    if listed != (set() if after is None else {place.name}):
        raise BrokenPromiseError(f"after {done} there is {sorted(listed)}")
    if after is None:
        return
    found = {each.relative_to(place).as_posix() for each in place.rglob("*")}
    files = {storage.MANIFEST, *ck.Corpus.open(path).manifest["files"]}
    if found != files | {name.partition("/")[0] for name in files if "/" in name}:
        raise BrokenPromiseError(f"after {done} the corpus holds {sorted(found ^ files)}")


def _calls(prepared: Prepared, name: str, exchange: bool, folder: Path) -> int:
    """Return how many calls an operation makes that can be the last."""
    key = name, exchange
    if key not in prepared.calls:
        path = folder / "counted" / "corpus"
        path.parent.mkdir()
        if name not in FIRST:
            shutil.copytree(prepared.folder / "old", path)
        program = functools.partial(operate, name, path)
        prepared.calls[key] = run(program, folder / "errors", can_exchange=exchange) or 0
        shutil.rmtree(path.parent)
    return prepared.calls[key]


PART = Part(
    "kills",
    "A program that is killed while it changes a corpus leaves the old corpus or the new one, whole; a count of "
    "n-grams that is killed is resumed; nothing is lost, and the next program leaves nothing over.",
    prepare,
    case,
    quick=0,
    slow=5,
    seconds=60,
)
