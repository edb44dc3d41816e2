#include "services/http/internal/engine.hpp"
#include "services/http/internal/native_websocket.hpp"
#include "services/http/internal/websocket_handshake.hpp"
#include "services/http/internal/websocket_state.hpp"
#include "services/http/session.hpp"

namespace puff::http {

using internal::opcode;
using internal::websocket_protocol;

/// Reads what a request for a WebSocket offers, or refuses it.
void session::take_wish() {
  auto wish = std::make_shared<internal::websocket_wish>();
  auto refused = internal::read_websocket_wish(*request_, host_->bounds().websocket, *wish);
  if (refused.status == 0) {
    asked_.wish = std::move(wish);
    return;
  }
  auto answer = plain_answer(refused.status, refused.reason);
  if (refused.status == 426) {
    answer.head.headers.add("Upgrade", "websocket");
    answer.head.headers.add("Sec-WebSocket-Version", "13");
  }
  answer_self(std::move(answer), after::keep_open);
}

void session::apply_websocket(response_part& part) {
  const bool failed = part.failed;
  apply_socket_part(part);
  if (failed && stage_ == stage::websocket) send_close(1011, {});
}

void session::apply_socket_part(response_part& part) {
  using kind = response_part::socket;
  if (stage_ == stage::running) {
    if (part.websocket == kind::accept) return accept_websocket(part);
    if (part.websocket == kind::close) return answer_self(plain_answer(403), after::keep_open);
    return answer_failed("the application sent to a WebSocket before it accepted it");
  }
  if (stage_ != stage::websocket) return;
  if (part.websocket == kind::close) return send_close(part.code, part.data);
  if (part.websocket != kind::text && part.websocket != kind::binary) return;
  if (websocket_->close_sent_at) return;
  const auto size = part.data.size() + part.shared.size();
  answer_.owed += size;
  answer_.bytes += size;
  const auto as = part.websocket == kind::text ? opcode::text : opcode::binary;
  if (part.shared.bytes)
    websocket_->protocol.send(as, std::move(part.data), part.shared, out_);
  else
    websocket_->protocol.send(as, std::move(part.data), out_);
}

void session::accept_websocket(response_part& part) {
  if (!asked_.wish) return answer_failed("the application accepted what is no WebSocket");
  const auto& deflate = asked_.wish->deflate;
  socket_terms terms{asked_.wish->accept_key, part.data,
                     deflate ? std::string_view{deflate->answer} : std::string_view{}};
  auto wrong =
      out_.write([&](std::string& out) { return write_switch(out, part.head.headers, terms); });
  if (wrong) return answer_failed(describe(wrong));
  answer_.status = 101;
  answer_.head_sent = true;
  log();
  log_text_.reset();
  websocket_ = std::make_unique<internal::websocket_state>(
      host_->bounds().websocket, std::move(asked_.wish->deflate), host_->deflate());
  ++host_->stats().websockets;
  if (std::exchange(asked_.counted, false)) --host_->stats().in_flight;
  asked_.wish.reset();
  asked_.unconsumed = 0;
  forget_request();
  set_stage(stage::websocket);
  read_at_ = host_->now();
  if (!host_->draining()) return;
  tell_closed(1001, {});
  send_close(1001, "the server stops");
}

bool session::wants_frames() const noexcept {
  return websocket_->close_sent_at || asked_.unconsumed < host_->bounds().request_window;
}

std::string_view session::digest_frames(std::string_view in) {
  read_at_ = host_->now();
  websocket_->pinged_at.reset();
  while (!in.empty() && stage_ == stage::websocket && wants_input()) {
    auto step = websocket_->protocol.put(in);
    in.remove_prefix(step.consumed);
    on_frame_event(static_cast<std::uint8_t>(step.what));
  }
  return stage_ == stage::websocket ? in : std::string_view{};
}

void session::on_frame_event(std::uint8_t what) {
  using event = websocket_protocol::event;
  auto& protocol = websocket_->protocol;
  switch (static_cast<event>(what)) {
    case event::none:
    case event::pong: return;
    case event::message: return on_message();
    case event::ping:
      if (!websocket_->close_sent_at)
        websocket_protocol::send_control(opcode::pong, protocol.control(), out_);
      return;
    case event::close:
      tell_closed(protocol.close_code(), protocol.close_reason());
      send_close(protocol.close_code(), protocol.close_reason());
      return end_websocket();
    case event::failed:
      tell_closed(protocol.close_code(), protocol.close_reason());
      send_close(protocol.close_code(), protocol.close_reason());
      linger_ = true;
      return end_websocket();
  }
}

void session::on_message() {
  auto data = websocket_->protocol.take_message();
  if (websocket_->close_sent_at || websocket_->told) return;
  const bool text = websocket_->protocol.kind() == opcode::text;
  const auto cost = data.size() + internal::message_cost;
  asked_.unconsumed += cost;
  if (native_socket_) return native_socket_->deliver({text, std::move(data)}, cost);
  host_->emit({request_event::kind::message, static_cast<std::uint16_t>(text ? 1 : 2), id_,
               asked_.mount, cost, nullptr, std::move(data)});
}

void session::send_close(std::uint16_t code, std::string_view reason) {
  if (websocket_->close_sent_at) return;
  if (code != 1005 && !websocket_protocol::is_close_code(code)) code = 1011;
  websocket_protocol::send_close(code, reason, out_);
  websocket_->close_sent_at = host_->now();
}

void session::tell_closed(std::uint16_t code, std::string_view reason) {
  if (std::exchange(websocket_->told, true)) return;
  if (native_socket_) return native_socket_->closed(code, std::string{reason});
  host_->emit(
      {request_event::kind::closed, code, id_, asked_.mount, 0, nullptr, std::string{reason}});
}

/// Both sides have closed, or need not any more.
void session::end_websocket() {
  if (auto socket = std::move(native_socket_)) socket->end();
  set_stage(stage::closing);
}

std::optional<session::time_point> session::websocket_deadline() const noexcept {
  const auto& bounds = host_->bounds().websocket;
  if (websocket_->close_sent_at) return *websocket_->close_sent_at + bounds.close_timeout;
  // Who is not read cannot answer.
  if (bounds.ping_interval.count() == 0 || !wants_frames()) return std::nullopt;
  if (websocket_->pinged_at) return *websocket_->pinged_at + bounds.pong_timeout;
  return read_at_ + bounds.ping_interval;
}

void session::on_websocket_deadline() {
  if (websocket_->close_sent_at || websocket_->pinged_at) {
    tell_closed(1006, websocket_->pinged_at ? "the client does not answer" : "");
    return end_websocket();
  }
  websocket_protocol::send_control(opcode::ping, {}, out_);
  websocket_->pinged_at = std::max(host_->now(), host_->wheel_time());
}

}  // namespace puff::http
