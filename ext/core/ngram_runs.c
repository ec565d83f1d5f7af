#include "ngram_runs.h"

#include "letter_code.h"
#include "ngram_hash.h"
#include "sorted.h"

enum { CK_MOST_BUCKET_BITS = 16, CK_RADIX_BITS = 12, CK_MOST_VARINT = 10 };

void ck_run_free(ck_run *run) {
  ck_u8s_free(&run->bytes);
  ck_block_give(run->ends);
  ck_block_give(run->rows);
  memset(run, 0, sizeof *run);
}

/* ------------------------------------------------------------ words of rows */

void ck_run_words_free(ck_run_words *words) {
  ck_block_give(words->codes);
  ck_block_give(words->begins);
  ck_block_give(words->hashes);
  ck_block_give(words->ranks);
  ck_block_give(words->counts);
  memset(words, 0, sizeof *words);
}

static inline ck_text ck_run_word(const ck_run_words *words, uint32_t rank) {
  uint32_t begin = words->begins[rank];
  return (ck_text){words->codes + begin, words->begins[rank + 1] - begin};
}

/* Upper bound of the bytes of all codes. */
static ck_code ck_run_code_bytes(const ck_joiner *joiner, size_t *most, ck_error *error) {
  const uint64_t limit = (UINT32_MAX - CK_MOST_CODE) / 3 * 2;
  uint64_t bytes = 0;
  for (size_t i = 0; i < joiner->n_words; i++) bytes += joiner->words[i].length;
  if (bytes > limit)
    return ck_fail(error, CK_LIMIT, "the words of a run have %llu bytes; the maximum is %llu",
                   (unsigned long long)bytes, (unsigned long long)limit);
  *most = (size_t)(bytes + bytes / 2 + CK_MOST_CODE);
  return CK_OK;
}

/* Checks and hashes the words, and sets begins[1 + rank] to the id plus 1 of the word of each rank. */
static ck_code ck_run_rank_words(ck_run_words *words, ck_error *error) {
  const ck_run_job *job = words->job;
  size_t n = job->joiner.n_words;
  memset(words->begins, 0, (n + 2) * sizeof *words->begins);
  for (size_t i = 0; i < n; i++) {
    ck_text word = job->joiner.words[i];
    uint32_t rank = ck_once32(&job->ranks[i]);
    if (CK_UNLIKELY(rank >= n || words->begins[rank + 1]))
      return ck_fail(error, CK_CORRUPT, "word %zu has the rank %u, which is not below %zu or not unique", i, rank, n);
    if (CK_UNLIKELY(!word.length)) return ck_fail(error, CK_CORRUPT, "word %zu is empty", i);
    if (CK_UNLIKELY(memchr(word.bytes, ' ', word.length)))
      return ck_fail(error, CK_CORRUPT, "word %zu contains a space, which separates the words of an n-gram", i);
    if (CK_UNLIKELY(ck_utf8_check(word.bytes, word.length) != word.length))
      return ck_fail(error, CK_CORRUPT, "word %zu is not UTF-8", i);
    words->begins[rank + 1] = (uint32_t)i + 1;
    words->hashes[i] = ck_hash_word(word.bytes, word.length);
  }
  return CK_OK;
}

enum { CK_WORDS_AHEAD = 8 };

