"""The pattern language: an example of each rule, each error, and random patterns compared with the slow twin."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from examples import examples
from hypothesis import assume, event, example, given, settings
from hypothesis import strategies as st
from oracles_patterns import (
    ANY,
    ONE,
    Alternatives,
    And,
    Attribute,
    Expression,
    Not,
    Or,
    Pattern,
    Regex,
    Repeat,
    Sequence,
    Test,
    Wild,
    Word,
    gap,
    hits,
    is_refused,
    pieces_of,
    text_of,
)
from unit_twins import lists_annotated

import corpus_kit as ck

pytestmark = pytest.mark.core

KINDS = ("word", "number", "punctuation", "symbol", "url", "email", "hashtag", "mention", "emoji")
NAMES = ("surface", "word", "folded", "kind", "stem", "lemma")
WITHIN = ("sentence", "paragraph", "document")

Nodes = Callable[..., list[str]]


def build(texts: list[str], folder: Path | str) -> ck.Corpus:
    return ck.Corpus.build(pl.DataFrame({"text": texts}), folder, progress=False)


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., ck.Corpus]]:
    """Return a corpus of these texts; each is built once."""
    known: dict[tuple[str, ...], ck.Corpus] = {}
    with ExitStack() as stack:

        def corpus_of(*texts: str) -> ck.Corpus:
            if texts not in known:
                known[texts] = stack.enter_context(build(list(texts), tmp_path_factory.mktemp("patterns") / "corpus"))
            return known[texts]

        yield corpus_of


@pytest.fixture
def nodes(corpora: Callable[..., ck.Corpus]) -> Nodes:
    """Return what a pattern finds in a text, in text order."""

    def found(text: str | tuple[str, ...], pattern: str, **options: object) -> list[str]:
        corpus = corpora(*((text,) if isinstance(text, str) else text))
        nodes: list[str] = ck.kwic(corpus, pattern, **options).frame["node"].to_list()  # type: ignore[arg-type]
        return nodes

    return found


@pytest.fixture(scope="module")
def corpus(corpora: Callable[..., ck.Corpus]) -> ck.Corpus:
    """Return a corpus for tests that only concern errors."""
    return corpora("باب دار، نار. قلم 12\nباب (ورق) #وسم @ab AB x")


# ----------------------------------------------------------------------------------------------------
# The twin, compared with examples worked out by hand
# ----------------------------------------------------------------------------------------------------


class TestTwin:
    def test_words_skip_punctuation_within_a_paragraph(self) -> None:
        phrase = Sequence((Word("باب"), Word("دار")))
        assert hits(["باب دار", "باب، دار باب\nدار"], phrase) == [(0, 0, 2), (1, 0, 3)]
        assert hits(["باب\nدار"], phrase, within="document") == [(0, 0, 2)]
        assert hits(["باب. دار"], phrase, within="sentence") == []

    def test_punctuation_is_required_at_its_place(self) -> None:
        assert hits(["باب، دار باب (، دار"], Word("باب،")) == [(0, 0, 2)]

    def test_repeats_are_greedy_and_gaps_lazy(self) -> None:
        text = ["باب نار دار دار"]
        assert hits(text, Sequence((Word("باب"), gap(0, 3), Word("دار")))) == [(0, 0, 3)]
        assert hits(text, Sequence((Word("باب"), Repeat(Wild((ANY, "ار")), 0, 3), Word("دار")))) == [(0, 0, 4)]

    def test_nested_hits_are_dropped(self) -> None:
        assert hits(["باب باب باب دار باب"], Repeat(Word("باب"), 1, None)) == [(0, 0, 3), (0, 4, 5)]
        assert hits(["باب باب باب"], Sequence((Word("باب"), Word("باب")))) == [(0, 0, 2), (0, 1, 3)]

    def test_first_matching_alternative_wins(self) -> None:
        short_first = Alternatives((Word("باب"), Sequence((Word("باب"), Word("دار")))))
        assert hits(["باب دار"], short_first) == [(0, 0, 1)]
        assert hits(["باب دار"], Alternatives(short_first.options[::-1])) == [(0, 0, 2)]

    def test_stems_and_lemmas(self) -> None:
        stems, lemmas = {"والدار": "الدار"}, {"والدار": "دار", "الدار": "دار"}
        texts = ["والدار الدار دار"]
        assert hits(texts, Word("الدار"), stems=stems) == [(0, 1, 2)]
        assert hits(texts, Word("الدار"), stems=stems, clitics=True) == [(0, 0, 1), (0, 1, 2)]
        lemma = Attribute(Test("lemma", Wild(("دار",))))
        assert hits(texts, lemma, lemmas=lemmas) == [(0, 0, 1), (0, 1, 2), (0, 2, 3)]

    def test_patterns_are_written_with_escapes(self) -> None:
        assert text_of(Sequence((Word("ا|ب*"), Wild(("?", ANY, ONE))))) == r"ا\|ب\* \?*?"
        repeats = [Repeat(Word("ا"), low, high) for low, high in [(0, 1), (0, None), (1, None), (2, 2), (0, 3), (2, 4)]]
        assert [text_of(repeat) for repeat in repeats] == ["(ا)?", "(ا)*", "(ا)+", "(ا){2}", "(ا){,3}", "(ا){2,4}"]
        assert text_of(gap(2, None)) == "[]{2,}"
        either = Or((Test("folded", Wild(("ا", ANY))), Test("kind", Regex('a"b'), negated=True)))
        assert text_of(Attribute(And((Not(either), either.parts[0])))) == r'[!(folded=ا* | kind!="a\"b") & folded=ا*]'
        assert text_of(Alternatives((Word("ا"), Repeat(Alternatives((Word("ب"), Regex("."))), 2, 2)))) == "ا|(ب|/./){2}"

    def test_is_refused(self) -> None:
        assert is_refused(gap(0, 3))
        assert is_refused(Sequence((Wild((ANY,)), gap(1, 2), Regex(".*"))))
        assert is_refused(Alternatives((Word("ا"), Repeat(Word("ب"), 0, 1))))
        assert not is_refused(Sequence((Word("ا"), gap(0, 3))))

    def test_repeats_of_optional_items(self) -> None:
        twice = Repeat(Repeat(Word("باب"), 0, 1), 1, 3)
        for go_on in (False, True):
            found = hits(["باب باب دار"], Sequence((twice, Word("دار"))), empty_turns_go_on=go_on)
            assert found == [(0, 0, 3)]


# ----------------------------------------------------------------------------------------------------
# Any pattern in any text
# ----------------------------------------------------------------------------------------------------

WORDS = ["با", "با", "بأ", "بَا", "نة", "نه", "AB", "ab", "12", "١٢", "#با", "@ab", "ـ", "وبا"]
SIGNS = [".", "،", ":", "؟", "*", "«", "|"]
GAPS = st.sampled_from([" "] * 12 + ["", "\n", "\n\n", "\u00a0", "\u200f"])
OFTEN = ["با", "نه", "با", "نه", "،", "."]
pieces = st.tuples(st.sampled_from(OFTEN * 3 + WORDS + SIGNS), GAPS).map("".join)
TEXTS = st.one_of(st.lists(pieces, max_size=25), st.lists(pieces, min_size=8, max_size=25)).map("".join)

# Regular expressions with the same meaning in Python and Polars.
REGEXES = [
    ".*",
    "ب.",
    "ن[ةه]",
    "(با|نه)",
    "[ab]+",
    "[^ب].*",
    "..?",
    "#?با",
    r"\d+",
    "ب(ا|أ)?",
    "[اأ].*|بأ",
    "AB?",
    "نة",
    r"\D.",
]
words = (
    st.sampled_from([*WORDS, "با:", "با،نه", "ـ،", *SIGNS]).map(Word).filter(lambda word: pieces_of(word.text, False))
)


@st.composite
def wilds(draw: st.DrawFn, *, least: int = 1) -> Wild:
    """Return a word with at least one wildcard: * alone, or one that constrains the word."""
    literals = st.sampled_from(["ب", "ا", "أ", "ن", "ة", "ه", "1", "١", "b", "A", "#"])
    parts = draw(st.lists(st.one_of(literals, st.sampled_from([ANY, ONE])), min_size=least, max_size=4))
    if not any(part in (ANY, ONE) for part in parts):
        parts.insert(draw(st.integers(0, len(parts))), draw(st.sampled_from([ANY, ONE])))
    if all(part in (ANY, ONE) for part in parts):
        parts = [ANY] if ANY in parts and least == 1 else [ONE] * len(parts)
    return Wild(tuple(parts))


regexes = st.sampled_from(REGEXES).map(Regex)
values = st.one_of(
    st.sampled_from(WORDS).filter(lambda word: word != "ـ").map(lambda word: Wild((word,))), wilds(least=2), regexes
)
kinds = st.sampled_from(
    [Wild((kind,)) for kind in KINDS]
    + [Wild(("num", ANY)), Wild(("w", ONE, ONE, "d")), Regex("word|hashtag"), Regex(".*")]
)
tests = st.one_of(
    st.builds(Test, st.sampled_from(["surface", "word", "folded", "folded"]), values, st.booleans()),
    st.builds(Test, st.just("kind"), kinds, st.booleans()),
)


def expressions() -> st.SearchStrategy[Expression]:
    return st.recursive(
        tests,
        lambda inner: st.one_of(
            st.builds(Not, inner),
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: And(tuple(parts))),
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: Or(tuple(parts))),
        ),
        max_leaves=4,
    )


attributes = expressions().map(Attribute).filter(lambda attribute: '".*"' not in text_of(attribute))
# Items that often match, so that long patterns match too.
common = st.sampled_from(
    [
        Word("با"),
        Word("نة"),
        Word("،"),
        Wild(("ب", ANY)),
        Attribute(Test("folded", Wild(("با",)))),
        Attribute(Test("folded", Wild(("نه",)), negated=True)),
        Attribute(Test("kind", Wild(("punctuation",)))),
        Attribute(Test("kind", Wild(("word",)))),
        Attribute(),
    ]
)
items = st.one_of(common, common, common, words, wilds(), regexes, attributes)
bounds = st.one_of(
    st.sampled_from([(0, 1), (0, None), (1, None), (2, None), (1, 1), (2, 2), (0, 2), (1, 2), (1, 3), (2, 4)])
)
gaps = bounds.map(lambda pair: gap(*pair))


def patterns() -> st.SearchStrategy[Pattern]:
    return st.recursive(
        st.one_of(items, items, items, items, gaps),
        lambda inner: st.one_of(
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: Sequence(tuple(parts))),
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: Sequence(tuple(parts))),
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: Alternatives(tuple(parts))),
            st.builds(lambda body, pair: Repeat(body, *pair), inner, bounds),
        ),
        max_leaves=8,
    ).filter(lambda pattern: size(pattern) < 1200)


def size(pattern: Pattern) -> int:
    """Return the number of items of a pattern with its repeats expanded."""
    match pattern:
        case Sequence(parts) | Alternatives(parts):
            return sum(map(size, parts))
        case Repeat(body, _, high):
            return size(body) * (100 if high is None else high)
        case Word(text):
            return len(ck.tokenize(text))
    return 1


CONTRADICTION = re.compile("no token has .* and |never hold together")


def found(corpus: ck.Corpus, pattern: str, **options: object) -> list[tuple[int, int, int, int]]:
    """Return the library's hits: document, first token, start and end in the text."""
    try:
        frame = ck.kwic(corpus, pattern, **options).frame  # type: ignore[arg-type]
    except ck.InputError as error:
        assume(not CONTRADICTION.search(str(error)))
        raise
    return frame.select("document", "position", "start", "end").rows()


