#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "schemas/error.hpp"
#include "schemas/pubsub.hpp"
#include "services/pubsub/position.hpp"
#include "services/redis/client.hpp"

namespace puff::pubsub {

/// What is kept of a channel behind a position, oldest first.
struct history_page {
  position newest;  ///< of all that were ever kept; no epoch: there is no history
  std::vector<pubsub_message_ptr> messages;
  /// Nothing is missing between the position that was asked for and `newest`.
  bool whole = true;
};

/// The kept messages of channels: in a stream of bounded length beside each, whose entries have the
/// numbers 1, 2, 3, .., so that a missing one is seen. Small scripts write and read it. One thread.
class history {
 public:
  using clock = deadline_wheel::clock;
  using kept_callback = std::function<void(expected<std::uint64_t>)>;
  using page_callback = std::function<void(expected<history_page>)>;

  /// What is kept goes through `writes`, in line with what is published there; what is read through
  /// `reads`, which may be the same. Both outlive this.
  history(redis::client& writes, redis::client& reads);

  /// Keeps and publishes it, in one step; the answer is how many of the server's clients heard it.
  void keep(const publication& what, kept_callback done);
  /// The newest `count` of those behind `since`.
  void read(const std::string& channel, const position& since, std::size_t count,
            clock::time_point deadline, page_callback done);

 private:
  redis::client& writes_;
  redis::client& reads_;
};

}  // namespace puff::pubsub
