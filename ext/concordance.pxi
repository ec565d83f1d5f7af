# Context of search hits, from the arrays of a corpus: bounds, neighbouring words and text.

@cython.auto_pickle(False)
cdef class Texts:
    """Texts of a memory-mapped file: text i is text[offsets[i]:offsets[i + 1]], in UTF-8.

    A text is read and checked when it is requested, so that the rest of the file stays on disk. The buffers are kept
    alive and not copied. What is read is compared with the checksums of both files, if they are given.
    """

    cdef ck_texts texts
    cdef const uint8_t[::1] text
    cdef const uint64_t[::1] offsets
    cdef tuple checks

    def __cinit__(self, const uint8_t[::1] text not None, const uint64_t[::1] offsets not None,
                  BlockChecks text_checks=None, BlockChecks offset_checks=None):
        if not offsets.shape[0]:
            raise ValueError("offsets must have at least one item, got none")
        self.text = text
        self.offsets = offsets
        self.texts.bytes = u8_items(text)
        self.texts.offsets = u64_items(offsets)
        self.texts.n_bytes = text.shape[0]
        self.texts.length = offsets.shape[0] - 1
        self.checks = (text_checks, offset_checks)
        self.texts.of_bytes = touches_of(text_checks)
        self.texts.of_offsets = touches_of(offset_checks)

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
        cdef ck_ticker ticker = ck_python_ticker()
        cdef const uint32_t *given = u32_items(rows)
        cdef size_t n_rows = rows.shape[0]
        cdef ck_code code
        ck_strings_init(&out, 0)
        with nogil:
            code = ck_texts_gather(&self.texts, given, n_rows, &out, &ticker, &error)
            if not code:
                code = ck_strings_finish(&out, &column, &error)
        if code:
            ck_raise(&error)
        return ck_column_to_capsules(&column)

    def find(self, const uint32_t[::1] order not None, list wanted not None, *, bint begins=False):
        """Find texts by bisection: for each a pair (low, high), whose places are those from low up to high.

        `order` has the rows in the order of their texts, compared by bytes; `wanted` has the texts as bytes. With
        `begins`, what begins with one of them is found.
        """
        cdef ck_error error
        cdef ck_ticker ticker = ck_python_ticker()
        cdef ck_text text
        cdef uint32_t low, high
        cdef const uint32_t *rows = u32_items(order)
        cdef size_t n_rows = order.shape[0]
        cdef bytes value
        cdef ck_code code
        if n_rows > 0xFFFFFFFE:
            raise OverflowError(f"order must have at most 4,294,967,294 items, got {n_rows}")
        cdef list found = []
        for value in wanted:
            if len(value) > 0xFFFFFFFF:
                raise OverflowError(f"wanted must have texts of at most 4,294,967,295 bytes, got {len(value)}")
            text.bytes = <const uint8_t *><const char *>value
            text.length = <uint32_t>len(value)
            with nogil:
                code = ck_texts_find(&self.texts, rows, n_rows, &text, 1, begins, &low, &high, &ticker, &error)
            if code:
                ck_raise(&error)
            found.append((low, high))
        return found

    def search(self, bytes wanted not None, *, bint begins=False, bint ends=False):
        """Find the texts that contain some bytes, or begin or end with them: their rows, ascending, as a UInt32 column.

        All of them are read, in one pass.
        """
        cdef ck_error error
        cdef ck_ticker ticker = ck_python_ticker()
        cdef ck_text text
        cdef ck_u32s rows
        cdef ck_text_place place = CK_AT_BEGIN if begins else CK_AT_END if ends else CK_ANYWHERE
        cdef ck_code code
        if begins and ends:
            raise ValueError("begins and ends must not both be True")
        if len(wanted) > 0xFFFFFFFF:
            raise OverflowError(f"wanted must have at most 4,294,967,295 bytes, got {len(wanted)}")
        if self.texts.length > 0xFFFFFFFE:
            raise OverflowError(f"there must be at most 4,294,967,294 texts, got {self.texts.length}")
        text.bytes = <const uint8_t *><const char *>wanted
        text.length = <uint32_t>len(wanted)
        memset(&rows, 0, sizeof(rows))
        with nogil:
            code = ck_texts_search(&self.texts, text, place, &rows, &ticker, &error)
        if code:
            ck_u32s_free(&rows)
            ck_raise(&error)
        return _numbers_of(&rows)


