#include "services/redis/internal/link.hpp"

#include <algorithm>

namespace puff::redis::internal {

namespace {

/// What a server says of a write that is a replica; Redis 6 says so in the midst of a script's
/// error.
bool is_of_replica(const redis_value& reply) {
  const auto* failed = std::get_if<redis_value::failure>(&reply.data);
  if (failed == nullptr) return false;
  return failed->text.starts_with("READONLY ") ||
         failed->text.find("-READONLY ") != std::string::npos;
}

}  // namespace

link::link(boost::asio::io_context& io, deadline_wheel& wheel, connection_options options,
           link_owner& owner)
    : io_(io),
      wheel_(wheel),
      options_(std::move(options)),
      owner_(owner),
      name_(options_.url.without_password()),
      locator_(io, wheel, options_.url),
      jitter_(std::random_device{}()) {}

link::~link() {
  wheel_.cancel(attempt_);
  if (stream_) stream_->detach();
}

void link::start() {
  if (state_ != connection_state::idle) return;
  connect();
}

bool link::close(error why) {
  if (state_ == connection_state::closed) return false;
  wheel_.cancel(attempt_);
  locator_.stop();
  if (stream_) stream_->detach();
  stream_.reset();
  last_error_ = std::move(why);
  set_state(connection_state::closed, last_error_);
  return true;
}

void link::connect() {
  set_state(connection_state::connecting);
  if (state_ != connection_state::connecting) return;  // closed by whoever watches
  handshake_.emplace(options_.url, options_.client_name);
  attempt_ = wheel_.arm(clock::now() + options_.connect_timeout, [this] { attempt_timed_out(); });
  locator_.find([this](expected<url> where) {
    if (!where) return drop(std::move(where.error()));
    open(*where);
  });
}

void link::open(const url& where) {
  stream_listener& listener = *this;
  stream_ = std::make_shared<stream>(io_, where, options_.max_reply_bytes, listener);
  stream_->open();
}

std::string link::advice() const {
  return options_.url.via == url::transport::tls ? "; does the server speak TLS on that port?" : "";
}

void link::attempt_timed_out() {
  drop(make_error(ec::unavailable, "no answer within " +
                                       std::to_string(options_.connect_timeout.count()) +
                                       " ms of connecting" + advice()));
}

void link::on_open() {
  stream_->output() = handshake_->wire();
  stream_->flush();
}

void link::on_reply(redis_value reply) {
  if (handshake_) return shake_hands(reply);
  if (!options_.url.sentinels.empty() && is_of_replica(reply))
    return drop(make_error(ec::unavailable, "the server is no master any more"));
  owner_.on_reply(std::move(reply));
}

void link::shake_hands(const redis_value& reply) {
  if (auto refused = handshake_->take(reply)) return drop(std::move(refused));
  if (!handshake_->finished()) return;
  handshake_.reset();
  wheel_.cancel(attempt_);
  failures_ = 0;
  ++connects_;
  last_error_ = {};
  owner_.on_ready();
  set_state(connection_state::ready);
}

void link::on_failed(error why) {
  if (code_of(why) == ec::bad_request)
    why = make_error(ec::bad_request, "the peer is not a Redis server: " + context_of(why));
  drop(std::move(why));
}

void link::drop(error why) {
  wheel_.cancel(attempt_);
  const auto reason = context_of(why);
  last_error_ = make_error(code_of(why), say(reason));
  owner_.on_breaking();
  locator_.stop();
  if (stream_) stream_->detach();
  stream_.reset();
  retry_later();
  set_state(connection_state::retrying, last_error_);
  owner_.on_broken(reason);
}

void link::retry_later() {
  auto delay = options_.first_backoff * (std::uint32_t{1} << std::min(failures_, 10U));
  delay = std::min(delay, options_.last_backoff);
  ++failures_;
  std::uniform_int_distribution<std::int64_t> part(delay.count() / 2, delay.count());
  attempt_ =
      wheel_.arm(clock::now() + std::chrono::milliseconds{part(jitter_)}, [this] { connect(); });
}

void link::set_state(connection_state next, const error& why) {
  state_ = next;
  owner_.on_state(next, why);
}

}  // namespace puff::redis::internal
