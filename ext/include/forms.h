/* The distinct forms of types, numbered in order of first occurrence. */
#ifndef CK_FORMS_H
#define CK_FORMS_H

#include "text_column.h"
#include "type_table.h"

#define CK_NO_FORM 0xFFFFFFFFu

enum { CK_FORMS_WAITING = 32 };

typedef struct {
  ck_types *forms;
  uint32_t *of_type;
  ck_key keys[CK_FORMS_WAITING]; /* fetched while others are read */
  int64_t rows[CK_FORMS_WAITING];
  unsigned length;
} ck_form_queue;

static ck_code ck_form_flush(ck_form_queue *queue, ck_error *error) {
  uint32_t ids[CK_FORMS_WAITING];
  ck_code code = ck_types_ids(queue->forms, queue->keys, queue->length, ids, error);
  for (unsigned i = 0; !code && i < queue->length; i++) queue->of_type[queue->rows[i]] = ids[i];
  queue->length = 0;
  return code;
}

/* Numbers the texts of a column, of those rows whose `chosen` is not 0 (NULL: all).
 * `of_type` takes the number of each row; a null or an empty text has none. */
CK_UNUSED static ck_code ck_number_forms(const ck_text_column *texts, const uint8_t *chosen, ck_types *forms,
                                         uint32_t *of_type, ck_ticker *ticker, ck_error *error) {
  ck_form_queue queue = {.forms = forms, .of_type = of_type};
  ck_text_rows rows = ck_text_rows_of(texts, 0, texts->length);
  ck_code code = CK_OK;
  ck_text text;
  for (int64_t row = 0; !code && row < texts->length; row++) {
    code = ck_text_next(&rows, &text, error);
    of_type[row] = CK_NO_FORM;
    if (code || !text.bytes || !text.length || (chosen && !chosen[row])) continue;
    ck_key *key = &queue.keys[queue.length];
    ck_key_make(key, text.bytes, text.length, text.length, 0);
    ck_types_prefetch(forms, key->hash);
    queue.rows[queue.length++] = row;
    if (queue.length == CK_FORMS_WAITING) code = ck_form_flush(&queue, error);
    if (!code) code = ck_tick(ticker, text.length, error);
  }
  return code ? code : ck_form_flush(&queue, error);
}

#endif
