"""Label Studio: JSON tasks with a labelling configuration, and the codes of its exports (JSON and JSON-MIN)."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import polars as pl

from corpus_kit._base.files import write_whole
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import invalid
from corpus_kit.export.coded_items import CodedItem, Given, is_offset, item_of, wrong_shape
from corpus_kit.export.coding_tasks import HIT, Task, Tasks, codebook_argument, json_bytes, written_aside
from corpus_kit.export.xml_writing import XmlWriter
from corpus_kit.search.concordance import Concordance

__all__ = ["read_label_studio", "write_label_studio"]

_NAME, _TEXT = "code", "text"  # of the tags of the configuration
_NO_CODER = "corpus-kit"


def write_label_studio(
    corpus: CorpusView | Concordance,
    path: Path,
    *,
    codes: pl.DataFrame | None = None,
    codebook: Sequence[str] | pl.DataFrame = (),
    task: str | None = None,
    within: str = "paragraph",
    metadata: str | Sequence[str] | None = None,
) -> Counter[str]:
    """Write tasks for Label Studio, and beside them the labelling configuration, NAME.xml.

    The codes that texts have become predictions, one for each coder, which the page shows and a coder can change. The
    arguments are those of `ck.export_codes`. Returns what became different, and how often.
    """
    tasks = Tasks(corpus, codes, task=task, within=within, metadata=metadata)
    names = tasks.code_names(codebook_argument(codebook))
    configuration = path.with_suffix(".xml")
    if configuration == path:
        raise invalid("path", "a file that does not end in '.xml', as its configuration does", path.name)
    with written_aside(path) as file:
        separator = b"[\n"
        for each in tasks:
            found = {"data": each.data(tasks.task), "predictions": _predictions(each, tasks.task)}
            file.write(separator + json_bytes(found))
            separator = b",\n"
        file.write(b"[]\n" if separator == b"[\n" else b"\n]\n")
    write_whole(configuration, _configuration(names, tasks))
    return tasks.changes


def _configuration(codes: list[str], tasks: Tasks) -> bytes:
    """Return the XML that is pasted into the settings of the project, under Labeling Interface.

    Label Studio refuses one without a code, so that one without a codebook has `HIT`, which is never read as a code.
    """
    is_spans = tasks.task == "spans"
    control, item = ("Labels", "Label") if is_spans else ("Choices", "Choice")
    listed = [*codes, HIT] if not codes or (is_spans and tasks.lines is not None) else codes
    options = {} if is_spans else {"choice": "multiple"}
    file = io.BytesIO()
    xml = XmlWriter(file)
    with xml.element("View", style="direction: rtl"):
        with xml.element(control, name=_NAME, toName=_TEXT, **options):
            for code in listed:
                xml.leaf(item, value=code)
        xml.leaf("Text", name=_TEXT, value="$text")
    return file.getvalue() + b"\n"


def _predictions(task: Task, kind: str) -> list[dict[str, Any]]:
    marks = task.spans() if kind == "spans" else list(task.marks)
    found: dict[str, list[dict[str, Any]]] = {}
    for mark in marks:
        results = found.setdefault(mark.coder or _NO_CODER, [])
        if kind == "spans":
            quoted = task.text[mark.start : mark.end]
            value = {"start": mark.start, "end": mark.end, "text": quoted, "labels": [mark.code]}
            results.append(_result(task, "labels", value, len(results)))
        elif results:
            results[0]["value"]["choices"].append(mark.code)
        else:
            results.append(_result(task, "choices", {"choices": [mark.code]}, 0))
    return [{"model_version": coder, "result": results} for coder, results in found.items()]


def _result(task: Task, kind: str, value: dict[str, Any], number: int) -> dict[str, Any]:
    name = uuid5(NAMESPACE_OID, f"{task.id}:{task.node}:{number}").hex[:10]
    return {"id": name, "from_name": _NAME, "to_name": _TEXT, "type": kind, "value": value}


# --------------------------------------------------------------------------------------- reading back


def read_label_studio(tasks: Any, coder: str | None) -> Iterator[CodedItem]:
    """Yield the texts of an export of Label Studio with their codes: annotations, not predictions.

    Args:
        tasks: The content of the file.
        coder: Who gave the codes; None takes those that the file names.

    Raises:
        ValueError: If it has another shape.
    """
    for number, task in enumerate(tasks if isinstance(tasks, list) else [tasks], start=1):
        where = f"task {number:,}"
        if not isinstance(task, Mapping):
            raise wrong_shape(where, "must be an object", task)
        if "data" not in task and "document_id" not in task:
            raise ValueError(f"{where} has no key 'data'")
        if "data" in task:
            yield item_of(_mapping(task["data"], f"{where}, 'data'"), None, list(_annotated(task, where, coder)), where)
        else:
            yield item_of(task, None, list(_minimal(task, where, coder)), where)


def _annotated(task: Mapping[str, Any], where: str, coder: str | None) -> Iterator[Given]:
    """Yield the codes of a task of the format JSON."""
    key = next((key for key in ("annotations", "completions") if key in task), None)
    if key is None:
        raise ValueError(f"{where} has no key 'annotations'")
    if not isinstance(task[key], list):
        raise wrong_shape(f"{where}, {key!r}", "must be a list", task[key])
    for annotation in task[key]:
        found = _mapping(annotation, f"{where}, {key!r}")
        if "result" not in found:
            raise ValueError(f"{where}, {key!r} has no key 'result'")
        if not isinstance(found["result"], list):
            raise wrong_shape(f"{where}, 'result'", "must be a list", found["result"])
        if found.get("was_cancelled") or found.get("skipped"):
            continue  # the coder has skipped the task, whatever was marked before
        by = coder or _coder(found.get("completed_by"))
        for result in found["result"]:
            each = _mapping(result, f"{where}, 'result'")
            if "value" not in each:
                yield Given(None, None, str(each.get("type")), by, problem=f"of the type {each.get('type')}")
            else:
                yield from _of_value(_mapping(each["value"], f"{where}, 'value'"), where, by)


def _minimal(task: Mapping[str, Any], where: str, coder: str | None) -> Iterator[Given]:
    """Yield the codes of a task of the format JSON-MIN, in which a single choice is a text."""
    by = coder or _coder(task.get("annotator"))
    for key, value in task.items():
        if key == _NAME and isinstance(value, str):
            yield Given(None, None, value, by)
        elif isinstance(value, Mapping) and "choices" in value:
            yield from _of_value(value, where, by)
        elif isinstance(value, list):
            for each in value:
                if isinstance(each, Mapping) and ("start" in each or "choices" in each):
                    yield from _of_value(each, where, by)
                elif key == _NAME and isinstance(each, str):
                    yield Given(None, None, each, by)


def _of_value(value: Mapping[str, Any], where: str, coder: str | None) -> Iterator[Given]:
    """Yield the codes of a marked span, or of the whole text."""
    if "choices" in value:
        for code in _codes(value["choices"], f"{where}, 'choices'"):
            yield Given(None, None, code, coder)
        return
    labels = next((key for key in value if key.endswith("labels")), None)
    if "start" not in value or "end" not in value or labels is None:
        kinds = ", ".join(str(key) for key in value)[:60]
        yield Given(None, None, kinds, coder, problem="neither a span with labels nor a choice")
        return
    for key in ("start", "end"):
        if not is_offset(value[key]):
            raise wrong_shape(f"{where}, {key!r}", "must be a whole number", value[key])
    quoted = value.get("text") if isinstance(value.get("text"), str) else None
    for code in _codes(value[labels], f"{where}, {labels!r}"):
        yield Given(value["start"], value["end"], code, coder, quoted, is_exact=True)


def _codes(value: Any, where: str) -> list[str]:
    codes = [value] if isinstance(value, str) else value
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        raise wrong_shape(where, "must be a list of codes", value)
    return codes


def _mapping(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise wrong_shape(where, "must be an object", value)
    return value


def _coder(value: Any) -> str | None:
    """Return the name of a coder: an address, or the number that the program gave to the user."""
    if isinstance(value, Mapping):
        value = next((value[key] for key in ("email", "username", "id") if value.get(key)), None)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else None
