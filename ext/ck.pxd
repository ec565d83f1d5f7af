# Declarations of the C headers that the extension modules share. There are only external declarations, so that no code
# is shared and the modules stay independent.
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t

cdef extern from "core.h" nogil:
    ctypedef enum ck_code:
        CK_OK

    ctypedef struct ck_error:
        ck_code code

    ctypedef struct ck_ticker:
        pass

    ck_code ck_tick(ck_ticker *ticker, int64_t done, ck_error *error)
    void *ck_allocate(size_t count, size_t size, ck_error *error)

cdef extern from "arrays.h" nogil:
    ctypedef struct ck_u32s:
        uint32_t *data
        size_t length

    ctypedef struct ck_u64s:
        uint64_t *data
        size_t length

cdef extern from "block_cache.h" nogil:
    size_t ck_blocks_held()
    void ck_blocks_empty()
    void ck_blocks_set_limit(size_t limit)

cdef extern from "simd.h" nogil:
    ctypedef enum ck_simd:
        CK_SIMD_COUNT

    bint ck_simd_supported(ck_simd simd)
    const char *ck_simd_name(ck_simd simd)
    ck_simd ck_simd_named(const char *name)
    ck_simd ck_simd_best()

cdef extern from "utf8.h" nogil:
    size_t ck_utf8_check(const uint8_t *s, size_t length)

cdef extern from "arrow.h" nogil:
    struct ArrowArrayStream:
        pass

cdef extern from "text_column.h" nogil:
    ctypedef struct ck_text:
        const uint8_t *bytes
        uint32_t length

    ctypedef struct ck_text_column:
        int64_t length

    ck_code ck_text_column_open(ArrowArrayStream *stream, ck_text_column *column, ck_error *error)
    void ck_text_column_close(ck_text_column *column)
    ck_code ck_text_column_read(const ck_text_column *column, bint null_is_empty, ck_text **texts, ck_error *error)

cdef extern from "column_out.h" nogil:
    const char *CK_FORMAT_U8
    const char *CK_FORMAT_U32
    const char *CK_FORMAT_I64
    const char *CK_FORMAT_U64

    ctypedef struct ck_column:
        pass

    ctypedef struct ck_strings:
        pass

    void ck_strings_init(ck_strings *strings, size_t block_limit)
    void ck_strings_free(ck_strings *strings)
    ck_code ck_strings_push(ck_strings *strings, const uint8_t *bytes, size_t length, ck_error *error)
    ck_code ck_strings_push_null(ck_strings *strings, ck_error *error)
    ck_code ck_strings_finish(ck_strings *strings, ck_column *column, ck_error *error)

cdef extern from "capsule.h":
    int ck_stream_of_capsule(object capsule, ArrowArrayStream *stream) except -1
    int ck_text_column_of_capsule(object capsule, ck_text_column *column) except -1
    object ck_column_to_capsules(ck_column *column)
    object ck_numbers_to_capsules(const char *format, void *array, size_t length)
    object ck_blocks_capsule()
    int ck_blocks_of_capsule(object capsule) except -1
    int ck_check_aligned(const void *items, size_t size) except -1
    ck_ticker ck_python_ticker() except *
    void ck_raise(const ck_error *error) except *
