// The half of `graphql_exchange` that answers with a stream of events: GraphQL over SSE, distinct
// connections.
#include "actors/internal/graphql_exchange.hpp"

namespace puff::internal {

void graphql_exchange::stream(graphql::prepared_request prepared) {
  if (prepared.operation() == graphql::operation_type::subscription)
    return subscribe(std::move(prepared));
  start_events();
  jobs_.front() = desk_.work->execute(std::move(prepared), behalf_,
                                      [me = weak_from_this()](const graphql_part& given) {
                                        const auto self = me.lock();
                                        if (!self || self->over_) return;
                                        self->write_event("next", given.body);
                                        if (!given.has_next) return self->end_events();
                                        self->held_ = true;
                                        self->drained(0);
                                      });
  if (!over_) drained(0);
}

void graphql_exchange::subscribe(graphql::prepared_request prepared) {
  graphql::subscription_calls calls;
  calls.paced = true;
  calls.next = [me = weak_from_this()](graphql::response r) {
    const auto self = me.lock();
    if (!self || self->over_) return;
    if (r.shared)
      self->write_event("next", {}, {std::move(r.shared), "\n\n"});
    else
      self->write_event("next", r.body);
    self->held_ = true;
    self->drained(0);
  };
  calls.ended = [me = weak_from_this()](const std::optional<graphql::response>& why) {
    const auto self = me.lock();
    if (!self || self->over_) return;
    if (why) self->write_event("next", why->body);
    self->end_events();
  };
  start_events();
  auto open = desk_.work->subscribe(std::move(prepared), behalf_, std::move(calls));
  if (over_) return;
  subscription_ = std::move(open);
  drained(0);
}

void graphql_exchange::start_events() { start_stream("text/event-stream; charset=utf-8", ":\n\n"); }

void graphql_exchange::start_stream(std::string_view type, std::string_view first) {
  streams_ = true;
  response_part part;
  part.id = id_;
  part.has_head = true;
  part.head.headers.add("Content-Type", type);
  part.head.headers.add("Cache-Control", "no-cache");
  part.head.headers.add("X-Accel-Buffering", "no");
  part.data = first;
  unsent_ += part.data.size();
  desk_.out->add(listener_, std::move(part));
}

void graphql_exchange::write_event(std::string_view name, std::string_view data) {
  std::string text;
  text.reserve(name.size() + data.size() + 16);
  text.append("event: ").append(name).append("\ndata: ").append(data).append("\n\n");
  write(std::move(text));
}

void graphql_exchange::write_event(std::string_view name, std::string_view data,
                                   shared_bytes rest) {
  std::string text;
  text.reserve(name.size() + data.size() + 16);
  text.append("event: ").append(name).append("\ndata: ").append(data);
  write(std::move(text), std::move(rest));
}

void graphql_exchange::write(std::string text, shared_bytes rest) {
  if (over_) return;
  response_part part;
  part.id = id_;
  part.data = std::move(text);
  part.shared = std::move(rest);
  unsent_ += part.data.size() + part.shared.size();
  desk_.out->add(listener_, std::move(part));
}

void graphql_exchange::end_events() {
  const auto keep = shared_from_this();
  write_event("complete", "");
  end_stream();
}

void graphql_exchange::end_stream() {
  const auto keep = shared_from_this();
  if (!leave()) return;
  response_part part;
  part.id = id_;
  part.last = true;
  part.spent = std::move(head_);
  desk_.out->add(listener_, std::move(part));
}

void graphql_exchange::drained(std::uint64_t bytes) {
  unsent_ -= std::min(bytes, unsent_);
  if (reservation_) return reservation_->pump();
  auto* job = jobs_.empty() ? nullptr : jobs_.front().get();
  if (!held_ || (!subscription_ && job == nullptr) || !has_room()) return;
  held_ = false;
  const auto keep = shared_from_this();
  const auto open = subscription_;
  if (open)
    open->go_on();
  else
    job->go_on();
}

void graphql_exchange::keep_alive() {
  if (streams_ && !in_parts_ && unsent_ == 0) write(":\n\n");
}

}  // namespace puff::internal
