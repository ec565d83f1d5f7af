#include "text_column.h"

void ck_text_column_close(ck_text_column *column) {
  for (size_t i = 0; i < column->chunks.length; i++) {
    struct ArrowArray *array = &column->chunks.data[i].array;
    if (array->release) array->release(array);
  }
  ck_text_chunks_free(&column->chunks);
}

static ck_code ck_text_layout_of(const char *format, ck_text_layout *layout, ck_error *error) {
  if (format && !strcmp(format, "vu")) {
    *layout = CK_VIEWS;
  } else if (format && !strcmp(format, "U")) {
    *layout = CK_OFFSETS64;
  } else if (format && !strcmp(format, "u")) {
    *layout = CK_OFFSETS32;
  } else {
    return ck_fail(error, CK_TYPE, "expected a column of strings, got the Arrow type '%.40s'",
                   format ? format : "(none)");
  }
  return CK_OK;
}

/* Checks that the buffers that a chunk needs exist. */
static ck_code ck_text_chunk_check(ck_text_layout layout, ck_text_chunk *chunk, ck_error *error) {
  const struct ArrowArray *array = &chunk->array;
  if (array->length < 0 || array->offset < 0 || array->length > INT64_MAX / 16 - array->offset - 1 ||
      chunk->first_row > INT64_MAX / 16 - array->length)
    return ck_fail(error, CK_CORRUPT, "corrupt column: length %lld at offset %lld", (long long)array->length,
                   (long long)array->offset);
  int64_t needed = layout == CK_VIEWS ? 2 : 3;
  if (array->n_buffers < needed || (layout != CK_VIEWS && array->n_buffers != 3) || !array->buffers)
    return ck_fail(error, CK_CORRUPT, "corrupt column: %lld buffers", (long long)array->n_buffers);
  if (array->n_children || array->dictionary)
    return ck_fail(error, CK_CORRUPT, "corrupt column: its strings have %s",
                   array->n_children ? "children" : "a dictionary");
  if (array->length == 0) return CK_OK;
  if (!array->buffers[1]) return ck_fail(error, CK_CORRUPT, "corrupt column: its values are missing");
  if (array->null_count > 0 && !array->buffers[0])
    return ck_fail(error, CK_CORRUPT, "corrupt column: %lld nulls without a validity buffer",
                   (long long)array->null_count);
  if (layout == CK_VIEWS && array->n_buffers > 3 && !array->buffers[array->n_buffers - 1])
    return ck_fail(error, CK_CORRUPT, "corrupt column: the sizes of its data buffers are missing");
  if (layout != CK_VIEWS) chunk->data_end = ck_text_offset(array, layout, array->offset + array->length);
  return CK_OK;
}

bool ck_stream_take(struct ArrowArrayStream *given, struct ArrowArrayStream *taken) {
  taken->release = NULL;
#if defined(__GNUC__) || defined(__clang__)
  taken->release = __atomic_exchange_n(&given->release, taken->release, __ATOMIC_ACQ_REL);
#else
  PVOID release = InterlockedExchangePointer((PVOID volatile *)&given->release, NULL);
  memcpy(&taken->release, &release, sizeof release);
#endif
  if (!taken->release) return false;
  taken->get_schema = given->get_schema;
  taken->get_next = given->get_next;
  taken->get_last_error = given->get_last_error;
  taken->private_data = given->private_data;
  return true;
}

/* Reads all chunks of a stream. On failure the column is closed. */
static ck_code ck_text_column_chunks(struct ArrowArrayStream *stream, ck_text_column *column, ck_error *error) {
  memset(column, 0, sizeof *column);
  column->simd = ck_simd_best();
  struct ArrowSchema schema;
  memset(&schema, 0, sizeof schema);
  if (stream->get_schema(stream, &schema)) {
    const char *reason = stream->get_last_error(stream);
    return ck_fail(error, CK_PRODUCER, "the column could not be read: %.200s", reason ? reason : "no reason given");
  }
  ck_code code = ck_text_layout_of(schema.format, &column->layout, error);
  if (!code && (schema.dictionary || schema.n_children))
    code = ck_fail(error, CK_TYPE, "expected a column of strings, got %s",
                   schema.dictionary ? "a dictionary" : "a column with children");
  if (schema.release) schema.release(&schema);
  while (!code) {
    code = ck_text_chunks_reserve(&column->chunks, 1, error);
    if (code) break;
    ck_text_chunk *chunk = &column->chunks.data[column->chunks.length];
    memset(chunk, 0, sizeof *chunk);
    if (stream->get_next(stream, &chunk->array)) {
      const char *reason = stream->get_last_error(stream);
      code = ck_fail(error, CK_PRODUCER, "the column could not be read: %.200s", reason ? reason : "no reason given");
      break;
    }
    if (!chunk->array.release) return CK_OK; /* end of the stream */
    chunk->first_row = column->length;
    column->chunks.length++;
    code = ck_text_chunk_check(column->layout, chunk, error);
    if (!code) column->length += chunk->array.length;
  }
  ck_text_column_close(column);
  return code;
}

