/* Result columns, exported through the Arrow C data interface.
 *
 * Numbers are exported without a copy; strings as string views, the layout that Polars uses itself. */
#ifndef CK_COLUMN_OUT_H
#define CK_COLUMN_OUT_H

#include "arrays.h"
#include "arrow.h"
#include "threads.h"

/* Arrow formats of the number columns. */
#define CK_FORMAT_U8 "C"

#define CK_FORMAT_U32 "I"

#define CK_FORMAT_I64 "l"

#define CK_FORMAT_U64 "L"

typedef struct {
  struct ArrowSchema schema;
  struct ArrowArray array;
} ck_column;

void ck_column_release(ck_column *column);

/* Makes a column of the numbers in `data` (from malloc; takes ownership, and frees it on failure too). */
ck_code ck_column_of_numbers(ck_column *column, const char *format, void *data, size_t length, ck_error *error);

/* The same with nulls: `validity` has a bit for each item, or is NULL; takes ownership of it too. */
ck_code ck_column_of_nullable(ck_column *column, const char *format, void *data, size_t length, uint8_t *validity,
                              int64_t nulls, ck_error *error);

/* Makes a column of `count` columns with as many rows, whose names are literals: a table. It takes ownership of them, and
 * frees them on failure too. */
enum { CK_MOST_PARTS = 8 };

ck_code ck_column_of_parts(ck_column *column, ck_column *parts, const char *const *names, size_t count, size_t length,
                           ck_error *error);

/* ------------------------------------------------- a column of strings */

enum { CK_VIEW_SIZE = 16, CK_VIEW_INLINE = 12 };

typedef struct {
  ck_u8s views;    /* 16 bytes a row */
  ck_u8s validity; /* a bit for each row; allocated when the first null is pushed */
  int64_t length, null_count;
  size_t block_limit; /* bytes in one block; offsets into it are 32 bits */
  size_t n_blocks, blocks_capacity;
  ck_u8s *blocks;
  uint32_t first_number, number_step; /* numbers of the blocks in the views */
} ck_strings;

/* Blocks of at most 1 GiB, unless the caller (a test) requests smaller ones. */
enum { CK_BLOCK_LIMIT = 1 << 30 };

void ck_strings_init(ck_strings *strings, size_t block_limit);

void ck_strings_free(ck_strings *strings);

ck_code ck_strings_add_block(ck_strings *strings, ck_error *error);

/* Reserves space for a value of up to `length` bytes; write it there, then call ck_strings_commit with its actual
 * length. NULL on failure. */
uint8_t *ck_strings_room(ck_strings *strings, size_t length, ck_error *error);

/* Commits the value that was written to the reserved space. */
ck_code ck_strings_commit(ck_strings *strings, size_t length, ck_error *error);

ck_code ck_strings_push(ck_strings *strings, const uint8_t *bytes, size_t length, ck_error *error);

ck_code ck_strings_push_null(ck_strings *strings, ck_error *error);

/* Moves the strings into a column and leaves them empty; frees them on failure. */
ck_code ck_strings_finish(ck_strings *strings, ck_column *column, ck_error *error);

/* ------------------------------------- a column of strings by several workers
 *
 * Each worker has a range of rows and writes its views directly into the column, and its text into blocks of its own.
 * So that views need no second pass, the blocks of w workers are numbered 0, w, 2w, ... and 1, w + 1, ... and so on. */

typedef struct {
  unsigned workers;
  size_t rows;
  uint8_t *views;
  size_t first_row[CK_MOST_WORKERS + 1];
  ck_strings parts[CK_MOST_WORKERS];
} ck_shared_strings;

/* The part of worker w is the rows from first_row[w] up to first_row[w + 1]. */
ck_code ck_shared_strings_open(ck_shared_strings *shared, const size_t *first_row, unsigned workers, size_t block_limit,
                               ck_error *error);

void ck_shared_strings_free(ck_shared_strings *shared);

/* Moves the strings into a column and leaves them empty; frees them on failure. Every row must have been written. */
ck_code ck_shared_strings_finish(ck_shared_strings *shared, ck_column *column, ck_error *error);

#endif
