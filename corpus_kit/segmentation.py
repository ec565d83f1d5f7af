"""Clitics and lemmas: `segment`, `lemmatize`, and what a corpus needs to record them.

**What is cut.** Arabic writes short words together with the next: و and ف (and), the prepositions ب ل ك, the future
particle س; and pronouns together with the one before. The pieces of a word join to it. The article is not cut, and
after ل its alef is not written: للحشد is ل and لحشد.

**How.** The lists of closed classes in arabic.py decide first. They name the function words, which stay whole, and
say how conjunctions, prepositions and pronouns combine with them (وفيها, بأنه). Any other word is cut where what
remains is a word that is frequent enough beside the uncut one: وقال, since قال is frequent, but not وزير, since زير is
rare beside it. With *c* for the count of a spelling, a clitic is cut off *w* if *r* remains, *c(r)* > 0 and

    c(r) >= threshold * (c(w) + 1)

The threshold is 1/8 for و, since news begin sentences with verbs after it (وأضاف is far more frequent than أضاف),
1/4 for ب ل, 1/2 for س and the pronouns ه ها هم هما, and 4 for ف and ك, with which many words
begin or end, and for the other pronouns. Before a pronoun *r* is counted in the spelling that it has without one
(مدرستها: مدرسة). An article makes a noun sure: before it ب ك و ف need c(r) >= c(w) / 100 alone, so that unknown words
are cut too, and ل is cut where what remains has a count with the alef of its article (للحشد: الحشد). At least three
letters remain after a proclitic, and two before a pronoun (three before ك).

**Counts.** The general vocabulary is the large Arabic list of wordfreq (R. Speer, wordfreq, 2022,
doi:10.5281/zenodo.7199437), which gives the relative frequency *f* of 0.6 million spellings, 1e-8 at least. Counts
of one's own are added to it:

    c(w) = 100,000,000 * f(w) + n(w)

So the list stands for a corpus of 100 million words, in which each of its spellings occurs at least once. Own counts
have the weight of their size: those of a small corpus decide about what the list does not know, such as names; those
of a corpus of hundreds of millions of words decide about everything.

**Lemmas** are those of simplemma (A. Barbaresi, doi:10.5281/zenodo.4673264) for the stem in its free spelling. Where
its dictionary has no lemma, or the word itself, regular endings are taken off; see `Segmenter.lemma`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib.metadata import version
from itertools import accumulate, chain, pairwise
from typing import Any, NamedTuple, Protocol, TypeAlias

import numpy as np
import polars as pl

from corpus_kit import arabic
from corpus_kit._arguments import whole_number
from corpus_kit._columns import text_series
from corpus_kit.errors import InputError
from corpus_kit.normalization import Normalizer, normalize_series

__all__ = [
    "ANNOTATION_SCHEMA",
    "ANNOTATOR_VERSION",
    "Annotator",
    "HasVocabulary",
    "Segmentation",
    "Segmenter",
    "annotate",
    "annotator_record",
    "check_annotations",
    "lemmatize",
    "segment",
]

# Raised whenever the same words and counts would give other pieces or lemmas.
ANNOTATOR_VERSION = 1

ANNOTATION_SCHEMA: dict[str, pl.DataType] = {
    "segments": pl.List(pl.String()),
    "stem": pl.String(),
    "lemma": pl.String(),
}

# How another tool is plugged in: a function that takes the distinct words, in repaired spelling (profile `repair`),
# and gives for each, in their order, the pieces that join to it and its lemma. See `check_annotations`.
Annotator: TypeAlias = Callable[[list[str]], Iterable[tuple[Sequence[str], str]]]

# The size of the corpus that the general vocabulary stands for: its rarest spelling counts 1.
_GENERAL_SIZE = 100_000_000

# Thresholds: how frequent the remainder must be beside the word.
_AFTER_WAW = 1 / 8
_OFTEN = 1 / 4
_EVENLY = 1 / 2
_SELDOM = 4.0
_WITH_ARTICLE = 1 / 100
# What has an article this often beside its count is a noun; what has a future particle this often is an imperfect.
_CLEARLY = 1 / 10

_PROCLITIC_THRESHOLDS = {"و": _AFTER_WAW, "ب": _OFTEN, "ل": _OFTEN, "س": _EVENLY, "ف": _SELDOM, "ك": _SELDOM}
_PRONOUN_THRESHOLDS = {
    pronoun: _EVENLY if pronoun in arabic.COMMON_PRONOUNS else _SELDOM for pronoun in arabic.OPEN_CLASS_PRONOUNS
}
_PRONOUNS_BY_LAST_LETTER = {
    letter: tuple(pronoun for pronoun in arabic.OPEN_CLASS_PRONOUNS if pronoun.endswith(letter))
    for letter in {pronoun[-1] for pronoun in arabic.OPEN_CLASS_PRONOUNS}
}
# How a definite noun begins after each clitic; after a conjunction it may have a preposition: وبالمدرسة.
_DEFINITE = {
    **dict.fromkeys(arabic.PREPOSITION_CLITICS, (arabic.ARTICLE,)),
    **dict.fromkeys(arabic.CONJUNCTION_CLITICS, (arabic.ARTICLE, f"ب{arabic.ARTICLE}", "لل")),
}
_BEFORE_THE_NOUN = frozenset((*arabic.PREPOSITION_CLITICS, arabic.FUTURE_CLITIC))
_SHORTEST_REST = 3  # letters that remain after a proclitic
_SHORTEST_STEM = 2  # and before a pronoun
_SHORTEST_BEFORE_KAF = 3
_REMEMBERED = 1 << 18  # words that a Segmenter keeps the answers of

# The spelling in which words are looked up: without marks and tatweel, Farsi letters as Arabic ones. The hamzas and the
# dots of the last letter stay, since على and علي, آلان and الآن are different words.
_PLAIN = Normalizer.preset("dediac").replace(farsi="arabic", name="plain")
_WASLA, _ALEF = chr(arabic.ALEF_WASLA), chr(arabic.ALEF)
_LETTERS = "".join(map(chr, sorted(arabic.LETTERS)))
_ARABIC_WORD = re.compile(f"[{_LETTERS}]+")

_Pieces: TypeAlias = tuple[str, ...]


class Segmentation(NamedTuple):
    """The parts of a word; proclitics, stem and enclitics join to it.

    `base` is the stem without marks and tatweel in the spelling that it has alone: مدرسة in مدرستها, الحشد in للحشد.
    """

    proclitics: _Pieces
    stem: str
    enclitics: _Pieces
    base: str

    @property
    def pieces(self) -> list[str]:
        """All parts in their order.

        >>> Segmentation(("و",), "مدرست", ("ها",), "مدرسة").pieces
        ['و', 'مدرست', 'ها']
        """
        return [*self.proclitics, self.stem, *self.enclitics]


class HasVocabulary(Protocol):
    """What can be given as vocabulary besides a Mapping: a corpus, or anything with this frame.

    `vocabulary` has the columns surface (String) and count (whole numbers), a row for each type.
    """

    @property
    def vocabulary(self) -> pl.LazyFrame:
        """The types and their counts."""


# ---------------------------------------------------------------------------------------- closed classes


def _whole(word: str) -> Segmentation:
    return Segmentation((), word, (), word)


def _after(proclitic: str, word: Segmentation) -> Segmentation:
    """The word with a proclitic before it; after ل the article loses its alef."""
    stem = word.stem
    if proclitic == "ل" and stem.startswith(arabic.ARTICLE):
        stem = stem[1:]
    return word._replace(proclitics=(proclitic, *word.proclitics), stem=stem)


def _with_pronouns(stem: str, base: str, proclitics: _Pieces = ()) -> Iterator[Segmentation]:
    for pronoun in arabic.PRONOUN_CLITICS:
        if pronoun == "نا" and base in arabic.WHOLE_WORDS:  # the ending of a perfect verb (وصلنا) or a pronoun
            continue
        yield Segmentation(proclitics, stem, (pronoun,), base)


def _before_pronoun(noun: str) -> str:
    return f"{noun[:-1]}ت" if noun.endswith("ة") else noun


def _function_words_with_pronouns() -> Iterator[Segmentation]:
    for host, free in arabic.PRONOUN_HOSTS.items():
        yield from _with_pronouns(host, free)
    for pronoun, hosts in arabic.FIRST_PERSON_HOSTS.items():
        for host in hosts:
            yield Segmentation((), host, (pronoun,), host)
    for preposition in arabic.PREPOSITIONS_WITH_PRONOUNS:
        yield from _with_pronouns(preposition, preposition)
        yield Segmentation((), preposition, ("ي",), preposition)


def _whole_words_with_pronouns() -> Iterator[Segmentation]:
    for word in sorted(arabic.WHOLE_WORDS):
        yield _whole(word)
        yield from _with_pronouns(_before_pronoun(word), word)


def _compound_prepositions() -> Iterator[Segmentation]:
    for word in arabic.COMPOUND_PREPOSITIONS:
        preposition, noun = word[0], word[1:]
        yield Segmentation((preposition,), noun, (), noun)
        yield from _with_pronouns(_before_pronoun(noun), noun, (preposition,))


def _after_prepositions(hosts: Iterable[Segmentation]) -> Iterator[Segmentation]:
    with_pronouns = [host for host in hosts if host.base in arabic.HOSTS_AFTER_PREPOSITIONS]
    for preposition in arabic.PREPOSITION_CLITICS:
        for word in (*map(_whole, arabic.AFTER_PREPOSITIONS), *with_pronouns):
            yield _after(preposition, word)
    yield Segmentation((arabic.GOD_AFTER_LAM[0],), arabic.GOD_AFTER_LAM[1:], (), arabic.GOD)


@cache
def _closed_words() -> dict[str, Segmentation]:
    """The words that the lists decide about, and how. Where two lists give the same spelling, the first one holds."""
    found = {word: _whole(word) for word in (*arabic.NOT_COMBINED, *arabic.FUNCTION_WORDS)}
    hosts = list(_function_words_with_pronouns())
    for word in chain(hosts, _whole_words_with_pronouns(), _compound_prepositions(), _after_prepositions(hosts)):
        found.setdefault("".join(word.pieces), word)
    with_conjunctions = [
        _after(conjunction, word) for conjunction in arabic.CONJUNCTION_CLITICS for word in found.values()
    ]
    for word in with_conjunctions:
        found.setdefault("".join(word.pieces), word)
    return found


# ---------------------------------------------------------------------------------------- word lists of others


@cache
def general_counts() -> dict[str, float]:
    """The general vocabulary as counts of a corpus of _GENERAL_SIZE words. Read it, never write to it."""
    from wordfreq import get_frequency_list

    counts: dict[str, float] = {}
    for centibels, words in enumerate(get_frequency_list("ar", "large")):  # frequencies 10 ** (-centibels / 100)
        counts.update(dict.fromkeys(words, _GENERAL_SIZE * 10 ** (-centibels / 100)))
    return counts


@cache
def _lemma_dictionary() -> Mapping[str, str]:
    """Spelling to lemma. Read through simplemma's own mapping: its other steps cut clitics, which is done here."""
    from simplemma.strategies import DEFAULT_DICTIONARY_FACTORY

    return DEFAULT_DICTIONARY_FACTORY.get_dictionary("ar")


