"""Each command and its twin in Python give the same table; conditions select what predicates select."""

from __future__ import annotations

import datetime
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import typer
from test_cli import run

import corpus_kit as ck
from corpus_kit.cli.main import app
from corpus_kit.cli.twins import twin
from corpus_kit.news.structure import headlines
from corpus_kit.samples import sample_actors

pytestmark = pytest.mark.interface

Make = Callable[[ck.Corpus], pl.DataFrame]
OUTLET = pl.col("outlet")

# What is typed after the corpus, and the call that gives the same.
TWINS: dict[str, tuple[list[object], Make]] = {
    "frequency": (
        ["--by", "outlet", "--min-count", 3, "--profile", "none", "--dispersion", "juilland_d"],
        lambda corpus: ck.frequency(corpus, by="outlet", min_count=3, profile=None, dispersion="juilland_d"),
    ),
    "ngrams": (
        ["-n", "1-3", "--within", "sentence", "--join", "true", "--stopwords"],
        lambda corpus: ck.ngrams(corpus, (1, 3), within="sentence", join=True, stopwords=ck.stopwords()),
    ),
    "kwic": (
        ["المسيرات", "--window", "3,2", "--sort", "after1", "--sample", 5, "--metadata", "outlet"],
        lambda corpus: ck.kwic(
            corpus, "المسيرات", window=(3, 2), sort="after1", sample=5, metadata="outlet"
        ).frame,
    ),
    "collocations": (
        ["المسيرات", "--window", "sentence", "--measure", "mi", "--measure", "dice", "--stopwords"],
        lambda corpus: ck.collocations(
            corpus, "المسيرات", window="sentence", measure=["mi", "dice"], stopwords=ck.stopwords()
        ),
    ),
    "ngram-collocations": (
        ["-n", 3, "--min-count", 4, "--exclude", "boilerplate=outlet"],
        lambda corpus: ck.ngram_collocations(
            corpus.exclude(ck.news.boilerplate(corpus, by="outlet")), 3, min_count=4
        ),
    ),
    "keyness": (
        ["--target", "outlet=وكالة مدى", "--correction", "none", "--no-variants", "--min-documents", 3],
        lambda corpus: ck.keyness(
            corpus.filter(OUTLET == "وكالة مدى"), corpus.filter(OUTLET != "وكالة مدى"),
            correction=None, variants=False, min_documents=3,
        ),
    ),
    "compare-collocations": (
        ["هدنة", "المسيرات", "--min-count", 2, "--min-documents", 1],
        lambda corpus: ck.compare_collocations(corpus, corpus, ["هدنة", "المسيرات"], min_count=2, min_documents=1),
    ),
    "trend": (
        ["هدنة", "المسيرات", "--by", "outlet", "--every", "month", "--count", "documents"],
        lambda corpus: ck.trend(corpus, ["هدنة", "المسيرات"], by="outlet", every="month", count="documents"),
    ),
    "trend-tests": (
        ["المسيرات", "--correction", "none"],
        lambda corpus: ck.trend_tests(corpus, "المسيرات", correction=None),
    ),
    "readability": (["--by", "outlet"], lambda corpus: ck.readability(corpus, by="outlet")),
    "spaced-spellings": (["--min-count", 1], lambda corpus: ck.spaced_spellings(corpus, min_count=1)),
    "dispersion": (["--parts", 10, "--by", "outlet"], lambda corpus: ck.dispersion(corpus, parts=10, by="outlet")),
    "diversity": (["--window", 50, "--measure", "ttr"], lambda corpus: ck.diversity(corpus, window=50, measure="ttr")),
    "lexical-bundles": (["-n", 3, "--min-documents", 3], lambda corpus: ck.lexical_bundles(corpus, 3, min_documents=3)),
    "structure": (["--boilerplate"], lambda corpus: ck.news.structure(corpus, boilerplate=ck.news.boilerplate(corpus))),
    "boilerplate": (
        ["--by", "outlet", "--max-words", 20],
        lambda corpus: ck.news.boilerplate(corpus, by="outlet", max_words=20),
    ),
    "quotations": (
        ["--min-words", 4, "--no-carry"],
        lambda corpus: ck.news.quotations(corpus, min_words=4, carry=False),
    ),
    "indirect-quotations": ([], ck.news.indirect_quotations),
    "actors": (
        ["--gazetteer", "ACTORS", "--metonyms", "--no-anaphors"],
        lambda corpus: ck.news.actors(corpus, sample_actors(), metonyms=True, anaphors=False),
    ),
    "labels": (
        ["--actors", "ACTORS", "--by", "outlet", "--boilerplate"],
        lambda corpus: ck.news.labels(
            corpus, sample_actors(), by="outlet", boilerplate=ck.news.boilerplate(corpus, by="outlet")
        ),
    ),
    "label-log-odds": (
        ["--actors", "ACTORS", "--by", "outlet", "--actor", "group"],
        lambda corpus: ck.news.label_log_odds(corpus, sample_actors(), by="outlet", actor="group"),
    ),
    "near-duplicates": (["--threshold", 0.5], lambda corpus: ck.news.near_duplicates(corpus, threshold=0.5)),
    "duplicate-clusters": ([], ck.news.duplicate_clusters),
    "edits": ([], ck.news.edits),
    "dates": (["--date", "2026-04-01"], lambda corpus: ck.news.dates(corpus, date=datetime.date(2026, 4, 1))),
    "bursts": (
        ["المسيرات", "--week-start", "sunday"],
        lambda corpus: ck.news.bursts(corpus, "المسيرات", week_start="sunday"),
    ),
    "network": (["--collapse-lists", "members"], lambda corpus: ck.news.network(corpus, collapse_lists="members")),
    "nodes": (["--measure", "pagerank"], lambda corpus: ck.news.nodes(corpus, measure="pagerank")),
    "frames": ([], ck.news.frames),
    "frame-rates": (
        ["--by", "outlet", "--n-bootstrap", 50],
        lambda corpus: ck.news.frame_rates(corpus, by="outlet", n_bootstrap=50),
    ),
}  # fmt: skip


