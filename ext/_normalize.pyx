"""Text through tables of code points: columns and strings, with offset maps."""

from cpython.bytearray cimport PyByteArray_AS_STRING, PyByteArray_Resize
from cpython.mem cimport PyMem_Free
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t
from libc.stdlib cimport free
from libc.string cimport memset

from ck cimport (
    CK_OK,
    ck_allocate,
    ck_code,
    ck_column,
    ck_column_to_capsules,
    ck_error,
    ck_poll_signals,
    ck_raise,
    ck_text_column,
    ck_text_column_close,
    ck_text_column_of_capsule,
    ck_ticker,
    ck_ticker_new,
)

cdef extern from "Python.h":
    int PyUnicode_KIND(object text)
    const void *PyUnicode_DATA(object text)
    object PyUnicode_FromKindAndData(int kind, const void *data, Py_ssize_t length)
    uint32_t *PyUnicode_AsUCS4Copy(object text) except NULL

cdef extern from "normalize_column.h" nogil:
    enum:
        CK_ONE
        CK_NONE
        CK_JOINER
        CK_BAD
        CK_IS_ALEF
        CK_IS_HAMZA
        CK_IS_COMPOSED
        CK_IS_EMOJI
        CK_IS_SELECTOR
        CK_IS_LETTER
        CK_IS_TRANSPARENT
        CK_IS_LAM
        CK_IS_HEH
        CK_IS_BEFORE_LAM
        CK_IS_PROCLITIC
    uint32_t CK_CHANGE(uint32_t kind, uint32_t detail)

    ctypedef struct ck_pages:
        pass

    ctypedef struct ck_pair:
        uint32_t composed, base, mark

    ctypedef struct ck_pairs:
        pass

    ctypedef struct ck_program:
        ck_pages early, late, traits
        ck_pairs pairs
        bint clusters
        size_t elongation, growth_units
        uint32_t highest_latin1, highest_bmp

    ctypedef struct ck_work:
        pass

    uint32_t ck_pages_get(const ck_pages *pages, uint32_t code_point)
    ck_code ck_pages_set(ck_pages *pages, uint32_t code_point, uint32_t value, ck_error *error)
    ck_code ck_pairs_push(ck_pairs *pairs, ck_pair pair, ck_error *error)
    ck_program *ck_program_new(ck_error *error)
    void ck_program_free(ck_program *program)
    ck_code ck_program_letters(ck_program *program, const uint32_t *letters, size_t length, uint32_t *change,
                               ck_error *error)
    ck_code ck_program_prepare(ck_program *program, uint32_t code_point, ck_error *error)
    void ck_program_finish(ck_program *program)
    void ck_work_free(ck_work *work)
    ck_code ck_normalize_column(const ck_program *program, const ck_text_column *texts, size_t block_limit,
                                ck_ticker *ticker, ck_column *column, ck_error *error)
    ck_code ck_normalize_ucs1(const ck_program *program, const uint8_t *s, size_t n, uint8_t *out, size_t capacity,
                              int64_t *offsets, size_t *length, ck_work *work, ck_ticker *ticker, ck_error *error)
    ck_code ck_normalize_ucs2(const ck_program *program, const uint16_t *s, size_t n, uint16_t *out, size_t capacity,
                              int64_t *offsets, size_t *length, ck_work *work, ck_ticker *ticker, ck_error *error)
    ck_code ck_normalize_ucs4(const ck_program *program, const uint32_t *s, size_t n, uint32_t *out, size_t capacity,
                              int64_t *offsets, size_t *length, ck_work *work, ck_ticker *ticker, ck_error *error)

cdef extern from "simd.h" nogil:
    ctypedef enum ck_simd:
        CK_SCALAR
        CK_SSE2
        CK_AVX2
        CK_AVX512
        CK_NEON

    bint ck_simd_supported(ck_simd simd)

cdef dict SIMD = {"scalar": CK_SCALAR, "sse2": CK_SSE2, "avx2": CK_AVX2, "avx512": CK_AVX512, "neon": CK_NEON}

# What this processor has, the fastest last.
INSTRUCTIONS = tuple(name for name, simd in SIMD.items() if ck_simd_supported(simd))

