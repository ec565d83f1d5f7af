"""Structures and scopes: equal to loops over tokens, in whole corpora and with spans excluded."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from datetime import date

import numpy as np
import oracles_structures as oracle
import polars as pl
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus_kit as ck
from corpus_kit.corpus import structures
from corpus_kit.corpus.structures import Structure
from corpus_kit.errors import InputError
from corpus_kit.query.pattern_tree import Both, Compare, Either, Expansion, Negation, Pattern, Scope, Test, Value
from corpus_kit.search.hits import Hits
from corpus_kit.search.scopes import latest_ends_of
from corpus_kit.search.structure_scopes import expanded, regions_where

pytestmark = pytest.mark.interface

TEXTS = [
    "خبر اليوم\n\nقال الوزير، أمس: نعم. غادر الوفد!\nثم عاد 15 مرة.",
    "غادر.",
    "قال (نعم) ثم، قال: لا... لا",
]
SPANS = [[ck.readers.Span("page", 0, 20, "1"), ck.readers.Span("page", 20, 40, "2"), ck.readers.Span("s", 3, 5, "x")]]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ck.Corpus]:
    documents = [
        ck.readers.Document(
            text,
            id=str(number),
            metadata={"outlet": ("مدى", None)[number % 2]},
            spans=spans,
            headline=((0, 9), None)[number > 0],
        )
        for number, (text, spans) in enumerate(zip(TEXTS, [*SPANS, [], []], strict=True))
    ]
    path = tmp_path_factory.mktemp("corpora") / "corpus"
    with ck.Corpus.build(documents, path, date=None) as built:
        yield built


def spans_in(text: str, document: int) -> st.SearchStrategy[tuple[int, int, int]]:
    place = st.integers(0, len(text))
    return st.tuples(place, place).map(lambda pair: (document, min(pair), max(pair)))


some_spans = st.lists(st.one_of(*[spans_in(text, number) for number, text in enumerate(TEXTS)]), max_size=8)


def table(spans: list[tuple[int, int, int]], **columns: list[object]) -> pl.DataFrame:
    frame = pl.DataFrame(spans, schema={"document": pl.Int64, "start": pl.Int64, "end": pl.Int64}, orient="row")
    return frame.with_columns(pl.Series(name, values) for name, values in columns.items())


def view(corpus: ck.Corpus, spans: list[tuple[int, int, int]], excluded: list[tuple[int, int, int]]) -> ck.Corpus:
    said = corpus.with_structures(q=table(spans, n=list(range(len(spans)))))
    return said.exclude(table(excluded)) if excluded else said


@settings(max_examples=examples(60))
@given(some_spans, st.one_of(st.just([]), some_spans))
def test_regions_columns_and_scopes_equal_the_twin(
    corpus: ck.Corpus, spans: list[tuple[int, int, int]], excluded: list[tuple[int, int, int]]
) -> None:
    said = view(corpus, spans, excluded)
    structure = said.structure("q")
    expected = oracle.regions(said, spans)
    assert list(zip(structure.first.tolist(), structure.end.tolist(), strict=True)) == [each[:2] for each in expected]
    # regions of the same tokens may come in any order
    found = zip(structure.first.tolist(), structure.end.tolist(), structure.values("n").to_list(), strict=True)
    assert sorted(found) == sorted((each.first, each.end, str(each.row)) for each in expected)

    column, is_inside = said.structure_column("q.n"), said.structure_column("q")
    values, within = column.at(np.arange(said.n_tokens)), is_inside.at(np.arange(said.n_tokens))
    at = structure.region_at(np.arange(said.n_tokens, dtype=np.uint32))
    for token in range(said.n_tokens):
        owner = oracle.owner(expected, token)
        assert within[token] == (None if owner is None else "")
        of_owner = {None} if owner is None else {str(each.row) for each in expected if each[:2] == owner[:2]}
        assert values[token] in of_owner
        assert at[token] == -1 if owner is None else str(structure.values("n")[int(at[token])]) == values[token]

    n = said.n_tokens
    for number in (1, 2, 3):
        assert reached(said, Scope("q", number=number)) == [oracle.reach(said, expected, t, number) for t in range(n)]
    free = [None if oracle.owner(expected, token) else token for token in range(n)]
    bounds = [next((k for k in range(t, n) if free[k] is None), n) for t in range(n)]
    wanted = [None if free[token] is None else bounds[token] for token in range(n)]
    assert reached(said, Scope("q", negated=True)) == wanted


def reached(corpus: ck.Corpus, scope: Scope) -> list[int | None]:
    """Return for each token how far a hit that begins there may go; None if it may not begin."""
    pattern = Pattern("x", Test(Compare("form", Value("x"))), exact=False, clitics=False, scopes=(scope,))
    starts = np.arange(corpus.n_tokens, dtype=np.uint32)
    return [end if end > start else None for start, end in enumerate(latest_ends_of(corpus, pattern, starts).tolist())]


def hits_of(pairs: list[tuple[int, int]]) -> Hits:
    bounds = np.array(pairs, np.uint32).reshape(-1, 2)
    return Hits(bounds[:, 0].copy(), bounds[:, 1].copy())


@settings(max_examples=examples(40))
@given(some_spans, st.booleans(), st.booleans(), st.integers(1, 3), st.data())
def test_hits_are_widened_as_by_the_twin(
    corpus: ck.Corpus, spans: list[tuple[int, int, int]], left: bool, right: bool, number: int, data: st.DataObject
) -> None:
    said = view(corpus, spans, [])
    tokens, found = oracle.tokens_of(said), oracle.regions(said, spans)
    first = data.draw(st.lists(st.integers(0, len(tokens) - 1), max_size=6))
    pairs = sorted({(each, each + 1) for each in first})
    document = [of for of, *_ in tokens]

    widened = expanded(said, hits_of(pairs), Expansion("q", 1, left, right))
    wanted = set()
    for begin, end in pairs:
        owner = oracle.owner(found, begin)
        wanted.add((owner.first if owner and left else begin, owner.end if owner and right else end))
    assert list(zip(*map(np.ndarray.tolist, widened.spans()), strict=True)) == sorted(wanted)

    sentences = expanded(said, hits_of(pairs), Expansion("sentence", number, left, right))
    wanted = set()
    for begin, end in pairs:
        of, place = document[begin], tokens[begin][3]
        near = [k for k, each in enumerate(tokens) if each[0] == of and abs(each[3] - place) < number]
        wanted.add((near[0] if left else begin, near[-1] + 1 if right else end))
    assert list(zip(*map(np.ndarray.tolist, sentences.spans()), strict=True)) == sorted(wanted)

    words = expanded(said, hits_of(pairs), Expansion(None, number, left, right))
    wanted = set()
    for begin, end in pairs:
        before = [k for k in range(begin) if document[k] == document[begin]]
        after = [k for k in range(end, len(tokens)) if document[k] == document[begin]]
        words_before, words_after = ([k for k in side if tokens[k][4]] for side in (before, after))
        low = min([*words_before[-number:], begin])
        high = max([*words_after[:number], begin]) + 1
        wanted.add((low if left else begin, high if right else end))
    assert list(zip(*map(np.ndarray.tolist, words.spans()), strict=True)) == sorted(wanted)


def test_scopes_of_words(corpus: ck.Corpus) -> None:
    tokens = oracle.tokens_of(corpus)
    n = len(tokens)
    for words in (1, 2, 5):
        longest = [
            max(
                end
                for end in range(start + 1, n + 1)
                if tokens[end - 1][0] == tokens[start][0] and sum(tokens[k][4] for k in range(start, end)) <= words
            )
            for start in range(n)
        ]
        assert reached(corpus, Scope(None, number=words)) == longest


def test_built_in_structures(corpus: ck.Corpus) -> None:
    tokens = oracle.tokens_of(corpus)
    n = len(tokens)
    assert list(corpus.structures) == [
        "s", "p", "text", "sentence", "paragraph", "document", "headline", "page", "s_",
    ]  # fmt: skip
    for name, key in [("s", lambda k: (tokens[k][0], tokens[k][3])), ("document", lambda k: tokens[k][0])]:
        begins = [k for k in range(n) if k == 0 or key(k) != key(k - 1)]
        assert corpus.structure(name).first.tolist() == begins
        assert corpus.structure(name).end.tolist() == [*begins[1:], n]
    paragraphs = corpus.documents.select("document", "paragraphs").explode("paragraphs").unnest("paragraphs").collect()
    expected = oracle.regions(corpus, paragraphs.rows())
    headline = corpus.structure("headline").first.tolist()  # which `paragraphs` leaves out
    assert corpus.structure("p").first.tolist() == [*headline, *(each.first for each in expected)]
    assert corpus.structure("text").values("outlet").to_list() == ["مدى", None, "مدى"]
    assert corpus.structure("page").values("value").to_list() == ["1", "2"]
    assert corpus.structure("headline").attributes == ()
    assert corpus.structure("s") is corpus.structure("sentence")


def test_structures_go_with_views_and_pickles(corpus: ck.Corpus) -> None:
    said = corpus.with_structures(q=table([(0, 0, 5)], who=["مدى"])).with_definitions({"lists": {"a": ["قال"]}})
    views = [
        said.filter(outlet="مدى"),
        said.exclude(table([(1, 0, 4)])),
        said.exclude(table([(1, 0, 4)])).with_whole_texts(),
        said.sample(2),
        pickle.loads(pickle.dumps(said.filter(outlet="مدى"))),
    ]
    for each in views:
        assert each.structure("q").values("who").to_list() == ["مدى"]
        assert each.definitions.lists == {"a": ("قال",)}
    assert "q" not in corpus.structures
    assert said.filter(outlet="مدى").structure("q") is said.structure("q")
    other = said.with_structures(q=table([(0, 0, 9)], who=["صدى"]))
    assert other.structure_column("q.who").values.to_list() == [None, "صدى"]
    for each, who, hits in ((said, "مدي", 2), (other, "صدي", 2), (said, "صدي", 0)):  # what is kept is that of a table
        assert len(ck.kwic(each, f"[q.who={who}]")) == hits
        assert len(ck.kwic(each, "a:[q] [q.who=a.q.who]")) == 1
    assert said.structures_record(["q", "s"])["q"]["spans"] == 1
    assert said.structures_record(["q"]) != other.structures_record(["q"])


def test_the_digest_does_not_depend_on_the_order_of_rows_and_columns(corpus: ck.Corpus) -> None:
    frame = table([(0, 0, 5), (0, 0, 5), (1, 0, 4)], a=["x", None, "z"], b=[1.5, 2.0, None])
    digests = {
        corpus.with_structures(q=each).structures_record(["q"])["q"]["sha256"]
        for each in (frame, frame.reverse(), frame.select("b", "end", "a", "start", "document"))
    }
    assert len(digests) == 1
    changed = frame.with_columns(a=pl.lit("y"))
    assert corpus.with_structures(q=changed).structures_record(["q"])["q"]["sha256"] not in digests


def test_attributes_are_text(corpus: ck.Corpus) -> None:
    frame = table(
        [(0, 0, 5), (1, 0, 4)],
        when=[date(2026, 3, 5), None],
        sure=[True, False],
        n=[1, 20],
        codes=[["a", "b"], []],
        none=[None, None],
    )
    said = corpus.with_structures(q=frame)
    values = {name: said.structure("q").values(name).to_list() for name in said.structures["q"]}
    assert values == {
        "when": ["2026-03-05", None],
        "sure": ["true", "false"],
        "n": ["1", "20"],
        "codes": ['["a", "b"]', "[]"],
        "none": [None, None],
    }


def test_conditions_on_regions(corpus: ck.Corpus) -> None:
    frame = table([(0, 0, 9), (1, 0, 4), (2, 0, 3)], who=["أحمد", "سعيد", None], n=[1, 2, 3])
    said = corpus.with_structures(q=frame)

    def found(condition: object, *, exact: bool = False) -> list[str | None]:
        return regions_where(said, "q", condition, exact=exact).values("n").to_list()  # type: ignore[arg-type]

    folded = Compare("who", Value("احمد"))
    assert found(folded) == found(Compare("q.who", Value("احمد"))) == ["1"]
    assert found(folded, exact=True) == []
    assert found(Negation(folded)) == found(Compare("who", Value("احمد"), negated=True)) == ["2", "3"]
    assert found(Both((folded, Compare("n", Value("2"))))) == []
    assert found(Either((folded, Compare("n", Value("[23]", "regex"))))) == ["1", "2", "3"]
    texts = regions_where(said, "document", Compare("text.outlet", Value("مدي")))
    assert texts.values("id").to_list() == ["0", "2"]


@pytest.mark.parametrize("spans", [[], [(0, 9, 11)], [(0, 3, 3)]])
def test_structures_without_regions(corpus: ck.Corpus, spans: list[tuple[int, int, int]]) -> None:
    said = corpus.with_structures(q=table(spans, a=["x"] * len(spans)))
    assert (len(said.structure("q")), said.structure("q").is_disjoint) == (0, True)
    assert not said.structure_column("q").codes.whole().any()
    assert said.structure_column("q.a").values.to_list() == [None]
    assert reached(said, Scope("q")) == reached(said, Scope("q", number=2)) == [None] * said.n_tokens
    assert reached(said, Scope("q", negated=True)) == [said.n_tokens] * said.n_tokens
    hits = hits_of([(0, 2), (1, 3)])
    assert expanded(said, hits, Expansion("q")).spans()[0].tolist() == [0, 1]
    assert expanded(said, hits_of([]), Expansion("s")).spans()[0].tolist() == []


def test_many_regions_that_overlap(corpus: ck.Corpus) -> None:
    nested = corpus.with_structures(q=table([(0, place, len(TEXTS[0]) - place) for place in range(20)] * 500))
    assert len(nested.structure("q")) > 5_000
    assert nested.structure_column("q").codes.whole().any()
    assert len(ck.kwic(nested, "غادر within q")) == 1


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("s", [], "s.*structure of every corpus"),
        ("page", [], "page.*sources"),
        ("lemma", [], "lemma.*attribute"),
        ("match", [], "match.*label"),
        ("a b", [], "a b"),
        ("q", 5, "q must be a DataFrame"),
        ("q", pl.DataFrame({"document": [0]}), "start, end"),
        ("q", table([(9, 0, 1)]), "document=9"),
        ("q", table([(0, 3, 1)]), "start=3"),
        ("q", table([(1, 0, 6)]), "document 1 has 5 characters"),
        ("q", table([(1, 0, 1)], a=[object()]), "'a'"),
    ],
)
def test_bad_tables_are_refused(corpus: ck.Corpus, name: str, given: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        corpus.with_structures(**{name: table([]) if isinstance(given, list) else given})


def test_names_of_layers_are_taken(build: Callable[..., ck.Corpus]) -> None:
    built = build(["قال نعم"])
    layered = built.annotate(lambda _: [{"tag": "x"}] * 2, layer="gold")
    for name in ("gold", "tag"):
        with pytest.raises(InputError, match=f"{name}.*layer"):
            layered.with_structures(**{name: table([(0, 0, 1)])})


def test_unknown_structures_and_attributes_name_the_nearest(corpus: ck.Corpus) -> None:
    said = corpus.with_structures(quotation=table([(0, 0, 5)], speaker=["x"]))
    with pytest.raises(InputError, match=r"'quotatoin'.*Did you mean 'quotation'\?"):
        said.structure("quotatoin")
    with pytest.raises(InputError, match=r"'speakr'.*Did you mean 'speaker'\?"):
        said.structure_column("quotation.speakr")
    with pytest.raises(InputError, match="It has none"):
        said.structure("s").values("x")


def test_concordances_and_codes_are_structures() -> None:
    sample = ck.sample_corpus()
    said = sample.with_structures(line=ck.kwic(sample, "التحالف"), q=ck.news.quotations(sample))
    lines = ck.kwic(sample, "التحالف").frame
    first = sample.document_bounds(lines["document"].to_numpy())[0] + lines["position"].to_numpy()
    assert len(first) > 0
    assert said.structure("line").first.tolist() == first.tolist()
    assert isinstance(said.structure("q"), Structure)
    assert set(said.structure("q").attributes) >= {"speaker", "kind"}


def test_codes_of_whole_documents_are_regions(corpus: ck.Corpus) -> None:
    codes = pl.DataFrame(
        {"document": [0, 2, 2], "start": [None, 0, None], "end": [None, 3, None], "code": ["a", "b", "c"]},
        schema_overrides={"start": pl.UInt32, "end": pl.UInt32},
    )
    said = corpus.with_structures(code=codes, all=codes.head(1).with_columns(start=None, end=None))
    low, high = corpus.document_bounds(np.array([0, 2]))
    code = said.structure("code")
    assert code.first.tolist() == [low[0], low[1], low[1]]
    assert code.end.tolist() == [high[0], low[1] + 1, high[1]]
    assert code.values("code").to_list() == ["a", "b", "c"]
    assert len(ck.kwic(said, "قال within code[code=c]")) == 2
    assert said.structure("all").end.tolist() == [high[0]]
    with pytest.raises(InputError, match="document=None"):
        corpus.with_structures(code=codes.with_columns(document=None))
    with pytest.raises(InputError, match="end=None"):
        corpus.with_structures(code=codes.with_columns(start=0))


def test_structures_outlive_additions_to_the_corpus(build: Callable[..., ck.Corpus]) -> None:
    said = build(["قال نعم"]).with_structures(q=table([(0, 0, 3)], n=[1]))
    before, view = said.structure("text"), said.filter(id="d0")
    said.add(pl.DataFrame({"id": ["e"], "text": ["غادر الوفد"], "outlet": ["مدى"]}), id="id", metadata="outlet")
    with pytest.warns(UserWarning, match="replaced"):
        assert len(view.structure("text")) == 1
    assert (len(before), len(said.structure("text"))) == (1, 2)
    assert before.values("id").to_list() == ["d0"]
    assert said.structure("text").values("outlet").to_list() == [None, "مدى"]
    assert said.structure("q").values("n").to_list() == ["1"]


def test_empty_views_have_structures(corpus: ck.Corpus) -> None:
    empty = corpus.exclude(table([(number, 0, len(text)) for number, text in enumerate(TEXTS)]))
    for name in ("s", "p", "text", "page"):
        assert len(empty.structure(name)) == 0
        assert len(empty.structure_column(name).codes.whole()) == 0
    assert len(corpus.filter(pl.lit(value=False)).structure("s")) == len(corpus.structure("s"))


def test_units_are_found_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    flags = np.array([3, 0, 1, 0, 0, 3, 4, 1, 0], np.uint8)
    monkeypatch.setattr(structures, "_FLAGS", 2)
    for unit, first in (("s", [0, 2, 5, 7]), ("p", [0, 5])):
        found = structures.of_units(flags, unit)
        assert (found.first.tolist(), found.end.tolist()) == (first, [*first[1:], 9])
    assert not len(structures.of_units(flags[:0], "s"))
