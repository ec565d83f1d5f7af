/* The blocks of a mapped file, compared with their checksums when kernels touch them.
 *
 * A kernel that reads a few places of a large file touches them first, and the blocks of 64 KiB that are new are
 * compared then: they are in the cache when they are read. Kernels can read anything; if a block differs they go on,
 * and their caller learns of it and does not use the result. */
#ifndef CK_TOUCHES_H
#define CK_TOUCHES_H

#include "core.h"

enum { CK_CHECKED_BITS = 16, CK_CHECKED = 1 << CK_CHECKED_BITS };

typedef enum {
  CK_BLOCK_EQUAL,   /* it was compared */
  CK_BLOCK_PENDING, /* nobody has read it */
  CK_BLOCK_READ,    /* it was read and is to be compared before the result is used */
  CK_BLOCK_DIFFERS
} ck_block_state;

/* The blocks of one file: item i begins at byte before + (i << item_bits). */
typedef struct {
  const uint8_t *bytes;
  size_t length;
  const uint64_t *checksums;
  uint8_t *states;  /* a ck_block_state each; NULL: nothing is compared. Accessed by atomic operations only */
  uint8_t *concern; /* whether a block was read, or differs */
  uint8_t *doubts;  /* a counter: how often all that was compared was declared to be compared again */
  size_t n_blocks, before;
  unsigned item_bits;
} ck_touches;

#if defined(__GNUC__) || defined(__clang__)
#define CK_STATE(state) __atomic_load_n((state), __ATOMIC_SEQ_CST)
#define CK_SET_STATE(state, value) __atomic_store_n((state), (uint8_t)(value), __ATOMIC_SEQ_CST)
#define CK_IS_EQUAL(state) (__atomic_load_n((state), __ATOMIC_RELAXED) == CK_BLOCK_EQUAL)
#else
#define CK_STATE(state) (*(volatile uint8_t *)(state))
#define CK_SET_STATE(state, value) (*(volatile uint8_t *)(state) = (uint8_t)(value))
#define CK_IS_EQUAL(state) (CK_STATE(state) == CK_BLOCK_EQUAL)
#endif

/* Compares a block that is not known to be equal. */
void ck_compare_block(const ck_touches *touches, size_t block);

static inline void ck_touch_block(const ck_touches *touches, size_t block) {
  if (CK_LIKELY(block >= touches->n_blocks || CK_IS_EQUAL(&touches->states[block]))) return;
  ck_compare_block(touches, block);
}

static inline size_t ck_block_of(const ck_touches *touches, size_t item) {
  return (touches->before + (item << touches->item_bits)) >> CK_CHECKED_BITS;
}

/* Before an item is read. */
static inline void ck_touch(const ck_touches *touches, size_t item) {
  if (CK_LIKELY(!touches->states)) return;
  ck_touch_block(touches, ck_block_of(touches, item));
}

/* Before the items from `first` up to `end` are read. */
static inline void ck_touch_range(const ck_touches *touches, size_t first, size_t end) {
  if (CK_LIKELY(!touches->states) || first >= end) return;
  size_t last = ck_block_of(touches, end - 1);
  for (size_t block = ck_block_of(touches, first); block <= last && block < touches->n_blocks; block++)
    ck_touch_block(touches, block);
}

/* Notes that the items from `first` up to `end` are read, for ck_compare_blocks. */
void ck_mark_range(const ck_touches *touches, size_t first, size_t end);

/* Compares the blocks that were read, or with `every` all that are not known to be equal. Returns in `differs` the first
 * one that differs, or SIZE_MAX; one that differed once does so until it is doubted. */
ck_code ck_compare_blocks(const ck_touches *touches, bool every, unsigned threads, size_t *differs, ck_ticker *ticker,
                          ck_error *error);

/* Before a kernel that has one thread reads ascending items, compares their blocks by several threads. It leaves it to
 * the kernel where few blocks are new. */
ck_code ck_compare_items(const ck_touches *touches, const uint32_t *items, size_t n_items, unsigned threads,
                         ck_ticker *ticker, ck_error *error);

/* Notes that what was compared may have changed since: what was read is to be compared again. */
void ck_doubt_blocks(const ck_touches *touches);

#endif
