"""What is said of each construct of the language where it finds nothing, and of errors: labels are no words."""

from __future__ import annotations

import pytest

import corpus_kit as ck
from corpus_kit.errors import InputError

pytestmark = pytest.mark.interface


@pytest.fixture(scope="module")
def corpus() -> ck.Corpus:
    found = ck.sample_corpus()
    return found.with_structures(quotation=ck.news.quotations(found)).with_definitions(
        {"lists": {"verbs": ["قال", "أضاف"]}, "macros": {"said": "[lemma=$verbs] []{0,4} $0", "told": '"قال" "$0"'}}
    )


NO_CLAUSES = "Without its clauses (within, ::) it has no hits either."
NOT_THERE = "No region of quotation fulfils what is asked of it."
QUOTED = "A phrase is written without quotation marks, which are signs of the text."


@pytest.mark.parametrize(
    ("pattern", "hint"),
    [
        # labels and anchors
        ("@[folded=xyzz]", ""),
        ("a:[folded=xyzz]", ""),
        ("a:[folded=xyzz] السهل", "'[folded=xyzz]' does not occur."),
        ("b:@9[folded=xyzz] السهل", "'[folded=xyzz]' does not occur."),
        ("a:[folded=xyzz] []{0,2} b:[folded=السهل] :: a.lemma=b.lemma",
         f"{NO_CLAUSES} '[folded=xyzz]' does not occur."),
        ("a:[folded=هدنة] []{0,2} b:[folded=السهل] :: a.lemma=b.lemma", NO_CLAUSES),
        # clauses
        ('السهل xyzz :: match.text.outlet="q"', f"{NO_CLAUSES} 'xyzz' does not occur."),
        ("السهل xyzz within s", f"{NO_CLAUSES} 'xyzz' does not occur."),
        ("xyzz not within quotation", NO_CLAUSES),
        ("xyzz within 3 expand to s cut 3", NO_CLAUSES),
        ("السهل within quotation[kind=zz]", f"{NOT_THERE} Without its clauses (within, ::) it has 273 hits."),
        ('السهل :: match.text.outlet="zz"', "Without its clauses (within, ::) it has 273 hits."),
        ('"السهل" within s', f"{NO_CLAUSES} {QUOTED} 'السهل' has 273 hits."),
        ("(?longest) السهل xyzz", "'xyzz' does not occur."),
        (r"\within xyzz", r"'\within' does not occur. 'xyzz' does not occur."),
        # places and regions
        ("<s> xyzz", "'xyzz' does not occur."),
        ("<headline> xyzz السهل", "'xyzz' does not occur."),
        ("<s> السهل </s>", "Without <s> and </s> there are 273 hits."),
        ("السهل (?=هدنة)", "Without (?=هدنة) there are 273 hits."),
        ("xyzz (?!السهل)", "'xyzz' does not occur."),
        ("[: folded=xyzz :] السهل", "Without [: folded=xyzz :] there are 273 hits."),
        ("السهل </s> هدنة", "Its words occur, but not one after another."),
        ("<quotation speaker=zz> لا", NOT_THERE),
        ("/region[quotation kind=zz]", NOT_THERE),
        ('السهل []{0,3} هدنة []{0,3} xyzz', "'xyzz' does not occur."),
        # nearness
        ("MU(meet xyzz السهل s)", "'xyzz' does not occur."),
        ("MU(meet السهل هدنة 1 1)", "Its words occur, but not near one another."),
        ("(xyzz السهل) within 5", "'xyzz' does not occur."),
        ("(السهل هدنة) within 2", "Its words occur, but not near one another."),
        # macros, word lists, groups, repeats
        ("/said[xyzz]", "'xyzz' does not occur."),
        ("[lemma=$verbs] xyzz", "'xyzz' does not occur."),
        ("السهل (هدنة xyzz)", "'(هدنة xyzz)' does not occur."),
        ("(xyzz)+ السهل", "'(xyzz)+' does not occur."),
        ("(xyzz)+", ""),
        ("xyzz|zzxy", ""),
        ("/xyzz/%e السهل", "'/xyzz/%e' does not occur."),
        # conditions
        ("[word=xyzz & lemma=قال] السهل", "'[word=xyzz & lemma=قال]' does not occur."),
        ('[word="xy OR zz"]', ""),
        ("[word=/السهل/]", "'/السهل/' has 273 hits."),
        ("[!quotation & folded=xyzz]", ""),
        # what another tool would say
        ("السهل OR xyzz :: match.text.outlet=q",
         f"{NO_CLAUSES} Alternatives are separated by |. 'السهل|xyzz' has 273 hits."),
        ("outlet:المرقاب السهل", "Documents are chosen by their metadata with corpus.filter(outlet='المرقاب')."),
    ],
)  # fmt: skip
def test_hints_of_constructs(corpus: ck.Corpus, pattern: str, hint: str) -> None:
    lines = ck.kwic(corpus, pattern)
    assert not len(lines)
    assert lines.hint == hint


