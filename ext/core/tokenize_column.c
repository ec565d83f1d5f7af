#include "tokenize_column.h"

#include "threads.h"

typedef struct {
  ck_types *types; /* the given one, or `own` */
  ck_types own;
  ck_tokens tokens;
  uint32_t *map; /* from the worker's type ids to the final ones */
  size_t offset; /* where its tokens begin in the result */
} ck_token_share;

typedef struct {
  const ck_text_column *column;
  ck_token_mode mode;
  ck_simd simd;
  unsigned workers;
  int64_t rows[CK_MOST_WORKERS + 1];
  uint32_t *counts; /* tokens of each row */
  ck_token_share shares[CK_MOST_WORKERS];
  ck_tokens *result;
} ck_tokenizing;

static ck_code ck_scan_text(ck_scanner *scanner, ck_scanner *standard, ck_token_mode mode, const ck_text *text) {
  const uint8_t *p = text->bytes, *end = p + text->length;
  if (mode == CK_STANDARD) return ck_scan_standard(scanner, p, end);
  if (mode == CK_WHITESPACE) return ck_scan_whitespace(scanner, p, end);
  standard->tokens->length = 0;
  standard->n_waiting = 0;
  ck_code code = ck_scan_standard(standard, p, end);
  return code ? code : ck_scan_characters(scanner, p, end, standard->tokens);
}

static ck_code ck_tokenize_rows(const ck_tokenizing *job, unsigned worker, ck_scanner *scanner, ck_scanner *standard) {
  ck_text_rows rows = ck_text_rows_of(job->column, job->rows[worker], job->rows[worker + 1]);
  ck_text text;
  for (int64_t row = rows.row; rows.row < rows.end; row = rows.row) {
    size_t before = scanner->tokens->length;
    ck_code code = ck_text_next(&rows, &text, scanner->error);
    if (!code && text.bytes) code = ck_scan_text(scanner, standard, job->mode, &text);
    if (!code) code = ck_tick(scanner->ticker, text.length, scanner->error);
    if (CK_UNLIKELY(code)) return code;
    job->counts[row] = (uint32_t)(scanner->tokens->length - before);
  }
  return ck_scanner_flush(scanner);
}

static ck_code ck_tokenize_worker(void *context, unsigned worker, ck_ticker *ticker, ck_error *error) {
  ck_tokenizing *job = (ck_tokenizing *)context;
  ck_token_share *share = &job->shares[worker];
  ck_tokens scratch = {0};
  ck_scanner scanner, standard;
  ck_scanner_init(&scanner, share->types, &share->tokens, ticker, error);
  ck_scanner_init(&standard, NULL, &scratch, ticker, error);
  scanner.simd = standard.simd = job->simd;
  ck_code code = ck_tokenize_rows(job, worker, &scanner, &standard);
  ck_tokens_free(&scratch);
  return code;
}

/* Copies a part of each worker's tokens into the result; those of the first one are in place. */
static ck_code ck_place_tokens(void *context, unsigned worker, ck_ticker *ticker, ck_error *error) {
  const ck_tokenizing *job = (const ck_tokenizing *)context;
  ck_tokens *result = job->result;
  for (unsigned w = 1; w < job->workers; w++) {
    const ck_token_share *share = &job->shares[w];
    const ck_tokens *tokens = &share->tokens;
    size_t begin = ck_share(tokens->length, job->workers, worker), to = share->offset + begin;
    size_t length = ck_share(tokens->length, job->workers, worker + 1) - begin;
    if (!length) continue;
    for (size_t i = 0; i < length; i++) result->ids[to + i] = share->map[tokens->ids[begin + i]];
    if (result->starts) memcpy(result->starts + to, tokens->starts + begin, length * sizeof(uint32_t));
    memcpy(result->flags + to, tokens->flags + begin, length);
    CK_TRY(ck_tick(ticker, (int64_t)length, error));
  }
  return CK_OK;
}