# ---------------------------------------------------------------------------------------- spelling


def _plain(series: pl.Series) -> pl.Series:
    return normalize_series(series, _PLAIN).str.replace_all(_WASLA, _ALEF, literal=True)


def _cut_as_plain(word: str, plain: Segmentation) -> Segmentation:
    """The cuts of the plain spelling in a word with marks; what stands before a letter goes with the one before it.

    A ligature in one code point cannot be cut: a clitic in it stays with the piece after or before it.
    """
    if not plain.proclitics and not plain.enclitics:
        return Segmentation((), word, (), plain.base)
    offsets = _PLAIN.with_offsets(word)[1].tolist()
    last = len(offsets) - sum(map(len, plain.enclitics))  # where the stem ends in the plain spelling
    before = _possible_cuts(accumulate(map(len, plain.proclitics)), offsets)
    after = _possible_cuts(accumulate(map(len, plain.enclitics[:-1]), initial=last) if plain.enclitics else (), offsets)
    pieces = tuple(word[start:end] for start, end in pairwise([0, *before, *after, len(word)]))
    stem = len(before)
    return Segmentation(pieces[:stem], pieces[stem], pieces[stem + 1 :], plain.base)


def _possible_cuts(cuts: Iterable[int], offsets: Sequence[int]) -> list[int]:
    """Where the letters of the plain spelling begin in the word, but for those inside of a code point."""
    return [offsets[cut] for cut in cuts if offsets[cut] > offsets[cut - 1]]


