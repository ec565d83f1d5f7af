/* The blocks of normalize_blocks.h for SSE2, which has no look-up: for UTF-8 only, where it finds the starts of the
 * code points. They are then looked up one by one, without a dependency on the length of the previous one. */
#ifndef CK_NORMALIZE_SSE2_H
#define CK_NORMALIZE_SSE2_H

#include "normalize_place.h"

#if CK_HAS_X86

CK_UNUSED static ck_code ck_blocks_utf8_sse2(const ck_program *program, const uint8_t *s, size_t n, size_t stop,
                                             uint8_t *out, ck_map *map, ck_place *place, ck_error *error) {
  (void)map; /* only for strings */
  (void)error;
  size_t i = place->in, o = place->out;
  while (i < stop) {
    uint8_t rest[65] = {0};
    const uint8_t *from = s + i;
    if (CK_UNLIKELY(n - i < sizeof rest)) from = (const uint8_t *)memcpy(rest, s + i, n - i);
    uint64_t high = 0, begins = 0, odd = 0; /* odd: not a part of valid UTF-8 of one or two bytes */
    for (unsigned k = 0; k < 64; k += 16) {
      __m128i bytes = _mm_loadu_si128((const __m128i *)(from + k));
      high |= (uint64_t)(uint32_t)_mm_movemask_epi8(bytes) << k;
      begins |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpgt_epi8(bytes, _mm_set1_epi8((char)0xBF))) << k;
      __m128i three = _mm_cmpeq_epi8(_mm_max_epu8(bytes, _mm_set1_epi8((char)0xE0)), bytes);
      __m128i overlong = _mm_cmpeq_epi8(_mm_and_si128(bytes, _mm_set1_epi8((char)0xFE)), _mm_set1_epi8((char)0xC0));
      odd |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_or_si128(three, overlong)) << k;
    }
    uint64_t inside = ck_low_bits(n - i < 64 ? n - i : 64);
    uint64_t continuation = high & ~begins, after_lead = (high & begins) << 1;
    uint64_t followed = continuation >> 1 | (uint64_t)((from[64] & 0xC0) == 0x80) << 63;
    odd |= (continuation & ~after_lead) | (high & begins & ~followed);
    odd &= inside;
    if (odd) inside &= (odd & (0 - odd)) - 1;
    begins &= inside;
    unsigned last = ck_count_bits(inside) + (unsigned)((begins & high) >> 63);
    for (; begins; begins &= begins - 1) {
      unsigned k = ck_lowest_bit(begins);
      uint8_t lead = from[k];
      size_t two = lead >> 7, both = 128 + ((size_t)(lead & 31) << 6 | (from[k + 1] & 63));
      const ck_short *entry = &program->bytes[lead ^ ((lead ^ both) & (0 - two))];
      if (CK_UNLIKELY(entry->ask)) {
        last = k;
        odd = 1;
        break;
      }
      memcpy(out + o, entry->bytes, 2);
      o += entry->size;
    }
    i += last;
    if (odd) break;
  }
  place->in = i;
  place->out = o;
  return CK_OK;
}

#endif
#endif
