# Readings: the stems and affixes that words can be made of, and which of these readings is the likeliest.

cdef int _letters_of(ck_letters *text, const uint8_t[::1] letters, const uint32_t[::1] starts, str name) except -1:
    if not starts.shape[0]:
        raise ValueError(f"the starts of {name} must have an item more than there are {name}, got none")
    text.letters = u8_items(letters)
    text.n_letters = letters.shape[0]
    text.starts = u32_items(starts)
    text.length = starts.shape[0] - 1
    return 0


cdef inline const int16_t *i16_items(const int16_t[::1] view) except? NULL:
    if not view.shape[0]:
        return NULL
    ck_check_aligned(&view[0], sizeof(int16_t))
    return &view[0]


cdef inline const uint16_t *u16_items(const uint16_t[::1] view) except? NULL:
    if not view.shape[0]:
        return NULL
    ck_check_aligned(&view[0], sizeof(uint16_t))
    return &view[0]


cdef inline const int32_t *i32_items(const int32_t[::1] view) except? NULL:
    if not view.shape[0]:
        return NULL
    ck_check_aligned(&view[0], sizeof(int32_t))
    return &view[0]


@cython.auto_pickle(False)
@cython.final
cdef class Affixes:
    """Distinct strings of affixes, each with entries: a group, a cost, the pieces that it cuts off.

    String i has the entries from `entries[i]` up to `entries[i + 1]`; `cuts` and `needs` are described in readings.h.
    """

    cdef ck_affixes affixes
    cdef tuple kept

    def __cinit__(self, const uint8_t[::1] letters not None, const uint32_t[::1] starts not None,
                  const uint32_t[::1] entries not None, const uint8_t[::1] groups not None,
                  const int16_t[::1] costs not None, const uint8_t[::1] cuts not None,
                  const uint8_t[::1] needs not None):
        _letters_of(&self.affixes.text, letters, starts, "affixes")
        same_length("entries", entries.shape[0], "starts", starts.shape[0])
        same_length("costs", costs.shape[0], "groups", groups.shape[0])
        same_length("cuts", cuts.shape[0], "groups", groups.shape[0])
        same_length("needs", needs.shape[0], "groups", groups.shape[0])
        self.affixes.entries = u32_items(entries)
        self.affixes.n_entries = groups.shape[0]
        self.affixes.groups = u8_items(groups)
        self.affixes.costs = i16_items(costs)
        self.affixes.cuts = u8_items(cuts)
        self.affixes.needs = u8_items(needs)
        self.kept = (letters, starts, entries, groups, costs, cuts, needs)

    def __reduce__(self):
        raise TypeError("Affixes refer to arrays and cannot be pickled")


@cython.auto_pickle(False)
@cython.final
cdef class Morphology:
    """What fits together: `cells` (Int16) is the cost of [class of the stem, group of the front, group of the back].

    `fold` is the folded letter of each of 64 codes, 0 for 0; it is copied. `misspelt` is the cost of [written, true]
    letters, and a second such table for the last letter of a stem before an affix.
    """

    cdef ck_morphology morphology
    cdef tuple kept

    def __cinit__(self, Affixes fronts not None, Affixes backs not None, const int16_t[:, :, ::1] cells not None,
                  const uint8_t[::1] fold not None, const int16_t[:, :, ::1] misspelt not None):
        cdef ck_error error
        same_length("fold", fold.shape[0], "codes of letters", CK_READING_LETTERS)
        if not (misspelt.shape[0] == 2 and misspelt.shape[1] == misspelt.shape[2] == CK_READING_LETTERS):
            raise ValueError("misspelt must have 2 times 64 times 64 items")
        self.morphology.fronts = fronts.affixes
        self.morphology.backs = backs.affixes
        self.morphology.n_classes = cells.shape[0]
        self.morphology.n_fronts = cells.shape[1]
        self.morphology.n_backs = cells.shape[2]
        if cells.shape[0] and cells.shape[1] and cells.shape[2]:
            ck_check_aligned(&cells[0, 0, 0], sizeof(int16_t))
            self.morphology.cells = &cells[0, 0, 0]
        ck_check_aligned(&misspelt[0, 0, 0], sizeof(int16_t))
        self.morphology.misspelt = &misspelt[0, 0, 0]
        self.kept = (fronts, backs, cells, misspelt)
        if ck_morphology_index(&self.morphology, &fold[0], &error):
            ck_raise(&error)

    def __dealloc__(self):
        ck_morphology_free(&self.morphology)

    def __reduce__(self):
        raise TypeError("a Morphology refers to arrays and cannot be pickled")


