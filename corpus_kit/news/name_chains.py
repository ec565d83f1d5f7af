"""Who a phrase names: the mentions of the speakers of a document, joined to chains.

References: Bagga and Baldwin (1998), "Algorithms for Scoring Coreference Chains", LREC (a chain is a class of
mentions); Raghunathan et al. (2010), "A Multi-Pass Sieve for Coreference Resolution", EMNLP (sure rules first: the same
name, then parts of it, then titles).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from os import PathLike
from typing import NamedTuple

import numpy as np
import polars as pl

from corpus_kit._base.records import as_frame, attach
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.news.attribution import speaker_phrases
from corpus_kit.news.name_resolution import CONFIDENCES, FORMS, RULES, Chain, DocumentNames
from corpus_kit.news.name_words import NameClasses, name_classes, name_lexicon_of
from corpus_kit.news.quotation_marks import pair_marks
from corpus_kit.news.reporting_verbs import WordClasses, lexicon_of, word_classes
from corpus_kit.news.running_text import places_of, span_columns
from corpus_kit.news.speakers import read_documents
from corpus_kit.search.metadata_columns import metadata_columns, with_metadata

__all__ = ["name_chains"]


def name_chains(
    corpus: CorpusView,
    *,
    boilerplate: pl.DataFrame | None = None,
    lexicon: str | PathLike[str] | None = None,
    names: str | PathLike[str] | None = None,
    metadata: str | Sequence[str] | None = None,
) -> pl.DataFrame:
    """Join the phrases of a document that name the same speaker: full name, title and name, surname, title, short form.

    The mentions are the phrases of all explicit speakers, the titles with and without a name elsewhere in the text that
    belong to one of them, and the other places of their names. What could belong to two speakers begins a chain of its
    own, with the rule "ambiguous". Pronouns are left out.

    Args:
        corpus: A Corpus, a subcorpus, or a corpus with spans excluded. A document in which nobody speaks has no rows.
        boilerplate: A table of `ck.news.boilerplate`; mentions in its spans get the place "boilerplate".
        lexicon: The path of a lexicon of reporting verbs, as in `ck.news.quotations`.
        names: The path of a TOML file that replaces the built-in lexicon of titles and names.
        metadata: Columns of the corpus to add after id, a name or a list, such as ["source", "date"].

    Returns:
        A DataFrame in the order of the text, one row a mention, with the columns

        - document (UInt32): row number of the document
        - id (String): id of the document
        - start, end (UInt32), surface (String): the mention; code points in the text
        - speaks (Boolean): whether it is the speaker of a report, and not another place of the text
        - chain (UInt32): number of the chain in the document, from 0, in the order of their first mentions
        - form (Enum): "full" (a name of two words or more), "titled" (a title and one word), "name" (one word),
          "title" (a title alone), "honorific" (معاليه), "organisation", "short" (الوزارة, المصدر), "unnamed"
          (مصدر مسؤول)
        - name (String), name_start, name_end (UInt32): the fullest phrase of the chain; the mention itself where there
          is no fuller one
        - rule (Enum): why the mention is in the chain: "first" (it is the one that the others join), "same words",
          "part of name", "surname", "first name", "title", "honorific", "short form", "acronym", "ambiguous" (it could
          belong to several chains, so it begins one of its own)
        - confidence (Enum): "high" (the name decides), "medium" (a title, short form or first name, and only one
          speaker before it has that), "low" (others in the text have it, or it comes before its name; "ambiguous")
        - place (Enum): headline, body or boilerplate

    Raises:
        InputError: If an argument is invalid, or a lexicon is.

    Examples:
        >>> import corpus_kit as ck
        >>> table = ck.news.name_chains(ck.sample_corpus())
        >>> table.filter(rule="surname", speaks=True).select("surface", "name", "confidence").row(1)
        ('السرحاني', 'قائد القوات المتقدمة العقيد يزن السرحاني', 'high')
    """
    expect_corpus(corpus)
    boilerplate = as_frame(boilerplate, "boilerplate")
    verbs, words = lexicon_of(lexicon), name_lexicon_of(names)
    columns = metadata_columns(metadata, corpus, ())
    with reading(corpus.path):
        mentions = list(_mentions(corpus, word_classes(corpus, verbs), name_classes(corpus, words)))
        table = _table(corpus, mentions, boilerplate)
    options = {
        "boilerplate": boilerplate, "lexicon": verbs.digest, "names": words.digest, "metadata": columns,
        "subcorpus": corpus.selection,
    }  # fmt: skip
    return attach(with_metadata(table, corpus, columns), "ck.news.name_chains", options, corpus=corpus)


class _Row(NamedTuple):
    """A row of the result, with tokens of the corpus; objects of a whole corpus would be slow to keep."""

    first: int
    end: int
    name_first: int
    name_end: int
    speaks: bool
    chain: int
    form: str
    rule: str
    confidence: str


def _mentions(corpus: CorpusView, verbs: WordClasses, names: NameClasses) -> Iterator[_Row]:
    """Yield the mentions, document by document."""
    for document in read_documents(corpus, verbs, pair_marks(corpus), corpus.selected_documents()):
        speakers = speaker_phrases(document)
        if not speakers:
            continue
        found = DocumentNames(document, names, speakers)
        yield from sorted(
            row for number, chain in enumerate(found.chains) for row in _rows(number, chain, document.first)
        )


def _rows(number: int, chain: Chain, offset: int) -> Iterator[_Row]:
    """Yield the rows of a chain in a document that begins at a token of the corpus."""
    fullest = chain.fullest
    name = (offset + fullest.first, offset + fullest.end)
    for each in chain.mentions:
        place = (offset + each.first, offset + each.end)
        yield _Row(*place, *name, each.speaks, number, each.form, each.rule, each.confidence)


def _table(corpus: CorpusView, rows: list[_Row], boilerplate: pl.DataFrame | None) -> pl.DataFrame:
    first, end, name_first, name_end = (np.array([row[side] for row in rows], np.int64) for side in range(4))
    document, id_, start, stop, surface = span_columns(corpus, first, end)
    _, _, name_start, name_stop, name = span_columns(corpus, name_first, name_end)
    table = pl.DataFrame(
        [
            document, id_, start, stop, surface,
            pl.Series("speaks", [row.speaks for row in rows], pl.Boolean),
            pl.Series("chain", [row.chain for row in rows], pl.UInt32),
            pl.Series("form", [row.form for row in rows], pl.Enum(FORMS)),
            name.alias("name"), name_start.alias("name_start"), name_stop.alias("name_end"),
            pl.Series("rule", [row.rule for row in rows], pl.Enum(RULES)),
            pl.Series("confidence", [row.confidence for row in rows], pl.Enum(CONFIDENCES)),
        ]
    )  # fmt: skip
    return table.with_columns(places_of(corpus, document.to_numpy(), start.to_numpy(), boilerplate))
