"""The command line: every subcommand on a small corpus, output files, one-line errors."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import warnings
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit.cli.main import main

pytestmark = pytest.mark.interface

ALL = ("--min-documents", 1)  # also words of one document, which are hidden by default


def run(*arguments: object, cwd: Path | None = None, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run the command in this process, since a new one would spend a second on imports."""
    stdout, stderr = io.StringIO(), io.StringIO()
    returned: object = 0
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(stdout), redirect_stderr(stderr):
        patch.setenv("COLUMNS", "120")
        patch.setattr(sys, "argv", ["corpus-kit", *map(str, arguments)])
        if cwd is not None:
            patch.chdir(cwd)
        try:
            main()
        except SystemExit as exit:
            returned = exit.code
    assert (returned or 0) == code, stderr.getvalue()
    return subprocess.CompletedProcess(arguments, code, stdout.getvalue(), stderr.getvalue())


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    source = folder / "items.jsonl"
    frame = pl.DataFrame(
        {
            "text": ["قال الوزير نعم. قال الوزير لا.", "قال الرئيس نعم"],
            "outlet": ["a", "b"],
            "day": ["2026-01-04", "2026-01-05"],
        }
    )
    frame.write_ndjson(source)
    run("build", source, folder / "corpus", "--date", "day")
    return folder / "corpus"


@pytest.mark.filterwarnings("always:not all of the source was read")
def test_a_build_takes_what_python_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # as Python prints them: pytest records warnings instead
    monkeypatch.setattr(warnings, "showwarning", lambda *given: sys.stderr.write(warnings.formatwarning(*given[:4])))
    book = "######OpenITI#\n#META#Header#End#\n### | باب\n# وصل الوفد.\n### | فصل\n# عاد.\n"
    for name in ("0300Katib.Kitab.V1-ara1", "0310Katib.Kitab.V1-ara1"):
        (tmp_path / name).write_text(book, encoding="utf-8")
    (tmp_path / "broken.docx").write_bytes(b"no")
    sources = sorted(each for each in tmp_path.iterdir())
    options = ["--format", "openiti", "--option", "divisions=1", "--rename", "chapter=title", "--date", "death_year"]
    result = run("build", *sources, tmp_path / "c", *options, "--date-format", "hijri", "--limit", "text_bytes=1MB")
    assert result.stderr.startswith("warning: not all of the source was read: unreadable file: 1, e.g. broken.docx (")
    assert result.stderr.count("\n") == 1
    corpus = ck.Corpus.open(tmp_path / "c")
    monkeypatch.undo()
    python = ck.Corpus.build(
        sources[:2], tmp_path / "d", format=ck.readers.openiti(divisions=1), rename={"chapter": "title"},
        date="death_year", date_format="hijri", limits={"text_bytes": "1MB"},
    )  # fmt: skip
    assert corpus.documents.collect().equals(python.documents.collect())
    run("add", *sources[:1], tmp_path / "c", "--format", "text", "--option", "x=1", code=1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--rename", "title"], "error: --rename must be NAME=VALUE, got 'title'"),
        (["--limit", "=1"], "error: --limit must be NAME=VALUE, got '=1'"),
        (["--option", "divisions=1"], "error: --format must be one of"),
        (["--format", "openiti", "--option", "divsions=1"], "Did you mean 'divisions'"),
        (["--format", "openiti", "--option", "divisions=true"], "error: divisions must be"),
    ],
)
def test_values_of_options_of_build(tmp_path: Path, arguments: list[str], message: str) -> None:
    assert message in run("build", "a.txt", "c", *arguments, cwd=tmp_path, code=1).stderr


def test_an_option_that_is_text_stays_text(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"2024": [{"text": "غادر"}], "2025": [{"text": "وصل"}]}', encoding="utf-8")
    run("build", tmp_path / "a.json", tmp_path / "c", "--format", "json", "--option", "records=2025")
    assert ck.Corpus.open(tmp_path / "c").documents.collect()["text"].to_list() == ["وصل"]


def test_clean_removes_what_killed_builds_left(corpus: Path) -> None:
    token = "0123456789abcdef"
    left = [corpus.with_name(f".{name}.{token}.building") for name in ("corpus", "other")]
    for each in left:
        each.mkdir()
    (corpus / f".annotations.{token}.building").mkdir()
    assert run("clean", corpus.parent, "--dry-run").stdout.count("would remove") == 3
    assert run("clean", corpus).stdout.count("removed ") == 2
    assert [each.exists() for each in left] == [False, True]
    assert run("clean", corpus.parent).stdout == f"removed {corpus.parent.name}/{left[1].name}\n"
    assert run("clean", corpus.parent).stdout == "nothing is left over\n"
    assert "path must be a folder" in run("clean", corpus / "manifest.json", code=1).stderr
    ck.Corpus.open(corpus).verify()


