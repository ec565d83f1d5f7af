/* The tokeniser in its three modes. Standard tokens are held to what they promise of any text, white-space
 * tokens and characters to slow twins; the layout of the column and its cut into calls change nothing. */
#include "check.h"
#include "tokenize.h"

enum { MOST_TEXTS = 24 };

typedef struct {
  exact data;
  size_t size, length;
  ck_text texts[MOST_TEXTS];
} batch;

/* Texts one after another, the first at the alignment; each within well-formed UTF-8. */
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

static void tokenize(const batch *batch, size_t first, size_t length, bool views, ck_token_mode mode, ck_types *types,
                     result *out) {
  ck_error error;
  ck_ticker ticker = ck_ticker_new(NULL);
  test_column column;
  size_t from = length ? (size_t)(batch->texts[first].bytes - batch->data.bytes) : 0;
  memset(out, 0, sizeof *out);
  test_column_new(&column, views, batch->texts + first, length, batch->data.bytes + from, batch->size - from);
  CHECK(!ck_tokenize_column(&column.column, mode, types, &out->tokens, out->counts, &ticker, &error));
  test_column_free(&column);
}

/* The byte at which code point `index` of the text begins. */
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

/* Each token is a piece of the text with its type's bytes; nothing but white space, controls and format
 * characters lies between two of them; the glue bit says whether white space does. */
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

/* Every code point but white space; between two of one paragraph a space for any white space. */
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
    /* without a token there is no array to point into */
    const uint32_t *ids = count ? all->tokens.ids + begin : NULL, *starts = count ? all->tokens.starts + begin : NULL;
    const uint8_t *flags = count ? all->tokens.flags + begin : NULL;
    if (mode == CK_STANDARD) check_standard(&batch->texts[t], types, ids, starts, flags, count);
    if (mode == CK_WHITESPACE) check_whitespace(&batch->texts[t], types, ids, starts, flags, count);
    if (mode == CK_CHARACTER) check_characters(&batch->texts[t], types, ids, starts, count);
    begin += count;
  }
  CHECK(begin == all->tokens.length);
}

/* The same texts, one call each, with a table of their own: the same tokens and the same types. */
static void check_in_pieces(const batch *batch, bool views, ck_token_mode mode, const ck_types *types,
                            const result *all) {
  ck_types again;
  size_t begin = 0;
  ck_types_init(&again, CK_TYPES_LIMIT);
  for (size_t t = 0; t < batch->length; t++) {
    result one;
    tokenize(batch, t, 1, views, mode, &again, &one);
    CHECK(one.tokens.length == all->counts[t] && one.counts[0] == all->counts[t]);
    for (size_t i = 0; i < one.tokens.length; i++) {
      CHECK(one.tokens.ids[i] == all->tokens.ids[begin + i]);
      CHECK(one.tokens.starts[i] == all->tokens.starts[begin + i]);
      CHECK(one.tokens.flags[i] == all->tokens.flags[begin + i]);
    }
    begin += one.tokens.length;
    ck_tokens_free(&one.tokens);
  }
  CHECK(ck_types_count(&again) == ck_types_count(types));
  ck_types_free(&again);
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

static void one_batch(const batch *batch, digest digests[3]) {
  for (int mode = CK_STANDARD; mode <= CK_CHARACTER; mode++)
    for (int views = 0; views < 2; views++) {
      ck_types types;
      result all;
      ck_types_init(&types, CK_TYPES_LIMIT);
      tokenize(batch, 0, batch->length, views, (ck_token_mode)mode, &types, &all);
      check_texts(batch, (ck_token_mode)mode, &types, &all);
      if (batch->length > 1) check_in_pieces(batch, views, (ck_token_mode)mode, &types, &all);
      if (views) add_to_digest(&digests[mode], batch, &types, &all);
      ck_tokens_free(&all.tokens);
      ck_types_free(&types);
    }
}

/* A text that is not UTF-8 is told with its row, and the table is as it was. */
static void wrong_texts(random_source *random) {
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
    ck_types_init(&types, CK_TYPES_LIMIT);
    memset(&out, 0, sizeof out);
    test_column_new(&column, true, batch.texts, batch.length, batch.data.bytes, batch.size);
    CHECK(ck_tokenize_column(&column.column, CK_STANDARD, &types, &out.tokens, out.counts, &ticker, &error) == CK_UTF8);
    snprintf(expected, sizeof expected, "row %u is not", (unsigned)row);
    CHECK(strstr(error.message, expected) && ck_types_count(&types) == 0);
    test_column_free(&column);
    ck_tokens_free(&out.tokens);
    ck_types_free(&types);
    exact_free(&batch.data);
  }
}

int main(void) {
  static const char *names[] = {"standard", "whitespace", "character"};
  random_source random = {0x2545F4914F6CDD1Du};
  digest digests[3] = {{0}, {0}, {0}};
  for (size_t length = 0; length <= 200; length++)
    for (size_t alignment = 0; alignment < ALIGNMENTS; alignment++) {
      batch batch = batch_new(&random, 1, length, alignment);
      one_batch(&batch, digests);
      exact_free(&batch.data);
    }
  for (size_t longest = 1; longest < 20000; longest = longest * 3 + 1) {
    batch batch = batch_new(&random, MOST_TEXTS, longest, longest % ALIGNMENTS);
    one_batch(&batch, digests);
    exact_free(&batch.data);
  }
  wrong_texts(&random);
  for (int mode = 0; mode < 3; mode++) digest_print(names[mode], &digests[mode]);
  return 0;
}
