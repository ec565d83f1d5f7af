"""The picture of the front page: a concordance with its spellings beside a plot, of the sample corpus.

    PYTHONPATH=tests .venv/bin/python -m browser.front_picture [docs/_static/front]

writes `wide-light.png`, `wide-dark.png`, `narrow-light.png` and `narrow-dark.png`, each below 100 kB. Run it after a
change that it shows, and look at them. With the same version of Chromium they are the same.
"""

from __future__ import annotations

import sys
from html import escape
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
from browser import jupyterlab as lab
from PIL import Image

import corpus_kit as ck

WORD = "عمان"
LINES = 6
COLOURS = 96
# Width in CSS pixels, and how many words are shown on each side.
SHAPES = {"wide": (1000, 4), "narrow": (430, 2)}
# Ground, ink, quiet ink, line, colours of the spellings.
COLOURS_OF = {
    "light": ("#ffffff", "#1d2127", "#5b6470", "#d9dde2", ("#0060a0", "#a84300", "#a0307c")),
    "dark": ("#16181c", "#e8e6e1", "#a3abb5", "#3a3f46", ("#6cc0f0", "#f0b04a", "#f2a0cf")),
}
STYLE = """
@font-face { font-family: Amiri; src: url("%(amiri)s"); }
@font-face { font-family: Amiri; src: url("%(amiri_bold)s"); font-weight: 700; }
@font-face { font-family: Plex; src: url("%(plex)s"); }
body { margin: 0; background: %(ground)s; color: %(ink)s; font-family: Plex; }
#front { display: grid; gap: 28px; padding: 18px; box-sizing: border-box; direction: rtl; align-items: center; }
.wide { grid-template-columns: 1.2fr 1fr; }
.query { display: flex; flex-wrap: wrap; align-items: center; gap: 10px; font-size: 15px; margin-bottom: 12px; }
.query b { font: 700 26px/1 Amiri; padding: 6px 16px 10px; border: 1.5px solid %(quiet)s; border-radius: 8px; }
.query span { font: 20px/1.3 Amiri; padding: 1px 12px 5px; border-radius: 99px; border: 1.5px solid; }
.query i { font: 13px Plex; margin-inline-start: 7px; }
table { border-collapse: collapse; width: 100%%; table-layout: fixed; }
td { font: 21px/1.75 Amiri; white-space: nowrap; overflow: hidden; border-bottom: 1px solid %(line)s; padding: 1px 0; }
td.before { text-align: left; direction: rtl; }
td.node { width: 84px; text-align: center; font-weight: 700; font-size: 24px; }
.chart svg { width: 100%%; height: auto; display: block; }
"""


def concordance(lines: Any, variants: Any, hues: tuple[str, ...], words: int) -> str:
    """Return the query, its spellings and its lines as HTML."""
    colour = {spelling: hues[n % len(hues)] for n, spelling in enumerate(variants.to_series(0))}
    chips = "".join(
        f'<span style="color:{colour[spelling]}">{escape(spelling)}<i>{count}</i></span>'
        for spelling, count, *_ in variants.rows()
    )
    rows = "".join(
        f'<tr><td class="before"><bdi>{escape(" ".join(before.split()[-words:]))}</bdi></td>'
        f'<td class="node" style="color:{colour[node]}">{escape(node)}</td>'
        f"<td><bdi>{escape(' '.join(after.split()[:words]))}</bdi></td></tr>"
        for before, node, after in lines.select("before", "node", "after").head(LINES).iter_rows()
    )
    return f'<div><div class="query"><b>{WORD}</b>{chips}</div><table>{rows}</table></div>'


def page(shape: str, theme: str, corpus: ck.Corpus) -> str:
    """Return the page that is photographed."""
    ground, ink, quiet, line, hues = COLOURS_OF[theme]
    width, words = SHAPES[shape]
    amiri, plex = (Path(str(files(f"fontpkg_{name}"))) / "files" for name in ("amiri", "ibm_plex_sans_arabic"))
    style = STYLE % {
        "amiri": (amiri / "Amiri-Regular.ttf").as_uri(),
        "amiri_bold": (amiri / "Amiri-Bold.ttf").as_uri(),
        "plex": (plex / "IBMPlexSansArabic-Regular.ttf").as_uri(),
        "ground": ground, "ink": ink, "quiet": quiet, "line": line,
    }  # fmt: skip
    hits = ck.kwic(corpus, WORD, clitics=True)
    whole_months = corpus.filter(pl.col("date") < pl.date(2026, 7, 1))
    table = ck.trend(whole_months, ["المسيرات", "هدنة"], every="month")
    chart = ck.plot.trend(table, title="«المسيرات» و«هدنة» في كل شهر", language="ar", theme=theme)
    drawing = chart.image("svg").decode()
    left = concordance(hits.lines(), hits.variants, hues, words)
    return (
        f'<!DOCTYPE html><html lang="ar"><meta charset="utf-8"><style>{style}</style>'
        f'<div id="front" class="{shape}" style="width:{width}px">{left}'
        f'<div class="chart">{drawing[drawing.index("<svg") :]}</div></div>'
    )


def main(target: Path) -> None:
    """Write the four pictures."""
    target.mkdir(parents=True, exist_ok=True)
    corpus = ck.sample_corpus()
    source = target.absolute() / "page.html"
    with lab.driver() as driver:
        browser = lab.launch(driver)
        view = browser.new_page(device_scale_factor=1.5, viewport={"width": 1200, "height": 900})
        for shape in SHAPES:
            for theme in COLOURS_OF:
                source.write_text(page(shape, theme, corpus), encoding="utf-8")
                view.goto(source.as_uri())
                view.evaluate("document.fonts.ready")
                picture = Image.open(BytesIO(view.locator("#front").screenshot())).convert("RGB")
                few = picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
                few.save(target / f"{shape}-{theme}.png", optimize=True)
        browser.close()
    source.unlink()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/_static/front"))
