/* The counter of n-grams, its table and its text, compared with the naive count of tests/c; then with documents,
 * groups, barriers and ids that are out of range, which must be refused.
 *
 * An input: the job, the allocation that fails, and the tokens, each a byte: its id (the lower five bits), whether it
 * has a barrier or begins a document, after how many empty ones. */
#include "fuzz.h"
#define main main_of_the_test
#include "test_ngrams.c"
#undef main

enum { FUZZ_TOKENS = 96, FUZZ_IDS = 32, FUZZ_OCCURRENCES = 1500, FUZZ_SEPARATORS = 3 };

static const char *const SEPARATORS[FUZZ_SEPARATORS] = {" ", "", "؛ and more than sixteen bytes"};

/* Ids as they may come, with the largest ones. */
static uint32_t id_of(unsigned kind, uint32_t small) {
  if (kind == 1) return UINT32_MAX - small;
  if (kind == 2) return small * 0x08000001u;
  return small;
}

static void take_sample(fuzz_input *input, unsigned kind, sample *made) {
  bool begins = true;
  memset(made, 0, sizeof *made);
  while (fuzz_left(input) && made->n_tokens < FUZZ_TOKENS && made->n_documents + 3 < MOST_DOCUMENTS) {
    uint8_t byte = fuzz_byte(input);
    size_t at = made->n_tokens;
    unsigned ends = at && byte >> 5 > 4 ? (byte >> 5) - 4u : 0; /* documents that end before the token */
    begins |= ends || byte >> 5 == 1;
    for (; ends > 0; ends--) {
      made->groups[made->n_documents] = byte % MOST_GROUPS;
      made->ends[made->n_documents++] = at;
    }
    made->tokens[at] = id_of(kind, byte % FUZZ_IDS);
    made->barriers[at] = (uint8_t)((byte & 0x40 ? 0xFE : 0) | begins);
    made->document_of[at] = (uint32_t)made->n_documents;
    made->n_tokens++;
    begins = false;
  }
  if (!made->n_tokens) return;
  made->groups[made->n_documents] = (uint32_t)made->n_tokens % MOST_GROUPS;
  made->ends[made->n_documents++] = made->n_tokens;
}

/* Occurrences that the naive count may meet. */
static uint64_t occurrences(const ck_ngram_job *job) {
  uint64_t ways = 1, all = job->n_tokens;
  for (unsigned n = 2; n <= job->high; n++) {
    ways = ways * (job->skip + n - 1) / (n - 1);
    all += ways * job->n_tokens;
  }
  return all;
}

/* The words of the ids below FUZZ_IDS, packed as the text needs them. */
static uint8_t *words_new(ck_text words[FUZZ_IDS + 1], const char *separator) {
  static const char letters[] = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz";
  ck_error error;
  for (size_t i = 0; i < FUZZ_IDS; i++) words[i] = (ck_text){(const uint8_t *)letters + i % 20, (uint32_t)i};
  words[FUZZ_IDS] = (ck_text){(const uint8_t *)separator, (uint32_t)strlen(separator)};
  uint8_t *packed = ck_pack_words(words, FUZZ_IDS + 1, &error);
  CHECK(packed);
  return packed;
}

