/* Selection of the ids that are counted from all tokens.
 *
 * A type has a form (the id that is counted), CK_NO_FORM: such a token is neither counted nor a barrier, or CK_BREAK: it
 * is not counted, and a barrier. A sentence or paragraph that begins with a token without a form begins with the next
 * token that has one.
 *
 * What cannot be in a frequent n-gram can be left out: a barrier is set between two neighbours that occur together too
 * rarely, and then runs that are too short are dropped. Pairs share counters by their hash (Park, Chen & Yu 1995), so a
 * counter is at least the count of each of its pairs: no frequent pair is parted, and few rare ones are not. */
#ifndef CK_SELECTION_H
#define CK_SELECTION_H

#include "core.h"

#define CK_NO_FORM 0xFFFFFFFFu
#define CK_BREAK 0xFFFFFFFEu

typedef struct {
  uint32_t *ids;
  uint8_t *barriers; /* 1: no n-gram crosses into this token from the previous one */
  uint32_t *positions;
  uint64_t *document_ends;
  size_t length;
} ck_selection;

void ck_selection_free(ck_selection *selection);

typedef struct {
  const uint32_t *type_ids;
  const uint8_t *flags;
  size_t n_tokens;
  const uint32_t *counts; /* tokens of each document */
  const uint8_t *chosen;  /* documents to take; NULL: all */
  size_t n_documents;
  const uint32_t *form_of_type;
  size_t n_types;
  uint8_t barrier_bits; /* the flags that are barriers */
  bool with_positions;
  unsigned threads;
  size_t grain;    /* tokens that are worth a thread */
  size_t shortest; /* fewer tokens than this between two barriers are left out */
  uint64_t least;  /* pairs of tokens that occur less often may be parted; 0: none are */
} ck_selection_job;

/* On failure the selection is freed. */
ck_code ck_select(const ck_selection_job *job, ck_selection *out, ck_ticker *ticker, ck_error *error);

#endif
