#include "actors/internal/answer_outbox.hpp"

namespace puff::internal {

std::uint32_t answer_outbox::number_of(const http_listener_actor& listener) {
  for (std::uint32_t i = 0; i < listeners_.size(); ++i)
    if (listeners_[i].who == listener) return i;
  listeners_.push_back({listener, {}});
  return static_cast<std::uint32_t>(listeners_.size() - 1);
}

void answer_outbox::add(std::uint32_t listener, response_part part) {
  if (send_ == nullptr) return;
  listeners_[listener].parts.push_back(std::move(part));
  if (std::exchange(leaving_, true)) return;
  home_.post([me = weak_from_this()] {
    if (auto self = me.lock()) self->flush();
  });
}

void answer_outbox::flush() {
  leaving_ = false;
  if (send_ == nullptr) return;
  for (auto& to : listeners_)
    if (!to.parts.empty()) send_(to.who, response_batch{std::exchange(to.parts, {})});
}

void answer_outbox::close() {
  flush();
  send_ = nullptr;
}

}  // namespace puff::internal
