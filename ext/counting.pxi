# Counting over arrays of ids: n-grams, types, postings, collocates, and the selection of what is counted.
#
# Arrays enter through the buffer protocol, also read-only ones. Columns leave as pairs of Arrow capsules.

cdef _at_most_ids(str name, size_t number):
    # Ids are 32 bits; a larger number of them would overflow.
    if number > 0xFFFFFFFF:
        raise OverflowError(f"{name} must be at most 4,294,967,295, got {number}")


def select(const uint32_t[::1] type_ids not None, const uint8_t[::1] flags not None,
           const uint32_t[::1] counts_per_document not None, const uint32_t[::1] form_of_type not None, *,
           uint8_t barrier_bit=0, const uint8_t[::1] documents=None, size_t shortest=1, uint64_t least=0,
           bint with_positions=False, unsigned threads=1, size_t grain=0):
    """Select the tokens whose type has a form, as ids of their forms.

    Args:
        type_ids: Type of each token.
        flags: Flags of each token.
        counts_per_document: Number of tokens of each document.
        form_of_type: Form of each type, 4294967295 for none, or 4294967294 for none that is a barrier.
        barrier_bit: Flag of tokens that begin a barrier.
        documents: 1 for each document to keep, 0 for one to empty; None keeps all.
        shortest: Runs of fewer tokens between two barriers are left out.
        least: Neighbours that occur together less often may get a barrier between them; 0 for none.
        with_positions: Whether to return the positions of the tokens.
        threads: Most threads to use.
        grain: Tokens that are worth a thread; 0 for the default.

    Returns:
        The columns (ids, barriers, document_ends, positions); positions is None unless requested.
    """
    cdef ck_error error
    cdef ck_ticker ticker = ck_python_ticker()
    cdef ck_selection_job job
    cdef ck_selection out
    cdef ck_code code
    same_length("flags", flags.shape[0], "type_ids", type_ids.shape[0])
    if documents is not None:
        same_length("documents", documents.shape[0], "counts_per_document", counts_per_document.shape[0])
    job.type_ids = u32_items(type_ids)
    job.flags = u8_items(flags)
    job.n_tokens = type_ids.shape[0]
    job.counts = u32_items(counts_per_document)
    job.chosen = u8_items(documents)
    job.n_documents = counts_per_document.shape[0]
    job.form_of_type = u32_items(form_of_type)
    job.n_types = form_of_type.shape[0]
    job.barrier_bits = barrier_bit
    job.with_positions = with_positions
    job.threads = threads
    job.grain = grain or CK_WORTH_A_THREAD
    job.shortest = shortest
    job.least = least
    with nogil:
        code = ck_select(&job, &out, &ticker, &error)
    if code:
        ck_raise(&error)
    try:
        ids = ck_numbers_to_capsules(CK_FORMAT_U32, &out.ids, out.length)
        barriers = ck_numbers_to_capsules(CK_FORMAT_U8, &out.barriers, out.length)
        ends = ck_numbers_to_capsules(CK_FORMAT_U64, &out.document_ends, job.n_documents)
        positions = ck_numbers_to_capsules(CK_FORMAT_U32, &out.positions, out.length) if with_positions else None
        return ids, barriers, ends, positions
    finally:
        ck_selection_free(&out)


