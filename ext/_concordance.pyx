"""Context of search hits, from the arrays of a corpus: bounds, neighbouring words and text."""

cimport cython
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport free
from libc.string cimport memcpy

from corpus_kit._normalize import BLOCKS as _BLOCKS

from ck cimport (
    CK_FORMAT_I64,
    CK_FORMAT_U32,
    CK_OK,
    ck_allocate,
    ck_blocks_of_capsule,
    ck_check_aligned,
    ck_code,
    ck_column,
    ck_column_to_capsules,
    ck_error,
    ck_numbers_to_capsules,
    ck_poll_signals,
    ck_raise,
    ck_strings,
    ck_strings_finish,
    ck_strings_free,
    ck_strings_init,
    ck_strings_push_null,
    ck_text,
    ck_tick,
    ck_ticker,
    ck_ticker_new,
)

ck_blocks_of_capsule(_BLOCKS)

cdef extern from "concordance.h" nogil:
    ctypedef struct ck_token_arrays:
        const uint32_t *types
        const uint8_t *flags
        int64_t n_tokens
        const uint8_t *counted
        int64_t n_types

    int64_t ck_context_before(const ck_token_arrays *tokens, int64_t hit, int64_t low, int64_t window)
    int64_t ck_context_after(const ck_token_arrays *tokens, int64_t after, int64_t high, int64_t window)
    int64_t ck_word_before(const ck_token_arrays *tokens, int64_t hit, int64_t low, int64_t k)
    int64_t ck_word_after(const ck_token_arrays *tokens, int64_t after, int64_t high, int64_t k)
    ctypedef struct ck_texts:
        const uint8_t *bytes
        const uint64_t *offsets
        size_t n_bytes
        size_t length

    ck_code ck_texts_get(const ck_texts *texts, size_t i, ck_text *text, ck_error *error)
    ck_code ck_texts_push(const ck_texts *texts, size_t i, ck_strings *out, ck_error *error)
    ck_code ck_join_tokens(const ck_token_arrays *tokens, int64_t first, int64_t end, const ck_texts *texts,
                           ck_strings *out, ck_error *error)


@cython.auto_pickle(False)
cdef class Texts:
    """Texts of a memory-mapped file: text i is text[offsets[i]:offsets[i + 1]], in UTF-8.

    A text is read and checked when it is requested, so that the rest of the file stays on disk. The buffers are kept
    alive and not copied.
    """

    cdef ck_texts texts
    cdef const uint8_t[::1] text
    cdef const uint64_t[::1] offsets

    def __cinit__(self, const uint8_t[::1] text not None, const uint64_t[::1] offsets not None):
        if not offsets.shape[0]:
            raise ValueError("offsets must have at least one item, got none")
        self.text = text
        self.offsets = offsets
        ck_check_aligned(&offsets[0], sizeof(uint64_t))
        self.texts.bytes = &text[0] if text.shape[0] else NULL
        self.texts.offsets = &offsets[0]
        self.texts.n_bytes = text.shape[0]
        self.texts.length = offsets.shape[0] - 1

    def __len__(self):
        return self.texts.length

    def __reduce__(self):
        raise TypeError("Texts refer to mapped files and cannot be pickled; pass the path of the corpus")

    def bytes_of(self, size_t row):
        """Return a text as bytes, without checking that it is UTF-8."""
        cdef ck_error error
        cdef ck_text text
        if row >= self.texts.length:
            raise IndexError(f"row must be below {self.texts.length}, got {row}")
        if ck_texts_get(&self.texts, row, &text, &error):
            ck_raise(&error)
        return text.bytes[:text.length]

    def gather(self, const uint32_t[::1] rows not None):
        """Return texts as a String column, with null for row 4294967295."""
        cdef ck_strings out
        cdef ck_column column
        cdef ck_error error
        cdef ck_ticker ticker = ck_ticker_new(ck_poll_signals)
        cdef ck_code code = CK_OK
        cdef Py_ssize_t i, bad = -1
        if rows.shape[0]:
            ck_check_aligned(&rows[0], sizeof(uint32_t))
        with nogil:
            ck_strings_init(&out, 0)
            for i in range(rows.shape[0]):
                if rows[i] == <uint32_t>0xFFFFFFFF:
                    code = ck_strings_push_null(&out, &error)
                elif rows[i] >= self.texts.length:
                    bad = i
                    break
                else:
                    code = ck_texts_push(&self.texts, rows[i], &out, &error)
                if code == CK_OK:
                    code = ck_tick(&ticker, 1, &error)
                if code != CK_OK:
                    break
            if bad >= 0 or code != CK_OK:
                ck_strings_free(&out)
            else:
                code = ck_strings_finish(&out, &column, &error)
        if bad >= 0:
            raise IndexError(f"rows must be below {self.texts.length}, got {rows[bad]}")
        if code != CK_OK:
            ck_raise(&error)
        return ck_column_to_capsules(&column)


