"""Plots: the content of the chart, and offline rendering with shaped Arabic."""

from __future__ import annotations

import inspect
import io
import re
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import numpy as np
import polars as pl
import pytest
from conftest import load_altair_or_skip

from corpus_kit import plots
from corpus_kit.display.isolation import isolate, label_text
from corpus_kit.errors import CorpusKitError, InputError
from corpus_kit.plots import draw_altair
from corpus_kit.plots.arguments import _with_look
from corpus_kit.plots.look import THEMES, say, theme_of

png_module = import_module("corpus_kit.plots.png")  # the package attribute of this name is the function
COUNTS = pl.DataFrame({"word": ["في", "كُرَة", "Google", "قال"], "count": [90, 1200, 30, 90], "documents": [1, 2, 3, 4]})


@pytest.fixture
def altair() -> Any:
    return load_altair_or_skip()


@pytest.fixture(autouse=True)
def own_renderer() -> Iterator[None]:
    """The enabled renderer is a process-wide setting that other tests may have changed."""
    try:
        from altair import renderers
    except ImportError:
        yield
        return
    with renderers.enable("default"):
        yield


def values_of(chart: Any) -> list[dict[str, Any]]:
    return list(chart.to_dict()["layer"][0].get("data", chart.to_dict().get("data"))["values"])


@pytest.mark.usefixtures("altair")
def test_bars_are_ordered_isolated_and_right_to_left() -> None:
    chart = plots.frequency(COUNTS, top=3, title="أكثر الكلمات (2024)")
    assert values_of(chart) == [
        {"label": isolate("كُرَة"), "value": 1200, "shown": "1,200"},
        {"label": isolate("في"), "value": 90, "shown": "90"},
        {"label": isolate("قال"), "value": 90, "shown": "90"},
    ]
    spec = chart.to_dict()
    assert spec["title"] == isolate("أكثر الكلمات (2024)")
    x, y = (spec["layer"][0]["encoding"][name] for name in "xy")
    assert x["scale"]["reverse"] is True
    assert x["scale"]["domain"][0] == 0
    assert y["axis"]["orient"] == "right"
    assert y["sort"] is None
    assert values_of(plots.frequency(COUNTS, top=9))[-1]["label"] == "Google"


@pytest.mark.usefixtures("altair")
def test_other_columns_of_text() -> None:
    ngrams = pl.DataFrame({"source": ["a"], "ngram": ["قال الوزير"], "count": [2]})
    assert values_of(plots.frequency(ngrams))[0]["label"] == isolate("قال الوزير")
    other = pl.DataFrame({"count": [2], "label": ["خبر"]})
    assert values_of(plots.frequency(other))[0]["label"] == isolate("خبر")


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


@pytest.mark.usefixtures("altair")
def test_png_is_reproducible_offline() -> None:
    pytest.importorskip("vl_convert", reason="needs the extra `notebooks`")
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


def ink_groups(png: bytes) -> int:
    """Count the groups of ink, separated by blank pixel columns, in an image of one word."""
    inked = (pixels_of(png)[:, :, 0] < 128).any(axis=0)
    return int((np.diff(inked.astype(int), prepend=0) > 0).sum())


@pytest.mark.parametrize(
    ("word", "shorter"), [("الكبر", "لكبر"), ("الملكو", "لملكو"), ("الخبر", "لخبر"), ("الكلمة", "لكلمة")]
)
def test_letters_do_not_overlap(altair: Any, word: str, shorter: str) -> None:
    # The renderer does so with fonts that compose a letter of two glyphs; an alef then vanishes in the lam.
    pytest.importorskip("vl_convert", reason="needs the extra `notebooks`")
    pytest.importorskip("fontpkg_ibm_plex_sans_arabic", reason="needs the extra `notebooks`")

    def draw(text: str) -> bytes:
        chart = altair.Chart(altair.Data(values=[{}])).mark_text(text=isolate(text), fontSize=40)
        return plots.png(draw_altair.styled(chart.properties(width=260, height=90), THEMES["light"]), ppi=72)

    assert ink_groups(draw(word)) == ink_groups(draw(shorter)) + 1


