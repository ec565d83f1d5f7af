"""ck.compare_collocations: equal to keyness of the words in the windows; planted company is found; bad input."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from examples import examples
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import corpus_kit as ck
from corpus_kit._base.records import provenance_of

pytestmark = [pytest.mark.interface, pytest.mark.filterwarnings("ignore:pattern .* finds nothing")]


def build(texts: list[str], folder: str | Path) -> ck.Corpus:
    frame = pl.DataFrame({"text": texts, "part": [number % 2 for number in range(len(texts))]})
    return ck.Corpus.build(frame, folder, progress=False)


def record(table: pl.DataFrame) -> dict[str, Any]:
    found = provenance_of(table)
    assert found is not None
    options: dict[str, Any] = found["options"]
    return options


def twin(target: ck.Corpus, reference: ck.Corpus, patterns: tuple[str, str], around: Any, **options: Any) -> Any:
    """Return keyness of the counts that ck.collocations has for each side; None if one has none."""
    tables, sizes = [], []
    for corpus, pattern in zip((target, reference), patterns, strict=True):
        near = ck.collocations(corpus, pattern, min_count=1, measure="log_dice", **around)
        sizes.append(record(near)["row"])
        tables.append(near)
    if not all(table.height for table in tables):
        return None, tables
    counts = [table.select(word="collocate", count="count") for table in tables]
    sizes_of = {"target_size": sizes[0], "reference_size": sizes[1], "profile": around["profile"]}
    return ck.keyness(*counts, **sizes_of, **options), tables


def assert_equals_twin(
    target: ck.Corpus, reference: ck.Corpus, patterns: tuple[str, str], around: Any, **options: Any
) -> None:
    expected, near = twin(target, reference, patterns, around, **options)

    def call() -> pl.DataFrame:
        return ck.compare_collocations(target, reference, patterns, min_documents=0, **around, **options)

    if expected is None:
        with pytest.raises(ck.InputError, match=r"^pattern must have hits with words around"):
            call()
        return
    table = call()
    shared = [name for name in expected.columns if name != "word"]
    assert_frame_equal(
        table.select("collocate", *shared).sort("collocate"),
        expected.rename({"word": "collocate"}).sort("collocate"),
        check_exact=True,
    )
    codes = table["direction"].to_physical()
    assert codes.is_sorted()
    for side, found in zip(("target", "reference"), near, strict=True):
        joined = table.join(found.select("collocate", "documents", "log_dice"), on="collocate", how="left")
        assert joined[f"{side}_documents"].equals(joined["documents"].fill_null(0).alias(f"{side}_documents"))
        assert joined[f"{side}_log_dice"].equals(joined["log_dice"].alias(f"{side}_log_dice"))


WORDS = ["ورد", "وَرد", "ارض", "أرض", "بحر", "نهر", "12", "،", ".", "\n"]
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=20).map(" ".join), min_size=2, max_size=6)
PATTERNS = st.tuples(*[st.sampled_from(["ورد", "بحر", "نهر ورد", "و*"])] * 2)
AROUND = st.fixed_dictionaries(
    {"window": st.sampled_from([1, 4, (0, 2), "sentence", "document"]), "profile": st.sampled_from(["search", None])}
)
OPTIONS = st.fixed_dictionaries(
    {"min_count": st.sampled_from([1, 1, 3])},
    optional={
        "measure": st.sampled_from(["log_likelihood", "log_ratio", ["bic", "mi"]]),
        "direction": st.sampled_from(["both", "target", "reference"]),
        "correction": st.sampled_from(["bonferroni", None]),
        "test": st.just("chi_squared"),
        "confidence": st.just(0.9),
        "stopwords": st.just(["أرض"]),
    },
)


@settings(max_examples=examples(25), deadline=None)
@given(texts=TEXTS, patterns=PATTERNS, around=AROUND, options=OPTIONS)
def test_parts_of_one_corpus_equal_the_twin(
    texts: list[str], patterns: tuple[str, str], around: dict[str, Any], options: dict[str, Any]
) -> None:
    assume(any(text.strip() for text in texts))
    with TemporaryDirectory() as folder, build(texts, f"{folder}/c") as corpus:
        parts = corpus.filter(pl.col("part") == 0), corpus.filter(pl.col("part") == 1)
        assert_equals_twin(*parts, patterns, around, **options)
        assert_equals_twin(corpus, corpus, patterns, around, **options)


@settings(max_examples=examples(25), deadline=None)
@given(texts=TEXTS, others=TEXTS, pattern=st.sampled_from(["ورد", "بحر"]), around=AROUND, options=OPTIONS)
def test_two_corpora_equal_the_twin(
    texts: list[str], others: list[str], pattern: str, around: dict[str, Any], options: dict[str, Any]
) -> None:
    assume(any(text.strip() for text in texts) and any(text.strip() for text in others))
    with TemporaryDirectory() as folder, build(texts, f"{folder}/a") as one, build(others, f"{folder}/b") as two:
        assert_equals_twin(one, two, (pattern, pattern), around, **options)


@pytest.fixture(scope="module")
def corpus() -> ck.Corpus:
    return ck.sample_corpus()


def test_whose_company_differs(corpus: ck.Corpus) -> None:
    """The sample names one group by three words, which outlets choose."""
    outlet = pl.col("outlet") == "العنقود"
    table = ck.compare_collocations(corpus.filter(outlet), corpus.filter(~outlet), "السهل", window=1)
    assert table.row(0)[:3] == ("ميليشيا", "ميليشيا", "target")
    negative = table.filter(pl.col("direction") == "reference")
    assert negative.row(0)[:2] == ("اماره", "إمارة")
    assert table.height == record(table)["tests"]
    assert record(table)["target"]["hits"] == len(ck.kwic(corpus.filter(outlet), "السهل"))
    assert table["log_ratio_low"][0] > 0 > negative["log_ratio_high"][0]


def test_columns(corpus: ck.Corpus) -> None:
    options: dict[str, Any] = {"measure": "log_likelihood", "min_count": 20}
    table = ck.compare_collocations(corpus, corpus, ("إمارة السهل", "تنظيم السهل"), **options)
    assert dict(table.schema) == {
        "collocate": pl.String,
        "spelling": pl.String,
        "direction": pl.Enum(["target", "equal", "reference"]),
        **{f"{side}_count": pl.Int64 for side in ("target", "reference")},
        **{f"{side}_per_million": pl.Float64 for side in ("target", "reference")},
        **{f"{side}_documents": pl.Int64 for side in ("target", "reference")},
        **dict.fromkeys(["log_likelihood", "log_ratio", "log_ratio_low", "log_ratio_high", "bic"], pl.Float64),
        **dict.fromkeys(["p_value", "p_adjusted", "target_log_dice", "reference_log_dice"], pl.Float64),
    }
    one = ck.compare_collocations(corpus, corpus, "السهل")
    assert one["direction"].unique().to_list() == ["equal"]
    assert record(one)["target"]["pattern"] == record(one)["reference"]["pattern"] == "السهل"


def test_company_of_one_document_is_hidden(tmp_path: Path) -> None:
    with build(["قال زيد", "قال عمرو", "قال زيد", "قال عمرو", "قال بكر بكر"], tmp_path / "c") as built:
        parts = built.filter(pl.col("part") == 0), built.filter(pl.col("part") == 1)
        shown = ck.compare_collocations(*parts, "قال", min_count=1)
        assert shown["collocate"].to_list() == ["زيد", "عمرو"]
        everything = ck.compare_collocations(*parts, "قال", min_count=1, min_documents=1)
        assert everything["collocate"].to_list() == ["زيد", "بكر", "عمرو"]


BAD: list[tuple[Callable[[ck.Corpus], object], str]] = [
    (lambda c: ck.compare_collocations(c, c, "غائب"), "^pattern must have hits .* in target, got 0 hits of 'غائب'"),
    (lambda c: ck.compare_collocations(c, c, ("في", "غائب")), "^pattern must have hits .* in reference, got 0 hits"),
    (lambda c: ck.compare_collocations(c, c.filter(pl.lit(False)), "في"), "^pattern must have hits .* in reference"),
    (lambda c: ck.compare_collocations(c, c, ("في",)), "^pattern must be a pattern, or two"),  # type: ignore[arg-type]
    (lambda c: ck.compare_collocations(c, c, None), "^pattern must be .*got None"),  # type: ignore[arg-type]
    (lambda c: ck.compare_collocations(c, c, ("في", 3)), "^pattern must be "),  # type: ignore[arg-type]
    (lambda c: ck.compare_collocations(c, c, ("في", "(")), "pattern"),
    (lambda c: ck.compare_collocations("c", c, "في"), "^target must be "),  # type: ignore[arg-type]
    (lambda c: ck.compare_collocations(c, None, "في"), "^reference must be "),  # type: ignore[arg-type]
    (lambda c: ck.compare_collocations(c, c, "في", window=0), "^window must be "),
    (lambda c: ck.compare_collocations(c, c, "في", window="sentence", within="sentence"), "^within must be "),
    (lambda c: ck.compare_collocations(c, c, "في", measure="mutual"), "^measure must be "),
    (lambda c: ck.compare_collocations(c, c, "في", direction="up"), "^direction must be "),
    (lambda c: ck.compare_collocations(c, c, "في", min_documents=-1), "^min_documents must be "),
    (lambda c: ck.compare_collocations(c, c, "في", correction="x"), "^correction must be "),
    (lambda c: ck.compare_collocations(c, c, "في", stopwords="في"), "^stopwords must be "),
]


@pytest.mark.parametrize(("call", "message"), BAD, ids=[message for _, message in BAD])
def test_bad_input(corpus: ck.Corpus, call: Callable[[ck.Corpus], object], message: str) -> None:
    with pytest.raises(ck.InputError, match=message):
        call(corpus)


def test_a_node_without_words_around(tmp_path: Path) -> None:
    with build(["قال", "قال زيد قال"], tmp_path / "c") as built:
        parts = built.filter(pl.col("part") == 0), built.filter(pl.col("part") == 1)
        with pytest.raises(ck.InputError, match="in target, got 1 hit without a word around of 'قال'"):
            ck.compare_collocations(*parts, "قال")
