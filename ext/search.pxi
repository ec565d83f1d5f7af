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

    `types` and `flags` have an item for each token. The tests of type t are the bits of tests[t * stride] up to
    tests[(t + 1) * stride]; bit 0 means that it is a word. A token with a bit of `barrier_bits` in its flags begins a
    unit of text that bounds hits; with no bits, documents are these units. The arrays are not copied.
    """

    cdef ck_search_text text
    cdef const uint32_t[::1] types
    cdef const uint8_t[::1] flags
    cdef const uint64_t[::1] document_ends
    cdef const uint8_t[::1] tests

    def __cinit__(self, const uint32_t[::1] types not None, const uint8_t[::1] flags not None,
                  const uint64_t[::1] document_ends not None, const uint8_t[::1] tests not None, size_t stride,
                  uint8_t barrier_bits):
        cdef ck_error error
        if types.shape[0] != flags.shape[0]:
            raise ValueError(f"flags must have {types.shape[0]} items, as many as types, got {flags.shape[0]}")
        if types.shape[0] > 0xFFFFFFFE:
            raise OverflowError(f"types must have at most 4,294,967,294 items, got {types.shape[0]}")
        if not stride or tests.shape[0] % stride:
            raise ValueError(f"tests must have stride ({stride}) bytes for each type, got {tests.shape[0]} in total")
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
        if ck_check_documents(self.text.document_ends, self.text.n_documents, self.text.n_tokens, &error):
            ck_raise(&error)

    def __reduce__(self):
        raise TypeError("a SearchText refers to mapped files and cannot be pickled; pass the path of the corpus")

    def starts(self, SearchProgram before not None, const uint32_t[::1] anchors not None, bint after_word):
        """Return where hits may begin (UInt32): a program run backwards from each anchor.

        `after_word` means that the test of the anchors is for words only. The starts are unordered and may repeat.
        """
        cdef ck_error error
        cdef ck_ticker ticker = ck_python_ticker()
        cdef ck_u32s found
        cdef const uint32_t *given = u32_items(anchors)
        cdef size_t n_anchors = anchors.shape[0]
        cdef ck_code code
        memset(&found, 0, sizeof(found))
        try:
            with nogil:
                code = ck_check_search_program(&before.program, self.text.stride, &error)
                if not code:
                    code = ck_search_starts(&self.text, &before.program, given, n_anchors, after_word, &found,
                                            &ticker, &error)
            if code:
                ck_raise(&error)
            return _numbers_of(&found)
        finally:
            ck_u32s_free(&found)

    def hits(self, SearchProgram program not None, const uint32_t[::1] starts not None):
        """Return the hits that begin at these tokens, which are ascending: the columns (first, end), UInt32.

        A hit inside another one is left out.
        """
        cdef ck_error error
        cdef ck_ticker ticker = ck_python_ticker()
        cdef ck_u32s first, end
        cdef const uint32_t *given = u32_items(starts)
        cdef size_t n_starts = starts.shape[0]
        cdef ck_code code
        memset(&first, 0, sizeof(first))
        memset(&end, 0, sizeof(end))
        try:
            with nogil:
                code = ck_check_search_program(&program.program, self.text.stride, &error)
                if not code:
                    code = ck_search_hits(&self.text, &program.program, given, n_starts, &first, &end, &ticker,
                                          &error)
            if code:
                ck_raise(&error)
            return _numbers_of(&first), _numbers_of(&end)
        finally:
            ck_u32s_free(&first)
            ck_u32s_free(&end)

    def scan(self, uint32_t bit):
        """Return all tokens whose type passes a test (UInt32), ascending."""
        cdef ck_error error
        cdef ck_ticker ticker = ck_python_ticker()
        cdef ck_u32s found
        cdef ck_code code
        if bit >= 8 * self.text.stride:
            raise ValueError(f"bit must be below {8 * self.text.stride}, got {bit}")
        memset(&found, 0, sizeof(found))
        try:
            with nogil:
                code = ck_search_scan(&self.text, bit, &found, &ticker, &error)
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
