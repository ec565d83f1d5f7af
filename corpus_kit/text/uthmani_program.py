"""The program of a normaliser that writes the Uthmani spelling in modern letters before everything else."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._base.columns import Capsules, series_from_core, text_stream
from corpus_kit._core import Program
from corpus_kit.text.uthmani import HAS_SIGNS, modern_spelling

__all__ = ["UthmaniProgram"]


class _Stream:
    """An object that Polars can import: it exports an Arrow stream once."""

    def __init__(self, capsule: object) -> None:
        self._capsule = capsule

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._capsule


class UthmaniProgram:
    """The methods of a `Program`, for texts in the Uthmani spelling.

    What the program changes may show more of the spelling of a word (a control within it is removed, say), so both are
    repeated until nothing changes. Only texts with a sign of the spelling go through Python.
    """

    def __init__(self, program: Program) -> None:
        self._program = program

    def column(self, stream: object, **options: Any) -> Capsules:
        instructions = options.get("instructions")
        texts = self._settled(pl.Series(_Stream(stream)), instructions)
        once = series_from_core("", self._program.column(text_stream(texts), **options))
        return self._program.column(text_stream(self._settled(once, instructions)), **options)

    def _settled(self, texts: pl.Series, instructions: str | None) -> pl.Series:
        """Return the texts, those with signs normalised."""
        signed = texts.str.contains(HAS_SIGNS).fill_null(value=False)
        if not signed.any():
            return texts
        changed = [self.text(text, instructions=instructions) for text in texts.filter(signed)]
        return texts.scatter(signed.arg_true(), changed)

    def texts(self, texts: list[str | None], *, instructions: str | None = None) -> list[str | None]:
        plain = [str.__str__(text) if isinstance(text, str) else text for text in texts]
        changed = [self.text(text, instructions=instructions) if isinstance(text, str) else text for text in plain]
        return self._program.texts(changed, instructions=instructions)

    def text(self, text: str, *, instructions: str | None = None) -> str:
        while True:
            found = modern_spelling(text)
            result = self._program.text(found[0] if found else text, instructions=instructions)
            if result == text or not modern_spelling(result):
                return result
            text = result

    def text_with_offsets(self, text: str, *, instructions: str | None = None) -> tuple[str, memoryview]:
        origin: npt.NDArray[np.int64] = np.arange(len(text))
        while True:
            found = modern_spelling(text)
            result, offsets = self._program.text_with_offsets(found[0] if found else text, instructions=instructions)
            places = np.frombuffer(offsets, np.int64)
            origin = origin[np.asarray(found[1], np.int64)[places] if found else places]
            if result == text or not modern_spelling(result):
                return result, origin.view(np.uint8).data  # bytes, as the core's
            text = result
