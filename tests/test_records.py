"""Tables carry the record of how they were made, with what was done since, or lose it and say so."""

from __future__ import annotations

import copy
import inspect
import json
import pickle
import re
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import date, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import polars as pl
import polars.selectors as cs
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import corpus_kit as ck
from corpus_kit._base import recorded_frame
from corpus_kit._base.records import attach, provenance_of
from corpus_kit.errors import InputError
from corpus_kit.export.citation_words import FUNCTIONS
from corpus_kit.export.plain_expressions import plain_expression
from corpus_kit.text.normalization import Normalizer

pytestmark = pytest.mark.interface

PLAIN = pl.DataFrame(
    {
        "word": ["في", "من", "قال", "خبر", "في"],
        "count": [9, 7, 5, None, 9],
        "share": [0.5, float("nan"), None, 0.25, 0.5],
        "variants": [["في"], [], None, ["خبر", "أخبار"], ["في"]],
        "pair": [{"a": 1}, {"a": 2}, None, {"a": 3}, {"a": 1}],
    }
)
FILTER = 'filter([(col("count")) > (5)])'


def table() -> pl.DataFrame:
    return attach(PLAIN, "ck.frequency", {"min_count": 5}, corpus_id="c0ffee")


def then(frame: pl.DataFrame) -> list[str] | None:
    record = provenance_of(frame)
    return None if record is None else record.get("then", [])


# Each call, and the step that the record names.
STEPS: dict[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
    'select("word", "count")': lambda t: t.select("word", "count"),
    'select("word", double=[(col("count")) * (2)])': lambda t: t.select("word", (pl.col("count") * 2).alias("double")),
    "select(cs.numeric())": lambda t: t.select(cs.numeric()),
    'select_seq("word")': lambda t: t.select_seq("word"),
    FILTER: lambda t: t.filter(pl.col("count") > 5),
    'filter(word="في")': lambda t: t.filter(word="في"),
    'filter(<Boolean "" of 5>)': lambda t: t.filter(pl.Series([True, False, True, False, True])),
    'remove([(col("count")) > (5)])': lambda t: t.remove(pl.col("count") > 5),
    "head(2)": lambda t: t.head(2),
    "head()": lambda t: t.head(),
    "tail(n=2)": lambda t: t.tail(n=2),
    "limit(2)": lambda t: t.limit(2),
    "slice(1, 2)": lambda t: t.slice(1, 2),
    'sort("count", descending=True)': lambda t: t.sort("count", descending=True),
    "reverse()": lambda t: t.reverse(),
    'top_k(2, by="count")': lambda t: t.top_k(2, by="count"),
    'bottom_k(2, by=["count"])': lambda t: t.bottom_k(2, by=["count"]),
    'rename({"count": "n"})': lambda t: t.rename({"count": "n"}),
    'drop("share")': lambda t: t.drop("share"),
    'with_columns(count=[(col("count")) / (2)], one=1)': lambda t: t.with_columns(pl.col("count") / 2, one=pl.lit(1)),
    "with_columns_seq(one=1)": lambda t: t.with_columns_seq(one=pl.lit(1)),
    'with_row_index("row")': lambda t: t.with_row_index("row"),
    'cast({"count": Float64})': lambda t: t.cast({"count": pl.Float64}),
    'unique("word", maintain_order=True)': lambda t: t.unique("word", maintain_order=True),
    "sample(2, seed=1)": lambda t: t.sample(2, seed=1),
    "drop_nulls()": lambda t: t.drop_nulls(),
    "drop_nans()": lambda t: t.drop_nans(),
    "fill_null(0)": lambda t: t.fill_null(0),
    "fill_nan(0.0)": lambda t: t.fill_nan(0.0),
    "gather([0, 2])": lambda t: t.gather([0, 2]),
    "gather_every(2)": lambda t: t.gather_every(2),
    "[1:3]": lambda t: t[1:3],
    '[0:2, ["word", "count"]]': lambda t: t[0:2, ["word", "count"]],
    '[["word"]]': lambda t: t[["word"]],
    'hstack([<Int64 "rank" of 5>])': lambda t: t.hstack([pl.Series("rank", range(5))]),
    'explode("variants")': lambda t: t.explode("variants"),
    'unnest("pair")': lambda t: t.unnest("pair"),
    "vstack(<ck.frequency.head(1)>)": lambda t: t.vstack(t.head(1)),
    'map_columns("count", <builtins.function>)': lambda t: t.map_columns("count", lambda s: s + 1),
    'pivot("word", index="count", values="share", aggregate_function="first")': lambda t: t.pivot(
        "word", index="count", values="share", aggregate_function="first"
    ),
    'unpivot(["count"], index="word")': lambda t: t.unpivot(["count"], index="word"),
    'to_dummies("word")': lambda t: t.to_dummies("word"),
    "shift(1)": lambda t: t.shift(1),
    "update(<DataFrame of 1>)": lambda t: t.update(pl.DataFrame({"count": [1]})),
    # Changes in place, whose result is the table itself.
    'insert_column(0, <Int64 "rank" of 5>)': lambda t: t.insert_column(0, pl.Series("rank", range(5))),
    'replace_column(1, <Int64 "count" of 5>)': lambda t: t.replace_column(1, pl.Series("count", range(5))),
    "extend(<ck.frequency.head(1)>)": lambda t: t.extend(t.head(1)),
    'drop_in_place("count")': lambda t: changed(t, lambda: t.drop_in_place("count")),
    '[0, "count"] = 5': lambda t: changed(t, lambda: t.__setitem__((0, "count"), 5)),
    'columns(["a", "b", "c", "d", "e"])': lambda t: changed(t, lambda: setattr(t, "columns", list("abcde"))),
}


