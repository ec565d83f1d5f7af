/* mapped_file.h: what a file lost when it was cut reads as zeros, on any thread, in a forked process, through another
 * mapping of the same file, under a handler that was installed before or later; any other fault ends the process, or
 * goes to the handler that was there. */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "mapped_file.h"
#include "threads.h"

enum { SIZE = 1 << 18, WORKERS = 4, ROUNDS = 200, MANY = 1200, CALLED_TOO_OFTEN = 77 };

/* Returns a new file of bytes that are not zero. */
static int new_file(void) {
  static const uint8_t some[4096] = {[0 ... 4095] = 0xA5};
  FILE *file = tmpfile();
  CHECK(file);
  for (unsigned i = 0; i < SIZE / sizeof some; i++) CHECK(fwrite(some, sizeof some, 1, file) == 1);
  CHECK(!fflush(file));
  int descriptor = dup(fileno(file));
  CHECK(descriptor >= 0 && !fclose(file));
  return descriptor;
}

static ck_mapped_file opened(int descriptor) {
  ck_mapped_file file;
  ck_error error;
  CHECK(!ck_mapped_file_open(&file, descriptor, SIZE, &error));
  return file;
}

static void cut(int descriptor, long size) {
  CHECK(!ftruncate(descriptor, size));
}

/* Reads a byte of a mapping. The race detector takes what another thread mapped at the same address before for a write. */
#if defined(__has_attribute)
#if __has_attribute(no_sanitize_thread)
__attribute__((no_sanitize_thread, noinline))
#endif
#endif
static uint8_t at(const void *bytes, size_t place) {
  return ((const volatile uint8_t *)bytes)[place];
}

/* Maps a file as others do, without a guard. */
static void *mapped_by_others(int descriptor) {
  void *bytes = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, descriptor, 0);
  CHECK(bytes != MAP_FAILED);
  return bytes;
}

/* Returns how a child process ended that called the function. It may not hang. */
static int status_of(void (*function)(void)) {
  fflush(NULL);
  pid_t child = fork();
  CHECK(child >= 0);
  if (!child) {
    alarm(60);
    function();
    _exit(0);
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child);
  CHECK(!WIFSIGNALED(status) || WTERMSIG(status) != SIGALRM);
  return status;
}

/* ---------------------------------------------------------------- one mapping */

static void check_errors(void) {
  ck_mapped_file file;
  ck_error error;
  int descriptor = new_file();
  CHECK(ck_mapped_file_open(&file, descriptor, SIZE + 1, &error) == CK_CORRUPT);
  CHECK(ck_mapped_file_open(&file, -1, SIZE, &error) == CK_LIMIT);
  close(descriptor);
}

static void check_cut(digest *digest) {
  int descriptor = new_file();
  ck_mapped_file file = opened(descriptor), other = opened(descriptor);
  close(dup(descriptor));
  for (size_t i = 0; i < SIZE; i += 1000) CHECK(file.bytes[i] == 0xA5);
  CHECK(!ck_mapped_file_failed(&file));
  cut(descriptor, SIZE / 2);
  CHECK(at(file.bytes, SIZE / 2 - 1) == 0xA5 && !ck_mapped_file_failed(&file));
  CHECK(at(file.bytes, SIZE - 1) == 0 && ck_mapped_file_failed(&file)); /* the last page first */
  CHECK(at(file.bytes, SIZE / 2) == 0 && at(file.bytes, 0) == 0xA5);
  CHECK(!ck_mapped_file_failed(&other)); /* it has not been read */
  CHECK(at(other.bytes, SIZE / 2) == 0 && ck_mapped_file_failed(&other));
  ck_mapped_file_close(&file);
  ck_mapped_file_close(&file);
  ck_mapped_file_close(&other);
  cut(descriptor, SIZE);
  file = opened(descriptor);
  CHECK(!ck_mapped_file_failed(&file) && at(file.bytes, SIZE - 1) == 0 && !ck_mapped_file_failed(&file));
  ck_mapped_file_close(&file);
  close(descriptor);
  digest_number(digest, SIZE);
}

static void check_stamp(void) {
  int descriptor = new_file();
  ck_stamp before, after;
  CHECK(!ck_file_stamp(descriptor, &before) && before.size == SIZE && before.changed > 0);
  cut(descriptor, 5);
  CHECK(!ck_file_stamp(descriptor, &after) && after.size == 5);
  CHECK(after.changed >= before.changed && after.modified >= before.modified);
  close(descriptor);
  CHECK(ck_file_stamp(descriptor, &after));
}

