/* Search for the hits of a pattern in the tokens of a corpus.
 *
 * A pattern is a program, as for a regular expression over tokens: a step tests a token, or jumps. Only tokens near
 * an anchor are examined, the rarest thing that each hit must contain: from each anchor, a program for what precedes
 * it is run backwards to where a hit may begin; from there, the whole program is run forwards to its end.
 *
 * All threads of a program are followed at once, in order of preference (Pike's virtual machine), so that the time is
 * at most the length of the pattern times that of the text examined (search_ends.h). What becomes of them is remembered
 * (search_machine.h), so that most tokens take one look at a table. */
#ifndef CK_SEARCH_H
#define CK_SEARCH_H

#include "arrays.h"
#include "core.h"
#include "search_marks.h"
#include "touches.h"

/* A type passes the tests of its row, which is rows[type], or that of the type itself if `rows` is NULL: the bits of
 * tests[row * stride] and the following bytes, of which bit 0 is whether the type is a word; and the test 8 * stride +
 * row, which no other row passes; and CK_ANY_TOKEN. A token with a flag of `barrier_bits` begins a unit of text, which
 * bounds hits, and so does a document. */
typedef struct {
  const uint32_t *types;
  const uint8_t *flags;
  size_t n_tokens;
  const uint64_t *document_ends;
  size_t n_documents;
  const uint8_t *tests;
  size_t stride, n_types;
  uint8_t barrier_bits;
  ck_touches of_types, of_flags;
  const uint32_t *rows; /* an item for each type, below n_rows */
  size_t n_rows;
  size_t most_states; /* of the automaton of a search (search_machine.h); 0 for the usual number */
} ck_search_text;

typedef enum {
  CK_STEP_TEST,
  CK_STEP_SPLIT,
  CK_STEP_JUMP,
  CK_STEP_ACCEPT,
  CK_STEP_ASSERT, /* assertion x must hold at this place */
  CK_STEP_LABEL,  /* slot x becomes the token that was met last, or the first one before any was */
  CK_STEP_CHECK,  /* check x must hold */
  CK_STEP_PLACE   /* slot x becomes this place */
} ck_step_kind;

/* A test: the token must pass the test `x`. With `words_only`, tokens that are not words are skipped before it, if the
 * previous test has words_only too; such a test must be passed by words only, or starts are missed. A split continues
 * at `x` or, less preferred, at `y`, but with words_only at `y` only where a test with words_only would skip; a jump at
 * `x`. After an assertion with words_only the next test skips as after a test with words_only. `x` of an end is its tag, which tells several ends apart. Labels,
 * checks and places are passed over, but by ck_search_labelled. */
typedef struct {
  const uint8_t *kind, *words_only;
  const uint32_t *x, *y;
  size_t length;
  const ck_search_marks *marks; /* what the steps after CK_STEP_ACCEPT ask; NULL if there are none */
} ck_search_program;

void ck_search_program_free(ck_search_program *program);

ck_code ck_search_program_copy(ck_search_program *program, const uint8_t *kind, const uint8_t *words_only,
                               const uint32_t *x, const uint32_t *y, size_t length, ck_error *error);

/* Kinds must be valid, steps, tests and marks must exist, and the last step must not lead outside the program. */
ck_code ck_check_search_program(const ck_search_program *program, size_t n_tests, ck_error *error);

/* Tokens from which a program is run, each from its own step, or all from the first if `steps` is NULL. */
typedef struct {
  const uint32_t *tokens, *steps;
  size_t length;
} ck_search_places;

/* --------------------------------------------------------------- backwards */

typedef struct {
  ck_u32s tokens, tags; /* unordered, and they may repeat */
  bool tagged;          /* whether tags are wanted: those of the ends that were reached */
} ck_search_starts_found;

/* Where hits may begin: from each anchor the program is run backwards, from the token before it. `after_word`: the
 * anchor's own test has words_only. If anchors ascend, the time is at most that of the text and the program. */
ck_code ck_search_starts(const ck_search_text *text, const ck_search_program *program, const ck_search_places *anchors,
                         bool after_word, ck_search_starts_found *found, ck_ticker *ticker, ck_error *error);

/* ---------------------------------------------------------------- forwards */

/* Which of the ends of the ways from a start is taken: that of the preferred way, the first or the last one. A way that
 * takes no token is no hit; where it is the preferred one, there is none. */
typedef enum { CK_PREFERRED, CK_SHORTEST, CK_LONGEST, CK_STRATEGIES } ck_search_strategy;

typedef struct {
  ck_search_strategy strategy;
  bool nested;            /* whether a hit inside another one is kept */
  const uint32_t *limits; /* for each start: where its hit ends at the latest; NULL for no limits */
  size_t patience;        /* the work after which the starts of a unit are looked at together; 0 for the default */
} ck_search_manner;

/* The hits that begin at these places, whose tokens ascend; of those at one token the first that leads to a hit counts.
 * The time is at most that of the text and the program, unless it repeats what may match nothing: after some work the
 * starts of a unit are looked at together. */
ck_code ck_search_hits(const ck_search_text *text, const ck_search_program *program, const ck_search_places *starts,
                       const ck_search_manner *manner, ck_u32s *first, ck_u32s *end, ck_ticker *ticker,
                       ck_error *error);

/* ----------------------------------------------------- positions of types */

/* All tokens that pass a test, ascending. For tests that many tokens pass; for few, postings are faster. */
ck_code ck_search_scan(const ck_search_text *text, uint32_t test, ck_u32s *found, ck_ticker *ticker, ck_error *error);

/* Those of ascending positions that are in the chosen documents. */
ck_code ck_in_documents(const uint32_t *positions, size_t n_positions, const uint64_t *ends, const uint8_t *chosen,
                        size_t n_documents, ck_u32s *found, ck_ticker *ticker, ck_error *error);

#endif
