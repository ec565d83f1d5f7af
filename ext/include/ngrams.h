/* Counting n-grams, level by level.
 *
 * An n-gram is the pair (id of its prefix, last token): 64 bits, exact. On
 * level 1 the prefix is the document's group. A level is worked out in three
 * passes, each of which reads and writes memory in order:
 *
 *   scatter    the pairs go into partitions by their hash, in order, so that
 *              one partition's distinct pairs fit in the second-level cache;
 *   aggregate  within a partition each distinct pair gets a number in order
 *              of first occurrence; the numbers overwrite the pairs;
 *   replay     the occurrences are walked again in text order; their numbers
 *              are the prefixes of the next level.
 *
 * Because a partition numbers its pairs in order of first occurrence, the
 * replay meets the distinct n-grams in that order: a number is new if it is
 * the partition's next one. So nothing needs sorting but the counts.
 *
 * Threads can take ranges of documents in scatter and replay (with a begin of
 * their own in each partition) and partitions in aggregate; the arrays stay
 * as they are. */
#ifndef CK_NGRAMS_H
#define CK_NGRAMS_H

#include "core.h"
#include "ngram_rows.h"
#include "pages.h"
#include "postings.h"

/* Each partition is a stream of its own, more of them than the processor
 * foresees: whoever uses one asks for its next cache line. */
enum { CK_LINE = 64 };

#define CK_DEAD 0xFFFFFFFFu /* the number of an n-gram below min_count */

enum { CK_MAX_N = 8, CK_MAX_SKIP = 15, CK_PARTITION_SIZE = 1 << 15, CK_MAX_PARTITION_BITS = 15 };

typedef struct {
  const uint32_t *tokens;
  const uint8_t *barriers;
  size_t n_tokens;
  const uint64_t *document_ends;
  size_t n_documents;
  const uint32_t *groups; /* of each document; NULL: one group */
  size_t n_groups;
  unsigned low, high, skip;
  uint64_t min_count;
  bool document_frequency;
} ck_ngram_job;

/* ----------------------------------------------------------- occurrences */

/* The occurrences of the n-grams of one level, in text order. Gaps are the
 * numbers of tokens skipped, in nibbles from the top; the lowest nibble, which
 * eight tokens leave free, holds their sum. */
typedef struct {
  uint32_t *start; /* position of the first token */
  uint32_t *gaps;  /* NULL where nothing is skipped */
  uint32_t *id;    /* of the n-gram; before its level is worked out, of its prefix */
  size_t length, capacity;
} ck_occurrences;

static void ck_occurrences_free(ck_occurrences *list) {
  free(list->start);
  free(list->gaps);
  free(list->id);
  memset(list, 0, sizeof *list);
}

static ck_code ck_occurrences_new(ck_occurrences *list, size_t length, bool with_gaps, ck_error *error) {
  memset(list, 0, sizeof *list);
  list->start = (uint32_t *)ck_pages(length, sizeof(uint32_t), error);
  list->id = list->start ? (uint32_t *)ck_pages(length, sizeof(uint32_t), error) : NULL;
  list->gaps = list->id && with_gaps ? (uint32_t *)ck_pages(length, sizeof(uint32_t), error) : NULL;
  if (!list->id || (with_gaps && !list->gaps)) {
    ck_occurrences_free(list);
    return error->code;
  }
  list->length = list->capacity = length;
  return CK_OK;
}

static inline size_t ck_last_position(const ck_occurrences *list, size_t k, unsigned n) {
  return (size_t)list->start[k] + n - 1 + (list->gaps ? list->gaps[k] & 15 : 0);
}

/* Level 1: every token occurs, with its document's group for a prefix. */
static ck_code ck_first_occurrences(const ck_ngram_job *job, ck_occurrences *list, ck_ticker *ticker, ck_error *error) {
  if (ck_occurrences_new(list, job->n_tokens, job->skip > 0, error)) return error->code;
  size_t i = 0;
  for (size_t d = 0; d < job->n_documents; d++) {
    size_t begin = i, end = (size_t)job->document_ends[d];
    uint32_t group = job->groups ? job->groups[d] : 0;
    for (; i < end; i++) {
      list->start[i] = (uint32_t)i;
      list->id[i] = group;
    }
    if (ck_tick(ticker, (int64_t)(end - begin), error)) return error->code;
  }
  if (list->gaps) memset(list->gaps, 0, list->length * sizeof(uint32_t));
  return CK_OK;
}

