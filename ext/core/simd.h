/* Detection of vector instructions, and function attributes for them.
 *
 * A kernel with vector variants takes a ck_simd and must give the same bytes with each. */
#ifndef CK_SIMD_H
#define CK_SIMD_H

#include "core.h"

#if (defined(__GNUC__) || defined(__clang__)) && defined(__x86_64__)
#define CK_HAS_X86 1
#include <immintrin.h>
#if defined(_MSC_VER) /* clang-cl: before version 19, immintrin.h has only what every processor has */
#include <tmmintrin.h>
/* these need the former, and each other in this order */
#include <smmintrin.h>
#include <avxintrin.h>
#include <avx2intrin.h>
#include <bmi2intrin.h>
#include <lzcntintrin.h>
#include <popcntintrin.h>
#include <avx512fintrin.h>
#include <avx512vlintrin.h>
#include <avx512bwintrin.h>
#include <avx512vlbwintrin.h>
#include <avx512vbmiintrin.h>
#include <avx512vbmivlintrin.h>
#include <avx512vbmi2intrin.h>
#include <avx512vlvbmi2intrin.h>
#endif
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

#if CK_HAS_X86
/* The fastest variant that the processor has and whose registers the operating system saves. */
ck_simd ck_simd_by_cpuid(void);
#endif

bool ck_simd_supported(ck_simd simd);

/* The fastest variant supported by this processor. */
ck_simd ck_simd_best(void);

const char *ck_simd_name(ck_simd simd);

/* The variant of this name; CK_SIMD_COUNT if it is unknown or not supported. */
ck_simd ck_simd_named(const char *name);

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
