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

/* The forms that are in windows or hits, ascending, and of each: how often it is in a window, in how many documents, and
 * how often it is part of a hit. A token in two windows counts once; a token that is part of a hit is in no window. */
typedef struct {
  size_t length;
  uint32_t *forms;
  int64_t *counts, *documents, *in_hits;
} ck_collocates;

void ck_collocates_free(ck_collocates *found);

/* On failure there is nothing to free. */
ck_code ck_count_collocates(const ck_windows_job *job, ck_collocates *found, ck_ticker *ticker, ck_error *error);

#endif
