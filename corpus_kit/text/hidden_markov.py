"""A hidden Markov model of sentences: which state each token has, of those that its word can have.

The words are given with the share of each of their states. From them and from sentences that nobody has annotated, the
transitions between states are estimated by expectation-maximisation, the algorithm of Baum and Welch: the states of a
token are weighed by what the states before and after it make likely, and a transition is as probable as it was then
counted, with some additional counts that are distributed as the states are. The states that are chosen are those of the
likeliest path (Viterbi). Its costs are rounded to 1/64 binary digit and added as integers, so that the path is the same
on every machine.

References:
    L. E. Baum, T. Petrie, G. Soules, N. Weiss (1970). A maximization technique occurring in the statistical analysis of
    probabilistic functions of Markov chains. Annals of Mathematical Statistics 41 (1), 164-171.
    L. R. Rabiner (1989). A tutorial on hidden Markov models and selected applications in speech recognition.
    Proceedings of the IEEE 77 (2), 257-286.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from corpus_kit._base.arrays import Array, Floats, Integers

__all__ = ["Transitions", "WordStates", "estimated", "likeliest_states"]

_ITERATIONS = 5
_ADDED = 100.0  # counts of each state, distributed as the states are
_LEAST = 1e-9  # the share of a state that does not occur
_UNIT = 64  # parts of a binary digit
_TOKENS_AT_ONCE, _SENTENCES_AT_ONCE = 1 << 17, 1 << 11


class WordStates(NamedTuple):
    """The states of words: arrays [word, place], the likeliest first; what a word does not have has the share 0."""

    states: Integers
    shares: Floats


class Transitions(NamedTuple):
    """What a model knows beside the words.

    Attributes:
        states: The share of each state among all tokens.
        after: The probability of [state before, state]; the last row is that of the beginning of a sentence.
    """

    states: Floats
    after: Floats


def estimated(words: WordStates, sentences: Sequence[Integers], n_states: int) -> Transitions:
    """Return the transitions in sentences, each an array of numbers of words, at least one."""
    counts = np.bincount(np.concatenate(sentences), minlength=len(words.states))
    states = _shares_of_states(words.states, words.shares * counts[:, None], n_states)
    found = Transitions(states, np.tile(states, (n_states + 1, 1)))
    for _ in range(_ITERATIONS):
        expected, n_words = np.zeros((n_states + 1, n_states)), np.zeros(words.states.shape)
        for batch in _batches(sentences):
            _add_expected(found, words, batch, expected, n_words)
        states = _shares_of_states(words.states, n_words, n_states)
        expected += _ADDED * states
        found = Transitions(states, expected / expected.sum(1, keepdims=True))
    return found


def likeliest_states(model: Transitions, words: WordStates, sentences: Sequence[Integers]) -> list[Integers]:
    """Return for each token of sentences the place of its state among those of the word."""
    emitted = np.where(words.shares > 0, _costs(_emitted(model, words)), np.int64(1) << 40)
    after = _costs(model.after)
    found: list[Integers] = [np.zeros(0, np.int64)] * len(sentences)
    for batch in _batches(sentences):
        places = _likeliest_path(after, words.states, emitted, batch)
        for column, (number, length) in enumerate(zip(batch.numbers, batch.lengths, strict=True)):
            found[number] = places[:length, column]
    return found


def _shares_of_states(states: Integers, weights: Floats, n_states: int) -> Floats:
    sums = np.bincount(states.ravel(), weights.ravel(), n_states)
    shares: Floats = np.maximum(sums / max(sums.sum(), _LEAST), _LEAST)
    return shares


def _emitted(model: Transitions, words: WordStates) -> Floats:
    """Return the probability of each word in each of its states, up to a factor of the word."""
    emitted: Floats = words.shares / model.states[words.states]
    return emitted


def _costs(probabilities: Floats) -> Integers:
    return np.round(-_UNIT * np.log2(np.maximum(probabilities, np.finfo(float).tiny))).astype(np.int64)


# ---------------------------------------------------------------- sentences side by side


class _Batch(NamedTuple):
    """Sentences, a column each, the longest first.

    Attributes:
        numbers, lengths: Which sentences these are, and how long.
        words: The number of the word at [place, sentence]; what is after the end is not read.
        heights: How many sentences have a token at each place.
    """

    numbers: list[int]
    lengths: list[int]
    words: Integers
    heights: list[int]


def _batches(sentences: Sequence[Integers]) -> Iterator[_Batch]:
    order = sorted((number for number in range(len(sentences)) if len(sentences[number])),
                   key=lambda number: -len(sentences[number]))  # fmt: skip
    first = 0
    while first < len(order):
        longest = len(sentences[order[first]])
        numbers = order[first : first + min(max(1, _TOKENS_AT_ONCE // longest), _SENTENCES_AT_ONCE)]
        first += len(numbers)
        lengths = [len(sentences[number]) for number in numbers]
        words = np.zeros((longest, len(numbers)), np.int64)
        for column, number in enumerate(numbers):
            words[: lengths[column], column] = sentences[number]
        heights = np.searchsorted(-np.array(lengths), -np.arange(longest), "left")
        yield _Batch(numbers, lengths, words, heights.tolist())


def _add_expected(model: Transitions, words: WordStates, batch: _Batch, expected: Floats, n_words: Floats) -> None:
    """Add the expected numbers of transitions, and of the states of each word, by the forward-backward algorithm."""
    emitted, n_states = _emitted(model, words), len(model.states)
    forward = _forward(model, words, batch, emitted)
    rows, height = batch.words, batch.heights[-1]
    backward = np.ones((height, emitted.shape[1]))
    for place in range(len(rows) - 1, -1, -1):
        height = batch.heights[place]
        if len(backward) < height:
            backward = np.concatenate([backward, np.ones((height - len(backward), emitted.shape[1]))])
        now, states = rows[place, :height], words.states[rows[place, :height]]
        alpha, scales = forward[place]
        np.add.at(n_words, now, alpha * backward)
        if not place:
            np.add.at(expected[-1], states, alpha * backward)
            continue
        before, states_before = forward[place - 1][0][:height], words.states[rows[place - 1, :height]]
        steps = model.after[states_before[:, :, None], states[:, None, :]]
        steps *= (emitted[now] * backward / scales[:, None])[:, None, :]
        cells = states_before[:, :, None] * n_states + states[:, None, :]
        counted = np.bincount(cells.ravel(), (before[:, :, None] * steps).ravel(), n_states * n_states)
        expected[:-1] += counted.reshape(n_states, n_states)
        backward = steps.sum(2)


def _forward(model: Transitions, words: WordStates, batch: _Batch, emitted: Floats) -> list[tuple[Floats, Floats]]:
    """Return, by place, the probabilities of the states given the tokens up to there, and what they were divided by."""
    found: list[tuple[Floats, Floats]] = []
    for place, height in enumerate(batch.heights):
        now = batch.words[place, :height]
        states = words.states[now]
        if not found:
            joint = model.after[-1][states]
        else:
            before = batch.words[place - 1, :height]
            steps = model.after[words.states[before][:, :, None], states[:, None, :]]
            joint = (found[-1][0][:height, :, None] * steps).sum(1)
        joint = joint * emitted[now]
        scales = joint.sum(1)
        found.append((joint / scales[:, None], scales))
    return found


def _likeliest_path(after: Integers, states: Integers, emitted: Integers, batch: _Batch) -> Array:
    """Return the place of the state of each token: an array [place, sentence]."""
    best = after[-1][states[batch.words[0]]] + emitted[batch.words[0]]
    came_from = []
    for place in range(1, len(batch.words)):
        height = batch.heights[place]
        now, before = batch.words[place, :height], batch.words[place - 1, :height]
        paths = best[:height, :, None] + after[states[before][:, :, None], states[now][:, None, :]]
        came_from.append(paths.argmin(1))
        best[:height] = paths.min(1) + emitted[now]
    chosen = np.zeros(batch.words.shape, np.int64)
    current = best.argmin(1)
    for place in range(len(batch.words) - 1, -1, -1):
        height = batch.heights[place]
        chosen[place, :height] = current[:height]
        if place:
            current[:height] = came_from[place - 1][np.arange(height), current[:height]]
    return chosen
