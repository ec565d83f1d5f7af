"""Hit lists as values: sets, samples, queries within them, anchors, group and tabulate."""

from __future__ import annotations

import warnings
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import oracles_hit_lists as twin
import polars as pl
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus_kit as ck
from corpus_kit.errors import InputError
from corpus_kit.search import hit_list
from corpus_kit.search.hit_sets import anchored, common, inside, missing, united
from corpus_kit.search.hits import NO_TOKEN, Hits

pytestmark = pytest.mark.interface

CORPUS = ck.sample_corpus()
OPTIONS: dict[str, Any] = {
    "window": [3, 3], "sort": [], "sample": None, "seed": 0, "thin": 1, "exact": False, "clitics": False,
    "within": "paragraph", "metadata": [], "show": [],
}  # fmt: skip
PLACES = [
    "node",
    "match",
    "matchend",
    "target",
    "before1",
    "after2",
    "match[-1]",
    "matchend[2]",
    "match[-2]..matchend[1]",
]
ATTRIBUTES = ["folded", "surface", "word", "kind", "lemma", "stem", "root", "pos"]


@cache
def tokens() -> twin.Tokens:
    return twin.Tokens(CORPUS)


def hits_of(spans: list[twin.Span], anchors: list[dict[str, int | None]] | None = None) -> Hits:
    first, end = (np.array([span[k] for span in spans], np.uint32) for k in (0, 1))
    named = sorted({name for each in anchors or [] for name in each})
    of_names = {
        name: np.array([NO_TOKEN if each[name] is None else each[name] for each in anchors or []], np.uint32)
        for name in named
    }
    return Hits(first, None if all(b - a == 1 for a, b in spans) else end, of_names)


def spans_in(hits: Hits) -> list[twin.Span]:
    return list(zip(hits.first.tolist(), hits.end.tolist(), strict=True))


def concordance(hits: Hits, corpus: ck.Corpus = CORPUS) -> ck.Concordance:
    return ck.Concordance(corpus, "x", hits, found=hits, options=OPTIONS)


span_sets = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 4)).map(lambda pair: (pair[0], pair[0] + pair[1])), unique=True
).map(sorted)


# ------------------------------------------------------------------------- sets


@given(span_sets, span_sets)
@settings(max_examples=examples(60))
def test_sets_are_those_of_python(a: list[twin.Span], b: list[twin.Span]) -> None:
    left, right = hits_of(a), hits_of(b)
    assert spans_in(united(left, right)) == sorted({*a, *b})
    assert spans_in(common(left, right)) == sorted({*a} & {*b})
    assert spans_in(missing(left, right)) == sorted({*a} - {*b})
    assert spans_in(inside(left, right)) == [one for one in a if any(x <= one[0] and one[1] <= y for x, y in b)]


def test_anchors_are_kept_where_both_lists_agree() -> None:
    a = hits_of([(1, 3), (4, 6), (7, 8), (9, 10)], [{"target": 2}, {"target": 4}, {"target": None}, {"target": 9}])
    b = hits_of([(1, 3), (4, 6), (7, 8)], [{"target": 2, "a": 1}, {"target": 5, "a": None}, {"target": 7, "a": 7}])
    both = united(a, b)
    assert both.anchors["target"].tolist() == [2, NO_TOKEN, 7, 9]
    assert both.anchors["a"].tolist() == [1, NO_TOKEN, 7, NO_TOKEN]
    assert missing(a, b).anchors["target"].tolist() == [9]
    assert (a.take(slice(0, 1)) + a.take(slice(3, 4))).anchors["target"].tolist() == [2, 9]


def test_the_operators_take_the_lines_and_make_lists() -> None:
    a, b = ck.kwic(CORPUS, "في *"), ck.kwic(CORPUS, "في [pos=NOUN]", window=2, sort="after1", metadata="outlet")
    assert len(a | b) == len(a) + len(b) - len(a & b)
    assert (a - b).frame.height == len(a) - len(a & b)
    assert (b & a).options["window"] == [2, 2]
    assert (b & a).sort == []
    assert (b & a).metadata == ["outlet"]
    assert (b & a).hint == ""
    assert len(b.reduce(5) | b.reduce(3)) == 5
    assert ((a | b) - b).pattern == "((في *) \u222a (في [pos=NOUN])) \u2216 (في [pos=NOUN])"
    record = ck.record_of((a | b).frame)
    assert [each["pattern"] for each in record["options"]["lists"]] == ["في *", "في [pos=NOUN]"]
    assert record["options"]["of"] == "union"


