"""The directive `columns`: every column of every table explained, from the library itself (`ck.columns`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from docstrings import inline
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

import corpus_kit as ck

_HEADS = {"en": ("column", "meaning", "in the tables of"), "ar": ("العمود", "معناه", "في جداول")}
_FORMULA = {"en": "Formula", "ar": "الصيغة"}


class Columns(SphinxDirective):
    """A table of all columns; its argument is the language, "en" or "ar"."""

    required_arguments: ClassVar[int] = 1

    def run(self) -> list[nodes.Node]:
        return self.parse_text_to_nodes("\n".join(column_lines(self.arguments[0])))


def column_lines(language: str) -> Iterator[str]:
    """Yield the lines of the table in reStructuredText."""
    yield from [".. list-table::", "   :widths: 20 55 25", "   :header-rows: 1", "   :class: columns", ""]
    yield from _row(*_HEADS[language])
    for column in ck.columns(language=language).iter_rows(named=True):
        meaning = f"**{inline(column['label'])}**"
        meaning += f" ({inline(column['unit'])})" if column["unit"] else ""
        meaning += f": {inline(column['explanation'])}"
        if column["formula"]:
            meaning += f" {_FORMULA[language]}: {_code(column['formula'])}."
        functions = ", ".join(map(_code, column["functions"]))
        yield from _row(f"``{column['column']}``", meaning, functions)


def _code(name: str) -> str:
    return inline(f"`{name}`")


def _row(*cells: str) -> Iterator[str]:
    for place, cell in enumerate(cells):
        yield f"   {'* -' if place == 0 else '  -'} {cell}"


def setup(app: Any) -> dict[str, Any]:
    app.add_directive("columns", Columns)
    return {"version": "1", "parallel_read_safe": True}
