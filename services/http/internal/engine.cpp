#include "services/http/internal/engine.hpp"

#include <unistd.h>

#include <boost/asio/post.hpp>
#include <cstring>

#include "services/http/internal/accept_loop.hpp"

namespace puff::http::internal {

engine::engine(boost::asio::io_context& io, deadline_wheel& wheel, server_options options,
               application_port& application)
    : io_(io),
      wheel_(wheel),
      sockets_(io),
      options_(std::move(options)),
      application_(&application),
      read_space_(std::make_unique_for_overwrite<char[]>(read_size)) {
  sockets_.start([this] { tick(); },
                 [this](readiness::edge seen) {
                   auto index = static_cast<std::uint32_t>(seen.tag);
                   if (auto s = holder_of(index, static_cast<std::uint32_t>(seen.tag >> 32)))
                     s->on_edge(seen);
                 });
}

engine::~engine() = default;

void engine::listen(acceptor where) {
  acceptors_.push_back(std::make_shared<accept_loop>(*this, std::move(where)));
  if (!draining()) acceptors_.back()->resume();
}

void engine::answer(response_parts parts) {
  tick();
  std::vector<session_ref> changed;
  changed.reserve(parts.size());
  for (auto& part : parts) {
    give_back(std::move(part.spent));
    if (part.id.slot >= slots_.size()) continue;
    const auto& holder = slots_[part.id.slot].holder;
    if (!holder || holder->turn() != part.id.turn) continue;
    if (changed.empty() || changed.back() != holder) changed.push_back(holder);
    holder->apply(part);
  }
  for (auto& s : changed) s->pump();
}

void engine::drain(std::function<void()> done) {
  tick();
  drained_ = std::move(done);
  // Who has connected already is served.
  for (auto& a : acceptors_) a->accept_waiting();
  draining_since_ = now_;
  for (auto& a : acceptors_) a->close();
  acceptors_.clear();
  for (auto& s : living()) s->begin_drain();
  check_drained();
}

void engine::close_all() {
  for (auto& s : living()) s->lose();
}

void engine::shut_down() {
  wheel_.cancel(retry_);
  for (auto& a : acceptors_) a->close();
  acceptors_.clear();
  for (auto& s : living()) s->lose();
  sockets_.stop();
  application_ = nullptr;
  drained_ = nullptr;
  batch_.clear();
  touched_.clear();
  unread_.clear();
}

std::vector<session_ref> engine::living() const {
  std::vector<session_ref> all;
  for (const auto& s : slots_)
    if (s.holder) all.push_back(s.holder);
  return all;
}

bool engine::has_room() const noexcept {
  return stats_.connections < options_.limits.max_connections;
}

void engine::adopt(int descriptor, std::shared_ptr<const peer_info> peer) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  auto index = free_.back();
  free_.pop_back();
  ++stats_.connections;
  ++stats_.accepted;
  auto& s = slots_[index];
  ++s.serial;
  s.holder = session_ref{
      new session{*this, exchange_id{index, s.turn}, byte_stream{descriptor}, std::move(peer)}};
  if (sockets_.add(descriptor, std::uint64_t{s.serial} << 32 | index)) return s.holder->open();
  log_error(std::string{"cannot watch a connection: "} + std::strerror(errno));
  s.holder->lose();
}

void engine::release(session& s) noexcept {
  auto& where = slots_[s.slot()];
  where.turn = s.turn() + 1;
  where.holder.reset();
  free_.push_back(s.slot());
  --stats_.connections;
  for (auto& a : acceptors_) a->resume();
  check_drained();
}

void engine::check_drained() {
  if (!draining() || stats_.connections > 0 || !drained_) return;
  boost::asio::post(io_, [done = std::exchange(drained_, nullptr)] { done(); });
}

void engine::resume_accepting_at(clock::time_point when) {
  wheel_.cancel(retry_);
  retry_ = wheel_.arm(when, [this] {
    for (auto& a : acceptors_) a->resume();
  });
}

deadline_wheel::ticket engine::arm(clock::time_point when, const session& whom) {
  // Every session cancels its ticket before the engine goes. Small enough for std::function.
  return wheel_.arm(when, [this, index = whom.slot(), serial = slots_[whom.slot()].serial] {
    on_deadline(index, serial);
  });
}

void engine::on_deadline(std::uint32_t index, std::uint32_t serial) {
  if (auto s = holder_of(index, serial)) s->on_deadline();
}

session_ref engine::holder_of(std::uint32_t index, std::uint32_t serial) const {
  const auto& s = slots_[index];
  return s.serial == serial ? s.holder : session_ref{};
}

void engine::emit(request_event event) {
  batch_.push_back(std::move(event));
  post_turn_end();
}

void engine::touch(session& s) {
  touched_.emplace_back(&s);
  post_turn_end();
}

void engine::read_again(session& s) {
  unread_.emplace_back(&s);
  post_turn_end();
}

void engine::post_turn_end() {
  if (turn_posted_) return;
  turn_posted_ = true;
  boost::asio::post(io_, [self = weak_from_this()] {
    if (auto alive = self.lock()) alive->end_turn();
  });
}

void engine::end_turn() {
  turn_posted_ = false;
  auto touched = std::exchange(touched_, {});
  for (auto& s : touched) s->pump();
  auto unread = std::exchange(unread_, {});
  for (auto& s : unread) s->read_on();
  if (batch_.empty() || !application_) return;
  auto batch = std::exchange(batch_, {});
  batch_.reserve(batch.size());
  application_->serve(std::move(batch));
}

std::unique_ptr<request> engine::take_request() {
  if (spares_.empty()) return std::make_unique<request>();
  auto spare = std::move(spares_.back());
  spares_.pop_back();
  return spare;
}

void engine::give_back(std::unique_ptr<request> used) {
  if (!used || spares_.size() >= max_spares || used->headers.bytes() > max_spare_bytes) return;
  used->method.clear();
  used->target.clear();
  used->headers.clear();
  used->content_length.reset();
  used->body = {};
  used->body_complete = true;
  used->peer.reset();
  used->websocket = false;
  spares_.push_back(std::move(used));
}

void engine::log_error(std::string_view text) const {
  if (options_.error_log) options_.error_log(text);
}

}  // namespace puff::http::internal
