"""The lexicon as arrays, compiled from its sources; this takes some seconds and is done once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit import _core
from corpus_kit._base.arrays import Array, Bytes, Floats, Numbers
from corpus_kit.text.clitics import closed_words
from corpus_kit.text.closed_classes import FORMS_OF_FUNCTION_VERBS, OWN_LEMMAS
from corpus_kit.text.paradigms.affixes import (
    BACKS,
    FRONTS,
    LISTED_VERB,
    N_SECTIONS,
    Cells,
    cells,
    class_numbers,
    morphology,
)
from corpus_kit.text.paradigms.estimation import CATEGORIES, Evidence, received, weights_of
from corpus_kit.text.paradigms.letters import UNIT, cost, costs, encoded
from corpus_kit.text.paradigms.nominals import Nominals, listed_forms, stem_of_word
from corpus_kit.text.paradigms.root_finding import RootFinder
from corpus_kit.text.paradigms.sources import (
    arabic_counts,
    counted_words,
    dictionary_of_lemmas,
    find_nominals,
    table,
    unknown_words,
)
from corpus_kit.text.paradigms.word_readings import WordReadings, all_readings

__all__ = ["STEPS", "StemColumns", "compiled", "evidence_of", "unknown_stems", "unknown_weights"]

_ITERATIONS = 20
STEPS = 3 + _ITERATIONS
# The share of its count that a word has as a word of its own, and a name.
_UNKNOWN, _NAME = 0.02, 0.5
# How much less likely words of their own are that end or begin as words with clitics or endings do.
_ENDS = {"هما": 0.03, "هم": 0.05, "ها": 0.05, "كم": 0.05, "ني": 0.1, "نا": 0.2, "ه": 0.3, "ك": 0.3, "وا": 0.1,
         "ات": 0.2, "ون": 0.2, "ين": 0.2, "ا": 0.3, "ت": 0.3, "ة": 0.5, "ي": 0.5}  # fmt: skip
_BEGINS = {"وال": 0.01, "بال": 0.02, "فال": 0.1, "كال": 0.1, "لل": 0.02, "و": 0.3, "ب": 0.5, "ل": 0.5, "ف": 0.5,
           "س": 0.7, "ي": 0.3, "ت": 0.3, "أ": 0.5, "ن": 0.5}  # fmt: skip
_BELIEVED = 0.5
_BEFORE_KNOWN = 0.15  # and if what follows و ب ل ف is a known noun
_LIKE_ARTICLE = 0.1  # ألعاب: العاب is more often a word with article


class StemColumns(NamedTuple):
    """Stems with their classes (UInt16), lexemes (UInt32) and costs (Int16)."""

    stems: pl.Series
    classes: npt.NDArray[np.uint16]
    lexemes: Numbers
    costs: npt.NDArray[np.int16]


def compiled(advance: Callable[[], object] = bool) -> dict[str, Array]:
    """Return the arrays of a `Lexicon` (lexicon.py); `advance` is called after each of `STEPS` steps."""
    counts, dictionary = arabic_counts(), dictionary_of_lemmas()
    advance()
    found, verbs = find_nominals(dictionary, counts), table("verbs")
    advance()
    unknown = unknown_words(counts).with_columns(pl.col("word").is_in(sorted(found.names)).alias("is_name"))
    nouns = pl.Series([noun.lemma for noun in found.lexemes], dtype=pl.String)
    n_known = verbs.height + len(nouns)
    lemmas = pl.concat([verbs["lemma"], nouns, unknown["word"]])
    stems = _all_stems(found, unknown)
    letters, tables = encoded(stems.stems), cells(table("classes"))
    core = morphology(tables.costs)
    index = _core.Stems(core, *letters, stems.classes, stems.lexemes, stems.costs)
    words = counted_words(counts)
    read = all_readings(encoded(words["word"]), core, (index,))
    evidence = evidence_of(read, words["count"].to_numpy(), stems.classes, tables)
    kinds = [*(["verb"] * verbs.height), *(_category(noun.kind) for noun in found.lexemes)]
    categories = np.array([CATEGORIES[kind] for kind in kinds], np.uint8)
    weights = np.ones(n_known + unknown.height)
    weights[n_known:] = unknown_weights(unknown["count"].to_numpy(), unknown["is_name"].to_numpy())
    advance()
    for _ in range(_ITERATIONS):
        sums = received(evidence, weights, n_known)
        weights[:n_known] = weights_of(sums, categories)
        advance()
    finder = RootFinder(verbs, table("nominals"), weights[: verbs.height])
    roots = [" ".join(() if noun.kind == "name" else finder.roots(noun.lemma)) for noun in found.lexemes]
    bases = sorted({word.base for word in closed_words().values()})
    return {
        "letters": letters.codes,
        "starts": letters.starts,
        "classes": stems.classes,
        "lexemes": stems.lexemes,
        "stem_costs": stems.costs,
        "cell_costs": tables.costs,
        "sections": tables.sections,
        "lemmas": _lines(lemmas),
        "lemma_numbers": lemmas.rank("dense").cast(pl.UInt32).to_numpy() - np.uint32(1),
        "roots": _lines(pl.concat([verbs["root"], pl.Series(roots, dtype=pl.String)])),
        "categories": categories,
        "weights": costs(weights),
        "sums": sums.astype(np.float32),
        "n_verbs": np.array([verbs.height]),
        "unknown_counts": unknown["count"].to_numpy(),
        "unknown_names": unknown["is_name"].to_numpy(),
        "closed_bases": _lines(pl.Series(bases)),
        "closed_lemmas": _lines(pl.Series([_closed_lemma(base, dictionary) for base in bases])),
    }


def evidence_of(read: WordReadings, counts: Floats, classes: Array, tables: Cells) -> Evidence:
    """Return the readings of words with these counts as evidence; `classes` are those of all stems."""
    front_groups = np.array([affix.group for affix in FRONTS], np.uint8)
    back_groups = np.array([affix.group for affix in BACKS], np.uint8)
    sections = tables.sections[classes[read.stems], front_groups[read.fronts], back_groups[read.backs]]
    is_cut = np.array([bool(affix.pieces) for affix in FRONTS])[read.fronts]
    sections = np.where(is_cut, np.uint8(N_SECTIONS - 1), sections)
    probabilities = np.exp2(read.costs.view(np.int32) / -UNIT)
    return Evidence(read.words.astype(np.int64), read.lexemes.astype(np.int64), sections, probabilities, counts)


def unknown_weights(counts: Floats, is_name: Array) -> Floats:
    """Return the weights of words that are only counted."""
    return np.where(is_name, _NAME, _UNKNOWN) * (counts + 0.5)


def unknown_stems(words: pl.Series, is_name: pl.Series, first_lexeme: int, nouns: pl.Series) -> StemColumns:
    """Return the stems of words that are only counted, a lexeme each; `nouns` are known lemmas.

    Their cost is high if they look like words with clitics or endings.
    """
    word = pl.col("word")
    kind = (
        pl.when("is_name")
        .then(pl.lit("name"))
        .when(word.str.ends_with("ة"))
        .then(pl.lit("unknown in ة"))
        .when(word.str.ends_with("ى"))
        .then(pl.lit("unknown in ى"))
        .otherwise(pl.lit("unknown"))
    )
    before_known = word.str.head(1).is_in(["و", "ب", "ل", "ف"]) & word.str.slice(1).is_in(nouns.implode())
    numbers, plain = class_numbers(), ~word.str.contains(f"^({'|'.join(begin for begin in _BEGINS if len(begin) > 1)})")
    frame = pl.DataFrame({"word": words, "is_name": is_name}).with_columns(kind.alias("kind"))
    found = frame.select(
        pl.when(pl.col("kind").str.contains(" in ")).then(word.str.head(-1)).otherwise(word).alias("stem"),
        pl.col("kind").replace_strict(list(numbers), list(numbers.values()), return_dtype=pl.UInt16).alias("class"),
        (
            _first_that(word.str.ends_with, _ENDS)
            + _first_that(word.str.starts_with, _BEGINS)
            + pl.when(before_known & plain).then(cost(_BEFORE_KNOWN)).otherwise(0)
        )
        .cast(pl.Int16)
        .alias("cost"),
    )
    lexemes = np.arange(first_lexeme, first_lexeme + len(words), dtype=np.uint32)
    return StemColumns(found["stem"], found["class"].to_numpy(), lexemes, found["cost"].to_numpy())


# ---------------------------------------------------------------- parts


def _first_that(test: Any, shares: Mapping[str, float]) -> pl.Expr:
    """Return the cost of the first part, longest first, that a word begins or ends with."""
    return pl.coalesce(*(pl.when(test(part)).then(cost(share)) for part, share in shares.items()), pl.lit(0))


def _category(kind: str) -> str:
    return "adjective" if kind.startswith("adjective") else "noun" if kind == "noun in ى" else kind


def _all_stems(found: Nominals, unknown: pl.DataFrame) -> StemColumns:
    verbs, numbers = table("verbs"), class_numbers()
    rows: list[tuple[str, int, int, int]] = []
    lexeme_of = {noun.lemma: row for row, noun in enumerate(found.lexemes, start=verbs.height)}
    for noun in found.lexemes:
        rows += [(stem, numbers[kind], lexeme_of[noun.lemma], cost(noun.prior)) for stem, kind in noun.stems()]
    for form, lemma in found.forms:
        stem, kind = stem_of_word(form, "listed")
        like_article = form[0] in "أإ" and form[1:2] == "ل" and form[2:] in lexeme_of
        rows.append((stem, numbers[kind], lexeme_of[lemma], cost(_LIKE_ARTICLE) if like_article else 0))
    lemmas = verbs["lemma"].to_list()
    for form, lemma in listed_forms("verbs.txt").items():
        rows.append((form, numbers[LISTED_VERB], lemmas.index(lemma), 0))
    schema = {"stem": pl.String, "class": pl.UInt16, "verb": pl.UInt32, "cost": pl.Int16}
    of_verbs = table("stems").select("stem", pl.col("class") + len(numbers), "verb", pl.lit(0, pl.Int16).alias("cost"))
    known = pl.concat([of_verbs, pl.DataFrame(rows, schema=schema, orient="row")])
    first = verbs.height + len(found.lexemes)
    believed = pl.Series([noun.lemma for noun in found.lexemes if noun.prior >= _BELIEVED], dtype=pl.String)
    rest = unknown_stems(unknown["word"], unknown["is_name"], first, believed)
    return StemColumns(
        pl.concat([known["stem"], rest.stems]),
        np.concatenate([known["class"].to_numpy(), rest.classes]),
        np.concatenate([known["verb"].to_numpy(), rest.lexemes]),
        np.concatenate([known["cost"].to_numpy(), rest.costs]),
    )


def _closed_lemma(base: str, dictionary: Mapping[str, str]) -> str:
    for lemma, forms in FORMS_OF_FUNCTION_VERBS.items():
        if base in forms:
            return lemma
    return base if base in OWN_LEMMAS else listed_forms("nouns.txt").get(base) or dictionary.get(base, base)


def _lines(words: pl.Series) -> Bytes:
    return np.frombuffer("\n".join(words.to_list()).encode(), np.uint8)