def count_ngrams(const uint32_t[::1] ids not None, const uint8_t[::1] barriers not None,
                 const uint64_t[::1] document_ends not None, *, unsigned low, unsigned high, unsigned skip=0,
                 uint64_t min_count=1, uint8_t barrier_bits=255, size_t n_types=0, const uint32_t[::1] groups=None,
                 size_t n_groups=0, bint document_frequency=True, bint with_ids=False, unsigned threads=1,
                 size_t grain=0):
    """Count n-grams of low to high tokens, with up to `skip` tokens skipped in each.

    Args:
        ids: Id of each token.
        barriers: Barrier bits of each token; no n-gram crosses from the previous token into one with a bit of
            `barrier_bits`.
        document_ends: End of each document in tokens.
        low: Shortest length, at least 1.
        high: Longest length, at most 8.
        skip: Most tokens skipped in an n-gram, at most 15.
        min_count: Least frequency of a row.
        barrier_bits: The bits of `barriers` that count.
        n_types: A number above every id, if known; otherwise 0.
        groups: Group of each document; None to count them together.
        n_groups: Number of groups.
        document_frequency: Whether to count documents.
        with_ids: Whether to return ids instead of first occurrences.
        threads: Most threads to use.
        grain: Items that are worth a thread; 0 for the default.

    Returns:
        The columns (n, place, count, documents, group); documents is None unless requested, group without groups.
        `place` is the first occurrence: start << 32 | gaps, 4 bits each, the first gap in the highest bits. With
        `with_ids` it is a tuple of `high` columns, the ids of the first, second, ... token, null beyond n.
    """
    cdef ck_error error
    cdef ck_ticker ticker = ck_python_ticker()
    cdef ck_ngram_job job
    cdef ck_rows rows
    cdef ck_ngram_table table
    cdef ck_code code
    cdef bint grouped = groups is not None
    _ngram_job(&job, ids, barriers, document_ends)
    if grouped:
        same_length("groups", groups.shape[0], "document_ends", document_ends.shape[0])
    job.barrier_bits = barrier_bits
    job.n_types = n_types
    job.groups = u32_items(groups)
    job.n_groups = n_groups
    job.low = low
    job.high = high
    job.skip = skip
    job.min_count = min_count
    job.document_frequency = document_frequency
    job.threads = threads
    job.grain = grain or CK_WORTH_A_THREAD
    cdef size_t length
    memset(&rows, 0, sizeof(rows))
    with nogil:
        code = ck_count_ngrams(&job, &rows, &ticker, &error)
        if not code:
            code = ck_rows_table(&rows, job.tokens, high if with_ids else 0, document_frequency, grouped, threads,
                                 job.grain, &table, &ticker, &error)
        length = rows.length
        ck_rows_free(&rows)
    if code:
        ck_raise(&error)
    try:
        return _ngram_columns(&table, length, high if with_ids else 0)
    finally:
        ck_ngram_table_free(&table)


cdef _ngram_job(ck_ngram_job *job, const uint32_t[::1] ids, const uint8_t[::1] barriers,
                const uint64_t[::1] document_ends):
    same_length("barriers", barriers.shape[0], "ids", ids.shape[0])
    memset(job, 0, sizeof(ck_ngram_job))
    job.tokens = u32_items(ids)
    job.barriers = u8_items(barriers)
    job.n_tokens = ids.shape[0]
    job.document_ends = u64_items(document_ends)
    job.n_documents = document_ends.shape[0]
    job.seed = random_seed()


def count_ngram_levels(const uint32_t[::1] ids not None, const uint8_t[::1] barriers not None,
                       const uint64_t[::1] document_ends not None, *, unsigned low, unsigned high, unsigned skip=0,
                       uint8_t barrier_bits=255, size_t n_types=0, unsigned threads=1, size_t grain=0):
    """Count n-grams as `count_ngrams` does, one table for each length.

    Returns:
        A list of (n, start, gaps, count, documents) for each length from low to high. The columns (UInt32) are in
        order of first occurrence, which is at `start`; gaps is None where no token is skipped.
    """
    cdef ck_error error
    cdef ck_ticker ticker = ck_python_ticker()
    cdef ck_ngram_job job
    cdef ck_rows rows
    cdef ck_code code
    _ngram_job(&job, ids, barriers, document_ends)
    job.barrier_bits = barrier_bits
    job.n_types = n_types
    job.low = low
    job.high = high
    job.skip = skip
    job.min_count = 1
    job.document_frequency = True
    job.threads = threads
    job.grain = grain or CK_WORTH_A_THREAD
    memset(&rows, 0, sizeof(rows))
    with nogil:
        code = ck_count_ngrams(&job, &rows, &ticker, &error)
    try:
        if code:
            ck_raise(&error)
        return [_level_columns(n, &rows.levels[n]) for n in range(low, high + 1)]
    finally:
        ck_rows_free(&rows)


