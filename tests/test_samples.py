"""The bundled sample as users get it: items, tables of truth, and the cached corpus."""

from __future__ import annotations

import datetime
import os
import re
import subprocess
import sys
import time
from collections import Counter
from functools import partial
from importlib import import_module
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from campaign.forged import record_files
from own_cache import own_cache
from sample_reading import ITEMS, TEXTS, TRUTH, facts

import corpus_kit as ck
from corpus_kit.errors import CorpusError, InputError
from corpus_kit.samples import sample_content, sample_items
from corpus_kit.samples.sample_content import annotation_digest, content_digest, is_sample
from corpus_kit.samples.sample_truth import TRUTH_SCHEMA

samples = import_module("corpus_kit.samples.sample_corpus")  # the package attribute of this name is the function

FIRST_DAY = datetime.date(2026, 1, 4)
ITEMS_OF_OUTLETS = {"mada": 48, "mirqab": 32, "mina": 33, "barid": 32, "unqud": 31, "maraya": 32, "nafidha": 32}

# ---- schema ------------------------------------------------------------------------------------


def test_items_have_their_columns_and_stable_ids():
    items = sample_items()
    assert items.schema == {
        "id": pl.String,
        "outlet": pl.String,
        "date": pl.Date,
        "headline": pl.String,
        "text": pl.String,
    }
    assert items.height == items["id"].n_unique() == TRUTH["items"].height == 240
    assert items["date"].is_sorted()
    prefixes = {(item["outlet"], item["id"].split("-")[0]) for item in ITEMS}
    assert len(prefixes) == len({outlet for outlet, _ in prefixes}) == 7
    for item in ITEMS:
        assert re.fullmatch(rf"[a-z]+-{item['date']}-\d", item["id"])
        assert item["text"].startswith(item["headline"] + "\n\n")


