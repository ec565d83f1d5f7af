#include "group_counts.h"

#include <math.h>

#include "postings.h"
#include "selection.h"
#include "sorted.h"

/* ------------------------------------------------------------------ the forms of a document */

typedef struct {
  uint32_t *here;    /* of each form its count in the document */
  uint32_t *touched; /* the forms that it has */
  size_t length;
} ck_forms_here;

static void ck_forms_here_free(ck_forms_here *forms) {
  ck_block_give(forms->here);
  ck_block_give(forms->touched);
}

static ck_code ck_forms_here_new(ck_forms_here *forms, size_t n_forms, ck_error *error) {
  forms->length = 0;
  forms->here = (uint32_t *)ck_large(n_forms, sizeof(uint32_t), error);
  forms->touched = forms->here ? (uint32_t *)ck_large(n_forms, sizeof(uint32_t), error) : NULL;
  CK_TRY(!forms->touched);
  memset(forms->here, 0, n_forms * sizeof(uint32_t));
  return CK_OK;
}

/* Counts the forms of a listed document; its size is at least 1. */
static ck_code ck_forms_of_listed(const ck_groups_job *job, size_t place, ck_forms_here *forms, uint32_t *size,
                                  ck_ticker *ticker, ck_error *error) {
  size_t document = ck_once32(&job->listed[place]), begin = 0, end = 0;
  if (CK_UNLIKELY(document >= job->n_documents))
    return ck_fail(error, CK_CORRUPT, "document %zu is listed, but there are %zu", document, job->n_documents);
  CK_TRY(document && ck_document_end(job->document_ends, document - 1, 0, job->n_tokens, &begin, error));
  CK_TRY(ck_document_end(job->document_ends, document, begin, job->n_tokens, &end, error));
  forms->length = 0;
  for (size_t i = begin; i < end; i++) {
    uint32_t type = ck_once32(&job->types[i]);
    if (CK_UNLIKELY(type >= job->n_types)) return ck_no_such_type(i, type, job->n_types, error);
    uint32_t form = ck_once32(&job->form_of_type[type]);
    if (form == CK_NO_FORM) continue;
    if (CK_UNLIKELY(form >= job->n_forms))
      return ck_fail(error, CK_CORRUPT, "type %u has the form %u, but there are %zu forms", type, form, job->n_forms);
    if (!forms->here[form]++) forms->touched[forms->length++] = form;
  }
  *size = ck_once32(&job->sizes[place]);
  if (!*size) *size = 1;
  return ck_tick(ticker, (int64_t)(end - begin), error);
}

/* The end of a group that begins at `begin`, of `most` items. */
static ck_code ck_group_end(const uint64_t *ends, size_t group, size_t begin, size_t most, size_t *end,
                            ck_error *error) {
  uint64_t found = ck_once64(&ends[group]);
  *end = begin;
  if (CK_UNLIKELY(found < begin || found > most))
    return ck_fail(error, CK_CORRUPT, "group %zu ends at %llu, but must end at %zu to %zu", group,
                   (unsigned long long)found, begin, most);
  *end = (size_t)found;
  return CK_OK;
}

static ck_code ck_few_tokens(const ck_groups_job *job, ck_error *error) {
  if (job->n_tokens <= UINT32_MAX) return CK_OK;
  return ck_fail(error, CK_LIMIT, "the number of tokens must be at most 4,294,967,295, got %zu", job->n_tokens);
}

/* ------------------------------------------------------------------ counts */

typedef struct {
  uint32_t count, documents, holding;
} ck_form_of_group;

typedef struct {
  ck_forms_here document;
  ck_form_of_group *forms; /* of each form its counts in the group */
  uint32_t *touched;       /* the forms that the group has */
} ck_counting_groups;

void ck_group_rows_free(ck_group_rows *rows) {
  ck_block_give(rows->ends);
  ck_u32s_free(&rows->forms);
  ck_u32s_free(&rows->counts);
  ck_u32s_free(&rows->documents);
  ck_u32s_free(&rows->holding);
  memset(rows, 0, sizeof *rows);
}

