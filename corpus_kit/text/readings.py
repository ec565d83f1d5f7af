"""Readings of words: which stem a word has, between which clitics, and of which lexeme.

A word is read as clitics, a stem of the lexicon (text/paradigms), and the prefix or ending of one of its forms.
Function words are listed (closed_classes.py, clitics.py). Of all other readings one is chosen: the clitics whose
readings are likeliest together, with them the lemma whose readings are, and of these the likeliest. The segmenter and
the lemmatiser use the same choice, so they agree.

How likely a reading is, is the product of the priors in `corpus_kit.text.paradigms.affixes` and the weight of the
lexeme, which is estimated from the general counts (`corpus_kit.text.paradigms.estimation`) and, with `counts`, from
one's own: those are added to what each lexeme receives. The general counts stand for a corpus of 100 million words, so
that counts of a small corpus decide about the words that the general list does not know, such as names.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from corpus_kit import _core
from corpus_kit._base.arrays import Array, Floats, Numbers
from corpus_kit._base.columns import text_series
from corpus_kit.text.clitics import closed_words
from corpus_kit.text.closed_classes import ARTICLE, NUMERALS
from corpus_kit.text.paradigms.affixes import BACKS, FRONTS, Affix, verb_slots
from corpus_kit.text.paradigms.compiling import evidence_of, unknown_stems, unknown_weights
from corpus_kit.text.paradigms.estimation import CATEGORIES, received, weights_of
from corpus_kit.text.paradigms.letters import CODE_OF, UNIT, costs, encoded
from corpus_kit.text.paradigms.lexicon import lexicon
from corpus_kit.text.paradigms.sources import table
from corpus_kit.text.paradigms.word_readings import (
    NONE,
    ChosenReadings,
    WordReadings,
    all_readings,
    chosen_readings,
    likeliest,
)
from corpus_kit.text.words import ARABIC_WORD, plain_series, word_series

__all__ = ["READING_SCHEMA", "Reader", "pieces_of", "readings"]

READING_SCHEMA: dict[str, pl.DataType] = {
    "first": pl.UInt8(),
    "front": pl.UInt8(),
    "back": pl.UInt8(),
    "base": pl.String(),
    "lemma": pl.String(),
    "root": pl.List(pl.String()),
}

_ITERATIONS = 5  # with one's own counts, from the general weights
_ARABIC = f"^{ARABIC_WORD.pattern}$"


class _Weighed(NamedTuple):
    """Stems and lexemes with their weights: those of the lexicon and those of one's own words."""

    stems: tuple[_core.Stems, ...]
    weights: Array
    lemma_numbers: Numbers
    lemmas: pl.Series


