/* The normaliser's loop over a text, included by normalize.h once for each form of text. CK_FORM names the form,
 * CK_UNIT is its unit, CK_UTF8_FORM whether a code point may take several units. There is deliberately no include
 * guard. */

#define CK_GLUE_(a, b) a##_##b
#define CK_GLUE(a, b) CK_GLUE_(a, b)
#define CK_NAME(name) CK_GLUE(name, CK_FORM)

static inline uint32_t CK_NAME(ck_read)(const CK_UNIT *s, unsigned *size) {
#if CK_UTF8_FORM
  return ck_utf8_decode(s, size);
#else
  *size = 1;
  return *s;
#endif
}

static inline unsigned CK_NAME(ck_write)(uint32_t code_point, CK_UNIT *out) {
#if CK_UTF8_FORM
  return ck_utf8_encode(code_point, out);
#else
  *out = (CK_UNIT)code_point;
  return 1;
#endif
}

static inline size_t CK_NAME(ck_size)(uint32_t code_point) {
#if CK_UTF8_FORM
  return ck_utf8_size(code_point);
#else
  (void)code_point;
  return 1;
#endif
}

/* The index of the code point before the one at `i` > 0. */
static inline size_t CK_NAME(ck_before)(const CK_UNIT *s, size_t i) {
  i--;
#if CK_UTF8_FORM
  while ((s[i] & 0xC0) == 0x80) i--;
#else
  (void)s;
#endif
  return i;
}

/* Whether the joiner at s[i] is between two emoji. */
static bool CK_NAME(ck_joins_emoji)(const ck_program *program, const CK_UNIT *s, size_t n, size_t i) {
  unsigned size;
  CK_NAME(ck_read)(s + i, &size);
  if (i == 0 || i + size >= n) return false;
  if (!(ck_paged_get(&program->traits, CK_NAME(ck_read)(s + i + size, &size)) & CK_IS_EMOJI)) return false;
  size_t k = CK_NAME(ck_before)(s, i);
  uint32_t traits = ck_paged_get(&program->traits, CK_NAME(ck_read)(s + k, &size));
  if ((traits & CK_IS_SELECTOR) && k > 0)
    traits = ck_paged_get(&program->traits, CK_NAME(ck_read)(s + CK_NAME(ck_before)(s, k), &size));
  return traits & CK_IS_EMOJI;
}

/* Reads the cluster at s[*i] into the items, after EARLY, and advances *i to its end. */
static ck_code CK_NAME(ck_gather)(const ck_program *program, const CK_UNIT *s, size_t n, size_t *i, ck_work *work,
                                  ck_error *error) {
  work->items.length = 0;
  while (*i < n) {
    unsigned size;
    uint32_t code_point = CK_NAME(ck_read)(s + *i, &size), single;
    uint32_t change = ck_paged_get(&program->early, code_point);
    if (CK_KIND(change) == CK_BAD) break;
    if (CK_KIND(change) == CK_JOINER)
      change = CK_CHANGE(CK_NAME(ck_joins_emoji)(program, s, n, *i) ? CK_SAME : CK_NONE, 0);
    size_t length;
    const uint32_t *list = ck_change_list(program, change, code_point, &single, &length);
    if (length && work->items.length && !ck_mark_class(program, list[0])) break;
    CK_TRY(ck_items_reserve(&work->items, length, error));
    for (size_t k = 0; k < length; k++) {
      ck_item item = {list[k], *i};
      work->items.data[work->items.length++] = item;
    }
    *i += size;
  }
  return CK_OK;
}

/* Whether lams at out[n] would begin the word Allah: they are preceded by an alef, the start of the word, or a
 * proclitic at its start. */
static bool CK_NAME(ck_opens_allah)(const ck_program *program, const CK_UNIT *out, size_t n) {
  uint32_t letters[2] = {0, 0}; /* traits of the last two letters of the word; 0: none */
  unsigned size, found = 0;
  while (n > 0 && found < 2) {
    n = CK_NAME(ck_before)(out, n);
    uint32_t traits = ck_paged_get(&program->traits, CK_NAME(ck_read)(out + n, &size));
    if (traits & CK_IS_LETTER)
      letters[found++] = traits;
    else if (!(traits & CK_IS_TRANSPARENT))
      break;
  }
  return !letters[0] || (letters[0] & CK_IS_BEFORE_LAM) || ((letters[0] & CK_IS_PROCLITIC) && !letters[1]);
}