def test_lists_of_subcorpora_unite_their_documents() -> None:
    outlets = CORPUS.documents.select("outlet").collect()["outlet"].unique(maintain_order=True)
    a, b = (ck.kwic(CORPUS.filter(outlet=outlet), "في") for outlet in outlets[:2])
    both = a | b
    assert len(both) == len(a) + len(b)
    assert len(both.corpus) == len(a.corpus) + len(b.corpus)
    assert len(a & b) == 0
    assert (a - b).corpus is a.corpus


def test_lists_of_other_tokens_are_refused() -> None:
    headlines = CORPUS.documents.select("document", pl.col("headline").struct.unnest()).collect()
    with pytest.raises(InputError, match="same corpus"):
        ck.kwic(CORPUS, "في") | ck.kwic(CORPUS.exclude(headlines), "في")
    with pytest.raises(TypeError):
        ck.kwic(CORPUS, "في") | "في"  # type: ignore[operator]


# ------------------------------------------------------------------ fewer lines


def test_reduce_and_thin_are_those_of_kwic() -> None:
    lines = ck.kwic(CORPUS, "في", sort="after1")
    assert lines.reduce(20, seed=3).frame.equals(ck.kwic(CORPUS, "في", sort="after1", sample=20, seed=3).frame)
    assert lines.thin(7).frame.equals(ck.kwic(CORPUS, "في", sort="after1", thin=7).frame)
    assert lines.reduce(20, seed=3).options == ck.kwic(CORPUS, "في", sort="after1", sample=20, seed=3).options
    twice = lines.thin(2).reduce(9).thin(3)
    assert (len(twice), twice.total) == (3, lines.total)
    assert twice.options["steps"] == ["reduce(9, seed=0)", "thin(3)"]
    assert len(lines.reduce(10**9)) == len(lines)
    assert len(lines.reduce(0)) == 0
    assert lines.reduce(0).group("outlet").height == 0
    for call in (lambda: lines.reduce(-1), lambda: lines.thin(0), lambda: lines.reduce(3, seed=-1)):
        with pytest.raises(InputError):
            call()


# ------------------------------------------------------------------- other hits


def test_a_query_within_hits() -> None:
    around = ck.kwic(CORPUS, "في []{1,3}")
    found = around.find("[pos=NOUN]", within="document")
    whole = spans_in(ck.kwic(CORPUS, "[pos=NOUN]").hits)
    regions = spans_in(around.hits)
    assert spans_in(found.hits) == [hit for hit in whole if any(a <= hit[0] and hit[1] <= b for a, b in regions)]
    assert found.options["of"] == "query"
    assert ck.record_of(found.frame)["options"]["lists"][0]["pattern"] == "في []{1,3}"
    phrases = around.find("في [pos=NOUN]")
    assert all(any(a <= x and y <= b for a, b in regions) for x, y in spans_in(phrases.hits))
    assert len(phrases) > 0
    assert len(around.reduce(0).find("قال")) == 0
    with pytest.raises(InputError, match="within"):
        around.find("قال", within="page")


def test_a_query_within_hits_does_not_leave_them() -> None:
    around = ck.kwic(CORPUS, "في []{2}")
    found = around.find("(?longest) في []{1,9}")
    assert spans_in(found.hits) == spans_in(around.hits)  # not the longer hits that begin there
    assert len(around.find("في []{1,9}")) == len(around)
    assert len(around.find("في []{3}")) == 0


def test_a_query_within_hits_is_cut_after_it_is_bound_to_them() -> None:
    phrases = ck.kwic(CORPUS, "في [] []")
    whole = phrases.find("*ا*")
    for query, number in (("*ا* cut 7", 7), ("* *ا* cut 7", 7), ("*ا* cut 100000", len(whole))):
        assert len(phrases.find(query)) == number
    assert phrases.find("*ا* cut 7").hits.first.tolist() == whole.hits.first[:7].tolist()


