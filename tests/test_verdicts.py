"""Verdicts of manual reading: the documentation gives their rates, and they refer to the current results."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from verdicts import draw

import corpus_kit as ck

FOLDER = Path(__file__).parent / "verdicts"
PAGE = Path(__file__).parents[1] / "docs/news/README.md"
READ = sorted(path.stem for path in FOLDER.glob("*.csv"))
ASKED = {
    "quotations": "Marked speech",
    "unmarked": "Speech without marks",
    "statements": "Indirect speech",
    "name_chains": "Chains of names",
    "boilerplate": "Boilerplate",
    "actors": "Names of states",
    "state_forms": "المملكة alone, with `home`",
    "dates": "Resolved dates",
    "article_days": "Days of articles",
}
QUESTIONS = {
    "is_speech": "is it speech?",
    "verb_right": "the verb",
    "speaker_right": "the speaker",
    "span_right": "all of the speaker's phrase",
    "verdict": "all",
}
ENDS = {"unmarked": "where it ends", "statements": "the end of the clause"}


def verdicts(name: str) -> pl.DataFrame:
    return pl.read_csv(FOLDER / f"{name}.csv", infer_schema=False).with_columns(pl.col("start", "end").cast(pl.UInt32))


def lines(name: str) -> list[str]:
    """The lines of the table in the documentation: each question, of all rows and of each way to find the speaker."""
    rates = ck.precision(verdicts(name), questions=draw.SUBJECTS[name].questions)
    by_source = "speaker_source" in verdicts(name).columns
    written = []
    for row in rates.iter_rows(named=True):
        if row["stratum"] is not None and not by_source:
            continue
        asked = QUESTIONS[row["question"]]
        if row["question"] == "span_right":
            asked = ENDS.get(name, asked)
        what = f"{ASKED[name]}: {asked}" if asked != "all" else ASKED[name]
        where = f", speaker {row['stratum']}" if row["stratum"] else ""
        low, high = row["precision_low"], row["precision_high"]
        written.append(
            f"| {what}{where} | {row['right']} of {row['judged']} | {row['precision']:.0%} | {low:.0%} to {high:.0%} |"
        )
    return written


@pytest.mark.parametrize("name", READ)
def test_documented_rates_match_the_verdicts(name: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [line for line in lines(name) if line not in page] == []


@pytest.mark.parametrize("name", READ)
def test_every_wrong_verdict_has_a_reason(name: str) -> None:
    rows = verdicts(name)
    subject = draw.SUBJECTS[name]
    assert rows.height == subject.n
    assert rows.select("id", "start", "end").is_duplicated().sum() == 0
    doubted = rows.filter(pl.any_horizontal(pl.col(subject.questions).is_in(["wrong", "?"])))
    assert doubted["note"].null_count() == 0


@pytest.mark.slow
def test_verdicts_refer_to_the_current_results(shared: Path, tmp_path: Path) -> None:
    """What was read is still a result: if a change of the rules changes it, it must be read again.

    Rows that are new, or gone, elsewhere in twenty thousand articles change the order of a sample, but not what it
    says.
    """
    corpus = draw.real_corpus(shared / "data/saudinewsnet-part1.parquet", tmp_path / "corpus")
    for name in READ:
        subject = draw.SUBJECTS[name]
        columns = ["id", "start", "end", *subject.by]
        texts = pl.col(columns).cast(pl.String)
        read = corpus.filter(pl.col("id").is_in(verdicts(name)["id"].implode())) if subject.alone else corpus
        found = subject.table(read).select(texts)
        assert verdicts(name).select(texts).join(found, on=columns, how="anti").rows() == [], name


if __name__ == "__main__":
    for each in READ:
        print(*lines(each), sep="\n")
