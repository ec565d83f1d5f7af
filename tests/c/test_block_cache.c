/* block_cache.h: a block has one owner at a time, whatever threads give and take; the limit holds; what is not kept is
 * freed. */
#include "check.h"
#include "pages.h"
#include "threads.h"

enum { WORKERS = 4, ROUNDS = 400, LIMIT = 40 << 20 };

static void *fresh(size_t bytes) {
  ck_error error;
  void *memory = ck_large(bytes, 1, &error);
  CHECK(memory);
  return memory;
}

/* Marks both ends of what it takes and looks whether another thread has written there. */
static ck_code give_and_take(void *context, unsigned worker, ck_ticker *ticker, ck_error *error) {
  random_source random = {worker + 1};
  (void)context;
  for (unsigned round = 0; round < ROUNDS; round += stride()) {
    size_t bytes = CK_LEAST_BLOCK + (size_t)random_below(&random, 24) * (CK_LEAST_BLOCK / 4);
    uint8_t *memory = (uint8_t *)fresh(bytes);
    memory[0] = memory[bytes - 1] = (uint8_t)worker;
    if (round % 64 == 0) ck_blocks_empty();
    if (ck_tick(ticker, 1000, error)) return error->code;
    CHECK(memory[0] == worker && memory[bytes - 1] == worker);
    ck_block_give(memory);
  }
  return CK_OK;
}

int main(void) {
  digest digest = {0};
  ck_error error;
  ck_ticker ticker = ck_ticker_new(NULL);
  /* nothing is kept without a limit */
  ck_block_give(fresh(3 << 20));
  CHECK(!ck_blocks_held());
  ck_blocks_set_limit(LIMIT);
  /* small and too large blocks are not kept */
  ck_block_give(fresh(CK_LEAST_BLOCK / 2));
  ck_block_give(fresh(LIMIT + CK_HUGE_PAGE));
  ck_block_give(NULL);
  CHECK(!ck_blocks_held());
  /* a block is taken for up to as much as it has, and not for much less */
  void *block = fresh(16 << 20);
  ck_block_give(block);
  bool kept = ck_blocks_held() > 0; /* the allocator says how large it is: up to a huge page more */
  CHECK(!ck_block_take(20 << 20) && !ck_block_take(7 << 20));
  if (kept) CHECK(ck_block_take(13 << 20) == block && !ck_blocks_held());
  if (kept) ck_block_give(block);
  /* newer blocks replace older ones */
  void *blocks[CK_BLOCK_SLOTS + 8];
  for (unsigned i = 0; i < CK_BLOCK_SLOTS + 8; i++) blocks[i] = fresh(1 << 20);
  ck_blocks_set_limit((size_t)CK_BLOCK_SLOTS << 21);
  for (unsigned i = 0; i < CK_BLOCK_SLOTS + 8; i++) ck_block_give(blocks[i]);
  CHECK(ck_blocks_held() <= (size_t)CK_BLOCK_SLOTS << 21);
  ck_block_give(fresh(30 << 20));
  void *large = ck_block_take(29 << 20);
  CHECK(!kept || large);
  free(large);
  ck_blocks_set_limit(LIMIT);
  CHECK(!ck_blocks_held());
  CHECK(!ck_parallel(WORKERS, give_and_take, NULL, &ticker, &error));
  CHECK(ck_blocks_held() <= LIMIT);
  ck_blocks_empty();
  CHECK(!ck_blocks_held());
  digest_number(&digest, WORKERS);
  digest_print("block cache", &digest);
  return 0;
}
