#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <vector>

namespace puff {

/// Deadlines that are nearly always cancelled: arming and cancelling cost a few nanoseconds,
/// whatever their number. A hashed timing wheel (Varghese and Lauck 1987, scheme 6) of 4,096
/// buckets of one millisecond; a deadline never fires early and at most one tick late.
///
/// Belongs to one thread. Time only moves by `advance`, so a test is its clock. A callback may arm
/// and cancel; it must not throw.
class deadline_wheel {
 public:
  using clock = std::chrono::steady_clock;
  using callback = std::function<void()>;

  /// Names an armed deadline; the default value names none. Stale tickets are harmless.
  struct ticket {
    std::uint32_t slot = none;
    std::uint32_t generation = 0;
    explicit operator bool() const noexcept { return slot != none; }
  };

  explicit deadline_wheel(clock::time_point start = clock::now());

  ticket arm(clock::time_point when, callback what);
  /// False if it has fired or was cancelled before.
  bool cancel(ticket t) noexcept;

  /// When `advance` should be called next, at the latest; nothing if nothing is armed.
  std::optional<clock::time_point> next() const noexcept;
  /// The same, told once: nothing unless `advance` must be called earlier than said before. Costs
  /// one comparison when nothing changed, so an owner may ask after every piece of its work.
  std::optional<clock::time_point> earlier_wake() noexcept;
  /// Runs what is due, in order of due ticks, and returns how many that were.
  std::size_t advance(clock::time_point now);

  std::size_t size() const noexcept { return armed_; }
  clock::time_point now() const noexcept { return time_of(tick_); }

 private:
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
  static constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();
  static constexpr std::uint64_t buckets = 4096;
  static constexpr auto resolution = std::chrono::milliseconds{1};

  struct entry {
    std::uint64_t tick = 0;
    std::uint32_t previous = none, next = none, generation = 0;
    bool armed = false;
    callback what;
  };

  std::uint64_t tick_of(clock::time_point when) const noexcept;
  clock::time_point time_of(std::uint64_t tick) const noexcept;
  void unlink(std::uint32_t slot) noexcept;
  std::size_t fire_bucket(std::uint64_t tick);

  clock::time_point start_;
  std::uint64_t tick_ = 0;  // all deadlines of this tick and before have fired
  std::size_t armed_ = 0;
  std::uint64_t earliest_ = never;  // of all armed since the last `advance`
  std::uint64_t told_ = never;      // what `earlier_wake` has said
  std::vector<entry> entries_;
  std::uint32_t free_ = none;  // singly linked by `next`
  std::array<std::uint32_t, buckets> heads_;
  std::array<std::uint64_t, buckets / 64> occupied_{};
};

}  // namespace puff
