"""JSON files that are one value, .json: an array of objects somewhere in it, or an object of arrays, is a table.

The rows are the objects, texts or arrays of the array that holds most text; fields of the objects around it become
columns. Objects whose values are objects of one kind are arrays, too, and arrays of rows have their names in the first
one. A text that is written in pieces, as in exports of Telegram, is joined. A file of one object a line is read as
JSON Lines. A file is read twice if it is long (`json_streams`): for its columns and their types, and for its rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

import polars as pl

from corpus_kit._base.arguments import boolean, text_argument
from corpus_kit.readers.formats import Format
from corpus_kit.readers.json_lines import (
    GROUP,
    REPEATED,
    UNPAIRED,
    Columns,
    Values,
    columns_frame,
    has_surrogate,
    joined_batches,
    json_table,
    transposed,
)
from corpus_kit.readers.json_streams import LOOKED_AT, ExtraDataError, LongArray, read_json
from corpus_kit.readers.limits import Limits
from corpus_kit.readers.sources import SourceFile, reading
from corpus_kit.readers.tables import Table, TableBatch
from corpus_kit.readers.texts import digest

__all__ = ["json_file", "json_value_table"]

_DEEPEST = 6  # objects around an array of records
_RIVAL = 0.2  # of the text of the first place, at which a second one makes it unclear which is meant
_WORDS = re.compile(r"[^\W\d_]\s+[^\W\d_]")  # in texts, but hardly in names, numbers and addresses
_NO_TEXT = 1e-3  # what counts of others
_NO_TEXT_AT_ALL = 0.02  # of the text of records, that is not in objects within them
_TEXT = 200  # characters of a field of the whole value, which may then be the text of an only record
_GROUP_TEXT = 1 << 20  # characters of the texts of rows that are looked at together
_PIECE = {"type", "text"}  # the keys of a piece of a text in exports of Telegram,
_OF_PIECES = _PIECE | {"href", "user_id", "language", "document_id", "collapsed"}  # and those that it may have

Row = dict[str, Any]


def json_file(*, records: str | None = None, flatten: bool = False) -> Format:
    """Return the format of .json files, with options.

    Args:
        records: The path of the array of records, keys joined by dots, such as "data.items"; "" for the whole value.
            None takes the array that holds most text.
        flatten: Whether fields of objects in a record become columns of their own, such as "author.name"; otherwise
            they are kept in their JSON form, unless all texts of the records are there.

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
    with reading(file.name):
        try:
            value, encoding, repeated = read_json(file.path, file.limits, lambda: _Watch(file.limits, flatten=flatten))
        except ExtraDataError:
            return json_table(file)
        notices = [(REPEATED, key) for key in repeated]
        if encoding.guessed:
            notices.append((f"encoding guessed as {encoding.name}", ""))
        parts = _parts_of(value, records)
        if records is not None and not any(part.items for part in parts()):
            raise ValueError(f"it has nothing at {records!r}, which records names")
        flat = flatten or _hold_texts_inside(_first_rows(parts))
        return _table(file, parts, notices, flatten=flat, is_watched=flat == flatten)


class _Part(NamedTuple):
    """Records in one place.

    Attributes:
        items: The records: objects; arrays, if there is a head; or texts.
        around: The plain fields of the objects around them.
        head: The names of what is in the arrays.
        has_head: Whether the first item is the head.
    """

    items: Iterable[Any]
    around: Row
    head: list[str] | None = None
    has_head: bool = False


Parts = Callable[[], Iterator[_Part]]


class _Watch:
    """Sees the columns of a long array whose items are objects.

    Attributes:
        columns: What it saw; None if they are none.
    """

    def __init__(self, limits: Limits, *, flatten: bool) -> None:
        self.columns: Columns | None = Columns(limits)
        self._flatten = flatten

    def add(self, items: list[Any]) -> None:
        """Look at items."""
        if self.columns is None:
            return
        try:
            if not all(isinstance(item, dict) for item in items):
                raise ValueError("they are no objects")
            self.columns.add([_flat(item) for item in items] if self._flatten else items)
        except ValueError:  # which is one only if these are the records
            self.columns = None


