"""Parts of speech of words without their context: what a word can be, and how likely.

Tags are those of Universal Dependencies (https://universaldependencies.org/u/pos/). Those of function words and
numerals are listed (closed_classes.py). Of other words they follow from the readings: forms of verbs, names, nouns and
adjectives. Which nouns are adjectives the lexicon does not say, but their forms do: an adjective is often feminine in ة
or ات, a noun has no such form. So the share of a lexeme that is adjective is f / (f + 0.08), where f is the share of
feminine forms in the general counts. An elative such as أكبر, which has none, is an adjective in 70 of 100 cases. Of
what is left, the share of names is 0.02 / (0.02 + d), where d is the share of forms that names do not have: with the
article, with pronouns or endings. Single letters and words that no lexeme explains are names, with the article nouns.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Bytes, Floats, Numbers
from corpus_kit.text.arabic import LETTERS
from corpus_kit.text.clitics import closed_words
from corpus_kit.text.closed_classes import (
    CONJUNCTION_CLITICS,
    NUMERALS,
    TAGS_OF_FUNCTION_WORDS,
    TAGS_OF_HOSTS,
    TAGS_OF_WHOLE_WORDS,
)
from corpus_kit.text.paradigms.affixes import BACKS, FRONTS, has_article
from corpus_kit.text.paradigms.estimation import CATEGORIES
from corpus_kit.text.paradigms.lexicon import lexicon
from corpus_kit.text.paradigms.sources import table
from corpus_kit.text.readings import Reader

__all__ = ["STATES", "possible_tags", "word_states"]

# Tags, in the order in which equally likely ones are named. Nouns and adjectives are definite (with the article or a
# pronoun) or not: an adjective is as its noun is.
_TAGS = ("NOUN", "ADJ", "VERB", "PROPN", "NUM", "ADP", "CCONJ", "SCONJ", "PART", "PRON", "DET", "ADV", "AUX", "PUNCT",
         "SYM", "X")  # fmt: skip
_NUMBER_OF = {tag: number for number, tag in enumerate(_TAGS)}
_NOUN, _ADJECTIVE, _VERB, _NAME, _NUMERAL = range(5)
_DEFINITE = len(_TAGS)  # + 0 for nouns, + 1 for adjectives
_KINDS = (*_TAGS, "NOUN", "ADJ")
# Before a word stands nothing, a conjunction, a preposition or particle, or both.
_N_FRONTS = 4
STATES = tuple(tag for tag in _KINDS for _ in range(_N_FRONTS))  # the tag of each state of a word

_FEMININE = 0.08  # the share of feminine forms of a lexeme that is as often noun as adjective
_ELATIVE, _OTHER = 0.7, 0.03  # the shares of lexemes without feminine forms
_DEFINITE_OF_NAMES = 0.02  # the share of forms with article, ending or pronoun of a word that is as often a name
# The sections of the paradigm (estimation.py) of the feminine; of forms that a name does not have.
_FEMININE_SECTIONS, _SECTIONS_OF_NOUNS = (4, 5), (1, 2, 3, 4, 5, 6)
_POSSIBLE = 0.1  # the least share of a tag that a word is said to have
_ELATIVES_BESIDE = ("أول", "آخر")  # what inflects as elatives do


class _TaggedReadings(NamedTuple):
    """Readings of words with a tag, as far as they have it: those of a noun twice, as noun and as adjective."""

    words: Numbers
    states: Bytes
    lexemes: Numbers
    weights: Floats


def possible_tags(words: pl.Series, reader: Reader) -> pl.Series:
    """Return what each word can be, the likeliest first: the tags with a share of at least 10 % (List(String)).

    Args:
        words: Words of Arabic letters in plain spelling.
        reader: Whose weights are meant.
    """
    listed = pl.DataFrame({"word": words}).join(_closed_states(), on="word", how="left", maintain_order="left")["state"]
    shares = np.zeros((len(words), len(_TAGS)))
    is_open = listed.is_null().to_numpy()
    tagged = _tagged_readings(words.filter(listed.is_null()), reader)
    cells = np.flatnonzero(is_open)[tagged.words] * len(_TAGS) + _TAG_OF_STATE[tagged.states]
    shares += np.bincount(cells, tagged.weights, shares.size).reshape(shares.shape)
    shares[~is_open, _TAG_OF_STATE[listed.drop_nulls().to_numpy()]] = 1
    shares[shares.sum(1) == 0, _NAME] = 1  # a word that nothing explains
    return _tags_by_share(shares)


def _tags_by_share(shares: Floats) -> pl.Series:
    """Return the tags of each row that are likely enough, the likeliest first; every row has one."""
    rows, tags = np.nonzero(shares >= _POSSIBLE * shares.sum(1, keepdims=True))
    order = np.lexsort((tags, -shares[rows, tags], rows))
    names = pl.Series("pos", _TAGS).gather(tags[order])
    return pl.DataFrame([pl.Series("row", rows[order]), names]).group_by("row", maintain_order=True).agg("pos")["pos"]


def word_states(words: pl.Series, reader: Reader) -> pl.DataFrame:
    """Return the states of words, with the share of the readings that each has.

    Args:
        words: Words of Arabic letters in plain spelling.
        reader: Whose weights are meant.

    Returns:
        A row for each state of a word: word (UInt32, its number), state (UInt8, a place in `STATES`), share (Float64),
        lemma (String, of the likeliest reading in this state); by word, the likeliest state first.
    """
    frame = pl.DataFrame({"plain": words}).with_row_index("word")
    joined = frame.join(_closed_states(), left_on="plain", right_on="word", how="left", maintain_order="left")
    listed = joined.filter(pl.col("state").is_not_null()).select("word", "state", pl.lit(1.0).alias("share"), "lemma")
    others = joined.filter(pl.col("state").is_null()).select("word", "plain")
    tagged = _tagged_readings(others["plain"], reader)
    table = pl.DataFrame(tagged._asdict()).filter(pl.col("weights") > 0)
    numbers = reader.lemma_numbers
    lemmas = (
        table.with_columns(pl.Series("lemma", numbers[table["lexemes"].to_numpy()]))
        .group_by("words", "states", "lemma", maintain_order=True)
        .agg(pl.col("weights").sum(), pl.col("lexemes").first())
    )
    states = lemmas.group_by("words", "states", maintain_order=True).agg(
        pl.col("weights").sum(), pl.col("lexemes").get(pl.col("weights").arg_max())
    )
    found = states.select(
        others["word"].gather(states["words"]).alias("word"),
        pl.col("states").alias("state"),
        (pl.col("weights") / pl.col("weights").sum().over("words")).alias("share"),
        reader.lemmas.gather(states["lexemes"]).alias("lemma"),
    )
    unread = others.filter(~pl.col("word").is_in(found["word"].implode())).select(
        "word",
        pl.lit(_NAME * _N_FRONTS, pl.UInt8).alias("state"),
        pl.lit(1.0).alias("share"),
        pl.col("plain").alias("lemma"),
    )
    return pl.concat([listed, found, unread]).sort("word", -pl.col("share"), "state")


# ---------------------------------------------------------------- words of open classes


def _tagged_readings(words: pl.Series, reader: Reader) -> _TaggedReadings:
    read, weights = reader.all(words)
    known, fronts = np.minimum(read.lexemes, lexicon().n_known), _FRONT_KINDS[read.fronts]
    definite = _HAS_ARTICLE[read.fronts] | _IS_PRONOUN[read.backs]
    kinds = _kinds_of_lexemes()[known]
    kinds = np.where((kinds == _NAME) & definite, np.uint8(_NOUN), kinds)
    nominal = np.flatnonzero(kinds == _NOUN)
    alone = nominal[~definite[nominal]]
    states = np.where((kinds == _NOUN) & definite, np.uint8(_DEFINITE), kinds) * np.uint8(_N_FRONTS) + fronts
    as_name = _name_shares()[known[alone]] * weights[alone]
    weights[alone] -= as_name
    as_adjective = _adjective_shares()[known[nominal]] * weights[nominal]
    weights[nominal] -= as_adjective
    return _TaggedReadings(
        np.concatenate([read.words, read.words[nominal], read.words[alone]]),
        np.concatenate([states, states[nominal] + np.uint8(_N_FRONTS), fronts[alone] + np.uint8(_NAME * _N_FRONTS)]),
        np.concatenate([read.lexemes, read.lexemes[nominal], read.lexemes[alone]]),
        np.concatenate([weights, as_adjective, as_name]),
    )


@cache
def _kinds_of_lexemes() -> Bytes:
    """Return the tag of the known lexemes, which for nouns may also be that of adjectives; and of all others."""
    lex = lexicon()
    of_category = {CATEGORIES["verb"]: _VERB, CATEGORIES["name"]: _NAME}
    kinds = np.array([of_category.get(number, _NOUN) for number in range(len(CATEGORIES))], np.uint8)[lex.categories]
    kinds[(kinds == _NOUN) & lex.lemmas.slice(0, lex.n_known).is_in(NUMERALS).to_numpy()] = _NUMERAL
    return np.append(kinds, np.uint8(_NAME))


@cache
def _adjective_shares() -> Floats:
    """Return how often the known lexemes are adjectives, if they are nouns or adjectives; and all others."""
    lex = lexicon()
    sums = lex.sums.astype(np.float64)
    feminine = sums[:, list(_FEMININE_SECTIONS)].sum(1)
    shares = np.clip(feminine / (feminine + _FEMININE * sums.sum(1) + 1), 0.02, 0.98)
    shares[lex.categories != CATEGORIES["adjective"]] = _OTHER
    is_noun = lex.categories == CATEGORIES["noun"]
    shares[is_noun & lex.lemmas.slice(0, lex.n_known).is_in(_elatives().implode()).to_numpy()] = _ELATIVE
    return np.append(shares, _OTHER)


@cache
def _name_shares() -> Floats:
    """Return how often the known lexemes are names where they are not definite, if they are nouns; and all others."""
    lex = lexicon()
    sums = lex.sums.astype(np.float64)
    rare = _DEFINITE_OF_NAMES * sums.sum(1)
    shares = rare / (rare + sums[:, list(_SECTIONS_OF_NOUNS)].sum(1) + 1)
    shares[_kinds_of_lexemes()[:-1] != _NOUN] = 0
    return np.append(shares, 0.0)


def _elatives() -> pl.Series:
    """Return the elatives that are nothing else."""
    kinds = table("nominals").group_by("nominal", maintain_order=True).agg(pl.col("kind").unique())
    only = kinds.filter(pl.col("kind") == ["elative"])["nominal"]
    return pl.concat([only, pl.Series("nominal", _ELATIVES_BESIDE)])


def _front_kind(pieces: tuple[str, ...]) -> int:
    has_conjunction = pieces[:1] != () and pieces[0] in CONJUNCTION_CLITICS
    return has_conjunction + 2 * (len(pieces) > has_conjunction)


_TAG_OF_STATE = np.array([_NUMBER_OF[tag] for tag in STATES], np.uint8)
_FRONT_KINDS = np.array([_front_kind(affix.pieces) for affix in FRONTS], np.uint8)
_HAS_ARTICLE = np.array([has_article(affix) for affix in FRONTS])
_IS_PRONOUN = np.array([bool(affix.pieces) for affix in BACKS])


# ---------------------------------------------------------------- function words


@cache
def _closed_states() -> pl.DataFrame:
    """Return the states of function words and single letters: word, state, lemma."""
    lemmas = lexicon().closed_lemmas
    tags = TAGS_OF_HOSTS | TAGS_OF_WHOLE_WORDS | TAGS_OF_FUNCTION_WORDS | dict.fromkeys(NUMERALS, "NUM")
    rows = [
        (
            spelling,
            _NUMBER_OF[tags.get(word.base, "NOUN")] * _N_FRONTS + _front_kind(word.proclitics),
            lemmas[word.base],
        )
        for spelling, word in closed_words().items()
    ]
    rows += [(letter, _NUMBER_OF[tags.get(letter, "X")] * _N_FRONTS, letter) for letter in map(chr, sorted(LETTERS))]
    schema = {"word": pl.String(), "state": pl.UInt8(), "lemma": pl.String()}
    return pl.DataFrame(rows, schema=schema, orient="row").unique("word", keep="first", maintain_order=True)