# ---------------------------------------------------------------------------------------- the segmenter


class Segmenter:
    """Cuts clitics off words, with the general vocabulary and counts of one's own.

    Answers are kept, up to 262,144 of them.

    Args:
        counts: spellings and how often each occurs in one's own texts, or None. Marks do not matter.

    Raises:
        InputError: counts that are no whole numbers from 0, of what is no text.

    >>> Segmenter().segment("وبمدرستها")
    Segmentation(proclitics=('و', 'ب'), stem='مدرست', enclitics=('ها',), base='مدرسة')
    """

    def __init__(self, counts: Mapping[str, int] | None = None) -> None:
        self._counts = _mixed_counts(counts) if counts else general_counts()
        self._closed = _closed_words()
        self._remembered = lru_cache(maxsize=_REMEMBERED)(self._segment)

    def segment(self, word: str) -> Segmentation:
        """The parts of one word.

        What does not consist of Arabic letters alone (a number, a hashtag, a Latin word) stays whole.

        Raises:
            InputError: an unpaired surrogate.

        >>> Segmenter().segment("السعودية").proclitics
        ()
        """
        return self._remembered(word)

    def _segment(self, word: str) -> Segmentation:
        spelling = _PLAIN(word).replace(_WASLA, _ALEF)
        if not _ARABIC_WORD.fullmatch(spelling):
            return _whole(word)
        plain = self._split(spelling)
        return plain if spelling == word else _cut_as_plain(word, plain)

    def segment_all(self, words: pl.Series) -> Iterator[Segmentation]:
        """The parts of many words in their order, faster than one by one; nothing is kept.

        Args:
            words: a String series without nulls.

        >>> [word.stem for word in Segmenter().segment_all(pl.Series(["وقال", "قال"]))]
        ['قال', 'قال']
        """
        plain = _plain(words)
        is_arabic = plain.str.contains(f"^{_ARABIC_WORD.pattern}$")
        split = self._split
        for word, spelling, whether in zip(words.to_list(), plain.to_list(), is_arabic.to_list(), strict=True):
            if not whether:
                yield _whole(word)
            elif word == spelling:
                yield split(word)
            else:
                yield _cut_as_plain(word, split(spelling))

    # ------------------------------------------------------------------ plain spelling

    def _split(self, word: str) -> Segmentation:
        """The parts of a word in plain spelling."""
        known = self._closed.get(word)
        if known is not None:
            return known
        if len(word) <= _SHORTEST_STEM:
            return _whole(word)
        proclitics: _Pieces = ()
        rest = word
        if word[0] in _PROCLITIC_THRESHOLDS:
            proclitics, rest = self._proclitics(word)
            if proclitics and (known := self._closed.get(rest)) is not None and _may_follow(known, proclitics):
                return known._replace(proclitics=proclitics + known.proclitics)
        if rest[-1] in _PRONOUNS_BY_LAST_LETTER and not rest.startswith(arabic.ARTICLE):
            stem, enclitics, base = self._enclitic(rest)
            if enclitics:
                if not proclitics:  # the word without its pronoun may show what the word did not: وحلفاؤها
                    proclitics, base = self._proclitics(base)
                    stem = stem[len(proclitics) :]
                return Segmentation(proclitics, stem, enclitics, base)
        base = self._with_article(rest) if proclitics and proclitics[-1] == "ل" else rest
        return Segmentation(proclitics, rest, (), base)

    def _proclitics(self, word: str) -> tuple[_Pieces, str]:
        """The letters to cut off the beginning, and what remains."""
        first, rest = word[0], word[1:]
        if not self._is_proclitic(first, word, rest):
            return (), word
        if first in _BEFORE_THE_NOUN:
            return (first,), rest
        second = rest[0]
        if second in _BEFORE_THE_NOUN and rest not in self._closed and self._is_proclitic(second, rest, rest[1:]):
            return (first, second), rest[1:]
        return (first,), rest

    def _is_proclitic(self, letter: str, word: str, rest: str) -> bool:
        """Whether the first letter of a word is a clitic: the rule of the module's docstring."""
        threshold = _PROCLITIC_THRESHOLDS.get(letter)
        if threshold is None or len(rest) < _SHORTEST_REST:
            return False
        count = self._counts.get
        remaining = count(rest, 0)
        if letter == "ل":
            if rest[0] == "ل" and count(_ALEF + rest, 0) > 0:
                return True
        elif letter == arabic.FUTURE_CLITIC:
            if rest[0] not in arabic.IMPERFECT_PREFIXES:
                return False
        elif rest.startswith(_DEFINITE[letter]) and len(rest) > _SHORTEST_REST + 1:
            return remaining >= _WITH_ARTICLE * count(word, 0)
        return remaining > 0 and remaining >= threshold * (count(word, 0) + 1)

    def _enclitic(self, word: str) -> tuple[str, _Pieces, str]:
        """The word without its pronoun, the pronoun, and the free spelling of the first."""
        least = self._counts.get(word, 0) + 1
        for pronoun in _PRONOUNS_BY_LAST_LETTER[word[-1]]:
            stem = word.removesuffix(pronoun)
            if len(stem) < (_SHORTEST_BEFORE_KAF if pronoun == "ك" else _SHORTEST_STEM) or stem == word:
                continue
            base, count = self._free_spelling(stem)
            if count == 0 or count < _PRONOUN_THRESHOLDS[pronoun] * least:
                continue
            if pronoun != "نا" or self._is_object(word, base, count):
                return stem, (pronoun,), base
        return word, (), word

    def _is_object(self, word: str, base: str, count: float) -> bool:
        """Whether نا after a word is a pronoun.

        After a perfect verb it is an ending (وصلنا), and in قانونا it is the end of قانون and an accusative. So the
        word must be an imperfect of the third person, or a noun, which is seen with an article.
        """
        counts = self._counts
        if counts.get(word[:-1], 0) >= count:
            return False
        return word[0] == "ي" or counts.get(arabic.ARTICLE + base, 0) >= _CLEARLY * count

    def _free_spelling(self, stem: str) -> tuple[str, float]:
        """The most frequent spelling that a stem before a pronoun may have alone, and its count."""
        counts = self._counts
        base, most = stem, counts.get(stem, 0)
        last = stem[-1]
        if last in arabic.FREE_ENDINGS:
            free = stem[:-1] + arabic.FREE_ENDINGS[last]
        elif last in arabic.ENDINGS_WITHOUT_NOON:
            free = f"{stem}ن"
        else:
            return base, most
        count = counts.get(free, 0)
        return (free, count) if count > most else (base, most)

    def _with_article(self, rest: str) -> str:
        """What remains after ل: لحشد is الحشد, but in للغة and لجنة a noun begins with ل."""
        if not rest.startswith("ل"):
            return rest
        definite = _ALEF + rest
        counts = self._counts
        return definite if counts.get(definite, 0) > counts.get(rest, 0) else rest

    # ------------------------------------------------------------------ lemmas

    def lemma(self, base: str) -> str:
        """The lemma of a stem in its free spelling.

        That of simplemma's dictionary for the word, or for the word without its article. For an unknown word:
        without the article, and without a regular ending (ات ون ين ة ا) if the dictionary knows the rest. Where
        the dictionary repeats a verb form, the perfect is looked for: كتبت, قاموا without their endings; يتابعون
        without prefix and ending. Candidates are words that are their own lemma, and the most frequent is taken.

        >>> Segmenter().lemma("المدارس"), Segmenter().lemma("يتابعون")
        ('مدرسة', 'تابع')
        """
        if base in arabic.OWN_LEMMAS:
            return base
        dictionary = _lemma_dictionary()
        lemma = dictionary.get(base)
        if lemma == base:
            return self._perfect(base)
        if lemma is None and base.startswith(arabic.ARTICLE) and len(base) > _SHORTEST_REST + 1:
            base = base[len(arabic.ARTICLE) :]
            lemma = dictionary.get(base)
        if lemma is None:
            lemma = _without_regular_ending(base, dictionary)
        return lemma if _ARABIC_WORD.fullmatch(lemma) else _PLAIN(lemma)

    def _perfect(self, word: str) -> str:
        counts = self._counts
        if word[0] == "ي" and counts.get(arabic.FUTURE_CLITIC + word, 0) > 0:
            candidates = [(counts.get(verb, 0), verb) for verb in _perfects_of(word) if self._is_perfect(verb)]
            return max(candidates)[1] if candidates else word
        for ending in arabic.PERFECT_ENDINGS:
            verb = word.removesuffix(ending)
            if verb != word and len(verb) >= _SHORTEST_REST and _lemma_dictionary().get(verb) == verb:
                return verb if counts.get(verb, 0) >= _OFTEN * counts.get(word, 0) else word
        return word

    def _is_perfect(self, verb: str) -> bool:
        """Whether a word is its own lemma and no imperfect, which takes the future particle (أعود: سأعود)."""
        if _lemma_dictionary().get(verb) != verb:
            return False
        return self._counts.get(arabic.FUTURE_CLITIC + verb, 0) <= _CLEARLY * self._counts.get(verb, 0)


