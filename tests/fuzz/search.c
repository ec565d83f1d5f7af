/* Search programs. Those without backward jumps are compared with the backtracking matcher of tests/c, sequences of
 * tests also with the same as a program of the general machine, and with assertions and labels by both kernels that
 * find hits; any other program, with any assertions and checks, any ends of documents, types and positions must be
 * refused or give hits within the text.
 *
 * An input: the text and what is wrong with it, the tests of each type, the steps, and the tokens, each a byte: its
 * type (the lower four bits), its flags, whether it begins a document. */
#include "fuzz.h"
/* not the one of this name here */
#include <search.c>
#define main main_of_the_test
#include "test_search.c"
#undef main

static void *take_bytes(fuzz_input *input, exact *room, size_t length) {
  uint8_t *bytes = (uint8_t *)allocate(room, length, 1);
  for (size_t i = 0; i < length; i++) bytes[i] = fuzz_byte(input);
  return bytes;
}

/* A step: its kind and words_only, and two numbers, which `forward` makes valid. */
static void take_program(fuzz_input *input, sample *made, bool forward) {
  ck_search_program *program = &made->program;
  size_t length = program->length = fuzz_below(input, MOST_STEPS + 1);
  if (forward && !length) length = program->length = 1;
  uint8_t *kind = (uint8_t *)allocate(&made->kind, length, 1);
  uint8_t *words_only = (uint8_t *)allocate(&made->words_only, length, 1);
  uint32_t *x = (uint32_t *)allocate(&made->x, length, sizeof *x);
  uint32_t *y = (uint32_t *)allocate(&made->y, length, sizeof *y);
  for (size_t i = 0; i < length; i++) {
    uint8_t byte = fuzz_byte(input);
    unsigned left = (unsigned)(length - 1 - i), bits = n_tests(&made->text);
    bool last = !left || byte % 16 == 15;
    kind[i] = last ? CK_STEP_ACCEPT : byte % 16 < 8 ? CK_STEP_TEST : byte % 16 < 13 ? CK_STEP_SPLIT : CK_STEP_JUMP;
    words_only[i] = byte >> 4;
    if (forward) {
      x[i] = kind[i] == CK_STEP_TEST ? fuzz_below(input, bits) : (uint32_t)(i + 1 + fuzz_below(input, left ? left : 1));
      y[i] = (uint32_t)(i + 1 + fuzz_below(input, left ? left : 1));
    } else {
      if (byte & 0x80) kind[i] = (byte & 15) < 14 ? byte & 7 : byte;
      x[i] = (uint32_t)fuzz_number(input);
      y[i] = (uint32_t)fuzz_number(input);
    }
  }
  program->kind = kind;
  program->words_only = words_only;
  program->x = x;
  program->y = y;
}

static void take_text(fuzz_input *input, sample *made) {
  ck_search_text *text = &made->text;
  uint32_t types[MOST_TOKENS];
  uint8_t flags[MOST_TOKENS];
  uint64_t ends[MOST_DOCUMENTS];
  bool begins = true;
  size_t n_documents = 0;
  while (fuzz_left(input) && text->n_tokens < MOST_TOKENS) {
    uint8_t byte = fuzz_byte(input);
    if (text->n_tokens && byte >> 5 == 7 && n_documents + 2 < MOST_DOCUMENTS) {
      for (unsigned i = 0; i < 1 + (byte & 1u); i++) ends[n_documents++] = text->n_tokens; /* one may be empty */
      begins = true;
      continue;
    }
    types[text->n_tokens] = byte % 16 % (uint32_t)text->n_types;
    flags[text->n_tokens] = (uint8_t)((byte & 0xF0) | (begins ? 3 : byte >> 4 == 1 ? 1 : byte >> 4 == 2 ? 2 : 0));
    made->document_of[text->n_tokens++] = (uint32_t)n_documents;
    begins = false;
  }
  if (text->n_tokens) ends[n_documents++] = text->n_tokens;
  text->n_documents = n_documents;
  text->types = memcpy(allocate(&made->types, text->n_tokens, sizeof *types), types, text->n_tokens * sizeof *types);
  text->flags = memcpy(allocate(&made->flags, text->n_tokens, 1), flags, text->n_tokens);
  text->document_ends = memcpy(allocate(&made->ends, n_documents, sizeof *ends), ends, n_documents * sizeof *ends);
}

/* The tokens of a list, ascending and once each. */
static ck_u32s as_a_set(ck_u32s *list, size_t n_tokens) {
  ck_u32s set = {0};
  ck_error error;
  for (uint32_t token = 0; token < n_tokens; token++)
    for (size_t i = 0; i < list->length; i++)
      if (list->data[i] == token) {
        CHECK(!ck_u32s_push(&set, token, &error));
        break;
      }
  ck_u32s_free(list);
  return set;
}