def test_a_query_within_more_hits_than_memory_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hit_list, "_BYTES_OF_A_REGION", 1 << 50)
    phrases = ck.kwic(CORPUS, "في [] []")
    assert len(phrases.find("في"))  # looked up without regions
    with pytest.raises(InputError, match=r"A query within 635 hits needs .* \(reduce, thin\)"):
        phrases.find("في *")


def test_a_query_within_hits_leaves_structures_alone() -> None:
    spans = pl.DataFrame({"document": [0], "start": [0], "end": [50]})
    corpus = CORPUS.with_structures(hit_around=spans)
    phrases = ck.kwic(corpus, "*ا* * *")
    found = ck.kwic(corpus, "* * within hit_around")
    assert 0 < len(phrases.find("* * within hit_around")) <= len(found) < len(phrases)
    assert len(phrases.find("* * not within hit_around")) > len(found)


def test_any_words_are_found_in_hits() -> None:
    around = ck.kwic(CORPUS, "في []{0,2} السهل")
    is_word = CORPUS.folded_words[CORPUS.token_types]
    words = [[token for token in range(a, b) if is_word[token]] for a, b in spans_in(around.hits)]
    assert spans_in(around.find("[]").hits) == [(token, token + 1) for of_hit in words for token in of_hit]
    pairs = [(a, b + 1) for of_hit in words for a, b in pairwise(of_hit)]
    assert spans_in(around.find("[]{2}").hits) == pairs
    tokens = [(token, token + 1) for a, b in spans_in(around.hits) for token in range(a, b)]
    assert spans_in(around.find(ck.cqp("[]")).hits) == tokens
    assert spans_in(around.find("(?longest) []+").hits) == spans_in(around.hits)
    assert len(around.reduce(0).find("[]{2}")) == 0
    for pattern in ("[]{2}", "[]"):
        with pytest.raises(InputError, match="more specific"):
            ck.kwic(CORPUS, pattern)
    with pytest.raises(InputError, match="All of it is optional"):
        around.find("[]{0,2}")


def test_labels_of_patterns_are_anchors() -> None:
    lines = ck.kwic(CORPUS, "a:[lemma=قال] []{0,2} @[pos=ADJ]")
    assert lines.anchors == ["a", "target"]
    assert lines.group("a.lemma")["a.lemma"].to_list() == ["قال"]
    assert lines.group("target.pos")["count"].sum() == len(lines)
    assert spans_in(lines.at("a").hits) == [(token, token + 1) for token in lines.hits.anchors["a"].tolist()]
    both = lines | ck.kwic(CORPUS, "a:[lemma=قال] []{0,2} [pos=ADJ]")
    assert spans_in(both.hits) == spans_in(lines.hits)
    assert both.tabulate("a", "target").rows() == lines.tabulate("a", "target").rows()


def test_lines_are_sorted_by_the_token_of_a_label() -> None:
    lines = ck.kwic(CORPUS, "[lemma=قال] []{0,2} @[pos=ADJ]", sort=["target", "after1"])
    forms = lines.tabulate("target.folded")["target.folded"].to_list()
    assert forms == sorted(forms, key=str.encode)
    assert lines.page(2, size=7).equals(lines.frame[7:14])
    assert lines.sort_by("-target").tabulate("target.folded")["target.folded"].to_list() == sorted(
        forms, key=str.encode, reverse=True
    )
    none = concordance(hits_of([(0, 1), (1, 2)], [{"target": None}, {"target": 1}])).sort_by("target")
    assert none.frame["position"].to_list() == [1, 0]
    with pytest.raises(InputError, match="Did you mean 'target'"):
        lines.sort_by("targt")
    with pytest.raises(InputError, match="sort must be"):
        ck.kwic(CORPUS, "قال", sort="target")


def test_nodes_at_an_anchor() -> None:
    hits = hits_of([(0, 3), (3, 5), (5, 8)], [{"target": 2}, {"target": None}, {"target": 2}])
    lines = concordance(hits)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        found = lines.at("target")
    assert spans_in(found.hits) == [(2, 3)]
    assert [str(each.message)[:24] for each in told] == ["1 of 3 hits have no 'tar", "1 hits have the 'target'"]
    assert spans_in(lines.at("matchend").hits) == [(2, 3), (4, 5), (7, 8)]
    assert lines.anchors == ["target"]
    with pytest.raises(InputError, match="Did you mean 'target'"):
        lines.at("targt")
    marked = anchored(hits, hits.anchors["target"])
    assert (marked.without, marked.merged) == (1, 1)


