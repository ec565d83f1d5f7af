#include "ngrams.h"

#include "partitions.h"
#include "sorted.h"
#include "threads.h"

/* The document of position `at`, searched from `document` on. It is one of them even if their ends have changed. */
static inline size_t ck_document_at(const ck_ngram_job *job, size_t document, size_t at) {
  while (at >= job->document_ends[document] && document + 1 < job->n_documents) document++;
  return document;
}

/* The same for the first position of a worker. */
static size_t ck_first_document(const ck_ngram_job *job, size_t at) {
  return ck_first_above(job->document_ends, 0, job->n_documents, at);
}

/* ----------------------------------------------------------- occurrences */

/* The occurrences of the n-grams of a level, in text order. Without gaps, occurrence k begins at token k, and has no
 * number if there is no n-gram or a dead one. Gaps are the numbers of skipped tokens, in nibbles from the top; the
 * lowest nibble, which eight tokens leave free, is their sum. */
typedef struct {
  uint32_t *start;    /* position of the first token; NULL without gaps */
  uint32_t *gaps;     /* NULL without gaps */
  const uint32_t *id; /* numbers of the previous level; NULL before the first one */
  uint32_t *own;      /* the memory for numbers */
  size_t length;
} ck_occurrences;

static void ck_occurrences_free(ck_occurrences *list) {
  ck_block_give(list->start);
  ck_block_give(list->gaps);
  ck_block_give(list->own);
  memset(list, 0, sizeof *list);
}

static inline size_t ck_start_of(const ck_occurrences *list, size_t k) {
  return list->start ? list->start[k] : k;
}

static inline size_t ck_last_position(const ck_occurrences *list, size_t k, unsigned n) {
  return (size_t)list->start[k] + n - 1 + (list->gaps[k] & 15);
}

static ck_code ck_gapped_new(ck_occurrences *list, size_t length, ck_error *error) {
  memset(list, 0, sizeof *list);
  list->start = (uint32_t *)ck_large(length, sizeof(uint32_t), error);
  list->gaps = list->start ? (uint32_t *)ck_large(length, sizeof(uint32_t), error) : NULL;
  list->own = list->gaps ? (uint32_t *)ck_large(length, sizeof(uint32_t), error) : NULL;
  list->id = list->own;
  list->length = length;
  if (list->own) return CK_OK;
  ck_occurrences_free(list);
  return error->code;
}

/* Level 1 of skip-grams: every token is an occurrence. */
static ck_code ck_gapped_first(const ck_ngram_job *job, ck_occurrences *list, ck_ticker *ticker, ck_error *error) {
  CK_TRY(ck_gapped_new(list, job->n_tokens, error));
  for (size_t i = 0; i < job->n_tokens; i++) {
    CK_TRY(i % CK_STRIDE == 0 && ck_tick(ticker, CK_STRIDE, error));
    list->start[i] = (uint32_t)i;
    list->gaps[i] = 0;
  }
  return CK_OK;
}

/* For each token, the number of tokens before the next barrier, at most CK_MAX_SKIP + 1. */
static uint8_t *ck_tokens_ahead(const ck_ngram_job *job, ck_error *error) {
  uint8_t *ahead = (uint8_t *)ck_large(job->n_tokens, 1, error);
  for (size_t i = ahead ? job->n_tokens : 0; i-- > 0;) {
    bool last = i + 1 == job->n_tokens || (job->barriers[i + 1] & job->barrier_bits);
    ahead[i] = last ? 0 : ahead[i + 1] > CK_MAX_SKIP ? CK_MAX_SKIP + 1 : (uint8_t)(ahead[i + 1] + 1);
  }
  return ahead;
}

/* Number of tokens that can follow occurrence `k`: the next one, or one after a gap. */
static inline unsigned ck_continuations(const ck_ngram_job *job, const uint8_t *ahead, const ck_occurrences *list,
                                        size_t k, unsigned n) {
  unsigned room = ahead[ck_last_position(list, k, n)], allowed = job->skip - (list->gaps[k] & 15) + 1;
  return room < allowed ? room : allowed;
}

/* From the occurrences of skip-grams of n tokens to those of n + 1. Each has
 * several continuations, in order of the gap. */
