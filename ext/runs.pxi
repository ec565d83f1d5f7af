# Sorted, front-coded runs of counted n-grams on disk, and their k-way merge.
#
# Counts that do not fit in memory are written as runs. `RunRows` makes a run of the table of a count, `merge_runs` the
# table of a bucket from many runs. The layout is in ext/core/ngram_runs.h.

HASH_VERSION = CK_HASH_VERSION


cdef list _fill_level(object given, ck_run_level *level):
    # Points a level at the arrays of a tuple (n, start, gaps or None, count, documents); returns the views to keep.
    cdef const uint32_t[::1] start
    cdef const uint32_t[::1] gaps
    cdef const uint32_t[::1] count
    cdef const uint32_t[::1] documents
    n, start, gaps, count, documents = given
    if start is None or count is None or documents is None:
        raise TypeError("levels must have start, count and documents, got None; only gaps can be None")
    level.n = n
    level.length = start.shape[0]
    same_length("count", count.shape[0], "start", level.length)
    same_length("documents", documents.shape[0], "start", level.length)
    level.gaps = NULL
    if gaps is not None:
        same_length("gaps", gaps.shape[0], "start", level.length)
        level.gaps = u32_items(gaps)
    level.start = u32_items(start)
    level.count = u32_items(count)
    level.documents = u32_items(documents)
    return [start, gaps, count, documents]


def word_ranks(object vocabulary):
    """Return the rank of each word by bytes (UInt32); `vocabulary` is the Arrow stream capsule of the words."""
    cdef ck_error error
    cdef ck_ticker ticker = ck_python_ticker()
    cdef ck_text_column words
    cdef ck_text *texts = NULL
    cdef uint32_t *ranks = NULL
    cdef ck_code code
    cdef size_t length
    ck_text_column_of_capsule(vocabulary, &words)
    length = words.length
    if length > 0xFFFFFFFF:
        ck_text_column_close(&words)
        raise OverflowError(f"vocabulary must have at most 4,294,967,295 words, got {length}")
    try:
        with nogil:
            code = ck_text_column_read(&words, False, &texts, &error)
            if not code:
                ranks = <uint32_t *>ck_allocate(length, sizeof(uint32_t), &error)
                code = ck_word_ranks(texts, length, ranks, &ticker, &error) if ranks != NULL else error.code
            free(texts)
            ck_text_column_close(&words)
        if code:
            ck_raise(&error)
        return ck_numbers_to_capsules(CK_FORMAT_U32, &ranks, length)
    finally:
        free(ranks)


