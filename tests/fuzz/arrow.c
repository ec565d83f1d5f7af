/* Arrow columns from any producer: chunks whose buffers are as large as they must be, but hold anything, are read as a
 * slow and obvious reader reads them; what cannot be read is an error. Everything is released once.
 *
 * An input: the layout, the failing call, the chunks, and the bytes of their buffers. */
#include "fuzz.h"

enum { MOST_ROWS = 20, MOST_BUFFERS = 3, MOST_BYTES = 200 };

/* Sizes of buffers are what is given: a producer that lies about these cannot be checked. Each view has a length of
 * any kind, mostly a possible one. */
static void take_views(fuzz_input *input, struct ArrowArray *array, fuzz_buffers *made) {
  size_t rows = (size_t)(array->offset + array->length), buffers = made->count > 3 ? made->count - 3 : 0;
  uint8_t *views = (uint8_t *)malloc(16 * rows + !rows);
  int64_t sizes[MOST_BUFFERS + 1] = {0};
  CHECK(views);
  for (size_t b = 0; b < buffers; b++) {
    sizes[b] = fuzz_below(input, MOST_BYTES);
    size_t held = fuzz_left(input) < (size_t)sizes[b] ? fuzz_left(input) : (size_t)sizes[b];
    uint8_t *data = (uint8_t *)calloc(1, sizes[b] ? (size_t)sizes[b] : 1);
    CHECK(data);
    memcpy(data, input->at, held);
    input->at += held;
    made->buffers[2 + b] = data;
  }
  for (size_t row = 0; row < rows; row++) {
    uint8_t *view = views + 16 * row, kind = fuzz_byte(input);
    uint32_t length = kind & 1 ? kind / 2 : (uint32_t)fuzz_number(input), block = fuzz_byte(input);
    uint32_t offset = (uint32_t)fuzz_number(input);
    if (block > 250) block = (uint32_t)fuzz_bits(input, 4);
    memcpy(view, &length, 4);
    for (int i = 4; i < 16; i++) view[i] = length <= 12 ? fuzz_byte(input) : 0;
    if (length <= 12) continue;
    memcpy(view + 8, &block, 4);
    memcpy(view + 12, &offset, 4);
  }
  made->buffers[1] = views;
  if (made->count > 3) made->buffers[made->count - 1] = fuzz_copy(sizes, buffers * sizeof *sizes);
  if (made->count > 3 && buffers && fuzz_byte(input) == 255) { /* no data where there are no bytes */
    free((void *)made->buffers[2]);
    made->buffers[2] = NULL;
  }
}

/* Offsets of any kind, mostly ascending; the data ends at the last one. */
static void take_offsets(fuzz_input *input, struct ArrowArray *array, fuzz_buffers *made, unsigned width) {
  size_t rows = (size_t)(array->offset + array->length), place = 0;
  uint8_t *offsets = (uint8_t *)malloc((rows + 1) * width);
  int64_t last = 0;
  CHECK(offsets);
  for (size_t row = 0; row <= rows; row++) {
    uint8_t kind = fuzz_byte(input);
    place += kind < 240 ? kind % 32 : 0;
    int64_t offset = kind < 240 ? (int64_t)place : (int64_t)fuzz_number(input);
    int32_t narrow = (int32_t)offset;
    if (row == rows && (width == 8 ? offset : narrow) > MOST_ROWS * 64) narrow = (int32_t)(offset = (int64_t)place);
    memcpy(offsets + row * width, width == 8 ? (void *)&offset : (void *)&narrow, width);
    last = width == 8 ? offset : narrow;
  }
  size_t size = last > 0 ? (size_t)last : 0, held = fuzz_left(input) < size ? fuzz_left(input) : size;
  uint8_t *data = (uint8_t *)calloc(1, size ? size : 1);
  CHECK(data);
  if (held) memcpy(data, input->at, held);
  input->at += held;
  made->buffers[1] = offsets;
  made->buffers[2] = data;
  if (!size && fuzz_byte(input) & 1) {
    free(data);
    made->buffers[2] = NULL;
  }
}

/* Damages the struct, in ways that must be noticed before a buffer is read. */
static void damage(fuzz_input *input, struct ArrowArray *array, fuzz_buffers *made) {
  static struct ArrowArray dictionary;
  int64_t number = (int64_t)fuzz_number(input);
  switch (fuzz_below(input, 7)) {
    case 0:
      array->length = number < 0 || number > INT64_MAX / 16 ? number : -1;
      break;
    case 1:
      array->offset = number < 0 || number > INT64_MAX / 16 ? number : -1;
      break;
    case 2:
      array->n_buffers = number < 2 ? number : -number;
      break;
    case 3:
      array->buffers = NULL;
      break;
    case 4:
      array->n_children = number;
      break;
    case 5:
      array->dictionary = &dictionary;
      break;
    default: {
      size_t buffer = (size_t)(number & 1);
      free((void *)made->buffers[buffer]);
      made->buffers[buffer] = NULL;
      if (buffer == 0 && array->null_count < 0) array->null_count = 1;
    }
  }
}

