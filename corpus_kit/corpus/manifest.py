"""The manifest of a corpus: what it says, how it is checked before anything in it is used, and how it is written.

It names only files that a corpus can have (`storage.py`), so that no manifest leads out of its folder, and holds a
SHA-256 of itself (`manifest_sha256`): of its content as JSON with sorted keys and without white space, in UTF-8.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from corpus_kit.corpus import storage
from corpus_kit.errors import CorpusError
from corpus_kit.readers.structure import LAYER_NAME

__all__ = [
    "annotations_of",
    "checksums_of",
    "codes_of",
    "layers_of",
    "metadata_of",
    "needed_files",
    "sealed",
    "with_file",
    "without_file",
    "written_manifest",
]

Kind = Callable[[object], bool]

_SEAL = "manifest_sha256"
_LISTS = ("files", "sha256")
_MOST = 2**63


# ------------------------------------------------------------- what it may say


def _text(value: object) -> bool:
    return isinstance(value, str)


def _count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST


def _boolean(value: object) -> bool:
    return isinstance(value, bool)


def _anything(_: object) -> bool:
    return True


def _matching(pattern: str) -> Kind:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def _optional(kind: Kind) -> Kind:
    return lambda value: value is None or kind(value)


def _list_of(kind: Kind) -> Kind:
    return lambda value: isinstance(value, list) and all(map(kind, value))


def _mapping(keys: Kind, values: Kind) -> Kind:
    return lambda value: isinstance(value, dict) and all(keys(key) and values(each) for key, each in value.items())


def _record(needed: dict[str, Kind], others: dict[str, Kind] | None = None, *, more: bool = False) -> Kind:
    """Return the kind of a dict with all needed keys and none but these and the others, unless there may be more."""
    known = {**needed, **(others or {})}

    def holds(value: object) -> bool:
        return (
            isinstance(value, dict)
            and needed.keys() <= value.keys()
            and (more or value.keys() <= known.keys())
            and all(kind(value[name]) for name, kind in known.items() if name in value)
        )

    return holds


_DIGEST = _matching("[0-9a-f]{64}")
_FILE = _matching("|".join([*map(re.escape, storage.FILES), *storage.REPLACED_PATTERNS]))
_TALLY = _record({"count": _count}, more=True)
_SOURCE = _record(
    {
        "source": _text,
        "skipped": _mapping(_text, _TALLY),
        "ignored": _TALLY,
        "notices": _mapping(_text, _TALLY),
        "renamed": _mapping(_text, _text),
    },
    more=True,
)
_OPTIONS = _mapping(_text, _anything)
_PROFILE = _record(
    {"name": _text, "digest": _DIGEST}, {"version": _anything, "options": _optional(_mapping(_text, _anything))}
)
_LAYER_COLUMN = _record({"codes": _matching(storage.LAYER_CODES_PATTERN), "values": _count})
_LAYER = _record(
    {
        "name": _matching(LAYER_NAME),
        "format": _count,
        "annotator": _record({"name": _text}, {"versions": _mapping(_text, _text)}),
        "values": _matching(storage.LAYER_VALUES_PATTERN),
        "columns": _mapping(_matching(LAYER_NAME), _LAYER_COLUMN),
    },
    more=True,
)
_SCHEMA: dict[str, Kind] = {
    "format_version": _count,
    "library_version": _text,
    "unicode_version": _text,
    "id": _matching("[0-9a-f]{16}"),
    "checksum": _DIGEST,
    "created": _text,
    "counts": _record(dict.fromkeys(("documents", "tokens", "words", "types"), _count)),
    "tokenizer": _record({"name": _text, "version": _anything}),
    "profile": _optional(_PROFILE),
    "folded_profile": _PROFILE,
    "options": _OPTIONS,
    "source": _SOURCE,
    "files": _mapping(_FILE, _count),
    "sha256": _mapping(_FILE, _DIGEST),
    _SEAL: _DIGEST,
}
_OTHERS: dict[str, Kind] = {
    "first_created": _text,
    "given_tokens": _count,
    "added": _list_of(
        _record({"created": _text, "library_version": _text, "options": _OPTIONS, "source": _SOURCE}, more=True)
    ),
    "annotation": _record({"name": _text, "file": _matching(storage.ANNOTATIONS_PATTERN)}, more=True),
    "layers": _list_of(_LAYER),
    "metadata": _record({"file": _matching(storage.METADATA_PATTERN)}, more=True),
}


# ------------------------------------------------------------ reading, writing


def sealed(content: dict[str, Any]) -> dict[str, Any]:
    """Return a manifest with its own SHA-256 as the last entry."""
    content = {name: value for name, value in content.items() if name != _SEAL}
    plain = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return {**content, _SEAL: hashlib.sha256(plain.encode()).hexdigest()}


def written_manifest(data: bytes, path: object) -> dict[str, Any]:
    """Return the manifest in the bytes of a file.

    Args:
        data: The bytes.
        path: The folder of the corpus, for messages.

    Raises:
        CorpusError: If it is not one, has another format version, or was changed since it was written.
    """
    try:
        found = json.loads(data.decode("utf-8"))
        version = found["format_version"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise CorpusError(f"the manifest of {path} cannot be read: {storage.reason(error)}. {storage.AGAIN}") from error
    if version != storage.FORMAT_VERSION:
        raise CorpusError(
            f"{path} has format version {version!s:.20} (written by corpus_kit "
            f"{found.get('library_version', 'unknown')!s:.40}); this version reads {storage.FORMAT_VERSION}. "
            f"{storage.AGAIN}"
        )
    problem = _problem(found)
    if problem:
        raise CorpusError(f"the manifest of {path} is damaged: {problem}. {storage.AGAIN}")
    manifest: dict[str, Any] = found
    return manifest


def _problem(found: dict[str, Any]) -> str | None:
    """Say what is wrong with a manifest; None if nothing is."""
    missing = [name for name in _SCHEMA if name not in found]
    unknown = [name for name in found if name not in _SCHEMA and name not in _OTHERS]
    if missing or unknown:
        return f"it lacks {missing[0]!r}" if missing else f"it has an unknown entry {unknown[0]!r:.60}"
    wrong = [name for name, kind in {**_SCHEMA, **_OTHERS}.items() if name in found and not kind(found[name])]
    if wrong:
        return f"its entry {wrong[0]!r} has a value that it cannot have"
    try:
        if sealed(found)[_SEAL] != found[_SEAL]:
            return "it was changed since it was written"
    except (ValueError, RecursionError):
        return "it holds what cannot be written"
    files = found["files"].keys()
    needed = needed_files(found)
    names = [layer["name"] for layer in layers_of(found)]
    if len(set(names)) < len(names):
        return "two of its layers have one name"
    if not needed <= files or files != found["sha256"].keys():
        return "its list of files is not that of a corpus"
    extra = [name for name in files - needed if not re.fullmatch(storage.CHECKSUMS_PATTERN, name)]
    if extra or len(files) != len(needed) + 1:
        return "its list of files is not that of a corpus"
    return None


def annotations_of(manifest: dict[str, Any]) -> str | None:
    """Return the file of the annotations; None if there are none."""
    record = manifest.get("annotation")
    return None if record is None else str(record["file"])


def layers_of(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the records of the layers of tokens, in the order in which they were annotated."""
    found: list[dict[str, Any]] = manifest.get("layers", [])
    return found


