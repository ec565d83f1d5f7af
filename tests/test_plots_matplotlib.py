"""The same plots with matplotlib: same text in the same order, shaped, and no change of global settings."""

from __future__ import annotations

import datetime
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit import plots
from corpus_kit.display.isolation import isolate
from corpus_kit.errors import CorpusKitError, InputError
from corpus_kit.plots.libraries import load_matplotlib
from corpus_kit.plots.look import THEMES, say

matplotlib = pytest.importorskip("matplotlib", reason="needs the extra `notebooks`")

COUNTS = pl.DataFrame({"word": ["في", "كُرَة", "Google", "5$ و 7$"], "count": [90, 1200, 30, 20]})
LABELS = pl.DataFrame(
    {
        "outlet": ["بريد", "بريد", "wire"], "actor": ["G"] * 3, "label": ["تنظيم", "إمارة", "تنظيم"],
        "count": [3, 1, 2], "share": [0.75, 0.25, 1.0], "share_low": [0.3, 0.05, 0.34], "share_high": [0.95, 0.7, 1.0],
    }
)  # fmt: skip
RATES = pl.DataFrame(
    {
        "outlet": ["بريد"], "dimension": ["means"], "category": ["عسكري"], "count": [3],
        "rate": [1200.0], "rate_low": [300.0], "rate_high": [2500.4],
    }
)  # fmt: skip
COPIES = pl.DataFrame({"first_outlet": ["أ", "أ"], "second_outlet": ["ب", "ج"], "jaccard": [1.0, 0.9]})
BURSTS = pl.DataFrame(
    {
        "period": [datetime.date(2026, 1, day) for day in (4, 11, 18)], "documents": [10, 0, 10], "hits": [1, 0, 6],
        "rate": [0.1, None, 0.6], "rate_low": [0.0, None, 0.3], "rate_high": [0.3, None, 0.9],
        "burst": [False, False, True],
    }
)  # fmt: skip
TREND = pl.DataFrame(
    {
        "pattern": ["هدنة"] * 3 + ["تهدئة"] * 3, "period": [datetime.date(2026, 1, day) for day in (4, 11, 18)] * 2,
        "documents": [10, 0, 10] * 2, "hits": [1, 0, 6, 0, 0, 0], "rate": [100.0, None, 900.0, 0.0, None, 0.0],
        "rate_low": [10.0, None, 500.0, 0.0, None, 0.0], "rate_high": [400.0, None, 1500.0, 300.0, None, 300.0],
    }
)  # fmt: skip
EDGES = pl.DataFrame({"source": ["A", "A", "B"], "target": ["B", "C", "C"], "weight": [5, 1, 2]})
NODES = pl.DataFrame({"actor": ["A", "B", "C"], "name": ["العراق", "الأردن", "C"], "community": [0, 0, 1]})
COLLOCATES = pl.DataFrame({"collocate": ["إنسانية", "مدتها"], "count": [15, 5], "log_dice": [13.9, 12.9]})
LINKS = pl.DataFrame(
    {"node": ["أ", "أ", "ب"], "collocate": ["ب", "ج", "أ"], "count": [9, 5, 9], "log_dice": [9.0, 8, 9]}
)
KEYS = pl.DataFrame(
    {
        "word": ["مسؤولون", "إمارة", "في"], "direction": ["target", "reference", "target"],
        "log_likelihood": [48.0, 31.0, 0.4], "log_ratio": [4.7, -5.1, 0.1], "p_adjusted": [1e-8, 1e-4, 1.0],
    }
)  # fmt: skip
SPREAD = pl.DataFrame({"word": ["في", "خبر"], "count": [500, 20], "deviation_of_proportions": [0.1, 0.4]})
GROWTH = pl.DataFrame({"tokens": [1, 10, 100], "types": [1, 8, 60], "hapaxes": [1, 7, 40]})
MEASURED = pl.DataFrame({"gigabytes": [0.1, 1.0], "seconds": [1.5, 12.0], "way": ["على القرص"] * 2})
ZIPF = pl.DataFrame({"exponent": [1.0], "shift": [0.0], "scale": [1000.0]})

