/* The type table compared with a simple list: adding, lookup, truncation, merging, errors. Prints "ok", or the line
 * that failed. */
#include "type_table.h"

enum { MOST = 4000, LONGEST = 60 };

typedef struct {
  uint8_t bytes[LONGEST], kind;
  uint32_t length;
} entry;

typedef struct {
  entry entries[MOST];
  size_t length;
} list;

#define CHECK(condition)                                           \
  do {                                                             \
    if (!(condition)) {                                            \
      printf("line %d: check failed: %s\n", __LINE__, #condition); \
      exit(1);                                                     \
    }                                                              \
  } while (0)

static uint64_t seed = 88172645463325252u;

static uint32_t chance(uint32_t below) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return (uint32_t)(seed >> 33) % below;
}

/* Few letters and many lengths, so that types resemble each other in many ways. NUL is one of the letters. */
static entry random_entry(void) {
  entry made;
  memset(&made, 0, sizeof made);
  made.length = 1 + (chance(3) ? chance(6) : chance(LONGEST));
  made.kind = (uint8_t)(chance(8) ? 0 : chance(9));
  for (uint32_t i = 0; i < made.length; i++) made.bytes[i] = (uint8_t)(chance(20) ? 'a' : chance(3));
  return made;
}

static size_t list_find(const list *types, const entry *wanted) {
  for (size_t i = 0; i < types->length; i++) {
    const entry *held = &types->entries[i];
    if (held->kind == wanted->kind && held->length == wanted->length &&
        !memcmp(held->bytes, wanted->bytes, wanted->length))
      return i;
  }
  return types->length;
}

static size_t list_id(list *types, const entry *wanted) {
  size_t id = list_find(types, wanted);
  CHECK(id < MOST);
  if (id == types->length) types->entries[types->length++] = *wanted;
  return id;
}

/* The table's id of an entry. The bytes are at the very end of the readable memory or up to 39 bytes before it. */
static ck_code table_id(ck_types *types, const entry *wanted, uint32_t *id, ck_error *error) {
  size_t spare = chance(2) ? chance(40) : 0;
  uint8_t *bytes = (uint8_t *)malloc(wanted->length + spare);
  CHECK(bytes);
  memset(bytes, 0xFF, wanted->length + spare);
  memcpy(bytes, wanted->bytes, wanted->length);
  ck_key key;
  ck_key_make(&key, bytes, wanted->length, wanted->length + spare, wanted->kind, &types->seeds);
  ck_code code = ck_types_ids(types, &key, 1, id, error);
  free(bytes);
  return code;
}

static void add_some(ck_types *table, list *types, uint32_t count) {
  ck_error error;
  while (count--) {
    entry made = random_entry();
    uint32_t id;
    CHECK(table_id(table, &made, &id, &error) == CK_OK);
    CHECK(id == list_id(types, &made));
  }
}

static void check_same(ck_types *table, const list *types) {
  CHECK(ck_types_count(table) == types->length);
  for (size_t i = 0; i < types->length; i++) {
    const entry *held = &types->entries[i];
    uint32_t length, id;
    ck_error error;
    const uint8_t *bytes = ck_types_bytes(table, i, &length);
    CHECK(length == held->length && !memcmp(bytes, held->bytes, length));
    CHECK(ck_types_kind(table, i) == held->kind);
    CHECK(table_id(table, held, &id, &error) == CK_OK && id == i);
  }
  CHECK(ck_types_count(table) == types->length);
}

static void truncate_both(ck_types *table, list *types, size_t count) {
  ck_types_truncate(table, count);
  if (count < types->length) types->length = count;
}

static int stop(void) {
  return 1;
}

static void check_merge(ck_types *into, list *into_list, const ck_types *from, const list *from_list) {
  ck_error error;
  ck_ticker ticker = ck_ticker_new(NULL), stopped = ck_ticker_new(stop);
  uint32_t *map = (uint32_t *)malloc((from_list->length + 1) * sizeof *map);
  size_t before = into_list->length, limit = into->limit;
  CHECK(map);
  if (from_list->length) {
    stopped.left = 0;
    stopped.polled = 0; /* due */
    CHECK(ck_types_merge(into, from, map, &stopped, &error) == CK_INTERRUPTED);
    check_same(into, into_list);
  }
  for (size_t i = 0; i < from_list->length; i++) list_id(into_list, &from_list->entries[i]);
  size_t after = into_list->length;
  if (after > before + 1) {
    into->limit = before + (after - before) / 2;
    into->room = into->room < into->limit ? into->room : into->limit;
    CHECK(ck_types_merge(into, from, map, &ticker, &error) == CK_LIMIT);
    into->limit = limit;
    into_list->length = before;
    check_same(into, into_list);
    into_list->length = after;
  }
  CHECK(ck_types_merge(into, from, map, &ticker, &error) == CK_OK);
  for (size_t i = 0; i < from_list->length; i++) CHECK(map[i] == list_find(into_list, &from_list->entries[i]));
  check_same(into, into_list);
  free(map);
}

/* Words of 24 bytes whose last eight undo the hash of the others collide, for one who knows the seed of a table. */
static void flood(void) {
  enum { WORDS = 1000, BITS = 10 };
  const ck_seeds known = ck_seeds_of(7), other = ck_seeds_of(8);
  bool used[1 << BITS] = {false};
  unsigned apart = 0;
  for (int i = 0; i < WORDS; i++) {
    uint8_t bytes[24];
    uint64_t low, high;
    ck_key key;
    for (int j = 0; j < 16; j++) bytes[j] = (uint8_t)('a' + chance(26));
    memcpy(&low, bytes, 8);
    memcpy(&high, bytes + 8, 8);
    uint64_t last = ck_mix(low ^ known.low, high ^ known.high);
    memcpy(bytes + 16, &last, 8);
    ck_key_make(&key, bytes, sizeof bytes, sizeof bytes, 0, &known);
    uint64_t hash = key.hash;
    if (sizeof(size_t) == 8) CHECK(hash == 0);
    ck_key_make(&key, bytes, sizeof bytes, sizeof bytes, 0, &other);
    apart += !used[key.hash >> (64 - BITS)];
    used[key.hash >> (64 - BITS)] = true;
  }
  CHECK(apart > WORDS / 2); /* as many as of random numbers, about 630 */
}

int main(void) {
  flood();
  list *lists = (list *)calloc(2, sizeof(list));
  CHECK(lists);
  for (int round = 0; round < 12; round++) {
    ck_types tables[2];
    ck_error error;
    for (int t = 0; t < 2; t++) {
      lists[t].length = 0;
      ck_types_init(&tables[t], MOST, ck_seeds_of((uint64_t)round));
      if (round % 2) CHECK(ck_types_reserve(&tables[t], 1 + chance(MOST), &error) == CK_OK);
    }
    truncate_both(&tables[0], &lists[0], 0);
    for (int step = 0; step < 6; step++) {
      int t = step % 2;
      if (lists[t].length < MOST / 4) add_some(&tables[t], &lists[t], chance(1200));
      if (chance(2)) truncate_both(&tables[t], &lists[t], chance((uint32_t)lists[t].length + 3));
      check_same(&tables[t], &lists[t]);
      if (lists[0].length + lists[1].length < MOST) check_merge(&tables[t], &lists[t], &tables[1 - t], &lists[1 - t]);
    }
    for (int t = 0; t < 2; t++) ck_types_free(&tables[t]);
  }
  free(lists);
  puts("ok");
  return 0;
}
