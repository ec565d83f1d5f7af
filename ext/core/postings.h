/* Counts of types, in total and in each document, and postings. */
#ifndef CK_POSTINGS_H
#define CK_POSTINGS_H

#include "arrays.h"
#include "pages.h"

enum { CK_STRIDE = 1 << 16 }; /* items between two calls of the ticker */

ck_code ck_no_such_type(size_t position, uint32_t type, size_t n_types, ck_error *error);

/* The end of a document that begins at `begin`. It is checked whenever it is read, since a mapped file may change. */
static inline ck_code ck_document_end(const uint64_t *ends, size_t document, size_t begin, size_t n_tokens, size_t *end,
                                      ck_error *error) {
  uint64_t found = ck_once64(&ends[document]);
  *end = begin;
  if (CK_UNLIKELY(found < begin || found > n_tokens))
    return ck_fail(error, CK_CORRUPT, "document %zu ends at %llu, but must end at %zu to %zu", document,
                   (unsigned long long)found, begin, n_tokens);
  *end = (size_t)found;
  return CK_OK;
}

ck_code ck_changed(const char *array, ck_error *error);

/* Document ends must ascend, the last one to the number of tokens. */
ck_code ck_check_documents(const uint64_t *ends, size_t n_documents, size_t n_tokens, ck_error *error);

/* ---------------------------------------------------------------- postings */

/* Sorts positions by type, a counting sort: those of type t are positions[offsets[t]] up to positions[offsets[t +
 * 1]], ascending. `offsets` has n_types + 1 items. */
ck_code ck_postings(const uint32_t *ids, size_t n_tokens, size_t n_types, uint64_t *offsets, uint32_t *positions,
                    ck_ticker *ticker, ck_error *error);

/* ------------------------------------------------- the positions of several types */

/* The number of tokens of some types, which must be distinct. */
ck_code ck_positions_count(const uint64_t *offsets, size_t n_types, size_t n_positions, const uint32_t *types,
                           size_t n_given, size_t *length, ck_error *error);

/* The positions of all tokens of some types, ascending; `given` and `room` are buffers for all of them. `offsets` and
 * `positions` are those of ck_postings. Returns the buffer with the result, or NULL. */
uint32_t *ck_positions_of(const uint64_t *offsets, size_t n_types, const uint32_t *positions, size_t n_positions,
                          const uint32_t *types, size_t n_given, uint32_t *given, uint32_t *room, size_t length,
                          ck_ticker *ticker, ck_error *error);

/* ---------------------------------------------------------- counts of types */

typedef struct {
  int64_t *counts, *documents; /* n_types each */
  uint32_t *last;              /* the last document of each type, plus one */
} ck_type_counts;

void ck_type_counts_free(ck_type_counts *types);

ck_code ck_type_counts_new(ck_type_counts *types, size_t n_types, ck_error *error);

/* Counts and document frequencies of each type in the chosen documents (NULL: all). */
ck_code ck_count_types(const uint32_t *ids, const uint64_t *ends, size_t n_documents, size_t n_tokens,
                       const uint8_t *chosen, size_t n_types, ck_type_counts *types, ck_ticker *ticker,
                       ck_error *error);

/* One row for each pair of group and type that occurs. */
typedef struct {
  ck_u32s groups, types;
  ck_u64s counts, documents;
} ck_group_counts;

void ck_group_counts_free(ck_group_counts *rows);

/* The same counts for each group: rows by group, then first occurrence. */
ck_code ck_count_types_by_group(const uint32_t *ids, const uint64_t *ends, size_t n_documents, size_t n_tokens,
                                const uint8_t *chosen, const uint32_t *groups, size_t n_groups, size_t n_types,
                                ck_group_counts *rows, ck_ticker *ticker, ck_error *error);

/* Of each type that occurs, by first occurrence: where that is, its count, and the number of documents with it. */
typedef struct {
  size_t length;
  uint32_t *first;
  int64_t *counts, *documents;
} ck_first_counts;

void ck_first_counts_free(ck_first_counts *rows);

/* The same counts, only of types that occur, which may be few of many. On failure there is nothing to free. */
ck_code ck_count_by_first(const uint32_t *ids, const uint64_t *ends, size_t n_documents, size_t n_tokens,
                          size_t n_types, ck_first_counts *rows, ck_ticker *ticker, ck_error *error);

/* ------------------------------------------------------ types of each document */

/* Rows of a sparse matrix: those of the k-th chosen document are starts[k] up to
 * starts[k + 1], in the order in which its types first occur. */
typedef struct {
  uint64_t *starts;
  uint32_t *types, *counts;
  size_t n_documents; /* the chosen ones */
} ck_document_rows;

void ck_document_rows_free(ck_document_rows *rows);

/* Counts the types of each chosen document (NULL: all). */
ck_code ck_count_by_document(const uint32_t *ids, const uint64_t *ends, size_t n_documents, size_t n_tokens,
                             const uint8_t *chosen, size_t n_types, ck_document_rows *rows, ck_ticker *ticker,
                             ck_error *error);

#endif
