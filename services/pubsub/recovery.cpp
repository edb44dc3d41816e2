#include "services/pubsub/recovery.hpp"

#include <utility>

namespace puff::pubsub {
namespace {

constexpr std::size_t max_waiting = 10'000;
constexpr std::size_t max_waiting_bytes = 16u << 20;

}  // namespace

bool recovery::admits(const std::string& channel, const pubsub_message_ptr& message) {
  if (channels_.empty() && message->position.empty()) return true;
  auto at = parse_position(message->position);
  auto found = channels_.find(channel);
  if (found == channels_.end()) {
    if (at) channels_[channel].last = std::move(*at);
    return true;
  }
  auto& s = found->second;
  if (s.attempt != 0) {
    wait(s, message);
    return false;
  }
  if (!at)
    s.all_kept = false;
  else if (is_within(*at, s.read))
    return false;
  else
    s.last = std::move(*at);
  return true;
}

void recovery::wait(state& s, const pubsub_message_ptr& message) {
  s.waiting.push_back(message);
  s.bytes += message->body.size();
  while (s.waiting.size() > max_waiting || (s.waiting.size() > 1 && s.bytes > max_waiting_bytes)) {
    s.bytes -= s.waiting.front()->body.size();
    s.waiting.pop_front();
    s.overflowed = true;
  }
}

void recovery::end_attempt(state& s) {
  s.attempt = 0;
  s.bytes = 0;
  s.overflowed = false;
  s.waiting.clear();
}

void recovery::remember(const std::string& channel, const position& last) {
  if (last.epoch.empty()) return;
  auto& known = channels_[channel].last;
  if (!is_within(last, known)) known = last;
}

void recovery::forget(const std::string& channel) { channels_.erase(channel); }

void recovery::interrupt() {
  for (auto& [channel, s] : channels_) end_attempt(s);
}

bool recovery::is_complete(const std::string& channel) const {
  auto found = channels_.find(channel);
  return found != channels_.end() && found->second.all_kept;
}

std::optional<recovery::question> recovery::begin(const std::string& channel) {
  auto found = channels_.find(channel);
  if (found == channels_.end() || found->second.last.epoch.empty()) return std::nullopt;
  end_attempt(found->second);
  found->second.attempt = ++last_attempt_;
  return question{found->second.last, last_attempt_};
}

std::optional<recovery::outcome> recovery::finish(const std::string& channel, std::uint64_t attempt,
                                                  const history_page* page) {
  auto found = channels_.find(channel);
  if (found == channels_.end() || found->second.attempt != attempt) return std::nullopt;
  auto& s = found->second;
  outcome result{page && page->whole && !s.overflowed, {}};
  auto waited = std::exchange(s.waiting, {});
  end_attempt(s);
  if (page) {
    result.messages = page->messages;
    s.last = s.read = page->newest;
  }
  for (const auto& each : waited)
    if (admits(channel, each)) result.messages.push_back(each);
  return result;
}

}  // namespace puff::pubsub
