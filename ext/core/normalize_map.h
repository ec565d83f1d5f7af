/* A map from the units of a result to those of the text, stored as the steps where their distance changes.
 *
 * From the unit `out` of a step on, each unit of the result comes from the next unit of the text, beginning with
 * `source`, until the next step. Before the first step both advance together. */
#ifndef CK_NORMALIZE_MAP_H
#define CK_NORMALIZE_MAP_H

#include "arrays.h"
#include "simd.h"

typedef struct {
  size_t out, source;
} ck_map_step;

CK_ARRAY(ck_map_step, ck_steps)

typedef struct {
  ck_steps steps;
  size_t shift; /* source - out after the last step */
} ck_map;

void ck_map_free(ck_map *map);

/* Empties the map and reserves `steps`; memory that is not written to costs nothing. */
ck_code ck_map_reserve(ck_map *map, size_t steps, ck_error *error);

/* Records that the unit `out` of the result comes from `source`. Units come in ascending order. */
static inline ck_code ck_map_add(ck_map *map, size_t out, size_t source, ck_error *error) {
  if (CK_LIKELY(source - out == map->shift)) return CK_OK;
  ck_map_step step = {out, source};
  map->shift = source - out;
  return ck_steps_push(&map->steps, step, error);
}

/* Records a block that begins at `source`: the units whose bits are set in `kept` are consecutive from `out` on. */
static inline ck_code ck_map_add_kept(ck_map *map, size_t out, size_t source, uint64_t kept,
                                                ck_error *error) {
  while (kept) {
    unsigned gap = ck_lowest_bit(kept);
    kept >>= gap;
    source += gap;
    CK_TRY(ck_map_add(map, out, source, error));
    if (!~kept) break;
    unsigned run = ck_lowest_bit(~kept);
    kept >>= run;
    source += run;
    out += run;
  }
  return CK_OK;
}

/* Drops the units of the result from `out` on. */
void ck_map_rewind(ck_map *map, size_t out);

/* Appends to `map` the entries of the units `begin` to `end` of `old`, which move to `out`. `*next` is the index of
 * the first step of `old` after `begin`; it only increases. */
ck_code ck_map_move(ck_map *map, size_t out, const ck_map *old, size_t begin, size_t end, size_t *next,
                    ck_error *error);

/* Writes the source of each of the `length` units of the result. */
void ck_map_expand(const ck_map *map, size_t length, int64_t *sources);

#endif