def test_build_and_info(corpus: Path) -> None:
    assert len(ck.Corpus.open(corpus)) == 2
    out = run("info", corpus).stdout
    assert ck.Corpus.open(corpus).id in out
    assert "documents  2" in out


def test_frequency_by_a_column_in_every_format(corpus: Path, tmp_path: Path) -> None:
    assert "قال" in run("frequency", corpus, "--top", 5).stdout
    for name in ("t.csv", "t.parquet", "t.jsonl", "t.xlsx"):
        run("frequency", corpus, "--by", "outlet", "-o", tmp_path / name)
        assert (tmp_path / name).stat().st_size
        assert (tmp_path / f"{name}.json").stat().st_size
    assert pl.read_parquet(tmp_path / "t.parquet").equals(ck.frequency(ck.Corpus.open(corpus), by="outlet"))


def test_ngrams(corpus: Path, tmp_path: Path) -> None:
    run("ngrams", corpus, "-n", "2-3", "--min-count", 1, "-o", tmp_path / "n.parquet")
    assert pl.read_parquet(tmp_path / "n.parquet").equals(ck.ngrams(ck.Corpus.open(corpus), n=(2, 3), min_count=1))
    assert "قال الوزير" in run("ngrams", corpus).stdout


def test_patterns(corpus: Path, tmp_path: Path) -> None:
    out = run("kwic", corpus, "قال (الوزير|الرئيس)", "--metadata", "outlet", "--thin", 2, "-o", tmp_path / "k.csv")
    assert "Wrote 2 rows" in out.stderr
    assert pl.read_csv(tmp_path / "k.csv")["outlet"].to_list() == ["a", "b"]
    variants = run("kwic", corpus, "قال []", "--variants").stdout
    assert "قال الوزير" in variants
    assert "قال الرئيس" in variants
    assert "الرئيس" not in run("kwic", corpus, "قال []", "--containing", "لا").stdout
    counted = run("frequency", corpus, "--pattern", "قال []", "--by", "outlet", "-o", tmp_path / "f.parquet")
    assert "Wrote 2 rows" in counted.stderr
    wrong = run("kwic", corpus, "قال (الوزير", code=1)
    assert wrong.stderr.startswith("error: pattern 'قال (الوزير' ")
    assert wrong.stderr.splitlines()[1:] == ["  قال (الوزير", "      ^"]  # the place


def test_annotate(corpus: Path, tmp_path: Path) -> None:
    assert "corpus-kit annotate CORPUS adds it" in run("kwic", corpus, "قال", "--clitics", code=1).stderr
    source = tmp_path / "items.txt"
    source.write_text("وقال إنه للعراق", encoding="utf-8")
    run("build", source, tmp_path / "c")
    assert "annotated" in run("annotate", tmp_path / "c").stdout
    assert "للعراق" in run("kwic", tmp_path / "c", "العراق", "--clitics", "--variants").stdout
    run("annotate", tmp_path / "c", "--layer", "context")
    assert "VERB" in run("kwic", tmp_path / "c", "[pos=VERB]", "--show", "context.pos").stdout
    run("build", source, tmp_path / "d", "--annotate")
    assert "وقال" in run("kwic", tmp_path / "d", "[lemma=قال]").stdout


def test_counts_by_a_unit(corpus: Path, tmp_path: Path) -> None:
    wrong = run("frequency", corpus, "--unit", "lemma", code=1)
    assert wrong.stderr.startswith("error: --unit lemma needs the column 'lemma'")
    assert "Did you mean 'lemma'" in run("ngrams", corpus, "--unit", "lemmas", code=1).stderr
    shutil.copytree(corpus, tmp_path / "c")
    run("annotate", tmp_path / "c")
    annotated = ck.Corpus.open(tmp_path / "c")
    calls = {
        ("frequency",): ck.frequency(annotated, unit="lemma"),
        ("ngrams", "--min-count", 1): ck.ngrams(annotated, unit="lemma", min_count=1),
        ("ngram-collocations", "--min-count", 1, "--min-documents", 1): ck.ngram_collocations(
            annotated, unit="lemma", min_count=1, min_documents=1
        ),
    }
    for (command, *options), table in calls.items():
        run(command, tmp_path / "c", *options, "--unit", "lemma", "-o", tmp_path / "t.parquet")
        assert pl.read_parquet(tmp_path / "t.parquet").equals(table)
    near = run("collocations", tmp_path / "c", "قال", "--unit", "lemma", "--min-count", 1, "--top", 0).stdout
    assert "وزير" in near
    assert "الوزير" not in near
    assert "وزير" in run("keyness", tmp_path / "c", "--target", "outlet=a", "--unit", "lemma", "--top", 0, *ALL).stdout


