/* Normalisation by tables: the program, and what happens to a letter with its marks.
 *
 * A text is changed in four steps. EARLY maps each code point to any number of
 * others (presentation forms to letters, controls to nothing). Then each
 * cluster, a code point and the marks after it, is composed (canonical order
 * and composition) and LATE maps each of its code points to one or none; both
 * are repeated until the cluster no longer changes. At last long runs of one
 * letter are cut.
 *
 * Most code points need none of that: FAST holds what becomes of a code point
 * in any surroundings. Only marks that stay or compose send the kernel
 * (normalize_kernel.h) back to the beginning of their cluster. */
#ifndef CK_NORMALIZE_H
#define CK_NORMALIZE_H

#include "core.h"
#include "utf8.h"

/* ------------------------------------------------- a number for every code point */

enum { CK_CODE_POINTS = 0x110000, CK_PAGE = 256 };

typedef struct {
  uint16_t page_of[CK_CODE_POINTS / CK_PAGE];
  ck_u32s values; /* page 0 is all zeros and shared */
} ck_pages;

static inline uint32_t ck_pages_get(const ck_pages *pages, uint32_t code_point) {
  return pages->values.data[(size_t)pages->page_of[code_point / CK_PAGE] * CK_PAGE + code_point % CK_PAGE];
}

static ck_code ck_pages_add(ck_pages *pages, ck_error *error) {
  if (ck_u32s_reserve(&pages->values, CK_PAGE, error)) return error->code;
  memset(pages->values.data + pages->values.length, 0, CK_PAGE * sizeof(uint32_t));
  pages->values.length += CK_PAGE;
  return CK_OK;
}

CK_UNUSED static ck_code ck_pages_set(ck_pages *pages, uint32_t code_point, uint32_t value, ck_error *error) {
  CK_ASSERT(code_point < CK_CODE_POINTS);
  uint16_t *page = &pages->page_of[code_point / CK_PAGE];
  if (!*page) {
    size_t next = pages->values.length / CK_PAGE; /* at most 4,353 */
    if (ck_pages_add(pages, error)) return error->code;
    *page = (uint16_t)next;
  }
  pages->values.data[(size_t)*page * CK_PAGE + code_point % CK_PAGE] = value;
  return CK_OK;
}

/* ------------------------------------------------------------------- the program */

/* What becomes of a code point: the kind in the upper bits, its detail in the lower. */
enum {
  CK_SAME = 0,     /* nothing */
  CK_ONE,          /* the code point in the detail */
  CK_NONE,         /* it is removed */
  CK_MANY,         /* a run of `letters`: detail is start << 8 | length */
  CK_MARK,         /* a mark that depends on its cluster; in FAST only */
  CK_LETTER_MARKS, /* a letter and such marks; in FAST only */
  CK_JOINER,       /* kept between emoji, else removed */
  CK_BAD           /* no character: a surrogate */
};
#define CK_CHANGE(kind, detail) ((uint32_t)(kind) << 29 | (uint32_t)(detail))
#define CK_KIND(change) ((change) >> 29)
#define CK_DETAIL(change) ((change)&0x1FFFFFFFu)

/* What a code point is: the combining class in the lowest byte, then flags. */
enum {
  CK_CLASS = 0xFF,
  CK_IS_ALEF = 1 << 8,         /* `hamza` marks on it are removed */
  CK_IS_HAMZA = 1 << 9,        /* a mark that is removed on alefs */
  CK_IS_COMPOSED = 1 << 10,    /* has a canonical decomposition */
  CK_IS_EMOJI = 1 << 11,       /* may stand beside the joiner */
  CK_IS_SELECTOR = 1 << 12,    /* may stand between an emoji and the joiner */
  CK_IS_LETTER = 1 << 13,      /* long runs of it are cut */
  CK_IS_TRANSPARENT = 1 << 14, /* does not end a word, is not a letter of it */
  CK_IS_LAM = 1 << 15,         /* the letters around the guarded lams of Allah */
  CK_IS_HEH = 1 << 16,
  CK_IS_BEFORE_LAM = 1 << 17, /* alefs */
  CK_IS_PROCLITIC = 1 << 18
};

typedef struct {
  uint32_t composed, base, mark;
} ck_pair;

CK_ARRAY(ck_pair, ck_pairs)

/* What becomes of a code point of one or two bytes: `size` bytes, or ask FAST. */
typedef struct {
  uint8_t bytes[2], size, ask;
} ck_short;

