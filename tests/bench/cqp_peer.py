"""CQP, the query processor of the IMS Open Corpus Workbench (CWB), beside ours over the words of one corpus.

`--cwb FOLDER` of pytest, or the variable CORPUS_KIT_CWB, names the folder of its programs: cwb-encode, cwb-makeall, cqp
and, for word lists, cwb-lexdecode (3.4 or newer).

CQP gets the words, each with its folded form and lemma, and the regions s, p and text with source; signs are left out.
Our patterns pass over signs, so that a phrase of ours is one of CQP's without `[]*` between the words: the shorter,
faster query. Word n of CQP is the token `word_tokens(corpus)[n]` of ours.

The program runs as `cqp -c`, as the module CWB::CQP of Perl calls it (its child mode): it prints its version first;
a command `.EOL.;` makes it print a line `-::-EOL-::-` after all that came before, and what it has to complain of is on
the standard error. With `set PrettyPrint off`, `size A` is a number, `dump A` has lines of match, matchend, target and
keyword, and `group A match text_source` lines of value and count, divided by tabs (`ascii_print_group` in CWB's
cqp/ascii-print.c).
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from subprocess import PIPE
from typing import Self

import numpy as np
import polars as pl

import corpus_kit as ck
from corpus_kit._base.arrays import Array
from corpus_kit.errors import CorpusKitError
from corpus_kit.text.token_flags import BEGINS_PARAGRAPH, BEGINS_SENTENCE

__all__ = ["NAME", "Cqp", "encode", "programs_in", "run_program", "word_tokens", "write_vertical"]

NAME = "BESIDE"  # the corpus
END_COMMAND, END = ".EOL.;", re.compile(rb"^-::-EOL-::-\n", re.MULTILINE)
END_SIZE = len(b"-::-EOL-::-\n")
PART = 1 << 20  # bytes that are read at once
VERSION = re.compile(r"CQP\s.*?(\d+)\.(\d+)")
ENCODING_LIMIT, LIMIT = 7200, 600  # seconds
BATCH = 5_000  # documents that are written at once
ATTRIBUTES = ("word", "folded", "lemma")
UNDEFINED = "__UNDEF__"
PROGRAMS = ("cwb-encode", "cwb-makeall", "cqp")


def programs_in(folder: str | os.PathLike[str]) -> Path:
    """Return the folder of CWB's programs.

    Raises:
        CorpusKitError: If one of them is not there.
    """
    path = Path(folder).expanduser().resolve()
    missing = [name for name in PROGRAMS if not (path / name).is_file()]
    if missing:
        raise CorpusKitError(f"{path} must hold CWB's programs, but {', '.join(missing)} is missing.")
    return path


# ------------------------------------------------------------------------- the corpus


def word_tokens(corpus: ck.Corpus) -> Array:
    """Return the tokens that are words: those that CQP gets (UInt32)."""
    found: Array = np.flatnonzero(corpus.counted_types[corpus.token_types]).astype(np.uint32)
    return found


def write_vertical(corpus: ck.Corpus, path: Path) -> None:
    """Write the words of a corpus with a column `source`, one a line, between tags of s, p and text."""
    of_types = _lines_of_types(corpus)
    tokens, flags = word_tokens(corpus), corpus.token_flags
    # A sign may begin a sentence: what counts is whether one began since the word before.
    sentences = np.cumsum(flags & (BEGINS_SENTENCE | BEGINS_PARAGRAPH) != 0)[tokens]
    paragraphs = np.cumsum(flags & BEGINS_PARAGRAPH != 0)[tokens]
    ends = np.searchsorted(tokens, corpus.document_ends)
    sources = _escaped(corpus.labels("source").cast(pl.String).fill_null(UNDEFINED))
    types = corpus.token_types[tokens]
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for first in range(0, len(corpus), BATCH):
            last = min(first + BATCH, len(corpus))
            begin, end = int(ends[first - 1]) if first else 0, int(ends[last - 1])
            document = np.searchsorted(ends[first:last], np.arange(begin, end), side="right")
            table = pl.DataFrame({
                "text": document, "p": paragraphs[begin:end], "s": sentences[begin:end],
                "line": of_types.gather(types[begin:end]), "source": sources[first:last].gather(document),
            })  # fmt: skip
            file.write("".join(table.select(_with_tags()).to_series()))


def _lines_of_types(corpus: ck.Corpus) -> pl.Series:
    surface, folded = corpus.type_column("surface"), corpus.type_column("folded")
    lemma = folded
    if corpus.has_annotation("lemma"):
        lemma = ck.normalize(corpus.type_column("lemma"), "search").fill_null(UNDEFINED)
    return pl.select(pl.concat_str([_escaped(each) for each in (surface, folded, lemma)], separator="\t")).to_series()


def _escaped(values: pl.Series) -> pl.Series:
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        values = values.str.replace_all(sign, entity, literal=True)
    return values


def _with_tags() -> pl.Expr:
    """Return the lines of words with the tags before and after them."""

    def edge(names: tuple[str, ...], step: int) -> pl.Expr:
        """Return whether the word before (1) or after (-1) is in another region."""
        others = [(pl.col(name) != pl.col(name).shift(step)).fill_null(True) for name in names]
        return pl.any_horizontal(others)

    regions: dict[str, tuple[str, ...]] = {"text": ("text",), "p": ("text", "p"), "s": ("text", "p", "s")}
    opening: list[pl.Expr] = []
    for name, within in regions.items():
        source = pl.format('<text source="{}">\n', "source") if name == "text" else pl.lit(f"<{name}>\n")
        opening.append(pl.when(edge(within, 1)).then(source).otherwise(pl.lit("")))
    closing = [
        pl.when(edge(within, -1)).then(pl.lit(f"</{name}>\n")).otherwise(pl.lit(""))
        for name, within in reversed(regions.items())
    ]
    return pl.concat_str([*opening, "line", pl.lit("\n"), *closing])


def encode(programs: Path, corpus: ck.Corpus, folder: Path) -> Path:
    """Make CWB's index of a corpus in a folder, and return that of the registry; what is there is used again."""
    registry, data = folder / "registry", folder / "data"
    entry = registry / NAME.lower()
    if (folder / f"{corpus.id}.done").is_file():
        return registry
    for each in (registry, data):
        each.mkdir(parents=True, exist_ok=True)
    vertical = folder / "words.vrt"
    write_vertical(corpus, vertical)
    attributes = [part for name in ATTRIBUTES[1:] for part in ("-P", name)]
    regions = ["-S", "text:0+source", "-S", "p:0", "-S", "s:0"]
    options = ["-d", data, "-f", vertical, "-R", entry, "-c", "utf8", "-xsB", *attributes, *regions]
    run_program(programs / "cwb-encode", *map(str, options), limit=ENCODING_LIMIT)
    run_program(programs / "cwb-makeall", "-r", str(registry), "-V", NAME, limit=ENCODING_LIMIT)
    (folder / f"{corpus.id}.done").touch()
    return registry


