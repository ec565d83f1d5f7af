"""The project's docstrings as reStructuredText.

They are plain English with a few conventions: paragraphs and lists; arguments as ``name: text``, with or without
the heading "Arguments:"; paragraphs or headings "Returns", "Raises", "Source"; examples. Code stands in backticks.
Here each becomes what Sphinx knows: fields, definition lists, code blocks, links to the entries of the reference.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from names import documented_names

_HEADINGS = {
    "Args": "Arguments", "Arguments": "Arguments", "Returns": "Returns", "Raises": "Raises", "Warns": "Warns",
    "Source": "Source", "Sources": "Sources", "References": "References", "Example": "", "Examples": "",
}  # fmt: skip
_HEADING = re.compile(rf"({'|'.join(_HEADINGS)}):(?:\s+(?P<rest>\S.*))?$")
_SENTENCE = re.compile(r"(Returns|Raises|Warns)\s+\S")
_ENTRY = re.compile(r"(?P<names>\*{0,2}\w+(?:, \*{0,2}\w+)*)(?P<type> \([^)]*\))?: +(?P<text>\S.*)$")
_ITEM = re.compile(r"(?P<mark>[-*]|\d+\.) +(?P<text>\S.*)$")
_RULE = re.compile(r"=+ +(?=(=+)$)")
_CODE = re.compile(r"(``.+?``|`[^`]+`)", re.DOTALL)
_BOLD = re.compile(r"\*\*[^\s*][^*]*\*\*")
_PAGE = re.compile(r"docs/([\w/]+)\.md")
_MARKUP = re.compile(rf"({_BOLD.pattern}|{_PAGE.pattern.replace('(', '(?:')})")
_ERRORS = re.compile(r"\b(?:Corpus|CorpusKit|Input|Source)Error\b")


def to_rest(docstring: str, *, parameters: Collection[str] = (), owner: str = "") -> list[str]:
    """The lines of a docstring as lines of reStructuredText.

    parameters: names that may stand before a colon without a heading.
    owner: the full name of the class that the docstring belongs to, whose members may be named alone.
    """
    return list(_Converter(parameters, owner).convert(docstring.splitlines()))


class _Converter:
    def __init__(self, parameters: Collection[str], owner: str) -> None:
        self.parameters = frozenset(parameters)
        self.owner = owner

    def convert(self, lines: list[str]) -> Iterator[str]:
        for block in _blocks(lines):
            yield from self._block(block)
            yield ""

    def _block(self, block: list[str]) -> Iterator[str]:
        first = block[0]
        heading, sentence = _HEADING.match(first), _SENTENCE.match(first)
        if first.startswith(">>>"):
            yield from [".. code-block:: pycon", "", *_indented(block)]
        elif rule := _RULE.match(first):
            yield from self._table(block[1:-1], second=rule.end())
        elif heading:
            rest = [heading["rest"]] if heading["rest"] else []
            yield from self._section(_HEADINGS[heading[1]], rest, block[1:])
        elif sentence:
            end = next((n for n, line in enumerate(block) if n and line.startswith(" ") and _entry(line)), len(block))
            told = " ".join(line.strip() for line in block[:end]).removeprefix(sentence[1]).strip()
            yield from self._section(sentence[1], [told[:1].upper() + told[1:]], block[end:])
        elif self._is_parameter(first):
            yield from _field("Arguments", self._entries(block))
        else:
            yield from self._prose(block)

    def _section(self, name: str, rest: list[str], body: list[str]) -> Iterator[str]:
        body = _dedented(body)
        if not name:  # examples
            yield from self.convert(body)
        elif rest and not (body and _entry(body[0])):
            yield from _field(name, [self._inline(" ".join([*rest, *map(str.strip, body)]), errors=name == "Raises")])
        elif rest:
            yield from _field(name, [self._inline(rest[0]), "", *self._entries(body)])
        elif name in ("Arguments", "Raises", "Warns") or (body and _entry(body[0]) and _has_hanging_entries(body)):
            yield from _field(name, self._entries(body))
        else:
            yield from _field(name, list(self.convert(body)))

    def _is_parameter(self, line: str) -> bool:
        entry = _entry(line)
        return bool(entry and {name.lstrip("*") for name in entry["names"].split(", ")} <= self.parameters)

    def _entries(self, lines: list[str]) -> list[str]:
        """Lines ``names: text``, continued below, as a definition list."""
        made: list[tuple[str, list[str]]] = []
        for line in lines:
            entry = None if line.startswith(" ") else _entry(line)
            if entry:
                made.append((self._term(entry), [entry["text"]]))
            elif made and line.strip():
                made[-1][1].append(line.strip())
            elif line.strip():
                made.append(("", [line.strip()]))
        result = []
        for term, text in made:
            told = self._inline(" ".join(text))
            result += [term, f"    {told}", ""] if term else [told, ""]
        return result

    def _term(self, entry: re.Match[str]) -> str:
        names = entry["names"].split(", ")
        shown = [
            f":py:exc:`{name} <corpus_kit.{name}>`" if _ERRORS.fullmatch(name) else f"**{_escaped(name)}**"
            for name in names
        ]
        return ", ".join(shown) + self._inline(entry["type"] or "")

    def _prose(self, block: list[str]) -> Iterator[str]:
        """A paragraph, or a paragraph and the list that follows it."""
        paragraph: list[str] = []
        items: list[tuple[str, list[str]]] = []
        for line in block:
            item = _ITEM.match(line.strip())
            if item:
                items.append((item["mark"], [item["text"]]))
            elif items:
                items[-1][1].append(line.strip())
            else:
                paragraph.append(line.strip())
        if paragraph:
            yield self._inline(" ".join(paragraph))
            yield ""
        for mark, text in items:
            yield f"{mark} {self._inline(' '.join(text))}"

    def _table(self, rows: list[str], *, second: int) -> Iterator[str]:
        """The rows of a table of two columns that stood between two rules of equals signs."""
        yield from [".. list-table::", "   :widths: auto", ""]
        for row in rows:
            yield from [f"   * - {self._inline(row[:second].strip())}", f"     - {self._inline(row[second:].strip())}"]

    def _inline(self, text: str, *, errors: bool = False) -> str:
        """Text with its code as literals or links, and nothing else that reStructuredText would take for markup."""
        pieces = []
        for piece in _CODE.split(text):
            if piece.startswith("`"):
                pieces.append(self._code(piece.strip("`")))
            else:
                for part in _MARKUP.split(piece):
                    page = _PAGE.fullmatch(part)
                    kept = f":doc:`/{page[1]}`" if page else part if _BOLD.fullmatch(part) else _escaped(part)
                    pieces.append(kept)
        told = _joined(pieces)
        return _ERRORS.sub(lambda found: f":py:exc:`{found[0]} <corpus_kit.{found[0]}>`", told) if errors else told

    def _code(self, code: str) -> str:
        target = self._target(code)
        return f":py:obj:`{code} <{target}>`" if target else f"``{code}``"

    def _target(self, code: str) -> str | None:
        """The entry of the reference that a piece of code names, if it names one."""
        name = re.sub(r"\(.*\)$", "", code)
        if not re.fullmatch(r"[A-Za-z_][\w.]*", name) or name in self.parameters:
            return None
        full = {"ck": "corpus_kit", "corpus": "corpus_kit.Corpus", "measures": "corpus_kit.measures"}
        first, dot, rest = name.partition(".")
        homes = [self.owner, self.owner.rpartition(".")[0], "corpus_kit", "corpus_kit.news", "corpus_kit.measures"]
        tried = [f"{full.get(first, first)}.{rest}"] if dot else []
        tried += [f"{home}.{name}" for home in homes if home]
        return next((each for each in tried if each in documented_names()), None)


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    """Lines cut at empty ones at the margin and before a heading; what is indented stays with its heading."""
    block: list[str] = []
    for line in lines:
        starts = not line.startswith(" ") and (_HEADING.match(line) or _SENTENCE.match(line) or line.startswith(">>>"))
        in_examples = bool(block) and block[0].startswith(">>>")
        if block and ((starts and not in_examples) or (not line.strip() and not _goes_on(block))):
            yield _stripped(block)
            block = []
        elif block and not line.startswith(" ") and line.strip() and not block[-1].strip():
            yield _stripped(block)  # after the empty line below an indented body
            block = []
        if line.strip() or block:
            block.append(line.rstrip())
    if block:
        yield _stripped(block)


def _goes_on(block: list[str]) -> bool:
    """Whether an empty line may lie inside a block: below a heading, whose body is indented."""
    return bool(_HEADING.match(block[0]) or _SENTENCE.match(block[0]))


def _stripped(block: list[str]) -> list[str]:
    while block and not block[-1].strip():
        block.pop()
    return block


def _entry(line: str) -> re.Match[str] | None:
    return _ENTRY.match(line.strip())


def _has_hanging_entries(body: list[str]) -> bool:
    """Whether the lines are entries, each with what continues it indented, and not a paragraph that has a colon."""
    return all(line.startswith(" ") or not line.strip() or _entry(line) for line in body)


def _field(name: str, body: Iterable[str]) -> list[str]:
    return [f":{name}:", *_indented(body), ""]


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"    {line}" if line else "" for line in lines]


def _dedented(lines: list[str]) -> list[str]:
    return inspect.cleandoc("\n".join(["", *lines])).splitlines()


def _escaped(text: str) -> str:
    return re.sub(r"([\\*_|`])", r"\\\1", text)


def _joined(pieces: list[str]) -> str:
    """Pieces of text and markup; where a letter touches markup, an escaped space parts them, which is not shown."""
    result = ""
    for piece in pieces:
        if not piece:
            continue
        markup = piece.startswith(("`", ":py:", ":doc:", "**"))
        if result and (markup or result.endswith(("`", "**"))) and _touches(result[-1], piece[0]):
            result += "\\ "
        result += piece
    return result


def _touches(last: str, first: str) -> bool:
    """Whether neither of two neighbours is a space or a sign that may stand beside markup."""
    return (last.isalnum() or last in "`*") and (first.isalnum() or first in "`*:")


# --------------------------------------------------------------------------------------- Sphinx


def _process(app: Any, kind: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:  # noqa: ARG001
    owner = name if kind in ("class", "exception") else name.rpartition(".")[0]
    lines[:] = to_rest("\n".join(lines), parameters=_parameters(obj), owner=owner)


def _parameters(obj: Any) -> list[str]:
    try:
        return list(inspect.signature(obj).parameters)
    except (TypeError, ValueError):
        return []


def _signature(
    app: Any,  # noqa: ARG001
    kind: str,
    name: str,  # noqa: ARG001
    obj: Any,
    options: Any,  # noqa: ARG001
    signature: str | None,
    returned: str | None,
) -> tuple[str, str | None] | None:
    """What is shown behind a name, where it is not what stands in the code.

    A class whose docstring explains no arguments is made by a function or a method, not by calling it. A measure is
    written over arrays, and takes numbers, lists, Series and expressions as well: its types would mislead.
    """
    if kind == "class" and not _explains_arguments(obj):
        return "", None
    if kind == "function" and hasattr(obj, "formula"):
        parameters = inspect.signature(obj).parameters.values()
        bare = [parameter.replace(annotation=inspect.Parameter.empty) for parameter in parameters]
        return str(inspect.Signature(bare)), None
    return None if signature is None else (signature, returned)


def _explains_arguments(obj: Any) -> bool:
    lines = (obj.__doc__ or "").splitlines()
    entries = [entry["names"] for line in lines if (entry := _entry(line))]
    named = {name for names in entries for name in names.split(", ")}
    return named >= set(_parameters(obj))


def setup(app: Any) -> dict[str, Any]:
    app.connect("autodoc-process-docstring", _process)
    app.connect("autodoc-process-signature", _signature)
    return {"version": "1", "parallel_read_safe": True}
