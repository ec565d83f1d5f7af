"""Tokens and sentences through the public API."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from test_tokenize_core import texts

from corpus_kit.errors import InputError
from corpus_kit.text.sentences import sentences
from corpus_kit.text.stopwords import stopwords
from corpus_kit.text.token_flags import BEGINS_PARAGRAPH, BEGINS_SENTENCE, GLUED
from corpus_kit.text.tokenization import (
    COUNTED_KINDS,
    KIND_DTYPE,
    KINDS,
    Tokenizer,
    tokenize,
    tokens,
)

pytestmark = [pytest.mark.core, pytest.mark.interface]


def kinds(text: str) -> list[tuple[str, str]]:
    return tokens([text]).select("token", "kind").rows()


# Strings from the design that other tools get wrong.
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("كَتَبَ الرَّجُلُ", ["كَتَبَ", "الرَّجُلُ"]),
        ("٣٫١٤ و1,234.5 ١٢٬٣٤٥", ["٣٫١٤", "و", "1,234.5", "١٢٬٣٤٥"]),
        ("#السعودية_اليوم https://example.org/a?b=1", ["#السعودية_اليوم", "https://example.org/a?b=1"]),
        ("كان، لكن، لم", ["كان", "،", "لكن", "،", "لم"]),
        ("فيها", ["فيها"]),
        ('قال:"نعم،لا".', ["قال", ":", '"', "نعم", "،", "لا", '"', "."]),
    ],
)
def test_strings_that_other_tools_get_wrong(text: str, expected: list[str]) -> None:
    assert tokenize(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # words
        ("كتـاب", [("كتـاب", "word")]),
        ("مى\u200cخواهم", [("مى\u200cخواهم", "word")]),
        ("\u200fكلمة\u200f", [("كلمة", "word")]),
        ("عبد_الله _أ_", [("عبد_الله", "word"), ("_", "punctuation"), ("أ", "word"), ("_", "punctuation")]),
        ("F16 F-16", [("F16", "word"), ("F", "word"), ("-", "punctuation"), ("16", "number")]),
        ("don't l’été 'a'",
         [("don't", "word"), ("l’été", "word"), ("'", "punctuation"),
          ("a", "word"), ("'", "punctuation")]),
        ("محمد ﷺ ﻻ", [("محمد", "word"), ("ﷺ", "word"), ("ﻻ", "word")]),
        ("\u064e \u064eب 5\u0301", [("\u064e", "word"), ("\u064eب", "word"), ("5", "number"), ("\u0301", "word")]),
        ("cafe\u0301s", [("cafe\u0301s", "word")]),
        # adjacent letters and digits
        ("كوفيد19", [("كوفيد", "word"), ("19", "number")]),
        ("5G ٥كم", [("5", "number"), ("G", "word"), ("٥", "number"), ("كم", "word")]),
        # digits that stand for Arabic letters, and those that do not
        ("7abibi 3arab ma3lesh 2albi 9ba7 7a9al 9a7 3'ali Ya7abibi_2",
         [(word, "word") for word in
          ["7abibi", "3arab", "ma3lesh", "2albi", "9ba7", "7a9al", "9a7", "3'ali", "Ya7abibi_2"]]),
        ("و7abibi 5plus", [("و", "word"), ("7abibi", "word"), ("5plus", "word")]),
        ("5e6 2h30 9A7 5km2",
         [("5", "number"), ("e6", "word"), ("2", "number"), ("h30", "word"), ("9", "number"), ("A7", "word"),
          ("5", "number"), ("km2", "word")]),
        ("5km 2ND 4x4s 3D 27ab 1ab 6AB M23 G20",
         [("5", "number"), ("km", "word"), ("2", "number"), ("ND", "word"), ("4", "number"), ("x4s", "word"),
          ("3", "number"), ("D", "word"), ("27", "number"), ("ab", "word"), ("1", "number"), ("ab", "word"),
          ("6", "number"), ("AB", "word"), ("M23", "word"), ("G20", "word")]),
        ("7www.x.com 7'a@b.org 7a@b.org",
         [("7", "number"), ("www.x.com", "url"), ("7", "number"), ("'", "punctuation"), ("a@b.org", "email"),
          ("7a@b.org", "email")]),
        # numbers
        ("1,234.5.", [("1,234.5", "number"), (".", "punctuation")]),
        ("12/5 ۱۲٪ ५",
         [("12", "number"), ("/", "punctuation"), ("5", "number"),
          ("۱۲", "number"), ("٪", "punctuation"), ("५", "number")]),
        ("5ر32 ١٢ر٥، 000ر59 5ر 5 ر6",
         [("5ر32", "number"), ("١٢ر٥", "number"), ("،", "punctuation"), ("000ر59", "number"), ("5", "number"),
          ("ر", "word"), ("5", "number"), ("ر", "word"), ("6", "number")]),
        # runs
        ("...!!؟ $$", [("...", "punctuation"), ("!!", "punctuation"), ("؟", "punctuation"), ("$$", "symbol")]),
        # addresses
        ("(www.x.com)،", [("(", "punctuation"), ("www.x.com", "url"), (")", "punctuation"), ("،", "punctuation")]),
        ("http://x.org/a_(b). HTTPS://X.ORG",
         [("http://x.org/a_(b)", "url"), (".", "punctuation"), ("HTTPS://X.ORG", "url")]),
        ("https://ar.example.org/ويكي/كتاب؟", [("https://ar.example.org/ويكي/كتاب", "url"), ("؟", "punctuation")]),
        ("شاهدhttp://x.org", [("شاهد", "word"), ("http://x.org", "url")]),
        # what is glued to an address
        ("#السعوديةhttps://t.co/ab #Riyadhwww.x.sa @userHTTP://x.sa #http://x.sa",
         [("#السعودية", "hashtag"), ("https://t.co/ab", "url"), ("#Riyadh", "hashtag"), ("www.x.sa", "url"),
          ("@user", "mention"), ("HTTP://x.sa", "url"), ("#", "punctuation"), ("http://x.sa", "url")]),
        ("#السعوديةhttps:// #السعوديةhttp… #مصر_http #httpمصر",
         [("#السعودية", "hashtag"), ("https", "word"), (":", "punctuation"), ("//", "punctuation"),
          ("#السعودية", "hashtag"), ("http", "word"), ("…", "punctuation"), ("#مصر_http", "hashtag"),
          ("#httpمصر", "hashtag")]),
        ("https://t.co/abc#السعودية#مصر https://t.co/a/##2030_رؤية",
         [("https://t.co/abc", "url"), ("#السعودية", "hashtag"), ("#مصر", "hashtag"), ("https://t.co/a/", "url"),
          ("##", "punctuation"), ("2030", "number"), ("_", "punctuation"), ("رؤية", "word")]),
        ("https://x.org/page#section http://x.sa/كتاب#تاريخ",
         [("https://x.org/page#section", "url"), ("http://x.sa/كتاب#تاريخ", "url")]),
        ("https://t.co/abcوقال http://x.sa/status/123وقال www.x.sa/%D8%A7قال (www.x.sa)قال www.x.sa.قال",
         [("https://t.co/abc", "url"), ("وقال", "word"), ("http://x.sa/status/123", "url"), ("وقال", "word"),
          ("www.x.sa/%D8%A7", "url"), ("قال", "word"), ("(", "punctuation"), ("www.x.sa", "url"),
          (")", "punctuation"), ("قال", "word"), ("www.x.sa", "url"), (".", "punctuation"), ("قال", "word")]),
        ("http://www.موقع.السعودية http://x.sa/?q=كتاب&p=2 http://x.sa/عام2015م/ب.pdf",
         [("http://www.موقع.السعودية", "url"), ("http://x.sa/?q=كتاب&p=2", "url"),
          ("http://x.sa/عام2015م/ب.pdf", "url")]),
        ("https://t.co/abhttps://t.co/cd http://a.sa/http://b.sa",
         [("https://t.co/ab", "url"), ("https://t.co/cd", "url"), ("http://a.sa/http://b.sa", "url")]),
        ("راسل a.b+c@d-e.org.", [("راسل", "word"), ("a.b+c@d-e.org", "email"), (".", "punctuation")]),
        ("a@b", [("a", "word"), ("@b", "mention")]),
        ("@user_1 @أحمد #١ #2030_رؤية",
         [("@user_1", "mention"), ("@أحمد", "mention"), ("#", "punctuation"),
          ("١", "number"), ("#2030_رؤية", "hashtag")]),
        # emoji
        ("👨\u200d👩\u200d👧👍🏽", [("👨\u200d👩\u200d👧", "emoji"), ("👍🏽", "emoji")]),
        ("🇸🇦🇪🇬 😂😂", [("🇸🇦", "emoji"), ("🇪🇬", "emoji"), ("😂", "emoji"), ("😂", "emoji")]),
        ("1\ufe0f\u20e3 ❤\ufe0f ‼\ufe0f →",
         [("1\ufe0f\u20e3", "emoji"), ("❤\ufe0f", "emoji"), ("‼\ufe0f", "emoji"),
          ("→", "symbol")]),
        # controls separate, unassigned and private code points are symbols, invisible characters are skipped
        ("أ\x00ب\x07", [("أ", "word"), ("ب", "word")]),
        ("\u0378 \ue000", [("\u0378", "symbol"), ("\ue000", "symbol")]),
        ("\ufeff \u200b", []),
        ("", []),
    ],
)  # fmt: skip
def test_kinds(text: str, expected: list[tuple[str, str]]) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize(
    "expected",
    [
        ["نعم.", "لا!", "هل؟", "أولا؛", "ثانيا"],
        ["سطر أول", "سطر ثان"],
        ["قال د. سامي وأ.د. منى في ص. 5 سنة 300 ق.م. ذلك.", "ثم مضى."],
        ["ذكرت بي. بي. سي. نقلا عن جورج دبليو. بوش وجون إف. كينيدي خبرا.", "ثم مضى."],
        ["ود. منى وأ. سامي بلغوا به.", "له."],
        ["عام 1436هـ. وقال."],
        ["رواه J. Smith في example.org اليوم.", "نعم."],
        ["بلغ 3.5 وزاد.", "٣٫٥."],
        ["انتهى عام 2015.", "وبدأ عام 2016."],
        ['قال "لا أعرف... ربما" ومضى.', "نعم"],
        ["قال «لا أعرف… ربما» ومضى.", "نعم"],
        ["لا أعرف...", "ربما…", "نعم"],
        ["(نعم.)", "[لا!]", "«هل؟»", '"نعم."', "ثم.", "﴿نعم.﴾", "ثم"],  # noqa: RUF001
        ["هل جاء؟!", "نعم"],
        ["قال: «هل جاء؟»، ثم مضى.", "نعم"],
        ["'نعم.'", "'لا'"],
        ["نعم.", "«لا»"],
        ["اشترى خبزا .", "ثم"],
        ["قال د . سامي وأ . د . منى ود . علي في ص . ب 5 ذلك.", "ثم مضى."],
        ["عام 1436 هـ .", "وكان عام 2015م .", "ثم قال ـ رحمه الله ـ .", "نعم"],
        ["قال.. ثم مضى .. ولم يعد..", "نعم"],
        ["9. كتاب جديد.", "10 . كتاب آخر.", "بلغ عددهم 9.", "ثم"],
    ],
)
def test_sentences(expected: list[str]) -> None:
    assert sentences(" \n".join(expected)) == expected
    if expected[0] not in ("سطر أول", "9. كتاب جديد.", "قال.. ثم مضى .. ولم يعد.."):
        assert sentences(" ".join(expected)) == expected


def test_full_stop_without_a_space() -> None:
    assert sentences("نعم.لا a.b 5.ب") == ["نعم.", "لا a.b 5.", "ب"]


def test_open_quotations_end_with_the_paragraph() -> None:
    assert sentences('قال "نعم\nلا أعرف... ربما') == ['قال "نعم', "لا أعرف...", "ربما"]


def test_line_breaks_and_white_space_set_flags() -> None:
    marks = ["\n", "\r", "\r\n", "\x85", "\u2028", "\u2029", "\v", "\f"]
    batch = Tokenizer().add([f"ا{mark}ب،\tج \u200fد\x00ه،\u200fو" for mark in marks])
    both = BEGINS_SENTENCE | BEGINS_PARAGRAPH
    assert batch.flags.tolist() == [both, both, GLUED, 0, 0, 0, GLUED, GLUED] * len(marks)


@settings(max_examples=examples(300))
@given(texts)
def test_sentences_drop_only_white_space(text: str) -> None:
    found = sentences(text)
    assert "".join("".join(found).split()) == "".join(text.split())
    assert all(piece and piece == piece.strip() for piece in found)


@settings(max_examples=examples(300))
@given(st.lists(texts | st.none(), max_size=6))
def test_spans_sentences_and_positions(values: list[str | None]) -> None:
    frame = tokens(values)
    assert dict(frame.schema) == {
        "document": pl.UInt32, "sentence": pl.UInt32, "position": pl.UInt32, "token": pl.String,
        "kind": KIND_DTYPE, "start": pl.UInt32, "end": pl.UInt32,
    }  # fmt: skip
    for document, text in enumerate(values):
        rows = frame.filter(document=document)
        assert rows["position"].to_list() == list(range(len(rows)))
        assert rows["token"].to_list() == (tokenize(text) if text is not None else [])
        assert all((text or "")[row["start"] : row["end"]] == row["token"] for row in rows.iter_rows(named=True))
        numbers = rows["sentence"].to_list()
        assert numbers == sorted(numbers)
        if rows.height:
            assert set(numbers) == set(range(max(numbers) + 1))
            held = [piece for piece in sentences(text or "") if tokenize(piece)]
            assert len(held) == max(numbers) + 1


def test_the_reference_document(shared: Path) -> None:
    text = (shared / "seed" / "article.txt").read_text(encoding="utf-8")
    expected = json.loads((shared / "seed" / "expected.json").read_text(encoding="utf-8"))
    boilerplate = {item["line"] for item in expected["furniture"]}
    headline, *body = [
        line for number, line in enumerate(text.split("\n")) if line.strip() and number not in boilerplate
    ]  # fmt: skip
    counted = tokens([headline, *body]).filter(pl.col("kind").is_in(COUNTED_KINDS))
    counts = counted.group_by("document", maintain_order=True).len()["len"].to_list()
    assert counts[0] == expected["headline_tokens"]
    assert counts[1:] == expected["body"]["tokens_per_paragraph"]
    assert sum(counts[1:]) == expected["body"]["tokens"]
    assert sum(len(sentences(paragraph)) for paragraph in body) == expected["body"]["sentences"]
    frame = tokens([text])
    assert all(text[start:end] == token for token, start, end in frame.select("token", "start", "end").iter_rows())


def test_other_tokenizers() -> None:
    whitespace = Tokenizer("whitespace")
    whitespace.add(["قال: نعم.\nلا"])
    assert whitespace.types().rows() == [("قال:", "word"), ("نعم.", "word"), ("لا", "word")]
    character = Tokenizer("character")
    batch = character.add([" أب،  1\n\n\U0001f600. ج "])
    surfaces = character.types()["surface"]
    assert [surfaces[int(i)] for i in batch.type_ids] == ["أ", "ب", "،", " ", "1", "\U0001f600", ".", " ", "ج"]
    assert batch.starts.tolist() == [1, 2, 3, 4, 6, 9, 10, 11, 12]
    assert (batch.flags & ~np.uint8(GLUED)).tolist() == [3, 0, 0, 0, 0, 3, 0, 0, 1]
    assert dict(character.types().rows()) == {
        "أ": "word", "ب": "word", "،": "punctuation", " ": "symbol", "1": "number", "\U0001f600": "emoji",
        ".": "punctuation", "ج": "word",
    }  # fmt: skip


def test_types_continue_across_batches() -> None:
    tokenizer = Tokenizer()
    assert tokenizer.add(["أ ب"]).type_ids.tolist() == [0, 1]
    assert tokenizer.add(pl.Series([None, "ب ج"], dtype=pl.Categorical)).type_ids.tolist() == [1, 2]
    assert len(tokenizer) == 3
    assert tokenizer.types(start=2).rows() == [("ج", "word")]
    assert tokenizer.types().schema == {"surface": pl.String, "kind": KIND_DTYPE}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: tokenize(["نعم"]), r"^text must be a str, got \['نعم'\]"),  # type: ignore[arg-type]
        (lambda: sentences(None), r"^text must be a str, got None"),  # type: ignore[arg-type]
        (lambda: tokenize("\ud800"), r"^text must be .*U\+D800"),
        (lambda: tokens("نعم"), "^texts must be .* got 'نعم'"),
        (lambda: tokens([b"x"]), r"^texts\[0\] must be .* got b'x'"),
        (lambda: tokens(pl.Series([1])), "^texts must be .* got Int64"),
        (lambda: Tokenizer("standrad"), "^tokenizer must be .* 'standard'"),
        (lambda: Tokenizer().types(-1), "^start must be .* got -1"),
    ],
)
def test_invalid_input(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()


def test_kinds_and_stop_words() -> None:
    assert set(COUNTED_KINDS) < set(KINDS)
    words = stopwords()
    assert 150 <= len(words) <= 250
    for word in words:
        assert tokenize(word) == [word]
        assert all("\u0621" <= letter <= "\u064a" and letter != "\u0640" for letter in word)