static void check_strings(const ck_ngram_job *job, const ck_ngram_table *table, size_t length, const char *separator) {
  ck_text words[FUZZ_IDS + 1];
  uint8_t *packed = words_new(words, separator);
  ck_joiner joiner = {job->tokens, job->n_tokens, words, FUZZ_IDS, words[FUZZ_IDS]};
  ck_error error;
  ck_ticker ticker = ck_ticker_new(NULL);
  bool known = true;
  for (size_t i = 0; i < length; i++)
    for (unsigned j = 0; j < list[i].n; j++) known &= list[i].tokens[j] < FUZZ_IDS;
  for (unsigned workers = 1; workers <= job->threads; workers++) {
    ck_column column;
    ck_code code = ck_ngram_strings(&joiner, table->n, table->first, length, workers, workers == 2 ? 50 : 0, &column,
                                    &ticker, &error);
    CHECK(code == (known ? CK_OK : CK_CORRUPT));
    if (code) continue;
    CHECK(column.array.length == (int64_t)length && !column.array.null_count);
    for (size_t i = 0; i < length; i++) {
      ck_text value = fuzz_value(&column, i);
      const uint8_t *at = value.bytes, *end = at + value.length;
      for (unsigned j = 0; j < list[i].n; j++) {
        ck_text parts[2] = {words[FUZZ_IDS], words[list[i].tokens[j]]};
        for (unsigned p = j ? 0 : 1; p < 2; p++) {
          CHECK((size_t)(end - at) >= parts[p].length && !memcmp(at, parts[p].bytes, parts[p].length));
          at += parts[p].length;
        }
      }
      CHECK(at == end);
    }
    ck_column_release(&column);
  }
  free(packed);
}

/* Rows of any number: refused, or the text is within the words. */
static void any_strings(fuzz_input input, const ck_ngram_job *job) {
  enum { ROWS = 5 };
  ck_text words[FUZZ_IDS + 1];
  uint8_t n[ROWS], *packed = words_new(words, " ");
  uint64_t first[ROWS];
  ck_joiner joiner = {job->tokens, job->n_tokens, words, FUZZ_IDS, words[FUZZ_IDS]};
  for (size_t i = 0; i < ROWS; i++) {
    n[i] = (uint8_t)(1 + fuzz_below(&input, 10));
    first[i] = fuzz_number(&input) << 32 | fuzz_bits(&input, 4);
  }
  ck_column column;
  ck_error error;
  ck_ticker ticker = ck_ticker_new(NULL);
  ck_code code = ck_ngram_strings(&joiner, n, first, ROWS, job->threads, 0, &column, &ticker, &error);
  CHECK(!code || code == CK_CORRUPT);
  for (size_t i = 0; !code && i < ROWS; i++) CHECK(fuzz_value(&column, i).bytes);
  if (!code) ck_column_release(&column);
  free(packed);
}

/* A job with anything wrong is refused, or counts what is there; the arrays must not be left. */
static void damaged_job(fuzz_input *input, sample sample, ck_ngram_job job, uint32_t *tokens, uint8_t *barriers,
                        uint64_t *ends, uint32_t *groups) {
  size_t token = fuzz_below(input, (unsigned)sample.n_tokens);
  size_t document = fuzz_below(input, (unsigned)sample.n_documents);
  ck_code expected = CK_OK;
  switch (fuzz_below(input, 5)) {
    case 0:
      tokens[token] = (uint32_t)fuzz_number(input);
      break;
    case 1:
      barriers[token] = fuzz_byte(input);
      break;
    case 2:
      ends[document] = fuzz_number(input);
      break;
    case 3:
      groups[document] = (uint32_t)fuzz_number(input);
      if (job.groups && groups[document] >= job.n_groups) expected = CK_CORRUPT;
      break;
    default:
      job.n_types = 1 + fuzz_number(input);
  }
  ck_rows rows;
  ck_ngram_table table;
  ck_error error;
  ck_ticker ticker = ck_ticker_new(NULL);
  memset(&rows, 0, sizeof rows);
  ck_code code = ck_count_ngrams(&job, &rows, &ticker, &error);
  CHECK(!code || (code == CK_CORRUPT && error.code == code && error.message[0]));
  CHECK(!expected || code == expected);
  if (code) return;
  CHECK(!ck_rows_table(&rows, job.tokens, 0, job.document_frequency, job.groups != NULL, job.threads, job.grain, &table,
                       &ticker, &error));
  for (size_t i = 0; i < rows.length; i++) {
    CHECK(table.n[i] >= job.low && table.n[i] <= job.high && table.first[i] >> 32 < job.n_tokens);
    CHECK(table.count[i] >= (int64_t)job.min_count && (!i || table.count[i] <= table.count[i - 1]));
    if (job.groups) CHECK(table.group[i] < job.n_groups);
    if (job.document_frequency) CHECK(table.documents[i] >= 1 && table.documents[i] <= table.count[i]);
  }
  ck_ngram_table_free(&table);
  ck_rows_free(&rows);
}

