"""Arabic in the pages: isolated runs, fonts that come with the site, pages from right to left.

In a left-to-right line, a number after an Arabic word would be shown before it, and two words with a comma between them
would change places. So each run of Arabic is isolated, in prose and in code.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
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
_TAG = re.compile(r"(<[^>]*>)")
# One typeface for running text, one for tables and plots. Package, file.
_FONTS = (
    ("fontpkg_amiri", "Amiri-Regular.ttf"),
    ("fontpkg_amiri", "Amiri-Bold.ttf"),
    ("fontpkg_ibm_plex_sans_arabic", "IBMPlexSansArabic-Regular.ttf"),
    ("fontpkg_ibm_plex_sans_arabic", "IBMPlexSansArabic-Bold.ttf"),
)


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
        for text in list(self.document.findall(nodes.Text)):
            if not _RUN.search(text) or isinstance(text.parent, nodes.literal_block | nodes.raw):
                continue
            is_code = isinstance(text.parent, nodes.literal)
            if is_code and _QUERY.search(text):
                text.parent["classes"].append("query")
            if not is_code or _QUERY.search(text):
                pieces = [
                    nodes.inline("", piece, classes=["arabic-run"]) if is_run else nodes.Text(piece)
                    for piece, is_run in parted(text.astext())
                ]
                text.parent.replace(text, pieces)


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


def copy_fonts(app: Any, error: Exception | None) -> None:
    """Copy the fonts and their licences into the site."""
    if error or app.builder.format != "html":
        return
    target = Path(app.outdir) / "_static" / "fonts"
    target.mkdir(parents=True, exist_ok=True)
    for package, name in _FONTS:
        folder = Path(str(files(package)))
        shutil.copyfile(folder / "files" / name, target / name)
        shutil.copyfile(folder / "LICENSE", target / f"LICENSE-{name.partition('-')[0]}.txt")


def _direction(app: Any, pagename: str, template: str, context: dict[str, Any], doctree: Any) -> None:  # noqa: ARG001
    """Tell the layout which pages are in Arabic."""
    context["arabic_page"] = pagename.startswith("ar/")


def setup(app: Any) -> dict[str, Any]:
    PygmentsBridge.html_formatter = CodeFormatter
    app.add_post_transform(IsolateRuns)
    app.connect("html-page-context", _direction)
    app.connect("build-finished", copy_fonts)
    return {"version": "1", "parallel_read_safe": True}