static ck_code ck_gapped_extend(const ck_ngram_job *job, const uint8_t *ahead, ck_occurrences *list, unsigned n,
                                ck_ticker *ticker, ck_error *error) {
  uint64_t total = 0;
  for (size_t k = 0; k < list->length; k++) {
    CK_TRY(k % CK_STRIDE == 0 && ck_tick(ticker, CK_STRIDE, error));
    total += ck_continuations(job, ahead, list, k, n);
  }
  if (total > UINT32_MAX)
    return ck_fail(error, CK_LIMIT, "the number of skip-grams must be at most 4,294,967,295, got %llu of %u tokens",
                   (unsigned long long)total, n + 1);
  ck_occurrences longer;
  CK_TRY(ck_gapped_new(&longer, (size_t)total, error));
  size_t w = 0;
  for (size_t k = 0; k < list->length; k++) {
    unsigned continuations = ck_continuations(job, ahead, list, k, n);
    for (uint32_t gap = 0; gap < continuations; gap++, w++) {
      longer.start[w] = list->start[k];
      longer.own[w] = list->id[k];
      longer.gaps[w] = (list->gaps[k] | gap << (32 - 4 * n)) + gap;
    }
    if (k % CK_STRIDE == 0 && ck_tick(ticker, CK_STRIDE, error)) {
      ck_occurrences_free(&longer);
      return error->code;
    }
  }
  CK_ASSERT(w == total);
  ck_occurrences_free(list);
  *list = longer;
  return CK_OK;
}

/* ---------------------------------------------------------------- a level */

/* n-grams of n tokens from those of n - step: an n-gram begins with one of these and ends with another one, or with a
 * token if step is 1. */
typedef struct {
  const ck_ngram_job *job;
  ck_occurrences *list;
  ck_partitions *parts;
  ck_level *rows; /* NULL for an intermediate level */
  unsigned n, step, workers;
  bool more;               /* a level follows */
  const size_t *first_row; /* of each worker */
} ck_level_step;

/* The condition for an n-gram at k: those of n - step tokens at k, k + 1 and k + step exist. They cover all its
 * tokens, so there is no barrier between them. */
typedef enum {
  CK_ALWAYS, /* n is 1 */
  CK_PAIRS,  /* n is 2, and no token is dead */
  CK_LIVING, /* n is 2 */
  CK_LONGER
} ck_condition;

static ck_condition ck_condition_of(const ck_level_step *step) {
  if (step->n == 1) return CK_ALWAYS;
  if (step->list->id == step->job->tokens) return CK_PAIRS;
  return step->n == 2 ? CK_LIVING : CK_LONGER;
}

static CK_INLINE bool ck_occurs(const ck_condition condition, const uint32_t *id, const uint8_t *barriers,
                                uint8_t barrier_bits, unsigned step, size_t k) {
  switch (condition) {
    case CK_ALWAYS:
      return true;
    case CK_PAIRS:
      return !(barriers[k + 1] & barrier_bits);
    case CK_LIVING:
      return (id[k] != CK_DEAD) & (id[k + 1] != CK_DEAD) & !(barriers[k + 1] & barrier_bits);
    default:
      return (id[k] != CK_DEAD) & (id[k + 1] != CK_DEAD) & (id[k + step] != CK_DEAD);
  }
}

/* Scatters the keys of the n-grams at [begin, end) to their partitions. Specialised for each condition. */
static CK_INLINE void ck_scatter_range(const ck_level_step *step, size_t begin, size_t end, size_t *document,
                                       ck_writer *given, const ck_condition condition, const bool with_documents) {
  const ck_ngram_job *job = step->job;
  const uint32_t *id = step->list->id, *last = step->step == 1 ? job->tokens + (step->n - 1) : id + step->step;
  const uint8_t *barriers = job->barriers, barrier_bits = job->barrier_bits;
  const unsigned distance = step->step;
  uint16_t *of_occurrence = step->parts->of_occurrence;
  size_t at = *document;
  ck_writer writer = *given; /* local copies, so that the compiler can rule out aliasing */
  for (size_t k = begin; k < end; k++) {
    if (!ck_occurs(condition, id, barriers, barrier_bits, distance, k)) {
      of_occurrence[k] = CK_NOWHERE;
      continue;
    }
    if (with_documents || condition == CK_ALWAYS) at = ck_document_at(job, at, k);
    uint64_t prefix = condition == CK_ALWAYS ? (job->groups ? job->groups[at] : 0) : id[k];
    of_occurrence[k] = ck_writer_put(&writer, prefix << 32 | last[k], (uint32_t)at, with_documents);
  }
  *document = at;
  given->next_block = writer.next_block;
}

