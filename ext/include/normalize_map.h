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

CK_UNUSED static void ck_map_free(ck_map *map) {
  ck_steps_free(&map->steps);
}

/* Empties the map and reserves `steps`; memory that is not written to costs nothing. */
CK_UNUSED static ck_code ck_map_reserve(ck_map *map, size_t steps, ck_error *error) {
  map->steps.length = 0;
  map->shift = 0;
  if (map->steps.capacity >= steps) return CK_OK;
  ck_map_free(map);
  map->steps.data = (ck_map_step *)ck_large(steps, sizeof *map->steps.data, error);
  CK_TRY(!map->steps.data);
  map->steps.capacity = steps;
  return CK_OK;
}

/* Records that the unit `out` of the result comes from `source`. Units come in ascending order. */
static inline ck_code ck_map_add(ck_map *map, size_t out, size_t source, ck_error *error) {
  if (CK_LIKELY(source - out == map->shift)) return CK_OK;
  ck_map_step step = {out, source};
  map->shift = source - out;
  return ck_steps_push(&map->steps, step, error);
}

/* Records a block that begins at `source`: the units whose bits are set in `kept` are consecutive from `out` on. */
CK_UNUSED static inline ck_code ck_map_add_kept(ck_map *map, size_t out, size_t source, uint64_t kept,
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
CK_UNUSED static void ck_map_rewind(ck_map *map, size_t out) {
  ck_steps *steps = &map->steps;
  while (steps->length && steps->data[steps->length - 1].out >= out) steps->length--;
  const ck_map_step *last = steps->length ? &steps->data[steps->length - 1] : NULL;
  map->shift = last ? last->source - last->out : 0;
}

/* Appends to `map` the entries of the units `begin` to `end` of `old`, which move to `out`. `*next` is the index of
 * the first step of `old` after `begin`; it only increases. */
CK_UNUSED static ck_code ck_map_move(ck_map *map, size_t out, const ck_map *old, size_t begin, size_t end, size_t *next,
                                     ck_error *error) {
  const ck_steps *steps = &old->steps;
  while (begin < end) {
    while (*next < steps->length && steps->data[*next].out <= begin) ++*next;
    size_t until = *next < steps->length && steps->data[*next].out < end ? steps->data[*next].out : end;
    size_t shift = *next ? steps->data[*next - 1].source - steps->data[*next - 1].out : 0;
    CK_TRY(ck_map_add(map, out, begin + shift, error));
    out += until - begin;
    begin = until;
  }
  return CK_OK;
}

/* Writes the source of each of the `length` units of the result. */
CK_UNUSED static void ck_map_expand(const ck_map *map, size_t length, int64_t *sources) {
  size_t out = 0, shift = 0;
  for (size_t k = 0; k <= map->steps.length; k++) {
    size_t end = k < map->steps.length ? map->steps.data[k].out : length;
    for (; out < end; out++) sources[out] = (int64_t)(out + shift);
    if (k < map->steps.length) shift = map->steps.data[k].source - end;
  }
}

#endif
