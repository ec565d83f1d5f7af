# Files: mapped so that a file that is cut does no harm, and folders that are exchanged.


@cython.auto_pickle(False)
@cython.final
cdef class MappedFile:
    """A file mapped into memory, read-only, as a buffer.

    If a part of it can no longer be read, since the file was cut or its device failed, that part becomes zeros and
    `failed` true, where the process would otherwise end.
    """

    cdef ck_mapped_file file
    cdef int descriptor

    def __cinit__(self, int descriptor, size_t length):
        cdef ck_error error
        self.descriptor = descriptor
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
cdef class BlockChecks:
    """The blocks of 64 KiB of a file in memory, compared with their checksums (UInt64, XXH3) when they are touched.

    The file has `before` bytes, and then items of `item` bytes, a power of two. Kernels that are given these checks
    compare what they touch, and `touch` notes what others read; `failing` says whether all of it was as it should be.
    """

    cdef ck_touches touches
    cdef const uint8_t[::1] data
    cdef const uint64_t[::1] checksums
    cdef bytearray kept  # the state of each block, and what all have in common
    cdef uint8_t[::1] view

    def __cinit__(self, const uint8_t[::1] data not None, const uint64_t[::1] checksums not None, size_t item=1,
                  size_t before=0):
        cdef size_t length = data.shape[0]
        cdef size_t n_blocks = (length >> CK_CHECKED_BITS) + (length % CK_CHECKED != 0)
        same_length("checksums", checksums.shape[0], "blocks", n_blocks)
        if item not in (1, 2, 4, 8):
            raise ValueError(f"item must be 1, 2, 4 or 8, got {item}")
        self.data = data
        self.checksums = checksums
        self.kept = bytearray([CK_BLOCK_PENDING]) * n_blocks + bytearray(2)
        self.view = self.kept
        self.touches.bytes = u8_items(data)
        self.touches.length = length
        self.touches.checksums = u64_items(checksums)
        self.touches.states = &self.view[0]
        self.touches.concern = &self.view[n_blocks]
        self.touches.doubts = &self.view[n_blocks + 1]
        self.touches.n_blocks = n_blocks
        self.touches.before = before
        self.touches.item_bits = item.bit_length() - 1

    def __len__(self):
        return self.touches.n_blocks

    def __reduce__(self):
        raise TypeError("BlockChecks belong to an open file and cannot be pickled")

    def touch(self, size_t first, size_t end):
        """Note that the items from `first` up to `end` are read."""
        ck_mark_range(&self.touches, first, end)

    def touch_ranges(self, const int64_t[::1] first not None, const int64_t[::1] end not None):
        """Note that the items of these ranges are read; what is negative or too large is left to who reads them."""
        cdef Py_ssize_t i
        same_length("end", end.shape[0], "first", first.shape[0])
        with nogil:
            for i in range(first.shape[0]):
                if 0 <= first[i] < end[i]:
                    ck_mark_range(&self.touches, first[i], end[i])

    @property
    def states(self):
        """The state of each block as bytes: 0 equal, 1 not touched, 2 read but not yet compared, 3 different."""
        return bytes(self.kept[:self.touches.n_blocks])

    @property
    def concern(self):
        """Whether a block was read and not yet compared, or differs."""
        return self.touches.concern[0] != 0

    def failing(self, bint every=False, unsigned threads=1):
        """Compare what was read, or every block; return the first block that differs, None if there is none.

        A block that differed once does so until it is doubted, so that every caller that read it learns of it.
        """
        cdef ck_error error
        cdef ck_ticker ticker = ck_python_ticker()
        cdef size_t differs
        cdef ck_code code
        with nogil:
            code = ck_compare_blocks(&self.touches, every, threads, &differs, &ticker, &error)
        if code:
            ck_raise(&error)
        if differs != <size_t>-1:
            return differs
        self.touches.concern[0] = 0  # a kernel that touches a block now sets it after the block's state
        self.touches.concern[0] = max(self.states, default=CK_BLOCK_EQUAL) >= CK_BLOCK_READ
        return None

    def doubt(self):
        """Note that what was compared may have changed since: what was read is to be compared again."""
        ck_doubt_blocks(&self.touches)


cdef ck_touches touches_of(BlockChecks checks) noexcept:
    # What kernels compare; nothing for None.
    cdef ck_touches none
    memset(&none, 0, sizeof(none))
    return none if checks is None else checks.touches


def block_checksums(const uint8_t[::1] data not None):
    """Return the checksums of the blocks of 64 KiB of these bytes, the last of which may be shorter, as UInt64."""
    cdef size_t length = data.shape[0], place = 0
    cdef list found = []
    cdef uint64_t checksum
    while place < length:
        with nogil:
            checksum = ck_checksum(&data[place], min(length - place, <size_t>CK_CHECKED))
        found.append(checksum)
        place += CK_CHECKED
    return found


def file_stamp(int descriptor):
    """Return the size of an open file, and the times of its last changes in nanoseconds: of its content, of anything.

    Raises OSError, ENOSYS where the system has no such call.
    """
    cdef ck_stamp stamp
    cdef int code = ck_file_stamp(descriptor, &stamp)
    if code:
        raise OSError(code, strerror(code))
    return stamp.size, stamp.modified, stamp.changed


def are_unchanged(tuple files not None, const int64_t[::1] stamps not None):
    """Return whether no part of these mapped files failed, and each has the stamp (`file_stamp`) that is given for it.

    `stamps` has three numbers for each file. A file that was closed counts as changed.
    """
    cdef ck_stamp stamp
    cdef Py_ssize_t i
    cdef MappedFile file
    same_length("stamps", stamps.shape[0], "three of each file", 3 * len(files))
    for i in range(len(files)):
        file = files[i]
        if ck_mapped_file_failed(&file.file) or ck_file_stamp(file.descriptor, &stamp):
            return False
        if stamp.size != stamps[3 * i] or stamp.modified != stamps[3 * i + 1] or stamp.changed != stamps[3 * i + 2]:
            return False
    return True


def exchange(bytes one not None, bytes other not None):
    """Exchange what two paths name, in one step; both must exist. Raises OSError, ENOSYS where the system cannot."""
    cdef const char *first = one
    cdef const char *second = other
    cdef int code
    with nogil:
        code = ck_exchange(first, second)
    if code:
        raise OSError(code, strerror(code))
