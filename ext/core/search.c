#include "search.h"

#include "search_ends.h"
#include "search_ground.h"
#include "search_text.h"

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

/* ---------------------------------------------------------------- one token */

/* Prefetches the memory around a token that is examined soon. */
static inline void ck_search_ahead(const ck_search_text *text, const uint32_t *tokens, size_t i, size_t n_tokens) {
  enum { AHEAD = 24 };
  if (i + AHEAD < n_tokens && tokens[i + AHEAD] < text->n_tokens) {
    CK_PREFETCH(text->types + tokens[i + AHEAD]);
    CK_PREFETCH(text->flags + tokens[i + AHEAD]);
  }
}

/* -------------------------------------------------------------- the machine */

/* State of a thread: its test, and whether the previous test had words_only. */
typedef struct {
  uint32_t step;
  bool after_word;
} ck_path;

typedef struct {
  ck_path *paths;
  size_t length;
  uint64_t *seen; /* for each state: the number of the list that has it */
  uint64_t number;
} ck_paths;

typedef struct {
  ck_paths now, next;
  uint32_t *stack;    /* stack of states to follow: 2 * step + whether the previous was a word */
  uint32_t *accepted; /* if all threads are followed: the ends of the pattern that they reached at this token */
  size_t n_accepted;
  size_t work; /* work since the last tick: the threads of each token, or its tests */
  size_t place; /* where assertions are asked */
  ck_search_ground ground;
} ck_search_machine;

static void ck_search_machine_free(ck_search_machine *machine) {
  free(machine->now.paths);
  free(machine->now.seen);
  free(machine->next.paths);
  free(machine->next.seen);
  free(machine->stack);
  free(machine->accepted);
  ck_search_ground_free(&machine->ground);
  memset(machine, 0, sizeof *machine);
}

static ck_code ck_paths_new(ck_paths *paths, size_t steps, ck_error *error) {
  paths->paths = (ck_path *)ck_allocate(2 * steps, sizeof(ck_path), error);
  CK_TRY(!paths->paths);
  paths->seen = (uint64_t *)calloc(2 * steps + 1, sizeof(uint64_t));
  return paths->seen ? CK_OK : ck_out_of_memory(error, (2 * steps + 1) * sizeof(uint64_t));
}

static ck_code ck_search_machine_new(ck_search_machine *machine, const ck_search_text *text,
                                     const ck_search_program *program, ck_error *error) {
  size_t steps = program->length;
  memset(machine, 0, sizeof *machine);
  machine->stack = (uint32_t *)ck_allocate(4 * steps + 2, sizeof(uint32_t), error);
  machine->accepted = machine->stack ? (uint32_t *)ck_allocate(2 * steps, sizeof(uint32_t), error) : NULL;
  if (!machine->accepted || ck_search_ground_new(&machine->ground, text, program->marks, error) ||
      ck_paths_new(&machine->now, steps, error) || ck_paths_new(&machine->next, steps, error)) {
    ck_search_machine_free(machine);
    return error->code;
  }
  return CK_OK;
}

static void ck_paths_clear(ck_paths *paths) {
  paths->length = 0;
  paths->number++;
}

static bool ck_paths_add(ck_paths *paths, uint32_t step, bool after_word) {
  size_t key = 2 * (size_t)step + after_word;
  if (paths->seen[key] == paths->number) return false;
  paths->seen[key] = paths->number;
  return true;
}

/* Follows splits and jumps from `step` and adds the tests they lead to, in order of preference. Returns true as soon
 * as they lead to the end of the pattern. With `all`, for sets of threads, the others are still followed, and all ends
 * are kept. */