/* From the occurrences of n-grams to those of (n + 1)-grams, in place. An
 * occurrence is kept only if the n-gram of its last n tokens is there too:
 * where that one fell below min_count, so must the longer one. */
static ck_code ck_extend(const ck_ngram_job *job, ck_occurrences *list, unsigned n, ck_ticker *ticker,
                         ck_error *error) {
  size_t kept = 0;
  for (size_t k = 0; k < list->length; k++) {
    if (k % CK_STRIDE == 0 && ck_tick(ticker, CK_STRIDE, error)) return error->code;
    uint32_t start = list->start[k];
    size_t next = (size_t)start + n;
    if (next >= job->n_tokens || job->barriers[next]) continue;
    if (k + 1 == list->length || list->start[k + 1] != start + 1) continue;
    list->start[kept] = start;
    list->id[kept++] = list->id[k];
  }
  list->length = kept;
  return CK_OK;
}

/* For each token, how many follow before the next barrier; at most CK_MAX_SKIP + 1. */
static uint8_t *ck_tokens_ahead(const ck_ngram_job *job, ck_error *error) {
  uint8_t *ahead = (uint8_t *)ck_pages(job->n_tokens, 1, error);
  for (size_t i = ahead ? job->n_tokens : 0; i-- > 0;) {
    bool last = i + 1 == job->n_tokens || job->barriers[i + 1];
    ahead[i] = last ? 0 : ahead[i + 1] > CK_MAX_SKIP ? CK_MAX_SKIP + 1 : (uint8_t)(ahead[i + 1] + 1);
  }
  return ahead;
}

/* How many tokens can follow occurrence `k`: the next one, or one beyond a gap. */
static inline unsigned ck_continuations(const ck_ngram_job *job, const uint8_t *ahead, const ck_occurrences *list,
                                        size_t k, unsigned n) {
  unsigned room = ahead[ck_last_position(list, k, n)], allowed = job->skip - (list->gaps[k] & 15) + 1;
  return room < allowed ? room : allowed;
}

/* The same with gaps: an occurrence has several continuations, in order of the gap. */
static ck_code ck_extend_with_gaps(const ck_ngram_job *job, const uint8_t *ahead, ck_occurrences *list, unsigned n,
                                   ck_ticker *ticker, ck_error *error) {
  uint64_t total = 0;
  for (size_t k = 0; k < list->length; k++) {
    if (k % CK_STRIDE == 0 && ck_tick(ticker, CK_STRIDE, error)) return error->code;
    total += ck_continuations(job, ahead, list, k, n);
  }
  if (total > UINT32_MAX)
    return ck_fail(error, CK_LIMIT, "%llu skip-grams of %u tokens; at most 4,294,967,295 can be counted at once",
                   (unsigned long long)total, n + 1);
  ck_occurrences longer;
  if (ck_occurrences_new(&longer, (size_t)total, true, error)) return error->code;
  size_t w = 0;
  for (size_t k = 0; k < list->length; k++) {
    unsigned continuations = ck_continuations(job, ahead, list, k, n);
    for (uint32_t gap = 0; gap < continuations; gap++, w++) {
      longer.start[w] = list->start[k];
      longer.id[w] = list->id[k];
      longer.gaps[w] = (list->gaps[k] | gap << (32 - 4 * n)) + gap;
    }
    if (k % CK_STRIDE == 0 && ck_tick(ticker, CK_STRIDE, error)) {
      ck_occurrences_free(&longer);
      return error->code;
    }
  }
  CK_ASSERT(w == total);
  ck_occurrences_free(list);
  *list = longer;
  return CK_OK;
}

/* ------------------------------------------------------------ partitions */

typedef struct {
  size_t begin;      /* first occurrence in the arrays below */
  uint32_t length;   /* occurrences */
  uint32_t distinct; /* n-grams that have a number */
  uint32_t base;     /* number of the first of them in the level */
  uint32_t next;     /* in scatter and replay: how many were written or read */
  uint32_t met;      /* in replay: distinct n-grams met so far */
} ck_partition;

/* Working memory, kept from level to level. Once a partition is aggregated,
 * the first half of its keys holds the numbers of its occurrences and the
 * second half the counts of its n-grams; its documents hold their document
 * frequencies. */