cdef object _level_columns(unsigned n, ck_level *level):
    length = level.length
    start = ck_numbers_to_capsules(CK_FORMAT_U32, &level.start, length)
    gaps = None if level.gaps == NULL else ck_numbers_to_capsules(CK_FORMAT_U32, &level.gaps, length)
    count = ck_numbers_to_capsules(CK_FORMAT_U32, &level.count, length)
    return n, start, gaps, count, ck_numbers_to_capsules(CK_FORMAT_U32, &level.documents, length)


cdef object _ngram_columns(ck_ngram_table *table, size_t length, unsigned width):
    n = ck_numbers_to_capsules(CK_FORMAT_U8, &table.n, length)
    if width:
        place = tuple(_ids_column(table, j, length) for j in range(width))
    else:
        place = ck_numbers_to_capsules(CK_FORMAT_U64, &table.first, length)
    count = ck_numbers_to_capsules(CK_FORMAT_I64, &table.count, length)
    documents = group = None
    if table.documents:
        documents = ck_numbers_to_capsules(CK_FORMAT_I64, &table.documents, length)
    if table.group:
        group = ck_numbers_to_capsules(CK_FORMAT_U32, &table.group, length)
    return n, place, count, documents, group


cdef object _ids_column(ck_ngram_table *table, unsigned j, size_t length):
    cdef ck_error error
    cdef ck_column column
    cdef uint32_t *ids = table.ids[j]
    cdef uint8_t *validity = table.validity[j]
    table.ids[j] = NULL
    table.validity[j] = NULL
    if ck_column_of_nullable(&column, CK_FORMAT_U32, ids, length, validity, table.nulls[j], &error):
        ck_raise(&error)
    return ck_column_to_capsules(&column)


def ngram_strings(const uint32_t[::1] ids not None, const uint8_t[::1] n not None, const uint64_t[::1] first not None,
                  object vocabulary, *, bytes separator=b" ", size_t block_limit=0, unsigned threads=1, size_t grain=0):
    """Join the tokens of each row; `vocabulary` is the Arrow stream capsule of the words in order of id."""
    cdef ck_error error
    cdef ck_ticker ticker = ck_python_ticker()
    cdef ck_text_column words
    cdef ck_text *texts = NULL
    cdef ck_joiner joiner
    cdef ck_column column
    cdef ck_code code
    cdef size_t n_rows = n.shape[0]
    cdef unsigned workers = ck_workers_for(threads, n_rows, grain or CK_WORTH_A_THREAD)
    cdef const uint8_t *lengths = u8_items(n)
    cdef const uint64_t *keys = u64_items(first)
    cdef bytes padded = separator + bytes(CK_PIECE)
    cdef const uint8_t *between = padded
    cdef uint8_t *packed = NULL
    same_length("first", first.shape[0], "n", n_rows)
    if ck_utf8_check(between, <size_t>len(separator)) != <size_t>len(separator):
        raise ValueError(f"separator must be UTF-8, got {separator!r}")
    joiner.ids = u32_items(ids)
    joiner.n_tokens = ids.shape[0]
    joiner.separator.bytes = between
    joiner.separator.length = <uint32_t>len(separator)
    ck_text_column_of_capsule(vocabulary, &words)
    with nogil:
        joiner.n_words = words.length
        code = ck_text_column_read(&words, False, &texts, &error)
        joiner.words = texts
        if not code:
            packed = ck_pack_words(texts, joiner.n_words, &error)
            code = CK_OK if packed != NULL else error.code
        if not code:
            code = ck_ngram_strings(&joiner, lengths, keys, n_rows, workers, block_limit, &column, &ticker, &error)
        free(packed)
        free(texts)
        ck_text_column_close(&words)
    if code:
        ck_raise(&error)
    return ck_column_to_capsules(&column)


