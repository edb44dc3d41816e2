#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "schemas/pubsub.hpp"
#include "services/pubsub/history.hpp"

namespace puff::pubsub {

/// What a node remembers of the channels it hears, so that after an interruption it can tell what
/// it missed: the last position, and what came since the connection is back and must wait until the
/// missed ones are read. Channels on which nothing is kept are not remembered. One thread.
class recovery {
 public:
  /// A message has come. False: it is not to be delivered now, or not at all, because it waits for
  /// older ones or is one of those.
  bool admits(const std::string& channel, const pubsub_message_ptr& message);
  /// All up to `last` were delivered.
  void remember(const std::string& channel, const position& last);
  /// Nobody hears it any more.
  void forget(const std::string& channel);

  /// The connection is lost: what waits is read again.
  void interrupt();
  /// Whether all that a channel misses can be read: its position is known, and all of its messages
  /// were kept.
  bool is_complete(const std::string& channel) const;

  struct question {
    position since;
    std::uint64_t attempt = 0;
  };
  /// The channel is heard again, from now on what comes waits; what to read, if anything.
  std::optional<question> begin(const std::string& channel);
  struct outcome {
    bool complete = false;                     ///< else something is missing before the messages
    std::vector<pubsub_message_ptr> messages;  ///< to be delivered, in order
  };
  /// What was read, or null if that failed. Nothing if the attempt is no longer wanted.
  std::optional<outcome> finish(const std::string& channel, std::uint64_t attempt,
                                const history_page* page);

 private:
  struct state {
    position last;
    position read;  // up to here all came from the history
    bool all_kept = true;
    std::uint64_t attempt = 0;  // 0: nothing waits
    std::deque<pubsub_message_ptr> waiting;
    std::size_t bytes = 0;  // of those
    bool overflowed = false;
  };
  static void wait(state& s, const pubsub_message_ptr& message);
  static void end_attempt(state& s);

  std::unordered_map<std::string, state> channels_;
  std::uint64_t last_attempt_ = 0;
};

}  // namespace puff::pubsub
