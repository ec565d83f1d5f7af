"""The sample items and the files that hold them."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import polars as pl

__all__ = ["read_sample_file", "sample_actors", "sample_file", "sample_items"]

_FOLDER = files("corpus_kit.samples")


def sample_file() -> Path:
    """Return the path of the file of sample items, one JSON object a line.

    Examples:
        >>> from corpus_kit.samples import sample_file
        >>> sample_file().name
        'items.jsonl'
    """
    return Path(str(_FOLDER / "items.jsonl"))


def sample_actors() -> Path:
    """Return the path of the file of the sample's actors, for `ck.news.Gazetteer.read` and arguments that take actors.

    It lists the armed group with its three labels (self, agency, hostile), both coalitions, and their members.

    Examples:
        >>> from corpus_kit.samples import sample_actors
        >>> sample_actors().name
        'actors.toml'
    """
    return Path(str(_FOLDER / "actors.toml"))


def sample_items() -> pl.DataFrame:
    """Return the 240 invented news items in order of date.

    Returns:
        id (String), outlet (String), date (Date), headline (String), and text (String), the whole item as scraped:
        headline, paragraphs and boilerplate.

    Examples:
        >>> from corpus_kit.samples import sample_items
        >>> sample_items().select("id", "outlet", "date").row(0)
        ('mada-2026-01-05-1', 'وكالة مدى', datetime.date(2026, 1, 5))
    """
    columns = ["id", "outlet", "date", "headline", "text"]
    items = pl.read_ndjson(read_sample_file("items.jsonl"), schema=dict.fromkeys(columns, pl.String))
    return items.with_columns(pl.col("date").str.to_date("%Y-%m-%d"))


def read_sample_file(name: str) -> bytes:
    """Return the content of a file of this folder."""
    return (_FOLDER / name).read_bytes()
