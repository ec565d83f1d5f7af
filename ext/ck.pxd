# The C headers as Cython sees them, in the order of their dependencies.
from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t

cdef extern from "<stdbool.h>" nogil:
    ctypedef bint c_bool "bool"

cdef extern from "core.h" nogil:
    ctypedef enum ck_code:
        CK_OK

    ctypedef struct ck_error:
        ck_code code

    ctypedef struct ck_ticker:
        pass

    ck_code ck_tick(ck_ticker *ticker, int64_t done, ck_error *error)
    void *ck_allocate(size_t count, size_t size, ck_error *error)
    uint64_t ck_once64(const uint64_t *item)

cdef extern from "arrays.h" nogil:
    ctypedef struct ck_u32s:
        uint32_t *data
        size_t length

    ctypedef struct ck_u64s:
        uint64_t *data
        size_t length

    ctypedef struct ck_u8s:
        uint8_t *data
        size_t length

    void ck_u32s_free(ck_u32s *array)

cdef extern from "block_cache.h" nogil:
    size_t ck_blocks_held()
    void ck_blocks_empty()
    void ck_blocks_set_limit(size_t limit)

cdef extern from "checksum.h" nogil:
    uint64_t ck_checksum(const uint8_t *bytes, size_t length)

cdef extern from "touches.h" nogil:
    enum:
        CK_CHECKED_BITS
        CK_CHECKED

    ctypedef enum ck_block_state:
        CK_BLOCK_EQUAL
        CK_BLOCK_PENDING
        CK_BLOCK_READ
        CK_BLOCK_DIFFERS

    ctypedef struct ck_touches:
        const uint8_t *bytes
        size_t length
        const uint64_t *checksums
        uint8_t *states
        uint8_t *concern
        uint8_t *doubts
        size_t n_blocks
        size_t before
        unsigned item_bits

    void ck_mark_range(const ck_touches *touches, size_t first, size_t end)
    ck_code ck_compare_blocks(const ck_touches *touches, bint every, unsigned threads, size_t *differs,
                              ck_ticker *ticker, ck_error *error)
    ck_code ck_compare_items(const ck_touches *touches, const uint32_t *items, size_t n_items, unsigned threads,
                             ck_ticker *ticker, ck_error *error)
    void ck_doubt_blocks(const ck_touches *touches)

cdef extern from "mapped_file.h" nogil:
    ctypedef struct ck_mapped_file:
        const uint8_t *bytes
        size_t length

    ck_code ck_mapped_file_open(ck_mapped_file *file, int descriptor, size_t length, ck_error *error)
    bint ck_mapped_file_failed(const ck_mapped_file *file)
    void ck_mapped_file_close(ck_mapped_file *file)
    ctypedef struct ck_stamp:
        int64_t size, modified, changed
    int ck_file_stamp(int descriptor, ck_stamp *stamp)
    int ck_exchange(const char *one, const char *other)

cdef extern from "block_cache.h" nogil:
    void ck_block_give(void *block)

cdef extern from "pages.h" nogil:
    void *ck_large(size_t count, size_t size, ck_error *error)

cdef extern from "simd.h" nogil:
    ctypedef enum ck_simd:
        CK_SIMD_COUNT

    bint ck_simd_supported(ck_simd simd)
    const char *ck_simd_name(ck_simd simd)
    ck_simd ck_simd_named(const char *name)
    ck_simd ck_simd_best()

cdef extern from "threads.h" nogil:
    unsigned ck_workers_for(unsigned threads, size_t work, size_t piece)

cdef extern from "utf8.h" nogil:
    size_t ck_utf8_check(const uint8_t *s, size_t length)

cdef extern from "arrow.h" nogil:
    struct ArrowSchema:
        void (*release)(ArrowSchema *) noexcept

    struct ArrowArray:
        void (*release)(ArrowArray *) noexcept

    struct ArrowArrayStream:
        int (*get_schema)(ArrowArrayStream *, ArrowSchema *) noexcept
        int (*get_next)(ArrowArrayStream *, ArrowArray *) noexcept
        const char *(*get_last_error)(ArrowArrayStream *) noexcept
        void (*release)(ArrowArrayStream *) noexcept
        void *private_data