def count_types(const uint32_t[::1] ids not None, const uint64_t[::1] document_ends not None, size_t n_types, *,
                const uint8_t[::1] documents=None, const uint32_t[::1] groups=None, size_t n_groups=0):
    """Count the tokens and documents of types, in the documents whose mask is not 0.

    Returns:
        Without groups the columns (counts, documents), a row for each type. With groups (group, type, counts,
        documents), a row for each pair that occurs, by group and within it by first occurrence.
    """
    cdef ck_error error
    cdef ck_ticker ticker = ck_python_ticker()
    cdef const uint32_t *tokens = u32_items(ids)
    cdef const uint64_t *ends = u64_items(document_ends)
    cdef const uint8_t *chosen = u8_items(documents)
    cdef const uint32_t *group_of_document = u32_items(groups)
    cdef size_t n_documents = document_ends.shape[0], n_tokens = ids.shape[0]
    cdef ck_type_counts types
    cdef ck_group_counts rows
    _at_most_ids("n_types", n_types)
    _at_most_ids("n_groups", n_groups)
    if documents is not None:
        same_length("documents", documents.shape[0], "document_ends", n_documents)
    if groups is not None:
        same_length("groups", groups.shape[0], "document_ends", n_documents)
    if ck_check_documents(ends, n_documents, <size_t>ids.shape[0], &error):
        ck_raise(&error)
    memset(&types, 0, sizeof(types))
    memset(&rows, 0, sizeof(rows))
    cdef ck_code code
    try:
        if groups is None:
            with nogil:
                code = ck_type_counts_new(&types, n_types, &error)
                if not code:
                    code = ck_count_types(tokens, ends, n_documents, n_tokens, chosen, n_types, &types, &ticker, &error)
            if code:
                ck_raise(&error)
            return (ck_numbers_to_capsules(CK_FORMAT_I64, &types.counts, n_types),
                    ck_numbers_to_capsules(CK_FORMAT_I64, &types.documents, n_types))
        with nogil:
            code = ck_count_types_by_group(tokens, ends, n_documents, n_tokens, chosen, group_of_document, n_groups,
                                           n_types, &rows, &ticker, &error)
        if code:
            ck_raise(&error)
        return (ck_numbers_to_capsules(CK_FORMAT_U32, &rows.groups.data, rows.groups.length),
                ck_numbers_to_capsules(CK_FORMAT_U32, &rows.types.data, rows.types.length),
                ck_numbers_to_capsules(CK_FORMAT_I64, &rows.counts.data, rows.counts.length),
                ck_numbers_to_capsules(CK_FORMAT_I64, &rows.documents.data, rows.documents.length))
    finally:
        ck_type_counts_free(&types)
        ck_group_counts_free(&rows)


def count_by_first(const uint32_t[::1] ids not None, const uint64_t[::1] document_ends not None, size_t n_types):
    """Count the tokens and documents of the types that occur.

    Returns:
        The columns (first, counts, documents), a row for each of these types, by first occurrence: the first token of
        the type (UInt32), its tokens and its documents (Int64).
    """
    cdef ck_error error
    cdef ck_ticker ticker = ck_python_ticker()
    cdef const uint32_t *tokens = u32_items(ids)
    cdef const uint64_t *ends = u64_items(document_ends)
    cdef size_t n_documents = document_ends.shape[0], n_tokens = ids.shape[0]
    cdef ck_first_counts rows
    cdef ck_code code
    _at_most_ids("n_types", n_types)
    _at_most_ids("the length of ids", n_tokens)
    if ck_check_documents(ends, n_documents, n_tokens, &error):
        ck_raise(&error)
    memset(&rows, 0, sizeof(rows))
    try:
        with nogil:
            code = ck_count_by_first(tokens, ends, n_documents, n_tokens, n_types, &rows, &ticker, &error)
        if code:
            ck_raise(&error)
        return (ck_numbers_to_capsules(CK_FORMAT_U32, &rows.first, rows.length),
                ck_numbers_to_capsules(CK_FORMAT_I64, &rows.counts, rows.length),
                ck_numbers_to_capsules(CK_FORMAT_I64, &rows.documents, rows.length))
    finally:
        ck_first_counts_free(&rows)


