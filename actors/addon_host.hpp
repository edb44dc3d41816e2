#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <vector>

#include "actors/core/gauge.hpp"
#include "actors/task_interfaces.hpp"
#include "schemas/addon.h"
#include "services/addons/instance.hpp"
#include "services/http/router.hpp"

namespace puff {

class node;

/// One add-on to be hosted: a library, or an entry that the program was linked with.
struct addon_plan {
  std::string path;                   ///< of the shared library; empty: `entry` is it
  const puff_addon* entry = nullptr;  ///< of a program's own
  addons::instance_options options;
};

/// The add-ons of this process, between what they have registered and the node that offers it:
/// their actors get names, their routes a place, their tasks a runner. Loaded before there is a
/// node; used by the thread that made it, except where said otherwise.
class addon_host {
 public:
  addon_host();
  /// What still runs an add-on's code is left behind, and so is what it uses.
  ~addon_host();
  addon_host(addon_host&&) noexcept;
  addon_host& operator=(addon_host&&) noexcept;

  /// Loads and starts one. `bad_config`: one line that names the add-on and what is wrong.
  error add(addon_plan plan);

  bool empty() const noexcept { return hosted_.empty(); }
  const addons::instance& operator[](std::size_t i) const noexcept;
  std::size_t size() const noexcept { return hosted_.size(); }

  /// The node runs: names its actors, lets the add-ons begin, and shows each in the status.
  void begin(node& over);
  /// Routes of all add-ons; handlers run on io threads and wait there without holding them up.
  error add_routes(http::router& to);
  /// Who runs the tasks of a queue: those that add-ons have registered here, the others
  /// `otherwise`.
  task_runner_actor runner_for(node& over, const std::string& queue, task_runner_actor otherwise);

  /// Ends the add-ons; waits for what they do, up to the patience. Requests that come later are
  /// refused.
  void end(std::chrono::milliseconds patience);

 private:
  struct hosted;
  std::vector<std::unique_ptr<hosted>> hosted_;
};

}  // namespace puff
