/* The tokeniser. Valid texts are compared with the slow twins of tests/c in all modes; for any texts, with nulls and in
 * several chunks, instructions and threads must change neither the result nor the error.
 *
 * An input: the layout, the rows of a chunk, the rows before each, the threads, the allocation that fails and the
 * texts. */
#include "fuzz.h"
#define main main_of_the_test
#include "test_tokenize.c"
#undef main

typedef struct {
  ck_code code;
  ck_error error;
  result all;
} outcome;

static void outcome_of(const ck_text_column *column, ck_token_mode mode, options options, ck_types *types,
                       outcome *out) {
  ck_ticker ticker = ck_ticker_new(NULL);
  memset(out, 0, sizeof *out);
  out->all.tokens.without_starts = options.without_starts;
  out->code = ck_tokenize_column(column, mode, options.simd, options.threads, 1, types, &out->all.tokens,
                                 out->all.counts, &ticker, &out->error);
  CHECK(!out->code || out->code == out->error.code);
}

static void check_outcome(const outcome *expected, const outcome *got, bool without_starts) {
  CHECK(got->code == expected->code && (!got->code || !strcmp(got->error.message, expected->error.message)));
  if (got->code) return;
  CHECK(got->all.tokens.length == expected->all.tokens.length);
  check_same(&expected->all, 0, &got->all, without_starts);
  CHECK(!memcmp(got->all.counts, expected->all.counts, sizeof got->all.counts));
}

/* Each instruction set, for some inputs with threads, which are what takes most time here. */
static void check_column(const fuzz_texts *texts, ck_text_column *column, ck_token_mode mode, unsigned threads,
                         unsigned fails) {
  const options plain = {true, false, CK_SCALAR, 1};
  ck_types *types = empty_table(0);
  outcome expected, got;
  column->simd = CK_SCALAR;
  outcome_of(column, mode, plain, types, &expected);
  CHECK(expected.code == (texts->valid ? CK_OK : CK_UTF8));
  CHECK(!expected.code || !ck_types_count(types));
  for (int simd = 0; simd < CK_SIMD_COUNT; simd++) {
    if (!ck_simd_supported((ck_simd)simd)) continue;
    column->simd = (ck_simd)simd;
    const options varied = {true, threads % 2, (ck_simd)simd, threads < 128 ? 1 : 1 + threads % 3};
    ck_types *other = empty_table(1);
    outcome_of(column, mode, varied, other, &got);
    check_outcome(&expected, &got, varied.without_starts);
    check_same_types(types, other);
    ck_tokens_free(&got.all.tokens);
    threads++;
  }
  if (fails) {
    ck_types fresh;
    ck_types_init(&fresh, CK_TYPES_LIMIT, ck_seeds_of(2));
    fuzz_fail_at(fails - 1, fails);
    outcome_of(column, mode, (options){true, false, ck_simd_best(), 1 + fails % 3}, &fresh, &got);
    fuzz_fail_no_more();
    if (got.code == CK_MEMORY)
      CHECK(failures && !ck_types_count(&fresh));
    else
      check_outcome(&expected, &got, false);
    ck_tokens_free(&got.all.tokens);
    ck_types_free(&fresh);
  }
  ck_tokens_free(&expected.all.tokens);
}

/* The slow twins want the texts one behind the other. */
static void check_twins(const fuzz_texts *texts) {
  batch batch = {.length = texts->length};
  for (size_t i = 0; i < texts->length; i++) batch.size += texts->texts[i].length;
  batch.data = exact_new(batch.size, 0);
  uint8_t *to = batch.data.bytes;
  for (size_t i = 0; i < texts->length; i++) {
    if (texts->texts[i].length) memcpy(to, texts->texts[i].bytes, texts->texts[i].length);
    batch.texts[i] = (ck_text){to, texts->texts[i].length};
    to += texts->texts[i].length;
  }
  for (int mode = CK_STANDARD; mode <= CK_CHARACTER; mode++) {
    ck_types *types = empty_table(0);
    result all;
    tokenize(&batch, 0, batch.length, (options){true, false, CK_SCALAR, 1}, (ck_token_mode)mode, types, &all);
    check_texts(&batch, (ck_token_mode)mode, types, &all);
    check_in_pieces(&batch, (ck_token_mode)mode, types, &all);
    ck_tokens_free(&all.tokens);
  }
  exact_free(&batch.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_input input = {data, data + size};
  fuzz_texts texts;
  fuzz_fail_no_more();
  ck_text_layout layout = (ck_text_layout)fuzz_below(&input, 3);
  size_t rows = 1 + fuzz_below(&input, FUZZ_ROWS), offset = fuzz_below(&input, 12);
  unsigned threads = fuzz_byte(&input), fails = fuzz_byte(&input);
  fuzz_texts_take(&input, &texts);
  if (texts.valid) check_twins(&texts);
  ck_text_column column;
  fuzz_column_open(&texts, layout, rows, offset, &column);
  for (int mode = CK_STANDARD; mode <= CK_CHARACTER; mode++)
    check_column(&texts, &column, (ck_token_mode)mode, threads, fails);
  ck_text_column_close(&column);
  CHECK(!fuzz_unreleased);
  return 0;
}
