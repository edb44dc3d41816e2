#include "actors/internal/graphql_socket.hpp"

#include <utility>

#include "services/http/cors.hpp"
#include "services/http/websocket.hpp"

namespace puff::internal {
namespace {

/// So much may wait for the client before anything more is made or read for it.
constexpr std::uint64_t window = 64 * 1024;

}  // namespace

/// What runs under one id. Stopped when destroyed.
struct graphql_socket::operation {
  std::weak_ptr<graphql_socket> home;
  std::string id;
  std::unique_ptr<graphql_job> job;
  std::shared_ptr<graphql::subscription> stream;
};

graphql_socket::graphql_socket(graphql_desk& desk, std::uint32_t listener, exchange_id id,
                               std::unique_ptr<request> head)
    : desk_(desk), listener_(listener), id_(id), head_(std::move(head)) {}

graphql_socket::~graphql_socket() {
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

/// Reads and makes what the client has room for. What runs here may come back by `happened`.
void graphql_socket::pump() {
  if (std::exchange(pumping_, true)) return;
  const auto keep = shared_from_this();
  while (unsent_ <= window && !(waiting_.empty() && inbox_.empty())) {
    if (!inbox_.empty()) {
      const auto next = std::move(inbox_.front());
      inbox_.pop_front();
      response_part taken;
      taken.consumed = next.cost;
      write(std::move(taken));
      protocol_->received(next.text);
    }
    if (waiting_.empty()) continue;
    const auto next = waiting_.front().lock();
    waiting_.pop_front();
    if (!next) continue;
    if (const auto stream = next->stream) stream->go_on();
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
    return protocol_->allowed();
  }
  desk_.work->counts().denied.fetch_add(1, std::memory_order_relaxed);
  const auto refused = graphql_work::refusal(allowed.error());
  if (refused.how == graphql_outcome::failed) return protocol_->undecided();
  protocol_->denied(context_of(allowed.error()));
}

void graphql_socket::begin(std::string id, graphql::wire_operation asked) {
  auto prepared = desk_.work->prepare(std::move(asked));
  if (!prepared) return protocol_->failed(id, desk_.work->refusal(prepared.errors()).body);
  const auto made = std::make_shared<operation>();
  made->home = weak_from_this();
  made->id = id;
  operations_.insert_or_assign(std::move(id), made);
  if (prepared->operation() == graphql::operation_type::subscription)
    subscribe(made, std::move(*prepared));
  else
    execute(made, std::move(*prepared));
}

void graphql_socket::execute(const operation_ptr& what, graphql::prepared_request prepared) {
  auto job = desk_.work->execute(std::move(prepared), behalf_,
                                 [me = std::weak_ptr{what}](const graphql_answer& given) {
                                   const auto done = me.lock();
                                   const auto home = done ? done->home.lock() : nullptr;
                                   if (home) home->answered(done, given);
                                 });
  what->job = std::move(job);
}

void graphql_socket::answered(const operation_ptr& what, const graphql_answer& given) {
  operations_.erase(what->id);
  if (given.how == graphql_outcome::refused) return protocol_->failed(what->id, given.body);
  protocol_->next(what->id, given.body);
  protocol_->completed(what->id);
}

void graphql_socket::subscribe(const operation_ptr& what, graphql::prepared_request prepared) {
  graphql::subscription_calls calls;
  calls.paced = true;
  calls.next = [me = std::weak_ptr{what}](const graphql::response& r) {
    const auto op = me.lock();
    const auto home = op ? op->home.lock() : nullptr;
    if (home) home->happened(op, r.body);
  };
  calls.ended = [me = std::weak_ptr{what}](const std::optional<graphql::response>& why) {
    const auto op = me.lock();
    const auto home = op ? op->home.lock() : nullptr;
    if (home) home->over(op, why ? &*why : nullptr);
  };
  what->stream = desk_.work->subscribe(std::move(prepared), behalf_, std::move(calls));
  pump();
}

void graphql_socket::happened(const operation_ptr& what, std::string_view body) {
  protocol_->next(what->id, body);
  waiting_.push_back(what);
  if (what->stream) pump();
}

void graphql_socket::over(const operation_ptr& what, const graphql::response* why) {
  operations_.erase(what->id);
  if (why != nullptr) return protocol_->failed(what->id, why->body);
  protocol_->completed(what->id);
}

void graphql_socket::stop(const std::string& id) {
  const auto at = operations_.find(id);
  if (at == operations_.end()) return;
  const auto stopped = at->second;
  operations_.erase(at);
}

void graphql_socket::send(std::string text) {
  unsent_ += text.size();
  response_part part;
  part.websocket = response_part::socket::text;
  part.data = std::move(text);
  write(std::move(part));
}

void graphql_socket::close(std::uint16_t code, std::string_view reason) {
  closed_ = true;
  init_.cancel();
  inbox_.clear();
  waiting_.clear();
  const auto stopped = std::exchange(operations_, {});
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
