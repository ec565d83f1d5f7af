"""The collocates of words, and those of the collocates: a network that grows from one word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import polars as pl

from corpus_kit._base.arguments import integer
from corpus_kit._base.records import attach, provenance_of
from corpus_kit.analysis.collocations import collocations
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import InputError, invalid
from corpus_kit.text.normalization import Normalizer, normalize, resolve_profile

__all__ = ["collocation_network"]

_MOST_WORDS = 100
_OF_PATTERNS = re.compile(r"[^\w\s]")  # a sign that plain words do not have


def collocation_network(
    corpus: CorpusView,
    words: str | Sequence[str],
    *,
    top: int = 10,
    unit: str = "word",
    profile: str | Normalizer | None = "search",
    exact: bool = False,
    clitics: bool = False,
    within: str = "paragraph",
    window: int | tuple[int, int] = 5,
    measure: str = "log_dice",
    min_count: int = 5,
    min_documents: int = 1,
    stopwords: Sequence[str] = (),
) -> pl.DataFrame:
    """Find the strongest collocates of several words, as the links of a network.

    Begin with one word, look at its collocates, and add those whose own collocates are of interest: two words that
    share collocates are linked by them. `ck.plot.collocation_network` draws the network.

    Args:
        corpus: A Corpus or a subcorpus.
        words: One word or several, each a pattern as in `ck.collocations`; up to 100.
        top: How many collocates each word has: the first ones that it attracts.
        unit: What words and collocates are: "word", "stem", "lemma" or "root".
        profile: The form of the collocates, as in `ck.collocations`.
        exact: Whether words are compared in repaired spelling, as in `ck.kwic`.
        clitics: Whether words are also found with clitics attached, as in `ck.kwic`.
        within: The unit of text that windows do not cross: "sentence", "paragraph" or "document".
        window: Words before and after, as one number or as (before, after).
        measure: The measure of `ck.measures.association` by which collocates are chosen.
        min_count: How often two words must occur together.
        min_documents: In how many documents they must occur together.
        stopwords: Collocates that are left out.

    Returns:
        A DataFrame with the columns node (String: the word, in the form of the collocates if it is a plain word) and
        those of `ck.collocations` with the one measure. Order: that of `words`, then that of `ck.collocations`. A word
        without collocates has no rows.

    Raises:
        InputError: If an argument is invalid.

    References:
        Brezina, V., McEnery, T. & Wattam, S. (2015). Collocations in context: a new perspective on collocation
        networks. International Journal of Corpus Linguistics 20(2), 139-173.

    Examples:
        >>> import corpus_kit as ck
        >>> links = ck.collocation_network(ck.sample_corpus(), ["هدنة", "إنسانية"], top=2)
        >>> links.select("node", "collocate", "count").rows()
        [('هدنه', 'انسانيه', 15), ('هدنه', 'مدتها', 5), ('انسانيه', 'هدنه', 15), ('انسانيه', 'مدتها', 5)]
    """
    view = expect_corpus(corpus)
    given = [words] if isinstance(words, str) else words
    if not isinstance(given, list | tuple) or not given or not all(isinstance(each, str) for each in given):
        raise invalid("words", "a word or a list of words", words)
    if len(given) > _MOST_WORDS:
        raise InputError(f"words must be at most {_MOST_WORDS} words, got {len(given)}.")
    top = integer(top, "top", least=1)
    if not isinstance(measure, str):
        raise invalid("measure", "the name of one measure", measure)
    options: dict[str, Any] = {
        "unit": unit, "profile": profile, "exact": exact, "clitics": clitics, "within": within, "window": window,
        "measure": measure, "min_count": min_count, "min_documents": min_documents, "stopwords": stopwords,
    }  # fmt: skip
    folding = resolve_profile(profile) if unit == "word" else None
    tables = []
    for word in dict.fromkeys(given):
        found = collocations(view, word, **options)
        attracted = found.filter(pl.col("direction") == "attracted").head(top)
        node = str(normalize(word, folding)) if folding is not None and not _OF_PATTERNS.search(word) else word
        tables.append(attracted.select(pl.lit(node).alias("node"), pl.all()))
    record = provenance_of(found)
    assert record is not None
    kept = {name: value for name, value in record["options"].items() if name not in ("pattern", "hits", "row", "by")}
    return attach(
        pl.concat(tables), "ck.collocation_network", {"words": list(given), "top": top, **kept}, corpus=view,
        profile_digest=record["profile_digest"],
    )  # fmt: skip
