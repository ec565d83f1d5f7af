/* simd.h: variants reported as supported can be run, and bits are counted correctly. */
#include "check.h"
#include "simd.h"

static uint64_t many_bits[64];

#if CK_HAS_X86
CK_TARGET_AVX2 static uint64_t sum_avx2(const uint64_t *numbers) {
  __m256i sum = _mm256_setzero_si256();
  uint64_t lanes[4];
  for (int i = 0; i < 64; i += 4) sum = _mm256_add_epi64(sum, _mm256_loadu_si256((const __m256i *)(numbers + i)));
  _mm256_storeu_si256((__m256i *)lanes, sum);
  return _pext_u64(lanes[0] + lanes[1] + lanes[2] + lanes[3], UINT64_MAX);
}

CK_TARGET_AVX512 static uint64_t sum_avx512(const uint64_t *numbers) {
  __m512i sum = _mm512_setzero_si512();
  for (int i = 0; i < 64; i += 8) sum = _mm512_add_epi64(sum, _mm512_loadu_si512(numbers + i));
  /* a VBMI2 instruction; with a full mask it changes nothing */
  return (uint64_t)_mm512_reduce_add_epi64(_mm512_maskz_compress_epi8(UINT64_MAX, sum));
}

static uint64_t sum_sse2(const uint64_t *numbers) {
  __m128i sum = _mm_setzero_si128();
  uint64_t lanes[2];
  for (int i = 0; i < 64; i += 2) sum = _mm_add_epi64(sum, _mm_loadu_si128((const __m128i *)(numbers + i)));
  _mm_storeu_si128((__m128i *)lanes, sum);
  return lanes[0] + lanes[1];
}
#endif

#if CK_HAS_NEON
static uint64_t sum_neon(const uint64_t *numbers) {
  uint64x2_t sum = vdupq_n_u64(0);
  for (int i = 0; i < 64; i += 2) sum = vaddq_u64(sum, vld1q_u64(numbers + i));
  return vgetq_lane_u64(sum, 0) + vgetq_lane_u64(sum, 1);
}
#endif

static uint64_t sum_with(ck_simd simd) {
  switch (simd) {
#if CK_HAS_X86
    case CK_SSE2:
      return sum_sse2(many_bits);
    case CK_AVX2:
      return sum_avx2(many_bits);
    case CK_AVX512:
      return sum_avx512(many_bits);
#endif
#if CK_HAS_NEON
    case CK_NEON:
      return sum_neon(many_bits);
#endif
    default: {
      uint64_t sum = 0;
      for (int i = 0; i < 64; i++) sum += many_bits[i];
      return sum;
    }
  }
}

int main(void) {
  static const char *names[CK_SIMD_COUNT] = {"scalar", "sse2", "avx2", "avx512", "neon"};
  random_source random = {0x1D8E4E27C47D124Fu};
  for (int i = 0; i < 64; i++) many_bits[i] = random_bits(&random) >> 8; /* so that the sum does not overflow */
  CHECK(ck_simd_supported(CK_SCALAR));
  CHECK(ck_simd_supported(ck_simd_best()));
  CHECK(!ck_simd_supported(CK_SIMD_COUNT));
  for (int simd = 0; simd < CK_SIMD_COUNT; simd++) {
    if (!ck_simd_supported((ck_simd)simd)) continue;
    CHECK(simd <= (int)ck_simd_best());
    CHECK(sum_with((ck_simd)simd) == sum_with(CK_SCALAR));
    fprintf(stderr, "%s\n", names[simd]); /* not to standard output: platforms differ */
  }
#if CK_HAS_X86
  CHECK(ck_simd_supported(CK_SSE2));
  CHECK(ck_simd_by_cpuid() == ck_simd_best()); /* clang-cl knows the first only, other compilers have the second */
#endif
#if CK_HAS_NEON
  CHECK(ck_simd_best() == CK_NEON);
#endif
  for (unsigned i = 0; i < 64; i++) {
    CHECK(ck_lowest_bit((uint64_t)1 << i) == i && ck_lowest_bit(UINT64_MAX << i) == i);
    CHECK(ck_count_bits((uint64_t)1 << i) == 1 && ck_count_bits(UINT64_MAX << i) == 64 - i);
    unsigned count = 0;
    for (unsigned k = 0; k < 64; k++) count += many_bits[i] >> k & 1;
    CHECK(ck_count_bits(many_bits[i]) == count);
  }
  printf("simd done\n");
  return 0;
}
