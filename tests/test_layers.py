"""corpus.annotate(layer=...): what is kept of each token, compared with a list of dicts; bad annotators, damage."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import polars as pl
import pytest
from campaign.forged import forge, record_files
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus_kit as ck
from corpus_kit.corpus import files, layer_annotation, storage
from corpus_kit.corpus.layer_annotation import LayerAnnotator
from corpus_kit.display.card import card_rows

pytestmark = pytest.mark.interface

TEXTS = ["قال الوزير، أمس: قال. غادر الوفد 15 مرة!\nعاد الوزير", "غادر. #وسم"]
Record = dict[str, str | None]


@pytest.fixture
def corpus(tmp_path: Path) -> Iterator[ck.Corpus]:
    with ck.Corpus.build(pl.DataFrame({"text": TEXTS}), tmp_path / "corpus", progress=False) as built:
        yield built


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ck.Corpus]:
    """Yield a corpus with a layer, for calls that change nothing."""
    folder = tmp_path_factory.mktemp("kept") / "corpus"
    with ck.Corpus.build(pl.DataFrame({"text": TEXTS}), folder, progress=False) as built:
        yield built.annotate(constant("x"), layer="mine")


def tags(sentences: list[list[str]]) -> list[Record]:
    """Return the length of each word and the word before it in its sentence."""
    return [
        {"size": str(len(word)), "before": words[place - 1] if place else None}
        for words in sentences
        for place, word in enumerate(words)
    ]


def constant(value: object) -> Callable[[list[list[str]]], list[Any]]:
    return lambda sentences: [{"tag": value} for words in sentences for _ in words]


def of_tokens(corpus: ck.Corpus, layer: str, *columns: str) -> list[Record]:
    """Return what a layer says of each token."""
    table = corpus.tokens.select(pl.col(f"{layer}.{column}").alias(column) for column in columns).collect()
    return table.rows(named=True)


def sentences_of(corpus: ck.Corpus) -> list[list[str]]:
    table = corpus.tokens.select("document", "sentence", "token").collect()
    grouped = table.group_by("document", "sentence", maintain_order=True).agg("token")
    return grouped["token"].to_list()


def files_in(path: Path) -> dict[str, bytes]:
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in path.rglob("*") if file.is_file()}


class Learner:
    """An annotator that counts the sentences with each word, before it is asked."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.n_batches = 0

    def learn(self, batches: Iterator[list[list[str]]]) -> None:
        for sentences in batches:
            self.n_batches += 1
            for word in (word for words in sentences for word in {*words}):
                self.counts[word] = self.counts.get(word, 0) + 1

    def __call__(self, sentences: list[list[str]]) -> list[Record]:
        return [{"sentences": str(self.counts[word])} for words in sentences for word in words]


# ------------------------------------------------------------------------- what is kept


def test_an_annotator_that_learns_gets_all_sentences_first(corpus: ck.Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layer_annotation, "_TOKENS_AT_ONCE", 6)
    learner = Learner()
    corpus.annotate(learner, layer="learnt")
    sentences = sentences_of(corpus)
    expected = [str(sum(word in words for words in sentences)) for sentence in sentences for word in sentence]
    assert [record["sentences"] for record in of_tokens(corpus, "learnt", "sentences")] == expected
    assert learner.n_batches > 1


def test_a_layer_is_what_the_annotator_said(corpus: ck.Corpus) -> None:
    before, identity = corpus.tokens.collect(), corpus.id
    assert corpus.annotate(tags, layer="mine") is corpus
    expected = tags(sentences_of(corpus))
    assert of_tokens(corpus, "mine", "size", "before") == expected
    assert corpus.tokens.drop("mine.size", "mine.before").collect().equals(before)
    assert corpus.id == identity
    assert corpus.layers == {"mine": ["size", "before"]}
    corpus.verify()
    with ck.Corpus.open(corpus.path, check="all") as again:
        assert of_tokens(again, "mine", "size", "before") == expected
    assert of_tokens(pickle.loads(pickle.dumps(corpus)), "mine", "size", "before") == expected