@pytest.mark.parametrize("command", TWINS)
def test_a_command_equals_its_twin(command: str, tmp_path: Path) -> None:
    typed, make = TWINS[command]
    corpus = ck.sample_corpus()
    actors = str(Path(inspect.getfile(sample_actors)).parent / "actors.toml")
    run(command, corpus.path, *[actors if each == "ACTORS" else each for each in typed], "-o", tmp_path / "t.parquet")
    written, expected = pl.read_parquet(tmp_path / "t.parquet"), make(corpus)
    assert expected.height > 0
    assert written.equals(expected)


def test_every_command_on_a_corpus_has_a_twin() -> None:
    group: Any = typer.main.get_command(app)
    context = type(group).context_class(group)
    others = {
        *("build", "add", "annotate", "info", "clean", "count", "export", "sample", "demo", "lab", "bench"),
        "news",  # tests/test_news_report.py
    }
    assert {*group.list_commands(context)} - others == set(TWINS)


def test_groups_and_parts_are_compared(tmp_path: Path) -> None:
    corpus, out = ck.sample_corpus(), tmp_path / "t.parquet"
    run("keyness", corpus.path, "--by", "outlet", "-o", out)
    assert pl.read_parquet(out).equals(ck.keyness(corpus, by="outlet"))
    wrong = run("keyness", corpus.path, "--by", "outlet", "--target", "outlet=x", code=1).stderr
    assert "leave out --target and --reference" in wrong
    assert "--target must be given" in run("keyness", corpus.path, code=1).stderr
    run("compare-collocations", corpus.path, "هدنة", "--target", "date<2026-03", "--min-count", 2, "-o", out)
    early = pl.col("date") < pl.date(2026, 3, 1)
    parts = corpus.filter(early), corpus.filter(~early)
    assert pl.read_parquet(out).equals(ck.compare_collocations(*parts, "هدنة", min_count=2))
    wrong = run("compare-collocations", corpus.path, "هدنة", "حرب", "--target", "date<2026-03", code=1).stderr
    assert "in the same documents" in wrong


def test_totals_of_patterns() -> None:
    corpus = ck.sample_corpus()
    typed = ["--pattern", "هدنة", "--pattern", "تهدئة", "--total", "--by", "outlet", "--top", 2, "--cite"]
    shown = run("frequency", corpus.path, *typed, "--language", "ar").stdout
    table = ck.frequency(corpus, pattern=["هدنة", "تهدئة"], total=True, by="outlet")
    assert ck.cite(table, language="ar") in shown
    assert ck.columns(table, language="ar")["label"][2] in shown
    assert "Did you mean 'ar'" in run("frequency", corpus.path, "--language", "a", code=1).stderr


def test_the_report_of_the_command_is_that_of_python(tmp_path: Path) -> None:
    corpus = ck.sample_corpus()
    run("news", corpus.path, "--by", "outlet", "--where", "outlet=وكالة مدى|المرقاب", "-o", tmp_path / "report")
    chosen = corpus.filter(OUTLET.is_in(["وكالة مدى", "المرقاب"]))
    for name, table in ck.news.report(chosen, by="outlet").items():
        counts = [column for column, dtype in table.schema.items() if dtype.is_integer()]
        assert pl.read_csv(tmp_path / "report" / f"{name}.csv", columns=counts or None).height == table.height
        for column in counts:
            assert pl.read_csv(tmp_path / "report" / f"{name}.csv")[column].to_list() == table[column].to_list()


