/* The distinct forms of types, numbered in order of first occurrence. */
#ifndef CK_FORMS_H
#define CK_FORMS_H

#include "column_out.h"
#include "text_column.h"
#include "type_table.h"

#define CK_NO_FORM 0xFFFFFFFFu

/* Numbers the texts of a column in the rows whose `chosen` is not 0 (NULL: all), as types of the kind of each row (NULL:
 * 0). `of_type` receives the number of each row, CK_NO_FORM for a null or an empty text. */
ck_code ck_number_forms(const ck_text_column *texts, const uint8_t *chosen, const uint8_t *kinds, ck_types *forms,
                        uint32_t *of_type, ck_ticker *ticker, ck_error *error);

/* The surfaces of all types from `first` on, as strings; the caller frees them, on failure too. */
ck_code ck_surfaces(const ck_types *types, size_t first, ck_strings *strings, ck_ticker *ticker, ck_error *error);

#endif
