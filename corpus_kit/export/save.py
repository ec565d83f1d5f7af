"""`ck.save`: a table in a file, and beside it the record that lets its numbers be cited."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl

from corpus_kit._base.arguments import boolean, path_argument, text_argument
from corpus_kit._base.clock import now
from corpus_kit._base.files import write_both
from corpus_kit._base.records import corpus_facts, jsonable, provenance_of, table_of
from corpus_kit._version import __version__
from corpus_kit.display.values import label_columns, sort_keys
from corpus_kit.errors import CorpusKitError, InputError, invalid, nearest, one_of, warn
from corpus_kit.export.cite import sentence_of
from corpus_kit.export.formats import ENDINGS, refuse_objects, write_table
from corpus_kit.versions import versions

__all__ = ["save"]

_FORMAT = 1  # of the record
_NOT_RECORDED = "(steps that are not recorded)"


def save(
    table: Any,
    path: str | os.PathLike[str],
    corpus: Any = None,
    *,
    made_by: Any = None,
    note: str | None = None,
    verbatim: bool = False,
) -> Path:
    r"""Save a table, and beside it the record of how it was made, so that its numbers can be cited.

    The record is `<path>.json` (`table.csv.json` beside `table.csv`): the SHA-256 of the file, its rows and columns,
    the corpus, the call that made the table with its options, versions, and whatever the format could not hold as it
    was. Both files are written under other names and then renamed. If that fails, what was there before is unchanged.

    A table keeps the record of the call that made it through `filter`, `select`, `head`, `sort`, `join`, `pivot` and
    the other methods that choose, order, add or reshape, and the record lists what was done since. It is lost where
    rows are summed up or made elsewhere, as by `group_by`, `sum`, `pl.concat` and `lazy`. A warning says so, unless
    `made_by` or `note` makes up for it.

    Args:
        table: A DataFrame, LazyFrame, Series or Concordance.
        path: The file, which is overwritten if it exists. Its ending names the format: .csv (UTF-8 with a byte order
            mark, without which Excel garbles Arabic), .tsv (UTF-8 without one, for programs), .parquet, .jsonl or
            .ndjson, .arrow or .ipc, .xlsx (right to left if the table has Arabic), .html, .docx (needs the extra
            `formats`), .tex (booktabs, for XeLaTeX or LuaLaTeX), .md. In .csv, .tsv and .xlsx, lists and structs
            become JSON text; .html, .docx, .tex and .md round numbers for reading. In what people read, a word has its
            usual spelling: .csv and .xlsx have the column `spelling` before the form that was counted, and .html,
            .docx, .tex and .md have it in place of that form.
        corpus: The corpus that the table comes from; its id, normaliser and sizes are recorded.
        made_by: The table that this one was derived from, as a function returned it, if the record was lost since.
        note: A text for the record, such as how a table was made that has no record.
        verbatim: Whether a .csv file has every text as it is. Otherwise a text that a spreadsheet would take for a
            formula (it begins with = + - or @, or with a tab) gets an apostrophe before it, and the record counts
            them. Files of other formats always have texts as they are; .xlsx says that they are texts.

    Returns:
        The absolute path of the table. The time in the record honours SOURCE_DATE_EPOCH.

    Raises:
        InputError: If an argument is invalid, the folder does not exist, the format cannot hold the table (more than
            16,384 columns in .xlsx), or the table was made from another corpus.

    Warns:
        UserWarning: If the record does not say how the table was made, or an .xlsx sheet does not hold all rows
            (1,048,575).

    Examples:
        >>> import json, tempfile
        >>> import corpus_kit as ck
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     words = ck.frequency(ck.sample_corpus()).select("word", "count").head(1)
        ...     path = ck.save(words, f"{folder}/words.tsv")
        ...     path.read_text(encoding="utf-8"), json.loads(Path(f"{path}.json").read_text())["made_by"]["then"]
        ('word\tcount\nفي\t659\n', ['select("word", "count")', 'head(1)'])
    """
    frame = table_of(table)
    refuse_objects(frame)
    target = expect_target(path)
    if note is not None:
        text_argument(note, "note")
    boolean(verbatim, "verbatim")
    # Asked of the table as it is, before anything is converted.
    made = _made_by(frame, made_by)
    about = _corpus_record(corpus, made)
    record: dict[str, Any] = {
        "format": _FORMAT,
        "created": now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "file": target.name,
        "rows": frame.height,
        "columns": [{"name": name, "dtype": str(dtype)} for name, dtype in frame.schema.items()],
    }
    changes: list[str] = []

    def write_data(file: BinaryIO) -> None:
        labels = label_columns(table)
        source = _source_line(about, made)
        changes.extend(
            write_table(frame, file, target, sort=sort_keys(table), labels=labels, verbatim=verbatim, source=source)
        )

    def write_record(file: BinaryIO, written: Path) -> None:
        with written.open("rb") as table_file:
            record["sha256"] = hashlib.file_digest(table_file, "sha256").hexdigest()
        record.update(changes=changes, corpus=about, made_by=made, note=note, versions=versions())
        file.write(json.dumps(record, ensure_ascii=False, indent=2).encode() + b"\n")

    try:
        write_both(target, target.with_name(target.name + ".json"), write_data, write_record)
    except CorpusKitError:
        raise
    except (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error).partition("\n")[0]
        raise InputError(f"cannot write {str(target)!r}: {why}. What was there before is unchanged.") from error
    if made is None and note is None:
        warn(
            f"{target.name}.json does not record how the table was made: save the table that a function returned, name "
            "the one that yours was derived from in made_by=, or describe it in note=.",
            stacklevel=None,
        )
    return target


def _made_by(frame: pl.DataFrame, given: Any) -> dict[str, Any] | None:
    """Return how a table was made: by its own record, or by that of the table that it was derived from."""
    own, origin = provenance_of(frame), None if given is None else provenance_of(table_of(given, "made_by"))
    if given is not None and origin is None:
        raise InputError("made_by must be a table that carries a record, as a function returned it, got one without.")
    if own is not None or origin is None:
        return own
    return {**origin, "then": [*origin.get("then", ()), _NOT_RECORDED]}


def _source_line(about: dict[str, Any] | None, made_by: dict[str, Any] | None) -> str:
    """Return in a line where a table comes from, as `ck.cite` does; without a record the corpus, if it is known."""
    if made_by is None:
        if about is None:
            return ""
        sizes = [f"{about[what]:,} {what}" for what in ("documents", "words") if isinstance(about[what], int)]
        return f"corpus {', '.join([str(about['name']), *sizes])} (id {about['id']}); corpus-kit {__version__}"
    if about is not None and "corpus" not in made_by:
        made_by = {**made_by, "corpus": about, "corpus_id": about["id"]}
    return sentence_of(made_by)


def expect_target(path: object) -> Path:
    """Return the path of a table to write; raise InputError if its ending or its folder is none for one."""
    target = path_argument(path, "path")
    ending = target.suffix.lower()
    if ending not in ENDINGS:
        raise invalid("path", f"a file that ends in {one_of(ENDINGS)}", target.name, nearest(ending, ENDINGS))
    if not target.parent.is_dir():
        raise InputError(f"path must be in an existing folder, got {str(target)!r}. Create the folder first.")
    if os.path.isdir(target):  # noqa: PTH112  # unlike Path.is_dir, works with a name that is too long
        raise InputError(f"path must be the name of a file, got the folder {str(target)!r}.")
    return target


def _corpus_record(corpus: Any, made_by: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return what the record says of a corpus, as far as its manifest has it."""
    if corpus is None:
        return None
    manifest, identity = getattr(corpus, "manifest", None), getattr(corpus, "id", None)
    if not isinstance(manifest, dict):
        raise invalid("corpus", "a Corpus or None", corpus)
    made_from = made_by and made_by["corpus_id"]
    if made_from and identity and made_from != identity:
        raise InputError(f"corpus must be the one that the table was made from, {made_from}, got {identity}.")
    normalizer, facts = manifest.get("profile") or {}, corpus_facts(corpus)
    return {
        "name": facts.pop("name"),
        "id": jsonable(identity),
        "checksum": jsonable(manifest.get("checksum")),
        "normalizer": {"name": jsonable(normalizer.get("name")), "digest": jsonable(normalizer.get("digest"))},
        **facts,
    }