/* Writes the codes of the words in order of rank. */
static ck_code ck_run_order_words(ck_run_words *words, ck_error *error) {
  size_t n = words->job->joiner.n_words, most = 0;
  CK_TRY(ck_run_code_bytes(&words->job->joiner, &most, error));
  words->begins = (uint32_t *)ck_large(n + 2, sizeof(uint32_t), error);
  words->hashes = words->begins ? (uint64_t *)ck_large(n, sizeof(uint64_t), error) : NULL;
  words->codes = words->hashes ? (uint8_t *)ck_large(most + CK_PIECE, 1, error) : NULL;
  CK_TRY(!words->codes || ck_run_rank_words(words, error));
  uint8_t *to = words->codes;
  const ck_text *texts = words->job->joiner.words;
  for (size_t rank = 1; rank <= n; rank++) {
    ck_text word = texts[words->begins[rank] - 1];
    if (rank + 2 * CK_WORDS_AHEAD <= n) CK_PREFETCH(&texts[words->begins[rank + 2 * CK_WORDS_AHEAD] - 1]);
    if (rank + CK_WORDS_AHEAD <= n) CK_PREFETCH(texts[words->begins[rank + CK_WORDS_AHEAD] - 1].bytes);
    words->begins[rank] = (uint32_t)(to - words->codes);
    to = ck_put_codes(to, word.bytes, word.length);
  }
  words->begins[n + 1] = (uint32_t)(to - words->codes);
  memset(to, 0, CK_PIECE);
  return CK_OK;
}

/* The ids of the words of row `i` of a level, from its occurrence. */
static inline ck_code ck_run_find_ids(const ck_run_job *job, const ck_run_level *level, size_t i, uint32_t *ids,
                                      ck_error *error) {
  size_t positions[CK_WIDEST];
  uint64_t first = (uint64_t)ck_once32(&level->start[i]) << 32 | (level->gaps ? ck_once32(&level->gaps[i]) : 0);
  CK_TRY(ck_ngram_positions(first, level->n, job->joiner.n_tokens, i, positions, error));
  for (unsigned j = 0; j < level->n; j++) {
    ids[j] = ck_once32(&job->joiner.ids[positions[j]]);
    if (CK_UNLIKELY(ids[j] >= job->joiner.n_words))
      return ck_no_such_type(positions[j], ids[j], job->joiner.n_words, error);
  }
  return CK_OK;
}

/* --------------------------------------------------------------- sorting */

typedef struct {
  uint64_t key; /* two words */
  uint32_t row, order;
} ck_run_row;

static unsigned ck_bits_of(uint64_t largest) {
  unsigned bits = 0;
  while (bits < 64 && largest >> bits) bits++;
  return bits;
}

static uint32_t ck_run_bucket(const ck_run_words *words, const uint32_t *ids, unsigned n) {
  uint64_t hash = 0;
  for (unsigned j = 0; j < n; j++) hash = ck_hash_join(hash, words->hashes[ids[j]]);
  if (words->job->hash_bits < 64) hash &= ~(UINT64_MAX >> words->job->hash_bits);
  return words->job->bucket_bits ? (uint32_t)(hash >> (64 - words->job->bucket_bits)) : 0;
}

/* The bucket of each row; places[b] is where the rows of bucket b begin. */
static ck_code ck_run_find_buckets(const ck_run_words *words, uint32_t *bucket, uint64_t *places, ck_ticker *ticker,
                                   ck_error *error) {
  const ck_run_job *job = words->job;
  size_t buckets = (size_t)1 << job->bucket_bits, row = 0;
  memset(places, 0, buckets * sizeof *places);
  for (size_t l = 0; l < job->n_levels; l++) {
    for (size_t i = 0; i < job->levels[l].length; i++, row++) {
      uint32_t ids[CK_WIDEST];
      CK_TRY(ck_run_find_ids(job, &job->levels[l], i, ids, error));
      bucket[row] = ck_run_bucket(words, ids, job->levels[l].n);
      places[bucket[row]]++;
      CK_TRY(ck_tick(ticker, 1, error));
    }
  }
  uint64_t place = 0;
  for (size_t b = 0; b < buckets; b++) {
    uint64_t size = places[b];
    places[b] = place;
    place += size;
  }
  return CK_OK;
}

/* Checks the ranks and counts of a row as they were read, since the arrays that they are from may change. */
static inline ck_code ck_run_check_row(const ck_run_words *words, size_t place, size_t i, ck_error *error) {
  const uint32_t *ranks = words->ranks + place * words->widest;
  ck_run_counts counts = words->counts[place];
  for (unsigned j = 0; j < words->widest; j++)
    if (CK_UNLIKELY(ranks[j] > words->n_words)) return ck_fail(error, CK_CORRUPT, "the ranks changed while they were read");
  if (CK_UNLIKELY(counts.documents < 1 || counts.documents > counts.count))
    return ck_fail(error, CK_CORRUPT, "row %zu has count %u in %u documents", i, counts.count, counts.documents);
  return CK_OK;
}