static void ck_scatter_some(const ck_level_step *step, size_t begin, size_t end, size_t *document, ck_writer *writer) {
  const bool documents = step->parts->with_documents;
  switch (ck_condition_of(step)) {
    case CK_ALWAYS:
      if (documents)
        ck_scatter_range(step, begin, end, document, writer, CK_ALWAYS, true);
      else
        ck_scatter_range(step, begin, end, document, writer, CK_ALWAYS, false);
      break;
    case CK_PAIRS:
      if (documents)
        ck_scatter_range(step, begin, end, document, writer, CK_PAIRS, true);
      else
        ck_scatter_range(step, begin, end, document, writer, CK_PAIRS, false);
      break;
    case CK_LIVING:
      if (documents)
        ck_scatter_range(step, begin, end, document, writer, CK_LIVING, true);
      else
        ck_scatter_range(step, begin, end, document, writer, CK_LIVING, false);
      break;
    default:
      if (documents)
        ck_scatter_range(step, begin, end, document, writer, CK_LONGER, true);
      else
        ck_scatter_range(step, begin, end, document, writer, CK_LONGER, false);
  }
}

static ck_code ck_scatter_plain(const ck_level_step *step, unsigned worker, ck_writer *writer, ck_ticker *ticker,
                                ck_error *error) {
  const ck_ngram_job *job = step->job;
  size_t k = ck_share(step->list->length, step->workers, worker);
  size_t end = ck_share(step->list->length, step->workers, worker + 1);
  size_t document = k < end ? ck_first_document(job, k) : 0;
  /* no n-gram of two tokens begins so near the end */
  size_t within = step->n == 1 ? job->n_tokens : job->n_tokens > step->step ? job->n_tokens - step->step : 0;
  size_t stop = end < within ? end : within;
  while (k < stop) {
    size_t some = stop - k < CK_STRIDE ? stop - k : CK_STRIDE;
    ck_scatter_some(step, k, k + some, &document, writer);
    k += some;
    CK_TRY(ck_tick(ticker, (int64_t)some, error));
  }
  for (; k < end; k++) step->parts->of_occurrence[k] = CK_NOWHERE;
  return CK_OK;
}

static ck_code ck_scatter_gapped(const ck_level_step *step, unsigned worker, ck_writer *writer, ck_ticker *ticker,
                                 ck_error *error) {
  const ck_ngram_job *job = step->job;
  const ck_occurrences *list = step->list;
  size_t end = ck_share(list->length, step->workers, worker + 1), k = ck_share(list->length, step->workers, worker);
  size_t document = k < end ? ck_first_document(job, list->start[k]) : 0;
  for (; k < end; k++) {
    CK_TRY(k % CK_STRIDE == 0 && ck_tick(ticker, CK_STRIDE, error));
    document = ck_document_at(job, document, list->start[k]);
    uint64_t prefix = step->n > 1 ? list->id[k] : job->groups ? job->groups[document] : 0;
    uint64_t key = prefix << 32 | job->tokens[ck_last_position(list, k, step->n)];
    step->parts->of_occurrence[k] = ck_writer_put(writer, key, (uint32_t)document, step->parts->with_documents);
  }
  return CK_OK;
}

static ck_code ck_scatter_worker(void *context, unsigned worker, ck_ticker *ticker, ck_error *error) {
  const ck_level_step *step = (const ck_level_step *)context;
  ck_writer writer;
  CK_TRY(ck_writer_open(&writer, step->parts, step->list->length, worker, error));
  ck_code code = step->list->start ? ck_scatter_gapped(step, worker, &writer, ticker, error)
                                   : ck_scatter_plain(step, worker, &writer, ticker, error);
  ck_writer_close(&writer);
  return code;
}

/* State of a worker that reads. */
typedef struct {
  const ck_level_step *step;
  ck_reader *readers;
  size_t row, row_end, aside; /* start of its rows, and its scratch row after all rows */
  size_t document;
} ck_reading;