static ck_code ck_merge_shares(ck_tokenizing *job, ck_ticker *ticker, ck_error *error) {
  size_t total = job->shares[0].tokens.length;
  for (unsigned w = 1; w < job->workers; w++) {
    ck_token_share *share = &job->shares[w];
    share->offset = total;
    total += share->tokens.length;
    share->map = (uint32_t *)ck_allocate(ck_types_count(share->types), sizeof(uint32_t), error);
    CK_TRY(!share->map || ck_types_merge(job->shares[0].types, share->types, share->map, ticker, error));
    ck_types_free(&share->own);
  }
  *job->result = job->shares[0].tokens;
  memset(&job->shares[0].tokens, 0, sizeof(ck_tokens));
  if (job->workers == 1) return CK_OK;
  CK_TRY(ck_tokens_reserve(job->result, total - job->result->length, error));
  job->result->length = total;
  return ck_parallel(job->workers, ck_place_tokens, job, ticker, error);
}

enum { CK_TEXT_GRAIN = 1 << 22 }; /* bytes worth a thread and the fresh memory of its table */

/* Integer square root. */
static uint64_t ck_square_root(uint64_t number) {
  uint64_t root = number, next = number / 2 + 1;
  while (next < root) {
    root = next;
    next = (root + number / root) / 2;
  }
  return root;
}

/* Reserves the estimated memory of a share (of the first one, that of all): a token has eight bytes or more, a word
 * about ten, and types grow more slowly than words (Heaps' law, here with exponent 3/4). The caller allocates it,
 * since memory that a thread allocates is fresh in each call, and page faults cost more than the work. */
static ck_code ck_share_reserve(ck_token_share *share, size_t bytes, ck_error *error) {
  enum { TOKEN = 8, WORD = 10, FACTOR = 3, LETTERS = 12 };
  size_t tokens = bytes / TOKEN, words = bytes / WORD, root = (size_t)ck_square_root(words);
  size_t types = FACTOR * root * (size_t)ck_square_root(root);
  ck_code code = ck_tokens_reserve(&share->tokens, tokens, error);
  if (code || ck_types_count(share->types)) return code; /* a table in use has grown as needed */
  code = ck_types_reserve(share->types, types < words ? types : words, error);
  return code ? code : ck_u8s_reserve(&share->types->arena, LETTERS * types, error);
}

ck_code ck_tokenize_column(const ck_text_column *column, ck_token_mode mode, ck_simd simd, unsigned threads,
                           size_t grain, ck_types *types, ck_tokens *tokens, uint32_t *counts, ck_ticker *ticker,
                           ck_error *error) {
  size_t types_before = ck_types_count(types);
  ck_tokenizing *job = (ck_tokenizing *)calloc(1, sizeof *job);
  if (!job) return ck_out_of_memory(error, sizeof *job);
  job->column = column;
  job->mode = mode;
  job->simd = simd;
  job->counts = counts;
  job->result = tokens;
  job->workers = ck_text_column_cut(column, threads, grain ? grain : CK_TEXT_GRAIN, job->rows);
  for (unsigned w = 0; w < job->workers; w++) {
    ck_token_share *share = &job->shares[w];
    share->types = w ? &share->own : types;
    share->tokens.without_starts = tokens->without_starts;
    ck_types_init(&share->own, types->limit, types->seeds);
  }
  size_t bytes = ck_text_column_likely_bytes(column);
  /* only an estimate: without memory for it, everything grows as needed */
  for (unsigned w = 0; w < job->workers; w++)
    (void)ck_share_reserve(&job->shares[w], w ? bytes / job->workers : bytes, error);
  ck_code code = ck_parallel(job->workers, ck_tokenize_worker, job, ticker, error);
  if (!code) code = ck_merge_shares(job, ticker, error);
  for (unsigned w = 0; w < job->workers; w++) {
    ck_types_free(&job->shares[w].own);
    ck_tokens_free(&job->shares[w].tokens);
    free(job->shares[w].map);
  }
  free(job);
  if (code) ck_types_truncate(types, types_before);
  return code;
}
