# Search: the program of a pattern, run over the tokens near its anchors.

cdef object _numbers_of(ck_u32s *array):
    return ck_numbers_to_capsules(CK_FORMAT_U32, &array.data, array.length)


@cython.auto_pickle(False)
cdef class SearchProgram:
    """The steps of a pattern: kind (0 test, 1 split, 2 jump, 3 accept), words_only, x and y, an item for each step.

    The arrays are copied, since they are trusted after they are checked.
    """

    cdef ck_search_program program

    def __cinit__(self, const uint8_t[::1] kind not None, const uint8_t[::1] words_only not None,
                  const uint32_t[::1] x not None, const uint32_t[::1] y not None):
        cdef ck_error error
        cdef Py_ssize_t length = kind.shape[0]
        if not length == words_only.shape[0] == x.shape[0] == y.shape[0]:
            raise ValueError("kind, words_only, x and y must have the same length, "
                             f"got {length}, {words_only.shape[0]}, {x.shape[0]} and {y.shape[0]}")
        if ck_search_program_copy(&self.program, u8_items(kind), u8_items(words_only), u32_items(x), u32_items(y),
                                  length, &error):
            ck_raise(&error)

    def __dealloc__(self):
        ck_search_program_free(&self.program)

    def __len__(self):
        return self.program.length

    def __reduce__(self):
        raise TypeError("a SearchProgram cannot be pickled; pass the pattern")


