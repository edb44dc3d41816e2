#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>

#include "services/graphql/engine.hpp"
#include "services/pubsub/inbox.hpp"

namespace puff::internal {

/// Subscriptions whose events are equal for whoever has them (`graphql::is_same_for_all`): those of
/// one plan and equal variables are one group, of which each event is executed once, and the
/// response is handed to every member by reference.
///
/// A member that is slow keeps what it has not taken in a room of its own, of which the oldest goes
/// first; it is told so with the next one. Nobody else waits for it. One thread.
class shared_subscriptions : public std::enable_shared_from_this<shared_subscriptions> {
 public:
  /// Opens the stream of a group: on nobody's behalf, unpaced.
  using opener = std::function<std::shared_ptr<graphql::subscription>(graphql::prepared_request,
                                                                      graphql::subscription_calls)>;
  /// Called for each event that a member had no room for.
  using dropped = std::function<void()>;

  shared_subscriptions(opener open, dropped lost, pubsub::inbox_options room = {})
      : open_(std::move(open)), lost_(std::move(lost)), room_(room) {}

  /// For somebody who may have them. `calls.ended` may be called before this returns.
  std::shared_ptr<graphql::subscription> join(graphql::prepared_request what,
                                              graphql::subscription_calls calls);
  std::size_t groups() const noexcept { return groups_.size(); }

 private:
  class member;
  class group;

  std::shared_ptr<group> find(std::size_t hash, const graphql::prepared_request& what) const;
  void forget(const group& which);

  const opener open_;
  const dropped lost_;
  const pubsub::inbox_options room_;
  std::unordered_multimap<std::size_t, std::shared_ptr<group>> groups_;
};

}  // namespace puff::internal
