from typing import Any

import numpy as np
import numpy.typing as npt

_Capsules = tuple[object, object]
_U8 = npt.NDArray[np.uint8]
_U32 = npt.NDArray[np.uint32]
_U64 = npt.NDArray[np.uint64]
_I64 = npt.NDArray[np.int64]

def select(
    type_ids: _U32,
    flags: _U8,
    counts_per_document: _U32,
    form_of_type: _U32,
    *,
    barrier_bit: int = 0,
    documents: _U8 | None = None,
    with_positions: bool = False,
    threads: int = 1,
    grain: int = 0,
) -> tuple[_Capsules, _Capsules, _Capsules, _Capsules | None]: ...
def count_ngrams(
    ids: _U32,
    barriers: _U8,
    document_ends: _U64,
    *,
    low: int,
    high: int,
    skip: int = 0,
    min_count: int = 1,
    barrier_bits: int = 255,
    n_types: int = 0,
    groups: _U32 | None = None,
    n_groups: int = 0,
    document_frequency: bool = True,
    with_ids: bool = False,
    threads: int = 1,
    grain: int = 0,
) -> tuple[_Capsules, Any, _Capsules, _Capsules | None, _Capsules | None]: ...
def count_ngram_levels(
    ids: _U32,
    barriers: _U8,
    document_ends: _U64,
    *,
    low: int,
    high: int,
    skip: int = 0,
    barrier_bits: int = 255,
    n_types: int = 0,
    threads: int = 1,
    grain: int = 0,
) -> list[tuple[int, _Capsules, _Capsules | None, _Capsules, _Capsules]]: ...
def ngram_strings(
    ids: _U32,
    n: _U8,
    first: _U64,
    vocabulary: object,
    *,
    separator: bytes = b" ",
    block_limit: int = 0,
    threads: int = 1,
    grain: int = 0,
) -> _Capsules: ...
def count_types(
    ids: _U32,
    document_ends: _U64,
    n_types: int,
    *,
    documents: _U8 | None = None,
    groups: _U32 | None = None,
    n_groups: int = 0,
) -> tuple[_Capsules, ...]: ...
def count_by_document(
    ids: _U32, document_ends: _U64, n_types: int, *, documents: _U8 | None = None
) -> tuple[_Capsules, _Capsules, _Capsules]: ...
def count_collocates(
    type_ids: _U32,
    flags: _U8,
    document_ends: _U64,
    form_of_type: _U32,
    n_forms: int,
    first: _U32,
    end: _U32,
    *,
    before: int,
    after: int,
    barrier_bit: int = 0,
    threads: int = 1,
    grain: int = 0,
) -> tuple[_Capsules, _Capsules, _Capsules]: ...
def postings(ids: _U32, n_types: int) -> tuple[_Capsules, _Capsules]: ...
def positions_of(offsets: _U64, positions: _U32, types: _U32) -> _Capsules: ...
def ratio_factors(previous: _I64, threshold: float) -> tuple[int, int, int]: ...