def run_program(program: Path, *arguments: str, limit: float = LIMIT) -> str:
    """Return what a program prints.

    Raises:
        CorpusKitError: If it fails, or is slower than `limit` seconds.
    """
    try:
        run = subprocess.run([str(program), *arguments], capture_output=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        raise CorpusKitError(f"{program.name} is slower than {limit:g} s") from None
    if run.returncode:
        said = run.stderr.decode(errors="replace").strip().splitlines() or ["no message"]
        raise CorpusKitError(f"{program.name} failed: {said[-1]}")
    return run.stdout.decode()


# ------------------------------------------------------------------------- the program


class Cqp:
    """A `cqp -c` with the corpus that `encode` made."""

    def __init__(self, programs: Path, registry: Path) -> None:
        self.registry = registry
        command = [str(programs / "cqp"), "-c", "-r", str(registry)]
        self._ahead = bytearray()  # read, and not yet asked for
        self._read = 0  # bytes of the standard error
        self._said = tempfile.TemporaryFile()  # the standard error, which a pipe could block  # noqa: SIM115
        self._run = subprocess.Popen(command, stdin=PIPE, stdout=PIPE, stderr=self._said, bufsize=0)
        try:
            self._begin()
        except CorpusKitError:
            self.close()
            raise

    def _begin(self) -> None:
        version, *_ = [*self.ask(), ""]
        found = VERSION.match(version)
        if found is None or int(found[1]) < 3:
            raise CorpusKitError(f"cqp must be CQP 3 or newer, got {version!r}")
        self.ask("set PrettyPrint off;", "set AutoShow off;", "set ProgressBar off;", f"{NAME};")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, *commands: str) -> list[str]:
        """Return the lines that CQP prints.

        Raises:
            CorpusKitError: If it complains, ends or is too slow.
        """
        answer = self.answer(*commands).decode(errors="replace")
        return answer.removesuffix("\n").split("\n") if answer else []

    def answer(self, *commands: str) -> bytes:
        """Return what CQP prints, as `ask` does."""
        assert self._run.stdin is not None
        watch = threading.Timer(LIMIT, self._run.kill)
        watch.start()
        try:
            self._run.stdin.write(("\n".join([*commands, END_COMMAND]) + "\n").encode())
            answer = self._until_end()
        except OSError:
            answer = None
        finally:
            watch.cancel()
        said = self._complaints()
        if answer is None:
            raise CorpusKitError(f"CQP ended, or took more than {LIMIT} s: {said or 'no message'}")
        if said:
            raise CorpusKitError(f"CQP: {said}")
        return answer

    def hits(self, query: str) -> tuple[Array, Array]:
        """Return the first and the last word of each hit, which stay there as A."""
        [size] = self.ask(f"A = {query};", "size A;")
        table = np.array([line.split("\t")[:2] for line in self.ask("dump A;")], np.int64).reshape(-1, 2)
        if len(table) != int(size):
            raise CorpusKitError(f"CQP says {size} hits of {query}, and lists {len(table)}")
        return table[:, 0], table[:, 1]

    def close(self) -> None:
        """End the program."""
        assert self._run.stdin is not None
        assert self._run.stdout is not None
        with suppress(OSError):
            self._run.stdin.close()  # so that it ends
        try:
            self._run.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._run.kill()
            self._run.wait()
        self._run.stdout.close()
        self._said.close()

    def _until_end(self) -> bytes | None:
        """Return what comes before the mark of the end; None if the program has ended."""
        assert self._run.stdout is not None
        answer, seen = self._ahead, 0
        while (end := END.search(answer, seen)) is None:
            seen = max(len(answer) - END_SIZE, 0)  # the mark may come in two parts
            part = os.read(self._run.stdout.fileno(), PART)
            if not part:
                return None
            answer += part
        self._ahead = answer[end.end() :]  # what came after the mark belongs to the next answer
        return bytes(answer[: end.start()])

    def _complaints(self) -> str:
        """Return what came on the standard error since the last time."""
        said = os.pread(self._said.fileno(), PART, self._read)
        self._read += len(said)
        return said.decode(errors="replace").strip()
