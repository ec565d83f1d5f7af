/* Counting 64-bit keys (pairs of numbers) by radix partitioning: keys to numbers, counts and document frequencies, by
 * several workers.
 *
 *   scatter    each worker takes a range of the occurrences and appends their keys to partitions by their hash, in
 *              order, so that the distinct keys of a partition fit in the second-level cache;
 *   aggregate  within a partition each distinct key gets a number in order of first occurrence; the numbers overwrite
 *              the keys;
 *   read       the occurrences are visited again in order, each worker its own range; a number is new if it is the
 *              next one of its partition.
 *
 * A partition has the records of worker 0, then those of worker 1, and so on, which is text order. So the numbers,
 * and everything read, do not depend on the number of workers.
 *
 * Records are in blocks, which are taken from one array as needed; the array is kept from level to level. After a
 * partition is aggregated, the first half of a block has the numbers of its occurrences; the second halves of its
 * blocks, concatenated, have the counts of its keys, and the space of the documents their document frequencies. As the
 * memory of records has keys and then numbers, it is accessed through memcpy, which compiles to a load or a store.
 *
 * The hash is seeded, so that no text can be made whose n-grams collide. No result depends on it. */
#ifndef CK_PARTITIONS_H
#define CK_PARTITIONS_H

#include "bytes.h"
#include "core.h"
#include "pages.h"
#include "threads.h"

#define CK_DEAD 0xFFFFFFFFu /* number of a key below min_count */
#define CK_NOWHERE 0xFFFFu  /* partition of an occurrence that is not counted */

/* Blocks are aligned to their size, so that a position gives its block. */
enum { CK_RECORDS = 512 };

enum { CK_PARTITION_SIZE = 1 << 15, CK_MAX_PARTITION_BITS = 15 };

/* The stream of a worker in a partition. */
typedef struct {
  uint32_t first, last; /* blocks */
  uint32_t n_blocks;
  uint32_t filled; /* records in the last block */
  uint32_t seen;    /* distinct keys of the partition in the workers up to this one */
  uint32_t rows;   /* of those first seen by this worker, the number that reach min_count */
} ck_stream;

typedef struct {
  uint32_t first;    /* block */
  uint32_t distinct; /* keys that have a number */
  uint32_t base;     /* number of the first of them */
} ck_partition;

typedef struct {
  size_t capacity, n_blocks; /* capacity in records and blocks */
  uint8_t *records;        /* keys, and then numbers and counts */
  uint32_t *documents;     /* only where with_documents */
  uint32_t *next;          /* for each block, the next one of its stream */
  uint16_t *of_occurrence; /* the partition of each */
  size_t n_occurrences;    /* capacity of of_occurrence */
  ck_partition *partitions;
  ck_stream *streams; /* by worker, then by partition */
  unsigned bits, workers;
  bool with_documents; /* of this level */
  ck_counter taken;    /* partitions taken for aggregation */
  ck_seeds seeds;
} ck_partitions;

/* Key `k` of the records, and number or count `k`, of which there is room for twice as many. */
static inline uint64_t ck_record_key(const uint8_t *records, size_t k) {
  uint64_t key;
  memcpy(&key, records + 8 * k, 8);
  return key;
}

static inline void ck_record_set_key(uint8_t *records, size_t k, uint64_t key) {
  memcpy(records + 8 * k, &key, 8);
}

static inline uint32_t ck_record_number(const uint8_t *records, size_t k) {
  uint32_t number;
  memcpy(&number, records + 4 * k, 4);
  return number;
}

static inline void ck_record_set_number(uint8_t *records, size_t k, uint32_t number) {
  memcpy(records + 4 * k, &number, 4);
}

static inline size_t ck_partitions_count(const ck_partitions *parts) {
  return (size_t)1 << parts->bits;
}

static inline ck_stream *ck_streams_of(const ck_partitions *parts, unsigned worker) {
  return parts->streams + ((size_t)worker << parts->bits);
}

CK_UNUSED static void ck_partitions_free(ck_partitions *parts) {
  ck_block_give(parts->records);
  ck_block_give(parts->documents);
  ck_block_give(parts->next);
  ck_block_give(parts->of_occurrence);
  ck_block_give(parts->partitions);
  ck_block_give(parts->streams);
  memset(parts, 0, sizeof *parts);
}

