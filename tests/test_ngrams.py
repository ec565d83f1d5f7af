"""count_ngrams: what is counted, accepted input, and the tables returned."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles_counting import slow_character_documents, slow_count_ngrams, slow_text_documents
from polars.testing import assert_frame_equal

import corpus_kit as ck
from corpus_kit.analysis.ngram_arrays import count_token_arrays
from corpus_kit.text.forms import DocumentTokens, Forms, forms_of_types
from corpus_kit.text.ngram_options import ngram_options
from corpus_kit.text.normalization import resolve_profile
from corpus_kit.text.tokenization import Tokenizer

pytestmark = [pytest.mark.core, pytest.mark.interface]

FATHA = "\u064e"

# Few pieces, so that n-grams repeat: spellings that fold together, standalone marks, numbers,
# hashtags, punctuation, presentation forms, astral letters, line and sentence ends.
PIECES = [
    "كتاب",
    "كتَابٌ",
    "الكتاب",
    "آلان",
    "الآن",
    "علَى",
    "علي",
    "ﻼ",
    "٣٫١٤",
    "19",
    "#وسم_جديد",
    "@user",
    "Word",
    "\U0001e900",
    "😀",
    "https://example.org/a?b=1",
    f" {FATHA} ",
    "ـ",
    "،",
    "؟",
    ".",
    "(",
    '"',
    "و",
    " ",
    " ",
    " ",
    "\n",
    "\n\n",
    "\u00a0",
]
texts_of_pieces = st.lists(
    st.none() | st.lists(st.sampled_from(PIECES), max_size=14).map("".join), min_size=0, max_size=4
)


def rows(frame: pl.DataFrame, *, labelled: bool = False) -> list[tuple[Any, ...]]:
    """Return rows (label, n-gram, count, documents) like the slow twin."""
    return [(row if labelled else (None, *row))[:2] + row[-2:] for row in frame.iter_rows()]


def joined(expected: list[tuple[object, tuple[str, ...], int, int]], separator: str = " ") -> list[tuple[Any, ...]]:
    return [(label, separator.join(ngram), count, documents) for label, ngram, count, documents in expected]


# ---------------------------------------------------------------- compared with slow twins


@settings(max_examples=examples(60))
@given(
    texts_of_pieces,
    st.sampled_from([None, "search", "repair"]),
    st.sampled_from(["standard", "whitespace"]),
    st.sampled_from(["sentence", "paragraph", "document"]),
    st.integers(1, 3),
    st.integers(0, 2),
    st.integers(0, 2),
    st.integers(1, 2),
)
def test_token_ngrams_equal_the_slow_twin(
    texts: list[str | None],
    profile: str | None,
    tokenizer: str,
    within: str,
    low: int,
    more: int,
    skip: int,
    min_count: int,
) -> None:
    if tokenizer == "whitespace":
        within = "document"
    frame = ck.count_ngrams(
        texts, (low, low + more), profile=profile, tokenizer=tokenizer, within=within, skip=skip, min_count=min_count
    )
    documents = slow_text_documents(texts, profile=profile, tokenizer=tokenizer, within=within)
    assert rows(frame) == joined(slow_count_ngrams(documents, low, low + more, skip=skip, min_count=min_count))


@settings(max_examples=examples(60))
@given(
    texts_of_pieces,
    st.sampled_from([None, "search"]),
    st.sampled_from(["token", "paragraph", "document"]),
    st.integers(1, 3),
    st.integers(0, 1),
)
def test_character_ngrams_equal_the_slow_twin(
    texts: list[str | None], profile: str | None, within: str, low: int, skip: int
) -> None:
    frame = ck.count_ngrams(texts, (low, low + 1), level="character", profile=profile, within=within, skip=skip)
    documents = slow_character_documents(texts, profile=profile, within=within)
    assert rows(frame) == joined(slow_count_ngrams(documents, low, low + 1, skip=skip), "")


@settings(max_examples=examples(40))
@given(texts_of_pieces, st.data(), st.integers(1, 2), st.integers(1, 2))
def test_labels_are_counted_separately(texts: list[str | None], data: st.DataObject, n: int, min_count: int) -> None:
    labels = data.draw(st.lists(st.sampled_from(["ا", "ب", None]), min_size=len(texts), max_size=len(texts)))
    by = pl.Series("source", labels, dtype=pl.String)
    frame = ck.count_ngrams(texts, (1, n), by=by, min_count=min_count)
    documents = slow_text_documents(texts, profile="search", tokenizer="standard", within="paragraph")
    assert rows(frame, labelled=True) == joined(slow_count_ngrams(documents, 1, n, labels=labels, min_count=min_count))


@settings(max_examples=examples(40))
@given(texts_of_pieces, st.integers(1, 3), st.integers(0, 2), st.booleans())
def test_ids_and_strings_agree(texts: list[str | None], low: int, more: int, document_frequency: bool) -> None:
    n = (low, low + more)
    strings = ck.count_ngrams(texts, n, document_frequency=document_frequency)
    ids, words = ck.count_ngram_ids(texts, n, document_frequency=document_frequency)
    columns = [f"w{place}" for place in range(1, low + more + 1)]
    assert ids.columns == ["n", *columns, *strings.columns[2:]]
    assert words.name == "word"
    assert words.n_unique() == len(words)
    joined_again = ids.select(
        pl.concat_str(
            [pl.col(column).map_elements(lambda i: words[i], return_dtype=pl.String) for column in columns],
            separator=" ",
            ignore_nulls=True,
        ).alias("ngram"),
        *strings.columns[1:],
    )
    assert_frame_equal(joined_again, strings)


@given(texts_of_pieces, st.integers(1, 3))
def test_chunks_and_slices_change_nothing(texts: list[str | None], cut: int) -> None:
    series = pl.Series("text", texts, dtype=pl.String)
    chunked = pl.concat([pl.Series("text", ["x", "y"]), series[:cut], series[cut:]], rechunk=False)[2:]
    assert_frame_equal(ck.count_ngrams(chunked, (1, 3)), ck.count_ngrams(texts, (1, 3)))


# ------------------------------------------------------------------------ by hand


def test_columns_and_dtypes() -> None:
    schema = {"ngram": pl.String, "n": pl.UInt8, "count": pl.Int64, "documents": pl.Int64}
    for texts in ([], [None], [""], ["كتاب"]):
        assert dict(ck.count_ngrams(texts, 1).schema) == schema
    labelled = ck.count_ngrams([], 1, by=pl.Series("day", [], dtype=pl.Date))
    assert dict(labelled.schema) == {"day": pl.Date, **schema}
    assert ck.count_ngrams(["كتاب"], 1, document_frequency=False).columns == ["ngram", "n", "count"]
    ids, _ = ck.count_ngram_ids(["كتاب"], (1, 2))
    assert dict(ids.schema) == {
        "n": pl.UInt8,
        "w1": pl.UInt32,
        "w2": pl.UInt32,
        "count": pl.Int64,
        "documents": pl.Int64,
    }


def test_spellings_that_fold_together_are_one_form() -> None:
    frame = ck.count_ngrams(["على", "علي", "عَلَى"], 1)
    assert frame.rows() == [("علي", 1, 3, 3)]
    assert ck.count_ngrams(["على", "علي", "عَلَى"], 1, profile=None).height == 3


def test_punctuation_is_skipped() -> None:
    frame = ck.count_ngrams(['قال: "نعم، لا"'], 2)
    assert frame["ngram"].to_list() == ["قال نعم", "نعم لا"]


def test_a_mark_alone_is_not_counted() -> None:
    assert ck.count_ngrams([f"ا {FATHA} ب"], 2)["ngram"].to_list() == ["ا ب"]


def test_barriers_of_each_unit() -> None:
    text = "ا كتب. قرأ د\nه و"
    ngrams = {
        within: set(ck.count_ngrams([text], 2, within=within)["ngram"])
        for within in ("sentence", "paragraph", "document")
    }
    assert ngrams["sentence"] == {"ا كتب", "قرا د", "ه و"}
    assert ngrams["paragraph"] == ngrams["sentence"] | {"كتب قرا"}
    assert ngrams["document"] == ngrams["paragraph"] | {"د ه"}
    assert "د ه" in set(ck.count_ngrams([text], 2, tokenizer="whitespace")["ngram"])
    assert ck.count_ngrams(["ا", "ب"], 2, within="document").height == 0


def test_a_sentence_that_begins_with_punctuation_keeps_its_barrier() -> None:
    assert set(ck.count_ngrams(["ا ب.\n- ج د"], 2)["ngram"]) == {"ا ب", "ج د"}


def test_characters_within_words() -> None:
    frame = ck.count_ngrams(["اب  جد"], 2, level="character", within="token")
    assert frame["ngram"].to_list() == ["اب", "جد"]
    frame = ck.count_ngrams(["اب  جد"], 2, level="character")
    assert frame["ngram"].to_list() == ["اب", "ب ", " ج", "جد"]


def test_ties_keep_text_order() -> None:
    frame = ck.count_ngrams(["ب ا ب ج", "ج ا"], (1, 2))
    assert frame["ngram"].to_list() == ["ب", "ا", "ج", "ب ا", "ا ب", "ب ج", "ج ا"]
    assert frame["count"].to_list() == [2, 2, 2, 1, 1, 1, 1]


@pytest.mark.parametrize(
    ("labels", "dtype"),
    [
        (["a", "b", None, "a"], pl.String),
        (["a", "b", None, "a"], pl.Categorical),
        ([1, 2, None, 1], pl.Int64),
        ([0.5, float("nan"), None, 0.5], pl.Float64),
        ([True, False, None, True], pl.Boolean),
        ([date(2020, 1, 1), date(2020, 1, 2), None, date(2020, 1, 1)], pl.Date),
        ([["a"], ["b"], None, ["a"]], pl.List(pl.String)),
        ([{"a": 1}, {"a": 2}, None, {"a": 1}], pl.Struct({"a": pl.Int64})),
    ],
)
def test_labels_of_any_type(labels: list[Any], dtype: pl.DataType) -> None:
    texts = ["ا ب", "ا", "ا", "ا ا"]
    by = pl.Series("label", labels, dtype=dtype)
    frame = ck.count_ngrams(texts, 1, by=by)
    assert frame.columns == ["label", "ngram", "n", "count", "documents"]
    assert frame.schema["label"] == dtype
    assert frame["count"].to_list() == [3, 1, 1, 1]
    assert frame["documents"].to_list() == [2, 1, 1, 1]
    assert repr(frame["label"].to_list()) == repr(
        pl.Series([labels[0], labels[0], *labels[1:3]], dtype=dtype).to_list()
    )


def test_labels_without_a_name_are_called_by() -> None:
    assert ck.count_ngrams(["ا", "ب"], 1, by=[None, None]).columns[0] == "by"
    assert ck.count_ngrams(["ا", "ب"], 1, by=pl.Series([1, 2])).columns[0] == "by"


def test_categorical_texts() -> None:
    texts = ["ا ب", "ا ب", None]
    assert_frame_equal(ck.count_ngrams(pl.Series(texts, dtype=pl.Categorical), 2), ck.count_ngrams(texts, 2))


def test_forms_can_contain_spaces() -> None:
    expand = ck.Normalizer.preset("search").replace(ligatures="expand")
    frame = ck.count_ngrams(["محمد ﷺ"], 1, profile=expand)
    assert frame["ngram"].to_list() == ["محمد", "صلي الله عليه وسلم"]


# ------------------------------------------------------------------------ invalid input


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n": 0}, r"^n must be .* 0\."),
        ({"n": 9}, r"^n must be .* 9\."),
        ({"n": (0, 2)}, r"^n\[0\] must be .* 0\."),
        ({"n": (3, 2)}, r"^n must be .* \(3, 2\)\."),
        ({"n": (1, 2, 3)}, r"^n must be .* \(1, 2, 3\)\."),
        ({"n": "2"}, r"^n must be .* '2'\."),
        ({"n": 2.0}, r"^n must be .* 2\.0\."),
        ({"n": True}, r"^n must be .* True\."),
        ({"n": (1, None)}, r"^n\[1\] must be .* None\."),
        ({"min_count": 0}, r"^min_count must be .* 0\."),
        ({"min_count": 1.5}, r"^min_count must be .* 1\.5\."),
        ({"skip": -1}, r"^skip must be .* -1\."),
        ({"skip": 16}, r"^skip must be .* 15, got 16\."),
        ({"within": "paragraf"}, r"^within must be .* Did you mean 'paragraph'\?"),
        ({"within": "token"}, r"^within must be .* level='character'"),
        ({"level": "characters"}, r"^level must be .* Did you mean 'character'\?"),
        ({"tokenizer": "white"}, r"^tokenizer must be .* 'white'"),
        ({"tokenizer": "whitespace", "within": "sentence"}, r"^(within|tokenizer) must be"),
        ({"profile": "serach"}, r"^profile must be .* Did you mean 'search'\?"),
        ({"by": ["a"]}, r"^by must be one label for each text"),
        ({"by": "ab"}, r"^by must be .* 'ab'"),
        ({"by": 5}, r"^by must be .* 5\."),
        ({"by": [1, "a"]}, r"^by must be labels of one type"),
        ({"by": [object(), object()]}, r"^by must be .* not Python objects"),
        ({"by": pl.Series("count", [1, 2])}, r"^by must be .* 'count'"),
        ({"by": pl.Series("w1", [1, 2])}, r"^by must be .* 'w1'"),
    ],
)
def test_invalid_arguments(options: dict[str, Any], message: str) -> None:
    arguments = {"n": 2, **options}
    with pytest.raises(ck.InputError, match=message):
        ck.count_ngrams(["ا ب", "ج"], arguments.pop("n"), **arguments)


@pytest.mark.parametrize("texts", ["ا ب", b"a", 5, [1], pl.Series([1, 2]), ["\ud800"]])
def test_non_text_input_is_rejected(texts: Any) -> None:
    with pytest.raises(ck.InputError):
        ck.count_ngrams(texts, 1)


def test_numpy_integers_are_accepted() -> None:
    assert_frame_equal(
        ck.count_ngrams(["ا ب ا ب"], np.int64(2), min_count=np.uint8(2)),  # type: ignore[arg-type]
        ck.count_ngrams(["ا ب ا ب"], 2, min_count=2),
    )
    assert ck.count_ngrams(["ا ا"], 1, min_count=10**30).height == 0


# ------------------------------------------------------------------- tokens as arrays


def test_memory_mapped_arrays(tmp_path: Path) -> None:
    tokenizer = Tokenizer()
    batch = tokenizer.add(["ا ب. ج", "ا ب", "ا ب"])
    forms = forms_of_types(tokenizer.types(), normalizer=resolve_profile("search"))
    mapped = []
    for name, array in (("types", batch.type_ids), ("flags", batch.flags), ("counts", batch.counts)):
        np.save(tmp_path / f"{name}.npy", array)
        mapped.append(np.load(tmp_path / f"{name}.npy", mmap_mode="r"))
    options = ngram_options((1, 2))
    expected = ck.count_ngrams(["ا ب. ج", "ا ب", "ا ب"], (1, 2))
    frame = count_token_arrays(DocumentTokens(*mapped), forms, options=options)
    assert isinstance(frame, pl.DataFrame)
    assert_frame_equal(frame, expected)


def test_selected_documents() -> None:
    tokenizer = Tokenizer()
    batch = tokenizer.add(["ا ب", "ا ج", "ا ب"])
    forms = forms_of_types(tokenizer.types(), normalizer=None)
    tokens = DocumentTokens(batch.type_ids, batch.flags, batch.counts, np.array([1, 0, 1], np.uint8))
    frame = count_token_arrays(tokens, forms, options=ngram_options(2), by=["x", "y", "z"])
    assert isinstance(frame, pl.DataFrame)
    assert frame.rows() == [("x", "ا ب", 2, 1, 1), ("z", "ا ب", 2, 1, 1)]


def test_forms_are_numbered_by_first_occurrence() -> None:
    types = pl.DataFrame(
        {
            "surface": ["ب", "!", "أب", "اب", FATHA, "5"],
            "kind": ["word", "punctuation", "word", "word", "word", "number"],
        }
    )
    forms = forms_of_types(types, normalizer=resolve_profile("search"))
    none = 0xFFFFFFFF
    assert isinstance(forms, Forms)
    assert forms.of_type.tolist() == [0, none, 1, 1, none, 2]
    assert forms.words.to_list() == ["ب", "اب", "5"]


# -------------------------------------------------------------------------- real text


@pytest.fixture(scope="module")
def articles(shared: Path) -> pl.Series:
    return pl.read_parquet(shared / "data/saudinewsnet-part1.parquet", columns=["content"])["content"]


@pytest.mark.slow
@pytest.mark.no_sanitizer
@pytest.mark.parametrize("n", [1, 2, 3])
def test_ngrams_of_articles_equal_a_group_by(articles: pl.Series, n: int) -> None:
    frame = ck.count_ngrams(articles, n, profile=None, tokenizer="whitespace")
    words = articles.to_frame("text").with_row_index("d")
    words = words.select("d", w=pl.col("text").str.extract_all(r"\S+")).explode("w").drop_nulls("w")
    following = [pl.col("w").shift(-k).alias(f"w{k}") for k in range(1, n)]
    expected = (
        words.lazy()
        .with_columns(*following, last=pl.col("d").shift(1 - n))
        .filter(pl.col("last") == pl.col("d"))
        .select("d", ngram=pl.concat_str(["w", *(f"w{k}" for k in range(1, n))], separator=" "))
        .group_by("ngram", maintain_order=True)
        .agg(count=pl.len().cast(pl.Int64), documents=pl.col("d").n_unique().cast(pl.Int64))
        .sort("count", descending=True, maintain_order=True)
        .collect()
    )
    assert_frame_equal(frame.drop("n"), expected)


def test_ngrams_of_the_reference_article(shared: Path) -> None:
    expected = json.loads((shared / "seed/expected.json").read_text(encoding="utf-8"))
    boilerplate = {item["line"] for item in expected["furniture"]}
    lines = (shared / "seed/article.txt").read_text(encoding="utf-8").splitlines()
    body = [line for number, line in enumerate(lines) if line and number not in boilerplate | {0}]
    assert len(body) == expected["body"]["paragraphs"]
    frame = ck.count_ngrams(["\n".join(body)], (1, 3))
    counts = dict(frame.select("ngram", "count").iter_rows())
    for ngrams in (expected["ngrams"][n] for n in "123"):
        assert {ngram: counts[ngram] for ngram in ngrams} == ngrams
    unigrams = frame.filter(n=1)
    assert unigrams["count"].sum() == expected["body"]["tokens"]
    assert unigrams.height == expected["body"]["types_normalised"]