@cython.auto_pickle(False)
@cython.final
cdef class Stems:
    """Stems with class, lexeme and cost, found by their folded letters. The letters are not copied.

    Of stems with the same folded letters the first 256 are found. They are read with the Morphology that they were made
    with, whose numbers they have.
    """

    cdef ck_stems stems
    cdef Morphology morphology
    cdef tuple kept

    def __cinit__(self, Morphology morphology not None, const uint8_t[::1] letters not None,
                  const uint32_t[::1] starts not None, const uint16_t[::1] classes not None,
                  const uint32_t[::1] lexemes not None, const int16_t[::1] costs not None):
        cdef ck_error error
        cdef ck_ticker ticker = ck_python_ticker()
        cdef ck_code code
        cdef uint64_t seed = random_seed()
        _letters_of(&self.stems.text, letters, starts, "stems")
        same_length("classes", classes.shape[0], "stems", self.stems.text.length)
        same_length("lexemes", lexemes.shape[0], "stems", self.stems.text.length)
        same_length("costs", costs.shape[0], "stems", self.stems.text.length)
        self.stems.classes = u16_items(classes)
        self.stems.lexemes = u32_items(lexemes)
        self.stems.costs = i16_items(costs)
        self.morphology = morphology
        self.kept = (letters, starts)
        with nogil:
            code = ck_stems_index(&self.stems, &morphology.morphology, seed, &ticker, &error)
        if code:
            ck_raise(&error)

    def __dealloc__(self):
        ck_stems_free(&self.stems)

    def __len__(self):
        return self.stems.text.length

    def __reduce__(self):
        raise TypeError("Stems refer to arrays and cannot be pickled")


cdef int _tables_of(tuple tables, Morphology morphology, ck_stems *stems) except -1:
    cdef Stems table
    if not 1 <= len(tables) <= 2:
        raise ValueError(f"tables must be one or two, got {len(tables)}")
    for row, table in enumerate(tables):
        if table is None:
            raise TypeError("tables must be Stems, got None")
        if table.morphology is not morphology:
            raise ValueError("tables must be Stems made with the same Morphology, got those of another one")
        stems[row] = table.stems
    return len(tables)


def read_words(const uint8_t[::1] letters not None, const uint32_t[::1] starts not None, Morphology morphology not None,
               tuple tables not None):
    """Return all readings of words, without the weights of lexemes.

    Returns:
        The columns (word, stem, lexeme, front, back, cost), UInt32 each; cost is to be read as Int32. Stems of the
        second table are numbered after those of the first.
    """
    cdef ck_error error
    cdef ck_ticker ticker = ck_python_ticker()
    cdef ck_stems[2] stems
    cdef ck_letters words
    cdef ck_readings found
    cdef uint32_t *ends = NULL
    cdef uint32_t **columns = [NULL, NULL, NULL, NULL, NULL, NULL]
    cdef ck_code code = CK_OK
    cdef size_t n_tables = _tables_of(tables, morphology, stems)
    cdef size_t i, k, first = 0
    cdef ck_word_reading *reading
    _letters_of(&words, letters, starts, "words")
    if words.length > 0xFFFFFFFF:
        raise OverflowError(f"words must be at most 4,294,967,295, got {words.length}")
    memset(&found, 0, sizeof(found))
    try:
        ends = <uint32_t *>ck_large(words.length, sizeof(uint32_t), &error)
        if ends == NULL:
            ck_raise(&error)
        with nogil:
            for i in range(words.length):
                code = ck_read_word(&morphology.morphology, stems, n_tables, &words, i, &found, &ticker, &error)
                if code or found.length > <size_t>0xFFFFFFFF:
                    break
                ends[i] = <uint32_t>found.length
        if code:
            ck_raise(&error)
        if found.length > 0xFFFFFFFF:
            raise OverflowError("words must have at most 4,294,967,295 readings, got more")
        for k in range(6):
            columns[k] = <uint32_t *>ck_large(found.length, sizeof(uint32_t), &error)
            if columns[k] == NULL:
                ck_raise(&error)
        with nogil:
            for i in range(words.length):
                for k in range(first, ends[i]):
                    reading = &found.data[k]
                    columns[0][k] = <uint32_t>i
                    columns[1][k] = reading.stem
                    columns[2][k] = reading.lexeme
                    columns[3][k] = reading.front
                    columns[4][k] = reading.back
                    columns[5][k] = <uint32_t>reading.cost
                code = ck_tick(&ticker, 8 * <int64_t>(ends[i] - first), &error)
                if code:
                    break
                first = ends[i]
        if code:
            ck_raise(&error)
        return tuple([ck_numbers_to_capsules(CK_FORMAT_U32, &columns[k], found.length) for k in range(6)])
    finally:
        for k in range(6):
            free(columns[k])
        free(ends)
        ck_readings_free(&found)


