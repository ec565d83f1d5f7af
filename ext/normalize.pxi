# Normalisation of columns and strings by tables of code points, with offset maps.

# The instruction sets of this processor, the fastest last.
INSTRUCTIONS = tuple(
    ck_simd_name(<ck_simd>simd).decode() for simd in range(CK_SIMD_COUNT) if ck_simd_supported(<ck_simd>simd)
)


def set_block_cache(size_t limit):
    """Keep freed blocks up to `limit` bytes for later results; free those that are kept."""
    with nogil:
        ck_blocks_set_limit(limit)


def release_blocks():
    """Free the blocks that are kept."""
    with nogil:
        ck_blocks_empty()


def kept_bytes():
    """Return the size of the blocks that are kept."""
    return ck_blocks_held()


# Groups of code points that a program may have.
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
    "loose": CK_IS_LOOSE,
    "final": CK_IS_FINAL,
}


cdef ck_simd simd_of(object instructions) except *:
    # None is the fastest.
    if instructions is None:
        return ck_simd_best()
    if instructions not in INSTRUCTIONS:
        raise ValueError(f"instructions must be one of {', '.join(INSTRUCTIONS)} here, got {instructions!r}")
    return ck_simd_named(instructions.encode())


@cython.final
@cython.auto_pickle(False)
cdef class _Offsets:
    """A buffer of int64."""

    cdef int64_t *places
    cdef Py_ssize_t bytes

    def __dealloc__(self):
        free(self.places)

    def __getbuffer__(self, Py_buffer *buffer, int flags):
        PyBuffer_FillInfo(buffer, self, self.places, self.bytes, 0, flags)

    cdef int _expand(self, const ck_map *map, size_t length) except -1:
        cdef ck_error error
        self.places = <int64_t *>ck_large(length, sizeof(int64_t), &error)
        if self.places == NULL:
            ck_raise(&error)
        self.bytes = length * sizeof(int64_t)
        with nogil:
            ck_map_expand(map, length, self.places)
        return 0


cdef uint32_t checked(object code_point) except? 0:
    # Any code point but a surrogate.
    cdef long long number = code_point
    if not 0 <= number < 0x110000 or 0xD800 <= number < 0xE000:
        raise ValueError(f"tables must contain code points other than surrogates, got {code_point!r}")
    return <uint32_t>number


