#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "services/pubsub/channel_table.hpp"
#include "services/pubsub/history.hpp"
#include "services/pubsub/presence.hpp"
#include "services/pubsub/recovery.hpp"
#include "services/redis/client.hpp"
#include "services/redis/subscriber.hpp"

namespace puff::pubsub {

struct broker_stats {
  std::size_t subscribers = 0, subscriptions = 0;
  std::uint64_t received = 0;       ///< from the server
  std::uint64_t delivered = 0;      ///< to inboxes
  std::uint64_t dropped = 0;        ///< by inboxes that were full
  std::uint64_t published = 0;      ///< taken by the server
  std::uint64_t interruptions = 0;  ///< of the reader, with somebody listening
  std::uint64_t recovered = 0;      ///< channels of which nothing was missed by one
};

struct broker_options {
  redis::connection_options connection;
  redis::subscriber_options reading;  ///< its `connection` is replaced by the one above
  std::chrono::milliseconds presence_lease{30'000};  ///< after which a dead node's are gone
  /// Histories and presence have a connection of their own, so that a long history does not hold up
  /// what is published.
  bool asks_beside = true;
  /// Called after each change, so cheap; none: nobody looks.
  std::function<void(const broker_stats&)> on_change;
};

/// Publish and subscribe over one Redis server for everybody on a node: one connection reads for
/// all, another publishes, pipelined, and if need be a third reads histories. A channel is
/// subscribed to while somebody listens; its messages are opened once and shared. After an
/// interruption, what was missed of channels whose messages are kept comes by itself. One thread,
/// that of the `io_context`.
class broker final : private redis::subscriber_listener {
 public:
  using clock = deadline_wheel::clock;
  using member = channel_table::member;
  using done_callback = std::function<void(const error&)>;
  using published_callback = std::function<void(expected<std::uint64_t>)>;

  broker(boost::asio::io_context& io, deadline_wheel& wheel, broker_options options);
  /// Closes all inboxes.
  ~broker();

  void start() { publisher_.start(); }

  /// Success once the server has confirmed, which it has at once where others listen already; until
  /// then nothing is delivered to `who`. After an error `who` is not subscribed.
  void subscribe(const member& who, const subscription& to, clock::time_point deadline,
                 done_callback done);
  /// The same for a channel whose messages are kept, those behind `since` first; if not all of them
  /// are there the inbox is told of an interruption before them. `bad_argument` if `who` is
  /// subscribed already.
  void subscribe_since(const member& who, const std::string& channel, const position& since,
                       clock::time_point deadline, done_callback done);
  /// Once what was published before is delivered, nothing is any more. `not_found` if it was not
  /// subscribed.
  void unsubscribe(const member& who, const subscription& from, done_callback done);
  /// Ends all that `who` has, its presence too.
  void leave(const inbox& who);

  /// Gives it to the server; the answer is how many of its clients heard it (a node is one).
  /// `bad_argument` for a sender that cannot be told, an empty channel, or a wish to keep it that
  /// cannot be met.
  void publish(const publication& what, published_callback done);

  history& kept() noexcept { return history_; }
  presence& present() noexcept { return presence_; }

  void ping(clock::time_point deadline, redis::client::ping_callback done) {
    publisher_.ping(deadline, std::move(done));
  }
  void close(const error& why = {});
  const broker_stats& stats() const noexcept { return counts_; }
  redis::subscriber_stats reader() const { return reader_.stats(); }

 private:
  void on_message(subscription_kind kind, const std::string& name, std::string channel,
                  std::string payload) override;
  void on_interrupted() override;
  void on_subscribed_again(subscription_kind kind, const std::string& name) override;
  void on_refused(subscription_kind kind, const std::string& name, const error& why) override;
  void deliver(subscription_kind kind, const std::string& name, const pubsub_message_ptr& message);
  void catch_up(const std::string& channel, std::uint64_t attempt, const history_page* page);
  void hand_over(const member& held, const member& who, const subscription& to,
                 const history_page& page);
  void join(const member& who, const subscription& to, clock::time_point deadline,
            done_callback done);
  void end(const subscription& from, const inbox& who, done_callback done);

  void changed();
  void recount();

  std::function<void(const broker_stats&)> on_change_;
  channel_table table_;
  broker_stats counts_;
  redis::client publisher_;
  std::unique_ptr<redis::client> beside_;  // connects when it is needed; null: the publisher asks
  redis::subscriber reader_;
  history history_;
  presence presence_;
  recovery recovery_;
};

}  // namespace puff::pubsub
