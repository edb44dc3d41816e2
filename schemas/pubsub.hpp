#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace puff {

enum class subscription_kind : std::uint8_t {
  channel,  ///< SUBSCRIBE
  pattern,  ///< PSUBSCRIBE
  shard,    ///< SSUBSCRIBE, where the server has it (Redis 7)
};

/// One thing that can be subscribed to.
struct subscription {
  subscription_kind kind = subscription_kind::channel;
  std::string name;
  friend bool operator==(const subscription&, const subscription&) = default;
};

/// What was published on a channel, as every subscriber of a node shares it.
struct pubsub_message {
  std::string channel;
  std::string pattern;  ///< by which it was subscribed to; empty: by the channel's own name
  std::string from;     ///< the connection that published it; empty: nobody said, as strangers do
  std::string body;
  std::string position;  ///< in the channel's history, "EPOCH-NUMBER"; empty: it is not kept
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

/// What is to be published.
struct publication {
  subscription_kind kind = subscription_kind::channel;  ///< `shard`, or not
  std::string channel;
  std::string from;  ///< empty: nobody says who
  std::string body;
  std::chrono::steady_clock::time_point deadline{};  ///< when the publisher stops waiting
  std::uint32_t keep = 0;  ///< in the channel's history, which has so many at most; 0: not at all
  std::chrono::milliseconds keep_for{0};  ///< after the last one the whole history goes
};

/// What somebody wants to know of a channel: its history or who is there.
struct channel_question {
  std::string channel;
  std::string since;        ///< a position: what follows it; empty: the newest
  std::uint32_t count = 0;  ///< of the history, at most
  std::chrono::steady_clock::time_point deadline{};
};

/// A connection is there, or is there no more, for who asks a channel for its members.
struct attendance {
  std::string channel;
  std::string who;         ///< the connection's id
  std::string info;        ///< JSON
  bool announced = false;  ///< coming and going are published on "CHANNEL#presence"
  std::chrono::steady_clock::time_point deadline{};
};

/// Who is there, and with what info.
struct pubsub_present {
  std::string who, info;
};
using pubsub_messages = std::vector<pubsub_message_ptr>;
using pubsub_presents = std::vector<pubsub_present>;

}  // namespace puff
