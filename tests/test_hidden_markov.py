"""The hidden Markov model beside a twin that looks at every path of states."""

from __future__ import annotations

from itertools import product
from math import log2, prod

import numpy as np
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_kit.text import hidden_markov
from corpus_kit.text.hidden_markov import Transitions, WordStates, estimated, likeliest_states

pytestmark = pytest.mark.interface

N_STATES = 4
Word = list[tuple[int, float]]  # states and shares


def table_of(words: list[Word]) -> WordStates:
    width = max(map(len, words))
    states, shares = np.zeros((len(words), width), np.int64), np.zeros((len(words), width))
    for row, word in enumerate(words):
        for place, (state, share) in enumerate(word):
            states[row, place], shares[row, place] = state, share
    return WordStates(states, shares)


def paths_of(words: list[Word], sentence: list[int]) -> list[tuple[int, ...]]:
    """Return all paths, as places."""
    return list(product(*(range(len(words[word])) for word in sentence)))


def shares_of(sums: np.ndarray) -> np.ndarray:
    shares: np.ndarray = np.maximum(sums / sums.sum(), 1e-9)
    return shares


def twin(words: list[Word], sentences: list[list[int]]) -> Transitions:
    """Estimate as `estimated` does, from the probability of each path."""
    tokens = [word for sentence in sentences for word in sentence]
    states = np.zeros(N_STATES)
    for word in tokens:
        for state, share in words[word]:
            states[state] += share
    states = shares_of(states)
    after = np.tile(states, (N_STATES + 1, 1))
    for _ in range(5):
        steps, visits = np.zeros(after.shape), np.zeros(N_STATES)
        for sentence in filter(None, sentences):
            paths = paths_of(words, sentence)
            weights = []
            for path in paths:
                found = [words[word][place] for word, place in zip(sentence, path, strict=True)]
                before = [N_STATES, *(state for state, _ in found)]
                weights.append(
                    prod(
                        share / states[state] * after[last, state]
                        for last, (state, share) in zip(before, found, strict=False)
                    )
                )
            for path, weight in zip(paths, weights, strict=True):
                last = N_STATES
                for word, place in zip(sentence, path, strict=True):
                    state = words[word][place][0]
                    steps[last, state] += weight / sum(weights)
                    visits[state] += weight / sum(weights)
                    last = state
        states = shares_of(visits)
        steps += 100 * states
        after = steps / steps.sum(1, keepdims=True)
    return Transitions(states, after)


def cost_of(model: Transitions, word: Word, place: int, last: int) -> int:
    state, share = word[place]
    return round(-64 * log2(share / model.states[state])) + round(-64 * log2(model.after[last, state]))


shares = st.integers(1, 20).map(float)
a_word = st.lists(st.integers(0, N_STATES - 1), min_size=1, max_size=3, unique=True).flatmap(
    lambda states: st.tuples(*(st.tuples(st.just(state), shares) for state in states)).map(list)
)
vocabularies = st.lists(a_word, min_size=1, max_size=5).map(
    lambda words: [[(state, share / sum(part for _, part in word)) for state, share in word] for word in words]
)


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Word], list[list[int]]]:
    words = draw(vocabularies)
    sentence = st.lists(st.integers(0, len(words) - 1), max_size=4)
    sentences = draw(st.lists(sentence, min_size=1, max_size=6))
    return words, [*sentences, [0]]


@settings(max_examples=examples(200))
@given(case=cases())
def test_transitions_and_paths_are_those_of_all_paths(case: tuple[list[Word], list[list[int]]]) -> None:
    words, sentences = case
    table, arrays = table_of(words), [np.array(sentence, np.int64) for sentence in sentences]
    found, expected = estimated(table, arrays, N_STATES), twin(words, sentences)
    np.testing.assert_allclose(found.states, expected.states, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found.after, expected.after, rtol=1e-9, atol=1e-12)
    for sentence, places in zip(sentences, likeliest_states(found, table, arrays), strict=True):

        def cost(path: tuple[int, ...], sentence: list[int] = sentence) -> int:
            states = [N_STATES, *(words[word][place][0] for word, place in zip(sentence, path, strict=True))]
            return sum(
                cost_of(found, words[word], place, last)
                for word, place, last in zip(sentence, path, states, strict=False)
            )

        assert cost(tuple(places.tolist())) == min(map(cost, paths_of(words, sentence)))


def test_batches_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    table = WordStates(np.tile(np.arange(3), (40, 1)), rng.dirichlet(np.ones(3), 40))
    sentences = [rng.integers(0, 40, rng.integers(0, 30)) for _ in range(200)]
    model = estimated(table, sentences, 3)
    whole = [places.tolist() for places in likeliest_states(model, table, sentences)]
    assert [len(places) for places in whole] == [len(sentence) for sentence in sentences]
    for tokens, at_once in ((60, 7), (1, 1)):
        monkeypatch.setattr(hidden_markov, "_TOKENS_AT_ONCE", tokens)
        monkeypatch.setattr(hidden_markov, "_SENTENCES_AT_ONCE", at_once)
        np.testing.assert_allclose(estimated(table, sentences, 3).after, model.after, rtol=1e-9)
        assert [places.tolist() for places in likeliest_states(model, table, sentences)] == whole


def test_a_word_with_two_states_has_the_one_that_fits_the_words_around_it() -> None:
    # 0 is always followed by 1, and 2 by 3; word 4 is 1 or 3
    words: list[Word] = [[(0, 1.0)], [(1, 1.0)], [(2, 1.0)], [(3, 1.0)], [(1, 0.5), (3, 0.5)]]
    table = table_of(words)
    seen = [np.array([0, 1]), np.array([2, 3])] * 300
    asked = [np.array([0, 4]), np.array([2, 4])]
    model = estimated(table, [*seen, *asked], N_STATES)
    assert [places.tolist() for places in likeliest_states(model, table, asked)] == [[0, 0], [0, 1]]
