#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/error.hpp"
#include "schemas/redis_value.hpp"
#include "services/redis/internal/handshake.hpp"
#include "services/redis/internal/stream_listener.hpp"
#include "services/redis/url.hpp"
#include "services/timers/deadline_wheel.hpp"

namespace boost::asio {
class io_context;
}

namespace puff::redis {

namespace internal {
class stream;
}

enum class connection_state : std::uint8_t {
  idle,        ///< not started
  connecting,  ///< an attempt is under way, up to and including the handshake
  ready,
  retrying,  ///< the last attempt or connection failed; the next attempt is timed
  closed,
};
std::string_view to_string(connection_state state) noexcept;

struct connection_options {
  redis::url url;
  std::chrono::milliseconds connect_timeout{5'000};  ///< resolve, connect and handshake together
  std::uint32_t max_pending = 65'536;                ///< commands without a reply
  std::size_t max_pending_bytes = std::size_t{256} << 20;  ///< of commands not yet written
  std::size_t max_reply_bytes = std::size_t{1} << 30;      ///< of one reply
  std::chrono::milliseconds first_backoff{20};
  std::chrono::milliseconds last_backoff{2'000};
  std::string client_name = "puff";  ///< as CLIENT LIST shows it; the URL's comes first
};

struct connection_stats {
  connection_state state = connection_state::idle;
  std::uint64_t connects = 0;  ///< handshakes that succeeded
  std::uint64_t commands = 0;  ///< accepted
  std::uint32_t pending = 0;   ///< commands that wait to be written or for their reply
  std::string last_error;      ///< why the last attempt or connection failed
};

/// One connection to a Redis server that everybody shares: commands are pipelined, what is sent
/// within one turn of the loop leaves in one write, replies are matched in order. It connects,
/// reconnects with a jittered back-off, and logs in by itself.
///
/// Belongs to the thread of its `io_context`. What a command may expect:
/// - While there is no connection it waits for one until its deadline; unwritten commands survive a
///   lost connection.
/// - A command of which anything was written when the connection broke fails with
///   `connection_lost`: it may have run, so it is never sent again.
/// - At its deadline it fails with `timed_out` at once; if it was written the server may still run
///   it, and the late reply is dropped in order.
/// - A request of more than `max_pending` commands is `too_large`. Above `max_pending` or
///   `max_pending_bytes` in all it fails with `overloaded`; a single one larger than
///   `max_pending_bytes` is taken when nothing else waits.
/// `rediss://` is refused with `unsupported`.
class connection final : private internal::stream_listener {
 public:
  using clock = deadline_wheel::clock;
  /// A value for each command, in order; a failure of one command is a value. Called exactly once,
  /// perhaps before `send` returns. It may send, close, and destroy the connection.
  using reply_callback = std::function<void(expected<std::vector<redis_value>>)>;
  /// Called on each change, with the reason when the new state is `retrying` or `closed`. Must not
  /// destroy the connection.
  using state_callback = std::function<void(connection_state, const error&)>;

  connection(boost::asio::io_context& io, deadline_wheel& wheel, connection_options options,
             state_callback on_state = {});
  /// Closes.
  ~connection();

  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  void start();
  void send(redis_commands commands, clock::time_point deadline, reply_callback done);
  /// Everything pending fails with `shutting_down`, and so does everything sent later.
  void close();

  connection_state state() const noexcept { return state_; }
  connection_stats stats() const;
  /// The URL for messages, without password.
  const std::string& name() const noexcept { return name_; }
  const connection_options& options() const noexcept { return options_; }
  /// Why the last attempt failed; none while ready.
  const error& last_error() const noexcept { return last_error_; }

 private:
  struct entry {
    std::string wire;  // until it is handed to the stream
    std::uint64_t begin = 0;
    std::size_t size = 0;
    std::uint32_t count = 0;
    std::uint32_t received = 0;
    std::vector<redis_value> replies;
    deadline_wheel::ticket deadline;
    reply_callback done;  // none once it was answered
  };
  using entries = std::list<entry>;

  void on_open() override;
  void on_reply(redis_value reply) override;
  void on_ready_to_write() override;
  void on_failed(error why) override;

  void connect();
  void attempt_timed_out();
  void shake_hands(const redis_value& reply);
  void drop(error why);
  void retry_later();
  void set_state(connection_state next, const error& why = {});

  error refuse(const redis_commands& commands) const;
  void hand_to_stream(entries::iterator at);
  void take_back_unwritten();
  void expire(entries::iterator at);
  reply_callback release(entries& from, entries::iterator at);
  void fail_all(entries failed, ec code, const std::string& reason);
  std::string say(const std::string& what) const;

  boost::asio::io_context& io_;
  deadline_wheel& wheel_;
  connection_options options_;
  std::string name_;  // the URL for messages
  state_callback on_state_;
  connection_state state_ = connection_state::idle;
  error last_error_;

  std::shared_ptr<internal::stream> stream_;
  std::optional<internal::handshake> handshake_;
  deadline_wheel::ticket attempt_;  // its time limit, or the time of the next one
  std::uint32_t failures_ = 0;      // in a row
  std::minstd_rand jitter_;

  entries waiting_, in_flight_, free_;
  std::uint32_t pending_ = 0;
  std::size_t waiting_bytes_ = 0;
  std::uint64_t commands_ = 0, connects_ = 0;
};

}  // namespace puff::redis
