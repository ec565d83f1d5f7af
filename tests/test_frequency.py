"""frequency, ngrams and count_ngrams of a corpus: equal to counts of its texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import corpus_kit as ck
from corpus_kit._base.records import provenance_of

pytestmark = pytest.mark.interface

TEXTS = [
    "قال الوزير إن الوزير ناجح. قال: نعم!",
    "الوزيرُ في المدينة\nوالوزير في المدينة ١٢",
    "في المدينة، في المدينة",
    "...",
]
OUTLETS = ["a", None, "a", "b"]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ck.Corpus]:
    frame = pl.DataFrame({"text": TEXTS, "outlet": OUTLETS, "count": [1, 2, 3, 4]})
    with ck.Corpus.build(frame, tmp_path_factory.mktemp("counting") / "c", progress=False) as built:
        yield built


@pytest.fixture(params=["whole", "part", "nothing"])
def part(request: pytest.FixtureRequest, corpus: ck.Corpus) -> tuple[ck.Corpus, list[str], list[str | None]]:
    keep = {"whole": [True] * 4, "part": [False, True, True, False], "nothing": [False] * 4}[request.param]
    rows = [i for i in range(4) if keep[i]]
    chosen = corpus if request.param == "whole" else corpus.filter(pl.col("document").is_in(rows))
    return chosen, [TEXTS[i] for i in rows], [OUTLETS[i] for i in rows]


@pytest.mark.parametrize("profile", ["search", "dediac", None, ck.Normalizer.preset("search").replace(digits="keep")])
def test_ngrams_equal_those_of_the_texts(part: tuple[ck.Corpus, list[str], list[str | None]], profile: str) -> None:
    chosen, texts, outlets = part
    for options in ({}, {"within": "sentence"}, {"within": "document"}, {"skip": 2}, {"min_count": 2}):
        arguments = {"min_count": 1, "profile": profile, **options}
        expected = ck.count_ngrams(pl.Series("texts", texts, dtype=pl.String), (1, 3), **arguments)
        order = ["count", "n", "ngram"]
        for counted in (ck.ngrams(chosen, n=(1, 3), **arguments), ck.count_ngrams(chosen, (1, 3), **arguments)):
            assert_frame_equal(counted.sort(order), expected.sort(order))
        labels = pl.Series("outlet", outlets, dtype=pl.String)
        grouped = ck.count_ngrams(pl.Series("texts", texts, dtype=pl.String), 2, by=labels, **arguments)
        counted = ck.ngrams(chosen, n=2, by="outlet", **arguments)
        assert_frame_equal(counted.sort("outlet", *order), grouped.sort("outlet", *order))


def test_other_units_equal_those_of_the_texts(part: tuple[ck.Corpus, list[str], list[str | None]]) -> None:
    chosen, texts, outlets = part
    series = pl.Series("texts", texts, dtype=pl.String)
    assert ck.count_ngrams(chosen, 3, level="character").equals(ck.count_ngrams(series, 3, level="character"))
    whitespace = ck.count_ngrams(chosen, 2, tokenizer="whitespace", by="outlet")
    labels = pl.Series("outlet", outlets, dtype=pl.String)
    assert whitespace.equals(ck.count_ngrams(series, 2, tokenizer="whitespace", by=labels))


def test_frequency_equals_a_counter(part: tuple[ck.Corpus, list[str], list[str | None]]) -> None:
    chosen, texts, _ = part
    table = ck.frequency(chosen)
    words = [
        [ck.normalize(word) for word, kind in ck.tokens([text]).select("token", "kind").iter_rows() if kind in COUNTED]
        for text in texts
    ]
    counts = Counter(word for text in words for word in text)
    documents = Counter(word for text in words for word in set(text))
    total = sum(counts.values())
    assert table["count"].to_list() == sorted(counts.values(), reverse=True)
    parts = [text for text in words if text]
    for word, count, range_, rate, dispersion in table.iter_rows():
        assert (counts[word], documents[word], counts[word] / total * 1e6) == (count, range_, pytest.approx(rate))
        assert dispersion == pytest.approx(deviation_of_proportions(word, parts), abs=1e-12)
    assert table.drop("dispersion").equals(ck.frequency(chosen, dispersion=None))


def deviation_of_proportions(word: str, parts: list[list[str]]) -> float:
    """Return half the sum of the differences between a document's share of the word and of the corpus."""
    frequency, size = sum(part.count(word) for part in parts), sum(map(len, parts))
    return sum(abs(part.count(word) / frequency - len(part) / size) for part in parts) / 2


COUNTED = {"word", "number", "hashtag", "mention"}


def test_frequency_by_a_column(corpus: ck.Corpus) -> None:
    table = ck.frequency(corpus, by="outlet")
    for outlet in (None, "a", "b"):
        part = corpus.filter(pl.col("outlet").eq_missing(outlet))
        expected = ck.frequency(part).sort("count", "word")
        assert_frame_equal(
            table.filter(pl.col("outlet").eq_missing(outlet)).drop("outlet").sort("count", "word"), expected
        )


def test_ties_keep_the_order_of_the_text(corpus: ck.Corpus) -> None:
    table = ck.frequency(corpus)
    once = table.filter(pl.col("count") == 1)["word"].to_list()
    folded = [ck.normalize(word) for text in TEXTS for word in ck.tokenize(text)]
    assert once == sorted(once, key=folded.index)


def test_min_count_does_not_change_the_rates(corpus: ck.Corpus) -> None:
    assert ck.frequency(corpus, min_count=2).equals(ck.frequency(corpus).filter(pl.col("count") >= 2))


def test_tables_have_provenance(corpus: ck.Corpus) -> None:
    for table, function in ((ck.frequency(corpus), "ck.frequency"), (ck.ngrams(corpus), "ck.ngrams")):
        record = provenance_of(table)
        assert record is not None
        assert (record["function"], record["corpus_id"]) == (function, corpus.id)
        assert record["profile_digest"] == ck.Normalizer.preset("search").digest


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda c: ck.frequency(c, by="outlets"), "^by must be .* Did you mean 'outlet'"),
        (lambda c: ck.frequency(c, by=3), "^by must be .* 3"),
        (lambda c: ck.frequency(c, by="count"), "^by must be .* the result"),
        (lambda c: ck.ngrams(c, by="count"), "^by must be .* the result"),
        (lambda c: ck.frequency(c, by="text"), "^by must be .* 'text'"),
        (lambda c: ck.frequency(c, min_count=0), "^min_count must be .* 0"),
        (lambda c: ck.ngrams(c, n=9), "^n must be .* 9"),
        (lambda c: ck.ngrams(c, within="token"), "^within must be .* 'token'"),
        (lambda c: ck.ngrams(c, profile="serach"), "^profile must be .* Did you mean 'search'"),
        (lambda c: ck.count_ngrams(c, 2, by=["a"]), "^by must be"),
    ],
)
def test_bad_arguments(corpus: ck.Corpus, call: object, message: str) -> None:
    with pytest.raises(ck.InputError, match=message):
        call(corpus)  # type: ignore[operator]
