/* Arrow PyCapsules: how columns enter and leave Python.
 * (https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html) */
#ifndef CK_CAPSULE_H
#define CK_CAPSULE_H

#include <Python.h>

#include "column_out.h"
#include "text_column.h"

static void ck_schema_capsule_free(PyObject *capsule) {
  struct ArrowSchema *schema = (struct ArrowSchema *)PyCapsule_GetPointer(capsule, "arrow_schema");
  if (schema->release) schema->release(schema);
  free(schema);
}

static void ck_array_capsule_free(PyObject *capsule) {
  struct ArrowArray *array = (struct ArrowArray *)PyCapsule_GetPointer(capsule, "arrow_array");
  if (array->release) array->release(array);
  free(array);
}

/* Moves a column into a (schema, array) pair of capsules; releases it on failure. */
CK_UNUSED static PyObject *ck_column_to_capsules(ck_column *column) {
  struct ArrowSchema *schema = (struct ArrowSchema *)malloc(sizeof *schema);
  struct ArrowArray *array = (struct ArrowArray *)malloc(sizeof *array);
  if (!schema || !array) {
    free(schema);
    free(array);
    ck_column_release(column);
    return PyErr_NoMemory();
  }
  *schema = column->schema;
  *array = column->array;
  column->schema.release = NULL;
  column->array.release = NULL;
  PyObject *schema_capsule = PyCapsule_New(schema, "arrow_schema", ck_schema_capsule_free);
  if (!schema_capsule) {
    schema->release(schema);
    free(schema);
  }
  PyObject *array_capsule = PyCapsule_New(array, "arrow_array", ck_array_capsule_free);
  if (!array_capsule) {
    array->release(array);
    free(array);
  }
  PyObject *pair = schema_capsule && array_capsule ? PyTuple_Pack(2, schema_capsule, array_capsule) : NULL;
  Py_XDECREF(schema_capsule);
  Py_XDECREF(array_capsule);
  return pair;
}

/* The stream in a capsule, or NULL with a Python error set. */
CK_UNUSED static struct ArrowArrayStream *ck_stream_of_capsule(PyObject *capsule) {
  struct ArrowArrayStream *stream = (struct ArrowArrayStream *)PyCapsule_GetPointer(capsule, "arrow_array_stream");
  if (stream && !stream->release) {
    PyErr_SetString(PyExc_ValueError, "this Arrow stream was read already");
    return NULL;
  }
  return stream;
}

/* Runs pending signal handlers; nonzero when one raised. For ck_ticker. */
CK_UNUSED static int ck_poll_signals(void) {
  PyGILState_STATE state = PyGILState_Ensure();
  int raised = PyErr_CheckSignals();
  PyGILState_Release(state);
  return raised;
}

/* Sets the Python exception of a failed kernel. */
CK_UNUSED static void ck_raise(const ck_error *error) {
  switch (error->code) {
    case CK_OK:
      PyErr_SetString(PyExc_SystemError, "a kernel failed without saying why");
      break;
    case CK_INTERRUPTED: /* set by the signal handler */
      break;
    case CK_MEMORY:
      PyErr_SetString(PyExc_MemoryError, error->message);
      break;
    case CK_TYPE:
      PyErr_SetString(PyExc_TypeError, error->message);
      break;
    case CK_LIMIT:
      PyErr_SetString(PyExc_OverflowError, error->message);
      break;
    case CK_PRODUCER:
      PyErr_SetString(PyExc_RuntimeError, error->message);
      break;
    default:
      PyErr_SetString(PyExc_ValueError, error->message);
  }
}

#endif