typedef struct {
  size_t capacity;
  uint64_t *keys;
  uint32_t *documents; /* only where with_documents */
  uint16_t *partition; /* of each occurrence */
  ck_partition *partitions;
  unsigned bits;
  bool with_documents; /* on this level */
} ck_partitions;

static void ck_partitions_free(ck_partitions *parts) {
  free(parts->keys);
  free(parts->documents);
  free(parts->partition);
  free(parts->partitions);
  memset(parts, 0, sizeof *parts);
}

/* Room for `length` occurrences; what was there before is gone. */
static ck_code ck_partitions_start(ck_partitions *parts, size_t length, bool with_documents, ck_error *error) {
  if (length >= parts->capacity) {
    ck_partitions_free(parts);
    parts->capacity = length + 1; /* the replay reads one item beyond the last partition's */
    parts->keys = (uint64_t *)ck_pages(parts->capacity, sizeof(uint64_t), error);
    if (!parts->keys) return error->code;
    parts->partition = (uint16_t *)ck_pages(parts->capacity, sizeof(uint16_t), error);
    if (!parts->partition) return error->code;
    parts->partitions = (ck_partition *)ck_allocate((size_t)1 << CK_MAX_PARTITION_BITS, sizeof(ck_partition), error);
    if (!parts->partitions) return error->code;
  }
  parts->with_documents = with_documents;
  if (with_documents && !parts->documents) {
    parts->documents = (uint32_t *)ck_pages(parts->capacity, sizeof(uint32_t), error);
    if (!parts->documents) return error->code;
  }
  parts->bits = 1;
  while (parts->bits < CK_MAX_PARTITION_BITS && length >> parts->bits > CK_PARTITION_SIZE) parts->bits++;
  memset(parts->partitions, 0, ((size_t)1 << parts->bits) * sizeof(ck_partition));
  return CK_OK;
}

static inline uint64_t ck_hash(uint64_t key) {
  key = (key ^ key >> 32) * 0xD6E8FEB86659FD93u;
  key = (key ^ key >> 32) * 0xD6E8FEB86659FD93u;
  return key ^ key >> 32;
}

static inline uint64_t ck_key(const ck_ngram_job *job, const ck_occurrences *list, size_t k, unsigned n) {
  return (uint64_t)list->id[k] << 32 | job->tokens[ck_last_position(list, k, n)];
}

/* Pairs into partitions, in text order within each. */
static ck_code ck_scatter(const ck_ngram_job *job, const ck_occurrences *list, unsigned n, bool with_documents,
                          ck_partitions *parts, ck_ticker *ticker, ck_error *error) {
  if (ck_partitions_start(parts, list->length, with_documents, error)) return error->code;
  ck_partition *partitions = parts->partitions;
  for (size_t k = 0; k < list->length; k++) {
    if (k % CK_STRIDE == 0 && ck_tick(ticker, CK_STRIDE, error)) return error->code;
    uint16_t q = (uint16_t)(ck_hash(ck_key(job, list, k, n)) >> (64 - parts->bits));
    parts->partition[k] = q;
    partitions[q].length++;
  }
  size_t begin = 0, document = 0;
  for (size_t q = 0; q < (size_t)1 << parts->bits; q++) {
    partitions[q].begin = begin;
    begin += partitions[q].length;
  }
  for (size_t k = 0; k < list->length; k++) {
    if (k % CK_STRIDE == 0 && ck_tick(ticker, CK_STRIDE, error)) return error->code;
    ck_partition *part = &partitions[parts->partition[k]];
    size_t place = part->begin + part->next++;
    parts->keys[place] = ck_key(job, list, k, n);
    CK_PREFETCH_WRITE(&parts->keys[place + CK_LINE / sizeof *parts->keys]);
    if (!with_documents) continue;
    while (list->start[k] >= job->document_ends[document]) document++;
    parts->documents[place] = (uint32_t)document;
    CK_PREFETCH_WRITE(&parts->documents[place + CK_LINE / sizeof *parts->documents]);
  }
  return CK_OK;
}

/* ------------------------------------------------------------- aggregate */

/* The distinct pairs of one partition: open addressing into arrays that are
 * filled in order of first occurrence. */
typedef struct {
  size_t room, capacity; /* pairs: that fit now, and that memory was taken for */
  uint32_t length;
  uint32_t *slots; /* twice as many as room: 0, or the number of a pair plus one */
  uint64_t *keys;
  uint32_t *counts, *documents, *last, *renumbered;
} ck_table;

