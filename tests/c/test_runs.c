/* The letter code; ranks of words; runs compared with a reference that sorts whole texts, and merges with one that sums
 * sorted rows; damaged bytes, interruption and running out of memory. */
#include "failing.h"
#include "letter_code.h"
#include "ngram_hash.h"
#include "ngram_merge.h"
#include "ngram_runs.c"
#include "word_ranks.h"

enum {
  MOST_WORDS = 3000,
  LONGEST = 40,
  MOST_ROWS = 4000,
  MOST_TOKENS = MOST_ROWS * 3 * CK_WIDEST,
  MOST_TEXT = CK_WIDEST * (LONGEST + 1),
  RUNS = 9,
  MOST_BUCKETS = 64
};

/* An expected row. */
typedef struct {
  uint8_t text[MOST_TEXT];
  size_t length;
  uint64_t count, documents, bucket;
  uint64_t first;
  unsigned n;
} row;

typedef struct {
  size_t length, capacity;
  row *rows;
} rows;

/* ------------------------------------------------------------------------------ words */

static struct {
  uint8_t bytes[MOST_WORDS][LONGEST];
  ck_text texts[MOST_WORDS]; /* sorted by bytes */
  size_t length;
} vocabulary;

static int compare_words(const void *one, const void *other) {
  const ck_text *a = (const ck_text *)one, *b = (const ck_text *)other;
  int order = memcmp(a->bytes, b->bytes, a->length < b->length ? a->length : b->length);
  return order ? order : (a->length > b->length) - (a->length < b->length);
}

/* Distinct words without spaces. Many have another word as prefix; with `controls`, some contain bytes below the
 * space. */
static void make_words(random_source *random, size_t length, bool controls) {
  for (size_t w = 0; w < length; w++) {
    uint8_t *bytes = vocabulary.bytes[w];
    size_t size = 1 + random_below(random, random_below(random, 4) ? 8 : LONGEST), begin = 0;
    if (w && random_below(random, 3) == 0) { /* another word and a suffix */
      ck_text other = vocabulary.texts[random_below(random, (unsigned)w)];
      begin = other.length < LONGEST ? other.length : 0;
      if (begin) memcpy(bytes, other.bytes, begin);
      size = begin + 1 + random_below(random, (unsigned)(LONGEST - begin));
    }
    text_kind kind = random_below(random, 2) ? TEXT_ARABIC : TEXT_ANY;
    random_text(random, kind, bytes + begin, size - begin);
    for (size_t i = 0; i < size; i++)
      if (bytes[i] <= ' ') bytes[i] = controls ? bytes[i] & 0x1F : '_';
    vocabulary.texts[w].bytes = bytes;
    vocabulary.texts[w].length = (uint32_t)size;
  }
  qsort(vocabulary.texts, length, sizeof(ck_text), compare_words);
  vocabulary.length = 0;
  for (size_t w = 0; w < length; w++)
    if (!w || compare_words(&vocabulary.texts[vocabulary.length - 1], &vocabulary.texts[w]))
      vocabulary.texts[vocabulary.length++] = vocabulary.texts[w];
}

/* ------------------------------------------------------------------------------ tables */

/* The words of the vocabulary have different ids in each table. */
typedef struct {
  ck_text words[MOST_WORDS];
  uint32_t ranks[MOST_WORDS], ids[MOST_TOKENS];
  uint32_t start[MOST_ROWS], gaps[MOST_ROWS], count[MOST_ROWS], documents[MOST_ROWS];
  ck_run_level levels[MOST_ROWS]; /* one row each, so that n-grams of all lengths can be in any order */
  size_t n_tokens, n_rows;
} table;

static table one_table;

static void shuffle_words(table *made, random_source *random) {
  for (uint32_t w = 0; w < vocabulary.length; w++) made->ranks[w] = w;
  for (uint32_t w = (uint32_t)vocabulary.length; w > 1; w--) {
    uint32_t other = random_below(random, w), rank = made->ranks[w - 1];
    made->ranks[w - 1] = made->ranks[other];
    made->ranks[other] = rank;
  }
  for (size_t w = 0; w < vocabulary.length; w++) made->words[w] = vocabulary.texts[made->ranks[w]];
}

/* The ranks must be the permutation by which the words were shuffled. */
static void compare_ranks(const table *table) {
  static uint32_t ranks[MOST_WORDS];
  ck_error error;
  ck_ticker ticker = ck_ticker_new(NULL);
  CHECK(!ck_word_ranks(table->words, vocabulary.length, ranks, &ticker, &error));
  CHECK(!memcmp(ranks, table->ranks, vocabulary.length * sizeof *ranks));
}