def expected(texts: list[str], pattern: Pattern, **options: object) -> list[tuple[int, int, int, int]]:
    """Return the twin's hits in the same form."""
    both = [hits(texts, pattern, empty_turns_go_on=go_on, **options) for go_on in (False, True)]  # type: ignore[arg-type]
    assume(both[0] == both[1])  # where these differ, the language leaves the preference open
    spans = [ck.tokens([text]).select("start", "end").rows() for text in texts]
    return [
        (document, first, spans[document][first][0], spans[document][end - 1][1]) for document, first, end in both[0]
    ]


@settings(max_examples=examples(120))
@given(
    documents=st.lists(TEXTS, min_size=1, max_size=3),
    trees=st.lists(patterns(), min_size=1, max_size=4),
    exact=st.booleans(),
    within=st.sampled_from(WITHIN),
)
def test_equal_to_the_twin(documents: list[str], trees: list[Pattern], exact: bool, within: str) -> None:
    kept = [text for text in documents if text.strip()] or ["با"]
    with TemporaryDirectory() as folder, build(kept, folder) as corpus:
        for tree in trees:
            text = text_of(tree)
            if is_refused(tree, exact):
                event("refused")
                with pytest.raises(ck.InputError, match=r"required word|every word|no token has|never hold"):
                    ck.kwic(corpus, text, exact=exact, within=within)
                continue
            answer = expected(kept, tree, exact=exact, within=within)
            event("hits" if answer else "no hits")
            assert found(corpus, text, exact=exact, within=within) == answer, text


@settings(max_examples=examples(20))
@given(documents=st.lists(TEXTS, min_size=1, max_size=3), within=st.sampled_from(WITHIN))
def test_phrase_hits_equal_the_ngram_count(documents: list[str], within: str) -> None:
    kept = [text for text in documents if text.strip()] or ["با"]
    with TemporaryDirectory() as folder, build(kept, folder) as corpus:
        table = ck.ngrams(corpus, n=(1, 3), min_count=1, within=within).select("ngram", "count")
        for ngram, count in table.head(8).iter_rows():
            assert len(ck.kwic(corpus, ngram, within=within)) == count, ngram


# ----------------------------------------------------------------------------------------------------
# Words
# ----------------------------------------------------------------------------------------------------


def test_word_matches_all_its_spellings(nodes: Nodes) -> None:
    text = "مدينة مدينه مَدينَة المدينة مديـــنة"
    assert nodes(text, "مدينة") == ["مدينة", "مدينه", "مَدينَة", "مديـــنة"]
    assert nodes(text, "مَدِينَه") == nodes(text, "مدينة")
    assert nodes(text, "مدينة", exact=True) == ["مدينة"]
    assert nodes(text, "مَدينَة", exact=True) == ["مَدينَة"]


def test_letters_of_either_case_and_digits_of_either_script(nodes: Nodes) -> None:
    text = "AB ab Ab ١٢ 12"
    assert nodes(text, "aB") == ["AB", "ab", "Ab"]
    assert nodes(text, "aB", exact=True) == []
    assert nodes(text, "١٢") == ["١٢", "12"]
    assert nodes(text, "١٢", exact=True) == ["١٢"]


def test_hashtags_and_mentions_are_words(nodes: Nodes) -> None:
    text = "باب #باب @ab باب"
    assert nodes(text, "#باب") == ["#باب"]
    assert nodes(text, "#باب @AB باب") == ["#باب @ab باب"]
    assert nodes(text, "@*") == ["@ab"]


