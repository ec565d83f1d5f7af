/* Equal sequences of tokens: the hits of a phrase that have the same types, and white space between them. */
#ifndef CK_SEQUENCES_H
#define CK_SEQUENCES_H

#include "arrays.h"
#include "concordance.h"

/* Numbers the distinct sequences among spans by first occurrence: numbers[i] is that of span i, first[n] the first span
 * with number n. Hashes are seeded, so that no text can be made whose sequences collide. The caller frees `first`. */
ck_code ck_number_spans(const ck_token_arrays *tokens, const ck_spans *spans, uint64_t seed, uint32_t *numbers,
                        ck_u32s *first, ck_ticker *ticker, ck_error *error);

#endif