def changed(frame: pl.DataFrame, change: Callable[[], object]) -> pl.DataFrame:
    change()
    return frame


@pytest.mark.parametrize("step", STEPS)
def test_steps_are_recorded(step: str) -> None:
    call, before = STEPS[step], table()
    after = call(before)
    assert isinstance(after, pl.DataFrame)
    assert then(after) == [step]
    assert (provenance_of(after) or {})["options"] == {"min_count": 5}
    assert then(before) == ([step] if after is before else [])
    # Polars does with such a table what it does with its own.
    assert_frame_equal(after, call(pl.DataFrame(PLAIN)), check_row_order=True)


def test_steps_are_in_order_and_not_shared() -> None:
    made = table().filter(pl.col("count") > 5)
    assert then(made.sort("word").head(200)) == [FILTER, 'sort("word")', "head(200)"]
    assert then(made) == [FILTER]
    grouped = [then(part) for _, part in table().group_by("word", maintain_order=True)]
    assert all(steps and len(steps) == 1 for steps in grouped)
    assert then(made[:, :2].select(pl.col(name) for name in ("word",))) == [FILTER, "[:, :2]", 'select([col("word")])']
    parts = table().partition_by("word", as_dict=True)
    assert then(parts[("من",)]) == ['partition_by("word", as_dict=True)[["من"]]']
    assert then(table().partition_by("word", maintain_order=True)[1]) == [
        'partition_by("word", maintain_order=True)[1]'
    ]
    assert then(next(iter(table().iter_slices(2)))) == ["slice(0, 2)"]


def test_groups_hand_the_record_to_what_they_are_summed_up_to() -> None:
    made = table().filter(pl.col("count") > 5)
    calls: dict[str, Callable[[Any], pl.DataFrame]] = {
        "len()": lambda groups: groups.len(),
        'len(name="rows")': lambda groups: groups.len(name="rows"),
        'agg(most=col("count").max())': lambda groups: groups.agg(pl.col("count").max().alias("most")),
        "head(1)": lambda groups: groups.head(1),
    }
    for step, call in calls.items():
        counted = call(made.group_by("word", maintain_order=True))
        assert then(counted) == [FILTER, 'group_by("word")', step]
        assert_frame_equal(counted, call(pl.DataFrame(made).group_by("word", maintain_order=True)))
    kept = made.group_by(pl.col("word").str.head(1)).having(pl.len() > 1).n_unique().sort("word")
    assert then(kept) == [
        FILTER, 'group_by(word=col("word").str.head([1]))', "having([(len()) > (1)])", "n_unique()", 'sort("word")'
    ]  # fmt: skip
    assert then(made) == [FILTER]


