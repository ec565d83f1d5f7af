#include "readings.h"

static inline bool ck_letters_at(const ck_letters *text, size_t i, const uint8_t **letters, size_t *length) {
  if (i >= text->length) return false;
  uint32_t start = ck_once32(&text->starts[i]), end = ck_once32(&text->starts[i + 1]);
  if (start > end || end > text->n_letters) return false;
  *letters = text->letters ? text->letters + start : NULL;
  *length = end - start;
  return true;
}

static inline uint8_t ck_letter_at(const uint8_t *letters, size_t i) {
  return ck_once8(&letters[i]) % CK_READING_LETTERS;
}

/* --------------------------------------------------------------- affixes */

static size_t ck_outer_letter(const ck_affixes *affixes, size_t i, bool at_end, const uint8_t *fold) {
  const uint8_t *letters;
  size_t n;
  if (!ck_letters_at(&affixes->text, i, &letters, &n) || !n) return 0;
  return fold[ck_letter_at(letters, at_end ? n - 1 : 0)];
}

static ck_code ck_affixes_index(ck_affixes *affixes, bool at_end, const uint8_t *fold, ck_error *error) {
  size_t length = affixes->text.length, n = 0;
  if (length > 0xFFFF) return ck_fail(error, CK_LIMIT, "affixes must be at most 65,535, got %zu", length);
  if (affixes->n_entries > 0xFFFF)
    return ck_fail(error, CK_LIMIT, "entries of affixes must be at most 65,535, got %zu", affixes->n_entries);
  affixes->order = (uint16_t *)ck_allocate(length, sizeof(uint16_t), error);
  CK_TRY(!affixes->order);
  for (size_t letter = 0; letter < CK_READING_LETTERS; letter++) {
    affixes->bounds[letter] = (uint16_t)n;
    for (size_t i = 0; i < length && n < length; i++)
      if (ck_outer_letter(affixes, i, at_end, fold) == letter) affixes->order[n++] = (uint16_t)i;
  }
  affixes->bounds[CK_READING_LETTERS] = (uint16_t)n;
  return CK_OK;
}

ck_code ck_morphology_index(ck_morphology *morphology, const uint8_t *fold, ck_error *error) {
  morphology->fronts.order = morphology->backs.order = NULL;
  for (unsigned code = 0; code < CK_READING_LETTERS; code++) {
    uint8_t folded = ck_once8(&fold[code]);
    if (code ? folded >= CK_READING_LETTERS : folded)
      return ck_fail(error, CK_CORRUPT, "fold must be 0 for 0 and less than 64 for the other codes, got %u for %u",
                     (unsigned)folded, code);
    morphology->fold[code] = folded;
  }
  ck_code code = ck_affixes_index(&morphology->fronts, false, morphology->fold, error);
  if (!code) code = ck_affixes_index(&morphology->backs, true, morphology->fold, error);
  if (code) ck_morphology_free(morphology);
  return code;
}

void ck_morphology_free(ck_morphology *morphology) {
  free(morphology->fronts.order);
  free(morphology->backs.order);
  morphology->fronts.order = morphology->backs.order = NULL;
}

/* ----------------------------------------------------------------- stems */

enum { CK_READING_ROOM = CK_READING_LONGEST + 8 }; /* eight letters are loaded at any of them */

/* Of at least one letter. */
static inline uint64_t ck_hash_letters(const uint8_t *folded, size_t length, const ck_seeds *seeds) {
  uint64_t hash = seeds->low;
  for (; length > 8; folded += 8, length -= 8) hash = ck_mix(hash ^ ck_load_little(folded), seeds->high);
  return ck_mix(hash ^ (ck_load_little(folded) & UINT64_MAX >> (64 - 8 * length)), seeds->rest);
}

static bool ck_stem_is(const ck_stems *stems, const ck_stem *stem, const uint8_t *folded, size_t length,
                       const uint8_t *fold) {
  if (stem->length != length) return false;
  const uint8_t *letters = stems->text.letters + stem->start;
  for (size_t i = 0; i < length; i++)
    if (fold[ck_letter_at(letters, i)] != folded[i]) return false;
  return true;
}

