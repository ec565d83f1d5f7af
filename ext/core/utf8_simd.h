/* Validation of UTF-8, 64 bytes at a time.
 *
 * A block becomes a few masks of one bit a byte. Without bytes from E0 on, it is valid if no byte is C0 or C1 and the
 * continuation bytes are exactly those that follow a lead. A block with such bytes follows the same rule: which bytes
 * must be continuations, and four leads that restrict their second byte. In an invalid block, ck_utf8_check_bytes
 * (utf8.h) finds the byte. */
#ifndef CK_UTF8_SIMD_H
#define CK_UTF8_SIMD_H

#include "core.h"
#include "simd.h"

enum { CK_UTF8_BLOCK = 64 };

/* What the end of a block requires of the next one. */
typedef struct {
  uint64_t expected;       /* continuation bytes at its start */
  uint64_t e0, ed, f0, f4; /* 1: the last byte was this lead */
} ck_utf8_state;

/* The masks of a block: leads of two bytes and more, of three and more, of four; bytes that are never valid; leads
 * that restrict their second byte; bytes below 90 and A0. */
typedef struct {
  uint64_t continuation, two, three, four, never, e0, ed, f0, f4, below_90, below_a0;
} ck_utf8_masks;

static inline bool ck_utf8_block_is_sound(ck_utf8_state *state, const ck_utf8_masks *m) {
  uint64_t expected = m->two << 1 | m->three << 2 | m->four << 3 | state->expected;
  uint64_t wrong = (expected ^ m->continuation) | m->never;
  wrong |= (m->e0 << 1 | state->e0) & m->below_a0;
  wrong |= (m->ed << 1 | state->ed) & ~m->below_a0;
  wrong |= (m->f0 << 1 | state->f0) & m->below_90;
  wrong |= (m->f4 << 1 | state->f4) & ~m->below_90;
  state->expected = m->two >> 63 | m->three >> 62 | m->four >> 61;
  state->e0 = m->e0 >> 63;
  state->ed = m->ed >> 63;
  state->f0 = m->f0 >> 63;
  state->f4 = m->f4 >> 63;
  return !wrong;
}

#if CK_HAS_X86
#define CK_ISA(name) name##_avx512
#define CK_TARGET CK_TARGET_AVX512
typedef __m512i ck_b64_avx512;
CK_TARGET static inline void ck_b64_load_avx512(const uint8_t *s, ck_b64_avx512 *block) {
  *block = _mm512_loadu_si512(s);
}
CK_TARGET static inline uint64_t ck_b64_high_avx512(const ck_b64_avx512 *block) {
  return _mm512_movepi8_mask(*block);
}
CK_TARGET static inline uint64_t ck_b64_equal_avx512(const ck_b64_avx512 *block, uint8_t byte) {
  return _mm512_cmpeq_epi8_mask(*block, _mm512_set1_epi8((char)byte));
}
CK_TARGET static inline uint64_t ck_b64_from_avx512(const ck_b64_avx512 *block, uint8_t byte) {
  return _mm512_cmpge_epu8_mask(*block, _mm512_set1_epi8((char)byte));
}
#include "utf8_kernel.h"
#undef CK_ISA
#undef CK_TARGET

#define CK_ISA(name) name##_avx2
#define CK_TARGET CK_TARGET_AVX2
typedef struct {
  __m256i v[2];
} ck_b64_avx2;
CK_TARGET static inline void ck_b64_load_avx2(const uint8_t *s, ck_b64_avx2 *block) {
  for (int k = 0; k < 2; k++) block->v[k] = _mm256_loadu_si256((const __m256i *)(s + 32 * k));
}
CK_TARGET static inline uint64_t ck_b64_bits_avx2(__m256i low, __m256i high) {
  return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}
