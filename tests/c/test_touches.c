/* checksum.h: every variant gives the same checksum, and reads nothing beyond the bytes. touches.h: blocks that kernels
 * and several threads touch, compare and doubt at the same time are compared, and those that differ are found. */
#include "check.h"
#include "checksum.h"
#include "threads.h"
#include "touches.h"

enum { LONGEST = 3000, N_BLOCKS = 40, WORKERS = 4 };

static void check_variants(const uint8_t *bytes, size_t length, digest *found) {
  uint64_t expected = ck_checksum_with(CK_SCALAR, bytes, length);
  for (int simd = 0; simd < CK_SIMD_COUNT; simd++)
    if (ck_simd_supported((ck_simd)simd)) CHECK(ck_checksum_with((ck_simd)simd, bytes, length) == expected);
  CHECK(ck_checksum(bytes, length) == expected);
  digest_number(found, expected);
}

static void check_checksums(digest *found) {
  random_source random = {0x5B2C8A1D3E4F6071u};
  for (size_t length = 0; length < LONGEST; length += length < 300 ? stride() : 61 * stride()) {
    exact buffer = exact_new(length, random_below(&random, ALIGNMENTS));
    for (size_t i = 0; i < length; i++) buffer.bytes[i] = (uint8_t)random_bits(&random);
    check_variants(buffer.bytes, length, found);
    exact_free(&buffer);
  }
}

/* ------------------------------------------------------------------- blocks */

static uint8_t *bytes;
static uint64_t checksums[N_BLOCKS];
static uint8_t states[N_BLOCKS + 2];

static ck_touches new_touches(void) {
  memset(states, CK_BLOCK_PENDING, N_BLOCKS);
  states[N_BLOCKS] = states[N_BLOCKS + 1] = 0;
  ck_touches touches = {bytes,     (size_t)CK_CHECKED * N_BLOCKS - 9, checksums, states, states + N_BLOCKS,
                        states + N_BLOCKS + 1, N_BLOCKS,              128,       2};
  return touches;
}

static size_t first_that_differs(const ck_touches *touches, bool every, unsigned threads) {
  ck_ticker ticker = ck_ticker_new(NULL);
  ck_error error;
  size_t differs;
  CHECK(!ck_compare_blocks(touches, every, threads, &differs, &ticker, &error));
  return differs;
}

static void check_blocks(void) {
  ck_touches touches = new_touches();
  CHECK(first_that_differs(&touches, false, 1) == SIZE_MAX);
  ck_touch(&touches, 0);
  ck_touch_range(&touches, 16352 + 5 * 16384, 16352 + 7 * 16384); /* items of blocks 6 and 7 */
  ck_mark_range(&touches, 16352 + 9 * 16384, 16352 + 9 * 16384 + 1);
  for (size_t block = 0; block < N_BLOCKS; block++)
    CHECK(states[block] == (block == 10                              ? CK_BLOCK_READ
                            : block == 0 || block == 6 || block == 7 ? CK_BLOCK_EQUAL
                                                                     : CK_BLOCK_PENDING));
  CHECK(states[N_BLOCKS]);
  checksums[7]++;
  checksums[30]++;
  CHECK(first_that_differs(&touches, false, 2) == SIZE_MAX);
  ck_doubt_blocks(&touches);
  CHECK(first_that_differs(&touches, false, 2) == 7);
  CHECK(first_that_differs(&touches, true, WORKERS) == 7);
  CHECK(states[30] == CK_BLOCK_DIFFERS && states[29] == CK_BLOCK_EQUAL);
  checksums[7]--;
  CHECK(first_that_differs(&touches, true, WORKERS) == 7); /* until it is doubted */
  ck_doubt_blocks(&touches);
  CHECK(first_that_differs(&touches, false, WORKERS) == 30);
  checksums[30]--;
}

static ck_code touch_all(void *context, unsigned worker, ck_ticker *ticker, ck_error *error) {
  const ck_touches *touches = (const ck_touches *)context;
  (void)ticker;
  (void)error;
  if (worker == 1) ck_doubt_blocks(touches);
  if (worker == 2) return ck_compare_blocks(touches, true, 2, &(size_t){0}, ticker, error);
  for (size_t item = 0; item < 16384 * N_BLOCKS; item += 4096) ck_touch(touches, item);
  return CK_OK;
}

static void check_threads(void) {
  ck_touches touches = new_touches();
  ck_ticker ticker = ck_ticker_new(NULL);
  ck_error error;
  CHECK(!ck_parallel(WORKERS, touch_all, &touches, &ticker, &error));
  CHECK(first_that_differs(&touches, false, 1) == SIZE_MAX);
  for (size_t block = 0; block < N_BLOCKS; block++) CHECK(states[block] == CK_BLOCK_EQUAL);
}

int main(void) {
  digest found = {0};
  random_source random = {0x91E10DA5C79E7B1Du};
  check_checksums(&found);
  bytes = (uint8_t *)malloc((size_t)CK_CHECKED * N_BLOCKS);
  CHECK(bytes);
  for (size_t i = 0; i < (size_t)CK_CHECKED * N_BLOCKS; i++) bytes[i] = (uint8_t)random_bits(&random);
  for (size_t block = 0; block < N_BLOCKS; block++)
    checksums[block] = ck_checksum(bytes + block * CK_CHECKED, CK_CHECKED - 9 * (block == N_BLOCKS - 1));
  check_blocks();
  for (unsigned round = 0; round < 20; round += stride()) check_threads();
  for (size_t block = 0; block < N_BLOCKS; block++) digest_number(&found, checksums[block]);
  free(bytes);
  digest_print("touches", &found);
  return 0;
}
