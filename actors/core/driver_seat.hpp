#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>

namespace puff {

/// Who runs a loop: the thread that owns it, or a guest, which is a thread that has nothing to do
/// but to wait for what the loop will bring. A guest that runs the loop itself saves a wake-up on
/// the way there and one on the way back.
///
/// The owner sits until a guest asks. A guest gets up whenever it has something to do and soon
/// comes back; the owner takes the seat again when it was empty for a while, or when it is
/// recalled. It looks for that only while a guest comes and goes: beside one that stays it sleeps.
class driver_seat {
 public:
  /// The owner takes a seat again that was empty for `patience`.
  explicit driver_seat(std::chrono::milliseconds patience = std::chrono::milliseconds{5})
      : patience_(patience) {}

  /// For the owner: whether a guest has asked.
  bool is_wanted() const noexcept { return wanted_.load(std::memory_order_relaxed); }
  /// For the owner: leaves the seat, and returns when it has it again.
  void give_way();

  /// For guests: whether the seat was empty and now is the caller's.
  bool take() noexcept;
  void leave();
  /// `when_free` is called once, from the owner's thread, when it leaves the seat; it must call
  /// nothing of this.
  void ask(std::function<void()> when_free);
  /// Takes that back: afterwards nothing is called.
  void withdraw();

  /// Whether nobody runs the loop. From any thread, as `recall`.
  bool is_empty() const noexcept { return sits_.load() == who::nobody; }
  /// Has the owner come back at once, unless a guest sits.
  void recall();

 private:
  enum class who : std::uint8_t { owner, guest, nobody };

  bool sit_down(who comes) noexcept;
  void wait_for_turn(std::unique_lock<std::mutex>& lock);

  const std::chrono::milliseconds patience_;
  std::atomic<who> sits_{who::owner};
  std::atomic<std::uint32_t> visits_{0};
  std::atomic<bool> wanted_{false};
  std::atomic<bool> watches_{true};  // the owner looks from time to time; else it must be told

  std::mutex guards_the_rest_;
  std::condition_variable changed_;
  std::function<void()> when_free_;
  bool recalled_ = false;
};

}  // namespace puff
