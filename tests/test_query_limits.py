"""Queries that are too large, that ask for too much, for what cannot be, or for nothing of our syntax."""

from __future__ import annotations

import signal
import threading
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit.corpus.definitions import read_definitions
from corpus_kit.errors import InputError
from corpus_kit.query.pattern_names import names_of
from corpus_kit.query.patterns import parse_pattern
from corpus_kit.search import concordance, matching, scopes, token_values
from corpus_kit.search.matching import find

pytestmark = pytest.mark.interface

LONGEST = 240_000  # characters: enough for what is not linear to take minutes
DEFINITIONS = read_definitions(
    {
        "lists": {
            "said": ["قال", "أكد"],
            "many": [f"كلمة{number}" for number in range(40_000)],
            "most": [f"كلمة{number}" for number in range(100_000)],
        },
        "macros": {
            "it": "$0",
            "twice": "$0 $0",
            "itself": "/itself[]",
            "one": "/other[]",
            "other": "/one[]",
            "m0": "قال",
            **{f"m{number}": f"/m{number - 1}[] /m{number - 1}[]" for number in range(1, 30)},
        },
    }
)


@pytest.fixture(scope="module")
def corpus():
    return ck.sample_corpus().with_definitions(DEFINITIONS)


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory):
    """Return a corpus of one paragraph of 60,000 words and some signs, and a short document."""
    words = [("قال", "علي", "في", f"كلمة{number % 97}", "،")[number % 5] for number in range(75_000)]
    texts = [{"text": " ".join(words) + " نهاية"}, {"text": "قال علي: في. " * 3}]
    return ck.Corpus.build(texts, Path(tmp_path_factory.mktemp("long")) / "corpus")


def read(corpus, text: str):
    return parse_pattern(text, names=names_of(corpus))


