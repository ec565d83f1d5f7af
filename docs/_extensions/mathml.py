"""Formulas as MathML, from the converter of docutils: no script, no font, nothing to load.

All browsers have shown MathML since 2023, so this needs no package beside Sphinx and works offline.
"""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.util import logging

# Commands that the converter lacks, and their equivalents.
_SAME = {r"\dots": r"\ldots", r"\texttt": r"\mathtt"}
_COMMAND = re.compile(r"\\[A-Za-z]+")

logger = logging.getLogger(__name__)


def to_mathml(formula: str, *, block: bool) -> str:
    """Return a LaTeX formula as MathML.

    Raises:
        MathError: If the converter does not know a command.
    """
    known = _COMMAND.sub(lambda command: _SAME.get(command[0], command[0]), formula)
    return str(tex2mathml(known.strip(), as_block=block))


def _html(node: nodes.math | nodes.math_block) -> str:
    block = isinstance(node, nodes.math_block)
    try:
        return to_mathml(node.astext(), block=block)
    except MathError as error:
        logger.warning("formula %r: %s", node.astext(), error, location=node, type="math")
        return ""


def _visit(translator: Any, node: nodes.math) -> None:
    translator.body.append(_html(node))
    raise nodes.SkipNode


def _visit_block(translator: Any, node: nodes.math_block) -> None:
    translator.body.append(f'<div class="math-block">{_html(node)}</div>\n')
    raise nodes.SkipNode


def setup(app: Any) -> dict[str, Any]:
    app.add_html_math_renderer("mathml", (_visit, None), (_visit_block, None))
    return {"version": "1", "parallel_read_safe": True}