/* Visits the occurrences and gives each the number of its n-gram, if a level follows; makes a row for each n-gram at
 * its first occurrence. Specialised for each kind of row.
 *
 * Whether an n-gram is new is unpredictable, so the code is branchless: a row is always written, and kept if it is
 * new. After the last row of a worker it is written to the scratch row. */
static CK_INLINE void ck_read_range(ck_reading *reading, size_t begin, size_t end, const bool with_rows,
                                    const bool plain, const bool with_documents) {
  const ck_level_step *step = reading->step;
  const ck_ngram_job *job = step->job;
  const ck_occurrences *list = step->list;
  const ck_partitions *parts = step->parts;
  const uint16_t *of_occurrence = parts->of_occurrence;
  const uint8_t *records = parts->records;
  uint32_t *own = step->more ? list->own : NULL;
  ck_reader *readers = reading->readers;
  ck_level rows = {0};
  if (with_rows) rows = *step->rows;
  size_t row = reading->row, document = reading->document;
  const size_t row_end = reading->row_end, aside = reading->aside;
  const uint64_t min_count = job->min_count;
  for (size_t k = begin; k < end; k++) {
    uint16_t partition = of_occurrence[k];
    if (CK_UNLIKELY(partition == CK_NOWHERE)) {
      if (own) own[k] = CK_DEAD;
      continue;
    }
    ck_reader *reader = &readers[partition];
    uint32_t id = ck_record_number(records, reader->at++);
    if (CK_UNLIKELY(reader->at & CK_RECORDS)) /* the numbers of a block are followed by counts */
      reader->at = (size_t)parts->next[reader->at / (2 * CK_RECORDS)] * 2 * CK_RECORDS;
    if (with_rows) {
      size_t place = row < row_end ? row : aside;
      uint32_t count = ck_record_number(records, reader->seen_at);
      bool is_new = id == reader->seen;
      rows.count[place] = count;
      rows.start[place] = (uint32_t)(plain ? k : ck_start_of(list, k));
      if (with_documents)
        rows.documents[place] =
            parts->documents[reader->seen_at / (2 * CK_RECORDS) * CK_RECORDS + reader->seen_at % CK_RECORDS];
      if (!plain && rows.gaps) rows.gaps[place] = list->gaps[k] & ~15u;
      if (!plain && rows.group) {
        document = ck_document_at(job, document, ck_start_of(list, k));
        rows.group[place] = job->groups[document];
      }
      reader->seen += is_new;
      reader->seen_at += is_new;
      if (CK_UNLIKELY(is_new & !(reader->seen_at % CK_RECORDS)))
        reader->seen_at = ((size_t)parts->next[(reader->seen_at - 1) / (2 * CK_RECORDS)] * 2 + 1) * CK_RECORDS;
      row += is_new & (count >= min_count);
    }
    if (own) own[k] = id == CK_DEAD ? CK_DEAD : reader->base + id;
  }
  reading->row = row;
  reading->document = document;
}

static void ck_read_some(ck_reading *reading, size_t begin, size_t end) {
  const ck_level *rows = reading->step->rows;
  if (!rows)
    ck_read_range(reading, begin, end, false, true, false);
  else if (rows->gaps || rows->group)
    ck_read_range(reading, begin, end, true, false, rows->documents != NULL);
  else if (rows->documents)
    ck_read_range(reading, begin, end, true, true, true);
  else
    ck_read_range(reading, begin, end, true, true, false);
}

static ck_code ck_read_worker(void *context, unsigned worker, ck_ticker *ticker, ck_error *error) {
  const ck_level_step *step = (const ck_level_step *)context;
  const ck_occurrences *list = step->list;
  const ck_level *rows = step->rows;
  ck_reading reading = {.step = step};
  reading.readers = ck_readers_new(step->parts, worker, error);
  CK_TRY(!reading.readers);
  size_t end = ck_share(list->length, step->workers, worker + 1), k = ck_share(list->length, step->workers, worker);
  if (rows) {
    reading.row = step->first_row[worker];
    reading.row_end = step->first_row[worker + 1];
    reading.aside = rows->length + worker;
    if (rows->group && k < end) reading.document = ck_first_document(step->job, ck_start_of(list, k));
  }
  ck_code code = CK_OK;
  while (k < end && !code) {
    size_t some = end - k < CK_STRIDE ? end - k : CK_STRIDE;
    ck_read_some(&reading, k, k + some);
    k += some;
    code = ck_tick(ticker, (int64_t)some, error);
  }
  CK_ASSERT(code || reading.row == reading.row_end);
  ck_block_give(reading.readers);
  return code;
}

