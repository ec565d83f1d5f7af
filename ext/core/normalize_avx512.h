/* The blocks of normalize_blocks.h for AVX-512 VBMI2: 64 bytes or 32 UCS-2 units. */
#ifndef CK_NORMALIZE_AVX512_H
#define CK_NORMALIZE_AVX512_H

#include "normalize_place.h"

#if CK_HAS_X86

#define CK_B(x) _mm512_set1_epi8((char)(x))

/* A page of 256 bytes. */
typedef struct {
  __m512i quarter[4];
} ck_page_avx512;

CK_TARGET_AVX512 static inline ck_page_avx512 ck_page_load_avx512(const uint8_t *lower, const uint8_t *upper) {
  ck_page_avx512 page = {{_mm512_loadu_si512(lower), _mm512_loadu_si512(lower + 64), _mm512_loadu_si512(upper),
                          _mm512_loadu_si512(upper + 64)}};
  return page;
}

/* `upper`: the indices of 128 and more. */
CK_TARGET_AVX512 static inline __m512i ck_page_get_avx512(const ck_page_avx512 *page, __m512i index, __mmask64 upper) {
  __m512i low = _mm512_permutex2var_epi8(page->quarter[0], index, page->quarter[1]);
  if (CK_LIKELY(!upper)) return low;
  return _mm512_mask_mov_epi8(low, upper, _mm512_permutex2var_epi8(page->quarter[2], index, page->quarter[3]));
}

typedef struct {
  ck_page_avx512 arabic, arabic_kind, latin, latin_kind, ascii;
} ck_pages_avx512;

CK_TARGET_AVX512 static inline void ck_pages_load_avx512(const ck_block_tables *tables, ck_pages_avx512 *pages) {
  const ck_half *half = tables->half;
  pages->arabic = ck_page_load_avx512(half[CK_ARABIC].letter, half[CK_ARABIC_UPPER].letter);
  pages->arabic_kind = ck_page_load_avx512(half[CK_ARABIC].kind, half[CK_ARABIC_UPPER].kind);
  pages->latin = ck_page_load_avx512(half[CK_ASCII].letter, half[CK_LATIN].letter);
  pages->latin_kind = ck_page_load_avx512(half[CK_ASCII].kind, half[CK_LATIN].kind);
  pages->ascii = ck_page_load_avx512(tables->ascii, tables->ascii);
}

