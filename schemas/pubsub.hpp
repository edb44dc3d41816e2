#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace puff {

/// What was published on a channel, as every subscriber of a node shares it.
struct pubsub_message {
  std::string channel;
  std::string pattern;  ///< by which it was subscribed to; empty: by the channel's own name
  std::string from;     ///< the connection that published it; empty: nobody said, as strangers do
  std::string body;
};
using pubsub_message_ptr = std::shared_ptr<const pubsub_message>;

/// Something is missing between two messages of a subscriber.
struct pubsub_gap {
  std::uint64_t lost = 0;    ///< how many it had no room for
  bool interrupted = false;  ///< the server was away, nobody knows how many that were
  explicit operator bool() const noexcept { return lost != 0 || interrupted; }
};

/// What a subscriber receives: a message and what is missing before it, or a gap alone.
struct pubsub_item {
  pubsub_message_ptr message;
  pubsub_gap gap;
};

}  // namespace puff
