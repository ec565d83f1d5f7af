/* Simulates running out of memory. Include it before any header of the core: it makes chosen allocations and thread
 * creations fail, and counts blocks that are not freed. `failing_run` repeats a scenario for each of its allocations,
 * failing first only that one, then also all later ones. Each time the scenario must either return CK_MEMORY or give
 * the right result, and free everything. */
#ifndef FAILING_H
#define FAILING_H

/* clang-format off: this must come first */
#include "failing_allocator.h"
/* clang-format on */
#include "check.h"

extern long allocations, failures, live, fail_at; /* updated atomically; `live` counts blocks not freed */
extern int keep_failing;                          /* allocations after `fail_at` fail too */

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
