/* Shared by the fuzz targets: values made of the bytes of an input, text columns in buffers of exact size, and result
 * columns.
 *
 * A target is one program: for its slow twins it includes the program of tests/c for the same kernels, with `main`
 * renamed, and it defines LLVMFuzzerTestOneInput. A failed CHECK exits, which libFuzzer reports as it does a crash. */
#ifndef FUZZ_H
#define FUZZ_H

#include "failing.h"
#include "column_out.h"
#include "text_column.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ------------------------------------------------------------------------------ values */

/* The bytes that are left. After the last one all values are 0. */
typedef struct {
  const uint8_t *at, *end;
} fuzz_input;

CK_UNUSED static size_t fuzz_left(const fuzz_input *input) {
  return (size_t)(input->end - input->at);
}

CK_UNUSED static uint8_t fuzz_byte(fuzz_input *input) {
  return input->at < input->end ? *input->at++ : 0;
}

/* A number of `size` bytes, little-endian. */
CK_UNUSED static uint64_t fuzz_bits(fuzz_input *input, unsigned size) {
  uint64_t bits = 0;
  for (unsigned i = 0; i < size; i++) bits |= (uint64_t)fuzz_byte(input) << 8 * i;
  return bits;
}

CK_UNUSED static unsigned fuzz_below(fuzz_input *input, unsigned limit) {
  return (unsigned)fuzz_bits(input, limit > 256 ? 2 : 1) % limit;
}

/* A number of any size; small ones take a byte, and some are near the limits of integers. */
CK_UNUSED static uint64_t fuzz_number(fuzz_input *input) {
  uint8_t byte = fuzz_byte(input);
  if (byte < 224) return byte;
  if (byte < 240) return fuzz_bits(input, 2);
  if (byte < 244) return fuzz_bits(input, 8);
  static const unsigned widths[4] = {31, 32, 63, 64};
  uint64_t limit = UINT64_MAX >> (64 - widths[byte % 4]);
  return byte < 248 ? limit : byte < 252 ? limit + 1 : limit - 1;
}

/* A copy in memory of its own, which ends where it ends. */
CK_UNUSED static void *fuzz_copy(const void *bytes, size_t size) {
  void *copy = malloc(size ? size : 1);
  CHECK(copy);
  if (size) memcpy(copy, bytes, size);
  return copy;
}

/* ------------------------------------------------------------------------------ memory */

/* Between these, allocation `number` fails, and with an odd `flags` all later ones. */
CK_UNUSED static void fuzz_fail_at(unsigned number, unsigned flags) {
  allocations = failures = 0;
  fail_at = number;
  keep_failing = flags & 1;
}

CK_UNUSED static void fuzz_fail_no_more(void) {
  fail_at = -1;
  keep_failing = 0;
}

/* ------------------------------------------------------------------------------- texts */

enum { FUZZ_ROWS = 24 };

typedef struct {
  ck_text texts[FUZZ_ROWS]; /* NULL: a null */
  size_t length, nulls;
  bool valid; /* all are UTF-8 */
} fuzz_texts;

/* The rest of the input as texts; byte 0xFF separates them, and the single byte 0xFE stands for a null. */
CK_UNUSED static void fuzz_texts_take(fuzz_input *input, fuzz_texts *texts) {
  memset(texts, 0, sizeof *texts);
  texts->valid = true;
  while (input->at < input->end && texts->length < FUZZ_ROWS) {
    const uint8_t *end = memchr(input->at, 0xFF, fuzz_left(input));
    if (!end) end = input->end;
    ck_text text = {input->at, (uint32_t)(end - input->at)};
    if (text.length == 1 && *text.bytes == 0xFE) text = (ck_text){NULL, 0};
    texts->nulls += !text.bytes;
    texts->valid &= ck_utf8_check_bytes(text.bytes, text.length) == text.length;
    texts->texts[texts->length++] = text;
    input->at = end < input->end ? end + 1 : end;
  }
}

/* ----------------------------------------------------------------------------- columns */

enum { FUZZ_CHUNKS = FUZZ_ROWS };

