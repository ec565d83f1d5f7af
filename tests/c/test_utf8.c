/* ck_utf8_check compared byte by byte with the table of well-formed sequences; decoding, encoding, counting. */
#include "check.h"

/* Table 3-7 of Unicode 17.0: the length of the well-formed sequence at s, or 0. */
static size_t sequence(const uint8_t *s, size_t length) {
  static const struct {
    uint8_t lead_first, lead_last, second_first, second_last, size;
  } rows[] = {
      {0x00, 0x7F, 0x00, 0xFF, 1}, {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
      {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
      {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
  };
  for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
    if (s[0] < rows[r].lead_first || s[0] > rows[r].lead_last) continue;
    if (rows[r].size > length) return 0;
    if (rows[r].size > 1 && (s[1] < rows[r].second_first || s[1] > rows[r].second_last)) return 0;
    for (size_t i = 2; i < rows[r].size; i++)
      if ((s[i] & 0xC0) != 0x80) return 0;
    return rows[r].size;
  }
  return 0;
}

static size_t check_slowly(const uint8_t *s, size_t length) {
  size_t i = 0, size;
  while (i < length && (size = sequence(s + i, length - i))) i += size;
  return i;
}

static void fuzz(random_source *random, size_t length, size_t alignment, digest *digest) {
  exact buffer = exact_new(length, alignment);
  random_bytes(random, buffer.bytes, length);
  size_t good = ck_utf8_check(buffer.bytes, length);
  CHECK(good == check_slowly(buffer.bytes, length));
  digest_number(digest, good);
  digest_number(digest, ck_utf8_count(buffer.bytes, good));
  for (size_t i = 0; i < good;) {
    unsigned size;
    uint8_t encoded[4];
    uint32_t code_point = ck_utf8_decode(buffer.bytes + i, &size);
    CHECK(size == sequence(buffer.bytes + i, good - i));
    CHECK(ck_utf8_encode(code_point, encoded) == size && !memcmp(encoded, buffer.bytes + i, size));
    i += size;
  }
  exact_free(&buffer);
}

int main(void) {
  random_source random = {0x9E3779B97F4A7C15u};
  digest digest = {0};
  for (size_t alignment = 0; alignment < ALIGNMENTS; alignment++)
    for (size_t length = 0; length <= 200; length++) fuzz(&random, length, alignment, &digest);
  for (size_t length = 1000; length < 100000; length = length * 2 + 17) fuzz(&random, length, length % 64, &digest);
  /* every code point, and every pair of bytes at the end of a text */
  for (uint32_t code_point = 0; code_point < 0x110000; code_point++) {
    uint8_t encoded[4];
    unsigned size, expected = ck_utf8_encode(code_point, encoded);
    bool surrogate = code_point >= 0xD800 && code_point < 0xE000;
    CHECK((ck_utf8_check(encoded, expected) == expected) == !surrogate);
    CHECK(ck_utf8_decode(encoded, &size) == code_point && size == expected);
  }
  for (unsigned pair = 0; pair < 0x10000; pair++) {
    exact buffer = exact_new(34, pair % ALIGNMENTS);
    memset(buffer.bytes, 'a', 34);
    buffer.bytes[32] = (uint8_t)(pair >> 8);
    buffer.bytes[33] = (uint8_t)pair;
    CHECK(ck_utf8_check(buffer.bytes, 34) == check_slowly(buffer.bytes, 34));
    exact_free(&buffer);
  }
  digest_print("utf8", &digest);
  return 0;
}
