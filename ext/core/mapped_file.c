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

int ck_file_stamp(int descriptor, ck_stamp *stamp) {
  (void)descriptor, (void)stamp;
  return ENOSYS;
}

int ck_exchange(const char *one, const char *other) {
  (void)one, (void)other;
  return ENOSYS;
}

#else

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/syscall.h>
#endif

/* ---------------------------------------------------------------- guarded mappings
 *
 * The handler may run at any time, on any thread, while others add and remove mappings. Everything is accessed by
 * atomic operations, without locks, so that a fork cannot leave one held. A slot whose `version` is odd, or changes
 * while it is read, is being given to another mapping; it is not that of a thread that just failed to read its own. */

struct ck_guarded {
  unsigned version;
  unsigned failed;
  uintptr_t begin; /* 0: the slot is free */
  size_t length;
};

enum { CK_SLOTS = 512 };

typedef struct ck_slots {
  ck_guarded slots[CK_SLOTS];
  struct ck_slots *next; /* allocated when all are taken, and kept */
} ck_slots;

static ck_slots ck_first_slots;

typedef struct {
  uintptr_t begin, end;
} ck_range;

/* The mapping in a slot; empty if there is none. */
static ck_range ck_guarded_range(const ck_guarded *slot) {
  ck_range none = {0, 0};
  unsigned version = __atomic_load_n(&slot->version, __ATOMIC_ACQUIRE);
  uintptr_t begin = __atomic_load_n(&slot->begin, __ATOMIC_ACQUIRE);
  size_t length = __atomic_load_n(&slot->length, __ATOMIC_ACQUIRE);
  if (version % 2 || __atomic_load_n(&slot->version, __ATOMIC_ACQUIRE) != version) return none;
  ck_range range = {begin, begin + length};
  return begin ? range : none;
}

