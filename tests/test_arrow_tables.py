"""Tables of other libraries in, and corpora, concordances and tables of n-grams out, all through Arrow's capsules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from polars.io.plugins import register_io_source
from polars.testing import assert_frame_equal

import corpus_kit as ck
from corpus_kit.corpus import corpus as corpus_module
from corpus_kit.errors import InputError

LIBRARIES: dict[str, Callable[[Any], Any]] = {
    "pandas": lambda frame: frame.to_pandas(),
    "pyarrow": lambda frame: frame.to_arrow(),
    "reader": lambda frame: pa.table(frame).to_reader(),  # can be read once
    "duckdb": lambda frame: duckdb.sql("select * from frame"),  # noqa: ARG005
    "lazy": lambda frame: frame.lazy(),
}


@pytest.fixture(scope="module")
def corpus() -> ck.Corpus:
    return ck.sample_corpus()


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> ck.scale.NgramTable:
    folder = tmp_path_factory.mktemp("counted")
    (folder / "a.txt").write_text("كتاب جديد في كتاب جديد", encoding="utf-8")
    return ck.scale.count_ngrams(folder / "a.txt", 2, folder / "pairs", min_count=1)


# ----------------------------------------------------------------------------------------------------
# Out
# ----------------------------------------------------------------------------------------------------


def streams(corpus: ck.Corpus, counted: ck.scale.NgramTable) -> list[tuple[Any, pl.DataFrame]]:
    lines = ck.kwic(corpus, "هدنة", window=2, metadata=["outlet", "date"])
    part = corpus.filter(pl.col("outlet") == "المرقاب")
    return [
        (corpus, corpus.documents.collect()),
        (part, part.documents.collect()),
        (lines, lines.frame),
        (counted, counted.scan().collect()),
    ]


def test_libraries_read_ours(corpus: ck.Corpus, counted: ck.scale.NgramTable) -> None:
    for ours, expected in streams(corpus, counted):
        assert expected.height
        assert_frame_equal(pl.DataFrame(ours), expected)
        assert pa.table(ours).equals(pa.table(expected))
        assert pa.RecordBatchReader.from_stream(ours).read_all().num_rows == expected.height
        pd.testing.assert_frame_equal(pd.DataFrame.from_arrow(ours), pd.DataFrame.from_arrow(expected))
        assert duckdb.sql("select count(*) from ours").fetchall() == [(expected.height,)]
        assert_frame_equal(duckdb.sql("from ours").pl(), duckdb.sql("from expected").pl())


def test_queries_of_a_subcorpus(corpus: ck.Corpus) -> None:
    part = corpus.filter(pl.col("outlet").is_in(["المرقاب", "العنقود"]))
    found = duckdb.sql("select outlet, sum(words)::int from part group by outlet order by outlet").fetchall()
    expected = part.documents.group_by("outlet").agg(pl.col("words").sum()).sort("outlet").collect().rows()
    assert found == expected


def test_documents_are_read_while_others_ask_for_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = ck.Corpus.build(pl.DataFrame({"text": ["خبر", "آخر", "ثالث"]}), tmp_path / "c")
    monkeypatch.setattr(corpus_module, "_ROWS", 2)
    assert [len(batch) for batch in pa.RecordBatchReader.from_stream(corpus)] == [2, 1]

    def damaged(*_: object) -> Iterator[pl.DataFrame]:
        yield documents.collect()
        raise ck.CorpusError("documents.parquet is damaged")

    documents = corpus.documents
    source = register_io_source(damaged, schema=documents.collect_schema())
    monkeypatch.setattr(ck.Corpus, "documents", property(lambda _: source))
    reader = pa.RecordBatchReader.from_stream(corpus)
    assert reader.schema.names == documents.collect_schema().names()
    with pytest.raises(OSError, match=r"documents\.parquet is damaged"):
        reader.read_all()
    with pytest.raises(duckdb.Error, match=r"documents\.parquet is damaged"):
        duckdb.sql("select count(*) from corpus").fetchall()


def test_the_requested_schema_is_passed_on() -> None:
    asked = []

    class Lines(ck.Concordance):
        class _Frame:
            def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
                asked.append(requested_schema)
                return pl.DataFrame({"a": [1]}).__arrow_c_stream__(requested_schema)

        frame = _Frame()  # type: ignore[assignment]

        def __init__(self) -> None:
            pass

    schema = pa.schema([("a", pa.int64())])
    assert pa.RecordBatchReader.from_stream(Lines(), schema=schema).read_all().to_pydict() == {"a": [1]}
    assert len(asked) == 1
    assert asked[0] is not None


def test_closed_corpora_cannot_be_read(tmp_path: Path) -> None:
    corpus = ck.Corpus.build(pl.DataFrame({"text": ["خبر"]}), tmp_path / "c")
    corpus.close()
    with pytest.raises(ck.CorpusError, match="closed"):
        pa.table(corpus)


def test_results_become_pandas(corpus: ck.Corpus) -> None:
    """Lists, structs and enums among them; the extra `pandas` brings what Polars needs for it."""
    part, rest = corpus.filter(pl.col("outlet") == "المرقاب"), corpus.filter(pl.col("outlet") != "المرقاب")
    tables = [
        ck.frequency(corpus, min_count=50),
        ck.keyness(part, rest, min_count=20),
        ck.news.actors(corpus),
        corpus.documents.collect(),
        ck.kwic(corpus, "هدنة").frame,
    ]
    for table in tables:
        frame = table.to_pandas()
        assert list(frame.columns) == table.columns
        assert len(frame) == table.height
    keyness = tables[1].to_pandas()
    assert keyness["direction"].tolist() == tables[1]["direction"].to_list()
    assert keyness["variants"][0][0] == tables[1]["variants"][0][0]
    spans = tables[3].to_pandas()["paragraphs"][0]
    assert list(spans) == tables[3]["paragraphs"][0].to_list()


# ----------------------------------------------------------------------------------------------------
# In
# ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("library", LIBRARIES)
def test_spans_of_other_libraries(corpus: ck.Corpus, library: str) -> None:
    spans = ck.news.boilerplate(corpus).select("document", "start", "end")
    expected = corpus.exclude(spans)
    found = corpus.exclude(LIBRARIES[library](spans))
    assert expected.excluded_spans is not None
    assert found.excluded_spans is not None
    assert found.excluded_spans.equals(expected.excluded_spans)


def test_concordances_are_spans(corpus: ck.Corpus) -> None:
    lines = ck.kwic(corpus, "هدنة")
    assert not len(ck.kwic(corpus.exclude(lines), "هدنة"))  # type: ignore[arg-type]


Given = Callable[[pl.DataFrame], Any]


@pytest.fixture(scope="module")
def word_tables(corpus: ck.Corpus) -> list[pl.DataFrame]:
    """Return the words of an outlet and of the others."""
    is_part = pl.col("outlet") == "المرقاب"
    return [ck.frequency(corpus.filter(each), dispersion=None) for each in (is_part, ~is_part)]


@pytest.mark.parametrize("library", LIBRARIES)
def test_tables_of_words(word_tables: list[pl.DataFrame], library: str) -> None:
    part, rest = word_tables
    sizes = {"target_size": int(part["count"].sum()), "reference_size": int(rest["count"].sum())}
    given = LIBRARIES[library]
    assert ck.keyness(given(part), given(rest), **sizes).equals(ck.keyness(part, rest, **sizes))
    assert ck.fit_zipf_mandelbrot(given(part)).equals(ck.fit_zipf_mandelbrot(part))


# Each is called with tables of each library, and of Polars.
OF_NEWS: dict[str, Callable[[ck.Corpus, dict[str, pl.DataFrame], Given], pl.DataFrame]] = {
    "actors": lambda corpus, of, given: ck.news.actors(corpus, boilerplate=given(of["spans"])),
    "network": lambda corpus, of, given: ck.news.network(corpus, given(of["actors"]), boilerplate=given(of["spans"])),
    "labels": lambda corpus, of, given: ck.news.labels(corpus, given(of["actors"]), boilerplate=given(of["spans"])),
    "quotations": lambda corpus, of, given: ck.news.quotations(
        corpus, actors=given(of["actors"]), boilerplate=given(of["spans"])
    ),
    "structure": lambda corpus, of, given: ck.news.structure(corpus, boilerplate=given(of["spans"])),
    "frame_rates": lambda corpus, of, given: ck.news.frame_rates(corpus, given(of["hits"])),
    "duplicate_clusters": lambda corpus, of, given: ck.news.duplicate_clusters(corpus, pairs=given(of["pairs"])),
}


@pytest.fixture(scope="module")
def news_tables(corpus: ck.Corpus) -> dict[str, pl.DataFrame]:
    return {
        "spans": ck.news.boilerplate(corpus).select("document", "start", "end"),
        "actors": ck.news.actors(corpus),
        "hits": ck.news.frames(corpus),
        "pairs": ck.news.near_duplicates(corpus),
    }


@pytest.fixture(scope="module")
def of_polars(corpus: ck.Corpus, news_tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    return {name: call(corpus, news_tables, lambda table: table) for name, call in OF_NEWS.items()}


@pytest.mark.parametrize("library", LIBRARIES)
def test_tables_of_news(
    corpus: ck.Corpus, news_tables: dict[str, pl.DataFrame], of_polars: dict[str, pl.DataFrame], library: str
) -> None:
    for name, call in OF_NEWS.items():
        assert call(corpus, news_tables, LIBRARIES[library]).equals(of_polars[name]), name


@pytest.mark.parametrize("library", LIBRARIES)
def test_codes_and_tables_to_save(tmp_path: Path, library: str) -> None:
    codes = pl.DataFrame({"one": ["a", "b", "a", None], "two": ["a", "b", "b", "b"]})
    given = LIBRARIES[library]
    assert ck.measures.krippendorff_alpha(given(codes)) == ck.measures.krippendorff_alpha(codes)
    path = ck.save(given(codes), tmp_path / "codes.csv", note="made by hand")
    assert pl.read_csv(path).equals(codes)
    assert "two" in str(ck.show(given(codes)))


@pytest.mark.filterwarnings("ignore:not all of the source was read")
@pytest.mark.parametrize("dtype", ["str", "object", "string[pyarrow]", "category"])
def test_corpora_of_pandas(tmp_path: Path, dtype: str) -> None:
    texts = ["خبر أول", None, "خبر ثان"]
    outlets = ["مدى", "مدى", None]
    frame = pd.DataFrame({"body": pd.Series(texts, dtype=dtype), "outlet": pd.Series(outlets, dtype=dtype)})
    expected = ck.Corpus.build(pl.DataFrame({"body": texts, "outlet": outlets}), tmp_path / "expected", text="body")
    corpus = ck.Corpus.build(frame, tmp_path / "corpus", text="body")
    columns = ["document", "id", "text", "headline", "paragraphs"]
    assert corpus.documents.select(columns).collect().equals(expected.documents.select(columns).collect())
    assert corpus.documents.select(pl.col("outlet").cast(pl.String)).collect().rows() == [("مدى",), (None,)]


# ----------------------------------------------------------------------------------------------------
# What is no table
# ----------------------------------------------------------------------------------------------------


def test_a_named_index_of_pandas_is_a_column(tmp_path: Path) -> None:
    frame = pd.DataFrame({"text": ["خبر أول", "خبر ثان"], "outlet": ["مدى", "صدى"], "n": [7, 8]})
    corpus = ck.Corpus.build(frame.set_index(["outlet", "n"]), tmp_path / "a", id="n")
    assert corpus.documents.select("id", "outlet").collect().rows() == [("7", "مدى"), ("8", "صدى")]
    part = frame[frame["n"] == 8]  # whose index has no name
    assert ck.Corpus.build(part, tmp_path / "b").documents.collect().columns[1:4] == ["id", "outlet", "n"]
    assert len(ck.Corpus.build(frame.set_index("n")["text"], tmp_path / "c", id="n")) == 2
    assert len(ck.Corpus.build(pd.Series(["خبر"]), tmp_path / "d")) == 1
    with pytest.raises(InputError, match="source must have an index with other names than its columns: "):
        ck.Corpus.build(frame.set_index("n", drop=False), tmp_path / "e")


def test_pandas_without_pyarrow(corpus: ck.Corpus) -> None:
    class Frame:
        __module__ = "pandas"

        def __arrow_c_stream__(self, _: object | None = None) -> object:
            raise ImportError("pyarrow is required")

    with pytest.raises(ck.InputError, match=r'^spans must be .* pyarrow\. .* install "arabic-corpus-kit\[pandas\]"'):
        corpus.exclude(Frame())  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [None, "spans.csv", [1, 2], {"document": [1]}, 5])
def test_other_values_are_no_tables(corpus: ck.Corpus, value: Any) -> None:
    with pytest.raises(
        ck.InputError, match=r"^spans must be a DataFrame of spans, got .* columns document, start, end"
    ):
        corpus.exclude(value)


def test_corpora_are_no_tables(tmp_path: Path, corpus: ck.Corpus, counted: ck.scale.NgramTable) -> None:
    """They may be larger than memory."""
    for value in (corpus, counted):
        with pytest.raises(ck.InputError, match=r"^table must be a DataFrame .*got"):
            ck.save(value, tmp_path / "a.csv")


def test_broken_tables_name_the_argument(corpus: ck.Corpus) -> None:
    def batches() -> Any:
        yield pa.record_batch({"document": [0], "start": [0], "end": [1]})
        raise KeyError("the second batch")

    schema = pa.schema([(name, pa.int64()) for name in ("document", "start", "end")])
    reader = pa.RecordBatchReader.from_batches(schema, batches())
    with pytest.raises(ck.InputError, match=r"^spans must be an Arrow table .*the second batch"):
        corpus.exclude(reader)  # type: ignore[arg-type]
