"""JSON files that are one value, .json: an array of objects somewhere in it, or an object of arrays, is a table.

The rows are the objects (or texts) of the array that holds most text; fields of the objects around it become columns.
A text that is written in pieces, as in exports of Telegram, is joined. A file of one object a line is read as JSON
Lines. Up to 64 MB a file is parsed whole; a larger one is streamed by ijson.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import polars as pl

from corpus_kit._base.arguments import boolean, text_argument
from corpus_kit.readers.documents import File, needed
from corpus_kit.readers.formats import Format
from corpus_kit.readers.json_lines import REPEATED, ColumnKinds, has_surrogate, json_table, rows_frame
from corpus_kit.readers.json_streams import JsonStream
from corpus_kit.readers.limits import beyond
from corpus_kit.readers.sources import SourceFile, reading
from corpus_kit.readers.tables import BATCH_BYTES, BATCH_ROWS, Table, TableBatch
from corpus_kit.readers.texts import digest

__all__ = ["json_file", "json_value_table"]

_WHOLE = 64 << 20  # bytes
_DEEPEST = 6  # objects around an array of records
_RIVAL = 0.2  # of the text of the first place, at which a second one makes it unclear which is meant
_TEXT = 200  # characters of a field of the whole value, which may then be the text of an only record
_LINE = 1 << 20  # bytes of a first line
_LOOKED_AT = 1_000  # items of an array
_PIECE = {"type", "text"}  # the keys of a piece of a text in exports of Telegram,
_OF_PIECES = _PIECE | {"href", "user_id", "language", "document_id", "collapsed"}  # and those that it may have
_UNPAIRED = "unpaired surrogate"
_FIRST = "records are the first array of objects"

Row = dict[str, Any]
Rows = Callable[[], Iterator[Row]]


def json_file(*, records: str | None = None, flatten: bool = False) -> Format:
    """Return the format of .json files, with options.

    Args:
        records: The path of the array of records, keys joined by dots, such as "data.items"; "" for the whole value.
            None takes the array that holds most text.
        flatten: Whether fields of objects in a record become columns of their own, such as "author.name"; otherwise
            they are kept in their JSON form.

    Examples:
        >>> import corpus_kit as ck, pathlib, tempfile
        >>> folder = pathlib.Path(tempfile.mkdtemp())
        >>> content = '{"name": "قناة", "messages": [{"id": 1, "text": ["وصل ", {"type": "bold", "text": "الوفد"}]}]}'
        >>> _ = (folder / "result.json").write_text(content, "utf-8")
        >>> corpus = ck.Corpus.build(folder / "result.json", folder / "corpus", id="id")
        >>> corpus.documents.select("id", "name", "text").collect().rows()
        [('1', 'قناة', 'وصل الوفد')]
    """
    if records is not None:
        text_argument(records, "records")
    boolean(flatten, "flatten")
    return Format("json", (".json",), open_table=lambda file: json_value_table(file, records, flatten=flatten))


def json_value_table(file: SourceFile, records: str | None = None, *, flatten: bool = False) -> Table:
    """Open a .json file. Raises SourceError if it is damaged, or it is unclear which array is meant."""
    notices: list[tuple[str, str]] = []
    with reading(file.name):
        if file.bytes > _WHOLE:
            if _is_lines(file):
                return json_table(file)
            rows = _streamed(file, records, notices)
        else:
            text = File(file.name, file.path, limits=file.limits).text()
            try:
                value = json.loads(text, object_pairs_hook=partial(_as_dict, notices))
            except RecursionError as error:
                raise ValueError("it is not JSON that can be read: it has too many levels") from error
            except ValueError as error:
                if text.lstrip().startswith("{") and "Extra data" in str(error):
                    return json_table(file)
                raise ValueError(f"it is not JSON: {error}") from error
            rows = _rows_of(value, records)
        if records is not None and next(rows(), None) is None:
            raise ValueError(f"it has nothing at {records!r}, which records names")
        return _table(file, (lambda: map(_flat, rows())) if flatten else rows, notices)


def _as_dict(notices: list[tuple[str, str]], pairs: list[tuple[str, Any]]) -> Row:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        notices.append((REPEATED, next(key for key in keys if keys.count(key) > 1)))
    return found


def _table(file: SourceFile, rows: Rows, notices: list[tuple[str, str]]) -> Table:
    columns: dict[str, ColumnKinds] = {}
    for row in rows():
        for key, value in row.items():
            if key not in columns:
                if has_surrogate(key):  # the row is none, as below
                    continue
                columns[key] = ColumnKinds()
            columns[key].add(value)
        if len(columns) > file.limits.columns:
            raise beyond("columns", file.limits, len(columns), "Put what varies into the values, not the keys")
    schema: dict[str, pl.DataType] = {key: column.dtype() for key, column in columns.items()}

    def batches(names: list[str]) -> Iterator[TableBatch]:
        held: list[Row] = []
        problems: dict[int, str] = {}
        size = 0
        for row in rows():
            if has_surrogate(row):
                problems[len(held)] = _UNPAIRED
                row = {}
            held.append(row)
            size += sum(2 * len(value) for value in row.values() if isinstance(value, str))
            if len(held) == BATCH_ROWS or size > BATCH_BYTES:
                yield TableBatch(rows_frame(held, schema, names), problems)
                held, problems, size = [], {}, 0
        if held:
            yield TableBatch(rows_frame(held, schema, names), problems)

    return Table(file.name, schema, digest(file.path), batches, notices)


# ------------------------------------------------------------------ where the records are


class _Place(NamedTuple):
    path: str
    size: int


def _rows_of(value: Any, records: str | None) -> Rows:
    """Return the rows of a parsed value."""
    if records is None:
        if isinstance(value, dict) and _is_columns(value):
            return lambda: (dict(zip(value, row, strict=True)) for row in zip(*value.values(), strict=True))
        records = _only([*_of_whole(value), *_places(value, "", 0)])
    return lambda: _records(value, records.split(".") if records else [], {})


def _is_columns(value: dict[str, Any]) -> bool:
    """Return whether an object holds arrays of one length, which are columns."""
    lists = list(value.values())
    if not lists or not all(isinstance(each, list) for each in lists):
        return False
    if any(isinstance(item, dict | list) for each in lists for item in each[:_LOOKED_AT]):
        return False
    if len({len(each) for each in lists}) > 1:
        sizes = ", ".join(f"{key!r} {len(each):,}" for key, each in list(value.items())[:3])
        raise ValueError(f"its arrays have different lengths: {sizes}; records= of ck.readers.json_file takes one")
    return len(lists[0]) > 0


def _of_whole(value: Any) -> Iterator[_Place]:
    """Yield the whole value, if it is an object that may be a record: the only one, or beside what it holds."""
    if not isinstance(value, dict):
        return
    longest = max((len(each) for each in value.values() if isinstance(each, str)), default=0)
    around = any(
        isinstance(each, dict) or (isinstance(each, list) and dict in map(type, each)) for each in value.values()
    )
    if longest >= _TEXT or (longest and not around):
        yield _Place("", longest)


def _places(value: Any, path: str, depth: int) -> Iterator[_Place]:
    """Yield the arrays of objects or texts, and how much text is in each."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        items = value[:_LOOKED_AT]
        if isinstance(_joined(items), str):  # the pieces of one text, as Telegram repeats them
            return
        if items and all(isinstance(each, dict) for each in items):
            sizes: dict[str, int] = {}
            for key, each in ((key, each) for item in items for key, each in item.items()):
                for place in _places(each, _join(path, key), depth + 1):
                    sizes[place.path] = sizes.get(place.path, 0) + place.size
            yield from (_Place(*each) for each in sizes.items())
            yield _Place(path, sum(_text_size(item) for each in items for item in each.values()))
        elif items and all(isinstance(each, str) for each in items):
            yield _Place(path, sum(map(len, items)))
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _places(each, _join(path, key), depth + 1)


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _text_size(value: Any) -> int:
    joined = _joined(value)
    return len(joined) if isinstance(joined, str) else 0


