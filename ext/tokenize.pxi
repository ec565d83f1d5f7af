# Tokenisation to type ids, starts and flags, and the table that numbers the types.

UNICODE_VERSION = CK_UNICODE_VERSION.decode("ascii")

cdef unsigned MAX_KINDS = 16  # CK_KIND_BITS of type_table.h
cdef dict MODES = {"standard": CK_STANDARD, "whitespace": CK_WHITESPACE, "character": CK_CHARACTER}


cdef object surfaces_of(const ck_types *types, size_t start):
    cdef ck_error error
    cdef ck_strings strings
    cdef ck_column column
    cdef ck_code status = CK_OK
    cdef ck_ticker ticker = ck_python_ticker()
    ck_strings_init(&strings, 0)
    with nogil:
        status = ck_surfaces(types, start, &strings, &ticker, &error)
    if status != CK_OK:
        ck_strings_free(&strings)
        ck_raise(&error)
    if ck_strings_finish(&strings, &column, &error) != CK_OK:
        ck_raise(&error)
    return ck_column_to_capsules(&column)


def number_forms(stream, const uint8_t[::1] chosen=None):
    """Number the distinct texts of a column in order of first occurrence.

    Returns:
        The columns (numbers, texts): the number of each row, 2^32 - 1 for nulls, empty texts and rows that are 0 in
        `chosen`; the texts in order of their numbers.
    """
    cdef ck_error error
    cdef ck_text_column texts
    cdef ck_types forms
    cdef ck_ticker ticker = ck_python_ticker()
    cdef uint32_t *of_type = NULL
    cdef const uint8_t *mask = NULL
    cdef ck_code code
    cdef size_t rows
    ck_types_init(&forms, CK_TYPES_LIMIT, ck_seeds_of(random_seed()))
    ck_text_column_of_capsule(stream, &texts)
    try:
        rows = <size_t>texts.length
        if chosen is not None:
            if <size_t>chosen.shape[0] != rows:
                raise ValueError(f"chosen must have {rows} items, as many as the column, got {chosen.shape[0]}")
            mask = &chosen[0] if rows else NULL
        of_type = <uint32_t *>ck_allocate(rows, sizeof(uint32_t), &error)
        if of_type == NULL:
            ck_raise(&error)
        with nogil:
            code = ck_number_forms(&texts, mask, NULL, &forms, of_type, &ticker, &error)
        if code != CK_OK:
            ck_raise(&error)
        words = surfaces_of(&forms, 0)
        return ck_numbers_to_capsules(CK_FORMAT_U32, &of_type, rows), words
    finally:
        free(of_type)
        ck_types_free(&forms)
        ck_text_column_close(&texts)