/* Puts a stem after those with the same folded letters: readings are found in the order of the table. */
static void ck_stem_add(ck_stems *stems, size_t i, const uint8_t *folded, size_t length, const uint8_t *fold) {
  ck_stem *stem = &stems->found[i];
  uint64_t hash = ck_hash_letters(folded, length, &stems->seeds), upper = hash >> 32 << 32;
  size_t slot = hash & stems->mask;
  for (; stems->slots[slot]; slot = (slot + 1) & stems->mask) {
    if ((stems->slots[slot] ^ hash) >> 32) continue;
    ck_stem *last = &stems->found[(uint32_t)stems->slots[slot] - 1];
    if (!ck_stem_is(stems, last, folded, length, fold)) continue;
    if (last->alike == CK_READING_ALIKE) return;
    stem->next = last->next;
    stem->alike = (uint16_t)(last->alike + 1);
    last->next = (uint32_t)i;
    break;
  }
  stems->slots[slot] = upper | (i + 1);
}

ck_code ck_stems_index(ck_stems *stems, const ck_morphology *morphology, uint64_t seed, ck_ticker *ticker,
                       ck_error *error) {
  size_t length = stems->text.length, size = 64;
  stems->slots = NULL;
  stems->found = NULL;
  if (length >= 0x7FFFFFFFu) return ck_fail(error, CK_LIMIT, "stems must be less than 2^31 - 1, got %zu", length);
  while (size < length + length / 2) size *= 2;
  stems->mask = size - 1;
  stems->seeds = ck_seeds_of(seed);
  stems->slots = (uint64_t *)ck_large(size, sizeof(uint64_t), error);
  CK_TRY(!stems->slots);
  stems->found = (ck_stem *)ck_large(length, sizeof(ck_stem), error);
  ck_code code = stems->found ? CK_OK : error->code;
  if (!code) memset(stems->slots, 0, size * sizeof(uint64_t));
  for (size_t i = 0; !code && i < length; i++) {
    const uint8_t *letters;
    size_t n;
    uint8_t folded[CK_READING_ROOM] = {0};
    ck_stem stem = {0, stems->lexemes[i], (uint32_t)i, stems->classes[i], stems->costs[i], 1, 0};
    bool there = ck_letters_at(&stems->text, i, &letters, &n) && n && n <= CK_READING_LONGEST;
    if (there) {
      stem.start = (uint32_t)(letters - stems->text.letters);
      stem.length = (uint8_t)n;
    }
    stems->found[i] = stem;
    for (size_t k = 0; there && k < n; k++) folded[k] = morphology->fold[ck_letter_at(letters, k)];
    if (there) ck_stem_add(stems, i, folded, n, morphology->fold);
    code = ck_tick(ticker, 32, error);
  }
  if (code) ck_stems_free(stems);
  return code;
}

void ck_stems_free(ck_stems *stems) {
  ck_block_give(stems->slots);
  ck_block_give(stems->found);
  stems->slots = NULL;
  stems->found = NULL;
}

/* -------------------------------------------------------------- readings */

typedef struct {
  const ck_morphology *morphology;
  const uint8_t *word, *folded;
  size_t length;
} ck_written;

/* Whether letters are equal to a part of the word when both are folded; adds what its spelling costs. `last` has the
 * costs for the last letter. */
static inline bool ck_is_spelt(const ck_written *written, const uint8_t *letters, size_t length, size_t at,
                               const int16_t *last, int32_t *cost) {
  const ck_morphology *morphology = written->morphology;
  for (size_t i = 0; i < length; i++) {
    uint8_t letter = ck_letter_at(letters, i);
    if (morphology->fold[letter] != written->folded[at + i]) return false;
    const int16_t *table = i + 1 < length ? morphology->misspelt : last;
    *cost += table[written->word[at + i] * CK_READING_LETTERS + letter];
  }
  return true;
}

typedef struct {
  size_t first, end; /* entries */
  size_t length;
  int32_t cost;
} ck_affix;

typedef struct {
  ck_affix items[CK_READING_AFFIXES];
  size_t length;
} ck_affixes_found;

