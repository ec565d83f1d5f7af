/* What stands around the hits of a search. */
#ifndef CK_COLLOCATES_H
#define CK_COLLOCATES_H

#include "core.h"
#include "selection.h"

/* Hits are spans of tokens, first[h] up to end[h], in the order of the text. A
 * window is so many words (tokens with a form) before and after a hit. It ends
 * where a unit of text ends: a token with one of `barrier_bits` begins a new
 * one; a document always does. */
typedef struct {
  const uint32_t *types;
  const uint8_t *flags;
  size_t n_tokens;
  const uint32_t *form_of_type;
  size_t n_types, n_forms;
  const uint64_t *document_ends;
  size_t n_documents;
  const int64_t *first, *end;
  size_t n_hits;
  uint64_t before, after;
  uint8_t barrier_bits;
} ck_windows_job;

/* For each form: how often it stands in a window, in how many documents it does,
 * and how often it is part of a hit. A token in two windows counts once, and one
 * that is part of a hit is in no window. */
typedef struct {
  int64_t *counts, *documents, *in_hits;
  uint32_t *last; /* the last document of each form, plus one */
} ck_collocates;

CK_UNUSED static void ck_collocates_free(ck_collocates *found) {
  free(found->counts);
  free(found->documents);
  free(found->in_hits);
  free(found->last);
  memset(found, 0, sizeof *found);
}

CK_UNUSED static ck_code ck_collocates_new(ck_collocates *found, size_t n_forms, ck_error *error) {
  memset(found, 0, sizeof *found);
  found->counts = (int64_t *)calloc(n_forms + 1, sizeof(int64_t));
  found->documents = (int64_t *)calloc(n_forms + 1, sizeof(int64_t));
  found->in_hits = (int64_t *)calloc(n_forms + 1, sizeof(int64_t));
  found->last = (uint32_t *)calloc(n_forms + 1, sizeof(uint32_t));
  if (found->counts && found->documents && found->in_hits && found->last) return CK_OK;
  ck_collocates_free(found);
  return ck_out_of_memory(error, (n_forms + 1) * (3 * sizeof(int64_t) + sizeof(uint32_t)));
}

/* Hits must be spans of the corpus, each beginning and ending not before the one
 * before it, and within one document. */
static ck_code ck_check_hits(const ck_windows_job *job, ck_error *error) {
  int64_t first = 0, end = 0;
  for (size_t h = 0; h < job->n_hits; h++) {
    if (job->first[h] < first || job->end[h] < end || job->end[h] <= job->first[h] ||
        (uint64_t)job->end[h] > job->n_tokens)
      return ck_fail(error, CK_CORRUPT, "hit %zu is %lld to %lld, after one from %lld to %lld, in %zu tokens", h,
                     (long long)job->first[h], (long long)job->end[h], (long long)first, (long long)end,
                     job->n_tokens);
    first = job->first[h];
    end = job->end[h];
  }
  return CK_OK;
}

/* The form of a token, or CK_NO_FORM; sets `error` where the type or form is not there. */
static inline uint32_t ck_form_at(const ck_windows_job *job, size_t i, ck_error *error) {
  uint32_t type = job->types[i];
  uint32_t form = CK_LIKELY(type < job->n_types) ? job->form_of_type[type] : CK_NO_FORM - 1;
  if (CK_UNLIKELY(form >= job->n_forms && form != CK_NO_FORM))
    ck_fail(error, CK_CORRUPT, "token %zu has the type %u of %zu types, or a form beyond %zu forms", i, type,
            job->n_types, job->n_forms);
  return form;
}

static inline void ck_add_collocate(ck_collocates *found, uint32_t form, uint32_t document) {
  found->counts[form]++;
  found->documents[form] += found->last[form] != document + 1;
  found->last[form] = document + 1;
}

CK_UNUSED static ck_code ck_count_collocates(const ck_windows_job *job, ck_collocates *found, ck_ticker *ticker,
                                             ck_error *error) {
  size_t done = 0; /* tokens before it are counted, or are in no window */
  size_t document = 0, begins = 0;
  error->code = CK_OK;
  if (ck_check_hits(job, error)) return error->code;
  for (size_t h = 0; h < job->n_hits; h++) {
    size_t first = (size_t)job->first[h], end = (size_t)job->end[h];
    size_t next = h + 1 < job->n_hits ? (size_t)job->first[h + 1] : job->n_tokens;
    while (document < job->n_documents && job->document_ends[document] <= first)
      begins = (size_t)job->document_ends[document++];
    if (CK_UNLIKELY(document == job->n_documents || end > job->document_ends[document]))
      return ck_fail(error, CK_CORRUPT, "hit %zu is in no document, or in two", h);
    size_t low = done > begins ? done : begins, high = (size_t)job->document_ends[document];
    uint64_t left = job->before;
    for (size_t i = first; i > low && left && !(job->flags[i] & job->barrier_bits); i--) {
      uint32_t form = ck_form_at(job, i - 1, error);
      if (form == CK_NO_FORM) continue;
      if (CK_UNLIKELY(error->code)) return error->code;
      ck_add_collocate(found, form, (uint32_t)document);
      left--;
    }
    for (size_t i = first > done ? first : done; i < end; i++) { /* hits of a phrase may overlap */
      uint32_t form = ck_form_at(job, i, error);
      if (CK_UNLIKELY(error->code)) return error->code;
      if (form != CK_NO_FORM) found->in_hits[form]++;
    }
    if (done < end) done = end;
    if (high > next) high = next;
    left = job->after;
    for (size_t i = end; i < high && left && !(job->flags[i] & job->barrier_bits); i++) {
      uint32_t form = ck_form_at(job, i, error);
      if (form == CK_NO_FORM) continue;
      if (CK_UNLIKELY(error->code)) return error->code;
      ck_add_collocate(found, form, (uint32_t)document);
      done = i + 1;
      left--;
    }
    if (ck_tick(ticker, (int64_t)(done - low), error)) return error->code;
  }
  return CK_OK;
}

#endif