/* Takes the slot, if it is free. */
static bool ck_guarded_take(ck_guarded *slot, uintptr_t begin, size_t length) {
  unsigned version = __atomic_load_n(&slot->version, __ATOMIC_ACQUIRE);
  if (version % 2 || __atomic_load_n(&slot->begin, __ATOMIC_ACQUIRE)) return false;
  if (!__atomic_compare_exchange_n(&slot->version, &version, version + 1, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
    return false;
  __atomic_store_n(&slot->failed, 0, __ATOMIC_RELEASE);
  __atomic_store_n(&slot->length, length, __ATOMIC_RELEASE);
  __atomic_store_n(&slot->begin, begin, __ATOMIC_RELEASE);
  __atomic_store_n(&slot->version, version + 2, __ATOMIC_RELEASE);
  return true;
}

static void ck_guarded_free(ck_guarded *slot) {
  unsigned version = __atomic_fetch_add(&slot->version, 1, __ATOMIC_ACQ_REL);
  __atomic_store_n(&slot->begin, 0, __ATOMIC_RELEASE);
  __atomic_store_n(&slot->version, version + 2, __ATOMIC_RELEASE);
}

static ck_slots *ck_slots_after(const ck_slots *slots) {
  return __atomic_load_n(&slots->next, __ATOMIC_ACQUIRE);
}

/* Returns the slot of a new mapping; NULL without memory. */
static ck_guarded *ck_guard_add(uintptr_t begin, size_t length) {
  ck_slots *slots = &ck_first_slots;
  for (;;) {
    for (unsigned i = 0; i < CK_SLOTS; i++)
      if (ck_guarded_take(&slots->slots[i], begin, length)) return &slots->slots[i];
    ck_slots *next = ck_slots_after(slots);
    if (!next) {
      ck_slots *more = (ck_slots *)calloc(1, sizeof *more);
      if (!more) return NULL;
      if (__atomic_compare_exchange_n(&slots->next, &next, more, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        next = more;
      else
        free(more); /* another thread was faster */
    }
    slots = next;
  }
}

/* ---------------------------------------------------------------- the handler
 *
 * Of what POSIX lets a handler call it uses open, read, close, sysconf, raise and sigaction, and mmap, which is a
 * system call of its own everywhere. It allocates nothing and needs little of the stack, which may be a small alternate one. */

/* Puts zeros in the place of a mapping from the page of an address up to its end. */
static bool ck_put_zeros(uintptr_t address, uintptr_t end) {
  uintptr_t from = address - address % (uintptr_t)sysconf(_SC_PAGESIZE);
  int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
  return mmap((void *)from, end - from, PROT_READ, flags, -1, 0) != MAP_FAILED;
}

#if defined(__linux__)

/* A mapping in /proc/self/maps: its range, whether it is read-only, and the numbers of the device and of the file. */
typedef struct {
  ck_range range;
  uint64_t device, file;
  bool read_only;
} ck_mapping;

typedef struct {
  int descriptor;
  int at, end;
  char text[128];
} ck_maps;

static int ck_maps_char(ck_maps *maps) {
  if (maps->at == maps->end) {
    do maps->end = (int)read(maps->descriptor, maps->text, sizeof maps->text);
    while (maps->end < 0 && errno == EINTR);
    maps->at = 0;
    if (maps->end <= 0) {
      maps->end = 0;
      return -1;
    }
  }
  return (unsigned char)maps->text[maps->at++];
}

/* Reads digits of a base up to the first other character, which is returned; -1 at the end. */
static int ck_maps_number(ck_maps *maps, unsigned base, uint64_t *number) {
  for (*number = 0;;) {
    int c = ck_maps_char(maps);
    unsigned digit = c >= '0' && c <= '9' ? (unsigned)(c - '0') : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 16;
    if (digit >= base) return c;
    *number = *number * base + digit;
  }
}

/* Reads a line such as "7f0000000000-7f0000001000 r--s 00000000 08:01 1234    /path"; false at the end. */
static bool ck_maps_next(ck_maps *maps, ck_mapping *map) {
  uint64_t begin, end, offset, major, minor;
  if (ck_maps_number(maps, 16, &begin) != '-' || ck_maps_number(maps, 16, &end) != ' ') return false;
  char modes[5];
  for (int i = 0; i < 5; i++) modes[i] = (char)ck_maps_char(maps); /* "r--s " */
  ck_maps_number(maps, 16, &offset);
  ck_maps_number(maps, 16, &major);
  ck_maps_number(maps, 16, &minor);
  int c = ck_maps_number(maps, 10, &map->file);
  while (c >= 0 && c != '\n') c = ck_maps_char(maps);
  map->range = (ck_range){(uintptr_t)begin, (uintptr_t)end};
  map->device = major << 32 | minor;
  map->read_only = modes[0] == 'r' && modes[1] == '-' && modes[2] == '-';
  return true;
}

static bool ck_maps_open(ck_maps *maps) {
  maps->at = maps->end = 0;
  maps->descriptor = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  return maps->descriptor >= 0;
}

/* Marks the guarded mappings that begin in a mapping, and returns whether there are any. */
static bool ck_guard_mark(ck_range range) {
  bool found = false;
  for (ck_slots *slots = &ck_first_slots; slots; slots = ck_slots_after(slots)) {
    for (unsigned i = 0; i < CK_SLOTS; i++) {
      uintptr_t begin = ck_guarded_range(&slots->slots[i]).begin;
      if (!begin || begin < range.begin || begin >= range.end) continue;
      __atomic_store_n(&slots->slots[i].failed, 1, __ATOMIC_RELEASE);
      found = true;
    }
  }
  return found;
}

/* Repairs a mapping that is not ours, if it is of a file that is: marks ours. */
static bool ck_guard_repair_other(uintptr_t address) {
  ck_maps maps;
  ck_mapping map, hit = {0};
  bool found = false;
  if (!ck_maps_open(&maps)) return false;
  while (!found && ck_maps_next(&maps, &map)) {
    found = map.read_only && map.file && address >= map.range.begin && address < map.range.end;
    hit = map;
  }
  close(maps.descriptor);
  if (!found || !ck_maps_open(&maps)) return false;
  found = false;
  while (ck_maps_next(&maps, &map))
    if (map.file == hit.file && map.device == hit.device && ck_guard_mark(map.range)) found = true;
  close(maps.descriptor);
  return found && ck_put_zeros(address, hit.range.end);
}

#else

static bool ck_guard_repair_other(uintptr_t address) {
  (void)address;
  return false;
}

#endif

/* Repairs the mapping with an address, if it is guarded. */
static bool ck_guard_repair(uintptr_t address) {
  for (ck_slots *slots = &ck_first_slots; slots; slots = ck_slots_after(slots)) {
    for (unsigned i = 0; i < CK_SLOTS; i++) {
      ck_range range = ck_guarded_range(&slots->slots[i]);
      if (address < range.begin || address >= range.end) continue;
      if (!ck_put_zeros(address, range.end)) return false;
      __atomic_store_n(&slots->slots[i].failed, 1, __ATOMIC_RELEASE);
      return true;
    }
  }
  return ck_guard_repair_other(address);
}

/* ---------------------------------------------------------------- the handlers before it
 *
 * Another handler may be installed later, on top of this one; then this one is installed again, on top of it. Two that
 * pass a fault to each other would never end, so a fault that comes back is left to the system, which ends the
 * process. */

enum { CK_HANDLERS = 8, CK_MOST_RETURNS = 8 };

typedef struct {
  struct sigaction before[CK_HANDLERS]; /* those that were found, each written once */
  unsigned count;
  unsigned current; /* the one found last */
  int installing;   /* the process of which a thread is changing this; 0 for none */
  unsigned passing;   /* threads in a handler that was there before */
  uintptr_t returned; /* the address of the fault from which such a handler returned last, */
  unsigned returns;   /* and how often in a row */
} ck_handlers;

static ck_handlers ck_handling;

static void ck_give_up(int signal_number, bool is_sent) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = SIG_DFL;
  sigemptyset(&action.sa_mask);
  sigaction(signal_number, &action, NULL);
  if (is_sent) raise(signal_number); /* otherwise the access fails again */
}

/* Passes on a signal that is not about a guarded mapping. */
static void ck_pass_on(int signal_number, siginfo_t *information, void *context, bool is_sent) {
  const struct sigaction *before = &ck_handling.before[__atomic_load_n(&ck_handling.current, __ATOMIC_ACQUIRE)];
  bool is_function = (before->sa_flags & SA_SIGINFO) || (before->sa_handler != SIG_DFL && before->sa_handler != SIG_IGN);
  if (!is_function && is_sent && before->sa_handler == SIG_IGN) return;
  uintptr_t address = (uintptr_t)information->si_addr;
  bool comes_back = is_sent && __atomic_load_n(&ck_handling.passing, __ATOMIC_ACQUIRE) > 0;
  if (!is_sent) {
    bool again = __atomic_exchange_n(&ck_handling.returned, 0, __ATOMIC_ACQ_REL) == address;
    unsigned returns = again ? __atomic_load_n(&ck_handling.returns, __ATOMIC_ACQUIRE) + 1 : 0;
    __atomic_store_n(&ck_handling.returns, returns, __ATOMIC_RELEASE);
    comes_back = returns > CK_MOST_RETURNS;
  }
  if (!is_function || comes_back) {
    ck_give_up(signal_number, is_sent);
    return;
  }
  __atomic_fetch_add(&ck_handling.passing, 1, __ATOMIC_ACQ_REL);
  if (before->sa_flags & SA_SIGINFO)
    before->sa_sigaction(signal_number, information, context);
  else
    before->sa_handler(signal_number);
  __atomic_fetch_sub(&ck_handling.passing, 1, __ATOMIC_ACQ_REL);
  if (!is_sent) __atomic_store_n(&ck_handling.returned, address, __ATOMIC_RELEASE);
}

static void ck_guard_handle(int signal_number, siginfo_t *information, void *context) {
  int kept = errno;
  bool is_sent = information->si_code <= 0; /* by a program, without an address */
  bool is_about_a_page = !is_sent && information->si_code != BUS_ADRALN;
  if (!is_about_a_page || !ck_guard_repair((uintptr_t)information->si_addr))
    ck_pass_on(signal_number, information, context, is_sent);
  errno = kept;
}

static bool ck_same_handler(const struct sigaction *one, const struct sigaction *other) {
  if ((one->sa_flags & SA_SIGINFO) != (other->sa_flags & SA_SIGINFO)) return false;
  return one->sa_flags & SA_SIGINFO ? one->sa_sigaction == other->sa_sigaction : one->sa_handler == other->sa_handler;
}

static void ck_guard_install(const struct sigaction *found) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = ck_guard_handle;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  sigemptyset(&action.sa_mask);
  unsigned which = 0;
  while (which < ck_handling.count && !ck_same_handler(&ck_handling.before[which], found)) which++;
  if (which == CK_HANDLERS) return; /* too many of them */
  if (which == ck_handling.count) ck_handling.before[ck_handling.count++] = *found;
  __atomic_store_n(&ck_handling.current, which, __ATOMIC_RELEASE);
  sigaction(SIGBUS, &action, NULL);
}

/* Installs the handler where another one, or none, has its place. */
static void ck_guard_start(void) {
  struct sigaction found;
  if (sigaction(SIGBUS, NULL, &found)) return;
  if ((found.sa_flags & SA_SIGINFO) && found.sa_sigaction == ck_guard_handle) return;
  int process = (int)getpid(), before = __atomic_load_n(&ck_handling.installing, __ATOMIC_ACQUIRE);
  if (before == process) return; /* another thread does it; one of the process that this was forked from does not */
  if (!__atomic_compare_exchange_n(&ck_handling.installing, &before, process, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
    return;
  ck_guard_install(&found);
  __atomic_store_n(&ck_handling.installing, 0, __ATOMIC_RELEASE);
}

/* ---------------------------------------------------------------- files */

ck_code ck_mapped_file_open(ck_mapped_file *file, int descriptor, size_t length, ck_error *error) {
  struct stat status;
  if (fstat(descriptor, &status)) return ck_fail(error, CK_LIMIT, "%s", strerror(errno));
  if (status.st_size < 0 || (uint64_t)status.st_size < length)
    return ck_fail(error, CK_CORRUPT, "the file has %lld bytes instead of %zu", (long long)status.st_size, length);
  ck_guard_start();
  void *bytes = mmap(NULL, length, PROT_READ, MAP_SHARED, descriptor, 0);
  if (bytes == MAP_FAILED) return ck_fail(error, CK_LIMIT, "cannot be mapped: %s", strerror(errno));
  file->guarded = ck_guard_add((uintptr_t)bytes, length);
  if (!file->guarded) {
    munmap(bytes, length);
    return ck_out_of_memory(error, sizeof(ck_slots));
  }
  file->bytes = (const uint8_t *)bytes;
  file->length = length;
  return CK_OK;
}

bool ck_mapped_file_failed(const ck_mapped_file *file) {
  ck_guard_start();
  return __atomic_load_n(&file->guarded->failed, __ATOMIC_ACQUIRE);
}

void ck_mapped_file_close(ck_mapped_file *file) {
  if (!file->bytes) return;
  ck_guarded_free(file->guarded);
  munmap((void *)(uintptr_t)file->bytes, file->length);
  file->bytes = NULL;
}

static int64_t ck_nanoseconds(struct timespec time) {
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int ck_file_stamp(int descriptor, ck_stamp *stamp) {
  struct stat status;
  if (fstat(descriptor, &status)) return errno;
  stamp->size = (int64_t)status.st_size;
#if defined(__APPLE__)
  stamp->modified = ck_nanoseconds(status.st_mtimespec);
  stamp->changed = ck_nanoseconds(status.st_ctimespec);
#else
  stamp->modified = ck_nanoseconds(status.st_mtim);
  stamp->changed = ck_nanoseconds(status.st_ctim);
#endif
  return 0;
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
