/* threads.h, and a stream that is taken by one thread: every part is done once, the error of the lowest worker that fails is returned, workers above it are
 * stopped, missing threads are compensated for, and only the caller polls for signals. */
#include <errno.h>

#if defined(MISSING_THREADS)
#include <pthread.h>
/* Every third attempt to create a thread fails. */
static int failing_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument) {
  static int calls;
  return ++calls % 3 == 0 ? EAGAIN : pthread_create(thread, attributes, start, argument);
}
#define pthread_create failing_create
#endif

#include "check.h"
#include "threads.c"

enum { PARTS = 4000 };

typedef struct {
  ck_counter counter;
  uint32_t done[PARTS];
  uint32_t worker_done[CK_MOST_WORKERS];
  unsigned fails[CK_MOST_WORKERS]; /* 1: fails at once, 2: fails after a delay, 3: works until it is stopped */
  pthread_t caller;
  unsigned polls, polls_elsewhere, stop_after;
} job_context;

static ck_code take_parts(void *argument, unsigned worker, ck_ticker *ticker, ck_error *error) {
  job_context *context = (job_context *)argument;
  (void)worker;
  for (unsigned part; (part = ck_counter_take(&context->counter)) < PARTS;) {
    context->done[part]++;
    if (ck_tick(ticker, 10000, error)) return error->code;
  }
  return CK_OK;
}

static void every_part_once(unsigned workers) {
  job_context *context = (job_context *)calloc(1, sizeof *context);
  ck_ticker ticker = ck_ticker_new(NULL);
  ck_error error;
  CHECK(context);
  CHECK(!ck_parallel(workers, take_parts, context, &ticker, &error));
  for (size_t part = 0; part < PARTS; part++) CHECK(context->done[part] == 1);
  free(context);
}

static void sleep_a_little(void) {
  struct timespec time = {0, 3 * 1000 * 1000};
  nanosleep(&time, NULL);
}

static ck_code fail_or_work(void *argument, unsigned worker, ck_ticker *ticker, ck_error *error) {
  job_context *context = (job_context *)argument;
  context->worker_done[worker]++;
  if (context->fails[worker] == 2) sleep_a_little();
  if (context->fails[worker] == 3)
    for (;;)
      if (ck_tick(ticker, CK_TICK, error)) return error->code;
  if (context->fails[worker]) return ck_fail(error, CK_UTF8, "worker %u failed", worker);
  return CK_OK;
}

/* Whichever workers fail, in whatever order, the error must be that of the lowest. */
static void lowest_error_is_returned(random_source *random, unsigned workers) {
  job_context context;
  ck_ticker ticker = ck_ticker_new(NULL);
  ck_error error;
  unsigned lowest = workers;
  memset(&context, 0, sizeof context);
  for (unsigned w = 0; w < workers; w++) {
    context.fails[w] = random_below(random, 3) ? 0 : 1 + random_below(random, 2);
    if (context.fails[w] && lowest == workers) lowest = w;
  }
  for (unsigned w = lowest + 1; w < workers; w++) /* above the failing one: never ends unless stopped */
    if (!random_below(random, 4)) context.fails[w] = 3;
  ck_code code = ck_parallel(workers, fail_or_work, &context, &ticker, &error);
  for (unsigned w = 0; w < workers; w++) CHECK(context.worker_done[w] <= 1);
  for (unsigned w = 0; w <= lowest && w < workers; w++) CHECK(context.worker_done[w] == 1);
  if (lowest == workers) {
    CHECK(!code);
    return;
  }
  char expected[32];
  snprintf(expected, sizeof expected, "worker %u failed", lowest);
  CHECK(code == CK_UTF8 && error.code == CK_UTF8 && !strcmp(error.message, expected));
}

static job_context *polled; /* global, since polls take no argument */

static int poll_signals(void) {
  if (!pthread_equal(pthread_self(), polled->caller)) polled->polls_elsewhere++;
  return ++polled->polls > polled->stop_after;
}

static ck_code work_until_stopped(void *argument, unsigned worker, ck_ticker *ticker, ck_error *error) {
  job_context *context = (job_context *)argument;
  if (worker == 0 && context->fails[0] == 0) return CK_OK; /* the caller waits for the others and keeps polling */
  for (;;)
    if (ck_tick(ticker, CK_TICK, error)) return error->code;
}

