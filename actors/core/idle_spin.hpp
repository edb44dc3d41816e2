#pragma once

#include <chrono>
#include <cstdint>

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
    if (skip_ > 0) {
      --skip_;
      return false;
    }
    if (longest_.count() <= 0) return false;
    const auto end = clock::now() + longest_;
    do {
      for (int i = 0; i < looks_per_time; ++i) {
        if (found()) {
          in_vain_ = 0;
          return true;
        }
        relax();
      }
    } while (clock::now() < end);
    if (in_vain_ < most_doublings) ++in_vain_;
    skip_ = (1u << in_vain_) - 2;
    return false;
  }

 private:
  static constexpr int looks_per_time = 16;
  static constexpr unsigned most_doublings = 9;

  static void relax() noexcept {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
  }

  std::chrono::nanoseconds longest_;
  unsigned in_vain_ = 0;  // times in a row
  unsigned skip_ = 0;     // sleeps to come without a look
};

}  // namespace puff
