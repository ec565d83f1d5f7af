"""`Corpus.export`: a corpus in the format of another program, and beside it the record of what was exported."""

from __future__ import annotations

import hashlib
import inspect
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from corpus_kit._base.arguments import boolean, path_argument
from corpus_kit._base.clock import now
from corpus_kit._base.files import write_whole
from corpus_kit._base.folders import building_folder, flush_file, put_in_place, real_path
from corpus_kit._base.records import jsonable
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import CorpusKitError, InputError, choose, invalid, nearest, one_of
from corpus_kit.export.conllu import write_conllu
from corpus_kit.export.doccano import write_doccano
from corpus_kit.export.documents import write_json_lines, write_parquet
from corpus_kit.export.huggingface import write_huggingface
from corpus_kit.export.label_studio import write_label_studio
from corpus_kit.export.output import Output
from corpus_kit.export.refi_qda import write_refi_qda
from corpus_kit.export.spacy_docs import write_spacy
from corpus_kit.export.text_files import write_text_files
from corpus_kit.export.tif import write_tif
from corpus_kit.export.vrt import write_vrt
from corpus_kit.versions import versions

__all__ = ["FORMATS", "ExportFormat", "export_corpus"]

_RECORD_FORMAT = 1
_LISTED = 1000  # files in a record


class ExportFormat(NamedTuple):
    """A format that a corpus can be exported to.

    Attributes:
        write: Writes a corpus to an `Output`; its keyword arguments are the options of the format.
        is_folder: Whether the output is a folder, which is there and empty.
    """

    write: Callable[..., None]
    is_folder: bool = False


def _doccano(
    corpus: CorpusView,
    output: Output,
    *,
    codes: pl.DataFrame | None = None,
    task: str | None = None,
    metadata: str | Sequence[str] | None = None,
) -> None:
    output.changes += write_doccano(corpus, output.path, codes=codes, task=task, metadata=metadata)


def _label_studio(
    corpus: CorpusView,
    output: Output,
    *,
    codes: pl.DataFrame | None = None,
    codebook: Sequence[str] | pl.DataFrame = (),
    task: str | None = None,
    metadata: str | Sequence[str] | None = None,
) -> None:
    tasks = output.path / "tasks.json"
    output.changes += write_label_studio(corpus, tasks, codes=codes, codebook=codebook, task=task, metadata=metadata)


def _refi_qda(
    corpus: CorpusView,
    output: Output,
    *,
    codes: pl.DataFrame | None = None,
    codebook: Sequence[str] | pl.DataFrame = (),
    metadata: str | Sequence[str] | None = None,
) -> None:
    named = output.path.with_name(output.name)  # the project has the name of the file
    output.changes += write_refi_qda(corpus, named, codes=codes, codebook=codebook, metadata=metadata)
    named.replace(output.path)


FORMATS: dict[str, ExportFormat] = {
    "conllu": ExportFormat(write_conllu),
    "doccano": ExportFormat(_doccano),
    "huggingface": ExportFormat(write_huggingface, is_folder=True),
    "jsonl": ExportFormat(write_json_lines),
    "label_studio": ExportFormat(_label_studio, is_folder=True),
    "parquet": ExportFormat(write_parquet),
    "r": ExportFormat(write_tif, is_folder=True),
    "refi_qda": ExportFormat(_refi_qda),
    "spacy": ExportFormat(write_spacy, is_folder=True),
    "txt": ExportFormat(write_text_files, is_folder=True),
    "vrt": ExportFormat(write_vrt, is_folder=True),
}


def export_corpus(
    corpus: CorpusView, path: str | os.PathLike[str], format: str, *, overwrite: bool = False, **options: Any
) -> Path:
    """Write a corpus in the format of another program. See `Corpus.export`."""
    corpus = expect_corpus(corpus)
    target = real_path(path_argument(path, "path"))
    chosen = FORMATS[choose(format, FORMATS, "format")]
    boolean(overwrite, "overwrite")
    _expect_options(format, chosen, options)
    _expect_free(target, is_folder=chosen.is_folder, overwrite=overwrite)
    try:
        with building_folder(target) as folder:
            output = Output(folder if chosen.is_folder else folder / "file", target.name)
            chosen.write(corpus, output, **options)
            record = _record(corpus, output, format, options, is_folder=chosen.is_folder)
            _publish(output.path, target, record)
    except CorpusKitError:
        raise
    except (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error).partition("\n")[0]
        raise InputError(f"cannot write {str(target)!r}: {why}. What was there before is unchanged.") from error
    return target


