/* Eight bytes of text as an integer, on machines of any endianness. */
#ifndef CK_BYTES_H
#define CK_BYTES_H

#include "core.h"

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
enum { CK_LITTLE_ENDIAN = 0 };
#else
enum { CK_LITTLE_ENDIAN = 1 };
#endif

static inline uint64_t ck_reverse_bytes(uint64_t bytes) {
#if defined(__GNUC__) || defined(__clang__)
  return __builtin_bswap64(bytes);
#else
  bytes = (bytes & 0x00FF00FF00FF00FFu) << 8 | (bytes >> 8 & 0x00FF00FF00FF00FFu);
  bytes = (bytes & 0x0000FFFF0000FFFFu) << 16 | (bytes >> 16 & 0x0000FFFF0000FFFFu);
  return bytes << 32 | bytes >> 32;
#endif
}

/* Eight bytes as an integer, the first one lowest or highest. */
static inline uint64_t ck_load_little(const uint8_t *p) {
  uint64_t bytes;
  memcpy(&bytes, p, 8);
  return CK_LITTLE_ENDIAN ? bytes : ck_reverse_bytes(bytes);
}

static inline uint64_t ck_load_big(const uint8_t *p) {
  uint64_t bytes;
  memcpy(&bytes, p, 8);
  return CK_LITTLE_ENDIAN ? ck_reverse_bytes(bytes) : bytes;
}

/* Number of leading zeros of a nonzero mask. */
static inline unsigned ck_zeros_above(uint64_t mask) {
#if defined(__GNUC__) || defined(__clang__)
  return (unsigned)__builtin_clzll(mask);
#else
  unsigned zeros = 0;
  for (unsigned step = 32; step; step /= 2) {
    if (mask >> (64 - step)) continue;
    zeros += step;
    mask <<= step;
  }
  return zeros;
#endif
}

#endif