ck_code ck_text_column_open(struct ArrowArrayStream *stream, ck_text_column *column, ck_error *error) {
  ck_code code = ck_text_column_chunks(stream, column, error);
  stream->release(stream);
  return code;
}

ck_code ck_text_corrupt(const ck_text_chunk *chunk, int64_t row, const char *what, ck_error *error) {
  return ck_fail(error, CK_CORRUPT, "corrupt column: row %lld: %s", (long long)(chunk->first_row + row), what);
}

ck_code ck_text_too_long(const ck_text_chunk *chunk, int64_t row, int64_t length, ck_error *error) {
  return ck_fail(error, CK_LIMIT, "row %lld has %lld bytes; a text can have at most 2,147,483,647",
                 (long long)(chunk->first_row + row), (long long)length);
}

/* ----------------------------------------------------------- rows in order */

ck_text_rows ck_text_rows_of(const ck_text_column *column, int64_t begin, int64_t end) {
  ck_text_rows rows = {column, 0, begin, end};
  return rows;
}

size_t ck_text_column_bytes(const ck_text_column *column) {
  size_t total = 0;
  for (size_t c = 0; c < column->chunks.length; c++)
    for (int64_t row = 0; row < column->chunks.data[c].array.length; row++)
      total += ck_text_stated(column, &column->chunks.data[c], row);
  return total;
}

/* Bytes that the buffers of a chunk hold, but for those of its views. */
static uint64_t ck_text_held(const ck_text_column *column, const ck_text_chunk *chunk) {
  const struct ArrowArray *array = &chunk->array;
  uint64_t held = 0;
  if (!array->length) return 0;
  if (column->layout != CK_VIEWS) {
    int64_t start = ck_text_offset(array, column->layout, array->offset);
    return start >= 0 && start < chunk->data_end ? (uint64_t)(chunk->data_end - start) : 0;
  }
  for (int64_t b = 0; b < array->n_buffers - 3; b++) {
    int64_t size;
    memcpy(&size, (const uint8_t *)array->buffers[array->n_buffers - 1] + 8 * b, 8);
    if (size > 0 && size <= INT64_MAX / array->n_buffers) held += (uint64_t)size;
  }
  return held;
}

size_t ck_text_column_likely_bytes(const ck_text_column *column) {
  enum { INLINE = 12 };
  size_t total = 0;
  for (size_t c = 0; c < column->chunks.length; c++) {
    const ck_text_chunk *chunk = &column->chunks.data[c];
    uint64_t held = ck_text_held(column, chunk) + INLINE * (uint64_t)chunk->array.length, taken = 0;
    for (int64_t row = 0; row < chunk->array.length; row++) taken += ck_text_stated(column, chunk, row);
    uint64_t bytes = taken < held ? taken : held;
    total = bytes < SIZE_MAX - total ? total + (size_t)bytes : SIZE_MAX;
  }
  return total;
}

unsigned ck_text_column_cut(const ck_text_column *column, unsigned threads, size_t grain,
                            int64_t rows[CK_MOST_WORKERS + 1]) {
  enum { ROW = 16 }; /* a row costs as much as some bytes */
  rows[0] = 0;
  rows[1] = column->length;
  if (threads <= 1) return 1;
  size_t total = ck_text_column_bytes(column) + ROW * (size_t)column->length, done = 0;
  unsigned workers = ck_workers_for(threads, total, grain), w = 1;
  for (size_t c = 0; c < column->chunks.length && w < workers; c++) {
    const ck_text_chunk *chunk = &column->chunks.data[c];
    for (int64_t row = 0; row < chunk->array.length && w < workers; row++) {
      while (w < workers && done >= ck_share(total, workers, w)) rows[w++] = chunk->first_row + row;
      done += ck_text_stated(column, chunk, row) + ROW;
    }
  }
  while (w <= workers) rows[w++] = column->length;
  return workers;
}

ck_code ck_text_column_read(const ck_text_column *column, bool null_is_empty, ck_text **texts, ck_error *error) {
  ck_text *text = *texts = (ck_text *)ck_allocate((size_t)column->length, sizeof(ck_text), error);
  CK_TRY(!text);
  for (size_t c = 0; c < column->chunks.length; c++) {
    const ck_text_chunk *chunk = &column->chunks.data[c];
    for (int64_t row = 0; row < chunk->array.length; row++, text++) {
      CK_TRY(ck_text_get(column, chunk, row, text, error));
      if (text->bytes) continue;
      if (!null_is_empty)
        return ck_fail(error, CK_CORRUPT, "the vocabulary has no word in row %lld",
                       (long long)(chunk->first_row + row));
      text->bytes = (const uint8_t *)"";
    }
  }
  return CK_OK;
}
