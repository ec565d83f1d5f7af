#include "search_machine.h"

/* ------------------------------------------------------------------------- the threads */

static void ck_paths_free(ck_paths *paths) {
  free(paths->keys);
  free(paths->seen);
}

void ck_search_machine_free(ck_search_machine *machine) {
  ck_paths_free(&machine->now);
  ck_paths_free(&machine->next);
  free(machine->stack);
  free(machine->accepted);
  free(machine->automaton.next);
  free(machine->automaton.begin);
  free(machine->automaton.ends);
  ck_u32s_free(&machine->automaton.keys);
  ck_search_ground_free(&machine->ground);
  memset(machine, 0, sizeof *machine);
}

static ck_code ck_paths_new(ck_paths *paths, size_t steps, ck_error *error) {
  paths->keys = (uint32_t *)ck_allocate(2 * steps, sizeof *paths->keys, error);
  CK_TRY(!paths->keys);
  paths->seen = (uint64_t *)calloc(2 * steps + 1, sizeof(uint64_t));
  return paths->seen ? CK_OK : ck_out_of_memory(error, (2 * steps + 1) * sizeof(uint64_t));
}

/* How many symbols there are, if the automaton can be used; otherwise 0. */
static size_t ck_symbols_of(const ck_search_text *text, const ck_search_program *program, bool *by_rows) {
  size_t n_rows = text->rows ? text->n_rows : text->n_types;
  bool bits_only = !text->rows && text->stride == 1;
  if (program->marks) return 0;
  for (size_t i = 0; bits_only && i < program->length; i++)
    if (program->kind[i] == CK_STEP_TEST) bits_only = program->x[i] < 8 || program->x[i] == CK_ANY_TOKEN;
  *by_rows = !bits_only;
  return bits_only ? CK_MOST_SYMBOLS : n_rows <= CK_MOST_SYMBOLS ? n_rows : 0;
}

static ck_code ck_automaton_new(ck_automaton *automaton, const ck_search_text *text, const ck_search_program *program,
                                ck_error *error) {
  size_t most = text->most_states ? text->most_states : CK_USUAL_STATES;
  automaton->n_symbols = ck_symbols_of(text, program, &automaton->by_rows);
  if (!automaton->n_symbols) return CK_OK;
  automaton->most_states = most = most < UINT16_MAX / 2 ? most : UINT16_MAX / 2;
  automaton->next = (uint16_t *)calloc((most + 1) * (automaton->n_symbols + 1), sizeof(uint16_t));
  automaton->begin = (uint16_t *)calloc(program->length, sizeof(uint16_t));
  automaton->ends = (size_t *)calloc(most + 1, sizeof(size_t));
  automaton->n_states = CK_STATE_NONE;
  if (!automaton->next || !automaton->begin || !automaton->ends)
    return ck_out_of_memory(error, (most + 1) * (automaton->n_symbols + 1) * sizeof(uint16_t));
  for (size_t i = 0; i < automaton->n_symbols; i++)
    automaton->next[CK_STATE_NONE * (automaton->n_symbols + 1) + i] = CK_STATE_ENDS;
  return CK_OK;
}

ck_code ck_search_machine_new(ck_search_machine *machine, const ck_search_text *text, const ck_search_program *program,
                              bool all, ck_error *error) {
  size_t steps = program->length;
  memset(machine, 0, sizeof *machine);
  machine->text = text;
  machine->program = program;
  machine->all = all;
  machine->stack = (uint32_t *)ck_allocate(4 * steps + 2, sizeof(uint32_t), error);
  machine->accepted = machine->stack ? (uint32_t *)ck_allocate(2 * steps, sizeof(uint32_t), error) : NULL;
  if (!machine->accepted || ck_search_ground_new(&machine->ground, text, program->marks, error) ||
      ck_paths_new(&machine->now, steps, error) || ck_paths_new(&machine->next, steps, error) ||
      ck_automaton_new(&machine->automaton, text, program, error)) {
    ck_search_machine_free(machine);
    return error->code;
  }
  return CK_OK;
}

void ck_paths_clear(ck_paths *paths) {
  paths->length = 0;
  paths->number++;
}

static bool ck_paths_add(ck_paths *paths, uint32_t key) {
  if (paths->seen[key] == paths->number) return false;
  paths->seen[key] = paths->number;
  return true;
}

