/* Counts of what occurs in windows around the hits of a search. */
#ifndef CK_COLLOCATES_H
#define CK_COLLOCATES_H

#include "core.h"

/* Hits are spans of tokens, first[h] up to end[h], in text order. A window is a number of words (tokens with a form)
 * before and after a hit. It is bounded by units of text: a token with one of `barrier_bits` begins one, and so does
 * a document. */
typedef struct {
  const uint32_t *types;
  const uint8_t *flags;
  size_t n_tokens;
  const uint32_t *form_of_type;
  size_t n_types, n_forms;
  const uint64_t *document_ends;
  size_t n_documents;
  const uint32_t *first, *end;
  size_t n_hits;
  uint64_t before, after;
  uint8_t barrier_bits;
  unsigned threads;
  size_t grain; /* hits that are worth a thread; 0 for CK_HITS_WORTH_A_THREAD */
} ck_windows_job;

enum { CK_HITS_WORTH_A_THREAD = 200 * 1000 };

/* While counting, the counters of a form are adjacent, so that a collocate costs one cache miss and not three. */
typedef struct {
  uint32_t count, documents, in_hits;
  uint32_t last; /* the last document with the form, plus one */
} ck_collocate;

/* For each form: how often it is in a window, in how many documents, and how often it is part of a hit. A token in
 * two windows counts once; a token that is part of a hit is in no window. */
typedef struct {
  int64_t *counts, *documents, *in_hits;
  ck_collocate *forms;
} ck_collocates;

void ck_collocates_free(ck_collocates *found);

ck_code ck_collocates_new(ck_collocates *found, size_t n_forms, ck_error *error);

/* ------------------------------------------------------------------ threads */

ck_code ck_count_collocates(const ck_windows_job *job, ck_collocates *found, ck_ticker *ticker, ck_error *error);

#endif