/* Equal words are ranked in input order, and NUL is an ordinary byte. */
static void rank_few(void) {
  static const uint8_t bytes[] = "b\0\0\0\0\0\0\0\0\0";
  const ck_text words[7] = {{bytes, 2}, {bytes, 10}, {bytes, 1}, {bytes, 2}, {bytes + 1, 1}, {bytes, 8}, {bytes, 9}};
  const uint32_t expected[7] = {2, 6, 1, 3, 0, 4, 5};
  uint32_t ranks[7];
  ck_error error;
  ck_ticker ticker = ck_ticker_new(NULL);
  CHECK(!ck_word_ranks(words, 7, ranks, &ticker, &error));
  CHECK(!memcmp(ranks, expected, sizeof ranks));
  CHECK(!ck_word_ranks(words, 0, ranks, &ticker, &error));
  const ck_text no_text = {(const uint8_t *)"\xD8", 1};
  CHECK(ck_word_ranks(&no_text, 1, ranks, &ticker, &error) == CK_CORRUPT);
}

static int compare_rows(const void *one, const void *other) {
  const row *a = (const row *)one, *b = (const row *)other;
  int order = memcmp(a->text, b->text, a->length < b->length ? a->length : b->length);
  return order ? order : (a->length > b->length) - (a->length < b->length);
}

/* Those of equal text in the order in which they were made, whatever the C library's qsort does with them. */
static int compare_rows_made(const void *one, const void *other) {
  const row *a = (const row *)one, *b = (const row *)other;
  int order = compare_rows(one, other);
  return order ? order : (a->first > b->first) - (a->first < b->first);
}

/* An n-gram of random tokens, some with gaps between them. */
static void make_row(table *made, random_source *random, unsigned widest, row *row) {
  memset(row, 0, sizeof *row);
  row->n = 1 + random_below(random, widest);
  row->first = (uint64_t)made->n_tokens << 32;
  for (unsigned j = 0; j < row->n; j++) {
    unsigned gap = j && random_below(random, 5) == 0 ? 1 + random_below(random, 2) : 0;
    for (unsigned g = 0; g < gap; g++) made->ids[made->n_tokens++] = 0;
    if (j) row->first |= (uint64_t)gap << (32 - 4 * j);
    unsigned limit = random_below(random, 2) ? (unsigned)vocabulary.length : 1 + (unsigned)vocabulary.length / 50;
    uint32_t id = random_below(random, limit);
    made->ids[made->n_tokens++] = id;
    if (j) row->text[row->length++] = ' ';
    memcpy(row->text + row->length, made->words[id].bytes, made->words[id].length);
    row->length += made->words[id].length;
  }
  unsigned bits = random_below(random, 30);
  row->count = 1 + (random_below(random, 3) ? random_bits(random) % 5 : random_bits(random) >> 33 >> bits);
  row->documents = random_below(random, 2) ? row->count : 1 + random_bits(random) % row->count;
}

/* Makes a table of up to `length` rows in arbitrary order; `sorted` receives its rows sorted by text. */
static void make_table(table *made, random_source *random, size_t length, unsigned widest, rows *sorted) {
  memset(made, 0, sizeof *made);
  shuffle_words(made, random);
  CHECK(length <= sorted->capacity);
  for (size_t i = 0; i < length; i++) make_row(made, random, widest, &sorted->rows[i]);
  qsort(sorted->rows, length, sizeof(row), compare_rows_made);
  sorted->length = 0;
  for (size_t i = 0; i < length; i++)
    if (!i || compare_rows(&sorted->rows[sorted->length - 1], &sorted->rows[i]))
      sorted->rows[sorted->length++] = sorted->rows[i];
  made->n_rows = sorted->length;
  for (size_t i = 0, step = sorted->length > 1 && sorted->length % 7 ? 7 : 1; i < sorted->length; i++) {
    const row *row = &sorted->rows[i];
    size_t place = i * step % sorted->length;
    made->start[place] = (uint32_t)(row->first >> 32);
    made->gaps[place] = (uint32_t)row->first;
    made->count[place] = (uint32_t)row->count;
    made->documents[place] = (uint32_t)row->documents;
    made->levels[place] = (ck_run_level){row->n, 1, &made->start[place], row->first << 32 ? &made->gaps[place] : NULL,
                                         &made->count[place], &made->documents[place]};
  }
}

static ck_run_job job_of(const table *table, unsigned bucket_bits, unsigned hash_bits) {
  return (ck_run_job){.joiner = {table->ids, table->n_tokens, table->words, vocabulary.length, {NULL, 0}},
                      .ranks = table->ranks,
                      .levels = table->levels,
                      .n_levels = table->n_rows,
                      .bucket_bits = bucket_bits,
                      .hash_bits = hash_bits};
}

