#pragma once

#include <cstdint>
#include <list>
#include <memory>

#include "services/redis/connection.hpp"

namespace puff::redis {

struct blocking_options {
  connection_options connection;
  std::uint32_t max_connections = 64;
  std::uint32_t max_waiting = 1'024;                ///< commands that wait for a connection
  std::chrono::milliseconds max_idle_time{30'000};  ///< then an unused connection is closed
};

struct blocking_stats {
  std::uint32_t open = 0;     ///< connections, busy or not
  std::uint32_t busy = 0;     ///< lent to a command
  std::uint32_t waiting = 0;  ///< commands that wait for a connection
  std::uint64_t commands = 0;
};

/// Connections for commands that make the server wait (BLPOP, XREAD BLOCK): each is lent to one
/// request at a time. When all are lent, requests wait in order of arrival; beyond `max_waiting`
/// they fail with `overloaded`. One thread.
///
/// What a deadline means for an element: the connection is closed at once, and a server that has
/// not served the command forgets it, so nothing is taken. An element that the server hands over in
/// the very moment of closing is lost to this caller, who is told `timed_out`. A command whose own
/// timeout ends before its deadline (by a second, say) never comes to that; BLMOVE and consumer
/// groups keep the element in any case.
class blocking_connections {
 public:
  using clock = connection::clock;
  using reply_callback = connection::reply_callback;

  blocking_connections(boost::asio::io_context& io, deadline_wheel& wheel,
                       blocking_options options);
  /// Closes.
  ~blocking_connections();

  blocking_connections(const blocking_connections&) = delete;
  blocking_connections& operator=(const blocking_connections&) = delete;

  /// As `connection::send`; `commands` run in order on one connection. `done` must not destroy this
  /// object.
  void send(redis_commands commands, clock::time_point deadline, reply_callback done);
  /// Closes all connections; lent and waiting commands fail with `shutting_down`.
  void close();

  blocking_stats stats() const noexcept;

 private:
  struct lane {
    std::unique_ptr<connection> link;
    deadline_wheel::ticket idle;
  };
  struct request {
    redis_commands commands;
    clock::time_point deadline;
    reply_callback done;
    deadline_wheel::ticket expiry;
  };
  using lanes = std::list<lane>;
  using requests = std::list<request>;

  void enqueue(request r);
  void lend(request r);
  void give_back(lanes::iterator at, bool usable);
  void serve_next();

  boost::asio::io_context& io_;
  deadline_wheel& wheel_;
  blocking_options options_;
  lanes idle_, busy_;
  requests waiting_;
  std::uint64_t commands_ = 0;
  bool closed_ = false;
};

}  // namespace puff::redis
