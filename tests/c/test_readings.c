/* Readings, compared with loops over all affixes and stems, and the choice, compared with sums over all readings; of
 * damaged tables, too, and when memory runs out. */
#include "failing.h"
#include "readings.h"

enum {
  CODES = CK_READING_LETTERS,
  MOST_STRINGS = 12,
  MOST_ENTRIES = 24,
  MOST_STEMS = 60,
  MOST_WORDS = 12,
  LEXEMES = 5,
  CLASSES = 2,
  GROUPS = 3,
  MOST_READINGS = 40000
};

/* ----------------------------------------------------------------------------- samples */

/* Each array has its own buffer, which ends where the array ends. */
typedef struct {
  exact letters, starts;
} strings;

typedef struct {
  strings text;
  exact entries, groups, costs, cuts, needs;
} affixes;

typedef struct {
  strings text;
  exact classes, lexemes, costs;
} stems;

typedef struct {
  affixes fronts, backs;
  stems stems[2];
  strings words;
  exact cells, misspelt, weights, lemmas;
  uint8_t fold[CODES];
  ck_morphology morphology;
  ck_stems tables[2];
  ck_letters read;
  ck_lexemes lexemes;
  uint32_t powers[64];
} sample;

static void *room(exact *made, size_t count, size_t size) {
  *made = exact_new(count * size, 0);
  return made->bytes;
}

/* Random strings, up to `longest` letters each; with `damaged`, some starts are wrong. */
static ck_letters random_strings(strings *made, random_source *random, size_t length, unsigned longest, bool damaged) {
  size_t n = 0;
  uint8_t letters[MOST_STEMS * 64];
  uint32_t *starts = (uint32_t *)room(&made->starts, length + 1, sizeof *starts);
  starts[0] = 0;
  for (size_t i = 0; i < length; i++) {
    for (unsigned left = random_below(random, longest + 1); left > 0; left--)
      letters[n++] = (uint8_t)(random_below(random, 40) ? 1 + random_below(random, 4) : random_bits(random));
    starts[i + 1] = (uint32_t)n;
  }
  for (unsigned changes = damaged ? 1 + random_below(random, 3) : 0; changes > 0; changes--)
    starts[random_below(random, (unsigned)length + 1)] = (uint32_t)(random_bits(random) >> random_below(random, 64));
  memcpy(room(&made->letters, n, 1), letters, n);
  return (ck_letters){made->letters.bytes, n, starts, length};
}

static void random_i16s(exact *made, random_source *random, size_t length, unsigned limit) {
  int16_t *items = (int16_t *)room(made, length, sizeof *items);
  for (size_t i = 0; i < length; i++) items[i] = (int16_t)random_below(random, limit);
}

static void random_u8s(exact *made, random_source *random, size_t length, unsigned limit) {
  uint8_t *items = (uint8_t *)room(made, length, 1);
  for (size_t i = 0; i < length; i++) items[i] = (uint8_t)random_below(random, limit);
}

static ck_affixes random_affixes(affixes *made, random_source *random, bool damaged) {
  size_t length = random_below(random, MOST_STRINGS), n = 0;
  ck_affixes out;
  memset(&out, 0, sizeof out);
  out.text = random_strings(&made->text, random, length, 2, damaged && random_below(random, 2));
  uint32_t *entries = (uint32_t *)room(&made->entries, length + 1, sizeof *entries);
  for (size_t i = 0; i <= length; i++) {
    entries[i] = (uint32_t)n;
    n += i < length ? random_below(random, 3) : 0;
  }
  if (damaged) entries[random_below(random, (unsigned)length + 1)] = (uint32_t)(random_bits(random) >> 40);
  random_u8s(&made->groups, random, n, damaged ? 2 * GROUPS : GROUPS);
  random_u8s(&made->cuts, random, n, 3);
  random_u8s(&made->needs, random, n, 2);
  random_i16s(&made->costs, random, n, 300);
  out.entries = entries;
  out.n_entries = n;
  out.groups = made->groups.bytes;
  out.costs = (const int16_t *)made->costs.bytes;
  out.cuts = made->cuts.bytes;
  out.needs = made->needs.bytes;
  return out;
}

