"""Each command and its twin in Python give the same table; conditions select what predicates select."""

from __future__ import annotations

import datetime
import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import typer
from test_cli import run

import corpus_kit as ck
from corpus_kit.cli.commands import COMMANDS
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
    "word-sketch": (
        ["هدنة", "--min-count", 2, "--within", "paragraph"],
        lambda corpus: ck.word_sketch(corpus, "هدنة", min_count=2, within="paragraph"),
    ),
    "sketch-difference": (
        ["هدنة", "حرب", "--min-count", 2, "--stopwords"],
        lambda corpus: ck.sketch_difference(corpus, "هدنة", "حرب", min_count=2, stopwords=ck.stopwords()),
    ),
    "thesaurus": (
        ["هدنة", "--window", 3, "--min-count", 5, "--neighbours", 7],
        lambda corpus: ck.thesaurus(corpus, "هدنة", window=3, min_count=5, neighbours=7),
    ),
    "shared-collocates": (
        ["هدنة", "تنظيم", "--min-count", 5],
        lambda corpus: ck.shared_collocates(corpus, "هدنة", "تنظيم", min_count=5),
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
    "vocabulary-growth": ([], ck.vocabulary_growth),
    "fit-heaps": ([], ck.fit_heaps),
    "fit-zipf-mandelbrot": ([], ck.fit_zipf_mandelbrot),
    "documents": ([], lambda corpus: corpus.documents.select(corpus.label_columns()).collect()),
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
    "speech": (
        ["--tiers", "indirect", "--no-carry"],
        lambda corpus: ck.news.speech(corpus, tiers="indirect", carry=False),
    ),
    "indirect-quotations": ([], ck.news.indirect_quotations),
    "name-chains": (["--metadata", "outlet"], lambda corpus: ck.news.name_chains(corpus, metadata="outlet")),
    "actors": (
        ["--gazetteer", "ACTORS", "--metonyms", "--no-anaphors", "--home", "SA"],
        lambda corpus: ck.news.actors(corpus, sample_actors(), metonyms=True, anaphors=False, home="SA"),
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
    "passages": (["--min-words", 8], lambda corpus: ck.news.passages(corpus, min_words=8)),
    "edits": ([], ck.news.edits),
    "dates": (
        ["--date", "2026-04-01", "--day", "metadata"],
        lambda corpus: ck.news.dates(corpus, date=datetime.date(2026, 4, 1), day="metadata"),
    ),
    "article-days": (["--late", "3"], lambda corpus: ck.news.article_days(corpus, late=3)),
    "bursts": (
        ["المسيرات", "--week-start", "sunday"],
        lambda corpus: ck.news.bursts(corpus, "المسيرات", week_start="sunday"),
    ),
    "network": (["--collapse-lists", "true"], lambda corpus: ck.news.network(corpus, collapse_lists=True)),
    "nodes": (["--measure", "pagerank"], lambda corpus: ck.news.nodes(corpus, measure="pagerank")),
    "frames": ([], ck.news.frames),
    "frame-rates": (
        ["--by", "outlet", "--n-bootstrap", 50],
        lambda corpus: ck.news.frame_rates(corpus, by="outlet", n_bootstrap=50),
    ),
}  # fmt: skip


@pytest.mark.one_sample
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
        *("metadata", "join-codes", "agreement", "validate", "precision"),  # test_sheets_of_people
        "news",  # tests/test_news_report.py
        "explore",  # tests/test_explore_server.py
        "licences",  # tests/test_licences.py
        "hits",  # test_hits_are_saved_listed_and_shown
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


def test_rows_of_all_groups_are_printed() -> None:
    corpus = ck.sample_corpus()
    made = run("keyness", corpus.path, "--by", "outlet", "--top", 10, "--columns", "outlet,word")
    assert all(made.stdout.count(outlet) == 1 for outlet in corpus.labels("outlet").unique())
    assert "showing 7 of " in made.stdout
    assert "of each group" in made.stdout


TWO = pl.DataFrame({"text": ["وصل الوفد.", "وصل الوزير."], "date": ["2026-01-02", "2026-01-03"], "page": [1, 2]})


def test_sheets_of_people(tmp_path: Path) -> None:
    """Lines are coded, coders compared, and documents get metadata, without Python."""
    corpus = ck.Corpus.build(TWO, tmp_path / "c", date="date", progress=False)
    sheet = tmp_path / "codes.csv"
    assert "2 lines to code" in run("kwic", corpus.path, "وصل", "--sheet", sheet, "--coder", "a").stderr
    assert "--sheet, which must be given" in run("kwic", corpus.path, "وصل", "--coder", "a", code=1).stderr
    lines = pl.read_csv(sheet).select("id", "position")
    sheets = []
    for coder, codes in {"a": ["x", "y"], "b": ["x", "x"]}.items():
        sheets.append(tmp_path / f"{coder}.csv")
        lines.with_columns(code=pl.Series(codes)).write_csv(sheets[-1], separator=";")
    out = tmp_path / "t.parquet"
    run("join-codes", *sheets, "-o", out)
    assert pl.read_parquet(out).equals(ck.join_codes(sheets))
    run("agreement", *sheets, "--coder", "a", "--coder", "b", "--n-bootstrap", 0, "-o", out)
    assert pl.read_parquet(out).equals(ck.news.agreement(sheets, coders=["a", "b"], n_bootstrap=0))
    run("kwic", corpus.path, "وصل", "-o", tmp_path / "lines.csv")
    run("validate", corpus.path, tmp_path / "lines.csv", "--n", 2, "-o", tmp_path / "judge.csv")
    judged = pl.read_csv(tmp_path / "judge.csv").with_columns(verdict=pl.Series(["right", "wrong"]))
    judged.write_csv(tmp_path / "judged.csv", separator=";")
    run("precision", tmp_path / "judged.csv", "-o", out)
    assert pl.read_parquet(out)["precision"].to_list() == [0.5, 0.5]
    pl.DataFrame({"id": ["0", "1"], "poet": ["أ", "ب"]}).write_csv(tmp_path / "poets.csv", separator=";")
    run("metadata", corpus.path, tmp_path / "poets.csv")
    run("documents", corpus.path, "-o", tmp_path / "documents.csv")
    run("metadata", corpus.path, tmp_path / "documents.csv")  # as it was
    assert "column     poet: 2 values (أ, ب)" in run("info", corpus.path).stdout
    assert "a file that exists" in run("metadata", corpus.path, tmp_path / "none.csv", code=1).stderr
    typed = ["--not-containing", "الوفد", "--columns", "id"]
    assert "\n1\n" in run("kwic", corpus.path, "وصل", *typed).stdout


def test_messages_name_options() -> None:
    corpus = ck.sample_corpus()
    assert '--containing "هدنة" --not-containing "حرب"' in run("kwic", corpus.path, "هدنة NOT حرب").stdout
    wrong = run("kwic", corpus.path, "هدنة", "--show", "outlet", code=1).stderr
    assert "--show must be columns of layers" in wrong
    assert "--metadata outlet shows" in wrong
    assert "A pattern stands after --pattern" in run("frequency", corpus.path, "هدنة", code=2).stderr
    assert "--min-count must be" in run("frequency", corpus.path, "--min-count", -1, code=1).stderr


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


def test_kwic_groups_and_tabulates_as_python_does(tmp_path: Path) -> None:
    corpus = ck.sample_corpus()
    lines = ck.kwic(corpus, "في", sort="after1")
    run("kwic", corpus.path, "في", "--group", "outlet", "--group", "after1", "-o", tmp_path / "g.parquet")
    assert pl.read_parquet(tmp_path / "g.parquet").equals(lines.group("outlet", "after1"))
    typed = ["--sort", "after1", "--tabulate", "id", "--tabulate", "node"]
    run("kwic", corpus.path, "في", *typed, "-o", tmp_path / "t.parquet")
    assert pl.read_parquet(tmp_path / "t.parquet").equals(lines.tabulate("id", "node"))
    assert "one of the two" in run("kwic", corpus.path, "في", "--group", "id", "--tabulate", "id", code=1).stderr


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
        (["front=TRUE"], "02"),
        (["page=3.0"], "2"),  # as a number
        (["page=٢..٣"], "12"),
        (["page==٣"], "2"),
        (["outlet = ب "], "2"),
        (["date=٢٠٢٦-١"], "12"),
        (["date>=2026-02-01T00:00"], "34"),
        (["outlet=أ|ج|"], "0345"),
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
        ("date>=2026-13", "date must be a date, such as '2026'"),
        ("date=2026-01-01..soon", "got 'soon'"),
        ("date>=99999", "got '99999'"),
        ("page=3..1", "page must be a pair (low, high) with the lower number first, got (3, 1)"),
        ("front=1", "must compare 'front' with true or false, got '1'"),
        ("id=1..3", "--where must be a range of numbers or dates, got 'id=1..3': 'id' holds texts"),
        ("outlet=أ|د", "got 'د'"),
        ("date>9999", "No document has date>9999. date goes from 2025-12-31 to 2027-05-05."),
        ("outlet=د", "outlet must be one of 'أ', 'أ|ب'"),
    ],
)
def test_conditions_that_fit_nothing(mixed: ck.Corpus, condition: str, message: str) -> None:
    assert message in run("frequency", mixed.path, "--where", condition, code=1).stderr


