#include "services/pubsub/inbox.hpp"

#include <algorithm>

namespace puff::pubsub {

inbox::room inbox::push(const pubsub_message_ptr& message) {
  wake_callback wake;
  auto outcome = room::enough;
  {
    std::scoped_lock lock{guards_};
    if (closed_) return room::closed;
    if (!watermarks_.empty() && is_repeated(*message)) return room::enough;
    bytes_ += message->body.size();
    while (count_ > 0 && (count_ >= options_.max_messages || bytes_ > options_.max_bytes)) {
      drop_oldest();
      outcome = room::overflowed;
    }
    if (count_ == ring_.size()) grow();
    auto at = first_ + count_;
    if (at >= ring_.size()) at -= ring_.size();
    ring_[at] = {message, std::exchange(tail_, {})};
    ++count_;
    wake.swap(wake_);
  }
  if (wake) wake();
  return outcome;
}

bool inbox::is_repeated(const pubsub_message& message) {
  auto of_channel = [&](const watermark& w) { return w.channel == message.channel; };
  const auto found = std::find_if(watermarks_.begin(), watermarks_.end(), of_channel);
  const auto at = found == watermarks_.end() ? std::nullopt : parse_position(message.position);
  if (!at) return false;
  if (is_within(*at, found->last)) return true;
  watermarks_.erase(found);
  return false;
}

void inbox::has_all_up_to(std::string channel, position last) {
  std::scoped_lock lock{guards_};
  std::erase_if(watermarks_, [&](const watermark& w) { return w.channel == channel; });
  watermarks_.push_back({std::move(channel), std::move(last)});
}

void inbox::drop_oldest() {
  auto& oldest = ring_[first_];
  auto gap = oldest.before;
  ++gap.lost;
  ++lost_;
  bytes_ -= oldest.message->body.size();
  oldest = {};
  if (++first_ == ring_.size()) first_ = 0;
  auto& next = --count_ > 0 ? ring_[first_].before : tail_;
  next.lost += gap.lost;
  next.interrupted |= gap.interrupted;
}

void inbox::grow() {
  std::vector<slot> larger(std::max<std::size_t>(8, ring_.size() * 2));
  for (std::size_t i = 0; i < count_; ++i)
    larger[i] = std::move(ring_[(first_ + i) % ring_.size()]);
  ring_.swap(larger);
  first_ = 0;
}

void inbox::missed(const pubsub_gap& what) {
  wake_callback wake;
  {
    std::scoped_lock lock{guards_};
    if (closed_) return;
    tail_.lost += what.lost;
    tail_.interrupted |= what.interrupted;
    if (has_item()) wake.swap(wake_);
  }
  if (wake) wake();
}

void inbox::close(error why) {
  wake_callback wake;
  {
    std::scoped_lock lock{guards_};
    if (std::exchange(closed_, true)) return;
    why_ = std::move(why);
    wake.swap(wake_);
  }
  if (wake) wake();
}

std::optional<pubsub_item> inbox::take() {
  std::scoped_lock lock{guards_};
  if (!has_item()) return std::nullopt;
  return pop();
}

std::size_t inbox::take_all(std::vector<pubsub_item>& into) {
  std::scoped_lock lock{guards_};
  const auto before = into.size();
  while (has_item()) into.push_back(pop());
  return into.size() - before;
}

pubsub_item inbox::pop() {
  if (count_ == 0) return {nullptr, std::exchange(tail_, {})};
  auto& next = ring_[first_];
  if (options_.tells_gaps && next.before) return {nullptr, std::exchange(next.before, {})};
  pubsub_item item{std::move(next.message), std::exchange(next.before, {})};
  bytes_ -= item.message->body.size();
  if (++first_ == ring_.size()) first_ = 0;
  // Who had a backlog once does not keep its room.
  if (--count_ == 0 && ring_.size() > 64) ring_ = {}, first_ = 0;
  return item;
}

bool inbox::wait(wake_callback wake) {
  std::scoped_lock lock{guards_};
  if (has_item() || closed_) return false;
  wake_ = std::move(wake);
  return true;
}

bool inbox::closed() const {
  std::scoped_lock lock{guards_};
  return closed_;
}

bool inbox::ended() const {
  std::scoped_lock lock{guards_};
  return closed_ && !has_item();
}

error inbox::reason() const {
  std::scoped_lock lock{guards_};
  return why_;
}

std::size_t inbox::size() const {
  std::scoped_lock lock{guards_};
  return count_;
}

std::uint64_t inbox::lost() const {
  std::scoped_lock lock{guards_};
  return lost_;
}

}  // namespace puff::pubsub
