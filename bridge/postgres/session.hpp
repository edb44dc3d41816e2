#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "actors/postgres_access.hpp"
#include "schemas/error.hpp"

namespace puff::bridge::postgres {

/// A leased session as plain C++, given back when it is destroyed. From any thread, with or
/// without the GIL.
///
/// In a process that was forked from the one that leased, it does nothing: the connection is the
/// parent's.
class session {
 public:
  session(postgres_access where, sql_lent lent);
  /// One that somebody else gives back.
  enum class owner { somebody_else };
  session(postgres_access where, sql_lent lent, owner whose);
  ~session();
  session(const session&) = delete;
  session& operator=(const session&) = delete;

  const postgres_access& where() const noexcept { return where_; }
  session_id id() const noexcept { return lent_.id; }
  const std::shared_ptr<const sql_session>& opened() const noexcept { return lent_.opened; }

  /// Cancels what runs, on the server.
  void cancel() const;
  /// Ends the request of that ticket alone.
  void abandon(std::uint64_t ticket) const;
  void give_back();
  /// The connection has ended: calls fail, and `closed` is true.
  void lose() noexcept { lost_ = true; }
  bool closed() const noexcept;

  /// Counts how often this process has become another by fork.
  static unsigned forks() noexcept;
  /// Begins to count. Once, at import.
  static void watch_forks();

 private:
  bool here() const noexcept { return forks() == leased_in_; }

  postgres_access where_;
  sql_lent lent_;
  const bool is_own_ = true;
  unsigned leased_in_;
  std::atomic<bool> returned_{false}, lost_{false};
};

/// What a session does while nobody waits for it: at most one request, and listening for
/// notifications. A descriptor tells when there is something to fetch. From any thread.
class background {
 public:
  background() = default;
  ~background();
  background(const background&) = delete;
  background& operator=(const background&) = delete;

  /// Readable while there is an answer, a notification, or the end of the connection to fetch; -1
  /// if the process has no descriptor left.
  int descriptor();

  /// Whether a request may be sent now, which `answer` must then be told of: false if one is under
  /// way or its answer was not fetched.
  bool begin();
  void answer(expected<sql_reply_parcel> how);
  /// The answer, once; nothing while there is none.
  std::optional<expected<sql_reply_parcel>> take_answer();

  /// Whether listening should be started now, whose end `heard` must then be told of: false while
  /// it goes on or a request runs. `wanted`: from now on it is to go on for ever.
  bool listen(bool wanted);
  void heard(expected<sql_reply_parcel> what);
  /// What was heard so far, once.
  std::vector<sql_notification> take_heard();

 private:
  void show();

  std::mutex guards_the_rest_;
  int event_ = -1;
  bool shown_ = false, running_ = false, listening_ = false, wanted_ = false, lost_ = false;
  std::optional<expected<sql_reply_parcel>> answer_;
  std::vector<sql_notification> heard_;
};

}  // namespace puff::bridge::postgres
