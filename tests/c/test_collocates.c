/* Collocates, counts by document and positions of types, compared with brute-force loops over all tokens. */
#include "check.h"
#include "collocates.h"
#include "form_counts.h"
#include "postings.c"
#include "selection.h"

enum { MOST_TOKENS = 300, MOST_DOCUMENTS = 12, MOST_TYPES = 40, MOST_FORMS = 12, MOST_HITS = 60 };

/* Each array has its own buffer, which ends where the array ends. */
typedef struct {
  exact types, flags, forms, ends, first, end, chosen;
  uint32_t document_of[MOST_TOKENS];
  ck_windows_job job;
} sample;

static void *allocate(exact *made, size_t count, size_t size) {
  *made = exact_new(count * size, 0);
  return made->bytes;
}

static void make_hits(sample *made, random_source *random) {
  uint32_t first[MOST_HITS], end[MOST_HITS];
  size_t n_hits = 0;
  unsigned step = 1 + random_below(random, 12), longest = 1 + random_below(random, 4);
  for (size_t i = random_below(random, step); i < made->job.n_tokens && n_hits < MOST_HITS;) {
    size_t last = i + random_below(random, longest);
    while (last >= made->job.n_tokens || made->document_of[last] != made->document_of[i]) last--;
    if (!n_hits || last + 1 >= end[n_hits - 1]) { /* ends must not decrease */
      first[n_hits] = (uint32_t)i;
      end[n_hits++] = (uint32_t)last + 1;
    }
    i += random_below(random, 9) ? 1 + random_below(random, step) : 0; /* sometimes two hits begin at the same token */
  }
  made->job.n_hits = n_hits;
  made->job.first = (const uint32_t *)allocate(&made->first, n_hits, sizeof *first);
  made->job.end = (const uint32_t *)allocate(&made->end, n_hits, sizeof *end);
  memcpy(made->first.bytes, first, n_hits * sizeof *first);
  memcpy(made->end.bytes, end, n_hits * sizeof *end);
}

static void make_sample(sample *made, random_source *random) {
  uint64_t ends[MOST_DOCUMENTS];
  ck_windows_job *job = &made->job;
  memset(made, 0, sizeof *made);
  job->n_types = 1 + random_below(random, MOST_TYPES);
  job->n_forms = 1 + random_below(random, MOST_FORMS);
  job->n_documents = random_below(random, MOST_DOCUMENTS);
  for (size_t d = 0; d < job->n_documents; d++) {
    unsigned length = random_below(random, 4) ? random_below(random, 25) : 0;
    for (unsigned i = 0; i < length; i++) made->document_of[job->n_tokens++] = (uint32_t)d;
    ends[d] = job->n_tokens;
  }
  uint32_t *types = (uint32_t *)allocate(&made->types, job->n_tokens, sizeof *types);
  uint8_t *flags = (uint8_t *)allocate(&made->flags, job->n_tokens, 1);
  uint32_t *forms = (uint32_t *)allocate(&made->forms, job->n_types, sizeof *forms);
  for (size_t i = 0; i < job->n_tokens; i++) {
    types[i] = random_below(random, (unsigned)job->n_types);
    flags[i] = (uint8_t)(random_below(random, 64) << 2); /* with random unused bits */
    if (!random_below(random, 7)) flags[i] |= 1;
    if (!random_below(random, 19)) flags[i] |= 2;
  }
  for (size_t t = 0; t < job->n_types; t++)
    forms[t] = random_below(random, 4) ? random_below(random, (unsigned)job->n_forms) : CK_NO_FORM;
  memcpy(allocate(&made->ends, job->n_documents, sizeof *ends), ends, job->n_documents * sizeof *ends);
  job->types = types;
  job->flags = flags;
  job->form_of_type = forms;
  job->document_ends = (const uint64_t *)made->ends.bytes;
  job->before = random_below(random, 8) ? random_below(random, 6) : UINT64_MAX;
  job->after = random_below(random, 8) ? random_below(random, 6) : UINT64_MAX;
  job->barrier_bits = (uint8_t)random_below(random, 4);
  job->threads = 1 + random_below(random, 3);
  job->grain = 1 + random_below(random, 20);
  make_hits(made, random);
}