CK_TARGET_AVX512 CK_UNUSED static ck_code ck_blocks_utf8_avx512(const ck_program *program, const uint8_t *s, size_t n,
                                                                size_t stop, uint8_t *out, ck_map *map, ck_place *place,
                                                                ck_error *error) {
  (void)map; /* only for strings */
  (void)error;
  ck_pages_avx512 pages;
  ck_pages_load_avx512(&program->blocks, &pages);
  const __m512i ascending =
      _mm512_set_epi64(0x3F3E3D3C3B3A3938, 0x3736353433323130, 0x2F2E2D2C2B2A2928, 0x2726252423222120,
                       0x1F1E1D1C1B1A1918, 0x1716151413121110, 0x0F0E0D0C0B0A0908, 0x0706050403020100);
  const __m512i next = _mm512_add_epi8(ascending, CK_B(1)), before = _mm512_sub_epi8(ascending, CK_B(1));
  size_t i = place->in, o = place->out;
  while (i < stop) {
    __mmask64 inside = ck_low_bits(n - i);
    __m512i bytes = _mm512_maskz_loadu_epi8(inside, s + i);
    __mmask64 ascii = inside & ~_mm512_movepi8_mask(bytes);
    __mmask64 latin = _mm512_cmpeq_epi8_mask(_mm512_and_si512(bytes, CK_B(0xFE)), CK_B(0xC2));
    __mmask64 lead = _mm512_cmpeq_epi8_mask(_mm512_and_si512(bytes, CK_B(0xFC)), CK_B(0xD8)) | latin;
    __mmask64 continuation = _mm512_cmplt_epi8_mask(bytes, CK_B(0xC0)); /* signed: 80 to BF are the lowest */
    inside &= ~(lead & (__mmask64)1 << 63);
    lead &= inside & continuation >> 1;
    latin &= lead;
    __mmask64 pair = lead | lead << 1, odd = inside & ~(ascii | pair);
    latin |= latin << 1;
    __m512i second = _mm512_mask_permutexvar_epi8(bytes, lead, next, bytes);
    __m512i first = _mm512_mask_mov_epi8(_mm512_permutexvar_epi8(before, bytes), lead, bytes);
    /* second where the bit of 0x3F is set, else first << 6 */
    __m512i index = _mm512_ternarylogic_epi64(CK_B(0x3F), second, _mm512_slli_epi16(first, 6), 0xCA);
    __mmask64 upper = pair & ~latin & _mm512_movepi8_mask(index);
    __m512i letter = ck_page_get_avx512(&pages.arabic, index, upper);
    __m512i kind = ck_page_get_avx512(&pages.arabic_kind, index, upper);
    __m512i plain = ck_page_get_avx512(&pages.ascii, bytes, 0);
    __m512i high = _mm512_and_si512(_mm512_srli_epi16(letter, 6), CK_B(3));
    /* (letter & 0x3F) | 0x80 */
    __m512i low = _mm512_ternarylogic_epi64(letter, CK_B(0x3F), CK_B(0x80), 0xEA);
    __mmask64 marked = _mm512_mask_test_epi8_mask(pair, kind, kind) | (ascii & _mm512_movepi8_mask(plain));
    if (CK_LIKELY(!(marked | odd | latin))) {
      __m512i result = _mm512_mask_mov_epi8(plain, pair, low);
      result = _mm512_mask_mov_epi8(result, lead, _mm512_or_si512(high, CK_B(0xD8)));
      _mm512_storeu_si512(out + o, result);
      i += ck_count_bits(inside);
      o += ck_count_bits(inside);
      continue;
    }
    if (latin) {
      letter = _mm512_mask_mov_epi8(letter, latin, ck_page_get_avx512(&pages.latin, index, latin));
      kind = _mm512_mask_mov_epi8(kind, latin, ck_page_get_avx512(&pages.latin_kind, index, latin));
      high = _mm512_and_si512(_mm512_srli_epi16(letter, 6), CK_B(3));
      low = _mm512_ternarylogic_epi64(letter, CK_B(0x3F), CK_B(0x80), 0xEA);
    }
    __mmask64 to_latin = _mm512_mask_cmpeq_epi8_mask(pair, kind, CK_B(CK_TO_LATIN));
    __mmask64 to_ascii = to_latin & ~_mm512_movepi8_mask(letter);
    __mmask64 removed = _mm512_mask_cmpeq_epi8_mask(pair, kind, CK_B(CK_TO_NOTHING)) | (lead & to_ascii) |
                        _mm512_mask_cmpeq_epi8_mask(ascii, plain, CK_B(CK_ASCII_NOTHING));
    __mmask64 ask = odd | _mm512_mask_cmpeq_epi8_mask(pair, kind, CK_B(CK_TO_ASK)) |
                    _mm512_mask_cmpeq_epi8_mask(ascii, plain, CK_B(CK_ASCII_ASK));
    if (ask) inside &= (ask & (0 - ask)) - 1;
    __m512i result = _mm512_mask_mov_epi8(plain, pair, low);
    __m512i leads = _mm512_mask_mov_epi8(CK_B(0xD8), to_latin, CK_B(0xC0));
    result = _mm512_mask_mov_epi8(result, lead, _mm512_or_si512(high, leads));
    result = _mm512_mask_mov_epi8(result, to_ascii, letter);
    __mmask64 kept = inside & ~removed;
    _mm512_storeu_si512(out + o, _mm512_maskz_compress_epi8(kept, result));
    i += ck_count_bits(inside);
    o += ck_count_bits(kept);
    if (ask) break;
  }
  place->in = i;
  place->out = o;
  return CK_OK;
}

/* 32 units of UCS-2 or, if `wide`, UCS-4. */
CK_TARGET_AVX512 static inline __m512i ck_units_load_avx512(const void *s, bool wide, __mmask32 inside,
                                                            __mmask32 *beyond) {
  *beyond = 0;
  if (!wide) return _mm512_maskz_loadu_epi16(inside, s);
  __m512i begin = _mm512_maskz_loadu_epi32((__mmask16)inside, s);
  __m512i end = _mm512_maskz_loadu_epi32((__mmask16)(inside >> 16), (const uint8_t *)s + 64);
  const __m512i last = _mm512_set1_epi32(0xFFFF);
  *beyond = _mm512_cmpgt_epu32_mask(begin, last) | (__mmask32)_mm512_cmpgt_epu32_mask(end, last) << 16;
  __m512i units = _mm512_castsi256_si512(_mm512_cvtepi32_epi16(begin));
  return _mm512_inserti64x4(units, _mm512_cvtepi32_epi16(end), 1);
}

CK_TARGET_AVX512 static inline void ck_units_store_avx512(void *out, bool wide, __m512i units) {
  if (!wide) {
    _mm512_storeu_si512(out, units);
    return;
  }
  _mm512_storeu_si512(out, _mm512_cvtepu16_epi32(_mm512_castsi512_si256(units)));
  _mm512_storeu_si512((uint8_t *)out + 64, _mm512_cvtepu16_epi32(_mm512_extracti64x4_epi64(units, 1)));
}

