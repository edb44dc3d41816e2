#include "services/http/response_writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "services/http/internal/http_date.hpp"
#include "services/http/internal/request_rules.hpp"
#include "services/http/status.hpp"

namespace puff::http {
namespace {

enum class kind : std::uint8_t { passed, dropped, connection, length, date, server };

kind kind_of(std::string_view name) {
  auto is = [&](std::string_view other) { return equal_ignoring_case(name, other); };
  switch (name.size()) {
    case 2: return is("te") ? kind::dropped : kind::passed;
    case 4: return is("date") ? kind::date : kind::passed;
    case 6: return is("server") ? kind::server : kind::passed;
    case 7: return is("trailer") || is("upgrade") ? kind::dropped : kind::passed;
    case 10:
      if (is("connection")) return kind::connection;
      return is("keep-alive") ? kind::dropped : kind::passed;
    case 14: return is("content-length") ? kind::length : kind::passed;
    case 16: return is("proxy-connection") ? kind::dropped : kind::passed;
    case 17: return is("transfer-encoding") ? kind::dropped : kind::passed;
    default: return kind::passed;
  }
}

bool splits(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

bool asks_to_close(std::string_view value) {
  while (!value.empty()) {
    auto comma = std::min(value.find(','), value.size());
    auto token = value.substr(0, comma);
    auto first = std::min(token.find_first_not_of(" \t"), token.size());
    token = token.substr(first, token.find_last_not_of(" \t") + 1 - first);
    if (equal_ignoring_case(token, "close")) return true;
    value.remove_prefix(std::min(comma + 1, value.size()));
  }
  return false;
}

void append_number(std::string& out, std::uint64_t n, int base = 10) {
  std::array<char, 24> digits;
  auto end = std::to_chars(digits.data(), digits.data() + digits.size(), n, base).ptr;
  out.append(digits.data(), end);
}

/// Gathers what the fields of an application mean for the framing, and copies the others.
struct head_copy {
  std::string& out;
  std::optional<std::uint64_t> length;
  bool keeps_upgrade = false;
  bool close = false, dated = false, named = false;

  const char* copy(header_block::field f) {
    if (!internal::is_token(f.name)) return "a field name of the answer is malformed";
    if (splits(f.value)) return "a field value of the answer contains a line break or NUL";
    switch (kind_of(f.name)) {
      case kind::dropped:
        if (!keeps_upgrade || f.name.size() != 7) return nullptr;
        break;
      case kind::connection: close |= asks_to_close(f.value); return nullptr;
      case kind::length: return take_length(f.value);
      case kind::date: dated = true; break;
      case kind::server: named = true; break;
      case kind::passed: break;
    }
    out.append(f.name).append(": ").append(f.value).append("\r\n");
    return nullptr;
  }

  const char* take_length(std::string_view value) {
    std::uint64_t n = 0;
    auto [end, e] = std::from_chars(value.data(), value.data() + value.size(), n);
    if (e != std::errc{} || end != value.data() + value.size() || length)
      return "the answer's Content-Length is malformed or repeated";
    length = n;
    return nullptr;
  }
};

answer_plan plan_of(const response_head& head, const answer_shape& shape, const head_copy& fields) {
  answer_plan plan;
  plan.keep_alive = shape.keep_alive && !fields.close;
  if (shape.head_request || forbids_body(head.status)) return plan;
  if (fields.length || shape.whole_body) {
    plan.framing = body_framing::sized;
    plan.length = fields.length ? *fields.length : *shape.whole_body;
  } else if (shape.minor_version == 0) {
    plan.framing = body_framing::until_close;
    plan.keep_alive = false;
  } else {
    plan.framing = body_framing::chunked;
  }
  return plan;
}

void write_framing(std::string& out, const response_head& head, const answer_shape& shape,
                   const head_copy& fields, const answer_plan& plan) {
  auto length = fields.length ? fields.length : shape.whole_body;
  // An answer to HEAD may tell the length of what GET would send; so may a 304 that knows it.
  bool tells = !forbids_body(head.status) || (head.status == 304 && fields.length);
  if (length && tells) {
    out.append("Content-Length: ");
    append_number(out, *length);
    out.append("\r\n");
  } else if (plan.framing == body_framing::chunked) {
    out.append("Transfer-Encoding: chunked\r\n");
  }
  if (!plan.keep_alive)
    out.append("Connection: close\r\n");
  else if (shape.minor_version == 0)
    out.append("Connection: keep-alive\r\n");
  out.append("\r\n");
}

}  // namespace

expected<answer_plan> write_head(std::string& out, const response_head& head,
                                 const answer_shape& shape) {
  auto start = out.size();
  auto refuse = [&](const char* why) {
    out.resize(start);
    return make_error(ec::bad_argument, why);
  };
  if (head.status < 200 || head.status > 999) return refuse("the answer's status is not final");
  if (splits(head.reason)) return refuse("the answer's reason contains a line break or NUL");
  out.reserve(start + head.headers.bytes() + 4 * head.headers.size() + 200 +
              std::min<std::uint64_t>(shape.whole_body.value_or(0), 4096));
  out.append("HTTP/1.1 ");
  append_number(out, head.status);
  out.append(" ").append(head.reason.empty() ? phrase_of(head.status) : head.reason);
  out.append("\r\n");
  head_copy fields{out, std::nullopt, head.status == 426};
  for (std::size_t i = 0; i < head.headers.size(); ++i)
    if (auto why = fields.copy(head.headers[i])) return refuse(why);
  if (!fields.named) out.append("Server: puff\r\n");
  if (!fields.dated) out.append(internal::date_field());
  auto plan = plan_of(head, shape, fields);
  write_framing(out, head, shape, fields, plan);
  return plan;
}

error write_switch(std::string& out, const header_block& headers, const socket_terms& terms) {
  const auto start = out.size();
  out.append("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n");
  out.append("Sec-WebSocket-Accept: ").append(terms.accept_key).append("\r\n");
  auto add = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) out.append(name).append(": ").append(value).append("\r\n");
  };
  add("Sec-WebSocket-Protocol", terms.subprotocol);
  add("Sec-WebSocket-Extensions", terms.extensions);
  head_copy fields{out, std::nullopt};
  const char* why = splits(terms.subprotocol) ? "a subprotocol contains a line break" : nullptr;
  for (std::size_t i = 0; i < headers.size() && !why; ++i)
    if (!headers[i].name.starts_with("sec-websocket-")) why = fields.copy(headers[i]);
  if (why) {
    out.resize(start);
    return make_error(ec::bad_argument, why);
  }
  if (!fields.named) out.append("Server: puff\r\n");
  if (!fields.dated) out.append(internal::date_field());
  out.append("\r\n");
  return {};
}

void write_chunk_size(std::string& out, std::size_t bytes) {
  append_number(out, bytes, 16);
  out.append("\r\n");
}

response plain_answer(std::uint16_t status, std::string_view reason) {
  response r;
  r.head.status = status;
  r.head.headers.add("Content-Type", "text/plain; charset=utf-8");
  if (forbids_body(status)) return r;
  r.body = std::to_string(status);
  r.body.append(" ").append(phrase_of(status));
  if (!reason.empty()) r.body.append(": ").append(reason);
  r.body += '\n';
  return r;
}

}  // namespace puff::http
