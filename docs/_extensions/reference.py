"""Directives of the reference: `public` for public names, `commands` for the command line.

Both read the library, so that nothing is written twice.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any, ClassVar

import typer
from docstrings import inline
from docutils import nodes
from docutils.parsers.rst import directives
from names import documented_names, members_of
from sphinx.util.docutils import SphinxDirective

from corpus_kit.cli.main import app as command_line


class Public(SphinxDirective):
    """A table of public names, one a line, with their first sentences, and then their entries.

    A name that ends in ``.*`` means all names of a module. The option `exclude` has members of classes that only other
    modules of the library use.
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
                excluded = [each.strip() for each in self.options.get("exclude", "").split(",")]
                shown = [each for each in members_of(name, obj) if each not in excluded]
                yield from [f"   :members: {', '.join(shown)}", "   :member-order: bysource"]
            yield ""


def _expanded(name: str) -> list[str]:
    if not name.endswith(".*"):
        return [name]
    return [full for full, obj in documented_names().items() if obj and full.rpartition(".")[0] == name[:-2]]


def _first_sentence(name: str) -> str:
    paragraph = (inspect.getdoc(documented_names()[name]) or "").partition("\n\n")[0]
    return inline(" ".join(paragraph.split()))


class Commands(SphinxDirective):
    """Every command of the command line, with its usage, arguments and options."""

    def run(self) -> list[nodes.Node]:
        group: Any = typer.main.get_command(command_line)
        context = type(group).context_class(group)
        commands = ((name, group.get_command(context, name)) for name in group.list_commands(context))
        lines = [line for name, command in commands for line in self._command(name, command)]
        return self.parse_text_to_nodes("\n".join(lines), allow_section_headings=True)

    def _command(self, name: str, command: Any) -> Iterator[str]:
        context = type(command).context_class(command, info_name=f"corpus-kit {name}")
        usage = command.get_usage(context).removeprefix("Usage: ").strip()
        yield from [name, "-" * len(name), "", *inline(inspect.cleandoc(command.help or "")).splitlines(), ""]
        yield from [".. code-block:: text", "", *(f"   {' '.join(line.split())}" for line in usage.splitlines()), ""]
        for parameter in command.get_params(context):
            record = parameter.get_help_record(context)
            if record and "--help" not in record[0]:
                yield from [f"``{record[0].strip()}``", f"    {inline(' '.join(record[1].split()))}", ""]


def setup(app: Any) -> dict[str, Any]:
    app.add_directive("public", Public)
    app.add_directive("commands", Commands)
    return {"version": "1", "parallel_read_safe": True}
