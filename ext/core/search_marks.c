#include "search_marks.h"

void ck_search_regions_free(ck_search_regions *regions) {
  free((void *)regions->first); /* the others are in the same memory */
  memset(regions, 0, sizeof *regions);
}

static int ck_compare_ends(const void *left, const void *right) {
  uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
  return (a > b) - (a < b);
}

ck_code ck_search_regions_copy(ck_search_regions *regions, const uint32_t *first, const uint32_t *end, size_t length,
                               ck_error *error) {
  memset(regions, 0, sizeof *regions);
  uint32_t *copy = (uint32_t *)ck_allocate(length, 4 * sizeof *copy, error);
  CK_TRY(!copy);
  uint32_t *ends = copy + length, *sorted = ends + length, *farthest = sorted + length;
  bool ascending = true, overlapping = false;
  for (size_t i = 0; i < length; i++) {
    uint32_t begin = copy[i] = ck_once32(&first[i]), after = ends[i] = sorted[i] = ck_once32(&end[i]);
    if (begin >= after || (i && (begin < copy[i - 1] || (begin == copy[i - 1] && after < ends[i - 1])))) {
      free(copy);
      return ck_fail(error, CK_CORRUPT, "region %zu, from token %u up to %u, is empty or not in order", i, begin,
                     after);
    }
    farthest[i] = i && farthest[i - 1] > after ? farthest[i - 1] : after;
    overlapping |= i && farthest[i - 1] > begin;
    ascending &= !i || ends[i - 1] <= after;
  }
  if (!ascending) qsort(sorted, length, sizeof *sorted, ck_compare_ends);
  *regions = (ck_search_regions){copy, ends, sorted, farthest, length, overlapping};
  return CK_OK;
}

ck_code ck_search_marks_copy(ck_search_marks *marks, const uint32_t *assertions, const uint32_t *terms,
                             const uint32_t *check_ends, ck_error *error) {
  size_t of_assertions = marks->n_assertions * sizeof *marks->assertions;
  size_t of_terms = marks->n_terms * sizeof *marks->terms, of_ends = marks->n_checks * sizeof *check_ends;
  uint8_t *copy = (uint8_t *)ck_allocate(of_assertions + of_terms + of_ends, 1, error);
  CK_TRY(!copy);
  if (of_assertions) memcpy(copy, assertions, of_assertions);
  if (of_terms) memcpy(copy + of_assertions, terms, of_terms);
  if (of_ends) memcpy(copy + of_assertions + of_terms, check_ends, of_ends);
  marks->assertions = (const ck_search_assertion *)(void *)copy;
  marks->terms = (const ck_search_term *)(void *)(copy + of_assertions);
  marks->check_ends = (const uint32_t *)(void *)(copy + of_assertions + of_terms);
  return CK_OK;
}

void ck_search_marks_free(ck_search_marks *marks) {
  free((void *)marks->assertions); /* the others are in the same memory */
  marks->assertions = NULL;
}

static bool ck_assertion_is_valid(const ck_search_marks *marks, const ck_search_assertion *asked, size_t n_tests) {
  switch (asked->kind) {
  case CK_REGION_BEGINS:
  case CK_REGION_ENDS:
  case CK_NEXT_INSIDE:
  case CK_PREVIOUS_INSIDE:
    return asked->x < marks->n_regions;
  case CK_UNIT_BEGINS:
  case CK_UNIT_ENDS:
    return asked->x <= UINT8_MAX;
  default:
    return asked->kind < CK_ASSERTIONS && ck_is_test(asked->x, n_tests);
  }
}

static bool ck_has_slot(const ck_search_marks *marks, uint32_t slot) {
  return slot < marks->n_slots || slot == CK_SLOT_CURRENT || slot == CK_SLOT_MATCH;
}

/* Whether a term is valid; `depth` is the number of answers before it, and becomes that after it. */
static bool ck_term_is_valid(const ck_search_marks *marks, const ck_search_term *term, size_t n_tests, size_t *depth) {
  bool both = ck_has_slot(marks, term->a) && ck_has_slot(marks, term->b);
  size_t taken = term->kind == CK_TERM_NOT ? 1 : term->kind == CK_TERM_AND || term->kind == CK_TERM_OR ? 2 : 0;
  if (*depth < taken || *depth - taken >= CK_MOST_DEPTH) return false;
  *depth += 1 - taken;
  switch (term->kind) {
  case CK_TERM_SET:
    return term->a < marks->n_slots;
  case CK_TERM_PASSES:
    return ck_has_slot(marks, term->a) && ck_is_test(term->c, n_tests);
  case CK_TERM_SAME:
  case CK_TERM_DIFFERENT:
    return both && term->c < marks->n_codes && term->d < marks->n_codes;
  case CK_TERM_DISTANCE:
    return both && term->c < CK_OPERATORS;
  case CK_TERM_REGION:
    return term->a < marks->n_slots && term->c < marks->n_regions;
  case CK_TERM_UNIT:
    return term->a < marks->n_slots && term->c <= UINT8_MAX;
  default:
    return term->kind < CK_TERMS;
  }
}

ck_code ck_check_search_marks(const ck_search_marks *marks, size_t n_tests, ck_error *error) {
  if (marks->n_slots > CK_MOST_SLOTS)
    return ck_fail(error, CK_LIMIT, "a pattern may have at most %d labels, got %zu", CK_MOST_SLOTS, marks->n_slots);
  for (size_t i = 0; i < marks->n_assertions; i++)
    if (!ck_assertion_is_valid(marks, &marks->assertions[i], n_tests))
      return ck_fail(error, CK_CORRUPT, "assertion %zu, of kind %u, asks for something that is not there", i,
                     marks->assertions[i].kind);
  size_t term = 0;
  for (size_t check = 0; check < marks->n_checks; check++) {
    size_t depth = 0, end = marks->check_ends[check];
    bool valid = end >= term && end <= marks->n_terms;
    for (; valid && term < end; term++) valid = ck_term_is_valid(marks, &marks->terms[term], n_tests, &depth);
    if (!valid || depth != 1) return ck_fail(error, CK_CORRUPT, "check %zu has an invalid term near %zu", check, term);
  }
  return CK_OK;
}