cdef extern from "text_column.h" nogil:
    ctypedef struct ck_text:
        const uint8_t *bytes
        uint32_t length

    ctypedef struct ck_text_column:
        int64_t length

    ck_code ck_text_column_open(ArrowArrayStream *stream, ck_text_column *column, ck_error *error)
    void ck_text_column_close(ck_text_column *column)
    ck_code ck_text_column_read(const ck_text_column *column, bint null_is_empty, ck_text **texts, ck_error *error)

cdef extern from "column_out.h" nogil:
    const char *CK_FORMAT_U8
    const char *CK_FORMAT_U32
    const char *CK_FORMAT_I64
    const char *CK_FORMAT_U64

    ctypedef struct ck_column:
        pass

    ctypedef struct ck_strings:
        pass

    void ck_strings_init(ck_strings *strings, size_t block_limit)
    void ck_strings_free(ck_strings *strings)
    ck_code ck_strings_push(ck_strings *strings, const uint8_t *bytes, size_t length, ck_error *error)
    ck_code ck_strings_push_null(ck_strings *strings, ck_error *error)
    ck_code ck_strings_finish(ck_strings *strings, ck_column *column, ck_error *error)
    ck_code ck_column_of_nullable(ck_column *column, const char *format, void *data, size_t length, uint8_t *validity,
                                  int64_t nulls, ck_error *error)

cdef extern from "capsule.h":
    int ck_stream_of_capsule(object capsule, ArrowArrayStream *stream) except -1
    int ck_text_column_of_capsule(object capsule, ck_text_column *column) except -1
    object ck_column_to_capsules(ck_column *column)
    object ck_numbers_to_capsules(const char *format, void *array, size_t length)
    int ck_check_aligned(const void *items, size_t size) except -1
    ck_ticker ck_python_ticker() except *
    int ck_raise(const ck_error *error) except -1

cdef extern from "normalize_column.h" nogil:
    enum:
        CK_ONE
        CK_NONE
        CK_JOINER
        CK_BAD
        CK_IS_ALEF
        CK_IS_HAMZA
        CK_IS_COMPOSED
        CK_IS_EMOJI
        CK_IS_SELECTOR
        CK_IS_LETTER
        CK_IS_TRANSPARENT
        CK_IS_LAM
        CK_IS_HEH
        CK_IS_BEFORE_LAM
        CK_IS_PROCLITIC
        CK_IS_LOOSE
        CK_IS_FINAL

    uint32_t CK_CHANGE(uint32_t kind, uint32_t detail)

    ctypedef struct ck_paged:
        pass

    ctypedef struct ck_pair:
        uint32_t composed, base, mark

    ctypedef struct ck_pairs:
        pass

    ctypedef struct ck_program:
        ck_paged early, late, traits
        ck_pairs pairs
        bint clusters
        size_t elongation, growth_units
        uint32_t final, highest_latin1, highest_bmp

    uint32_t ck_paged_get(const ck_paged *pages, uint32_t code_point)
    ck_code ck_paged_set(ck_paged *pages, uint32_t code_point, uint32_t value, ck_error *error)
    ck_code ck_pairs_push(ck_pairs *pairs, ck_pair pair, ck_error *error)
    ck_program *ck_program_new(ck_error *error)
    void ck_program_free(ck_program *program)
    ck_code ck_program_letters(ck_program *program, const uint32_t *letters, size_t length, uint32_t *change,
                               ck_error *error)
    ck_code ck_program_prepare(ck_program *program, uint32_t code_point, ck_error *error)
    void ck_program_finish(ck_program *program)
    ck_code ck_normalize_column(const ck_program *program, ck_text_column *texts, ck_simd simd, unsigned threads,
                                size_t block_limit, ck_ticker *ticker, ck_column *column, ck_error *error)

    ctypedef struct ck_map:
        pass

    void ck_map_expand(const ck_map *map, size_t length, int64_t *sources)
    void ck_map_free(ck_map *map)

cdef extern from "normalize_str.h":
    object ck_normalize_str(const ck_program *program, object text, ck_simd simd, ck_map *map, size_t *length)

cdef extern from "code_points.h" nogil:
    const char *CK_UNICODE_VERSION

