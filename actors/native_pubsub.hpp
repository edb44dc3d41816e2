#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "schemas/error.hpp"
#include "schemas/pubsub.hpp"
#include "services/pubsub/inbox.hpp"

namespace puff {

class node;

/// A subscriber of a coroutine on an io thread: what is published on its channels waits here until
/// it is received. Its subscriptions end with it. One coroutine uses it.
class native_subscriber {
 public:
  native_subscriber(node& over, std::string pool, std::shared_ptr<pubsub::inbox> inbox);
  ~native_subscriber();
  native_subscriber(native_subscriber&&) noexcept;
  native_subscriber& operator=(native_subscriber&&) = delete;

  /// No error once the server has confirmed. `timed_out`, `unavailable`, `server_error`.
  boost::asio::awaitable<error> subscribe(subscription what);
  boost::asio::awaitable<error> subscribe(std::string channel) {
    return subscribe(subscription{subscription_kind::channel, std::move(channel)});
  }
  /// The same; what follows `since`, a position of the channel's history, comes first.
  boost::asio::awaitable<error> subscribe_since(std::string channel, std::string since);
  boost::asio::awaitable<error> unsubscribe(subscription what);

  /// The next item; waits for it. Nothing when it is closed; the reason is `closed_because`.
  boost::asio::awaitable<std::optional<pubsub_item>> receive();
  /// Ends a `receive` that waits, and all subscriptions. From any thread.
  void close();
  error closed_because() const { return inbox_->reason(); }
  /// What others may close: a subscriber whose coroutine waits.
  std::shared_ptr<pubsub::inbox> inbox() const noexcept { return inbox_; }

 private:
  node* node_;
  std::string pool_;
  std::shared_ptr<pubsub::inbox> inbox_;
};

/// A pub/sub pool of the node, as a coroutine on an io thread uses it. Cheap to copy.
class native_pubsub {
 public:
  /// How many of the server's clients heard it, a node being one. Errors as `native_redis`.
  boost::asio::awaitable<expected<std::uint64_t>> publish(std::string channel, std::string body,
                                                          std::string from = {}) const {
    publication what;
    what.channel = std::move(channel);
    what.from = std::move(from);
    what.body = std::move(body);
    return publish(std::move(what));
  }
  /// The same for one that is kept, or of another kind; its deadline is set here.
  boost::asio::awaitable<expected<std::uint64_t>> publish(publication what) const {
    return run(*this, std::move(what));
  }
  native_subscriber subscriber(pubsub::inbox_options options = {}) const;

 private:
  friend class native_context;
  native_pubsub(node& over, std::string pool) : node_(&over), pool_(std::move(pool)) {}
  static boost::asio::awaitable<expected<std::uint64_t>> run(native_pubsub self, publication what);

  node* node_;
  std::string pool_;
};

}  // namespace puff