bool ck_paths_follow(ck_search_machine *machine, ck_paths *paths, uint32_t key) {
  const ck_search_program *program = machine->program;
  uint32_t *stack = machine->stack;
  size_t depth = 0;
  bool accepted = false;
  stack[depth++] = key;
  while (depth) {
    key = stack[--depth];
    uint32_t at = key / 2, after_word = key & 1;
    if (!ck_paths_add(paths, key)) continue;
    switch (program->kind[at]) {
    case CK_STEP_TEST:
      paths->keys[paths->length++] = key;
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
      if (!machine->all) return true;
      machine->accepted[machine->n_accepted++] = at;
      accepted = true;
    }
  }
  return accepted;
}

bool ck_search_token(ck_search_machine *machine, uint32_t row) {
  const ck_search_text *text = machine->text;
  const ck_search_program *program = machine->program;
  ck_paths *now = &machine->now, *next = &machine->next;
  bool is_word = ck_has_test(text, row, 0), accepted = false;
  ck_paths_clear(next);
  for (size_t p = 0; p < now->length; p++) {
    uint32_t key = now->keys[p], step = key / 2;
    bool words_only = program->words_only[step];
    if (words_only && (key & 1) && !is_word) { /* skipped */
      if (ck_paths_add(next, key)) next->keys[next->length++] = key;
    } else if (ck_has_test(text, row, program->x[step])) {
      if (ck_paths_follow(machine, next, 2 * (step + 1) + words_only)) {
        accepted = true;
        if (!machine->all) break;
      }
    }
  }
  machine->work += now->length + next->length;
  ck_paths other = *now;
  *now = *next;
  *next = other;
  return accepted;
}

/* ----------------------------------------------------------------------- the automaton */

/* Sets the threads of a machine to those of a state. */
static void ck_automaton_load(ck_search_machine *machine, uint32_t state) {
  const ck_automaton *automaton = &machine->automaton;
  size_t begin = automaton->ends[state - 1];
  ck_paths_clear(&machine->now);
  for (size_t i = begin; i < automaton->ends[state]; i++) {
    uint32_t key = automaton->keys.data[i];
    machine->now.keys[machine->now.length++] = key;
    machine->now.seen[key] = machine->now.number;
  }
}

/* Keeps the state of the threads of a machine in an item; 0 if there are too many. */
static ck_code ck_automaton_keep(ck_search_machine *machine, bool accepted, uint16_t *item, uint16_t *found,
                                 ck_error *error) {
  ck_automaton *automaton = &machine->automaton;
  const ck_paths *now = &machine->now;
  size_t state = CK_STATE_NONE, begin = 0;
  machine->n_accepted = 0;
  for (; state <= automaton->n_states; begin = automaton->ends[state++]) {
    bool as_long = automaton->ends[state] - begin == now->length;
    if (as_long && (!now->length || !memcmp(automaton->keys.data + begin, now->keys, now->length * sizeof *now->keys)))
      break;
  }
  *found = 0;
  if (state > automaton->most_states) {
    automaton->n_symbols = 0;
    return CK_OK;
  }
  if (state > automaton->n_states) {
    CK_TRY(ck_u32s_reserve(&automaton->keys, now->length, error));
    memcpy(automaton->keys.data + begin, now->keys, now->length * sizeof *now->keys);
    automaton->ends[state] = automaton->keys.length = begin + now->length;
    automaton->n_states = state;
  }
  *item = *found = (uint16_t)(2 * state + accepted);
  return CK_OK;
}

ck_code ck_automaton_find(ck_search_machine *machine, uint32_t state, uint32_t row, uint16_t *found, ck_error *error) {
  const ck_automaton *automaton = &machine->automaton;
  uint32_t symbol = automaton->by_rows ? row : machine->text->tests[row];
  uint16_t *item = &automaton->next[state * (automaton->n_symbols + 1) + symbol];
  ck_automaton_load(machine, state);
  bool accepted = ck_search_token(machine, row);
  return ck_automaton_keep(machine, accepted, item, found, error);
}

ck_code ck_automaton_begin(ck_search_machine *machine, uint32_t state, uint32_t key, uint16_t *item, uint16_t *found,
                           ck_error *error) {
  ck_automaton_load(machine, state);
  bool accepted = ck_paths_follow(machine, &machine->now, key);
  return ck_automaton_keep(machine, accepted, item, found, error);
}