COPIES: dict[str, Callable[[pl.DataFrame], Any]] = {
    "clone": lambda t: t.clone(),
    "rechunk": lambda t: t.rechunk(),
    "shrink_to_fit": lambda t: t.shrink_to_fit(),
    "set_sorted": lambda t: t.set_sorted("word"),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda t: pickle.loads(pickle.dumps(t)),
    "concat of one": lambda t: pl.concat([t]),
    "pipe": lambda t: t.pipe(lambda same: same),
}


@pytest.mark.parametrize("name", COPIES)
def test_copies_are_no_step(name: str) -> None:
    made = table().head(3)
    assert then(COPIES[name](made)) == ["head(3)"]
    assert_frame_equal(COPIES[name](made), PLAIN.head(3))


LOSING: dict[str, Callable[[pl.DataFrame], Any]] = {
    "concat": lambda t: pl.concat([t, t]),
    "lazy": lambda t: t.lazy().collect(),
    "sql": lambda t: t.sql("select word from self"),
    "arithmetic": lambda t: t.select("count") + 1,
    "comparison": lambda t: t.select("count") == t.select("count"),
    "sum": lambda t: t.sum(),
    "transpose": lambda t: t.select("count").transpose(),
    "describe": lambda t: t.describe(),
    "vstack": lambda t: t.vstack(PLAIN),
    "vstack of another": lambda t: t.vstack(attach(PLAIN, "ck.ngrams", {})),
    "extend": lambda t: t.extend(PLAIN),
    "DataFrame": pl.DataFrame,
    # In place, around the methods that note it.
    "insert_column": lambda t: pl.DataFrame.insert_column(t, 0, pl.Series("new", range(5))),
}


@pytest.mark.parametrize("name", LOSING)
def test_what_makes_other_rows_has_no_record(name: str) -> None:
    after = LOSING[name](table())
    assert provenance_of(after) is None
    assert provenance_of(after.head(3)) is None


def test_every_method_that_returns_a_table_was_thought_of() -> None:
    """A new method of Polars that changes a table in place must be listed, or records would be false."""
    known = {
        *recorded_frame._CARRYING, *recorded_frame._JOINING, *recorded_frame._STACKING, *recorded_frame._COPYING,
        *recorded_frame._CHANGING, "partition_by",
    }  # fmt: skip
    other_rows = {
        "clear", "corr", "count", "deserialize", "describe", "glimpse", "map_rows", "max", "mean", "median", "min",
        "null_count", "product", "quantile", "sql", "std", "sum", "transpose", "upsample", "var",
    }  # fmt: skip
    returning = {
        name
        for name, method in vars(pl.DataFrame).items()
        if "DataFrame" in str(getattr(method, "__annotations__", {}).get("return", "")) and not name.startswith("_")
    }
    returning -= {name for name in returning if name.startswith(("to_", "write_", "iter_"))}
    assert returning - known <= other_rows


def test_joins_keep_the_left_and_note_the_right() -> None:
    right = attach(PLAIN.select("word", n="count"), "ck.keyness", {"k": 1}).head(3)
    for joined in (
        table().join(right, on="word", how="left"),
        table().sort("count").join_asof(right.sort("n"), left_on="count", right_on="n"),
        table().join_where(right, pl.col("count") > pl.col("n")),
        table().join(right, on="word", how="semi"),
        table().join(right, on="word", how="anti"),
        table().head(3).hstack(right.select("n")),
        table().update(right.rename({"n": "count"})),
    ):
        record = provenance_of(joined)
        assert record is not None
        assert record["function"] == "ck.frequency"
        assert [(each["function"], each["then"][:1]) for each in record["joined"]] == [("ck.keyness", ["head(3)"])]
    assert then(table().join(right, on="word")) == ['join(<ck.keyness.head(3)>, on="word")']
    assert "joined" not in (provenance_of(table().join(PLAIN, on="word")) or {})
    assert provenance_of(PLAIN.join(right, on="word")) is None
    many = table()
    for _ in range(30):
        many = many.join(many.select("word"), on="word", how="semi")
    assert len(json.dumps(provenance_of(many))) < 60_000


