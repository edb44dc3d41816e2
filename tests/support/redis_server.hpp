#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/free_port.hpp"

namespace puff::test {

/// A real redis-server in a directory of its own, on a unix socket and on a free port of loopback,
/// without persistence. The constructor returns when it answers; the destructor ends
/// it and removes the directory. Throws std::runtime_error, with the server's log, if it cannot
/// start. A test process that dies takes it along.
class redis_server {
 public:
  /// `arguments` are appended to the server's command line ("--requirepass", "secret").
  explicit redis_server(std::vector<std::string> arguments = {});
  ~redis_server();

  redis_server(const redis_server&) = delete;
  redis_server& operator=(const redis_server&) = delete;

  std::uint16_t port() const noexcept { return port_; }
  std::string socket_path() const { return directory_ / "redis.sock"; }
  std::string tcp_url() const { return "redis://127.0.0.1:" + std::to_string(port_); }
  std::string unix_url() const { return "unix://" + socket_path(); }

  /// As by a crash: no farewell. Waits until it is gone.
  void kill();
  /// On the same port and socket, empty. Returns when it answers.
  void start();
  /// Stops and continues the process, as a server that hangs.
  void freeze();
  void thaw();

 private:
  void launch();
  bool wait_until_ready();
  void reap();

  std::filesystem::path directory_;
  std::vector<std::string> arguments_;
  std::uint16_t port_ = 0;
  pid_t pid_ = -1;
  int pidfd_ = -1;
};

}  // namespace puff::test