def _first_rows(parts: Parts) -> list[Row]:
    return next(_groups(parts(), flatten=False), [])


def _table(file: SourceFile, parts: Parts, notices: list[tuple[str, str]], *, flatten: bool, is_watched: bool) -> Table:
    columns, around = Columns(file.limits), Columns(file.limits)

    def unseen() -> Iterator[_Part]:
        for part in parts():
            around.add([part.around])
            watch = part.items.watch if is_watched and isinstance(part.items, LongArray) and not part.head else None
            if isinstance(watch, _Watch) and watch.columns is not None:
                columns.merge(watch.columns)
            else:
                yield part._replace(around={})

    for rows in _groups(unseen(), flatten=flatten):
        columns.add(rows)
    found = columns.schema()
    names = {key: _free(key, found) for key in around.schema()}
    schema = {key: dtype for key, dtype in found.items() if not has_surrogate(key)}
    schema |= {names[key]: dtype for key, dtype in around.schema().items() if not has_surrogate(key)}
    unpaired = (found.keys() | names.keys()) - schema.keys() - names.keys()

    def batches(read: list[str]) -> Iterator[TableBatch]:
        named = (part._replace(around={names[key]: value for key, value in part.around.items()}) for part in parts())
        for rows in _groups(named, flatten=flatten):
            wrong = {row for row, each in enumerate(rows) if unpaired & each.keys()} if unpaired else set()
            yield _batch(transposed(rows), len(rows), schema, read, wrong)

    return Table(file.name, schema, digest(file.path), lambda read: joined_batches(batches(read)), notices)


def _free(key: str, taken: Container[str]) -> str:
    """Return a name for a field of what is around the records, which they have not."""
    while key in taken:
        key = f"outer_{key}"
    return key


def _groups(parts: Iterable[_Part], *, flatten: bool) -> Iterator[list[Row]]:
    """Yield the rows of all parts in groups of bounded size."""
    held: list[Row] = []
    size = 0
    for part in parts:
        if isinstance(part.items, LongArray):
            if held:
                yield held
                held, size = [], 0
            start = part.has_head
            for items in part.items.groups():
                if len(items) > start:
                    yield [_row(item, part, flatten=flatten) for item in items[start:]]
                start = False
            continue
        for item in islice(part.items, part.has_head, None):
            row = _row(item, part, flatten=flatten)
            held.append(row)
            size += sum(len(value) for value in row.values() if isinstance(value, str))
            if len(held) == GROUP or size > _GROUP_TEXT:
                yield held
                held, size = [], 0
    if held:
        yield held


def _row(item: Any, part: _Part, *, flatten: bool) -> Row:
    if isinstance(item, dict):
        row = _flat(item) if flatten else item
    elif part.head and isinstance(item, list):
        if len(item) > len(part.head):
            raise ValueError(f"a row has {len(item):,} values, more than the {len(part.head):,} names of its columns")
        row = dict(zip(part.head, item, strict=False))
    else:
        row = {"text": item}
    return row | part.around if part.around else row


def _batch(
    columns: dict[str, Values], height: int, schema: dict[str, pl.DataType], read: list[str], wrong: set[int]
) -> TableBatch:
    """Return rows as a batch; those that hold an unpaired surrogate are none."""
    columns = {name: _of_pieces(columns[name]) for name in read if name in columns}
    if wrong:
        columns = {
            name: [None if row in wrong else value for row, value in enumerate(values)]
            for name, values in columns.items()
        }
    try:
        return TableBatch(columns_frame(columns, height, schema, read), dict.fromkeys(sorted(wrong), UNPAIRED))
    except UnicodeEncodeError:
        found = {row for values in columns.values() for row, value in enumerate(values) if has_surrogate(value)}
        return _batch(columns, height, schema, read, wrong | found)


def _of_pieces(values: Values) -> Values:
    """Return the values of a column, each text that is written in pieces as one."""
    are_plain = {list, LongArray}.isdisjoint(map(type, values))
    return values if are_plain else [_joined(value) for value in values]


# ------------------------------------------------------------------ where the records are


class _Place(NamedTuple):
    path: str
    size: float

    def is_in(self, other: _Place) -> bool:
        """Whether it lies within another place."""
        return not other.path or self.path.startswith(f"{other.path}.")