def test_texts_of_steps_are_bounded_and_the_same_on_every_run() -> None:
    made = table().filter(pl.col("count").is_in(range(10_000)) & pl.col("word").map_elements(len, pl.Int64).gt(0))
    made = made.filter(pl.lit(object(), dtype=pl.Object).is_not_null())
    made = made.map_columns("count", lambda s: s).gather(list(range(4)) * 500).with_columns(pl.Series("x", range(2000)))
    made = made.filter(pl.col("word") != "x" * 5_000).filter(pl.col("word") != "https://me:secret@host/")
    for _ in range(300):
        made = made.head(1_000)
    record = provenance_of(made)
    assert record is not None
    assert len(record["then"]) == 100
    assert record["steps_left_out"] == 207
    text = json.dumps(record)
    assert not re.search("0x[0-9a-f]{5}|secret", text)
    assert all(len(step) <= 200 for step in record["then"])
    record["options"]["min_count"] = 9
    assert (provenance_of(made) or {})["options"] == {"min_count": 5}
    assert record["then"][1] == "filter(<object object>.is_not_null())"
    assert record["then"][4] == 'with_columns(<Int64 "x" of 2,000>)'


@settings(max_examples=examples(60))
@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=4))
def test_a_record_is_right_or_absent(names: list[str]) -> None:
    """Whatever is called in whatever order, the table is that of Polars, and the steps are those that succeeded."""
    made, plain, steps = table(), pl.DataFrame(PLAIN), []
    for name in names:
        if "vstack" in name or "extend" in name:  # their argument is made of the table itself
            continue
        try:
            expected = STEPS[name](plain)
        except Exception:  # a column is gone by now
            continue
        made, plain = STEPS[name](made), expected
        steps.append(name)
    assert made.equals(plain)
    assert then(made) == steps


def _height_and_steps(frame: pl.DataFrame) -> tuple[int, list[str] | None]:
    return frame.height, then(frame.head(1))


@pytest.mark.slow  # a new process, which loads the library again
def test_tables_go_to_other_processes() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert pool.submit(_height_and_steps, table()).result() == (5, ["head(1)"])


def test_other_libraries_read_such_tables() -> None:
    made = table().drop("pair")
    assert pl.DataFrame(pl.Series(made).struct.unnest()).equals(PLAIN.drop("pair"))  # __arrow_c_stream__
    assert_frame_equal(made, PLAIN.drop("pair"))
    assert made.equals(PLAIN.drop("pair"))
    assert repr(made) == repr(PLAIN.drop("pair"))
    assert pl.concat([made, PLAIN.drop("pair")], how="vertical").height == 10
    assert pl.DataFrame.deserialize(made.serialize()).equals(made)
    assert isinstance(made.lazy(), pl.LazyFrame)
    assert made.columns == PLAIN.drop("pair").columns
    assert made["count"].to_list() == PLAIN["count"].to_list()


def test_users_hold_a_plain_dataframe() -> None:
    made = table()
    assert isinstance(made, pl.DataFrame)
    assert type(made).__name__ == "DataFrame"
    assert made.filter.__doc__ == pl.DataFrame.filter.__doc__
    assert inspect.signature(type(made).join) == inspect.signature(pl.DataFrame.join)
    with pytest.raises(InputError, match=r"got DataFrame\."):
        ck.frequency(made)  # type: ignore[arg-type]


def test_real_tables_carry_corpus_and_steps(tmp_path: Path) -> None:
    corpus = ck.sample_corpus()
    made = ck.frequency(corpus).filter(pl.col("count") >= 5).head(200)
    record = json.loads(ck.save(made, tmp_path / "a.csv").with_name("a.csv.json").read_text(encoding="utf-8"))
    assert record["made_by"]["corpus"] == {"name": "sample", "documents": 240, "tokens": 25_835, "words": 22_804}
    assert record["made_by"]["then"] == ['filter([(col("count")) >= (5)])', "head(200)"]
    assert then(ck.document_term_matrix(corpus, min_documents=50).terms.head(2)) == ["head(2)"]
    assert then(ck.kwic(corpus, "هدنة").frame.head(2)) == ["head(2)"]
    assert then(ck.news.actors(corpus).head(2)) == ["head(2)"]