typedef struct {
  ck_pages fast, early, late, traits;
  ck_u32s letters;            /* of CK_MANY */
  ck_pairs pairs;             /* canonical compositions; none: no composition */
  bool clusters;              /* FAST holds CK_MARK */
  size_t elongation;          /* longest run of a letter; 0: any */
  size_t growth_bytes;        /* most bytes of the result for one byte of the text */
  size_t growth_units;        /* most code points for one */
  uint32_t highest_latin1;    /* highest code point that a Latin-1 text can become */
  uint32_t highest_bmp;       /* the same for a text below U+10000 */
  ck_short bytes[128 + 2048]; /* what becomes of one byte, of two bytes */
  uint16_t unit[2048];        /* what becomes of U+0000-07FF in str; 0xFFFF: ask FAST, 0xFFFE: removed */
} ck_program;

CK_UNUSED static ck_program *ck_program_new(ck_error *error) {
  ck_program *program = (ck_program *)calloc(1, sizeof *program);
  if (!program) {
    ck_out_of_memory(error, sizeof *program);
    return NULL;
  }
  ck_pages *tables[] = {&program->fast, &program->early, &program->late, &program->traits};
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
    if (ck_pages_add(tables[i], error)) return program; /* the caller sees error->code and frees */
  return program;
}

CK_UNUSED static void ck_program_free(ck_program *program) {
  if (!program) return;
  ck_u32s_free(&program->fast.values);
  ck_u32s_free(&program->early.values);
  ck_u32s_free(&program->late.values);
  ck_u32s_free(&program->traits.values);
  ck_u32s_free(&program->letters);
  ck_pairs_free(&program->pairs);
  free(program);
}

/* Stores a run of letters and gives the change that stands for it. */
CK_UNUSED static ck_code ck_program_letters(ck_program *program, const uint32_t *letters, size_t length,
                                            uint32_t *change, ck_error *error) {
  size_t start = program->letters.length;
  if (length > 255) return ck_fail(error, CK_LIMIT, "a code point may become at most 255 others, not %zu", length);
  if (start + length >= 1 << 21)
    return ck_fail(error, CK_LIMIT, "the tables hold more than 2,097,151 code points that take the place of others");
  if (ck_u32s_reserve(&program->letters, length, error)) return error->code;
  memcpy(program->letters.data + start, letters, length * sizeof *letters);
  program->letters.length += length;
  *change = CK_CHANGE(CK_MANY, start << 8 | length);
  return CK_OK;
}

/* The change as a list of code points; `single` is the room for a list of one. */
static inline const uint32_t *ck_change_list(const ck_program *program, uint32_t change, uint32_t code_point,
                                             uint32_t *single, size_t *length) {
  uint32_t detail = CK_DETAIL(change);
  *single = CK_KIND(change) == CK_ONE ? detail : code_point;
  *length = CK_KIND(change) == CK_NONE ? 0 : 1;
  if (CK_KIND(change) != CK_MANY) return single;
  *length = detail & 0xFF;
  return program->letters.data + (detail >> 8);
}

/* Bytes of a code point in UTF-8. */
static inline size_t ck_utf8_size(uint32_t code_point) {
  return code_point < 0x80 ? 1 : code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
}

static void ck_program_reach(ck_program *program, uint32_t code_point, uint32_t result) {
  if (code_point < 0x100 && result > program->highest_latin1) program->highest_latin1 = result;
  if (code_point < 0x10000 && result > program->highest_bmp) program->highest_bmp = result;
}

/* FAST for one code point, and what it may grow to: called once for each code
 * point that any table mentions, when EARLY, LATE and the traits are complete. */
