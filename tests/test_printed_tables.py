"""Tables for Word, LaTeX and Markdown: what is in the files, in which direction, and what the record says of it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import zipfile
from datetime import date
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

import corpus_kit as ck
from corpus_kit.export import latex, markdown, word
from corpus_kit.export.cells import PrintedTable, printed

pytestmark = pytest.mark.filterwarnings("ignore:.*does not record how the table was made")  # of tables made by hand

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MIXED = "قال (نعم) بنسبة -3.5% وفق Reuters."
FRAME = pl.DataFrame(
    {
        "كلمة": ["خبر عاجل", MIXED, r"a|b & c_d {x} $5 #1 ~^\ <b> `q` 'k' -- [z] *w*", "سطر\nثانٍ\x0b", None],
        "count": [1_250, -3, 2, None, 7],
        "share": [0.5, 1e-9, 12.25, None, float("inf")],
        "day": [date(2026, 1, 4), None, None, None, None],
    }
)


def changes_of(path: Path) -> list[str]:
    changes: list[str] = json.loads(path.with_name(path.name + ".json").read_text(encoding="utf-8"))["changes"]
    return changes


@pytest.fixture(scope="module")
def lines() -> ck.Concordance:
    return ck.kwic(ck.sample_corpus(), "هدنة", window=3, metadata="outlet")


# ----------------------------------------------------------------------------------------------------
# Word
# ----------------------------------------------------------------------------------------------------


def document_of(path: Path) -> Any:
    return docx.Document(str(path))


def rows_of(table: Any) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_word_has_a_table_from_right_to_left(tmp_path: Path) -> None:
    path = ck.save(FRAME, tmp_path / "words.docx")
    (table,) = document_of(path).tables
    assert rows_of(table)[:2] == [["كلمة", "count", "share", "day"], ["خبر عاجل", "1,250", "0.50", "2026-01-04"]]
    assert rows_of(table)[4:] == [["سطر\nثانٍ\ufffd", "", "", ""], ["", "7", "∞", ""]]
    properties = table._tbl.tblPr
    assert properties.find(f"{W}bidiVisual") is not None
    assert [row._tr.find(f"{W}trPr/{W}tblHeader") is not None for row in table.rows] == [True] + [False] * 5
    assert "column 'كلمة': 1 control characters replaced by U+FFFD" in changes_of(path)
    assert "4 left-to-right marks (U+200E) around numbers and Latin words in Arabic texts" not in changes_of(path)
    assert "2 left-to-right marks (U+200E) around numbers and Latin words in Arabic texts" in changes_of(path)


def test_word_keeps_numbers_and_latin_in_order(tmp_path: Path) -> None:
    (table,) = document_of(ck.save(FRAME, tmp_path / "words.docx")).tables
    cell, number = table.rows[2].cells[:2]
    runs = [(run.text, run._r.find(f"{W}rPr/{W}rtl") is not None) for run in cell.paragraphs[0].runs]
    assert runs == [
        ("قال (نعم) بنسبة ", True),
        ("\u200e-3.5%\u200e", False),
        (" وفق ", True),
        ("Reuters", False),
        (".", True),
    ]
    assert all(run._r.find(f"{W}rPr/{W}rFonts").get(f"{W}cs") for run in cell.paragraphs[0].runs)
    paragraph, beside = cell.paragraphs[0]._p.pPr, number.paragraphs[0]._p.pPr
    # "left" is where the lines of a paragraph from right to left begin
    assert (paragraph.find(f"{W}bidi") is not None, paragraph.find(f"{W}jc").get(f"{W}val")) == (True, "left")
    assert (beside.find(f"{W}bidi") is not None, beside.find(f"{W}jc").get(f"{W}val")) == (False, "right")
    latin = table.rows[3].cells[0].paragraphs[0]._p.pPr
    assert (latin.find(f"{W}bidi") is not None, latin.find(f"{W}jc").get(f"{W}val")) == (False, "right")


def test_word_without_arabic_is_from_left_to_right(tmp_path: Path) -> None:
    path = ck.save(pl.DataFrame({"word": ["news"], "count": [2]}), tmp_path / "words.docx")
    document = document_of(path)
    assert document.tables[0]._tbl.tblPr.find(f"{W}bidiVisual") is None
    assert changes_of(path) == []
    assert "Source" not in "".join(paragraph.text for paragraph in document.paragraphs)


def test_concordances_in_word(tmp_path: Path, lines: ck.Concordance) -> None:
    path = ck.save(lines, tmp_path / "lines.docx", lines.corpus)
    document = document_of(path)
    (table,) = document.tables
    frame = lines.frame
    assert rows_of(table)[0] == ["before", "node", "after", "id", "position", "outlet"]
    assert [row[1] for row in rows_of(table)[1:]] == frame["node"].to_list()
    assert [row[5] for row in rows_of(table)[1:]] == frame["outlet"].to_list()
    places = [cell.paragraphs[0]._p.pPr.find(f"{W}jc").get(f"{W}val") for cell in table.rows[1].cells[:3]]
    assert places == ["right", "center", "left"]  # towards the node, in paragraphs from right to left
    assert "columns left out: document, start, end" in changes_of(path)
    note = document.paragraphs[-1]
    assert note.text == f"Source: {ck.cite(lines)}"
    assert note._p.pPr.find(f"{W}bidi") is None
    assert [run.text for run in note.runs if run._r.find(f"{W}rPr/{W}rtl") is not None] == ["هدنة"]


def test_the_source_says_what_is_known(tmp_path: Path) -> None:
    corpus = ck.sample_corpus()
    path = ck.save(ck.frequency(corpus, min_count=200), tmp_path / "words.md")
    source = path.read_text(encoding="utf-8").splitlines()[-1]
    assert source == f"Source: {ck.cite(ck.frequency(corpus, min_count=200), format='markdown')}"
    derived = ck.frequency(corpus, min_count=200).lazy()
    line = ck.save(derived, path, corpus, note="x").read_text(encoding="utf-8").splitlines()[-1]
    assert line.startswith(f"Source: corpus sample, 240 documents, 22,804 words (id {corpus.id}); corpus-kit")
    assert "Source" not in ck.save(derived, tmp_path / "derived.md").read_text(encoding="utf-8")


def test_limits_of_word(tmp_path: Path) -> None:
    wide = pl.DataFrame({f"c{number}": [1] for number in range(64)})
    with pytest.raises(ck.InputError, match="63 columns, but the table has 1 rows and 64"):
        ck.save(wide, tmp_path / "wide.docx")
    with pytest.raises(ck.InputError, match=r"32,766 rows below the header .* 32,767 rows"):
        ck.save(pl.DataFrame({"n": range(32_767)}), tmp_path / "long.docx")
    assert list(tmp_path.iterdir()) == []


def test_word_says_how_to_install_what_it_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(
        ck.SourceError, match=r'Word files need docx. Install it with pip install "arabic-corpus-kit\[formats\]"'
    ):
        ck.save(FRAME, tmp_path / "words.docx")
    assert list(tmp_path.iterdir()) == []


def test_wide_tables_lie_on_their_side(tmp_path: Path) -> None:
    wide = pl.DataFrame({f"column {number}": ["ten letters"] for number in range(8)})
    for frame, expected in ((wide, "landscape"), (wide.select("column 1"), None)):
        with zipfile.ZipFile(ck.save(frame, tmp_path / "wide.docx")) as archive:
            page = re.search("<w:pgSz[^>]*>", archive.read("word/document.xml").decode())
        assert page is not None
        assert ("landscape" in page[0]) == (expected == "landscape")


# ----------------------------------------------------------------------------------------------------
# LaTeX
# ----------------------------------------------------------------------------------------------------


def test_latex_escapes_and_directs(tmp_path: Path) -> None:
    path = ck.save(FRAME, tmp_path / "words.tex")
    text = path.read_text(encoding="utf-8")
    body = text[text.index(r"\midrule") : text.index(r"\bottomrule")].splitlines()[1:]
    assert body == [
        r"\textarabic{خبر عاجل} & 1,250 & 0.50 & 2026-01-04 \\",
        r"\textarabic{قال (نعم) بنسبة \textenglish{-3.5\%} وفق \textenglish{Reuters}.} & "
        "\u22123 & 1.0e-09 &  \\\\",
        r"a\textbar{}b \& c\_d \{x\} \$5 \#1 \textasciitilde{}\textasciicircum{}\textbackslash{} "
        r"\textless{}b\textgreater{} \textasciigrave{}q\textasciigrave{} \textquotesingle{}k\textquotesingle{} "
        r"-{\kern0pt}- {[}z{]} {*}w{*} & 2 & 12.25 &  \\",
        r"\textarabic{سطر ثانٍ�} &  &  &  \\",
        r" & 7 & ∞ &  \\",
    ]
    assert "1 line breaks written as spaces" in changes_of(path)


def test_latex_says_what_it_needs(tmp_path: Path, lines: ck.Concordance) -> None:
    def head(table: Any, corpus: ck.Corpus | None = None) -> str:
        text = ck.save(table, tmp_path / "a.tex", corpus).read_text(encoding="utf-8")
        return "\n".join(line for line in text.splitlines() if line.startswith("%"))

    assert r"\usepackage{polyglossia}" in head(FRAME)
    assert r"\usepackage{longtable}" not in head(FRAME)
    latin = head(pl.DataFrame({"n": range(41)}))
    assert r"\usepackage{longtable}" in latin
    assert "polyglossia" not in latin
    assert "% Source: Concordance lines (ck.kwic, " in head(lines, lines.corpus)  # type: ignore[arg-type]


def test_concordances_in_latex_are_read_from_the_right(tmp_path: Path, lines: ck.Concordance) -> None:
    text = ck.save(lines, tmp_path / "lines.tex").read_text(encoding="utf-8")
    first = next(line for line in text.splitlines() if line.startswith(r"\textarabic"))
    after, node, before = first.split(" & ")[:3]
    frame = lines.frame
    assert node == rf"\textarabic{{{frame['node'][0]}}}"
    assert frame["before"][0].split()[-1] in before
    assert frame["after"][0].split()[0] in after
    assert r"\begin{tabular}{rcllrr}" in text


if shutil.which("xelatex"):  # where there is none, the test is not defined, since nothing may be skipped

    @pytest.mark.slow
    def test_latex_compiles(tmp_path: Path, lines: ck.Concordance) -> None:
        ck.save(FRAME, tmp_path / "words.tex")
        ck.save(lines, tmp_path / "lines.tex")
        ck.save(pl.DataFrame({"[n": [f"*[{number}" for number in range(60)]}), tmp_path / "long.tex")
        comment = (tmp_path / "words.tex").read_text(encoding="utf-8").partition("% or, with LuaLaTeX")[0]
        packages = re.findall(r"^%   (\\.*)", comment, re.MULTILINE)
        inputs = "\n\n".join(rf"\input{{{name}.tex}}" for name in ("words", "lines", "long"))
        preamble = "\n".join([r"\documentclass{article}", r"\usepackage{longtable}", *packages])
        source = f"{preamble}\n\\begin{{document}}\n{inputs}\n\\end{{document}}\n"
        (tmp_path / "main.tex").write_text(source, encoding="utf-8")
        call = ["xelatex", "-interaction=nonstopmode", "-halt-on-error", "main.tex"]
        done = subprocess.run(call, cwd=tmp_path, capture_output=True, check=False)
        assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]


# ----------------------------------------------------------------------------------------------------
# Markdown
# ----------------------------------------------------------------------------------------------------


class Cells(HTMLParser):
    """The cells of the rows of tables."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.others: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
        elif tag == "br":
            self.rows[-1][-1] += "\n"
        elif tag not in ("table", "thead", "tbody"):
            self.others.add(tag)

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data.strip("\n")