static ck_code make_run(const ck_run_job *job, ck_run *run, ck_ticker *ticker, ck_error *error) {
  ck_run_words words;
  if (ck_run_gather(job, &words, run, ticker, error)) return error->code;
  return ck_run_pack(&words, run, ticker, error);
}

/* Makes the run of a table, which the caller must free. */
static ck_code run_of(const table *table, unsigned bucket_bits, unsigned hash_bits, ck_run *run, ck_error *error) {
  ck_ticker ticker = ck_ticker_new(NULL);
  const ck_run_job job = job_of(table, bucket_bits, hash_bits);
  return make_run(&job, run, &ticker, error);
}

/* ------------------------------------------------------------------------------ the hash */

/* The hash of an n-gram, computed from its text. */
static uint64_t slow_hash(const uint8_t *text, size_t length) {
  uint64_t hash = 0;
  for (size_t begin = 0; begin <= length; begin++) {
    size_t size = 0;
    while (begin + size < length && text[begin + size] != ' ') size++;
    uint64_t word = (uint64_t)size * 0x9E3779B97F4A7C15u;
    for (size_t i = 0; i < size; i++) {
      word ^= (uint64_t)text[begin + i] << 8 * (i % 8);
      if (i % 8 == 7 || i == size - 1) word = ck_hash_mix(word);
    }
    hash = ck_hash_mix(hash * 0xD1342543DE82EF95u + word);
    begin += size;
  }
  return hash;
}

static uint64_t slow_bucket(const row *row, unsigned bucket_bits, unsigned hash_bits) {
  uint64_t hash = slow_hash(row->text, row->length);
  if (hash_bits < 64) hash = hash >> (64 - hash_bits) << (64 - hash_bits);
  return bucket_bits ? hash >> (64 - bucket_bits) : 0;
}

static void published_hashes(void) {
  static const struct {
    const char *text;
    uint64_t hash;
  } published[] = {
      {"a", 0x3C5019C546843BB4u},
      {"aaaaaaa", 0xB8FA37C00213BF24u},
      {"aaaaaaaa", 0x4EDDB6EFCD92C1FEu},
      {"aaaaaaaaa", 0xEBBBDE75640434F2u},
      {"كتاب", 0x957A0561B90671BEu},
      {"قال الرئيس", 0x7B78B9FEB824934Bu},
      {"قال الرئيس إن", 0x452FF8670E2F34CBu},
  };
  CHECK(CK_HASH_VERSION == 1);
  for (size_t i = 0; i < sizeof published / sizeof *published; i++) {
    const char *text = published[i].text;
    uint64_t hash = 0;
    CHECK(slow_hash((const uint8_t *)text, strlen(text)) == published[i].hash);
    for (size_t begin = 0; begin < strlen(text); begin += strcspn(text + begin, " ") + 1)
      hash = ck_hash_join(hash, ck_hash_word((const uint8_t *)text + begin, strcspn(text + begin, " ")));
    CHECK(hash == published[i].hash);
  }
}

/* ------------------------------------------------------------------------------ the code */

/* Writes the code of a code point by the table in letter_code.h; returns its length. */
static size_t slow_code(uint32_t point, uint8_t *code) {
  static const struct {
    uint32_t last, first, begin, more;
  } kinds[] = {{0x7F, 0, 0, 0},          {0x61F, 0x80, 0x80, 1},     {0x67F, 0x620, 0x86, 0},
               {0x77F, 0x680, 0xE6, 1}, {0xFFFF, 0x780, 0xE7, 2}, {0x10FFFF, 0x10000, 0xE8, 2}};
  size_t k = 0;
  while (point > kinds[k].last) k++;
  uint32_t value = (kinds[k].begin << 8 * kinds[k].more) + point - kinds[k].first;
  for (uint32_t i = 0; i <= kinds[k].more; i++) code[i] = (uint8_t)(value >> 8 * (kinds[k].more - i));
  return 1 + kinds[k].more;
}

static size_t slow_codes(const uint8_t *text, size_t length, uint8_t *code) {
  size_t to = 0;
  for (size_t i = 0; i < length;) {
    unsigned size;
    to += slow_code(ck_utf8_decode(text + i, &size), code + to);
    i += size;
  }
  return to;
}

