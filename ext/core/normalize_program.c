#include "normalize_program.h"

#include "utf8.h"

/* ------------------------------------------------- a value for every code point */

static ck_code ck_paged_add(ck_paged *pages, ck_error *error) {
  CK_TRY(ck_u32s_reserve(&pages->values, CK_PAGE, error));
  memset(pages->values.data + pages->values.length, 0, CK_PAGE * sizeof(uint32_t));
  pages->values.length += CK_PAGE;
  return CK_OK;
}

ck_code ck_paged_set(ck_paged *pages, uint32_t code_point, uint32_t value, ck_error *error) {
  CK_ASSERT(code_point < CK_CODE_POINTS);
  uint16_t *page = &pages->page_of[code_point / CK_PAGE];
  if (!*page) {
    size_t next = pages->values.length / CK_PAGE; /* at most 4,353 */
    CK_TRY(ck_paged_add(pages, error));
    *page = (uint16_t)next;
  }
  pages->values.data[(size_t)*page * CK_PAGE + code_point % CK_PAGE] = value;
  return CK_OK;
}

/* ------------------------------------------------------------------- the program */

ck_program *ck_program_new(ck_error *error) {
  ck_program *program = (ck_program *)calloc(1, sizeof *program);
  if (!program) {
    ck_out_of_memory(error, sizeof *program);
    return NULL;
  }
  ck_paged *tables[] = {&program->fast, &program->early, &program->late, &program->traits};
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
    if (ck_paged_add(tables[i], error)) return program; /* the caller sees error->code and frees */
  return program;
}

void ck_program_free(ck_program *program) {
  if (!program) return;
  ck_u32s_free(&program->fast.values);
  ck_u32s_free(&program->early.values);
  ck_u32s_free(&program->late.values);
  ck_u32s_free(&program->traits.values);
  ck_u32s_free(&program->letters);
  ck_pairs_free(&program->pairs);
  free(program);
}

ck_code ck_program_letters(ck_program *program, const uint32_t *letters, size_t length, uint32_t *change,
                           ck_error *error) {
  size_t start = program->letters.length;
  if (length > 255) return ck_fail(error, CK_LIMIT, "tables must replace a code point by at most 255, got %zu", length);
  if (start + length >= 1 << 21)
    return ck_fail(error, CK_LIMIT, "the tables have more than 2,097,151 replacement code points");
  CK_TRY(ck_u32s_reserve(&program->letters, length, error));
  memcpy(program->letters.data + start, letters, length * sizeof *letters);
  program->letters.length += length;
  *change = CK_CHANGE(CK_MANY, start << 8 | length);
  return CK_OK;
}

static void ck_program_reach(ck_program *program, uint32_t code_point, uint32_t result) {
  if (code_point < 0x100 && result > program->highest_latin1) program->highest_latin1 = result;
  if (code_point < 0x10000 && result > program->highest_bmp) program->highest_bmp = result;
}

