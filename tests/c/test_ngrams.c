/* n-grams, checked against a brute-force count that compares every occurrence with every n-gram found so far. */
#include "check.h"
#include "ngram_columns.h"
#include "ngrams.h"

enum { MOST_TOKENS = 400, MOST_DOCUMENTS = 40, MOST_GROUPS = 3, MOST_FOUND = 20000, MOST_THREADS = 3 };

typedef struct {
  uint32_t tokens[MOST_TOKENS], groups[MOST_DOCUMENTS], document_of[MOST_TOKENS];
  uint8_t barriers[MOST_TOKENS];
  uint64_t ends[MOST_DOCUMENTS];
  size_t n_tokens, n_documents;
} sample;

static void make_sample(sample *made, random_source *random, unsigned words) {
  memset(made, 0, sizeof *made);
  made->n_documents = random_below(random, MOST_DOCUMENTS);
  for (size_t d = 0; d < made->n_documents; d++) {
    unsigned length = random_below(random, 20);
    for (unsigned i = 0; i < length && made->n_tokens < MOST_TOKENS; i++) {
      made->tokens[made->n_tokens] = random_below(random, words);
      /* the lowest bit is the barrier; the others are unused */
      made->barriers[made->n_tokens] = (uint8_t)((i == 0 || !random_below(random, 9)) | random_below(random, 128) << 1);
      made->document_of[made->n_tokens++] = (uint32_t)d;
    }
    made->ends[d] = made->n_tokens;
    made->groups[d] = random_below(random, MOST_GROUPS);
  }
}

typedef struct {
  uint32_t tokens[CK_MAX_N], group, last_document;
  unsigned n;
  uint64_t first, order;
  int64_t count, documents;
} found;

static found list[MOST_FOUND];
static size_t n_found;

static void record(const sample *sample, const ck_ngram_job *job, const size_t *positions, unsigned n, uint64_t order) {
  found item = {{0}, 0, 0, n, 0, order, 1, 1};
  uint32_t document = sample->document_of[positions[0]];
  for (unsigned j = 0; j < n; j++) {
    item.tokens[j] = sample->tokens[positions[j]];
    if (j) item.first |= (uint64_t)(positions[j] - positions[j - 1] - 1) << (32 - 4 * j);
  }
  item.first |= (uint64_t)positions[0] << 32;
  item.group = job->groups ? job->groups[document] : 0;
  item.last_document = document;
  for (size_t i = 0; i < n_found; i++) {
    found *old = &list[i];
    if (old->n != n || old->group != item.group || memcmp(old->tokens, item.tokens, sizeof item.tokens)) continue;
    old->count++;
    old->documents += old->last_document != document;
    old->last_document = document;
    return;
  }
  CHECK(n_found < MOST_FOUND);
  list[n_found++] = item;
}

/* Completes an n-gram in every way from the positions chosen so far, nearest first. */
static void choose_rest(const sample *sample, const ck_ngram_job *job, size_t *positions, unsigned chosen, unsigned n,
                        unsigned skips, uint64_t *order) {
  if (chosen == n) {
    record(sample, job, positions, n, (*order)++);
    return;
  }
  size_t next = positions[chosen - 1] + 1;
  for (unsigned gap = 0; gap <= skips && next < sample->n_tokens && !(sample->barriers[next] & 1); gap++, next++) {
    positions[chosen] = next;
    choose_rest(sample, job, positions, chosen + 1, n, skips - gap, order);
  }
}

static int in_final_order(const void *left, const void *right) {
  const found *a = (const found *)left, *b = (const found *)right;
  if (a->count != b->count) return a->count > b->count ? -1 : 1;
  if (a->n != b->n) return a->n < b->n ? -1 : 1;
  return a->order < b->order ? -1 : 1;
}