/* Every code point is encoded and decoded correctly, and codes sort in the order of code points. */
static void codes_of_all(void) {
  uint8_t text[CK_PIECE], code[CK_PIECE], expected[CK_PIECE], back[CK_PIECE], before[CK_PIECE] = {0};
  size_t before_size = 0;
  for (uint32_t point = 0; point <= 0x10FFFF; point++) {
    if (point == 0xD800) point = 0xE000;
    size_t length = ck_utf8_encode(point, text), size = slow_code(point, expected);
    CHECK((size_t)(ck_put_codes(code, text, length) - code) == size && 2 * size <= 3 * length);
    CHECK(!memcmp(code, expected, size));
    CHECK((size_t)(ck_put_text(back, code, size) - back) == length && length <= 2 * size);
    CHECK(!memcmp(back, text, length));
    int order = memcmp(before, code, before_size < size ? before_size : size);
    CHECK(!before_size || order < 0); /* less within the common length: not a prefix */
    memcpy(before, code, size);
    before_size = size;
  }
}

/* If bytes decode to a text, they must be the only code of that text. All others must be rejected. */
static void check_code(const uint8_t *code, size_t size) {
  uint8_t text[2 * CK_PIECE], encoded[2 * CK_PIECE];
  const uint8_t *end = ck_put_text(text, code, size);
  if (!end) return;
  size_t length = (size_t)(end - text);
  CHECK(length <= 2 * size && ck_utf8_check(text, length) == length);
  CHECK((size_t)(ck_put_codes(encoded, text, length) - encoded) == size && !memcmp(encoded, code, size));
}

static void bytes_as_codes(void) {
  for (unsigned lead = 0; lead < 256; lead++) {
    uint8_t code[3] = {(uint8_t)lead, 0, 0};
    check_code(code, 1);
    for (unsigned next = 0; next < 65536; next++) {
      code[1] = (uint8_t)(next >> 8);
      code[2] = (uint8_t)next;
      if (lead >= CK_CODE_FAR) check_code(code, 3);
      if (next % 256 == 0) check_code(code, 2);
    }
  }
}

/* ------------------------------------------------------------------------------ runs */

static uint64_t read_number(const uint8_t **at) {
  uint64_t value = 0;
  for (unsigned shift = 0;; shift += 7) {
    value |= (uint64_t)(**at & 127) << shift;
    if (*(*at)++ < 128) return value;
  }
}

/* A bucket must contain these rows, front-coded. */
static void compare_bucket(const uint8_t *at, const uint8_t *end, const rows *sorted, uint64_t bucket,
                           uint64_t n_rows) {
  uint8_t code[2 * MOST_TEXT], before[2 * MOST_TEXT];
  size_t before_length = 0;
  for (size_t i = 0; i < sorted->length; i++) {
    const row *row = &sorted->rows[i];
    if (row->bucket != bucket) continue;
    size_t shared = 0, length = slow_codes(row->text, row->length, code);
    while (shared < before_length && shared < length && before[shared] == code[shared]) shared++;
    CHECK(n_rows-- > 0);
    CHECK(read_number(&at) == shared);
    CHECK(read_number(&at) == length - shared);
    CHECK(!memcmp(at, code + shared, length - shared));
    at += length - shared;
    uint64_t count = read_number(&at);
    CHECK(count >> 1 == row->count);
    CHECK((count & 1) == (row->documents < row->count));
    if (count & 1) CHECK(read_number(&at) == row->count - row->documents);
    memcpy(before, code, length);
    before_length = length;
  }
  CHECK(!n_rows && at == end);
}

/* Sorting by ranks is enough if no word contains a byte below the space. Otherwise a bucket is sorted again by bytes,
 * with the same result; but that allocates memory for each bucket, so it shows in the number of allocations. */
static long allocations_of_a_run(random_source *random, bool controls) {
  enum { BITS = 6 };
  ck_error error;
  ck_run run;
  rows sorted = {0, MOST_ROWS, (row *)malloc(MOST_ROWS * sizeof(row))};
  CHECK(sorted.rows);
  make_words(random, MOST_WORDS, controls);
  make_table(&one_table, random, MOST_ROWS, 4, &sorted);
  long before = allocations;
  CHECK(!run_of(&one_table, BITS, 64, &run, &error));
  long made = allocations - before;
  ck_run_free(&run);
  free(sorted.rows);
  return made;
}

static void sort_once(random_source *random) {
  CHECK(allocations_of_a_run(random, false) < MOST_BUCKETS);
  CHECK(allocations_of_a_run(random, true) > MOST_BUCKETS);
}

