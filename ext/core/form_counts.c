#include "form_counts.h"

#include "pages.h"
#include "postings.h"
#include "selection.h"
#include "sorted.h"
#include "threads.h"

void ck_form_counts_free(ck_form_counts *found) {
  ck_block_give(found->forms);
  ck_block_give(found->counts);
  ck_block_give(found->documents);
  ck_block_give(found->above);
  ck_block_give(found->sizes_above);
  ck_block_give(found->sizes);
  memset(found, 0, sizeof *found);
}

/* The counters of a worker. */
static ck_form_count *ck_forms_zero(const ck_forms_job *job, ck_error *error) {
  ck_form_count *forms = (ck_form_count *)ck_large(job->n_forms, sizeof *forms, error);
  if (!forms) return NULL;
  memset(forms, 0, job->n_forms * sizeof *forms);
  for (size_t form = 0; job->thresholds && form < job->n_forms; form++) forms[form].threshold = job->thresholds[form];
  return forms;
}

typedef struct {
  const ck_forms_job *job;
  ck_form_counts *found;
  ck_form_count *forms[CK_MOST_WORKERS];
  size_t document[CK_MOST_WORKERS + 1]; /* the first one of each worker */
} ck_counting_forms;

/* The form of a token, or CK_NO_FORM. */
static inline ck_code ck_form_of(const ck_forms_job *job, size_t i, uint32_t *form, ck_error *error) {
  uint32_t type = ck_once32(&job->types[i]);
  if (CK_UNLIKELY(type >= job->n_types)) return ck_no_such_type(i, type, job->n_types, error);
  *form = ck_once32(&job->form_of_type[type]);
  if (CK_UNLIKELY(*form >= job->n_forms && *form != CK_NO_FORM))
    return ck_fail(error, CK_CORRUPT, "type %u has the form %u, but there are %zu forms", type, *form, job->n_forms);
  return CK_OK;
}

/* Prefetches the counter of a token that comes soon. */
static inline void ck_forms_ahead(const ck_forms_job *job, const ck_form_count *forms, size_t i, size_t end) {
  enum { AHEAD = 12 };
  if (i + AHEAD >= end) return;
  uint32_t type = job->types[i + AHEAD];
  if (CK_LIKELY(type < job->n_types)) CK_PREFETCH_WRITE(forms + job->form_of_type[type]);
}

/* Compares the share of a form in the last document that has it with the threshold. */
static inline void ck_form_close(ck_form_count *one, const uint32_t *sizes) {
  if (!one->last) return;
  uint32_t size = sizes[one->last - 1];
  if ((double)one->here / (double)size > one->threshold) {
    one->above += one->here;
    one->size_above += size;
  }
}

static ck_code ck_forms_document(const ck_counting_forms *all, ck_form_count *forms, size_t begin, size_t end,
                                 uint32_t document, ck_error *error) {
  const ck_forms_job *job = all->job;
  uint32_t *sizes = all->found->sizes, size = 0, form = CK_NO_FORM;
  for (size_t i = begin; i < end; i++) {
    ck_forms_ahead(job, forms, i, end);
    CK_TRY(ck_form_of(job, i, &form, error));
    if (form == CK_NO_FORM) continue;
    ck_form_count *one = &forms[form];
    size++;
    one->count++;
    if (one->last == document + 1) {
      one->here++;
      continue;
    }
    if (job->thresholds) ck_form_close(one, sizes);
    one->documents++;
    one->last = document + 1;
    one->here = 1;
  }
  sizes[document] = size;
  return CK_OK;
}

static ck_code ck_forms_work(void *context, unsigned worker, ck_ticker *ticker, ck_error *error) {
  ck_counting_forms *all = (ck_counting_forms *)context;
  const ck_forms_job *job = all->job;
  ck_form_count *forms = all->forms[worker];
  size_t first = all->document[worker], begin = 0, end = 0;
  CK_TRY(first && ck_document_end(job->document_ends, first - 1, 0, job->n_tokens, &begin, error));
  for (size_t d = first; d < all->document[worker + 1]; d++, begin = end) {
    CK_TRY(ck_document_end(job->document_ends, d, begin, job->n_tokens, &end, error));
    CK_TRY((!job->chosen || job->chosen[d]) && ck_forms_document(all, forms, begin, end, (uint32_t)d, error));
    CK_TRY(ck_tick(ticker, (int64_t)(end - begin), error));
  }
  for (size_t form = 0; job->thresholds && form < job->n_forms; form++)
    ck_form_close(&forms[form], all->found->sizes);
  return CK_OK;
}

