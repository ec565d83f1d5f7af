"""The compiled core: normalisation, tokens, counts, searches and runs over columns and arrays.

Columns enter as Arrow streams, arrays through the buffer protocol, also read-only ones. Columns leave as pairs of Arrow
capsules. The functions check their arguments, release the GIL and call the C kernels of ext/core.
"""

cimport cython
from libc.errno cimport EIO, ENOMEM
from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport free
from libc.string cimport memset
from cpython.buffer cimport PyBuffer_FillInfo
from cpython.list cimport PyList_New, PyList_SET_ITEM
from cpython.pycapsule cimport (
    PyCapsule_GetContext, PyCapsule_GetPointer, PyCapsule_New, PyCapsule_SetContext, PyCapsule_SetDestructor
)
from cpython.ref cimport Py_DECREF, Py_INCREF

from ck cimport *

from os import strerror, urandom
from threading import RLock

# The items of typed memory views as pointers. The pointer of an empty view, which may have no address, is NULL.
# Alignment is checked, since a buffer may be at any address.


cdef inline const uint32_t *u32_items(const uint32_t[::1] view) except? NULL:
    if view is None or not view.shape[0]:
        return NULL
    ck_check_aligned(&view[0], sizeof(uint32_t))
    return &view[0]


cdef inline const uint64_t *u64_items(const uint64_t[::1] view) except? NULL:
    if view is None or not view.shape[0]:
        return NULL
    ck_check_aligned(&view[0], sizeof(uint64_t))
    return &view[0]


cdef inline const int64_t *i64_items(const int64_t[::1] view) except? NULL:
    if view is None or not view.shape[0]:
        return NULL
    ck_check_aligned(&view[0], sizeof(int64_t))
    return &view[0]


cdef inline const double *f64_items(const double[::1] view) except? NULL:
    if view is None or not view.shape[0]:
        return NULL
    ck_check_aligned(&view[0], sizeof(double))
    return &view[0]


cdef inline uint64_t random_seed() except? 0:
    # The seed of a hash table, so that no text can be made whose words collide.
    return int.from_bytes(urandom(8), "little")


cdef inline const uint8_t *u8_items(const uint8_t[::1] view) noexcept:
    return &view[0] if view is not None and view.shape[0] else NULL


cdef int same_length(str name, size_t length, str other, size_t expected) except -1:
    if length != expected:
        raise ValueError(f"{name} must have {expected} items, as many as {other}, got {length}")
    return 0


include "files.pxi"
include "normalize.pxi"
include "tokenize.pxi"
include "items.pxi"
include "counting.pxi"
include "groups.pxi"
include "runs.pxi"
include "search.pxi"
include "concordance.pxi"
include "readings.pxi"
include "streams.pxi"