static void ck_table_free(ck_table *table) {
  free(table->slots);
  free(table->keys);
  free(table->counts);
  free(table->documents);
  free(table->last);
  free(table->renumbered);
  memset(table, 0, sizeof *table);
}

static bool ck_grow(void *array, size_t bytes, ck_error *error) {
  void *grown, *old;
  memcpy(&old, array, sizeof old);
  grown = realloc(old, bytes);
  if (!grown) {
    ck_out_of_memory(error, bytes);
    return false;
  }
  memcpy(array, &grown, sizeof grown);
  return true;
}

/* Sets the room for pairs to a power of two and fills the slots anew. */
static ck_code ck_table_set_room(ck_table *table, size_t room, ck_error *error) {
  if (room > table->capacity) {
    if (!ck_grow(&table->slots, 2 * room * sizeof(uint32_t), error) ||
        !ck_grow(&table->keys, room * sizeof(uint64_t), error) ||
        !ck_grow(&table->counts, room * sizeof(uint32_t), error) ||
        !ck_grow(&table->documents, room * sizeof(uint32_t), error) ||
        !ck_grow(&table->last, room * sizeof(uint32_t), error) ||
        !ck_grow(&table->renumbered, room * sizeof(uint32_t), error))
      return error->code;
    table->capacity = room;
  }
  table->room = room;
  size_t mask = 2 * room - 1;
  memset(table->slots, 0, 2 * room * sizeof(uint32_t));
  for (uint32_t id = 0; id < table->length; id++) {
    size_t slot = ck_hash(table->keys[id]) & mask;
    while (table->slots[slot]) slot = (slot + 1) & mask;
    table->slots[slot] = id + 1;
  }
  return CK_OK;
}

static ck_code ck_table_start(ck_table *table, size_t expected, ck_error *error) {
  size_t room = 64;
  while (room < expected && room < CK_PARTITION_SIZE) room *= 2;
  table->length = 0;
  return ck_table_set_room(table, room, error);
}

/* The number of a pair; CK_DEAD if memory ran out. */
static inline uint32_t ck_table_count(ck_table *table, uint64_t key, ck_error *error) {
  size_t mask = 2 * table->room - 1, slot = ck_hash(key) & mask;
  uint32_t found;
  while ((found = table->slots[slot])) {
    if (CK_LIKELY(table->keys[found - 1] == key)) {
      table->counts[found - 1]++;
      return found - 1;
    }
    slot = (slot + 1) & mask;
  }
  uint32_t id = table->length++;
  table->keys[id] = key;
  table->counts[id] = 1;
  table->documents[id] = 0;
  table->last[id] = UINT32_MAX;
  table->slots[slot] = id + 1;
  if (CK_UNLIKELY(table->length == table->room) && ck_table_set_room(table, 2 * table->room, error)) return CK_DEAD;
  return id;
}

/* Drops n-grams below min_count, from the numbers of the partition too. */
static void ck_table_prune(ck_table *table, uint64_t min_count, uint32_t *ids, uint32_t length) {
  uint32_t kept = 0;
  for (uint32_t id = 0; id < table->length; id++) {
    bool keep = table->counts[id] >= min_count;
    table->renumbered[id] = keep ? kept : CK_DEAD;
    table->counts[kept] = table->counts[id];
    table->documents[kept] = table->documents[id];
    kept += keep;
  }
  table->length = kept;
  for (uint32_t k = 0; k < length; k++) ids[k] = table->renumbered[ids[k]];
}

static inline uint32_t *ck_part_ids(const ck_partitions *parts, const ck_partition *part) {
  return (uint32_t *)(parts->keys + part->begin);
}

static inline uint32_t *ck_part_counts(const ck_partitions *parts, const ck_partition *part) {
  return ck_part_ids(parts, part) + part->length;
}

static ck_code ck_aggregate_one(ck_partitions *parts, ck_partition *part, uint64_t min_count, ck_table *table,
                                ck_error *error) {
  const uint64_t *keys = parts->keys + part->begin;
  uint32_t *ids = ck_part_ids(parts, part), *documents = parts->with_documents ? parts->documents + part->begin : NULL;
  if (ck_table_start(table, part->length, error)) return error->code;
  for (uint32_t k = 0; k < part->length; k++) {
    uint32_t id = ck_table_count(table, keys[k], error);
    if (CK_UNLIKELY(id == CK_DEAD)) return error->code;
    ids[k] = id; /* over key k / 2, which was read before */
    if (!documents) continue;
    table->documents[id] += table->last[id] != documents[k];
    table->last[id] = documents[k];
  }
  if (min_count > 1) ck_table_prune(table, min_count, ids, part->length);
  part->distinct = table->length;
  memcpy(ck_part_counts(parts, part), table->counts, table->length * sizeof(uint32_t));
  if (documents) memcpy(documents, table->documents, table->length * sizeof(uint32_t));
  return CK_OK;
}

