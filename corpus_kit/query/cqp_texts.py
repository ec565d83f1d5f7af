"""The texts in queries of CQP: values with their flags, names of attributes and structures, word lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NoReturn

from corpus_kit.corpus.definitions import Expanded
from corpus_kit.corpus.layers import column_called, names_of_columns
from corpus_kit.errors import nearest, one_of
from corpus_kit.query.condition_parser import ATTRIBUTES, THIS, ConditionParser
from corpus_kit.query.cqp_values import (
    engine_regex,
    of_each_member,
    of_one_member,
    plain_value,
    unfolded,
    without_marks,
)
from corpus_kit.query.pattern_names import Names
from corpus_kit.query.pattern_tree import (
    Compare,
    Condition,
    Constraint,
    Either,
    Is,
    Negation,
    Value,
)
from corpus_kit.text.normalization import normalize

__all__ = ["OF_HITS", "STRING", "CqpText"]

OF_HITS = ("match", "matchend")
_OF_EVERY_TOKEN = ("surface", "word", "folded", "kind")
_FOLDED = ("word", "surface", "folded")  # attributes that the corpus has in folded form
_TEXT = "text"
_SPACE = re.compile(r"(?:\s+|#[^\n]*)*")
STRING = r'"(?:\\[^\r\n]|""|[^"\\\r\n])*"|\'(?:\\[^\r\n]|\'\'|[^\'\\\r\n])*\''
_STRING = re.compile(STRING)
_FLAGS = re.compile(r"\s*%([A-Za-z]*)")
_LIST = re.compile(r"\$(\w[\w.-]*)")
_RE_LIST = re.compile(r"RE\(\s*\$(\w[\w.-]*)\s*\)")
_NEGATED = ("!=", "not contains", "not matches")


class CqpText(ConditionParser):
    """The text of a query of CQP, from the place that is read next; reads texts.

    Args:
        text: The query.
        names: What the corpus adds to the language.
        expanded: The query with the texts of its macros.
    """

    def __init__(self, text: str, names: Names, expanded: Expanded) -> None:
        super().__init__(text, exact=True, names=names, expanded=expanded)
        self._of_token = False

    def skip_space(self) -> None:
        """Go on after white space and comments."""
        match = _SPACE.match(self.text, self.at)
        assert match  # it also matches no space
        self.at = match.end()

    def no_name(self, what: str, value: str, names: Sequence[str], at: int, advice: str = "") -> NoReturn:
        """Raise the error for a name that is none, with the nearest one."""
        near = nearest(value, names) or (f"There is {one_of(list(dict.fromkeys(names)))}" if names else "There is none")
        self.fail(f"there is no {what} {value!r}{f'; {advice}' if advice else ''}. {near}", at)

    # ---- names

    def structure_called(self, name: str, at: int) -> tuple[str, str | None]:
        """Return the structure of a name of CQP, and the attribute that it names with it: quotation_speaker."""
        structures = self.names.structures
        if name in structures:
            return name, None
        known = max((each for each in structures if name.startswith(f"{each}_")), key=len, default=None)
        if known is None:
            self.no_name("structure", name, list(structures), at, "corpus.with_structures(...) adds some")
        attributes = {f"{known}_{each}": each for each in (*structures[known], *(["id"] if known == _TEXT else []))}
        if name not in attributes:
            self.no_name("attribute", name, list(attributes), at)
        return known, attributes[name]

    def whole_structure(self, name: str, at: int) -> str:
        """Return the structure of a name, which may have an attribute that says no more."""
        return self.structure_called(name, at)[0]

    def full_name(self, name: str, at: int) -> str:
        """Return the attribute of a token that a name of CQP stands for."""
        if found := self._own_attribute(name):
            return found
        if not self._is_of_structure(name):
            own = [f"{structure}_{each}" for structure, columns in self.names.structures.items() for each in columns]
            self.no_name("attribute", name, [*ATTRIBUTES, *names_of_columns(self.names.layers), *own], at)
        structure, attribute = self.structure_called(name, at)
        return f"{structure}.{attribute or ''}"

    def _own_attribute(self, name: str) -> str | None:
        column = None if name in _OF_EVERY_TOKEN else column_called(name, self.names.layers)
        return column or (name if name in ATTRIBUTES else None)

    def _is_of_structure(self, name: str) -> bool:
        return any(name == each or name.startswith(f"{each}_") for each in self.names.structures)

    def expect_label(self, name: str, at: int) -> None:
        """Refuse a label that is the name of something else."""
        if name in (THIS, *OF_HITS):
            self.fail(f"{name} is the name of a token already; take another label", at)

    # ---- values

    def quoted(self) -> str:
        """Read a string in quotation marks of either kind; a doubled mark in it is one."""
        begin = self.at
        match = _STRING.match(self.text, begin)
        if not match:
            self.fail(f"{self.peek()} is never closed", begin)
        self.at = match.end()
        mark, inner = match[0][0], match[0][1:-1]
        return inner.replace(mark * 2, mark)

    def flags(self) -> str:
        """Read the flags after a value."""
        match = _FLAGS.match(self.text, self.at)
        if not match:
            return ""
        unknown = sorted(set(match[1]) - set("cdl"))
        if unknown or not match[1]:
            self.fail(
                "a flag is %c (any case), %d (any diacritics), %cd or %l (no regular expression)", match.start(1) - 1
            )
        if "l" in match[1] and len(set(match[1])) > 1:
            self.fail("%l is for a value as it is written; it goes with no other flag", match.start(1) - 1)
        self.at = match.end()
        return match[1]

    def compared(self, attribute: str, operator: str) -> Condition:
        """Read the value in quotation marks that an attribute is compared with."""
        begin = self.at
        regex = self.quoted()
        flags = self.flags()
        if operator.endswith(("contains", "matches")):
            if "l" in flags:
                regex = re.escape(regex)
            regex = of_one_member(regex) if operator.endswith("contains") else of_each_member(regex)
            flags = flags.replace("l", "")
        return self._compared_with(attribute, regex, flags, begin, negated=operator in _NEGATED)

    def _compared_with(self, attribute: str, regex: str, flags: str, at: int, *, negated: bool) -> Condition:
        self.cost.add_tests()
        if attribute == "root":
            condition = self.any_root(self._roots_of(regex, flags, at))
            return Negation(condition) if negated else condition
        compare = self._compare_with(attribute, regex, flags, at)
        if attribute == "kind":
            self._check_kind(compare.value, at)
        return Compare(compare.attribute, compare.value, negated)

    def _roots_of(self, regex: str, flags: str, at: int) -> list[Value]:
        plain = Value(regex) if "l" in flags else plain_value(regex)
        if plain and plain.match == "is":
            return self.root_values([plain.text], at)
        return [self.root_regex(engine_regex(regex), at)]

    def _compare_with(self, attribute: str, regex: str, flags: str, at: int) -> Compare:
        """Return the comparison with a regular expression; the attribute is the folded form if that is meant."""
        if not regex:
            return Compare(attribute, Value(""))
        if attribute == "folded" or ("d" in flags and attribute in _FOLDED):
            return Compare("folded", self._folded_value(regex, flags, at))
        plain = Value(regex) if "l" in flags else plain_value(regex)
        ignores_case = "c" in flags and regex.lower() != regex.upper()
        if plain and not ignores_case and "d" not in flags:
            text = (normalize(plain.text, "repair") or plain.text) if attribute == "word" else plain.text
            value = Value(text, plain.match)
            if plain.match != "is":
                self.cost.add_value(value)
            return Compare(attribute, value)
        expression = (
            unfolded(regex) if "d" in flags else f"(?i){engine_regex(regex)}" if ignores_case else engine_regex(regex)
        )
        return Compare(attribute, self.regex(expression, at, folded=False))

    def _folded_value(self, regex: str, flags: str, at: int) -> Value:
        plain = Value(regex) if "l" in flags else plain_value(regex)
        text = normalize(plain.text, "search") if plain else ""
        if plain and text:
            value = Value(text, plain.match)
            if plain.match != "is":
                self.cost.add_value(value)
            return value
        expression = without_marks(engine_regex(regex))
        if not expression:
            self.fail("it has vowel signs alone, which %d leaves out", at)
        return self.regex(expression, at, folded=True)

    # ---- word lists

    def string_alone(self) -> Constraint:
        """Read a string or a word list that is a token, compared with its word."""
        if self.peek() != "$":
            return Is(THIS, self.compared("word", "="))
        condition = self._of_list("word", "=")
        if condition is None:
            self.fail("a word list has a name, such as $verbs")
        return Is(THIS, condition)

    def _of_list(self, attribute: str, operator: str) -> Condition | None:
        """Read the name of a word list, if there is one; an attribute is one of its words, or not."""
        begin = self.at
        match = _RE_LIST.match(self.text, begin) or _LIST.match(self.text, begin)
        if not match:
            return None
        self.at = match.end()
        name = match[1]
        if name not in self.names.definitions.lists:
            self.no_name("word list", f"${name}", [f"${each}" for each in self.names.definitions.lists], begin,
                         "corpus.with_definitions(...) adds some")  # fmt: skip
        self.lists.add(name)
        words = self.names.definitions.lists[name]
        if not words:
            self.fail(f"the word list ${name} is empty", begin)
        if match[0][0] == "R":
            regex = "|".join(f"(?:{word})" for word in words)
            flags = self.flags()
            if "l" in flags:
                self.fail(f"RE(...) makes expressions of the words; write ${name} for the words as they are", begin)
            return self._compared_with(attribute, regex, flags, begin, negated=operator in _NEGATED)
        if _FLAGS.match(self.text, self.at):
            self.fail(f"a word list has no flags; write RE(${name}) %cd")
        self.cost.add_tests(len(words))
        found = [self._compared_with(attribute, word, "l", begin, negated=False) for word in dict.fromkeys(words)]
        condition = found[0] if len(found) == 1 else Either(tuple(found))
        return Negation(condition) if operator in _NEGATED else condition
