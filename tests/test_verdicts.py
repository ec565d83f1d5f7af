"""Verdicts of manual reading: the documentation gives their rates, and they refer to the current results."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from verdicts import draw

from corpus_kit.measures.proportions import wilson

FOLDER = Path(__file__).parent / "verdicts"
PAGE = Path(__file__).parents[1] / "docs/news/README.md"


def verdicts(name: str) -> pl.DataFrame:
    return pl.read_csv(FOLDER / f"{name}.csv", infer_schema=False).with_columns(pl.col("start", "end").cast(pl.UInt32))


def rate(right: pl.Series) -> str:
    """Return the rate as in the documentation: correct of total, share, interval."""
    low, high = wilson(int(right.sum()), len(right))
    return f"{right.sum()} of {len(right)} | {right.mean():.0%} | {low:.0%} to {high:.0%}"


def figures() -> dict[str, str]:
    actors, quotations = verdicts("actors"), verdicts("quotations")
    rates = {"Mentions of states": rate(actors["verdict"] == "right")}
    for tier in ("explicit", "carried"):
        rows = quotations.filter(pl.col("speaker_source") == tier)
        rates[f"Quotations, speaker {tier}: is it speech of the verb named?"] = rate(rows["relation"] == "right")
        rates[f"Quotations, speaker {tier}: is it the right speaker?"] = rate(rows["speaker"] == "right")
    return rates


def test_documented_rates_match_the_verdicts() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for question, rate_of_it in figures().items():
        assert f"| {question} | {rate_of_it} |" in page


@pytest.mark.parametrize("name", ["actors", "quotations"])
def test_sixty_verdicts_and_a_reason_for_each_wrong_one(name: str) -> None:
    rows = verdicts(name)
    assert rows.height == 60
    assert rows.select("id", "start", "end").is_duplicated().sum() == 0
    judged = [column for column in ("verdict", "relation", "speaker") if column in rows.columns]
    for row in rows.iter_rows(named=True):
        assert {row[column] for column in judged} <= {"right", "wrong"}
        assert row["reason"] or "wrong" not in {row[column] for column in judged}


@pytest.mark.slow
def test_verdicts_refer_to_the_current_results(shared: Path, tmp_path: Path) -> None:
    """What was read is still a result: if a change of the rules changes it, it must be read again.

    Rows that are new, or gone, elsewhere in twenty thousand articles move a systematic sample, but not what it says.
    """
    corpus = draw.real_corpus(shared / "data/saudinewsnet-part1.parquet", tmp_path / "corpus")
    results: dict[str, pl.DataFrame] = {"actors": draw.mentions(corpus), "quotations": draw.speech(corpus)}
    for name, rows in results.items():
        read = verdicts(name)
        columns = [column for column in ("id", "start", "end", "speaker_source") if column in read.columns]
        texts = pl.col(columns).cast(pl.String)
        assert read.select(texts).join(rows.select(texts), on=columns, how="anti").rows() == []
