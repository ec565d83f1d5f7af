/* The rank of each word by bytes.
 *
 * Most words differ within their first eight letters, so these are sorted as integers (letter_code.h); only words
 * that share them are compared further. */
#ifndef CK_WORD_RANKS_H
#define CK_WORD_RANKS_H

#include "core.h"
#include "pages.h"
#include "text_column.h"

/* Ranks of `n` words, fewer than 2^32; the sort is stable. */
ck_code ck_word_ranks(const ck_text *words, size_t n, uint32_t *ranks, ck_ticker *ticker, ck_error *error);

#endif
