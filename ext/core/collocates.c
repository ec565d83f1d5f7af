#include "collocates.h"

#include "pages.h"
#include "selection.h"
#include "simd.h"
#include "sorted.h"
#include "threads.h"

void ck_collocates_free(ck_collocates *found) {
  ck_block_give(found->forms);
  ck_block_give(found->counts);
  ck_block_give(found->documents);
  ck_block_give(found->in_hits);
  memset(found, 0, sizeof *found);
}

/* The counters of a form are adjacent, so that a collocate costs one cache miss and not three. */
typedef struct {
  uint32_t count, documents, in_hits;
  uint32_t last; /* the last document with the form, plus one */
} ck_collocate;

/* What a worker counts. Most forms of a corpus are near no hit, so that the counters of a form become zero when it
 * occurs first; the bits say for which it has. */
enum { CK_FORMS_OF_BITS = 64 };

typedef struct {
  ck_collocate *forms;
  uint64_t *bits;
} ck_tally;

static void ck_tally_free(ck_tally *tally) {
  ck_block_give(tally->forms);
  ck_block_give(tally->bits);
}

static size_t ck_words_of_bits(const ck_windows_job *job) {
  return job->n_forms / CK_FORMS_OF_BITS + 1;
}

static ck_code ck_tally_new(ck_tally *tally, const ck_windows_job *job, ck_error *error) {
  tally->forms = (ck_collocate *)ck_large(job->n_forms, sizeof *tally->forms, error);
  tally->bits = tally->forms ? (uint64_t *)ck_large(ck_words_of_bits(job), sizeof *tally->bits, error) : NULL;
  if (!tally->bits) return error->code;
  memset(tally->bits, 0, ck_words_of_bits(job) * sizeof *tally->bits);
  return CK_OK;
}

static inline ck_collocate *ck_tally_at(const ck_tally *tally, uint32_t form) {
  uint64_t *bits = &tally->bits[form / CK_FORMS_OF_BITS], bit = (uint64_t)1 << form % CK_FORMS_OF_BITS;
  ck_collocate *one = &tally->forms[form];
  if (!(*bits & bit)) {
    *bits |= bit;
    memset(one, 0, sizeof *one);
  }
  return one;
}

/* Hit `h`, after the one at *first to *end. It is checked whenever it is read, since arrays may change. */
static inline ck_code ck_hit_at(const ck_windows_job *job, size_t h, uint32_t *first, uint32_t *end, ck_error *error) {
  uint32_t from = ck_once32(&job->first[h]), to = ck_once32(&job->end[h]);
  if (CK_UNLIKELY(from < *first || to < *end || to <= from || to > job->n_tokens))
    return ck_fail(error, CK_CORRUPT, "hit %zu is %u to %u, after the one at %u to %u, in %zu tokens", h, from, to,
                   *first, *end, job->n_tokens);
  *first = from;
  *end = to;
  return CK_OK;
}

/* Hits must be spans of the corpus with ascending starts and ends, each within one document. */
static ck_code ck_check_hits(const ck_windows_job *job, ck_error *error) {
  uint32_t first = 0, end = 0;
  for (size_t h = 0; h < job->n_hits; h++)
    CK_TRY(ck_hit_at(job, h, &first, &end, error));
  return CK_OK;
}

/* The document of a token, or the number of documents if there is none. */
static size_t ck_document_of(const ck_windows_job *job, size_t token) {
  return ck_first_above(job->document_ends, 0, job->n_documents, token);
}

/* The form of a token, or CK_NO_FORM; sets `error` if its type or form is out of range. */
static inline uint32_t ck_form_at(const ck_windows_job *job, size_t i, ck_error *error) {
  uint32_t type = ck_once32(&job->types[i]);
  uint32_t form = CK_LIKELY(type < job->n_types) ? ck_once32(&job->form_of_type[type]) : CK_NO_FORM - 1;
  if (CK_UNLIKELY(form >= job->n_forms && form != CK_NO_FORM))
    ck_fail(error, CK_CORRUPT, "token %zu has the type %u of %zu types, or a form beyond %zu forms", i, type,
            job->n_types, job->n_forms);
  return form;
}

/* Collocates that have been found but not counted yet. Their counters are prefetched when they are found, and have
 * arrived when they are counted, in the same order. */
enum { CK_COLLOCATES_WAITING = 32 };

typedef struct {
  uint32_t form[CK_COLLOCATES_WAITING], document[CK_COLLOCATES_WAITING];
  size_t seen, counted;
} ck_waiting;

