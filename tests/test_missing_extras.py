"""Without an extra, what needs it says in one line how to install it."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import corpus_kit as ck
from corpus_kit.cli.main import app

pytestmark = pytest.mark.interface


def built(ending: str, data: bytes = b"x") -> Callable[[Path], Any]:
    """Return what builds a corpus of one file with this ending; b"" makes an archive."""

    def build(folder: Path) -> Any:
        path = folder / f"file.{ending}"
        if data:
            path.write_bytes(data)
        else:
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("mimetype", "application/zip")
        return ck.Corpus.build(path, folder / "corpus")

    return build


def command(*words: str) -> Callable[[Path], Any]:
    """Return what runs a command of the terminal."""

    def run(folder: Path) -> Any:
        (folder / "a.txt").write_text("قال", encoding="utf-8")
        result = CliRunner().invoke(app, [word.replace("FOLDER", str(folder)) for word in words])
        if result.exception is not None:
            raise result.exception

    return run


@pytest.mark.parametrize(
    ("module", "extra", "call"),
    [
        ("fsspec", "cluster", lambda folder: ck.scale.count_ngrams("s3://b/a.txt", 1, folder / "out")),
        (
            "distributed",
            "cluster",
            lambda folder: ck.scale.count_ngrams("a.txt", 1, folder / "out", client="tcp://h:1"),
        ),
        ("distributed", "cluster", command("count", "FOLDER/a.txt", "FOLDER/out", "--scheduler", "tcp://h:1")),
        ("docx", "formats", built("docx", b"")),
        ("pdfminer", "formats", built("pdf")),
        ("lxml", "formats", built("html", b"<html><body><p>x</p></body></html>")),
        ("lxml", "formats", built("xml", b"<a>x</a>")),
        ("fastexcel", "formats", built("xlsx")),
        ("warcio", "formats", built("warc")),
        ("striprtf", "formats", built("rtf", rb"{\rtf1 x}")),
        ("pysubs2", "formats", built("ass", b"[Script Info]\n")),
        ("jupyter_server", "notebooks", command("explore")),
    ],
)
def test_a_line_says_how_to_install_it(
    module: str, extra: str, call: Callable[[Path], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith(f"{module}.")]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ck.CorpusKitError) as raised:
        call(tmp_path)
    said = str(raised.value)
    assert f'pip install "arabic-corpus-kit[{extra}]".' in said
    assert "\n" not in said
