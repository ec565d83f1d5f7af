/* Search programs, compared with a backtracking matcher; damaged files. */
#include "check.h"
#include "search.h"
#include "search_labels.h"

enum { MOST_TOKENS = 90, MOST_DOCUMENTS = 8, MOST_TYPES = 7, MOST_STEPS = 12, MOST_STRIDE = 3, USED_BITS = 5 };
#define NOWHERE SIZE_MAX

/* Each array has its own buffer, which ends where the array ends. */
typedef struct {
  exact types, flags, ends, tests, rows, kind, words_only, x, y;
  uint32_t document_of[MOST_TOKENS], bits[USED_BITS];
  ck_search_text text;
  ck_search_program program;
} sample;

static void *allocate(exact *made, size_t count, size_t size) {
  *made = exact_new(count * size, 0);
  return made->bytes;
}

/* A program without backward jumps; one in three consists of tests only. */
static void make_program(sample *made, random_source *random) {
  ck_search_program *program = &made->program;
  size_t length = program->length = 1 + random_below(random, MOST_STEPS);
  bool plain = !random_below(random, 3);
  uint8_t *kind = (uint8_t *)allocate(&made->kind, length, 1);
  uint8_t *words_only = (uint8_t *)allocate(&made->words_only, length, 1);
  uint32_t *x = (uint32_t *)allocate(&made->x, length, sizeof *x);
  uint32_t *y = (uint32_t *)allocate(&made->y, length, sizeof *y);
  for (size_t i = 0; i < length; i++) {
    unsigned left = (unsigned)(length - 1 - i), chosen = plain ? 0 : random_below(random, 20);
    kind[i] = chosen < 11 ? CK_STEP_TEST : chosen < 17 ? CK_STEP_SPLIT : CK_STEP_JUMP;
    if (!left || chosen == 19) kind[i] = CK_STEP_ACCEPT;
    words_only[i] = (uint8_t)(random_below(random, 3) ? 1 + random_below(random, 255) : 0);
    x[i] = (uint32_t)(i + 1 + random_below(random, left));
    y[i] = (uint32_t)(i + 1 + random_below(random, left));
    if (kind[i] == CK_STEP_TEST) x[i] = made->bits[random_below(random, USED_BITS)];
  }
  program->kind = kind;
  program->words_only = words_only;
  program->x = x;
  program->y = y;
}

/* The number of tests: bits, and with rows one for each and one that none passes. */
static unsigned n_tests(const ck_search_text *text) {
  return 8 * (unsigned)text->stride + (text->rows ? (unsigned)text->n_rows + 1 : 0);
}

static void make_sample(sample *made, random_source *random) {
  uint64_t ends[MOST_DOCUMENTS];
  ck_search_text *text = &made->text;
  memset(made, 0, sizeof *made);
  text->n_types = 1 + random_below(random, MOST_TYPES);
  text->stride = 1 + random_below(random, MOST_STRIDE);
  text->n_documents = random_below(random, MOST_DOCUMENTS + 1);
  text->barrier_bits = (uint8_t)random_below(random, 4);
  text->most_states = random_below(random, 2) * random_below(random, 6);
  for (size_t d = 0; d < text->n_documents; d++) {
    unsigned length = random_below(random, 4) ? random_below(random, MOST_TOKENS / MOST_DOCUMENTS + 1) : 0;
    for (unsigned i = 0; i < length; i++) made->document_of[text->n_tokens++] = (uint32_t)d;
    ends[d] = text->n_tokens;
  }
  uint32_t *types = (uint32_t *)allocate(&made->types, text->n_tokens, sizeof *types);
  uint8_t *flags = (uint8_t *)allocate(&made->flags, text->n_tokens, 1);
  text->n_rows = random_below(random, 2) ? 1 + random_below(random, MOST_TYPES) : 0;
  size_t n_rows = text->n_rows ? text->n_rows : text->n_types;
  uint8_t *tests = (uint8_t *)allocate(&made->tests, n_rows * text->stride, 1);
  uint32_t *rows = (uint32_t *)allocate(&made->rows, text->n_types, sizeof *rows);
  for (size_t t = 0; t < text->n_types; t++) rows[t] = random_below(random, (unsigned)n_rows);
  for (size_t i = 0; i < text->n_tokens; i++) {
    bool begins = !i || made->document_of[i] != made->document_of[i - 1];
    types[i] = random_below(random, (unsigned)text->n_types);
    flags[i] = (uint8_t)(random_below(random, 64) << 2 | (begins ? 3 : 0)); /* with random unused bits */
    if (!random_below(random, 12)) flags[i] |= (uint8_t)(1 + random_below(random, 3));
  }
  for (size_t k = 0; k < n_rows * text->stride; k++)
    tests[k] = (uint8_t)(random_bits(random) | (random_below(random, 2) ? random_bits(random) >> 8 : 0));
  memcpy(allocate(&made->ends, text->n_documents, sizeof *ends), ends, text->n_documents * sizeof *ends);
  text->types = types;
  text->flags = flags;
  text->tests = tests;
  text->rows = text->n_rows ? rows : NULL;
  text->document_ends = (const uint64_t *)made->ends.bytes;
  for (size_t k = 1; k < USED_BITS; k++) made->bits[k] = random_below(random, n_tests(text));
  if (!random_below(random, 4)) made->bits[USED_BITS - 1] = CK_ANY_TOKEN;
  make_program(made, random);
}

