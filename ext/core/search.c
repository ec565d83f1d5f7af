#include "search.h"

#include "search_ends.h"
#include "search_machine.h"

void ck_search_program_free(ck_search_program *program) {
  free((void *)program->x); /* the others are in the same memory */
  memset(program, 0, sizeof *program);
}

ck_code ck_search_program_copy(ck_search_program *program, const uint8_t *kind, const uint8_t *words_only,
                               const uint32_t *x, const uint32_t *y, size_t length, ck_error *error) {
  memset(program, 0, sizeof *program);
  uint32_t *numbers = (uint32_t *)ck_allocate(length, 2 * sizeof *x + 2, error);
  CK_TRY(!numbers);
  uint8_t *bytes = (uint8_t *)(numbers + 2 * length);
  if (length) {
    memcpy(numbers, x, length * sizeof *x);
    memcpy(numbers + length, y, length * sizeof *y);
    memcpy(bytes, kind, length);
    memcpy(bytes + length, words_only, length);
  }
  *program = (ck_search_program){bytes, bytes + length, numbers, numbers + length, length, NULL};
  return CK_OK;
}

static bool ck_step_is_valid(const ck_search_program *program, size_t i, size_t n_tests) {
  static const ck_search_marks none = {0};
  const ck_search_marks *marks = program->marks ? program->marks : &none;
  uint32_t x = program->x[i];
  bool last = i + 1 == program->length;
  switch (program->kind[i]) {
  case CK_STEP_TEST:
    return ck_is_test(x, n_tests) && !last;
  case CK_STEP_SPLIT:
    return x < program->length && program->y[i] < program->length;
  case CK_STEP_JUMP:
    return x < program->length;
  case CK_STEP_ACCEPT:
    return true;
  case CK_STEP_ASSERT:
    return x < marks->n_assertions && !last;
  case CK_STEP_CHECK:
    return x < marks->n_checks && !last;
  default:
    return program->kind[i] <= CK_STEP_PLACE && x < marks->n_slots && !last;
  }
}

ck_code ck_check_search_program(const ck_search_program *program, size_t n_tests, ck_error *error) {
  for (size_t i = 0; i < program->length; i++) {
    uint8_t kind = program->kind[i];
    if (!ck_step_is_valid(program, i, n_tests))
      return ck_fail(error, CK_CORRUPT, "step %zu of a search program, of kind %u, leads outside it", i, kind);
  }
  if (!program->length) return ck_fail(error, CK_CORRUPT, "the search program has no steps");
  return program->marks ? ck_check_search_marks(program->marks, n_tests, error) : CK_OK;
}

/* Whether a program is made of sequences of tests. */
static bool ck_search_is_plain(const ck_search_program *program) {
  for (size_t i = 0; i < program->length; i++)
    if (program->kind[i] != CK_STEP_TEST && program->kind[i] != CK_STEP_ACCEPT) return false;
  return true;
}

/* The token and the first step of a place. */
static inline ck_code ck_search_place(const ck_search_places *places, size_t i, const ck_search_program *program,
                                      size_t *token, uint32_t *step, ck_error *error) {
  *token = ck_once32(&places->tokens[i]);
  *step = places->steps ? ck_once32(&places->steps[i]) : 0;
  if (CK_LIKELY(*step < program->length)) return CK_OK;
  return ck_fail(error, CK_CORRUPT, "a search begins at step %u of %zu", *step, program->length);
}

/* --------------------------------------------------------------- backwards */

/* For a sequence of tests from `*step` on: the token of the last one, or SIZE_MAX; `*step` becomes the end of the
 * sequence. Sets `corrupt` if the token has an invalid type. */
