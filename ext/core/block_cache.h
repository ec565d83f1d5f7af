/* Large blocks of memory that were freed, kept for the next ones.
 *
 * The first touch of fresh memory costs more than most kernels take for it, and how much depends on what the system
 * has at hand. So the buffers of result columns and the large working arrays go back to this cache, from the release
 * callbacks of Arrow too, and ck_large (pages.h) takes from it.
 *
 * It is used by any thread, without the GIL, and no thread waits for another: what cannot be kept at once is freed. So
 * a fork does no harm; at most the slot that another thread was just filling is lost. The size of a block is what the
 * allocator says, hence any memory from malloc can be given.
 *
 * It keeps nothing until it gets a limit (corpus_kit/machine/block_cache.py). */
#ifndef CK_BLOCK_CACHE_H
#define CK_BLOCK_CACHE_H

#include "core.h"

/* Smaller blocks are left to the allocator, which does not return their pages to the system at once. */
enum { CK_LEAST_BLOCK = 1 << 20, CK_BLOCK_SLOTS = 64, CK_HUGE_PAGE = 2 << 20 };

/* The most bytes that are kept. */
size_t ck_blocks_limit(void);

/* Bytes that are kept. */
size_t ck_blocks_held(void);

/* Instead of free(). Older blocks make way for newer ones, so that sizes no longer asked for do not stay. */
void ck_block_give(void *memory);

/* The smallest block of `bytes` or somewhat more, to be freed with free() or ck_block_give(); NULL if none is kept. */
void *ck_block_take(size_t bytes);

/* Frees what is kept. */
void ck_blocks_empty(void);

/* Sets the most bytes to be kept, 0 for none, and frees what is kept. */
void ck_blocks_set_limit(size_t limit);

#endif
