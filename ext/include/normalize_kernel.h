/* The normaliser's loop over one text; normalize.h includes it once for each
 * form of text. CK_FORM names the form, CK_UNIT is its unit, CK_UTF8_FORM says
 * whether a code point may take several units. No include guard on purpose. */

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

/* Whether the joiner at s[i] stands between two emoji. */
static bool CK_NAME(ck_joins_emoji)(const ck_program *program, const CK_UNIT *s, size_t n, size_t i) {
  unsigned size;
  CK_NAME(ck_read)(s + i, &size);
  if (i == 0 || i + size >= n) return false;
  if (!(ck_pages_get(&program->traits, CK_NAME(ck_read)(s + i + size, &size)) & CK_IS_EMOJI)) return false;
  size_t k = CK_NAME(ck_before)(s, i);
  uint32_t traits = ck_pages_get(&program->traits, CK_NAME(ck_read)(s + k, &size));
  if ((traits & CK_IS_SELECTOR) && k > 0)
    traits = ck_pages_get(&program->traits, CK_NAME(ck_read)(s + CK_NAME(ck_before)(s, k), &size));
  return traits & CK_IS_EMOJI;
}

/* Reads the cluster that begins at s[*i] into the work's items, after EARLY,
 * and moves *i behind it. */
static ck_code CK_NAME(ck_gather)(const ck_program *program, const CK_UNIT *s, size_t n, size_t *i, ck_work *work,
                                  ck_error *error) {
  work->items.length = 0;
  while (*i < n) {
    unsigned size;
    uint32_t code_point = CK_NAME(ck_read)(s + *i, &size), single;
    uint32_t change = ck_pages_get(&program->early, code_point);
    if (CK_KIND(change) == CK_BAD) break;
    if (CK_KIND(change) == CK_JOINER)
      change = CK_CHANGE(CK_NAME(ck_joins_emoji)(program, s, n, *i) ? CK_SAME : CK_NONE, 0);
    size_t length;
    const uint32_t *list = ck_change_list(program, change, code_point, &single, &length);
    if (length && work->items.length && !ck_class_of(program, list[0])) break;
    if (ck_items_reserve(&work->items, length, error)) return error->code;
    for (size_t k = 0; k < length; k++) {
      ck_item item = {list[k], *i};
      work->items.data[work->items.length++] = item;
    }
    *i += size;
  }
  return CK_OK;
}

/* Whether lams at out[n] would open the word Allah: an alef stands before them,
 * the beginning of the word, or a proclitic that is its beginning. */
static bool CK_NAME(ck_opens_allah)(const ck_program *program, const CK_UNIT *out, size_t n) {
  uint32_t letters[2] = {0, 0}; /* traits of the last two letters of the word; 0: none */
  unsigned size, found = 0;
  while (n > 0 && found < 2) {
    n = CK_NAME(ck_before)(out, n);
    uint32_t traits = ck_pages_get(&program->traits, CK_NAME(ck_read)(out + n, &size));
    if (traits & CK_IS_LETTER)
      letters[found++] = traits;
    else if (!(traits & CK_IS_TRANSPARENT))
      break;
  }
  return !letters[0] || (letters[0] & CK_IS_BEFORE_LAM) || ((letters[0] & CK_IS_PROCLITIC) && !letters[1]);
}

/* Whether the letter at out[i] or after it is a heh. */
static bool CK_NAME(ck_heh_follows)(const ck_program *program, const CK_UNIT *out, size_t i, size_t n) {
  uint32_t traits = CK_IS_TRANSPARENT;
  unsigned size;
  for (; i < n && (traits & CK_IS_TRANSPARENT); i += size)
    traits = ck_pages_get(&program->traits, CK_NAME(ck_read)(out + i, &size));
  return traits & CK_IS_HEH;
}

