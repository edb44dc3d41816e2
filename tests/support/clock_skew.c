// Preloaded into a program under test: its wall clock is CLOCK_SKEW seconds ahead. Other clocks are not
// touched, and nothing here allocates, so that it may be loaded beside any allocator.
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long skew(void) {
  const char* given = getenv("CLOCK_SKEW");
  return given ? atol(given) : 0;
}

int clock_gettime(clockid_t which, struct timespec* now) {
  const int failed = (int)syscall(SYS_clock_gettime, which, now);
  if (!failed && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) now->tv_sec += skew();
  return failed;
}

int gettimeofday(struct timeval* restrict now, void* restrict zone) {
  const int failed = (int)syscall(SYS_gettimeofday, now, zone);
  if (!failed) now->tv_sec += skew();
  return failed;
}

time_t time(time_t* to) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (to) *to = now.tv_sec;
  return now.tv_sec;
}
