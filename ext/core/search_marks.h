/* What a search asks beside the tests of tokens: of places, and of tokens that were met before.
 *
 * Place p lies between the tokens p - 1 and p. An assertion is about a place, and its answer depends on the text alone,
 * so that programs that are run backwards and forwards can ask it. A check is about the slots that a way through the
 * program has set, tokens and places, so that only search_labels.h asks it. */
#ifndef CK_SEARCH_MARKS_H
#define CK_SEARCH_MARKS_H

#include "core.h"

/* Regions of the text, from `first[i]` up to `end[i]`, ascending by first token, then by end. */
typedef struct {
  const uint32_t *first, *end;
  const uint32_t *ends;     /* the same ends, ascending */
  const uint32_t *farthest; /* the greatest of the ends up to each region */
  size_t length;
  bool overlapping;
} ck_search_regions;

void ck_search_regions_free(ck_search_regions *regions);

/* Copies regions; they must not be empty, and ascend. */
ck_code ck_search_regions_copy(ck_search_regions *regions, const uint32_t *first, const uint32_t *end, size_t length,
                               ck_error *error);

typedef enum {
  CK_REGION_BEGINS, /* of list x */
  CK_REGION_ENDS,
  CK_UNIT_BEGINS, /* a unit of text, whose tokens begin with a flag of the mask x, or a document */
  CK_UNIT_ENDS,
  CK_NEXT_PASSES, /* the test x */
  CK_PREVIOUS_PASSES,
  CK_NEXT_INSIDE, /* a region of list x */
  CK_PREVIOUS_INSIDE,
  CK_ASSERTIONS
} ck_assertion_kind;

/* With `over_signs`, a boundary may lie at any place with only tokens between that are no words, and the next (previous)
 * token is the next word. All this within the document: at its end nothing of the next one begins. */
typedef struct {
  uint32_t kind, x, negated, over_signs;
} ck_search_assertion;

/* Numbers of the values of types or tokens; 0 for none. */
typedef struct {
  const void *values;
  size_t length;
  unsigned size; /* bytes of an item: 1, 2 or 4 */
  bool by_types;
} ck_search_codes;

typedef enum {
  CK_TERM_CONSTANT,  /* a */
  CK_TERM_SET,       /* slot a has a token or place */
  CK_TERM_PASSES,    /* the token at_a after slot a passes the test c */
  CK_TERM_SAME,      /* it has the same code (of the codes c) as the token at_b after slot b (of the codes d) */
  CK_TERM_DIFFERENT, /* there are both, and they have not the same code */
  CK_TERM_DISTANCE,  /* from slot a to slot b, compared by the operator c with the signed number d */
  CK_TERM_REGION,    /* a region of list c begins at the place in slot a and ends here */
  CK_TERM_UNIT,      /* the same of a unit of text, of the mask c */
  CK_TERM_NOT,
  CK_TERM_AND,
  CK_TERM_OR,
  CK_TERMS
} ck_term_kind;

enum { CK_EQUAL, CK_UNEQUAL, CK_LESS_THAN, CK_AT_MOST, CK_MORE_THAN, CK_AT_LEAST, CK_OPERATORS };
enum { CK_ABSOLUTE = 1 };                           /* flag of a distance */
enum { CK_BEGIN_OVER_SIGNS = 1, CK_END_OVER_SIGNS = 2 }; /* flags of a region or a unit */
enum { CK_REACHES_ON = 4 }; /* of a region, alone: it ends after this place */

/* A part of a check in postfix order. A slot that has nothing makes it false. */
typedef struct {
  uint32_t kind, a, b, c, d, at_a, at_b, flags; /* at_a, at_b and the d of a distance are signed */
} ck_search_term;

#define CK_NO_TOKEN UINT32_MAX
#define CK_ANY_TOKEN (UINT32_MAX - 1) /* the number of a test that every token passes */
#define CK_SLOT_CURRENT (UINT32_MAX - 1) /* the last token of the hit so far */
#define CK_SLOT_MATCH (UINT32_MAX - 2)   /* its first one */
enum { CK_MOST_SLOTS = 64, CK_MOST_DEPTH = 64 };

typedef struct {
  const ck_search_assertion *assertions;
  const ck_search_term *terms; /* of all checks */
  const uint32_t *check_ends;  /* where the terms of each check end */
  const ck_search_regions *regions;
  const ck_search_codes *codes;
  size_t n_assertions, n_terms, n_checks, n_regions, n_codes, n_slots;
} ck_search_marks;

/* Whether there is such a test. */
static inline bool ck_is_test(uint32_t test, size_t n_tests) {
  return test < n_tests || test == CK_ANY_TOKEN;
}

/* Copies assertions, terms and check_ends, whose numbers are set; the others are kept by the caller. */
ck_code ck_search_marks_copy(ck_search_marks *marks, const uint32_t *assertions, const uint32_t *terms,
                             const uint32_t *check_ends, ck_error *error);

void ck_search_marks_free(ck_search_marks *marks);

/* Tests, regions, codes and slots must exist, and each check must leave one answer. */
ck_code ck_check_search_marks(const ck_search_marks *marks, size_t n_tests, ck_error *error);

#endif