@pytest.mark.parametrize("pattern", ["باب دار", "  باب \n\t دار ", "(باب) دار", "(باب)(دار)", "باب[folded=دار]"])
def test_white_space_between_items_is_ignored(nodes: Nodes, pattern: str) -> None:
    assert nodes("باب دار نار", pattern) == ["باب دار"]


@pytest.mark.parametrize(("pattern", "place"), [("با(ب|ر)", 3), ("(با|نا)ب دار", 8), ("كتا*(:)", 5)])
def test_brackets_inside_a_word_are_rejected(nodes: Nodes, pattern: str, place: int) -> None:
    """It looks like one word but would match as two."""
    with pytest.raises(ck.InputError, match=f"at character {place}: .*whole words"):
        nodes("باب دار", pattern)


def test_regular_expressions_of_removed_characters_are_rejected(nodes: Nodes) -> None:
    text = "بَاب باب"
    with pytest.raises(ck.InputError, match=r"at character 3: .*folded away.* exact=True"):
        nodes(text, "/ب\u064eاب/")
    assert nodes(text, "/ب\u064eاب/", exact=True) == ["بَاب"]
    with pytest.raises(ck.InputError, match="folded away"):
        nodes(text, '[folded="با\u0640ب"]')
    assert nodes(text, '[word="ب\u064e?اب"]') == ["بَاب", "باب"]


def test_empty_forms_never_match(nodes: Nodes) -> None:
    assert nodes("باب ـ دار", "[folded=ـ]") == []
    assert nodes("باب ـ دار", "[folded=ـ | folded=دار]") == ["دار"]


def test_phrases_skip_tokens_that_are_not_words(nodes: Nodes) -> None:
    assert nodes("باب، دار باب (دار) باب ... «دار» باب نار دار", "باب دار") == ["باب، دار", "باب (دار", "باب ... «دار"]
    assert nodes("باب ـ دار، باب \u064e دار باب 😀 دار", "باب دار") == ["باب ـ دار", "باب \u064e دار", "باب 😀 دار"]
    # With exact spelling, a tatweel has a form.
    assert nodes("باب ـ دار", "باب دار", exact=True) == []


def test_punctuation_in_a_pattern_is_required(nodes: Nodes) -> None:
    text = "باب: دار باب (: دار باب :: دار باب دار"
    for pattern in ("باب:", "باب :", "(باب) :", "باب[kind=punctuation & surface=:]"):
        assert nodes(text, pattern) == ["باب:"]
    assert nodes(text, "باب: دار") == ["باب: دار"]
    assert nodes(text, "باب ::") == ["باب ::"]
    assert nodes("باب. دار، نار", "دار،") == ["دار،"]
    assert nodes("باب/دار باب دار", "باب/دار") == ["باب/دار"]
    assert nodes("باب،، باب،", "،") == ["،"]


def test_phrases_skip_standalone_marks(nodes: Nodes) -> None:
    assert nodes("باب دار", "باب ـ دار") == ["باب دار"]
    assert nodes("باب دار", "\u064e باب دار ـ") == ["باب دار"]


# ----------------------------------------------------------------------------------------------------
# Wildcards, regular expressions and escapes
# ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("كتا*", ["كتاب", "كتابة", "كِتاب", "كتا"]),
        ("*كتاب", ["كتاب", "والكتاب", "كِتاب"]),
        ("*كتاب*", ["كتاب", "والكتاب", "كتابة", "كِتاب"]),
        ("كتاب?", ["كتابة"]),
        ("كتا?", ["كتاب", "كِتاب"]),
        ("ك?ا?", ["كتاب", "كِتاب"]),
        ("???", ["كتا"]),
        ("?*ة", ["كتابة"]),
        ("كِت*", ["كتاب", "كتابة", "كِتاب", "كتا"]),
        (r"كتا* \(", []),
        ("كتا* :", ["كتاب:"]),
        ("كتا* (:)", ["كتاب:"]),
    ],
)
def test_wildcards(nodes: Nodes, pattern: str, expected: list[str]) -> None:
    assert nodes("كتاب: والكتاب، كتابة. كِتاب 12 كتا ؟", pattern) == expected


def test_wildcards_in_exact_spelling_count_the_marks(nodes: Nodes) -> None:
    text = "كتاب كِتاب أكتب"
    assert nodes(text, "ك?تاب", exact=True) == ["كِتاب"]
    assert nodes(text, "أ*", exact=True) == ["أكتب"]
    assert nodes(text, "ا*", exact=True) == []
    assert nodes(text, "أ*") == nodes(text, "ا*") == ["أكتب"]


def test_wildcards_match_words_only(nodes: Nodes) -> None:
    assert nodes("باب، دار !", "?") == []
    assert nodes("باب، دار", "باب *") == ["باب، دار"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("/كتا./", ["كتاب", "كِتاب"]),
        ("/كتاب(ة|ات)?/", ["كتاب", "كتابة", "كِتاب"]),
        ("/ا[حج]مد/", ["أحمد"]),
        ("/أ.*/", ["أحمد", "أكتب"]),
        ("/كتابه/", ["كتابة"]),
        ("/[كا]ت.*/", ["كتاب", "كتابة", "كِتاب"]),
        ("/A?B|x/", ["ab"]),
        (r"/\d{2}/", ["12"]),
        ("/كتا/", []),
        ("/./", []),
        ("/، /", []),
        (r"/ab\/?/", ["ab"]),
        ("/كتا|ab/", ["ab"]),
        (r"/\D{2}/", ["ab"]),
        (r"/\P{Arabic}+/", ["12", "ab"]),
    ],
)
def test_regular_expressions(nodes: Nodes, pattern: str, expected: list[str]) -> None:
    assert nodes("كتاب، كتابة. كِتاب 12 أحمد ab أكتب", pattern) == expected


def test_regular_expressions_in_exact_spelling(nodes: Nodes) -> None:
    text = "أحمد احمد مدينة مدينه AB ab"
    assert nodes(text, "/أ.*/", exact=True) == ["أحمد"]
    assert nodes(text, "/ا.*/", exact=True) == ["احمد"]
    assert nodes(text, "/.*[ةى]/", exact=True) == ["مدينة"]
    assert nodes(text, "/[A-Z]+/", exact=True) == ["AB"]
    assert nodes(text, "/(?i)ab/", exact=True) == ["AB", "ab"]


@pytest.mark.parametrize("sign", ["*", "?", "(", ")", "[", "]", "{", "}", "|", "/", "\\"])
def test_escaped_signs_are_literal(nodes: Nodes, sign: str) -> None:
    text = "باب * باب ? باب ( باب ) باب [ باب ] باب { باب } باب | باب / باب \\ باب"
    assert nodes(text, "\\" + sign) == [sign]
    assert nodes(text, "باب \\" + sign) == ["باب " + sign]
    assert nodes(text, f"باب\\{sign}") == ["باب " + sign]
    if sign != "?":  # a sentence ends there
        assert nodes(text, f"باب \\{sign} باب", within="sentence") == [f"باب {sign} باب"]
    assert nodes(text, f"[kind!=word & surface=\\{sign}]") == [sign]


def test_any_character_can_be_escaped(nodes: Nodes) -> None:
    assert nodes("باب دار", r"\ب\ا\ب") == ["باب"]
    assert nodes("باب دار", r"[folded=\باب]") == ["باب"]


