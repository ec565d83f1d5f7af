"""The parser of conditions: on one token, in square brackets, and on the labels of a hit, after ``::``."""

from __future__ import annotations

import re
from typing import Literal, NoReturn, cast

import polars as pl

from corpus_kit.corpus.layers import OF_TYPES, column_called, names_of_columns
from corpus_kit.errors import InputError, choose, nearest, one_of
from corpus_kit.query.contradictions import contradiction
from corpus_kit.query.cqp_values import unfolded
from corpus_kit.query.pattern_tree import (
    ANNOTATED,
    AllOf,
    AnyOf,
    Apart,
    Both,
    Compare,
    Condition,
    Constraint,
    Either,
    Is,
    Labelled,
    Met,
    Negation,
    Node,
    Not,
    Reference,
    Same,
    Test,
    Value,
    comparisons,
    is_of_layer,
)
from corpus_kit.query.pattern_values import PatternText, Wildcard
from corpus_kit.text.normalization import normalize
from corpus_kit.text.tokenization import COUNTED_KINDS, KINDS

__all__ = [
    "ATTRIBUTES",
    "OF_HITS",
    "THIS",
    "ConditionParser",
    "condition_of",
    "conjuncts",
    "finds_signs",
    "is_of_token",
]

_OF_EVERY_TOKEN = ("surface", "word", "folded", "kind")
ATTRIBUTES = (*_OF_EVERY_TOKEN, *ANNOTATED)
_OF_SIGNS = ("punct", "sym")  # parts of speech
_SIGNS = [kind for kind in KINDS if kind not in COUNTED_KINDS]

_NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*", re.ASCII)
_LABEL = re.compile(r"([A-Za-z_]\w*)(?:\[(-?[0-9]{1,4})\])?(?:\.([A-Za-z_][\w.]*))?", re.ASCII)
_DISTANCE = re.compile(r"(distance|dist|distabs)\s*\(\s*(\w+)\s*,\s*(\w+)\s*\)\s*(<=|>=|!=|=|<|>)\s*(-?[0-9]{1,9})")
_BETWEEN_SLASHES = re.compile(r"/(?:\\.|[^/\\])+/(?=\s*(?:%[a-z]+\s*)?(?:[\]&|)>]|:\]|->|$))")
_LIST = re.compile(r"\$([A-Za-z_]\w*)", re.ASCII)
_FLAGS = re.compile(r"\s*%([a-z]+)")
_FLAGS_OF_PLAIN = re.compile(r"(?<!\\)%[cdle]+$")
THIS = "_"  # the token that is tested
OF_HITS = ("match", "matchend", "target", "keyword")
_FIRST = ("match", "matchend")