class Reader:
    """Reads words, with the general counts and counts of one's own.

    Args:
        counts: How often each spelling occurs in one's own texts, or None; a table has the columns word and count.
            Marks do not matter.
        keep: Whether to keep the readings of the words that were read last, for another question about them; at first,
            of the counted words.
    """

    def __init__(self, counts: Mapping[str, int] | pl.DataFrame | None = None, *, keep: bool = False) -> None:
        self._keeps = keep
        self._kept: tuple[pl.Series, WordReadings] | None = None
        if counts is not None and len(counts):
            self._weighed, words, found = _with_own_counts(counts)
            self._kept = (words, found) if keep else None
        else:
            self._weighed = _general()

    def cuts(self, words: pl.Series) -> tuple[list[int], list[int], list[int]]:
        """Return first, front and back of each word, as `read` does, without what follows from them.

        Args:
            words: A String series of words of Arabic letters in plain spelling.
        """
        stem, _, front, back = self._choose(words)
        unread = stem == NONE
        found = [
            np.where(unread, 0, lengths[rows]) for lengths, rows in zip(_lengths(), (front, front, back), strict=True)
        ]
        closed = closed_words()
        for row, word in enumerate(words.to_list()):
            known = closed.get(word)
            if known is not None:
                for lengths, pieces in zip(
                    found, (known.proclitics[:1], known.proclitics, known.enclitics), strict=True
                ):
                    lengths[row] = sum(map(len, pieces))
            elif len(word) < 2:  # a letter is no imperative
                for lengths in found:
                    lengths[row] = 0
        first, fronts, backs = (lengths.tolist() for lengths in found)
        return first, fronts, backs

    @property
    def lemmas(self) -> pl.Series:
        """The lemma of each lexeme."""
        return self._weighed.lemmas

    @property
    def lemma_numbers(self) -> Numbers:
        """The lemma of each lexeme as a number: the same for the same lemma."""
        return self._weighed.lemma_numbers

    def all(self, words: pl.Series) -> tuple[WordReadings, Floats]:
        """Return all readings of words, and the probability of each, up to a factor that all have in common.

        Args:
            words: A String series of words of Arabic letters in plain spelling.
        """
        found = self._readings(words)
        total = found.costs.view(np.int32) + self._weighed.weights[found.lexemes].astype(np.int64)
        return found, np.exp2(total / -UNIT)

    def _readings(self, words: pl.Series) -> WordReadings:
        kept = self._kept  # another thread may replace it
        if kept is not None and kept[0].equals(words):
            return kept[1]
        found = all_readings(encoded(words), lexicon().morphology, self._weighed.stems)
        self._kept = (words, found) if self._keeps else None
        return found

    def _choose_open(self, words: pl.Series) -> ChosenReadings:
        """Return the chosen reading of each word that is not listed; others have none."""
        rows = np.flatnonzero(_is_open(words).to_numpy())
        chosen = ChosenReadings(np.full(len(words), NONE, np.uint32), *(np.zeros(len(words), np.uint32) for _ in "123"))
        for column, values in zip(chosen, self._choose(words.gather(rows)), strict=True):
            column[rows] = values
        return chosen

    def _choose(self, words: pl.Series) -> ChosenReadings:
        """Return the chosen reading of each word."""
        weighed, morphology = self._weighed, lexicon().morphology
        if self._keeps:
            return likeliest(self._readings(words), len(words), morphology, weighed.weights, weighed.lemma_numbers)
        return chosen_readings(encoded(words), morphology, weighed.stems, weighed.weights, weighed.lemma_numbers)

    def read(self, words: pl.Series) -> pl.DataFrame:
        """Return the reading of each word.

        Args:
            words: A String series of words of Arabic letters in plain spelling.

        Returns:
            A row for each word. first, front, back (UInt8): how many letters the first proclitic has, all proclitics,
            and the pronoun. base (String): the word without them in the spelling that it then has. lemma (String). root
            (List of String): its roots, most likely first; null for names, function words and what is not known.
        """
        stem, lexeme, front, back = self._choose_open(words)
        unread = stem == NONE
        found = pl.DataFrame({"word": words, "lexeme": lexeme, "front_affix": front, "back_affix": back})
        found = found.with_columns(
            pl.Series("unread", unread),
            pl.Series("seat", _ends_with_hamza(stem, unread)),
            pl.Series("lemma", self.lemmas.gather(lexeme)),
            pl.Series("root", _roots(lexeme)),
        )
        fronts, backs = _affix_tables()
        joined = found.join(fronts, on="front_affix", how="left", maintain_order="left")
        joined = joined.join(backs, on="back_affix", how="left", maintain_order="left")
        chosen = joined.select(
            *(
                pl.when("unread").then(pl.lit(0)).otherwise(pl.col(cut)).cast(pl.UInt8).alias(name)
                for cut, name in (("front_first", "first"), ("front_cut", "front"), ("back_cut", "back"))
            ),
            pl.when("unread").then("word").otherwise(_base()).alias("base"),
            pl.when("unread").then("word").otherwise("lemma").alias("lemma"),
            pl.when(~pl.col("unread")).then("root").alias("root"),
            "word",
        )
        return _closed_first(chosen)


@cache
def _lengths() -> tuple[Array, Array, Array]:
    """Return how many letters the first and all proclitics of each front have, and the pronoun of each back."""
    return (
        np.array([len("".join(affix.pieces[:1])) for affix in FRONTS]),
        np.array([len("".join(affix.pieces)) for affix in FRONTS]),
        np.array([len("".join(affix.pieces)) for affix in BACKS]),
    )


def _base() -> pl.Expr:
    """Return the word without its clitics, in the spelling that it then has."""
    word, length = pl.col("word"), pl.col("word").str.len_chars().cast(pl.Int64)
    stem = word.str.slice("front_length", length - pl.col("front_length") - pl.col("back_length"))
    ending = pl.col("back_length") - pl.col("back_cut")
    is_seat = pl.col("seat") & (pl.col("back_cut") > 0) & (ending == 0)
    stem = pl.when(is_seat).then(pl.concat_str(stem.str.head(-1), pl.lit("ء"))).otherwise(stem)
    begin = word.str.slice("front_cut", pl.col("front_length") - pl.col("front_cut"))
    end = word.str.slice(length - pl.col("back_length"), ending)
    return pl.concat_str(pl.col("front_kept").fill_null(begin), stem, pl.col("back_kept").fill_null(end))