static void free_sample(sample *made) {
  exact *rooms[] = {&made->types, &made->flags,      &made->ends, &made->tests, &made->rows,
                    &made->kind,  &made->words_only, &made->x,    &made->y};
  for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) exact_free(rooms[i]);
}

/* ---------------------------------------------------------------------- reference */

static bool passes(const sample *sample, size_t token, uint32_t test) {
  const ck_search_text *text = &sample->text;
  size_t type = text->types[token], row = text->rows ? text->rows[type] : type;
  if (test == CK_ANY_TOKEN) return true;
  if (test >= 8 * text->stride) return test - 8 * text->stride == row;
  return text->tests[row * text->stride + test / 8] & 1u << test % 8;
}

static size_t neighbour(const sample *sample, size_t token, int way) {
  const ck_search_text *text = &sample->text;
  if (way < 0 ? token == 0 : token + 1 == text->n_tokens) return NOWHERE;
  size_t other = way < 0 ? token - 1 : token + 1, later = way < 0 ? token : other;
  if (text->barrier_bits) return text->flags[later] & text->barrier_bits ? NOWHERE : other;
  return sample->document_of[token] == sample->document_of[other] ? other : NOWHERE;
}

/* Follows all paths from `step` by backtracking, in order of preference; `last` is the token just read, `next` the one
 * to read. With `ends`, marks every token where a path ends, a bit for each step that ends; otherwise stops at the first
 * path that ends, and returns true. */
static bool follow(const sample *sample, uint32_t step, size_t last, size_t next, bool after_word, int way,
                   size_t *taken, uint32_t *ends) {
  const ck_search_program *program = &sample->program;
  switch (program->kind[step]) {
  case CK_STEP_ACCEPT:
    if (ends) ends[last] |= 1u << step;
    *taken = last;
    return !ends;
  case CK_STEP_JUMP:
    return follow(sample, program->x[step], last, next, after_word, way, taken, ends);
  case CK_STEP_SPLIT:
    return follow(sample, program->x[step], last, next, after_word, way, taken, ends) ||
           ((after_word || !program->words_only[step]) &&
            follow(sample, program->y[step], last, next, after_word, way, taken, ends));
  default:
    if (program->words_only[step] && after_word)
      while (next != NOWHERE && !passes(sample, next, 0)) next = neighbour(sample, next, way);
    if (next == NOWHERE || !passes(sample, next, program->x[step])) return false;
    return follow(sample, step + 1, next, neighbour(sample, next, way), program->words_only[step], way, taken, ends);
  }
}

/* ----------------------------------------------------------------------- comparing */

typedef struct {
  uint32_t tokens[2 * MOST_TOKENS];
  size_t length;
} list;

/* Some tokens in ascending order, with occasional duplicates, in a buffer of exact size. */
static exact some_tokens(const sample *sample, random_source *random, size_t *length) {
  list some = {.length = 0};
  unsigned step = 1 + random_below(random, 4);
  for (size_t i = random_below(random, step); i < sample->text.n_tokens; i += 1 + random_below(random, step)) {
    some.tokens[some.length++] = (uint32_t)i;
    if (!random_below(random, 9)) some.tokens[some.length++] = (uint32_t)i;
  }
  exact made = exact_new(some.length * sizeof(uint32_t), 0);
  memcpy(made.bytes, some.tokens, some.length * sizeof(uint32_t));
  *length = some.length;
  return made;
}

/* Steps at which the program begins, one for each of some tokens; or nothing, for the first step. */
static exact some_steps(const sample *sample, random_source *random, size_t length) {
  exact made = exact_new(length * sizeof(uint32_t), 0);
  for (size_t i = 0; i < length; i++)
    ((uint32_t *)made.bytes)[i] = random_below(random, (unsigned)sample->program.length);
  return made;
}

static void compare_starts(const sample *sample, random_source *random, digest *digest) {
  size_t n_anchors;
  exact made = some_tokens(sample, random, &n_anchors), begins = some_steps(sample, random, n_anchors);
  const uint32_t *anchors = (const uint32_t *)made.bytes;
  bool after_word = random_below(random, 2), tagged = random_below(random, 2);
  const uint32_t *steps = tagged ? (const uint32_t *)begins.bytes : NULL;
  uint32_t ends[MOST_TOKENS] = {0}, found_ends[MOST_TOKENS] = {0};
  size_t taken;
  ck_error error;
  ck_ticker ticker = ck_ticker_new(NULL);
  ck_search_starts_found found = {.tagged = tagged};
  for (size_t a = 0; a < n_anchors; a++)
    follow(sample, steps ? steps[a] : 0, anchors[a], neighbour(sample, anchors[a], -1), after_word, -1, &taken, ends);
  CHECK(!ck_search_starts(&sample->text, &sample->program, &(ck_search_places){anchors, steps, n_anchors}, after_word,
                          &found, &ticker, &error));
  CHECK(found.tags.length == (tagged ? found.tokens.length : 0));
  for (size_t i = 0; i < found.tokens.length; i++) {
    CHECK(found.tokens.data[i] < sample->text.n_tokens);
    uint32_t all = ends[found.tokens.data[i]], reached = tagged ? 0 : all;
    for (size_t step = 0; step < sample->program.length; step++)
      if (tagged && all >> step & 1 && sample->program.x[step] == found.tags.data[i]) reached |= 1u << step;
    CHECK(reached);
    found_ends[found.tokens.data[i]] |= reached;
  }
  for (size_t i = 0; i < sample->text.n_tokens; i++) CHECK(ends[i] == found_ends[i]);
  digest_u32s(digest, ends, sample->text.n_tokens);
  ck_u32s_free(&found.tokens);
  ck_u32s_free(&found.tags);
  exact_free(&made);
  exact_free(&begins);
}