static void free_sample(sample *made) {
  exact *rooms[] = {&made->types, &made->flags, &made->forms, &made->ends, &made->first, &made->end, &made->chosen};
  for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) exact_free(rooms[i]);
}

/* --------------------------------------------------------------------- collocates */

/* Whether token i is in the window of hit h. All words in between count, and any token in between may be a barrier. */
static bool in_window(const sample *sample, size_t i, size_t h) {
  const ck_windows_job *job = &sample->job;
  size_t first = job->first[h], end = job->end[h];
  if (sample->document_of[i] != sample->document_of[first] || (i >= first && i < end)) return false;
  size_t low = i < first ? i : end, high = i < first ? first : i + 1; /* count words in [low, high) */
  uint64_t words = 0;
  for (size_t j = low; j < high; j++) words += job->form_of_type[job->types[j]] != CK_NO_FORM;
  for (size_t j = i < first ? i + 1 : end; j < (i < first ? first + 1 : high); j++)
    if (job->flags[j] & job->barrier_bits) return false;
  return words <= (i < first ? job->before : job->after);
}

static void compare_collocates(const sample *sample, digest *digest) {
  const ck_windows_job *job = &sample->job;
  int64_t counts[MOST_FORMS] = {0}, documents[MOST_FORMS] = {0}, in_hits[MOST_FORMS] = {0};
  uint32_t last[MOST_FORMS] = {0};
  for (size_t i = 0; i < job->n_tokens; i++) {
    uint32_t form = job->form_of_type[job->types[i]];
    bool hit = false, near = false;
    for (size_t h = 0; h < job->n_hits; h++) {
      hit |= (int64_t)i >= job->first[h] && (int64_t)i < job->end[h];
      near |= in_window(sample, i, h);
    }
    if (form == CK_NO_FORM) continue;
    in_hits[form] += hit;
    if (hit || !near) continue;
    counts[form]++;
    documents[form] += last[form] != sample->document_of[i] + 1;
    last[form] = sample->document_of[i] + 1;
  }
  ck_error error;
  ck_ticker ticker = ck_ticker_new(NULL);
  ck_collocates found;
  CHECK(!ck_count_collocates(job, &found, &ticker, &error));
  size_t row = 0;
  for (uint32_t form = 0; form < job->n_forms; form++) {
    if (!counts[form] && !in_hits[form]) continue;
    CHECK(row < found.length && found.forms[row] == form);
    CHECK(found.counts[row] == counts[form] && found.documents[row] == documents[form]);
    CHECK(found.in_hits[row++] == in_hits[form]);
    digest_number(digest, form);
    digest_number(digest, (uint64_t)counts[form]);
    digest_number(digest, (uint64_t)documents[form]);
    digest_number(digest, (uint64_t)in_hits[form]);
  }
  CHECK(row == found.length);
  ck_collocates_free(&found);
}

static ck_code code_of(const ck_windows_job *job, ck_ticker ticker) {
  ck_error error;
  ck_collocates found;
  ck_code code = ck_count_collocates(job, &found, &ticker, &error);
  CHECK(code == CK_OK || (code == error.code && error.message[0]));
  ck_collocates_free(&found);
  return code;
}

static int stop(void) {
  return 1;
}