cdef extern from "type_table.h" nogil:
    const uint32_t CK_TYPES_LIMIT

    ctypedef struct ck_types:
        pass

    ctypedef struct ck_seeds:
        pass

    ck_seeds ck_seeds_of(uint64_t seed)
    void ck_types_init(ck_types *types, size_t limit, ck_seeds seeds)
    void ck_types_free(ck_types *types)
    size_t ck_types_count(const ck_types *types)
    const uint8_t *ck_types_bytes(const ck_types *types, size_t id, uint32_t *length)
    uint8_t ck_types_kind(const ck_types *types, size_t id)
    void ck_types_truncate(ck_types *types, size_t count)

cdef extern from "tokenize_column.h" nogil:
    ctypedef enum ck_token_mode:
        CK_STANDARD
        CK_WHITESPACE
        CK_CHARACTER

    ctypedef struct ck_tokens:
        uint32_t *ids
        uint32_t *starts
        uint8_t *flags
        size_t length
        bint without_starts

    void ck_tokens_free(ck_tokens *tokens)
    ck_code ck_tokenize_column(const ck_text_column *column, ck_token_mode mode, ck_simd simd, unsigned threads,
                               size_t grain, ck_types *types, ck_tokens *tokens, uint32_t *counts, ck_ticker *ticker,
                               ck_error *error)

cdef extern from "forms.h" nogil:
    ck_code ck_number_forms(const ck_text_column *texts, const uint8_t *chosen, const uint8_t *kinds, ck_types *forms,
                            uint32_t *of_type, ck_ticker *ticker, ck_error *error)
    ck_code ck_surfaces(const ck_types *types, size_t first, ck_strings *strings, ck_ticker *ticker, ck_error *error)

cdef extern from "selection.h" nogil:
    ctypedef struct ck_selection:
        uint32_t *ids
        uint8_t *barriers
        uint32_t *positions
        uint64_t *document_ends
        size_t length

    ctypedef struct ck_selection_job:
        const uint32_t *type_ids
        const uint8_t *flags
        size_t n_tokens
        const uint32_t *counts
        const uint8_t *chosen
        size_t n_documents
        const uint32_t *form_of_type
        size_t n_types
        uint8_t barrier_bits
        c_bool with_positions
        unsigned threads
        size_t grain
        size_t shortest
        uint64_t least

    ck_code ck_select(const ck_selection_job *job, ck_selection *out, ck_ticker *ticker, ck_error *error)
    void ck_selection_free(ck_selection *selection)

cdef extern from "postings.h" nogil:
    ctypedef struct ck_type_counts:
        int64_t *counts
        int64_t *documents

    ctypedef struct ck_group_counts:
        ck_u32s groups
        ck_u32s types
        ck_u64s counts
        ck_u64s documents

    ck_code ck_check_documents(const uint64_t *ends, size_t n_documents, size_t n_tokens, ck_error *error)
    ck_code ck_positions_count(const uint64_t *offsets, size_t n_types, size_t n_positions, const uint32_t *types,
                               size_t n_given, size_t *length, ck_error *error)
    uint32_t *ck_positions_of(const uint64_t *offsets, size_t n_types, const uint32_t *positions, size_t n_positions,
                              const uint32_t *types, size_t n_given, uint32_t *given, uint32_t *room, size_t length,
                              ck_ticker *ticker, ck_error *error)
    ck_code ck_postings(const uint32_t *ids, size_t n_tokens, size_t n_types, uint64_t *offsets, uint32_t *positions,
                        ck_ticker *ticker, ck_error *error)
    ck_code ck_type_counts_new(ck_type_counts *types, size_t n_types, ck_error *error)
    void ck_type_counts_free(ck_type_counts *types)
    ck_code ck_count_types(const uint32_t *ids, const uint64_t *ends, size_t n_documents, size_t n_tokens,
                           const uint8_t *chosen, size_t n_types, ck_type_counts *types, ck_ticker *ticker,
                           ck_error *error)
    ctypedef struct ck_first_counts:
        size_t length
        uint32_t *first
        int64_t *counts
        int64_t *documents

    void ck_first_counts_free(ck_first_counts *rows)
    ck_code ck_count_by_first(const uint32_t *ids, const uint64_t *ends, size_t n_documents, size_t n_tokens,
                              size_t n_types, ck_first_counts *rows, ck_ticker *ticker, ck_error *error)
    void ck_group_counts_free(ck_group_counts *rows)
    ck_code ck_count_types_by_group(const uint32_t *ids, const uint64_t *ends, size_t n_documents, size_t n_tokens,
                                    const uint8_t *chosen, const uint32_t *groups, size_t n_groups, size_t n_types,
                                    ck_group_counts *rows, ck_ticker *ticker, ck_error *error)

    ctypedef struct ck_document_rows:
        uint64_t *starts
        uint32_t *types
        uint32_t *counts
        size_t n_documents

    void ck_document_rows_free(ck_document_rows *rows)
    ck_code ck_count_by_document(const uint32_t *ids, const uint64_t *ends, size_t n_documents, size_t n_tokens,
                                 const uint8_t *chosen, size_t n_types, ck_document_rows *rows, ck_ticker *ticker,
                                 ck_error *error)