static void compare_hits(const sample *sample, random_source *random, digest *digest) {
  size_t n_starts, k = 0, last_end = 0, last_first = NOWHERE;
  exact made = some_tokens(sample, random, &n_starts), begins = some_steps(sample, random, n_starts);
  const uint32_t *starts = (const uint32_t *)made.bytes;
  const uint32_t *steps = random_below(random, 2) ? (const uint32_t *)begins.bytes : NULL;
  ck_u32s first = {0}, end = {0};
  ck_error error;
  ck_ticker ticker = ck_ticker_new(NULL);
  size_t patience = random_below(random, 2) ? 0 : 1 + random_below(random, 40);
  CHECK(!ck_search_hits(&sample->text, &sample->program, &(ck_search_places){starts, steps, n_starts},
                        &(ck_search_manner){.patience = patience}, &first, &end, &ticker, &error));
  CHECK(first.length == end.length);
  for (size_t s = 0; s < n_starts; s++) {
    size_t taken = NOWHERE;
    if (starts[s] == last_first) continue; /* an earlier step is preferred */
    if (!follow(sample, steps ? steps[s] : 0, NOWHERE, starts[s], false, 1, &taken, NULL) || taken == NOWHERE) continue;
    last_first = starts[s];
    if (taken + 1 <= last_end) continue; /* within the previous hit */
    CHECK(k < first.length && first.data[k] == starts[s] && end.data[k] == taken + 1);
    last_end = taken + 1;
    k++;
  }
  CHECK(k == first.length);
  digest_u32s(digest, first.data, k);
  digest_u32s(digest, end.data, k);
  ck_u32s_free(&first);
  ck_u32s_free(&end);
  exact_free(&made);
  exact_free(&begins);
}

static void compare_scan(const sample *sample, digest *digest) {
  for (size_t b = 0; b < USED_BITS; b++) {
    ck_u32s found = {0};
    ck_error error;
    ck_ticker ticker = ck_ticker_new(NULL);
    size_t k = 0;
    CHECK(!ck_search_scan(&sample->text, sample->bits[b], &found, &ticker, &error));
    for (size_t i = 0; i < sample->text.n_tokens; i++)
      if (passes(sample, i, sample->bits[b])) CHECK(k < found.length && found.data[k++] == i);
    CHECK(k == found.length);
    digest_u32s(digest, found.data, k);
    ck_u32s_free(&found);
  }
}

static void compare_documents(const sample *sample, random_source *random, digest *digest) {
  size_t n_positions, k = 0, n_documents = sample->text.n_documents;
  exact made = some_tokens(sample, random, &n_positions), mask = exact_new(n_documents, 0);
  const uint32_t *positions = (const uint32_t *)made.bytes;
  ck_u32s found = {0};
  ck_error error;
  ck_ticker ticker = ck_ticker_new(NULL);
  for (size_t d = 0; d < n_documents; d++) mask.bytes[d] = random_below(random, 2) ? 1 + (uint8_t)(d % 255) : 0;
  CHECK(!ck_in_documents(positions, n_positions, sample->text.document_ends, mask.bytes, n_documents, &found, &ticker,
                         &error));
  for (size_t i = 0; i < n_positions; i++)
    if (mask.bytes[sample->document_of[positions[i]]]) CHECK(k < found.length && found.data[k++] == positions[i]);
  CHECK(k == found.length);
  digest_u32s(digest, found.data, k);
  ck_u32s_free(&found);
  exact_free(&made);
  exact_free(&mask);
}

/* ------------------------------------------------------------------ invalid input */

static int stop(void) {
  return 1;
}

typedef struct {
  ck_code code;
  size_t length;
} outcome;

/* Whatever the input, results must be within the text. */
static outcome starts_of(const sample *sample, const uint32_t *anchors, size_t n_anchors, ck_ticker ticker) {
  ck_search_starts_found found = {.tagged = false};
  ck_error error;
  ck_code code = ck_search_starts(&sample->text, &sample->program, &(ck_search_places){anchors, NULL, n_anchors},
                                  n_anchors & 1, &found, &ticker, &error);
  CHECK(code == CK_OK || (code == error.code && error.message[0]));
  for (size_t i = 0; i < found.tokens.length; i++) CHECK(found.tokens.data[i] < sample->text.n_tokens);
  outcome result = {code, found.tokens.length};
  ck_u32s_free(&found.tokens);
  return result;
}

