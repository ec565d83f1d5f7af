"""The notebooks: their content, that they run on the sample and on other texts, and their HTML pages.

To run one again and store its outputs:

    jupyter nbconvert --to notebook --inplace --execute --ExecutePreprocessor.store_widget_state=False \
        --ExecutePreprocessor.record_timing=False notebooks/00_quickstart.ipynb
"""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit.samples import sample_items

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
FIRST = "00_quickstart"
each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)

# What users change. The first notebook begins with files, all others with a corpus.
OPENING = "corpus = ck.Corpus.open(CORPUS) if CORPUS else ck.sample_corpus()"
SETTINGS = {
    "SOURCE",
    "CORPUS",
    "GROUP",
    "DATE",
    "ACTORS",
    "ACTOR",
    "KIND",
    "WORD",
    "WORDS",
    "VERB",
    "MEGABYTES",
    "SEED",
}

SUMMARY = re.compile(r'<div dir="rtl" lang="ar">\n\n\*\*الخلاصة:\*\* .+\n\n</div>')
LETTER = "[\u0621-\u064a]"
CHECKSUM = re.compile(r"\b[0-9a-f]{64}\b")


def library(name: str) -> Any:
    """Import a notebook library, only in the tests that need it, since that takes seconds."""
    return pytest.importorskip(name, reason="the extra `notebooks` is not installed")


def read(path: Path) -> Any:
    return library("nbformat").read(path, as_version=4)


def code_of(notebook: Any) -> list[str]:
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def prose_of(notebook: Any) -> list[str]:
    return [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]


def outputs_of(cell: Any) -> list[Any]:
    return [output for output in cell.get("outputs", []) if output.output_type in ("display_data", "execute_result")]


def shown_in(notebook: Any) -> Iterator[Any]:
    for cell in notebook.cells:
        yield from outputs_of(cell)