/* The first block of worker `w`. Each worker may leave a block of each partition partly filled. */
static inline size_t ck_first_block(const ck_partitions *parts, size_t length, unsigned w) {
  return ck_share(length, parts->workers, w) / CK_RECORDS + (size_t)w * (ck_partitions_count(parts) + 1);
}

static ck_code ck_partitions_reserve(ck_partitions *parts, size_t blocks, ck_error *error) {
  if (blocks <= parts->n_blocks) return CK_OK;
  ck_block_give(parts->records);
  ck_block_give(parts->documents);
  ck_block_give(parts->next);
  parts->documents = NULL;
  parts->n_blocks = 0;
  parts->records = (uint8_t *)ck_large(blocks * CK_RECORDS, sizeof(uint64_t), error);
  parts->next = parts->records ? (uint32_t *)ck_allocate(blocks, sizeof(uint32_t), error) : NULL;
  CK_TRY(!parts->next);
  parts->n_blocks = blocks;
  parts->capacity = blocks * CK_RECORDS;
  return CK_OK;
}

/* Reserves space for `length` occurrences, discarding the contents. */
CK_UNUSED static ck_code ck_partitions_start(ck_partitions *parts, size_t length, unsigned workers, bool with_documents,
                                             ck_error *error) {
  parts->workers = workers;
  parts->with_documents = with_documents;
  parts->taken.next = 0;
  parts->bits = 1;
  while (parts->bits < CK_MAX_PARTITION_BITS && length >> parts->bits > CK_PARTITION_SIZE) parts->bits++;
  CK_TRY(ck_partitions_reserve(parts, ck_first_block(parts, length, workers) + 1, error));
  if (with_documents && !parts->documents) {
    parts->documents = (uint32_t *)ck_large(parts->capacity, sizeof(uint32_t), error);
    CK_TRY(!parts->documents);
  }
  if (length > parts->n_occurrences) {
    ck_block_give(parts->of_occurrence);
    parts->n_occurrences = 0;
    parts->of_occurrence = (uint16_t *)ck_large(length, sizeof(uint16_t), error);
    CK_TRY(!parts->of_occurrence);
    parts->n_occurrences = length;
  }
  ck_block_give(parts->partitions);
  ck_block_give(parts->streams);
  parts->streams = NULL;
  size_t count = ck_partitions_count(parts);
  parts->partitions = (ck_partition *)calloc(count, sizeof(ck_partition));
  parts->streams = parts->partitions ? (ck_stream *)calloc(count * workers, sizeof(ck_stream)) : NULL;
  return parts->streams ? CK_OK : ck_out_of_memory(error, count * workers * sizeof(ck_stream));
}

/* ---------------------------------------------------------------- scatter */

static inline uint64_t ck_hash(uint64_t key, const ck_seeds *seeds) {
  return ck_mix(key ^ seeds->low, seeds->high);
}

/* Writes the keys of a worker. `place` is the position of the next record of each partition; at the start of a block,
 * none has been allocated yet. */
typedef struct {
  uint8_t *records;
  uint32_t *documents; /* NULL unless requested */
  uint32_t *next;
  ck_stream *streams;
  size_t *place;
  size_t n_partitions, next_block, end_block;
  unsigned shift;
  ck_seeds seeds;
} ck_writer;

CK_UNUSED static ck_code ck_writer_open(ck_writer *writer, const ck_partitions *parts, size_t length, unsigned worker,
                                        ck_error *error) {
  writer->records = parts->records;
  writer->seeds = parts->seeds;
  writer->documents = parts->with_documents ? parts->documents : NULL;
  writer->next = parts->next;
  writer->streams = ck_streams_of(parts, worker);
  writer->n_partitions = ck_partitions_count(parts);
  writer->next_block = ck_first_block(parts, length, worker);
  writer->end_block = parts->n_blocks;
  writer->shift = 64 - parts->bits;
  writer->place = (size_t *)calloc(writer->n_partitions, sizeof(size_t));
  return writer->place ? CK_OK : ck_out_of_memory(error, writer->n_partitions * sizeof(size_t));
}

static size_t ck_writer_block(ck_writer *writer, size_t partition) {
  ck_stream *stream = &writer->streams[partition];
  uint32_t block = (uint32_t)writer->next_block++;
  CK_ASSERT(block < writer->end_block);
  if (stream->n_blocks++)
    writer->next[stream->last] = block;
  else
    stream->first = block;
  stream->last = block;
  writer->next[block] = block;
  return (size_t)block * CK_RECORDS;
}

