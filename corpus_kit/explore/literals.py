"""Values as Python writes them, for the lines of code that the explorer shows."""

from __future__ import annotations

import math
from typing import Any

from corpus_kit.query.cqp import CqpQuery

__all__ = ["literal"]


def literal(value: Any) -> str:
    r"""Return the literal of a value. Letters that cannot be seen are escaped, so that code reads as it runs.

    >>> literal("هدنة"), literal(("2026-03", None)), literal('قال "نعم"'), literal("a\u202eb")
    ('"هدنة"', '("2026-03", None)', '\'قال "نعم"\'', '"a\\u202eb"')
    """
    if isinstance(value, CqpQuery):
        return f"ck.cqp({literal(str(value))})"
    if isinstance(value, str):
        return _text(str(value))
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(literal, value))}{',' if len(value) == 1 else ''})"
    return repr(value)


def _text(value: str) -> str:
    """Return a text in the quotation marks that formatters choose: double ones, unless single ones escape less."""
    quote = "'" if value.count('"') > value.count("'") else '"'
    body = repr(f"\"'{value}")[4:-1].replace("\\'", "'")  # both marks before: so repr takes single ones
    return f"{quote}{body.replace(quote, chr(92) + quote)}{quote}"
