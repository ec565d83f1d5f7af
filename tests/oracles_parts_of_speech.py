"""The slow twin of the states of words: the formulas of parts_of_speech.py, one reading after another."""

from __future__ import annotations

from collections import defaultdict

import polars as pl

from corpus_kit.text.closed_classes import CONJUNCTION_CLITICS, NUMERALS, WHOLE_WORDS
from corpus_kit.text.paradigms.affixes import BACKS, FRONTS, has_article
from corpus_kit.text.paradigms.estimation import CATEGORIES
from corpus_kit.text.paradigms.lexicon import Lexicon, lexicon
from corpus_kit.text.paradigms.sources import table
from corpus_kit.text.readings import Reader

CATEGORY = {number: name for name, number in CATEGORIES.items()}
State = tuple[str, bool, bool, bool]  # tag, definite, after a conjunction, after another clitic


def adjective_share(lex: Lexicon, lexeme: int) -> float:
    """Return how often a known noun or adjective is an adjective."""
    sums, category = [float(each) for each in lex.sums[lexeme]], CATEGORY[lex.categories[lexeme]]
    if category == "noun":
        kinds = set(table("nominals").filter(nominal=lex.lemmas[lexeme])["kind"])
        return 0.7 if kinds == {"elative"} or lex.lemmas[lexeme] in ("أول", "آخر") else 0.03
    if category != "adjective":
        return 0.03
    feminine = sums[4] + sums[5]
    return min(max(feminine / (feminine + 0.08 * sum(sums) + 1), 0.02), 0.98)


def name_share(lex: Lexicon, lexeme: int) -> float:
    """Return how often a known noun that is not definite is a name."""
    sums = [float(each) for each in lex.sums[lexeme]]  # the first is of the form alone, the last of those with clitics
    return 0.02 * sum(sums) / (0.02 * sum(sums) + sum(sums[1:-1]) + 1)


def states_of_open_word(word: str) -> dict[State, float]:
    """Return the share of each state of a word that is no function word; a word without readings has none."""
    lex = lexicon()
    read, weights = Reader().all(pl.Series([word]))
    found: dict[State, float] = defaultdict(float)
    columns = [column.tolist() for column in (read.lexemes, read.fronts, read.backs, weights)]
    for lexeme, front, back, weight in zip(*columns, strict=True):
        before, after = FRONTS[front].pieces, BACKS[back].pieces
        if word in WHOLE_WORDS and (before or after):
            continue
        is_known = lexeme < lex.n_known
        category = CATEGORY[lex.categories[lexeme]] if is_known else "unknown"
        definite = has_article(FRONTS[front]) or bool(after)
        conjunction = any(piece in CONJUNCTION_CLITICS for piece in before[:1])
        clitics = conjunction, len(before) > conjunction
        if category == "verb":
            found["VERB", False, *clitics] += weight
        elif category in ("name", "unknown") and not definite:
            found["PROPN", False, *clitics] += weight
        elif category not in ("name", "unknown") and lex.lemmas[lexeme] in NUMERALS:
            found["NUM", False, *clitics] += weight
        else:
            as_name = name_share(lex, lexeme) if is_known and category != "name" and not definite else 0
            as_adjective = adjective_share(lex, lexeme) if is_known else 0.03
            found["PROPN", False, *clitics] += weight * as_name
            found["ADJ", definite, *clitics] += weight * (1 - as_name) * as_adjective
            found["NOUN", definite, *clitics] += weight * (1 - as_name) * (1 - as_adjective)
    total = sum(found.values())
    return {state: share / total for state, share in found.items() if share > 0}
