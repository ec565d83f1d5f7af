/* The whole core in one program, for tests that put functions of their own in the place of the system's. */
#ifndef ALL_SOURCES_H
#define ALL_SOURCES_H

#include "block_cache.c"
#include "collocates.c"
#include "column_out.c"
#include "concordance.c"
#include "core.c"
#include "forms.c"
#include "ngram_columns.c"
#include "ngram_merge.c"
#include "ngram_rows.c"
#include "ngram_runs.c"
#include "ngrams.c"
#include "normalize.c"
#include "normalize_column.c"
#include "normalize_map.c"
#include "normalize_program.c"
#include "pages.c"
#include "postings.c"
#include "search.c"
#include "selection.c"
#include "simd.c"
#include "text_column.c"
#include "threads.c"
#include "tokenize.c"
#include "tokenize_column.c"
#include "type_table.c"
#include "utf8.c"
#include "word_ranks.c"

#endif
