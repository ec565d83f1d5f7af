"""The words that a user asks about, as ids of what is counted."""

from __future__ import annotations

import numpy as np
import polars as pl

from corpus_kit._base.arguments import text_argument
from corpus_kit.analysis.counted_words import CountedWords
from corpus_kit.analysis.unexpected_hits import warn_of_hits
from corpus_kit.corpus.units import texts_of_unit
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import InputError, choose, invalid, warn
from corpus_kit.query.patterns import parse_pattern
from corpus_kit.text.normalization import Normalizer, normalize_series, resolve_profile

__all__ = ["UNITS_OF_WORDS", "id_of_word", "normalizer_of", "unit_of_words"]

UNITS_OF_WORDS = ("word", "stem", "lemma")
_LONGEST = 200  # letters; no Arabic word has more


def unit_of_words(unit: object, corpus: CorpusView) -> str:
    """Return the unit that a user chose; None is the lemma where the corpus has lemmas, otherwise the word.

    Raises:
        InputError: If there is none of this name, or the corpus is not annotated with it.
    """
    if unit is None:
        return "lemma" if corpus.has_annotation("lemma") else "word"
    chosen = choose(unit, UNITS_OF_WORDS, "unit")
    if chosen != "word" and not corpus.has_annotation(chosen):
        raise InputError(
            f"unit={chosen!r} needs the column {chosen!r}, which this corpus does not have. corpus.annotate() adds it."
        )
    return chosen


def normalizer_of(*, exact: bool) -> Normalizer | None:
    """Return the form of words that are compared as searches compare them."""
    return resolve_profile("repair" if exact else "search")


def id_of_word(
    corpus: CorpusView,
    counted: CountedWords,
    word: object,
    unit: str,
    *,
    exact: bool,
    function: str,
    name: str = "word",
) -> int | None:
    """Return the id of a word that a user asks about; None if it does not occur, which a warning says.

    Of stems and lemmas, a word that is none of them stands for its own, which a warning says, too.

    Args:
        corpus: The corpus.
        counted: Its words.
        word: What the user asked for.
        unit: What is counted: "word", "stem" or "lemma".
        exact: Whether words are compared in repaired spelling.
        function: The public function, for warnings.
        name: The argument.

    Raises:
        InputError: If it is not one word.
    """
    text = text_argument(word, name).strip()
    if not text or len(text.split()) > 1 or len(text) > _LONGEST:
        raise invalid(name, f"one word of at most {_LONGEST} letters", word)
    normalizer = normalizer_of(exact=exact)
    form = normalize_series(pl.Series([text], dtype=pl.String), normalizer) if normalizer else pl.Series([text])
    found = _place(counted.words, form[0])
    if found is None and unit != "word":
        other = _unit_of(corpus, text, unit, normalizer)
        found = None if other is None else _place(counted.words, other)
        if found is not None:
            own = counted.spelled(np.array([found]))[0]
            warn(
                f"{function}: no {unit} of the corpus is {text!r}; the table is of its {unit} {own!r}", stacklevel=None
            )
    if found is None or not _occurs(counted, found):
        pattern = parse_pattern(_escaped(text), unit=unit, exact=exact)
        warn_of_hits(corpus, pattern, 0, unit=unit)
        return None
    return found


def _place(words: pl.Series, form: str | None) -> int | None:
    if form is None:
        return None
    place = words.index_of(form)
    return None if place is None else int(place)


def _occurs(counted: CountedWords, word: int) -> bool:
    return bool(counted.frequency[word])


def _unit_of(corpus: CorpusView, text: str, unit: str, normalizer: Normalizer | None) -> str | None:
    """Return the most frequent stem or lemma of the types that are spelled so; None if there are none."""
    units = texts_of_unit(corpus, unit, normalizer, f"unit={unit!r}")
    words = corpus.type_column("word" if normalizer is None or normalizer.name != "search" else "folded")
    form = normalize_series(pl.Series([text], dtype=pl.String), normalizer)[0] if normalizer else text
    types = np.flatnonzero((words == form).fill_null(value=False).to_numpy())
    of_types = pl.DataFrame([units.gather(types).alias("unit"), corpus.type_column("count").gather(types)])
    of_types = of_types.filter(pl.col("unit").is_not_null() & (pl.col("unit") != ""))
    best = of_types.group_by("unit", maintain_order=True).sum().sort("count", descending=True, maintain_order=True)
    return str(best["unit"][0]) if best.height else None


def _escaped(text: str) -> str:
    return "".join(f"\\{sign}" if sign in "()[]{}|*?\\/&=!<>@:" else sign for sign in text)
