/* The rows of an n-gram count, and their order: count descending, then n,
 * then first occurrence. */
#ifndef CK_NGRAM_ROWS_H
#define CK_NGRAM_ROWS_H

#include "core.h"
#include "pages.h"

/* Counts below this are sorted by counting; the few above it by comparison. */
enum { CK_LIGHT = 4096, CK_LEVELS = 9 };

/* The n-grams of one length, in order of first occurrence. */
typedef struct {
  size_t length, capacity;
  uint32_t *count;
  uint32_t *start;                    /* position of the first token where it is met first */
  uint32_t *gaps, *documents, *group; /* NULL where not asked for */
} ck_level;

typedef struct {
  ck_level levels[CK_LEVELS]; /* by n */
  size_t length;
  uint32_t *rank; /* of the rows, level after level, in the final order */
  ck_spares spares;
} ck_rows;

static void ck_level_free(ck_level *level) {
  free(level->count);
  free(level->start);
  free(level->gaps);
  free(level->documents);
  free(level->group);
  memset(level, 0, sizeof *level);
}

CK_UNUSED static void ck_rows_free(ck_rows *rows) {
  for (unsigned n = 0; n < CK_LEVELS; n++) ck_level_free(&rows->levels[n]);
  free(rows->rank);
  ck_spares_free(&rows->spares);
  memset(rows, 0, sizeof *rows);
}

static bool ck_level_column(uint32_t **column, size_t length, ck_error *error) {
  *column = (uint32_t *)ck_pages(length, sizeof(uint32_t), error);
  return *column != NULL;
}

/* Room for `capacity` rows, and for one that is written and not kept. */
CK_UNUSED static ck_code ck_level_new(ck_level *level, size_t capacity, bool gaps, bool documents, bool group,
                                      ck_error *error) {
  memset(level, 0, sizeof *level);
  level->capacity = ++capacity;
  bool done = ck_level_column(&level->count, capacity, error) && ck_level_column(&level->start, capacity, error) &&
              (!gaps || ck_level_column(&level->gaps, capacity, error)) &&
              (!documents || ck_level_column(&level->documents, capacity, error)) &&
              (!group || ck_level_column(&level->group, capacity, error));
  return done ? CK_OK : error->code;
}

typedef struct {
  uint32_t count, row;
} ck_heavy;

CK_ARRAY(ck_heavy, ck_heavies)

static int ck_compare_heavy(const void *left, const void *right) {
  const ck_heavy *a = (const ck_heavy *)left, *b = (const ck_heavy *)right;
  if (a->count != b->count) return a->count > b->count ? -1 : 1;
  return a->row < b->row ? -1 : 1;
}

/* Fills `places` with the first rank of each light count and collects the
 * heavy rows, which come before all of them. */
static ck_code ck_rows_survey(const ck_rows *rows, ck_heavies *heavy, uint32_t places[CK_LIGHT], ck_error *error) {
  uint32_t row = 0;
  memset(places, 0, CK_LIGHT * sizeof *places);
  for (unsigned n = 0; n < CK_LEVELS; n++) {
    const ck_level *level = &rows->levels[n];
    for (size_t i = 0; i < level->length; i++, row++) {
      if (CK_LIKELY(level->count[i] < CK_LIGHT)) {
        places[level->count[i]]++;
        continue;
      }
      ck_heavy one = {level->count[i], row};
      if (ck_heavies_push(heavy, one, error)) return error->code;
    }
  }
  uint32_t place = (uint32_t)heavy->length;
  for (unsigned count = CK_LIGHT; count-- > 0;) {
    uint32_t size = places[count];
    places[count] = place;
    place += size;
  }
  return CK_OK;
}

