#include "search.h"

#include "sorted.h"

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
  *program = (ck_search_program){bytes, bytes + length, numbers, numbers + length, length};
  return CK_OK;
}

ck_code ck_check_search_program(const ck_search_program *program, size_t stride, ck_error *error) {
  for (size_t i = 0; i < program->length; i++) {
    uint8_t kind = program->kind[i];
    bool last = i + 1 == program->length, valid = kind <= CK_STEP_ACCEPT;
    if (kind == CK_STEP_TEST) valid = program->x[i] < 8 * stride && !last;
    if (kind == CK_STEP_SPLIT) valid = program->x[i] < program->length && program->y[i] < program->length;
    if (kind == CK_STEP_JUMP) valid = program->x[i] < program->length;
    if (!valid)
      return ck_fail(error, CK_CORRUPT, "step %zu of a search program, of kind %u, leads outside it", i, kind);
  }
  if (!program->length) return ck_fail(error, CK_CORRUPT, "the search program has no steps");
  return CK_OK;
}

/* ---------------------------------------------------------------- one token */

static inline bool ck_has_test(const ck_search_text *text, uint32_t type, uint32_t bit) {
  return (text->tests[(size_t)type * text->stride + (bit >> 3)] >> (bit & 7)) & 1;
}

static ck_code ck_search_corrupt(const ck_search_text *text, size_t token, ck_error *error) {
  if (token >= text->n_tokens)
    return ck_fail(error, CK_CORRUPT, "a search begins at token %zu of %zu", token, text->n_tokens);
  return ck_fail(error, CK_CORRUPT, "token %zu has the type %u of %zu types", token, text->types[token], text->n_types);
}

/* The type of a token. It is read once and checked each time, since a mapped file may change; false if there is no such
 * token or type. */
static inline bool ck_search_type(const ck_search_text *text, size_t token, uint32_t *type) {
  if (CK_UNLIKELY(token >= text->n_tokens)) return false;
  *type = ck_once32(&text->types[token]);
  return CK_LIKELY(*type < text->n_types);
}

/* First token and end of the document of a token. With barrier flags they are not needed, as each document begins
 * with one. */
typedef struct {
  size_t low, high;
} ck_bounds;

static ck_bounds ck_search_bounds(const ck_search_text *text, size_t token) {
  ck_bounds all = {0, text->n_tokens};
  if (text->barrier_bits) return all;
  size_t document = ck_first_above(text->document_ends, 0, text->n_documents, token);
  uint64_t begin = document ? ck_once64(&text->document_ends[document - 1]) : 0;
  uint64_t end = document < text->n_documents ? ck_once64(&text->document_ends[document]) : text->n_tokens;
  all.low = begin < token ? (size_t)begin : token;
  all.high = end < text->n_tokens ? (size_t)end : text->n_tokens;
  return all;
}

/* The token after (or before) a token within its unit of text, or SIZE_MAX. */
static inline size_t ck_search_next(const ck_search_text *text, ck_bounds bounds, size_t token) {
  size_t next = token + 1;
  return next < bounds.high && !(text->flags[next] & text->barrier_bits) ? next : SIZE_MAX;
}

static inline size_t ck_search_previous(const ck_search_text *text, ck_bounds bounds, size_t token) {
  return token > bounds.low && !(text->flags[token] & text->barrier_bits) ? token - 1 : SIZE_MAX;
}

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
  uint32_t *stack; /* stack of steps to follow */
  size_t work;     /* work since the last tick: the threads of each token, or its tests */
} ck_search_machine;

static void ck_search_machine_free(ck_search_machine *machine) {
  free(machine->now.paths);
  free(machine->now.seen);
  free(machine->next.paths);
  free(machine->next.seen);
  free(machine->stack);
  memset(machine, 0, sizeof *machine);
}

static ck_code ck_paths_new(ck_paths *paths, size_t steps, ck_error *error) {
  paths->paths = (ck_path *)ck_allocate(2 * steps, sizeof(ck_path), error);
  CK_TRY(!paths->paths);
  paths->seen = (uint64_t *)calloc(2 * steps + 1, sizeof(uint64_t));
  return paths->seen ? CK_OK : ck_out_of_memory(error, (2 * steps + 1) * sizeof(uint64_t));
}

