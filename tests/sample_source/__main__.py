"""Write items.jsonl and truth.json; see `sample_source`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sample_source.files import bundled_files
from sample_source.markup import MarkupError

FOLDER = Path(__file__).resolve().parents[2] / "corpus_kit" / "samples"


def main() -> int:
    parser = argparse.ArgumentParser(prog="PYTHONPATH=tests python -m sample_source", description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail if the files are out of date")
    check = parser.parse_args().check
    try:
        built = bundled_files()
    except MarkupError as error:
        print(f"cannot build the sample: {error}", file=sys.stderr)
        return 1
    for name, content in built.items():
        path = FOLDER / name
        if check and not (path.exists() and path.read_bytes() == content):
            print(f"{name} is out of date: run PYTHONPATH=tests python -m sample_source", file=sys.stderr)
            return 1
        if not check:
            aside = path.with_suffix(".new")
            aside.write_bytes(content)
            aside.replace(path)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
