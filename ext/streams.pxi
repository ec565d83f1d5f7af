# Frames as an Arrow stream, of which each is made when the reader asks for it.
#
# The stream belongs to whoever moved it out of its capsule. It may be read in any thread, with the GIL or without it:
# the functions of the stream take it.


@cython.final
@cython.internal
@cython.auto_pickle(False)
cdef class FrameSource:
    # Behind a stream: the frames, and the streams of their columns and of the last frame. The capsule and the stream
    # own a reference each.
    cdef ArrowArrayStream stream   # as the capsule offers it
    cdef ArrowArrayStream columns  # of a frame without rows
    cdef ArrowArrayStream held     # of the last frame, until all of its arrays are read
    cdef object frames
    cdef bytes message
    cdef int code

    def __dealloc__(self):
        self.close()

    cdef void close(self) noexcept:
        self.frames = None
        close_stream(&self.columns)
        close_stream(&self.held)

    cdef int read(self, ArrowArray *array) except -1:
        # Hands on the next array; one that is released is the end.
        while True:
            if self.held.release == NULL:
                frame = next(self.frames, None)
                if frame is None:
                    return 0
                ck_stream_of_capsule(frame.__arrow_c_stream__(), &self.held)
            if self.held.get_next(&self.held, array):
                raise RuntimeError(reason_of(&self.held))
            if array.release != NULL:
                return 0
            close_stream(&self.held)

    cdef int fail(self, object error) noexcept:
        # Keeps the message of an error and returns its code, which is that of all further calls.
        self.code = ENOMEM if isinstance(error, MemoryError) else EIO
        self.frames = None
        try:
            text = str(error) or type(error).__name__
            self.message = text.encode("utf-8", "replace").replace(b"\0", b"?")
        except BaseException:
            self.message = b"an error without a message"
        return self.code


cdef void close_stream(ArrowArrayStream *stream) noexcept:
    if stream.release != NULL:
        stream.release(stream)
    stream.release = NULL


cdef str reason_of(ArrowArrayStream *stream):
    cdef const char *message = stream.get_last_error(stream)
    return "the frame cannot be read" if message == NULL else message.decode("utf-8", "replace")


cdef int frames_schema(ArrowArrayStream *stream, ArrowSchema *schema) noexcept with gil:
    source = <FrameSource>stream.private_data
    schema.release = NULL
    try:
        if source.columns.get_schema(&source.columns, schema):
            raise RuntimeError(reason_of(&source.columns))
    except BaseException as error:
        return source.fail(error)
    return 0


cdef int frames_next(ArrowArrayStream *stream, ArrowArray *array) noexcept with gil:
    source = <FrameSource>stream.private_data
    array.release = NULL
    if source.code:
        return source.code
    try:
        source.read(array)
    except BaseException as error:
        return source.fail(error)
    return 0


cdef const char *frames_error(ArrowArrayStream *stream) noexcept with gil:
    source = <FrameSource>stream.private_data
    if source.message is None:
        return NULL
    return source.message


cdef void frames_release(ArrowArrayStream *stream) noexcept with gil:
    stream.release = NULL
    (<FrameSource>stream.private_data).close()  # the capsule may live on
    Py_DECREF(<object>stream.private_data)


cdef void frames_capsule_free(object capsule) noexcept:
    cdef ArrowArrayStream *stream = <ArrowArrayStream *>PyCapsule_GetPointer(capsule, "arrow_array_stream")
    cdef void *source = PyCapsule_GetContext(capsule)
    if stream.release != NULL:
        stream.release(stream)
    Py_DECREF(<object>source)


def frame_stream(empty, frames):
    """Return frames as an Arrow stream, in a capsule; each is asked for when it is read.

    Args:
        empty: A frame without rows that has the columns of all frames.
        frames: An iterable of frames. A frame has the method __arrow_c_stream__. An error that the iterable raises is
            that of the stream.
    """
    cdef FrameSource source = FrameSource.__new__(FrameSource)
    source.frames = iter(frames)
    ck_stream_of_capsule(empty.__arrow_c_stream__(), &source.columns)
    capsule = PyCapsule_New(&source.stream, "arrow_array_stream", NULL)
    PyCapsule_SetContext(capsule, <void *>source)
    Py_INCREF(source)
    Py_INCREF(source)
    source.stream.get_schema = frames_schema
    source.stream.get_next = frames_next
    source.stream.get_last_error = frames_error
    source.stream.release = frames_release
    source.stream.private_data = <void *>source
    PyCapsule_SetDestructor(capsule, frames_capsule_free)
    return capsule
