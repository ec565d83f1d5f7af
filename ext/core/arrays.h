/* Growable arrays. */
#ifndef CK_ARRAYS_H
#define CK_ARRAYS_H

#include "pages.h"

/* A typed array that grows by a factor of 1.5; `data` is NULL while empty. */
#define CK_ARRAY(type, name)                                                              \
  typedef struct {                                                                        \
    type *data;                                                                           \
    size_t length, capacity;                                                              \
  } name;                                                                                 \
  CK_UNUSED static ck_code name##_reserve(name *array, size_t more, ck_error *error) {    \
    if (CK_LIKELY(array->capacity - array->length >= more)) return CK_OK;                 \
    size_t limit = PTRDIFF_MAX / sizeof(type);                                            \
    if (more > limit - array->length) return ck_out_of_memory(error, SIZE_MAX);           \
    size_t capacity = array->capacity + array->capacity / 2 + 64;                         \
    if (capacity < array->length + more) capacity = array->length + more;                 \
    if (capacity > limit) capacity = limit;                                               \
    type *data = (type *)ck_regrow(array->data, array->length * sizeof(type),             \
                                   capacity * sizeof(type), error);                       \
    CK_TRY(!data);                                                                        \
    array->data = data;                                                                   \
    array->capacity = capacity;                                                           \
    return CK_OK;                                                                         \
  }                                                                                       \
  static inline ck_code name##_push(name *array, type value, ck_error *error) { \
    ck_code code = name##_reserve(array, 1, error);                                       \
    if (CK_UNLIKELY(code)) return code;                                                   \
    array->data[array->length++] = value;                                                 \
    return CK_OK;                                                                         \
  }                                                                                       \
  CK_UNUSED static void name##_free(name *array) {                                        \
    ck_block_give(array->data);                                                           \
    array->data = NULL;                                                                   \
    array->length = array->capacity = 0;                                                  \
  }

CK_ARRAY(uint8_t, ck_u8s)
CK_ARRAY(uint32_t, ck_u32s)
CK_ARRAY(uint64_t, ck_u64s)

#endif
