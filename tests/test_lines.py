"""`ck.lines`: the lines of a row are as many as it counts, and they are the right ones."""

from __future__ import annotations

import random
import tempfile
import warnings
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus_kit as ck
from corpus_kit import news
from corpus_kit.explore.given import given_lines
from corpus_kit.explore.lines import MOST_ROWS
from corpus_kit.samples import sample_actors

SAMPLE = ck.sample_corpus()
FEW = SAMPLE.filter(pl.col("document") < 60)
OUTLET = pl.col("outlet") == "وكالة مدى"
MADA, REST = SAMPLE.filter(OUTLET), SAMPLE.filter(~OUTLET)
NAMES = ["تنظيم السهل", "إمارة السهل", "عبد الكريم"]


@pytest.fixture(autouse=True)
def only_our_warnings() -> Iterator[None]:
    """What analyses say of the sample is no subject here; what `ck.lines` says without need is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.filterwarnings("error", message="ck.lines")
        yield


@pytest.fixture(scope="module")
def clean() -> ck.Corpus:
    """The sample without boilerplate: its tokens have places of their own."""
    return SAMPLE.exclude(news.boilerplate(SAMPLE, by="outlet"))


def expect_counts(
    table: pl.DataFrame, corpus: ck.Corpus, count: str | Callable[[pl.DataFrame], int], rows: int, **options: Any
) -> None:
    """Compare counts with lines for some rows: the first, and others at equal distances."""
    assert table.height
    for place in range(0, table.height, max(1, table.height // rows)):
        row = table[place]
        expected = row.item(0, count) if isinstance(count, str) else count(row)
        assert len(ck.lines(row, corpus, **options)) == expected, row.row(0, named=True)


# ------------------------------------------------------------------ every function


WORDS: dict[str, Callable[[ck.Corpus], pl.DataFrame]] = {
    "frequency": ck.frequency,
    "frequency of lemmas": lambda c: ck.frequency(c, unit="lemma"),
    "frequency of stems": lambda c: ck.frequency(c, unit="stem"),
    "frequency of roots": lambda c: ck.frequency(c, unit="root"),
    "frequency in repaired spelling": lambda c: ck.frequency(c, profile="repair"),
    "frequency in original spelling": lambda c: ck.frequency(c, profile=None),
    "frequency by group and month": lambda c: ck.frequency(c, by="outlet", every="month"),
    "frequency, joined": lambda c: ck.frequency(c, join=NAMES, by="outlet"),
    "frequency of hits": lambda c: ck.frequency(c, pattern="(رئيس|وزير|في) []"),
    "frequency of hits, lemmas": lambda c: ck.frequency(c, pattern="قال []", unit="lemma"),
    "frequency of hits, joined": lambda c: ck.frequency(c, pattern="في [] []", join=NAMES),
    "totals": lambda c: ck.frequency(c, pattern={"a": "هدنة|تهدئة", "b": "في"}, by="outlet", total=True, every="month"),
    "ngrams": lambda c: ck.ngrams(c, 2),
    "ngrams, 1 to 3": lambda c: ck.ngrams(c, (1, 3)),
    "ngrams, roots": lambda c: ck.ngrams(c, 2, unit="root"),
    "ngrams of sentences": lambda c: ck.ngrams(c, 2, within="sentence", by="outlet"),
    "ngrams of documents": lambda c: ck.ngrams(c, 3, within="document"),
    "skip-grams": lambda c: ck.ngrams(c, 2, skip=2),
    "ngrams, joined": lambda c: ck.ngrams(c, 2, join=NAMES, within="sentence"),
    "count_ngrams": lambda c: ck.count_ngrams(c, 2, by="outlet", min_count=2),
    "lexical_bundles": lambda c: ck.lexical_bundles(c, n=3),
    "ngram_collocations": lambda c: ck.ngram_collocations(c, by="outlet"),
    "document_term_matrix": lambda c: ck.document_term_matrix(c, n=(1, 2), min_count=3).terms,
    "dispersion": lambda c: ck.dispersion(c, by="outlet"),
    "collocations": lambda c: ck.collocations(c, "هدنة", min_count=1),
    "collocations of a frequent word": lambda c: ck.collocations(c, "في|من", min_count=1),
    "collocations of a phrase": lambda c: ck.collocations(c, "السهل []", min_count=1, window=(4, 2)),
    "collocations after punctuation": lambda c: ck.collocations(c, "[kind=punctuation]", window=(0, 2)),
    "collocations, lemmas": lambda c: ck.collocations(c, "قال", unit="lemma", min_count=1, within="sentence"),
    "collocations by group": lambda c: ck.collocations(c, "إمارة السهل", by="outlet", min_count=1),
    "collocations, joined": lambda c: ck.collocations(c, "السهل", join=NAMES, min_count=1, window=3),
    "collocations in sentences": lambda c: ck.collocations(c, "السهل", window="sentence", min_count=1),
    "collocations in documents, joined": lambda c: ck.collocations(c, "السهل", window="document", join=NAMES),
    "collocations of an anchor": lambda c: ck.collocations(c, "<s> [] @[]", anchor="target", min_count=1),
    "collocations of a CQP query": lambda c: ck.collocations(c, ck.cqp('"في" []{0,2} "السهل"'), min_count=1),
    "conflations": ck.conflations,
    "concordance groups": lambda c: ck.kwic(c, "في").group("outlet", "after1"),
    "concordance groups of lemmas": lambda c: ck.kwic(c, "في").group("after1.lemma"),
    "concordance groups of phrases": lambda c: ck.kwic(c, "في [] []").group("match..matchend"),
    "concordance groups of a sample": lambda c: ck.kwic(c, "في", sample=40).group("before1"),
    "variants": lambda c: ck.kwic(c, "هدنة|تهدئة|السهل []").variants,
    "vocabulary": lambda c: c.vocabulary.collect(),
}  # fmt: skip


@pytest.mark.parametrize("name", WORDS)
@pytest.mark.parametrize("part", ["whole", "subcorpus", "without spans"])
def test_a_row_has_as_many_lines_as_it_counts(name: str, part: str, clean: ck.Corpus) -> None:
    corpus = {"whole": SAMPLE, "subcorpus": FEW, "without spans": clean}[part]
    table = WORDS[name](corpus)
    if table.height:
        expect_counts(table, corpus, "count", rows=12 if part == "whole" else 5)


@pytest.mark.parametrize("every", ["day", "week", "month", "hijri_month"])
def test_a_period_has_its_lines(every: str) -> None:
    table = ck.trend(SAMPLE, {"truce": "هدنة|تهدئة", "in": "في"}, by="outlet", every=every)
    expect_counts(table, SAMPLE, "occurrences", rows=25)
    dates = ck.lines(table.filter(pl.col("hits") > 0)[-1], SAMPLE).with_metadata(["date", "outlet"]).frame
    assert dates.select("outlet").n_unique() == 1
    tests = ck.trend_tests(SAMPLE, ["هدنة", "في"], by="outlet", every=every) if every != "hijri_month" else None
    if tests is not None:
        expect_counts(tests, SAMPLE, "occurrences", rows=14)


def test_bursts_and_undated_documents() -> None:
    expect_counts(news.bursts(SAMPLE, "المسيرات", every="week", by="outlet"), SAMPLE, "occurrences", rows=20)
    documents = pl.DataFrame(
        {"text": ["هدنة قريبة", "هدنة بعيدة", "هدنة"], "date": ["2026-01-05", None, "2026-02-07"]}
    ).with_columns(pl.col("date").str.to_date())
    with Built(documents) as corpus:
        table = ck.trend(corpus, "هدنة", every="month")
        assert [len(ck.lines(row, corpus)) for row in table.partition_by("period")] == [1, 1]
        assert len(ck.lines(ck.frequency(corpus, every="month").filter(word="هدنه"), corpus)) == 2


class Built:
    """A corpus of a few documents, in a folder that goes with it."""

    def __init__(self, documents: Any) -> None:
        self._folder = tempfile.TemporaryDirectory()
        date = "date" if isinstance(documents, pl.DataFrame) and "date" in documents.columns else None
        self.corpus = ck.Corpus.build(documents, Path(self._folder.name) / "c", **({"date": date} if date else {}))

    def __enter__(self) -> ck.Corpus:
        return self.corpus

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()


def test_both_sides_of_a_comparison() -> None:
    key = ck.keyness(MADA, REST, min_count=5)
    expect_counts(key, MADA, "target_count", rows=15)
    expect_counts(key, REST, "reference_count", rows=15)  # the corpus decides
    groups = ck.keyness(SAMPLE, by="outlet")
    expect_counts(groups, SAMPLE, "target_count", rows=15)
    expect_counts(groups, SAMPLE, "reference_count", rows=15, side="reference")
    nodes = ck.compare_collocations(SAMPLE, SAMPLE, ("هدنة", "المسيرات"))
    expect_counts(nodes, SAMPLE, "target_count", rows=8)
    expect_counts(nodes, SAMPLE, "reference_count", rows=8, side="reference")
    texts = ck.compare_collocations(MADA, REST, "السهل", window="sentence")
    expect_counts(texts, MADA, "target_count", rows=10)
    expect_counts(texts, REST, "reference_count", rows=10)
    spaced = ck.spaced_spellings(SAMPLE, min_count=1)
    expect_counts(spaced, SAMPLE, lambda row: row.item(0, "joined_count") + row.item(0, "spaced_count"), rows=9)
    expect_counts(spaced, SAMPLE, "joined_count", rows=9, side="joined")
    expect_counts(spaced, SAMPLE, "spaced_count", rows=9, side="spaced")


MENTIONS: dict[str, tuple[Callable[[Any], pl.DataFrame], str]] = {
    "labels": (lambda a: news.labels(FEW, a, actor="group", by="outlet", every="month"), "count"),
    "label_log_odds": (lambda a: news.label_log_odds(FEW, a, actor="group", by="outlet"), "count"),
    "network": (lambda a: news.network(FEW, a), "weight"),
    "network of paragraphs by group": (lambda a: news.network(FEW, a, within="paragraph", by="outlet"), "weight"),
    "network of documents": (lambda a: news.network(FEW, a, within="document", collapse_lists="members"), "weight"),
    "nodes": (lambda a: news.nodes(FEW, a, collapse_lists=True), "mentions"),
    "nodes by group": (lambda a: news.nodes(FEW, a, by="outlet", kinds="state"), "mentions"),
}


@pytest.mark.parametrize("name", MENTIONS)
def test_mentions(name: str) -> None:
    make, count = MENTIONS[name]
    actors = sample_actors()
    table = make(actors)
    expect_counts(table, FEW, count, rows=6, actors=actors)
    with pytest.raises(ck.InputError, match=r"^actors must be"):
        ck.lines(table[0], FEW)


def test_mentions_of_built_in_lexicons_need_no_argument() -> None:
    expect_counts(news.network(FEW), FEW, "weight", rows=4)
    expect_counts(news.frame_rates(FEW, by="outlet", every="month"), FEW, "count", rows=8)
    expect_counts(news.frame_entries(FEW), FEW, "count", rows=10)
    hits = news.frames(FEW)
    rates = news.frame_rates(FEW, hits)
    expect_counts(rates, FEW, "count", rows=10, dictionary=hits)
    with pytest.raises(ck.InputError, match=r"^dictionary must be"):
        ck.lines(rates[0], FEW)


PLACES: dict[str, Callable[[], pl.DataFrame]] = {
    "quotations": lambda: news.quotations(FEW),
    "indirect_quotations": lambda: news.indirect_quotations(FEW),
    "speech": lambda: news.speech(FEW),
    "name_chains": lambda: news.name_chains(FEW),
    "actors": lambda: news.actors(FEW, sample_actors()),
    "actor_lists": lambda: news.actor_lists(FEW),
    "dates": lambda: news.dates(FEW),
    "frames": lambda: news.frames(FEW),
    "boilerplate": lambda: news.boilerplate(FEW),
    "kwic": lambda: ck.kwic(FEW, "السهل").frame,
    "article_days": lambda: news.article_days(FEW),
    "documents": lambda: FEW.documents.collect(),
    "head": lambda: FEW.head(),
    "readability": lambda: ck.readability(FEW),
    "structure": lambda: news.structure(FEW),
    "duplicate_clusters": lambda: news.duplicate_clusters(FEW, news.near_duplicates(FEW)),
    "validate": lambda: ck.validate(ck.kwic(FEW, "السهل"), n=10),
    "positions": lambda: ck.kwic(FEW, "السهل").frame.select("id", "position", "node"),
    "ids": lambda: FEW.documents.select("id").collect(),
}


@pytest.mark.parametrize("name", PLACES)
def test_a_row_is_a_place(name: str) -> None:
    table = PLACES[name]()
    assert table.height
    assert len(ck.lines(table, FEW)) == table.height
    expect_counts(table, FEW, lambda _: 1, rows=4)
    if "surface" in table.columns and table["surface"].null_count() == 0:
        found = ck.lines(table, FEW).frame
        start = table.sort("document", "start")
        assert (found["start"] <= start["start"]).all()
        assert (found["end"] >= start["end"]).all()


def test_copies_have_lines_in_both_texts() -> None:
    pairs = news.near_duplicates(FEW)
    row = pairs[0]
    both = {row.item(0, "first_document"), row.item(0, "second_document")}
    assert set(ck.lines(row, FEW).frame["document"]) == both
    assert set(ck.lines(row, FEW, side="second").frame["document"]) == {row.item(0, "second_document")}
    passages = news.passages(FEW, min_words=8)
    expect_counts(passages, FEW, lambda _: 2, rows=6)
    assert ck.lines(passages[0], FEW, side="first").frame["start"].to_list() == [passages["first_start"][0]]
    edits = news.edits(FEW, pairs)
    expect_counts(edits, FEW, lambda _: 2, rows=12)
    swapped = row.rename({"first_document": "second_document", "second_document": "first_document"})
    assert set(ck.lines(swapped, FEW, side="first").frame["document"]) == {row.item(0, "second_document")}


# ------------------------------------------------------------------ a slow, obvious twin


WORD_LIST = ["با", "تا", "ثا", "جا", "دا"]


def texts(seed: int) -> list[str]:
    draw = random.Random(seed)
    return [
        "".join(draw.choice(WORD_LIST) + draw.choice([" ", " ", " ", "، ", ". ", "\n\n", " .. "]) for _ in range(40))
        for _ in range(6)
    ]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> ck.Corpus:
    return ck.Corpus.build([{"text": text} for text in texts(1)], tmp_path_factory.mktemp("lines") / "small")


def paragraphs(corpus: ck.Corpus, within: str) -> list[list[tuple[int, str]]]:
    """Return the words of each unit of text, with their places in the tokens of the corpus."""
    units: list[list[tuple[int, str]]] = []
    rows = corpus.tokens.collect()
    flags = corpus.flags_between(0, rows.height)
    last = None
    for place, (document, token, kind) in enumerate(rows.select("document", "token", "kind").iter_rows()):
        bit = {"sentence": 3, "paragraph": 2, "document": 0}[within]
        if document != last or flags[place] & bit:
            units.append([])
        last = document
        if kind == "word":
            units[-1].append((place, token))
    return units


def places(lines: ck.Concordance) -> list[tuple[int, int]]:
    first, end = lines.hits.spans()
    return list(zip(first.tolist(), end.tolist(), strict=True))


@settings(max_examples=examples(60), deadline=None)
@given(
    words=st.lists(st.sampled_from(WORD_LIST), min_size=2, max_size=4),
    skip=st.integers(0, 2),
    within=st.sampled_from(["sentence", "paragraph", "document"]),
)
def test_ngrams_are_where_the_twin_finds_them(small: ck.Corpus, words: list[str], skip: int, within: str) -> None:
    expected = set()

    def follow(unit: list[tuple[int, str]], start: int, at: int, left: int, rest: list[str]) -> None:
        if not rest:
            expected.add((unit[start][0], unit[at][0] + 1))
            return
        for gap in range(left + 1):
            following = at + 1 + gap
            if following < len(unit) and unit[following][1] == rest[0]:
                follow(unit, start, following, left - gap, rest[1:])

    for unit in paragraphs(small, within):
        for start, (_, word) in enumerate(unit):
            if word == words[0]:
                follow(unit, start, start, skip, words[1:])
    row = {"ngram": " ".join(words)}
    assert places(ck.lines(row, small, skip=skip, within=within)) == sorted(expected)


@settings(max_examples=examples(60), deadline=None)
@given(
    node=st.sampled_from(["با", "با تا", "با []", "[kind=punctuation]", "(با|تا|ثا)"]),
    word=st.sampled_from(WORD_LIST),
    window=st.tuples(st.integers(0, 4), st.integers(0, 4)).filter(any),
    within=st.sampled_from(["sentence", "paragraph", "document"]),
)
def test_collocates_are_where_the_twin_finds_them(
    small: ck.Corpus, node: str, word: str, window: tuple[int, int], within: str
) -> None:
    hits = places(ck.kwic(small, node, within=within))
    covered = {token for first, end in hits for token in range(first, end)}
    flags = small.flags_between(0, small.n_tokens)
    bit = {"sentence": 3, "paragraph": 2, "document": 0}[within]
    documents = small.tokens.select("document").collect()["document"].to_list()
    kinds = small.tokens.select("kind", "token").collect().rows()

    def reached(place: int, step: int, words: int) -> Iterator[int]:
        while words:
            here, place = place, place + step
            if not 0 <= place < len(kinds) or documents[place] != documents[here]:
                return
            if flags[max(here, place)] & bit:
                return
            if kinds[place][0] == "word":
                words -= 1
                yield place

    expected = set()
    for first, end in hits:
        expected |= {*reached(first, -1, window[0]), *reached(end - 1, 1, window[1])}
    expected = {place for place in expected - covered if kinds[place][1] == word}
    lines = ck.lines({"collocate": word}, small, pattern=node, window=window, within=within)
    assert sorted(lines.hits.anchors["collocate"].tolist()) == sorted(expected)
    first, _ = lines.hits.spans()
    assert len(set(first.tolist())) == len(lines)  # a code belongs to a position


def test_signs_between_words_are_passed_over_however_many() -> None:
    far = " ! " * 50
    with Built(
        [{"text": f"{far}با{far}تا{far}\n\nبا{far}\n\nتا"}, {"text": f"با{far}"}, {"text": f"{far}تا"}]
    ) as corpus:
        for within, expected in (("paragraph", 1), ("document", 2)):
            found = ck.ngrams(corpus, 2, within=within, min_count=1).filter(ngram="با تا")
            assert len(ck.lines(found, corpus)) == found["count"].item() == expected
        assert len(ck.lines({"ngram": "تا با"}, corpus, within="document")) == 1
        assert len(ck.lines({"collocate": "تا"}, corpus, pattern="با", window=1)) == 1


def test_the_lines_of_collocates_begin_or_end_with_the_node() -> None:
    row = ck.collocations(SAMPLE, "السهل", window=4)[0]
    lines = ck.lines(row, SAMPLE)
    collocate = row.item(0, "spelling")
    assert lines.anchors == ["collocate"]
    assert lines.frame["node"].str.contains(collocate[1:]).all()
    assert lines.frame["node"].str.contains("السهل").any()
    assert len(lines.sort_by("collocate")) == len(lines)


# ------------------------------------------------------------------ what a row is


def test_rows_without_a_record() -> None:
    table = ck.frequency(SAMPLE, by="outlet")
    row = table.row(9, named=True)
    expected = row["count"]
    assert len(ck.lines(row, SAMPLE)) == expected  # a metadata column among its own is that of its groups
    assert len(ck.lines(pl.from_pandas(table.to_pandas())[9], SAMPLE)) == expected
    assert len(ck.lines(table.to_pandas().iloc[9:10], SAMPLE)) == expected
    lemmas = ck.frequency(SAMPLE, unit="lemma")
    assert len(ck.lines(lemmas.row(3, named=True), SAMPLE, of=lemmas)) == lemmas["count"][3]
    assert len(ck.lines(lemmas.row(3, named=True), SAMPLE, unit="lemma")) == lemmas["count"][3]
    trend = ck.trend(SAMPLE, "هدنة", by="outlet").filter(pl.col("hits") > 1)
    periods = trend.to_pandas().iloc[:1]
    for given_row in (
        trend.row(0, named=True),
        periods,
        {**trend.row(0, named=True), "period": str(trend["period"][0])},
    ):
        assert len(ck.lines(given_row, SAMPLE, every="week")) == trend["hits"][0]
    collocates = ck.collocations(SAMPLE, "هدنة")
    assert len(ck.lines({"collocate": "انسانيه"}, SAMPLE, pattern="هدنة")) == collocates["count"][0]
    found = ck.lines({"pattern": "هدنة"}, SAMPLE)
    assert found.frame.equals(ck.kwic(SAMPLE, "هدنة").frame)


def test_metadata_may_be_called_like_columns_of_tables(tmp_path: Path) -> None:
    """A group is a group and a document a document, whatever their columns are called."""
    names = ("query", "term", "collocate", "position", "type", "pattern", "text_date")
    rows = [
        {"text": "قال زيد في الدار", "text_date": date(2021, 1, 1), **dict.fromkeys(names[:-1], "في")},
        {"text": "قال عمر قال", "text_date": date(2022, 1, 1), **dict.fromkeys(names[:-1], "قال")},
    ]
    with Built(rows) as corpus:
        for by in names:
            for table in (ck.frequency(corpus, by=by), ck.ngrams(corpus, 2, by=by, min_count=1)):
                expect_counts(table, corpus, "count", rows=table.height)
                expect_counts(pl.concat([table, table.head(0)]), corpus, "count", rows=table.height)  # no record
                ck.save(table, tmp_path / "table.csv")
                read = pl.read_csv(tmp_path / "table.csv")
                assert [len(ck.lines(row, corpus, of=table)) for row in read.iter_slices(1)] == read["count"].to_list()
        assert len(ck.lines(corpus.documents.collect(), corpus)) == len(ck.lines(corpus.head(), corpus)) == 2


def test_a_record_that_is_lost_is_told() -> None:
    table = ck.frequency(SAMPLE, unit="lemma")
    lemmas = pl.concat([table, table.head(0)])
    with pytest.warns(UserWarning, match=r"the row counts .* lines were found. Its record is lost.*of="):
        ck.lines(lemmas.filter(pl.col("count") > 20)[0], SAMPLE)


def test_words_that_a_spreadsheet_would_take_for_formulas(tmp_path: Path) -> None:
    with Built([{"text": "@sara قالت @sara"}]) as corpus:
        table = ck.frequency(corpus)
        ck.save(table, tmp_path / "table.csv")
        read = pl.read_csv(tmp_path / "table.csv")
        assert [len(ck.lines(row, corpus, of=table)) for row in read.iter_slices(1)] == table["count"].to_list()


def test_collocates_that_two_words_share() -> None:
    table = ck.shared_collocates(SAMPLE, "هدنة", "تنظيم", min_count=5)
    for row in table.gather_every(table.height // 8).iter_slices(1):
        row = table.filter(collocate=row["collocate"][0])
        sides = [len(ck.lines(row, SAMPLE, side=side)) for side in ("first", "second")]
        assert sides == [row["count"][0], row["other_count"][0]]
        assert len(ck.lines(row, SAMPLE)) <= sum(sides)


def test_a_profile_of_ones_own_is_passed() -> None:
    mine = ck.Normalizer(tatweel="drop", name="mine")
    table = ck.frequency(SAMPLE, profile=mine)
    with pytest.raises(ck.InputError, match=r"^profile must be"):
        ck.lines(table[0], SAMPLE)
    expect_counts(table, SAMPLE, "count", rows=8, profile=mine)


def test_a_query_is_the_search() -> None:
    sketch = pl.DataFrame({"relation": ["adjective"], "collocate": ["إنسانية"], "query": ["هدنة إنسانية"]})
    assert len(ck.lines(sketch, SAMPLE)) == len(ck.kwic(SAMPLE, "هدنة إنسانية"))
    assert ck.explore(SAMPLE, sketch).concordance.pattern == "هدنة إنسانية"


def test_whole_tables() -> None:
    table = ck.collocations(SAMPLE, "هدنة", min_count=3)
    assert len(ck.lines(table, SAMPLE)) <= table["count"].sum()
    trend = ck.trend(SAMPLE, "هدنة")
    assert ck.lines(trend, SAMPLE).frame.equals(ck.kwic(SAMPLE, "هدنة").frame)
    words = ck.frequency(SAMPLE)
    with pytest.warns(UserWarning, match=f"first {MOST_ROWS} of {words.height:,} rows"):
        found = ck.lines(words, SAMPLE)
    assert len(found) == words.head(MOST_ROWS)["count"].sum()
    assert len(ck.lines(words.head(0), SAMPLE)) == 0
    two = ck.lines(table.head(2), SAMPLE)
    assert two.anchors == ["collocate"]
    assert (two - ck.lines(table[0], SAMPLE)).frame.equals(
        (ck.lines(table[1], SAMPLE) - ck.lines(table[0], SAMPLE)).frame
    )
    assert len(ck.lines(news.quotations(SAMPLE).head(0), SAMPLE)) == 0


def test_structures_and_definitions_of_the_corpus_are_those_of_the_table() -> None:
    named = SAMPLE.with_structures(quotation=news.quotations(SAMPLE)).with_definitions(
        {"lists": {"say": ["قال", "أكد"]}}
    )
    for node in ("السهل within quotation", "[word=$say] [] within p"):
        expect_counts(ck.collocations(named, node, min_count=1), named, "count", rows=5)


def test_other_texts_than_those_of_the_table() -> None:
    table = ck.frequency(SAMPLE)
    for other in (FEW, SAMPLE.exclude(news.boilerplate(SAMPLE))):
        with pytest.warns(UserWarning, match="ck.lines: the table was made of other documents"):
            ck.lines(table[0], other)
    with Built([{"text": "خبر عن هدنة"}]) as corpus, pytest.warns(UserWarning, match="made of another corpus"):
        assert len(ck.lines(table.filter(word="هدنه"), corpus)) == 1
    quotations = news.quotations(SAMPLE)  # places: those of a part may be wanted
    assert len(ck.lines(quotations, FEW)) == quotations.filter(pl.col("document") < 60).height
    with pytest.warns(UserWarning, match="1 of 1 rows are of no document"):
        assert len(ck.lines({"id": "nothing"}, SAMPLE)) == 0


def test_empty_corpora_and_words_that_are_not_there() -> None:
    nothing = SAMPLE.filter(pl.col("document") < 0)
    row = {"word": "في", "count": 0}
    assert len(ck.lines(row, nothing)) == 0
    assert len(ck.lines({"collocate": "في"}, nothing, pattern="من")) == 0
    assert len(ck.lines({"collocate": "في"}, nothing, pattern="من", window="sentence", join=NAMES)) == 0
    assert len(ck.lines({"ngram": "في من"}, nothing, join=NAMES)) == 0
    for unknown in ({"word": "غغغ"}, {"ngram": "غغغ في"}, {"word": None}, {"word": "ا" * 400}):
        assert len(ck.lines(unknown, SAMPLE)) == 0
    assert ck.lines({"word": "غغغ"}, SAMPLE).hint == ""
    assert len(ck.lines(pl.DataFrame({"document": [0], "start": [0], "end": [0]}), SAMPLE)) == 0


def test_null_is_a_group() -> None:
    documents = pl.DataFrame({"text": ["هدنة", "هدنة هدنة"], "source": ["أ", None]})
    with Built(documents) as corpus:
        table = ck.frequency(corpus, by="source")
        assert [len(ck.lines(row, corpus)) for row in table.partition_by("count")] == table["count"].to_list()
        dicts = [len(ck.lines(row, corpus, of=table)) for row in table.iter_rows(named=True)]
        assert dicts == table["count"].to_list()


def test_rows_that_have_no_lines_say_what_has() -> None:
    edits = news.edits(FEW, news.near_duplicates(FEW))
    for table, said in [
        (ck.diversity(SAMPLE), "corpus.filter"),
        (ck.readability(SAMPLE, by="outlet"), "corpus.filter"),
        (ck.fit_heaps(SAMPLE), "ck.frequency"),
        (ck.vocabulary_growth(SAMPLE), "ck.frequency"),
        (ck.folding_steps(SAMPLE), "ck.conflations"),
        (news.substitutions(FEW, edits), "ck.news.edits"),
        (FEW.saved_hits(), "load_hits"),
        (ck.columns(), "its columns"),
        (pl.DataFrame({"a": [1]}), "its columns"),
        (pl.DataFrame(), "its columns"),
    ]:
        with pytest.raises(ck.InputError, match=f"^table must be one with lines.*{said}"):
            ck.lines(table, FEW)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ck.lines(3, SAMPLE), "^table must be .*got 3"),
        (lambda: ck.lines(ck.frequency(FEW), 3), "^corpus must be"),
        (lambda: ck.lines({"word": 3}, SAMPLE), r"^table\['word'\] must be a text, got 3"),
        (lambda: ck.lines({"word": object()}, SAMPLE), "^table"),
        (lambda: ck.lines({"document": "x"}, SAMPLE), r"^table\['document'\] must be whole numbers"),
        (lambda: ck.lines({"document": True}, SAMPLE), r"^table\['document'\] must be whole numbers"),
        (lambda: ck.lines({"id": "x", "position": "y"}, SAMPLE), r"^table\['position'\] must be whole numbers"),
        (lambda: ck.lines({"ngram": "في من"}, SAMPLE, skip="x"), "^skip must be"),
        (lambda: ck.lines({"ngram": "في من"}, SAMPLE, within="x"), "^within must be"),
        (lambda: ck.lines({"word": "في", "period": "x"}, SAMPLE, every="week"), r"^table\['period'\] must be a date"),
        (lambda: ck.lines({"word": "في", "period": None}, SAMPLE, every="week", date="outlet"), "^date must be"),
        (lambda: ck.lines({"first_document": None, "second_document": 2}, SAMPLE), "^table must be pairs"),
        (lambda: ck.lines({"collocate": "في"}, SAMPLE), "^pattern must be .*of="),
        (lambda: ck.lines({"collocate": "في"}, SAMPLE, pattern="("), "pattern"),
        (lambda: ck.lines({"collocate": "في"}, SAMPLE, pattern="من", window=-1), "^window must be"),
        (lambda: ck.lines({"pattern": "في", "period": 3}, SAMPLE), "^every must be .*of="),
        (lambda: ck.lines({"word": "في"}, SAMPLE, windo=3), "^option must be .*Did you mean 'window'"),
        (lambda: ck.lines({"word": "في"}, SAMPLE, by="outlet"), "^table must have the column 'outlet'"),
        (lambda: ck.lines({"word": "في", "x": 1}, SAMPLE, by="x"), "^by must be"),
        (lambda: ck.lines({"word": "في"}, SAMPLE, side="left"), "^side must be"),
        (lambda: ck.lines({"word": "في"}, SAMPLE, of=3), "^of must be"),
        (lambda: ck.lines({"ngram": "في من", "n": 3}, SAMPLE), r"^table\['ngram'\] must be"),
        (lambda: ck.lines({"type": -1, "surface": "x"}, SAMPLE), r"^table\['type'\] must be"),
        (lambda: ck.lines({"step": "x", "form": "y"}, SAMPLE), r"^table\['step'\] must be"),
        (lambda: ck.lines({"first_document": 0, "second_document": 999}, SAMPLE), "^table must be pairs"),
    ],
)
def test_bad_arguments(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(ck.InputError, match=message):
        call()


# ------------------------------------------------------------------ what lines are


def test_lines_have_a_record_of_their_own(tmp_path: Path) -> None:
    table = ck.collocations(SAMPLE, "هدنة", window=3)
    lines = ck.lines(table[0], SAMPLE)
    record = ck.record_of(lines)
    assert record["function"] == "ck.lines"
    said = record["options"]["lines_of"]
    assert (said["function"], said["rows"], said["row"]["collocate"]) == ("ck.collocations", 1, table["collocate"][0])
    assert "Concordance lines behind a table" in ck.cite(lines)
    assert ck.lines(lines, SAMPLE).frame.equals(lines.frame)  # a concordance is a table of places
    lines.save("behind", folder=tmp_path)
    assert SAMPLE.load_hits("behind", folder=tmp_path).frame.equals(lines.frame)
    assert lines.code(tmp_path / "codes.csv").height == len(lines)
    with pytest.raises(ck.InputError, match="combined list"):
        ck.lines(lines.group("outlet"), SAMPLE)


def test_what_the_explorer_is_given_of_a_row() -> None:
    for table, pattern in [
        (ck.frequency(SAMPLE, unit="root"), None),
        (ck.collocations(SAMPLE, "هدنة"), "انسانيه []{0,4} (هدنة)|(هدنة) []{0,4} انسانيه"),
        (ck.trend(SAMPLE, {"truce": "هدنة"}), "هدنة"),
        (news.quotations(SAMPLE), ""),
        (pl.DataFrame({"document": [0], "start": [0], "end": [9]}), ""),
    ]:
        opened = given_lines(SAMPLE, table[0])
        assert opened.lines is not None
        assert opened.lines.frame.equals(ck.lines(table[0], SAMPLE).frame)
        assert pattern is None or opened.pattern == pattern
        assert opened.asks_for_its_lines(opened.pattern, exact=True, clitics=False, syntax="native")


def test_the_explorer_opens_what_has_lines() -> None:
    pytest.importorskip("anywidget")
    pairs = news.near_duplicates(FEW)
    assert len(ck.explore(FEW, pairs.head(1)).concordance) == len(ck.lines(pairs.head(1), FEW))
    assert ck.explore(SAMPLE, ck.trend(SAMPLE, {"truce": "هدنة"})).concordance.pattern == "هدنة"
    with pytest.raises(ck.InputError, match=r"^pattern must be a pattern or a table with lines"):
        ck.explore(SAMPLE, ck.diversity(SAMPLE))
