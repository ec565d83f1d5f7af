#include "search_labels.h"

#include "search_ground.h"

void ck_labelled_hits_free(ck_labelled_hits *hits) {
  ck_u32s_free(&hits->first);
  ck_u32s_free(&hits->end);
  ck_u32s_free(&hits->slots);
}

/* ------------------------------------------------------------------ which slots matter */

/* A way to be tried later: from a step at a place, with the slots as they were when the trail had this length. */
typedef struct {
  uint32_t step, place;
  size_t trail;
  bool after_word;
} ck_label_way;

CK_ARRAY(ck_label_way, ck_label_ways)

typedef struct {
  const ck_search_text *text;
  const ck_search_program *program;
  ck_search_ground ground;
  uint64_t *live;  /* for each step: the slots that a check may ask before they are set again */
  uint8_t *joins;  /* whether several ways may lead to a step, so that it is remembered */
  uint32_t slots[CK_MOST_SLOTS], best[CK_MOST_SLOTS];
  ck_label_ways choices;
  ck_u32s trail;   /* pairs of a slot and what it was before */
  ck_u32s states;  /* what was tried from this start: the key of a state, its place, and its live slots */
  uint64_t *table; /* open addressing: the number of the start << 32 | where the state begins + 1 */
  size_t table_size, n_states;
  uint32_t number; /* of the start */
  size_t start;
  uint64_t work, budget; /* the steps that were done, and that may be done, from all starts */
  uint64_t reported, due; /* those that the ticker knows of, and when it is told of more */
} ck_labels;

static void ck_labels_free(ck_labels *labels) {
  ck_search_ground_free(&labels->ground);
  free(labels->live);
  free(labels->joins);
  ck_label_ways_free(&labels->choices);
  ck_u32s_free(&labels->trail);
  ck_u32s_free(&labels->states);
  free(labels->table);
}

static uint64_t ck_slot_bit(uint32_t slot) {
  return slot < CK_MOST_SLOTS ? (uint64_t)1 << slot : 0;
}

/* The slots that a check asks. */
static uint64_t ck_slots_of_check(const ck_search_marks *marks, uint32_t check) {
  uint64_t asked = 0;
  for (size_t i = check ? marks->check_ends[check - 1] : 0; i < marks->check_ends[check]; i++) {
    const ck_search_term *term = &marks->terms[i];
    if (term->kind == CK_TERM_CONSTANT || term->kind >= CK_TERM_NOT) continue;
    asked |= ck_slot_bit(term->a);
    if (term->kind >= CK_TERM_SAME && term->kind <= CK_TERM_DISTANCE) asked |= ck_slot_bit(term->b);
  }
  return asked;
}

/* The slots that matter before a step, given those that matter before the next ones. */
static uint64_t ck_live_before(const ck_search_program *program, const uint64_t *live, size_t i) {
  switch (program->kind[i]) {
  case CK_STEP_SPLIT:
    return live[program->x[i]] | live[program->y[i]];
  case CK_STEP_JUMP:
    return live[program->x[i]];
  case CK_STEP_ACCEPT:
    return 0;
  case CK_STEP_LABEL:
  case CK_STEP_PLACE:
    return live[i + 1] & ~ck_slot_bit(program->x[i]);
  case CK_STEP_CHECK:
    return live[i + 1] | ck_slots_of_check(program->marks, program->x[i]);
  default:
    return live[i + 1];
  }
}

static ck_code ck_labels_find_live(ck_labels *labels, ck_ticker *ticker, ck_error *error) {
  const ck_search_program *program = labels->program;
  for (bool changed = true; changed;) {
    changed = false;
    for (size_t i = program->length; i-- > 0;) {
      uint64_t before = ck_live_before(program, labels->live, i);
      changed |= before != labels->live[i];
      labels->live[i] = before;
    }
    CK_TRY(ck_tick(ticker, (int64_t)program->length, error));
  }
  return CK_OK;
}