def filled(text: str, length: int = LONGEST) -> str:
    return (text * (length // len(text) + 1))[:length]


# ----------------------------------------------------------------------------------------- size


LARGE = {
    "brackets": "(" * 5000 + "قال" + ")" * 5000,
    "brackets of a condition": "[" + "(" * 9000 + "lemma=قال",
    "implications": "[" + " -> ".join(["lemma=قال"] * 5000) + "]",
    "implications of labels": "a:[] ب :: " + " -> ".join(["a.lemma=قال"] * 5000),
    "looks": filled("(?="),
    "nearness": "MU" + "(union " * 3000,
    "nested macros": "/it[" * 5000 + "قال" + "]" * 5000,
    "doubling macros": "/twice[" * 25 + "قال" + "]" * 25,
    "macros that explode": "/m29[]",
    "an argument of commas": "/it[" + filled(",", LONGEST - 5) + "]",
    "an argument that is not closed": "/it[" + filled("x", LONGEST - 4),
    "characters": "ا" * 1_000_001,
    "words": filled("قال "),
    "alternatives": filled("ا|"),
    "structures": filled("<s> "),
    "words before structures": filled("a<s>"),
    "labels": " ".join(f"a{number}:[]" for number in range(51)) + " قال",
    "labelled alternatives": "|".join(["a:[lemma=قال]"] * 3_000),
    "clauses": "قال " + filled("within 5 ", LONGEST - 4),
    "colons": filled(":: "),
    "a list": "[lemma=$most]",
    "two lists": "[lemma=$many | stem=$many]",
    "roots": "[root=$many]",
    "a regular expression": "/((((ا{100}){100}){100}){100})/",
    "steps": "([folded=قال | folded=أكد] []{0,100}){0,100} قال",
}
LARGE_IN_CQP = {
    "brackets": "(" * 5000,
    "implications": "[" + " -> ".join(['word="x"'] * 5000) + "]",
    "words": filled('"x" '),
    "markers": filled("@", 50_000),
    "labels": " ".join(f"a{number}:[]" for number in range(51)) + ' "x"',
    "nearness": "MU" + "(union " * 3000,
    "macros that explode": "/m29[]",
    "letters": "[strlen(word) > 999999999]",
    "a list": "[word=$most]",
    "a list of expressions": "[word=RE($most)]",
    "steps": '("قال" []{0,100} "في"){50,100} "x"',
}


@pytest.mark.parametrize("name", LARGE)
def test_what_is_too_large_is_refused(corpus, name: str) -> None:
    with pytest.raises(InputError, match=r"^pattern ") as caught:
        read(corpus, LARGE[name])
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize("name", LARGE_IN_CQP)
def test_what_is_too_large_in_cqp_is_refused(corpus, name: str) -> None:
    with pytest.raises(InputError, match=r"^pattern ") as caught:
        read(corpus, ck.cqp(LARGE_IN_CQP[name]))
    assert len(str(caught.value)) < 600


def test_what_is_long_is_read(corpus) -> None:
    assert read(corpus, filled("ا")).tests
    assert read(corpus, "/it[" + filled("x", LONGEST - 100) + "]").macros == {"it"}
    assert read(corpus, "[lemma=$many]{1,3} قال").lists == {"many"}
    assert read(corpus, " ".join(f"a{number}:[]" for number in range(50)) + " قال").labels[-1] == "a49"
    assert read(corpus, "(" * 49 + "قال" + ")" * 49).tests


# ----------------------------------------------------------------------------- errors have a place


@pytest.mark.parametrize(
    ("query", "place", "message"),
    [
        ("قال /itself[]", 5, "calls itself: itself -> itself"),
        ("قال /one[]", 5, "calls itself: one -> other -> one"),
        ("/itt[قال]", 1, "there is no macro 'itt'. Did you mean 'it'?"),
        ("/it[a, b]", 1, "takes 1 argument"),
        ("قال within sentenc", 12, "Did you mean 'sentence'"),
        ("قال within quotes", 12, r"headline. Write \within for the word itself."),
        ("<headlin> قال", 2, "Did you mean 'headline'"),
        ("قال </q>", 7, "there is no structure 'q'"),
        ("قال expand to textt", 15, "Did you mean 'text'"),
        ("MU(meet a b sx)", 13, "there is no structure 'sx'"),
        ('قال :: match.text.outlett="x"', 14, "Did you mean 'text.outlet'"),
        ("قال علي within 0", 16, "a number from 1 up"),
        ("قال within 9999999999", 12, "a number from 1 up"),
        (f"قال within {'9' * 5000}", 12, "a number from 1 up"),
        ("قال cut 0", 9, "a number from 1 up"),
        (f"قال cut {'9' * 5000}", 9, "a number from 1 up"),
        ("قال cut 5 cut 6", 11, "is cut once"),
        ("قال expand by 0", 15, "a number from 1 up"),
        ("قال not within 5", 16, "expected a structure after not within"),
        ("قال not within 2 headline", 16, "and no number"),
        ("قال not within text", 16, "every one is in a text"),
        ("قال not within s", 16, "every one is in a s"),
        ("قال :: !", 9, "expected a label after ::"),
        ("a:[] :: b.lemma=x", 9, "no token has the label 'b'"),
        ("@[] ب :: keyword.lemma=x", 10, "no token has the label 'keyword'"),
        ("[lemma=b.lemma] b:[]", 8, "label of a later token"),
        ("[lemma=a & lemma=b]", 2, "no token has lemma=a and lemma=b; write | for either"),
        ('[lemma="a" & lemma=b]', 2, "no token has lemma=a and lemma=b"),
        ("[lemma=a & lemma!=a]", 2, "no token has lemma=a and lemma!=a"),
        ("[lemma=a & !lemma=a]", 2, "contrary"),
        ("a:[] قال :: a & !a", 13, "contrary"),
        ('a:[] قال :: a.lemma="x" & a.lemma="y"', 13, "no token has lemma=x and lemma=y"),
        ('a:[] قال :: a.lemma="x" :: a.lemma="y"', 28, "no token has lemma=x and lemma=y"),
        ("a:[lemma=x] :: a.lemma=y", 16, "no token has"),
        ("قال [(kind=word & kind=number) | (lemma=a & lemma=b)]", 6, "no token has kind=word and kind=number"),
        ("[lemma=x & (lemma=y | lemma=z)]", 2, "no token has lemma=x and lemma=y"),
        ("[lemma=x & !(lemma=x | lemma=z)]", 2, "contrary"),
        ("[!(lemma=x | !lemma=x)]", 2, "contrary"),
        ("[lemma=$said & lemma!=$said]", 2, "contrary"),
        ("<text outlet=x & outlet=y> قال", 7, "no token has text.outlet=x and text.outlet=y"),
        ("قال within text[outlet=x & outlet=y]", 17, "no token has"),
        ("[: lemma=x & lemma=y :] قال", 4, "no token has"),
        ("a:[] b:[] :: a.lemma=b.lemma & a.lemma!=b.lemma", 14, "contrary"),
        ("a:[lemma=x] b:[] :: a.lemma=y | a.lemma=z", 21, "no token has"),
        # what says nothing of words that are near each other
        ("MU(meet a b 1 1) :: match.folded=a", 21, "constraints on their document alone"),
        ("(a b) within 5 :: match.folded=a", 19, "without the brackets"),
        ("(a b) within 5 :: !(match.text.outlet=x)", 19, "constraints on their document alone"),
        ("(?longest) (a b) within 5", 1, "no strategy"),
        ("(?longest) MU(meet a b 1 1)", 1, "no strategy"),
        ("(a:[lemma=x] b) within 5", 1, "no labels"),
        ("(a []{0,3} b) within 5", 1, "leave out gaps and places"),
        ("(a <s> b) within 5", 1, "leave out gaps and places"),
        ("[]*? قال", 4, "one repeat"),
        ("(قال)+{2}", 7, "one repeat"),
        ("/قال/{2}?", 9, "one repeat"),
        ("a:[] b:[] :: distance(a,b) < 2 & distance(a,b) > 5", 14, "no distance"),
        ("a:[] b:[] :: distance(a,b) < 0", 14, "no distance"),
        ("a:[] b:[] :: distance(b,a) > 0", 14, "no distance"),
        ("(a:[lemma=x]|b:[lemma=y]) :: a.lemma=b.lemma", 30, "no hit has both labels, a and b"),
    ],
)
def test_errors_have_a_place_and_a_caret(corpus, query: str, place: int, message: str) -> None:
    with pytest.raises(InputError, match=f"at character {place}: ") as caught:
        read(corpus, query)
    assert message in str(caught.value)
    [note] = caught.value.__notes__
    assert note.endswith("^")


def test_contradictions_take_little_time() -> None:
    """Choices are not multiplied: 2 to the power of 500 ways to fulfil them."""
    several = " & ".join(f"(lemma=a{number} | lemma=b{number})" for number in range(500))
    assert parse_pattern(f"[{several}]").tests
    nested = "(lemma=a & (lemma=a | " * 20 + "lemma=b" + "))" * 20
    assert parse_pattern(f"[{nested}]").tests
    other = " | ".join(f"lemma=b{number}" for number in range(1_000))
    assert parse_pattern(f"[{' & '.join(f'lemma!=a{number}' for number in range(1_000))} & ({other})]").tests


@pytest.mark.parametrize(
    "query",
    [
        "[root=كتب & root=علم]",  # a type may have several
        "[lemma=x | lemma=y]",
        "a:[lemma=x]? قال :: !(a.lemma=x)",  # a may be no token
        "(a:[lemma=x]|b:[lemma=y]) :: a -> a.lemma=x",
        "(a:[lemma=x]|b:[lemma=y])+ :: a.lemma=b.lemma",
        "(a:[] []{0,3}){2} b:[] :: distance(a,b) > 0",
        "(a:[] b:[]){1,2} :: distance(b,a) < 0",
        "a:[lemma=x] a:[lemma=y] :: a.lemma=y",
        "a:[] b:[] :: distabs(a,b) >= 1",
        '[lemma="a.*" & lemma="ab"]',
        # what never holds is no part of what is found, and no error
        "[lemma=x | (kind=word & kind=number)]",
        "[!(kind=word & kind=number) & lemma=x]",
        "[lemma=x & (lemma=y | lemma=x)]",
        "[(lemma=x & lemma=y) -> lemma=z]",
        "[(lemma=a | lemma=b) & (lemma=b | lemma=c)]",
        "a:[] b:[] :: a.folded=b.folded | (a & !a)",
    ],
)
def test_what_may_be_is_read(corpus, query: str) -> None:
    assert read(corpus, query).labels is not None


# ------------------------------------------------------------------------- text like our syntax

# What people search for; each finds what its words and signs find one after another, as a phrase does.
PLAIN = [
    "http://a/b", "a@b.c", r"C:\\x", "cut 5", "cut", "within", "expand", "::", "<3", "@name", "$100", "$", "5%", "%",
    "a:b", "#tag", "a<b", "a < b", "قال ::", ":: قال", "قال:: كتب", "<قال>", "p<0.05", "n=5", "x->y", "a;b", "&amp;",
    "قال %", "C++", "MU", "TAB", "not", "@قال", "://", "و/أو", "!", "a=b", "a & b", "ق: قال", "match.text",
]  # fmt: skip


@pytest.mark.parametrize("text", PLAIN)
def test_plain_text_is_no_syntax(corpus, text: str) -> None:
    parsed = read(corpus, text)
    clauses = [parsed.labels, parsed.scopes, parsed.constraint, parsed.expansion, parsed.meet, parsed.at_most]
    assert not any(clauses)
    escaped = read(corpus, "".join(f"\\{sign}" if not sign.isalnum() and sign not in " \\" else sign for sign in text)
                   if "\\" not in text else text)  # fmt: skip
    assert parsed.root == escaped.root


@pytest.mark.parametrize("text", ["http://a/b?x=[1", "1:[2]", "قال: [2]", "<b>x</b>", "a<p b", "قال within ساعة", "(؟"])
def test_text_that_is_no_pattern_is_refused_with_its_place(corpus, text: str) -> None:
    with pytest.raises(InputError, match="at character") as caught:
        read(corpus, text)
    assert caught.value.__notes__


# -------------------------------------------------------------------------------- time and memory


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("قال علي within 999999999", 15_003),
        ("قال []{0,3} في within 1000000", 15_003),
        ("(قال نهاية) within 999999999", 1),
        ("(قال علي في قال علي في قال علي) within 30", None),
        ("MU(meet قال علي -999999999 999999999)", 15_003),
        ("MU" + "(meet " * 45 + "قال " + " علي -1 1)" * 45, None),
        ("قال expand by 999999999", None),
        ("قال expand to text", 2),
        ("a:[] []{0,9} b:[folded=نهاية] :: a.folded!=b.folded", 1),
        ("<text> []* </text>", 2),
    ],
)
def test_long_paragraphs_take_little(long, query: str, number: int | None) -> None:
    found = find(long, read(long, query))
    assert len(found) == number if number is not None else len(found) > 0


