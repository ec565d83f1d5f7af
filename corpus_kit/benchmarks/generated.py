"""Invented news for measurements: the statistics of real Arabic news, none of its sentences.

The speed of a count depends on the frequency distribution of words, the growth of the vocabulary and of n-grams, the
lengths of words and documents, and the share of characters that are not plain letters. Those follow real news; the
words have no meaning. Everything is drawn by hashing integers, so that the same size and seed give the same bytes with
every version of every library, on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import polars as pl

__all__ = ["generated_texts", "generated_words"]

Numbers = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]

_DOCUMENTS = 1500  # of one batch, about 5 MB
_TYPES = 4_000_000  # possible words; most are never drawn
_STEMS = 120_000
_PHRASES = 120_000

# The most frequent words, by descending frequency.
_FUNCTION_WORDS = """
    في من على أن إلى التي عن مع الذي هذا هذه ما لا بعد كان بين كما خلال قال أو كل حيث ذلك لم قد عام ومن وفي هو
    أكثر أي هي عدد غير منذ حتى إن وأن عند كانت يوم وقال قبل وهو تم ولا أمس إذا لكن لدى حول ضمن وقد أمام عبر ثم فيها
""".split()  # noqa: SIM905 (a list of sixty items would fill the page)
# Prefixes and suffixes, with their frequency per 1,000 words.
_BEGINNINGS = {
    "": 430, "ال": 270, "و": 90, "وال": 50, "ب": 40, "لل": 25, "بال": 25, "ل": 25, "ف": 8, "ك": 5, "س": 5,
    "ي": 14, "ت": 13,
}  # fmt: skip
_ENDINGS = {
    "": 526, "ة": 150, "ات": 55, "ين": 50, "ية": 50, "ها": 35, "ه": 30, "ي": 30, "هم": 12, "ون": 12, "ًا": 8, "اً": 12,
    "ى": 18, "اء": 8, "نا": 4,
}  # fmt: skip
# Frequencies per 1,000 letters of stems.
_LETTERS = {
    "ا": 130, "ر": 75, "ي": 80, "م": 75, "ن": 62, "ل": 75, "و": 62, "ع": 55, "د": 55, "ب": 48, "س": 45, "ف": 38,
    "ت": 48, "ق": 40, "ح": 36, "ك": 28, "ج": 26, "ش": 22, "ط": 20, "ص": 18, "خ": 17, "أ": 28, "إ": 7, "ض": 12,
    "ز": 13, "ه": 22, "ذ": 8, "ث": 9, "ئ": 7, "غ": 7, "ء": 5, "ظ": 5, "ؤ": 3, "آ": 4,
}  # fmt: skip
_STEM_LENGTHS = {2: 40, 3: 330, 4: 360, 5: 200, 6: 70}
_MARKS = "\u064e\u064f\u0650\u0651\u0652"
_LATIN = ("BBC", "CNN", "Google", "iPhone", "Reuters", "Twitter", "COVID", "km", "GDP", "FIFA", "USD", "Apple")
# Characters after a word, with their frequency per 1,000 words; a full stop only ends sentences.
_AFTER = {"": 909, "،": 42, ".": 34, ":": 5, "؛": 1, "؟": 1, "!": 1, ")": 3, "»": 3, '"': 1}
_AROUND = {")": "(", "»": "«", '"': '"'}
# Lengths of documents in words, each of a twelfth of the documents; they vary at random.
_LENGTHS = (40, 75, 105, 130, 155, 180, 205, 240, 290, 350, 450, 820)
_PARAGRAPH = 58  # words, on average


def generated_texts(megabytes: float, seed: int = 1) -> pl.Series:
    """Return about this many megabytes (10^6 bytes of UTF-8) of invented news.

    Args:
        megabytes: The size.
        seed: The seed.

    Returns:
        A String series `text`, one document per row.

    Examples:
        >>> generated_texts(0.1).equals(generated_texts(0.1))
        True
    """
    wanted, texts, size = int(megabytes * 1e6), [], 0
    for batch in _batches(seed):
        for text in batch:
            texts.append(text)
            size += len(text.encode())
            if size >= wanted:
                return pl.Series("text", texts, dtype=pl.String)
    raise AssertionError("the batches have no end")


def generated_words(count: int) -> pl.Series:
    """Return the words of the first ranks, which all seeds share; some spellings occur twice.

    Args:
        count: How many.

    Returns:
        A String series `word`, the most frequent ones first.

    Examples:
        >>> generated_words(3).to_list()
        ['في', 'من', 'على']
    """
    return pl.Series("word", _spellings(np.arange(count, dtype=np.uint64)), dtype=pl.String)


def _batches(seed: int) -> Iterator[list[str]]:
    words, phrases = _zipf(_TYPES, shift=3, bend=150_000), _zipf(_PHRASES, shift=60, bend=20_000)
    number = 0
    while True:
        yield _Batch(seed, number, words, phrases).documents()
        number += 1


def _zipf(size: int, *, shift: int, bend: int) -> Numbers:
    """Return cumulative weights of ranks: 1 / (rank + shift), falling faster beyond `bend`; integers."""
    ranks = np.arange(size, dtype=np.uint64)
    return np.cumsum(np.uint64(bend << 40) // ((ranks + np.uint64(shift)) * (ranks + np.uint64(bend))), dtype=np.uint64)


def _hash(seed: int, stream: int, values: Numbers) -> Numbers:
    """Return SplitMix64 of each value, independent for each seed and stream."""
    with np.errstate(over="ignore"):
        start = (seed * 0x9E3779B97F4A7C15 + stream * 0xD1B54A32D192ED03) % 2**64
        mixed = values * np.uint64(0x9E3779B97F4A7C15) + np.uint64(start)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return mixed ^ (mixed >> np.uint64(31))


def _below(hashes: Numbers, bound: int) -> Ints:
    return (hashes % np.uint64(bound)).astype(np.int64)


def _pick(sums: Numbers, hashes: Numbers) -> Ints:
    """Return ranks, drawn with the weights of the cumulative sums."""
    ranks: Ints = np.searchsorted(sums, hashes % sums[-1], side="right")
    return ranks


def _choose(weights: dict[str, int] | dict[int, int], hashes: Numbers) -> Ints:
    """Return the numbers of keys, drawn with their weights."""
    return _pick(np.cumsum(list(weights.values()), dtype=np.uint64), hashes)


class _Batch:
    """Some documents: ranks are drawn, then spelled as words, decorated and laid out."""

    def __init__(self, seed: int, number: int, word_sums: Numbers, phrase_sums: Numbers) -> None:
        self._seed = seed
        self._first = number << 32
        self._words, self._phrases = word_sums, phrase_sums

    def _draw(self, stream: int, count: int) -> Numbers:
        """Return hashes that no other batch and no other stream has."""
        return _hash(self._seed, stream, np.arange(self._first, self._first + count, dtype=np.uint64))

    def documents(self) -> list[str]:
        lengths = self._lengths()
        total = int(lengths.sum())
        ranks = self._ranks(total)
        words = self._spelled(ranks)
        self._decorate(words)
        ends = np.cumsum(lengths).tolist()
        documents = [self._laid_out(words, start, end) for start, end in pairwise([0, *ends])]
        return self._with_copies(documents)

    def _lengths(self) -> Ints:
        typical: Ints = np.array(_LENGTHS, dtype=np.int64)[_below(self._draw(1, _DOCUMENTS), len(_LENGTHS))]
        lengths: Ints = typical // 2 + _below(self._draw(2, _DOCUMENTS), 1 << 20) * typical // (1 << 20)
        return lengths

    def _ranks(self, total: int) -> Ints:
        """Return ranks of words, drawn singly or as one of many fixed phrases of two to four words."""
        singles = _pick(self._words, self._draw(3, total))
        is_phrase = _below(self._draw(4, total), 1000) < 150
        phrase = _pick(self._phrases, self._draw(5, total)).astype(np.uint64)
        length = np.where(is_phrase, 2 + _below(_hash(0, 6, phrase), 3), 1)
        unit = np.repeat(np.arange(total), length)[:total]
        place = np.arange(total) - (np.cumsum(length) - length)[unit]
        of_phrase = _pick(self._words, _hash(0, 7, phrase[unit] * np.uint64(4) + place.astype(np.uint64)))
        ranks: Ints = np.where(is_phrase[unit], of_phrase, singles[unit])
        return ranks

    def _spelled(self, ranks: Ints) -> list[str]:
        distinct, places = np.unique(ranks, return_inverse=True)
        spellings = np.array(_spellings(distinct.astype(np.uint64)), dtype=object)
        return list(spellings[places])

    def _decorate(self, words: list[str]) -> None:
        """Add numbers, Latin words and punctuation, in place."""
        kind = _below(self._draw(8, len(words)), 1000)
        value = self._draw(9, len(words))
        after = _choose(_AFTER, self._draw(10, len(words)))
        signs = list(_AFTER)
        for place in np.flatnonzero(kind < 18).tolist():
            words[place] = _number(int(value[place])) if kind[place] < 16 else _LATIN[int(value[place]) % len(_LATIN)]
        for place in np.flatnonzero(after).tolist():
            sign = signs[after[place]]
            words[place] = _AROUND.get(sign, "") + words[place] + sign

    def _laid_out(self, words: list[str], start: int, end: int) -> str:
        """Return paragraphs, one per line; a few spaces are doubled, as in typed text."""
        paragraphs = []
        while start < end:
            size = (
                _PARAGRAPH // 2 + int(_hash(self._seed, 11, np.array([self._first + start], np.uint64))[0]) % _PARAGRAPH
            )
            paragraphs.append(" ".join(words[start : min(start + size, end)]).rstrip("،.:؛") + ".")
            start += size
        return "\n".join(paragraphs).replace(". و", ".  و")

    def _with_copies(self, documents: list[str]) -> list[str]:
        """Replace one document in twelve by the one before it, as when two papers print the same report."""
        again = _below(self._draw(12, len(documents)), 12)
        for place in np.flatnonzero(again == 0).tolist():
            if place:
                documents[place] = documents[place - 1]
        return documents


def _number(value: int) -> str:
    kind, value = value % 10, value // 10
    if kind < 4:
        return str(1950 + value % 80)
    if kind < 8:
        return str(value % 100 + 1)
    if kind < 9:
        return f"{value % 999 + 1},{value // 1000 % 1000:03}"
    return "".join(chr(0x660 + int(digit)) for digit in str(value % 1000))


def _spellings(ranks: Numbers) -> list[str]:
    """Return the word of each rank: a stem, which many words share, with a prefix and a suffix."""
    stems = _stems()
    beginnings, endings = list(_BEGINNINGS), list(_ENDINGS)
    numbers = zip(
        ranks.tolist(),
        _choose(_BEGINNINGS, _hash(0, 13, ranks)).tolist(),
        _below(_hash(0, 14, ranks), _STEMS).tolist(),
        _choose(_ENDINGS, _hash(0, 15, ranks)).tolist(),
        _below(_hash(0, 16, ranks), 1000).tolist(),
        strict=True,
    )
    return [
        _FUNCTION_WORDS[rank]
        if rank < len(_FUNCTION_WORDS)
        else _marked(beginnings[begin] + stems[stem] + endings[end], chance)
        for rank, begin, stem, end, chance in numbers
    ]


def _marked(word: str, chance: int) -> str:
    """Add marks to a few words, tatweel to fewer."""
    if chance < 12:
        return word[:2] + _MARKS[chance % 5] + word[2:]
    if chance < 13:
        return "".join(letter + _MARKS[(chance + place) % 5] for place, letter in enumerate(word))
    if chance < 16:
        return word[:-1] + "ـ" + word[-1:]
    return word


def _stems() -> list[str]:
    numbers = np.arange(_STEMS, dtype=np.uint64)
    lengths = np.array(list(_STEM_LENGTHS))[_choose(_STEM_LENGTHS, _hash(0, 17, numbers))]
    letters = np.array([ord(letter) for letter in _LETTERS], dtype=np.uint32)
    longest = max(_STEM_LENGTHS)
    grid = letters[_choose(_LETTERS, _hash(0, 18, np.arange(_STEMS * longest, dtype=np.uint64)))]
    grid = grid.reshape(_STEMS, longest)
    grid[np.arange(longest) >= lengths[:, None]] = 0  # NUL ends a numpy string
    stems: list[str] = np.ascontiguousarray(grid).view(f"<U{longest}").ravel().tolist()
    return stems
