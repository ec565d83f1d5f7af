"""The tables of ck.news.report, the structure of documents, and the command that prints the report."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

import corpus_kit as ck
from corpus_kit.cli.main import app
from corpus_kit.news.structure import headlines
from corpus_kit.samples import sample_actors

TABLES = ["structure", "boilerplate", "quotations", "actors", "labels", "dates", "network", "frames", "ngrams"]


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.DataFrame]:
    return ck.news.report(ck.sample_corpus(), by="outlet")


def test_tables_equal_their_functions(tables: dict[str, pl.DataFrame]) -> None:
    corpus = ck.sample_corpus()
    assert list(tables) == TABLES
    boilerplate = ck.news.boilerplate(corpus, by="outlet")
    body = corpus.exclude(boilerplate).exclude(headlines(corpus))
    assert tables["boilerplate"].equals(boilerplate)
    assert tables["actors"].equals(ck.news.actors(corpus, boilerplate=boilerplate))
    assert tables["dates"].equals(ck.news.dates(body))
    assert tables["frames"].filter(pl.col("dimension") != "theme").equals(ck.news.frames(body))
    themes = ck.news.frames(body, ck.news.FrameDictionary.builtin("themes"))
    assert tables["frames"].filter(dimension="theme").equals(themes)
    assert themes.height > 0
    assert tables["ngrams"].equals(ck.ngrams(body, n=(1, 3)))
    assert tables["network"].equals(ck.news.network(body))


def test_structure_of_the_sample(tables: dict[str, pl.DataFrame]) -> None:
    truth = ck.sample_truth()["items"].select("id", "body", "words")
    found = tables["structure"].select(
        "id", pl.col("paragraphs").cast(pl.UInt32).alias("body"), pl.col("words").cast(pl.UInt32)
    )
    assert found.equals(truth)
    assert tables["structure"]["headline_words"].min() > 0
    assert tables["structure"]["boilerplate"].sum() == ck.sample_truth()["boilerplate"].height


def test_structure_without_headline_or_text(tmp_path: Path) -> None:
    corpus = ck.Corpus.build(pl.DataFrame({"text": ["وصل الوفد. غادر.\nثم عاد", "..."]}), tmp_path / "corpus")
    rows = ck.news.structure(corpus).drop("id").rows()
    assert rows == [(0, 0, 0, 2, 1, 3, 5, 5), (1, 0, 0, 0, 0, 0, 0, 0)]
    assert ck.news.structure(corpus.filter(pl.col("document") == 1)).height == 1


def test_labels_are_those_of_the_function_by_group() -> None:
    corpus = ck.sample_corpus()
    labels = ck.news.report(corpus, sample_actors(), by="outlet")["labels"]
    whole = ck.news.labels(corpus, sample_actors(), by="outlet", boilerplate=ck.news.boilerplate(corpus, by="outlet"))
    assert labels.equals(whole.filter(pl.col("actor").is_in(labels["actor"].unique().implode())))
    assert "group" in labels["actor"]
    assert labels["outlet"].n_unique() > 1


@pytest.mark.slow
def test_only_the_default_column_of_dates_may_be_missing(tmp_path: Path) -> None:
    corpus = ck.Corpus.build(pl.DataFrame({"text": ["غادر الوفد يوم الاثنين."]}), tmp_path / "corpus")
    assert ck.news.report(corpus)["dates"]["date"].to_list() == [None]
    with pytest.raises(ck.InputError, match=r"^date must be .* got 'dat'"):
        ck.news.report(ck.sample_corpus(), date="dat")
    with pytest.raises(ck.InputError, match=r"^date must be .* got 5"):
        ck.news.report(corpus, date=5)  # type: ignore[arg-type]


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["news", *arguments])


def test_the_command_prints_eight_tables() -> None:
    result = run(str(ck.sample_corpus().path), "--by", "outlet", "--top", "3")
    assert result.exit_code == 0, result.output
    titles = [line for line in result.output.splitlines() if line[:1].isdecimal() and ". " in line[:4]]
    assert titles == [
        "1a. Structure", "1b. Boilerplate", "2. Quotations", "3. Actors", "4. Labels", "5. Dates", "6. Network",
        "7. Frames and themes", "8. N-grams",
    ]  # fmt: skip


@pytest.mark.slow
def test_the_command_writes_whole_tables(tmp_path: Path) -> None:
    source = tmp_path / "item.txt"
    source.write_text(
        "وصل الوفد العراقي إلى الأردن\n\nقال الوزير يوم الاثنين إن العراق والأردن «على وفاق تام في هذا».\n"
    )
    result = run(str(source), "--date", "2026-03-04", "--output", str(tmp_path / "out"))
    assert result.exit_code == 0, result.output
    assert sorted(path.stem for path in (tmp_path / "out").glob("*.csv")) == sorted(TABLES)
    dates = pl.read_csv(tmp_path / "out/dates.csv", try_parse_dates=True)
    assert dates["date"].to_list() == [datetime.date(2026, 3, 2)]
    assert pl.read_csv(tmp_path / "out/network.csv").rows()[0][:3] == ("IQ", "JO", 1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--date", "yesterday"], "date must be"),
        (["--output", __file__], "--output must be a folder"),
        (["--by", "outlit"], "by must be"),
        (["--actors", "nowhere.toml"], "nowhere.toml"),
        (["--dictionary", "nowhere.toml"], "nowhere.toml"),
    ],
)
def test_invalid_options(arguments: list[str], message: str) -> None:
    result = run(str(ck.sample_corpus().path), *arguments)
    assert isinstance(result.exception, ck.InputError)
    assert message in str(result.exception)


@pytest.mark.slow
def test_the_reference_document(shared: Path, tmp_path: Path) -> None:
    """The command's eight tables match the answers worked out by hand."""
    expected = json.loads((shared / "seed/expected.json").read_text(encoding="utf-8"))
    out = tmp_path / "out"
    seed, actors = (str(shared / "seed" / name) for name in ("article.txt", "actors.toml"))
    result = run(seed, "--actors", actors, "--metonyms", "--home", "US", "--date", "2014-10-29", "--output", str(out))
    assert result.exit_code == 0, result.output
    read = {name: pl.read_csv(out / f"{name}.csv", try_parse_dates=True) for name in TABLES}
    body = expected["body"]
    (structure,) = (
        read["structure"].select("headline_words", "paragraphs", "begin_with_waw", "sentences", "words", "types").rows()
    )
    assert structure == (
        expected["headline_tokens"], body["paragraphs"], body["starts_with_waw"], body["sentences"], body["tokens"],
        body["types_normalised"],
    )  # fmt: skip
    text = (shared / "seed/article.txt").read_text(encoding="utf-8")
    lines = [text[:start].count("\n") for start in read["boilerplate"]["start"]]
    assert lines == [row["line"] for row in expected["furniture"]]
    quotes = read["quotations"].select("start", "end", "actor", "words").rows()
    assert quotes == [(row["start"], row["end"], row["speaker"], row["tokens"]) for row in expected["quotes"]]
    countries = expected["countries"]
    states = read["actors"].filter(kind="state", match="name", place="body")
    assert states.height == countries["mentions"]
    assert (states["proclitic"] != "").sum() == countries["hidden_by_proclitic"]
    assert read["actors"].filter(actor="IS", place="body", match="anaphor", surface="التنظيم").height == 3
    assert "التنظيم" not in read["labels"]["label"]  # an anaphor is no name
    assert read["dates"]["date"].to_list() == [datetime.date.fromisoformat(expected["dates"]["resolve"]["2014-10-29"])]
    assert read["network"].height == expected["network"]["edges"]
    paragraph = read["frames"].filter(pl.col("start").is_between(1006, 1190), pl.col("dimension") != "theme")
    assert paragraph.height == len(expected["frames"]["levels"]) + len(expected["frames"]["means"])
    themes = dict(read["frames"].filter(dimension="theme").group_by("category").len().iter_rows())
    counted = {name.partition(":")[0].replace(" ", "_"): count for name, count in expected["themes"].items()}
    counted = {{"شبكة_الإنترنت": "web"}.get(name, name): count for name, count in counted.items()}
    del counted["publication"]  # a name; in the table of quotations it is a title
    assert themes == counted
    counts = dict(read["ngrams"].select("ngram", "count").iter_rows())
    for grams in ("1", "2", "3"):
        for ngram, count in expected["ngrams"][grams].items():
            assert counts[ngram] == count, ngram