# ----------------------------------------------------------------------------------------------- saving without one


def test_save_warns_where_the_record_is_lost(tmp_path: Path) -> None:
    lost = table().drop("pair").lazy().collect()
    for unknown in (lost, PLAIN.drop("pair"), table().drop("pair").lazy(), table()["word"]):
        with pytest.warns(UserWarning, match=r"^a\.csv\.json does not record how .*made_by=, or"):
            path = ck.save(unknown, tmp_path / "a.csv")
        assert json.loads(path.with_name("a.csv.json").read_text(encoding="utf-8"))["made_by"] is None
    ck.save(lost, tmp_path / "a.csv", note="numbers of words")
    path = ck.save(lost, tmp_path / "a.csv", made_by=table().head(3))
    record = json.loads(path.with_name("a.csv.json").read_text(encoding="utf-8"))["made_by"]
    assert (record["function"], record["then"]) == ("ck.frequency", ["head(3)", "(steps that are not recorded)"])
    page = ck.save(table().drop("pair").head(2), tmp_path / "a.md").read_text(encoding="utf-8")
    assert page.endswith(f"Source: {ck.cite(table().drop('pair').head(2), format='markdown')}\n")


@pytest.mark.parametrize("given", [PLAIN, 3, "ck.frequency"])
def test_made_by_is_a_table_with_a_record(tmp_path: Path, given: Any) -> None:
    with pytest.raises(InputError, match=r"^made_by must be"):
        ck.save(PLAIN, tmp_path / "a.parquet", made_by=given)
    assert not list(tmp_path.iterdir())


# ------------------------------------------------------------------------------------------------------- citations

OUTLET = pl.col("outlet")


def isolated(text: str) -> str:
    return f"\u2068{text}\u2069"


def test_citation_of_a_table() -> None:
    corpus = ck.sample_corpus()
    made = ck.frequency(corpus, min_count=5).filter(pl.col("count") > 9).head(20)
    assert ck.cite(made) == (
        f"Frequencies (ck.frequency, corpus-kit {ck.__version__}) in the corpus sample (240 documents, 22,804 words; "
        "id 946f982063202f9f): forms folded by the profile search, within a paragraph, at least 5 occurrences. "
        "Then: the rows where count > 9; the first 20 rows."
    )
    assert ck.cite(made, language="ar") == (
        f"تكرار الكلمات ({isolated('ck.frequency')}، {isolated(f'corpus-kit {ck.__version__}')}) في المدوّنة "
        f"{isolated('sample')} (عدد النصوص 240، عدد الكلمات 22,804؛ {isolated('id 946f982063202f9f')}): الرسم موحَّد "
        f"بالقاعدة {isolated('search')}، داخل الفقرة، الحد الأدنى للورود 5. ثم: الصفوف التي فيها "
        + isolated("count > 9")
        + "؛ أول الصفوف وعددها 20."
    )