/* Numbers and counts in every partition. With min_count above 1, n-grams
 * below it lose their number. */
static ck_code ck_aggregate(ck_partitions *parts, uint64_t min_count, ck_ticker *ticker, ck_error *error) {
  ck_table table = {0};
  ck_code code = CK_OK;
  uint32_t base = 0;
  for (size_t q = 0; !code && q < (size_t)1 << parts->bits; q++) {
    ck_partition *part = &parts->partitions[q];
    part->base = base;
    if (!part->length) continue;
    code = ck_aggregate_one(parts, part, min_count, &table, error);
    if (!code) code = ck_tick(ticker, part->length, error);
    base += part->distinct;
  }
  ck_table_free(&table);
  return code;
}

/* ---------------------------------------------------------------- replay */

/* How many n-grams of the level reach min_count. */
static size_t ck_count_rows(const ck_partitions *parts, uint64_t min_count) {
  size_t rows = 0;
  for (size_t q = 0; q < (size_t)1 << parts->bits; q++) {
    const ck_partition *part = &parts->partitions[q];
    const uint32_t *counts = ck_part_counts(parts, part);
    for (uint32_t id = 0; id < part->distinct; id++) rows += counts[id] >= min_count;
  }
  return rows;
}

/* Walks the occurrences in text order and gives each the number of its n-gram
 * (those without one drop out), if there are `more` levels to come. If `rows`
 * is given, it takes a row for each n-gram where it is met first.
 *
 * Whether an n-gram is new cannot be foreseen, so nothing branches on it: a
 * row is always written, and stays if it is one. */
static ck_code ck_replay(const ck_ngram_job *job, ck_partitions *parts, ck_occurrences *list, ck_level *rows, bool more,
                         ck_ticker *ticker, ck_error *error) {
  size_t kept = 0, document = 0, row = 0;
  for (size_t q = 0; q < (size_t)1 << parts->bits; q++) parts->partitions[q].next = 0;
  for (size_t k = 0; k < list->length; k++) {
    if (k % CK_STRIDE == 0 && ck_tick(ticker, CK_STRIDE, error)) return error->code;
    ck_partition *part = &parts->partitions[parts->partition[k]];
    const uint32_t *ids = ck_part_ids(parts, part);
    uint32_t id = ids[part->next++];
    CK_PREFETCH(&ids[part->next + CK_LINE / sizeof *ids]);
    if (rows) {
      const uint32_t *counts = ck_part_counts(parts, part);
      uint32_t met = part->met, count = counts[met];
      CK_PREFETCH(&counts[met + CK_LINE / sizeof *counts]);
      rows->count[row] = count;
      rows->start[row] = list->start[k];
      if (rows->gaps) rows->gaps[row] = list->gaps[k] & ~15u;
      if (rows->documents) {
        const uint32_t *documents = parts->documents + part->begin;
        rows->documents[row] = documents[met];
        CK_PREFETCH(&documents[met + CK_LINE / sizeof *documents]);
      }
      if (rows->group) {
        while (list->start[k] >= job->document_ends[document]) document++;
        rows->group[row] = job->groups[document];
      }
      part->met = met + (id == met);
      row += (id == met) & (count >= job->min_count);
    }
    if (more) {
      list->start[kept] = list->start[k];
      if (list->gaps) list->gaps[kept] = list->gaps[k];
      list->id[kept] = part->base + id;
      kept += id != CK_DEAD;
    }
  }
  list->length = kept;
  if (rows) rows->length = row;
  return CK_OK;
}

/* ------------------------------------------------------------ all levels */

