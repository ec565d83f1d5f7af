"""Two programs that open, change, narrow and code one corpus in turn, beside a model of it in plain Python.

After each step, what both of them see of the corpus that they have opened is compared with the model, and so is the
sheet of codes.
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import polars as pl

import corpus_kit as ck
from corpus_kit.coding import shared_sheet
from corpus_kit.coding.coding import read_sheet
from corpus_kit.coding.line_codes import LineCodes
from corpus_kit.corpus import annotation, files

from .kills import by_letters, quickly
from .part import BrokenPromiseError, Part, Refused, attempt

STEPS = 20
WINDOW = 2
WORDS = ["قال", "وزير", "نعم", "كتب", "قلم", "بحر"]  # which normalisation leaves as they are
OUTLETS = ["أ", "ب"]
NODE = WORDS[0]
PHRASE = WORDS[:2]

Document = tuple[str, tuple[str, ...], str]  # id, words, outlet
Key = tuple[str, int]  # of a line: the id of its document, and its position


# ----------------------------------------------------------------------- programs


class Program:
    """A program: it does the steps that it is told, and says what it sees."""

    def __init__(self, folder: Path) -> None:
        self._path, self._sheet = folder / "corpus", folder / "codes.csv"
        self._corpus: Any = None
        self._coder: LineCodes | None = None

    def build(self, documents: list[Document], small: int) -> None:
        files.SMALL = small  # mapped, or in memory
        self._corpus = ck.Corpus.build(_frame(documents), self._path, id="id", overwrite=True, progress=False)

    def open(self, small: int) -> None:
        files.SMALL = small
        self._corpus = ck.Corpus.open(self._path)

    def add(self, documents: list[Document]) -> None:
        self._corpus = self._corpus.add(_frame(documents), id="id", progress=False)

    def annotate(self, name: str) -> None:
        self._corpus = self._corpus.annotate(*((by_letters,) if name == "by_letters" else ()))

    def filter(self, outlet: str) -> None:
        self._corpus = self._corpus.filter(pl.col("outlet") == outlet)

    def exclude(self, spans: list[tuple[int, int, int]]) -> None:
        self._corpus = self._corpus.exclude(pl.DataFrame(spans, schema=["document", "start", "end"], orient="row"))

    def code(self, line: int, code: str | None, keep: bool) -> int:
        """Code a line, with the codes as they are now, or as they were read long ago; return how many were refused."""
        if self._coder is None or not keep:
            self._coder = LineCodes(self._sheet, "coder")
        return len(self._coder.set(self._lines().row(line, named=True), {"code": code}))

    def sheet(self) -> dict[Key, str]:
        """Let the sheet have all lines, and return their codes."""
        coded = ck.kwic(self._corpus, NODE).code(self._sheet, "code").drop_nulls("code")
        return {(id, position): code for id, position, code in coded.select("id", "position", "code").rows()}

    def see(self) -> dict[str, Any]:
        """Return what is to be seen of the corpus, and the codes in the sheet."""
        seen: dict[str, Any] = {"codes": {}}
        if self._sheet.exists():
            coded = read_sheet(self._sheet).drop_nulls("code")
            seen["codes"] = {
                (id, position): code for id, position, code in coded.select("id", "position", "code").rows()
            }
        if self._corpus is None:
            return seen
        found = ck.frequency(self._corpus).sort("word")
        vocabulary = self._corpus.vocabulary.collect()
        annotation = self._corpus.manifest.get("annotation")
        return seen | {
            "ids": self._corpus.documents.select("id").collect()["id"].to_list(),
            "counts": found.select("word", "count", "documents").rows(),
            "tokens": self._corpus.tokens.collect()["token"].to_list(),
            "lines": self._lines().select("id", "position", "before", "node", "after").rows(),
            "phrase": len(ck.kwic(self._corpus, " ".join(PHRASE))),
            "words": sorted(vocabulary["surface"]),
            "annotator": annotation and annotation["name"],
            "lemmas": "lemma" in vocabulary.columns and vocabulary["lemma"].equals(vocabulary["surface"]),
        }

    def _lines(self) -> pl.DataFrame:
        return ck.kwic(self._corpus, NODE, window=WINDOW).frame


def _frame(documents: list[Document]) -> pl.DataFrame:
    rows = [(id, " ".join(words), outlet) for id, words, outlet in documents]
    return pl.DataFrame(rows, schema=["id", "text", "outlet"], orient="row")


def _serve(folder: Path, connection: Any) -> None:
    """Do steps until there are no more, and answer each with its result and what is to be seen, or what broke."""
    os.environ["POLARS_MAX_THREADS"] = "1"
    setattr(shared_sheet, "_CALM", 0.01)  # noqa: B010 (no spreadsheet is writing)
    warnings.simplefilter("ignore")  # that a corpus was replaced, and that annotations were dropped
    setattr(annotation, "annotate_vocabulary", quickly)  # noqa: B010 (a function of another module)
    program = Program(folder)
    while (step := connection.recv()) is not None:
        name, arguments = step
        call: Callable[..., Any] = getattr(program, name)
        try:
            connection.send((attempt(partial(call, *arguments), name), program.see(), None))
        except Exception as error:
            connection.send((None, None, f"{type(error).__name__}: {error}"))


# --------------------------------------------------------------------------- model


@dataclass
class View:
    """What a program has opened, by the model.

    Attributes:
        documents: All documents of the corpus.
        annotator: The name of its annotator.
        version: Which of the corpora at the path it is.
        rows: The documents that were not filtered out.
        gone: The words that were excluded: document and number.
        seen: The codes as the program knows them; None if it has not coded yet.
    """

    documents: list[Document] = field(default_factory=list)
    annotator: str | None = None
    version: int = -1
    rows: list[int] = field(default_factory=list)
    gone: set[tuple[int, int]] = field(default_factory=set)
    is_part: bool = False
    seen: dict[Key, str] | None = None

    def take(self, documents: list[Document], annotator: str | None, version: int) -> None:
        """Become a whole corpus."""
        self.documents, self.annotator, self.version = documents, annotator, version
        self.rows, self.gone, self.is_part = list(range(len(documents))), set(), False

    def left(self) -> list[tuple[str, list[tuple[int, str]]]]:
        """Return the id of each document, and its words that are left, each with its number in the text."""
        texts = ((row, *self.documents[row][:2]) for row in self.rows)
        return [
            (id, [each for each in enumerate(words) if (row, each[0]) not in self.gone]) for row, id, words in texts
        ]

    def lines(self) -> list[tuple[str, int, str, str, str]]:
        """Return the lines of the node."""
        found = []
        for id, numbered in self.left():
            words = [word for _, word in numbered]
            for place in range(len(words)):
                if words[place] == NODE:
                    before, after = words[max(place - WINDOW, 0) : place], words[place + 1 : place + 1 + WINDOW]
                    found.append((id, place, " ".join(before), NODE, " ".join(after)))
        return found

    def see(self) -> dict[str, Any]:
        """Return what is to be seen of the corpus."""
        left = self.left()
        counts = Counter(word for _, words in left for _, word in words)
        documents = Counter(word for _, words in left for word in {word for _, word in words})
        pairs = [pair for _, words in left for pair in pairwise(words)]
        return {
            "ids": [id for id, _ in left],
            "counts": sorted((word, counts[word], documents[word]) for word in counts),
            "tokens": [word for _, words in left for _, word in words],
            "lines": self.lines(),
            "phrase": sum([one[1], two[1]] == PHRASE and one[0] + 1 == two[0] for one, two in pairs),
            "words": sorted(counts),
            "annotator": self.annotator,
            "lemmas": self.annotator is not None,
        }


@dataclass
class Model:
    """The corpus and the sheet, and what the two programs have opened."""

    random: Random
    views: tuple[View, View] = field(default_factory=lambda: (View(), View()))
    documents: list[Document] = field(default_factory=list)
    annotator: str | None = None
    version: int = -1
    codes: dict[Key, str] = field(default_factory=dict)
    conflicts: set[Key] = field(default_factory=set)  # lines that the model no longer follows
    made: int = 0

    def new_documents(self) -> list[Document]:
        """Return one to three documents."""
        made = []
        for _ in range(self.random.randrange(1, 4)):
            words = tuple(self.random.choices(WORDS, [3, 2, 1, 1, 1, 1], k=self.random.randrange(1, 8)))
            made.append((f"d{self.made}", words, self.random.choice(OUTLETS)))
            self.made += 1
        return made

    def replace(self, view: View, documents: list[Document], annotator: str | None) -> None:
        """Let a program put another corpus at the path, which it has opened then."""
        self.version += 1
        self.documents, self.annotator = documents, annotator
        view.take(documents, annotator, self.version)

    # Each step returns its arguments, and what the program answers: a result, or the kind of its error.

    def build(self, view: View) -> tuple[tuple[Any, ...], Any]:
        documents = self.new_documents()
        self.replace(view, documents, None)
        return (documents, self._small()), None

    def open(self, view: View) -> tuple[tuple[Any, ...], Any]:
        view.take(self.documents, self.annotator, self.version)
        return (self._small(),), None

    def add(self, view: View) -> tuple[tuple[Any, ...], Any]:
        documents = self.new_documents()
        if self.random.random() < 0.2:
            documents[-1] = (view.documents[0][0], *documents[-1][1:])
        refused = self._refusal(view)
        if refused is None and documents[-1][0] == view.documents[0][0]:
            refused = "SourceError"  # an id that is there already
        if refused is None:
            annotator = view.annotator if view.annotator == "corpus_kit" else None
            self.replace(view, [*view.documents, *documents], annotator)
        return (documents,), refused

    def annotate(self, view: View) -> tuple[tuple[Any, ...], Any]:
        name = self.random.choice(["corpus_kit", "by_letters"])
        refused = self._refusal(view)
        if refused is None:
            self.replace(view, view.documents, name)
        return (name,), refused

    def filter(self, view: View) -> tuple[tuple[Any, ...], Any]:
        outlet = self.random.choice(OUTLETS)
        view.rows = [row for row in view.rows if view.documents[row][2] == outlet]
        view.is_part = True
        return (outlet,), None

    def exclude(self, view: View) -> tuple[tuple[Any, ...], Any]:
        spans = []
        for _ in range(self.random.randrange(1, 3)):
            row = self.random.randrange(len(view.documents))
            words = view.documents[row][1]
            first = self.random.randrange(len(words))
            last = self.random.randrange(first, min(first + 2, len(words)))
            begin = sum(len(word) + 1 for word in words[:first])
            spans.append((row, begin, begin + len(" ".join(words[first : last + 1]))))
            view.gone |= {(row, place) for place in range(first, last + 1)}
        view.is_part = True
        return (spans,), None

    def code(self, view: View) -> tuple[tuple[Any, ...], Any] | None:
        lines = view.lines()
        if not lines or view.gone:  # which moves positions
            return None
        keep = self.random.random() < 0.5
        seen = view.seen if keep and view.seen is not None else self.codes
        stale = [number for number, line in enumerate(lines) if seen.get(line[:2]) != self.codes.get(line[:2])]
        line = self.random.choice(stale or range(min(len(lines), 3)))
        key, code = lines[line][:2], self.random.choice(["for", "against", None])
        if key in self.conflicts:
            return None
        was, now = seen.get(key), self.codes.get(key)
        is_refused = was != now != code and not (code is None and was is None)
        if is_refused and code is not None:
            self.conflicts.add(key)
        if not is_refused and not (code is None and was is None):
            self.codes = {other: value for other, value in self.codes.items() if other != key}
            self.codes |= {} if code is None else {key: code}
        view.seen = self.codes
        return (line, code, keep), int(is_refused)

    def sheet(self, view: View) -> tuple[tuple[Any, ...], Any] | None:
        if view.gone or not view.lines():
            return None
        keys = {line[:2] for line in view.lines()}
        return (), {key: code for key, code in self.codes.items() if key in keys}

    def _refusal(self, view: View) -> str | None:
        """Return the error of a program that would change a corpus that is not its own, or a part of it."""
        return "CorpusError" if view.version != self.version else "InputError" if view.is_part else None

    def _small(self) -> int:
        return self.random.choice([0, 2**26])


# --------------------------------------------------------------------------- cases


def prepare(folder: Path) -> Path:
    """Return the folder of all cases."""
    return folder


def case(folder: Path, random: Random) -> str:
    """Let two programs take steps in turn, and compare what they see with the model after each."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    with tempfile.TemporaryDirectory(dir=folder) as place:
        connections, processes = [], []
        for _ in range(2):
            ours, theirs = context.Pipe()
            processes.append(context.Process(target=_serve, args=(Path(place), theirs)))
            processes[-1].start()
            theirs.close()
            connections.append(ours)
        try:
            _walk(Model(random), connections)
        finally:
            for connection, process in zip(connections, processes, strict=True):
                with suppress(OSError):
                    connection.send(None)
                process.join()
    return f"{STEPS} steps"