@cython.auto_pickle(False)
cdef class RunRows:
    """The rows of counted n-grams in buckets, to be packed as a run; keeps no reference to the arguments.

    Args:
        ids: The counted tokens.
        levels: Their counts from `count_ngram_levels`, for each length (n, start, gaps or None, count, documents).
        vocabulary: Arrow stream capsule of the words in order of id; no word may contain a space.
        ranks: Ranks of the words by bytes.
        bucket_bits: Logarithm of the number of buckets, 0 to 16.
        hash_bits: Bits of the hash that are used, 1 to 64.
    """
    cdef ck_run_words words
    cdef ck_run run

    def __cinit__(self, const uint32_t[::1] ids not None, list levels not None, object vocabulary,
                  const uint32_t[::1] ranks not None, *, unsigned bucket_bits, unsigned hash_bits=64):
        cdef ck_error error
        cdef ck_ticker ticker = ck_python_ticker()
        cdef ck_text_column words
        cdef ck_text *texts = NULL
        cdef ck_run_job job
        cdef ck_run_level *filled
        cdef ck_code code
        cdef tuple given = tuple(levels)  # which the code that an item runs cannot shorten
        cdef size_t n_levels = len(given), i
        memset(&job, 0, sizeof(job))
        job.joiner.ids = u32_items(ids)
        job.joiner.n_tokens = ids.shape[0]
        job.ranks = u32_items(ranks)
        job.bucket_bits = bucket_bits
        job.hash_bits = hash_bits
        filled = <ck_run_level *>ck_allocate(n_levels, sizeof(ck_run_level), &error)
        if filled == NULL:
            ck_raise(&error)
        job.levels = filled
        try:
            held = [_fill_level(given[i], &filled[i]) for i in range(n_levels)]  # the views keep the arrays alive
            job.n_levels = len(held)
            ck_text_column_of_capsule(vocabulary, &words)
            if words.length != ranks.shape[0]:
                length = words.length
                ck_text_column_close(&words)
                raise ValueError(f"ranks must have {length} items, one for each word, got {ranks.shape[0]}")
            with nogil:
                job.joiner.n_words = words.length
                code = ck_text_column_read(&words, False, &texts, &error)
                job.joiner.words = texts
                if not code:
                    code = ck_run_gather(&job, &self.words, &self.run, &ticker, &error)
                free(texts)
                ck_text_column_close(&words)
            if code:
                ck_raise(&error)
        finally:
            free(filled)

    def __dealloc__(self):
        ck_run_words_free(&self.words)
        ck_run_free(&self.run)

    def __reduce__(self):
        raise TypeError("RunRows cannot be pickled; pass the run")

    def pack(self):
        """Return the run and release the rows: (bytes UInt8, ends UInt64, rows UInt64), the latter two for each bucket.

        Raises:
            ValueError: If the rows were packed before.
        """
        cdef ck_error error
        cdef ck_ticker ticker = ck_python_ticker()
        cdef ck_run_words words
        cdef ck_run run
        cdef ck_code code
        with cython.critical_section(self):  # one of several threads takes the rows
            words, run = self.words, self.run
            memset(&self.words, 0, sizeof(words))
            memset(&self.run, 0, sizeof(run))
        if run.ends == NULL:
            raise ValueError("the rows were packed before")
        cdef size_t buckets = <size_t>1 << words.bucket_bits
        with nogil:
            code = ck_run_pack(&words, &run, &ticker, &error)
        if code:
            ck_raise(&error)
        try:
            return (ck_numbers_to_capsules(CK_FORMAT_U8, &run.bytes.data, run.bytes.length),
                    ck_numbers_to_capsules(CK_FORMAT_U64, &run.ends, buckets),
                    ck_numbers_to_capsules(CK_FORMAT_U64, &run.rows, buckets))
        finally:
            ck_run_free(&run)


def merge_runs(list pieces not None, const uint64_t[::1] rows not None, *, uint64_t min_count=1):
    """Merge a bucket of many runs into a table.

    Args:
        pieces: Buffers, the bucket in each run.
        rows: Number of rows of each piece.
        min_count: Least total count of a row.

    Returns:
        The columns ngram (String, ascending by bytes), n (UInt8), count and documents (Int64), and the sum of the
        hashes of the rows modulo 2^64, which does not depend on the division into buckets and runs.

    Raises:
        ValueError: If a piece is damaged.
    """
    cdef ck_error error
    cdef ck_ticker ticker = ck_python_ticker()
    cdef ck_merged merged
    cdef ck_code code
    cdef ck_column texts
    cdef tuple buffers = tuple(pieces)  # a tuple, which other threads cannot change
    cdef size_t n_pieces = len(buffers), i
    cdef const uint8_t[::1] piece
    cdef const uint64_t *n_rows = u64_items(rows)
    cdef ck_run_piece *given
    if <size_t>rows.shape[0] != n_pieces:
        raise ValueError(f"rows must have {n_pieces} items, one for each piece, got {rows.shape[0]}")
    given = <ck_run_piece *>ck_allocate(n_pieces, sizeof(ck_run_piece), &error)
    if given == NULL:
        ck_raise(&error)
    memset(&merged, 0, sizeof(merged))
    held = []  # views, which keep the buffers alive
    try:
        for i in range(n_pieces):
            piece = buffers[i]
            if piece is None:
                raise TypeError(f"pieces must be buffers, got None for piece {i}")
            held.append(piece)
            given[i].bytes = u8_items(piece)
            given[i].length = piece.shape[0]
            given[i].rows = n_rows[i]
        with nogil:
            code = ck_merge_bucket(given, n_pieces, min_count, &merged, &ticker, &error)
        if code:
            ck_raise(&error)
        length = merged.n.length
        if ck_strings_finish(&merged.texts, &texts, &error):
            ck_raise(&error)
        return (ck_column_to_capsules(&texts),
                ck_numbers_to_capsules(CK_FORMAT_U8, &merged.n.data, length),
                ck_numbers_to_capsules(CK_FORMAT_I64, &merged.counts.data, length),
                ck_numbers_to_capsules(CK_FORMAT_I64, &merged.documents.data, length),
                merged.content)
    finally:
        free(given)
        ck_merged_free(&merged)
