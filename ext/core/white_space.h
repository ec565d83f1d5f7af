/* White space as bits, one for each byte of a text, 64 at a time.
 *
 * White space is that of Python's str.split(). Of its code points of two and three bytes only the first bytes are
 * searched in parallel; they are rare enough to be decoded one by one. All variants give the same bits. */
#ifndef CK_WHITE_SPACE_H
#define CK_WHITE_SPACE_H

#include "classes.h"
#include "simd.h"

enum { CK_BLOCK = 64 };

/* Masks of 64 bytes, the first one lowest. */
typedef struct {
  uint64_t white;  /* ASCII white space */
  uint64_t leads;  /* bytes that may begin multi-byte white space */
  uint64_t begins; /* bytes that begin a code point */
} ck_block_bits;

/* U+0009 to U+000D and U+001C to U+0020; then first bytes: C2 (U+0085, U+00A0), E1 (U+1680), E2
 * (U+2000 to U+205F), E3 (U+3000). */
enum {
  CK_WHITE_FIRST = 0x09,
  CK_WHITE_LAST = 0x0D,
  CK_WHITE_NEXT_FIRST = 0x1C,
  CK_WHITE_NEXT_LAST = 0x20,
  CK_WHITE_LEAD_TWO = 0xC2,
  CK_WHITE_LEAD_THREE_FIRST = 0xE1,
  CK_WHITE_LEAD_THREE_LAST = 0xE3,
  CK_LAST_CONTINUATION = 0xBF
};

/* --------------------------------------------------------------- scalar */

/* The upper bits of the bytes in [first, last]; the upper bits of all bytes must be clear. */
static inline uint64_t ck_bytes_between(uint64_t lower, unsigned first, unsigned last) {
  return (lower + (0x80 - first) * CK_ONES_8) & ~(lower + (0x7F - last) * CK_ONES_8);
}

/* The upper bits of eight bytes, gathered. */
static inline uint64_t ck_upper_bits(uint64_t bytes) {
  return (bytes >> 7 & CK_ONES_8) * 0x0102040810204080u >> 56;
}

CK_UNUSED static ck_block_bits ck_block_scalar(const uint8_t *p) {
  ck_block_bits bits = {0, 0, 0};
  for (unsigned i = 0; i < CK_BLOCK; i += 8) {
    uint64_t bytes = ck_load_little(p + i), lower = bytes & ~CK_TOPS_8;
    uint64_t white = ck_bytes_between(lower, CK_WHITE_FIRST, CK_WHITE_LAST) |
                     ck_bytes_between(lower, CK_WHITE_NEXT_FIRST, CK_WHITE_NEXT_LAST);
    uint64_t leads = ck_bytes_between(lower, CK_WHITE_LEAD_TWO & 0x7F, CK_WHITE_LEAD_TWO & 0x7F) |
                     ck_bytes_between(lower, CK_WHITE_LEAD_THREE_FIRST & 0x7F, CK_WHITE_LEAD_THREE_LAST & 0x7F);
    bits.white |= ck_upper_bits(white & ~bytes) << i;
    bits.leads |= ck_upper_bits(leads & bytes) << i;
    bits.begins |= ck_upper_bits(~bytes | bytes << 1) << i;
  }
  return bits;
}

/* ------------------------------------------------------------------ x86 */

#if CK_HAS_X86
static inline __m128i ck_between_sse2(__m128i bytes, unsigned first, unsigned last) {
  __m128i moved = _mm_sub_epi8(bytes, _mm_set1_epi8((char)first));
  return _mm_cmpeq_epi8(_mm_min_epu8(moved, _mm_set1_epi8((char)(last - first))), moved);
}

