/* Hits with the tokens of their labels.
 *
 * What a check asks of labels depends on the way through the program, so that the ways from a start are tried one after
 * the other, in order of preference. What was tried is remembered: a step, a place, and those slots that a later check
 * may still ask. Without such slots, the time is that of search.h; with them it is bounded by a budget. */
#ifndef CK_SEARCH_LABELS_H
#define CK_SEARCH_LABELS_H

#include "search.h"

typedef struct {
  ck_u32s first, end;
  ck_u32s slots; /* those of each hit, CK_NO_TOKEN for none */
} ck_labelled_hits;

void ck_labelled_hits_free(ck_labelled_hits *hits);

/* Like ck_search_hits, of a program with marks; the way taken to an end is the preferred one on which all checks hold.
 * Fails with CK_LIMIT if the steps done exceed `budget` (0 for the default). */
ck_code ck_search_labelled(const ck_search_text *text, const ck_search_program *program, const ck_search_places *starts,
                           const ck_search_manner *manner, uint64_t budget, ck_labelled_hits *hits, ck_ticker *ticker,
                           ck_error *error);

#endif
