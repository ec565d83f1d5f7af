/* The normaliser on UTF-8 compared with code points of 1, 2 and 4 bytes, for every program and SIMD variant. The
 * argument is the file of programs. */
#include "programs.h"

typedef struct {
  uint32_t *data;
  size_t length;
} code_points;

static code_points decoded(const uint8_t *bytes, size_t length) {
  code_points list = {(uint32_t *)malloc((length + 1) * sizeof(uint32_t)), 0};
  CHECK(list.data);
  for (size_t i = 0; i < length;) {
    unsigned size;
    list.data[list.length++] = ck_utf8_decode(bytes + i, &size);
    i += size;
  }
  return list;
}

typedef struct {
  const ck_program *program;
  ck_work work;
  digest digest;
} bench;

/* Normalises UTF-8 into `*out`, which the caller must free; returns the length of the result. */
static size_t utf8_result(bench *bench, const uint8_t *text, size_t length, exact *out) {
  ck_error error;
  ck_ticker ticker = ck_ticker_new(NULL);
  size_t capacity = length * bench->program->growth_bytes + CK_SLACK, result = 0;
  *out = exact_new(capacity, length % ALIGNMENTS);
  CHECK(!ck_normalize_utf8(bench->program, text, length, out->bytes, capacity, NULL, &result, &bench->work, &ticker,
                           &error));
  CHECK(result <= capacity && ck_utf8_check(out->bytes, result) == result);
  return result;
}

/* The same text as code points of type `unit`: the result must be `expected`, and the map must be `map`, which the
 * first form fills in. */
#define CHECK_FORM(form, unit)                                                                                         \
  static void check_##form(bench *bench, const code_points *text, const code_points *expected, int64_t *map,           \
                           bool first) {                                                                               \
    ck_error error;                                                                                                    \
    ck_ticker ticker = ck_ticker_new(NULL);                                                                            \
    size_t capacity = text->length * bench->program->growth_units + CK_SLACK, result = 0;                              \
    exact in = exact_new(text->length * sizeof(unit), sizeof(unit) * (text->length % 16));                             \
    exact out = exact_new(capacity * sizeof(unit), sizeof(unit) * (text->length % 8));                                 \
    exact places = exact_new(capacity * sizeof(int64_t), 0);                                                           \
    unit *units = (unit *)in.bytes, *results = (unit *)out.bytes;                                                      \
    for (size_t i = 0; i < text->length; i++) units[i] = (unit)text->data[i];                                          \
    for (int with_map = 0; with_map < 2; with_map++) {                                                                 \
      ck_map map_room, *given = with_map ? &map_room : NULL;                                                           \
      memset(&map_room, 0, sizeof map_room);                                                                           \
      CHECK(!ck_normalize_##form(bench->program, units, text->length, results, capacity, given, &result, &bench->work, \
                                 &ticker, &error));                                                                    \
      CHECK(result == expected->length);                                                                               \
      for (size_t i = 0; i < result; i++) CHECK(results[i] == expected->data[i]);                                      \
      if (given) ck_map_expand(given, result, (int64_t *)places.bytes);                                                \
      ck_map_free(&map_room);                                                                                          \
    }                                                                                                                  \
    for (size_t i = 0; i < result; i++) {                                                                              \
      int64_t place = ((int64_t *)places.bytes)[i];                                                                    \
      CHECK(place >= 0 && (size_t)place < text->length);                                                               \
      if (first)                                                                                                       \
        map[i] = place;                                                                                                \
      else                                                                                                             \
        CHECK(map[i] == place);                                                                                        \
    }                                                                                                                  \
    exact_free(&in);                                                                                                   \
    exact_free(&out);                                                                                                  \
    exact_free(&places);                                                                                               \
  }
CHECK_FORM(ucs1, uint8_t)
CHECK_FORM(ucs2, uint16_t)
CHECK_FORM(ucs4, uint32_t)

static uint32_t highest(const code_points *list) {
  uint32_t most = 0;
  for (size_t i = 0; i < list->length; i++)
    if (list->data[i] > most) most = list->data[i];
  return most;
}

static void check_text(bench *bench, const uint8_t *bytes, size_t length) {
  exact out;
  size_t result = utf8_result(bench, bytes, length, &out);
  digest_number(&bench->digest, result);
  digest_bytes(&bench->digest, out.bytes, result);
  code_points text = decoded(bytes, length), expected = decoded(out.bytes, result);
  int64_t *map = (int64_t *)malloc((expected.length + 1) * sizeof *map);
  CHECK(map);
  check_ucs4(bench, &text, &expected, map, true);
  if (highest(&text) <= 0xFFFF && bench->program->highest_bmp <= 0xFFFF)
    check_ucs2(bench, &text, &expected, map, false);
  if (highest(&text) <= 0xFF && bench->program->highest_latin1 <= 0xFF) check_ucs1(bench, &text, &expected, map, false);
  for (size_t i = 0; i < expected.length; i++) digest_number(&bench->digest, (uint64_t)map[i]);
  free(map);
  free(text.data);
  free(expected.data);
  exact_free(&out);
}

