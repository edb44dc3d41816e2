#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <concepts>
#include <string>
#include <utility>
#include <vector>

#include "actors/actor_ref.hpp"
#include "actors/native_postgres.hpp"
#include "actors/native_pubsub.hpp"
#include "actors/native_tasks.hpp"
#include "schemas/error.hpp"
#include "schemas/redis_value.hpp"

namespace puff {

class node;

/// A Redis pool of the node, as a coroutine on an io thread uses it. Cheap to copy.
class native_redis {
 public:
  /// Runs one command, name first (`command("INCR", "visits")`), and answers its reply; what the
  /// server refuses is a value that holds a `failure`. Errors: `not_found` if the node has no such
  /// pool, `timed_out`, `unavailable` while the pool is down, `connection_lost`.
  template <std::convertible_to<std::string>... Words>
  boost::asio::awaitable<expected<redis_value>> command(Words&&... words) const {
    std::vector<std::string> all;
    (all.emplace_back(std::forward<Words>(words)), ...);
    return run(*this, std::move(all));
  }
  /// The same for words that are counted at run time.
  boost::asio::awaitable<expected<redis_value>> command(std::vector<std::string> words) const {
    return run(*this, std::move(words));
  }

  /// The same pool with another deadline for each command; five seconds if not said.
  native_redis within(std::chrono::milliseconds time) const {
    auto other = *this;
    other.within_ = time;
    return other;
  }

 private:
  friend class native_context;
  native_redis(node& over, std::string pool) : node_(&over), pool_(std::move(pool)) {}
  static boost::asio::awaitable<expected<redis_value>> run(native_redis self,
                                                           std::vector<std::string> words);

  node* node_;
  std::string pool_;
  std::chrono::milliseconds within_ = std::chrono::seconds{5};
};

/// What a route in C++ may ask the node for. Cheap to copy. Its coroutines run on one of the node's
/// loops, where every route does; elsewhere the answer is `bad_argument`. Must not outlive the
/// node.
class native_context {
 public:
  explicit native_context(node& over) : node_(&over) {}

  native_redis redis(std::string pool = "default") const { return {*node_, std::move(pool)}; }
  native_postgres postgres(std::string pool = "default") const { return {*node_, std::move(pool)}; }
  native_pubsub pubsub(std::string pool = "default") const { return {*node_, std::move(pool)}; }
  native_tasks tasks(std::string queue = "default") const { return {*node_, std::move(queue)}; }
  /// An actor by its name, wherever in the cluster it is.
  actor_ref actor(std::string name) const { return {*node_, std::move(name)}; }
  /// A GraphQL schema is asked by `graphql_execute` (actors/native_graphql.hpp).
  node& home() const noexcept { return *node_; }

  /// Waits without holding up the thread.
  boost::asio::awaitable<void> sleep(std::chrono::milliseconds time) const;

 private:
  node* node_;
};

}  // namespace puff
