/* K-way merge of a bucket of many runs (ngram_runs.h) into a table: counts of equal n-grams are summed, rows are
 * sorted by bytes.
 *
 * A loser tree with shared prefixes (Ng & Kakehi 2008, Merging string sequences by longest common prefixes): each
 * waiting text knows how many bytes it shares with the last text written. The one that shares more comes first; only
 * if two share the same number are bytes compared, beginning after the shared ones. Runs are front-coded and contain
 * these numbers, so that most texts are never examined.
 *
 * Runs come from disks and networks: every number is checked before it is used. */
#ifndef CK_NGRAM_MERGE_H
#define CK_NGRAM_MERGE_H

#include "column_out.h"
#include "core.h"

typedef struct {
  const uint8_t *bytes;
  size_t length;
  uint64_t rows;
} ck_run_piece;

typedef struct {
  ck_strings texts;
  ck_u8s n;
  ck_u64s counts, documents;
  uint64_t content; /* the sum of the hashes of all rows */
} ck_merged;

void ck_merged_free(ck_merged *merged);

/* --------------------------------------------------------------- writing */

/* Merges the pieces of a bucket. On failure everything is freed. */
ck_code ck_merge_bucket(const ck_run_piece *pieces, size_t runs, uint64_t min_count, ck_merged *merged,
                        ck_ticker *ticker, ck_error *error);

#endif
