"""frequency, ngrams and count_ngrams of a corpus: equal to counts of its texts."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator
from typing import Any

import oracles_trend as oracle
import polars as pl
import pytest
from polars.testing import assert_frame_equal

import corpus_kit as ck
from corpus_kit._base.records import provenance_of
from corpus_kit.measures import FAMILIES

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
        for counted in (
            ck.ngrams(chosen, n=(1, 3), **arguments).drop("spelling"),
            ck.count_ngrams(chosen, (1, 3), **arguments),
        ):
            assert_frame_equal(counted.sort(order), expected.sort(order))
        labels = pl.Series("outlet", outlets, dtype=pl.String)
        grouped = ck.count_ngrams(pl.Series("texts", texts, dtype=pl.String), 2, by=labels, **arguments)
        counted = ck.ngrams(chosen, n=2, by="outlet", **arguments).drop("spelling")
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
    for word, count, range_, rate, dispersion in table.drop("spelling").iter_rows():
        assert (counts[word], documents[word], counts[word] / total * 1e6) == (count, range_, pytest.approx(rate))
        assert dispersion == pytest.approx(deviation_of_proportions(word, parts), abs=1e-12)
    assert table.drop("dispersion").equals(ck.frequency(chosen, dispersion=None))


def deviation_of_proportions(word: str, parts: list[list[str]]) -> float:
    """Return half the sum of the differences between a document's share of the word and of the corpus."""
    frequency, size = sum(part.count(word) for part in parts), sum(map(len, parts))
    return sum(abs(part.count(word) / frequency - len(part) / size) for part in parts) / 2


COUNTED = {"word", "number", "hashtag", "mention"}


def test_frequency_by_a_column(corpus: ck.Corpus) -> None:
    table = ck.frequency(corpus, by="outlet").drop("spelling")  # which is that of the whole corpus
    for outlet in (None, "a", "b"):
        part = corpus.filter(pl.col("outlet").eq_missing(outlet))
        expected = ck.frequency(part).drop("spelling").sort("count", "word")
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


# ------------------------------------------------------------------------- periods, totals, choosing words

DAYS = [
    datetime.date(2026, 1, 5),
    None,
    datetime.date(2026, 3, 1),
    datetime.date(2026, 1, 31),
    datetime.date(2026, 3, 9),
]
DATED = ["ورد بحر ورد.", "ورد ورد", "بحر جبل!", "ورد ! ! جبل", "..."]
GROUPS = ["a", "a", None, "b", "b"]


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ck.Corpus]:
    frame = pl.DataFrame({"text": DATED, "group": GROUPS, "date": pl.Series(DAYS, dtype=pl.Date)})
    with ck.Corpus.build(frame, tmp_path_factory.mktemp("dated") / "c", date="date", progress=False) as built:
        yield built


@pytest.mark.filterwarnings("ignore:ck.frequency. 1 of 5 documents have no date")
@pytest.mark.parametrize("options", [{}, {"n_bootstrap": 20}, {"unit": "word", "pattern": "ورد|بحر"}, {"min_count": 2}])
def test_each_period_equals_its_subcorpus(dated: ck.Corpus, options: dict[str, Any]) -> None:
    table = ck.frequency(dated, every="month", **options)
    by_group = ck.frequency(dated, by="group", every="month", **options)
    assert table.columns[:5] == ["period", "word", "spelling", "count", "documents"]
    assert by_group.columns[:3] == ["group", "period", "word"]
    found = 0
    for month in (1, 2, 3):
        period = datetime.date(2026, month, 1)
        part = dated.filter(pl.col("date").dt.month() == month)
        order = ["count", "word"]
        rows = table.filter(period=period).drop("period")
        assert rows["count"].is_sorted(descending=True)
        if len(part):
            assert_frame_equal(rows.sort(order), ck.frequency(part, **options).sort(order))
        for group in (None, "a", "b"):
            inside = part.filter(pl.col("group").eq_missing(group))
            rows = by_group.filter(pl.col("group").eq_missing(group), period=period).drop("group", "period")
            found += rows.height
            if len(inside):
                assert_frame_equal(rows.sort(order), ck.frequency(inside, **options).sort(order))
    assert found == by_group.height
    assert table["period"].is_sorted()


def test_undated_documents_are_left_out_with_a_warning(dated: ck.Corpus) -> None:
    with pytest.warns(UserWarning, match=r"^ck\.frequency: 1 of 5 documents have no date"):
        table = ck.frequency(dated, every="year")
    assert table["count"].sum() == 7
    record = provenance_of(table)
    assert record is not None
    assert record["options"]["undated"] == 1
    assert ck.frequency(dated)["count"].sum() == 9


def documents_with(word: str, rows: list[int]) -> list[tuple[int, int]]:
    words = [
        [token for token in DATED[row].replace(".", " ").replace("!", " ").split() if token.isalpha()] for row in rows
    ]
    return [(each.count(word), len(each)) for each in words]