/* The traits of the next code point of the word from out[i] on, marks and tatweel left out; 0 at the end. */
static uint32_t CK_NAME(ck_following)(const ck_program *program, const CK_UNIT *out, size_t i, size_t n) {
  uint32_t traits = CK_IS_TRANSPARENT;
  unsigned size;
  for (; i < n && (traits & CK_IS_TRANSPARENT); i += size)
    traits = ck_paged_get(&program->traits, CK_NAME(ck_read)(out + i, &size));
  return traits;
}

/* Moves out[*from:end], which is kept, to the end of the processed part. */
static ck_code CK_NAME(ck_keep)(CK_UNIT *out, ck_moves *moves, size_t *done, size_t *from, size_t end,
                                ck_error *error) {
  if (*done != *from) memmove(out + *done, out + *from, (end - *from) * sizeof *out);
  CK_TRY(moves && ck_map_move(&moves->result, *done, moves->map, *from, end, &moves->next, error));
  *done += end - *from;
  *from = end;
  return CK_OK;
}

/* Whether a run of three (two, if `pairs` or of a letter whose last unit is `final`) of the same code point may begin
 * in the CK_RUN_BLOCK units from b on; CK_RUN_AHEAD more are examined. Written for autovectorisation, with constants
 * for the flags. In UTF-8, for two-byte code points and, if `ascii`, ASCII; any longer one counts as a run. */
static inline bool CK_NAME(ck_may_run)(const CK_UNIT *b, bool pairs, bool ascii, CK_UNIT final) {
  CK_UNIT none = 1;
  (void)ascii;
  for (unsigned k = 0; k < CK_RUN_BLOCK; k++) {
#if CK_UTF8_FORM
    CK_UNIT one = (!ascii) | (b[k] != b[k + 1]) | ((!pairs) & (b[k + 1] != b[k + 2]));
    CK_UNIT two = (b[k] != b[k + 2]) | (b[k + 1] != b[k + 3]);
    two |= (!pairs) & (b[k + 1] != final) & ((b[k + 2] != b[k + 4]) | (b[k + 3] != b[k + 5]));
    one &= two & (b[k] < 0xE0);
#else
    CK_UNIT one = (b[k] != b[k + 1]) | ((!pairs) & (b[k] != final) & (b[k + 1] != b[k + 2]));
#endif
    none &= one;
  }
  return !none;
}

/* Skips blocks in which no run begins, to the start of a code point. */
static size_t CK_NAME(ck_pass_blocks)(const ck_program *program, const CK_UNIT *out, size_t i, size_t n) {
#if CK_UTF8_FORM
  const CK_UNIT final = (CK_UNIT)(0x80 | (program->final & 0x3F));
#else
  const CK_UNIT final = (CK_UNIT)program->final;
#endif
  const size_t begun = i, least = CK_RUN_BLOCK + CK_RUN_AHEAD;
  if (program->elongation < 2)
    while (n - i >= least && !CK_NAME(ck_may_run)(out + i, true, true, final)) i += CK_RUN_BLOCK;
  else if (program->ascii_letters)
    while (n - i >= least && !CK_NAME(ck_may_run)(out + i, false, true, final)) i += CK_RUN_BLOCK;
  else
    while (n - i >= least && !CK_NAME(ck_may_run)(out + i, false, false, final)) i += CK_RUN_BLOCK;
#if CK_UTF8_FORM
  while (i > begun && (out[i] & 0xC0) == 0x80) i--;
#else
  (void)begun;
#endif
  return i;
}

/* Shortens long runs of a letter in the result, in place. A run of lams that can only be in the word Allah becomes
 * two, and one of the final letter at the end of a word becomes one. Marks and tatweel around it are transparent. */
