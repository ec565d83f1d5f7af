#include "ngram_columns.h"

/* ------------------------------------------------------------------ text */

uint8_t *ck_pack_words(ck_text *words, size_t n_words, ck_error *error) {
  size_t length = 0;
  for (size_t i = 0; i < n_words; i++) length += words[i].length;
  uint8_t *packed = (uint8_t *)ck_large(length + CK_PIECE, 1, error);
  if (!packed) return NULL;
  uint8_t *to = packed;
  for (size_t i = 0; i < n_words; i++) {
    memcpy(to, words[i].bytes, words[i].length);
    words[i].bytes = to;
    to += words[i].length;
  }
  memset(to, 0, CK_PIECE);
  return packed;
}

/* Rows processed together, so that memory is prefetched in stages: first the entries of their words, then the words,
 * then the text is written. */
enum { CK_BATCH = 32 };

typedef struct {
  unsigned n;
  uint32_t ids[CK_WIDEST];
  ck_text parts[CK_WIDEST];
  size_t length;
} ck_joined;

static ck_code ck_find_ids(const ck_joiner *joiner, uint64_t first, unsigned n, size_t row, ck_joined *joined,
                           ck_error *error) {
  size_t positions[CK_WIDEST];
  CK_TRY(ck_ngram_positions(first, n, joiner->n_tokens, row, positions, error));
  joined->n = n;
  for (unsigned j = 0; j < n; j++) {
    uint32_t id = ck_once32(&joiner->ids[positions[j]]);
    if (CK_UNLIKELY(id >= joiner->n_words)) return ck_no_such_type(positions[j], id, joiner->n_words, error);
    joined->ids[j] = id;
    CK_PREFETCH(&joiner->words[id]);
  }
  return CK_OK;
}

static void ck_find_words(const ck_joiner *joiner, ck_joined *joined) {
  joined->length = (joined->n - 1) * (size_t)joiner->separator.length;
  for (unsigned j = 0; j < joined->n; j++) {
    joined->parts[j] = joiner->words[joined->ids[j]];
    joined->length += joined->parts[j].length;
    CK_PREFETCH(joined->parts[j].bytes);
  }
}

static ck_code ck_join(const ck_joiner *joiner, const ck_joined *joined, ck_strings *out, ck_error *error) {
  uint8_t *room = ck_strings_room(out, joined->length + CK_PIECE, error);
  CK_TRY(!room);
  room = ck_copy_word(room, joined->parts[0]);
  for (unsigned j = 1; j < joined->n; j++) {
    room = ck_copy_word(room, joiner->separator);
    room = ck_copy_word(room, joined->parts[j]);
  }
  return ck_strings_commit(out, joined->length, error);
}

typedef struct {
  const ck_joiner *joiner;
  const uint8_t *n;
  const uint64_t *first;
  ck_shared_strings strings;
} ck_joining;

static ck_code ck_join_worker(void *context, unsigned worker, ck_ticker *ticker, ck_error *error) {
  ck_joining *job = (ck_joining *)context;
  ck_strings *out = &job->strings.parts[worker];
  ck_joined batch[CK_BATCH];
  size_t end = job->strings.first_row[worker + 1];
  for (size_t begin = job->strings.first_row[worker]; begin < end; begin += CK_BATCH) {
    size_t size = end - begin < CK_BATCH ? end - begin : CK_BATCH;
    CK_TRY(ck_tick(ticker, CK_BATCH, error));
    for (size_t i = 0; i < size; i++)
      CK_TRY(ck_find_ids(job->joiner, ck_once64(&job->first[begin + i]), ck_once8(&job->n[begin + i]), begin + i,
             &batch[i], error));
    for (size_t i = 0; i < size; i++) ck_find_words(job->joiner, &batch[i]);
    for (size_t i = 0; i < size; i++)
      CK_TRY(ck_join(job->joiner, &batch[i], out, error));
  }
  return CK_OK;
}

ck_code ck_ngram_strings(const ck_joiner *joiner, const uint8_t *n, const uint64_t *first, size_t n_rows,
                         unsigned workers, size_t block_limit, ck_column *column, ck_ticker *ticker, ck_error *error) {
  size_t first_row[CK_MOST_WORKERS + 1];
  for (unsigned w = 0; w <= workers; w++) first_row[w] = ck_share(n_rows, workers, w);
  ck_joining *job = (ck_joining *)calloc(1, sizeof *job);
  if (!job) return ck_out_of_memory(error, sizeof *job);
  job->joiner = joiner;
  job->n = n;
  job->first = first;
  ck_code code = ck_shared_strings_open(&job->strings, first_row, workers, block_limit, error);
  if (!code) code = ck_parallel(workers, ck_join_worker, job, ticker, error);
  if (!code)
    code = ck_shared_strings_finish(&job->strings, column, error);
  else
    ck_shared_strings_free(&job->strings);
  free(job);
  return code;
}
