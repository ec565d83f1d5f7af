/* A run: the n-grams of some documents with their counts, for disk.
 *
 * N-grams are divided into buckets by their hash, sorted by bytes within each, and front-coded. The text is in a code
 * of half the bytes (letter_code.h). A row is
 *
 *   the length of the prefix it shares with the previous row (the first of a bucket: 0)
 *   the length of the suffix, and its bytes
 *   2 * count, plus 1 if there are fewer documents
 *   count - documents, if there are
 *
 * All numbers are varints: groups of seven bits, little-endian, as in Protocol Buffers. A row usually takes ten bytes
 * where a table takes forty, and the merge needs the prefix lengths anyway (ngram_merge.h).
 *
 * Rows are sorted by the ranks of their words, which is faster than by bytes and equivalent unless a word contains a
 * byte below the space. If one does, it is noticed while writing, and that bucket is sorted again by bytes. */
#ifndef CK_NGRAM_RUNS_H
#define CK_NGRAM_RUNS_H

#include "arrays.h"
#include "bytes.h"
#include "core.h"
#include "ngram_columns.h"
#include "pages.h"

/* The longest code whose text has a 31-bit length, with padding. */
enum { CK_LONGEST_NGRAM = (INT32_MAX - 2 * CK_PIECE) / 2 };

/* Counted n-grams of one length, see ck_level in ngram_rows.h. */
typedef struct {
  unsigned n;
  size_t length;
  const uint32_t *start; /* of an occurrence of each */
  const uint32_t *gaps;  /* NULL without gaps */
  const uint32_t *count, *documents;
} ck_run_level;

typedef struct {
  ck_joiner joiner;
  const uint32_t *ranks; /* rank of each word by bytes, below n_words */
  const ck_run_level *levels;
  size_t n_levels;
  unsigned bucket_bits;
  unsigned hash_bits; /* tests use fewer than 64 */
} ck_run_job;

typedef struct {
  ck_u8s bytes;   /* of all buckets */
  uint64_t *ends; /* of each bucket in them */
  uint64_t *rows; /* of each bucket */
} ck_run;

void ck_run_free(ck_run *run);

/* ------------------------------------------------------------ words of rows */

/* Count and document frequency of a row. */
typedef struct {
  uint32_t count, documents;
} ck_run_counts;

/* The words sorted by bytes, and the rows sorted by bucket, so that what is sorted and written together is adjacent
 * in memory: for each row the ranks of its words from 1, with 0 after the last one, and its counts. */
typedef struct {
  const ck_run_job *job; /* NULL after the rows are gathered */
  uint8_t *codes;        /* of the words, concatenated; a piece can be read from the start of each */
  uint32_t *begins;      /* start of each in them, from 1; the last is the end of all */
  uint64_t *hashes;      /* of the words by id, so that those of frequent words are adjacent */
  uint32_t *ranks;       /* `widest` for each row */
  ck_run_counts *counts;
  size_t n_words, n_rows;
  unsigned widest, bucket_bits;
} ck_run_words;

void ck_run_words_free(ck_run_words *words);

/* --------------------------------------------------------------- writing */

/* Length of the common prefix of two texts, at most `most`. Each text is padded by a piece. */
static inline size_t ck_shared_bytes(const uint8_t *a, const uint8_t *b, size_t most) {
  for (size_t i = 0; i < most; i += 8) {
    uint64_t differing = ck_load_big(a + i) ^ ck_load_big(b + i);
    if (!differing) continue;
    i += ck_zeros_above(differing) / 8;
    return i < most ? i : most;
  }
  return most;
}

/* ---------------------------------------------------------- all of it together */

/* The first half of making a run: divides the rows into buckets. The table is not needed afterwards. On failure
 * everything is freed. */
ck_code ck_run_gather(const ck_run_job *job, ck_run_words *words, ck_run *run, ck_ticker *ticker, ck_error *error);

/* The second half: sorts and packs the rows, and frees them. On failure the run is freed too. */
ck_code ck_run_pack(ck_run_words *words, ck_run *run, ck_ticker *ticker, ck_error *error);

#endif