/* Writes one key; returns its partition. */
static CK_INLINE uint16_t ck_writer_put(ck_writer *writer, uint64_t key, uint32_t document,
                                        const bool with_documents) {
  size_t partition = (size_t)(ck_hash(key, &writer->seeds) >> writer->shift), place = writer->place[partition];
  if (CK_UNLIKELY(!(place % CK_RECORDS))) place = ck_writer_block(writer, partition);
  ck_record_set_key(writer->records, place, key);
  if (with_documents) writer->documents[place] = document;
  writer->place[partition] = place + 1;
  return (uint16_t)partition;
}

/* Ends the streams, or discards them. */
CK_UNUSED static void ck_writer_close(ck_writer *writer) {
  for (size_t q = 0; q < writer->n_partitions; q++) {
    ck_stream *stream = &writer->streams[q];
    if (stream->n_blocks) stream->filled = (uint32_t)(writer->place[q] - (size_t)stream->last * CK_RECORDS);
  }
  ck_block_give(writer->place);
}

/* -------------------------------------------------------------- aggregate */

/* The distinct keys of a partition: open addressing into arrays that are filled in order of first occurrence. */
typedef struct {
  size_t room, capacity; /* keys: current capacity, and allocated capacity */
  uint32_t length;
  uint32_t *slots; /* twice the capacity (load factor at most 1/2): 0, or the number of a key plus one */
  uint64_t *keys;
  uint32_t *counts, *documents, *last, *renumbered;
  ck_seeds seeds;
} ck_table;

