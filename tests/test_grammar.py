"""The written grammar of the language of queries: what is derived from it is read, and every rule is explained."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from examples import examples
from hypothesis import event, given, settings
from hypothesis import strategies as st

import corpus_kit as ck
from corpus_kit.corpus.definitions import read_definitions
from corpus_kit.query.pattern_names import Names
from corpus_kit.query.patterns import parse_pattern

pytestmark = pytest.mark.interface

ROOT = Path(__file__).parents[1]
GRAMMAR = (ROOT / "corpus_kit/query/grammar.ebnf").read_text(encoding="utf-8")
PAGE = (ROOT / "docs/reference/query_language.md").read_text(encoding="utf-8")

# ----------------------------------------------------------------------------------------------------
# Reading EBNF
# ----------------------------------------------------------------------------------------------------

# A part is a text, ("name", rule), ("words", text), ("row", parts), ("or", parts), ("maybe", part), ("many", part).
Part = Any
_SIGNS = re.compile(r"""\s*(?:\(\*.*?\*\)\s*)*("[^"]*"|'[^']*'|\?[^?]*\?\s*(?=;)|[A-Za-z]+|[=|;(){}\[\]])""", re.DOTALL)


def rules_of(grammar: str) -> dict[str, Part]:
    """Return the rules of a grammar by name."""
    signs, at = [], 0
    text = grammar.rstrip()
    while at < len(text):
        found = _SIGNS.match(text, at)
        assert found, text[at : at + 60]
        signs.append(found[1])
        at = found.end()
    rules = {}
    while signs:
        name, equals = signs.pop(0), signs.pop(0)
        assert equals == "=", name
        rules[name] = _either(signs)
        assert signs.pop(0) == ";", name
    return rules


def _either(signs: list[str]) -> Part:
    parts = [_row(signs)]
    while signs[0] == "|":
        signs.pop(0)
        parts.append(_row(signs))
    return parts[0] if len(parts) == 1 else ("or", parts)


def _row(signs: list[str]) -> Part:
    parts = []
    while signs[0] not in "|;)}]":
        sign = signs.pop(0)
        if sign in "({[":
            inner = _either(signs)
            assert signs.pop(0) == {"(": ")", "{": "}", "[": "]"}[sign]
            parts.append({"(": inner, "{": ("many", inner), "[": ("maybe", inner)}[sign])
        elif sign[0] in "\"'":
            parts.append(sign[1:-1])
        else:
            parts.append(("words", sign) if sign[0] == "?" else ("name", sign))
    return parts[0] if len(parts) == 1 else ("row", parts)


def names_in(part: Part) -> Iterator[str]:
    """Yield the rules that a part names."""
    match part:
        case ("name", name):
            yield name
        case ("or" | "row", parts):
            for each in parts:
                yield from names_in(each)
        case ("many" | "maybe", inner):
            yield from names_in(inner)


RULES = rules_of(GRAMMAR)
NAMES = Names(
    structures={"s": (), "p": (), "text": ("outlet", "date"), "quotation": ("speaker",)},
    definitions=read_definitions({"lists": {"verbs": ["قال", "أكد"]}, "macros": {"said": "قال|أكد", "by": "$0 من"}}),
)
SAMPLES = {  # of what the grammar says in words
    "LETTERS": ["قال", "وزير", "ab", "12", r"\(", r"\*", "،", "#وسم"],
    "PLAIN": ["قال", "ال*", "?اب", "12", r"\&"],
    "EXPRESSION": ["قال", "(و|ف)?قالت?", "[قك].*", r"\d+"],
    "ATTRIBUTE": ["word", "folded", "lemma", "text.outlet", "quotation.speaker"],
    "STRUCTURE": ["s", "p", "text", "quotation"],
    "NAME": ["a", "b", "match", "target"],
    "MACRONAME": ["said", "by"],
    "LISTNAME": ["verbs"],
    "ARGUMENT": ["وزير", "[lemma=قال]"],
    "NUMBER": ["1", "2", "3"],
    "LARGER": ["3", "7"],
    "OFFSET": ["-2", "2"],
}

# ----------------------------------------------------------------------------------------------------
# Writing queries
# ----------------------------------------------------------------------------------------------------

DEEPEST = 9


@st.composite
def derived(draw: st.DrawFn, rule: str = "query") -> str:
    """Return a text that the grammar derives from a rule."""

    def written(part: Part, between: str, depth: int) -> str:
        match part:
            case ("name", name):
                if name in SAMPLES:
                    return draw(st.sampled_from(SAMPLES[name]))
                return written(RULES[name], "" if name.isupper() else " ", depth + 1)
            case ("row", parts):
                return between.join(filter(None, (written(each, between, depth) for each in parts)))
            case ("or", parts):
                few = [each for each in parts if not is_deep(each)]
                return written(draw(st.sampled_from(few if depth > DEEPEST and few else parts)), between, depth)
            case ("maybe", inner):
                return written(inner, between, depth) if depth <= DEEPEST and draw(st.booleans()) else ""
            case ("many", inner):
                number = draw(st.sampled_from([0, 0, 0, 1, 2])) if depth <= DEEPEST else 0
                return between.join(written(inner, between, depth) for _ in range(number))
        return part

    return written(("name", rule), "", 0)


def is_deep(part: Part) -> bool:
    """Whether a part may hold itself."""
    seen, left = set(), list(names_in(part))
    while left:
        name = left.pop()
        if name in ("expression", "condition", "constraint", "MEET"):
            return True
        if name not in seen and name in RULES:
            seen.add(name)
            left += names_in(RULES[name])
    return False


# What a grammar does not say: the query is well formed, and asks for nothing, for everything, or for what cannot be.
NO_SENSE = re.compile(
    "required word|its own attributes|more specific|every word|at least one letter|no token has|has no attribute|"
    "never|later token|no distance|known at the end|choose another name|is (expanded|cut) once|no hit has both|"
    "outside of|from 1 up|lower number|takes [01] argument|a look to the side|one word, one|expected an attribute of|"
    "what every hit has|folded away|is for words alone|got '(a|b|target|match)[.'[]|"
    "there is no attribute '(a|b|target|match)[.]|steps long|"
    "words that are near each other have constraints|in any order, each item must be a word"
)


@settings(max_examples=examples(400))
@given(query=derived())
def test_what_the_grammar_derives_is_read(query: str) -> None:
    try:
        parse_pattern(query, names=NAMES)
        reason = ""
    except ck.InputError as error:
        reason = str(error)
    event("makes no sense" if reason else "read")
    assert not reason or NO_SENSE.search(reason), reason


def test_every_rule_is_defined_and_used() -> None:
    used = {name for part in RULES.values() for name in names_in(part)}
    assert used | {"query"} == set(RULES)
    assert {name for name, part in RULES.items() if isinstance(part, tuple) and part[0] == "words"} == set(SAMPLES)


def test_every_rule_is_explained() -> None:
    assert set(re.findall(r"`([A-Za-z]+)`", PAGE)) >= set(RULES)
