"""Plots: the content of the chart, and offline rendering with shaped Arabic."""

from __future__ import annotations

import inspect
import io
import json
import re
import struct
import sys
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from corpus_kit import plots
from corpus_kit.display.isolation import isolate, label_text
from corpus_kit.errors import CorpusKitError, InputError
from corpus_kit.plots.arguments import _with_look
from corpus_kit.plots.live import chart_script, chart_style, picture_data, rows_behind
from corpus_kit.plots.look import THEMES, say, theme_of
from corpus_kit.plots.pictures import Point, Scatter, log_axis

png_module = import_module("corpus_kit.plots.png")  # the package attribute of this name is the function
COUNTS = pl.DataFrame({"word": ["في", "كُرَة", "Google", "قال"], "count": [90, 1200, 30, 90], "documents": [1, 2, 3, 4]})


def values_of(chart: Any) -> list[tuple[str, float, str]]:
    drawn = chart.data()["picture"]
    return list(zip(drawn["labels"], drawn["values"], drawn["shown"], strict=True))


def test_bars_are_ordered_and_isolated() -> None:
    chart = plots.frequency(COUNTS, top=3, title="أكثر الكلمات (2024)")
    assert values_of(chart) == [
        (isolate("كُرَة"), 1200, "1,200"),
        (isolate("في"), 90, "90"),
        (isolate("قال"), 90, "90"),
    ]
    assert chart.data()["picture"]["title"] == isolate("أكثر الكلمات (2024)")
    assert values_of(plots.frequency(COUNTS, top=9))[-1][0] == "Google"


def test_other_columns_of_text() -> None:
    ngrams = pl.DataFrame({"source": ["a"], "ngram": ["قال الوزير"], "count": [2]})
    assert values_of(plots.frequency(ngrams))[0][0] == isolate("قال الوزير")
    other = pl.DataFrame({"count": [2], "label": ["خبر"]})
    assert values_of(plots.frequency(other))[0][0] == isolate("خبر")