ck_code ck_program_prepare(ck_program *program, uint32_t code_point, ck_error *error) {
  uint32_t early = ck_paged_get(&program->early, code_point);
  if (CK_KIND(early) == CK_JOINER || CK_KIND(early) == CK_BAD)
    return ck_paged_set(&program->fast, code_point, early, error);
  uint32_t single, result[255];
  size_t length, kept = 0, bytes = 0, size = ck_utf8_size(code_point);
  const uint32_t *list = ck_change_list(program, early, code_point, &single, &length);
  bool depends = false, letter_first = length && !(ck_paged_get(&program->traits, list[0]) & CK_CLASS);
  for (size_t i = 0; i < length; i++) {
    uint32_t late = ck_paged_get(&program->late, list[i]), traits = ck_paged_get(&program->traits, list[i]);
    bool combines = traits & CK_IS_HAMZA;
    for (size_t k = 0; k < program->pairs.length; k++) combines |= program->pairs.data[k].mark == list[i];
    bool removed = CK_KIND(late) == CK_NONE;
    depends |= program->clusters && (traits & CK_CLASS) && (combines || !removed);
    ck_program_reach(program, code_point, list[i]);
    /* the larger one: a letter may be composed before LATE is applied while its neighbour is not */
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
  return ck_paged_set(&program->fast, code_point, change, error);
}

/* Whether a composition, or the result of LATE for it, may take more bytes than its parts. */
static bool ck_pairs_lengthen(const ck_program *program) {
  for (size_t k = 0; k < program->pairs.length; k++) {
    const ck_pair *pair = &program->pairs.data[k];
    uint32_t late = ck_paged_get(&program->late, pair->composed);
    uint32_t result = CK_KIND(late) == CK_ONE ? CK_DETAIL(late) : pair->composed;
    size_t parts = ck_utf8_size(pair->base) + ck_utf8_size(pair->mark);
    if (ck_utf8_size(pair->composed) > parts || ck_utf8_size(result) > parts) return true;
  }
  return false;
}

static void ck_half_set(ck_half *half, unsigned i, uint32_t code_point, uint32_t change) {
  uint32_t result = CK_KIND(change) == CK_ONE ? CK_DETAIL(change) : code_point;
  uint8_t kind = CK_TO_ASK;
  if (CK_KIND(change) == CK_NONE) kind = CK_TO_NOTHING;
  if (CK_KIND(change) == CK_SAME || CK_KIND(change) == CK_ONE) {
    if (result < 0x80 || (result < 0x100 && code_point >= 0x80)) kind = CK_TO_LATIN;
    if (result >> 8 == 6 && code_point >= 0x80) kind = CK_TO_ARABIC; /* ASCII would grow */
  }
  half->letter[i] = (uint8_t)result;
  half->kind[i] = kind;
  half->marked[i] = code_point < 0x80 ? kind != CK_TO_LATIN || result != code_point : kind != CK_TO_ARABIC;
  half->marked_bits[i & 15] |= (uint8_t)(half->marked[i] << (i >> 4));
}

static void ck_block_tables_fill(ck_block_tables *tables, const ck_paged *fast) {
  static const uint32_t begins[CK_HALVES] = {0, 0x80, 0x600, 0x680};
  for (unsigned h = 0; h < CK_HALVES; h++)
    for (unsigned i = 0; i < 128; i++)
      ck_half_set(&tables->half[h], i, begins[h] + i, ck_paged_get(fast, begins[h] + i));
  const ck_half *ascii = &tables->half[CK_ASCII];
  for (unsigned i = 0; i < 128; i++)
    tables->ascii[i] = ascii->kind[i] == CK_TO_LATIN     ? ascii->letter[i]
                       : ascii->kind[i] == CK_TO_NOTHING ? CK_ASCII_NOTHING
                                                         : CK_ASCII_ASK;
  for (unsigned bits = 0; bits < 256; bits++)
    for (uint8_t i = 0, k = 0; i < 8; i++)
      if (bits >> i & 1) tables->pack[bits][k++] = i;
}

void ck_program_finish(ck_program *program) {
  if (!program->growth_bytes) program->growth_bytes = 1;
  if (!program->growth_units) program->growth_units = 1;
  /* if composition lengthens a letter, only the largest size of a code point is a bound */
  if (ck_pairs_lengthen(program) && program->growth_bytes < 4 * program->growth_units)
    program->growth_bytes = 4 * program->growth_units;
  for (uint32_t code_point = 0; code_point < 128; code_point++)
    program->ascii_letters |= (ck_paged_get(&program->traits, code_point) & CK_IS_LETTER) != 0;
  for (uint32_t code_point = 0; code_point < 2048; code_point++) {
    uint32_t change = ck_paged_get(&program->fast, code_point), kind = CK_KIND(change);
    uint32_t result = kind == CK_ONE ? CK_DETAIL(change) : code_point;
    bool one = kind == CK_SAME || kind == CK_ONE;
    uint8_t bytes[4] = {0};
    unsigned size = ck_utf8_encode(result, bytes);
    ck_short entry = {{0, 0}, 0, 0};
    entry.ask = !(kind == CK_NONE || (one && size <= ck_utf8_size(code_point)));
    if (one && !entry.ask) {
      memcpy(entry.bytes, bytes, 2);
      entry.size = (uint8_t)size;
    }
    program->bytes[code_point < 128 ? code_point : 128 + code_point] = entry;
    program->unit[code_point] = one && result < 0xFFFE ? (uint16_t)result : kind == CK_NONE ? 0xFFFE : 0xFFFF;
  }
  ck_block_tables_fill(&program->blocks, &program->fast);
}