/* Several ways lead to a step that two steps lead to, and to one that a later one leads back to. */
static void ck_labels_find_joins(ck_labels *labels) {
  const ck_search_program *program = labels->program;
  uint8_t *joins = labels->joins; /* the steps that lead to it, at most 2 */
  joins[0] = 1;
  for (size_t i = 0; i < program->length; i++) {
    uint8_t kind = program->kind[i];
    uint32_t to[2] = {(uint32_t)i + 1, 0};
    unsigned n = kind == CK_STEP_ACCEPT ? 0 : 1;
    if (kind == CK_STEP_JUMP || kind == CK_STEP_SPLIT) to[0] = program->x[i];
    if (kind == CK_STEP_SPLIT) to[n++] = program->y[i];
    for (unsigned k = 0; k < n; k++) joins[to[k]] = to[k] <= i || joins[to[k]] ? 2 : 1;
  }
  for (size_t i = 0; i < program->length; i++) joins[i] = joins[i] > 1;
}

static ck_code ck_labels_new(ck_labels *labels, const ck_search_text *text, const ck_search_program *program,
                             uint64_t budget, ck_ticker *ticker, ck_error *error) {
  memset(labels, 0, sizeof *labels);
  labels->text = text;
  labels->program = program;
  memset(labels->slots, 0xFF, sizeof labels->slots);
  labels->budget = budget ? budget : ((uint64_t)1 << 28) + 64 * (uint64_t)text->n_tokens;
  CK_TRY(ck_search_ground_new(&labels->ground, text, program->marks, error));
  labels->live = (uint64_t *)calloc(program->length, sizeof *labels->live);
  labels->joins = (uint8_t *)calloc(program->length, 1);
  if (!labels->live || !labels->joins) return ck_out_of_memory(error, program->length * sizeof *labels->live);
  return ck_labels_find_live(labels, ticker, error);
}

/* ----------------------------------------------------------------------- what was tried */

static uint32_t ck_state_hash(const uint32_t *state, size_t length) {
  uint64_t hash = 0x9E3779B97F4A7C15u;
  for (size_t i = 0; i < length; i++) {
    hash = (hash ^ state[i]) * 0xD6E8FEB86659FD93u;
    hash ^= hash >> 32;
  }
  return (uint32_t)hash;
}

static ck_code ck_states_grow(ck_labels *labels, ck_error *error) {
  size_t size = labels->table_size ? 2 * labels->table_size : 1024;
  uint64_t *table = (uint64_t *)calloc(size, sizeof *table);
  if (!table) return ck_out_of_memory(error, size * sizeof *table);
  for (size_t i = 0; i < labels->table_size; i++) {
    uint64_t item = labels->table[i];
    if (item >> 32 != labels->number) continue;
    const uint32_t *state = &labels->states.data[(uint32_t)item - 1];
    size_t place = state[0] & (size - 1); /* its hash */
    while (table[place]) place = (place + 1) & (size - 1);
    table[place] = item;
  }
  free(labels->table);
  labels->table = table;
  labels->table_size = size;
  return CK_OK;
}

enum { CK_MOST_STATES = 1 << 26 }; /* numbers that states take, 256 MiB */

static ck_code ck_labels_too_many(const ck_labels *labels, ck_error *error) {
  return ck_fail(error, CK_LIMIT, "the labels of this pattern can be bound in too many ways near token %zu",
                 labels->start);
}

/* Remembers a state; `is_new` becomes whether it was not known. */
static ck_code ck_labels_remember(ck_labels *labels, uint32_t step, size_t place, bool after_word, bool *is_new,
                                  ck_error *error) {
  uint32_t state[CK_MOST_SLOTS + 4];
  size_t length = 1;
  state[length++] = step;
  state[length++] = (uint32_t)place;
  state[length++] = after_word;
  uint64_t live = labels->live[step];
  for (size_t slot = 0; live >> slot; slot++) {
    if (live >> slot & 1) state[length++] = labels->slots[slot];
    if (slot == CK_MOST_SLOTS - 1) break;
  }
  state[0] = ck_state_hash(state + 1, length - 1);
  if (2 * labels->n_states >= labels->table_size) CK_TRY(ck_states_grow(labels, error));
  size_t mask = labels->table_size - 1, at = state[0] & mask;
  *is_new = false;
  for (; labels->table[at] >> 32 == labels->number; at = (at + 1) & mask) {
    const uint32_t *known = &labels->states.data[(uint32_t)labels->table[at] - 1];
    labels->work++;
    bool alike = known[0] == state[0] && known[1] == state[1]; /* the same step, and so the same length */
    if (alike && !memcmp(known, state, length * sizeof *state)) return CK_OK;
  }
  if (labels->states.length > CK_MOST_STATES) return ck_labels_too_many(labels, error);
  labels->table[at] = (uint64_t)labels->number << 32 | (labels->states.length + 1);
  labels->n_states++;
  *is_new = true;
  CK_TRY(ck_u32s_reserve(&labels->states, length, error));
  memcpy(labels->states.data + labels->states.length, state, length * sizeof *state);
  labels->states.length += length;
  return CK_OK;
}

