#include "services/timers/deadline_wheel.hpp"

#include <algorithm>
#include <bit>

namespace puff {

deadline_wheel::deadline_wheel(clock::time_point start) : start_(start) { heads_.fill(none); }

std::uint64_t deadline_wheel::tick_of(clock::time_point when) const noexcept {
  if (when <= start_) return 0;
  auto ticks = std::chrono::ceil<std::chrono::milliseconds>(when - start_);
  return static_cast<std::uint64_t>(ticks.count());
}

deadline_wheel::clock::time_point deadline_wheel::time_of(std::uint64_t tick) const noexcept {
  return start_ + tick * resolution;
}

deadline_wheel::ticket deadline_wheel::arm(clock::time_point when, callback what) {
  if (free_ == none) {
    free_ = static_cast<std::uint32_t>(entries_.size());
    entries_.emplace_back();
  }
  auto slot = free_;
  auto& e = entries_[slot];
  free_ = e.next;
  e.tick = std::max(tick_of(when), tick_ + 1);
  e.what = std::move(what);
  e.armed = true;
  auto bucket = e.tick % buckets;
  e.previous = none;
  e.next = heads_[bucket];
  if (e.next != none) entries_[e.next].previous = slot;
  heads_[bucket] = slot;
  occupied_[bucket / 64] |= std::uint64_t{1} << (bucket % 64);
  earliest_ = std::min(earliest_, e.tick);
  ++armed_;
  return {slot, e.generation};
}

void deadline_wheel::unlink(std::uint32_t slot) noexcept {
  auto& e = entries_[slot];
  auto bucket = e.tick % buckets;
  if (e.previous != none)
    entries_[e.previous].next = e.next;
  else
    heads_[bucket] = e.next;
  if (e.next != none) entries_[e.next].previous = e.previous;
  if (heads_[bucket] == none) occupied_[bucket / 64] &= ~(std::uint64_t{1} << (bucket % 64));
  e.armed = false;
  ++e.generation;
  e.next = free_;
  free_ = slot;
  --armed_;
}

bool deadline_wheel::cancel(ticket t) noexcept {
  if (t.slot >= entries_.size()) return false;
  auto& e = entries_[t.slot];
  if (!e.armed || e.generation != t.generation) return false;
  unlink(t.slot);
  callback released = std::move(e.what);
  e.what = nullptr;
  return true;
}

std::optional<deadline_wheel::clock::time_point> deadline_wheel::next() const noexcept {
  if (armed_ == 0) return std::nullopt;
  for (std::uint64_t step = 1; step <= buckets;) {
    auto bucket = (tick_ + step) % buckets;
    auto word = occupied_[bucket / 64] >> (bucket % 64);
    if (word != 0) {
      step += static_cast<std::uint64_t>(std::countr_zero(word));
      return time_of(tick_ + std::min(step, buckets));
    }
    step += 64 - bucket % 64;
  }
  return time_of(tick_ + buckets);
}

std::optional<deadline_wheel::clock::time_point> deadline_wheel::earlier_wake() noexcept {
  if (earliest_ >= told_) return std::nullopt;
  told_ = earliest_;
  return time_of(told_);
}

std::size_t deadline_wheel::advance(clock::time_point now) {
  if (now < start_) return 0;
  auto elapsed = std::chrono::floor<std::chrono::milliseconds>(now - start_).count();
  auto target = static_cast<std::uint64_t>(elapsed);
  std::size_t fired = 0;
  while (tick_ < target) {
    auto due = armed_ ? tick_of(*next()) : target + 1;
    tick_ = std::min(due, target);
    if (due <= target) fired += fire_bucket(tick_);
  }
  told_ = never;
  auto upcoming = next();
  earliest_ = upcoming ? tick_of(*upcoming) : never;
  return fired;
}

std::size_t deadline_wheel::fire_bucket(std::uint64_t tick) {
  std::vector<ticket> order;
  for (auto i = heads_[tick % buckets]; i != none; i = entries_[i].next)
    if (entries_[i].tick <= tick) order.push_back({i, entries_[i].generation});
  std::reverse(order.begin(), order.end());  // a bucket lists its youngest first
  std::size_t fired = 0;
  for (auto t : order) {
    auto& e = entries_[t.slot];
    if (!e.armed || e.generation != t.generation) continue;
    callback what = std::move(e.what);
    e.what = nullptr;
    unlink(t.slot);
    what();
    ++fired;
  }
  return fired;
}

}  // namespace puff
