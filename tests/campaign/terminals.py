"""Hostile strings wherever something is printed from: names of files and columns, metadata, manifests, arguments."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import sys
import unicodedata
import warnings
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

import polars as pl

import corpus_kit as ck
from corpus_kit.scale.sealed import sealed

from .forged import forge
from .part import BrokenPromiseError, Part, attempt

main: Any = import_module("corpus_kit.cli.main").main

_ORDERS = [
    *("\x1b[2J", "\x1b[35m", "\x1b]0;title\x07", "\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "\x1b]52;c;eA==\x07"),
    *("\x1bc", "\x1b[6n", "\x1b[1A\x1b[2K", "\x9b2J", "\x9d0;x\x9c", "\x90x\x9c", "\x07", "\x08\x08", "\r", "\n", "\t"),
    *("\x7f", "\x00", "\x0b", "\x0c", "\x0e", "\x85", "\u2028", "\u2029", "\u202e", "\u202d", "\u202a", "\u202c"),
    *("\u2066", "\u2067", "\u2068", "\u2069", "\u2069\u2067", "\u206a", "\ufff9", "\u200f", "\u200c", "\u061c"),
    *("\ufeff", "\U000e0041"),
]
_PLAIN = [
    *("خبر", "قال الوزير", "news", "a.b", "-", "=1+1", "%s", "{x}", "'", '"', "<b>", "[red]", "$HOME", "é", "😀", " "),
    *("1", "https://me:pass@host/?a=b"),
]
_OURS = re.compile("\x1b\\[(?:0|1|31)m")  # bold, red, and the end of both
_BREAKS = "\u202a\u202b\u202c\u202d\u202e\u2028\u2029"


@dataclass(frozen=True)
class Prepared:
    """A folder, and a corpus that is copied for cases that change its manifest."""

    folder: Path
    corpus: Path
    table: Path


def prepare(folder: Path) -> Prepared:
    """Build a small corpus and a table of scale."""
    texts = pl.DataFrame({"text": ["قال الوزير نعم.", "غادر الوفد بغداد."], "outlet": ["a", "b"]})
    ck.Corpus.build(texts, folder / "corpus", progress=False).close()
    texts.write_ndjson(folder / "a.jsonl")
    (folder / "table").mkdir()
    ck.scale.count_ngrams(folder / "a.jsonl", 1, folder / "table" / "out", progress=False)
    return Prepared(folder, folder / "corpus", folder / "table")


def _hostile(rng: Random, *, most: int = 6) -> str:
    return "".join(rng.choice(rng.choice([_ORDERS, _ORDERS, _PLAIN])) for _ in range(rng.randint(1, most)))


def _file_name(rng: Random, ending: str) -> str:
    """Return the name of a file, perhaps with bytes that are not UTF-8."""
    name = _hostile(rng).replace("/", "|").replace("\0", "")
    name += rng.choice(["", "", "\udcff", "\udc9b"])
    stem = os.fsencode(name)[: 200 - len(ending)].lstrip(b".") or b"x"
    return os.fsdecode(stem) + ending


class _Terminal(io.TextIOWrapper):
    """A stream that says of itself whether it is a terminal."""

    def __init__(self, encoding: str, *, terminal: bool) -> None:
        super().__init__(io.BytesIO(), encoding=encoding, write_through=True)
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


def _run(rng: Random, *arguments: object) -> int:
    """Run the command and check what it writes."""
    encoding, terminal = rng.choice(["utf-8", "utf-8", "ascii", "latin-1", "cp1256"]), rng.random() < 0.5
    out, err = (_Terminal(encoding, terminal=terminal) for _ in range(2))
    given = ["corpus-kit", *map(str, arguments)]
    status: Any = 0
    with patch.object(sys, "argv", given), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as end:
            status = end.code or 0
    for stream in (out, err):
        written = stream.buffer.getvalue()  # type: ignore[attr-defined]
        _check(written.decode("utf-8" if encoding == "ascii" else encoding), given, terminal=terminal)
    return int(status)


def _check(text: str, what: object, *, terminal: bool = False) -> None:
    """Raise an error if a text holds anything that a terminal obeys, beyond line feeds and our own colours."""
    if "Traceback (most recent call last)" in text:
        raise BrokenPromiseError(f"foreign error of {what!r}: {text[-600:]}")
    text = _OURS.sub("", text) if terminal else text
    for line in text.split("\n"):
        depth = 0
        for character in line:
            depth += (character in "\u2066\u2067\u2068") - (character == "\u2069")
            if unicodedata.category(character) == "Cc" or character in _BREAKS or depth < 0:
                raise BrokenPromiseError(f"{character!r} reaches the terminal from {what!r}: {line!r:.400}")
        if depth:
            raise BrokenPromiseError(f"an isolate without an end reaches the terminal from {what!r}: {line!r:.400}")


def case(prepared: Prepared, rng: Random) -> str:
    """Print something from somewhere."""
    place = prepared.folder / "case"
    place.mkdir()
    try:
        kind = rng.choice([_sources, _sources, _manifest, _arguments, _arguments, _counts, _table, _library])
        kind(prepared, place, rng)
        return kind.__name__.strip("_")
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _sources(_prepared: Prepared, place: Path, rng: Random) -> None:
    """Names of files, columns and folders, and metadata, in what `build` and the analyses print."""
    source = place / "source"
    source.mkdir()
    column = _hostile(rng) if rng.random() < 0.5 else "outlet"
    rows = [{"text": f"قال الوزير {_hostile(rng)}", column: _hostile(rng)} for _ in range(3)]
    try:
        (source / _file_name(rng, ".jsonl")).write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        for __ in range(rng.randrange(3)):
            name = _file_name(rng, rng.choice([".txt", ".txt", ".doc", ".csv", ".zip", ".parquet"]))
            (source / name).write_text(_hostile(rng), encoding="utf-8", errors="replace")
    except OSError:
        return  # a name that the file system refuses
    corpus = place / _file_name(rng, "")
    _run(rng, "build", source, corpus, "--no-progress")
    if not corpus.exists():
        return
    asked = rng.choice(
        [
            ["info", corpus],
            ["frequency", corpus, "--by", column],
            ["frequency", corpus, "--where", f"{column}={rows[0][column]}"],
            ["kwic", corpus, "قال", "--metadata", column],
            ["kwic", corpus, "*", "--variants"],
            ["ngrams", corpus, "--min-count", 1],
            ["frequency", corpus, "-o", place / _file_name(rng, ".csv")],
            ["keyness", corpus, "--target", f"{column}={rows[0][column]}"],
        ]
    )
    _run(rng, *asked)


def _manifest(prepared: Prepared, place: Path, rng: Random) -> None:
    """Texts in the manifest of a corpus, with a checksum that fits."""
    corpus = place / "corpus"
    shutil.copytree(prepared.corpus, corpus)
    forge(corpus, lambda manifest: _spoil(manifest, rng))
    _run(rng, *rng.choice([["info", corpus], ["info", corpus, "--verify"], ["kwic", corpus, "قال"]]))


def _spoil(content: Any, rng: Random) -> None:
    """Put hostile strings in place of some texts and names."""
    for key in list(content) if isinstance(content, dict) else range(len(content)):
        value = content[key]
        if isinstance(value, dict | list):
            _spoil(value, rng)
        elif isinstance(value, str) and rng.random() < 0.3:
            content[key] = _hostile(rng)
    if isinstance(content, dict) and content and rng.random() < 0.1:
        content[_hostile(rng)] = content[rng.choice(list(content))]


def _arguments(prepared: Prepared, place: Path, rng: Random) -> None:
    """Arguments, as a glob of the shell gives names of files."""
    text = _hostile(rng).replace("\0", "")
    asked: list[list[object]] = [
        [text],
        ["info", place / _file_name(rng, "")],
        ["info", prepared.corpus, text],
        ["kwic", prepared.corpus, text],
        ["frequency", prepared.corpus, "--by", text],
        ["frequency", prepared.corpus, "--where", text],
        ["frequency", prepared.corpus, "--profile", text],
        ["frequency", prepared.corpus, "--top", text],
        ["frequency", prepared.corpus, f"--{text}"],
        ["frequency", prepared.corpus, "-o", place / text.replace("/", "|")],
        ["ngrams", prepared.corpus, "-n", text],
        ["build", text, place / "new"],
        ["news", text],
        ["count", prepared.folder / "a.jsonl", place / "out", "--text", text],
        ["count", prepared.folder / "a.jsonl", place / "out", "--slurm", "-", "--text", text],
        ["count", text, place / "out", "--scheduler", text],
    ]
    _run(rng, *rng.choice(asked))


def _counts(_prepared: Prepared, place: Path, rng: Random) -> None:
    """Names of files in what a count at scale prints."""
    source = place / "source"
    source.mkdir()
    try:
        (source / _file_name(rng, ".txt")).write_text(f"قال {_hostile(rng)}", encoding="utf-8", errors="replace")
        (source / _file_name(rng, rng.choice([".parquet", ".doc", ".txt.gz"]))).write_bytes(b"PAR1 and no more")
    except OSError:
        return
    out = place / _file_name(rng, "")
    _run(rng, "count", source, out, "-n", 1, "--unreadable", rng.choice(["skip", "raise"]), "--no-progress")
    _run(rng, "ngrams", out, "-n", 1, "--min-count", 1)


def _table(prepared: Prepared, place: Path, rng: Random) -> None:
    """Texts in the manifest of a table of scale, with a checksum that fits."""
    shutil.copytree(prepared.table, place / "table")
    path = place / "table" / "out.manifest.json"
    content = json.loads(path.read_bytes())
    del content["seal"]
    _spoil(content, rng)
    path.write_bytes(sealed(content))
    _run(rng, "ngrams", place / "table" / "out", "-n", 1, "--min-count", 1)
    _run(rng, "count", prepared.folder / "a.jsonl", place / "table" / "out", "-n", 1, "--no-progress")


def _library(prepared: Prepared, place: Path, rng: Random) -> None:
    """What notebooks and scripts print: tables, corpora, errors, warnings."""
    name, value = _hostile(rng), _hostile(rng)
    frame = pl.DataFrame({name: [value, None], "n": [1, 2]})
    line = {"before": value, "node": value, "after": value, "document": 0, "position": 1, "id": name}
    lines = pl.DataFrame({**line, f"x{name}": [value]})
    calls: list[Callable[[], str]] = [
        lambda: str(ck.show(frame)),
        lambda: str(ck.show(frame, caption=value)),
        lambda: str(ck.show(lines)),
        lambda: repr(ck.Corpus.build(frame.with_columns(text=pl.lit("خبر")), place / "c", progress=False)),
        lambda: str(ck.show(ck.Corpus.build(frame.with_columns(text=pl.lit("خبر")), place / "d", progress=False))),
        lambda: repr(ck.scale.NgramTable.open(prepared.table / "out")),
        lambda: repr(ck.kwic(ck.Corpus.open(prepared.corpus), value)),
        lambda: str(ck.frequency(ck.Corpus.open(prepared.corpus), by=name)),
        lambda: str(ck.save(frame, place / value)),
    ]
    terminal = rng.random() < 0.5
    with warnings.catch_warnings(record=True) as given, patch.object(sys.stdout, "isatty", lambda: terminal):
        warnings.simplefilter("always")
        answer = attempt(rng.choice(calls), f"{name!r}, {value!r}")
    for text in (answer if isinstance(answer, str) else answer.message, *(str(each.message) for each in given)):
        _check(text, (name, value))


PART = Part(
    name="terminals",
    promise="Nothing that is printed holds a character that a terminal obeys, wherever the text comes from.",
    prepare=prepare,
    case=case,
    quick=0,
    slow=33,
)