# Each plot with text that must appear in it.
PLOTS: dict[str, tuple[Callable[..., Any], set[str]]] = {
    "frequency": (lambda **o: plots.frequency(COUNTS, **o), {isolate("كُرَة"), "Google", "1,200", say("count", "en")}),
    "collocations": (lambda **o: plots.collocations(COLLOCATES, **o), {isolate("إنسانية"), "15"}),
    "collocation_network": (lambda **o: plots.collocation_network(LINKS, **o), {isolate("أ"), isolate("ج")}),
    "keyness": (lambda **o: plots.keyness(KEYS, **o), {isolate("مسؤولون"), "key in target"}),
    "dispersion": (
        lambda **o: plots.dispersion(ck.kwic(ck.sample_corpus(), "هدنة"), **o),
        {isolate("هدنة (16)"), "place in the corpus", "100%"},
    ),
    "frequency_dispersion": (
        lambda **o: plots.frequency_dispersion(SPREAD, **o),
        {isolate("خبر"), "occurrences, logarithmic scale"},
    ),
    "zipf": (lambda **o: plots.zipf(COUNTS, fit=ZIPF, **o), {isolate("كُرَة"), "rank", "fitted", "observed"}),
    "growth": (lambda **o: plots.growth(GROWTH, **o), {"running words", "distinct words", "words seen once"}),
    "scaling": (
        lambda **o: plots.scaling(MEASURED, by="way", limit=20, **o),
        {isolate("على القرص"), "gigabytes of text", "seconds"},
    ),
    "labels": (lambda **o: plots.labels(LABELS, **o), {isolate("بريد"), isolate("إمارة"), "75%", "30% to 95%"}),
    "frame_rates": (lambda **o: plots.frame_rates(RATES, **o), {isolate("عسكري"), "1,200", "300 to 2,500"}),
    "near_duplicates": (lambda **o: plots.near_duplicates(COPIES, by="outlet", **o), {isolate("أ"), "1", "0"}),
    "bursts": (lambda **o: plots.bursts(BURSTS, **o), {"2026-01-04", "share of documents", "documents", "80%"}),
    "trend": (
        lambda **o: plots.trend(TREND, **o),
        {"2026-01-04", "occurrences per million words", isolate("هدنة"), isolate("تهدئة"), "1,000"},
    ),
    "network": (lambda **o: plots.network(EDGES, NODES, **o), {isolate("العراق"), isolate("الأردن"), "C"}),
}


def texts_of(figure: Any) -> list[str]:
    figure.draw_without_rendering()
    return [text.get_text() for text in figure.findobj(matplotlib.text.Text) if text.get_visible() and text.get_text()]


def test_every_plot_is_tested() -> None:
    assert set(PLOTS) == set(plots.__all__) - {"Chart", "isolate", "png", "use_png_renderer"}


@pytest.mark.slow
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", PLOTS)
def test_text_of_each_plot(name: str, theme: str) -> None:
    """Warnings are errors here, so no glyph is missing from the font."""
    make, words = PLOTS[name]
    figure = make(backend="matplotlib", title="عنوان بنسبة 5%", theme=theme)
    texts = texts_of(figure)
    assert words <= set(texts)
    assert isolate("عنوان بنسبة \u20665%\u2069") in texts
    assert matplotlib.colors.to_hex(figure.get_facecolor()) == THEMES[theme].ground
    room, (width, height) = figure.get_tightbbox(), figure.get_size_inches()
    assert room.x0 >= 0
    assert room.y0 >= 0
    assert room.x1 <= width
    assert room.y1 <= height


@pytest.mark.parametrize("name", PLOTS)
def test_both_libraries_show_the_same_text(name: str) -> None:
    make, _ = PLOTS[name]
    figure = set(texts_of(make(backend="matplotlib", language="ar")))
    spec = json.dumps(make(language="ar").data(), ensure_ascii=False)
    arabic = {text for text in figure if re.search("[\u0621-\u064a]", text)}
    assert all(text in spec for text in arabic)


