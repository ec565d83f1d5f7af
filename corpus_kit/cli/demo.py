"""The command that shows the bundled sample."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

import corpus_kit as ck
from corpus_kit._base.files import write_whole
from corpus_kit.cli.output import print_card, print_heading, say, terminal
from corpus_kit.display.card import card_html
from corpus_kit.display.fonts import can_embed_faces
from corpus_kit.display.html import concordance_html, heading, image, page_html, table_html
from corpus_kit.display.text import concordance_text, table_text
from corpus_kit.errors import CorpusKitError, InputError
from corpus_kit.safe_text import one_line

__all__ = ["demo"]


def demo(
    output: Annotated[Path, typer.Option("--output", "-o", help="The page to write.")] = Path("corpus-demo.html"),
) -> None:
    """Build the bundled sample; print words, bigrams and a concordance, and write them as one HTML page."""
    if not output.parent.is_dir():
        raise InputError(f"--output must be in an existing folder, got {str(output)!r}.")
    corpus = ck.sample_corpus()
    words = ck.frequency(corpus)
    pairs = ck.ngrams(corpus, n=2)
    lines = ck.kwic(corpus, "إمارة السهل", window=6, sort="before1")
    print_card(corpus)
    print_heading("The most frequent words (folded forms)")
    say(table_text(words, max_rows=10, **terminal()))
    print_heading("The most frequent bigrams")
    say(table_text(pairs, max_rows=10, **terminal()))
    print_heading(f"Concordance of {lines.pattern}")
    say(concordance_text(lines.lines(0, 10), total=len(lines), **terminal()))
    page = page_html(
        "corpus-kit: the bundled sample",
        [
            "240 news items, all invented. Every number can be reproduced with the commands of corpus-kit.",
            card_html(corpus.card),
            heading("Words"),
            table_html(words, caption="الكلمات الأكثر تكرارا", max_rows=15),
            heading("Bigrams"),
            table_html(pairs, caption="الثنائيات الأكثر تكرارا", max_rows=15),
            heading("Concordance"),
            concordance_html(lines.frame, caption=lines.caption, sort=lines.sort),
            *_plots(corpus),
        ],
        fonts=can_embed_faces(),
    )
    try:
        write_whole(output, page.encode())
    except OSError as error:
        raise InputError(f"cannot write {str(output)!r}: {error.strerror}.") from error
    say(f"\nWrote {one_line(str(output))}. Open it in a browser. For the notebooks, run corpus-kit lab.")


def _plots(corpus: ck.Corpus) -> list[Any]:
    """Return two plots as images, if the extra `notebooks` is installed."""
    outlet = "مرايا الشرق"
    of_outlet = pl.col("outlet") == outlet
    keys = ck.keyness(corpus.filter(of_outlet), corpus.filter(~of_outlet), min_count=3)
    waves = ck.kwic(corpus, "المسيرات")
    try:
        plots = [
            ("Key words", ck.plot.keyness(keys, title=f"ما يميز {outlet}"), f"Key words of {outlet}"),
            ("Dispersion", ck.plot.dispersion(waves, by="outlet", title="أين ترد المسيرات؟"), "Where a word occurs"),
        ]
        return [part for name, plot, alt in plots for part in (heading(name), image(ck.plot.png(plot), alt=alt))]
    except CorpusKitError:
        return []
