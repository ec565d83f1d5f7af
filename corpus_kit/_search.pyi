from typing import NoReturn

import numpy as np
import numpy.typing as npt
from typing_extensions import disjoint_base

_Capsules = tuple[object, object]
_UInt8s = npt.NDArray[np.uint8]
_UInt32s = npt.NDArray[np.uint32]
_UInt64s = npt.NDArray[np.uint64]

@disjoint_base
class SearchProgram:
    def __new__(cls, kind: _UInt8s, words_only: _UInt8s, x: _UInt32s, y: _UInt32s) -> SearchProgram: ...
    def __len__(self) -> int: ...
    def __reduce__(self) -> NoReturn: ...

@disjoint_base
class SearchText:
    def __new__(
        cls,
        types: _UInt32s,
        flags: _UInt8s,
        document_ends: _UInt64s,
        tests: _UInt8s,
        stride: int,
        barrier_bits: int,
    ) -> SearchText: ...
    def __reduce__(self) -> NoReturn: ...
    def starts(self, before: SearchProgram, anchors: _UInt32s, after_word: bool) -> _Capsules: ...
    def hits(self, program: SearchProgram, starts: _UInt32s) -> tuple[_Capsules, _Capsules]: ...
    def scan(self, bit: int) -> _Capsules: ...

def in_documents(positions: _UInt32s, document_ends: _UInt64s, chosen: _UInt8s) -> _Capsules: ...
