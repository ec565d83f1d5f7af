"""doccano: JSON Lines of texts to be coded, and the codes of its exports."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from corpus_kit.corpus.view import CorpusView
from corpus_kit.export.coded_items import CodedItem, Given, is_offset, item_of, wrong_shape
from corpus_kit.export.coding_tasks import Tasks, codebook_argument, json_bytes, written_aside
from corpus_kit.search.concordance import Concordance

__all__ = ["read_doccano", "write_doccano"]

_LABELS = ("label", "labels", "entities", "cats")


def write_doccano(
    corpus: CorpusView | Concordance,
    path: Path,
    *,
    codes: pl.DataFrame | None = None,
    codebook: Sequence[str] | pl.DataFrame = (),
    task: str | None = None,
    within: str = "paragraph",
    metadata: str | Sequence[str] | None = None,
) -> Counter[str]:
    """Write JSON Lines for doccano, an object for each text: text, label, the keys of its place, and metadata.

    doccano takes no codebook from such a file, so that it is only checked. The other arguments are those of
    `ck.export_codes`. Returns what became different, and how often.
    """
    codebook_argument(codebook)
    tasks = Tasks(corpus, codes, task=task, within=within, metadata=metadata)
    with written_aside(path) as file:
        for each in tasks:
            spans = [[mark.start, mark.end, mark.code] for mark in each.spans()] if tasks.task == "spans" else None
            label = sorted({mark.code for mark in each.marks}) if spans is None else spans
            data = each.data(tasks.task)
            file.write(json_bytes({"text": data.pop("text"), "label": label, **data}) + b"\n")
    return tasks.changes


def read_doccano(lines: Iterable[bytes], coder: str | None) -> Iterator[CodedItem]:
    """Yield the texts of an export of doccano with their codes.

    Args:
        lines: The lines of the file.
        coder: Who gave the codes.

    Raises:
        ValueError: If a line has another shape.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        where = f"line {number:,}"
        row = json.loads(line.decode("utf-8-sig"))
        if not isinstance(row, dict):
            raise wrong_shape(where, "must be an object", row)
        labels = [key for key in _LABELS if key in row]
        if not labels:
            raise ValueError(f"{where} has no key 'label'")
        given = [each for key in labels for each in _given(row[key], f"{where}, {key!r}", coder)]
        relations = row.get("relations") or []
        given += [Given(None, None, f"{each}"[:100], coder, problem="a relation") for each in relations]
        yield item_of(row, row.get("meta"), given, where)


def _is_span(label: Any) -> bool:
    if not isinstance(label, list) or len(label) != 3:
        return False
    return is_offset(label[0]) and is_offset(label[1]) and isinstance(label[2], str)


def _given(labels: Any, where: str, coder: str | None) -> Iterator[Given]:
    if labels is None:
        return
    if not isinstance(labels, list):
        raise wrong_shape(where, "must be a list", labels)
    for label in labels:
        if isinstance(label, dict):
            for key in ("start_offset", "end_offset", "label"):
                if key not in label:
                    raise ValueError(f"{where} has no key {key!r}")
            label = [label["start_offset"], label["end_offset"], label["label"]]
        if isinstance(label, str):
            yield Given(None, None, label, coder)
        elif _is_span(label):
            yield Given(label[0], label[1], label[2], coder)
        else:
            raise wrong_shape(where, "must have [start, end, code] or codes", label)