static bool ck_paths_follow(const ck_search_program *program, ck_search_machine *machine, ck_paths *paths,
                            uint32_t step, bool after_word, bool all) {
  uint32_t *stack = machine->stack;
  size_t depth = 0;
  bool accepted = false;
  stack[depth++] = 2 * step + after_word;
  while (depth) {
    uint32_t key = stack[--depth], at = key / 2;
    after_word = key & 1;
    if (!ck_paths_add(paths, at, after_word)) continue;
    switch (program->kind[at]) {
    case CK_STEP_TEST:
      paths->paths[paths->length].step = at;
      paths->paths[paths->length++].after_word = after_word;
      break;
    case CK_STEP_JUMP:
      stack[depth++] = 2 * program->x[at] + after_word;
      break;
    case CK_STEP_SPLIT:
      if (after_word || !program->words_only[at]) stack[depth++] = 2 * program->y[at] + after_word;
      stack[depth++] = 2 * program->x[at] + after_word;
      break;
    case CK_STEP_ASSERT:
      if (ck_ground_holds(&machine->ground, program->x[at], machine->place))
        stack[depth++] = 2 * (at + 1) + (after_word || program->words_only[at]);
      break;
    case CK_STEP_LABEL:
    case CK_STEP_CHECK:
    case CK_STEP_PLACE:
      stack[depth++] = key + 2;
      break;
    default:
      if (!all) return true;
      machine->accepted[machine->n_accepted++] = at;
      accepted = true;
    }
  }
  return accepted;
}

/* Advances all threads of `now` by a token with this row, after which the machine's place is, to `next`. Returns
 * whether one reached the end of the pattern; less preferred ones are then cut, unless all are followed. */
