#include "touches.h"

#include "checksum.h"
#include "threads.h"

/* A block that another thread doubts at the same time is either seen by that thread, or this one sees the doubt. */
void ck_compare_block(const ck_touches *touches, size_t block) {
  uint8_t *state = &touches->states[block], doubts = CK_STATE(touches->doubts);
  if (CK_STATE(state) != CK_BLOCK_DIFFERS) {
    size_t begin = block << CK_CHECKED_BITS, left = touches->length - begin;
    uint64_t found = ck_checksum(touches->bytes + begin, left < CK_CHECKED ? left : CK_CHECKED);
    CK_SET_STATE(state, found == touches->checksums[block] ? CK_BLOCK_EQUAL : CK_BLOCK_DIFFERS);
    if (CK_STATE(touches->doubts) != doubts) CK_SET_STATE(state, CK_BLOCK_READ);
  }
  if (CK_STATE(state) != CK_BLOCK_EQUAL) CK_SET_STATE(touches->concern, 1);
}

static void ck_mark_block(const ck_touches *touches, size_t block) {
  uint8_t state = CK_STATE(&touches->states[block]);
  if (state == CK_BLOCK_EQUAL) return;
  if (state == CK_BLOCK_PENDING) CK_SET_STATE(&touches->states[block], CK_BLOCK_READ);
  CK_SET_STATE(touches->concern, 1);
}

void ck_mark_range(const ck_touches *touches, size_t first, size_t end) {
  if (!touches->states || first >= end) return;
  size_t last = ck_block_of(touches, end - 1);
  for (size_t block = ck_block_of(touches, first); block <= last && block < touches->n_blocks; block++)
    ck_mark_block(touches, block);
}

enum { CK_BLOCKS_AT_ONCE = 16 };

typedef struct {
  const ck_touches *touches;
  bool every;
  ck_counter counter;
} ck_comparison;

static bool ck_is_to_be_compared(const ck_comparison *job, size_t block) {
  uint8_t state = CK_STATE(&job->touches->states[block]);
  return state == CK_BLOCK_READ || (job->every && state == CK_BLOCK_PENDING);
}

static ck_code ck_compare_some(void *context, unsigned worker, ck_ticker *ticker, ck_error *error) {
  ck_comparison *job = (ck_comparison *)context;
  size_t n_blocks = job->touches->n_blocks, begin;
  (void)worker;
  while ((begin = (size_t)ck_counter_take(&job->counter) * CK_BLOCKS_AT_ONCE) < n_blocks) {
    for (size_t block = begin; block < begin + CK_BLOCKS_AT_ONCE && block < n_blocks; block++) {
      if (!ck_is_to_be_compared(job, block)) continue;
      ck_compare_block(job->touches, block);
      CK_TRY(ck_tick(ticker, CK_CHECKED, error));
    }
  }
  return CK_OK;
}

ck_code ck_compare_blocks(const ck_touches *touches, bool every, unsigned threads, size_t *differs, ck_ticker *ticker,
                          ck_error *error) {
  ck_comparison job = {touches, every, {0}};
  size_t n_compared = 0;
  *differs = SIZE_MAX;
  for (size_t block = 0; block < touches->n_blocks; block++) n_compared += ck_is_to_be_compared(&job, block);
  if (n_compared) {
    unsigned workers = ck_workers_for(threads, n_compared, CK_BLOCKS_AT_ONCE);
    CK_TRY(ck_parallel(workers, ck_compare_some, &job, ticker, error));
  }
  for (size_t block = touches->n_blocks; block-- > 0;)
    if (CK_STATE(&touches->states[block]) == CK_BLOCK_DIFFERS) *differs = block;
  return CK_OK;
}

ck_code ck_compare_items(const ck_touches *touches, const uint32_t *items, size_t n_items, unsigned threads,
                         ck_ticker *ticker, ck_error *error) {
  size_t n_pending = 0, next = 0, differs;
  for (size_t block = 0; touches->states && block < touches->n_blocks; block++)
    n_pending += CK_STATE(&touches->states[block]) == CK_BLOCK_PENDING;
  if (n_pending < CK_BLOCKS_AT_ONCE || threads < 2) return CK_OK;
  for (size_t i = 0; i < n_items; i++) {
    size_t block = ck_block_of(touches, ck_once32(&items[i]));
    if (block < next) continue; /* most are in the block of the one before */
    if (block < touches->n_blocks) ck_mark_block(touches, block);
    next = block + 1;
  }
  return ck_compare_blocks(touches, false, threads, &differs, ticker, error);
}

void ck_doubt_blocks(const ck_touches *touches) {
  CK_SET_STATE(touches->doubts, CK_STATE(touches->doubts) + 1);
  for (size_t block = 0; block < touches->n_blocks; block++) {
    uint8_t state = CK_STATE(&touches->states[block]);
    if (state != CK_BLOCK_EQUAL && state != CK_BLOCK_DIFFERS) continue;
    CK_SET_STATE(&touches->states[block], CK_BLOCK_READ);
    CK_SET_STATE(touches->concern, 1);
  }
}