# ----------------------------------------------------------------------------------------------------
# Alternatives, groups, repeats
# ----------------------------------------------------------------------------------------------------


def test_alternatives(nodes: Nodes) -> None:
    text = "باب دار، نار قلم"
    for pattern in ("باب|نار", "باب | نار", "نار|باب", "(باب|نار)", "((باب)|(نار))"):
        assert nodes(text, pattern) == ["باب", "نار"]
    assert nodes(text, "(باب|نار) (دار|قلم)") == ["باب دار", "نار قلم"]
    assert nodes(text, "باب دار|قلم") == ["باب دار", "قلم"]
    assert nodes(text, "باب (دار|قلم) نار") == ["باب دار، نار"]
    assert nodes(text, "باب (نار|دار (نار|قلم))") == ["باب دار، نار"]


def test_the_first_alternative_is_preferred(nodes: Nodes) -> None:
    assert nodes("باب دار نار", "باب|باب دار") == ["باب"]
    assert nodes("باب دار نار", "باب دار|باب") == ["باب دار"]
    # Without a match of the rest there is no hit.
    assert nodes("باب دار نار", "(باب|باب دار) نار") == ["باب دار نار"]


@pytest.mark.parametrize(
    ("repeat", "expected"),
    [
        ("?", ["قلم دار", "قلم دار", "قلم", "قلم دار"]),
        ("*", ["قلم دار", "قلم دار، دار دار", "قلم", "قلم دار دار"]),
        ("+", ["قلم دار", "قلم دار، دار دار", "قلم دار دار"]),
        ("{1}", ["قلم دار", "قلم دار", "قلم دار"]),
        ("{2}", ["قلم دار، دار", "قلم دار دار"]),
        ("{2,}", ["قلم دار، دار دار", "قلم دار دار"]),
        ("{,2}", ["قلم دار", "قلم دار، دار", "قلم", "قلم دار دار"]),
        ("{2,3}", ["قلم دار، دار دار", "قلم دار دار"]),
        ("{3,100}", ["قلم دار، دار دار"]),
        ("{4}", []),
    ],
)
@pytest.mark.parametrize("atom", ["(دار)", "[folded=دار]", "/دار/", "(دار|x)", "((دار))"])
def test_repeats_are_greedy(nodes: Nodes, atom: str, repeat: str, expected: list[str]) -> None:
    assert nodes("قلم دار. قلم دار، دار دار باب قلم نار قلم دار دار", f"قلم {atom}{repeat}") == expected


def test_repeats_backtrack(nodes: Nodes) -> None:
    assert nodes("دار دار دار نار", "(دار)* دار نار") == ["دار دار دار نار"]
    assert nodes("دار دار دار نار", "(دار){2,3} دار نار") == ["دار دار دار نار"]


def test_repeats_of_groups(nodes: Nodes) -> None:
    assert nodes("باب دار باب دار نار باب", "(باب دار)+ نار") == ["باب دار باب دار نار"]
    assert nodes("باب دار نار باب", "(باب|دار)+") == ["باب دار", "باب"]
    assert nodes("باب، دار، نار", "(* ،)+ نار") == ["باب، دار، نار"]
    assert nodes("باب، دار، نار", "([] ،)+ نار") == ["باب، دار، نار"]


def test_repeats_of_optional_items(nodes: Nodes) -> None:
    assert nodes("باب دار دار نار", "باب ((دار)?){1,3} نار") == ["باب دار دار نار"]
    assert nodes("باب دار دار نار", "باب ((دار)*){1,3} نار") == ["باب دار دار نار"]
    assert nodes("باب دار دار نار", "باب ([]{0,1}){0,3} نار") == ["باب دار دار نار"]
    assert nodes("باب نار", "باب ((دار)?){3} نار") == ["باب نار"]


def test_repeats_end_where_they_say(nodes: Nodes) -> None:
    """A hit is never left out because a repeat without a number had one."""
    text = "باب " * 1300 + "نار"
    for pattern in ("(باب)+ نار", "(باب)* نار", "(باب){99,} نار", "((باب)?)* نار", "((باب)? (دار)?)+ نار"):
        assert [len(node.split()) for node in nodes(text, pattern)] == [1301], pattern
    for number in (100, 1000):
        assert [len(node.split()) for node in nodes(text, f"(باب){{{number}}} نار")] == [number + 1]
    whole = f"دار {text}"
    for pattern in ("دار []* نار", "<text> []* نار", "<text> []* نار </text>", "<p> []+ نار", "دار []{5,} نار"):
        assert [len(node.split()) for node in nodes(whole, pattern)] == [1302], pattern
    assert nodes(whole, "دار []{0,1000} نار") == []
    assert nodes(whole, "<text> []{0,1000} </text>") == []


def test_repeat_signs_after_white_space_are_words(nodes: Nodes) -> None:
    assert nodes("باب دار د نار", "(باب) *") == ["باب دار"]
    assert nodes("باب دار د نار", "(دار) ?") == ["دار د"]
    assert nodes("باب + دار", "(باب) +") == ["باب +"]
    assert nodes("باب دار د نار", "د ? | دار ?") == ["دار د"]


def test_any_word(nodes: Nodes) -> None:
    text = "باب، 12 باب #وسم باب @ab باب ـ ... دار باب https://example.org نار"
    assert nodes(text, "باب []") == ["باب، 12", "باب #وسم", "باب @ab", "باب ـ ... دار", "باب https://example.org نار"]
    assert nodes(text, "باب [ ]") == nodes(text, "باب []")
    assert nodes("باب ـ", "باب []") == []
    assert nodes("باب ـ", "باب []", exact=True) == ["باب ـ"]


def test_gaps_are_lazy(nodes: Nodes) -> None:
    assert nodes("باب نار دار دار", "باب []{0,3} دار") == ["باب نار دار"]
    assert nodes("باب نار دار دار", "باب []{2,3} دار") == ["باب نار دار دار"]
    assert nodes("باب نار دار دار", "باب /.*/{0,3} دار") == ["باب نار دار دار"]
    assert nodes("باب نار دار دار", "باب []{1,3}") == ["باب نار"]
    assert nodes("باب نار دار دار", "باب []* دار") == ["باب نار دار"]
    assert nodes("باب نار دار دار", "باب []+ دار") == ["باب نار دار"]
    assert nodes("باب دار دار", "باب []? دار") == ["باب دار"]
    assert nodes("باب دار دار", "باب [kind=word]? دار") == ["باب دار دار"]


def test_gaps_count_only_words(nodes: Nodes) -> None:
    text = "باب، (نار) ... قلم؛ دار"
    assert nodes(text, "باب []{2} دار") == ["باب، (نار) ... قلم؛ دار"]
    assert nodes(text, "باب []{0,1} دار") == []


def test_gaps_end_with_the_paragraph(nodes: Nodes) -> None:
    assert nodes("باب نار\nدار", "باب []{0,5} دار") == []
    assert nodes("باب نار\nدار", "باب []{0,5} دار", within="document") == ["باب نار دار"]


# ----------------------------------------------------------------------------------------------------
# Square brackets
# ----------------------------------------------------------------------------------------------------

