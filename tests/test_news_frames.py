"""ck.news.frames and frame_entries: the planted truth, the reference document, a slow twin, and the rules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import oracles_news_frames as oracles
import polars as pl
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus_kit as ck
from corpus_kit._base.records import provenance_of
from corpus_kit.errors import InputError
from corpus_kit.news.frame_dictionary import FrameDictionary
from corpus_kit.news.frame_rates import frame_rates
from corpus_kit.news.frames import frame_entries, frames

pytestmark = pytest.mark.interface

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
# Names of these categories in the expected answers.
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
    return sample.exclude(boilerplate(sample))


def boilerplate(sample: ck.Corpus) -> pl.DataFrame:
    documents = sample.documents.select("document", "id").collect()
    return ck.sample_truth()["boilerplate"].join(documents, on="id", maintain_order="left")


def found(corpus: ck.Corpus, lists: FrameDictionary, **options: Any) -> list[tuple[str, str]]:
    return frames(corpus, lists, **options).select("surface", "proclitic").rows()


# ------------------------------------------------------------------------------------------- the truth


def test_finds_exactly_the_planted_frames(cleaned: ck.Corpus) -> None:
    truth = ck.sample_truth()["frames"].rename({"frame": "category"}).select(FACTS)
    assert truth.height == 57
    assert frames(cleaned).select(FACTS).rows() == truth.rows()


def test_hits_in_boilerplate_are_marked(sample: ck.Corpus, cleaned: ck.Corpus) -> None:
    hits = frames(sample, boilerplate=boilerplate(sample))
    inside = hits.filter(place="boilerplate")
    assert inside.height == hits.height - 57 == 1
    columns = [name for name in COLUMNS if name not in ("position", "paragraph", "sentence", "place")]
    outside = hits.filter(pl.col("place") != "boilerplate")
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
    # the remaining one: the adjective of an international coalition, in another paragraph
    assert hits.filter(pl.col("sentence") != listed["sentence"][0])["category"].to_list() == ["international"]
    assert all(text[row["start"] : row["end"]] == row["surface"] for row in hits.iter_rows(named=True))
    # the headline and two lines of boilerplate precede the body
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
@settings(max_examples=examples(30))
@pytest.mark.filterwarnings("ignore:these wildcards of the dictionary")
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
    texts = pl.read_parquet(shared / "data" / "saudinewsnet-part1.parquet", columns=["content"])["content"].head(40)
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


def test_three_lams_are_spelled_as_two(build: Any) -> None:
    corpus = build(["لجنة اللجنة للجنة وللجنة والحمد لله والله"])
    for listed, count in (("لجنة", 4), ("اللجنة", 3)):
        hits = found(corpus, dictionary([listed]))
        assert [proclitic for _, proclitic in hits] == ["", "", "ل", "ول"][-count:]
    assert found(corpus, dictionary(["الله"])) == [("لله", "ل"), ("والله", "و")]


def test_clitics_are_not_stripped_from_listed_words(build: Any) -> None:
    corpus = build(["بحر وبحر وقود كتاب وصف فطن لحوم"])
    assert found(corpus, dictionary(["حر", "قود", "تاب", "صف", "طن", "حوم"])) == []
    # a listed word is not split into a clitic and another listed word
    corpus = build(["والدين للدين الدين"])
    assert found(corpus, dictionary(["دين"])) == [("والدين", "و"), ("للدين", "ل"), ("الدين", "")]
    two = FrameDictionary.of({"t": {"faith": {"words": ["دين"]}, "parents": {"words": ["والدين"]}}})
    assert frames(corpus, two).select("surface", "category").rows() == [
        ("والدين", "parents"), ("للدين", "faith"), ("الدين", "faith"),
    ]  # fmt: skip


def test_initial_hamza_is_not_an_article(build: Any) -> None:
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
    # the most exact entry is reported
    hits = frames(corpus, dictionary(["دعا*", "دعاي*", "دعاية"]))
    assert hits["entry"].to_list()[:4] == ["دعاية", "دعاية", "دعا*", "دعاي*"]


def test_warns_of_wildcards_without_a_match(build: Any) -> None:
    corpus = build(["قال الوزير"])
    with pytest.warns(UserWarning, match=r"match no word of the corpus: زرا\*, غير\*$"):
        hits = frames(corpus, dictionary(["وزير", "زرا*", "غير*", "قا*"]))
    assert hits.height == 2


def test_phrases(build: Any) -> None:
    corpus = build(["سلاح الجو والسلاح الجو وسلاح «الجو» سلاح\nالجو سلاح جو. سلاح جوي"])
    lists = dictionary(["سلاح الجو"])
    assert found(corpus, lists) == [("سلاح الجو", ""), ("والسلاح الجو", "و"), ("وسلاح «الجو", "و")]
    assert len(found(corpus, dictionary(["سلاح جو"]))) == 4
    assert len(found(corpus, dictionary(["سلاح جو*"]))) == 5
    assert frames(corpus, lists)["tokens"].to_list() == [2, 2, 3]


def test_longest_match_wins_within_a_category(build: Any) -> None:
    corpus = build(["شبكة الإنترنت السريعة و الإنترنت"])
    one = dictionary(["الإنترنت", "شبكة الإنترنت", "شبكة", "الإنترنت السريعة", "شبكة الإنترنت السريعة"])
    assert frames(corpus, one)["surface"].to_list() == ["شبكة الإنترنت السريعة", "الإنترنت"]
    # the first to begin wins, even over a longer one that begins within it
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
    result = hits.join(tokens, on=["document", "position"], suffix="_of_token", maintain_order="left")
    assert result["start"].equals(result["start_of_token"])
    assert result["sentence"].equals(result["sentence_of_token"])
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
    assert frames(sample.exclude(everything)).height == 0


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


def test_invalid_arguments(sample: ck.Corpus) -> None:
    with pytest.raises(InputError, match=r"^corpus must be a Corpus"):
        frames("corpus")  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"^dictionary must be a FrameDictionary"):
        frames(sample, {"a": 1})  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"^profile must be"):
        frames(sample, profile="serach")
    with pytest.raises(InputError, match=r"^boilerplate must be"):
        frames(sample, boilerplate=pl.DataFrame({"document": [1]}))


def test_a_large_dictionary_costs_little(sample: ck.Corpus) -> None:
    words = [
        f"{word}{ending}" for word in sample.type_column("folded").unique().sort().head(3000) for ending in ("", "ستا")
    ]
    letters = [word for word in words if word.isalpha() and all("\u0621" <= letter <= "\u064a" for letter in word)]
    hits = frames(sample, dictionary(sorted(set(letters))))
    assert hits.height > 3000
    assert np.all(np.diff(hits["document"].to_numpy().astype(int)) >= 0)
