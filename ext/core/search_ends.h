/* Where the hits that begin in one unit of text end, of all its tokens at once.
 *
 * From each token on, a pattern with gaps and repeats may lead to the end of the unit, so that the time of one run for
 * each start grows with the square of the unit. Here the unit is read once, from its end to its beginning: the end that
 * a state prefers at a token follows from those at the next token. */
#ifndef CK_SEARCH_ENDS_H
#define CK_SEARCH_ENDS_H

#include "search_ground.h"

typedef struct {
  uint32_t *steps;  /* all steps, each after those that it leads to without a token */
  uint32_t *states; /* those that are reached, in this order: 2 * step + whether the previous was a word */
  size_t n_states;
  uint8_t *reached; /* for each state */
  uint32_t *here, *next; /* the end that each state prefers at a token and at the next one; UINT32_MAX: none */
  ck_search_strategy strategy;
  bool loops;  /* whether a step leads to itself or to an earlier one */
  bool cyclic; /* whether one leads to itself without a token: then there is no such order, and nothing else is set */
} ck_search_ends;

void ck_search_ends_free(ck_search_ends *ends);

ck_code ck_search_ends_new(ck_search_ends *ends, const ck_search_program *program, ck_search_strategy strategy,
                           ck_error *error);

/* Finds the states that are reached from the places from `from` up to `to`, of which the ends are found next. */
void ck_search_ends_reach(ck_search_ends *ends, const ck_search_program *program, const ck_search_places *places,
                          size_t from, size_t to);

/* Sets `found` to the ends of the hits at the places from `from` up to `to`, UINT32_MAX where there is none; their
 * tokens ascend and are below `unit_end`, the end of their unit, and the ground is their document. With CK_SHORTEST, the
 * end of a hit that may be empty is its start. */
ck_code ck_search_ends_find(ck_search_ends *ends, const ck_search_text *text, const ck_search_program *program,
                            ck_search_ground *ground, const ck_search_places *places, size_t from, size_t to,
                            size_t unit_end, uint32_t *found, ck_ticker *ticker, ck_error *error);

#endif