CK_UNUSED static ck_code ck_program_prepare(ck_program *program, uint32_t code_point, ck_error *error) {
  uint32_t early = ck_pages_get(&program->early, code_point);
  if (CK_KIND(early) == CK_JOINER || CK_KIND(early) == CK_BAD)
    return ck_pages_set(&program->fast, code_point, early, error);
  uint32_t single, result[255];
  size_t length, kept = 0, bytes = 0, size = ck_utf8_size(code_point);
  const uint32_t *list = ck_change_list(program, early, code_point, &single, &length);
  bool depends = false, letter_first = length && !(ck_pages_get(&program->traits, list[0]) & CK_CLASS);
  for (size_t i = 0; i < length; i++) {
    uint32_t late = ck_pages_get(&program->late, list[i]), traits = ck_pages_get(&program->traits, list[i]);
    bool combines = traits & CK_IS_HAMZA;
    for (size_t k = 0; k < program->pairs.length; k++) combines |= program->pairs.data[k].mark == list[i];
    bool removed = CK_KIND(late) == CK_NONE;
    depends |= program->clusters && (traits & CK_CLASS) && (combines || !removed);
    ck_program_reach(program, code_point, list[i]);
    /* the larger one: a letter may be composed before LATE sees it while its neighbour is not */
    uint32_t after = CK_KIND(late) == CK_ONE ? CK_DETAIL(late) : list[i];
    bytes += ck_utf8_size(list[i]) > ck_utf8_size(after) ? ck_utf8_size(list[i]) : ck_utf8_size(after);
    if (!removed) result[kept++] = after;
  }
  if (program->growth_bytes < (bytes + size - 1) / size) program->growth_bytes = (bytes + size - 1) / size;
  if (program->growth_units < length) program->growth_units = length;
  for (size_t i = 0; i < kept; i++) ck_program_reach(program, code_point, result[i]);
  uint32_t change = 0;
  if (depends)
    change = CK_CHANGE(letter_first ? CK_LETTER_MARKS : CK_MARK, 0);
  else if (kept == 0)
    change = CK_CHANGE(CK_NONE, 0);
  else if (kept == 1)
    change = result[0] == code_point ? CK_CHANGE(CK_SAME, 0) : CK_CHANGE(CK_ONE, result[0]);
  else if (ck_program_letters(program, result, kept, &change, error))
    return error->code;
  return ck_pages_set(&program->fast, code_point, change, error);
}

/* Whether a composition, or what LATE makes of it, may take more bytes than its parts. */
static bool ck_pairs_lengthen(const ck_program *program) {
  for (size_t k = 0; k < program->pairs.length; k++) {
    const ck_pair *pair = &program->pairs.data[k];
    uint32_t late = ck_pages_get(&program->late, pair->composed);
    uint32_t result = CK_KIND(late) == CK_ONE ? CK_DETAIL(late) : pair->composed;
    size_t parts = ck_utf8_size(pair->base) + ck_utf8_size(pair->mark);
    if (ck_utf8_size(pair->composed) > parts || ck_utf8_size(result) > parts) return true;
  }
  return false;
}

/* The tables of short code points, made from FAST when that is complete. */
CK_UNUSED static void ck_program_finish(ck_program *program) {
  if (!program->growth_bytes) program->growth_bytes = 1;
  if (!program->growth_units) program->growth_units = 1;
  /* where composition lengthens a letter, only the largest size of a code point is a bound */
  if (ck_pairs_lengthen(program) && program->growth_bytes < 4 * program->growth_units)
    program->growth_bytes = 4 * program->growth_units;
  for (uint32_t code_point = 0; code_point < 2048; code_point++) {
    uint32_t change = ck_pages_get(&program->fast, code_point), kind = CK_KIND(change);
    uint32_t result = kind == CK_ONE ? CK_DETAIL(change) : code_point;
    bool one = kind == CK_SAME || kind == CK_ONE;
    uint8_t bytes[4] = {0};
    unsigned size = ck_utf8_encode(result, bytes);
    ck_short entry = {{0, 0}, 0, 0};
    entry.ask = !(kind == CK_NONE || (one && size <= 2));
    if (one && !entry.ask) {
      memcpy(entry.bytes, bytes, 2);
      entry.size = (uint8_t)size;
    }
    program->bytes[code_point < 128 ? code_point : 128 + code_point] = entry;
    program->unit[code_point] = one && result < 0xFFFE ? (uint16_t)result : kind == CK_NONE ? 0xFFFE : 0xFFFF;
  }
}

/* -------------------------------------------------------------------- a cluster */

typedef struct {
  uint32_t code_point;
  size_t source; /* index in the text of the code point that it came from */
} ck_item;

CK_ARRAY(ck_item, ck_items)

/* The memory that a kernel works in; its own for each call. */
typedef struct {
  ck_items items, spare;
} ck_work;

CK_UNUSED static void ck_work_free(ck_work *work) {
  ck_items_free(&work->items);
  ck_items_free(&work->spare);
}

static inline uint32_t ck_class_of(const ck_program *program, uint32_t code_point) {
  return ck_pages_get(&program->traits, code_point) & CK_CLASS;
}