static ck_stems random_stems(stems *made, random_source *random, bool damaged) {
  size_t length = random_below(random, MOST_STEMS);
  ck_stems out;
  memset(&out, 0, sizeof out);
  out.text = random_strings(&made->text, random, length, random_below(random, 20) ? 3 : 60, damaged);
  uint16_t *classes = (uint16_t *)room(&made->classes, length, sizeof *classes);
  uint32_t *lexemes = (uint32_t *)room(&made->lexemes, length, sizeof *lexemes);
  for (size_t i = 0; i < length; i++) {
    classes[i] = (uint16_t)random_below(random, CLASSES + damaged);
    lexemes[i] = damaged && !random_below(random, 9) ? UINT32_MAX : random_below(random, LEXEMES);
  }
  random_i16s(&made->costs, random, length, 2000);
  out.classes = classes;
  out.lexemes = lexemes;
  out.costs = (const int16_t *)made->costs.bytes;
  return out;
}

static void make_sample(sample *made, random_source *random, bool damaged) {
  memset(made, 0, sizeof *made);
  for (unsigned code = 1; code < CODES; code++) made->fold[code] = (uint8_t)(code < 3 ? 1 : code % 32);
  made->morphology.fronts = random_affixes(&made->fronts, random, damaged);
  made->morphology.backs = random_affixes(&made->backs, random, damaged);
  for (unsigned t = 0; t < 2; t++) made->tables[t] = random_stems(&made->stems[t], random, damaged);
  made->read = random_strings(&made->words, random, MOST_WORDS, random_below(random, 9) ? 6 : 55, damaged);
  random_i16s(&made->cells, random, CLASSES * GROUPS * GROUPS, 400);
  for (size_t i = 0; i < CLASSES * GROUPS * GROUPS; i++)
    if (!random_below(random, 4)) ((int16_t *)made->cells.bytes)[i] = CK_READING_NEVER;
  random_i16s(&made->misspelt, random, 2 * CODES * CODES, 100);
  made->morphology.cells = (const int16_t *)made->cells.bytes;
  made->morphology.misspelt = (const int16_t *)made->misspelt.bytes;
  made->morphology.n_classes = CLASSES;
  made->morphology.n_fronts = made->morphology.n_backs = GROUPS;
  int32_t *weights = (int32_t *)room(&made->weights, LEXEMES, sizeof *weights);
  uint32_t *lemmas = (uint32_t *)room(&made->lemmas, LEXEMES, sizeof *lemmas);
  for (unsigned i = 0; i < LEXEMES; i++) {
    weights[i] = random_below(random, 12) ? (int32_t)random_below(random, 900) : i % 2 ? INT32_MIN : INT32_MAX;
    lemmas[i] = random_below(random, 3);
  }
  made->lexemes = (ck_lexemes){weights, lemmas, LEXEMES};
  for (unsigned i = 0; i < 64; i++) /* not the powers themselves: these need the library of mathematics */
    made->powers[i] = (uint32_t)(0x80000000u - i * 0x1000000u + random_below(random, 0x1000000));
}

static void free_strings(strings *made) {
  exact_free(&made->letters);
  exact_free(&made->starts);
}

static void free_affixes(affixes *made) {
  free_strings(&made->text);
  exact *all[] = {&made->entries, &made->groups, &made->costs, &made->cuts, &made->needs};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) exact_free(all[i]);
}

static void free_sample(sample *made) {
  free_affixes(&made->fronts);
  free_affixes(&made->backs);
  for (unsigned t = 0; t < 2; t++) {
    free_strings(&made->stems[t].text);
    exact_free(&made->stems[t].classes);
    exact_free(&made->stems[t].lexemes);
    exact_free(&made->stems[t].costs);
  }
  free_strings(&made->words);
  exact *all[] = {&made->cells, &made->misspelt, &made->weights, &made->lemmas};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) exact_free(all[i]);
}

static ck_code index_sample(sample *made, uint64_t seed, ck_error *error) {
  ck_ticker ticker = ck_ticker_new(NULL);
  CK_TRY(ck_morphology_index(&made->morphology, made->fold, error));
  ck_code code = CK_OK;
  for (unsigned t = 0; t < 2 && !code; t++)
    code = ck_stems_index(&made->tables[t], &made->morphology, seed, &ticker, error);
  return code;
}

static void free_index(sample *made) {
  ck_morphology_free(&made->morphology);
  for (unsigned t = 0; t < 2; t++) ck_stems_free(&made->tables[t]);
}

/* -------------------------------------------------------------------------- brute force */

typedef struct {
  const uint8_t *letters;
  size_t length;
} piece;

static bool piece_of(const ck_letters *text, size_t i, piece *out) {
  uint32_t start = text->starts[i], end = text->starts[i + 1];
  if (start > end || end > text->n_letters) return false;
  *out = (piece){text->letters + start, end - start};
  return true;
}

