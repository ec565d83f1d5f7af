#include "capsule.h"

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

static PyObject *ck_exception_of(ck_code code) {
  switch (code) {
    case CK_OK:
      return PyExc_SystemError;
    case CK_MEMORY:
      return PyExc_MemoryError;
    case CK_TYPE:
      return PyExc_TypeError;
    case CK_LIMIT:
      return PyExc_OverflowError;
    case CK_PRODUCER:
      return PyExc_RuntimeError;
    default:
      return PyExc_ValueError;
  }
}

int ck_raise(const ck_error *error) {
  if (error->code == CK_INTERRUPTED) return -1; /* set by the signal handler */
  /* a producer's message may be cut within a code point, or not be UTF-8 */
  const char *message = error->code ? error->message : "a kernel failed without a message";
  PyObject *text = PyUnicode_DecodeUTF8(message, (Py_ssize_t)strlen(message), "replace");
  if (text) PyErr_SetObject(ck_exception_of(error->code), text);
  Py_XDECREF(text);
  return -1;
}

PyObject *ck_column_to_capsules(ck_column *column) {
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

PyObject *ck_numbers_to_capsules(const char *format, void *array, size_t length) {
  ck_error error;
  ck_column column;
  void *data, *none = NULL;
  memcpy(&data, array, sizeof data);
  memcpy(array, &none, sizeof none);
  if (ck_column_of_numbers(&column, format, data, length, &error)) {
    ck_raise(&error);
    return NULL;
  }
  return ck_column_to_capsules(&column);
}

int ck_stream_of_capsule(PyObject *capsule, struct ArrowArrayStream *stream) {
  struct ArrowArrayStream *given = (struct ArrowArrayStream *)PyCapsule_GetPointer(capsule, "arrow_array_stream");
  if (!given) return -1;
  if (ck_stream_take(given, stream)) return 0;
  PyErr_SetString(PyExc_ValueError, "the Arrow stream was already read");
  return -1;
}

int ck_text_column_of_capsule(PyObject *capsule, ck_text_column *column) {
  struct ArrowArrayStream stream;
  ck_error error;
  ck_code code;
  if (ck_stream_of_capsule(capsule, &stream)) return -1;
  Py_BEGIN_ALLOW_THREADS;
  code = ck_text_column_open(&stream, column, &error);
  Py_END_ALLOW_THREADS;
  if (!code) return 0;
  return ck_raise(&error);
}

int ck_check_aligned(const void *items, size_t size) {
  if ((uintptr_t)items % size == 0) return 0;
  PyErr_Format(PyExc_ValueError, "an array of %zu-byte items must be aligned, but begins at another address",
               size);
  return -1;
}

/* Runs pending signal handlers; nonzero if one raised. The poll function of ck_ticker. */
static int ck_poll_signals(void) {
  PyGILState_STATE state = PyGILState_Ensure();
  int raised = PyErr_CheckSignals();
  PyGILState_Release(state);
  return raised;
}

/* Whether this is Python's main thread, the only one that runs signal handlers. After a fork it may be another one. -1
 * with a Python error set on failure, which may be that of a signal handler. */
static int ck_on_main_thread(void) {
  PyObject *threading = PyImport_ImportModule("threading");
  PyObject *thread = threading ? PyObject_CallMethod(threading, "main_thread", NULL) : NULL;
  PyObject *ident = thread ? PyObject_GetAttrString(thread, "ident") : NULL;
  unsigned long main = ident ? PyLong_AsUnsignedLong(ident) : 0;
  Py_XDECREF(ident);
  Py_XDECREF(thread);
  Py_XDECREF(threading);
  return PyErr_Occurred() ? -1 : main == PyThread_get_thread_ident();
}

ck_ticker ck_python_ticker(void) {
  return ck_ticker_new(ck_on_main_thread() > 0 ? ck_poll_signals : NULL);
}
