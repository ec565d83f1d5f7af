/* The normaliser on columns: every number of threads, SIMD variant and block limit must give the same as the texts one
 * by one. The argument is the file of programs. */
#include "normalize_column.h"
#include "programs.h"

enum { TEXTS = 6000, LONGEST = 1500 };

static struct {
  uint8_t *bytes;
  size_t size;
  ck_text texts[TEXTS];
} sample;

/* About four mebibytes, enough for several threads. */
static void make_sample(void) {
  random_source random = {0xC2B2AE3D27D4EB4Fu};
  sample.bytes = (uint8_t *)malloc((size_t)TEXTS * LONGEST);
  CHECK(sample.bytes);
  for (size_t i = 0; i < TEXTS; i++) {
    size_t length = i % 5 ? random_below(&random, LONGEST) : random_below(&random, 20);
    sample.texts[i].bytes = sample.bytes + sample.size;
    sample.texts[i].length = (uint32_t)length;
    random_text(&random, (text_kind)(i % TEXT_KINDS), sample.bytes + sample.size, length);
    sample.size += length;
  }
}

/* The value of a row in a column of string views. */
static ck_text value_of(const ck_column *column, size_t row) {
  const uint8_t *view = (const uint8_t *)column->array.buffers[1] + 16 * row;
  ck_text text = {view + 4, 0};
  uint32_t block, offset;
  memcpy(&text.length, view, 4);
  if (text.length <= CK_VIEW_INLINE) return text;
  memcpy(&block, view + 8, 4);
  memcpy(&offset, view + 12, 4);
  CHECK(block < (size_t)column->array.n_buffers - 3);
  const int64_t *sizes = (const int64_t *)column->array.buffers[column->array.n_buffers - 1];
  CHECK((int64_t)offset + text.length <= sizes[block]);
  text.bytes = (const uint8_t *)column->array.buffers[2 + block] + offset;
  CHECK(!memcmp(view + 4, text.bytes, 4));
  return text;
}

static ck_column normalized(const ck_program *program, bool views, ck_simd simd, unsigned threads, size_t block_limit) {
  ck_error error;
  ck_ticker ticker = ck_ticker_new(NULL);
  ck_column out;
  test_column column;
  test_column_new(&column, views, sample.texts, TEXTS, sample.bytes, sample.size);
  CHECK(!ck_normalize_column(program, &column.column, simd, threads, block_limit, &ticker, &out, &error));
  CHECK(out.array.length == TEXTS && out.array.null_count == 0);
  test_column_free(&column);
  return out;
}

/* Compares the column with each text normalised by itself, in scalar code. */
static void check_singly(const ck_program *program, const ck_column *out, digest *digest) {
  ck_error error;
  ck_ticker ticker = ck_ticker_new(NULL);
  ck_work work;
  memset(&work, 0, sizeof work);
  work.simd = CK_SCALAR;
  for (size_t row = 0; row < TEXTS; row++) {
    ck_text text = sample.texts[row], value = value_of(out, row);
    size_t capacity = text.length * program->growth_bytes + CK_SLACK, length = 0;
    uint8_t *bytes = (uint8_t *)malloc(capacity);
    CHECK(bytes);
    CHECK(!ck_normalize_utf8(program, text.bytes, text.length, bytes, capacity, NULL, &length, &work, &ticker, &error));
    CHECK(length == value.length && !memcmp(bytes, value.bytes, length));
    digest_number(digest, length);
    digest_bytes(digest, bytes, length);
    free(bytes);
  }
  ck_work_free(&work);
}

static void check_same(const ck_column *one, ck_column other) {
  for (size_t row = 0; row < TEXTS; row++) {
    ck_text left = value_of(one, row), right = value_of(&other, row);
    CHECK(left.length == right.length && !memcmp(left.bytes, right.bytes, left.length));
  }
  ck_column_release(&other);
}

int main(int count, char **arguments) {
  programs list;
  CHECK(count == 2);
  programs_read(&list, arguments[1]);
  make_sample();
  for (size_t p = 0; p < list.length; p += stride()) {
    const ck_program *program = list.items[p].program;
    digest digest = {0};
    ck_column plain = normalized(program, true, CK_SCALAR, 1, 0);
    check_singly(program, &plain, &digest);
    for (unsigned threads = 2; threads <= 4; threads++)
      check_same(&plain, normalized(program, threads % 2, ck_simd_best(), threads, threads == 3 ? 100000 : 0));
    ck_column_release(&plain);
    digest_print(list.items[p].name, &digest);
  }
  free(sample.bytes);
  programs_free(&list);
  return 0;
}
