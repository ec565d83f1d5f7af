/* The functions required by normalize_lanes_kernel.h, with AVX2. */
#ifndef CK_NORMALIZE_AVX2_H
#define CK_NORMALIZE_AVX2_H

#include "normalize_place.h"

#if CK_HAS_X86

#define CK_ISA(name) name##_avx2
#define CK_TARGET CK_TARGET_AVX2
#define CK_VEC __m256i
#define CK_WIDTH 32

CK_TARGET static inline __m256i ck_v_load_avx2(const uint8_t *from) {
  return _mm256_loadu_si256((const __m256i *)from);
}
CK_TARGET static inline void ck_v_store_avx2(uint8_t *to, __m256i a) {
  _mm256_storeu_si256((__m256i *)to, a);
}
CK_TARGET static inline __m256i ck_v_set_avx2(uint8_t a) {
  return _mm256_set1_epi8((char)a);
}
CK_TARGET static inline __m256i ck_v_and_avx2(__m256i a, __m256i b) {
  return _mm256_and_si256(a, b);
}
CK_TARGET static inline __m256i ck_v_or_avx2(__m256i a, __m256i b) {
  return _mm256_or_si256(a, b);
}
CK_TARGET static inline __m256i ck_v_equal_avx2(__m256i a, __m256i b) {
  return _mm256_cmpeq_epi8(a, b);
}
/* bit by bit: `truth` may be any mask */
CK_TARGET static inline __m256i ck_v_select_avx2(__m256i truth, __m256i a, __m256i b) {
  return _mm256_or_si256(_mm256_and_si256(truth, a), _mm256_andnot_si256(truth, b));
}
CK_TARGET static inline uint64_t ck_v_bits_avx2(__m256i a) {
  return (uint32_t)_mm256_movemask_epi8(a);
}
CK_TARGET static inline __m256i ck_v_top_avx2(__m256i a) {
  return _mm256_cmpgt_epi8(_mm256_setzero_si256(), a);
}
CK_TARGET static inline __m256i ck_v_before_avx2(__m256i a) {
  return _mm256_alignr_epi8(a, _mm256_permute2x128_si256(a, a, 0x08), 15);
}
CK_TARGET static inline __m256i ck_v_next_avx2(__m256i a) {
  return _mm256_alignr_epi8(_mm256_permute2x128_si256(a, a, 0x81), a, 1);
}
CK_TARGET static inline __m256i ck_v_left6_avx2(__m256i a) {
  return _mm256_slli_epi16(a, 6);
}
CK_TARGET static inline __m256i ck_v_right6_avx2(__m256i a) {
  return _mm256_and_si256(_mm256_srli_epi16(a, 6), _mm256_set1_epi8(3));
}

/* 128 bytes as eight rows of 16: a look-up in each row, then a selection of the row by three bits of the index. */
CK_TARGET static inline __m256i ck_v_get_avx2(const uint8_t *table, __m256i index) {
  const __m256i column = _mm256_and_si256(index, _mm256_set1_epi8(15));
  __m256i row[8];
  for (int r = 0; r < 8; r++) {
    __m256i bytes = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(table + 16 * r)));
    row[r] = _mm256_shuffle_epi8(bytes, column);
  }
  for (int bit = 4; bit < 7; bit++) {
    __m256i which = _mm256_slli_epi16(index, 7 - bit); /* the bit of the index in the top bit */
    for (int r = 0; r < 8 >> (bit - 3); r++) row[r] = _mm256_blendv_epi8(row[2 * r], row[2 * r + 1], which);
  }
  return row[0];
}
CK_TARGET static inline __m256i ck_v_letter_avx2(const ck_half *half, __m256i index) {
  return ck_v_get_avx2(half->letter, index);
}
CK_TARGET static inline __m256i ck_v_kind_avx2(const ck_half *half, __m256i index) {
  return ck_v_get_avx2(half->kind, index);
}
CK_TARGET static inline __m256i ck_v_marked_avx2(const ck_half *half, __m256i index) {
  const __m256i bit_of_row = _mm256_set1_epi64x((long long)0x8040201008040201u);
  __m256i bits = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)half->marked_bits));
  __m256i row = _mm256_and_si256(_mm256_srli_epi16(index, 4), _mm256_set1_epi8(7));
  __m256i column = _mm256_and_si256(index, _mm256_set1_epi8(15));
  return _mm256_and_si256(_mm256_shuffle_epi8(bits, column), _mm256_shuffle_epi8(bit_of_row, row));
}

/* The 64-bit quarters are in the order 0 2 1 3, which the permutation restores. */
CK_TARGET static inline void ck_v_split_avx2(const uint16_t *s, __m256i *low, __m256i *high) {
  const __m256i low_byte = _mm256_set1_epi16(0xFF);
  __m256i a = _mm256_loadu_si256((const __m256i *)s), b = _mm256_loadu_si256((const __m256i *)(s + 16));
  __m256i lows = _mm256_packus_epi16(_mm256_and_si256(a, low_byte), _mm256_and_si256(b, low_byte));
  __m256i highs = _mm256_packus_epi16(_mm256_srli_epi16(a, 8), _mm256_srli_epi16(b, 8));
  *low = _mm256_permute4x64_epi64(lows, 0xD8);
  *high = _mm256_permute4x64_epi64(highs, 0xD8);
}
CK_TARGET static inline void ck_v_join_avx2(__m256i low, __m256i high, uint16_t *out) {
  low = _mm256_permute4x64_epi64(low, 0xD8);
  high = _mm256_permute4x64_epi64(high, 0xD8);
  _mm256_storeu_si256((__m256i *)out, _mm256_unpacklo_epi8(low, high));
  _mm256_storeu_si256((__m256i *)(out + 16), _mm256_unpackhi_epi8(low, high));
}
CK_TARGET static inline void ck_v_pack_avx2(const uint8_t *from, const uint8_t *shuffle, uint8_t *to) {
  __m128i bytes = _mm_loadl_epi64((const __m128i *)from);
  _mm_storel_epi64((__m128i *)to, _mm_shuffle_epi8(bytes, _mm_loadl_epi64((const __m128i *)shuffle)));
}

#include "normalize_lanes_kernel.h"

#undef CK_ISA
#undef CK_TARGET
#undef CK_VEC
#undef CK_WIDTH

#endif
#endif