/* ------------------------------------------------------------------------------- checks */

/* The token some tokens after that of a slot, in its document; SIZE_MAX for none. */
static size_t ck_token_of(const ck_labels *labels, uint32_t slot, uint32_t offset, size_t place) {
  size_t token = slot == CK_SLOT_MATCH ? labels->start
                 : slot != CK_SLOT_CURRENT ? labels->slots[slot]
                 : place > labels->start ? place - 1 : labels->start;
  if (slot < CK_MOST_SLOTS && token == CK_NO_TOKEN) return SIZE_MAX;
  int64_t other = (int64_t)token + (int32_t)offset;
  return other >= (int64_t)labels->ground.low && other < (int64_t)labels->ground.high ? (size_t)other : SIZE_MAX;
}

static uint32_t ck_code_of(ck_labels *labels, const ck_search_codes *codes, size_t token) {
  size_t item = token;
  if (codes->by_types) {
    ck_touch(&labels->text->of_types, token);
    item = ck_once32(&labels->text->types[token]); /* the token is in the document */
    if (CK_UNLIKELY(item >= labels->text->n_types)) labels->ground.corrupt = token;
  }
  if (item >= codes->length) return 0;
  return codes->size == 1   ? ((const uint8_t *)codes->values)[item]
         : codes->size == 2 ? ((const uint16_t *)codes->values)[item]
                            : ((const uint32_t *)codes->values)[item];
}

static bool ck_compares(uint32_t compared, int64_t left, int64_t right) {
  switch (compared) {
  case CK_EQUAL:
    return left == right;
  case CK_UNEQUAL:
    return left != right;
  case CK_LESS_THAN:
    return left < right;
  case CK_AT_MOST:
    return left <= right;
  case CK_MORE_THAN:
    return left > right;
  default:
    return left >= right;
  }
}

static bool ck_distance_holds(const ck_search_term *term, size_t from, size_t to) {
  int64_t distance = (int64_t)to - (int64_t)from;
  if (distance < 0 && term->flags & CK_ABSOLUTE) distance = -distance;
  return ck_compares(term->c, distance, (int32_t)term->d);
}

/* The places that a boundary at this one may be at. */
static void ck_places_of(ck_labels *labels, size_t place, bool over_signs, size_t *begin, size_t *end) {
  *begin = *end = place;
  if (!over_signs || place < labels->ground.low || place > labels->ground.high) return;
  ck_ground_look(&labels->ground, place);
  *begin = labels->ground.gap_begin;
  *end = labels->ground.gap_end;
}

