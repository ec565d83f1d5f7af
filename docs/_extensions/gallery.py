"""The gallery: the examples of docs/gallery.md are run while the pages are read, and their charts become pictures.

The directive `chart` shows the chart that the examples before it have made, by its name; `gallery` is a grid of all.
The examples run in a process of their own, which is also a command:

    python docs/_extensions/gallery.py docs/gallery.md FOLDER
"""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from html import escape
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.errors import ExtensionError
from sphinx.transforms import SphinxTransform
from sphinx.util.docutils import SphinxDirective

PAGE = "gallery"
_PPI = 120
_LONGEST = 600  # seconds after all pages are written
# The last heading before a chart, the examples, or the chart.
_PART = re.compile(
    r"^## (?P<title>[^\n]+)$|^```pycon\n(?P<code>.*?)^```$|^```\{chart\} (?P<name>\w+)$", re.MULTILINE | re.DOTALL
)


def draw(page: Path, folder: Path) -> None:
    """Run the examples of the page, and write each chart as NAME.png."""
    import corpus_kit as ck
    from corpus_kit.plots.png import in_few_colours

    folder.mkdir(parents=True, exist_ok=True)
    names: dict[str, Any] = {}
    for part in _PART.finditer(page.read_text(encoding="utf-8")):
        for example in doctest.DocTestParser().get_examples(part["code"] or ""):
            exec(example.source, names)
        if part["name"]:
            image = in_few_colours(ck.plot.png(names["chart"], ppi=_PPI))
            (folder / f"{part['name']}.png").write_bytes(image)


def charts(text: str) -> list[tuple[str, str]]:
    r"""Return the name of each chart of the page and the heading above it.

    >>> charts("## Words\n\n```{chart} frequency\n:alt: Bars.\n```")
    [('frequency', 'Words')]
    """
    found, title = [], ""
    for part in _PART.finditer(text):
        title = part["title"] or title
        if part["name"]:
            found.append((part["name"], title))
    return found


class ChartPicture(SphinxDirective):
    """The picture of a chart; arabic.css turns its colours on dark pages."""

    required_arguments: ClassVar[int] = 1
    option_spec: ClassVar[dict[str, Any]] = {"alt": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        if not self.options.get("alt"):
            raise self.error("a chart needs :alt:, what one sees in it")
        picture = _image(self.env.docname, self.arguments[0], self.options["alt"])
        return [nodes.raw("", picture, format="html", classes=["chart"])]


class Gallery(SphinxDirective):
    """A grid of all charts of the page; each leads to its section."""

    def run(self) -> list[nodes.Node]:
        return [nodes.raw("", "", format="html", classes=["gallery"])]


class FillGallery(SphinxTransform):
    """Fill the grid when the sections have their ids, which on an Arabic page are not made of the headings."""

    default_priority = 900

    def apply(self, **_: Any) -> None:
        page = self.env.docname
        raw = list(self.document.findall(nodes.raw))
        for grid in (node for node in raw if "gallery" in node["classes"]):
            shown = charts(Path(self.env.doc2path(page)).read_text(encoding="utf-8"))
            pictures = [node for node in raw if "chart" in node["classes"]]
            entries = (
                f'<a href="#{picture.parent["ids"][0]}">{_image(page, name, "")}<span>{escape(title)}</span></a>'
                for (name, title), picture in zip(shown, pictures, strict=True)
            )
            grid += nodes.Text("".join(entries))


def _image(page: str, name: str, alt: str) -> str:
    source = f"{'../' * page.count('/')}_images/{PAGE}/{name}.png"
    return f'<img class="chart-picture" src="{source}" alt="{escape(alt)}" loading="lazy">'


# ---------------------------------------------------------------------------------------- events


def _begin(app: Any) -> None:
    if app.builder.format == "html":
        target = Path(app.outdir) / "_images" / PAGE
        command = [sys.executable, __file__, str(Path(app.srcdir) / f"{PAGE}.md"), str(target)]
        app.gallery = subprocess.Popen(command, stderr=subprocess.PIPE, encoding="utf-8")


def _finish(app: Any, error: Exception | None) -> None:
    if app.builder.format != "html":
        return
    try:
        said = app.gallery.communicate(timeout=_LONGEST)[1]
    finally:
        app.gallery.kill()
    if app.gallery.returncode and not error:
        raise ExtensionError(f"the examples of {PAGE}.md failed:\n{said}")


def setup(app: Any) -> dict[str, Any]:
    app.add_directive("chart", ChartPicture)
    app.add_directive("gallery", Gallery)
    app.add_transform(FillGallery)
    app.connect("builder-inited", _begin)
    app.connect("build-finished", _finish)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


if __name__ == "__main__":
    draw(Path(sys.argv[1]), Path(sys.argv[2]))
