"""Draw what is read by hand from the results on real articles, and keep the verdicts without the texts.

``python tests/verdicts/draw.py draw NAME CORPUS FOLDER`` writes the sheet of a subject, to be judged;
``python tests/verdicts/draw.py keep SHEET`` writes the verdicts of a judged sheet beside this file, without any text.
`real_corpus` builds the corpus.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

import corpus_kit as ck

SEED = 2033
FOLDER = Path(__file__).parent
REPORT = ("is_speech", "verb_right", "speaker_right", "span_right")


class Subject(NamedTuple):
    """What is judged: a table of a corpus, how many of its rows, by which strata, and which questions.

    `alone`: the rows of a document depend on no other document.
    """

    table: Callable[[ck.Corpus], pl.DataFrame]
    n: int
    by: Sequence[str]
    questions: Sequence[str] = ("verdict",)
    allocation: str = "proportional"
    alone: bool = True


def speech(tier: str, sources: Sequence[str]) -> Callable[[ck.Corpus], pl.DataFrame]:
    """Return what finds the speech of a tier whose speaker was found in one of these ways."""

    def find(corpus: ck.Corpus) -> pl.DataFrame:
        rows = ck.news.speech(corpus, tiers=[tier])
        return rows.filter(pl.col("speaker_source").cast(pl.String).is_in(sources))

    return find


def linked(corpus: ck.Corpus) -> pl.DataFrame:
    """Return the places of names that are joined to a fuller one."""
    return ck.news.name_chains(corpus).filter(~pl.col("rule").cast(pl.String).is_in(["first", "ambiguous"]))


def mentions(corpus: ck.Corpus, *, form: bool) -> pl.DataFrame:
    """Return the mentions with an actor: those by a form of state alone (المملكة), or all others."""
    rows = ck.news.actors(corpus, home="SA").filter(pl.col("actor").is_not_null())
    return rows.filter((pl.col("match").cast(pl.String) == "form") == form)


NAMED = ("explicit", "carried")
SUBJECTS = {
    "quotations": Subject(speech("marked", NAMED), 100, ["speaker_source"], REPORT),
    "unmarked": Subject(speech("unmarked", (*NAMED, "none")), 60, ["speaker_source"], REPORT),
    "statements": Subject(speech("indirect", NAMED), 60, ["speaker_source"], REPORT),
    "boilerplate": Subject(lambda corpus: ck.news.boilerplate(corpus, by="source"), 60, ["kind"], alone=False),
    "actors": Subject(lambda corpus: mentions(corpus, form=False), 60, ["decided_by"]),
    "state_forms": Subject(lambda corpus: mentions(corpus, form=True), 40, ["decided_by"]),
    "dates": Subject(lambda corpus: ck.news.dates(corpus, by="source").drop_nulls("date"), 60, ["kind"]),
    "article_days": Subject(
        lambda corpus: ck.news.article_days(corpus, by="source").drop_nulls("own_day"), 60, ["evidence"]
    ),
    "name_chains": Subject(linked, 60, ["rule"]),
}


def real_corpus(articles: Path, folder: Path) -> ck.Corpus:
    """The corpus of the articles, with their newspaper as `source`."""
    return ck.Corpus.build(articles, folder, text="content", date="date_extracted", metadata=["source"], progress=False)


def draw(name: str, corpus: ck.Corpus) -> pl.DataFrame:
    """Return the sheet of a subject."""
    subject = SUBJECTS[name]
    return ck.validate(
        subject.table(corpus),
        n=subject.n,
        by=subject.by,
        questions=subject.questions,
        allocation=subject.allocation,
        seed=SEED,
    )


def kept(sheet: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return the columns of a judged sheet that hold no text of an article."""
    subject = SUBJECTS[name]
    return sheet.select("id", "start", "end", *subject.by, *subject.questions, "note", "stratum", "stratum_rows")


if __name__ == "__main__":
    what, *given = sys.argv[1:]
    if what == "draw":
        name, path, folder = given
        ck.save(draw(name, ck.Corpus.open(path)), Path(folder) / f"{name}.csv")
    else:
        sheet: Any = Path(given[0])
        kept(pl.read_csv(sheet, infer_schema=False), sheet.stem).write_csv(FOLDER / f"{sheet.stem}.csv")
