"""Queries by nearness beside slow twins."""

from __future__ import annotations

from itertools import accumulate, pairwise, permutations, product

import numpy as np
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus_kit as ck
from corpus_kit.errors import InputError
from corpus_kit.query.pattern_tree import Compare, Meet, Test, Unite, Value
from corpus_kit.search.hits import Hits
from corpus_kit.search.meet_union import MOST_NEAR, hits_near, tokens_met
from corpus_kit.search.word_ranks import WordRanks
from corpus_kit.text.token_flags import BARRIERS

WORDS = ["ا", "ب", "ت", "،", "ث"]
SIGN = "،"


def test_of(word: str) -> Test:
    return Test(Compare("word", Value(word)), words_only=False)


test_of.__test__ = False  # not a test for pytest


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """A corpus of random texts of a few words and signs, in paragraphs."""
    random = np.random.default_rng(7)
    texts = [
        "\n".join(" ".join(random.choice(WORDS, random.integers(1, 12))) for _ in range(random.integers(1, 4)))
        for _ in range(40)
    ]
    return ck.Corpus.build([{"text": text} for text in texts], tmp_path_factory.mktemp("met") / "corpus")


@pytest.fixture(scope="module")
def tokens(corpus):
    """The tokens as Python objects: (surface, document, whether a paragraph begins)."""
    table = corpus.tokens.collect()
    surfaces = corpus.vocabulary.collect().sort("type")["surface"]
    flags = (corpus.token_flags & BARRIERS["paragraph"]) > 0
    return list(zip(surfaces.gather(table["type"]).to_list(), table["document"].to_list(), flags.tolist(), strict=True))


def positions(corpus, test: Test):
    types = corpus.type_column("word").eq(test.condition.value.text).arg_true().to_numpy().astype(np.uint32)
    return corpus.positions_of(types)


TESTS = st.sampled_from([test_of(word) for word in WORDS])
OFFSETS = st.tuples(st.integers(-5, 5), st.integers(-5, 5)).map(sorted)
NODES = st.recursive(
    TESTS,
    lambda node: st.one_of(
        st.lists(node, min_size=1, max_size=3).map(lambda parts: Unite(tuple(parts))),
        st.builds(
            lambda left, right, window, structure, negated: Meet(left, right, *window, structure, negated),
            node, node, OFFSETS, st.sampled_from([None, "s", "p", "text", "span"]), st.booleans(),
        ),
    ),
    max_leaves=6,
)  # fmt: skip


def met(tokens, regions, node, in_words: bool) -> set[int]:
    """Return the tokens that a query finds, by comparing each with each."""
    if isinstance(node, Test):
        return {place for place, token in enumerate(tokens) if token[0] == node.condition.value.text}
    if isinstance(node, Unite):
        return {place for part in node.parts for place in met(tokens, regions, part, in_words)}
    left, right = met(tokens, regions, node.left, in_words), met(tokens, regions, node.right, in_words)
    before = [0, *accumulate(token[0] != SIGN or not in_words for token in tokens)]

    def is_near(place: int) -> bool:
        return any(
            tokens[place][1] == tokens[other][1] and node.low <= before[other] - before[place] <= node.high
            for other in right
        )

    if node.structure is not None:
        with_right = [(a, b) for a, b in regions[node.structure] if right & set(range(a, b))]
        found = {place for place in left if any(a <= place < b for a, b in with_right)}
    else:
        found = {place for place in left if is_near(place)}
    return left - found if node.negated else found


@pytest.fixture(scope="module")
def with_spans(corpus):
    """The corpus with spans that overlap and nest."""
    rows = [
        {"document": document, "start": start, "end": start + length}
        for document in range(0, 40, 3)
        for start, length in ((0, 9), (2, 3), (4, 12), (4, 3))
    ]
    length = {number: len(text) for number, text in enumerate(corpus.documents.collect()["text"])}
    import polars as pl

    spans = pl.DataFrame([row for row in rows if row["end"] <= length[row["document"]]])
    return corpus.with_structures(span=spans)


@settings(deadline=None, max_examples=examples(60))
@given(node=NODES, in_words=st.booleans())
def test_meet_and_union_find_what_the_twin_finds(with_spans, tokens, node, in_words):
    corpus = with_spans
    regions = {
        name: list(zip(corpus.structure(name).first.tolist(), corpus.structure(name).end.tolist(), strict=True))
        for name in ("s", "p", "text", "span")
    }
    is_word = corpus.counted_types if in_words else None
    found = tokens_met(corpus, node, lambda test: positions(corpus, test), is_word)
    assert found.tolist() == sorted(met(tokens, regions, node, in_words))