static void compare_run(const table *table, rows *sorted, unsigned bucket_bits, unsigned hash_bits, ck_run *run,
                        digest *digest) {
  ck_error error;
  CHECK(!run_of(table, bucket_bits, hash_bits, run, &error));
  for (size_t i = 0; i < sorted->length; i++)
    sorted->rows[i].bucket = slow_bucket(&sorted->rows[i], bucket_bits, hash_bits);
  for (size_t b = 0; b < (size_t)1 << bucket_bits; b++) {
    uint64_t begin = b ? run->ends[b - 1] : 0;
    CHECK(begin <= run->ends[b] && run->ends[b] <= run->bytes.length);
    const uint8_t *bytes = run->bytes.data;
    if (bytes) compare_bucket(bytes + begin, bytes + run->ends[b], sorted, b, run->rows[b]);
    digest_number(digest, run->rows[b]);
  }
  CHECK(run->ends[((size_t)1 << bucket_bits) - 1] == run->bytes.length);
  digest_bytes(digest, run->bytes.data, run->bytes.length);
}

/* ------------------------------------------------------------------------------ merging */

static ck_code merge(const ck_run_piece *pieces, size_t runs, uint64_t min_count, ck_merged *merged, ck_error *error) {
  ck_ticker ticker = ck_ticker_new(NULL);
  return ck_merge_bucket(pieces, runs, min_count, merged, &ticker, error);
}

/* The text of a row in a column under construction. */
static const uint8_t *text_at(const ck_strings *strings, size_t row, size_t *length) {
  const uint8_t *view = strings->views.data + CK_VIEW_SIZE * row;
  uint32_t size, block, offset;
  memcpy(&size, view, 4);
  memcpy(&block, view + 8, 4);
  memcpy(&offset, view + 12, 4);
  *length = size;
  return size <= CK_VIEW_INLINE ? view + 4 : strings->blocks[block].data + offset;
}

/* `all` has the rows of all runs, sorted by text. */
static void compare_merge(const ck_run_piece *pieces, size_t runs, const rows *all, uint64_t bucket, uint64_t min_count,
                          digest *digest) {
  ck_error error;
  ck_merged merged;
  CHECK(!merge(pieces, runs, min_count, &merged, &error));
  size_t found = 0;
  for (size_t i = 0; i < all->length;) {
    const row *row = &all->rows[i];
    uint64_t count = 0, documents = 0;
    for (; i < all->length && !compare_rows(row, &all->rows[i]); i++) {
      count += all->rows[i].count;
      documents += all->rows[i].documents;
    }
    if (row->bucket != bucket || count < min_count) continue;
    size_t length;
    CHECK(found < merged.n.length);
    const uint8_t *text = text_at(&merged.texts, found, &length);
    CHECK(length == row->length && !memcmp(text, row->text, length));
    CHECK(merged.n.data[found] == row->n && merged.counts.data[found] == count);
    CHECK(merged.documents.data[found++] == documents);
    digest_number(digest, count);
  }
  CHECK(found == merged.n.length && found == merged.counts.length && found == merged.documents.length);
  CHECK(found == (size_t)merged.texts.length);
  ck_merged_free(&merged);
}

static ck_run_piece piece_of(const ck_run *run, size_t bucket) {
  uint64_t begin = bucket ? run->ends[bucket - 1] : 0;
  const uint8_t *bytes = run->bytes.data ? run->bytes.data + begin : NULL;
  return (ck_run_piece){bytes, (size_t)(run->ends[bucket] - begin), run->rows[bucket]};
}

/* Makes runs of several tables with the same words, and merges them. */
static void compare_runs(random_source *random, size_t runs, size_t length, digest *digest) {
  ck_run made[RUNS];
  unsigned bucket_bits = random_below(random, 7);
  unsigned hash_bits = random_below(random, 2) ? 64 : 1 + random_below(random, 64);
  unsigned widest = 1 + random_below(random, CK_WIDEST);
  rows all = {0, runs * length, (row *)malloc((runs * length + 1) * sizeof(row))};
  CHECK(all.rows && runs <= RUNS && (1 << bucket_bits) <= MOST_BUCKETS);
  for (size_t r = 0; r < runs; r++) {
    rows sorted = {0, length, all.rows + all.length};
    make_table(&one_table, random, random_below(random, (unsigned)length + 1), widest, &sorted);
    compare_ranks(&one_table);
    compare_run(&one_table, &sorted, bucket_bits, hash_bits, &made[r], digest);
    all.length += sorted.length;
  }
  qsort(all.rows, all.length, sizeof(row), compare_rows);
  for (size_t b = 0; b < (size_t)1 << bucket_bits; b++) {
    ck_run_piece pieces[RUNS];
    for (size_t r = 0; r < runs; r++) pieces[r] = piece_of(&made[r], b);
    compare_merge(pieces, runs, &all, b, 1 + random_below(random, 6), digest);
  }
  for (size_t r = 0; r < runs; r++) ck_run_free(&made[r]);
  free(all.rows);
}

