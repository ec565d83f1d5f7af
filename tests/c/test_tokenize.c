/* The tokeniser in its three modes. Standard tokens are checked for invariants that hold for any text, white-space
 * tokens and characters against slow reference implementations. The layout of the column and its division into calls
 * must not change the result. */
#include "check.h"
#include "tokenize_column.h"

enum { MOST_TEXTS = 24 };

typedef struct {
  exact data;
  size_t size, length;
  ck_text texts[MOST_TEXTS];
} batch;

/* Contiguous texts, each well-formed UTF-8, the first at `alignment`. */
static batch batch_new(random_source *random, size_t length, size_t longest, size_t alignment) {
  batch made;
  size_t lengths[MOST_TEXTS], place = 0;
  made.length = length;
  made.size = 0;
  for (size_t i = 0; i < length; i++) {
    lengths[i] = length == 1 ? longest : random_below(random, (unsigned)longest + 1);
    made.size += lengths[i];
  }
  made.data = exact_new(made.size, alignment);
  for (size_t i = 0; i < length; i++) {
    made.texts[i].bytes = made.data.bytes + place;
    made.texts[i].length = (uint32_t)lengths[i];
    random_text(random, (text_kind)random_below(random, TEXT_KINDS), made.data.bytes + place, lengths[i]);
    place += lengths[i];
  }
  return made;
}

typedef struct {
  ck_tokens tokens;
  uint32_t counts[MOST_TEXTS];
} result;

/* Options of a call, none of which may change the result. */
typedef struct {
  bool views, without_starts;
  ck_simd simd;
  unsigned threads;
} options;

static void tokenize(const batch *batch, size_t first, size_t length, options options, ck_token_mode mode,
                     ck_types *types, result *out) {
  ck_error error;
  ck_ticker ticker = ck_ticker_new(NULL);
  test_column column;
  size_t from = length ? (size_t)(batch->texts[first].bytes - batch->data.bytes) : 0;
  memset(out, 0, sizeof *out);
  test_column_new(&column, options.views, batch->texts + first, length, batch->data.bytes + from, batch->size - from);
  out->tokens.without_starts = options.without_starts;
  CHECK(!ck_tokenize_column(&column.column, mode, options.simd, options.threads, 64, types, &out->tokens, out->counts,
                            &ticker, &error));
  test_column_free(&column);
}

/* The first byte of code point `index` of the text. */
static const uint8_t *at_point(const ck_text *text, uint32_t index) {
  const uint8_t *p = text->bytes, *end = p + text->length;
  for (; index > 0; index--) {
    CHECK(p < end);
    do p++;
    while (p < end && (*p & 0xC0) == 0x80);
  }
  return p;
}

static void check_between(const uint8_t *p, const uint8_t *end) {
  while (p < end) {
    ck_point point = ck_point_at(p, end);
    uint8_t class = ck_class_of(point.entry);
    CHECK(class == CK_CLASS_SPACE || class == CK_CLASS_BREAK || class == CK_CLASS_CONTROL || class == CK_CLASS_FORMAT);
    p += point.size;
  }
}

/* Each token is a span of the text with the bytes of its type. Between tokens there is nothing but white space,
 * controls and format characters; a token is glued if there is nothing at all. */
static void check_standard(const ck_text *text, const ck_types *types, const uint32_t *ids, const uint32_t *starts,
                           const uint8_t *flags, size_t count) {
  const uint8_t *done = text->bytes;
  for (size_t i = 0; i < count; i++) {
    uint32_t length;
    const uint8_t *surface = ck_types_bytes(types, ids[i], &length), *start = at_point(text, starts[i]);
    CHECK(length > 0 && start >= done && length <= (size_t)(text->bytes + text->length - start));
    CHECK(!memcmp(surface, start, length));
    check_between(done, start);
    if (start == done && i > 0) CHECK(flags[i] & CK_GLUED);
    if (i == 0) CHECK(flags[i] == (CK_BEGINS_SENTENCE | CK_BEGINS_PARAGRAPH));
    CHECK(!(flags[i] & CK_BEGINS_PARAGRAPH) || (flags[i] & CK_BEGINS_SENTENCE));
    done = start + length;
  }
  check_between(done, text->bytes + text->length);
}

static bool is_white(const uint8_t *p, const uint8_t *end, unsigned *size) {
  ck_point point = ck_point_at(p, end);
  uint8_t class = ck_class_of(point.entry);
  *size = point.size;
  return class == CK_CLASS_SPACE || class == CK_CLASS_BREAK;
}

