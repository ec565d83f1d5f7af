"""Directives of the reference: `public` lists public names with their entries, `commands` the command line.

Both ask the library, so that nothing is typed twice.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any, ClassVar

import typer
from docstrings import to_rest
from docutils import nodes
from docutils.parsers.rst import directives
from names import documented_names
from sphinx.util.docutils import SphinxDirective

from corpus_kit.cli import app as command_line


class Public(SphinxDirective):
    """Names, one a line: a table with the first sentence of each, then the entry of each.

    A name that ends with ``.*`` stands for all names of a module.

    exclude: members of classes that are left out, since other modules of the library use them and users do not.
    """

    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {"exclude": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        names = [name for line in self.content if line.strip() for name in _expanded(line.strip())]
        unknown = [name for name in names if name not in documented_names()]
        if unknown:
            raise self.error(f"no public names: {', '.join(unknown)}")
        return self.parse_text_to_nodes("\n".join([*self._table(names), *self._entries(names)]))

    def _table(self, names: list[str]) -> Iterator[str]:
        if len(names) > 1:
            yield from [".. list-table::", "   :widths: auto", "   :class: names", ""]
            for name in names:
                yield f"   * - :py:obj:`{name.removeprefix('corpus_kit.')} <{name}>`"
                yield f"     - {_first_sentence(name)}"
            yield ""

    def _entries(self, names: list[str]) -> Iterator[str]:
        for name in names:
            obj = documented_names()[name]
            if not inspect.isclass(obj):
                yield from [f".. autofunction:: {name}", ""]
                continue
            yield from [f".. auto{'exception' if issubclass(obj, Exception) else 'class'}:: {name}"]
            if not issubclass(obj, Exception):
                yield from ["   :members:", "   :member-order: bysource"]
            if "exclude" in self.options:
                yield f"   :exclude-members: {self.options['exclude']}"
            yield ""


def _expanded(name: str) -> list[str]:
    if not name.endswith(".*"):
        return [name]
    return [full for full, obj in documented_names().items() if obj and full.rpartition(".")[0] == name[:-2]]


def _first_sentence(name: str) -> str:
    paragraph = (inspect.getdoc(documented_names()[name]) or "").partition("\n\n")[0]
    return " ".join(to_rest(paragraph)[:1])


class Commands(SphinxDirective):
    """Every command of the command line: what it does, how it is called, its arguments and options."""

    def run(self) -> list[nodes.Node]:
        group: Any = typer.main.get_command(command_line)
        lines = [line for name, command in group.commands.items() for line in self._command(name, command)]
        return self.parse_text_to_nodes("\n".join(lines), allow_section_headings=True)

    def _command(self, name: str, command: Any) -> Iterator[str]:
        context = type(command).context_class(command, info_name=f"corpus-kit {name}")
        usage = command.get_usage(context).removeprefix("Usage: ").strip()
        yield from [name, "-" * len(name), "", *to_rest(inspect.cleandoc(command.help or "")), ""]
        yield from [".. code-block:: text", "", *(f"   {' '.join(line.split())}" for line in usage.splitlines()), ""]
        for parameter in command.get_params(context):
            record = parameter.get_help_record(context)
            if record and "--help" not in record[0]:
                told = " ".join(to_rest(" ".join(record[1].split())))
                yield from [f"``{record[0].strip()}``", f"    {told}", ""]


def setup(app: Any) -> dict[str, Any]:
    app.add_directive("public", Public)
    app.add_directive("commands", Commands)
    return {"version": "1", "parallel_read_safe": True}