def test_widths_do_not_depend_on_the_way_they_are_found(long) -> None:
    """Few hits and short widths are read, many are looked up."""
    few, many = ("علي في within 3 cut 40", "علي []{0,2} في within 3")
    first = find(long, read(long, few))
    for number in (1, 2, 7, 100_000):
        wide = find(long, read(long, f"نهاية expand by {number}"))
        words = long.folded_words[long.token_types[wide.first[0] : wide.end[0]]]
        assert words.sum() == min(number + 1, 75_001)
        assert words[0]
    assert first.first.tolist() == find(long, read(long, many)).first[:40].tolist()


@pytest.mark.parametrize(
    ("query", "bytes_of_each"),
    [
        ("قال في", "_BYTES_OF_A_START"),
        ("a:قال b:في :: a.folded!=b.folded", "_BYTES_OF_A_LABEL"),
        ("MU(meet قال في -2 2)", "_BYTES_OF_A_MEETING"),
        ("MU(meet قال في s)", "_BYTES_OF_A_MEETING"),
        ("(قال في) within 5", "_BYTES_NEAR"),
        ("قال expand by 2", "_BYTES_OF_A_WIDENED_HIT"),
        ("في * expand to s", "_BYTES_OF_A_WIDENED_HIT"),
    ],
)
def test_what_a_search_needs_is_counted_first(
    corpus, monkeypatch: pytest.MonkeyPatch, query: str, bytes_of_each: str
) -> None:
    parsed = read(corpus, query.replace("a:قال b:في", "a:[folded=قال] b:[folded=في]"))
    find(corpus, parsed)
    monkeypatch.setattr(matching, bytes_of_each, 1 << 50)
    with pytest.raises(InputError, match=r"The search for .* GB of working memory, .* Use rarer words"):
        find(corpus, parsed)


