"""ck.news.network and nodes compared with slow twins, the blocs of the sample, and the reference document."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import networkx
import oracles_news_network as oracle
import polars as pl
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from sample_reading import TEXTS, facts

import corpus_kit as ck
from corpus_kit._base.records import provenance_of
from corpus_kit.errors import InputError
from corpus_kit.news.actor_lists import actor_lists
from corpus_kit.news.centralities import centralities, communities
from corpus_kit.news.graph import graph
from corpus_kit.news.graphml import write_graphml
from corpus_kit.news.network import MEASURES, network
from corpus_kit.news.nodes import nodes

pytestmark = pytest.mark.interface

COLUMNS = {
    "document": pl.UInt32, "start": pl.UInt32, "end": pl.UInt32, "surface": pl.String, "proclitic": pl.String,
    "actor": pl.String, "kind": pl.String, "name": pl.String,
}  # fmt: skip


def table_of(mentions: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(mentions, schema=COLUMNS, orient="row")


def record(table: pl.DataFrame) -> dict[str, Any]:
    found = provenance_of(table)
    assert found is not None
    options: dict[str, Any] = found["options"]
    return options


def counts(edges: pl.DataFrame) -> dict[tuple[str, str], tuple[int, ...]]:
    columns = ("source", "target", "weight", "documents", "source_units", "target_units", "units")
    return {row[:2]: row[2:] for row in edges.select(columns).iter_rows()}


def pairs(edges: pl.DataFrame) -> dict[tuple[str, str], int]:
    return {(source, target): weight for source, target, weight in edges.select("source", "target", "weight").rows()}


# ---------------------------------------------------------------------------------- a small corpus

TEXTS_OF_LETTERS = [
    "ألف وباء وجيم، دال. ألف قال إن باء جاء؛ جيم\nدال هاء\nألف",
    "ألف، باء، جيم ودال وهاء في المدينة! «ألف» و«باء» و«جيم».",
    "ألف\n\nباء و جيم وألف",
    "***\nهاء",
    "ألف وباء وجيم، دال. ألف قال إن باء جاء؛ جيم\nدال هاء\nألف",
]


@cache
def letters() -> ck.Corpus:
    frame = pl.DataFrame({"text": TEXTS_OF_LETTERS, "part": ["x", "y", "x", None, "y"]})
    return ck.Corpus.build(frame, Path(tempfile.mkdtemp()) / "letters")


@cache
def letter_tokens() -> list[dict[str, Any]]:
    return letters().tokens.collect().to_dicts()


LETTERS = {"ألف": "A", "باء": "B", "جيم": "C", "دال": "D", "هاء": "E"}


def letter_mentions(kinds: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """Return every occurrence of a letter's name, with or without و."""
    found = []
    for document, text in enumerate(TEXTS_OF_LETTERS):
        for match in re.finditer(rf"\b(و?)({'|'.join(LETTERS)})\b", text):
            actor = LETTERS[match[2]]
            found.append(
                {
                    "document": document, "start": match.start(), "end": match.end(), "surface": match[0],
                    "proclitic": match[1], "actor": actor, "kind": (kinds or {}).get(actor, "letter"), "name": match[2],
                }
            )  # fmt: skip
    return found


# ----------------------------------------------------------------------------------------- the twin


