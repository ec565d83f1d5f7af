"""The notebooks run from top to bottom, stay thin, and are committed with small outputs."""

from __future__ import annotations

import json
import os
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest

nbformat = pytest.importorskip("nbformat", reason="the extra `notebooks` is not installed")
nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed")

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def code_of(notebook: Any) -> list[str]:
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def outputs_of(cell: Any) -> list[dict[str, Any]]:
    return [output for output in cell.get("outputs", []) if output.output_type in ("display_data", "execute_result")]


def test_there_are_notebooks() -> None:
    assert [path.name for path in NOTEBOOKS][:1] == ["00_quickstart.ipynb"]


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_runs_and_shows_what_is_committed(path: Path) -> None:
    """Executed in an empty folder; what cells show has the same forms as in the committed file."""
    committed = read(path)
    executed = read(path)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
            os.environ.setdefault(name, folder)
        client = nbclient.NotebookClient(executed, timeout=60, resources={"metadata": {"path": folder}})
        client.execute()
    for before, after in zip(committed.cells, executed.cells, strict=True):
        if before.cell_type == "code":
            assert [sorted(o.data) for o in outputs_of(before)] == [sorted(o.data) for o in outputs_of(after)]
            assert not [o for o in after.outputs if o.output_type == "stream" and o.name == "stderr"], after.source


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_is_thin(path: Path) -> None:
    notebook = read(path)
    assert len(notebook.cells) <= 15
    for source in code_of(notebook):
        assert len(source.splitlines()) <= 8, source
        assert "def " not in source
    assert "SEED" in code_of(notebook)[0]
    assert "show_versions" in code_of(notebook)[-1]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_committed_outputs_are_small_and_of_no_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text) < 400_000
    assert not re.search(r"(?<![\w:/.])/(?:home|root|tmp|Users|work)/", text), "a path of one machine"
    notebook = json.loads(text)
    assert "widgets" not in notebook["metadata"]
    shown = [cell for cell in notebook["cells"] if cell["cell_type"] == "code" and cell["outputs"]]
    assert shown, "commit the notebook executed"
