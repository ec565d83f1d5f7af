/* A column of text, read from an Arrow stream.
 *
 * It accepts the three Arrow string layouts: string views ("vu", exported by Polars), large UTF-8 ("U") and UTF-8
 * ("u"). Every index, length and offset is checked before it is used, and every value is validated as UTF-8, because
 * neither the producer nor the import guarantees it. */
#ifndef CK_TEXT_COLUMN_H
#define CK_TEXT_COLUMN_H

#include "arrays.h"
#include "arrow.h"
#include "threads.h"
#include "utf8.h"

typedef enum { CK_VIEWS, CK_OFFSETS32, CK_OFFSETS64 } ck_text_layout;

typedef struct {
  struct ArrowArray array; /* owned */
  int64_t first_row;       /* row number of the chunk's first value in the column */
  int64_t data_end;        /* with offsets: upper bound of all of them, the end of the last value */
} ck_text_chunk;

CK_ARRAY(ck_text_chunk, ck_text_chunks)

typedef struct {
  ck_text_layout layout;
  int64_t length; /* rows in all chunks */
  ck_simd simd;   /* instruction set for validation; a caller may change it */
  ck_text_chunks chunks;
} ck_text_column;

/* One value. `bytes` is NULL for a null value, never for an empty one. */
typedef struct {
  const uint8_t *bytes;
  uint32_t length;
} ck_text;

static inline int64_t ck_text_offset(const struct ArrowArray *array, ck_text_layout layout, int64_t index) {
  const uint8_t *offsets = (const uint8_t *)array->buffers[1];
  int64_t offset;
  int32_t short_offset;
  if (layout == CK_OFFSETS64) {
    memcpy(&offset, offsets + 8 * index, 8);
    return offset;
  }
  memcpy(&short_offset, offsets + 4 * index, 4);
  return short_offset;
}

void ck_text_column_close(ck_text_column *column);

/* Moves a stream out of what the producer gave. Several threads may try, where Python has no GIL: only one gets it,
 * which is what an atomic exchange of `release` decides; the others and all later ones find it gone (false). */
bool ck_stream_take(struct ArrowArrayStream *given, struct ArrowArrayStream *taken);

/* Reads all chunks of a stream and releases it. On failure the column is closed. */
ck_code ck_text_column_open(struct ArrowArrayStream *stream, ck_text_column *column, ck_error *error);

ck_code ck_text_corrupt(const ck_text_chunk *chunk, int64_t row, const char *what, ck_error *error);

ck_code ck_text_too_long(const ck_text_chunk *chunk, int64_t row, int64_t length, ck_error *error);

static inline bool ck_text_is_valid(const struct ArrowArray *array, int64_t index) {
  const uint8_t *bits = array->null_count ? (const uint8_t *)array->buffers[0] : NULL; /* -1: unknown */
  return !bits || (bits[index >> 3] >> (index & 7) & 1);
}

static inline ck_code ck_text_view(const ck_text_chunk *chunk, int64_t row, ck_text *text, ck_error *error) {
  const struct ArrowArray *array = &chunk->array;
  const uint8_t *view = (const uint8_t *)array->buffers[1] + 16 * (array->offset + row);
  int32_t length, buffer, offset;
  memcpy(&length, view, 4);
  text->length = (uint32_t)length;
  if (CK_UNLIKELY(length < 0)) /* Polars makes views of up to 4 GiB, beyond the limit of Arrow */
    return ck_text_too_long(chunk, row, text->length, error);
  if (length <= 12) {
    text->bytes = view + 4;
    return CK_OK;
  }
  memcpy(&buffer, view + 8, 4);
  memcpy(&offset, view + 12, 4);
  if (CK_UNLIKELY(buffer < 0 || offset < 0 || buffer >= array->n_buffers - 3))
    return ck_text_corrupt(chunk, row, "a view refers to a missing buffer", error);
  int64_t size;
  memcpy(&size, (const uint8_t *)array->buffers[array->n_buffers - 1] + 8 * (int64_t)buffer, 8);
  const uint8_t *data = (const uint8_t *)array->buffers[2 + buffer];
  if (CK_UNLIKELY(!data || (int64_t)offset + length > size))
    return ck_text_corrupt(chunk, row, "a view ends outside its buffer", error);
  text->bytes = data + offset;
  return CK_OK;
}

