#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "schemas/error.hpp"
#include "services/dev_servers/file_watcher.hpp"

namespace puff::cli {

struct restart_options {
  std::string title;                               ///< begins the messages: "puff watch"
  std::vector<std::string> command;                ///< with its arguments
  std::map<std::string, std::string> environment;  ///< added to that of this process
  std::size_t copies = 1;
  std::string directory = ".";
  std::function<bool(const std::string& path)> matters;  ///< none: every change
  std::chrono::milliseconds grace{10'000};               ///< from SIGTERM to SIGKILL
};

/// Runs a command and restarts it when files change: SIGTERM, SIGKILL after the grace time, start.
/// A command that ends by itself is started again at the next change. SIGINT and SIGTERM stop it
/// and end the run; a second one kills it. Belongs to the thread that runs it.
class restarter {
 public:
  explicit restarter(restart_options o);

  /// Until a signal ends it. The exit status: 0, or 1 if the command had to be killed. Errors: the
  /// directory cannot be watched, the command cannot be started.
  expected<int> run();

 private:
  error start_all();
  void stop_all();
  void kill_all();
  void wait_for_signal();
  void wait_for_change();
  void on_signal(int number);
  void collect();
  void on_ended(pid_t child, int status);
  void on_change(const dev::file_changes& changes);
  void say(const std::string& text) const;

  restart_options options_;
  boost::asio::io_context io_{1};
  boost::asio::signal_set signals_;
  boost::asio::steady_timer patience_;
  std::unique_ptr<dev::file_watcher> watcher_;
  boost::asio::posix::stream_descriptor changes_;
  std::set<pid_t> children_;
  enum class state { running, restarting, ending } state_ = state::running;
  error failed_;
  bool killed_ = false;
};

}  // namespace puff::cli
