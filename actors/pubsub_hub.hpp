#pragma once

#include <boost/asio/io_context.hpp>
#include <optional>

#include "actors/core/spawn.hpp"
#include "actors/interfaces.hpp"
#include "services/pubsub/broker.hpp"

namespace puff {

/// Purpose: publish and subscribe for the whole node over one server.
/// Owns: the connection that reads and the one that publishes.
/// Talks to: nobody by mail; it fills the inboxes of subscribers.
/// Timers: deadlines of subscriptions and publications, the probe of a silent server, the renewal
/// of presence.
/// Ends when: the node stops; all inboxes are closed then. If it fails they are closed with the
/// reason, and whoever wants to hear more subscribes again.
class pubsub_hub {
 public:
  using interface = pubsub_hub_actor;
  static constexpr const char* name = "pubsub_hub";

  /// `io` is that of the loop the actor is pinned to.
  pubsub_hub(self_pointer<interface> self, boost::asio::io_context& io,
             pubsub::broker_options options);
  ~pubsub_hub();

  interface::behavior_type make_behavior();

 private:
  static constexpr auto check_time_limit = std::chrono::seconds{5};

  void count();
  caf::delegated<subscribe_atom> subscribe(subscription_wish wish);
  caf::delegated<leave_atom> leave(const subscription_wish& wish);
  caf::delegated<std::uint64_t> publish(const publication& what);
  caf::delegated<attend_atom> attend(const attendance_wish& wish);
  caf::delegated<pubsub_messages_parcel> recall(const channel_question& about);
  caf::delegated<pubsub_presents_parcel> present(const channel_question& about);
  caf::delegated<check_atom> check();

  self_pointer<interface> self_;
  boost::asio::io_context& io_;
  pubsub::broker_options options_;
  std::optional<pubsub::broker> broker_;
};

}  // namespace puff
