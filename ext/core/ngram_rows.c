#include "ngram_rows.h"

#include "threads.h"

/* Counts below this are sorted by a counting sort; the few others by comparison. Fuzz targets set a lower one. */
#ifndef CK_RARE
#define CK_RARE 4096u
#endif

static void ck_level_free(ck_level *level) {
  ck_block_give(level->count);
  ck_block_give(level->start);
  ck_block_give(level->gaps);
  ck_block_give(level->documents);
  ck_block_give(level->group);
  memset(level, 0, sizeof *level);
}

void ck_rows_free(ck_rows *rows) {
  for (unsigned n = 0; n < CK_LEVELS; n++) ck_level_free(&rows->levels[n]);
  ck_pool_free(&rows->pool);
  memset(rows, 0, sizeof *rows);
}

static bool ck_level_column(uint32_t **column, size_t length, ck_error *error) {
  *column = (uint32_t *)ck_large(length, sizeof(uint32_t), error);
  return *column != NULL;
}

ck_code ck_level_new(ck_level *level, size_t length, size_t aside, bool gaps, bool documents, bool group,
                     ck_error *error) {
  memset(level, 0, sizeof *level);
  size_t capacity = level->capacity = length + aside;
  level->length = length;
  bool done = ck_level_column(&level->count, capacity, error) && ck_level_column(&level->start, capacity, error) &&
              (!gaps || ck_level_column(&level->gaps, capacity, error)) &&
              (!documents || ck_level_column(&level->documents, capacity, error)) &&
              (!group || ck_level_column(&level->group, capacity, error));
  return done ? CK_OK : error->code;
}

/* ------------------------------------------------------------------ order */

/* A row with a frequent count. */
typedef struct {
  uint32_t count, row, rank;
} ck_frequent_row;

CK_ARRAY(ck_frequent_row, ck_frequent_rows)

static int ck_compare_frequent(const void *left, const void *right) {
  const ck_frequent_row *a = *(ck_frequent_row *const *)left, *b = *(ck_frequent_row *const *)right;
  if (a->count != b->count) return a->count > b->count ? -1 : 1;
  return a->row < b->row ? -1 : 1;
}

/* A worker's share of a level: for each rare count the number of rows, later the rank of the next one; and the frequent
 * rows. */
typedef struct {
  uint32_t places[CK_RARE];
  ck_frequent_rows frequent;
} ck_histogram;

/* ------------------------------------------------------------------ table */

void ck_ngram_table_free(ck_ngram_table *table) {
  ck_block_give(table->n);
  ck_block_give(table->first);
  ck_block_give(table->count);
  ck_block_give(table->documents);
  ck_block_give(table->group);
  for (unsigned j = 0; j < CK_WIDEST; j++) {
    ck_block_give(table->ids[j]);
    ck_block_give(table->validity[j]);
  }
  memset(table, 0, sizeof *table);
}

typedef struct {
  ck_rows *rows;
  const uint32_t *tokens;
  ck_ngram_table *table;
  ck_histogram *histograms; /* by level, then by worker */
  unsigned n_histograms, workers;
  unsigned level; /* the current level: n, and its number among those with rows */
  unsigned number;
} ck_filling;

static ck_code ck_histogram_worker(void *context, unsigned worker, ck_ticker *ticker, ck_error *error) {
  const ck_filling *job = (const ck_filling *)context;
  const ck_level *level = &job->rows->levels[job->level];
  ck_histogram *histogram = &job->histograms[job->number * job->workers + worker];
  size_t begin = ck_share(level->length, job->workers, worker), end = ck_share(level->length, job->workers, worker + 1);
  for (size_t i = begin; i < end; i++) {
    uint32_t count = level->count[i];
    if (CK_LIKELY(count < CK_RARE)) {
      histogram->places[count]++;
      continue;
    }
    ck_frequent_row one = {count, (uint32_t)i, 0};
    CK_TRY(ck_frequent_rows_push(&histogram->frequent, one, error));
  }
  return ck_tick(ticker, (int64_t)(end - begin), error);
}