static bool take_chunk(fuzz_input *input, ck_text_layout layout, struct ArrowArray *array) {
  uint8_t kind = fuzz_byte(input);
  size_t views = kind % 5 == 4 ? 2 : 3 + kind % (MOST_BUFFERS + 1);
  fuzz_buffers *made = fuzz_array_new(array, layout == CK_VIEWS ? views : 3);
  array->length = fuzz_below(input, MOST_ROWS);
  array->offset = fuzz_below(input, 12);
  size_t bytes = (size_t)(array->offset + array->length + 7) / 8;
  uint8_t *bits = (uint8_t *)calloc(bytes + !bytes, 1);
  CHECK(bits);
  for (size_t i = 0; i < bytes; i++) bits[i] = kind & 64 ? fuzz_byte(input) : 0xFF;
  made->buffers[0] = bits;
  array->null_count = kind & 64 ? -1 : 0;
  if (!array->null_count && kind & 32) {
    free(bits);
    made->buffers[0] = NULL;
  }
  if (layout == CK_VIEWS)
    take_views(input, array, made);
  else
    take_offsets(input, array, made, layout == CK_OFFSETS32 ? 4 : 8);
  if (kind < 250) return true;
  damage(input, array, made);
  return false;
}

/* ------------------------------------------------------------------------ a slow reader */

/* Index of the first byte that is not part of well-formed UTF-8. */
static size_t slow_check(const uint8_t *bytes, size_t length) {
  size_t i = 0;
  while (i < length) {
    uint8_t lead = bytes[i];
    size_t more = lead < 0x80 ? 0 : lead < 0xC0 ? 9 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : lead < 0xF8 ? 3 : 9;
    if (more == 9 || more > length - i - 1) return i;
    uint32_t point = more ? lead & (0x3Fu >> more) : lead;
    for (size_t k = 1; k <= more; k++) {
      if (bytes[i + k] >> 6 != 2) return i;
      point = point << 6 | (bytes[i + k] & 0x3F);
    }
    static const uint32_t least[4] = {0, 0x80, 0x800, 0x10000};
    if (point < least[more] || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) return i;
    i += more + 1;
  }
  return length;
}

/* The expected value of a row, and what the column states about its length, of which an impossible one counts 0. */
static ck_code slow_value(const ck_text_column *column, const struct ArrowArray *array, int64_t row, ck_text *text,
                          uint64_t *stated) {
  const uint8_t *bits = (const uint8_t *)array->buffers[0], *items = (const uint8_t *)array->buffers[1], *data;
  int64_t at = array->offset + row, start = 0, end, size;
  *text = (ck_text){NULL, 0};
  *stated = 0;
  if (bits && !(bits[at / 8] & 1 << at % 8)) return CK_OK;
  if (column->layout == CK_VIEWS) {
    int32_t numbers[4];
    memcpy(numbers, items + 16 * at, 16);
    end = numbers[0];
    *stated = end > 0 ? (uint64_t)end : 0;
    if (end < 0) return CK_LIMIT;
    data = items + 16 * at + 4;
    size = 12;
    if (end > 12) {
      if (numbers[2] < 0 || numbers[2] >= array->n_buffers - 3 || numbers[3] < 0) return CK_CORRUPT;
      data = (const uint8_t *)array->buffers[2 + numbers[2]];
      memcpy(&size, (const uint8_t *)array->buffers[array->n_buffers - 1] + 8 * numbers[2], 8);
      start = numbers[3];
      end += start;
      if (!data) return CK_CORRUPT;
    }
  } else {
    int32_t narrow[2];
    int64_t wide[2];
    memcpy(narrow, items + 4 * at, column->layout == CK_OFFSETS32 ? 8 : 0);
    memcpy(wide, items + 8 * at, column->layout == CK_OFFSETS64 ? 16 : 0);
    start = column->layout == CK_OFFSETS32 ? narrow[0] : wide[0];
    end = column->layout == CK_OFFSETS32 ? narrow[1] : wide[1];
    data = (const uint8_t *)array->buffers[2];
    size = ck_text_offset(array, column->layout, array->offset + array->length);
    if (start >= 0 && end > start && end - start <= INT32_MAX) *stated = (uint64_t)(end - start);
  }
  if (start < 0 || start > end || end > size || (end > start && !data)) return CK_CORRUPT;
  *text = (ck_text){data ? data + start : (const uint8_t *)"", (uint32_t)(end - start)};
  return slow_check(text->bytes, text->length) == text->length ? CK_OK : CK_UTF8;
}

