"""SciPy's special functions, without the rest of `scipy.special`, whose import takes ten times as long."""

from __future__ import annotations

import sys
from importlib import import_module
from threading import RLock
from types import ModuleType
from typing import Any

__all__ = ["special_functions"]

_PACKAGE = "scipy.special"
_LOADING = RLock()


def special_functions() -> Any:
    """Return a module with the functions of `scipy.special` that are ufuncs; the functions are the same objects.

    The package imports what SciPy needs for arrays of other libraries, numpy.f2py and numpy.testing among it. The
    functions are in an extension module, which is loaded alone. Where that fails, the whole package is imported.

    >>> from scipy import special
    >>> special_functions().gammaincinv is special.gammaincinv
    True
    """
    with _LOADING:
        place = _Place(_PACKAGE)
        if sys.modules.setdefault(_PACKAGE, place) is not place:
            return import_module("scipy.special")  # somebody has imported it; waits for who is importing it
        try:
            place.__path__ = [f"{each}/special" for each in import_module("scipy").__path__]
            return import_module("scipy.special._ufuncs")
        except (ImportError, AttributeError):  # another version of SciPy has other modules
            sys.modules.pop(_PACKAGE, None)
            return import_module("scipy.special")
        finally:
            if sys.modules.get(_PACKAGE) is place:
                del sys.modules[_PACKAGE]


class _Place(ModuleType):
    """What stands for the package while its extension module is loaded; other threads get what they ask for."""

    __path__: list[str]

    def __getattr__(self, name: str) -> Any:
        with _LOADING:
            package = import_module("scipy.special")
        if package is self:  # the thread that loads asks for what is not there yet
            raise AttributeError(name)
        return getattr(package, name)