ASKED = 'باب بَاب Bab ﺑﺎﺏ دار، دَار: 12 #وسم "نار" والدار'


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("[folded=باب]", ["باب", "بَاب", "ﺑﺎﺏ"]),
        ("[folded=بَاب]", ["باب", "بَاب", "ﺑﺎﺏ"]),
        ("[ folded = باب ]", ["باب", "بَاب", "ﺑﺎﺏ"]),
        ('[folded="باب"]', ["باب", "بَاب", "ﺑﺎﺏ"]),
        ('[folded="BA."]', ["Bab"]),
        ("[folded=BA?]", ["Bab"]),
        ("[word=باب]", ["باب", "ﺑﺎﺏ"]),
        ("[surface=باب]", ["باب"]),
        ("[surface=ﺑﺎﺏ]", ["ﺑﺎﺏ"]),
        ("[surface=bab]", []),
        ('[surface="[A-Z].*"]', ["Bab"]),
        ("[word=ب*]", ["باب", "بَاب", "ﺑﺎﺏ"]),
        ('[word="ب.?ا?ب"]', ["باب", "بَاب", "ﺑﺎﺏ"]),
        ('[word="دار"]', ["دار"]),
        ("[folded=*دار]", ["دار", "دَار", "والدار"]),
        ("[folded=دار & surface!=دار]", ["دَار"]),
        ("[folded=دار & !surface=دار]", ["دَار"]),
        ("[folded=دار & !!surface=دار]", ["دار"]),
        ("[folded=دار | folded=نار]", ["دار", "دَار", "نار"]),
        ("[folded=دار|folded=نار]", ["دار", "دَار", "نار"]),
        ("[folded=نار | folded=دار & surface=دَار]", ["دَار", "نار"]),
        ("[(folded=نار | folded=دار) & surface=دَار]", ["دَار"]),
        ("[!(folded=نار | folded=دار | folded=باب)]", ["Bab", "12", "#وسم", "والدار"]),
        ("[! folded=*ا* & folded!=bab]", ["12", "#وسم"]),
        ("[kind=number]", ["12"]),
        ("[kind=number | kind=hashtag]", ["12", "#وسم"]),
        ('[kind="number|hashtag"]', ["12", "#وسم"]),
        ("[kind=punctuation]", ["،", ":", '"', '"']),
        ("[kind=punc*]", ["،", ":", '"', '"']),
        ("[kind!=word]", ["،", ":", "12", "#وسم", '"', '"']),
        ("[kind!=word & kind!=punctuation]", ["12", "#وسم"]),
        ('[kind=punctuation & surface="\\""]', ['"', '"']),
        ("[kind=punctuation & !surface=:]", ["،", '"', '"']),
        # Without a kind test, only words match.
        ("[surface=،]", []),
        ("[surface!=باب & surface!=*ا* & surface!=Bab]", ["ﺑﺎﺏ", "12", "#وسم"]),
        ("[kind=punctuation | folded=نار]", ["،", ":", '"', "نار", '"']),
    ],
)
def test_expressions(nodes: Nodes, pattern: str, expected: list[str]) -> None:
    assert nodes(ASKED, pattern) == expected


def test_exact_does_not_affect_attributes(nodes: Nodes) -> None:
    for pattern in ("[folded=باب]", "[word=باب]", "[surface=باب]", '[folded="BA."]'):
        assert nodes(ASKED, pattern, exact=True) == nodes(ASKED, pattern)


def test_words_are_not_folded_in_values_of_word(nodes: Nodes) -> None:
    assert nodes("أحمد احمد", "[word=أحمد]") == ["أحمد"]
    assert nodes("أحمد احمد", "[folded=أحمد]") == ["أحمد", "احمد"]
    assert nodes("أحمد احمد", '[word="أ.*"]') == ["أحمد"]
    assert nodes("أحمد احمد", '[folded="أ.*"]') == ["أحمد", "احمد"]


def test_nothing_is_skipped_next_to_a_kind_test(nodes: Nodes) -> None:
    text = "باب، دار باب (، دار باب دار"
    assert nodes(text, "باب [kind=punctuation] دار") == ["باب، دار"]
    assert nodes(text, "باب [kind=punctuation]+ دار") == ["باب، دار", "باب (، دار"]
    assert nodes(text, "باب [kind=punctuation]* دار") == ["باب، دار", "باب (، دار", "باب دار"]
    assert nodes(text, "[kind!=word] دار") == ["، دار", "، دار"]


@pytest.mark.parametrize("number", [1, 4, 256])
def test_a_word_of_few_or_many_types(tmp_path: Path, number: int) -> None:
    """They are compared one by one, or at once; so are words that are many."""
    marks = ["", "\u064e", "\u064f", "\u0650"]
    spelled = ["".join(map("".join, zip("كتاب", some, strict=True))) for some in product(marks, repeat=4)][:number]
    frame = pl.DataFrame({"text": [" ".join([*spelled, "كتب", "كاتب"])]})
    with ck.Corpus.build(frame, tmp_path / "corpus", profile="search", progress=False) as corpus:
        assert ck.kwic(corpus, "[word=كتاب]").frame["node"].to_list() == spelled
        assert ck.kwic(corpus, "[word=كتاب | word=كتب | word=لا]").frame["node"].to_list() == [*spelled, "كتب"]
        many = " | ".join(f"word={word}" for word in ["كتاب", *(f"كتب{digit}" for digit in range(20))])
        assert ck.kwic(corpus, f"[{many}]").frame["node"].to_list() == spelled


@pytest.mark.parametrize(
    "asked", ["[kind=word]", "[!kind!=word]", "[kind=word & folded=دار]", "[kind=number | kind=word]"]
)
def test_a_kind_that_no_sign_has_is_for_words(nodes: Nodes, asked: str) -> None:
    text = "باب، دار باب (، دار باب دار"
    assert nodes(text, f"باب {asked}") == ["باب، دار", "باب (، دار", "باب دار"]


def test_skipping_depends_on_the_previously_matched_item(nodes: Nodes) -> None:
    # The item matched before دار is باب if the repeat matched nothing, else the punctuation mark.
    assert nodes("باب، دار", "باب (:)? دار") == ["باب، دار"]
    assert nodes("باب: ، دار", "باب (:)? دار") == ["باب: ، دار"]
    assert nodes("باب: ، دار", "باب : دار") == []


def test_a_word_without_a_form_is_passed_over(nodes: Nodes) -> None:
    assert nodes("باب ـ دار", "باب [kind=word] دار") == []
    assert nodes("باب ـ دار", "باب [kind=word]") == ["باب ـ دار"]
    assert nodes("باب ـ دار", "باب [surface=ـ & kind!=number] دار") == ["باب ـ دار"]


# ----------------------------------------------------------------------------------------------------
# Which matches are hits
# ----------------------------------------------------------------------------------------------------


def test_hits_inside_others_are_dropped(nodes: Nodes) -> None:
    assert nodes("باب باب باب دار باب", "(باب)+") == ["باب باب باب", "باب"]
    assert nodes("قلم باب نار دار", "[]{1,3} دار") == ["قلم باب نار دار"]
    assert nodes("باب دار نار قلم", "باب دار نار|دار|قلم") == ["باب دار نار", "قلم"]
    assert nodes("باب باب دار", "باب []{0,3} دار") == ["باب باب دار"]


def test_hits_can_overlap(nodes: Nodes) -> None:
    assert nodes("باب باب باب", "باب باب") == ["باب باب", "باب باب"]
    assert nodes("باب دار باب نار باب", "باب [] باب") == ["باب دار باب", "باب نار باب"]
    assert nodes("باب دار نار قلم", "باب دار نار|دار نار قلم") == ["باب دار نار", "دار نار قلم"]


def test_hits_are_in_text_order(corpora: Callable[..., ck.Corpus]) -> None:
    corpus = corpora("دار باب باب", "نار", "باب دار")
    frame = ck.kwic(corpus, "باب باب|دار|باب دار").frame
    assert frame.select("document", "position").rows() == [(0, 0), (0, 1), (2, 0)]


