#pragma once

#include <atomic>
#include <chrono>
#include <string>

#include "actors/node.hpp"
#include "bridge/python_host.hpp"
#include "services/http/router.hpp"

namespace puff::cli {

/// What an orchestrator asks a node: may it get work, and is it worth keeping? Answers at once,
/// from any thread, while the node is there.
class health {
 public:
  /// `live_limit`: for how long a greenlet may keep its thread.
  health(const node& over, const bridge::python_host& python, std::chrono::milliseconds live_limit)
      : node_(over), hold_(python.hold()), live_limit_(live_limit) {}

  /// The node does now what it was started for.
  void begun() noexcept { begun_ = true; }
  /// It shall get no new work; what it has goes on.
  void leaves() noexcept { leaves_ = true; }

  /// Why the node should get no work: it starts, leaves, or a resource of its is down. Empty: it
  /// may.
  std::string not_ready() const;
  /// Why the process should be replaced. Empty: it should not.
  std::string not_live() const;

 private:
  const node& node_;
  const std::shared_ptr<const thread_hold> hold_;
  const std::chrono::milliseconds live_limit_;
  std::atomic<bool> begun_{false}, leaves_{false};
};

/// 200 and `fine`, or 503 and the complaint; never to be cached.
response verdict(const std::string& complaint, const char* fine);

/// Routes for both questions on the node's own listeners; an empty path asks nothing.
error add_probes(http::router& to, const health& of, const std::string& ready_path,
                 const std::string& live_path);

}  // namespace puff::cli
