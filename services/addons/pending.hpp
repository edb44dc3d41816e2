#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace puff::addons {

/// What waits for an add-on's answer, by a handle: the slot, and in the upper half the slot's
/// epoch, so that a handle that was used names nothing. From any thread.
template <class T>
class pending {
 public:
  using clock = std::chrono::steady_clock;

  std::uint64_t add(T what, clock::time_point deadline) {
    std::scoped_lock lock{guards_slots_};
    if (free_.empty()) {
      free_.push_back(static_cast<std::uint32_t>(slots_.size()));
      slots_.emplace_back();
    }
    const auto number = free_.back();
    free_.pop_back();
    auto& s = slots_[number];
    s.what.emplace(std::move(what));
    s.deadline = deadline;
    return std::uint64_t{++s.epoch} << 32 | (number + 1u);
  }

  /// What it was; nothing if the handle was used or never given.
  std::optional<T> take(std::uint64_t handle) {
    std::scoped_lock lock{guards_slots_};
    const auto number = static_cast<std::uint32_t>(handle) - 1u;
    if (number >= slots_.size() || slots_[number].epoch != handle >> 32) return std::nullopt;
    return release(number);
  }

  /// All whose deadline has passed.
  std::vector<T> take_expired(clock::time_point now) {
    return take_if([now](const slot& s) { return s.deadline <= now; });
  }
  std::vector<T> take_all() {
    return take_if([](const slot&) { return true; });
  }

  bool empty() const {
    std::scoped_lock lock{guards_slots_};
    return free_.size() == slots_.size();
  }

 private:
  struct slot {
    std::optional<T> what;
    clock::time_point deadline;
    std::uint32_t epoch = 0;
  };

  std::optional<T> release(std::uint32_t number) {
    auto what = std::exchange(slots_[number].what, std::nullopt);
    if (what) free_.push_back(number);
    return what;
  }

  template <class Predicate>
  std::vector<T> take_if(Predicate wanted) {
    std::scoped_lock lock{guards_slots_};
    std::vector<T> taken;
    for (std::uint32_t i = 0; i < slots_.size(); ++i)
      if (slots_[i].what && wanted(slots_[i])) taken.push_back(std::move(*release(i)));
    return taken;
  }

  mutable std::mutex guards_slots_;
  std::vector<slot> slots_;
  std::vector<std::uint32_t> free_;
};

}  // namespace puff::addons
