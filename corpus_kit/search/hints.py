"""Why a pattern finds nothing, and what would: in a few sentences, with the number of hits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import polars as pl

from corpus_kit._base.similar import edit_distances
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.units import texts_of_unit
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import InputError, shown, warn
from corpus_kit.search.foreign_syntax import translated
from corpus_kit.search.hits import Hits, variants
from corpus_kit.search.matching import find
from corpus_kit.search.pattern_parser import PLAIN_WORD
from corpus_kit.search.pattern_tree import Compare, Pattern, Test
from corpus_kit.search.patterns import parse_pattern
from corpus_kit.text.closed_classes import ARTICLE, CONJUNCTION_CLITICS, FUTURE_CLITIC, PREPOSITION_CLITICS
from corpus_kit.text.closed_classes import PRONOUN_CLITICS as PRONOUNS
from corpus_kit.text.normalization import Normalizer, normalize

__all__ = ["warn_of_nothing", "why_nothing"]

_MOST_WORDS = 8  # of a phrase that is looked into
_NAMED = 3  # spellings, or similar words
_SHORT = 4  # letters of a word of which similar ones differ in one letter; of longer ones in two
_GAP = "[]{0,5}"
_LONGEST = 300  # characters of a pattern that is looked into


def warn_of_nothing(corpus: CorpusView, pattern: Pattern, *, unit: str = "word", within: str = "paragraph") -> None:
    """Warn that a pattern finds nothing, and why. For functions that return a table, which cannot say so."""
    why = why_nothing(corpus, pattern, unit=unit, within=within)
    warn(f"pattern {shown(pattern.text)} finds nothing." + (f" {why}" if why else ""), stacklevel=None)


def why_nothing(corpus: CorpusView, pattern: Pattern, *, unit: str = "word", within: str = "paragraph") -> str:
    """Return why a pattern finds nothing, and what to write instead, in sentences; "" if nobody knows.

    Args:
        corpus: The corpus in which nothing was found.
        pattern: The pattern.
        unit: What its plain words are.
        within: The unit of text that a hit does not leave.

    >>> import corpus_kit as ck
    >>> corpus = ck.sample_corpus()
    >>> why_nothing(corpus, parse_pattern('"إمارة السهل"'))
    "A phrase is written without quotation marks, which are signs of the text. 'إمارة السهل' has 70 hits."
    """
    if not len(corpus):
        filters = (corpus.selection or {}).get("filters", [])
        return "This subcorpus has no documents" + (f": {', '.join(filters)}." if filters else ".")
    if len(pattern.text) > _LONGEST:
        return ""
    with reading(corpus.path):
        return " ".join(_Reasons(corpus, pattern, unit, within).sentences())


class _Reasons:
    """The reasons why a pattern finds nothing in a corpus that has documents."""

    def __init__(self, corpus: CorpusView, pattern: Pattern, unit: str, within: str) -> None:
        self.corpus = corpus
        self.pattern = pattern
        self.unit = unit
        self.within = within

    def sentences(self) -> Iterator[str]:
        """Yield what is worth saying, the likeliest mistake first."""
        different, text = translated(self.pattern.text)
        yield from different
        if different and text:
            if self.count(text):
                yield f"{self.with_count(text)}."
                return
            yield f"Write {text!r}."
        text = text or self.pattern.text
        if self.corpus.n_documents < self.corpus.total_documents and (all_hits := self.in_all_documents(text)):
            selected = f"{self.corpus.n_documents:,} of its {self.corpus.total_documents:,} documents"
            yield f"The whole corpus has {_hits(all_hits)} of {text!r}; this subcorpus has {selected}."
            return
        if self.pattern.exact and (hits := self.find(text, exact=False)):
            yield f"Without exact=True {_there(len(hits))}, spelled {self.spellings(hits)}."
            return
        words = _plain_words(text)
        if len(words) > 1:
            yield from self.of_phrase(words)
        elif words:
            yield from self.of_word(words[0])
        else:
            yield from self.of_condition(text)

    # ---- reasons

    def of_word(self, word: str) -> Iterator[str]:
        """Yield where else a word may be: with clitics, with the article, as two words, or spelled otherwise."""
        if self.unit != "word":
            yield from self.of_condition(f"[{self.unit}={word}]")
            return
        with_clitics = list(self.with_clitics(word))
        yield from with_clitics
        yield from self.written(_other_forms(word, is_annotated=self.has_lemmas))
        if not with_clitics:
            yield from self.similar(word, self.corpus.type_column("folded"))

    def of_phrase(self, words: list[str]) -> Iterator[str]:
        """Yield which words of a phrase are not there; if all are, how else the phrase may be written."""
        absent = [word for word in words if not self.count(word)]
        others = _other_phrases(words, is_annotated=self.has_lemmas)
        known = [*self.with_clitics(" ".join(words)), *self.written(others)]
        yield from known
        if not known and not absent:
            yield "Its words occur, but not one after another."
        for word in absent[:2]:
            yield f"{word!r} does not occur."
            yield from () if known else self.of_word(word)

    def of_condition(self, text: str) -> Iterator[str]:
        """Yield what is like the value of a single condition, such as [lemma=...]."""
        root = self.parsed(text).root
        compare = root.condition if isinstance(root, Test) else None
        if not isinstance(compare, Compare) or compare.negated or compare.value.match != "is":
            return
        value, attribute = compare.value.text, compare.attribute
        if self.unit == "word" and attribute in ("word", "surface", "stem", "lemma"):
            yield from self.written([value])
        if attribute in ("stem", "lemma"):
            texts = texts_of_unit(self.corpus, attribute, Normalizer.preset("search"), f"pattern {text!r}")
            if attribute == "lemma":
                stems = texts_of_unit(self.corpus, "stem", Normalizer.preset("search"), f"pattern {text!r}")
                is_form = (self.corpus.type_column("folded") == value) | (stems == value)
                lemmas = self.corpus.type_column("lemma").filter(is_form & (texts != value)).unique().sort()
                yield from self.written(f"[lemma={lemma}]" for lemma in lemmas)
            yield from self.similar(value, texts, attribute)

    def with_clitics(self, text: str) -> Iterator[str]:
        """Yield how often it occurs with clitics, if that can be told."""
        if self.pattern.clitics or self.unit != "word":
            return
        if self.corpus.is_annotated:
            if hits := self.find(text, clitics=True):
                yield f"With clitics=True {_there(len(hits))}, spelled {self.spellings(hits)}."
        elif " " not in text and (hits := self.find(_with_affixes(text))):
            yield (
                f"With clitics there may be {_hits(len(hits))}, spelled {self.spellings(hits)}: "
                "call corpus.annotate() once, then search with clitics=True."
            )

    def written(self, patterns: Iterable[str]) -> Iterator[str]:
        """Yield a sentence with those of some patterns that find something."""
        found = [each for each in patterns if self.count(each)]
        if found:
            yield "; ".join(map(self.with_count, found[:_NAMED])) + "."

    def similar(self, text: str, texts: pl.Series, column: str = "word") -> Iterator[str]:
        """Yield the texts of types that are most like a text, the most frequent of equally similar ones first."""
        form = normalize(text, "search")
        places, distances = edit_distances(form, texts, 1 if len(form) <= _SHORT else 2)
        is_word = self.corpus.counted_types[places]
        types, distances = places[is_word].astype(np.uint32), distances[is_word]
        found = pl.DataFrame(
            {
                "text": texts.gather(types),
                "distance": distances,
                "count": self.corpus.type_occurrences(types),
                "shown": self.corpus.type_column("surface" if column == "word" else column).gather(types),
            }
        )
        ranked = (
            found.sort("count", descending=True, maintain_order=True)
            .group_by("text", maintain_order=True)
            .agg(pl.col("distance").first(), pl.col("count").sum(), pl.col("shown").first())
            .sort("distance", "count", descending=[False, True], maintain_order=True)
        )
        named = [each if column == "word" else f"[{column}={each}]" for each in ranked["shown"].head(4 * _NAMED)]
        counted = [(each, count) for each in named if (count := self.count(each))]
        if counted:
            what = "words" if column == "word" else f"values of {column}"
            listed = ", ".join(f"{each!r} ({count:,})" for each, count in counted[:_NAMED])
            yield f"The most similar {what} are {listed}."

    # ---- hits of other patterns

    @property
    def has_lemmas(self) -> bool:
        return self.corpus.has_annotation("lemma")

    def parsed(self, text: str, *, exact: bool | None = None, clitics: bool | None = None) -> Pattern:
        corpus, given = self.corpus, self.pattern
        return parse_pattern(
            text,
            unit=self.unit,
            exact=given.exact if exact is None else exact,
            clitics=given.clitics if clitics is None else clitics,
            layers=corpus.layers,
            given=corpus.has_given_tokens,
        )

    def find(self, text: str, **changes: bool) -> Hits | None:
        """Return the hits of a pattern; None if there are none, or it cannot be searched."""
        try:
            hits = find(self.corpus, self.parsed(text, **changes), within=self.within)
        except InputError:
            return None
        return hits if len(hits) else None

    def count(self, text: str) -> int:
        return len(self.find(text) or ())

    def with_count(self, text: str) -> str:
        return f"{text!r} has {_hits(self.count(text))}"

    def in_all_documents(self, text: str) -> int:
        every = np.arange(self.corpus.total_documents, dtype=np.uint32)
        return _Reasons(self.corpus.subcorpus(every), self.pattern, self.unit, self.within).count(text)

    def spellings(self, hits: Hits) -> str:
        """Return the most frequent spellings of hits."""
        surfaces = variants(self.corpus, hits)["surface"]
        return ", ".join(map(repr, surfaces.head(_NAMED))) + (", …" if len(surfaces) > _NAMED else "")


def _hits(number: int) -> str:
    return f"{number:,} hit" + ("s" if number > 1 else "")


def _there(number: int) -> str:
    return f"there {'are' if number > 1 else 'is'} {_hits(number)}"


def _plain_words(text: str) -> list[str]:
    """Return the words of a pattern that is a word or a phrase; none if it is anything else, or long."""
    words = text.split()
    is_plain = all(PLAIN_WORD.fullmatch(word) and not word.startswith("/") for word in words)
    return words if is_plain and len(words) <= _MOST_WORDS else []


def _other_forms(word: str, *, is_annotated: bool) -> Iterator[str]:
    """Yield how else a word may be written: with or without the article, as a hashtag, as two words; then its lemma."""
    yield word.removeprefix(ARTICLE) if word.startswith(ARTICLE) and len(word) > len(ARTICLE) + 1 else ARTICLE + word
    if not word.startswith("#"):
        yield f"#{word}"
    yield from (f"{word[:at]} {word[at:]}" for at in range(2, len(word) - 1))
    if is_annotated:
        yield f"[lemma={word}]"


def _other_phrases(words: list[str], *, is_annotated: bool) -> Iterator[str]:
    """Yield how else a phrase may be written: with words joined, with gaps, or as lemmas."""
    for at in range(1, len(words)):
        yield " ".join([*words[: at - 1], words[at - 1] + words[at], *words[at + 1 :]])
    if len(words) > 2:
        yield "".join(words)
    yield f"#{'_'.join(words)}"
    yield f" {_GAP} ".join(words)
    if is_annotated:
        yield " ".join(f"[lemma={word}]" for word in words)


def _with_affixes(word: str) -> str:
    """Return the pattern of a word with conjunctions, prepositions and pronouns, which no annotation tells apart."""
    conjunctions, prepositions = "|".join(CONJUNCTION_CLITICS), "|".join((*PREPOSITION_CLITICS, FUTURE_CLITIC))
    rest = word.removeprefix(ARTICLE)
    host = f"(?:(?:{prepositions})?{word}" + (f"|ل{word[1:]})" if rest != word else ")")
    return f"/(?:{conjunctions})?{host}(?:{'|'.join(PRONOUNS)})?/"