@cython.auto_pickle(False)
cdef class TokenArrays:
    """The arrays of a corpus, checked once.

    `types` and `flags` have an item for each token, `counted` one for each type. The buffers are kept alive and not
    copied.
    """

    cdef ck_token_arrays arrays
    cdef const uint32_t[::1] types
    cdef const uint8_t[::1] flags
    cdef const uint8_t[::1] counted

    def __cinit__(self, const uint32_t[::1] types not None, const uint8_t[::1] flags not None,
                  const uint8_t[::1] counted not None):
        if types.shape[0] != flags.shape[0]:
            raise ValueError(f"flags must have {types.shape[0]} items, as many as types, got {flags.shape[0]}")
        self.types = types
        self.flags = flags
        self.counted = counted
        if types.shape[0]:
            ck_check_aligned(&types[0], sizeof(uint32_t))
        self.arrays.types = &types[0] if types.shape[0] else NULL
        self.arrays.flags = &flags[0] if flags.shape[0] else NULL
        self.arrays.counted = &counted[0] if counted.shape[0] else NULL
        self.arrays.n_tokens = types.shape[0]
        self.arrays.n_types = counted.shape[0]

    def __reduce__(self):
        raise TypeError("TokenArrays refer to mapped files and cannot be pickled; pass the path of the corpus")

    cdef int check(self, const int64_t[::1] first, const int64_t[::1] last) except -1:
        # Every span must be inside the corpus: 0 <= first <= last <= tokens.
        cdef Py_ssize_t i
        cdef Py_ssize_t bad = -1
        if first.shape[0] != last.shape[0]:
            raise ValueError(f"last must have {first.shape[0]} items, as many as first, got {last.shape[0]}")
        if first.shape[0]:
            ck_check_aligned(&first[0], sizeof(int64_t))
            ck_check_aligned(&last[0], sizeof(int64_t))
        with nogil:
            for i in range(first.shape[0]):
                if first[i] < 0 or last[i] < first[i] or last[i] > self.arrays.n_tokens:
                    bad = i
                    break
        if bad >= 0:
            size = self.arrays.n_tokens
            raise ValueError(f"first and last must be spans within {size} tokens, got {first[bad]} to {last[bad]} "
                             f"for span {bad}")
        return 0

    def context(self, const int64_t[::1] first not None, const int64_t[::1] last not None, int64_t window, bint before):
        """Return the bound of the context of `window` words before (or after) each hit, as Int64.

        With `before`, `first` is the start of the document and `last` the start of each hit, and the bound is the first
        token of the context. Otherwise `first` is the end of each hit and `last` that of the document, and the bound is
        the end of the context.
        """
        cdef Py_ssize_t i, n = first.shape[0]
        cdef ck_error error
        cdef ck_code code = CK_OK
        cdef ck_ticker ticker = ck_ticker_new(ck_poll_signals)
        cdef int64_t *out
        self.check(first, last)
        out = <int64_t *>ck_allocate(n, sizeof(int64_t), &error)
        if out == NULL:
            ck_raise(&error)
        with nogil:
            for i in range(n):
                if before:
                    out[i] = ck_context_before(&self.arrays, last[i], first[i], window)
                    code = ck_tick(&ticker, last[i] - out[i], &error)
                else:
                    out[i] = ck_context_after(&self.arrays, first[i], last[i], window)
                    code = ck_tick(&ticker, out[i] - first[i], &error)
                if code != CK_OK:
                    free(out)
                    break
        if code != CK_OK:
            ck_raise(&error)
        return ck_numbers_to_capsules(CK_FORMAT_I64, &out, n)

    def neighbours(self, const int64_t[::1] first not None, const int64_t[::1] last not None, int64_t k, bint before):
        """Return the type of the k-th word before (or after) each hit as UInt32, 4294967295 where there is none.

        `first` and `last` are as in `context`.
        """
        cdef Py_ssize_t i, n = first.shape[0]
        cdef ck_error error
        cdef ck_code code = CK_OK
        cdef ck_ticker ticker = ck_ticker_new(ck_poll_signals)
        cdef uint32_t *out
        cdef int64_t word
        if k < 1:
            raise ValueError(f"k must be at least 1, got {k}")
        self.check(first, last)
        out = <uint32_t *>ck_allocate(n, sizeof(uint32_t), &error)
        if out == NULL:
            ck_raise(&error)
        with nogil:
            for i in range(n):
                if before:
                    word = ck_word_before(&self.arrays, last[i], first[i], k)
                    code = ck_tick(&ticker, last[i] - (word if word >= 0 else first[i]), &error)
                else:
                    word = ck_word_after(&self.arrays, first[i], last[i], k)
                    code = ck_tick(&ticker, (word if word >= 0 else last[i]) - first[i], &error)
                out[i] = self.arrays.types[word] if word >= 0 else 0xFFFFFFFF
                if code != CK_OK:
                    free(out)
                    break
        if code != CK_OK:
            ck_raise(&error)
        return ck_numbers_to_capsules(CK_FORMAT_U32, &out, n)

    def join(self, const int64_t[::1] first not None, const int64_t[::1] last not None, Texts texts not None):
        """Return the text of the tokens first[i] up to last[i] of each span, as a String column.

        `texts` are those of the types. Tokens are separated by a space where the text had white space.
        """
        cdef ck_strings out
        cdef ck_column column
        cdef ck_error error
        cdef ck_ticker ticker = ck_ticker_new(ck_poll_signals)
        cdef ck_code code = CK_OK
        cdef Py_ssize_t i
        self.check(first, last)
        if <int64_t>texts.texts.length != self.arrays.n_types:
            raise ValueError(f"texts must have {self.arrays.n_types} items, as many as types, got {texts.texts.length}")
        with nogil:
            ck_strings_init(&out, 0)
            for i in range(first.shape[0]):
                code = ck_join_tokens(&self.arrays, first[i], last[i], &texts.texts, &out, &error)
                if code == CK_OK:
                    code = ck_tick(&ticker, last[i] - first[i], &error)
                if code != CK_OK:
                    ck_strings_free(&out)
                    break
            else:
                code = ck_strings_finish(&out, &column, &error)
        if code != CK_OK:
            ck_raise(&error)
        return ck_column_to_capsules(&column)


def numbers(const uint32_t[::1] values not None):
    """Return a UInt32 column with a copy of these numbers."""
    cdef ck_error error
    cdef uint32_t *out = <uint32_t *>ck_allocate(values.shape[0], sizeof(uint32_t), &error)
    if out == NULL:
        ck_raise(&error)
    if values.shape[0]:
        memcpy(out, &values[0], values.shape[0] * sizeof(uint32_t))
    return ck_numbers_to_capsules(CK_FORMAT_U32, &out, values.shape[0])