# ------------------------------------------------------------------------ group


@st.composite
def marked_spans(draw: st.DrawFn) -> tuple[list[twin.Span], list[dict[str, int | None]]]:
    n_tokens = len(tokens().document)
    longest = draw(st.sampled_from([1, 4]))
    first = draw(st.sets(st.integers(0, n_tokens - 5) | st.integers(0, 30), min_size=1, max_size=25))
    spans, anchors = [], []
    for begin in sorted(first):
        end = begin + draw(st.integers(1, longest))
        if tokens().document[end - 1] == tokens().document[begin]:
            spans.append((begin, end))
            anchors.append({"target": draw(st.none() | st.integers(begin, end - 1))})
    return spans, anchors


keys = st.one_of(
    st.just(("", "outlet")),
    st.tuples(st.sampled_from(PLACES), st.none() | st.sampled_from(ATTRIBUTES)),
)


def _plain(table: pl.DataFrame, names: list[str]) -> list[tuple[Any, ...]]:
    """Return the rows without spaces in surfaces, which have those of the text."""
    surfaces = [name for name in names if name.endswith("surface")]
    return table.with_columns(pl.col(name).str.replace_all(" ", "") for name in surfaces).rows()


@given(marked_spans(), st.lists(keys, min_size=1, max_size=3, unique=True))
@settings(max_examples=examples(60))
def test_group_counts_as_its_twin(
    marked: tuple[list[twin.Span], list[dict[str, int | None]]], by: list[twin.Key]
) -> None:
    spans, anchors = marked
    names = [attribute if not place else f"{place}.{attribute}" if attribute else place for place, attribute in by]
    table = concordance(hits_of(spans, anchors)).group(*[name for name in names if name])
    own = [name for name in table.columns if name not in ("spelling", *(f"{each}.spelling" for each in names))]
    expected = twin.group(tokens(), spans, anchors, by)
    named = expected.rename(dict(zip(expected.columns, own, strict=True)))
    assert _plain(table.select(own), names) == _plain(named, names)
    limited = concordance(hits_of(spans, anchors)).group(*[name for name in names if name], min_count=2)
    assert limited.rows() == table.filter(pl.col("count") >= 2).rows()


@given(marked_spans(), st.sampled_from(PLACES), st.sampled_from(["folded", "lemma", "stem"]))
@settings(max_examples=examples(40))
def test_a_spelling_is_the_most_frequent_one(
    marked: tuple[list[twin.Span], list[dict[str, int | None]]], place: str, attribute: str
) -> None:
    spans, anchors = marked
    table = concordance(hits_of(spans, anchors)).group(f"{place}.{attribute}")
    written: dict[Any, list[tuple[Any, ...]]] = {}
    for hit, own in zip(spans, anchors, strict=True):
        places = tokens().span(hit, own, place)
        key = [tokens().value(each, attribute) for each in places]
        joined = None if all(each is None for each in key) else " ".join("_" if each is None else each for each in key)
        written.setdefault(joined, []).append(tuple(tokens().value(each, attribute, written=True) for each in places))
    for key, spelling in table.select(f"{place}.{attribute}", "spelling").iter_rows():
        if key is None:
            assert spelling is None
            continue
        most = max(written[key].count(each) for each in written[key])
        usual = [each for each in written[key] if written[key].count(each) == most]
        plain = ["".join("_" if part is None else part for part in each) for each in usual]
        assert spelling.replace(" ", "") in [each.replace(" ", "") for each in plain]


def test_group_by_metadata_layers_and_structures() -> None:
    corpus = CORPUS.with_structures(said=ck.news.quotations(CORPUS))
    lines = ck.kwic(corpus, "في")
    by_outlet = lines.group("outlet")
    frame = ck.kwic(corpus, "في", metadata="outlet").frame
    expected = frame.group_by("outlet", maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("count"), pl.col("document").n_unique().cast(pl.Int64).alias("documents")
    )
    expected = expected.sort("count", descending=True, maintain_order=True)
    assert by_outlet.select("outlet", "count", "documents").rows() == expected.rows()
    assert lines.group("text.outlet").rows() == by_outlet.rows()
    assert by_outlet["share"].sum() == pytest.approx(1)
    inside_of = lines.group("said")
    assert set(inside_of["said"].to_list()) == {"said", None}
    speakers = lines.group("match.said.speaker")
    assert speakers["count"].sum() == len(lines)
    assert speakers.filter(pl.col("match.said.speaker").is_not_null())["count"].sum() <= inside_of["count"].min()
    assert lines.group("date").schema["date"] == pl.Date
    assert lines.group("outlet", "date")["total"].max() == by_outlet["count"].max()
    assert lines.group("node.lemma", "node").columns[:4] == [
        "node.lemma",
        "node.lemma.spelling",
        "node",
        "node.spelling",
    ]


