import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn, Self, TypeVar, final, overload

import numpy as np
import numpy.typing as npt
from typing_extensions import disjoint_base

_Item = TypeVar("_Item")
_Capsules = tuple[object, object]
_U8 = npt.NDArray[np.uint8]
_U32 = npt.NDArray[np.uint32]
_U64 = npt.NDArray[np.uint64]
_I64 = npt.NDArray[np.int64]
_F64 = npt.NDArray[np.float64]
_I32 = npt.NDArray[np.int32]
_I16 = npt.NDArray[np.int16]
_U16 = npt.NDArray[np.uint16]
_Bytes = bytes | memoryview | _U8

INSTRUCTIONS: tuple[str, ...]

def set_block_cache(limit: int) -> None: ...
def release_blocks() -> None: ...
def kept_bytes() -> int: ...

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

UNICODE_VERSION: str

def take(items: tuple[_Item, ...], places: _I64) -> list[_Item]: ...
def number_forms(stream: object, chosen: _U8 | None = None) -> tuple[_Capsules, _Capsules]: ...

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
    def number(self, stream: object, kinds: _U8) -> _Capsules: ...
    def surfaces(self, start: int = 0) -> _Capsules: ...
    def kinds(self, start: int = 0) -> _Capsules: ...

def select(
    type_ids: _U32,
    flags: _U8,
    counts_per_document: _U32,
    form_of_type: _U32,
    *,
    barrier_bit: int = 0,
    documents: _U8 | None = None,
    shortest: int = 1,
    least: int = 0,
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
def count_by_first(ids: _U32, document_ends: _U64, n_types: int) -> tuple[_Capsules, _Capsules, _Capsules]: ...
def count_by_document(
    ids: _U32, document_ends: _U64, n_types: int, *, documents: _U8 | None = None
) -> tuple[_Capsules, _Capsules, _Capsules]: ...
def count_forms(
    type_ids: _U32,
    document_ends: _U64,
    form_of_type: _U32,
    n_forms: int,
    *,
    documents: _U8 | None = None,
    thresholds: _F64 | None = None,
    threads: int = 1,
    grain: int = 0,
) -> tuple[_Capsules, _Capsules, _Capsules | None, _Capsules | None, _Capsules]: ...
def count_groups(
    type_ids: _U32,
    document_ends: _U64,
    form_of_type: _U32,
    n_forms: int,
    listed: _U32,
    sizes: _U32,
    group_ends: _U64,
) -> tuple[_Capsules, _Capsules, _Capsules, _Capsules, _Capsules]: ...
def sum_groups(
    type_ids: _U32,
    document_ends: _U64,
    form_of_type: _U32,
    n_forms: int,
    listed: _U32,
    sizes: _U32,
    group_ends: _U64,
    row_ends: _U64,
    forms: _U32,
    own: _F64,
    others: _F64,
) -> tuple[_Capsules, _Capsules, _Capsules, _Capsules]: ...
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
) -> tuple[_Capsules, _Capsules, _Capsules, _Capsules]: ...
def postings(ids: _U32, n_types: int) -> tuple[_Capsules, _Capsules]: ...
def positions_of(offsets: _U64, positions: _U32, types: _U32) -> _Capsules: ...
def ratio_factors(previous: _I64, threshold: float) -> tuple[int, int, int]: ...

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

@disjoint_base
class SearchRegions:
    def __new__(cls, first: _U32, end: _U32) -> SearchRegions: ...
    def __len__(self) -> int: ...
    def __reduce__(self) -> NoReturn: ...
    @property
    def overlapping(self) -> bool: ...

@disjoint_base
class SearchCodes:
    def __new__(cls, values: _U8 | npt.NDArray[np.uint16] | _U32, by_types: bool) -> SearchCodes: ...
    def __len__(self) -> int: ...
    def __reduce__(self) -> NoReturn: ...

@disjoint_base
class SearchProgram:
    def __new__(
        cls,
        kind: _U8,
        words_only: _U8,
        x: _U32,
        y: _U32,
        *,
        assertions: _U32 | None = None,
        checks: _U32 | None = None,
        check_ends: _U32 | None = None,
        regions: Iterable[SearchRegions] = (),
        codes: Iterable[SearchCodes] = (),
        n_slots: int = 0,
    ) -> SearchProgram: ...
    def __len__(self) -> int: ...
    def __reduce__(self) -> NoReturn: ...

@disjoint_base
class SearchText:
    def __new__(
        cls,
        types: _U32,
        flags: _U8,
        document_ends: _U64,
        tests: _U8,
        stride: int,
        barrier_bits: int,
        type_checks: BlockChecks | None = None,
        flag_checks: BlockChecks | None = None,
        rows: _U32 | None = None,
        threads: int = 1,
        most_states: int = 0,
    ) -> SearchText: ...
    def __reduce__(self) -> NoReturn: ...
    @overload
    def starts(self, before: SearchProgram, anchors: _U32, after_word: bool, steps: None = None) -> _Capsules: ...
    @overload
    def starts(
        self, before: SearchProgram, anchors: _U32, after_word: bool, steps: _U32
    ) -> tuple[_Capsules, _Capsules]: ...
    def hits(
        self,
        program: SearchProgram,
        starts: _U32,
        steps: _U32 | None = None,
        *,
        limits: _U32 | None = None,
        strategy: int = 0,
        nested: bool = False,
        patience: int = 0,
    ) -> tuple[_Capsules, _Capsules]: ...
    def labelled(
        self,
        program: SearchProgram,
        starts: _U32,
        steps: _U32 | None = None,
        *,
        limits: _U32 | None = None,
        strategy: int = 0,
        nested: bool = False,
        budget: int = 0,
    ) -> tuple[_Capsules, _Capsules, _Capsules]: ...
    def scan(self, test: int) -> _Capsules: ...