def test_spans_are_offsets_in_the_text(corpora: Callable[..., ck.Corpus]) -> None:
    text = "قال: باب ، (دَار) نار"
    frame = ck.kwic(corpora(text), "باب []").frame
    assert [text[start:end] for start, end in frame.select("start", "end").iter_rows()] == ["باب ، (دَار"]


@pytest.mark.parametrize(
    ("within", "expected"),
    [
        ("sentence", ["باب، دار"]),
        ("paragraph", ["باب، دار", "باب. دار"]),
        ("document", ["باب، دار", "باب. دار", "باب دار"]),
    ],
)
def test_within(nodes: Nodes, within: str, expected: list[str]) -> None:
    texts = ("باب، دار باب. دار باب\nدار باب", "دار")
    for pattern in ("باب دار", "باب []{0,1} دار", "(باب)(دار)"):
        assert nodes(texts, pattern, within=within) == expected


def test_paragraph_is_the_default_unit(nodes: Nodes) -> None:
    text = "باب. دار باب\nدار"
    assert nodes(text, "باب دار") == nodes(text, "باب دار", within="paragraph") == ["باب. دار"]


def test_punctuation_at_a_boundary(nodes: Nodes) -> None:
    assert nodes("باب\n، دار", "باب دار") == []
    assert nodes("باب\n، دار", "باب ،") == []
    assert nodes("باب\n، دار", "باب ،", within="document") == ["باب ،"]
    assert nodes("باب. دار", "باب .", within="sentence") == ["باب."]
    assert nodes("باب. دار", ". دار", within="sentence") == []
    assert nodes("باب. دار", ". دار") == [". دار"]


def test_a_subcorpus_sees_only_its_documents(tmp_path: Path) -> None:
    frame = pl.DataFrame({"text": ["باب دار", "باب نار", "باب دار نار"], "outlet": ["a", "b", "b"]})
    with ck.Corpus.build(frame, tmp_path / "corpus", progress=False) as corpus:
        part = corpus.filter(pl.col("outlet") == "b")
        assert ck.kwic(part, "باب (دار|نار)").frame["document"].to_list() == [1, 2]


# ----------------------------------------------------------------------------------------------------
# Errors
# ----------------------------------------------------------------------------------------------------

DEEP = "(" * 51 + "باب" + ")" * 51
ALL_KINDS = ", ".join(map(repr, KINDS))

# The error and the offset where it begins; None if it concerns the whole pattern.
BAD_PATTERNS: list[tuple[object, str, int | None]] = [
    (5, "^pattern must be a str", None),
    (None, "^pattern must be a str", None),
    (b"x", "^pattern must be a str", None),
    ("", "^pattern must be", None),
    (" \n\t", "^pattern must be", None),
    ("باب \ud800", "unpaired surrogate", None),
    # Brackets and quotes
    ("باب (دار", "never closed", 5),
    ("(باب (دار)", "never closed", 1),
    ("باب [folded=دار", "never closed", 5),
    ("[", "never closed", 1),
    ("باب /دار", "never closed", 5),
    ("/", "never closed", 1),
    ('[folded="باب]', "never closed", 9),
    ("(باب){2", "never closed", 6),
    ("باب ) دار", "never opened", 5),
    ("(باب))", "never opened", 6),
    ("باب ]", "never opened", 5),
    ("باب }", "never opened", 5),
    # Missing parts
    ("()", "empty", 2),
    ("باب ( ) دار", "empty", 6),
    ("|باب", "empty", 1),
    ("باب|", "empty", 5),
    ("باب||دار", "empty", 5),
    ("باب (دار| )", "empty", 10),
    ("(|باب)", "empty", 2),
    # Repeats
    ("{2}", "a repeat", 1),
    ("باب{2}", "a repeat", 4),
    ("باب {2}", "a repeat", 5),
    ("(باب) {2}", "a repeat", 7),
    ("با*{2}", "a repeat", 4),
    ("({2})", "a repeat", 2),
    ("(باب){3,2}", "a repeat", 6),
    ("(باب){1,1001}", "a repeat.* 1,000", 6),
    ("(باب){1001}", "a repeat.* 1,000", 6),
    ("(باب){1001,}", "a repeat.* 1,000", 6),
    ("(باب){99999999999999999999}", "a repeat", 6),
    ("[]{0}", "a repeat", 3),
    ("/باب/{0,0}", "a repeat", 6),
    ("(باب){,0}", "a repeat", 6),
    ("(باب){x}", "a repeat", 6),
    ("(باب){1,x}", "a repeat", 6),
    ("(باب){}", "a repeat", 6),
    ("(باب){,}", "a repeat", 6),
    ("(باب){-1}", "a repeat", 6),
    ("(باب){1.5}", "a repeat", 6),
    ("(باب){1,2,3}", "a repeat", 6),
    # Square brackets
    ("[folde=باب]", "attribute must be .*'folde'.*Did you mean 'folded'", 2),
    ("[Stem=باب]", "attribute must be .*'Stem'.*Did you mean 'stem'", 2),
    ("باب [ xyz=باب]", "attribute must be .*'xyz'", 7),
    *((f"[xyz={name}]", f"attribute must be .*'{name}'", 2) for name in NAMES),
    ("[folded]", "expected = or !=", 8),
    ("[folded باب]", "expected = or !=", 9),
    ("[folded!باب]", "expected = or !=", None),
    ("[folded=]", "expected a value", 9),
    ("[folded!=]", "expected a value", 10),
    ("[folded= & word=x]", "expected a value", None),
    ("[=باب]", "expected an attribute", 2),
    ("[باب]", "", 2),
    ("[folded=x folded=y]", "expected &.*got 'f'", 11),
    ("[(folded=x]", "expected &.*got ']'", 11),
    ("[folded=x)]", "expected &.*got '\\)'", 10),
    ('[folded="x"y]', "expected &.*got 'y'", 12),
    ("[folded=x &]", "expected an attribute", 12),
    ("[folded=x | ]", "expected an attribute", 13),
    ("[& folded=x]", "expected an attribute", 2),
    ("[!]", "expected an attribute", 3),
    ("[()]", "expected an attribute", 3),
    ("[kind=noun]", f"kind must be one of {ALL_KINDS}, got 'noun'", 7),
    ("[kind!=noun]", f"kind must be one of {ALL_KINDS}, got 'noun'", 8),
    ('[kind="n[ou]n"]', f"kind must be one of {ALL_KINDS}, got", 7),
    ("[kind=w*n]", f"kind must be one of {ALL_KINDS}, got", 7),
    ("[kind=Word]", f"kind must be one of {ALL_KINDS}, got 'Word'.*Did you mean 'word'", 7),
    # Regular expressions: the engine's message
    ("/(باب/", "is invalid: unclosed group", 2),
    ("باب /[ب/", "is invalid: unclosed character class", 6),
    ("/باب)|(دار/", "is invalid: unopened group", 5),
    ('[folded="x)|(y"]', "is invalid: unopened group", 11),
    ("/*/", "is invalid: repetition operator missing expression", 2),
    ('[folded="(باب"]', "is invalid: unclosed group", 10),
    ('[kind="(word"]', "is invalid: unclosed group", 8),
    ("/(?=باب)/", "is invalid: look-around", 2),
    (r"/(ب)\1/", "is invalid: backreferences", 5),
    # Patterns that match nothing, or every word
    ("(باب)?", "required word", None),
    ("[folded=باب]*", "required word", None),
    ("/باب/{,3}", "required word", None),
    ("(باب)? (دار)*", "required word", None),
    ("باب|(دار)?", "required word", None),
    ("((باب)?){2}", "required word", None),
    ("[]{0,3}", "required word", None),
    ("*", "matches every word", None),
    ("**", "matches every word", None),
    ("[]", "matches every word", None),
    ("[ ]", "matches every word", None),
    ("/.*/", "matches every word", None),
    ("* []", "matches every word", None),
    ("[] []{0,2} *", "matches every word", None),
    ("(*|[])+", "matches every word", None),
    ("ـ", "folded away", None),
    ("\u064e \u064b", "folded away", None),
    # Sizes
    (DEEP, "50", 51),
    (f"[{DEEP.replace('باب', 'folded=x')}]", "50", None),
    ("[folded=x]" * 10_001, "at most 10,000 steps", None),
    ("((((باب){100}){100}){100}){100}", "at most 10,000 steps", None),
    # Columns missing from the corpus
    ("[stem=باب]", r"corpus\.annotate\(\)", None),
    ("باب [folded=x | !lemma!=باب]", r"corpus\.annotate\(\)", None),
]