def _parts_of(value: Any, records: str | None) -> Parts:
    """Return where the records of a value are: at a path, or where most text is."""
    if records is None:
        columns = _as_columns(value)
        if columns is not None:
            return lambda: iter([_Part(_zipped(columns), {})])
        records = _only(list(_places(value, "", 0)), list(_of_whole(value)))
    path = records.split(".") if records else []
    return lambda: _parts(value, path, {})


def _zipped(columns: dict[str, list[Any]]) -> Iterator[Row]:
    for row in zip(*map(_each, columns.values()), strict=True):
        yield dict(zip(columns, row, strict=True))


def _each(items: list[Any]) -> Iterator[Any]:
    return items.each() if isinstance(items, LongArray) else iter(items)


def _as_columns(value: Any) -> dict[str, list[Any]] | None:
    """Return the columns of an object of arrays of one length, or of objects whose keys are numbers of rows."""
    if not isinstance(value, dict) or not value:
        return None
    lists = list(value.values())
    if all(isinstance(each, dict) for each in lists):
        numbers = set(map(tuple, lists))
        if len(numbers) > 1 or not lists[0] or not all(key.isdecimal() for key in lists[0]):
            return None
        value = {key: list(each.values()) for key, each in value.items()}
        lists = list(value.values())
    if not all(isinstance(each, list) for each in lists):
        return None
    if any(isinstance(item, dict | list) for each in lists for item in each[:LOOKED_AT]):
        return None
    if len({len(each) for each in lists}) > 1:
        sizes = ", ".join(f"{key!r} {len(each):,}" for key, each in list(value.items())[:3])
        raise ValueError(f"its arrays have different lengths: {sizes}; records= of ck.readers.json_file takes one")
    return value if len(lists[0]) > 0 else None


def _items_of(value: Any) -> list[Any] | None:
    """Return the items of an array, or of an object that is one in truth: its values are objects of one kind.

    Of the latter each item gets the key, as the field "key".
    """
    if isinstance(value, list):
        return value
    if not isinstance(value, dict) or len(value) < 2 or not all(isinstance(each, dict) for each in value.values()):
        return None
    objects = list(value.values())
    shared = set(objects[0]).intersection(*objects[:LOOKED_AT])
    if not shared or 2 * len(shared) < max(map(len, objects[:LOOKED_AT])):
        return None
    return [each | {_free("key", each): key} for key, each in value.items()]


def _head_of(items: list[Any]) -> list[str] | None:
    """Return the names in the first of several arrays that are the rows of a table."""
    rows = items[:LOOKED_AT]
    if len(rows) < 2 or not all(isinstance(row, list) for row in rows):
        return None
    head = rows[0]
    if max(map(len, rows)) > len(head):
        return None
    are_names = all(isinstance(name, str) and name for name in head) and 0 < len(set(head)) == len(head)
    return head if are_names and not any(isinstance(each, dict | list) for row in rows for each in row) else None


def _of_whole(value: Any) -> Iterator[_Place]:
    """Yield the whole value, if it is an object that may be a record: the only one, or beside what it holds."""
    if not isinstance(value, dict):
        return
    texts = [each for each in value.values() if isinstance(each, str)]
    longest = max(map(len, texts), default=0)
    lists = [each[:LOOKED_AT] for each in value.values() if isinstance(each, list)]
    around = dict in map(type, value.values()) or any(dict in map(type, each) for each in lists)
    if longest >= _TEXT or (longest and not around):
        yield _Place("", max(map(_text_size, texts)))


def _places(value: Any, path: str, depth: int) -> Iterator[_Place]:
    """Yield the arrays of objects, texts or rows, and how much text is in each."""
    if depth > _DEEPEST:
        return
    items = _items_of(value)
    if items is not None:
        yield from _places_in(items[:LOOKED_AT], path, depth)
    elif isinstance(value, dict):
        if _is_split(value):
            yield _Place(path, sum(_text_size(each) for row in value["data"][:LOOKED_AT] for each in row))
            return
        for key, each in value.items():
            yield from _places(each, _join(path, key), depth + 1)