static ck_code ck_affixes_with(const ck_written *written, const ck_affixes *affixes, size_t letter, bool at_end,
                               ck_affixes_found *found, ck_error *error) {
  for (size_t k = affixes->bounds[letter]; k < affixes->bounds[letter + 1]; k++) {
    ck_affix affix = {0, 0, 0, 0};
    const uint8_t *text;
    size_t i = affixes->order[k];
    if (!ck_letters_at(&affixes->text, i, &text, &affix.length) || affix.length >= written->length) continue;
    if (!ck_is_spelt(written, text, affix.length, at_end ? written->length - affix.length : 0,
                     written->morphology->misspelt, &affix.cost))
      continue;
    affix.first = ck_once32(&affixes->entries[i]);
    affix.end = ck_once32(&affixes->entries[i + 1]);
    if (affix.end > affixes->n_entries) continue;
    if (found->length == CK_READING_AFFIXES)
      return ck_fail(error, CK_LIMIT, "a word must have at most %d fronts and as many backs, got more",
                     CK_READING_AFFIXES);
    found->items[found->length++] = affix;
  }
  return CK_OK;
}

/* Finds the affixes at the beginning or end of a word: the empty one, and those with its outer letter. */
static ck_code ck_affixes_of(const ck_written *written, const ck_affixes *affixes, bool at_end,
                             ck_affixes_found *found, ck_error *error) {
  size_t outer = written->folded[at_end ? written->length - 1 : 0];
  found->length = 0;
  CK_TRY(ck_affixes_with(written, affixes, 0, at_end, found, error));
  return ck_affixes_with(written, affixes, outer, at_end, found, error);
}

typedef struct {
  ck_readings *readings;
  ck_ticker *ticker;
  ck_error *error;
} ck_readings_out;

static ck_code ck_combine(const ck_morphology *morphology, const ck_affix *front, const ck_affix *back,
                          ck_word_reading reading, size_t class, uint8_t first_letter, const ck_readings_out *out) {
  ck_error *error = out->error;
  int32_t cost = reading.cost + front->cost + back->cost;
  for (size_t f = front->first; f < front->end; f++) {
    size_t front_group = ck_once8(&morphology->fronts.groups[f]);
    uint8_t needed = ck_once8(&morphology->fronts.needs[f]);
    if (front_group >= morphology->n_fronts || (needed && needed != first_letter)) continue;
    const int16_t *row = morphology->cells + (class * morphology->n_fronts + front_group) * morphology->n_backs;
    for (size_t b = back->first; b < back->end; b++) {
      size_t back_group = ck_once8(&morphology->backs.groups[b]);
      if (back_group >= morphology->n_backs || row[back_group] == CK_READING_NEVER) continue;
      reading.front = (uint16_t)f;
      reading.back = (uint16_t)b;
      reading.cost = cost + row[back_group] + morphology->fronts.costs[f] + morphology->backs.costs[b];
      CK_TRY(ck_readings_push(out->readings, reading, error));
    }
    CK_TRY(ck_tick(out->ticker, (int64_t)back->end - (int64_t)back->first, error));
  }
  return CK_OK;
}

/* The stems after which `last` is the last one, if these are what the middle is; whether they are. */
static ck_code ck_read_stems(const ck_written *written, const ck_stems *stems, size_t last, uint32_t before,
                             const ck_affix *front, const ck_affix *back, const ck_readings_out *out, bool *are) {
  ck_error *error = out->error;
  const ck_morphology *morphology = written->morphology;
  size_t length = written->length - front->length - back->length, i = last;
  const int16_t *costs = morphology->misspelt + (back->length ? CK_READING_LETTERS * CK_READING_LETTERS : 0);
  *are = stems->found[last].length == length;
  if (!*are) return CK_OK;
  do {
    i = stems->found[i].next;
    const ck_stem *stem = &stems->found[i];
    const uint8_t *letters = stems->text.letters + stem->start;
    ck_word_reading reading = {before + (uint32_t)i, stem->lexeme, 0, 0, stem->cost};
    *are = ck_is_spelt(written, letters, length, front->length, costs, &reading.cost);
    if (*are && stem->class < morphology->n_classes)
      CK_TRY(ck_combine(morphology, front, back, reading, stem->class, ck_letter_at(letters, 0), out));
  } while (*are && i != last);
  return CK_OK;
}