def test_conditions_together_and_their_record(mixed: ck.Corpus) -> None:
    wrong = run("frequency", mixed.path, "--where", "page=1", "--where", "page=2", code=1).stderr
    assert wrong == "error: No document has page=1 and page=2 together.\n"
    cited = run("frequency", mixed.path, "--where", "outlet=أ", "--where", "page<2", "--cite").stdout
    assert "outlet='أ'" in cited
    assert "page<'2'" in cited
    sides = run("keyness", mixed.path, "--target", "page=1..3", "--min-documents", 1, "--cite").stdout
    assert "selected by page=(1, 3))" in sides
    assert "selected by not (page=(1, 3)))" in sides


def test_columns_and_options_given_twice(tmp_path: Path) -> None:
    path, out = ck.sample_corpus().path, tmp_path / "t.parquet"
    run("frequency", path, "--columns", "count,word", "--columns", "documents", "-o", out)
    assert pl.read_parquet(out).columns == ["count", "word", "documents"]
    assert "Did you mean 'word'" in run("frequency", path, "--columns", "wrod", code=1).stderr
    assert "أخبارنا" in run("ngrams", path, "--by", "outlet", "--columns", "ngram", "--top", 3).stdout  # as spelled
    assert "an integer, got '3,0'" in run("frequency", path, "--min-count", "3,0", code=2).stderr
    assert "--by must be given once" in run("frequency", path, "--by", "outlet", "--by", "date", code=1).stderr
    assert "Did you mean 'frequency'?" in run("frequncy", path, code=2).stderr
    shown = run("kwic", path, "المسيرات", "--metadata", "outlet", "--top", 1, "--cite").stdout
    assert "صدى" in shown or "العنقود" in shown
    assert ck.cite(ck.kwic(ck.sample_corpus(), "المسيرات", metadata="outlet")) in shown


