"""`ck.read_codes` and `ck.read_codebook`: what coders did in doccano, Label Studio, NVivo, ATLAS.ti or MAXQDA."""

from __future__ import annotations

import io
import json
import os
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, TypeVar
from zipfile import BadZipFile, ZipFile, is_zipfile

import polars as pl

from corpus_kit._base.arguments import path_argument, text_argument
from corpus_kit._base.files import open_regular
from corpus_kit._base.records import attach
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import InputError, choose, invalid, nearest, one_of, warn
from corpus_kit.export.coded_items import placed
from corpus_kit.export.doccano import read_doccano
from corpus_kit.export.label_studio import read_label_studio
from corpus_kit.export.read_refi_qda import Code, codes_of_codebook, parsed, read_refi_qda
from corpus_kit.export.refi_qda import guid_of
from corpus_kit.readers.limits import LIMITS, Budget

__all__ = ["read_codebook", "read_codes"]

FORMATS = {".jsonl": "doccano", ".zip": "doccano", ".json": "label_studio", ".qdpx": "refi_qda"}

_LARGEST = 1 << 30  # bytes of a file that is read at once
_PIECE = 1 << 20
_TOGETHER = ("all", "unknown")  # files of doccano that are not named after a coder

T = TypeVar("T")


def read_codes(
    path: str | os.PathLike[str], corpus: CorpusView, format: str | None = None, *, coder: str | None = None
) -> pl.DataFrame:
    """Read the codes that people gave in another program to texts that `ck.export_codes` wrote for it.

    Codes are found again by the document and their offsets. Where a program has changed line breaks or white space, or
    counts UTF-16 units, they are moved to the same words of the corpus. Nothing is dropped: a code without a place in
    the corpus is a row with its reason, and a warning counts them. Lines that were not coded have no row.

    Args:
        path: The file: .jsonl or .zip of doccano, .json of Label Studio (JSON or JSON-MIN), .qdpx of NVivo, ATLAS.ti,
            MAXQDA or QualCoder.
        corpus: The corpus, or a subcorpus.
        format: "doccano", "label_studio" or "refi_qda"; None takes that of the ending.
        coder: Who gave the codes. None takes the names in the file: in a .zip of doccano those of its files, in Label
            Studio the address or number of the annotator, in a project that of the user.

    Returns:
        A DataFrame with a row for each code: document (UInt32), id (String), start, end (UInt32; null if the code is
        that of the whole document), code, coder (null if unknown), source (String: its place in the file), and problem
        (String: why it has no place in the corpus; null if it has one). `Concordance.code(sheet, codes=...)` puts them
        into a sheet.

    Raises:
        InputError: If the file cannot be read, or has another shape; the message names the key that is missing.

    Examples:
        >>> import corpus_kit as ck, tempfile
        >>> corpus = ck.sample_corpus()
        >>> lines = ck.kwic(corpus, "هدنة")
        >>> codes = lines.frame.head(3).with_columns(code=pl.Series(["for", "for", "against"]))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = ck.export_codes(lines, f"{folder}/lines.qdpx", codes=codes)
        ...     ck.read_codes(path, corpus)["code"].to_list()
        ['for', 'for', 'against']
    """
    target = path_argument(path, "path")
    corpus = expect_corpus(corpus)
    if coder is not None:
        text_argument(coder, "coder")
    if format is None and target.suffix.lower() not in FORMATS:
        hint = nearest(target.suffix.lower(), FORMATS)
        raise invalid("path", f"a file that ends in {one_of(list(FORMATS))}, or format", target.name, hint)
    kind = FORMATS[target.suffix.lower()] if format is None else choose(format, sorted(set(FORMATS.values())), "format")
    found = _tried(target, kind, lambda: _READERS[kind](target, corpus, coder))
    lost = found.filter(pl.col("problem").is_not_null())
    if lost.height:
        reasons = lost["problem"].value_counts(sort=True).sort("count", "problem", descending=[True, False])
        listed = "; ".join(f"{count:,}: {reason}" for reason, count in reasons.rows())
        warn(
            f"{lost.height:,} of {found.height:,} codes in {target.name!r} have no place in the corpus ({listed}). "
            "The column problem has the reasons.",
            stacklevel=2,
        )
    return attach(found, "ck.read_codes", {"file": target.name, "format": kind, "coder": coder}, corpus=corpus)


