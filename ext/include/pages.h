/* Large working arrays.
 *
 * Page faults on fresh memory run at a tenth of the speed of a copy, so large arrays use blocks again that were freed
 * (block_cache.h), and request huge pages (madvise) where the system has them. */
#ifndef CK_PAGES_H
#define CK_PAGES_H

#include "block_cache.h"
#include "core.h"

#if defined(__linux__)
#include <sys/mman.h>
#endif

/* Requests huge pages for memory that has not been written to. */
CK_UNUSED static void ck_advise_huge_pages(void *memory, size_t bytes) {
#ifdef MADV_HUGEPAGE
  uintptr_t begin = ((uintptr_t)memory + CK_HUGE_PAGE - 1) / CK_HUGE_PAGE * CK_HUGE_PAGE;
  uintptr_t end = ((uintptr_t)memory + bytes) / CK_HUGE_PAGE * CK_HUGE_PAGE;
  if (end > begin) madvise((void *)begin, end - begin, MADV_HUGEPAGE); /* only a hint: failure is harmless */
#else
  (void)memory;
  (void)bytes;
#endif
}

/* Allocates `count` items of `size` bytes, to be freed with free(), or with ck_block_give() to be used again. */
CK_UNUSED static void *ck_large(size_t count, size_t size, ck_error *error) {
  void *kept = size && count <= PTRDIFF_MAX / size ? ck_block_take(count * size) : NULL;
  if (kept) return kept;
#ifdef MADV_HUGEPAGE
  if (size && count <= (PTRDIFF_MAX - CK_HUGE_PAGE) / size && count * size >= CK_HUGE_PAGE) {
    size_t bytes = (count * size + CK_HUGE_PAGE - 1) / CK_HUGE_PAGE * CK_HUGE_PAGE;
    void *memory = aligned_alloc(CK_HUGE_PAGE, bytes);
    if (memory) {
      madvise(memory, bytes, MADV_HUGEPAGE); /* only a hint: failure is harmless */
      return memory;
    }
  }
#endif
  if (!ck_blocks_held()) return ck_allocate(count, size, error);
  ck_error without_blocks;
  void *memory = ck_allocate(count, size, &without_blocks);
  if (memory) return memory;
  ck_blocks_empty(); /* what is kept may be what is missing */
  return ck_allocate(count, size, error);
}

/* Grows memory to `bytes`, keeping its first `used` bytes; on failure returns NULL and leaves it unchanged. realloc()
 * would move a large array to small pages. */
CK_UNUSED static void *ck_regrow(void *old, size_t used, size_t bytes, ck_error *error) {
  void *memory;
  if (old && bytes < CK_HUGE_PAGE) {
    memory = realloc(old, bytes);
    if (!memory) ck_out_of_memory(error, bytes);
    return memory;
  }
  memory = ck_large(bytes, 1, error);
  if (memory && used) memcpy(memory, old, used);
  if (memory) ck_block_give(old);
  return memory;
}

/* Arrays no longer used, kept for reuse in the same call: their pages are already mapped. Unlike blocks of the cache,
 * they may be of any size and are cut to the size of what they hold next. */
enum { CK_POOL_SLOTS = 16 };

typedef struct {
  struct {
    void *memory;
    size_t bytes;
  } items[CK_POOL_SLOTS];
  unsigned length;
} ck_pool;

CK_UNUSED static void ck_pool_free(ck_pool *pool) {
  while (pool->length) ck_block_give(pool->items[--pool->length].memory);
}

CK_UNUSED static void ck_pool_put(ck_pool *pool, void *memory, size_t count, size_t size) {
  if (!memory || pool->length == CK_POOL_SLOTS) {
    ck_block_give(memory);
    return;
  }
  pool->items[pool->length].memory = memory;
  pool->items[pool->length++].bytes = count * size;
}

/* The smallest spare array that is large enough, shrunk to size, or fresh memory. */
CK_UNUSED static void *ck_pool_take(ck_pool *pool, size_t count, size_t size, ck_error *error) {
  unsigned best = CK_POOL_SLOTS;
  for (unsigned i = 0; i < pool->length; i++) {
    size_t bytes = pool->items[i].bytes;
    if (size && bytes / size >= count && (best == CK_POOL_SLOTS || bytes < pool->items[best].bytes)) best = i;
  }
  if (best == CK_POOL_SLOTS) return ck_large(count, size, error);
  void *memory = pool->items[best].memory;
  pool->items[best] = pool->items[--pool->length];
  void *cut = realloc(memory, count ? count * size : 1);
  return cut ? cut : memory;
}

#endif