def best_readings(const uint32_t[::1] words not None, const uint32_t[::1] lexemes not None,
                  const uint32_t[::1] fronts not None, const uint32_t[::1] backs not None,
                  const uint32_t[::1] costs not None, size_t n_words, Morphology morphology not None,
                  const int32_t[::1] weights not None, const uint32_t[::1] lemmas not None,
                  const uint32_t[::1] powers not None):
    """Return which reading of each word is likeliest, with the cost and the lemma of each lexeme.

    The readings are columns of `read_words`, those of the words 0 to `n_words` - 1 in order.

    Returns:
        The number of a reading for each word, UInt32; 2^32 - 1 if none has a known lexeme.
    """
    cdef ck_error error
    cdef ck_ticker ticker = ck_python_ticker()
    cdef ck_reading_columns columns
    cdef ck_readings found
    cdef ck_reading_sums sums
    cdef ck_lexemes known
    cdef uint32_t *chosen = NULL
    cdef ck_code code = CK_OK
    cdef size_t i, at = 0, first, best = 0
    cdef const uint32_t *shares
    columns.length = words.shape[0]
    known.length = weights.shape[0]
    same_length("lexemes", lexemes.shape[0], "words", columns.length)
    same_length("fronts", fronts.shape[0], "words", columns.length)
    same_length("backs", backs.shape[0], "words", columns.length)
    same_length("costs", costs.shape[0], "words", columns.length)
    same_length("lemmas", lemmas.shape[0], "weights", known.length)
    same_length("powers", powers.shape[0], "parts of a binary digit", 64)
    if n_words > <size_t>0xFFFFFFFF or columns.length > <size_t>0xFFFFFFFF:
        raise OverflowError("words and readings must be at most 4,294,967,295, got more")
    columns.words, columns.lexemes, columns.fronts = u32_items(words), u32_items(lexemes), u32_items(fronts)
    columns.backs, columns.costs = u32_items(backs), u32_items(costs)
    known.weights, known.lemmas, shares = i32_items(weights), u32_items(lemmas), u32_items(powers)
    memset(&found, 0, sizeof(found))
    memset(&sums, 0, sizeof(sums))
    try:
        chosen = <uint32_t *>ck_large(n_words, sizeof(uint32_t), &error)
        if chosen == NULL:
            ck_raise(&error)
        with nogil:
            for i in range(n_words):
                first = at
                code = ck_readings_of_word(&morphology.morphology, &columns, <uint32_t>i, &at, &found, &ticker, &error)
                if not code:
                    code = ck_best_reading(&morphology.morphology, found.data, found.length, &known, shares, &sums,
                                           &best, &error)
                if code:
                    break
                chosen[i] = <uint32_t>(first + best) if best < found.length else <uint32_t>0xFFFFFFFF
        if code:
            ck_raise(&error)
        if at < columns.length:
            raise ValueError(f"words must ascend and be less than {n_words}, got {words[at]} at {at}")
        return ck_numbers_to_capsules(CK_FORMAT_U32, &chosen, n_words)
    finally:
        free(chosen)
        ck_readings_free(&found)
        ck_reading_sums_free(&sums)
