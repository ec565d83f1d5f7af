"""JSON files with a checksum of their content, whose shape is checked before anything in them is used.

A shape is written with Python values: `int` is a number that is not negative, `str` any text, a pattern a text that it
matches, `[shape]` a list, a tuple of shapes one of them, a dict exactly these keys, and a function says for itself.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from corpus_kit.errors import CorpusError, SourceError
from corpus_kit.scale.locations import Location

__all__ = ["HEX", "as_json", "misfit", "read_json", "read_sealed", "sealed"]

HEX = re.compile("[0-9a-f]{64}")
"""A SHA-256."""

_SEAL = "seal"
_LARGEST = 256 << 20  # bytes; the manifest of a million files has about 150 MB
_MOST = 2**64


def as_json(value: object) -> bytes:
    """Return a value as JSON: the same bytes for the same value."""
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def sealed(content: Mapping[str, Any]) -> bytes:
    """Return the content of a file with its checksum."""
    return as_json({**content, _SEAL: _seal_of(content)})


def read_json(location: Location) -> Any:
    """Return the value in a JSON file.

    Raises:
        CorpusError: If the file cannot be read or is not JSON.
    """
    try:
        if location.size() > _LARGEST:
            raise CorpusError(f"{location} is damaged: it is larger than {_LARGEST >> 20} MiB")
        return json.loads(location.read())
    except SourceError as error:
        raise CorpusError(str(error)) from None
    except (ValueError, RecursionError) as error:
        raise CorpusError(f"{location} is damaged: it is not JSON ({error})") from None


def read_sealed(location: Location, shape: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of a file that `sealed` made.

    Raises:
        CorpusError: If it cannot be read, or is not as it was written.
    """
    content = read_json(location)
    if not isinstance(content, dict) or _seal_of(content) != content.pop(_SEAL, None):
        raise CorpusError(f"{location} is damaged: it has changed since it was written")
    wrong = misfit(content, shape)
    if wrong:
        raise CorpusError(f"{location} is damaged: {wrong}")
    return content


def misfit(value: object, shape: Any, name: str = "its content") -> str:
    """Return what in a value does not have a shape, or "".

    >>> shape = {"parts": [{"rows": int}]}
    >>> misfit({"parts": [{"rows": 3}]}, shape), misfit({"parts": [{"rows": -3}]}, shape)
    ('', 'parts[0].rows is -3')
    """
    if isinstance(shape, Mapping):
        if not isinstance(value, dict) or value.keys() != shape.keys():
            return f"{name} has other entries than {', '.join(shape)}"
        return _first(misfit(value[key], inner, _below(name, key)) for key, inner in shape.items())
    if isinstance(shape, list):
        if not isinstance(value, list):
            return f"{name} is not a list"
        return _first(misfit(each, shape[0], f"{name}[{place}]") for place, each in enumerate(value))
    if isinstance(shape, tuple):
        return "" if any(not misfit(value, each, name) for each in shape) else f"{name} is {value!r:.60}"
    return "" if _is(value, shape) else f"{name} is {value!r:.60}"


def _is(value: object, shape: Any) -> bool:
    if shape is int:
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST
    if isinstance(shape, re.Pattern):
        return isinstance(value, str) and shape.fullmatch(value) is not None
    if isinstance(shape, type):
        return isinstance(value, shape)
    return bool(shape(value)) if callable(shape) else value is shape


def _first(wrong: Any) -> str:
    return next(filter(None, wrong), "")


def _below(name: str, key: str) -> str:
    return key if name == "its content" else f"{name}.{key}"


def _seal_of(content: Mapping[str, Any]) -> str:
    bare = {key: value for key, value in content.items() if key != _SEAL}
    text = json.dumps(bare, sort_keys=True, separators=(",", ":"))  # in ASCII, so that any text can be encoded
    return hashlib.sha256(text.encode()).hexdigest()
