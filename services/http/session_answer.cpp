#include <array>

#include "services/http/internal/engine.hpp"
#include "services/http/internal/native_exchange.hpp"
#include "services/http/internal/native_websocket.hpp"
#include "services/http/session.hpp"

namespace puff::http {
namespace {

constexpr std::uint64_t discard_bytes = 64 * 1024;

}  // namespace

void session::apply(response_part& part) {
  if (stage_ == stage::closed) return;
  if (part.consumed > 0) consumed(part.consumed);
  if (part.websocket != response_part::socket::none || stage_ == stage::websocket)
    return apply_websocket(part);
  if (stage_ != stage::running) return;
  if (part.failed) return answer_failed("the application gave up in the midst of its answer");
  if (part.has_head) {
    if (answer_.head_sent) return answer_failed("the application began its answer twice");
    start(part.head, part.last ? std::optional<std::uint64_t>{part.data.size()} : std::nullopt);
    if (stage_ != stage::running) return;
  } else if (!answer_.head_sent && (part.last || !part.data.empty())) {
    return answer_failed("the application sent a body before its head");
  }
  bool unwanted = part.last && answer_.plan.framing == body_framing::none;
  if (part.shared.bytes) part.data.append(*part.shared.bytes).append(part.shared.then);
  if (!part.data.empty() && !unwanted) add_body(std::move(part.data));
  if (part.last) finish();
}

void session::answer_self(response whole, after what) {
  set_stage(stage::running);
  if (what == after::close) asked_.keep_alive = false;
  start(whole.head, whole.body.size());
  if (stage_ != stage::running) return;
  if (!whole.body.empty()) add_body(std::move(whole.body));
  finish();
}

/// Before the head is out a failure is a 500, after it the connection is cut.
void session::answer_failed(std::string_view why) {
  host_->log_error(why);
  if (answer_.head_sent) {
    answer_.plan.keep_alive = false;
    return end_exchange();
  }
  answer_self(plain_answer(500), after::keep_open);
}

/// Whether so much of the request's body is still to come that the connection must end.
bool session::abandons_body() const noexcept {
  return !parser_->done() && (asked_.continue_owed || parser_->known_rest() > discard_bytes);
}

void session::start(const response_head& head, std::optional<std::uint64_t> whole) {
  answer_shape shape;
  shape.head_request = asked_.head_request;
  shape.minor_version = asked_.minor_version;
  shape.whole_body = whole;
  shape.keep_alive = asked_.keep_alive && !host_->draining() && !(whole && abandons_body());
  std::optional<response_head> shared;
  if (const auto* cors = host_->cors()) cors->add_to(shared.emplace(head).headers, asked_.origin);
  const auto& told = shared ? *shared : head;
  auto plan = out_.write([&](std::string& out) { return write_head(out, told, shape); });
  if (!plan) {
    host_->log_error(describe(plan.error()));
    return answer_self(plain_answer(500), after::keep_open);
  }
  answer_.plan = *plan;
  answer_.head_sent = true;
  answer_.status = head.status;
}

void session::add_body(std::string piece) {
  auto offered = piece.size();
  auto& plan = answer_.plan;
  if (plan.framing == body_framing::sized && offered > plan.length - answer_.bytes) {
    if (!std::exchange(answer_.overrun, true))
      host_->log_error("an answer is longer than its Content-Length: the rest is dropped");
    piece.resize(plan.length - answer_.bytes);
  }
  if (plan.framing == body_framing::none) piece.clear();
  answer_.bytes += piece.size();
  answer_.owed += piece.size();
  if (plan.framing == body_framing::chunked)
    out_.write([&](std::string& out) {
      write_chunk_size(out, piece.size());
      return 0;
    });
  auto dropped = offered - piece.size();
  if (!piece.empty()) out_.append_piece(std::move(piece));
  if (plan.framing == body_framing::chunked) out_.append("\r\n");
  if (dropped > 0) report_drained(dropped);
}

void session::finish() {
  const auto& plan = answer_.plan;
  if (plan.framing == body_framing::chunked) out_.append("0\r\n\r\n");
  if (plan.framing == body_framing::sized && answer_.bytes < plan.length) {
    host_->log_error("an answer is shorter than its Content-Length: the connection is cut");
    answer_.plan.keep_alive = false;
  }
  end_exchange();
}

void session::end_exchange() {
  log();
  if (asked_.counted) --host_->stats().in_flight;
  if (auto native = std::move(native_)) native->end();
  if (auto socket = std::move(native_socket_)) socket->end();
  ++id_.turn;
  bool refused = parser_->failure().status != 0;
  if (!answer_.plan.keep_alive || refused || abandons_body()) {
    linger_ = linger_ || refused || !parser_->done();
    set_stage(stage::closing);
  } else if (parser_->done()) {
    forget_request();
    set_stage(stage::idle);
  } else {
    set_stage(stage::discarding);
    read_at_ = host_->now();
  }
}

void session::log() {
  if (answer_.status >= 400) ++host_->stats().errors[answer_.status];
  if (!host_->logs_access()) return;
  access_record line;
  if (log_text_) {
    line.method = log_text_->method;
    line.target = log_text_->target;
    line.user_agent = log_text_->user_agent;
  }
  line.client = peer_.get();
  line.status = answer_.status;
  line.bytes = answer_.bytes;
  line.duration = std::chrono::duration_cast<std::chrono::microseconds>(
      internal::engine::clock::now() - asked_.since);
  host_->log_access(line);
}

/// False if the connection was lost.
bool session::write_out() {
  std::array<iovec, 16> pieces;
  while (!out_.empty() && !blocked_) {
    auto used = out_.gather(pieces);
    auto sent = stream_.write({pieces.data(), used});
    if (sent.what == internal::byte_stream::state::failed) return lose(), false;
    std::size_t offered = 0;
    for (std::size_t i = 0; i < used; ++i) offered += pieces[i].iov_len;
    written_at_ = host_->now();
    host_->stats().bytes_sent += sent.bytes;
    out_.consume(sent.bytes);
    if (sent.bytes < offered) {
      blocked_ = true;
    }
    auto drained = out_.empty() ? answer_.owed : std::min<std::uint64_t>(sent.bytes, answer_.owed);
    if ((stage_ == stage::running || stage_ == stage::websocket) && drained > 0) {
      answer_.owed -= drained;
      report_drained(drained);
    }
  }
  return true;
}

void session::on_writable() {
  blocked_ = false;
  if (stage_ != stage::closed) pump();
}

void session::report_drained(std::uint64_t bytes) {
  if (native_) return native_->drained();
  if (native_socket_) return native_socket_->drained(bytes);
  if (asked_.by == maker::application)
    host_->emit({request_event::kind::drained, 0, id_, asked_.mount, bytes, nullptr, {}});
}

bool session::takes_more() const noexcept { return out_.bytes() < host_->bounds().response_window; }

void session::finish_closing() {
  if (!linger_ && in_.empty()) return close();
  stream_.end_writing();
  set_stage(stage::lingering);
  watch();
  refresh_deadline();
}

}  // namespace puff::http