def _places_in(items: list[Any], path: str, depth: int) -> Iterator[_Place]:
    items = [each for each in items if each is not None]
    if isinstance(_joined(items), str):  # the pieces of one text, as Telegram repeats them
        return
    if items and all(isinstance(each, dict) for each in items):
        sizes: dict[str, float] = {}
        for key, each in ((key, each) for item in items for key, each in item.items()):
            for place in _places(each, _join(path, key), depth + 1):
                sizes[place.path] = sizes.get(place.path, 0) + place.size
        yield from (_Place(*each) for each in sizes.items())
        yield _Place(path, sum(map(_text_size, items)))
    elif items and all(isinstance(each, str) for each in items):
        yield _Place(path, sum(map(_text_size, items)))
    elif _head_of(items) is not None:
        yield _Place(path, sum(_text_size(each) for row in items[1:] for each in row))


def _is_split(value: Row) -> bool:
    """Return whether an object has the names of columns beside its rows, as pandas writes them."""
    columns, data = value.get("columns"), value.get("data")
    if not isinstance(columns, list) or not isinstance(data, list) or not columns:
        return False
    are_names = all(isinstance(name, str) for name in columns) and len(set(columns)) == len(columns)
    return are_names and all(isinstance(row, list) and len(row) == len(columns) for row in data[:LOOKED_AT])


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _text_size(value: Any) -> float:
    """Return the characters of the texts in a value; those of names, numbers and addresses hardly count."""
    if isinstance(value, dict):
        return sum(map(_text_size, value.values()))
    joined = _joined(value[:LOOKED_AT] if isinstance(value, list) else value)
    if not isinstance(joined, str):
        return 0
    return len(joined) if _WORDS.search(joined) else len(joined) * _NO_TEXT


def _only(places: list[_Place], whole: list[_Place]) -> str:
    """Return the path of the place with most text. Raises ValueError if it is unclear, or there is none.

    Args:
        places: Arrays.
        whole: The whole value, if it may be a record.
    """
    found = sorted([*whole, *places], key=lambda place: -place.size)
    if not found:
        raise ValueError("it has no array of objects or texts, nor one of rows, of which the first names the columns")
    # what lies in records, such as comments or tags, is not asked for, unless these hold hardly any text themselves
    most = found[0]
    outer = [place for place in places if most.is_in(place) and place.size >= _RIVAL * most.size]
    first = min(outer, key=lambda place: len(place.path), default=most)
    others = [place for place in found if place is not first and not place.is_in(first)]
    if others and others[0].size > _RIVAL * first.size:
        named = " and ".join(repr(place.path) for place in (first, others[0]))
        raise ValueError(f"texts are at {named}; say which with format=ck.readers.json_file(records={first.path!r})")
    return first.path


def _hold_texts_inside(rows: list[Row]) -> bool:
    """Return whether records have all of their texts in objects within them."""
    plain = [value for row in rows for value in row.values() if not isinstance(value, dict)]
    inside = [value for row in rows for value in row.values() if isinstance(value, dict)]
    return sum(map(_text_size, plain)) < _NO_TEXT_AT_ALL * sum(map(_text_size, inside))


def _parts(value: Any, path: list[str], around: Row) -> Iterator[_Part]:
    """Yield the records at a path, with the plain fields of the objects around them."""
    items = None if _step(value, path) else _items_of(value)
    if path:
        for each in [value] if items is None else _each(items):
            step = _step(each, path)
            if step:
                key, rest = step
                fields = {key: item for key, item in each.items() if not isinstance(item, dict | list)}
                yield from _parts(each[key], rest, _merged(fields, around))
    elif isinstance(value, dict) and _is_split(value):
        yield _Part(value["data"], around, value["columns"])
    elif items is None:
        yield _Part([value], around)
    else:
        head = _head_of(items)
        yield _Part(items, around, head, has_head=head is not None)


def _step(value: Any, path: list[str]) -> tuple[str, list[str]] | None:
    """Return the key of an object with which a path begins, which may have dots itself, and the rest of the path."""
    if isinstance(value, dict):
        for end in range(1, len(path) + 1):
            key = ".".join(path[:end])
            if key in value:
                return key, path[end:]
    return None


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
