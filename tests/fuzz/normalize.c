/* The normaliser, by the programs of the library's presets (a file named by FUZZ_PROGRAMS) and by random ones. Valid
 * texts are compared in all forms as in tests/c; for any texts, with nulls and in several chunks, instructions, threads
 * and blocks must change neither the result nor the error.
 *
 * An input: the layout, the rows of a chunk, the rows before each, the threads, the allocation that fails, the program
 * and the texts. */
#include "fuzz.h"
#include "normalize_column.h"
#define main main_of_the_test
#include "test_normalize.c"
#undef main

int LLVMFuzzerInitialize(int *count, char ***arguments);

static programs presets;

int LLVMFuzzerInitialize(int *count, char ***arguments) {
  (void)count;
  (void)arguments;
  fuzz_fail_no_more();
  CHECK(getenv("FUZZ_PROGRAMS"));
  programs_read(&presets, getenv("FUZZ_PROGRAMS"));
  return 0;
}

/* ------------------------------------------------------------------------ random tables */

enum { LETTERS = 16, MARKS = 6, RESULTS = 8, EDITS = 16 };

/* Letters, of which some are in the blocks of the vector kernels; marks; and what only LATE makes. */
static const uint32_t letters[LETTERS] = {'a',   ' ',   0xE9,   0x627,  0x628,  0x644,  0x647,   0x623,
                                          0x640, 0x6CC, 0x200D, 0xFEFB, 0xFEDF, 0x1E00, 0x1F600, 0x10FFFF};
static const uint32_t marks[MARKS] = {0x64B, 0x651, 0x654, 0x670, 0x301, 0x1E8D0};
static const uint32_t results[RESULTS] = {'z', 0xFF, 0x62A, 0x649, 0x6A9, 0x6D2, 0xFDF2, 0x1F64F};

static uint32_t any_of(fuzz_input *input) {
  unsigned number = fuzz_below(input, LETTERS + MARKS);
  return number < LETTERS ? letters[number] : marks[number - LETTERS];
}

static void take_early(fuzz_input *input, ck_program *program) {
  uint32_t list[3], code_point = any_of(input);
  unsigned length = fuzz_below(input, 4);
  for (unsigned i = 0; i < length; i++) list[i] = any_of(input);
  table_set(&program->early, code_point, change_to(program, list, length));
}

/* As for tables from Python: LATE gives one code point, which it does not change again, and removes marks only. */
static void take_edit(fuzz_input *input, ck_program *program) {
  static const uint32_t flags[] = {CK_IS_ALEF, CK_IS_EMOJI,       CK_IS_SELECTOR,   CK_IS_LETTER,   CK_IS_LAM,
                                   CK_IS_HEH,  CK_IS_TRANSPARENT, CK_IS_BEFORE_LAM, CK_IS_PROCLITIC};
  uint32_t result;
  switch (fuzz_below(input, 9)) {
    case 0:
    case 1:
      take_early(input, program);
      break;
    case 2:
      result = results[fuzz_below(input, RESULTS)];
      table_set(&program->late, any_of(input), change_to(program, &result, 1));
      break;
    case 3:
      table_set(&program->late, marks[fuzz_below(input, MARKS)], CK_CHANGE(CK_NONE, 0));
      break;
    case 4: {
      uint32_t mark = marks[fuzz_below(input, MARKS)], base = letters[fuzz_below(input, LETTERS)];
      unsigned number = fuzz_below(input, LETTERS + RESULTS);
      uint32_t pair[3] = {number < LETTERS ? letters[number] : results[number - LETTERS], base, mark};
      pair_add(program, pair);
      break;
    }
    case 5:
      program->elongation = fuzz_below(input, 4);
      if (!program->final) program->final = letters[3 + fuzz_below(input, 4)];
      traits_add(program, program->final, CK_IS_FINAL);
      break;
    case 6:
      table_set(&program->early, any_of(input), CK_CHANGE(CK_JOINER, 0));
      break;
    case 7:
      result = fuzz_below(input, 2) ? CK_IS_HAMZA : CK_IS_LOOSE;
      traits_add(program, marks[fuzz_below(input, MARKS)], result);
      program->clusters = true;
      break;
    default:
      result = flags[fuzz_below(input, sizeof flags / sizeof *flags)];
      traits_add(program, any_of(input), result);
  }
}

