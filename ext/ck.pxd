# The shared C headers, declared for every extension module.
#
# Only external declarations: nothing here is compiled on its own, so the
# modules stay independent of one another.
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t

cdef extern from "core.h" nogil:
    ctypedef enum ck_code:
        CK_OK
        CK_MEMORY
        CK_CORRUPT
        CK_UTF8
        CK_TYPE
        CK_LIMIT
        CK_INTERRUPTED
        CK_PRODUCER

    ctypedef struct ck_error:
        ck_code code
        char message[256]

    ctypedef struct ck_ticker:
        pass

    ck_ticker ck_ticker_new(int (*poll)() noexcept nogil)
    ck_code ck_tick(ck_ticker *ticker, int64_t done, ck_error *error)
    ck_code ck_out_of_memory(ck_error *error, size_t size)
    void *ck_allocate(size_t count, size_t size, ck_error *error)

    ctypedef struct ck_u8s:
        uint8_t *data
        size_t length
        size_t capacity

    ctypedef struct ck_u32s:
        uint32_t *data
        size_t length
        size_t capacity

    ctypedef struct ck_u64s:
        uint64_t *data
        size_t length
        size_t capacity

    ck_code ck_u8s_push(ck_u8s *array, uint8_t value, ck_error *error)
    ck_code ck_u32s_push(ck_u32s *array, uint32_t value, ck_error *error)
    ck_code ck_u64s_push(ck_u64s *array, uint64_t value, ck_error *error)
    ck_code ck_u8s_reserve(ck_u8s *array, size_t more, ck_error *error)
    ck_code ck_u32s_reserve(ck_u32s *array, size_t more, ck_error *error)
    ck_code ck_u64s_reserve(ck_u64s *array, size_t more, ck_error *error)
    void ck_u8s_free(ck_u8s *array)
    void ck_u32s_free(ck_u32s *array)
    void ck_u64s_free(ck_u64s *array)

cdef extern from "utf8.h" nogil:
    size_t ck_utf8_check(const uint8_t *s, size_t length)
    uint32_t ck_utf8_decode(const uint8_t *s, unsigned *size)
    unsigned ck_utf8_encode(uint32_t code_point, uint8_t *out)
    size_t ck_utf8_count(const uint8_t *s, size_t length)

cdef extern from "arrow.h" nogil:
    cdef struct ArrowArray:
        int64_t length

    cdef struct ArrowArrayStream:
        pass

cdef extern from "text_column.h" nogil:
    ctypedef struct ck_text:
        const uint8_t *bytes
        uint32_t length

    ctypedef struct ck_text_chunk:
        ArrowArray array
        int64_t first_row

    ctypedef struct ck_text_chunks:
        ck_text_chunk *data
        size_t length

    ctypedef struct ck_text_column:
        int64_t length
        ck_text_chunks chunks

    ck_code ck_text_column_open(ArrowArrayStream *stream, ck_text_column *column, ck_error *error)
    void ck_text_column_close(ck_text_column *column)
    ck_code ck_text_get(
        const ck_text_column *column, const ck_text_chunk *chunk, int64_t row, ck_text *text, ck_error *error
    )

cdef extern from "column_out.h" nogil:
    const char *CK_FORMAT_U8
    const char *CK_FORMAT_I32
    const char *CK_FORMAT_U32
    const char *CK_FORMAT_I64
    const char *CK_FORMAT_U64

    ctypedef struct ck_column:
        pass

    ctypedef struct ck_strings:
        int64_t length
        int64_t null_count

    void ck_column_release(ck_column *column)
    ck_code ck_column_of_numbers(ck_column *column, const char *format, void *data, size_t length, ck_error *error)
    void ck_strings_init(ck_strings *strings, size_t block_limit)
    void ck_strings_free(ck_strings *strings)
    uint8_t *ck_strings_room(ck_strings *strings, size_t length, ck_error *error)
    ck_code ck_strings_commit(ck_strings *strings, size_t length, ck_error *error)
    ck_code ck_strings_push(ck_strings *strings, const uint8_t *bytes, size_t length, ck_error *error)
    ck_code ck_strings_push_null(ck_strings *strings, ck_error *error)
    ck_code ck_strings_finish(ck_strings *strings, ck_column *column, ck_error *error)

cdef extern from "capsule.h":
    ArrowArrayStream *ck_stream_of_capsule(object capsule) except NULL
    object ck_column_to_capsules(ck_column *column)
    int ck_poll_signals() noexcept nogil
    void ck_raise(const ck_error *error) except *