static int ck_compare_forms(const void *a, const void *b) {
  uint32_t first = *(const uint32_t *)a, second = *(const uint32_t *)b;
  return (first > second) - (first < second);
}

/* Sorts the forms of a group: a few are compared, many are found again among all. */
static void ck_forms_ascend(const ck_counting_groups *all, size_t length, size_t n_forms) {
  enum { MANY = 16 };
  if (length < n_forms / MANY) {
    qsort(all->touched, length, sizeof(uint32_t), ck_compare_forms);
    return;
  }
  for (size_t form = 0, place = 0; form < n_forms && place < length; form++)
    if (all->forms[form].count) all->touched[place++] = (uint32_t)form;
}

static ck_code ck_group_write(const ck_counting_groups *all, size_t length, ck_group_rows *rows, ck_error *error) {
  CK_TRY(ck_u32s_reserve(&rows->forms, length, error));
  CK_TRY(ck_u32s_reserve(&rows->counts, length, error));
  CK_TRY(ck_u32s_reserve(&rows->documents, length, error));
  CK_TRY(ck_u32s_reserve(&rows->holding, length, error));
  for (size_t i = 0; i < length; i++) {
    ck_form_of_group *one = &all->forms[all->touched[i]];
    rows->forms.data[rows->forms.length++] = all->touched[i];
    rows->counts.data[rows->counts.length++] = one->count;
    rows->documents.data[rows->documents.length++] = one->documents;
    rows->holding.data[rows->holding.length++] = one->holding;
    memset(one, 0, sizeof *one);
  }
  return CK_OK;
}

static ck_code ck_count_each_group(const ck_groups_job *job, ck_counting_groups *all, ck_group_rows *rows,
                                   ck_ticker *ticker, ck_error *error) {
  size_t begin = 0, end = 0;
  for (size_t group = 0; group < job->n_groups; group++, begin = end) {
    size_t length = 0;
    CK_TRY(ck_group_end(job->group_ends, group, begin, job->n_listed, &end, error));
    for (size_t place = begin; place < end; place++) {
      uint32_t size = 0;
      CK_TRY(ck_forms_of_listed(job, place, &all->document, &size, ticker, error));
      for (size_t i = 0; i < all->document.length; i++) {
        uint32_t form = all->document.touched[i];
        ck_form_of_group *one = &all->forms[form];
        if (!one->count) all->touched[length++] = form;
        one->count += all->document.here[form];
        one->documents++;
        one->holding += size;
        all->document.here[form] = 0;
      }
    }
    ck_forms_ascend(all, length, job->n_forms);
    CK_TRY(ck_group_write(all, length, rows, error));
    rows->ends[group] = rows->forms.length;
  }
  return CK_OK;
}

ck_code ck_count_groups(const ck_groups_job *job, ck_group_rows *rows, ck_ticker *ticker, ck_error *error) {
  ck_counting_groups all = {0};
  memset(rows, 0, sizeof *rows);
  CK_TRY(ck_few_tokens(job, error));
  ck_code code = ck_forms_here_new(&all.document, job->n_forms, error);
  if (!code) {
    all.forms = (ck_form_of_group *)ck_large(job->n_forms, sizeof *all.forms, error);
    all.touched = all.forms ? (uint32_t *)ck_large(job->n_forms, sizeof(uint32_t), error) : NULL;
    rows->ends = all.touched ? (uint64_t *)ck_large(job->n_groups, sizeof(uint64_t), error) : NULL;
    code = rows->ends ? CK_OK : error->code;
  }
  if (!code) {
    memset(all.forms, 0, job->n_forms * sizeof *all.forms);
    code = ck_count_each_group(job, &all, rows, ticker, error);
  }
  ck_forms_here_free(&all.document);
  ck_block_give(all.forms);
  ck_block_give(all.touched);
  if (code) ck_group_rows_free(rows);
  return code;
}

/* ------------------------------------------------------------------ sums above thresholds */

/* The thresholds of a form for the documents of other groups ascend. What is between two of them is above all that are
 * lower, so that it is added to the highest of these, and all sums are made at the end. */