/* Leaves the expected rows in list[0 .. n_found). */
static void count_slowly(const sample *sample, const ck_ngram_job *job) {
  n_found = 0;
  for (unsigned n = job->low; n <= job->high; n++) {
    uint64_t order = 0;
    for (size_t i = 0; i < sample->n_tokens; i++) {
      size_t positions[CK_MAX_N] = {i};
      choose_rest(sample, job, positions, 1, n, job->skip, &order);
    }
  }
  size_t kept = 0;
  for (size_t i = 0; i < n_found; i++)
    if ((uint64_t)list[i].count >= job->min_count) list[kept++] = list[i];
  n_found = kept;
  qsort(list, n_found, sizeof *list, in_final_order);
}

/* Makes the table of a job, with `width` columns of ids; returns its number of rows. */
static size_t table_of(const ck_ngram_job *job, unsigned width, ck_ngram_table *table) {
  ck_rows rows;
  ck_error error;
  ck_ticker ticker = ck_ticker_new(NULL);
  memset(&rows, 0, sizeof rows);
  CHECK(!ck_count_ngrams(job, &rows, &ticker, &error));
  CHECK(!ck_rows_table(&rows, job->tokens, width, job->document_frequency, job->groups != NULL, job->threads,
                       job->grain, table, &ticker, &error));
  size_t length = rows.length;
  ck_rows_free(&rows);
  return length;
}

static void compare_ids(const ck_ngram_job *job) {
  ck_ngram_table table;
  CHECK(table_of(job, job->high, &table) == n_found);
  for (size_t i = 0; i < n_found; i++)
    for (unsigned j = 0; j < job->high; j++) {
      bool valid = j < list[i].n;
      CHECK(table.ids[j][i] == (valid ? list[i].tokens[j] : 0));
      if (table.validity[j]) CHECK((table.validity[j][i / 8] >> i % 8 & 1) == valid);
      if (!valid) CHECK(table.validity[j] && table.nulls[j] > 0);
    }
  ck_ngram_table_free(&table);
}

/* With one thread and with those of the job. The grain is small, so that all threads get some items. */
static void compare(const sample *sample, ck_ngram_job job, digest *digest) {
  const unsigned threads = job.threads;
  count_slowly(sample, &job);
  for (job.threads = 1;; job.threads = threads) {
    ck_ngram_table table;
    CHECK(table_of(&job, 0, &table) == n_found);
    for (size_t i = 0; i < n_found; i++) {
      CHECK(table.n[i] == list[i].n && table.first[i] == list[i].first && table.count[i] == list[i].count);
      if (job.document_frequency) CHECK(table.documents[i] == list[i].documents);
      if (job.groups) CHECK(table.group[i] == list[i].group);
    }
    ck_ngram_table_free(&table);
    if (job.threads < threads) continue;
    compare_ids(&job);
    break;
  }
  for (size_t i = 0; i < n_found; i++) {
    digest_number(digest, list[i].n);
    digest_number(digest, list[i].first);
    digest_number(digest, (uint64_t)list[i].count);
  }
}

/* Jobs that are out of range or inconsistent must be rejected. */
static void invalid_jobs(const sample *sample, ck_ngram_job job) {
  ck_rows rows;
  ck_error error;
  ck_ticker ticker = ck_ticker_new(NULL);
  ck_ngram_job wrong[5] = {job, job, job, job, job};
  wrong[0].high = CK_MAX_N + 1;
  wrong[1].low = 0;
  wrong[2].skip = CK_MAX_SKIP + 1;
  wrong[3].n_tokens++;
  wrong[4].n_documents--;
  for (int i = 0; i < 5; i++) {
    if (i == 4 && (!sample->n_documents || !sample->n_tokens)) continue;
    if (i == 4 && sample->n_documents > 1 && sample->ends[sample->n_documents - 2] == sample->n_tokens) continue;
    memset(&rows, 0, sizeof rows);
    CHECK(ck_count_ngrams(&wrong[i], &rows, &ticker, &error) == CK_CORRUPT);
  }
}