@cython.auto_pickle(False)
cdef class TypeTable:
    """Distinct pairs of kind and surface, numbered in order of first occurrence.

    A lock admits one thread at a time. A call that fails leaves the table unchanged.
    """

    cdef ck_types types
    cdef object lock
    cdef bint busy

    def __cinit__(self, *, size_t max_types=CK_TYPES_LIMIT):
        if max_types > CK_TYPES_LIMIT:
            raise ValueError(f"max_types must be at most {CK_TYPES_LIMIT}, got {max_types}")
        ck_types_init(&self.types, max_types, ck_seeds_of(random_seed()))
        self.lock = RLock()

    def __dealloc__(self):
        ck_types_free(&self.types)

    def __len__(self):
        return ck_types_count(&self.types)

    def __reduce__(self):
        raise TypeError("a TypeTable cannot be pickled or copied")

    def tokenize(self, stream, mode, *, bint starts=True, unsigned threads=1, size_t grain=0, str instructions=None):
        """Tokenise a column of texts.

        Args:
            stream: Arrow stream capsule of the texts.
            mode: "standard", "whitespace" or "character".
            starts: Whether to return where tokens start.
            threads: Most threads to use.
            grain: Bytes that are worth a thread; 0 for the default.
            instructions: Instruction set to use; None for the fastest.

        Returns:
            The columns (type ids, starts, flags, tokens per text); starts is None unless requested.
        """
        if mode not in MODES:
            raise ValueError(f"mode must be one of {', '.join(MODES)}, got {mode!r}")
        cdef ck_token_mode code = MODES[mode]
        cdef ck_simd simd = ck_simd_best() if instructions is None else ck_simd_named(instructions.encode())
        if simd == CK_SIMD_COUNT:
            raise ValueError(f"instructions must be supported by this processor, got {instructions!r}")
        with self.lock:
            self.enter()
            try:
                return self.tokenize_locked(stream, code, simd, starts, threads, grain)
            finally:
                self.busy = False

    def number(self, stream, const uint8_t[::1] kinds):
        """Number the texts of a column as types.

        Args:
            stream: Arrow stream capsule of the texts.
            kinds: The kind of each row, a code of arabic.TOKEN_KINDS.

        Returns:
            A column: the type of each row, 2^32 - 1 for nulls and empty texts.
        """
        with self.lock:
            self.enter()
            try:
                return self.number_locked(stream, kinds)
            finally:
                self.busy = False

    def surfaces(self, size_t start=0):
        """Return the surfaces of all types from id `start` on."""
        with self.lock:
            self.enter()
            try:
                return surfaces_of(&self.types, start)
            finally:
                self.busy = False

    def kinds(self, size_t start=0):
        """Return the kinds, codes of arabic.TOKEN_KINDS, of all types from id `start` on."""
        with self.lock:
            self.enter()
            try:
                return self.kinds_locked(start)
            finally:
                self.busy = False

    cdef int enter(self) except -1:
        # The lock is reentrant, for signal handlers during a call, which would otherwise deadlock.
        if self.busy:
            raise RuntimeError("the TypeTable is in use by the call that the signal handler interrupted")
        self.busy = True
        return 0

    cdef object tokenize_locked(self, stream, ck_token_mode mode, ck_simd simd, bint starts, unsigned threads,
                                size_t grain):
        cdef ck_error error
        cdef ArrowArrayStream source
        cdef ck_text_column column
        cdef ck_tokens tokens
        cdef ck_ticker ticker = ck_python_ticker()
        cdef size_t before = ck_types_count(&self.types)
        cdef uint32_t *counts = NULL
        cdef size_t rows = 0
        cdef ck_code status
        memset(&tokens, 0, sizeof(tokens))
        tokens.without_starts = not starts
        ck_stream_of_capsule(stream, &source)
        try:
            with nogil:
                status = ck_text_column_open(&source, &column, &error)
                if not status:
                    rows = <size_t>column.length
                    counts = <uint32_t *>ck_allocate(rows, sizeof(uint32_t), &error)
                    status = CK_OK if counts != NULL else error.code
                if not status:
                    status = ck_tokenize_column(&column, mode, simd, threads, grain, &self.types, &tokens, counts,
                                                &ticker, &error)
                ck_text_column_close(&column)
            if status != CK_OK:
                ck_raise(&error)
            return (
                ck_numbers_to_capsules(CK_FORMAT_U32, &tokens.ids, tokens.length),
                ck_numbers_to_capsules(CK_FORMAT_U32, &tokens.starts, tokens.length) if starts else None,
                ck_numbers_to_capsules(CK_FORMAT_U8, &tokens.flags, tokens.length),
                ck_numbers_to_capsules(CK_FORMAT_U32, &counts, rows),
            )
        except BaseException:
            ck_types_truncate(&self.types, before)
            raise
        finally:
            free(counts)
            ck_tokens_free(&tokens)

    cdef object number_locked(self, stream, const uint8_t[::1] kinds):
        cdef ck_error error
        cdef ck_text_column texts
        cdef ck_ticker ticker = ck_python_ticker()
        cdef size_t row, rows, before = ck_types_count(&self.types)
        cdef const uint8_t *of_row = NULL
        cdef uint32_t *numbers = NULL
        cdef ck_code status
        ck_text_column_of_capsule(stream, &texts)
        try:
            rows = <size_t>texts.length
            if <size_t>kinds.shape[0] != rows:
                raise ValueError(f"kinds must have {rows} items, as many as the column, got {kinds.shape[0]}")
            for row in range(rows):
                if kinds[row] >= MAX_KINDS:
                    raise ValueError(f"kinds must be less than {MAX_KINDS}, got {kinds[row]} in row {row}")
            of_row = &kinds[0] if rows else NULL
            numbers = <uint32_t *>ck_allocate(rows, sizeof(uint32_t), &error)
            if numbers == NULL:
                ck_raise(&error)
            with nogil:
                status = ck_number_forms(&texts, NULL, of_row, &self.types, numbers, &ticker, &error)
            if status != CK_OK:
                ck_raise(&error)
            return ck_numbers_to_capsules(CK_FORMAT_U32, &numbers, rows)
        except BaseException:
            ck_types_truncate(&self.types, before)
            raise
        finally:
            free(numbers)
            ck_text_column_close(&texts)

    cdef object kinds_locked(self, size_t start):
        cdef ck_error error
        cdef size_t identity, count = ck_types_count(&self.types)
        cdef size_t length = count - start if start < count else 0
        cdef uint8_t *kinds = <uint8_t *>ck_allocate(length, 1, &error)
        if kinds == NULL:
            ck_raise(&error)
        for identity in range(start, count):
            kinds[identity - start] = ck_types_kind(&self.types, identity)
        return ck_numbers_to_capsules(CK_FORMAT_U8, &kinds, length)