/* Moves out[*from:end], which stays, to the end of what has been done. */
static void CK_NAME(ck_keep)(CK_UNIT *out, int64_t *map, size_t *done, size_t *from, size_t end) {
  if (*done != *from) {
    memmove(out + *done, out + *from, (end - *from) * sizeof *out);
    if (map) memmove(map + *done, map + *from, (end - *from) * sizeof *map);
  }
  *done += end - *from;
  *from = end;
}

/* Cuts long runs of a letter in the result, in place; gives its new length. A
 * run of lams that can only be that of the word Allah becomes two. Marks and
 * tatweel around it are looked through. */
static size_t CK_NAME(ck_cut_runs)(const ck_program *program, CK_UNIT *out, size_t n, int64_t *map) {
  size_t i = 0, done = 0, from = 0;
  unsigned size = 1, next_size;
  uint32_t code_point = n ? CK_NAME(ck_read)(out, &size) : 0, next;
  for (; i < n; code_point = next, size = next_size) {
    size_t end = i, count = 0;
    do {
      end += size;
      count++;
      next_size = 1;
      next = end < n ? CK_NAME(ck_read)(out + end, &next_size) : UINT32_MAX;
    } while (next == code_point);
    if (count > 1) {
      uint32_t traits = ck_pages_get(&program->traits, code_point);
      size_t keep = count;
      if ((traits & CK_IS_LETTER) && count > program->elongation) keep = program->elongation;
      if ((traits & CK_IS_LAM) && (count > 2 || keep < 2) && CK_NAME(ck_heh_follows)(program, out, end, n)) {
        CK_NAME(ck_keep)(out, map, &done, &from, i);
        if (CK_NAME(ck_opens_allah)(program, out, done)) keep = 2;
      }
      if (keep < count) {
        CK_NAME(ck_keep)(out, map, &done, &from, i + keep * size);
        from = end;
      }
    }
    i = end;
  }
  CK_NAME(ck_keep)(out, map, &done, &from, n);
  return done;
}

/* What has been read and written, and where the last cluster ended: no mark
 * that follows depends on anything before. */
typedef struct {
  size_t in, out, floor_in, floor_out;
} CK_NAME(ck_place);

/* What becomes of the code point at s[i] by FAST, as a list. */
static const uint32_t *CK_NAME(ck_fast_list)(const ck_program *program, const CK_UNIT *s, size_t n, size_t i,
                                             uint32_t *single, unsigned *size, size_t *length) {
  uint32_t code_point = CK_NAME(ck_read)(s + i, size), change = ck_pages_get(&program->fast, code_point);
  if (CK_KIND(change) == CK_JOINER)
    change = CK_CHANGE(CK_NAME(ck_joins_emoji)(program, s, n, i) ? CK_SAME : CK_NONE, 0);
  return ck_change_list(program, change, code_point, single, length);
}

/* Goes back to the letter that a mark depends on: the last code point that left
 * something in the result, or the floor. */
