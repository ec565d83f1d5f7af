/* Threads for the duration of a call.
 *
 * There is no pool: threads are created by the call and joined before it returns, so that nothing is left that a fork
 * could break, and there is no global state. A thread costs about 30 microseconds; callers request at most one per
 * megabyte.
 *
 * The caller's thread works too, as worker 0. It alone checks Python signals, also while it waits for the others. */
#ifndef CK_THREADS_H
#define CK_THREADS_H

#include "core.h"

enum { CK_MOST_WORKERS = 64 };

/* ---------------------------------------------------------------- atomics */

/* A shared counter that returns 0, 1, 2, ... */
typedef struct {
  volatile unsigned next;
} ck_counter;

static inline unsigned ck_counter_take(ck_counter *counter) {
#if defined(__GNUC__) || defined(__clang__)
  return __atomic_fetch_add(&counter->next, 1, __ATOMIC_RELAXED);
#else
  return (unsigned)InterlockedExchangeAdd((volatile LONG *)&counter->next, 1);
#endif
}

/* Tells workers from this number on to stop. */
void ck_stop_from(ck_stop *stop, unsigned worker);

/* ---------------------------------------------------------------- workers */

/* The function of a worker; its number selects its part. */
typedef ck_code (*ck_job)(void *context, unsigned worker, ck_ticker *ticker, ck_error *error);

/* Runs `job` with the numbers 0 to workers - 1 in parallel and returns when all have ended. The error is that of the
 * lowest number that failed. The caller runs the parts for which no thread could be created. */
ck_code ck_parallel(unsigned workers, ck_job job, void *context, ck_ticker *ticker, ck_error *error);

/* Number of workers worth their threads: one for each `piece` of the work. */
unsigned ck_workers_for(unsigned threads, size_t work, size_t piece);

/* First item of worker `w` of `workers`; its items end at those of the next worker. */
static inline size_t ck_share(size_t length, unsigned workers, unsigned w) {
  return (size_t)((uint64_t)length / workers * w + (uint64_t)length % workers * w / workers);
}

#endif
