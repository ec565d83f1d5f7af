"""ck.annotators: CoNLL-U files, farahidi, and stand-ins with the interface of the other programs."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import polars as pl
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus_kit as ck

pytestmark = pytest.mark.interface

# invented: two documents; a token of four words, glued words without a range, an empty node, a number with a sign
CONLLU = """# newdoc id = first
# sent_id = f-1
# text = قال لكتابهم: 3.5%.
1\tقال\tقَال\tVERB\tVBD\tAspect=Perf|Gender=Masc\t0\troot\t_\t_
2-4\tلكتابهم\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No
2\tل\tلِ\tADP\tIN\t_\t3\tcase\t_\t_
3\tكتاب\tكِتَاب\tNOUN\tNN\tNumber=Sing\t1\tobl\t_\t_
4\tهم\tهُم\tPRON\tPRP\t_\t3\tnmod\t_\t_
5\t:\t:\tPUNCT\t:\t_\t1\tpunct\t_\t_
5.1\tأحد\t_\tNOUN\t_\t_\t_\t_\t_\t_
6\t3.5\t3.5\tNUM\tCD\t_\t1\tdep\t_\tSpaceAfter=No
7\t%\t%\tSYM\t%\t_\t6\tdep\t_\tSpaceAfter=No
8\t.\t.\tPUNCT\t.\t_\t1\tpunct\t_\t_

# newdoc id = second
# sent_id = s-1
1\tو\tو\tCCONJ\tCC\t_\t2\tcc\t_\tSpaceAfter=No
2\tهو\tهُو\tPRON\tPRP\t_\t0\troot\t_\tSpaceAfter=No
3\t.\t.\tPUNCT\t.\t_\t2\tpunct\t_\t_

# sent_id = s-2
1\tعاد\tعَاد\tVERB\t_\t_\t0\troot\t_\t_

"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "little.conllu"
    file.write_text(CONLLU, encoding="utf-8")
    return file


@pytest.fixture
def corpus(path: Path, tmp_path: Path) -> Iterator[ck.Corpus]:
    documents = ck.annotators.read_conllu(path).documents
    with ck.Corpus.build(documents, tmp_path / "corpus", id="id", progress=False) as built:
        yield built


# ------------------------------------------------------------------------- CoNLL-U


def test_texts_of_a_file(path: Path) -> None:
    gold = ck.annotators.read_conllu(str(path))
    assert gold.documents.rows() == [("first", "قال لكتابهم: 3.5%."), ("second", "وهو.\nعاد")]
    assert repr(gold) == "<CoNLL-U 'little.conllu': 2 documents, 10 tokens>"


def test_a_file_fills_a_layer(corpus: ck.Corpus, path: Path) -> None:
    gold = ck.annotators.read_conllu(path)
    for _ in range(2):  # also again
        corpus.annotate(gold, layer="gold")
    rows = corpus.tokens.select("token", "gold.lemma", "gold.pos", "gold.deprel").collect().rows()
    assert rows == [
        ("قال", "قَال", "VERB", "root"),
        ("لكتابهم", "كِتَاب", "NOUN", "obl"),
        (":", ":", "PUNCT", "punct"),
        ("3.5", "3.5", "NUM", "dep"),
        ("%", "%", "SYM", "dep"),
        (".", ".", "PUNCT", "punct"),
        ("وهو", "هُو", "PRON", "root"),
        (".", ".", "PUNCT", "punct"),
        ("عاد", "عَاد", "VERB", "root"),
    ]
    assert corpus.layers == {"gold": ["lemma", "pos", "xpos", "feats", "deprel"]}
    assert corpus.manifest["layers"][0]["annotator"] == {"name": "little.conllu"}
    assert ck.kwic(corpus, "[lemma=كتاب & pos=NOUN]").frame["node"].to_list() == ["لكتابهم"]
    for pattern in ("[feats=Aspect=Perf\\|Gender=Masc]", "[feats=*Gender=Masc*]", '[feats=".*Gender=(Fem|Masc).*"]'):
        assert ck.kwic(corpus, pattern).frame["node"].to_list() == ["قال"]
    assert corpus.tokens.select("gold.xpos").collect()["gold.xpos"].null_count() == 1