def metadata_of(manifest: dict[str, Any]) -> str | None:
    """Return the file of the metadata that were added; None if there are none."""
    record = manifest.get("metadata")
    return None if record is None else str(record["file"])


def codes_of(manifest: dict[str, Any]) -> dict[str, int]:
    """Return the files of codes of the layers that this version reads, and how many values each has."""
    known = [layer for layer in layers_of(manifest) if layer["format"] == storage.LAYER_FORMAT]
    return {str(each["codes"]): int(each["values"]) for layer in known for each in layer["columns"].values()}


def needed_files(manifest: dict[str, Any]) -> set[str]:
    """Return the files that a corpus with this manifest has, beside its checksums."""
    files = {*storage.FILES, *filter(None, [annotations_of(manifest), metadata_of(manifest)])}
    for layer in layers_of(manifest):
        files |= {str(layer["values"]), *(str(each["codes"]) for each in layer["columns"].values())}
    return files


def checksums_of(manifest: dict[str, Any]) -> str:
    """Return the file of the block checksums."""
    return next(str(name) for name in manifest["files"] if re.fullmatch(storage.CHECKSUMS_PATTERN, name))


def with_file(manifest: dict[str, Any], name: str, size: int, sha256: str) -> dict[str, Any]:
    """Return a manifest that lists a file, too."""
    listed = {what: {**manifest[what], name: value} for what, value in zip(_LISTS, (size, sha256), strict=True)}
    return {**manifest, **{what: dict(sorted(each.items())) for what, each in listed.items()}}


def without_file(manifest: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a manifest that no longer lists a file."""
    listed = {what: {each: manifest[what][each] for each in manifest[what] if each != name} for what in _LISTS}
    return {**manifest, **listed}