/* Whether a region (a unit of text) begins at the place in a slot and ends at this one. */
static bool ck_region_holds(ck_labels *labels, const ck_search_term *term, size_t place) {
  ck_search_ground *ground = &labels->ground;
  size_t begin, last_begin, end, last_end, slot = labels->slots[term->a];
  if (slot == CK_NO_TOKEN) return false;
  if (term->kind == CK_TERM_REGION && (term->flags & CK_REACHES_ON)) {
    const ck_search_regions *regions = &ground->marks->regions[term->c];
    size_t after = ck_first_from(regions->first, regions->length, slot + 1); /* of equal ones the last is the longest */
    return after && regions->first[after - 1] == slot && regions->end[after - 1] > place;
  }
  ck_places_of(labels, slot, term->flags & CK_BEGIN_OVER_SIGNS, &begin, &last_begin);
  ck_places_of(labels, place, term->flags & CK_END_OVER_SIGNS, &end, &last_end);
  if (term->kind == CK_TERM_REGION) {
    const ck_search_regions *regions = &ground->marks->regions[term->c];
    size_t i = ck_first_from(regions->first, regions->length, begin);
    for (; i < regions->length && regions->first[i] <= last_begin; i++, ground->work++)
      if (regions->end[i] >= end && regions->end[i] <= last_end) return true;
    return false;
  }
  if (last_begin >= ground->high) last_begin = ground->high - 1;
  for (size_t first = last_begin + 1; first-- > begin;) {
    ground->work++;
    if (!ck_ground_unit(ground, first, term->c, true)) continue;
    size_t after = first + 1;
    for (; after < last_end && !ck_ground_unit(ground, after, term->c, false); after++) ground->work++;
    if (after >= end && after <= last_end && ck_ground_unit(ground, after, term->c, false)) return true;
  }
  return false;
}

static bool ck_term_holds(ck_labels *labels, const ck_search_term *term, size_t place) {
  if (term->kind == CK_TERM_CONSTANT) return term->a;
  if (term->kind == CK_TERM_SET) return labels->slots[term->a] != CK_NO_TOKEN;
  if (term->kind == CK_TERM_REGION || term->kind == CK_TERM_UNIT) return ck_region_holds(labels, term, place);
  size_t left = ck_token_of(labels, term->a, term->kind == CK_TERM_DISTANCE ? 0 : term->at_a, place), right;
  if (left == SIZE_MAX) return false;
  if (term->kind == CK_TERM_PASSES) return ck_ground_passes(&labels->ground, left, term->c);
  right = ck_token_of(labels, term->b, term->kind == CK_TERM_DISTANCE ? 0 : term->at_b, place);
  if (right == SIZE_MAX) return false;
  if (term->kind == CK_TERM_DISTANCE) return ck_distance_holds(term, left, right);
  const ck_search_codes *codes = labels->ground.marks->codes;
  uint32_t code = ck_code_of(labels, &codes[term->c], left);
  bool same = code && code == ck_code_of(labels, &codes[term->d], right);
  return same == (term->kind == CK_TERM_SAME);
}

static bool ck_check_holds(ck_labels *labels, uint32_t check, size_t place) {
  const ck_search_marks *marks = labels->ground.marks;
  uint64_t answers = 0; /* a stack of bits */
  for (size_t i = check ? marks->check_ends[check - 1] : 0; i < marks->check_ends[check]; i++) {
    const ck_search_term *term = &marks->terms[i];
    labels->work++;
    if (term->kind == CK_TERM_NOT) answers ^= 1;
    else if (term->kind == CK_TERM_AND) answers = answers >> 1 & (answers | ~(uint64_t)1);
    else if (term->kind == CK_TERM_OR) answers = answers >> 1 | (answers & 1);
    else answers = answers << 1 | ck_term_holds(labels, term, place);
  }
  return answers & 1;
}

/* --------------------------------------------------------------------------------- ways */

static ck_code ck_labels_set(ck_labels *labels, uint32_t slot, size_t value, ck_error *error) {
  if (labels->slots[slot] == value) return CK_OK;
  if (labels->choices.length) {
    CK_TRY(ck_u32s_push(&labels->trail, slot, error));
    CK_TRY(ck_u32s_push(&labels->trail, labels->slots[slot], error));
  }
  labels->slots[slot] = (uint32_t)value;
  return CK_OK;
}

/* Takes the way that is to be tried next. */
static ck_label_way ck_labels_back(ck_labels *labels) {
  ck_label_way choice = labels->choices.data[--labels->choices.length];
  for (size_t i = labels->trail.length; i != choice.trail; i -= 2) { /* they come in pairs */
    const uint32_t *pair = labels->trail.data + i - 2;
    labels->slots[pair[0]] = pair[1];
  }
  labels->trail.length = choice.trail;
  return choice;
}

