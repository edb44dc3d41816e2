#include "schemas/exception_text.hpp"
#include "services/http/internal/engine.hpp"
#include "services/http/internal/native_exchange.hpp"
#include "services/http/internal/native_websocket.hpp"
#include "services/http/internal/websocket_handshake.hpp"
#include "services/http/session.hpp"

namespace puff::http {
namespace {

/// Bodies up to this size are given to an application whole, with their head.
constexpr std::uint64_t whole_body_bytes = 64 * 1024;
/// Unread rests of bodies up to this size are read and dropped to keep the connection.
constexpr std::uint64_t discard_bytes = 64 * 1024;

response with_allow(response r, std::string_view allow) {
  r.head.headers.add("Allow", allow);
  return r;
}

}  // namespace

void session::begin_request() {
  if (!request_) request_ = host_->take_request();
  parser_.emplace(host_->bounds(), *request_);
}

void session::on_head() {
  ++host_->stats().requests;
  read_at_ = host_->now();
  auto keep_alive = parser_->keep_alive() && !host_->draining();
  asked_ = {};
  asked_.since = host_->now();
  asked_.keep_alive = keep_alive;
  asked_.head_request = request_->method == "HEAD";
  asked_.minor_version = request_->minor_version;
  asked_.continue_owed = parser_->expects_continue() && !parser_->done();
  answer_ = {};
  if (host_->logs_access())
    log_text_ = std::make_unique<log_text>(log_text{
        request_->method, request_->target, std::string{request_->headers.get("user-agent")}});
  set_stage(stage::collecting);
  if (const auto* cors = host_->cors()) {
    asked_.origin = request_->headers.get("origin");
    if (is_preflight(*request_)) return answer_self(cors->preflight(*request_), after::keep_open);
  }
  route();
  if (stage_ == stage::collecting && parser_->done()) dispatch();
}

void session::route() {
  if (!host_->routes()) {
    asked_.by = maker::application;
    asked_.whole = request_->content_length.value_or(whole_body_bytes + 1) <= whole_body_bytes;
    return;
  }
  const bool socket = parser_->offers_upgrade() && internal::asks_for_websocket(*request_);
  auto found = socket ? host_->routes()->match_websocket(request_->path())
                      : host_->routes()->match(request_->method, request_->path());
  if (auto* to = std::get_if<router::mounted>(&found)) {
    asked_.by = maker::application;
    asked_.mount = to->number;
    asked_.whole = request_->content_length.value_or(whole_body_bytes + 1) <= whole_body_bytes;
    if (socket && to->websockets != router::sockets::refused) take_wish();
  } else if (auto* native = std::get_if<router::native>(&found)) {
    asked_.params = std::move(native->params);
    asked_.plain = std::get_if<plain_handler>(native->what);
    asked_.coroutine = std::get_if<coroutine_handler>(native->what);
    asked_.socket = std::get_if<websocket_handler>(native->what);
    asked_.by = asked_.plain ? maker::plain : maker::coroutine;
    asked_.whole = asked_.plain != nullptr;
    if (asked_.socket) return take_wish();
    if (asked_.whole && request_->content_length > host_->bounds().max_plain_body_bytes)
      refuse(413, "request body too large for this route");
  } else if (auto* options = std::get_if<router::options>(&found)) {
    answer_self(with_allow(plain_answer(204), options->allow), after::keep_open);
  } else if (auto* wrong = std::get_if<router::not_allowed>(&found)) {
    answer_self(with_allow(plain_answer(405), wrong->allow), after::keep_open);
  } else if (std::holds_alternative<router::needs_upgrade>(found)) {
    auto answer = plain_answer(426, "this is a WebSocket");
    answer.head.headers.add("Upgrade", "websocket");
    answer_self(std::move(answer), after::keep_open);
  } else {
    answer_self(plain_answer(404), after::keep_open);
  }
}

/// Bytes of the body came, or its end.
void session::on_body() {
  if (parser_->gathered() > 0) read_at_ = host_->now();
  switch (stage_) {
    case stage::collecting:
      if (parser_->done()) dispatch();
      break;
    case stage::running: deliver(parser_->take_body()); break;
    case stage::discarding:
      asked_.discarded += parser_->take_body().size();
      if (parser_->done()) {
        forget_request();
        set_stage(stage::idle);
      } else if (asked_.discarded > discard_bytes) {
        linger_ = true;
        set_stage(stage::closing);
      }
      break;
    default: break;
  }
}

/// All input is used up and the request is not complete.
void session::check_collected() {
  if (parser_->done()) return;
  if (!asked_.whole) return dispatch();
  if (parser_->gathered() > host_->bounds().max_plain_body_bytes && asked_.by == maker::plain)
    return refuse(413, "request body too large for this route");
  send_continue();
}

void session::send_continue() {
  if (!asked_.continue_owed || parser_->body_started() || answer_.head_sent) return;
  asked_.continue_owed = false;
  out_.append("HTTP/1.1 100 Continue\r\n\r\n");
}

void session::dispatch() {
  request_->body = parser_->take_body();
  request_->body_complete = parser_->done();
  request_->peer = peer_;
  set_stage(stage::running);
  if (asked_.by == maker::plain) return run_plain();
  if (host_->stats().in_flight >= host_->bounds().max_in_flight) {
    auto busy = plain_answer(503, "too many requests in flight");
    busy.head.headers.add("Retry-After", "1");
    return answer_self(std::move(busy), after::keep_open);
  }
  hand_over();
}

void session::run_plain() {
  response whole;
  try {
    whole = (*asked_.plain)(*request_, asked_.params);
  } catch (...) {
    host_->log_error(request_->method + " " + request_->target +
                     ": handler failed: " + exception_text(std::current_exception()));
    whole = plain_answer(500);
  }
  answer_self(std::move(whole), after::keep_open);
}

void session::hand_over() {
  ++host_->stats().in_flight;
  asked_.counted = true;
  if (!request_->body_complete) asked_.unconsumed = request_->body.size();
  request_->websocket = asked_.wish != nullptr;
  if (asked_.socket) {
    native_socket_ = std::make_shared<internal::native_websocket>(
        session_ref{this}, host_->routes(), std::move(request_), std::move(asked_.params));
    native_socket_->run(*asked_.socket);
    return;
  }
  if (asked_.by == maker::coroutine) {
    native_ = std::make_shared<internal::native_exchange>(
        session_ref{this}, host_->routes(), std::move(request_), std::move(asked_.params));
    native_->run(*asked_.coroutine);
    return;
  }
  send_continue();
  request_event begin;
  begin.id = id_;
  begin.mount = asked_.mount;
  begin.head = std::move(request_);
  host_->emit(std::move(begin));
}

void session::deliver(std::string piece) {
  asked_.unconsumed += piece.size();
  if (asked_.socket) return;
  if (asked_.by == maker::coroutine) return native_->deliver(std::move(piece), parser_->done());
  using kind = request_event::kind;
  if (asked_.by != maker::application) return;
  if (!piece.empty()) {
    request_event more{kind::body, 0, id_, asked_.mount, 0, nullptr, std::move(piece)};
    host_->emit(std::move(more));
  }
  if (parser_->done()) host_->emit({kind::end, 0, id_, asked_.mount, 0, nullptr, {}});
}

void session::consumed(std::uint64_t bytes) {
  if (asked_.unconsumed >= host_->bounds().request_window) read_at_ = host_->now();
  asked_.unconsumed -= std::min(bytes, asked_.unconsumed);
}

void session::want_body() {
  if (stage_ != stage::running || !asked_.continue_owed) return;
  send_continue();
  host_->touch(*this);
}

/// Tells whoever works on the request that the client is lost to it.
void session::disown() {
  if (auto native = std::move(native_)) native->abort();
  if (auto socket = std::move(native_socket_)) socket->closed(1006, {});
  if (asked_.by == maker::application && asked_.counted)
    host_->emit({request_event::kind::aborted, 0, id_, asked_.mount, 0, nullptr, {}});
  if (asked_.counted) --host_->stats().in_flight;
  asked_.counted = false;
  asked_.by = maker::engine;
}

/// Answers instead of anyone else, and closes: the connection's framing, or its patience, is lost.
void session::refuse(std::uint16_t status, std::string_view reason) {
  linger_ = true;
  if (stage_ == stage::running) {
    ++host_->stats().aborted;
    disown();
    if (answer_.head_sent) return set_stage(stage::closing);
  } else if (stage_ == stage::discarding) {
    return set_stage(stage::closing);
  } else if (stage_ != stage::collecting) {
    asked_ = {};
    answer_ = {};
    asked_.since = host_->now();
    asked_.head_request = request_ && request_->method == "HEAD";
    if (host_->logs_access())
      log_text_ = std::make_unique<log_text>(log_text{request_->method, request_->target, {}});
  }
  answer_self(plain_answer(status, reason), after::close);
}

void session::forget_request() {
  parser_.reset();
  host_->give_back(std::move(request_));
}

}  // namespace puff::http
