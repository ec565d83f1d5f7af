/* Normalisation by tables: the program.
 *
 * A text is changed in four steps. EARLY maps each code point to any number of others (presentation forms to letters,
 * controls to nothing). Then each cluster, a code point with the marks after it, is composed (canonical order and
 * composition), and LATE maps each of its code points to one or none; both are repeated until a fixed point. Finally,
 * long runs of a letter are shortened.
 *
 * Most code points need none of this: FAST has the result of a code point in any context. Only marks that are kept or
 * compose make the kernel (normalize_kernel.h) backtrack to the start of their cluster. */
#ifndef CK_NORMALIZE_PROGRAM_H
#define CK_NORMALIZE_PROGRAM_H

#include "arrays.h"

/* ------------------------------------------------- a value for every code point */

enum { CK_CODE_POINTS = 0x110000, CK_PAGE = 256 };

typedef struct {
  uint16_t page_of[CK_CODE_POINTS / CK_PAGE];
  ck_u32s values; /* page 0 is all zeros and shared */
} ck_paged;

static inline uint32_t ck_paged_get(const ck_paged *pages, uint32_t code_point) {
  return pages->values.data[(size_t)pages->page_of[code_point / CK_PAGE] * CK_PAGE + code_point % CK_PAGE];
}

ck_code ck_paged_set(ck_paged *pages, uint32_t code_point, uint32_t value, ck_error *error);

/* ------------------------------------------------------------------- the program */

/* The result of a code point: the kind in the upper bits, a detail in the lower. */
enum {
  CK_SAME = 0,     /* nothing */
  CK_ONE,          /* the code point in the detail */
  CK_NONE,         /* it is removed */
  CK_MANY,         /* a run of `letters`: detail is start << 8 | length */
  CK_MARK,         /* a mark that depends on its cluster; in FAST only */
  CK_LETTER_MARKS, /* a letter and such marks; in FAST only */
  CK_JOINER,       /* kept between emoji, else removed */
  CK_BAD           /* a surrogate */
};

#define CK_CHANGE(kind, detail) ((uint32_t)(kind) << 29 | (uint32_t)(detail))

#define CK_KIND(change) ((change) >> 29)

#define CK_DETAIL(change) ((change)&0x1FFFFFFFu)

/* Traits of a code point: the combining class in the lowest byte, then flags. */
enum {
  CK_CLASS = 0xFF,
  CK_IS_ALEF = 1 << 8,         /* `hamza` marks on it are removed */
  CK_IS_HAMZA = 1 << 9,        /* a mark that is removed on alefs */
  CK_IS_COMPOSED = 1 << 10,    /* has a canonical decomposition */
  CK_IS_EMOJI = 1 << 11,       /* may be next to the joiner */
  CK_IS_SELECTOR = 1 << 12,    /* may be between an emoji and the joiner */
  CK_IS_LETTER = 1 << 13,      /* long runs of it are shortened */
  CK_IS_TRANSPARENT = 1 << 14, /* does not end a word, is not a letter of it */
  CK_IS_LAM = 1 << 15,         /* the letters around the guarded lams of Allah */
  CK_IS_HEH = 1 << 16,
  CK_IS_BEFORE_LAM = 1 << 17, /* alefs */
  CK_IS_PROCLITIC = 1 << 18,
  CK_IS_LOOSE = 1 << 19, /* a mark that is removed if it does not compose */
  CK_IS_FINAL = 1 << 20  /* a run of it at the end of a word becomes one */
};

typedef struct {
  uint32_t composed, base, mark;
} ck_pair;

CK_ARRAY(ck_pair, ck_pairs)

/* The result of a code point of one or two bytes: `size` bytes, never more than it had, or a reference to FAST. */
typedef struct {
  uint8_t bytes[2], size, ask;
} ck_short;

/* FAST for the pages U+0000-00FF and U+0600-06FF, in the form for vector kernels (normalize_blocks.h): a half page
 * has the lowest byte and the kind of the result for each of its 128 code points. */
enum { CK_TO_ARABIC, CK_TO_LATIN, CK_TO_NOTHING, CK_TO_ASK };

enum { CK_ASCII, CK_LATIN, CK_ARABIC, CK_ARABIC_UPPER, CK_HALVES };

typedef struct {
  uint8_t letter[128], kind[128];
  uint8_t marked[128];     /* not zero: needs a look at the kind (of ASCII: is changed) */
  uint8_t marked_bits[16]; /* the same as bits: bit i / 16 of byte i % 16 */
} ck_half;

typedef struct {
  ck_half half[CK_HALVES];
  uint8_t ascii[128];   /* the result of an ASCII character; CK_ASCII_NOTHING, CK_ASCII_ASK */
  uint8_t pack[256][8]; /* indices of the bits of an integer, ascending: shuffles that close gaps */
} ck_block_tables;

enum { CK_ASCII_NOTHING = 0x80, CK_ASCII_ASK = 0xFF };

typedef struct {
  ck_paged fast, early, late, traits;
  ck_u32s letters;            /* of CK_MANY */
  ck_pairs pairs;             /* canonical compositions; empty for no composition */
  bool clusters;              /* FAST contains CK_MARK */
  size_t elongation;          /* longest run of a letter; 0 for any */
  bool ascii_letters;         /* whether runs of ASCII are shortened */
  uint32_t final;             /* the letter with CK_IS_FINAL, of two bytes, or 0 */
  size_t growth_bytes;        /* most bytes of the result for one byte of the text */
  size_t growth_units;        /* most code points for one */
  uint32_t highest_latin1;    /* highest code point that a Latin-1 text can become */
  uint32_t highest_bmp;       /* the same for a text below U+10000 */
  ck_short bytes[128 + 2048]; /* results of code points of one and two bytes */
  uint16_t unit[2048];        /* results of U+0000-07FF in str; 0xFFFF: see FAST, 0xFFFE: removed */
  ck_block_tables blocks;
} ck_program;

ck_program *ck_program_new(ck_error *error);

void ck_program_free(ck_program *program);

/* Stores a run of letters and returns the change that refers to it. */
ck_code ck_program_letters(ck_program *program, const uint32_t *letters, size_t length, uint32_t *change,
                           ck_error *error);

/* The change as a list of code points; `single` is a buffer for a list of one. */
static inline const uint32_t *ck_change_list(const ck_program *program, uint32_t change, uint32_t code_point,
                                             uint32_t *single, size_t *length) {
  uint32_t detail = CK_DETAIL(change);
  *single = CK_KIND(change) == CK_ONE ? detail : code_point;
  *length = CK_KIND(change) == CK_NONE ? 0 : 1;
  if (CK_KIND(change) != CK_MANY) return single;
  *length = detail & 0xFF;
  return program->letters.data + (detail >> 8);
}

/* Bytes of a code point in UTF-8. */
static inline size_t ck_utf8_size(uint32_t code_point) {
  return code_point < 0x80 ? 1 : code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
}

/* Sets FAST for a code point, and its growth: called once for each code point in any table, when EARLY, LATE and the
 * traits are complete. */
ck_code ck_program_prepare(ck_program *program, uint32_t code_point, ck_error *error);

/* Makes the tables of short code points from FAST, when it is complete. */
void ck_program_finish(ck_program *program);

#endif
