/* Counts of types, in total and in each document, and postings. */
#ifndef CK_POSTINGS_H
#define CK_POSTINGS_H

#include "arrays.h"
#include "pages.h"

enum { CK_STRIDE = 1 << 16 }; /* items between two calls of the ticker */

static ck_code ck_no_such_type(size_t position, uint32_t type, size_t n_types, ck_error *error) {
  return ck_fail(error, CK_CORRUPT, "token %zu has the id %u, but there are %zu types", position, type, n_types);
}

/* Document ends must ascend, the last one to the number of tokens. */
CK_UNUSED static ck_code ck_check_documents(const uint64_t *ends, size_t n_documents, size_t n_tokens,
                                            ck_error *error) {
  uint64_t begin = 0;
  if (n_documents > UINT32_MAX - 1)
    return ck_fail(error, CK_LIMIT, "the number of documents must be at most 4,294,967,294, got %zu", n_documents);
  for (size_t d = 0; d < n_documents; d++) {
    if (ends[d] < begin || ends[d] > n_tokens)
      return ck_fail(error, CK_CORRUPT, "document %zu ends at %llu, but must end at %llu to %zu", d,
                     (unsigned long long)ends[d], (unsigned long long)begin, n_tokens);
    begin = ends[d];
  }
  if (begin != n_tokens)
    return ck_fail(error, CK_CORRUPT, "the documents end at %llu, but there are %zu tokens", (unsigned long long)begin,
                   n_tokens);
  return CK_OK;
}

/* ---------------------------------------------------------------- postings */

/* Sorts positions by type, a counting sort: those of type t are positions[offsets[t]] up to positions[offsets[t +
 * 1]], ascending. `offsets` has n_types + 1 items. */
CK_UNUSED static ck_code ck_postings(const uint32_t *ids, size_t n_tokens, size_t n_types, uint64_t *offsets,
                                     uint32_t *positions, ck_ticker *ticker, ck_error *error) {
  enum { AHEAD = 24 };
  memset(offsets, 0, (n_types + 1) * sizeof *offsets);
  for (size_t i = 0; i < n_tokens; i++) {
    if (CK_UNLIKELY(ids[i] >= n_types)) return ck_no_such_type(i, ids[i], n_types, error);
    offsets[ids[i]]++;
    if (i % CK_STRIDE == 0 && ck_tick(ticker, CK_STRIDE, error)) return error->code;
  }
  uint64_t begin = 0; /* prefix sums: where the next position of each type goes */
  for (size_t t = 0; t <= n_types; t++) {
    uint64_t count = offsets[t];
    offsets[t] = begin;
    begin += count;
  }
  for (size_t i = 0; i < n_tokens; i++) {
    if (i + AHEAD < n_tokens) CK_PREFETCH_WRITE(&offsets[ids[i + AHEAD]]);
    positions[offsets[ids[i]]++] = (uint32_t)i;
    if (i % CK_STRIDE == 0 && ck_tick(ticker, CK_STRIDE, error)) return error->code;
  }
  memmove(offsets + 1, offsets, n_types * sizeof *offsets); /* each is now at its end, the start of the next one */
  offsets[0] = 0;
  return CK_OK;
}

/* ------------------------------------------------- the positions of several types */

/* Merges the ascending runs a and b. */
static void ck_merge_runs(const uint32_t *a, size_t n_a, const uint32_t *b, size_t n_b, uint32_t *out) {
  size_t i = 0, j = 0;
  while (i < n_a && j < n_b) *out++ = a[i] <= b[j] ? a[i++] : b[j++];
  memcpy(out, a + i, (n_a - i) * sizeof *out);
  memcpy(out + (n_a - i), b + j, (n_b - j) * sizeof *out);
}

/* Merges ascending runs pairwise until one is left; run r is from begins[r] up to begins[r + 1]. Returns the array
 * with the result, `from` or `to`. */
