/* Runs and their merge. Arbitrary bytes as pieces of runs must be refused, or give a sound table. Runs made of random rows
 * of the input's words must merge to the sums of these rows.
 *
 * An input: which of the two, the allocation that fails, then for pieces min_count and each piece: its length, its
 * rows and its bytes; for words the numbers of rows and runs, a seed and the words, separated by spaces. */
#include "fuzz.h"
#define main main_of_the_test
#include "test_runs.c"
#undef main

enum { FUZZ_PIECES = 8, FUZZ_WORDS = 64, FUZZ_TABLE = 40 };

static ck_code merged_once(const ck_run_piece *pieces, size_t length, uint64_t min_count, ck_merged *merged) {
  ck_error error = {CK_OK, ""};
  long before = live;
  ck_code code = merge(pieces, length, min_count, merged, &error);
  CHECK(code == error.code && (!code || (live == before && error.message[0])));
  if (!code) check_sound(merged);
  return code;
}

static bool same_table(const ck_merged *one, const ck_merged *other) {
  bool same = one->n.length == other->n.length && one->content == other->content;
  for (size_t i = 0; same && i < one->n.length; i++) {
    size_t length, other_length;
    const uint8_t *text = text_at(&one->texts, i, &length), *others = text_at(&other->texts, i, &other_length);
    same = length == other_length && !memcmp(text, others, length) && one->counts.data[i] == other->counts.data[i] &&
           one->documents.data[i] == other->documents.data[i];
  }
  return same;
}

/* The order of the pieces changes neither the table nor whether they are refused; only which error it is. */
static void merge_pieces(fuzz_input *input, unsigned fails) {
  ck_run_piece pieces[FUZZ_PIECES];
  ck_merged merged, other;
  size_t length = 0;
  uint64_t min_count = fuzz_number(input);
  for (; length < FUZZ_PIECES && fuzz_left(input); length++) {
    size_t size = fuzz_below(input, 256);
    pieces[length].rows = fuzz_number(input);
    if (size > fuzz_left(input)) size = fuzz_left(input);
    pieces[length].length = size;
    pieces[length].bytes = (const uint8_t *)fuzz_copy(input->at, size);
    input->at += size;
  }
  ck_code code = merged_once(pieces, length, min_count, &merged), again;
  CHECK(code == CK_OK || code == CK_CORRUPT || code == CK_LIMIT);
  for (size_t i = 0; i < length / 2; i++) {
    ck_run_piece piece = pieces[i];
    pieces[i] = pieces[length - 1 - i];
    pieces[length - 1 - i] = piece;
  }
  again = merged_once(pieces, length, min_count, &other);
  CHECK(!code == !again && (code || same_table(&merged, &other)));
  if (!again) ck_merged_free(&other);
  if (fails) {
    fuzz_fail_at(fails - 1, fails);
    again = merged_once(pieces, length, min_count, &other);
    fuzz_fail_no_more();
    CHECK(again == CK_MEMORY ? failures > 0 : !code == !again && (code || same_table(&merged, &other)));
    if (!again) ck_merged_free(&other);
  }
  if (!code) ck_merged_free(&merged);
  for (size_t i = 0; i < length; i++) free((void *)pieces[i].bytes);
}

/* The vocabulary of the test: distinct words, sorted. */
static void take_words(fuzz_input *input) {
  static ck_text *texts = vocabulary.texts;
  size_t length = 0;
  while (fuzz_left(input) && length < FUZZ_WORDS) {
    uint8_t *word = vocabulary.bytes[length];
    size_t size = 0;
    while (fuzz_left(input) && *input->at != ' ' && size < LONGEST) word[size++] = *input->at++;
    size = ck_utf8_check_bytes(word, size);
    if (fuzz_left(input)) input->at++;
    if (size) texts[length++] = (ck_text){word, (uint32_t)size};
  }
  if (!length) texts[length++] = (ck_text){(const uint8_t *)"a", 1};
  qsort(texts, length, sizeof(ck_text), compare_words);
  vocabulary.length = 0;
  for (size_t w = 0; w < length; w++)
    if (!w || compare_words(&texts[vocabulary.length - 1], &texts[w])) texts[vocabulary.length++] = texts[w];
}

static void merge_words(fuzz_input *input, unsigned fails) {
  digest digest = {0};
  size_t length = fuzz_below(input, FUZZ_TABLE), runs = fuzz_below(input, RUNS + 1);
  random_source random = fuzz_random(input);
  take_words(input);
  compare_runs(&random, runs, length, &digest);
  if (!runs || !fails) return;
  ck_run run; /* of the last table */
  ck_error error = {CK_OK, ""};
  long before = live;
  fuzz_fail_at(fails - 1, fails);
  ck_code code = run_of(&one_table, 1, 64, &run, &error);
  fuzz_fail_no_more();
  CHECK(code == error.code && (!code || (code == CK_MEMORY && failures)));
  if (!code) ck_run_free(&run);
  CHECK(live == before);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_input input = {data, data + size};
  fuzz_fail_no_more();
  unsigned kind = fuzz_byte(&input), fails = fuzz_byte(&input);
  (kind & 1 ? merge_words : merge_pieces)(&input, fails);
  return 0;
}