def _may_follow(word: Segmentation, proclitics: _Pieces) -> bool:
    """Whether a word of the closed lists may stand after these proclitics: after a preposition no second one."""
    return not word.proclitics or proclitics[-1] in arabic.CONJUNCTION_CLITICS


def _without_regular_ending(word: str, dictionary: Mapping[str, str]) -> str:
    for ending, replacement in arabic.REGULAR_ENDINGS:
        if word.endswith(ending) and len(word) >= _SHORTEST_REST + len(ending):
            lemma = dictionary.get(word.removesuffix(ending) + replacement)
            if lemma is not None:
                return lemma
    return word


def _perfects_of(imperfect: str) -> list[str]:
    """What the perfect of a verb such as يتابع يستحق يعلن يعود ينتهي may be: تابع استحق أعلن عاد انتهى."""
    for ending in arabic.IMPERFECT_ENDINGS:
        if imperfect.endswith(ending) and len(imperfect) > _SHORTEST_REST + len(ending):
            imperfect = imperfect.removesuffix(ending)
            break
    root = imperfect[1:]
    if len(root) < _SHORTEST_REST:
        return []
    if root.endswith("ي"):
        root = f"{root[:-1]}ى"
    perfects = [root, f"ا{root}", f"أ{root}"]
    if len(root) == _SHORTEST_REST and root[1] in "وي":
        perfects.append(f"{root[0]}ا{root[2]}")
    return perfects


