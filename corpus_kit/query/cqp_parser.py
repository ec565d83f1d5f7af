"""The parser that reads a query of CQP, the query processor of the IMS Open Corpus Workbench, into a tree.

Queries are read as by CQP 3.5 (Evert & The CWB Development Team 2022): strings are regular expressions for whole
values and are compared exactly, unless ``%c`` or ``%d`` says otherwise; signs are tokens; a hit ends where it first
can. docs/reference/cqp.md lists what differs.

References:
    Evert, S. & The CWB Development Team (2022). The IMS Open Corpus Workbench (CWB): CQP Interface and Query Language
    Manual, version 3.5. https://cwb.sourceforge.io/files/CQP_Manual/
"""

from __future__ import annotations

import re
from collections.abc import Sequence as Words
from typing import NoReturn

from corpus_kit.corpus.definitions import expand_macros
from corpus_kit.errors import nearest, one_of
from corpus_kit.query.cqp_items import ANY, CLAUSES, CqpItems
from corpus_kit.query.cqp_texts import STRING
from corpus_kit.query.pattern_names import NO_NAMES, Names
from corpus_kit.query.pattern_tree import (
    Alternatives,
    Constraint,
    Expansion,
    Meet,
    MeetNode,
    Near,
    Node,
    Repeat,
    Scope,
    Sequence,
    Strategy,
    Test,
    Unite,
)
from corpus_kit.query.query_parser import Query

__all__ = ["CqpParser"]

_COMMENT = re.compile(rf"{STRING}|#[^\n]*")
_STRATEGIES: tuple[Strategy, ...] = ("traditional", "shortest", "standard", "longest")
_FIRST_WORD = re.compile(r"([A-Za-z_]\w*(?:-\w+)*)(?!\w|\s*:(?!:))", re.ASCII)
_NAMED = re.compile(r"\s*`?([A-Za-z_][\w-]*)`?\s*=(?!=)")
_STRATEGY = re.compile(r"\(\?\s*([A-Za-z]*)\s*\)")
_EMPTY_TAG = re.compile(r"<\s*([A-Za-z_][\w.]*)\s*/\s*>", re.ASCII)
_INTEGER = re.compile(r"[+-]?[0-9]{1,9}(?![0-9])")
_NO_CORPUS = "one corpus is searched at a time; search the other one and join the tables"

# What CQP also reads where a query may stand, and what does it here.
_COMMANDS = {
    "cat": "page(...) and lines(...) of what kwic(...) returns show hits",
    "cd": "give a query",
    "count": "group(...) of what kwic(...) returns counts, such as group('word')",
    "cut": "write cut after the query",
    "def": "corpus.with_definitions(...) adds word lists and macros",
    "define": "corpus.with_definitions(...) adds word lists and macros",
    "delete": "a - b leaves hits out that another result of kwic(...) has",
    "diff": "a - b is the difference of two results of kwic(...)",
    "difference": "a - b is the difference of two results of kwic(...)",
    "discard": "a result is a Python object; del forgets it",
    "dump": "tabulate(...) of what kwic(...) returns is a table of hits",
    "exec": "give one query",
    "exit": "give a query",
    "group": "group(...) of what kwic(...) returns counts, such as group('matchend.lemma')",
    "info": "show the corpus",
    "inter": "a & b is the intersection of two results of kwic(...)",
    "intersect": "a & b is the intersection of two results of kwic(...)",
    "intersection": "a & b is the intersection of two results of kwic(...)",
    "join": "a | b is the union of two results of kwic(...)",
    "macro": "corpus.with_definitions(...) adds word lists and macros",
    "randomize": "the seed is an argument of reduce(...) and kwic(...)",
    "reduce": "reduce(...) of what kwic(...) returns draws hits at random",
    "save": "save(...) of what kwic(...) returns keeps it with the corpus",
    "set": "(?longest) before a query chooses the strategy, and kwic(...) has arguments for the rest",
    "show": "kwic(..., show=...) shows layers, and metadata=... columns of the documents",
    "sleep": "give a query",
    "size": "len(...) of what kwic(...) returns is the number of its hits",
    "sort": "kwic(..., sort=...) sorts",
    "source": "give one query",
    "subset": "find(...) of what kwic(...) returns searches its hits",
    "tabulate": "tabulate(...) of what kwic(...) returns is a table of hits",
    "unlock": "give a query",
    "undump": "a table with columns document, start and end becomes a structure by corpus.with_structures(...)",
    "union": "a | b is the union of two results of kwic(...)",
}


