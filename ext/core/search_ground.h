/* The text around places: the signs between two words, and what assertions ask. */
#ifndef CK_SEARCH_GROUND_H
#define CK_SEARCH_GROUND_H

#include "search_text.h"

/* What is known around the place that was asked last. */
typedef struct {
  const ck_search_text *text;
  const ck_search_marks *marks;
  size_t low, high;             /* the document of the hit */
  size_t gap_begin, gap_end;    /* places with only signs between; gap_begin > gap_end if none is known */
  uint64_t gap_number;          /* of the gaps that were looked at */
  uint64_t *answers;            /* for each assertion over signs: 2 * the number of the gap + the answer */
  size_t work, corrupt;         /* tokens read since `work` was 0; a token of an invalid type, or SIZE_MAX */
} ck_search_ground;

void ck_search_ground_free(ck_search_ground *ground);

ck_code ck_search_ground_new(ck_search_ground *ground, const ck_search_text *text, const ck_search_marks *marks,
                             ck_error *error);

/* Moves to the document of a token, which exists. */
void ck_ground_move(ck_search_ground *ground, size_t token);

/* Finds the signs around a place of the document. */
void ck_ground_look(ck_search_ground *ground, size_t place);

/* Whether an assertion holds at a place. */
bool ck_ground_holds(ck_search_ground *ground, uint32_t number, size_t place);

/* Whether a token passes a test; false for a token of an invalid type. */
static inline bool ck_ground_passes(ck_search_ground *ground, size_t token, uint32_t test) {
  uint32_t row;
  ground->work++;
  if (CK_LIKELY(ck_search_row(ground->text, token, &row))) return ck_has_test(ground->text, row, test);
  ground->corrupt = token;
  return false;
}

/* The first of ascending items that is at least `value`. */
static inline size_t ck_first_from(const uint32_t *items, size_t length, size_t value) {
  size_t low = 0, high = length;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (items[middle] < value)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* Whether a unit of text begins (ends) at a place of the document. */
static inline bool ck_ground_unit(const ck_search_ground *ground, size_t place, uint32_t mask, bool begins) {
  if (place == ground->low || place == ground->high) return begins == (place == ground->low);
  ck_touch(&ground->text->of_flags, place);
  return ground->text->flags[place] & mask;
}

#endif
