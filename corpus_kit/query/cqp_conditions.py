"""What queries of CQP ask of tokens and labels: values, attributes, comparisons, functions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NoReturn, cast

from corpus_kit.query.condition_parser import THIS
from corpus_kit.query.cqp_texts import OF_HITS, CqpText
from corpus_kit.query.cqp_values import (
    number_regex,
)
from corpus_kit.query.pattern_tree import (
    AllOf,
    AnyOf,
    Apart,
    Compare,
    Constraint,
    Is,
    Met,
    Not,
    Reference,
    Same,
    Value,
)

__all__ = ["CqpConditions"]

_ANCHORS = ("target", "keyword")

_NAME = re.compile(r"~?(`?)([A-Za-z_]\w*(?:-\w+)*)\1(?:\.([A-Za-z_]\w*(?:-\w+)*))?", re.ASCII)
_NUMBER = re.compile(r"[+-]?[0-9]{1,9}(?![\w.])")
_OPERATOR = re.compile(r"!=|<=|>=|=|<|>|(?:not\s+)?(?:contains|matches)\b")
_SIMPLE_ARGUMENT = re.compile(r"\s*~?([A-Za-z_]\w*(?:-\w+)*)(?:\.([A-Za-z_]\w*))?\s*", re.ASCII)

_MOST_COUNTED = 1_000  # letters or values of one token
_MEMBER = r"[^|]+(?:\||$)"  # of a set written as |a|b|

_Operator = Literal["=", "!=", "<", "<=", ">", ">="]

# Functions of CQP that have no place here, and what does their work.
_ELSEWHERE = {
    "f": "choose words by frequency with ck.frequency(...) and give them as a word list, $name",
    "lbound_of": "write <s> or within s",
    "rbound_of": "write </s> or within s",
    "unify": "compare the features one by one, such as a.case = b.case",
    "prefix": "write a regular expression",
    "is_prefix": "write a regular expression",
    "minus": "write a regular expression",
    "ignore": "leave it out",
    "normalize": "write %cd after the value",
    "add": "write the sum",
    "sub": "write the difference",
    "mul": "write the product",
}
_FUNCTIONS = ("ambiguity", "dist", "distabs", "distance", "int", "lbound", "rbound", "strlen")


@dataclass(frozen=True)
class _Operand:
    """What is compared: an attribute of a token, a token, or what a function computes from them.

    Attributes:
        kind: What it is: "attribute", "token", "region" (whether a token is in one), "bound" or a function.
        label: The token.
        name: The attribute, the structure, or the other token.
        at: Where it stands.
    """

    kind: str
    label: str
    name: str
    at: int


class CqpConditions(CqpText):
    """The text of a query of CQP, from the place that is read next; reads what is asked of tokens and labels."""

    # ---- constraints

    def constraint(self, *, of_token: bool = False) -> Constraint:
        """Read a constraint: on a token, which is "_", or on the labels of a hit."""
        self._of_token = of_token
        self.skip_space()
        begin = self.at
        constraint = self._implies()
        if of_token:  # what is asked of labels is compared with the whole query
            self.refuse_contradiction(constraint, begin)
        self._of_token = False
        return constraint

    def expected_end(self, sign: str, opened: int) -> NoReturn:
        """Raise the error for a constraint that goes on where it cannot."""
        if self.peek():
            self.fail(f"expected &, |, -> or {sign}, got {self.peek()!r}")
        self.fail(f"{self.text[opened]!r} is never closed", opened)

    def _implies(self) -> Constraint:
        """Read implications; of several the first is the left side of the others, as in CQP's grammar."""
        found = self._disjunction()
        depth = self.depth
        while self.text.startswith("->", self.at):
            self.deeper(self.at)
            self.at += 2
            found = AnyOf((_not(found), self._disjunction()))
        self.depth = depth
        return found

    def _disjunction(self) -> Constraint:
        parts = [self._conjunction()]
        while self.take("|"):
            parts.append(self._conjunction())
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _conjunction(self) -> Constraint:
        parts = [self._negated()]
        while self.take("&"):
            parts.append(self._negated())
        flat = [one for part in parts for one in (part.parts if isinstance(part, AllOf) else (part,))]
        return flat[0] if len(flat) == 1 else AllOf(tuple(flat))

    def _negated(self) -> Constraint:
        self.skip_space()
        begin = self.at
        negations = 0
        while self.take("!"):
            negations += 1
            self.skip_space()
        if self.take("("):
            self.deeper(begin)
            constraint = self._implies()
            if not self.take(")"):
                self.expected_end(")", begin)
            self.depth -= 1
        else:
            constraint = self._relation()
        self.skip_space()
        return _not(constraint) if negations % 2 else constraint

    def _relation(self) -> Constraint:
        left = self._operand()
        self.skip_space()
        begin = self.at
        operator = self.operator()
        if operator is None:
            return self._alone(left)
        self.skip_space()
        if operator.endswith(("contains", "matches")) and left.kind != "attribute":
            self.fail(f"{operator} is for an attribute", begin)
        if left.kind == "attribute":
            return self._attribute_compared(left, operator, begin)
        return self._number_compared(left, operator)

    def operator(self) -> str | None:
        """Read an operator, if there is one."""
        self.skip_space()
        match = _OPERATOR.match(self.text, self.at)
        if not match:
            return None
        self.at = match.end()
        if self.peek() == "=":
            self.fail('a comparison has one =, such as lemma="..."')
        return " ".join(match[0].split())

    def _attribute_compared(self, left: _Operand, operator: str, at: int) -> Constraint:
        if self.peek() in ("'", '"') and self.peek():
            self._expect_equality(operator, at)
            return Is(left.label, self.compared(left.name, operator))
        if operator.endswith(("contains", "matches")):
            self.fail(f"expected a value in quotation marks after {operator}")
        if condition := self._of_list(left.name, operator):
            self._expect_equality(operator, at)
            return Is(left.label, condition)
        if _NUMBER.match(self.text, self.at):
            self.fail(f"a value is written in quotation marks; as a number it is compared by int({left.name})")
        right = self._operand()
        if right.kind != "attribute":
            self.fail("an attribute is compared with a value in quotation marks, or with an attribute", right.at)
        self._expect_equality(operator, at)
        same = (Reference(left.label, left.name), Reference(right.label, right.name))
        return Same(*same, negated=operator == "!=")

    def _expect_equality(self, operator: str, at: int) -> None:
        if operator in ("<", "<=", ">", ">="):
            self.fail(f"texts are compared by = and !=, not by {operator}; int(...) makes a number of one", at)

    def _number_compared(self, left: _Operand, operator: str) -> Constraint:
        compared = cast(_Operator, operator)
        number = _NUMBER.match(self.text, self.at)
        if not number:
            return self._places_compared(left, compared)
        self.at = number.end()
        value = int(number[0])
        if left.kind == "token":
            self.fail("a token has no number here; corpus.filter(...) or corpus.head(...) chooses documents", left.at)
        if left.kind in ("region", "bound"):
            self.fail("this is true or false, and compared with nothing", left.at)
        if left.kind.startswith("dist"):
            return Apart(left.label, left.name, compared, value, absolute=left.kind == "distabs")
        if left.kind in ("strlen", "ambiguity") and abs(value) > _MOST_COUNTED:
            self.fail(f"{left.kind}(...) is compared with at most {_MOST_COUNTED:,}, got {value}", number.start())
        unit = {"strlen": ".", "ambiguity": None, "int": None}[left.kind]
        if left.kind == "ambiguity":
            regex = rf"\|?{number_regex(compared, value, unit=_MEMBER)}"
        else:
            regex = number_regex(compared, value, unit=unit)
        self.cost.add_tests()
        name = self.regex(regex, left.at, folded=False)
        return Is(left.label, Compare(left.name, name, negated=operator == "!="))

    def _places_compared(self, left: _Operand, operator: _Operator) -> Constraint:
        right = self._operand()
        if left.kind != "token" or right.kind != "token":
            self.fail(
                "a number is compared with a number, such as distance(a, b) < 5, and a label with a label", left.at
            )
        flipped: dict[_Operator, _Operator] = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
        return Apart(left.label, right.label, flipped.get(operator, operator), 0)

    def _alone(self, operand: _Operand) -> Constraint:
        if operand.kind == "region":
            return Is(operand.label, Compare(f"{operand.name}.", Value("", "begins")))
        if operand.kind not in ("token", "bound"):
            self.fail(f"expected = or !=, or another comparison, after {self.text[operand.at : self.at].strip():.40}")
        return Met(operand.label if operand.kind == "token" else operand.name)

    def refuse_bounds(self, constraints: Sequence[Constraint], at: int) -> None:
        """Refuse lbound(...) and rbound(...) where they are no condition of their own."""
        if any(_has_bound(each) for each in constraints):
            self.fail(
                "lbound(...) and rbound(...) stand alone or with &; write <s> before a word, or </s> after it", at
            )

    # ---- operands

    def _operand(self) -> _Operand:
        self.skip_space()
        begin = self.at
        match = _NAME.match(self.text, begin)
        if not match:
            self._no_operand()
        if self.text.startswith("(", match.end()) and not match[3]:
            self.at = match.end() + 1
            return self._function(match[2], begin)
        self.at = match.end()
        return self._named(match[2], match[3], begin)

    def _no_operand(self) -> NoReturn:
        sign = self.peek()
        if sign in ("'", '"') and sign:
            self.fail('an attribute stands before a value, such as [word="..."]')
        if not sign:
            self.fail("expected an attribute or a label, got the end")
        self.fail(f"expected an attribute or a label, got {sign!r}")

    def _named(self, first: str, second: str | None, at: int) -> _Operand:
        if second is None:
            return self._single(first, at)
        if self._names_token(first):
            if self._is_region(second):
                return _Operand("region", self._label(first, at), second, at)
            return _Operand("attribute", self._label(first, at), self.full_name(second, at), at)
        for full in (f"{first}.{second}", f"{first}_{second}"):
            if self._own_attribute(full) or (full[len(first)] == "_" and self._is_of_structure(full)):
                return _Operand("attribute", self._this(at), self.full_name(full, at), at)
        self._label(first, at)
        raise AssertionError

    def _single(self, name: str, at: int) -> _Operand:
        if self._names_token(name) and not (self._of_token and self._own_attribute(name)):
            return _Operand("token", self._label(name, at), "", at)
        if not self._of_token and not self._own_attribute(name) and not self._is_of_structure(name):
            self._label(name, at)
        if self._is_region(name):
            return _Operand("region", self._this(at, name), name, at)
        return _Operand("attribute", self._this(at, name), self.full_name(name, at), at)

    def _is_region(self, name: str) -> bool:
        return name in self.names.structures and self._own_attribute(name) is None

    def _this(self, at: int, name: str = "") -> str:
        """Return the token that an attribute without a label is of."""
        if not self._of_token:
            self.fail(f"after ::, an attribute is that of a label, such as match.{name or 'word'}", at)
        return THIS

    def _names_token(self, name: str) -> bool:
        return name in self.bound or name in OF_HITS or (name == THIS and self._of_token) or name in _ANCHORS

    def _label(self, name: str, at: int) -> str:
        """Return a label that tokens have."""
        if self._of_token and name == "matchend":
            self.fail("matchend is known at the end; write what concerns it after ::", at)
        known = [*self.bound, *OF_HITS, *([THIS] if self._of_token else [])]
        if name == THIS and name not in known:
            self.fail("_ is the token of a condition in brackets; after ::, write match or a label", at)
        if name in _ANCHORS and name not in known:
            self.fail(f"no token is the {name}; write {'@' if name == 'target' else '@1'} before one", at)
        if name not in known:
            self.no_name("label", name, known, at, f"write {name}: before a token")
        return name

    def _function(self, name: str, at: int) -> _Operand:
        if name in _ELSEWHERE:
            self.fail(f"there is no function {name}(...) here; {_ELSEWHERE[name]}", at)
        if name not in _FUNCTIONS:
            self.no_name("function", name, _FUNCTIONS, at)
        arguments = self._arguments(name, at)
        if name.startswith("dist"):
            if len(arguments) != 2 or any(attribute for _, attribute, _ in arguments):
                self.fail(f"{name}(...) takes two labels, such as {name}(a, b)", at)
            left, right = (self._label(label, place) for label, _, place in arguments)
            return _Operand("distabs" if name == "distabs" else "distance", left, right, at)
        if len(arguments) != 1:
            self.fail(f"{name}(...) takes one name", at)
        [(first, second, place)] = arguments
        if name in ("lbound", "rbound"):
            structure = self.whole_structure(first, place)
            if not self._of_token or second:
                self.fail(f"{name}(...) stands in brackets, such as [{name}({structure})]", at)
            return _Operand("bound", THIS, f"<{'/' if name == 'rbound' else ''}{structure}", at)
        of = self._named(first, second, place)
        if of.kind != "attribute":
            self.fail(f"{name}(...) takes an attribute, such as {name}(word)", place)
        return _Operand(name, of.label, of.name, at)

    def _arguments(self, name: str, at: int) -> list[tuple[str, str | None, int]]:
        """Read the arguments of a function, which are names."""
        found: list[tuple[str, str | None, int]] = []
        while True:
            match = _SIMPLE_ARGUMENT.match(self.text, self.at)
            if not match:
                self.fail(f"{name}(...) takes names of labels or attributes", at)
            found.append((match[1], match[2], match.start(1)))
            self.at = match.end()
            if self.take(")"):
                return found
            if not self.take(","):
                self.fail(f"{name}(...) is never closed", at)


def _not(constraint: Constraint) -> Constraint:
    return constraint.of if isinstance(constraint, Not) else Not(constraint)


def _has_bound(constraint: Constraint) -> bool:
    if isinstance(constraint, Met):
        return constraint.label.startswith("<")
    if isinstance(constraint, Not):
        return _has_bound(constraint.of)
    return isinstance(constraint, AllOf | AnyOf) and any(map(_has_bound, constraint.parts))
