#include "normalize_str.h"

enum {
  CK_STR_SHORT = 256,      /* code points: shorter results are made on the stack */
  CK_STR_RELEASE = 1 << 18 /* code points, about a millisecond: from this length on the GIL is released */
};

/* Normalises a string; `kind` is that of the text and the result. */
typedef struct {
  const ck_program *program;
  int kind;
  const void *data;
  size_t n;
  ck_map *map;
  ck_work work;
} ck_str_task;

static ck_code ck_str_run(ck_str_task *task, void *out, size_t capacity, size_t *length, ck_error *error) {
  const ck_program *program = task->program;
  ck_ticker ticker = task->n >= CK_STR_RELEASE ? ck_python_ticker() : ck_ticker_new(NULL);
  if (ticker.poll == NULL && PyErr_Occurred()) return ck_fail(error, CK_INTERRUPTED, "interrupted");
  PyThreadState *state = task->n >= CK_STR_RELEASE ? PyEval_SaveThread() : NULL;
  ck_code code;
  if (task->kind == 1)
    code = ck_normalize_ucs1(program, (const uint8_t *)task->data, task->n, (uint8_t *)out, capacity, task->map, length,
                             &task->work, &ticker, error);
  else if (task->kind == 2)
    code = ck_normalize_ucs2(program, (const uint16_t *)task->data, task->n, (uint16_t *)out, capacity, task->map,
                             length, &task->work, &ticker, error);
  else
    code = ck_normalize_ucs4(program, (const uint32_t *)task->data, task->n, (uint32_t *)out, capacity, task->map,
                             length, &task->work, &ticker, error);
  if (state) PyEval_RestoreThread(state);
  return code;
}

/* A string must be of the smallest kind that fits. */
static bool ck_needs_two_bytes(const uint16_t *units, size_t length) {
  for (size_t i = 0; i < length; i++)
    if (units[i] > 0xFF) return true;
  return false;
}

/* Written directly into the result, of `capacity` code points. */
static PyObject *ck_str_in_place(ck_str_task *task, size_t capacity, ck_error *error) {
  size_t length = 0;
  PyObject *result = PyUnicode_New((Py_ssize_t)capacity, 0xFFFF);
  if (!result) return NULL;
  uint16_t *units = PyUnicode_2BYTE_DATA(result);
  ck_advise_huge_pages(units, capacity * sizeof *units);
  if (ck_str_run(task, units, capacity, &length, error)) {
    Py_DECREF(result);
    return NULL;
  }
  if (!ck_needs_two_bytes(units, length)) {
    PyObject *narrow = PyUnicode_FromKindAndData(PyUnicode_2BYTE_KIND, units, (Py_ssize_t)length);
    Py_DECREF(result);
    return narrow;
  }
  PyUnicode_Resize(&result, (Py_ssize_t)length); /* NULL on failure */
  return result;
}

/* Written to a buffer and copied. */
static PyObject *ck_str_aside(ck_str_task *task, size_t capacity, ck_error *error) {
  uint32_t nearby[CK_STR_SHORT + CK_STR_SHORT / 8 + CK_SLACK];
  size_t length = 0;
  bool is_near = capacity <= sizeof nearby / sizeof *nearby;
  void *out = is_near ? nearby : ck_large(capacity, (size_t)task->kind, error);
  PyObject *result = NULL;
  if (out && !ck_str_run(task, out, capacity, &length, error))
    result = PyUnicode_FromKindAndData(task->kind, out, (Py_ssize_t)length);
  if (!is_near) free(out);
  return result;
}

PyObject *ck_normalize_str(const ck_program *program, PyObject *text, ck_simd simd, ck_map *map, size_t *length) {
  ck_str_task task;
  ck_error error;
  Py_UCS4 *copy = NULL;
  memset(&task, 0, sizeof task);
  task.program = program;
  task.kind = PyUnicode_KIND(text);
  task.data = PyUnicode_DATA(text);
  task.n = (size_t)PyUnicode_GET_LENGTH(text);
  task.map = map;
  task.work.simd = simd;
  if ((task.kind == 1 && program->highest_latin1 > 0xFF) || (task.kind == 2 && program->highest_bmp > 0xFFFF)) {
    task.data = copy = PyUnicode_AsUCS4Copy(text);
    if (!copy) return NULL;
    task.kind = 4;
  }
  size_t capacity = task.n + task.n / 8 + CK_SLACK, most = task.n * program->growth_units + CK_SLACK;
  PyObject *result = NULL;
  for (bool again = true; again;) {
    error.code = CK_OK;
    result = task.kind == 2 && task.n > CK_STR_SHORT ? ck_str_in_place(&task, capacity, &error)
                                                     : ck_str_aside(&task, capacity, &error);
    again = !result && error.code == CK_LIMIT && task.work.full && capacity < most;
    capacity = most;
  }
  if (!result && error.code != CK_OK) ck_raise(&error);
  ck_work_free(&task.work);
  PyMem_Free(copy);
  *length = result ? (size_t)PyUnicode_GET_LENGTH(result) : 0;
  return result;
}
