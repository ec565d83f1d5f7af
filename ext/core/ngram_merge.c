#include "ngram_merge.h"

#include "bytes.h"
#include "letter_code.h"
#include "ngram_hash.h"
#include "ngram_runs.h"

/* The text of an exhausted run: bytes that no text begins with, so that it sorts last. */
enum { CK_NEXT_BYTES = 7, CK_MORE = 8, CK_NO_LETTER = 0xFF };

/* A reader of the bucket of a run; `text` is the code of the current n-gram. */
typedef struct {
  const uint8_t *at, *end;
  uint64_t rows_left;
  uint8_t *text;
  size_t length, capacity; /* 0 before the first row */
  uint64_t count, documents;
} ck_run_reader;

void ck_merged_free(ck_merged *merged) {
  ck_strings_free(&merged->texts);
  ck_u8s_free(&merged->n);
  ck_u64s_free(&merged->counts);
  ck_u64s_free(&merged->documents);
}

/* --------------------------------------------------------------- reading */

static bool ck_get_varint(ck_run_reader *reader, uint64_t *value) {
  *value = 0;
  for (unsigned shift = 0; reader->at < reader->end && shift < 64; shift += 7) {
    uint8_t byte = ck_once8(reader->at++);
    if (shift == 63 && byte > 1) return false;
    *value |= (uint64_t)(byte & 0x7F) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

static ck_code ck_run_damaged(size_t run, const char *what, ck_error *error) {
  return ck_fail(error, CK_CORRUPT, "run %zu of the bucket is damaged: %s", run, what);
}

/* Most suffixes are short: they are copied in pieces, without a branch on their length. The text of a reader is
 * padded by a piece. */
static inline void ck_copy_pieces(uint8_t *to, const uint8_t *from, size_t length) {
  size_t i = 0;
  do {
    memcpy(to + i, from + i, CK_PIECE);
    i += CK_PIECE;
  } while (i < length);
}

static ck_code ck_reader_grow(ck_run_reader *reader, size_t length, ck_error *error) {
  if (CK_LIKELY(length + CK_PIECE <= reader->capacity)) return CK_OK;
  size_t capacity = 2 * length + 4 * CK_PIECE;
  uint8_t *text = (uint8_t *)realloc(reader->text, capacity);
  if (!text) return ck_out_of_memory(error, capacity);
  reader->text = text;
  reader->capacity = capacity;
  return CK_OK;
}

/* Reads the next row; *shared is the length of the prefix it shares with the previous one. */
static ck_code ck_reader_next(ck_run_reader *reader, size_t run, size_t *shared, ck_error *error) {
  *shared = 0;
  if (!reader->rows_left) {
    reader->length = CK_MORE;
    memset(reader->text, CK_NO_LETTER, CK_MORE);
    return reader->at == reader->end ? CK_OK : ck_run_damaged(run, "there are bytes after its last row", error);
  }
  reader->rows_left--;
  uint64_t same, rest, count, fewer = 0;
  if (!ck_get_varint(reader, &same) || !ck_get_varint(reader, &rest) || same > reader->length ||
      rest > (size_t)(reader->end - reader->at) || rest > CK_LONGEST_NGRAM || same + rest > CK_LONGEST_NGRAM)
    return ck_run_damaged(run, "a text ends outside it", error);
  if (!(same + rest)) return ck_run_damaged(run, "a text is empty", error);
  CK_TRY(ck_reader_grow(reader, (size_t)(same + rest), error));
  bool follows = same < reader->length; /* a byte that the next one must exceed */
  uint8_t before = follows ? reader->text[same] : 0;
  if (CK_LIKELY(rest + CK_PIECE <= (size_t)(reader->end - reader->at)))
    ck_copy_pieces(reader->text + same, reader->at, (size_t)rest);
  else
    memcpy(reader->text + same, reader->at, (size_t)rest);
  /* what was copied is checked, since a mapped file may change */
  if (reader->length && (!rest || (follows && reader->text[same] <= before)))
    return ck_run_damaged(run, "its rows are not sorted", error);
  if (!same && *reader->text >= CK_CODE_NONE) return ck_run_damaged(run, "a text has an invalid code", error);
  reader->length = (size_t)(same + rest);
  reader->at += rest;
  if (!ck_get_varint(reader, &count) || ((count & 1) && !ck_get_varint(reader, &fewer)) ||
      !(count >> 1) || fewer >= count >> 1)
    return ck_run_damaged(run, "a count is invalid", error);
  reader->count = count >> 1;
  reader->documents = reader->count - fewer;
  *shared = (size_t)same;
  return CK_OK;
}

/* The bytes after the shared prefix of a text as an integer that compares as the text does: seven bytes, big-endian,
 * padded with 0, and how many they are, or CK_MORE for more. The text is padded by a piece. */
static inline uint64_t ck_next_bytes(const ck_run_reader *reader, size_t from) {
  static const uint64_t first_bytes[CK_MORE + 1] = {
      0,
      0xFF00000000000000u,
      0xFFFF000000000000u,
      0xFFFFFF0000000000u,
      0xFFFFFFFF00000000u,
      0xFFFFFFFFFF000000u,
      0xFFFFFFFFFFFF0000u,
      0xFFFFFFFFFFFFFF00u,
      0xFFFFFFFFFFFFFF00u,
  };
  size_t left = reader->length - from;
  left = left < CK_MORE ? left : CK_MORE;
  return (ck_load_big(reader->text + from) & first_bytes[left]) | left;
}

static inline bool ck_is_done(const ck_run_reader *reader) { return *reader->text == CK_NO_LETTER; }

/* A contender: the bytes after the prefix that it shares with the text it lost to (offset-value codes: Conner 1977),
 * and an integer whose upper half is smaller the longer this prefix is, and whose lower half is its run. */
typedef struct {
  uint64_t next, few_and_run;
} ck_contender;

static inline size_t ck_contender_shares(ck_contender one) { return UINT32_MAX - (one.few_and_run >> 32); }

static inline ck_contender ck_contender_of(const ck_run_reader *readers, size_t run, size_t shared) {
  return (ck_contender){ck_next_bytes(&readers[run], shared), (uint64_t)(UINT32_MAX - shared) << 32 | run};
}

/* A comparison of two that share the same prefix length with the last text written, continue with the same bytes, and
 * are longer. */
static ck_contender ck_contest_of_equals(const ck_run_reader *readers, ck_contender one, ck_contender *loser) {
  uint32_t run = (uint32_t)one.few_and_run, other_run = (uint32_t)loser->few_and_run;
  const ck_run_reader *a = &readers[run], *b = &readers[other_run];
  if (ck_is_done(a)) return one; /* both are exhausted */
  size_t most = a->length < b->length ? a->length : b->length, shared = ck_contender_shares(one) + CK_NEXT_BYTES;
  shared += ck_shared_bytes(a->text + shared, b->text + shared, most - shared);
  bool swap = shared < most ? b->text[shared] < a->text[shared] : b->length < a->length;
  ck_contender first = swap ? *loser : one;
  *loser = ck_contender_of(readers, swap ? run : other_run, shared);
  return first;
}

/* The contender with the longer shared prefix wins; with equal lengths, the following bytes decide; equal texts come
 * in any order. The loser then knows the prefix it shares with the winner, which is returned. The outcome is
 * unpredictable, so the code is branchless. */
static inline ck_contender ck_contest(const ck_run_reader *readers, ck_contender one, ck_contender *loser) {
  ck_contender other = *loser;
  uint64_t next = one.next ^ other.next, few_and_run = one.few_and_run ^ other.few_and_run;
  bool alike = !(few_and_run >> 32);
  if (CK_UNLIKELY(alike & !next & ((one.next & 0xFF) == CK_MORE))) return ck_contest_of_equals(readers, one, loser);
  bool shares_more = other.few_and_run >> 32 < one.few_and_run >> 32;
  uint64_t swap = (uint64_t)0 - (shares_more | (alike & (other.next < one.next)));
  ck_contender first = {one.next ^ (next & swap), one.few_and_run ^ (few_and_run & swap)};
  ck_contender last = {other.next ^ (next & swap), other.few_and_run ^ (few_and_run & swap)};
  /* with equal lengths, the loser shares more with the winner than both did with the previous text */
  uint64_t more = ck_zeros_above(next | 1) / 8, most = first.next & 0xFF; /* a 0 after its end is padding */
  more = (more < most ? more : most) & ((uint64_t)0 - alike);
  loser->few_and_run = last.few_and_run - (more << 32);
  loser->next = ck_next_bytes(&readers[(uint32_t)loser->few_and_run], ck_contender_shares(*loser));
  return first;
}

/* The loser tree: losers[0] is the overall winner, the others are at the nodes 1 .. runs - 1; run r starts at the
 * leaf `runs + r`. A free node waits for its first contender. */
static void ck_tree_fill(const ck_run_reader *readers, ck_contender *losers, bool *taken, size_t runs) {
  for (size_t run = 0; run < runs; run++) {
    ck_contender one = ck_contender_of(readers, run, 0);
    size_t node = (runs + run) / 2;
    while (node > 0 && taken[node]) {
      one = ck_contest(readers, one, &losers[node]);
      node /= 2;
    }
    losers[node] = one;
    taken[node] = true;
  }
}

static void ck_tree_replay(const ck_run_reader *readers, ck_contender *losers, size_t runs, size_t shared) {
  size_t run = (uint32_t)losers[0].few_and_run;
  ck_contender one = ck_contender_of(readers, run, shared);
  for (size_t node = (runs + run) / 2; node > 0; node /= 2) one = ck_contest(readers, one, &losers[node]);
  losers[0] = one;
}

/* --------------------------------------------------------------- writing */

/* The row being summed; its text is in the reserved space after the column's. */
typedef struct {
  size_t length, text_length; /* lengths of its code and its text */
  uint8_t n;
  uint64_t count, documents;
} ck_sum;

static ck_code ck_merge_add(ck_sum *sum, const ck_run_reader *reader, ck_error *error) {
  if (CK_UNLIKELY(reader->count > (uint64_t)INT64_MAX - sum->count))
    return ck_fail(error, CK_LIMIT, "an n-gram occurs more than 9,223,372,036,854,775,807 times");
  sum->count += reader->count;
  sum->documents += reader->documents; /* at most the count */
  return CK_OK;
}

/* Number of words of a text, at most 255; it is padded by a piece. */
static uint8_t ck_words_in(const uint8_t *text, size_t length) {
  size_t spaces = 0;
  for (size_t i = 0; i < length; i += 8) {
    uint64_t bytes = ck_load_little(text + i) ^ 0x2020202020202020u; /* spaces are now zero */
    uint64_t low = (bytes & 0x7F7F7F7F7F7F7F7Fu) + 0x7F7F7F7F7F7F7F7Fu;
    uint64_t found = ~(low | bytes) & 0x8080808080808080u;
    size_t left = length - i;
    found &= left < 8 ? ((uint64_t)1 << (8 * left)) - 1 : UINT64_MAX; /* ignore the padding */
    spaces += (found >> 7) * 0x0101010101010101u >> 56;
  }
  return (uint8_t)(spaces < 254 ? spaces + 1 : 255);
}

static ck_code ck_merge_end(ck_merged *merged, const ck_sum *sum, const uint8_t *room, uint64_t min_count,
                            ck_error *error) {
  if (sum->count < min_count || !sum->count) return CK_OK;
  CK_TRY(ck_u8s_push(&merged->n, sum->n, error));
  CK_TRY(ck_u64s_push(&merged->counts, sum->count, error));
  CK_TRY(ck_u64s_push(&merged->documents, sum->documents, error));
  merged->content += ck_hash_row(room, sum->text_length, sum->count, sum->documents);
  return ck_strings_commit(&merged->texts, sum->text_length, error);
}

/* Starts a sum with the row of a reader; returns the space for its text, or NULL. */
static uint8_t *ck_merge_begin(ck_merged *merged, ck_sum *sum, const ck_run_reader *reader, size_t run,
                               ck_error *error) {
  uint8_t *room = ck_strings_room(&merged->texts, 2 * reader->length + CK_PIECE, error);
  if (!room) return NULL;
  uint8_t *end = ck_put_text(room, reader->text, reader->length);
  if (CK_UNLIKELY(!end)) {
    ck_run_damaged(run, "a text has an invalid code", error);
    return NULL;
  }
  uint8_t n = ck_words_in(room, (size_t)(end - room)); /* in a code, a byte 0x20 may be the second half of a letter */
  if (CK_UNLIKELY(n > CK_WIDEST)) {
    ck_fail(error, CK_CORRUPT, "a merged n-gram has more than %d words", (int)CK_WIDEST);
    return NULL;
  }
  *sum = (ck_sum){.length = reader->length, .text_length = (size_t)(end - room), .n = n};
  return room;
}

static ck_code ck_merge_rows(ck_run_reader *readers, ck_contender *losers, size_t runs, uint64_t min_count,
                             ck_merged *merged, ck_ticker *ticker, ck_error *error) {
  ck_sum sum = {0};
  uint8_t *room = NULL;
  for (;;) {
    size_t run = (uint32_t)losers[0].few_and_run, shared;
    ck_run_reader *reader = &readers[run];
    if (ck_is_done(reader)) break; /* as are all others */
    bool same = reader->length == sum.length && ck_contender_shares(losers[0]) == sum.length;
    if (!same) {
      CK_TRY(ck_merge_end(merged, &sum, room, min_count, error));
      room = ck_merge_begin(merged, &sum, reader, run, error);
      CK_TRY(!room);
    }
    CK_TRY(ck_merge_add(&sum, reader, error));
    CK_TRY(ck_reader_next(reader, run, &shared, error));
    ck_tree_replay(readers, losers, runs, shared);
    CK_TRY(ck_tick(ticker, 1, error));
  }
  return ck_merge_end(merged, &sum, room, min_count, error);
}

static ck_code ck_merge_open(ck_run_reader *readers, const ck_run_piece *pieces, size_t runs, ck_error *error) {
  for (size_t run = 0; run < runs; run++) {
    size_t shared;
    static const uint8_t nothing[1] = {0}; /* an empty piece may be NULL */
    readers[run].at = pieces[run].bytes ? pieces[run].bytes : nothing;
    readers[run].end = readers[run].at + pieces[run].length;
    readers[run].rows_left = pieces[run].rows;
    CK_TRY(ck_reader_grow(&readers[run], 0, error)); /* so that there is a text even without a row */
    CK_TRY(ck_reader_next(&readers[run], run, &shared, error));
    if (shared) return ck_run_damaged(run, "its first row shares bytes with a previous one", error);
  }
  return CK_OK;
}

ck_code ck_merge_bucket(const ck_run_piece *pieces, size_t runs, uint64_t min_count, ck_merged *merged,
                        ck_ticker *ticker, ck_error *error) {
  memset(merged, 0, sizeof *merged);
  ck_strings_init(&merged->texts, 0);
  if (!runs) return CK_OK;
  if (runs > UINT32_MAX)
    return ck_fail(error, CK_LIMIT, "the number of runs must be at most 4,294,967,295, got %zu", runs);
  ck_run_reader *readers = (ck_run_reader *)calloc(runs, sizeof *readers);
  ck_contender *losers = (ck_contender *)ck_allocate(runs, sizeof *losers, error);
  bool *taken = (bool *)calloc(runs + 1, sizeof *taken); /* one more: some compilers warn of node 1 with a single run */
  ck_code code = CK_OK;
  if (!readers || !taken) code = ck_out_of_memory(error, runs * sizeof *readers);
  if (!losers) code = error->code;
  if (!code) code = ck_merge_open(readers, pieces, runs, error);
  if (!code) {
    ck_tree_fill(readers, losers, taken, runs);
    code = ck_merge_rows(readers, losers, runs, min_count, merged, ticker, error);
  }
  for (size_t run = 0; readers && run < runs; run++) free(readers[run].text);
  free(readers);
  free(losers);
  free(taken);
  if (code) ck_merged_free(merged);
  return code;
}
