"""ck.annotators.hidden_markov: parts of speech and lemmas in context, without a model; their accuracy."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from treebanks import coarse, read_tagged

import corpus_kit as ck

pytestmark = pytest.mark.interface

Sentences = list[list[str]]


def tags_of(sentences: Sentences) -> list[str]:
    return [str(record["pos"]) for record in ck.annotators.hidden_markov()(sentences)]


def test_the_words_around_a_word_decide() -> None:
    tokens = ck.sample_corpus().tokens.select("document", "sentence", "token").collect()
    tagger = ck.annotators.hidden_markov()
    tagger.learn([tokens.group_by("document", "sentence", maintain_order=True).agg("token")["token"].to_list()])
    asked = [["وذهب", "الوزير", "إلى", "السوق", "."], ["اشترى", "الرجل", "بيتا", "من", "ذهب", "."]]
    records = list(tagger(asked))
    assert [record["pos"] for record in records] == [
        *("VERB", "NOUN", "ADP", "NOUN", "PUNCT"), *("VERB", "NOUN", "NOUN", "ADP", "NOUN", "PUNCT"),
    ]  # fmt: skip


def test_records_have_lemmas_and_signs() -> None:
    words = ["وَقَالَـ", "NATO", "3.5", "+", "، ".strip(), "\u200f", "لكتبهم", "ب", "ليس", "زخخفور", "5ر32", "ﻛﺘﺎﺏ"]
    records = list(ck.annotators.hidden_markov()([words]))
    assert [(record["lemma"], record["pos"]) for record in records] == [
        ("قال", "VERB"), ("NATO", "X"), ("3.5", "NUM"), ("+", "SYM"), ("،", "PUNCT"), ("\u200f", "SYM"),
        ("كتاب", "NOUN"), ("ب", "ADP"), ("ليس", "AUX"), ("زخخفور", "PROPN"),
        ("5ر32", "NUM"), ("كتاب", "NOUN"),
    ]  # fmt: skip


def test_what_is_learnt_does_not_depend_on_the_batches() -> None:
    sentences = [["قال", "الوزير", "الجديد"], [], ["غادر", "الوفد", "."], ["من", "ذهب"]] * 30
    once, parts = ck.annotators.hidden_markov(), ck.annotators.hidden_markov()
    once.learn([sentences])
    parts.learn(iter([sentences[:17], [], sentences[17:]]))
    expected = list(once(sentences))
    assert list(parts(sentences)) == expected == list(ck.annotators.hidden_markov()(sentences))
    assert [record for sentence in sentences for record in parts([sentence])] == expected


def test_of_many_sentences_some_are_learnt_from(monkeypatch: pytest.MonkeyPatch) -> None:
    ck.annotators.hidden_markov()
    module: Any = sys.modules["corpus_kit.annotators.hidden_markov"]
    monkeypatch.setattr(module, "_LEARNT", 20)
    given: list[int] = []

    def counting(words: Any, sentences: list[Any], n_states: int) -> Any:
        given.append(sum(map(len, sentences)))
        return real(words, sentences, n_states)

    tagger = ck.annotators.hidden_markov()
    real = module.estimated
    monkeypatch.setattr(module, "estimated", counting)
    tagger.learn([[["قال", "الوزير"]] * 7] * 30)
    assert 20 <= given[0] <= 40


def test_nothing_to_learn() -> None:
    tagger = ck.annotators.hidden_markov()
    tagger.learn([])
    assert list(tagger([])) == list(tagger([[], []])) == []
    assert [record["pos"] for record in tagger([["قال"]])] == ["VERB"]


@pytest.mark.parametrize("sentences", [None, "قال", ["قال"], [("قال",)], [["قال", None]], [[1]], [[["قال"]]]])
def test_what_is_no_list_of_sentences_is_refused(sentences: Any) -> None:
    tagger = ck.annotators.hidden_markov()
    for call in (lambda: tagger.learn([sentences]), lambda: list(tagger(sentences))):
        with pytest.raises(ck.InputError, match="sentences must be a list of lists of str, got"):
            call()
    tagger.learn([[["قال"]]])
    with pytest.raises(ck.InputError):
        list(tagger(sentences))


def test_a_layer_of_a_corpus(tmp_path: Path) -> None:
    texts = pl.DataFrame(
        {"text": ["قال الوزير الجديد: لن نغادر. وغادر الوفد 15 مرة!", "من ذهب؟ #وسم https://example.org"]}
    )
    with ck.Corpus.build(texts, tmp_path / "corpus", progress=False) as corpus:
        corpus.annotate(ck.annotators.hidden_markov(), layer="pos", progress=False)
        assert corpus.layers == {"pos": ["lemma", "pos"]}
        [layer] = corpus.manifest["layers"]
        assert layer["annotator"]["name"] == "hidden_markov"
        assert layer["annotator"]["versions"].keys() == {"version", "wordfreq", "simplemma"}
        found = ck.kwic(corpus, "[pos=NOUN] [pos=ADJ]").frame["node"].to_list()
        assert found == ["الوزير الجديد"]
        by_sentence = corpus.tokens.select("document", "sentence", "token").collect()
        sentences = by_sentence.group_by("document", "sentence", maintain_order=True).agg("token")["token"].to_list()
        assert corpus.tokens.select("pos.pos").collect().to_series().to_list() == tags_of(sentences)


# ------------------------------------------------------------------------------------- treebanks


def agreement(path: Path) -> tuple[int, float]:
    """Return how many words were scored, and for which share of them the tagger is right."""
    sentences = read_tagged(path)
    found = iter(tags_of([[word for word, _ in sentence] for sentence in sentences]))
    pairs = [(gold, next(found)) for sentence in sentences for _, gold in sentence]
    same = [coarse(gold) == coarse(tag) for gold, tag in pairs if gold not in ("PUNCT", "SYM")]
    return len(pairs), sum(same) / len(same)


def test_agreement_with_the_treebank_of_development(shared: Path) -> None:
    assert agreement(shared / "data" / "padt-dev-words.json")[1] > 0.93


def test_agreement_with_a_treebank(shared: Path) -> None:
    """Sentences from news and Wikipedia, translated; nothing was chosen after them."""
    words, share = agreement(shared / "data" / "ud-arabic-pud-news.conllu")
    assert words == 8740
    assert share > 0.915