def test_group_counts_the_lines_and_keeps_its_record() -> None:
    lines = ck.kwic(CORPUS, "في", sample=40)
    table = lines.group("before1", min_count=2)
    assert table["total"].unique().to_list() in ([40], [])
    record = ck.record_of(table)
    assert record["function"] == "Concordance.group"
    assert (record["options"]["by"], record["options"]["min_count"]) == (["before1"], 2)
    assert (record["options"]["pattern"], record["options"]["hits"]) == ("في", 40)
    subcorpus = ck.kwic(CORPUS.filter(pl.col("document") < 9), "في")
    assert subcorpus.group("document")["count"].sum() == len(subcorpus)


@pytest.mark.parametrize(
    ("by", "message"),
    [
        ((), "at least one name"),
        (("outlet", "outlet"), "twice"),
        (("outlte",), "Did you mean 'outlet'"),
        (("node.lema",), "Did you mean 'lemma'"),
        (("target.word",), "A label in the pattern"),
        (("node[1].word",), "match is the first, matchend the last"),
        (("match[9999999999].word",), "PLACE.ATTRIBUTE"),
        (("count",), "must be"),
        (("",), "must be"),
        (("a..b..c",), "must be"),
        (("*",), "must be"),
        ((3,), "must be names"),
        (("headline.x",), "must be"),
    ],
)
def test_keys_that_mean_nothing_are_refused(by: tuple[Any, ...], message: str) -> None:
    with pytest.raises(InputError, match=message.replace("[", r"\[")):
        ck.kwic(CORPUS, "في").group(*by)


def test_bad_input_gives_an_empty_table_or_a_sentence(tmp_path: Any) -> None:
    nothing = ck.kwic(CORPUS, "ظظظظ")
    for by in ("outlet", "node", "before1.word", "match[-3]..match[-1]", "node.pos"):
        assert nothing.group(by).height == 0
        assert nothing.group(by, "date").height == 0
    assert nothing.tabulate("id", "node", "match[-2]..matchend.lemma").height == 0
    assert len(nothing | nothing) == len(nothing & nothing) == len(nothing - nothing) == 0
    empty = ck.kwic(CORPUS.filter(pl.col("document") > 9999), "في")
    assert empty.group("outlet").height == 0
    frame = pl.DataFrame({"text": ["قال نعم.", "قال"], "who": [None, "x"], "many": [["a"], ["b"]]})
    plain = ck.Corpus.build(frame, tmp_path / "plain")
    lines = ck.kwic(plain, "قال")
    assert lines.group("who").select("who", "count").rows() == [(None, 1), ("x", 1)]
    with pytest.raises(InputError, match="lemma"):
        lines.group("node.lemma")
    with pytest.raises(InputError, match="single values"):
        lines.group("many")
    with pytest.raises(InputError):
        lines.group("who", min_count=0)


# --------------------------------------------------------------------- tabulate


@given(
    marked_spans(), st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(ATTRIBUTES)), min_size=1, max_size=2)
)
@settings(max_examples=examples(40))
def test_tabulate_is_the_value_of_each_line(
    marked: tuple[list[twin.Span], list[dict[str, int | None]]], what: list[tuple[str, str]]
) -> None:
    spans, anchors = marked
    what = list(dict.fromkeys(what))
    names = [f"{place}.{attribute}" for place, attribute in what]
    table = concordance(hits_of(spans, anchors)).tabulate(*names)
    for (place, attribute), name in zip(what, names, strict=True):
        for hit, own, value in zip(spans, anchors, table[name], strict=True):
            found = [
                tokens().value(each, attribute, written=attribute in ("lemma", "stem"))
                for each in tokens().span(hit, own, place)
            ]
            if all(each is None for each in found):
                assert value is None
            elif attribute == "surface":  # with the spaces of the text
                assert value.replace(" ", "") == "".join(found).replace(" ", "")
            else:
                assert value == " ".join("_" if each is None else each for each in found)