def test_citations_name_what_decides() -> None:
    corpus = ck.sample_corpus()
    part, rest = corpus.filter(OUTLET == "وكالة مدى"), corpus.filter(OUTLET != "وكالة مدى")
    headline = corpus.documents.select("document", pl.col("headline").struct.unnest()).collect()
    for made, parts in (
        (ck.collocations(part, "هدنة", window=(3, 2)), ["pattern \u2068هدنة\u2069", "window of 3 + 2"]),
        (ck.collocations(part, "هدنة", stopwords=["من"]), ["48 of its documents, selected by", "stop words (1)"]),
        (ck.frequency(corpus, pattern="قال", by="outlet", n_bootstrap=9, seed=4), ["by outlet, 9 boot", "seed 4"]),
        (ck.frequency(corpus, unit="lemma", profile=None), ["by lemma, annotated by corpus_kit", "forms as written"]),
        (ck.frequency(corpus.exclude(headline)), ["without 240 spans of their texts"]),
        (ck.kwic(corpus, "هدنة", sample=5, seed=3), ["random sample (5 of 16), seed 3"]),
        (ck.ngrams(corpus, (2, 3), min_count=9), ["n = 2 and 3", "at least 9 occurrences"]),
        (ck.news.near_duplicates(corpus, threshold=0.7), ["Near-duplicates", "threshold 0.7"]),
        (ck.keyness(part, rest, correction=None), ["target (4,570 words", "correction=None"]),
        (attach(PLAIN, "ck.coming", {"x": 1, "by": "y"}), ["Results (ck.coming", "): by y."]),
        (ck.kwic(corpus, "هدنة", sample=1), ["random sample (1 of 16), seed 0"]),
        (ck.trend(corpus, ["قال", "هدنة"], every="month"), ["patterns \u2068قال\u2069 and \u2068هدنة\u2069, forms"]),
        (ck.collocations(part, "هدنة", window=1), ["window of 1 word,"]),
        (ck.compare_collocations(corpus, part, "هدنة"), ["target (16 occurrences)", "reference (1 occurrence, 48 of"]),
        (ck.diversity(corpus), ["HD-D of samples of 42 words", "measures ttr, mattr, hdd and yule_k"]),
        (ck.frequency(corpus, profile=Normalizer(name="mine")), [f"mine ({Normalizer(name='mine').digest[:16]})"]),
        (
            ck.fit_zipf_mandelbrot(ck.frequency(corpus).head(50)),
            [f"{ck.__version__}). Made from: Frequencies", "sample (240 documents", "Then: the first 50 rows."],
        ),
        (
            ck.frequency(part).join(ck.keyness(part, rest), on="word"),
            ["Joined: Key words", "in the same corpus: target (4,570 words"],
        ),
        (ck.frequency(part).join(ck.frequency(corpus), on="word"), ["in the same corpus (all its documents): forms"]),
        (ck.keyness(ck.frequency(part).head(9), rest), ["words, Frequencies (ck.frequency", "first 9 rows)"]),
    ):  # fmt: skip
        sentence, arabic = ck.cite(made), ck.cite(made, language="ar")
        assert [part for part in parts if part not in sentence] == []
        assert arabic.count("\u2068") == arabic.count("\u2069") > 0
        assert sentence.endswith(".")
        assert len(sentence) < 2_000
        assert "{" not in sentence + arabic
    assert "seed" not in ck.cite(ck.kwic(corpus, "هدنة"))


def test_both_corpora_of_a_comparison_are_named() -> None:
    facts = {"documents": 2, "words": 14}
    sides = {
        "target": {"words": 14, "corpus_id": "c0ffee", "corpus": {"name": "a", **facts}, "subcorpus": None},
        "reference": {"words": 1, "corpus_id": "decaf", "corpus": {"name": "b", **facts}, "subcorpus": None},
    }
    sentence = ck.cite(attach(PLAIN, "ck.keyness", sides))
    assert "target (14 words, in the corpus a (2 documents, 14 words; id c0ffee)), reference (1 word, in" in sentence


def test_every_function_has_words() -> None:
    """What a citation calls a table is known of each function that writes a record."""
    source = Path(ck.__file__).parent
    texts = [path.read_text(encoding="utf-8") for path in source.rglob("*.py") if path.parent.name in _RECORDING]
    called = {
        name
        for text in texts
        for name in re.findall(r'attach(?:_of_corpus)?\(\s*[^"]{0,80}?"((?:ck|Corpus)\.[\w.]+)"', text)
    }
    assert len(called) > 30
    assert called <= set(FUNCTIONS)


_RECORDING = ("analysis", "news", "search", "corpus", "export", "explore")