def cells_of(text: str) -> Cells:
    cells = Cells()
    cells.feed(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(text))
    return cells


def without_isolates(text: str) -> str:
    return re.sub("[\u2066-\u2069]", "", text)


def test_markdown_comes_back(tmp_path: Path) -> None:
    path = ck.save(FRAME, tmp_path / "words.md")
    cells = cells_of(path.read_text(encoding="utf-8"))
    expected = [text or "" for text in FRAME["كلمة"]]
    expected[3] = "سطر\nثانٍ\ufffd"
    assert [without_isolates(row[0]) for row in cells.rows] == ["كلمة", *expected]
    assert [row[1] for row in cells.rows] == ["count", "1,250", "\u22123", "2", "", "7"]
    assert cells.others == set()
    assert path.read_text(encoding="utf-8").splitlines()[1] == "| --: | --: | --: | --- |"


def test_only_mixed_texts_are_isolated(tmp_path: Path) -> None:
    path = ck.save(FRAME, tmp_path / "words.md")
    rows = cells_of(path.read_text(encoding="utf-8")).rows
    assert rows[1][0] == "خبر عاجل"
    assert rows[2][0] == "\u2067قال (نعم) بنسبة \u2066-3.5%\u2069 وفق \u2066Reuters\u2069.\u2069"
    assert rows[3][0] == FRAME["كلمة"][2]
    assert "direction isolates (U+2066 to U+2069) around 2 texts" in changes_of(path)