/* Scatters the rows to their buckets; then places[b] is where the rows of bucket b end. */
static ck_code ck_run_to_buckets(ck_run_words *words, const uint32_t *bucket, uint64_t *places, ck_ticker *ticker,
                                 ck_error *error) {
  const ck_run_job *job = words->job;
  words->ranks = (uint32_t *)ck_large(words->n_rows * (size_t)words->widest, sizeof(uint32_t), error);
  words->counts = words->ranks ? (ck_run_counts *)ck_large(words->n_rows, sizeof(ck_run_counts), error) : NULL;
  CK_TRY(!words->counts);
  size_t row = 0;
  for (size_t l = 0; l < job->n_levels; l++) {
    const ck_run_level *level = &job->levels[l];
    for (size_t i = 0; i < level->length; i++, row++) {
      size_t place = (size_t)places[bucket[row]]++;
      uint32_t *ranks = words->ranks + place * words->widest;
      CK_TRY(ck_run_find_ids(job, level, i, ranks, error));
      for (unsigned j = 0; j < level->n; j++) ranks[j] = ck_once32(&job->ranks[ranks[j]]) + 1;
      for (unsigned j = level->n; j < words->widest; j++) ranks[j] = 0;
      words->counts[place] = (ck_run_counts){ck_once32(&level->count[i]), ck_once32(&level->documents[i])};
      CK_TRY(ck_run_check_row(words, place, i, error));
      CK_TRY(ck_tick(ticker, 1, error));
    }
  }
  return CK_OK;
}

CK_RADIX_PASS(ck_run_pass, ck_run_row, item->key)

static int ck_compare_run_rows(const void *one, const void *other) {
  const ck_run_row *a = (const ck_run_row *)one, *b = (const ck_run_row *)other;
  if (a->key != b->key) return a->key < b->key ? -1 : 1;
  return (a->order > b->order) - (a->order < b->order);
}

/* Sorts a few rows by key; `order` makes it stable. */
static void ck_run_sort_few(ck_run_row *rows, size_t n) {
  for (size_t i = 0; i < n; i++) rows[i].order = (uint32_t)i;
  qsort(rows, n, sizeof *rows, ck_compare_run_rows);
}

enum { CK_FEW_ROWS = 1 << 9, CK_ROWS_AHEAD = 6 };

/* Sorts the rows of a bucket, which begin at `first`, by their words: an LSD radix sort, two words at a time. `room`
 * is a buffer of as many rows. */
static void ck_run_sort_bucket(const ck_run_words *words, size_t first, ck_run_row *rows, ck_run_row *room, size_t n,
                               size_t *places) {
  if (!n) return; /* there may be no words */
  unsigned rank_bits = ck_bits_of(words->n_words);
  unsigned passes = (2 * rank_bits + CK_RADIX_BITS - 1) / CK_RADIX_BITS, bits = (2 * rank_bits + passes - 1) / passes;
  for (size_t i = 0; i < n; i++) rows[i].row = (uint32_t)(first + i);
  for (unsigned at = (words->widest + 1) / 2 * 2; at > 0;) {
    at -= 2;
    for (size_t i = 0; i < n; i++) {
      const uint32_t *ranks = words->ranks + (size_t)rows[i].row * words->widest + at;
      rows[i].key = (uint64_t)ranks[0] << rank_bits | (at + 1 < words->widest ? ranks[1] : 0);
    }
    if (n <= CK_FEW_ROWS) {
      ck_run_sort_few(rows, n);
      continue;
    }
    ck_run_row *from = rows, *to = room;
    for (unsigned pass = 0; pass < passes; pass++) {
      ck_run_pass(from, to, n, pass * bits, bits, places);
      ck_run_row *sorted = to;
      to = from;
      from = sorted;
    }
    if (from != rows) memcpy(rows, from, n * sizeof *rows);
  }
}