/* Invalid hits, types and forms out of range, and an interrupt. */
static void invalid_collocates(sample *sample) {
  ck_windows_job job = sample->job;
  ck_ticker ticker = ck_ticker_new(NULL);
  if (!job.n_hits) return;
  uint32_t *first = (uint32_t *)sample->first.bytes, *end = (uint32_t *)sample->end.bytes;
  size_t h = job.n_hits - 1;
  uint32_t kept_first = first[h], kept_end = end[h];
  uint32_t wrong[][2] = {{UINT32_MAX, kept_end},
                        {kept_end, kept_end},
                        {kept_first, kept_first},
                        {kept_first, (uint32_t)job.n_tokens + 1},
                        {UINT32_MAX - 1, UINT32_MAX},
                        {0, UINT32_MAX}};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    first[h] = wrong[i][0];
    end[h] = wrong[i][1];
    CHECK(code_of(&job, ticker) == CK_CORRUPT);
  }
  first[h] = kept_first;
  end[h] = (uint32_t)job.n_tokens; /* past the end of the document, unless it is the last one */
  bool across = sample->document_of[kept_first] != sample->document_of[job.n_tokens - 1];
  CHECK(code_of(&job, ticker) == (across ? CK_CORRUPT : CK_OK));
  end[h] = kept_end;
  if (h && first[h - 1] < first[h]) {
    first[h] = first[h - 1];
    first[h - 1] = kept_first;
    CHECK(code_of(&job, ticker) == CK_CORRUPT);
    first[h - 1] = first[h];
    first[h] = kept_first;
  }
  if (h) { /* the last hit ends before the previous one does */
    uint32_t end_before = end[h - 1];
    end[h - 1] = kept_end + 1;
    CHECK(code_of(&job, ticker) == CK_CORRUPT);
    end[h - 1] = end_before;
  }
  uint32_t *types = (uint32_t *)sample->types.bytes, *forms = (uint32_t *)sample->forms.bytes;
  uint32_t kept_type = types[kept_first], kept_form = forms[kept_type];
  types[kept_first] = (uint32_t)job.n_types;
  CHECK(code_of(&job, ticker) == CK_CORRUPT);
  types[kept_first] = kept_type;
  forms[kept_type] = (uint32_t)job.n_forms;
  CHECK(code_of(&job, ticker) == CK_CORRUPT);
  forms[kept_type] = kept_form;
  CHECK(code_of(&job, ticker) == CK_OK);
  job.threads = 1; /* only the caller's thread looks for signals */
  ticker = ck_ticker_new(stop);
  ticker.left = 1;
  ticker.polled = 0; /* due */
  CHECK(code_of(&job, ticker) == CK_INTERRUPTED);
}

/* -------------------------------------------------------------------- by document */

static void compare_rows(sample *sample, random_source *random, digest *digest) {
  const ck_windows_job *job = &sample->job;
  ck_error error;
  ck_ticker ticker = ck_ticker_new(NULL);
  uint8_t *chosen = (uint8_t *)allocate(&sample->chosen, job->n_documents, 1);
  for (size_t d = 0; d < job->n_documents; d++) chosen[d] = random_below(random, 3) ? 1 + (uint8_t)(d % 255) : 0;
  for (int masked = 0; masked < 2; masked++) {
    ck_document_rows rows;
    size_t k = 0, place = 0, begin = 0;
    CHECK(!ck_count_by_document(job->types, job->document_ends, job->n_documents, job->n_tokens, masked ? chosen : NULL,
                                job->n_types, &rows, &ticker, &error));
    for (size_t d = 0; d < job->n_documents; begin = (size_t)job->document_ends[d++]) {
      if (masked && !chosen[d]) continue;
      CHECK(rows.starts[k++] == place);
      for (size_t i = begin; i < job->document_ends[d]; i++) {
        uint32_t count = 0;
        bool seen = false;
        for (size_t j = begin; j < i; j++) seen |= job->types[j] == job->types[i];
        for (size_t j = i; j < job->document_ends[d]; j++) count += job->types[j] == job->types[i];
        if (seen) continue;
        CHECK(rows.types[place] == job->types[i] && rows.counts[place] == count);
        place++;
      }
    }
    CHECK(rows.starts[k] == place);
    digest_number(digest, k);
    digest_u32s(digest, rows.types, place);
    digest_u32s(digest, rows.counts, place);
    ck_document_rows_free(&rows);
  }
}

/* The counts of forms in one pass, and those of the rows of documents: of each form its count and documents, and the
 * count and size of the documents in which its share is above a threshold. */
