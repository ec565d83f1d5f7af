"""What engines need beside vertical text: a registry entry or a configuration, and how to make the index."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

__all__ = ["GLUE", "STRUCTURES", "Attribute", "write_cwb_files", "write_sketch_files"]

GLUE = "glue"  # the attribute of CWB that says which tokens follow without white space
STRUCTURES = ("text", "headline", "p", "s", "g")


class Attribute(NamedTuple):
    """An attribute of tokens or of texts.

    Attributes:
        name: Its name in the engine.
        column: That of the column of the corpus.
        is_set: Whether its values are sets of features.
    """

    name: str
    column: str
    is_set: bool


def _slashed(attribute: Attribute) -> str:
    return attribute.name + "/" * attribute.is_set


def write_cwb_files(folder: Path, name: str, positional: Sequence[Attribute], of_texts: Sequence[Attribute]) -> None:
    """Write a registry entry, encode.sh that makes the index, and README.txt."""
    registry = folder / "registry"
    registry.mkdir()
    _write(registry / name, _registry_entry(name, positional, of_texts))
    options = [
        f'cwb-encode -d "$PWD/data" -f {name}.vrt -R "$PWD/registry/{name}" -c utf8 -xsB',
        *(f"-P {_slashed(each)}" for each in positional),
        f"-P {GLUE}",
        f"-S text:0+{'+'.join(map(_slashed, of_texts))} -S headline:0 -S p:0 -S s:0",
    ]
    make = f'cwb-make -r "$PWD/registry" -V {name.upper()}'
    begin = ["#!/bin/sh", "# Makes the index of this corpus.", "set -e", 'cd "$(dirname "$0")"', "mkdir -p data"]
    _write(folder / "encode.sh", [*begin, " \\\n  ".join(options), make])
    readme = [
        f"{name}.vrt is a corpus in vertical text, for the IMS Open Corpus Workbench (CWB 3.4 or newer).",
        "",
        "Make the index with",
        "",
        "  sh encode.sh",
        "",
        "and search it with",
        "",
        f'  cqp -e -r "$PWD/registry" -D {name.upper()}',
        "",
        *_table(positional, of_texts),
        f"{GLUE} is yes for a token that follows the one before it without white space.",
        'Attributes of several values are sets of features: [pos contains "NOUN"].',
        "What is not known is __UNDEF__. CWB composes letters and marks (Unicode NFC) when it reads them.",
    ]
    _write(folder / "README.txt", readme)


def _registry_entry(name: str, positional: Sequence[Attribute], of_texts: Sequence[Attribute]) -> list[str]:
    """Return the lines of a registry entry, in the form of the tutorial's appendix."""
    return [
        "##",
        f"## registry entry for corpus {name.upper()}",
        "##",
        "",
        'NAME ""',
        f"ID   {name}",
        "# the folder of the index; encode.sh writes its absolute path here",
        "HOME data",
        "INFO data/.info",
        "",
        '##:: charset  = "utf8"',
        '##:: language = "ar"',
        "",
        *(f"ATTRIBUTE {each}" for each in ("word", *(each.name for each in positional), GLUE)),
        "",
        "STRUCTURE text",
        *(f"STRUCTURE text_{each.name:<20} # [annotations]" for each in of_texts),
        *(f"STRUCTURE {each}" for each in ("headline", "p", "s")),
    ]


def write_sketch_files(folder: Path, name: str, positional: Sequence[Attribute], of_texts: Sequence[Attribute]) -> None:
    """Write the configuration of a corpus, and README.txt."""
    sets = ' {\n    MULTIVALUE "y"\n    MULTISEP "|"\n}'
    inner = sets.replace("\n", "\n    ")
    lines = [
        f'NAME "{name}"',
        f'PATH "/corpora/manatee/{name}"',
        f'VERTICAL "/corpora/vertical/{name}.vrt"',
        'ENCODING "utf-8"',
        'LANGUAGE "Arabic"',
        'RIGHTTOLEFT "1"',
        'DOCSTRUCTURE "text"',
        "",
        "ATTRIBUTE word",
        *(f"ATTRIBUTE {each.name}{sets * each.is_set}" for each in positional),
        "",
        "STRUCTURE text {",
        *(f"    ATTRIBUTE {each.name}{inner * each.is_set}" for each in of_texts),
        "}",
        *(f"STRUCTURE {each}" for each in ("headline", "p", "s")),
        "STRUCTURE g {",
        "    DISPLAYTAG 0",
        '    DISPLAYBEGIN "_EMPTY_"',
        "}",
    ]
    _write(folder / f"{name}.conf", lines)
    readme = [
        f"{name}.vrt is a corpus in vertical text, for Sketch Engine and NoSketch Engine; {name}.conf describes it.",
        "",
        "Set PATH and VERTICAL there, put it into the folder of registries without its ending, and call",
        "",
        f"  compilecorp --no-ske {name}",
        "",
        *_table(positional, of_texts),
    ]
    _write(folder / "README.txt", readme)


def _table(positional: Sequence[Attribute], of_texts: Sequence[Attribute]) -> list[str]:
    """Return which attribute is which column of the corpus."""
    rows = [(f"{each.name}", each.column) for each in positional]
    rows += [(f"text_{each.name}", each.column) for each in of_texts]
    return ["Attributes and the columns of the corpus:", "", *(f"  {a:<24} {b!r}" for a, b in rows), ""]


def _write(path: Path, lines: Sequence[str]) -> None:
    path.write_text("\n".join([*lines, ""]), encoding="utf-8", newline="\n")