static uint32_t *ck_merge_all(uint32_t *from, uint32_t *to, size_t *begins, size_t n_runs, ck_ticker *ticker,
                              ck_error *error) {
  while (n_runs > 1) {
    size_t made = 0;
    for (size_t r = 0; r < n_runs; r += 2) {
      size_t begin = begins[r], middle = begins[r + 1], end = r + 1 < n_runs ? begins[r + 2] : middle;
      ck_merge_runs(from + begin, middle - begin, from + middle, end - middle, to + begin);
      if (ck_tick(ticker, (int64_t)(end - begin), error)) return NULL;
      begins[made++] = begin;
      begins[made] = end;
    }
    uint32_t *other = from;
    from = to;
    to = other;
    n_runs = made;
  }
  return from;
}

/* LSD radix sort, eleven bits at a time. Returns the array with the result. */
static uint32_t *ck_radix_sort(uint32_t *from, uint32_t *to, size_t length, ck_ticker *ticker, ck_error *error) {
  enum { BITS = 11, DIGITS = 1 << BITS };
  for (unsigned shift = 0; shift < 32; shift += BITS) {
    size_t places[DIGITS] = {0}, begin = 0;
    for (size_t i = 0; i < length; i++) places[(from[i] >> shift) & (DIGITS - 1)]++;
    for (size_t digit = 0; digit < DIGITS; digit++) {
      size_t count = places[digit];
      places[digit] = begin;
      begin += count;
    }
    for (size_t i = 0; i < length; i++) to[places[(from[i] >> shift) & (DIGITS - 1)]++] = from[i];
    if (ck_tick(ticker, (int64_t)length, error)) return NULL;
    uint32_t *other = from;
    from = to;
    to = other;
  }
  return from;
}

/* A few lists are merged; many short ones are faster to sort. */
enum { CK_MERGED_RUNS = 16 };

/* The positions of all tokens of some types, ascending; `given` and `room` are buffers for all of them. `offsets` and
 * `positions` are those of ck_postings. Returns the buffer with the result, or NULL. */
CK_UNUSED static uint32_t *ck_positions_of(const uint64_t *offsets, size_t n_types, const uint32_t *positions,
                                           size_t n_positions, const uint32_t *types, size_t n_given, uint32_t *given,
                                           uint32_t *room, size_t length, ck_ticker *ticker, ck_error *error) {
  size_t begins[CK_MERGED_RUNS + 1] = {0}, at = 0;
  for (size_t i = 0; i < n_given; i++) {
    if (CK_UNLIKELY(types[i] >= n_types)) {
      ck_no_such_type(i, types[i], n_types, error);
      return NULL;
    }
    uint64_t begin = offsets[types[i]], end = offsets[types[i] + 1u];
    if (CK_UNLIKELY(begin > end || end > n_positions || end - begin > length - at)) {
      ck_fail(error, CK_CORRUPT, "the tokens of type %u are at %llu to %llu of %zu positions", types[i],
              (unsigned long long)begin, (unsigned long long)end, n_positions);
      return NULL;
    }
    if (end > begin) memcpy(given + at, positions + begin, (size_t)(end - begin) * sizeof *given);
    at += (size_t)(end - begin);
    if (i < CK_MERGED_RUNS) begins[i + 1] = at;
  }
  if (CK_UNLIKELY(at != length)) {
    ck_fail(error, CK_CORRUPT, "expected %zu tokens, got %zu", length, at);
    return NULL;
  }
  return n_given <= CK_MERGED_RUNS ? ck_merge_all(given, room, begins, n_given, ticker, error)
                                   : ck_radix_sort(given, room, length, ticker, error);
}

/* ---------------------------------------------------------- counts of types */

typedef struct {
  int64_t *counts, *documents; /* n_types each */
  uint32_t *last;              /* the last document of each type, plus one */
} ck_type_counts;

CK_UNUSED static void ck_type_counts_free(ck_type_counts *types) {
  free(types->counts);
  free(types->documents);
  free(types->last);
  memset(types, 0, sizeof *types);
}