# The names of the groups of code points that a program is told.
cdef dict GROUPS = {
    "alefs": CK_IS_ALEF,
    "hamzas": CK_IS_HAMZA,
    "emoji": CK_IS_EMOJI,
    "selectors": CK_IS_SELECTOR,
    "letters": CK_IS_LETTER,
    "transparent": CK_IS_TRANSPARENT,
    "lam": CK_IS_LAM,
    "heh": CK_IS_HEH,
    "before_lam": CK_IS_BEFORE_LAM,
    "proclitics": CK_IS_PROCLITIC,
}


cdef uint32_t checked(object code_point) except? 0:
    """A code point that a table may mention: any but a surrogate."""
    cdef long long number = code_point
    if not 0 <= number < 0x110000 or 0xD800 <= number < 0xE000:
        raise ValueError(f"a table holds {code_point!r}, which is no code point of a text")
    return <uint32_t>number


cdef class Program:
    """Tables made ready for the kernels. It does not change after construction, so threads may share it.

    early: code point -> the code points that take its place, before anything else; none: it is removed.
    late: code point -> the one that takes its place, or none, after composition. Only a mark may be removed here,
    and a result must not be a key.
    marks: mark -> canonical combining class (1 to 254).
    pairs: (composed, base, mark) of the canonical compositions; empty: texts are not composed.
    groups: name -> code points, see GROUPS; "hamzas" are the marks removed from "alefs".
    joiner: the code point that stays between "emoji" and is removed elsewhere; -1 for none.
    elongation: the longest run of a letter that stays; 0 for any.
    """

    cdef ck_program *program

    def __cinit__(self, *, early, late, marks, pairs=(), groups=None, joiner=-1, elongation=0):
        cdef ck_error error
        groups = groups or {}
        error.code = CK_OK
        self.program = ck_program_new(&error)
        if error.code != CK_OK:
            ck_raise(&error)
        if elongation < 0:
            raise ValueError(f"elongation is 0 or more, not {elongation}")
        self.program.elongation = elongation
        self.program.clusters = bool(pairs) or bool(groups.get("hamzas"))
        touched = self._fill(early, late, marks, pairs, groups)
        if joiner >= 0:
            self._set(&self.program.early, checked(joiner), CK_CHANGE(CK_JOINER, 0))
            touched.add(joiner)
        for code_point in range(0xD800, 0xE000):
            self._set(&self.program.early, code_point, CK_CHANGE(CK_BAD, 0))
        touched.update(range(0xD800, 0xE000))
        for code_point in sorted(touched):
            if ck_program_prepare(self.program, code_point, &error) != CK_OK:
                ck_raise(&error)
        ck_program_finish(self.program)

    def __dealloc__(self):
        ck_program_free(self.program)

    def __reduce__(self):
        raise TypeError("a Program is made from its tables; it cannot be pickled")

    cdef _set(self, ck_pages *pages, uint32_t code_point, uint32_t value):
        cdef ck_error error
        if ck_pages_set(pages, code_point, value, &error) != CK_OK:
            ck_raise(&error)

    cdef uint32_t _change(self, object results) except? 0:
        """The entry of EARLY or LATE for a list of code points."""
        cdef ck_error error
        cdef uint32_t letters[255]
        cdef uint32_t change = 0
        cdef size_t length = len(results), i
        if length > 255:
            raise ValueError(f"a code point may become at most 255 others, not {length}")
        if length == 0:
            return CK_CHANGE(CK_NONE, 0)
        for i in range(length):
            letters[i] = checked(results[i])
        if length == 1:
            return CK_CHANGE(CK_ONE, letters[0])
        if ck_program_letters(self.program, letters, length, &change, &error) != CK_OK:
            ck_raise(&error)
        return change

    cdef set _fill(self, object early, object late, object marks, object pairs, object groups):
        """Reads the tables; returns the code points that FAST must know."""
        cdef ck_error error
        cdef ck_pair pair
        cdef uint32_t flag
        touched = set(early) | set(late) | set(marks)
        for code_point, results in early.items():
            self._set(&self.program.early, checked(code_point), self._change(results))
        for code_point, results in late.items():
            if len(results) > 1 or (not results and self.program.clusters and not marks.get(code_point)):
                raise ValueError(f"late may not turn U+{code_point:04X} into {len(results)} code points")
            if results and results[0] in late:
                raise ValueError(f"late changes its own result, U+{results[0]:04X}")
            self._set(&self.program.late, checked(code_point), self._change(results))
        for code_point, number in marks.items():
            if not 0 < number < 255:
                raise ValueError(f"the combining class of U+{code_point:04X} is 1 to 254, not {number}")
            self._set(&self.program.traits, checked(code_point), number)
        for name, members in groups.items():
            if name not in GROUPS:
                raise ValueError(f"unknown group {name!r}")
            flag = GROUPS[name]
            for code_point in members:
                self._flag(checked(code_point), flag)
        for composed, base, mark in pairs:
            if not marks.get(mark) or marks.get(base) or marks.get(composed):
                raise ValueError(f"U+{composed:04X} is not composed of a letter and a mark")
            pair = ck_pair(composed=checked(composed), base=checked(base), mark=checked(mark))
            if ck_pairs_push(&self.program.pairs, pair, &error) != CK_OK:
                ck_raise(&error)
            self._flag(pair.composed, CK_IS_COMPOSED)
            self.program.highest_latin1 = max(self.program.highest_latin1, pair.composed if pair.base < 256 else 0)
            self.program.highest_bmp = max(self.program.highest_bmp, pair.composed, pair.base, pair.mark)
        return touched

    cdef _flag(self, uint32_t code_point, uint32_t flag):
        self._set(&self.program.traits, code_point, ck_pages_get(&self.program.traits, code_point) | flag)

    def column(self, stream, *, size_t block_limit=0):
        """Normalise a column (an Arrow stream capsule); returns the capsules of the result."""
        cdef ck_text_column texts
        cdef ck_column column
        cdef ck_error error
        cdef ck_code code
        cdef ck_ticker ticker = ck_ticker_new(ck_poll_signals)
        ck_text_column_of_capsule(stream, &texts)
        with nogil:
            code = ck_normalize_column(self.program, &texts, block_limit, &ticker, &column, &error)
            ck_text_column_close(&texts)
        if code != CK_OK:
            ck_raise(&error)
        return ck_column_to_capsules(&column)

    def text(self, str text not None):
        """Normalise one string."""
        return self._text(text, None)

    def text_with_offsets(self, str text not None):
        """Normalise one string; also a bytearray of int64: for each code point of the result its index in `text`."""
        offsets = bytearray()
        return self._text(text, offsets), offsets

    cdef object _text(self, str text, bytearray offsets):
        cdef int kind = PyUnicode_KIND(text), result_kind = kind
        cdef const void *data = PyUnicode_DATA(text)
        cdef uint32_t *copy = NULL
        cdef void *out = NULL
        cdef int64_t *places = NULL
        cdef size_t length = len(text), capacity, result_length = 0
        cdef ck_error error
        cdef ck_code code = CK_OK
        cdef ck_work work
        cdef ck_ticker ticker = ck_ticker_new(ck_poll_signals)
        memset(&work, 0, sizeof(work))
        if (kind == 1 and self.program.highest_latin1 > 0xFF) or (kind == 2 and self.program.highest_bmp > 0xFFFF):
            data = copy = PyUnicode_AsUCS4Copy(text)
            result_kind = 4
        try:
            capacity = length * self.program.growth_units
            if offsets is not None:
                PyByteArray_Resize(offsets, capacity * sizeof(int64_t))
                places = <int64_t *>PyByteArray_AS_STRING(offsets)
            with nogil:
                out = ck_allocate(capacity, result_kind, &error)
                if out == NULL:
                    code = error.code
                elif result_kind == 1:
                    code = ck_normalize_ucs1(self.program, <const uint8_t *>data, length, <uint8_t *>out, capacity,
                                             places, &result_length, &work, &ticker, &error)
                elif result_kind == 2:
                    code = ck_normalize_ucs2(self.program, <const uint16_t *>data, length, <uint16_t *>out, capacity,
                                             places, &result_length, &work, &ticker, &error)
                else:
                    code = ck_normalize_ucs4(self.program, <const uint32_t *>data, length, <uint32_t *>out, capacity,
                                             places, &result_length, &work, &ticker, &error)
            if code != CK_OK:
                ck_raise(&error)
            if offsets is not None:
                PyByteArray_Resize(offsets, result_length * sizeof(int64_t))
            return PyUnicode_FromKindAndData(result_kind, out, result_length)
        finally:
            ck_work_free(&work)
            free(out)
            PyMem_Free(copy)
