/* A column of text through a program. */
#ifndef CK_NORMALIZE_COLUMN_H
#define CK_NORMALIZE_COLUMN_H

#include "column_out.h"
#include "normalize.h"
#include "text_column.h"

/* The value is written where it stays if its longest possible form is an
 * allowed length, else (a huge text, or tables that expand much) aside first. */
static ck_code ck_normalize_value(const ck_program *program, ck_text text, ck_strings *strings, ck_work *work,
                                  ck_ticker *ticker, ck_error *error) {
  size_t capacity = (size_t)text.length * program->growth_bytes + 1, length = 0;
  bool in_place = capacity <= INT32_MAX;
  uint8_t *room = in_place ? ck_strings_room(strings, capacity, error) : (uint8_t *)ck_allocate(capacity, 1, error);
  if (!room) return error->code;
  ck_code code =
      ck_normalize_utf8(program, text.bytes, text.length, room, capacity, NULL, &length, work, ticker, error);
  if (!code)
    code = in_place ? ck_strings_commit(strings, length, error) : ck_strings_push(strings, room, length, error);
  if (!in_place) free(room);
  return code;
}

/* Makes a column of the normalised texts; nulls stay null. */
CK_UNUSED static ck_code ck_normalize_column(const ck_program *program, const ck_text_column *texts, size_t block_limit,
                                             ck_ticker *ticker, ck_column *column, ck_error *error) {
  ck_strings strings;
  ck_work work;
  ck_text text;
  memset(&work, 0, sizeof work);
  ck_strings_init(&strings, block_limit);
  ck_code code = CK_OK;
  for (size_t c = 0; !code && c < texts->chunks.length; c++) {
    const ck_text_chunk *chunk = &texts->chunks.data[c];
    for (int64_t row = 0; !code && row < chunk->array.length; row++) {
      code = ck_text_get(texts, chunk, row, &text, error);
      if (code) break;
      if (!text.bytes)
        code = ck_strings_push_null(&strings, error);
      else
        code = ck_normalize_value(program, text, &strings, &work, ticker, error);
      if (!code) code = ck_tick(ticker, 0, error);
    }
  }
  ck_work_free(&work);
  if (!code) return ck_strings_finish(&strings, column, error);
  ck_strings_free(&strings);
  return code;
}

#endif
