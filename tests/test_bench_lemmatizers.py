"""tests/bench/lemmatizers.py: treebanks, scores, the ways of the lemmatisers with stand-ins, and the table."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import lemmatizers
import pytest
from lemmatizers import SYSTEMS, Line, System
from peer_process import run_peer
from treebanks import Word, plain_words, read_treebank

import corpus_kit as ck
from corpus_kit.benchmarks import lemma_peer, peers
from corpus_kit.text import annotators

# invented: a word of three tokens, a sign, an unknown word; a Latin letter, a number, a verb
TREEBANK = """# sent_id = 1
1-3	وبقلمها	_	_	_	_	_	_	_	_
1	وَ	وَ	CCONJ	_	_	_	_	_	SpaceAfter=No
2	بقلم	قَلَم	NOUN	_	_	_	_	_	SpaceAfter=No
3	ها	هُوَ	PRON	_	_	_	_	_	_
4	الجديدة	جَدِيد	ADJ	_	_	_	_	_	SpaceAfter=No
5	.	.	PUNCT	_	_	_	_	_	_
6	خخخ	خ	X	_	_	_	_	_	_

1	xب	x	NOUN	_	_	_	_	_	_
2	12	12	NUM	_	_	_	_	_	_
3	كتبت	كَتَب	VERB	_	_	_	_	_	SpaceAfter=No
"""
WORDS = [
    Word(["و", "بقلم", "ها"], "NOUN", "قَلَم"), Word(["الجديدة"], "ADJ", "جَدِيد"), Word(["خخخ"]),
    Word(["كتبت"], "VERB", "كَتَب"),
]  # fmt: skip
UNIMORPH = [
    [7, [["وَ", "وَ", "وَ", "CONJ"], ["قال", "قال", "قَال", "ACT;V;3"]]],
    [7, [["ّ", "ّ", "x", "_"]]],
    [8, [["كتابة", "كتابة", "كِتَابَة", "V;N"]]],
]


@pytest.fixture
def treebank(tmp_path: Path) -> Path:
    path = tmp_path / "little.conllu"
    path.write_text(TREEBANK, encoding="utf-8")
    return path


# ------------------------------------------------------------------------------------- treebanks and scores


def test_words_of_a_treebank(treebank: Path) -> None:
    assert plain_words(treebank) == WORDS
    assert [[word.text for word in sentence] for sentence in read_treebank(treebank)] == [
        ["وبقلمها", "الجديدة", ".", "خخخ"],
        ["xب", "12", "كتبت"],
    ]


def test_words_in_json(tmp_path: Path) -> None:
    path = tmp_path / "words.json"
    path.write_text(json.dumps(UNIMORPH), encoding="utf-8")
    assert read_treebank(path) == [
        [Word(["و", "قال"], "VERB", "قَال")],
        [Word(["كتابة"], "NOUN", "كِتَابَة")],
    ]


@pytest.mark.parametrize(
    ("name", "content"), [("a.json", b"[[1]]"), ("a.json", b"{"), ("a.conllu", b"1\tx\n"), ("a.conllu", b"\xff")]
)
def test_what_is_no_treebank(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ck.SourceError, match=f"{name} cannot be read as a treebank"):
        read_treebank(path)


def test_scores() -> None:
    assert lemmatizers.score(WORDS, ["قلم", "جديدة", "خخخ", "كَتَبَ"]) == {
        "all": 2 / 3, "VERB": 1.0, "NOUN": 1.0, "ADJ": 0.0,
    }  # fmt: skip
    assert lemmatizers.score([*WORDS, Word(["علي"], "PROPN", "علي")], ["x", "x", "خخخ", "x", "علی"])["all"] == 0.25


def test_rows() -> None:
    line = Line("name", {"all": 0.5, "ADJ": 1.0}, 125.0, "MIT")
    assert line.row(1000.0) == "| name | 50.0 |  |  | 100.0 | 120 | 8 | MIT |"
    assert line.row(None) == "| name | 50.0 |  |  | 100.0 | 120 |  | MIT |"


# ------------------------------------------------------------------------------------- the ways


class StandIn:
    """A program that remembers how often it was made."""

    made = 0

    def __init__(self) -> None:
        type(self).made += 1

    def lemmatize(self, word: str, **_: str) -> str:
        return {"قالت": "قال", "خخخ": ""}.get(word, word)


def module(name: str, monkeypatch: pytest.MonkeyPatch, **names: Any) -> None:
    monkeypatch.setitem(sys.modules, name, SimpleNamespace(**names))


@pytest.mark.parametrize(("way", "name"), [("simplemma", "simplemma"), ("qalsadi", "qalsadi.lemmatizer")])
def test_programs_that_remember_words_begin_anew(way: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(StandIn, "made", 0)
    module(name, monkeypatch, Lemmatizer=StandIn, lemmatize=StandIn().lemmatize)
    call = lemma_peer.WAYS[way]({"قالت": 2, "كتاب": 1})
    before = StandIn.made
    assert call() == call() == ["قال", "كتاب"]
    assert StandIn.made == before + 2


def test_a_word_that_qalsadi_does_not_know_is_its_own_lemma(monkeypatch: pytest.MonkeyPatch) -> None:
    module("qalsadi.lemmatizer", monkeypatch, Lemmatizer=StandIn)
    assert lemma_peer.WAYS["qalsadi"]({"خخخ": 1})() == ["خخخ"]


def test_our_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ck, "lemmatize", lambda words: [f"{word}!" for word in words], raising=False)
    assert lemma_peer.WAYS["corpus-kit"]({"قال": 2, "كتاب": 1})() == ["قال!", "كتاب!"]

    def annotate(words: list[str], counts: list[int] | None = None) -> Any:
        import polars as pl

        return pl.DataFrame({"lemma": [f"{word}{count}" for word, count in zip(words, counts or [0], strict=False)]})

    monkeypatch.setattr(annotators, "annotate", annotate)
    assert lemma_peer.WAYS["corpus-kit-counts"]({"قال": 2, "كتاب": 1})() == ["قال2", "كتاب1"]


def farahidi_stand_in() -> dict[str, Any]:
    def disambiguate(tokens: list[str]) -> list[Any]:
        return [SimpleNamespace(token=token, lemma=f"{token}{len(tokens)}", analyzed=True) for token in tokens]

    def disambiguator() -> Any:
        reading = SimpleNamespace(lemma="", pos="", type="", gender="", number="", tense="", voice="", person="")
        analyzer = SimpleNamespace(analyze=lambda _: [reading])
        return SimpleNamespace(analyzer=analyzer, disambiguate=disambiguate)

    return {"Disambiguator": disambiguator, "tokenize": lambda word: [[word]]}


def test_farahidi_sees_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    module("farahidi", monkeypatch, **farahidi_stand_in())
    call = lemma_peer.WAYS["farahidi"]([["قال", "الوزير", "."], ["قال"]])
    assert call() == [["قال2", "الوزير2", "."], ["قال1"]]


def camel(pretrained: Callable[[], Any]) -> ModuleType:
    made = ModuleType("camel_tools.disambig.mle")
    made.MLEDisambiguator = SimpleNamespace(pretrained=pretrained)  # type: ignore[attr-defined]
    return made


def test_camel_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    def disambiguate(words: list[str]) -> list[Any]:
        found = SimpleNamespace(analysis={"lex": "كِتاب_1", "pos": "noun"})
        return [SimpleNamespace(word=word, analyses=[found]) for word in words]

    disambiguator = SimpleNamespace(disambiguate=disambiguate)
    monkeypatch.setitem(sys.modules, "camel_tools.disambig.mle", camel(lambda: disambiguator))
    assert lemma_peer.WAYS["camel-tools"]([["كتب", "كتاب"], []])() == [["كِتاب", "كِتاب"], []]


def test_camel_tools_without_its_data(monkeypatch: pytest.MonkeyPatch) -> None:
    def pretrained() -> Any:
        raise OSError("no such catalogue")

    monkeypatch.setitem(sys.modules, "camel_tools.disambig.mle", camel(pretrained))
    with pytest.raises(SystemExit, match=r"its data could not be had \(no such catalogue\); camel_data -i disambig-"):
        lemma_peer.WAYS["camel-tools"]([["كتب"]])
    monkeypatch.setitem(sys.modules, "camel_tools.disambig.mle", None)
    with pytest.raises(ck.CorpusKitError, match="needs camel-tools"):
        lemma_peer.WAYS["camel-tools"]([["كتب"]])


# ------------------------------------------------------------------------------------- processes and the table

PEER = """
import helper
WAYS = {
    "cut": lambda counts: lambda: [helper.cut(word) for word in counts],
    "context": lambda texts: lambda: [[helper.cut(word) for word in words] for words in texts],
    "broken": None,
}
"""


@pytest.fixture
def peer(tmp_path: Path) -> tuple[Path, Path]:
    """A script with ways, and the folder of the package that it needs."""
    script, packages = tmp_path / "little_peer.py", tmp_path / "packages"
    script.write_text(PEER)
    packages.mkdir()
    (packages / "helper.py").write_text("def cut(word):\n    return word[2:5]\n")
    return script, packages


def test_a_peer_needs_its_packages(peer: tuple[Path, Path]) -> None:
    script, packages = peer
    result, seconds = run_peer(str(script), "cut", {"وبالعلم": 1}, packages=packages, repeats=0)
    assert result == ["الع"]
    assert seconds >= 0
    with pytest.raises(ck.CorpusKitError, match="failed: ModuleNotFoundError: No module named 'helper'"):
        run_peer(str(script), "cut", {"وبالعلم": 1})


def test_table(
    peer: tuple[Path, Path], treebank: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script, packages = peer
    systems = (
        System("corpus-kit", "cut", "ours", environment="conc", repeats=1),
        System("little", "context", "MIT", "little", "conc", in_context=True, repeats=0),
        System("broken", "broken", "MIT", "little", "conc"),
        System("absent", "absent", "MIT", "absent", "qalsadi"),
    )
    monkeypatch.setattr(lemmatizers, "SYSTEMS", systems)
    monkeypatch.setattr(lemmatizers, "SCRIPT", str(script))
    found = lemmatizers.packages_of
    monkeypatch.setattr(lemmatizers, "packages_of", lambda system, peers: found(system, peers) and packages)
    monkeypatch.setenv("CORPUS_KIT_CACHE", str(treebank.parent))
    monkeypatch.setenv("CORPUS_KIT_CONC_PYTHON", sys.executable)
    monkeypatch.delenv("CORPUS_KIT_QALSADI_PYTHON", raising=False)
    assert lemmatizers.main([str(treebank)]) == 0
    printed, told = capsys.readouterr()
    rows = [line.split(" | ") for line in printed.splitlines() if line.startswith("| ")]
    assert rows[1] == ["| the word itself", "0.0", "0.0", "0.0", "0.0", "", "", " |"]
    assert (rows[2][:5], rows[2][6:]) == (["| corpus-kit", "33.3", "0.0", "100.0", "0.0"], ["1", "ours |"])
    assert rows[3][:5] == ["| little unknown in context", "33.3", "0.0", "100.0", "0.0"]
    assert len(rows) == 4
    assert "3 content words (1 verbs, 1 nouns, 1 adjectives) of 4 words (4 distinct)." in printed
    assert "Left out: broken: failed: TypeError" in printed
    assert "Left out: absent: not installed (--environments creates an environment for it)." in printed
    assert "measuring little on 4 words, in context" in told


def test_errors(treebank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lemmatizers.main([str(treebank), "--only", "qalsady"]) == 1
    assert "--only must be" in capsys.readouterr().err
    treebank.write_text("1\t12\t12\tNUM\t_\t_\t_\t_\t_\t_\n", encoding="utf-8")
    assert lemmatizers.main([str(treebank)]) == 1
    assert "has no content words of Arabic letters" in capsys.readouterr().err
    assert lemmatizers.main([str(treebank / "nowhere")]) == 1


def test_systems_are_those_of_the_script() -> None:
    assert {system.way for system in SYSTEMS} == set(lemma_peer.WAYS)
    assert {system.environment for system in SYSTEMS} <= {"", *peers.ENVIRONMENTS}
    assert lemmatizers.chosen("qalsadi, corpus-kit") == [SYSTEMS[0], SYSTEMS[-1]]