@pytest.mark.parametrize(("pattern", "wrong", "place"), BAD_PATTERNS, ids=[f"{row[0]!r:.20}" for row in BAD_PATTERNS])
def test_invalid_patterns(corpus: ck.Corpus, pattern: object, wrong: str, place: int | None) -> None:
    with pytest.raises(ck.InputError, match=None if place is None else rf"at character {place}\b") as error:
        ck.kwic(corpus, pattern)  # type: ignore[arg-type]
    message = str(error.value)
    assert re.search(wrong, message.replace(repr(pattern), ""), re.DOTALL), message
    assert len(message) < 1000


@pytest.mark.parametrize("pattern", ["باب (دار", "باب|", "(باب){3,2}", "[xyz=باب]", "[kind=noun]", "/(باب/", "[]", "ـ"])
def test_messages_show_the_pattern(corpus: ck.Corpus, pattern: str) -> None:
    with pytest.raises(ck.InputError) as error:
        ck.kwic(corpus, pattern)
    assert pattern in str(error.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"within": "page"}, "^within must be one of 'sentence', 'paragraph', 'document', got 'page'"),
        ({"within": None}, "^within must be"),
        ({"within": "Paragraph"}, "Did you mean 'paragraph'"),
        ({"clitics": True}, r"corpus\.annotate\(\)"),
    ],
)
def test_invalid_options(corpus: ck.Corpus, options: dict[str, object], message: str) -> None:
    with pytest.raises(ck.InputError, match=message):
        ck.kwic(corpus, "باب", **options)  # type: ignore[arg-type]


def test_fifty_brackets_are_allowed(nodes: Nodes) -> None:
    assert nodes("باب دار", "(" * 50 + "باب" + ")" * 50) == ["باب"]
    assert nodes("باب دار", "(" * 49 + "[folded=باب]" + ")" * 49) == ["باب"]


def test_negated_classes_are_specific_enough(nodes: Nodes) -> None:
    assert nodes("باب دار", "/[^ب].*/") == ["دار"]
    assert nodes("باب ثوب", "/[^ث]*/") == ["باب"]
    assert nodes("باب ثوب x", "[folded!=x & folded!=ثوب]") == ["باب"]


def test_one_specific_item_is_enough(nodes: Nodes) -> None:
    assert nodes("باب دار، نار", "* نار") == ["دار، نار"]
    assert nodes("باب دار، نار", "[] ، *") == ["دار، نار"]
    assert nodes("باب دار، نار", "[] []{0,2} نار") == ["باب دار، نار"]


def check_answer_or_error(corpus: ck.Corpus, pattern: str) -> None:
    message = ""
    try:
        ck.kwic(corpus, pattern)
    except ck.InputError as error:
        message = str(error)
    assert len(message) < 1500


@pytest.mark.parametrize(
    "pattern",
    [
        "(" * 100_000,
        ")" * 100_000,
        "[" * 100_000,
        "[]" * 100_000,
        "()" * 100_000,
        "باب " * 12_000,
        "{" * 100_000,
        "|" * 100_000,
        "/" * 100_000,
        "\\" * 100_001,
        "*" * 100_000 + "ا",
        "?" * 100_000,
        "*ا" * 20_000,
        "باب\\",
        "[folded=باب\\",
        '[folded="باب\\',
        "/باب\\/",
        "[" + "!" * 100_000 + "folded=x]",
        "[" + "(" * 100_000 + "folded=x" + ")" * 100_000 + "]",
        "[" + "folded=x|" * 20_000 + "folded=x]",
        "[folded=" + "x" * 1_000_000 + "]",
        "x" * 1_000_000,
        "/" + "(" * 20_000 + ")" * 20_000 + "/",
        "/((a{1000}){1000}){1000}/",
        '[folded="((a{1000}){1000}){1000}"]',
        "/" + "a?" * 30 + "a" * 30 + "/",
        "/(a*)*(a*)*b/",
        "/(?x)باب # دار/",
        "//",
        "(باب){" + "9" * 5_000 + "}",
        "(باب){1," + "9" * 5_000 + "}",
        "(((باب)*)*)*دار",
        "((([]{0,3}){0,9}){0,9}){0,9} باب",
        "\0",
        "باب\0دار",
        "\ufeffباب",
        "(باب)??",
        "(باب)**",
        "/باب/دار",
        "/باب//دار/",
        '[folded=""]',
        "[stem]",
        "٣{٢}",
        "(باب){٢}",
        "(باب){²}",
    ],
    ids=lambda pattern: pattern[:12] + ("..." if len(pattern) > 12 else ""),
)
def test_hostile_patterns_terminate(corpus: ck.Corpus, pattern: str) -> None:
    check_answer_or_error(corpus, pattern)


PARTS = [
    *'()[]{}|/"\\*?+,=!&#@. \n',
    *"ابدAx12",
    "folded",
    "kind",
    "surface=",
    "word",
    "باب",
    "دار",
    "{1,2}",
    "[]",
    "\u064e",
]


@pytest.mark.no_sanitizer  # most of it is Python, and most texts never reach the core
@settings(max_examples=examples(150))
@given(
    st.one_of(
        st.text('()[]{}|/"\\*?+,=!& اب12dk'), st.lists(st.sampled_from(PARTS), max_size=15).map("".join), st.text()
    )
)
@example("(باب)?دار")
def test_any_text_parses_or_raises_input_error(corpus: ck.Corpus, pattern: str) -> None:
    check_answer_or_error(corpus, pattern)


@pytest.mark.parametrize(
    "pattern",
    ["(ا|ا ا)+ ب", "((ا)?){50} ب", "(ا []{0,9}){1,9} ب", "([]{1,9} ا|ا []{1,9})+ ب", "(ا|/./|[folded=ا]|?){1,100} ب"],
)
def test_search_is_not_exponential(nodes: Nodes, pattern: str) -> None:
    """Trying every path would never end."""
    assert nodes("ا " * 200 + "ج", pattern) == []


# ----------------------------------------------------------------------------------------------------
# Stems, lemmas and clitics
# ----------------------------------------------------------------------------------------------------

