"""Word lists and macros: how they are read, and how calls are replaced."""

from __future__ import annotations

from pathlib import Path

import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus_kit as ck
from corpus_kit.corpus.definitions import (
    Call,
    Definitions,
    Macro,
    call_at,
    expand_macros,
    read_definitions,
)
from corpus_kit.errors import InputError

pytestmark = pytest.mark.interface


def macros(**patterns: str) -> Definitions:
    return read_definitions({"macros": patterns})


def test_a_toml_file_has_lists_and_macros(tmp_path: Path) -> None:
    (tmp_path / "places.txt").write_text("# cities\nالرياض\n\nمكة المكرمة  # two words\nالرياض\n", encoding="utf-8")
    file = tmp_path / "project.toml"
    file.write_text(
        '[lists]\nverbs = ["قال", "أكد"]\nplaces = {file = "places.txt"}\n'
        '[macros]\nsaid = "[lemma=$verbs] $0"\nnear = {arguments = ["a", "b"], pattern = "$a []{0,3} $b"}\n',
        encoding="utf-8",
    )
    found = ck.sample_corpus().with_definitions(file).definitions
    assert found.lists == {"verbs": ("قال", "أكد"), "places": ("الرياض", "مكة المكرمة")}
    assert found.macros == {"said": Macro(("0",), "[lemma=$verbs] $0"), "near": Macro(("a", "b"), "$a []{0,3} $b")}
    record = found.record(["verbs"], ["near"])
    assert record["lists"]["verbs"]["words"] == 2
    assert record["macros"] == {"near": "$a []{0,3} $b"}


def test_later_definitions_take_the_place_of_earlier_ones() -> None:
    corpus = ck.sample_corpus().with_definitions({"lists": {"a": ["x"], "b": ["y"]}})
    more = corpus.with_definitions({"lists": {"a": ["z"]}, "macros": {"m": "x"}})
    assert more.definitions.lists == {"a": ("z",), "b": ("y",)}
    assert corpus.definitions.lists["a"] == ("x",)
    assert ck.sample_corpus().with_definitions(more.definitions).definitions == more.definitions
    assert more.filter(outlet="وكالة مدى").definitions == more.definitions


def test_files_of_cqp(tmp_path: Path) -> None:
    (tmp_path / "verbs.txt").write_text("قال\nأكد\n", encoding="utf-8")
    file = tmp_path / "macros.txt"
    file.write_text(
        '# published macros\nMACRO np(0)\n  [pos="DET"]? # not a "quoted ; sign"\n  [pos="N.*"]\n;\n'
        'MACRO np(1) [word=";$0"];\nMACRO pair ($0=First $1=Second) "$0" "$1";\n'
        'define $days = "السبت الأحد";\ndefine $verbs < "verbs.txt";\n',
        encoding="utf-8",
    )
    found = read_definitions(file)
    assert found.lists == {"days": ("السبت", "الأحد"), "verbs": ("قال", "أكد")}
    assert found.macros["np"] == Macro((), '[pos="DET"]? [pos="N.*"]')
    assert found.macros["pair"] == Macro(("First", "Second"), '"$0" "$1"')
    assert expand_macros('/np[] /np["قال"]', found, cqp=True).text == '[pos="DET"]? [pos="N.*"] [word=";قال"]'
    assert expand_macros("/pair[a, b]", found, cqp=True).text == '"a" "b"'


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("قال /said[]", "قال (قال|أكد)"),
        ("/source[الوزير]", "((قال|أكد) الوزير)"),
        ("(/said[]|[/said[] & kind=word])", "((قال|أكد)|[(قال|أكد) & kind=word])"),
        ("/near[/near[a, b], c]", "((a []{0,3} b) []{0,3} c)"),
        ('/near["a, b", (c,d)]', "(a, b []{0,3} (c,d))"),
        ('[lemma="/said[]"]', '[lemma="/said[]"]'),
        ("/قا[ول]ا/ /said[]", "/قا[ول]ا/ (قال|أكد)"),
        ("/abc[de]f/ x", "/abc[de]f/ x"),
        ("/region[quotation]", "/region[quotation]"),
        ("a/said[] \\/said[]", "a/said[] \\/said[]"),
        ("[lemma=$verbs]", "[lemma=$verbs]"),
    ],
)
def test_calls_are_replaced(text: str, expanded: str) -> None:
    definitions = macros(said="قال|أكد", source="/said[] $0", near="$0 []{0,3} $1")
    found = expand_macros(text, definitions)
    assert found.text == expanded
    assert len(found.places) == len(found.text) + 1
    assert found.places == sorted(found.places)
    assert found.places[-1] == len(text)


