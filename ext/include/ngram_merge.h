/* Merging one bucket of many runs (ngram_runs.h) into one table: the counts of
 * equal n-grams are summed, and the rows come out sorted by bytes.
 *
 * A tree of losers that knows shared bytes (Ng & Kakehi 2008, Merging string
 * sequences by longest common prefixes): every text that waits knows how many
 * bytes it shares with the text that was given out last. Who shares more comes
 * first; only where two share the same are bytes compared, and those behind the
 * shared ones only. A run tells these numbers itself, so that most texts are
 * never looked at.
 *
 * Runs come from disks and networks: every number is checked before it is used. */
#ifndef CK_NGRAM_MERGE_H
#define CK_NGRAM_MERGE_H

#include "bytes.h"
#include "column_out.h"
#include "core.h"
#include "ngram_runs.h"
#include "utf8.h"

/* One run's bucket, read from its begin; `text` is the n-gram where it stands. */
typedef struct {
  const uint8_t *at, *end;
  uint64_t rows_left;
  uint8_t *text;
  size_t length, capacity;
  uint64_t count, documents;
  bool done;
} ck_run_reader;

typedef struct {
  const uint8_t *bytes;
  size_t length;
  uint64_t rows;
} ck_run_piece;

typedef struct {
  ck_strings texts;
  ck_u8s n;
  ck_u64s counts, documents;
  uint64_t content; /* the sum of the hashes of all rows */
} ck_merged;

CK_UNUSED static void ck_merged_free(ck_merged *merged) {
  ck_strings_free(&merged->texts);
  ck_u8s_free(&merged->n);
  ck_u64s_free(&merged->counts);
  ck_u64s_free(&merged->documents);
}

/* --------------------------------------------------------------- reading */

