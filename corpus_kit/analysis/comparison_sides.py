"""The two sides of a comparison: corpora or tables of frequencies, over one list of words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from corpus_kit import measures
from corpus_kit._base.arguments import integer
from corpus_kit._base.arrays import Floats, Integers
from corpus_kit._base.records import as_frame, corpus_facts, provenance_of
from corpus_kit.analysis.counted_words import CountedWords
from corpus_kit.analysis.joined_spellings import Names
from corpus_kit.analysis.spellings import compared_spellings
from corpus_kit.analysis.spread import spread_of
from corpus_kit.corpus.units import expect_unit
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import InputError, invalid
from corpus_kit.text.normalization import Normalizer, normalize_series

__all__ = ["Pair", "Side", "align", "side_of"]

_LABELS = ("word", "ngram", "lemma")


@dataclass(eq=False)
class Side:
    """A corpus or a table of frequencies as counts of words.

    Attributes:
        words: The words; the following arrays have an item for each.
        count: The frequency of each word.
        size: The number of tokens.
        record: What the record of the result says about this side.
        unit: What is counted; None if the table does not say.
        corpus: The corpus, if it is one.
        counted: The counts of the corpus.
        documents: In how many documents each word occurs.
        dispersion: The dispersion of each word over the documents; NaN where it does not occur.
        surfaces: The spellings of the words: word (its row), surface, count.
        rows: Where the words of `counted`, or of the table, are in `words`; None if in the same place.
        spellings: The column `spelling` of a table that has one.
        ids: The ids in `counted` of the words, where these are some of them; None if all are there.
        members: The documents, as indices into those of `counted`; None for all of them.
    """

    words: pl.Series
    count: Integers
    size: int
    record: dict[str, Any]
    unit: str | None
    corpus: CorpusView | None = None
    counted: CountedWords | None = None
    documents: Integers | None = None
    dispersion: Floats | None = None
    surfaces: pl.DataFrame | None = None
    rows: Integers | None = None
    spellings: pl.Series | None = None
    ids: Integers | None = None
    members: Integers | None = None

    def counted_spellings(self) -> pl.DataFrame | None:
        """Return the spellings of the words: word (its row), spelling, count; None if they are unknown.

        Those of a corpus are all of its vocabulary, so that two views of it have them in the same order.
        """
        rows = np.arange(len(self.words)) if self.rows is None else self.rows
        if self.counted is not None:
            original, counts = self.counted.original, self.counted.spelling_counts
            table = pl.DataFrame({"word": rows[original.form], "spelling": original.texts, "count": counts})
        elif self.spellings is not None:
            table = pl.DataFrame({"word": rows, "spelling": self.spellings, "count": self.count[rows]})
        else:
            return None
        return table.drop_nulls("spelling")

    def own_ids(self, rows: Integers) -> Integers:
        """Return rows of `words` as ids of `counted`; -1 for a word that is not there."""
        if self.ids is not None:
            return self.ids[rows]
        if self.rows is None:
            return rows
        ids = np.full(len(self.words), -1)
        ids[self.rows] = np.arange(len(self.rows))
        return ids[rows]

    @property
    def own_documents(self) -> Integers:
        """The documents, as indices into those of `counted`."""
        assert self.counted is not None  # it is a corpus
        return np.arange(len(self.counted.documents)) if self.members is None else self.members


@dataclass(eq=False)
class Pair:
    """Both sides over one list of words: item i of each array is that of word i.

    Attributes:
        words: The words of the target, then those of the reference only.
        target: The target.
        reference: The reference.
        absent: Where the words of the target are listed only: the distinct counts of the other words in the reference,
            and how many words have each. They are tests, and have no row.
    """

    words: pl.Series
    target: Side
    reference: Side
    absent: tuple[Integers, Integers] | None = None

    @property
    def of_corpora(self) -> bool:
        """Whether both sides are corpora."""
        return self.target.corpus is not None and self.reference.corpus is not None

    @property
    def of_one_corpus(self) -> bool:
        """Whether both sides are parts of one corpus, and their spellings those of its types: no name has spaces."""
        target, reference = self.target, self.reference
        if target.corpus is None or reference.corpus is None or not target.corpus.shares_types(reference.corpus):
            return False
        return not any(side.counted is not None and side.counted.joined_sequences for side in (target, reference))

    def rows(self, least: int, left_out: frozenset[str], normalizer: Normalizer | None) -> Integers:
        """Return the words that occur at least `least` times, without stop words."""
        total = self.target.count + self.reference.count
        kept = (total >= least) & self.words.is_not_null().to_numpy()
        if left_out:
            # a table may contain words in their original spelling
            words = self.words if normalizer is None or self.of_corpora else normalize_series(self.words, normalizer)
            kept &= ~words.is_in(sorted(left_out)).to_numpy()
        return np.flatnonzero(kept)

    def spellings(self, rows: Integers) -> pl.Series | None:
        """Return the most frequent original spelling of some words, on both sides together; None if none is known.

        Of equally frequent ones it is the first. A word whose spelling is unknown is its own spelling.
        """
        target, reference = self.target.counted, self.reference.counted
        if self.of_one_corpus and target is not None and reference is not None:
            both = target.original.most_frequent(target.spelling_counts + reference.spelling_counts)
            return both.gather(rows)
        sides = [side.counted_spellings() for side in (self.target, self.reference)]
        known = [side for side in sides if side is not None]
        if not known:
            return None
        asked = pl.DataFrame({"word": rows, "form": self.words.gather(rows)})
        counted = pl.concat(known).join(asked, on="word", how="semi", maintain_order="left")
        counted = counted.group_by("word", "spelling", maintain_order=True).agg(pl.col("count").sum())
        best = counted.sort("count", descending=True, maintain_order=True).unique("word", keep="first")
        found = asked.join(best, on="word", how="left", maintain_order="left")
        return found.select(pl.coalesce("spelling", "form").alias("spelling")).to_series()

    @property
    def shared_documents(self) -> int | None:
        """How many documents are on both sides; None if that is unknown."""
        target, reference = self.target.corpus, self.reference.corpus
        if target is None or reference is None:
            return None
        if target.id != reference.id:
            return 0
        return len(np.intersect1d(target.selected_documents(), reference.selected_documents(), assume_unique=True))

    def variants(self, rows: Integers) -> pl.Series:
        """Return the spellings of some words: a List of Struct (surface, target, reference) for each row."""
        target, reference = self.target.surfaces, self.reference.surfaces
        assert target is not None  # they were asked for, of corpora
        assert reference is not None
        return compared_spellings(target, reference, rows, len(self.words), same_types=self.of_one_corpus)


def side_of(
    given: CorpusView | pl.DataFrame,
    name: str,
    *,
    size: int | None,
    unit: str,
    normalizer: Normalizer | None,
    dispersion: str | None,
    variants: bool,
    names: Names | None = None,
) -> Side:
    """Return what a user compares as a side.

    Args:
        given: A corpus or a table of frequencies.
        name: The argument, "target" or "reference".
        size: The number of tokens in the corpus of a table.
        unit: What is counted of a corpus.
        normalizer: The form that is counted of a corpus.
        dispersion: A measure of dispersion over the documents of a corpus.
        variants: Whether the spellings of words are needed.
        names: Names that are one word of a corpus, however they are spaced.

    Raises:
        InputError: If it is something else, is empty, or its counts are invalid.
    """
    given = as_frame(given, name)
    if isinstance(given, pl.DataFrame):
        return _side_of_table(given, name, size)
    if not isinstance(given, CorpusView):
        raise invalid(name, "a Corpus or a table of frequencies", given)
    if size is not None:
        raise invalid(f"{name}_size", f"None if {name} is a corpus, which knows its size", size)
    corpus = expect_corpus(given, name)
    expect_unit(unit, corpus)
    counted = CountedWords(corpus, normalizer, unit, names)
    if not counted.size:
        raise InputError(f"{name} must contain words, got none in {len(corpus):,} documents. Check its filter.")
    side = Side(
        counted.words,
        counted.frequency,
        counted.size,
        {"corpus_id": corpus.id, "corpus": corpus_facts(corpus), "subcorpus": corpus.selection, "words": counted.size},
        unit,
        corpus,
        counted,
        counted.document_frequency,
    )
    if dispersion is not None:
        values = measures.FAMILIES["dispersion"][dispersion].formula(spread_of(counted))
        side.dispersion = np.where(counted.frequency > 0, values, np.nan)
    if variants:
        side.surfaces = counted.surfaces
    return side


def _side_of_table(table: pl.DataFrame, name: str, size: int | None) -> Side:
    label = next((column for column in _LABELS if table.schema.get(column) == pl.String), None)
    if label is None or "count" not in table.columns:
        columns = ", ".join(f"{column} ({dtype})" for column, dtype in table.schema.items()) or "none"
        expected = "a table with a String column word, ngram or lemma, and a column count"
        raise invalid(name, expected, table, f"Its columns are: {columns}.")
    words, counts = table[label], _whole_counts(table, label, name)
    total, largest = int(counts.sum()), int(counts.max() or 0)  # type: ignore[arg-type]
    words_in_corpus = total if size is None else integer(size, f"{name}_size", least=1)
    if not total:
        raise InputError(f"{name} must contain words, got a table whose counts sum to 0.")
    if words_in_corpus < largest:
        word = words[counts.arg_max()]  # type: ignore[index]
        raise invalid(f"{name}_size", f"at least {largest:,}, the count of {word!r}", words_in_corpus)
    made_by = provenance_of(table)
    unit = None if made_by is None else made_by["options"].get("unit")
    record = {"rows": table.height, "words": words_in_corpus, "made_by": made_by}
    spellings = table["spelling"] if table.schema.get("spelling") == pl.String else None
    return Side(words.alias("word"), counts.to_numpy(), words_in_corpus, record, unit, spellings=spellings)


def _whole_counts(table: pl.DataFrame, label: str, name: str) -> pl.Series:
    """Return the counts of a table of frequencies as Int64."""
    words, count = table[label], table["count"]
    for column in (words, count):
        if column.null_count():
            raise InputError(f"{name} must be a table without nulls, got {column.null_count():,} in {column.name}.")
    if not count.dtype.is_numeric():
        raise InputError(f"{name} must be a table of integer counts, got the type {count.dtype} in count.")
    whole = count.cast(pl.Int64, strict=False)
    bad = table.filter((whole != count).fill_null(True) | (count < 0))
    if bad.height:
        found = f"{bad['count'][0]} for {bad[label][0]!r}"
        raise InputError(f"{name} must be a table of non-negative integer counts, got {found}.")
    repeated = words.filter(words.is_duplicated())
    if len(repeated):
        raise InputError(f"{name} must be a table with one row for each {label}, got several for {repeated[0]!r}.")
    if count.cast(pl.Float64).sum() >= 2**63:
        raise InputError(f"{name} must be a table whose counts sum to less than 2^63, got a larger sum.")
    return whole


def align(target: Side, reference: Side) -> Pair:
    """Give both sides one list of words. The sides are changed, unless they are parts of one corpus.

    Raises:
        InputError: If they are known to count different units.
    """
    if target.unit and reference.unit and target.unit != reference.unit:
        raise InputError(f"target and reference must count the same unit, got {target.unit!r} and {reference.unit!r}.")
    if target.words is reference.words:  # parts of one corpus
        return Pair(target.words, target, reference)
    words = pl.concat([target.words, reference.words]).unique(maintain_order=True)
    numbers = pl.DataFrame({"word": words, "row": np.arange(len(words))})
    for side in (target, reference):
        row = (
            side.words.to_frame("word")
            .join(numbers, on="word", how="left", maintain_order="left", nulls_equal=True)["row"]
            .to_numpy()
        )
        side.count = _spread_out(side.count, row, len(words), 0)
        side.documents = None if side.documents is None else _spread_out(side.documents, row, len(words), 0)
        side.dispersion = None if side.dispersion is None else _spread_out(side.dispersion, row, len(words), np.nan)
        if side.surfaces is not None:
            side.surfaces = side.surfaces.with_columns(word=pl.Series(row[side.surfaces["word"].to_numpy()]))
        side.words, side.rows = words, row
    return Pair(words, target, reference)


def _spread_out(values: Any, row: Integers, length: int, missing: float) -> Any:
    result = np.full(length, missing, dtype=values.dtype)
    result[row] = values
    return result
