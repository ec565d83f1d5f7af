from typing import NoReturn, Self

import numpy as np
import numpy.typing as npt
from typing_extensions import disjoint_base

_Capsules = tuple[object, object]

UNICODE_VERSION: str

def number_forms(stream: object, chosen: npt.NDArray[np.uint8] | None = None) -> tuple[_Capsules, _Capsules]: ...

@disjoint_base
class TypeTable:
    def __new__(cls, *, max_types: int = ...) -> Self: ...
    def __len__(self) -> int: ...
    def __reduce__(self) -> NoReturn: ...
    def tokenize(
        self,
        stream: object,
        mode: str,
        *,
        starts: bool = True,
        threads: int = 1,
        grain: int = 0,
        instructions: str | None = None,
    ) -> tuple[_Capsules, _Capsules | None, _Capsules, _Capsules]: ...
    def surfaces(self, start: int = 0) -> _Capsules: ...
    def kinds(self, start: int = 0) -> _Capsules: ...