def test_places_are_those_of_calls() -> None:
    found = expand_macros("ab /m[] cd", macros(m="xyz"))
    assert (found.text, found.macros) == ("ab (xyz) cd", {"m"})
    assert found.places == [0, 1, 2, 3, 3, 3, 3, 3, 7, 8, 9, 10]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("قال /a[]", "character 5: the macro 'a' calls itself: a -> b -> a"),
        ("/near[x]", r"'near' takes 2 arguments, and got 1"),
        ("x /nera[a, b]", r"character 3: there is no macro 'nera'. Did you mean 'near'\?"),
        ("/near[a, b", "character 1: .*never closed"),
        ("/wrong[]", "'near' takes 2 arguments, and got 0 in the macro 'wrong'"),
        ("/grows[" * 25 + "x" + "]" * 25, "1,000,000 characters"),
        ("/same[" * 500 + "x" + "]" * 500, "over 40 calls in one another"),
        ("/e[] " * 2_000, "10,000 calls"),
    ],
)
def test_errors_have_the_place(text: str, message: str) -> None:
    definitions = macros(
        a="/b[]",
        b="x /a[]",
        near="$0 $1",
        wrong="/near[]",
        grows="$0 $0",
        same="$0",
        e="/f[] /f[]",
        f="/g[] /g[]",
        g="x",
    )
    with pytest.raises(InputError, match=message):
        expand_macros(text, definitions)


def test_calls_that_patterns_may_make() -> None:
    definitions = macros(near="$0 $1")
    assert call_at("x /near[a,b]", 2, definitions) == Call("near", ("a", "b"), 12)
    assert call_at("/near[]", 0, definitions) == Call("near", (), 7)
    assert call_at("/x[a]b/", 0, definitions) is None
    assert call_at("near[]", 0, definitions) is None


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (5, "definitions must be a path"),
        ({"list": {}}, r"Did you mean 'lists'\?"),
        ({"lists": []}, "lists must be a table"),
        ({"lists": {"a b": ["x"]}}, "name of a word list.*'a b'"),
        ({"lists": {"a": "x"}}, "'a'.*list of words"),
        ({"lists": {"a": []}}, "'a' must be one word or more"),
        ({"lists": {"a": [1]}}, "'a' must be of words"),
        ({"lists": {"a": ["x\ny"]}}, "'a' must be of words"),
        ({"lists": {"a": {"file": "no-such-file.txt"}}}, "'a' cannot be read"),
        ({"lists": {"a": ["x"] * 100_001}}, "at most 100,000 words"),
        ({"macros": {"m": ""}}, "the pattern of the macro 'm'"),
        ({"macros": {"m": 5}}, "the macro 'm' must be a pattern"),
        ({"macros": {"m": {"pattern": "x"}}}, "the macro 'm' must be a pattern"),
        ({"macros": {"m": {"arguments": ["a", "a"], "pattern": "x"}}}, "names that differ"),
        ({"macros": {"m": {"arguments": ["1"], "pattern": "x"}}}, "the arguments of the macro 'm'"),
        ({"macros": {"region": "x"}}, "'region'"),
    ],
)
def test_bad_definitions_are_refused(given: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_definitions(given)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.toml", b"[lists", "cannot be read"),
        ("a.toml", b"\xff\xfe", "cannot be read"),
        ("a.toml", b'[lists]\na = {file = "none.txt"}', "have an error: .*'a' cannot be read"),
        ("a.mac", b"MACRO m(2) [x]", "semicolon"),
        ("a.mac", b"MACRO m(x) [x];", r"followed by \(0\) to \(9\)"),
        ("a.mac", b"\n\nlemma = 5;", "line 3"),
        (
            "a.mac",
            "MACRO m(0) 'قال';".encode("cp1256"),
            r"cannot be read: it is not UTF-8 \(byte 12\); save it as UTF-8",
        ),
        ("a.toml", '[lists]\na = {file = "a.toml"}'.encode("utf-16"), "it is not UTF-8"),
        (
            "a.mac",
            b"".join(b"MACRO m%d(0) 'x';\n" % number for number in range(10_002)),
            "at most 10,000 lists and macros",
        ),
        ("a.toml", '[lists]\na = ["\u200fقال"]'.encode(), "It has a sign that is not seen"),
    ],
)
def test_bad_files_are_refused(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_definitions(tmp_path / name)
    with pytest.raises(InputError, match="cannot be read"):
        read_definitions(tmp_path / "absent.toml")


def test_word_lists_are_utf_8(tmp_path: Path) -> None:
    given = {"lists": {"a": {"file": str(tmp_path / "words.txt")}}}
    (tmp_path / "words.txt").write_bytes("\ufeffقال\r\nأكد\r\n".encode())
    assert read_definitions(given).lists["a"] == ("قال", "أكد")
    for encoding in ("cp1256", "utf-16"):
        (tmp_path / "words.txt").write_bytes("قال\nأكد".encode(encoding))
        with pytest.raises(InputError, match=r"'words.txt': it is not UTF-8 .*; save it as UTF-8"):
            read_definitions(given)


def test_many_definitions_of_cqp_are_read_in_one_pass(tmp_path: Path) -> None:
    """A list that is defined again and again takes the place of itself."""
    text = 'define $v = "x";\n\n' * 50_000 + 'define $v = "قال";' + " " * 100_000
    (tmp_path / "a.mac").write_text(text, encoding="utf-8")
    assert read_definitions(tmp_path / "a.mac").lists == {"v": ("قال",)}


@settings(max_examples=examples(200))
@given(st.text(alphabet='/ab[]",\\ (|$0', max_size=30))
def test_any_text_is_expanded_or_refused(text: str) -> None:
    definitions = macros(a="x", b="/a[] $0")
    try:
        found = expand_macros(text, definitions)
    except InputError:
        return
    assert len(found.places) == len(found.text) + 1
    if not found.macros:
        assert found.text == text
