from typing import NoReturn

import numpy as np
import numpy.typing as npt
from typing_extensions import disjoint_base

_Capsules = tuple[object, object]
_Int64s = npt.NDArray[np.int64]

@disjoint_base
class TokenArrays:
    def __new__(
        cls, types: npt.NDArray[np.uint32], flags: npt.NDArray[np.uint8], counted: npt.NDArray[np.uint8]
    ) -> TokenArrays: ...
    def __reduce__(self) -> NoReturn: ...
    def context(self, first: _Int64s, last: _Int64s, window: int, before: bool) -> _Capsules: ...
    def neighbours(self, first: _Int64s, last: _Int64s, k: int, before: bool) -> _Capsules: ...
    def join(self, first: _Int64s, last: _Int64s, surfaces: object) -> _Capsules: ...
