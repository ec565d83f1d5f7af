"""The hits behind a row of a table, one function for each kind of row."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from corpus_kit._base.arguments import integer
from corpus_kit._base.arrays import Array, distinct
from corpus_kit._base.columns import series_from_core
from corpus_kit.analysis.chosen_words import id_of_word
from corpus_kit.analysis.collocations import window_argument
from corpus_kit.analysis.corpus_forms import forms_of
from corpus_kit.analysis.counted_words import CountedWords
from corpus_kit.analysis.folding import folded_words, forms_by_step
from corpus_kit.analysis.joined_spellings import letters_of
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import InputError, choose, invalid, warn
from corpus_kit.explore.behind import Behind, again
from corpus_kit.explore.span_places import hits_of_spans, openings
from corpus_kit.explore.table_rows import (
    Rows,
    of_documents,
    written_search,
)
from corpus_kit.explore.word_places import (
    collocates_in_units,
    collocates_in_windows,
    ngram_hits,
    words_of,
)
from corpus_kit.news.passages import passages
from corpus_kit.search.hit_sets import at_anchor, united
from corpus_kit.search.hits import Hits
from corpus_kit.text.forms import NO_FORM
from corpus_kit.text.token_flags import UNITS

__all__ = ["KINDS"]


def _no_hits() -> Hits:
    return Hits(np.zeros(0, np.uint32), np.zeros(0, np.uint32))


def _with_ends(hits: Hits) -> Hits:
    return Hits(hits.first, hits.end, hits.anchors)


# ------------------------------------------------------------------ words


def _of_word(behind: Behind, row: Rows, column: str = "word") -> Hits:
    if row[column] is None:
        return _no_hits()
    text = row.text(column)
    if row.option("pattern", None) is not None and row.function == "ck.frequency":
        hits, texts = behind.expressions
        return of_documents(behind.corpus, row, hits.take(np.flatnonzero((texts == text).fill_null(value=False))))
    if column == "term" and row.has("n") and row["n"] != 1:
        return _of_ngram(behind, row, column)
    words = behind.words
    number = words.number(text)
    if number is None:
        return _no_hits()
    places = words.places(number)
    other = row.function == "ck.keyness" and behind.reference() and row.option("by", None) is not None
    return of_documents(behind.corpus, row, words.tokens(places, places), other_groups=other)


def _of_term(behind: Behind, row: Rows) -> Hits:
    return _of_word(behind, row, "term")


def _of_ngram(behind: Behind, row: Rows, column: str = "ngram") -> Hits:
    if row.function == "ck.count_ngrams" and (
        row.option("level", "word") != "word" or row.option("tokenizer", "standard") != "standard"
    ):
        raise InputError("table must be one of n-grams of words as the corpus has them, got one of other tokens.")
    words, text = behind.words_of_ngrams, row.text(column)
    parts = text.split(" ")
    if row.has("n") and row["n"] != len(parts):
        raise invalid(f"table[{column!r}]", "words with one space between them", text)
    numbers = [words.number(part) for part in parts]
    if any(number is None for number in numbers):
        return _no_hits()
    known = [number for number in numbers if number is not None]
    skip = integer(row.option("skip", 0) or 0, "skip", least=0, most=15)
    hits = ngram_hits(words, known, choose(behind.within_ngrams, UNITS, "within"), skip)
    return of_documents(behind.corpus, row, hits)


def _of_collocate(behind: Behind, row: Rows) -> Hits:
    corpus, what = behind.corpus, "the node: the pattern whose collocates they are"
    pattern = row.text("node") if row.has("node") else row.needed("pattern", what)
    if isinstance(pattern, list | tuple):  # one of each side
        pattern = pattern[1 if behind.reference() else 0]
    hits = behind.hits(pattern)
    anchor = row.option("anchor", None)
    if anchor is not None:
        hits = at_anchor(hits, anchor)
    number = behind.words.number(row.text("collocate"))
    if number is None:
        return _no_hits()
    within = row.option("within", "paragraph")
    window = row.option("window", 5)
    shape = window_argument(window, within)
    if isinstance(shape, str):
        return of_documents(corpus, row, collocates_in_units(behind.words, hits, number, shape))
    return of_documents(corpus, row, collocates_in_windows(behind.words, hits, number, shape, within))


def _of_shared(behind: Behind, row: Rows) -> Hits:
    """Return the occurrences near the two words that a table compares, or near one of them."""
    words, sides = behind.words, {"first": "word", "second": "other"}
    unit, exact = row.option("unit", "word"), bool(row.option("exact", False))
    within, window = row.option("within", "paragraph"), integer(row.option("window", 2), "window", least=1)
    counted, number = CountedWords(behind.corpus, row.normalizer, unit), words.number(row.text("collocate"))
    found = _no_hits()
    for name in [sides[behind.side]] if behind.side in sides else sides.values():
        asked = row.needed(name, "one of the two words that were compared")
        node = id_of_word(behind.corpus, counted, asked, unit, exact=exact, function="ck.lines", name=name)
        if node is not None and number is not None:
            known = words.number(counted.words[node])
            places = words.places(known) if known is not None else np.zeros(0, np.int64)
            nodes = words.tokens(places, places)
            near = _with_ends(collocates_in_windows(words, nodes, number, (window, window), within))
            found = united(found, near)
    return of_documents(behind.corpus, row, found)


def _of_type(behind: Behind, row: Rows) -> Hits:
    corpus = behind.corpus
    number = row["type"]
    if not isinstance(number, int) or not 0 <= number < corpus.n_types:
        raise invalid("table['type']", "a type of this corpus", number)
    return _of_types(corpus, np.array([number], np.uint32))


def _of_types(corpus: CorpusView, types: Array) -> Hits:
    tokens = corpus.positions_of(types) if len(types) else np.zeros(0, np.uint32)
    mask = corpus.document_mask()
    if mask is not None:
        tokens = tokens[mask[corpus.documents_of(tokens)].astype(bool)]
    return Hits(tokens)


def _of_conflation(behind: Behind, row: Rows) -> Hits:
    """Return the words that a step of a profile makes one."""
    corpus, normalizer = behind.corpus, row.normalizer
    if normalizer is None:
        raise invalid("profile", "the profile of the steps", None)
    _, words = folded_words(corpus, normalizer)
    forms = next((forms for step, forms in forms_by_step(words["surface"], normalizer) if step == row["step"]), None)
    if forms is None:
        raise invalid("table['step']", f"a step of {normalizer.name}", row["step"])
    surfaces = words["surface"].filter(forms == row.text("form"))
    found = corpus.type_column("surface").is_in(surfaces.implode()).to_numpy() & corpus.counted_types
    return _of_types(corpus, np.flatnonzero(found).astype(np.uint32))


def _of_spellings(behind: Behind, row: Rows) -> Hits:
    """Return the occurrences of a word as one, and with spaces."""
    normalizer = row.normalizer
    found = _no_hits()
    if behind.side in (None, "joined"):
        forms = forms_of(behind.corpus, normalizer)
        alike = (letters_of(forms.words) == row.text("joined")).arg_true().to_numpy()
        assert forms.of_type is not None  # a corpus has types that are not counted
        types = np.flatnonzero(np.isin(forms.of_type, alike) & (forms.of_type != NO_FORM))
        found = united(found, _with_ends(_of_types(behind.corpus, types.astype(np.uint32))))
    if behind.side in (None, "spaced"):
        words = words_of(behind.corpus, normalizer, "word")
        numbers = [words.number(part) for part in row.text("spaced").split(" ")]
        known = [number for number in numbers if number is not None]
        if len(known) == len(numbers):
            found = united(found, ngram_hits(words, known, "paragraph"))
    return found


# ------------------------------------------------------------------ patterns


def _of_pattern(behind: Behind, row: Rows) -> Hits:
    return of_documents(behind.corpus, row, behind.hits(written_search(row, "pattern")))


def _of_query(behind: Behind, row: Rows) -> Hits:
    sides = {"first": "query", "second": "other_query"}  # of the difference of two sketches
    asked = [sides[behind.side]] if row.has("other_query") and behind.side in sides else list(sides.values())
    found = [behind.hits(row.text(each)) for each in asked if row.has(each) and row[each] is not None]
    hits = found[0] if found else _no_hits()
    for more in found[1:]:
        hits = united(hits, _with_ends(more))
    return of_documents(behind.corpus, row, hits)


def _of_group(behind: Behind, row: Rows) -> Hits:
    found, values = behind.listed
    same = [values[name].eq_missing(row.frame[name].new_from_index(0, values.height)) for name in values.columns]
    rows = pl.DataFrame([each.alias(str(place)) for place, each in enumerate(same)])
    return found.hits.take(rows.select(pl.all_horizontal(pl.all())).to_series().arg_true().to_numpy())


def _of_variant(behind: Behind, row: Rows) -> Hits:
    corpus = behind.corpus
    hits = again(corpus, behind.rows).all_hits
    first, end = hits.spans()
    with reading(corpus.path):
        numbers, some = (series_from_core("", each).to_numpy() for each in corpus.token_texts.number(first, end))
        texts = series_from_core("", corpus.token_texts.join(first[some], end[some], corpus.surfaces))
    return hits.take(np.flatnonzero((texts == row.text("surface")).to_numpy()[numbers]))


# ------------------------------------------------------------------ places


def _of_spans(behind: Behind, rows: Rows) -> Hits:
    """Return the places; a row without one, such as a document without a date, is that document's beginning."""
    table = pl.DataFrame(rows.frame)
    has_place = table["start"].is_not_null()
    hits = hits_of_spans(behind.corpus, table.filter(has_place))
    alone = rows.whole("document").filter(~has_place)
    return united(hits, _of_numbers(behind.corpus, alone)) if len(alone) else hits