def test_notebooks_store_png(altair: Any) -> None:
    pytest.importorskip("vl_convert", reason="needs the extra `notebooks`")
    before = altair.renderers.active
    try:
        plots.use_png_renderer(ppi=72)
        bundle = plots.frequency(COUNTS)._repr_mimebundle_(None, None)
    finally:
        altair.renderers.enable(before)
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    assert set(data) == {"image/png"}
    assert data["image/png"] == png_module.packed(data["image/png"])


@pytest.mark.usefixtures("altair")
def test_packing_shrinks_the_png_without_loss() -> None:
    pytest.importorskip("vl_convert", reason="needs the extra `notebooks`")
    target = io.BytesIO()
    plots.frequency(COUNTS).save(target, format="png", ppi=72)
    before, after = target.getvalue(), png_module.packed(target.getvalue())
    assert len(after) < 0.3 * len(before)
    assert (pixels_of(after) == pixels_of(before)).all()


@pytest.mark.parametrize("colours", [1, 2, 256, 257])
@pytest.mark.parametrize("alpha", [0, 255])
def test_packing_keeps_every_colour(colours: int, alpha: int) -> None:
    pixels = np.random.default_rng(colours).integers(0, 255, (colours, 4), np.uint8)
    pixels[:, 0], pixels[:, 3], pixels[0, 3] = np.arange(colours) % 256, 255, alpha
    pixels = np.resize(np.repeat(pixels, 3, axis=0), (60, 13, 4))
    rows = np.ones((60, 1 + 13 * 4), np.uint8)  # as the renderer writes them: the difference to the pixel before
    rows[:, 1:] = np.diff(pixels, axis=1, prepend=np.zeros((60, 1, 4), np.uint8)).reshape(60, -1)
    chunks = {
        b"IHDR": struct.pack(">IIBBBBB", 13, 60, 8, 6, 0, 0, 0),
        b"IDAT": zlib.compress(rows.tobytes()),
        b"IEND": b"",
    }
    before = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks.items()
    )
    assert (pixels_of(before) == pixels).all()
    assert (pixels_of(png_module.packed(before)) == pixels).all()
    assert png_module.packed(png_module.packed(before)) == png_module.packed(before)


def test_arabic_title_and_axis() -> None:
    chart = plots.frequency(COUNTS, language="ar").to_dict()
    assert chart["layer"][0]["encoding"]["x"]["title"] == isolate("التكرار")


def test_dark_backgrounds_have_light_text() -> None:
    assert {theme.ground for theme in THEMES.values()} == {"#ffffff", "#16181c"}
    chart = plots.frequency(COUNTS, theme="dark").to_dict()
    assert chart["background"] == THEMES["dark"].ground
    assert chart["config"]["axis"]["labelColor"] == THEMES["dark"].ink


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
        if name not in ("isolate", "png", "use_png_renderer"):
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


@pytest.mark.parametrize("call", [lambda: plots.frequency(COUNTS), lambda: plots.png(object()), plots.use_png_renderer])
def test_missing_library_is_named(monkeypatch: pytest.MonkeyPatch, call: Any) -> None:
    monkeypatch.setitem(sys.modules, "altair", None)
    with pytest.raises(CorpusKitError, match=r'pip install "corpus-kit\[notebooks\]"'):
        call()


def test_missing_renderer_is_named(monkeypatch: pytest.MonkeyPatch, altair: Any) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    png_module.register_fonts.cache_clear()
    with pytest.raises(CorpusKitError, match=r"vl-convert.*corpus-kit\[notebooks\]"):
        plots.png(altair.Chart())
    png_module.register_fonts.cache_clear()


COLLOCATES = pl.DataFrame(
    {
        "collocate": ["إنسانية", "مدتها", "في", "من"],
        "count": [1500, 5, 8, 2],
        "log_dice": [13.9, 12.9, -1.0, float("-inf")],
        "mi": [7.0, 8.0, 1.0, None],
    }
)


@pytest.mark.usefixtures("altair")
def test_collocates_by_measure_with_counts() -> None:
    chart = plots.collocations(COLLOCATES)
    assert values_of(chart) == [
        {"label": isolate("إنسانية"), "value": 13.9, "shown": "1,500"},
        {"label": isolate("مدتها"), "value": 12.9, "shown": "5"},
    ]
    assert chart.to_dict()["layer"][0]["encoding"]["x"]["title"].startswith("strength of association logDice, ")
    by_mi = values_of(plots.collocations(COLLOCATES, measure="mi", top=2))
    assert [value["label"] for value in by_mi] == [isolate("مدتها"), isolate("إنسانية")]
    pairs = COLLOCATES.rename({"collocate": "ngram"})
    assert values_of(plots.collocations(pairs))[0]["label"] == isolate("إنسانية")


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