def _only(places: list[_Place]) -> str:
    """Return the path of the place with most text. Raises ValueError if it is unclear, or there is none."""
    found = sorted(places, key=lambda place: -place.size)
    if not found:
        raise ValueError("it has no array of objects or texts")
    first = found[0]
    # what lies in the records themselves, such as comments or tags, is less than these
    others = [each for each in found[1:] if first.path and not each.path.startswith(f"{first.path}.")]
    if others and others[0].size > _RIVAL * first.size:
        named = " and ".join(f"{place.path!r} ({place.size:,} characters)" for place in [first, *others[:2]])
        raise ValueError(f"texts are at {named}; say which with format=ck.readers.json_file(records={found[0].path!r})")
    return found[0].path


def _records(value: Any, path: list[str], around: Row) -> Iterator[Row]:
    """Yield the records at a path, with the plain fields of the objects around them."""
    if path:
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict) and path[0] in each:
                fields = {key: item for key, item in each.items() if not isinstance(item, dict | list)}
                yield from _records(each[path[0]], path[1:], _merged(fields, around))
        return
    for each in value if isinstance(value, list) else [value]:
        row = each if isinstance(each, dict) else {"text": each}
        yield _merged({key: _joined(item) for key, item in row.items()}, around)


def _merged(fields: Row, around: Row) -> Row:
    """Return fields and those of what is around them, where need be under another name."""
    merged = dict(fields)
    for key, value in around.items():
        while key in merged:
            key = f"outer_{key}"
        merged[key] = value
    return merged


