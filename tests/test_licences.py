"""The licences of what is bundled and required: all are listed, all are allowed, and their texts are there."""

from __future__ import annotations

import fnmatch
import re
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import polars as pl
from test_cli import run

import corpus_kit as ck

PACKAGE = Path(ck.__file__).parent
LISTED = tomllib.loads((PACKAGE / "licences.toml").read_text(encoding="utf-8"))
# What may be combined with the licence of the library (MIT), whatever is built from it.
ALLOWED = {
    *(
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CC0-1.0",
        "CNRI-Python",
        "ISC",
        "MIT",
        "MIT-CMU",
        "MPL-2.0",
    ),
    *("OFL-1.1", "PSF-2.0", "Zlib"),
    "CC-BY-SA-4.0",  # the list of wordfreq, which is read and never copied
}
ALLOWED_DATA = {"CC-BY-4.0", "Unicode-3.0"}
OF_OTHERS = re.compile(
    rb"copyright (?:\(c\)|\d)|creativecommons\.org|CC[ -]BY|unicode\.org/license|SPDX-|licen[cs]ed under", re.I
)


def is_allowed(expression: str) -> bool:
    """Return whether all parts of an SPDX expression are allowed; of alternatives, one."""
    words = {"AND": "and", "OR": "or", "WITH": "and"}  # an exception is not allowed unless it is listed
    return bool(eval(re.sub(r"[\w.+-]+", lambda found: words.get(found[0], str(found[0] in ALLOWED)), expression)))


def test_every_dependency_is_listed() -> None:
    with (PACKAGE.parent / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]

    def names(requirements: list[str]) -> set[str]:
        return {re.split(r"[^\w.-]", each)[0].lower() for each in requirements}

    assert LISTED["required"].keys() == names(project["dependencies"])
    extras = {name: each for name, each in project["optional-dependencies"].items() if name in LISTED["extras"]}
    assert {name: set(each) for name, each in LISTED["extras"].items()} == {n: names(r) for n, r in extras.items()}
    assert project["optional-dependencies"].keys() - extras.keys() == {"bench"}


def test_all_licences_are_allowed_and_their_texts_are_there() -> None:
    table = ck.licences()
    assert table.filter(pl.col("licence").is_null()).rows() == []
    needed = table.filter(pl.col("part") != "bundled")
    assert [row for row in needed.rows() if not is_allowed(row[2])] == []
    assert "polars-runtime-32" in needed["name"], "what is needed in turn is listed"
    bundled = table.filter(part="bundled")
    assert set(bundled["licence"]) <= ALLOWED_DATA
    assert all((PACKAGE.parent / name).is_file() for name in bundled["licence_text"])
    for name, text in needed.filter(pl.col("version").is_not_null()).select("name", "licence_text").iter_rows():
        assert text is None or Path(str(distribution(name).locate_file(text))).is_file()
    assert needed.filter(part="required")["licence_text"].null_count() == 0


def test_nothing_of_others_is_bundled_without_an_entry() -> None:
    listed = [pattern for each in LISTED["bundled"] for pattern in each["files"]]
    assert all(any(PACKAGE.glob(pattern)) for pattern in listed)
    texts = {each["text"] for each in LISTED["bundled"]}
    for path in sorted(PACKAGE.rglob("*")):
        name = path.relative_to(PACKAGE).as_posix()
        if path.is_dir() or path.suffix in (".py", ".pyi", ".pyc", ".so", ".pyd") or name in ("licences.toml", *texts):
            continue
        is_listed = any(fnmatch.fnmatch(name, pattern) for pattern in listed)
        is_readable = path.suffix in (
            ".toml",
            ".tsv",
            ".txt",
            ".json",
            ".jsonl",
            ".js",
            ".css",
            ".md",
            ".ebnf",
            ".typed",
        )
        assert is_listed or (is_readable and not OF_OTHERS.search(path.read_bytes())), (
            f"{name} belongs to licences.toml"
        )


def test_gpl_is_not_allowed() -> None:
    assert is_allowed("BSD-3-Clause AND (MIT OR GPL-2.0-only)")
    assert not is_allowed("MIT AND GPL-3.0-or-later")
    assert not is_allowed("GPL-3.0-only WITH GCC-exception-3.1")


def test_the_command_is_the_twin(tmp_path: Path) -> None:
    run("licences", "-o", tmp_path / "t.parquet")
    assert pl.read_parquet(tmp_path / "t.parquet").equals(ck.licences())
    assert "Unicode-3.0" in run("licences", "--columns", "name,licence").stdout