/* What an array owns; each buffer has memory of its own. */
typedef struct {
  size_t count;
  const void *buffers[3 + FUZZ_ROWS];
} fuzz_buffers;

static int64_t fuzz_unreleased; /* streams, schemas and arrays */

static void fuzz_array_release(struct ArrowArray *array) {
  fuzz_buffers *made = (fuzz_buffers *)array->private_data;
  for (size_t i = 0; i < made->count; i++) free((void *)made->buffers[i]);
  free(made);
  array->release = NULL;
  fuzz_unreleased--;
}

CK_UNUSED static fuzz_buffers *fuzz_array_new(struct ArrowArray *array, size_t count) {
  fuzz_buffers *made = (fuzz_buffers *)calloc(1, sizeof *made);
  CHECK(made && count <= 3 + FUZZ_ROWS);
  made->count = count;
  memset(array, 0, sizeof *array);
  array->n_buffers = (int64_t)count;
  array->buffers = made->buffers;
  array->private_data = made;
  array->release = fuzz_array_release;
  fuzz_unreleased++;
  return made;
}

/* A stream of given arrays; `fails` is the number of the call that fails, of the schema and then of each array. */
typedef struct {
  struct ArrowArrayStream stream;
  struct ArrowSchema schema;
  struct ArrowArray arrays[FUZZ_CHUNKS];
  size_t length, calls, fails;
  const char *reason;
} fuzz_stream;

static int fuzz_get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *schema) {
  fuzz_stream *made = (fuzz_stream *)stream->private_data;
  if (made->calls++ == made->fails) return 5;
  *schema = made->schema;
  fuzz_unreleased++;
  return 0;
}

static int fuzz_get_next(struct ArrowArrayStream *stream, struct ArrowArray *array) {
  fuzz_stream *made = (fuzz_stream *)stream->private_data;
  size_t call = made->calls++;
  if (call == made->fails) return 5;
  memset(array, 0, sizeof *array);
  if (call > made->length) return 0;
  *array = made->arrays[call - 1];
  made->arrays[call - 1].release = NULL; /* moved */
  return 0;
}

static const char *fuzz_last_error(struct ArrowArrayStream *stream) {
  return ((fuzz_stream *)stream->private_data)->reason;
}

static void fuzz_schema_release(struct ArrowSchema *schema) {
  schema->release = NULL;
  fuzz_unreleased--;
}

/* Releases the arrays that were not asked for. */
static void fuzz_stream_release(struct ArrowArrayStream *stream) {
  fuzz_stream *made = (fuzz_stream *)stream->private_data;
  for (size_t i = 0; i < made->length; i++)
    if (made->arrays[i].release) made->arrays[i].release(&made->arrays[i]);
  stream->release = NULL;
  fuzz_unreleased--;
}

CK_UNUSED static void fuzz_stream_init(fuzz_stream *made, const char *format) {
  memset(made, 0, sizeof *made);
  made->stream = (struct ArrowArrayStream){fuzz_get_schema, fuzz_get_next, fuzz_last_error, fuzz_stream_release, made};
  made->schema.format = format;
  made->schema.release = fuzz_schema_release;
  made->fails = SIZE_MAX;
  fuzz_unreleased++;
}

static const char *const FUZZ_FORMATS[3] = {[CK_VIEWS] = "vu", [CK_OFFSETS32] = "u", [CK_OFFSETS64] = "U"};

