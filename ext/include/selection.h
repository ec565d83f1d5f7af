/* From tokens of every kind to the ids that are counted.
 *
 * A type has a form (the id that is counted) or CK_NO_FORM: such a token is
 * neither counted nor a barrier. A sentence or paragraph that begins with a
 * token without a form begins with the next token that has one. */
#ifndef CK_SELECTION_H
#define CK_SELECTION_H

#include "core.h"
#include "pages.h"

#define CK_NO_FORM 0xFFFFFFFFu

typedef struct {
  uint32_t *ids;
  uint8_t *barriers; /* 1: no n-gram may reach into this token from the one before */
  uint32_t *positions;
  uint64_t *document_ends;
  size_t length;
} ck_selection;

CK_UNUSED static void ck_selection_free(ck_selection *selection) {
  free(selection->ids);
  free(selection->barriers);
  free(selection->positions);
  free(selection->document_ends);
  memset(selection, 0, sizeof *selection);
}

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
} ck_selection_job;

static ck_code ck_selection_allocate(const ck_selection_job *job, ck_selection *out, ck_error *error) {
  size_t room = job->n_tokens + 1; /* a token without a form is written too, and overwritten by the next */
  if (job->n_tokens > UINT32_MAX)
    return ck_fail(error, CK_LIMIT, "%zu tokens; at most 4,294,967,295 can be counted at once", job->n_tokens);
  out->ids = (uint32_t *)ck_pages(room, sizeof(uint32_t), error);
  if (!out->ids) return error->code;
  out->barriers = (uint8_t *)ck_pages(room, sizeof(uint8_t), error);
  if (!out->barriers) return error->code;
  out->document_ends = (uint64_t *)ck_allocate(job->n_documents, sizeof(uint64_t), error);
  if (!out->document_ends) return error->code;
  if (!job->with_positions) return CK_OK;
  out->positions = (uint32_t *)ck_pages(room, sizeof(uint32_t), error);
  return out->positions ? CK_OK : error->code;
}

static ck_code ck_select_document(const ck_selection_job *job, size_t begin, size_t end, ck_selection *out,
                                  ck_error *error) {
  size_t length = out->length;
  uint8_t pending = 1;
  for (size_t i = begin; i < end; i++) {
    uint32_t type = job->type_ids[i];
    if (CK_UNLIKELY(type >= job->n_types))
      return ck_fail(error, CK_CORRUPT, "token %zu has the type %u, but there are %zu types", i, type, job->n_types);
    uint32_t form = job->form_of_type[type];
    bool counted = form != CK_NO_FORM;
    pending |= (job->flags[i] & job->barrier_bits) != 0;
    out->ids[length] = form;
    out->barriers[length] = pending;
    if (out->positions) out->positions[length] = (uint32_t)i;
    length += counted;
    pending = counted ? 0 : pending;
  }
  out->length = length;
  return CK_OK;
}

/* On failure the selection is freed. */
CK_UNUSED static ck_code ck_select(const ck_selection_job *job, ck_selection *out, ck_ticker *ticker, ck_error *error) {
  memset(out, 0, sizeof *out);
  ck_code code = ck_selection_allocate(job, out, error);
  size_t begin = 0;
  for (size_t d = 0; !code && d < job->n_documents; d++) {
    if (job->counts[d] > job->n_tokens - begin) {
      code = ck_fail(error, CK_CORRUPT, "document %zu ends beyond the last of %zu tokens", d, job->n_tokens);
      break;
    }
    size_t end = begin + job->counts[d];
    if (!job->chosen || job->chosen[d]) code = ck_select_document(job, begin, end, out, error);
    if (!code) code = ck_tick(ticker, (int64_t)(end - begin), error);
    out->document_ends[d] = out->length;
    begin = end;
  }
  if (!code && begin != job->n_tokens)
    code = ck_fail(error, CK_CORRUPT, "the documents hold %zu tokens, but there are %zu", begin, job->n_tokens);
  if (code) ck_selection_free(out);
  return code;
}

#endif