/* --------------------------------------------------------------- writing */

static inline uint8_t *ck_put_varint(uint8_t *to, uint64_t value) {
  while (value >= 0x80) {
    *to++ = (uint8_t)(value | 0x80);
    value >>= 7;
  }
  *to++ = (uint8_t)value;
  return to;
}

/* Reserves space for a row whose text has a suffix of `rest` bytes. */
static inline uint8_t *ck_run_room(ck_u8s *out, size_t shared, size_t rest, ck_error *error) {
  if (CK_UNLIKELY(rest > CK_LONGEST_NGRAM || shared + rest > CK_LONGEST_NGRAM)) {
    ck_fail(error, CK_LIMIT, "an n-gram has more than %d bytes", CK_LONGEST_NGRAM);
    return NULL;
  }
  return ck_u8s_reserve(out, rest + 4 * CK_MOST_VARINT + 2 * CK_PIECE, error) ? NULL : out->data + out->length;
}

/* Writes the counts of a row. */
static inline uint8_t *ck_put_counts(const ck_run_words *words, size_t row, uint8_t *to) {
  uint64_t count = words->counts[row].count, fewer = count - words->counts[row].documents;
  to = ck_put_varint(to, count << 1 | (fewer > 0));
  return fewer ? ck_put_varint(to, fewer) : to;
}

/* How the words of a row differ from those of the previous row. */
typedef struct {
  unsigned word;      /* the first one that differs */
  size_t shared;      /* length of the common prefix of the texts */
  size_t within;      /* of which in that word */
  bool is_after;      /* the row sorts after the previous one */
} ck_run_difference;

/* The byte of a text at a position in its word `j`, the space after the word, or -1 at the end of the text. */
static inline int ck_run_byte(const ck_run_words *words, const uint32_t *ranks, unsigned j, size_t at) {
  ck_text word = ck_run_word(words, ranks[j]);
  if (at < word.length) return word.bytes[at];
  return j + 1 < words->widest && ranks[j + 1] ? ' ' : -1;
}

static inline ck_run_difference ck_run_compare(const ck_run_words *words, const uint32_t *before,
                                               const uint32_t *ranks) {
  ck_run_difference found = {0};
  unsigned j = 0;
  while (j < words->widest && ranks[j] == before[j]) {
    if (!ranks[j]) return found; /* the same words */
    found.shared += (size_t)ck_run_word(words, ranks[j]).length + 1;
    j++;
  }
  if (j == words->widest || !ranks[j]) return found; /* the same words, or a prefix of the previous ones */
  found.word = j;
  if (!before[j]) { /* the previous ones are a prefix of these */
    found.shared -= j > 0;
    found.is_after = true;
    return found;
  }
  ck_text a = ck_run_word(words, before[j]), b = ck_run_word(words, ranks[j]);
  found.within = ck_shared_bytes(a.bytes, b.bytes, a.length < b.length ? a.length : b.length);
  found.shared += found.within;
  found.is_after = ck_run_byte(words, ranks, j, found.within) > ck_run_byte(words, before, j, found.within);
  return found;
}

/* Writes a row: the suffix of the word that differs, and the words after it. */
static inline ck_code ck_run_write_row(const ck_run_words *words, size_t row, const uint32_t *ranks,
                                       ck_run_difference difference, bool follows, ck_u8s *out, ck_error *error) {
  unsigned j = difference.word;
  ck_text part = ck_run_word(words, ranks[j]);
  part.bytes += difference.within;
  part.length -= (uint32_t)difference.within;
  size_t rest = part.length + (size_t)follows;
  for (unsigned k = j + 1; k < words->widest && ranks[k]; k++) rest += 1 + (size_t)ck_run_word(words, ranks[k]).length;
  uint8_t *to = ck_run_room(out, difference.shared, rest, error);
  CK_TRY(!to);
  to = ck_put_varint(to, difference.shared);
  to = ck_put_varint(to, rest);
  if (follows) *to++ = ' ';
  to = ck_copy_word(to, part);
  for (unsigned k = j + 1; k < words->widest && ranks[k]; k++) {
    *to++ = ' ';
    to = ck_copy_word(to, ck_run_word(words, ranks[k]));
  }
  out->length = (size_t)(ck_put_counts(words, row, to) - out->data);
  return CK_OK;
}

