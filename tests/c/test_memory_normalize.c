/* The normaliser, and the construction of its programs, when memory runs out. The argument is the file of programs. */
#include "failing.h"
#include "normalize_column.h"
#include "normalize_map.h"
#include "programs.h"

enum { TEXTS = 60, LONGEST = 400 };

static struct {
  uint8_t bytes[TEXTS * LONGEST];
  size_t size;
  ck_text texts[TEXTS];
  const ck_program *program;
} sample;

/* One text is a cluster of so many marks that sorting them needs memory. */
static void make_sample(void) {
  random_source random = {0xC2B2AE3D27D4EB4Fu};
  for (size_t i = 0; i < TEXTS; i++) {
    size_t length = i == 9 ? LONGEST : i % 7 ? random_below(&random, LONGEST) : 0;
    sample.texts[i].bytes = sample.bytes + sample.size;
    sample.texts[i].length = (uint32_t)length;
    random_text(&random, (text_kind)(i % TEXT_KINDS), sample.bytes + sample.size, length);
    for (size_t k = 0; i == 9 && k < length; k += 2) memcpy(sample.bytes + sample.size + k, k % 4 ? "َ" : "ّ", 2);
    sample.size += length;
  }
}

static ck_code normalize_sample(digest *digest, ck_error *error) {
  ck_ticker ticker = ck_ticker_new(NULL);
  ck_column out;
  test_column column;
  failing_pause();
  test_column_new(&column, true, sample.texts, TEXTS, sample.bytes, sample.size);
  failing_resume();
  ck_code code = ck_normalize_column(sample.program, &column.column, ck_simd_best(), 1, 1000, &ticker, &out, error);
  if (!code) {
    digest_bytes(digest, out.array.buffers[1], (size_t)out.array.length * 16);
    ck_column_release(&out);
  }
  test_column_free(&column);
  return code;
}

static ck_code make_program(digest *digest, ck_error *error) {
  static const uint32_t word[] = {0x635, 0x644, 0x649};
  uint32_t change = 0;
  ck_program *program = ck_program_new(error);
  if (!program) return CK_MEMORY;
  for (uint32_t page = 0; !error->code && page < 40; page++)
    ck_paged_set(&program->early, page * CK_PAGE, CK_CHANGE(CK_NONE, 0), error);
  for (int i = 0; !error->code && i < 60; i++) {
    ck_pair pair = {0x622, 0x627, 0x653};
    if (ck_program_letters(program, word, 3, &change, error)) break;
    ck_pairs_push(&program->pairs, pair, error);
  }
  for (uint32_t page = 0; !error->code && page < 40; page++) ck_program_prepare(program, page * CK_PAGE, error);
  if (!error->code) {
    ck_program_finish(program);
    digest_number(digest, change);
    digest_number(digest, program->fast.values.length);
  }
  ck_program_free(program);
  return error->code;
}

int main(int count, char **arguments) {
  programs list;
  CHECK(count == 2);
  fail_at = -1;
  programs_read(&list, arguments[1]);
  make_sample();
  for (size_t p = 0; p < list.length; p++) {
    sample.program = list.items[p].program;
    failing_run(list.items[p].name, normalize_sample);
  }
  failing_run("making a program", make_program);
  programs_free(&list);
  printf("memory done\n");
  return 0;
}
