from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt
from typing_extensions import disjoint_base

_Capsules = tuple[object, object]
_U32 = npt.NDArray[np.uint32]
_U64 = npt.NDArray[np.uint64]

HASH_VERSION: int

def word_ranks(vocabulary: object) -> _Capsules: ...

@disjoint_base
class RunRows:
    def __new__(
        cls,
        ids: _U32,
        levels: list[tuple[int, _U32, _U32 | None, _U32, _U32]],
        vocabulary: object,
        ranks: _U32,
        *,
        bucket_bits: int,
        hash_bits: int = 64,
    ) -> RunRows: ...
    def __reduce__(self) -> NoReturn: ...
    def pack(self) -> tuple[_Capsules, _Capsules, _Capsules]: ...

# pieces are buffers; Any, since for mypy an array is not a Buffer
def merge_runs(
    pieces: list[Any], rows: _U64, *, min_count: int = 1
) -> tuple[_Capsules, _Capsules, _Capsules, _Capsules, int]: ...
