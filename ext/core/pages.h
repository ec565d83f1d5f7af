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
void ck_advise_huge_pages(void *memory, size_t bytes);

/* Allocates `count` items of `size` bytes, to be freed with free(), or with ck_block_give() to be used again. */
void *ck_large(size_t count, size_t size, ck_error *error);

/* Grows memory to `bytes`, keeping its first `used` bytes; on failure returns NULL and leaves it unchanged. realloc()
 * would move a large array to small pages. */
void *ck_regrow(void *old, size_t used, size_t bytes, ck_error *error);

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

void ck_pool_free(ck_pool *pool);

void ck_pool_put(ck_pool *pool, void *memory, size_t count, size_t size);

/* The smallest spare array that is large enough, shrunk to size, or fresh memory. */
void *ck_pool_take(ck_pool *pool, size_t count, size_t size, ck_error *error);

#endif
