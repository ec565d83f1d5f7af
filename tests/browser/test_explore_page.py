"""The interactive concordance in a real browser: its script and style, with real answers from Python."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from browser import jupyterlab as lab
from browser.explorer_page import Show, showing

import corpus_kit as ck

pytest.importorskip("anywidget", reason="anywidget is not installed")

pytestmark = pytest.mark.slow

CORPUS = ck.sample_corpus()
MARKUP = "<img src=x onerror=document.title='broken'>"
LONG = "كلمة تتلوها كلمة أخرى في سطر طويل لا يتسع له العمود مهما اتسع، "
TEXTS = [
    LONG * 3 + "أقرب_قبل المجلس أقرب_بعد " + LONG * 3,
    "أعلن المجلس القرار.",
    "بلغت 1,250 ريالًا وفق Reuters أقرب_قبل المجلس Google Cloud شريكًا.",
    f"قبل {MARKUP} المجلس {MARKUP} بعد.",
    "Only Latin المجلس 12.5% here.",
    "وَأَكَّدَ رَئِيسُ المَجْلِسِ أَنَّ المَشْرُوعَ بدأ.\n\nفقرة ثانية لا تذكره.",
]
IDS = ["item-1", "b" * 60, "item-3", MARKUP, "item-5", "item-6"]


@pytest.fixture
def show(browser: Any) -> Iterator[Show]:
    """Return a function that shows an explorer on a blank page and answers its messages."""
    with showing(browser) as shown:
        yield shown


explore = partial(ck.explore, language="ar")


def letters(page: Any, row: int, cell: str, start: int, end: int) -> dict[str, float]:
    """Return the rectangle of a range of letters in a cell, and the bounds of the cell."""
    return lab.letters(page.locator(".ck-line").nth(row).locator(f".ck-{cell}"), start, end)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ck.Corpus]:
    frame = pl.DataFrame(
        {"id": IDS, "text": TEXTS, "paper": ["صحيفة", None, "<b>paper</b>", "صحيفة", "Paper", "صحيفة"]}
    )
    folder = tmp_path_factory.mktemp("corpus") / "corpus"
    with ck.Corpus.build(frame, folder, id="id", progress=False) as built:
        yield built


def nodes(page: Any) -> list[str]:
    found: list[str] = page.locator(".ck-line .ck-node").all_inner_texts()
    return found


def wait_for(page: Any, text: str) -> None:
    """Wait until the status line contains this text."""
    page.locator(".ck-status", has_text=text).wait_for()


def status(page: Any) -> str:
    return re.sub(r"\s+", " ", page.locator(".ck-status").inner_text())


def focused(page: Any) -> list[Any]:
    """Return the control that has the focus, and the number of its line (-1 outside the lines)."""
    found: list[Any] = page.evaluate("""() => {
      const element = document.activeElement;
      const row = element.closest('.ck-line');
      return [element.dataset.role ?? element.className, [...document.querySelectorAll('.ck-line')].indexOf(row)];
    }""")
    return found


# ---------------------------------------------------------------------------------------- appearance


@pytest.mark.parametrize("width", [1200, 760, 420])
@pytest.mark.parametrize("codes", [None, ()])
def test_left_and_right_context_are_on_their_sides(show: Show, corpus: ck.Corpus, width: int, codes: Any) -> None:
    page = show(explore(corpus, "المجلس", codes=codes, metadata="paper"), width=width)
    places = set()
    for row in page.locator(".ck-line").all():
        before, node, after = (row.locator(f"td.ck-{name}").bounding_box() for name in ("before", "node", "after"))
        assert before["x"] >= node["x"] + node["width"] - 1
        assert node["x"] >= after["x"] + after["width"] - 1
        assert before["height"] < 60, "a line is not wrapped"
        places.add((round(node["x"]), round(node["width"])))
    assert len(places) == 1, "the nodes are aligned"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    lab.picture(page, f"explorer-{width}-{'codes' if codes is None else 'plain'}")


@pytest.mark.parametrize("width", [1200, 420])
def test_words_next_to_the_node_are_visible(show: Show, corpus: ck.Corpus, width: int) -> None:
    page = show(explore(corpus, "المجلس", window=30, metadata="paper"), width=width)
    nearest = letters(page, 0, "before", -8, -1)
    assert nearest["width"] > 20
    assert nearest["cell_left"] <= nearest["left"] <= nearest["cell_left"] + 12
    assert nearest["right"] <= nearest["cell_right"]
    nearest = letters(page, 0, "after", 0, 7)
    assert nearest["width"] > 20
    assert nearest["cell_right"] - 12 <= nearest["right"] <= nearest["cell_right"]
    far = letters(page, 0, "before", 0, -1)
    assert far["right"] > far["cell_right"]
    digits = letters(page, 1, "reference", -1, -1)
    assert digits["cell_left"] <= digits["left"] < digits["right"] <= digits["cell_right"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_anchors_are_marked_and_an_error_at_its_place(show: Show, corpus: ck.Corpus, scheme: str) -> None:
    page = show(explore(corpus, "@[] b:[word=المجلس] []", codes=()), scheme=scheme)
    wait_for(page, "من 5")
    marked = page.locator(".ck-line").nth(1).locator(".ck-anchor")
    assert marked.all_inner_texts() == ["أعلن", "المجلس"]
    assert [each.get_attribute("title") for each in marked.all()] == ["target", "b"]
    assert marked.nth(0).bounding_box()["x"] > marked.nth(1).bounding_box()["x"], "right to left"
    assert nodes(page)[1] == "أعلن المجلس القرار"
    lab.picture(page, f"explorer-anchors-{scheme}")

    page.locator(".ck-box").fill("أعلن المجلس |")
    page.locator(".ck-place").wait_for()
    assert page.locator(".ck-pointed").inner_text().rstrip() == "أعلن المجلس |"
    page.locator(".ck-box").fill("أعلن المجلس) القرار")
    page.locator(".ck-place", has_text=")").wait_for()
    place = page.locator(".ck-place").bounding_box()
    words = [lab.letters(page.locator(".ck-pointed"), *ends) for ends in ((0, 4), (-6, -1))]
    assert words[0]["left"] > place["x"] > words[1]["left"], "right to left"
    lab.picture(page, f"explorer-place-{scheme}")
    page.locator(".ck-box").fill("المجلس")
    page.locator(".ck-pointed").wait_for(state="detached")


def test_the_language_of_the_search_is_chosen(show: Show, corpus: ck.Corpus) -> None:
    page = show(explore(corpus, codes=()))
    cqp, exact = page.locator(".ck-toggle input").nth(2), page.locator(".ck-toggle input").nth(1)
    exact.check()
    cqp.check()
    assert exact.is_disabled()
    page.locator(".ck-examples button", has_text='"هدنة"').wait_for()
    lab.picture(page, "explorer-cqp")
    page.locator(".ck-box").fill('"المجلس" @[]')
    page.locator(".ck-anchor").first.wait_for()
    assert page.evaluate("window.asked.at(-1)")["syntax"] == "cqp"
    assert page.evaluate("window.asked.at(-1)")["exact"] is False
    page.locator(".ck-box").fill('"المجلس" [pos="NOUN" "القرار"')
    page.locator(".ck-place").wait_for()
    assert page.locator(".ck-box").get_attribute("dir") == page.locator(".ck-pointed").get_attribute("dir") == "ltr"
    lab.picture(page, "explorer-cqp-place")
    page.locator(".ck-box").fill('"المجلس" @[]')
    page.locator(".ck-place").wait_for(state="detached")
    assert page.locator(".ck-box").get_attribute("dir") == "auto"
    cqp.uncheck()
    page.locator(".ck-status", has_text="لا نتائج").wait_for()
    assert not exact.is_disabled()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_contrast_in_light_and_dark(show: Show, corpus: ck.Corpus, scheme: str) -> None:
    page = show(explore(corpus, "المجلس", codes=["نعم", "لا"], sort=["after1", "before1"]), scheme=scheme)
    page.locator(".ck-open").first.click()
    page.locator("mark").wait_for()
    ground = colour(page, ".ck-explorer", "backgroundColor")
    assert (sum(ground) < 150) == (scheme == "dark")
    for selector in (".ck-node button", ".ck-before", ".ck-status", "select", ".ck-box", ".ck-quote", "mark"):
        assert contrast(colour(page, selector, "color"), ground) >= 12, selector
    field = colour(page, "select.ck-code", "backgroundColor")
    assert contrast(colour(page, "select.ck-code", "color"), field) >= 10
    lab.picture(page, f"explorer-{scheme}")


def test_jupyterlab_colours_are_used(show: Show, corpus: ck.Corpus) -> None:
    page = show(explore(corpus, "المجلس"), scheme="light")
    page.evaluate("""() => {
      document.body.dataset.jpThemeLight = 'false';
      document.body.style.setProperty('--jp-layout-color0', 'rgb(17, 17, 17)');
      document.body.style.setProperty('--jp-content-font-color1', 'rgb(255, 255, 255)');
    }""")
    assert colour(page, ".ck-explorer", "backgroundColor") == (17, 17, 17)
    assert colour(page, ".ck-node button", "color") == (255, 255, 255)
    assert page.evaluate("getComputedStyle(document.querySelector('.ck-explorer')).colorScheme") == "dark"


def colour(page: Any, selector: str, name: str) -> tuple[int, ...]:
    text = page.evaluate(f"getComputedStyle(document.querySelector({selector!r})).{name}")
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])


def contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """Return the contrast of two colours as defined by WCAG 2, from 1 to 21."""

    def luminance(parts: tuple[int, ...]) -> float:
        linear = [(part / 255 + 0.055) ** 2.4 / 1.055**2.4 if part > 10 else part / 255 / 12.92 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def test_words_of_sort_keys_are_tinted(show: Show, corpus: ck.Corpus) -> None:
    page = show(explore(corpus, "المجلس", sort=["after1", "before1"]))
    line = page.locator(".ck-line", has_text="القرار")
    assert line.locator(".ck-after .ck-key-1").inner_text() == "القرار"
    assert line.locator(".ck-before .ck-key-2").inner_text() == "أعلن"


def test_markup_is_escaped(show: Show, corpus: ck.Corpus) -> None:
    explorer = explore(corpus, "المجلس", metadata="paper", codes=[MARKUP, "x"])
    page = show(explorer)
    line = page.locator(".ck-line").nth(3)
    assert MARKUP.split("=")[0] in line.locator(".ck-before").inner_text()
    line.locator("select").select_option(MARKUP)
    line.locator("textarea").fill(MARKUP)
    line.locator(".ck-open").click()
    page.locator(".ck-quote", has_text=MARKUP).wait_for()
    assert MARKUP in page.locator(".ck-source").inner_text()
    page.fill(".ck-box", MARKUP + "(")
    page.locator(".ck-problem:not([hidden])").wait_for()
    page.fill(".ck-box", "المجلس " + MARKUP)
    page.wait_for_function("window.asked.at(-1).pattern.endsWith('>')")
    assert page.locator("img, b, i").count() == 0
    assert explorer.codes.select("code", "note").rows() == [(MARKUP, MARKUP)]
    free = show(explore(corpus, "المجلس"))
    free.locator("input.ck-code").first.fill(MARKUP)
    free.locator("input.ck-code").first.press("Enter")
    free.locator("datalist option").wait_for(state="attached")
    assert free.locator("img").count() == 0


# ------------------------------------------------------------------------------- searching and paging


def test_typing_searches(show: Show) -> None:
    explorer = explore(CORPUS)
    page = show(explorer)
    assert page.locator(".ck-hint").is_visible()
    assert page.locator(".ck-line").count() == 0
    page.locator(".ck-box").press_sequentially("هدنة", delay=20)
    wait_for(page, "من 16")
    assert page.evaluate("window.asked.length") <= 4, "no key is asked for twice"
    assert nodes(page) == ck.kwic(CORPUS, "هدنة").frame["node"].to_list()
    assert status(page) == "الأسطر 1–16 من 16 النصوص: 15"
    assert page.evaluate("document.querySelector('.ck-box').selectionStart") == 4, "the caret stays"
    page.fill(".ck-box", "كتاب لا يوجد")
    wait_for(page, "لا نتائج")
    page.fill(".ck-box", "")
    page.locator(".ck-hint").wait_for()
    page.locator(".ck-hint button", has_text="lemma").click()
    wait_for(page, str(len(ck.kwic(CORPUS, "[lemma=قال]"))))
    assert explorer.concordance.pattern == "[lemma=قال]"
    assert focused(page)[0] == "ck-box"


def test_bad_pattern_keeps_the_lines(show: Show) -> None:
    page = show(explore(CORPUS, "هدنة"))
    page.fill(".ck-box", "(رئيس")
    page.locator(".ck-problem", has_text="لا يُغلق").wait_for()
    assert "أسطر البحث السابق: هدنة" in status(page)
    assert len(nodes(page)) == 16
    assert page.locator(".ck-box").get_attribute("aria-invalid") == "true"
    assert page.locator(".ck-problem").get_attribute("role") == "alert"
    assert page.input_value(".ck-box") == "(رئيس"
    page.fill(".ck-box", "رئيس لجنة")
    page.locator(".ck-problem").wait_for(state="hidden")
    assert set(nodes(page)) == {"رئيس لجنة"}


def test_sorting_by_two_keys(show: Show) -> None:
    explorer = explore(CORPUS, "هدنة")
    page = show(explorer)
    first, second, third = page.locator(".ck-group select").all()
    first.select_option("after1")
    page.wait_for_function("document.querySelectorAll('.ck-key-1').length === 16")
    second.select_option("outlet")
    page.locator(".ck-turn").nth(1).click()
    page.wait_for_function("window.model.get('_page').sort[1] === '-outlet'")
    assert explorer.concordance.sort == ["after1", "-outlet"]
    rows = page.locator(".ck-line .ck-after").all_inner_texts()
    expected = ck.kwic(CORPUS, "هدنة", sort=["after1", "-outlet"]).frame["after"].to_list()
    assert [row[:15] for row in rows] == [text[:15] for text in expected]
    assert page.locator(".ck-turn").nth(1).get_attribute("aria-label") == "تنازلي"
    third.select_option("before1")
    page.wait_for_function("document.querySelectorAll('.ck-before .ck-key-3').length > 10")
    assert explorer.concordance.sort == ["after1", "-outlet", "before1"]


def test_paging(show: Show) -> None:
    page = show(explore(CORPUS, "في", page_size=10))
    total = len(ck.kwic(CORPUS, "في"))
    last = -(-total // 10)
    first, previous, following, end = page.locator(".ck-pager button").all()
    assert previous.get_attribute("aria-disabled") == "true"
    following.click()
    wait_for(page, "11–20")
    following.click()
    wait_for(page, "21–30")
    previous.click()
    wait_for(page, "11–20")
    end.click()
    wait_for(page, f"{(last - 1) * 10 + 1}–{total}")
    assert following.get_attribute("aria-disabled") == "true"
    assert page.evaluate("document.activeElement.textContent") == "الأخيرة", "the focus is not lost at the end"
    following.click(force=True)
    assert f"صفحة {last} من {last}" in re.sub(r"\s+", " ", page.locator(".ck-page").inner_text())
    first.click()
    wait_for(page, "1–10")
    page.locator(".ck-bar select").last.select_option("100")
    wait_for(page, "1–100")
    assert len(nodes(page)) == 100


def test_toggles_and_windows(show: Show) -> None:
    explorer = explore(CORPUS, "السعودية", window=3)
    page = show(explorer)
    page.get_by_text("باللواصق").click()
    wait_for(page, f"من {len(ck.kwic(CORPUS, 'السعودية', clitics=True))}")
    page.get_by_text("بالرسم نفسه").click()
    page.wait_for_function("window.model.get('_page').exact")
    page.get_by_label("عدد الكلمات قبل الكلمة").fill("0")
    page.get_by_label("عدد الكلمات بعد الكلمة").fill("1")
    page.wait_for_function("String(window.model.get('_page').window) === '0,1'")
    assert explorer.concordance.options["window"] == [0, 1]
    assert set(page.locator(".ck-line .ck-before").all_inner_texts()) == {""}
    page.get_by_label("عدد الكلمات بعد الكلمة").fill("")
    page.get_by_label("عدد الكلمات قبل الكلمة").fill("99999")
    page.wait_for_function("String(window.model.get('_page').window) === '100,1'")


def test_outdated_answers_are_ignored(show: Show) -> None:
    explorer = explore(CORPUS, "السهل")
    page = show(explorer)
    page.evaluate("window.holding = true")
    page.fill(".ck-box", "في")
    page.wait_for_function("window.held.length === 1")
    page.fill(".ck-box", "هدنة")
    page.wait_for_timeout(600)
    assert page.evaluate("window.asked.length") == 1, "one request at a time"
    page.evaluate("window.old = JSON.parse(JSON.stringify(window.held[0])); window.release(0)")
    page.wait_for_function("window.held.length === 1")
    assert set(nodes(page)) == {"السهل"}, "the outdated answer is not drawn"
    assert page.input_value(".ck-box") == "هدنة"
    page.evaluate("window.release(0)")
    wait_for(page, "من 16")
    page.evaluate("window.push(window.old)")  # it arrives again, late
    assert set(nodes(page)) == {"هدنة"}
    assert page.input_value(".ck-box") == "هدنة"


def test_typing_while_an_answer_arrives_is_kept(show: Show) -> None:
    page = show(explore(CORPUS, "السهل"))
    page.evaluate("window.holding = true")
    page.fill(".ck-box", "هد")
    page.wait_for_function("window.held.length === 1")
    page.evaluate("window.holding = false")
    page.locator(".ck-box").press_sequentially("نة")
    page.evaluate("window.release(0)")
    assert page.input_value(".ck-box") == "هدنة"
    wait_for(page, "من 16")
    assert page.input_value(".ck-box") == "هدنة"


def test_search_from_python_is_shown(show: Show) -> None:
    explorer = explore(CORPUS, "السهل")
    page = show(explorer)
    explorer.search("هدنة")
    page.evaluate("window.push", {"page": explorer._page, "messages": []})
    assert page.input_value(".ck-box") == "هدنة"
    assert set(nodes(page)) == {"هدنة"}


# -------------------------------------------------------------------------------------------- context


def test_clicking_a_line_opens_its_context(show: Show, corpus: ck.Corpus) -> None:
    page = show(explore(corpus, "المجلس"))
    button = page.locator(".ck-open").nth(5)
    button.click()
    page.locator(".ck-quote").wait_for()
    assert page.locator(".ck-quote").inner_text() == TEXTS[5].partition("\n")[0]
    assert page.locator(".ck-quote").get_attribute("dir") == "rtl"
    assert page.locator("mark").inner_text() == "المَجْلِسِ"
    assert button.get_attribute("aria-expanded") == "true"
    page.get_by_role("button", name="النص كاملًا").click()
    page.locator(".ck-quote", has_text="فقرة ثانية").wait_for()
    assert page.locator(".ck-quote").inner_text() == TEXTS[5]
    page.locator(".ck-line").nth(1).locator("td.ck-after").click()  # another line, clicked anywhere
    page.locator(".ck-quote", has_text="أعلن").wait_for()
    assert page.locator(".ck-context").count() == 1
    assert button.get_attribute("aria-expanded") == "false"
    page.get_by_role("button", name="إغلاق").click()
    assert page.locator(".ck-context").count() == 0
    assert focused(page) == ["node", 1]


def test_context_stays_open_while_coding(show: Show, corpus: ck.Corpus) -> None:
    page = show(explore(corpus, "المجلس", codes=["x"]))
    page.locator(".ck-open").nth(1).click()
    page.locator("mark").wait_for()
    page.locator("select.ck-code").nth(1).select_option("x")
    wait_for(page, "المرمَّز: 1")
    assert page.locator(".ck-context mark").count() == 1
    page.locator(".ck-group select").first.select_option("-document".removeprefix("-"))
    page.wait_for_function("window.model.get('_page').sort.length === 1")
    assert page.locator(".ck-context mark").count() == 1, "the line is still there"
    page.fill(".ck-box", "أعلن")
    wait_for(page, "من 1")
    assert page.locator(".ck-context").count() == 0


def test_long_context_scrolls_to_the_node(show: Show, tmp_path: Path) -> None:
    text = "كلمة " * 200_000 + "هدف " + "كلمة " * 20_000
    with ck.Corpus.build(pl.DataFrame({"text": [text]}), tmp_path / "corpus", progress=False) as corpus:
        page = show(explore(corpus, "هدف"))
        page.locator(".ck-open").click()
        page.locator("mark").wait_for()
        text_box, mark = page.locator(".ck-text").bounding_box(), page.locator("mark").bounding_box()
        assert text_box["height"] < 500
        assert text_box["y"] <= mark["y"] <= text_box["y"] + text_box["height"]
        assert "980,000 من المحارف" in page.locator(".ck-far").first.inner_text()


def test_everything_works_by_keyboard(show: Show) -> None:
    explorer = explore(CORPUS, "هدنة", codes=["for", "against"], page_size=5)
    page = show(explorer)
    page.locator(".ck-open").first.focus()
    press = page.keyboard.press
    press("ArrowDown")
    press("ArrowDown")
    press("ArrowUp")
    assert focused(page) == ["node", 1]
    press("End")
    assert focused(page) == ["node", 4]
    press("ArrowDown")
    assert focused(page) == ["node", 4]
    press("Home")
    press("Enter")
    page.locator("mark").wait_for()
    press("Escape")
    assert page.locator(".ck-context").count() == 0
    assert focused(page) == ["node", 0]
    press("2")
    wait_for(page, "المرمَّز: 1")
    assert focused(page) == ["node", 0]
    assert explorer.codes["code"].to_list() == ["against"]
    press("PageDown")
    wait_for(page, "6–10")
    assert focused(page) == ["node", 0]
    press("1")
    wait_for(page, "المرمَّز: 2")
    press("PageUp")
    wait_for(page, "1–5")
    press("0")
    wait_for(page, "المرمَّز: 1")
    assert explorer.codes["code"].to_list() == ["for"]
    press("9")  # there is no such code
    assert page.locator(".ck-open[tabindex='0']").count() == 1


def test_escape_closes_the_context(show: Show, corpus: ck.Corpus) -> None:
    page = show(explore(corpus, "المجلس"))
    page.locator(".ck-open").nth(2).click()
    page.locator("mark").wait_for()
    page.locator(".ck-text").focus()
    page.keyboard.press("Escape")
    assert page.locator(".ck-context").count() == 0
    assert focused(page) == ["node", 2]


# --------------------------------------------------------------------------------------------- coding


def test_codes_and_notes_reach_the_table(show: Show) -> None:
    explorer = explore(CORPUS, "هدنة", codes=["مؤيد", "معارض"])
    page = show(explorer)
    line = page.locator(".ck-line").nth(3)
    assert line.locator("option").all_inner_texts() == ["—", "مؤيد", "معارض"]
    line.locator("select").select_option("معارض")
    line.locator("textarea").fill("قول <منقول>")
    line.locator("textarea").press("Enter")
    page.wait_for_function("window.asked.length === 2")
    wait_for(page, "المرمَّز: 1")
    key = ck.kwic(CORPUS, "هدنة").frame.select("id", "position").row(3)
    assert explorer.codes.select("id", "position", "code", "note").rows() == [(*key, "معارض", "قول <منقول>")]
    assert focused(page) == ["note", 3]
    page.locator(".ck-group select").first.select_option("after1")
    page.wait_for_function("document.querySelectorAll('.ck-key-1').length === 16")
    place = ck.kwic(CORPUS, "هدنة", sort="after1").frame.select("id", "position").rows().index(key)
    assert page.locator("select.ck-code").nth(place).input_value() == "معارض"
    assert page.locator("textarea").nth(place).input_value() == "قول <منقول>"
    assert page.locator(".ck-is-coded").count() == 1


def test_used_codes_are_suggested(show: Show) -> None:
    page = show(explore(CORPUS, "هدنة"))
    field = page.locator("input.ck-code").first
    field.fill("تأييد")
    field.press("Tab")
    page.locator("datalist option[value='تأييد']").wait_for(state="attached")
    assert focused(page) == ["note", 0]


def test_unfinished_note_is_not_lost(show: Show) -> None:
    explorer = explore(CORPUS, "هدنة", codes=["x"])
    page = show(explorer)
    note = page.locator("textarea").nth(2)
    note.press_sequentially("نصف ملاح")
    explorer.assign(0, "x")  # redraws the page meanwhile
    page.evaluate("window.push", {"page": explorer._page, "messages": []})
    assert page.locator("select.ck-code").first.input_value() == "x"
    note.press_sequentially("ظة")
    assert note.input_value() == "نصف ملاحظة"
    note.press("Tab")
    wait_for(page, "المرمَّز: 2")
    assert explorer.codes["note"].to_list() == [None, "نصف ملاحظة"]


def test_note_is_saved_before_its_line_disappears(show: Show) -> None:
    explorer = explore(CORPUS, "هدنة", codes=["x"])
    page = show(explorer)
    page.locator("textarea").nth(2).press_sequentially("ملاحظة")
    explorer.search("التحالف")
    page.evaluate("window.push", {"page": explorer._page, "messages": []})
    wait_for(page, "المرمَّز: 1")
    assert explorer.codes.select("node", "note").rows() == [("هدنة", "ملاحظة")]
    assert focused(page) == ["node", 0]


def test_refused_code_is_reported_and_replaced(show: Show, tmp_path: Path) -> None:
    sheet = tmp_path / "codes.csv"
    explorer = explore(CORPUS, "هدنة", codes=["x", "y"], sheet=sheet)
    page = show(explorer)
    page.locator("select.ck-code").first.select_option("x")
    wait_for(page, "المرمَّز: 1")
    other = pl.read_csv(sheet, infer_schema=False).with_columns(code=pl.lit("of another coder"), note=pl.lit("n"))
    other.write_csv(sheet)
    page.locator("select.ck-code").first.select_option("y")
    page.locator(".ck-notice", has_text="من برنامج آخر").wait_for()
    assert page.locator("select.ck-code").first.input_value() == "of another coder"
    page.locator("textarea").first.fill("mine")
    page.locator("textarea").first.press("Enter")
    page.locator(".ck-notice:not(.ck-why)").wait_for(state="hidden")
    assert pl.read_csv(sheet)["note"].to_list() == ["mine"], "the other coder's note had been shown"


@pytest.mark.parametrize("width", [1100, 420])
def test_a_conflict_is_shown_and_decided(show: Show, tmp_path: Path, width: int) -> None:
    sheet = tmp_path / "codes.csv"
    explorer = explore(CORPUS, "هدنة", codes=["for", "against"], sheet=sheet, coder="علي")
    page = show(explorer, width=width)
    other = explore(CORPUS, "هدنة", sheet=sheet, coder="سارة")
    other.assign(0, "for", note=MARKUP)
    page.locator("select.ck-code").first.select_option("against")
    conflict = page.locator(".ck-conflict")
    conflict.wait_for()
    assert conflict.inner_text().split("\n")[:3] == ["رمز آخر:", "against", "علي"]
    assert page.locator("select.ck-code").first.input_value() == "for"
    assert page.locator(".ck-notice", has_text="من برنامج آخر").count() == 1
    assert page.locator(".ck-explorer").evaluate("element => element.scrollWidth <= element.clientWidth")
    lab.picture(page, f"explorer-conflict-{width}")
    conflict.get_by_role("button", name="اعتماد هذا بدل ما هنا").press("Enter")
    conflict.wait_for(state="detached")
    assert page.locator("select.ck-code").first.input_value() == "against"
    assert focused(page) == ["node", 0]
    assert explorer.conflicts.is_empty()
    assert pl.read_csv(sheet)["code"].to_list() == ["against"]


def test_no_controls_without_coding(show: Show) -> None:
    page = show(explore(CORPUS, "هدنة", codes=()))
    assert page.locator(".ck-coding, .ck-code, textarea").count() == 0
    assert page.locator("thead th").count() == 4


# -------------------------------------------------------------------------- cleanup, accessibility


def test_widget_removes_its_listeners(show: Show) -> None:
    page = show(explore(CORPUS, "هدنة"))
    assert page.evaluate("window.model.listeners()") == 4
    page.evaluate("window.end()")
    assert page.evaluate("window.model.listeners()") == 0


def test_controls_have_accessible_names(show: Show) -> None:
    page = show(explore(CORPUS, "هدنة", codes=["x"], metadata="outlet", sort="after1"))
    page.locator(".ck-open").first.click()
    page.locator("mark").wait_for()
    nameless = page.evaluate("""() => [...document.querySelectorAll('button, input, select, textarea')]
      .filter((e) => !(e.getAttribute('aria-label') || e.textContent.trim() || e.closest('label')?.textContent.trim()))
      .map((e) => e.outerHTML)""")
    assert nameless == []
    assert page.locator("[role=status][aria-live=polite]").count() == 4
    assert page.locator(".ck-explorer").get_attribute("dir") == "rtl"