/* ------------------------------------------------------------------------------ invalid input */

static void check_rejected(const ck_run_job *job, ck_code expected) {
  ck_run run;
  ck_error error;
  ck_ticker ticker = ck_ticker_new(NULL);
  CHECK(make_run(job, &run, &ticker, &error) == expected && error.code == expected);
  CHECK(!run.bytes.data && !run.ends && !run.rows);
}

/* A table without rows, with and without words. */
static void empty_tables(void) {
  ck_error error;
  ck_run run;
  static table none;
  for (size_t length = 0; length < 3; length += 2) {
    vocabulary.length = length;
    for (uint32_t w = 0; w < length; w++) none.ranks[w] = w;
    for (size_t w = 0; w < length; w++) none.words[w] = (ck_text){(const uint8_t *)"ab" + w, 1};
    CHECK(!run_of(&none, 3, 64, &run, &error));
    CHECK(!run.bytes.length && !run.ends[0] && !run.rows[0] && !run.ends[7] && !run.rows[7]);
    ck_run_free(&run);
  }
}

static void invalid_jobs(void) {
  static const uint8_t bytes[] = "abcdefghijklmnopqrstuvwxyz";
  const ck_text words[2] = {{bytes, 1}, {bytes + 1, 2}}, empty[2] = {{bytes, 1}, {bytes, 0}};
  const ck_text large[2] = {{bytes, 1u << 31}, {bytes, 1u << 30}};
  const ck_text no_text[2] = {{bytes, 1}, {(const uint8_t *)"\xD8", 1}};
  const uint32_t ids[3] = {0, 1, 0}, wrong_ids[3] = {0, 2, 0}, ranks[2] = {0, 1}, same[2] = {1, 1}, beyond[2] = {0, 2};
  const uint32_t start[2] = {0, 1}, far[2] = {0, 3}, gaps[2] = {0, 15u << 28}, count[2] = {3, UINT32_MAX};
  const uint32_t documents[2] = {1, 1}, zero[2] = {1, 0}, more[2] = {4, 1};
  const ck_run_level level = {2, 2, start, NULL, count, documents};
  const ck_run_job job = {{ids, 3, words, 2, {NULL, 0}}, ranks, &level, 1, 3, 64};
  ck_run_level other;
  ck_run_job wrong;
#define REJECTED(member, value, code) (wrong = job, wrong.member = (value), check_rejected(&wrong, (code)))
  REJECTED(joiner.ids, wrong_ids, CK_CORRUPT);
  REJECTED(joiner.words, empty, CK_CORRUPT);
  REJECTED(joiner.words, no_text, CK_CORRUPT);
  REJECTED(joiner.n_tokens, 1, CK_CORRUPT);
  REJECTED(ranks, same, CK_CORRUPT);
  REJECTED(ranks, beyond, CK_CORRUPT);
#define REJECTED_LEVEL(member, value, code) \
  (other = level, other.member = (value), wrong = job, wrong.levels = &other, check_rejected(&wrong, (code)))
  REJECTED_LEVEL(n, 0, CK_CORRUPT);
  REJECTED_LEVEL(n, 9, CK_CORRUPT);
  REJECTED_LEVEL(start, far, CK_CORRUPT);
  REJECTED_LEVEL(gaps, gaps, CK_CORRUPT);
  REJECTED_LEVEL(count, zero, CK_CORRUPT);
  REJECTED_LEVEL(documents, zero, CK_CORRUPT);
  REJECTED_LEVEL(documents, more, CK_CORRUPT);
  REJECTED(bucket_bits, CK_MOST_BUCKET_BITS + 1, CK_LIMIT);
  REJECTED(bucket_bits, 64, CK_LIMIT);
  REJECTED(hash_bits, 0, CK_LIMIT);
  REJECTED(hash_bits, 65, CK_LIMIT);
  REJECTED(joiner.n_words, UINT32_MAX, CK_LIMIT);
  REJECTED(joiner.words, large, CK_LIMIT);
#if SIZE_MAX > UINT32_MAX
  REJECTED_LEVEL(length, (size_t)UINT32_MAX + 1, CK_LIMIT);
#endif
  ck_u8s out = {0};
  ck_error error;
  for (size_t rest = CK_LONGEST_NGRAM - 8; rest <= CK_LONGEST_NGRAM; rest += 8) {
    error.code = CK_OK;
    CHECK(!ck_run_room(&out, CK_LONGEST_NGRAM + (size_t)1 - rest, rest, &error) && error.code == CK_LIMIT);
  }
  CHECK(ck_run_room(&out, CK_LONGEST_NGRAM - 8, 8, &error));
  ck_u8s_free(&out);
}

