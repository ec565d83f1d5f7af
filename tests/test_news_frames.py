"""Frames: the planted truth, the reference document, slow twins, rates, sheets for coding, and bad input."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import oracles_news_frames as oracles
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus_kit as ck
from corpus_kit.errors import InputError
from corpus_kit.news.dictionaries import FrameDictionary
from corpus_kit.news.frame_coding import agreement, coding_sheet, dictionary_precision
from corpus_kit.news.framing import frame_entries, frame_rates, frames
from corpus_kit.provenance import provenance_of

COLUMNS = [
    "document", "id", "start", "end", "position", "tokens", "surface", "dimension", "category", "entry", "proclitic",
    "paragraph", "sentence", "place",
]  # fmt: skip
FACTS = ["id", "start", "end", "surface", "category", "dimension", "proclitic"]
THEMES = """
title = "Themes of the reference document"

[theme.internet]
words = ["الإنترنت"]

[theme.internet_network]
words = ["شبكة الإنترنت"]

[theme.social_networks]
words = ["شبكات التواصل الاجتماعي"]

[theme.propaganda]
words = ["دعاي*", "دعائي*"]

[theme.recruitment]
words = ["يجند", "تجنيد"]

[theme.foreign_fighters]
words = ["مقاتلين أجانب"]

[theme.legitimacy]
words = ["مشروعية"]

