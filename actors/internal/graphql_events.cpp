// The half of `graphql_exchange` that answers with a stream of events: GraphQL over SSE, distinct
// connections.
#include "actors/internal/graphql_exchange.hpp"

namespace puff::internal {

void graphql_exchange::stream(graphql::prepared_request prepared) {
  if (prepared.operation() == graphql::operation_type::subscription)
    return subscribe(std::move(prepared));
  start_events();
  jobs_.front() = desk_.work->execute(std::move(prepared), behalf_,
                                      [me = weak_from_this()](const graphql_answer& given) {
                                        const auto self = me.lock();
                                        if (!self) return;
                                        self->write_event("next", given.body);
                                        self->end_events();
                                      });
}

void graphql_exchange::subscribe(graphql::prepared_request prepared) {
  graphql::subscription_calls calls;
  calls.paced = true;
  calls.next = [me = weak_from_this()](const graphql::response& r) {
    const auto self = me.lock();
    if (!self || self->over_) return;
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

void graphql_exchange::start_events() {
  streams_ = true;
  response_part part;
  part.id = id_;
  part.has_head = true;
  part.head.headers.add("Content-Type", "text/event-stream; charset=utf-8");
  part.head.headers.add("Cache-Control", "no-cache");
  part.head.headers.add("X-Accel-Buffering", "no");
  part.data = ":\n\n";
  unsent_ += part.data.size();
  desk_.out->add(listener_, std::move(part));
}

void graphql_exchange::write_event(std::string_view name, std::string_view data) {
  std::string text;
  text.reserve(name.size() + data.size() + 16);
  text.append("event: ").append(name).append("\ndata: ").append(data).append("\n\n");
  write(std::move(text));
}

void graphql_exchange::write(std::string text) {
  if (over_) return;
  unsent_ += text.size();
  response_part part;
  part.id = id_;
  part.data = std::move(text);
  desk_.out->add(listener_, std::move(part));
}

void graphql_exchange::end_events() {
  const auto keep = shared_from_this();
  write_event("complete", "");
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
  if (!held_ || !subscription_ || !has_room()) return;
  held_ = false;
  const auto keep = shared_from_this();
  const auto open = subscription_;
  open->go_on();
}

void graphql_exchange::keep_alive() {
  if (streams_ && unsent_ == 0) write(":\n\n");
}

}  // namespace puff::internal
