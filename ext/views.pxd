# The items of typed memory views as pointers. The pointer of an empty view, which may have no address, is NULL.
# Alignment is checked, since a buffer may be at any address.
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t

from ck cimport ck_check_aligned


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


cdef inline uint64_t random_seed() except? 0:
    # The seed of a hash table, so that no text can be made whose words collide.
    from os import urandom
    return int.from_bytes(urandom(8), "little")


cdef inline const uint8_t *u8_items(const uint8_t[::1] view) noexcept:
    return &view[0] if view is not None and view.shape[0] else NULL