def count_by_document(const uint32_t[::1] ids not None, const uint64_t[::1] document_ends not None, size_t n_types, *,
                      const uint8_t[::1] documents=None):
    """Count each type in each document whose mask is not 0.

    Returns:
        The columns (starts, types, counts). The rows of the k-th of these documents are starts[k] up to
        starts[k + 1], by first occurrence.
    """
    cdef ck_error error
    cdef ck_ticker ticker = ck_python_ticker()
    cdef const uint32_t *tokens = u32_items(ids)
    cdef const uint64_t *ends = u64_items(document_ends)
    cdef const uint8_t *chosen = u8_items(documents)
    cdef size_t n_documents = document_ends.shape[0], n_tokens = ids.shape[0]
    cdef ck_document_rows rows
    cdef ck_code code
    _at_most_ids("n_types", n_types)
    _at_most_ids("the length of ids", ids.shape[0])
    if documents is not None:
        same_length("documents", documents.shape[0], "document_ends", n_documents)
    if ck_check_documents(ends, n_documents, <size_t>ids.shape[0], &error):
        ck_raise(&error)
    memset(&rows, 0, sizeof(rows))
    try:
        with nogil:
            code = ck_count_by_document(tokens, ends, n_documents, n_tokens, chosen, n_types, &rows, &ticker, &error)
        if code:
            ck_raise(&error)
        length = rows.starts[rows.n_documents]
        return (ck_numbers_to_capsules(CK_FORMAT_U64, &rows.starts, rows.n_documents + 1),
                ck_numbers_to_capsules(CK_FORMAT_U32, &rows.types, length),
                ck_numbers_to_capsules(CK_FORMAT_U32, &rows.counts, length))
    finally:
        ck_document_rows_free(&rows)


def count_forms(const uint32_t[::1] type_ids not None, const uint64_t[::1] document_ends not None,
                const uint32_t[::1] form_of_type not None, size_t n_forms, *, const uint8_t[::1] documents=None,
                const double[::1] thresholds=None, unsigned threads=1, size_t grain=0):
    """Count the forms of tokens, in the documents whose mask is not 0, in one pass.

    Args:
        type_ids: Type of each token.
        document_ends: End of each document in tokens.
        form_of_type: Form of each type, or 4294967295 for one that is not counted.
        n_forms: Number of forms.
        documents: 1 for each document to count, 0 for the others; None counts all.
        thresholds: A share for each form, or None.
        threads: Most threads to use.
        grain: Tokens that are worth a thread; 0 for the default.

    Returns:
        The columns (counts, documents, above, sizes_above, sizes). The first four have a row for each form; `above` and
        `sizes_above` are the count of the form in, and the size of, the documents in which its share is above its
        threshold, None without thresholds. `sizes` are the counted tokens of each document.
    """
    cdef ck_error error
    cdef ck_ticker ticker = ck_python_ticker()
    cdef ck_forms_job job
    cdef ck_form_counts found
    cdef ck_code code
    _at_most_ids("n_forms", n_forms)
    if documents is not None:
        same_length("documents", documents.shape[0], "document_ends", document_ends.shape[0])
    if thresholds is not None:
        same_length("thresholds", thresholds.shape[0], "n_forms", n_forms)
    job.types = u32_items(type_ids)
    job.n_tokens = type_ids.shape[0]
    job.document_ends = u64_items(document_ends)
    job.n_documents = document_ends.shape[0]
    job.chosen = u8_items(documents)
    job.form_of_type = u32_items(form_of_type)
    job.n_types = form_of_type.shape[0]
    job.n_forms = n_forms
    job.thresholds = f64_items(thresholds)
    job.threads = threads
    job.grain = grain or CK_WORTH_A_THREAD
    if ck_check_documents(job.document_ends, job.n_documents, job.n_tokens, &error):
        ck_raise(&error)
    with nogil:
        code = ck_count_forms(&job, &found, &ticker, &error)
    if code:
        ck_raise(&error)
    try:
        counts = ck_numbers_to_capsules(CK_FORMAT_I64, &found.counts, n_forms)
        holding = ck_numbers_to_capsules(CK_FORMAT_I64, &found.documents, n_forms)
        sizes = ck_numbers_to_capsules(CK_FORMAT_U32, &found.sizes, job.n_documents)
        if thresholds is None:
            return counts, holding, None, None, sizes
        above = ck_numbers_to_capsules(CK_FORMAT_I64, &found.above, n_forms)
        return counts, holding, above, ck_numbers_to_capsules(CK_FORMAT_I64, &found.sizes_above, n_forms), sizes
    finally:
        ck_form_counts_free(&found)