@cache
def _affix_tables() -> tuple[pl.DataFrame, pl.DataFrame]:
    return _affix_table("front", FRONTS), _affix_table("back", BACKS)


def _affix_table(name: str, affixes: list[Affix]) -> pl.DataFrame:
    """Return the number of each affix, its length, the letters that are cut off, and what is kept instead of others."""
    return pl.DataFrame(
        {
            f"{name}_affix": np.arange(len(affixes), dtype=np.uint32),
            f"{name}_length": [len(affix.text) for affix in affixes],
            f"{name}_first": [len("".join(affix.pieces[:1])) for affix in affixes],
            f"{name}_cut": [len("".join(affix.pieces)) for affix in affixes],
            f"{name}_kept": pl.Series([affix.kept for affix in affixes], dtype=pl.String),
        }
    )


def _ends_with_hamza(stems: Numbers, unread: Array) -> Array:
    """Return whether the stem is spelled with ء at its end in the lexicon."""
    letters, starts = lexicon().letters
    known = ~unread & (stems < len(starts) - 1)
    ends = starts[np.where(known, stems, 0) + 1]
    ends_with_hamza: Array = known & (letters[ends - 1] == CODE_OF["ء"])
    return ends_with_hamza


def _roots(lexemes: Numbers) -> pl.Series:
    lex = lexicon()
    known = pl.Series(lexemes).to_frame("lexeme").select(pl.when(pl.col("lexeme") < lex.n_known).then("lexeme"))
    return lex.roots.gather(known.to_series())


# ---------------------------------------------------------------- function words


@cache
def _closed_table() -> pl.DataFrame:
    """Return the readings of function words."""
    lemmas = lexicon().closed_lemmas
    rows = [
        (
            spelling,
            len("".join(word.proclitics[:1])),
            len("".join(word.proclitics)),
            len("".join(word.enclitics)),
            word.base,
            lemmas[word.base],
        )
        for spelling, word in closed_words().items()
    ]
    schema = {"word": pl.String(), **{name: kind for name, kind in READING_SCHEMA.items() if name != "root"}}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _is_open(words: pl.Series) -> pl.Series:
    """Return whether each word is looked up in the lexicon: it is not listed, and no single letter."""
    return ~words.is_in(_closed_table()["word"].implode()) & (words.str.len_chars() > 1)  # a letter is no imperative


def _closed_first(chosen: pl.DataFrame) -> pl.DataFrame:
    joined = chosen.join(_closed_table(), on="word", how="left", maintain_order="left", suffix="_closed")
    is_closed = pl.col("base_closed").is_not_null()
    return joined.select(
        *(pl.coalesce(f"{name}_closed", name).alias(name) for name in READING_SCHEMA if name != "root"),
        pl.when(~is_closed).then("root").alias("root"),
    )


# ---------------------------------------------------------------- weights


@cache
def _general() -> _Weighed:
    lex = lexicon()
    return _Weighed((lex.stems,), lex.weights, lex.lemma_numbers, lex.lemmas)


