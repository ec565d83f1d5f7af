"""Programs that ask a corpus beside two that change it: every answer is that of a state that was written.

The writers build it anew, add to it and annotate it, as fast as they can, until the readers have asked all. A reader
that has opened a corpus goes on with it, whatever takes its place.
"""

from __future__ import annotations

import hashlib
import itertools
import multiprocessing
import os
import pickle
import shutil
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import polars as pl

import corpus_kit as ck
from corpus_kit._base import folders
from corpus_kit.corpus import annotation, files

from .deadly import unsupported
from .kills import by_letters, quickly
from .part import BrokenPromiseError, Part, Refused, attempt

READERS = 4
QUERIES = 50  # of each reader
OUTLETS = ["أ", "ب"]
BASES = {
    "first": ["قال الوزير إن الاجتماع ناجح.", "غادر الوفد المدينة صباحا.", "قال الناطق: نعم."],
    "second": ["أعلن المتحدث قرارا جديدا.", "قال الوزير نعم."],
}
MORE = {"one": ["كتب الصحفي تقريرا عن الانتخابات.", "قال نعم."], "two": ["وصلت الطائرة ليلا، قال الوزير."]}
ANNOTATORS = [(None, None), (by_letters, "letters")]  # the first is the library's own

State = tuple[str, str | None]  # the id of a corpus and the name of its annotator
Query = Callable[[ck.Corpus], pl.DataFrame]

QUERIES_BY_NAME: dict[str, Query] = {
    "word": lambda corpus: ck.kwic(corpus, "قال", metadata=["outlet"]).frame,
    "phrase": lambda corpus: ck.kwic(corpus, "* نعم", sort="before1").frame,
    "frequency": ck.frequency,
    "frequency by": lambda corpus: ck.frequency(corpus, by="outlet"),
    "ngrams": lambda corpus: ck.ngrams(corpus, 2),
    "documents": lambda corpus: corpus.documents.collect(),
    "some documents": lambda corpus: corpus.documents.filter(pl.col("tokens") > 4).select("id", "outlet").collect(),
    "streamed": lambda corpus: corpus.documents.select("id", pl.col("text").str.len_chars()).collect(
        engine="streaming"
    ),
    "vocabulary": lambda corpus: corpus.vocabulary.collect(),
    "tokens": lambda corpus: corpus.tokens.collect(),
    "filtered": lambda corpus: ck.frequency(corpus.filter(pl.col("outlet") == "أ")),
    "containing": lambda corpus: corpus.containing("قال").documents.select("id").collect(),
}


def frame_of(name: str) -> pl.DataFrame:
    """Return documents."""
    texts = (BASES | MORE)[name]
    outlets = [OUTLETS[row % 2] for row in range(len(texts))]
    return pl.DataFrame({"id": [f"{name} {row}" for row in range(len(texts))], "text": texts, "outlet": outlets})


def build(path: Path, *names: str, annotate: bool = False) -> ck.Corpus:
    """Build a corpus of all these documents."""
    frame = pl.concat(map(frame_of, names))
    return ck.Corpus.build(frame, path, id="id", overwrite=True, annotate=annotate, progress=False)


def state_of(corpus: ck.Corpus) -> State:
    """Return what the answers of a corpus depend on."""
    return corpus.id, (corpus.manifest.get("annotation") or {"name": None})["name"]


def digest(frame: pl.DataFrame) -> str:
    """Return a hash of a table."""
    return hashlib.sha256(repr((frame.schema, frame.rows())).encode()).hexdigest()


@dataclass(frozen=True)
class Prepared:
    """The first corpus, and the answers that every state gives."""

    folder: Path
    first: Path
    state: State
    answers: dict[State, dict[str, str]]


def prepare(folder: Path) -> Prepared:
    """Ask every state that the writers can make."""
    _adapt(can_exchange=True)
    answers: dict[State, dict[str, str]] = {}
    for base in BASES:
        for added in itertools.chain([()], *(itertools.permutations(MORE, count) for count in (1, 2))):
            corpus = build(folder / "corpus", base, *added)
            for annotator in (None, *ANNOTATORS):
                corpus = corpus if annotator is None else corpus.annotate(annotator[0], name=annotator[1])
                answers[state_of(corpus)] = {name: digest(query(corpus)) for name, query in QUERIES_BY_NAME.items()}
    shutil.rmtree(folder / "corpus")
    state = state_of(build(folder / "first", "first"))
    return Prepared(folder, folder / "first", state, answers)


def case(prepared: Prepared, random: Random) -> str:
    """Let two programs write while others ask, and compare all answers."""
    with tempfile.TemporaryDirectory(dir=prepared.folder) as name:
        folder, can_exchange = Path(name), random.random() < 0.6
        shutil.copytree(prepared.first, folder / "corpus")
        seeds = [random.getrandbits(32) for _ in range(READERS + 2)]
        writing = [_start(_write, folder, seed, can_exchange) for seed in seeds[READERS:]]
        asked = [_result(reader) for reader in [_start(_read, folder, seed, can_exchange) for seed in seeds[:READERS]]]
        (folder / "stop").touch()
        written = {prepared.state}.union(*map(_result, writing))
        for state, query, answer in itertools.chain(*asked):
            _judge(prepared, written, state, query, answer)
        left = sorted(path.name for path in folder.iterdir())
        if left != ["corpus", "stop"]:
            raise BrokenPromiseError(f"what is left over: {left}")
    return f"{READERS * QUERIES} right answers{'' if can_exchange else ' without an exchange'}"


