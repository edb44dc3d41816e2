#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "services/redis/blocking_connections.hpp"
#include "services/redis/connection.hpp"
#include "services/redis/internal/cluster.hpp"

namespace puff::redis {

struct client_options {
  connection_options connection;
  std::uint32_t max_blocking_connections = 64;
  std::uint32_t max_blocking_waiting = 1'024;
};

struct client_stats {
  connection_stats shared;
  blocking_stats blocking;
};

/// A Redis server as its users see it: one multiplexed connection for ordinary commands, others for
/// commands that wait in the server, behind one `send`. `command_table.hpp` says which goes where
/// and which are refused. Of a Cluster, each command goes to the server that has its key. One
/// thread, that of the `io_context`.
class client {
 public:
  using clock = connection::clock;
  using reply_callback = connection::reply_callback;
  using state_callback = connection::state_callback;
  using ping_callback = std::function<void(const error&)>;

  /// `on_state` hears of the multiplexed connection and must not destroy the client.
  client(boost::asio::io_context& io, deadline_wheel& wheel, client_options options,
         state_callback on_state = {});
  /// Closes.
  ~client();

  client(const client&) = delete;
  client& operator=(const client&) = delete;

  /// Connects in the background; without it the first `send` does.
  void start();
  /// Runs `commands` in order on one connection; see `connection` and `blocking_connections` for
  /// deadlines and errors, and `classify` for what is refused. `done` is called exactly once,
  /// perhaps before `send` returns, and must not destroy the client.
  void send(redis_commands commands, clock::time_point deadline, reply_callback done);
  /// Whether the server answers, for checks at start. No error means yes. Otherwise `unavailable`
  /// with one line for a person, the URL without password and the reason: at once if retrying is
  /// hopeless (login or database refused, not a Redis server), else at the deadline.
  void ping(clock::time_point deadline, ping_callback done);
  /// Everything pending fails with `shutting_down`, and so does everything sent later.
  void close();

  client_stats stats() const;

 private:
  using pending_ping = std::shared_ptr<ping_callback>;

  void watch(connection_state state, const error& why);
  void answer(const pending_ping& ping, const error& outcome);

  state_callback on_state_;
  std::vector<pending_ping> pings_;
  connection shared_;
  blocking_connections blocking_;
  std::unique_ptr<internal::cluster> cluster_;  // if that is what the URL means
};

}  // namespace puff::redis
