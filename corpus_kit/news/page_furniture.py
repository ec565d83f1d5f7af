"""Page furniture: credits, captions, links, footers - what a scraped page holds beside the article.

Two kinds of evidence. *Openings*: a line begins as such lines begin on Arabic news pages (the phrases are in
lexicons/furniture.toml). *Repetition*: many documents of one source share a whole line, or end in the same words.

What copies of an article share repeats as well and is no furniture. So repetition is counted in different
surroundings, not in documents: a line by the texts it stands in, the end of a text by the words before it. The
second is accessor variety (Feng, Chen, Deng and Zheng 2004), used on words instead of characters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._arguments import path_argument, whole_number
from corpus_kit.corpus_view import CorpusView, expect_corpus
from corpus_kit.counted import ranges
from corpus_kit.errors import InputError
from corpus_kit.grouping import groups_of
from corpus_kit.news import page_lines
from corpus_kit.news.page_lines import LISTED_KINDS, Flags, Hashes, Integers, Lexicon, Page, Phrase, Runs, distinct
from corpus_kit.news.running_text import document_sources, token_ends
from corpus_kit.provenance import attach
from corpus_kit.storage import reading
from corpus_kit.tokenization import GLUED, KINDS

__all__ = ["FURNITURE_KINDS", "furniture"]

FURNITURE_KINDS = (*LISTED_KINDS, "headline", "repeated")
RULES = ("opening", "repeated")

_LEXICON = Path(__file__).parent / "lexicons" / "furniture.toml"
_SCHEMA = {
    "document": pl.UInt32,
    "id": pl.String,
    "paragraph": pl.UInt32,
    "start": pl.UInt32,
    "end": pl.UInt32,
    "surface": pl.String,
    "kind": pl.Enum(FURNITURE_KINDS),
    "glued": pl.Boolean,
    "rule": pl.Enum(RULES),
    "documents": pl.UInt32,
}

# Lines with a phrase of the lexicon.
_CREDIT_WORDS = 8  # after the phrase; who writes more writes a sentence
_SENTENCE_WORDS = 4  # a line of a credit phrase and more words than this that ends in a full stop is a sentence
_INLINE_WORDS = 25  # furniture within a line of text, after its phrase
_ENDING_WORDS = 6  # the holder of rights after a credit phrase at the end of a line

# Lines that repeat.
_HEADLINE_WORDS = 3
_LINE_WORDS = 2
_OWN_SHARE = 0.2  # of a document's words must stand in lines that do not repeat, or it is a copy and tells nothing
_SHINGLE = 3  # words by which texts are compared
_NO_BODY = np.uint64(2**64 - 1)
_BODY_LINE = 12  # words; the first line as long as this ends the head of a document, where datelines stand
_DATELINE_WORDS = 8

# Ends of texts.
_CONTEXT = 4  # words before an end, by which its surroundings are told apart
_LONGEST_TAIL = 120  # words
_DROP = 0.25  # an end is cut where fewer than this share of the texts that have it agree on the word before
_CLEAR_SHARE = 0.5  # of a source; a rarer end must begin where a sentence begins, in half of its texts
_REGION = 40  # words at the end of a text, in which an open footer begins
_OPEN_SHARE = 0.5  # of a source must have an open footer
_OPEN_LONGEST = 5  # words by which an open footer is known
_EXCLUSIVE = 0.9  # of all occurrences of these words must be such footers
_UNENDED = 0.8  # of open footers must hold no final mark
_OPEN_PART = 1 / 3  # of a text is the most that an open footer may be, in half of the texts

_FINAL_MARKS = ".!?؟…۔"  # noqa: RUF001
_WEAK_MARKS = "،,؛;:-–—/(«“\"'[{"  # a sentence goes on after them
_LABEL_MARKS = ":：|-–—/"  # noqa: RUF001
_SEPARATORS = "-–—−ـ/:(،,"  # noqa: RUF001
_BRACKETS = "(["
_OPENERS = "([{«“•■▪"


def furniture(
    corpus: CorpusView,
    *,
    by: str | None = None,
    min_share: float = 0.01,
    min_documents: int = 5,
    min_words: int = 4,
    max_words: int = 40,
    lexicon: str | PathLike[str] | None = None,
) -> pl.DataFrame:
    """Find the furniture of scraped pages: credits, captions, links, buttons and footers.

    Args:
        corpus: a Corpus, a subcorpus, or what `Corpus.without` left. Only its documents are counted.
        by: the metadata column that names the source of each document; documents without one are a source
            of their own. None: all documents are of one source.
        min_share: the share of a source's documents (0 to 1) that must hold a line, or end in the same words.
        min_documents: how many there must be at least (from 2). Copies of one text count once.
        min_words: words of an end of texts that repeats within a line (from 1).
        max_words: words of a line that is furniture by its opening; a longer one is taken for text.
        lexicon: a TOML file in the form of corpus_kit/news/lexicons/furniture.toml, to be used in its place.

    Returns:
        A DataFrame in the order of the text, which `corpus.without` takes: document (UInt32, row number), id (String),
        paragraph (UInt32: the line of the document, from 0, the headline and all lines with a token counted), start,
        end (UInt32, code points of the text), surface (String: text[start:end]), kind (Enum: caption, credit, related,
        share, footer, navigation, headline, repeated), glued (Boolean: other words stand in the same line), rule
        (Enum: "opening" for a phrase of the lexicon, "repeated"), documents (UInt32: how many documents of the source
        have this piece of furniture, numbers aside).

        "repeated" as a kind is a whole line that no phrase explains, "footer" an end of texts, "headline" a headline
        that stands a second time below itself. A headline itself is never furniture, and neither is a dateline.
        With one document, or where all are the same, nothing repeats and the lexicon alone decides.

    Raises:
        InputError: a metadata column that is not there (the nearest is named), a share beyond 0 to 1, a number
            that is too small, a lexicon that cannot be read.

    References: Feng, Chen, Deng and Zheng (2004), Accessor variety criteria for Chinese word extraction,
    Computational Linguistics 30(1), 75-93, https://doi.org/10.1162/089120104773633394.

    >>> import corpus_kit as ck
    >>> corpus = ck.sample_corpus()
    >>> table = ck.news.furniture(corpus, by="outlet")
    >>> table["kind"].value_counts(sort=True, name="rows").rows()
    [('share', 50), ('caption', 30), ('footer', 29), ('related', 28), ('credit', 24)]
    >>> len(ck.kwic(corpus, "نشرتنا")), len(ck.kwic(corpus.without(table), "نشرتنا"))
    (25, 0)
    """
    expect_corpus(corpus, "news.furniture")
    limits = _Limits(
        _share(min_share),
        whole_number(min_documents, "min_documents", least=2, what="documents"),
        whole_number(min_words, "min_words", least=1, what="words"),
        whole_number(max_words, "max_words", least=1, what="words"),
    )
    known = _built_in() if lexicon is None else Lexicon.read(path_argument(lexicon, "lexicon"))
    sources = _sources(corpus, by)
    with reading(corpus.path):
        search = _Search(Page(corpus, sources, known), limits)
        search.run()
        frame = search.table()
    options = {
        "by": by, "min_share": limits.share, "min_documents": limits.documents, "min_words": limits.tail_words,
        "max_words": limits.line_words, "lexicon": known.digest, "subcorpus": corpus.selection,
    }  # fmt: skip
    return attach(frame, "ck.news.furniture", options, corpus_id=corpus.id)


@cache
def _built_in() -> Lexicon:
    return Lexicon.read(_LEXICON)


class _Limits(NamedTuple):
    share: float
    documents: int
    tail_words: int
    line_words: int


def _share(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not 0 <= value <= 1:
        raise InputError(f"min_share= takes a share of documents from 0 to 1, not {value!r:.60}")
    return float(value)


def _sources(corpus: CorpusView, by: object) -> Integers:
    """The number of the source of each selected document; documents without one are a source."""
    documents = corpus.selected_documents()
    if by is None:
        return np.zeros(len(documents), np.int64)
    labels = document_sources(corpus, by, "news.furniture")
    return groups_of(labels, len(labels)).of_document[documents].astype(np.int64)


class _Search:
    """Furniture of pages, as it is found: each finder takes what it finds from the free parts of the lines."""

    def __init__(self, page: Page, limits: _Limits) -> None:
        self.page, self.limits = page, limits
        sizes = np.bincount(page.sources, minlength=1)
        least = np.maximum(np.ceil(limits.share * sizes - 1e-9), limits.documents).astype(np.int64)
        self.source_size = sizes[page.sources]  # of each document's source
        self.least = least[page.sources]  # how many documents of its source must agree
        final = page.signs(np.arange(len(page.tokens)), _FINAL_MARKS)
        self.finals = np.concatenate(([0], np.cumsum(final)))  # how many final marks there are before each token
        self.found: list[dict[str, npt.NDArray[Any]]] = []

    def run(self) -> None:
        """Find all furniture, the surest kinds first."""
        self.openings()
        self.credits_at_ends()
        self.openings_within_lines()
        by_opening = ~self.page.free_words()
        self.repeated_headlines()
        self.repeated_lines()
        left = self.page.free_words()
        self.tails()
        self.open_tails(by_opening | (left & ~self.page.free_words()))

    def take(
        self, lines: Integers, first: Integers, end: Integers, kind: Any, rule: str, documents: Integers | None = None
    ) -> None:
        """Call the tokens first to end of lines furniture. documents: how many have it; None: count the same words."""
        if not len(lines):
            return
        page = self.page
        whole = (first == page.line_first[lines]) & (end == page.line_end[lines])
        self.found.append(
            {
                "line": lines,
                "first": first,
                "last": end - 1,
                "kind": np.broadcast_to(kind, lines.shape).astype(np.int64),
                "glued": ~whole,
                "rule": np.full(len(lines), RULES.index(rule)),
                "documents": np.full(len(lines), -1) if documents is None else documents,
            }
        )
        at_end = end >= page.free_end[lines]
        page.free_end[lines[at_end]] = first[at_end]
        page.free_first[lines[~at_end]] = end[~at_end]

    def take_lines(self, lines: Integers, kind: Any, rule: str) -> None:
        """Call whole lines furniture."""
        self.take(lines, self.page.line_first[lines], self.page.line_end[lines], kind, rule)

    # ------------------------------------------------------------------ by the lexicon

    def openings(self) -> None:
        """Lines that begin with a listed phrase."""
        page = self.page
        lines = np.flatnonzero((page.line_sizes > 0) & ~page.is_headline)
        kind = self._told(page.line_words[lines], self.limits.line_words, alone=True)
        self.take_lines(lines[kind >= 0], kind[kind >= 0], "opening")
        lines = lines[kind < 0]
        phrases = page.lexicon.of_form("controls")
        number, end = page.match(phrases, page.line_words[lines])
        lines, end, kind = lines[number >= 0], end[number >= 0], _kinds_of(phrases)[number[number >= 0]]
        more = page.line_words_end[lines] > end
        stop = np.where(more, page.words[end - 1] + 1, page.line_end[lines])
        self.take(lines, page.line_first[lines], stop, kind, "opening")

    def _told(self, starts: Integers, longest: int, *, alone: bool) -> Integers:
        """What the rest of a line is, from each of these words, by the longest phrase there; -1: no furniture.

        alone: a phrase may be all of the line.
        """
        page = self.page
        line = page.line_of[starts]
        kind, reach = np.full(len(starts), -1), np.zeros(len(starts), np.int64)
        for form in ("alone", "labels", "openings"):
            phrases = page.lexicon.of_form(form)
            number, end = page.match(phrases, starts)
            its_kind = _kinds_of(phrases)[number]
            rest = page.line_words_end[line] - end
            credit = its_kind == FURNITURE_KINDS.index("credit")
            marked = self._marked(end, line)
            if form == "alone":
                good = (rest == 0) & alone
            elif form == "labels":
                good = marked | (alone & (rest == 0) & (end - starts > 1))
            else:
                good = ~(credit & ~marked & (rest > _SENTENCE_WORDS) & self.ends_finally(line))
            good &= (number >= 0) & (rest <= np.where(credit, _CREDIT_WORDS, longest)) & (end >= reach)
            kind, reach = np.where(good, its_kind, kind), np.where(good, end, reach)
        return kind

    def _marked(self, end: Integers, line: Integers) -> Flags:
        """Whether a label's mark follows the word before each `end`, in the same line."""
        page = self.page
        after = page.words[np.maximum(end, 1) - 1] + 1
        inside = after < page.line_end[line]
        return np.asarray(inside & page.signs(np.where(inside, after, 0), _LABEL_MARKS), bool)

    def ends_finally(self, line: Integers) -> Flags:
        """Whether a final mark stands after the last word of each line."""
        page = self.page
        last = page.words[page.line_words_end[line] - 1]
        return np.asarray(self.finals[page.line_end[line]] > self.finals[last], bool)

    def credits_at_ends(self) -> None:
        """Alternative texts that run into a credit: "... مصدر الصورة Getty"."""
        page = self.page
        phrases = page.lexicon.of_form("endings")
        if not phrases:
            return
        starts = page.starts_of(phrases)
        line = page.line_of[starts]
        inside = (starts > page.line_words[line]) & ~page.is_headline[line] & (page.free_end[line] > page.words[starts])
        starts = starts[inside]
        number, end = page.match(phrases, starts)
        line = page.line_of[starts]
        rest = page.line_words_end[line] - end
        good = (number >= 0) & (rest >= 1) & (rest <= _ENDING_WORDS) & ~self.ends_finally(line)
        starts, end, line, number = (each[good] for each in (starts, end, line, number))
        holder = page.latin_words() | page.words_in(page.lexicon.holders)
        good = holder[end] | page.signs(page.words[end - 1] + 1, _LABEL_MARKS + "،,")
        starts, line, number = (each[good] for each in (starts, line, number))
        line, first = np.unique(line, return_index=True)
        starts, kind = starts[first], _kinds_of(phrases)[number[first]]
        opened = np.cumsum(page.opens)
        one_sentence = opened[starts] == opened[page.line_words[line]]
        whole = one_sentence & (page.line_sizes[line] <= self.limits.line_words)
        self.take_lines(line[whole], kind[whole], "opening")
        self._take_rest(starts[~whole], kind[~whole], "opening")

    def openings_within_lines(self) -> None:
        """Listed phrases that open the last words of a line, after the end of a sentence or in brackets."""
        page = self.page
        starts = page.starts_of(page.lexicon.of_form("openings", "labels"))
        line = page.line_of[starts]
        free = (starts > page.line_words[line]) & ~page.is_headline[line] & page.free_words()[starts]
        starts = starts[free]
        kind = self._told(starts, min(self.limits.line_words, _INLINE_WORDS), alone=False)
        credit = kind == FURNITURE_KINDS.index("credit")
        bracket = page.signs(page.words[starts] - 1, _BRACKETS)
        told = (kind >= 0) & (page.opens[starts] | (bracket & credit))
        starts, kind = starts[told], kind[told]
        _, first = np.unique(page.line_of[starts], return_index=True)
        self._take_rest(starts[first], kind[first], "opening")

    def _take_rest(self, starts: Integers, kind: Any, rule: str) -> None:
        """Call the rest of lines furniture, from each of these words (one in a line)."""
        line = self.page.line_of[starts]
        first = self._first_tokens(starts)
        self.take(line, first, self.page.free_end[line], kind, rule)

    def _first_tokens(self, starts: Integers) -> Integers:
        """Where furniture that begins with a word within a line begins: signs before it may belong to it.

        To the text before belong signs that follow its last word without a space, final marks and addresses.
        """
        page = self.page
        line = page.line_of[starts]
        first = np.maximum(np.append(-1, page.words)[starts] + 1, page.free_first[line])
        within = first > page.line_first[line]
        between = ranges(first, page.words[starts])
        kinds = page.corpus.type_kinds[page.types[between]]
        address = (kinds == KINDS.index("url")) | (kinds == KINDS.index("email"))
        glued = ((page.flags[between] & GLUED) > 0) & ~page.signs(between, _OPENERS)
        of_text = glued | page.signs(between, _FINAL_MARKS)
        told = dict(zip(between.tolist(), zip(address.tolist(), of_text.tolist(), strict=True), strict=True))
        firsts = []
        for start, word, attached in zip(first.tolist(), page.words[starts].tolist(), within.tolist(), strict=True):
            begin = start
            for token in range(start, word):
                is_address, is_of_text = told[token]
                attached = attached and is_of_text
                if attached or is_address:
                    begin = token + 1
            firsts.append(begin)
        return np.array(firsts, np.int64)

    # ------------------------------------------------------------------ by repetition

    def repeated_headlines(self) -> None:
        """Second lines that say the first once more."""
        page = self.page
        line = np.flatnonzero((page.line_number == 1) & ~page.is_headline)
        line = line[self._is_free(line) & (page.line_sizes[line] >= _HEADLINE_WORDS)]
        nobody = np.zeros(len(line), np.int64)
        same = self._line_hashes(line, nobody) == self._line_hashes(line - 1, nobody)
        self.take_lines(line[same], FURNITURE_KINDS.index("headline"), "repeated")

    def _is_free(self, line: Integers) -> Flags:
        page = self.page
        whole = (page.free_first == page.line_first) & (page.free_end == page.line_end)
        return np.asarray(whole[line], bool)

    def _line_hashes(self, line: Integers, source: Integers) -> Hashes:
        page = self.page
        return page.runs.of(page.line_words[line], page.line_words_end[line], source)

    def repeated_lines(self) -> None:
        """Whole lines that many documents of a source share, and that are no copies of each other."""
        page = self.page
        named = np.bincount(page.line_of[~page.is_number], minlength=len(page.line_first)) > 0
        line = np.flatnonzero((page.line_sizes >= _LINE_WORDS) & named & ~page.is_headline)
        line = line[self._is_free(line)]
        document = page.line_document[line]
        key = self._line_hashes(line, page.sources[document])
        often = distinct(key, document) >= self.least[document]
        line, document, key = line[often], document[often], key[often]
        if not len(line):
            return
        body = self._bodies(line, document)
        tells = body[document] != _NO_BODY
        bodies = np.zeros(len(line), np.int64)
        bodies[tells] = distinct(key[tells], body[document[tells]])
        _, group = np.unique(key, return_inverse=True)
        most = np.zeros(group.max() + 1, np.int64)
        np.maximum.at(most, group, bodies)
        dateline = np.bincount(group, weights=self._is_dateline(line)) >= 0.5 * np.bincount(group)
        formula = np.bincount(page.line_of, weights=self._in_formula)[line] == page.line_sizes[line]
        good = (most[group] >= self.least[document]) & ~dateline[group] & ~formula
        self.take_lines(line[good], FURNITURE_KINDS.index("repeated"), "repeated")

    def _bodies(self, repeated: Integers, document: Integers) -> Hashes:
        """A number for the text of each document that is its own: the same for copies with few changes.

        It is the least hash of its runs of three words (a sketch of one value, after Broder 1997), without lines
        that repeat. A document that has little text of its own has none.
        """
        page = self.page
        own = page.free_words()
        of_repeated = np.zeros(len(page.line_first), bool)
        of_repeated[repeated] = True
        document_of_word = page.line_document[page.line_of]
        size = np.bincount(document_of_word[own], minlength=len(page.documents))
        own &= ~of_repeated[page.line_of]
        own_size = np.bincount(document_of_word[own], minlength=len(page.documents))
        wanted = np.zeros(len(page.documents), bool)
        wanted[document] = True
        wanted &= own_size >= np.maximum(_OWN_SHARE * size, 1)
        first = np.flatnonzero(own & wanted[document_of_word])
        end = np.minimum(first + _SHINGLE, page.line_words_end[page.line_of[first]])
        shingle = Runs(page.exact, page.runs).of(first, end, np.zeros(len(first), np.int64))
        body = np.full(len(page.documents), _NO_BODY)
        np.minimum.at(body, document_of_word[first], shingle)
        return body

    def _is_dateline(self, line: Integers) -> Flags:
        """Whether each line looks like a dateline or a by-line: short, above the text, with a dash or a date."""
        page = self.page
        is_body = np.flatnonzero((page.line_sizes >= _BODY_LINE) & ~page.is_headline)
        body_document, first = np.unique(page.line_document[is_body], return_index=True)
        head_end = np.full(len(page.documents), 2)
        head_end[body_document] = page.line_number[is_body[first]]
        in_head = page.line_number[line] < head_end[page.line_document[line]]
        tokens = ranges(page.line_first[line], page.line_end[line])
        of_line = np.repeat(np.arange(len(line)), page.line_end[line] - page.line_first[line])
        separated = np.bincount(of_line, weights=page.signs(tokens, _SEPARATORS), minlength=len(line)) > 0
        dated = np.bincount(page.line_of, weights=page.words_in(page.lexicon.dateline), minlength=len(page.line_first))
        short = page.line_sizes[line] <= _DATELINE_WORDS
        return np.asarray(in_head & short & (separated | (dated[line] > 0)), bool)

    @cached_property
    def _in_formula(self) -> Flags:
        """Whether each word belongs to a formula that the lexicon keeps."""
        page = self.page
        inside = np.zeros(len(page.words), bool)
        if page.lexicon.formulas:
            starts = page.starts_of(page.lexicon.formulas)
            number, end = page.match(page.lexicon.formulas, starts)
            inside[ranges(starts[number >= 0], end[number >= 0])] = True
        return inside

    # ------------------------------------------------------------------ ends of texts

    def _remaining(self, also: Flags | bool = False) -> _Remaining:
        """The words that are neither furniture nor headline, document by document. also: more words, if free or not."""
        page = self.page
        words = np.flatnonzero((page.free_words() | also) & ~page.is_headline[page.line_of])
        document = page.line_document[page.line_of[words]]
        bounds = np.searchsorted(document, np.arange(len(page.documents) + 1))
        runs, exact = (Runs(each[words], page.runs) for each in (page.units, page.exact))
        return _Remaining(words, runs, exact, bounds[:-1], bounds[1:])

    def tails(self) -> None:
        """The same last words of many documents of a source: footers, most of them glued to the last sentence."""
        remaining = self._remaining()
        document, length, agree = self._common_tails(remaining)
        if not len(document):
            return
        start = remaining.end[document] - length
        key = remaining.runs.of(start, remaining.end[document], self.page.sources[document])
        good = self._is_footer(remaining, document, start, key, agree)
        document, start, key = document[good], start[good], key[good]
        self._take_ends(remaining.words[start], document, distinct(key, document))

    def _common_tails(self, remaining: _Remaining) -> tuple[Integers, Integers, Integers]:
        """Documents that end like others of their source, in how many words, and in how many surroundings they do.

        An end grows word by word, as long as enough documents agree. It is cut where its surroundings vary most: one
        word less and the same word comes before it, one more and it is that of few texts.
        """
        document = np.flatnonzero(remaining.end > remaining.first)
        most = np.zeros(len(self.page.documents), np.int64)
        best = np.zeros(len(self.page.documents), np.int64)
        for length in range(1, _LONGEST_TAIL + 1):
            document = document[remaining.end[document] - remaining.first[document] >= length]
            key, surroundings = self._ends(remaining, document, length)
            agree = distinct(key, document) >= self.least[document]
            document, key, surroundings = document[agree], key[agree], surroundings[agree]
            if not len(document):
                break
            if length >= self.limits.tail_words:
                variety = distinct(key, surroundings)
                good = variety >= np.maximum(self.least[document], _DROP * most[document])
                best[document[good]] = length
                most[document] = np.maximum(most[document], variety)
        document = np.flatnonzero(best)
        return document, best[document], most[document]

    def _ends(self, remaining: _Remaining, document: Integers, length: int) -> tuple[Hashes, Hashes]:
        """The last words of documents, and the words before them."""
        first, end, source = remaining.first[document], remaining.end[document], self.page.sources[document]
        start = end - length
        before = np.maximum(start - _CONTEXT, first)
        return remaining.runs.of(start, end, source), remaining.exact.of(before, start, source)

    def _is_footer(
        self, remaining: _Remaining, document: Integers, start: Integers, key: Hashes, agree: Integers
    ) -> Flags:
        """Whether these ends of texts are footers, and not formulas, formulaic phrases or texts from a template."""
        _, group = np.unique(key, return_inverse=True)
        members = np.bincount(group)
        words = remaining.words[start]
        begins = self._begins(words)
        clear = (agree >= _CLEAR_SHARE * self.source_size[document]) | (_mean(begins, group, members) >= 0.5)[group]
        in_formula = np.concatenate(([0], np.cumsum(self._in_formula[remaining.words])))
        end = remaining.end[document]
        formula = 2 * (in_formula[end] - in_formula[start]) > end - start
        short = 2 * (end - start) <= end - remaining.first[document]
        return np.asarray(clear & ~formula & (_mean(short, group, members) >= 0.5)[group], bool)

    def _begins(self, words: Integers) -> Flags:
        """Whether something begins at each word: a sentence, a line, or what follows an address or a strong mark."""
        page = self.page
        before = np.maximum(page.words[words] - 1, 0)
        word_before = page.words[np.maximum(words - 1, 0)] == before
        return np.asarray(page.opens[words] | ~(word_before | page.signs(before, _WEAK_MARKS)), bool)

    def open_tails(self, known: Flags) -> None:
        """Footers that begin alike and go on differently, such as a link with its title, in most of a source.

        known: words that were found by their opening, or at the end of texts. They count for the source, so that the
        rest of its footers are found, too.
        """
        page, remaining = self.page, self._remaining(also=known)
        document = np.repeat(np.arange(len(page.documents)), remaining.end - remaining.first)
        place = np.arange(len(remaining.words))
        near_end = (remaining.end[document] - place <= _REGION) & (place > remaining.first[document])
        near_end &= ~self._in_formula[remaining.words]
        places = _Places(document, np.flatnonzero(near_end), self._begins(remaining.words))
        begin = np.full(len(page.documents), -1)
        count = np.zeros(len(page.documents), np.int64)
        for length in range(_OPEN_LONGEST, 0, -1):  # the surest words first
            start, members = self._open_footers(remaining, places, length)
            new = begin[document[start]] < 0
            start, members = start[new][::-1], members[new][::-1]  # the first in a document is written last
            begin[document[start]], count[document[start]] = start, members
        has = np.flatnonzero(begin >= 0)
        has = has[page.free_words()[remaining.words[begin[has]]]]
        self._take_ends(remaining.words[begin[has]], has, count[has])

    def _open_footers(self, remaining: _Remaining, places: _Places, length: int) -> tuple[Integers, Integers]:
        """Where open footers of the same first words begin, and how many documents of the source have these."""
        sources = self.page.sources

        def keyed(start: Integers) -> tuple[Integers, Integers, Hashes]:
            start = start[start + length <= remaining.end[places.document[start]]]
            owner = places.document[start]
            return start, owner, remaining.runs.of(start, start + length, sources[owner])

        _, owner, key = keyed(places.near_end[places.begins[places.near_end]])
        most = np.maximum(self.least, _OPEN_SHARE * self.source_size)
        names = np.unique(key[distinct(key, owner) >= most[owner]])
        if not len(names):
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        start, owner, key = keyed(places.near_end)
        group = np.minimum(np.searchsorted(names, key), len(names) - 1)
        listed = names[group] == key
        start, owner, group = start[listed], owner[listed], group[listed]
        if length == 1:  # a single word tells too little, unless it is listed
            number, _ = self.page.match(self.page.lexicon.phrases, remaining.words[start])
            start, owner, group = start[number >= 0], owner[number >= 0], group[number >= 0]
        first = np.sort(np.unique(group * len(self.page.documents) + owner, return_index=True)[1])
        start, owner, group = start[first], owner[first], group[first]
        members = np.bincount(group, minlength=len(names))
        concerned = np.isin(sources, sources[owner])
        _, _, every = keyed(np.flatnonzero(concerned[places.document]))
        place = np.minimum(np.searchsorted(names, every), len(names) - 1)
        occurrences = np.bincount(place[names[place] == every], minlength=len(names))
        before = np.maximum(start - _CONTEXT, remaining.first[owner])
        surroundings = remaining.exact.of(before, start, sources[owner])
        various = np.zeros(len(names), bool)
        various[group] = distinct(group.astype(np.uint64), surroundings) >= self.least[owner]
        good = various & (members >= _EXCLUSIVE * occurrences)
        good &= _mean(~self._holds_final(remaining, start, owner), group, members) >= _UNENDED
        short = _OPEN_PART * (remaining.end[owner] - remaining.first[owner]) >= remaining.end[owner] - start
        good &= _mean(short, group, members) >= 0.5
        good &= _mean(self._after_final(remaining.words[start]), group, members) >= 0.5
        return start[good[group]], members[group[good[group]]]

    def _holds_final(self, remaining: _Remaining, start: Integers, document: Integers) -> Flags:
        """Whether a final mark stands between each of these words and the end of its document."""
        page = self.page
        last = remaining.words[remaining.end[document] - 1]
        end = page.line_end[page.line_of[last]]
        return np.asarray(self.finals[end] > self.finals[page.words[remaining.words[start]]], bool)

    def _after_final(self, words: Integers) -> Flags:
        """Whether a final mark stands between each word and the one before it."""
        tokens = self.page.words
        return np.asarray(self.finals[tokens[words]] > self.finals[tokens[np.maximum(words - 1, 0)]], bool)

    def _take_ends(self, words: Integers, document: Integers, count: Integers) -> None:
        """Call all that is left of these documents furniture, from a word of each on; line by line."""
        page = self.page
        number, _ = page.match(page.lexicon.phrases, words)
        listed = _kinds_of(page.lexicon.phrases)[number]
        kind = np.where(number >= 0, listed, FURNITURE_KINDS.index("footer"))
        begin = page.line_of[words]
        last = np.searchsorted(page.line_document, document, "right")
        line = ranges(begin, last)
        of_line = np.repeat(np.arange(len(words)), last - begin)
        first = page.free_first[line].copy()
        first[np.cumsum(last - begin) - (last - begin)] = self._first_tokens(words)
        left = (first < page.free_end[line]) & ~page.is_headline[line]
        line, of_line, first = line[left], of_line[left], first[left]
        self.take(line, first, page.free_end[line], kind[of_line], "repeated", count[of_line])

    # ------------------------------------------------------------------ the table

    def table(self) -> pl.DataFrame:
        """What was found, in the order of the text."""
        empty = {
            name: np.zeros(0, np.int64) for name in ("line", "first", "last", "kind", "glued", "rule", "documents")
        }
        columns = {name: np.concatenate([empty[name], *(part[name] for part in self.found)]) for name in empty}
        order = np.argsort(columns["first"])
        columns = {name: column[order].astype(np.int64) for name, column in columns.items()}
        page, corpus = self.page, self.page.corpus
        document = page.documents[page.line_document[columns["line"]]]
        start = corpus.token_starts[page.tokens[columns["first"]]]
        frame = pl.DataFrame(
            {
                "document": document,
                "id": corpus.ids(document),
                "paragraph": page.line_number[columns["line"]],
                "start": start,
                "end": token_ends(corpus, page.tokens[columns["last"]]),
                "surface": pl.Series([], dtype=pl.String).extend_constant("", len(document)),
                "kind": pl.Series(FURNITURE_KINDS).gather(columns["kind"]),
                "glued": columns["glued"].astype(bool),
                "rule": pl.Series(RULES).gather(columns["rule"]),
                "documents": self._documents(columns),
            }
        ).cast(_SCHEMA)  # type: ignore[arg-type]
        return frame.with_columns(page_lines.surfaces(corpus, frame))

    def _documents(self, columns: Mapping[str, npt.NDArray[Any]]) -> Integers:
        """How many documents of the source have each piece of furniture."""
        page = self.page
        document = page.line_document[columns["line"]]
        first = np.searchsorted(page.words, columns["first"])
        end = np.searchsorted(page.words, columns["last"], "right")
        same = distinct(page.runs.of(first, end, page.sources[document]), document)
        return np.where(columns["documents"] < 0, same, columns["documents"])


class _Remaining(NamedTuple):
    """Words of the page that are left, document by document.

    Their numbers in the page, hashes of runs of them (in `exact` numbers are not one word), and the bounds of each
    document in them.
    """

    words: Integers
    runs: Runs
    exact: Runs
    first: Integers
    end: Integers


class _Places(NamedTuple):
    """Of words that are left: the document of each, those near the end of one, and whether something begins at each."""

    document: Integers
    near_end: Integers
    begins: Flags


def _mean(values: Flags, group: Integers, members: Integers) -> npt.NDArray[np.float64]:
    """The share of true values in each group."""
    return np.bincount(group, weights=values, minlength=len(members)) / np.maximum(members, 1)


def _kinds_of(phrases: Sequence[Phrase]) -> Integers:
    """The kind of each phrase; of -1, no phrase, any."""
    return np.array([*(FURNITURE_KINDS.index(phrase.kind) for phrase in phrases), 0], np.int64)
