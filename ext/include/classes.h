/* Looking up code points, and walking over checked UTF-8. */
#ifndef CK_CLASSES_H
#define CK_CLASSES_H

#include "code_points.h"
#include "core.h"
#include "utf8.h"

/* The class (lower four bits) and the role in a sentence (upper four bits) of a code point. */
static inline uint8_t ck_entry(uint32_t code_point) {
  uint32_t block = CK_CODE_POINT_INDEX[code_point >> CK_BLOCK_BITS];
  return CK_CODE_POINT_BLOCKS[block << CK_BLOCK_BITS | (code_point & ((1u << CK_BLOCK_BITS) - 1))];
}

static inline uint8_t ck_class_of(uint8_t entry) {
  return entry & 15;
}

/* A code point in a text, and its entry. */
typedef struct {
  uint32_t code_point;
  unsigned size; /* bytes; 0 at the end of the text */
  uint8_t entry;
} ck_point;

/* The code point at p; at the end of the text a control, which belongs to no token. */
static inline ck_point ck_point_at(const uint8_t *p, const uint8_t *end) {
  ck_point point = {0, 0, CK_CLASS_CONTROL};
  if (CK_LIKELY(p < end)) {
    point.code_point = ck_utf8_decode(p, &point.size);
    point.entry = ck_entry(point.code_point);
  }
  return point;
}

/* The last code point before `end`, which lies behind at least one. */
static inline ck_point ck_point_before(const uint8_t *end) {
  const uint8_t *p = end - 1;
  while ((*p & 0xC0) == 0x80) p--;
  return ck_point_at(p, end);
}

/* Arabic letters and marks of U+0600 to U+06FF, two bytes each; p + 1 must be readable. */
static inline bool ck_is_arabic_word(const uint8_t *p) {
  return ((p[0] & 0xFC) == 0xD8) & CK_ARABIC_WORD[(p[0] & 3) << 6 | (p[1] & 63)];
}

/* The end of the run of such letters and marks that goes on at p, looked for four at a time. */
static inline const uint8_t *ck_arabic_run(const uint8_t *p, const uint8_t *end) {
  while (end - p >= 8) {
    unsigned first = ck_is_arabic_word(p), second = ck_is_arabic_word(p + 2), third = ck_is_arabic_word(p + 4),
             fourth = ck_is_arabic_word(p + 6);
    if (!(first & second & third & fourth)) return p + 2 * (first + (first & second) + (first & second & third));
    p += 8;
  }
  while (end - p >= 2 && ck_is_arabic_word(p)) p += 2;
  return p;
}

static inline bool ck_is_ascii_letter(uint32_t c) {
  return (c | 32) - 'a' < 26;
}

static inline bool ck_is_ascii_digit(uint32_t c) {
  return c - '0' < 10;
}

/* Code points that begin in [p, end). */
static inline uint32_t ck_count_points(const uint8_t *p, const uint8_t *end) {
  uint32_t count = 0;
  for (; end - p >= 8; p += 8) {
    uint64_t word;
    memcpy(&word, p, 8);
    /* bit 7 set and bit 6 clear: a continuation byte; the product adds up the eight bits */
    uint64_t continuation = (word >> 7) & ~(word >> 6) & 0x0101010101010101u;
    count += 8 - (uint32_t)(continuation * 0x0101010101010101u >> 56);
  }
  for (; p < end; p++) count += (*p & 0xC0) != 0x80;
  return count;
}

#endif
