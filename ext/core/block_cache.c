#include "block_cache.h"

#if defined(__SANITIZE_ADDRESS__)
#define CK_HAS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CK_HAS_ASAN 1
#endif
#endif

/* A block that is kept must not be touched, and of one that is taken only what was asked for. */
#ifdef CK_HAS_ASAN
#include <sanitizer/asan_interface.h>
#define CK_FORBID(memory, bytes) ASAN_POISON_MEMORY_REGION((memory), (bytes))
#define CK_ALLOW(memory, bytes) ASAN_UNPOISON_MEMORY_REGION((memory), (bytes))
#else
#define CK_FORBID(memory, bytes) ((void)(memory), (void)(bytes))
#define CK_ALLOW(memory, bytes) ((void)(memory), (void)(bytes))
#endif

/* Bytes of a block from malloc; 0 where the allocator does not say. */
#if !defined(__GNUC__) && !defined(__clang__) /* no atomic operations as below */
#define CK_BLOCK_BYTES(memory) ((size_t)0)
#elif defined(__linux__)
#include <malloc.h>
#define CK_BLOCK_BYTES(memory) malloc_usable_size(memory)
#elif defined(__APPLE__)
#include <malloc/malloc.h>
#define CK_BLOCK_BYTES(memory) malloc_size(memory)
#elif defined(__MINGW32__)
#include <malloc.h>
#define CK_BLOCK_BYTES(memory) _msize(memory)
#else
#define CK_BLOCK_BYTES(memory) ((size_t)0)
#endif

typedef struct {
  struct {
    void *memory; /* NULL: empty; CK_FILLING: its `bytes` are being set. Accessed by atomic operations only */
    size_t bytes;
  } slots[CK_BLOCK_SLOTS];
  size_t limit;  /* most bytes kept together */
  unsigned next; /* slot to be emptied next where there is no room */
} ck_block_cache;

/* The global state of the core. */
static ck_block_cache ck_blocks;

#if defined(__GNUC__) || defined(__clang__)

#define CK_FILLING ((void *)(uintptr_t)1)

static inline bool ck_slot_change(unsigned slot, void *from, void *to) {
  void **memory = &ck_blocks.slots[slot].memory;
  return __atomic_compare_exchange_n(memory, &from, to, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

/* The block in a slot; NULL for none. It may be gone when the caller takes it. */
static inline void *ck_slot_block(unsigned slot) {
  void *memory = __atomic_load_n(&ck_blocks.slots[slot].memory, __ATOMIC_ACQUIRE);
  return memory == CK_FILLING ? NULL : memory;
}

static inline size_t ck_slot_bytes(unsigned slot) {
  return ck_slot_block(slot) ? __atomic_load_n(&ck_blocks.slots[slot].bytes, __ATOMIC_RELAXED) : 0;
}

static void ck_slot_empty(unsigned slot) {
  void *memory = ck_slot_block(slot);
  if (!memory || !ck_slot_change(slot, memory, NULL)) return;
  CK_ALLOW(memory, CK_BLOCK_BYTES(memory));
  free(memory);
}

size_t ck_blocks_limit(void) {
  return __atomic_load_n(&ck_blocks.limit, __ATOMIC_RELAXED);
}

size_t ck_blocks_held(void) {
  size_t held = 0;
  for (unsigned slot = 0; slot < CK_BLOCK_SLOTS; slot++) held += ck_slot_bytes(slot);
  return held;
}

/* Puts a block into an empty slot and returns its number, CK_BLOCK_SLOTS if there is none. */
static unsigned ck_blocks_put(void *memory, size_t bytes) {
  for (unsigned slot = 0; slot < CK_BLOCK_SLOTS; slot++) {
    if (ck_slot_bytes(slot) || !ck_slot_change(slot, NULL, CK_FILLING)) continue;
    __atomic_store_n(&ck_blocks.slots[slot].bytes, bytes, __ATOMIC_RELAXED);
    __atomic_store_n(&ck_blocks.slots[slot].memory, memory, __ATOMIC_SEQ_CST);
    return slot;
  }
  return CK_BLOCK_SLOTS;
}

/* Empties one slot after the other, but not `except`. */
static void ck_blocks_make_room(unsigned except) {
  unsigned slot = __atomic_fetch_add(&ck_blocks.next, 1, __ATOMIC_RELAXED) % CK_BLOCK_SLOTS;
  if (slot != except) ck_slot_empty(slot);
}

void ck_block_give(void *memory) {
  size_t limit = ck_blocks_limit(), bytes = memory && limit ? CK_BLOCK_BYTES(memory) : 0;
  if (bytes < CK_LEAST_BLOCK || bytes > limit) {
    free(memory);
    return;
  }
  CK_FORBID(memory, bytes);
  unsigned slot;
  for (unsigned tries = 0; (slot = ck_blocks_put(memory, bytes)) == CK_BLOCK_SLOTS; tries++) {
    if (tries == CK_BLOCK_SLOTS) {
      CK_ALLOW(memory, bytes);
      free(memory);
      return;
    }
    ck_blocks_make_room(CK_BLOCK_SLOTS);
  }
  for (unsigned tries = 0; tries < 2 * CK_BLOCK_SLOTS && ck_blocks_held() > (limit = ck_blocks_limit()); tries++)
    ck_blocks_make_room(bytes > limit ? CK_BLOCK_SLOTS : slot); /* a limit may have changed since */
}

/* The largest block that is taken for `bytes`: half as much again, and what rounding to huge pages adds. */
static inline size_t ck_block_most(size_t bytes) {
  return bytes + bytes / 2 + (bytes < CK_HUGE_PAGE ? 0 : 2 * (size_t)CK_HUGE_PAGE);
}

void *ck_block_take(size_t bytes) {
  if (bytes < CK_LEAST_BLOCK || bytes > ck_blocks_limit()) return NULL;
  for (unsigned tries = 0; tries < CK_BLOCK_SLOTS; tries++) {
    unsigned best = CK_BLOCK_SLOTS;
    size_t least = ck_block_most(bytes) + 1;
    for (unsigned slot = 0; slot < CK_BLOCK_SLOTS; slot++) {
      size_t found = ck_slot_bytes(slot);
      if (found < bytes || found >= least) continue;
      best = slot;
      least = found;
    }
    if (best == CK_BLOCK_SLOTS) return NULL;
    void *memory = ck_slot_block(best);
    if (!memory || !ck_slot_change(best, memory, NULL)) continue; /* taken by another thread */
    if (CK_BLOCK_BYTES(memory) >= bytes) {
      CK_ALLOW(memory, bytes);
      return memory;
    }
    ck_block_give(memory); /* it was exchanged for another one since its size was read */
  }
  return NULL;
}

void ck_blocks_empty(void) {
  for (unsigned slot = 0; slot < CK_BLOCK_SLOTS; slot++) ck_slot_empty(slot);
}

void ck_blocks_set_limit(size_t limit) {
  __atomic_store_n(&ck_blocks.limit, limit, __ATOMIC_SEQ_CST);
  ck_blocks_empty();
}

#else
size_t ck_blocks_limit(void) {
  return 0;
}
size_t ck_blocks_held(void) {
  return 0;
}
void ck_block_give(void *memory) {
  free(memory);
}
void *ck_block_take(size_t bytes) {
  (void)bytes;
  return NULL;
}
void ck_blocks_empty(void) {
}
void ck_blocks_set_limit(size_t limit) {
  (void)limit;
}
#endif
