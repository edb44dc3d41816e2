#pragma once

#include <functional>
#include <memory>
#include <string>

#include "schemas/error.hpp"
#include "schemas/pubsub.hpp"

namespace puff::graphql {

/// What comes on one channel, for whoever opened it. Left when destroyed; then nothing is called.
class channel_feed {
 public:
  virtual ~channel_feed() = default;
  /// Calls `to` once with the next message and what is missing before it, perhaps at once; or with
  /// why there are no more. One at a time.
  virtual void next(std::function<void(expected<pubsub_item>)> to) = 0;
};

/// Channels of publish and subscribe, for the root fields of subscriptions. Used, and answers, on
/// the execution's thread.
class channel_source {
 public:
  virtual ~channel_source() = default;
  /// `done` is called once, perhaps at once, with an empty error when the channel is heard.
  /// Messages wait for `next` in a bounded room, of which the oldest go first.
  virtual std::shared_ptr<channel_feed> open(const std::string& pool, const std::string& channel,
                                             std::function<void(const error&)> done) = 0;
};

}  // namespace puff::graphql
