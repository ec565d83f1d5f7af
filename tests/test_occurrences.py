"""ck.frequency(pattern=...) and corpus.containing compared with counts over concordance lines."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import corpus_kit as ck

pytestmark = pytest.mark.interface

TEXTS = [
    "قال الوزير إن الوزير غائب. قال، «الوزير» كذلك",
    "سأل الْوزير أمس\nقال الوزير",
    "لا شيء",
    "قال قال قال : 12 ١٢",
]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ck.Corpus]:
    frame = pl.DataFrame({"text": TEXTS, "outlet": ["x", "y", "y", None]})
    with ck.Corpus.build(frame, tmp_path_factory.mktemp("occurrences") / "c", progress=False) as built:
        yield built


def expected(corpus: ck.Corpus, pattern: str, profile: str | None) -> dict[str, tuple[int, int]]:
    """Return count and documents of each word sequence in the lines."""
    counts: dict[str, list[int]] = {}
    for document, node in ck.kwic(corpus, pattern).frame.select("document", "node").iter_rows():
        found = ck.tokens([node]).filter(pl.col("kind").is_in(["word", "number", "hashtag", "mention"]))["token"]
        words = " ".join(found if profile is None else ck.normalize(found.to_list(), profile)) or node
        counts.setdefault(words, []).append(document)
    return {words: (len(documents), len(set(documents))) for words, documents in counts.items()}


@pytest.mark.parametrize(
    "pattern", ["الوزير", "قال الوزير", "قال|الوزير", "قال []", "12", "لا شيء", "[kind=punctuation]"]
)
@pytest.mark.parametrize("profile", ["search", "repair", None])
def test_counts_equal_the_concordance(corpus: ck.Corpus, pattern: str, profile: str | None) -> None:
    table = ck.frequency(corpus, pattern=pattern, profile=profile)
    found = {word: (count, documents) for word, count, documents in table.select("word", "count", "documents").rows()}
    assert found == expected(corpus, pattern, profile)
    assert table["count"].to_list() == sorted(table["count"], reverse=True)
    words = ck.frequency(corpus)["count"].sum()
    assert table["per_million"].to_list() == pytest.approx([count / words * 1e6 for count in table["count"]])


def test_single_word_pattern_equals_plain_frequency(corpus: ck.Corpus) -> None:
    for by in (None, "outlet"):
        whole = ck.frequency(corpus, by=by, n_bootstrap=50)
        found = ck.frequency(corpus, by=by, pattern="قال", n_bootstrap=50)
        assert_frame_equal(found, whole.filter(pl.col("word") == "قال"))


def test_groups_and_subcorpora(corpus: ck.Corpus) -> None:
    table = ck.frequency(corpus, pattern="قال (الوزير)?", by="outlet", profile=None)
    assert sorted(table.select("outlet", "word", "count").rows(), key=str) == sorted(
        [("x", "قال الوزير", 2), ("y", "قال الوزير", 1), (None, "قال", 3)], key=str
    )
    part = corpus.filter(pl.col("outlet") == "y")
    inside = ck.frequency(part, pattern="قال (الوزير)?")
    assert inside.select("word", "count", "documents").rows() == [("قال الوزير", 1, 1)]
    assert inside["per_million"].item() == 1 / ck.frequency(part)["count"].sum() * 1e6


def test_nothing_found_is_an_empty_table(corpus: ck.Corpus) -> None:
    table = ck.frequency(corpus, pattern="غائبون")
    assert table.height == 0
    assert table.schema == ck.frequency(corpus).schema
    assert ck.frequency(corpus, pattern="غائبون []", by="outlet").height == 0


def test_pattern_options_need_a_pattern(corpus: ck.Corpus) -> None:
    for name, value in (("exact", True), ("clitics", True), ("within", "sentence")):
        with pytest.raises(ck.InputError, match=rf"^{name} must be .*without a pattern"):
            ck.frequency(corpus, **{name: value})
    with pytest.raises(ck.InputError, match=r"^within must be "):
        ck.frequency(corpus, pattern="x", within="page")
    with pytest.raises(ck.InputError, match="pattern"):
        ck.frequency(corpus, pattern="")


@pytest.mark.parametrize("pattern", ["الوزير", "قال الوزير", "قال", "غائبون"])
@pytest.mark.parametrize("min_hits", [1, 2, 3])
def test_containing(corpus: ck.Corpus, pattern: str, min_hits: int) -> None:
    counts = ck.kwic(corpus, pattern).frame["document"].value_counts()
    documents = sorted(counts.filter(pl.col("count") >= min_hits)["document"])
    part = corpus.containing(pattern, min_hits=min_hits)
    assert part.selected_documents().tolist() == documents
    rest = corpus.containing(pattern, min_hits=min_hits, invert=True)
    assert sorted([*documents, *rest.selected_documents().tolist()]) == list(range(len(TEXTS)))
    assert len(ck.kwic(part, pattern)) == sum(counts.filter(pl.col("count") >= min_hits)["count"])


def test_containing_can_be_chained(corpus: ck.Corpus) -> None:
    part = corpus.containing("قال").filter(pl.col("outlet").is_not_null()).containing("سأل")
    assert part.selected_documents().tolist() == [1]
    selection = part.selection
    assert selection is not None
    assert len(selection["filters"]) == 3
    assert "'سأل'" in selection["filters"][2]
    for analysis in (ck.frequency, ck.ngrams, ck.diversity, ck.dispersion):
        assert analysis(part) is not None
    assert ck.keyness(part, corpus.containing("سأل", invert=True), min_documents=1).height


def test_invalid_containing(corpus: ck.Corpus) -> None:
    with pytest.raises(ck.InputError, match=r"^min_hits must be "):
        corpus.containing("قال", min_hits=0)
    with pytest.raises(ck.InputError, match="pattern"):
        corpus.containing("(قال")
    with pytest.raises(ck.InputError, match=r"^within must be "):
        corpus.containing("قال", within="page")