CK_UNUSED static ck_code ck_type_counts_new(ck_type_counts *types, size_t n_types, ck_error *error) {
  types->counts = (int64_t *)calloc(n_types + 1, sizeof(int64_t));
  types->documents = (int64_t *)calloc(n_types + 1, sizeof(int64_t));
  types->last = (uint32_t *)calloc(n_types + 1, sizeof(uint32_t));
  if (types->counts && types->documents && types->last) return CK_OK;
  ck_type_counts_free(types);
  return ck_out_of_memory(error, (n_types + 1) * (2 * sizeof(int64_t) + sizeof(uint32_t)));
}

/* Adds a document. `met`, if not NULL, receives the types met for the first time. */
static ck_code ck_count_document(const uint32_t *ids, size_t begin, size_t end, size_t n_types, uint32_t document,
                                 ck_type_counts *types, ck_u32s *met, ck_error *error) {
  for (size_t i = begin; i < end; i++) {
    uint32_t type = ids[i];
    if (CK_UNLIKELY(type >= n_types)) return ck_no_such_type(i, type, n_types, error);
    if (met && !types->counts[type] && ck_u32s_push(met, type, error)) return error->code;
    types->counts[type]++;
    types->documents[type] += types->last[type] != document + 1;
    types->last[type] = document + 1;
  }
  return CK_OK;
}

/* Counts and document frequencies of each type in the chosen documents (NULL: all). */
CK_UNUSED static ck_code ck_count_types(const uint32_t *ids, const uint64_t *ends, size_t n_documents,
                                        const uint8_t *chosen, size_t n_types, ck_type_counts *types, ck_ticker *ticker,
                                        ck_error *error) {
  size_t begin = 0;
  for (size_t d = 0; d < n_documents; d++) {
    if ((!chosen || chosen[d]) &&
        ck_count_document(ids, begin, (size_t)ends[d], n_types, (uint32_t)d, types, NULL, error))
      return error->code;
    if (ck_tick(ticker, (int64_t)(ends[d] - begin), error)) return error->code;
    begin = (size_t)ends[d];
  }
  return CK_OK;
}

/* One row for each pair of group and type that occurs. */
typedef struct {
  ck_u32s groups, types;
  ck_u64s counts, documents;
} ck_group_counts;

CK_UNUSED static void ck_group_counts_free(ck_group_counts *rows) {
  ck_u32s_free(&rows->groups);
  ck_u32s_free(&rows->types);
  ck_u64s_free(&rows->counts);
  ck_u64s_free(&rows->documents);
}

/* Moves the counts of the types in `met` to rows and resets them. */
static ck_code ck_group_counts_add(ck_group_counts *rows, uint32_t group, ck_u32s *met, ck_type_counts *types,
                                   ck_error *error) {
  for (size_t i = 0; i < met->length; i++) {
    uint32_t type = met->data[i];
    if (ck_u32s_push(&rows->groups, group, error) || ck_u32s_push(&rows->types, type, error) ||
        ck_u64s_push(&rows->counts, (uint64_t)types->counts[type], error) ||
        ck_u64s_push(&rows->documents, (uint64_t)types->documents[type], error))
      return error->code;
    types->counts[type] = types->documents[type] = 0;
    types->last[type] = 0;
  }
  met->length = 0;
  return CK_OK;
}