typedef struct {
  double threshold;
  uint32_t row, count, size;
} ck_step;

typedef struct {
  ck_forms_here document;
  ck_step *steps;
  uint64_t *starts; /* of the steps of each form, and their end */
  uint32_t *row_of; /* of each form its row in the group, plus one; 0 for none */
} ck_summing_groups;

void ck_group_sums_free(ck_group_sums *sums) {
  ck_block_give(sums->counts);
  ck_block_give(sums->sizes);
  ck_block_give(sums->other_counts);
  ck_block_give(sums->other_sizes);
  memset(sums, 0, sizeof *sums);
}

static int ck_compare_steps(const void *a, const void *b) {
  const ck_step *first = (const ck_step *)a, *second = (const ck_step *)b;
  return (first->threshold > second->threshold) - (first->threshold < second->threshold);
}

static ck_code ck_form_of_row(const ck_groups_job *job, const ck_thresholds *rows, size_t row, uint32_t *form,
                              ck_error *error) {
  *form = ck_once32(&rows->forms[row]);
  if (CK_LIKELY(*form < job->n_forms)) return CK_OK;
  return ck_fail(error, CK_CORRUPT, "row %zu has the form %u, but there are %zu forms", row, *form, job->n_forms);
}

/* Sorts the rows by form and threshold for the other groups; one that is not a number is above all shares. */
static ck_code ck_steps_make(const ck_groups_job *job, const ck_thresholds *rows, const ck_summing_groups *all,
                             ck_error *error) {
  uint32_t form = 0;
  uint64_t *next = all->starts + 1; /* where the next step of each form is put */
  memset(all->starts, 0, (job->n_forms + 2) * sizeof *all->starts);
  for (size_t row = 0; row < rows->length; row++) {
    CK_TRY(ck_form_of_row(job, rows, row, &form, error));
    next[form + 1]++;
  }
  for (size_t f = 0; f < job->n_forms; f++) next[f + 1] += next[f];
  for (size_t row = 0; row < rows->length; row++) {
    CK_TRY(ck_form_of_row(job, rows, row, &form, error));
    if (CK_UNLIKELY(next[form] >= rows->length)) return ck_changed("forms", error);
    ck_step *step = &all->steps[next[form]++];
    double threshold = rows->others[row];
    step->threshold = isnan(threshold) ? INFINITY : threshold;
    step->row = (uint32_t)row;
    step->count = step->size = 0;
  }
  for (size_t f = 0; f < job->n_forms; f++) {
    size_t begin = (size_t)all->starts[f], end = (size_t)all->starts[f + 1];
    if (end > begin + 1) qsort(all->steps + begin, end - begin, sizeof *all->steps, ck_compare_steps);
  }
  return CK_OK;
}

/* Adds the count of a form in a document to the highest threshold below its share. */
static inline void ck_step_add(const ck_summing_groups *all, uint32_t form, double share, uint32_t count,
                               uint32_t size) {
  size_t begin = (size_t)all->starts[form], low = begin, high = (size_t)all->starts[form + 1];
  if (low < high && share > all->steps[high - 1].threshold) low = high; /* as of most words */
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (all->steps[middle].threshold < share)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == begin) return;
  all->steps[low - 1].count += count;
  all->steps[low - 1].size += size;
}

static void ck_sum_document(const ck_thresholds *rows, const ck_summing_groups *all, uint32_t size,
                            const ck_group_sums *sums) {
  for (size_t i = 0; i < all->document.length; i++) {
    uint32_t form = all->document.touched[i], count = all->document.here[form], row = all->row_of[form];
    double share = (double)count / (double)size;
    all->document.here[form] = 0;
    ck_step_add(all, form, share, count, size);
    if (!row--) continue;
    if (share > rows->own[row]) {
      sums->counts[row] += count;
      sums->sizes[row] += size;
    }
    if (share > rows->others[row]) { /* less what the steps have of the group itself */
      sums->other_counts[row] -= count;
      sums->other_sizes[row] -= size;
    }
  }
}