/* Enough tokens for many partitions, growing tables and counts above the rare ones (ngram_rows.h). */
static void many_tokens(random_source *random, digest *digest) {
  enum { TOKENS = 300000, DOCUMENTS = 1000 };
  uint32_t *tokens = (uint32_t *)malloc(TOKENS * sizeof *tokens);
  uint8_t *barriers = (uint8_t *)calloc(TOKENS, 1);
  uint64_t *ends = (uint64_t *)malloc(DOCUMENTS * sizeof *ends);
  CHECK(tokens && barriers && ends);
  for (size_t i = 0; i < TOKENS; i++) {
    tokens[i] = random_below(random, random_below(random, 2) ? 20 : 30000);
    barriers[i] = i % (TOKENS / DOCUMENTS) == 0;
  }
  for (size_t d = 0; d < DOCUMENTS; d++) ends[d] = (d + 1) * (TOKENS / DOCUMENTS);
  for (uint64_t min_count = 1; min_count <= 3; min_count += 2) {
    ck_ngram_table tables[MOST_THREADS];
    size_t length = 0;
    int64_t sums[CK_LEVELS] = {0};
    for (unsigned t = 0; t < MOST_THREADS; t++) {
      ck_ngram_job job = {.tokens = tokens,
                          .barriers = barriers,
                          .barrier_bits = 1,
                          .n_tokens = TOKENS,
                          .document_ends = ends,
                          .n_documents = DOCUMENTS,
                          .low = 1,
                          .high = 3,
                          .min_count = min_count,
                          .document_frequency = true,
                          .threads = t + 1,
                          .grain = 1000};
      length = table_of(&job, 0, &tables[t]);
      CHECK(!memcmp(tables[t].n, tables[0].n, length));
      CHECK(!memcmp(tables[t].first, tables[0].first, length * sizeof *tables[t].first));
      CHECK(!memcmp(tables[t].count, tables[0].count, length * sizeof *tables[t].count));
      CHECK(!memcmp(tables[t].documents, tables[0].documents, length * sizeof *tables[t].documents));
    }
    const int64_t *counts = tables[0].count;
    const uint8_t *n = tables[0].n;
    for (size_t i = 0; i < length; i++) {
      CHECK(!i || counts[i - 1] > counts[i] || (counts[i - 1] == counts[i] && n[i - 1] <= n[i]));
      CHECK(counts[i] >= (int64_t)min_count);
      sums[n[i]] += counts[i];
      digest_number(digest, tables[0].first[i] ^ (uint64_t)counts[i] << 8 ^ n[i]);
    }
    for (unsigned k = 1; k <= 3 && min_count == 1; k++) CHECK(sums[k] == TOKENS - (int64_t)(k - 1) * DOCUMENTS);
    for (unsigned t = 0; t < MOST_THREADS; t++) ck_ngram_table_free(&tables[t]);
  }
  free(tokens);
  free(barriers);
  free(ends);
}

int main(void) {
  random_source random = {0xE7037ED1A0B428DBu};
  digest digest = {0};
  for (unsigned round = 0; round < 250; round += stride()) {
    sample sample;
    make_sample(&sample, &random, 2 + random_below(&random, 60));
    ck_ngram_job job = {.tokens = sample.tokens,
                        .barriers = sample.barriers,
                        .barrier_bits = 1,
                        .n_tokens = sample.n_tokens,
                        .document_ends = sample.ends,
                        .n_documents = sample.n_documents,
                        .low = 1,
                        .high = 1,
                        .min_count = 1,
                        .document_frequency = true,
                        .threads = MOST_THREADS,
                        .grain = 1 + random_below(&random, 60)};
    if (random_below(&random, 2)) /* otherwise computed from the tokens */
      for (size_t i = 0; i < sample.n_tokens; i++)
        if (sample.tokens[i] >= job.n_types) job.n_types = (size_t)sample.tokens[i] + 1;
    job.skip = random_below(&random, 3) ? 0 : 1 + random_below(&random, 3);
    job.high = 1 + random_below(&random, job.skip ? 3 : CK_MAX_N);
    job.low = 1 + random_below(&random, job.high);
    job.min_count = 1 + random_below(&random, 4);
    job.document_frequency = random_below(&random, 2);
    if (random_below(&random, 3) == 0) {
      job.groups = sample.groups;
      job.n_groups = MOST_GROUPS;
    }
    compare(&sample, job, &digest);
    invalid_jobs(&sample, job);
  }
  many_tokens(&random, &digest);
  digest_print("ngrams", &digest);
  return 0;
}