def _with_documents(corpus: CorpusView, table: pl.DataFrame) -> pl.DataFrame:
    """Return a table with the row numbers of its ids; rows of other documents are left out, with a warning."""
    documents = corpus.selected_documents()
    known = pl.DataFrame({"document": documents, "id": corpus.ids(documents)})
    found = table.drop("document", strict=False).with_columns(pl.col("id").cast(pl.String))
    found = found.join(known, on="id", how="inner", maintain_order="left")
    _tell_left_out(table.height - found.height, table.height)
    return found


def _tell_left_out(left: int, rows: int) -> None:
    if left:
        warn(f"ck.lines: {left:,} of {rows:,} rows are of no document of this corpus", stacklevel=None)


def _of_spans_by_id(behind: Behind, rows: Rows) -> Hits:
    return hits_of_spans(behind.corpus, _with_documents(behind.corpus, pl.DataFrame(rows.frame)))


def _of_positions(behind: Behind, rows: Rows) -> Hits:
    corpus = behind.corpus
    table = pl.DataFrame(rows.frame).with_columns(position=rows.whole("position"))
    table = _with_documents(corpus, table).drop_nulls("position")
    low, high = corpus.document_bounds(table["document"].to_numpy())
    tokens = low + table["position"].to_numpy()
    return Hits(distinct(tokens[(tokens >= low) & (tokens < high)]).astype(np.uint32))


