#include "services/redis/connection.hpp"

#include <algorithm>

#include "services/redis/internal/stream.hpp"

namespace puff::redis {
std::string_view to_string(connection_state state) noexcept {
  switch (state) {
    case connection_state::idle: return "idle";
    case connection_state::connecting: return "connecting";
    case connection_state::ready: return "ready";
    case connection_state::retrying: return "retrying";
    case connection_state::closed: return "closed";
  }
  return "unknown";
}

connection::connection(boost::asio::io_context& io, deadline_wheel& wheel,
                       connection_options options, state_callback on_state)
    : io_(io),
      wheel_(wheel),
      options_(std::move(options)),
      name_(options_.url.without_password()),
      on_state_(std::move(on_state)),
      jitter_(std::random_device{}()) {}

connection::~connection() { close(); }

void connection::start() {
  if (state_ != connection_state::idle) return;
  if (options_.url.via == url::transport::tls) {
    last_error_ = make_error(ec::unsupported,
                             say("TLS to Redis is not supported yet; use redis:// or a TLS proxy"));
    return set_state(connection_state::closed, last_error_);
  }
  connect();
}

void connection::close() {
  if (state_ == connection_state::closed) return;
  wheel_.cancel(attempt_);
  if (stream_) stream_->detach();
  stream_.reset();
  pending_ = 0;
  waiting_bytes_ = 0;
  entries unanswered;
  unanswered.splice(unanswered.end(), in_flight_);
  unanswered.splice(unanswered.end(), waiting_);
  last_error_ = make_error(ec::shutting_down, say("the connection was closed"));
  set_state(connection_state::closed, last_error_);
  fail_all(std::move(unanswered), ec::shutting_down, context_of(last_error_));
}

connection_stats connection::stats() const {
  return {state_, connects_, commands_, pending_, context_of(last_error_)};
}

void connection::connect() {
  set_state(connection_state::connecting);
  if (state_ != connection_state::connecting) return;  // closed by whoever watches
  handshake_.emplace(options_.url, options_.client_name);
  attempt_ = wheel_.arm(clock::now() + options_.connect_timeout, [this] { attempt_timed_out(); });
  internal::stream_listener& listener = *this;
  stream_ =
      std::make_shared<internal::stream>(io_, options_.url, options_.max_reply_bytes, listener);
  stream_->open();
}

void connection::attempt_timed_out() {
  drop(make_error(ec::unavailable, "no answer within " +
                                       std::to_string(options_.connect_timeout.count()) +
                                       " ms of connecting"));
}

void connection::on_open() {
  stream_->output() = handshake_->wire();
  stream_->flush();
}

void connection::shake_hands(const redis_value& reply) {
  if (auto refused = handshake_->take(reply)) return drop(std::move(refused));
  if (!handshake_->finished()) return;
  handshake_.reset();
  wheel_.cancel(attempt_);
  failures_ = 0;
  ++connects_;
  last_error_ = {};
  if (!waiting_.empty()) stream_->request_flush();
  set_state(connection_state::ready);
}

void connection::on_failed(error why) {
  if (code_of(why) == ec::bad_request)
    why = make_error(ec::bad_request, "the peer is not a Redis server: " + context_of(why));
  drop(std::move(why));
}

void connection::drop(error why) {
  wheel_.cancel(attempt_);
  auto reason = context_of(why);
  last_error_ = make_error(code_of(why), say(reason));
  take_back_unwritten();
  stream_->detach();
  stream_.reset();
  entries lost;
  lost.splice(lost.end(), in_flight_);
  for (const auto& e : lost) pending_ -= e.count;
  retry_later();
  set_state(connection_state::retrying, last_error_);
  fail_all(std::move(lost), ec::connection_lost,
           say("connection lost before the reply came, the command may have run: " + reason));
}

void connection::retry_later() {
  auto delay = options_.first_backoff * (std::uint32_t{1} << std::min(failures_, 10U));
  delay = std::min(delay, options_.last_backoff);
  ++failures_;
  std::uniform_int_distribution<std::int64_t> part(delay.count() / 2, delay.count());
  attempt_ =
      wheel_.arm(clock::now() + std::chrono::milliseconds{part(jitter_)}, [this] { connect(); });
}

void connection::set_state(connection_state next, const error& why) {
  state_ = next;
  if (on_state_) on_state_(next, why);
}

std::string connection::say(const std::string& what) const { return name_ + ": " + what; }

}  // namespace puff::redis