static ck_code ck_read_middle(const ck_written *written, const ck_stems *tables, size_t n_tables,
                              const ck_affix *front, const ck_affix *back, const ck_readings_out *out) {
  ck_error *error = out->error;
  size_t length = written->length - front->length - back->length;
  uint32_t before = 0;
  for (size_t t = 0; t < n_tables; before += (uint32_t)tables[t].text.length, t++) {
    const ck_stems *stems = &tables[t];
    uint64_t hash = ck_hash_letters(written->folded + front->length, length, &stems->seeds);
    bool are = false;
    for (size_t slot = hash & stems->mask; !are && stems->slots[slot]; slot = (slot + 1) & stems->mask) {
      if ((stems->slots[slot] ^ hash) >> 32) continue;
      CK_TRY(ck_read_stems(written, stems, (uint32_t)stems->slots[slot] - 1, before, front, back, out, &are));
    }
  }
  return CK_OK;
}

ck_code ck_read_word(const ck_morphology *morphology, const ck_stems *tables, size_t n_tables, const ck_letters *words,
                     size_t word, ck_readings *found, ck_ticker *ticker, ck_error *error) {
  uint8_t letters[CK_READING_LONGEST], folded[CK_READING_ROOM] = {0};
  const uint8_t *text;
  size_t length;
  CK_TRY(ck_tick(ticker, 64, error));
  if (!ck_letters_at(words, word, &text, &length) || !length || length > CK_READING_LONGEST) return CK_OK;
  for (size_t i = 0; i < length; i++) {
    letters[i] = ck_letter_at(text, i);
    folded[i] = morphology->fold[letters[i]];
    if (!folded[i]) return CK_OK;
  }
  ck_written written = {morphology, letters, folded, length};
  ck_readings_out out = {found, ticker, error};
  ck_affixes_found fronts, backs;
  CK_TRY(ck_affixes_of(&written, &morphology->fronts, false, &fronts, error));
  CK_TRY(ck_affixes_of(&written, &morphology->backs, true, &backs, error));
  for (size_t f = 0; f < fronts.length; f++)
    for (size_t b = 0; b < backs.length; b++) {
      if (fronts.items[f].length + backs.items[b].length >= length) continue;
      CK_TRY(ck_read_middle(&written, tables, n_tables, &fronts.items[f], &backs.items[b], &out));
    }
  return CK_OK;
}

ck_code ck_readings_of_word(const ck_morphology *morphology, const ck_reading_columns *columns, uint32_t word,
                            size_t *at, ck_readings *found, ck_ticker *ticker, ck_error *error) {
  CK_TRY(ck_tick(ticker, 16, error));
  found->length = 0;
  for (; *at < columns->length && ck_once32(&columns->words[*at]) == word; (*at)++) {
    uint32_t front = ck_once32(&columns->fronts[*at]), back = ck_once32(&columns->backs[*at]);
    if (front >= morphology->fronts.n_entries || back >= morphology->backs.n_entries)
      return ck_fail(error, CK_CORRUPT, "fronts and backs must be entries of the tables, got %lu and %lu at %zu",
                     (unsigned long)front, (unsigned long)back, *at);
    ck_word_reading reading = {0, ck_once32(&columns->lexemes[*at]), (uint16_t)front, (uint16_t)back,
                               (int32_t)ck_once32(&columns->costs[*at])};
    CK_TRY(ck_readings_push(found, reading, error));
    CK_TRY(ck_tick(ticker, 8, error));
  }
  return CK_OK;
}

/* ---------------------------------------------------------------- choice */

enum { CK_READING_MATTERS = 20 * 64 }; /* the cost beyond the least one from which a reading is not chosen */

/* A probability as an integer, relative to that of the least cost. */
static inline uint64_t ck_probability(int64_t cost, int64_t least, const uint32_t *powers) {
  uint64_t difference = (uint64_t)(cost - least), bits = difference / 64;
  return bits < 32 ? (uint64_t)(powers[difference % 64] >> bits) : 0;
}

