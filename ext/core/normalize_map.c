#include "normalize_map.h"

void ck_map_free(ck_map *map) {
  ck_steps_free(&map->steps);
}

ck_code ck_map_reserve(ck_map *map, size_t steps, ck_error *error) {
  map->steps.length = 0;
  map->shift = 0;
  if (map->steps.capacity >= steps) return CK_OK;
  ck_map_free(map);
  map->steps.data = (ck_map_step *)ck_large(steps, sizeof *map->steps.data, error);
  CK_TRY(!map->steps.data);
  map->steps.capacity = steps;
  return CK_OK;
}

void ck_map_rewind(ck_map *map, size_t out) {
  ck_steps *steps = &map->steps;
  while (steps->length && steps->data[steps->length - 1].out >= out) steps->length--;
  const ck_map_step *last = steps->length ? &steps->data[steps->length - 1] : NULL;
  map->shift = last ? last->source - last->out : 0;
}

ck_code ck_map_move(ck_map *map, size_t out, const ck_map *old, size_t begin, size_t end, size_t *next,
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

void ck_map_expand(const ck_map *map, size_t length, int64_t *sources) {
  size_t out = 0, shift = 0;
  for (size_t k = 0; k <= map->steps.length; k++) {
    size_t end = k < map->steps.length ? map->steps.data[k].out : length;
    for (; out < end; out++) sources[out] = (int64_t)(out + shift);
    if (k < map->steps.length) shift = map->steps.data[k].source - end;
  }
}