def _walk(model: Model, connections: list[Any]) -> None:
    done: list[str] = []
    while len(done) < STEPS:
        which = model.random.randrange(2)
        view, name = model.views[which], _choose(model, model.views[which])
        step = getattr(model, name)(view)
        if step is None:
            continue
        arguments, expected = step
        done.append(f"{which} {name}{arguments}")
        answer = _ask(connections[which], (name, arguments), view, model, done)
        if isinstance(answer, Refused):
            answer = answer.kind
        if answer != expected:
            raise BrokenPromiseError(f"{answer} instead of {expected} after {'; '.join(done)}")
        other = 1 - which
        _ask(connections[other], ("see", ()), model.views[other], model, done)


def _choose(model: Model, view: View) -> str:
    if model.version < 0:
        return "build"
    if view.version < 0:
        return "open"
    steps = {"open": 6, "build": 1, "add": 3, "annotate": 2, "filter": 1, "exclude": 2, "code": 6, "sheet": 2}
    return model.random.choices(list(steps), list(steps.values()))[0]


def _ask(connection: Any, step: tuple[str, Any], view: View, model: Model, done: list[str]) -> Any:
    """Let a program take a step, compare what it sees with the model, and return its answer."""
    try:
        connection.send(step)
        answer, seen, broken = connection.recv()
    except (EOFError, OSError):
        answer, seen, broken = None, None, "the program ended"
    expected = {"codes": model.codes} | (view.see() if view.version >= 0 else {})
    if broken is None and seen != expected:
        broken = ", ".join(
            f"{name} {seen.get(name)} instead of {what}" for name, what in expected.items() if seen.get(name) != what
        )
    if broken is not None:
        raise BrokenPromiseError(f"{broken} after {'; '.join(done)}")
    return answer


PART = Part(
    "states",
    "Programs that open, change, narrow and code one corpus in turn see what a model of it in plain Python sees.",
    prepare,
    case,
    quick=0,
    slow=3,
    seconds=60,
)