def test_notebooks_store_png_by_default(altair: Any) -> None:
    """Altair's HTML would load scripts from the network and interpret words of a corpus as markup."""
    pytest.importorskip("vl_convert", reason="needs the extra `notebooks`")
    chart = plots.frequency(COUNTS)
    assert altair.renderers.active in ("", "default")
    data, metadata = chart._repr_mimebundle_()
    assert set(data) == {"image/png"}
    width, height = size(data["image/png"])
    assert metadata["image/png"] == {"width": width // 2, "height": height // 2}
    assert set(chart.properties(title="x")._repr_mimebundle_()[0]) == {"image/png"}
    assert isinstance(chart, altair.LayerChart)
    assert type(chart).__name__ == "LayerChart"


def test_user_can_choose_another_renderer(altair: Any) -> None:
    with altair.renderers.enable("mimetype"):
        bundle = plots.frequency(COUNTS)._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    assert not {"image/png", "text/html"} & set(data)


def test_words_cannot_close_the_script_element(altair: Any) -> None:
    bad = pl.DataFrame({"word": ["</script><img src=x onerror=alert(1)>", "<!--<script>"], "count": [2, 1]})
    chart = plots.frequency(bad, title="</script>")
    page = chart.to_html()
    assert altair.VEGALITE_VERSION in page
    assert page.count("</script>") == plots.frequency(COUNTS).to_html().count("</script>")
    assert "<!--<script>" not in page
    assert "</script>" not in str(chart.to_dict())


def test_notebook_without_renderer_names_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    png_module.register_fonts.cache_clear()
    data, _ = plots.frequency(COUNTS)._repr_mimebundle_()
    png_module.register_fonts.cache_clear()
    assert set(data) == {"text/plain"}
    assert "vl-convert" in data["text/plain"]


LONG = pl.DataFrame({"word": [f"w{number}" for number in range(2_500)], "count": 1})


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plots.png(None), "^chart must be .*got None"),
        (lambda: plots.png("x"), "^chart must be .*got 'x'"),
        (lambda: plots.png(plots.frequency(COUNTS), ppi=0), "^ppi must be an integer from 1 to 600, got 0"),
        (lambda: plots.png(plots.frequency(COUNTS), ppi=10**6), "^ppi must be"),
        (lambda: plots.png(plots.frequency(COUNTS), ppi=72.5), "^ppi must be"),  # type: ignore[arg-type]
        (lambda: plots.use_png_renderer(ppi=-1), "^ppi must be"),
        (lambda: plots.png(plots.frequency(LONG, top=2_500)), "^chart must be at most 120 megapixels .* 135 at"),
    ],
)
def test_rendering_errors(call: Any, message: str) -> None:
    """Out of memory, the renderer would abort the whole process."""
    pytest.importorskip("altair", reason="needs the extra `notebooks`")
    with pytest.raises(InputError, match=message):
        call()


@pytest.mark.usefixtures("altair")
def test_plot_too_large_for_a_notebook() -> None:
    data, _ = plots.frequency(LONG, top=2_500)._repr_mimebundle_()
    assert "megapixels" in data["text/plain"]


@pytest.mark.slow
@pytest.mark.usefixtures("altair")
def test_a_first_plot_compiles_no_grammars_of_addresses() -> None:
    """They take longer than all else of a first plot; who checks an address still gets them."""
    pytest.importorskip("rfc3987_syntax", reason="Jupyter brings it")
    code = """if True:
        import gc, sys
        from corpus_kit.plots.libraries import load_altair
        load_altair()
        assert not [name for name in sys.modules if name.startswith("rfc3987_syntax")], "loaded"
        assert gc.isenabled()
        import jsonschema
        check = jsonschema.Draft202012Validator({"format": "iri"}, format_checker=jsonschema.FormatChecker()).is_valid
        assert check("https://example.org/خبر") and not check("no address")
        """
    subprocess.run([sys.executable, "-c", code], check=True)
