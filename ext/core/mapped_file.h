/* Files in memory, in a process that survives if one is cut or its device fails; and the exchange of two names.
 *
 * A page of a mapped file that can no longer be read kills a process (SIGBUS): a file that was cut by a synchroniser, a
 * network drive that is gone. Here the rest of the mapping becomes zeros instead, and the mapping is marked, so that
 * the caller can raise an error when the kernel that read it has returned. A fault anywhere else goes on to the handler
 * that was there before. */
#ifndef CK_MAPPED_FILE_H
#define CK_MAPPED_FILE_H

#include "core.h"

/* Mappings that are guarded at the same time; more of them are mapped without a guard. */
enum { CK_MOST_GUARDED = 4096 };

typedef struct {
  const uint8_t *bytes;
  size_t length;
  unsigned slot; /* CK_MOST_GUARDED: not guarded */
} ck_mapped_file;

/* Maps the first `length` bytes of an open file, read-only; `length` must not be 0. Not on Windows, where a mapped file
 * cannot be cut. */
ck_code ck_mapped_file_open(ck_mapped_file *file, int descriptor, size_t length, ck_error *error);

/* Whether a part of the file could not be read. */
bool ck_mapped_file_failed(const ck_mapped_file *file);

void ck_mapped_file_close(ck_mapped_file *file);

/* How often a mapped file could not be read since the process began. */
unsigned ck_mapped_file_failures(void);

/* Exchanges what two paths name, in one step: 0, or the error number of the system; ENOSYS where it has no such call. */
int ck_exchange(const char *one, const char *other);

#endif
