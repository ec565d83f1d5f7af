/* The position of the normaliser in a text, and the slack that it needs. */
#ifndef CK_NORMALIZE_PLACE_H
#define CK_NORMALIZE_PLACE_H

#include "normalize.h"
#include "normalize_map.h"
#include "normalize_program.h"
#include "simd.h"

/* Units read and written, and the end of the last cluster: marks after it do not depend on anything before. */
typedef struct {
  size_t in, out, floor_in, floor_out;
} ck_place;

static inline uint64_t ck_low_bits(size_t count) {
  return count >= 64 ? UINT64_MAX : ((uint64_t)1 << count) - 1;
}

#endif
