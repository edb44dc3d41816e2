#include "bridge/exchange.hpp"

#include <utility>

namespace puff::bridge {

std::uint32_t outbox::number_of(const http_listener_actor& listener) {
  for (std::uint32_t i = 0; i < listeners_.size(); ++i)
    if (listeners_[i].listener == listener) return i;
  listeners_.push_back({listener, {}, 1});
  return static_cast<std::uint32_t>(listeners_.size() - 1);
}

response_part& outbox::part(std::uint32_t listener, exchange_id id, place& where) {
  auto& to = listeners_[listener];
  if (where.batch == to.batch) return to.parts[where.index];
  where = {to.batch, to.parts.size()};
  to.parts.emplace_back().id = id;
  if (!std::exchange(leaving_, true)) {
    thread_.at_end_of_turn([this] {
      leaving_ = false;
      for (std::uint32_t i = 0; i < listeners_.size(); ++i) flush(i);
    });
  }
  return to.parts.back();
}

void outbox::flush(std::uint32_t listener) {
  auto& to = listeners_[listener];
  if (to.parts.empty()) return;
  ++to.batch;
  auto parts = std::exchange(to.parts, {});
  to.parts.reserve(parts.size());
  if (thread_.self)
    thread_.self->send(to.listener, answer_atom::value, response_batch{std::move(parts)});
}

exchange* exchange_table::find(std::uint32_t listener, exchange_id id) const noexcept {
  if (listener >= slots_.size() || id.slot >= slots_[listener].size()) return nullptr;
  auto* found = slots_[listener][id.slot];
  return found && found->id() == id ? found : nullptr;
}

void exchange_table::enter(std::uint32_t listener, exchange& what) {
  if (listener >= slots_.size()) slots_.resize(listener + 1);
  auto& slots = slots_[listener];
  if (what.id().slot >= slots.size()) slots.resize(what.id().slot + 1);
  slots[what.id().slot] = &what;
  ++size_;
}

void exchange_table::leave(std::uint32_t listener, exchange& what) noexcept {
  auto& slot = slots_[listener][what.id().slot];
  if (slot == &what) slot = nullptr;
  --size_;
}

exchange::exchange(exchange_table& table, std::uint32_t listener, exchange_id id,
                   std::unique_ptr<request> head, std::uint64_t response_window)
    : table_(table),
      listener_(listener),
      id_(id),
      head_(std::move(head)),
      body_ended_(head_->body_complete),
      streamed_body_(!head_->body_complete),
      response_window_(response_window) {
  unread_ = std::exchange(head_->body, {});
  table_.enter(listener_, *this);
}

exchange::~exchange() {
  fail();  // nobody is left to answer
  if (table_.out.waits(listener_, place_)) part().spent = std::move(head_);
  table_.leave(listener_, *this);
}

std::string exchange::take_body() {
  auto piece = std::exchange(unread_, {});
  if (streamed_body_ && !finished_) part().consumed += piece.size();
  return piece;
}

void exchange::start(response_head head) {
  answer_head_ = std::move(head);
  started_ = true;
}

void exchange::write(std::string data) {
  if (aborted_ || finished_) return;
  auto& next = part();
  if (!std::exchange(head_sent_, true)) {
    next.has_head = true;
    next.head = std::move(answer_head_);
  }
  unsent_ += data.size();
  if (next.data.empty())
    next.data = std::move(data);
  else
    next.data += data;
}

void exchange::finish() {
  if (aborted_ || finished_) return;
  if (!head_sent_) write({});
  part().last = true;
  finished_ = true;
}

void exchange::fail() {
  if (aborted_ || finished_) return;
  if (!head_sent_) {
    response_head head;
    head.status = 500;
    head.headers.add("content-type", "text/plain; charset=utf-8");
    start(std::move(head));
    write("Internal Server Error");
    return finish();
  }
  auto& last = part();
  last.last = true;
  last.failed = true;
  finished_ = true;
}

void exchange::take(request_event& event) {
  switch (event.what) {
    case request_event::kind::begin: return;
    case request_event::kind::body:
      if (unread_.empty())
        unread_ = std::move(event.data);
      else
        unread_ += event.data;
      return on_readable();
    case request_event::kind::end: body_ended_ = true; return on_readable();
    case request_event::kind::drained: {
      const bool was_congested = congested();
      unsent_ -= std::min(unsent_, event.credit);
      if (was_congested && !congested()) on_writable();
      return;
    }
    case request_event::kind::message: on_socket(event); return on_readable();
    case request_event::kind::closed:
      on_socket(event);
      aborted_ = true;
      on_readable();
      return on_writable();
    case request_event::kind::aborted:
      aborted_ = true;
      on_readable();
      return on_writable();
  }
}

}  // namespace puff::bridge