def test_tokens_divided_in_another_way(path: Path, tmp_path: Path) -> None:
    path.write_text(CONLLU.replace("3.5\t3.5\tNUM\tCD\t_\t1\tdep\t_\tSpaceAfter=No\n7\t%\t%", "3.5%\t3.5\tNUM", 1))
    text = path.read_text(encoding="utf-8").replace("\tNUM\tSYM\t%", "\tNUM\tCD")
    path.write_text(text, encoding="utf-8")
    gold = ck.annotators.read_conllu(path)
    with ck.Corpus.build(gold.documents, tmp_path / "c", id="id", progress=False) as built:
        built.annotate(gold, layer="gold")
        rows = built.tokens.select("token", "gold.pos").collect().rows()
        assert rows[3:5] == [("3.5", "NUM"), ("%", "NUM")]


def lines_of(words: list[tuple[str, str, bool]]) -> str:
    rows = [
        f"{number}\t{form}\t{form}\t{tag}\t_\t_\t_\t_\t_\t{'SpaceAfter=No' if glued else '_'}"
        for number, (form, tag, glued) in enumerate(words, start=1)
    ]
    return "\n".join([*rows, "", ""])


words_of_files = st.tuples(
    st.sampled_from(["قال", "و", "3", "3.5", ".", "#", "كَتب", "a", "...", "\u200fهو", "10 000"]),
    st.sampled_from(["VERB", "NOUN", "CCONJ", "PUNCT", "_"]),
    st.booleans(),
)


@settings(max_examples=examples(60))
@given(sentences=st.lists(st.lists(words_of_files, min_size=1, max_size=8), min_size=1, max_size=4))
def test_every_token_has_words_of_the_file(
    tmp_path_factory: pytest.TempPathFactory, sentences: list[list[tuple[str, str, bool]]]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / "x.conllu").write_text("".join(map(lines_of, sentences)), encoding="utf-8")
    gold = ck.annotators.read_conllu(folder / "x.conllu")

    def visible(text: str) -> str:
        return "".join(sign for sign in text if not sign.isspace() and sign != "\u200f")

    owners = [form for words in sentences for form, *_ in words for _ in visible(form)]
    with ck.Corpus.build(gold.documents, folder / "c", id="id", progress=False) as built:
        built.annotate(gold, layer="gold")
        place = 0
        for token, lemma in built.tokens.select("token", "gold.lemma").collect().rows():
            length = len(visible(token))
            assert lemma in set(owners[place : place + length])
            place += length
        assert place == len(owners)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["قالت لكتابهم: 3.5%.", "وهو.\nعاد"], "has 'قال' in line 4, sentence f-1, where the corpus has 'قالت'"),
        (["قال لكتابهم: 3.5%. جدا", "وهو.\nعاد"], "has 'و' in line 17, sentence s-1, where the corpus has 'جدا'"),
        (["قال لكتابهم: 3.5%.", "وهو.\nعاد جدا"], "ends before 'جدا'"),
        (["قال لكتابهم: 3.5%.", "وهو.\nعا"], "goes on with 'عاد' in line 22 where the corpus ends"),
    ],
)
def test_other_texts(path: Path, tmp_path: Path, texts: list[str], message: str) -> None:
    gold = ck.annotators.read_conllu(path)
    with ck.Corpus.build(pl.DataFrame({"text": texts}), tmp_path / "c", progress=False) as built:
        with pytest.raises(ck.InputError, match=rf"the corpus must have the texts of little\.conllu, which {message}"):
            built.annotate(gold, layer="gold")
        assert built.layers == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "has no sentences"),
        ("# newdoc id = x\n\n", "has no sentences"),
        ("1\tقال\n\n", r"line 1 of x\.conllu is not CoNLL-U"),
        (CONLLU.replace("\t", " "), r"line 4 of x\.conllu is not CoNLL-U"),
        (CONLLU.replace("8\t.", "x\t."), r"line 13 of x\.conllu is not CoNLL-U"),
        (CONLLU.replace("8\t.", "0\t."), r"line 13 of x\.conllu is not CoNLL-U"),
    ],
)
def test_bad_files(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "x.conllu"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ck.SourceError, match=message):
        ck.annotators.read_conllu(file)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ck.SourceError, match="cannot be read: No such file"):
        ck.annotators.read_conllu(tmp_path / "none.conllu")
    (tmp_path / "latin.conllu").write_bytes(b"\xe9\xff")
    with pytest.raises(ck.SourceError, match=r"is not in UTF-8: .* at byte 0"):
        ck.annotators.read_conllu(tmp_path / "latin.conllu")
    with pytest.raises(ck.InputError, match="path must be"):
        ck.annotators.read_conllu(3)


