/* Normalisation of Python strings, directly on their buffers. */
#ifndef CK_NORMALIZE_STR_H
#define CK_NORMALIZE_STR_H

#include <Python.h>
#include "capsule.h"
#include "normalize.h"
#include "pages.h"

/* The normalised string, or NULL with a Python error. `map` may be NULL. */
PyObject *ck_normalize_str(const ck_program *program, PyObject *text, ck_simd simd, ck_map *map, size_t *length);

#endif
