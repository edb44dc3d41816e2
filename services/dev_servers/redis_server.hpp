#pragma once

#include "services/dev_servers/running_server.hpp"

namespace puff::dev {

struct redis_options {
  std::string name = "default";             ///< of the pool: letters, digits, '_' and '-'
  std::string directory = ".puff";          ///< data lies in redis-NAME below it
  std::string executable = "redis-server";  ///< a path, or a name to look up on PATH
  on_live live = on_live::reuse;
  std::chrono::milliseconds ready_timeout{5000};
  std::chrono::milliseconds stop_grace{5000};
};

/// Starts redis-server and returns once it answers. What a program that was killed left behind is
/// cleared away first. Where the path of the directory is too long for a socket, the socket lies in
/// a private directory below the one for temporary files.
///
/// `not_found`: redis-server is not installed. `unavailable`: it ended at once (with the end of its
/// log), or another program runs it and `live` is `refuse`. `timed_out`: no answer in time.
expected<std::unique_ptr<running_server>> start(const redis_options& o);

}  // namespace puff::dev