static ck_code CK_NAME(ck_cut_runs)(const ck_program *program, CK_UNIT *out, size_t n, ck_moves *moves, size_t *length,
                                    ck_ticker *ticker, ck_error *error) {
  size_t i = 0, done = 0, from = 0, looked = 0;
  while (i < n) {
    if (i >= looked) {
      size_t begun = i;
      i = CK_NAME(ck_pass_blocks)(program, out, i, n);
      looked = i + CK_RUN_BLOCK;
      CK_TRY(ck_tick(ticker, (int64_t)(i - begun), error));
    }
    unsigned size, next_size;
    uint32_t code_point = CK_NAME(ck_read)(out + i, &size);
    size_t end = i, count = 0;
    do {
      end += size;
      count++;
    } while (end < n && CK_NAME(ck_read)(out + end, &next_size) == code_point);
    if (count > 1) {
      uint32_t traits = ck_paged_get(&program->traits, code_point);
      size_t keep = count;
      if ((traits & CK_IS_LETTER) && count > program->elongation) keep = program->elongation;
      if ((traits & CK_IS_FINAL) && !(CK_NAME(ck_following)(program, out, end, n) & CK_IS_LETTER)) keep = 1;
      if ((traits & CK_IS_LAM) && (count > 2 || keep < 2) &&
          (CK_NAME(ck_following)(program, out, end, n) & CK_IS_HEH)) {
        CK_TRY(CK_NAME(ck_keep)(out, moves, &done, &from, i, error));
        if (CK_NAME(ck_opens_allah)(program, out, done)) keep = 2;
      }
      if (keep < count) {
        CK_TRY(CK_NAME(ck_keep)(out, moves, &done, &from, i + keep * size, error));
        from = end;
      }
    }
    i = end;
  }
  CK_TRY(CK_NAME(ck_keep)(out, moves, &done, &from, n, error));
  *length = done;
  return CK_OK;
}

/* The result of FAST for the code point at s[i], as a list. */
static const uint32_t *CK_NAME(ck_fast_list)(const ck_program *program, const CK_UNIT *s, size_t n, size_t i,
                                             uint32_t *single, unsigned *size, size_t *length) {
  uint32_t code_point = CK_NAME(ck_read)(s + i, size), change = ck_paged_get(&program->fast, code_point);
  if (CK_KIND(change) == CK_JOINER)
    change = CK_CHANGE(CK_NAME(ck_joins_emoji)(program, s, n, i) ? CK_SAME : CK_NONE, 0);
  return ck_change_list(program, change, code_point, single, length);
}

/* Backtracks to the letter that a mark depends on: the last code point with a result, or the floor. */
static void CK_NAME(ck_rewind)(const ck_program *program, const CK_UNIT *s, size_t n, ck_place *place) {
  while (place->in > place->floor_in) {
    unsigned size;
    uint32_t single;
    size_t length;
    place->in = CK_NAME(ck_before)(s, place->in);
    const uint32_t *list = CK_NAME(ck_fast_list)(program, s, n, place->in, &single, &size, &length);
    for (size_t k = 0; k < length; k++) place->out -= CK_NAME(ck_size)(list[k]);
    if (length) return;
  }
  CK_ASSERT(place->out == place->floor_out);
}

/* The state of a text during normalisation. */
typedef struct {
  const ck_program *program;
  const CK_UNIT *s;
  size_t n;
  CK_UNIT *out;
  size_t capacity;
  ck_map *map;
  ck_work *work;
} CK_NAME(ck_task);

/* Writes a code point that comes from s[source]. It must leave space for the units still to be read from s[rest:],
 * since the fast paths do not check. */
static ck_code CK_NAME(ck_put)(const CK_NAME(ck_task) * task, ck_place *place, uint32_t code_point, size_t source,
                               size_t rest, ck_error *error) {
  size_t size = CK_NAME(ck_size)(code_point);
  if (CK_UNLIKELY(task->capacity - place->out < task->n - rest + CK_SLACK + size)) {
    task->work->full = true;
    return ck_fail(error, CK_LIMIT, "the tables make a text longer than their declared growth");
  }
  CK_TRY(task->map && ck_map_add(task->map, place->out, source, error));
  place->out += CK_NAME(ck_write)(code_point, task->out + place->out);
  return CK_OK;
}

