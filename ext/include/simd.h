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
static inline void ck_cpuid(unsigned leaf, unsigned *a, unsigned *b, unsigned *c) {
  unsigned d;
  __asm__("cpuid" : "=a"(*a), "=b"(*b), "=c"(*c), "=d"(d) : "0"(leaf), "2"(0));
}

/* The fastest variant that the processor has and whose registers the operating system saves; the bits are those of
 * Intel's manual, volume 2, CPUID and volume 1, 13.3. */
CK_UNUSED static ck_simd ck_simd_by_cpuid(void) {
  enum { SAVES = 1 << 27, AVX2 = 1 << 5 | 1 << 3 | 1 << 8 /* and BMI, BMI2 */, VBMI = 1 << 1 | 1 << 6 /* and VBMI2 */ };
  const unsigned avx512 = 1u << 16 | 1u << 30 | 1u << 31; /* F, BW, VL */
  const unsigned avx_saved = 0x06, avx512_saved = 0xE6;
  unsigned a, b, c, saved, high;
  ck_cpuid(0, &a, &b, &c);
  if (a < 7) return CK_SSE2;
  ck_cpuid(1, &a, &b, &c);
  if (!(c & SAVES)) return CK_SSE2;
  __asm__("xgetbv" : "=a"(saved), "=d"(high) : "c"(0));
  ck_cpuid(7, &a, &b, &c);
  if ((saved & avx_saved) != avx_saved || (b & AVX2) != AVX2) return CK_SSE2;
  if ((saved & avx512_saved) != avx512_saved || (b & avx512) != avx512 || (c & VBMI) != VBMI) return CK_AVX2;
  return CK_AVX512;
}

#if defined(_MSC_VER)
/* clang-cl's programs are linked without the library behind __builtin_cpu_supports. The answer is kept, since a
 * virtual machine takes microseconds for it: the one global state of the core, the same whoever writes it. */
static bool ck_x86_supported(ck_simd simd) {
  static int best; /* 0: not known yet */
  int found = __atomic_load_n(&best, __ATOMIC_RELAXED);
  if (!found) __atomic_store_n(&best, found = ck_simd_by_cpuid(), __ATOMIC_RELAXED);
  return (int)simd <= found;
}
#else
/* Detection costs less than a cache miss. */
static bool ck_x86_supported(ck_simd simd) {
  bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
  if (simd == CK_AVX2) return avx2;
  return avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi") &&
         __builtin_cpu_supports("avx512vbmi2");
}
#endif
#endif

CK_UNUSED static bool ck_simd_supported(ck_simd simd) {
  switch (simd) {
    case CK_SCALAR:
      return true;
#if CK_HAS_X86
    case CK_SSE2:
      return true;
    case CK_AVX2:
    case CK_AVX512:
      return ck_x86_supported(simd);
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

CK_UNUSED static const char *ck_simd_name(ck_simd simd) {
  static const char *const names[CK_SIMD_COUNT] = {"scalar", "sse2", "avx2", "avx512", "neon"};
  return names[simd];
}

/* The variant of this name; CK_SIMD_COUNT if it is unknown or not supported. */
CK_UNUSED static ck_simd ck_simd_named(const char *name) {
  int simd = 0;
  while (simd < CK_SIMD_COUNT && strcmp(ck_simd_name((ck_simd)simd), name) != 0) simd++;
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
