/* Context of the hits of a search: its bounds and its text. */
#ifndef CK_CONCORDANCE_H
#define CK_CONCORDANCE_H

#include "column_out.h"
#include "core.h"
#include "text_column.h"
#include "touches.h"

/* The arrays of a corpus: types[i] is the type of token i, counted[t] whether tokens of type t are words and not
 * punctuation or symbols. */
typedef struct {
  const uint32_t *types;
  const uint8_t *flags;
  int64_t n_tokens;
  const uint8_t *counted;
  int64_t n_types;
  ck_touches of_types, of_flags;
} ck_token_arrays;

enum { CK_FLAG_GLUED = 4 }; /* no white space before this token */

static inline bool ck_is_glued(const ck_token_arrays *tokens, int64_t i) {
  ck_touch(&tokens->of_flags, (size_t)i);
  return tokens->flags[i] & CK_FLAG_GLUED;
}

/* Ranks of neighbours: out[i] is the rank of the `k`-th word before or after token nodes[i] in its document, of the token
 * itself if `k` is 0, or UINT32_MAX if there is none. Nodes ascend. ranks[t] is the rank of type t, UINT32_MAX if it is
 * no word: words are told by their ranks alone, since a second table takes a third longer. */
typedef struct {
  const ck_token_arrays *tokens;
  const uint64_t *document_ends;
  size_t n_documents;
  const uint32_t *ranks, *nodes;
  size_t n_nodes;
  int64_t k;
  bool before;
  unsigned threads;
  size_t grain; /* nodes worth a thread; 0 for the default */
  uint32_t *out;
} ck_neighbours;

ck_code ck_neighbour_ranks(const ck_neighbours *job, ck_ticker *ticker, ck_error *error);

/* Counts the ascending tokens in each document, which are added to `counts`. */
ck_code ck_count_in_documents(const uint32_t *places, size_t n_places, const uint64_t *document_ends,
                              size_t n_documents, int64_t *counts, ck_ticker *ticker, ck_error *error);

/* Texts of a memory-mapped file: text i is bytes[offsets[i]] up to bytes[offsets[i + 1]]. They are checked when they
 * are read. */
typedef struct {
  const uint8_t *bytes;
  const uint64_t *offsets;
  size_t n_bytes, length;
  ck_touches of_bytes, of_offsets;
} ck_texts;

static inline ck_code ck_texts_get(const ck_texts *texts, size_t i, ck_text *text, ck_error *error) {
  uint64_t begin = ck_once64(&texts->offsets[i]), end = ck_once64(&texts->offsets[i + 1]);
  memset(text, 0, sizeof *text);
  ck_touch_range(&texts->of_offsets, i, i + 2);
  if (CK_UNLIKELY(begin > end || end > texts->n_bytes || end - begin > INT32_MAX))
    return ck_fail(error, CK_CORRUPT, "text %zu is at %llu to %llu of %zu bytes", i, (unsigned long long)begin,
                   (unsigned long long)end, texts->n_bytes);
  text->bytes = texts->n_bytes ? texts->bytes + begin : (const uint8_t *)""; /* so that no text is at NULL */
  text->length = (uint32_t)(end - begin);
  ck_touch_range(&texts->of_bytes, (size_t)begin, (size_t)end);
  return CK_OK;
}

/* Finds texts, or texts that begin with them (`begins`), by bisection: `order` has the rows of `texts` in the order of
 * their bytes, and what is found of wanted[i] are its items from low[i] up to high[i]. */
ck_code ck_texts_find(const ck_texts *texts, const uint32_t *order, size_t n_order, const ck_text *wanted,
                      size_t n_wanted, bool begins, uint32_t *low, uint32_t *high, ck_ticker *ticker, ck_error *error);

/* -------------------------------------------------------------- many spans */

/* Spans of tokens: first[i] up to last[i]. */
typedef struct {
  const int64_t *first, *last;
  size_t length;
} ck_spans;

/* The i-th span. It is read once and must be inside the corpus. */
static inline ck_code ck_span_at(const ck_token_arrays *tokens, const ck_spans *spans, size_t i, int64_t *first,
                                 int64_t *last, ck_error *error) {
  *first = (int64_t)ck_once64((const uint64_t *)&spans->first[i]);
  *last = (int64_t)ck_once64((const uint64_t *)&spans->last[i]);
  if (CK_LIKELY(*first >= 0 && *last >= *first && *last <= tokens->n_tokens)) return CK_OK;
  return ck_fail(error, CK_CORRUPT, "first and last must be spans within %lld tokens, got %lld to %lld for span %zu",
                 (long long)tokens->n_tokens, (long long)*first, (long long)*last, i);
}

/* The text of each span; `out` is freed on failure. */
ck_code ck_join_spans(const ck_token_arrays *tokens, const ck_spans *spans, const ck_texts *texts, ck_strings *out,
                      ck_ticker *ticker, ck_error *error);

/* The code point after each token: `starts` are the code points where they begin. */
ck_code ck_token_ends(const ck_token_arrays *tokens, const int64_t *places, const uint32_t *starts, size_t n_places,
                      const ck_texts *texts, uint32_t *ends, ck_ticker *ticker, ck_error *error);

/* ------------------------------------------------------------------- lines */

/* The lines of hits, in any order: hit i has the tokens from first[i] up to end[i], of one document; `end` is NULL if all
 * are single tokens. `starts` are the code points where the tokens of the corpus begin. */
typedef struct {
  const ck_token_arrays *tokens;
  const uint64_t *document_ends;
  size_t n_documents;
  const uint32_t *starts;
  ck_touches of_starts;
  const ck_texts *surfaces, *ids; /* of types, of documents */
  const uint32_t *first, *end;
  size_t n_hits;
  int64_t before, after; /* words of context */
} ck_line_job;

/* A table with a row for each hit: document, id, position (in the document), before, node, after, start, end (code
 * points). */
ck_code ck_lines(const ck_line_job *job, ck_column *table, ck_ticker *ticker, ck_error *error);

/* The texts of some rows, null for row UINT32_MAX; `out` is freed on failure. */
ck_code ck_texts_gather(const ck_texts *texts, const uint32_t *rows, size_t n_rows, ck_strings *out, ck_ticker *ticker,
                        ck_error *error);

#endif