def test_totals_equal_plain_counting(dated: ck.Corpus) -> None:
    table = ck.frequency(dated, pattern=["ورد", "غائب"], by="group", total=True, confidence=0.9)
    assert table.columns == [
        *("group", "pattern", "count", "documents", "per_million", "per_million_low", "per_million_high"),
        *("words", "dispersion"),
    ]
    assert table.select("group", "pattern").rows() == [
        (group, word) for word in ("ورد", "غائب") for group in ("a", None, "b")
    ]
    for word in ("ورد", "غائب"):
        everything = documents_with(word, list(range(5)))
        for group in ("a", None, "b"):
            rows = [row for row in range(5) if GROUPS[row] == group]
            found = documents_with(word, rows)
            [row] = table.filter(pl.col("group").eq_missing(group), pattern=word).rows(named=True)
            count, size = sum(x for x, _ in found), sum(n for _, n in found)
            assert (row["count"], row["documents"], row["words"]) == (count, sum(x > 0 for x, _ in found), size)
            assert row["per_million"] == pytest.approx(1e6 * count / size)
            ends = oracle.interval(found, everything, 0.9)
            assert ends is not None
            assert (row["per_million_low"], row["per_million_high"]) == pytest.approx([1e6 * end for end in ends])
            assert row["per_million_high"] > row["per_million"]
            counts, sizes = ([document[part] for document in found if document[1]] for part in (0, 1))
            expected = FAMILIES["dispersion"]["deviation_of_proportions"](counts, sizes) if count else None
            assert row["dispersion"] == (None if expected is None else pytest.approx(expected))


@pytest.mark.filterwarnings("ignore:ck.frequency. 1 of 5 documents have no date")
def test_totals_have_all_periods(dated: ck.Corpus) -> None:
    table = ck.frequency(dated, pattern="ورد", by="group", every="month", total=True, dispersion=None)
    assert table.columns[:3] == ["group", "period", "pattern"]
    assert table.height == 3 * 3
    rows = table.select(
        "group", pl.col("period").dt.month(), "count", "words", "per_million", "per_million_high"
    ).rows()
    assert rows[0][:5] == ("a", 1, 2, 3, pytest.approx(2e6 / 3))
    assert rows[1] == ("a", 2, 0, 0, None, None)
    assert rows[5][:5] == (None, 3, 0, 2, 0.0)
    assert rows[5][5] > 3.68e6 / 2  # what a zero can have in two words
    [whole] = ck.frequency(dated, pattern="ورد", total=True).rows(named=True)
    assert (whole["count"], whole["documents"], whole["words"]) == (5, 3, 9)
    nothing = dated.filter(pl.lit(value=False))
    [none] = ck.frequency(nothing, pattern="ورد", total=True).rows(named=True)
    assert (none["count"], none["words"], none["per_million"], none["per_million_high"]) == (0, 0, None, None)
    assert ck.frequency(nothing, pattern="ورد", total=True, by="group").height == 0
    assert ck.frequency(nothing, every="month").height == 0


def test_documents_and_stopwords_choose_words(corpus: ck.Corpus) -> None:
    table = ck.frequency(corpus)
    assert_frame_equal(ck.frequency(corpus, min_documents=2), table.filter(pl.col("documents") >= 2))
    without = ck.frequency(corpus, stopwords=["فِي", "المدينه"])
    assert_frame_equal(without, table.filter(~pl.col("word").is_in(["في", "المدينه"])))
    grouped = ck.frequency(corpus, by="outlet")
    kept = ck.frequency(corpus, by="outlet", min_documents=2, stopwords={"في"})
    assert_frame_equal(kept, grouped.filter(pl.col("documents") >= 2, pl.col("word") != "في"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"total": True}, "total must be False without a pattern, got True"),
        ({"total": 1, "pattern": "ورد"}, "total must be True or False"),
        ({"pattern": ["ورد", "بحر"]}, "pattern must be one pattern without total=True"),
        ({"pattern": "ورد", "total": True, "min_count": 2}, "min_count must be 1 with total=True, got 2"),
        ({"pattern": "ورد", "total": True, "min_documents": 2}, "min_documents must be 0 with total=True, got 2"),
        ({"pattern": "ورد", "total": True, "n_bootstrap": 9}, "n_bootstrap must be 0 with total=True, got 9"),
        ({"pattern": "ورد", "total": True, "stopwords": ["في"]}, "stopwords must be empty with total=True"),
        ({"min_documents": -1}, "min_documents must be a non-negative integer"),
        ({"stopwords": "في"}, "stopwords must be a collection of words"),
        ({"every": "weekly"}, "every must be .* Did you mean 'week'"),
        ({"week_start": "friday"}, "week_start must be"),
        ({"every": "week", "date": "group"}, "date must be a metadata column of dates, got 'group'"),
        ({"every": "week", "date": None}, "date must be a metadata column of dates, got None. There is no such column"),
        ({"by": "period"}, "by must be"),
    ],
)
def test_bad_arguments_of_periods_and_totals(dated: ck.Corpus, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ck.InputError, match=f"^{message}"):
        ck.frequency(dated, **options)


def test_periods_of_a_corpus_without_dates(corpus: ck.Corpus) -> None:
    with pytest.raises(ck.InputError, match=r"^date must be a metadata column of dates, got 'date'\. There is no such"):
        ck.frequency(corpus, every="year")


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