static void compare_forms(sample *sample, random_source *random, digest *digest) {
  const ck_windows_job *windows = &sample->job;
  size_t n = windows->n_types, place = 0;
  ck_error error;
  ck_ticker ticker = ck_ticker_new(NULL);
  ck_document_rows rows;
  ck_form_counts found;
  uint32_t *forms = (uint32_t *)malloc((n + 1) * sizeof *forms);
  double *thresholds = (double *)malloc((n + 1) * sizeof *thresholds);
  int64_t *slow = (int64_t *)calloc(4 * n + 1, sizeof *slow);
  CHECK(forms && thresholds && slow);
  for (uint32_t t = 0; t < n; t++) {
    forms[t] = t;
    thresholds[t] = random_below(random, 4) / 4.0;
  }
  ck_forms_job job = {windows->types, windows->n_tokens, windows->document_ends, windows->n_documents, NULL, forms,
                      n, n, thresholds, 2, 1};
  CHECK(!ck_count_by_document(windows->types, windows->document_ends, windows->n_documents, windows->n_tokens, NULL, n,
                              &rows, &ticker, &error));
  CHECK(!ck_count_forms(&job, &found, &ticker, &error));
  for (size_t d = 0, begin = 0; d < windows->n_documents; begin = (size_t)windows->document_ends[d++]) {
    uint32_t size = (uint32_t)(windows->document_ends[d] - begin);
    CHECK(found.sizes[d] == size);
    for (; place < rows.starts[d + 1]; place++) {
      uint32_t type = rows.types[place], count = rows.counts[place];
      slow[type] += count;
      slow[n + type]++;
      if ((double)count / (double)size <= thresholds[type]) continue;
      slow[2 * n + type] += count;
      slow[3 * n + type] += size;
    }
  }
  for (size_t t = 0; t < n; t++) {
    CHECK(found.counts[t] == slow[t] && found.documents[t] == slow[n + t]);
    CHECK(found.above[t] == slow[2 * n + t] && found.sizes_above[t] == slow[3 * n + t]);
    digest_number(digest, (uint64_t)found.above[t] << 20 ^ (uint64_t)found.documents[t]);
  }
  ck_form_counts_free(&found);
  ck_document_rows_free(&rows);
  if (n && windows->n_tokens) {
    job.n_forms = 0;
    CHECK(ck_count_forms(&job, &found, &ticker, &error) == CK_CORRUPT);
  }
  free(forms);
  free(thresholds);
  free(slow);
}

/* The types that occur by first occurrence, against a look at every token. */
static void compare_first(const sample *sample, digest *digest) {
  const ck_windows_job *job = &sample->job;
  ck_error error;
  ck_ticker ticker = ck_ticker_new(NULL);
  ck_first_counts found;
  size_t row = 0;
  CHECK(!ck_count_by_first(job->types, job->document_ends, job->n_documents, job->n_tokens, job->n_types, &found, &ticker,
                           &error));
  for (size_t i = 0; i < job->n_tokens; i++) {
    int64_t count = 0, documents = 0;
    uint32_t last = UINT32_MAX;
    bool seen = false;
    for (size_t j = 0; j < i; j++) seen |= job->types[j] == job->types[i];
    if (seen) continue;
    for (size_t j = i; j < job->n_tokens; j++) {
      if (job->types[j] != job->types[i]) continue;
      count++;
      documents += sample->document_of[j] != last;
      last = sample->document_of[j];
    }
    CHECK(row < found.length && found.first[row] == i);
    CHECK(found.counts[row] == count && found.documents[row] == documents);
    digest_number(digest, (uint64_t)count << 32 ^ (uint64_t)documents);
    row++;
  }
  CHECK(row == found.length);
  digest_u32s(digest, found.first, found.length);
  ck_first_counts_free(&found);
}

static void invalid_rows(sample *sample) {
  const ck_windows_job *job = &sample->job;
  ck_error error;
  ck_document_rows rows;
  ck_ticker ticker = ck_ticker_new(NULL);
  if (!job->n_tokens) return;
  uint32_t *types = (uint32_t *)sample->types.bytes;
  uint32_t kept = types[job->n_tokens - 1];
  types[job->n_tokens - 1] = (uint32_t)job->n_types;
  CHECK(ck_count_by_document(types, job->document_ends, job->n_documents, job->n_tokens, NULL, job->n_types, &rows, &ticker,
                             &error) ==
        CK_CORRUPT);
  ck_document_rows_free(&rows);
  ck_first_counts first;
  CHECK(ck_count_by_first(types, job->document_ends, job->n_documents, job->n_tokens, job->n_types, &first, &ticker,
                          &error) == CK_CORRUPT);
  types[job->n_tokens - 1] = kept;
  ticker = ck_ticker_new(stop);
  ticker.left = 1;
  ticker.polled = 0; /* due */
  CHECK(ck_count_by_document(types, job->document_ends, job->n_documents, job->n_tokens, NULL, job->n_types, &rows, &ticker,
                             &error) ==
        CK_INTERRUPTED);
  ck_document_rows_free(&rows);
  ticker = ck_ticker_new(stop);
  ticker.left = 1;
  ticker.polled = 0; /* due */
  CHECK(ck_count_by_first(types, job->document_ends, job->n_documents, job->n_tokens, job->n_types, &first, &ticker,
                          &error) == CK_INTERRUPTED);
}

