"""Boilerplate: credits, captions, links and footers, all that a scraped page has beside the article.

There are three kinds of evidence. *Openings*: a line, or what follows a sentence, begins as such things begin on Arabic
news pages (the phrases are in lexicons/boilerplate.toml). *Repetition*: many texts of one source share a line, or a run
of words where something begins or ends. *Form*: a line beside the text that is a caption, an address or what the author
is, and code.
"""

from __future__ import annotations

from collections.abc import Iterator
from os import PathLike

import numpy as np
import polars as pl

from corpus_kit._base.arguments import integer, path_argument
from corpus_kit._base.arrays import Integers
from corpus_kit._base.records import attach
from corpus_kit.analysis.groups import groups_of
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import invalid
from corpus_kit.news.boilerplate_lexicon import Lexicon, built_in_lexicon
from corpus_kit.news.boilerplate_spans import Spans, with_surfaces
from corpus_kit.news.glued_captions import find_glued_captions
from corpus_kit.news.lines_beside_text import (
    find_addresses,
    find_code,
    find_linked_headlines,
    find_short_lines,
    find_tails_of_footers,
)
from corpus_kit.news.listed_boilerplate import find_listed
from corpus_kit.news.open_footers import find_open_footers
from corpus_kit.news.page_lines import Page, Vocabulary
from corpus_kit.news.page_stamps import find_stamps
from corpus_kit.news.photo_credits import find_photo_credits
from corpus_kit.news.remaining_words import RemainingWords
from corpus_kit.news.repeated_lines import find_repeated_headlines, find_repeated_lines
from corpus_kit.news.repeated_runs import find_repeated_ends, find_repeated_runs, from_templates

__all__ = ["boilerplate"]

_BATCH_TOKENS = 1_500_000  # about so many tokens are looked at together: memory for them, not for the whole corpus


def boilerplate(
    corpus: CorpusView,
    *,
    by: str | None = None,
    min_share: float = 0.01,
    min_documents: int = 5,
    min_words: int = 4,
    max_words: int = 40,
    lexicon: str | PathLike[str] | None = None,
) -> pl.DataFrame:
    """Find the boilerplate of scraped pages: credits, captions, links, buttons and footers.

    Args:
        corpus: A Corpus, a subcorpus, or a corpus with spans excluded. Only its documents are counted.
        by: The metadata column that names the source of each document; documents without one form a source of
            their own. With None all documents are of one source.
        min_share: The least share of a source's documents (0 to 1) that must have a line or a run of words.
        min_documents: The least number of such documents (2 or more). Near-duplicates of a text count once.
        min_words: The least number of words in a repeated run that is less than a line (1 or more).
        max_words: The most words in a line that is boilerplate by its opening; a longer line is text.
        lexicon: A TOML file in the form of corpus_kit/news/lexicons/boilerplate.toml that replaces it.

    Returns:
        A DataFrame in the order of the text, which `corpus.exclude` takes, with the columns

        - document (UInt32): row number of the document
        - id (String): id of the document
        - paragraph (UInt32): number of the line in the document, from 0; the headline and all lines with a token count
        - start, end (UInt32): code points in the text
        - surface (String): text[start:end]
        - kind (Enum): caption, credit, related, share, footer, navigation, headline or repeated
        - glued (Boolean): whether the line has other words
        - rule (Enum): "opening" for a phrase of the lexicon, "repeated", or "form" for a line beside the text or code
        - documents (UInt32): how many documents of the source have this piece of boilerplate, numbers aside; pieces
          without a word, such as addresses, are one

    Note:
        The kind "repeated" is a line or run that no phrase explains, "footer" an end of texts, "headline" a headline
        that occurs again below itself, "credit" also who and what the author is, "navigation" also code. A headline
        itself is never boilerplate, and neither is a dateline.
        If there is one document, or all are the same, nothing repeats: lexicon and form alone decide.

    Raises:
        InputError: If an argument is invalid, there is no such metadata column, or the lexicon cannot be read.

    References:
        Accessor variety: Feng, Chen, Deng and Zheng (2004), Accessor variety criteria for Chinese word extraction,
        Computational Linguistics 30(1), 75-93, https://doi.org/10.1162/089120104773633394.

    Examples:
        >>> import corpus_kit as ck
        >>> corpus = ck.sample_corpus()
        >>> table = ck.news.boilerplate(corpus, by="outlet")
        >>> table["kind"].value_counts(sort=True, name="rows").rows()
        [('share', 50), ('caption', 30), ('footer', 29), ('related', 28), ('credit', 24)]
        >>> len(ck.kwic(corpus, "نشرتنا")), len(ck.kwic(corpus.exclude(table), "نشرتنا"))
        (25, 0)
    """
    expect_corpus(corpus)
    share = _share(min_share)
    documents = integer(min_documents, "min_documents", least=2)
    end_words = integer(min_words, "min_words", least=1)
    line_words = integer(max_words, "max_words", least=1)
    known = built_in_lexicon() if lexicon is None else Lexicon.read(path_argument(lexicon, "lexicon"))
    sources = _sources(corpus, by)
    with reading(corpus.path):
        vocabulary = Vocabulary(corpus, known)
        found = []
        for rows in _batches(corpus, sources):
            spans = Spans(Page(vocabulary, corpus.selected_documents()[rows], sources[rows]), share, documents)
            _find(spans, line_words, end_words)
            found.append(spans.table())
            del spans
        table = with_surfaces(corpus, pl.concat(found).sort("document", "start"))
    options = {
        "by": by, "min_share": share, "min_documents": documents, "min_words": end_words,
        "max_words": line_words, "lexicon": known.digest, "subcorpus": corpus.selection,
    }  # fmt: skip
    return attach(table, "ck.news.boilerplate", options, corpus=corpus)


def _find(spans: Spans, longest: int, least_words: int) -> None:
    """Add all boilerplate, the surest first."""
    page = spans.page
    find_stamps(spans)
    find_listed(spans, longest)
    find_linked_headlines(spans)
    find_code(spans)
    find_addresses(spans)
    find_photo_credits(spans)
    find_glued_captions(spans)
    by_opening = ~page.free
    find_repeated_headlines(spans)
    find_repeated_lines(spans)
    free, remaining = page.free.copy(), RemainingWords(page)
    templates = from_templates(spans, remaining, least_words)
    find_repeated_ends(spans, remaining, least_words)
    del remaining
    find_open_footers(spans, by_opening | (free & ~page.free), templates)
    find_tails_of_footers(spans)
    find_short_lines(spans)
    find_repeated_runs(spans, least_words)


def _share(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not 0 <= value <= 1:
        raise invalid("min_share", "a number from 0 to 1", value)
    return float(value)


def _batches(corpus: CorpusView, sources: Integers) -> Iterator[Integers]:
    """Yield the places of the documents of some whole sources, so that a batch is not much larger than a source."""
    low, high = corpus.document_bounds(corpus.selected_documents())
    order = np.argsort(sources, kind="stable")
    tokens = np.bincount(sources, weights=high - low)
    batch = ((np.cumsum(tokens) - tokens) // _BATCH_TOKENS)[sources[order]]
    for rows in np.split(order, np.flatnonzero(np.diff(batch)) + 1):
        yield np.sort(rows)


def _sources(corpus: CorpusView, by: str | None) -> Integers:
    """Return the number of the source of each selected document; documents without one are a source."""
    documents = corpus.selected_documents()
    if by is None:
        return np.zeros(len(documents), np.int64)
    labels = corpus.labels(by, selected=False, name="by")
    return groups_of(labels, len(labels)).of_document[documents].astype(np.int64)