/* A chunk of the texts, with `offset` rows of junk before it, and junk in the views of nulls. */
static void fuzz_chunk(struct ArrowArray *array, const ck_text *texts, size_t length, ck_text_layout layout,
                       size_t offset) {
  bool views = layout == CK_VIEWS;
  size_t width = views ? 16 : layout == CK_OFFSETS32 ? 4 : 8, rows = offset + length, total = 0;
  fuzz_buffers *made = fuzz_array_new(array, views ? 3 + length : 3);
  uint8_t *bits = (uint8_t *)calloc(rows / 8 + 1, 1), *items = (uint8_t *)malloc((rows + !views) * width + !rows);
  int64_t sizes[FUZZ_ROWS + 1] = {0};
  CHECK(bits && items);
  memset(items, views ? 0xFF : 0, (rows + !views) * width);
  for (size_t i = 0; i < length; i++) {
    ck_text text = texts[i];
    uint8_t *item = items + (offset + i) * width;
    uint32_t number = (uint32_t)i, zero = 0;
    array->null_count += !text.bytes;
    bits[(offset + i) / 8] |= (uint8_t)((text.bytes != NULL) << (offset + i) % 8);
    if (!views) {
      total += text.length;
      int64_t end = (int64_t)total;
      int32_t short_end = (int32_t)total;
      memcpy(item + width, width == 8 ? (void *)&end : (void *)&short_end, width);
      continue;
    }
    made->buffers[2 + i] = fuzz_copy(text.bytes, text.length > 12 ? text.length : 0);
    sizes[i] = text.length > 12 ? text.length : 0;
    if (!text.bytes) continue;
    memset(item, 0, 16);
    memcpy(item, &text.length, 4);
    memcpy(item + 4, text.bytes, text.length > 12 ? 4 : text.length);
    if (text.length > 12) memcpy(item + 8, &number, 4);
    if (text.length > 12) memcpy(item + 12, &zero, 4);
  }
  array->length = (int64_t)length;
  array->offset = (int64_t)offset;
  made->buffers[0] = bits;
  made->buffers[1] = items;
  if (views) {
    made->buffers[2 + length] = fuzz_copy(sizes, length * sizeof *sizes);
    return;
  }
  uint8_t *data = (uint8_t *)malloc(total ? total : 1), *to = data;
  CHECK(data);
  for (size_t i = 0; i < length; to += texts[i++].length)
    if (texts[i].length) memcpy(to, texts[i].bytes, texts[i].length);
  made->buffers[2] = data;
}

/* A column of the texts, in chunks of at most `rows` of them. */
CK_UNUSED static void fuzz_column_open(const fuzz_texts *texts, ck_text_layout layout, size_t rows, size_t offset,
                                       ck_text_column *column) {
  fuzz_stream stream;
  ck_error error;
  fuzz_stream_init(&stream, FUZZ_FORMATS[layout]);
  for (size_t i = 0; i < texts->length; i += rows) {
    size_t length = texts->length - i < rows ? texts->length - i : rows;
    fuzz_chunk(&stream.arrays[stream.length++], texts->texts + i, length, layout, offset);
  }
  CHECK(!ck_text_column_open(&stream.stream, column, &error));
  CHECK(column->length == (int64_t)texts->length);
}

/* The value of a row in a column of string views; NULL for a null. */
CK_UNUSED static ck_text fuzz_value(const ck_column *column, size_t row) {
  const struct ArrowArray *array = &column->array;
  const uint8_t *valid = (const uint8_t *)array->buffers[0], *view = (const uint8_t *)array->buffers[1] + 16 * row;
  ck_text text = {view + 4, 0};
  uint32_t block, offset;
  CHECK(row < (size_t)array->length && !array->offset && (valid || !array->null_count));
  memcpy(&text.length, view, 4);
  if (valid && !(valid[row / 8] >> row % 8 & 1)) return (ck_text){NULL, 0};
  if (text.length > CK_VIEW_INLINE) {
    memcpy(&block, view + 8, 4);
    memcpy(&offset, view + 12, 4);
    CHECK(block < (size_t)array->n_buffers - 3);
    CHECK((int64_t)offset + text.length <= ((const int64_t *)array->buffers[array->n_buffers - 1])[block]);
    text.bytes = (const uint8_t *)array->buffers[2 + block] + offset;
    CHECK(!memcmp(view + 4, text.bytes, 4));
  }
  CHECK(ck_utf8_check_bytes(text.bytes, text.length) == text.length);
  return text;
}

/* A random source for the slow twins, which is the same for the same input. */
CK_UNUSED static random_source fuzz_random(fuzz_input *input) {
  return (random_source){fuzz_bits(input, 4) * 0x9E3779B97F4A7C15u | 1};
}

#endif