static inline uint32_t ck_cut(const ck_morphology *morphology, const ck_word_reading *reading) {
  return (uint32_t)morphology->fronts.cuts[reading->front] << 8 | morphology->backs.cuts[reading->back];
}

typedef struct {
  const ck_morphology *morphology;
  const ck_word_reading *readings;
  size_t n;
  const ck_lexemes *lexemes;
  const uint32_t *powers;
  int64_t least;
  bool by_lemma;
  uint32_t cut; /* the one that was chosen, if by_lemma */
} ck_choice;

static inline int64_t ck_total(const ck_choice *choice, size_t i) {
  return (int64_t)choice->readings[i].cost + choice->lexemes->weights[choice->readings[i].lexeme];
}

static inline bool ck_is_candidate(const ck_choice *choice, size_t i) {
  return choice->readings[i].lexeme < choice->lexemes->length &&
         (!choice->by_lemma || ck_cut(choice->morphology, &choice->readings[i]) == choice->cut);
}

static inline uint32_t ck_key_of(const ck_choice *choice, size_t i) {
  return choice->by_lemma ? choice->lexemes->lemmas[choice->readings[i].lexeme]
                          : ck_cut(choice->morphology, &choice->readings[i]);
}

/* Adds the probabilities of candidates with the same key, and returns in `best` the first that matters of those that
 * are likeliest together; it is unchanged if all probabilities are 0. */
static ck_code ck_likeliest(const ck_choice *choice, ck_reading_sums *sums, size_t *best, ck_error *error) {
  unsigned bits = 3;
  while ((size_t)1 << bits < choice->n + choice->n / 2) bits++;
  size_t size = (size_t)1 << bits;
  sums->length = 0;
  CK_TRY(ck_reading_sums_reserve(sums, size, error));
  memset(sums->data, 0, size * sizeof(ck_reading_sum));
  for (size_t i = 0; i < choice->n; i++) {
    if (!ck_is_candidate(choice, i)) continue;
    uint32_t key = ck_key_of(choice, i);
    size_t slot = (size_t)(key * 0x9E3779B97F4A7C15u >> (64 - bits));
    while (sums->data[slot].used && sums->data[slot].key != key) slot = (slot + 1) & (size - 1);
    ck_reading_sum *sum = &sums->data[slot];
    int64_t total = ck_total(choice, i);
    sum->used = true;
    sum->key = key;
    sum->sum += ck_probability(total, choice->least, choice->powers);
    if (!sum->first && total - choice->least < CK_READING_MATTERS) sum->first = i + 1;
  }
  uint64_t most = 0;
  for (size_t slot = 0; slot < size; slot++) {
    const ck_reading_sum *sum = &sums->data[slot];
    if (!sum->first || sum->sum < most || (sum->sum == most && (!most || sum->first > *best))) continue;
    most = sum->sum;
    *best = sum->first - 1;
  }
  return CK_OK;
}

ck_code ck_best_reading(const ck_morphology *morphology, const ck_word_reading *readings, size_t n,
                        const ck_lexemes *lexemes, const uint32_t *powers, ck_reading_sums *sums, size_t *best,
                        ck_error *error) {
  ck_choice choice = {morphology, readings, n, lexemes, powers, INT64_MAX, false, 0};
  *best = n;
  for (size_t i = 0; i < n; i++) {
    if (!ck_is_candidate(&choice, i)) continue;
    int64_t total = ck_total(&choice, i);
    if (total >= choice.least) continue;
    choice.least = total;
    *best = i;
  }
  if (n < 2 || *best == n) return CK_OK;
  CK_TRY(ck_likeliest(&choice, sums, best, error));
  choice.by_lemma = true;
  choice.cut = ck_cut(morphology, &readings[*best]);
  CK_TRY(ck_likeliest(&choice, sums, best, error));
  uint32_t lemma = ck_key_of(&choice, *best);
  int64_t least = ck_total(&choice, *best);
  for (size_t i = 0; i < n; i++) {
    if (!ck_is_candidate(&choice, i) || ck_key_of(&choice, i) != lemma) continue;
    int64_t total = ck_total(&choice, i);
    if (total >= least) continue;
    least = total;
    *best = i;
  }
  return CK_OK;
}
