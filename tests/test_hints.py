"""Searches that find nothing say why: what is written differently here, and what would find something."""

from __future__ import annotations

import io
import re
import sys
import warnings
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit.query.foreign_syntax import translated

pytestmark = pytest.mark.interface

SPANS = dict.fromkeys(("document", "start", "end"), pl.UInt32)
TEXTS = [
    "قال الوزير إن عبدالعزيز وصل، وبالمدرسة طلاب.",
    "سأل المسؤولون عن عبد الرحمن في السعودية. وصل الوفد #الرياض أمس.",
    "زار رئيس مجلس الأعيان المدرسة والمدارس، ثم غادر بسيارتهم كالبرق جدااا.",
]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> ck.Corpus:
    frame = pl.DataFrame({"text": TEXTS, "outlet": ["a", "b", "a"]})
    return ck.Corpus.build(frame, tmp_path_factory.mktemp("hints") / "corpus", progress=False)


@pytest.fixture(scope="module")
def annotated(tmp_path_factory: pytest.TempPathFactory) -> ck.Corpus:
    frame = pl.DataFrame({"text": TEXTS})
    return ck.Corpus.build(frame, tmp_path_factory.mktemp("hints") / "annotated", annotate=True, progress=False)


@pytest.mark.parametrize(
    ("pattern", "here"),
    [
        ('"بيان رسمي"', "بيان رسمي"),
        ("“بيان رسمي”", "بيان رسمي"),
        ("«بيان رسمي»", "بيان رسمي"),
        ("'بيان رسمي'", "بيان رسمي"),
        ("بيان OR تصريح", "بيان|تصريح"),
        ("بيان || تصريح", "بيان|تصريح"),
        ('"بيان رسمي" OR "تصريح"', "بيان رسمي|تصريح"),
        ("بيان، تصريح", "بيان|تصريح"),
        ("بيان,تصريح؛ خبر", "بيان|تصريح|خبر"),
        ("كتب.*", "كتب*"),
        (r"\bكتب\b", "كتب"),
        ("^كتب$", "كتب"),
        (r"\w+ية", r"/\w+ية/"),
        ("[أا]حمد", "/[أا]حمد/"),
        ("قالت?", "/قالت?/"),
        ("لماذا؟", "لماذا"),
        ("كتب%", "كتب*"),
        ("+كتب الوزير", "كتب الوزير"),
        ("lemma:قال", "[lemma=قال]"),
        ("[lemma=='قال']", "[lemma=قال]"),
        ('[lemma=="قال"]', '[lemma="قال"]'),
        ('"و?قال.*" []{0,3} "وزير"', "/و?قال.*/ []{0,3} وزير"),
        ("[lemma=قال] OR [lemma=صرح]", "[lemma=قال]|[lemma=صرح]"),
        ("بيان or تصريح", "بيان|تصريح"),
        ("trick OR treat", "trick|treat"),
        ("`بيان رسمي`", "بيان رسمي"),
        ("\u2039بيان رسمي\u203a", "بيان رسمي"),
        ("[^ا]لملك", "/[^ا]لملك/"),
        ("كتب^4", "كتب"),
        ("كتب~2", "كتب"),
        ('"بيان رسمي"~4', "بيان []{0,4} رسمي|رسمي []{0,4} بيان"),
        ("بيان NEAR/5 تصريح", "بيان []{0,5} تصريح|تصريح []{0,5} بيان"),
        ("بيان near/3 تصريح", "بيان []{0,3} تصريح|تصريح []{0,3} بيان"),
        ("بيان W/3 (تصريح OR خبر)", "بيان []{0,3} (تصريح|خبر)|(تصريح|خبر) []{0,3} بيان"),
        ("بيان PRE/3 تصريح", "بيان []{0,3} تصريح"),
        ("NEAR(بيان تصريح, 3)", "بيان []{0,3} تصريح|تصريح []{0,3} بيان"),
        ("بيان AROUND(3) تصريح", "بيان []{0,3} تصريح|تصريح []{0,3} بيان"),
        ("بيان AND تصريح", "بيان []{0,5} تصريح|تصريح []{0,5} بيان"),
        ("+بيان +تصريح", "بيان []{0,5} تصريح|تصريح []{0,5} بيان"),
        ("/بيان/i", "/بيان/"),
        ("lemma=قال", "[lemma=قال]"),
        ('word = "قال"', "[word=قال]"),
        ("{قال}", "[lemma=قال]"),
        ("كتب_VERB", "[word=كتب & pos=VERB]"),
        ('c("كتب", "قرأ")', "كتب|قرأ"),
        ("['كتب', 'قرأ']", "كتب|قرأ"),
        ("[كتب، قرأ]", "كتب|قرأ"),
        ("[الملك]", "الملك"),
        ("(كتب|قرأ)ت", "/(كتب|قرأ)ت/"),
        (r"كتب\s+قرأ", "كتب قرأ"),
        ("كت؟ب", "كت?ب"),
        # what cannot be said by a pattern
        ("بيان NOT تصريح", ""),
        ("بيان -تصريح", ""),
        ("!بيان", ""),
        ("بيان AND", ""),
    ],
)
def test_patterns_of_other_tools(pattern: str, here: str) -> None:
    different, text, _ = translated(pattern)
    assert different
    assert text == here
    assert translated(text)[:2] == ([], text)