/* The same counts for each group: rows by group, then first occurrence. */
CK_UNUSED static ck_code ck_count_types_by_group(const uint32_t *ids, const uint64_t *ends, size_t n_documents,
                                                 const uint8_t *chosen, const uint32_t *groups, size_t n_groups,
                                                 size_t n_types, ck_group_counts *rows, ck_ticker *ticker,
                                                 ck_error *error) {
  ck_type_counts types = {0};
  ck_u32s met = {0};
  uint64_t *offsets = (uint64_t *)ck_allocate(n_groups + 1, sizeof(uint64_t), error);
  uint32_t *order = offsets ? (uint32_t *)ck_allocate(n_documents, sizeof(uint32_t), error) : NULL;
  ck_code code = order ? ck_type_counts_new(&types, n_types, error) : error->code;
  for (size_t d = 0; !code && d < n_documents; d++)
    if (groups[d] >= n_groups)
      code = ck_fail(error, CK_CORRUPT, "document %zu has the group %u, but there are %zu", d, groups[d], n_groups);
  if (!code) code = ck_postings(groups, n_documents, n_groups, offsets, order, ticker, error);
  for (size_t g = 0; !code && g < n_groups; g++) {
    for (uint64_t k = offsets[g]; !code && k < offsets[g + 1]; k++) {
      uint32_t d = order[k];
      size_t begin = d ? (size_t)ends[d - 1] : 0;
      if (chosen && !chosen[d]) continue;
      code = ck_count_document(ids, begin, (size_t)ends[d], n_types, d, &types, &met, error);
      if (!code) code = ck_tick(ticker, (int64_t)(ends[d] - begin), error);
    }
    if (!code) code = ck_group_counts_add(rows, (uint32_t)g, &met, &types, error);
  }
  ck_u32s_free(&met);
  ck_type_counts_free(&types);
  free(order);
  free(offsets);
  return code;
}

/* ------------------------------------------------------ types of each document */

/* Rows of a sparse matrix: those of the k-th chosen document are starts[k] up to
 * starts[k + 1], in the order in which its types first occur. */
typedef struct {
  uint64_t *starts;
  uint32_t *types, *counts;
} ck_document_rows;

CK_UNUSED static void ck_document_rows_free(ck_document_rows *rows) {
  free(rows->starts);
  free(rows->types);
  free(rows->counts);
  memset(rows, 0, sizeof *rows);
}

/* Counts the types of each chosen document (NULL: all). `place[t]` is the position of type t in the row; it is valid
 * if the row has t there, so that nothing is cleared between documents (a sparse set). */
CK_UNUSED static ck_code ck_count_by_document(const uint32_t *ids, const uint64_t *ends, size_t n_documents,
                                              const uint8_t *chosen, size_t n_types, ck_document_rows *rows,
                                              ck_ticker *ticker, ck_error *error) {
  size_t n_chosen = 0, n_tokens = 0, begin = 0, row = 0, length = 0;
  for (size_t d = 0; d < n_documents; begin = (size_t)ends[d++]) {
    if (chosen && !chosen[d]) continue;
    n_chosen++;
    n_tokens += (size_t)ends[d] - begin;
  }
  memset(rows, 0, sizeof *rows);
  uint32_t *place = (uint32_t *)calloc(n_types + 1, sizeof(uint32_t));
  if (!place) return ck_out_of_memory(error, (n_types + 1) * sizeof(uint32_t));
  rows->starts = (uint64_t *)ck_allocate(n_chosen + 1, sizeof(uint64_t), error);
  rows->types = rows->starts ? (uint32_t *)ck_large(n_tokens, sizeof(uint32_t), error) : NULL;
  rows->counts = rows->types ? (uint32_t *)ck_large(n_tokens, sizeof(uint32_t), error) : NULL;
  ck_code code = rows->counts ? CK_OK : error->code;
  begin = 0;
  for (size_t d = 0; !code && d < n_documents; begin = (size_t)ends[d++]) {
    if (chosen && !chosen[d]) continue;
    size_t first = rows->starts[row++] = length;
    for (size_t i = begin; i < ends[d]; i++) {
      uint32_t type = ids[i];
      if (CK_UNLIKELY(type >= n_types)) {
        code = ck_no_such_type(i, type, n_types, error);
        break;
      }
      size_t at = place[type];
      if (at >= first && at < length && rows->types[at] == type) {
        rows->counts[at]++;
        continue;
      }
      place[type] = (uint32_t)length;
      rows->types[length] = type;
      rows->counts[length++] = 1;
    }
    if (!code) code = ck_tick(ticker, (int64_t)(ends[d] - begin), error);
  }
  free(place);
  if (!code) rows->starts[row] = length;
  return code;
}

#endif
