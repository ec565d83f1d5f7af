#include "selection.h"

#include "pages.h"
#include "threads.h"

void ck_selection_free(ck_selection *selection) {
  ck_block_give(selection->ids);
  ck_block_give(selection->barriers);
  ck_block_give(selection->positions);
  ck_block_give(selection->document_ends);
  memset(selection, 0, sizeof *selection);
}

static ck_code ck_selection_allocate(const ck_selection_job *job, unsigned workers, ck_selection *out,
                                     ck_error *error) {
  size_t room = job->n_tokens + workers; /* a token without a form is written, then overwritten */
  if (job->n_tokens > UINT32_MAX)
    return ck_fail(error, CK_LIMIT, "the number of tokens must be at most 4,294,967,295, got %zu", job->n_tokens);
  out->ids = (uint32_t *)ck_large(room, sizeof(uint32_t), error);
  CK_TRY(!out->ids);
  out->barriers = (uint8_t *)ck_large(room, sizeof(uint8_t), error);
  CK_TRY(!out->barriers);
  out->document_ends = (uint64_t *)ck_allocate(job->n_documents, sizeof(uint64_t), error);
  CK_TRY(!out->document_ends);
  if (!job->with_positions) return CK_OK;
  out->positions = (uint32_t *)ck_large(room, sizeof(uint32_t), error);
  return out->positions ? CK_OK : error->code;
}

/* Each worker has a range of documents and writes the tokens it keeps from the start of its range; then the ranges
 * are compacted. */
typedef struct {
  const ck_selection_job *job;
  ck_selection *out;
  unsigned workers;
  size_t document[CK_MOST_WORKERS + 1], token[CK_MOST_WORKERS + 1]; /* the first ones of each worker */
  size_t kept[CK_MOST_WORKERS];
  uint32_t *pairs; /* the counters of each worker, of which the first ones become the sums; NULL if none are parted */
  unsigned pair_bits; /* each worker has 2^pair_bits */
} ck_selecting;

/* The fewer counters, the more of them a near cache holds; as many as this are worth it if few pairs reach `least`. */
enum { CK_FEWEST_PAIR_BITS = 10, CK_MOST_PAIR_BITS = 20, CK_PAIRS_ABOVE_MEAN = 8 };

static inline size_t ck_pair_of(unsigned bits, uint32_t one, uint32_t other) {
  uint64_t pair = (uint64_t)one << 32 | other;
  pair = (pair ^ pair >> 29) * 0xBF58476D1CE4E5B9u;
  return (size_t)((pair ^ pair >> 32) * 0x94D049BB133111EBu >> (64 - bits));
}

static ck_code ck_no_such_form(const ck_selection_job *job, size_t at, uint32_t type, ck_error *error) {
  return ck_fail(error, CK_CORRUPT, "token %zu has the type %u, but there are %zu types", at, type, job->n_types);
}

/* Writes the tokens that are kept from `place` on, and sets it to their end. Specialised for whether any are left out
 * that have a form. */
static CK_INLINE ck_code ck_select_range(const ck_selecting *selecting, size_t begin, size_t end, size_t *place,
                                         const bool all, ck_error *error) {
  const ck_selection_job *job = selecting->job;
  const uint32_t *pairs = selecting->pairs;
  const unsigned bits = selecting->pair_bits;
  ck_selection *out = selecting->out;
  size_t length = *place, run = length; /* where the last run begins */
  uint32_t previous = CK_NO_FORM;
  uint8_t pending = 1;
  for (size_t i = begin; i < end; i++) {
    uint32_t type = ck_once32(&job->type_ids[i]);
    CK_TRY(CK_UNLIKELY(type >= job->n_types) && ck_no_such_form(job, i, type, error));
    uint32_t form = job->form_of_type[type];
    bool counted = form < CK_BREAK;
    pending |= ((job->flags[i] & job->barrier_bits) != 0) | (form == CK_BREAK);
    if (!all && counted) {
      pending = pending || (pairs && pairs[ck_pair_of(bits, previous, form)] < job->least);
      if (pending) {
        length = length - run < job->shortest ? run : length;
        run = length;
      }
      previous = form;
    }
    out->ids[length] = form;
    out->barriers[length] = pending;
    if (out->positions) out->positions[length] = (uint32_t)i;
    length += counted;
    pending = counted ? 0 : pending;
  }
  *place = !all && length - run < job->shortest ? run : length;
  return CK_OK;
}

static ck_code ck_select_document(const ck_selecting *all, size_t begin, size_t end, size_t *place, ck_error *error) {
  return all->pairs || all->job->shortest > 1 ? ck_select_range(all, begin, end, place, false, error)
                                              : ck_select_range(all, begin, end, place, true, error);
}

static ck_code ck_count_pairs(const ck_selecting *all, size_t begin, size_t end, uint32_t *pairs, ck_error *error) {
  const ck_selection_job *job = all->job;
  const unsigned bits = all->pair_bits;
  uint32_t previous = CK_NO_FORM;
  bool pending = true;
  for (size_t i = begin; i < end; i++) {
    uint32_t type = ck_once32(&job->type_ids[i]);
    CK_TRY(CK_UNLIKELY(type >= job->n_types) && ck_no_such_form(job, i, type, error));
    uint32_t form = job->form_of_type[type];
    pending |= ((job->flags[i] & job->barrier_bits) != 0) | (form == CK_BREAK);
    if (form >= CK_BREAK) continue;
    if (!pending) pairs[ck_pair_of(bits, previous, form)]++;
    previous = form;
    pending = false;
  }
  return CK_OK;
}

