/* The table of types: distinct (kind, bytes) to ids in order of first occurrence.
 *
 * Open addressing with linear probing. A slot has the first 16 bytes of its type, which are all of most Arabic words,
 * so that a look-up seldom leaves the slot; two slots share a cache line. The bytes of all types are in an arena.
 *
 * Probing begins at the upper bits of the hash, so that a growing table reads its old slots and writes its new ones
 * sequentially, at the speed of a copy.
 *
 * The hash is seeded, so that no words can be made that collide. Ids do not depend on it. Tables that are merged have
 * the same seed, as they share hashes. */
#ifndef CK_TYPE_TABLE_H
#define CK_TYPE_TABLE_H

#include "arrays.h"
#include "bytes.h"

enum {
  CK_KEY_INLINE = 16,
  CK_KIND_BITS = 4,
  CK_TYPES_FIRST_BITS = 12, /* log2 of the initial number of slots */
  CK_CACHE_LINE = 64,
  CK_MERGE_AHEAD = 24, /* types whose slots are prefetched */
  CK_MERGE_BLOCK = 1024
};

/* Maximum number of ids: 2^32-1 is reserved as a sentinel for users of the ids. */
#define CK_TYPES_LIMIT 0xFFFFFFFEu

typedef struct {
  uint64_t low, high; /* the first 16 bytes, zeros after the end */
  uint64_t hash;      /* hash of all bytes; the kind in its lowest 4 bits */
  const uint8_t *bytes;
  uint32_t length;
} ck_key;

typedef struct {
  uint64_t low, high; /* as in the key; for a longer type, `high` is its offset in the arena */
  uint64_t hash;
  uint32_t id, length; /* length 0: the slot is free */
} ck_slot;

typedef struct {
  ck_slot *slots; /* NULL while the table is empty and nothing is reserved */
  void *memory;   /* the memory of the slots */
  size_t mask;    /* number of slots - 1 */
  unsigned shift; /* shift from the hash to its slot */
  size_t room;    /* capacity of the slots and the arrays, in types */
  ck_u8s arena;
  ck_u64s ends;   /* offset of each type in the arena */
  ck_u64s hashes; /* of each type */
  size_t limit;
  ck_seeds seeds;
} ck_types;

void ck_types_init(ck_types *types, size_t limit, ck_seeds seeds);

void ck_types_free(ck_types *types);

static inline size_t ck_types_count(const ck_types *types) {
  return types->ends.length;
}

static inline const uint8_t *ck_types_bytes(const ck_types *types, size_t id, uint32_t *length) {
  uint64_t start = id ? types->ends.data[id - 1] : 0;
  *length = (uint32_t)(types->ends.data[id] - start);
  return types->arena.data + start;
}

static inline uint8_t ck_types_kind(const ck_types *types, size_t id) {
  return (uint8_t)(types->hashes.data[id] & ((1 << CK_KIND_BITS) - 1));
}

/* ------------------------------------------------------------------ keys */

static inline uint64_t ck_load64(const uint8_t *bytes) {
  uint64_t word;
  memcpy(&word, bytes, 8);
  return word;
}

/* Eight bytes at a time; the last eight may overlap the previous ones. `length` is more than 16. */
uint64_t ck_hash_long(uint64_t hash, const uint8_t *bytes, uint32_t length, uint64_t seed);

static inline uint64_t ck_key_hash(uint64_t low, uint64_t high, const uint8_t *bytes, uint32_t length, uint8_t kind,
                                   const ck_seeds *seeds) {
  const uint64_t kinds = (1 << CK_KIND_BITS) - 1;
  uint64_t hash = ck_mix(low ^ seeds->low, high ^ seeds->high);
  if (CK_UNLIKELY(length > CK_KEY_INLINE)) hash = ck_hash_long(hash, bytes, length, seeds->rest);
  return (hash & ~kinds) | kind;
}

/* The first 16 bytes of a token; `readable` bytes may be read from its start. Branchless, as the lengths of words are
 * unpredictable. */
static inline void ck_key_load(ck_key *key, const uint8_t *bytes, uint32_t length, size_t readable) {
  static const uint8_t masks[2 * CK_KEY_INLINE] = {255, 255, 255, 255, 255, 255, 255, 255,
                                                   255, 255, 255, 255, 255, 255, 255, 255};
  uint32_t held = length < CK_KEY_INLINE ? length : CK_KEY_INLINE;
  key->bytes = bytes;
  key->length = length;
  if (CK_LIKELY(readable >= CK_KEY_INLINE)) {
    const uint8_t *mask = masks + CK_KEY_INLINE - held;
    key->low = ck_load64(bytes) & ck_load64(mask);
    key->high = ck_load64(bytes + 8) & ck_load64(mask + 8);
  } else {
    uint8_t copy[CK_KEY_INLINE] = {0};
    memcpy(copy, bytes, held);
    key->low = ck_load64(copy);
    key->high = ck_load64(copy + 8);
  }
}

/* The key of a token. */
static inline void ck_key_make(ck_key *key, const uint8_t *bytes, uint32_t length, size_t readable, uint8_t kind,
                               const ck_seeds *seeds) {
  ck_key_load(key, bytes, length, readable);
  key->hash = ck_key_hash(key->low, key->high, bytes, length, kind, seeds);
}

/* ----------------------------------------------------------------- slots */

static inline void ck_types_prefetch(const ck_types *types, uint64_t hash) {
  if (CK_LIKELY(types->slots != NULL)) CK_PREFETCH(&types->slots[hash >> types->shift]);
}

/* Reserves capacity for `count` types in total, with a minimum; on failure the table is unchanged. */
ck_code ck_types_reserve(ck_types *types, size_t count, ck_error *error);

/* The ids of many types; their slots should have been prefetched. On failure the types before the failing one have
 * been added. */
ck_code ck_types_ids(ck_types *types, const ck_key *keys, unsigned count, uint32_t *ids, ck_error *error);

/* Removes all types from `count` on. */
void ck_types_truncate(ck_types *types, size_t count);

/* --------------------------------------------------------------- merging */

/* Adds all types of another table in order of id; map[id there] = id here. On failure the table is unchanged. */
ck_code ck_types_merge(ck_types *into, const ck_types *from, uint32_t *map, ck_ticker *ticker, ck_error *error);

#endif
