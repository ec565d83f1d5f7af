/* Simulates running out of memory. Include it before any header of the core: it makes chosen allocations and thread
 * creations fail, and counts blocks that are not freed. `failing_run` repeats a scenario for each of its allocations,
 * failing first only that one, then also all later ones. Each time the scenario must either return CK_MEMORY or give
 * the right result, and free everything. */
#ifndef FAILING_H
#define FAILING_H

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

/* ------------------------------------------------------------- an allocator that fails */

#define UNUSED_HERE __attribute__((unused)) /* not every test uses all of these */

static long allocations, failures, live, fail_at; /* updated atomically; `live` counts blocks not freed */
static int keep_failing;                          /* allocations after `fail_at` fail too */

UNUSED_HERE static int must_fail(void) {
  long number = __atomic_fetch_add(&allocations, 1, __ATOMIC_RELAXED);
  if (number != fail_at && !(keep_failing && number > fail_at)) return 0;
  __atomic_fetch_add(&failures, 1, __ATOMIC_RELAXED);
  return 1;
}

UNUSED_HERE static void *counted(void *memory) {
  if (memory) __atomic_fetch_add(&live, 1, __ATOMIC_RELAXED);
  return memory;
}

UNUSED_HERE static void *failing_malloc(size_t size) {
  return must_fail() ? NULL : counted(malloc(size));
}

UNUSED_HERE static void *failing_calloc(size_t count, size_t size) {
  return must_fail() ? NULL : counted(calloc(count, size));
}

UNUSED_HERE static void *failing_realloc(void *memory, size_t size) {
  if (must_fail()) return NULL;
  return memory ? realloc(memory, size) : counted(malloc(size));
}

UNUSED_HERE static void *failing_aligned_alloc(size_t alignment, size_t size) {
  return must_fail() ? NULL : counted(aligned_alloc(alignment, size));
}

UNUSED_HERE static void counted_free(void *memory) {
  if (memory) __atomic_fetch_sub(&live, 1, __ATOMIC_RELAXED);
  free(memory);
}

UNUSED_HERE static int failing_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *),
                                      void *argument) {
  return must_fail() ? EAGAIN : pthread_create(thread, attributes, start, argument);
}

#define malloc(size) failing_malloc(size)
#define calloc(count, size) failing_calloc(count, size)
#define realloc(memory, size) failing_realloc(memory, size)
#define aligned_alloc(alignment, size) failing_aligned_alloc(alignment, size)
#define free(memory) counted_free(memory)
#define pthread_create failing_create

#include "check.h"

/* Calls a kernel and adds its results to the digest. */
typedef ck_code (*scenario)(digest *digest, ck_error *error);

CK_UNUSED static void failing_run(const char *name, scenario scenario) {
  digest expected = {0};
  ck_error error = {CK_OK, ""};
  fail_at = -1;
  keep_failing = 0;
  live = 0;
  CHECK(!scenario(&expected, &error) && expected.value && live == 0);
  for (int keep = 0; keep < 2; keep++) {
    long at = 0;
    for (;; at += stride()) {
      digest result = {0};
      fail_at = at;
      keep_failing = keep;
      allocations = failures = 0;
      error.code = CK_OK;
      ck_code code = scenario(&result, &error);
      fail_at = -1;
      keep_failing = 0;
      CHECK(live == 0);
      CHECK(code ? code == CK_MEMORY && error.code == CK_MEMORY && failures : result.value == expected.value);
      if (!failures) break;
    }
    CHECK(at > 0);
    fprintf(stderr, "%s: %ld allocations\n", name, at);
  }
}

/* No allocation fails between these two calls: for setup that is not part of the kernel. Numbering restarts at 0. */
static long paused_at;
static int paused_keep_failing;

CK_UNUSED static void failing_pause(void) {
  paused_at = fail_at;
  paused_keep_failing = keep_failing;
  fail_at = -1;
  keep_failing = 0;
}

CK_UNUSED static void failing_resume(void) {
  fail_at = paused_at;
  keep_failing = paused_keep_failing;
  __atomic_store_n(&allocations, 0, __ATOMIC_RELAXED);
}

#endif