# Pieces, stem and lemma of each word; other words are unsegmented and their own lemmas.
PARSES = {
    "والسعودية": (["و", "السعودية"], "السعودية", "سعودي"),
    "السعودية": (["السعودية"], "السعودية", "سعودي"),
    "للعراق": (["ل", "لعراق"], "العراق", "عراق"),
    "العراق": (["العراق"], "العراق", "عراق"),
    "وللعراق": (["و", "ل", "لعراق"], "العراق", "عراق"),
    "والمدينة": (["و", "المدينة"], "المدينة", "مدينة"),
    "المدينة": (["المدينة"], "المدينة", "مدينة"),
    "مدينة": (["مدينة"], "مدينة", "مدينة"),
    "وصل": (["وصل"], "وصل", "وصل"),
}
STEMS = {word: stem for word, (_, stem, _) in PARSES.items()}
LEMMAS = {word: lemma for word, (_, _, lemma) in PARSES.items()}
# What each lemma can be; others have no part of speech.
TAGS = {"سعودي": ["ADJ", "PROPN"], "عراق": ["PROPN"], "مدينة": ["NOUN"], "وصل": ["VERB", "NOUN"], "ثم": []}
ANNOTATED = [
    "وصل إلى السعودية والسعودية بعيدة، ثم للعراق والعراق.",
    "والمدينة المدينة المدينه مدينة وللعراق العراق\nوصل 12 للعراق",
]


TAGS_OF_WORDS = {word: TAGS.get(LEMMAS.get(word, word)) for text in ANNOTATED for word in ck.tokenize(text)}


def annotate(words: list[str]) -> list[tuple[list[str], str]]:
    return [(PARSES[word][0], PARSES[word][2]) if word in PARSES else ([word], word) for word in words]


@pytest.fixture(scope="module")
def annotated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ck.Corpus]:
    with build(ANNOTATED, tmp_path_factory.mktemp("annotated") / "corpus") as corpus:
        with lists_annotated("pos", TAGS.get):
            corpus.annotate(annotate)
        yield corpus


class TestAnnotated:
    @staticmethod
    def found(corpus: ck.Corpus, pattern: str, **options: object) -> list[str]:
        nodes: list[str] = ck.kwic(corpus, pattern, **options).frame["node"].to_list()  # type: ignore[arg-type]
        return nodes

    def test_stems(self, annotated: ck.Corpus) -> None:
        assert self.found(annotated, "[stem=السعودية]") == ["السعودية", "والسعودية"]
        assert self.found(annotated, "[stem=العراق]") == ["للعراق", "وللعراق", "العراق", "للعراق"]
        assert self.found(annotated, "[stem=العراق & folded!=العراق]") == ["للعراق", "وللعراق", "للعراق"]
        assert self.found(annotated, '[stem="الع.*|السعوديه"]')[:2] == ["السعودية", "والسعودية"]
        assert self.found(annotated, "[stem=المدينه]") == ["والمدينة", "المدينة", "المدينه"]
        assert self.found(annotated, "[stem=المدينة]", exact=True) == ["والمدينة", "المدينة"]

    def test_lemmas(self, annotated: ck.Corpus) -> None:
        assert self.found(annotated, "[lemma=سعودي]") == ["السعودية", "والسعودية"]
        assert self.found(annotated, "[lemma=مدينه]") == ["والمدينة", "المدينة", "مدينة"]
        assert self.found(annotated, "[lemma=مدينه]", exact=True) == []
        assert self.found(annotated, "[lemma=عراق] [lemma=عراق]") == ["وللعراق العراق"]

    def test_parts_of_speech(self, annotated: ck.Corpus) -> None:
        names = ["السعودية", "والسعودية", "للعراق", "والعراق", "وللعراق", "العراق", "للعراق"]
        can_be_adjectives, nouns = names[:2], ["والمدينة", "المدينة", "مدينة"]
        assert self.found(annotated, "[pos=ADJ]") == can_be_adjectives  # any of the tags, not the likeliest only
        assert self.found(annotated, "[pos=PROPN]") == self.found(annotated, "[type.pos=propn]")
        assert self.found(annotated, "[pos=PROPN & folded!=والعراق]") == [name for name in names if name != "والعراق"]
        assert self.found(annotated, "[pos=*noun]") == self.found(annotated, "[pos=/[no]+un/]")
        assert self.found(annotated, "[pos=*noun]") == ["وصل", *nouns, "وصل"]
        assert self.found(annotated, "[pos=PROPN & pos!=ADJ]") == self.found(annotated, "[lemma=عراق]")
        every = self.found(annotated, "[kind=word|kind=number]")
        assert sorted(self.found(annotated, "[pos!=PROPN]") + self.found(annotated, "[pos=PROPN]")) == sorted(every)
        assert "12" in self.found(annotated, "[pos!=VERB]")  # says nothing of it here, so not a verb
        assert len(self.found(annotated, "[pos=/.*/]")) < len(every)
        assert self.found(annotated, "[pos=ADJ]", exact=True) == can_be_adjectives
        assert self.found(annotated, "[pos=adj]", exact=True) == []
        assert self.found(annotated, "[lemma=مدينة & pos=NOUN]") == nouns
        assert self.found(annotated, "[lemma=مدينة & pos=VERB]") == []

    def test_clitics(self, annotated: ck.Corpus) -> None:
        assert self.found(annotated, "السعودية") == ["السعودية"]
        assert self.found(annotated, "السعودية", clitics=True) == ["السعودية", "والسعودية"]
        assert self.found(annotated, "العراق", clitics=True) == ["للعراق", "وللعراق", "العراق", "للعراق"]
        assert self.found(annotated, "/ا?لعراق/", clitics=True) == self.found(annotated, "العر*", clitics=True)
        assert self.found(annotated, "السعودية السعودية", clitics=True) == ["السعودية والسعودية"]
        # Square brackets name the column they test.
        assert self.found(annotated, "[folded=السعودية]", clitics=True) == ["السعودية"]
        assert self.found(annotated, "المدينة", clitics=True, exact=True) == ["والمدينة", "المدينة"]

    @settings(max_examples=examples(60))
    @given(data=st.data(), exact=st.booleans(), clitics=st.booleans())
    def test_equal_to_the_twin(self, annotated: ck.Corpus, data: st.DataObject, exact: bool, clitics: bool) -> None:
        known = [*PARSES, "سعودي", "عراق", "المدينه"]
        literal = st.sampled_from(known).map(lambda word: Wild((word,)))
        wild = st.sampled_from([Wild((ANY, "عراق")), Wild(("ال", ANY)), Wild(("مدين", ONE))])
        regex = st.sampled_from(["ال.*", "[وا]ل.*", "مدين[ةه]", "(ال)?عراق"]).map(Regex)
        value = st.one_of(literal, wild, regex)
        tag = st.sampled_from([*map(Wild, [("VERB",), ("PROPN",), ("adj",), (ANY, "NOUN"), ("X",)]), Regex("[VN].*")])
        of_tags = st.builds(Test, st.sampled_from(["pos", "type.pos"]), tag, st.booleans())
        of_texts = st.builds(Test, st.sampled_from(["stem", "lemma", "folded", "word"]), value, st.booleans())
        of_both = st.tuples(of_texts, of_tags)
        test = st.one_of(of_texts, of_texts, of_tags, of_both.map(And), of_both.map(Or))
        item = st.one_of(st.sampled_from(known).map(Word), wild, regex, st.builds(Attribute, test), st.just(gap(1, 2)))
        tree = Sequence(tuple(data.draw(st.lists(item, min_size=1, max_size=3))))
        if is_refused(tree, exact):
            return
        answer = expected(ANNOTATED, tree, exact=exact, clitics=clitics, stems=STEMS, lemmas=LEMMAS, tags=TAGS_OF_WORDS)
        assert found(annotated, text_of(tree), exact=exact, clitics=clitics) == answer