static void CK_NAME(ck_rewind)(const ck_program *program, const CK_UNIT *s, size_t n, CK_NAME(ck_place) * place) {
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

/* Does the cluster at the place in full. */
static ck_code CK_NAME(ck_cluster)(const ck_program *program, const CK_UNIT *s, size_t n, CK_UNIT *out, size_t capacity,
                                   int64_t *map, CK_NAME(ck_place) * place, ck_work *work, ck_error *error) {
  if (CK_NAME(ck_gather)(program, s, n, &place->in, work, error)) return error->code;
  if (ck_settle(program, work, error)) return error->code;
  size_t rest = (n - place->in) * (CK_UTF8_FORM ? program->growth_bytes : program->growth_units);
  for (size_t k = 0; k < work->items.length; k++) {
    ck_item item = work->items.data[k];
    /* the rest of the text must keep its room, since ck_run and ck_general do not look */
    if (CK_UNLIKELY(capacity - place->out < rest + CK_NAME(ck_size)(item.code_point)))
      return ck_fail(error, CK_LIMIT, "the tables make a text longer than they say");
#if !CK_UTF8_FORM
    if (map) map[place->out] = (int64_t)item.source;
#else
    (void)map;
#endif
    place->out += CK_NAME(ck_write)(item.code_point, out + place->out);
  }
  place->floor_in = place->in;
  place->floor_out = place->out;
  return CK_OK;
}

/* One code point by its entry in FAST. */
static ck_code CK_NAME(ck_general)(const ck_program *program, const CK_UNIT *s, size_t n, CK_UNIT *out, size_t capacity,
                                   int64_t *map, CK_NAME(ck_place) * place, ck_work *work, ck_error *error) {
  unsigned size;
  uint32_t code_point = CK_NAME(ck_read)(s + place->in, &size), single;
  uint32_t kind = CK_KIND(ck_pages_get(&program->fast, code_point));
  if (kind == CK_MARK) CK_NAME(ck_rewind)(program, s, n, place);
  if (kind == CK_MARK || kind == CK_LETTER_MARKS)
    return CK_NAME(ck_cluster)(program, s, n, out, capacity, map, place, work, error);
  if (kind == CK_BAD)
    return ck_fail(error, CK_UTF8, "the text holds an unpaired surrogate, U+%04X, at position %zu",
                   (unsigned)code_point, place->in);
  size_t length;
  const uint32_t *list = CK_NAME(ck_fast_list)(program, s, n, place->in, &single, &size, &length);
  for (size_t k = 0; k < length; k++) {
#if !CK_UTF8_FORM
    if (map) map[place->out] = (int64_t)place->in;
#endif
    place->out += CK_NAME(ck_write)(list[k], out + place->out);
  }
  place->in += size;
  return CK_OK;
}

/* The short way: code points below U+0800 by one look-up each, up to `stop` or
 * the first that needs ck_general. */
static inline void CK_NAME(ck_run)(const ck_program *program, const CK_UNIT *s, size_t stop, CK_UNIT *out, int64_t *map,
                                   CK_NAME(ck_place) * place) {
  size_t i = place->in, o = place->out;
#if CK_UTF8_FORM
  (void)map;
  while (i < stop) {
    /* No branch on the length of the code point: a processor cannot guess it. */
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
      if (map) map[o] = (int64_t)i;
      out[o++] = (CK_UNIT)unit;
    }
    i++;
  }
#endif
  place->in = i;
  place->out = o;
}

/* Normalises `s` of `n` units into `out`, which has room for `capacity`: at
 * least n times the program's growth, and in UTF-8 one byte more. `map`, where
 * given, receives for each unit of the result the index in `s` that it came
 * from (not in UTF-8). */
CK_UNUSED static ck_code CK_NAME(ck_normalize)(const ck_program *program, const CK_UNIT *s, size_t n, CK_UNIT *out,
                                               size_t capacity, int64_t *map, size_t *length, ck_work *work,
                                               ck_ticker *ticker, ck_error *error) {
  CK_NAME(ck_place) place = {0, 0, 0, 0};
  while (place.in < n) {
    size_t begun = place.in, stop = n - begun > CK_TICK ? begun + CK_TICK : n;
    size_t short_stop = stop < n ? stop : n - CK_UTF8_FORM; /* ck_run reads and writes two bytes at once */
    while (place.in < stop) {
      CK_NAME(ck_run)(program, s, short_stop, out, map, &place);
      if (place.in < stop && CK_NAME(ck_general)(program, s, n, out, capacity, map, &place, work, error))
        return error->code;
    }
    if (ck_tick(ticker, (int64_t)(place.in - begun), error)) return error->code;
  }
  CK_ASSERT(place.out <= capacity);
  *length = program->elongation ? CK_NAME(ck_cut_runs)(program, out, place.out, map) : place.out;
  return CK_OK;
}

#undef CK_NAME
#undef CK_GLUE
#undef CK_GLUE_
