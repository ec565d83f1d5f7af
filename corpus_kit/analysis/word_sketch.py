"""word_sketch and sketch_difference: the collocates of a word by grammatical relation."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from os import PathLike
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from corpus_kit import measures
from corpus_kit._base.arguments import boolean, threshold
from corpus_kit._base.arrays import Array, Integers
from corpus_kit._base.columns import series_from_core
from corpus_kit._base.shares import telling
from corpus_kit.analysis.chosen_words import id_of_word, normalizer_of, unit_of_words
from corpus_kit.analysis.counted_words import CountedWords
from corpus_kit.analysis.provenance import attach_of_corpus, unit_record
from corpus_kit.analysis.sketch_pairs import RelationPairs, RelationSearch, pairs_of_relation, pairs_of_relations
from corpus_kit.analysis.sketch_relations import Relation, kind_of_queries, read_relations
from corpus_kit.analysis.stopword_forms import stopword_forms
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import choose, shown, warn
from corpus_kit.query.pattern_names import names_of
from corpus_kit.text.token_flags import UNITS

__all__ = ["sketch_difference", "sketch_steps", "word_sketch"]

_LOG_DICE = measures.FAMILIES["association"]["log_dice"]
_SHARED_BY = pl.Enum(["both", "word", "other"])


def word_sketch(
    corpus: CorpusView,
    word: str,
    *,
    unit: str | None = None,
    exact: bool = False,
    within: str = "sentence",
    patterns: str | PathLike[str] | Mapping[str, Any] | None = None,
    min_count: int = 5,
    stopwords: Collection[str] = (),
) -> pl.DataFrame:
    r"""Find the collocates of a word by grammatical relation: its adjectives, the nouns it stands with, its subjects.

    The relations are queries with two labels, ``a`` and ``b``. The library's own are noun and agreeing adjective, the
    two terms of an idafa, verb and subject (after it, or before it where a clause begins), verb and preposition, verb
    and a noun with ب or ل, preposition and noun, and words joined by و or أو. They ask for parts of speech: those of
    a layer (`corpus.annotate(ck.annotators.hidden_markov(), layer="context")`), which are those in context, or else
    all that a word can be (`corpus.annotate()`). Without either, fewer and rougher relations are found by the surface
    alone, and a warning says so.

    logDice compares how often two words are in the relation with how often each is in it with any word:
    14 + log2(2 f(a, R, b) / (f(a, R, \*) + f(\*, R, b))).

    Args:
        corpus: A Corpus or a subcorpus.
        word: One word. With unit="lemma" or "stem", a word that is none stands for its own, with a warning.
        unit: What node and collocates are: "word", "stem" or "lemma", as in `ck.frequency`; None for the lemma where
            the corpus has lemmas, otherwise the word. Words that have none are left out.
        exact: Whether words, stems and lemmas are compared in repaired spelling, otherwise in folded form.
        within: The unit of text that a relation does not cross: "sentence", "paragraph" or "document".
        patterns: A TOML file with relations of your own, or what such a file holds; None for those of the library.
        min_count: The lowest joint frequency of a row that is kept.
        stopwords: Collocates that are not shown, in any spelling.

    Returns:
        A DataFrame with the columns relation (String: its heading), collocate (String), spelling (String: its most
        frequent original spelling in the corpus), count (Int64: f(a, R, b)), node_count (Int64: how often the word is
        in the relation), collocate_count (Int64: how often the collocate is), documents (Int64), log_dice (Float64),
        example (String: the words of the first hit), query (String: what `ck.kwic` finds the lines of the row with,
        given the `within` and `exact` of this call). Order: relations as in the file, log_dice descending, then count
        descending, then the order of the vocabulary.

    Warns:
        UserWarning: If the word does not occur, or the corpus lacks what the relations ask for.

    Raises:
        InputError: If an argument is invalid, or the patterns have an error; the message names the file and the place.

    References:
        Kilgarriff, A., Rychlý, P., Smrž, P. & Tugwell, D. (2004). The Sketch Engine. Proceedings of EURALEX, 105-116.
        Rychlý, P. (2008). A lexicographer-friendly association score. Proceedings of RASLAN 2008, 6-9.

    Examples:
        >>> import corpus_kit as ck
        >>> sketch = ck.word_sketch(ck.sample_corpus(), "هدنة", min_count=2)
        >>> sketch.columns[:5]
        ['relation', 'collocate', 'spelling', 'count', 'node_count']
    """
    asked = _Asked.of(corpus, unit, exact, within, patterns, min_count, stopwords, "ck.word_sketch")
    with reading(corpus.path):
        number = asked.id_of(word, "word")
        tables = [] if number is None else [asked.table(number, *each) for each in asked.headings(number)]
        table = pl.concat([_EMPTY, *tables])
    return asked.attached(table, {"word": word})


def sketch_difference(
    corpus: CorpusView,
    word: str,
    other: str,
    *,
    unit: str | None = None,
    exact: bool = False,
    within: str = "sentence",
    patterns: str | PathLike[str] | Mapping[str, Any] | None = None,
    min_count: int = 5,
    stopwords: Collection[str] = (),
) -> pl.DataFrame:
    """Compare the sketches of two words: which collocates they share in each relation, and which only one has.

    Args:
        corpus: A Corpus or a subcorpus.
        word: One word.
        other: Another one.
        unit: As in `ck.word_sketch`.
        exact: As in `ck.word_sketch`.
        within: As in `ck.word_sketch`.
        patterns: As in `ck.word_sketch`.
        min_count: The lowest joint frequency with one of the two of a row that is kept.
        stopwords: Collocates that are not shown, in any spelling.

    Returns:
        A DataFrame with the columns relation, collocate, spelling (String), shared_by (Enum: both, word, other: with
        which it occurs at all), count, other_count (Int64: 0 for none), log_dice, other_log_dice (Float64: null for
        none), difference (Float64: log_dice less other_log_dice, null as 0), query, other_query (String: as in
        `ck.word_sketch`; null for none). Order: relations as in the file, difference descending, then the higher of
        the two counts descending, then the collocate.

    Warns:
        UserWarning: If a word does not occur, or the corpus lacks what the relations ask for.

    Raises:
        InputError: If an argument is invalid, or the patterns have an error.

    References:
        Kilgarriff, A., Rychlý, P., Smrž, P. & Tugwell, D. (2004). The Sketch Engine. Proceedings of EURALEX, 105-116.

    Examples:
        >>> import corpus_kit as ck
        >>> table = ck.sketch_difference(ck.sample_corpus(), "هدنة", "حرب", min_count=2)
        >>> table.columns[:4]
        ['relation', 'collocate', 'spelling', 'shared_by']
    """
    asked = _Asked.of(corpus, unit, exact, within, patterns, 1, stopwords, "ck.sketch_difference")
    least = threshold(min_count, "min_count")
    with reading(corpus.path):
        sides = []
        for given, name in ((word, "word"), (other, "other")):
            number = asked.id_of(given, name)
            tables = [] if number is None else [asked.table(number, *each) for each in asked.headings(number)]
            sides.append(pl.concat([_EMPTY, *tables]))
    joined = _compared(sides[0], sides[1], [heading for heading, *_ in asked.all_headings()])
    kept = joined.filter(pl.max_horizontal("count", "other_count") >= least)
    return asked.attached(kept, {"word": word, "other": other, "min_count": least})


def sketch_steps(corpus: CorpusView) -> Iterator[None]:
    """Make what sketches with the usual options need of an annotated corpus, one relation a step.

    Args:
        corpus: The corpus, which keeps what is made.
    """
    asked = _Asked.of(corpus, None, False, "sentence", None, 1, (), "ck.word_sketch")
    for relation in asked.relations:
        yield
        with reading(corpus.path):
            pairs_of_relation(corpus, asked.counted, relation, asked.search, asked.unit)


_EMPTY = pl.DataFrame(
    schema={
        "relation": pl.String, "collocate": pl.String, "spelling": pl.String, "count": pl.Int64,
        "node_count": pl.Int64, "collocate_count": pl.Int64, "documents": pl.Int64, "log_dice": pl.Float64,
        "example": pl.String, "query": pl.String,
    }
)  # fmt: skip


class _Asked(NamedTuple):
    """What a user asked for, with what it is answered from."""

    corpus: CorpusView
    counted: CountedWords
    relations: list[Relation]
    search: RelationSearch
    unit: str
    exact: bool
    within: str
    least: int
    left_out: frozenset[str]
    function: str
    options: dict[str, Any]

    @classmethod
    def of(
        cls, corpus: CorpusView, unit: object, exact: object, within: object, patterns: object, min_count: object,
        stopwords: Collection[str], function: str,
    ) -> _Asked:  # fmt: skip
        expect_corpus(corpus)
        chosen, is_exact = unit_of_words(unit, corpus), boolean(exact, "exact")
        scope = choose(within, UNITS, "within")
        least, normalizer = threshold(min_count, "min_count"), normalizer_of(exact=is_exact)
        left_out = stopword_forms(stopwords, normalizer, chosen)
        kind = kind_of_queries(corpus)
        relations, missing = read_relations(patterns, names_of(corpus), kind=kind, exact=is_exact)
        if kind == "surface":
            _warn_of_surface(function, missing, are_own=patterns is None)
        options = {
            "unit": chosen, "exact": is_exact, "within": scope, "min_count": least, "stopwords": stopwords,
            "relations": {each.name: each.texts() for each in relations},
            "queries": kind,
            **({} if isinstance(patterns, Mapping) or patterns is None else {"patterns": str(patterns)}),
        }  # fmt: skip
        counted = CountedWords(corpus, normalizer, chosen)
        search = RelationSearch(corpus, relations, scope, exact=is_exact)
        return cls(corpus, counted, relations, search, chosen, is_exact, scope, least, left_out, function, options)

    def id_of(self, word: object, name: str) -> int | None:
        return id_of_word(
            self.corpus, self.counted, word, self.unit, exact=self.exact, function=self.function, name=name
        )

    def all_headings(self) -> Iterator[tuple[str, Relation, int]]:
        """Yield the headings, each with its relation and the place of the node: 0 for a, 1 for b."""
        for relation in self.relations:
            places = (0,) if relation.is_symmetric else (0, 1)
            for place in places:
                heading = relation.headings[place]
                if heading is not None:
                    yield heading, relation, place

    def headings(self, word: int) -> Iterator[tuple[str, Relation, int, RelationPairs]]:
        """Yield those under which a word has collocates, with all pairs of their relation."""
        made = pairs_of_relations(self.corpus, self.counted, self.relations, self.search, self.unit)
        pairs = {relation: next(made) for relation in telling(self.relations)}
        for heading, relation, place in self.all_headings():
            if pairs[relation].totals[place][word]:
                yield heading, relation, place, pairs[relation]

    def table(self, word: int, heading: str, relation: Relation, place: int, pairs: RelationPairs) -> pl.DataFrame:
        """Return the collocates of a word under one heading."""
        rows = pairs.rows_of(word, place)
        rows = rows[pairs.counts[rows] >= self.least]
        if self.left_out:
            named = self.counted.named(pairs.words[1 - place][rows])
            rows = rows[~named.is_in(sorted(self.left_out)).to_numpy()]
        ids = pairs.words[1 - place][rows]
        count, node_count = pairs.counts[rows].astype(np.int64), int(pairs.totals[place][word])
        others = pairs.totals[1 - place][ids]
        scores = _log_dice(count, node_count, others)
        order = np.lexsort((ids, -count, -scores))
        rows, ids = rows[order], ids[order]
        collocates = self.counted.named(ids)
        first, end = (each[rows].astype(np.int64) for each in pairs.spans)
        return pl.DataFrame(
            {
                "relation": pl.Series([heading], dtype=pl.String).new_from_index(0, len(rows)),
                "collocate": collocates,
                "spelling": self.counted.spelled(ids),
                "count": count[order],
                "node_count": np.full(len(rows), node_count),
                "collocate_count": others[order],
                "documents": pairs.documents[rows].astype(np.int64),
                "log_dice": scores[order],
                "example": _texts(self.corpus, first, end),
                "query": self._queries(relation, place, str(self.counted.named(np.array([word]))[0]), collocates),
            },
            schema=_EMPTY.schema,
        )

    def _queries(self, relation: Relation, place: int, word: str, collocates: pl.Series) -> list[str]:
        """Return the query that finds the lines of each row."""
        if self.unit == "word":
            attribute = "word" if self.exact else "folded"
        else:
            attribute = f"type.{self.unit}"
        if place == 0:
            return [relation.query_of(attribute, word, each) for each in collocates]
        return [relation.query_of(attribute, each, word) for each in collocates]

    def attached(self, table: pl.DataFrame, options: dict[str, Any]) -> pl.DataFrame:
        """Return the table with its record."""
        record = {**self.options, **unit_record(self.unit, self.corpus, patterns=self.search.patterns), **options}
        return attach_of_corpus(table, self.function, self.corpus, normalizer_of(exact=self.exact), record)


def _warn_of_surface(function: str, missing: list[str], *, are_own: bool) -> None:
    """Say that relations are found by the surface, and which are not."""
    if are_own or missing:
        rough = ", so the relations are found by articles and endings alone, which are often wrong" if are_own else ""
        headings = ", ".join(map(shown, missing))
        without = f"; left out {'is' if len(missing) == 1 else 'are'} {headings}" if missing else ""
        warn(
            f"{function}: the corpus has no parts of speech and lemmas{rough}{without}. corpus.annotate() adds them",
            stacklevel=None,
        )


def _log_dice(count: Integers, node: int, others: Integers) -> Array:
    total = np.ones(len(count))  # which it does not depend on
    node_count = np.full(len(count), float(node))
    values: Array = _LOG_DICE.formula(count.astype(np.float64), node_count, others.astype(np.float64), total)
    return values


def _texts(corpus: CorpusView, first: Integers, end: Integers) -> pl.Series:
    return series_from_core("example", corpus.token_texts.join(first, end, corpus.surfaces))


def _compared(one: pl.DataFrame, other: pl.DataFrame, headings: list[str]) -> pl.DataFrame:
    """Return the collocates of two words side by side."""
    keys = ["relation", "collocate", "spelling"]
    kept = [*keys, "count", "log_dice", "query"]
    joined = one.select(kept).join(other.select(kept), on=keys, how="full", coalesce=True, suffix="_of_other")
    has_one, has_other = pl.col("count").is_not_null(), pl.col("count_of_other").is_not_null()
    table = joined.select(
        *keys,
        pl.when(has_one & has_other).then(pl.lit("both")).when(has_one).then(pl.lit("word"))
        .otherwise(pl.lit("other")).cast(_SHARED_BY).alias("shared_by"),
        pl.col("count").fill_null(0),
        pl.col("count_of_other").fill_null(0).alias("other_count"),
        "log_dice",
        pl.col("log_dice_of_other").alias("other_log_dice"),
        (pl.col("log_dice").fill_null(0) - pl.col("log_dice_of_other").fill_null(0)).alias("difference"),
        "query",
        pl.col("query_of_other").alias("other_query"),
    )  # fmt: skip
    place = pl.col("relation").replace_strict(headings, list(range(len(headings))), return_dtype=pl.Int64)
    return table.sort(
        place, -pl.col("difference"), -pl.max_horizontal("count", "other_count"), "collocate", maintain_order=True
    )
