"""Arabic in the pages: its runs are isolated.

In a left-to-right line, a number after an Arabic word would be shown before it, and two words with a comma between them
would change places. So each run of Arabic is isolated, in prose and in code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from docutils import nodes
from pygments.formatters import HtmlFormatter
from sphinx.highlighting import PygmentsBridge
from sphinx.transforms.post_transforms import SphinxPostTransform

# Letters and marks of the script. A run can have spaces and signs between its words, and brackets around it.
_LETTERS = (
    r"\u0610-\u061a\u0620-\u065f\u066e-\u06d3\u06d6-\u06ef\u06fa-\u06ff"
    r"\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc"
)
_RUN = re.compile(rf"[{_LETTERS}]+[0-9]*(?:[ \u00a0\u060c\u061b\u061f«»()|.!:*/-]*[{_LETTERS}]+[0-9]*)*")
_BRACKETS = {"»": "«", ")": "("}
# In code, a string is isolated as a whole, so that a pattern is read right to left. A query with English words in it,
# and one of CQP, is read left to right, as it is typed, with its Arabic isolated.
_QUERY = re.compile(r"\b(?:within|expand|cut) \w|[A-Za-z_]\s?!?=|::|%[cdel]|;$")
_ENTITY = re.compile(r"&\w+;")
_CHARACTER = r"(?:[^&\n\"']|&(?:amp|lt|gt);)"
_STRING = re.compile(rf"(?P<mark>&#39;|&quot;|['\"])(?P<text>{_CHARACTER}*?[{_LETTERS}]{_CHARACTER}*?)(?P=mark)")
_LATIN_FIRST = re.compile(rf"[^A-Za-z{_LETTERS}]*[A-Za-z]")
_TAG = re.compile(r"(<[^>]*>)")


def parted(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of a text in order, and whether each is a run of Arabic with its brackets.

    >>> list(parted("الدولة stands 30 times"))
    [('الدولة', True), (' stands 30 times', False)]
    """
    done = 0
    for run in _RUN.finditer(text):
        start, end = run.span()
        for closing, opening in _BRACKETS.items():
            missing = text.count(closing, start, end) - text.count(opening, start, end)
            if missing > 0 and start > done and text[start - 1] == opening:
                start -= 1
            elif missing < 0 and text.startswith(closing, end):
                end += 1
        if start > done:
            yield text[done:start], False
        yield text[start:end], True
        done = end
    if done < len(text):
        yield text[done:], False


class IsolateRuns(SphinxPostTransform):
    """Isolate the runs of Arabic in the prose of a page."""

    default_priority = 900
    formats = ("html",)

    def run(self, **_: Any) -> None:
        is_arabic = self.env.docname.startswith("ar/")
        for text in list(self.document.findall(nodes.Text)):
            if not _RUN.search(text) or isinstance(text.parent, nodes.literal_block | nodes.raw):
                continue
            is_code = isinstance(text.parent, nodes.literal)
            if is_arabic and not is_code:
                continue  # isolated, they would count as neutral, and the Latin words between them run left to right
            is_typed = is_code and is_left_to_right(text)
            if is_typed:
                text.parent["classes"].append("query")
            if not is_code or is_typed:
                pieces = [
                    nodes.inline("", piece, classes=["arabic-run"]) if is_run else nodes.Text(piece)
                    for piece, is_run in (parted_code if is_code else parted)(text.astext())
                ]
                text.parent.replace(text, pieces)


def is_left_to_right(code: str) -> bool:
    """Return whether code in a line of prose is read left to right: a call, strings, a query with English words.

    >>> list(map(is_left_to_right, ['ck.kwic(corpus, "هدنة")', '["قال", "رأى"]', "(رئيس|عضو) []{0,2} السهل"]))
    [True, True, False]
    """
    return bool(_QUERY.search(code) or _STRING.search(code) or _LATIN_FIRST.match(code))


def parted_code(code: str) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of code in a line of prose, and whether each is a string with Arabic or a run of it.

    >>> list(parted_code('ck.kwic(corpus, "هدنة []", "سلام")'))
    [('ck.kwic(corpus, "', False), ('هدنة []', True), ('", "', False), ('سلام', True), ('")', False)]
    """
    done = 0
    for string in _STRING.finditer(code):
        yield from parted(code[done : string.start("text")])
        yield from parted(string["text"]) if _QUERY.search(string["text"]) else [(string["text"], True)]
        done = string.end("text")
    yield from parted(code[done:])


def isolate_in_code(markup: str) -> str:
    """Return HTML of code with its Arabic in <bdi> elements, so that signs and numbers beside it keep their places.

    >>> isolate_in_code("<span>('خبر عاجل', 3)</span>")
    "<span>('<bdi>خبر عاجل</bdi>', 3)</span>"
    >>> print(isolate_in_code("'لا within headline'"))
    '<bdi dir="ltr"><bdi>لا</bdi> within headline</bdi>'
    """
    return "".join(piece if piece.startswith("<") else _isolated(piece) for piece in _TAG.split(markup))


def _isolated(code: str) -> str:
    pieces, done = [], 0
    for string in _STRING.finditer(code):
        pieces += [_isolated_runs(code[done : string.start("text")]), _isolated_string(string["text"])]
        done = string.end("text")
    return "".join([*pieces, _isolated_runs(code[done:])])


def _isolated_string(text: str) -> str:
    if _QUERY.search(_ENTITY.sub(" ", text)):
        return f'<bdi dir="ltr">{_isolated_runs(text)}</bdi>'
    return f"<bdi>{text}</bdi>"


def _isolated_runs(code: str) -> str:
    return "".join(f"<bdi>{piece}</bdi>" if is_run else piece for piece, is_run in parted(code))


class CodeFormatter(HtmlFormatter):
    """Code as HTML with isolated Arabic."""

    def format(self, tokensource: Any, outfile: Any) -> None:
        class Isolating:
            def write(self, markup: str) -> None:
                outfile.write(isolate_in_code(markup))

        super().format(tokensource, Isolating())


def setup(app: Any) -> dict[str, Any]:
    PygmentsBridge.html_formatter = CodeFormatter
    app.add_post_transform(IsolateRuns)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