static inline size_t ck_walk_back(const ck_search_text *text, const ck_search_program *program, size_t token,
                                  uint32_t *step, bool after_word, size_t *work, bool *corrupt) {
  ck_bounds bounds = ck_search_bounds(text, token);
  uint32_t i = *step;
  for (; program->kind[i] == CK_STEP_TEST; i++) {
    bool words_only = program->words_only[i];
    uint32_t row;
    do {
      token = ck_search_previous(text, bounds, token);
      ++*work;
      if (token == SIZE_MAX) return SIZE_MAX;
      if (!ck_search_row(text, token, &row)) {
        *corrupt = true;
        return token;
      }
    } while (words_only && after_word && !ck_has_test(text, row, 0));
    if (!ck_has_test(text, row, program->x[i])) return SIZE_MAX;
    after_word = words_only;
  }
  *step = i;
  return token;
}

static ck_code ck_starts_push(ck_search_starts_found *found, size_t token, uint32_t tag, ck_error *error) {
  CK_TRY(ck_u32s_push(&found->tokens, (uint32_t)token, error));
  return found->tagged ? ck_u32s_push(&found->tags, tag, error) : CK_OK;
}

/* The starts of the hits with the last of `*left` anchors, and with those before it that are met on the way: threads
 * from several anchors that are in one state go on as one, so that no token is read for each of them. */
static ck_code ck_sweep_back(ck_search_machine *machine, const ck_search_places *anchors, size_t *left, bool after_word,
                             ck_search_starts_found *found, ck_ticker *ticker, ck_error *error) {
  const ck_search_text *text = machine->text;
  const ck_search_program *program = machine->program;
  size_t token, anchor;
  uint32_t row, step;
  CK_TRY(ck_search_place(anchors, *left - 1, program, &token, &step, error));
  if (!ck_search_row(text, token, &row)) return ck_search_corrupt(text, token, error);
  ck_bounds bounds = ck_search_bounds(text, token);
  if (program->marks) ck_ground_move(&machine->ground, token);
  machine->place = token;
  ck_paths_clear(&machine->now);
  ck_paths_follow(machine, &machine->now, 2 * step + after_word);
  for (--*left;;) {
    while (*left && ck_once32(&anchors->tokens[*left - 1]) == token) {
      CK_TRY(ck_search_place(anchors, --*left, program, &anchor, &step, error));
      ck_paths_follow(machine, &machine->now, 2 * step + after_word);
    }
    if (machine->ground.corrupt != SIZE_MAX) return ck_search_corrupt(text, machine->ground.corrupt, error);
    for (size_t i = 0; i < (found->tagged ? machine->n_accepted : !!machine->n_accepted); i++)
      CK_TRY(ck_starts_push(found, token, program->x[machine->accepted[i]], error));
    machine->n_accepted = 0;
    CK_TRY(ck_tick(ticker, (int64_t)(machine->now.length + machine->work + machine->ground.work), error));
    machine->work = machine->ground.work = 0;
    if (!machine->now.length || (token = ck_search_previous(text, bounds, token)) == SIZE_MAX) return CK_OK;
    if (!ck_search_row(text, token, &row)) return ck_search_corrupt(text, token, error);
    machine->place = token;
    ck_search_token(machine, row);
  }
}

/* The same by the automaton, where the program begins at its first step and no tags are wanted; `*known` becomes false
 * if the automaton is not used any more. */
static ck_code ck_sweep_back_known(ck_search_machine *machine, const ck_search_places *anchors, size_t *left,
                                   bool after_word, ck_search_starts_found *found, bool *known, ck_ticker *ticker,
                                   ck_error *error) {
  const ck_search_text *text = machine->text;
  size_t token = ck_once32(&anchors->tokens[*left - 1]);
  uint32_t row;
  if (!ck_search_row(text, token, &row)) return ck_search_corrupt(text, token, error);
  ck_bounds bounds = ck_search_bounds(text, token);
  uint16_t state = CK_STATE_ENDS;
  --*left;
  for (bool is_anchor = true;; is_anchor = false) {
    CK_TRY(ck_tick(ticker, 0, error));
    bool accepted = state & 1;
    for (; *left && ck_once32(&anchors->tokens[*left - 1]) == token; --*left) is_anchor = true;
    if (is_anchor) {
      CK_TRY(ck_automaton_join(machine, state / 2, after_word, &state, error));
      if (CK_UNLIKELY(!state)) break;
      accepted |= state & 1;
    }
    CK_TRY(accepted && ck_u32s_push(&found->tokens, (uint32_t)token, error));
    if (state / 2 == CK_STATE_NONE || token <= bounds.low) break;
    bool is_row = ck_search_row(text, token - 1, &row);
    if (is_row) CK_TRY(ck_automaton_after(machine, state / 2, row, &state, error));
    if (is_row && state <= CK_STATE_ENDS) break; /* without a look at the flags, which is one at memory more */
    machine->asks_units = true;
    if (ck_search_begins_unit(text, token--)) break;
    if (!is_row) return ck_search_corrupt(text, token, error);
  }
  *known = state;
  return CK_OK;
}

