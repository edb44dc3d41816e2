#pragma once

#include <chrono>
#include <cstdint>

#include "actors/core/vain_looks.hpp"

namespace puff {

/// A short look for more work before a thread sleeps: a wake-up costs both sides several
/// microseconds, and tens where a processor has gone to rest. It pays only where work comes within
/// that time, so a thread that looks in vain stops looking for a while, each time for longer.
class idle_spin {
 public:
  using clock = std::chrono::steady_clock;

  /// 0 switches it off.
  explicit idle_spin(std::chrono::nanoseconds longest) noexcept : longest_(longest) {}

  /// Whether `found()` became true in time; `found` is called over and over.
  template <class Found>
  bool operator()(Found found) {
    if (looks_.skip() || longest_.count() <= 0) return false;
    const auto end = clock::now() + longest_;
    do {
      for (int i = 0; i < looks_per_time; ++i) {
        if (found()) {
          looks_.found();
          return true;
        }
        relax();
      }
    } while (clock::now() < end);
    looks_.found_nothing();
    return false;
  }

 private:
  static constexpr int looks_per_time = 16;

  static void relax() noexcept {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
  }

  std::chrono::nanoseconds longest_;
  vain_looks looks_;
};

}  // namespace puff