class CqpParser(CqpItems):
    """A recursive-descent parser of one query of CQP.

    Args:
        text: The query, perhaps with ``NAME =`` before it and a semicolon after it.
        names: What the corpus adds to the language.

    Attributes:
        name: The name that the query gives to its result, or None.

    >>> query = CqpParser('"ال.*" []{0,2} [word="قال" | word="أكد"] cut 10;').query()
    >>> query.strategy, query.at_most, query.root.parts[0].condition.value.match
    ('standard', 10, 'begins')
    """

    def __init__(self, text: str, names: Names = NO_NAMES) -> None:
        bare = _COMMENT.sub(lambda found: " " * len(found[0]) if found[0][0] == "#" else found[0], text)
        self._expanded = expand_macros(bare, names.definitions, cqp=True)
        super().__init__(text, names, self._expanded)
        self.name: str | None = None

    # ---- the query

    def query(self) -> Query:
        """Return what the query says.

        Raises:
            InputError: If the query has an error or is too large, or if it is none but a command of CQP.
        """
        self._begin()
        if self._take_word("MU"):
            found = self._meet_query()
        elif self._take_word("TAB"):
            found = self._clauses(Query(self._table(), strategy="traditional"))
        else:
            strategy = self._strategy()
            root = self._expression()
            constraint = self._constraint(root)
            found = self._clauses(Query(root, constraint, strategy=strategy))
        self._end()
        return found._replace(lists=frozenset(self.lists), macros=self._expanded.macros)

    def _begin(self) -> None:
        """Read what stands before the query; refuse commands."""
        self.skip_space()
        if named := _NAMED.match(self.text, self.at):
            self.name = named[1]
            self.at = named.end()
            self.skip_space()
        word = _FIRST_WORD.match(self.text, self.at)
        if not word or word[1] in ("MU", "TAB"):
            return
        if word[1] in _COMMANDS:
            self.fail(f"{word[1]} is a command of CQP, not a query; {_COMMANDS[word[1]]}")
        what = f"{word[1]!r} is no query"
        self.fail(f'{what}; write words in quotation marks, such as "{word[1]}", and name no corpus or result')

    def _strategy(self) -> Strategy:
        begin = self.at
        match = _STRATEGY.match(self.text, begin)
        if not match:
            return "standard"
        self.at = match.end()
        chosen = next((each for each in _STRATEGIES if each == match[1]), None)
        if chosen is None:
            self.refuse_other(match[1], _STRATEGIES, "the strategy", begin + 2)
        return chosen

    def _constraint(self, root: Node) -> Constraint | None:
        """Read what is asked of the labels of an expression, if anything is."""
        self.skip_space()
        if not self.text.startswith("::", self.at):
            return None
        self.at += 2
        self.skip_space()
        begin = self.at
        constraint = self.constraint()
        self.refuse_contradiction(constraint, begin, root)
        return constraint

    def _end(self) -> None:
        self.skip_space()
        while self.take(";"):
            self.skip_space()
        if not self.peek():
            return
        if ";" in self.text[: self.at]:
            self.fail("one query is read at a time; give the others to calls of their own")
        if self.peek() in ")]}>":
            self.unopened(self.peek())
        if self.peek() in "{?*+":
            self.fail("a repeat stands right after a word, ] or ), and once")
        self._refuse_plain_word()
        self.fail(f"expected a clause such as within, or the end, got {self.peek()!r}")

    # ---- clauses

    def _clauses(self, query: Query) -> Query:
        while True:
            self.skip_space()
            begin = self.at
            word = self._word()
            if self.take("!"):
                self.fail(
                    "! keeps the regions of a subquery; find(...) of what kwic(...) returns searches its hits", begin
                )
            if self.peek() == ":" and not word:
                self.fail(f"a query of an aligned corpus; {_NO_CORPUS}", begin)
            if not word:
                return query
            if word == "within":
                self._once(not query.scopes, word, begin)
                query = query._replace(scopes=(self._within(),))
            elif word == "cut":
                self._once(query.at_most is None, word, begin)
                query = query._replace(at_most=self._number("cut", least=1))
            elif word == "expand":
                self._once(query.expansion is None, word, begin)
                query = query._replace(expansion=self._expand())
            else:
                self._unknown_clause(word, begin)

    def _once(self, is_first: bool, word: str, begin: int) -> None:
        if not is_first:
            self.fail(f"{word} stands twice; a query has one", begin)

    def _unknown_clause(self, word: str, begin: int) -> NoReturn:
        if word == "show":
            self.fail("a hit cannot be cut down to show labels; @ and labels are anchors of it", begin)
        if word in _COMMANDS:
            self.fail(f"{word} is a command of CQP, not a part of a query; {_COMMANDS[word]}", begin)
        self.refuse_other(word, ("within", "cut", "expand"), "what follows a query", begin)

    def _within(self) -> Scope:
        begin = self.at
        if self._direction() != (True, True):
            self.fail("within has no direction", begin)
        number, structure = self._description("within")
        if structure is None:  # CQP: no more than so many tokens after the first
            return Scope(None, number=number + 1)
        return Scope(structure, number=number)

    def _expand(self) -> Expansion:
        left, right = self._direction()
        if not self._take_word("to"):
            self.fail("expected to after expand, such as expand to s")
        number, structure = self._description("expand to")
        return Expansion(structure, number=number, left=left, right=right)

    def _direction(self) -> tuple[bool, bool]:
        self.skip_space()
        if self._take_word("left"):
            return True, False
        return (False, True) if self._take_word("right") else (True, True)

    def _description(self, what: str) -> tuple[int, str | None]:
        """Read how many of which structure; None for tokens."""
        self.skip_space()
        number = self._integer(1)
        self.skip_space()
        begin = self.at
        tag = _EMPTY_TAG.match(self.text, begin)
        if tag:  # as Sketch Engine writes it
            self.at = tag.end()
            return number or 1, self.whole_structure(tag[1], tag.start(1))
        word = self._word()
        if word in CLAUSES:
            self.at = begin
            word = ""
        if not word:
            if number is None or self.peek() == "<":
                self.fail(f"expected a structure or a number after {what}, such as {what} s", begin)
            return number, None
        if word in ("word", "words"):
            return number or 1, None
        return number or 1, self.whole_structure(word, begin)

    def _number(self, what: str, least: int) -> int:
        self.skip_space()
        number = self._integer(least)
        if number is None:
            self.fail(f"expected a number after {what}")
        return number

    def _integer(self, least: int) -> int | None:
        match = _INTEGER.match(self.text, self.at)
        if not match:
            return None
        if int(match[0]) < least:
            self.fail(f"the number must be at least {least}, got {match[0]}")
        self.at = match.end()
        return int(match[0])

    def _take_word(self, word: str) -> bool:
        self.skip_space()
        begin = self.at
        if self._word() == word:
            return True
        self.at = begin
        return False

    # ---- TAB and MU

    def _table(self) -> Node:
        """Read the tokens of a TAB query and the gaps between them."""
        parts: list[Node] = []
        self.skip_space()
        while True:
            parts.append(self._simple("TAB"))
            self.skip_space()
            gap = self._repeat()
            if gap:
                parts.append(Repeat(ANY, *gap, lazy=True))
            self.skip_space()
            if not self._begins_item():
                break
        if gap:
            self.fail("a gap stands between two words")
        return Sequence(tuple(parts)) if len(parts) > 1 else parts[0]

    def _simple(self, what: str) -> Test:
        """Read a token without labels, structures and references."""
        begin = self.at
        if not self._begins_item() or self.peek() in "(<":
            self.fail(f'{what} takes words and conditions, such as "قال" or [lemma="قال"]')
        node = self._token()
        if self.is_recorded:
            self.rows.setdefault(0, [[]])[0].append(self._written_item(begin, [] if node is None else [node]))
        if not isinstance(node, Test):
            self.fail(f"{what} takes no labels, no structures and no places; write a query without {what}", begin)
        return node

    def _meet_query(self) -> Query:
        self.skip_space()
        meet = self._meet_node()
        found = Query(Alternatives(tuple(dict.fromkeys(_tests_of(meet)))), meet=meet)
        self.skip_space()
        begin = self.at
        if self.text.startswith("::", begin):
            self.fail("an MU query has no labels and no constraint after ::", begin)
        found = self._clauses(found)
        if found.scopes:
            self.fail("within is no part of an MU query; write the structure into meet: MU(meet A B s)", begin)
        return found

    def _meet_node(self) -> MeetNode:
        begin = self.at
        if not self.take("("):
            return self._simple("MU")
        self.deeper(begin)
        self.skip_space()
        at = self.at
        word = self._word()
        if word not in ("meet", "union"):
            self.fail("expected meet or union, such as MU(meet A B -2 2)", at)
        node = self._meet() if word == "meet" else self._union()
        self.skip_space()
        if not self.take(")"):
            if not self.peek():
                self.unclosed("(", begin)
            self.fail(f"expected ) after {word}, got {self.peek()!r}")
        self.depth -= 1
        return node

    def _union(self) -> Unite:
        parts = []
        self.skip_space()
        while self._begins_item():
            parts.append(self._meet_node())
            self.skip_space()
        if len(parts) < 2:
            self.fail("union takes two words or more")
        return Unite(tuple(parts))

    def _meet(self) -> Meet:
        self.skip_space()
        left = self._meet_node()
        negated = self._take_word("not")
        self.skip_space()
        right = self._meet_node()
        self.skip_space()
        begin = self.at
        if name := self._word():
            return Meet(left, right, structure=self.whole_structure(name, begin), negated=negated)
        low, high = self._offset(), self._offset()
        if low is None:
            return Meet(left, right, 1, 1, negated=negated)
        if high is None or high < low:
            self.fail("meet takes two numbers, the lower one first, such as -2 2, or a structure", begin)
        return Meet(left, right, low, high, negated=negated)

    def _offset(self) -> int | None:
        self.skip_space()
        return self._integer(-(10**9))

    def refuse_other(self, value: str, allowed: Words[str], name: str, at: int) -> NoReturn:
        """Raise the error for a name that is none of those allowed."""
        self.fail(f"{name} must be {one_of(allowed)}, got {value!r}. {nearest(value, allowed)}".rstrip(". "), at)


def _tests_of(node: MeetNode) -> list[Test]:
    if isinstance(node, Test):
        return [node]
    assert not isinstance(node, Near)  # CQP has none
    parts = (node.left, node.right) if isinstance(node, Meet) else node.parts
    return [test for part in parts for test in _tests_of(part)]
