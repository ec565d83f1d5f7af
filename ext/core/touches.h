/* Which blocks of a mapped file kernels read.
 *
 * A block of 64 KiB is compared with its checksum once, after it was read for the first time: kernels can read anything,
 * and their result is used only if what they read is what was written. So kernels that read a few places of a large
 * file record the blocks, and their caller compares those that are new. */
#ifndef CK_TOUCHES_H
#define CK_TOUCHES_H

#include "core.h"

enum { CK_CHECKSUM_BITS = 16 };

typedef enum { CK_BLOCK_COMPARED, CK_BLOCK_PENDING, CK_BLOCK_READ } ck_block_state;

/* The blocks of one file: item i begins at byte before + (i << item_bits). */
typedef struct {
  uint8_t *blocks; /* a ck_block_state each; NULL: nothing is recorded. Accessed by atomic operations only */
  uint8_t *any;    /* whether a block has the state CK_BLOCK_READ */
  size_t n_blocks, before;
  unsigned item_bits;
} ck_touches;

#if defined(__GNUC__) || defined(__clang__)
#define CK_STATE(state) __atomic_load_n((state), __ATOMIC_RELAXED)
#define CK_SET_STATE(state, value) __atomic_store_n((state), (uint8_t)(value), __ATOMIC_RELAXED)
#else
#define CK_STATE(state) (*(volatile uint8_t *)(state))
#define CK_SET_STATE(state, value) (*(volatile uint8_t *)(state) = (uint8_t)(value))
#endif

static inline void ck_touch_block(const ck_touches *touches, size_t block) {
  if (CK_LIKELY(block >= touches->n_blocks || CK_STATE(&touches->blocks[block]) != CK_BLOCK_PENDING)) return;
  CK_SET_STATE(&touches->blocks[block], CK_BLOCK_READ);
  CK_SET_STATE(touches->any, 1);
}

/* Records that an item was read. */
static inline void ck_touch(const ck_touches *touches, size_t item) {
  if (CK_LIKELY(!touches->blocks)) return;
  ck_touch_block(touches, (touches->before + (item << touches->item_bits)) >> CK_CHECKSUM_BITS);
}

/* Records that the items from `first` up to `end` were read. */
static inline void ck_touch_range(const ck_touches *touches, size_t first, size_t end) {
  if (CK_LIKELY(!touches->blocks) || first >= end) return;
  size_t last = (touches->before + ((end - 1) << touches->item_bits)) >> CK_CHECKSUM_BITS;
  size_t block = (touches->before + (first << touches->item_bits)) >> CK_CHECKSUM_BITS;
  for (; block <= last && block < touches->n_blocks; block++) ck_touch_block(touches, block);
}

#endif