/* -------------------------------------------------------------------- large input */

/* Many hits in many documents: the totals of different kernels must agree. */
static void many_tokens(random_source *random, digest *digest) {
  enum { TOKENS = 400000, DOCUMENTS = 800, TYPES = 20000, EACH = TOKENS / DOCUMENTS, STEP = 5 };
  uint32_t *types = (uint32_t *)malloc(TOKENS * sizeof *types), *forms = (uint32_t *)malloc(TYPES * sizeof *forms);
  uint8_t *flags = (uint8_t *)calloc(TOKENS, 1);
  uint64_t *ends = (uint64_t *)malloc(DOCUMENTS * sizeof *ends);
  uint32_t *first = (uint32_t *)malloc(TOKENS / STEP * sizeof *first);
  uint32_t *end = (uint32_t *)malloc(TOKENS / STEP * sizeof *end);
  int64_t *totals = (int64_t *)calloc(TYPES, sizeof *totals);
  CHECK(types && forms && flags && ends && first && end && totals);
  for (size_t i = 0; i < TOKENS; i++) /* each type at least once */
    types[i] = i < TYPES ? (uint32_t)i : random_below(random, random_below(random, 2) ? 20 : TYPES);
  for (uint32_t t = 0; t < TYPES; t++) forms[t] = t;
  for (size_t d = 0; d < DOCUMENTS; d++) ends[d] = (d + 1) * EACH;
  for (size_t h = 0; h < TOKENS / STEP; h++) {
    first[h] = (uint32_t)(h * STEP);
    end[h] = first[h] + 1;
  }
  ck_error error;
  ck_ticker ticker = ck_ticker_new(NULL);
  ck_collocates found;
  ck_document_rows rows;
  ck_type_counts counts;
  ck_windows_job job = {types, flags, TOKENS, forms, TYPES, TYPES, ends, DOCUMENTS,
                        first, end, TOKENS / STEP, 2, 4, 0, 1, 0};
  CHECK(!ck_count_collocates(&job, &found, &ticker, &error));
  CHECK(found.length == TYPES);
  CHECK(!ck_type_counts_new(&counts, TYPES, &error));
  CHECK(!ck_count_types(types, ends, DOCUMENTS, ends[DOCUMENTS - 1], NULL, TYPES, &counts, &ticker, &error));
  CHECK(!ck_count_by_document(types, ends, DOCUMENTS, ends[DOCUMENTS - 1], NULL, TYPES, &rows, &ticker, &error));
  for (size_t k = 0; k < rows.starts[DOCUMENTS]; k++) totals[rows.types[k]] += rows.counts[k];
  for (size_t t = 0; t < TYPES; t++) {
    /* hits are five tokens apart and windows extend four after, so that each token is in a hit or a window */
    CHECK(found.forms[t] == t && found.counts[t] + found.in_hits[t] == counts.counts[t]);
    CHECK(totals[t] == counts.counts[t]);
    digest_number(digest, (uint64_t)found.counts[t] << 20 ^ (uint64_t)found.documents[t]);
  }
  digest_u32s(digest, rows.counts, (size_t)rows.starts[DOCUMENTS]);
  ck_document_rows_free(&rows);
  ck_type_counts_free(&counts);
  ck_collocates_free(&found);
  free(types);
  free(forms);
  free(flags);
  free(ends);
  free(first);
  free(end);
  free(totals);
}