/* Prefetches the words of rows written soon, and their codes and counts. */
static inline void ck_run_fetch_ahead(const ck_run_words *words, const ck_run_row *rows, size_t n, size_t i) {
  if (i + 2 * CK_ROWS_AHEAD < n) {
    const uint32_t *ranks = words->ranks + (size_t)rows[i + 2 * CK_ROWS_AHEAD].row * words->widest;
    for (unsigned j = 0; j < words->widest; j++) CK_PREFETCH(&words->begins[ranks[j]]);
  }
  if (i + CK_ROWS_AHEAD < n) {
    const uint32_t *ranks = words->ranks + (size_t)rows[i + CK_ROWS_AHEAD].row * words->widest;
    for (unsigned j = 0; j < words->widest; j++) CK_PREFETCH(words->codes + words->begins[ranks[j]]);
    CK_PREFETCH(&words->counts[rows[i + CK_ROWS_AHEAD].row]);
  }
}

/* Writes the rows of a bucket. *in_order is whether they were sorted by bytes; if not, nothing is written. */
static ck_code ck_run_write_bucket(const ck_run_words *words, const ck_run_row *rows, size_t n, ck_u8s *out,
                                   bool *in_order, ck_ticker *ticker, ck_error *error) {
  size_t begin = out->length;
  const uint32_t *before = NULL;
  *in_order = true;
  for (size_t i = 0; i < n; i++) {
    const uint32_t *ranks = words->ranks + (size_t)rows[i].row * words->widest;
    ck_run_fetch_ahead(words, rows, n, i);
    ck_run_difference difference = {.is_after = true};
    if (before) difference = ck_run_compare(words, before, ranks);
    if (CK_UNLIKELY(!difference.is_after)) {
      out->length = begin;
      *in_order = false;
      return CK_OK;
    }
    bool follows = before && difference.word && !before[difference.word];
    CK_TRY(ck_run_write_row(words, rows[i].row, ranks, difference, follows, out, error));
    before = ranks;
    CK_TRY(ck_tick(ticker, 1, error));
  }
  return CK_OK;
}

/* ------------------------------------------- if ranks do not give the order */

typedef struct {
  size_t begin, length; /* of its text in the texts of the bucket */
  const ck_u8s *texts;
  uint32_t row;
} ck_run_slow_row;

static int ck_compare_slow_rows(const void *one, const void *other) {
  const ck_run_slow_row *a = (const ck_run_slow_row *)one, *b = (const ck_run_slow_row *)other;
  size_t most = a->length < b->length ? a->length : b->length;
  int order = memcmp(a->texts->data + a->begin, b->texts->data + b->begin, most);
  return order ? order : (a->length > b->length) - (a->length < b->length);
}

static ck_code ck_run_add_text(const ck_run_words *words, size_t row, ck_u8s *texts, ck_error *error) {
  const uint32_t *ranks = words->ranks + row * words->widest;
  for (unsigned j = 0; j < words->widest && ranks[j]; j++) {
    ck_text word = ck_run_word(words, ranks[j]);
    CK_TRY(ck_u8s_reserve(texts, word.length + 1 + CK_PIECE, error));
    if (j) texts->data[texts->length++] = ' ';
    texts->length = (size_t)(ck_copy_word(texts->data + texts->length, word) - texts->data);
  }
  return CK_OK;
}

static ck_code ck_run_collect(const ck_run_words *words, const ck_run_row *rows, size_t n, ck_run_slow_row *slow,
                              ck_u8s *texts, ck_error *error) {
  for (size_t i = 0; i < n; i++) {
    size_t begin = texts->length;
    CK_TRY(ck_run_add_text(words, rows[i].row, texts, error));
    slow[i] = (ck_run_slow_row){begin, texts->length - begin, texts, rows[i].row};
  }
  return CK_OK;
}