def count_collocates(const uint32_t[::1] type_ids not None, const uint8_t[::1] flags not None,
                     const uint64_t[::1] document_ends not None, const uint32_t[::1] form_of_type not None,
                     size_t n_forms, const uint32_t[::1] first not None, const uint32_t[::1] end not None, *,
                     uint64_t before, uint64_t after, uint8_t barrier_bit=0, unsigned threads=1, size_t grain=0):
    """Count the forms in the windows around hits.

    Hit h is the tokens first[h] up to end[h]; hits are in text order. A window is `before` and `after` words, which are
    tokens with a form. It does not cross into a token with a bit of `barrier_bit` or into another document. A token
    counts once, however many windows it is in; the tokens of hits are in no window and are counted as in_hits. `grain`
    is the number of hits that are worth a thread.

    Returns:
        The columns (forms, counts, documents, in_hits), a row for each form that is in a window or a hit, ascending.
    """
    cdef ck_error error
    cdef ck_ticker ticker = ck_python_ticker()
    cdef ck_windows_job job
    cdef ck_collocates found
    cdef ck_code code
    if n_forms >= 0xFFFFFFFF:  # 4,294,967,294 marks a type that does not exist
        raise OverflowError(f"n_forms must be at most 4,294,967,294, got {n_forms}")
    same_length("flags", flags.shape[0], "type_ids", type_ids.shape[0])
    same_length("end", end.shape[0], "first", first.shape[0])
    job.types = u32_items(type_ids)
    job.flags = u8_items(flags)
    job.n_tokens = type_ids.shape[0]
    job.form_of_type = u32_items(form_of_type)
    job.n_types = form_of_type.shape[0]
    job.n_forms = n_forms
    job.document_ends = u64_items(document_ends)
    job.n_documents = document_ends.shape[0]
    job.first = u32_items(first)
    job.end = u32_items(end)
    job.n_hits = first.shape[0]
    job.before = before
    job.after = after
    job.barrier_bits = barrier_bit
    job.threads = threads
    job.grain = grain
    if ck_check_documents(job.document_ends, job.n_documents, job.n_tokens, &error):
        ck_raise(&error)
    memset(&found, 0, sizeof(found))
    try:
        with nogil:
            code = ck_count_collocates(&job, &found, &ticker, &error)
        if code:
            ck_raise(&error)
        return (ck_numbers_to_capsules(CK_FORMAT_U32, &found.forms, found.length),
                ck_numbers_to_capsules(CK_FORMAT_I64, &found.counts, found.length),
                ck_numbers_to_capsules(CK_FORMAT_I64, &found.documents, found.length),
                ck_numbers_to_capsules(CK_FORMAT_I64, &found.in_hits, found.length))
    finally:
        ck_collocates_free(&found)