/* Positions of some types, by merging and by sorting, compared with a scan of all tokens. */
static void compare_positions(const sample *made, random_source *random, digest *digest) {
  const ck_windows_job *job = &made->job;
  ck_error error;
  ck_ticker ticker = ck_ticker_new(NULL);
  uint32_t query[MOST_TYPES], expected[MOST_TOKENS];
  bool chosen[MOST_TYPES];
  size_t n_query = 0, length = 0;
  exact offsets = exact_new((job->n_types + 1) * sizeof(uint64_t), 0);
  exact positions = exact_new(job->n_tokens * sizeof(uint32_t), 0);
  unsigned share = 1 + random_below(random, 4);
  CHECK(!ck_postings(job->types, job->n_tokens, job->n_types, (uint64_t *)offsets.bytes, (uint32_t *)positions.bytes,
                     &ticker, &error));
  for (uint32_t t = 0; t < job->n_types; t++) {
    chosen[t] = !random_below(random, share);
    if (chosen[t]) query[n_query++] = t;
  }
  for (size_t i = 0; i < job->n_tokens; i++)
    if (chosen[job->types[i]]) expected[length++] = (uint32_t)i;
  exact out = exact_new(length * sizeof(uint32_t), 0), scratch = exact_new(length * sizeof(uint32_t), 0);
  const uint32_t *found =
      ck_positions_of((const uint64_t *)offsets.bytes, job->n_types, (const uint32_t *)positions.bytes, job->n_tokens,
                      query, n_query, (uint32_t *)out.bytes, (uint32_t *)scratch.bytes, length, &ticker, &error);
  CHECK(found);
  for (size_t i = 0; i < length; i++) CHECK(found[i] == expected[i]);
  digest_u32s(digest, found, length);
  if (n_query && length) { /* a result larger than the buffers, and a type out of range */
    CHECK(!ck_positions_of((const uint64_t *)offsets.bytes, job->n_types, (const uint32_t *)positions.bytes,
                           job->n_tokens, query, n_query, (uint32_t *)out.bytes, (uint32_t *)scratch.bytes, length - 1,
                           &ticker, &error));
    query[0] = (uint32_t)job->n_types;
    CHECK(!ck_positions_of((const uint64_t *)offsets.bytes, job->n_types, (const uint32_t *)positions.bytes,
                           job->n_tokens, query, n_query, (uint32_t *)out.bytes, (uint32_t *)scratch.bytes, length,
                           &ticker, &error));
  }
  exact_free(&offsets);
  exact_free(&positions);
  exact_free(&out);
  exact_free(&scratch);
}

/* Ids that change after they were counted: nothing is written outside the positions. */
static void changed_ids(void) {
  enum { TOKENS = 6, TYPES = 2 };
  const uint32_t counted[TOKENS] = {0, 0, 0, 1, 1, 1}, changed[TOKENS] = {1, 1, 1, 1, 1, 1}, wrong[TOKENS] = {0, 2};
  const uint32_t *later[] = {changed, wrong};
  ck_error error;
  ck_ticker ticker = ck_ticker_new(NULL);
  for (int i = 0; i < 2; i++) {
    exact offsets = exact_new((TYPES + 1) * sizeof(uint64_t), 0), positions = exact_new(TOKENS * sizeof(uint32_t), 0);
    uint64_t *next = (uint64_t *)offsets.bytes;
    CHECK(!ck_postings(counted, TOKENS, TYPES, next, (uint32_t *)positions.bytes, &ticker, &error));
    CHECK(next[0] == 0 && next[1] == 3 && next[2] == TOKENS);
    CHECK(ck_place_positions(later[i], TOKENS, TYPES, next, (uint32_t *)positions.bytes, &ticker, &error) == CK_CORRUPT);
    exact_free(&offsets);
    exact_free(&positions);
  }
}

int main(void) {
  random_source random = {0x9E3779B97F4A7C15u};
  digest digest = {0};
  for (unsigned round = 0; round < 4000; round += stride()) {
    sample sample;
    make_sample(&sample, &random);
    compare_collocates(&sample, &digest);
    invalid_collocates(&sample);
    compare_rows(&sample, &random, &digest);
    compare_forms(&sample, &random, &digest);
    compare_first(&sample, &digest);
    compare_positions(&sample, &random, &digest);
    invalid_rows(&sample);
    free_sample(&sample);
  }
  many_tokens(&random, &digest);
  changed_ids();
  digest_print("collocates", &digest);
  return 0;
}