@pytest.mark.parametrize(
    "pattern",
    ["السعودية", "رئيس|وزير", "رئيس * مجلس", "1,000", "أ.ف.ب", "U.S.", "COVID-19", "it's", "?قال", "/قالت?/ الوزير",
     "(رئيس|وزير) []{0,2} مجلس", '[lemma="قال" & pos!=NOUN]', "(جدا)? كبير", "#الرياض", "بيان أو تصريح", ""],
)  # fmt: skip
def test_own_patterns_are_left_alone(pattern: str) -> None:
    assert translated(pattern)[:2] == ([], pattern)


@pytest.mark.parametrize(
    ("pattern", "options", "said"),
    [
        ('"رئيس مجلس"', {}, "without quotation marks, which are signs of the text. 'رئيس مجلس' has 1 hit."),
        ("الوزير OR السعودية", {}, "separated by |. 'الوزير|السعودية' has 2 hits."),
        ("سأل،زار", {}, "not by commas. 'سأل|زار' has 2 hits."),
        ("وصل.*", {}, "'وصل*' has 2 hits."),
        ('"رئيس المجلس"', {}, "Write 'رئيس المجلس'. 'المجلس' does not occur. 'مجلس' has 1 hit."),
        ("وصل AND غادر", {}, "Conditions on documents are calls: corpus.containing('وصل').containing('غادر')."),
        ("وصل NOT غادر", {}, "corpus.containing('وصل').containing('غادر', invert=True)."),
        ("رئيس near/3 الأعيان", {}, "'رئيس []{0,3} الأعيان|الأعيان []{0,3} رئيس' has 1 hit."),
        ("outlet:b", {}, "Documents are chosen by their metadata with corpus.filter(outlet='b')."),
        ("lemma:قال", {}, "Write '[lemma=قال]'. 'قال' has 1 hit. [lemma=...] needs corpus.annotate()."),
        ("وص.ل", {}, "The most similar words are 'وصل' (2)."),
        ("سأل/زار", {}, "Alternatives are separated by |. 'سأل|زار' has 2 hits."),
        ("#رئيس_مجلس", {}, "'رئيس مجلس' has 1 hit."),
        ("رئيس ... الأعيان", {}, "'رئيس []{0,5} الأعيان' has 1 hit."),
        ("طلاب *", {}, "Its words occur, but not one after another."),
        ("[word=وصل] [word=قلم]", {}, "'[word=قلم]' does not occur."),
        ("إلوزير", {"exact": True}, "Without exact=True there is 1 hit, spelled 'الوزير'."),
        ("عبد العزيز", {}, "'عبدالعزيز' has 1 hit."),
        ("عبدالرحمن", {}, "'عبد الرحمن' has 1 hit."),
        ("الرياض", {}, "'#الرياض' has 1 hit."),
        ("رياض", {}, "'#*رياض*' has 1 hit."),
        ("سيارة", {}, "With clitics there may be 1 hit, spelled 'بسيارتهم'"),
        ("وزير", {}, "'الوزير' has 1 hit."),
        ("السعودييه", {}, "The most similar words are 'السعودية' (1)."),
        ("المسئولون", {}, "The most similar words are 'المسؤولون' (1)."),
        ("بالمدرسة", {}, "With clitics there may be 1 hit, spelled 'وبالمدرسة': call corpus.annotate() once"),
        ("برق", {}, "'البرق' may have 1 hit with clitics, spelled 'كالبرق': call corpus.annotate() once"),
        ("سعودي", {}, "The most similar words are 'السعودية' (1)."),
        ("جدا", {}, "'/ج+د+ا+/' has 1 hit, spelled 'جدااا'."),
        ("al-Wazeer", {}, "In Arabic letters it may be 'الوزير' (1)."),
        ("AbdulAziz", {}, "In Arabic letters it may be 'عبدالعزيز' (1)."),
        ("رئيس الأعيان", {}, "'رئيس []{0,5} الأعيان' has 1 hit."),
        ("الأعيان رئيس", {}, "Its words occur, but not one after another."),
        ("قققق", {}, ""),
        ("صل", {}, ""),  # of وصل
        ("ققق*", {}, ""),
    ],
)
def test_why_nothing_is_found(corpus: ck.Corpus, pattern: str, options: dict[str, Any], said: str) -> None:
    lines = ck.kwic(corpus, pattern, **options)
    assert not len(lines)
    assert said in lines.hint
    assert bool(said) == bool(lines.hint)