@pytest.mark.parametrize(
    ("query", "hint"),
    [
        ('"xyzz"', ""),
        ('"سهل" "xyzz"', """'"سهل"' does not occur. '"xyzz"' does not occur."""),
        ('a:"xyzz" "السهل"', """'"xyzz"' does not occur."""),
        ('"السهل" "هدنة"', "Its words occur, but not one after another."),
        ('<s> "xyzz"', """'"xyzz"' does not occur."""),
        ('"xyzz" within s;', NO_CLAUSES),
        ('"السهل" :: match.text_outlet="x"', "Without its clauses (within, ::) it has 273 hits."),
        ('MU(meet "xyzz" "السهل" 1 1)', """'"xyzz"' does not occur."""),
        ('TAB "xyzz" {0,2} "السهل"', """'"xyzz"' does not occur."""),
        ('"السَّهل"', """'"السَّهل" %cd' has 273 hits."""),
        ('<quotation_speaker="zz"> []', NOT_THERE),
        ('$verbs "xyzz"', """'"xyzz"' does not occur."""),
        ('/told["xyzz"]', """'"xyzz"' does not occur."""),
        ('[: word="xyzz" :] []', ""),
    ],
)
def test_hints_of_queries_of_cqp(corpus: ck.Corpus, query: str, hint: str) -> None:
    lines = ck.kwic(corpus, ck.cqp(query))
    assert not len(lines)
    assert lines.hint == hint


@pytest.mark.parametrize(
    ("pattern", "end"),
    [
        ('"السهل" within sx', r"Did you mean 's'? Write \within for the word itself."),
        ('"السهل" <sx>', "Did you mean 's'?"),
        ('"السهل" </sx> OR قال', "Did you mean 's'?"),
        ("السهل AND [lema=قال]", "Did you mean 'lemma'?"),
        ('a:[] "x" :: b.lemma="y"', "Labels of this pattern are a."),
        ("[lemma=x & lemma=y] OR السهل", "write | for either."),
        ('"قال" [lemma=$verb]', r"Write \$verb for the text itself; corpus.with_definitions(...) adds lists."),
        ("السهل, [kind=wrd]", "Did you mean 'word'?"),
        ('"السهل" within 0', "expected a number from 1 up to 999,999,999."),
        ('[folded="x"%e] OR x', "folded forms are never so."),
        ('<quotation speakr="x"> قال', "quotation has no attribute 'speakr'. Did you mean 'speaker'?"),
        ('@[lemma=a.lemma] "x"', "Labels of this pattern are target."),
        ('"قال" []{0,2000} x', "*, + and {2,} have no limit."),
        ('"x" [lemma:قال]', "expected = or != after lemma."),
        ("[lemma=قال && pos=VERB]", "conditions are joined by one &."),
        ("MU(meet السهل قال sx)", "Did you mean 's'?"),
        ('"a" /saidd[x]', "Did you mean 'said'? corpus.with_definitions(...) adds one."),
        ('a:[word=x] <quotation_speaker="x"> (السهل', r"'(' is never closed; write \( for the sign itself."),
        # what is another tool's is still told
        ("[أا]حمد", "Write '/[أا]حمد/'."),
        ("رئيس || وزير", "Write 'رئيس|وزير'."),
    ],
)
def test_errors_of_meaning_have_no_hints_of_other_tools(corpus: ck.Corpus, pattern: str, end: str) -> None:
    with pytest.raises(InputError) as caught:
        ck.kwic(corpus, pattern)
    assert str(caught.value).partition("\n")[0].endswith(end)


def test_a_pattern_of_our_own_is_not_misread(corpus: ck.Corpus) -> None:
    for pattern in ('السهل :: match.text.outlet="المرقاب OR x" | match.folded=السهل', '[folded="السهل OR x|السهل"]'):
        lines = ck.kwic(corpus, pattern)
        assert len(lines)
        assert lines.hint == ""
