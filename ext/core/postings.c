#include "postings.h"

#include "pages.h"
#include "sorted.h"

ck_code ck_no_such_type(size_t position, uint32_t type, size_t n_types, ck_error *error) {
  return ck_fail(error, CK_CORRUPT, "token %zu has the id %u, but there are %zu types", position, type, n_types);
}

ck_code ck_changed(const char *array, ck_error *error) {
  return ck_fail(error, CK_CORRUPT, "%s changed while they were read", array);
}

ck_code ck_check_documents(const uint64_t *ends, size_t n_documents, size_t n_tokens, ck_error *error) {
  size_t begin = 0;
  if (n_documents > UINT32_MAX - 1)
    return ck_fail(error, CK_LIMIT, "the number of documents must be at most 4,294,967,294, got %zu", n_documents);
  for (size_t d = 0; d < n_documents; d++)
    CK_TRY(ck_document_end(ends, d, begin, n_tokens, &begin, error));
  if (begin != n_tokens)
    return ck_fail(error, CK_CORRUPT, "the documents end at %zu, but there are %zu tokens", begin, n_tokens);
  return CK_OK;
}

/* ---------------------------------------------------------------- postings */

/* Puts the positions of the tokens behind those of the same type before; `offsets` is where the next one of each type
 * goes. The ids may have changed since they were counted: a position is written to its place within the array or
 * nowhere. */
static ck_code ck_place_positions(const uint32_t *ids, size_t n_tokens, size_t n_types, uint64_t *offsets,
                                  uint32_t *positions, ck_ticker *ticker, ck_error *error) {
  enum { AHEAD = 24 };
  for (size_t i = 0; i < n_tokens; i++) {
    uint32_t id = ck_once32(&ids[i]);
    if (i + AHEAD < n_tokens) CK_PREFETCH_WRITE(&offsets[ids[i + AHEAD]]);
    if (CK_UNLIKELY(id >= n_types || offsets[id] >= n_tokens)) return ck_changed("the ids of the tokens", error);
    positions[offsets[id]++] = (uint32_t)i;
    CK_TRY(i % CK_STRIDE == 0 && ck_tick(ticker, CK_STRIDE, error));
  }
  return CK_OK;
}