CONDITIONS = {
    '[(col("count")) > (9)]': "count > 9",
    '[([(col("a")) > (1)].not()) | ([(col("b")) == ("(x")])]': '(a > 1).not() | (b == "(x")',
    'x=[(col("a b")) / (2)].round(), [(col("a")) ^ (2)]': 'x=(col("a b") / 2).round(), a ^ 2',
    '[(col("word")) == (")] & [(")], nulls_last=True': 'word == ")] & [(", nulls_last=True',
    '[(col("word")) == ("a"b")]': '[(col("word")) == ("a"b")]',
    '[(col("count")) > (9': '[(col("count")) > (9',
    "": "",
}


@pytest.mark.parametrize("given", CONDITIONS)
def test_conditions_are_plain(given: str) -> None:
    assert plain_expression(given) == CONDITIONS[given]


def test_citations_for_latex_markdown_and_bibtex() -> None:
    made = ck.kwic(ck.sample_corpus(), "هدنة").frame.filter(pl.col("node") != "a_b & c").sort("start", descending=True)
    latex = ck.cite(made, format="latex")
    assert r"pattern \textarabic{هدنة}, window" in latex
    assert r"the rows where node != \textquotedbl{}a\_b \& c\textquotedbl{}; sorted by start, descending=True." in latex
    arabic = ck.cite(made, language="ar", format="latex")
    assert arabic.startswith(r"\textarabic{سياقات الورود (\textenglish{ck.kwic}، \textenglish{corpus-kit")
    assert arabic.count("{") == arabic.count("}")
    assert "\u2068" not in latex + arabic
    assert r'node != "a\_b &amp; c"' in ck.cite(made, format="markdown")
    assert ck.cite(format="bibtex").startswith("@software{corpus_kit,\n  author = {{The corpus-kit developers}}")
    with pytest.raises(InputError, match=r"^format must be one of 'text', 'latex', 'markdown', got 'bibtex'"):
        ck.cite(made, format="bibtex")


@pytest.mark.filterwarnings("ignore:a.csv was changed:UserWarning")
def test_citation_of_a_saved_file(tmp_path: Path) -> None:
    made = table().drop("pair").head(2)
    path = ck.save(made, tmp_path / "a.csv")
    assert ck.cite(path) == ck.cite(f"{path}.json") == ck.cite(made)
    path.write_text("word\n", encoding="utf-8")
    with pytest.warns(UserWarning, match=r"^a\.csv was changed or moved"):
        assert ck.cite(path) == ck.cite(made)
    record = json.loads(Path(f"{path}.json").read_text(encoding="utf-8"))
    for damaged in (
        b"", b"[" * 100_000, b"[]", {**record, "made_by": {"function": 3}},
        {**record, "made_by": {**record["made_by"], "then": {}}},
        {**record, "made_by": {**record["made_by"], "options": {"subcorpus": 3}}},
    ):  # fmt: skip
        data = damaged if isinstance(damaged, bytes) else json.dumps(damaged).encode()
        Path(f"{path}.json").write_bytes(data)
        with pytest.raises(InputError, match=r"^table must be a file with the record"):
            ck.cite(path)
    with pytest.raises(InputError, match=r"got no file 'b\.csv\.json'"):
        ck.cite(tmp_path / "b.csv")


def test_citations_are_bounded_and_the_same() -> None:
    corpus = ck.sample_corpus()
    for _ in range(15):
        corpus = corpus.filter(OUTLET.is_in(["وكالة مدى", "x" * 500]))
    made = ck.frequency(corpus, pattern="|".join(["خبر"] * 200))
    for n in range(40):
        made = made.filter(pl.col("count") != -n)
    assert ck.cite(made) == ck.cite(made)
    assert len(ck.cite(made)) < 5_000
    assert ck.cite(made).endswith("and 30 more.")
    assert "and 5 more" in ck.cite(made)


def test_citation_of_a_corpus_and_of_the_program() -> None:
    corpus = ck.sample_corpus()
    sentence = ck.cite(corpus)
    assert sentence.startswith(
        "Corpus sample: 240 documents, 22,804 words, 25,835 tokens with punctuation; forms folded"
    )
    assert sentence.endswith(f"id {corpus.id}; SHA-256 {corpus.checksum}.")
    assert "48 of its documents; selected by" in ck.cite(corpus.filter(OUTLET == "وكالة مدى"))
    assert corpus.id in ck.cite(corpus, language="ar")
    entry = (Path(__file__).parent.parent / "CITATION.cff").read_text(encoding="utf-8")
    fields = dict(re.findall(r'^(?:  - )?(\w+): "?([^"\n]+)"?$', entry, re.MULTILINE))
    assert ck.cite() == f"{fields['name']}. {fields['title']}, version {fields['version']}. Computer software."
    assert fields["version"] == ck.__version__