static void check_whitespace(const ck_text *text, const ck_types *types, const uint32_t *ids, const uint32_t *starts,
                             const uint8_t *flags, size_t count) {
  const uint8_t *p = text->bytes, *end = p + text->length;
  uint32_t position = 0, length;
  unsigned size;
  size_t i = 0;
  while (p < end) {
    if (is_white(p, end, &size)) {
      p += size;
      position++;
      continue;
    }
    const uint8_t *start = p;
    CHECK(i < count && starts[i] == position);
    for (; p < end && !is_white(p, end, &size); p += size) position++;
    const uint8_t *surface = ck_types_bytes(types, ids[i], &length);
    CHECK(length == (size_t)(p - start) && !memcmp(surface, start, length));
    CHECK(ck_types_kind(types, ids[i]) == CK_KIND_WORD);
    CHECK(flags[i] == (i ? 0 : CK_BEGINS_SENTENCE | CK_BEGINS_PARAGRAPH));
    i++;
  }
  CHECK(i == count);
}

/* Each code point except white space is a token. White space within a paragraph becomes one space. */
static void check_characters(const ck_text *text, const ck_types *types, const uint32_t *ids, const uint32_t *starts,
                             size_t count) {
  const uint8_t *p = text->bytes, *end = p + text->length;
  uint32_t position = 0, space = 0, length;
  bool spaced = false, broken = true;
  size_t i = 0;
  for (; p < end; position++) {
    unsigned size;
    if (is_white(p, end, &size)) {
      if (!spaced) space = position;
      spaced = true;
      broken |= ck_class_of(ck_point_at(p, end).entry) == CK_CLASS_BREAK;
    } else {
      if (spaced && !broken) {
        CHECK(i < count && starts[i] == space);
        CHECK(*ck_types_bytes(types, ids[i++], &length) == ' ' && length == 1);
      }
      CHECK(i < count && starts[i] == position);
      const uint8_t *surface = ck_types_bytes(types, ids[i++], &length);
      CHECK(length == size && !memcmp(surface, p, size));
      spaced = broken = false;
    }
    p += size;
  }
  CHECK(i == count);
}

static void check_texts(const batch *batch, ck_token_mode mode, const ck_types *types, const result *all) {
  size_t begin = 0;
  for (size_t t = 0; t < batch->length; t++) {
    size_t count = all->counts[t];
    /* the arrays are NULL if there are no tokens */
    const uint32_t *ids = count ? all->tokens.ids + begin : NULL, *starts = count ? all->tokens.starts + begin : NULL;
    const uint8_t *flags = count ? all->tokens.flags + begin : NULL;
    if (mode == CK_STANDARD) check_standard(&batch->texts[t], types, ids, starts, flags, count);
    if (mode == CK_WHITESPACE) check_whitespace(&batch->texts[t], types, ids, starts, flags, count);
    if (mode == CK_CHARACTER) check_characters(&batch->texts[t], types, ids, starts, count);
    begin += count;
  }
  CHECK(begin == all->tokens.length);
}

/* The tokens of `part` are those of `all` from `begin` on. */
static void check_same(const result *all, size_t begin, const result *part, bool without_starts) {
  for (size_t i = 0; i < part->tokens.length; i++) {
    CHECK(part->tokens.ids[i] == all->tokens.ids[begin + i]);
    CHECK(without_starts || part->tokens.starts[i] == all->tokens.starts[begin + i]);
    CHECK(part->tokens.flags[i] == all->tokens.flags[begin + i]);
  }
  CHECK(!without_starts || !part->tokens.starts);
}

static void check_same_types(const ck_types *one, const ck_types *other) {
  CHECK(ck_types_count(one) == ck_types_count(other));
  for (size_t id = 0; id < ck_types_count(one); id++) {
    uint32_t length, other_length;
    const uint8_t *bytes = ck_types_bytes(one, id, &length), *others = ck_types_bytes(other, id, &other_length);
    CHECK(length == other_length && !memcmp(bytes, others, length));
    CHECK(ck_types_kind(one, id) == ck_types_kind(other, id));
  }
}

/* An empty table. Tables are reused, since creating one costs more than the test itself. */
static ck_types *empty_table(unsigned number) {
  static ck_types tables[2];
  if (!tables[number].limit) ck_types_init(&tables[number], CK_TYPES_LIMIT, ck_seeds_of(1));
  ck_types_truncate(&tables[number], 0);
  return &tables[number];
}

/* One call per text, with another table, must give the same tokens and types. */
static void check_in_pieces(const batch *batch, ck_token_mode mode, const ck_types *types, const result *all) {
  options options = {true, false, ck_simd_best(), 1};
  ck_types *other = empty_table(1);
  size_t begin = 0;
  for (size_t t = 0; t < batch->length; t++) {
    result one;
    tokenize(batch, t, 1, options, mode, other, &one);
    CHECK(one.tokens.length == all->counts[t] && one.counts[0] == all->counts[t]);
    check_same(all, begin, &one, false);
    begin += one.tokens.length;
    ck_tokens_free(&one.tokens);
  }
  check_same_types(other, types);
}

