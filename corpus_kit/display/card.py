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


def card_rows(card: Card) -> list[tuple[str, str]]:
    """Return the lines of a card: a name and its value."""
    manifest = card.manifest
    counts = manifest["counts"]
    profile = manifest["profile"]
    selected = f"{card.n_documents:,} of " if card.selection is not None else ""
    return [
        ("id", str(manifest["id"])),
        ("checksum", f"sha256 {manifest.get('checksum', manifest['id'])}"),
        ("documents", f"{selected}{counts['documents']:,}"),
        *_cleaned_rows(card.selection),
        ("words", f"{counts['words']:,}"),
        ("tokens", f"{counts['tokens']:,} (with punctuation)"),
        ("types", f"{counts['types']:,}"),
        *_source_rows("source", manifest["source"]),
        *[row for step in manifest.get("added", []) for row in _source_rows("added", step["source"])],
        ("profile", profile["name"] if profile else "none (text as it is)"),
        *_annotation_rows(manifest.get("annotation")),
        *_layer_rows(manifest.get("layers", [])),
        ("built", f"{manifest['created']} by corpus-kit {manifest['library_version']}"),
    ]


def _cleaned_rows(selection: dict[str, Any] | None) -> list[tuple[str, str]]:
    """Return how much of the texts was left out, if anything was."""
    left_out = (selection or {}).get("without")
    return [("without", f"{left_out['spans']:,} spans of their texts")] if left_out else []


def _annotation_rows(annotation: dict[str, Any] | None) -> list[tuple[str, str]]:
    """Return what made segments, stems and lemmas, if anything did."""
    if annotation is None:
        return []
    by = " ".join(str(annotation[name]) for name in ("name", "version") if name in annotation)
    others = [f"{name} {value}" for name, value in annotation.items() if name not in ("name", "version", "file")]
    return [("annotated", f"by {by}" + (f" ({', '.join(others)})" if others else ""))]


def _layer_rows(layers: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return the layers of tokens, with their columns and annotators."""
    rows = []
    for layer in layers:
        versions = [f"{name} {value}" for name, value in layer["annotator"].get("versions", {}).items()]
        by = layer["annotator"]["name"] + (f" ({', '.join(versions)})" if versions else "")
        rows.append(("layer", f"{layer['name']} ({', '.join(layer['columns'])}) by {by}"))
    return rows


def _source_name(source: str) -> str:
    """Return the name of what was read, without the folders of one machine."""
    path = PurePath(source)
    return path.name if path.is_absolute() else source


def _source_rows(what: str, report: dict[str, Any]) -> list[tuple[str, str]]:
    """Return where documents came from, and what was left out, guessed or renamed."""
    rows = [(what, _source_name(report["source"]))]
    rows += [("skipped", f"{_tally(tally)}: {reason}") for reason, tally in report["skipped"].items()]
    if report["ignored"]["count"]:
        rows.append(("ignored", f"{_tally(report['ignored'])}: unknown file ending"))
    rows += [("note", f"{_tally(tally)}: {kind}") for kind, tally in report["notices"].items()]
    rows += [("note", f"column {old!r} is kept as {new!r}") for old, new in report["renamed"].items()]
    return rows


def _tally(tally: dict[str, Any]) -> str:
    return f"{tally['count']:,}"


def card_text(card: Card) -> str:
    """Return the card for a terminal."""
    rows = [*card_rows(card), ("folder", str(card.path))]
    return "\n".join(
        [f"Corpus {one_line(card.path.name)}", *(f"  {name:<10} {one_line(str(value))}" for name, value in rows)]
    )


def card_html(card: Card) -> Html:
    """Return the card for a notebook."""
    return table_html(card_frame(card))


def card_frame(card: Card) -> pl.DataFrame:
    """Return the card as a table of names and values."""
    rows = card_rows(card)
    # A folder may have the name of the first column.
    value = card.path.name if card.path.name != "corpus" else "value"
    return pl.DataFrame({"corpus": [name for name, _ in rows], value: [value for _, value in rows]})