cdef extern from "collocates.h" nogil:
    ctypedef struct ck_windows_job:
        const uint32_t *types
        const uint8_t *flags
        size_t n_tokens
        const uint32_t *form_of_type
        size_t n_types
        size_t n_forms
        const uint64_t *document_ends
        size_t n_documents
        const uint32_t *first
        const uint32_t *end
        size_t n_hits
        uint64_t before
        uint64_t after
        uint8_t barrier_bits
        unsigned threads
        size_t grain

    ctypedef struct ck_collocates:
        size_t length
        uint32_t *forms
        int64_t *counts
        int64_t *documents
        int64_t *in_hits

    void ck_collocates_free(ck_collocates *found)
    ck_code ck_count_collocates(const ck_windows_job *job, ck_collocates *found, ck_ticker *ticker, ck_error *error)

cdef extern from "form_counts.h" nogil:
    ctypedef struct ck_forms_job:
        const uint32_t *types
        size_t n_tokens
        const uint64_t *document_ends
        size_t n_documents
        const uint8_t *chosen
        const uint32_t *form_of_type
        size_t n_types
        size_t n_forms
        const double *thresholds
        unsigned threads
        size_t grain

    ctypedef struct ck_form_counts:
        int64_t *counts
        int64_t *documents
        int64_t *above
        int64_t *sizes_above
        uint32_t *sizes

    void ck_form_counts_free(ck_form_counts *found)
    ck_code ck_count_forms(const ck_forms_job *job, ck_form_counts *found, ck_ticker *ticker, ck_error *error)

cdef extern from "group_counts.h" nogil:
    ctypedef struct ck_groups_job:
        const uint32_t *types
        size_t n_tokens
        const uint64_t *document_ends
        size_t n_documents
        const uint32_t *form_of_type
        size_t n_types
        size_t n_forms
        const uint32_t *listed
        const uint32_t *sizes
        size_t n_listed
        const uint64_t *group_ends
        size_t n_groups

    ctypedef struct ck_group_rows:
        uint64_t *ends
        ck_u32s forms
        ck_u32s counts
        ck_u32s documents
        ck_u32s holding

    ctypedef struct ck_thresholds:
        const uint64_t *ends
        const uint32_t *forms
        const double *own
        const double *others
        size_t length

    ctypedef struct ck_group_sums:
        uint32_t *counts
        uint32_t *sizes
        uint32_t *other_counts
        uint32_t *other_sizes

    void ck_group_rows_free(ck_group_rows *rows)
    ck_code ck_count_groups(const ck_groups_job *job, ck_group_rows *rows, ck_ticker *ticker, ck_error *error)
    void ck_group_sums_free(ck_group_sums *sums)
    ck_code ck_sum_groups(const ck_groups_job *job, const ck_thresholds *rows, ck_group_sums *sums, ck_ticker *ticker,
                          ck_error *error)

cdef extern from "ngram_rows.h" nogil:
    enum:
        CK_WIDEST

    ctypedef struct ck_level:
        size_t length
        uint32_t *count
        uint32_t *start
        uint32_t *gaps
        uint32_t *documents

    ctypedef struct ck_rows:
        ck_level levels[9]
        size_t length

    ctypedef struct ck_ngram_table:
        uint8_t *n
        uint64_t *first
        int64_t *count
        int64_t *documents
        uint32_t *group
        uint32_t *ids[8]
        uint8_t *validity[8]
        int64_t nulls[8]

    void ck_rows_free(ck_rows *rows)
    ck_code ck_rows_table(ck_rows *rows, const uint32_t *tokens, unsigned width, bint documents, bint groups,
                          unsigned threads, size_t grain, ck_ngram_table *table, ck_ticker *ticker, ck_error *error)
    void ck_ngram_table_free(ck_ngram_table *table)