/* Allocates the rows of all workers, and finds where those of each begin. */
static ck_code ck_step_rows(ck_level_step *step, size_t first_row[CK_MOST_WORKERS + 1], ck_error *error) {
  const ck_partitions *parts = step->parts;
  first_row[0] = 0;
  for (unsigned w = 0; w < step->workers; w++) {
    first_row[w + 1] = first_row[w];
    for (size_t q = 0; q < ck_partitions_count(parts); q++) first_row[w + 1] += ck_streams_of(parts, w)[q].rows;
  }
  step->first_row = first_row;
  const ck_ngram_job *job = step->job;
  return ck_level_new(step->rows, first_row[step->workers], step->workers, job->skip > 0, job->document_frequency,
                      job->groups != NULL, error);
}

/* Memory for the numbers of a level that another one is made of. */
static ck_code ck_numbers_new(ck_occurrences *list, ck_error *error) {
  if (!list->own) list->own = (uint32_t *)ck_large(list->length, sizeof(uint32_t), error);
  return list->own ? CK_OK : error->code;
}

static ck_code ck_count_level(ck_level_step *step, ck_ticker *ticker, ck_error *error) {
  const ck_ngram_job *job = step->job;
  size_t first_row[CK_MOST_WORKERS + 1];
  /* With gaps a prefix may have several continuations at a position, so that it can be rarer than the longer n-gram:
   * intermediate levels drop nothing. */
  uint64_t needed = job->skip ? 1 : job->min_count;
  step->workers = ck_workers_for(job->threads, step->list->length, job->grain);
  bool with_documents = step->rows && job->document_frequency;
  ck_code code = ck_partitions_start(step->parts, step->list->length, step->workers, with_documents, error);
  if (!code && step->more) code = ck_numbers_new(step->list, error);
  if (!code) code = ck_parallel(step->workers, ck_scatter_worker, step, ticker, error);
  if (!code) code = ck_aggregate(step->parts, needed, job->min_count, ticker, error);
  if (!code && step->rows) code = ck_step_rows(step, first_row, error);
  if (!code && (step->rows || step->more)) code = ck_parallel(step->workers, ck_read_worker, step, ticker, error);
  step->list->id = step->list->own;
  return code;
}

/* ------------------------------------------------------- level 1 in arrays */

typedef struct {
  uint32_t count, first;
} ck_single;

typedef struct {
  uint32_t count, last; /* `last`: the last document, plus one */
} ck_spread;

typedef struct {
  const ck_ngram_job *job;
  size_t n_types;
  ck_single *singles[CK_MOST_WORKERS];   /* each worker's own; finally the sums are in that of worker 0 */
  ck_spread *documents[CK_MOST_WORKERS]; /* NULL unless requested */
  size_t first_document[CK_MOST_WORKERS + 1];
  unsigned workers;
  uint32_t *alive; /* tokens, except those below min_count */
} ck_singles;

static size_t ck_document_begin(const ck_ngram_job *job, size_t document) {
  return document ? (size_t)job->document_ends[document - 1] : 0;
}

static ck_code ck_count_tokens(const ck_ngram_job *job, size_t begin, size_t end, size_t n_types, ck_single *singles,
                               ck_error *error) {
  enum { AHEAD = 16 };
  for (size_t i = begin; i < end; i++) {
    uint32_t token = ck_once32(&job->tokens[i]);
    if (i + AHEAD < job->n_tokens) CK_PREFETCH_WRITE(&singles[job->tokens[i + AHEAD]]);
    if (CK_UNLIKELY(token >= n_types)) return ck_no_such_type(i, token, n_types, error);
    if (!singles[token].count) singles[token].first = (uint32_t)i;
    singles[token].count++;
  }
  return CK_OK;
}

