#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "services/dev_servers/internal/child_process.hpp"
#include "services/dev_servers/internal/directory_lock.hpp"
#include "services/dev_servers/running_server.hpp"

namespace puff::dev::internal {

/// How a kind of server is named and ended.
struct server_manner {
  std::string name;  ///< "redis-server in DIRECTORY"
  std::string url;
  int stop_signal;                     ///< it ends what it does, and then itself
  std::vector<int> harder;             ///< for one that does not; sent at once, before SIGKILL
  std::vector<std::string> leftovers;  ///< files that mean nothing without it
};

/// A server of this program's own, or (without lock and child) one that runs already and is left
/// alone.
class started_server final : public running_server {
 public:
  started_server(server_manner manner, std::chrono::milliseconds grace,
                 std::optional<directory_lock> lock = std::nullopt,
                 std::unique_ptr<child_process> child = nullptr);
  /// Stops.
  ~started_server() override;

  const std::string& url() const override { return manner_.url; }
  pid_t pid() const override { return child_ ? child_->pid() : 0; }
  bool is_reused() const override { return !child_; }
  expected<void> stop() override;

 private:
  bool end_child();

  server_manner manner_;
  std::chrono::milliseconds grace_;
  std::optional<directory_lock> lock_;
  std::unique_ptr<child_process> child_;
  std::mutex stopping_;  // of stopped_
  bool stopped_ = false;
};

}  // namespace puff::dev::internal