@pytest.mark.parametrize(
    ("frame", "options", "message"),
    [
        (COUNTS.drop("word"), {}, r"^table must have a String column .* count \(Int64\)"),
        (COUNTS.drop("count"), {}, "^table must have .* numeric column 'count'"),
        (COUNTS.with_columns(pl.col("count").cast(pl.String)), {}, "^table must have .* numeric column 'count'"),
        (pl.concat([COUNTS, COUNTS]), {}, "^table must have each word once, got 'في'"),
        (COUNTS.clear(), {}, "^table must have rows"),
        (COUNTS, {"top": 0}, "^top must be .*got 0"),
        (COUNTS, {"top": True}, "^top must be .*got True"),
    ],
)
def test_invalid_tables(frame: pl.DataFrame, options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        plots.frequency(frame, **options)


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def test_png_is_reproducible_offline() -> None:
    pytest.importorskip("matplotlib", reason="needs the extra `notebooks`")
    chart = plots.frequency(COUNTS)
    first = plots.png(chart, ppi=72)
    assert plots.png(chart, ppi=72) == first
    width, height = size(plots.png(chart))
    assert (width, height) == pytest.approx((2 * size(first)[0], 2 * size(first)[1]), abs=2)
    # Shaped letters join: a word is narrower than its separate letters.
    joined = pl.DataFrame({"word": ["سسسسسسسسسس"], "count": [1]})
    apart = pl.DataFrame({"word": ["\u200c".join("سسسسسسسسسس")], "count": [1]})
    assert size(plots.png(plots.frequency(joined)))[0] < size(plots.png(plots.frequency(apart)))[0]


def pixels_of(png: bytes) -> Any:
    """Return the pixels of an image as Pillow reads them: (height, width, 4)."""
    return np.asarray(pytest.importorskip("PIL.Image").open(io.BytesIO(png)).convert("RGBA"))


@pytest.mark.parametrize("colours", [1, 2, 256, 257])
@pytest.mark.parametrize("alpha", [0, 255])
def test_packing_keeps_every_colour(colours: int, alpha: int) -> None:
    pixels = np.random.default_rng(colours).integers(0, 255, (colours, 4), np.uint8)
    pixels[:, 0], pixels[:, 3], pixels[0, 3] = np.arange(colours) % 256, 255, alpha
    pixels = np.resize(np.repeat(pixels, 3, axis=0), (60, 13, 4))
    assert (pixels_of(png_module.written(pixels)) == pixels).all()


def test_arabic_title_and_axis() -> None:
    data = plots.frequency(COUNTS, language="ar").data()
    assert data["picture"]["axis"] == isolate("التكرار")
    assert (data["direction"], data["theme"]) == ("rtl", None)


def test_dark_backgrounds_have_light_text() -> None:
    assert {theme.ground for theme in THEMES.values()} == {"#ffffff", "#16181c"}
    assert plots.frequency(COUNTS, theme="dark").data()["theme"] == "dark"
    for theme in THEMES.values():
        assert f"--ck-c-ground: {theme.ground}; --ck-c-ink: {theme.ink};" in chart_style()


def brightness(colour: str) -> float:
    """Return the relative luminance of WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((brightness(one), brightness(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", THEMES)
def test_colours_are_distinguishable(name: str) -> None:
    theme = theme_of(name)
    assert contrast(theme.ink, theme.ground) > 7
    assert contrast(theme.blue, theme.ground) > 3
    assert contrast(theme.orange, theme.ground) > 3
    # text in a heat map cell has one of two colours
    for place, step in enumerate(theme.steps):
        strong = place / (len(theme.steps) - 1) > 0.67
        assert contrast(theme.strong_ink if strong else theme.ink, step) > 3.5, step


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, "\u2014"),
        ("news 59%", "news 59%"),
        ("a" + 9 * "\u0301" + "b", "a" + 6 * "\u0301" + "…b"),
        ("نسبة 59% من", isolate("نسبة \u206659%\u2069 من")),
        ("الفرق -3.5", isolate("الفرق \u2066-3.5\u2069")),
        ("منذ 2026-01-04", isolate("منذ \u20662026-01-04\u2069")),
        ("كوفيد-19 (2020)", isolate("كوفيد-19 (2020)")),
        ("من \u20665%\u2069", isolate("من \u20665%\u2069")),
    ],
)
def test_label_text(text: str | None, expected: str) -> None:
    assert label_text(text) == expected


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"backend": "mathplotlib"}, "^backend must be .*Did you mean 'matplotlib'"),
        ({"backend": "altair"}, "^backend must be .* no longer drawn with Altair"),
        ({"theme": "drak"}, "^theme must be .*Did you mean 'dark'"),
        ({"language": "fr"}, "^language must be .*got 'fr'"),
        ({"title": 5}, "^title must be .*got 5"),
    ],
)
def test_invalid_appearance_options(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        plots.frequency(COUNTS, **options)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"^language must be"):
        say("count", "fr")


def test_shared_arguments_are_in_signature_and_help() -> None:
    assert list(inspect.signature(plots.frequency).parameters) == [
        "table", "top", "title", "backend", "theme", "language",
    ]  # fmt: skip
    for name in plots.__all__:
        if name not in ("Chart", "isolate", "png", "use_png_renderer"):
            entries = re.findall(r"^ {4}(\w+): ", getattr(plots, name).__doc__, re.MULTILINE)
            assert entries == [*inspect.signature(getattr(plots, name)).parameters, "InputError", "CorpusKitError"]
    with pytest.raises(TypeError, match=r"frequency\(\) got an unexpected keyword argument 'tilte'"):
        plots.frequency(COUNTS, tilte="x")  # type: ignore[call-arg]


def test_help_does_not_depend_on_the_version_of_python() -> None:
    """From 3.13 on, docstrings come without their indentation; under -OO there are none."""
    written = "Draw.\n\n    Args:\n        x: It.\n        **look: See.\n\n    Raises:\n        InputError: If.\n    "
    assert _with_look(written) == _with_look(inspect.cleandoc(written))
    assert re.findall(r"^\w+:$", _with_look(written), re.MULTILINE) == ["Args:", "Returns:", "Raises:"]
    assert _with_look("") == ""


@pytest.mark.parametrize("call", [lambda: plots.frequency(COUNTS).figure, lambda: plots.png(plots.frequency(COUNTS))])
def test_missing_library_is_named(monkeypatch: pytest.MonkeyPatch, call: Any) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(CorpusKitError, match=r'matplotlib.*pip install "arabic-corpus-kit\[notebooks\]"'):
        call()


COLLOCATES = pl.DataFrame(
    {
        "collocate": ["إنسانية", "مدتها", "في", "من"],
        "count": [1500, 5, 8, 2],
        "log_dice": [13.9, 12.9, -1.0, float("-inf")],
        "mi": [7.0, 8.0, 1.0, None],
    }
)


def test_collocates_by_measure_with_counts() -> None:
    chart = plots.collocations(COLLOCATES)
    assert values_of(chart) == [
        (isolate("إنسانية"), 13.9, "1,500"),
        (isolate("مدتها"), 12.9, "5"),
    ]
    assert chart.data()["picture"]["axis"].startswith("strength of association logDice, ")
    by_mi = values_of(plots.collocations(COLLOCATES, measure="mi", top=2))
    assert [label for label, _, _ in by_mi] == [isolate("مدتها"), isolate("إنسانية")]
    pairs = COLLOCATES.rename({"collocate": "ngram"})
    assert values_of(plots.collocations(pairs))[0][0] == isolate("إنسانية")


@pytest.mark.parametrize(
    ("frame", "options", "message"),
    [
        (COUNTS, {}, "^table must be a table of ck.collocations, got one without collocate"),
        (COLLOCATES.drop("log_dice", "mi"), {}, "^table must be a table of ck.collocations"),
        (COLLOCATES, {"measure": "log_dise"}, "^measure must be .*Did you mean 'log_dice'"),
        (COLLOCATES, {"top": 0}, "^top must be"),
        (COLLOCATES.tail(1), {}, "^table must have a row whose log_dice is above 0"),
    ],
)
def test_invalid_collocation_tables(frame: pl.DataFrame, options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        plots.collocations(frame, **options)


# ------------------------------------------------------------------------------------------- charts


def test_without_a_kernel_a_chart_is_an_image() -> None:
    pytest.importorskip("matplotlib", reason="needs the extra `notebooks`")
    chart = plots.frequency(COUNTS)
    data, metadata = chart._repr_mimebundle_()
    assert data.keys() == {"image/png", "text/plain"}
    width, height = size(data["image/png"])
    said = metadata["image/png"].pop("alt")
    assert re.fullmatch(r"Bar chart\. It shows .+ \([\d,]+\), .+\.", said), said
    assert metadata["image/png"] == {"width": width // 2, "height": height // 2}
    assert data["text/plain"] == repr(chart) == "Chart(Bars, table of 4 rows)"


def test_an_image_in_a_notebook_has_few_colours() -> None:
    pytest.importorskip("matplotlib", reason="needs the extra `notebooks`")
    words = pl.DataFrame({"word": [f"w{n}" for n in range(300)], "count": range(2, 302)})
    chart = plots.frequency_dispersion(words.with_columns(deviation_of_proportions=pl.col("count") / 400))
    whole, few = plots.png(chart), chart._repr_mimebundle_()[0]["image/png"]
    assert len(few) <= len(whole)
    assert size(few) == size(whole)
    difference = np.abs(pixels_of(few).astype(int) - pixels_of(whole).astype(int))
    assert difference.mean() < 0.5
    assert difference.max() < 80


def test_an_image_that_cannot_be_drawn_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    data, _ = plots.frequency(COUNTS)._repr_mimebundle_()
    assert data.keys() == {"text/plain"}
    assert "need matplotlib" in data["text/plain"]


def test_files(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="needs the extra `notebooks`")
    chart = plots.frequency(COUNTS, title="كلمات")
    for kind, start in (("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")):
        path = tmp_path / f"words.{kind}"
        chart.save(path)
        first = path.read_bytes()
        assert first.startswith(start)
        plots.frequency(COUNTS, title="كلمات").save(str(path))
        assert path.read_bytes() == first
    with pytest.raises(InputError, match=r"^path must end in \.png, \.svg or \.pdf, got 'words\.html'"):
        chart.save("words.html")
    assert plots.png(chart) == plots.png(plots.frequency(COUNTS, title="كلمات", backend="matplotlib"))


def test_marks_know_their_rows() -> None:
    chart = plots.frequency(COUNTS, top=3)
    drawn = chart.data()["picture"]
    assert drawn["heads"] == ["occurrences", "documents"]
    assert drawn["marks"] == [
        [isolate("كُرَة"), ["1,200", "2"], 1],
        [isolate("في"), ["90", "1"], 0],
        [isolate("قال"), ["90", "4"], 3],
    ]
    assert rows_behind(chart.picture, [2, 0, 2, 99, -1], chart.table) == [1, 3]


def test_words_at_one_place_are_one_mark() -> None:
    axis = log_axis("", 1, 10)
    words = pl.DataFrame({"word": [f"w{n}" for n in range(6)], "count": [5] * 6, "documents": [1, 2, 3, 4, 5, 6],
                          "deviation_of_proportions": [0.5] * 6})  # fmt: skip
    chart = plots.frequency_dispersion(words)
    ((name, values, row, many),) = chart.data()["picture"]["marks"]
    assert (name, row, many) == ("w0 · w1 · w2 · w3 · +2", 0, 6)
    assert values == ["5 each", "", "0.500 each"], "what the words have in common"
    differing = plots.frequency_dispersion(words.with_columns(count=pl.Series([90_000] * 5 + [90_001])))
    assert differing.data()["picture"]["marks"][0][1] == ["540,001 in all", "", "0.500 each"]
    assert rows_behind(chart.picture, [0]) == [0, 1, 2, 3, 4, 5]
    assert picture_data(Scatter([Point(1, 2)], axis, axis))["marks"] == []


def test_messages_of_the_page() -> None:
    pytest.importorskip("anywidget", reason="needs the extra `notebooks`")
    chart = plots.frequency(COUNTS, top=3)
    opened: list[Any] = []
    chart.on_open = lambda rows: opened.append(rows["word"].to_list())
    receive = chart.widget._received
    receive(chart.widget, {"kind": "open", "mark": 0}, [])
    assert opened == [["كُرَة"]]
    receive(chart.widget, {"kind": "select", "marks": [1, 0, True, "x", 7]}, [])
    assert chart.selected["word"].to_list() == ["في", "كُرَة"]
    for other in (None, [], {"kind": "open", "mark": "0"}, {"kind": "select", "marks": "01"}, {"kind": "x"}):
        receive(chart.widget, other, [])
    assert (len(opened), chart.selected.height) == (1, 2)


def test_nothing_of_a_corpus_is_markup_or_too_long() -> None:
    bad = pl.DataFrame(
        {"word": ["</script><img src=x onerror=alert(1)>", "<!--<script>", "ن" * 5_000], "count": [3, 2, 1]}
    )
    text = json.dumps(plots.frequency(bad, title="</script>").data(), allow_nan=False)
    assert "</" not in text
    assert "<!" not in text
    name = plots.frequency(bad).data()["picture"]["marks"][2][0]
    assert len(name) < 600


def test_the_script_is_one_module() -> None:
    script = chart_script()
    assert script.count("export ") == 1
    assert "import " not in script
    assert set(re.findall(r"https?://[^\s\"']+", script + chart_style())) == {"http://www.w3.org/2000/svg"}


@cache
def long_chart() -> plots.Chart:
    """Return a chart whose image has more than 120 megapixels at 600 ppi."""
    return plots.frequency(pl.DataFrame({"word": [f"w{number}" for number in range(150)], "count": 1}), top=150)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plots.png(None), "^chart must be .*got None"),
        (lambda: plots.png("x"), "^chart must be .*got 'x'"),
        (lambda: plots.png(plots.frequency(COUNTS), ppi=0), "^ppi must be an integer from 1 to 600, got 0"),
        (lambda: plots.png(plots.frequency(COUNTS), ppi=10**6), "^ppi must be"),
        (lambda: plots.png(plots.frequency(COUNTS), ppi=72.5), "^ppi must be"),  # type: ignore[arg-type]
        (lambda: plots.use_png_renderer(ppi=-1), "^ppi must be"),
        (lambda: plots.png(long_chart(), ppi=600), "^chart must be at most 120 megapixels .* at ppi=600"),
    ],
)
def test_rendering_errors(call: Any, message: str) -> None:
    pytest.importorskip("matplotlib", reason="needs the extra `notebooks`")
    with pytest.raises(InputError, match=message):
        call()


def test_plot_too_large_for_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("matplotlib", reason="needs the extra `notebooks`")
    monkeypatch.setattr("corpus_kit.plots.chart.resolution_of_images", lambda: 600)
    data, _ = long_chart()._repr_mimebundle_()
    assert "megapixels" in data["text/plain"]