/* Ranks the frequent rows, which come before all others. Returns their number. */
static ck_code ck_rank_frequent(const ck_filling *job, uint32_t *count, ck_error *error) {
  size_t length = 0, done = 0;
  for (unsigned s = 0; s < job->n_histograms; s++) length += job->histograms[s].frequent.length;
  ck_frequent_row **all = (ck_frequent_row **)ck_allocate(length, sizeof(ck_frequent_row *), error);
  CK_TRY(!all);
  for (unsigned s = 0; s < job->n_histograms; s++) {
    for (size_t h = 0; h < job->histograms[s].frequent.length; h++) {
      all[done] = &job->histograms[s].frequent.data[h];
      all[done]->row = (uint32_t)done; /* they are visited in the order that breaks ties */
      done++;
    }
  }
  qsort(all, length, sizeof *all, ck_compare_frequent);
  for (size_t h = 0; h < length; h++) all[h]->rank = (uint32_t)h;
  ck_block_give(all);
  *count = (uint32_t)length;
  return CK_OK;
}

/* Prefix sums: from the number of rows of each rare count to the rank of the first one, by count descending, then
 * level, then worker. */
static void ck_rank_rare(const ck_filling *job, uint32_t place) {
  for (unsigned count = CK_RARE; count-- > 0;) {
    for (unsigned s = 0; s < job->n_histograms; s++) {
      uint32_t size = job->histograms[s].places[count];
      job->histograms[s].places[count] = place;
      place += size;
    }
  }
}

/* The tokens of row `i` of a level, at its first occurrence. */
static inline void ck_fill_ids(const ck_filling *job, const ck_level *level, unsigned n, size_t i, size_t rank) {
  const uint32_t *token = job->tokens + level->start[i];
  uint32_t gaps = level->gaps ? level->gaps[i] : 0;
  job->table->ids[0][rank] = *token;
  for (unsigned j = 1; j < n; j++) {
    token += 1 + (gaps >> (32 - 4 * j) & 15);
    job->table->ids[j][rank] = *token;
  }
  for (unsigned j = n; j < job->table->width; j++) job->table->ids[j][rank] = 0;
}

/* Writes a worker's rows of the level at their ranks. */
static ck_code ck_fill_worker(void *context, unsigned worker, ck_ticker *ticker, ck_error *error) {
  const ck_filling *job = (const ck_filling *)context;
  const ck_level *level = &job->rows->levels[job->level];
  const ck_ngram_table *table = job->table;
  ck_histogram *histogram = &job->histograms[job->number * job->workers + worker];
  const ck_frequent_row *frequent = histogram->frequent.data;
  size_t begin = ck_share(level->length, job->workers, worker), end = ck_share(level->length, job->workers, worker + 1);
  for (size_t i = begin; i < end; i++) {
    uint32_t count = level->count[i];
    size_t rank = CK_LIKELY(count < CK_RARE) ? histogram->places[count]++ : frequent++->rank;
    table->n[rank] = (uint8_t)job->level;
    table->count[rank] = count;
    if (table->documents) table->documents[rank] = level->documents[i];
    if (table->group) table->group[rank] = level->group[i];
    if (table->first)
      table->first[rank] = (uint64_t)level->start[i] << 32 | (level->gaps ? level->gaps[i] : 0);
    else
      ck_fill_ids(job, level, job->level, i, rank);
    CK_TRY(CK_UNLIKELY((i - begin) % CK_TICK == CK_TICK - 1) && ck_tick(ticker, CK_TICK, error));
  }
  return CK_OK;
}

/* One bit for each of eight rows: whether it has more than `j` tokens. */
static inline uint8_t ck_longer_than(const uint8_t n[8], unsigned j) {
  uint8_t bits = 0;
  for (unsigned k = 0; k < 8; k++) bits |= (uint8_t)((n[k] > j) << k);
  return bits;
}

/* The validity of the j-th tokens, after the table is filled. */
static ck_code ck_validity_worker(void *context, unsigned worker, ck_ticker *ticker, ck_error *error) {
  const ck_filling *job = (const ck_filling *)context;
  ck_ngram_table *table = job->table;
  size_t length = job->rows->length, bytes = length / 8 + 1;
  size_t end = ck_share(bytes, job->workers, worker + 1);
  for (size_t byte = ck_share(bytes, job->workers, worker); byte < end; byte++) {
    uint8_t n[8] = {0};
    memcpy(n, table->n + 8 * byte, length - 8 * byte < 8 ? length - 8 * byte : 8);
    for (unsigned j = 0; j < table->width; j++)
      if (table->validity[j]) table->validity[j][byte] = ck_longer_than(n, j);
    CK_TRY(byte % CK_TICK == 0 && ck_tick(ticker, CK_TICK, error));
  }
  return CK_OK;
}