CK_TARGET_AVX512 static inline ck_code ck_blocks_units_avx512(const ck_program *program, const uint8_t *s, bool wide,
                                                              size_t n, size_t stop, uint8_t *out, ck_map *map,
                                                              ck_place *place, ck_error *error) {
  ck_pages_avx512 pages;
  ck_pages_load_avx512(&program->blocks, &pages);
  const size_t size = wide ? 4 : 2;
  const __m512i low_byte = _mm512_set1_epi16(0xFF), arabic_page = _mm512_set1_epi16(0x600);
  size_t i = place->in, o = place->out;
  while (i < stop) {
    __mmask32 inside = (__mmask32)ck_low_bits(n - i), ask = 0, beyond;
    __m512i units = ck_units_load_avx512(s + i * size, wide, inside, &beyond);
    __m512i page = _mm512_andnot_si512(low_byte, units);
    __mmask32 arabic = _mm512_cmpeq_epi16_mask(page, arabic_page);
    __mmask32 other = (__mmask32) ~(arabic | _mm512_testn_epi16_mask(page, page)) | beyond;
    /* bytes at odd positions are looked up too and discarded */
    __mmask64 upper = _mm512_movepi8_mask(_mm512_and_si512(units, low_byte));
    __m512i letter = ck_page_get_avx512(&pages.latin, units, upper);
    __m512i kind = ck_page_get_avx512(&pages.latin_kind, units, upper);
    letter = _mm512_mask_mov_epi16(letter, arabic, ck_page_get_avx512(&pages.arabic, units, upper));
    kind = _mm512_mask_mov_epi16(kind, arabic, ck_page_get_avx512(&pages.arabic_kind, units, upper));
    __mmask32 to_latin = _mm512_test_epi16_mask(kind, _mm512_set1_epi16(CK_TO_LATIN));
    __mmask32 marked = _mm512_test_epi16_mask(kind, _mm512_set1_epi16(CK_TO_NOTHING)) | other;
    __m512i pages_of = _mm512_maskz_mov_epi16((__mmask32)~to_latin, arabic_page);
    /* (letter & 0xFF) | page */
    __m512i result = _mm512_ternarylogic_epi64(letter, low_byte, pages_of, 0xEA);
    __mmask32 kept = inside;
    if (marked & inside) {
      ask = inside & (other | (marked & to_latin)); /* CK_TO_ASK has the bits of both */
      if (ask) inside &= (ask & (0 - ask)) - 1;
      kept = inside & ~marked;
      result = _mm512_maskz_compress_epi16(kept, result);
    }
    ck_units_store_avx512(out + o * size, wide, result);
    CK_TRY(map && ck_map_add_kept(map, o, i, kept, error));
    i += ck_count_bits(inside);
    o += ck_count_bits(kept);
    if (ask) break;
  }
  place->in = i;
  place->out = o;
  return CK_OK;
}

CK_TARGET_AVX512 CK_UNUSED static ck_code ck_blocks_ucs2_avx512(const ck_program *program, const uint16_t *s, size_t n,
                                                                size_t stop, uint16_t *out, ck_map *map,
                                                                ck_place *place, ck_error *error) {
  return ck_blocks_units_avx512(program, (const uint8_t *)s, false, n, stop, (uint8_t *)out, map, place, error);
}

CK_TARGET_AVX512 CK_UNUSED static ck_code ck_blocks_ucs4_avx512(const ck_program *program, const uint32_t *s, size_t n,
                                                                size_t stop, uint32_t *out, ck_map *map,
                                                                ck_place *place, ck_error *error) {
  return ck_blocks_units_avx512(program, (const uint8_t *)s, true, n, stop, (uint8_t *)out, map, place, error);
}

/* A Latin-1 text takes this path only if its result is Latin-1 too. */
CK_TARGET_AVX512 CK_UNUSED static ck_code ck_blocks_ucs1_avx512(const ck_program *program, const uint8_t *s, size_t n,
                                                                size_t stop, uint8_t *out, ck_map *map, ck_place *place,
                                                                ck_error *error) {
  ck_pages_avx512 pages;
  ck_pages_load_avx512(&program->blocks, &pages);
  size_t i = place->in, o = place->out;
  while (i < stop) {
    __mmask64 inside = ck_low_bits(n - i), ask = 0;
    __m512i units = _mm512_maskz_loadu_epi8(inside, s + i);
    __mmask64 upper = _mm512_movepi8_mask(units);
    __m512i result = ck_page_get_avx512(&pages.latin, units, upper);
    __m512i kind = ck_page_get_avx512(&pages.latin_kind, units, upper);
    __mmask64 marked = inside & _mm512_cmpneq_epi8_mask(kind, CK_B(CK_TO_LATIN)), kept = inside;
    if (marked) {
      ask = marked & _mm512_cmpneq_epi8_mask(kind, CK_B(CK_TO_NOTHING));
      if (ask) inside &= (ask & (0 - ask)) - 1;
      kept = inside & ~marked;
      result = _mm512_maskz_compress_epi8(kept, result);
    }
    _mm512_storeu_si512(out + o, result);
    CK_TRY(map && ck_map_add_kept(map, o, i, kept, error));
    i += ck_count_bits(inside);
    o += ck_count_bits(kept);
    if (ask) break;
  }
  place->in = i;
  place->out = o;
  return CK_OK;
}

#undef CK_B

#endif
#endif
