"""Items of queries of CQP: tokens and their labels, structures, groups and repeats."""

from __future__ import annotations

import re
from typing import NoReturn

from corpus_kit.query.condition_parser import condition_of, conjuncts, is_of_token
from corpus_kit.query.cqp_conditions import CqpConditions
from corpus_kit.query.pattern_tree import (
    AllOf,
    Alternatives,
    Both,
    Boundary,
    Condition,
    Constraint,
    Labelled,
    Look,
    Met,
    Node,
    Region,
    Repeat,
    Sequence,
    Test,
    any_times,
)
from corpus_kit.query.pattern_values import WrittenItem

__all__ = ["ANY", "CLAUSES", "CqpItems"]

_PLAIN_WORD = re.compile(r"[^\W\d_][^\s()\[\]{}|;:\"'<>]{0,60}")
_ID = r"[A-Za-z_]\w*(?:-\w+)*"
_LABEL = re.compile(rf"({_ID}):(?!:)", re.ASCII)
_DEFINES = "corpus.with_definitions(...) adds some"
_CALL = re.compile(r"/([A-Za-z_]\w*)[\[(]", re.ASCII)
_REGION = re.compile(r"/region[\[(]")
_WHOLE_REGION = re.compile(rf"/region([\[(])\s*({_ID})\s*(?:,\s*({_ID})\s*)?([\])])", re.ASCII)
_STARTS_ITEM = re.compile(rf"{_LABEL.pattern}|{_WHOLE_REGION.pattern}", re.ASCII)
_MARKER = re.compile(r"@([0-9]?):?(?!:)")
_WORD = re.compile(r"[A-Za-z_]\w*(?:-\w+)*", re.ASCII)
_REPEAT = re.compile(r"\{\s*([0-9]{0,9})\s*(,?)\s*([0-9]{0,9})\s*\}")
_TAG = re.compile(r"<(/?)\s*([A-Za-z_][\w-]*)", re.ASCII)
_ELEMENT = re.compile(r"<<\s*([A-Za-z_][\w-]*)\s*(/?)\s*>>", re.ASCII)
ANY = Test(None, words_only=False)
CLAUSES = ("within", "cut", "expand", "show", "sort", "not")