@cython.auto_pickle(False)
cdef class SearchText:
    """The tokens of a corpus and the tests of a pattern that each type passes.

    `types` and `flags` have an item for each token. The tests of row r are the bits of tests[r * stride] up to
    tests[(r + 1) * stride], of which bit 0 means that it is a word, and the test 8 * stride + r, which no other row
    passes. The row of a type is the type itself; with `rows` it is rows[type], so that types that pass the same tests
    can share one. A token with a bit of `barrier_bits` in its flags begins a unit of text that bounds hits; with no
    bits, documents are these units. The arrays are not copied. What is read of
    types and flags is compared with the checksums of their files, if they are given, by up to `threads` threads.
    """

    cdef ck_search_text text
    cdef size_t n_tests
    cdef const uint32_t[::1] types
    cdef const uint8_t[::1] flags
    cdef const uint64_t[::1] document_ends
    cdef const uint8_t[::1] tests
    cdef const uint32_t[::1] rows
    cdef tuple checks
    cdef unsigned threads

    def __cinit__(self, const uint32_t[::1] types not None, const uint8_t[::1] flags not None,
                  const uint64_t[::1] document_ends not None, const uint8_t[::1] tests not None, size_t stride,
                  uint8_t barrier_bits, BlockChecks type_checks=None, BlockChecks flag_checks=None,
                  const uint32_t[::1] rows=None, unsigned threads=1):
        cdef ck_error error
        if types.shape[0] != flags.shape[0]:
            raise ValueError(f"flags must have {types.shape[0]} items, as many as types, got {flags.shape[0]}")
        if types.shape[0] > 0xFFFFFFFE:
            raise OverflowError(f"types must have at most 4,294,967,294 items, got {types.shape[0]}")
        if not stride or tests.shape[0] % stride:
            raise ValueError(f"tests must have stride ({stride}) bytes for each row, got {tests.shape[0]} in total")
        self.types, self.flags, self.document_ends, self.tests = types, flags, document_ends, tests
        self.text.types = u32_items(types)
        self.text.flags = u8_items(flags)
        self.text.n_tokens = types.shape[0]
        self.text.document_ends = u64_items(document_ends)
        self.text.n_documents = document_ends.shape[0]
        self.text.tests = u8_items(tests)
        self.text.stride = stride
        self.text.n_types = tests.shape[0] // stride
        self.text.barrier_bits = barrier_bits
        self.checks = (type_checks, flag_checks)
        self.text.of_types = touches_of(type_checks)
        self.text.of_flags = touches_of(flag_checks)
        self.threads = threads
        self.n_tests = 8 * stride
        if rows is not None:
            self.rows = rows
            self.text.rows = u32_items(rows)
            self.text.n_rows = self.text.n_types
            self.text.n_types = rows.shape[0]
            self.n_tests += self.text.n_rows + 1  # the last one is passed by no row
        if ck_check_documents(self.text.document_ends, self.text.n_documents, self.text.n_tokens, &error):
            ck_raise(&error)

    def __reduce__(self):
        raise TypeError("a SearchText refers to mapped files and cannot be pickled; pass the path of the corpus")

    cdef ck_search_places _places(self, const uint32_t[::1] tokens, const uint32_t[::1] steps, str name) except *:
        cdef ck_search_places places
        places.tokens = u32_items(tokens)
        places.length = tokens.shape[0]
        places.steps = NULL
        if steps is not None:
            if steps.shape[0] != tokens.shape[0]:
                raise ValueError(f"steps must have {tokens.shape[0]} items, as many as {name}, got {steps.shape[0]}")
            places.steps = u32_items(steps)
        return places

    cdef ck_code _compare(self, const ck_search_places *places, ck_ticker *ticker, ck_error *error) noexcept nogil:
        cdef ck_code code = ck_compare_items(&self.text.of_types, places.tokens, places.length, self.threads, ticker,
                                             error)
        return code or ck_compare_items(&self.text.of_flags, places.tokens, places.length, self.threads, ticker, error)

    def starts(self, SearchProgram before not None, const uint32_t[::1] anchors not None, bint after_word,
               const uint32_t[::1] steps=None):
        """Return where hits may begin (UInt32): a program run backwards from each anchor.

        `after_word` means that the test of the anchors is for words only. The starts are unordered and may repeat. With
        `steps`, the program begins at a step of its own for each anchor, and the result is the columns (start, tag):
        the x of the end that was reached.
        """
        cdef ck_error error
        cdef ck_ticker ticker = ck_python_ticker()
        cdef ck_search_starts_found found
        cdef ck_search_places places = self._places(anchors, steps, "anchors")
        cdef ck_code code
        memset(&found, 0, sizeof(found))
        found.tagged = steps is not None
        try:
            with nogil:
                code = ck_check_search_program(&before.program, self.n_tests, &error)
                if not code:
                    code = self._compare(&places, &ticker, &error)
                if not code:
                    code = ck_search_starts(&self.text, &before.program, &places, after_word, &found, &ticker, &error)
            if code:
                ck_raise(&error)
            if found.tagged:
                return _numbers_of(&found.tokens), _numbers_of(&found.tags)
            return _numbers_of(&found.tokens)
        finally:
            ck_u32s_free(&found.tokens)
            ck_u32s_free(&found.tags)

    def hits(self, SearchProgram program not None, const uint32_t[::1] starts not None,
             const uint32_t[::1] steps=None, *, size_t patience=0):
        """Return the hits that begin at these tokens, which are ascending: the columns (first, end), UInt32.

        With `steps`, the program begins at a step of its own for each start; of those at one token the first that leads
        to a hit counts. A hit inside another one is left out. `patience` is the work after which the starts of a unit
        of text are looked at together; 0 for the default.
        """
        cdef ck_error error
        cdef ck_ticker ticker = ck_python_ticker()
        cdef ck_u32s first, end
        cdef ck_search_places places = self._places(starts, steps, "starts")
        cdef ck_code code
        memset(&first, 0, sizeof(first))
        memset(&end, 0, sizeof(end))
        try:
            with nogil:
                code = ck_check_search_program(&program.program, self.n_tests, &error)
                if not code:
                    code = self._compare(&places, &ticker, &error)
                if not code:
                    code = ck_search_hits(&self.text, &program.program, &places, patience, &first, &end, &ticker,
                                          &error)
            if code:
                ck_raise(&error)
            return _numbers_of(&first), _numbers_of(&end)
        finally:
            ck_u32s_free(&first)
            ck_u32s_free(&end)

    def scan(self, uint32_t test):
        """Return all tokens whose type passes a test (UInt32), ascending."""
        cdef ck_error error
        cdef ck_ticker ticker = ck_python_ticker()
        cdef ck_u32s found
        cdef ck_code code
        if test >= self.n_tests:
            raise ValueError(f"test must be below {self.n_tests}, got {test}")
        memset(&found, 0, sizeof(found))
        try:
            with nogil:
                code = ck_search_scan(&self.text, test, &found, &ticker, &error)
            if code:
                ck_raise(&error)
            return _numbers_of(&found)
        finally:
            ck_u32s_free(&found)


def in_documents(const uint32_t[::1] positions not None, const uint64_t[::1] document_ends not None,
                 const uint8_t[::1] chosen not None):
    """Return those of ascending positions (UInt32) that are in the chosen documents."""
    cdef ck_error error
    cdef ck_ticker ticker = ck_python_ticker()
    cdef ck_u32s found
    cdef const uint32_t *given = u32_items(positions)
    cdef const uint64_t *ends = u64_items(document_ends)
    cdef size_t n_positions = positions.shape[0]
    cdef size_t n_documents = document_ends.shape[0]
    cdef const uint8_t *selected = u8_items(chosen)
    cdef ck_code code
    if document_ends.shape[0] != chosen.shape[0]:
        raise ValueError(f"chosen must have {n_documents} items, one for each document, got {chosen.shape[0]}")
    memset(&found, 0, sizeof(found))
    try:
        with nogil:
            code = ck_in_documents(given, n_positions, ends, selected, n_documents, &found, &ticker, &error)
        if code:
            ck_raise(&error)
        return _numbers_of(&found)
    finally:
        ck_u32s_free(&found)