/* More than four gigabytes, where there is room for them. */
static void check_large(void) {
  if (sizeof(void *) < 8) return;
  FILE *file = tmpfile();
  CHECK(file);
  int descriptor = fileno(file);
  size_t size = (size_t)5 << 30;
  ck_mapped_file mapped;
  ck_error error;
  if (!ftruncate(descriptor, (off_t)size) && !ck_mapped_file_open(&mapped, descriptor, size, &error)) {
    CHECK(at(mapped.bytes, size - 1) == 0 && !ck_mapped_file_failed(&mapped));
    cut(descriptor, 4096);
    CHECK(at(mapped.bytes, size - 5000) == 0 && ck_mapped_file_failed(&mapped));
    CHECK(at(mapped.bytes, (size_t)4 << 30) == 0 && at(mapped.bytes, 1 << 20) == 0);
    ck_mapped_file_close(&mapped);
  }
  fclose(file);
}

static void check_many(digest *digest) {
  int descriptor = new_file();
  ck_mapped_file *files = (ck_mapped_file *)calloc(MANY, sizeof *files);
  CHECK(files);
  unsigned many = MANY / stride();
  for (unsigned i = 0; i < many; i++) files[i] = opened(descriptor);
  for (unsigned i = 0; i < many; i += 3) ck_mapped_file_close(&files[i]);
  for (unsigned i = 0; i < many; i += 3) files[i] = opened(descriptor);
  cut(descriptor, 0);
  for (unsigned i = 0; i < many; i++) CHECK(at(files[i].bytes, i) == 0 && ck_mapped_file_failed(&files[i]));
  for (unsigned i = 0; i < many; i++) ck_mapped_file_close(&files[i]);
  free(files);
  close(descriptor);
  digest_number(digest, MANY);
}

/* ---------------------------------------------------------------- others */

static int other_descriptor;

static void read_unguarded(void) {
  void *bytes = mapped_by_others(other_descriptor);
  cut(other_descriptor, 0);
  at(bytes, 5000);
}

static void check_others(void) {
  int descriptor = new_file(), unguarded = new_file();
  ck_mapped_file file = opened(descriptor);
  void *same = mapped_by_others(descriptor);
  other_descriptor = unguarded;
  CHECK(status_of(read_unguarded)); /* not zeros */
#if defined(__linux__)
  cut(descriptor, 0);
  CHECK(at(same, SIZE - 5000) == 0 && ck_mapped_file_failed(&file));
  CHECK(at(same, 0) == 0 && at(file.bytes, 0) == 0);
#endif
  munmap(same, SIZE);
  ck_mapped_file_close(&file);
  close(descriptor);
  close(unguarded);
}

/* ---------------------------------------------------------------- threads and processes */

/* Mappings come and go while others fail: each reads what its own file holds. */
static ck_code open_and_cut(void *context, unsigned worker, ck_ticker *ticker, ck_error *error) {
  random_source random = {worker + 1};
  const ck_mapped_file *shared = (const ck_mapped_file *)context;
  int descriptor = new_file();
  for (unsigned round = 0; round < ROUNDS; round += stride()) {
    size_t size = random_below(&random, SIZE - (64 << 10)); /* no page is larger, which would be read without a fault */
    cut(descriptor, SIZE);
    ck_mapped_file file = opened(descriptor);
    cut(descriptor, (long)size);
    for (unsigned i = 0; i < 4; i++) CHECK(at(shared->bytes, random_below(&random, SIZE)) == 0);
    uint8_t last = at(file.bytes, SIZE - 1);
    CHECK(last == 0 && ck_mapped_file_failed(&file));
    ck_mapped_file_close(&file);
    if (ck_tick(ticker, 1000, error)) return error->code;
  }
  close(descriptor);
  return CK_OK;
}

static void check_threads(digest *digest) {
  ck_error error;
  ck_ticker ticker = ck_ticker_new(NULL);
  int descriptor = new_file();
  ck_mapped_file shared = opened(descriptor);
  cut(descriptor, 0);
  CHECK(!ck_parallel(WORKERS, open_and_cut, &shared, &ticker, &error));
  CHECK(ck_mapped_file_failed(&shared));
  ck_mapped_file_close(&shared);
  close(descriptor);
  digest_number(digest, ROUNDS);
}

/* A thread with a small stack of its own for signals. */
static void *read_on_small_stack(void *context) {
  const ck_mapped_file *file = (const ck_mapped_file *)context;
  size_t size = 16 << 10;
  stack_t stack = {.ss_sp = malloc(size), .ss_size = size};
  CHECK(stack.ss_sp && !sigaltstack(&stack, NULL));
  CHECK(at(file->bytes, SIZE - 1) == 0);
  stack.ss_flags = SS_DISABLE;
  CHECK(!sigaltstack(&stack, NULL));
  free(stack.ss_sp);
  return NULL;
}

static void check_small_stack(void) {
  int descriptor = new_file();
  ck_mapped_file file = opened(descriptor);
  cut(descriptor, 0);
  pthread_t thread;
  CHECK(!pthread_create(&thread, NULL, read_on_small_stack, &file) && !pthread_join(thread, NULL));
  CHECK(ck_mapped_file_failed(&file));
  ck_mapped_file_close(&file);
  close(descriptor);
}

static ck_mapped_file of_parent;