static inline void ck_count_waiting(ck_waiting *waiting, const ck_tally *tally) {
  size_t slot = waiting->counted++ % CK_COLLOCATES_WAITING;
  ck_collocate *one = ck_tally_at(tally, waiting->form[slot]);
  uint32_t document = waiting->document[slot];
  one->count++;
  one->documents += one->last != document + 1;
  one->last = document + 1;
}

static inline void ck_add_collocate(ck_waiting *waiting, const ck_tally *tally, uint32_t form, uint32_t document) {
  if (waiting->seen - waiting->counted == CK_COLLOCATES_WAITING) ck_count_waiting(waiting, tally);
  size_t slot = waiting->seen++ % CK_COLLOCATES_WAITING;
  CK_PREFETCH_WRITE(&tally->forms[form]);
  waiting->form[slot] = form;
  waiting->document[slot] = document;
}

/* Prefetches the tokens around a hit that comes soon, which may be in two cache lines; what is further away follows. */
static inline void ck_collocates_ahead(const ck_windows_job *job, size_t hit) {
  enum { HITS = 24, BESIDE = 5 };
  if (hit + HITS >= job->n_hits) return;
  size_t token = ck_once32(&job->first[hit + HITS]);
  if (CK_UNLIKELY(token >= job->n_tokens)) return;
  size_t low = token < BESIDE ? 0 : token - BESIDE, high = job->n_tokens - token > BESIDE ? token + BESIDE : token;
  CK_PREFETCH(job->types + low);
  CK_PREFETCH(job->types + high);
  CK_PREFETCH(job->flags + low);
  CK_PREFETCH(job->flags + high);
}

/* Counts the windows around the hits from `hit` up to `last`, the first one of another document. */
static ck_code ck_collocates_of_hits(const ck_windows_job *job, size_t hit, size_t last, const ck_tally *tally,
                                     ck_ticker *ticker, ck_error *error) {
  ck_waiting waiting;
  size_t done = 0; /* tokens before it are counted or in no window */
  size_t document = hit < last ? ck_document_of(job, job->first[hit]) : 0;
  size_t begins = document ? (size_t)job->document_ends[document - 1] : 0;
  uint32_t first = 0, end = 0;
  error->code = CK_OK;
  waiting.seen = waiting.counted = 0;
  for (size_t h = hit; h < last; h++) {
    size_t next = h + 1 < job->n_hits ? job->first[h + 1] : job->n_tokens;
    CK_TRY(ck_hit_at(job, h, &first, &end, error));
    ck_collocates_ahead(job, h);
    while (document < job->n_documents && job->document_ends[document] <= first)
      begins = (size_t)job->document_ends[document++];
    uint64_t ends = document < job->n_documents ? ck_once64(&job->document_ends[document]) : 0;
    if (CK_UNLIKELY(begins > first || end > ends || ends > job->n_tokens))
      return ck_fail(error, CK_CORRUPT, "hit %zu is not inside a document", h);
    size_t low = done > begins ? done : begins, high = (size_t)ends;
    uint64_t left = job->before;
    for (size_t i = first; i > low && left && !(job->flags[i] & job->barrier_bits); i--) {
      uint32_t form = ck_form_at(job, i - 1, error);
      if (form == CK_NO_FORM) continue;
      CK_TRY(error->code);
      ck_add_collocate(&waiting, tally, form, (uint32_t)document);
      left--;
    }
    for (size_t i = first > done ? first : done; i < end; i++) { /* hits of a phrase may overlap */
      uint32_t form = ck_form_at(job, i, error);
      CK_TRY(error->code);
      if (form != CK_NO_FORM) ck_tally_at(tally, form)->in_hits++;
    }
    if (done < end) done = end;
    if (high > next) high = next;
    left = job->after;
    for (size_t i = end; i < high && left && !(job->flags[i] & job->barrier_bits); i++) {
      uint32_t form = ck_form_at(job, i, error);
      if (form == CK_NO_FORM) continue;
      CK_TRY(error->code);
      ck_add_collocate(&waiting, tally, form, (uint32_t)document);
      done = i + 1;
      left--;
    }
    CK_TRY(ck_tick(ticker, (int64_t)(done - low), error));
  }
  while (waiting.counted < waiting.seen) ck_count_waiting(&waiting, tally);
  return CK_OK;
}

/* ------------------------------------------------------------------ threads */