static bool spelt(const sample *made, const uint8_t *written, piece right, bool before_affix, int32_t *cost) {
  for (size_t i = 0; i < right.length; i++) {
    unsigned one = written[i] % CODES, other = right.letters[i] % CODES;
    if (!made->fold[one] || made->fold[one] != made->fold[other]) return false;
    bool last = before_affix && i + 1 == right.length;
    *cost += ((const int16_t *)made->misspelt.bytes)[last * CODES * CODES + one * CODES + other];
  }
  return true;
}

static void read_entries(const sample *made, size_t front, size_t back, ck_word_reading reading, unsigned class,
                         uint8_t letter, ck_word_reading *out, size_t *n) {
  const ck_affixes *fronts = &made->morphology.fronts, *backs = &made->morphology.backs;
  for (size_t f = fronts->entries[front]; f < fronts->entries[front + 1]; f++)
    for (size_t b = backs->entries[back]; b < backs->entries[back + 1]; b++) {
      size_t group = fronts->groups[f], other = backs->groups[b];
      if (group >= GROUPS || other >= GROUPS || (fronts->needs[f] && fronts->needs[f] != letter % CODES)) continue;
      int16_t fits = ((const int16_t *)made->cells.bytes)[(class * GROUPS + group) * GROUPS + other];
      if (fits == CK_READING_NEVER) continue;
      CHECK(*n < MOST_READINGS);
      out[*n] = reading;
      out[*n].front = (uint16_t)f;
      out[*n].back = (uint16_t)b;
      out[(*n)++].cost += fits + fronts->costs[f] + backs->costs[b];
    }
}

static void read_stems(const sample *made, piece word, size_t front, size_t back, ck_word_reading *out, size_t *n) {
  const ck_affixes *fronts = &made->morphology.fronts, *backs = &made->morphology.backs;
  piece before, after, stem;
  int32_t affix_cost = 0;
  if (fronts->entries[front + 1] > fronts->n_entries || backs->entries[back + 1] > backs->n_entries) return;
  if (!piece_of(&fronts->text, front, &before) || !piece_of(&backs->text, back, &after)) return;
  if (before.length + after.length >= word.length) return;
  size_t length = word.length - before.length - after.length;
  if (!spelt(made, word.letters, before, false, &affix_cost)) return;
  if (!spelt(made, word.letters + before.length + length, after, false, &affix_cost)) return;
  uint32_t number = 0;
  for (unsigned t = 0; t < 2; t++)
    for (size_t i = 0; i < made->tables[t].text.length; i++, number++) {
      const ck_stems *table = &made->tables[t];
      int32_t cost = affix_cost + table->costs[i];
      if (!piece_of(&table->text, i, &stem) || stem.length != length || table->classes[i] >= CLASSES) continue;
      if (!spelt(made, word.letters + before.length, stem, after.length > 0, &cost)) continue;
      ck_word_reading reading = {number, table->lexemes[i], 0, 0, cost};
      read_entries(made, front, back, reading, table->classes[i], stem.letters[0], out, n);
    }
}

static bool is_empty(const ck_affixes *affixes, size_t i) {
  piece text;
  return piece_of(&affixes->text, i, &text) && !text.length;
}

/* The empty affixes are first. */
static size_t read_slowly(const sample *made, size_t word, ck_word_reading *out) {
  const ck_affixes *fronts = &made->morphology.fronts, *backs = &made->morphology.backs;
  size_t n = 0;
  piece letters;
  if (!piece_of(&made->read, word, &letters) || letters.length > CK_READING_LONGEST) return 0;
  for (int f_empty = 1; f_empty >= 0; f_empty--)
    for (size_t f = 0; f < fronts->text.length; f++)
      for (int b_empty = 1; b_empty >= 0 && is_empty(fronts, f) == f_empty; b_empty--)
        for (size_t b = 0; b < backs->text.length; b++)
          if (is_empty(backs, b) == b_empty) read_stems(made, letters, f, b, out, &n);
  return n;
}

static uint64_t key(const sample *made, const ck_word_reading *reading, bool with_lemma) {
  const ck_morphology *morphology = &made->morphology;
  uint64_t cut = (uint64_t)morphology->fronts.cuts[reading->front] << 8 | morphology->backs.cuts[reading->back];
  return with_lemma ? cut << 32 | made->lexemes.lemmas[reading->lexeme] : cut;
}

static int64_t total(const sample *made, const ck_word_reading *reading) {
  return (int64_t)reading->cost + made->lexemes.weights[reading->lexeme];
}

static uint64_t sum_of(const sample *made, const ck_word_reading *readings, size_t n, uint64_t wanted, bool with_lemma,
                       int64_t least) {
  uint64_t sum = 0;
  for (size_t i = 0; i < n; i++) {
    if (readings[i].lexeme >= LEXEMES || key(made, &readings[i], with_lemma) != wanted) continue;
    uint64_t more = (uint64_t)(total(made, &readings[i]) - least);
    sum += more / 64 < 32 ? made->powers[more % 64] >> more / 64 : 0;
  }
  return sum;
}