/* Without memory, the call frees everything. */
static void without_memory(ck_ngram_job job, unsigned fails) {
  ck_rows rows;
  ck_ngram_table table;
  ck_error error = {CK_OK, ""};
  ck_ticker ticker = ck_ticker_new(NULL);
  long before = live;
  memset(&rows, 0, sizeof rows);
  fuzz_fail_at(fails - 1, fails);
  ck_code code = ck_count_ngrams(&job, &rows, &ticker, &error);
  if (!code)
    code = ck_rows_table(&rows, job.tokens, fails % 2 ? job.high : 0, job.document_frequency, job.groups != NULL,
                         job.threads, job.grain, &table, &ticker, &error);
  fuzz_fail_no_more();
  CHECK(code ? code == CK_MEMORY && failures : rows.length == n_found);
  if (!code) ck_ngram_table_free(&table);
  ck_rows_free(&rows);
  CHECK(live == before);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_input input = {data, data + size}, wrong;
  digest digest = {0};
  ck_ngram_job job = {.barrier_bits = 1};
  sample sample;
  fuzz_fail_no_more();
  uint8_t options = fuzz_byte(&input);
  unsigned fails = fuzz_byte(&input);
  const char *separator = SEPARATORS[fuzz_below(&input, FUZZ_SEPARATORS)];
  job.high = 1 + fuzz_below(&input, CK_MAX_N);
  job.low = 1 + fuzz_below(&input, job.high);
  job.skip = fuzz_below(&input, CK_MAX_SKIP + 1);
  job.min_count = 1 + fuzz_below(&input, 4);
  job.grain = 1 + fuzz_below(&input, 16);
  job.seed = options;
  job.document_frequency = options & 4;
  wrong = input;
  take_sample(&input, options & 3, &sample);
  if (!sample.n_tokens) return 0;
  uint32_t *tokens = (uint32_t *)fuzz_copy(sample.tokens, sample.n_tokens * sizeof *tokens);
  uint8_t *barriers = (uint8_t *)fuzz_copy(sample.barriers, sample.n_tokens);
  uint64_t *ends = (uint64_t *)fuzz_copy(sample.ends, sample.n_documents * sizeof *ends);
  uint32_t *groups = (uint32_t *)fuzz_copy(sample.groups, sample.n_documents * sizeof *groups);
  job.tokens = tokens;
  job.barriers = barriers;
  job.n_tokens = sample.n_tokens;
  job.document_ends = ends;
  job.n_documents = sample.n_documents;
  job.groups = options & 8 ? groups : NULL;
  job.n_groups = options & 8 ? MOST_GROUPS : 0;
  job.n_types = options & 16 && !(options & 3) ? FUZZ_IDS : 0;
  job.threads = options >= 192 ? 2 + options / 32u % 2 : 1; /* threads take most of the time */
  while (job.skip && occurrences(&job) > FUZZ_OCCURRENCES) job.skip--;
  compare(&sample, job, &digest);
  invalid_jobs(&sample, job);
  if (fails) without_memory(job, fails);
  ck_ngram_table table;
  CHECK(table_of(&job, 0, &table) == n_found);
  check_strings(&job, &table, n_found, separator);
  ck_ngram_table_free(&table);
  any_strings(wrong, &job);
  damaged_job(&wrong, sample, job, tokens, barriers, ends, groups);
  free(tokens);
  free(barriers);
  free(ends);
  free(groups);
  return 0;
}
