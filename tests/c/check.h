/* Shared by the C tests: a check that reports where it failed, generators of random bytes and texts, buffers of exact
 * size, and a digest of all results, which must be the same on every platform.
 *
 * Each test is one program without Python. It prints only its digest to standard output, and exits at the first failed
 * check. */
#ifndef CHECK_H
#define CHECK_H

#include <inttypes.h>

#include "core.h"
#include "text_column.h"
#include "utf8.h"

#define CHECK(condition)                                                            \
  do {                                                                              \
    if (!(condition)) {                                                             \
      fprintf(stderr, "%s:%d: check failed: %s\n", __FILE__, __LINE__, #condition); \
      exit(1);                                                                      \
    }                                                                               \
  } while (0)

/* ---------------------------------------------------------------- rounds */

/* Emulators and the race detector are slow: with STRIDE=n in the environment, only every nth round runs. */
CK_UNUSED static unsigned stride(void) {
  const char *text = getenv("STRIDE");
  return text ? (unsigned)atoi(text) : 1;
}

/* ---------------------------------------------------------------- random */

typedef struct {
  uint64_t state;
} random_source;

/* xorshift64* */
CK_UNUSED static uint64_t random_bits(random_source *random) {
  random->state ^= random->state >> 12;
  random->state ^= random->state << 25;
  random->state ^= random->state >> 27;
  return random->state * 0x2545F4914F6CDD1Du;
}

CK_UNUSED static unsigned random_below(random_source *random, unsigned limit) {
  return (unsigned)((random_bits(random) >> 32) * limit >> 32);
}

/* ---------------------------------------------------------------- digest */

typedef struct {
  uint64_t value;
} digest;

/* FNV-1a over the bytes. */
CK_UNUSED static void digest_bytes(digest *digest, const void *bytes, size_t length) {
  const uint8_t *p = (const uint8_t *)bytes;
  if (!digest->value) digest->value = 0xCBF29CE484222325u;
  for (size_t i = 0; i < length; i++) digest->value = (digest->value ^ p[i]) * 0x100000001B3u;
}

/* Little-endian on every platform. */
CK_UNUSED static void digest_number(digest *digest, uint64_t number) {
  uint8_t bytes[8];
  for (int i = 0; i < 8; i++) bytes[i] = (uint8_t)(number >> 8 * i);
  digest_bytes(digest, bytes, 8);
}

CK_UNUSED static void digest_u32s(digest *digest, const uint32_t *numbers, size_t length) {
  digest_number(digest, length);
  for (size_t i = 0; i < length; i++) digest_number(digest, numbers[i]);
}

CK_UNUSED static void digest_print(const char *name, const digest *digest) {
  printf("%s %016" PRIx64 "\n", name, digest->value);
}

/* ---------------------------------------------------------------- memory */

enum { ALIGNMENTS = 64 };

/* A buffer that begins at `alignment` modulo 64 and ends where its allocation ends, so that AddressSanitizer detects
 * every read past its end. */
typedef struct {
  void *memory;
  uint8_t *bytes;
} exact;

CK_UNUSED static exact exact_new(size_t length, size_t alignment) {
  exact buffer = {NULL, NULL};
  void *memory = NULL;
  CHECK(posix_memalign(&memory, ALIGNMENTS, alignment + length ? alignment + length : 1) == 0);
  buffer.memory = memory;
  buffer.bytes = (uint8_t *)memory + alignment;
  return buffer;
}

CK_UNUSED static void exact_free(exact *buffer) {
  free(buffer->memory);
  buffer->memory = buffer->bytes = NULL;
}

/* ----------------------------------------------------------------- texts */

/* Kinds of random text, each drawn from weighted ranges of code points. */
typedef enum { TEXT_ARABIC, TEXT_MARKED, TEXT_FORMS, TEXT_MIXED, TEXT_ASCII, TEXT_ANY, TEXT_KINDS } text_kind;

typedef struct {
  uint32_t first, last, weight;
} text_range;

enum { MOST_RANGES = 16 };

static const text_range TEXT_RANGES[TEXT_KINDS][MOST_RANGES] = {
    /* mostly letters and spaces, like ordinary text */
    [TEXT_ARABIC] = {{0x627, 0x64A, 70},
                     {0x621, 0x626, 8},
                     {' ', ' ', 15},
                     {0x640, 0x640, 1},
                     {0x60C, 0x60C, 1},
                     {'.', '.', 1},
                     {'\n', '\n', 1},
                     {0x64B, 0x652, 1},
                     {0x671, 0x6D3, 1},
                     {'0', '9', 1}},
    /* a mark on nearly every letter, some out of canonical order; hamzas and maddas that compose with alefs */
    [TEXT_MARKED] = {{0x627, 0x64A, 40},
                     {0x64B, 0x655, 35},
                     {0x670, 0x670, 3},
                     {0x6D6, 0x6ED, 4},
                     {0x300, 0x345, 2},
                     {0x8D3, 0x8FF, 2},
                     {' ', ' ', 8},
                     {0x627, 0x627, 5},
                     {0x644, 0x644, 5},
                     {0x647, 0x647, 3}},
    /* presentation forms, ligatures, controls, joiners */
    [TEXT_FORMS] = {{0xFB50, 0xFDFF, 30},
                    {0xFE70, 0xFEFF, 30},
                    {0x200B, 0x200F, 5},
                    {0x202A, 0x202E, 2},
                    {0x2066, 0x2069, 2},
                    {0x627, 0x64A, 15},
                    {' ', ' ', 5},
                    {0x64B, 0x652, 5},
                    {0x600, 0x61F, 3},
                    {0x1F600, 0x1F64F, 3},
                    {0xFE0F, 0xFE0F, 2}},
    /* a mix of code points of all encoded lengths */
    [TEXT_MIXED] = {{' ', 0x7E, 30},
                    {0x80, 0x7FF, 20},
                    {0x800, 0xFFFF, 12},
                    {0x10000, 0x10FFFF, 6},
                    {0x627, 0x64A, 15},
                    {0x1F300, 0x1FAFF, 5},
                    {0x200D, 0x200D, 3},
                    {0xFE0F, 0xFE0F, 2},
                    {'@', '@', 2},
                    {'#', '#', 2},
                    {'.', '.', 3}},
    [TEXT_ASCII] =
        {{'a', 'z', 60}, {'A', 'Z', 10}, {'0', '9', 10}, {' ', ' ', 10}, {'!', '/', 8}, {':', '@', 4}, {'\t', '\r', 2}},
    [TEXT_ANY] = {{0, 0x7F, 1}, {0x80, 0x7FF, 1}, {0x800, 0xFFFF, 1}, {0x10000, 0x10FFFF, 1}},
};

CK_UNUSED static uint32_t random_code_point(random_source *random, text_kind kind) {
  unsigned sum = 0;
  for (int i = 0; i < MOST_RANGES; i++) sum += TEXT_RANGES[kind][i].weight;
  unsigned chosen = random_below(random, sum);
  const text_range *range = TEXT_RANGES[kind];
  for (; chosen >= range->weight; range++) chosen -= range->weight;
  uint32_t code_point = range->first + random_below(random, range->last - range->first + 1);
  return code_point >= 0xD800 && code_point < 0xE000 ? 0xFFFD : code_point; /* no surrogates in UTF-8 */
}

/* Fills `bytes` with exactly `length` bytes of well-formed UTF-8. About one code point in eight repeats the previous
 * one, since runs are treated specially. */
CK_UNUSED static void random_text(random_source *random, text_kind kind, uint8_t *bytes, size_t length) {
  size_t filled = 0;
  uint32_t code_point = ' ';
  while (filled < length) {
    uint8_t encoded[4];
    if (random_below(random, 8)) code_point = random_code_point(random, kind);
    unsigned size = ck_utf8_encode(code_point, encoded);
    if (size > length - filled) { /* does not fit: fill the rest exactly */
      code_point = length - filled == 1 ? ' ' : length - filled == 2 ? 0x628 : 0xFEDF;
      size = ck_utf8_encode(code_point, encoded);
    }
    memcpy(bytes + filled, encoded, size);
    filled += size;
  }
}

/* Nearly valid UTF-8: a text in which up to three bytes are changed. */
CK_UNUSED static void random_bytes(random_source *random, uint8_t *bytes, size_t length) {
  random_text(random, (text_kind)random_below(random, TEXT_KINDS), bytes, length);
  for (unsigned changes = length ? random_below(random, 4) : 0; changes > 0; changes--)
    bytes[random_below(random, (unsigned)length)] = (uint8_t)random_bits(random);
}

/* ---------------------------------------------------------------- columns */

/* A column of one chunk, with string views (inline only up to 12 bytes) or with 64-bit offsets. Each buffer ends where
 * its data ends. */
typedef struct {
  ck_text_column column;
  const void *buffers[4];
  void *owned[3];
} test_column;

CK_UNUSED static void test_column_views(test_column *made, const ck_text *texts, size_t length, const uint8_t *data,
                                        size_t size) {
  uint8_t *views = (uint8_t *)calloc(length ? length : 1, 16);
  int64_t *sizes = (int64_t *)malloc(sizeof *sizes);
  CHECK(views && sizes);
  *sizes = (int64_t)size;
  for (size_t i = 0; i < length; i++) {
    uint32_t place = (uint32_t)(texts[i].bytes - data);
    memcpy(views + 16 * i, &texts[i].length, 4);
    if (texts[i].length <= 12) {
      if (texts[i].length) memcpy(views + 16 * i + 4, texts[i].bytes, texts[i].length);
      continue;
    }
    memcpy(views + 16 * i + 4, texts[i].bytes, 4);
    memcpy(views + 16 * i + 12, &place, 4);
  }
  made->column.layout = CK_VIEWS;
  made->owned[0] = views;
  made->owned[1] = sizes;
  made->buffers[1] = views;
  made->buffers[2] = data;
  made->buffers[3] = sizes;
}

CK_UNUSED static void test_column_offsets(test_column *made, const ck_text *texts, size_t length, const uint8_t *data) {
  int64_t *offsets = (int64_t *)malloc((length + 1) * sizeof *offsets);
  CHECK(offsets);
  offsets[0] = 0;
  for (size_t i = 0; i < length; i++) offsets[i + 1] = offsets[i] + texts[i].length;
  made->column.layout = CK_OFFSETS64;
  made->owned[0] = offsets;
  made->buffers[1] = offsets;
  made->buffers[2] = data;
}

/* The texts must be contiguous in `data`, which must outlive the column. */
CK_UNUSED static void test_column_new(test_column *made, bool views, const ck_text *texts, size_t length,
                                      const uint8_t *data, size_t size) {
  ck_error error;
  memset(made, 0, sizeof *made);
  if (views)
    test_column_views(made, texts, length, data, size);
  else
    test_column_offsets(made, texts, length, data);
  CHECK(!ck_text_chunks_reserve(&made->column.chunks, 1, &error));
  ck_text_chunk *chunk = &made->column.chunks.data[made->column.chunks.length++];
  memset(chunk, 0, sizeof *chunk);
  chunk->array.length = (int64_t)length;
  chunk->array.n_buffers = views ? 4 : 3;
  chunk->array.buffers = made->buffers;
  if (!views && length) chunk->data_end = ((const int64_t *)made->buffers[1])[length];
  made->column.length = (int64_t)length;
}

CK_UNUSED static void test_column_free(test_column *made) {
  for (size_t i = 0; i < 3; i++) free(made->owned[i]);
  ck_text_column_close(&made->column);
}

#endif
