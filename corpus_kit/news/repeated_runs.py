"""Runs of words that repeat in many texts, with text before or after them: footers, share bars, disclaimers.

Texts are aligned where something begins or ends: the text, a line, a sentence. From there a run grows word by word, as
long as enough texts of a source agree. It is cut where its surroundings vary most. This is accessor variety (Feng,
Chen, Deng and Zheng 2004), used on words instead of characters; near-duplicates of an article share the words before
and after a run, too, and count once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_kit._base.arrays import Integers, ranges
from corpus_kit.news.boilerplate_spans import FOOTER, REPEATED, Spans, kinds_of
from corpus_kit.news.page_lines import Flags, looked_up
from corpus_kit.news.remaining_words import RemainingWords, mean
from corpus_kit.news.word_runs import GrowingRuns, Hashes, distinct

__all__ = ["find_repeated_ends", "find_repeated_runs", "from_templates"]

_LONGEST = 120  # words of a run
_DROP = 0.25  # a run is cut where fewer than this share of the texts that have it agree on the next word
_CLEAR_SHARE = 0.5  # of a source
_GLUED_SHARE = 0.05  # of a source must have a run that begins a line and runs into its text
_COHESION = 0.8  # of the occurrences of half of its pairs of words must be in such runs; otherwise it is language
_OWN_SHARE = 0.5  # of the words of a document must not be in such runs; otherwise it is from a template, no evidence
_DATELINE_WORDS = 8
_HEAD_LINES = 4  # headline, author, date, dateline
_SEPARATORS = "-–—−ـ/:(،,"  # noqa: RUF001
_BLOCK = 1 << 18  # words that are looked at together, so that what is needed for them stays small


class _Runs(NamedTuple):
    """Runs of remaining words, each with its document and how many surroundings it has."""

    first: Integers
    end: Integers
    document: Integers
    variety: Integers


def find_repeated_ends(spans: Spans, remaining: RemainingWords, least_words: int) -> None:
    """Add the same last words of many texts of a source.

    Args:
        spans: What was found so far.
        remaining: What is left.
        least_words: The least number of words of a run.
    """
    document = np.flatnonzero(remaining.end > remaining.first)
    _add(spans, remaining, _grown(spans, remaining, remaining.end[document], document, -1, least_words))


def find_repeated_runs(spans: Spans, least_words: int) -> None:
    """Add runs that many texts of a source share, from where a line or sentence begins or back from where it ends.

    Args:
        spans: What was found so far.
        least_words: The least number of words of a run.
    """
    remaining = RemainingWords(spans.page)
    _add(spans, remaining, _grown_from_bounds(spans, remaining, least_words))


def from_templates(spans: Spans, remaining: RemainingWords, least_words: int) -> Flags:
    """Return whether each document has little text of its own, as reports from a template."""
    runs = _grown_from_bounds(spans, remaining, least_words)
    return ~_have_own_text(remaining, _covered(runs, len(remaining.words)))


def _grown_from_bounds(spans: Spans, remaining: RemainingWords, least_words: int) -> _Runs:
    bounds = np.flatnonzero(remaining.bounds)
    begins, ends = bounds[:-1], bounds[1:]
    forward = _grown(spans, remaining, begins, remaining.document(begins), 1, least_words)
    backward = _grown(spans, remaining, ends, remaining.document(ends - 1), -1, least_words)
    return _Runs(*(np.concatenate(each) for each in zip(forward, backward, strict=True)))


def _grown(
    spans: Spans, remaining: RemainingWords, anchor: Integers, document: Integers, step: int, least_words: int
) -> _Runs:
    """Return the runs from each anchor on (step 1) or back from it (-1) that enough documents of the source share."""
    least = spans.least[document]
    room = remaining.end[document] - anchor if step > 0 else anchor - remaining.first[document]
    length, most = np.zeros(len(anchor), np.int64), np.zeros(len(anchor), np.int64)
    alive, runs = np.arange(len(anchor)), GrowingRuns(remaining.runs, anchor, step)
    for size in range(1, _LONGEST + 1):
        alive = alive[room[alive] >= size]
        key = runs.grow(alive)
        if size < least_words:
            continue
        place = anchor[alive] + min(0, step * size)
        agree = distinct(key, document[alive]) >= least[alive]
        alive, key, place = alive[agree], key[agree], place[agree]
        if not len(alive):
            break
        surroundings = (
            remaining.after(place + size, document[alive]) if step > 0 else remaining.before(place, document[alive])
        )
        variety = distinct(key, surroundings)
        good = variety >= np.maximum(least[alive], _DROP * most[alive])
        length[alive[good]] = size
        most[alive] = np.maximum(most[alive], variety)
    found = np.flatnonzero(length)
    first = anchor[found] + np.minimum(0, step * length[found])
    return _Runs(first, first + length[found], document[found], most[found])


def _add(spans: Spans, remaining: RemainingWords, runs: _Runs) -> None:
    """Add those of the runs that are boilerplate."""
    if not len(runs.first):
        return
    inside = _covered(runs, len(remaining.words))
    good = _are_boilerplate(spans, remaining, runs, inside)
    page = spans.page
    inside = _covered(_Runs(*(each[good] for each in runs)), len(remaining.words))
    word = np.flatnonzero(inside)
    if not len(word):
        return
    line = page.line_of[remaining.words[word]]
    document = remaining.document(word)
    new = (np.diff(word, prepend=-2) > 1) | (np.diff(document, prepend=-1) > 0)  # a run begins
    starts = np.flatnonzero(new | (np.diff(line, prepend=-1) > 0))  # so does its part in a line
    first, last = word[starts], word[np.append(starts[1:], len(word)) - 1]
    run_first, run_last = word[new], word[np.append(np.flatnonzero(new)[1:], len(word)) - 1]
    number, _ = page.match(page.lexicon.phrases, remaining.words[run_first])
    at_end = run_last == remaining.end[remaining.document(run_first)] - 1
    kind = np.where(number >= 0, kinds_of(page.lexicon.phrases)[number], np.where(at_end, FOOTER, REPEATED))
    spans.add_words(remaining.words[first], remaining.words[last], kind[np.cumsum(new)[starts] - 1], "repeated")


def _covered(runs: _Runs, size: int) -> Flags:
    """Return whether each of the remaining words is in one of the runs."""
    inside = np.zeros(size, bool)
    inside[ranges(runs.first, runs.end)] = True
    return inside


def _are_boilerplate(spans: Spans, remaining: RemainingWords, runs: _Runs, inside: Flags) -> Flags:
    """Return whether each run is boilerplate, and not a formula, ordinary language or text from a template."""
    page = spans.page
    first, end, document, variety = runs
    size = remaining.end[document] - remaining.first[document]
    _, group, members = np.unique(remaining.runs.of(first, end), return_inverse=True, return_counts=True)
    formulas = np.flatnonzero(looked_up(page.in_formula, remaining.words))
    formula = 2 * (np.searchsorted(formulas, end) - np.searchsorted(formulas, first)) > end - first
    formula = mean(formula, group, members)[group] >= 0.5
    begins = mean(remaining.begin(first), group, members)[group] >= 0.5
    ends = mean(remaining.bounds[end], group, members)[group] >= 0.5
    short = mean(2 * (end - first) <= size, group, members)[group] >= 0.5
    most = np.zeros(len(members), np.int64)
    np.maximum.at(most, group, variety)
    share = most[group] / spans.source_size[document]
    dateline = mean(_look_like_datelines(remaining, runs), group, members)[group] >= 0.5
    glued = mean(remaining.line_begins[first], group, members)[group] >= 0.5
    placed = begins & (ends | (glued & (share >= _GLUED_SHARE))) & short & ~formula & ~dateline
    placed_words = _covered(_Runs(*(each[placed] for each in runs)), len(remaining.words))
    cohesive = placed & (_cohesion(remaining, runs, placed_words) >= _COHESION)
    at_end = mean(end == remaining.end[document], group, members)[group] >= 0.5
    clear = at_end & (share >= _CLEAR_SHARE) & short & ~formula & ~dateline
    evidence = _evidence(remaining, runs, inside, group)
    return np.asarray((clear | cohesive) & (evidence >= spans.least[document]), bool)


def _cohesion(remaining: RemainingWords, runs: _Runs, inside: Flags) -> npt.NDArray[np.float64]:
    """Return the median, over the pairs of words in each run, of the share of its occurrences that are inside."""
    length = runs.end - runs.first - 1
    pairs = _pairs(remaining, ranges(runs.first, runs.end - 1))
    names, row = np.unique(pairs, return_inverse=True)
    within, everywhere = np.zeros(len(names), np.int64), np.zeros(len(names), np.int64)
    for low in range(0, len(remaining.words) - 1 if len(names) else 0, _BLOCK):
        place = np.arange(low, min(low + _BLOCK, len(remaining.words) - 1))
        place = place[remaining.document(place) == remaining.document(place + 1)]
        pair = _pairs(remaining, place)
        there = np.minimum(np.searchsorted(names, pair), len(names) - 1)
        known = names[there] == pair
        place, there = place[known], there[known]
        everywhere += np.bincount(there, minlength=len(names))
        within += np.bincount(there[inside[place] & inside[place + 1]], minlength=len(names))
    share = (within / np.maximum(everywhere, 1))[row]
    ordered = np.append(share[np.lexsort((share, np.repeat(np.arange(len(length)), length)))], 1.0)  # of one word: none
    return np.where(length > 0, ordered[np.cumsum(length) - length + length // 2], 1.0)


def _pairs(remaining: RemainingWords, places: Integers) -> Hashes:
    return remaining.runs.of(places, places + 2)


def _look_like_datelines(remaining: RemainingWords, runs: _Runs) -> Flags:
    """Return whether each run begins a line like a dateline or a byline: short, with a dash or a colon."""
    page = remaining.page
    word, last = remaining.words[runs.first], remaining.words[runs.end - 1]
    stop = np.minimum(page.words[last] + 2, page.line_end[page.line_of[last]])
    tokens = ranges(page.words[word], stop)
    run = np.repeat(np.arange(len(word)), stop - page.words[word])
    separated = np.bincount(run, weights=page.signs(tokens, _SEPARATORS), minlength=len(word)) > 0
    head = page.line_number[page.line_of[word]] < _HEAD_LINES
    return np.asarray(
        separated & head & remaining.line_begins[runs.first] & (runs.end - runs.first <= _DATELINE_WORDS), bool
    )


def _have_own_text(remaining: RemainingWords, inside: Flags) -> Flags:
    """Return whether enough of the words of each document are in no run."""
    size = remaining.end - remaining.first
    own = size - np.bincount(remaining.document(np.flatnonzero(inside)), minlength=len(size))
    return np.asarray(own >= _OWN_SHARE * size, bool)


def _evidence(remaining: RemainingWords, runs: _Runs, inside: Flags, group: Integers) -> Integers:
    """Return how many documents with text of their own have each run."""
    counts = _have_own_text(remaining, inside)[runs.document]
    pairs = np.unique(np.stack([group[counts], runs.document[counts]]), axis=1)
    return np.bincount(pairs[0], minlength=len(group) + 1)[group]
