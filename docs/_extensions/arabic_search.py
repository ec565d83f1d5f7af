"""The search of the site: sections with excerpts, from files, with Arabic folded as in the library's own search.

Sphinx's search fetches pages for its excerpts, which browsers refuse for files, and splits Arabic words at vowel marks.
Here one script, `_static/search-data.js`, has the text of every section, compressed, and how the library folds each
character; `_static/search.js` looks words up in it. It is loaded by the page of results only.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes

import corpus_kit as ck

_SCRIPT = "search-data.js"
# Arabic, its supplements and presentation forms, and signs of direction.
_FOLDED = (
    *range(0x0600, 0x0700),
    *range(0x0750, 0x0780),
    *range(0x0870, 0x0900),
    *range(0x200B, 0x2010),
    *range(0xFB50, 0xFE00),
    *range(0xFE70, 0xFF00),
)
_LEFT_OUT = (nodes.raw, nodes.comment, nodes.math_block, addnodes.toctree, addnodes.index, nodes.system_message)
# A section: its title, its id on the page ("" for the page itself) and its text.
Section = tuple[str, str, str]


def folds() -> dict[str, str]:
    """Return how the profile `search` of the library folds each character that it changes.

    >>> folds()["ة"], folds()["أ"], folds()["َ"]
    ('ه', 'ا', '')
    """
    folded = {chr(code): ck.normalize(chr(code), profile="search") for code in _FOLDED}
    return {character: by for character, by in folded.items() if character != by}


def sections(document: nodes.Node) -> list[Section]:
    """Return the sections of a page in order; an entry of the reference is one of them."""
    found: list[tuple[str, str, list[str]]] = [("", "", [])]
    _collect(document, found)
    whole = [(title, anchor, " ".join(" ".join(texts).split())) for title, anchor, texts in found]
    return [section for section in whole if section[0] or section[2]]


def _collect(node: nodes.Node, found: list[tuple[str, str, list[str]]]) -> None:
    texts = found[-1][2]
    for child in node.children:
        if isinstance(child, nodes.section):
            is_first = not any(title for title, _, _ in found)
            found.append((_title(child), "" if is_first else child["ids"][0], []))
            _collect(child, found)
        elif isinstance(child, addnodes.desc):
            signature = child[0]
            found.append((signature.get("fullname") or signature.astext(), (signature["ids"] or [""])[0], []))
            _collect(child, found)
            found.append((found[-1][0], found[-1][1], []))  # what comes after it, if anything
        elif isinstance(child, (nodes.title, addnodes.desc_signature, *_LEFT_OUT)) or _is_output(child):
            continue
        elif isinstance(child, nodes.TextElement):
            texts.append(child.astext())
        else:
            _collect(child, found)


def _title(section: nodes.section) -> str:
    title = section.next_node(nodes.title)
    return title.astext() if title else ""


def _is_output(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Element) and node.get("nb_element") == "cell_code_output"


# ---------------------------------------------------------------------------------------- events


def _read(app: Any, doctree: nodes.document) -> None:
    _stored(app.env)[app.env.docname] = sections(doctree)


def _forget(app: Any, env: Any, docname: str) -> None:  # noqa: ARG001
    _stored(env).pop(docname, None)


def _merge(app: Any, env: Any, docnames: Any, other: Any) -> None:  # noqa: ARG001
    _stored(env).update({name: _stored(other)[name] for name in docnames if name in _stored(other)})


def _stored(env: Any) -> dict[str, list[Section]]:
    if not hasattr(env, "site_sections"):
        env.site_sections = {}
    return env.site_sections


def _no_index_of_sphinx(app: Any) -> None:
    app.builder.search = False


def _page_of_results(app: Any) -> Iterator[tuple[str, dict[str, Any], str]]:  # noqa: ARG001
    yield "search", {"title": "Search"}, "search.html"


def _write(app: Any, error: Exception | None) -> None:
    if error or app.builder.format != "html":
        return
    pages = [[name, found] for name, found in sorted(_stored(app.env).items())]
    data = b64encode(zlib.compress(json.dumps(pages, ensure_ascii=False, separators=(",", ":")).encode(), 9)).decode()
    script = f"const FOLDS = {json.dumps(folds(), sort_keys=True)};\nconst PAGES = {json.dumps(data)};\n"
    (Path(app.outdir) / "_static" / _SCRIPT).write_text(script, encoding="utf-8")


def setup(app: Any) -> dict[str, Any]:
    app.connect("builder-inited", _no_index_of_sphinx)
    app.connect("doctree-read", _read)
    app.connect("env-purge-doc", _forget)
    app.connect("env-merge-info", _merge)
    app.connect("html-collect-pages", _page_of_results)
    app.connect("build-finished", _write)
    return {"version": "2", "env_version": 2, "parallel_read_safe": True, "parallel_write_safe": True}