# ------------------------------------------------------------------------- arguments


def _options(chosen: ExportFormat) -> list[str]:
    parameters = inspect.signature(chosen.write).parameters.values()
    return [each.name for each in parameters if each.kind is each.KEYWORD_ONLY]


def _expect_options(format: str, chosen: ExportFormat, options: dict[str, Any]) -> None:
    """Raise InputError if the format has no such option."""
    known = _options(chosen)
    for name in options:
        if name not in known:
            hint = nearest(name, known)
            raise invalid(f"options of the format {format!r}", one_of(known), name, hint)


def _record_path(target: Path) -> Path:
    return target.with_name(f"{target.name}.json")


def _expect_free(target: Path, *, is_folder: bool, overwrite: bool) -> None:
    """Raise InputError if an export must not be written to a path.

    Only what an export wrote is replaced: it has a record.
    """
    if not target.parent.is_dir():
        raise InputError(f"path must be in an existing folder, got {str(target)!r}. Create the folder first.")
    try:
        is_free = not os.path.lexists(target) or (is_folder and target.is_dir() and not any(target.iterdir()))
    except OSError as error:
        raise InputError(f"cannot write {str(target)!r}: {error.strerror}.") from error
    record = _record_path(target)
    has_record = os.path.lexists(record)
    if has_record and not _is_export(record):
        raise InputError(f"cannot write the record of the export: {str(record)!r} is something else. Rename it.")
    if is_free:
        return
    kind = "folder" if is_folder else "file"
    if not has_record or target.is_dir() != is_folder:
        raise InputError(f"path must be a new {kind}, or one that an export wrote, got {str(target)!r}.")
    if not overwrite:
        raise InputError(f"path must be a new {kind}, got {str(target)!r}. overwrite=True replaces it.")


def _is_export(record: Path) -> bool:
    try:
        content = json.loads(record.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(content, dict) and isinstance(content.get("export"), dict)


# ------------------------------------------------------------------------- writing


def _publish(written: Path, target: Path, record: dict[str, Any]) -> None:
    """Move a complete export to its path; its record is moved last."""
    if written.is_dir():
        _record_path(target).unlink(missing_ok=True)
        put_in_place(written, target, replace=True)
    else:
        flush_file(written)
        _record_path(target).unlink(missing_ok=True)
        written.replace(target)
    write_whole(_record_path(target), json.dumps(record, ensure_ascii=False, indent=2).encode() + b"\n")


def _record(
    corpus: CorpusView, output: Output, format: str, options: dict[str, Any], *, is_folder: bool
) -> dict[str, Any]:
    manifest = corpus.manifest
    counts = manifest["counts"]
    changes = [f"{what}: {count:,}" for what, count in sorted(output.changes.items())]
    return {
        "format": _RECORD_FORMAT,
        "created": now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "folder" if is_folder else "file": output.name,
        "export": {"format": format, "options": jsonable(options), "documents": len(corpus)},
        **_files(output, is_folder=is_folder),
        **output.facts,
        "changes": changes + list(output.remarks),
        "corpus": {
            "name": corpus.path.name,
            "id": corpus.id,
            "checksum": corpus.checksum,
            "documents": counts["documents"],
            "tokens": counts["tokens"],
            "words": counts["words"],
        },
        "selection": jsonable(corpus.selection),
        "versions": versions(),
    }


def _files(output: Output, *, is_folder: bool) -> dict[str, Any]:
    """Return the SHA-256 of what was written: of the file, of each file of a folder, or of many files that of a list.

    That list is as sha256sum prints it.
    """
    if not is_folder:
        return {"bytes": output.path.stat().st_size, "sha256": _digest(output.path)}
    paths = sorted(path for path in output.path.rglob("*") if path.is_file())
    names = [path.relative_to(output.path).as_posix() for path in paths]
    found = [
        {"name": name, "bytes": path.stat().st_size, "sha256": _digest(path)}
        for name, path in zip(names, paths, strict=True)
    ]
    if len(found) <= _LISTED:
        return {"files": found}
    listed = "".join(f"{each['sha256']}  {each['name']}\n" for each in found)
    size = sum(path.stat().st_size for path in paths)
    return {"files": {"count": len(found), "bytes": size, "sha256": hashlib.sha256(listed.encode()).hexdigest()}}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