def _judge(prepared: Prepared, written: set[State], state: State, query: str, answer: str) -> None:
    if state not in written or state not in prepared.answers:
        raise BrokenPromiseError(f"{query}: a state that nobody wrote, {state}")
    if answer != prepared.answers[state][query]:
        raise BrokenPromiseError(f"{query}: a wrong answer of {state}")


# ---------------------------------------------------------------------- programs


def _start(program: Callable[[Path, Random], Any], folder: Path, seed: int, can_exchange: bool) -> Any:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_program, args=(program, folder, seed, can_exchange, sender))
    process.start()
    sender.close()
    return process, receiver


def _result(started: Any) -> Any:
    process, receiver = started
    try:
        result, broken = receiver.recv()
    except EOFError:
        result, broken = None, "a process ended"
    process.join()
    if broken is not None:
        raise BrokenPromiseError(f"{broken} (status {process.exitcode})")
    return result


def _program(program: Callable[[Path, Random], Any], folder: Path, seed: int, can_exchange: bool, sender: Any) -> None:
    os.environ["POLARS_MAX_THREADS"] = "1"  # read when Polars is used; more would only wait for each other here
    _adapt(can_exchange)
    try:
        sender.send((program(folder, Random(seed)), None))
    except BrokenPromiseError as error:
        sender.send((None, str(error)))


def _adapt(can_exchange: bool) -> None:
    warnings.simplefilter("ignore")  # that a corpus was replaced, and that annotations were dropped
    setattr(annotation, "annotate_vocabulary", quickly)  # noqa: B010 (a function of another module)
    if not can_exchange:
        setattr(folders, "exchange", unsupported)  # noqa: B010


def _write(folder: Path, random: Random) -> set[State]:
    """Change the corpus until it is enough, and return all states that were written."""
    written, path = set(), folder / "corpus"
    while not (folder / "stop").exists():
        change = random.choice([_build, _build, _add, _add, _annotate])
        changed = attempt(partial(change, path, random), change.__name__)
        if isinstance(changed, Refused):
            if "was replaced" not in changed.message:
                raise BrokenPromiseError(f"{change.__name__}: {changed.message}")
        elif changed is not None:
            written.add(state_of(changed))
    return written


def _build(path: Path, random: Random) -> ck.Corpus:
    return build(path, random.choice(list(BASES)), annotate=random.random() < 0.3)


def _add(path: Path, random: Random) -> ck.Corpus | None:
    corpus = ck.Corpus.open(path)
    ids = set(corpus.documents.select("id").collect()["id"])
    missing = [name for name in MORE if f"{name} 0" not in ids]
    return corpus.add(frame_of(random.choice(missing)), id="id", progress=False) if missing else None


def _annotate(path: Path, random: Random) -> ck.Corpus:
    annotator, name = random.choice(ANNOTATORS)
    return ck.Corpus.open(path).annotate(annotator, name=name)


def _read(folder: Path, random: Random) -> list[tuple[State, str, str]]:
    """Ask, of a corpus that is opened anew, reopened in the way of other processes, or kept."""
    asked: list[tuple[State, str, str]] = []
    corpus: Any = None
    while len(asked) < QUERIES:
        if corpus is None or random.random() < 0.4:
            files.SMALL = random.choice([0, 2**26])  # mapped, or in memory
            corpus = _opened(folder / "corpus", random)
        elif random.random() < 0.1:
            corpus = _reopened(corpus)
        if corpus is None:
            continue
        name = random.choice(list(QUERIES_BY_NAME))
        answer = attempt(partial(QUERIES_BY_NAME[name], corpus), name)
        if isinstance(answer, Refused):
            raise BrokenPromiseError(f"{name}: {answer.message}")
        asked.append((state_of(corpus), name, digest(answer)))
    return asked


def _opened(path: Path, random: Random) -> ck.Corpus:
    opened = attempt(partial(ck.Corpus.open, path, check=random.choice(["touched", "touched", "all"])), "open")
    if isinstance(opened, Refused):
        raise BrokenPromiseError(f"open: {opened.message}")
    if random.random() < 0.1:
        verified = attempt(opened.verify, "verify")
        if isinstance(verified, Refused) and "another corpus" not in verified.message:
            raise BrokenPromiseError(f"verify: {verified.message}")
    return opened


def _reopened(corpus: ck.Corpus) -> ck.Corpus | None:
    """Return the corpus as another process gets it; None if it was replaced."""
    found = attempt(lambda: pickle.loads(pickle.dumps(corpus)), "reopening")
    if isinstance(found, ck.Corpus):
        return found
    if "was replaced" not in found.message:
        raise BrokenPromiseError(f"reopening: {found.message}")
    return None


PART = Part(
    "writers",
    "Programs that ask a corpus while others change it get the right answers of one of the corpora that were written.",
    prepare,
    case,
    quick=0,
    slow=2,
    seconds=60,
)