/* The place after the token that passes a test, the first one from `place` that is not passed over; SIZE_MAX if it does
 * not pass, or is not in the unit. */
static size_t ck_labels_test(ck_labels *labels, uint32_t step, size_t place, bool after_word, size_t high) {
  bool words_only = labels->program->words_only[step] && after_word;
  for (size_t token = place; token < high; token++) {
    if (token > labels->start && ck_search_begins_unit(labels->text, token)) return SIZE_MAX;
    if (words_only && !ck_ground_passes(&labels->ground, token, 0)) continue;
    return ck_ground_passes(&labels->ground, token, labels->program->x[step]) ? token + 1 : SIZE_MAX;
  }
  return SIZE_MAX;
}

/* Keeps a way to the end of the pattern if the strategy prefers it to that kept before. */
static void ck_labels_accept(ck_labels *labels, ck_search_strategy strategy, size_t place, size_t *end) {
  if (place == labels->start) return;
  if (*end != SIZE_MAX && (strategy == CK_SHORTEST ? place >= *end : place <= *end)) return;
  *end = place;
  memcpy(labels->best, labels->slots, labels->program->marks->n_slots * sizeof *labels->best);
}

/* Reports the work, of which there must not be more than the budget. */
static ck_code ck_labels_report(ck_labels *labels, ck_ticker *ticker, ck_error *error) {
  enum { OFTEN = 1 << 12 };
  if (labels->work > labels->budget) return ck_labels_too_many(labels, error);
  CK_TRY(ck_tick(ticker, (int64_t)(labels->work - labels->reported), error));
  labels->reported = labels->work;
  labels->due = labels->budget - labels->work < OFTEN ? labels->budget : labels->work + OFTEN;
  return CK_OK;
}

/* Follows the ways from a start, whose end becomes SIZE_MAX if there is no hit. */
static ck_code ck_labels_run(ck_labels *labels, ck_label_way at, ck_search_strategy strategy, size_t high, size_t *end,
                             ck_ticker *ticker, ck_error *error) {
  const ck_search_program *program = labels->program;
  bool on = true;
  *end = SIZE_MAX;
  for (;;) {
    if (on && labels->joins[at.step])
      CK_TRY(ck_labels_remember(labels, at.step, at.place, at.after_word, &on, error));
    labels->work += 1 + labels->ground.work;
    labels->ground.work = 0;
    if (CK_UNLIKELY(labels->work > labels->due)) CK_TRY(ck_labels_report(labels, ticker, error));
    if (!on) {
      if (!labels->choices.length) return CK_OK;
      at = ck_labels_back(labels);
      on = true;
      continue;
    }
    uint32_t x = program->x[at.step];
    size_t after;
    switch (program->kind[at.step++]) {
    case CK_STEP_TEST:
      after = ck_labels_test(labels, at.step - 1, at.place, at.after_word, high);
      at.after_word = program->words_only[at.step - 1];
      on = after != SIZE_MAX && !(strategy == CK_SHORTEST && after >= *end);
      at.place = (uint32_t)after;
      break;
    case CK_STEP_SPLIT:
      if (at.after_word || !program->words_only[at.step - 1]) {
        at.trail = labels->trail.length;
        CK_TRY(ck_label_ways_push(&labels->choices, at, error));
        labels->choices.data[labels->choices.length - 1].step = program->y[at.step - 1];
      }
      at.step = x;
      break;
    case CK_STEP_JUMP:
      at.step = x;
      break;
    case CK_STEP_ASSERT:
      on = ck_ground_holds(&labels->ground, x, at.place);
      at.after_word |= program->words_only[at.step - 1];
      break;
    case CK_STEP_LABEL:
      CK_TRY(ck_labels_set(labels, x, at.place > labels->start ? at.place - 1 : labels->start, error));
      break;
    case CK_STEP_CHECK:
      on = ck_check_holds(labels, x, at.place);
      break;
    case CK_STEP_PLACE:
      CK_TRY(ck_labels_set(labels, x, at.place, error));
      break;
    default:
      ck_labels_accept(labels, strategy, at.place, end);
      if (strategy == CK_PREFERRED) return CK_OK;
      on = false;
    }
  }
}

