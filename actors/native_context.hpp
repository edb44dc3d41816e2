#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/error.hpp"
#include "schemas/redis_value.hpp"

namespace puff {

class node;

/// A Redis pool of the node, as a coroutine on an io thread uses it.
class native_redis {
 public:
  /// Runs one command, name first, and answers its reply; what the server refuses is a value that
  /// holds a `failure`. Errors: `not_found` if the node has no such pool, `timed_out` after
  /// `within`, `unavailable` while the pool is down, `connection_lost`.
  boost::asio::awaitable<expected<redis_value>> command(
      std::vector<std::string> words,
      std::chrono::milliseconds within = std::chrono::seconds{5}) const;

 private:
  friend class native_context;
  native_redis(node& over, std::string pool) : node_(&over), pool_(std::move(pool)) {}
  node* node_;
  std::string pool_;
};

/// What a route in C++ may ask the node for. Cheap to copy. Its coroutines run on one of the node's
/// loops, where every route does; elsewhere the answer is `bad_argument`. Must not outlive the
/// node.
class native_context {
 public:
  explicit native_context(node& over) : node_(&over) {}

  native_redis redis(std::string pool = "default") const { return {*node_, std::move(pool)}; }

  /// Waits without holding up the thread.
  boost::asio::awaitable<void> sleep(std::chrono::milliseconds time) const;

 private:
  node* node_;
};

}  // namespace puff
