"""kwic and patterns: equal to a linear scan of each text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import oracles_concordance as oracles
import polars as pl
import pytest
from examples import examples
from hypothesis import example, given, settings
from hypothesis import strategies as st

import corpus_kit as ck
from corpus_kit.search.hits import Hits
from corpus_kit.search.order import SortedHits

pytestmark = [pytest.mark.core, pytest.mark.interface]

TEXTS = [
    "قال الوزير: «إن السعودية والسعودية ثم السُّعُودِيّة». وأضاف الوزير أن السعودية بعيدة.",
    "السعودية\n\nالسعودية وقطر",
    "لا شيء هنا",
    'الخلافة "الإسلامية" ثم الخلافة\nالإسلامية، الخلافة الإسلامية',
]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ck.Corpus]:
    frame = pl.DataFrame({"text": TEXTS, "outlet": ["a", "b", "a", "b"]})
    with ck.Corpus.build(frame, tmp_path_factory.mktemp("kwic") / "corpus", progress=False) as built:
        yield built


def fold(word: str) -> str:
    return ck.normalize(word, "search")


WORDS = st.sampled_from(["السعودية", "سعودية", "الوزير", "في", "فِي", "قال", "١٢", "12", "،", '"', ".", "«", "x"])
GAPS = st.sampled_from([" ", " ", " ", "", "\n", "\u00a0", "\u200f", "  ", "\n\n"])


@st.composite
def texts(draw: st.DrawFn) -> str:
    pieces = draw(st.lists(st.tuples(WORDS, GAPS), max_size=25))
    return "".join(word + gap for word, gap in pieces)


@example(documents=["قال السعودية\u200f، "], phrase=["قال"], window=(0, 1))
@settings(max_examples=examples(60))
@example(documents=["في السعودية\u200f، "], phrase=["في"], window=(0, 1))
@given(
    documents=st.lists(texts(), min_size=1, max_size=4),
    phrase=st.lists(st.sampled_from(["السعوديه", "الوزير", "في", "قال", "12", "سعوديه"]), min_size=1, max_size=3),
    window=st.tuples(st.integers(0, 4), st.integers(0, 4)),
)
def test_kwic_equals_the_twin(documents: list[str], phrase: list[str], window: tuple[int, int]) -> None:
    kept = [text for text in documents if text.strip()] or ["كلمة"]
    with (
        TemporaryDirectory() as folder,
        ck.Corpus.build(pl.DataFrame({"text": kept}), folder, progress=False) as built,
    ):
        found = ck.kwic(built, " ".join(phrase), window=window).frame.drop("id")
    expected = oracles.concordance(kept, phrase, window, fold)
    assert [oracles.Line(**row) for row in found.rows(named=True)] == expected


def test_phrase_hits_equal_ngram_counts(corpus: ck.Corpus) -> None:
    for ngram, count in ck.ngrams(corpus, n=2, min_count=1).select("ngram", "count").iter_rows():
        assert len(ck.kwic(corpus, ngram)) == count, ngram


def test_hits_have_the_original_spelling_and_spans(corpus: ck.Corpus) -> None:
    frame = ck.kwic(corpus, "السعودية").frame
    assert set(frame["node"]) == {"السعودية", "السُّعُودِيّة"}
    for document, node, start, end in frame.select("document", "node", "start", "end").iter_rows():
        assert TEXTS[document][start:end] == node


def test_exact_matches_the_spelling(corpus: ck.Corpus) -> None:
    assert len(ck.kwic(corpus, "السعودية")) == 5
    assert len(ck.kwic(corpus, "السعودية", exact=True)) == 4


@pytest.mark.parametrize(
    ("pattern", "nodes"),
    [
        ("*سعودي*", {"السعودية", "والسعودية", "السُّعُودِيّة"}),
        ("?السعودية", {"والسعودية"}),
        ("و*", {"والسعودية", "وأضاف", "وقطر"}),
        ("الوز*", {"الوزير"}),
        ("الوزير *", {"الوزير: «إن", "الوزير أن"}),
        ("لا??", set()),
    ],
)
def test_wildcards(corpus: ck.Corpus, pattern: str, nodes: set[str]) -> None:
    assert set(ck.kwic(corpus, pattern).frame["node"]) == nodes


def test_phrases_cross_punctuation_but_not_paragraphs(corpus: ck.Corpus) -> None:
    assert ck.kwic(corpus, "الخلافة الإسلامية").frame["node"].to_list() == ['الخلافة "الإسلامية', "الخلافة الإسلامية"]
    assert len(ck.kwic(corpus, "السعودية السعودية")) == 0


def test_punctuation_in_a_pattern_is_required(corpus: ck.Corpus) -> None:
    assert ck.kwic(corpus, "الوزير :").frame["node"].to_list() == ["الوزير:"]
    assert ck.kwic(corpus, "الوزير:").frame["node"].to_list() == ["الوزير:"]
    assert len(ck.kwic(corpus, "قال :")) == 0


def test_escaped_wildcards_are_literal(tmp_path: Path) -> None:
    with ck.Corpus.build(pl.DataFrame({"text": ["خمسة * ستة ** سبعة؟"]}), tmp_path / "c", progress=False) as built:
        assert ck.kwic(built, r"\*").frame["node"].to_list() == ["*"]
        assert ck.kwic(built, r"خمسة \*").frame["node"].to_list() == ["خمسة *"]


def test_subcorpus_is_limited_to_its_documents(corpus: ck.Corpus) -> None:
    part = corpus.filter(pl.col("outlet") == "b")
    assert ck.kwic(part, "السعودية").frame["document"].to_list() == [1, 1]
    assert len(ck.kwic(part, "الوزير")) == 0


def test_order(corpus: ck.Corpus) -> None:
    lines = ck.kwic(corpus, "السعودية", sort="after1").frame
    following = [ck.tokenize(after) for after in lines["after"]]
    first_words = [fold(next((t for t in tokens if t not in ".»"), "\uffff")) for tokens in following]
    assert first_words == sorted(first_words)
    plain = ck.kwic(corpus, "السعودية").frame
    assert ck.kwic(corpus, "السعودية", sort="document").frame.equals(plain)
    by_node = ck.kwic(corpus, "*سعودي*", sort=("node", "before1")).frame
    nodes = [fold(node) for node in by_node["node"]]
    assert nodes == sorted(nodes)


def test_lines_without_a_neighbour_sort_last(corpus: ck.Corpus) -> None:
    lines = ck.kwic(corpus, "السعودية", sort="before1").frame
    assert lines["before"].to_list()[-1] == ""


def test_samples_are_reproducible_and_nested(corpus: ck.Corpus) -> None:
    everything = ck.kwic(corpus, "*ا*").frame
    rows = set(everything.rows())
    previous: set[tuple[object, ...]] = set()
    for size in range(everything.height + 2):
        lines = ck.kwic(corpus, "*ا*", sample=size, seed=7)
        taken = set(lines.frame.rows())
        assert len(taken) == min(size, everything.height)
        assert previous <= taken <= rows
        assert lines.total == everything.height
        previous = taken
    assert any(
        not ck.kwic(corpus, "*ا*", sample=3, seed=0).frame.equals(ck.kwic(corpus, "*ا*", sample=3, seed=seed).frame)
        for seed in range(1, 5)
    )


def test_pages_are_slices(corpus: ck.Corpus) -> None:
    for sort in (None, "after1"):
        lines = ck.kwic(corpus, "*ا*", sort=sort)
        pages = [ck.kwic(corpus, "*ا*", sort=sort).lines(i, i + 3) for i in range(0, len(lines), 3)]
        assert pl.concat(pages).equals(lines.frame)


def test_widest_window_gives_the_whole_document(corpus: ck.Corpus) -> None:
    line = ck.kwic(corpus, "شيء", window=99).frame.row(0, named=True)
    assert (line["before"], line["node"], line["after"]) == ("لا", "شيء", "هنا")
    narrow = ck.kwic(corpus, "شيء", window=(0, 1)).frame.row(0, named=True)
    assert (narrow["before"], narrow["after"]) == ("", "هنا")


@pytest.mark.parametrize("signs", [15, 16, 17, 200])
@pytest.mark.parametrize("window", [(0, 0), (1, 2), (2, 1)])
def test_runs_of_signs_are_cut(tmp_path: Path, signs: int, window: tuple[int, int]) -> None:
    text = "- + " * signs + "كلمة" + " - +" * signs
    with ck.Corpus.build(pl.DataFrame({"text": [text]}), tmp_path / "c", progress=False) as built:
        line = ck.kwic(built, "كلمة", window=window, sort="before1").frame.row(0, named=True)
    (expected,) = oracles.concordance([text], ["كلمه"], window, fold)
    assert (line["before"], line["after"]) == (expected.before, expected.after)
    assert len(line["before"].split()) == min(2 * signs, oracles.REACH * window[0])
    assert len(line["after"].split()) == min(2 * signs, oracles.REACH * window[1])


def test_no_hits_give_an_empty_table(corpus: ck.Corpus) -> None:
    lines = ck.kwic(corpus, "غائب", sort=("after1", "node"), sample=5)
    assert len(lines) == 0
    assert lines.frame.schema == ck.kwic(corpus, "السعودية").frame.schema
    assert repr(lines)
    assert lines._repr_html_()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"pattern": ""}, "^pattern must be a word"),
        ({"pattern": " \n"}, "^pattern must be a word"),
        ({"pattern": "*"}, "^pattern must be more specific"),
        ({"pattern": "* **"}, "^pattern must be more specific"),
        ({"pattern": "\u064b"}, "^pattern must be .*folded away"),
        ({"pattern": 5}, "^pattern must be a str"),
        ({"pattern": "x", "sort": "right1"}, "^sort must be .*got 'right1'"),
        ({"pattern": "x", "sort": ["node", "node"]}, "^sort must be .*'node' twice"),
        ({"pattern": "x", "sort": 5}, "^sort must be"),
        ({"pattern": "x", "sort": "before0"}, "^sort must be .*'before0'"),
        ({"pattern": "x", "window": -1}, "^window must be"),
        ({"pattern": "x", "window": (1, 2, 3)}, "^window must be"),
        ({"pattern": "x", "window": True}, "^window must be"),
        ({"pattern": "x", "sample": -1}, "^sample must be"),
        ({"pattern": "x", "sample": 1.5}, "^sample must be"),
        ({"pattern": "السعودية", "sample": 1, "seed": -1}, "^seed must be"),
    ],
)
def test_bad_arguments(corpus: ck.Corpus, arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ck.InputError, match=message):
        ck.kwic(corpus, **arguments)  # type: ignore[arg-type]


def test_words_matched_by_a_pattern(corpus: ck.Corpus) -> None:
    lines = ck.kwic(corpus, "السعودية", sample=1)
    assert lines.variants.rows() == [("السعودية", 4, 2), ("السُّعُودِيّة", 1, 1)]
    phrases = ck.kwic(corpus, "الخلافة الإسلامية")
    assert phrases.variants.rows() == [('الخلافة "الإسلامية', 1, 1), ("الخلافة الإسلامية", 1, 1)]
    assert ck.kwic(corpus, "غائب").variants.rows() == []


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ck.Corpus]:
    frame = pl.DataFrame(
        {
            "text": ["ب كلمة ج. كلمة", "ا كلمة د", "ج كلمة", "كلمة ا"],
            "outlet": ["y", "x", None, "x"],
            "rank": [2, 1, 3, None],
            "tags": [["a"], [], None, ["b"]],
        }
    )
    with ck.Corpus.build(frame, tmp_path_factory.mktemp("dated") / "corpus", progress=False) as built:
        yield built


@pytest.mark.parametrize(
    ("sort", "places"),
    [
        ("outlet", [(1, 1), (3, 0), (0, 1), (0, 3), (2, 1)]),
        ("-outlet", [(0, 1), (0, 3), (1, 1), (3, 0), (2, 1)]),
        ("rank", [(1, 1), (0, 1), (0, 3), (2, 1), (3, 0)]),
        (("outlet", "-rank"), [(1, 1), (3, 0), (0, 1), (0, 3), (2, 1)]),
        (("-document", "before1"), [(3, 0), (2, 1), (1, 1), (0, 1), (0, 3)]),
        ("before1", [(1, 1), (0, 1), (0, 3), (2, 1), (3, 0)]),
        ("-before1", [(0, 3), (2, 1), (0, 1), (1, 1), (3, 0)]),
        (("node", "-after1"), [(1, 1), (0, 1), (3, 0), (0, 3), (2, 1)]),
    ],
)
def test_all_sort_keys_in_both_directions(
    dated: ck.Corpus, sort: str | tuple[str, ...], places: list[tuple[int, int]]
) -> None:
    frame = ck.kwic(dated, "كلمة", sort=sort).frame
    # the full stop is a token: the second node of the first document is its token 4
    found = [(document, min(position, 3)) for document, position in frame.select("document", "position").rows()]
    assert found == places


@st.composite
def sort_keys(draw: st.DrawFn) -> list[str]:
    """Draw up to four keys, each in one of the directions."""
    names = st.sampled_from(["before1", "before2", "after1", "node", "document", "outlet", "rank"])
    return [draw(st.sampled_from(["", "-"])) + name for name in draw(st.lists(names, unique=True, max_size=4))]


def sorted_rows(plain: pl.DataFrame, keys: list[str]) -> list[dict[str, object]]:
    """Return the lines, given in the order of the text, in the order of the keys, sorting once for each key."""

    def value(row: dict[str, object], key: str) -> object:
        if key in ("document", "outlet", "rank"):
            return row[key]
        if key == "node":
            return fold(str(row["node"]))
        words = [token for token in ck.tokenize(str(row[key[:-1]])) if token != "."]
        words = words[::-1] if key.startswith("before") else words
        place = int(key[-1]) - 1
        return fold(words[place]) if place < len(words) else None

    rows = plain.rows(named=True)
    for key in reversed(keys):
        name = key.removeprefix("-")
        valued = [(value(row, name), row) for row in rows]
        there = sorted({one for one, _ in valued if one is not None}, reverse=key.startswith("-"))  # type: ignore[type-var]
        ranks = {one: place for place, one in enumerate([*there, None])}
        rows = [row for _, row in sorted(valued, key=lambda pair: ranks[pair[0]])]
    return rows


@settings(max_examples=examples(40))
@given(keys=sort_keys())
def test_sorting_equals_a_stable_sort_by_each_key(dated: ck.Corpus, keys: list[str]) -> None:
    lines = ck.kwic(dated, "كلمة|?", sort=keys, metadata=["outlet", "rank"]).frame
    plain = ck.kwic(dated, "كلمة|?", metadata=["outlet", "rank"]).frame
    assert lines.rows(named=True) == sorted_rows(plain, keys)


FREQUENT = "(قال|في|من|كلمة)"


@pytest.fixture(scope="module")
def tied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ck.Corpus]:
    """A corpus of a few words, so that nearly all lines are tied."""
    texts = [" ".join("قال في . كلمة من قَال"[n * k % 7 :: 1 + n % 3].split() * 2) for n in range(9) for k in (1, 3, 4)]
    labels = {"outlet": ["b", None, "a", "b"] * 7, "rank": [2, 1, None] * 9}
    frame = pl.DataFrame({"text": texts, **{name: values[: len(texts)] for name, values in labels.items()}})
    with ck.Corpus.build(frame, tmp_path_factory.mktemp("tied") / "corpus", progress=False) as built:
        yield built


@settings(max_examples=examples(60))
@given(
    pattern=st.sampled_from(["قال", "قال|في|.", FREQUENT, f"{FREQUENT} []{{0,2}}", "قال []", "غائب"]),
    keys=sort_keys(),
    thin=st.sampled_from([1, 1, 2]),
    part=st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_every_part_is_that_of_the_sorted_lines(
    tied: ck.Corpus, pattern: str, keys: list[str], thin: int, part: tuple[float, float]
) -> None:
    def lines(sort: list[str]) -> ck.Concordance:
        return ck.kwic(tied, pattern, sort=sort, thin=thin, window=2, metadata=["outlet", "rank"])

    expected = sorted_rows(lines([]).frame, keys)
    start, stop = sorted(int(place * len(expected)) for place in part)
    assert lines(keys).lines(start, stop).rows(named=True) == expected[start:stop]
    assert lines(keys).lines(start).rows(named=True) == expected[start:]
    assert lines(keys).lines(-3).rows(named=True) == expected[-3:]
    turned, size = lines(keys), len(expected) // 12 + 1
    pages = [turned.page(page, size) for page in range(1, 13)]
    assert pl.concat(pages).rows(named=True) == expected


def test_a_sorted_part_does_not_sort_all_lines(tied: ck.Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = ck.kwic(tied, FREQUENT, sort=["after1", "-outlet"]).frame
    sizes: list[int] = []
    sort = SortedHits._sort

    def recorded(self: SortedHits, hits: Hits, level: int) -> Hits:
        sizes.append(len(hits))
        return sort(self, hits, level)

    monkeypatch.setattr(SortedHits, "_sort", recorded)
    lines = ck.kwic(tied, FREQUENT, sort=["after1", "-outlet"])
    assert lines.context(7).equals(ck.kwic(tied, FREQUENT, sort=["after1", "-outlet"]).context(7))
    assert lines.page(2, size=10).equals(expected[10:20])
    assert max(sizes, default=0) <= 10
    for page in range(1, 20):  # many pages: all lines are sorted once
        assert lines.page(page, size=4).equals(expected[4 * page - 4 : 4 * page])
    assert sizes.count(len(expected)) == 1
    assert lines.widen(0).frame.drop("before", "after").equals(expected.drop("before", "after"))
    assert sizes.count(len(expected)) == 1


def test_metadata_columns(dated: ck.Corpus) -> None:
    frame = ck.kwic(dated, "كلمة", metadata=["rank", "outlet", "id"]).frame
    assert frame.columns[-2:] == ["rank", "outlet"]
    assert frame["outlet"].to_list() == ["y", "y", "x", None, "x"]
    assert ck.kwic(dated, "كلمة", metadata="outlet").lines(1, 3)["outlet"].to_list() == ["y", "x"]


@pytest.mark.parametrize("thin", [1, 2, 3, 99])
def test_thinning_keeps_every_nth_line(dated: ck.Corpus, thin: int) -> None:
    whole = ck.kwic(dated, "كلمة").frame
    lines = ck.kwic(dated, "كلمة", thin=thin)
    assert lines.frame.equals(whole.gather_every(thin))
    assert lines.total == 5
    assert lines.variants["count"].sum() == 5
    sampled = ck.kwic(dated, "كلمة", thin=thin, sample=1).frame
    assert set(sampled.rows()) <= set(lines.frame.rows())


def test_pages_start_at_one(dated: ck.Corpus) -> None:
    lines = ck.kwic(dated, "كلمة")
    assert lines.page(1, size=2).equals(lines.frame[:2])
    assert lines.page(3, size=2).equals(lines.frame[4:])
    assert lines.page(4, size=2).height == 0
    with pytest.raises(ck.InputError, match=r"^page must be"):
        lines.page(0)


@pytest.mark.parametrize("arguments", [("",), (None,), (0, "x"), (0.5,)])
def test_bad_line_ranges(dated: ck.Corpus, arguments: tuple[object, ...]) -> None:
    with pytest.raises(ck.InputError, match=r"^(start|stop) must be an integer"):
        ck.kwic(dated, "كلمة").lines(*arguments)  # type: ignore[arg-type]


def test_widen_keeps_lines_and_order(dated: ck.Corpus) -> None:
    narrow = ck.kwic(dated, "كلمة", window=0, sort="-outlet", sample=3)
    wide = narrow.widen((1, 0))
    assert wide.frame.drop("before", "after").equals(narrow.frame.drop("before", "after"))
    assert (
        wide.frame["before"].to_list()
        == ck.kwic(dated, "كلمة", window=1, sort="-outlet", sample=3).frame["before"].to_list()
    )
    assert set(wide.frame["after"]) == {""}


def test_context_is_the_original_text(corpus: ck.Corpus) -> None:
    lines = ck.kwic(corpus, "الخلافة الإسلامية")
    for line in range(len(lines)):
        row = lines.frame.row(line, named=True)
        text = TEXTS[row["document"]]
        whole = lines.context(line, "document").row(0, named=True)
        assert whole["before"] + whole["node"] + whole["after"] == text
        assert len(whole["before"]) == row["start"]
        paragraph = lines.context(line).row(0, named=True)
        around = paragraph["before"] + paragraph["node"] + paragraph["after"]
        (expected,) = [part for part in text.splitlines() if around.strip() == part.strip()]
        assert expected
    first = ck.kwic(corpus, "إن").context(0, "sentence").row(0, named=True)
    assert (first["before"], first["node"]) == ("قال الوزير: «", "إن")
    assert (first["before"] + first["node"] + first["after"]).strip() == TEXTS[0].partition(" وأضاف")[0]
    second = ck.kwic(corpus, "بعيدة").context(0, "sentence").row(0, named=True)
    assert second["before"].startswith("وأضاف")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [((5,), "^line must be below 5"), ((-1,), "^line must be"), ((0, "page"), "^within must be .*'page'")],
)
def test_bad_context(dated: ck.Corpus, arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(ck.InputError, match=message):
        ck.kwic(dated, "كلمة").context(*arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sort": "outlets"}, "^sort must be .*'outlets'.*Did you mean 'outlet'"),
        ({"sort": ["outlet", "-outlet"]}, "^sort must be .*'outlet' twice"),
        ({"sort": "tags"}, "^sort must be .*'tags'"),
        ({"sort": "text"}, "^sort must be .*'text'"),
        ({"metadata": "outlets"}, "^metadata must be .*'outlets'.*Did you mean 'outlet'"),
        ({"metadata": ["rank", "rank"]}, "^metadata must be .*'rank' twice"),
        ({"metadata": 5}, "^metadata must be"),
        ({"thin": 0}, "^thin must be"),
        ({"exact": ["x"]}, "^exact must be True or False"),
        ({"clitics": None}, "^clitics must be True or False"),
        ({"within": "line"}, "^within must be .*'line'"),
    ],
)
def test_bad_arguments_of_line_methods(dated: ck.Corpus, arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ck.InputError, match=message):
        ck.kwic(dated, "كلمة", **arguments)  # type: ignore[arg-type]


KWIC_ARGUMENTS = (
    "corpus", "pattern", "exact", "clitics", "within", "window", "metadata", "sort", "thin", "sample", "seed",
)  # fmt: skip


@pytest.mark.parametrize("name", KWIC_ARGUMENTS)
def test_every_argument_is_checked(dated: ck.Corpus, name: str) -> None:
    arguments = {"corpus": dated, "pattern": "كلمة", name: object()}
    with pytest.raises(ck.InputError, match=f"^{name} must be"):
        ck.kwic(**arguments)  # type: ignore[arg-type]


def test_html_is_right_to_left(corpus: ck.Corpus) -> None:
    html = ck.kwic(corpus, "السعودية")._repr_html_()
    assert 'dir="rtl"' in html
    assert "السُّعُودِيّة" in html


def test_a_sample_shows_how_many_hits_there_are(tmp_path: Path) -> None:
    corpus = ck.sample_corpus()
    sample, every = ck.kwic(corpus, "في", sample=8, sort="after1"), ck.kwic(corpus, "في")
    assert (sample.caption, every.caption) == ("في (8 of 659)", "في (659)")
    assert ck.kwic(corpus, "في", thin=10).caption == "في (66 of 659)"
    assert repr(sample).startswith("في (8 of 659)\n")
    assert str(ck.show(sample, max_rows=3)).startswith("في (8 of 659)\n")
    assert "8 of 659" in sample._repr_html_()
    for lines, caption in (
        (sample.frame, "8 of 659"),
        (sample.page(2, 5), "3 of 659"),
        (every.lines(0, 4), "4 of 659"),
    ):
        assert str(ck.show(lines)).startswith(f"في ({caption})\n")
        assert caption in ck.show(lines).html
    assert sample.widen(3).sort_by(None).caption == "في (8 of 659)"
    ck.save(sample, tmp_path / "lines.csv", corpus)
    options = json.loads((tmp_path / "lines.csv.json").read_text(encoding="utf-8"))["made_by"]["options"]
    assert (options["hits"], options["sample"]) == (659, 8)


@pytest.mark.parametrize("sort", [None, "after1", ["before1", "-date"], ("node",)])
def test_sorting_again_equals_sorting_at_once(sort: Any) -> None:
    corpus = ck.sample_corpus()
    for options in ({"sample": 30, "seed": 2}, {"thin": 7}, {}):
        at_once = ck.kwic(corpus, "في", sort=sort, metadata="outlet", **options)  # type: ignore[arg-type]
        again = ck.kwic(corpus, "في", sort="after2", metadata="outlet", **options).sort_by(sort)  # type: ignore[arg-type]
        assert again.frame.equals(at_once.frame)
        assert again.options == at_once.options
    with pytest.raises(ck.InputError, match="sort must be"):
        at_once.sort_by("nothing")
