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

/* The two halves of a product, folded: a hash of two numbers, if at least one has a part that is secret
 * (multiply-mix; see Lemire & Kaser 2014, Strongly universal string hashing is fast). */
static inline uint64_t ck_mix(uint64_t a, uint64_t b) {
#ifdef __SIZEOF_INT128__
  __extension__ typedef unsigned __int128 ck_u128;
  ck_u128 product = (ck_u128)a * b;
  return (uint64_t)product ^ (uint64_t)(product >> 64);
#else
  a ^= b >> 32;
  a *= 0x9E3779B97F4A7C15u;
  a ^= a >> 29;
  a = a * (b | 1) ^ a >> 32;
  return a ^ a << 29;
#endif
}

/* The finaliser of SplitMix64 (Steele, Lea & Flood 2014), and the n-th number of a seed by that generator. */
static inline uint64_t ck_hash_mix(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

static inline uint64_t ck_seed_part(uint64_t seed, unsigned n) {
  return ck_hash_mix(seed + (n + 1u) * 0x9E3779B97F4A7C15u);
}

/* The numbers of a hash function. Each factor of a product has one, since a factor of 0 would hide the other. */
typedef struct {
  uint64_t low, high, rest;
} ck_seeds;

static inline ck_seeds ck_seeds_of(uint64_t seed) {
  ck_seeds seeds = {ck_seed_part(seed, 0), ck_seed_part(seed, 1), ck_seed_part(seed, 2)};
  return seeds;
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
