/* The text of the rows of an n-gram table. */
#ifndef CK_NGRAM_COLUMNS_H
#define CK_NGRAM_COLUMNS_H

#include "column_out.h"
#include "core.h"
#include "ngram_rows.h"
#include "pages.h"
#include "postings.h"
#include "text_column.h"

/* The positions of the tokens of a row's first occurrence, checked against the number of tokens. */
static inline ck_code ck_ngram_positions(uint64_t first, unsigned n, size_t n_tokens, size_t row,
                                         size_t positions[CK_WIDEST], ck_error *error) {
  if (CK_UNLIKELY(n < 1 || n > CK_WIDEST)) return ck_fail(error, CK_CORRUPT, "row %zu has n = %u", row, n);
  size_t position = (size_t)(first >> 32);
  uint32_t gaps = (uint32_t)first;
  positions[0] = position;
  for (unsigned j = 1; j < n; j++) {
    position += 1 + (gaps >> (32 - 4 * j) & 15);
    positions[j] = position;
  }
  if (CK_UNLIKELY(position >= n_tokens))
    return ck_fail(error, CK_CORRUPT, "row %zu ends at token %zu of %zu", row, position, n_tokens);
  return CK_OK;
}

/* ------------------------------------------------------------------ text */

/* Most words are no longer than this, and are copied without a branch on their length. */
enum { CK_PIECE = 16 };

typedef struct {
  const uint32_t *ids;
  size_t n_tokens;
  const ck_text *words; /* see ck_pack_words */
  size_t n_words;
  ck_text separator; /* so does it */
} ck_joiner;

/* Concatenates the bytes of all words, padded so that CK_PIECE bytes can be read from the start of each. The caller
 * frees the memory; NULL on failure. */
uint8_t *ck_pack_words(ck_text *words, size_t n_words, ck_error *error);

/* Copies a word, and may write beyond it; returns its end. */
static inline uint8_t *ck_copy_word(uint8_t *to, ck_text word) {
  memcpy(to, word.bytes, CK_PIECE);
  if (CK_UNLIKELY(word.length > CK_PIECE)) memcpy(to + CK_PIECE, word.bytes + CK_PIECE, word.length - CK_PIECE);
  return to + word.length;
}

/* Joins the tokens of the first occurrence of each row by the separator. */
ck_code ck_ngram_strings(const ck_joiner *joiner, const uint8_t *n, const uint64_t *first, size_t n_rows,
                         unsigned workers, size_t block_limit, ck_column *column, ck_ticker *ticker, ck_error *error);

#endif
