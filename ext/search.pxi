# Search: the program of a pattern, run over the tokens near its anchors.

cdef object _numbers_of(ck_u32s *array):
    return ck_numbers_to_capsules(CK_FORMAT_U32, &array.data, array.length)


@cython.auto_pickle(False)
cdef class SearchRegions:
    """Regions of the text, copied: their first tokens and their ends, ascending by first token, then by end."""

    cdef ck_search_regions regions

    def __cinit__(self, const uint32_t[::1] first not None, const uint32_t[::1] end not None):
        cdef ck_error error
        if first.shape[0] != end.shape[0]:
            raise ValueError(f"end must have {first.shape[0]} items, as many as first, got {end.shape[0]}")
        if ck_search_regions_copy(&self.regions, u32_items(first), u32_items(end), first.shape[0], &error):
            ck_raise(&error)

    def __dealloc__(self):
        ck_search_regions_free(&self.regions)

    def __len__(self):
        return self.regions.length

    @property
    def overlapping(self):
        """Whether a region has tokens of another one."""
        return self.regions.overlapping

    def __reduce__(self):
        raise TypeError("SearchRegions cannot be pickled; pass the arrays")


@cython.auto_pickle(False)
cdef class SearchCodes:
    """Numbers of the values that tokens have (UInt8, UInt16 or UInt32): an item for each token, or for each type.

    0 is for none. The array is not copied.
    """

    cdef ck_search_codes codes
    cdef object kept

    def __cinit__(self, values not None, bint by_types):
        cdef const uint8_t[::1] bytes_of
        cdef const uint16_t[::1] shorts
        cdef const uint32_t[::1] numbers
        size = memoryview(values).itemsize
        if size == 1:
            bytes_of = values
            self.kept = bytes_of
            self.codes.values = u8_items(bytes_of)
        elif size == 2:
            shorts = values
            self.kept = shorts
            self.codes.values = &shorts[0] if shorts.shape[0] else NULL
            if <size_t>self.codes.values % 2:
                raise ValueError("values must be aligned")
        else:
            numbers = values
            self.kept = numbers
            self.codes.values = u32_items(numbers)
        self.codes.length = len(values)
        self.codes.size = size
        self.codes.by_types = by_types

    def __len__(self):
        return self.codes.length

    def __reduce__(self):
        raise TypeError("SearchCodes refer to arrays and cannot be pickled; pass the arrays")