def test_nine_items_per_week_and_fifteen_in_week_20():
    weeks = Counter((item["date"] - FIRST_DAY).days // 7 + 1 for item in ITEMS)
    assert weeks == {week: 15 if week == 20 else 9 for week in range(1, 27)}
    assert {row["id"]: row["week"] for row in facts("items")} == {
        item["id"]: (item["date"] - FIRST_DAY).days // 7 + 1 for item in ITEMS
    }


def test_items_per_outlet():
    assert sorted(Counter(item["outlet"] for item in ITEMS).values()) == sorted(ITEMS_OF_OUTLETS.values())
    assert Counter(item["id"].split("-")[0] for item in ITEMS) == ITEMS_OF_OUTLETS


def test_facts_have_their_columns():
    assert list(TRUTH) == list(TRUTH_SCHEMA)
    for kind, frame in TRUTH.items():
        assert frame.schema == TRUTH_SCHEMA[kind], kind
        assert frame.height > 0, kind
        assert frame.select(pl.exclude("code")).null_count().sum_horizontal().item() == 0, kind


def test_facts_are_in_text_order():
    order = {name: place for place, name in enumerate(TEXTS)}
    for kind, frame in TRUTH.items():
        if "start" in frame.columns and "id" in frame.columns:
            places = [(order[row["id"]], row["start"], row["end"]) for row in frame.to_dicts()]
            assert places == sorted(set(places)), kind


def test_facts_refer_to_existing_items():
    for frame in TRUTH.values():
        for column in {"id", "original", "copy", "first", "second"} & set(frame.columns):
            assert set(frame[column]) <= set(TEXTS)


def test_every_offset_points_at_its_surface():
    for kind in [kind for kind, schema in TRUTH_SCHEMA.items() if "surface" in schema]:
        for row in facts(kind):
            text = TEXTS[row.get("id") or row["original"]]
            assert text[row["start"] : row["end"]] == row["surface"], kind
            if "copy" in row:
                assert TEXTS[row["copy"]][row["copy_start"] : row["copy_end"]] == row["copy_surface"], kind


def test_the_files_are_small():
    folder = Path(samples.__file__).parent
    assert sum((folder / name).stat().st_size for name in ("items.jsonl", "truth.json")) < 1_000_000


# ---- the corpus and its cache ------------------------------------------------------------------


class FakeCorpus:
    """A stand-in for Corpus, a folder with one file, to test the cache."""

    builds = 0

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def open(cls, path: Path) -> FakeCorpus:
        if not (path / "whole").exists():
            raise CorpusError(f"no corpus in {path}")
        return cls(path)

    @classmethod
    def build(cls, source: pl.DataFrame, path: Path, *, progress: bool, **columns: object) -> FakeCorpus:
        assert source.equals(sample_items())
        assert not progress
        assert columns == {"id": "id", "date": "date", "metadata": ["outlet"], "annotate": True}
        path.mkdir()
        (path / "whole").write_text("")
        cls.builds += 1
        return cls(path)

    def close(self) -> None:
        pass


@pytest.fixture
def fake(monkeypatch, tmp_path):
    corpus = type("Corpus", (FakeCorpus,), {"builds": 0})
    monkeypatch.setattr(samples, "Corpus", corpus)
    monkeypatch.setattr(samples, "is_sample", lambda _: True)
    monkeypatch.setattr(samples, "_known", {})
    monkeypatch.setenv("CORPUS_KIT_CACHE", str(tmp_path / "cache"))
    samples._process_folder.cache_clear()
    return corpus


def folders(path: Path) -> list[str]:
    return sorted(entry.name for entry in path.iterdir())


def test_the_corpus_is_built_once(fake, tmp_path):
    first = samples.sample_corpus()
    assert samples.sample_corpus().path == first.path
    assert fake.builds == 1
    assert first.path.parents[1] == tmp_path / "cache"
    assert folders(first.path.parent) == [first.path.name], "files are left behind"


@pytest.mark.usefixtures("fake")
def test_folder_is_keyed_by_version_and_items(monkeypatch):
    before = samples.sample_corpus().path
    monkeypatch.setattr(samples, "__version__", "99.0")
    newer = samples.sample_corpus().path
    read = samples.read_sample_file
    monkeypatch.setattr(samples, "read_sample_file", lambda name: read(name) + b"\n")
    changed = samples._corpus_folder(newer.parents[1])
    assert len({before, newer, changed}) == 3


def test_cache_folder_defaults_to_the_systems(monkeypatch, tmp_path):
    monkeypatch.setenv("CORPUS_KIT_CACHE", str(tmp_path))
    assert samples.cache_folder() == tmp_path
    for unset in (lambda: monkeypatch.setenv("CORPUS_KIT_CACHE", ""), lambda: monkeypatch.delenv("CORPUS_KIT_CACHE")):
        unset()
        assert samples.cache_folder().parts[-1] in ("corpus-kit", "Cache")


def test_cache_without_a_home_folder_is_rejected(monkeypatch):
    monkeypatch.setenv("CORPUS_KIT_CACHE", "~nobody-of-this-name/cache")
    with pytest.raises(InputError, match=r"^CORPUS_KIT_CACHE must be .*'~nobody"):
        samples.sample_corpus()


def test_broken_corpus_is_rebuilt(fake):
    path = samples.sample_corpus().path
    (path / "whole").unlink()
    (path / "half").write_text("")
    assert samples.sample_corpus().path == path
    assert folders(path) == ["whole"]
    assert folders(path.parent) == [path.name]
    assert fake.builds == 2


def test_second_process_opens_the_corpus_of_the_first(fake, monkeypatch):
    build = fake.build.__func__

    def slow_build(cls, source, path, **columns):
        target = samples._corpus_folder(samples.cache_folder())
        target.mkdir()
        (target / "whole").write_text("the first")
        return build(cls, source, path, **columns)

    monkeypatch.setattr(fake, "build", classmethod(slow_build))
    corpus = samples.sample_corpus()
    assert (corpus.path / "whole").read_text() == "the first"
    assert folders(corpus.path.parent) == [corpus.path.name]


def test_a_corpus_that_never_opens_is_an_error(fake, monkeypatch):
    def refuse(_cls, path):
        raise CorpusError(f"damaged: {path.name}")

    monkeypatch.setattr(fake, "open", classmethod(refuse))
    with pytest.raises(CorpusError, match="damaged"):
        samples.sample_corpus()


def test_without_a_cache_folder_the_corpus_is_temporary(fake, monkeypatch, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("CORPUS_KIT_CACHE", str(blocked))
    with pytest.warns(UserWarning, match="CORPUS_KIT_CACHE"):
        first = samples.sample_corpus()
    with pytest.warns(UserWarning, match="temporary folder"):
        assert samples.sample_corpus().path == first.path
    assert fake.builds == 1
    assert blocked.read_text() == "not a folder"


def test_temporary_folder_is_deleted_at_exit():
    program = "from corpus_kit.samples.sample_corpus import _process_folder; print(_process_folder())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not Path(done.stdout.strip()).exists()


def test_sample_corpus_contains_the_items(monkeypatch, tmp_path):
    monkeypatch.setenv("CORPUS_KIT_CACHE", str(own_cache(tmp_path)))
    for _ in range(2):  # built, then opened
        corpus = samples.sample_corpus()
        documents = corpus.documents.collect()
        assert documents["id"].to_list() == list(TEXTS)
        assert documents["text"].to_list() == list(TEXTS.values())
        assert documents["date"].to_list() == [item["date"] for item in ITEMS]
        corpus.close()


def test_its_content_is_known(tmp_path):
    corpus = samples.build_sample(tmp_path / "sample")
    assert content_digest(corpus) == sample_content._CONTENT, "set _CONTENT to this"
    known = sample_content._ANNOTATIONS.get(sample_content.annotator_versions())
    assert known in (None, annotation_digest(corpus)), "set the digest of these versions to this"
    assert is_sample(corpus)
    assert not is_sample(corpus.filter(pl.lit(value=True)).exclude(pl.DataFrame({"document": 0, "start": 0, "end": 1})))


def planted(folder: Path, how: str) -> None:
    """Put another corpus in the place of the sample, with checksums that fit."""
    place = samples._corpus_folder(folder)
    place.parent.mkdir(parents=True)
    items = sample_items()
    if how == "another":
        ck.Corpus.build(items.head(3), place, id="id", date="date", metadata=["outlet"], annotate=True, progress=False)
        return
    samples.build_sample(place).close()
    if how == "array":
        flags = np.load(place / "tokens" / "flags.npy")
        np.save(place / "tokens" / "flags.npy", flags[::-1])
        record_files(place)
    elif how == "lemmas":
        path = next(place.glob("annotations-*.parquet"))
        pl.read_parquet(path).with_columns(lemma=pl.lit("x")).write_parquet(path)
        record_files(place)
    elif how == "outlets":
        path = place / "documents.parquet"
        pl.read_parquet(path).with_columns(outlet=pl.lit("x")).write_parquet(path)
        record_files(place)


@pytest.mark.parametrize(
    "how", ["another", "array", *(pytest.param(how, marks=pytest.mark.slow) for how in ("lemmas", "outlets"))]
)
def test_a_planted_corpus_is_not_taken_for_the_sample(monkeypatch, tmp_path, how):
    monkeypatch.setenv("CORPUS_KIT_CACHE", str(own_cache(tmp_path)))
    planted(tmp_path, how)
    with pytest.warns(UserWarning, match=r"sample' is not the sample\. The sample is built again"):
        corpus = samples.sample_corpus()
    assert is_sample(corpus)
    assert samples.sample_corpus().id == corpus.id  # without a warning
    assert folders(corpus.path.parent) == ["sample"]


@pytest.mark.skipif(sys.platform == "win32", reason="rights are POSIX")
@pytest.mark.parametrize("how", ["link", "open", "foreign"])
def test_nothing_is_built_where_others_can_change_it(fake, monkeypatch, tmp_path, how):
    folder = samples._corpus_folder(tmp_path / "cache").parent
    (tmp_path / "elsewhere").mkdir()
    if how == "link":
        folder.parent.mkdir()
        folder.symlink_to(tmp_path / "elsewhere")
    else:
        folder.mkdir(parents=True)
        if how == "open":
            folder.chmod(0o777)
        else:
            monkeypatch.setattr(samples.os, "geteuid", lambda: 12345)
    reason = {"link": "a symbolic link", "open": "everybody can write", "foreign": "belongs to another user"}[how]
    if how == "foreign":  # the temporary folder is that of this process
        monkeypatch.setattr(samples, "_process_folder", lambda: tmp_path / "temporary")
        monkeypatch.setattr(samples, "_expect_own", partial(owned, samples._expect_own, folder))
    with pytest.warns(UserWarning, match=reason):
        corpus = samples.sample_corpus()
    assert tmp_path / "cache" not in corpus.path.parents
    assert folders(tmp_path / "elsewhere") == []
    assert fake.builds == 1


def owned(check, folder, asked):
    if asked == folder:
        check(asked)


def test_what_a_killed_build_left_is_removed(fake, tmp_path):
    folder = samples._corpus_folder(tmp_path / "cache").parent
    for name, age in ((".building-old", 7200), (".building-new", 0)):
        (folder / name).mkdir(parents=True)
        os.utime(folder / name, (time.time() - age,) * 2)
    samples.sample_corpus()
    assert folders(folder) == [".building-new", "sample"]
    assert fake.builds == 1


@pytest.mark.slow
def test_concurrent_builds_all_succeed(tmp_path):
    program = "from corpus_kit.samples import sample_corpus; print(sample_corpus().documents.collect().height)"
    command = [sys.executable, "-c", program]
    environment = {**os.environ, "CORPUS_KIT_CACHE": str(own_cache(tmp_path))}
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) for _ in range(2)]
    assert [process.communicate()[0].strip() for process in running] == ["240"] * 2
    [version] = [name for name in folders(tmp_path) if not name.startswith("lexicon-")]
    assert folders(tmp_path / version) == ["sample"]


# ---- its README ----------------------------------------------------------------------------------


def test_numbers_in_the_readme():
    page = (Path(samples.__file__).parent / "README.md").read_text(encoding="utf-8")
    rows = {name: int(number) for name, number in re.findall(r"(?m)^\| `(\w+)` \| (\d+) \|", page)}
    assert rows == {kind: frame.height for kind, frame in TRUTH.items()}
    outlets = {key: int(number) for key, number in re.findall(r"`(\w+)-\.\.\.` \| (\d+) \|", page)}
    assert outlets == ITEMS_OF_OUTLETS
