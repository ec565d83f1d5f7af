from typing import NoReturn

import numpy as np
import numpy.typing as npt
from typing_extensions import disjoint_base

_Capsules = tuple[object, object]
_Int64s = npt.NDArray[np.int64]
_UInt8s = npt.NDArray[np.uint8]
_UInt32s = npt.NDArray[np.uint32]

@disjoint_base
class Texts:
    def __new__(cls, text: _UInt8s, offsets: npt.NDArray[np.uint64]) -> Texts: ...
    def __len__(self) -> int: ...
    def __reduce__(self) -> NoReturn: ...
    def bytes_of(self, row: int) -> bytes: ...
    def gather(self, rows: _UInt32s) -> _Capsules: ...

@disjoint_base
class TokenArrays:
    def __new__(cls, types: _UInt32s, flags: _UInt8s, counted: _UInt8s) -> TokenArrays: ...
    def __reduce__(self) -> NoReturn: ...
    def context(self, first: _Int64s, last: _Int64s, window: int, before: bool) -> _Capsules: ...
    def neighbour_ranks(
        self,
        nodes: _UInt32s,
        document_ends: npt.NDArray[np.uint64],
        ranks: _UInt32s,
        k: int,
        before: bool,
        *,
        threads: int = 1,
        grain: int = 0,
    ) -> _Capsules: ...
    def join(self, first: _Int64s, last: _Int64s, texts: Texts) -> _Capsules: ...

def numbers(values: _UInt32s) -> _Capsules: ...