static ck_code ck_count_spread(const ck_ngram_job *job, size_t begin, size_t end, size_t n_types, uint32_t document,
                               ck_spread *documents, ck_error *error) {
  for (size_t i = begin; i < end; i++) {
    uint32_t token = ck_once32(&job->tokens[i]);
    if (CK_UNLIKELY(token >= n_types)) return ck_no_such_type(i, token, n_types, error);
    ck_spread *spread = &documents[token];
    spread->count += spread->last != document + 1;
    spread->last = document + 1;
  }
  return CK_OK;
}

static ck_code ck_singles_worker(void *context, unsigned worker, ck_ticker *ticker, ck_error *error) {
  const ck_singles *all = (const ck_singles *)context;
  const ck_ngram_job *job = all->job;
  ck_single *singles = all->singles[worker];
  ck_spread *documents = all->documents[worker];
  memset(singles, 0, all->n_types * sizeof *singles);
  if (documents) memset(documents, 0, all->n_types * sizeof *documents);
  size_t document = all->first_document[worker], begin = ck_document_begin(job, document);
  for (; document < all->first_document[worker + 1]; document++) {
    size_t end;
    CK_TRY(ck_document_end(job->document_ends, document, begin, job->n_tokens, &end, error));
    CK_TRY(ck_count_tokens(job, begin, end, all->n_types, singles, error));
    CK_TRY((documents && ck_count_spread(job, begin, end, all->n_types, (uint32_t)document, documents, error)));
    CK_TRY(ck_tick(ticker, (int64_t)(end - begin), error));
    begin = end;
  }
  return CK_OK;
}

/* Sums the counts of the workers; each worker sums a share of the types. */
static ck_code ck_singles_add(void *context, unsigned worker, ck_ticker *ticker, ck_error *error) {
  const ck_singles *all = (const ck_singles *)context;
  size_t begin = ck_share(all->n_types, all->workers, worker), end = ck_share(all->n_types, all->workers, worker + 1);
  for (unsigned w = 1; w < all->workers; w++) {
    for (size_t type = begin; type < end; type++) {
      ck_single *sum = &all->singles[0][type];
      const ck_single *more = &all->singles[w][type];
      if (!sum->count) sum->first = more->first;
      sum->count += more->count;
      if (all->documents[0]) all->documents[0][type].count += all->documents[w][type].count;
    }
    CK_TRY(ck_tick(ticker, (int64_t)(end - begin), error));
  }
  return CK_OK;
}

static void ck_singles_row(const ck_singles *all, ck_level *rows, size_t type, bool keep) {
  rows->count[rows->length] = all->singles[0][type].count;
  rows->start[rows->length] = all->singles[0][type].first;
  if (rows->documents) rows->documents[rows->length] = all->documents[0][type].count;
  rows->length += keep;
}

/* Makes the rows in order of first occurrence, which is mostly that of the types. */
static ck_code ck_singles_rows(const ck_singles *all, ck_level *rows, ck_ticker *ticker, ck_error *error) {
  const ck_ngram_job *job = all->job;
  const ck_single *singles = all->singles[0];
  size_t kept = 0;
  uint32_t latest = 0;
  bool in_order = true;
  for (size_t type = 0; type < all->n_types; type++) {
    if (!singles[type].count) continue;
    in_order &= singles[type].first >= latest;
    latest = singles[type].first;
    kept += singles[type].count >= job->min_count;
  }
  CK_TRY(ck_level_new(rows, kept, 1, false, job->document_frequency, false, error));
  rows->length = 0;
  if (in_order) {
    for (size_t type = 0; type < all->n_types; type++)
      ck_singles_row(all, rows, type, singles[type].count && singles[type].count >= job->min_count);
    return ck_tick(ticker, (int64_t)all->n_types, error);
  }
  for (size_t i = 0; i < job->n_tokens; i++) {
    uint32_t token = ck_once32(&job->tokens[i]);
    if (CK_UNLIKELY(token >= all->n_types)) return ck_no_such_type(i, token, all->n_types, error);
    ck_singles_row(all, rows, token, singles[token].first == i && singles[token].count >= job->min_count);
    CK_TRY(i % CK_STRIDE == 0 && ck_tick(ticker, CK_STRIDE, error));
  }
  return rows->length == kept ? CK_OK : ck_changed("the ids of the tokens", error);
}

