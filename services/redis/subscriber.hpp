#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "schemas/error.hpp"
#include "schemas/pubsub.hpp"
#include "schemas/redis_value.hpp"
#include "services/redis/connection_options.hpp"
#include "services/redis/internal/link.hpp"
#include "services/timers/deadline_wheel.hpp"

namespace puff::redis {

struct subscriber_options {
  connection_options connection;
  std::size_t names_per_command = 512;             ///< when it subscribes to all again
  std::chrono::milliseconds probe_after{10'000};   ///< of silence the server is asked to PING
  std::chrono::milliseconds probe_timeout{5'000};  ///< then it must have said something
};

struct subscriber_stats {
  connection_state state = connection_state::idle;
  std::uint64_t connects = 0;
  std::uint64_t messages = 0;
  std::size_t subscriptions = 0;  ///< wanted, confirmed or not
  std::string last_error;
};

/// What a subscriber tells. Its calls must not destroy the subscriber; `on_message` may subscribe
/// and unsubscribe.
class subscriber_listener {
 public:
  /// `name` is what was subscribed to: the pattern, or the channel itself.
  virtual void on_message(subscription_kind kind, const std::string& name, std::string channel,
                          std::string payload) = 0;
  /// The connection is lost: what is published from now until the subscriptions are confirmed
  /// again, which happens by itself, does not come.
  virtual void on_interrupted() = 0;
  /// A subscription is confirmed again after a reconnect.
  virtual void on_subscribed_again(subscription_kind, const std::string&) {}
  /// A subscription that was confirmed once is refused after a reconnect, and forgotten.
  virtual void on_refused(subscription_kind kind, const std::string& name, const error& why) = 0;

 protected:
  ~subscriber_listener() = default;
};

/// The one connection of a node that receives what is published on a Redis server. Commands leave
/// in one write a turn and are confirmed one by one; after a reconnect everything is subscribed to
/// again, in pieces. A server that has gone silent is asked to PING, and given up if it does not
/// answer. One thread, that of the `io_context`.
class subscriber final : private internal::link_owner {
 public:
  using clock = deadline_wheel::clock;
  /// Called exactly once, perhaps at once; an empty error is success. Must not destroy anything of
  /// the subscriber's.
  using done_callback = std::function<void(const error&)>;

  subscriber(boost::asio::io_context& io, deadline_wheel& wheel, subscriber_options options,
             subscriber_listener& listener);
  /// Closes.
  ~subscriber();

  /// `done` is called when the server has confirmed. Errors: `timed_out`, after which the
  /// subscription is still wanted; `server_error` with its text; `cancelled` if it was unsubscribed
  /// meanwhile; `shutting_down`. Connects if that has not happened yet.
  void subscribe(subscription_kind kind, const std::string& name, clock::time_point deadline,
                 done_callback done);
  /// Nothing comes after `done`, which needs no connection.
  void unsubscribe(subscription_kind kind, const std::string& name, done_callback done);
  /// `done` is called when all has come that was published before this call, or cannot come.
  void settle(done_callback done);
  /// Everybody who waits gets `shutting_down`.
  void close();

  subscriber_stats stats() const;

 private:
  struct waiter {
    done_callback done;
    deadline_wheel::ticket expiry;
  };
  using waiters = std::list<waiter>;
  struct entry {
    std::uint64_t asked_by = 0;  // the number of the command that is to confirm it; 0: none yet
    bool confirmed = false, told = false;  // the latter: its first confirmation
    waiters waiting;
  };
  using entries = std::unordered_map<std::string, entry>;
  /// A command whose confirmations are to come, one for each name; without names it is a PING.
  struct command {
    subscription_kind kind;
    bool subscribes;
    std::uint64_t number;
    std::vector<std::string> names;
    std::size_t confirmed = 0;
    done_callback done;  // of an unsubscribe or a PING
  };

  void on_ready() override;
  void on_reply(redis_value reply) override;
  void on_ready_to_write() override;
  void on_state(connection_state state, const error& why) override;
  void on_breaking() override {}
  void on_broken(const std::string& reason) override;

  entries& of(subscription_kind kind) { return wanted_[static_cast<std::size_t>(kind)]; }
  void send(subscription_kind kind, bool subscribes, std::vector<std::string> names,
            done_callback done);
  void subscribe_again(subscription_kind kind);
  bool take_message(std::vector<redis_value>& parts);
  void take_confirmation(std::vector<redis_value>& parts);
  void take_failure(const std::string& text);
  void confirm(const command& by, const std::string& name);
  void refuse(const command& by, const std::string& name, const error& why);
  void answer(waiters whom, const error& outcome);
  void fail_waiting(const error& why);
  void ping(done_callback done);
  void take_pong();
  void finish_command();
  void expect_words();
  void look_for_words();

  deadline_wheel& wheel_;
  subscriber_options options_;
  subscriber_listener& listener_;
  std::array<entries, 3> wanted_;
  std::deque<command> commands_;
  std::string unsent_;
  std::uint64_t last_number_ = 0, messages_ = 0;
  clock::time_point heard_at_{};
  bool probing_ = false;
  deadline_wheel::ticket probe_;
  internal::link link_;
};

}  // namespace puff::redis