@pytest.mark.parametrize("query", ["في within 3", "في * within 3", "في within s", "في * within s"])
def test_bounds_of_hits_are_counted_first(corpus, monkeypatch: pytest.MonkeyPatch, query: str) -> None:
    for name in ("_BYTES_OF_WORDS", "_BYTES_OF_REGIONS"):
        monkeypatch.setattr(scopes, name, 1 << 50)
    with pytest.raises(InputError, match="GB of working memory"):
        find(corpus, read(corpus, query))


def test_tables_beyond_memory_are_told_before(corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ck.kwic(corpus, "في")
    monkeypatch.setattr(token_values, "_BYTES_OF_A_TOKEN", 1 << 50)
    for table in (lines.group, lines.tabulate):
        table("match[-1].folded")
        with pytest.raises(InputError, match=r"To look up .* tokens of .* hits needs .* \(reduce, thin\)"):
            table("match[-2]..match[2]")
    monkeypatch.setattr(concordance, "_MANY", 100)
    monkeypatch.setattr(concordance, "_BYTES_OF_A_LINE", 1 << 50)
    assert lines.page(1).height == 50
    with pytest.raises(InputError, match=r"A table of 659 lines needs .* smaller window"):
        _ = lines.frame


def test_conditions_on_many_structures_are_refused_before_there_are_columns(corpus) -> None:
    spans = pl.DataFrame({"document": [0], "start": [0], "end": [50]})
    many = corpus.with_structures(**{f"q{number}": spans for number in range(60)})
    with pytest.raises(InputError, match="combinations of conditions"):
        find(many, read(many, "[" + " | ".join(f"q{number}" for number in range(60)) + "] في"))


# ---------------------------------------------------------------------- regions in regions


def nested(corpus, depth: int):
    """Return the first document in so many regions, each in the one before it; q has its number, from 0."""
    end = len(corpus.text(corpus.ids(np.zeros(1, np.uint32))[0]))
    spans = pl.DataFrame(
        {"document": [0] * depth, "start": range(depth), "end": [end - number for number in range(depth)]}
    )
    return corpus.with_structures(q=spans.with_columns(number=pl.Series(range(depth))))


def test_regions_nested_deeply(long) -> None:
    deep = nested(long, 10_000)
    for query, number in {
        "قال within q": 15_000, "قال علي within 3 q": 15_000, "/region[q]": 1, "<q> قال": 1, "قال </q>": 0,
        "قال within q[number=9999]": None, "[q.number=0]": 0, "[q.number=9999]": None, "قال not within q": 3,
        "MU(meet قال نهاية q)": 15_000, "a:[q] نهاية :: a.q.number=a.q.number": None,
    }.items():  # fmt: skip
        found = find(deep, read(deep, query))
        assert number is None or len(found) >= number, query


@pytest.mark.slow
def test_regions_that_pair_in_too_many_ways_are_told(long) -> None:
    deep = nested(long, 10_000)
    with pytest.raises(InputError, match=r"one whose <x> and </x> pair in fewer ways, .* Too many regions overlap"):
        find(deep, read(deep, "<q> [] []* </q> within q"))


@pytest.mark.parametrize("start", [0, 5])
def test_equal_regions_are_one_to_queries(long, start: int) -> None:
    n = 20_000
    spans = pl.DataFrame({"document": [0] * n, "start": [start] * n, "end": [200] * n, "number": range(n)})
    many, one = long.with_structures(q=spans), long.with_structures(q=spans.head(1))
    for query in (
        "قال within q",
        "قال within 2 q",
        "/region[q]",
        "<q> []* </q>",
        "علي expand to q",
        "قال not within q",
    ):
        found = [find(each, read(each, query)) for each in (many, one)]
        assert found[0].first.tolist() == found[1].first.tolist()
        assert found[0].end.tolist() == found[1].end.tolist()


def test_hits_beyond_memory_are_told_before(long) -> None:
    try:
        ck.set_memory_limit("64MB")
        assert len(find(long, read(long, "[] within text"))) > 60_000
    finally:
        ck.set_memory_limit(None)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="needs signals for one thread")
@pytest.mark.parametrize(
    "query",
    [
        "a:[folded=قال] []{0,100} b:[] []{0,100} c:[] []{0,100} d:[] :: a.folded=d.folded & b.folded=c.folded & "
        "a.folded=b.folded",
        "(قال علي في ق* ع* ف* كلمة* ك*) within 999999999",
    ],
)
def test_a_search_can_be_interrupted(long, query: str) -> None:
    stop = threading.Timer(0.5, signal.pthread_kill, (threading.main_thread().ident, signal.SIGINT))
    begin = time.perf_counter()
    with suppress(KeyboardInterrupt):
        stop.start()
        with suppress(InputError):
            find(long, read(long, query))
        stop.cancel()
        stop.join()  # in the block: the signal may come just now
    assert time.perf_counter() - begin < 60
