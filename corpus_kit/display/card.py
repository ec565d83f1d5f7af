"""The card of a corpus: its identity and size, its sources, and what was left out."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import Any, NamedTuple

import polars as pl

from corpus_kit.display.html import Html, table_html
from corpus_kit.safe_text import one_line


class Card(NamedTuple):
    """The content of the card of a corpus."""

    path: Path
    manifest: dict[str, Any]  # of the whole corpus
    n_documents: int  # of the corpus or subcorpus
    selection: dict[str, Any] | None  # of a subcorpus, as `CorpusView.selection` has it
    rules: int  # the version of the rules for tokens that this library has


_ARABIC = {
    "corpus": "المدوّنة",
    "value": "القيمة",
    "id": "المعرّف",
    "checksum": "البصمة",
    "documents": "النصوص",
    "without": "المستبعد",
    "words": "الكلمات",
    "tokens": "الوحدات النصية",
    "rules": "قواعد التقطيع",
    "types": "الصور المختلفة",
    "source": "المصدر",
    "added": "أُضيف",
    "skipped": "متروك",
    "ignored": "متجاهَل",
    "note": "ملاحظة",
    "profile": "توحيد الرسم",
    "annotated": "التحليل الصرفي",
    "layer": "طبقة",
    "built": "البناء",
    "folder": "المجلد",
    "{} of {}": "{} من أصل {}",
    "version {}, now {}: build the corpus again before comparing it": "{}، والحالية {}: أعد بناء المدوّنة قبل المقارنة",
    "{} spans of their texts": "مقاطع من النصوص: {}",
    "{} (with punctuation)": "{} (مع علامات الترقيم)",
    "{}: unknown file ending": "{}: نوع ملف غير معروف",
    "column {} is kept as {}": "العمود {} محفوظ باسم {}",
    "none (text as it is)": "دون توحيد (النص كما هو)",
    "by {}": "بواسطة {}",
    "{} by {}": "{} بواسطة {}",
}


def _said(phrase: str, language: str, *values: object) -> str:
    """Return a phrase of the card in a language, with its values."""
    return (_ARABIC.get(phrase, phrase) if language == "ar" else phrase).format(*values)


def card_rows(card: Card, language: str = "en") -> list[tuple[str, str]]:
    """Return the lines of a card: a name and its value.

    Args:
        card: The card.
        language: "en" or "ar"; what sources and readers report stays in English.
    """
    manifest = card.manifest
    counts = manifest["counts"]
    profile = manifest["profile"]
    documents = f"{counts['documents']:,}"
    if card.selection is not None:
        documents = _said("{} of {}", language, f"{card.n_documents:,}", documents)
    rows = [
        ("id", str(manifest["id"])),
        ("checksum", f"sha256 {manifest.get('checksum', manifest['id'])}"),
        ("documents", documents),
        *_cleaned_rows(card.selection, language),
        ("words", f"{counts['words']:,}"),
        ("tokens", _said("{} (with punctuation)", language, f"{counts['tokens']:,}")),
        *_rules_rows(manifest["tokenizer"]["version"], card.rules, language),
        ("types", f"{counts['types']:,}"),
        *_source_rows("source", manifest["source"], language),
        *[row for step in manifest.get("added", []) for row in _source_rows("added", step["source"], language)],
        ("profile", profile["name"] if profile else _said("none (text as it is)", language)),
        *_annotation_rows(manifest.get("annotation"), language),
        *_layer_rows(manifest.get("layers", []), language),
        ("built", _said("{} by {}", language, manifest["created"], f"corpus-kit {manifest['library_version']}")),
    ]
    return [(_said(name, language), value) for name, value in rows]


def _rules_rows(built_by: Any, now: int, language: str) -> list[tuple[str, str]]:
    """Return by which rules texts were divided into tokens, if the library has other ones now."""
    other = "version {}, now {}: build the corpus again before comparing it"
    return [("rules", _said(other, language, f"{built_by!s:.20}", now))] if built_by != now else []


def _cleaned_rows(selection: dict[str, Any] | None, language: str) -> list[tuple[str, str]]:
    """Return how much of the texts was left out, if anything was."""
    left_out = (selection or {}).get("without")
    return [("without", _said("{} spans of their texts", language, f"{left_out['spans']:,}"))] if left_out else []


def _annotation_rows(annotation: dict[str, Any] | None, language: str) -> list[tuple[str, str]]:
    """Return what made segments, stems and lemmas, if anything did."""
    if annotation is None:
        return []
    by = " ".join(str(annotation[name]) for name in ("name", "version") if name in annotation)
    others = [f"{name} {value}" for name, value in annotation.items() if name not in ("name", "version", "file")]
    return [("annotated", _said("by {}", language, by + (f" ({', '.join(others)})" if others else "")))]


def _layer_rows(layers: list[dict[str, Any]], language: str) -> list[tuple[str, str]]:
    """Return the layers of tokens, with their columns and annotators."""
    rows = []
    for layer in layers:
        versions = [f"{name} {value}" for name, value in layer["annotator"].get("versions", {}).items()]
        by = layer["annotator"]["name"] + (f" ({', '.join(versions)})" if versions else "")
        rows.append(("layer", _said("{} by {}", language, f"{layer['name']} ({', '.join(layer['columns'])})", by)))
    return rows


def _source_name(source: str) -> str:
    """Return the name of what was read, without the folders of one machine."""
    path = PurePath(source)
    return path.name if path.is_absolute() else source


def _source_rows(what: str, report: dict[str, Any], language: str) -> list[tuple[str, str]]:
    """Return where documents came from, and what was left out, guessed or renamed."""
    rows = [(what, _source_name(report["source"]))]
    rows += [("skipped", f"{_tally(tally)}: {reason}") for reason, tally in report["skipped"].items()]
    if report["ignored"]["count"]:
        rows.append(("ignored", _said("{}: unknown file ending", language, _tally(report["ignored"]))))
    rows += [("note", f"{_tally(tally)}: {kind}{_detail(tally)}") for kind, tally in report["notices"].items()]
    renamed = [
        _said("column {} is kept as {}", language, repr(old), repr(new)) for old, new in report["renamed"].items()
    ]
    return rows + [("note", line) for line in renamed]


def _tally(tally: dict[str, Any]) -> str:
    return f"{tally['count']:,}"


def _detail(tally: dict[str, Any]) -> str:
    """Return what is said of the one thing that a tally has, such as the sign between fields."""
    details = [example["detail"] for example in tally["examples"] if example["detail"]]
    return f" {details[0]}" if tally["count"] == len(details) == 1 else ""


def card_text(card: Card, language: str = "en") -> str:
    """Return the card for a terminal."""
    rows = [*card_rows(card, language), ("folder", str(card.path))]
    head = f"{'Corpus' if language == 'en' else _said('corpus', language)} {one_line(card.path.name)}"
    return "\n".join([head, *(f"  {_said(name, language):<10} {one_line(str(value))}" for name, value in rows)])


def card_html(card: Card, language: str = "en") -> Html:
    """Return the card for a notebook."""
    return table_html(card_frame(card, language), language=language)


def card_frame(card: Card, language: str = "en") -> pl.DataFrame:
    """Return the card as a table of names and values."""
    rows = card_rows(card, language)
    head = _said("corpus", language)
    # A folder may have the name of the first column.
    value = card.path.name if card.path.name != head else _said("value", language)
    return pl.DataFrame({head: [name for name, _ in rows], value: [value for _, value in rows]})