/* All other options must give the same tokens and types. */
static void check_options(const batch *batch, ck_token_mode mode, const ck_types *types, const result *all) {
  for (int simd = 0; simd < CK_SIMD_COUNT; simd++)
    for (unsigned choice = 0; choice < 4; choice++) {
      options options = {choice & 1, choice & 2, (ck_simd)simd, batch->length > 1 ? 1 + 2 * (choice >> 1) : 1};
      result one;
      if (!ck_simd_supported(options.simd) || (mode != CK_WHITESPACE && simd != CK_SCALAR)) continue;
      ck_types *other = empty_table(1);
      tokenize(batch, 0, batch->length, options, mode, other, &one);
      CHECK(one.tokens.length == all->tokens.length);
      check_same(all, 0, &one, options.without_starts);
      CHECK(!memcmp(one.counts, all->counts, batch->length * sizeof *one.counts));
      check_same_types(other, types);
      ck_tokens_free(&one.tokens);
    }
}

static void add_to_digest(digest *digest, const batch *batch, const ck_types *types, const result *all) {
  digest_u32s(digest, all->tokens.ids, all->tokens.length);
  digest_u32s(digest, all->tokens.starts, all->tokens.length);
  digest_bytes(digest, all->tokens.flags, all->tokens.length);
  digest_u32s(digest, all->counts, batch->length);
  for (size_t id = 0; id < ck_types_count(types); id++) {
    uint32_t length;
    const uint8_t *surface = ck_types_bytes(types, id, &length);
    digest_number(digest, length);
    digest_bytes(digest, surface, length);
    digest_number(digest, ck_types_kind(types, id));
  }
}

static void check_batch(const batch *batch, digest digests[3]) {
  const options plain = {true, false, CK_SCALAR, 1};
  for (int m = CK_STANDARD; m <= CK_CHARACTER; m++) {
    ck_token_mode mode = (ck_token_mode)m;
    ck_types *types = empty_table(0);
    result all;
    tokenize(batch, 0, batch->length, plain, mode, types, &all);
    check_texts(batch, mode, types, &all);
    check_options(batch, mode, types, &all);
    if (batch->length > 1) check_in_pieces(batch, mode, types, &all);
    add_to_digest(&digests[mode], batch, types, &all);
    ck_tokens_free(&all.tokens);
  }
}

/* An invalid row is reported by its number, and the table is unchanged. */
static void invalid_texts(random_source *random) {
  for (size_t row = 0; row < MOST_TEXTS; row++) {
    batch batch = batch_new(random, MOST_TEXTS, 40, row);
    if (!batch.texts[row].length) {
      exact_free(&batch.data);
      continue;
    }
    ((uint8_t *)batch.texts[row].bytes)[random_below(random, batch.texts[row].length)] = 0xFF;
    ck_types types;
    result out;
    ck_error error;
    ck_ticker ticker = ck_ticker_new(NULL);
    test_column column;
    char expected[32];
    ck_types_init(&types, CK_TYPES_LIMIT, ck_seeds_of(1));
    memset(&out, 0, sizeof out);
    test_column_new(&column, true, batch.texts, batch.length, batch.data.bytes, batch.size);
    CHECK(ck_tokenize_column(&column.column, CK_STANDARD, CK_SCALAR, 1 + (unsigned)row % 5, 100, &types, &out.tokens,
                             out.counts, &ticker, &error) == CK_UTF8);
    snprintf(expected, sizeof expected, "row %u is not", (unsigned)row);
    CHECK(strstr(error.message, expected) && ck_types_count(&types) == 0);
    test_column_free(&column);
    ck_tokens_free(&out.tokens);
    ck_types_free(&types);
    exact_free(&batch.data);
  }
}

/* Estimates: nulls have no bytes, overlapping views no more than their buffer has. */
static void likely_bytes(void) {
  uint8_t data[100] = {0}, valid[2] = {0xFF, 0x01};
  ck_text texts[9];
  for (unsigned i = 0; i < 9; i++) texts[i] = (ck_text){data, i ? 90 : 5};
  for (unsigned views = 0; views < 2; views++) {
    test_column column;
    test_column_new(&column, views, texts, 9, data, sizeof data);
    struct ArrowArray *array = &column.column.chunks.data[0].array;
    CHECK(ck_text_column_bytes(&column.column) == 5 + 8 * 90);
    CHECK(ck_text_column_likely_bytes(&column.column) == (views ? sizeof data + 9 * 12 : 5 + 8 * 90));
    valid[0] = 0x03;
    column.buffers[0] = valid;
    array->null_count = -1;
    CHECK(ck_text_column_bytes(&column.column) == 5 + 2 * 90); /* rows 0, 1 and 8 */
    CHECK(ck_text_column_likely_bytes(&column.column) == 5 + 2 * 90);
    array->length = 0;
    CHECK(ck_text_column_likely_bytes(&column.column) == 0);
    valid[0] = 0xFF;
    test_column_free(&column);
  }
}