def test_a_treebank(shared: Path, tmp_path: Path) -> None:
    gold = ck.annotators.read_conllu(shared / "data" / "ud-arabic-pud-news.conllu")
    with ck.Corpus.build(gold.documents, tmp_path / "pud", id="id", progress=False) as built:
        built.annotate(gold, layer="gold")
        table = built.tokens.select("kind", "gold.pos").collect()
        assert table["gold.pos"].null_count() == 0
        signs = table.filter(pl.col("kind") == "punctuation")["gold.pos"].value_counts(normalize=True, sort=True)
        assert signs.row(0)[0] == "PUNCT"
        assert len(ck.kwic(built, "[pos=VERB] [pos=NOUN] [pos=ADJ]")) > 20
    turned = ck.Corpus.build(gold.documents.reverse(), tmp_path / "r", id="id", progress=False)
    with turned, pytest.raises(ck.InputError, match=r"ud-arabic-pud-news\.conllu, which has .* sentence n\d+, where"):
        turned.annotate(gold, layer="gold")


# ------------------------------------------------------------------------- CAMeL Tools


class Disambiguator:
    """A stand-in with the interface of `camel_tools.disambig.mle.MLEDisambiguator`."""

    known = {  # noqa: RUF012
        "ولكتابهم": {"lex": "كِتاب_1", "pos": "noun", "gen": "m", "num": "s", "per": "na", "stt": "c", "cas": "u"},
        "قالت": {"lex": "قال-u_1", "pos": "verb", "asp": "p", "per": "3", "gen": "f", "num": "s", "vox": "a"},
        "لم": {"lex": "لَم", "pos": "part_neg"},
        ".": {"lex": ".", "pos": "punc"},
        "غريب": {"lex": "غَرِيب", "pos": "noun_unheard_of"},
    }

    @classmethod
    def pretrained(cls) -> Disambiguator:
        return cls()

    def disambiguate(self, sentence: list[str]) -> list[SimpleNamespace]:
        return [
            SimpleNamespace(
                word=word, analyses=[SimpleNamespace(analysis=self.known[word])] if word in self.known else []
            )
            for word in sentence
        ]


CAMEL = [
    {"lemma": "كِتاب", "pos": "NOUN", "feats": "Definite=Cons|Gender=Masc|Number=Sing"},
    {"lemma": "قال-u", "pos": "VERB", "feats": "Aspect=Perf|Gender=Fem|Number=Sing|Person=3|Voice=Act"},
    {"lemma": "لَم", "pos": "PART", "feats": None},
    {"lemma": "خخخ", "pos": "X", "feats": None},
    {"lemma": "غَرِيب", "pos": "X", "feats": None},
    {"lemma": "15", "pos": "NUM", "feats": None},
    {"lemma": ".", "pos": "PUNCT", "feats": None},
]


def test_camel_tools(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given_one = ck.annotators.camel_tools(Disambiguator())
    words = ["ولكتابهم", "قـالت", "لم", "خخخ", "غريب", "15", "."]
    assert list(given_one([words[:3], words[3:]])) == CAMEL
    module = ModuleType("camel_tools.disambig.mle")
    module.MLEDisambiguator = Disambiguator  # type: ignore[attr-defined]
    for name in ("camel_tools", "camel_tools.disambig"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, module.__name__, module)
    annotator = ck.annotators.camel_tools()
    with ck.Corpus.build(pl.DataFrame({"text": [" ".join(words)]}), tmp_path / "c", progress=False) as built:
        built.annotate(annotator, layer="camel")
        assert built.tokens.select("camel.lemma").collect()["camel.lemma"].to_list() == [
            each["lemma"] for each in CAMEL
        ]
        assert built.manifest["layers"][0]["annotator"]["name"] == "camel_tools"
        assert set(built.manifest["layers"][0]["annotator"]["versions"]) == {"camel-tools"}


# ------------------------------------------------------------------------- Stanza


def pipeline(sentences: list[list[str]]) -> SimpleNamespace:
    """Stand in for `stanza.Pipeline(..., tokenize_pretokenized=True)`."""
    split = {"ولكتابهم": [("و", "CCONJ", "وَ"), ("ل", "ADP", "لِ"), ("كتاب", "NOUN", "كِتَاب"), ("هم", "PRON", "هُوَ")]}

    def token(text: str) -> SimpleNamespace:
        words = split.get(text, [(text, "VERB" if text == "قال" else None, f"<{text}>")])
        found = [SimpleNamespace(text=form, upos=tag, lemma=lemma, feats=None) for form, tag, lemma in words]
        return SimpleNamespace(text=text, words=[] if text == "..." else found)

    return SimpleNamespace(sentences=[SimpleNamespace(tokens=list(map(token, words))) for words in sentences])


def test_stanza(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = [
        {"lemma": "<قال>", "pos": "VERB", "feats": None},
        {"lemma": "كِتَاب", "pos": "NOUN", "feats": None},
        {"lemma": "...", "pos": "X", "feats": None},
        {"lemma": "<في>", "pos": "X", "feats": None},
    ]
    assert list(ck.annotators.stanza(pipeline)([["قال", "ولكتابهم"], ["...", "في"]])) == expected
    module, options = ModuleType("stanza"), {}

    def made(**given: Any) -> Any:
        options.update(given)
        return pipeline

    module.Pipeline = made  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "stanza", module)
    assert list(ck.annotators.stanza()([["قال"]])) == expected[:1]
    assert options["lang"] == "ar"
    assert options["tokenize_pretokenized"] is True


def test_programs_that_lose_words() -> None:
    annotator = ck.annotators.stanza(lambda sentences: pipeline([words[1:] for words in sentences]))
    with pytest.raises(
        ck.InputError, match=r"stanza must give a record for each of 2 tokens of the sentence 'قال في', got"
    ):
        list(annotator([["قال", "في"]]))
    short = ck.annotators.stanza(lambda sentences: pipeline(sentences[1:]))
    with pytest.raises(ck.InputError, match=r"each of 1 tokens of the sentence 'في', got 0"):
        list(short([["قال"], ["في"]]))


@pytest.mark.parametrize(("name", "module"), [("stanza", "stanza"), ("camel_tools", "camel_tools.disambig.mle")])
def test_programs_that_are_absent(monkeypatch: pytest.MonkeyPatch, name: str, module: str) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ck.CorpusKitError, match=r"needs .* \((Apache-2\.0|MIT)\), .*Install it with pip install"):
        getattr(ck.annotators, name)()


