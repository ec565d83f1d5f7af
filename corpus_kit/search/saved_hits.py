"""Hits that are kept with a corpus under a name.

They lie in a folder beside that of the corpus, CORPUS.hits, one file a list: building the corpus again and verifying it
leave them alone. A file is a Parquet table with a row for each hit, in the order of the text (UInt32, but `line`)::

    document    the row number of its document
    position    its first token within the document
    end         the token after its last one
    line        whether it is one of the lines; false for those that thinning and sampling left out (Boolean)
    anchor NAME the token with an anchor or label, within the document; null for none

and a record: the pattern and the options, the corpus and its tokens, the documents of a subcorpus, and a SHA-256 of all
of it. It is loaded only in a corpus with the same tokens.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import re
import unicodedata
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from corpus_kit._base.arguments import path_argument, text_argument
from corpus_kit._base.arrays import Array
from corpus_kit._base.files import DEVICES, open_regular, write_whole
from corpus_kit._base.folders import make_folder, real_path
from corpus_kit._base.records import jsonable
from corpus_kit._version import __version__
from corpus_kit.corpus import storage
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import CorpusError, InputError, choose, invalid
from corpus_kit.machine.memory import expect_memory
from corpus_kit.search.hits import NO_TOKEN, Hits

__all__ = ["SavedHits", "hits_table", "read_hits", "tokens_of", "write_hits"]

_FORMAT = 1
_NAME = re.compile(r"\w(?:[\w .-]{0,98}\w)?")
_BYTES_OF_A_HIT = 64  # working memory to load it
_LONGEST_NAME = 200  # bytes, so that a file system takes it with what is added while it is written
_KEY = "corpus_kit"  # of the record in the metadata of the file
_COLUMNS = {"document": pl.UInt32, "position": pl.UInt32, "end": pl.UInt32, "line": pl.Boolean}
_ANCHOR = "anchor "
_DAMAGE = (
    ValueError, KeyError, TypeError, AttributeError, RecursionError, pl.exceptions.PolarsError,
    pl.exceptions.PanicException,
)  # fmt: skip
_RECORD: dict[str, tuple[type, ...]] = {
    "version": (str,), "tokens": (dict,), "documents": (str, type(None)), "filters": (list, type(None)),
    "pattern": (str,), "options": (dict,), "hits": (int,), "lines": (int,),
}  # fmt: skip
_OPTIONS: dict[str, Callable[[Any], bool]] = {
    "window": lambda value: _is_list(value, int) and len(value) == 2 and min(value) >= 0,
    "sort": lambda value: _is_list(value, str),
    "metadata": lambda value: _is_list(value, str),
    "show": lambda value: _is_list(value, str),
    "exact": lambda value: isinstance(value, bool | None),  # None if lists that were joined differ in it
    "clitics": lambda value: isinstance(value, bool | None),
    "within": lambda value: isinstance(value, str | None),
}
_TABLE = {
    "name": pl.String, "pattern": pl.String, "hits": pl.Int64, "lines": pl.Int64, "loads": pl.Boolean,
    "problem": pl.String,
}  # fmt: skip


class SavedHits(NamedTuple):
    """What is saved of a concordance: pattern, all hits, those of its lines, both in text order, and options."""

    pattern: str
    found: Hits
    lines: Hits
    options: dict[str, Any]


def tokens_of(corpus: CorpusView) -> dict[str, Any]:
    """Return what tells the tokens of a corpus from those of any other: their numbers mean something in it only."""
    digests = corpus.manifest["sha256"]
    spans = corpus.excluded_spans
    without = None if spans is None else hashlib.sha256(spans.to_numpy().astype("<i8").tobytes(order="C")).hexdigest()
    return {
        "id": corpus.id,
        "starts": digests[storage.STARTS],
        "document_ends": digests[storage.DOCUMENT_ENDS],
        "without": without,
    }


# --------------------------------------------------------------------- writing


def write_hits(
    corpus: CorpusView,
    name: str,
    saved: SavedHits,
    *,
    folder: str | os.PathLike[str] | None = None,
    overwrite: bool = False,
) -> Path:
    """Write hits under a name; `Concordance.save` has the arguments."""
    corpus.check_open()
    path = _path(corpus, name, folder)
    frame = _frame(corpus, saved)
    record = {
        "format": _FORMAT,
        "version": __version__,
        "tokens": tokens_of(corpus),
        "documents": _packed(corpus),
        "filters": None if corpus.selection is None else corpus.selection["filters"],
        "pattern": saved.pattern,
        "options": jsonable(saved.options),
        "hits": len(saved.found),
        "lines": len(saved.lines),
    }
    record["sha256"] = _digest(record, frame)
    file = io.BytesIO()
    frame.write_parquet(file, metadata={_KEY: json.dumps(record, ensure_ascii=False, sort_keys=True)})
    try:
        make_folder(path.parent)
    except OSError as error:
        raise InputError(f"cannot write {str(path)!r}: {error.strerror or error}. Choose another folder.") from error
    if not write_whole(path, file.getvalue(), replace=overwrite) and not _holds(path, record):
        raise InputError(f"there are other hits named {name!r} already. Choose another name, or pass overwrite=True.")
    return path


def _holds(path: Path, record: dict[str, Any]) -> bool:
    """Whether there is a file of the same hits."""
    try:
        return bool(_read(path)[0]["sha256"] == record["sha256"])
    except CorpusError:
        return False


def _frame(corpus: CorpusView, saved: SavedHits) -> pl.DataFrame:
    found = saved.found
    documents = corpus.documents_of(found.first)
    low, _ = corpus.document_bounds(documents)
    keys = (found.first.astype(np.uint64) << np.uint64(32)) | found.end
    of_lines = (saved.lines.first.astype(np.uint64) << np.uint64(32)) | saved.lines.end
    frame = pl.DataFrame(
        {
            "document": documents.astype(np.uint32),
            "position": (found.first - low).astype(np.uint32),
            "end": (found.end - low).astype(np.uint32),
            "line": np.isin(keys, of_lines, assume_unique=True),
        },
        _COLUMNS,
    )
    for name, tokens in found.anchors.items():
        places = pl.Series((tokens - low).astype(np.uint32))
        frame = frame.with_columns(places.set(pl.Series(tokens == NO_TOKEN), None).alias(_ANCHOR + name))
    return frame


def _packed(corpus: CorpusView) -> str | None:
    """Return the selected documents of a subcorpus as text; None for all."""
    mask = corpus.document_mask()
    return None if mask is None else base64.b64encode(zlib.compress(np.packbits(mask).tobytes())).decode()


def _digest(record: dict[str, Any], frame: pl.DataFrame) -> str:
    plain = {name: value for name, value in record.items() if name != "sha256"}
    found = hashlib.sha256(json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())
    for column in frame.iter_columns():
        values = column.to_physical().cast(pl.Int64).fill_null(-1)
        found.update(f"\n{column.name}\n{len(column)}\n".encode())
        found.update(values.to_numpy().astype("<i8").tobytes())
    return found.hexdigest()


# --------------------------------------------------------------------- reading


def read_hits(
    corpus: CorpusView, name: str, folder: str | os.PathLike[str] | None = None
) -> tuple[CorpusView, SavedHits]:
    """Return the hits of a name, and the view of the corpus that they were found in.

    Raises:
        InputError: If there are none of this name, or they are of another corpus, other tokens or another subcorpus.
        CorpusError: If the file is damaged.
    """
    corpus.check_open()
    path = _path(corpus, name, folder)
    if not os.path.isfile(path):  # noqa: PTH113 (Path.is_file raises for a path that is too long)
        names = sorted(each for each, _ in _files(path.parent))
        if not names:
            raise InputError(f"no hits are saved in {str(path.parent)!r}. Concordance.save keeps them.")
        choose(name, names, "name")
    record, frame = _read(path)
    _expect_tokens(name, record["tokens"], tokens_of(corpus))
    view = _view(corpus, name, record, path)
    found = _hits(corpus, frame, path)
    lines = found.take(frame["line"].to_numpy())
    return view, SavedHits(record["pattern"], found, lines, record["options"])


def hits_table(corpus: CorpusView, folder: str | os.PathLike[str] | None = None) -> pl.DataFrame:
    """Return a row for each list of hits; `Corpus.saved_hits` has the columns."""
    own = tokens_of(corpus)
    rows: list[tuple[Any, ...]] = []
    for name, path in sorted(_files(_folder(corpus, folder))):
        try:
            record = _read(path)[0]
            rows.append((name, record["pattern"], record["hits"], record["lines"], record["tokens"] == own, None))
        except (CorpusError, InputError) as error:
            rows.append((name, None, None, None, False, str(error)))
    return pl.DataFrame(rows, _TABLE, orient="row")


def _folder(corpus: CorpusView, folder: str | os.PathLike[str] | None) -> Path:
    if folder is not None:
        return path_argument(folder, "folder")
    place = real_path(corpus.path)
    return place.with_name(f"{place.name}.hits")


def _path(corpus: CorpusView, name: object, folder: str | os.PathLike[str] | None) -> Path:
    text = text_argument(name, "name")
    if not _NAME.fullmatch(text):
        raise invalid("name", "1 to 100 letters, digits, spaces or . - _ inside it", name)
    if text.partition(".")[0].rstrip().lower() in DEVICES:
        raise invalid("name", "another name than those of devices on Windows", name)
    if len(text.encode()) > _LONGEST_NAME:
        raise invalid("name", f"at most {_LONGEST_NAME} bytes long in UTF-8", name)
    return _folder(corpus, folder) / f"{text}.parquet"


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    if os.path.isdir(folder):  # noqa: PTH112 (like isfile)
        for path in folder.glob("*.parquet"):
            name = unicodedata.normalize("NFC", path.stem)  # some file systems of macOS take letters apart
            if _NAME.fullmatch(name):
                yield name, path


def _read(path: Path) -> tuple[dict[str, Any], pl.DataFrame]:
    try:
        with open_regular(path) as file:
            data = file.read()
        record: dict[str, Any] = json.loads(pl.read_parquet_metadata(io.BytesIO(data))[_KEY])
        if record["format"] == _FORMAT:
            return record, _checked(record, data)
    except InputError:
        raise
    except OSError as error:
        raise CorpusError(f"{path} cannot be read: {storage.reason(error)}") from error
    except _DAMAGE as error:
        raise CorpusError(f"{path} is damaged: {storage.reason(error)}. Save the hits again.") from error
    raise CorpusError(
        f"{path} has the format {record['format']!s:.20} (written by corpus_kit {record.get('version')!s:.20}); this "
        f"version reads {_FORMAT}. Save the hits again."
    )


def _checked(record: dict[str, Any], data: bytes) -> pl.DataFrame:
    """Return the table of a file. Raises ValueError if it, or the record, is not as it was written."""
    if not all(isinstance(record[name], types) for name, types in _RECORD.items()):
        raise ValueError("its record is none of hits")
    options = record["options"]
    if not all(is_right(options[name]) for name, is_right in _OPTIONS.items() if name in options or name != "show"):
        raise ValueError("its options are none of hits")
    n_hits = pl.scan_parquet(io.BytesIO(data)).select(pl.len()).collect().item()
    expect_memory(n_hits * _BYTES_OF_A_HIT, "To load these hits", "Save fewer of them")
    frame = pl.read_parquet(io.BytesIO(data))
    anchors = frame.columns[len(_COLUMNS) :]
    is_ours = frame.schema == {**_COLUMNS, **dict.fromkeys(anchors, pl.UInt32)}
    is_ours = is_ours and all(name.startswith(_ANCHOR) for name in anchors)
    if not is_ours or record["sha256"] != _digest(record, frame):
        raise ValueError("it was changed since it was written")
    lines = int(frame["line"].sum())
    if any(frame[name].null_count() for name in _COLUMNS) or (record["hits"], record["lines"]) != (n_hits, lines):
        raise ValueError("it is not a table of hits")
    return frame


def _is_list(value: object, of: type) -> bool:
    return isinstance(value, list) and all(isinstance(each, of) for each in value)


def _expect_tokens(name: str, saved: dict[str, Any], own: dict[str, Any]) -> None:
    """Raise InputError if hits are of other tokens than those of a corpus."""
    if saved == own:
        return
    if saved.get("id") != own["id"]:
        of = f"the corpus {saved.get('id')!s:.16}, and this one is {own['id']}"
    elif saved.get("without") != own["without"]:
        of = "this corpus with other spans excluded"
    else:
        of = "other tokens of the same texts"
    raise InputError(f"the hits {name!r} are of {of}. Load them there, or search again.")


def _view(corpus: CorpusView, name: str, record: dict[str, Any], path: Path) -> CorpusView:
    """Return the view of the corpus that hits were found in."""
    if record["documents"] == _packed(corpus):
        return corpus
    if corpus.document_mask() is not None:
        raise InputError(f"the hits {name!r} are of another subcorpus. Load them in the whole corpus.")
    n, filters = corpus.total_documents, record["filters"]
    try:
        packed = zlib.decompressobj().decompress(base64.b64decode(record["documents"]), n // 8 + 1)
        documents = np.flatnonzero(np.unpackbits(np.frombuffer(packed, np.uint8), count=n)).astype(np.uint32)
        if not _is_list(filters, str):
            raise ValueError("it does not say how its documents were selected")
    except (ValueError, zlib.error) as error:
        raise CorpusError(f"{path} is damaged: {storage.reason(error)}. Save the hits again.") from error
    return corpus.subcorpus(documents, *filters)


def _hits(corpus: CorpusView, frame: pl.DataFrame, path: Path) -> Hits:
    documents = frame["document"].to_numpy()
    if (documents >= corpus.total_documents).any():
        raise CorpusError(f"{path} is damaged: it names documents that the corpus does not have. Save the hits again.")
    low, high = corpus.document_bounds(documents)
    first, end = low + frame["position"].to_numpy(), low + frame["end"].to_numpy()
    keys = (first << 32) | end
    anchors: dict[str, Array] = {}
    is_right = (first < end).all() and (end <= high).all() and (keys[1:] > keys[:-1]).all()
    for name in frame.columns[len(_COLUMNS) :]:
        tokens = low + frame[name].fill_null(0).to_numpy()
        is_right = is_right and (tokens < high).all()
        none = frame[name].is_null().to_numpy()
        anchors[name.removeprefix(_ANCHOR)] = np.where(none, NO_TOKEN, tokens.astype(np.uint32))
    if not is_right:
        raise CorpusError(f"{path} is damaged: it has hits that the corpus cannot have. Save the hits again.")
    ends = None if (end - first == 1).all() else end.astype(np.uint32)
    return Hits(first.astype(np.uint32), ends, anchors)
