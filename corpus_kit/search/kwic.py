"""kwic: every occurrence of a pattern with the words around it, in the original spelling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from corpus_kit._base.arguments import integer, names
from corpus_kit.corpus.layers import column_called, names_of_columns
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.units import annotator_of
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import InputError, choose, invalid, shown
from corpus_kit.query.cqp import cqp
from corpus_kit.query.pattern_names import layers_of, names_of, record_of_names
from corpus_kit.query.patterns import parse_pattern
from corpus_kit.search.concordance import LINE_COLUMNS, Concordance, window_argument
from corpus_kit.search.matching import find
from corpus_kit.search.metadata_columns import metadata_columns
from corpus_kit.search.order import SortedHits, sample_rows, sort_keys
from corpus_kit.text.token_flags import UNITS

__all__ = ["kwic"]

SYNTAXES = ("native", "cqp")


def kwic(
    corpus: CorpusView,
    pattern: str,
    *,
    exact: bool = False,
    clitics: bool = False,
    within: str = "paragraph",
    window: int | tuple[int, int] = 8,
    metadata: str | Sequence[str] | None = None,
    show: str | Sequence[str] | None = None,
    sort: str | Sequence[str] | None = None,
    thin: int = 1,
    sample: int | None = None,
    seed: int = 0,
    syntax: Literal["native", "cqp"] = "native",
) -> Concordance:
    """Find a pattern and show each hit in context (keyword in context).

    Args:
        corpus: A corpus or a subcorpus.
        pattern: A word, a phrase, wildcards, alternatives, gaps, regular expressions or attributes; also places in
            texts (``within quotation``, ``<s>``), labels and what must hold of them, word lists and macros, in the
            language that docs/searching.md describes. Or a query of CQP, from `ck.cqp`.
        exact: Compare the repaired spelling instead of the folded form.
        clitics: Find words with proclitics and enclitics too; needs `corpus.annotate()`.
        within: The unit of text that a hit does not leave: "sentence", "paragraph" or "document". A pattern that
            names its own, such as ``within s``, is not limited by it.
        window: Words before and after the node: one number, or (before, after). Signs between words are
            shown too, up to 16 tokens for each word.
        metadata: A column of the documents, or several, to show with each line; none that has the name of
            another column of the lines.
        show: A column of a layer of tokens, or several, such as "pos" or "gold.lemma", to show with each line: the
            values of the tokens of the node.
        sort: A sort key or a list of them: "before1", "before2", … and "after1", … (the words next to the
            node, compared in folded form), "node", the token of an anchor or label of the pattern ("target"),
            "document", or a metadata column that has none of these names. A "-" before a key sorts in descending
            order. Missing values come last; ties, and all lines if None, keep the order of the text.
        thin: Keep every thin-th line, in the order of the text and beginning with the first; done before
            sampling.
        sample: The number of lines to draw at random; all lines if there are fewer.
        seed: The seed of the sample. A larger sample with the same seed contains the smaller one.
        syntax: "native", or "cqp" for a query of the Corpus Query Processor, as `ck.cqp` takes it; see
            docs/howto/from_cqp.md.

    Returns:
        A Concordance. Its `frame` has the columns document (UInt32, row number), id (String), position
        (UInt32, the node's first token within the document), before, node, after (String, original
        spelling), start, end (UInt32, code points of the node in the document's text), the metadata columns, and
        those of `show` (String: the values of several tokens are joined by spaces, with _ for a token without one;
        null if none has one). Its `variants` counts the spellings of the node.

    Raises:
        InputError: If the pattern has an error (the message names the place), or an argument is invalid.

    Examples:
        >>> import corpus_kit as ck
        >>> lines = ck.kwic(ck.sample_corpus(), "التحالف", window=3, sort="after1")
        >>> lines.frame["node"].is_not_null().all()
        True
        >>> len(ck.kwic(ck.sample_corpus(), "<s> [lemma=قال] @[pos=NOUN]", sort="target"))
        68
    """
    expect_corpus(corpus)
    if choose(syntax, SYNTAXES, "syntax") == "cqp":
        pattern = cqp(pattern)
    parsed = parse_pattern(pattern, exact=exact, clitics=clitics, names=names_of(corpus))
    choose(within, UNITS, "within")
    before, after = window_argument(window)
    columns = metadata_columns(metadata, corpus, LINE_COLUMNS)
    shown_columns = [] if show is None else _layer_columns(show, corpus, columns)
    thin = integer(thin, "thin", least=1)
    sample = None if sample is None else integer(sample, "sample", least=0)
    seed = integer(seed, "seed", least=0)
    with reading(corpus.path):
        found = find(corpus, parsed, within=within)
    keys = sort_keys(sort, corpus, list(found.anchors))
    hits = found if thin == 1 else found.take(slice(None, None, thin))
    if sample is not None and sample < len(hits):
        hits = hits.take(sample_rows(hits.first, sample, seed))
    options = {
        "window": [before, after], "sort": [key.text for key in keys], "sample": sample, "seed": seed, "thin": thin,
        "exact": exact, "clitics": clitics, "within": within, "metadata": columns,
        "show": shown_columns,
    }  # fmt: skip
    if parsed.uses_annotations:
        options["annotator"] = annotator_of(corpus)
    options |= record_of_names(corpus, [parsed], layers_of(corpus, shown_columns))
    lines = SortedHits(corpus, hits, keys) if keys else hits
    return Concordance(corpus, pattern, lines, found=found, options=options)


def _layer_columns(show: str | Sequence[str], corpus: CorpusView, metadata: list[str]) -> list[str]:
    columns = names(show, "show")
    taken = [*LINE_COLUMNS, *metadata]
    for name in columns:
        known = names_of_columns(corpus.layers)
        if name not in known and name in corpus.label_columns():
            hint = f"metadata={name!r} shows a column of documents."
            raise invalid("show", "columns of layers of tokens", name, hint)
        choose(name, known, "show")
        if name in taken:
            hint = "" if "." in name else f" Name its layer, too: {column_called(name, corpus.layers)!r}."
            raise InputError(f"show must be a list of names that the lines do not have yet, got {shown(name)}.{hint}")
        taken.append(name)
    return columns