# ---------------------------------------------------------------------------------------- counts of one's own


def _mixed_counts(counts: Mapping[str, int]) -> dict[str, float]:
    """The general counts and one's own, added; see the docstring of the module."""
    _check_counts(counts)
    mixed = dict(general_counts())
    spellings = _plain(text_series(list(counts), argument="vocabulary")).to_list()
    for spelling, count in zip(spellings, counts.values(), strict=True):
        mixed[spelling] = mixed.get(spelling, 0) + count
    return mixed


def _check_counts(counts: Mapping[str, int]) -> None:
    for word, count in counts.items():
        if not isinstance(word, str):
            raise InputError(f"vocabulary= counts words, which are str, not {type(word).__name__}: {word!r:.60}")
        if type(count) is not int or count < 0:
            whole_number(count, f"the count of {word!r:.60} in vocabulary", least=0, what="occurrences")


def _counts_of(vocabulary: Mapping[str, int] | HasVocabulary | None) -> Mapping[str, int] | None:
    """The counts that a `vocabulary` argument means."""
    if vocabulary is None or isinstance(vocabulary, Mapping):
        return vocabulary
    frame = getattr(vocabulary, "vocabulary", None)
    if not isinstance(frame, pl.LazyFrame):
        raise InputError(
            "vocabulary= takes None, a Mapping from words to their counts or a Corpus, "
            f"not {type(vocabulary).__name__}: {vocabulary!r:.60}"
        )
    rows = frame.group_by("surface").agg(pl.col("count").sum()).collect()
    return dict(zip(rows["surface"].to_list(), rows["count"].to_list(), strict=True))


