#include "type_table.h"

void ck_types_init(ck_types *types, size_t limit, ck_seeds seeds) {
  memset(types, 0, sizeof *types);
  types->limit = limit;
  types->seeds = seeds;
}

void ck_types_free(ck_types *types) {
  free(types->memory);
  ck_u8s_free(&types->arena);
  ck_u64s_free(&types->ends);
  ck_u64s_free(&types->hashes);
  ck_types_init(types, types->limit, types->seeds);
}

/* ------------------------------------------------------------------ keys */

uint64_t ck_hash_long(uint64_t hash, const uint8_t *bytes, uint32_t length, uint64_t seed) {
  uint32_t i = CK_KEY_INLINE;
  for (; length - i > 8; i += 8) hash = ck_mix(hash ^ ck_load64(bytes + i), seed);
  return ck_mix(hash ^ ck_load64(bytes + length - 8), seed ^ length);
}

/* ----------------------------------------------------------------- slots */

static inline void ck_types_fill(ck_slot *slots, size_t mask, unsigned shift, const ck_slot *slot) {
  size_t place = slot->hash >> shift;
  while (slots[place].length) place = (place + 1) & mask;
  slots[place] = *slot;
}

/* Zeroed slots, none across two cache lines; on huge pages if they are large enough. They are in `memory`, which is
 * to be freed. Fresh memory is already zero, so nothing is written. */
static ck_slot *ck_slots_new(size_t count, void **memory, ck_error *error) {
  size_t bytes = count * sizeof(ck_slot);
  size_t alignment = bytes < 2 * (size_t)CK_HUGE_PAGE ? CK_CACHE_LINE : CK_HUGE_PAGE;
  *memory = calloc(1, bytes + alignment);
  if (!*memory) {
    ck_out_of_memory(error, bytes + alignment);
    return NULL;
  }
  uint8_t *first = (uint8_t *)*memory;
  first += (alignment - (uintptr_t)first % alignment) % alignment;
#ifdef MADV_HUGEPAGE
  if (alignment == CK_HUGE_PAGE) madvise(first, bytes, MADV_HUGEPAGE); /* only a hint: failure is harmless */
#endif
  return (ck_slot *)(void *)first;
}

ck_code ck_types_reserve(ck_types *types, size_t count, ck_error *error) {
  const unsigned most_bits = 8 * sizeof(size_t) - 6; /* its size in bytes would overflow */
  unsigned bits = CK_TYPES_FIRST_BITS;
  if (count > types->limit) count = types->limit;
  if (types->slots && count <= types->room) return CK_OK;
  while (bits < most_bits && ((size_t)1 << (bits - 1)) < count) bits++;
  size_t capacity = (size_t)1 << bits, room = capacity / 2 < types->limit ? capacity / 2 : types->limit;
  ck_code code = ck_u64s_reserve(&types->ends, room - ck_types_count(types), error);
  if (!code) code = ck_u64s_reserve(&types->hashes, room - ck_types_count(types), error);
  if (code) return code;
  void *memory;
  ck_slot *slots = ck_slots_new(capacity, &memory, error);
  CK_TRY(!slots);
  for (size_t place = 0; types->slots && place <= types->mask; place++)
    if (types->slots[place].length) ck_types_fill(slots, capacity - 1, 64 - bits, &types->slots[place]);
  free(types->memory);
  types->memory = memory;
  types->slots = slots;
  types->mask = capacity - 1;
  types->shift = 64 - bits;
  types->room = room;
  return CK_OK;
}

/* Whether the type in the slot equals the key beyond its first eight bytes and length, which match. Both are longer
 * than 16 bytes. */
static inline bool ck_slot_goes_on(const ck_types *types, const ck_slot *slot, const ck_key *key) {
  const uint8_t *type = types->arena.data + slot->high, *bytes = key->bytes;
  uint32_t i = 8;
  for (; key->length - i > 8; i += 8)
    if (ck_load64(type + i) != ck_load64(bytes + i)) return false;
  return ck_load64(type + key->length - 8) == ck_load64(bytes + key->length - 8);
}

/* The slot of the key's type, or the free one for it. The table must have slots. */
static inline ck_slot *ck_types_find(const ck_types *types, const ck_key *key) {
  for (size_t place = key->hash >> types->shift;; place = (place + 1) & types->mask) {
    ck_slot *slot = &types->slots[place];
    if (!slot->length) return slot;
    if (slot->hash != key->hash || slot->low != key->low || slot->length != key->length) continue;
    if (key->length <= CK_KEY_INLINE ? slot->high == key->high : ck_slot_goes_on(types, slot, key)) return slot;
  }
}