def test_citations_need_a_record() -> None:
    for unknown in (PLAIN, table().sum(), table().lazy()):
        with pytest.raises(InputError, match=r"^table must have the record of how it was made, got one without\."):
            ck.cite(unknown)
    with pytest.raises(InputError, match=r"^table must be a DataFrame"):
        ck.cite(3)
    with pytest.raises(InputError, match=r"^language must be 'en' or 'ar', got 'fr'"):
        ck.cite(table(), language="fr")


# ---------------------------------------------------------------------------------------------------------- pandas


@pytest.mark.slow  # pandas is optional
@pytest.mark.parametrize("has_arrow", [True, False])
def test_to_pandas_changes_no_value(monkeypatch: pytest.MonkeyPatch, has_arrow: bool) -> None:
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    plain = pl.DataFrame(
        {
            "kind": pl.Series(["a", None, "b"], dtype=pl.Enum(["a", "b", "c"])),
            "position": pl.Series([1, 5, 3], dtype=pl.UInt32),
            "missing_position": pl.Series([1, None, 3], dtype=pl.UInt32),
            "count": [1, 2, 3],
            "large": [2**60 + 1, None, 1],
            "is_noun": [True, None, False],
            "huge": pl.Series([2**100, None, 1], dtype=pl.Int128),
            "time": pl.Series([datetime(2024, 5, 12), None, None]).cast(pl.Datetime("us", "Asia/Riyadh")),
            "date": [date(2024, 5, 12), None, date(850, 1, 1)],
            "rate": [0.5, None, float("nan")],
            "word": ["في", None, ""],
            "variants": [[{"surface": "في", "count": 1}], None, []],
            "pair": [{"n": 1}, None, {"n": None}],
        }
    )
    if not has_arrow:
        monkeypatch.setitem(sys.modules, "pyarrow", None)
    frame = attach(plain, "ck.x", {}).to_pandas()
    assert list(frame.columns) == plain.columns
    kinds = {name: str(dtype) for name, dtype in frame.dtypes.items()}
    assert kinds | {"date": "", "word": ""} == {
        "kind": "category", "position": "uint32", "missing_position": "UInt32", "count": "int64", "large": "Int64",
        "is_noun": "boolean", "date": "", "rate": "float64", "word": "", "variants": "object", "pair": "object",
        "huge": "object", "time": "datetime64[us, Asia/Riyadh]",
    }  # fmt: skip
    assert kinds["date"].startswith("datetime64")
    assert list(frame["kind"].cat.categories) == ["a", "b", "c"]
    assert frame["missing_position"].dropna().tolist() == [1, 3]
    assert frame["huge"][0] == 2**100
    assert frame["large"][0] == 2**60 + 1
    assert frame["large"].isna().tolist() == [False, True, False]
    assert frame["variants"].tolist() == plain["variants"].to_list()
    assert frame["pair"].tolist() == plain["pair"].to_list()
    assert attach(plain, "ck.x", {}).clear().to_pandas().shape == (0, plain.width)
    if not has_arrow:
        return
    assert pl.DataFrame(frame.drop(columns="huge"))["missing_position"].equals(plain["missing_position"])
    plain = plain.drop("huge")
    arrow = attach(plain, "ck.x", {}).to_pandas(use_pyarrow_extension_array=True)
    assert str(arrow["position"].dtype) == "uint32[pyarrow]"
    mapped = attach(plain, "ck.x", {}).to_pandas(types_mapper={}.get)
    assert mapped["missing_position"].dtype == "float64"
    assert isinstance(ck.frequency(ck.sample_corpus()).head(2).to_pandas(), pandas.DataFrame)
