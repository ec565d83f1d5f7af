/* The table of types against a plain list: ids in order of first occurrence, limits, and taking types out again. */
#include "check.h"
#include "type_table.h"

enum { MOST_WORDS = 6000, LONGEST = 40 };

typedef struct {
  uint8_t bytes[LONGEST];
  uint32_t length;
  uint8_t kind;
} word;

static word words[MOST_WORDS];

/* Few letters and few lengths, so that many words come again and many differ in one byte only; some share
 * their first 16 bytes, which is what a slot holds. */
static void make_words(random_source *random) {
  for (size_t i = 0; i < MOST_WORDS; i++) {
    word *word = &words[i];
    word->length = 1 + random_below(random, random_below(random, 4) ? 6 : LONGEST);
    word->kind = (uint8_t)random_below(random, 9);
    memset(word->bytes, 'a', sizeof word->bytes);
    if (word->length > 20) {
      word->bytes[16 + random_below(random, word->length - 16)] = (uint8_t)('a' + random_below(random, 20));
      word->bytes[word->length - 1] = (uint8_t)('a' + random_below(random, 20));
    } else {
      for (uint32_t k = 0; k < word->length; k++) word->bytes[k] = (uint8_t)('a' + random_below(random, 5));
    }
  }
}

static ck_code add(ck_types *types, const word *word, uint32_t *id, ck_error *error) {
  exact room = exact_new(word->length, word->length % 16);
  ck_key key;
  memcpy(room.bytes, word->bytes, word->length);
  ck_key_make(&key, room.bytes, word->length, word->length, word->kind);
  ck_code code = ck_types_id(types, &key, id, error);
  exact_free(&room);
  return code;
}

static bool same(const word *a, const word *b) {
  return a->length == b->length && a->kind == b->kind && !memcmp(a->bytes, b->bytes, a->length);
}

/* The id of each word by the list: the number of different words before its first occurrence. */
static size_t number_slowly(uint32_t *ids, size_t *firsts) {
  size_t count = 0;
  for (size_t i = 0; i < MOST_WORDS; i++) {
    size_t id = 0;
    while (id < count && !same(&words[firsts[id]], &words[i])) id++;
    if (id == count) firsts[count++] = i;
    ids[i] = (uint32_t)id;
  }
  return count;
}

static uint32_t expected[MOST_WORDS];
static size_t firsts[MOST_WORDS];

/* All words from `from` on get their numbers. */
static void add_all(ck_types *types, size_t from) {
  ck_error error;
  for (size_t i = from; i < MOST_WORDS; i++) {
    uint32_t id;
    CHECK(!add(types, &words[i], &id, &error) && id == expected[i]);
  }
}

static void check_table(const ck_types *types, size_t count) {
  CHECK(ck_types_count(types) == count);
  for (size_t id = 0; id < count; id++) {
    const word *word = &words[firsts[id]];
    uint32_t length;
    const uint8_t *bytes = ck_types_bytes(types, id, &length);
    CHECK(length == word->length && !memcmp(bytes, word->bytes, length));
    CHECK(ck_types_kind(types, id) == word->kind);
  }
}

int main(void) {
  random_source random = {0xA0761D6478BD642Fu};
  digest digest = {0};
  ck_error error;
  ck_types types;
  uint32_t id;
  make_words(&random);
  size_t count = number_slowly(expected, firsts);
  CHECK(count > MOST_WORDS / 4 && count < MOST_WORDS);

  ck_types_init(&types, CK_TYPES_LIMIT);
  add_all(&types, 0);
  check_table(&types, count);
  /* taken out and added again, from every size: the same numbers */
  for (int round = 0; round < 40; round++) {
    size_t kept = random_below(&random, (unsigned)count + 1);
    ck_types_truncate(&types, kept);
    check_table(&types, kept);
    add_all(&types, kept < count ? firsts[kept] : MOST_WORDS - 1);
    check_table(&types, count);
  }
  ck_types_truncate(&types, 0);
  check_table(&types, 0);
  add_all(&types, 0);
  ck_types_free(&types);

  /* one type too many is refused, the others go on */
  ck_types_init(&types, count - 1);
  for (size_t i = 0; i < MOST_WORDS; i++) {
    ck_code code = add(&types, &words[i], &id, &error);
    CHECK(expected[i] == count - 1 ? code == CK_LIMIT : !code && id == expected[i]);
  }
  check_table(&types, count - 1);
  ck_types_free(&types);

  digest_u32s(&digest, expected, MOST_WORDS);
  digest_print("types", &digest);
  return 0;
}
