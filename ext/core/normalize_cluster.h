/* Normalisation of a letter with its marks: composition and LATE, repeated. */
#ifndef CK_NORMALIZE_CLUSTER_H
#define CK_NORMALIZE_CLUSTER_H

#include "normalize.h"
#include "normalize_program.h"
#include "simd.h"

static inline uint32_t ck_mark_class(const ck_program *program, uint32_t code_point) {
  return ck_paged_get(&program->traits, code_point) & CK_CLASS;
}

static ck_code ck_decompose(const ck_program *program, ck_work *work, ck_error *error) {
  work->spare.length = 0;
  CK_TRY(ck_items_reserve(&work->spare, 2 * work->items.length, error));
  for (size_t i = 0; i < work->items.length; i++) {
    ck_item item = work->items.data[i], mark = item;
    bool composed = ck_paged_get(&program->traits, item.code_point) & CK_IS_COMPOSED;
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
      uint32_t number = ck_mark_class(program, item.code_point);
      size_t k = i;
      for (; k && ck_mark_class(program, marks[k - 1].code_point) > number; k--) marks[k] = marks[k - 1];
      marks[k] = item;
    }
    return CK_OK;
  }
  spare->length = 0;
  CK_TRY(ck_items_reserve(spare, length, error));
  size_t next[CK_CLASS + 2] = {0};
  for (size_t i = 0; i < length; i++) next[ck_mark_class(program, marks[i].code_point) + 1]++;
  for (size_t k = 1; k <= CK_CLASS; k++) next[k] += next[k - 1];
  for (size_t i = 0; i < length; i++) spare->data[next[ck_mark_class(program, marks[i].code_point)]++] = marks[i];
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
  CK_TRY(ck_decompose(program, work, error));
  ck_item *items = work->items.data;
  size_t length = work->items.length, kept = 0, i = 0;
  while (i < length) {
    size_t end = i;
    while (end < length && ck_mark_class(program, items[end].code_point)) end++;
    if (end == i) {
      items[kept++] = items[i++];
      continue;
    }
    CK_TRY(ck_order_marks(program, items + i, end - i, &work->spare, error));
    ck_item *base = kept ? &items[kept - 1] : NULL; /* not a mark: i is after one that is not */
    uint32_t last = 0;
    for (; i < end; i++) {
      uint32_t number = ck_mark_class(program, items[i].code_point);
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

/* Applies LATE to every item; returns whether anything changed. */
static bool ck_fold(const ck_program *program, ck_items *items) {
  bool changed = false, on_alef = false;
  size_t kept = 0;
  for (size_t i = 0; i < items->length; i++) {
    ck_item item = items->data[i];
    uint32_t traits = ck_paged_get(&program->traits, item.code_point);
    uint32_t late = ck_paged_get(&program->late, item.code_point);
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

/* Removes the marks that are left because they do not compose; returns whether there are any. */
static bool ck_drop_loose(const ck_program *program, ck_items *items) {
  size_t kept = 0, length = items->length;
  for (size_t i = 0; i < length; i++) {
    uint32_t traits = ck_paged_get(&program->traits, items->data[i].code_point);
    if (!(traits & CK_IS_LOOSE)) items->data[kept++] = items->data[i];
  }
  items->length = kept;
  return kept < length;
}

/* The marks on a letter, in canonical order and after LATE. Of a class only the first can compose, so each class is a
 * range of items whose beginning advances. */
typedef struct {
  size_t next[CK_CLASS], end[CK_CLASS], count;
} ck_classes;

/* Composes the letter with its marks and applies LATE to the result, repeatedly. Stops before cases that involve all
 * marks: hamzas to be removed because the letter has become an alef, or a result that decomposes. */
static uint32_t ck_drain_letter(const ck_program *program, uint32_t letter, const ck_item *items, ck_classes *classes) {
  bool alef = ck_paged_get(&program->traits, letter) & CK_IS_ALEF;
  uint32_t stops = CK_IS_COMPOSED | (alef ? 0 : CK_IS_ALEF);
  while (!(ck_paged_get(&program->traits, letter) & stops)) {
    size_t next[CK_CLASS];
    uint32_t result = letter, composed;
    memcpy(next, classes->next, classes->count * sizeof *next);
    for (size_t c = 0; c < classes->count; c++)
      while (next[c] < classes->end[c] && (composed = ck_composed(program, result, items[next[c]].code_point))) {
        result = composed;
        next[c]++;
      }
    uint32_t late = ck_paged_get(&program->late, result);
    if (result == letter || CK_KIND(late) != CK_ONE) break;
    if (!alef && (ck_paged_get(&program->traits, result) & CK_IS_ALEF)) break;
    letter = CK_DETAIL(late);
    memcpy(classes->next, next, classes->count * sizeof *next);
  }
  return letter;
}

/* The classes of the marks in items[begin:end]; false if they are not in the form required. */
static bool ck_classes_find(const ck_program *program, bool alef, const ck_item *items, size_t begin, size_t end,
                            ck_classes *classes) {
  uint32_t last = 0;
  classes->count = 0;
  for (size_t i = begin; i < end; i++) {
    uint32_t traits = ck_paged_get(&program->traits, items[i].code_point), number = traits & CK_CLASS;
    if (number < last || (alef && (traits & CK_IS_HAMZA))) return false;
    if (number > last) classes->next[classes->count++] = i;
    classes->end[classes->count - 1] = i + 1;
    last = number;
  }
  return true;
}

/* The same for each letter of a cluster, so that a letter that absorbs a thousand marks one by one is not composed
 * and folded a thousand times. */
static void ck_drain(const ck_program *program, ck_items *items) {
  ck_classes classes;
  size_t kept = 0, end;
  for (size_t i = 0; i < items->length; i = end) {
    ck_item letter = items->data[i];
    uint32_t traits = ck_paged_get(&program->traits, letter.code_point);
    for (end = i + 1; end < items->length && ck_mark_class(program, items->data[end].code_point);) end++;
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

/* Composes and folds the items until a fixed point. With valid tables it terminates, since LATE is idempotent and
 * composition reduces the number of items; tables that decompose the results of LATE could cycle. */
CK_UNUSED static ck_code ck_settle(const ck_program *program, ck_work *work, ck_error *error) {
  for (size_t round = 0, limit = work->items.length + 64; round < limit; round++) {
    CK_TRY(program->pairs.length && ck_compose(program, work, error));
    if (!ck_fold(program, &work->items) && !ck_drop_loose(program, &work->items)) return CK_OK;
    if (round > 0 && program->pairs.length) ck_drain(program, &work->items); /* LATE has been applied to the marks */
  }
  return ck_fail(error, CK_LIMIT, "the tables change a letter and its marks without end (a cycle)");
}

#endif
