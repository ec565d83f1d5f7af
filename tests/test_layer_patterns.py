"""Layers of tokens in patterns and in the lines of kwic: equal to a loop over tokens with a dict for each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from campaign.forged import forge
from examples import examples
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st
from oracles_patterns import (
    ANY,
    Alternatives,
    And,
    Attribute,
    Expression,
    Not,
    Or,
    Pattern,
    Regex,
    Repeat,
    Sequence,
    Test,
    Wild,
    Word,
    hits,
    is_refused,
    text_of,
)

import corpus_kit as ck
from corpus_kit._base.records import provenance_of
from corpus_kit.search import token_rows

pytestmark = pytest.mark.interface

TEXTS = [
    "قال الوزير، أمس: قال. غادر الوفد المدينة 15 مرة!\nقَالَ الوزير قال قال",
    "غادر. غادر الوزير",
    "15 #وسم قال ، الوفد ... غادر\n\nالمدينة قال الوزير",
]
SPANS = [ck.tokens([text]).select("start", "end").rows() for text in TEXTS]
TAGS = ("VERB", "NOUN", None, "PUNCT", "verb")
LEMMAS = ("قَال", "غادر", "أ")

Said = dict[str, str | None]


def says(document: int, place: int) -> Said:
    """Return what the layers say of a token, by the names that patterns use; `later` is annotated last."""
    gold: Said = {
        "pos": TAGS[(7 * document + place * place) % 5],
        "lemma": ("قَال", "غادر", "أ")[(place + document) % 3],
    }
    later: Said = {"pos": ("X", None)[place % 2], "n": str(place % 4)}
    full = {
        f"{name}.{key}": value for name, layer in (("gold", gold), ("later", later)) for key, value in layer.items()
    }
    return {**gold, **later, **full}


LAYERS = [[says(row, place) for place in range(len(ck.tokenize(text)))] for row, text in enumerate(TEXTS)]


def layer_of(name: str) -> Any:
    """Return the annotator of a layer: what is said of each token, in the order of the corpus."""
    said = iter([each for document in LAYERS for each in document])
    keys = [key.partition(".")[2] for key in LAYERS[0][0] if key.startswith(f"{name}.")]

    def annotator(sentences: list[list[str]]) -> list[Said]:
        return [{key: each[f"{name}.{key}"] for key in keys} for words in sentences for _, each in zip(words, said)]  # noqa: B905

    return annotator


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ck.Corpus]:
    frame = pl.DataFrame({"text": TEXTS})
    with ck.Corpus.build(frame, tmp_path_factory.mktemp("layers") / "c", annotate=True, progress=False) as built:
        for name in ("gold", "later"):
            built.annotate(layer_of(name), layer=name)
        yield built


# ------------------------------------------------------------------------- equal to the twin

VALUES = [
    *(Wild((each,)) for each in ("VERB", "NOUN", "PUNCT", "X", "0", "3", "قال", "أ")),
    Regex("[vn].*"),
    Regex(".*"),
]
of_layers = st.builds(
    Test,
    st.sampled_from(["pos", "gold.pos", "gold.pos", "lemma", "n", "later.n"]),
    st.sampled_from(VALUES),
    st.booleans(),
)
of_types = st.builds(
    Test,
    st.sampled_from(["folded", "type.lemma"]),
    st.sampled_from([Wild(("قال",)), Wild(("ال", ANY)), Regex(".*ا.*")]),
    st.booleans(),
)
of_tags = st.builds(
    Test,
    st.just("type.pos"),
    st.sampled_from([Wild(("VERB",)), Wild(("NUM",)), Wild(("PUNCT",)), Regex(".*n")]),
    st.booleans(),
)
of_kinds = st.builds(Test, st.just("kind"), st.sampled_from([Wild(("word",)), Wild(("punctuation",))]), st.booleans())


def expressions() -> st.SearchStrategy[Expression]:
    return st.recursive(
        st.one_of(of_layers, of_layers, of_types, of_tags, of_kinds),
        lambda inner: st.one_of(
            st.builds(Not, inner),
            st.lists(inner, min_size=2, max_size=4).map(lambda parts: And(tuple(parts))),
            st.lists(inner, min_size=2, max_size=4).map(lambda parts: Or(tuple(parts))),
        ),
        max_leaves=6,
    )


items = st.one_of(
    of_layers.map(Attribute),
    expressions().map(Attribute),
    st.sampled_from([Word("قال"), Word("الوزير"), Wild(("ال", ANY)), Attribute(), Word("،")]),
)


def patterns() -> st.SearchStrategy[Pattern]:
    return st.recursive(
        items,
        lambda inner: st.one_of(
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: Sequence(tuple(parts))),
            st.lists(inner, min_size=2, max_size=9).map(lambda parts: Alternatives(tuple(parts))),
            st.builds(lambda body, pair: Repeat(body, *pair), inner, st.sampled_from([(0, 1), (1, 3), (2, 2)])),
        ),
        max_leaves=10,
    )


def of_twin(pattern: Pattern, exact: bool, within: str) -> list[tuple[int, int, int, int]]:
    lemmas = {word: lemma for word, lemma, _ in said_of_types}
    tags = {word: found for word, _, found in said_of_types}
    options: Any = {"exact": exact, "within": within, "layers": LAYERS, "lemmas": lemmas, "tags": tags}
    both = [hits(TEXTS, pattern, empty_turns_go_on=go_on, **options) for go_on in (False, True)]
    assume(both[0] == both[1])  # where these differ, the language leaves the preference open
    return [(row, first, SPANS[row][first][0], SPANS[row][end - 1][1]) for row, first, end in both[0]]


said_of_types: list[tuple[str, str, list[str] | None]] = []


@settings(max_examples=examples(70))
@given(
    pattern=patterns(),
    exact=st.booleans(),
    within=st.sampled_from(["sentence", "paragraph", "document"]),
    few=st.sampled_from([0, 8]),
)
def test_equal_to_the_twin(corpus: ck.Corpus, pattern: Pattern, exact: bool, within: str, few: int) -> None:
    if not said_of_types:
        said_of_types[:] = corpus.vocabulary.select("word", "lemma", "pos").collect().rows()
    assume(not is_refused(pattern, exact))
    text = text_of(pattern)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(token_rows, "_FEW_TESTS", few)
            lines = ck.kwic(corpus, text, exact=exact, within=within)
    except ck.InputError as error:
        assume("more specific" not in str(error))  # `[folded=/.*/]`
        raise
    answer = of_twin(pattern, exact, within)
    event("hits" if answer else "no hits")
    assert lines.frame.select("document", "position", "start", "end").rows() == answer, text


# ------------------------------------------------------------------------- which layer, which tokens


def nodes(corpus: ck.Corpus, pattern: str, **options: Any) -> list[str]:
    return ck.kwic(corpus, pattern, **options).frame["node"].to_list()


def test_names(corpus: ck.Corpus) -> None:
    assert nodes(corpus, "[pos=X]") == nodes(corpus, "[later.pos=X]") != nodes(corpus, "[gold.pos=X]")
    assert nodes(corpus, "[lemma=قال]") == nodes(corpus, "[gold.lemma=قال]") != nodes(corpus, "[type.lemma=قال]")
    assert set(nodes(corpus, "[type.lemma=قال]")) == {"قال", "قَالَ"}
    assert nodes(corpus, "[type.folded=قال]") == nodes(corpus, "[folded=قال]")
    assert set(nodes(corpus, "[type.pos=VERB]")) == {"قال", "قَالَ", "غادر", "أمس"}  # one can be an imperative
    assert nodes(corpus, "[type.pos=NUM]") == ["15", "15"]
    both = nodes(corpus, "[type.pos=verb & gold.pos=VERB]")
    assert set(both) <= set(nodes(corpus, "[type.pos=verb]")) & set(nodes(corpus, "[gold.pos=VERB]"))
    assert 0 < len(both) < len(nodes(corpus, "[type.pos=verb]"))


def test_values_are_folded_unless_exact(corpus: ck.Corpus) -> None:
    assert len(nodes(corpus, "[gold.pos=VERB]")) > len(nodes(corpus, "[gold.pos=VERB]", exact=True)) > 0
    assert nodes(corpus, "[lemma=قال]") == nodes(corpus, "[lemma=قَال]", exact=True) != []
    assert nodes(corpus, "[lemma=قال]", exact=True) == []


def test_signs_are_found_by_their_part_of_speech_or_kind(corpus: ck.Corpus) -> None:
    signs = nodes(corpus, "[gold.pos=PUNCT]")
    assert set(signs) & {"،", ":", ".", "!"}
    assert nodes(corpus, "[gold.pos=PUNCT & kind=punctuation]") == [each for each in signs if each in "،:.!..."]
    assert not set(nodes(corpus, "[gold.pos!=VERB]")) & {"،", ":", ".", "!"}


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("[poss=VERB]", "at character 2: attribute must be one of .*'gold.pos'.*Did you mean 'pos'"),
        ("قال [glod.pos=VERB]", "at character 6: .*Did you mean 'gold.pos'"),
        ("[gold.word=x]", "'gold.lemma'"),
        ("[later.lemma=x]", "attribute must be"),
        ("[type.xpos=x]", "attribute must be"),
        ("[gold.=x]", "attribute"),
        ("[pos=]", "expected a value after later.pos="),
        ('[pos="("]', "regular expression"),
    ],
)
def test_errors_name_the_place(corpus: ck.Corpus, pattern: str, message: str) -> None:
    with pytest.raises(ck.InputError, match=message):
        ck.kwic(corpus, pattern)


def test_without_layers_attributes_are_those_of_types() -> None:
    corpus = ck.sample_corpus()
    with pytest.raises(ck.InputError, match=r"attribute must be one of 'surface', .*'root', 'pos', got 'xpos'"):
        ck.kwic(corpus, "[xpos=VERB]")
    assert nodes(corpus, "[pos=VERB]") == nodes(corpus, "[type.pos=VERB]") != []


def test_a_layer_of_another_version(corpus: ck.Corpus, tmp_path: Path) -> None:
    copied = tmp_path / "copy"
    copied.mkdir()
    for file in [each for each in corpus.path.rglob("*") if each.is_file()]:
        target = copied / file.relative_to(corpus.path)
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(file.read_bytes())
    forge(copied, lambda manifest: manifest["layers"][0].update(format=2))
    with ck.Corpus.open(copied) as opened:
        assert nodes(opened, "[pos=X]") == nodes(corpus, "[pos=X]")
        message = r"'gold' has the version 2; .* reads 1\. .*corpus\.remove_layer\('gold'\)"
        with pytest.raises(ck.CorpusError, match=message):
            ck.kwic(opened, "[gold.pos=VERB]")
        with pytest.raises(ck.CorpusError, match=message):
            opened.add(pl.DataFrame({"text": ["كلمة"]}), progress=False)
        assert list(opened.remove_layer("gold").layers) == ["later"]


# ------------------------------------------------------------------------- parts of a corpus


def test_subcorpora_and_excluded_spans(corpus: ck.Corpus) -> None:
    part = corpus.filter(pl.col("document") > 0)
    pattern = "[gold.pos=VERB] | [n=1] الوزير"
    every = ck.kwic(corpus, pattern, show="n").frame
    assert ck.kwic(part, pattern, show="n").frame.equals(every.filter(pl.col("document") > 0))
    spans = pl.DataFrame({"document": [0, 2], "start": [0, 3], "end": [12, 9]})
    rest = corpus.exclude(spans)
    left = rest.tokens.select("document", "token", "start", "gold.pos").collect()
    whole = corpus.tokens.select("document", "token", "start", "gold.pos").collect()
    assert left.height < whole.height
    assert left.equals(whole.join(left.select("document", "start"), on=["document", "start"], how="semi"))
    found = ck.kwic(rest, "[gold.pos=PUNCT]").frame.select("document", "start").rows()
    assert found == left.filter(pl.col("gold.pos") == "PUNCT").select("document", "start").rows() != []


def test_other_functions_take_layers(corpus: ck.Corpus) -> None:
    hits_of = len(ck.kwic(corpus, "[gold.pos=NOUN]"))
    table = ck.frequency(corpus, pattern="[gold.pos=NOUN]")
    assert table["count"].sum() == hits_of > 0
    assert provenance_of(table)["options"]["layers"] == {"gold": {"name": "annotator"}}
    part = corpus.containing("[lemma=أ & n=0]")
    assert set(part.documents.collect()["document"]) == set(ck.kwic(corpus, "[lemma=أ & n=0]").frame["document"])
    pairs = ck.collocations(corpus, "[gold.pos=NOUN]", min_count=1)
    assert provenance_of(pairs)["options"]["layers"] == {"gold": {"name": "annotator"}}
    assert "layers" not in provenance_of(ck.frequency(corpus, pattern="قال"))["options"]


def test_many_conditions(corpus: ck.Corpus) -> None:
    words = sorted(set(corpus.vocabulary.collect()["folded"]))
    several = " | ".join(f"[lemma=قال & gold.pos=VERB & folded={word}]" for word in words if word.isalpha())
    assert nodes(corpus, several) == nodes(corpus, "[lemma=قال & gold.pos=VERB & kind=word]")


def test_many_phrases(corpus: ck.Corpus) -> None:
    phrases = [
        f"[n={n} & gold.pos={tag}] [lemma={lemma}]" for n in range(4) for tag in ("VERB", "NOUN") for lemma in LEMMAS
    ]
    found = [ck.kwic(corpus, phrase).frame for phrase in phrases]
    together = ck.kwic(corpus, " | ".join(phrases)).frame
    assert together.height > 2
    assert together.equals(pl.concat(found).sort("document", "position"))


def test_a_pattern_of_too_many_combinations(corpus: ck.Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_rows, "_MOST_ROWS", 4)
    with pytest.raises(ck.InputError, match=r"would need \d+ combinations of conditions\. Use fewer conditions"):
        ck.kwic(corpus, "[pos=X & lemma=قال & n=1 & kind=word]")


# ------------------------------------------------------------------------- what kwic shows


def test_kwic_shows_layers(corpus: ck.Corpus) -> None:
    lines = ck.kwic(corpus, "قال الوزير", show=["pos", "gold.pos", "n"], sort="after1")
    rows = lines.frame.select("document", "position", "pos", "gold.pos", "n").rows()
    assert rows
    for document, position, *found in rows:
        said = LAYERS[document][position : position + 2]
        for value, name in zip(found, ("later.pos", "gold.pos", "n"), strict=True):
            values = [each[name] for each in said]
            expected = None if values == [None, None] else " ".join("_" if each is None else each for each in values)
            assert value == expected
    assert lines.lines(0, 1)["n"].to_list() == [rows[0][4]]
    assert lines.widen(1).frame["n"].equals(lines.frame["n"])
    assert lines.context(0)["n"].item() == rows[0][4]
    assert str(rows[0][4]) in str(lines)
    assert provenance_of(lines.frame)["options"]["layers"] == {
        name: {"name": "annotator"} for name in ("later", "gold")
    }
    assert ck.kwic(corpus, "[n=9]", show="pos").frame.schema["pos"] == pl.String


@pytest.mark.parametrize(
    ("show", "message"),
    [
        ("poss", "show must be one of 'pos', .*Did you mean 'pos'"),
        (["n", "n"], "show must be a list of names that the lines do not have yet, got 'n'"),
        (3, "show must be a name or a list of names"),
        ("node", "show must be one of"),
    ],
)
def test_bad_columns_to_show(corpus: ck.Corpus, show: Any, message: str) -> None:
    with pytest.raises(ck.InputError, match=message):
        ck.kwic(corpus, "قال", show=show)