cdef class Program:
    """Tables compiled for the kernels; immutable, so that threads can share it.

    Args:
        early: Code point -> code points that replace it, before anything else; none to remove it.
        late: Code point -> the one that replaces it, or none, after composition. Only marks can be removed here, and a
            result must not be a key.
        marks: Mark -> canonical combining class (1 to 254).
        pairs: (composed, base, mark) of the canonical compositions; empty for no composition.
        groups: Name -> code points, see GROUPS; "hamzas" are the marks removed from "alefs", "loose" those removed
            where they do not compose, "final" the letter, of U+0080 to U+07FF, that words end with once at most where
            `elongation` is given.
        joiner: The code point kept between "emoji" and removed elsewhere; -1 for none.
        elongation: The longest run of a letter that is kept; 0 for any.
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
            raise ValueError(f"elongation must be non-negative, got {elongation}")
        self.program.elongation = elongation
        self.program.clusters = bool(pairs) or bool(groups.get("hamzas")) or bool(groups.get("loose"))
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
        raise TypeError("a Program cannot be pickled; pass its tables")

    cdef _set(self, ck_paged *pages, uint32_t code_point, uint32_t value):
        cdef ck_error error
        if ck_paged_set(pages, code_point, value, &error) != CK_OK:
            ck_raise(&error)

    cdef uint32_t _change(self, object given) except? 0:
        # The entry of a list of code points in early or late.
        cdef tuple results = tuple(given)
        cdef ck_error error
        cdef uint32_t letters[255]
        cdef uint32_t change = 0
        cdef size_t length = len(results), i
        if length > 255:
            raise ValueError(f"tables must replace a code point by at most 255, got {length}")
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
        # Returns the code points that the fast path must know.
        cdef ck_error error
        cdef ck_pair pair
        cdef uint32_t flag
        touched = set(early) | set(late) | set(marks)
        for code_point, results in early.items():
            self._set(&self.program.early, checked(code_point), self._change(results))
        for code_point, given in late.items():
            results = tuple(given)
            if len(results) > 1 or (not results and self.program.clusters and not marks.get(code_point)):
                raise ValueError(f"late must replace a code point by one, or a mark by none, got {len(results)} for "
                                 f"U+{code_point:04X}")
            if results and results[0] in late:
                raise ValueError(f"late must not replace its own results, got U+{results[0]:04X}")
            self._set(&self.program.late, checked(code_point), self._change(results))
        for code_point, number in marks.items():
            if not 0 < number < 255:
                raise ValueError(f"marks must have combining classes from 1 to 254, got {number}: U+{code_point:04X}")
            self._set(&self.program.traits, checked(code_point), number)
        for name, members in groups.items():
            if name not in GROUPS:
                raise ValueError(f"groups must be named {', '.join(GROUPS)}, got {name!r}")
            flag = GROUPS[name]
            for code_point in members:
                self._flag(checked(code_point), flag)
                if flag == CK_IS_LOOSE and not marks.get(code_point):
                    raise ValueError(f"loose must be marks, got U+{code_point:04X}")
                if flag == CK_IS_FINAL:
                    if self.program.final or not 0x80 <= code_point < 0x800:
                        raise ValueError(f"final must be one code point of U+0080 to U+07FF, got U+{code_point:04X}")
                    self.program.final = code_point
        for composed, base, mark in pairs:
            if not marks.get(mark) or marks.get(base) or marks.get(composed):
                raise ValueError(f"pairs must compose a letter and a mark, got U+{composed:04X}")
            pair = ck_pair(composed=checked(composed), base=checked(base), mark=checked(mark))
            if ck_pairs_push(&self.program.pairs, pair, &error) != CK_OK:
                ck_raise(&error)
            self._flag(pair.composed, CK_IS_COMPOSED)
            self.program.highest_latin1 = max(self.program.highest_latin1, pair.composed if pair.base < 256 else 0)
            self.program.highest_bmp = max(self.program.highest_bmp, pair.composed, pair.base, pair.mark)
        return touched

    cdef _flag(self, uint32_t code_point, uint32_t flag):
        self._set(&self.program.traits, code_point, ck_paged_get(&self.program.traits, code_point) | flag)

    def column(self, stream, *, unsigned threads=1, instructions=None, size_t block_limit=0):
        """Normalise a column, an Arrow stream capsule, with up to `threads` threads; return a column."""
        cdef ArrowArrayStream source
        cdef ck_text_column texts
        cdef ck_column column
        cdef ck_error error
        cdef ck_code code
        cdef ck_ticker ticker = ck_python_ticker()
        cdef ck_simd simd = simd_of(instructions)
        ck_stream_of_capsule(stream, &source)
        with nogil:
            code = ck_text_column_open(&source, &texts, &error)
            if not code:
                code = ck_normalize_column(self.program, &texts, simd, threads, block_limit, &ticker, &column, &error)
                ck_text_column_close(&texts)
        if code != CK_OK:
            ck_raise(&error)
        return ck_column_to_capsules(&column)

    def text(self, str text not None, *, instructions=None):
        """Normalise a string."""
        cdef size_t length
        return ck_normalize_str(self.program, text, simd_of(instructions), NULL, &length)

    def texts(self, list texts not None, *, instructions=None):
        """Normalise a list of strings; None stays None."""
        cdef ck_simd simd = simd_of(instructions)
        cdef size_t length
        cdef tuple items = tuple(texts)  # which another thread or a signal handler cannot shorten
        results = [None] * len(items)
        for row, text in enumerate(items):
            if text is None:
                continue
            if not isinstance(text, str):
                raise TypeError(f"item {row} must be a str or None, got {type(text).__name__}")
            try:
                results[row] = ck_normalize_str(self.program, text, simd, NULL, &length)
            except ValueError as error:
                raise ValueError(f"item {row}: {error}") from None
        return results

    def text_with_offsets(self, str text not None, *, instructions=None):
        """Normalise a string; return also the index in `text` of each code point of the result, an int64 memoryview."""
        cdef ck_map map
        cdef size_t length
        memset(&map, 0, sizeof(map))
        offsets = _Offsets()
        try:
            result = ck_normalize_str(self.program, text, simd_of(instructions), &map, &length)
            (<_Offsets>offsets)._expand(&map, length)
        finally:
            ck_map_free(&map)
        return result, memoryview(offsets)
