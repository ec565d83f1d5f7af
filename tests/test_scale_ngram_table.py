"""A table on disk: read by Polars and `ck.ngrams`, rejected if damaged or counted with other options."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from test_scale_count_ngrams import few, few_bigrams, few_file, in_memory, news

import corpus_kit as ck
from corpus_kit.errors import CorpusError, InputError

__all__ = ["few", "few_bigrams", "few_file", "news"]  # fixtures


def test_the_folder_is_a_parquet_dataset(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("كتاب جديد في كتاب جديد", encoding="utf-8")
    ck.scale.count_ngrams(tmp_path / "a.txt", (1, 2), tmp_path / "out", progress=False)
    expected = in_memory(["كتاب جديد في كتاب جديد"], (1, 2))
    for place in (tmp_path / "out", tmp_path / "out" / "*.parquet", tmp_path / "out" / "**/*.parquet"):
        found = pl.scan_parquet(place).collect()
        assert found.sort("ngram", "n").equals(expected)
    assert found.schema == {"ngram": pl.String, "n": pl.UInt8, "count": pl.Int64, "documents": pl.Int64}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "out", "out.manifest.json"]


def test_ngrams_accepts_a_table_or_its_path(few_file: Path, few_bigrams: pl.DataFrame, tmp_path: Path) -> None:
    table = ck.scale.count_ngrams(few_file, (1, 2), tmp_path / "out", progress=False)
    expected = few_bigrams.filter(pl.col("count") >= 5).sort("count", "n", "ngram", descending=[True, False, False])
    for place in (table, tmp_path / "out", str(tmp_path / "out")):
        assert ck.ngrams(place, 2, min_count=5).equals(expected)
    ck.save(ck.ngrams(table, 2, min_count=5), tmp_path / "top.csv")
    assert json.loads((tmp_path / "top.csv.json").read_text(encoding="utf-8"))["made_by"]["corpus_id"] == table.id


@pytest.mark.parametrize("name", ["path", "storage_options"])
def test_invalid_arguments_of_open(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=rf"^{name} must be .*got object"):
        ck.scale.NgramTable.open(**{"path": tmp_path, name: object()})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n": 3}, "within that of the table, 2, got 3"),
        ({"min_count": 1}, "at least 2, that of the table, got 1"),
        ({"profile": "dediac"}, "'search', that of the table, got 'dediac'"),
        ({"profile": None}, "'search', that of the table, got None"),
        ({"skip": 1}, "0, that of the table, got 1"),
        ({"within": "sentence"}, "'paragraph', that of the table, got 'sentence'"),
    ],
)
def test_options_other_than_the_tables_are_rejected(options: dict[str, Any], message: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("كتاب جديد", encoding="utf-8")
    table = ck.scale.count_ngrams(tmp_path / "a.txt", 2, tmp_path / "out", min_count=2, progress=False)
    with pytest.raises(InputError, match=f"^{next(iter(options))} must be {message}"):
        ck.ngrams(table, **options)


def test_a_table_has_no_metadata(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("كتاب جديد", encoding="utf-8")
    table = ck.scale.count_ngrams(tmp_path / "a.txt", 2, tmp_path / "out", progress=False)
    with pytest.raises(InputError, match="by"):
        ck.ngrams(table, by="source")


def test_table_without_manifest_still_has_its_options(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("كتاب جديد كتاب جديد", encoding="utf-8")
    ck.scale.count_ngrams(tmp_path / "a.txt", 2, tmp_path / "out", progress=False)
    (tmp_path / "out.manifest.json").unlink()
    with pytest.warns(UserWarning, match="has no manifest beside it"):
        table = ck.scale.NgramTable.open(tmp_path / "out")
    assert table.id is None
    assert ck.ngrams(table, 2).rows() == [("كتاب جديد", 2, 2, 1)]
    with pytest.raises(CorpusError, match="no manifest"):
        table.verify()


def test_damaged_table_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("كتاب جديد كتاب جديد", encoding="utf-8")
    table = ck.scale.count_ngrams(tmp_path / "a.txt", 2, tmp_path / "out", progress=False)
    part = tmp_path / "out" / "part-00000.parquet"
    whole = part.read_bytes()
    part.write_bytes(whole[:-1] + b"?")
    with pytest.raises(CorpusError, match=r"part-00000\.parquet has changed"):
        table.verify()
    part.rename(part.with_name("part-00009.parquet"))
    with pytest.raises(CorpusError, match=r"part-00000\.parquet is missing"):
        ck.scale.NgramTable.open(tmp_path / "out")
    (tmp_path / "out.manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(CorpusError, match="not JSON"):
        ck.scale.NgramTable.open(tmp_path / "out")
    with pytest.raises(CorpusError, match="no table of n-grams"):
        ck.scale.NgramTable.open(tmp_path / "nothing")
