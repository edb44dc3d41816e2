#include "services/http/session.hpp"

#include "services/http/internal/engine.hpp"
#include "services/http/internal/native_exchange.hpp"
#include "services/http/internal/native_websocket.hpp"
#include "services/http/internal/websocket_state.hpp"

namespace puff::http {
namespace {

/// Bytes of later requests that wait for the answer before them.
constexpr std::size_t pipeline_bytes = 64 * 1024;
/// What the log says of a request whose client left before its answer began.
constexpr std::uint16_t client_gone = 499;

}  // namespace

using internal::byte_stream;

void intrusive_ptr_add_ref(session* s) noexcept { ++s->references_; }
void intrusive_ptr_release(session* s) noexcept {
  if (--s->references_ == 0) delete s;
}

session::session(internal::engine& host, exchange_id first, byte_stream stream,
                 std::shared_ptr<const peer_info> peer)
    : host_(&host), id_(first), stream_(std::move(stream)), peer_(std::move(peer)) {}

session::~session() = default;

void session::open() {
  since_ = host_->now();
  watch();
  refresh_deadline();
}

void session::set_stage(stage next) noexcept {
  stage_ = next;
  since_ = host_->now();
}

void session::watch() {
  if (watching_) return;
  watching_ = true;
  if (readable_) host_->read_again(*this);
}

void session::on_edge(internal::readiness::edge seen) {
  ended_ = ended_ || seen.ended;
  readable_ = readable_ || seen.readable;
  if (seen.writable && blocked_) on_writable();
  read_on();
}

void session::read_on() {
  if (watching_ && readable_ && stage_ != stage::closed) on_readable();
}

void session::on_readable() {
  watching_ = false;
  auto space = host_->read_space();
  auto got = stream_.read(space);
  readable_ = got.bytes == space.size() || (ended_ && got.what != byte_stream::state::blocked);
  switch (got.what) {
    case byte_stream::state::blocked: return watch();
    case byte_stream::state::failed: return lose();
    case byte_stream::state::ended: return on_end_of_input();
    case byte_stream::state::done: break;
  }
  host_->stats().bytes_received += got.bytes;
  if (stage_ == stage::lingering || stage_ == stage::closing) return pump();
  feed({space.data(), got.bytes});
  pump();
}

void session::on_end_of_input() {
  if (stage_ != stage::closing) return lose();
  linger_ = false;  // what is under way is still written
}

void session::feed(std::string_view fresh) {
  starved_ = false;
  if (in_.empty()) {
    in_.assign(digest(fresh));
    return;
  }
  in_.append(fresh);
  auto left = digest(in_).size();
  in_.erase(0, in_.size() - left);
}

/// Parses requests until the input, or somebody's patience, is used up; returns what is left.
std::string_view session::digest(std::string_view in) {
  while (!in.empty() && wants_input()) {
    if (stage_ == stage::websocket) return digest_frames(in);
    if (!parser_) begin_request();
    auto step = parser_->put(in);
    in.remove_prefix(step.consumed);
    if (stage_ == stage::idle && parser_->started()) set_stage(stage::head);
    switch (step.what) {
      case request_parser::progress::failed:
        refuse(parser_->failure().status, parser_->failure().reason);
        break;
      case request_parser::progress::head: on_head(); break;
      case request_parser::progress::complete: on_body(); break;
      case request_parser::progress::need_more:
        starved_ = true;
        if (parser_->head_done()) on_body();
        break;
    }
  }
  if (stage_ == stage::collecting) check_collected();
  return in;
}

bool session::wants_input() const noexcept {
  if (starved_ || out_.bytes() >= host_->bounds().response_window) return false;
  switch (stage_) {
    case stage::idle:
    case stage::head:
    case stage::collecting:
    case stage::discarding: return true;
    case stage::running:
      return !parser_->done() && asked_.unconsumed < host_->bounds().request_window;
    case stage::websocket: return wants_frames();
    default: return false;
  }
}

bool session::watches() const noexcept {
  if (stage_ == stage::closing || stage_ == stage::closed) return false;
  if (stage_ == stage::running && parser_->done()) return in_.size() < pipeline_bytes;
  return stage_ == stage::lingering || starved_ || (in_.empty() && wants_input());
}

void session::pump() {
  session_ref keep{this};
  for (;;) {
    if (stage_ == stage::closed) return;
    if (!in_.empty() && wants_input()) in_.erase(0, in_.size() - digest(in_).size());
    if (stage_ == stage::closed || !write_out()) return;
    if (stage_ == stage::closing && out_.empty()) return finish_closing();
    if (in_.empty() || !wants_input()) break;
  }
  if (in_.empty() && in_.capacity() > sizeof in_) std::string{}.swap(in_);
  if (watches()) watch();
  refresh_deadline();
}

void session::begin_drain() {
  if (stage_ == stage::idle) refresh_deadline();
  if (stage_ != stage::websocket) return;
  tell_closed(1001, {});
  send_close(1001, "the server stops");
  pump();
}

void session::lose() {
  if (stage_ == stage::closed) return;
  if (stage_ == stage::head || stage_ == stage::collecting || stage_ == stage::running)
    ++host_->stats().aborted;
  session_ref keep{this};
  if (stage_ == stage::running) {
    if (!answer_.head_sent) answer_.status = client_gone;
    log();
    disown();
  }
  if (stage_ == stage::websocket) tell_closed(1006, {});
  close();
}

void session::close() noexcept {
  if (stage_ == stage::closed) return;
  session_ref keep{this};
  if (websocket_) --host_->stats().websockets;
  if (auto socket = std::move(native_socket_)) socket->end();
  websocket_.reset();
  stage_ = stage::closed;
  stream_.close();
  host_->cancel(ticket_);
  out_.clear();
  std::string{}.swap(in_);
  host_->release(*this);
}

std::optional<session::time_point> session::deadline() const noexcept {
  const auto& bounds = host_->bounds();
  if (blocked_) return written_at_ + bounds.write_idle_timeout;
  switch (stage_) {
    case stage::idle:
      if (auto drain = host_->draining_since())
        return std::max(since_, *drain) + bounds.farewell_timeout;
      return since_ +
             (asked_.since == time_point{} ? bounds.head_timeout : bounds.keep_alive_timeout);
    case stage::head: return since_ + bounds.head_timeout;
    case stage::collecting:
    case stage::discarding: return read_at_ + bounds.body_idle_timeout;
    case stage::running:
      if (parser_->done() || asked_.unconsumed >= bounds.request_window) return std::nullopt;
      return read_at_ + bounds.body_idle_timeout;
    case stage::websocket: return websocket_deadline();
    case stage::lingering: return since_ + bounds.linger_timeout;
    default: return std::nullopt;
  }
}

/// A ticket that is too early is left to fire and look again: most requests touch no ticket.
void session::refresh_deadline() {
  auto when = deadline();
  if (!when || (ticket_ && armed_for_ <= *when)) return;
  host_->cancel(ticket_);
  armed_for_ = *when;
  ticket_ = host_->arm(*when, *this);
}

void session::on_deadline() {
  ticket_ = {};
  auto when = deadline();
  if (!when || *when > host_->wheel_time()) return refresh_deadline();
  if (blocked_) return lose();
  switch (stage_) {
    case stage::head: refuse(408, "the request's head did not arrive in time"); break;
    case stage::collecting: refuse(408, "the request's body stopped arriving"); break;
    case stage::running:
      if (answer_.head_sent) return lose();
      refuse(408, "the request's body stopped arriving");
      break;
    case stage::websocket: on_websocket_deadline(); break;
    default: return close();
  }
  pump();
}

}  // namespace puff::http