static void read_of_parent(void) {
  CHECK(at(of_parent.bytes, SIZE - 1) == 0 && ck_mapped_file_failed(&of_parent));
  int descriptor = new_file();
  ck_mapped_file own = opened(descriptor);
  cut(descriptor, 0);
  CHECK(at(own.bytes, 0) == 0 && ck_mapped_file_failed(&own));
}

static void check_fork(void) {
  int descriptor = new_file();
  of_parent = opened(descriptor);
  cut(descriptor, 0);
  CHECK(!status_of(read_of_parent));
  CHECK(!ck_mapped_file_failed(&of_parent)); /* it has not been read here */
  CHECK(at(of_parent.bytes, 0) == 0 && ck_mapped_file_failed(&of_parent));
  ck_mapped_file_close(&of_parent);
  close(descriptor);
}

/* ---------------------------------------------------------------- other handlers */

static sigjmp_buf back;
static void *volatile fault_address;
static volatile sig_atomic_t calls;
static struct sigaction before_other;

/* Takes a fault for itself. */
static void jump(int number, siginfo_t *information, void *context) {
  (void)number, (void)context;
  fault_address = information->si_addr;
  siglongjmp(back, 1);
}

/* Says something, and gives the signal to the handler before, as Python's faulthandler does. */
static void tell(int number) {
  if (++calls > 3) _exit(CALLED_TOO_OFTEN); /* an endless loop */
  sigaction(number, &before_other, NULL);
  raise(number);
}

/* Does nothing, as a faulthandler that was disabled. */
static void ignore(int number) {
  (void)number;
}

static void install(void (*handler)(int), void (*action)(int, siginfo_t *, void *)) {
  struct sigaction other = {.sa_flags = SA_NODEFER | SA_ONSTACK | (action ? SA_SIGINFO : 0)};
  if (action)
    other.sa_sigaction = action;
  else
    other.sa_handler = handler;
  CHECK(!sigaction(SIGBUS, &other, &before_other));
}

/* What is guarded is repaired, and what is not goes to a handler that takes it. */
static void read_with_other(void) {
  int descriptor = new_file(), unguarded = new_file();
  ck_mapped_file file = opened(descriptor);
  void *bytes = mapped_by_others(unguarded);
  CHECK(!ck_mapped_file_failed(&file));
  cut(descriptor, 0);
  cut(unguarded, 0);
  CHECK(at(file.bytes, 5000) == 0 && ck_mapped_file_failed(&file));
  for (int i = 0; i < 20; i++) {
    if (!sigsetjmp(back, 1)) {
      at(bytes, 70000);
      CHECK(false);
    }
    CHECK((uintptr_t)fault_address >> 12 == ((uintptr_t)bytes + 70000) >> 12); /* s390 tells the page only */
  }
  munmap(bytes, SIZE);
  ck_mapped_file_close(&file);
}

static void handler_before(void) {
  install(NULL, jump);
  read_with_other();
}

static void handler_later(void) {
  int descriptor = new_file();
  ck_mapped_file file = opened(descriptor);
  install(NULL, jump);
  read_with_other();
  ck_mapped_file_close(&file);
}

static void then_read_unguarded(void (*handler)(int), bool is_later) {
  int descriptor = new_file();
  if (!is_later) install(handler, NULL);
  ck_mapped_file file = opened(descriptor);
  if (is_later) install(handler, NULL);
  CHECK(!ck_mapped_file_failed(&file));
  cut(descriptor, 0);
  CHECK(at(file.bytes, 5000) == 0 && !calls);
  other_descriptor = new_file();
  read_unguarded();
}

static void teller_before(void) {
  then_read_unguarded(tell, false);
}

static void teller_later(void) {
  then_read_unguarded(tell, true);
}

static void ignorer_before(void) {
  then_read_unguarded(ignore, false);
}

static void ignorer_later(void) {
  then_read_unguarded(ignore, true);
}

static void sent_by_a_program(void) {
  int descriptor = new_file();
  ck_mapped_file file = opened(descriptor);
  (void)file;
  raise(SIGBUS);
}

static void check_handlers(void) {
#if defined(__SANITIZE_THREAD__) /* which delays signals that are sent */
  return;
#endif
  CHECK(!status_of(handler_before) && !status_of(handler_later));
  void (*const deadly[])(void) = {teller_before, teller_later, ignorer_before, ignorer_later, sent_by_a_program};
  for (unsigned i = 0; i < sizeof deadly / sizeof *deadly; i++) {
    int status = status_of(deadly[i]);
    CHECK(status && !(WIFEXITED(status) && WEXITSTATUS(status) == CALLED_TOO_OFTEN));
  }
}

int main(void) {
  digest digest = {0};
  check_handlers(); /* in processes where nothing was mapped before */
  check_errors();
  check_stamp();
  check_cut(&digest);
  check_large();
  check_many(&digest);
  check_others();
  check_threads(&digest);
  check_small_stack();
  check_fork();
  check_handlers();
  digest_print("mapped file", &digest);
  return 0;
}
