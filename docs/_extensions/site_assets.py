"""What a page loads, made small: style sheets without rules that nothing on the site uses, fonts without other letters.

The style sheet of the theme has all of Bootstrap and two thousand icons (378 kB). After a build the rules are kept
whose classes and ids occur in a page or a script of the site, and the icon font is cut to the icons that are left.
"""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any
from zlib import crc32

from fontTools import subset
from fontTools.ttLib import TTFont
from packaging.version import Version

# One typeface for running text, one for concordances. Package, file; how it is named here.
_FONTS = (
    ("fontpkg_amiri", "Amiri-Regular.ttf"),
    ("fontpkg_amiri", "Amiri-Bold.ttf"),
    ("fontpkg_ibm_plex_sans_arabic", "IBMPlexSansArabic-Regular.ttf"),
    ("fontpkg_ibm_plex_sans_arabic", "IBMPlexSansArabic-Bold.ttf"),
)
# Letters and marks of Arabic, its punctuation, joiners, dotted circle; ASCII for what is between Arabic words.
_LETTERS = (*range(0x20, 0x7F), 0xA0, 0xAB, 0xBB, *range(0x600, 0x700), *range(0x200C, 0x2010), 0x2026, 0x25CC)
_ICONS = "vendor/fontawesome/webfonts/fa-solid-900.woff2"
# Copied by the theme and by Sphinx, and loaded by no page.
_UNUSED = (
    "scripts/*.map",
    "styles/*.map",
    "scripts/bootstrap*",
    "scripts/fontawesome*",
    "vendor/fontawesome/webfonts/fa-[rb]*",
    "*stemmer.js",
    "searchtools.js",
    "language_data.js",
    "doctools.js",
    "sphinx_highlight.js",
    "webpack-macros.html",
    "*.png",
)

_SPHINX = re.compile(r"doctools|sphinx_highlight")
_WORD = re.compile(r"[A-Za-z_][\w-]+")
_ATTRIBUTE = re.compile(r"""\b(?:class|id)=["']([^"']*)""")
_TOKEN = re.compile(r"""/\*.*?\*/|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[{};]""", re.DOTALL)
_FUNCTION = re.compile(r":(?:not|is|where|has)\((?:[^()]|\([^()]*\))*\)")
_NAMED = re.compile(r"[.#]((?:\\.|[\w-])+)")
_CONDITIONS = ("@media", "@supports", "@layer", "@container")


# ----------------------------------------------------------------------------------- style sheets


def rules(sheet: str) -> Iterator[tuple[str, str | None]]:
    """Yield the rules of a style sheet in order: what is before the braces, and what is in them, None without braces.

    >>> list(rules('@import "x"; a, b:after { content: "}" } @media print { a { top: 0 } }'))
    [('@import "x"', None), ('a, b:after', ' content: "}" '), ('@media print', ' a { top: 0 } ')]
    """
    depth = begin = open_at = 0
    sheet = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    for token in _TOKEN.finditer(sheet):
        if token[0] == "{":
            open_at = open_at if depth else token.end()
            depth += 1
        elif token[0] == "}":
            depth -= 1
            if not depth:
                yield sheet[begin : open_at - 1].strip(), sheet[open_at : token.start()]
                begin = token.end()
        elif token[0] == ";" and not depth:
            yield sheet[begin : token.start()].strip(), None
            begin = token.end()


def trimmed(sheet: str, known: set[str]) -> str:
    """Return a style sheet without selectors that name a class or id that is not among the known ones.

    >>> trimmed("a.x, a.y:not(.z) { top: 0 } @media print { .x { left: 0 } } @font-face { src: y }", {"y"})
    'a.y:not(.z){ top: 0 }@font-face{ src: y }'
    """
    kept = []
    for head, body in rules(sheet):
        if body is None:
            kept.append(f"{head};")
        elif head.startswith(_CONDITIONS):
            inner = trimmed(body, known)
            kept += [f"{head}{{{inner}}}"] if inner else []
        elif head.startswith("@"):
            kept.append(f"{head}{{{body}}}")
        else:
            selectors = [each.strip() for each in _split(head) if _is_used(each, known)]
            kept += [f"{','.join(selectors)}{{{body}}}"] if selectors else []
    return "".join(kept)


def _split(selectors: str) -> list[str]:
    """Return the selectors of a list; commas in brackets separate nothing."""
    depth, pieces = 0, [""]
    for character in selectors:
        depth += (character in "([") - (character in ")]")
        if character == "," and not depth:
            pieces.append("")
        else:
            pieces[-1] += character
    return pieces


