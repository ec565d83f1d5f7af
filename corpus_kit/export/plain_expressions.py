"""Expressions as a reader of a paper knows them, from the texts that Polars makes of them."""

from __future__ import annotations

import re

__all__ = ["plain_expression"]

_LONGEST = 1000  # characters
_TEXT = re.compile(r'"[^"]*"')
_TOKEN = re.compile("\ue000(\\d+)\ue001")
_COLUMN = re.compile(r"\bcol\(\ue000(\d+)\ue001\)")
_NAME = re.compile(r"[^\W\d]\w*")
_OPERATOR = re.compile(r" (\S{1,3}) \(")


def plain_expression(text: str) -> str:
    """Return the text of an expression without the signs that only a program needs.

    What is not understood, such as a text that was cut off, stays as it is.

    >>> plain_expression('[([(col("count")) > (9)]) & ([(col("word")) != ("في")])], descending=True')
    '(count > 9) & (word != "في"), descending=True'
    >>> plain_expression('share=[(col("n")) / (col("of all").sum())].round()')
    'share=(n / col("of all").sum()).round()'
    """
    if len(text) > _LONGEST or text.count('"') % 2 or "\ue000" in text:
        return text
    known: list[tuple[str, bool]] = []  # what tokens stand for: a text, or an operation, which may need parentheses

    def token(made: str, *, is_operation: bool) -> str:
        known.append((made, is_operation))
        return f"\ue000{len(known) - 1}\ue001"

    def column(found: re.Match[str]) -> str:
        name = known[int(found[1])][0][1:-1]
        return name if _NAME.fullmatch(name) else found[0]

    made = _COLUMN.sub(column, _TEXT.sub(lambda found: token(found[0], is_operation=False), text))
    while "[(" in made:
        begin = made.rindex("[(")
        operation = _operation(made, begin)
        if operation is None:
            return text
        left, operator, right, end = operation
        made = made[:begin] + token(f"{left} {operator} {right}", is_operation=True) + made[end:]

    def shown(text: str, *, inside: bool) -> str:
        def one(found: re.Match[str]) -> str:
            what, is_operation = known[int(found[1])]
            if not is_operation:
                return what
            bare = not inside and not text.startswith(".", found.end())
            return shown(what, inside=True) if bare else f"({shown(what, inside=True)})"

        return _TOKEN.sub(one, text)

    return shown(made, inside=False)


def _operation(text: str, begin: int) -> tuple[str, str, str, int] | None:
    """Return the operands and the operator of `[(left) operator (right)]` and its end."""
    left_end = _closed(text, begin + 1)
    operator = _OPERATOR.match(text, left_end)
    right_end = _closed(text, operator.end() - 1) if operator else 0
    if operator is None or not text.startswith("]", right_end):
        return None
    return text[begin + 2 : left_end - 1], operator[1], text[operator.end() : right_end - 1], right_end + 1


def _closed(text: str, begin: int) -> int:
    """Return the end of what the parenthesis at a place opens; the end of the text if it is not closed."""
    depth = 0
    for place in range(begin, len(text)):
        depth += (text[place] == "(") - (text[place] == ")")
        if not depth:
            return place + 1
    return len(text)
