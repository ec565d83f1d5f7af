/* The rows of an n-gram count, and their table in the final order: count descending, then n, then first occurrence.
 *
 * Rows come level by level, in order of first occurrence, so the rank of a row follows from the number of rows with
 * higher counts and of earlier rows with the same count: a counting sort. Each worker has a share of each level,
 * counts how often each count occurs in it, and then writes its rows at their ranks, into all columns at once, since
 * page faults on the fresh columns dominate the cost. A level is freed as soon as its rows are in the table. */
#ifndef CK_NGRAM_ROWS_H
#define CK_NGRAM_ROWS_H

#include "arrays.h"

enum { CK_LEVELS = 9, CK_WIDEST = 8 };

/* The n-grams of one length, in order of first occurrence. */
typedef struct {
  size_t length, capacity;
  uint32_t *count;
  uint32_t *start;                    /* position of the first token of its first occurrence */
  uint32_t *gaps, *documents, *group; /* NULL unless requested */
} ck_level;

typedef struct {
  ck_level levels[CK_LEVELS]; /* by n */
  size_t length;
  ck_pool pool;
} ck_rows;

void ck_rows_free(ck_rows *rows);

/* Allocates `length` rows, followed by `aside` scratch rows. */
ck_code ck_level_new(ck_level *level, size_t length, size_t aside, bool gaps, bool documents, bool group,
                     ck_error *error);

/* ------------------------------------------------------------------ table */

/* The requested columns; others are NULL. `first` is the first occurrence: start << 32 | gaps. ids[j] is the j-th
 * token of each row, 0 if there is none; its validity marks these too, if there are any. */
typedef struct {
  uint8_t *n;
  uint64_t *first;
  int64_t *count, *documents;
  uint32_t *group;
  uint32_t *ids[CK_WIDEST];
  uint8_t *validity[CK_WIDEST];
  int64_t nulls[CK_WIDEST];
  unsigned width; /* number of columns of ids; 0: `first` is requested */
} ck_ngram_table;

void ck_ngram_table_free(ck_ngram_table *table);

/* Makes the table of the rows: with `width` columns of ids, or for 0 with the first occurrences. It has documents and
 * groups if the rows do. On failure the table is freed. */
ck_code ck_rows_table(ck_rows *rows, const uint32_t *tokens, unsigned width, bool documents, bool groups,
                      unsigned threads, size_t grain, ck_ngram_table *table, ck_ticker *ticker, ck_error *error);

#endif
