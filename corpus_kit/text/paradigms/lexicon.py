"""The lexicon: stems, their lexemes and weights, compiled once and kept in the cache folder."""

from __future__ import annotations

import hashlib
import io
import warnings
import zipfile
from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache, cached_property
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import numpy as np
import polars as pl

from corpus_kit import _core
from corpus_kit._base.arrays import Array, Numbers
from corpus_kit._base.cache import CACHE_VARIABLE, cache_folder
from corpus_kit._base.files import write_whole
from corpus_kit.errors import InputError, warn
from corpus_kit.text.paradigms.affixes import Cells, morphology
from corpus_kit.text.paradigms.compiling import STEPS, compiled
from corpus_kit.text.paradigms.letters import Letters

__all__ = ["Lexicon", "compile_elsewhere", "is_ready", "lexicon"]

# Incremented whenever other arrays would be compiled from the same sources.
_VERSION = 1


class Lexicon:
    """The stems of Arabic words, and how likely each lexeme is.

    Lexemes are numbered: verbs, as in the table of verbs; nouns and adjectives; words that are only counted.

    Args:
        arrays: What `compiled` returns.

    Attributes:
        letters, classes, lexemes: The stems, their classes and lexemes.
        cells: What fits together.
        morphology, stems: The same for the core.
        weights: The cost of each lexeme, Int32.
        lemma_numbers: The lemma of each lexeme as a number: the same for the same lemma.
        sums: What each known lexeme receives from the general counts, by section.
        categories: The category of each known lexeme, a number of `estimation.CATEGORIES`.
        n_verbs, n_known: How many lexemes are verbs, and how many are not only counted.
        unknown_counts, unknown_names: The general counts of the others, and whether they behave as names.
    """

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self.letters = Letters(arrays["letters"], arrays["starts"])
        self.classes: Array = arrays["classes"]
        self.lexemes: Numbers = arrays["lexemes"]
        self.cells = Cells(arrays["cell_costs"], arrays["sections"])
        self.morphology = morphology(arrays["cell_costs"])
        self.stems = _core.Stems(
            self.morphology, *self.letters, arrays["classes"], arrays["lexemes"], arrays["stem_costs"]
        )
        self.weights: Array = arrays["weights"]
        self.lemma_numbers: Numbers = arrays["lemma_numbers"]
        self.sums: Array = arrays["sums"]
        self.categories: Array = arrays["categories"]
        self.n_verbs, self.n_known = int(arrays["n_verbs"][0]), len(arrays["categories"])
        self.unknown_counts: Array = arrays["unknown_counts"]
        self.unknown_names: Array = arrays["unknown_names"]
        self._texts = {name: arrays[name] for name in ("lemmas", "roots", "closed_bases", "closed_lemmas")}

    def _lines(self, name: str) -> pl.Series:
        text = pl.Series([bytes(self._texts[name]).decode()])
        return text.str.split("\n").explode().alias(name)

    @cached_property
    def lemmas(self) -> pl.Series:
        """The lemma of each lexeme."""
        return self._lines("lemmas")

    @cached_property
    def roots(self) -> pl.Series:
        """The roots of each known lexeme, most likely first; null if it has none. A List of String."""
        roots = self._lines("roots")
        lists = roots.str.split(" ")
        return pl.select(pl.when(roots != "").then(lists)).to_series().alias("root")

    @cached_property
    def closed_lemmas(self) -> dict[str, str]:
        """The lemmas of the free spellings of function words."""
        return dict(zip(self._lines("closed_bases").to_list(), self._lines("closed_lemmas").to_list(), strict=True))


_MAY_COMPILE: ContextVar[bool] = ContextVar("may_compile", default=True)


def compile_elsewhere() -> None:
    """Let what this thread only guesses do without the lexicon until another process has compiled it."""
    _MAY_COMPILE.set(False)


def is_ready() -> bool:
    """Return whether a guess may use the lexicon: it is compiled, or this thread may take the time to do so."""
    return _MAY_COMPILE.get() or lexicon.cache_info().currsize > 0 or _path().exists()


def _path() -> Path:
    return cache_folder() / f"lexicon-{_digest()}.npz"


@cache
def lexicon() -> Lexicon:
    """Return the lexicon, from the cache folder or, the first time, compiled and written there."""
    path = _path()
    arrays = _read(path)
    if arrays is None:
        arrays = _compiled()
        _write(path, arrays)
    for array in arrays.values():
        array.setflags(write=False)
    return Lexicon(arrays)


def _compiled() -> dict[str, Array]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a notebook without widgets
        from tqdm.auto import tqdm  # type: ignore[import-untyped]  # slow to import
    with tqdm(total=STEPS, desc="Compiling the Arabic lexicon, once", disable=None, leave=False) as bar:
        return compiled(bar.update)


@cache
def _digest() -> str:
    """Return a digest of what the lexicon is compiled from."""
    digest = hashlib.sha256(repr((_VERSION, version("wordfreq"), version("simplemma"))).encode())
    folder = files(__package__)
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith((".py", ".json.xz", ".txt")))
    for name in names:
        digest.update(folder.joinpath(name).read_bytes())
    digest.update(files("corpus_kit.text").joinpath("closed_classes.py").read_bytes())
    return digest.hexdigest()[:16]


def _read(path: Path) -> dict[str, Array] | None:
    """Return the arrays of a file, or None if it is absent or damaged: each has a checksum in it."""
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def _write(path: Path, arrays: Mapping[str, Array]) -> None:
    """Write the arrays; where that is not possible, a warning says that the next process compiles them again."""
    data = io.BytesIO()
    np.savez(data, **arrays)  # type: ignore[arg-type]  # NumPy 2 has another argument of the type bool
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, data.getvalue())
    except (OSError, InputError) as error:
        problem = (error.strerror if isinstance(error, OSError) else None) or error
        warn(
            f"cannot keep the Arabic lexicon in {str(path.parent)!r} ({problem}); each process compiles it again, "
            f"which takes some seconds. Set {CACHE_VARIABLE} to a writable folder of your own.",
            stacklevel=None,
        )