/* From each anchor, by the automaton as long as it is used. */
static ck_code ck_sweep_all(ck_search_machine *machine, const ck_search_places *anchors, bool after_word,
                            ck_search_starts_found *found, ck_ticker *ticker, ck_error *error) {
  for (size_t left = anchors->length; left;) {
    size_t before = left, n_found = found->tokens.length;
    bool known = machine->automaton.n_symbols && !found->tagged && !anchors->steps;
    if (known) {
      ck_search_ahead(machine->text, anchors->tokens, left - 1, anchors->length, -1, -1, machine->asks_units);
      machine->asks_units = false;
      CK_TRY(ck_sweep_back_known(machine, anchors, &left, after_word, found, &known, ticker, error));
    }
    if (known) continue;
    left = before;
    found->tokens.length = n_found;
    CK_TRY(ck_sweep_back(machine, anchors, &left, after_word, found, ticker, error));
  }
  return CK_OK;
}

/* From each anchor, a sequence of tests. */
static ck_code ck_walk_all_back(const ck_search_text *text, const ck_search_program *program,
                                const ck_search_places *anchors, bool after_word, ck_search_starts_found *found,
                                ck_ticker *ticker, ck_error *error) {
  for (size_t a = 0; a < anchors->length; a++) {
    size_t token, work = 0;
    uint32_t row, step;
    ck_search_ahead(text, anchors->tokens, a, anchors->length, 1, -1, true);
    CK_TRY(ck_search_place(anchors, a, program, &token, &step, error));
    bool corrupt = !ck_search_row(text, token, &row);
    if (!corrupt) token = ck_walk_back(text, program, token, &step, after_word, &work, &corrupt);
    if (corrupt) return ck_search_corrupt(text, token, error);
    CK_TRY(token != SIZE_MAX && ck_starts_push(found, token, program->x[step], error));
    CK_TRY(ck_tick(ticker, (int64_t)work, error));
  }
  return CK_OK;
}

ck_code ck_search_starts(const ck_search_text *text, const ck_search_program *program, const ck_search_places *anchors,
                         bool after_word, ck_search_starts_found *found, ck_ticker *ticker, ck_error *error) {
  ck_search_machine machine;
  if (ck_search_is_plain(program)) return ck_walk_all_back(text, program, anchors, after_word, found, ticker, error);
  CK_TRY(ck_search_machine_new(&machine, text, program, true, error));
  ck_code code = ck_sweep_all(&machine, anchors, after_word, found, ticker, error);
  ck_search_machine_free(&machine);
  return code;
}

/* ---------------------------------------------------------------- forwards */

/* For a sequence of tests from `step` on: the end of the hit that begins at `token`, or SIZE_MAX. */
static inline size_t ck_walk_on(const ck_search_text *text, const ck_search_program *program, size_t token,
                                uint32_t step, size_t limit, size_t *work, bool *corrupt) {
  ck_bounds bounds = ck_search_bounds(text, token);
  if (limit < bounds.high) bounds.high = limit;
  bool after_word = false;
  for (uint32_t i = step; program->kind[i] == CK_STEP_TEST; i++) {
    bool words_only = program->words_only[i];
    uint32_t row;
    do {
      if (i > step) {
        token = ck_search_next(text, bounds, token);
        ++*work;
        if (token == SIZE_MAX) return SIZE_MAX;
      }
      if (!ck_search_row(text, token, &row)) {
        *corrupt = true;
        return token;
      }
    } while (i > step && words_only && after_word && !ck_has_test(text, row, 0));
    if (!ck_has_test(text, row, program->x[i])) return SIZE_MAX;
    after_word = words_only;
  }
  return program->kind[step] == CK_STEP_TEST ? token + 1 : SIZE_MAX; /* a hit is not empty */
}

