"""Columns and tables of other libraries, by the Arrow PyCapsule interface: pyarrow, DuckDB, and any other."""

from __future__ import annotations

import struct
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pytest
from arrow_producer import Chunk, Producer, offsets
from test_arrow_core import a_view

import corpus_kit as ck
from corpus_kit._base.columns import arrow_column

pa = pytest.importorskip("pyarrow")

TEXTS = ["قال أحمد: نعم.", None, "", "غادرت الوفود المدينة أمس. عادت"]
PLAIN = pl.Series("text", TEXTS)
ROWS = ", ".join("(null)" if text is None else f"('{text}')" for text in TEXTS)
QUERY = f"from (values {ROWS}) as texts(text)"
INDEX_TYPES = ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]


@dataclass
class Exporter:
    """An object of a library that we do not know; it can be read once."""

    producer: Producer

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.producer.capsule()


def columns() -> Iterator[tuple[str, Any]]:
    strings = pa.array(TEXTS)
    for type_ in (pa.string(), pa.large_string(), pa.string_view()):
        yield str(type_), strings.cast(type_)
        yield f"{type_}, sliced", pa.concat_arrays([pa.array(["x", None], type_), strings.cast(type_)])[2:]
        dictionary = pa.array([*TEXTS, "not used", None], type_)
        for index in INDEX_TYPES:
            places = pa.array([0, None if index == "int8" else 1, 2, 3], index)
            yield f"{index} to {type_}", pa.DictionaryArray.from_arrays(places, dictionary)
    yield "chunks", pa.chunked_array([strings[:1], strings[:0], strings[1:]])
    yield "chunks of dictionaries", pa.chunked_array([strings[:2].dictionary_encode(), strings[2:].dictionary_encode()])
    yield "table", pa.table({"text": strings})
    yield "batch", pa.record_batch({"text": strings})
    yield "frame", PLAIN.to_frame()
    yield "categorical", PLAIN.cast(pl.Categorical).to_frame()
    yield "query", duckdb.sql(QUERY)
    values = ", ".join(f"'{text}'" for text in TEXTS if text is not None)
    yield "enum", duckdb.sql(f"select text::enum ({values}) as text from ({QUERY})")
    chunk = offsets([text if text is None else text.encode() for text in TEXTS], wide=False)
    yield "producer", Exporter(Producer(b"u", [replace(chunk, null_count=-1)]))


@pytest.mark.parametrize("column", [pytest.param(column, id=name) for name, column in columns()])
def test_columns_of_other_libraries_are_texts(column: Any) -> None:
    assert ck.normalize(column).to_list() == ck.normalize(PLAIN).to_list()
    assert ck.normalize(column, None).to_list() == TEXTS
    assert ck.Normalizer.preset("dediac")(column).to_list() == ck.normalize(PLAIN, "dediac").to_list()
    assert ck.tokens(column).equals(ck.tokens(PLAIN))
    assert ck.count_ngrams(column, (1, 2)).equals(ck.count_ngrams(PLAIN, (1, 2)))
    assert ck.count_ngrams(column, 3, level="character").equals(ck.count_ngrams(PLAIN, 3, level="character"))


def test_names_words_and_labels() -> None:
    assert ck.normalize(pa.table({"body": ["أ"]})).name == "body"
    assert ck.normalize(pa.nulls(2)).to_list() == [None, None]
    assert ck.segment(pa.array(["وقال"])) == [["و", "قال"]]
    assert ck.lemmatize(pa.array(["المدارس"])) == ck.lemmatize(["المدارس"])
    labels = pa.chunked_array([[1], [2]])
    assert ck.count_ngrams(["أ", "أ"], 1, by=labels).rows() == [(1, "ا", 1, 1, 1), (2, "ا", 1, 1, 1)]


