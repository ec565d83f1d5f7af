"""Display of results: HTML with the contents of the table, text with aligned columns."""

from __future__ import annotations

import base64
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.io.plugins import register_io_source
from rich.cells import cell_len

import corpus_kit as ck
from corpus_kit.display.columns import explain
from corpus_kit.display.html import Html, concordance_html, heading, image, page_html, table_html
from corpus_kit.display.isolation import by_direction, isolate
from corpus_kit.display.show import show
from corpus_kit.display.spelled import key_column
from corpus_kit.display.text import _clip, concordance_text, table_text
from corpus_kit.display.values import (
    MISSING,
    format_float,
    is_concordance,
    plain,
    shortened,
    visible,
)
from corpus_kit.errors import CorpusKitError, InputError

GOLDEN = Path(__file__).parent / "golden"
VOID = {"col", "meta", "img", "br"}
FATHA = "\u064e"

LINES = pl.DataFrame(
    {
        "before": ["قال الوزير: «لن نتأخر»، وأضاف لأعضاء", "", "وَأَكَّدَ رَئِيسُ", "بنسبة 12.5% وفق Reuters نشر"],
        "node": ["المجلس", "المجلس", "المَجْلِسِ", "«المجلس»"],
        "after": ["، ثم سأل: متى نبدأ؟", "يعقد جلسته الأولى", "أَنَّ المَشْرُوعَ يَبْدَأُ", "Google Cloud شريكًا"],
        "document": pl.Series([0, 1, 2, 12_345], dtype=pl.UInt32),
        "id": ["item-1", "item-2", None, "https://news.example/a/b/c/very-long-address"],
        "position": pl.Series([17, 0, 41, 1204], dtype=pl.UInt32),
        "source": ["صحيفة مُتخيَّلة", "ب", "ج", None],
    }
)
COUNTS = pl.DataFrame(
    {
        "word": ["في", "كُرَة", "Google", "", None],
        "count": [41_250, 3_437, 12, 1, None],
        "per_million": [31_234.567, 2_602.0, 0.0001, 0.0, None],
        "document": pl.Series([12_000, 1, 2, 3, None], dtype=pl.UInt32),
    }
)


