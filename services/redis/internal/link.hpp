#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>

#include "services/redis/connection_options.hpp"
#include "services/redis/internal/handshake.hpp"
#include "services/redis/internal/locator.hpp"
#include "services/redis/internal/stream.hpp"
#include "services/redis/internal/stream_listener.hpp"
#include "services/timers/deadline_wheel.hpp"

namespace puff::redis::internal {

/// What a link tells its owner. None of these may destroy the link but `on_broken`.
class link_owner {
 public:
  /// The server has let us in; `on_state` follows.
  virtual void on_ready() = 0;
  virtual void on_reply(redis_value reply) = 0;
  /// As `stream_listener`; also after `on_ready` if a flush was asked for.
  virtual void on_ready_to_write() = 0;
  virtual void on_state(connection_state state, const error& why) = 0;
  /// The stream is about to go, and with it what it has not sent.
  virtual void on_breaking() = 0;
  /// It is gone; the next attempt is timed. The last touch.
  virtual void on_broken(const std::string& reason) = 0;

 protected:
  ~link_owner() = default;
};

/// The way to a server, which comes back by itself: finds it, connects, logs in, tries again with a
/// jittered back-off. What goes over it is its owner's. One thread.
class link final : private stream_listener {
 public:
  using clock = deadline_wheel::clock;

  link(boost::asio::io_context& io, deadline_wheel& wheel, connection_options options,
       link_owner& owner);
  ~link();
  link(const link&) = delete;
  link& operator=(const link&) = delete;

  /// Connects, the first time.
  void start();
  /// For good. False if it was closed before.
  bool close(error why);
  /// Gives this connection up and tries again later.
  void drop(error why);

  connection_state state() const noexcept { return state_; }
  bool ready() const noexcept { return state_ == connection_state::ready; }
  /// While `ready`, and in `on_breaking`.
  stream& out() noexcept { return *stream_; }
  std::uint64_t connects() const noexcept { return connects_; }
  const error& last_error() const noexcept { return last_error_; }
  const connection_options& options() const noexcept { return options_; }
  const std::string& name() const noexcept { return name_; }
  std::string say(const std::string& what) const { return name_ + ": " + what; }
  /// What to ask oneself when nobody answers.
  std::string advice() const;

 private:
  void on_open() override;
  void on_reply(redis_value reply) override;
  void on_ready_to_write() override { owner_.on_ready_to_write(); }
  void on_failed(error why) override;

  void connect();
  void open(const url& where);
  void attempt_timed_out();
  void shake_hands(const redis_value& reply);
  void retry_later();
  void set_state(connection_state next, const error& why = {});

  boost::asio::io_context& io_;
  deadline_wheel& wheel_;
  connection_options options_;
  link_owner& owner_;
  std::string name_;  // the URL for messages
  connection_state state_ = connection_state::idle;
  error last_error_;
  locator locator_;
  std::shared_ptr<stream> stream_;
  std::optional<handshake> handshake_;
  deadline_wheel::ticket attempt_;  // its time limit, or the time of the next one
  std::uint32_t failures_ = 0;      // in a row
  std::minstd_rand jitter_;
  std::uint64_t connects_ = 0;
};

}  // namespace puff::redis::internal
