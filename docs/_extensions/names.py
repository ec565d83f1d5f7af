"""The public names of the library, as the reference has them."""

from __future__ import annotations

import inspect
from functools import cache, cached_property
from types import ModuleType
from typing import Any

import corpus_kit as ck
from corpus_kit import namespace, readers
from corpus_kit.display import Shown
from corpus_kit.display.explorer import ConcordanceExplorer

# Modules whose names a user calls by way of the module.
_MODULES = {
    "news": ck.news,
    "measures": ck.measures,
    "plot": ck.plot,
    "scale": ck.scale,
    "readers": readers,
    "namespace": namespace,
}
_RULES = ("patterns", "resampling", "segmentation")  # modules whose docstrings say by which rules something is done


@cache
def documented_names() -> dict[str, Any]:
    """Full names, those of classes with those of their members, and what they name."""
    found: dict[str, Any] = {f"corpus_kit.{name}": None for name in (*_MODULES, *_RULES)}
    found |= {f"{shown.__module__}.{shown.__qualname__}": shown for shown in (Shown, ConcordanceExplorer)}
    for name in ck.__all__:
        if not isinstance(getattr(ck, name), ModuleType | str):
            found[f"corpus_kit.{name}"] = getattr(ck, name)
    for prefix, module in _MODULES.items():
        found |= {f"corpus_kit.{prefix}.{name}": getattr(module, name) for name in module.__all__}
    for full, obj in list(found.items()):
        if inspect.isclass(obj):
            found |= {f"{full}.{name}": member for name, member in vars(obj).items() if _is_shown(name, member)}
    return found


def _is_shown(name: str, member: Any) -> bool:
    """Whether autodoc has an entry for a member of a class: what has a docstring of its own."""
    function = getattr(member, "__func__", member)
    is_described = inspect.isfunction(function) or isinstance(member, property | cached_property)
    return not name.startswith("_") and is_described and bool(function.__doc__)