def failing() -> Iterator[Any]:
    yield pa.record_batch({"text": ["خبر"]})
    raise KeyError("the second batch")


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (pa.array([b"a"]), "column of strings, got Binary"),
        (pa.array([1]), "column of strings, got Int64"),
        (pa.array([5, 6]).dictionary_encode(), "column of strings, got Int64"),
        (pa.array([["a"]]), r"column of strings, got List\(String\)"),
        (pa.table({"day": [1]}), r"column of strings, got Int64 \(column 'day'\)"),
        (pa.table({"a": ["x"], "b": ["y"]}), "one column, got a table of 2 columns. Choose 'a' or 'b'"),
        (pa.table({}), "one column, got a table of 0 columns"),
        (pl.DataFrame({"a": ["x"], "b": ["y"]}), "one column, got a table of 2 columns"),
        (pa.RunEndEncodedArray.from_arrays(pa.array([1], pa.int32()), pa.array(["a"])), "Arrow column .* error: "),
        (Exporter(Producer(b"vu", [], schema_fails=True, reason=b"no schema")), "Arrow column .* error: .*no schema"),
        (pa.RecordBatchReader.from_batches(pa.schema({"text": pa.string()}), failing()), "error: .*the second batch"),
    ],
)
def test_other_types_and_failures_are_input_errors(column: Any, message: str) -> None:
    with pytest.raises(ck.InputError, match=rf"^obj must be .*{message}"):
        ck.normalize(column)
    if "error" not in message:
        with pytest.raises(ck.InputError, match=rf"^texts must be .*{message}"):
            ck.tokens(column)


def test_a_library_that_cannot_export_is_iterated() -> None:
    """Without pyarrow, pandas has no Arrow data but still str."""

    class Texts(list[str]):
        def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
            raise ModuleNotFoundError("No module named 'pyarrow'")

    class Words:
        __arrow_c_stream__ = Texts.__arrow_c_stream__

        def __iter__(self) -> Iterator[str]:
            return iter(["نعم", "لا"])

    assert ck.tokens(Words())["token"].to_list() == ["نعم", "لا"]
    assert ck.tokens(Texts(["نعم"]))["token"].to_list() == ["نعم"]


@pytest.mark.filterwarnings("ignore:not all of the source was read")
def test_corpora_of_tables_of_other_libraries(tmp_path: Path) -> None:
    frame = pl.DataFrame({"text": ["خبر أول", None, "خبر ثان"], "page": [1, 2, 3]})
    expected = ck.Corpus.build(frame, tmp_path / "expected")
    table = pa.table(frame.to_dict(as_series=False))
    query = duckdb.sql("from (values ('خبر أول', 1::bigint), (null, 2), ('خبر ثان', 3)) as documents(text, page)")
    for number, source in enumerate([table, query, table.to_reader(max_chunksize=1), [table[:2], frame[2:]]]):
        corpus = ck.Corpus.build(source, tmp_path / str(number))
        assert corpus.id == expected.id
        assert corpus.documents.collect().equals(expected.documents.collect())
    for wrong in (pa.array(["خبر"]), pa.chunked_array([["خبر"]])):
        with pytest.raises(ck.InputError, match=r"^source must be an Arrow table"):
            ck.Corpus.build(wrong, tmp_path / "wrong")


@pytest.mark.parametrize("junk", [a_view(13, 7, 0), a_view(13, 0, 2**30), a_view(2**31 - 1, 0, 0), a_view(-1, -1, -1)])
def test_what_is_under_nulls_does_not_matter_to_polars(junk: bytes) -> None:
    """Polars reads views under nulls when it counts letters or joins chunks; ours must be safe to work with."""
    text = "كتاب جديد في المدرسة".encode()
    good = struct.pack("<i4sii", len(text), text[:4], 0, 0)
    valid = np.packbits([True, False, False, True] * 20, bitorder="little").tobytes()
    chunk = Chunk(80, [valid, (good + junk + junk + good) * 20, text, struct.pack("<q", len(text))], null_count=-1)
    series = arrow_column(Exporter(Producer(b"vu", [chunk, chunk])), "texts")
    assert series is not None
    assert series.to_list() == [text.decode(), None, None, text.decode()] * 40
    assert series.str.len_chars().sum() == 80 * len(text.decode())
    assert series.rechunk().sort().null_count() == 80
    assert len(ck.tokens(Exporter(Producer(b"vu", [chunk])))) == 160


def test_nothing_imports_pyarrow() -> None:
    code = """if True:
        import sys, duckdb, corpus_kit as ck
        assert ck.normalize(duckdb.sql("select 'أحمد' as text")).to_list() == ["احمد"]
        assert "pyarrow" not in sys.modules"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
