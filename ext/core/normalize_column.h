/* Normalisation of a column by several threads.
 *
 * Each worker takes a range of rows with about the same number of bytes and writes blocks of its own. Views and
 * validity are written to their final position; ranges begin at multiples of eight rows, so that no two workers write
 * to the same byte. The blocks are ordered: first that of each worker, then further ones, which only parts beyond the
 * block limit have. */
#ifndef CK_NORMALIZE_COLUMN_H
#define CK_NORMALIZE_COLUMN_H

#include "column_out.h"
#include "normalize.h"
#include "text_column.h"

/* Makes a column of the normalised texts; nulls stay null. `block_limit` is 0 or the maximum size of a block in
 * bytes. */
ck_code ck_normalize_column(const ck_program *program, ck_text_column *texts, ck_simd simd, unsigned threads,
                            size_t block_limit, ck_ticker *ticker, ck_column *column, ck_error *error);

#endif