/* The end of the hit of a start. */
static ck_code ck_labels_start(ck_labels *labels, size_t token, uint32_t step, size_t limit,
                               ck_search_strategy strategy, size_t *end, ck_ticker *ticker, ck_error *error) {
  ck_bounds bounds = ck_search_bounds(labels->text, token);
  uint32_t row;
  *end = SIZE_MAX;
  if (!ck_search_row(labels->text, token, &row)) return ck_search_corrupt(labels->text, token, error);
  labels->start = token;
  labels->choices.length = labels->trail.length = labels->states.length = labels->n_states = 0;
  if (!++labels->number) { /* after 2^32 starts */
    if (labels->table_size) memset(labels->table, 0, labels->table_size * sizeof *labels->table);
    labels->number = 1;
  }
  memset(labels->slots, 0xFF, labels->program->marks->n_slots * sizeof *labels->slots);
  ck_ground_move(&labels->ground, token);
  ck_label_way at = {.step = step, .place = (uint32_t)token};
  CK_TRY(ck_labels_run(labels, at, strategy, limit < bounds.high ? limit : bounds.high, end, ticker, error));
  return labels->ground.corrupt == SIZE_MAX ? CK_OK : ck_search_corrupt(labels->text, labels->ground.corrupt, error);
}

static ck_code ck_labelled_push(ck_labelled_hits *hits, const ck_labels *labels, size_t first, size_t end,
                                ck_error *error) {
  size_t n_slots = labels->program->marks->n_slots;
  CK_TRY(ck_u32s_push(&hits->first, (uint32_t)first, error));
  CK_TRY(ck_u32s_push(&hits->end, (uint32_t)end, error));
  CK_TRY(ck_u32s_reserve(&hits->slots, n_slots, error));
  if (n_slots) memcpy(hits->slots.data + hits->slots.length, labels->best, n_slots * sizeof *labels->best);
  hits->slots.length += n_slots;
  return CK_OK;
}

static ck_code ck_labelled_starts(ck_labels *labels, const ck_search_places *starts, const ck_search_manner *manner,
                                  ck_labelled_hits *hits, ck_ticker *ticker, ck_error *error) {
  size_t last_end = 0;
  uint64_t last_first = UINT64_MAX; /* no token, also where size_t has 32 bits */
  for (size_t s = 0; s < starts->length; s++) {
    size_t token = ck_once32(&starts->tokens[s]), end;
    uint32_t step = starts->steps ? ck_once32(&starts->steps[s]) : 0;
    size_t limit = manner->limits ? ck_once32(&manner->limits[s]) : SIZE_MAX;
    ck_search_ahead(labels->text, starts->tokens, s, starts->length, 1, 1, true);
    CK_TRY(ck_tick(ticker, 1, error));
    if (step >= labels->program->length)
      return ck_fail(error, CK_CORRUPT, "a search begins at step %u of %zu", step, labels->program->length);
    if ((starts->steps || manner->limits) && token == last_first) continue;
    if (manner->limits && token >= limit) continue;
    CK_TRY(ck_labels_start(labels, token, step, limit, manner->strategy, &end, ticker, error));
    if (end == SIZE_MAX) continue;
    last_first = token;
    if (end <= last_end && !manner->nested) continue;
    last_end = end;
    CK_TRY(ck_labelled_push(hits, labels, token, end, error));
  }
  return CK_OK;
}

ck_code ck_search_labelled(const ck_search_text *text, const ck_search_program *program, const ck_search_places *starts,
                           const ck_search_manner *manner, uint64_t budget, ck_labelled_hits *hits, ck_ticker *ticker,
                           ck_error *error) {
  static const ck_search_marks none = {0};
  ck_search_program marked = *program;
  ck_labels labels;
  if (!marked.marks) marked.marks = &none;
  ck_code code = ck_labels_new(&labels, text, &marked, budget, ticker, error);
  if (!code) {
    ck_labels_find_joins(&labels);
    code = ck_labelled_starts(&labels, starts, manner, hits, ticker, error);
  }
  ck_labels_free(&labels);
  return code;
}