static void signal_stops_all(unsigned workers, bool caller_works) {
  static job_context context;
  ck_ticker ticker = ck_ticker_new(poll_signals);
  ck_error error;
  memset(&context, 0, sizeof context);
  context.caller = pthread_self();
  context.stop_after = 1;
  context.fails[0] = caller_works;
  polled = &context;
  CHECK(ck_parallel(workers, work_until_stopped, &context, &ticker, &error) == CK_INTERRUPTED);
  CHECK(context.polls == 2 && context.polls_elsewhere == 0); /* no poll after one that was nonzero */
}

/* ------------------------------------------------------------- a stream that several threads take */

typedef struct {
  struct ArrowArrayStream given;
  int mark; /* the private data */
  unsigned taken[CK_MOST_WORKERS];
} stream_context;

static void stream_released(struct ArrowArrayStream *stream) {
  (*(int *)stream->private_data)++;
}

static ck_code take_stream(void *argument, unsigned worker, ck_ticker *ticker, ck_error *error) {
  stream_context *context = (stream_context *)argument;
  struct ArrowArrayStream stream;
  (void)ticker;
  (void)error;
  for (unsigned attempt = 0; attempt < 100; attempt++) {
    if (!ck_stream_take(&context->given, &stream)) continue;
    context->taken[worker]++;
    stream.release(&stream);
  }
  return CK_OK;
}

static void stream_is_taken_once(unsigned workers) {
  stream_context context;
  ck_ticker ticker = ck_ticker_new(NULL);
  ck_error error;
  unsigned taken = 0;
  memset(&context, 0, sizeof context);
  context.given.private_data = &context.mark;
  context.given.release = stream_released;
  CHECK(!ck_parallel(workers, take_stream, &context, &ticker, &error));
  for (unsigned w = 0; w < workers; w++) taken += context.taken[w];
  CHECK(taken == 1 && context.mark == 1 && !context.given.release);
}

static void workers_for_work(void) {
  CHECK(ck_workers_for(4, 0, 1000) == 1);
  CHECK(ck_workers_for(4, 999, 1000) == 1);
  CHECK(ck_workers_for(4, 2500, 1000) == 3);
  CHECK(ck_workers_for(4, SIZE_MAX - 1, 1000) == 4);
  CHECK(ck_workers_for(0, SIZE_MAX - 1, 1000) == 1);
  CHECK(ck_workers_for(1000, SIZE_MAX - 1, 1) == CK_MOST_WORKERS);
}

static int polls;

static int count_polls(void) {
  polls++;
  return 0;
}

/* The ticker polls by the clock, not by the number of items, and also if the clock has been set back. */
static void polls_by_time(void) {
  const int64_t since[] = {CK_POLL_MILLISECONDS, -1000 * 1000};
  for (int i = 0; i < 2; i++) {
    ck_error error;
    ck_ticker ticker = ck_ticker_new(count_polls);
    ticker.polled -= since[i];
    polls = 0;
    CHECK(!ck_tick(&ticker, CK_TICK / 2, &error) && polls == 0);
    CHECK(!ck_tick(&ticker, CK_TICK, &error) && polls == 1);
  }
  ck_error error;
  ck_ticker ticker = ck_ticker_new(count_polls);
  int64_t begun = ck_milliseconds();
  polls = 0;
  for (int k = 0; k < 1000; k++) CHECK(!ck_tick(&ticker, CK_TICK, &error));
  CHECK(polls <= (ck_milliseconds() - begun) / CK_POLL_MILLISECONDS + 1); /* before: one for every four */
}

int main(void) {
  random_source random = {0x589965CC75374CC3u};
  job_context context;
  ck_ticker ticker = ck_ticker_new(NULL);
  ck_error error;
  memset(&context, 0, sizeof context);
  for (unsigned workers = 0; workers <= 9; workers++) every_part_once(workers);
  every_part_once(CK_MOST_WORKERS);
  CHECK(ck_parallel(CK_MOST_WORKERS + 1, fail_or_work, &context, &ticker, &error) == CK_LIMIT);
  CHECK(context.worker_done[0] == 0);
  for (unsigned round = 0; round < 300; round += stride()) lowest_error_is_returned(&random, 1 + random_below(&random, 8));
  for (unsigned workers = 2; workers <= 5; workers++) {
    signal_stops_all(workers, true);
    signal_stops_all(workers, false);
  }
  for (unsigned round = 0; round < 20; round++) stream_is_taken_once(1 + round % 5);
  workers_for_work();
  polls_by_time();
  printf("threads done\n");
  return 0;
}
