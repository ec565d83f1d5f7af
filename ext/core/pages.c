#include "pages.h"

void ck_advise_huge_pages(void *memory, size_t bytes) {
#ifdef MADV_HUGEPAGE
  uintptr_t begin = ((uintptr_t)memory + CK_HUGE_PAGE - 1) / CK_HUGE_PAGE * CK_HUGE_PAGE;
  uintptr_t end = ((uintptr_t)memory + bytes) / CK_HUGE_PAGE * CK_HUGE_PAGE;
  if (end > begin) madvise((void *)begin, end - begin, MADV_HUGEPAGE); /* only a hint: failure is harmless */
#else
  (void)memory;
  (void)bytes;
#endif
}

void *ck_large(size_t count, size_t size, ck_error *error) {
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

void *ck_regrow(void *old, size_t used, size_t bytes, ck_error *error) {
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

void ck_pool_free(ck_pool *pool) {
  while (pool->length) ck_block_give(pool->items[--pool->length].memory);
}

void ck_pool_put(ck_pool *pool, void *memory, size_t count, size_t size) {
  if (!memory || pool->length == CK_POOL_SLOTS) {
    ck_block_give(memory);
    return;
  }
  pool->items[pool->length].memory = memory;
  pool->items[pool->length++].bytes = count * size;
}

void *ck_pool_take(ck_pool *pool, size_t count, size_t size, ck_error *error) {
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
