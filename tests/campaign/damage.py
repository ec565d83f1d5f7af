"""Ways to damage a folder: bytes that flip, files that are cut, swapped, replaced or gone, JSON that was edited."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

__all__ = ["damage", "edited"]


def damage(folder: Path, rng: Random, files: list[Path] | None = None) -> str:
    """Damage one file of a folder; return what was done to which."""
    found = sorted(path for path in folder.rglob("*") if path.is_file()) if files is None else files
    path = rng.choice(found)
    way = rng.choice([way for way in WAYS if path.suffix == ".json" or way is not _edit])
    done = way(path, rng, [each for each in found if each != path] or [path])
    return f"{done} {path.relative_to(folder)}"


def _flip(path: Path, rng: Random, _: list[Path]) -> str:
    data = bytearray(path.read_bytes())
    places = [rng.randrange(len(data)) for _ in range(rng.choice([1, 1, 1, 8, 64]))] if data else []
    for place in places:
        data[place] ^= rng.choice([1 << rng.randrange(8), rng.randrange(1, 256)])
    path.write_bytes(data)
    return f"flipped {len(places)} bytes of"


def _cut(path: Path, rng: Random, _: list[Path]) -> str:
    size = path.stat().st_size
    os.truncate(path, rng.choice([0, rng.randrange(size + 1), max(size - 1, 0)]))
    return "cut"


def _append(path: Path, rng: Random, _: list[Path]) -> str:
    with path.open("ab") as file:
        file.write(rng.randbytes(rng.choice([1, 8, 4096])))
    return "appended to"


def _zero(path: Path, rng: Random, _: list[Path]) -> str:
    data = bytearray(path.read_bytes())
    start = rng.randrange(len(data) + 1)
    stop = min(start + rng.choice([1, 16, 4096]), len(data))
    data[start:stop] = bytes(stop - start)
    path.write_bytes(data)
    return f"zeroed {start} to {stop} of"


def _move(path: Path, rng: Random, _: list[Path]) -> str:
    """Move a stretch of a file to another place in it."""
    data = path.read_bytes()
    start, stop = sorted(rng.randrange(len(data) + 1) for _ in range(2))
    rest = data[:start] + data[stop:]
    place = rng.randrange(len(rest) + 1)
    path.write_bytes(rest[:place] + data[start:stop] + rest[place:])
    return "moved bytes in"


def _swap(path: Path, rng: Random, others: list[Path]) -> str:
    other = rng.choice([each for each in others if each.suffix == path.suffix] or others)
    mine, theirs = path.read_bytes(), other.read_bytes()
    path.write_bytes(theirs)
    other.write_bytes(mine)
    return f"swapped with {other.name}"


def _copy_over(path: Path, rng: Random, others: list[Path]) -> str:
    other = rng.choice([each for each in others if each.suffix == path.suffix] or others)
    if other != path:
        shutil.copyfile(other, path)
    return f"replaced by {other.name}"


def _remove(path: Path, _: Random, __: list[Path]) -> str:
    path.unlink()
    return "removed"


def _rename(path: Path, rng: Random, others: list[Path]) -> str:
    name = rng.choice(["part-00099.parquet", "x.parquet", "000099.json", f"{path.name}.bak", rng.choice(others).name])
    path.rename(path.with_name(name))
    return f"renamed to {name}"


def _duplicate(path: Path, rng: Random, _: list[Path]) -> str:
    name = rng.choice(["part-00099.parquet", "x.parquet", "000099.json", ".hidden.parquet"])
    shutil.copyfile(path, path.with_name(name))
    return f"copied to {name}"


def _special(path: Path, rng: Random, _: list[Path]) -> str:
    """Put something else than a file in its place."""
    path.unlink()
    kind = rng.choice(["folder", "pipe", "/dev/zero", "/dev/null", "nowhere", "itself"])
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to({"nowhere": "absent", "itself": path.name}.get(kind, kind))
    return f"put {kind} in place of"


def _garbage(path: Path, rng: Random, _: list[Path]) -> str:
    path.write_bytes(rng.choice([b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, rng.randbytes(300)]))
    return "wrote garbage into"


def _edit(path: Path, rng: Random, _: list[Path]) -> str:
    try:
        content = json.loads(path.read_bytes())
    except ValueError:
        return "left"
    changed, what = edited(content, rng)
    path.write_text(json.dumps(changed), encoding="utf-8")
    return f"edited {what} of"


WAYS: list[Callable[[Path, Random, list[Path]], str]] = [
    *(_flip, _flip, _flip, _cut, _append, _zero, _move, _swap, _copy_over),
    *(_remove, _rename, _duplicate, _special, _garbage, _edit, _edit),
]

_ODD: list[Any] = [
    *(None, True, -1, 0, 1, 2**31, 2**63, 2**64, 10**30, 1.5, float("nan"), "", "x", "../../x", "/etc/hostname"),
    *("/dev/zero", "\x1b[2J", "\ud800", [], {}, [None], {"name": None}, "0" * 64, "part-00000.parquet"),
]


def edited(content: Any, rng: Random) -> tuple[Any, str]:
    """Return JSON with one value or name changed, and which."""
    place = content
    steps: list[str] = []
    while isinstance(place, dict | list) and place:
        key: Any = rng.choice(list(place)) if isinstance(place, dict) else rng.randrange(len(place))
        inner = place[key]
        steps.append(str(key))
        if isinstance(inner, dict | list) and inner and rng.random() < 0.8:
            place = inner
            continue
        change = rng.randrange(5)
        if change == 0:
            del place[key]
        elif change == 1 and isinstance(place, dict):
            place[rng.choice(["x", "", "seal", "name"])] = place.pop(key)
        elif change == 2 and isinstance(inner, int) and not isinstance(inner, bool):
            place[key] = inner + rng.choice([-1, 1, 2**32])
        else:
            place[key] = rng.choice(_ODD)
        break
    return content, ".".join(steps)