# ---------------------------------------------------------------------------------- selections


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> ck.Corpus:
    frame = pl.DataFrame(
        {
            "text": ["وصل الوفد"] * 6,
            "date": ["2025-12-31", "2026-01-01", "2026-01-31", "2026-02-01", "2027-05-05", None],
            "outlet": ["أ", "أ|ب", "ب", "ج", None, ""],
            "page": [1, 2, 3, 10, None, -1],
            "a<b": ["x", "y", "x", "y", "x", "y"],
            "front": [True, False, True, None, False, False],
        }
    )
    return ck.Corpus.build(frame, tmp_path_factory.mktemp("mixed") / "c", date="date", progress=False)


@pytest.mark.parametrize(
    ("conditions", "chosen"),
    [
        (["date=2026-01-31"], "2"),
        (["date=2026-01"], "12"),
        (["date=2026"], "123"),
        (["date=2026-01..2026-01-31"], "12"),
        (["date=2026..2027"], "1234"),
        (["date=..2026-01"], "012"),
        (["date=2027.."], "4"),
        (["date=.."], "01234"),
        (["date=2025|2027"], "04"),
        (["date!=2026"], "045"),
        (["date>2026"], "4"),
        (["date>=2026-02"], "34"),
        (["date<2026-01"], "0"),
        (["date<=2026-01"], "012"),
        (["date="], "5"),
        (["outlet=أ|ب"], "1"),  # a value of the column is meant as it is
        (["outlet=أ|ج"], "03"),
        (["outlet="], "45"),
        (["outlet!=أ"], "12345"),
        (["page>2"], "23"),
        (["page=2..3"], "12"),
        (["page=-1"], "5"),
        (["page!=10"], "01245"),
        (["page=1|3"], "02"),
        (["a<b=x"], "024"),
        (["a<b=x", "page>=2"], "2"),
        (["front=true"], "02"),
        (["front!=true"], "1345"),
    ],
)
def test_conditions(mixed: ck.Corpus, conditions: list[str], chosen: str, tmp_path: Path) -> None:
    where = [each for condition in conditions for each in ("--where", condition)]
    run("structure", mixed.path, *where, "-o", tmp_path / "t.parquet")
    assert "".join(pl.read_parquet(tmp_path / "t.parquet")["id"]) == chosen


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("outlet", "--where must be COLUMN=VALUE, COLUMN=LOW..HIGH"),
        ("=x", "--where must be COLUMN=VALUE"),
        ("outlets=x", "Did you mean 'outlet'"),
        ("page>many", "must compare 'page' with a number, got 'many'"),
        ("date>=2026-13", "must compare 'date' with a day, month or year such as 2026-01-31 or 2026, got '2026-13'"),
        ("date=2026-01-01..soon", "got 'soon'"),
        ("date>=99999", "got '99999'"),
        ("date>9999", "No document has date>9999. Values of date: 2025-12-31"),
        ("outlet=د", "No document has outlet=د. Values of outlet: '', أ, أ|ب, ب, ج"),
    ],
)
def test_conditions_that_fit_nothing(mixed: ck.Corpus, condition: str, message: str) -> None:
    assert message in run("frequency", mixed.path, "--where", condition, code=1).stderr


def test_duplicates_and_parts_of_texts(tmp_path: Path) -> None:
    corpus = ck.sample_corpus()
    parts = ["--deduplicate", "--exclude", "boilerplate=outlet", "--exclude", "headlines", "--exclude", "quotations"]
    run("frequency", corpus.path, *parts, "-o", tmp_path / "t.parquet")
    kept = corpus.deduplicate()
    kept = kept.exclude(ck.news.boilerplate(kept, by="outlet"))
    kept = kept.exclude(headlines(kept))
    kept = kept.exclude(ck.news.quotations(kept))
    assert pl.read_parquet(tmp_path / "t.parquet").equals(ck.frequency(kept))
    wrong = run("frequency", corpus.path, "--exclude", "boilerplates", code=1).stderr
    assert "Did you mean 'boilerplate'" in wrong
    assert (
        "--exclude must be boilerplate=COLUMN"
        in run("frequency", corpus.path, "--exclude", "headlines=x", code=1).stderr
    )


def test_the_options_are_those_of_the_function() -> None:
    def count(
        corpus: ck.Corpus, pattern: str, *, least: int = 3, exact: bool = True, table: pl.DataFrame | None = None
    ) -> pl.DataFrame:
        """Count.

        Args:
            corpus: A corpus.
            pattern: What is searched. More of it.
            least: The least, as in `ck.frequency`, of ``x``.
            exact: Whether.
            table: A table.

        Returns:
            A table.
        """
        return pl.DataFrame({"pattern": [pattern, corpus, least, exact, table]})

    command = twin(count, help="Count.")
    parameters = inspect.signature(command).parameters
    assert list(parameters)[:5] == ["corpus", "pattern", "least", "exact", "where"]
    assert parameters["least"].annotation.__metadata__[0].help == "The least, as in ck.frequency, of x. [default: 3]"
    assert parameters["pattern"].annotation.__metadata__[0].help == "What is searched."
