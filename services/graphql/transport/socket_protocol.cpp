#include "services/graphql/transport/socket_protocol.hpp"

#include "services/graphql/output/json_text.hpp"
#include "services/graphql/transport/internal/wire_json.hpp"

namespace puff::graphql {
namespace {

constexpr std::string_view transport_name = "graphql-transport-ws", legacy_name = "graphql-ws";

/// The list of errors of a response that has nothing else.
std::string_view errors_of(std::string_view body) {
  constexpr std::string_view before = "{\"errors\":";
  if (!body.starts_with(before) || body.size() <= before.size()) return "[]";
  return body.substr(before.size(), body.size() - before.size() - 1);
}

/// A message but for its payload and end.
std::string head_of(std::string_view type, std::string_view id, std::size_t payload) {
  std::string out;
  out.reserve(48 + id.size() + payload);
  out.append("{\"type\":\"").append(type).append("\"");
  if (!id.empty()) {
    out += ",\"id\":";
    append_quoted(out, id);
  }
  return out;
}

}  // namespace

struct socket_protocol::frame : internal::wire_frame {};

std::optional<socket_dialect> choose_dialect(const std::vector<std::string>& offered) {
  for (const auto& name : offered) {
    if (name == transport_name) return socket_dialect::transport_ws;
    if (name == legacy_name) return socket_dialect::legacy;
  }
  return std::nullopt;
}

std::string_view subprotocol_of(socket_dialect dialect) noexcept {
  return dialect == socket_dialect::legacy ? legacy_name : transport_name;
}

header_block connection_headers(const header_block& of_handshake, std::string_view payload) {
  auto out = of_handshake;
  if (out.contains("authorization")) return out;
  if (const auto given = internal::authorization_of(payload)) out.add("Authorization", *given);
  return out;
}

std::optional<socket_protocol::frame> socket_protocol::read(std::string_view text) {
  auto parsed = internal::read_frame(text);
  if (!parsed) return std::nullopt;
  return frame{std::move(*parsed)};
}

void socket_protocol::received(std::string_view text) {
  if (state_ == state::closed) return;
  auto f = read(text);
  if (!f) return close(4400, "Invalid message received");
  const bool is_legacy = dialect_ == socket_dialect::legacy;
  if (f->type == "connection_init") return init(*f);
  if (f->type == (is_legacy ? "start" : "subscribe")) return subscribe(*f);
  if (f->type == (is_legacy ? "stop" : "complete") && f->id) return stop(*f->id);
  if (is_legacy && f->type == "connection_terminate") return close(1000, "");
  if (!is_legacy && f->type == "ping") return send("pong", {}, f->payload);
  if (!is_legacy && f->type == "pong") return;
  close(4400, "Invalid message received");
}

void socket_protocol::init(frame& f) {
  if (state_ != state::open) return close(4429, "Too many initialisation requests");
  if (!f.payload.empty() && f.payload.front() != '{')
    return close(4400, "Invalid message received");
  state_ = state::authorizing;
  port_.authorize(std::move(f.payload));
}

void socket_protocol::allowed() {
  if (state_ != state::authorizing) return;
  state_ = state::acknowledged;
  send("connection_ack");
  if (dialect_ == socket_dialect::legacy) send("ka");
}

void socket_protocol::denied(std::string_view why) {
  refuse(4403, why.empty() ? "Forbidden" : why);
}

void socket_protocol::undecided() { refuse(4500, "The authorization failed."); }

void socket_protocol::refuse(std::uint16_t code, std::string_view why) {
  if (state_ == state::closed) return;
  if (dialect_ == socket_dialect::legacy) {
    std::string payload = "{\"message\":";
    append_quoted(payload, why);
    send("connection_error", {}, payload += '}');
  }
  close(code, why);
}

void socket_protocol::init_expired() {
  if (state_ == state::open) close(4408, "Connection initialisation timeout");
}

void socket_protocol::ping() {
  if (state_ == state::acknowledged) send(dialect_ == socket_dialect::legacy ? "ka" : "ping");
}

void socket_protocol::subscribe(frame& f) {
  if (state_ != state::acknowledged) return close(4401, "Unauthorized");
  if (!f.id || f.id->empty() || f.payload.empty() || f.payload.front() != '{')
    return close(4400, "Invalid message received");
  auto asked = read_operation(f.payload);
  if (std::holds_alternative<std::string>(asked)) return close(4400, "Invalid message received");
  auto id = std::move(*f.id);
  if (running_.contains(id)) {
    // The old protocol replaces what runs by the same name.
    if (dialect_ == socket_dialect::transport_ws)
      return close(4409, "Subscriber for " + id + " already exists");
    stop(id);
  }
  if (running_.size() >= max_operations_)
    return refuse_operation(id, "Too many operations on one WebSocket; the limit is " +
                                    std::to_string(max_operations_) + ".");
  running_.insert(id);
  port_.begin(std::move(id), std::move(std::get<wire_operation>(asked)));
}

void socket_protocol::refuse_operation(const std::string& id, std::string_view why) {
  const auto body = error_body(why);
  running_.insert(id);
  failed(id, body);
}

void socket_protocol::stop(const std::string& id) {
  if (running_.erase(id) == 0) return;
  port_.stop(id);
  if (dialect_ == socket_dialect::legacy) send("complete", id);
}

void socket_protocol::next(const std::string& id, std::string_view body) {
  if (running_.contains(id)) send(next_type(), id, body);
}

void socket_protocol::next(const std::string& id, const std::shared_ptr<const std::string>& body) {
  if (state_ == state::closed || !running_.contains(id)) return;
  auto head = head_of(next_type(), id, 0);
  head += ",\"payload\":";
  port_.send(std::move(head), body, "}");
}

std::string_view socket_protocol::next_type() const noexcept {
  return dialect_ == socket_dialect::legacy ? "data" : "next";
}

void socket_protocol::failed(const std::string& id, std::string_view body) {
  if (running_.erase(id) == 0) return;
  const auto errors = errors_of(body);
  if (dialect_ == socket_dialect::transport_ws) return send("error", id, errors);
  // One object, as clients of the old protocol read it; all errors are in a response.
  send("data", id, body);
  send("complete", id);
}

void socket_protocol::completed(const std::string& id) {
  if (running_.erase(id) != 0) send("complete", id);
}

void socket_protocol::close(std::uint16_t code, std::string_view reason) {
  if (state_ == state::closed) return;
  state_ = state::closed;
  running_.clear();
  port_.close(code, reason);
}

void socket_protocol::send(std::string_view type, std::string_view id, std::string_view payload) {
  if (state_ == state::closed) return;
  auto out = head_of(type, id, payload.size());
  if (!payload.empty()) out.append(",\"payload\":").append(payload);
  out += '}';
  port_.send(std::move(out));
}

}  // namespace puff::graphql
