"""What is true of the sample items: the facts that were planted in them or counted in their text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl

from corpus_kit.samples.sample_items import read_sample_file

if TYPE_CHECKING:
    from polars._typing import PolarsDataType

__all__ = ["TRUTH_SCHEMA", "sample_truth"]

_SPAN: dict[str, PolarsDataType] = {"id": pl.String, "start": pl.UInt32, "end": pl.UInt32, "surface": pl.String}

TRUTH_SCHEMA: dict[str, dict[str, PolarsDataType]] = {
    "items": {
        "id": pl.String,
        "week": pl.UInt32,
        "storyboard": pl.UInt32,
        "length": pl.String,
        "paragraphs": pl.UInt32,
        "body": pl.UInt32,
        "words": pl.UInt32,
    },
    "paragraphs": {"id": pl.String, "paragraph": pl.UInt32, "start": pl.UInt32, "end": pl.UInt32, "role": pl.String},
    "boilerplate": {**_SPAN, "kind": pl.String, "glued": pl.Boolean},
    "labels": {**_SPAN, "label": pl.String, "proclitic": pl.String, "place": pl.String, "quoted": pl.Boolean},
    "quotations": {
        **_SPAN,
        "kind": pl.String,
        "verb": pl.String,
        "verb_start": pl.UInt32,
        "verb_end": pl.UInt32,
        "speaker": pl.String,
        "speaker_start": pl.UInt32,
        "speaker_end": pl.UInt32,
        "speaker_source": pl.String,
    },
    "no_speech": {**_SPAN, "kind": pl.String},
    "names": {
        **_SPAN,
        "name": pl.String,
        "kind": pl.String,
        "code": pl.String,
        "proclitic": pl.String,
        "place": pl.String,
    },
    "blocs": {"bloc": pl.String, "name": pl.String, "code": pl.String},
    "dates": {**_SPAN, "date": pl.Date, "kind": pl.String},
    "numbers": {**_SPAN, "value": pl.Float64},
    "spellings": {**_SPAN, "plain": pl.String, "kind": pl.String},
    "decoys": {**_SPAN, "against": pl.String, "reason": pl.String},
    "near_duplicates": {"original": pl.String, "copy": pl.String, "kind": pl.String, "edits": pl.UInt32},
    "edits": {
        "original": pl.String,
        "start": pl.UInt32,
        "end": pl.UInt32,
        "surface": pl.String,
        "copy": pl.String,
        "copy_start": pl.UInt32,
        "copy_end": pl.UInt32,
        "copy_surface": pl.String,
    },
    "pairs": {
        "first": pl.String,
        "second": pl.String,
        "kind": pl.String,
        "edits": pl.UInt32,
        "shared": pl.UInt32,
        "jaccard": pl.Float64,
        "containment": pl.Float64,
    },
    "terms": {**_SPAN, "term": pl.String, "kind": pl.String},
    "frames": {**_SPAN, "frame": pl.String, "dimension": pl.String, "proclitic": pl.String},
    "keyness": {
        "term": pl.String,
        "kind": pl.String,
        "outlet": pl.String,
        "count": pl.UInt32,
        "elsewhere": pl.UInt32,
        "items": pl.UInt32,
    },
    "bursts": {
        "term": pl.String,
        "week": pl.UInt32,
        "items": pl.UInt32,
        "with_term": pl.UInt32,
        "burst": pl.Boolean,
    },
    "collocations": {"node": pl.String, "collocate": pl.String, "count": pl.UInt32, "items": pl.UInt32},
}


def sample_truth() -> dict[str, pl.DataFrame]:
    """Return what is true of the sample items, one table for each kind of fact.

    README.md in the folder of this module describes how each fact was made and what it is for.

    Returns:
        A dict of DataFrames. `id` is the item. Offsets (UInt32) are in code points of `text`, and
        `text[start:end]` is `surface` (String). Counts are UInt32, other columns String unless stated.

        - items: id, week (from 1), storyboard, length (long, brief), paragraphs, body (paragraphs of the body), words
        - paragraphs: id, paragraph (from 0), start, end, role (headline, body, caption, credit, related, share)
        - boilerplate: id, start, end, surface, kind (caption, credit, related, share, footer), glued (Boolean)
        - labels: id, start, end, surface, label, proclitic (empty if none hides the label),
          place (headline, body, boilerplate), quoted (Boolean: in quotation marks)
        - quotations: id, start, end, surface (the words between the marks), kind (before, carried, fragment,
          after, relayed), verb, verb_start, verb_end, speaker, speaker_start, speaker_end,
          speaker_source (explicit, carried)
        - no_speech: id, start, end, surface, kind (scare, title, slogan, nickname, verse, repeated): other spans in
          quotation marks
        - names: id, start, end, surface, name, kind (state, city), code (ISO 3166, null for cities), proclitic, place
        - blocs: bloc, name, code: the states of the two coalitions
        - dates: id, start, end, surface, date (Date), kind (weekday, day, numeric, hijri)
        - numbers: id, start, end, surface, value (Float64): all numbers written in digits
        - spellings: id, start, end, surface, plain, kind: all words in a decorated or wrong spelling
        - decoys: id, start, end, surface, against (labels, names, speakers), reason
        - near_duplicates: original, copy, kind (identical, light, heavy, truncated), edits (words changed)
        - edits: original, start, end, surface, copy, copy_start, copy_end, copy_surface
        - pairs: first, second, kind (as in near_duplicates, or independent), edits, shared (shingles),
          jaccard, containment (Float64; of five-word shingles of the folded body)
        - terms: id, start, end, surface, term, kind: each occurrence of a planted word or phrase
        - frames: id, start, end, surface, frame, dimension (means, level), proclitic
        - keyness: term, kind (key, one item, copies only, boilerplate), outlet, count (in it), elsewhere, items
        - bursts: term, week, items, with_term (items), burst (Boolean)
        - collocations: node, collocate, count, items

    Examples:
        >>> from corpus_kit.samples import sample_truth
        >>> sample_truth()["collocations"]["count"].to_list()
        [15, 15, 15]
    """
    facts = json.loads(read_sample_file("truth.json"))
    return {kind: _fact_table(facts[kind]["rows"], schema) for kind, schema in TRUTH_SCHEMA.items()}


def _fact_table(rows: list[list[object]], schema: dict[str, PolarsDataType]) -> pl.DataFrame:
    dates = [column for column, dtype in schema.items() if dtype == pl.Date]
    plain = {column: pl.String if column in dates else dtype for column, dtype in schema.items()}
    return pl.DataFrame(rows, schema=plain, orient="row").with_columns(pl.col(dates).str.to_date("%Y-%m-%d"))