typedef struct {
  const ck_windows_job *job;
  ck_tally tallies[CK_MOST_WORKERS];
  size_t hit[CK_MOST_WORKERS + 1];
} ck_collocating;

static ck_code ck_collocates_worker(void *context, unsigned worker, ck_ticker *ticker, ck_error *error) {
  ck_collocating *all = (ck_collocating *)context;
  return ck_collocates_of_hits(all->job, all->hit[worker], all->hit[worker + 1], &all->tallies[worker], ticker, error);
}

/* The hits of each worker: those of whole documents, so that a document is counted by one worker only. */
static void ck_collocates_cut(ck_collocating *all, unsigned workers) {
  const ck_windows_job *job = all->job;
  for (unsigned w = 0; w <= workers; w++) {
    size_t hit = ck_share(job->n_hits, workers, w);
    if (hit && hit < job->n_hits) {
      size_t document = ck_document_of(job, job->first[hit]);
      uint64_t begins = document ? job->document_ends[document - 1] : 0;
      while (hit && job->first[hit - 1] >= begins) hit--;
    }
    all->hit[w] = hit;
  }
}

static ck_code ck_collocates_new(ck_collocates *found, size_t most, ck_error *error) {
  found->forms = (uint32_t *)ck_large(most, sizeof(uint32_t), error);
  found->counts = found->forms ? (int64_t *)ck_large(most, sizeof(int64_t), error) : NULL;
  found->documents = found->counts ? (int64_t *)ck_large(most, sizeof(int64_t), error) : NULL;
  found->in_hits = found->documents ? (int64_t *)ck_large(most, sizeof(int64_t), error) : NULL;
  return found->in_hits ? CK_OK : error->code;
}

/* Adds the forms of the other workers to those of the first, and returns how many there are. */
static size_t ck_collocates_unite(const ck_collocating *all, unsigned workers) {
  size_t length = 0;
  for (size_t i = 0; i < ck_words_of_bits(all->job); i++) {
    for (unsigned w = 1; w < workers; w++) {
      uint64_t bits = all->tallies[w].bits[i];
      for (; bits; bits &= bits - 1) {
        uint32_t form = (uint32_t)(i * CK_FORMS_OF_BITS + ck_lowest_bit(bits));
        const ck_collocate *other = &all->tallies[w].forms[form];
        ck_collocate *sum = ck_tally_at(&all->tallies[0], form);
        sum->count += other->count;
        sum->documents += other->documents;
        sum->in_hits += other->in_hits;
      }
    }
    length += ck_count_bits(all->tallies[0].bits[i]);
  }
  return length;
}

/* Writes the forms as columns, with counts of 64 bits. */
static void ck_collocates_write(const ck_tally *tally, size_t n_words, ck_collocates *found) {
  for (size_t i = 0; i < n_words; i++)
    for (uint64_t bits = tally->bits[i]; bits; bits &= bits - 1) {
      uint32_t form = (uint32_t)(i * CK_FORMS_OF_BITS + ck_lowest_bit(bits));
      found->forms[found->length] = form;
      found->counts[found->length] = tally->forms[form].count;
      found->documents[found->length] = tally->forms[form].documents;
      found->in_hits[found->length++] = tally->forms[form].in_hits;
    }
}

ck_code ck_count_collocates(const ck_windows_job *job, ck_collocates *found, ck_ticker *ticker, ck_error *error) {
  ck_collocating all = {0};
  unsigned workers = ck_workers_for(job->threads, job->n_hits, job->grain ? job->grain : CK_HITS_WORTH_A_THREAD);
  ck_code code = CK_OK;
  memset(found, 0, sizeof *found);
  if (job->n_tokens > UINT32_MAX)
    return ck_fail(error, CK_LIMIT, "the number of tokens must be at most 4,294,967,295, got %zu", job->n_tokens);
  CK_TRY(ck_check_hits(job, error));
  all.job = job;
  for (unsigned w = 0; w < workers && !code; w++) code = ck_tally_new(&all.tallies[w], job, error);
  if (!code) {
    ck_collocates_cut(&all, workers);
    code = ck_parallel(workers, ck_collocates_worker, &all, ticker, error);
  }
  if (!code) code = ck_collocates_new(found, ck_collocates_unite(&all, workers), error);
  if (!code) ck_collocates_write(&all.tallies[0], ck_words_of_bits(job), found);
  for (unsigned w = 0; w < workers; w++) ck_tally_free(&all.tallies[w]);
  if (code) ck_collocates_free(found);
  return code;
}