ck_code ck_postings(const uint32_t *ids, size_t n_tokens, size_t n_types, uint64_t *offsets, uint32_t *positions,
                    ck_ticker *ticker, ck_error *error) {
  memset(offsets, 0, (n_types + 1) * sizeof *offsets);
  for (size_t i = 0; i < n_tokens; i++) {
    uint32_t id = ck_once32(&ids[i]);
    if (CK_UNLIKELY(id >= n_types)) return ck_no_such_type(i, id, n_types, error);
    offsets[id]++;
    CK_TRY(i % CK_STRIDE == 0 && ck_tick(ticker, CK_STRIDE, error));
  }
  uint64_t begin = 0; /* prefix sums: where the next position of each type goes */
  for (size_t t = 0; t <= n_types; t++) {
    uint64_t count = offsets[t];
    offsets[t] = begin;
    begin += count;
  }
  uint64_t *begins = (uint64_t *)ck_large(n_types + 1, sizeof *begins, error);
  CK_TRY(!begins);
  memcpy(begins, offsets, (n_types + 1) * sizeof *begins);
  ck_code code = ck_place_positions(ids, n_tokens, n_types, offsets, positions, ticker, error);
  /* each is now at its end, the start of the next one */
  if (!code && memcmp(offsets, begins + 1, n_types * sizeof *begins)) code = ck_changed("the ids of the tokens", error);
  memcpy(offsets, begins, (n_types + 1) * sizeof *begins);
  ck_block_give(begins);
  return code;
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

CK_RADIX_PASS(ck_number_pass, uint32_t, *item)

/* Radix sort, eleven bits at a time. Returns the array with the result. */
static uint32_t *ck_radix_sort(uint32_t *from, uint32_t *to, size_t length, ck_ticker *ticker, ck_error *error) {
  enum { BITS = 11 };
  size_t places[1 << BITS];
  for (unsigned shift = 0; shift < 32; shift += BITS) {
    ck_number_pass(from, to, length, shift, BITS, places);
    if (ck_tick(ticker, (int64_t)length, error)) return NULL;
    uint32_t *other = from;
    from = to;
    to = other;
  }
  return from;
}

/* Merges a long run with a much shorter one: most of it is copied in one piece. */
static void ck_merge_into(const uint32_t *run, size_t length, const uint32_t *few, size_t n_few, uint32_t *out) {
  size_t at = 0;
  for (size_t i = 0; i < n_few; i++) {
    size_t end = ck_gallop(run, at, length, few[i]);
    memcpy(out, run + at, (end - at) * sizeof *out);
    out += end - at;
    *out++ = few[i];
    at = end;
  }
  memcpy(out, run + at, (length - at) * sizeof *out);
}

enum {
  CK_MERGED_RUNS = 16, /* a few lists are merged; many short ones are faster to sort */
  CK_MUCH_LONGER = 8   /* from here on a run is copied in pieces */
};

/* Where the positions of the i-th of some types are. */
static inline ck_code ck_postings_span(const uint64_t *offsets, size_t n_types, size_t n_positions,
                                       const uint32_t *types, size_t i, size_t *begin, size_t *end, ck_error *error) {
  *begin = *end = 0;
  uint32_t type = ck_once32(&types[i]);
  if (CK_UNLIKELY(type >= n_types))
    return ck_fail(error, CK_CORRUPT, "types must be below %zu, got %u", n_types, type);
  uint64_t from = ck_once64(&offsets[type]), to = ck_once64(&offsets[type + 1u]);
  if (CK_UNLIKELY(from > to || to > n_positions))
    return ck_fail(error, CK_CORRUPT, "offsets must be ascending up to %zu, got %llu to %llu for type %u", n_positions,
                   (unsigned long long)from, (unsigned long long)to, type);
  *begin = (size_t)from;
  *end = (size_t)to;
  return CK_OK;
}

ck_code ck_positions_count(const uint64_t *offsets, size_t n_types, size_t n_positions, const uint32_t *types,
                           size_t n_given, size_t *length, ck_error *error) {
  *length = 0;
  for (size_t i = 0; i < n_given; i++) {
    size_t begin, end;
    CK_TRY(ck_postings_span(offsets, n_types, n_positions, types, i, &begin, &end, error));
    *length += end - begin;
    if (*length > n_positions)
      return ck_fail(error, CK_CORRUPT, "types must be distinct, got %zu positions in total where there are %zu",
                     *length, n_positions);
  }
  return CK_OK;
}

/* The place among some types of the one with the most positions. */
static ck_code ck_longest(const uint64_t *offsets, size_t n_types, size_t n_positions, const uint32_t *types,
                          size_t n_given, size_t *longest, ck_error *error) {
  size_t most = 0;
  *longest = 0;
  for (size_t i = 0; i < n_given; i++) {
    size_t begin, end;
    CK_TRY(ck_postings_span(offsets, n_types, n_positions, types, i, &begin, &end, error));
    if (end - begin <= most) continue;
    most = end - begin;
    *longest = i;
  }
  return CK_OK;
}

/* The others are put together first, since most tokens of a form are often those of one type. */
uint32_t *ck_positions_of(const uint64_t *offsets, size_t n_types, const uint32_t *positions, size_t n_positions,
                          const uint32_t *types, size_t n_given, uint32_t *given, uint32_t *room, size_t length,
                          ck_ticker *ticker, ck_error *error) {
  size_t begins[CK_MERGED_RUNS + 1] = {0}, at = 0, runs = 0, longest, run = 0, run_end = 0;
  if (ck_longest(offsets, n_types, n_positions, types, n_given, &longest, error)) return NULL;
  for (size_t i = 0; i < n_given; i++) {
    size_t begin, end;
    if (ck_postings_span(offsets, n_types, n_positions, types, i, &begin, &end, error)) return NULL;
    if (CK_UNLIKELY(end - begin > length - at - (run_end - run))) {
      ck_changed("the postings", error);
      return NULL;
    }
    if (i == longest) {
      run = begin;
      run_end = end;
      continue;
    }
    if (end > begin) memcpy(given + at, positions + begin, (end - begin) * sizeof *given);
    at += end - begin;
    if (runs < CK_MERGED_RUNS) begins[++runs] = at;
  }
  if (CK_UNLIKELY(at + (run_end - run) != length)) {
    ck_changed("the postings", error);
    return NULL;
  }
  uint32_t *others = n_given <= CK_MERGED_RUNS ? ck_merge_all(given, room, begins, runs, ticker, error)
                                               : ck_radix_sort(given, room, at, ticker, error);
  if (!others || run == run_end) return others;
  if (ck_tick(ticker, (int64_t)length, error)) return NULL;
  uint32_t *merged = others == given ? room : given;
  if ((run_end - run) / CK_MUCH_LONGER >= at)
    ck_merge_into(positions + run, run_end - run, others, at, merged);
  else
    ck_merge_runs(positions + run, run_end - run, others, at, merged);
  return merged;
}

/* ---------------------------------------------------------- counts of types */

void ck_type_counts_free(ck_type_counts *types) {
  ck_block_give(types->counts);
  ck_block_give(types->documents);
  ck_block_give(types->last);
  memset(types, 0, sizeof *types);
}

ck_code ck_type_counts_new(ck_type_counts *types, size_t n_types, ck_error *error) {
  types->counts = (int64_t *)calloc(n_types + 1, sizeof(int64_t));
  types->documents = (int64_t *)calloc(n_types + 1, sizeof(int64_t));
  types->last = (uint32_t *)calloc(n_types + 1, sizeof(uint32_t));
  if (types->counts && types->documents && types->last) return CK_OK;
  ck_type_counts_free(types);
  return ck_out_of_memory(error, (n_types + 1) * (2 * sizeof(int64_t) + sizeof(uint32_t)));
}

/* Adds a document. `seen`, if not NULL, receives the types seen for the first time. */
static ck_code ck_count_document(const uint32_t *ids, size_t begin, size_t end, size_t n_types, uint32_t document,
                                 ck_type_counts *types, ck_u32s *seen, ck_error *error) {
  for (size_t i = begin; i < end; i++) {
    uint32_t type = ck_once32(&ids[i]);
    if (CK_UNLIKELY(type >= n_types)) return ck_no_such_type(i, type, n_types, error);
    CK_TRY(seen && !types->counts[type] && ck_u32s_push(seen, type, error));
    types->counts[type]++;
    types->documents[type] += types->last[type] != document + 1;
    types->last[type] = document + 1;
  }
  return CK_OK;
}

ck_code ck_count_types(const uint32_t *ids, const uint64_t *ends, size_t n_documents, size_t n_tokens,
                       const uint8_t *chosen, size_t n_types, ck_type_counts *types, ck_ticker *ticker,
                       ck_error *error) {
  for (size_t d = 0, begin = 0, end; d < n_documents; d++, begin = end) {
    CK_TRY(ck_document_end(ends, d, begin, n_tokens, &end, error));
    CK_TRY((!chosen || chosen[d]) && ck_count_document(ids, begin, end, n_types, (uint32_t)d, types, NULL, error));
    CK_TRY(ck_tick(ticker, (int64_t)(end - begin), error));
  }
  return CK_OK;
}

void ck_group_counts_free(ck_group_counts *rows) {
  ck_u32s_free(&rows->groups);
  ck_u32s_free(&rows->types);
  ck_u64s_free(&rows->counts);
  ck_u64s_free(&rows->documents);
}

/* Moves the counts of the types in `seen` to rows and resets them. */
static ck_code ck_group_counts_add(ck_group_counts *rows, uint32_t group, ck_u32s *seen, ck_type_counts *types,
                                   ck_error *error) {
  for (size_t i = 0; i < seen->length; i++) {
    uint32_t type = seen->data[i];
    CK_TRY(ck_u32s_push(&rows->groups, group, error));
    CK_TRY(ck_u32s_push(&rows->types, type, error));
    CK_TRY(ck_u64s_push(&rows->counts, (uint64_t)types->counts[type], error));
    CK_TRY(ck_u64s_push(&rows->documents, (uint64_t)types->documents[type], error));
    types->counts[type] = types->documents[type] = 0;
    types->last[type] = 0;
  }
  seen->length = 0;
  return CK_OK;
}

ck_code ck_count_types_by_group(const uint32_t *ids, const uint64_t *ends, size_t n_documents, size_t n_tokens,
                                const uint8_t *chosen, const uint32_t *groups, size_t n_groups, size_t n_types,
                                ck_group_counts *rows, ck_ticker *ticker, ck_error *error) {
  ck_type_counts types = {0};
  ck_u32s seen = {0};
  uint64_t *offsets = (uint64_t *)ck_allocate(n_groups + 1, sizeof(uint64_t), error);
  uint32_t *order = offsets ? (uint32_t *)ck_allocate(n_documents, sizeof(uint32_t), error) : NULL;
  ck_code code = order ? ck_type_counts_new(&types, n_types, error) : error->code;
  for (size_t d = 0; !code && d < n_documents; d++) {
    uint32_t group = ck_once32(&groups[d]);
    if (group >= n_groups)
      code = ck_fail(error, CK_CORRUPT, "document %zu has the group %u, but there are %zu", d, group, n_groups);
  }
  if (!code) code = ck_postings(groups, n_documents, n_groups, offsets, order, ticker, error);
  for (size_t g = 0; !code && g < n_groups; g++) {
    for (uint64_t k = offsets[g]; !code && k < offsets[g + 1]; k++) {
      uint32_t d = order[k];
      size_t begin = 0, end = 0;
      if (chosen && !chosen[d]) continue;
      if (d) code = ck_document_end(ends, d - 1, 0, n_tokens, &begin, error);
      if (!code) code = ck_document_end(ends, d, begin, n_tokens, &end, error);
      if (!code) code = ck_count_document(ids, begin, end, n_types, d, &types, &seen, error);
      if (!code) code = ck_tick(ticker, (int64_t)(end - begin), error);
    }
    if (!code) code = ck_group_counts_add(rows, (uint32_t)g, &seen, &types, error);
  }
  ck_u32s_free(&seen);
  ck_type_counts_free(&types);
  ck_block_give(order);
  ck_block_give(offsets);
  return code;
}

void ck_first_counts_free(ck_first_counts *rows) {
  ck_block_give(rows->first);
  ck_block_give(rows->counts);
  ck_block_give(rows->documents);
  memset(rows, 0, sizeof *rows);
}

/* What is counted of a type; those of types that occur are side by side. */
typedef struct {
  uint32_t first, count, documents, last; /* the last document */
} ck_first_count;

/* Counts a document. `place` has the number of each type among those that occur, plus one. */
static ck_code ck_count_document_by_first(const uint32_t *ids, size_t begin, size_t end, size_t n_types,
                                          uint32_t document, uint32_t *place, ck_first_count *counts, size_t *length,
                                          ck_error *error) {
  for (size_t i = begin; i < end; i++) {
    uint32_t type = ck_once32(&ids[i]);
    if (CK_UNLIKELY(type >= n_types)) return ck_no_such_type(i, type, n_types, error);
    if (!place[type]) {
      counts[*length] = (ck_first_count){(uint32_t)i, 0, 1, document};
      place[type] = (uint32_t)++*length;
    }
    ck_first_count *one = &counts[place[type] - 1];
    one->count++;
    one->documents += one->last != document;
    one->last = document;
  }
  return CK_OK;
}

static ck_code ck_first_counts_of(const ck_first_count *counts, size_t length, ck_first_counts *rows, ck_error *error) {
  rows->first = (uint32_t *)ck_large(length, sizeof(uint32_t), error);
  rows->counts = rows->first ? (int64_t *)ck_large(length, sizeof(int64_t), error) : NULL;
  rows->documents = rows->counts ? (int64_t *)ck_large(length, sizeof(int64_t), error) : NULL;
  if (!rows->documents) return error->code;
  for (size_t i = 0; i < length; i++) {
    rows->first[i] = counts[i].first;
    rows->counts[i] = counts[i].count;
    rows->documents[i] = counts[i].documents;
  }
  rows->length = length;
  return CK_OK;
}

ck_code ck_count_by_first(const uint32_t *ids, const uint64_t *ends, size_t n_documents, size_t n_tokens,
                          size_t n_types, ck_first_counts *rows, ck_ticker *ticker, ck_error *error) {
  size_t length = 0, most = n_tokens < n_types ? n_tokens : n_types;
  uint32_t *place = (uint32_t *)ck_large(n_types, sizeof *place, error);
  ck_first_count *counts = place ? (ck_first_count *)ck_large(most, sizeof *counts, error) : NULL;
  ck_code code = counts ? CK_OK : error->code;
  memset(rows, 0, sizeof *rows);
  if (!code && n_types) memset(place, 0, n_types * sizeof *place);
  for (size_t d = 0, begin = 0, end = 0; !code && d < n_documents; d++, begin = end) {
    code = ck_document_end(ends, d, begin, n_tokens, &end, error);
    if (!code)
      code = ck_count_document_by_first(ids, begin, end, n_types, (uint32_t)d, place, counts, &length, error);
    if (!code) code = ck_tick(ticker, (int64_t)(end - begin), error);
  }
  if (!code) code = ck_first_counts_of(counts, length, rows, error);
  ck_block_give(counts);
  ck_block_give(place);
  if (code) ck_first_counts_free(rows);
  return code;
}

/* ------------------------------------------------------ types of each document */

void ck_document_rows_free(ck_document_rows *rows) {
  ck_block_give(rows->starts);
  ck_block_give(rows->types);
  ck_block_give(rows->counts);
  memset(rows, 0, sizeof *rows);
}

/* Counts the types of a document. `place[t]` is the position of type t in the row; it is valid if the row has t there,
 * so that nothing is cleared between documents (a sparse set). */
static ck_code ck_count_row(const uint32_t *ids, size_t begin, size_t end, size_t n_types, uint32_t *place,
                            ck_document_rows *rows, size_t *length, ck_error *error) {
  const size_t first = *length;
  for (size_t i = begin; i < end; i++) {
    uint32_t type = ck_once32(&ids[i]);
    if (CK_UNLIKELY(type >= n_types)) return ck_no_such_type(i, type, n_types, error);
    size_t at = place[type];
    if (at >= first && at < *length && rows->types[at] == type) {
      rows->counts[at]++;
      continue;
    }
    place[type] = (uint32_t)*length;
    rows->types[*length] = type;
    rows->counts[(*length)++] = 1;
  }
  return CK_OK;
}

/* The number of chosen documents and of their tokens. */
static ck_code ck_chosen_size(const uint64_t *ends, size_t n_documents, size_t n_tokens, const uint8_t *chosen,
                              size_t *documents, size_t *tokens, ck_error *error) {
  *documents = *tokens = 0;
  for (size_t d = 0, begin = 0, end; d < n_documents; d++, begin = end) {
    CK_TRY(ck_document_end(ends, d, begin, n_tokens, &end, error));
    if (chosen && !chosen[d]) continue;
    ++*documents;
    *tokens += end - begin;
  }
  return CK_OK;
}

ck_code ck_count_by_document(const uint32_t *ids, const uint64_t *ends, size_t n_documents, size_t n_tokens,
                             const uint8_t *chosen, size_t n_types, ck_document_rows *rows, ck_ticker *ticker,
                             ck_error *error) {
  size_t row = 0, length = 0, tokens;
  memset(rows, 0, sizeof *rows);
  CK_TRY(ck_chosen_size(ends, n_documents, n_tokens, chosen, &rows->n_documents, &tokens, error));
  uint32_t *place = (uint32_t *)calloc(n_types + 1, sizeof(uint32_t));
  if (!place) return ck_out_of_memory(error, (n_types + 1) * sizeof(uint32_t));
  rows->starts = (uint64_t *)ck_allocate(rows->n_documents + 1, sizeof(uint64_t), error);
  rows->types = rows->starts ? (uint32_t *)ck_large(tokens, sizeof(uint32_t), error) : NULL;
  rows->counts = rows->types ? (uint32_t *)ck_large(tokens, sizeof(uint32_t), error) : NULL;
  ck_code code = rows->counts ? CK_OK : error->code;
  for (size_t d = 0, begin = 0, end; !code && d < n_documents; d++, begin = end) {
    code = ck_document_end(ends, d, begin, n_tokens, &end, error);
    if (code || (chosen && !chosen[d])) continue;
    if (row == rows->n_documents || end - begin > tokens) {
      code = ck_changed("the documents", error);
      break;
    }
    rows->starts[row++] = length;
    tokens -= end - begin;
    code = ck_count_row(ids, begin, end, n_types, place, rows, &length, error);
    if (!code) code = ck_tick(ticker, (int64_t)(end - begin), error);
  }
  ck_block_give(place);
  if (!code && row < rows->n_documents) code = ck_changed("the documents", error);
  if (!code) rows->starts[row] = length;
  return code;
}
