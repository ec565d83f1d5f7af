"""`ck.export_codes`: texts for coding by hand in doccano, Label Studio, NVivo, ATLAS.ti or MAXQDA."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from corpus_kit._base.arguments import path_argument
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import InputError, choose, invalid, nearest, one_of
from corpus_kit.export.coding_tasks import codebook_argument
from corpus_kit.export.doccano import write_doccano
from corpus_kit.export.label_studio import write_label_studio
from corpus_kit.export.refi_qda import write_refi_qda
from corpus_kit.search.concordance import Concordance

__all__ = ["export_codes"]

_WRITERS = {"doccano": write_doccano, "label_studio": write_label_studio, "refi_qda": write_refi_qda}
_ENDINGS = {".jsonl": "doccano", ".json": "label_studio", ".qdpx": "refi_qda"}


def export_codes(
    source: CorpusView | Concordance,
    path: str | os.PathLike[str],
    format: str | None = None,
    *,
    codes: pl.DataFrame | None = None,
    codebook: Sequence[str] | pl.DataFrame = (),
    task: str | None = None,
    within: str | None = None,
    metadata: str | Sequence[str] | None = None,
) -> Path:
    """Write texts for coding by hand in another program, with the codes that they have.

    `ck.read_codes` reads back what coders did there. The same corpus and arguments give the same bytes.

    Args:
        source: A corpus or a subcorpus, to code its documents; or a concordance, to code its lines.
        path: The file, which is overwritten if it exists: .jsonl for doccano; .json for Label Studio, with its
            labelling configuration beside it in .xml; .qdpx for NVivo, ATLAS.ti, MAXQDA and QualCoder, with the
            documents as sources, the codes as coded segments and the metadata as cases.
        format: "doccano", "label_studio" or "refi_qda"; None takes that of the ending.
        codes: The codes that there are: a table with the columns document (row number) or id, start and end (code
            points; null or absent for whole documents), code, and perhaps coder. `Concordance.code` and `ck.read_codes`
            return such tables. Rows without a code are left out.
        codebook: The codes that coders choose from, beside those that texts have: their names, or the table of
            `ck.read_codebook`. doccano takes none; add them there, on the page Labels.
        task: For doccano and Label Studio: "spans" to mark parts of a text, "categories" to code it as a whole. None
            stands for "spans" of a corpus and "categories" of a concordance, where each line is a text and its node is
            between ⟦ and ⟧. With "spans", a node that has no code is marked as "(hit)"; in a project, always.
        within: For these two, how much of its document a line shows: "paragraph" (the default) or "document".
        metadata: Columns of documents to write beside the texts; None for all.

    Returns:
        The absolute path of the file.

    Raises:
        InputError: If an argument is invalid, a code has no place in the texts, or the file cannot be written.

    Examples:
        >>> import corpus_kit as ck, json, tempfile
        >>> lines = ck.kwic(ck.sample_corpus(), "هدنة")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = ck.export_codes(lines, f"{folder}/lines.jsonl", metadata="outlet")
        ...     row = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
        >>> list(row)
        ['text', 'label', 'document_id', 'text_start', 'start', 'end', 'outlet']
    """
    target = _target(path, format)
    kind = choose(_ENDINGS[target.suffix.lower()] if format is None else format, list(_WRITERS), "format")
    names = codebook_argument(codebook)
    if kind == "refi_qda":
        for name, value in (("task", task), ("within", within)):
            if value is not None:
                raise invalid(name, "None for a REFI-QDA project, whose sources are documents", value)
        write_refi_qda(source, target, codes=codes, codebook=names, metadata=metadata)
    else:
        write = write_doccano if kind == "doccano" else write_label_studio
        write(source, target, codes=codes, codebook=names, task=task, within=within or "paragraph", metadata=metadata)
    return target


def _target(path: object, format: str | None) -> Path:
    target = path_argument(path, "path")
    if format is None and target.suffix.lower() not in _ENDINGS:
        hint = nearest(target.suffix.lower(), _ENDINGS)
        raise invalid("path", f"a file that ends in {one_of(list(_ENDINGS))}, or format", target.name, hint)
    if not target.parent.is_dir():
        raise InputError(f"path must be in an existing folder, got {str(target)!r}. Create the folder first.")
    if os.path.isdir(target):  # noqa: PTH112 (unlike Path.is_dir, works with a name that is too long)
        raise InputError(f"path must be the name of a file, got the folder {str(target)!r}.")
    return target