def in_documents(positions: _U32, document_ends: _U64, chosen: _U8) -> _Capsules: ...

@disjoint_base
class Texts:
    def __new__(
        cls,
        text: _U8,
        offsets: _U64,
        text_checks: BlockChecks | None = None,
        offset_checks: BlockChecks | None = None,
    ) -> Texts: ...
    def __len__(self) -> int: ...
    def __reduce__(self) -> NoReturn: ...
    def bytes_of(self, row: int) -> bytes: ...
    def gather(self, rows: _U32) -> _Capsules: ...
    def find(self, order: _U32, wanted: list[bytes], *, begins: bool = False) -> list[tuple[int, int]]: ...
    def search(self, wanted: bytes, *, begins: bool = False, ends: bool = False) -> _Capsules: ...

@disjoint_base
class TokenArrays:
    def __new__(
        cls,
        types: _U32,
        flags: _U8,
        counted: _U8,
        type_checks: BlockChecks | None = None,
        flag_checks: BlockChecks | None = None,
    ) -> TokenArrays: ...
    def __reduce__(self) -> NoReturn: ...
    def neighbour_ranks(
        self,
        nodes: _U32,
        document_ends: _U64,
        ranks: _U32,
        k: int,
        before: bool,
        *,
        threads: int = 1,
        grain: int = 0,
    ) -> _Capsules: ...
    def join(self, first: _I64, last: _I64, texts: Texts) -> _Capsules: ...
    def number(self, first: _I64, last: _I64) -> tuple[_Capsules, _Capsules]: ...
    def lines(
        self,
        first: _U32,
        end: _U32 | None,
        before: int,
        after: int,
        *,
        document_ends: _U64,
        starts: _U32,
        texts: Texts,
        ids: Texts,
        start_checks: BlockChecks | None = None,
    ) -> _Capsules: ...
    def ends(self, places: _I64, starts: _U32, texts: Texts) -> _Capsules: ...

def count_in_documents(places: _U32, document_ends: _U64) -> _Capsules: ...

@final
class MappedFile:
    def __new__(cls, descriptor: int, length: int) -> MappedFile: ...
    def __reduce__(self) -> NoReturn: ...
    if sys.version_info >= (3, 12):
        def __buffer__(self, flags: int, /) -> memoryview: ...

    @property
    def failed(self) -> bool: ...

@final
class BlockChecks:
    def __new__(cls, data: _Bytes, checksums: _U64, item: int = 1, before: int = 0) -> BlockChecks: ...
    def __len__(self) -> int: ...
    def __reduce__(self) -> NoReturn: ...
    def touch(self, first: int, end: int) -> None: ...
    def touch_ranges(self, first: _I64, end: _I64) -> None: ...
    @property
    def states(self) -> bytes: ...
    @property
    def concern(self) -> bool: ...
    def failing(self, every: bool = False, threads: int = 1) -> int | None: ...
    def doubt(self) -> None: ...

def block_checksums(data: _Bytes) -> list[int]: ...
def file_stamp(descriptor: int) -> tuple[int, int, int]: ...
def are_unchanged(files: tuple[MappedFile, ...], stamps: _I64) -> bool: ...
def exchange(one: bytes, other: bytes) -> None: ...

@final
class Affixes:
    def __new__(
        cls, letters: _U8, starts: _U32, entries: _U32, groups: _U8, costs: _I16, cuts: _U8, needs: _U8
    ) -> Affixes: ...
    def __reduce__(self) -> NoReturn: ...

@final
class Morphology:
    def __new__(cls, fronts: Affixes, backs: Affixes, cells: _I16, fold: _U8, misspelt: _I16) -> Morphology: ...
    def __reduce__(self) -> NoReturn: ...

@final
class Stems:
    def __new__(
        cls, morphology: Morphology, letters: _U8, starts: _U32, classes: _U16, lexemes: _U32, costs: _I16
    ) -> Stems: ...
    def __len__(self) -> int: ...
    def __reduce__(self) -> NoReturn: ...

def frame_stream(empty: object, frames: Iterable[object]) -> object: ...
def read_words(
    letters: _U8, starts: _U32, morphology: Morphology, tables: tuple[Stems, ...]
) -> tuple[_Capsules, _Capsules, _Capsules, _Capsules, _Capsules, _Capsules]: ...
def best_readings(
    words: _U32,
    lexemes: _U32,
    fronts: _U32,
    backs: _U32,
    costs: _U32,
    n_words: int,
    morphology: Morphology,
    weights: _I32,
    lemmas: _U32,
    powers: _U32,
) -> _Capsules: ...
