#include "actors/core/driver_seat.hpp"

#include <utility>

namespace puff {

bool driver_seat::sit_down(who comes) noexcept {
  auto empty = who::nobody;
  return sits_.compare_exchange_strong(empty, comes);
}

bool driver_seat::take() noexcept {
  if (!sit_down(who::guest)) return false;
  ++visits_;
  return true;
}

void driver_seat::leave() {
  sits_.store(who::nobody);
  if (watches_.load()) return;
  {
    std::scoped_lock lock{guards_the_rest_};
    watches_ = true;
  }
  changed_.notify_one();
}

void driver_seat::ask(std::function<void()> when_free) {
  std::scoped_lock lock{guards_the_rest_};
  when_free_ = std::move(when_free);
  wanted_ = true;
}

void driver_seat::withdraw() {
  std::scoped_lock lock{guards_the_rest_};
  when_free_ = nullptr;
  wanted_ = false;
}

void driver_seat::recall() {
  {
    std::scoped_lock lock{guards_the_rest_};
    recalled_ = true;
  }
  changed_.notify_one();
}

void driver_seat::give_way() {
  std::unique_lock lock{guards_the_rest_};
  wanted_ = recalled_ = false;
  sits_.store(who::nobody);
  // Under the lock, so that who withdraws is not told any more.
  if (auto tell = std::exchange(when_free_, nullptr)) tell();
  wait_for_turn(lock);
}

void driver_seat::wait_for_turn(std::unique_lock<std::mutex>& lock) {
  for (auto seen = visits_.load();; seen = visits_.load()) {
    if (watches_)
      changed_.wait_for(lock, patience_, [this] { return recalled_; });
    else
      changed_.wait(lock, [this] { return watches_ || recalled_; });
    const bool unattended = visits_.load() == seen;
    if ((std::exchange(recalled_, false) || unattended) && sit_down(who::owner)) return;
    // Who has been sitting all the time will tell when it gets up, unless it just did.
    watches_ = !unattended;
    if (sits_.load() != who::guest) watches_ = true;
  }
}

}  // namespace puff
