"""The public interface changes on purpose, and CHANGELOG.md names what changes.

The columns of tables are compared in test_column_explanations.py, where these are made.
"""

from __future__ import annotations

import re

import public_interface
import pytest
from public_interface import COMMAND, PROJECT, interface, stored, unnamed


def test_the_interface_is_the_stored_one() -> None:
    now, before = set(interface()), {line for line in stored() if " column " not in line}
    changes = [*(f"- {line}" for line in sorted(before - now)), *(f"+ {line}" for line in sorted(now - before))]
    assert not changes, "\n".join(["The public interface has changed:", *changes, f"If it should: {COMMAND}"])


def test_the_changelog_names_every_change_since_the_last_release() -> None:
    text = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
    sections = re.split(r"^## (\S+).*\n", text, flags=re.MULTILINE)[1:]
    coming, last = sections[0], sections[2]
    released = sorted(path.stem for path in public_interface.FOLDER.glob("*.txt") if path.stem != "interface")
    assert last in released, f"tests/public/{last}.txt must be there: a copy of interface.txt when {last} is released"
    missing = unnamed(stored(last), stored(), sections[1])
    assert not missing, "\n".join([f"CHANGELOG.md, {coming}, must name:", *missing])


@pytest.mark.parametrize(
    ("before", "after", "section", "missing"),
    [
        ("ck.a: function", "ck.a: function -> int", "### Added\n- `ck.a`", "changed or removed: ck.a: function"),
        ("ck.a.b: function", "", "### Removed\n- `ck.a`: `b`, `c`", None),
        ("ck.a.b: function", "", "### Removed\n- `ck.a` and\n- `b`", "changed or removed: ck.a.b: function"),
        ("ck.a argument x (by name) = 1", "ck.a: function", "### Changed\n- `ck.a`\n### Added\n- `ck.a(x=)`",
         "changed or removed: ck.a argument x (by name) = 1"),
        ("ck.a argument x (by name) = 1", "ck.a: function", "### Changed\n- `ck.a(x=)`", None),
        ("ck.a: function\nck.a argument x (by name) = 1", "", "### Removed\n- `ck.a`", None),
        ("", "ck.C.to: function", "- `c.to(...)`", None),
        ("", "ck.C.to: function", "- c.to", "added: ck.C.to: function"),
        ("ck.a argument x (by name): int = 1", "ck.a argument x (by name): str = 1", "- `ck.a`", None),
        ("ck.a: function", "ck.a: function\nck.a argument x (by name, required)", "- `ck.a`",
         "changed or removed: ck.a argument x (by name, required)"),
        ("", "corpus-kit kwic option --top (value) = 20", "- `--top`", None),
        ("", "ck.ngrams column count: Int64", "- `corpus-kit ngram`", "added: ck.ngrams column count: Int64"),
    ],
)  # fmt: skip
def test_what_is_named(before: str, after: str, section: str, missing: str | None) -> None:
    assert unnamed(before.splitlines(), after.splitlines(), section) == ([missing] if missing else [])