static void ck_table_free(ck_table *table) {
  ck_block_give(table->slots);
  ck_block_give(table->keys);
  ck_block_give(table->counts);
  ck_block_give(table->documents);
  ck_block_give(table->last);
  ck_block_give(table->renumbered);
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

/* Sets the capacity to a power of two and rehashes. */
static ck_code ck_table_set_room(ck_table *table, size_t room, ck_error *error) {
  if (room > table->capacity) {
    CK_TRY(!ck_grow(&table->slots, 2 * room * sizeof(uint32_t), error));
    CK_TRY(!ck_grow(&table->keys, room * sizeof(uint64_t), error));
    CK_TRY(!ck_grow(&table->counts, room * sizeof(uint32_t), error));
    CK_TRY(!ck_grow(&table->documents, room * sizeof(uint32_t), error));
    CK_TRY(!ck_grow(&table->last, room * sizeof(uint32_t), error));
    CK_TRY(!ck_grow(&table->renumbered, room * sizeof(uint32_t), error));
    table->capacity = room;
  }
  table->room = room;
  size_t mask = 2 * room - 1;
  memset(table->slots, 0, 2 * room * sizeof(uint32_t));
  for (uint32_t id = 0; id < table->length; id++) {
    size_t slot = ck_hash(table->keys[id], &table->seeds) & mask;
    while (table->slots[slot]) slot = (slot + 1) & mask;
    table->slots[slot] = id + 1;
  }
  return CK_OK;
}

static ck_code ck_table_start(ck_table *table, size_t expected, ck_error *error) {
  size_t room = 64;
  while (room <= expected && room < CK_PARTITION_SIZE) room *= 2;
  table->length = 0;
  return ck_table_set_room(table, room, error);
}

/* Numbers and counts the keys. There is capacity for all of them and one more.
 *
 * Whether a key is new is unpredictable, so the code is branchless: the key searched is written after the known keys
 * as a sentinel, so that it is always found. The numbers overwrite the keys. */
static CK_INLINE void ck_table_count(ck_table *table, uint8_t *records, const uint32_t *documents, uint32_t length,
                                     const bool with_documents) {
  uint32_t *slots = table->slots, *counts = table->counts, *spread = table->documents, *last = table->last;
  uint64_t *known = table->keys;
  uint32_t next = table->length;
  const size_t mask = 2 * table->room - 1;
  const ck_seeds seeds = table->seeds;
  CK_ASSERT(next + (size_t)length < table->room);
  for (uint32_t k = 0; k < length; k++) {
    const uint64_t key = ck_record_key(records, k);
    size_t slot = ck_hash(key, &seeds) & mask;
    uint32_t id = slots[slot] ? slots[slot] - 1 : next;
    known[next] = key;
    counts[next] = 0;
    while (CK_UNLIKELY(known[id] != key)) {
      slot = (slot + 1) & mask;
      id = slots[slot] ? slots[slot] - 1 : next;
    }
    slots[slot] = id + 1;
    counts[id]++;
    if (with_documents) {
      spread[next] = 0;
      last[next] = UINT32_MAX;
      spread[id] += last[id] != documents[k];
      last[id] = documents[k];
    }
    ck_record_set_number(records, k, id); /* overwrites key k / 2, which has been read */
    next += id == next;
  }
  table->length = next;
}

/* The keys of a block, or the numbers of its occurrences, followed by a part of the counts. */
static inline uint8_t *ck_block_records(const ck_partitions *parts, size_t block) {
  return parts->records + block * CK_RECORDS * sizeof(uint64_t);
}

static inline uint32_t ck_block_length(const ck_stream *stream, uint32_t block) {
  return block == stream->last ? stream->filled : CK_RECORDS;
}

static ck_code ck_number_block(const ck_partitions *parts, uint32_t block, uint32_t length, ck_table *table,
                               ck_error *error) {
  uint8_t *records = ck_block_records(parts, block);
  while (CK_UNLIKELY(table->length + (size_t)length >= table->room))
    CK_TRY(ck_table_set_room(table, 2 * table->room, error));
  if (parts->with_documents)
    ck_table_count(table, records, parts->documents + (size_t)block * CK_RECORDS, length, true);
  else
    ck_table_count(table, records, NULL, length, false);
  return CK_OK;
}

/* Drops keys below min_count, also from the numbers of the partition. */
static void ck_prune(const ck_partitions *parts, size_t partition, uint64_t min_count, ck_table *table) {
  uint32_t kept = 0;
  unsigned worker = 0;
  for (uint32_t id = 0; id <= table->length; id++) {
    for (; worker < parts->workers && ck_streams_of(parts, worker)[partition].seen == id; worker++)
      ck_streams_of(parts, worker)[partition].seen = kept;
    if (id == table->length) break;
    bool keep = table->counts[id] >= min_count;
    table->renumbered[id] = keep ? kept : CK_DEAD;
    table->counts[kept] = table->counts[id];
    table->documents[kept] = table->documents[id];
    kept += keep;
  }
  table->length = kept;
  for (unsigned w = 0; w < parts->workers; w++) {
    const ck_stream *stream = &ck_streams_of(parts, w)[partition];
    for (uint32_t left = stream->n_blocks, block = stream->first; left; left--, block = parts->next[block]) {
      uint8_t *records = ck_block_records(parts, block);
      for (uint32_t k = 0; k < ck_block_length(stream, block); k++)
        ck_record_set_number(records, k, table->renumbered[ck_record_number(records, k)]);
    }
  }
}

/* Links the blocks of all workers' streams into a list for the counts. Returns the number of records that fit in
 * them. */
static size_t ck_link_streams(const ck_partitions *parts, size_t partition) {
  const ck_stream *before = NULL;
  size_t blocks = 0;
  for (unsigned w = 0; w < parts->workers; w++) {
    const ck_stream *stream = &ck_streams_of(parts, w)[partition];
    if (!stream->n_blocks) continue;
    if (before)
      parts->next[before->last] = stream->first;
    else
      parts->partitions[partition].first = stream->first;
    before = stream;
    blocks += stream->n_blocks;
  }
  return blocks * CK_RECORDS;
}

/* Writes the counts and the document frequencies over the keys. */
static void ck_store_counts(const ck_partitions *parts, size_t partition, const ck_table *table) {
  uint32_t done = 0;
  for (unsigned w = 0; w < parts->workers; w++) {
    const ck_stream *stream = &ck_streams_of(parts, w)[partition];
    for (uint32_t left = stream->n_blocks, block = stream->first; left; left--, block = parts->next[block]) {
      uint32_t length = table->length - done < CK_RECORDS ? table->length - done : CK_RECORDS;
      memcpy(ck_block_records(parts, block) + CK_RECORDS * sizeof(uint32_t), table->counts + done,
             length * sizeof(uint32_t));
      if (parts->with_documents)
        memcpy(parts->documents + (size_t)block * CK_RECORDS, table->documents + done, length * sizeof(uint32_t));
      done += length;
    }
  }
  CK_ASSERT(done == table->length);
}

/* Numbers the keys of a partition. Those below `needed` lose their number; rows are counted for those that reach
 * min_count. */
static ck_code ck_aggregate_one(const ck_partitions *parts, size_t partition, uint64_t needed, uint64_t min_count,
                                ck_table *table, ck_error *error) {
  size_t length = ck_link_streams(parts, partition);
  if (!length) return CK_OK;
  CK_TRY(ck_table_start(table, length, error));
  for (unsigned w = 0; w < parts->workers; w++) {
    ck_stream *stream = &ck_streams_of(parts, w)[partition];
    for (uint32_t left = stream->n_blocks, block = stream->first; left; left--, block = parts->next[block]) {
      CK_TRY(ck_number_block(parts, block, ck_block_length(stream, block), table, error));
    }
    stream->seen = table->length;
  }
  if (needed > 1) ck_prune(parts, partition, needed, table);
  parts->partitions[partition].distinct = table->length;
  uint32_t id = 0;
  for (unsigned w = 0; w < parts->workers; w++) {
    ck_stream *stream = &ck_streams_of(parts, w)[partition];
    if (min_count <= needed)
      stream->rows = stream->seen - id;
    else
      for (uint32_t k = id; k < stream->seen; k++) stream->rows += table->counts[k] >= min_count;
    id = stream->seen;
  }
  ck_store_counts(parts, partition, table);
  return CK_OK;
}

typedef struct {
  ck_partitions *parts;
  uint64_t needed, min_count;
} ck_aggregation;

static ck_code ck_aggregate_worker(void *context, unsigned worker, ck_ticker *ticker, ck_error *error) {
  (void)worker;
  const ck_aggregation *job = (const ck_aggregation *)context;
  ck_partitions *parts = job->parts;
  ck_table table = {.seeds = parts->seeds};
  ck_code code = CK_OK;
  while (!code) {
    size_t partition = ck_counter_take(&parts->taken);
    if (partition >= ck_partitions_count(parts)) break;
    code = ck_aggregate_one(parts, partition, job->needed, job->min_count, &table, error);
    if (!code) code = ck_tick(ticker, CK_PARTITION_SIZE, error);
  }
  ck_table_free(&table);
  return code;
}

/* Numbers and counts the keys of all partitions. */
CK_UNUSED static ck_code ck_aggregate(ck_partitions *parts, uint64_t needed, uint64_t min_count, ck_ticker *ticker,
                                      ck_error *error) {
  ck_aggregation job = {parts, needed, min_count};
  ck_code code = ck_parallel(parts->workers, ck_aggregate_worker, &job, ticker, error);
  uint32_t base = 0;
  for (size_t q = 0; !code && q < ck_partitions_count(parts); q++) {
    parts->partitions[q].base = base;
    base += parts->partitions[q].distinct;
  }
  return code;
}

/* -------------------------------------------------------------------- read */

/* Position of a worker in a partition, in 32-bit items of the keys. */
typedef struct {
  size_t at;     /* number of the next occurrence */
  size_t seen_at; /* count of the next key not yet seen */
  uint32_t seen;  /* its number */
  uint32_t base;
} ck_reader;

/* Readers of a worker, one for each partition; NULL on failure. */
CK_UNUSED static ck_reader *ck_readers_new(const ck_partitions *parts, unsigned worker, ck_error *error) {
  size_t count = ck_partitions_count(parts);
  ck_reader *readers = (ck_reader *)ck_allocate(count, sizeof(ck_reader), error);
  for (size_t q = 0; readers && q < count; q++) {
    ck_reader *reader = &readers[q];
    reader->at = (size_t)ck_streams_of(parts, worker)[q].first * 2 * CK_RECORDS;
    reader->base = parts->partitions[q].base;
    reader->seen = worker ? ck_streams_of(parts, worker - 1)[q].seen : 0;
    uint32_t block = parts->partitions[q].first;
    for (uint32_t skipped = reader->seen / CK_RECORDS; skipped; skipped--) block = parts->next[block];
    reader->seen_at = ((size_t)block * 2 + 1) * CK_RECORDS + reader->seen % CK_RECORDS;
  }
  return readers;
}

#endif