/* The same for any program: the end that the strategy takes. */
static size_t ck_run_on(ck_search_machine *machine, ck_search_strategy strategy, size_t token, uint32_t step,
                        size_t limit, bool *corrupt) {
  const ck_search_text *text = machine->text;
  ck_bounds bounds = ck_search_bounds(text, token);
  size_t end = SIZE_MAX;
  if (limit < bounds.high) bounds.high = limit;
  if (machine->program->marks) ck_ground_move(&machine->ground, token);
  machine->place = token;
  ck_paths_clear(&machine->now);
  machine->n_accepted = 0;
  ck_paths_follow(machine, &machine->now, 2 * step);
  machine->work = machine->now.length;
  for (; token != SIZE_MAX && machine->now.length; token = ck_search_next(text, bounds, token)) {
    uint32_t row;
    if (!ck_search_row(text, token, &row)) {
      *corrupt = true;
      return token;
    }
    machine->n_accepted = 0;
    machine->place = token + 1;
    if (!ck_search_token(machine, row)) continue;
    end = token + 1;
    if (strategy == CK_SHORTEST) break;
  }
  machine->work += machine->ground.work;
  machine->ground.work = 0;
  if (CK_LIKELY(machine->ground.corrupt == SIZE_MAX)) return end;
  *corrupt = true;
  return machine->ground.corrupt;
}

/* The same by the automaton; `*known` becomes false if it is not used any more. */
static inline ck_code ck_run_known(ck_search_machine *machine, ck_search_strategy strategy, size_t token, uint32_t step,
                                   size_t limit, size_t *end, bool *known, ck_error *error) {
  const ck_search_text *text = machine->text;
  ck_bounds bounds = ck_search_bounds(text, token);
  uint16_t state;
  *end = SIZE_MAX;
  if (limit < bounds.high) bounds.high = limit;
  CK_TRY(ck_automaton_first(machine, step, &state, error));
  for (size_t next = token; state / 2 > CK_STATE_NONE && next < bounds.high; next++) {
    uint32_t row;
    bool is_row = ck_search_row(text, next, &row);
    if (is_row) CK_TRY(ck_automaton_after(machine, state / 2, row, &state, error));
    machine->work++;
    if (is_row && state <= CK_STATE_ENDS) break; /* without a look at the flags, which is one at memory more */
    if (next > token) {
      machine->asks_units = true;
      if (ck_search_begins_unit(text, next)) break;
    }
    if (!is_row) return ck_search_corrupt(text, next, error);
    if (state & 1) *end = next + 1;
    if ((state & 1) && strategy == CK_SHORTEST) break;
  }
  *known = state;
  return CK_OK;
}

/* Whether no hit begins at a token, whatever its unit: what it and the next one make of a state is known. */
static inline bool ck_ends_at_once(const ck_search_machine *machine, uint32_t state, size_t token) {
  const ck_search_text *text = machine->text;
  uint32_t row, next_row;
  if (token >= text->n_tokens - 1 || !ck_search_row(text, token, &row) || !ck_search_row(text, token + 1, &next_row))
    return false;
  uint16_t after = ck_automaton_known(machine, state, row);
  return !(after & 1) && ck_automaton_known(machine, after / 2, next_row) == CK_STATE_ENDS;
}

enum { CK_SEARCH_PATIENCE = 1 << 16 };