static outcome hits_of(const sample *sample, const uint32_t *starts, size_t n_starts, ck_ticker ticker) {
  ck_u32s first = {0}, end = {0};
  ck_error error;
  ck_code code = ck_search_hits(&sample->text, &sample->program, &(ck_search_places){starts, NULL, n_starts},
                                &(ck_search_manner){.patience = n_starts % 3}, &first, &end, &ticker, &error);
  CHECK(code == CK_OK || (code == error.code && error.message[0]));
  CHECK(first.length == end.length);
  for (size_t i = 0; i < first.length; i++)
    CHECK(first.data[i] < end.data[i] && end.data[i] <= sample->text.n_tokens);
  outcome result = {code, first.length};
  ck_u32s_free(&first);
  ck_u32s_free(&end);
  return result;
}

static ck_code scan_of(const sample *sample, ck_ticker ticker) {
  ck_u32s found = {0};
  ck_error error;
  ck_code code = ck_search_scan(&sample->text, 0, &found, &ticker, &error);
  ck_u32s_free(&found);
  return code;
}

/* A type out of range is reported if its token is examined, and otherwise changes nothing. */
static void invalid_types(sample *sample, random_source *random) {
  ck_ticker ticker = ck_ticker_new(NULL);
  size_t n_tokens = sample->text.n_tokens, n_some;
  exact made = some_tokens(sample, random, &n_some);
  const uint32_t *some = (const uint32_t *)made.bytes;
  uint32_t *types = (uint32_t *)sample->types.bytes;
  outcome starts = starts_of(sample, some, n_some, ticker), hits = hits_of(sample, some, n_some, ticker);
  CHECK(starts.code == CK_OK && hits.code == CK_OK);
  for (unsigned round = 0; round < 4; round++) {
    uint32_t bad = random_below(random, (unsigned)n_tokens), kept = types[bad];
    types[bad] = round & 1 ? (uint32_t)sample->text.n_types : UINT32_MAX - random_below(random, 3);
    CHECK(scan_of(sample, ticker) == CK_CORRUPT);
    CHECK(starts_of(sample, &bad, 1, ticker).code == CK_CORRUPT);
    CHECK(hits_of(sample, &bad, 1, ticker).code == CK_CORRUPT);
    outcome now = starts_of(sample, some, n_some, ticker);
    CHECK(now.code == CK_CORRUPT || (now.code == CK_OK && now.length == starts.length));
    now = hits_of(sample, some, n_some, ticker);
    CHECK(now.code == CK_CORRUPT || (now.code == CK_OK && now.length == hits.length));
    types[bad] = kept;
  }
  uint32_t *rows = (uint32_t *)sample->rows.bytes, *row = rows + types[0], kept = *row;
  if (sample->text.rows) {
    *row = (uint32_t)sample->text.n_rows + random_below(random, 2);
    CHECK(scan_of(sample, ticker) == CK_CORRUPT);
    *row = kept;
  }
  exact_free(&made);
}

static void invalid_positions(const sample *sample) {
  ck_ticker ticker = ck_ticker_new(NULL);
  uint32_t beyond[] = {(uint32_t)sample->text.n_tokens, UINT32_MAX};
  for (size_t i = 0; i < 2; i++) {
    CHECK(starts_of(sample, beyond + i, 1, ticker).code == CK_CORRUPT);
    CHECK(hits_of(sample, beyond + i, 1, ticker).code == CK_CORRUPT);
  }
  if (sample->text.n_tokens) {
    uint32_t token = 0, step = (uint32_t)sample->program.length;
    ck_search_places places = {&token, &step, 1};
    ck_search_starts_found found = {.tagged = true};
    ck_u32s first = {0}, end = {0};
    ck_error error;
    CHECK(ck_search_starts(&sample->text, &sample->program, &places, false, &found, &ticker, &error) == CK_CORRUPT);
    ck_search_manner manner = {.patience = 0};
    CHECK(ck_search_hits(&sample->text, &sample->program, &places, &manner, &first, &end, &ticker, &error) ==
          CK_CORRUPT);
  }
  ck_search_text nothing = sample->text;
  nothing.n_types = 0;
  ck_u32s found = {0};
  ck_error error;
  CHECK(ck_search_scan(&nothing, 0, &found, &ticker, &error) == (nothing.n_tokens ? CK_CORRUPT : CK_OK));
  ck_u32s_free(&found);
}

static void interrupted(const sample *sample) {
  ck_ticker ticker = ck_ticker_new(stop);
  uint32_t token = (uint32_t)(sample->text.n_tokens - 1);
  uint8_t chosen[MOST_DOCUMENTS] = {0};
  ck_u32s found = {0};
  ck_error error;
  ticker.left = 1;
  ticker.polled = 0; /* due */
  CHECK(starts_of(sample, &token, 1, ticker).code == CK_INTERRUPTED);
  CHECK(hits_of(sample, &token, 1, ticker).code == CK_INTERRUPTED);
  CHECK(scan_of(sample, ticker) == CK_INTERRUPTED);
  CHECK(ck_in_documents(&token, 1, sample->text.document_ends, chosen, sample->text.n_documents, &found, &ticker,
                        &error) == CK_INTERRUPTED);
}