cdef extern from "ngrams.h" nogil:
    enum:
        CK_WORTH_A_THREAD

    ctypedef struct ck_ngram_job:
        const uint32_t *tokens
        const uint8_t *barriers
        uint8_t barrier_bits
        size_t n_tokens
        size_t n_types
        const uint64_t *document_ends
        size_t n_documents
        const uint32_t *groups
        size_t n_groups
        unsigned low
        unsigned high
        unsigned skip
        uint64_t min_count
        c_bool document_frequency
        unsigned threads
        size_t grain
        uint64_t seed

    ck_code ck_count_ngrams(const ck_ngram_job *job, ck_rows *rows, ck_ticker *ticker, ck_error *error)

cdef extern from "ngram_columns.h" nogil:
    enum:
        CK_PIECE

    ctypedef struct ck_joiner:
        const uint32_t *ids
        size_t n_tokens
        const ck_text *words
        size_t n_words
        ck_text separator

    uint8_t *ck_pack_words(ck_text *words, size_t n_words, ck_error *error)
    ck_code ck_ngram_strings(const ck_joiner *joiner, const uint8_t *n, const uint64_t *first, size_t n_rows,
                             unsigned workers, size_t block_limit, ck_column *column, ck_ticker *ticker,
                             ck_error *error)

cdef extern from "ngram_hash.h" nogil:
    enum:
        CK_HASH_VERSION

cdef extern from "ngram_runs.h" nogil:
    ctypedef struct ck_run_level:
        unsigned n
        size_t length
        const uint32_t *start
        const uint32_t *gaps
        const uint32_t *count
        const uint32_t *documents

    ctypedef struct ck_run_job:
        ck_joiner joiner
        const uint32_t *ranks
        const ck_run_level *levels
        size_t n_levels
        unsigned bucket_bits
        unsigned hash_bits

    ctypedef struct ck_run:
        ck_u8s bytes
        uint64_t *ends
        uint64_t *rows

    ctypedef struct ck_run_words:
        uint8_t *codes
        unsigned bucket_bits

    void ck_run_free(ck_run *run)
    void ck_run_words_free(ck_run_words *words)
    ck_code ck_run_gather(const ck_run_job *job, ck_run_words *words, ck_run *run, ck_ticker *ticker, ck_error *error)
    ck_code ck_run_pack(ck_run_words *words, ck_run *run, ck_ticker *ticker, ck_error *error)

cdef extern from "ngram_merge.h" nogil:
    ctypedef struct ck_run_piece:
        const uint8_t *bytes
        size_t length
        uint64_t rows

    ctypedef struct ck_merged:
        ck_strings texts
        ck_u8s n
        ck_u64s counts
        ck_u64s documents
        uint64_t content

    void ck_merged_free(ck_merged *merged)
    ck_code ck_merge_bucket(const ck_run_piece *pieces, size_t runs, uint64_t min_count, ck_merged *merged,
                            ck_ticker *ticker, ck_error *error)

cdef extern from "word_ranks.h" nogil:
    ck_code ck_word_ranks(const ck_text *words, size_t n, uint32_t *ranks, ck_ticker *ticker, ck_error *error)

cdef extern from "search_marks.h" nogil:
    ctypedef struct ck_search_regions:
        const uint32_t *first
        size_t length
        bint overlapping
    ctypedef struct ck_search_codes:
        const void *values
        size_t length
        unsigned size
        bint by_types
    ctypedef struct ck_search_marks:
        const ck_search_regions *regions
        const ck_search_codes *codes
        size_t n_assertions
        size_t n_terms
        size_t n_checks
        size_t n_regions
        size_t n_codes
        size_t n_slots
    void ck_search_regions_free(ck_search_regions *regions)
    ck_code ck_search_regions_copy(ck_search_regions *regions, const uint32_t *first, const uint32_t *end,
                                   size_t length, ck_error *error)
    ck_code ck_search_marks_copy(ck_search_marks *marks, const uint32_t *assertions, const uint32_t *terms,
                                 const uint32_t *check_ends, ck_error *error)
    void ck_search_marks_free(ck_search_marks *marks)

