"""What reading a source may take, so that a small file cannot fill the memory or run for hours.

All limits are here. They are far above what corpora need; a message names the limit that a source exceeds, and what to
narrow. A user raises one by the argument `limits` of `Corpus.build` and `Corpus.add`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from corpus_kit._base.arguments import integer, memory_argument
from corpus_kit.errors import choose, invalid

__all__ = ["LIMITS", "Budget", "Limits", "beyond"]

_FREE = 256 << 20  # bytes that any file may expand to
_FREE_TEXT = 64 << 20  # bytes that any text in it may have
_ROW = 256  # bytes that a row counts for at least
_CELL = 8  # likewise a cell
_LONGEST_TEXT = 2**31 - 1  # bytes, which the core numbers in 32 bits
_BESIDE_TEXT = 64 << 20  # bytes of a row beside a text of the greatest length


@dataclass(frozen=True)
class Limits:
    """What a source may take.

    Attributes:
        text_bytes: UTF-8 bytes of a text, at most 2,147,483,647. A longer one is skipped and counted.
        text_lines: Lines of a text, likewise.
        columns: Columns of all sources together; keys in JSON Lines.
        members: Members of an archive.
        header_bytes: Bytes of the header of a member of a .tar file.
        expansion: Bytes that are read for each byte of a compressed or sparse file, beyond 256 MiB; beyond 64 MiB of a
            single text.
        decoding_bytes: Memory for decoding a Parquet or IPC file, where the system can limit it (Linux); for a large
            file 16 times its size.

    >>> Limits.of({"columns": 20_000}).columns, Limits.of({"text_bytes": "1GB"}).text_bytes
    (20000, 1000000000)
    """

    text_bytes: int = 256 << 20
    text_lines: int = 10_000_000
    columns: int = 5_000
    members: int = 10_000_000
    header_bytes: int = 256 << 10
    expansion: int = 100
    decoding_bytes: int = 1 << 30

    @classmethod
    def of(cls, given: object) -> Limits:
        """Return the limits that a user passed: None, or a dict of those to change.

        Raises:
            InputError: If it is not such a dict, or has an unknown name or an unsuitable value.
        """
        if given is None or isinstance(given, Limits):
            return given or LIMITS
        if not isinstance(given, Mapping):
            raise invalid("limits", "a dict such as {'columns': 20_000}", given)
        known = [field.name for field in fields(cls)]
        values: dict[str, int] = {}
        for key, value in given.items():
            name = choose(key, known, "limits")
            if name.endswith("_bytes"):
                values[name] = memory_argument(value, name, any_size=True)
            most = _LONGEST_TEXT if name == "text_bytes" else None
            values[name] = integer(values.get(name, value), name, least=1, most=most)
        return cls(**{**asdict(LIMITS), **values})

    @property
    def row_bytes(self) -> int:
        """Bytes of a row of a table, or of its line; a longer one is skipped and counted."""
        return self.text_bytes + _BESIDE_TEXT

    def text_bytes_in(self, file_bytes: int) -> int:
        """Return the bytes that a text may have in a file that may be compressed."""
        return min(self.text_bytes, _FREE_TEXT + self.expansion * file_bytes)


LIMITS = Limits()
"""The limits where nothing else is said."""


class Budget:
    """Counts what a file expands to, against its size.

    Args:
        limits: The limits.
        file_bytes: The size of the file.
    """

    def __init__(self, limits: Limits, file_bytes: int) -> None:
        self._limits = limits
        self._file_bytes = file_bytes
        self._most = _FREE + limits.expansion * file_bytes
        self._spent = 0

    def spend(self, amount: int) -> None:
        """Add bytes; a negative amount is given back. Raises ValueError if they are too many."""
        self._spent += amount
        if self._spent > self._most:
            most = self._limits.expansion
            raise ValueError(
                f"expansion must be at most {most:,} times the {self._file_bytes:,} bytes of the file, got more. "
                f"If it is what it seems to be, pass limits={{'expansion': {10 * most}}}."
            )

    def spend_rows(self, rows: int, columns: int, text_bytes: int) -> None:
        """Add rows of a table with these bytes of text. Raises ValueError if they are too many."""
        self.spend(rows * (_ROW + _CELL * columns) + text_bytes)


def beyond(name: str, limits: Limits, found: int, advice: str) -> ValueError:
    """Return the error for what exceeds a limit.

    >>> beyond("columns", LIMITS, 8_000, "Keep fewer columns")
    ValueError("columns must be at most 5,000, got 8,000. Keep fewer columns, or pass limits={'columns': 8000}.")
    """
    most = getattr(limits, name)
    return ValueError(
        f"{name} must be at most {most:,}, got {found:,}. {advice}, or pass limits={{{name!r}: {found}}}."
    )
