"""The card of a corpus: what it is, how large, from what, and what was left out."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import polars as pl

from corpus_kit.display.html import Html, table_html

if TYPE_CHECKING:
    from corpus_kit.corpus_view import CorpusView


def card_rows(corpus: CorpusView) -> list[tuple[str, str]]:
    """The lines of a card: what, and its value."""
    manifest = corpus.manifest
    counts = manifest["counts"]
    profile = manifest["profile"]
    selected = f"{len(corpus):,} of " if corpus.is_subcorpus else ""
    return [
        ("id", corpus.id),
        ("checksum", f"sha256 {corpus.checksum}"),
        ("documents", f"{selected}{counts['documents']:,}"),
        *_cleaned_rows(corpus.selection),
        ("words", f"{counts['words']:,}"),
        ("tokens", f"{counts['tokens']:,} (with punctuation)"),
        ("types", f"{counts['types']:,}"),
        *_source_rows("source", manifest["source"]),
        *[row for step in manifest.get("added", []) for row in _source_rows("added", step["source"])],
        ("profile", profile["name"] if profile else "none (text as it is)"),
        *_annotation_rows(manifest.get("annotation")),
        ("built", f"{manifest['created']} by corpus-kit {manifest['library_version']}"),
    ]


def _cleaned_rows(selection: dict[str, Any] | None) -> list[tuple[str, str]]:
    """How much was left out of the texts, if anything was."""
    left_out = (selection or {}).get("without")
    return [("without", f"{left_out['spans']:,} spans of their texts")] if left_out else []


def _annotation_rows(annotation: dict[str, Any] | None) -> list[tuple[str, str]]:
    """Who made segments, stems and lemmas, if they were made."""
    if annotation is None:
        return []
    by = " ".join(str(annotation[name]) for name in ("name", "version") if name in annotation)
    others = [f"{name} {value}" for name, value in annotation.items() if name not in ("name", "version", "file")]
    return [("annotated", f"by {by}" + (f" ({', '.join(others)})" if others else ""))]


def _source_name(source: str) -> str:
    """What was read, without the folders of one machine."""
    path = PurePath(source)
    return path.name if path.is_absolute() else source


def _source_rows(what: str, report: dict[str, Any]) -> list[tuple[str, str]]:
    """Where documents came from, and all that was left out, guessed or renamed on the way."""
    rows = [(what, _source_name(report["source"]))]
    rows += [("skipped", f"{_tally(tally)}: {reason}") for reason, tally in report["skipped"].items()]
    if report["ignored"]["count"]:
        rows.append(("ignored", f"{_tally(report['ignored'])}: file ending not read"))
    rows += [("note", f"{_tally(tally)}: {kind}") for kind, tally in report["notices"].items()]
    rows += [("note", f"column {old!r} is kept as {new!r}") for old, new in report["renamed"].items()]
    return rows


def _tally(tally: dict[str, Any]) -> str:
    return f"{tally['count']:,}"


def card_text(corpus: CorpusView) -> str:
    """The card for a terminal."""
    rows = [*card_rows(corpus), ("folder", str(corpus.path))]
    return "\n".join([f"Corpus {corpus.path.name}", *(f"  {name:<10} {value}" for name, value in rows)])


def card_html(corpus: CorpusView) -> Html:
    """The card for a notebook."""
    return table_html(card_frame(corpus))


def card_frame(corpus: CorpusView) -> pl.DataFrame:
    """The card as a table of what and its value."""
    rows = card_rows(corpus)
    # a folder may have the name of the first column
    value = corpus.path.name if corpus.path.name != "corpus" else "value"
    return pl.DataFrame({"corpus": [name for name, _ in rows], value: [value for _, value in rows]})