/* All SIMD variants must give the same digest. */
static void all_variants(bench *bench, const uint8_t *bytes, size_t length) {
  digest before = bench->digest, first = before;
  for (int simd = 0; simd < CK_SIMD_COUNT; simd++) {
    if (!ck_simd_supported((ck_simd)simd)) continue;
    bench->work.simd = (ck_simd)simd;
    bench->digest = before;
    check_text(bench, bytes, length);
    if (simd == CK_SCALAR) first = bench->digest;
    CHECK(!memcmp(&first, &bench->digest, sizeof first));
  }
}

static void check_random(bench *bench, random_source *random, size_t length, size_t alignment) {
  exact buffer = exact_new(length, alignment);
  random_text(random, (text_kind)random_below(random, TEXT_KINDS), buffer.bytes, length);
  all_variants(bench, buffer.bytes, length);
  exact_free(&buffer);
}

/* With a few bytes changed, and its beginning cut off: an error exactly if it is not UTF-8. */
static void check_damaged(bench *bench, random_source *random, size_t length) {
  exact buffer = exact_new(length, length % ALIGNMENTS);
  random_text(random, (text_kind)random_below(random, TEXT_KINDS), buffer.bytes, length);
  for (unsigned k = random_below(random, 3); k > 0; k--)
    buffer.bytes[random_below(random, (unsigned)length)] = (uint8_t)random_bits(random);
  size_t cut = random_below(random, 2) ? random_below(random, (unsigned)length) : 0;
  const uint8_t *text = buffer.bytes + cut;
  length -= cut;
  bool valid = ck_utf8_check(text, length) == length;
  for (int simd = 0; simd < CK_SIMD_COUNT; simd++) {
    if (!ck_simd_supported((ck_simd)simd)) continue;
    ck_error error;
    ck_ticker ticker = ck_ticker_new(NULL);
    size_t capacity = length * bench->program->growth_bytes + CK_SLACK, result;
    exact out = exact_new(capacity, 0);
    bench->work.simd = (ck_simd)simd;
    ck_code code = ck_normalize_utf8(bench->program, text, length, out.bytes, capacity, NULL, &result, &bench->work,
                                     &ticker, &error);
    CHECK(code == (valid ? CK_OK : CK_UTF8));
    CHECK(code || ck_utf8_check(out.bytes, result) == result);
    exact_free(&out);
  }
  digest_number(&bench->digest, valid);
  exact_free(&buffer);
}

/* A surrogate must be an error at every position. The message, which contains the position, is part of the digest. */
static void surrogates(bench *bench) {
  ck_error error;
  ck_ticker ticker = ck_ticker_new(NULL);
  uint16_t text[40], out[256 + CK_SLACK];
  size_t result;
  CHECK(40 * bench->program->growth_units <= 256 || bench->program->growth_units > 6);
  if (bench->program->growth_units > 6) return;
  for (size_t place = 0; place < 40; place++) {
    for (size_t i = 0; i < 40; i++) text[i] = i == place ? 0xD800 : 0x628;
    CHECK(ck_normalize_ucs2(bench->program, text, 40, out, 256 + CK_SLACK, NULL, &result, &bench->work, &ticker,
                            &error) == CK_UTF8);
    digest_bytes(&bench->digest, error.message, strlen(error.message));
  }
}

int main(int count, char **arguments) {
  programs list;
  CHECK(count == 2);
  programs_read(&list, arguments[1]);
  for (size_t p = 0; p < list.length; p++) {
    random_source random = {0xD1B54A32D192ED03u};
    bench bench;
    memset(&bench, 0, sizeof bench);
    bench.program = list.items[p].program;
    for (size_t length = 0; length <= 200; length += stride())
      for (size_t alignment = 0; alignment < ALIGNMENTS; alignment++) check_random(&bench, &random, length, alignment);
    for (size_t length = 1000; length < 50000; length = length * 3 + 7)
      check_random(&bench, &random, length, length % ALIGNMENTS);
    for (size_t length = 1; length <= 2000; length += stride()) check_damaged(&bench, &random, length % 300 + 1);
    surrogates(&bench);
    ck_work_free(&bench.work);
    digest_print(list.items[p].name, &bench.digest);
  }
  programs_free(&list);
  return 0;
}