def test_kwic_shows_layers(tmp_path: Path) -> None:
    built = ck.Corpus.build(pl.DataFrame({"text": ["قال الوزير"]}), tmp_path / "c", progress=False)
    built.annotate(lambda _: [{"pos": "VERB"}, {"pos": "NOUN"}], layer="gold").close()
    out = run("kwic", tmp_path / "c", "[pos=VERB] []", "--show", "pos", "--show", "gold.pos").stdout
    assert "VERB NOUN | VERB NOUN" in out
    assert "gold (pos) by <lambda>" in run("info", tmp_path / "c").stdout
    assert (
        "show must be 'pos' or 'gold.pos', got 'x'" in run("kwic", tmp_path / "c", "قال", "--show", "x", code=1).stderr
    )


def test_kwic_in_a_subcorpus(corpus: Path, tmp_path: Path) -> None:
    assert "الرئيس" in run("kwic", corpus, "قال").stdout
    assert "الوزير" not in run("kwic", corpus, "قال", "--where", "outlet=b").stdout
    run("kwic", corpus, "قال", "--sort", "after1", "--sort", "node", "-o", tmp_path / "k.parquet")
    assert pl.read_parquet(tmp_path / "k.parquet").equals(
        ck.kwic(ck.Corpus.open(corpus), "قال", sort=("after1", "node")).frame
    )


def test_demo_and_sample(tmp_path: Path) -> None:
    out = run("demo", cwd=tmp_path).stdout
    assert "corpus-demo.html" in out
    page = (tmp_path / "corpus-demo.html").read_text(encoding="utf-8")
    assert 'dir="rtl"' in page
    assert "://" not in page  # nothing is downloaded
    run("sample", tmp_path / "sample")
    assert len(ck.Corpus.open(tmp_path / "sample")) == len(ck.sample_corpus())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["info", "absent"], "error: there is no corpus at "),
        (["build", "absent.txt", "c"], "error: "),
        (["kwic", "CORPUS", ""], "error: pattern"),
        (["kwic", "CORPUS", "x", "--sort", "left1"], "'left1'"),
        (["ngrams", "CORPUS", "-n", "many"], "error: -n must be"),
        (["ngrams", "CORPUS", "-n", "9"], "error: "),
        (["frequency", "CORPUS", "--by", "outlets"], "Did you mean 'outlet'"),
        (["frequency", "CORPUS", "--where", "outlet"], "error: --where must be COLUMN=VALUE"),
        (["frequency", "CORPUS", "--where", "outlet=z"], "outlet must be 'a' or 'b', got 'z'"),
        (["frequency", "CORPUS", "-o", "table.doc"], "error: "),
        (["demo", "-o", "absent/x.html"], "error: --output must be in an existing folder"),
        (["frequency", "CORPUS", "--profile", "serach"], "Did you mean 'search'"),
    ],
)
def test_errors_are_one_line(corpus: Path, tmp_path: Path, arguments: list[str], message: str) -> None:
    result = run(*[corpus if argument == "CORPUS" else argument for argument in arguments], cwd=tmp_path, code=1)
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_installed_command() -> None:
    command = [sys.executable, "-c", "from corpus_kit.cli.main import main; main()"]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    for arguments, code, output in ((["--version"], 0, f"corpus-kit {ck.__version__}\n"), (["info", "absent"], 1, "")):
        result = subprocess.run([*command, *arguments], capture_output=True, text=True, env=environment)
        assert (result.returncode, result.stdout) == (code, output)
        assert "Traceback" not in result.stderr


def test_info_loads_neither_readers_nor_searches(corpus: Path) -> None:
    """Who looks at a corpus waits for what shows it, not for what builds, searches and exports one."""
    code = """if True:
        import sys
        from corpus_kit.cli.main import main
        try:
            main()
        finally:
            print([name for name in ("readers.reader", "search.kwic", "corpus.corpus", "export.save", "samples", "lab")
                   if f"corpus_kit.{name}" in sys.modules])
        """
    shown = subprocess.run([sys.executable, "-c", code, "info", corpus], capture_output=True, text=True, check=True)
    assert shown.stdout.splitlines()[-1] == "[]"
    assert "documents  2" in shown.stdout


def test_help_and_version() -> None:
    assert run("--version").stdout == f"corpus-kit {ck.__version__}\n"
    overview = run("--help").stdout
    for command in ("build", "info", "frequency", "ngrams", "kwic", "news", "sample", "demo", "ngram-collocations"):
        assert command in overview
        assert "Usage" in run(command, "--help").stdout
    assert "[lemma=...]" in run("kwic", "--help").stdout
    assert "[lemma=...]" in run("annotate", "--help").stdout