CK_UNUSED static ck_block_bits ck_block_sse2(const uint8_t *p) {
  ck_block_bits bits = {0, 0, 0};
  for (unsigned i = 0; i < CK_BLOCK; i += 16) {
    __m128i bytes = _mm_loadu_si128((const __m128i *)(p + i));
    __m128i white = _mm_or_si128(ck_between_sse2(bytes, CK_WHITE_FIRST, CK_WHITE_LAST),
                                 ck_between_sse2(bytes, CK_WHITE_NEXT_FIRST, CK_WHITE_NEXT_LAST));
    __m128i leads = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8((char)CK_WHITE_LEAD_TWO)),
                                 ck_between_sse2(bytes, CK_WHITE_LEAD_THREE_FIRST, CK_WHITE_LEAD_THREE_LAST));
    __m128i begins = _mm_cmpgt_epi8(bytes, _mm_set1_epi8((char)CK_LAST_CONTINUATION));
    bits.white |= (uint64_t)(unsigned)_mm_movemask_epi8(white) << i;
    bits.leads |= (uint64_t)(unsigned)_mm_movemask_epi8(leads) << i;
    bits.begins |= (uint64_t)(unsigned)_mm_movemask_epi8(begins) << i;
  }
  return bits;
}

CK_TARGET_AVX2 static inline __m256i ck_between_avx2(__m256i bytes, unsigned first, unsigned last) {
  __m256i moved = _mm256_sub_epi8(bytes, _mm256_set1_epi8((char)first));
  return _mm256_cmpeq_epi8(_mm256_min_epu8(moved, _mm256_set1_epi8((char)(last - first))), moved);
}

CK_TARGET_AVX2 CK_UNUSED static ck_block_bits ck_block_avx2(const uint8_t *p) {
  ck_block_bits bits = {0, 0, 0};
  for (unsigned i = 0; i < CK_BLOCK; i += 32) {
    __m256i bytes = _mm256_loadu_si256((const __m256i *)(p + i));
    __m256i white = _mm256_or_si256(ck_between_avx2(bytes, CK_WHITE_FIRST, CK_WHITE_LAST),
                                    ck_between_avx2(bytes, CK_WHITE_NEXT_FIRST, CK_WHITE_NEXT_LAST));
    __m256i leads = _mm256_or_si256(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8((char)CK_WHITE_LEAD_TWO)),
                                    ck_between_avx2(bytes, CK_WHITE_LEAD_THREE_FIRST, CK_WHITE_LEAD_THREE_LAST));
    __m256i begins = _mm256_cmpgt_epi8(bytes, _mm256_set1_epi8((char)CK_LAST_CONTINUATION));
    bits.white |= (uint64_t)(uint32_t)_mm256_movemask_epi8(white) << i;
    bits.leads |= (uint64_t)(uint32_t)_mm256_movemask_epi8(leads) << i;
    bits.begins |= (uint64_t)(uint32_t)_mm256_movemask_epi8(begins) << i;
  }
  return bits;
}

CK_TARGET_AVX512 static inline uint64_t ck_between_avx512(__m512i bytes, unsigned first, unsigned last) {
  return _mm512_cmple_epu8_mask(_mm512_sub_epi8(bytes, _mm512_set1_epi8((char)first)),
                                _mm512_set1_epi8((char)(last - first)));
}

CK_TARGET_AVX512 CK_UNUSED static ck_block_bits ck_block_avx512(const uint8_t *p) {
  __m512i bytes = _mm512_loadu_si512(p);
  ck_block_bits bits;
  bits.white = ck_between_avx512(bytes, CK_WHITE_FIRST, CK_WHITE_LAST) |
               ck_between_avx512(bytes, CK_WHITE_NEXT_FIRST, CK_WHITE_NEXT_LAST);
  bits.leads = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8((char)CK_WHITE_LEAD_TWO)) |
               ck_between_avx512(bytes, CK_WHITE_LEAD_THREE_FIRST, CK_WHITE_LEAD_THREE_LAST);
  bits.begins = _mm512_cmpgt_epi8_mask(bytes, _mm512_set1_epi8((char)CK_LAST_CONTINUATION));
  return bits;
}
#endif

/* ----------------------------------------------------------------- NEON */

#if CK_HAS_NEON
static inline uint8x16_t ck_between_neon(uint8x16_t bytes, unsigned first, unsigned last) {
  return vcleq_u8(vsubq_u8(bytes, vdupq_n_u8((uint8_t)first)), vdupq_n_u8((uint8_t)(last - first)));
}