static bool ck_search_token(const ck_search_text *text, const ck_search_program *program, ck_search_machine *machine,
                            uint32_t row, bool all) {
  ck_paths *now = &machine->now, *next = &machine->next;
  bool is_word = ck_has_test(text, row, 0), accepted = false;
  ck_paths_clear(next);
  for (size_t p = 0; p < now->length; p++) {
    ck_path path = now->paths[p];
    bool words_only = program->words_only[path.step];
    if (words_only && path.after_word && !is_word) { /* skipped */
      if (ck_paths_add(next, path.step, true)) next->paths[next->length++] = path;
    } else if (ck_has_test(text, row, program->x[path.step])) {
      if (ck_paths_follow(program, machine, next, path.step + 1, words_only, all)) {
        accepted = true;
        if (!all) break;
      }
    }
  }
  machine->work += now->length + next->length;
  ck_paths other = *now;
  *now = *next;
  *next = other;
  return accepted;
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
static ck_code ck_sweep_back(const ck_search_text *text, const ck_search_program *program, ck_search_machine *machine,
                             const ck_search_places *anchors, size_t *left, bool after_word,
                             ck_search_starts_found *found, ck_ticker *ticker, ck_error *error) {
  size_t token, anchor;
  uint32_t row, step;
  CK_TRY(ck_search_place(anchors, *left - 1, program, &token, &step, error));
  if (!ck_search_row(text, token, &row)) return ck_search_corrupt(text, token, error);
  ck_bounds bounds = ck_search_bounds(text, token);
  if (program->marks) ck_ground_move(&machine->ground, token);
  machine->place = token;
  ck_paths_clear(&machine->now);
  ck_paths_follow(program, machine, &machine->now, step, after_word, true);
  for (--*left;;) {
    while (*left && ck_once32(&anchors->tokens[*left - 1]) == token) {
      CK_TRY(ck_search_place(anchors, --*left, program, &anchor, &step, error));
      ck_paths_follow(program, machine, &machine->now, step, after_word, true);
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
    ck_search_token(text, program, machine, row, true);
  }
}

ck_code ck_search_starts(const ck_search_text *text, const ck_search_program *program, const ck_search_places *anchors,
                         bool after_word, ck_search_starts_found *found, ck_ticker *ticker, ck_error *error) {
  ck_search_machine machine;
  bool plain = ck_search_is_plain(program);
  ck_code code = ck_search_machine_new(&machine, text, program, error);
  for (size_t a = 0; plain && !code && a < anchors->length; a++) {
    size_t token, work = 0;
    uint32_t row, step;
    bool corrupt = false;
    ck_search_ahead(text, anchors->tokens, a, anchors->length);
    code = ck_search_place(anchors, a, program, &token, &step, error);
    if (code) break;
    corrupt = !ck_search_row(text, token, &row);
    if (!corrupt) token = ck_walk_back(text, program, token, &step, after_word, &work, &corrupt);
    if (corrupt) code = ck_search_corrupt(text, token, error);
    else if (token != SIZE_MAX) code = ck_starts_push(found, token, program->x[step], error);
    if (!code) code = ck_tick(ticker, (int64_t)work, error);
  }
  for (size_t left = plain ? 0 : anchors->length; !code && left;)
    code = ck_sweep_back(text, program, &machine, anchors, &left, after_word, found, ticker, error);
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
static size_t ck_run_on(const ck_search_text *text, const ck_search_program *program, ck_search_machine *machine,
                        ck_search_strategy strategy, size_t token, uint32_t step, size_t limit, bool *corrupt) {
  ck_bounds bounds = ck_search_bounds(text, token);
  size_t end = SIZE_MAX;
  bool all = strategy != CK_PREFERRED;
  if (limit < bounds.high) bounds.high = limit;
  if (program->marks) ck_ground_move(&machine->ground, token);
  machine->place = token;
  ck_paths_clear(&machine->now);
  machine->n_accepted = 0;
  ck_paths_follow(program, machine, &machine->now, step, false, all);
  machine->work = machine->now.length;
  for (; token != SIZE_MAX && machine->now.length; token = ck_search_next(text, bounds, token)) {
    uint32_t row;
    if (!ck_search_row(text, token, &row)) {
      *corrupt = true;
      return token;
    }
    machine->n_accepted = 0;
    machine->place = token + 1;
    if (!ck_search_token(text, program, machine, row, all)) continue;
    end = token + 1;
    if (strategy == CK_SHORTEST) break;
  }
  machine->work += machine->ground.work;
  machine->ground.work = 0;
  if (CK_LIKELY(machine->ground.corrupt == SIZE_MAX)) return end;
  *corrupt = true;
  return machine->ground.corrupt;
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
static ck_code ck_end_of_hit(const ck_search_text *text, const ck_search_program *program, ck_search_machine *machine,
                             ck_search_units *units, const ck_search_places *starts, size_t place, size_t token,
                             uint32_t step, size_t limit, size_t *end, ck_ticker *ticker, ck_error *error) {
  ck_search_strategy strategy = units->manner->strategy;
  bool corrupt = false;
  if (place >= units->from && place < units->to) {
    uint32_t found = units->found.data[place - units->from];
    *end = found == UINT32_MAX || found <= token ? SIZE_MAX : found;
    machine->work = 0;
    if (CK_LIKELY(strategy != CK_SHORTEST || found != token)) return CK_OK; /* else an empty way hides the others */
  }
  *end = ck_run_on(text, program, machine, strategy, token, step, limit, &corrupt);
  if (corrupt) return ck_search_corrupt(text, *end, error);
  units->spent += machine->work;
  if (CK_LIKELY(units->spent < units->due) || place < units->to) return CK_OK;
  return ck_units_look(units, text, program, &machine->ground, starts, place + 1, token, ticker, error);
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
  ck_code code = ck_search_machine_new(&machine, text, program, error);
  for (size_t s = 0; !code && s < starts->length; s++) {
    size_t token, after = SIZE_MAX;
    uint32_t row, step;
    bool corrupt = false;
    machine.work = 0;
    ck_search_ahead(text, starts->tokens, s, starts->length);
    code = ck_search_place(starts, s, program, &token, &step, error);
    if (code) break;
    if ((starts->steps || manner->limits) && token == last_first) continue; /* an earlier one is preferred */
    size_t limit = ck_limit_of(manner, s, starts->length);
    if (CK_UNLIKELY(manner->limits && token >= limit)) continue;
    corrupt = !ck_search_row(text, token, &row);
    if (corrupt) after = token;
    else if (plain) after = ck_walk_on(text, program, token, step, limit, &machine.work, &corrupt);
    else
      code = ck_end_of_hit(text, program, &machine, &units, starts, s, token, step, limit, &after, ticker, error);
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
