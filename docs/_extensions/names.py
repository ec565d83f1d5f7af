"""The public names of the library, as they are in the reference."""

from __future__ import annotations

import inspect
from functools import cache, cached_property
from types import ModuleType
from typing import Any

import corpus_kit as ck
from corpus_kit import readers
from corpus_kit.annotators.conllu import ConlluFile
from corpus_kit.annotators.hidden_markov import HiddenMarkovTagger
from corpus_kit.annotators.tagging import SentenceTagger
from corpus_kit.display.show import Shown
from corpus_kit.explore.explorer import ConcordanceExplorer
from corpus_kit.text import namespace

# Modules whose names are used as attributes of the module.
_MODULES = {
    "news": ck.news,
    "measures": ck.measures,
    "plot": ck.plot,
    "annotators": ck.annotators,
    "scale": ck.scale,
    "readers": readers,
    "text.namespace": namespace,
}
_RULES = ("query.patterns", "analysis.bootstrap", "text.segmentation")  # modules whose docstrings describe rules

# Classes whose objects functions return; they are not made by name.
_RETURNED = (Shown, ConcordanceExplorer, HiddenMarkovTagger, SentenceTagger, ConlluFile)

# Members of base classes that are meant for users; the others are for analyses.
_INHERITED = {
    "corpus_kit.Corpus": (
        "path",
        "id",
        "checksum",
        "manifest",
        "selection",
        "is_subcorpus",
        "is_annotated",
        "excluded_spans",
        "n_documents",
        "total_documents",
        "n_types",
        "documents",
        "exclude",
        "spans",
        "locate",
    ),
    "corpus_kit.Concordance": ("anchors", "reduce", "thin", "find", "at", "group", "tabulate", "save"),
}


@cache
def documented_names() -> dict[str, Any]:
    """Return the objects of the reference by full name, with the members of classes."""
    found: dict[str, Any] = {f"corpus_kit.{name}": None for name in (*_MODULES, *_RULES)}
    found |= {f"{shown.__module__}.{shown.__qualname__}": shown for shown in _RETURNED}
    for name in ck.__all__:
        if not isinstance(getattr(ck, name), ModuleType | str):
            found[f"corpus_kit.{name}"] = getattr(ck, name)
    for prefix, module in _MODULES.items():
        shown = {name: getattr(module, name) for name in module.__all__}
        found |= {f"corpus_kit.{prefix}.{name}": value for name, value in shown.items() if not inspect.ismodule(value)}
    # Its name in `ck.measures` is that of another measure.
    found["corpus_kit.measures.association.log_likelihood"] = ck.measures.association.log_likelihood
    for full, obj in list(found.items()):
        if inspect.isclass(obj):
            found |= {f"{full}.{name}": getattr(obj, name) for name in members_of(full, obj)}
    return found


def members_of(full: str, kind: type) -> list[str]:
    """Return the members of a class that the reference has, its own ones and some of its base classes."""
    own = [name for name, member in vars(kind).items() if _is_shown(name, member)]
    return [*own, *(name for name in _INHERITED.get(full, ()) if _is_shown(name, inspect.getattr_static(kind, name)))]


def _is_shown(name: str, member: Any) -> bool:
    """Return whether autodoc has an entry for a member of a class: it must have its own docstring."""
    function = getattr(member, "__func__", member)
    is_described = inspect.isfunction(function) or isinstance(member, property | cached_property)
    return not name.startswith("_") and is_described and bool(function.__doc__)
