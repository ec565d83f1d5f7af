#include "search_ends.h"

#include "search_text.h"

void ck_search_ends_free(ck_search_ends *ends) {
  free(ends->steps);
  free(ends->reached);
  free(ends->states);
  free(ends->here);
  free(ends->next);
  memset(ends, 0, sizeof *ends);
}

static bool ck_search_leads_back(const ck_search_program *program) {
  for (size_t i = 0; i < program->length; i++) {
    uint8_t kind = program->kind[i];
    if ((kind == CK_STEP_JUMP || kind == CK_STEP_SPLIT) && program->x[i] <= i) return true;
    if (kind == CK_STEP_SPLIT && program->y[i] <= i) return true;
  }
  return false;
}

/* The steps that one leads to without a token: their number, at most two. */
static unsigned ck_steps_after(const ck_search_program *program, uint32_t step, uint32_t after[2]) {
  switch (program->kind[step]) {
  case CK_STEP_TEST:
  case CK_STEP_ACCEPT:
    return 0;
  case CK_STEP_SPLIT:
    after[0] = program->x[step];
    after[1] = program->y[step];
    return 2;
  case CK_STEP_JUMP:
    after[0] = program->x[step];
    return 1;
  default:
    after[0] = step + 1;
    return 1;
  }
}

/* Orders the steps. Each is entered, which counts those that it led to, and left when they are all in order. */
static ck_code ck_order_steps(ck_search_ends *ends, const ck_search_program *program, ck_error *error) {
  enum { LEFT = 3 };
  size_t length = program->length, n_ordered = 0;
  ends->loops = ck_search_leads_back(program);
  if (!ends->loops) {
    for (size_t i = 0; i < length; i++) ends->steps[i] = (uint32_t)(length - 1 - i);
    return CK_OK;
  }
  uint32_t *stack = (uint32_t *)ck_allocate(length, sizeof *stack + 2, error), after[2];
  CK_TRY(!stack);
  uint8_t *taken = (uint8_t *)(stack + length), *entered = taken + length;
  memset(taken, 0, 2 * length);
  for (uint32_t root = 0; root < length && !ends->cyclic; root++) {
    size_t depth = 0;
    if (!entered[root]) stack[depth++] = root;
    while (depth && !ends->cyclic) {
      uint32_t step = stack[depth - 1];
      entered[step] = 1;
      if (taken[step] == ck_steps_after(program, step, after)) {
        taken[step] = LEFT;
        ends->steps[n_ordered++] = step;
        depth--;
      } else {
        uint32_t next = after[taken[step]++];
        if (!entered[next]) stack[depth++] = next;
        else ends->cyclic = taken[next] != LEFT;
      }
    }
  }
  free(stack);
  return CK_OK;
}

/* Marks what a state leads to. */
static void ck_reach_on(const ck_search_program *program, size_t step, bool after_word, uint8_t *reached) {
  switch (program->kind[step]) {
  case CK_STEP_TEST:
    reached[2 * (step + 1) + !!program->words_only[step]] = 1;
    break;
  case CK_STEP_SPLIT:
    if (after_word || !program->words_only[step]) reached[2 * (size_t)program->y[step] + after_word] = 1;
    reached[2 * (size_t)program->x[step] + after_word] = 1;
    break;
  case CK_STEP_JUMP:
    reached[2 * (size_t)program->x[step] + after_word] = 1;
    break;
  case CK_STEP_ACCEPT:
    break;
  case CK_STEP_ASSERT:
    reached[2 * (step + 1) + (after_word || program->words_only[step])] = 1;
    break;
  default:
    reached[2 * (step + 1) + after_word] = 1;
  }
}