class ConditionParser(PatternText):
    """Reads conditions."""

    # ---- tokens

    def bracket(self, labels: tuple[str, ...] = ()) -> Test | Labelled:
        """Read a condition in square brackets, for a token that gets these labels."""
        opened = self.at
        self.at += 1
        self.skip_space()
        if self.take("]"):
            self.cost.add_tests()
            return Labelled(Test(None), labels) if labels else Test(None)
        asked = self.condition(opened)
        if not self.take("]"):
            self._expected_closing("[", opened)
        return self.token(asked, labels)

    def condition(self, opened: int) -> Constraint:
        """Read a whole condition, which a token or a region may fulfil, up to what closes it."""
        self.skip_space()
        begin = self.at
        asked = self.either(opened)
        self.refuse_contradiction(asked, begin)
        return asked

    def token(self, asked: Constraint, labels: tuple[str, ...] = ()) -> Test | Labelled:
        """Return the test of a token, with what it asks of other tokens as a check."""
        own = [part for part in conjuncts(asked) if is_of_token(part)]
        others = [part for part in conjuncts(asked) if not is_of_token(part)]
        test = Test(None)
        if own:
            condition = condition_of(AllOf(tuple(own)) if len(own) > 1 else own[0])
            test = Test(condition, words_only=not finds_signs(condition))
        if not labels and not others:
            return test
        return Labelled(test, labels, AllOf(tuple(others)) if len(others) > 1 else next(iter(others), None))

    def _expected_closing(self, sign: str, opened: int) -> NoReturn:
        if self.peek():
            self.fail(f"expected &, | or {']' if sign == '[' else ')'}, got {self.peek()!r}")
        self.unclosed(sign, opened)

    # ---- and, or, not

    def either(self, opened: int) -> Constraint:
        """Read conditions of which one must hold, up to what closes them."""
        parts = [self._both(opened)]
        while self.take("|"):
            parts.append(self._both(opened))
        first = parts[0] if len(parts) == 1 else AnyOf(tuple(parts))
        if self.text.startswith("->", self.at):  # if this holds, then that
            self.deeper(self.at)
            self.at += 2
            then = self.either(opened)
            self.depth -= 1
            return AnyOf((Not(first), then))
        return first

    def _both(self, opened: int) -> Constraint:
        parts = [self._not(opened)]
        while self.take("&"):
            if self.peek() == "&":
                self.refuse("conditions are joined by one &")
            parts.append(self._not(opened))
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _not(self, opened: int) -> Constraint:
        self.skip_space()
        begin = self.at
        negations = 0
        while self.take("!"):
            negations += 1
            self.skip_space()
        if self.take("("):
            self.deeper(begin)
            condition = self.either(opened)
            if not self.take(")"):
                self._expected_closing("(", begin)
            self.depth -= 1
        else:
            condition = self._compare(opened)
        self.skip_space()
        return Not(condition) if negations % 2 else condition

    def refuse_contradiction(self, asked: Constraint, begin: int, root: Node | None = None) -> None:
        """Refuse what no hit fulfils: see `contradiction`."""
        if found := contradiction(asked, root):
            self.refuse(found, begin)

    # ---- one comparison

    def _compare(self, opened: int) -> Constraint:
        if distance := _DISTANCE.match(self.text, self.at):
            return self._distance(distance)
        if found := self._reference():
            return self._of_label(found)
        name = _NAME.match(self.text, self.at)
        if not name:
            if not self.peek() and not self.in_constraint:
                self.unclosed("[", opened)
            label = "a label after ::, such as match, or " if self.in_constraint else ""
            self.fail(f"expected {label}an attribute: {', '.join(self._attributes())}")
        attribute = self.attribute_called(name[0])
        if self.in_constraint and attribute.partition(".")[0] not in self.names.structures:
            self.refuse(f"expected a label before {name[0]}, such as match.{name[0]}")
        self.at = name.end()
        return self._comparison(Reference("match" if self.in_constraint else THIS, attribute))

    def comparison_with(self, attribute: str) -> Constraint:
        """Read what an attribute of the token is compared with, after its name."""
        return self._comparison(Reference(THIS, attribute))

    def _comparison(self, left: Reference) -> Constraint:
        """Read what an attribute is compared with, after its name."""
        attribute = left.attribute
        self.skip_space()
        if attribute.endswith("."):  # a structure: whether the token is in one of its regions
            self.cost.add_tests()
            return Is(left.label, Compare(attribute, Value("", "begins")), left.offset)
        negated = self.take("!")
        if not self.take("="):
            self.refuse(f"expected = or != after {attribute}")
        self.skip_space()
        self.cost.add_tests()
        if right := self._reference(right=True):
            return Same(left, self._expect_attribute(right), negated)
        if listed := _LIST.match(self.text, self.at):
            self._expect_list(listed[1])
            self.at = listed.end()
            return self._one_of(left, listed[1], negated)
        if attribute != "root":
            attribute, value = self.value(attribute)
            return Is(left.label, Compare(attribute, value, negated), left.offset)
        condition = self.any_root(self._roots())
        return Is(left.label, Negation(condition) if negated else condition, left.offset)

    def _expect_list(self, name: str) -> None:
        """Refuse the name of a word list that there is not."""
        lists = [f"${each}" for each in self.names.definitions.lists]
        if name not in self.names.definitions.lists:
            known = nearest(f"${name}", lists) or (f"There is {one_of(lists)}." if lists else "")
            advice = f"Write \\${name} for the text itself; corpus.with_definitions(...) adds lists"
            self.refuse(f"there is no word list '${name}'. {f'{known} ' if known else ''}{advice}")

    def _one_of(self, left: Reference, name: str, negated: bool) -> Constraint:
        words = self.names.definitions.lists[name]
        self.lists.add(name)
        self.cost.add_tests(len(words))
        attribute = left.attribute
        profile = "search" if self._folds(attribute) else None
        values = dict.fromkeys(Value(form) for form in normalize(list(words), profile) if form)
        if not values:
            self.refuse(f"the word list ${name} has no words")
        parts: tuple[Condition, ...] = tuple(Compare(attribute, value) for value in values)
        if attribute == "root":
            parts = tuple(self.any_root(self.root_values([word], self.at)) for word in words)
        condition = parts[0] if len(parts) == 1 else Either(parts)
        return Is(left.label, Negation(condition) if negated else condition, left.offset)

    # ---- labels

    def _reference(self, *, right: bool = False) -> tuple[int, Reference] | None:
        """Read a label with an attribute, if there is one; return where it begins, too."""
        found = _LABEL.match(self.text, self.at)
        if not found:
            return None
        has_more = found[2] is not None or found[3] is not None
        if not self._is_label(found[1], has_more=has_more, may_be_value=right):
            if right and found[3] in (*ATTRIBUTES, *names_of_columns(self.names.layers)):
                self.no_label(found[1], self.at)
            return None
        if self.in_constraint and found[1] not in (*self.labels, *OF_HITS, THIS):
            self.no_label(found[1], self.at)
        begin = self.at
        self.at = found.end()
        attribute = "" if found[3] is None else self.attribute_called(found[3], begin + found[0].rindex(found[3]))
        return begin, Reference(found[1], attribute, int(found[2] or 0))

    def _is_label(self, name: str, *, has_more: bool, may_be_value: bool) -> bool:
        if name in self.labels or name == THIS or (name in OF_HITS and (has_more or self.in_constraint)):
            return has_more or not may_be_value
        known = (*ATTRIBUTES, *self.names.layers, *names_of_columns(self.names.layers))
        return self.in_constraint and not may_be_value and name not in known and not self.structure_attribute(name)

    def _expect_attribute(self, found: tuple[int, Reference]) -> Reference:
        begin, reference = found
        if not reference.attribute:
            self.refuse(f"expected an attribute of {reference.label}, such as {reference.label}.lemma", begin)
        self.need_label(reference.label, begin)
        return reference

    def _of_label(self, found: tuple[int, Reference]) -> Constraint:
        begin, reference = found
        self.need_label(reference.label, begin)
        self.cost.add_tests()
        if not reference.attribute:
            if reference.offset:
                self.fail("expected an attribute", begin)
            return Met(reference.label)
        return self._comparison(reference)

    def need_label(self, name: str, at: int) -> None:
        """Note that a label is used; `check_labels` refuses those that no token has."""
        self.used.setdefault(name, at)
        if not self.in_constraint and name in self.labels and name not in self.bound:
            self.refuse(f"{name!r} is the label of a later token; write the condition there, or after ::", at)
        if not self.in_constraint and name == "matchend":
            self.refuse("matchend is known at the end of a hit; write the condition after ::", at)

    def check_labels(self) -> None:
        """Refuse labels that no token of the pattern has."""
        for name, at in self.used.items():
            if name not in (*self.bound, THIS, *_FIRST):
                self.no_label(name, at)

    def no_label(self, name: str, at: int) -> NoReturn:
        """Raise the error for a label that no token has."""
        sign = {"target": "@", "keyword": "@9"}.get(name, f"{name}:")
        labels = f"Labels of this pattern are {', '.join(self.labels)}" if self.labels else f"Write {sign}[...]"
        self.refuse(f"no token has the label {name!r}. {nearest(name, self.labels) or labels}", at)

    def _distance(self, found: re.Match[str]) -> Constraint:
        for group in (2, 3):
            self.need_label(found[group], found.start(group))
        self.cost.add_tests()
        self.at = found.end()
        sign = cast('Literal["=", "!=", "<", "<=", ">", ">="]', found[4])
        return Apart(found[2], found[3], sign, int(found[5]), absolute=found[1] == "distabs")

    # ---- attributes

    def _attributes(self) -> list[str]:
        """Return the names of all attributes."""
        return list(dict.fromkeys([*ATTRIBUTES, *names_of_columns(self.names.layers)]))

    def attribute_called(self, name: str, at: int | None = None) -> str:
        """Return the attribute of this name: of every token, of a layer, a structure or, if none has it, of the types.

        A structure alone ends with a dot: whether a token is in one of its regions.
        """
        if self.structure and name in self.names.structures.get(self.structure, ()):  # within the tag of a structure
            return f"{self.structure}.{name}"
        of_types = name.removeprefix(f"{OF_TYPES}.")
        if of_types in ATTRIBUTES and (of_types != name or name in _OF_EVERY_TOKEN):
            return of_types
        if column := column_called(name, self.names.layers):
            return column
        if found := self.structure_attribute(name):
            return found
        attributes = self._attributes()
        if name in attributes:
            return name
        structures = self.names.structures
        if own := structures.get(self.structure):
            known = nearest(name, own) or f"It has {one_of(own)}"
            self.refuse(f"{self.structure} has no attribute {name!r}. {known}", at)
        of_structures = [
            *structures,
            *(f"{structure}.{each}" for structure in structures for each in structures[structure]),
        ]
        near = nearest(name, of_structures) if "." in name or "_" in name else ""
        try:
            return choose(name, attributes, "attribute")
        except InputError as error:
            self.refuse(f"there is no attribute {name!r}. {near}" if near else str(error).rstrip("."), at)

    def structure_attribute(self, name: str) -> str | None:
        """Return the attribute of a structure, which is written quotation.speaker or quotation_speaker, or None."""
        structures = self.names.structures
        if name in structures:
            return f"{name}."
        if "." not in name and "_" not in name:
            return None
        for structure in sorted(structures, key=len, reverse=True):
            attribute = name[len(structure) + 1 :]
            if name.startswith((f"{structure}.", f"{structure}_")) and attribute in structures[structure]:
                return f"{structure}.{attribute}"
        return None

    # ---- values

    def _quoted_regex(self, attribute: str) -> str | None:
        """Read a regular expression in quotation marks or, where no other value can be meant, between slashes."""
        begin = self.at
        if self.take('"'):
            return self.until('"', begin)
        if (attribute in ANNOTATED or is_of_layer(attribute)) and _BETWEEN_SLASHES.match(self.text, begin):
            self.at += 1
            return self.until("/", begin)
        return None

    def _folds(self, attribute: str) -> bool:
        return attribute == "folded" or ((attribute in ANNOTATED or is_of_layer(attribute)) and not self.exact)

    def value(self, attribute: str) -> tuple[str, Value]:
        """Read what an attribute is compared with; flags may change the attribute."""
        begin = self.at
        regex = self._quoted_regex(attribute)
        if regex is not None:
            attribute, value = self.flagged(attribute, regex, begin)
        else:
            value = self._plain_value(attribute)
        if attribute == "kind":
            self._check_kind(value, begin)
        return attribute, value

    def _plain_value(self, attribute: str) -> Value:
        """Read a value without quotation marks."""
        begin = self.at
        pieces = self.pieces(until=self._ends_plain_value)
        if not pieces:
            self.fail(f"expected a value after {attribute}=", begin)
        has_percent = self.text.find("%", begin, self.at) >= 0
        if has_percent and (found := _FLAGS_OF_PLAIN.search(self.text, begin, self.at)):
            self.refuse(
                f'flags are for values in quotation marks: "{self.text[begin : found.start()]:.40}"{found[0]}; '
                "write \\% for the sign itself",
                found.start(),
            )
        profile = "search" if self._folds(attribute) else None
        if any(isinstance(piece, Wildcard) for piece in pieces):
            return self.wildcards(pieces, profile)
        return Value(normalize("".join(map(str, pieces)), profile))

    def _ends_plain_value(self, sign: str) -> bool:
        return sign.isspace() or sign in self.ends_value or (sign == "-" and self.text.startswith("->", self.at))

    def flagged(self, attribute: str, regex: str, begin: int) -> tuple[str, Value]:
        """Return the attribute and the value of a quoted regular expression with the flags after it.

        %c ignores case, %d marks and the spelling of letters, %l takes it literally, %e compares just as it is.
        """
        flags = self._flags(attribute)
        if attribute == "form" and "e" in flags:
            attribute = "word"
        elif attribute in ("form", "word", "surface") and "d" in flags:
            attribute = "folded"
        folds = self._folds(attribute) or (attribute == "form" and not self.exact)
        if "l" in flags:
            text = normalize(regex, "search" if folds else None)
            if not text:
                self.fail("it has no letters but those that are folded away", begin)
            if folds or not flags & set("cd"):
                return attribute, Value(text)
            regex = re.escape(text)
        if "d" in flags and not folds:
            return attribute, self.regex(unfolded(regex), begin, folded=False)
        if "c" in flags and not folds:
            regex = f"(?i:{regex})"
        return attribute, self.regex(regex, begin, folded=folds)

    def _flags(self, attribute: str) -> set[str]:
        """Read the flags after a regular expression; refuse those that would say nothing."""
        found = _FLAGS.match(self.text, self.at)
        if not found:
            return set()
        flags = set(found[1])
        if unknown := flags - set("cdle"):
            self.refuse(f"{min(unknown)!r} is no flag; flags are c, d, l and e")
        if attribute == "root":
            self.refuse("a root has no flags: roots are compared without regard to spelling")
        if "e" in flags and attribute == "folded":
            self.refuse("%e is for words as they are spelled, [word=...] or [surface=...]; folded forms are never so")
        if "e" in flags and (flags & set("cd") or attribute in ANNOTATED or is_of_layer(attribute)):
            self.refuse("%e is for words alone, and without %c and %d; exact=True compares everything as it is")
        self.at = found.end()
        return flags

    def _roots(self) -> list[Value]:
        """Read a root; white space may be between its letters."""
        begin = self.at
        regex = self._quoted_regex("root")
        if regex is not None:
            self._flags("root")
            return [self.root_regex(regex, begin)]
        pieces = self.pieces(until=lambda sign: not sign.isspace() and self._ends_plain_value(sign))
        if not any(isinstance(piece, Wildcard) or piece.strip() for piece in pieces):
            self.fail("expected a value after root=", begin)
        return self.root_values(pieces, begin)

    def any_root(self, values: list[Value]) -> Condition:
        """Return the condition that a token has one of these roots."""
        self.cost.add_tests(len(values) - 1)
        compares = [Compare("root", value) for value in values]
        return compares[0] if len(compares) == 1 else Either(tuple(compares))

    def _check_kind(self, value: Value, at: int) -> None:
        if value.fits(pl.Series(KINDS)).any():
            return
        try:
            choose(value.text, KINDS, "kind")
        except InputError as error:
            self.refuse(str(error).rstrip("."), at)


