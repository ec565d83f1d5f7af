"""collocations: which words occur together more often than by chance."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import numpy as np
import polars as pl

from corpus_kit._base.arguments import integer, threshold
from corpus_kit._base.records import attach
from corpus_kit.analysis.asked_units import warn_of_other_words
from corpus_kit.analysis.cooccurrence import PairTable, Texts, pairs_in_units, pairs_in_windows, running_text
from corpus_kit.analysis.counted_words import CountedWords
from corpus_kit.analysis.groups import Groups, corpus_groups, expect_few_groups
from corpus_kit.analysis.provenance import unit_record
from corpus_kit.analysis.ranked_pairs import association_measures, ranked_pairs, taken_names
from corpus_kit.analysis.spaced_spellings import Join, join_record, names_to_join
from corpus_kit.analysis.stopword_forms import stopword_forms
from corpus_kit.analysis.unexpected_hits import warn_of_hits
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.units import expect_unit
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import choose, invalid, one_of
from corpus_kit.query.pattern_names import names_of
from corpus_kit.query.patterns import parse_pattern
from corpus_kit.search.hit_sets import at_anchor
from corpus_kit.search.hits import Hits
from corpus_kit.search.matching import find
from corpus_kit.text.normalization import Normalizer, resolve_profile
from corpus_kit.text.token_flags import UNITS

__all__ = ["collocations", "pairs_of", "window_argument"]

_OF_A_NODE = ("log_dice", "mi", "log_likelihood")
_EXPECTATIONS = ("textual", "span_factor")
_WIDEST = 2**32  # words; no document has more


def collocations(
    corpus: CorpusView,
    pattern: str,
    *,
    unit: str = "word",
    profile: str | Normalizer | None = "search",
    exact: bool = False,
    clitics: bool = False,
    anchor: str | None = None,
    within: str = "paragraph",
    by: str | None = None,
    window: int | tuple[int, int] | str = 5,
    measure: str | Sequence[str] = _OF_A_NODE,
    expectation: str = "textual",
    min_count: int = 5,
    min_documents: int = 1,
    stopwords: Collection[str] = (),
    join: Join = False,
) -> pl.DataFrame:
    """Find the collocates of a word or phrase: the words that occur near it.

    The collocates are the words in a window around each hit of the pattern (the node). A token in the windows of two
    hits counts once; tokens of the hits are in no window and are not counted.

    The measures are computed from the contingency table that `expectation` names. Only dice and log_dice take the
    frequency of the node in place of that of its windows (Rychlý 2008), so that they compare two words and are
    comparable with those of other tools; they can exceed 1 and 14 where a collocate occurs several times around
    one hit.

    Args:
        corpus: A Corpus or a subcorpus.
        pattern: A pattern as in `ck.kwic`. Its plain words are of `unit`: with unit="lemma", ``قال`` is
            ``[lemma=قال]``.
        unit: What node and collocates are: "word", "stem", "lemma" or "root", as in `ck.frequency`. Words that have
            none are no collocates, but keep their place in windows and totals.
        profile: The form of the collocates: the name of a preset, a Normalizer, or None for the original spelling.
        exact: Whether the pattern is compared in repaired spelling, as in `ck.kwic`; otherwise in folded form.
        clitics: Whether the pattern also finds words with clitics attached, as in `ck.kwic`; of words only.
        anchor: What the node is if not the whole hit: "target" (the token after @ in the pattern), "keyword" (@9),
            the name of a label, "match" (the first token) or "matchend" (the last one).
        within: The unit of text that hits and windows do not cross: "sentence", "paragraph" or "document".
        by: A metadata column: each of its groups has collocates of its own, from its own windows and its own table of
            four cells, as if it were a corpus. Null is a group like any other.
        window: Words before and after the node, as one number or as (before, after); or "sentence", "paragraph" or
            "document": then the collocates are the words of the same unit, and units are counted, not tokens.
            Units without a word are not counted.
        measure: Names of measures of `ck.measures.association`. The table is sorted by the first. If all of them say
            only how sure an attraction is, as log_likelihood, log_dice is there, too, which says how strong it is.
        expectation: What the observed frequency is compared with. "textual": the row of the contingency table is
            the number of words that are in windows, which end where the text does, and the total is all words
            outside of hits. "span_factor": the row is the frequency of the node times the width of the window, as
            if no window were cut short or overlapped another, and the total is all words; so
            E = f(node) f(collocate) width / N, as in many concordancers.
        min_count: The lowest joint frequency of a row that is kept.
        min_documents: In how many documents both must occur together.
        stopwords: Collocates that are not shown, in any spelling that `profile` folds; they keep their place in
            windows.
        join: Whether names that are written with and without a space are one collocate, and one word of a window, as
            in `ck.frequency`; a hit in a name has all of the name. The pattern is looked for in the text as it is.

    Returns:
        A DataFrame with the columns [the labels, named after their column,] collocate (String), spelling (String: its
        most frequent original spelling in the corpus, with `by` in all groups together, as in `ck.frequency`),
        direction (Enum: attracted, neutral, repelled), count (Int64: joint frequency; o11), expected (Float64),
        collocate_count (Int64: c1), documents (Int64: number of documents in which both occur together), the measures
        (Float64; null where not defined). Order: [groups by first occurrence,] the first measure descending, nulls
        last, then count descending, then first occurrence. What all rows [of a group] share (hits, r1, n) is in the
        record that `ck.save` writes. A group without a hit has no rows.

    Raises:
        InputError: If an argument is invalid, or with expectation="span_factor" the windows are larger than the
            corpus.

    References:
        Evert, S. (2008). Corpora and collocations. In: Corpus Linguistics. An International Handbook, 1212-1248.
        (Windows, textual units, contingency tables.)
        Barnbrook, G., Mason, O. & Krishnamurthy, R. (2013). Collocation: Applications and Implications, ch. 3.
        (Expected frequency in a span.)
        Rychlý, P. (2008). A lexicographer-friendly association score. Proceedings of RASLAN 2008, 6-9.

    Examples:
        >>> import corpus_kit as ck
        >>> table = ck.collocations(ck.sample_corpus(), "إمارة السهل", window=3, min_count=3)
        >>> table.columns[:5]
        ['collocate', 'spelling', 'direction', 'count', 'expected']
        >>> ck.collocations(ck.sample_corpus(), "هدنة", by="outlet", min_count=3).columns[:3]
        ['outlet', 'collocate', 'spelling']
    """
    unit = expect_unit(unit, expect_corpus(corpus))
    names = association_measures(measure)
    choose(within, UNITS, "within")
    choose(expectation, _EXPECTATIONS, "expectation")
    least, in_documents = threshold(min_count, "min_count"), threshold(min_documents, "min_documents", least=0)
    normalizer = resolve_profile(profile)
    left_out = stopword_forms(stopwords, normalizer, unit)
    parsed = parse_pattern(pattern, unit=unit, exact=exact, clitics=clitics, names=names_of(corpus))
    shape = window_argument(window, within, expectation)
    joined = names_to_join(join, unit, normalizer, corpus)
    warn_of_other_words(corpus, [parsed], unit, "ck.collocations")
    options = {
        "pattern": pattern, "measure": list(names), "within": within, "min_count": least,
        "min_documents": in_documents, "stopwords": stopwords,
        "profile": None if normalizer is None else normalizer.name, "subcorpus": corpus.selection,
        "window": window, "expectation": expectation, "exact": exact, "clitics": clitics, "by": by,
        **({} if anchor is None else {"anchor": anchor}),
        **unit_record(unit, corpus, patterns=[parsed]),
    }  # fmt: skip
    groups = None
    if by is not None:
        groups = corpus_groups(corpus, by, taken_names(names))
    with reading(corpus.path):
        hits = find(corpus, parsed, within=within)
        warn_of_hits(corpus, parsed, len(hits), unit=unit, within=within)
        hits = hits if anchor is None else at_anchor(hits, anchor)
        counted = CountedWords(corpus, normalizer, unit, joined)
        enough = least, in_documents
        found = _pairs_of_groups(corpus, hits, counted, groups, shape, within, expectation, by, enough)
        tables, shared = [], []
        for number, n_hits, pairs in found:
            shared.append({"hits": n_hits, "row": pairs.row, "total": pairs.total})
            pairs = pairs.filter((pairs.joint >= least) & (pairs.documents >= in_documents))
            if left_out or unit != "word":  # a word has a form, but it may have no lemma
                collocates = pairs.label("collocate")
                pairs = pairs.filter((collocates.is_not_null() & ~collocates.is_in(sorted(left_out))).to_numpy())
            table = ranked_pairs(pairs, names)
            if groups is not None:
                shared[-1] = {"group": groups.labels[number]} | shared[-1]
                table.insert_column(0, groups.labels.gather(np.full(table.height, number)))
            tables.append(table)
    options |= join_record(join, joined, counted.joined_sequences)
    options |= shared[0] if by is None else {"groups": shared}
    digest = None if normalizer is None else normalizer.digest
    return attach(
        pl.concat(tables) if tables[1:] else tables[0], "ck.collocations", options, corpus=corpus, profile_digest=digest
    )


def _pairs_of_groups(
    corpus: CorpusView,
    hits: Hits,
    counted: CountedWords,
    groups: Groups | None,
    shape: tuple[int, int] | str,
    within: str,
    expectation: str,
    by: str | None,
    least: tuple[int, int],
) -> Iterator[tuple[int, int, PairTable]]:
    """Yield number, hits and pairs of each group that has a hit; of the first group, if none has one.

    Without groups, all documents are one. Of pairs in windows, those that occur so often in so many documents.
    """
    if groups is None:
        yield 0, len(hits), pairs_of(corpus, hits, counted, shape, within, expectation, least)
        return
    documents = np.searchsorted(corpus.document_ends, hits.first, "right")
    group_of_hit = groups.of_document[documents]
    n_groups = len(groups.labels)
    n_hits = np.bincount(group_of_hit, minlength=n_groups)
    chosen = np.flatnonzero(n_hits).tolist() or [0]  # without a hit, an empty table of the first group
    expect_few_groups(by, len(chosen), "a table of collocates")
    if isinstance(shape, str):
        wanted = set(chosen)
        for number, pairs in enumerate(pairs_in_units(corpus, hits, counted, shape, groups.of_document, n_groups)):
            if number in wanted:
                yield number, int(n_hits[number]), pairs
        return
    text = running_text(corpus, counted, hits)
    order, ends = np.argsort(group_of_hit, kind="stable"), np.cumsum(n_hits)
    for number, texts in zip(chosen, _texts(counted, groups, chosen), strict=True):
        own = hits.take(order[ends[number] - n_hits[number] : ends[number]])
        yield number, len(own), pairs_in_windows(text, own, counted, texts, shape, within, expectation, least)


def pairs_of(
    corpus: CorpusView,
    hits: Hits,
    counted: CountedWords,
    shape: tuple[int, int] | str,
    within: str,
    expectation: str = "textual",
    least: tuple[int, int] | None = None,
) -> PairTable:
    """Return the words around hits, or in their units of text, in all documents of a corpus.

    With windows, `least` leaves out what occurs less often, or in fewer documents.
    """
    if isinstance(shape, str):
        everything = np.zeros(corpus.total_documents, np.uint32)
        return next(pairs_in_units(corpus, hits, counted, shape, everything, 1))
    texts = Texts(counted.frequency, counted.size)
    return pairs_in_windows(
        running_text(corpus, counted, hits), hits, counted, texts, shape, within, expectation, least
    )


def _texts(counted: CountedWords, groups: Groups, chosen: list[int]) -> Iterator[Texts]:
    """Yield the words of some groups."""
    n_groups = len(groups.labels)
    group, word, count, _ = counted.by_group(groups.of_document, n_groups)
    bounds = np.searchsorted(group, np.arange(n_groups + 1))
    for number in chosen:
        own = slice(bounds[number], bounds[number + 1])
        frequency = np.zeros(counted.n_words, np.int64)
        frequency[word[own]] = count[own]
        yield Texts(frequency, int(count[own].sum()))


def window_argument(window: object, within: str, expectation: str = "textual") -> tuple[int, int] | str:
    """Return words before and after a node, or a unit of text, with which the other two have no meaning."""
    if isinstance(window, str):
        unit = choose(window, UNITS, "window")
        _expect_defaults(within=(within, "paragraph"), expectation=(expectation, "textual"))
        return unit
    pair = tuple(window) if isinstance(window, list | tuple) else (window, window)
    try:
        before, after = (min(integer(each, "window", least=0), _WIDEST) for each in pair)
    except ValueError:  # not two items, or an InputError
        raise invalid("window", f"a number of words, (before, after), or {one_of(UNITS)}", window) from None
    if not before + after:
        raise invalid("window", "at least one word before or after the node", window)
    return before, after


def _expect_defaults(**given: tuple[str, str]) -> None:
    """Refuse arguments that have no meaning for a unit of text."""
    for name, (value, default) in given.items():
        if value != default:
            raise invalid(name, f"{default!r} if window is a unit of text", value)
