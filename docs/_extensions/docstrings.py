"""The docstrings of the project as reStructuredText.

They are in Google style, which Sphinx's Napoleon reads. What is left to do here: code in single backticks becomes a
link to its entry in the reference, or a literal; `docs/x.md` becomes a link to that page; other characters that
reStructuredText would take for markup are escaped.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Collection
from typing import Any

from names import documented_names
from sphinx.ext.napoleon import Config, GoogleDocstring

_CONFIG = Config(napoleon_google_docstring=True, napoleon_use_rtype=False, napoleon_use_ivar=True)
_EXAMPLE = re.compile(r"(^ *>>> .*?(?=\n\s*\n|\Z))", re.MULTILINE | re.DOTALL)
_PAGE = r"docs/(?P<page>[\w/]+)\.md"
_MARKUP = re.compile(
    rf"``(?P<literal>.+?)``|`(?P<code>[^`]+)`|{_PAGE}|(?P<strong>\*\*[^\s*][^*]*\*\*|\*\w[^*\s]*\*)|"
    r"(?P<special>[\\|]|_(?!\w)|\*(?!\s)|(?<=\S)\*)",
    re.DOTALL,
)
_RETURNS = re.compile(r"^( *)(Returns:)\n( +)", re.MULTILINE)
# The first part of a name in the examples, and what it stands for in the reference.
_OBJECTS = {"ck": "corpus_kit", "corpus": "corpus_kit.Corpus", "measures": "corpus_kit.measures"}


def to_rest(docstring: str, *, owner: str = "", parameters: Collection[str] = ()) -> list[str]:
    """Return the lines of a docstring as lines of reStructuredText.

    Args:
        docstring: The docstring, without its indentation.
        owner: The full name of the class that the docstring belongs to, whose members can be named alone.
        parameters: The arguments of the function, which are no links even if a member has the same name.
    """
    pieces = _EXAMPLE.split(docstring)
    text = "".join(
        piece if n % 2 else inline(piece, owner=owner, parameters=parameters) for n, piece in enumerate(pieces)
    )
    # Napoleon takes what is before a colon for a type; an escaped line break, which is not shown, comes first.
    safe = _RETURNS.sub("\\1\\2\n\\3\\\\\n\\3", text)
    return str(GoogleDocstring(safe, _CONFIG)).splitlines()


def inline(text: str, *, owner: str = "", parameters: Collection[str] = ()) -> str:
    """Return a text with links and literals for its code, and with other markup escaped."""

    def replace(found: re.Match[str]) -> str:
        if found["special"]:
            return "\\" + found["special"]
        code = found["code"] and " ".join(found["code"].split())
        if found["page"]:
            markup = f":doc:`/{found['page']}`"
        elif code:
            target = None if code in parameters else _target(code, owner)
            markup = f":py:obj:`{code} <{target}>`" if target else f"``{code}``"
        else:
            markup = found[0]
        # An escaped space, which is not shown, separates markup from a letter beside it.
        before, after = text[: found.start()][-1:], text[found.end() :][:1]
        return ("\\ " if before.isalnum() else "") + markup + ("\\ " if after.isalnum() else "")

    return _MARKUP.sub(replace, text)


def _target(code: str, owner: str) -> str | None:
    """Return the full name of the entry that a piece of code names, if it names one."""
    name = re.sub(r"\(.*\)$", "", code)
    if not re.fullmatch(r"[A-Za-z_][\w.]*", name):
        return None
    first, dot, rest = name.partition(".")
    homes = [owner, owner.rpartition(".")[0], "corpus_kit", "corpus_kit.news", "corpus_kit.measures"]
    tried = [f"{_OBJECTS.get(first, first)}.{rest}"] if dot else []
    tried += [f"{home}.{name}" for home in homes if home]
    return next((each for each in tried if each in documented_names()), None)


def _process(app: Any, kind: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:  # noqa: ARG001
    owner = name if kind in ("class", "exception") else name.rpartition(".")[0]
    try:
        parameters = list(inspect.signature(obj).parameters)
    except (TypeError, ValueError):  # a property, a module
        parameters = []
    lines[:] = to_rest("\n".join(lines), owner=owner, parameters=parameters)


def _signature(
    app: Any,  # noqa: ARG001
    kind: str,
    name: str,  # noqa: ARG001
    obj: Any,
    options: Any,  # noqa: ARG001
    signature: str | None,
    returned: str | None,
) -> tuple[str, str | None] | None:
    """Change the signature that is shown, where the one in the code would mislead.

    A class whose docstring has no arguments is made by a function or a method, not by calling it. A measure is written
    for arrays, but also takes numbers, lists, Series and expressions.
    """
    if kind == "class" and "Args:" not in (obj.__doc__ or ""):
        return "", None
    if kind == "function" and hasattr(obj, "formula"):
        parameters = inspect.signature(obj).parameters.values()
        bare = [parameter.replace(annotation=inspect.Parameter.empty) for parameter in parameters]
        return str(inspect.Signature(bare)), None
    return None if signature is None else (signature, returned)


def setup(app: Any) -> dict[str, Any]:
    app.connect("autodoc-process-docstring", _process)
    app.connect("autodoc-process-signature", _signature)
    return {"version": "1", "parallel_read_safe": True}