def _of_both_texts(behind: Behind, rows: Rows) -> Hits:
    """Return the places of passages and edits; where a text has no word of an edit, the word before it."""
    return hits_of_spans(behind.corpus, _sides(pl.DataFrame(rows.frame), behind.side))


def _sides(table: pl.DataFrame, side: str | None) -> pl.DataFrame:
    chosen = [each for each in ("first", "second") if side in (None, each)]
    parts = [
        table.select(document=f"{each}_document", start=pl.col(f"{each}_start"), end=pl.col(f"{each}_end"))
        for each in chosen
    ]
    spans = pl.concat([part.cast(pl.Int64) for part in parts])
    is_empty = pl.col("start") >= pl.col("end")
    before = pl.max_horizontal(pl.col("start") - 1, 0)
    return spans.with_columns(
        start=pl.when(is_empty).then(before).otherwise("start"),
        end=pl.when(is_empty).then(pl.max_horizontal("end", 1)).otherwise("end"),
    )


def _of_copies(behind: Behind, row: Rows) -> Hits:
    """Return the passages that two near-duplicates share, in both."""
    both = distinct(
        np.concatenate([row.whole(f"{side}_document").drop_nulls().to_numpy() for side in ("first", "second")])
    )
    if not np.isin(both, behind.corpus.selected_documents()).all() or len(both) < 2:
        raise invalid("table", "pairs of documents of this corpus", both.tolist())
    pair = behind.corpus.subcorpus(both.astype(np.uint32))
    least = row.option("min_words", row.option("n", 5))
    shared = passages(pair, min_words=least, profile=row.normalizer, date=None)
    side = behind.side
    if side is not None and row["first_document"] > row["second_document"]:
        side = {"first": "second", "second": "first"}[side]
    return hits_of_spans(behind.corpus, _sides(pl.DataFrame(shared), side))


