"""Roots: the spelling in which they are compared, and patterns that ask for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

import polars as pl
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from unit_twins import roots_annotated

import corpus_kit as ck
from corpus_kit.text.roots import asked_roots, fold_root, fold_roots

pytestmark = pytest.mark.interface

ROOTS = {
    "كتب": ["كتب"],
    "كتاب": ["كتب", "تكب"],
    "قال": ["قول"],
    "قيلولة": ["قيل"],
    "سأل": ["سءل"],
    "أكل": ["ءكل"],
    "رمى": ["رمي"],
    "دعا": ["دعو"],
    "مد": ["مدد"],
    "زلزل": ["زلزل"],
    "سفرجل": ["سفرجل"],
    "زيد": [],
    "مدينة": ["مدن", "دين"],
}
WORDS = [*ROOTS, "من"]
TEXT = " ".join([*WORDS, "١٢ #كتب ."])


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ck.Corpus]:
    folder = tmp_path_factory.mktemp("roots") / "c"
    with ck.Corpus.build(pl.DataFrame({"text": [TEXT]}), folder, progress=False) as built:
        with roots_annotated(ROOTS.get):
            built.annotate(lambda words: [([word], word) for word in words])
        yield built


# -------------------------------------------------------------------------------- the spelling


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("كتب", "كتب"),
        ("سأل", "سءل"),
        ("قرأ", "قرء"),
        ("بؤس", "بءس"),
        ("بئر", "بءر"),
        ("آمن", "ءمن"),
        ("رمى", "رمي"),
        ("ك ت ب", "كتب"),
        ("ك-ت\u2011ب", "كتب"),
        ("كـتـب", "كتب"),
        ("كَتَبَ", "كتب"),
        ("ﻛﺘﺐ", "كتب"),
        ("کتب", "كتب"),
        ("وقی", "وقي"),
        ("", ""),
    ],
)
def test_fold_root(text: str, folded: str) -> None:
    assert fold_root(text) == fold_root(folded) == folded
    column = pl.Series("root", [text, None, text, "قول"])
    assert fold_roots(column).to_list() == [folded, None, folded, "قول"]


@pytest.mark.parametrize(
    ("text", "roots"),
    [
        ("كتب", {"كتب"}),
        (" ك ت ب ", {"كتب"}),
        ("ك-ت-ب", {"كتب"}),
        ("قال", {"قول", "قيل"}),
        ("قـال", {"قول", "قيل"}),
        ("قول", {"قول"}),
        ("قيل", {"قيل"}),
        ("رمى", {"رمو", "رمي"}),
        ("رما", {"رمو", "رمي"}),
        ("رمي", {"رمي"}),
        ("دعا", {"دعو", "دعي"}),
        ("اكل", {"ءكل"}),
        ("أكل", {"ءكل"}),
        ("ءكل", {"ءكل"}),
        ("ٱكل", {"ءكل"}),
        ("سأل", {"سءل"}),
        ("قرأ", {"قرء"}),
        ("وعى", {"وعو", "وعي"}),
        ("زلزل", {"زلزل"}),
        ("سفرجل", {"سفرجل"}),
        ("مد", {"مد", "مدد"}),
        ("مدّ", {"مد", "مدد"}),
    ],
)
def test_asked_roots(text: str, roots: set[str]) -> None:
    assert set(asked_roots(text)) == roots


@pytest.mark.parametrize(
    "text", ["", " ", "ك", "ـ", "ـك", "-", "استخرج", "مدرسة", "كتb", "ktb", "12", "ك.ت.ب", "كت؟", "\0كت"]
)
def test_what_cannot_be_a_root(text: str) -> None:
    with pytest.raises(ck.InputError, match=r"^root must be three to five Arabic letters, such as كتب, .*, got"):
        asked_roots(text)


@settings(max_examples=examples(200))
@given(st.text("ءأؤئوياىكتبقلم", min_size=3, max_size=5))
def test_asked_roots_are_what_their_letters_stand_for(text: str) -> None:
    choices = []
    for place, letter in enumerate(text):
        is_alef = letter == "ا" or (letter == "ى" and place == len(text) - 1)
        choices.append("ء" if letter == "ا" and not place else "وي" if is_alef else fold_root(letter))
    expected = set(map("".join, product(*choices)))
    assert set(asked_roots(text)) == expected
    assert all(fold_root(root) == root for root in expected)


# -------------------------------------------------------------------------------- patterns


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("[root=كتب]", ["كتب", "كتاب"]),
        ("[root=ك ت ب]", ["كتب", "كتاب"]),
        ("[root = ك-ت-ب ]", ["كتب", "كتاب"]),
        ("[root=كـتـب]", ["كتب", "كتاب"]),
        ("[root=تكب]", ["كتاب"]),
        ("[root=قال]", ["قال", "قيلولة"]),
        ("[root=قول]", ["قال"]),
        ("[root=سأل]", ["سأل"]),
        ("[root=سءل]", ["سأل"]),
        ("[root=أكل]", ["أكل"]),
        ("[root=اكل]", ["أكل"]),
        ("[root=رمى]", ["رمى"]),
        ("[root=دعا]", ["دعا"]),
        ("[root=دعو]", ["دعا"]),
        ("[root=مد]", ["مد"]),
        ("[root=مدد]", ["مد"]),
        ("[root=دين]", ["مدينة"]),
        ("[root=زلزل]", ["زلزل"]),
        ("[root=سفرجل]", ["سفرجل"]),
        ("[root=نزل]", []),
        ("[root=/.*/]", [word for word in WORDS if word not in ("زيد", "من")]),
        ("[root=*]", [word for word in WORDS if word not in ("زيد", "من")]),
        ("[root=/ك.ب/]", ["كتب", "كتاب"]),
        ('[root="ك.ب|مد[دن]"]', ["كتب", "كتاب", "مد", "مدينة"]),
        ("[root=/[سأ][ؤك]ل/]", ["سأل", "أكل"]),
        ("[root=/س[أؤ]ل/]", ["سأل"]),
        ("[root=/..../ & word!=زلزل]", []),
        ("[root=ك*]", ["كتب", "كتاب"]),
        ("[root=?ءل]", ["سأل"]),
        ("[root=ك ت *]", ["كتب", "كتاب"]),
        ("[root=كتب & !root=تكب]", ["كتب"]),
        ("[root=كتب|root=قول]", ["كتب", "كتاب", "قال"]),
        ("[root!=كتب]", [word for word in WORDS if word not in ("كتب", "كتاب")] + ["١٢", "#كتب"]),
        ("[root!=قال & root=/.و?ل|قيل/]", []),
        ("[root=/.*/ & root!=/...+/]", []),
        ("[root=كتب] [root=قال]", ["كتاب قال"]),
    ],
)
@pytest.mark.parametrize("exact", [False, True])
def test_patterns_find_the_types_of_a_root(corpus: ck.Corpus, pattern: str, found: list[str], exact: bool) -> None:
    assert ck.kwic(corpus, pattern, exact=exact).frame["node"].to_list() == found


SOME = ("كتب", "قول", "قيل", "سءل", "رمي")
ASKED = ("كتب", "قال", "قول", "رمى", "سأل", "ق-ي-ل", "/ق.ل/", "/[كس].*/", "*ل", "?و?", "/.*/")


def has(root: str, asked: str) -> bool:
    """Return whether a stored root is what a pattern asks for, letter by letter."""
    if asked.startswith("/") or "*" in asked or "?" in asked:
        regex = asked.strip("/") if asked.startswith("/") else asked.replace("*", ".*").replace("?", ".")
        return re.fullmatch(regex, root) is not None
    return root in asked_roots(asked)


@settings(max_examples=examples(25), deadline=None)
@given(
    st.lists(st.one_of(st.none(), st.lists(st.sampled_from(SOME), max_size=3)), min_size=1, max_size=6),
    st.lists(st.tuples(st.booleans(), st.sampled_from(ASKED)), min_size=1, max_size=3),
    st.sampled_from(["&", "|"]),
)
def test_any_root_of_a_type_is_found(
    tmp_path_factory: pytest.TempPathFactory,
    roots: list[list[str] | None],
    tests: list[tuple[bool, str]],
    sign: str,
) -> None:
    words = [f"كلم{'ة' * (number + 1)}" for number in range(len(roots))]
    pattern = "[" + sign.join(f"root{'!=' if negated else '='}{asked}" for negated, asked in tests) + "]"
    expected = []
    for word, of_word in zip(words, roots, strict=True):
        passes = [any(has(root, asked) for root in of_word or ()) != negated for negated, asked in tests]
        if all(passes) if sign == "&" else any(passes):
            expected.append(word)
    folder = tmp_path_factory.mktemp("any") / "c"
    with ck.Corpus.build(pl.DataFrame({"text": [" ".join(words)]}), folder, progress=False) as corpus:
        with roots_annotated(dict(zip(words, roots, strict=True)).get):
            corpus.annotate(lambda words: [([word], word) for word in words])
        try:
            found = ck.kwic(corpus, pattern).frame["node"].to_list()
        except ck.InputError:  # a root and its contrary, which never hold together
            found = []
        assert found == expected


def test_roots_are_found_as_they_are_counted(corpus: ck.Corpus) -> None:
    table = ck.frequency(corpus, unit="root")
    assert dict(table.select("word", "count").iter_rows()) == {
        "كتب": 2, "قول": 1, "قيل": 1, "سءل": 1, "ءكل": 1, "رمي": 1, "دعو": 1, "مدد": 1, "زلزل": 1, "سفرجل": 1, "مدن": 1
    }  # fmt: skip
    for pattern in ("قال", "ق-ي-ل", "/ق.ل/", "ق?ل"):
        nodes = ck.frequency(corpus, pattern=pattern, unit="root")["word"].to_list()
        assert nodes == (["قيل"] if pattern == "ق-ي-ل" else ["قول", "قيل"])
    # found by its second root, counted by its first
    assert ck.frequency(corpus, pattern="دين", unit="root")["word"].to_list() == ["مدن"]


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("[root=ك]", "at character 7: root must be three to five Arabic letters"),
        ("قال [root=ك ]", "at character 11: root must be three to five Arabic letters"),
        ("[root=استخرج]", "at character 7: root must be three to five Arabic letters"),
        ("[root=مدرسة]", "at character 7: root must be"),
        ("[root=12]", "at character 7: root must be"),
        ("[root=]", "at character 7: expected a value after root="),
        ("[root= & kind=word]", "at character 8: expected a value after root="),
        ("[root=كتا*]", "at character 7: 'ا' is no letter of a root; write ء, و or ي"),
        ("[root=/كا./]", "at character 7: 'ا' is no letter of a root"),
        ("[root=/ك[/]", "the regular expression 'ك\\[' is invalid"),
        ('[root=""]', "the regular expression is empty"),
        ("[root=/كَ./]", "is folded away"),
        ("[roots=كتب]", "attribute must be one of .*'root', 'pos', got 'roots'. Did you mean 'root'"),
    ],
)
def test_bad_patterns(corpus: ck.Corpus, pattern: str, message: str) -> None:
    with pytest.raises(ck.InputError, match=message):
        ck.kwic(corpus, pattern)


def test_missing_roots_are_reported(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Also where annotations by an earlier version, or by another function, have lemmas only."""
    folder = tmp_path_factory.mktemp("plain") / "c"
    message = r"needs the column 'root', which this corpus does not have\. corpus\.annotate\(\) adds it\.$"
    with ck.Corpus.build(pl.DataFrame({"text": [TEXT]}), folder, progress=False) as plain:
        for _ in range(2):
            with pytest.raises(ck.InputError, match=message):
                ck.kwic(plain, "[root=كتب]")
            with pytest.raises(
                ck.InputError, match=r"^this corpus has no column 'root'\. corpus\.annotate\(\) adds it"
            ):
                plain.type_column("root")
            plain.annotate(lambda words: [([word], word) for word in words])
            assert not plain.has_annotation("root")
        assert "root" not in plain.vocabulary.collect_schema()
        with roots_annotated(ROOTS.get):
            plain.annotate(lambda words: [([word], word) for word in words])
        assert plain.has_annotation("root")
        assert plain.vocabulary.collect_schema()["root"] == pl.List(pl.String)
        part = plain.filter(pl.col("document") == 0)
        assert part.vocabulary.filter(surface="كتاب").collect()["root"].to_list() == [["كتب", "تكب"]]


@pytest.mark.parametrize("pattern", ["[lemma=/كتا?ب/]", '[lemma="كتا?ب"]', "[stem=/كتا?ب/ & !stem=كتب|stem=كتب]"])
def test_regular_expressions_between_slashes(corpus: ck.Corpus, pattern: str) -> None:
    assert ck.kwic(corpus, pattern).frame["node"].to_list() == ["كتب", "كتاب"]