/* Runs from one start each, until the ends of all starts in their unit cost no more. */
typedef struct {
  const ck_search_manner *manner;
  size_t spent, due, patience; /* work of the runs that is not paid back; when to look whether it is enough */
  ck_search_ends ends;
  ck_u32s found;   /* the ends of the places from `from` up to `to` */
  size_t from, to;
} ck_search_units;

/* Where the hit of a start must end. */
static inline size_t ck_limit_of(const ck_search_manner *manner, size_t place, size_t n_places) {
  return manner->limits && place < n_places ? ck_once32(&manner->limits[place]) : SIZE_MAX;
}

/* Finds the ends of the places from `from` on that are in the unit of `token`, if the runs before have cost as much. */
static ck_code ck_units_look(ck_search_units *units, const ck_search_text *text, const ck_search_program *program,
                             ck_search_ground *ground, const ck_search_places *starts, size_t from, size_t token,
                             ck_ticker *ticker, ck_error *error) {
  if (!units->ends.states)
    CK_TRY(ck_search_ends_new(&units->ends, program, units->manner->strategy, error));
  ck_bounds bounds = ck_search_bounds(text, token);
  size_t limit = ck_limit_of(units->manner, from, starts->length), to = from, before = token;
  if (limit < bounds.high) bounds.high = limit > token ? limit : token + 1;
  size_t end = text->barrier_bits ? token + 1 : bounds.high;
  while (end < bounds.high && !ck_search_begins_unit(text, end)) end++;
  for (; to < starts->length && ck_limit_of(units->manner, to, starts->length) == limit; to++) {
    size_t start = ck_once32(&starts->tokens[to]);
    if (start < before || start >= end) break;
    before = start;
  }
  if (units->ends.cyclic) {
    units->due = SIZE_MAX;
    return CK_OK;
  }
  ck_search_ends_reach(&units->ends, program, starts, from, to);
  size_t cost = (end - token) * (units->ends.n_states + 1);
  if (cost > units->spent) {
    units->due = units->patience + (cost < 2 * units->spent ? cost : 2 * units->spent);
    return CK_OK;
  }
  units->found.length = 0;
  CK_TRY(ck_u32s_reserve(&units->found, to - from, error));
  if (from < to) ck_ground_move(ground, before);
  CK_TRY(ck_search_ends_find(&units->ends, text, program, ground, starts, from, to, end, units->found.data, ticker,
                             error));
  units->from = from;
  units->to = to;
  units->spent -= cost;
  units->due = units->spent + units->patience;
  return CK_OK;
}

/* The end of the hit that begins at a start, or SIZE_MAX. */
static ck_code ck_end_of_hit(ck_search_machine *machine, ck_search_units *units, const ck_search_places *starts,
                             size_t place, size_t token, uint32_t step, size_t limit, size_t *end, ck_ticker *ticker,
                             ck_error *error) {
  ck_search_strategy strategy = units->manner->strategy;
  const ck_search_text *text = machine->text;
  bool corrupt = false, known = machine->automaton.n_symbols;
  if (place >= units->from && place < units->to) {
    uint32_t found = units->found.data[place - units->from];
    *end = found == UINT32_MAX || found <= token ? SIZE_MAX : found;
    machine->work = 0;
    if (CK_LIKELY(strategy != CK_SHORTEST || found != token)) return CK_OK; /* else an empty way hides the others */
  }
  if (known) CK_TRY(ck_run_known(machine, strategy, token, step, limit, end, &known, error));
  if (!known) *end = ck_run_on(machine, strategy, token, step, limit, &corrupt);
  if (corrupt) return ck_search_corrupt(text, *end, error);
  units->spent += machine->work;
  if (CK_LIKELY(units->spent < units->due) || place < units->to) return CK_OK;
  return ck_units_look(units, text, machine->program, &machine->ground, starts, place + 1, token, ticker, error);
}

