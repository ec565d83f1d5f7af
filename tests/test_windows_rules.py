"""What Windows does otherwise, tried here under its rules (`windows_rules.py`), in a process of its own."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent

pytestmark = pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs to see which files are mapped")

_FLOWS = """
import os
from pathlib import Path
import windows_rules
import polars as pl
import corpus_kit as ck
from corpus_kit.corpus import files
from corpus_kit.corpus.writing import leftovers_of

files.SMALL = 0  # so that this corpus is mapped
root = Path(os.environ["WINDOWS_RULES"])
frame = pl.DataFrame({"id": ["a", "b"], "text": ["قال الوزير إن الوفد غادر.", "وصل الوفد."], "by": ["x", "y"]})
groups = pl.DataFrame({"id": ["a", "b"], "group": ["1", "2"]})
build = lambda: ck.Corpus.build(frame, root / "c", id="id", overwrite=True, progress=False)
first = build().annotate()
again = ck.Corpus.open(root / "c").annotate()  # the same files, while they are open
for _ in range(2):
    again = again.with_metadata(groups, on="id")
second = build()
second.annotate()
second.add(pl.DataFrame({"id": ["c"], "text": ["نص جديد"], "by": ["x"]}), id="id")
assert len(second) == 3 and ck.kwic(second, "الوفد").frame.height == 2
lines = ck.kwic(second, "الوفد")
for _ in range(2):
    ck.save(lines, root / "lines.csv")
    lines.save("names")
for name, target in (("txt", "t"), ("vrt", "v"), ("refi_qda", "p.qdpx"), ("conllu", "c.conllu")):
    second.export(root / target, format=name)
project = ck.coding_project(root / "project", lines, coders=["sara", "علي"], sample=2)
manifest = (root / "c" / "manifest.json").read_bytes()
assert b"\\r" not in manifest
with open(root / "c" / "manifest.json"):  # as another program would
    try:
        build()
    except ck.CorpusError as error:
        assert "close it there" in str(error), error
    else:
        raise AssertionError("an open file was replaced")
assert (root / "c" / "manifest.json").read_bytes() == manifest
leftovers_of(root / "c", remove=True)
left = [path.name for path in root.rglob(".*") if not path.is_relative_to(root / "project")]
assert not left, left
print(ck.Corpus.open(root / "c").manifest["id"])
"""


@pytest.mark.slow
def test_files_are_written_and_replaced_under_the_rules_of_windows(tmp_path: Path) -> None:
    paths = {"PYTHONPATH": os.pathsep.join([str(HERE), str(HERE.parent)]), "WINDOWS_RULES": str(tmp_path)}
    result = subprocess.run(
        [sys.executable, "-c", _FLOWS], capture_output=True, text=True, env=os.environ | paths, timeout=300
    )
    assert result.returncode == 0, result.stderr[-4000:]


def test_every_text_file_is_opened_with_an_encoding() -> None:
    """Without one it is that of the system: cp1252 or cp1256 on Windows."""
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--preview", "--select", "PLW1514"]
    result = subprocess.run([*command, str(HERE.parent / "corpus_kit")], capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stdout + result.stderr


def test_text_files_are_written_with_the_same_line_ends_everywhere() -> None:
    for path in sorted((HERE.parent / "corpus_kit").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_bytes())) if b"write_text" in path.read_bytes() else ():
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "write_text":
                names = {keyword.arg for keyword in node.keywords}
                assert "newline" in names or path.parent.name == "benchmarks", f"{path}:{node.lineno}"
