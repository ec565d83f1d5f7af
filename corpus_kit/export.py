"""Saving a table together with the record that lets it be cited."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl
from rich.cells import cell_len

from corpus_kit._arguments import path_argument
from corpus_kit.display import html
from corpus_kit.display._values import frame_has_arabic, is_concordance, label_columns, sort_keys
from corpus_kit.errors import CorpusKitError, InputError, choose
from corpus_kit.provenance import frame_of, jsonable, provenance_of
from corpus_kit.versions import versions

__all__ = ["save"]

_FORMAT = 1  # of the record
_XLSX_ROWS, _XLSX_COLUMNS, _XLSX_TEXT = 1_048_576, 16_384, 32_767
_EXACT_IN_EXCEL = 10**15  # Excel keeps 15 digits of a number
_NESTED = (pl.List, pl.Array, pl.Struct)

Changes = list[str]


def save(frame: Any, path: str | os.PathLike[str], corpus: Any = None, *, note: str | None = None) -> Path:
    """Save a table, and beside it the record of how it was made: that is how a number is cited.

    The record is `<path>.json` (`table.csv.json` beside `table.csv`): the SHA-256 of the file, its rows
    and columns, the corpus, the call that made the table with its options, versions, and whatever
    the format could not hold as it was. Both files are written aside and then renamed; a failure
    leaves what was there before.

    frame: a DataFrame, LazyFrame, Series or Concordance.
    path: the ending names the format: .csv (UTF-8 with a byte order mark, without which Excel garbles
        Arabic), .tsv (UTF-8 without, for programs), .parquet, .jsonl or .ndjson, .arrow or .ipc,
        .xlsx (right to left where the table holds Arabic), .html. In .csv, .tsv and .xlsx lists and
        structs become JSON text. A file of this name is overwritten.
    corpus: the corpus that the table comes from; its id, normaliser and sizes are recorded.
    note: a text of yours for the record.

    Returns the absolute path of the table. Its time stamp honours SOURCE_DATE_EPOCH.
    Raises InputError for an unknown ending, a missing folder, a table that the format cannot hold
    (more than 1,048,576 rows in .xlsx), or a corpus that the table was not made from.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save(pl.DataFrame({"word": ["خبر"], "count": [3]}), f"{folder}/words.tsv")
    ...     path.read_text(encoding="utf-8"), json.loads(Path(f"{path}.json").read_text())["rows"]
    ('word\\tcount\\nخبر\\t3\\n', 1)
    """
    table, frame = frame, frame_of(frame, "save")
    _refuse_objects(frame)
    target = path_argument(path, "path")
    ending = choose(target.suffix.lower(), tuple(_WRITERS), "ending of a file")
    if not target.parent.is_dir():
        raise InputError(f"the folder {str(target.parent)!r} does not exist; make it first")
    if os.path.isdir(target):  # noqa: PTH112  # does not stumble over a name that is too long
        raise InputError(f"{str(target)!r} is a folder; a table needs the name of a file")
    if note is not None and not isinstance(note, str):
        raise InputError(f"note= takes a text, not {type(note).__name__}: {note!r:.60}")
    # Asked of the table as the library returned it, before anything is converted.
    made_by = provenance_of(frame)
    about = _corpus_record(corpus, made_by)
    created = _now()
    changes: Changes = []
    record: dict[str, Any] = {
        "format": _FORMAT,
        "created": created,
        "file": target.name,
        "rows": frame.height,
        "columns": [{"name": name, "dtype": str(dtype)} for name, dtype in frame.schema.items()],
    }

    write = _WRITERS[ending]
    if ending == ".html":
        write = partial(_write_html, sort=sort_keys(table), labels=label_columns(table))

    def write_table(file: BinaryIO) -> None:
        changes.extend(write(frame, file, target.stem))

    def write_record(file: BinaryIO, written: Path) -> None:
        with written.open("rb") as table_file:
            record["sha256"] = hashlib.file_digest(table_file, "sha256").hexdigest()
        record.update(changes=changes, corpus=about, made_by=made_by, note=note, versions=versions())
        file.write(json.dumps(record, ensure_ascii=False, indent=2).encode() + b"\n")

    try:
        _write_both(target, target.with_name(target.name + ".json"), write_table, write_record)
    except CorpusKitError:
        raise
    except (OSError, pl.exceptions.PolarsError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error).partition("\n")[0]
        raise InputError(f"cannot write {str(target)!r}: {why}. What was there before is unchanged.") from error
    return target


def _now() -> str:
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given is None:
        moment = datetime.now(UTC)
    else:
        try:
            moment = datetime.fromtimestamp(int(given), UTC)
        except (ValueError, OverflowError, OSError):
            raise InputError(f"SOURCE_DATE_EPOCH is not a number of seconds: {given!r}") from None
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _corpus_record(corpus: Any, made_by: dict[str, Any] | None) -> dict[str, Any] | None:
    """What the record says of a corpus, read from its manifest as far as that goes."""
    if corpus is None:
        return None
    manifest, identity = getattr(corpus, "manifest", None), getattr(corpus, "id", None)
    if not isinstance(manifest, dict):
        raise InputError(f"corpus= takes a Corpus, not {type(corpus).__name__}: {corpus!r:.60}")
    made_from = made_by and made_by["corpus_id"]
    if made_from and identity and made_from != identity:
        raise InputError(f"this table was made from the corpus {made_from}, not from {identity}")
    path = getattr(corpus, "path", None)
    normalizer, counts = manifest.get("profile") or {}, manifest.get("counts") or {}
    return {
        "name": None if path is None else Path(path).name,
        "id": jsonable(identity),
        "checksum": jsonable(manifest.get("checksum")),
        "normalizer": {"name": jsonable(normalizer.get("name")), "digest": jsonable(normalizer.get("digest"))},
        "documents": jsonable(counts.get("documents")),
        "tokens": jsonable(counts.get("tokens")),
        "words": jsonable(counts.get("words")),
    }


# ----------------------------------------------------------------------------------------------------
# Two files, both or neither
# ----------------------------------------------------------------------------------------------------


def _write_both(
    table: Path,
    record: Path,
    write_table: Callable[[BinaryIO], None],
    write_record: Callable[[BinaryIO, Path], None],
) -> None:
    """Write both files aside, then rename them.

    No file system renames two files at once. The old record goes first and the new one comes last:
    cut off in between, the folder holds a table without a record, never one with a false record.
    An exception in between puts the old files back.
    """
    if os.path.isdir(record):  # noqa: PTH112
        raise InputError(f"{str(record)!r} is a folder; the record of the table needs this name")
    tag = secrets.token_hex(4)

    def aside(path: Path, ending: str) -> Path:
        return path.with_name(f".{path.name}.{tag}.{ending}")

    scraps = [aside(path, ending) for path in (table, record) for ending in ("part", "old")]
    new_table, old_table, new_record, old_record = scraps
    try:
        with _durable(new_table, table) as file:
            write_table(file)
        with _durable(new_record, record) as file:
            write_record(file, new_table)
        kept = [(path, old) for path, old in ((table, old_table), (record, old_record)) if _keep(path, old)]
        try:
            record.unlink(missing_ok=True)
            os.replace(new_table, table)  # noqa: PTH105 (one call by name, so that tests can break it)
            os.replace(new_record, record)  # noqa: PTH105
        except BaseException:
            for path in (record, table):
                if path not in dict(kept):
                    path.unlink(missing_ok=True)
            for path, old in kept:
                os.replace(old, path)  # noqa: PTH105
            raise
        _sync_folder(table.parent)
    finally:
        for scrap in scraps:
            with suppress(OSError):
                scrap.unlink(missing_ok=True)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file aside and rename it, so that it is there whole or not at all."""
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with _durable(aside, path) as file:
            file.write(data)
        aside.replace(path)
    except OSError as error:
        raise InputError(f"cannot write {str(path)!r}: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)


@contextmanager
def _durable(path: Path, takes_place_of: Path) -> Iterator[BinaryIO]:
    """A new file with the rights that the old one had; on disk before it is renamed."""
    with path.open("xb") as file:
        if takes_place_of.exists():
            shutil.copymode(takes_place_of, path)
        yield file
        file.flush()
        os.fsync(file.fileno())


def _keep(path: Path, old: Path) -> bool:
    """Keep a file under a second name; copy it where the file system has no hard links."""
    if not path.exists():
        return False
    try:
        os.link(path, old)
    except OSError:
        shutil.copy2(path, old)
    return True


def _sync_folder(folder: Path) -> None:
    with suppress(OSError):  # Windows opens no folders
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


# ----------------------------------------------------------------------------------------------------
# The formats
# ----------------------------------------------------------------------------------------------------


def _holds(dtype: pl.DataType, kinds: tuple[Any, ...]) -> bool:
    if isinstance(dtype, pl.List | pl.Array) and isinstance(dtype.inner, pl.DataType):
        return dtype.base_type() in kinds or _holds(dtype.inner, kinds)
    if isinstance(dtype, pl.Struct):
        fields = (field.dtype for field in dtype.fields)
        return pl.Struct in kinds or any(isinstance(inner, pl.DataType) and _holds(inner, kinds) for inner in fields)
    return dtype.base_type() in kinds


def _refuse_objects(frame: pl.DataFrame) -> None:
    for name, dtype in frame.schema.items():
        if _holds(dtype, (pl.Object,)):
            raise InputError(f"column {name!r} holds Python objects ({dtype}), which no file format can take")


def _in_text(frame: pl.DataFrame, *, nested: bool) -> tuple[pl.DataFrame, Changes]:
    """Columns that a text format cannot hold, as text; with `nested`, lists and structs as JSON."""
    changes: Changes = []
    columns: list[pl.Series] = []
    for column in frame.iter_columns():
        dtype, name = column.dtype, column.name
        if dtype == pl.Binary:
            column = column.bin.encode("hex")
            changes.append(f"column {name!r}: bytes written in hexadecimal")
        elif dtype == pl.Duration:
            column = column.dt.to_string("iso")
            changes.append(f"column {name!r}: durations written in ISO 8601")
        elif isinstance(dtype, _NESTED) and (nested or _holds(dtype, (pl.Binary, pl.Duration))):
            texts = [None if value is None else _json_text(value) for value in column.to_list()]
            column = pl.Series(name, texts, dtype=pl.String)
            changes.append(f"column {name!r}: {dtype} written as JSON text")
        columns.append(column)
    return pl.DataFrame(columns), changes


def _json_text(value: Any) -> str:
    return json.dumps(_json_cell(value), ensure_ascii=False)


def _json_cell(value: Any) -> Any:
    """A nested value for JSON text; unlike an option, a long list stays whole."""
    if isinstance(value, dict):
        return {key: _json_cell(item) for key, item in value.items()}
    if isinstance(value, list | pl.Series):
        return [_json_cell(item) for item in value]
    return jsonable(value)


def _write_csv(frame: pl.DataFrame, file: BinaryIO, _: str) -> Changes:
    return _write_separated(frame, file, ",", bom=True)


def _write_tsv(frame: pl.DataFrame, file: BinaryIO, _: str) -> Changes:
    return _write_separated(frame, file, "\t", bom=False)


def _write_separated(frame: pl.DataFrame, file: BinaryIO, separator: str, *, bom: bool) -> Changes:
    flat, changes = _in_text(frame, nested=True)
    flat.write_csv(file, include_bom=bom, separator=separator)
    return changes


def _write_parquet(frame: pl.DataFrame, file: BinaryIO, _: str) -> Changes:
    frame.write_parquet(file)
    return []


def _write_ipc(frame: pl.DataFrame, file: BinaryIO, _: str) -> Changes:
    frame.write_ipc(file)
    return []


def _write_json_lines(frame: pl.DataFrame, file: BinaryIO, _: str) -> Changes:
    flat, changes = _in_text(frame, nested=False)
    for name, dtype in flat.schema.items():
        if dtype.is_float():
            lost = int((~flat[name].is_finite()).sum())
            if lost:
                changes.append(f"column {name!r}: {lost:,} values not finite, written as null (JSON has none)")
    flat.write_ndjson(file)
    return changes


def _write_html(
    frame: pl.DataFrame, file: BinaryIO, title: str, sort: list[str] | None = None, labels: Sequence[str] = ()
) -> Changes:
    piece = (
        html.concordance_html(frame, sort=sort, labels=labels, max_rows=None)
        if is_concordance(frame)
        else html.table_html(frame, max_rows=None, max_text=None)
    )
    file.write(html.page_html(title, [piece]).encode())
    return ["numbers rounded for reading"] if any(dtype.is_float() for dtype in frame.dtypes) else []


def _write_xlsx(frame: pl.DataFrame, file: BinaryIO, title: str) -> Changes:
    """One sheet, right to left where it holds Arabic; a text is never taken for a formula or a link."""
    import xlsxwriter  # here, since most tables are saved in other formats

    if frame.height + 1 > _XLSX_ROWS or frame.width > _XLSX_COLUMNS:
        raise InputError(
            f"an .xlsx sheet holds {_XLSX_ROWS - 1:,} rows below the header and {_XLSX_COLUMNS:,} columns, but the "
            f"table has {frame.height:,} rows and {frame.width:,} columns; save it as .csv or .parquet"
        )
    flat, changes = _in_text(frame, nested=True)
    columns = []
    for column in flat.iter_columns():
        values, change = _for_excel(column)
        columns.append(values)
        changes += [f"column {column.name!r}: {change}"] if change else []
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    book = xlsxwriter.Workbook(file, options)
    # A fixed date: the same table gives the same bytes. The record has the time.
    book.set_properties({"created": datetime(1980, 1, 1), "comments": f"corpus-kit; see {title}.xlsx.json"})
    sheet = book.add_worksheet(_sheet_name(title))
    if frame_has_arabic(frame):
        sheet.right_to_left()
    header = book.add_format({"bold": True, "bottom": 1})
    formats = [book.add_format({"num_format": _excel_format(column)}) for column in flat.iter_columns()]
    for place, (name, values) in enumerate(zip(flat.columns, columns, strict=True)):
        sheet.write_string(0, place, name, header)
        _write_cells(sheet, place, values, formats[place])
        sheet.set_column(place, place, _excel_width(name, values))
    sheet.freeze_panes(1, 0)
    if flat.width:
        sheet.autofilter(0, 0, flat.height, flat.width - 1)
    book.close()
    return changes


def _write_cells(sheet: Any, place: int, values: list[Any], style: Any) -> None:
    for row, value in enumerate(values, start=1):
        if value is None:
            continue
        if isinstance(value, bool):
            sheet.write_boolean(row, place, value)
        elif isinstance(value, str):
            sheet.write_string(row, place, value)
        elif isinstance(value, date):  # a datetime too
            sheet.write_datetime(row, place, value, style)
        else:
            sheet.write_number(row, place, value, style)


def _for_excel(column: pl.Series) -> tuple[list[Any], str | None]:
    """The values of a column as Excel can hold them, and what had to be changed for that."""
    dtype, values = column.dtype, column.to_list()
    if dtype.is_float():
        odd = [value is not None and (value != value or abs(value) == float("inf")) for value in values]
        changed = [str(value) if strange else value for value, strange in zip(values, odd, strict=True)]
        return changed, "values not finite written as text" if any(odd) else None
    if dtype.is_integer() or dtype.is_decimal():
        long = [value is not None and (dtype.is_decimal() or abs(value) >= _EXACT_IN_EXCEL) for value in values]
        if any(long):
            return [None if value is None else str(value) for value in values], "written as text to keep every digit"
        return values, None
    if dtype == pl.Boolean:
        return values, None
    if dtype == pl.Date or (isinstance(dtype, pl.Datetime) and dtype.time_zone is None):
        # Excel's calendar is wrong before March 1900 and begins in that year.
        if all(value is None or value.year > 1900 for value in values):
            return values, None
        return [None if value is None else value.isoformat() for value in values], "dates written as text"
    texts = [None if value is None else _cell_text(value) for value in values]
    for row, text in enumerate(texts):
        if text is not None and len(text.encode("utf-16-le")) // 2 > _XLSX_TEXT:
            raise InputError(
                f"an .xlsx cell holds {_XLSX_TEXT:,} characters, but row {row} of column {column.name!r} has "
                f"{len(text):,}; save the table as .csv or .parquet"
            )
    if "" in texts and None in texts:
        return texts, "empty texts and missing values are both empty cells"
    return texts, None if dtype in (pl.String, pl.Categorical, pl.Enum, pl.Null) else f"{dtype} written as text"


def _cell_text(value: Any) -> str:
    return value if isinstance(value, str) else value.isoformat() if hasattr(value, "isoformat") else str(value)


def _excel_format(column: pl.Series) -> str:
    dtype = column.dtype
    if dtype == pl.Date:
        return "yyyy-mm-dd"
    if isinstance(dtype, pl.Datetime):
        return "yyyy-mm-dd hh:mm:ss"
    # Amounts get thousands separators; ids and positions, which are unsigned, do not.
    return "#,##0" if dtype.is_signed_integer() else "General"


def _excel_width(name: str, values: list[Any]) -> int:
    """Wide enough for the first thousand values, in characters, within bounds."""
    widest = max((cell_len(str(value)) for value in values[:1000] if value is not None), default=0)
    return min(max(widest, cell_len(name) + 2) + 2, 60)


def _sheet_name(title: str) -> str:
    """A name that Excel takes: 31 characters, none of []:*?/\\, no apostrophe at an end."""
    name = "".join("_" if letter in "[]:*?/\\" else letter for letter in title)[:31].strip("'")
    return name if name and name.lower() != "history" else "table"


_WRITERS: dict[str, Callable[[pl.DataFrame, BinaryIO, str], Changes]] = {
    ".csv": _write_csv,
    ".tsv": _write_tsv,
    ".parquet": _write_parquet,
    ".jsonl": _write_json_lines,
    ".ndjson": _write_json_lines,
    ".arrow": _write_ipc,
    ".ipc": _write_ipc,
    ".xlsx": _write_xlsx,
    ".html": _write_html,
}