def _with_own_counts(counts: Mapping[str, int] | pl.DataFrame) -> tuple[_Weighed, pl.Series, WordReadings]:
    """Return the weights with one's own counts added, the words that are counted, and their readings."""
    lex = lexicon()
    words = _own_words(counts)
    bare = words.with_columns(
        pl.when(pl.col("word").str.starts_with(ARTICLE) & (pl.col("word").str.len_chars() > 4))
        .then(pl.col("word").str.slice(len(ARTICLE)))
        .otherwise("word")
        .alias("word")
    )
    totals = bare.group_by("word", maintain_order=True).agg(pl.col("count").sum())
    rows = lex.lemmas.slice(lex.n_known).to_frame("word").with_row_index("row")
    rows = rows.join(totals, on="word", how="semi", maintain_order="left")  # of many words, few are counted
    known = totals.join(rows, on="word", how="left", maintain_order="left")
    unknown_counts = lex.unknown_counts.copy()
    found = known.filter(pl.col("row").is_not_null())
    np.add.at(unknown_counts, found["row"].to_numpy(), found["count"].to_numpy())
    new = known.filter(pl.col("row").is_null(), pl.col("word").str.len_chars() > 2)
    n_lexemes = len(lex.weights)
    none = pl.repeat(False, new.height, dtype=pl.Boolean, eager=True)
    own = unknown_stems(new["word"], none, n_lexemes, lex.lemmas.slice(0, lex.n_known))
    stems = (lex.stems, _core.Stems(lex.morphology, *encoded(own.stems), own.classes, own.lexemes, own.costs))
    weights = np.concatenate(
        [
            np.exp2(lex.weights[: lex.n_known] / -UNIT),
            unknown_weights(unknown_counts, lex.unknown_names),
            unknown_weights(new["count"].to_numpy(), none.to_numpy()),
        ]
    )
    read = all_readings(encoded(words["word"]), lex.morphology, stems)
    classes = np.concatenate([lex.classes, own.classes])
    evidence = evidence_of(read, words["count"].to_numpy(), classes, lex.cells)
    read_as = np.unique(evidence.lexemes)
    read_as = read_as[read_as < lex.n_known]  # the weights of all others stay what they are without own counts
    for _ in range(_ITERATIONS):
        sums = lex.sums[read_as] + received(evidence, weights, lex.n_known)[read_as]
        weights[: lex.n_known] = _without_own_counts()
        weights[read_as] = weights_of(sums, lex.categories[read_as])
    first = int(lex.lemma_numbers.max()) + 1
    numbers = np.concatenate([lex.lemma_numbers, np.arange(first, first + new.height, dtype=np.uint32)])
    weighed = _Weighed(stems, costs(weights), numbers, pl.concat([lex.lemmas, new["word"].alias("lemmas")]))
    return weighed, words["word"], read


@cache
def _without_own_counts() -> Floats:
    """Return the weights of the lexemes that are known, as the sums of the general counts make them."""
    lex = lexicon()
    return weights_of(lex.sums, lex.categories)


def _own_words(counts: Mapping[str, int] | pl.DataFrame) -> pl.DataFrame:
    """Return the words of Arabic letters that are no function words, in plain spelling, with their counts."""
    if isinstance(counts, pl.DataFrame):
        given, numbers = counts["word"], counts["count"]
    else:
        given = text_series(list(counts), argument="vocabulary")
        numbers = pl.Series(list(counts.values()), dtype=pl.Float64)
    frame = pl.DataFrame({"word": plain_series(given), "count": numbers.cast(pl.Float64)})
    words = frame.filter(pl.col("word").str.contains(_ARABIC), pl.col("count") > 0)
    return words.filter(_is_open(words["word"])).group_by("word", maintain_order=True).agg(pl.col("count").sum())


# ---------------------------------------------------------------- all readings

_SHOWN = 0.001  # the least probability of a reading that is shown
_CATEGORIES = {number: name.removesuffix(" in ة") for name, number in CATEGORIES.items()}
_VERB_COLUMNS = ("pattern", "tense", "voice", "person")
_READING_COLUMNS = ("lemma", "root", "category", *_VERB_COLUMNS)
_CUTS = ("first", "proclitics", "enclitic")
_IS_NUMERAL = pl.col("lemma").is_in(NUMERALS) & pl.col("category").is_in(("noun", "adjective"))


def readings(words: Any) -> pl.DataFrame:
    """Return how words can be read, without their context: with which clitics, as which form of which lemma.

    `lemmatize` and `Corpus.annotate` choose of these the clitics, and then the lemma, that are likeliest.

    Args:
        words: A list of str, a Series of strings or another Arrow column of them, one word each.

    Returns:
        A row for each reading of a word whose probability is at least 0.001, the likeliest first: word, segments
        (List(String), which join to the word without its marks), lemma, root (List(String)), category (verb, noun,
        adjective, name, number, particle, unknown), pattern (String, of verbs, in Arabic), tense, voice, person
        (String, of verbs; 3fs is the third person, feminine, singular), probability (Float64, among all readings of
        the word). A word that does not consist of Arabic letters, at least two, has no row.

    Raises:
        InputError: If `words` is not a list of str or holds a null.

    References:
        The tables of verbs are made with mazini by W. Tellat (CC BY 4.0).

    Examples:
        >>> found = readings(["وستكتب"])
        >>> found.select("segments", "lemma", "root", "tense", "person").row(0)
        (['و', 'س', 'تكتب'], 'كتب', ['كتب'], 'indicative', '3fs')
    """
    series = word_series(words).unique(maintain_order=True)
    frame = pl.DataFrame({"word": series, "plain": plain_series(series)}).with_row_index("order")
    known = frame.filter(pl.col("plain").str.contains(_ARABIC), pl.col("plain").str.len_chars() > 1)
    closed = _closed_table()
    listed = known.join(closed, left_on="plain", right_on="word", how="inner", maintain_order="left").select(
        "order",
        "word",
        pieces_of("plain", "first", "front", "back").alias("segments"),
        "lemma",
        pl.lit(None, pl.List(pl.String)).alias("root"),
        pl.lit("particle").alias("category"),
        *(pl.lit(None, pl.String).alias(name) for name in _VERB_COLUMNS),
        pl.lit(1.0).alias("probability"),
    )
    others = known.join(closed, left_on="plain", right_on="word", how="anti", maintain_order="left")
    rows = pl.concat([listed, _readings_of(others)])
    return rows.sort("order", -pl.col("probability"), maintain_order=True).drop("order")


