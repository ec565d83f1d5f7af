"""CoNLL-U and vertical text: tokens, sentences and layers of a corpus are those of its files, and come out again."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus_kit as ck
from corpus_kit._core import TypeTable
from corpus_kit.corpus.given_tokens import given_tokens, merged
from corpus_kit.errors import InputError, SourceError
from corpus_kit.readers.conllu import conllu
from corpus_kit.readers.documents import Document, File, LeftOut, Tokens
from corpus_kit.readers.structure import TOKENS
from corpus_kit.readers.vertical import vertical
from corpus_kit.text import tokenization
from corpus_kit.text.token_flags import BEGINS_PARAGRAPH, BEGINS_SENTENCE, GLUED, OF_SOURCE
from corpus_kit.text.tokenization import KINDS, Tokenizer, tokens

pytestmark = pytest.mark.interface

# A token of two words, one that the tokeniser would divide, an empty node, two documents, names of sentences.
GOLD = """# newdoc id = خبر
# newpar
# sent_id = s1
1\tقالت\tقال\tVERB\tVP\tGender=Fem\t0\troot\t_\t_
2\tأ.ف.ب\tأ.ف.ب\tX\t_\t_\t1\tnsubj\t_\tSpaceAfter=No
3\t:\t:\tPUNCT\t_\t_\t1\tpunct\t_\t_
4-5\tللوزير\t_\t_\t_\t_\t_\t_\t_\t_
4\tل\tل\tADP\t_\t_\t5\tcase\t_\t_
5\tالوزير\tوزير\tNOUN\tNN\t_\t1\tobl\t_\t_
5.1\tهو\tهو\tPRON\t_\t_\t_\t_\t_\t_
6\t3.5%\t_\tNUM\t_\t_\t5\tdep\t_\t_

# sent_id = s2
1\tنعم\tنعم\tINTJ\t_\t_\t0\troot\t_\t_

# newpar
1\tغادر\tغادر\tVERB\t_\t_\t0\troot\t_\t_
2\t.\t.\tPUNCT\t_\t_\t1\tpunct\t_\t_

