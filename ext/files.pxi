# Files: mapped so that a file that is cut does no harm, and folders that are exchanged.


@cython.auto_pickle(False)
@cython.final
cdef class MappedFile:
    """A file mapped into memory, read-only, as a buffer.

    If a part of it can no longer be read, since the file was cut or its device failed, that part becomes zeros and
    `failed` true, where the process would otherwise end.
    """

    cdef ck_mapped_file file

    def __cinit__(self, int descriptor, size_t length):
        cdef ck_error error
        if not length:
            raise ValueError("length must be at least 1, got 0: an empty file cannot be mapped")
        if ck_mapped_file_open(&self.file, descriptor, length, &error):
            ck_raise(&error)

    def __dealloc__(self):
        ck_mapped_file_close(&self.file)

    def __reduce__(self):
        raise TypeError("a MappedFile refers to an open file and cannot be pickled")

    def __getbuffer__(self, Py_buffer *buffer, int flags):
        PyBuffer_FillInfo(buffer, self, <void *>self.file.bytes, self.file.length, 1, flags)

    @property
    def failed(self):
        """Whether a part of the file could not be read."""
        return ck_mapped_file_failed(&self.file)


@cython.auto_pickle(False)
@cython.final
cdef class BlockStates:
    """Which blocks of 64 KiB of a file were read, and which of them compared with their checksums.

    The file has `before` bytes, and then items of `item` bytes, a power of two. Kernels record what they read; `take`
    says what to compare.
    """

    cdef ck_touches touches
    cdef bytearray states
    cdef uint8_t[::1] view

    def __cinit__(self, size_t n_blocks, size_t before, size_t item):
        if item not in (1, 2, 4, 8):
            raise ValueError(f"item must be 1, 2, 4 or 8, got {item}")
        self.states = bytearray([CK_BLOCK_PENDING]) * n_blocks + bytearray(1)
        self.view = self.states
        self.touches.blocks = &self.view[0]
        self.touches.any = &self.view[n_blocks]
        self.touches.n_blocks = n_blocks
        self.touches.before = before
        self.touches.item_bits = item.bit_length() - 1

    def __len__(self):
        return self.touches.n_blocks

    def __reduce__(self):
        raise TypeError("BlockStates belong to an open file and cannot be pickled")

    def touch(self, size_t first, size_t end):
        """Record that the items from `first` up to `end` are read."""
        ck_touch_range(&self.touches, first, end)

    def touch_ranges(self, const int64_t[::1] first not None, const int64_t[::1] end not None):
        """Record that the items of these ranges are read; what is negative or too large is left to who reads them."""
        cdef Py_ssize_t i
        if first.shape[0] != end.shape[0]:
            raise ValueError(f"end must have {first.shape[0]} items, as many as first, got {end.shape[0]}")
        with nogil:
            for i in range(first.shape[0]):
                if 0 <= first[i] < end[i]:
                    ck_touch_range(&self.touches, first[i], end[i])

    @property
    def is_read(self):
        """Whether a block was read that is not yet compared."""
        return self.touches.any[0] != 0

    def take(self, bint every=False):
        """Return the blocks that were read and not compared; with `every`, all that were not compared.

        They stay so until `compared` is called, so that every caller that read a damaged block learns of it.
        """
        cdef size_t block
        cdef list found = []
        for block in range(self.touches.n_blocks):
            if self.touches.blocks[block] == CK_BLOCK_READ or (every and self.touches.blocks[block]):
                found.append(block)
        return found

    def compared(self, list blocks not None):
        """Note that blocks are what was written."""
        cdef size_t block
        for block in blocks:
            if block < self.touches.n_blocks:
                self.touches.blocks[block] = CK_BLOCK_COMPARED
        self.touches.any[0] = 0  # a kernel that reads another block sets it after its state
        self.touches.any[0] = CK_BLOCK_READ in self.states

    def doubt(self):
        """Note that blocks that were compared may have changed since: what was read is to be compared again."""
        cdef size_t block
        for block in range(self.touches.n_blocks):
            if self.touches.blocks[block] == CK_BLOCK_COMPARED:
                self.touches.blocks[block] = CK_BLOCK_READ
                self.touches.any[0] = 1


cdef ck_touches touches_of(BlockStates states) noexcept:
    # What kernels record; nothing for None.
    cdef ck_touches none
    memset(&none, 0, sizeof(none))
    return none if states is None else states.touches


def file_stamp(int descriptor):
    """Return the size of an open file, and the times of its last changes in nanoseconds: of its content, of anything.

    Raises OSError, ENOSYS where the system has no such call.
    """
    cdef ck_stamp stamp
    cdef int code = ck_file_stamp(descriptor, &stamp)
    if code:
        raise OSError(code, strerror(code))
    return stamp.size, stamp.modified, stamp.changed


def exchange(bytes one not None, bytes other not None):
    """Exchange what two paths name, in one step; both must exist. Raises OSError, ENOSYS where the system cannot."""
    cdef const char *first = one
    cdef const char *second = other
    cdef int code
    with nogil:
        code = ck_exchange(first, second)
    if code:
        raise OSError(code, strerror(code))