/* The largest numbers that fit, and the smallest that do not. */
static void extreme_numbers(void) {
  static const uint8_t most[] = {0, 1, 'a', 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1};
  static const uint8_t one[] = {0, 1, 'a', 2};
  ck_run_piece pieces[2] = {{most, sizeof most, 1}, {one, sizeof one, 1}};
  ck_error error;
  ck_merged merged;
  CHECK(!merge(pieces, 1, 1, &merged, &error));
  CHECK(merged.counts.length == 1 && merged.counts.data[0] == INT64_MAX && merged.documents.data[0] == INT64_MAX);
  ck_merged_free(&merged);
  CHECK(merge(pieces, 2, 1, &merged, &error) == CK_LIMIT);
  /* a varint of more than 64 bits, and an empty text */
  static const uint8_t wide[] = {0, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 2, 'a', 2};
  static const uint8_t nothing[] = {0, 0, 2};
  const ck_run_piece wrong[2] = {{wide, sizeof wide, 1}, {nothing, sizeof nothing, 1}};
  for (int i = 0; i < 2; i++) CHECK(merge(&wrong[i], 1, 1, &merged, &error) == CK_CORRUPT);
}

/* Invariants of a merged table: each text is UTF-8 and has n words, and the texts are strictly increasing. */
static void check_sound(const ck_merged *merged) {
  const uint8_t *before = NULL;
  size_t before_length = 0;
  for (size_t i = 0; i < merged->n.length; i++) {
    size_t length, most, spaces = 0;
    const uint8_t *text = text_at(&merged->texts, i, &length);
    CHECK(length > 0 && ck_utf8_check(text, length) == length);
    for (size_t j = 0; j < length; j++) spaces += text[j] == ' ';
    CHECK(merged->n.data[i] == spaces + 1);
    CHECK(merged->documents.data[i] >= 1 && merged->documents.data[i] <= merged->counts.data[i]);
    most = length < before_length ? length : before_length;
    int order = before ? memcmp(before, text, most) : -1;
    CHECK(order < 0 || (order == 0 && before_length < length));
    before = text;
    before_length = length;
  }
}

/* Merges a damaged piece, in a buffer of exact size, with two intact ones. */
static void merge_damaged(const uint8_t *bytes, size_t length, uint64_t n_rows, ck_run_piece intact, digest *digest) {
  ck_error error;
  ck_merged merged;
  exact buffer = exact_new(length, 0);
  if (length) memcpy(buffer.bytes, bytes, length);
  const ck_run_piece pieces[3] = {intact, {buffer.bytes, length, n_rows}, intact};
  ck_code code = merge(pieces, 3, 1, &merged, &error);
  CHECK(code == CK_OK || code == CK_CORRUPT || code == CK_LIMIT);
  if (!code) {
    check_sound(&merged);
    digest_number(digest, merged.n.length);
    ck_merged_free(&merged);
  }
  digest_number(digest, code);
  exact_free(&buffer);
}

static void damaged(random_source *random, digest *digest) {
  enum { FEW = 12 };
  ck_run run, other;
  ck_error error;
  rows sorted = {0, FEW, (row *)malloc(FEW * sizeof(row))};
  CHECK(sorted.rows);
  make_table(&one_table, random, FEW, 3, &sorted);
  CHECK(!run_of(&one_table, 0, 64, &other, &error));
  make_table(&one_table, random, FEW, 3, &sorted);
  CHECK(!run_of(&one_table, 0, 64, &run, &error));
  ck_run_piece intact = piece_of(&other, 0), piece = piece_of(&run, 0);
  uint8_t *bytes = run.bytes.data;
  for (size_t length = 0; length < piece.length; length++) merge_damaged(bytes, length, piece.rows, intact, digest);
  for (uint64_t n_rows = 0; n_rows < 2 * FEW; n_rows++) merge_damaged(bytes, piece.length, n_rows, intact, digest);
  merge_damaged(bytes, piece.length, UINT64_MAX, intact, digest);
  for (size_t bit = 0; bit < 8 * piece.length; bit++) {
    bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    merge_damaged(bytes, piece.length, piece.rows, intact, digest);
    bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
  }
  for (unsigned round = 0; round < 3000; round += stride()) { /* several bytes at once, mostly small values */
    uint8_t changed[FEW * MOST_TEXT];
    memcpy(changed, bytes, piece.length);
    for (unsigned changes = 1 + random_below(random, 6); changes > 0; changes--) {
      unsigned place = random_below(random, (unsigned)piece.length), bits = random_below(random, 9);
      changed[place] = (uint8_t)random_below(random, 1u << bits);
    }
    merge_damaged(changed, piece.length, piece.rows, intact, digest);
  }
  ck_run_free(&run);
  ck_run_free(&other);
  free(sorted.rows);
}

