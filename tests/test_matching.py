"""What a search leaves behind, what it keeps for the next one, and what it need not do twice."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import corpus_kit as ck
from corpus_kit.errors import InputError
from corpus_kit.query.pattern_names import Names, names_of
from corpus_kit.query.patterns import parse_pattern
from corpus_kit.search.matching import find
from corpus_kit.search.strategies import strategic

CALLS: dict[str, Callable[[ck.Corpus], object]] = {
    "word": lambda corpus: ck.kwic(corpus, "قال").page(1),
    "sorted": lambda corpus: ck.kwic(corpus, "قال", sort="after1").page(1),
    "within": lambda corpus: ck.kwic(corpus, "قال within s").frame,
    "metadata": lambda corpus: ck.kwic(corpus, "قال :: match.text.source=a").frame,
    "attribute": lambda corpus: ck.kwic(corpus, "[word=قال & text.source=a]").frame,
    "labels": lambda corpus: ck.kwic(corpus, "a:[] []{0,9} b:[] :: a.folded=b.folded").frame,
    "near": lambda corpus: ck.kwic(corpus, "(الوزير قال) within 3").frame,
    "cqp": lambda corpus: ck.kwic(corpus, '<s> "قال" []*', syntax="cqp").frame,
    "group": lambda corpus: ck.kwic(corpus, "قال").group("source", "before1"),
    "variants": lambda corpus: ck.kwic(corpus, "قال الوزير").variants,
    "collocations": lambda corpus: ck.collocations(corpus, "قال", min_count=1),
}


@pytest.mark.parametrize("call", CALLS)
def test_no_circle_keeps_the_files_of_a_corpus_open(tmp_path: Path, call: str) -> None:
    texts = pl.DataFrame({"text": ["قال الوزير إن السد جاهز. وأضاف أنه قال ذلك أمس."] * 3, "source": ["a", "b", "a"]})
    ck.Corpus.build(texts, tmp_path / "corpus", text="text")
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        corpus = ck.Corpus.open(tmp_path / "corpus")
        CALLS[call](corpus)
        gone = weakref.ref(corpus)
        del corpus
        assert gone() is None
    finally:
        if was_enabled:
            gc.enable()


class _Asked(str):
    """A pattern that is always read anew."""


def _read(pattern: str, names: Names, **options: bool) -> object:
    try:
        return parse_pattern(pattern, names=names, **options)
    except InputError as error:
        return str(error), error.__notes__ if hasattr(error, "__notes__") else []


@example(parts=["قال  السد قال "], exact=True)
@example(parts=[" ", "ء"], exact=False)
@example(parts=["قال"] * 70, exact=False)
@given(
    parts=st.lists(st.sampled_from([*"قاء ة*?|()[]{},07", "قال", "[]", "{0,2}", "{2}"]), min_size=1, max_size=9),
    exact=st.booleans(),
)
def test_a_pattern_that_is_read_once_means_the_same_in_every_corpus(parts: list[str], exact: bool) -> None:
    names = Names({"gold": ["pos"]}, {"s": (), "قال": ("ا",)}, given=True)
    pattern = "".join(parts)
    for anywhere in (True, False):
        options = {"exact": exact, "anywhere": anywhere}
        anew = _read(_Asked(pattern), names, **options)
        assert _read(pattern, names, **options) == anew == _read(pattern, names, **options)


PREFERRED = ["قال []{0,9}", "(السهل|إمارة السهل|في إمارة السهل)", "(ال*)+", "a:[] []{0,2} b:[] :: a.folded = b.folded",
             "<s> []+ </s>", "<s> []|في []{0,3}", "في []{0,5} السهل within s", "[kind=punctuation] []?"]  # fmt: skip


@pytest.mark.parametrize("pattern", PREFERRED)
def test_the_core_leaves_out_hits_inside_others(pattern: str) -> None:
    corpus = ck.sample_corpus()
    for within in ("sentence", "document"):
        hits = find(corpus, parse_pattern(pattern, names=names_of(corpus)), within=within)
        assert len(hits)
        assert strategic(hits, "preferred") is hits