/* A sequence of tests, and the same with a jump before its end, which makes it one for the general machine. */
static void compare_machines(const sample *made, random_source *random) {
  uint8_t kind[MOST_STEPS + 1] = {0}, words_only[MOST_STEPS + 1] = {0};
  uint32_t x[MOST_STEPS + 1] = {0}, y[MOST_STEPS + 1] = {0};
  ck_search_program other = {kind, words_only, x, y, made->program.length + 1, NULL};
  size_t last = made->program.length - 1, n_some;
  memcpy(kind, made->program.kind, last);
  memcpy(words_only, made->program.words_only, last);
  memcpy(x, made->program.x, last * sizeof *x);
  kind[last] = CK_STEP_JUMP;
  x[last] = (uint32_t)last + 1;
  kind[last + 1] = CK_STEP_ACCEPT;
  CHECK(ck_search_is_plain(&made->program) && !ck_search_is_plain(&other));
  exact some = some_tokens(made, random, &n_some);
  const uint32_t *tokens = (const uint32_t *)some.bytes;
  for (int way = 0; way < 2; way++) {
    ck_u32s found[2][2] = {{{0}, {0}}, {{0}, {0}}};
    ck_search_places places = {tokens, NULL, n_some};
    ck_error error;
    ck_ticker ticker = ck_ticker_new(NULL);
    for (int machine = 0; machine < 2; machine++) {
      const ck_search_program *program = machine ? &other : &made->program;
      ck_u32s *first = &found[machine][0], *end = &found[machine][1];
      ck_search_starts_found starts = {.tagged = false};
      CHECK(!(way ? ck_search_hits(&made->text, program, &places, &(ck_search_manner){.patience = n_some & 3}, first, end,
                                   &ticker, &error)
                  : ck_search_starts(&made->text, program, &places, false, &starts, &ticker, &error)));
      if (!way) *first = as_a_set(&starts.tokens, made->text.n_tokens);
    }
    for (int list = 0; list < 2; list++) {
      CHECK(found[0][list].length == found[1][list].length);
      for (size_t i = 0; i < found[0][list].length; i++) CHECK(found[0][list].data[i] == found[1][list].data[i]);
      for (int machine = 0; machine < 2; machine++) ck_u32s_free(&found[machine][list]);
    }
  }
  exact_free(&some);
}

/* Numbers of the marks are changed; if they are refused, the program has none. */
static void take_marks(fuzz_input *input, sample *made, random_marks *marks) {
  uint32_t *assertions = (uint32_t *)(uintptr_t)marks->marks.assertions;
  uint32_t *terms = (uint32_t *)(uintptr_t)marks->marks.terms;
  uint32_t *check_ends = (uint32_t *)(uintptr_t)marks->marks.check_ends;
  ck_error error = {CK_OK, ""};
  for (unsigned changes = fuzz_below(input, 8); changes > 0; changes--) {
    uint8_t place = fuzz_byte(input);
    uint32_t number = (uint32_t)fuzz_number(input);
    if (place % 4 == 0) assertions[place / 4 % (4 * MOST_MARKS)] = number;
    if (place % 4 == 1) check_ends[place / 4 % MOST_MARKS] = number;
    if (place % 4 > 1) terms[place / 4 % (8 * MOST_MARKS)] = number;
  }
  if (ck_check_search_marks(&marks->marks, n_tests(&made->text), &error))
    CHECK(error.code == CK_CORRUPT && error.message[0]);
  else
    made->program.marks = &marks->marks;
}

static void any_labels(const sample *made, const uint32_t *tokens, size_t n_tokens, random_source *random) {
  ck_labelled_hits hits = {.first = {0}};
  ck_search_places places = {tokens, NULL, n_tokens};
  ck_search_manner manner = {.strategy = (ck_search_strategy)random_below(random, CK_STRATEGIES)};
  ck_error error = {CK_OK, ""};
  ck_ticker ticker = ck_ticker_new(NULL);
  manner.nested = random_below(random, 2);
  ck_code code = ck_search_labelled(&made->text, &made->program, &places, &manner, 100000, &hits, &ticker, &error);
  CHECK(code == error.code && (code == CK_OK || code == CK_CORRUPT || code == CK_LIMIT));
  CHECK(hits.first.length == hits.end.length);
  for (size_t i = 0; i < hits.first.length; i++)
    CHECK(hits.first.data[i] < hits.end.data[i] && hits.end.data[i] <= made->text.n_tokens);
  CHECK(hits.slots.length == (made->program.marks ? made->program.marks->n_slots * hits.first.length : 0));
  ck_labelled_hits_free(&hits);
}