/* Arbitrary ends of documents: hits may cross documents, but never leave the text. */
static void invalid_ends(sample *sample, random_source *random) {
  ck_ticker ticker = ck_ticker_new(NULL);
  uint64_t *ends = (uint64_t *)sample->ends.bytes, kept[MOST_DOCUMENTS];
  size_t n_documents = sample->text.n_documents, n_some;
  exact made = some_tokens(sample, random, &n_some), mask = exact_new(n_documents, 0);
  ck_u32s found = {0};
  ck_error error;
  memset(mask.bytes, 1, n_documents);
  memcpy(kept, ends, n_documents * sizeof *ends);
  for (size_t d = 0; d < n_documents; d++)
    if (random_below(random, 2)) ends[d] = random_bits(random) >> random_below(random, 64);
  CHECK(starts_of(sample, (uint32_t *)made.bytes, n_some, ticker).code == CK_OK);
  CHECK(hits_of(sample, (uint32_t *)made.bytes, n_some, ticker).code == CK_OK);
  CHECK(!ck_in_documents((uint32_t *)made.bytes, n_some, ends, mask.bytes, n_documents, &found, &ticker, &error));
  CHECK(found.length <= n_some);
  ck_u32s_free(&found);
  memcpy(ends, kept, n_documents * sizeof *ends);
  exact_free(&made);
  exact_free(&mask);
}

static void check_rejected(const sample *sample, ck_search_program program) {
  ck_error error = {CK_OK, ""};
  CHECK(ck_check_search_program(&program, n_tests(&sample->text), &error) == CK_CORRUPT);
  CHECK(error.code == CK_CORRUPT && error.message[0]);
}

/* Steps that lead outside the program are rejected. A program that is accepted may loop, but always terminates. */
static void invalid_programs(sample *sample, random_source *random) {
  ck_search_program *program = &sample->program;
  uint8_t *kind = (uint8_t *)sample->kind.bytes;
  uint32_t *x = (uint32_t *)sample->x.bytes, *y = (uint32_t *)sample->y.bytes;
  size_t length = program->length, n_some;
  unsigned step = random_below(random, (unsigned)length);
  uint8_t kept_kind = kind[step];
  uint32_t kept_x = x[step], kept_y = y[step];
  ck_error error;
  CHECK(!ck_check_search_program(program, n_tests(&sample->text), &error));
  const struct {
    uint8_t kind;
    uint32_t x, y;
  } wrong[] = {{CK_STEP_TEST, n_tests(&sample->text), 0},
               {CK_STEP_TEST, UINT32_MAX, 0},
               {CK_STEP_SPLIT, (uint32_t)length, 0},
               {CK_STEP_SPLIT, 0, (uint32_t)length},
               {CK_STEP_SPLIT, UINT32_MAX, UINT32_MAX},
               {CK_STEP_JUMP, (uint32_t)length, 0},
               {CK_STEP_JUMP, UINT32_MAX, 0},
               {CK_STEP_ASSERT, 0, 0},
               {CK_STEP_LABEL, 0, 0},
               {CK_STEP_CHECK, 0, 0},
               {CK_STEP_PLACE, 0, 0},
               {CK_STEP_PLACE + 1, 0, 0},
               {255, 0, 0}};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    kind[step] = wrong[i].kind;
    x[step] = wrong[i].x;
    y[step] = wrong[i].y;
    check_rejected(sample, *program);
  }
  kind[step] = kept_kind;
  x[step] = kept_x;
  y[step] = kept_y;
  kind[length - 1] = CK_STEP_TEST;
  x[length - 1] = 0;
  check_rejected(sample, *program);
  kind[length - 1] = CK_STEP_ACCEPT;
  ck_search_program none = *program;
  none.length = 0;
  check_rejected(sample, none);

  ck_ticker ticker = ck_ticker_new(NULL);
  exact made = some_tokens(sample, random, &n_some);
  for (size_t i = 0; i < length; i++) {
    kind[i] = (uint8_t)random_below(random, 4);
    x[i] = random_below(random, (unsigned)(kind[i] == CK_STEP_TEST ? n_tests(&sample->text) : length));
    y[i] = random_below(random, (unsigned)length);
  }
  if (kind[length - 1] == CK_STEP_TEST) kind[length - 1] = CK_STEP_ACCEPT;
  CHECK(!ck_check_search_program(program, n_tests(&sample->text), &error));
  CHECK(starts_of(sample, (uint32_t *)made.bytes, n_some, ticker).code == CK_OK);
  CHECK(hits_of(sample, (uint32_t *)made.bytes, n_some, ticker).code == CK_OK);
  exact_free(&made);
}

/* A loop over pairs of a word and a token with bit 1: the hit must be the longest or, with the other preference, the
 * shortest. */