static ck_code ck_singles_prune(void *context, unsigned worker, ck_ticker *ticker, ck_error *error) {
  const ck_singles *all = (const ck_singles *)context;
  const ck_ngram_job *job = all->job;
  size_t end = ck_share(job->n_tokens, all->workers, worker + 1), i = ck_share(job->n_tokens, all->workers, worker);
  for (; i < end; i++) {
    CK_TRY(i % CK_STRIDE == 0 && ck_tick(ticker, CK_STRIDE, error));
    uint32_t token = ck_once32(&job->tokens[i]);
    if (CK_UNLIKELY(token >= all->n_types)) return ck_no_such_type(i, token, all->n_types, error);
    all->alive[i] = all->singles[0][token].count >= job->min_count ? token : CK_DEAD;
  }
  return CK_OK;
}

/* The documents of each worker: about the same number of tokens. */
static void ck_singles_split(ck_singles *all) {
  const ck_ngram_job *job = all->job;
  for (unsigned w = 0; w <= all->workers; w++)
    all->first_document[w] = w == all->workers ? job->n_documents
                             : w               ? ck_first_document(job, ck_share(job->n_tokens, all->workers, w))
                                               : 0;
}

static size_t ck_types_in(const ck_ngram_job *job) {
  uint32_t highest = 0;
  if (job->n_types) return job->n_types;
  for (size_t i = 0; i < job->n_tokens; i++) highest = job->tokens[i] > highest ? job->tokens[i] : highest;
  return job->n_tokens ? (size_t)highest + 1 : 0;
}

/* Counts the tokens, if their ids are dense enough for an array. */
static ck_code ck_count_singles(const ck_ngram_job *job, size_t n_types, ck_occurrences *list, ck_level *rows,
                                bool more, ck_ticker *ticker, ck_error *error) {
  ck_singles all = {0};
  all.job = job;
  all.n_types = n_types;
  all.workers = ck_workers_for(job->threads, job->n_tokens, job->grain);
  ck_singles_split(&all);
  ck_code code = CK_OK;
  for (unsigned w = 0; !code && w < all.workers; w++) {
    all.singles[w] = (ck_single *)ck_large(n_types, sizeof(ck_single), error);
    if (all.singles[w] && rows && job->document_frequency)
      all.documents[w] = (ck_spread *)ck_large(n_types, sizeof(ck_spread), error);
    if (!all.singles[w] || (rows && job->document_frequency && !all.documents[w])) code = error->code;
  }
  if (!code) code = ck_parallel(all.workers, ck_singles_worker, &all, ticker, error);
  if (!code) code = ck_parallel(all.workers, ck_singles_add, &all, ticker, error);
  for (unsigned w = 1; w < all.workers; w++) {
    ck_block_give(all.singles[w]);
    ck_block_give(all.documents[w]);
  }
  if (!code && rows) code = ck_singles_rows(&all, rows, ticker, error);
  if (!code && more && job->min_count > 1) {
    code = ck_numbers_new(list, error);
    all.alive = list->own;
    if (!code) code = ck_parallel(all.workers, ck_singles_prune, &all, ticker, error);
    list->id = list->own;
  }
  ck_block_give(all.singles[0]);
  ck_block_give(all.documents[0]);
  return code;
}

/* ------------------------------------------------------------ all levels */

static ck_code ck_ngram_check(const ck_ngram_job *job, ck_error *error) {
  if (job->low < 1 || job->high > CK_MAX_N || job->low > job->high)
    return ck_fail(error, CK_CORRUPT, "low and high must be from 1 to %d and in order, got %u and %u", CK_MAX_N,
                   job->low, job->high);
  if (job->skip > CK_MAX_SKIP)
    return ck_fail(error, CK_CORRUPT, "skip must be at most %d, got %u", CK_MAX_SKIP, job->skip);
  if (job->n_tokens > UINT32_MAX)
    return ck_fail(error, CK_LIMIT, "the number of tokens must be at most 4,294,967,295, got %zu", job->n_tokens);
  CK_TRY(ck_check_documents(job->document_ends, job->n_documents, job->n_tokens, error));
  for (size_t d = 0, begin = 0, end; d < job->n_documents; d++, begin = end) {
    CK_TRY(ck_document_end(job->document_ends, d, begin, job->n_tokens, &end, error));
    if (end > begin && !(job->barriers[begin] & job->barrier_bits))
      return ck_fail(error, CK_CORRUPT, "document %zu does not begin with a barrier", d);
    uint32_t group = job->groups ? ck_once32(&job->groups[d]) : 0;
    if (job->groups && group >= job->n_groups)
      return ck_fail(error, CK_CORRUPT, "document %zu has the group %u, but there are %zu", d, group, job->n_groups);
  }
  return CK_OK;
}