/* Divides the documents among the workers. */
static void ck_forms_cut(ck_counting_forms *all, unsigned workers) {
  const ck_forms_job *job = all->job;
  for (unsigned w = 1; w < workers; w++)
    all->document[w] = ck_first_above(job->document_ends, all->document[w - 1], job->n_documents,
                                      ck_share(job->n_tokens, workers, w));
  all->document[workers] = job->n_documents;
}

/* Adds the counts of the other workers to those of the first, as columns. */
static void ck_forms_finish(const ck_counting_forms *all, unsigned workers) {
  ck_form_counts *found = all->found;
  for (size_t form = 0; form < all->job->n_forms; form++) {
    ck_form_count sum = all->forms[0][form];
    for (unsigned w = 1; w < workers; w++) {
      sum.count += all->forms[w][form].count;
      sum.documents += all->forms[w][form].documents;
      sum.above += all->forms[w][form].above;
      sum.size_above += all->forms[w][form].size_above;
    }
    found->counts[form] = sum.count;
    found->documents[form] = sum.documents;
    if (!all->job->thresholds) continue;
    found->above[form] = sum.above;
    found->sizes_above[form] = sum.size_above;
  }
}

static ck_code ck_form_counts_new(ck_form_counts *found, const ck_forms_job *job, ck_error *error) {
  found->forms = ck_forms_zero(job, error);
  CK_TRY(!found->forms);
  found->counts = (int64_t *)ck_large(job->n_forms, sizeof(int64_t), error);
  CK_TRY(!found->counts);
  found->documents = (int64_t *)ck_large(job->n_forms, sizeof(int64_t), error);
  CK_TRY(!found->documents);
  found->sizes = (uint32_t *)ck_large(job->n_documents, sizeof(uint32_t), error);
  CK_TRY(!found->sizes);
  memset(found->sizes, 0, job->n_documents * sizeof(uint32_t));
  if (!job->thresholds) return CK_OK;
  found->above = (int64_t *)ck_large(job->n_forms, sizeof(int64_t), error);
  CK_TRY(!found->above);
  found->sizes_above = (int64_t *)ck_large(job->n_forms, sizeof(int64_t), error);
  return found->sizes_above ? CK_OK : error->code;
}

ck_code ck_count_forms(const ck_forms_job *job, ck_form_counts *found, ck_ticker *ticker, ck_error *error) {
  enum { FORMS = 8 }; /* a thread is worth some tokens for each form, whose counts are added at the end */
  ck_counting_forms all = {0};
  size_t grain = job->grain > FORMS * job->n_forms ? job->grain : FORMS * job->n_forms;
  unsigned workers = ck_workers_for(job->threads, job->n_tokens, grain);
  memset(found, 0, sizeof *found);
  if (job->n_tokens > UINT32_MAX)
    return ck_fail(error, CK_LIMIT, "the number of tokens must be at most 4,294,967,295, got %zu", job->n_tokens);
  all.job = job;
  all.found = found;
  ck_code code = ck_form_counts_new(found, job, error);
  all.forms[0] = found->forms;
  for (unsigned w = 1; w < workers && !code; w++) {
    all.forms[w] = ck_forms_zero(job, error);
    if (!all.forms[w]) code = error->code;
  }
  if (!code) {
    ck_forms_cut(&all, workers);
    code = ck_parallel(workers, ck_forms_work, &all, ticker, error);
  }
  if (!code) ck_forms_finish(&all, workers);
  for (unsigned w = 1; w < workers; w++) ck_block_give(all.forms[w]);
  if (code) ck_form_counts_free(found);
  return code;
}
