/* The readings of words: which stem of a lexicon between which affixes, and at what cost.
 *
 * A word is written as front, stem and back; a front is the proclitics, the article and the prefix of a verb, a back
 * the ending and the pronoun. What fits together is said by cells: a cost for the class of the stem, the group of
 * the front and the group of the back. Costs are negative logarithms of probabilities, in units of 1/64 of a binary
 * digit, so that sums of them are exact on every machine.
 *
 * Letters are codes from 1 to 63. Words are compared by folded letters (a hamza on any seat is an alef); that a letter
 * is not written as in the lexicon has a cost.
 *
 * Arrays come from outside and may change while they are read, but for what is copied when a table is made. What is out
 * of bounds in them does not exist: a word, a stem, an affix whose letters are not there, a stem of another class, an
 * affix of another group. */
#ifndef CK_READINGS_H
#define CK_READINGS_H

#include "arrays.h"
#include "bytes.h"

enum {
  CK_READING_LETTERS = 64,  /* codes of letters, taken modulo 64; 0 is none of them and is equal to nothing */
  CK_READING_LONGEST = 48,  /* letters of a word, or a stem, that is analysed */
  CK_READING_AFFIXES = 64,  /* fronts, or backs, of one word */
  CK_READING_ALIKE = 256,   /* stems of a table whose folded letters are the same; those after them are never found */
  CK_READING_NEVER = 0x7FFF /* the cost of what does not exist */
};

/* Strings of letters: the i-th lies at letters[starts[i]] up to letters[starts[i + 1]]. */
typedef struct {
  const uint8_t *letters;
  size_t n_letters;
  const uint32_t *starts;
  size_t length;
} ck_letters;

/* A stem as it is looked up, in one place. */
typedef struct {
  uint32_t start, lexeme;
  uint32_t next; /* the next one with these folded letters; of the last one, the first */
  uint16_t class;
  int16_t cost;
  uint16_t alike; /* how many there are up to this one */
  uint8_t length;
} ck_stem;

typedef struct {
  ck_letters text;
  const uint16_t *classes;
  const uint32_t *lexemes;
  const int16_t *costs;
  ck_stem *found;
  uint64_t *slots; /* open addressing by the hash of the folded letters: its upper half, and the last stem + 1; or 0 */
  size_t mask;
  ck_seeds seeds;
} ck_stems;

/* Distinct strings of affixes; the entries of string i are those from entries[i] up to entries[i + 1]. */
typedef struct {
  ck_letters text;
  const uint32_t *entries;
  size_t n_entries;
  const uint8_t *groups; /* by entry */
  const int16_t *costs;
  const uint8_t *cuts;  /* the lengths of pieces that are cut off: of a front the first piece, and all << 4; of a
                         * back all << 4. Only compared here. */
  const uint8_t *needs; /* of a front: the letter that the stem must begin with, or 0 */
  /* The strings by their outer letter, folded, which is 0 for the empty one: order[bounds[letter]] up to
   * order[bounds[letter + 1]]. */
  uint16_t *order;
  uint16_t bounds[CK_READING_LETTERS + 1];
} ck_affixes;

typedef struct {
  ck_affixes fronts, backs;
  const int16_t *cells; /* [class][group of the front][group of the back] */
  size_t n_classes, n_fronts, n_backs; /* the numbers of classes and groups */
  const int16_t *misspelt;             /* [written][true], 64 x 64; then the same for the last letter of a stem before
                                        * an affix */
  uint8_t fold[CK_READING_LETTERS];
} ck_morphology;

/* A reading without the weight of its lexeme. */
typedef struct {
  uint32_t stem; /* of the second table: + the length of the first */
  uint32_t lexeme;
  uint16_t front, back; /* entries */
  int32_t cost;
} ck_word_reading;

CK_ARRAY(ck_word_reading, ck_readings)

/* Copies `fold`, the folded letter of each code, and orders the affixes by their outer letters. */
ck_code ck_morphology_index(ck_morphology *morphology, const uint8_t *fold, ck_error *error);

void ck_morphology_free(ck_morphology *morphology);

/* Copies what is found, and makes the slots; `seed` is secret. */
ck_code ck_stems_index(ck_stems *stems, const ck_morphology *morphology, uint64_t seed, ck_ticker *ticker,
                       ck_error *error);

void ck_stems_free(ck_stems *stems);

/* Appends the readings of a word from up to two tables of stems. */
ck_code ck_read_word(const ck_morphology *morphology, const ck_stems *tables, size_t n_tables, const ck_letters *words,
                     size_t word, ck_readings *found, ck_ticker *ticker, ck_error *error);

/* Columns of readings, those of a word one after another; `costs` are to be read as int32. */
typedef struct {
  const uint32_t *words, *lexemes, *fronts, *backs, *costs;
  size_t length;
} ck_reading_columns;

/* Copies the readings of a word, which begin at `*at`, and sets this to their end. Without stems. */
ck_code ck_readings_of_word(const ck_morphology *morphology, const ck_reading_columns *columns, uint32_t word,
                            size_t *at, ck_readings *found, ck_ticker *ticker, ck_error *error);

/* Lexemes: the cost of each, and its lemma. */
typedef struct {
  const int32_t *weights;
  const uint32_t *lemmas;
  size_t length;
} ck_lexemes;

/* Readings that belong together. */
typedef struct {
  uint64_t sum; /* of their probabilities */
  size_t first; /* the first that matters + 1; or 0 */
  uint32_t key;
  bool used;
} ck_reading_sum;

CK_ARRAY(ck_reading_sum, ck_reading_sums)

/* Finds the best of the readings of a word: of the cut, then of the lemma, whose readings are likeliest together; then
 * the likeliest. Of equal ones the first is best, and what is 2^20 times less likely than the likeliest never is.
 * Without readings of known lexemes `best` is n. `powers` has 2^31 * 2^(-i / 64) for 64 numbers, `sums` is room that
 * calls share. */
ck_code ck_best_reading(const ck_morphology *morphology, const ck_word_reading *readings, size_t n,
                        const ck_lexemes *lexemes, const uint32_t *powers, ck_reading_sums *sums, size_t *best,
                        ck_error *error);

#endif