def test_export(corpus: Path, tmp_path: Path) -> None:
    done = run("export", corpus, "--format", "conllu", "--where", "outlet=b", "-o", tmp_path / "b.conllu")
    assert done.stderr == f"Wrote {tmp_path}/b.conllu, and how it was made to {tmp_path}/b.conllu.json.\n"
    assert "# text = قال الرئيس نعم" in (tmp_path / "b.conllu").read_text(encoding="utf-8")
    run("export", corpus, "-f", "vrt", "-o", tmp_path / "vrt", "--option", "engine=sketch", "--option", "name=news")
    assert (tmp_path / "vrt" / "news.conf").exists()
    assert "overwrite" in run("export", corpus, "-f", "vrt", "-o", tmp_path / "vrt", code=1).stderr
    run("export", corpus, "-f", "vrt", "-o", tmp_path / "vrt", "--overwrite")
    for option, message in (("segments", "NAME=VALUE"), ("segments=true", "corpus-kit annotate CORPUS adds them")):
        assert message in run("export", corpus, "-f", "conllu", "-o", tmp_path / "x", "--option", option, code=1).stderr


def test_add_and_verify(corpus: Path, tmp_path: Path) -> None:
    grown = Path(shutil.copytree(corpus, tmp_path / "grown"))
    source = tmp_path / "more.csv"
    source.write_text("text,outlet,day\nغادر الوفد.,c,2026-01-06\n", encoding="utf-8")
    assert "documents  3" in run("add", source, grown, "--date", "day").stdout
    assert "more.csv" in run("info", grown).stdout
    assert "every file matches its checksum" in run("info", grown, "--verify").stdout
    types = grown / "tokens" / "types.npy"
    whole = types.read_bytes()
    types.write_bytes(whole[:-1] + b"\x01")
    assert "types.npy has changed" in run("info", grown, "--verify", code=1).stderr
    types.write_bytes(whole)
    assert "is that of document 2" in run("add", source, grown, "--date", "day", code=1).stderr


def test_keyness_against_the_rest_or_a_reference(corpus: Path, tmp_path: Path) -> None:
    shown = run("keyness", corpus, "--target", "outlet=a", "--top", 0, *ALL).stdout
    assert "الوزير" in shown
    assert "likelihood" in shown
    run("keyness", corpus, "--target", "outlet=a", "--reference", "outlet=b", *ALL, "-o", tmp_path / "k.parquet")
    written = pl.read_parquet(tmp_path / "k.parquet")
    opened = ck.Corpus.open(corpus)
    expected = ck.keyness(opened.filter(outlet="a"), opened.filter(outlet="b"), min_documents=1)
    assert written.equals(expected)
    one = run("keyness", corpus, "--target", "outlet=a", "--measure", "odds_ratio", "--correction", "none", *ALL).stdout
    assert "odds_" in one  # the head is wrapped
    assert "p_adjusted" not in one


def test_keyness_errors(corpus: Path) -> None:
    assert "outlet must be 'a' or 'b', got 'c'" in run("keyness", corpus, "--target", "outlet=c", code=1).stderr
    assert "--target must be COLUMN=VALUE" in run("keyness", corpus, "--target", "outlet", code=1).stderr
    wrong = run("keyness", corpus, "--target", "outlet=a", "--measure", "log_ratoi", code=1).stderr
    assert "Did you mean 'log_ratio'?" in wrong
    nothing = run("keyness", corpus, "--where", "outlet=a", "--target", "outlet=a", code=1).stderr
    assert nothing.startswith("error: --reference")


def test_collocations_and_ngram_collocations(corpus: Path, tmp_path: Path) -> None:
    shown = run("collocations", corpus, "قال", "--window", "0,1", "--min-count", 1).stdout
    assert "الوزير" in shown
    assert "نعم" not in shown
    expected = ck.ngram_collocations(ck.Corpus.open(corpus), min_count=1, min_documents=1)
    run("ngram-collocations", corpus, "--min-count", 1, *ALL, "-o", tmp_path / "c.parquet")
    assert "قال الوزير نعم" in run("ngram-collocations", corpus, "-n", 3, "--min-count", 1, *ALL).stdout
    assert pl.read_parquet(tmp_path / "c.parquet").equals(expected)
    assert "نعم" in run("collocations", corpus, "الوزير", "--window", "sentence", "--min-count", 1).stdout
    assert "error: --window must be" in run("collocations", corpus, "قال", "--window", "0", code=1).stderr
    assert "Did you mean 'sentence'?" in run("collocations", corpus, "قال", "--window", "sentense", code=1).stderr
    assert "--window must be" in run("collocations", corpus, "قال", "--window", "1,2,3", code=1).stderr