/* A movemask of four vectors of 0 or 255: neighbours are added three times. */
static inline uint64_t ck_bits_neon(const uint8x16_t *bytes) {
  static const uint8_t weights[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  uint8x16_t weight = vld1q_u8(weights);
  uint8x16_t low = vpaddq_u8(vandq_u8(bytes[0], weight), vandq_u8(bytes[1], weight));
  uint8x16_t high = vpaddq_u8(vandq_u8(bytes[2], weight), vandq_u8(bytes[3], weight));
  uint8x16_t both = vpaddq_u8(low, high);
  return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(both, both)), 0);
}

CK_UNUSED static ck_block_bits ck_block_neon(const uint8_t *p) {
  uint8x16_t white[4], leads[4], begins[4];
  for (unsigned i = 0; i < 4; i++) {
    uint8x16_t bytes = vld1q_u8(p + 16 * i);
    white[i] = vorrq_u8(ck_between_neon(bytes, CK_WHITE_FIRST, CK_WHITE_LAST),
                        ck_between_neon(bytes, CK_WHITE_NEXT_FIRST, CK_WHITE_NEXT_LAST));
    leads[i] = vorrq_u8(vceqq_u8(bytes, vdupq_n_u8(CK_WHITE_LEAD_TWO)),
                        ck_between_neon(bytes, CK_WHITE_LEAD_THREE_FIRST, CK_WHITE_LEAD_THREE_LAST));
    begins[i] = vcgtq_s8(vreinterpretq_s8_u8(bytes), vdupq_n_s8((int8_t)CK_LAST_CONTINUATION));
  }
  ck_block_bits bits = {ck_bits_neon(white), ck_bits_neon(leads), ck_bits_neon(begins)};
  return bits;
}
#endif

/* --------------------------------------------------------------- blocks */

/* Population count, for baseline x86-64, which has no instruction for it. */
static inline uint32_t ck_ones(uint64_t mask) {
  mask -= mask >> 1 & 0x5555555555555555u;
  mask = (mask & 0x3333333333333333u) + (mask >> 2 & 0x3333333333333333u);
  return (uint32_t)(((mask + (mask >> 4)) & 0x0F0F0F0F0F0F0F0Fu) * CK_ONES_8 >> 56);
}

/* Writes the positions of all ones, and up to seven more items; returns their number. Eight at a time, since a loop
 * exit after each one would be unpredictable. */
static inline unsigned ck_bit_places(uint64_t bits, uint32_t *places) {
  const uint64_t top = (uint64_t)1 << (CK_BLOCK - 1);
  const unsigned count = ck_ones(bits);
  for (unsigned done = 0; done < count; done += 8) {
    for (unsigned i = 0; i < 8; i++) {
      places[done + i] = ck_lowest_bit(bits | top);
      bits &= bits - 1;
    }
  }
  return count;
}

typedef ck_block_bits (*ck_block_reader)(const uint8_t *p);

CK_UNUSED static ck_block_reader ck_block_reader_of(ck_simd simd) {
  switch (simd) {
#if CK_HAS_X86
    case CK_SSE2:
      return ck_block_sse2;
    case CK_AVX2:
      return ck_block_avx2;
    case CK_AVX512:
      return ck_block_avx512;
#endif
#if CK_HAS_NEON
    case CK_NEON:
      return ck_block_neon;
#endif
    default:
      return ck_block_scalar;
  }
}

/* Adds multi-byte white space to the bits of the block at p of a text that ends at `end`. Returns its part in the
 * next block. */
CK_UNUSED static uint64_t ck_block_rare(ck_block_bits *bits, const uint8_t *p, const uint8_t *end) {
  uint64_t spill = 0;
  for (uint64_t leads = bits->leads; leads; leads &= leads - 1) {
    unsigned place = ck_lowest_bit(leads);
    ck_point point = ck_point_at(p + place, end);
    uint8_t class = ck_class_of(point.entry);
    if (class != CK_CLASS_SPACE && class != CK_CLASS_BREAK) continue;
    uint64_t ones = ((uint64_t)1 << point.size) - 1;
    bits->white |= ones << place;
    if (place + point.size > CK_BLOCK) spill = ones >> (CK_BLOCK - place);
  }
  return spill;
}

#endif