ck_code ck_search_hits(const ck_search_text *text, const ck_search_program *program, const ck_search_places *starts,
                       const ck_search_manner *manner, ck_u32s *first, ck_u32s *end, ck_ticker *ticker,
                       ck_error *error) {
  ck_search_machine machine;
  bool plain = ck_search_is_plain(program);
  ck_search_units units = {.manner = manner};
  units.patience = manner->patience;
  if (!units.patience) units.patience = CK_SEARCH_PATIENCE + 4 * program->length; /* a look costs some steps */
  units.due = units.patience;
  size_t last_end = 0;
  uint64_t last_first = UINT64_MAX; /* no token, also where size_t has 32 bits */
  ck_code code = ck_search_machine_new(&machine, text, program, manner->strategy != CK_PREFERRED, error);
  for (size_t s = 0; !code && s < starts->length; s++) {
    size_t token, after = SIZE_MAX;
    uint32_t row, step;
    bool corrupt = false;
    machine.work = 0;
    bool from_first = machine.automaton.n_symbols && !starts->steps, asks_units = machine.asks_units;
    ck_search_ahead(text, starts->tokens, s, starts->length, 1, 1, asks_units);
    machine.asks_units = false;
    code = ck_search_place(starts, s, program, &token, &step, error);
    if (code) break;
    if (from_first && !asks_units && ck_ends_at_once(&machine, machine.automaton.begin[0] / 2, token)) {
      code = ck_tick(ticker, 1, error);
      continue;
    }
    if ((starts->steps || manner->limits) && token == last_first) continue; /* an earlier one is preferred */
    size_t limit = ck_limit_of(manner, s, starts->length);
    if (CK_UNLIKELY(manner->limits && token >= limit)) continue;
    corrupt = !ck_search_row(text, token, &row);
    if (corrupt) after = token;
    else if (plain && !machine.automaton.n_symbols)
      after = ck_walk_on(text, program, token, step, limit, &machine.work, &corrupt);
    else
      code = ck_end_of_hit(&machine, &units, starts, s, token, step, limit, &after, ticker, error);
    if (corrupt) code = ck_search_corrupt(text, after, error);
    if (!code && after != SIZE_MAX) last_first = token;
    if (!code && after != SIZE_MAX && (after > last_end || manner->nested)) {
      code = ck_u32s_push(first, (uint32_t)token, error);
      if (!code) code = ck_u32s_push(end, (uint32_t)after, error);
      last_end = after;
    }
    if (!code) code = ck_tick(ticker, (int64_t)machine.work, error);
  }
  ck_search_machine_free(&machine);
  ck_search_ends_free(&units.ends);
  ck_u32s_free(&units.found);
  return code;
}

/* ----------------------------------------------------- positions of types */

ck_code ck_search_scan(const ck_search_text *text, uint32_t test, ck_u32s *found, ck_ticker *ticker, ck_error *error) {
  enum { PIECE = 1 << 12 };
  for (size_t begin = 0; begin < text->n_tokens; begin += PIECE) {
    size_t end = begin + PIECE < text->n_tokens ? begin + PIECE : text->n_tokens;
    CK_TRY(ck_u32s_reserve(found, end - begin, error));
    ck_touch_range(&text->of_types, begin, end);
    for (size_t i = begin; i < end; i++) {
      uint32_t row;
      if (!ck_search_row_of(text, i, &row)) return ck_search_corrupt(text, i, error);
      found->data[found->length] = (uint32_t)i; /* kept only if the length is incremented */
      found->length += ck_has_test(text, row, test);
    }
    CK_TRY(ck_tick(ticker, PIECE, error));
  }
  return CK_OK;
}

ck_code ck_in_documents(const uint32_t *positions, size_t n_positions, const uint64_t *ends, const uint8_t *chosen,
                        size_t n_documents, ck_u32s *found, ck_ticker *ticker, ck_error *error) {
  size_t document = 0;
  for (size_t i = 0; i < n_positions; i++) {
    size_t from = document;
    uint32_t position = ck_once32(&positions[i]);
    while (document < n_documents && ends[document] <= position) document++;
    CK_TRY(document < n_documents && chosen[document] && ck_u32s_push(found, position, error));
    CK_TRY(ck_tick(ticker, (int64_t)(document - from), error));
  }
  return CK_OK;
}