/* Anything may be wrong, but an accepted program ends, and results are within the text. */
static void any_search(fuzz_input *input, sample *made, random_source *random) {
  ck_error error = {CK_OK, ""};
  ck_ticker ticker = ck_ticker_new(NULL);
  uint64_t *ends = (uint64_t *)made->ends.bytes;
  uint32_t *types = (uint32_t *)made->types.bytes, *rows = (uint32_t *)made->rows.bytes;
  random_marks marks;
  make_marks(&marks, made, random);
  take_marks(input, made, &marks);
  if (ck_check_search_program(&made->program, n_tests(&made->text), &error)) {
    CHECK(error.code == CK_CORRUPT && error.message[0]);
    made->program.marks = NULL;
    free_marks(&marks);
    return;
  }
  size_t n_some;
  exact some = some_tokens(made, random, &n_some);
  uint32_t *tokens = (uint32_t *)some.bytes;
  for (unsigned wrong = fuzz_below(input, 4); wrong > 0; wrong--) {
    uint8_t place = fuzz_byte(input);
    uint64_t number = fuzz_number(input);
    if (place % 3 == 0 && made->text.n_documents) ends[place % made->text.n_documents] = number;
    if (place % 3 == 1 && made->text.n_tokens) types[place % made->text.n_tokens] = (uint32_t)number;
    if (place % 3 == 2 && n_some) tokens[place % n_some] = (uint32_t)number;
    if (place % 8 == 7) rows[place % made->text.n_types] = (uint32_t)number;
  }
  outcome starts = starts_of(made, tokens, n_some, ticker), hits = hits_of(made, tokens, n_some, ticker);
  CHECK(starts.code == CK_OK || starts.code == CK_CORRUPT);
  CHECK(hits.code == CK_OK || hits.code == CK_CORRUPT);
  (void)scan_of(made, ticker);
  any_labels(made, tokens, n_some, random);
  exact_free(&some);
  made->program.marks = NULL;
  free_marks(&marks);
}

static void without_memory(const sample *made, unsigned fails) {
  ck_ticker ticker = ck_ticker_new(NULL);
  uint32_t anchor = (uint32_t)(made->text.n_tokens - 1);
  for (int way = 0; way < 2; way++) {
    ck_u32s first = {0}, end = {0};
    ck_error error;
    long before = live;
    fuzz_fail_at(fails - 1, fails);
    uint32_t step = 0;
    ck_search_places place = {&anchor, &step, 1};
    ck_search_manner manner = {.patience = 1};
    ck_search_starts_found found = {.tagged = true};
    ck_code code = way ? ck_search_hits(&made->text, &made->program, &place, &manner, &first, &end, &ticker, &error)
                       : ck_search_starts(&made->text, &made->program, &place, false, &found, &ticker, &error);
    fuzz_fail_no_more();
    ck_u32s_free(&found.tokens);
    ck_u32s_free(&found.tags);
    CHECK(!code || (code == CK_MEMORY && failures));
    ck_u32s_free(&first);
    ck_u32s_free(&end);
    CHECK(live == before);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_input input = {data, data + size};
  sample made;
  digest digest = {0};
  memset(&made, 0, sizeof made);
  fuzz_fail_no_more();
  uint8_t options = fuzz_byte(&input);
  uint8_t more = fuzz_byte(&input);
  unsigned fails = more % 16;
  bool forward = options & 1;
  random_source random = fuzz_random(&input);
  made.text.n_types = 1 + fuzz_below(&input, MOST_TYPES);
  made.text.stride = 1 + fuzz_below(&input, MOST_STRIDE);
  made.text.barrier_bits = options >> 1 & 3;
  made.text.tests = (const uint8_t *)take_bytes(&input, &made.tests, made.text.n_types * made.text.stride);
  made.text.n_rows = more & 64 ? made.text.n_types : 0; /* as many rows as types, so that tests are as they were */
  uint32_t *rows = (uint32_t *)allocate(&made.rows, made.text.n_types, sizeof *rows);
  for (uint32_t t = 0; t < made.text.n_types; t++) rows[t] = t * 3 % (uint32_t)made.text.n_types;
  made.text.rows = made.text.n_rows ? rows : NULL;
  made.text.most_states = more >> 4 & 3;
  for (size_t k = 1; k < USED_BITS; k++) made.bits[k] = (uint32_t)(options >> k) % n_tests(&made.text);
  take_program(&input, &made, forward);
  fuzz_input wrong = input;
  take_text(&input, &made);
  if (forward) {
    ck_error error;
    CHECK(!ck_check_search_program(&made.program, n_tests(&made.text), &error));
    compare_starts(&made, &random, &digest);
    compare_hits(&made, &random, &digest);
    compare_scan(&made, &digest);
    compare_documents(&made, &random, &digest);
    compare_marks(&made, &random, &digest);
    if (ck_search_is_plain(&made.program)) compare_machines(&made, &random);
    if (made.text.n_tokens && fails) without_memory(&made, fails);
  }
  any_search(&wrong, &made, &random);
  free_sample(&made);
  return 0;
}
