/* An order-preserving code for text in which an Arabic letter takes one byte.
 *
 *   U+0000  - U+007F    00 - 7F
 *   U+0080  - U+061F    80 - 85 and a byte
 *   U+0620  - U+067F    86 - E5, the letters, marks and digits of Arabic
 *   U+0680  - U+077F    E6 and a byte
 *   U+0780  - U+FFFF    E7 and two bytes
 *   U+10000 - U+10FFFF  E8 - F7 and two bytes
 *
 * Arabic text takes half of its bytes in UTF-8, so that eight bytes are eight letters, which are usually enough to
 * distinguish two n-grams. UTF-8 preserves the order of code points too, so codes and texts have the same order. */
#ifndef CK_LETTER_CODE_H
#define CK_LETTER_CODE_H

#include "core.h"
#include "utf8.h"

enum {
  CK_CODE_BEFORE = 0x80, /* the first lead byte of the code points before the letters */
  CK_CODE_LETTERS = 0x86,
  CK_CODE_BEHIND = 0xE6,
  CK_CODE_FAR = 0xE7,
  CK_CODE_FARTHEST = 0xE8,
  CK_CODE_NONE = 0xF8,
  CK_FIRST_BEFORE = 0x80, /* the first code points of these */
  CK_FIRST_LETTER = 0x620,
  CK_FIRST_BEHIND = 0x680,
  CK_FIRST_FAR = 0x780,
  CK_FIRST_FARTHEST = 0x10000,
  CK_MOST_CODE = 3 /* bytes per code point */
};

/* Writes the code of a code point; returns its end. */
static inline uint8_t *ck_put_code(uint8_t *to, uint32_t code_point) {
  if (code_point < CK_FIRST_BEFORE) {
    *to++ = (uint8_t)code_point;
  } else if (code_point - CK_FIRST_LETTER < CK_FIRST_BEHIND - CK_FIRST_LETTER) {
    *to++ = (uint8_t)(code_point - CK_FIRST_LETTER + CK_CODE_LETTERS);
  } else if (code_point < CK_FIRST_LETTER) {
    *to++ = (uint8_t)(CK_CODE_BEFORE + ((code_point - CK_FIRST_BEFORE) >> 8));
    *to++ = (uint8_t)(code_point - CK_FIRST_BEFORE);
  } else if (code_point < CK_FIRST_FAR) {
    *to++ = CK_CODE_BEHIND;
    *to++ = (uint8_t)(code_point - CK_FIRST_BEHIND);
  } else {
    bool is_far = code_point < CK_FIRST_FARTHEST;
    uint32_t offset = code_point - (is_far ? CK_FIRST_FAR : CK_FIRST_FARTHEST);
    *to++ = (uint8_t)(is_far ? CK_CODE_FAR : CK_CODE_FARTHEST + (offset >> 16));
    *to++ = (uint8_t)(offset >> 8);
    *to++ = (uint8_t)offset;
  }
  return to;
}

/* Encodes validated UTF-8, at most 3 bytes for each 2 of it; returns the end of the code. */
static inline uint8_t *ck_put_codes(uint8_t *to, const uint8_t *text, size_t length) {
  for (size_t i = 0; i < length;) {
    unsigned size;
    to = ck_put_code(to, ck_utf8_decode(text + i, &size));
    i += size;
  }
  return to;
}

/* Decodes the code point at code[0], whose code has several bytes, *size; 0 if it is invalid. */
static uint32_t ck_code_point(const uint8_t *code, size_t length, unsigned *size) {
  uint8_t lead = code[0];
  *size = lead >= CK_CODE_FAR ? 3 : 2;
  if (lead >= CK_CODE_NONE || length < *size) return 0;
  if (lead < CK_CODE_LETTERS) {
    uint32_t point = (uint32_t)(lead - CK_CODE_BEFORE) << 8 | code[1];
    return point < CK_FIRST_LETTER - CK_FIRST_BEFORE ? point + CK_FIRST_BEFORE : 0;
  }
  if (lead == CK_CODE_BEHIND) return code[1] + (uint32_t)CK_FIRST_BEHIND;
  uint32_t point = (uint32_t)code[1] << 8 | code[2];
  if (lead >= CK_CODE_FARTHEST) return (point | (uint32_t)(lead - CK_CODE_FARTHEST) << 16) + CK_FIRST_FARTHEST;
  point += CK_FIRST_FAR;
  return point >= CK_FIRST_FARTHEST || (point >= 0xD800 && point < 0xE000) ? 0 : point;
}

/* Decodes to UTF-8, at most 2 bytes for each byte of the code, and may write beyond it; returns its end, or NULL if
 * the code is invalid. */
CK_UNUSED static uint8_t *ck_put_text(uint8_t *to, const uint8_t *code, size_t length) {
  for (size_t i = 0; i < length;) {
    uint8_t byte = code[i];
    if (CK_LIKELY(byte < CK_CODE_BEFORE || (uint8_t)(byte - CK_CODE_LETTERS) < CK_CODE_BEHIND - CK_CODE_LETTERS)) {
      uint32_t letter = byte + (uint32_t)(CK_FIRST_LETTER - CK_CODE_LETTERS), is_letter = byte >> 7;
      to[0] = (uint8_t)(is_letter ? 0xC0 | letter >> 6 : byte);
      to[1] = (uint8_t)(0x80 | (letter & 63));
      to += 1 + is_letter;
      i++;
      continue;
    }
    unsigned size;
    uint32_t point = ck_code_point(code + i, length - i, &size);
    if (!point) return NULL;
    to += ck_utf8_encode(point, to);
    i += size;
  }
  return to;
}

#endif