def test_concordances_in_markdown_are_read_from_the_right(tmp_path: Path, lines: ck.Concordance) -> None:
    text = ck.save(lines, tmp_path / "lines.md").read_text(encoding="utf-8")
    assert text.splitlines()[:2] == [
        "| after | node | before | id | position | outlet |",
        "| --: | :-: | --- | --- | --: | --: |",
    ]
    found = [without_isolates(row[2]) for row in cells_of(text).rows[1:]]
    assert found == lines.frame["before"].to_list()


# ----------------------------------------------------------------------------------------------------
# Any text
# ----------------------------------------------------------------------------------------------------

TEXTS = st.lists(
    st.text(alphabet=st.characters(codec="utf-8") | st.sampled_from("|\\*_`[]<&$~\n\r\x00خب-")), max_size=4
)


def table_with(texts: list[str]) -> PrintedTable:
    return printed(pl.DataFrame({"text": texts}, schema={"text": pl.String}), "t")[0]


def without_space(text: str) -> str:
    """Return a text without what a pipe table does not keep: white space, and isolates that were added."""
    return "".join(without_isolates(text).split())


@given(TEXTS)
def test_any_text_comes_back(texts: list[str]) -> None:
    table = table_with(texts)
    for write in (word.write_word, latex.write_latex):
        write(table, BytesIO())
    file = BytesIO()
    markdown.write_markdown(table, file)
    rows = cells_of(file.getvalue().decode()).rows
    shown = table.columns[0].texts
    assert [without_space(row[0]) for row in rows[1:]] == [without_space(text) for text in shown]


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=20))
def test_any_text_is_in_the_word_document(text: str) -> None:
    file = BytesIO()
    table = table_with([text])
    word.write_word(table, file)
    file.seek(0)
    (found,) = docx.Document(file).tables
    assert found.rows[1].cells[0].text.replace("\u200e", "") == table.columns[0].texts[0].replace("\u200e", "")


@pytest.mark.parametrize("ending", ["md", "tex", "html"])
def test_words_are_printed_as_they_are_written(ending: str, tmp_path: Path) -> None:
    table = ck.frequency(ck.sample_corpus()).filter(word="علي")
    assert table["spelling"].to_list() == ["على"]
    path = ck.save(table, tmp_path / f"words.{ending}")
    written = path.read_text(encoding="utf-8")
    assert ("على" in written, "علي" in written.split("Source:")[0]) == (True, False)
    changes = json.loads(path.with_name(f"{path.name}.json").read_text(encoding="utf-8"))["changes"]
    assert any(change.endswith("in place of word") for change in changes)
    data = ck.save(table, tmp_path / "words.tsv").read_text(encoding="utf-8")
    assert "علي\tعلى" in data  # both, for programs