/* Normalises the cluster at the current position on the slow path. */
static ck_code CK_NAME(ck_cluster)(const CK_NAME(ck_task) * task, ck_place *place, ck_error *error) {
  ck_work *work = task->work;
  CK_TRY(CK_NAME(ck_gather)(task->program, task->s, task->n, &place->in, work, error));
  CK_TRY(ck_settle(task->program, work, error));
  for (size_t k = 0; k < work->items.length; k++) {
    ck_item item = work->items.data[k];
    CK_TRY(CK_NAME(ck_put)(task, place, item.code_point, item.source, place->in, error));
  }
  place->floor_in = place->in;
  place->floor_out = place->out;
  return CK_OK;
}

/* A code point by its entry in FAST. */
static ck_code CK_NAME(ck_general)(const CK_NAME(ck_task) * task, ck_place *place, ck_error *error) {
  unsigned size;
  uint32_t code_point = CK_NAME(ck_read)(task->s + place->in, &size), single;
  uint32_t kind = CK_KIND(ck_paged_get(&task->program->fast, code_point));
  if (kind == CK_MARK) {
    CK_NAME(ck_rewind)(task->program, task->s, task->n, place);
    if (task->map) ck_map_rewind(task->map, place->out);
  }
  if (kind == CK_MARK || kind == CK_LETTER_MARKS) return CK_NAME(ck_cluster)(task, place, error);
  if (kind == CK_BAD)
    return ck_fail(error, CK_UTF8, "the text contains an unpaired surrogate, U+%04X, at position %zu",
                   (unsigned)code_point, place->in);
  size_t length, begin = place->in;
  const uint32_t *list = CK_NAME(ck_fast_list)(task->program, task->s, task->n, begin, &single, &size, &length);
  place->in += size;
  for (size_t k = 0; k < length; k++)
    CK_TRY(CK_NAME(ck_put)(task, place, list[k], begin, place->in, error));
  return CK_OK;
}

/* The fast path: code points below U+0800 by a look-up each, up to `stop` or the first that needs ck_general. */
static inline ck_code CK_NAME(ck_run)(const CK_NAME(ck_task) * task, size_t stop, ck_place *place, ck_error *error) {
  const ck_program *program = task->program;
  const CK_UNIT *s = task->s;
  CK_UNIT *out = task->out;
  size_t i = place->in, o = place->out;
#if CK_UTF8_FORM
  (void)error;
  if (stop == task->n) stop--; /* two bytes are read at once */
  while (i < stop) {
    /* Branchless in the length of the code point, which is unpredictable. */
    uint8_t lead = s[i];
    size_t two = lead >> 7, both = 128 + ((size_t)(lead & 31) << 6 | (s[i + 1] & 63));
    const ck_short *entry = &program->bytes[lead ^ ((lead ^ both) & (0 - two))];
    if (CK_UNLIKELY(lead >= 0xE0 || entry->ask)) break;
    memcpy(out + o, entry->bytes, 2);
    o += entry->size;
    i += 1 + two;
  }
#else
  while (i < stop) {
    uint32_t code_point = s[i];
    uint16_t unit = code_point < 2048 ? program->unit[code_point] : 0xFFFF;
    if (CK_UNLIKELY(unit == 0xFFFF)) break;
    if (CK_LIKELY(unit != 0xFFFE)) {
      CK_TRY(task->map && ck_map_add(task->map, o, i, error));
      out[o++] = (CK_UNIT)unit;
    }
    i++;
  }
#endif
  place->in = i;
  place->out = o;
  return CK_OK;
}

