/* Counts of forms in groups of documents, and in which documents of a group, and of all other groups together, a form
 * is more frequent than a threshold. Of a document, nothing is kept but its own counts. */
#ifndef CK_GROUP_COUNTS_H
#define CK_GROUP_COUNTS_H

#include "arrays.h"

typedef struct {
  const uint32_t *types;
  size_t n_tokens;
  const uint64_t *document_ends;
  size_t n_documents;
  const uint32_t *form_of_type; /* CK_NO_FORM for types that are not counted */
  size_t n_types, n_forms;
  const uint32_t *listed; /* the documents of the groups, one group after another */
  const uint32_t *sizes;  /* of each listed document */
  size_t n_listed;
  const uint64_t *group_ends; /* of each group, in `listed` */
  size_t n_groups;
} ck_groups_job;

/* A row for each group and form in it: by group, the forms ascending. */
typedef struct {
  uint64_t *ends;                            /* of the rows of each group */
  ck_u32s forms, counts, documents, holding; /* `holding`: the size of the documents with the form */
} ck_group_rows;

void ck_group_rows_free(ck_group_rows *rows);

/* On failure there is nothing to free. */
ck_code ck_count_groups(const ck_groups_job *job, ck_group_rows *rows, ck_ticker *ticker, ck_error *error);

/* Rows of groups with their thresholds, which are shares of the size of a document. */
typedef struct {
  const uint64_t *ends; /* of the rows of each group */
  const uint32_t *forms;
  const double *own, *others; /* for the documents of the group, and for those of the other groups */
  size_t length;
} ck_thresholds;

/* Of each row the count of its form in, and the size of, the documents where its share is above the threshold. */
typedef struct {
  uint32_t *counts, *sizes;               /* in the documents of the group */
  uint32_t *other_counts, *other_sizes; /* in those of the other groups */
} ck_group_sums;

void ck_group_sums_free(ck_group_sums *sums);

/* On failure there is nothing to free. */
ck_code ck_sum_groups(const ck_groups_job *job, const ck_thresholds *rows, ck_group_sums *sums, ck_ticker *ticker,
                      ck_error *error);

#endif
