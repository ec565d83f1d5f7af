#include "threads.h"

#if defined(_WIN32)
typedef HANDLE ck_thread;
#else
#include <pthread.h>
#include <signal.h>
typedef pthread_t ck_thread;
#endif

typedef struct ck_crew ck_crew;

typedef struct {
  ck_crew *crew;
  unsigned number;
  bool started; /* has a thread of its own */
  ck_code code;
  ck_error error;
  ck_thread thread;
} ck_worker;

struct ck_crew {
  ck_job job;
  void *context;
  ck_stop stop;
  unsigned working; /* threads still running */
#if defined(_WIN32)
  CRITICAL_SECTION lock;
  CONDITION_VARIABLE ended;
#else
  pthread_mutex_t lock;
  pthread_cond_t ended;
#endif
  ck_worker workers[CK_MOST_WORKERS];
};

static void ck_worker_run(ck_worker *worker, ck_ticker *ticker) {
  ck_crew *crew = worker->crew;
  ticker->stop = &crew->stop;
  ticker->worker = worker->number;
  worker->code = crew->job(crew->context, worker->number, ticker, &worker->error);
  if (worker->code) ck_stop_from(&crew->stop, worker->number + 1);
}

#if defined(_WIN32)
static DWORD WINAPI ck_worker_main(LPVOID given) {
  ck_worker *worker = (ck_worker *)given;
  ck_crew *crew = worker->crew;
  ck_ticker ticker = ck_ticker_new(NULL);
  ck_worker_run(worker, &ticker);
  EnterCriticalSection(&crew->lock);
  crew->working--;
  WakeConditionVariable(&crew->ended);
  LeaveCriticalSection(&crew->lock);
  return 0;
}

static void ck_crew_open(ck_crew *crew) {
  InitializeCriticalSection(&crew->lock);
  InitializeConditionVariable(&crew->ended);
}

static void ck_crew_close(ck_crew *crew) {
  DeleteCriticalSection(&crew->lock);
}

static void ck_crew_lock(ck_crew *crew) {
  EnterCriticalSection(&crew->lock);
}

static void ck_crew_unlock(ck_crew *crew) {
  LeaveCriticalSection(&crew->lock);
}

static bool ck_worker_start(ck_worker *worker) {
  worker->thread = CreateThread(NULL, 0, ck_worker_main, worker, 0, NULL);
  return worker->thread != NULL;
}

static void ck_worker_join(ck_worker *worker) {
  WaitForSingleObject(worker->thread, INFINITE);
  CloseHandle(worker->thread);
}

/* Waits, with the lock held, until a worker ends or 50 ms have passed. */
static void ck_crew_wait(ck_crew *crew) {
  SleepConditionVariableCS(&crew->ended, &crew->lock, 50);
}
#else
static void *ck_worker_main(void *given) {
  ck_worker *worker = (ck_worker *)given;
  ck_crew *crew = worker->crew;
  ck_ticker ticker = ck_ticker_new(NULL);
  ck_worker_run(worker, &ticker);
  pthread_mutex_lock(&crew->lock);
  crew->working--;
  pthread_cond_signal(&crew->ended);
  pthread_mutex_unlock(&crew->lock);
  return NULL;
}

static void ck_crew_open(ck_crew *crew) {
  pthread_mutex_init(&crew->lock, NULL);
  pthread_cond_init(&crew->ended, NULL);
}

static void ck_crew_close(ck_crew *crew) {
  pthread_cond_destroy(&crew->ended);
  pthread_mutex_destroy(&crew->lock);
}

static void ck_crew_lock(ck_crew *crew) {
  pthread_mutex_lock(&crew->lock);
}

static void ck_crew_unlock(ck_crew *crew) {
  pthread_mutex_unlock(&crew->lock);
}

/* Signals are blocked here: handlers must run on the thread of the caller, not on one unknown to Python. */
static bool ck_worker_start(ck_worker *worker) {
  sigset_t all, before;
  sigfillset(&all);
  const int faults[] = {SIGBUS, SIGSEGV, SIGFPE, SIGILL}; /* of the thread itself; blocked, they end the process at once */
  for (unsigned i = 0; i < sizeof faults / sizeof *faults; i++) sigdelset(&all, faults[i]);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  bool started = pthread_create(&worker->thread, NULL, ck_worker_main, worker) == 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return started;
}

