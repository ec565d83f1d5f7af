/* The table of types: distinct (kind, bytes) to ids in order of first occurrence.
 *
 * Open addressing with linear probing. A slot holds the first 16 bytes of its
 * type, which is the whole of most Arabic words, so that a look-up seldom
 * leaves the slot. The bytes of all types lie one after another in an arena.
 *
 * Slots are only ever filled in the order of ids, also when the table grows.
 * So no type stands in the probe path of an older one, and the newest types
 * can be taken out again without moving the others (ck_types_truncate). */
#ifndef CK_TYPE_TABLE_H
#define CK_TYPE_TABLE_H

#include "core.h"

enum { CK_KEY_INLINE = 16, CK_TYPES_FIRST_SLOTS = 1 << 12, CK_KIND_SHIFT = 60 };

/* More ids than these do not fit: 2^32-1 is left free as a sentinel for users of the ids. */
#define CK_TYPES_LIMIT 0xFFFFFFFEu

typedef struct {
  uint64_t low, high; /* the first 16 bytes, zeros after the end */
  uint64_t hash;      /* of all bytes and the length; the kind in its upper 4 bits */
  const uint8_t *bytes;
  uint32_t length;
} ck_key;

typedef struct {
  uint64_t low, high; /* as in the key; of a type that is longer, `high` is where its bytes are in the arena */
  uint64_t hash;
  uint32_t id, length; /* length 0: the slot is free */
} ck_slot;

typedef struct {
  ck_slot *slots;
  size_t mask; /* number of slots - 1 */
  ck_u8s arena;
  ck_u64s ends;   /* of each type in the arena */
  ck_u64s hashes; /* of each type */
  size_t limit;
} ck_types;

CK_UNUSED static void ck_types_init(ck_types *types, size_t limit) {
  memset(types, 0, sizeof *types);
  types->limit = limit;
}

CK_UNUSED static void ck_types_free(ck_types *types) {
  free(types->slots);
  ck_u8s_free(&types->arena);
  ck_u64s_free(&types->ends);
  ck_u64s_free(&types->hashes);
  types->slots = NULL;
  types->mask = 0;
}

static inline size_t ck_types_count(const ck_types *types) {
  return types->ends.length;
}

static inline const uint8_t *ck_types_bytes(const ck_types *types, size_t id, uint32_t *length) {
  uint64_t start = id ? types->ends.data[id - 1] : 0;
  *length = (uint32_t)(types->ends.data[id] - start);
  return types->arena.data + start;
}

static inline uint8_t ck_types_kind(const ck_types *types, size_t id) {
  return (uint8_t)(types->hashes.data[id] >> CK_KIND_SHIFT);
}

static inline uint64_t ck_mix(uint64_t a, uint64_t b) {
#ifdef __SIZEOF_INT128__
  __extension__ typedef unsigned __int128 ck_u128;
  ck_u128 product = (ck_u128)a * b;
  return (uint64_t)product ^ (uint64_t)(product >> 64);
#else
  a ^= b >> 32;
  a *= 0x9E3779B97F4A7C15u;
  a ^= a >> 29;
  return a * (b | 1) ^ a >> 32;
#endif
}

static inline uint64_t ck_load64(const uint8_t *bytes, uint32_t length) {
  uint64_t word = 0;
  memcpy(&word, bytes, length < 8 ? length : 8);
  return word;
}

static uint64_t ck_hash_rest(uint64_t hash, const uint8_t *bytes, uint32_t length) {
  for (; length >= 8; bytes += 8, length -= 8) hash = ck_mix(hash ^ ck_load64(bytes, 8), 0xE7037ED1A0B428DBu);
  return length ? ck_mix(hash ^ ck_load64(bytes, length), 0x8EBC6AF09C88C6E3u) : hash;
}

/* Masks of the first 0 to 8 bytes of a word, as loaded by memcpy. */
static inline uint64_t ck_first_bytes(uint32_t count) {
  static const uint8_t ones[16] = {255, 255, 255, 255, 255, 255, 255, 255};
  uint64_t mask;
  memcpy(&mask, ones + 8 - count, 8);
  return mask;
}

/* The key of a token; `readable` bytes may be read from its beginning. */
static inline void ck_key_make(ck_key *key, const uint8_t *bytes, uint32_t length, size_t readable, uint8_t kind) {
  uint64_t low, high;
  if (CK_LIKELY(readable >= CK_KEY_INLINE)) {
    memcpy(&low, bytes, 8);
    memcpy(&high, bytes + 8, 8);
    if (length < 8) {
      low &= ck_first_bytes(length);
      high = 0;
    } else if (length < CK_KEY_INLINE) {
      high &= ck_first_bytes(length - 8);
    }
  } else {
    low = ck_load64(bytes, length);
    high = length > 8 ? ck_load64(bytes + 8, length - 8) : 0;
  }
  uint64_t hash = ck_mix(low ^ 0xA0761D6478BD642Fu, high ^ 0xE7037ED1A0B428DBu) ^ length * 0x8EBC6AF09C88C6E3u;
  if (CK_UNLIKELY(length > CK_KEY_INLINE)) hash = ck_hash_rest(hash, bytes + CK_KEY_INLINE, length - CK_KEY_INLINE);
  hash ^= hash >> 32;
  key->low = low;
  key->high = high;
  key->hash = (hash & (((uint64_t)1 << CK_KIND_SHIFT) - 1)) | (uint64_t)kind << CK_KIND_SHIFT;
  key->bytes = bytes;
  key->length = length;
}