static ck_code ck_run_write_slow_row(const ck_run_words *words, const ck_run_slow_row *row, size_t shared, ck_u8s *out,
                                     ck_error *error) {
  size_t rest = row->length - shared;
  uint8_t *to = ck_run_room(out, shared, rest, error);
  CK_TRY(!to);
  to = ck_put_varint(to, shared);
  to = ck_put_varint(to, rest);
  memcpy(to, row->texts->data + row->begin + shared, rest);
  out->length = (size_t)(ck_put_counts(words, row->row, to + rest) - out->data);
  return CK_OK;
}

static ck_code ck_run_write_sorted(const ck_run_words *words, const ck_run_slow_row *slow, size_t n, ck_u8s *out,
                                   ck_error *error) {
  for (size_t i = 0; i < n; i++) {
    size_t shared = 0;
    if (i) {
      size_t most = slow[i].length < slow[i - 1].length ? slow[i].length : slow[i - 1].length;
      const uint8_t *texts = slow[i].texts->data;
      shared = ck_shared_bytes(texts + slow[i - 1].begin, texts + slow[i].begin, most);
      if (shared == slow[i].length)
        return ck_fail(error, CK_CORRUPT, "two n-grams have the same text: a word is repeated");
    }
    CK_TRY(ck_run_write_slow_row(words, &slow[i], shared, out, error));
  }
  return CK_OK;
}

/* Writes the rows of a bucket sorted by the bytes of their texts. It is an error if two have the same text, since a
 * merge could not distinguish them. */
static ck_code ck_run_write_by_bytes(const ck_run_words *words, const ck_run_row *rows, size_t n, ck_u8s *out,
                                     ck_error *error) {
  ck_u8s texts = {0};
  ck_run_slow_row *slow = (ck_run_slow_row *)ck_allocate(n, sizeof *slow, error);
  ck_code code = slow ? ck_run_collect(words, rows, n, slow, &texts, error) : error->code;
  if (!code) {
    qsort(slow, n, sizeof *slow, ck_compare_slow_rows);
    code = ck_run_write_sorted(words, slow, n, out, error);
  }
  ck_block_give(slow);
  ck_u8s_free(&texts);
  return code;
}

/* ---------------------------------------------------------- all of it together */

/* The largest number of rows of a bucket. */
static size_t ck_run_largest(const uint64_t *ends, size_t buckets) {
  size_t largest = 0;
  for (size_t b = 0; b < buckets; b++) {
    size_t size = (size_t)(ends[b] - (b ? ends[b - 1] : 0));
    largest = size > largest ? size : largest;
  }
  return largest;
}

/* Reserves memory for the remaining rows, estimated from the first bucket, since an array that grows takes its memory
 * twice while it is moved. */
static ck_code ck_run_reserve(ck_run *run, size_t written, size_t left, ck_error *error) {
  size_t of_row = written ? run->bytes.length / written + 1 : 0;
  return left <= PTRDIFF_MAX / (of_row + 1) ? ck_u8s_reserve(&run->bytes, left * of_row, error) : CK_OK;
}

/* Sorts and writes bucket by bucket; run->ends is where the rows of each end, and then where its bytes do. */
static ck_code ck_run_write_all(const ck_run_words *words, ck_run_row *rows, ck_run_row *room, size_t *digits,
                                ck_run *run, ck_ticker *ticker, ck_error *error) {
  size_t buckets = (size_t)1 << words->bucket_bits, at = 0;
  for (size_t bucket = 0; bucket < buckets; bucket++) {
    size_t n = (size_t)run->ends[bucket] - at;
    ck_run_sort_bucket(words, at, rows, room, n, digits);
    bool in_order;
    CK_TRY(ck_run_write_bucket(words, rows, n, &run->bytes, &in_order, ticker, error));
    CK_TRY(!in_order && ck_run_write_by_bytes(words, rows, n, &run->bytes, error));
    run->rows[bucket] = n;
    at += n;
    run->ends[bucket] = run->bytes.length;
    CK_TRY(at == n && ck_run_reserve(run, n, words->n_rows - n, error));
  }
  return CK_OK;
}

