/* Counting n-grams, level by level.
 *
 * The key of an n-gram is exact, 64 bits: the number of its prefix, and its last token or the number of its suffix.
 * So 3-grams are made of 2-grams, and where only 8-grams are requested, they are made of 2- and 4-grams. On level 1
 * the prefix is the document's group; without groups a token is its own number, and its counts are in an array.
 *
 * Each level is scattered, aggregated and read again (partitions.h). The last pass visits the occurrences in text
 * order, and so the distinct n-grams in order of first occurrence: only counts need sorting.
 *
 * An n-gram below min_count is dead: no longer n-gram that contains it can reach min_count, so its occurrences are
 * left out of the next level. */
#ifndef CK_NGRAMS_H
#define CK_NGRAMS_H

#include "core.h"
#include "ngram_rows.h"
#include "pages.h"
#include "postings.h"

enum { CK_MAX_N = 8, CK_MAX_SKIP = 15, CK_WORTH_A_THREAD = 1 << 16 };

typedef struct {
  const uint32_t *tokens;
  const uint8_t *barriers; /* of each token; if it has a bit of barrier_bits, no n-gram crosses into it */
  uint8_t barrier_bits;
  size_t n_tokens;
  size_t n_types; /* above all ids; 0: unknown */
  const uint64_t *document_ends;
  size_t n_documents;
  const uint32_t *groups; /* of each document; NULL: one group */
  size_t n_groups;
  unsigned low, high, skip;
  uint64_t min_count;
  bool document_frequency;
  unsigned threads;
  size_t grain; /* items that are worth a thread */
  uint64_t seed; /* of the hash */
} ck_ngram_job;

/* ---------------------------------------------------------------- a level */

/* ------------------------------------------------------------ all levels */

/* Counts the n-grams of a selection. `rows` receives the levels low to high. */
ck_code ck_count_ngrams(const ck_ngram_job *job, ck_rows *rows, ck_ticker *ticker, ck_error *error);

#endif