def _word_series(words: object, function: str) -> pl.Series:
    if isinstance(words, str):
        raise InputError(f"{function}() takes a list of words, not one str: {words!r:.60}. Put it into a list.")
    series = text_series(words, argument="words")
    if series.null_count():
        raise InputError(f"words= takes str, but item {series.is_null().arg_max()} is null")
    return series


# ---------------------------------------------------------------------------------------- the public functions


def segment(words: Any, vocabulary: Mapping[str, int] | HasVocabulary | None = None) -> list[list[str]]:
    """Cut clitics off words: conjunctions, prepositions, the future particle, pronouns.

    Args:
        words: a list of str or a Series of strings, one word each, as `tokenize` gives them. Marks and tatweel stay
            with the letter before them. What does not consist of Arabic letters alone stays whole.
        vocabulary: None for the general vocabulary of wordfreq; or what is added to it: a Mapping from words to how
            often they occur, or a Corpus. The module's docstring has the formula.

    Returns:
        For each word its pieces, which join to it.

    Raises:
        InputError: words that are no list of str, nulls, a vocabulary that has no counts.

    Sources: on the clitics, N. Habash, Introduction to Arabic Natural Language Processing (2010), chapter 4. On
    news sentences of the treebank UD Arabic PUD (7,488 words) 98.9 % of the words are cut as there.

    >>> segment(["وبالسعودية", "فيها", "للحشد", "لكن", "وَالسُّعُودِيَّة"])
    [['و', 'ب', 'السعودية'], ['في', 'ها'], ['ل', 'لحشد'], ['لكن'], ['وَ', 'السُّعُودِيَّة']]
    """
    series = _word_series(words, "segment")
    segmenter = Segmenter(_counts_of(vocabulary))
    types = series.unique(maintain_order=True)
    found = {word: parts.pieces for word, parts in zip(types.to_list(), segmenter.segment_all(types), strict=True)}
    return [found[word].copy() for word in series.to_list()]