def _of_numbers(corpus: CorpusView, documents: pl.Series) -> Hits:
    numbers = documents.drop_nulls().to_numpy()
    found = numbers[np.isin(numbers, corpus.selected_documents())]
    _tell_left_out(len(documents) - len(found), len(documents))
    return openings(corpus, found)


def _of_document(behind: Behind, rows: Rows) -> Hits:
    return _of_numbers(behind.corpus, rows.whole("document"))


def _of_document_by_id(behind: Behind, rows: Rows) -> Hits:
    return _of_numbers(behind.corpus, _with_documents(behind.corpus, pl.DataFrame(rows.frame))["document"])


# ------------------------------------------------------------------ actors and frames


def _of_label(behind: Behind, row: Rows) -> Hits:
    mentions = behind.labelled.filter(
        pl.col("actor").eq_missing(pl.lit(row["actor"])), pl.col("label").eq_missing(pl.lit(row["label"]))
    )
    return of_documents(behind.corpus, row, hits_of_spans(behind.corpus, mentions))


def _of_node(behind: Behind, row: Rows) -> Hits:
    mentions = behind.mentioned.filter(~pl.col("out"), actor=row["actor"])
    return of_documents(behind.corpus, row, hits_of_spans(behind.corpus, mentions))


def _of_edge(behind: Behind, row: Rows) -> Hits:
    """Return the first mention of the source in each unit of text that mentions both."""
    mentions = behind.mentioned.filter(~pl.col("out"))
    sources = mentions.filter(actor=row["source"]).unique("unit", keep="first", maintain_order=True)
    both = sources.join(mentions.filter(actor=row["target"]).select("unit").unique(), on="unit", how="semi")
    return of_documents(behind.corpus, row, hits_of_spans(behind.corpus, both))


def _of_frame(behind: Behind, row: Rows) -> Hits:
    named = {name: row[name] for name in ("dimension", "category", "entry") if row.has(name)}
    hits = behind.framed.filter(**named)
    return of_documents(behind.corpus, row, hits_of_spans(behind.corpus, hits))


# The hits of a kind, and whether all rows are looked for together.
KINDS: dict[str, tuple[Callable[[Behind, Rows], Hits], bool]] = {
    "group": (_of_group, False),
    "spans": (_of_spans, True),
    "spans by id": (_of_spans_by_id, True),
    "positions": (_of_positions, True),
    "both texts": (_of_both_texts, True),
    "copies": (_of_copies, False),
    "query": (_of_query, False),
    "variants": (_of_variant, False),
    "pattern": (_of_pattern, False),
    "conflation": (_of_conflation, False),
    "spellings": (_of_spellings, False),
    "type": (_of_type, False),
    "frame": (_of_frame, False),
    "label": (_of_label, False),
    "edge": (_of_edge, False),
    "node": (_of_node, False),
    "ngram": (_of_ngram, False),
    "shared collocate": (_of_shared, False),
    "collocate": (_of_collocate, False),
    "term": (_of_term, False),
    "word": (_of_word, False),
    "document": (_of_document, True),
    "document by id": (_of_document_by_id, True),
}