def test_tabulate_keeps_the_order_of_the_lines() -> None:
    lines = ck.kwic(CORPUS, "في *", sort=["-after1", "document"], metadata=["outlet", "date"])
    table = lines.tabulate("document", "id", "node", "outlet", "date")
    assert table.rows() == lines.frame.select("document", "id", "node", "outlet", "date").rows()
    assert ck.record_of(table)["function"] == "Concordance.tabulate"
    with pytest.raises(InputError, match="what"):
        lines.tabulate()


def test_records_of_lists_say_in_which_language_they_were_found(tmp_path: Path) -> None:
    corpus = ck.sample_corpus()
    said = corpus.with_structures(quotation=ck.news.quotations(corpus)).with_definitions({"lists": {"v": ["قال"]}})
    lines = ck.kwic(said, "[word=$v] @[] within text", syntax="cqp", window=3, sort="-target")
    inside = ck.kwic(said, '"في" []{0,2} within quotation', syntax="cqp")
    assert lines.options["syntax"] == "cqp"
    assert {*lines.options["definitions"]["lists"]} == {"v"}
    assert {*inside.options["structures"]} == {"quotation"}
    for other in (inside.widen(2), inside.sort_by("node"), inside.thin(2), inside.reduce(3), inside.at("match")):
        assert other.options["syntax"] == "cqp"
        assert other.options["structures"] == inside.options["structures"]
    found = inside.find("في")
    assert not {"syntax", "structures"} & {*found.options}
    assert found.options["lists"][0]["syntax"] == "cqp"
    assert "syntax" not in (found | found).options
    assert (inside | found).options["syntax"] is None
    assert (inside & inside).options["syntax"] == "cqp"
    assert inside.find(ck.cqp('"في"')).options["syntax"] == "cqp"
    sheet = inside.code(tmp_path / "codes.csv")
    assert ck.record_of(sheet)["options"]["structures"] == inside.options["structures"]
    assert "in the syntax of CQP, structure quotation (" in ck.cite(inside.frame)
    assert "definition v (" in ck.cite(lines.frame)


def test_saved_queries_are_loaded_in_their_language(tmp_path: Path) -> None:
    corpus = ck.sample_corpus()
    said = corpus.with_structures(quotation=ck.news.quotations(corpus))
    lines = ck.kwic(said, '"في" @[]', syntax="cqp", sort="target")
    nothing = ck.kwic(said, "قاللل within quotation")
    lines.save("lines", folder=tmp_path)
    nothing.save("nothing", folder=tmp_path)
    loaded = corpus.load_hits("lines", folder=tmp_path)
    assert loaded.frame.equals(lines.frame)
    assert loaded.options == lines.options
    assert ck.kwic(corpus, loaded.pattern).hits.first.tolist() == lines.hits.first.tolist()
    assert loaded.hint == lines.hint == ""
    assert nothing.hint.startswith("Without its clauses (within, ::) it has no hits either. '/ق+ا+ل+/' has 1 hit")
    assert corpus.load_hits("nothing", folder=tmp_path).hint == ""  # that corpus has no quotations
    assert "Without its clauses (within, ::) it has " in ck.kwic(said, 'قال [] :: match.text_outlet = "-"').hint


def test_anchors_have_places_in_their_nodes() -> None:
    lines = ck.kwic(ck.sample_corpus(), "a:[pos=NOUN] [] @[]", sort="-after1")
    words = lines.tabulate("a", "target")
    for node, places, row in zip(lines.frame["node"], lines.anchor_places(), words.iter_rows(), strict=True):
        assert [node[start:end] for _, start, end in places] == list(row)
    assert lines.anchor_places(3, 5) == lines.anchor_places()[3:5]
    assert [name for name, *_ in lines.anchor_places(0, 1)[0]] == ["a", "target"]
    assert ck.kwic(ck.sample_corpus(), "هدنة").anchor_places(0, 2) == [[], []]
    assert lines._repr_html_().count('class="ck-anchor"') == 2 * min(len(lines), 100)
