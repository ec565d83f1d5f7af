/* A malloc for LD_PRELOAD in which a chosen allocation fails. Only calls from the extension modules of corpus_kit are
 * counted: Python and Polars share the process, but their allocations are left alone. Needs glibc. */
#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static long number, failures, fail_at = -1;

/* Makes allocation number `at` fail, counted from 0 from now on; -1 for none. Returns the number of failures since the
 * last call. */
long failing_malloc_at(long at) {
  long failed = __atomic_load_n(&failures, __ATOMIC_RELAXED);
  __atomic_store_n(&fail_at, -1, __ATOMIC_RELAXED);
  __atomic_store_n(&failures, 0, __ATOMIC_RELAXED);
  __atomic_store_n(&number, 0, __ATOMIC_RELAXED);
  __atomic_store_n(&fail_at, at, __ATOMIC_RELAXED);
  return failed;
}

static int must_fail(const void *caller) {
  Dl_info info;
  long at = __atomic_load_n(&fail_at, __ATOMIC_RELAXED);
  if (at < 0 || !dladdr(caller, &info) || !info.dli_fname || !strstr(info.dli_fname, "/corpus_kit/_")) return 0;
  if (__atomic_fetch_add(&number, 1, __ATOMIC_RELAXED) != at) return 0;
  __atomic_fetch_add(&failures, 1, __ATOMIC_RELAXED);
  errno = ENOMEM;
  return 1;
}

void *malloc(size_t size) {
  return must_fail(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  return must_fail(__builtin_return_address(0)) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
  return must_fail(__builtin_return_address(0)) ? NULL : __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  return must_fail(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);
}