@st.composite
def some_mentions(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Return mentions of one to three tokens of the small corpus, in any order."""
    tokens = letter_tokens()
    found = []
    for first, length in draw(st.lists(st.tuples(st.integers(0, len(tokens) - 1), st.integers(1, 3)), max_size=25)):
        run = [token for token in tokens[first : first + length] if token["document"] == tokens[first]["document"]]
        actor = draw(st.sampled_from("ABCDEF"))
        found.append(
            {
                "document": run[0]["document"], "start": run[0]["start"], "end": run[-1]["end"],
                "surface": "", "proclitic": draw(st.sampled_from(["", "و", "ب", "ول"])),
                "actor": actor, "kind": "x" if actor in "ABCD" else "y", "name": actor,
            }
        )  # fmt: skip
    return found


PLACES = st.tuples(st.integers(0, 4), st.integers(0, 60), st.integers(1, 12)).map(lambda s: (s[0], s[1], s[1] + s[2]))


@given(
    some_mentions(),
    st.sampled_from(["sentence", "paragraph", "document"]),
    st.sampled_from([None, "sentence", "members"]),
    st.integers(2, 4),
    st.lists(PLACES, max_size=4),
)
@settings(max_examples=examples(60))
def test_edges_equal_the_oracle(
    mentions: list[dict[str, Any]], unit: str, collapse: str | None, least: int, hidden: list[tuple[int, int, int]]
) -> None:
    corpus = letters()
    if hidden:
        collapse = None  # the list twin reads the text, which with gaps is not the visible text
        spans = pl.DataFrame(hidden, schema=["document", "start", "end"], orient="row")
        corpus = corpus.exclude(spans)
        left = {(row[0], row[1]) for row in corpus.tokens.select("document", "start").collect().iter_rows()}
        ends = {(row[0], row[1]) for row in corpus.tokens.select("document", "end").collect().iter_rows()}
    edges = network(corpus, table_of(mentions), within=unit, collapse_lists=collapse or False, list_min=least)
    if hidden:
        whole = [
            each for each in mentions
            if (each["document"], each["start"]) in left and (each["document"], each["end"]) in ends
        ]  # fmt: skip
        assert record(edges)["outside"] == len(mentions) - len(whole)
        mentions = whole
    expected = oracle.count(letters(), mentions, unit, collapse=collapse, list_min=least, hidden=hidden)
    assert counts(edges) == expected
    assert edges.select(pl.col("source") < pl.col("target")).to_series().all()
    order = edges.sort("weight", "source", "target", descending=[True, False, False])
    assert edges.equals(order)


@given(some_mentions(), st.integers(2, 4))
@settings(max_examples=examples(60))
def test_lists_equal_the_oracle(mentions: list[dict[str, Any]], least: int) -> None:
    found = actor_lists(letters(), table_of(mentions), list_min=least)
    expected = oracle.lists_of(letters(), mentions, least)
    assert [row[:3] for row in found.select("document", "start", "mentions").iter_rows()] == [
        (run[0]["document"], run[0]["start"], len(run)) for run in expected
    ]


def weighted_graphs(largest: int) -> st.SearchStrategy[tuple[int, list[tuple[int, int, int]]]]:
    def edges_of(size: int) -> st.SearchStrategy[tuple[int, list[tuple[int, int, int]]]]:
        weights = st.integers(1, 7)
        pairs = st.sampled_from([*combinations(range(size), 2)]) if size > 1 else st.nothing()
        edges = st.dictionaries(pairs, weights).map(lambda each: [(*pair, weight) for pair, weight in each.items()])
        return edges.map(lambda each: (size, each))

    return st.integers(1, largest).flatmap(edges_of)


@given(weighted_graphs(5))
@settings(max_examples=examples(60))
def test_centralities_equal_the_oracle(case: tuple[int, list[tuple[int, int, int]]]) -> None:
    size, edges = case
    found = centralities(size, edges, ("betweenness", "closeness", "pagerank"))
    assert found["betweenness"] == pytest.approx(oracle.betweenness(size, edges))
    assert found["closeness"] == pytest.approx(oracle.closeness(size, edges))
    assert found["pagerank"] == pytest.approx(oracle.pagerank(size, edges), abs=1e-8)


@given(weighted_graphs(8))
def test_communities_are_ordered_by_size_and_connected(case: tuple[int, list[tuple[int, int, int]]]) -> None:
    size, edges = case
    found = communities(size, edges, 1.0)
    sizes = Counter(found)
    firsts = {number: found.index(number) for number in sizes}
    assert [*sorted(sizes)] == [*range(1, len(sizes) + 1)]
    order = sorted(sizes, key=lambda number: (-sizes[number], firsts[number]))
    assert order == sorted(sizes)
    made = networkx.Graph()
    made.add_nodes_from(range(size))
    made.add_weighted_edges_from(edges)
    for part in networkx.connected_components(made):
        others = set(range(size)) - part
        assert not {found[node] for node in part} & {found[node] for node in others}


def test_shortest_path_ties_are_exact() -> None:
    # 1/2 = 1/3 + 1/6, but not necessarily in floats: two shortest paths from 0 to 2, one of them through 1
    edges = [(0, 1, 3), (1, 2, 6), (0, 2, 2)]
    assert centralities(3, edges, ("betweenness",))["betweenness"] == [0.0, 0.5, 0.0]


def test_weights_with_a_huge_common_multiple() -> None:
    # in a common unit these lengths exceed the range of floats
    edges = [(node, node + 1, 1000 + node) for node in range(300)]
    found = centralities(301, edges, ("betweenness", "closeness"))
    assert found["betweenness"][150] == pytest.approx(150 * 150 / (300 * 299 / 2))
    assert found["closeness"][0] == pytest.approx(
        300 / sum(sum(1 / (1000 + k) for k in range(n)) for n in range(1, 301))
    )


# ---------------------------------------------------------------------------------------- the sample


@cache
def states() -> pl.DataFrame:
    """Return the mentions of states outside boilerplate, from the sample truth."""
    documents = ck.sample_corpus().documents.select("document", "id").collect()
    names = ck.sample_truth()["names"].filter((pl.col("kind") == "state") & (pl.col("place") != "boilerplate"))
    return names.join(documents, on="id", how="left", maintain_order="left").rename({"code": "actor"})


def blocs() -> dict[str, str]:
    return {row["code"]: row["bloc"] for row in facts("blocs")}


@pytest.mark.parametrize("unit", ["sentence", "paragraph", "document"])
def test_sample_communities_are_the_blocs(unit: str) -> None:
    table = nodes(ck.sample_corpus(), states(), within=unit)
    bloc = blocs()
    of_bloc = {
        (bloc[actor], community) for actor, community in table.select("actor", "community").rows() if actor in bloc
    }
    assert set(bloc) <= set(table["actor"])
    assert {community for _, community in of_bloc} == {1, 2}
    assert len(of_bloc) == 2  # each bloc in one community, and no two in the same


def test_sample_edges_equal_a_count_in_the_texts() -> None:
    corpus = ck.sample_corpus()
    mentions = states().to_dicts()
    for unit in ("sentence", "paragraph", "document"):
        assert counts(network(corpus, states(), within=unit)) == oracle.count(corpus, mentions, unit)
    for collapse in ("sentence", "members"):
        edges = network(corpus, states(), collapse_lists=collapse)
        assert counts(edges) == oracle.count(corpus, mentions, "sentence", collapse=collapse)
        assert record(edges)["collapsed"] == {"lists": 12, "sentences": 12, "mentions": 48}


def test_sample_lines_are_paragraphs() -> None:
    """Weights recomputed from the texts alone."""
    expected: Counter[tuple[str, str]] = Counter()
    for name, text in TEXTS.items():
        lines: dict[int, set[str]] = {}
        for row in facts("names"):
            if row["id"] == name and row["kind"] == "state" and row["place"] != "boilerplate":
                lines.setdefault(text.count("\n", 0, row["start"]), set()).add(row["code"])
        expected.update(pair for each in lines.values() for pair in combinations(sorted(each), 2))
    assert pairs(network(ck.sample_corpus(), states(), within="paragraph")) == expected


def test_matched_actors_give_the_true_network() -> None:
    corpus = ck.sample_corpus()
    boilerplate = ck.sample_truth()["boilerplate"].join(
        corpus.documents.select("document", "id").collect(), on="id", how="left"
    )
    edges = network(corpus, boilerplate=boilerplate, kinds="state")
    assert pairs(edges) == pairs(network(corpus, states()))
    table = nodes(corpus, boilerplate=boilerplate, kinds="state")
    names = dict(table.select("actor", "name").rows())
    gazetteer = ck.news.Gazetteer.states()
    assert all(name == gazetteer[actor].names[0] for actor, name in names.items())
    columns = ["actor", "units", "documents", "mentions", "degree", "strength", "community"]
    assert_frame_equal(table.select(columns), nodes(corpus, states()).select(columns))


# --------------------------------------------------------------------------- the reference document

STATES = {
    "GB": "بريطانيا", "BH": "البحرين", "EG": "مصر", "FR": "فرنسا", "IQ": "العراق", "JO": "الأردن", "LB": "لبنان",
    "OM": "عمان", "QA": "قطر", "SA": "السعودية", "AE": "الإمارات", "KW": "الكويت", "SY": "سوريا",
}  # fmt: skip


def seed_mentions(text: str, file: Path) -> list[dict[str, Any]]:
    """Return names, metonyms and anaphors in a text, longest match first."""
    listed = {name: (actor, "state") for actor, name in STATES.items()}
    for actor in tomllib.loads(file.read_text(encoding="utf-8"))["actor"]:
        for key in ("names", "metonyms", "anaphors"):
            listed |= dict.fromkeys(actor.get(key, []), (actor["id"], actor["kind"]))
    longest = "|".join(sorted(listed, key=len, reverse=True))
    return [
        {
            "document": 0, "start": match.start(), "end": match.end(), "surface": match[0], "proclitic": match[1],
            "actor": listed[match[2]][0], "kind": listed[match[2]][1], "name": match[2],
        }
        for match in re.finditer(rf"\b([وبل]?)({longest})\b", text)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def seed(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> ck.Corpus:
    """Return the body of the reference document."""
    text = (shared / "seed/article.txt").read_text(encoding="utf-8")
    corpus = ck.Corpus.build(pl.DataFrame({"text": [text]}), tmp_path_factory.mktemp("seed") / "corpus")
    lines, start = [], 0
    for line in text.split("\n"):
        lines.append((0, start, start + len(line)))
        start += len(line) + 1
    left_out = [lines[number] for number in (0, 2, 3, 29)]  # the headline and boilerplate
    return corpus.exclude(pl.DataFrame(left_out, schema=["document", "start", "end"], orient="row"))


def seed_table(shared: Path) -> pl.DataFrame:
    text = (shared / "seed/article.txt").read_text(encoding="utf-8")
    return table_of(seed_mentions(text, shared / "seed/actors.toml"))


def check_seed(edges: pl.DataFrame, result: pl.DataFrame, expected: dict[str, Any]) -> None:
    assert (result.height, edges.height) == (expected["nodes"], expected["edges"])
    degree = dict(result.select("actor", "degree").rows())
    assert {actor: degree[actor] for actor in expected["degree"]} == expected["degree"]
    weight = pairs(edges)
    for pair, times in expected["weights"].items():
        source, target = sorted(pair.split("-"))
        assert weight[source, target] == times, pair
    units = dict(result.select("actor", "units").rows())
    assert {actor: units[actor] for actor in expected["sentence_freq"]} == expected["sentence_freq"]
    assert set(edges["units"]) == {12}


def network_expected(shared: Path) -> dict[str, Any]:
    expected: dict[str, Any] = json.loads((shared / "seed/expected.json").read_text(encoding="utf-8"))["network"]
    return expected


def test_reference_document(seed: ck.Corpus, shared: Path) -> None:
    mentions = seed_table(shared)
    check_seed(network(seed, mentions), nodes(seed, mentions), network_expected(shared))


def test_reference_document_with_its_own_gazetteer(seed: ck.Corpus, shared: Path) -> None:
    path = shared / "seed/actors.toml"
    options: dict[str, Any] = {"actors": ck.news.Gazetteer.read(path), "metonyms": True, "anaphors": True}
    edges = network(seed, **options)
    check_seed(edges, nodes(seed, **options), network_expected(shared))
    assert network(seed, **options, collapse_lists=True)["weight"].sum() == edges["weight"].sum() - 91
    assert network(seed, path, metonyms=True).equals(edges)


def test_collapsed_list_of_the_reference_document_adds_no_edges(seed: ck.Corpus, shared: Path) -> None:
    mentions = seed_table(shared)
    lists = actor_lists(seed, mentions)
    assert lists.select("actors", "mentions", "sentence_actors", "sentence_edges").rows() == [(11, 11, 14, 91)]
    every, collapsed = (network(seed, mentions, collapse_lists=each) for each in (False, True))
    lost = Counter(pairs(every))
    lost.subtract(pairs(collapsed))
    assert (sum(lost.values()), len(+lost), set(lost.values())) == (91, 91, {0, 1})
    assert record(collapsed)["collapsed"] == {"lists": 1, "sentences": 1, "mentions": 14}
    assert set(collapsed["units"]) == {11}
    members = pairs(network(seed, mentions, collapse_lists="members"))
    rest = Counter(members)
    rest.subtract(pairs(collapsed))
    assert +rest == {("ALLEN", "IS"): 1, ("ALLEN", "US"): 1, ("IS", "US"): 1}
    result = nodes(seed, mentions, collapse_lists=True)
    assert result.height == 17
    alone = result.filter(actor="QA").row(0, named=True)
    assert (alone["units"], alone["listed"], alone["degree"], alone["pagerank"] > 0) == (0, 1, 0, True)


# -------------------------------------------------------------------------------------------- rules


def test_what_makes_a_list() -> None:
    mentions = table_of(letter_mentions())
    found = actor_lists(letters(), mentions, list_min=3)
    assert found["surface"].to_list() == [
        "ألف وباء وجيم، دال", "ألف، باء، جيم ودال وهاء", "ألف» و«باء» و«جيم", "باء و جيم وألف", "ألف وباء وجيم، دال",
    ]  # fmt: skip
    assert found["actors"].to_list() == [4, 5, 3, 3, 4]
    assert found.schema == pl.Schema(
        {
            "document": pl.UInt32, "id": pl.String, "start": pl.UInt32, "end": pl.UInt32, "surface": pl.String,
            "kind": pl.String, "mentions": pl.Int64, "actors": pl.Int64,
            "sentence_actors": pl.Int64, "sentence_edges": pl.Int64,
        }
    )  # fmt: skip
    # another kind ends a list, and mentions of other kinds than `kinds` are ignored
    other = table_of(letter_mentions({"C": "other"}))
    assert actor_lists(letters(), other, list_min=3).height == 0
    assert actor_lists(letters(), other, list_min=2).height == 5
    assert set(actor_lists(letters(), other, list_min=2, kinds="letter")["kind"]) == {"letter"}


def test_lists_do_not_affect_the_rest_of_the_paragraph() -> None:
    mentions = table_of(letter_mentions())
    options: dict[str, Any] = {"within": "document", "list_min": 4}
    assert pairs(network(letters(), mentions, **options)) != pairs(network(letters(), mentions, within="sentence"))
    left = pairs(network(letters(), mentions, collapse_lists=True, **options))
    # documents 0 and 4 keep ألف, باء and جيم, then دال، هاء and ألف of the later lines; 1 keeps its second sentence
    assert left["A", "B"] == 4
    assert left["D", "E"] == 2
    assert pairs(network(letters(), mentions, collapse_lists=True, list_min=6)) == pairs(network(letters(), mentions))


def test_actor_that_meets_no_other_is_an_isolated_node() -> None:
    mentions = table_of([each for each in letter_mentions() if each["actor"] == "E"])
    assert network(letters(), mentions).height == 0
    result = nodes(letters(), mentions).row(0, named=True)
    assert (result["units"], result["degree"], result["strength"], result["community"]) == (4, 0, 0, 1)
    assert (result["betweenness"], result["closeness"], result["pagerank"]) == (0.0, 0.0, 1.0)


def test_no_mentions_give_empty_tables_with_all_columns() -> None:
    empty = table_of([])
    mentions = table_of(letter_mentions())
    for by in (None, "part"):
        for made, full in [
            (network(letters(), empty, by=by), network(letters(), mentions, by=by)),
            (nodes(letters(), empty, by=by), nodes(letters(), mentions, by=by)),
        ]:
            assert made.height == 0
            assert made.schema == full.schema
    assert actor_lists(letters(), empty).schema == actor_lists(letters(), mentions).schema
    assert len(graph(network(letters(), empty))) == 0
    nothing = letters().filter(pl.col("part") == "z")
    assert network(nothing, mentions, by="part").schema == network(letters(), mentions, by="part").schema
    assert nodes(nothing, mentions, by="part").height == 0
    assert nodes(nothing, mentions).height == 0


def test_groups_equal_subcorpora() -> None:
    mentions = table_of(letter_mentions())
    edges, result = (each(letters(), mentions, by="part") for each in (network, nodes))
    assert edges["part"].unique(maintain_order=True).to_list() == ["x", "y"]
    assert result["part"].unique(maintain_order=True).to_list() == ["x", "y", None]
    for part in ("x", "y"):
        subcorpus = letters().filter(pl.col("part") == part)
        assert edges.filter(part=part).drop("part").equals(network(subcorpus, mentions))
        assert result.filter(part=part).drop("part").equals(nodes(subcorpus, mentions))
    assert record(network(subcorpus, mentions))["outside"] > 0


def test_groups_may_be_called_source(tmp_path: Path) -> None:
    texts = pl.DataFrame({"text": ["زار وزير الأردن العراق", "بين الكويت وقطر"], "source": ["x", "y"]})
    edges = network(ck.Corpus.build(texts, tmp_path / "corpus"), by="source")
    assert edges.select("source_", "source", "target").rows() == [("x", "IQ", "JO"), ("y", "KW", "QA")]
    assert record(edges)["outside"] == 0


def test_boilerplate_option_equals_exclusion() -> None:
    mentions = table_of(letter_mentions())
    line = pl.DataFrame({"document": [0], "start": [0], "end": [TEXTS_OF_LETTERS[0].index("\n")]})
    assert network(letters(), mentions, boilerplate=line).equals(network(letters().exclude(line), mentions))
    assert nodes(letters(), mentions, boilerplate=line).equals(nodes(letters().exclude(line), mentions))


def test_identical_documents_double_every_count() -> None:
    frame = pl.DataFrame({"text": [TEXTS_OF_LETTERS[0]] * 2})
    one = [each for each in letter_mentions() if each["document"] == 0]
    both = table_of([*one, *({**each, "document": 1} for each in one)])
    with tempfile.TemporaryDirectory() as folder:
        corpus = ck.Corpus.build(frame, Path(folder) / "twice")
        single = corpus.filter(pl.col("document") == 0)
        twice, once = counts(network(corpus, both)), counts(network(single, both))
        corpus.close()
    assert twice == {pair: tuple(2 * number for number in numbers) for pair, numbers in once.items()}


def test_light_edges_are_dropped_and_counted() -> None:
    mentions = table_of(letter_mentions())
    every, heavy = network(letters(), mentions), network(letters(), mentions, min_weight=3)
    assert heavy.rows() == every.filter(pl.col("weight") >= 3).rows()
    assert record(heavy)["lighter"] == every.height - heavy.height > 0
    degree = dict(nodes(letters(), mentions, min_weight=3).select("actor", "degree").rows())
    ends = Counter([*heavy["source"], *heavy["target"]])
    assert degree == {actor: ends[actor] for actor in degree}


def test_kinds_are_filtered_first() -> None:
    mentions = table_of(letter_mentions({"C": "other"}))
    kept = mentions.filter(pl.col("kind") == "letter")
    assert network(letters(), mentions, kinds="letter").equals(network(letters(), kept))
    assert network(letters(), mentions, kinds=["letter", "other"]).equals(network(letters(), mentions))
    assert network(letters(), table_of([]), kinds="anything").height == 0


@pytest.mark.parametrize("name", MEASURES)
def test_measures_are_computed_from_units(name: str) -> None:
    edges = network(letters(), table_of(letter_mentions()), measure=name)
    formula = ck.measures.FAMILIES["association"][name]
    for row in edges.iter_rows(named=True):
        value = formula(row["weight"], row["source_units"], row["target_units"], row["units"])
        swapped = formula(row["weight"], row["target_units"], row["source_units"], row["units"])
        assert row[name] == pytest.approx(value, nan_ok=True) == pytest.approx(swapped)


def test_the_order_of_mentions_does_not_matter() -> None:
    mentions = table_of(letter_mentions())
    shuffled = mentions.sample(fraction=1, shuffle=True, seed=3)
    assert network(letters(), mentions).equals(network(letters(), shuffled))
    assert nodes(letters(), mentions).equals(nodes(letters(), shuffled))


# -------------------------------------------------------------------------------------------- graphs


def test_graph_has_all_columns() -> None:
    mentions = table_of(letter_mentions())
    edges, result = network(letters(), mentions), nodes(letters(), mentions)
    made = graph(edges, result)
    assert [*made] == result["actor"].to_list()
    assert made.nodes["A"]["label"] == "ألف"
    assert made.nodes["A"]["community"] == result.filter(actor="A")["community"].item()
    assert {tuple(sorted(pair)): each["weight"] for *pair, each in made.edges(data=True)} == pairs(edges)
    assert made.graph["corpus_id"] == letters().id
    assert dict(made.degree(weight="weight")) == dict(result.select("actor", "strength").rows())
    assert [*graph(edges)] == sorted(result["actor"])
    assert graph(edges.filter(pl.col("weight") > 2), result).number_of_nodes() == result.height


def test_graphml_round_trip_keeps_arabic(tmp_path: Path) -> None:
    mentions = table_of(letter_mentions())
    edges, result = network(letters(), mentions), nodes(letters(), mentions)
    write_graphml(edges, tmp_path / "one.graphml", nodes=result)
    write_graphml(graph(edges, result), tmp_path / "two.graphml")
    data = (tmp_path / "one.graphml").read_bytes()
    assert data == (tmp_path / "two.graphml").read_bytes()
    assert "ألف".encode() in data
    again = networkx.read_graphml(tmp_path / "one.graphml")
    made = graph(edges, result)
    assert dict(again.nodes(data=True)) == dict(made.nodes(data=True))
    assert [*again.edges(data=True)] == [*made.edges(data=True)]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["one.graphml", "two.graphml"]


@pytest.mark.slow
def test_tables_and_files_are_the_same_in_every_process(tmp_path: Path) -> None:
    mentions = tmp_path / "mentions.parquet"
    states().write_parquet(mentions)
    code = (
        "import sys, polars as pl, corpus_kit as ck; news = ck.news;"
        "corpus = ck.sample_corpus(); mentions = pl.read_parquet(sys.argv[1]);"
        "news.write_graphml(news.network(corpus, mentions), sys.argv[2], nodes=news.nodes(corpus, mentions))"
    )
    written = []
    for seed in ("1", "2"):
        path = tmp_path / f"{seed}.graphml"
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-c", code, str(mentions), str(path)], check=True, env=environment)
        written.append(path.read_bytes())
    assert written[0] == written[1]


def test_invalid_graphs(tmp_path: Path) -> None:
    mentions = table_of(letter_mentions())
    edges, result = network(letters(), mentions), nodes(letters(), mentions)
    path = tmp_path / "x.graphml"
    with pytest.raises(InputError, match=r"^edges must be .* without target"):
        graph(edges.drop("target"))
    with pytest.raises(InputError, match=r"^nodes must contain"):
        graph(edges, result.filter(pl.col("actor") != "A"))
    with pytest.raises(InputError, match=r"^edges must be a table of one group, got A and B more than once"):
        graph(network(letters(), mentions, by="part").sort("source", "target"))
    with pytest.raises(InputError, match=r"^nodes must be a table of one group"):
        graph(edges, pl.concat([result, result]))
    with pytest.raises(InputError, match=r"^edges must be a table without nulls in source"):
        graph(edges.head(1).with_columns(source=pl.lit(None, pl.String)))
    with pytest.raises(InputError, match=r"^graph_or_edges must be .* got 3"):
        write_graphml(3, path)
    with pytest.raises(InputError, match=r"^path must be a path that ends in \.graphml"):
        write_graphml(edges, tmp_path / "x.xml")
    with pytest.raises(InputError, match=r"^nodes must be None"):
        write_graphml(graph(edges), path, nodes=result)
    with pytest.raises(InputError, match="cannot write"):
        write_graphml(edges, tmp_path / "absent" / "x.graphml")
    for wrong in ("\x01", "\ud800"):
        with pytest.raises(InputError, match="cannot be written as GraphML"):
            write_graphml(networkx.Graph([(wrong, "b")]), path)
    assert [*tmp_path.iterdir()] == []


# ----------------------------------------------------------------------------------------- invalid input


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"within": "sentense"}, "within must be .* got 'sentense'. Did you mean 'sentence'"),
        ({"kinds": "leter"}, "kinds must be .* got 'leter'. Did you mean 'letter'"),
        ({"kinds": []}, "kinds must be None or at least one kind"),
        ({"kinds": 3}, "kinds must be .* got 3"),
        ({"collapse_lists": "all"}, "collapse_lists must be True, False, 'sentence' or 'members', got 'all'"),
        ({"collapse_lists": None}, "collapse_lists must be .* got None"),
        ({"list_min": 1}, "list_min must be an integer of at least 2, got 1"),
        ({"min_weight": 0}, "min_weight must be an integer of at least 1, got 0"),
        ({"by": "outlet"}, "by must be .* got 'outlet'"),
        ({"by": 3}, "by must be .* got 3"),
        ({"metonyms": True}, "metonyms must be left out with a table of mentions, got True"),
        ({"metonyms": "yes"}, "metonyms must be True or False, got 'yes'"),
        ({"anaphors": False}, "anaphors must be left out with a table of mentions, got False"),
        ({"boilerplate": 3}, "boilerplate must be a DataFrame of spans, got 3"),
    ],
)
def test_invalid_options(options: dict[str, Any], message: str) -> None:
    mentions = table_of(letter_mentions())
    for function in (network, nodes):
        with pytest.raises(InputError, match=f"^{message}"):
            function(letters(), mentions, **options)


def test_invalid_measures() -> None:
    mentions = table_of(letter_mentions())
    with pytest.raises(InputError, match=r"^measure must be .* got 'npmy'. Did you mean 'npmi'"):
        network(letters(), mentions, measure="npmy")
    with pytest.raises(InputError, match=r"^measure must be .* got 'delta_p_1_given_2'"):
        network(letters(), mentions, measure="delta_p_1_given_2")
    with pytest.raises(InputError, match=r"^measure must be .* got 'closenes'. Did you mean 'closeness'"):
        nodes(letters(), mentions, measure="closenes")
    for resolution in (0, -1, True, "1", float("inf"), float("nan")):
        with pytest.raises(InputError, match=r"^resolution must be a number above 0"):
            nodes(letters(), mentions, resolution=resolution)  # type: ignore[arg-type]


def test_tables_that_are_not_mentions_of_the_corpus() -> None:
    mentions = table_of(letter_mentions())
    wrong: list[tuple[Any, str]] = [
        (mentions.drop("start"), "document, start, end"),
        (mentions.drop("actor", "document"), "document, start, end"),
        (mentions.with_columns(start=pl.lit("3")), "start"),
        (mentions.with_columns(actor=pl.lit(3)), "actor"),
        (mentions.with_columns(actor=pl.lit(None, pl.String)), "actor"),
        (mentions.with_columns(document=pl.col("document") + 4), "documents 0 to 4"),
        (mentions.with_columns(document=pl.lit(-1)), "documents 0 to 4"),
        (mentions.with_columns(start=pl.col("start") - 1), "documents 0 to 4"),
        (mentions.with_columns(end=pl.col("end") + 1), "document 0 has no words from"),
        (mentions.tail(1).with_columns(start=pl.col("start") - 1), "document 4 has no words from"),
        (mentions.with_columns(end=pl.lit(2**40)), "end"),
        (3, "got 3"),
    ]
    for table, message in wrong:
        with pytest.raises(InputError, match=f"^actors must be .*{message}"):
            network(letters(), table)
    for function in (network, nodes, actor_lists):
        with pytest.raises(InputError, match=r"^corpus must be a Corpus"):
            function("corpus", mentions)  # type: ignore[arg-type]
    named = table_of(letter_mentions()).with_columns(name=pl.lit(None, pl.String))
    assert nodes(letters(), named)["name"].null_count() == 5
    assert graph(network(letters(), named), nodes(letters(), named)).nodes["A"]["label"] == "A"
    # user tables need only actors and positions
    bare = mentions.select("document", "start", "end", "actor")
    assert network(letters(), bare).equals(network(letters(), mentions))
