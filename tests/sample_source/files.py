"""The bytes of the bundled files, built from the storyboards."""

from __future__ import annotations

import json
from pathlib import Path

from sample_source.builder import build_items
from sample_source.storyboards import FOLDER, read_all
from sample_source.truth import build_truth, check_plants

__all__ = ["bundled_files"]


def bundled_files(folder: Path = FOLDER) -> dict[str, bytes]:
    """Return the content of items.jsonl and truth.json.

    Raises:
        MarkupError: If a storyboard is invalid, or a planted number is not in the text.
    """
    items = build_items(read_all(folder))
    truth = build_truth(items)
    check_plants(truth, items)
    lines = [
        {
            "id": item.id,
            "outlet": item.outlet.name,
            "date": item.day.isoformat(),
            "headline": item.headline,
            "text": item.text,
        }
        for item in items
    ]
    return {"items.jsonl": "".join(_compact(line) + "\n" for line in lines).encode(), "truth.json": _tables(truth)}


def _tables(truth: dict[str, list[dict[str, object]]]) -> bytes:
    """Return each table as its columns and one line per row: compact, with readable diffs."""
    parts = []
    for table, rows in truth.items():
        columns = list(rows[0])
        lines = ",\n".join(_compact([row[column] for column in columns]) for row in rows)
        parts.append(f'"{table}":{{"columns":{_compact(columns)},"rows":[\n{lines}\n]}}')
    return ("{" + ",\n".join(parts) + "}\n").encode()


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
