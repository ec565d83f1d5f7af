/* Counts of forms in one pass over the tokens: how often each occurs, in how many documents, and in which of them more
 * often than a threshold. Nothing is kept of a document but its own counts. */
#ifndef CK_FORM_COUNTS_H
#define CK_FORM_COUNTS_H

#include "core.h"

typedef struct {
  const uint32_t *types;
  size_t n_tokens;
  const uint64_t *document_ends;
  size_t n_documents;
  const uint8_t *chosen;        /* documents to count; NULL: all */
  const uint32_t *form_of_type; /* CK_NO_FORM for types that are not counted */
  size_t n_types, n_forms;
  const double *thresholds; /* of each form: a share of the counted tokens of a document; NULL: none */
  unsigned threads;
  size_t grain; /* tokens that are worth a thread */
} ck_forms_job;

typedef struct {
  double threshold;
  int64_t above, size_above; /* count in, and size of, the documents in which its share is above the threshold */
  uint32_t count, documents;
  uint32_t last, here; /* the last document that has it, plus one, and its count there */
} ck_form_count;

typedef struct {
  ck_form_count *forms;         /* n_forms */
  int64_t *counts, *documents;  /* n_forms each */
  int64_t *above, *sizes_above; /* n_forms each; NULL without thresholds */
  uint32_t *sizes;              /* counted tokens of each document; 0 for one that is not chosen */
} ck_form_counts;

void ck_form_counts_free(ck_form_counts *found);

/* On failure the counts are freed. */
ck_code ck_count_forms(const ck_forms_job *job, ck_form_counts *found, ck_ticker *ticker, ck_error *error);

#endif