def test_the_annotator_gets_sentences(corpus: ck.Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[list[list[str]]] = []

    def recorder(sentences: list[list[str]]) -> Iterator[Record]:
        calls.append(sentences)
        return iter(tags(sentences))

    expected = sentences_of(corpus)
    for most in (1, 4, 1000):
        calls.clear()
        monkeypatch.setattr(layer_annotation, "_TOKENS_AT_ONCE", most)
        corpus.annotate(recorder, layer="mine")
        assert [words for sentences in calls for words in sentences] == expected
        assert len(calls) == (len(expected) if most == 1 else 1 if most == 1000 else len(calls))
        assert of_tokens(corpus, "mine", "size", "before") == tags(expected)


texts = st.lists(st.sampled_from(["قال", "في", ".", "15", "\n", "!", "#وسم", "قَالَ"]), min_size=1, max_size=30).map(
    " ".join
)
values = st.one_of(st.none(), st.sampled_from(["", "a", "أ", "a\n\u0000\U0001f600", "NOUN"]), st.text(max_size=3))


@settings(max_examples=examples(60))
@given(
    documents=st.lists(texts.filter(lambda text: text.strip() != ""), min_size=1, max_size=3),
    names=st.lists(st.sampled_from(["pos", "lemma", "X1", "a_b"]), min_size=1, max_size=3, unique=True),
    data=st.data(),
)
def test_any_values(documents: list[str], names: list[str], data: st.DataObject) -> None:
    said: list[Record] = []

    def annotator(sentences: list[list[str]]) -> list[Record]:
        for words in sentences:
            said.extend(data.draw(st.fixed_dictionaries(dict.fromkeys(names, values))) for _ in words)
        return said

    with TemporaryDirectory() as folder:
        built = ck.Corpus.build(pl.DataFrame({"text": documents}), f"{folder}/c", progress=False)
        built.annotate(annotator, layer="any")
        with ck.Corpus.open(built.path) as opened:
            assert of_tokens(opened, "any", *names) == said
        built.close()


@pytest.mark.parametrize(
    ("distinct", "dtype"), [(255, "uint8"), (256, "uint16"), (65_535, "uint16"), (65_536, "uint32")]
)
def test_codes_take_the_smallest_type(tmp_path: Path, distinct: int, dtype: str) -> None:
    text = "قال " * (distinct + 5)
    with ck.Corpus.build(pl.DataFrame({"text": [text]}), tmp_path / "c", progress=False) as built:
        said = [str(place) if place < distinct else None for place in range(distinct + 5)]
        built.annotate(lambda _: [{"n": each} for each in said], layer="many")
        (file,) = built.path.glob("layer-*.npy")
        assert np.load(file).dtype == dtype
        assert built.tokens.select("many.n").collect()["many.n"].to_list() == said


def test_several_layers_side_by_side(corpus: ck.Corpus) -> None:
    corpus.annotate(tags, layer="one").annotate(constant("x"), layer="two").annotate()
    assert of_tokens(corpus, "one", "size", "before") == tags(sentences_of(corpus))
    assert {each["tag"] for each in of_tokens(corpus, "two", "tag")} == {"x"}
    assert corpus.is_annotated
    corpus.annotate(constant("y"), layer="one")
    assert corpus.layers == {"two": ["tag"], "one": ["tag"]}  # what was annotated last is last
    assert {each["tag"] for each in of_tokens(corpus, "one", "tag")} == {"y"}
    corpus.verify()
    assert set(files_in(corpus.path)) == {*corpus.manifest["files"], storage.MANIFEST}


def test_layers_of_the_same_content_share_files(corpus: ck.Corpus) -> None:
    corpus.annotate(tags, layer="one").annotate(tags, layer="two").remove_layer("one")
    assert of_tokens(corpus, "two", "size", "before") == tags(sentences_of(corpus))
    corpus.verify()
    corpus.remove_layer("two")
    assert list(corpus.path.glob("layer-*")) == []
    assert "layers" not in corpus.manifest
    corpus.verify()


def test_the_manifest_says_whose_layer_it_is(corpus: ck.Corpus) -> None:
    class Tagger:
        versions = {"tagger": "1.2"}  # noqa: RUF012

        def __call__(self, sentences: list[list[str]]) -> list[Record]:
            return tags(sentences)

    corpus.annotate(Tagger(), layer="mine")
    (layer,) = corpus.manifest["layers"]
    assert layer["annotator"] == {"name": "Tagger", "versions": {"tagger": "1.2"}}
    assert layer["format"] == storage.LAYER_FORMAT
    assert ("layer", "mine (size, before) by Tagger (tagger 1.2)") in card_rows(corpus.card)
    corpus.annotate(Tagger(), layer="mine", name="my tagger")
    assert ("layer", "mine (size, before) by my tagger (tagger 1.2)") in card_rows(corpus.card)
    assert corpus.manifest["layers"][0]["annotator"]["name"] == "my tagger"


def test_same_layers_are_the_same_bytes(tmp_path: Path) -> None:
    found = []
    for name in ("one", "two"):
        built = ck.Corpus.build(pl.DataFrame({"text": TEXTS}), tmp_path / name, progress=False)
        built.annotate(tags, layer="mine")
        found.append({name: each for name, each in files_in(built.path).items() if name.startswith("layer")})
    assert found[0] == found[1]


def test_other_objects_stay_as_they_were(corpus: ck.Corpus) -> None:
    part = corpus.filter(pl.col("document") == 0)
    corpus.annotate(tags, layer="mine")
    assert part.layers == {}
    assert corpus.filter(pl.col("document") == 1).layers == corpus.layers
    with pytest.raises(ck.InputError, match="annotate needs the whole corpus, not a subcorpus"):
        corpus.filter(pl.col("document") == 1).annotate(tags, layer="x")
    with pytest.raises(ck.InputError, match="remove_layer needs the whole corpus, not a subcorpus"):
        corpus.filter(pl.col("document") == 1).remove_layer("mine")


def test_progress(corpus: ck.Corpus, capsys: pytest.CaptureFixture[str]) -> None:
    corpus.annotate(tags, layer="mine", progress=True)
    assert "Annotating" in capsys.readouterr().err
    corpus.annotate(tags, layer="mine", progress=False)
    assert capsys.readouterr().err == ""


# ------------------------------------------------------------------------- growing


def test_add_keeps_layers(corpus: ck.Corpus) -> None:
    corpus.annotate(tags, layer="one").annotate(constant(None), layer="two")
    said = of_tokens(corpus, "one", "size", "before")
    with pytest.warns(UserWarning, match=r"layers one, two say nothing of the new documents.*annotate\(layer=\.\.\.\)"):
        corpus.add(pl.DataFrame({"text": ["كلمة أخرى."]}), progress=False)
    assert of_tokens(corpus, "one", "size", "before") == [*said, *[{"size": None, "before": None}] * 3]
    assert corpus.layers == {"one": ["size", "before"], "two": ["tag"]}
    corpus.verify()
    corpus.annotate(tags, layer="one")
    assert of_tokens(corpus, "one", "size", "before") == tags(sentences_of(corpus))


def test_add_with_annotations_of_types(corpus: ck.Corpus) -> None:
    corpus.annotate().annotate(tags, layer="one")
    with pytest.warns(UserWarning, match="layers one say nothing"):
        corpus.add(pl.DataFrame({"text": ["كلمة أخرى."]}), progress=False)
    assert corpus.is_annotated
    assert of_tokens(corpus, "one", "size")[0] == {"size": "3"}


def test_add_refuses_layers_of_other_tokens(corpus: ck.Corpus) -> None:
    corpus.annotate(tags, layer="one")
    starts = corpus.path / storage.STARTS
    changed = np.load(starts)
    changed[1] += 1
    np.save(starts, changed)
    record_files(corpus.path)
    with ck.Corpus.open(corpus.path) as opened:
        before = files_in(corpus.path)
        with pytest.raises(ck.CorpusError, match=r"divides in another way\. Call corpus\.remove_layer"):
            opened.add(pl.DataFrame({"text": ["كلمة"]}), progress=False)
        assert files_in(corpus.path) == before


# ------------------------------------------------------------------------- bad input


def nested(sentences: list[list[str]]) -> list[list[Record]]:
    return [tags([words]) for words in sentences]


def other_keys(sentences: list[list[str]]) -> list[Record]:
    records = tags(sentences)
    records[2] = {"size": "1"}
    return records


def endless(_: list[list[str]]) -> Iterator[Record]:
    while True:
        yield {"tag": "x"}


@pytest.mark.parametrize(
    ("annotator", "message"),
    [
        (None, "annotator must be a function from sentences to a record for each token, got None"),
        ("x", "annotator must be a function"),
        (lambda _: None, "the result of the annotator must be a list of a dict for each token, got None"),
        (lambda _: {"tag": "x"}, "must be a list of a dict"),
        (lambda s: tags(s)[1:], r"must be a record for each of the 17 tokens of the sentences, got 16"),
        (lambda _: [], "got 0"),
        (endless, "got more"),
        (nested, "for each of the 17 tokens of the sentences, got 5"),
        (lambda s: ["x" for words in s for _ in words], "the annotator's record of 'قال' must be a dict of 1 to"),
        (lambda s: [{} for words in s for _ in words], "record of 'قال' must be a dict of 1 to 100 texts"),
        (other_keys, r"record of '،' must be a dict with the keys of the first record \(size, before\), got"),
        (lambda s: [*tags(s)[:-1], 3], "record of '#وسم' must be a dict of texts, got 3"),
        (constant(3), "tag in the annotator's record of 'قال' must be a text or None, got 3"),
        (constant(["x"]), "must be a text or None, got"),
        (constant("\ud800"), "must be a text or None"),
        (lambda s: [{"كلمة": "x"} for words in s for _ in words], "each key of the annotator's record of 'قال'"),
        (lambda s: [{3: "x"} for words in s for _ in words], "each key"),
        (lambda s: [{"word": "x"} for words in s for _ in words], "a name of its own, got 'word'"),
    ],
)
def test_bad_annotators_change_nothing(kept: ck.Corpus, annotator: Any, message: str) -> None:
    before = files_in(kept.path)
    with pytest.raises(ck.InputError, match=message):
        kept.annotate(annotator, layer="mine")
    assert files_in(kept.path) == before
    assert kept.layers == {"mine": ["tag"]}


@pytest.mark.parametrize("layer", ["", "كلمة", "a.b", "../x", "1a", "a" * 41, 3, ["a"], "type"])
def test_bad_names_of_layers(kept: ck.Corpus, layer: Any) -> None:
    with pytest.raises(ck.InputError, match="layer must be"):
        kept.annotate(tags, layer=layer)


def test_bad_versions(kept: ck.Corpus) -> None:
    for versions in ("1.2", {"x": 3}, {3: "x"}):

        def annotator(sentences: list[list[str]]) -> list[Record]:
            return tags(sentences)

        annotator.versions = versions  # type: ignore[attr-defined]
        with pytest.raises(ck.InputError, match="version"):
            kept.annotate(annotator, layer="mine")


def test_unknown_layers(kept: ck.Corpus) -> None:
    for layer in ("mime", 3, None):
        with pytest.raises(ck.InputError, match="layer must be 'mine', got"):
            kept.remove_layer(layer)  # type: ignore[arg-type]


@pytest.mark.parametrize("error", [ValueError("mine"), OSError("no model"), KeyboardInterrupt(), ck.InputError("bad")])
def test_errors_of_annotators_are_theirs(kept: ck.Corpus, error: BaseException) -> None:
    def annotator(sentences: list[list[str]]) -> Iterator[Record]:
        yield from tags(sentences)[:3]
        raise error

    before = files_in(kept.path)
    with pytest.raises(type(error)) as raised:
        kept.annotate(annotator, layer="mine")
    assert raised.value is error
    assert files_in(kept.path) == before
    assert list(kept.path.glob(".*")) == []


def test_a_corpus_that_is_replaced_meanwhile(corpus: ck.Corpus) -> None:
    def annotator(sentences: list[list[str]]) -> list[Record]:
        ck.Corpus.build(pl.DataFrame({"text": ["أخرى"]}), corpus.path, overwrite=True, progress=False).close()
        return tags(sentences)

    with pytest.raises(ck.CorpusError, match="was replaced, moved or removed"):
        corpus.annotate(annotator, layer="mine")
    with ck.Corpus.open(corpus.path) as other:
        assert other.layers == {}
        other.verify()


def test_a_full_disk(corpus: ck.Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = files_in(corpus.path)
    monkeypatch.setattr(storage.ArrayWriter, "write", full)
    with pytest.raises(ck.CorpusError, match=r"No space left on device\. The corpus is unchanged"):
        corpus.annotate(tags, layer="mine")
    assert files_in(corpus.path) == before


# ------------------------------------------------------------------------- damage


@pytest.fixture
def annotated(corpus: ck.Corpus) -> ck.Corpus:
    return corpus.annotate(tags, layer="mine")


@pytest.mark.parametrize("pattern", ["layer-*.npy", "layer-*.parquet"])
@pytest.mark.parametrize("how", ["flip", "cut", "remove"])
def test_damaged_files(annotated: ck.Corpus, pattern: str, how: str) -> None:
    file = min(annotated.path.glob(pattern))
    data = bytearray(file.read_bytes())
    data[-9] ^= 1
    file.unlink() if how == "remove" else file.write_bytes(data if how == "flip" else data[:-3])
    with pytest.raises(ck.CorpusError, match=file.name):
        ck.Corpus.open(annotated.path)


def layer_file(annotated: ck.Corpus, column: str) -> Path:
    (layer,) = annotated.manifest["layers"]
    return annotated.path / (layer["columns"][column]["codes"] if column != "values" else layer["values"])


def test_files_that_change_while_they_are_mapped(annotated: ck.Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "SMALL", 0)
    said = of_tokens(annotated, "mine", "size", "before")
    file = layer_file(annotated, "size")
    with ck.Corpus.open(annotated.path) as opened:
        assert of_tokens(opened, "mine", "size", "before") == said
        assert ck.kwic(opened, "[size=3]", show="mine.before").frame.height == 5
    damaged = bytearray(file.read_bytes())
    damaged[-1] ^= 1
    file.write_bytes(damaged)
    with ck.Corpus.open(annotated.path) as opened:
        ck.kwic(opened, "قال")  # which does not look at the layer
        assert ck.kwic(opened, "قال", show="mine.before").frame.height == 2
        for use in (lambda: ck.kwic(opened, "[size=3]"), lambda: ck.kwic(opened, "قال", show="size").frame):
            with pytest.raises(ck.CorpusError, match=f"{file.name} has changed"):
                use()


def test_forged_codes(annotated: ck.Corpus) -> None:
    file = layer_file(annotated, "size")
    codes = np.load(file)
    codes[0] = 200
    np.save(file, codes)
    record_files(annotated.path)
    with ck.Corpus.open(annotated.path) as opened:
        uses: list[Callable[[], object]] = [
            opened.tokens.collect,
            lambda: ck.kwic(opened, "[size=3]"),
            lambda: ck.kwic(opened, "قال", show="size").frame,
        ]
        for use in uses:
            with pytest.raises(ck.CorpusError, match="damaged"):
                use()


@pytest.mark.parametrize(
    "table",
    [
        pl.DataFrame({"column": ["size"], "value": ["3"]}),
        pl.DataFrame({"column": ["size"], "text": ["3"]}),
        pl.DataFrame({"column": ["size"] * 5, "value": ["3", None, "4", "5", "6"]}),
    ],
)
def test_forged_values(annotated: ck.Corpus, table: pl.DataFrame) -> None:
    table.write_parquet(layer_file(annotated, "values"))
    record_files(annotated.path)
    with ck.Corpus.open(annotated.path) as opened, pytest.raises(ck.CorpusError, match="damaged"):
        ck.kwic(opened, "[size=3]")


def test_arrays_of_another_length(annotated: ck.Corpus) -> None:
    np.save(layer_file(annotated, "size"), np.zeros(3, np.uint8))
    record_files(annotated.path)
    with pytest.raises(ck.CorpusError, match="does not hold an array of 17 items"):
        ck.Corpus.open(annotated.path)


@pytest.mark.parametrize(
    "change",
    [
        lambda layers: layers.append(layers[0]),
        lambda layers: layers[0].update(name="a.b"),
        lambda layers: layers[0].update(values="../x.parquet"),
        lambda layers: layers[0].update(values="layer-000000000000.parquet"),
        lambda layers: layers[0]["columns"]["size"].update(codes="tokens/types.npy"),
        lambda layers: layers[0]["columns"]["size"].update(values=-1),
        lambda layers: layers[0].pop("annotator"),
        lambda layers: layers[0]["annotator"].update(versions=["1"]),
        lambda layers: layers.clear(),
    ],
)
def test_damaged_manifests(annotated: ck.Corpus, change: Callable[[Any], object]) -> None:
    forge(annotated.path, lambda manifest: change(manifest["layers"]))
    with pytest.raises(ck.CorpusError, match=r"manifest of .* is damaged"):
        ck.Corpus.open(annotated.path)


def test_the_type_of_annotators() -> None:
    annotator: LayerAnnotator = tags
    assert annotator([["قال"]])
