/* Texts that contain, begin with or end with some bytes, compared with obvious loops; damaged files. */
#include "check.h"
#include "text_search.h"

enum { MOST_TEXTS = 400, LONGEST_TEXT = 12, LONGEST_WANTED = 5 };

/* Each array has its own buffer, which ends where the array ends. */
typedef struct {
  exact bytes, offsets;
  ck_texts texts;
} sample;

/* Few different bytes, so that much is found; some of them continue a code point. */
static uint8_t random_byte(random_source *random) {
  static const uint8_t BYTES[] = {'a', 'b', 0xD8, 0xA7, 0xD9, 0x84};
  return BYTES[random_below(random, random_below(random, 2) ? 2 : sizeof BYTES)];
}

static void make_sample(sample *made, random_source *random) {
  size_t n_texts = random_below(random, random_below(random, 2) ? MOST_TEXTS : 6), size = 0;
  unsigned longest = 1 + random_below(random, LONGEST_TEXT);
  made->offsets = exact_new((n_texts + 1) * sizeof(uint64_t), 0);
  uint64_t *offsets = (uint64_t *)made->offsets.bytes;
  for (size_t i = 0; i <= n_texts; i++) {
    offsets[i] = size;
    if (i < n_texts) size += random_below(random, 3) ? random_below(random, longest) : 0;
  }
  made->bytes = exact_new(size, random_below(random, ALIGNMENTS));
  for (size_t i = 0; i < size; i++) made->bytes.bytes[i] = random_byte(random);
  made->texts = (ck_texts){size ? made->bytes.bytes : NULL, offsets, size, n_texts, {0}, {0}};
}

static void free_sample(sample *made) {
  exact_free(&made->bytes);
  exact_free(&made->offsets);
}

static bool has(const sample *sample, size_t text, ck_text wanted, ck_text_place place) {
  uint64_t begin = sample->texts.offsets[text], end = sample->texts.offsets[text + 1];
  for (uint64_t at = begin; at + wanted.length <= end; at++) {
    if (place == CK_AT_BEGIN && at != begin) continue;
    if (place == CK_AT_END && at + wanted.length != end) continue;
    if (!wanted.length || !memcmp(sample->bytes.bytes + at, wanted.bytes, wanted.length)) return true;
  }
  return false;
}

static void compare(const sample *sample, random_source *random, digest *digest) {
  ck_error error;
  ck_ticker ticker = ck_ticker_new(NULL);
  for (int place = CK_ANYWHERE; place <= CK_AT_END; place++) {
    uint8_t bytes[LONGEST_WANTED];
    ck_text wanted = {bytes, random_below(random, LONGEST_WANTED + 1)};
    for (size_t i = 0; i < wanted.length; i++) bytes[i] = random_byte(random);
    ck_u32s rows = {0};
    CHECK(!ck_texts_search(&sample->texts, wanted, (ck_text_place)place, &rows, &ticker, &error));
    size_t found = 0;
    for (size_t text = 0; text < sample->texts.length; text++) {
      if (!has(sample, text, wanted, (ck_text_place)place)) continue;
      CHECK(found < rows.length && rows.data[found] == text);
      found++;
    }
    CHECK(found == rows.length);
    digest_u32s(digest, rows.data, rows.length);
    ck_u32s_free(&rows);
  }
}

/* Of damaged offsets, rows of texts are found or the damage is. */
static void invalid_offsets(sample *sample, random_source *random) {
  uint64_t *offsets = (uint64_t *)sample->offsets.bytes, size = sample->texts.n_bytes;
  const uint64_t wrong[] = {0, size + 1, UINT64_MAX, 1ull << 63, (1ull << 32) + size, size / 2};
  const uint8_t letter = 'a';
  ck_error error;
  ck_ticker ticker = ck_ticker_new(NULL);
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    uint64_t *offset = &offsets[random_below(random, (unsigned)sample->texts.length + 1)], kept = *offset;
    *offset = wrong[i];
    for (int place = CK_ANYWHERE; place <= CK_AT_END; place++) {
      ck_u32s rows = {0};
      ck_text wanted = {&letter, 1};
      ck_code code = ck_texts_search(&sample->texts, wanted, (ck_text_place)place, &rows, &ticker, &error);
      CHECK(code == CK_OK || (code == CK_CORRUPT && error.message[0]));
      for (size_t row = 0; row < rows.length; row++) CHECK(rows.data[row] < sample->texts.length);
      ck_u32s_free(&rows);
    }
    *offset = kept;
  }
}

/* Bytes that belong to no text. */
static void bytes_outside(void) {
  const uint8_t bytes[] = {'a', 'b', 'a'}, letter = 'a';
  const uint64_t offsets[] = {0, 2}, late[] = {1, 3};
  const ck_text wanted = {&letter, 1};
  ck_u32s rows = {0};
  ck_error error;
  ck_ticker ticker = ck_ticker_new(NULL);
  ck_texts after = {bytes, offsets, 3, 1, {0}, {0}}, before = {bytes, late, 3, 1, {0}, {0}};
  CHECK(ck_texts_search(&after, wanted, CK_ANYWHERE, &rows, &ticker, &error) == CK_CORRUPT);
  CHECK(ck_texts_search(&before, wanted, CK_ANYWHERE, &rows, &ticker, &error) == CK_CORRUPT);
  ck_u32s_free(&rows);
}

int main(void) {
  random_source random = {0x9E3779B97F4A7C15u};
  digest digest = {0};
  for (unsigned round = 0; round < 2000; round += stride()) {
    sample made;
    make_sample(&made, &random);
    compare(&made, &random, &digest);
    invalid_offsets(&made, &random);
    free_sample(&made);
  }
  bytes_outside();
  digest_print("text search", &digest);
  return 0;
}
