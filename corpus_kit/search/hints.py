"""Why a pattern finds nothing, and what would: in a few sentences, with the number of hits."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

import numpy as np
import polars as pl

from corpus_kit._base.similar import edit_distances
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.units import texts_of_unit
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import InputError, shown, warn
from corpus_kit.query.cqp import cqp
from corpus_kit.query.foreign_syntax import guesses, says_something_else, translated
from corpus_kit.query.pattern_names import names_of
from corpus_kit.query.pattern_parser import PLAIN_WORD
from corpus_kit.query.pattern_tree import (
    ANNOTATED,
    Boundary,
    Compare,
    Pattern,
    Region,
    Scope,
    Test,
    all_tests,
    children,
    is_of_layer,
)
from corpus_kit.query.pattern_values import Written, WrittenItem
from corpus_kit.query.patterns import parse_pattern, written
from corpus_kit.search.hits import Hits, variants
from corpus_kit.search.matching import find
from corpus_kit.search.other_spellings import (
    has_clitics,
    lengthened,
    other_article,
    other_forms,
    other_phrases,
    with_affixes,
)
from corpus_kit.search.structure_scopes import regions_where
from corpus_kit.text.normalization import Normalizer, normalize

__all__ = ["finds_nothing", "misread", "warn_of_nothing", "warn_of_pattern", "why_nothing"]

_MOST_WORDS = 8  # of a phrase that is looked into
_NAMED = 3  # spellings, or similar words
_SHORTEST = 4  # letters of a word of which similar ones are named
_SHORT = 6  # letters of a word of which similar ones differ in one letter; of longer ones in two
_ANNOTATE = "call corpus.annotate() once, then search with clitics=True"
_TAGS = 25  # parts of speech
_FIELD = re.compile(r"(?<!\S)([^\W\d]\w*)\s?[:=]\s?(\"[^\"]+\"|“[^”]+”|\S+)")
_LONGEST = 300  # characters of a pattern that is looked into


def warn_of_nothing(corpus: CorpusView, pattern: Pattern, *, unit: str = "word", within: str = "paragraph") -> None:
    """Warn that a pattern finds nothing, and why. For functions that return a table, which cannot say so."""
    why = why_nothing(corpus, pattern, unit=unit, within=within)
    warn(f"pattern {shown(pattern.text)} finds nothing." + (f" {why}" if why else ""), stacklevel=None)


def finds_nothing(warning: str) -> bool:
    """Return whether a warning says that a pattern finds nothing.

    >>> finds_nothing("pattern 'x' finds nothing."), finds_nothing("pattern 'x' finds 2 hits. Here…")
    (True, False)
    """
    return warning.startswith("pattern ") and " finds nothing." in warning


def warn_of_pattern(
    corpus: CorpusView, pattern: Pattern, hits: int, *, unit: str = "word", within: str = "paragraph"
) -> None:
    """Warn that a pattern finds nothing, and why; or that what it finds is hardly what it means in another tool."""
    if not hits:
        warn_of_nothing(corpus, pattern, unit=unit, within=within)
    elif said := misread(corpus, pattern, hits, unit=unit, within=within):
        warn(f"pattern {shown(pattern.text)} finds {_hits(hits)}. {said}", stacklevel=None)


def misread(corpus: CorpusView, pattern: Pattern, hits: int, *, unit: str = "word", within: str = "paragraph") -> str:
    """Return what a pattern means in another tool, if it finds more hits than here; "" for all others.

    >>> import corpus_kit as ck
    >>> corpus, pattern = ck.sample_corpus(), parse_pattern('"الشراع"')
    >>> misread(corpus, pattern, len(find(corpus, pattern)))
    "A phrase is written without quotation marks, which are signs of the text. 'الشراع' has 27 hits."
    """
    if pattern.syntax == "cqp" or pattern.has_clauses or len(pattern.text) > _LONGEST:
        return ""
    reasons = _Reasons(corpus, pattern, unit, within)
    given = reasons.parts(pattern)
    other = says_something_else(given.text, given.own)
    if other is None or not other.pattern:
        return ""
    with reading(corpus.path):
        if reasons.count(other.pattern) <= hits:
            return ""
        return _without_escapes(" ".join([*other.sentences, f"{reasons.with_count(other.pattern)}."]))


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
        return _without_escapes(" ".join(_Reasons(corpus, pattern, unit, within).sentences()))


def _without_escapes(sentences: str) -> str:
    """Return sentences with the backslashes of patterns as they are written, which repr doubles."""
    return sentences.replace("\\\\", "\\")


class _Reasons:
    """The reasons why a pattern finds nothing in a corpus that has documents."""

    def __init__(self, corpus: CorpusView, pattern: Pattern, unit: str, within: str) -> None:
        self.corpus = corpus
        self.pattern = pattern
        self.unit = unit
        self.within = within

    def sentences(self) -> Iterator[str]:
        """Yield what is worth saying, the likeliest mistake first."""
        given = self.parts(self.pattern)
        if self.pattern.has_clauses and not self.pattern.meet:
            bare = replace(self.pattern, constraint=None, scopes=(), expansion=None, at_most=None)
            if all(test.matches_every_word for test in all_tests(bare.root)):
                return
            if hits := len(find(self.corpus, bare, within=self.within)):
                yield from self.of_regions(self.pattern.scopes)
                yield f"Without its clauses (within, ::) it has {_hits(hits)}."
                return
            yield "Without its clauses (within, ::) it has no hits either."
        if self.pattern.syntax == "cqp":  # which means what it says
            yield from self.of_items(given)
            return
        if self.pattern.meet:
            yield from self.of_items(given)
            return
        yield from self.of_text(given)

    def of_text(self, given: Written) -> Iterator[str]:
        """Yield what is worth saying of an expression, which may be one of another tool."""
        if of_documents := list(self.of_documents(given.words)):
            yield from of_documents
            return
        different, text, is_whole = translated(given.text, given.own)
        yield from different
        if different and text:
            if self.count(text):
                yield f"{self.with_count(text)}."
                return
            if not is_whole:
                yield f"Write {text!r}."
        if different and (is_whole or not text):
            return
        for guess in guesses(text) if not given.own else ():
            if self.count(guess.pattern):
                yield f"{guess.sentences[0]} {self.with_count(guess.pattern)}."
                return
        if self.corpus.n_documents < self.corpus.total_documents and (all_hits := self.in_all_documents(text)):
            selected = f"{self.corpus.n_documents:,} of its {self.corpus.total_documents:,} documents"
            yield f"The whole corpus has {_hits(all_hits)} of {text!r}; this subcorpus has {selected}."
            return
        if self.corpus.excluded_spans is not None and (hidden := self.of(self.corpus.with_whole_texts(), text)):
            yield f"In the spans that were excluded there {'are' if hidden > 1 else 'is'} {_hits(hidden)} of {text!r}."
            return
        if self.pattern.exact and (hits := self.find(text, exact=False)):
            yield f"Without exact=True {_there(len(hits))}, spelled {self.spellings(hits)}."
            return
        if text != given.text:
            if not self.is_pattern(text):
                return
            given = self.parts(self.parsed(text))
        yield from self.of_items(given)

    # ---- reasons

    def parts(self, pattern: Pattern) -> Written:
        return written(pattern, unit=self.unit, names=names_of(self.corpus))

    def of_items(self, given: Written) -> Iterator[str]:
        """Yield which of the items that follow one another, or are near one another, do not occur."""
        nodes = [self.pattern.root, *children(self.pattern.root)]
        if said := list(self.of_regions([each for each in nodes if isinstance(each, Boundary | Region)])):
            yield from said
            return
        items = [item for item in given.items if item.kind not in ("gap", "place")]
        if len(items) > _MOST_WORDS:
            return
        words = [item.text for item in items if item.kind == "word" and PLAIN_WORD.fullmatch(item.text)]
        places = [item.text for item in given.items if item.kind == "place"]
        if len(words) == len(given.items) > 1 and not self.pattern.meet:
            yield from self.of_phrase(words)
        elif len(given.items) == 1 and items:
            yield from self.of_item(items[0])
        elif items:
            absent = [each for each in dict.fromkeys(items) if self.is_pattern(each.text) and not self.count(each.text)]
            for item in absent[:2]:
                yield f"{item.text!r} does not occur."
                yield from self.of_item(item)
            if absent or self.pattern.constraint:
                return
            bare = " ".join(item.text for item in given.items if item.kind != "place")
            if places and self.pattern.syntax == "native" and (hits := self.count(bare)):
                yield f"Without {' and '.join(dict.fromkeys(places))} {_there(hits)}."
            elif len(items) > 1:
                yield f"Its words occur, but not {'near one another' if self.pattern.meet else 'one after another'}."

    def of_item(self, item: WrittenItem) -> Iterator[str]:
        """Yield what is like an item that does not occur."""
        if self.pattern.syntax == "cqp":
            yield from self.written([f"{item.text} %cd"] if item.text.endswith(("'", '"')) else [])
        elif item.kind == "word" and PLAIN_WORD.fullmatch(item.text):
            yield from self.of_word(item.text)
        else:
            yield from self.of_condition(item.text)

    def of_regions(self, asked: Iterable[Boundary | Region | Scope]) -> Iterator[str]:
        """Yield which structures have no regions, or none that fulfil what is asked of them."""
        for each in asked:
            if each.structure is None:
                continue
            if not len(self.corpus.structure(each.structure)):
                yield f"The corpus has no regions of {each.structure}."
            elif not len(regions_where(self.corpus, each.structure, each.condition, exact=self.pattern.exact)):
                yield f"No region of {each.structure} fulfils what is asked of it."

    def of_documents(self, text: str) -> Iterator[str]:
        """Yield which call chooses documents, if a part of a pattern names a column of theirs, and a value."""
        for name, value in _FIELD.findall(text):
            if name not in self.corpus.label_columns():
                continue
            labels, value = self.corpus.labels(name, selected=False), value.strip("\"'“”")
            if labels.dtype.is_temporal() or value in labels.cast(pl.String, strict=False):
                call = f"corpus.filter({name}={value if labels.dtype.is_numeric() else repr(value)})"
            elif labels.dtype == pl.String:
                call = f"corpus.filter(pl.col({name!r}).str.contains({value!r}, literal=True))"
            else:
                continue
            yield f"Documents are chosen by their metadata with {call}."

    def of_word(self, word: str) -> Iterator[str]:
        """Yield where else a word may be: with clitics, with the article, as two words, or spelled otherwise."""
        if self.unit != "word":
            yield from self.of_condition(f"[{self.unit}={word}]")
            return
        other = other_article(word)
        with_clitics = list(self.with_clitics(word))
        if not (with_clitics or self.count(other)):
            with_clitics = list(self.with_clitics(other))
        yield from with_clitics
        forms = self.found(other_forms(word, is_annotated=self.has_lemmas))
        if not forms and len(word) >= _SHORTEST:
            forms = self.found([f"#*{word.strip('#')}*"])
        yield from self.written(forms)
        if not forms and (hits := self.find(lengthened(word))):
            yield f"{self.with_count(lengthened(word))}, spelled {self.spellings(hits)}."
        yield from self.in_arabic_letters(word)
        if not with_clitics:
            types, letters = self.corpus.type_column("folded"), min(len(word), len(other))
            said = list(self.similar(word, types, but=forms))
            yield from said or (self.similar(other, types, letters=letters) if not forms else ())

    def of_phrase(self, words: list[str]) -> Iterator[str]:
        """Yield which words of a phrase are not there; if all are, how else the phrase may be written."""
        absent = [word for word in words if not self.count(word)]
        others = other_phrases(words, is_annotated=self.has_lemmas)
        known = [*self.with_clitics(" ".join(words)), *self.written(others)]
        yield from known
        if not known and not absent:
            yield "Its words occur, but not one after another."
        for word in absent[:2]:
            yield f"{word!r} does not occur."
            yield from () if known else self.of_word(word)

    def of_condition(self, text: str) -> Iterator[str]:
        """Yield what is like the value of a single condition, such as [lemma=...]."""
        if not self.is_pattern(text):
            return
        root = self.parsed(text).root
        compare = root.condition if isinstance(root, Test) else None
        if not isinstance(compare, Compare) or compare.negated:
            return
        if compare.attribute == "pos" or compare.attribute.endswith(".pos"):
            yield from self.parts_of_speech(compare.attribute)
        if compare.value.match != "is":
            return
        value, attribute = compare.value.text, compare.attribute
        if self.unit == "word" and attribute in ("word", "surface", "stem", "lemma"):
            yield from self.written([value])
        if attribute in ANNOTATED and not self.corpus.has_annotation(attribute):
            yield f"[{attribute}=...] needs corpus.annotate()."
        elif attribute in ("stem", "lemma"):
            texts = texts_of_unit(self.corpus, attribute, Normalizer.preset("search"), f"pattern {text!r}")
            if attribute == "lemma":
                stems = texts_of_unit(self.corpus, "stem", Normalizer.preset("search"), f"pattern {text!r}")
                is_form = (self.corpus.type_column("folded") == value) | (stems == value)
                lemmas = self.corpus.type_column("lemma").filter(is_form & (texts != value)).unique().sort()
                yield from self.written(f"[lemma={lemma}]" for lemma in lemmas)
            yield from self.similar(value, texts, attribute)

    def parts_of_speech(self, attribute: str) -> Iterator[str]:
        """Yield which parts of speech there are."""
        if is_of_layer(attribute):
            values = self.corpus.layer_column(attribute).values
        elif self.corpus.has_annotation(attribute):
            values = self.corpus.type_column(attribute).explode()
        else:
            return
        known = values.drop_nulls().unique().sort().to_list()
        yield f"Values of {attribute}: {', '.join(known[:_TAGS])}{', …' if len(known) > _TAGS else ''}."

    def with_clitics(self, text: str) -> Iterator[str]:
        """Yield how often a text occurs with clitics, if that can be told."""
        if self.pattern.clitics or self.unit != "word":
            return
        is_whole = text == self.pattern.text
        if self.corpus.is_annotated:
            if hits := self.find(text, clitics=True):
                number = len(hits)
                said = (
                    f"With clitics=True {_there(number)}"
                    if is_whole
                    else f"{text!r} has {_hits(number)} with clitics=True"
                )
                yield f"{said}, spelled {self.spellings(hits)}."
        elif text.isalpha() and (hits := self.find(with_affixes(text))):
            from corpus_kit.text.paradigms.lexicon import is_ready  # slow to load, and rarely needed
            from corpus_kit.text.segmentation import segment  # likewise

            if not is_ready():
                return

            found = variants(self.corpus, hits)
            found = found.filter([has_clitics(pieces, text) for pieces in segment(found["surface"])])
            if found.height:
                likely = _hits(int(found["count"].sum()))
                said = f"With clitics there may be {likely}" if is_whole else f"{text!r} may have {likely} with clitics"
                yield f"{said}, spelled {_listed(found)}: {_ANNOTATE}."

    def in_arabic_letters(self, word: str) -> Iterator[str]:
        """Yield the most frequent words that a word in Latin letters may stand for."""
        from corpus_kit.search.romanisation import arabic_pattern  # slow to load, and rarely needed

        if hits := self.find(arabic_pattern(word)):
            found = variants(self.corpus, hits).head(_NAMED)
            words = ", ".join(f"{surface!r} ({count:,})" for surface, count, _ in found.iter_rows())
            yield f"In Arabic letters it may be {words}."

    def found(self, patterns: Iterable[str]) -> list[str]:
        """Return those of some patterns that find something."""
        return [each for each in patterns if self.count(each)]

    def written(self, patterns: Iterable[str]) -> Iterator[str]:
        """Yield a sentence with those of some patterns that find something."""
        if found := self.found(patterns):
            yield "; ".join(map(self.with_count, found[:_NAMED])) + "."

    def similar(
        self,
        text: str,
        texts: pl.Series,
        column: str = "word",
        *,
        but: Collection[str] = (),
        letters: int | None = None,
    ) -> Iterator[str]:
        """Yield the texts of types that are most like a text, the most frequent of equally similar ones first."""
        form = normalize(text, "search")
        letters = len(form) if letters is None else letters
        if letters < _SHORTEST:
            return
        places, distances = edit_distances(form, texts, 1 if letters <= _SHORT else 2)
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
        counted = [(each, count) for each in named if each not in but and (count := self.count(each))]
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
        if given.syntax == "cqp":
            return parse_pattern(cqp(text), names=names_of(corpus))
        return parse_pattern(
            text,
            unit=self.unit,
            exact=given.exact if exact is None else exact,
            clitics=given.clitics if clitics is None else clitics,
            names=names_of(corpus),
        )

    def is_pattern(self, text: str) -> bool:
        try:
            return bool(self.parsed(text))
        except InputError:
            return False

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
        return self.of(self.corpus.subcorpus(every), text)

    def of(self, corpus: CorpusView, text: str) -> int:
        """Return the number of hits of a pattern in another view of the corpus."""
        return _Reasons(corpus, self.pattern, self.unit, self.within).count(text)

    def spellings(self, hits: Hits) -> str:
        """Return the most frequent spellings of hits."""
        return _listed(variants(self.corpus, hits))


def _listed(found: pl.DataFrame) -> str:
    return ", ".join(map(repr, found["surface"].head(_NAMED))) + (", …" if found.height > _NAMED else "")


def _hits(number: int) -> str:
    return f"{number:,} hit" + ("s" if number > 1 else "")


def _there(number: int) -> str:
    return f"there {'are' if number > 1 else 'is'} {_hits(number)}"