def test_what_cannot_be_shown_is_said_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ck.Corpus, "open", None)  # nothing is opened, and nothing computed
    assert "got 'x.foo'" in run("near-duplicates", "c", "-o", "x.foo", code=1).stderr
    assert "--language must be" in run("kwic", "c", "x", "--language", "fr", code=1).stderr


def test_help_has_all_defaults_and_explains_every_option() -> None:
    group: Any = typer.main.get_command(app)
    context = type(group).context_class(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert " ".join(command.help.split("\n\n")[0].split()) == COMMANDS[name][1]
        for parameter in command.params:
            assert parameter.help
            assert not parameter.help.startswith("As in")
            assert "None" not in parameter.help
    helps = {each.name: each.help for each in group.get_command(context, "keyness").params}
    assert helps["min_count"].endswith("[default: 1]")
    assert helps["seed"].endswith("[default: 0]")


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

    command = twin(count)
    parameters = inspect.signature(command).parameters
    assert list(parameters)[:5] == ["corpus", "pattern", "least", "exact", "where"]
    assert parameters["least"].annotation.__metadata__[0].help == "The least, as in ck.frequency, of x. [default: 3]"
    assert parameters["pattern"].annotation.__metadata__[0].help == "What is searched."


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> list[object]:
    """What is typed to give patterns a structure, word lists and a macro."""
    folder, corpus = tmp_path_factory.mktemp("names"), ck.sample_corpus()
    ck.news.quotations(corpus).write_csv(folder / "q.csv")
    (folder / "d.toml").write_text(
        '[lists]\nverbs = ["قال", "أكد"]\n[macros]\nsaid = "[word=$verbs] $0"\n', encoding="utf-8"
    )
    return ["--structure", f"quotation={folder / 'q.csv'}", "--definitions", folder / "d.toml"]


WHOLE_LANGUAGE: dict[str, tuple[list[object], Make]] = {
    "kwic": (['"في" @[pos="NOUN"] within quotation', "--syntax", "cqp"],
             lambda corpus: ck.kwic(corpus, ck.cqp('"في" @[pos="NOUN"] within quotation')).frame),
    "collocations": (["/said[@[]]", "--min-count", 1],
                     lambda corpus: ck.collocations(corpus, "/said[@[]]", min_count=1)),
    "trend": (['"في" within quotation', '"من"', "--syntax", "cqp", "--every", "month"],
              lambda corpus: ck.trend(corpus, [ck.cqp('"في" within quotation'), ck.cqp('"من"')], every="month")),
    "frequency": (["--containing", '"قال" within text', "--not-containing", '"هدنة"', "--syntax", "cqp"],
                  lambda corpus: ck.frequency(
                      corpus.containing(ck.cqp('"قال" within text')).containing(ck.cqp('"هدنة"'), invert=True))),
}  # fmt: skip


@pytest.mark.parametrize("command", WHOLE_LANGUAGE)
def test_commands_take_the_whole_language(command: str, names: list[object], tmp_path: Path) -> None:
    typed, make = WHOLE_LANGUAGE[command]
    corpus = ck.sample_corpus()
    named = corpus.with_structures(quotation=ck.news.quotations(corpus)).with_definitions(str(names[-1]))
    run(command, corpus.path, *typed, *names, "-o", tmp_path / "t.parquet")
    written, expected = pl.read_parquet(tmp_path / "t.parquet"), make(named)
    assert expected.height > 0
    assert written.equals(expected)
    record = json.loads((tmp_path / "t.parquet.json").read_text(encoding="utf-8"))["made_by"]["options"]
    assert record == json.loads(json.dumps(ck.record_of(expected)["options"], default=str))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["قال within quotaton"], ["Did you mean 'quotation'", "  قال within quotaton\n             ^"]),
        (['"قال" [', "--syntax", "cqp"], ['  "قال" [\n         ^']),
        (["قال", "--syntax", "sql"], ["--syntax must be 'native' or 'cqp', got 'sql'"]),
        (["قال", "--structure", "q"], ["--structure must be NAME=VALUE, got 'q'"]),
        (["قال", "--structure", "q=absent.csv"], ["--structure q must be a file that exists"]),
        (["قال", "--structure", "text=FILE"], ["got 'text'. It is a structure of every corpus"]),
        (["قال", "--structure", "q=FILE", "--structure", "q=FILE"], ["once for each name"]),
        (["قال", "--structure", "q=WORDS"], ["integers in the column 'start', got 'x'"]),
        (["قال", "--definitions", "absent.toml"], ["absent.toml' cannot be read"]),
        (["/said[x]"], ["there is no macro 'said'", "--definitions FILE adds one"]),
        (["قال", "--overwrite"], ["--overwrite replaces the hits of --save"]),
    ],
)  # fmt: skip
def test_errors_of_patterns_point_to_the_place(
    typed: list[str], said: list[str], names: list[object], tmp_path: Path
) -> None:
    file = str(names[1]).partition("=")[2]
    (tmp_path / "w.csv").write_text("document,start,end\n0,x,3\n", encoding="utf-8")
    typed = [each.replace("FILE", file).replace("WORDS", str(tmp_path / "w.csv")) for each in typed]
    given = names[:2] if "quotaton" in typed[0] else []
    shown = run("kwic", ck.sample_corpus().path, *typed, *given, code=1).stderr
    assert all(each in shown for each in said)


