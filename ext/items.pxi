# Items of tuples by their numbers: what becomes of the types of tokens, as a list for Python's loops.

def take(tuple items not None, const int64_t[::1] places not None):
    """Return the items of a tuple at some places, as a list; NumPy takes several times as long for objects.

    Raises:
        IndexError: If there is no such item.
    """
    cdef Py_ssize_t size = places.shape[0], row
    cdef uint64_t place, limit = len(items)
    cdef const uint64_t *numbers = <const uint64_t *>i64_items(places)
    cdef object item
    cdef list taken = PyList_New(size)
    for row in range(size):
        place = ck_once64(&numbers[row])  # a negative number is a large one
        if place >= limit:
            raise IndexError(f"places must be at least 0 and below {limit}, got {<int64_t>place}")
        item = items[place]
        Py_INCREF(item)  # the list takes it
        PyList_SET_ITEM(taken, row, item)
    return taken