static void compare_loops(digest *digest) {
  enum { TOKENS = 40, STEPS = 5 };
  uint32_t types[TOKENS], starts[TOKENS], x[STEPS] = {0, 1, 4, 0, 0}, y[STEPS] = {0};
  uint8_t flags[TOKENS] = {0}, tests[] = {1, 3}, words_only[STEPS] = {1, 1, 1, 1, 1};
  /* 0: a word; 1: bit 1; 2: split to 3 and 4; 3: back to 0; 4: accept */
  const uint8_t kind[STEPS] = {CK_STEP_TEST, CK_STEP_TEST, CK_STEP_SPLIT, CK_STEP_JUMP, CK_STEP_ACCEPT};
  const uint64_t end_of_text = TOKENS;
  ck_search_text text = {types, flags, TOKENS, &end_of_text, 1, tests, 1, 2, 0, {0}, {0}, NULL, 0, 0};
  ck_search_program program = {kind, words_only, x, y, STEPS, NULL};
  for (uint32_t i = 0; i < TOKENS; i++) {
    starts[i] = i;
    types[i] = i % 7 != 6; /* six tokens with bit 1, then one without */
  }
  for (int longest = 0; longest < 2; longest++) {
    ck_u32s first = {0}, end = {0};
    ck_error error;
    ck_ticker ticker = ck_ticker_new(NULL);
    x[2] = longest ? 3 : 4;
    y[2] = longest ? 4 : 3;
    CHECK(!ck_check_search_program(&program, 8, &error));
    CHECK(!ck_search_hits(&text, &program, &(ck_search_places){starts, NULL, TOKENS},
                          &(ck_search_manner){.patience = 1}, &first, &end, &ticker, &error));
    size_t k = 0, last_end = 0;
    for (size_t s = 0; s < TOKENS; s++) {
      size_t found = 0;
      for (size_t i = s + 1; i < TOKENS && types[i] == 1; i += 2) {
        found = i + 1;
        if (!longest) break;
      }
      if (found <= last_end) continue;
      CHECK(k < first.length && first.data[k] == s && end.data[k] == found);
      last_end = found;
      k++;
    }
    CHECK(k == first.length);
    digest_u32s(digest, end.data, end.length);
    ck_u32s_free(&first);
    ck_u32s_free(&end);
  }
}

/* ------------------------------------------------------------------------- marks */

enum { MOST_MARKS = 4, MOST_REGIONS = 6 };

/* Random assertions and checks, with the regions and codes that they ask, each in a buffer of exact size. */
typedef struct {
  ck_search_marks marks;
  ck_search_regions regions[2];
  ck_search_codes codes[2];
  exact of_tokens, of_types;
} random_marks;

static ck_search_term some_term(const sample *sample, random_source *random) {
  static const uint32_t slots[] = {0, 1, CK_SLOT_CURRENT, CK_SLOT_MATCH};
  ck_search_term term = {.kind = random_below(random, CK_TERM_NOT)};
  term.flags = random_below(random, 8); /* not in the initializer, whose order is the compiler's */
  bool is_place = term.kind == CK_TERM_REGION || term.kind == CK_TERM_UNIT || term.kind == CK_TERM_SET;
  term.a = slots[random_below(random, is_place ? 2 : 4)];
  term.b = slots[random_below(random, 4)];
  term.at_a = random_below(random, 5) - 2;
  term.at_b = random_below(random, 5) - 2;
  term.c = random_below(random, 2);
  term.d = random_below(random, 2);
  if (term.kind == CK_TERM_PASSES) term.c = sample->bits[random_below(random, USED_BITS)];
  if (term.kind == CK_TERM_DISTANCE) term.c = random_below(random, CK_OPERATORS);
  return term;
}

static void make_marks(random_marks *made, const sample *sample, random_source *random) {
  uint32_t assertions[4 * MOST_MARKS], first[MOST_REGIONS], end[MOST_REGIONS], check_ends[MOST_MARKS];
  ck_search_term terms[MOST_MARKS];
  ck_error error;
  size_t n_tokens = sample->text.n_tokens;
  memset(made, 0, sizeof *made);
  for (size_t i = 0; i < MOST_MARKS; i++) {
    uint32_t kind = random_below(random, CK_ASSERTIONS);
    bool is_test = kind == CK_NEXT_PASSES || kind == CK_PREVIOUS_PASSES;
    assertions[4 * i] = kind;
    assertions[4 * i + 1] = is_test ? sample->bits[random_below(random, USED_BITS)] : random_below(random, 2);
    assertions[4 * i + 2] = random_below(random, 2);
    assertions[4 * i + 3] = random_below(random, 2);
    terms[i] = some_term(sample, random);
    check_ends[i] = (uint32_t)i + 1;
  }
  for (int list = 0; list < 2; list++) {
    size_t n_regions = random_below(random, MOST_REGIONS + 1);
    for (size_t i = 0; i < n_regions; i++) {
      first[i] = (i ? first[i - 1] : 0) + random_below(random, (unsigned)n_tokens / 4 + 1);
      end[i] = first[i] + 1 + random_below(random, 6);
      if (i && first[i] == first[i - 1] && end[i] < end[i - 1]) end[i] = end[i - 1];
    }
    CHECK(!ck_search_regions_copy(&made->regions[list], first, end, n_regions, &error));
  }
  made->of_tokens = exact_new(n_tokens, 0);
  made->of_types = exact_new(sample->text.n_types, 0);
  for (size_t i = 0; i < n_tokens; i++) made->of_tokens.bytes[i] = (uint8_t)random_below(random, 3);
  for (size_t i = 0; i < sample->text.n_types; i++) made->of_types.bytes[i] = (uint8_t)random_below(random, 3);
  made->codes[0] = (ck_search_codes){made->of_tokens.bytes, n_tokens, 1, false};
  made->codes[1] = (ck_search_codes){made->of_types.bytes, sample->text.n_types, 1, true};
  made->marks = (ck_search_marks){.regions = made->regions, .codes = made->codes, .n_assertions = MOST_MARKS,
                                  .n_terms = MOST_MARKS, .n_checks = MOST_MARKS, .n_regions = 2, .n_codes = 2,
                                  .n_slots = 2};
  CHECK(!ck_search_marks_copy(&made->marks, assertions, (const uint32_t *)(const void *)terms, check_ends, &error));
}

