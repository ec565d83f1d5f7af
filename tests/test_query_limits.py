"""Queries that are too large, that ask for too much, for what cannot be, or for nothing of our syntax."""

from __future__ import annotations

import signal
import threading
import time
from pathlib import Path

import pytest

import corpus_kit as ck
from corpus_kit.corpus.definitions import read_definitions
from corpus_kit.errors import InputError
from corpus_kit.search.matching import find
from corpus_kit.search.pattern_names import names_of
from corpus_kit.search.patterns import parse_pattern

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
        ("a:[] قال :: a & !a", 12, "contrary"),
        ('a:[] قال :: a.lemma="x" & a.lemma="y"', 12, "no token has lemma=x and lemma=y"),
        ('a:[] قال :: a.lemma="x" :: a.lemma="y"', 25, "no token has lemma=x and lemma=y"),
        ("a:[lemma=x] :: a.lemma=y", 13, "no token has"),
        ("a:[] b:[] :: distance(a,b) < 2 & distance(a,b) > 5", 13, "no distance"),
        ("a:[] b:[] :: distance(a,b) < 0", 11, "no distance"),
        ("a:[] b:[] :: distance(b,a) > 0", 11, "no distance"),
        ("(a:[lemma=x]|b:[lemma=y]) :: a.lemma=b.lemma", 27, "no hit has both labels, a and b"),
    ],
)
def test_errors_have_a_place_and_a_caret(corpus, query: str, place: int, message: str) -> None:
    with pytest.raises(InputError, match=f"at character {place}: ") as caught:
        read(corpus, query)
    assert message in str(caught.value)
    [note] = caught.value.__notes__
    assert note.endswith("^")


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
    stop.start()
    try:
        find(long, read(long, query))
    except (KeyboardInterrupt, InputError):
        pass
    finally:
        stop.cancel()
    assert time.perf_counter() - begin < 60