def _is_used(selector: str, known: set[str]) -> bool:
    return all(name.replace("\\", "") in known for name in _NAMED.findall(_FUNCTION.sub("", selector)))


def names_on_the_site(folder: Path) -> set[str]:
    """Return the classes and ids of all pages, and every word of the scripts, which may set them."""
    known: set[str] = set()
    for path in folder.rglob("*.html"):
        for value in _ATTRIBUTE.findall(path.read_text(encoding="utf-8")):
            known.update(value.split())
    for path in (folder / "_static").rglob("*.js"):
        if path.name != "search-data.js":
            known.update(_WORD.findall(path.read_text(encoding="utf-8")))
    return known


def _trim_style_sheets(static: Path) -> None:
    known = names_on_the_site(static.parent)
    for path in static.rglob("*.css"):
        path.write_text(trimmed(path.read_text(encoding="utf-8"), known), encoding="utf-8")


# ------------------------------------------------------------------------------------------ fonts


logging.getLogger("fontTools").setLevel(logging.ERROR)


def cut(font: bytes, letters: tuple[int, ...]) -> bytes:
    """Return a font with these letters only, as WOFF2."""
    options = subset.Options(flavor="woff2", hinting=False, notdef_outline=True)
    opened = TTFont(BytesIO(font), recalcTimestamp=False)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=letters)
    cutter.subset(opened)
    opened.flavor = "woff2"
    opened.save(written := BytesIO())
    return written.getvalue()


def _once(path: Path, make: Callable[[], bytes]) -> bytes:
    """Return what an earlier build has made, or make it: a font takes a second."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(make())
    return path.read_bytes()


def _write_fonts(static: Path, earlier: Path) -> None:
    target = static / "fonts"
    target.mkdir(parents=True, exist_ok=True)
    for package, name in _FONTS:
        folder = Path(str(files(package)))
        font = (folder / "files" / name).read_bytes()
        made = Path(name).with_suffix(".woff2").name
        (target / made).write_bytes(
            _once(earlier / f"{crc32(font + repr(_LETTERS).encode()):08x}-{made}", partial(cut, font, _LETTERS))
        )
        shutil.copyfile(folder / "LICENSE", target / f"LICENSE-{name.partition('-')[0]}.txt")


def _cut_icons(static: Path) -> None:
    sheet = (static / "styles" / "pydata-sphinx-theme.css").read_text(encoding="utf-8")
    icons = tuple(sorted({int(code, 16) for code in re.findall(r"\\(f[0-9a-f]{3})", sheet)}))
    (static / _ICONS).write_bytes(cut((static / _ICONS).read_bytes(), icons))


# ----------------------------------------------------------------------------------------- events


def _begin_anew(app: Any) -> None:
    """Delete what an earlier build left trimmed: Sphinx would not copy over it."""
    if app.builder.format == "html":
        shutil.rmtree(Path(app.outdir) / "_static", ignore_errors=True)


def name_pictures(app: Any, env: Any) -> None:  # noqa: ARG001
    """Name the pictures of pages by their paths: Sphinx would number those with one name in the order they are read."""
    for path, (pages, _) in env.images.items():
        if path.startswith("pictures/"):  # others are outputs of notebooks, named by their content
            env.images[path] = (pages, path.replace("/", "-"))


def finish(app: Any, error: Exception | None) -> None:
    """Make what pages load small, once all of them are written."""
    if error or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    for pattern in _UNUSED:
        for path in static.glob(pattern):
            path.unlink()
    _write_fonts(static, Path(app.doctreedir) / "fonts")
    _trim_style_sheets(static)
    _cut_icons(static)


def _context(app: Any, pagename: str, template: str, context: dict[str, Any], doctree: Any) -> None:  # noqa: ARG001
    """Leave out the scripts of a search that is not ours; tell the layout whether the version is a final one."""
    context["script_files"] = [each for each in context["script_files"] if not _SPHINX.search(str(each.filename))]
    version = Version(app.config.release)
    context["is_development"] = version.is_prerelease or bool(version.local)


def setup(app: Any) -> dict[str, Any]:
    app.connect("builder-inited", _begin_anew, priority=1)
    app.connect("env-updated", name_pictures)
    app.connect("html-page-context", _context, priority=900)
    app.connect("build-finished", finish, priority=900)  # after what writes into _static
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
