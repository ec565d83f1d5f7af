/* Tokenisation of a column by several workers.
 *
 * Each worker takes a range of rows, about the same number of bytes, and numbers its types in a table of its own; the
 * first one uses the given table. Then the other tables are merged into it, in order, so that types are numbered by
 * first occurrence as by a single worker, and the tokens are concatenated with their new numbers. */
#ifndef CK_TOKENIZE_COLUMN_H
#define CK_TOKENIZE_COLUMN_H

#include "text_column.h"
#include "tokenize.h"

/* The tokens of all texts of a column, and their number for each text (0 for a null); `tokens` is empty except for
 * the option without_starts. On failure the table of types is unchanged and the caller frees the tokens. */
ck_code ck_tokenize_column(const ck_text_column *column, ck_token_mode mode, ck_simd simd, unsigned threads,
                           size_t grain, ck_types *types, ck_tokens *tokens, uint32_t *counts, ck_ticker *ticker,
                           ck_error *error);

#endif