def test_what_is_named_is_found(corpus: ck.Corpus) -> None:
    """The twin: every pattern and number in a hint is what a search for it gives."""
    found = 0
    for pattern in ('"رئيس مجلس"', "سأل،زار", "عبد العزيز", "الرياض", "وزير", "السعودييه", "المسئولون", "وصل.*"):
        words = ck.kwic(corpus, pattern).hint.split("'")
        for named, number in zip(words[1::2], words[2::2], strict=False):
            counts = [int(part.strip("(,. )")) for part in number.split() if part.strip("(,. )").isdecimal()]
            if counts:
                assert len(ck.kwic(corpus, named)) == counts[0], named
                found += 1
    assert found >= 8


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("سيارة", "With clitics=True there is 1 hit, spelled 'بسيارتهم'."),
        ("[lemma=المدارس]", "'[lemma=مدرسة]' has 3 hits."),
        ("[pos=NN]", "Values of pos: ADJ, "),
        ("[lemma=وزيرر]", "The most similar values of lemma are '[lemma=وزير]' (1)."),
        ("[word=السعوديه]", "'السعوديه' has 1 hit."),
    ],
)
def test_annotated_words(annotated: ck.Corpus, pattern: str, said: str) -> None:
    assert said in ck.kwic(annotated, pattern).hint


def test_the_filter_may_be_the_reason(corpus: ck.Corpus) -> None:
    part = corpus.filter(outlet="a")
    assert ck.kwic(part, "السعودية").hint == (
        "The whole corpus has 1 hit of 'السعودية'; this subcorpus has 2 of its 3 documents."
    )
    without = corpus.exclude(pl.DataFrame({"document": [1], "start": [0], "end": [60]}, schema=SPANS))
    assert ck.kwic(without, "السعودية").hint == "In the spans that were excluded there is 1 hit of 'السعودية'."
    assert not ck.kwic(without, "قققق").hint
    empty = part.filter(pl.col("words") > 100)
    assert ck.kwic(empty, "الوزير").hint.startswith("This subcorpus has no documents: outlet='a', [(col(\"words\"))")


@pytest.mark.parametrize("exact", [False, True])
def test_no_hint_where_something_is_found(corpus: ck.Corpus, exact: bool) -> None:
    assert ck.kwic(corpus, "الوزير", exact=exact).hint == ""
    assert ck.kwic(corpus, "الوزير", sample=0).hint == ""


def test_an_empty_concordance_shows_it(corpus: ck.Corpus) -> None:
    lines = ck.kwic(corpus, "عبد العزيز")
    said = "no lines. 'عبدالعزيز' has 1 hit."
    assert said in repr(lines)
    assert said in str(ck.show(lines, max_rows=3))
    assert said in lines._repr_html_().replace("&#x27;", "'").replace("<bdi>", "").replace("</bdi>", "")
    assert ck.kwic(corpus, "قققق").hint not in ("no lines",)