def test_bad_programs() -> None:
    with pytest.raises(ck.InputError, match="pipeline must be a pipeline of Stanza, or None, got 3"):
        ck.annotators.stanza(3)
    with pytest.raises(ck.InputError, match="disambiguator must be a disambiguator of CAMeL Tools, or None, got 'x'"):
        ck.annotators.camel_tools("x")


# ------------------------------------------------------------------------- farahidi

# It is under the GPL and no dependency: a folder that has it, or an environment in which it happens to be.
FOLDER = os.environ.get("CORPUS_KIT_FARAHIDI", "")
SCRIPT = """
import json, sys, polars as pl, corpus_kit as ck
text = "وأعلن الرئيس الأمريكي، في 2020 أن الحكومات ستقوم بتنفيذ القرار + خخخخ.\\nقـــال #وسم"
with ck.Corpus.build(pl.DataFrame({"text": [text]}), sys.argv[1], progress=False) as corpus:
    corpus.annotate(ck.annotators.farahidi(), layer="farahidi")
    rows = corpus.tokens.select("token", "farahidi.lemma", "farahidi.pos", "farahidi.feats").collect().rows()
    nodes = ck.kwic(corpus, "[lemma=حكومة & pos=NOUN] [pos=VERB & lemma=قام]").frame["node"].to_list()
    print(json.dumps([rows, nodes, corpus.manifest["layers"][0]["annotator"]]))
"""


def test_farahidi(tmp_path: Path) -> None:
    if not FOLDER and importlib.util.find_spec("farahidi") is None:
        pytest.skip("farahidi is absent (set CORPUS_KIT_FARAHIDI to a folder that has it)")
    places = os.pathsep.join(
        filter(None, [str(Path(ck.__file__).parents[1]), FOLDER, os.environ.get("PYTHONPATH", "")])
    )
    run = [sys.executable, "-c", SCRIPT, str(tmp_path / "c")]
    done = subprocess.run(run, env={**os.environ, "PYTHONPATH": places}, capture_output=True, check=True)
    rows, nodes, annotator = json.loads(done.stdout)
    said = {token: (lemma, pos) for token, lemma, pos, _ in rows}
    assert said["الرئيس"] == ("رَئِيس", "NOUN")
    assert said["وأعلن"] == ("أَعْلَنَ", "VERB")
    assert said["في"] == ("فِي", "ADP")
    assert said["ستقوم"] == ("قَامَ", "VERB")
    assert said["2020"] == ("2020", "NUM")
    assert said["،"] == ("،", "PUNCT")
    assert said["+"] == ("+", "SYM")
    assert said["خخخخ"][1] == "X"
    assert said["قـــال"] == ("قَالَ", "VERB")
    assert dict((token, feats) for token, _, _, feats in rows)["الحكومات"] == "Gender=Fem|Number=Plur"  # noqa: C402
    assert nodes == ["الحكومات ستقوم"]
    assert annotator["name"] == "farahidi"
    assert annotator["versions"]["farahidi"]