def test_hits_are_saved_listed_and_shown(tmp_path: Path) -> None:
    with ck.Corpus.build(TWO, tmp_path / "c", date="date", progress=False) as corpus:
        assert "(no rows)" in run("hits", corpus.path).stdout
        saved = run("kwic", corpus.path, '"وصل" @[]', "--syntax", "cqp", "--sort", "-target", "--save", "arrivals")
        assert "Saved the hits of 2 lines as arrivals" in saved.stderr
        run("hits", corpus.path, "-o", tmp_path / "list.parquet")
        assert pl.read_parquet(tmp_path / "list.parquet").equals(corpus.saved_hits())
        run("hits", corpus.path, "arrivals", "-o", tmp_path / "lines.parquet")
        expected = ck.kwic(corpus, ck.cqp('"وصل" @[]'), sort="-target").frame
        assert pl.read_parquet(tmp_path / "lines.parquet").equals(expected)
        run("hits", corpus.path, "arrivals", "--group", "target.word", "--window", 2, "-o", tmp_path / "g.parquet")
        assert pl.read_parquet(tmp_path / "g.parquet").equals(corpus.load_hits("arrivals").group("target.word"))
        shown = run("hits", corpus.path, "arrivals", "--sort", "node").stdout
        assert 0 < shown.index("وصل الوزير") < shown.index("وصل الوفد")
        other = run("kwic", corpus.path, "الوفد", "--save", "arrivals", code=1).stderr
        assert "other hits named 'arrivals'" in other
        assert "or pass --overwrite" in other
        run("kwic", corpus.path, "الوفد", "--save", "arrivals", "--overwrite")
        assert corpus.saved_hits()["hits"].to_list() == [1]
        assert "Did you mean 'arrivals'?" in run("hits", corpus.path, "arrival", code=1).stderr
        assert "NAME must be given" in run("hits", corpus.path, "--window", 3, code=1).stderr