def postings(const uint32_t[::1] ids not None, size_t n_types):
    """Return the positions of each type: the columns (offsets, positions), with n_types + 1 offsets."""
    cdef ck_error error
    cdef ck_ticker ticker = ck_python_ticker()
    cdef const uint32_t *tokens = u32_items(ids)
    cdef size_t n_tokens = ids.shape[0]
    cdef uint64_t *offsets = NULL
    cdef uint32_t *positions = NULL
    cdef ck_code code = CK_OK
    _at_most_ids("n_types", n_types)
    _at_most_ids("the length of ids", n_tokens)
    try:
        with nogil:
            offsets = <uint64_t *>ck_large(n_types + 1, sizeof(uint64_t), &error)
            if offsets != NULL:
                positions = <uint32_t *>ck_large(n_tokens, sizeof(uint32_t), &error)
            if positions == NULL:
                code = error.code
            else:
                code = ck_postings(tokens, n_tokens, n_types, offsets, positions, &ticker, &error)
        if code:
            ck_raise(&error)
        return (ck_numbers_to_capsules(CK_FORMAT_U64, &offsets, n_types + 1),
                ck_numbers_to_capsules(CK_FORMAT_U32, &positions, n_tokens))
    finally:
        free(offsets)
        free(positions)


def positions_of(const uint64_t[::1] offsets not None, const uint32_t[::1] positions not None,
                 const uint32_t[::1] types not None):
    """Return the positions (UInt32) of all tokens of some types, ascending, from the columns of `postings`."""
    cdef ck_error error
    cdef ck_ticker ticker = ck_python_ticker()
    cdef const uint64_t *begins = u64_items(offsets)
    cdef const uint32_t *listed = u32_items(positions)
    cdef const uint32_t *wanted = u32_items(types)
    cdef size_t n_offsets = offsets.shape[0], n_positions = positions.shape[0], n_wanted = types.shape[0]
    cdef size_t length
    cdef uint32_t *given = NULL
    cdef uint32_t *room = NULL
    cdef uint32_t *found = NULL
    if not n_offsets:
        raise ValueError("offsets must have at least one item, got none")
    if ck_positions_count(begins, n_offsets - 1, n_positions, wanted, n_wanted, &length, &error):
        ck_raise(&error)
    try:
        with nogil:
            given = <uint32_t *>ck_large(length, sizeof(uint32_t), &error)
            if given != NULL:
                room = <uint32_t *>ck_large(length, sizeof(uint32_t), &error)
            if room != NULL:
                found = ck_positions_of(begins, n_offsets - 1, listed, n_positions, wanted, n_wanted, given, room,
                                        length, &ticker, &error)
        if found == NULL:
            ck_raise(&error)
        if found == given:
            return ck_numbers_to_capsules(CK_FORMAT_U32, &given, length)
        return ck_numbers_to_capsules(CK_FORMAT_U32, &room, length)
    finally:
        ck_block_give(given)
        ck_block_give(room)


def ratio_factors(const int64_t[::1] previous not None, double threshold):
    """Count the factors of a text; a factor ends where its type-token ratio falls below the threshold.

    `previous` is the position of the previous token of the same type for each token, or -1.

    Returns:
        (complete factors, tokens in the remainder, types in the remainder).
    """
    cdef ck_error error
    cdef ck_ticker ticker = ck_python_ticker()
    cdef const int64_t *before = i64_items(previous)
    cdef int64_t n = previous.shape[0], i, begin = 0, types = 0, factors = 0
    cdef ck_code code = CK_OK
    with nogil:
        for i in range(n):
            types += before[i] < begin
            if <double>types / <double>(i + 1 - begin) < threshold:
                factors += 1
                begin = i + 1
                types = 0
            if i % 65536 == 0:
                code = ck_tick(&ticker, 65536, &error)
                if code:
                    break
    if code:
        ck_raise(&error)
    return factors, n - begin, types