# --------------------------------------------------------------------------- what is asked of whom


def conjuncts(constraint: Constraint) -> tuple[Constraint, ...]:
    """Return the constraints that must all hold."""
    return constraint.parts if isinstance(constraint, AllOf) else (constraint,)


def is_of_token(constraint: Constraint) -> bool:
    """Whether a constraint asks for nothing but the token that is tested."""
    if isinstance(constraint, Is):
        return constraint.label == THIS and not constraint.offset
    if isinstance(constraint, Not):
        return is_of_token(constraint.of)
    return isinstance(constraint, AllOf | AnyOf) and all(map(is_of_token, constraint.parts))


def condition_of(constraint: Constraint) -> Condition:
    """Return the condition on the token that is tested, from a constraint that asks for nothing else."""
    if isinstance(constraint, Is):
        return constraint.condition
    if isinstance(constraint, Not):
        return Negation(condition_of(constraint.of))
    assert isinstance(constraint, AllOf | AnyOf)
    parts = tuple(map(condition_of, constraint.parts))
    return Both(parts) if isinstance(constraint, AllOf) else Either(parts)


def finds_signs(condition: Condition) -> bool:
    """Whether a condition is also for tokens that are no words: it asks for their kind or their part of speech."""
    asks_kind = any(each.attribute == "kind" for each in comparisons([condition]))
    return (asks_kind and any(_of_kind(condition, kind) is not False for kind in _SIGNS)) or _asks_for_pos(condition)


def _of_kind(condition: Condition, kind: str) -> bool | None:
    """Return whether a condition holds for tokens of a kind; None if it also depends on something else."""
    if isinstance(condition, Compare):
        if condition.attribute != "kind":
            return None
        return bool(condition.value.fits(pl.Series([kind])).item()) != condition.negated
    if isinstance(condition, Negation):
        holds = _of_kind(condition.of, kind)
        return None if holds is None else not holds
    parts = [_of_kind(part, kind) for part in condition.parts]
    decides = isinstance(condition, Either)
    if decides in parts:
        return decides
    return None if None in parts else not decides


def _asks_for_pos(condition: Condition) -> bool:
    """Whether a condition mentions the part of speech of signs."""
    return any(
        each.attribute.endswith(".pos") and not each.negated and each.value.text.lower() in _OF_SIGNS
        for each in comparisons([condition])
    )
