/* Files in memory, in a process that survives if one is cut or its device fails; and the exchange of two names.
 *
 * A page of a mapped file that can no longer be read kills a process (SIGBUS): a file that was cut by a synchroniser, a
 * network drive that is gone. Here the rest of the mapping becomes zeros instead, and the mapping is marked, so that
 * the caller can raise an error when the kernel that read it has returned. On Linux this includes mappings of the same
 * file by others, such as Polars, which maps a table to read its footer. Any other fault goes on to the handler that
 * was there before.
 *
 * What a cut leaves of the last page is zeros without a fault, so the length of the file must be looked at, too. */
#ifndef CK_MAPPED_FILE_H
#define CK_MAPPED_FILE_H

#include "core.h"

typedef struct ck_guarded ck_guarded;

typedef struct {
  const uint8_t *bytes;
  size_t length;
  ck_guarded *guarded;
} ck_mapped_file;

/* Maps the first `length` bytes of an open file, read-only; `length` must not be 0. Not on Windows, where a mapped file
 * cannot be cut. */
ck_code ck_mapped_file_open(ck_mapped_file *file, int descriptor, size_t length, ck_error *error);

/* Whether a part of the file could not be read. Calls between uses also keep the guard in place: another handler, such
 * as that of Python's faulthandler, may have been installed since. */
bool ck_mapped_file_failed(const ck_mapped_file *file);

void ck_mapped_file_close(ck_mapped_file *file);

/* The size of a file, and when its content and anything of it changed last, in nanoseconds. */
typedef struct {
  int64_t size, modified, changed;
} ck_stamp;

/* Returns 0, or the error number of the system; ENOSYS on Windows. */
int ck_file_stamp(int descriptor, ck_stamp *stamp);

/* Exchanges what two paths name, in one step: 0, or the error number of the system; ENOSYS where it has no such call. */
int ck_exchange(const char *one, const char *other);

#endif
