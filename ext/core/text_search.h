/* Texts of a file that contain, begin with or end with some bytes, found in one pass over the file. */
#ifndef CK_TEXT_SEARCH_H
#define CK_TEXT_SEARCH_H

#include "arrays.h"
#include "concordance.h"

typedef enum { CK_ANYWHERE = 0, CK_AT_BEGIN, CK_AT_END } ck_text_place;

/* The rows of the texts in which `wanted` is at this place, ascending, appended to `rows`; all of them if it is empty. */
ck_code ck_texts_search(const ck_texts *texts, ck_text wanted, ck_text_place place, ck_u32s *rows, ck_ticker *ticker,
                        ck_error *error);

#endif