static ck_code ck_types_add(ck_types *types, const ck_key *key, uint32_t *id, ck_error *error) {
  size_t count = ck_types_count(types);
  if (CK_UNLIKELY(count == types->room)) {
    if (count == types->limit)
      return ck_fail(error, CK_LIMIT,
                     "the texts have more than %zu distinct tokens, the maximum of one table", types->limit);
    CK_TRY(ck_types_reserve(types, count + 1, error));
  }
  CK_TRY(ck_u8s_reserve(&types->arena, (size_t)key->length + CK_KEY_INLINE, error));
  uint64_t place = types->arena.length;
  uint8_t *bytes = types->arena.data + place;
  memcpy(bytes, &key->low, 8);
  memcpy(bytes + 8, &key->high, 8);
  if (key->length > CK_KEY_INLINE)
    memcpy(bytes + CK_KEY_INLINE, key->bytes + CK_KEY_INLINE, key->length - CK_KEY_INLINE);
  types->arena.length += key->length;
  types->ends.data[types->ends.length++] = types->arena.length;
  types->hashes.data[types->hashes.length++] = key->hash;
  *id = (uint32_t)count;
  ck_slot slot = {key->low, key->length > CK_KEY_INLINE ? place : key->high, key->hash, *id, key->length};
  ck_types_fill(types->slots, types->mask, types->shift, &slot);
  return CK_OK;
}

/* The id of a type, which is added if it is new. The table must have slots. On failure it is unchanged. */
static inline ck_code ck_types_id(ck_types *types, const ck_key *key, uint32_t *id, ck_error *error) {
  const ck_slot *slot = ck_types_find(types, key);
  if (CK_UNLIKELY(!slot->length)) return ck_types_add(types, key, id, error);
  *id = slot->id;
  return CK_OK;
}

ck_code ck_types_ids(ck_types *types, const ck_key *keys, unsigned count, uint32_t *ids, ck_error *error) {
  if (CK_UNLIKELY(!types->slots)) {
    CK_TRY(ck_types_reserve(types, count, error));
  }
  for (unsigned i = 0; i < count; i++) {
    CK_TRY(ck_types_id(types, &keys[i], &ids[i], error));
  }
  return CK_OK;
}

/* Frees a slot by backward-shift deletion. */
static void ck_types_remove(ck_types *types, size_t place) {
  for (size_t next = (place + 1) & types->mask; types->slots[next].length; next = (next + 1) & types->mask) {
    size_t home = types->slots[next].hash >> types->shift;
    if (((next - home) & types->mask) < ((next - place) & types->mask)) continue;
    types->slots[place] = types->slots[next];
    place = next;
  }
  memset(&types->slots[place], 0, sizeof(ck_slot));
}

void ck_types_truncate(ck_types *types, size_t count) {
  for (size_t id = count; id < ck_types_count(types); id++) {
    size_t place = types->hashes.data[id] >> types->shift;
    while (types->slots[place].id != id || !types->slots[place].length) place = (place + 1) & types->mask;
    ck_types_remove(types, place);
  }
  if (count >= ck_types_count(types)) return;
  types->ends.length = types->hashes.length = count;
  types->arena.length = count ? (size_t)types->ends.data[count - 1] : 0;
}

/* --------------------------------------------------------------- merging */

static inline void ck_types_key(const ck_types *types, size_t id, ck_key *key) {
  uint32_t length;
  const uint8_t *bytes = ck_types_bytes(types, id, &length);
  ck_key_load(key, bytes, length, (size_t)(types->arena.data + types->arena.length - bytes));
  key->hash = types->hashes.data[id];
}

static ck_code ck_types_merge_range(ck_types *into, const ck_types *from, size_t first, size_t end, uint32_t *map,
                                    ck_error *error) {
  const uint64_t *hashes = from->hashes.data;
  for (size_t id = first; id < end; id++) {
    ck_key key;
    if (id + CK_MERGE_AHEAD < ck_types_count(from)) ck_types_prefetch(into, hashes[id + CK_MERGE_AHEAD]);
    ck_types_key(from, id, &key);
    CK_TRY(ck_types_id(into, &key, &map[id], error));
  }
  return CK_OK;
}

ck_code ck_types_merge(ck_types *into, const ck_types *from, uint32_t *map, ck_ticker *ticker, ck_error *error) {
  size_t before = ck_types_count(into), count = ck_types_count(from);
  ck_code code = ck_types_reserve(into, before + 1, error);
  for (size_t id = 0; id < count && !code;) {
    size_t end = count - id > CK_MERGE_BLOCK ? id + CK_MERGE_BLOCK : count;
    code = ck_types_merge_range(into, from, id, end, map, error);
    if (!code) code = ck_tick(ticker, (int64_t)(end - id), error);
    id = end;
  }
  if (code) ck_types_truncate(into, before);
  return code;
}