def _joined(value: Any) -> Any:
    """Return a text that is written in pieces as one."""
    if not isinstance(value, list) or not any(isinstance(piece, dict) for piece in value):
        return value
    if any(isinstance(piece, dict) and not _PIECE <= piece.keys() <= _OF_PIECES for piece in value):
        return value
    pieces = [piece.get("text") if isinstance(piece, dict) else piece for piece in value]
    texts = [piece for piece in pieces if isinstance(piece, str)]
    return "".join(texts) if len(texts) == len(pieces) else value


def _flat(row: Row, before: str = "") -> Row:
    flat: Row = {}
    for key, value in row.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{before}{key}.")
        else:
            flat[before + key] = value
    return flat


# ------------------------------------------------------------------ large files


def _streamed(file: SourceFile, records: str | None, notices: list[tuple[str, str]]) -> Rows:
    """Return the rows of a large file: those at a path, or of the first array of objects."""
    ijson = needed("ijson", "JSON files of more than 64 MB")
    if records is None:
        prefix = _first_array(ijson, file)
        notices.append((_FIRST, prefix.removesuffix("item").removesuffix(".")))
    else:
        prefix = f"{records}.item" if records else "item"

    def rows() -> Iterator[Row]:
        with JsonStream(file.path, file.limits) as stream:
            for item in ijson.items(stream, prefix, use_float=True):
                row = item if isinstance(item, dict) else {"text": item}
                yield {key: _joined(value) for key, value in row.items()}

    return rows


def _is_lines(file: SourceFile) -> bool:
    """Return whether a file is JSON Lines in truth: its first line is an object."""
    with file.path.open("rb") as stream:
        line = stream.readline(_LINE)
    try:
        return line.endswith(b"\n") and isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _first_array(ijson: Any, file: SourceFile) -> str:
    """Return the prefix of the items of the first array of objects; of texts, if the whole value is one."""
    with JsonStream(file.path, file.limits) as stream:
        for prefix, event, _ in ijson.parse(stream):
            if (event == "start_map" and prefix.endswith("item")) or (event == "string" and prefix == "item"):
                return str(prefix)
    raise ValueError("it has no array of objects")
