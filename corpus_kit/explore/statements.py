"""Lines of Python for people to read: an expression becomes a statement, or a few, as formatters lay them out."""

from __future__ import annotations

import ast
import unicodedata
from collections.abc import Iterable

__all__ = ["assigned"]

_WIDTH = 88  # the shortest line that common formatters aim at
_BRACKETS = {ast.Call: "()", ast.List: "[]", ast.Tuple: "()", ast.Dict: "{}"}
_AS_IT_IS = "  # fmt: skip"


def assigned(name: str, expression: str) -> list[str]:
    """Return the statements that give the value of an expression a name; a long chain of calls takes several.

    >>> assigned("words", 'ck.frequency(corpus, unit="lemma")')
    ['words = ck.frequency(corpus, unit="lemma")']
    >>> for line in assigned("words", f'ck.frequency(corpus, unit="lemma").filter(pl.col("word") == "{"x" * 40}")'):
    ...     print(line)
    words = ck.frequency(corpus, unit="lemma")
    words = words.filter(pl.col("word") == "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")
    """
    line = f"{name} = {expression}"
    if _fits(line):
        return [line]
    tree = ast.parse(expression, mode="eval").body
    source = _Source(expression)
    links = source.links(tree)
    if len(links) > 1:
        first, *rest = links
        return [*assigned(name, first), *(line for link in rest for line in assigned(name, f"{name}{link}"))]
    lines = source.laid_out(tree, f"{name} = ", "", 0)
    return lines if all(map(_fits, lines)) else [line + _AS_IT_IS]  # what is too long then cannot be broken


def _fits(line: str) -> bool:
    return sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in line) <= _WIDTH


class _Source:
    """An expression in one line, of which parts are taken. Places in it are counted in bytes of UTF-8."""

    def __init__(self, expression: str) -> None:
        self._bytes = expression.encode()

    def of(self, node: ast.expr) -> str:
        return self._bytes[node.col_offset : node.end_col_offset].decode()

    def links(self, node: ast.expr) -> list[str]:
        """Return the parts of a chain of calls: the first call with what it is called on, then a method call each."""
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            return [self.of(node)]
        inner = node.func.value
        if not isinstance(inner, ast.Call):
            return [self.of(node)]
        return [*self.links(inner), self._bytes[inner.end_col_offset : node.end_col_offset].decode()]

    def laid_out(self, node: ast.expr, before: str, after: str, depth: int) -> list[str]:
        """Return the lines of a part: one if it fits or cannot be broken, else each of its items has its own."""
        indent = " " * (4 * depth)
        line = f"{indent}{before}{self.of(node)}{after}"
        brackets = _BRACKETS.get(type(node))
        if (depth and _fits(line)) or brackets is None:
            return [line]
        name = self.of(node.func) if isinstance(node, ast.Call) else ""
        inner = [
            line for item, start in self._items(node) for line in self.laid_out(item, start, ",", depth + 1)
        ]  # fmt: skip
        return [f"{indent}{before}{name}{brackets[0]}", *inner, f"{indent}{brackets[1]}{after}"]

    def _items(self, node: ast.expr) -> Iterable[tuple[ast.expr, str]]:
        """Return the items of a call, a list, a tuple or a dictionary, and what stands before each."""
        if isinstance(node, ast.Call):
            named = [(each.value, f"{each.arg}=" if each.arg else "**") for each in node.keywords]
            return [*((each, "") for each in node.args), *named]
        if isinstance(node, ast.Dict):
            return [(value, f"{self.of(key)}: ") for key, value in zip(node.keys, node.values, strict=True) if key]
        assert isinstance(node, ast.List | ast.Tuple)
        return [(each, "") for each in node.elts]