static size_t choose_slowly(const sample *made, const ck_word_reading *readings, size_t n) {
  int64_t least = INT64_MAX;
  size_t best = n;
  for (size_t i = 0; i < n; i++)
    if (readings[i].lexeme < LEXEMES && total(made, &readings[i]) < least) least = total(made, &readings[i]);
  for (int lemmas = 0; lemmas < 2; lemmas++) {
    uint64_t most = 0, cut = best < n ? key(made, &readings[best], false) : 0;
    for (size_t i = 0; i < n; i++) {
      if (readings[i].lexeme >= LEXEMES || total(made, &readings[i]) - least >= 20 * 64) continue;
      if (lemmas && key(made, &readings[i], false) != cut) continue;
      uint64_t sum = sum_of(made, readings, n, key(made, &readings[i], lemmas), lemmas, least);
      if (sum <= most) continue;
      most = sum;
      best = i;
    }
  }
  for (size_t i = 0, chosen = best; i < n && chosen < n; i++)
    if (readings[i].lexeme < LEXEMES && key(made, &readings[i], true) == key(made, &readings[chosen], true) &&
        total(made, &readings[i]) < total(made, &readings[best]))
      best = i;
  return best;
}

/* -------------------------------------------------------------------------------- checks */

static ck_code read_sample(sample *made, bool compare, digest *found, ck_error *error) {
  static ck_word_reading expected[MOST_READINGS];
  ck_ticker ticker = ck_ticker_new(NULL);
  ck_readings readings = {0};
  ck_reading_sums sums = {0};
  ck_code code = CK_OK;
  for (size_t word = 0; word < made->read.length && !code; word++) {
    size_t best = 0;
    readings.length = 0;
    code = ck_read_word(&made->morphology, made->tables, 2, &made->read, word, &readings, &ticker, error);
    if (!code)
      code = ck_best_reading(&made->morphology, readings.data, readings.length, &made->lexemes, made->powers, &sums,
                             &best, error);
    if (code) break;
    digest_number(found, best);
    for (size_t i = 0; i < readings.length; i++) {
      const ck_word_reading *reading = &readings.data[i];
      uint32_t numbers[] = {reading->stem, reading->lexeme, reading->front, reading->back, (uint32_t)reading->cost};
      digest_u32s(found, numbers, 5);
    }
    if (!compare) continue;
    CHECK(readings.length == read_slowly(made, word, expected));
    for (size_t i = 0; i < readings.length; i++)
      CHECK(!memcmp(&readings.data[i], &expected[i], sizeof expected[i]));
    CHECK(best == choose_slowly(made, readings.data, readings.length));
  }
  ck_readings_free(&readings);
  ck_reading_sums_free(&sums);
  return code;
}

/* Costs of whole binary digits, so that sums are often equal, or differ by very little. */
static void check_choice(sample *made, random_source *random, digest *found) {
  enum { MOST = 40 };
  ck_word_reading readings[MOST];
  ck_reading_sums sums = {0};
  ck_error error;
  size_t n = random_below(random, MOST + 1), best;
  unsigned digits = 1 + random_below(random, 35);
  int32_t *weights = (int32_t *)made->weights.bytes;
  if (!made->morphology.fronts.n_entries || !made->morphology.backs.n_entries) return;
  for (unsigned i = 0; i < LEXEMES; i++) weights[i] = (int32_t)random_below(random, 2) * 64;
  for (size_t i = 0; i < n; i++) {
    readings[i].stem = (uint32_t)i;
    readings[i].lexeme = random_below(random, 20) ? random_below(random, LEXEMES) : LEXEMES;
    readings[i].front = (uint16_t)random_below(random, (unsigned)made->morphology.fronts.n_entries);
    readings[i].back = (uint16_t)random_below(random, (unsigned)made->morphology.backs.n_entries);
    readings[i].cost = (int32_t)(random_below(random, digits) * 64);
  }
  CHECK(!ck_best_reading(&made->morphology, readings, n, &made->lexemes, made->powers, &sums, &best, &error));
  CHECK(best == choose_slowly(made, readings, n));
  digest_number(found, best);
  ck_reading_sums_free(&sums);
}

static void check_round(random_source *random, bool damaged, digest *found) {
  sample made;
  ck_error error;
  make_sample(&made, random, damaged);
  CHECK(!index_sample(&made, random_bits(random), &error));
  CHECK(!read_sample(&made, true, found, &error));
  for (int choice = 0; choice < 20; choice++) check_choice(&made, random, found);
  free_index(&made);
  free_sample(&made);
}