@pytest.fixture(scope="module")
def execute(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Return a function that runs a notebook in an empty folder without user settings; it must write nothing to stderr.

    One kernel runs them all, each without the names of the others: its start and its imports take longer than most.
    """
    ck.sample_corpus()  # otherwise the notebook would show the progress of building it
    folder = tmp_path_factory.mktemp("jupyter")
    client = library("nbclient").NotebookClient(library("nbformat").v4.new_notebook(), timeout=60)

    def run(notebook: Any) -> Any:
        # Processes of a cluster ask for __spec__, which `%reset` removes, too.
        begin = f"%reset -f\n__spec__ = None\n%cd -q {tmp_path_factory.mktemp('notebook')}"
        client.nb = notebook.copy()
        client.nb.cells = [library("nbformat").v4.new_code_cell(begin), *notebook.cells]
        client.execute(cleanup_kc=False)
        for cell in client.nb.cells:
            if "bare" in cell.metadata.get("tags", ()):
                continue
            errors = [o for o in cell.get("outputs", []) if o.output_type == "stream" and o.name == "stderr"]
            assert not errors, (cell.source, errors)
        return notebook

    with pytest.MonkeyPatch.context() as settings:
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
            settings.setenv(name, str(folder))
        yield run
        if client.kc is not None:
            client.kc.stop_channels()
            library("jupyter_core.utils").run_sync(client.km.shutdown_kernel)(now=True)


# ------------------------------------------------------------------------------------------ content


def test_there_are_twelve_notebooks() -> None:
    assert [path.stem for path in NOTEBOOKS] == [
        FIRST,
        "01_article_or_page",
        "02_normalisation",
        "03_words_in_company",
        "04_keyness",
        "05_who_calls_it_what",
        "06_who_speaks",
        "07_who_copies",
        "08_when",
        "09_who_with_whom",
        "10_scale_and_speed",
        "11_who_acts",
    ]


@each_notebook
def test_cells_are_short_and_define_nothing(path: Path) -> None:
    notebook = read(path)
    assert len(notebook.cells) <= 16
    for source in code_of(notebook):
        assert len([line for line in source.splitlines() if line]) <= 10, source
        kinds = {type(node) for node in ast.walk(ast.parse(source))}
        assert not kinds & {ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda}, source


@each_notebook
def test_begins_with_a_question_and_an_arabic_summary(path: Path) -> None:
    title, _, question, *_ = prose_of(read(path))[0].split("\n")
    assert title.startswith("# ")
    assert question.startswith("**The question:** ")
    assert question.endswith("?")
    assert len(SUMMARY.findall(prose_of(read(path))[0])) == 1


@each_notebook
def test_first_output_is_the_corpus_card(path: Path) -> None:
    card = next(shown_in(read(path)))["data"]["text/html"]
    (checksum,) = CHECKSUM.findall(card)
    assert "sha256" in card
    if path.stem != FIRST:  # it builds its own corpus
        assert checksum == ck.sample_corpus().checksum


@each_notebook
def test_ends_with_checks_and_versions(path: Path) -> None:
    """What the prose says of the sample is checked while the settings are those of the sample, and only then."""
    settings, *_, checks = code_of(read(path))
    (guard,) = (node for node in ast.parse(checks).body if isinstance(node, ast.If))
    assert any(isinstance(node, ast.Assert) for node in ast.walk(guard))
    given = {node.targets[0].id: node.value for node in ast.parse(settings).body}  # type: ignore[attr-defined]
    names, values = (
        ast.Tuple([each[name] for name in given if name != "SEED"]) for each in (NAMES_OF_THEMSELVES, given)
    )
    assert ast.unparse(guard.test) in (f"{ast.unparse(names)} == {ast.unparse(values)}", "SOURCE is None")
    assert checks.splitlines()[-1] == "ck.show_versions()"


NAMES_OF_THEMSELVES = {name: ast.Name(name) for name in SETTINGS}


@each_notebook
def test_begins_with_settings(path: Path) -> None:
    """The first cell is all that users change: names in capitals, each with a comment."""
    settings, *rest = code_of(read(path))
    assert read(path).cells[1].source == settings
    names = [line.split(" = ")[0] for line in settings.splitlines()]
    assert set(names) <= SETTINGS
    assert names[0] == ("SOURCE" if path.stem == FIRST else "CORPUS")
    assert all(re.fullmatch("[A-Z]+ = [^#]+  # .+", line) for line in settings.splitlines())
    assert path.stem == FIRST or OPENING in rest[0].splitlines()
    body = "\n".join(rest)
    assert all(re.search(rf"\b{name}\b", body) for name in names if name != "SEED")
    assert not set(re.findall(r"^([A-Z]+) =", body, re.MULTILINE))


@each_notebook
def test_columns_of_documents_are_named_in_the_settings_only(path: Path) -> None:
    _, *body, checks = code_of(read(path))  # the checks are for the sample, whose columns are known
    named = [node for source in body for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]
    assert not [node.value for node in named if node.value == "outlet"]
    assert checks


@each_notebook
def test_at_most_one_arabic_literal_per_line(path: Path) -> None:
    """An editor's bidirectional layout can swap two of them on one line."""
    for source in code_of(read(path)):
        lines = Counter(text.lineno for text in arabic_texts(ast.parse(source)))
        assert not [line for line, texts in lines.items() if texts > 1], source


def arabic_texts(tree: ast.AST) -> Iterator[ast.expr]:
    """Return string literals with Arabic; an f-string is one literal."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.JoinedStr | ast.Constant):
            if re.search(LETTER, ast.unparse(node)):
                yield node
        else:
            yield from arabic_texts(node)


@each_notebook
def test_arabic_in_english_prose_is_isolated(path: Path) -> None:
    """ "Arabic, punctuation, Arabic" is one right-to-left run: a list of words would appear in reverse order.

    Digits right after an Arabic word move to its other side.
    """
    between = r"[^A-Za-z\u0621-\u0652\n]*"
    turned = re.compile(rf"{LETTER}{between}[,;:/.()'\"–-]{between}{LETTER}|{LETTER}{between}[0-9]")
    for source in prose_of(read(path)):
        assert not turned.findall(re.sub(r'(?s)<div dir="rtl".*?</div>', "", source)), source


@each_notebook
def test_committed_outputs_are_small_and_portable(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text) < 400_000
    assert not re.search(r"(?<![\w:/.])/(?:home|root|tmp|Users|work)/", text), "a path on one machine"
    notebook = json.loads(text)
    assert "widgets" not in notebook["metadata"], "the state of widgets is large: leave it out"
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    codes = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in codes] == list(range(1, len(codes) + 1)), "run it from top to bottom"


# -------------------------------------------------------------------------------------------- execution


@pytest.fixture(scope="session")
def other_texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of what a user may have.

    corpus: every second sample item under another id, without annotations, with columns of other names, in which some
        documents have no group.
    files: the same as files.
    bare: a corpus without the columns, words, names and quotations that most notebooks are about.
    """
    folder = tmp_path_factory.mktemp("texts of a user")
    items = sample_items().gather_every(2).with_row_index("number")
    items = items.select(pl.format("item-{}", "number").alias("id"), "outlet", "date", "text")
    named = pl.when(pl.int_range(pl.len()) % 9 > 0).then("outlet")  # some texts have no group
    renamed = items.with_columns(outlet=named).rename({"outlet": "Quelle (تجربة)", "date": "day"})
    ck.Corpus.build(renamed, folder / "corpus", id="id", progress=False).close()
    bare = pl.DataFrame({"text": ["نمت الشجرة قرب النهر"], "place": ["أ"]})
    ck.Corpus.build(bare, folder / "bare", progress=False).close()
    (folder / "files").mkdir()
    (folder / "bare files").mkdir()
    (folder / "bare files" / "1.txt").write_text("من في", encoding="utf-8")
    for name, text in items.select("id", "text").iter_rows():
        (folder / "files" / f"{name}.txt").write_text(text, encoding="utf-8", newline="\n")
    return folder


def with_settings(path: Path, prefix: str, **changed: str | int) -> Any:
    """Return the notebook with other settings."""
    notebook = read(path)
    for cell in notebook.cells:
        cell.id = f"{prefix}-{cell.id}"
    for name, value in changed.items():
        cell = notebook.cells[1]
        cell.source = re.sub(rf"(?m)^{name} = [^#]+  #", lambda _, to=f"{name} = {value!r}  #": to, cell.source)
    return notebook


def on_texts_of_a_user(path: Path, folder: Path) -> Any:
    given = {
        "GROUP": "Quelle (تجربة)",
        "DATE": "day",
        "SOURCE": f"{folder / 'files'}",
        "CORPUS": f"{folder / 'corpus'}",
    }
    return with_settings(path, "again", **given)


@pytest.mark.slow
@each_notebook
def test_runs_on_the_sample_and_on_user_texts(path: Path, execute: Any, other_texts: Path) -> None:
    """On the sample, on texts of a user, and then on what must stop with a sentence."""
    committed, both = read(path), read(path)
    both.cells += on_texts_of_a_user(path, other_texts).cells
    both.cells += cells_that_stop(path, other_texts)
    cells = execute(both).cells
    on_sample, on_user_texts = cells[: len(committed.cells)], cells[len(committed.cells) : 2 * len(committed.cells)]
    for before, after in zip(committed.cells, on_sample, strict=True):
        assert [sorted(o.data) for o in outputs_of(before)] == [sorted(o.data) for o in outputs_of(after)]
    (card, *_) = (output for cell in on_sample for output in outputs_of(cell))
    shown = [output for cell in on_user_texts for output in outputs_of(cell)]
    of_sample, of_user = (CHECKSUM.findall(each["data"]["text/html"])[0] for each in (card, shown[0]))
    assert CHECKSUM.findall(next(shown_in(committed))["data"]["text/html"]) == [of_sample]
    assert of_sample != of_user
    assert len(shown) == len(list(shown_in(committed)))
    (stopped,) = (o for cell in cells for o in cell.get("outputs", []) if o.output_type == "error")
    assert stopped.ename == "InputError"
    assert re.fullmatch(r"[A-Z].*[^.]\.|[a-z_]+ must be .*", stopped.evalue.splitlines()[0]), stopped.evalue
    assert stopped.traceback[0] == f"InputError: {stopped.evalue}"  # and no calls of the library
    assert len(stopped.traceback) <= 2


def cells_that_stop(path: Path, folder: Path) -> list[Any]:
    """Return the code of the notebook for a corpus that it cannot do with, up to the cell that must stop."""
    given: dict[str, Any] = {
        "GROUP": "place",
        "SOURCE": f"{folder / 'bare files'}",
        "CORPUS": f"{folder / 'bare'}",
        "MEGABYTES": 0,
    }
    cells = [cell for cell in with_settings(path, "bare", **given).cells if cell.cell_type == "code"]
    stops = next(
        n for n, cell in enumerate(cells) if re.search(r'raise ck.InputError\((?!f"GROUP .* of the)', cell.source)
    )
    for cell in cells:
        cell.metadata["tags"] = ["bare"]  # where warnings are in place
    cells[stops].metadata["tags"].append("raises-exception")
    return cells[: stops + 1]


# ----------------------------------------------------------------------------------- HTML pages


def as_written(table: str) -> str:
    """Return a piece of HTML as nbconvert writes it after parsing and serialising."""
    return str(library("bs4").BeautifulSoup(table, "html.parser"))


def page_of(notebook: Any) -> str:
    page, _ = library("nbconvert").HTMLExporter().from_notebook_node(notebook)
    assert isinstance(page, str)
    return page


@pytest.mark.slow
@each_notebook
def test_html_page_shows_tables_and_images(path: Path) -> None:
    notebook = read(path)
    page = page_of(notebook)
    tables = [output["data"]["text/html"] for output in shown_in(notebook) if "text/html" in output["data"]]
    pictures = [output["data"]["image/png"] for output in shown_in(notebook) if "image/png" in output["data"]]
    assert tables
    assert pictures or path.stem == "01_article_or_page"  # it concerns only tables
    for table in tables:
        assert as_written(table) in page  # verbatim, with its direction and inline styles
    assert any('dir="rtl"' in table and "style=" in table for table in tables)
    for picture in pictures:
        assert f"data:image/png;base64,{picture.strip()}" in page.replace("\n", "")
    assert re.search(r'<div dir="rtl" lang="ar">\s*<p><strong>الخلاصة', page)


def test_html_page_escapes_markup_in_texts(tmp_path: Path) -> None:
    said = "<script>alert(1)</script> هدنة <img src=x onerror=alert(2)> </td></table> في الميناء"
    texts = pl.DataFrame({"text": [said], "outlet": ["<script>alert(3)</script>"]})
    corpus = ck.Corpus.build(texts, tmp_path / "<script>alert(4)", progress=False)
    notebook = library("nbformat").v4.new_notebook()
    objects: list[Any] = [
        corpus,
        ck.kwic(corpus, "هدنة", metadata="outlet"),
        ck.show(corpus.documents, caption="<script>alert(5)</script>"),
        ck.show(ck.frequency(corpus, by="outlet")),
        ck.show(ck.keyness(corpus, corpus, min_documents=1)),
    ]
    for shown in objects:
        output = library("nbformat").v4.new_output("execute_result", {"text/html": shown._repr_html_()})
        notebook.cells.append(library("nbformat").v4.new_code_cell(outputs=[output]))
    page = page_of(notebook)
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert len(re.findall(r"&lt;script&gt;alert\([1-5]\)", page)) >= 5
