#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/error.hpp"
#include "schemas/redis_value.hpp"
#include "services/redis/connection_options.hpp"
#include "services/redis/internal/link.hpp"
#include "services/timers/deadline_wheel.hpp"

namespace puff::redis {

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
class connection final : private internal::link_owner {
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

  connection_state state() const noexcept { return link_.state(); }
  connection_stats stats() const;
  /// The URL for messages, without password.
  const std::string& name() const noexcept { return link_.name(); }
  const connection_options& options() const noexcept { return link_.options(); }
  /// Why the last attempt failed; none while ready.
  const error& last_error() const noexcept { return link_.last_error(); }

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

  void on_ready() override;
  void on_reply(redis_value reply) override;
  void on_ready_to_write() override;
  void on_state(connection_state state, const error& why) override;
  void on_breaking() override;
  void on_broken(const std::string& reason) override;

  error refuse(const redis_commands& commands) const;
  void hand_to_stream(entries::iterator at);
  void take_back_unwritten();
  void expire(entries::iterator at);
  reply_callback release(entries& from, entries::iterator at);
  void fail_all(entries failed, ec code, const std::string& reason);

  deadline_wheel& wheel_;
  state_callback on_state_;
  internal::link link_;
  entries waiting_, in_flight_, lost_, free_;
  std::uint32_t pending_ = 0;
  std::size_t waiting_bytes_ = 0;
  std::uint64_t commands_ = 0;
};

}  // namespace puff::redis