static ck_code ck_ngram_check(const ck_ngram_job *job, ck_error *error) {
  if (job->low < 1 || job->high > CK_MAX_N || job->low > job->high)
    return ck_fail(error, CK_CORRUPT, "n from %u to %u; it runs from 1 to %d", job->low, job->high, CK_MAX_N);
  if (job->skip > CK_MAX_SKIP)
    return ck_fail(error, CK_CORRUPT, "skip is %u; at most %d tokens can be skipped", job->skip, CK_MAX_SKIP);
  if (job->n_tokens > UINT32_MAX)
    return ck_fail(error, CK_LIMIT, "%zu tokens; at most 4,294,967,295 can be counted at once", job->n_tokens);
  if (ck_check_documents(job->document_ends, job->n_documents, job->n_tokens, error)) return error->code;
  size_t begin = 0;
  for (size_t d = 0; d < job->n_documents; d++) {
    if (job->document_ends[d] > begin && !job->barriers[begin])
      return ck_fail(error, CK_CORRUPT, "document %zu does not begin with a barrier", d);
    if (job->groups && job->groups[d] >= job->n_groups)
      return ck_fail(error, CK_CORRUPT, "document %zu has the group %u, but there are %zu", d, job->groups[d],
                     job->n_groups);
    begin = (size_t)job->document_ends[d];
  }
  return CK_OK;
}

/* One level: `list` comes with prefixes and leaves with the level's own numbers. */
static ck_code ck_count_level(const ck_ngram_job *job, unsigned n, ck_occurrences *list, ck_partitions *parts,
                              ck_level *rows, ck_ticker *ticker, ck_error *error) {
  /* With gaps a prefix may have several continuations in one place, so that
   * it can be rarer than the longer n-gram: nothing is dropped on the way. */
  uint64_t needed = job->skip ? 1 : job->min_count;
  ck_code code = ck_scatter(job, list, n, rows && job->document_frequency, parts, ticker, error);
  if (!code) code = ck_aggregate(parts, needed, ticker, error);
  if (!code && rows)
    code = ck_level_new(rows, ck_count_rows(parts, job->min_count), job->skip > 0, job->document_frequency,
                        job->groups != NULL, error);
  if (!code) code = ck_replay(job, parts, list, rows, n < job->high, ticker, error);
  return code;
}

/* Without groups a token is its own number: level 1 need not be counted if
 * nobody asks for it. */
static bool ck_skips_level_1(const ck_ngram_job *job) {
  return job->low > 1 && !job->groups && (job->min_count <= 1 || job->skip);
}

/* The working memory becomes that of the result. */
static void ck_spare_memory(ck_occurrences *list, ck_partitions *parts, ck_spares *spares) {
  ck_spares_give(spares, list->start, list->capacity, sizeof(uint32_t));
  ck_spares_give(spares, list->id, list->capacity, sizeof(uint32_t));
  ck_spares_give(spares, parts->keys, parts->capacity, sizeof(uint64_t));
  ck_spares_give(spares, parts->documents, parts->capacity, sizeof(uint32_t));
  ck_spares_give(spares, parts->partition, parts->capacity, sizeof(uint16_t));
  list->start = list->id = NULL;
  parts->keys = NULL;
  parts->documents = NULL;
  parts->partition = NULL;
  ck_occurrences_free(list);
  ck_partitions_free(parts);
}

/* Counts the n-grams of a selection. `rows` takes the levels low to high. */
CK_UNUSED static ck_code ck_count_ngrams(const ck_ngram_job *job, ck_rows *rows, ck_ticker *ticker, ck_error *error) {
  ck_occurrences list = {0};
  ck_partitions parts = {0};
  uint8_t *ahead = NULL;
  ck_code code = ck_ngram_check(job, error);
  if (!code) code = ck_first_occurrences(job, &list, ticker, error);
  if (!code && job->skip && !(ahead = ck_tokens_ahead(job, error))) code = error->code;
  for (unsigned n = 1; !code && n <= job->high; n++) {
    if (n > 1) {
      code = job->skip ? ck_extend_with_gaps(job, ahead, &list, n - 1, ticker, error)
                       : ck_extend(job, &list, n - 1, ticker, error);
    } else if (ck_skips_level_1(job)) {
      if (list.length) memcpy(list.id, job->tokens, list.length * sizeof(uint32_t));
      continue;
    }
    if (!code) code = ck_count_level(job, n, &list, &parts, n < job->low ? NULL : &rows->levels[n], ticker, error);
  }
  free(ahead);
  ck_spare_memory(&list, &parts, &rows->spares);
  if (!code) code = ck_rows_order(rows, error);
  if (code) ck_rows_free(rows);
  return code;
}

#endif