@cython.auto_pickle(False)
cdef class TokenArrays:
    """The arrays of a corpus, checked once.

    `types` and `flags` have an item for each token, `counted` one for each type. The buffers are kept alive and not
    copied. What is read is compared with the checksums of both files, if they are given.
    """

    cdef ck_token_arrays arrays
    cdef const uint32_t[::1] types
    cdef const uint8_t[::1] flags
    cdef const uint8_t[::1] counted
    cdef tuple checks

    def __cinit__(self, const uint32_t[::1] types not None, const uint8_t[::1] flags not None,
                  const uint8_t[::1] counted not None, BlockChecks type_checks=None, BlockChecks flag_checks=None):
        if types.shape[0] != flags.shape[0]:
            raise ValueError(f"flags must have {types.shape[0]} items, as many as types, got {flags.shape[0]}")
        self.types = types
        self.flags = flags
        self.counted = counted
        self.arrays.types = u32_items(types)
        self.arrays.flags = u8_items(flags)
        self.arrays.counted = u8_items(counted)
        self.arrays.n_tokens = types.shape[0]
        self.arrays.n_types = counted.shape[0]
        self.checks = (type_checks, flag_checks)
        self.arrays.of_types = touches_of(type_checks)
        self.arrays.of_flags = touches_of(flag_checks)

    def __reduce__(self):
        raise TypeError("TokenArrays refer to mapped files and cannot be pickled; pass the path of the corpus")

    cdef ck_spans _spans(self, const int64_t[::1] first, const int64_t[::1] last) except *:
        cdef ck_spans spans
        if first.shape[0] != last.shape[0]:
            raise ValueError(f"last must have {first.shape[0]} items, as many as first, got {last.shape[0]}")
        spans.first = i64_items(first)
        spans.last = i64_items(last)
        spans.length = first.shape[0]
        return spans

    def neighbour_ranks(self, const uint32_t[::1] nodes not None, const uint64_t[::1] document_ends not None,
                        const uint32_t[::1] ranks not None, int64_t k, bint before, *, unsigned threads=1,
                        size_t grain=0):
        """Return the rank of the k-th word before (or after) each node as UInt32, 4294967295 where there is none.

        `nodes` are tokens, ascending: the first one of each hit, or the last one to look after it. `ranks` are those of
        the types, 4294967295 for those that are no words. With k = 0 the ranks are those of the nodes. `grain` is the
        number of nodes that are worth a thread; 0 for the default.
        """
        cdef ck_error error
        cdef ck_ticker ticker = ck_python_ticker()
        cdef ck_neighbours job
        cdef ck_code code
        if k < 0:
            raise ValueError(f"k must not be negative, got {k}")
        if ranks.shape[0] != self.arrays.n_types:
            raise ValueError(f"ranks must have {self.arrays.n_types} items, as many as types, got {ranks.shape[0]}")
        job.tokens = &self.arrays
        job.document_ends = u64_items(document_ends)
        job.n_documents = document_ends.shape[0]
        job.ranks = u32_items(ranks)
        job.nodes = u32_items(nodes)
        job.n_nodes = nodes.shape[0]
        job.k = k
        job.before = before
        job.threads = threads
        job.grain = grain
        job.out = <uint32_t *>ck_large(job.n_nodes, sizeof(uint32_t), &error)
        if job.out == NULL:
            ck_raise(&error)
        with nogil:
            code = ck_neighbour_ranks(&job, &ticker, &error)
            if code:
                free(job.out)
        if code:
            ck_raise(&error)
        return ck_numbers_to_capsules(CK_FORMAT_U32, &job.out, job.n_nodes)

    def join(self, const int64_t[::1] first not None, const int64_t[::1] last not None, Texts texts not None):
        """Return the text of the tokens first[i] up to last[i] of each span, as a String column.

        `texts` are those of the types. Tokens are separated by a space where the text had white space.
        """
        cdef ck_strings out
        cdef ck_column column
        cdef ck_error error
        cdef ck_ticker ticker = ck_python_ticker()
        cdef ck_spans spans = self._spans(first, last)
        cdef ck_code code
        if <int64_t>texts.texts.length != self.arrays.n_types:
            raise ValueError(f"texts must have {self.arrays.n_types} items, as many as types, got {texts.texts.length}")
        ck_strings_init(&out, 0)
        with nogil:
            code = ck_join_spans(&self.arrays, &spans, &texts.texts, &out, &ticker, &error)
            if not code:
                code = ck_strings_finish(&out, &column, &error)
        if code:
            ck_raise(&error)
        return ck_column_to_capsules(&column)

    def number(self, const int64_t[::1] first not None, const int64_t[::1] last not None):
        """Number the distinct sequences among the spans first[i] up to last[i], by first occurrence.

        Two are equal if they have the same types, with white space between the same ones.

        Returns:
            The columns (numbers, spans), UInt32: the number of each span, and the first span with each number.
        """
        cdef ck_error error
        cdef ck_ticker ticker = ck_python_ticker()
        cdef ck_spans spans = self._spans(first, last)
        cdef uint64_t seed = random_seed()
        cdef ck_u32s found
        cdef uint32_t *out = NULL
        cdef ck_code code
        memset(&found, 0, sizeof(found))
        try:
            out = <uint32_t *>ck_large(spans.length, sizeof(uint32_t), &error)
            if out == NULL:
                ck_raise(&error)
            with nogil:
                code = ck_number_spans(&self.arrays, &spans, seed, out, &found, &ticker, &error)
            if code:
                ck_raise(&error)
            numbers_of_spans = ck_numbers_to_capsules(CK_FORMAT_U32, &out, spans.length)
            return numbers_of_spans, ck_numbers_to_capsules(CK_FORMAT_U32, &found.data, found.length)
        finally:
            ck_block_give(out)
            ck_u32s_free(&found)

    def lines(self, const uint32_t[::1] first not None, const uint32_t[::1] end, int64_t before, int64_t after, *,
              const uint64_t[::1] document_ends not None, const uint32_t[::1] starts not None,
              Texts texts not None, Texts ids not None, BlockChecks start_checks=None):
        """Return the lines of hits in any order, as a struct of columns: what a concordance shows of each.

        Hit i has the tokens first[i] up to end[i], which are of one document; without `end`, one token. `before` and
        `after` are words of context, `starts` the code points where the tokens of the corpus begin, `texts` those of
        the types, `ids` those of the documents. The columns are document (UInt32), id (String), position (UInt32, in
        the document), before, node, after (String), start and end (UInt32, code points).
        """
        cdef ck_error error
        cdef ck_ticker ticker = ck_python_ticker()
        cdef ck_line_job job
        cdef ck_column table
        cdef ck_code code
        if before < 0 or after < 0:
            raise ValueError(f"before and after must not be negative, got {before} and {after}")
        if end is not None:
            same_length("end", end.shape[0], "first", first.shape[0])
        same_length("starts", starts.shape[0], "types", self.arrays.n_tokens)
        same_length("texts", texts.texts.length, "types of tokens", self.arrays.n_types)
        same_length("ids", ids.texts.length, "documents", document_ends.shape[0])
        job.tokens = &self.arrays
        job.document_ends = u64_items(document_ends)
        job.n_documents = document_ends.shape[0]
        job.starts = u32_items(starts)
        job.of_starts = touches_of(start_checks)
        job.surfaces = &texts.texts
        job.ids = &ids.texts
        job.first = u32_items(first)
        job.end = NULL
        if end is not None:
            job.end = u32_items(end)
        job.n_hits = first.shape[0]
        job.before = before
        job.after = after
        with nogil:
            code = ck_lines(&job, &table, &ticker, &error)
        if code:
            ck_raise(&error)
        return ck_column_to_capsules(&table)

    def ends(self, const int64_t[::1] places not None, const uint32_t[::1] starts not None, Texts texts not None):
        """Return the code point after each token as UInt32; `starts` are those where the tokens begin.

        `texts` are those of the types.
        """
        cdef ck_error error
        cdef ck_ticker ticker = ck_python_ticker()
        cdef const int64_t *given = i64_items(places)
        cdef const uint32_t *begin = u32_items(starts)
        cdef size_t length = places.shape[0]
        cdef uint32_t *out = NULL
        cdef ck_code code
        if starts.shape[0] != places.shape[0]:
            raise ValueError(f"starts must have {length} items, as many as places, got {starts.shape[0]}")
        if <int64_t>texts.texts.length != self.arrays.n_types:
            raise ValueError(f"texts must have {self.arrays.n_types} items, as many as types, got {texts.texts.length}")
        out = <uint32_t *>ck_allocate(length, sizeof(uint32_t), &error)
        if out == NULL:
            ck_raise(&error)
        with nogil:
            code = ck_token_ends(&self.arrays, given, begin, length, &texts.texts, out, &ticker, &error)
            if code:
                free(out)
        if code:
            ck_raise(&error)
        return ck_numbers_to_capsules(CK_FORMAT_U32, &out, length)


def count_in_documents(const uint32_t[::1] places not None, const uint64_t[::1] document_ends not None):
    """Count the tokens `places`, ascending, in each document, as an Int64 column."""
    cdef ck_error error
    cdef ck_ticker ticker = ck_python_ticker()
    cdef const uint32_t *given = u32_items(places)
    cdef const uint64_t *ends = u64_items(document_ends)
    cdef size_t n_places = places.shape[0], n_documents = document_ends.shape[0]
    cdef int64_t *counts = <int64_t *>ck_allocate(n_documents, sizeof(int64_t), &error)
    cdef ck_code code
    if counts == NULL:
        ck_raise(&error)
    memset(counts, 0, n_documents * sizeof(int64_t))
    with nogil:
        code = ck_count_in_documents(given, n_places, ends, n_documents, counts, &ticker, &error)
        if code:
            free(counts)
    if code:
        ck_raise(&error)
    return ck_numbers_to_capsules(CK_FORMAT_I64, &counts, n_documents)
