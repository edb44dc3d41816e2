#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "schemas/error.hpp"
#include "schemas/sql.hpp"
#include "services/timers/deadline_wheel.hpp"

namespace boost::asio {
class io_context;
}

namespace puff::postgres {

struct connection_options {
  std::string conninfo;                      ///< keywords or a URI, as libpq takes them
  std::string application_name = "puff";     ///< where conninfo names none
  std::uint32_t statement_cache = 256;       ///< prepared statements kept; 0: none (poolers)
  std::uint32_t max_pending = 10'000;        ///< requests without an answer
  std::size_t max_buffered_bytes = 4 << 20;  ///< of a stream's or COPY's piece
};

/// One connection to a PostgreSQL server, by libpq without blocking, on the thread of its
/// `io_context`. Requests run in order; `bound` and `batch` requests that wait together are
/// pipelined. It never reconnects: an owner makes a new one.
///
/// - A request whose deadline passes fails with `timed_out` at once; if it runs, it is cancelled on
///   the server and the connection serves on when the server has confirmed.
/// - When the connection breaks, everything pending fails with `connection_lost` and the text that
///   libpq's users know ("server closed the connection unexpectedly ..").
/// - More than `max_pending` requests: `overloaded`.
class connection final {
 public:
  using clock = deadline_wheel::clock;
  using open_callback = std::function<void(const error&)>;
  /// Called exactly once, perhaps before `run` returns. It may run more, close, and destroy.
  using reply_callback = std::function<void(expected<sql_reply>)>;

  connection(boost::asio::io_context& io, deadline_wheel& wheel, connection_options options);
  /// Closes.
  ~connection();

  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  /// Connects: all hosts of the conninfo in turn, TLS and login as libpq does them. `unavailable`
  /// with libpq's own text, or `timed_out`.
  void open(clock::time_point deadline, open_callback done);
  void run(sql_request request, reply_callback done);
  /// Asks the server to cancel what runs now; its holder gets the server's error. Asks again, for
  /// some seconds, while it still runs.
  void cancel();
  /// Ends the request of this ticket as if its deadline had passed, but with `cancelled`. Unknown
  /// ones are ignored.
  void abandon(std::uint64_t ticket);
  /// Everything pending fails with `shutting_down`; what runs is cancelled on the server.
  void close();

  /// Told once, when the connection has ended by itself while nothing was pending or after all that
  /// was pending has failed. Must not destroy the connection.
  void on_lost(std::function<void(const error&)> tell);
  /// Told of notifications that come while no request is there to carry them. Without it they are
  /// kept, up to a bound, for the next reply.
  void on_notification(std::function<void(sql_notification)> tell);

  bool is_open() const noexcept;
  /// Nothing runs and nothing waits.
  bool is_idle() const noexcept;
  transaction_status transaction() const noexcept;
  /// Whether a statement may have left something behind that a ROLLBACK does not undo: SET, LISTEN,
  /// temporary tables, advisory locks, cursors WITH HOLD, prepared by hand.
  bool has_session_state() const noexcept;
  sql_session describe() const;
  /// Whether the server still reports these settings with these values.
  bool reports(const std::map<std::string, std::string>& parameters) const;

 private:
  class implementation;
  std::shared_ptr<implementation> implementation_;
};

}  // namespace puff::postgres
