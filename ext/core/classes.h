/* Look-up of code points, and iteration over validated UTF-8. */
#ifndef CK_CLASSES_H
#define CK_CLASSES_H

#include "bytes.h"
#include "code_points.h"
#include "core.h"
#include "simd.h"
#include "utf8.h"

/* The class (lower four bits) and the role in a sentence (upper four bits) of a code point. */
static inline uint8_t ck_entry(uint32_t code_point) {
  uint32_t block = CK_CODE_POINT_INDEX[code_point >> CK_BLOCK_BITS];
  return CK_CODE_POINT_BLOCKS[block << CK_BLOCK_BITS | (code_point & ((1u << CK_BLOCK_BITS) - 1))];
}

static inline uint8_t ck_class_of(uint8_t entry) {
  return entry & 15;
}

/* A code point in a text, and its table entry. */
typedef struct {
  uint32_t code_point;
  unsigned size; /* in bytes; 0 at the end of the text */
  uint8_t entry;
} ck_point;

/* The code point at p; at the end of the text a control character, which is part of no token. */
static inline ck_point ck_point_at(const uint8_t *p, const uint8_t *end) {
  ck_point point = {0, 0, CK_CLASS_CONTROL};
  if (CK_UNLIKELY(p >= end)) return point;
  if (*p < 0x80) {
    point.code_point = *p;
    point.size = 1;
    point.entry = CK_CODE_POINT_BLOCKS[*p]; /* the first block is ASCII */
    return point;
  }
  point.code_point = ck_utf8_decode(p, &point.size);
  point.entry = ck_entry(point.code_point);
  return point;
}

/* The last code point before `end`; there is at least one. */
static inline ck_point ck_point_before(const uint8_t *end) {
  const uint8_t *p = end - 1;
  while ((*p & 0xC0) == 0x80) p--;
  return ck_point_at(p, end);
}

/* Arabic letters and marks in U+0600 to U+06FF, two bytes each; p + 1 must be readable. */
static inline bool ck_is_arabic_word(const uint8_t *p) {
  return ((p[0] & 0xFC) == 0xD8) & CK_ARABIC_WORD[(p[0] & 3) << 6 | (p[1] & 63)];
}

/* One in each 16 bits, and the upper bit of each; one in each byte, and the upper bit of each. */
#define CK_ONES_16 0x0001000100010001u
#define CK_TOPS_16 0x8000800080008000u
#define CK_ONES_8 0x0101010101010101u
#define CK_TOPS_8 0x8080808080808080u

/* SWAR over four pairs of bytes that begin a code point: sets the upper bits of the pairs that are not Arabic letters
 * or marks of the two longest ranges. A two-byte lead implies a continuation byte, so comparing integers suffices, up
 * to the first pair that is not such a letter. */
static inline uint64_t ck_not_plain(uint64_t pairs) {
  uint64_t lower = pairs & ~CK_TOPS_16;
  uint64_t from = lower + (0x10000 - CK_PLAIN_FIRST) * CK_ONES_16;
  uint64_t after = lower + (0xFFFF - CK_PLAIN_LAST) * CK_ONES_16;
  uint64_t next_from = lower + (0x10000 - CK_PLAIN_NEXT_FIRST) * CK_ONES_16;
  uint64_t next_after = lower + (0xFFFF - CK_PLAIN_NEXT_LAST) * CK_ONES_16;
  return ~(((from & ~after) | (next_from & ~next_after)) & pairs) & CK_TOPS_16;
}

/* The end of a run of Arabic letters and marks at p. It may end early, before a letter of a rare range. Most words
 * fit in the first sixteen bytes, which take no branch. */
static inline const uint8_t *ck_arabic_run(const uint8_t *p, const uint8_t *end) {
  while (end - p >= 16) {
    uint64_t stop = ck_not_plain(ck_load_big(p)), later = ck_not_plain(ck_load_big(p + 8));
    if (CK_LIKELY(stop | later)) return p + (stop ? 0 : 8) + (ck_zeros_above(stop ? stop : later) >> 3);
    p += 16;
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

/* Clears the upper bit of each byte that is an ASCII letter, a digit or an underscore. */
static inline uint64_t ck_not_ascii_word(uint64_t bytes) {
  uint64_t ascii = bytes & ~CK_TOPS_8, folded = ascii | 0x20 * CK_ONES_8;
  uint64_t letter = (folded + (0x80 - 'a') * CK_ONES_8) & ~(folded + (0x7F - 'z') * CK_ONES_8);
  uint64_t digit = (ascii + (0x80 - '0') * CK_ONES_8) & ~(ascii + (0x7F - '9') * CK_ONES_8);
  uint64_t not_underscore = (ascii ^ '_' * CK_ONES_8) + 0x7F * CK_ONES_8;
  return (bytes | (~(letter | digit) & not_underscore)) & CK_TOPS_8;
}

/* The end of a run of ASCII letters, digits and underscores at p. */
static inline const uint8_t *ck_ascii_word_run(const uint8_t *p, const uint8_t *end) {
  while (end - p >= 8) {
    uint64_t stop = ck_not_ascii_word(ck_load_little(p));
    if (stop) return p + (ck_lowest_bit(stop) >> 3);
    p += 8;
  }
  while (p < end && (ck_is_ascii_letter(*p) || ck_is_ascii_digit(*p) || *p == '_')) p++;
  return p;
}

/* Number of code points that begin in eight bytes; the multiplication sums the eight bits. */
static inline uint32_t ck_count_in_word(uint64_t bytes) {
  uint64_t continuation = (bytes >> 7) & ~(bytes >> 6) & CK_ONES_8;
  return 8 - (uint32_t)(continuation * CK_ONES_8 >> 56);
}

/* Number of code points that begin in [p, end); memory up to `readable_end` may be read. */
static inline uint32_t ck_count_points(const uint8_t *p, const uint8_t *end, const uint8_t *readable_end) {
  uint32_t count = 0;
  for (; end - p >= 8; p += 8) count += ck_count_in_word(ck_load_little(p));
  if (p < end && readable_end - p >= 8) {
    unsigned others = 8 * (8 - (unsigned)(end - p)); /* bytes after the end are counted as continuations */
    uint64_t bytes = ck_load_little(p) << others >> others;
    return count + ck_count_in_word(bytes | CK_TOPS_8 << (64 - others));
  }
  for (; p < end; p++) count += (*p & 0xC0) != 0x80;
  return count;
}

#endif
