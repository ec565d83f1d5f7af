"""What readers with a screen reader or a keyboard need, and the theme and Sphinx leave out.

- Every picture must have a text that says what it shows: without one the build warns, and `make docs` fails. Pictures
  in notebooks get the title of the plot and the call that draws it.
- Long signatures are lists of definitions without terms in Sphinx; here they are lines.
- Buttons of the menu that open a part of it have names; an empty head of a column is a plain cell.
"""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

logger = logging.getLogger(__name__)

_LEAST = 8  # letters of a text that says something
_CALL = re.compile(r"\bplot\.(\w+)\(")
_TITLE = re.compile(r"\btitle=f?([\"'])(.+?)\1")
_SIGNATURE = re.compile(r"<dl>\s*((?:<dd><em class=\"sig-param\">.*?</dd>\s*)+)</dl>", re.DOTALL)
_EMPTY_HEAD = re.compile(r"<th( class=\"head\")?>\s*(?:<p>\s*</p>)?\s*</th>")


def text_of_a_cell(source: str) -> str:
    """Return what the picture that a cell shows is, by the code of the cell: its last plot and the title of that.

    >>> text_of_a_cell('ck.plot.trend(table, title="في كل منبر")')
    'Plot (trend): في كل منبر'
    """
    calls, titles = _CALL.findall(source), _TITLE.findall(source)
    if not calls and not titles:
        return ""
    return f"Plot{f' ({calls[-1]})' if calls else ''}{f': {titles[-1][1]}' if titles else ''}"


class TextsOfPictures(SphinxPostTransform):
    """Give pictures of notebooks a text, and warn of pictures without one."""

    default_priority = 950  # after the outputs of cells have become pictures
    formats = ("html",)

    def run(self, **_: Any) -> None:
        for image in self.document.findall(nodes.image):
            if cell := _cell(image):
                source = "\n".join(code.astext() for code in cell.findall(nodes.literal_block))
                image["alt"] = image.get("alt") or text_of_a_cell(source)
            if len(image.get("alt", "")) < _LEAST:
                logger.warning("a picture without a text that says what it shows", location=image, type="alt")


def _cell(image: nodes.Node) -> nodes.Element | None:
    node = image.parent
    while node is not None:
        if isinstance(node, nodes.container) and node.get("nb_element") == "cell_code":
            return node
        node = node.parent
    return None


def with_lines_for_terms(body: str) -> str:
    """Return the HTML of a page with long signatures as lines, and without empty heads of columns.

    >>> with_lines_for_terms('<dl><dd><em class="sig-param">top</em>, </dd></dl><th class="head"></th>')
    '<span class="sig-lines"><span><em class="sig-param">top</em>, </span></span><td></td>'
    """
    return _EMPTY_HEAD.sub("<td></td>", _SIGNATURE.sub(_lines, body))


def _lines(signature: re.Match[str]) -> str:
    lines = signature[1].strip().replace("<dd>", "<span>").replace("</dd>", "</span>")
    return f'<span class="sig-lines">{lines}</span>'


def _page(app: Any, pagename: str, template: str, context: dict[str, Any], doctree: Any) -> None:  # noqa: ARG001
    if "body" in context:
        context["body"] = with_lines_for_terms(context["body"])


def setup(app: Any) -> dict[str, Any]:
    app.add_post_transform(TextsOfPictures)
    app.connect("html-page-context", _page)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