static void free_marks(random_marks *made) {
  ck_search_marks_free(&made->marks);
  for (int list = 0; list < 2; list++) ck_search_regions_free(&made->regions[list]);
  exact_free(&made->of_tokens);
  exact_free(&made->of_types);
}

/* Hits are the same with and without labels, as long as nothing is checked, and within the text. */
static void compare_marks(sample *sample, random_source *random, digest *digest) {
  uint8_t *kind = (uint8_t *)sample->kind.bytes, kept_kind[MOST_STEPS];
  uint32_t *x = (uint32_t *)sample->x.bytes, kept_x[MOST_STEPS];
  size_t length = sample->program.length, n_starts;
  bool checks = random_below(random, 2);
  random_marks made;
  ck_error error;
  ck_ticker ticker = ck_ticker_new(NULL);
  memcpy(kept_kind, kind, length);
  memcpy(kept_x, x, length * sizeof *x);
  make_marks(&made, sample, random);
  for (size_t i = 0; i + 1 < length; i++) {
    if (random_below(random, 3)) continue;
    kind[i] = (uint8_t)(CK_STEP_ASSERT + random_below(random, 4));
    if (kind[i] == CK_STEP_CHECK && !checks) kind[i] = CK_STEP_TEST;
    x[i] = kind[i] == CK_STEP_TEST ? sample->bits[0] : random_below(random, 2);
  }
  sample->program.marks = &made.marks;
  CHECK(!ck_check_search_program(&sample->program, n_tests(&sample->text), &error));
  exact some = some_tokens(sample, random, &n_starts), ends = exact_new(n_starts * sizeof(uint32_t), 0);
  ck_search_places places = {(const uint32_t *)some.bytes, NULL, n_starts};
  ck_search_manner manner = {.strategy = (ck_search_strategy)random_below(random, CK_STRATEGIES)};
  manner.nested = random_below(random, 2);
  manner.patience = random_below(random, 3);
  for (size_t i = 0; i < n_starts; i++)
    ((uint32_t *)ends.bytes)[i] = random_below(random, (unsigned)sample->text.n_tokens + 1);
  if (random_below(random, 2)) manner.limits = (const uint32_t *)ends.bytes;
  ck_u32s first = {0}, end = {0};
  ck_labelled_hits hits = {.first = {0}};
  CHECK(!ck_search_hits(&sample->text, &sample->program, &places, &manner, &first, &end, &ticker, &error));
  CHECK(!ck_search_labelled(&sample->text, &sample->program, &places, &manner, 0, &hits, &ticker, &error));
  CHECK(hits.first.length == hits.end.length && hits.slots.length == 2 * hits.first.length);
  CHECK(checks || hits.first.length == first.length);
  for (size_t i = 0; i < hits.first.length; i++) {
    CHECK(hits.first.data[i] < hits.end.data[i] && hits.end.data[i] <= sample->text.n_tokens);
    if (!checks) CHECK(hits.first.data[i] == first.data[i] && hits.end.data[i] == end.data[i]);
  }
  digest_u32s(digest, hits.end.data, hits.end.length);
  digest_u32s(digest, hits.slots.data, hits.slots.length);
  (void)starts_of(sample, (const uint32_t *)some.bytes, n_starts, ticker);
  ck_u32s_free(&first);
  ck_u32s_free(&end);
  ck_labelled_hits_free(&hits);
  exact_free(&some);
  exact_free(&ends);
  free_marks(&made);
  sample->program.marks = NULL;
  memcpy(kind, kept_kind, length);
  memcpy(x, kept_x, length * sizeof *x);
}

