#include "actors/internal/graphql_socket.hpp"

#include <utility>

#include "services/http/cors.hpp"
#include "services/http/websocket.hpp"

namespace puff::internal {
namespace {

/// So much may wait for the client before anything more is made or read for it.
constexpr std::uint64_t window = 64 * 1024;

}  // namespace

graphql_socket::graphql_socket(graphql_desk& desk, std::uint32_t listener, exchange_id id,
                               std::unique_ptr<request> head)
    : desk_(desk),
      listener_(listener),
      id_(id),
      head_(std::move(head)),
      operations_(
          std::make_shared<graphql_operations>(desk.work, static_cast<graphql_carrier&>(*this))) {}

graphql_socket::~graphql_socket() {
  operations_->close();
  if (protocol_) desk_.work->counts().sockets.fetch_sub(1, std::memory_order_relaxed);
}

void graphql_socket::open() {
  if (!http::may_open_websocket(head_->headers, desk_.work->options().cors.get()))
    return refuse(graphql::http_refusal(403, "WebSockets of pages of other sites need CORS.",
                                        graphql::response_media::json));
  accept();
}

void graphql_socket::refuse(response whole) {
  const auto keep = shared_from_this();
  desk_.forget(listener_, *this);
  response_part part;
  part.has_head = part.last = true;
  part.head = std::move(whole.head);
  part.data = std::move(whole.body);
  part.spent = std::move(head_);
  write(std::move(part));
}

void graphql_socket::accept() {
  const auto& rules = desk_.work->options().sockets;
  const auto dialect = graphql::choose_dialect(http::offered_subprotocols(*head_));
  graphql::socket_port& port = *this;
  protocol_ = std::make_unique<graphql::socket_protocol>(
      dialect.value_or(graphql::socket_dialect::transport_ws), rules.max_operations, port);
  desk_.work->counts().sockets.fetch_add(1, std::memory_order_relaxed);
  response_part part;
  part.websocket = response_part::socket::accept;
  if (dialect) part.data = graphql::subprotocol_of(*dialect);
  write(std::move(part));
  if (!dialect) return protocol_->unreadable(4406, "Subprotocol not acceptable");
  auto& home = desk_.work->home();
  init_ = timer{home, home.arm(home.now() + rules.init_timeout, [me = weak_from_this()] {
                  if (const auto self = me.lock()) self->protocol_->init_expired();
                })};
}

void graphql_socket::take(request_event& event) {
  using kind = request_event::kind;
  if (event.what == kind::message) return received(event);
  if (event.what != kind::drained) return;
  unsent_ -= std::min(event.credit, unsent_);
  pump();
}

void graphql_socket::received(request_event& event) {
  if (closed_) return;
  const auto limit = desk_.work->options().sockets.max_message_bytes;
  if (event.code != 1) return protocol_->unreadable(4400, "Invalid message received");
  if (event.data.size() > limit)
    return protocol_->unreadable(1009, "The limit of a message is " + std::to_string(limit));
  inbox_.push_back({std::move(event.data), event.credit});
  pump();
}

/// Takes one message; false if there is none.
bool graphql_socket::read_one() {
  if (inbox_.empty()) return false;
  const auto next = std::move(inbox_.front());
  inbox_.pop_front();
  response_part taken;
  taken.consumed = next.cost;
  write(std::move(taken));
  protocol_->received(next.text);
  return true;
}

/// Reads and makes what the client has room for. What runs here may come back by `waits`.
void graphql_socket::pump() {
  if (std::exchange(pumping_, true)) return;
  const auto keep = shared_from_this();
  for (bool moved = true; moved && unsent_ <= window;) {
    moved = read_one();
    moved |= operations_->go_on_one();
  }
  pumping_ = false;
}

void graphql_socket::authorize(std::string payload) {
  init_.cancel();
  const auto headers = graphql::connection_headers(head_->headers, payload);
  desk_.work->authorize(headers, graphql::bearer_token(headers),
                        [me = weak_from_this()](expected<graphql_work::context_ptr> allowed) {
                          if (const auto self = me.lock()) self->judged(std::move(allowed));
                        });
}

void graphql_socket::judged(expected<graphql_work::context_ptr> allowed) {
  if (allowed) {
    behalf_.context = std::move(*allowed);
    protocol_->allowed();
    expiry_ = {desk_.work->home(), behalf_.context.get(), [me = weak_from_this()] {
                 if (const auto self = me.lock()) self->protocol_->denied(expired_text);
               }};
    return;
  }
  desk_.work->counts().denied.fetch_add(1, std::memory_order_relaxed);
  const auto refused = graphql_work::refusal(allowed.error());
  if (refused.how == graphql_outcome::failed) return protocol_->undecided();
  protocol_->denied(context_of(allowed.error()));
}

void graphql_socket::begin(std::string id, graphql::wire_operation asked) {
  auto prepared = desk_.work->prepare(std::move(asked), protocol_->increments());
  if (!prepared) return protocol_->failed(id, desk_.work->refusal(prepared.errors()).body);
  operations_->begin(std::move(id), std::move(*prepared), behalf_);
}

void graphql_socket::next(const std::string& id, std::string_view body) {
  protocol_->next(id, body);
}

void graphql_socket::next_shared(const std::string& id, std::shared_ptr<const std::string> body) {
  protocol_->next(id, body);
}

void graphql_socket::failed(const std::string& id, std::string_view body) {
  protocol_->failed(id, body);
}

void graphql_socket::completed(const std::string& id) { protocol_->completed(id); }

void graphql_socket::stop(const std::string& id) { operations_->stop(id); }

void graphql_socket::send(std::string text) { send(std::move(text), nullptr, {}); }

void graphql_socket::send(std::string head, std::shared_ptr<const std::string> shared,
                          std::string_view tail) {
  response_part part;
  part.websocket = response_part::socket::text;
  part.data = std::move(head);
  part.shared = {std::move(shared), tail};
  unsent_ += part.data.size() + part.shared.size();
  write(std::move(part));
}

void graphql_socket::close(std::uint16_t code, std::string_view reason) {
  closed_ = true;
  init_.cancel();
  expiry_.cancel();
  inbox_.clear();
  operations_->close();
  response_part part;
  part.websocket = response_part::socket::close;
  part.code = code;
  part.data = reason;
  write(std::move(part));
}

void graphql_socket::end() {
  if (protocol_ && !closed_) protocol_->unreadable(1001, "the server stops");
}

void graphql_socket::keep_alive() {
  if (protocol_ && unsent_ == 0) protocol_->ping();
}

void graphql_socket::write(response_part part) {
  part.id = id_;
  desk_.out->add(listener_, std::move(part));
}

}  // namespace puff::internal