def test_bars_and_heat_maps_are_right_to_left() -> None:
    (bars,) = plots.frequency(COUNTS, backend="matplotlib").axes
    assert bars.get_xlim()[0] > bars.get_xlim()[1] == 0
    assert [tick.get_text() for tick in bars.get_yticklabels()][:2] == [isolate("كُرَة"), isolate("في")]
    assert bars.yaxis.get_ticks_position() == "right"
    (cells,) = plots.labels(LABELS, backend="matplotlib").axes
    assert cells.xaxis_inverted()
    assert cells.yaxis_inverted()
    assert [tick.get_text() for tick in cells.get_xticklabels()] == [isolate("تنظيم"), isolate("إمارة")]


def test_bursts_are_bands_and_empty_periods_are_gaps() -> None:
    upper, lower = plots.bursts(BURSTS, backend="matplotlib").axes
    (band,) = upper.patches
    assert (band.get_x(), band.get_width()) == (1.5, 1)
    assert [point != point for point in upper.lines[0].get_ydata()] == [False, True, False]
    assert [bar.get_height() for bar in lower.patches] == [10, 0, 10, 1, 0, 6]


def test_letters_are_joined() -> None:
    """Joined letters are narrower than the same letters apart."""

    def width(word: str) -> float:
        figure = plots.frequency(pl.DataFrame({"word": [word], "count": [1]}), backend="matplotlib")
        figure.draw_without_rendering()
        return float(figure.axes[0].get_yticklabels()[0].get_window_extent().width)

    assert width("سسسسسسسسسس") < width("\u200c".join("سسسسسسسسسس"))


def test_dollar_signs_are_literal() -> None:
    assert isolate("5$ و 7$") in texts_of(plots.frequency(COUNTS, backend="matplotlib"))
    plots.png(plots.frequency(COUNTS, title="سعر $x_1$ و $y$", backend="matplotlib"))


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_files_are_reproducible(kind: str) -> None:
    def written() -> bytes:
        target = io.BytesIO()
        plots.frequency(COUNTS, title="كلمات", backend="matplotlib").savefig(target, format=kind)
        return target.getvalue()

    first = written()
    assert written() == first
    assert len(first) > 2000


def test_figure_too_large_is_rejected() -> None:
    figure = plots.frequency(COUNTS, backend="matplotlib")
    with pytest.raises(InputError, match=r"^ppi must be an integer from 1 to 600"):
        plots.png(figure, ppi=0)
    figure.set_size_inches(300, 300)
    with pytest.raises(InputError, match=r"^chart must be at most"):
        plots.png(figure)


def test_notebooks_show_png() -> None:
    figure = plots.frequency(COUNTS, backend="matplotlib")
    assert figure._repr_png_() == plots.png(figure)
    assert plots.png(figure).startswith(b"\x89PNG")


def test_global_settings_are_unchanged() -> None:
    code = (
        "import sys, matplotlib, polars as pl, corpus_kit as ck\n"
        "def held(): return {n: matplotlib.rcParams[n] for n in matplotlib.rcParams if n != 'backend'}\n"
        "before = held()\n"
        "frame = pl.DataFrame({'word': ['خبر'], 'count': [1]})\n"
        "ck.plot.png(ck.plot.frequency(frame, backend='matplotlib'))\n"
        "assert held() == before and 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.slow
def test_live_charts_do_not_load_matplotlib() -> None:
    code = (
        "import sys, polars as pl, corpus_kit as ck;"
        "ck.plot.frequency(pl.DataFrame({'word': ['خبر'], 'count': [1]})).data();"
        "assert 'matplotlib' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(CorpusKitError, match=r'matplotlib.*pip install "arabic-corpus-kit\[notebooks\]"'):
        plots.frequency(COUNTS, backend="matplotlib")


def test_version_without_letter_joining_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matplotlib, "__version__", "3.10.8")
    with pytest.raises(CorpusKitError, match=r"matplotlib 3\.10\.8 does not join Arabic letters"):
        load_matplotlib()