@cython.auto_pickle(False)
cdef class SearchProgram:
    """The steps of a pattern: kind, words_only, x and y, an item for each step.

    Kinds are 0 test, 1 split, 2 jump, 3 accept, 4 assert, 5 label, 6 check, 7 place. `assertions` have four numbers
    each: kind, x, negated, over_signs; `checks` have terms of eight numbers: kind, a, b, c, d, at_a, at_b, flags; and
    `check_ends` says after how many terms each check ends (search_marks.h). `n_slots` is the number of labels and
    places. The arrays are copied, since they are trusted after they are checked.
    """

    cdef ck_search_program program
    cdef ck_search_marks marks
    cdef tuple kept
    cdef ck_search_regions *regions
    cdef ck_search_codes *codes

    def __cinit__(self, const uint8_t[::1] kind not None, const uint8_t[::1] words_only not None,
                  const uint32_t[::1] x not None, const uint32_t[::1] y not None, *,
                  const uint32_t[::1] assertions=None, const uint32_t[::1] checks=None,
                  const uint32_t[::1] check_ends=None, regions=(), codes=(), size_t n_slots=0):
        cdef ck_error error
        cdef Py_ssize_t length = kind.shape[0]
        if not length == words_only.shape[0] == x.shape[0] == y.shape[0]:
            raise ValueError("kind, words_only, x and y must have the same length, "
                             f"got {length}, {words_only.shape[0]}, {x.shape[0]} and {y.shape[0]}")
        if ck_search_program_copy(&self.program, u8_items(kind), u8_items(words_only), u32_items(x), u32_items(y),
                                  length, &error):
            ck_raise(&error)
        self._mark(assertions, checks, check_ends, tuple(regions), tuple(codes), n_slots)

    cdef object _mark(self, const uint32_t[::1] assertions, const uint32_t[::1] checks, const uint32_t[::1] check_ends,
                      tuple regions, tuple codes, size_t n_slots):
        cdef ck_error error
        cdef SearchRegions of_regions
        cdef SearchCodes of_codes
        cdef const uint32_t *asked = NULL
        cdef const uint32_t *terms = NULL
        cdef const uint32_t *ends = NULL
        if assertions is not None:
            asked, self.marks.n_assertions = u32_items(assertions), assertions.shape[0] // 4
        if checks is not None:
            terms, self.marks.n_terms = u32_items(checks), checks.shape[0] // 8
        if check_ends is not None:
            ends, self.marks.n_checks = u32_items(check_ends), check_ends.shape[0]
        if assertions is not None and assertions.shape[0] % 4:
            raise ValueError(f"assertions must have 4 numbers each, got {assertions.shape[0]} in total")
        if checks is not None and checks.shape[0] % 8:
            raise ValueError(f"checks must have 8 numbers for each term, got {checks.shape[0]} in total")
        if not (self.marks.n_assertions or self.marks.n_checks or n_slots):
            return None
        self.kept = (regions, codes)
        self.regions = <ck_search_regions *>ck_allocate(len(regions), sizeof(ck_search_regions), &error)
        self.codes = <ck_search_codes *>ck_allocate(len(codes), sizeof(ck_search_codes), &error)
        if self.regions == NULL or self.codes == NULL:
            ck_raise(&error)
        for i, each in enumerate(regions):
            of_regions = each
            self.regions[<size_t>i] = of_regions.regions
        for i, each in enumerate(codes):
            of_codes = each
            self.codes[<size_t>i] = of_codes.codes
        self.marks.regions, self.marks.n_regions = self.regions, len(regions)
        self.marks.codes, self.marks.n_codes = self.codes, len(codes)
        self.marks.n_slots = n_slots
        if ck_search_marks_copy(&self.marks, asked, terms, ends, &error):
            ck_raise(&error)
        self.program.marks = &self.marks

    def __dealloc__(self):
        ck_search_program_free(&self.program)
        ck_search_marks_free(&self.marks)
        free(self.regions)
        free(self.codes)

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
    types and flags is compared with the checksums of their files, if they are given, by up to `threads` threads. A
    search keeps up to `most_states` states of its automaton (search_machine.h), 0 for the usual number.
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
                  const uint32_t[::1] rows=None, unsigned threads=1, size_t most_states=0):
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
        self.text.most_states = most_states
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

    cdef ck_search_manner _manner(self, const uint32_t[::1] starts, const uint32_t[::1] limits, unsigned strategy,
                                  bint nested, size_t patience) except *:
        cdef ck_search_manner manner
        if strategy >= CK_STRATEGIES:
            raise ValueError(f"strategy must be 0, 1 or 2, got {strategy}")
        if limits is not None and limits.shape[0] != starts.shape[0]:
            raise ValueError(f"limits must have {starts.shape[0]} items, as many as starts, got {limits.shape[0]}")
        manner.strategy = <ck_search_strategy>strategy
        manner.nested = nested
        manner.limits = NULL
        if limits is not None:
            manner.limits = u32_items(limits)
        manner.patience = patience
        return manner

    def hits(self, SearchProgram program not None, const uint32_t[::1] starts not None,
             const uint32_t[::1] steps=None, *, const uint32_t[::1] limits=None, unsigned strategy=0,
             bint nested=False, size_t patience=0):
        """Return the hits that begin at these tokens, which are ascending: the columns (first, end), UInt32.

        With `steps`, the program begins at a step of its own for each start; of those at one token the first that leads
        to a hit counts. `limits` say for each start where its hit must end; of several starts at one token the first
        that leads to a hit counts then, too. `strategy` says which end is taken: 0 the preferred one, 1 the first one,
        2 the last one. A hit inside another one is left out unless `nested`. `patience` is the work after which the
        starts of a unit of text are looked at together; 0 for the default.
        """
        cdef ck_error error
        cdef ck_ticker ticker = ck_python_ticker()
        cdef ck_u32s first, end
        cdef ck_search_places places = self._places(starts, steps, "starts")
        cdef ck_search_manner manner = self._manner(starts, limits, strategy, nested, patience)
        cdef ck_code code
        memset(&first, 0, sizeof(first))
        memset(&end, 0, sizeof(end))
        try:
            with nogil:
                code = ck_check_search_program(&program.program, self.n_tests, &error)
                if not code:
                    code = self._compare(&places, &ticker, &error)
                if not code:
                    code = ck_search_hits(&self.text, &program.program, &places, &manner, &first, &end, &ticker,
                                          &error)
            if code:
                ck_raise(&error)
            return _numbers_of(&first), _numbers_of(&end)
        finally:
            ck_u32s_free(&first)
            ck_u32s_free(&end)

    def labelled(self, SearchProgram program not None, const uint32_t[::1] starts not None,
                 const uint32_t[::1] steps=None, *, const uint32_t[::1] limits=None, unsigned strategy=0,
                 bint nested=False, uint64_t budget=0):
        """Return the hits whose labels fulfil the checks of the program: the columns (first, end, slots), UInt32.

        The arguments are those of hits(). Slots are the tokens of the labels: n_slots for each hit, 4,294,967,295 for
        none. `budget` is the number of steps after which the search is given up; 0 for the default.

        Raises:
            OverflowError: If the ways in which labels can be bound take more steps, or more memory.
        """
        cdef ck_error error
        cdef ck_ticker ticker = ck_python_ticker()
        cdef ck_labelled_hits found
        cdef ck_search_places places = self._places(starts, steps, "starts")
        cdef ck_search_manner manner = self._manner(starts, limits, strategy, nested, 0)
        cdef ck_code code
        for i in range(program.marks.n_codes):
            self._check_codes(&program.codes[i])
        memset(&found, 0, sizeof(found))
        try:
            with nogil:
                code = ck_check_search_program(&program.program, self.n_tests, &error)
                if not code:
                    code = self._compare(&places, &ticker, &error)
                if not code:
                    code = ck_search_labelled(&self.text, &program.program, &places, &manner, budget, &found, &ticker,
                                              &error)
            if code:
                ck_raise(&error)
            return _numbers_of(&found.first), _numbers_of(&found.end), _numbers_of(&found.slots)
        finally:
            ck_labelled_hits_free(&found)

    cdef object _check_codes(self, const ck_search_codes *codes):
        cdef size_t needed = self.text.n_types if codes.by_types else self.text.n_tokens
        if codes.length < needed:
            what = "types" if codes.by_types else "tokens"
            raise ValueError(f"codes must have {needed} items, one for each of the {what}, got {codes.length}")

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