@cache
def _slots() -> pl.DataFrame:
    return verb_slots(table("classes"))


def _readings_of(words: pl.DataFrame) -> pl.DataFrame:
    """Return the readings of words that are not listed."""
    found = _all_readings(words["plain"])
    verbs = table("verbs").select(pl.col("patterns").alias("pattern")).with_row_index("lexeme")
    spread = (
        found.join(verbs, on="lexeme", how="left", maintain_order="left")
        .join(_slots(), on=["class", "front", "back"], how="left", maintain_order="left")
        .with_columns(pl.col("share").fill_null(1.0))
    )
    reading = ["row", *_CUTS, "class", "lexeme", "front", "back"]
    parts = spread.with_columns(pl.col("weight") * pl.col("share") / pl.col("share").sum().over(reading))
    merged = parts.group_by(["row", *_CUTS, *_READING_COLUMNS], maintain_order=True).agg(pl.col("weight").sum())
    likely = merged.with_columns((pl.col("weight") / pl.col("weight").sum().over("row")).alias("probability"))
    return (
        words.with_row_index("row")
        .join(likely.filter(pl.col("probability") >= _SHOWN), on="row", how="inner", maintain_order="left")
        .select("order", "word", pieces_of("plain", *_CUTS).alias("segments"), *_READING_COLUMNS, "probability")
    )


def _all_readings(words: pl.Series) -> pl.DataFrame:
    lex = lexicon()
    (row, stem, lexeme, front, back, _), probability = Reader().all(words)
    category = np.full(len(lexeme), CATEGORIES["unknown"], np.uint8)
    is_known = lexeme < lex.n_known
    category[is_known] = lex.categories[lexeme[is_known]]
    cuts = (lengths[rows] for lengths, rows in zip(_lengths(), (front, front, back), strict=True))
    return pl.DataFrame(
        {
            "row": row,
            **dict(zip(_CUTS, cuts, strict=True)),
            "class": lex.classes[stem],
            "lexeme": lexeme,
            "lemma": lex.lemmas.gather(lexeme),
            "root": _roots(lexeme),
            "category": pl.Series(category).replace_strict(_CATEGORIES, return_dtype=pl.String),
            "front": np.array([affix.group for affix in FRONTS], np.uint8)[front],
            "back": np.array([affix.group for affix in BACKS], np.uint8)[back],
            "weight": probability,
        }
    ).with_columns(pl.when(_IS_NUMERAL).then(pl.lit("number")).otherwise("category").alias("category"))


def pieces_of(word: str, first: str, front: str, back: str) -> pl.Expr:
    """Return the pieces of the words in a column in plain spelling, from columns with the lengths of their clitics."""
    plain, end = pl.col(word), pl.col(word).str.len_chars().cast(pl.Int64) - pl.col(back)
    before = [(plain.str.slice(0, first), pl.col(first) > 0)]
    before.append((plain.str.slice(first, pl.col(front) - pl.col(first)), pl.col(front) > pl.col(first)))
    after = pl.when(pl.col(back) > 0).then(pl.concat_str(pl.lit("\n"), plain.str.slice(end, back)))
    stem = plain.str.slice(front, end - pl.col(front))
    pieces = [pl.when(there).then(pl.concat_str(piece, pl.lit("\n"))) for piece, there in before]
    return pl.concat_str([*pieces, stem, after], ignore_nulls=True).str.split("\n")
