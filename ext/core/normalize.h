/* Normalisation of a text: the kernels, one for each form of text.
 *
 *   normalize_program.h: the tables.
 *   normalize_cluster.h: a letter with its marks.
 *   normalize_map.h:     where the units of a result come from.
 *   normalize_blocks.h:  the vector variants.
 *   normalize_kernel.h:  the loop over a text.
 *   normalize_column.h:  columns, with threads. */
#ifndef CK_NORMALIZE_H
#define CK_NORMALIZE_H

#include "normalize_map.h"
#include "normalize_program.h"
#include "simd.h"

typedef struct {
  uint32_t code_point;
  size_t source; /* index in the text of the code point that it came from */
} ck_item;

CK_ARRAY(ck_item, ck_items)

/* Working memory of a kernel, for each call or thread. */
typedef struct {
  ck_items items, spare;
  ck_simd simd;
  bool full;  /* the buffer of the result was too small */
  bool valid; /* the rest of the text is known to be valid UTF-8 */
} ck_work;

void ck_work_free(ck_work *work);

/* Units that a result needs beyond those still to be read. */
enum { CK_SLACK = 64 };

/* Normalises `s` of `n` units into `out`, of capacity at least n + CK_SLACK. If that is insufficient, work->full is
 * set with the error; n times the growth of the program plus CK_SLACK always suffices. `map`, if not NULL, receives
 * the index in `s` of each unit of the result. UTF-8 is validated: CK_UTF8, without the place, if it is invalid. */
ck_code ck_normalize_utf8(const ck_program *program, const uint8_t *s, size_t n, uint8_t *out, size_t capacity,
                          ck_map *map, size_t *length, ck_work *work, ck_ticker *ticker, ck_error *error);
ck_code ck_normalize_ucs1(const ck_program *program, const uint8_t *s, size_t n, uint8_t *out, size_t capacity,
                          ck_map *map, size_t *length, ck_work *work, ck_ticker *ticker, ck_error *error);
ck_code ck_normalize_ucs2(const ck_program *program, const uint16_t *s, size_t n, uint16_t *out, size_t capacity,
                          ck_map *map, size_t *length, ck_work *work, ck_ticker *ticker, ck_error *error);
ck_code ck_normalize_ucs4(const ck_program *program, const uint32_t *s, size_t n, uint32_t *out, size_t capacity,
                          ck_map *map, size_t *length, ck_work *work, ck_ticker *ticker, ck_error *error);

#endif
