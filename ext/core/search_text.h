/* Reading the text of a search, token by token. What is mapped may change, so each number is read once and checked. */
#ifndef CK_SEARCH_TEXT_H
#define CK_SEARCH_TEXT_H

#include "search.h"
#include "sorted.h"

static inline bool ck_has_test(const ck_search_text *text, uint32_t row, uint32_t test) {
  size_t bits = 8 * text->stride;
  if (CK_UNLIKELY(test >= bits)) return row == test - bits || test == CK_ANY_TOKEN;
  return (text->tests[row * text->stride + (test >> 3)] >> (test & 7)) & 1;
}

static CK_UNUSED ck_code ck_search_corrupt(const ck_search_text *text, size_t token, ck_error *error) {
  if (token >= text->n_tokens)
    return ck_fail(error, CK_CORRUPT, "a search begins at token %zu of %zu", token, text->n_tokens);
  uint32_t type = text->types[token];
  if (type < text->n_types)
    return ck_fail(error, CK_CORRUPT, "type %u is said to have a row of tests beyond the %zu there are", type,
                   text->n_rows);
  return ck_fail(error, CK_CORRUPT, "token %zu has the type %u of %zu types", token, type, text->n_types);
}

/* The row of the type of a token; false if there is no such token, type or row. */
static inline bool ck_search_row_of(const ck_search_text *text, size_t token, uint32_t *row) {
  if (CK_UNLIKELY(token >= text->n_tokens)) return false;
  uint32_t type = ck_once32(&text->types[token]);
  *row = type;
  if (CK_UNLIKELY(type >= text->n_types)) return false;
  if (!text->rows) return true;
  *row = ck_once32(&text->rows[type]);
  return CK_LIKELY(*row < text->n_rows);
}

/* The same, and records what was read. */
static inline bool ck_search_row(const ck_search_text *text, size_t token, uint32_t *row) {
  ck_touch(&text->of_types, token);
  return ck_search_row_of(text, token, row);
}

static inline bool ck_search_begins_unit(const ck_search_text *text, size_t token) {
  ck_touch(&text->of_flags, token);
  return text->flags[token] & text->barrier_bits;
}

/* First token and end of the document of a token. With barrier flags they are not needed, as each document begins
 * with one. */
typedef struct {
  size_t low, high;
} ck_bounds;

static inline ck_bounds ck_search_bounds(const ck_search_text *text, size_t token) {
  ck_bounds all = {0, text->n_tokens};
  if (text->barrier_bits) return all;
  size_t document = ck_first_above(text->document_ends, 0, text->n_documents, token);
  uint64_t begin = document ? ck_once64(&text->document_ends[document - 1]) : 0;
  uint64_t end = document < text->n_documents ? ck_once64(&text->document_ends[document]) : text->n_tokens;
  all.low = begin < token ? (size_t)begin : token;
  all.high = end < text->n_tokens ? (size_t)end : text->n_tokens;
  return all;
}

/* The token after (or before) a token within its unit of text, or SIZE_MAX. */
static inline size_t ck_search_next(const ck_search_text *text, ck_bounds bounds, size_t token) {
  size_t next = token + 1;
  return next < bounds.high && !ck_search_begins_unit(text, next) ? next : SIZE_MAX;
}

static inline size_t ck_search_previous(const ck_search_text *text, ck_bounds bounds, size_t token) {
  return token > bounds.low && !ck_search_begins_unit(text, token) ? token - 1 : SIZE_MAX;
}

/* Prefetches the memory around a token that is examined soon, and the tests of the neighbour of one that is examined
 * sooner. Places are gone through upwards, or downwards where `way` is -1; the neighbour is the token after it, or
 * before it where `side` is -1. */
static inline void ck_search_ahead(const ck_search_text *text, const uint32_t *tokens, size_t i, size_t n_tokens,
                                   int way, int side, bool flags) {
  enum { FAR_AHEAD = 48, AHEAD = 16 };
  size_t later = i + (size_t)(way * FAR_AHEAD), next = i + (size_t)(way * AHEAD); /* below 0 they are beyond all */
  if (CK_UNLIKELY(later >= n_tokens)) return;
  size_t token = tokens[later], neighbour = tokens[next] + (size_t)side;
  if (CK_UNLIKELY(token >= text->n_tokens || neighbour >= text->n_tokens)) return;
  CK_PREFETCH(text->types + token);
  if (flags) CK_PREFETCH(text->flags + token);
  uint32_t type = ck_once32(&text->types[neighbour]);
  if (CK_LIKELY(!text->rows && type < text->n_types)) CK_PREFETCH(text->tests + type * text->stride);
}

#endif