static inline ck_code ck_text_slice(const ck_text_chunk *chunk, ck_text_layout layout, int64_t row, ck_text *text,
                                    ck_error *error) {
  const struct ArrowArray *array = &chunk->array;
  int64_t index = array->offset + row;
  int64_t start = ck_text_offset(array, layout, index), end = ck_text_offset(array, layout, index + 1);
  if (CK_UNLIKELY(start < 0 || end < start || end > chunk->data_end || (end > start && !array->buffers[2])))
    return ck_text_corrupt(chunk, row, "its offsets are not ascending", error);
  if (CK_UNLIKELY(end - start > INT32_MAX)) return ck_text_too_long(chunk, row, end - start, error);
  text->bytes = array->buffers[2] ? (const uint8_t *)array->buffers[2] + start : (const uint8_t *)"";
  text->length = (uint32_t)(end - start);
  return CK_OK;
}

/* The value in `row` of the chunk, checked to be inside its buffer; the caller must validate it. */
static inline ck_code ck_text_locate(const ck_text_column *column, const ck_text_chunk *chunk, int64_t row,
                                            ck_text *text, ck_error *error) {
  text->bytes = NULL;
  text->length = 0;
  CK_ASSERT(row >= 0 && row < chunk->array.length);
  if (!ck_text_is_valid(&chunk->array, chunk->array.offset + row)) return CK_OK;
  return column->layout == CK_VIEWS ? ck_text_view(chunk, row, text, error)
                                    : ck_text_slice(chunk, column->layout, row, text, error);
}

static inline ck_code ck_text_validate(const ck_text_column *column, const ck_text_chunk *chunk, int64_t row,
                                                 const ck_text *text, ck_error *error) {
  size_t bad = ck_utf8_check_with(column->simd, text->bytes, text->length);
  if (CK_UNLIKELY(bad != text->length))
    return ck_fail(error, CK_UTF8, "row %lld is not valid UTF-8: byte 0x%02X at position %zu",
                   (long long)(chunk->first_row + row), text->bytes[bad], bad);
  return CK_OK;
}

/* The value in `row` of the chunk, checked to be inside its buffer and valid UTF-8. */
static inline ck_code ck_text_get(const ck_text_column *column, const ck_text_chunk *chunk, int64_t row,
                                            ck_text *text, ck_error *error) {
  ck_code code = ck_text_locate(column, chunk, row, text, error);
  return CK_UNLIKELY(code) ? code : ck_text_validate(column, chunk, row, text, error);
}

/* ----------------------------------------------------------- rows in order */

/* An iterator over a range of rows, across chunks. */
typedef struct {
  const ck_text_column *column;
  size_t chunk;
  int64_t row, end;
} ck_text_rows;

ck_text_rows ck_text_rows_of(const ck_text_column *column, int64_t begin, int64_t end);

/* The next value; requires row < end. */
static inline ck_code ck_text_next(ck_text_rows *rows, ck_text *text, ck_error *error) {
  const ck_text_chunk *chunk = &rows->column->chunks.data[rows->chunk];
  while (CK_UNLIKELY(rows->row - chunk->first_row >= chunk->array.length))
    chunk = &rows->column->chunks.data[++rows->chunk];
  return ck_text_get(rows->column, chunk, rows->row++ - chunk->first_row, text, error);
}

/* Bytes of a value, as the column states; unchecked. A null has none: what is stated for it is undefined. */
static inline size_t ck_text_stated(const ck_text_column *column, const ck_text_chunk *chunk, int64_t row) {
  const struct ArrowArray *array = &chunk->array;
  int64_t index = array->offset + row, bytes;
  int32_t length;
  if (!ck_text_is_valid(array, index)) return 0;
  if (column->layout == CK_VIEWS) {
    memcpy(&length, (const uint8_t *)array->buffers[1] + 16 * index, 4);
    bytes = length;
  } else {
    int64_t start = ck_text_offset(array, column->layout, index);
    bytes = ck_text_offset(array, column->layout, index + 1);
    bytes = start < 0 || bytes < start ? 0 : bytes - start;
  }
  return bytes > 0 && bytes <= INT32_MAX ? (size_t)bytes : 0;
}

/* Bytes of all values, as the column states. */
size_t ck_text_column_bytes(const ck_text_column *column);

/* Bytes of distinct text that the column may have, for estimates: what its values state, but not more than there is,
 * since views may overlap. */
size_t ck_text_column_likely_bytes(const ck_text_column *column);

/* Divides a column among workers by bytes: worker w has the rows from rows[w] up to rows[w + 1]. Returns the number
 * of workers, at most `threads` and one for each `grain` bytes. */
unsigned ck_text_column_cut(const ck_text_column *column, unsigned threads, size_t grain,
                            int64_t rows[CK_MOST_WORKERS + 1]);

/* All values of the column, each checked once; they point into it. The caller frees `*texts`, on failure too. A null
 * becomes an empty text or is an error. */
ck_code ck_text_column_read(const ck_text_column *column, bool null_is_empty, ck_text **texts, ck_error *error);

#endif