/* Every row by itself, the first of chunk `c` being row `first`; returns the first code that is not CK_OK. */
static ck_code check_chunk(ck_text_column *column, size_t c, uint64_t *bytes, bool *nulls) {
  const ck_text_chunk *chunk = &column->chunks.data[c];
  ck_code first = CK_OK;
  for (int64_t row = 0; row < chunk->array.length; row++) {
    uint64_t stated;
    ck_text expected, text;
    ck_error error = {CK_OK, ""};
    ck_code code = slow_value(column, &chunk->array, row, &expected, &stated);
    for (int simd = 0; simd < CK_SIMD_COUNT; simd++) {
      if (!ck_simd_supported((ck_simd)simd)) continue;
      column->simd = (ck_simd)simd;
      CHECK(ck_text_get(column, chunk, row, &text, &error) == code && error.code == code);
      if (!code) CHECK(text.length == expected.length && !text.bytes == !expected.bytes);
      if (!code && text.length) CHECK(text.bytes == expected.bytes);
      if (code != CK_UTF8) continue;
      char place[64];
      snprintf(place, sizeof place, "at position %zu", slow_check(expected.bytes, expected.length));
      CHECK(strstr(error.message, place));
    }
    *bytes += stated;
    *nulls |= !code && !text.bytes;
    if (!first) first = code;
  }
  return first;
}

static void check_cut(const ck_text_column *column, unsigned threads) {
  int64_t rows[CK_MOST_WORKERS + 1];
  unsigned workers = ck_text_column_cut(column, threads, 1 + threads * 7, rows);
  CHECK(workers >= 1 && workers <= threads && rows[0] == 0 && rows[workers] == column->length);
  for (unsigned w = 0; w < workers; w++) CHECK(rows[w] <= rows[w + 1]);
}

static void check_column(ck_text_column *column) {
  uint64_t bytes = 0;
  bool nulls = false;
  int64_t rows = 0;
  ck_code code = CK_OK;
  for (size_t c = 0; c < column->chunks.length; c++) {
    CHECK(column->chunks.data[c].first_row == rows);
    rows += column->chunks.data[c].array.length;
    ck_code of_chunk = check_chunk(column, c, &bytes, &nulls);
    if (!code) code = of_chunk;
  }
  CHECK(column->length == rows && ck_text_column_bytes(column) == bytes);
  CHECK(ck_text_column_likely_bytes(column) <= bytes);
  for (unsigned threads = 1; threads <= 4; threads++) check_cut(column, threads);
  for (int null_is_empty = 0; null_is_empty < 2; null_is_empty++) {
    ck_text *texts;
    ck_error error;
    ck_code read = ck_text_column_read(column, null_is_empty, &texts, &error);
    CHECK(nulls && !null_is_empty ? read != CK_OK : read == code);
    free(texts);
  }
  ck_text_rows all = ck_text_rows_of(column, 0, rows);
  ck_text text;
  ck_error error;
  ck_code next = CK_OK;
  while (!next && all.row < all.end) next = ck_text_next(&all, &text, &error);
  CHECK(next == code);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char *const wrong[4] = {NULL, "", "z", "a format that is much longer than any that there is in Arrow"};
  fuzz_input input = {data, data + size};
  fuzz_stream stream;
  ck_text_column column;
  ck_error error = {CK_OK, ""};
  bool sound = true;
  fuzz_fail_no_more();
  uint8_t kind = fuzz_byte(&input), failing = fuzz_byte(&input);
  ck_text_layout layout = (ck_text_layout)(kind % 3);
  fuzz_stream_init(&stream, kind < 250 ? FUZZ_FORMATS[layout] : wrong[kind % 4]);
  if (failing >= 240) stream.fails = failing % 8;
  if (failing & 8) stream.reason = "the producer has gone";
  stream.schema.n_children = kind == 249;
  size_t chunks = fuzz_below(&input, 5);
  for (size_t i = 0; i < chunks; i++) sound &= take_chunk(&input, layout, &stream.arrays[stream.length++]);
  long before = live;
  if (failing >= 200 && failing < 240) fuzz_fail_at(failing - 200u, 0);
  ck_code code = ck_text_column_open(&stream.stream, &column, &error);
  fuzz_fail_no_more();
  if (code) {
    CHECK(code == error.code && error.message[0] && !column.chunks.data && live <= before);
    CHECK(code != CK_PRODUCER || stream.fails < SIZE_MAX);
    CHECK(code != CK_MEMORY || failures);
    CHECK(code != CK_CORRUPT || !sound);
  } else {
    CHECK(kind < 249 && stream.fails > stream.length);
    check_column(&column);
    ck_text_column_close(&column);
  }
  CHECK(!fuzz_unreleased);
  return 0;
}
