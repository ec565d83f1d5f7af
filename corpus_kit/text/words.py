"""Words in the spelling in which segmenter and lemmatiser look them up."""

from __future__ import annotations

import re
from typing import Any

import polars as pl

from corpus_kit._base.columns import text_series
from corpus_kit.errors import InputError
from corpus_kit.text import arabic
from corpus_kit.text.normalization import Normalizer, normalize_series

__all__ = ["ALEF", "ARABIC_WORD", "PLAIN", "plain_series", "plain_spelling", "word_series"]

# Without marks and tatweel, and with Arabic letters for Farsi ones. The hamzas and the dots of the last letter stay,
# since على and علي, آلان and الآن are different words.
PLAIN = Normalizer.preset("dediac").replace(farsi="arabic", name="plain")
_WASLA, ALEF = chr(arabic.ALEF_WASLA), chr(arabic.ALEF)
ARABIC_WORD = re.compile(f"[{''.join(map(chr, sorted(arabic.LETTERS)))}]+")


def plain_spelling(word: str) -> str:
    """Return a word in plain spelling.

    >>> plain_spelling("مَدْرَسَةٌ")
    'مدرسة'
    """
    return PLAIN(word).replace(_WASLA, ALEF)


def plain_series(words: pl.Series) -> pl.Series:
    """Return many words in plain spelling."""
    return normalize_series(words, PLAIN).str.replace_all(_WASLA, ALEF, literal=True)


def word_series(words: Any) -> pl.Series:
    """Return what a caller passed as `words` as a String series without nulls."""
    series = text_series(words, argument="words")
    if series.null_count():
        raise InputError(f"words must be a list of str without nulls, got None at index {series.is_null().arg_max()}.")
    return series