class CqpItems(CqpConditions):
    """The text of a query of CQP, from the place that is read next; reads sequences of items."""

    _token_at = 0  # where the last token begins, after its labels

    def _word(self) -> str:
        """Read a name in letters, or nothing."""
        match = _WORD.match(self.text, self.at)
        if not match:
            return ""
        self.at = match.end()
        return match[0]

    def _refuse_plain_word(self) -> None:
        word = _PLAIN_WORD.match(self.text, self.at)
        if word and word[0] not in CLAUSES:
            self.fail(f'words are written in quotation marks: "{word[0]}"')

    def unopened(self, sign: str) -> NoReturn:
        """Raise the error for a closing sign."""
        self.fail(f'{sign!r} was never opened; write "\\{sign}" for the sign itself')

    # ---- sequences of tokens

    def _expression(self) -> Node:
        branches = [self._sequence()]
        while self.take("|"):
            branches.append(self._sequence())
        return branches[0] if len(branches) == 1 else Alternatives(tuple(branches))

    def _sequence(self) -> Node:
        begin = self.at
        parts: list[Node] = []
        row: list[WrittenItem] = []
        self.skip_space()
        while self._begins_item():
            item = self.at
            nodes = self._item()
            if self.is_recorded:
                row.append(self._written_item(item, nodes))
            parts += nodes
            self.skip_space()
        self.rows.setdefault(self.depth, []).append(row)
        if not parts:
            self._nothing(begin)
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _written_item(self, begin: int, nodes: list[Node]) -> WrittenItem:
        """Return how an item is written that was read just now."""
        text = self.text[begin if self.text[begin] in "(</" else self._token_at : self.at].strip()
        if not nodes or isinstance(nodes[0], Boundary | Look):
            return WrittenItem(text, "place")
        body = nodes[0].body if isinstance(nodes[0], Repeat) else nodes[0]
        return WrittenItem(text, "gap" if body == ANY else "other")

    def _begins_item(self) -> bool:
        sign = self.peek()
        return bool(sign) and (sign in "\"'[(<@$" or bool(_STARTS_ITEM.match(self.text, self.at)))

    def _nothing(self, begin: int) -> NoReturn:
        sign = self.peek()
        if sign in ("|", ")", ""):
            self.fail('an alternative or a bracket is empty; write a word, such as "قال"', begin)
        if sign in "{?*+":
            self.fail(f"{sign} repeats what stands before it; write it after a word, ] or )")
        if sign in "“”„«»‘’":
            self.fail('words are written in straight quotation marks, such as "قال"')
        if sign == "/" and _REGION.match(self.text, self.at):
            self.fail("/region[...] takes the name of a structure and, at most, a label, and stands for <s> []* </s>")
        if call := _CALL.match(self.text, self.at):
            self.no_name("macro", call[1], list(self.names.definitions.macros), self.at, _DEFINES)
        if sign == "/":
            self.fail('a macro is written /NAME[...], and a regular expression in quotation marks: "..."')
        if sign in "]}>":
            self.unopened(sign)
        self._refuse_plain_word()
        self.fail('expected a word in quotation marks, such as "قال", or a condition in brackets')

    def _item(self) -> list[Node]:
        """Read an item with its repeat; the nodes of none are none."""
        begin = self.at
        if self.take("("):
            self.deeper(begin)
            node: Node | None = self._expression()
            if not self.take(")"):
                self.unclosed("(", begin)
            self.depth -= 1
        elif self.peek() == "<":
            node = self._tag()
        elif self.peek() == "/":
            node = self._region()
        else:
            node = self._token()
        self.skip_space()
        low, high = self._repeat() or (1, 1)
        if node is None:
            return []
        if (low, high) == (1, 1):
            return [node]
        if isinstance(node, Boundary | Look):  # a place is met once or not at all
            return [node] if low else [Repeat(node, 0, 1, lazy=False)]
        if high is None:
            return [any_times(node, low, lazy=node == ANY)]
        return [Repeat(node, low, high, lazy=node == ANY)]

    def unclosed(self, sign: str, at: int | None = None) -> NoReturn:
        """Raise the error for an opening sign."""
        if self.peek() and sign == "(":
            self._nothing_more()
        self.fail(f"{sign!r} is never closed", at)

    def _nothing_more(self) -> NoReturn:
        """Raise the error for what stands in a bracket after an expression and is no part of one."""
        self._nothing(self.at)

    def _repeat(self) -> tuple[int, int | None] | None:
        """Read how often an item is repeated; None for any number of times."""
        sign = self.peek()
        if sign and sign in "?*+":
            self.at += 1
            return int(sign == "+"), 1 if sign == "?" else None
        if sign != "{":
            return None
        match = _REPEAT.match(self.text, self.at)
        if not match or not (match[1] or match[3]) or (match[3] and not match[2]):
            self.fail("a repeat is written {2}, {0,3}, {,3} or {2,}")
        low = int(match[1] or 0)
        high = low if not match[2] else int(match[3]) if match[3] else None
        self.check_repeat(low, high, match[0])
        self.at = match.end()
        return low, high

    # ---- structures

    def _tag(self) -> Node:
        begin = self.at
        if element := _ELEMENT.match(self.text, begin):
            self.at = element.end()
            name = self.whole_structure(element[1], begin + 2)
            return Boundary(name, begins=True, strict=True) if element[2] else Region(name)
        tag = _TAG.match(self.text, begin)
        if not tag:
            what = "<<...>> takes the name of a structure alone" if self.text.startswith("<<", begin) else (
                "< begins a structure, such as <s>"
            )  # fmt: skip
            self.fail(f'{what}; write "<" for the sign itself')
        self.at = tag.end()
        name, attribute = self.structure_called(tag[2], tag.start(2))
        self.skip_space()
        if self.take(">"):
            return Boundary(name, begins=not tag[1], strict=True)
        if tag[1]:
            self.fail(f"expected > after </{tag[2]}")
        return Boundary(name, begins=True, condition=self._of_tag(tag[2], name, attribute), strict=True)

    def _region(self) -> Node:
        """Read /region[s], which is a whole region, or /region[s, a], whose first token has the label a."""
        match = _WHOLE_REGION.match(self.text, self.at)
        assert match
        name = self.whole_structure(match[2], match.start(2))
        label = match[3]
        if label is None:
            self.at = match.end()
            return Region(name)
        self.expect_label(label, match.start(3))
        self.bound.append(label)
        self.at = match.end()
        self.cost.add_tests()
        begin, end = (Boundary(name, begins, strict=True) for begins in (True, False))
        return Sequence((begin, Labelled(ANY, (label,)), Repeat(ANY, 0, None, lazy=True), end))

    def _of_tag(self, name: str, structure: str, attribute: str | None) -> Condition:
        """Read the value that an attribute of a region has, up to the end of the tag."""
        begin = self.at
        if attribute is None:
            own = [f"{name}_{each}" for each in self.names.structures.get(name, ())]
            advice = f"write one of its attributes: {', '.join(own[:10])}" if own else "it has no attributes"
            self.fail(f"the structure {name} has no value itself; {advice}", begin)
        operator = self.operator() or "="
        if operator not in ("=", "!=", "contains", "not contains", "matches", "not matches"):
            self.fail(f"a tag has = or !=, not {operator}", begin)
        self.skip_space()
        if self.peek() not in ("'", '"'):
            self.fail(f'expected a value in quotation marks, such as <{name}="...">')
        condition = self.compared(f"{structure}.{attribute}", operator)
        self.skip_space()
        if not self.take(">"):
            self.fail(f"expected > after the value of {name}")
        return condition

    # ---- tokens

    def _token(self) -> Node | None:
        """Read a test of a token, with its labels; None for a place without a condition."""
        begin = self.at
        labels = self._labels()
        self._token_at = self.at
        if self.text.startswith("[:", self.at):
            return self._look(labels, begin)
        if self.peek() == "<":
            self.fail("a label stands before a token; write it at one in the structure", begin)
        if self.peek() not in ("[", '"', "'", "$"):
            self.fail('a label stands right before a token, such as a:[] or a:"قال"')
        self.cost.add_tests()
        opened = self.at
        node = self._tested(self._condition(), labels, opened)
        self.bound += labels
        return node

    def _labels(self) -> tuple[str, ...]:
        labels: list[str] = []
        while True:
            self.skip_space()
            if marker := _MARKER.match(self.text, self.at):
                self.at = marker.end()
                labels.append(self._anchor(marker[1]))
            elif label := _LABEL.match(self.text, self.at):
                self.expect_label(label[1], self.at)
                self.at = label.end()
                labels.append(label[1])
            else:
                return tuple(dict.fromkeys(labels))

    def _anchor(self, number: str) -> str:
        """Return the anchor that a numbered marker sets: by default 0 and 1 are target and keyword in CQP, before 9."""
        if number in ("", "0"):
            return "target"
        return "keyword" if number == "1" or (number == "9" and "@1" not in self.text) else f"anchor{number}"

    def _condition(self) -> Constraint | None:
        """Read what a token fulfils; None for any token."""
        begin = self.at
        if not self.take("["):
            return self.string_alone()
        self.skip_space()
        if self.take("]"):
            return None
        constraint = self.constraint(of_token=True)
        if not self.take("]"):
            self.expected_end("]", begin)
        return constraint

    def _tested(self, constraint: Constraint | None, labels: tuple[str, ...], at: int) -> Node:
        """Return the nodes for a token that fulfils a constraint."""
        parts = conjuncts(constraint) if constraint else ()
        bounds = [part for part in parts if isinstance(part, Met) and part.label.startswith("<")]
        others = [part for part in parts if part not in bounds]
        self.refuse_bounds(others, at)
        own = [condition_of(part) for part in others if is_of_token(part)]
        checks = [part for part in others if not is_of_token(part)]
        test = Test(None if not own else own[0] if len(own) == 1 else Both(tuple(own)), words_only=False)
        check = None if not checks else checks[0] if len(checks) == 1 else AllOf(tuple(checks))
        node = Labelled(test, labels, check) if labels or check else test
        before = [Boundary(each.label[1:], True, strict=True) for each in bounds if each.label[1] != "/"]
        after = [Boundary(each.label[2:], False, strict=True) for each in bounds if each.label[1] == "/"]
        return Sequence((*before, node, *after)) if bounds else node

    def _look(self, labels: tuple[str, ...], begin: int) -> Node | None:
        if labels:
            self.fail("a label stands before a token, not before a place; write it at the token", begin)
        opened = self.at
        self.at += 2
        self.skip_space()
        if self.text.startswith(":]", self.at):
            self.at += 2
            return None
        self.cost.add_tests()
        constraint = self.constraint(of_token=True)
        if not self.text.startswith(":]", self.at):
            self.expected_end(":]", opened)
        self.at += 2
        self.refuse_bounds([constraint], opened)
        if not is_of_token(constraint):
            self.fail("[: ... :] asks about the next token alone; write what concerns labels after ::", opened)
        return Look(Test(condition_of(constraint), words_only=False))
