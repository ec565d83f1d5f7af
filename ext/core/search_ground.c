#include "search_ground.h"

void ck_search_ground_free(ck_search_ground *ground) {
  free(ground->answers);
  ground->answers = NULL;
}

ck_code ck_search_ground_new(ck_search_ground *ground, const ck_search_text *text,
                             const ck_search_marks *marks, ck_error *error) {
  size_t length = marks ? marks->n_assertions : 0;
  *ground = (ck_search_ground){.text = text, .marks = marks, .gap_begin = 1, .corrupt = SIZE_MAX};
  ground->answers = (uint64_t *)calloc(length + 1, sizeof *ground->answers);
  return ground->answers ? CK_OK : ck_out_of_memory(error, (length + 1) * sizeof *ground->answers);
}

void ck_ground_move(ck_search_ground *ground, size_t token) {
  const ck_search_text *text = ground->text;
  if (!ground->marks || (token >= ground->low && token < ground->high)) return;
  size_t document = ck_first_above(text->document_ends, 0, text->n_documents, token);
  uint64_t begin = document ? ck_once64(&text->document_ends[document - 1]) : 0;
  uint64_t end = document < text->n_documents ? ck_once64(&text->document_ends[document]) : text->n_tokens;
  ground->low = begin < token ? (size_t)begin : token;
  ground->high = end < text->n_tokens ? (size_t)end : text->n_tokens;
  if (ground->high <= token) ground->high = token + 1;
  ground->gap_begin = 1;
  ground->gap_end = 0;
}

void ck_ground_look(ck_search_ground *ground, size_t place) {
  if (ground->gap_begin <= place && place <= ground->gap_end) return;
  size_t begin = place, end = place;
  while (begin > ground->low && !ck_ground_passes(ground, begin - 1, 0) && ground->corrupt == SIZE_MAX) begin--;
  while (end < ground->high && !ck_ground_passes(ground, end, 0) && ground->corrupt == SIZE_MAX) end++;
  ground->gap_begin = begin;
  ground->gap_end = end;
  ground->gap_number++;
}

static bool ck_has_between(const uint32_t *items, size_t length, size_t low, size_t high) {
  size_t found = ck_first_from(items, length, low);
  return found < length && items[found] <= high;
}

/* The answer to an assertion, not negated, about the places from `begin` to `end`, which are one or a gap. */
static bool ck_ground_answer(ck_search_ground *ground, const ck_search_assertion *asked, size_t begin, size_t end) {
  bool ahead = asked->kind == CK_NEXT_PASSES || asked->kind == CK_NEXT_INSIDE;
  bool is_token = ahead ? end < ground->high : begin > ground->low;
  size_t token = ahead ? end : begin - 1, after = 0; /* if it is one */
  const ck_search_regions *regions;
  switch (asked->kind) {
  case CK_REGION_BEGINS:
    regions = &ground->marks->regions[asked->x];
    if (end == ground->high && end-- == begin) return false;
    return ck_has_between(regions->first, regions->length, begin, end);
  case CK_REGION_ENDS:
    regions = &ground->marks->regions[asked->x];
    if (begin == ground->low && begin++ == end) return false;
    return ck_has_between(regions->ends, regions->length, begin, end);
  case CK_UNIT_BEGINS:
  case CK_UNIT_ENDS:
    for (size_t place = begin; place <= end; place++) {
      ground->work++;
      if (ck_ground_unit(ground, place, asked->x, asked->kind == CK_UNIT_BEGINS)) return true;
    }
    return false;
  case CK_NEXT_PASSES:
  case CK_PREVIOUS_PASSES:
    return is_token && ck_ground_passes(ground, token, asked->x);
  default:
    regions = &ground->marks->regions[asked->x];
    if (is_token) after = ck_first_from(regions->first, regions->length, token + 1);
    return after && regions->farthest[after - 1] > token;
  }
}

bool ck_ground_holds(ck_search_ground *ground, uint32_t number, size_t place) {
  const ck_search_assertion *asked = &ground->marks->assertions[number];
  if (CK_UNLIKELY(place < ground->low || place > ground->high)) return false; /* of a damaged text */
  if (!asked->over_signs) return ck_ground_answer(ground, asked, place, place) != !!asked->negated;
  ck_ground_look(ground, place);
  uint64_t *answer = &ground->answers[number];
  if (*answer >> 1 != ground->gap_number) {
    bool found = ck_ground_answer(ground, asked, ground->gap_begin, ground->gap_end) != !!asked->negated;
    *answer = 2 * ground->gap_number + found;
  }
  return *answer & 1;
}