def lemmatize(words: Any) -> list[str]:
    """The dictionary form of words: clitics are cut off, then simplemma is asked.

    Args:
        words: a list of str or a Series of strings, one word each.

    Returns:
        For each word its lemma without marks. What does not consist of Arabic letters alone (numbers, hashtags,
        addresses, Latin words) comes back as it is. A word out of context may have several lemmas; this is one.

    Raises:
        InputError: words that are no list of str, nulls.

    Sources: A. Barbaresi, simplemma (doi:10.5281/zenodo.4673264), and what `Segmenter.lemma` says. Of the content words
    of UD Arabic PUD (news sentences, 5,462 words) 85 % have the lemma that they have there.

    >>> lemmatize(["وبالمدارس", "مدرستها", "#السعودية", "2030"])
    ['مدرسة', 'مدرسة', '#السعودية', '2030']
    """
    series = _word_series(words, "lemmatize")
    types = series.unique(maintain_order=True)
    lemmas = dict(zip(types.to_list(), annotate(types)["lemma"].to_list(), strict=True))
    return [lemmas[word] for word in series.to_list()]


# ---------------------------------------------------------------------------------------- annotation of a vocabulary


def annotate(words: Any, counts: Any = None) -> pl.DataFrame:
    """The built-in annotator: pieces, stems and lemmas of the words of a vocabulary.

    Args:
        words: a list of str or a Series of strings, each once as a rule.
        counts: how often each occurs, in the same order, or None. They are mixed with the general vocabulary.

    Returns:
        A row for each word, in their order: segments (List(String), which join to the word), stem (String, in its
        free spelling), lemma (String).

    Raises:
        InputError: words that are no list of str, nulls, another number of counts than of words.

    >>> annotate(["ومدرستها", "قال"]).rows()
    [(['و', 'مدرست', 'ها'], 'مدرسة', 'مدرسة'), (['قال'], 'قال', 'قال')]
    """
    series = _word_series(words, "annotate")
    segmenter = Segmenter(None if counts is None else _paired(series.to_list(), list(counts)))
    pieces: list[str] = []
    sizes, stems = [], []
    for word in segmenter.segment_all(series):
        parts = word.pieces
        pieces += parts
        sizes.append(len(parts))
        stems.append(word.base)
    lemmas = {stem: segmenter.lemma(stem) if _ARABIC_WORD.fullmatch(stem) else stem for stem in set(stems)}
    return _frame(pieces, sizes, stems, [lemmas[stem] for stem in stems])


def _frame(pieces: list[str], sizes: list[int], stems: list[str], lemmas: list[str]) -> pl.DataFrame:
    """The columns of annotations, from the pieces of all words and how many each word has."""
    rows = np.repeat(np.arange(len(sizes)), sizes)
    flat = pl.DataFrame([pl.Series("row", rows), pl.Series("segments", pieces, dtype=pl.String)])
    segments = flat.group_by("row", maintain_order=True).agg("segments")["segments"]
    return pl.DataFrame({"segments": segments, "stem": stems, "lemma": lemmas}, schema=ANNOTATION_SCHEMA)


def _paired(words: list[str], counts: list[Any]) -> dict[str, int]:
    if len(counts) != len(words):
        raise InputError(f"counts= takes a count for each word: {len(words)}, not {len(counts)}")
    paired: dict[str, int] = {}
    for word, count in zip(words, counts, strict=True):
        if type(count) is not int or count < 0:  # the common case is not asked twice
            count = whole_number(count, "counts", least=0, what="occurrences")
        paired[word] = paired.get(word, 0) + count
    return paired