def golden(name: str, text: str) -> None:
    """Compare a text with a golden file; CORPUS_KIT_GOLDEN=write rewrites the file."""
    path = GOLDEN / name
    if os.environ.get("CORPUS_KIT_GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_text(encoding="utf-8")


class Reader(HTMLParser):
    """Reads the tags of HTML, which must be balanced, and the text of each cell."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.cells: list[list[str]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), "duplicate attribute"
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.cells.append([])
        if tag in ("td", "th"):
            self.cells[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "td" in self.open or "th" in self.open:
            self.cells[-1][-1] += data


def concordance(before: str, node: str, after: str) -> pl.DataFrame:
    return pl.DataFrame({"before": [before], "node": [node], "after": [after], "document": [0], "position": [5]})


def test_concordance_snapshot() -> None:
    golden("display_concordance.html", concordance_html(LINES, caption="المجلس", sort=("after1", "before2")) + "\n")


def test_concordance_order_of_cells_and_reference() -> None:
    read = Reader(concordance_html(LINES))
    assert read.cells[0] == ["context before", "node", "context after", "place"]
    arabic = Reader(concordance_html(LINES, language="ar"))
    assert arabic.cells[0] == ["السياق السابق", "الكلمة", "السياق اللاحق", "الموضع"]
    for cells, row in zip(read.cells[1:], LINES.iter_rows(named=True), strict=True):
        assert cells[:3] == [row["before"], row["node"], row["after"]]
    assert [cells[3] for cells in read.cells[1:]] == ["item-1:17", "item-2:0", "2:41", "…ry-long-address:1204"]
    titles = [attrs["title"] or "" for tag, attrs in read.tags if attrs.get("class") == "ck-reference" and tag == "td"]
    assert "id: https://news.example/a/b/c/very-long-address" in titles[3]
    assert "source: صحيفة مُتخيَّلة" in titles[0]


def test_labels_are_beside_the_lines() -> None:
    frame = LINES.with_columns(day=pl.Series([date(2026, 3, 27), None, date(2026, 3, 28), date(2026, 3, 29)]))
    read = Reader(concordance_html(frame, labels=["source", "day"]))
    assert read.cells[0][4:] == ["source", "day"]
    assert [cells[5] for cells in read.cells[1:]] == ["2026-03-27", MISSING, "2026-03-28", "2026-03-29"]
    assert [cells[4] for cells in read.cells[1:]] == [source or MISSING for source in frame["source"]]
    assert [cells[:4] for cells in read.cells] == [cells[:4] for cells in Reader(concordance_html(frame)).cells]


def test_labels_in_a_terminal_depend_on_width() -> None:
    frame = LINES.with_columns(number=pl.Series([1, 20, None, 4000]))
    lines = concordance_text(frame, labels=["source", "number"], width=100).split("\n")
    assert [line.split(" | ")[5] for line in lines] == ["1", "20", MISSING, "4,000"]
    assert len({cell_len(line) for line in concordance_text(frame, labels=["source"], terminal=True).split("\n")}) == 1
    narrow = concordance_text(frame, labels=["source", "number"], width=60).split("\n")
    assert narrow[4] == "(no room for 2 more columns: source, number. To see them,"
    assert narrow[:4] == concordance_text(frame, width=60).split("\n")


def test_concordance_shows_requested_metadata(tmp_path: Path) -> None:
    lines = ck.kwic(ck.sample_corpus(), "هدنة", metadata=["outlet", "date"])
    read = Reader(lines._repr_html_())
    assert read.cells[0][4:] == ["outlet", "date"]
    shown = [[str(value) for value in row] for row in lines.frame.select("outlet", "date").rows()]
    assert [cells[4:] for cells in read.cells[1:]] == shown
    assert str(show(lines)).split(" | ")[4].strip().startswith(shown[0][0][:8])
    saved = ck.save(lines, tmp_path / "lines.html").read_text(encoding="utf-8")
    assert [cells[4:] for cells in Reader(saved).cells[1:]] == shown
    assert Reader(ck.kwic(ck.sample_corpus(), "هدنة")._repr_html_()).cells[0][4:] == []


def test_words_next_to_the_node_stay_visible() -> None:
    read = Reader(concordance_html(LINES))
    cells = {attrs["class"]: attrs for tag, attrs in read.tags if tag == "td"}
    assert cells["ck-before"]["dir"] == "ltr"
    assert "text-align:left" in (cells["ck-before"]["style"] or "")
    assert cells["ck-after"]["dir"] == "rtl"
    assert "text-align:right" in (cells["ck-after"]["style"] or "")
    assert all("overflow:hidden" in (cells[name]["style"] or "") for name in ("ck-before", "ck-after"))
    assert ("table", "rtl") in [(tag, attrs.get("dir")) for tag, attrs in read.tags]


def test_fragments_use_inline_styles_only() -> None:
    for piece in (concordance_html(LINES, sort="after1"), table_html(COUNTS)):
        assert {tag for tag, _ in Reader(piece).tags}.isdisjoint({"style", "script", "link", "svg", "img"})


@pytest.mark.parametrize(
    ("sort", "marked"),
    [
        ("after1", ["ثم"]),
        (["after2", "before1"], ["لأعضاء", "سأل"]),  # in the order of the words in the line
        (("before1", "before2"), ["وأضاف", "لأعضاء"]),
        (("after1", "after1"), ["ثم"]),
        ("-after1", ["ثم"]),
        (("node", "document", "after0", "after99"), []),
        (None, []),
    ],
)
def test_words_of_sort_keys_are_marked(sort: object, marked: list[str]) -> None:
    text = concordance_html(LINES.head(1), sort=sort)  # type: ignore[arg-type]
    pieces = text.split("<span ")[1:]
    assert [piece.split(">", 1)[1].split("<", 1)[0] for piece in pieces] == marked
    assert all("border-bottom:" in piece and "font-weight:bold" in piece for piece in pieces)  # not only by colour
    assert Reader(text).cells[1][:3] == list(LINES.row(0)[:3])


def test_the_kinds_of_underline_differ() -> None:
    text = concordance_html(LINES.head(1), sort=("after1", "after2", "before1"))
    assert all(kind in text for kind in (" solid rgb(", " double rgb(", " dotted rgb("))


def test_omitted_rows_are_reported() -> None:
    many = pl.concat([LINES] * 1278).head(5110)
    assert "showing 100 of 5,110 lines" in concordance_html(many)
    assert "showing" not in concordance_html(LINES)
    assert "showing 2 of 5 rows" in table_html(COUNTS, max_rows=2)
    assert len(Reader(table_html(COUNTS, max_rows=None)).cells) == 6
    assert "showing 0 of 4 lines" in concordance_html(LINES, max_rows=0)


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=30) | st.sampled_from(
    ["<b>&amp;</b>", "\"'>", "&#x41;", "</td>", "<!-- x", "]]>", "\u202eabc", "\u2067x", "a\x00b\x1b[31m"]
)


@given(before=texts, node=texts, after=texts)
def test_concordance_html_round_trips_any_text(before: str, node: str, after: str) -> None:
    html = concordance_html(concordance(before, node, after), sort=("before1", "after1", "after2"), caption=node)
    assert Reader(html).cells[1][:3] == [visible(before), visible(node), visible(after)]


@given(value=texts, name=texts)
def test_table_html_round_trips_any_text(value: str, name: str) -> None:
    frame = pl.DataFrame({name: [value]})
    read = Reader(table_html(frame, caption=value))
    assert read.cells == [[visible(name)], [visible(value)]]


def test_table_snapshot() -> None:
    golden("display_table.html", table_html(COUNTS, caption="Most frequent words", max_rows=4) + "\n")


def test_table_direction_follows_its_text() -> None:
    def direction(frame: pl.DataFrame) -> str | None:
        return dict(Reader(table_html(frame)).tags)["table"]["dir"]

    assert direction(COUNTS) == "rtl"
    assert direction(pl.DataFrame({"word": ["news"], "حرف": [1]})) == "ltr"
    assert direction(pl.DataFrame({"words": [["a", "خبر"]]})) == "rtl"
    assert direction(pl.DataFrame({"words": pl.Series([["خبر"]], dtype=pl.List(pl.Categorical))})) == "rtl"
    assert direction(pl.DataFrame({"words": pl.Series([], dtype=pl.List(pl.String))})) == "ltr"
    assert direction(pl.DataFrame({"word": pl.Series(["خبر"], dtype=pl.Categorical)})) == "rtl"
    assert direction(pl.DataFrame()) == "ltr"


def test_numbers_missing_values_and_ids() -> None:
    read = Reader(table_html(COUNTS))
    assert read.cells == [
        ["word", "count", "per_million", "document"],
        ["في", "41,250", "31,234.57", "12000"],
        ["كُرَة", "3,437", "2,602.00", "1"],
        ["Google", "12", "1.0e-04", "2"],
        ["", "1", "0.00", "3"],
        ["—", "—", "—", "—"],
    ]
    numbers = [attrs for tag, attrs in read.tags if tag == "td" and attrs.get("dir") == "ltr"]
    assert len(numbers) == 15
    years = pl.DataFrame({"year": [2015], "first_year": [2016], "n": [-2015]})
    assert Reader(table_html(years)).cells[1] == ["2015", "2016", "\u22122,015"]


def test_nested_and_other_values() -> None:
    frame = pl.DataFrame(
        {
            "words": [["قال", "Google", None], []],
            "made": [{"حرف": 1, "b": "نعم"}, None],
            "day": [date(2024, 5, 12), None],
            "gap": [timedelta(hours=1), None],
            "ok": [True, None],
            "bytes": [b"\xff\x00", None],
            "share": [float("nan"), float("-inf")],
        }
    )
    assert Reader(table_html(frame)).cells[1:] == [
        ["قال · Google · —", "حرف: 1 · b: نعم", "2024-05-12", "1:00:00", "true", "ff00", "NaN"],
        ["[]", "—", "—", "—", "—", "—", "\u2212∞"],
    ]
    assert plain([{"a": None}, 0.5, b"\x01"]) == "a: — · 0.500 · 01"


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (0.0, 2, "0.00"),
        (-1234.5, 1, "\u22121,234.5"),
        (1e-9, 4, "1.0e-09"),
        (2e20, 2, "2.0e+20"),
        (float("inf"), 2, "∞"),
    ],
)
def test_format_float(value: float, decimals: int, text: str) -> None:
    assert format_float(value, decimals) == text


def test_long_texts_are_cut_with_an_ellipsis() -> None:
    frame = pl.DataFrame({"text": ["س" * 400]})
    assert Reader(table_html(frame)).cells[1] == ["س" * 300 + "…"]
    assert Reader(table_html(frame, max_text=None)).cells[1] == ["س" * 400]


def test_wide_tables_scroll_in_their_box() -> None:
    wide = pl.DataFrame({f"column_{number}": ["قيمة"] for number in range(60)})
    assert 'class="ck-scroll" style="max-width:100%;overflow-x:auto' in table_html(wide)


def test_concordance_requires_its_columns() -> None:
    with pytest.raises(InputError, match=r"^frame must be .* without after, document\. .*before, node, position"):
        concordance_html(LINES.select("before", "node", "position"))


@pytest.mark.parametrize("wrong", [-1, 1.5, "10", True])
def test_max_rows_is_checked(wrong: object) -> None:
    with pytest.raises(InputError, match=r"^max_rows must be a non-negative integer"):
        show(COUNTS, max_rows=wrong)  # type: ignore[arg-type]


def test_page_is_complete_and_loads_nothing() -> None:
    png = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
    parts = [
        heading("Counts & more"),
        "1 < 2 و <b>",
        COUNTS,
        concordance_html(LINES),
        image(png, alt='"x"'),
        show(COUNTS),
    ]
    page = page_html("تقرير <1>", parts)
    read = Reader(page.removeprefix("<!DOCTYPE html>\n"))
    tags = dict(read.tags)
    assert (tags["html"]["lang"], tags["html"]["dir"]) == ("ar", "rtl")
    assert "<title>تقرير &lt;1&gt;</title>" in page
    assert '<p dir="auto" lang="ar">1 &lt; 2 و &lt;b&gt;</p>' in page
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page
    assert [tag for tag, _ in read.tags].count("table") == 3
    for _, attrs in read.tags:
        assert not {"href", "srcset", "action"} & attrs.keys()
        assert (attrs.get("src") or "data:").startswith("data:")
    assert "url(" not in page
    assert "@import" not in page
    assert page_html("Report", []).startswith('<!DOCTYPE html>\n<html lang="en" dir="ltr">')
    assert 'lang="ar" dir="rtl"' in page_html("Report", [], lang="ar")


def test_page_parts_are_checked() -> None:
    with pytest.raises(InputError, match=r"^parts must be .*got 3"):
        page_html("Report", [3])
    with pytest.raises(InputError, match=r"^lang must be .*Did you mean 'ar'"):
        page_html("Report", [], lang="arr")
    with pytest.raises(InputError, match=r"^png must be the bytes of a PNG"):
        image(b"GIF89a", alt="")
    with pytest.raises(InputError, match=r"^level must be an integer from 1 to 4"):
        heading("x", level=7)


def test_joined_html_is_escaped() -> None:
    # Html + str is a str, which a page escapes.
    assert not isinstance(Html("<b>") + "<i>", Html)
    assert "&lt;b&gt;&lt;i&gt;" in page_html("Report", [Html("<b>") + "<i>"])


class FakeConcordance:
    """The attributes of a Concordance that `show` uses."""

    frame = LINES
    sort = ("after1",)
    caption = "المجلس"

    def _repr_html_(self) -> str:
        return ""


def test_show_accepts_results_of_the_library() -> None:
    assert show(COUNTS).html == table_html(COUNTS)
    assert show(COUNTS["word"]).html == table_html(COUNTS.select("word"))
    assert show(FakeConcordance()).html == concordance_html(LINES, sort=("after1",), caption="المجلس")
    assert show(FakeConcordance(), caption="سطور", max_rows=1)._repr_html_() == concordance_html(
        LINES, sort=("after1",), caption="سطور", max_rows=1
    )
    assert show(LINES).html == concordance_html(LINES, labels=["source"])  # all columns of a plain table are shown

    class Sortable(FakeConcordance):
        def sort(self) -> None:  # type: ignore[override]
            """Unrelated to the sort keys of a concordance."""

    assert show(Sortable()).html == concordance_html(LINES, caption="المجلس")
    assert show(show(COUNTS, max_rows=2)).html == table_html(COUNTS)
    assert is_concordance(LINES)
    with pytest.raises(InputError, match=r"^table must be .*got \[1, 2\]"):
        show([1, 2])


def test_show_collects_only_the_rows_it_needs() -> None:
    limits: list[int | None] = []

    def source(_columns: object, _predicate: object, n_rows: int | None, _size: object) -> Iterator[pl.DataFrame]:
        limits.append(n_rows)
        yield pl.DataFrame({"n": range(n_rows or 0)})

    lazy = register_io_source(source, schema={"n": pl.Int64})
    shown = show(lazy, max_rows=3)
    assert limits == [4]
    assert shown.frame["n"].to_list() == [0, 1, 2]
    assert "showing the first 3 rows; there are more" in shown.html
    assert "(showing the first 3 rows; there are more)" in str(shown)
    assert "showing" not in show(pl.LazyFrame({"n": [1, 2, 3]}), max_rows=3).html


def test_terminal_snapshot() -> None:
    parts = [concordance_text(LINES, width=80), table_text(COUNTS, width=80), table_text(COUNTS, max_rows=1, width=24)]
    golden("display_terminal.txt", "\n\n".join(parts) + "\n")


@pytest.mark.parametrize("width", [20, 40, 60, 80, 200])
def test_terminal_lines_are_aligned_at_the_node(width: int) -> None:
    lines = [line for line in concordance_text(LINES, width=width, terminal=True).split("\n") if " | " in line]
    assert len({cell_len(line) for line in lines}) == 1
    assert cell_len(lines[0]) <= width
    assert len({cell_len(line.split(" | ")[0]) for line in lines}) == 1
    for line in lines:
        assert (line[0], line[-1]) == ("\u2067", "\u2069")
        assert line.count("\u2067") == line.count("\u2069")


def test_isolates_are_only_for_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    assert isolate("خبر") not in str(show(COUNTS))
    assert "\u2067" not in str(show(LINES))
    monkeypatch.setattr(sys, "stdout", Terminal())
    in_terminal = str(show(COUNTS)), str(show(LINES))
    monkeypatch.undo()
    assert isolate("في") in in_terminal[0]
    assert isolate("المجلس") in in_terminal[1]


def test_terminal_control_characters_are_neutralised() -> None:
    text = concordance_text(concordance("a\x1b[31m\x9b", "ن\u202eن", "س\nط\tر\u2069"), width=60)
    assert "\x1b" not in text
    assert "\x9b" not in text
    assert "a␛[31m�" in text
    assert "نن" in text
    assert "س ط ر" in text
    assert "\n" not in table_text(pl.DataFrame({"x": ["a\nb"]})).split("\n", 2)[2]


def test_narrow_terminals_list_omitted_columns() -> None:
    text = table_text(pl.DataFrame({"a": ["خ" * 50], "b": [123_456], "c": [1.5], "dddd": [7]}), width=26)
    assert all(cell_len(line) <= 26 for line in text.split("\n")[:3])
    assert "(no room for 1 more column: dddd. To see them," in text.replace("\n", " ")
    assert "…" in text


WIDE = pl.DataFrame(
    {
        "document": pl.Series([0], dtype=pl.UInt32),
        "surface": ["خ" * 50],
        "start": pl.Series([7], dtype=pl.UInt32),
        "reference_per_million": [1.5],
        "log_ratio": [2.5],
        "log_ratio_low": [1.5],
        "log_ratio_high": [3.5],
        "p_adjusted": [0.5],
    }
)


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("width", [20, 35, 60, 80, 120])
def test_narrow_terminals_lose_nothing_in_silence(width: int, language: str) -> None:
    text = table_text(WIDE, width=width, language=language)
    assert all(cell_len(line) <= max(width, 24) for line in text.split("\n"))
    head = " ".join(text.partition("---")[0].split())
    named = " ".join(text.split("\n(")[1:]).replace("\n", " ")
    for name in WIDE.columns:
        found = explain(name, "ar")
        shown = name if language == "en" or found is None else found.label
        first = shown.replace("_", "_ ").split()[0]
        assert first in head or shown in named
    table = table_text(WIDE, width=60)
    assert "start" not in table.split("\n")[1]  # what says least is hidden first
    assert "log_" in table.partition("---")[0]


def test_half_an_interval_is_never_shown() -> None:
    for width in range(20, 100):
        head = table_text(WIDE, width=width).partition("---")[0]
        assert ("low" in head) == ("high" in head)


SPELLED = pl.DataFrame({"word": ["علي", "في"], "spelling": ["على", "في"], "count": [3, 2]})


def test_ends_of_an_interval_have_the_digits_of_their_value() -> None:
    table = pl.DataFrame({"share": [1.0, 0.05], "share_low": [0.8, 0.029], "share_high": [1.0, None], "z": [0.5, 0.1]})
    assert table_text(table).splitlines()[2:] == [
        " 1.00       0.80        1.00  0.500",
        " 0.05       0.03           —  0.100",
    ]
    assert Reader(table_html(table)).cells[2] == ["0.05", "0.03", "—", "0.100"]


def test_the_value_of_a_table_stays_in_a_narrow_terminal() -> None:
    corpus = ck.sample_corpus()
    for value, given_way, each in (
        ("rate_high", "occurrences", ck.trend(corpus, "المسيرات", every="month")),
        ("log_ratio", "target_documents", ck.keyness(corpus, by="outlet")),
        ("change", "rate", ck.trend_tests(corpus, "هدنة", every="month")),
        ("rate", "share", ck.news.frame_rates(corpus, by="outlet", n_bootstrap=0)),
    ):
        text = " ".join(table_text(each, width=60, max_rows=1, spelled=True).split())
        hidden = text.partition("columns: ")[2].partition(". To see")[0].split(", ")
        assert (value in hidden, given_way in hidden) == (False, True)


def test_positions_give_way_before_texts_are_cut_short() -> None:
    corpus = ck.sample_corpus()
    chains = ck.news.name_chains(corpus)
    head, rule = table_text(chains, width=120, max_rows=3).split("\n")[:2]
    assert "start" not in head
    assert "confidence" in head
    assert min(sorted(map(len, rule.split()))[-3:]) >= 17  # id, surface, name
    speech = table_text(ck.news.speech(corpus), width=80, max_rows=3)
    assert "confidence" in speech.partition("---")[0]


def test_html_of_arabic_heads_and_of_long_texts_among_numbers() -> None:
    corpus = ck.sample_corpus()  # which `validate` looks for among the open ones
    rates = ck.precision(ck.validate(ck.news.boilerplate(corpus), n=5))
    assert '<table dir="rtl"' in table_html(rates, language="ar")
    assert '<table dir="ltr"' in table_html(rates)
    assert "min-width:16em" in table_html(WIDE)
    assert "min-width" not in table_html(pl.DataFrame({"word": ["خبر"]}))


def test_periods_have_their_names_and_values_their_arabic() -> None:
    rates = ck.news.frame_rates(ck.sample_corpus(), every="hijri_month", n_bootstrap=0)
    assert Reader(table_html(rates, max_rows=1)).cells[1][:3] == ["1447-07 AH", "means", "military"]
    assert Reader(table_html(rates, max_rows=1, language="ar")).cells[1][:3] == ["1447-07 هـ", "الوسيلة", "عسكري"]
    assert rates["period"][0] == date(2025, 12, 21)
    weeks = table_text(ck.trend(ck.sample_corpus(), "هدنة", every="week").tail(1), language="ar")
    assert "2026-06-29" in weeks
    assert weeks.split()[-1] == "نعم"  # a partial period


def test_spellings_are_shown_in_place_of_the_key() -> None:
    shown = show(SPELLED)
    assert Reader(shown.html).cells == [["word", "count"], ["على", "3"], ["في", "2"]]
    assert str(shown).split("\n")[0].split() == ["word", "count"]
    assert "على" in str(shown)
    assert "the column word has the form that was counted" in " ".join(str(shown).split())
    assert "the column word has the form that was counted" in shown.html
    assert shown.frame.columns == ["word", "spelling", "count"]
    assert "most frequent spelling" not in show(SPELLED.tail(1)).html
    assert Reader(table_html(SPELLED)).cells[0] == ["word", "spelling", "count"]  # in a file nothing is replaced


def test_spellings_belong_to_the_text_before_them() -> None:
    groups = pl.DataFrame({"source": ["a"], "ngram": ["علي ذلك"], "spelling": ["على ذلك"], "count": [1]})
    assert key_column(groups) == "ngram"
    assert key_column(groups.select("spelling", "count", "ngram")) == "ngram"
    assert key_column(groups.drop("ngram", "source")) is None
    assert key_column(groups.with_columns(spelling=pl.lit(1))) is None
    assert show(groups.drop("ngram", "source")).frame.columns == ["spelling", "count"]
    missing = pl.DataFrame({"word": ["علي"], "spelling": pl.Series([None], dtype=pl.String)})
    assert "علي" in show(missing).html


def test_heads_explain_their_columns() -> None:
    read = Reader(show(COUNTS).html)
    titles = [attrs["title"] or "" for tag, attrs in read.tags if tag == "th"]
    assert titles[1] == "How often it occurs. (Int64)"
    assert "details" in [tag for tag, _ in read.tags]
    own = Reader(table_html(pl.DataFrame({"outlet": ["a"]})))
    assert [attrs["title"] for tag, attrs in own.tags if tag == "th"] == ["String"]
    assert "details" not in [tag for tag, _ in own.tags]


def test_heads_follow_the_language() -> None:
    shown = show(COUNTS, language="ar", max_rows=1)
    read = Reader(shown.html)
    assert read.cells[0] == ["الكلمة", "التكرار", "التكرار لكل مليون كلمة", "رقم النص"]
    assert "الصفوف المعروضة: 1 من أصل 5" in shown.html
    assert "الصفوف المعروضة: 1 من أصل 5" in str(shown)
    assert str(shown).split()[:2] == ["الكلمة", "التكرار"]
    assert "المواضع المعروضة: 1 من أصل 4" in show(LINES, language="ar", max_rows=1).html
    assert "المواضع المعروضة: 1 من أصل 4" in str(show(LINES, language="ar", max_rows=1))
    with pytest.raises(InputError, match=r"^language must be .*got 'fr'"):
        show(COUNTS, language="fr")


@given(
    text=st.text(st.sampled_from(f"ابت {FATHA}\u0651\u0670ab中👩\u200d👧"), max_size=20),
    width=st.integers(2, 12),
    keep_end=st.booleans(),
)
def test_clip_keeps_marks_with_their_letters(text: str, width: int, keep_end: bool) -> None:
    cut = _clip(text, width, keep_end=keep_end)
    assert cell_len(cut) <= width
    if cut == text:
        return
    kept = cut.removeprefix("…") if keep_end else cut.removesuffix("…")
    assert text.endswith(kept) if keep_end else text.startswith(kept)
    rest = text[: len(text) - len(kept)] if keep_end else text[len(kept) :]
    after = kept if keep_end else rest
    assert not after or cell_len(after[0]) > 0 or not rest


def test_display_does_not_load_plotting_libraries() -> None:
    code = (
        "import sys, corpus_kit.display, corpus_kit.plots, corpus_kit.export.save, corpus_kit.versions;"
        "print(sorted({'anywidget', 'matplotlib', 'xlsxwriter', 'IPython'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_empty_results_are_labelled() -> None:
    empty = LINES.clear()
    assert "no lines" in concordance_html(empty)
    assert str(show(empty)).endswith("(no lines)")
    assert "no rows" in table_html(COUNTS.clear())
    assert str(show(COUNTS.clear())).endswith("(no rows)")


def test_very_long_line_makes_a_small_page() -> None:
    long = "كَلِمَة " * 150_000
    html = concordance_html(concordance(long, long, long), caption=long, sort=("before1", "after1"))
    assert len(html) < 8000
    before, node, after, _ = Reader(html).cells[1]
    assert before.startswith("…")
    assert long.endswith(before[1:])
    assert node.endswith("…")
    assert long.startswith(after[:-1])
    assert len(after) == 1001


@pytest.mark.parametrize("longest", range(1, 8))
def test_texts_are_not_cut_between_letter_and_mark(longest: int) -> None:
    text = "كَلِمَةٌ"
    assert "\u064b" <= text[7] <= "\u065f"
    assert shortened(text, longest)[:-1] in {"كَ", "كَلِ", "كَلِمَ", "كَلِمَةٌ", text[:longest]}
    end = shortened(text, longest, keep_end=True)
    assert text.endswith(end.removeprefix("…"))
    assert not "\u064b" <= end.removeprefix("…")[:1] <= "\u065f"


@pytest.mark.parametrize(
    "made",
    [
        lambda: ck.Normalizer.preset("search"),
        lambda: ck.news.Gazetteer.states(),
        lambda: ck.news.FrameDictionary.builtin(),
        lambda: ck.document_term_matrix(ck.sample_corpus()),
        ck.sample_corpus,
        lambda: ck.kwic(ck.sample_corpus(), "هدنة"),
        lambda: show(COUNTS),
    ],
)
def test_objects_are_displayed_as_tables_in_notebooks(made: Any) -> None:
    read = Reader(made()._repr_html_())
    assert "table" in {tag for tag, _ in read.tags}
    assert len(read.cells) > 1
    assert len(repr(made())) < 3000


@pytest.mark.slow
def test_page_can_embed_fonts() -> None:
    pytest.importorskip("fontTools", reason="needs the extra `notebooks`")
    pytest.importorskip("fontpkg_amiri", reason="needs the extra `notebooks`")
    page = page_html("تقرير", [table_html(COUNTS)], fonts=True)
    faces = re.findall(r"@font-face \{ font-family: Amiri; font-weight: (\w+); src: url\(data:font/woff;base64,", page)
    assert faces == ["normal", "bold"]
    assert page == page_html("تقرير", [table_html(COUNTS)], fonts=True)
    assert len(page) < 200_000
    from fontTools.ttLib import TTFont

    data = re.search(r"base64,([^)]+)\)", page)
    assert data is not None
    cut = TTFont(io.BytesIO(base64.b64decode(data[1])))
    assert {ord(letter) for letter in "تقرير"} <= set(cut.getBestCmap())
    assert ord("ژ") not in cut.getBestCmap()
    assert "font-face" not in page_html("تقرير", [])


def test_missing_font_packages_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fontTools.subset", None)
    with pytest.raises(CorpusKitError, match=r'fontTools.*pip install "arabic-corpus-kit\[notebooks\]"'):
        page_html("تقرير", [], fonts=True)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("بنسبة -3.5% وفق Reuters", ["-3.5%", "Reuters"]),
        ("قال (AFP) reports إن", ["(AFP) reports"]),
        ("said on 12.5%,", ["said on 12.5%"]),
        ("وفق Reuters (عاجل) و[AFP", ["Reuters", "AFP"]),
        ("انظر <a href=x>news.example/a_b?</a> هنا", ["<a href=x>news.example/a_b", "</a>"]),
        ("كوفيد-19 في 2020", []),
        ("منذ 2026-01-04 و+12.5", ["2026-01-04"]),
        ("شركة Google Cloud، و C++ أيضا", ["Google Cloud", "C++"]),
        ("New York Times", ["New York Times"]),
    ],
)
def test_latin_and_signed_numbers_keep_their_order(text: str, kept: list[str]) -> None:
    assert [piece for piece, turned in by_direction(text) if turned] == kept
    html = concordance_html(concordance(text, "خبر", text))
    assert html.count('<bdi dir="ltr">') == 2 * len(kept)
    assert Reader(html).cells[1][0] == text


@given(texts)
def test_by_direction_loses_no_text(text: str) -> None:
    pieces = by_direction(text)
    assert "".join(piece for piece, _ in pieces) == text
    assert not any(re.search("[\u0620-\u064a]", piece) for piece, turned in pieces if turned)


def test_mathjax_ignores_tables() -> None:
    for html in (concordance_html(LINES), table_html(COUNTS)):
        assert 'tex2jax_ignore mathjax_ignore"' in html.partition(">")[0]
