"""The bundled sample: 240 invented news items, what is true of them, and the corpus built from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus_kit._base.lazy import load_lazily

# Where each public name is defined.
_HOMES = {
    "sample_actors": "sample_items",
    "sample_corpus": "sample_corpus",
    "sample_file": "sample_items",
    "sample_items": "sample_items",
    "sample_truth": "sample_truth",
}

__all__ = ["sample_actors", "sample_corpus", "sample_file", "sample_items", "sample_truth"]

if TYPE_CHECKING:
    from corpus_kit.samples.sample_corpus import sample_corpus as sample_corpus
    from corpus_kit.samples.sample_items import sample_actors as sample_actors
    from corpus_kit.samples.sample_items import sample_file as sample_file
    from corpus_kit.samples.sample_items import sample_items as sample_items
    from corpus_kit.samples.sample_truth import sample_truth as sample_truth

load_lazily(__name__, _HOMES)
