#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <string>
#include <utility>

#include "schemas/error.hpp"
#include "schemas/task.hpp"
#include "services/tasks/record.hpp"

namespace puff {

class node;

/// A task queue of the node, as a coroutine on an io thread uses it. Cheap to copy.
class native_tasks {
 public:
  using time_point = std::chrono::system_clock::time_point;

  /// Adds a task; its function is a dotted path of Python or the name of a task in C++, its
  /// parameter JSON: `tasks::record r; r.function = "shop.send"; r.param = "[7]"`. It runs when it
  /// is due, at once if that is past. Answers its id when Redis has it. Errors: `bad_argument`,
  /// `not_found` if the node has no such queue, `timed_out`, `unavailable`, `server_error`.
  boost::asio::awaitable<expected<task_id>> add(tasks::record what, time_point due = {}) const {
    return add_one(*this, std::move(what), due);
  }
  /// Its result as JSON, waited for. Errors: `timed_out` if there is none by then, `python_failed`
  /// with the failure as JSON if the task failed, and those of `add`.
  boost::asio::awaitable<expected<std::string>> result(task_id of,
                                                       std::chrono::milliseconds within) const {
    return wait_for(*this, of, within);
  }

 private:
  friend class native_context;
  native_tasks(node& over, std::string queue) : node_(&over), queue_(std::move(queue)) {}
  static boost::asio::awaitable<expected<task_id>> add_one(native_tasks self, tasks::record what,
                                                           time_point due);
  static boost::asio::awaitable<expected<std::string>> wait_for(native_tasks self, task_id of,
                                                                std::chrono::milliseconds within);

  node* node_;
  std::string queue_;
};

}  // namespace puff