static int stop(void) {
  return 1;
}

/* Wherever a call is interrupted, it must free everything. */
static void interrupted(random_source *random) {
  enum { FEW = 100 };
  rows sorted = {0, FEW, (row *)malloc(FEW * sizeof(row))};
  CHECK(sorted.rows);
  make_table(&one_table, random, FEW, 3, &sorted);
  ck_error error;
  ck_run run;
  const ck_run_job job = job_of(&one_table, 2, 64);
  size_t stops = 0;
  for (int64_t left = 1;; left += 7, stops++) {
    ck_ticker ticker = {left, stop, 0, NULL, 0, false};
    long before = live;
    ck_code code = make_run(&job, &run, &ticker, &error);
    if (!code) break;
    CHECK(code == CK_INTERRUPTED && live == before && !run.bytes.data);
  }
  CHECK(stops > one_table.n_rows / 7);
  ck_run_piece pieces[2] = {piece_of(&run, 0), piece_of(&run, 0)};
  for (int64_t left = 1;; left += 7, stops++) {
    ck_ticker ticker = {left, stop, 0, NULL, 0, false};
    ck_merged merged;
    long before = live;
    ck_code code = ck_merge_bucket(pieces, 2, 1, &merged, &ticker, &error);
    if (!code) {
      CHECK(merged.n.length == pieces[0].rows);
      ck_merged_free(&merged);
      break;
    }
    CHECK(code == CK_INTERRUPTED && live == before);
  }
  ck_run_free(&run);
  free(sorted.rows);
}

/* ------------------------------------------------------------------------------ memory */

static ck_code making(digest *digest, ck_error *error) {
  ck_run run;
  ck_code code = run_of(&one_table, 2, 64, &run, error);
  if (code) return code;
  digest_bytes(digest, run.bytes.data, run.bytes.length);
  ck_run_free(&run);
  return CK_OK;
}

static ck_code ranking(digest *digest, ck_error *error) {
  static uint32_t ranks[MOST_WORDS];
  ck_ticker ticker = ck_ticker_new(NULL);
  ck_code code = ck_word_ranks(one_table.words, vocabulary.length, ranks, &ticker, error);
  if (!code) digest_u32s(digest, ranks, vocabulary.length);
  return code;
}

static ck_run given_run;

static ck_code merging(digest *digest, ck_error *error) {
  ck_run_piece pieces[4];
  ck_merged merged;
  for (size_t i = 0; i < 4; i++) pieces[i] = piece_of(&given_run, i);
  ck_code code = merge(pieces, 4, 1, &merged, error);
  if (code) return code;
  for (size_t i = 0; i < merged.n.length; i++) digest_number(digest, merged.counts.data[i]);
  ck_merged_free(&merged);
  return CK_OK;
}

static void out_of_memory(random_source *random) {
  ck_error error;
  rows sorted = {0, MOST_ROWS, (row *)malloc(MOST_ROWS * sizeof(row))};
  CHECK(sorted.rows);
  make_table(&one_table, random, MOST_ROWS, 4, &sorted);
  CHECK(!run_of(&one_table, 2, 64, &given_run, &error));
  failing_run("ranking", ranking);
  failing_run("making", making);
  failing_run("merging", merging);
  ck_run_free(&given_run);
  free(sorted.rows);
}

int main(void) {
  random_source random = {0x94D049BB133111EBu};
  digest runs = {0}, damage = {0};
  fail_at = -1;
  published_hashes();
  codes_of_all();
  bytes_as_codes();
  rank_few();
  invalid_jobs();
  empty_tables();
  extreme_numbers();
  for (int round = 0; round < 60; round++) {
    make_words(&random, 1 + random_below(&random, 60), round % 3 == 0);
    size_t number = random_below(&random, RUNS + 1), length = random_below(&random, 120);
    compare_runs(&random, number, length, &runs);
  }
  for (int round = 0; round < 4; round++) { /* enough for the radix sort */
    make_words(&random, MOST_WORDS, round % 2);
    compare_runs(&random, 3, MOST_ROWS, &runs);
  }
  sort_once(&random);
  out_of_memory(&random);
  make_words(&random, 20, true);
  for (int round = 0; round < 5; round++) damaged(&random, &damage);
  interrupted(&random);
  digest_print("runs", &runs);
  digest_print("damage", &damage);
  return 0;
}