static ck_code ck_decompose(const ck_program *program, ck_work *work, ck_error *error) {
  work->spare.length = 0;
  if (ck_items_reserve(&work->spare, 2 * work->items.length, error)) return error->code;
  for (size_t i = 0; i < work->items.length; i++) {
    ck_item item = work->items.data[i], mark = item;
    bool composed = ck_pages_get(&program->traits, item.code_point) & CK_IS_COMPOSED;
    for (size_t k = 0; composed && k < program->pairs.length; k++) {
      const ck_pair *pair = &program->pairs.data[k];
      if (pair->composed != item.code_point) continue;
      item.code_point = pair->base;
      mark.code_point = pair->mark;
      break;
    }
    work->spare.data[work->spare.length++] = item;
    if (composed) work->spare.data[work->spare.length++] = mark;
  }
  ck_items swapped = work->items;
  work->items = work->spare;
  work->spare = swapped;
  return CK_OK;
}

/* Stable sort of a run of marks by combining class. */
static ck_code ck_order_marks(const ck_program *program, ck_item *marks, size_t length, ck_items *spare,
                              ck_error *error) {
  if (length <= 32) {
    for (size_t i = 1; i < length; i++) {
      ck_item item = marks[i];
      uint32_t number = ck_class_of(program, item.code_point);
      size_t k = i;
      for (; k && ck_class_of(program, marks[k - 1].code_point) > number; k--) marks[k] = marks[k - 1];
      marks[k] = item;
    }
    return CK_OK;
  }
  spare->length = 0;
  if (ck_items_reserve(spare, length, error)) return error->code;
  size_t next[CK_CLASS + 2] = {0};
  for (size_t i = 0; i < length; i++) next[ck_class_of(program, marks[i].code_point) + 1]++;
  for (size_t k = 1; k <= CK_CLASS; k++) next[k] += next[k - 1];
  for (size_t i = 0; i < length; i++) spare->data[next[ck_class_of(program, marks[i].code_point)]++] = marks[i];
  memcpy(marks, spare->data, length * sizeof *marks);
  return CK_OK;
}

static uint32_t ck_composed(const ck_program *program, uint32_t base, uint32_t mark) {
  for (size_t k = 0; k < program->pairs.length; k++)
    if (program->pairs.data[k].base == base && program->pairs.data[k].mark == mark)
      return program->pairs.data[k].composed;
  return 0;
}

/* Canonical decomposition, order and composition (NFC) with the program's pairs. */
static ck_code ck_compose(const ck_program *program, ck_work *work, ck_error *error) {
  if (ck_decompose(program, work, error)) return error->code;
  ck_item *items = work->items.data;
  size_t length = work->items.length, kept = 0, i = 0;
  while (i < length) {
    size_t end = i;
    while (end < length && ck_class_of(program, items[end].code_point)) end++;
    if (end == i) {
      items[kept++] = items[i++];
      continue;
    }
    if (ck_order_marks(program, items + i, end - i, &work->spare, error)) return error->code;
    ck_item *base = kept ? &items[kept - 1] : NULL; /* no mark: i stood after one that is none */
    uint32_t last = 0;
    for (; i < end; i++) {
      uint32_t number = ck_class_of(program, items[i].code_point);
      uint32_t composed = base && last < number ? ck_composed(program, base->code_point, items[i].code_point) : 0;
      if (composed) {
        base->code_point = composed;
      } else {
        last = number;
        items[kept++] = items[i];
      }
    }
  }
  work->items.length = kept;
  return CK_OK;
}

/* LATE on every item; tells whether anything changed. */
static bool ck_fold(const ck_program *program, ck_items *items) {
  bool changed = false, on_alef = false;
  size_t kept = 0;
  for (size_t i = 0; i < items->length; i++) {
    ck_item item = items->data[i];
    uint32_t traits = ck_pages_get(&program->traits, item.code_point);
    uint32_t late = ck_pages_get(&program->late, item.code_point);
    if (!(traits & CK_CLASS)) on_alef = traits & CK_IS_ALEF;
    bool removed = CK_KIND(late) == CK_NONE || (on_alef && (traits & CK_IS_HAMZA));
    changed |= removed || CK_KIND(late) == CK_ONE;
    if (removed) continue;
    if (CK_KIND(late) == CK_ONE) item.code_point = CK_DETAIL(late);
    items->data[kept++] = item;
  }
  items->length = kept;
  return changed;
}

/* The marks on a letter, in canonical order and done with by LATE. Of those of
 * one class only the first can compose: each class is a range of items whose
 * beginning moves on. */
typedef struct {
  size_t next[CK_CLASS], end[CK_CLASS], count;
} ck_classes;

/* Composes the letter with what it can and applies LATE to the result, again
 * and again. Stops before what needs a look at all marks: hamzas to be removed
 * since the letter has become an alef, or a result that decomposes. */