static ck_program *take_program(fuzz_input *input) {
  ck_error error = {CK_OK, ""};
  ck_program *program = ck_program_new(&error);
  CHECK(program && !error.code);
  for (size_t i = 0; i < MARKS; i++) traits_add(program, marks[i], i < 3 ? 27 + (uint32_t)i : 230);
  for (unsigned edits = fuzz_below(input, EDITS); edits > 0; edits--) take_edit(input, program);
  for (uint32_t code_point = 0xD800; code_point < 0xE000; code_point++) {
    table_set(&program->early, code_point, CK_CHANGE(CK_BAD, 0));
    CHECK(!ck_program_prepare(program, code_point, &error));
  }
  for (size_t i = 0; i < LETTERS; i++) CHECK(!ck_program_prepare(program, letters[i], &error));
  for (size_t i = 0; i < MARKS; i++) CHECK(!ck_program_prepare(program, marks[i], &error));
  ck_program_finish(program);
  return program;
}

/* ------------------------------------------------------------------------------ columns */

static ck_code normalized(const ck_program *program, ck_text_column *column, ck_simd simd, unsigned threads,
                          size_t block_limit, ck_column *out, ck_error *error) {
  ck_ticker ticker = ck_ticker_new(NULL);
  long before = live;
  memset(error, 0, sizeof *error);
  ck_code code = ck_normalize_column(program, column, simd, threads, block_limit, &ticker, out, error);
  CHECK(code ? code == error->code && live == before : out->array.length == column->length);
  return code;
}

static void check_same(const ck_column *one, const ck_column *other, size_t length) {
  CHECK(one->array.null_count == other->array.null_count);
  for (size_t row = 0; row < length; row++) {
    ck_text left = fuzz_value(one, row), right = fuzz_value(other, row);
    CHECK(!left.bytes == !right.bytes && left.length == right.length);
    CHECK(!left.bytes || !memcmp(left.bytes, right.bytes, left.length));
  }
}

/* Returns whether every text can be normalised. */
static bool check_column(const ck_program *program, const fuzz_texts *texts, ck_text_column *column, unsigned threads,
                         unsigned fails) {
  ck_column plain, other;
  ck_error expected, error;
  size_t limit = threads & 64 ? 1 + threads % 64 : 0;
  ck_code code = normalized(program, column, CK_SCALAR, 1, 0, &plain, &expected), again;
  /* random tables may form a cycle, which is an error */
  CHECK(texts->valid ? !code || code == CK_LIMIT : code != CK_OK);
  if (!code) CHECK(plain.array.null_count == (int64_t)texts->nulls);
  for (int simd = 0; simd < CK_SIMD_COUNT; simd++) {
    if (!ck_simd_supported((ck_simd)simd)) continue;
    again = normalized(program, column, (ck_simd)simd, threads < 128 ? 1 : 1 + threads++ % 3, limit, &other, &error);
    CHECK(again == code && (!code || !strcmp(error.message, expected.message)));
    if (code) continue;
    check_same(&plain, &other, texts->length);
    ck_column_release(&other);
  }
  if (fails) {
    fuzz_fail_at(fails - 1, fails);
    again = normalized(program, column, ck_simd_best(), 1 + fails % 3, limit, &other, &error);
    fuzz_fail_no_more();
    CHECK(again == code || (again == CK_MEMORY && failures));
    if (!again) check_same(&plain, &other, texts->length);
    if (!again) ck_column_release(&other);
  }
  if (!code) ck_column_release(&plain);
  return !code;
}

/* Each text by itself, in all forms. */
static void check_forms(const ck_program *program, const fuzz_texts *texts) {
  bench bench;
  memset(&bench, 0, sizeof bench);
  bench.program = program;
  for (size_t i = 0; i < texts->length; i++) {
    exact buffer = exact_new(texts->texts[i].length, i);
    if (texts->texts[i].length) memcpy(buffer.bytes, texts->texts[i].bytes, texts->texts[i].length);
    all_variants(&bench, buffer.bytes, texts->texts[i].length);
    exact_free(&buffer);
  }
  ck_work_free(&bench.work);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_input input = {data, data + size};
  fuzz_texts texts;
  ck_text_column column;
  ck_text_layout layout = (ck_text_layout)fuzz_below(&input, 3);
  size_t rows = 1 + fuzz_below(&input, FUZZ_ROWS), offset = fuzz_below(&input, 12);
  unsigned threads = fuzz_byte(&input), fails = fuzz_byte(&input), chosen = fuzz_byte(&input);
  ck_program *made = chosen & 128 ? take_program(&input) : NULL;
  const ck_program *program = made ? made : presets.items[chosen % presets.length].program;
  fuzz_texts_take(&input, &texts);
  fuzz_column_open(&texts, layout, rows, offset, &column);
  bool all = check_column(program, &texts, &column, threads, fails);
  ck_text_column_close(&column);
  if (all) check_forms(program, &texts);
  ck_program_free(made);
  CHECK(!fuzz_unreleased);
  return 0;
}
