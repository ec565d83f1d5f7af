# Counting forms in groups of documents: arrays of ids in, columns with a row for each group and form out.

cdef _groups_job(ck_groups_job *job, const uint32_t[::1] type_ids, const uint64_t[::1] document_ends,
                 const uint32_t[::1] form_of_type, size_t n_forms, const uint32_t[::1] listed,
                 const uint32_t[::1] sizes, const uint64_t[::1] group_ends):
    _at_most_ids("n_forms", n_forms)
    same_length("sizes", sizes.shape[0], "listed", listed.shape[0])
    job.types = u32_items(type_ids)
    job.n_tokens = type_ids.shape[0]
    job.document_ends = u64_items(document_ends)
    job.n_documents = document_ends.shape[0]
    job.form_of_type = u32_items(form_of_type)
    job.n_types = form_of_type.shape[0]
    job.n_forms = n_forms
    job.listed = u32_items(listed)
    job.sizes = u32_items(sizes)
    job.n_listed = listed.shape[0]
    job.group_ends = u64_items(group_ends)
    job.n_groups = group_ends.shape[0]


def count_groups(const uint32_t[::1] type_ids not None, const uint64_t[::1] document_ends not None,
                 const uint32_t[::1] form_of_type not None, size_t n_forms, const uint32_t[::1] listed not None,
                 const uint32_t[::1] sizes not None, const uint64_t[::1] group_ends not None):
    """Count the forms of each group of documents, in one pass.

    Args:
        type_ids: Type of each token.
        document_ends: End of each document in tokens.
        form_of_type: Form of each type, or 4294967295 for one that is not counted.
        n_forms: Number of forms.
        listed: The documents of the groups, one group after another, each once.
        sizes: The size of each listed document.
        group_ends: End of each group in `listed`.

    Returns:
        The columns (ends, forms, counts, documents, holding). The rows of a group end at its item of `ends`; there is
        one for each form that it has, ascending. `holding` is the size of the documents with the form.
    """
    cdef ck_error error
    cdef ck_ticker ticker = ck_python_ticker()
    cdef ck_groups_job job
    cdef ck_group_rows rows
    cdef ck_code code
    _groups_job(&job, type_ids, document_ends, form_of_type, n_forms, listed, sizes, group_ends)
    with nogil:
        code = ck_count_groups(&job, &rows, &ticker, &error)
    if code:
        ck_raise(&error)
    try:
        length = rows.forms.length
        return (ck_numbers_to_capsules(CK_FORMAT_U64, &rows.ends, job.n_groups),
                ck_numbers_to_capsules(CK_FORMAT_U32, &rows.forms.data, length),
                ck_numbers_to_capsules(CK_FORMAT_U32, &rows.counts.data, length),
                ck_numbers_to_capsules(CK_FORMAT_U32, &rows.documents.data, length),
                ck_numbers_to_capsules(CK_FORMAT_U32, &rows.holding.data, length))
    finally:
        ck_group_rows_free(&rows)


def sum_groups(const uint32_t[::1] type_ids not None, const uint64_t[::1] document_ends not None,
               const uint32_t[::1] form_of_type not None, size_t n_forms, const uint32_t[::1] listed not None,
               const uint32_t[::1] sizes not None, const uint64_t[::1] group_ends not None,
               const uint64_t[::1] row_ends not None, const uint32_t[::1] forms not None,
               const double[::1] own not None, const double[::1] others not None):
    """Sum what forms have in the documents where their share is above a threshold, by groups of documents.

    Args:
        type_ids: As in `count_groups`, like the other arguments before `row_ends`.
        row_ends: End of the rows of each group.
        forms: Form of each row; a group has one for each form.
        own: Threshold of each row in the documents of its group: a share of the size of a document.
        others: Threshold of each row in the documents of the other groups.

    Returns:
        The columns (counts, sizes, other_counts, other_sizes): of each row, the count of its form in, and the size of,
        the documents of the group above the first threshold, and those of the other groups above the second.
    """
    cdef ck_error error
    cdef ck_ticker ticker = ck_python_ticker()
    cdef ck_groups_job job
    cdef ck_thresholds rows
    cdef ck_group_sums sums
    cdef ck_code code
    _groups_job(&job, type_ids, document_ends, form_of_type, n_forms, listed, sizes, group_ends)
    same_length("row_ends", row_ends.shape[0], "group_ends", group_ends.shape[0])
    same_length("own", own.shape[0], "forms", forms.shape[0])
    same_length("others", others.shape[0], "forms", forms.shape[0])
    rows.ends = u64_items(row_ends)
    rows.forms = u32_items(forms)
    rows.own = f64_items(own)
    rows.others = f64_items(others)
    rows.length = forms.shape[0]
    with nogil:
        code = ck_sum_groups(&job, &rows, &sums, &ticker, &error)
    if code:
        ck_raise(&error)
    try:
        return (ck_numbers_to_capsules(CK_FORMAT_U32, &sums.counts, rows.length),
                ck_numbers_to_capsules(CK_FORMAT_U32, &sums.sizes, rows.length),
                ck_numbers_to_capsules(CK_FORMAT_U32, &sums.other_counts, rows.length),
                ck_numbers_to_capsules(CK_FORMAT_U32, &sums.other_sizes, rows.length))
    finally:
        ck_group_sums_free(&sums)