/* The same unit by unit or in blocks, depending on the instruction set of the call. */
static ck_code CK_NAME(ck_short_way)(const CK_NAME(ck_task) * task, size_t stop, ck_place *place, ck_error *error) {
  switch (task->work->simd) {
#if CK_HAS_X86
    case CK_AVX512:
      return CK_BLOCKS(avx512);
#ifndef CK_UCS4_FORM
    case CK_AVX2:
      return CK_BLOCKS(avx2);
#endif
#if CK_UTF8_FORM
    case CK_SSE2:
      return CK_BLOCKS(sse2);
#endif
#endif
#if CK_HAS_NEON && !defined(CK_UCS4_FORM)
    case CK_NEON:
      return CK_BLOCKS(neon);
#endif
    default:
      break;
  }
  return CK_NAME(ck_run)(task, stop, place, error);
}

/* Validates UTF-8 from s[i] on, once for a text. The blocks accept nothing that is invalid, so this is for what they
 * leave to the slow path. */
static ck_code CK_NAME(ck_validate)(const CK_NAME(ck_task) * task, size_t i, ck_error *error) {
#if CK_UTF8_FORM
  if (task->work->valid) return CK_OK;
  if (ck_utf8_check_with(task->work->simd, task->s + i, task->n - i) != task->n - i)
    return ck_fail(error, CK_UTF8, "the text is not valid UTF-8");
  task->work->valid = true;
#else
  (void)task, (void)i, (void)error;
#endif
  return CK_OK;
}

/* Up to `stop`. If blocks end early twice within the length of one, they do not pay for this text: a stretch is
 * processed unit by unit. */
static ck_code CK_NAME(ck_stretch)(const CK_NAME(ck_task) * task, size_t stop, ck_place *place, ck_error *error) {
  while (place->in < stop) {
    size_t begun = place->in;
    CK_TRY(CK_NAME(ck_short_way)(task, stop, place, error));
    if (place->in >= stop) break;
    size_t alone = place->in - begun < CK_SHORT_BLOCK ? place->in + CK_ALONE : 0;
    if (alone > stop) alone = stop;
    CK_TRY(CK_NAME(ck_validate)(task, place->in, error));
    do {
      CK_TRY(CK_NAME(ck_general)(task, place, error));
      CK_TRY(place->in < alone && CK_NAME(ck_run)(task, alone, place, error));
    } while (place->in < alone);
  }
  return CK_OK;
}

/* Normalises `s` of `n` units into `out`, of capacity at least n + CK_SLACK. If that is insufficient, work->full is
 * set with the error; n times the growth of the program plus CK_SLACK always suffices. `map`, if not NULL, receives
 * the index in `s` of each unit of the result. UTF-8 is validated: CK_UTF8, without the place, if it is invalid. */
ck_code CK_NAME(ck_normalize)(const ck_program *program, const CK_UNIT *s, size_t n, CK_UNIT *out,
                                               size_t capacity, ck_map *map, size_t *length, ck_work *work,
                                               ck_ticker *ticker, ck_error *error) {
  CK_NAME(ck_task) task = {program, s, n, out, capacity, map, work};
  ck_place place = {0, 0, 0, 0};
  work->full = false;
  work->valid = false;
  CK_TRY(work->simd == CK_SCALAR && CK_NAME(ck_validate)(&task, 0, error));
  CK_TRY(map && ck_map_reserve(map, n / 2 + 1, error));
  while (place.in < n) {
    size_t begun = place.in, stop = n - begun > CK_TICK ? begun + CK_TICK : n;
    CK_TRY(CK_NAME(ck_stretch)(&task, stop, &place, error));
    CK_TRY(ck_tick(ticker, (int64_t)(place.in - begun), error));
  }
  CK_ASSERT(place.out <= capacity);
  *length = place.out;
  if (!program->elongation) return CK_OK;
  ck_moves moves = {map, {{NULL, 0, 0}, 0}, 0};
  CK_TRY(map && ck_map_reserve(&moves.result, map->steps.length + map->steps.length / 4 + 1, error));
  ck_code code = CK_NAME(ck_cut_runs)(program, out, place.out, map ? &moves : NULL, length, ticker, error);
  if (map && !code) {
    ck_map_free(map);
    *map = moves.result;
  } else {
    ck_map_free(&moves.result);
  }
  return code;
}

#undef CK_NAME
#undef CK_GLUE
#undef CK_GLUE_
