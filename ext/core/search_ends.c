#include "search_ends.h"

#include "search_text.h"

void ck_search_ends_free(ck_search_ends *ends) {
  free(ends->reached);
  free(ends->states);
  free(ends->here);
  free(ends->next);
  memset(ends, 0, sizeof *ends);
}

bool ck_search_leads_on(const ck_search_program *program) {
  for (size_t i = 0; i < program->length; i++) {
    uint8_t kind = program->kind[i];
    if ((kind == CK_STEP_JUMP || kind == CK_STEP_SPLIT) && program->x[i] <= i) return false;
    if (kind == CK_STEP_SPLIT && program->y[i] <= i) return false;
  }
  return true;
}

/* Marks what a state leads to. */
static void ck_reach_on(const ck_search_program *program, size_t step, bool after_word, uint8_t *reached) {
  switch (program->kind[step]) {
  case CK_STEP_TEST:
    reached[2 * (step + 1) + !!program->words_only[step]] = 1;
    break;
  case CK_STEP_SPLIT:
    reached[2 * (size_t)program->y[step] + after_word] = 1;
    reached[2 * (size_t)program->x[step] + after_word] = 1;
    break;
  case CK_STEP_JUMP:
    reached[2 * (size_t)program->x[step] + after_word] = 1;
    break;
  default:
    break;
  }
}

ck_code ck_search_ends_new(ck_search_ends *ends, const ck_search_program *program, ck_error *error) {
  size_t states = 2 * program->length;
  memset(ends, 0, sizeof *ends);
  ends->reached = (uint8_t *)ck_allocate(states, 1, error);
  ends->states = ends->reached ? (uint32_t *)ck_allocate(states, sizeof(uint32_t), error) : NULL;
  ends->here = ends->states ? (uint32_t *)ck_allocate(states, sizeof(uint32_t), error) : NULL;
  ends->next = ends->here ? (uint32_t *)ck_allocate(states, sizeof(uint32_t), error) : NULL;
  if (ends->next) return CK_OK;
  ck_search_ends_free(ends);
  return error->code;
}

void ck_search_ends_reach(ck_search_ends *ends, const ck_search_program *program, const ck_search_places *places,
                          size_t from, size_t to) {
  size_t states = 2 * program->length;
  memset(ends->reached, 0, states);
  ends->reached[0] = !places->steps;
  for (size_t i = from; places->steps && i < to; i++) {
    uint32_t step = ck_once32(&places->steps[i]);
    if (step < program->length) ends->reached[2 * (size_t)step] = 1;
  }
  for (size_t state = 0; state < states; state++)
    if (ends->reached[state]) ck_reach_on(program, state / 2, state & 1, ends->reached);
  ends->n_states = 0;
  for (size_t state = states; state-- > 0;)
    if (ends->reached[state]) ends->states[ends->n_states++] = (uint32_t)state;
}

/* The ends that each state prefers before a token with this row; with NULL, after the last token of the unit. */
static void ck_ends_before(ck_search_ends *ends, const ck_search_text *text, const ck_search_program *program,
                           size_t token, const uint32_t *row) {
  uint32_t *here = ends->next, *next = ends->here;
  bool is_word = row && ck_has_test(text, *row, 0);
  for (size_t k = 0; k < ends->n_states; k++) {
    uint32_t key = ends->states[k], step = key / 2, end = UINT32_MAX;
    bool after_word = key & 1, words_only = program->words_only[step];
    switch (program->kind[step]) {
    case CK_STEP_TEST:
      if (!row) break;
      if (words_only && after_word && !is_word) end = next[key];
      else if (ck_has_test(text, *row, program->x[step])) end = next[2 * (size_t)(step + 1) + words_only];
      break;
    case CK_STEP_SPLIT:
      end = here[2 * (size_t)program->x[step] + after_word];
      if (end == UINT32_MAX) end = here[2 * (size_t)program->y[step] + after_word];
      break;
    case CK_STEP_JUMP:
      end = here[2 * (size_t)program->x[step] + after_word];
      break;
    default:
      end = (uint32_t)token;
    }
    here[key] = end;
  }
  ends->here = here;
  ends->next = next;
}

ck_code ck_search_ends_find(ck_search_ends *ends, const ck_search_text *text, const ck_search_program *program,
                            const ck_search_places *places, size_t from, size_t to, size_t unit_end, uint32_t *found,
                            ck_ticker *ticker, ck_error *error) {
  size_t token = unit_end;
  ck_ends_before(ends, text, program, token, NULL);
  for (size_t place = to; place-- > from;) {
    uint32_t start = ck_once32(&places->tokens[place]), step = places->steps ? ck_once32(&places->steps[place]) : 0;
    while (token > start) {
      uint32_t row;
      if (!ck_search_row(text, --token, &row)) return ck_search_corrupt(text, token, error);
      ck_ends_before(ends, text, program, token, &row);
      CK_TRY(ck_tick(ticker, (int64_t)ends->n_states, error));
    }
    bool known = token == start && step < program->length && ends->reached[2 * (size_t)step];
    uint32_t end = known ? ends->here[2 * (size_t)step] : UINT32_MAX;
    found[place - from] = end > start ? end : UINT32_MAX;
  }
  return CK_OK;
}
