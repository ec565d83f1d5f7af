/* How far the normaliser has come in a text, and the room that it needs. */
#ifndef CK_NORMALIZE_PLACE_H
#define CK_NORMALIZE_PLACE_H

#include "normalize_map.h"
#include "normalize_program.h"
#include "simd.h"

/* What has been read and written, and where the last cluster ended: no mark
 * that follows depends on anything before. */
typedef struct {
  size_t in, out, floor_in, floor_out;
} ck_place;

/* Units beyond those still to be read for which a result must have room. */
enum { CK_SLACK = 64 };

static inline uint64_t ck_low_bits(size_t count) {
  return count >= 64 ? UINT64_MAX : ((uint64_t)1 << count) - 1;
}

#endif
