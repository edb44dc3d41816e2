// A wall clock that is PUFF_CLOCK_SKEW seconds off, for a process that preloads this; its steady
// clock is left alone. (libfaketime asks for memory before it is ready, which the allocator of puff
// answers by asking for the time.)
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>

namespace {

time_t skew() {
  static const char* text = std::getenv("PUFF_CLOCK_SKEW");
  return text ? std::atol(text) : 0;
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* now) noexcept {
  const auto failed = syscall(SYS_clock_gettime, clock, now);
  if (failed == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
    now->tv_sec += skew();
  return static_cast<int>(failed);
}

int gettimeofday(timeval* __restrict now, void* __restrict) noexcept {
  timespec exact{};
  clock_gettime(CLOCK_REALTIME, &exact);
  now->tv_sec = exact.tv_sec;
  now->tv_usec = exact.tv_nsec / 1000;
  return 0;
}

time_t time(time_t* to) noexcept {
  timespec exact{};
  clock_gettime(CLOCK_REALTIME, &exact);
  if (to) *to = exact.tv_sec;
  return exact.tv_sec;
}
}