def test_tables_and_subcorpora_warn(corpus: ck.Corpus) -> None:
    said = r"pattern 'عبد العزيز' finds nothing\. 'عبدالعزيز' has 1 hit\."
    with pytest.warns(UserWarning, match=said):
        assert ck.frequency(corpus, pattern="عبد العزيز").is_empty()
    with pytest.warns(UserWarning, match=said):
        assert ck.collocations(corpus, "عبد العزيز").is_empty()
    with pytest.raises(ck.InputError, match=r"got 0 hits of 'عبد العزيز'\. 'عبدالعزيز' has 1 hit\."):
        ck.compare_collocations(corpus, corpus, ("وصل", "عبد العزيز"), min_count=1)
    with pytest.warns(UserWarning, match=said):
        assert not len(corpus.containing("عبد العزيز"))
    with pytest.warns(UserWarning, match="has at most 1 hits in a document, so that none is left"):
        assert not len(corpus.containing("وصل", min_hits=2))
    with pytest.warns(UserWarning, match="has at least 1 hits in every document, so that none is left"):
        assert not len(corpus.filter(outlet="b").containing("وصل", invert=True))


def test_quotation_marks_find_less_than_elsewhere(tmp_path: Path) -> None:
    texts = ['قالوا "السلام" للجميع.', "السلام عليكم. قرأنا السلام، والخبر."]
    with ck.Corpus.build(pl.DataFrame({"text": texts}), tmp_path / "quoted", progress=False) as quoted:
        said = r"without quotation marks, which are signs of the text\. 'السلام' has 3 hits\."
        lines = ck.kwic(quoted, '"السلام"')
        assert len(lines) == 1
        assert re.search(said, lines.hint)
        assert re.search(said, repr(lines).replace("\n", " "))
        assert re.search(said, str(ck.show(lines, language="ar")).replace("\n", " "))
        for call in (
            lambda: ck.frequency(quoted, pattern='"السلام"'),
            lambda: ck.collocations(quoted, '"السلام"', min_count=1),
            lambda: quoted.containing('"السلام"'),
        ):
            with pytest.warns(UserWarning, match=rf"""pattern '"السلام"' finds 1 hit\. .*{said}"""):
                call()
        assert ck.kwic(quoted, "السلام، والخبر").hint == ck.kwic(quoted, "للجميع.").hint == ""


def test_nobody_is_warned_of_what_is_there_or_was_empty_before(corpus: ck.Corpus) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(corpus.containing("قققق", invert=True)) == 3
        assert not len(corpus.filter(pl.lit(False)).containing("وصل"))


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("[أا]حمد", r"stands between slashes.*Write '/\[أا\]حمد/'\."),
        ("رئيس || وزير", r"separated by \|\. Write 'رئيس\|وزير'\."),
    ],
)
def test_errors_say_it_too(corpus: ck.Corpus, pattern: str, said: str) -> None:
    with pytest.raises(ck.InputError, match=f"has an error at character .*{said}"):
        ck.kwic(corpus, pattern)


def test_an_error_of_our_own_syntax_stays_as_it_is(corpus: ck.Corpus) -> None:
    with pytest.raises(ck.InputError, match=r"for the sign itself\.\n"):
        ck.kwic(corpus, "(رئيس")


def test_the_command_says_it(corpus: ck.Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    from corpus_kit.cli.main import main

    monkeypatch.setattr(sys, "argv", ["corpus-kit", "kwic", str(corpus.path), "عبد العزيز"])
    printed = io.StringIO()
    with redirect_stdout(printed), pytest.raises(SystemExit):
        main()
    assert "no lines. 'عبدالعزيز' has 1 hit." in printed.getvalue()


def test_words_of_other_units(annotated: ck.Corpus) -> None:
    with pytest.warns(UserWarning, match=r"finds nothing\. .*\[lemma="):
        ck.frequency(annotated, pattern="المدارس", unit="lemma")
    with pytest.warns(UserWarning, match="pattern 'قلم' finds nothing"):
        ck.frequency(annotated, pattern="قلم", unit="root")


def test_bad_patterns_and_long_ones(corpus: ck.Corpus) -> None:
    long = ("ق" * 300, "ق" * 100_000, '"ق ' * 30, " ".join(["قال"] * 50))
    for pattern in (*long, "[surface=ققق]", "[kind=emoji]", "ق|كق|ققق", r"ق\*", "ق/ق"):
        assert isinstance(ck.kwic(corpus, pattern).hint, str)