static ck_code ck_count_pairs_worker(void *context, unsigned worker, ck_ticker *ticker, ck_error *error) {
  const ck_selecting *all = (const ck_selecting *)context;
  const ck_selection_job *job = all->job;
  size_t begin = all->token[worker];
  for (size_t d = all->document[worker]; d < all->document[worker + 1]; d++) {
    size_t end = begin + ck_once32(&job->counts[d]);
    if (CK_UNLIKELY(end < begin || end > all->token[worker + 1])) break; /* which is found when tokens are selected */
    CK_TRY((!job->chosen || job->chosen[d]) &&
           ck_count_pairs(all, begin, end, all->pairs + ((size_t)worker << all->pair_bits), error));
    CK_TRY(ck_tick(ticker, (int64_t)(end - begin), error));
    begin = end;
  }
  return CK_OK;
}

/* Counts the pairs of neighbours, if rare ones are to be parted. */
static ck_code ck_select_pairs(ck_selecting *all, ck_ticker *ticker, ck_error *error) {
  if (!all->job->least) return CK_OK;
  unsigned bits = CK_FEWEST_PAIR_BITS;
  while (bits < CK_MOST_PAIR_BITS && all->job->n_tokens >> bits > all->job->least / CK_PAIRS_ABOVE_MEAN) bits++;
  all->pair_bits = bits;
  size_t size = (size_t)1 << bits;
  all->pairs = (uint32_t *)calloc(all->workers * size, sizeof(uint32_t));
  if (!all->pairs) return ck_out_of_memory(error, all->workers * size * sizeof(uint32_t));
  CK_TRY(ck_parallel(all->workers, ck_count_pairs_worker, all, ticker, error));
  for (unsigned w = 1; w < all->workers; w++)
    for (size_t c = 0; c < size; c++) all->pairs[c] += all->pairs[w * size + c]; /* at most the number of tokens */
  return CK_OK;
}

static ck_code ck_select_worker(void *context, unsigned worker, ck_ticker *ticker, ck_error *error) {
  ck_selecting *all = (ck_selecting *)context;
  const ck_selection_job *job = all->job;
  size_t first = all->token[worker], begin = first, place = first + worker; /* a gap of one item between workers */
  for (size_t d = all->document[worker]; d < all->document[worker + 1]; d++) {
    size_t end = begin + ck_once32(&job->counts[d]);
    if (CK_UNLIKELY(end < begin || end > all->token[worker + 1]))
      return ck_fail(error, CK_CORRUPT, "the numbers of tokens of the documents changed while they were read");
    CK_TRY((!job->chosen || job->chosen[d]) && ck_select_document(all, begin, end, &place, error));
    CK_TRY(ck_tick(ticker, (int64_t)(end - begin), error));
    all->out->document_ends[d] = place - (first + worker);
    begin = end;
  }
  all->kept[worker] = place - (first + worker);
  if (CK_UNLIKELY(begin != all->token[worker + 1]))
    return ck_fail(error, CK_CORRUPT, "the numbers of tokens of the documents changed while they were read");
  return CK_OK;
}

/* Divides the documents among the workers and checks that they have all tokens. */
static ck_code ck_select_cut(ck_selecting *all, ck_error *error) {
  const ck_selection_job *job = all->job;
  size_t begin = 0;
  unsigned w = 0;
  for (size_t d = 0; d < job->n_documents; d++) {
    for (; w < all->workers && begin >= ck_share(job->n_tokens, all->workers, w); w++) {
      all->document[w] = d;
      all->token[w] = begin;
    }
    uint32_t count = ck_once32(&job->counts[d]);
    if (count > job->n_tokens - begin)
      return ck_fail(error, CK_CORRUPT, "document %zu ends after the last of %zu tokens", d, job->n_tokens);
    begin += count;
  }
  for (; w <= all->workers; w++) {
    all->document[w] = job->n_documents;
    all->token[w] = begin;
  }
  if (begin != job->n_tokens)
    return ck_fail(error, CK_CORRUPT, "the documents have %zu tokens, but there are %zu", begin, job->n_tokens);
  return CK_OK;
}

/* Compacts the tokens that the workers kept. */
static void ck_select_close(ck_selecting *all) {
  ck_selection *out = all->out;
  for (unsigned w = 0; w < all->workers; w++) {
    size_t from = all->token[w] + w, to = out->length, count = all->kept[w];
    out->length += count;
    if (from == to) continue;
    memmove(out->ids + to, out->ids + from, count * sizeof(uint32_t));
    memmove(out->barriers + to, out->barriers + from, count);
    if (out->positions) memmove(out->positions + to, out->positions + from, count * sizeof(uint32_t));
    for (size_t d = all->document[w]; d < all->document[w + 1]; d++) out->document_ends[d] += to;
  }
}

ck_code ck_select(const ck_selection_job *job, ck_selection *out, ck_ticker *ticker, ck_error *error) {
  ck_selecting all = {0};
  memset(out, 0, sizeof *out);
  all.job = job;
  all.out = out;
  all.workers = ck_workers_for(job->threads, job->n_tokens, job->grain);
  ck_code code = ck_selection_allocate(job, all.workers, out, error);
  if (!code) code = ck_select_cut(&all, error);
  if (!code) code = ck_select_pairs(&all, ticker, error);
  if (!code) code = ck_parallel(all.workers, ck_select_worker, &all, ticker, error);
  free(all.pairs);
  if (!code)
    ck_select_close(&all);
  else
    ck_selection_free(out);
  return code;
}