def annotator_record() -> dict[str, str | int]:
    """What a corpus records about the built-in annotator, since its numbers depend on it.

    >>> sorted(annotator_record())
    ['name', 'simplemma', 'version', 'wordfreq']
    """
    return {
        "name": "corpus_kit",
        "version": ANNOTATOR_VERSION,
        "wordfreq": version("wordfreq"),
        "simplemma": version("simplemma"),
    }


# ---------------------------------------------------------------------------------------- annotators of others


def check_annotations(words: Sequence[str], answers: Any) -> pl.DataFrame:
    """Turn the answers of an `Annotator` into the frame that `annotate` gives.

    Args:
        words: what the annotator was asked, a list of str.
        answers: what it gave: for each word, in their order, its pieces and its lemma.

    Returns:
        segments and lemma as given; stem: what remains when clitics of our lists are taken off both ends, in its
        free spelling.

    Raises:
        InputError: the first word whose pieces do not join to it; answers of another type or number.

    >>> check_annotations(["ومدرستها"], [(["و", "مدرست", "ها"], "مدرسة")]).rows()
    [(['و', 'مدرست', 'ها'], 'مدرسة', 'مدرسة')]
    """
    asked = _word_series(words, "check_annotations").to_list()
    if isinstance(answers, str | bytes | Mapping) or not isinstance(answers, Iterable):
        raise InputError(
            f"an annotator gives a list of pairs (pieces, lemma), not {type(answers).__name__}: {answers!r:.60}"
        )
    given = list(answers)
    if len(given) != len(asked):
        raise InputError(f"an annotator gives an answer for each word: {len(asked)}, not {len(given)}")
    segmenter = Segmenter()
    checked = [_check_answer(word, answer) for word, answer in zip(asked, given, strict=True)]
    return _frame(
        [piece for pieces, _ in checked for piece in pieces],
        [len(pieces) for pieces, _ in checked],
        [_stem_of(pieces, segmenter) for pieces, _ in checked],
        [lemma for _, lemma in checked],
    )


def _check_answer(word: str, answer: Any) -> tuple[list[str], str]:
    """The pieces and the lemma of one word, once they are what they must be."""
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        raise InputError(f"an annotator gives a pair (pieces, lemma) for {word!r}, not {answer!r:.80}")
    pieces, lemma = answer
    if not isinstance(pieces, tuple | list) or not pieces or not all(isinstance(piece, str) for piece in pieces):
        raise InputError(f"the pieces of {word!r} are a list of one str or more, not {pieces!r:.80}")
    if not isinstance(lemma, str):
        raise InputError(f"the lemma of {word!r} is a str, not {type(lemma).__name__}: {lemma!r:.80}")
    if "".join(pieces) != word:
        raise InputError(f"the pieces of {word!r} do not join to it: {list(pieces)!r:.80}")
    if "" in pieces and len(pieces) > 1:
        raise InputError(f"one of the pieces of {word!r} is empty: {list(pieces)!r:.80}")
    return list(pieces), lemma


_PROCLITICS = frozenset((*arabic.CONJUNCTION_CLITICS, *arabic.PREPOSITION_CLITICS, arabic.FUTURE_CLITIC))
_PRONOUNS = frozenset((*arabic.PRONOUN_CLITICS, *arabic.FIRST_PERSON_CLITICS))


def _stem_of(pieces: list[str], segmenter: Segmenter) -> str:
    """The free spelling of what remains without clitics; one piece at least remains."""
    plain = [_PLAIN(piece).replace(_WASLA, _ALEF) for piece in pieces]
    start, end = 0, len(plain)
    while end > 1 and plain[end - 1] in _PRONOUNS:
        end -= 1
    while end - start > 1 and plain[start] in _PROCLITICS:
        start += 1
    known = _closed_words().get("".join(plain))
    if known is not None and known.pieces == plain:
        return known.base
    stem = "".join(plain[start:end])
    if not _ARABIC_WORD.fullmatch(stem):
        return "".join(pieces[start:end])
    if end < len(plain):
        return arabic.PRONOUN_HOSTS.get(stem) or segmenter._free_spelling(stem)[0]
    return segmenter._with_article(stem) if start and plain[start - 1] == "ل" else stem