/* The levels to compute, in order: those requested, and before the lowest its halves, rounded up. Skip-grams grow by
 * one token. */
static unsigned ck_plan_levels(const ck_ngram_job *job, unsigned plan[CK_MAX_N]) {
  unsigned halves[CK_MAX_N], n_halves = 0, length = 0;
  for (unsigned n = job->low; n > 1;) {
    n = job->skip ? n - 1 : (n + 1) / 2;
    halves[n_halves++] = n;
  }
  while (n_halves) plan[length++] = halves[--n_halves];
  for (unsigned n = job->low; n <= job->high; n++) plan[length++] = n;
  return length;
}

/* Without groups a token is its own number, so level 1 is counted only if requested. */
static bool ck_skips_level_1(const ck_ngram_job *job) {
  return job->low > 1 && !job->groups && (job->min_count <= 1 || job->skip);
}

static ck_code ck_first_level(ck_level_step *step, ck_ticker *ticker, ck_error *error) {
  const ck_ngram_job *job = step->job;
  ck_occurrences *list = step->list;
  if (!list->start && !job->groups) list->id = job->tokens;
  if (ck_skips_level_1(job)) {
    if (list->start && list->length) memcpy(list->own, job->tokens, list->length * sizeof(uint32_t));
    return CK_OK;
  }
  size_t n_types = job->groups || job->skip ? SIZE_MAX : ck_types_in(job);
  if (n_types <= 2 * job->n_tokens + 1024)
    return ck_count_singles(job, n_types, list, step->rows, step->more, ticker, error);
  list->id = list->start ? list->own : NULL;
  return ck_count_level(step, ticker, error);
}

/* The working memory is reused for the result. */
static void ck_pool_memory(ck_occurrences *list, ck_partitions *parts, ck_pool *pool) {
  if (!list->start) {
    ck_pool_put(pool, list->own, list->length, sizeof(uint32_t));
    list->own = NULL;
  }
  ck_pool_put(pool, parts->records, parts->capacity, sizeof(uint64_t));
  ck_pool_put(pool, parts->documents, parts->documents ? parts->capacity : 0, sizeof(uint32_t));
  ck_pool_put(pool, parts->of_occurrence, parts->n_occurrences, sizeof(uint16_t));
  parts->records = NULL;
  parts->documents = NULL;
  parts->of_occurrence = NULL;
  ck_occurrences_free(list);
  ck_partitions_free(parts);
}

ck_code ck_count_ngrams(const ck_ngram_job *job, ck_rows *rows, ck_ticker *ticker, ck_error *error) {
  ck_occurrences list = {0};
  ck_partitions parts = {.seeds = ck_seeds_of(job->seed)};
  uint8_t *ahead = NULL;
  unsigned plan[CK_MAX_N];
  ck_code code = ck_ngram_check(job, error);
  unsigned levels = code ? 0 : ck_plan_levels(job, plan);
  list.length = job->n_tokens;
  if (!code && job->skip) {
    code = ck_gapped_first(job, &list, ticker, error);
    if (!code && !(ahead = ck_tokens_ahead(job, error))) code = error->code;
  }
  for (unsigned i = 0; !code && i < levels; i++) {
    unsigned n = plan[i];
    ck_level_step step = {job, &list, &parts, n < job->low ? NULL : &rows->levels[n], n, 0, 0, i + 1 < levels, NULL};
    step.step = i ? n - plan[i - 1] : 1;
    if (n > 1 && job->skip) code = ck_gapped_extend(job, ahead, &list, n - 1, ticker, error);
    if (!code) code = n == 1 ? ck_first_level(&step, ticker, error) : ck_count_level(&step, ticker, error);
  }
  ck_block_give(ahead);
  ck_pool_memory(&list, &parts, &rows->pool);
  if (code) ck_rows_free(rows);
  return code;
}