static ck_code ck_search_machine_new(ck_search_machine *machine, size_t steps, ck_error *error) {
  memset(machine, 0, sizeof *machine);
  machine->stack = (uint32_t *)ck_allocate(2 * steps + 2, sizeof(uint32_t), error);
  if (!machine->stack || ck_paths_new(&machine->now, steps, error) || ck_paths_new(&machine->next, steps, error)) {
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
 * as they lead to the end of the pattern. With `all`, for sets of threads, the others are still followed. */
static bool ck_paths_follow(const ck_search_program *program, ck_paths *paths, uint32_t *stack, uint32_t step,
                            bool after_word, bool all) {
  size_t depth = 0;
  bool accepted = false;
  stack[depth++] = step;
  while (depth) {
    uint32_t at = stack[--depth];
    if (!ck_paths_add(paths, at, after_word)) continue;
    switch (program->kind[at]) {
    case CK_STEP_TEST:
      paths->paths[paths->length].step = at;
      paths->paths[paths->length++].after_word = after_word;
      break;
    case CK_STEP_JUMP:
      stack[depth++] = program->x[at];
      break;
    case CK_STEP_SPLIT:
      stack[depth++] = program->y[at];
      stack[depth++] = program->x[at];
      break;
    default:
      if (!all) return true;
      accepted = true;
    }
  }
  return accepted;
}

/* Advances all threads of `now` by a token of this type to `next`. Returns whether one reached the end of the pattern; less
 * preferred ones are then cut, unless all are followed. */
static bool ck_search_token(const ck_search_text *text, const ck_search_program *program, ck_search_machine *machine,
                            uint32_t type, bool all) {
  ck_paths *now = &machine->now, *next = &machine->next;
  bool is_word = ck_has_test(text, type, 0), accepted = false;
  ck_paths_clear(next);
  for (size_t p = 0; p < now->length; p++) {
    ck_path path = now->paths[p];
    bool words_only = program->words_only[path.step];
    if (words_only && path.after_word && !is_word) { /* skipped */
      if (ck_paths_add(next, path.step, true)) next->paths[next->length++] = path;
    } else if (ck_has_test(text, type, program->x[path.step])) {
      if (ck_paths_follow(program, next, machine->stack, path.step + 1, words_only, all)) {
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

/* Whether a program is a sequence of tests. */
static bool ck_search_is_plain(const ck_search_program *program) {
  for (size_t i = 0; i + 1 < program->length; i++)
    if (program->kind[i] != CK_STEP_TEST) return false;
  return program->kind[program->length - 1] == CK_STEP_ACCEPT;
}

/* --------------------------------------------------------------- backwards */

/* For a sequence of tests: the token of the last one, or SIZE_MAX; sets `corrupt` to a token with an invalid type. */
static inline size_t ck_walk_back(const ck_search_text *text, const ck_search_program *program, size_t token,
                                  bool after_word, size_t *work, bool *corrupt) {
  ck_bounds bounds = ck_search_bounds(text, token);
  for (size_t i = 0; i + 1 < program->length; i++) {
    bool words_only = program->words_only[i];
    uint32_t type;
    do {
      token = ck_search_previous(text, bounds, token);
      ++*work;
      if (token == SIZE_MAX) return SIZE_MAX;
      if (!ck_search_type(text, token, &type)) {
        *corrupt = true;
        return token;
      }
    } while (words_only && after_word && !ck_has_test(text, type, 0));
    if (!ck_has_test(text, type, program->x[i])) return SIZE_MAX;
    after_word = words_only;
  }
  return token;
}

ck_code ck_search_starts(const ck_search_text *text, const ck_search_program *program, const uint32_t *anchors,
                         size_t n_anchors, bool after_word, ck_u32s *starts, ck_ticker *ticker, ck_error *error) {
  ck_search_machine machine;
  bool plain = ck_search_is_plain(program);
  ck_code code = ck_search_machine_new(&machine, program->length, error);
  for (size_t a = 0; !code && a < n_anchors; a++) {
    size_t token = ck_once32(&anchors[a]);
    uint32_t type;
    machine.work = 0;
    ck_search_ahead(text, anchors, a, n_anchors);
    if (!ck_search_type(text, token, &type)) {
      code = ck_search_corrupt(text, token, error);
    } else if (plain) {
      bool corrupt = false;
      token = ck_walk_back(text, program, token, after_word, &machine.work, &corrupt);
      if (corrupt) code = ck_search_corrupt(text, token, error);
      else if (token != SIZE_MAX) code = ck_u32s_push(starts, (uint32_t)token, error);
    } else {
      ck_bounds bounds = ck_search_bounds(text, token);
      ck_paths_clear(&machine.now);
      if (ck_paths_follow(program, &machine.now, machine.stack, 0, after_word, true))
        code = ck_u32s_push(starts, (uint32_t)token, error);
      machine.work = machine.now.length;
      while (!code && machine.now.length && (token = ck_search_previous(text, bounds, token)) != SIZE_MAX) {
        if (!ck_search_type(text, token, &type)) code = ck_search_corrupt(text, token, error);
        else if (ck_search_token(text, program, &machine, type, true))
          code = ck_u32s_push(starts, (uint32_t)token, error);
      }
    }
    if (!code) code = ck_tick(ticker, (int64_t)machine.work, error);
  }
  ck_search_machine_free(&machine);
  return code;
}

/* ---------------------------------------------------------------- forwards */

/* For a sequence of tests: the end of the hit that begins at `token`, or SIZE_MAX. */
static inline size_t ck_walk_on(const ck_search_text *text, const ck_search_program *program, size_t token,
                                size_t *work, bool *corrupt) {
  ck_bounds bounds = ck_search_bounds(text, token);
  bool after_word = false;
  for (size_t i = 0; i + 1 < program->length; i++) {
    bool words_only = program->words_only[i];
    uint32_t type;
    do {
      if (i) {
        token = ck_search_next(text, bounds, token);
        ++*work;
        if (token == SIZE_MAX) return SIZE_MAX;
      }
      if (!ck_search_type(text, token, &type)) {
        *corrupt = true;
        return token;
      }
    } while (i && words_only && after_word && !ck_has_test(text, type, 0));
    if (!ck_has_test(text, type, program->x[i])) return SIZE_MAX;
    after_word = words_only;
  }
  return program->length > 1 ? token + 1 : SIZE_MAX; /* a hit is not empty */
}

/* The same for any program: the end of the preferred thread. */
static size_t ck_run_on(const ck_search_text *text, const ck_search_program *program, ck_search_machine *machine,
                        size_t token, bool *corrupt) {
  ck_bounds bounds = ck_search_bounds(text, token);
  size_t end = SIZE_MAX;
  ck_paths_clear(&machine->now);
  ck_paths_follow(program, &machine->now, machine->stack, 0, false, false);
  machine->work = machine->now.length;
  for (; token != SIZE_MAX && machine->now.length; token = ck_search_next(text, bounds, token)) {
    uint32_t type;
    if (!ck_search_type(text, token, &type)) {
      *corrupt = true;
      return token;
    }
    if (ck_search_token(text, program, machine, type, false)) end = token + 1;
  }
  return end;
}

ck_code ck_search_hits(const ck_search_text *text, const ck_search_program *program, const uint32_t *starts,
                       size_t n_starts, ck_u32s *first, ck_u32s *end, ck_ticker *ticker, ck_error *error) {
  ck_search_machine machine;
  bool plain = ck_search_is_plain(program);
  size_t last_end = 0;
  ck_code code = ck_search_machine_new(&machine, program->length, error);
  for (size_t s = 0; !code && s < n_starts; s++) {
    size_t token = ck_once32(&starts[s]);
    machine.work = 0;
    ck_search_ahead(text, starts, s, n_starts);
    uint32_t type;
    bool corrupt = !ck_search_type(text, token, &type);
    size_t after = token;
    if (!corrupt)
      after = plain ? ck_walk_on(text, program, token, &machine.work, &corrupt)
                    : ck_run_on(text, program, &machine, token, &corrupt);
    if (corrupt) {
      code = ck_search_corrupt(text, after, error);
    } else if (after != SIZE_MAX && after > last_end) {
      code = ck_u32s_push(first, (uint32_t)token, error);
      if (!code) code = ck_u32s_push(end, (uint32_t)after, error);
      last_end = after;
    }
    if (!code) code = ck_tick(ticker, (int64_t)machine.work, error);
  }
  ck_search_machine_free(&machine);
  return code;
}

/* ----------------------------------------------------- positions of types */

ck_code ck_search_scan(const ck_search_text *text, uint32_t bit, ck_u32s *found, ck_ticker *ticker, ck_error *error) {
  enum { PIECE = 1 << 12 };
  for (size_t begin = 0; begin < text->n_tokens; begin += PIECE) {
    size_t end = begin + PIECE < text->n_tokens ? begin + PIECE : text->n_tokens;
    CK_TRY(ck_u32s_reserve(found, end - begin, error));
    for (size_t i = begin; i < end; i++) {
      uint32_t type;
      if (!ck_search_type(text, i, &type)) return ck_search_corrupt(text, i, error);
      found->data[found->length] = (uint32_t)i; /* kept only if the length is incremented */
      found->length += ck_has_test(text, type, bit);
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
