/* Detection of vector instructions, and function attributes for them.
 *
 * A kernel with vector variants takes a ck_simd and must give the same bytes with each. Nothing is cached between
 * calls: detection costs less than a cache miss. */
#ifndef CK_SIMD_H
#define CK_SIMD_H

#include "core.h"

#if (defined(__GNUC__) || defined(__clang__)) && defined(__x86_64__)
#define CK_HAS_X86 1
#include <immintrin.h>
#define CK_TARGET_AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt,lzcnt")))
#define CK_TARGET_AVX512 \
  __attribute__((target("avx2,bmi,bmi2,popcnt,lzcnt,avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2")))
#else
#define CK_HAS_X86 0
#endif

#if defined(__aarch64__) && defined(__ARM_NEON)
#define CK_HAS_NEON 1
#include <arm_neon.h>
#else
#define CK_HAS_NEON 0
#endif

/* SSE2 and NEON are in the baseline of their architectures: they need no attribute. */
typedef enum { CK_SCALAR = 0, CK_SSE2, CK_AVX2, CK_AVX512, CK_NEON, CK_SIMD_COUNT } ck_simd;

CK_UNUSED static bool ck_simd_supported(ck_simd simd) {
  switch (simd) {
    case CK_SCALAR:
      return true;
#if CK_HAS_X86
    case CK_SSE2:
      return true;
    case CK_AVX2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
    case CK_AVX512:
      return ck_simd_supported(CK_AVX2) && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
             __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi") &&
             __builtin_cpu_supports("avx512vbmi2");
#endif
#if CK_HAS_NEON
    case CK_NEON:
      return true;
#endif
    default:
      return false;
  }
}

/* The fastest variant supported by this processor. */
CK_UNUSED static ck_simd ck_simd_best(void) {
  for (int simd = CK_SIMD_COUNT - 1; simd > 0; simd--)
    if (ck_simd_supported((ck_simd)simd)) return (ck_simd)simd;
  return CK_SCALAR;
}

/* The variant of this name; CK_SIMD_COUNT if it is unknown or not supported. */
CK_UNUSED static ck_simd ck_simd_named(const char *name) {
  static const char *const names[CK_SIMD_COUNT] = {"scalar", "sse2", "avx2", "avx512", "neon"};
  int simd = 0;
  while (simd < CK_SIMD_COUNT && strcmp(names[simd], name) != 0) simd++;
  return simd < CK_SIMD_COUNT && ck_simd_supported((ck_simd)simd) ? (ck_simd)simd : CK_SIMD_COUNT;
}

/* Number of trailing zeros of a nonzero mask, and number of ones. */
#if defined(__GNUC__) || defined(__clang__)
static inline unsigned ck_lowest_bit(uint64_t mask) {
  return (unsigned)__builtin_ctzll(mask);
}
static inline unsigned ck_count_bits(uint64_t mask) {
  return (unsigned)__builtin_popcountll(mask);
}
#else
static inline unsigned ck_count_bits(uint64_t mask) {
  mask -= mask >> 1 & 0x5555555555555555u;
  mask = (mask & 0x3333333333333333u) + (mask >> 2 & 0x3333333333333333u);
  return (unsigned)((((mask + (mask >> 4)) & 0x0F0F0F0F0F0F0F0Fu) * 0x0101010101010101u) >> 56);
}
static inline unsigned ck_lowest_bit(uint64_t mask) {
  return ck_count_bits((mask & (0 - mask)) - 1);
}
#endif

#endif