static void *ck_table_column(ck_rows *rows, size_t size, bool wanted, bool *failed, ck_error *error) {
  if (!wanted || *failed) return NULL;
  void *column = ck_pool_take(&rows->pool, rows->length, size, error);
  *failed = !column;
  return column;
}

/* Memory for the columns, first from the spare arrays. */
static ck_code ck_table_columns(ck_rows *rows, bool documents, bool groups, ck_ngram_table *table, ck_error *error) {
  bool failed = false;
  size_t levels = 0; /* rows with a j-th token */
  for (unsigned n = 0; n < CK_LEVELS; n++) levels += rows->levels[n].length;
  table->first = (uint64_t *)ck_table_column(rows, sizeof(uint64_t), !table->width, &failed, error);
  table->count = (int64_t *)ck_table_column(rows, sizeof(int64_t), true, &failed, error);
  table->documents = (int64_t *)ck_table_column(rows, sizeof(int64_t), documents, &failed, error);
  table->group = (uint32_t *)ck_table_column(rows, sizeof(uint32_t), groups, &failed, error);
  for (unsigned j = 0; j < table->width; j++) {
    levels -= rows->levels[j].length;
    table->nulls[j] = (int64_t)(rows->length - levels);
    table->ids[j] = (uint32_t *)ck_table_column(rows, sizeof(uint32_t), true, &failed, error);
    if (failed || !table->nulls[j]) continue;
    table->validity[j] = (uint8_t *)ck_allocate(rows->length / 8 + 1, 1, error);
    failed = !table->validity[j];
  }
  table->n = (uint8_t *)ck_table_column(rows, 1, true, &failed, error);
  return failed ? error->code : CK_OK;
}

/* Calls `part` for each level with rows. */
static ck_code ck_each_level(ck_filling *job, ck_job part, bool give_back, ck_ticker *ticker, ck_error *error) {
  job->number = 0;
  for (job->level = 0; job->level < CK_LEVELS; job->level++) {
    if (!job->rows->levels[job->level].length) continue;
    CK_TRY(ck_parallel(job->workers, part, job, ticker, error));
    if (give_back) ck_level_free(&job->rows->levels[job->level]);
    job->number++;
  }
  return CK_OK;
}

static ck_code ck_table_fill(ck_filling *job, ck_ticker *ticker, ck_error *error) {
  uint32_t frequent = 0;
  ck_code code = ck_each_level(job, ck_histogram_worker, false, ticker, error);
  if (!code) code = ck_rank_frequent(job, &frequent, error);
  if (!code) ck_rank_rare(job, frequent);
  if (!code) code = ck_each_level(job, ck_fill_worker, true, ticker, error);
  bool nulls = false;
  for (unsigned j = 0; j < job->table->width; j++) nulls |= job->table->nulls[j] > 0;
  return code || !nulls ? code : ck_parallel(job->workers, ck_validity_worker, job, ticker, error);
}

ck_code ck_rows_table(ck_rows *rows, const uint32_t *tokens, unsigned width, bool documents, bool groups,
                      unsigned threads, size_t grain, ck_ngram_table *table, ck_ticker *ticker, ck_error *error) {
  memset(table, 0, sizeof *table);
  table->width = width;
  rows->length = 0;
  for (unsigned n = 0; n < CK_LEVELS; n++) rows->length += rows->levels[n].length;
  if (rows->length > UINT32_MAX)
    return ck_fail(error, CK_LIMIT, "a table has at most 4,294,967,295 rows, got %zu distinct n-grams", rows->length);
  ck_filling job = {.rows = rows, .tokens = tokens, .table = table};
  job.workers = ck_workers_for(threads, rows->length, grain);
  for (unsigned n = 0; n < CK_LEVELS; n++) job.n_histograms += rows->levels[n].length ? job.workers : 0;
  job.histograms = (ck_histogram *)calloc(job.n_histograms + 1, sizeof(ck_histogram));
  if (!job.histograms) return ck_out_of_memory(error, job.n_histograms * sizeof(ck_histogram));
  ck_code code = ck_table_columns(rows, documents, groups, table, error);
  ck_pool_free(&rows->pool); /* too small for a column */
  if (!code) code = ck_table_fill(&job, ticker, error);
  for (unsigned s = 0; s < job.n_histograms; s++) ck_frequent_rows_free(&job.histograms[s].frequent);
  ck_block_give(job.histograms);
  if (code) ck_ngram_table_free(table);
  return code;
}