static bool ck_get_varint(ck_run_reader *reader, uint64_t *value) {
  *value = 0;
  for (unsigned shift = 0; reader->at < reader->end && shift < 64; shift += 7) {
    uint8_t byte = *reader->at++;
    if (shift == 63 && byte > 1) return false;
    *value |= (uint64_t)(byte & 0x7F) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

static ck_code ck_run_damaged(size_t run, const char *what, ck_error *error) {
  return ck_fail(error, CK_CORRUPT, "run %zu of the bucket is damaged: %s", run, what);
}

/* Most texts and rests are short: they are copied in pieces, without looking how long they are. Behind the
 * text of a reader, and of a room for one, there is place for a piece. */
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

/* Takes the next row; *shared is how many bytes it shares with the one before. */
static ck_code ck_reader_next(ck_run_reader *reader, size_t run, size_t *shared, ck_error *error) {
  *shared = 0;
  if (!reader->rows_left) {
    reader->done = true;
    return reader->at == reader->end ? CK_OK : ck_run_damaged(run, "bytes follow its last row", error);
  }
  reader->rows_left--;
  uint64_t same, rest, count, fewer = 0;
  if (!ck_get_varint(reader, &same) || !ck_get_varint(reader, &rest) || same > reader->length ||
      rest > (size_t)(reader->end - reader->at) || rest > CK_LONGEST_NGRAM || same + rest > CK_LONGEST_NGRAM)
    return ck_run_damaged(run, "a text leaves it", error);
  if (!(same + rest)) return ck_run_damaged(run, "a text is empty", error);
  if (ck_reader_grow(reader, (size_t)(same + rest), error)) return error->code;
  bool first = !reader->count; /* a row counts at least 1 */
  if (!first && (!rest || (same < reader->length && *reader->at <= reader->text[same])))
    return ck_run_damaged(run, "its rows are not in order", error);
  if (CK_LIKELY(rest + CK_PIECE <= (size_t)(reader->end - reader->at)))
    ck_copy_pieces(reader->text + same, reader->at, (size_t)rest);
  else
    memcpy(reader->text + same, reader->at, (size_t)rest);
  reader->length = (size_t)(same + rest);
  reader->at += rest;
  if (!ck_get_varint(reader, &count) || ((count & 1) && !ck_get_varint(reader, &fewer)) ||
      !(count >> 1) || fewer >= count >> 1)
    return ck_run_damaged(run, "a count is none", error);
  reader->count = count >> 1;
  reader->documents = reader->count - fewer;
  *shared = (size_t)same;
  return CK_OK;
}

/* The eight bytes of a text from a place in it on, the first one highest, with 0 behind its end: behind a text
 * there is place for a piece. */
static inline uint64_t ck_next_bytes(const ck_run_reader *reader, size_t from) {
  static const uint64_t first_bytes[9] = {
      0,
      0xFF00000000000000u,
      0xFFFF000000000000u,
      0xFFFFFF0000000000u,
      0xFFFFFFFF00000000u,
      0xFFFFFFFFFF000000u,
      0xFFFFFFFFFFFF0000u,
      0xFFFFFFFFFFFFFF00u,
      0xFFFFFFFFFFFFFFFFu,
  };
  size_t left = reader->length - from;
  return ck_load_big(reader->text + from) & first_bytes[left < 8 ? left : 8];
}

/* Who waits: how many bytes it shares with the text that it lost against, plus 1, and the bytes that follow
 * these (offset-value codes: Conner 1977). A run that is done has 0 and the last of all bytes, and so loses
 * against all. */
typedef struct {
  uint64_t next;       /* eight bytes, the first one highest; 0 behind the text */
  uint32_t shared_and_one;
  uint32_t run;
} ck_contender;

static inline ck_contender ck_contender_of(const ck_run_reader *readers, size_t run, size_t shared) {
  const ck_run_reader *reader = &readers[run];
  if (reader->done) return (ck_contender){UINT64_MAX, 0, (uint32_t)run};
  return (ck_contender){ck_next_bytes(reader, shared), (uint32_t)shared + 1, (uint32_t)run};
}

/* Says which of two comes first where both share as much with the text that came out last, and go on with the
 * same eight bytes. The loser then knows what it shares with the winner. Equal texts come in the order of
 * their runs. */
static void ck_contest_of_equals(const ck_run_reader *readers, ck_contender *winner, ck_contender *loser) {
  if (!winner->shared_and_one) return; /* both are done */
  ck_contender one = *winner, other = *loser;
  const ck_run_reader *a = &readers[one.run], *b = &readers[other.run];
  size_t most = a->length < b->length ? a->length : b->length, from = one.shared_and_one - 1;
  size_t shared = from + ck_shared_bytes(a->text + from, b->text + from, most - from);
  bool swap;
  if (shared < most)
    swap = b->text[shared] < a->text[shared];
  else
    swap = b->length < a->length || (b->length == a->length && other.run < one.run);
  if (swap) *winner = other;
  *loser = ck_contender_of(readers, swap ? one.run : other.run, shared);
}

/* One or the other, without a branch: `which` is all ones or none. */
static inline ck_contender ck_either(uint64_t which, ck_contender one, ck_contender other) {
  return (ck_contender){
      .next = (one.next & which) | (other.next & ~which),
      .shared_and_one = (one.shared_and_one & (uint32_t)which) | (other.shared_and_one & ~(uint32_t)which),
      .run = (one.run & (uint32_t)which) | (other.run & ~(uint32_t)which),
  };
}

/* Who shares more comes first, and who shares the same, by the bytes that follow. Which of two it is cannot be
 * foreseen: nothing branches on it. */
static inline void ck_contest(const ck_run_reader *readers, ck_contender *winner, ck_contender *loser) {
  ck_contender one = *winner, other = *loser;
  bool alike = one.shared_and_one == other.shared_and_one;
  uint64_t differing = one.next ^ other.next;
  if (CK_UNLIKELY(alike & !differing)) {
    ck_contest_of_equals(readers, winner, loser);
    return;
  }
  uint64_t swap = (uint64_t)0 - ((other.shared_and_one > one.shared_and_one) | (alike & (other.next < one.next)));
  ck_contender first = ck_either(swap, other, one), last = ck_either(swap, one, other);
  /* where they share the same, the loser shares more with the winner than both did with the text before */
  uint64_t changes = (uint64_t)0 - (uint64_t)alike;
  size_t shared_and_one = last.shared_and_one + (ck_zeros_above(differing | 1) / 8 & changes);
  size_t most = readers[first.run].length + 1; /* the 0 behind the winner is no byte of it */
  shared_and_one = shared_and_one < most ? shared_and_one : most;
  uint64_t next = ck_next_bytes(&readers[last.run], (shared_and_one - 1) & changes);
  last.shared_and_one = (uint32_t)shared_and_one;
  last.next = (next & changes) | (last.next & ~changes);
  *winner = first;
  *loser = last;
}

/* The tree: losers[0] is the winner of all, the others stand at the nodes 1 .. runs - 1; run r begins
 * at the leaf `runs + r`. A node that is not taken waits for its first contender. */
static void ck_tree_fill(const ck_run_reader *readers, ck_contender *losers, bool *taken, size_t runs) {
  for (size_t run = 0; run < runs; run++) {
    ck_contender one = ck_contender_of(readers, run, 0);
    size_t node = (runs + run) / 2;
    while (node > 0 && taken[node]) {
      ck_contest(readers, &one, &losers[node]);
      node /= 2;
    }
    losers[node] = one;
    taken[node] = true;
  }
}

static void ck_tree_replay(const ck_run_reader *readers, ck_contender *losers, size_t runs, size_t shared) {
  size_t run = losers[0].run;
  ck_contender one = ck_contender_of(readers, run, shared);
  for (size_t node = (runs + run) / 2; node > 0; node /= 2) ck_contest(readers, &one, &losers[node]);
  losers[0] = one;
}

/* --------------------------------------------------------------- writing */

/* The row that is being summed; its text lies in the room behind the column's. */
typedef struct {
  size_t length;
  uint64_t count, documents;
} ck_sum;

static ck_code ck_merge_add(ck_sum *sum, const ck_run_reader *reader, ck_error *error) {
  if (CK_UNLIKELY(reader->count > (uint64_t)INT64_MAX - sum->count))
    return ck_fail(error, CK_LIMIT, "an n-gram occurs more than 9,223,372,036,854,775,807 times");
  sum->count += reader->count;
  sum->documents += reader->documents; /* at most the count */
  return CK_OK;
}

/* Whether a text that shares bytes with one that is UTF-8 is so itself. */
static bool ck_is_text(const uint8_t *text, size_t length, size_t shared) {
  size_t from = shared; /* back to where the last code point of the shared bytes begins: it may be cut */
  while (from > 0 && (text[from - 1] & 0xC0) == 0x80) from--;
  if (from > 0 && text[from - 1] >= 0xC0) from--;
  return ck_utf8_check(text + from, length - from) == length - from;
}

/* How many words a text has, at most 255; behind it there is place for a piece. */
static uint8_t ck_words_in(const uint8_t *text, size_t length) {
  size_t spaces = 0;
  for (size_t i = 0; i < length; i += 8) {
    uint64_t x;
    memcpy(&x, text + i, 8);
    if (length - i < 8) /* what stands behind the end is none of it */
      for (size_t j = length - i; j < 8; j++) ((uint8_t *)&x)[j] = 0;
    x ^= 0x2020202020202020u; /* a space is now zero */
    uint64_t low = (x & 0x7F7F7F7F7F7F7F7Fu) + 0x7F7F7F7F7F7F7F7Fu;
    uint64_t zero = ~(low | x) & 0x8080808080808080u;
    spaces += (zero >> 7) * 0x0101010101010101u >> 56;
  }
  return (uint8_t)(spaces < 254 ? spaces + 1 : 255);
}

static ck_code ck_merge_end(ck_merged *merged, const ck_sum *sum, const uint8_t *room, uint64_t min_count,
                            ck_error *error) {
  if (sum->count < min_count || !sum->count) return CK_OK;
  uint8_t n = ck_words_in(room, sum->length);
  if (n > CK_WIDEST) return ck_fail(error, CK_CORRUPT, "a merged n-gram has more than %d words", (int)CK_WIDEST);
  if (ck_u8s_push(&merged->n, n, error) || ck_u64s_push(&merged->counts, sum->count, error) ||
      ck_u64s_push(&merged->documents, sum->documents, error))
    return error->code;
  merged->content += ck_hash_row(room, sum->length, sum->count, sum->documents);
  return ck_strings_commit(&merged->texts, sum->length, error);
}

static ck_code ck_merge_rows(ck_run_reader *readers, ck_contender *losers, size_t runs, uint64_t min_count,
                             ck_merged *merged, ck_ticker *ticker, ck_error *error) {
  ck_sum sum = {0};
  uint8_t *room = NULL;
  while (losers[0].shared_and_one) {
    size_t run = losers[0].run, shared;
    ck_run_reader *reader = &readers[run];
    bool same = sum.count && losers[0].shared_and_one == sum.length + 1 && reader->length == sum.length;
    if (!same) {
      if (ck_merge_end(merged, &sum, room, min_count, error)) return error->code;
      if (CK_UNLIKELY(!ck_is_text(reader->text, reader->length, losers[0].shared_and_one - 1)))
        return ck_run_damaged(run, "a text is not UTF-8", error);
      room = ck_strings_room(&merged->texts, reader->length + CK_PIECE, error);
      if (!room) return error->code;
      ck_copy_pieces(room, reader->text, reader->length);
      sum = (ck_sum){.length = reader->length};
    }
    if (ck_merge_add(&sum, reader, error)) return error->code;
    if (ck_reader_next(reader, run, &shared, error)) return error->code;
    ck_tree_replay(readers, losers, runs, shared);
    if (ck_tick(ticker, 1, error)) return error->code;
  }
  return ck_merge_end(merged, &sum, room, min_count, error);
}

static ck_code ck_merge_open(ck_run_reader *readers, const ck_run_piece *pieces, size_t runs, ck_error *error) {
  for (size_t run = 0; run < runs; run++) {
    size_t shared;
    static const uint8_t nothing[1] = {0}; /* a piece of no bytes may have no address */
    readers[run].at = pieces[run].bytes ? pieces[run].bytes : nothing;
    readers[run].end = readers[run].at + pieces[run].length;
    readers[run].rows_left = pieces[run].rows;
    if (ck_reader_grow(&readers[run], 0, error)) return error->code; /* so that it has a text, if none of a row */
    if (ck_reader_next(&readers[run], run, &shared, error)) return error->code;
    if (shared) return ck_run_damaged(run, "its first row shares bytes with none", error);
  }
  return CK_OK;
}

/* Merges the pieces of a bucket. On failure nothing is left. */
CK_UNUSED static ck_code ck_merge_bucket(const ck_run_piece *pieces, size_t runs, uint64_t min_count,
                                       ck_merged *merged, ck_ticker *ticker, ck_error *error) {
  memset(merged, 0, sizeof *merged);
  ck_strings_init(&merged->texts, 0);
  if (!runs) return CK_OK;
  if (runs > UINT32_MAX) return ck_fail(error, CK_LIMIT, "%zu runs; at most 4,294,967,295 can be merged", runs);
  ck_run_reader *readers = (ck_run_reader *)calloc(runs, sizeof *readers);
  ck_contender *losers = (ck_contender *)ck_allocate(runs, sizeof *losers, error);
  bool *taken = (bool *)calloc(runs + 1, sizeof *taken); /* one more: some compilers see a node 1 of one run */
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

#endif
