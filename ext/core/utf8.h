/* UTF-8: validation, decoding and encoding. */
#ifndef CK_UTF8_H
#define CK_UTF8_H

#include "core.h"
#include "simd.h"

/* ck_utf8_check without vectors. */
size_t ck_utf8_check_bytes(const uint8_t *s, size_t length);

/* Index of the first byte that is not part of well-formed UTF-8 (Unicode 17.0, table 3-7: no overlong forms, no
 * surrogates, nothing above U+10FFFF), or `length` if all of it is well formed. */
size_t ck_utf8_check_with(ck_simd simd, const uint8_t *s, size_t length);

/* The same with the fastest instructions of this processor. */
size_t ck_utf8_check(const uint8_t *s, size_t length);

/* The code point at s[0] and its length in bytes; s must be validated UTF-8. */
static inline uint32_t ck_utf8_decode(const uint8_t *s, unsigned *size) {
  uint8_t lead = s[0];
  if (lead < 0x80) {
    *size = 1;
    return lead;
  }
  if (lead < 0xE0) {
    *size = 2;
    return (uint32_t)(lead & 31) << 6 | (s[1] & 63u);
  }
  if (lead < 0xF0) {
    *size = 3;
    return (uint32_t)(lead & 15) << 12 | (uint32_t)(s[1] & 63) << 6 | (s[2] & 63u);
  }
  *size = 4;
  return (uint32_t)(lead & 7) << 18 | (uint32_t)(s[1] & 63) << 12 | (uint32_t)(s[2] & 63) << 6 | (s[3] & 63u);
}

/* Writes a code point (at most 4 bytes) and returns its length in bytes. */
static inline unsigned ck_utf8_encode(uint32_t code_point, uint8_t *out) {
  if (code_point < 0x80) {
    out[0] = (uint8_t)code_point;
    return 1;
  }
  if (code_point < 0x800) {
    out[0] = (uint8_t)(0xC0 | code_point >> 6);
    out[1] = (uint8_t)(0x80 | (code_point & 63));
    return 2;
  }
  if (code_point < 0x10000) {
    out[0] = (uint8_t)(0xE0 | code_point >> 12);
    out[1] = (uint8_t)(0x80 | (code_point >> 6 & 63));
    out[2] = (uint8_t)(0x80 | (code_point & 63));
    return 3;
  }
  out[0] = (uint8_t)(0xF0 | code_point >> 18);
  out[1] = (uint8_t)(0x80 | (code_point >> 12 & 63));
  out[2] = (uint8_t)(0x80 | (code_point >> 6 & 63));
  out[3] = (uint8_t)(0x80 | (code_point & 63));
  return 4;
}

/* Number of code points in validated UTF-8. */
static inline size_t ck_utf8_count(const uint8_t *s, size_t length) {
  size_t count = 0;
  for (size_t i = 0; i < length; i++) count += (s[i] & 0xC0) != 0x80;
  return count;
}

#endif