def test_ranks_of_words():
    types = np.random.default_rng(1).integers(0, 9, 2_100_000).astype(np.uint32)
    is_word = np.arange(9) % 3 > 0
    ranks = WordRanks(types, is_word)
    before = np.cumsum(is_word[types]) - is_word[types]
    for places in (np.arange(1000), np.arange(len(types) - 1000, len(types)), np.arange(0, len(types), 97)):
        assert (ranks[places] == before[places]).all()
    end = np.array([len(types)])
    assert ranks[end].tolist() == [is_word[types].sum()]
    assert WordRanks(types[:512], is_word)[np.array([512])].tolist() == [is_word[types[:512]].sum()]


def near(tokens, items, most: int, unit: str, in_words: bool) -> list[tuple[int, int]]:
    """Return the hits of items in any order: all ways to choose and order one hit of each."""

    def words(first: int, end: int) -> int:
        return sum(token[0] != SIGN or not in_words for token in tokens[first:end])

    def is_one_unit(first: int, end: int) -> bool:
        inner = tokens[first + 1 : end]
        return all(token[1] == tokens[first][1] and not (unit == "paragraph" and token[2]) for token in inner)

    spans = set()
    for chosen in product(*items):
        ordered = sorted(chosen)
        apart = all(one[1] <= other[0] for one, other in pairwise(ordered))
        first, end = ordered[0][0], max(each[1] for each in chosen)
        if apart and words(first, end) <= most and is_one_unit(first, end):
            spans.add((first, end))
    shortest = {first: min(end for other, end in spans if other == first) for first, _ in spans}
    return sorted(
        (first, end)
        for first, end in shortest.items()
        if not any((a, b) != (first, end) and a <= first and end <= b for a, b in shortest.items())
    )


@settings(deadline=None, max_examples=examples(150))
@given(data=st.data())
def test_items_in_any_order_are_found_as_by_the_twin(corpus, tokens, data):
    number = data.draw(st.integers(1, 4))
    in_words = data.draw(st.booleans())
    words = WORDS if not in_words else [word for word in WORDS if word != SIGN]
    chosen = data.draw(st.lists(st.sampled_from(list(permutations(words, 2)) + [(w,) for w in words]),
                                min_size=number, max_size=number))  # fmt: skip
    most = data.draw(st.integers(1, 6))
    unit = data.draw(st.sampled_from(["paragraph", "document"]))
    limit = 60  # tokens, since the twin goes through all combinations
    items = [
        [
            (place, place + len(item))
            for place in range(limit - len(item))
            if [token[0] for token in tokens[place : place + len(item)]] == list(item)
        ]
        for item in chosen
    ]
    hits = [
        Hits(np.array([first for first, _ in item], np.uint32), np.array([end for _, end in item], np.uint32))
        for item in items
    ]
    is_word = corpus.counted_types if in_words else None
    found = hits_near(corpus, hits, most, barrier_bits=BARRIERS[unit], is_word=is_word)
    assert list(zip(found.first.tolist(), found.end.tolist(), strict=True)) == near(tokens, items, most, unit, in_words)


def test_far_hits_of_a_frequent_item_are_left_out_without_loss(corpus, tokens):
    """Also where hits begin with signs, which are not counted, so that many are near."""
    rare = [place for place, token in enumerate(tokens) if token[0] == "ث"][5:7]
    for word in ("ا", SIGN):
        items = [[(place, place + 1) for place, token in enumerate(tokens) if token[0] == word]]
        items.append([(place, place + 1) for place in rare])
        hits = [Hits(np.array([first for first, _ in item], np.uint32)) for item in items]
        found = hits_near(corpus, hits, 2, barrier_bits=0, is_word=corpus.counted_types)
        assert list(zip(found.first.tolist(), found.end.tolist(), strict=True)) == near(
            tokens, items, 2, "document", True
        )


def test_long_runs_of_signs_are_read_to_their_end(tmp_path):
    texts = [f"ا {'، ' * 3000}ب", f"ا {'ت ' * 3000}ب", f"ب {'، ' * 7}ا ب"]
    corpus = ck.Corpus.build([{"text": text} for text in texts], tmp_path / "signs")
    items = [Hits(positions(corpus, test_of(word))) for word in ("ا", "ب")]
    found = hits_near(corpus, items, 2, barrier_bits=0, is_word=corpus.counted_types)
    assert (found.end - found.first).tolist() == [3002, 9, 2]


def test_empty_items_and_too_many(corpus):
    none, some = Hits(np.zeros(0, np.uint32)), Hits(positions(corpus, test_of("ا")))
    assert len(hits_near(corpus, [some, none], 5, barrier_bits=0)) == 0
    assert len(hits_near(corpus, [none, none], 5, barrier_bits=0, is_word=corpus.counted_types)) == 0
    with pytest.raises(InputError, match="at most 8 items"):
        hits_near(corpus, [some] * (MOST_NEAR + 1), 5, barrier_bits=0)
    assert len(tokens_met(corpus, Meet(test_of("x"), test_of("ا"), 1, 1), lambda test: positions(corpus, test))) == 0
    assert (
        len(tokens_met(corpus, Meet(test_of("ا"), test_of("x"), 1, 1, "s"), lambda test: positions(corpus, test))) == 0
    )
