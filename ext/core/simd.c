#include "simd.h"

#if CK_HAS_X86
static inline void ck_cpuid(unsigned leaf, unsigned *a, unsigned *b, unsigned *c) {
  unsigned d;
  __asm__("cpuid" : "=a"(*a), "=b"(*b), "=c"(*c), "=d"(d) : "0"(leaf), "2"(0));
}

/* The bits are those of Intel's manual, volume 2, CPUID and volume 1, 13.3. */
ck_simd ck_simd_by_cpuid(void) {
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

bool ck_simd_supported(ck_simd simd) {
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

ck_simd ck_simd_best(void) {
  for (int simd = CK_SIMD_COUNT - 1; simd > 0; simd--)
    if (ck_simd_supported((ck_simd)simd)) return (ck_simd)simd;
  return CK_SCALAR;
}

const char *ck_simd_name(ck_simd simd) {
  static const char *const names[CK_SIMD_COUNT] = {"scalar", "sse2", "avx2", "avx512", "neon"};
  return names[simd];
}

ck_simd ck_simd_named(const char *name) {
  int simd = 0;
  while (simd < CK_SIMD_COUNT && strcmp(ck_simd_name((ck_simd)simd), name) != 0) simd++;
  return simd < CK_SIMD_COUNT && ck_simd_supported((ck_simd)simd) ? (ck_simd)simd : CK_SIMD_COUNT;
}
