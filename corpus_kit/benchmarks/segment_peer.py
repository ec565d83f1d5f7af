"""Tashaphyne or farahidi, run by `measure.py` in an environment of its own (see `peers.py`).

The one that is installed is used. Neither segments like treebanks, so their analyses are converted: the article stays
with its word, and pronouns are the only suffixes that are cut off, except ي, which is rarely a pronoun.

- Tashaphyne: what precedes and follows the stem that `ArabicLightStemmer.light_stem` returns.
- farahidi: proclitics and enclitics of its first analysis.
"""

import re
import warnings
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

Texts = list[str]
Segment = Callable[[str], Texts]

# As in segmenting.py, so that all ways get the same words.
MARKS = re.compile("[\u0640\u064b-\u0652\u0670]")
WORD = re.compile("[\u0621-\u063a\u0641-\u064a]+")
SOME = 3000

PROCLITICS = re.compile("([وف]?)([بكلس]?)")
PRONOUN = re.compile("(?:هما|كما|ها|هم|هن|نا|كم|كن|ني|ه|ك)$")


def words_of(texts: Texts) -> Texts:
    return sorted({word for text in texts for word in WORD.findall(MARKS.sub("", text))})


def some_words(texts: Texts) -> Texts:
    words = words_of(texts)
    return words if len(words) <= SOME else [words[place * len(words) // SOME] for place in range(SOME)]


def pieces(word: str, before: str, after: str) -> Texts:
    """Cut a word where its affixes are clitics."""
    found = PROCLITICS.match(before)
    clitics = [clitic for clitic in found.groups() if clitic] if found else []
    pronoun = PRONOUN.search(after)
    end = len(word) - (len(pronoun[0]) if pronoun else 0)
    start = sum(map(len, clitics))
    if start >= end:
        return [word]
    return [*clitics, word[start:end], *([word[end:]] if pronoun else [])]


def tashaphyne() -> Segment:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        stemmer = import_module("tashaphyne.stemming").ArabicLightStemmer()

    def segment(word: str) -> Texts:
        stem = stemmer.light_stem(word)
        place = word.find(stem)
        return [word] if place < 0 else pieces(word, word[:place], word[place + len(stem) :])

    return segment


def farahidi() -> Segment:
    # A new one for each call, since it caches stems.
    analyzer = import_module("farahidi").Analyzer()

    def segment(word: str) -> Texts:
        analyses = analyzer.analyze(word)
        if not analyses:
            return [word]
        before, after = (
            MARKS.sub("", "".join(affix.form for affix in affixes))
            for affixes in (analyses[0].proclitics, analyses[0].enclitics)
        )
        return pieces(word, before, after)

    return segment


def segmented(choose: Callable[[Texts], Texts]) -> Callable[[Texts], Callable[[], list[Texts]]]:
    def make(texts: Texts) -> Callable[[], list[Texts]]:
        words = choose(texts)
        start = farahidi if find_spec("farahidi") else tashaphyne
        start()("وقال")  # loads its word lists

        def run() -> list[Texts]:
            segment = start()
            return [segment(word) for word in words]

        return run

    return make


WAYS = {"segment-words": segmented(words_of), "segment-some": segmented(some_words)}
