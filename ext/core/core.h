/* What all kernels share: errors, interruption of long loops, and memory. */
#ifndef CK_CORE_H
#define CK_CORE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if defined(_WIN32)
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>
#else
#include <time.h>
#endif

#if defined(__GNUC__) || defined(__clang__)
#define CK_LIKELY(x) __builtin_expect(!!(x), 1)
#define CK_UNLIKELY(x) __builtin_expect(!!(x), 0)
#if defined(__MINGW32__) /* "printf" may mean Microsoft's there, which lacks %zu */
#define CK_PRINTF(f, a) __attribute__((format(__MINGW_PRINTF_FORMAT, f, a)))
#else
#define CK_PRINTF(f, a) __attribute__((format(printf, f, a)))
#endif
#define CK_UNUSED __attribute__((unused))
#define CK_INLINE inline __attribute__((always_inline)) /* for code written once and specialised for constants */
#define CK_PREFETCH(address) __builtin_prefetch(address)
#define CK_PREFETCH_WRITE(address) __builtin_prefetch((address), 1)
#else
#define CK_LIKELY(x) (x)
#define CK_UNLIKELY(x) (x)
#define CK_PRINTF(f, a)
#define CK_UNUSED
#define CK_INLINE inline
#define CK_PREFETCH(address) ((void)(address))
#define CK_PREFETCH_WRITE(address) ((void)(address))
#endif

/* Assertions; compiled in with CORPUS_KIT_DEBUG=1. */
#ifdef CK_DEBUG
#include <assert.h>
#define CK_ASSERT(x) assert(x)
#else
#define CK_ASSERT(x) ((void)0)
#endif

/* An item of an array that another thread, or another process through a mapped file, may write to: it is read once, so
 * that what is used is what was checked. Whatever sizes a write or an access is read in this way. */
static inline uint8_t ck_once8(const uint8_t *item) {
  return *(const volatile uint8_t *)item;
}

static inline uint32_t ck_once32(const uint32_t *item) {
  return *(const volatile uint32_t *)item;
}

static inline uint64_t ck_once64(const uint64_t *item) {
  return *(const volatile uint64_t *)item;
}

/* ---------------------------------------------------------------- errors */

typedef enum {
  CK_OK = 0,
  CK_MEMORY,      /* an allocation failed */
  CK_CORRUPT,     /* a buffer is inconsistent or violates the Arrow specification */
  CK_UTF8,        /* a value is not valid UTF-8 */
  CK_TYPE,        /* the column is of a type that the kernel does not read */
  CK_LIMIT,       /* a size exceeds the kernel's integers */
  CK_INTERRUPTED, /* a signal handler raised; the Python error is set */
  CK_PRODUCER     /* the producer of the stream failed */
} ck_code;

typedef struct {
  ck_code code;
  char message[256];
} ck_error;

CK_PRINTF(3, 4) ck_code ck_fail(ck_error *error, ck_code code, const char *format, ...);

/* Returns the code of `error` if a call failed: if its code is not CK_OK, or the memory it returned is NULL (!memory). */
#define CK_TRY(failed)                          \
  do {                                          \
    if (CK_UNLIKELY(failed)) return error->code; \
  } while (0)

ck_code ck_out_of_memory(ck_error *error, size_t bytes);

/* --------------------------------------------------------- interruption */

/* Which of several workers on a job must stop: all whose number is at least `from`. A worker that fails stops only
 * those after it, so that the error reported is the first one in the order of the data. */
typedef struct {
  volatile unsigned from; /* accessed by atomic operations only (threads.h) */
} ck_stop;

/* A loop reports to its ticker how many bytes or items it has processed. About every million, the ticker looks whether
 * it must stop, and at the clock: every 50 ms it calls `poll`, which takes the GIL and runs Python's signal handlers.
 * Beside a busy Python thread, each call waits five milliseconds for the GIL. `poll` is NULL without Python, and on
 * threads that never run signal handlers: all but Python's main one. */
typedef struct {
  int64_t left;
  int (*poll)(void); /* nonzero: stop; the Python error is set */
  int64_t polled;    /* when, in milliseconds */
  const ck_stop *stop;
  unsigned worker;
  bool raised; /* `poll` was nonzero: do not call it again */
} ck_ticker;

enum { CK_TICK = 1 << 20, CK_POLL_MILLISECONDS = 50 };

int64_t ck_milliseconds(void);

ck_ticker ck_ticker_new(int (*poll)(void));

static inline bool ck_stopped(const ck_ticker *ticker) {
#if defined(__GNUC__) || defined(__clang__)
  return ticker->stop && ticker->worker >= __atomic_load_n(&ticker->stop->from, __ATOMIC_RELAXED);
#else
  return ticker->stop && ticker->worker >= ticker->stop->from;
#endif
}

/* The part of a tick that is seldom reached. */
ck_code ck_look_up(ck_ticker *ticker, ck_error *error);

static inline ck_code ck_tick(ck_ticker *ticker, int64_t done, ck_error *error) {
  ticker->left -= done + 1;
  return CK_LIKELY(ticker->left > 0) ? CK_OK : ck_look_up(ticker, error);
}

/* --------------------------------------------------------------- memory */

/* Allocates `count` items of `size` bytes; NULL on failure only, not for zero items. */
void *ck_allocate(size_t count, size_t size, ck_error *error);

#endif
