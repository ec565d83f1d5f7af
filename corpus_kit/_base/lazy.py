"""Packages whose public names are loaded on first use."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from importlib import import_module
from types import ModuleType
from typing import Any

__all__ = ["load_lazily", "no_attribute"]


def load_lazily(package: str, homes: Mapping[str, str], modules: Mapping[str, str] | None = None) -> None:
    """Make a package load each of its public names on first use.

    A function may have the name of its module: the package always shows the function, even after another module has
    imported the module. `dir` lists public names only, and the error for an unknown name suggests the nearest.

    Args:
        package: The `__name__` of the package.
        homes: For each name the module that defines it, relative to the package.
        modules: The names that are modules themselves, and where they are, relative to the package.
    """
    places = {} if modules is None else dict(modules)

    module = sys.modules[package]

    def load(name: str) -> Any:
        if name in homes:
            value = getattr(import_module(f"{package}.{homes[name]}"), name)
        elif name in places:
            value = import_module(f"{package}.{places[name]}")
        else:
            raise no_attribute(package, name, [*homes, *places])
        module.__dict__[name] = value
        return value

    class LazyPackage(ModuleType):
        def __setattr__(self, name: str, value: object) -> None:
            # The import system binds a submodule to its name in the package; a name in `homes` is not for a module.
            if not (name in homes and isinstance(value, ModuleType)):
                super().__setattr__(name, value)

    # Functions of the module (PEP 562), not methods of the class: those would slow down every `ck.name`.
    module.__dict__["__getattr__"] = load
    module.__dict__["__dir__"] = lambda: sorted(module.__all__)
    module.__class__ = LazyPackage


def no_attribute(module: str, name: str, known: Iterable[str]) -> AttributeError:
    """Return the error for a name that a module does not have, with the nearest one that it has."""
    # Jupyter, inspect and pytest ask for many private names that no module has.
    near = [] if name.startswith("_") else get_close_matches(name, list(known), n=1)
    hint = f". Did you mean {near[0]!r}?" if near else ""
    return AttributeError(f"module {module!r} has no attribute {name!r}{hint}")