/* Gives every row its rank in the final order. */
CK_UNUSED static ck_code ck_rows_order(ck_rows *rows, ck_error *error) {
  rows->length = 0;
  for (unsigned n = 0; n < CK_LEVELS; n++) rows->length += rows->levels[n].length;
  if (rows->length > UINT32_MAX)
    return ck_fail(error, CK_LIMIT, "%zu distinct n-grams; a table holds at most 4,294,967,295 rows", rows->length);
  rows->rank = (uint32_t *)ck_spares_take(&rows->spares, rows->length, sizeof(uint32_t), error);
  uint32_t *places = (uint32_t *)ck_allocate(CK_LIGHT, sizeof(uint32_t), error);
  ck_heavies heavy = {0};
  ck_code code = rows->rank && places ? ck_rows_survey(rows, &heavy, places, error) : error->code;
  if (!code) {
    size_t row = 0;
    for (unsigned n = 0; n < CK_LEVELS; n++) {
      const ck_level *level = &rows->levels[n];
      for (size_t i = 0; i < level->length; i++, row++)
        if (level->count[i] < CK_LIGHT) rows->rank[row] = places[level->count[i]]++;
    }
    if (heavy.length) qsort(heavy.data, heavy.length, sizeof *heavy.data, ck_compare_heavy);
    for (size_t h = 0; h < heavy.length; h++) rows->rank[heavy.data[h].row] = (uint32_t)h;
  }
  ck_heavies_free(&heavy);
  free(places);
  return code;
}

/* ------------------------------------------------- columns in final order
 *
 * Each call makes one column and spares the levels' own for the next, so that
 * the peak stays near the size of the result. NULL on failure. */

CK_UNUSED static uint8_t *ck_rows_n(ck_rows *rows, ck_error *error) {
  uint8_t *column = (uint8_t *)ck_spares_take(&rows->spares, rows->length, 1, error);
  const uint32_t *rank = rows->rank;
  for (unsigned n = 0; column && n < CK_LEVELS; n++)
    for (size_t i = 0; i < rows->levels[n].length; i++) column[*rank++] = (uint8_t)n;
  return column;
}

static void ck_level_spare(ck_rows *rows, unsigned n, uint32_t **column) {
  ck_spares_give(&rows->spares, *column, rows->levels[n].capacity, sizeof(uint32_t));
  *column = NULL;
}

/* The occurrence key: start << 32 | gaps. */
CK_UNUSED static uint64_t *ck_rows_first(ck_rows *rows, ck_error *error) {
  uint64_t *column = (uint64_t *)ck_spares_take(&rows->spares, rows->length, sizeof(uint64_t), error);
  const uint32_t *rank = rows->rank;
  for (unsigned n = 0; column && n < CK_LEVELS; n++) {
    ck_level *level = &rows->levels[n];
    for (size_t i = 0; i < level->length; i++)
      column[*rank++] = (uint64_t)level->start[i] << 32 | (level->gaps ? level->gaps[i] : 0);
    ck_level_spare(rows, n, &level->start);
    ck_level_spare(rows, n, &level->gaps);
  }
  return column;
}

typedef enum { CK_ROWS_COUNT, CK_ROWS_DOCUMENTS } ck_rows_field;

CK_UNUSED static int64_t *ck_rows_counts(ck_rows *rows, ck_rows_field field, ck_error *error) {
  int64_t *column = (int64_t *)ck_spares_take(&rows->spares, rows->length, sizeof(int64_t), error);
  const uint32_t *rank = rows->rank;
  for (unsigned n = 0; column && n < CK_LEVELS; n++) {
    ck_level *level = &rows->levels[n];
    uint32_t **values = field == CK_ROWS_COUNT ? &level->count : &level->documents;
    for (size_t i = 0; i < level->length; i++) column[*rank++] = (*values)[i];
    ck_level_spare(rows, n, values);
  }
  return column;
}

CK_UNUSED static uint32_t *ck_rows_groups(ck_rows *rows, ck_error *error) {
  uint32_t *column = (uint32_t *)ck_spares_take(&rows->spares, rows->length, sizeof(uint32_t), error);
  const uint32_t *rank = rows->rank;
  for (unsigned n = 0; column && n < CK_LEVELS; n++) {
    ck_level *level = &rows->levels[n];
    for (size_t i = 0; i < level->length; i++) column[*rank++] = level->group[i];
    ck_level_spare(rows, n, &level->group);
  }
  return column;
}

#endif
