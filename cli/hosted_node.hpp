#pragma once

#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>

#include "actors/node.hpp"
#include "bridge/python_host.hpp"
#include "cli/command.hpp"
#include "cli/ending.hpp"
#include "cli/graphql_schemas.hpp"
#include "cli/service/health.hpp"
#include "cli/status_server.hpp"

namespace puff::cli {

/// The node of this process with Python in it, started for one command.
///
/// Order: log, node, signals, pools (each reaches its server, or the start fails), what `prepare`
/// does, Python, the status socket. It ends in the opposite order.
class hosted_node {
 public:
  enum class stop_by {
    draining,    ///< requests finish, then Python's work, as long as the configuration grants
    cancelling,  ///< whatever waits is cancelled
  };

  struct plan {
    stop_by how = stop_by::draining;
    std::vector<std::string> argv;  ///< sys.argv
    bool asyncio = false;           ///< starts the asyncio thread though puff.toml does not
    bool tasks = true;              ///< runs tasks of the queues of puff.toml
    /// Runs between the pools and Python: sockets are opened here.
    std::function<error(node&)> prepare{};
    /// Called when the process is told to stop, before requests are waited for. Any thread.
    std::function<void()> stopping{};
  };

  static expected<std::unique_ptr<hosted_node>> start(const invocation& what, plan how);
  ~hosted_node();

  node& actors() noexcept { return *node_; }
  bridge::python_host& python() noexcept { return *python_; }
  health& condition() noexcept { return *health_; }
  /// What the command is for goes on now: the node is ready, and its service manager is told.
  void begun();
  const std::vector<schema_plan>& schemas() const noexcept { return schemas_; }

  /// Runs Python until the process is told to stop; `first` runs on a greenlet. The exit status: 0
  /// if told to stop and `draining`, 128 + N if `cancelling`, else that of `first`.
  int run(std::function<int()> first);

  /// Ends `run` as a signal would: for the thread of `first`.
  void stop() { ending_->request(); }

 private:
  hosted_node(const invocation& what, plan how);
  error open();
  error start_pools();
  error start_python();
  void use_addons();
  error start_schemas();
  void begin_ending();
  void leave();
  void fail(const error& why);

  const invocation& invocation_;
  plan plan_;
  std::vector<bridge::task_queue_target> queues_;
  std::chrono::milliseconds grace_;
  std::atomic<bool> failed_{false};
  std::vector<schema_plan> schemas_;
  std::unique_ptr<node> node_;
  std::unique_ptr<ending> ending_;
  boost::asio::thread_pool askers_{1};  // for what waits for loops or for the GIL
  std::unique_ptr<bridge::python_host> python_;
  std::unique_ptr<health> health_;
  std::unique_ptr<status_server> status_;
};

/// Starts a node for `what`, runs `first` in it and says on standard error why that failed: the
/// body of every command with Python.
int run_hosted(const invocation& what, hosted_node::plan how,
               const std::function<int(hosted_node&)>& first);

}  // namespace puff::cli
