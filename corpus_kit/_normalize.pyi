from collections.abc import Iterable, Mapping, Sequence
from typing import NoReturn, final

INSTRUCTIONS: tuple[str, ...]

@final
class Program:
    def __new__(
        cls,
        *,
        early: Mapping[int, Sequence[int]],
        late: Mapping[int, Sequence[int]],
        marks: Mapping[int, int],
        pairs: Sequence[tuple[int, int, int]] = ...,
        groups: Mapping[str, Iterable[int]] | None = ...,
        joiner: int = ...,
        elongation: int = ...,
    ) -> Program: ...
    def __reduce__(self) -> NoReturn: ...
    def column(
        self, stream: object, *, threads: int = ..., instructions: str | None = ..., block_limit: int = ...
    ) -> tuple[object, object]: ...
    def text(self, text: str, *, instructions: str | None = ...) -> str: ...
    def texts(self, texts: list[str | None], *, instructions: str | None = ...) -> list[str | None]: ...
    def text_with_offsets(self, text: str, *, instructions: str | None = ...) -> tuple[str, memoryview]: ...