def read_codebook(path: str | os.PathLike[str]) -> pl.DataFrame:
    """Read the codes that a REFI-QDA codebook (.qdc) or project (.qdpx) defines.

    Args:
        path: The file.

    Returns:
        A DataFrame with a row for each code: code, parent, description (String). A code whose name another one has too
        is called by its path, "politics / women"; so is a parent in another one.

    Raises:
        InputError: If the file cannot be read.

    Examples:
        >>> import corpus_kit as ck, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = ck.export_codes(ck.sample_corpus(), f"{folder}/corpus.qdpx", codebook=["for", "against"])
        ...     ck.read_codebook(path)["code"].to_list()
        ['for', 'against']
    """
    target = path_argument(path, "path")
    if target.suffix.lower() not in (".qdc", ".qdpx"):
        raise invalid("path", "a file that ends in '.qdc' or '.qdpx'", target.name)

    def codes() -> list[Code]:
        if target.suffix.lower() == ".qdc":
            return list(codes_of_codebook(parsed(_bytes(target))).values())
        with ZipFile(io.BytesIO(_bytes(target))) as archive:
            return list(codes_of_codebook(parsed(_Members(archive, target).read("project.qde"))).values())

    schema = {"code": pl.String, "parent": pl.String, "description": pl.String}
    return pl.DataFrame(_tried(target, "refi_qda", codes), schema=schema, orient="row")


def _tried(path: Path, kind: str, read: Callable[[], T]) -> T:
    """Return what a reader returns. What a damaged file raises becomes an InputError with the reason."""
    try:
        return read()
    except InputError:
        raise
    except OSError as error:
        raise InputError(f"cannot read {str(path)!r}: {error.strerror or error}.") from None
    except RecursionError:
        reason = "it is nested too deeply"
    except KeyError as error:
        reason = f"it has no file {error}"
    except (ValueError, BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        reason = str(error).partition("\n")[0]
    raise InputError(f"{path.name!r} cannot be read as an export of {_NAMES[kind]}: {reason}.") from None


def _doccano(path: Path, corpus: CorpusView, coder: str | None) -> pl.DataFrame:
    if not is_zipfile(path):
        with open_regular(path) as file:
            return placed(read_doccano(_lines(file), coder), corpus, path.name)
    with ZipFile(path) as archive:
        members = _Members(archive, path)
        names = sorted(name for name in archive.namelist() if name.endswith(".jsonl"))
        if not names:
            raise ValueError("it has no file that ends in '.jsonl'")
        tables = []
        for name in names:
            stem = Path(name).stem
            by = coder or (None if stem in _TOGETHER else stem)
            tables.append(placed(read_doccano(members.read(name).splitlines(), by), corpus, f"{path.name}, {name}"))
    return pl.concat(tables)


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    while line := file.readline(_LARGEST):
        if len(line) == _LARGEST:
            raise ValueError(f"a line is longer than {_LARGEST >> 20:,} MiB")
        yield line


def _label_studio(path: Path, corpus: CorpusView, coder: str | None) -> pl.DataFrame:
    tasks = json.loads(_bytes(path).decode("utf-8-sig"))
    return placed(read_label_studio(tasks, coder), corpus, path.name)


def _refi_qda(path: Path, corpus: CorpusView, coder: str | None) -> pl.DataFrame:
    ids = corpus.labels("id")
    known = set(ids)
    with ZipFile(path) as archive:
        members = _Members(archive, path)
        guids = {guid_of(corpus.id, "source", id): id for id in ids}
        return placed(read_refi_qda(members.read, guids, known.__contains__, coder), corpus, path.name)


class _Members:
    """The files of an archive, which together may expand to a limit."""

    def __init__(self, archive: ZipFile, path: Path) -> None:
        self._archive = archive
        self._budget = Budget(LIMITS, path.stat().st_size)

    def read(self, name: str) -> bytes:
        """Return a file. Raises KeyError if there is none, ValueError if it is too large."""
        pieces = []
        with self._archive.open(self._archive.getinfo(name)) as file:
            while piece := file.read(_PIECE):
                self._budget.spend(len(piece))
                pieces.append(piece)
        return b"".join(pieces)


def _bytes(path: Path) -> bytes:
    with open_regular(path) as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise ValueError(f"it is larger than {_LARGEST >> 20:,} MiB")
    return data


_READERS = {"doccano": _doccano, "label_studio": _label_studio, "refi_qda": _refi_qda}
_NAMES = {"doccano": "doccano", "label_studio": "Label Studio", "refi_qda": "the REFI-QDA standard"}