/* A column without texts, for which there are no arrays. */
static void no_texts(void) {
  batch none = {.data = exact_new(0, 0)};
  const options plain = {false, false, CK_SCALAR, 1};
  for (int mode = CK_STANDARD; mode <= CK_CHARACTER; mode++) {
    result out;
    tokenize(&none, 0, 0, plain, (ck_token_mode)mode, empty_table(0), &out);
    CHECK(!out.tokens.length);
    ck_tokens_free(&out.tokens);
  }
  exact_free(&none.data);
}

/* Offsets whose difference is no 64-bit integer. */
static void far_offsets(void) {
  uint8_t data[1] = {0};
  const ck_text texts[2] = {{data, 0}, {data, 0}};
  test_column column;
  test_column_new(&column, false, texts, 2, data, 0);
  int64_t *offsets = (int64_t *)column.owned[0];
  offsets[0] = -2;
  offsets[1] = INT64_MAX - 1;
  CHECK(ck_text_column_bytes(&column.column) == 0 && ck_text_column_likely_bytes(&column.column) == 0);
  test_column_free(&column);
}

/* Rules that look ahead or back, on texts that end where they would look further: the bytes of each token. */
static void rules(ck_types *types) {
  static const struct {
    const char *text;
    uint32_t lengths[5];
  } cases[] = {{"7abibi", {6}},
               {"7", {1}},
               {"3'a", {1, 1, 1}},
               {"3'al", {4}},
               {"5km", {1, 2}},
               {"4x4s", {1, 3}},
               {"5\330\2613", {4}},
               {"5\330\261", {1, 2}},
               {"#\331\210http://x", {3, 8}},
               {"#\331\210www.", {6, 1}},
               {"www.x#\331\210", {5, 3}},
               {"www.x##", {7}},
               {"www.x\331\210", {5, 2}},
               {"www.x/\331\210", {8}},
               {"http://xhttp://y", {8, 8}},
               {"http://www.", {10, 1}},
               {"\331\210 .", {2, 1}},
               {"9.", {1, 1}}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    batch batch;
    result all;
    size_t size = strlen(cases[i].text), length = 0;
    batch.data = exact_new(size, i % ALIGNMENTS);
    batch.size = size;
    batch.length = 1;
    batch.texts[0].bytes = batch.data.bytes;
    batch.texts[0].length = (uint32_t)size;
    memcpy(batch.data.bytes, cases[i].text, size);
    tokenize(&batch, 0, 1, (options){false, false, CK_SCALAR, 1}, CK_STANDARD, types, &all);
    while (length < 5 && cases[i].lengths[length]) length++;
    CHECK(all.counts[0] == length);
    for (size_t k = 0; k < length; k++) {
      uint32_t bytes;
      ck_types_bytes(types, all.tokens.ids[k], &bytes);
      CHECK(bytes == cases[i].lengths[k]);
    }
    ck_tokens_free(&all.tokens);
    exact_free(&batch.data);
  }
}

int main(void) {
  static const char *names[] = {"standard", "whitespace", "character"};
  no_texts(); /* before there is any type */
  random_source random = {0x2545F4914F6CDD1Du};
  digest digests[3] = {{0}, {0}, {0}};
  for (size_t length = 0; length <= 200; length += stride())
    for (size_t alignment = 0; alignment < ALIGNMENTS; alignment++) {
      batch batch = batch_new(&random, 1, length, alignment);
      check_batch(&batch, digests);
      exact_free(&batch.data);
    }
  for (size_t longest = 1; longest < 20000; longest = longest * 3 + 1) {
    batch batch = batch_new(&random, MOST_TEXTS, longest, longest % ALIGNMENTS);
    check_batch(&batch, digests);
    exact_free(&batch.data);
  }
  invalid_texts(&random);
  likely_bytes();
  far_offsets();
  rules(empty_table(0));
  for (unsigned number = 0; number < 2; number++) ck_types_free(empty_table(number));
  for (int mode = 0; mode < 3; mode++) digest_print(names[mode], &digests[mode]);
  return 0;
}
