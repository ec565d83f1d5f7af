"""The notebooks as pages: Sphinx reads only its own folder, so they are copied there, with their outputs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

FOLDER = "notebooks"  # in docs/, ignored by git


def copy_notebooks(app: Any, config: Any) -> None:  # noqa: ARG001
    """Update the copies, and delete those without a notebook."""
    source, target = Path(app.srcdir).parent / FOLDER, Path(app.srcdir) / FOLDER
    target.mkdir(exist_ok=True)
    wanted = {path.name: path.read_bytes() for path in source.glob("*.ipynb")}
    for copy in target.glob("*.ipynb"):
        if copy.name not in wanted:
            copy.unlink()
    for name, content in wanted.items():
        copy = target / name
        if not copy.exists() or copy.read_bytes() != content:
            copy.write_bytes(content)


# Links between pages and notebooks, as they work in the repository; in JSON they are the same text.
_TO_NOTEBOOK = re.compile(r"\]\((?:\.\./)+notebooks/(?=\w+\.ipynb[)#])")
_TO_PAGE = re.compile(r"\]\(\.\./docs/(?=[\w/]+\.md[)#])")


def link_here(app: Any, docname: str, source: list[str]) -> None:  # noqa: ARG001
    """Change links for the site, where notebooks are in the folder of the pages."""
    source[0] = _TO_NOTEBOOK.sub(f"](/{FOLDER}/", source[0])
    if docname.startswith(f"{FOLDER}/"):
        source[0] = _TO_PAGE.sub("](/", source[0])


def setup(app: Any) -> dict[str, Any]:
    app.connect("config-inited", copy_notebooks)
    app.connect("source-read", link_here)
    return {"version": "1", "parallel_read_safe": True}