static uint32_t ck_drain_letter(const ck_program *program, uint32_t letter, const ck_item *items, ck_classes *classes) {
  bool alef = ck_pages_get(&program->traits, letter) & CK_IS_ALEF;
  uint32_t stops = CK_IS_COMPOSED | (alef ? 0 : CK_IS_ALEF);
  while (!(ck_pages_get(&program->traits, letter) & stops)) {
    size_t next[CK_CLASS];
    uint32_t result = letter, composed;
    memcpy(next, classes->next, classes->count * sizeof *next);
    for (size_t c = 0; c < classes->count; c++)
      while (next[c] < classes->end[c] && (composed = ck_composed(program, result, items[next[c]].code_point))) {
        result = composed;
        next[c]++;
      }
    uint32_t late = ck_pages_get(&program->late, result);
    if (result == letter || CK_KIND(late) != CK_ONE) break;
    if (!alef && (ck_pages_get(&program->traits, result) & CK_IS_ALEF)) break;
    letter = CK_DETAIL(late);
    memcpy(classes->next, next, classes->count * sizeof *next);
  }
  return letter;
}

/* The classes of the marks in items[begin:end]; false if these are not as they must be. */
static bool ck_classes_find(const ck_program *program, bool alef, const ck_item *items, size_t begin, size_t end,
                            ck_classes *classes) {
  uint32_t last = 0;
  classes->count = 0;
  for (size_t i = begin; i < end; i++) {
    uint32_t traits = ck_pages_get(&program->traits, items[i].code_point), number = traits & CK_CLASS;
    if (number < last || (alef && (traits & CK_IS_HAMZA))) return false;
    if (number > last) classes->next[classes->count++] = i;
    classes->end[classes->count - 1] = i + 1;
    last = number;
  }
  return true;
}

/* The same for each letter of a cluster, so that a letter which takes up a
 * thousand marks one by one is not composed and folded a thousand times. */
static void ck_drain(const ck_program *program, ck_items *items) {
  ck_classes classes;
  size_t kept = 0, end;
  for (size_t i = 0; i < items->length; i = end) {
    ck_item letter = items->data[i];
    uint32_t traits = ck_pages_get(&program->traits, letter.code_point);
    for (end = i + 1; end < items->length && ck_class_of(program, items->data[end].code_point);) end++;
    if ((traits & CK_CLASS) || !ck_classes_find(program, traits & CK_IS_ALEF, items->data, i + 1, end, &classes)) {
      while (i < end) items->data[kept++] = items->data[i++];
      continue;
    }
    letter.code_point = ck_drain_letter(program, letter.code_point, items->data, &classes);
    items->data[kept++] = letter;
    for (size_t c = 0; c < classes.count; c++)
      for (size_t k = classes.next[c]; k < classes.end[c]; k++) items->data[kept++] = items->data[k];
  }
  items->length = kept;
}

/* Composes and folds the items until nothing changes any more. With honest
 * tables it ends, since LATE leaves its own results alone and composition makes
 * the items fewer; tables that decompose what LATE has made could go on for ever. */
CK_UNUSED static ck_code ck_settle(const ck_program *program, ck_work *work, ck_error *error) {
  for (size_t round = 0, limit = work->items.length + 64; round < limit; round++) {
    if (program->pairs.length && ck_compose(program, work, error)) return error->code;
    if (!ck_fold(program, &work->items)) return CK_OK;
    if (round > 0 && program->pairs.length) ck_drain(program, &work->items); /* LATE is done with the marks */
  }
  return ck_fail(error, CK_LIMIT, "the tables change a letter and its marks without end");
}

/* The kernels, one for each form of text. */
#define CK_FORM utf8
#define CK_UNIT uint8_t
#define CK_UTF8_FORM 1
#include "normalize_kernel.h"
#undef CK_FORM
#undef CK_UNIT
#undef CK_UTF8_FORM

#define CK_UTF8_FORM 0
#define CK_FORM ucs1
#define CK_UNIT uint8_t
#include "normalize_kernel.h"
#undef CK_FORM
#undef CK_UNIT
#define CK_FORM ucs2
#define CK_UNIT uint16_t
#include "normalize_kernel.h"
#undef CK_FORM
#undef CK_UNIT
#define CK_FORM ucs4
#define CK_UNIT uint32_t
#include "normalize_kernel.h"
#undef CK_FORM
#undef CK_UNIT
#undef CK_UTF8_FORM

#endif