static ck_code ck_run_check_level(const ck_run_level *level, ck_error *error) {
  if (level->n < 1 || level->n > CK_WIDEST) return ck_fail(error, CK_CORRUPT, "a level has n = %u", level->n);
  return CK_OK;
}

/* Checks the arguments, and counts the rows and the words of the longest one. */
static ck_code ck_run_check(ck_run_words *words, ck_error *error) {
  const ck_run_job *job = words->job;
  if (job->bucket_bits > CK_MOST_BUCKET_BITS || job->hash_bits < 1 || job->hash_bits > 64)
    return ck_fail(error, CK_LIMIT, "bucket_bits must be at most %d and hash_bits from 1 to 64, got %u and %u",
                   CK_MOST_BUCKET_BITS, job->bucket_bits, job->hash_bits);
  words->widest = 1;
  words->n_words = job->joiner.n_words;
  words->bucket_bits = job->bucket_bits;
  for (size_t l = 0; l < job->n_levels; l++) {
    const ck_run_level *level = &job->levels[l];
    if (level->length > UINT32_MAX - words->n_rows)
      return ck_fail(error, CK_LIMIT, "more than 4,294,967,295 rows in one run");
    words->n_rows += level->length;
    CK_TRY(ck_run_check_level(level, error));
    if (level->n > words->widest) words->widest = level->n;
  }
  if (job->joiner.n_words >= UINT32_MAX)
    return ck_fail(error, CK_LIMIT, "a run must have at most 4,294,967,294 words, got %zu", job->joiner.n_words);
  return CK_OK;
}

ck_code ck_run_gather(const ck_run_job *job, ck_run_words *words, ck_run *run, ck_ticker *ticker, ck_error *error) {
  memset(run, 0, sizeof *run);
  memset(words, 0, sizeof *words);
  words->job = job;
  CK_TRY(ck_run_check(words, error));
  size_t buckets = (size_t)1 << job->bucket_bits;
  uint32_t *bucket = (uint32_t *)ck_large(words->n_rows, sizeof(uint32_t), error);
  run->ends = bucket ? (uint64_t *)ck_allocate(buckets, sizeof(uint64_t), error) : NULL;
  run->rows = run->ends ? (uint64_t *)ck_allocate(buckets, sizeof(uint64_t), error) : NULL;
  ck_code code = run->rows ? ck_run_order_words(words, error) : error->code;
  if (!code) code = ck_run_find_buckets(words, bucket, run->ends, ticker, error);
  if (!code) code = ck_run_to_buckets(words, bucket, run->ends, ticker, error);
  ck_block_give(bucket);
  ck_block_give(words->hashes);
  words->hashes = NULL;
  words->job = NULL;
  if (code) {
    ck_run_words_free(words);
    ck_run_free(run);
  }
  return code;
}

ck_code ck_run_pack(ck_run_words *words, ck_run *run, ck_ticker *ticker, ck_error *error) {
  size_t largest = ck_run_largest(run->ends, (size_t)1 << words->bucket_bits);
  ck_run_row *rows = (ck_run_row *)ck_large(largest, sizeof *rows, error);
  ck_run_row *room = rows ? (ck_run_row *)ck_large(largest, sizeof *room, error) : NULL;
  size_t *digits = room ? (size_t *)ck_allocate((size_t)1 << CK_RADIX_BITS, sizeof(size_t), error) : NULL;
  ck_code code = digits ? CK_OK : error->code;
  if (!code) code = ck_run_write_all(words, rows, room, digits, run, ticker, error);
  ck_block_give(rows);
  ck_block_give(room);
  ck_block_give(digits);
  ck_run_words_free(words);
  if (code) ck_run_free(run);
  return code;
}