CK_TARGET static inline uint64_t ck_b64_high_avx2(const ck_b64_avx2 *block) {
  return ck_b64_bits_avx2(block->v[0], block->v[1]);
}
CK_TARGET static inline uint64_t ck_b64_equal_avx2(const ck_b64_avx2 *block, uint8_t byte) {
  const __m256i x = _mm256_set1_epi8((char)byte);
  return ck_b64_bits_avx2(_mm256_cmpeq_epi8(block->v[0], x), _mm256_cmpeq_epi8(block->v[1], x));
}
CK_TARGET static inline uint64_t ck_b64_from_avx2(const ck_b64_avx2 *block, uint8_t byte) {
  const __m256i x = _mm256_set1_epi8((char)byte);
  return ck_b64_bits_avx2(_mm256_cmpeq_epi8(_mm256_max_epu8(block->v[0], x), block->v[0]),
                          _mm256_cmpeq_epi8(_mm256_max_epu8(block->v[1], x), block->v[1]));
}
#include "utf8_kernel.h"
#undef CK_ISA
#undef CK_TARGET

#define CK_ISA(name) name##_sse2
#define CK_TARGET
typedef struct {
  __m128i v[4];
} ck_b64_sse2;
static inline void ck_b64_load_sse2(const uint8_t *s, ck_b64_sse2 *block) {
  for (int k = 0; k < 4; k++) block->v[k] = _mm_loadu_si128((const __m128i *)(s + 16 * k));
}
static inline uint64_t ck_b64_high_sse2(const ck_b64_sse2 *block) {
  uint64_t bits = 0;
  for (int k = 0; k < 4; k++) bits |= (uint64_t)(uint32_t)_mm_movemask_epi8(block->v[k]) << (16 * k);
  return bits;
}
static inline uint64_t ck_b64_equal_sse2(const ck_b64_sse2 *block, uint8_t byte) {
  const __m128i x = _mm_set1_epi8((char)byte);
  ck_b64_sse2 equal;
  for (int k = 0; k < 4; k++) equal.v[k] = _mm_cmpeq_epi8(block->v[k], x);
  return ck_b64_high_sse2(&equal);
}
static inline uint64_t ck_b64_from_sse2(const ck_b64_sse2 *block, uint8_t byte) {
  const __m128i x = _mm_set1_epi8((char)byte);
  ck_b64_sse2 from;
  for (int k = 0; k < 4; k++) from.v[k] = _mm_cmpeq_epi8(_mm_max_epu8(block->v[k], x), block->v[k]);
  return ck_b64_high_sse2(&from);
}
#include "utf8_kernel.h"
#undef CK_ISA
#undef CK_TARGET
#endif

#if CK_HAS_NEON
#define CK_ISA(name) name##_neon
#define CK_TARGET
typedef uint8x16x4_t ck_b64_neon;
static inline void ck_b64_load_neon(const uint8_t *s, ck_b64_neon *block) {
  for (int k = 0; k < 4; k++) block->val[k] = vld1q_u8(s + 16 * k);
}
/* A movemask: each byte keeps a bit of its own, and neighbours are added three times. */
static inline uint64_t ck_b64_bits_neon(ck_b64_neon truth) {
  static const uint8_t bit_of[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  const uint8x16_t bit = vld1q_u8(bit_of);
  for (int k = 0; k < 4; k++) truth.val[k] = vandq_u8(truth.val[k], bit);
  uint8x16_t low = vpaddq_u8(truth.val[0], truth.val[1]), high = vpaddq_u8(truth.val[2], truth.val[3]);
  uint8x16_t sums = vpaddq_u8(low, high);
  return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(sums, sums)), 0);
}
static inline uint64_t ck_b64_equal_neon(const ck_b64_neon *block, uint8_t byte) {
  ck_b64_neon truth;
  for (int k = 0; k < 4; k++) truth.val[k] = vceqq_u8(block->val[k], vdupq_n_u8(byte));
  return ck_b64_bits_neon(truth);
}
static inline uint64_t ck_b64_from_neon(const ck_b64_neon *block, uint8_t byte) {
  ck_b64_neon truth;
  for (int k = 0; k < 4; k++) truth.val[k] = vcgeq_u8(block->val[k], vdupq_n_u8(byte));
  return ck_b64_bits_neon(truth);
}
static inline uint64_t ck_b64_high_neon(const ck_b64_neon *block) {
  return ck_b64_from_neon(block, 0x80);
}
#include "utf8_kernel.h"
#undef CK_ISA
#undef CK_TARGET
#endif

#endif
