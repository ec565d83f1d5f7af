#include "core.h"

ck_code ck_fail(ck_error *error, ck_code code, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(error->message, sizeof error->message, format, arguments);
  va_end(arguments);
  error->code = code;
  return code;
}

ck_code ck_out_of_memory(ck_error *error, size_t bytes) {
  return ck_fail(error, CK_MEMORY, "out of memory: cannot allocate %zu bytes", bytes);
}

int64_t ck_milliseconds(void) {
#if defined(_WIN32)
  return (int64_t)GetTickCount64();
#else
  struct timespec now;
  timespec_get(&now, TIME_UTC);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
#endif
}

ck_ticker ck_ticker_new(int (*poll)(void)) {
  ck_ticker ticker = {CK_TICK, poll, poll ? ck_milliseconds() : 0, NULL, 0, false};
  return ticker;
}

ck_code ck_look_up(ck_ticker *ticker, ck_error *error) {
  ticker->left = CK_TICK;
  int64_t now = ticker->poll ? ck_milliseconds() : 0;
  if (ticker->poll && (now < ticker->polled || now - ticker->polled >= CK_POLL_MILLISECONDS)) { /* clocks are set back */
    ticker->raised = ticker->poll() != 0;
    ticker->polled = ck_milliseconds();
  }
  if (ticker->raised || ck_stopped(ticker)) return ck_fail(error, CK_INTERRUPTED, "interrupted");
  return CK_OK;
}

void *ck_allocate(size_t count, size_t size, ck_error *error) {
  if (size && count > PTRDIFF_MAX / size) {
    ck_out_of_memory(error, SIZE_MAX);
    return NULL;
  }
  void *memory = malloc(count && size ? count * size : 1);
  if (!memory) ck_out_of_memory(error, count * size);
  return memory;
}