static void ck_worker_join(ck_worker *worker) {
  pthread_join(worker->thread, NULL);
}

/* Waits, with the lock held, until a worker ends or 50 ms have passed. */
static void ck_crew_wait(ck_crew *crew) {
  struct timespec until;
  timespec_get(&until, TIME_UTC);
  until.tv_nsec += 50 * 1000 * 1000;
  if (until.tv_nsec >= 1000 * 1000 * 1000) {
    until.tv_nsec -= 1000 * 1000 * 1000;
    until.tv_sec++;
  }
  pthread_cond_timedwait(&crew->ended, &crew->lock, &until);
}
#endif

/* Waits for all threads; returns whether a signal handler raised. */
static bool ck_crew_finish(ck_crew *crew, const ck_ticker *ticker) {
  bool raised = ticker->raised;
  ck_crew_lock(crew);
  while (crew->working) {
    ck_crew_wait(crew);
    if (!crew->working || raised || !ticker->poll) continue;
    ck_crew_unlock(crew); /* the handler may take long */
    raised = ticker->poll() != 0;
    if (raised) ck_stop_from(&crew->stop, 0);
    ck_crew_lock(crew);
  }
  ck_crew_unlock(crew);
  for (unsigned w = 1; w < CK_MOST_WORKERS; w++)
    if (crew->workers[w].started) ck_worker_join(&crew->workers[w]);
  return raised;
}

ck_code ck_parallel(unsigned workers, ck_job job, void *context, ck_ticker *ticker, ck_error *error) {
  if (workers <= 1) return job(context, 0, ticker, error);
  if (workers > CK_MOST_WORKERS)
    return ck_fail(error, CK_LIMIT, "the number of workers must be at most %d, got %u", CK_MOST_WORKERS, workers);
  ck_crew *crew = (ck_crew *)calloc(1, sizeof *crew);
  if (!crew) return ck_out_of_memory(error, sizeof *crew);
  crew->job = job;
  crew->context = context;
  crew->stop.from = CK_MOST_WORKERS;
  crew->working = workers - 1;
  ck_crew_open(crew);
  unsigned missing = 0;
  for (unsigned w = 0; w < workers; w++) {
    ck_worker *worker = &crew->workers[w];
    worker->crew = crew;
    worker->number = w;
    worker->started = w > 0 && ck_worker_start(worker);
    missing += w > 0 && !worker->started;
  }
  ck_crew_lock(crew);
  crew->working -= missing;
  ck_crew_unlock(crew);
  ck_ticker own = ck_ticker_new(ticker->poll);
  for (unsigned w = 0; w < workers; w++) {
    ck_worker *worker = &crew->workers[w];
    if (worker->started || (w > 0 && crew->workers[0].code)) continue;
    ck_worker_run(worker, &own);
    if (!own.raised) continue;
    ck_stop_from(&crew->stop, 0);
    break;
  }
  bool raised = ck_crew_finish(crew, &own);
  ck_code code = CK_OK;
  for (unsigned w = 0; w < workers && !code && !raised; w++) {
    code = crew->workers[w].code;
    if (code) *error = crew->workers[w].error;
  }
  if (raised) code = ck_fail(error, CK_INTERRUPTED, "interrupted");
  ck_crew_close(crew);
  free(crew);
  return code;
}

unsigned ck_workers_for(unsigned threads, size_t work, size_t piece) {
  size_t workers = work / piece + 1;
  if (threads < 1) threads = 1;
  if (threads > CK_MOST_WORKERS) threads = CK_MOST_WORKERS;
  return workers < threads ? (unsigned)workers : threads;
}

void ck_stop_from(ck_stop *stop, unsigned worker) {
#if defined(__GNUC__) || defined(__clang__)
  unsigned from = __atomic_load_n(&stop->from, __ATOMIC_RELAXED);
  while (worker < from &&
         !__atomic_compare_exchange_n(&stop->from, &from, worker, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
  }
#else
  unsigned from = stop->from;
  while (worker < from) {
    unsigned seen = (unsigned)InterlockedCompareExchange((volatile LONG *)&stop->from, (LONG)worker, (LONG)from);
    if (seen == from) break;
    from = seen;
  }
#endif
}