[theme.publication]
words = ["دابق"]
"""
# The names of these categories in the list of expected answers.
EXPECTED_THEMES = {
    "internet": "internet: الإنترنت",
    "internet_network": "شبكة الإنترنت",
    "social_networks": "social networks",
    "propaganda": "propaganda: دعاي*/دعائي* tokens",
    "recruitment": "recruitment: يجند/لتجنيد",
    "foreign_fighters": "foreign fighters: مقاتلين أجانب",
    "legitimacy": "legitimacy: مشروعية",
    "publication": "publication: دابق",
}


def dictionary(words: list[str], exclude: list[str] | None = None, **more: Any) -> FrameDictionary:
    lists = {"words": words, **({"exclude": exclude} if exclude else {}), **more}
    return FrameDictionary.of({"theme": {"one": lists}})


@pytest.fixture(scope="module")
def sample() -> ck.Corpus:
    return ck.sample_corpus()


@pytest.fixture(scope="module")
def cleaned(sample: ck.Corpus) -> ck.Corpus:
    return sample.without(furniture(sample))


def furniture(sample: ck.Corpus) -> pl.DataFrame:
    documents = sample.documents.select("document", "id").collect()
    return ck.sample_truth()["furniture"].join(documents, on="id", maintain_order="left")


@pytest.fixture
def build(tmp_path: Path) -> Iterator[Any]:
    made = []

    def of(texts: list[str], **columns: list[Any]) -> ck.Corpus:
        frame = pl.DataFrame({"id": [f"d{k}" for k in range(len(texts))], "text": texts, **columns})
        date = "date" if "date" in columns else None
        corpus = ck.Corpus.build(frame, tmp_path / f"corpus{len(made)}", id="id", date=date, progress=False)
        made.append(corpus)
        return corpus

    yield of
    for corpus in made:
        corpus.close()


def found(corpus: ck.Corpus, lists: FrameDictionary, **options: Any) -> list[tuple[str, str]]:
    return frames(corpus, lists, **options).select("surface", "proclitic").rows()


# ------------------------------------------------------------------------------------------- the truth


def test_the_planted_frames_are_found_and_nothing_else(cleaned: ck.Corpus) -> None:
    truth = ck.sample_truth()["frames"].rename({"frame": "category"}).select(FACTS)
    assert truth.height == 57
    assert frames(cleaned).select(FACTS).rows() == truth.rows()


def test_with_furniture_its_hits_are_marked(sample: ck.Corpus, cleaned: ck.Corpus) -> None:
    hits = frames(sample, furniture=furniture(sample))
    inside = hits.filter(place="furniture")
    assert inside.height == hits.height - 57 == 1
    columns = [name for name in COLUMNS if name not in ("position", "paragraph", "sentence", "place")]
    outside = hits.filter(pl.col("place") != "furniture")
    assert outside.select(columns).equals(frames(cleaned).select(columns))
    assert set(outside["place"].unique()) == {"headline", "body"}


def test_the_reference_document(shared: Path, tmp_path: Path) -> None:
    text = (shared / "seed/article.txt").read_text(encoding="utf-8")
    expected = json.loads((shared / "seed/expected.json").read_text(encoding="utf-8"))
    corpus = ck.Corpus.build(pl.DataFrame({"text": [text]}), tmp_path / "seed", progress=False)
    hits = frames(corpus)
    wanted = expected["frames"]
    listed = hits.filter(pl.col("sentence") == hits["sentence"].mode().first())
    assert listed.height == 8
    for dimension in ("level", "means"):
        rows = listed.filter(dimension=dimension)
        assert [row["surface"].removeprefix(row["proclitic"]) for row in rows.iter_rows(named=True)] == wanted[
            {"level": "levels"}.get(dimension, dimension)
        ]
    assert (listed["proclitic"] == "و").sum() == wanted["hidden_by_waw"]
    # the one that is left: the adjective of an international coalition, in another paragraph
    assert hits.filter(pl.col("sentence") != listed["sentence"][0])["category"].to_list() == ["international"]
    assert all(text[row["start"] : row["end"]] == row["surface"] for row in hits.iter_rows(named=True))
    # the headline and two lines of furniture stand before the first paragraph of the body
    assert listed["paragraph"].unique().to_list() == [wanted["paragraph"] + 2]

    path = tmp_path / "themes.toml"
    path.write_text(THEMES, encoding="utf-8")
    counts = dict(frames(corpus, path).group_by("category").len().iter_rows())
    assert {EXPECTED_THEMES[name]: count for name, count in counts.items()} == expected["themes"]


# -------------------------------------------------------------------------------------------- twins

PIECES = [
    "جيش",
    "حر",
    "بحر",
    "دين",
    "دعاية",
    "دعائي",
    "جندي",
    "الجندي",
    "سلاح",
    "الجو",
    "وحر",
    "مدني",
    "إلهام",
    "هام",
    "لجنة",
]
BEFORE = ["", "", "", "و", "ف", "ال", "وال", "ب", "بال", "لل", "ل", "ول", "ولل", "ك", "كال", "فبال", "ولك"]
ENDINGS = ["", "", "", "ة", "ين", "ه", "ٌ"]
BETWEEN = [" ", " ", " ", "، ", " «", "\n", ". "]
LISTED = [
    "جيش",
    "حر",
    "بحر",
    "دين",
    "دعا*",
    "دعائي*",
    "جند*",
    "سلاح الجو",
    "سلاح",
    "الجندي",
    "سلاح ج*",
    "هام",
    "جيش مدني",
]


@st.composite
def written(draw: st.DrawFn) -> str:
    words = draw(st.lists(st.tuples(*map(st.sampled_from, (BEFORE, PIECES, ENDINGS, BETWEEN))), max_size=12))
    return "".join("".join(word) for word in words)


@st.composite
def dictionaries(draw: st.DrawFn) -> FrameDictionary:
    tables: dict[str, Any] = {}
    for dimension, category in (("a", "x"), ("a", "y"), ("b", "x")):
        lists = draw(st.lists(st.sampled_from(LISTED), unique=True, min_size=1, max_size=6))
        split = draw(st.integers(1, len(lists)))
        table = {"words": lists[:split], "exclude": lists[split:], "adjectives": draw(st.sampled_from([[], ["مدني"]]))}
        tables.setdefault(dimension, {})[category] = table
    return FrameDictionary.of(tables)


@given(texts=st.lists(written(), min_size=1, max_size=3), lists=dictionaries())
@settings(max_examples=30)
@pytest.mark.filterwarnings("ignore:no word of the corpus")
def test_frames_equal_their_twin(tmp_path_factory: pytest.TempPathFactory, texts: list[str], lists: Any) -> None:
    texts = [f"خبر {text}" for text in texts]
    with ck.Corpus.build(
        pl.DataFrame({"text": texts}), tmp_path_factory.mktemp("twin") / "corpus", progress=False
    ) as corpus:
        hits = frames(corpus, lists)
        columns = ["document", "start", "end", "dimension", "category", "entry", "proclitic"]
        assert hits.select(columns).rows() == oracles.frames(texts, lists)


def test_frames_of_the_sample_equal_their_twin(sample: ck.Corpus) -> None:
    lists = FrameDictionary.of(
        {
            "t": {
                "a": {"words": ["هدنة إنسانية", "هدنة", "وفد*", "جسر"], "exclude": ["وفدا"]},
                "b": {"words": ["هدنة", "سد"]},
            }
        }
    )
    few = sample.filter(pl.col("document") < 40)
    texts = few.documents.select("text").collect()["text"].to_list()
    rows = frames(few, lists).select("document", "start", "end", "dimension", "category", "entry", "proclitic").rows()
    assert rows == oracles.frames(texts, lists)
    assert rows


@pytest.mark.slow
def test_frames_of_real_articles_equal_their_twin(shared: Path, tmp_path: Path) -> None:
    texts = pl.read_parquet(shared / "data" / "saudinewsnet-part1.parquet", columns=["content"])["content"].head(150)
    with ck.Corpus.build(pl.DataFrame({"text": texts}), tmp_path / "corpus", progress=False) as corpus:
        documents = corpus.documents.select("text").collect()["text"].to_list()
        columns = ["document", "start", "end", "dimension", "category", "entry", "proclitic"]
        rows = frames(corpus).select(columns).rows()
        same = rows == oracles.frames(documents, FrameDictionary.builtin())
        assert same
        assert len(rows) > 20


# ----------------------------------------------------------------------------------------- the rules


def test_clitics_and_the_article(build: Any) -> None:
    corpus = build(["جيش الجيش وجيش والجيش فالجيش بجيش بالجيش وبالجيش لجيش للجيش ولجيش وللجيش كجيش كالجيش جيشهم جيشا"])
    expected = ["", "", "و", "و", "ف", "ب", "ب", "وب", "ل", "ل", "ول", "ول", "ك", "ك"]
    assert [proclitic for _, proclitic in found(corpus, dictionary(["جيش"]))] == expected
    with_article = found(corpus, dictionary(["الجيش"]))
    assert [surface for surface, _ in with_article] == [
        "الجيش", "والجيش", "فالجيش", "بالجيش", "وبالجيش", "للجيش", "وللجيش", "كالجيش",
    ]  # fmt: skip
    assert [proclitic for _, proclitic in with_article] == ["", "و", "ف", "ب", "وب", "ل", "ول", "ك"]


def test_three_lams_are_written_as_two(build: Any) -> None:
    corpus = build(["لجنة اللجنة للجنة وللجنة والحمد لله والله"])
    for listed, count in (("لجنة", 4), ("اللجنة", 3)):
        hits = found(corpus, dictionary([listed]))
        assert [proclitic for _, proclitic in hits] == ["", "", "ل", "ول"][-count:]
    assert found(corpus, dictionary(["الله"])) == [("لله", "ل"), ("والله", "و")]


def test_a_clitic_is_not_taken_off_another_word(build: Any) -> None:
    corpus = build(["بحر وبحر وقود كتاب وصف فطن لحوم"])
    assert found(corpus, dictionary(["حر", "قود", "تاب", "صف", "طن", "حوم"])) == []
    # a word that is listed itself is no clitic and another listed word
    corpus = build(["والدين للدين الدين"])
    assert found(corpus, dictionary(["دين"])) == [("والدين", "و"), ("للدين", "ل"), ("الدين", "")]
    two = FrameDictionary.of({"t": {"faith": {"words": ["دين"]}, "parents": {"words": ["والدين"]}}})
    assert frames(corpus, two).select("surface", "category").rows() == [
        ("والدين", "parents"), ("للدين", "faith"), ("الدين", "faith"),
    ]  # fmt: skip


def test_a_hamza_is_no_article(build: Any) -> None:
    corpus = build(["إلهام كبير والهام قليل"])
    assert found(corpus, dictionary(["هام"])) == [("والهام", "و")]


def test_spelling_and_profile(build: Any) -> None:
    corpus = build(["إقليمي اقليمي الإقليميّة الاقليميه إقـليمي"])
    regional = FrameDictionary.of({"level": {"regional": {"adjectives": ["إقليمي"]}}})
    assert len(found(corpus, regional)) == 5
    assert [surface for surface, _ in found(corpus, regional, profile=None)] == ["إقليمي"]
    assert len(found(corpus, regional, profile="repair")) == 1
    assert len(found(corpus, regional, profile="dediac")) == 3


def test_forms_of_an_adjective(build: Any) -> None:
    corpus = build(["مدني مدنية مدنيا مدنيّاً مدنيان مدنيين مدنيتان مدنيتين مدنيون مدنيات المدنيات مدن مدينة مدنيتها"])
    hits = frames(corpus, FrameDictionary.of({"t": {"civil": {"adjectives": ["مدني"]}}}))
    assert hits["position"].to_list() == list(range(11))
    assert hits["entry"].unique().to_list() == ["مدني"]


def test_wildcards(build: Any) -> None:
    corpus = build(["دعاية والدعاية الدعائية بدعايته دعا دعاء ودعاة"])
    surfaces = [surface for surface, _ in found(corpus, dictionary(["دعاي*", "دعائي*"]))]
    assert surfaces == ["دعاية", "والدعاية", "الدعائية", "بدعايته"]
    hits = frames(corpus, dictionary(["دعا*"], exclude=["دعاء", "دعا"]))
    assert hits["surface"].to_list() == ["دعاية", "والدعاية", "الدعائية", "بدعايته", "ودعاة"]
    # the most exact entry is the one that is named
    hits = frames(corpus, dictionary(["دعا*", "دعاي*", "دعاية"]))
    assert hits["entry"].to_list()[:4] == ["دعاية", "دعاية", "دعا*", "دعاي*"]


def test_a_wildcard_that_matches_nothing_is_told(build: Any) -> None:
    corpus = build(["قال الوزير"])
    with pytest.warns(UserWarning, match=r"matches these wildcards of the dictionary: زرا\*, غير\*$"):
        hits = frames(corpus, dictionary(["وزير", "زرا*", "غير*", "قا*"]))
    assert hits.height == 2


def test_phrases(build: Any) -> None:
    corpus = build(["سلاح الجو والسلاح الجو وسلاح «الجو» سلاح\nالجو سلاح جو. سلاح جوي"])
    lists = dictionary(["سلاح الجو"])
    assert found(corpus, lists) == [("سلاح الجو", ""), ("والسلاح الجو", "و"), ("وسلاح «الجو", "و")]
    assert len(found(corpus, dictionary(["سلاح جو"]))) == 4
    assert len(found(corpus, dictionary(["سلاح جو*"]))) == 5
    assert frames(corpus, lists)["tokens"].to_list() == [2, 2, 3]


def test_the_longest_match_wins_and_a_word_counts_once_in_a_category(build: Any) -> None:
    corpus = build(["شبكة الإنترنت السريعة و الإنترنت"])
    one = dictionary(["الإنترنت", "شبكة الإنترنت", "شبكة", "الإنترنت السريعة", "شبكة الإنترنت السريعة"])
    assert frames(corpus, one)["surface"].to_list() == ["شبكة الإنترنت السريعة", "الإنترنت"]
    # what begins first wins, also over a longer one that begins within it
    two = dictionary(["شبكة الإنترنت", "الإنترنت السريعة و الإنترنت"])
    assert frames(corpus, two)["surface"].to_list() == ["شبكة الإنترنت"]
    # in another category it counts again
    both = FrameDictionary.of({"t": {"net": {"words": ["شبكة الإنترنت"]}, "web": {"words": ["الإنترنت"]}}})
    assert frames(corpus, both)["category"].to_list() == ["net", "web", "web"]


def test_exclusions(build: Any) -> None:
    corpus = build(["المياه الإقليمية والمنظمة الإقليمية ومياهها الإقليمية"])
    lists = {"adjectives": ["إقليمي"], "exclude": ["مياه* إقليمية"]}
    hits = frames(corpus, FrameDictionary.of({"level": {"regional": lists}}))
    assert hits.select("surface", "position").rows() == [("الإقليمية", 3)]


def test_a_built_in_exclusion(build: Any) -> None:
    corpus = build(["الجملة الشرطية في النحو، والدوريات الشرطية في الشوارع. صحيفة «الاقتصادية» والأزمة الاقتصادية"])
    assert frames(corpus).select("surface", "category", "position").rows() == [
        ("الشرطية", "police", 6), ("الاقتصادية", "economic", 15),
    ]  # fmt: skip


# ---------------------------------------------------------------------------------------- the table


def test_columns_and_order(sample: ck.Corpus) -> None:
    hits = frames(sample)
    assert hits.columns == COLUMNS
    assert hits.schema == frames(sample.filter(pl.lit(False))).schema
    assert hits.equals(hits.sort("document", "start"))
    texts = dict(sample.documents.select("id", "text").collect().iter_rows())
    for row in hits.iter_rows(named=True):
        assert texts[row["id"]][row["start"] : row["end"]] == row["surface"]
    tokens = sample.tokens.select("document", "position", "sentence", start="start").collect()
    told = hits.join(tokens, on=["document", "position"], suffix="_of_token", maintain_order="left")
    assert told["start"].equals(told["start_of_token"])
    assert told["sentence"].equals(told["sentence_of_token"])
    record = provenance_of(hits)
    assert record is not None
    assert record["options"]["dictionary"] == {"name": "frames", "digest": FrameDictionary.builtin().digest}
    assert frames(sample).equals(hits)


def test_paragraphs_are_counted_within_the_document(build: Any) -> None:
    corpus = build(["خبر دولي\n\nأول. خبر دولي\nخبر دولي", "خبر دولي"])
    assert frames(corpus).select("document", "paragraph", "sentence").rows() == [
        (0, 0, 0), (0, 1, 2), (0, 2, 3), (1, 0, 0),
    ]  # fmt: skip


def test_subcorpora_views_and_empty_corpora(sample: ck.Corpus, cleaned: ck.Corpus) -> None:
    hits = frames(sample)
    part = sample.filter(pl.col("outlet") == "العنقود")
    of_part = hits.filter(pl.col("document").is_in(part.selected_documents().tolist()))
    assert frames(part).equals(of_part)
    assert frames(cleaned.filter(pl.col("outlet") == "العنقود")).height == 7
    nothing = sample.filter(pl.lit(False))
    assert frames(nothing).height == 0
    assert frame_entries(nothing)["count"].sum() == 0
    rates = frame_rates(nothing, n_bootstrap=10)
    assert rates["count"].to_list() == [0] * 8
    assert (
        rates.select("rate", "rate_low", "document_share", "document_share_low", "share").null_count().row(0)
        == (8,) * 5
    )
    assert frame_rates(nothing, by="outlet").columns == ["outlet", *rates.columns]
    assert frame_rates(nothing, by="outlet").height == 0
    everything = sample.documents.select("document", start=pl.lit(0), end=pl.col("text").str.len_chars()).collect()
    assert frames(sample.without(everything)).height == 0


def test_identical_documents(build: Any) -> None:
    corpus = build(["تعاون دولي وإقليمي"] * 3)
    hits = frames(corpus)
    assert hits.height == 6
    assert hits.drop("document", "id")[:2].equals(hits.drop("document", "id")[4:])


def test_entries(sample: ck.Corpus, build: Any) -> None:
    table = frame_entries(sample)
    assert table["count"].sum() == frames(sample).height
    assert table["entry"].to_list() == [
        "عسكري", "شرطي", "استخباري", "استخباراتي", "مخابراتي", "اقتصادي", "دبلوماسي", "دولي", "إقليمي", "محلي",
    ]  # fmt: skip
    assert table.filter(entry="مخابراتي").select("count", "documents", "forms").row(0) == (0, 0, [])
    corpus = build(["خبر محلي والمحلي والمحلي", "محلية"])
    row = frame_entries(corpus).filter(entry="محلي").row(0, named=True)
    assert (row["count"], row["documents"], row["forms"]) == (4, 2, ["والمحلي", "محلي", "محلية"])


# -------------------------------------------------------------------------------------------- rates


def test_rates_by_hand(build: Any) -> None:
    corpus = build(["خبر دولي ثم دولي", "خبر محلي", "خبر", "كلام قليل عن شيء"])
    rates = frame_rates(corpus, n_bootstrap=0)
    row = rates.filter(category="international").row(0, named=True)
    assert (row["count"], row["documents"], row["rate"]) == (2, 1, pytest.approx(2e6 / 11))
    assert (row["document_share"], row["share"]) == (0.25, pytest.approx(2 / 3))
    # Wilson's interval for 1 of 4
    assert row["document_share_low"] == pytest.approx(0.0456, abs=1e-4)
    assert row["document_share_high"] == pytest.approx(0.6994, abs=1e-4)
    assert row["rate_low"] is row["share_high"] is None
    assert rates.filter(dimension="means")["share"].to_list() == [None] * 5
    assert rates.filter(dimension="means")["rate"].to_list() == [0.0] * 5


def test_rates_agree_with_the_hits_and_the_frequency_table(cleaned: ck.Corpus) -> None:
    rates = frame_rates(cleaned, by="outlet", n_bootstrap=50, seed=3)
    hits = frames(cleaned).join(cleaned.documents.select("document", "outlet").collect(), on="document")
    counts = {row[:3]: row[3] for row in hits.group_by("outlet", "dimension", "category").len().iter_rows()}
    for row in rates.iter_rows(named=True):
        assert row["count"] == counts.get((row["outlet"], row["dimension"], row["category"]), 0)
    shares = rates.group_by("outlet", "dimension").agg(pl.col("share").sum())["share"]
    assert {round(share, 9) for share in shares} == {0.0, 1.0}  # 0 where an outlet has no hit of the dimension
    assert rates["outlet"].unique(maintain_order=True).equals(cleaned.labels("outlet").unique(maintain_order=True))
    # a category of one word has the rates and intervals that the word has
    lists = FrameDictionary.of({"t": {"truce": {"words": ["هدنة"]}}})
    mine = frame_rates(cleaned, lists, n_bootstrap=100, seed=5).row(0, named=True)
    words = ck.frequency(cleaned, n_bootstrap=100, seed=5).filter(word="هدنه").row(0, named=True)
    assert mine["count"] == words["count"]
    assert mine["documents"] == words["documents"]
    for one, other in (("rate", "per_million"), ("rate_low", "per_million_low"), ("rate_high", "per_million_high")):
        assert mine[one] == pytest.approx(words[other])


def test_rates_of_periods(build: Any) -> None:
    from datetime import date

    dates = [date(2026, 1, 5), date(2026, 1, 6), date(2026, 2, 2), None]
    corpus = build(["خبر دولي", "خبر", "خبر دولي", "خبر دولي"], date=dates, source=["b", "a", "b", "a"])
    with pytest.warns(UserWarning, match="1 of 4 documents have no date"):
        rates = frame_rates(corpus, every="month", n_bootstrap=0)
    kept = rates.filter(category="international").select("period", "count", "documents", "document_share")
    assert kept.rows() == [(date(2026, 1, 1), 1, 1, 0.5), (date(2026, 2, 1), 1, 1, 1.0)]
    with pytest.warns(UserWarning, match="no date"):
        both = frame_rates(corpus, by="source", every="week", week_start="sunday", n_bootstrap=0)
    kept = both.filter(category="international").select("source", "period", "count")
    assert kept.rows() == [
        ("b", date(2026, 1, 4), 1), ("b", date(2026, 2, 1), 1), ("a", date(2026, 1, 4), 0),
    ]  # fmt: skip


def test_rates_of_hits_that_were_chosen(cleaned: ck.Corpus) -> None:
    hits = frames(cleaned)
    some = hits.filter(pl.col("dimension") == "level", pl.col("place") == "body")
    rates = frame_rates(cleaned, some, n_bootstrap=20)
    assert rates.select("category", "count").rows() == sorted(some.group_by("category").len().iter_rows())
    assert frame_rates(cleaned, hits.clear()).height == 0
    with pytest.raises(InputError, match="of another corpus or view"):
        frame_rates(ck.sample_corpus(), hits)
    with pytest.raises(InputError, match="of another corpus or view"):
        frame_rates(cleaned.filter(pl.col("document") < 10), hits)
    with pytest.raises(InputError, match="lacks position"):
        frame_rates(cleaned, hits.drop("position"))
    with pytest.raises(InputError, match="start is Int64"):
        frame_rates(cleaned, hits.with_columns(pl.col("start").cast(pl.Int64)))
    with pytest.raises(InputError, match="no nulls"):
        frame_rates(cleaned, hits.with_columns(category=pl.lit(None, pl.String)))


def test_the_same_seed_gives_the_same_intervals(sample: ck.Corpus) -> None:
    one, two, three = (frame_rates(sample, n_bootstrap=50, seed=seed) for seed in (1, 1, 2))
    assert one.equals(two)
    assert not one.equals(three)


# ------------------------------------------------------------------------------------------- coding


def fill(path: Path, codes: dict[str, list[str | None]]) -> None:
    sheet = pl.read_csv(path, infer_schema=False)
    columns = [pl.Series(name, values, dtype=pl.String) for name, values in codes.items()]
    sheet.with_columns(columns).write_csv(path)


def test_a_sheet_is_made_coded_and_judged(cleaned: ck.Corpus, tmp_path: Path) -> None:
    path = tmp_path / "level.csv"
    hits = frames(cleaned)
    lines = coding_sheet(cleaned, hits, path=path, dimension="level", coders=["sara", "ali"])
    verdicts = hits.filter(dimension="level")["category"].to_list()
    assert lines.columns == ["document", "id", "position", "before", "node", "after", "start", "end", "sara", "ali"]
    assert lines.height == len(verdicts) == 34
    sheet = pl.read_csv(path, infer_schema=False)
    assert sheet.columns == ["id", "position", "before", "node", "after", "sara", "ali"]
    assert lines["node"].to_list() == hits.filter(dimension="level")["surface"].to_list()
    sara = ["local", *verdicts[1:]]
    sara[3] = "none"
    ali: list[str | None] = [*verdicts[:-1], None]
    ali[3] = " none "
    fill(path, {"sara": list(sara), "ali": ali})
    table = agreement(path, coders=["sara", "ali"], n_bootstrap=200)
    assert table.select("units", "uncoded", "codes").row(0) == (33, 1, 66)
    expected = ck.measures.krippendorff_alpha([sara, [code and code.strip() for code in ali]])
    assert table["alpha"][0] == pytest.approx(expected)
    assert table["alpha_low"][0] <= expected <= table["alpha_high"][0]
    assert table["agreement"][0] == pytest.approx(1 if verdicts[0] == "local" else 32 / 33)
    judged = dictionary_precision(path, hits, coders=["sara", "ali"], dimension="level")
    assert judged["hits"].sum() == 34
    assert judged["judged"].sum() == 34  # one who coded a place alone decides
    assert judged["confirmed"].sum() == 33
    row = judged.filter(category=verdicts[3]).row(0, named=True)
    assert row["precision"] == row["confirmed"] / row["judged"] < 1
    assert row["precision_low"] < row["precision"] < row["precision_high"]
    # the codes are still there when the sheet is brought up to date
    again = coding_sheet(cleaned, hits, path=path, dimension="level", coders=["sara", "ali"], sample=3)
    assert again.height == 3
    assert again["sara"].null_count() == 0


def test_a_sample_of_places(cleaned: ck.Corpus, tmp_path: Path) -> None:
    def places(name: str, **options: Any) -> list[tuple[str, int]]:
        lines = coding_sheet(cleaned, path=tmp_path / name, dimension="means", **options)
        return lines.select("id", "position").rows()

    small, large = places("a.csv", sample=5, seed=2), places("b.csv", sample=9, seed=2)
    assert len(small) == 5
    assert set(small) < set(large)
    assert places("c.csv", sample=5, seed=2) == small
    assert set(places("d.csv", sample=5, seed=3)) != set(small)
    assert len(places("e.csv", sample=1000)) == 23
    assert places("f.csv", sample=0) == []
    shown = coding_sheet(
        cleaned, path=tmp_path / "g.csv", dimension="means", sample=2, stratify=True, show_dictionary=True
    )
    assert shown["dictionary"].value_counts()["count"].to_list() == [2] * 5
    again = coding_sheet(
        cleaned, path=tmp_path / "g.csv", dimension="means", sample=2, stratify=True, show_dictionary=True
    )
    assert again.equals(shown)


def test_a_place_in_two_categories_is_one_row(build: Any, tmp_path: Path) -> None:
    corpus = build(["قال إن شبكة الإنترنت مفتوحة"])
    lists = FrameDictionary.of({"t": {"net": {"words": ["شبكة الإنترنت"]}, "web": {"words": ["شبكة"]}}})
    hits = frames(corpus, lists)
    path = tmp_path / "sheet.csv"
    lines = coding_sheet(corpus, hits, path=path, coders=["me"], show_dictionary=True)
    assert lines.select("node", "dictionary").rows() == [("شبكة الإنترنت", "net|web")]
    fill(path, {"me": ["net"]})
    judged = dictionary_precision(path, hits, coders=["me"])
    assert judged.select("category", "judged", "confirmed").sort("category").rows() == [("net", 1, 1), ("web", 1, 0)]
    fill(path, {"me": ["net|web"]})
    assert dictionary_precision(path, hits, coders=["me"])["confirmed"].to_list() == [1, 1]


def test_consensus_is_more_than_half() -> None:
    hits = frames(ck.sample_corpus()).filter(dimension="level").head(4).with_columns(category=pl.lit("x"))
    sheet = hits.select("id", "position").with_columns(
        a=pl.Series(["x", "x", "x", None]), b=pl.Series(["x", "y", "", " "]), c=pl.Series(["y", "z", None, None])
    )
    row = dictionary_precision(sheet, hits, coders=["a", "b", "c"]).row(0, named=True)
    assert (row["hits"], row["undecided"], row["judged"], row["confirmed"]) == (4, 2, 2, 2)


def test_agreement_of_three_coders_and_of_numbers() -> None:
    sheet = pl.DataFrame({"a": ["1", "2", "3", ""], "b": ["1", "2", "3", "3"], "c": ["1", "3", None, "2"]})
    table = agreement(sheet, coders=["a", "b", "c"], level="ordinal", n_bootstrap=0)
    assert table["coders"].to_list() == ["a, b, c", "a, b", "a, c", "b, c"]
    codes = [[1, 2, 3, None], [1, 2, 3, 3], [1, 3, None, 2]]
    assert table["alpha"][0] == pytest.approx(ck.measures.krippendorff_alpha(codes, level="ordinal"))
    assert table["alpha"][1] == 1
    assert table["alpha_low"].null_count() == 4
    same = agreement(pl.DataFrame({"coder1": ["x", "x"], "coder2": ["x", "x"]}))
    assert same.select("alpha", "alpha_low", "agreement").row(0) == (None, None, 1.0)
    none = agreement(pl.DataFrame({"coder1": [None, "x"], "coder2": ["x", None]}))
    assert none.select("units", "uncoded", "alpha", "agreement").row(0) == (0, 2, None, None)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"coders": []}, "coders="),
        ({"coders": "me"}, "coders="),
        ({"coders": ["a", "a"]}, "twice"),
        ({"coders": ["dictionary"]}, "cannot be named"),
        ({"dimension": None}, "name the dimension=.*means, level"),
        ({"dimension": "levl"}, "did you mean 'level'"),
        ({"sample": -1}, "sample="),
        ({"stratify": 1}, "stratify="),
        ({"show_dictionary": "yes"}, "show_dictionary="),
        ({"seed": None}, "seed="),
        ({"window": -1}, "window"),
        ({"path": "sheet.docx"}, "ending of a sheet"),
        ({"hits": 5}, "dictionary takes"),
    ],
)
def test_bad_sheets(sample: ck.Corpus, tmp_path: Path, options: dict[str, Any], message: str) -> None:
    options = {"path": "sheet.csv", "dimension": "level", "hits": None, **options}
    path, hits = tmp_path / options.pop("path"), options.pop("hits")
    with pytest.raises(InputError, match=message):
        coding_sheet(sample, hits, path=path, **options)
    assert not path.exists()


def test_bad_codes(sample: ck.Corpus, tmp_path: Path) -> None:
    frame = pl.DataFrame({"coder1": ["1", "x"], "coder2": ["1", "2"]})
    with pytest.raises(InputError, match="codes of 'coder1' are no numbers: 'x'"):
        agreement(frame, level="interval")
    with pytest.raises(InputError, match="unknown column of the sheet 'coder3'; did you mean"):
        agreement(frame, coders=["coder1", "coder3"])
    with pytest.raises(InputError, match="at least 2"):
        agreement(frame, coders=["coder1"])
    with pytest.raises(InputError, match="did you mean 'nominal'"):
        agreement(frame, level="nominale")
    with pytest.raises(InputError, match="sheet takes a path or a DataFrame, not int"):
        agreement(5)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="cannot be read"):
        agreement(tmp_path / "absent.csv")
    hits = frames(sample).filter(dimension="level")
    sheet = hits.select("id", "position", coder1=pl.lit("local"), coder2=pl.lit("local"))
    with pytest.raises(InputError, match="stands twice"):
        dictionary_precision(pl.concat([sheet, sheet]), hits)
    with pytest.raises(InputError, match="column of the sheet 'position'"):
        dictionary_precision(sheet.drop("position"), hits)
    with pytest.raises(InputError, match="hits takes a table"):
        dictionary_precision(sheet, sheet)
    with pytest.raises(InputError, match="confidence="):
        dictionary_precision(sheet, hits, confidence=2)


# --------------------------------------------------------------------------------- the dictionaries


def test_the_built_in_dictionary_says_what_it_is() -> None:
    lists = FrameDictionary.builtin()
    assert lists.categories == {
        "means": ("military", "police", "intelligence", "economic", "diplomatic"),
        "level": ("international", "regional", "local"),
    }
    assert all(
        f"{dimension}.{name}" in dict(lists.descriptions)
        for dimension, all_ in lists.categories.items()
        for name in all_
    )
    assert lists == FrameDictionary.builtin()
    assert repr(lists).startswith("<FrameDictionary 'frames': 14 entries (means: military, police, ")
    with pytest.raises(AttributeError):
        lists.name = "x"  # type: ignore[misc]


def test_the_digest_depends_on_the_lists_alone() -> None:
    one = FrameDictionary.of({"t": {"a": {"words": ["جيش"], "description": "x"}}})
    assert one.digest == FrameDictionary.of({"t": {"a": {"words": ["جيش"]}}}, name="other").digest
    assert one.digest != dictionary(["جيش"]).digest


def test_a_file_of_liwc(tmp_path: Path, build: Any) -> None:
    path = tmp_path / "mood.dic"
    path.write_text("\ufeff%\n1\tgood\n2 bad\n%\nفرح\t1\nحزن*\t2\nسعيد جدا 1\nفرحة\t1\t2\n", encoding="utf-8")
    lists = FrameDictionary.read(path)
    assert lists.categories == {"mood": ("good", "bad")}
    assert lists.table().select("category", "entry").rows() == [
        ("good", "فرح"), ("good", "سعيد جدا"), ("good", "فرحة"), ("bad", "حزن*"), ("bad", "فرحة"),
    ]  # fmt: skip
    corpus = build(["كان سعيدا ثم سعيد جدا وحزنت والفرحة"])
    assert frames(corpus, path).select("category", "surface").rows() == [
        ("good", "سعيد جدا"), ("bad", "وحزنت"), ("good", "والفرحة"), ("bad", "والفرحة"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "no dictionary of LIWC"),
        ("فرح\t1\n", "no dictionary of LIWC"),
        ("%\n1\tgood\nفرح\t1\n", "no dictionary of LIWC"),
        ("%\nx\tgood\n%\n", "line 2 .* no new category"),
        ("%\n1\tgood\n1\tbad\n%\n", "line 3 .* no new category"),
        ("%\n1\tgood\n2\tgood\n%\n", "line 3 .* no new category"),
        ("%\n1\tgood\n%\nفرح\t2\n", "line 4 .*unknown category '2'"),
        ("%\n1\tgood\n%\nفرح\n", "line 4 .*a word and numbers"),
        ("%\n1\tgood\n%\nفرح\t1\nفرح\t1\n", "lists 'فرح' twice"),
        ("%\n1\tgood\n2\tbad\n%\nفرح\t1\n", r"\[bad.bad\] lists no words"),
    ],
)
def test_bad_files_of_liwc(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "bad.dic"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        FrameDictionary.read(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ('title = "x"\n', "is empty"),
        ("[means]\n", "is empty"),
        ("[means.military\n", "cannot be read"),
        ("x = 5\n[a.b]\nwords = ['جيش']", "holds 'x', which is no table"),
        ("title = 5\n[a.b]\nwords = ['جيش']", "title of .* is a text, not int"),
        ("[means]\nwords = ['جيش']", "holds 'words', which is no table"),
        ("[a.b]\nword = ['جيش']", "unknown key of .*'word'; did you mean 'words'"),
        ("[a.b]\ndescription = 5\nwords = ['جيش']", "description of a.b is a text"),
        ("[a.b]\nwords = 'جيش'", r"words of \[a.b\] is a list of words, not str"),
        ("[a.b]\nwords = []", r"\[a.b\] lists no words"),
        ("[a.b]\n", r"\[a.b\] lists no words"),
        ("[a.b]\nexclude = ['جيش']", r"\[a.b\] lists no words"),
        ("[a.b]\nwords = ['']", "empty word"),
        ("[a.b]\nwords = ['  ']", "empty word"),
        ("[a.b]\nwords = [5]", "words in quotation marks"),
        ("[a.b]\nwords = ['جيش', 'جيش']", "lists 'جيش' twice"),
        ("[a.b]\nwords = ['سلاح الجو', 'سلاح  الجو']", "lists 'سلاح الجو' twice"),
        ("[a.b]\nwords = ['جيش']\nexclude = ['جيش']", "lists 'جيش' twice"),
        ("[a.b]\nwords = ['*']", "at the end of a word"),
        ("[a.b]\nwords = ['ج*ش']", "at the end of a word"),
        ("[a.b]\nwords = ['جيش**']", "at the end of a word"),
        ("[a.b]\nwords = ['جيش، بحرية']", "not made of words"),
        ("[a.b]\nwords = ['!']", "not made of words"),
        ("[a.b]\nwords = ['جيش(1)']", "not made of words"),
        ("[a.b]\nadjectives = ['جيش']", "ends in ي"),
        ("[a.b]\nadjectives = ['سلاح جوي']", "one word"),
        ("[a.b]\nadjectives = ['الدولي']", "without the article: 'دولي'"),
        ("['']\n[''.b]\nwords = ['جيش']", "without a name"),
    ],
)
def test_bad_dictionaries(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        FrameDictionary.read(path)


def test_bad_files(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes("[a.b]\nwords = ['é']".encode("latin-1"))
    for path, message in (
        (tmp_path / "latin.toml", "cannot be read"),
        (tmp_path / "absent.toml", "cannot be read: No such file"),
        (tmp_path / "list.csv", "ending of a dictionary"),
        (5, "path="),
    ):
        with pytest.raises(InputError, match=message):
            FrameDictionary.read(path)  # type: ignore[arg-type]
    for tables, options in (([], {}), ({"a": {"b": {"words": ["\ud800"]}}}, {}), ({}, {"name": ""})):
        with pytest.raises(InputError):
            FrameDictionary.of(tables, **options)  # type: ignore[arg-type]


def test_bad_arguments(sample: ck.Corpus) -> None:
    with pytest.raises(InputError, match="takes a Corpus"):
        frames("corpus")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="dictionary takes a FrameDictionary"):
        frames(sample, {"a": 1})  # type: ignore[arg-type]
    with pytest.raises(InputError, match="profile"):
        frames(sample, profile="serach")
    with pytest.raises(InputError, match="spans"):
        frames(sample, furniture=pl.DataFrame({"document": [1]}))
    for options in (
        {"by": "outlets"}, {"by": 5}, {"every": "year"}, {"every": "week", "week_start": "x"}, {"confidence": 1.5},
        {"n_bootstrap": -1}, {"seed": "x"}, {"every": "day", "date": "dat"},
    ):  # fmt: skip
        with pytest.raises(InputError):
            frame_rates(sample, **options)  # type: ignore[arg-type]


def test_a_large_dictionary_costs_little(sample: ck.Corpus) -> None:
    words = [
        f"{word}{ending}" for word in sample.type_column("folded").unique().sort().head(3000) for ending in ("", "ستا")
    ]
    letters = [word for word in words if word.isalpha() and all("\u0621" <= letter <= "\u064a" for letter in word)]
    hits = frames(sample, dictionary(sorted(set(letters))))
    assert hits.height > 3000
    assert np.all(np.diff(hits["document"].to_numpy().astype(int)) >= 0)