/* What a check or an assertion asks for must be there. */
static void invalid_marks(const sample *sample, random_source *random) {
  random_marks made;
  ck_error error = {CK_OK, ""};
  const uint32_t backwards[] = {3, 2}, ends[] = {5, 5}, empty[] = {3, 3};
  ck_search_regions regions;
  make_marks(&made, sample, random);
  CHECK(!ck_check_search_marks(&made.marks, n_tests(&sample->text), &error));
  ck_search_term *term = (ck_search_term *)(uintptr_t)&made.marks.terms[random_below(random, MOST_MARKS)], kept = *term;
  const ck_search_term wrong[] = {{.kind = CK_TERMS},
                                  {.kind = CK_TERM_NOT},
                                  {.kind = CK_TERM_AND},
                                  {.kind = CK_TERM_SET, .a = 2},
                                  {.kind = CK_TERM_SET, .a = CK_SLOT_MATCH},
                                  {.kind = CK_TERM_REGION, .c = 2},
                                  {.kind = CK_TERM_REGION, .a = CK_SLOT_CURRENT},
                                  {.kind = CK_TERM_UNIT, .c = 256},
                                  {.kind = CK_TERM_SAME, .d = 2},
                                  {.kind = CK_TERM_DISTANCE, .b = 7},
                                  {.kind = CK_TERM_DISTANCE, .c = CK_OPERATORS},
                                  {.kind = CK_TERM_PASSES, .c = n_tests(&sample->text)}};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    *term = wrong[i];
    CHECK(ck_check_search_marks(&made.marks, n_tests(&sample->text), &error) == CK_CORRUPT);
  }
  *term = kept;
  made.marks.n_slots = CK_MOST_SLOTS + 1;
  CHECK(ck_check_search_marks(&made.marks, n_tests(&sample->text), &error) == CK_LIMIT);
  CHECK(ck_search_regions_copy(&regions, backwards, ends, 2, &error) == CK_CORRUPT);
  CHECK(ck_search_regions_copy(&regions, empty, empty, 1, &error) == CK_CORRUPT);
  free_marks(&made);
}

/* A loop before a check that never holds, of two labels: the work is bounded, and a signal stops it. */
static void bounded_labels(void) {
  enum { TOKENS = 3000, STEPS = 10 };
  static uint32_t types[TOKENS];
  static uint8_t flags[TOKENS];
  const uint8_t tests[] = {1}, words_only[STEPS] = {0};
  const uint8_t kind[STEPS] = {CK_STEP_SPLIT, CK_STEP_TEST, CK_STEP_JUMP,  CK_STEP_TEST,  CK_STEP_LABEL,
                               CK_STEP_SPLIT, CK_STEP_TEST, CK_STEP_JUMP, CK_STEP_CHECK, CK_STEP_ACCEPT};
  const uint32_t x[STEPS] = {1, 0, 0, 0, 0, 6, 0, 5, 0, 0}, y[STEPS] = {3, 0, 0, 0, 0, 8, 0, 0, 0, 0};
  const uint32_t one = 1, start = 0;
  const uint32_t never[] = {CK_TERM_DISTANCE, 0, 0, CK_LESS_THAN, 0, 0, 0, 0};
  const uint64_t end_of_text = stride() > 1 ? TOKENS / 3 : TOKENS; /* the work grows with its square */
  ck_search_text text = {types, flags, end_of_text, &end_of_text, 1, tests, 1, 1, 0, {0}, {0}, NULL, 0, 0};
  ck_search_marks marks = {.n_terms = 1, .n_checks = 1, .n_slots = 1};
  ck_search_program program = {kind, words_only, x, y, STEPS, &marks};
  ck_search_manner manner = {.patience = 0};
  ck_error error;
  CHECK(!ck_search_marks_copy(&marks, NULL, never, &one, &error));
  CHECK(!ck_check_search_program(&program, 8, &error));
  for (int way = 0; way < 3; way++) {
    ck_labelled_hits hits = {.first = {0}};
    ck_ticker ticker = ck_ticker_new(way == 1 ? stop : NULL);
    if (way == 1) ticker.left = ticker.polled = 0;
    ck_code code = ck_search_labelled(&text, &program, &(ck_search_places){&start, NULL, 1}, &manner,
                                      way == 2 ? 0 : 100000, &hits, &ticker, &error);
    CHECK(code == (way == 1 ? CK_INTERRUPTED : way ? CK_OK : CK_LIMIT));
    CHECK(way || strstr(error.message, "too many ways near token 0"));
    CHECK(!hits.first.length);
    ck_labelled_hits_free(&hits);
  }
  ck_search_marks_free(&marks);
}

int main(void) {
  random_source random = {0x9E3779B97F4A7C15u};
  digest digest = {0};
  for (unsigned round = 0; round < 6000; round += stride()) {
    sample made;
    make_sample(&made, &random);
    compare_starts(&made, &random, &digest);
    compare_hits(&made, &random, &digest);
    compare_scan(&made, &digest);
    compare_documents(&made, &random, &digest);
    invalid_positions(&made);
    if (made.text.n_tokens) {
      invalid_types(&made, &random);
      interrupted(&made);
    }
    compare_marks(&made, &random, &digest);
    invalid_marks(&made, &random);
    invalid_ends(&made, &random);
    invalid_programs(&made, &random);
    free_sample(&made);
  }
  compare_loops(&digest);
  bounded_labels();
  digest_print("search", &digest);
  return 0;
}