ck_code ck_search_ends_new(ck_search_ends *ends, const ck_search_program *program, ck_search_strategy strategy,
                           ck_error *error) {
  size_t states = 2 * program->length;
  memset(ends, 0, sizeof *ends);
  ends->strategy = strategy;
  ends->reached = (uint8_t *)ck_allocate(states, 1, error);
  ends->states = ends->reached ? (uint32_t *)ck_allocate(states, sizeof(uint32_t), error) : NULL;
  ends->here = ends->states ? (uint32_t *)ck_allocate(states, sizeof(uint32_t), error) : NULL;
  ends->next = ends->here ? (uint32_t *)ck_allocate(states, sizeof(uint32_t), error) : NULL;
  ends->steps = ends->next ? (uint32_t *)ck_allocate(program->length, sizeof(uint32_t), error) : NULL;
  if (ends->steps && !ck_order_steps(ends, program, error)) return CK_OK;
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
  for (size_t before = 0, n = 1; n != before;) { /* once, and with loops until nothing more is reached */
    before = n;
    n = 0;
    for (size_t state = 0; state < states; state++) {
      if (ends->reached[state]) ck_reach_on(program, state / 2, state & 1, ends->reached);
      n += ends->reached[state];
    }
    if (!ends->loops) break;
  }
  ends->n_states = 0;
  for (size_t i = 0; i < program->length; i++)
    for (uint32_t word = 2; word-- > 0;)
      if (ends->reached[2 * (size_t)ends->steps[i] + word]) ends->states[ends->n_states++] = 2 * ends->steps[i] + word;
}

/* Which of the ends of two ways, the first one preferred, is taken. */
static inline uint32_t ck_end_of_two(ck_search_strategy strategy, uint32_t x, uint32_t y) {
  if (CK_LIKELY(strategy == CK_PREFERRED)) return x != UINT32_MAX ? x : y;
  if (x == UINT32_MAX || y == UINT32_MAX) return x < y ? x : y;
  return (strategy == CK_SHORTEST) == (x < y) ? x : y;
}

/* The ends that each state prefers before a token with this row; with NULL, after the last token of the unit. */
static void ck_ends_before(ck_search_ends *ends, const ck_search_text *text, const ck_search_program *program,
                           ck_search_ground *ground, size_t token, const uint32_t *row) {
  uint32_t *here = ends->next, *next = ends->here;
  ck_search_strategy strategy = ends->strategy;
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
      if (after_word || !words_only)
        end = ck_end_of_two(strategy, end, here[2 * (size_t)program->y[step] + after_word]);
      break;
    case CK_STEP_JUMP:
      end = here[2 * (size_t)program->x[step] + after_word];
      break;
    case CK_STEP_ACCEPT:
      end = (uint32_t)token;
      break;
    case CK_STEP_ASSERT:
      if (ck_ground_holds(ground, program->x[step], token))
        end = here[2 * (size_t)(step + 1) + (after_word || words_only)];
      break;
    default:
      end = here[key + 2];
    }
    here[key] = end;
  }
  ends->here = here;
  ends->next = next;
}

ck_code ck_search_ends_find(ck_search_ends *ends, const ck_search_text *text, const ck_search_program *program,
                            ck_search_ground *ground, const ck_search_places *places, size_t from, size_t to,
                            size_t unit_end, uint32_t *found, ck_ticker *ticker, ck_error *error) {
  size_t token = unit_end;
  ck_ends_before(ends, text, program, ground, token, NULL);
  for (size_t place = to; place-- > from;) {
    uint32_t start = ck_once32(&places->tokens[place]), step = places->steps ? ck_once32(&places->steps[place]) : 0;
    while (token > start) {
      uint32_t row;
      if (!ck_search_row(text, --token, &row)) return ck_search_corrupt(text, token, error);
      ck_ends_before(ends, text, program, ground, token, &row);
      if (ground->corrupt != SIZE_MAX) return ck_search_corrupt(text, ground->corrupt, error);
      CK_TRY(ck_tick(ticker, (int64_t)(ends->n_states + ground->work), error));
      ground->work = 0;
    }
    bool known = token == start && step < program->length && ends->reached[2 * (size_t)step];
    uint32_t end = known ? ends->here[2 * (size_t)step] : UINT32_MAX;
    found[place - from] = end > start || (end == start && ends->strategy == CK_SHORTEST) ? end : UINT32_MAX;
  }
  return CK_OK;
}