# newdoc
1\tعاد\tعاد\tVERB\t_\t_\t0\troot\t_\t_
"""
VERTICAL = """<?xml version="1.0"?>
<!-- Positional attributes: word tag lemma -->
<corpus>
<text id="t1" outlet="صدى &amp; مدى" year='2026'>
<head type="main">
<s>
خبر\tNOUN\tخبر
</s>
</head>
<p>
<s>
قال\tVERB\tقال
أ.ف.ب\tX\t_
<g/>
:\tPUNCT\t:
<ne type="per" name="ليلى">
ليلى\tPROPN\t__UNDEF__
حداد\tPROPN
</ne>
</s>
<s>
&lt;نعم&gt;\tINTJ\tنعم
</s>
</p>
<p>
<s>
عاد\tVERB\tعاد
</s>
</p>
</text>
<text>
غادر\tVERB\tغادر
<b>
</text>
</corpus>
"""


def documents(reader: Any, content: str) -> list[Document]:
    events = list(reader(File("x", data=content.encode())))
    return [event for event in events if isinstance(event, Document)]


def build(folder: Path, content: str, ending: str, **options: Any) -> ck.Corpus:
    (folder / f"x{ending}").write_text(content, "utf-8")
    return ck.Corpus.build(folder / f"x{ending}", folder / "corpus", progress=False, overwrite=True, **options)


def words_of(document: Document) -> list[str]:
    assert document.tokens is not None
    return [document.text[start:end] for start, end in document.tokens.spans]


def flags_of(corpus: ck.Corpus) -> list[str]:
    """Return p, s and g for the flags of each token."""
    names = ((BEGINS_PARAGRAPH, "p"), (BEGINS_SENTENCE, "s"), (GLUED, "g"))
    return ["".join(name for flag, name in names if each & flag) for each in np.asarray(corpus.token_flags).tolist()]


# ------------------------------------------------------------------------- CoNLL-U


def test_texts_and_tokens_of_conllu() -> None:
    one, two = documents(conllu(), GOLD)
    assert (one.id, two.id) == ("خبر", None)
    assert one.text == "قالت أ.ف.ب: للوزير 3.5% نعم\nغادر ."
    assert words_of(one) == ["قالت", "أ.ف.ب", ":", "للوزير", "3.5%", "نعم", "غادر", "."]
    assert one.tokens is not None
    assert one.tokens.sentences == [0, 5, 6]
    assert one.tokens.layers["lemma"] == ["قال", "أ.ف.ب", ":", "وزير", None, "نعم", "غادر", "."]
    assert one.tokens.layers["pos"] == ["VERB", "X", "PUNCT", "NOUN", "NUM", "INTJ", "VERB", "PUNCT"]
    assert one.tokens.layers["xpos"] == ["VP", None, None, "NN", None, None, None, None]
    assert one.tokens.layers["feats"][0] == "Gender=Fem"
    assert one.tokens.layers["deprel"][3] == "obl"
    assert [(span.kind, one.text[span.start : span.end], span.value) for span in one.spans] == [
        ("sentence", "قالت أ.ف.ب: للوزير 3.5%", "s1"),
        ("sentence", "نعم", "s2"),
    ]
    assert two.text == "عاد"
    assert two.tokens is not None
    assert set(two.tokens.layers) == {"lemma", "pos", "deprel"}  # the others say nothing


def test_a_document_that_is_named_at_each_of_its_sentences() -> None:
    """So does the Arabic PUD treebank; a name that comes again later is another document, and is refused as such."""
    names = ["newdoc id = n1", "newdoc id = n1", "newdoc id = n2", "newdoc", "newdoc id = n1"]
    content = "\n\n".join(f"# {name}\n1\tوصل\t_\t_\t_\t_\t_\t_\t_\t_" for name in names)
    found = documents(conllu(), content)
    assert [(each.id, each.text) for each in found] == [("n1", "وصل\nوصل"), ("n2", "وصل"), (None, "وصل"), ("n1", "وصل")]


def test_a_title_before_given_tokens_is_counted(tmp_path: Path) -> None:
    content = VERTICAL.replace('<text id="t1"', '<text id="t1" title="عودة الوفد. نعم!"')
    with build(tmp_path, content, ".vrt", headline="title") as corpus:
        text = corpus.documents.select("text").collect().item(0, 0)
        table = corpus.tokens.filter(pl.col("document") == 0).collect()
        found = [
            (text[start:end], sentence, pos)
            for start, end, sentence, pos in table.select("start", "end", "sentence", "given.pos").rows()
        ]
        assert found[:5] == [("عودة", 0, None), ("الوفد", 0, None), (".", 0, None), ("نعم", 1, None), ("!", 1, None)]
        assert found[5:7] == [("خبر", 2, "NOUN"), ("قال", 3, "VERB")]
        assert found[-1][0] == "عاد"


def test_white_space_and_metadata_of_conllu() -> None:
    lines = [
        "# newdoc id = d",
        "# meta::date = 2026-01-05",
        "# meta::a title =  x = y ",
        "# newpar",
        "1\tوصل" + "\t_" * 7 + "\tSpacesBefore=\\n|SpacesAfter=\\s\\s",
        "2\tالوفد" + "\t_" * 7 + "\tSpaceAfter=No",
        "",
        "1\t." + "\t_" * 7 + "\tSpacesAfter=\\p\\\\\\t\\r\\n",
        "",
        "# newpar",
        "1\tعاد" + "\t_" * 8,
    ]
    [document] = documents(conllu(), "\n".join(lines))
    assert document.text == "\nوصل  الوفد.|\\\t\r\nعاد"
    assert words_of(document) == ["وصل", "الوفد", ".", "عاد"]
    assert document.metadata == {"date": "2026-01-05", "a title": " x = y "}


def test_sentences_without_paragraphs_are_lines() -> None:
    content = "1\tوصل\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No\n\n\n\n1\tعاد\t_\t_\t_\t_\t_\t_\t_\t_"
    [document] = documents(conllu(), content)
    assert document.text == "وصل\nعاد"
    assert documents(conllu(), content.replace("\n", "\r\n")) == [document]
    assert documents(conllu(), "# text = بلا كلمات\n\n") == []


@pytest.mark.parametrize(
    "line", ["1\tقال", "x\tقال" + "\t_" * 8, "0\tقال" + "\t_" * 8, "قال", "1 قال _ _ _ _ _ _ _ _", "1\tقال" + "\t_" * 9]
)
def test_what_is_no_conllu(line: str) -> None:
    good = "1\tوصل" + "\t_" * 8
    with pytest.raises(ValueError, match=r"^line 3 is not CoNLL-U: .*10 columns"):
        list(conllu()(File("x", data=f"{good}\n\n{line}\n".encode())))


def test_a_corpus_of_conllu(tmp_path: Path) -> None:
    corpus = build(tmp_path, GOLD, ".conllu")
    frame = corpus.tokens.collect()
    assert frame.select("document", "sentence", "token").rows() == [
        (0, 0, "قالت"), (0, 0, "أ.ف.ب"), (0, 0, ":"), (0, 0, "للوزير"), (0, 0, "3.5%"), (0, 1, "نعم"),
        (0, 2, "غادر"), (0, 2, "."), (1, 0, "عاد"),
    ]  # fmt: skip
    assert flags_of(corpus) == ["ps", "", "g", "", "", "s", "ps", "", "ps"]
    assert frame["kind"].cast(pl.String).to_list()[1:5] == ["word", "punctuation", "word", "number"]
    texts = corpus.documents.collect()["text"]
    for document, start, end, token in frame.select("document", "start", "end", "token").iter_rows():
        assert texts[document][start:end] == token
    assert frame["given.pos"].to_list()[-2:] == ["PUNCT", "VERB"]
    assert frame["given.lemma"].null_count() == 1
    assert corpus.documents.collect()["id"].to_list() == ["x.conllu:خبر", "x.conllu:2"]
    assert corpus.spans("sentence")["value"].to_list() == ["s1", "s2"]
    assert ck.kwic(corpus, "[lemma=وزير]").frame["node"].to_list() == ["للوزير"]


# ------------------------------------------------------------------------- vertical text


def test_texts_and_tokens_of_vertical_text() -> None:
    one, two = documents(vertical(), VERTICAL)
    assert one.text == "خبر\nقال أ.ف.ب: ليلى حداد <نعم>\nعاد"
    assert words_of(one) == ["خبر", "قال", "أ.ف.ب", ":", "ليلى", "حداد", "<نعم>", "عاد"]
    assert one.id == "t1"
    assert one.metadata == {"outlet": "صدى & مدى", "year": "2026"}
    assert one.tokens is not None
    assert one.tokens.sentences == [0, 1, 6, 7]
    assert one.tokens.layers["pos"] == ["NOUN", "VERB", "X", "PUNCT", "PROPN", "PROPN", "INTJ", "VERB"]
    assert one.tokens.layers["lemma"] == ["خبر", "قال", None, ":", None, None, "نعم", "عاد"]
    assert [(span.kind, one.text[span.start : span.end], span.value) for span in one.spans] == [
        ("head", "خبر", "main"),
        ("ne", "ليلى حداد", "ليلى"),
    ]
    assert (two.text, two.id, two.metadata) == ("غادر", None, {})


def test_tags_that_are_never_closed_are_counted() -> None:
    events = list(vertical()(File("x", data=VERTICAL.encode())))
    assert [event for event in events if isinstance(event, LeftOut)] == [LeftOut("tag that is never closed", 1)]


def test_names_of_attributes() -> None:
    content = "<doc id='1'>\nقال\tV\tقول\n.\n</doc>\n<doc id='2'>\nعاد\tV\n</doc>\n"
    content = content.replace("\n.\n", "\n.\tP\n")
    layers = [each.tokens.layers for each in documents(vertical(), content) if each.tokens]
    assert layers == [{"attribute_1": ["V", "P"], "attribute_2": ["قول", None]}, {"attribute_1": ["V"]}]
    layers = [each.tokens.layers for each in documents(vertical(attributes="pos"), content) if each.tokens]
    assert [list(each) for each in layers] == [["pos", "attribute_2"], ["pos"]]
    layers = [
        each.tokens.layers for each in documents(vertical(attributes=["pos", "my lemma"]), content) if each.tokens
    ]
    assert list(layers[0]) == ["pos", "my_lemma"]
    declared = "<!-- Positional attributes: word tag pos -->\n" + content  # both would be pos
    assert [each.tokens.layers for each in documents(vertical(), declared) if each.tokens] == [
        {"pos": ["V", "P"], "pos_": ["قول", None]},
        {"pos": ["V"]},
    ]
    for name, column in (("form", "form_"), ("_x", "attribute__x"), ("2nd", "attribute_2nd")):
        assert [
            next(iter(each.tokens.layers)) for each in documents(vertical(attributes=name), content) if each.tokens
        ] == [column] * 2


def test_another_tag_may_be_the_document() -> None:
    content = "<text>\n<post id='p1'>\nوصل\n</post>\n<post id='p2'>\nعاد\n</post>\n</text>\n"
    assert [each.text for each in documents(vertical(), content)] == ["وصل عاد"]
    posts = documents(vertical(document="post"), content)
    assert [(each.text, each.id) for each in posts] == [("وصل", "p1"), ("عاد", "p2")]


def test_signs_that_could_be_tags() -> None:
    [document] = documents(vertical(), "<text>\n<\tSYM\n3\tNUM\n<\n>\n<g/>\n&amp;\n</text>")
    assert document.text == "< 3 < >&"
    assert words_of(document) == ["<", "3", "<", ">", "&"]
    with pytest.raises(ValueError, match=r"^line 2 is no tag and no token: '<text id=1>'"):
        documents(vertical(), "قال\n<text id=1>\n")


def test_a_corpus_of_vertical_text(tmp_path: Path) -> None:
    corpus = build(tmp_path, VERTICAL, ".vrt")
    assert flags_of(corpus) == ["ps", "ps", "", "g", "", "", "s", "ps", "ps"]
    assert corpus.documents.select("id", "outlet", "year").collect().rows() == [
        ("x.vrt:t1", "صدى & مدى", "2026"),
        ("x.vrt:2", None, None),
    ]
    assert corpus.tokens.collect()["given.pos"].to_list()[-1] == "VERB"
    assert corpus.manifest["source"]["left_out"]["tag that is never closed"]["count"] == 1


def test_files_without_tokens(tmp_path: Path) -> None:
    for name, content in (("x.vrt", "<text>\n</text>\n"), ("x.conllu", "# text = لا شيء\n\n")):
        (tmp_path / name).write_text(content, "utf-8")
        with pytest.raises(SourceError, match="file without documents"):
            ck.Corpus.build(tmp_path / name, tmp_path / "corpus", progress=False)


# ------------------------------------------------------------------------- numbers of given tokens

PIECES = ["قال", "أ.ف.ب", "3.5", "٣٪", "!؟", "#وسم", "@x", "😀", "a b", " ", "\u200d", "http://a.b", "ّ", "و5", "_", "."]
given_words = st.lists(st.sampled_from(PIECES) | st.text("اب.5 \u0651!_", min_size=1, max_size=5), max_size=12)


@functools.cache
def kind_of(token: str) -> str:
    """Return the kind of a token that is given, letter by letter."""
    found = tokens([token]).select("token", "kind").rows()
    if [each for each, _ in found] == [token]:
        return str(found[0][1])
    if any(sign.isalpha() for sign in token):
        return "word"
    return "number" if any(sign.isnumeric() for sign in token) else "punctuation"


@settings(max_examples=examples(25))
@given(given_words, given_words)
def test_numbers_equal_a_dict(one: list[str], two: list[str]) -> None:
    tokenizer, twin = Tokenizer(), dict[tuple[str, str], int]()
    for words in (one, two):
        expected = [twin.setdefault((word, kind_of(word)), len(twin)) for word in words]
        assert tokenizer.number(pl.Series(words, dtype=pl.String)).tolist() == expected
    assert tokenizer.types().rows() == list(twin)


def test_given_tokens_and_others_share_their_types() -> None:
    tokenizer = Tokenizer()
    assert tokenizer.add(["قال : نعم"]).type_ids.tolist() == [0, 1, 2]
    assert tokenizer.number(pl.Series(["نعم", "أ.ف", ":"])).tolist() == [2, 3, 1]
    assert tokenizer.types()["kind"].to_list() == ["word", "punctuation", "word", "word"]


def test_a_full_table_stays_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokenization, "TypeTable", lambda: TypeTable(max_types=3))
    tokenizer = Tokenizer()
    tokenizer.number(pl.Series(["ا", "."]))
    monkeypatch.setattr(tokenization, "TypeTable", TypeTable)  # of what says the kinds
    with pytest.raises(InputError, match=r"cannot number the tokens: .*more than 3"):
        tokenizer.number(pl.Series(["ب", "!", "ج", "5"]))
    assert tokenizer.types()["surface"].to_list() == ["ا", "."]
    assert tokenizer.number(pl.Series([".", "ا", "."])).tolist() == [1, 0, 1]
    assert KINDS.index("word") != KINDS.index("punctuation")


# ------------------------------------------------------------------------- tokens that readers give

gaps = st.sampled_from(["", " ", "\n", " \u2028 ", "، "])
rows = st.lists(
    st.none()
    | st.lists(st.tuples(gaps, st.text("ابج.", min_size=1, max_size=3), st.booleans(), st.booleans()), max_size=6),
    max_size=5,
)


def document_of(row: list[tuple[str, str, bool, bool]]) -> Document:
    text, spans, sentences = "", [], []
    for number, (gap, word, begins, _) in enumerate(row):
        text += gap
        spans.append((len(text), len(text) + len(word)))
        text += word
        if begins:
            sentences.append(number)
    return Document(
        text, tokens=Tokens(spans, sentences, {"tag": [word[0] if tag else None for _, word, _, tag in row]})
    )


def slow_flags(row: list[tuple[str, str, bool, bool]]) -> Iterator[int]:
    for number, (gap, _, begins, _) in enumerate(row):
        has_break = not number or "\n" in gap or "\u2028" in gap
        yield (
            OF_SOURCE
            | BEGINS_PARAGRAPH * has_break
            | BEGINS_SENTENCE * (has_break or begins)
            | GLUED * (number > 0 and not gap)
        )


@settings(max_examples=examples(100))
@given(rows)
def test_given_tokens_equal_a_loop(given_rows: list[list[tuple[str, str, bool, bool]] | None]) -> None:
    texts = ["قال نعم." if row is None else document_of(row).text for row in given_rows]
    column = [
        None
        if row is None
        else {
            "spans": [{"start": start, "end": end} for start, end in tokens_of(row).spans],
            "sentences": list(tokens_of(row).sentences),
            "layers": [{"name": "tag", "values": list(tokens_of(row).layers["tag"])}],
        }
        for row in given_rows
    ]
    found = given_tokens(pl.Series(texts, dtype=pl.String), pl.Series(column, dtype=TOKENS))
    there = [row for row in given_rows if row is not None]
    assert found.counts.tolist() == [0 if row is None else len(row) for row in given_rows]
    assert found.surfaces.to_list() == [word for row in there for _, word, _, _ in row]
    assert found.flags.tolist() == [flag for row in there for flag in slow_flags(row)]
    assert found.layers.get("tag", []) == [word[0] if tag else None for row in there for _, word, _, tag in row]
    tokenizer = Tokenizer()
    own = tokenizer.add([None if row is not None else text for row, text in zip(given_rows, texts, strict=True)])
    batch = merged(own, found, tokenizer.number(found.surfaces))
    surfaces = tokenizer.surfaces().to_list()
    expected = [
        word for row in given_rows for word in (["قال", "نعم", "."] if row is None else [each for _, each, _, _ in row])
    ]
    assert [surfaces[each] for each in batch.type_ids.tolist()] == expected
    assert batch.counts.tolist() == [3 if row is None else len(row) for row in given_rows]


def tokens_of(row: list[tuple[str, str, bool, bool]]) -> Tokens:
    given = document_of(row).tokens
    assert given is not None
    return given


def test_given_tokens_beside_texts_without(tmp_path: Path) -> None:
    given = Document("أ.ف.ب قالت", tokens=Tokens([(0, 5), (6, 10)], [0], {"pos": ["X", None]}))
    other = Document("لا.نعم", tokens=Tokens([(0, 2), (2, 6)], [0, 1], {"tag": [None, "ب"]}))
    corpus = ck.Corpus.build([given, Document("عاد أ.ف."), other], tmp_path / "corpus", progress=False)
    assert corpus.tokens.select("document", "token", "given.pos", "given.tag").collect().rows()[:2] == [
        (0, "أ.ف.ب", "X", None),
        (0, "قالت", None, None),
    ]
    frame = corpus.tokens.collect()
    assert frame.filter(pl.col("document") == 1)["token"].to_list() == ck.tokenize("عاد أ.ف.")
    assert frame.filter(pl.col("document") == 1)["given.pos"].null_count() == len(ck.tokenize("عاد أ.ف."))
    assert frame.filter(pl.col("document") == 2).select("token", "given.tag").rows() == [("لا", None), (".نعم", "ب")]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (Tokens([(0, 3), (2, 4)]), "tokens must follow one another.* 2 to 4"),
        (Tokens([(0, 0)]), "tokens must follow"),
        (Tokens([(0, 99)]), "tokens must follow"),
        (Tokens([]), "tokens must be at least one, or None"),
        (Tokens([(0, 3)], [0], {"form": ["x"]}), "the name of a layer must be .* none of .* form, got 'form'"),
        (Tokens([(0, 3)], [1]), "sentences must begin at one of the 1 tokens"),
        (Tokens([(0, 3)], [0], {"pos": []}), "layer 'pos' must have a value for each of the 1 tokens"),
        (Tokens([(0, 3)], [0], {"p s": ["X"]}), "the name of a layer must be .* got 'p s'"),
    ],
)
def test_tokens_that_do_not_fit(tmp_path: Path, given: Tokens, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        ck.Corpus.build([Document("قال نعم", tokens=given)], tmp_path / "corpus", progress=False)


# ------------------------------------------------------------------------- the id of a corpus


def test_the_id_depends_on_given_tokens(tmp_path: Path) -> None:
    def id_of(*tokens: Tokens | None) -> str:
        documents = [Document("وصل أ.ف.ب", id=str(number), tokens=each) for number, each in enumerate(tokens)]
        with ck.Corpus.build(documents, tmp_path / "corpus", progress=False, overwrite=True) as corpus:
            return corpus.id

    own = id_of(None)
    whole, divided = Tokens([(0, 3), (4, 9)], [0]), Tokens([(0, 3), (4, 6), (6, 9)], [0])
    ids = [own, id_of(whole), id_of(divided), id_of(Tokens([(0, 3), (4, 9)], [0, 1]))]
    assert len(set(ids)) == len(ids)
    assert id_of(whole) == ids[1]
    assert len({id_of(whole, None), id_of(None, whole), id_of(None, None)}) == 3


# ------------------------------------------------------------------------- searching and counting


@pytest.fixture(scope="module")
def spaced(tmp_path_factory: pytest.TempPathFactory) -> ck.Corpus:
    """Tokens with a space, tokens that the tokeniser would divide, and a document that it divides."""
    sentences = [["زار", "عبد الله", "New York", "."], ["قالت", "أ.ف.ب", "إن", "عَبد الله", "عاد", "3.5%"]]
    content = "".join(f"<text>\n{chr(10).join(words)}\n</text>\n" for words in sentences)
    documents_of = documents(vertical(), content)
    folder = tmp_path_factory.mktemp("spaced")
    return ck.Corpus.build([*documents_of, Document("زار عبد الله أ.ف.ب")], folder / "corpus", progress=False)


@pytest.mark.parametrize(
    ("pattern", "nodes"),
    [
        ("عبد\\ الله", ["عبد الله", "عَبد الله"]),
        ("عبد\\ ال*", ["عبد الله", "عَبد الله"]),
        ("زار عبد\\ الله", ["زار عبد الله"]),
        ("عبد\\ الله عاد", ["عَبد الله عاد"]),
        ('[folded="عبد الله"]', ["عبد الله", "عَبد الله"]),
        ("/عبد ال.*/", ["عبد الله", "عَبد الله"]),
        ("new\\ york", ["New York"]),
        ("أ.ف.ب", ["أ.ف.ب", "أ.ف.ب"]),
        ("أ.ف.ب إن", ["أ.ف.ب إن"]),
        ("الله أ.ف.ب", ["الله أ.ف.ب"]),
        ("3.5%", ["3.5%"]),
        ("(قالت|زار) (أ.ف.ب|عبد\\ الله)", ["زار عبد الله", "قالت أ.ف.ب"]),
    ],
)
def test_tokens_that_the_tokeniser_would_divide_are_found(spaced: ck.Corpus, pattern: str, nodes: list[str]) -> None:
    assert ck.kwic(spaced, pattern).frame["node"].to_list() == nodes
    assert int(ck.frequency(spaced, pattern=pattern)["count"].sum()) == len(nodes)
    assert len(spaced.containing(pattern)) == len(nodes)


def test_a_phrase_that_is_one_token_elsewhere_is_warned_of(spaced: ck.Corpus) -> None:
    with pytest.warns(UserWarning, match=r"'عبد\\ الله' finds, and 'عبد الله\|عبد\\ الله' finds both") as told:
        assert len(ck.kwic(spaced, "عبد الله")) == 1
    assert told[0].filename == __file__
    assert len(ck.kwic(spaced, "عبد الله|عبد\\ الله")) == 3
    assert len(ck.kwic(spaced, "زار عبد")) == 1  # which is no token anywhere


def test_an_escaped_space_finds_no_phrase(tmp_path: Path) -> None:
    corpus = ck.Corpus.build([("زار عبد الله", {})], tmp_path / "corpus", progress=False)
    assert len(ck.kwic(corpus, "عبد الله")) == 1
    assert len(ck.kwic(corpus, "عبد\\ الله")) == 0


def test_tokens_with_spaces_are_counted_as_one(spaced: ck.Corpus) -> None:
    words = dict(ck.frequency(spaced).select("word", "count").iter_rows())
    assert (words["عبد الله"], words["new york"], words["عبد"], words["ا.ف.ب"]) == (2, 1, 1, 1)
    pairs = ck.ngrams(spaced, n=2, min_count=1)
    assert pairs.filter(pl.col("ngram") == "زار عبد الله")["count"].to_list() == [1]
    assert pairs.filter(pl.col("ngram") == "زار عبد")["count"].to_list() == [1]
    near = ck.collocations(spaced, "زار", window=1, min_count=1)
    assert sorted(near["collocate"]) == ["عبد", "عبد الله"]
    assert "عبد الله" in ck.document_term_matrix(spaced).terms["term"].to_list()


# ------------------------------------------------------------------------- and out again


def again(corpus: ck.Corpus, folder: Path, format: str, engine: str | None) -> ck.Corpus:
    """Export a corpus, and build one of the export."""
    path = corpus.export(folder / "out", format, overwrite=True, **({} if engine is None else {"engine": engine}))
    reader: Any = "conllu"
    if engine:
        names = [name.partition(".")[2] for name in corpus.tokens.collect_schema().names() if "." in name]
        reader = vertical(attributes=[*names, *["glue"] * (engine == "cwb")])
    file = path / "out.vrt" if engine else path
    return ck.Corpus.build(file, folder / "again", format=reader, progress=False, overwrite=True)


def assert_same(two: ck.Corpus, one: ck.Corpus) -> None:
    left, right = one.tokens.collect(), two.tokens.collect()
    columns = ["document", "sentence", "token", "kind", *(name for name in left.columns if "." in name)]
    for column in columns:
        assert right[column].to_list() == left[column].to_list(), column
    assert flags_of(two) == flags_of(one)


EXPORTS = [("conllu", None), ("vrt", "cwb"), ("vrt", "sketch")]


@pytest.mark.parametrize(("format", "engine"), EXPORTS)
@pytest.mark.parametrize("ending", [".conllu", ".vrt"])
def test_round_trips(tmp_path: Path, ending: str, format: str, engine: str | None) -> None:
    corpus = build(tmp_path, {".conllu": GOLD, ".vrt": VERTICAL}[ending], ending)
    other = again(corpus, tmp_path, format, engine)
    assert_same(other, corpus)
    assert other.documents.collect()["text"].to_list() == corpus.documents.collect()["text"].to_list()


sentence = st.lists(
    st.tuples(
        st.text("ابجد.5<&\" ", min_size=1, max_size=5).map(str.strip).filter(bool),
        st.sampled_from(["NOUN", "VERB", None]),
        st.sampled_from(["لمة", None, "a|b"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=4,
)  # fmt: skip
treebank = st.lists(
    st.lists(st.lists(sentence, min_size=1, max_size=2), min_size=1, max_size=2), min_size=1, max_size=2
)


def written(bank: list[Any]) -> str:
    lines = []
    for number, paragraphs in enumerate(bank):
        lines.append(f"# newdoc id = d{number}")
        for paragraph in paragraphs:
            lines.append("# newpar")
            for words in paragraph:
                for place, (form, pos, lemma, space) in enumerate(words, start=1):
                    misc = "_" if space else "SpaceAfter=No"
                    lines.append(f"{place}\t{form}\t{lemma or '_'}\t{pos or '_'}\t_\t_\t_\t_\t_\t{misc}")
                lines.append("")
    return "\n".join([*lines, ""])


@settings(max_examples=examples(25))
@given(treebank, st.sampled_from(EXPORTS))
def test_any_treebank_comes_back(bank: list[Any], export: tuple[str, str | None]) -> None:
    words = [word for paragraphs in bank for paragraph in paragraphs for words in paragraph for word in words]
    with tempfile.TemporaryDirectory() as name, build(Path(name), written(bank), ".conllu") as corpus:
        frame = corpus.tokens.collect()
        assert frame["token"].to_list() == [form for form, *_ in words]
        for place, column in ((1, "given.pos"), (2, "given.lemma")):
            said = [word[place] for word in words]
            assert (frame[column].to_list() if column in frame.columns else [None] * len(said)) == said
        with again(corpus, Path(name), *export) as other:
            assert_same(other, corpus)
