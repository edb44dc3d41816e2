#pragma once

#include <atomic>
#include <caf/intrusive_ptr.hpp>
#include <caf/resumable.hpp>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace puff {

/// What other threads, and its own, have given a loop to do. A batch of mail costs its thread one
/// lock, and its senders one wake-up at most, and none while the thread is awake.
class inbox {
 public:
  using turn = caf::intrusive_ptr<caf::resumable>;

  /// Both say whether the thread sleeps and must be woken, which is then up to the caller. From any
  /// thread.
  [[nodiscard]] bool put(turn what) {
    return add([&] { turns_.push_back(std::move(what)); });
  }
  [[nodiscard]] bool put(std::function<void()> what) {
    return add([&] { posted_.push_back(std::move(what)); });
  }

  /// Whether there is mail; cheap enough to be asked often. From any thread.
  bool has_mail() const noexcept { return has_mail_.load(std::memory_order_acquire); }

  /// Announces that the thread sleeps now, unless there is mail; whether it may.
  bool fall_asleep() {
    std::scoped_lock lock{guards_};
    asleep_ = !has_mail();
    return asleep_;
  }
  /// The thread is up by itself: nobody needs to wake it.
  void awake() {
    std::scoped_lock lock{guards_};
    asleep_ = false;
  }

  /// Runs what was posted, then gives each turn to `run_turn`; whether there was any mail. For the
  /// loop's thread, and not from within.
  template <class RunTurn>
  bool drain(RunTurn run_turn) {
    if (!has_mail()) return false;
    {
      std::scoped_lock lock{guards_};
      std::swap(turns_, draining_turns_);
      std::swap(posted_, draining_posted_);
      has_mail_.store(false, std::memory_order_relaxed);
    }
    for (auto& work : draining_posted_) work();
    for (auto& what : draining_turns_) run_turn(std::move(what));
    draining_posted_.clear();
    draining_turns_.clear();
    return true;
  }

 private:
  template <class Push>
  bool add(Push push) {
    std::scoped_lock lock{guards_};
    push();
    has_mail_.store(true, std::memory_order_release);
    return std::exchange(asleep_, false);
  }

  std::mutex guards_;  // all but what is being drained
  std::vector<turn> turns_, draining_turns_;
  std::vector<std::function<void()>> posted_, draining_posted_;
  std::atomic<bool> has_mail_{false};
  bool asleep_ = false;
};

}  // namespace puff