static ck_code ck_sum_each_group(const ck_groups_job *job, const ck_thresholds *rows, ck_summing_groups *all,
                                 const ck_group_sums *sums, ck_ticker *ticker, ck_error *error) {
  size_t begin = 0, end = 0, first = 0, last = 0;
  for (size_t group = 0; group < job->n_groups; group++, begin = end, first = last) {
    uint32_t form = 0;
    CK_TRY(ck_group_end(job->group_ends, group, begin, job->n_listed, &end, error));
    CK_TRY(ck_group_end(rows->ends, group, first, rows->length, &last, error));
    for (size_t row = first; row < last; row++) {
      CK_TRY(ck_form_of_row(job, rows, row, &form, error));
      all->row_of[form] = (uint32_t)row + 1;
    }
    for (size_t place = begin; place < end; place++) {
      uint32_t size = 0;
      CK_TRY(ck_forms_of_listed(job, place, &all->document, &size, ticker, error));
      ck_sum_document(rows, all, size, sums);
    }
    for (size_t row = first; row < last; row++) {
      CK_TRY(ck_form_of_row(job, rows, row, &form, error));
      all->row_of[form] = 0;
    }
  }
  return CK_OK;
}

/* Adds to each row what is above its threshold: its step and all higher ones of its form. */
static void ck_steps_finish(const ck_summing_groups *all, size_t n_forms, const ck_group_sums *sums) {
  for (size_t form = 0; form < n_forms; form++) {
    uint32_t count = 0, size = 0;
    for (size_t i = (size_t)all->starts[form + 1]; i-- > (size_t)all->starts[form];) {
      const ck_step *step = &all->steps[i];
      count += step->count;
      size += step->size;
      sums->other_counts[step->row] += count;
      sums->other_sizes[step->row] += size;
    }
  }
}

static uint32_t *ck_zeros(size_t length, ck_error *error) {
  uint32_t *zeros = (uint32_t *)ck_large(length, sizeof *zeros, error);
  if (zeros) memset(zeros, 0, length * sizeof *zeros);
  return zeros;
}

static ck_code ck_summing_new(const ck_groups_job *job, size_t length, ck_summing_groups *all, ck_group_sums *sums,
                              ck_error *error) {
  CK_TRY(ck_forms_here_new(&all->document, job->n_forms, error));
  all->steps = (ck_step *)ck_large(length, sizeof *all->steps, error);
  all->starts = all->steps ? (uint64_t *)ck_large(job->n_forms + 2, sizeof *all->starts, error) : NULL;
  all->row_of = all->starts ? ck_zeros(job->n_forms, error) : NULL;
  sums->counts = all->row_of ? ck_zeros(length, error) : NULL;
  sums->sizes = sums->counts ? ck_zeros(length, error) : NULL;
  sums->other_counts = sums->sizes ? ck_zeros(length, error) : NULL;
  sums->other_sizes = sums->other_counts ? ck_zeros(length, error) : NULL;
  CK_TRY(!sums->other_sizes);
  memset(all->steps, 0, length * sizeof *all->steps); /* if the rows change, not all are set */
  return CK_OK;
}

ck_code ck_sum_groups(const ck_groups_job *job, const ck_thresholds *rows, ck_group_sums *sums, ck_ticker *ticker,
                      ck_error *error) {
  ck_summing_groups all = {0};
  memset(sums, 0, sizeof *sums);
  CK_TRY(ck_few_tokens(job, error));
  if (rows->length >= UINT32_MAX)
    return ck_fail(error, CK_LIMIT, "there must be fewer than 4,294,967,295 rows, got %zu", rows->length);
  ck_code code = ck_summing_new(job, rows->length, &all, sums, error);
  if (!code) code = ck_steps_make(job, rows, &all, error);
  if (!code) code = ck_sum_each_group(job, rows, &all, sums, ticker, error);
  if (!code) ck_steps_finish(&all, job->n_forms, sums);
  ck_forms_here_free(&all.document);
  ck_block_give(all.steps);
  ck_block_give(all.starts);
  ck_block_give(all.row_of);
  if (code) ck_group_sums_free(sums);
  return code;
}