/* The kind stands in the upper bits, which the mask cuts off; it must move the slot all the same. */
static inline size_t ck_types_home(const ck_types *types, uint64_t hash) {
  return (size_t)(hash ^ hash >> 57) & types->mask;
}

static inline void ck_types_prefetch(const ck_types *types, const ck_key *key) {
  if (types->slots) CK_PREFETCH(&types->slots[ck_types_home(types, key->hash)]);
}

static void ck_types_fill(ck_types *types, ck_slot slot) {
  size_t place = ck_types_home(types, slot.hash);
  while (types->slots[place].length) place = (place + 1) & types->mask;
  types->slots[place] = slot;
}

/* Doubles the slots and fills them again in the order of ids. */
static ck_code ck_types_grow(ck_types *types, ck_error *error) {
  size_t capacity = types->slots ? 2 * (types->mask + 1) : CK_TYPES_FIRST_SLOTS;
  ck_slot *slots = (ck_slot *)calloc(capacity, sizeof(ck_slot));
  if (!slots) return ck_out_of_memory(error, capacity * sizeof(ck_slot));
  free(types->slots);
  types->slots = slots;
  types->mask = capacity - 1;
  for (size_t id = 0; id < ck_types_count(types); id++) {
    ck_slot slot = {0};
    const uint8_t *bytes = ck_types_bytes(types, id, &slot.length);
    slot.low = ck_load64(bytes, slot.length);
    if (slot.length > CK_KEY_INLINE)
      slot.high = (uint64_t)(bytes - types->arena.data);
    else if (slot.length > 8)
      slot.high = ck_load64(bytes + 8, slot.length - 8);
    slot.hash = types->hashes.data[id];
    slot.id = (uint32_t)id;
    ck_types_fill(types, slot);
  }
  return CK_OK;
}

static ck_code ck_types_add(ck_types *types, const ck_key *key, uint32_t *id, ck_error *error) {
  size_t count = ck_types_count(types);
  if (count >= types->limit)
    return ck_fail(error, CK_LIMIT, "the texts hold more than %zu distinct tokens, the most that one table can number",
                   types->limit);
  ck_code code = CK_OK;
  if (!types->slots || 2 * count > types->mask) code = ck_types_grow(types, error);
  if (!code) code = ck_u64s_reserve(&types->ends, 1, error);
  if (!code) code = ck_u64s_reserve(&types->hashes, 1, error);
  if (!code) code = ck_u8s_reserve(&types->arena, key->length, error);
  if (code) return code;
  uint64_t place = types->arena.length;
  memcpy(types->arena.data + place, key->bytes, key->length);
  types->arena.length += key->length;
  types->ends.data[types->ends.length++] = types->arena.length;
  types->hashes.data[types->hashes.length++] = key->hash;
  *id = (uint32_t)count;
  ck_slot slot = {key->low, key->length > CK_KEY_INLINE ? place : key->high, key->hash, *id, key->length};
  ck_types_fill(types, slot);
  return CK_OK;
}

/* Where the bytes of a long type are that has the key's hash and so is probably the same; for prefetching. */
static inline const uint8_t *ck_types_candidate(const ck_types *types, const ck_key *key) {
  if (CK_UNLIKELY(!types->slots)) return NULL;
  const ck_slot *slot = &types->slots[ck_types_home(types, key->hash)];
  return slot->hash == key->hash && slot->length > CK_KEY_INLINE ? types->arena.data + slot->high : NULL;
}

/* The id of a type, which is added when it is new. On failure the table is as before. */
static inline ck_code ck_types_id(ck_types *types, const ck_key *key, uint32_t *id, ck_error *error) {
  if (CK_UNLIKELY(!types->slots)) return ck_types_add(types, key, id, error);
  for (size_t place = ck_types_home(types, key->hash);; place = (place + 1) & types->mask) {
    const ck_slot *slot = &types->slots[place];
    if (!slot->length) return ck_types_add(types, key, id, error);
    if (slot->hash != key->hash || slot->low != key->low || slot->length != key->length) continue;
    if (key->length <= CK_KEY_INLINE ? slot->high != key->high
                                     : memcmp(types->arena.data + slot->high, key->bytes, key->length) != 0)
      continue;
    *id = slot->id;
    return CK_OK;
  }
}

/* Takes out all types from `count` on, the newest first, so that every probe path stays whole. */
CK_UNUSED static void ck_types_truncate(ck_types *types, size_t count) {
  for (size_t id = ck_types_count(types); id-- > count;) {
    size_t place = ck_types_home(types, types->hashes.data[id]);
    while (types->slots[place].id != id || !types->slots[place].length) place = (place + 1) & types->mask;
    memset(&types->slots[place], 0, sizeof(ck_slot));
  }
  types->ends.length = types->hashes.length = count;
  types->arena.length = count ? (size_t)types->ends.data[count - 1] : 0;
}

#endif
