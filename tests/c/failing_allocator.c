#include <errno.h>

#include "failing.h"

#undef malloc
#undef calloc
#undef realloc
#undef aligned_alloc
#undef free
#undef pthread_create

long allocations, failures, live, fail_at = -1; /* none fails before a program says so */
int keep_failing;

static int must_fail(void) {
  long number = __atomic_fetch_add(&allocations, 1, __ATOMIC_RELAXED);
  if (number != fail_at && !(keep_failing && number > fail_at)) return 0;
  __atomic_fetch_add(&failures, 1, __ATOMIC_RELAXED);
  return 1;
}

static void *counted(void *memory) {
  if (memory) __atomic_fetch_add(&live, 1, __ATOMIC_RELAXED);
  return memory;
}

void *failing_malloc(size_t size) {
  return must_fail() ? NULL : counted(malloc(size));
}

void *failing_calloc(size_t count, size_t size) {
  return must_fail() ? NULL : counted(calloc(count, size));
}

void *failing_realloc(void *memory, size_t size) {
  if (must_fail()) return NULL;
  return memory ? realloc(memory, size) : counted(malloc(size));
}

void *failing_aligned_alloc(size_t alignment, size_t size) {
  return must_fail() ? NULL : counted(aligned_alloc(alignment, size));
}

void counted_free(void *memory) {
  if (memory) __atomic_fetch_sub(&live, 1, __ATOMIC_RELAXED);
  free(memory);
}

int failing_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument) {
  return must_fail() ? EAGAIN : pthread_create(thread, attributes, start, argument);
}
