"""Damaged corpora: files flipped, cut, swapped, replaced, removed, manifests edited, before and while they are open."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import tempfile
import threading
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import polars as pl

import corpus_kit as ck
from corpus_kit.corpus import files, storage
from corpus_kit.corpus.manifest import sealed
from corpus_kit.samples.sample_items import sample_items

from .forged import record_files
from .part import BrokenPromiseError, Part, Refused, attempt

Call = Callable[[ck.Corpus], object]

CALLS: dict[str, Call] = {
    "len": len,
    "card": repr,
    "html": lambda corpus: corpus._repr_html_(),
    "documents": lambda corpus: corpus.documents.collect(),
    "some documents": lambda corpus: corpus.documents.filter(pl.col("tokens") > 90).select("id", "outlet").collect(),
    "texts": lambda corpus: corpus.documents.select(pl.col("text").str.len_chars()).collect(engine="streaming"),
    "vocabulary": lambda corpus: corpus.vocabulary.collect(),
    "tokens": lambda corpus: corpus.tokens.collect(),
    "frequency": ck.frequency,
    "frequency by": lambda corpus: ck.frequency(corpus, by="outlet"),
    "exact": lambda corpus: ck.frequency(corpus, profile=None),
    "ngrams": lambda corpus: ck.ngrams(corpus, 2),
    "keyness": lambda corpus: ck.keyness(corpus.filter(pl.col("document") < 9), corpus),
    "word": lambda corpus: ck.kwic(corpus, "في", metadata=["outlet", "date"], sort=["after1", "-before1"]).frame,
    "page": lambda corpus: ck.kwic(corpus, "من").page(1, 5),
    "phrase": lambda corpus: ck.kwic(corpus, "في *", sort="node").frame,
    "gap": lambda corpus: ck.kwic(corpus, "في []{0,2} ال*", within="sentence").frame,
    "clitics": lambda corpus: ck.kwic(corpus, "*كتب*", clitics=True).frame,
    "context": lambda corpus: ck.kwic(corpus, "في").context(0, "sentence"),
    "collocations": lambda corpus: ck.collocations(corpus, "في", min_count=2),
    "dispersion": lambda corpus: ck.dispersion(corpus),
    "containing": lambda corpus: len(corpus.containing("في *", within="sentence")),
    "excluded": lambda corpus: ck.frequency(corpus.exclude(pl.DataFrame({"document": [0], "start": [0], "end": [60]}))),
    "quotations": ck.news.quotations,
    "duplicates": ck.news.near_duplicates,
    "boilerplate": ck.news.boilerplate,
    "pickled": lambda corpus: ck.frequency(pickle.loads(pickle.dumps(corpus.filter(pl.col("document") < 5)))),
}


@dataclass
class Corpora:
    """A whole corpus, another one whose files have the same names, and what calls on the first return."""

    folder: Path
    whole: Path
    other: Path
    expected: dict[str, object] = field(default_factory=dict)

    def result(self, name: str) -> object:
        """Return what a call on the undamaged corpus returns."""
        if name not in self.expected:
            self.expected[name] = CALLS[name](ck.Corpus.open(self.whole))
        return self.expected[name]


def prepare(folder: Path) -> Corpora:
    """Build two small corpora with annotations."""
    paths = {}
    for name, rows in (("whole", (0, 24)), ("other", (24, 24))):
        corpus = ck.Corpus.build(
            sample_items().slice(*rows), folder / name, id="id", date="date", metadata=["outlet"], annotate=True,
            progress=False,
        )  # fmt: skip
        paths[name] = corpus.path
    return Corpora(folder, paths["whole"], paths["other"])


def case(corpora: Corpora, random: Random) -> str:
    """Damage a copy, before it is opened or between two calls, and compare every result with that of the whole one."""
    warnings.simplefilter("ignore")  # that a corpus was replaced
    files.SMALL = random.choice([0, 2**26])  # mapped, in memory
    with tempfile.TemporaryDirectory(dir=corpora.folder) as folder:
        path = Path(shutil.copytree(corpora.whole, Path(folder, corpora.whole.name)))
        opened = attempt(lambda: ck.Corpus.open(path, check=random.choice(["touched", "all"])), "nothing")
        assert isinstance(opened, ck.Corpus)
        names = random.sample(sorted(CALLS), 6)
        first = random.randrange(4)  # calls before the damage
        outcomes = [_call(corpora, opened, name, "nothing") for name in names[:first]]
        done, is_forged = _damage(corpora, path, random)
        again = attempt(lambda: ck.Corpus.open(path), done)
        for corpus in (opened, again):
            if isinstance(corpus, Refused):
                outcomes.append("refused")
            else:
                outcomes += [_call(corpora, corpus, name, done, is_forged=is_forged) for name in names[first:]]
        attempt(opened.verify, done)
        return "refused" if "refused" in outcomes else "right"


def _call(corpora: Corpora, corpus: ck.Corpus, name: str, done: str, *, is_forged: bool = False) -> str:
    found = attempt(lambda: CALLS[name](corpus), f"{done}, {name}")
    if isinstance(found, Refused):
        return "refused"
    if not is_forged and not _same(found, corpora.result(name)):
        raise BrokenPromiseError(f"after {done}, {name} gave another result")
    return "right"


def _same(found: object, expected: object) -> bool:
    if isinstance(found, pl.DataFrame) and isinstance(expected, pl.DataFrame):
        return found.equals(expected)
    return repr(found) == repr(expected)


# --------------------------------------------------------------------- damage


def _damage(corpora: Corpora, path: Path, random: Random) -> tuple[str, bool]:
    """Do some damage; return what was done, and whether by somebody who knows the checksums."""
    what = random.choice(list(DAMAGES))
    name = random.choice(sorted(each.relative_to(path).as_posix() for each in path.rglob("*") if each.is_file()))
    done = DAMAGES[what](corpora, path, name, random)
    return f"{what} ({name}{': ' + done if done else ''})", what.startswith("forge")


def _flip(_: Corpora, path: Path, name: str, random: Random) -> str:
    content = bytearray((path / name).read_bytes())
    places = [random.randrange(len(content)) for _ in range(random.choice([1, 1, 1, 10]))]
    for place in places:
        content[place] ^= 1 << random.randrange(8)
    return _write_within(path / name, content, random) + f" at {places[0]:,}"


def _write_within(path: Path, content: bytes | bytearray, random: Random) -> str:
    """Write into the file, or put another file in its place."""
    if random.random() < 0.5:
        path.write_bytes(content)
        return "written"
    aside = path.with_suffix(".aside")
    aside.write_bytes(content)
    aside.replace(path)
    return "replaced"


def _cut(_: Corpora, path: Path, name: str, random: Random) -> str:
    size = (path / name).stat().st_size
    left = random.choice([0, 1, random.randrange(size), size - 1])
    os.truncate(path / name, left)
    return f"{left:,} of {size:,}"


def _cut_during_calls(corpora: Corpora, path: Path, name: str, random: Random) -> str:
    thread = threading.Timer(random.random() * 0.02, os.truncate, [path / name, 0])
    corpus = attempt(lambda: ck.Corpus.open(path), "nothing")
    thread.start()
    try:
        if isinstance(corpus, ck.Corpus):
            for call in random.sample(sorted(CALLS), 3):
                _call(corpora, corpus, call, f"cut during calls ({name})")
    finally:
        thread.join()
    return ""


def _extend(_: Corpora, path: Path, name: str, random: Random) -> str:
    with (path / name).open("ab") as file:
        file.write(random.randbytes(random.choice([1, 100, 70_000])))
    return ""


def _zero(_: Corpora, path: Path, name: str, random: Random) -> str:
    content = bytearray((path / name).read_bytes())
    first = random.randrange(len(content))
    length = min(random.choice([1, 512, 4096, len(content)]), len(content) - first)
    content[first : first + length] = bytes([random.choice([0, 255])]) * length
    return _write_within(path / name, content, random)


def _swap(_: Corpora, path: Path, name: str, random: Random) -> str:
    others = [each for each in sorted(path.rglob("*")) if each.is_file()]
    other = random.choice(others)
    content = other.read_bytes()
    other.write_bytes((path / name).read_bytes())
    (path / name).write_bytes(content)
    return other.name


def _replace(corpora: Corpora, path: Path, name: str, _: Random) -> str:
    source = corpora.other / name
    if not source.exists():
        source = next(corpora.other.glob(name.partition("-")[0] + "-*"))
    shutil.copy(source, path / name)
    return ""


def _remove(_: Corpora, path: Path, name: str, random: Random) -> str:
    (path / name).unlink()
    what = random.choice(["nothing", "folder", "link", "loop", "pipe", "device"])
    match what:
        case "folder":
            (path / name).mkdir()
        case "link":
            (path / name).symlink_to(path / storage.VOCABULARY)
        case "loop":
            (path / name).symlink_to(path / name)
        case "pipe":
            os.mkfifo(path / name)
        case "device":
            (path / name).symlink_to("/dev/zero")
    return what


def _rewrite(_: Corpora, path: Path, name: str, __: Random) -> str:
    (path / name).write_bytes((path / name).read_bytes())
    return ""


def _exchange(corpora: Corpora, path: Path, _: str, random: Random) -> str:
    """Replace the whole corpus: the one that was opened goes on, the new one is another."""
    aside = path.with_name("aside")
    path.rename(aside)
    if random.random() < 0.5:
        shutil.copytree(corpora.whole, path)
    else:
        shutil.rmtree(aside)
    return ""


def _edit(_: Corpora, path: Path, __: str, random: Random, *, seal: bool = False) -> str:
    manifest = json.loads((path / storage.MANIFEST).read_text(encoding="utf-8"))
    done = _edited(manifest, random)
    if seal and isinstance(manifest, dict):
        with suppress(ValueError):  # of a text that has no UTF-8
            manifest = sealed(manifest)
    (path / storage.MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    return done


def _forge(corpora: Corpora, path: Path, name: str, random: Random) -> str:
    return _edit(corpora, path, name, random, seal=True)


VALUES: list[Any] = [
    None, True, -1, 0, 1, 2**31, 2**63, 2**70, 1.5, float("nan"), "", "x", "../x", "/etc/passwd", "\x1b[2J", "\ud800",
    [], {}, [1], {"x": 1}, "a" * 10_000,
]  # fmt: skip


def _edited(value: Any, random: Random, depth: int = 0) -> str:
    """Change something in a manifest: remove, replace, rename, add."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    if not keys:
        return "nothing"
    key = random.choice(keys)
    if isinstance(value[key], dict | list) and value[key] and random.random() < 0.6 and depth < 6:
        return f"{key}/{_edited(value[key], random, depth + 1)}"
    how = random.choice(["remove", "replace", "rename", "add"])
    if how == "remove":
        del value[key]
    elif how == "replace" or isinstance(value, list):
        value[key] = random.choice(VALUES)
    elif how == "rename":
        value[random.choice([f"{key}x", "../x", "/dev/zero"])] = value.pop(key)
    else:
        value[random.choice(["x", "../x", "/dev/zero"])] = random.choice(VALUES)
    return f"{key} ({how})"


def _forge_files(corpora: Corpora, path: Path, name: str, random: Random) -> str:
    """Change an array or a table, and record its new checksums, as the author of a hostile corpus can."""
    if name == storage.MANIFEST:
        return "nothing"
    done = random.choice([_flip, _zero, _cut])(corpora, path, name, random)
    record_files(path)
    return done


DAMAGES: dict[str, Callable[[Corpora, Path, str, Random], str]] = {
    "flip": _flip,
    "flip again": _flip,
    "cut": _cut,
    "cut during calls": _cut_during_calls,
    "extend": _extend,
    "zero": _zero,
    "swap": _swap,
    "replace": _replace,
    "remove": _remove,
    "rewrite": _rewrite,
    "exchange": _exchange,
    "edit": _edit,
    "forge": _forge,
    "forge files": _forge_files,
}

PART = Part(
    "folders",
    "A damaged corpus gives right results or a CorpusError, whatever was changed, before it was opened or later.",
    prepare,
    case,
    quick=0,
    slow=40,
)
