#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "services/postgres/connection.hpp"

namespace puff::postgres {

struct pool_options {
  std::string name = "default";
  connection_options connection;
  std::uint32_t min_size = 0;     ///< connections kept open though nobody needs them
  std::uint32_t max_size = 10;    ///< 0: there are none but those of leases with their own conninfo
  std::uint32_t max_shared = 4;   ///< connections on which statements without a lease run
  std::uint32_t max_own = 1'000;  ///< leases with their own conninfo
  std::uint32_t max_waiting = 10'000;               ///< beyond it: `overloaded`
  std::chrono::milliseconds lease_timeout{30'000};  ///< longest wait for a lease
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds clean_timeout{5'000};     ///< to leave a session clean, or it is closed
  std::chrono::milliseconds check_after{30'000};      ///< idle for longer: asked before it is lent
  std::chrono::milliseconds max_idle{600'000};        ///< idle for longer: closed
  std::chrono::milliseconds max_age{3'600'000};       ///< older: closed when it comes back
  std::chrono::milliseconds longest_back_off{1'000};  ///< between attempts to connect
  std::function<void()> on_change;  ///< told when `stats` may have changed; must not call the
                                    ///< pool's other members
};

struct pool_stats {
  std::uint32_t open = 0;     ///< connections of the pool, in whatever state
  std::uint32_t idle = 0;     ///< ready to be lent
  std::uint32_t leased = 0;   ///< in the hands of holders, those of their own included
  std::uint32_t own = 0;      ///< connections made for a lease's own conninfo
  std::uint32_t waiting = 0;  ///< leases and statements that wait for a connection
  std::uint64_t leases = 0, statements = 0, waits = 0, connects = 0;
  std::uint64_t errors = 0;  ///< failed attempts to connect, lost connections, time-outs of waits
};

/// Connections to one PostgreSQL server, lent as sessions.
///
/// - A lease has its connection for itself until it is given back. Then it is made clean (what runs
///   is cancelled, an open transaction rolled back, DISCARD ALL where something else may be left),
///   or closed if that does not succeed in time. Connections are made when somebody needs them; the
///   one used last is lent first, so that the others may grow old.
/// - A request of session 0 needs no lease: queries and changes with bound values run on few
///   connections together with those of others, each its own transaction; anything else has a
///   connection for itself as long as it runs. They have one connection while few run at a time,
///   and `max_shared` when they crowd.
/// - A statement that opens a transaction gets a session as a lease does, or one whose transaction
///   is just ending: it is then sent behind that COMMIT, whose failure does not touch it.
/// - Whoever finds no connection waits in order of arrival until its deadline; `timed_out` names
///   who holds them. `unavailable` when connecting has failed since it came and no connection is
///   left; attempts go on with growing, jittered pauses as long as somebody waits.
/// - A lease with its own conninfo gets a connection that is nobody else's and is closed on return.
///
/// One thread, that of the `io_context`. Callbacks run exactly once, perhaps before the call
/// returns, and must not destroy the pool.
class pool {
 public:
  using clock = connection::clock;
  using lease_callback = std::function<void(expected<sql_lent>)>;
  using reply_callback = connection::reply_callback;
  using check_callback = std::function<void(const error&)>;

  pool(boost::asio::io_context& io, deadline_wheel& wheel, pool_options options);
  /// Closes.
  ~pool();

  pool(const pool&) = delete;
  pool& operator=(const pool&) = delete;

  /// Opens `min_size` connections and keeps them open.
  void start();
  void lease(sql_lease wish, lease_callback done);
  /// `not_found` if the session is not leased (any more).
  void run(sql_request request, reply_callback done);
  expected<sql_session> describe(session_id id) const;
  /// Cancels what the session runs, on the server.
  void cancel(session_id id);
  /// Ends the request of this ticket: `cancelled`, on the server too if it runs. Unknown ones are
  /// ignored.
  void abandon(std::uint64_t ticket);
  /// Unknown ids are ignored.
  void give_back(session_id id);
  /// Whether the server lets us in. Otherwise `unavailable` with one line for a person: at once if
  /// retrying is hopeless (login or database refused), else at the deadline.
  void check(clock::time_point deadline, check_callback done);
  /// Everything pending fails with `shutting_down`, and so does everything asked later.
  void close();

  pool_stats stats() const noexcept;

 private:
  struct member;
  using member_ptr = std::shared_ptr<member>;
  enum class need : std::uint8_t { session, transaction, statement };
  struct waiter {
    need what;
    clock::time_point arrived, deadline;
    bool patient;  ///< failed attempts to connect do not end it, unless they are hopeless
    std::function<void(expected<member_ptr>)> use;
    std::uint64_t ticket = 0;  ///< of a statement; 0: none
    deadline_wheel::ticket expiry = {};
  };
  using waiters = std::list<waiter>;

  void wait(waiter w);
  void expire(waiters::iterator w);
  void serve();
  member_ptr find_for(need what);
  member_ptr take_idle();
  member_ptr take_ending();
  member_ptr join();

  member_ptr make_member(const std::string& conninfo);
  void grow();
  void spread();
  std::size_t wanted() const noexcept;
  void connect();
  void on_open(const member_ptr& m, clock::time_point started, const error& why);
  void fail_waiters(clock::time_point started, const error& why);
  void back_off();
  void on_lost(const member_ptr& m, const error& why);

  void open_own(sql_lease wish, lease_callback done);
  void lend(const member_ptr& m, std::string holder, const lease_callback& done);
  void run_leased(const member_ptr& m, sql_request request, reply_callback done);
  void run_shared(const member_ptr& m, sql_request request, reply_callback done);
  void run_alone(const member_ptr& m, sql_request request, reply_callback done);
  void open_transaction(const member_ptr& m, sql_request request, reply_callback done);
  void end_transaction(const member_ptr& m, sql_request request, reply_callback done);

  void check_idle(const member_ptr& m);
  void clean(const member_ptr& m);
  void clean_after(const member_ptr& m);
  void clean_next(const member_ptr& m);
  void cancel_until_clean(const member_ptr& m);
  void clean_on(const member_ptr& m, sql_request::kind what, std::string text);
  void to_idle(const member_ptr& m);
  void dispose(const member_ptr& m);
  void bury(const member_ptr& m);

  void changed() const {
    if (options_.on_change) options_.on_change();
  }
  error failure(ec code, const std::string& what) const;
  std::string holders() const;

  boost::asio::io_context& io_;
  deadline_wheel& wheel_;
  const pool_options options_;
  std::list<member_ptr> members_;
  std::unordered_map<session_id, member_ptr> leases_;
  std::vector<member_ptr> idle_, shared_;
  std::vector<member_ptr> ending_;  // their transactions; in the order of their COMMITs
  waiters waiting_;
  std::size_t sessions_wanted_ = 0;  // of those who wait
  std::size_t pooled_ = 0, connecting_ = 0, own_ = 0;
  std::uint32_t failures_ = 0;  // attempts to connect in a row
  error last_failure_;
  deadline_wheel::ticket retry_;
  bool serving_ = false, closed_ = false;
  pool_stats totals_;
};

}  // namespace puff::postgres
