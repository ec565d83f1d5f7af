#include "mapped_file.h"

#include <errno.h>

#if defined(_WIN32)

ck_code ck_mapped_file_open(ck_mapped_file *file, int descriptor, size_t length, ck_error *error) {
  (void)file, (void)descriptor, (void)length;
  return ck_fail(error, CK_LIMIT, "files are not mapped here");
}

bool ck_mapped_file_failed(const ck_mapped_file *file) {
  (void)file;
  return false;
}

void ck_mapped_file_close(ck_mapped_file *file) {
  (void)file;
}

unsigned ck_mapped_file_failures(void) {
  return 0;
}

int ck_exchange(const char *one, const char *other) {
  (void)one, (void)other;
  return ENOSYS;
}

#else

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/syscall.h>
#endif

/* What the handler reads: it runs at any time on any thread, so everything is accessed by atomic operations. */
typedef struct {
  uintptr_t begin; /* 0: the slot is free */
  size_t length;
  unsigned failed;
} ck_guarded;

typedef struct {
  ck_guarded slots[CK_MOST_GUARDED];
  unsigned failures;
  size_t page;
  struct sigaction before; /* the handler that was there */
} ck_guard;

static ck_guard ck_mappings;
static pthread_once_t ck_guard_once = PTHREAD_ONCE_INIT;

/* Puts zeros in the place of what follows the address, and says whether it lies in a guarded mapping. */
static bool ck_guard_repair(uintptr_t address) {
  for (unsigned slot = 0; slot < CK_MOST_GUARDED; slot++) {
    ck_guarded *guarded = &ck_mappings.slots[slot];
    uintptr_t begin = __atomic_load_n(&guarded->begin, __ATOMIC_ACQUIRE);
    size_t length = __atomic_load_n(&guarded->length, __ATOMIC_RELAXED);
    if (!begin || address < begin || address - begin >= length) continue;
    uintptr_t from = address - address % ck_mappings.page;
    void *zeros = mmap((void *)from, begin + length - from, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (zeros == MAP_FAILED) return false;
    __atomic_store_n(&guarded->failed, 1, __ATOMIC_RELEASE);
    __atomic_fetch_add(&ck_mappings.failures, 1, __ATOMIC_RELEASE);
    return true;
  }
  return false;
}

static void ck_guard_handle(int signal_number, siginfo_t *information, void *context) {
  int kept = errno;
  bool repaired = ck_guard_repair((uintptr_t)information->si_addr);
  errno = kept;
  if (repaired) return;
  const struct sigaction *before = &ck_mappings.before;
  if (before->sa_flags & SA_SIGINFO) {
    before->sa_sigaction(signal_number, information, context);
  } else if (before->sa_handler != SIG_DFL && before->sa_handler != SIG_IGN) {
    before->sa_handler(signal_number);
  } else {
    sigaction(signal_number, before, NULL); /* the access fails again, and the process ends as it would have */
  }
}

static void ck_guard_start(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = ck_guard_handle;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  sigemptyset(&action.sa_mask);
  ck_mappings.page = (size_t)sysconf(_SC_PAGESIZE);
  sigaction(SIGBUS, &action, &ck_mappings.before);
}

/* Takes a free slot for a mapping and returns its number; CK_MOST_GUARDED if there is none. */
static unsigned ck_guard_add(uintptr_t begin, size_t length) {
  pthread_once(&ck_guard_once, ck_guard_start);
  for (unsigned slot = 0; slot < CK_MOST_GUARDED; slot++) {
    ck_guarded *guarded = &ck_mappings.slots[slot];
    uintptr_t free_slot = 0;
    /* until its length is set, the slot guards nothing */
    if (!__atomic_compare_exchange_n(&guarded->begin, &free_slot, begin, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
      continue;
    __atomic_store_n(&guarded->failed, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&guarded->length, length, __ATOMIC_RELEASE);
    return slot;
  }
  return CK_MOST_GUARDED;
}

static void ck_guard_remove(unsigned slot) {
  if (slot == CK_MOST_GUARDED) return;
  __atomic_store_n(&ck_mappings.slots[slot].length, 0, __ATOMIC_RELEASE);
  __atomic_store_n(&ck_mappings.slots[slot].begin, 0, __ATOMIC_RELEASE);
}

ck_code ck_mapped_file_open(ck_mapped_file *file, int descriptor, size_t length, ck_error *error) {
  struct stat status;
  if (fstat(descriptor, &status)) return ck_fail(error, CK_LIMIT, "%s", strerror(errno));
  if (status.st_size < 0 || (uint64_t)status.st_size < length)
    return ck_fail(error, CK_CORRUPT, "the file has %lld bytes instead of %zu", (long long)status.st_size, length);
  void *bytes = mmap(NULL, length, PROT_READ, MAP_SHARED, descriptor, 0);
  if (bytes == MAP_FAILED) return ck_fail(error, CK_LIMIT, "cannot be mapped: %s", strerror(errno));
  file->bytes = (const uint8_t *)bytes;
  file->length = length;
  file->slot = ck_guard_add((uintptr_t)bytes, length);
  return CK_OK;
}

bool ck_mapped_file_failed(const ck_mapped_file *file) {
  return file->slot != CK_MOST_GUARDED && __atomic_load_n(&ck_mappings.slots[file->slot].failed, __ATOMIC_ACQUIRE);
}

void ck_mapped_file_close(ck_mapped_file *file) {
  if (!file->bytes) return;
  ck_guard_remove(file->slot);
  munmap((void *)(uintptr_t)file->bytes, file->length);
  file->bytes = NULL;
}

unsigned ck_mapped_file_failures(void) {
  return __atomic_load_n(&ck_mappings.failures, __ATOMIC_ACQUIRE);
}

int ck_exchange(const char *one, const char *other) {
#if defined(__linux__) && defined(SYS_renameat2)
  enum { EXCHANGE = 2 }; /* RENAME_EXCHANGE, which not every libc declares */
  return syscall(SYS_renameat2, AT_FDCWD, one, AT_FDCWD, other, EXCHANGE) ? errno : 0;
#elif defined(__APPLE__)
  return renamex_np(one, other, RENAME_SWAP) ? errno : 0;
#else
  (void)one, (void)other;
  return ENOSYS;
#endif
}

#endif