static void check_limits(void) {
  random_source random = {0x8B1F0E6D2C3A4957u};
  sample made;
  ck_error error;
  make_sample(&made, &random, false);
  uint8_t right = made.fold[9];
  made.fold[9] = CODES;
  CHECK(index_sample(&made, 1, &error) == CK_CORRUPT && strstr(error.message, "got 64 for 9"));
  made.fold[9] = right;
  made.fold[0] = 1;
  CHECK(index_sample(&made, 1, &error) == CK_CORRUPT && strstr(error.message, "got 1 for 0"));
  made.fold[0] = 0;
  size_t *limited[] = {&made.morphology.fronts.text.length, &made.morphology.backs.text.length,
                       &made.morphology.fronts.n_entries, &made.morphology.backs.n_entries};
  for (size_t i = 0; i < sizeof limited / sizeof *limited; i++) {
    size_t length = *limited[i];
    *limited[i] = 0x10000;
    CHECK(index_sample(&made, 1, &error) == CK_LIMIT && !made.morphology.fronts.order);
    *limited[i] = length;
  }
  size_t length = made.tables[1].text.length;
  made.tables[1].text.length = 0x7FFFFFFF;
  CHECK(index_sample(&made, 1, &error) == CK_LIMIT && !made.tables[1].slots);
  free_index(&made);
  made.tables[1].text.length = length;
  free_sample(&made);
}

/* Many stems that fold alike are indexed in a moment, and the first ones are found. */
static void check_alike(void) {
  enum { STEMS = 200000 };
  static uint8_t letters[2 * STEMS], fold[CODES] = {0, 1, 1};
  static uint32_t starts[STEMS + 1], lexemes[STEMS];
  static uint16_t classes[STEMS];
  static int16_t costs[STEMS], misspelt[2 * CODES * CODES];
  const uint32_t bounds[] = {0, 0}, entries[] = {0, 1};
  const uint8_t none[] = {0};
  ck_error error;
  ck_readings readings = {0};
  ck_ticker ticker = ck_ticker_new(NULL);
  for (uint32_t i = 0; i <= STEMS; i++) starts[i] = 2 * i;
  for (uint32_t i = 0; i < 2 * STEMS; i++) letters[i] = (uint8_t)(1 + (i ^ i >> 3) % 2);
  ck_affixes empty = {{NULL, 0, bounds, 1}, entries, 1, none, costs, none, none, NULL, {0}};
  ck_morphology morphology = {empty, empty, costs, 1, 1, 1, misspelt, {0}};
  ck_letters text = {letters, sizeof letters, starts, STEMS};
  ck_stems table = {text, classes, lexemes, costs, NULL, NULL, 0, {0, 0, 0}};
  CHECK(!ck_morphology_index(&morphology, fold, &error));
  CHECK(!ck_stems_index(&table, &morphology, 5, &ticker, &error));
  CHECK(!ck_read_word(&morphology, &table, 1, &text, STEMS - 1, &readings, &ticker, &error));
  CHECK(readings.length == CK_READING_ALIKE);
  for (size_t i = 0; i < readings.length; i++) CHECK(readings.data[i].stem == i);
  ck_readings_free(&readings);
  ck_stems_free(&table);
  ck_morphology_free(&morphology);
}

static sample scarce;

static ck_code when_memory_runs_out(digest *found, ck_error *error) {
  ck_code code = index_sample(&scarce, 77, error);
  if (!code) code = read_sample(&scarce, false, found, error);
  free_index(&scarce);
  return code;
}

static void check_memory(void) {
  random_source random = {0x9E3779B97F4A7C15u};
  size_t readings = 0;
  while (readings < 500) { /* so that arrays grow */
    static ck_word_reading room[MOST_READINGS];
    make_sample(&scarce, &random, false);
    for (size_t word = 0; word < scarce.read.length; word++) {
      size_t n = read_slowly(&scarce, word, room);
      readings = n > readings ? n : readings;
    }
    if (readings < 500) free_sample(&scarce);
  }
  failing_run("readings", when_memory_runs_out);
  free_sample(&scarce);
}

int main(void) {
  random_source random = {0xD1B54A32D192ED03u};
  digest found = {0};
  fail_at = -1; /* none, until allocations are to fail */
  check_limits();
  check_alike();
  check_memory();
  for (unsigned round = 0; round < 3000; round += stride()) check_round(&random, round / stride() % 4 == 3, &found);
  digest_print("readings", &found);
  return 0;
}