cdef extern from "search.h" nogil:
    ctypedef enum ck_search_strategy:
        CK_STRATEGIES
    ctypedef struct ck_search_manner:
        ck_search_strategy strategy
        bint nested
        const uint32_t *limits
        size_t patience
    ctypedef struct ck_search_text:
        const uint32_t *types
        const uint8_t *flags
        size_t n_tokens
        const uint64_t *document_ends
        size_t n_documents
        const uint8_t *tests
        size_t stride
        size_t n_types
        uint8_t barrier_bits
        ck_touches of_types
        ck_touches of_flags
        const uint32_t *rows
        size_t n_rows
        size_t most_states
    ctypedef struct ck_search_program:
        size_t length
        const ck_search_marks *marks
    ctypedef struct ck_search_places:
        const uint32_t *tokens
        const uint32_t *steps
        size_t length
    ctypedef struct ck_search_starts_found:
        ck_u32s tokens
        ck_u32s tags
        bint tagged
    ck_code ck_search_program_copy(ck_search_program *program, const uint8_t *kind, const uint8_t *words_only,
                                   const uint32_t *x, const uint32_t *y, size_t length, ck_error *error)
    void ck_search_program_free(ck_search_program *program)
    ck_code ck_check_search_program(const ck_search_program *program, size_t n_tests, ck_error *error)
    ck_code ck_search_starts(const ck_search_text *text, const ck_search_program *program,
                             const ck_search_places *anchors, bint after_word, ck_search_starts_found *found,
                             ck_ticker *ticker, ck_error *error)
    ck_code ck_search_hits(const ck_search_text *text, const ck_search_program *program,
                           const ck_search_places *starts, const ck_search_manner *manner, ck_u32s *first,
                           ck_u32s *end, ck_ticker *ticker, ck_error *error)
    ck_code ck_search_scan(const ck_search_text *text, uint32_t test, ck_u32s *found, ck_ticker *ticker,
                           ck_error *error)
    ck_code ck_in_documents(const uint32_t *positions, size_t n_positions, const uint64_t *ends,
                            const uint8_t *chosen, size_t n_documents, ck_u32s *found, ck_ticker *ticker,
                            ck_error *error)

cdef extern from "search_labels.h" nogil:
    ctypedef struct ck_labelled_hits:
        ck_u32s first
        ck_u32s end
        ck_u32s slots
    void ck_labelled_hits_free(ck_labelled_hits *hits)
    ck_code ck_search_labelled(const ck_search_text *text, const ck_search_program *program,
                               const ck_search_places *starts, const ck_search_manner *manner, uint64_t budget,
                               ck_labelled_hits *hits, ck_ticker *ticker, ck_error *error)

cdef extern from "concordance.h" nogil:
    ctypedef struct ck_token_arrays:
        const uint32_t *types
        const uint8_t *flags
        int64_t n_tokens
        const uint8_t *counted
        int64_t n_types
        ck_touches of_types
        ck_touches of_flags

    ctypedef struct ck_texts:
        const uint8_t *bytes
        const uint64_t *offsets
        size_t n_bytes
        size_t length
        ck_touches of_bytes
        ck_touches of_offsets

    ck_code ck_texts_get(const ck_texts *texts, size_t i, ck_text *text, ck_error *error)

    ctypedef struct ck_spans:
        const int64_t *first
        const int64_t *last
        size_t length

    ctypedef struct ck_neighbours:
        const ck_token_arrays *tokens
        const uint64_t *document_ends
        size_t n_documents
        const uint32_t *ranks
        const uint32_t *nodes
        size_t n_nodes
        int64_t k
        bint before
        unsigned threads
        size_t grain
        uint32_t *out

    ck_code ck_neighbour_ranks(const ck_neighbours *job, ck_ticker *ticker, ck_error *error)
    ck_code ck_join_spans(const ck_token_arrays *tokens, const ck_spans *spans, const ck_texts *texts,
                          ck_strings *out, ck_ticker *ticker, ck_error *error)
    ck_code ck_token_ends(const ck_token_arrays *tokens, const int64_t *places, const uint32_t *starts,
                          size_t n_places, const ck_texts *texts, uint32_t *ends, ck_ticker *ticker, ck_error *error)
    ck_code ck_count_in_documents(const uint32_t *places, size_t n_places, const uint64_t *document_ends,
                                  size_t n_documents, int64_t *counts, ck_ticker *ticker, ck_error *error)

    ctypedef struct ck_line_job:
        const ck_token_arrays *tokens
        const uint64_t *document_ends
        size_t n_documents
        const uint32_t *starts
        ck_touches of_starts
        const ck_texts *surfaces
        const ck_texts *ids
        const uint32_t *first
        const uint32_t *end
        size_t n_hits
        int64_t before
        int64_t after

    ck_code ck_lines(const ck_line_job *job, ck_column *table, ck_ticker *ticker, ck_error *error)
    ck_code ck_texts_find(const ck_texts *texts, const uint32_t *order, size_t n_order, const ck_text *wanted,
                          size_t n_wanted, bint begins, uint32_t *low, uint32_t *high, ck_ticker *ticker,
                          ck_error *error)
    ck_code ck_texts_gather(const ck_texts *texts, const uint32_t *rows, size_t n_rows, ck_strings *out,
                            ck_ticker *ticker, ck_error *error)

