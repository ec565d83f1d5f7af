"""Numbers with signs in the Arabic pages, and names such as .csv and C++: they are isolated, from left to right.

A number after an Arabic letter counts as Arabic in the bidirectional algorithm: signs around it or between two of them
then run from right to left (%98, 0.32–0.22), unlike at the beginning of a line. A number without a sign is right
everywhere, and so is one after a Latin word, which it must follow.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from docutils import nodes
from sphinx.transforms import SphinxTransform

_PLAIN = r"[0-9]+(?:[.,:/][0-9]+)*[A-Za-z]*"
# A hyphen directly after a word or a number joins; after a conjunction or a preposition of one letter it is a sign.
_NUMBER = rf"(?:[\u2212±≈~<>≤≥=$€£+]|(?:(?<!\w)|(?<=\W[وفبلك]))-)*{_PLAIN}(?: ?[%‰°](?!\w))?(?:\+(?! ?[0-9A-Za-z]))?"
_JOINT = r"(?: ?[\u2212+×·/=≈<>≤≥] ?|[-–—^*])"
_NAME = r"(?:(?<!\w)|(?<=\W[وفبلك]))\.[A-Za-z]\w*(?:\.[A-Za-z]\w*)*|[A-Za-z]+(?:\+{1,2}|#)(?!\w)"
_RUN = re.compile(rf"(?<![A-Za-z0-9_])(?:{_NUMBER}(?:{_JOINT}(?:{_NUMBER}|[A-Za-z]\w*))*|{_NAME})")
_OPEN, _CLOSE = "\u2066", "\u2069"
_ISOLATED = re.compile("[\u2066-\u2068][^\u2066-\u2069]*(\u2069|$)")
_TAG = re.compile(r"<(/?)(?:bdi|span)\b")


def parted(text: str, before: str = "") -> Iterator[tuple[str, bool]]:
    """Yield the pieces of a text in order, and whether each is to be isolated; `before` is what the line begins with.

    >>> list(parted("86% إلى 98% من 240"))
    [('86%', True), (' إلى ', False), ('98%', True), (' من 240', False)]
    >>> [piece for piece, is_run in parted("من -0.08 و-1 و98.8–99.3 و16 × 4 = 64، وكوفيد-19 في 2026-11-30") if is_run]
    ['-0.08', '-1', '98.8–99.3', '16 × 4 = 64', '2026-11-30']
    >>> [piece for piece, is_run in parted("ملفات .tar.gz و.csv، ولغة C++ وغيرها.") if is_run]
    ['.tar.gz', '.csv', 'C++']
    >>> list(parted("GPT 98%")), list(parted("%", before="98"))
    ([('GPT 98%', False)], [('%', False)])
    """
    done = 0
    for run in _RUN.finditer(text):
        if re.fullmatch(_PLAIN, run[0]) or _is_left_to_right(before + text[: run.start()]):
            continue
        if run.start() > done:
            yield text[done : run.start()], False
        yield run[0], True
        done = run.end()
    if done < len(text):
        yield text[done:], False


def _is_left_to_right(before: str) -> bool:
    """Return whether a number after this is shown in order: in an isolate, or after a Latin word."""
    if any(not isolated[1] for isolated in _ISOLATED.finditer(before)):
        return True
    directions = map(unicodedata.bidirectional, reversed(_ISOLATED.sub("", before)))
    return next((direction == "L" for direction in directions if direction in ("L", "R", "AL")), False)


class IsolateNumbers(SphinxTransform):
    """Isolate the numbers with signs in the prose of an Arabic page: before its titles are taken for the menus."""

    default_priority = 900

    def apply(self, **_: Any) -> None:
        if self.env.docname.startswith("ar/"):
            for block in list(self.document.findall(nodes.TextElement)):
                if not isinstance(block, nodes.Inline | nodes.FixedTextElement):
                    _isolate(block)


def _isolate(block: nodes.TextElement) -> None:
    before = ""
    for text in list(block.findall(nodes.Text)):
        if isinstance(text.parent, nodes.raw):
            before += "".join(_CLOSE if closes else _OPEN for closes in _TAG.findall(text))
        if isinstance(text.parent, nodes.raw | nodes.literal | nodes.math):
            continue  # isolated by itself
        pieces = list(parted(text.astext(), before))
        before += "".join(f"{_OPEN}{piece}{_CLOSE}" if is_run else piece for piece, is_run in pieces)
        if any(is_run for _, is_run in pieces):
            text.parent.replace(text, [_isolated(piece) if is_run else nodes.Text(piece) for piece, is_run in pieces])


def _isolated(number: str) -> nodes.inline:
    return nodes.inline("", number, classes=["number-run"])


def setup(app: Any) -> dict[str, Any]:
    app.add_transform(IsolateNumbers)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
