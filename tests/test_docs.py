"""The pages in docs/: examples run, links work, every measure has an entry."""

from __future__ import annotations

import doctest
import re
import shlex
import tomllib
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

import corpus_kit as ck
from corpus_kit import measures
from corpus_kit.cli.main import app
from corpus_kit.samples import sample_actors

DOCS = Path(__file__).parents[1] / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md") if path.relative_to(DOCS).parts[0] != "_build")


# Pages in Arabic that have the examples of the English ones, as test_docs_arabic.py sees to.
SAME = {DOCS / "ar" / name for name in tomllib.loads((DOCS / "ar" / "in_step.toml").read_text(encoding="utf-8"))}


def identity(path: Path) -> str:
    return str(path.relative_to(DOCS))


@pytest.mark.one_sample
@pytest.mark.parametrize("path", [path for path in PAGES if path not in SAME], ids=identity)
def test_examples_run(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")  # what is shown fits the terminal
    text = path.read_text(encoding="utf-8")
    blocks = re.findall(r"```pycon\n(.*?)```", text, re.DOTALL)
    assert ">>>" not in re.sub(r"```pycon\n.*?```", "", text, flags=re.DOTALL), "an example that does not run"
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, path.name, str(path), 0)
    output: list[str] = []
    results = doctest.DocTestRunner(verbose=False).run(test, out=output.append)
    assert not results.failed, "".join(output)


LONG = " ".join(f"كلمة{number}" for number in range(30))
BOOK = "######OpenITI#\n#META#Header#End#\n\n### $ أحمد\n# رحل إلى بغداد. PageV01P001\n"


@pytest.mark.parametrize("folder", ["tutorial", "coming_from"])
def test_commands_run(folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the pages in a folder, each in a folder that has the files they name."""
    sample, actors = str(ck.sample_corpus().path), sample_actors().read_text(encoding="utf-8")
    files = {"texts/1.txt": "قال إن", "data/0390A.B.C-ara1": BOOK, "actors.toml": actors}
    files |= {"metadata.csv": "file,date\n1.txt,2026-01-05\n"}
    files |= {"news.csv": f"id,date,outlet,title,text\n1,2026-01-05,صدى,قال,قال إن تنظيم السهل {LONG}\n"}
    files |= dict.fromkeys(("daily-life/sara.csv", "daily-life/ali.csv"), "id,code\na,x\nb,y\n")
    for path in PAGES:
        if path.parent == DOCS / folder:
            monkeypatch.chdir(_folder_with(tmp_path / path.stem, files))
            for command in re.findall(r"^\$ corpus-kit (.+)", path.read_text(encoding="utf-8"), re.MULTILINE):
                here = command.startswith("build ") or Path("my-corpus").exists()
                words = [sample if word == "my-corpus" and not here else word for word in shlex.split(command)]
                result = CliRunner().invoke(app, words)
                assert not result.exit_code, f"{command}\n{result.output}"


@pytest.mark.slow
@pytest.mark.one_sample
def test_calls_in_tables_run() -> None:
    """Of the pages for those who come from other programs; what builds and annotates is in their examples."""
    sample = ck.sample_corpus()
    corpus = sample.exclude(ck.news.boilerplate(sample, by="outlet"))
    target, reference = corpus.filter(outlet="العنقود"), corpus.filter(pl.col("outlet") == "وكالة مدى")
    names = {"ck": ck, "corpus": corpus, "target": target, "focus": target, "reference": reference}
    names |= {"lines": ck.kwic(corpus, "لجنة"), "key": ck.keyness(target, reference), "other": "مدينة", "p": "هدنة"}
    names |= {"dictionary": ck.news.FrameDictionary.builtin(), "s": "قال", "word": "قال", "words": ["قال"]}
    names |= {"df": pl.DataFrame({"text": ["قال"]})}
    done = 0
    for path in PAGES:
        rows = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
        for call in re.findall(r"`((?:ck|corpus|lines)\.[^`]+\))`", "\n".join(rows)):
            if path.parent.name == "coming_from" and not re.search("build|annotat|metadata", call):
                assert eval(call, names) is not None, call
                done += 1
    assert done > 40


def _folder_with(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_every_section_has_pages() -> None:
    names = {identity(path) for path in PAGES}
    howto = {f"howto/{name}.md" for name in ("import", "clean", "search", "compare", "export", "cite")}
    explanation = {f"explanation/{name}.md" for name in ("normalisation", "tokens", "statistics", "limits")}
    assert {"index.md", "ar/index.md", "tutorial.md", "reference/index.md", *howto, *explanation} <= names


def test_tutorial_lists_every_notebook() -> None:
    text = (DOCS / "tutorial.md").read_text(encoding="utf-8")
    notebooks = sorted((DOCS.parent / "notebooks").glob("*.ipynb"))
    assert re.findall(r"\.\./notebooks/(\w+\.ipynb)", text) == [path.name for path in notebooks]


@pytest.mark.slow
def test_figures_on_the_normalisation_page(shared: Path, tmp_path: Path) -> None:
    """They are counts in real articles."""
    articles = pl.read_parquet(shared / "data" / "saudinewsnet-part1.parquet", columns=["content"])
    corpus = ck.Corpus.build(articles, tmp_path / "corpus", text="content", progress=False)
    profiles = (None, "repair", "dediac", "search")
    words = [ck.frequency(corpus, profile=profile, dispersion=None).height for profile in profiles]
    pairs = ("على", "علي", "أن", "إن", "الآن", "آلان")
    counts = [len(ck.kwic(corpus, word, exact=True)) for word in pairs]
    page = (DOCS / "explanation" / "normalisation.md").read_text(encoding="utf-8")
    for profile, height in zip(profiles, words, strict=True):
        assert re.search(rf"^\| `?{str(profile).lower()}`? \| {height:,} \|", page, re.MULTILINE), profile
    for word, count in zip(pairs, counts, strict=True):
        assert re.search(rf"\| {word} \([\w, ]+\) \| {count:,} \|", page), word


@pytest.mark.parametrize("path", PAGES, ids=identity)
def test_links_work(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8")):
        assert target.startswith("https://") or (path.parent / target).exists(), target


@pytest.mark.parametrize("family", measures.FAMILIES)
def test_measures_are_on_the_page_of_their_family(family: str) -> None:
    page = (DOCS / "measures" / f"{family}.md").read_text(encoding="utf-8")
    for name in measures.FAMILIES[family]:
        assert f"`{name}`" in page, f"{name} is missing"
    assert "When to use" in page
    assert "$$" in page, "no formula"
    assert re.search(r"\b(19|20)\d\d\b", page), "no reference"
