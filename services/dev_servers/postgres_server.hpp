#pragma once

#include "services/dev_servers/running_server.hpp"

namespace puff::dev {

struct postgres_options {
  std::string name = "default";     ///< of the pool: letters, digits, '_' and '-'
  std::string directory = ".puff";  ///< data lies in postgres-NAME below it
  /// Where `initdb` and `postgres` are. Empty: PATH, then Debian's directories, of the version that
  /// made the data, else of the newest.
  std::string programs;
  on_live live = on_live::reuse;
  std::chrono::milliseconds ready_timeout{60'000};  ///< the first start makes the data
  std::chrono::milliseconds stop_grace{10'000};
};

/// Starts PostgreSQL and returns once it answers; its superuser is `postgres`, without a password.
/// What a program that was killed left behind is cleared away first. Run as root, which PostgreSQL
/// refuses, it becomes the user postgres and owns its data, which lie in a directory below /var/tmp
/// if that user cannot reach `directory`.
///
/// `not_found`: PostgreSQL is not installed. `unavailable`: it ended at once (with the end of its
/// log), another program runs it and `live` is `refuse`, or root finds no user postgres.
/// `timed_out`: no answer in time.
expected<std::unique_ptr<running_server>> start(const postgres_options& o);

}  // namespace puff::dev
