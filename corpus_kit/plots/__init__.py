"""Plots of results, right to left; reached as ``ck.plot``.

A plot takes a table of the library and returns a `Chart`: live in a notebook, an image where there is no kernel, a file
for a paper (``chart.save("words.svg")``). All show the same. `png` turns it into an image. Plots need the extra
``notebooks``, which brings fonts with Arabic letters.

All plots share four arguments:

- ``title``: a line above the plot.
- ``backend``: "live", or "matplotlib" (3.11 or newer) for its figure.
- ``theme``: "auto" (that of the page), "light" or "dark". The colours are safe for colour-blind readers.
- ``language``: of the words that the plot itself writes on its axes, "en" or "ar".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus_kit._base.lazy import load_lazily
from corpus_kit.display.isolation import isolate as isolate

_HOMES = {
    "Chart": "chart",
    "bursts": "bursts",
    "collocation_network": "collocation_network",
    "collocations": "collocations",
    "dispersion": "dispersion",
    "frame_rates": "frame_rates",
    "frequency": "frequency",
    "frequency_dispersion": "frequency_dispersion",
    "growth": "growth",
    "keyness": "keyness",
    "labels": "labels",
    "near_duplicates": "near_duplicates",
    "network": "network",
    "png": "png",
    "scaling": "scaling",
    "trend": "trend",
    "use_png_renderer": "png",
    "zipf": "zipf",
}

__all__ = [*_HOMES, "isolate"]

if TYPE_CHECKING:
    from corpus_kit.plots.bursts import bursts as bursts
    from corpus_kit.plots.chart import Chart as Chart
    from corpus_kit.plots.collocation_network import collocation_network as collocation_network
    from corpus_kit.plots.collocations import collocations as collocations
    from corpus_kit.plots.dispersion import dispersion as dispersion
    from corpus_kit.plots.frame_rates import frame_rates as frame_rates
    from corpus_kit.plots.frequency import frequency as frequency
    from corpus_kit.plots.frequency_dispersion import frequency_dispersion as frequency_dispersion
    from corpus_kit.plots.growth import growth as growth
    from corpus_kit.plots.keyness import keyness as keyness
    from corpus_kit.plots.labels import labels as labels
    from corpus_kit.plots.near_duplicates import near_duplicates as near_duplicates
    from corpus_kit.plots.network import network as network
    from corpus_kit.plots.png import png as png
    from corpus_kit.plots.png import use_png_renderer as use_png_renderer
    from corpus_kit.plots.scaling import scaling as scaling
    from corpus_kit.plots.trend import trend as trend
    from corpus_kit.plots.zipf import zipf as zipf

load_lazily(__name__, _HOMES)
