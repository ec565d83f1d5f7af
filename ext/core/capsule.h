/* Arrow PyCapsules: how columns enter and leave Python.
 * (https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html) */
#ifndef CK_CAPSULE_H
#define CK_CAPSULE_H

#include <Python.h>
#include "column_out.h"
#include "text_column.h"

/* Sets the Python exception of a failed kernel; returns -1. */
int ck_raise(const ck_error *error);

/* Moves a column into a (schema, array) pair of capsules; releases it on failure. */
PyObject *ck_column_to_capsules(ck_column *column);

/* Moves an array of numbers into a pair of capsules. `array` is the address of the pointer, which is set to NULL:
 * ownership moves, and the memory is freed on failure too. NULL is an empty array. */
PyObject *ck_numbers_to_capsules(const char *format, void *array, size_t length);

/* Moves the stream out of its capsule; -1 with a Python error set on failure. A kernel opens and reads it in one go
 * without the GIL: beside a busy Python thread, each time that the GIL is taken back costs five milliseconds. */
int ck_stream_of_capsule(PyObject *capsule, struct ArrowArrayStream *stream);

/* Opens the column in the capsule of a stream. The stream is moved out of the capsule, read to its end and released,
 * since a second reader would find it empty and take it for an empty column. -1 with a Python error set on failure;
 * the column is then closed. */
int ck_text_column_of_capsule(PyObject *capsule, ck_text_column *column);

/* The kernels read whole items, but a view of bytes may be unaligned. */
int ck_check_aligned(const void *items, size_t size);

/* A ticker for a call from Python; a Python error may be set. */
ck_ticker ck_python_ticker(void);

#endif