cdef extern from "text_search.h" nogil:
    ctypedef enum ck_text_place:
        CK_ANYWHERE
        CK_AT_BEGIN
        CK_AT_END

    ck_code ck_texts_search(const ck_texts *texts, ck_text wanted, ck_text_place place, ck_u32s *rows,
                            ck_ticker *ticker, ck_error *error)

cdef extern from "sequences.h" nogil:
    ck_code ck_number_spans(const ck_token_arrays *tokens, const ck_spans *spans, uint64_t seed, uint32_t *numbers,
                            ck_u32s *first, ck_ticker *ticker, ck_error *error)

cdef extern from "readings.h" nogil:
    enum:
        CK_READING_LETTERS

    ctypedef struct ck_letters:
        const uint8_t *letters
        size_t n_letters
        const uint32_t *starts
        size_t length

    ctypedef struct ck_stems:
        ck_letters text
        const uint16_t *classes
        const uint32_t *lexemes
        const int16_t *costs

    ctypedef struct ck_affixes:
        ck_letters text
        const uint32_t *entries
        size_t n_entries
        const uint8_t *groups
        const int16_t *costs
        const uint8_t *cuts
        const uint8_t *needs

    ctypedef struct ck_morphology:
        ck_affixes fronts
        ck_affixes backs
        const int16_t *cells
        size_t n_classes
        size_t n_fronts
        size_t n_backs
        const int16_t *misspelt

    ctypedef struct ck_word_reading:
        uint32_t stem
        uint32_t lexeme
        uint16_t front
        uint16_t back
        int32_t cost

    ctypedef struct ck_readings:
        ck_word_reading *data
        size_t length

    ctypedef struct ck_reading_columns:
        const uint32_t *words
        const uint32_t *lexemes
        const uint32_t *fronts
        const uint32_t *backs
        const uint32_t *costs
        size_t length

    ctypedef struct ck_lexemes:
        const int32_t *weights
        const uint32_t *lemmas
        size_t length

    ctypedef struct ck_reading_sums:
        size_t length

    void ck_readings_free(ck_readings *readings)
    void ck_reading_sums_free(ck_reading_sums *sums)
    ck_code ck_morphology_index(ck_morphology *morphology, const uint8_t *fold, ck_error *error)
    void ck_morphology_free(ck_morphology *morphology)
    ck_code ck_stems_index(ck_stems *stems, const ck_morphology *morphology, uint64_t seed, ck_ticker *ticker,
                           ck_error *error)
    void ck_stems_free(ck_stems *stems)
    ck_code ck_read_word(const ck_morphology *morphology, const ck_stems *tables, size_t n_tables,
                         const ck_letters *words, size_t word, ck_readings *found, ck_ticker *ticker, ck_error *error)
    ck_code ck_readings_of_word(const ck_morphology *morphology, const ck_reading_columns *columns, uint32_t word,
                                size_t *at, ck_readings *found, ck_ticker *ticker, ck_error *error)
    ck_code ck_best_reading(const ck_morphology *morphology, const ck_word_reading *readings, size_t n,
                            const ck_lexemes *lexemes, const uint32_t *powers, ck_reading_sums *sums, size_t *best,
                            ck_error *error)
