#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "schemas/error.hpp"
#include "schemas/pubsub.hpp"
#include "services/pubsub/position.hpp"

namespace puff::pubsub {

struct inbox_options {
  std::size_t max_messages = 1'000;
  std::size_t max_bytes = 16u << 20;  ///< of the bodies; one message always fits
  /// A gap is an item of its own as soon as it is there, rather than told with the next message.
  bool tells_gaps = false;
};

/// What waits for one subscriber: shared messages, at most so many. When it is full the oldest goes
/// and the subscriber is told of the gap: who reads slowly costs the others nothing.
///
/// Filled on one thread, read on another; all of it may be called from any.
class inbox {
 public:
  using wake_callback = std::function<void()>;

  explicit inbox(inbox_options options = {}) : options_(options) {}
  inbox(const inbox&) = delete;
  inbox& operator=(const inbox&) = delete;

  enum class room : std::uint8_t { enough, overflowed, closed };
  /// Adds a message and wakes whoever waits. `overflowed`: an older one is gone.
  room push(const pubsub_message_ptr& message);
  /// What follows may come after messages that are lost.
  void interrupt() { missed({0, true}); }
  /// What follows comes after these were lost elsewhere.
  void missed(const pubsub_gap& what);
  /// Of this channel all up to `last` were pushed; what comes of those once more is left out.
  void has_all_up_to(std::string channel, position last);
  /// Nothing more comes; `why` is empty if that is in order. What is there can still be taken.
  void close(error why = {});

  /// The next item; nothing if there is none now.
  std::optional<pubsub_item> take();
  /// Moves all that is there to the end of `into`; how many that were.
  std::size_t take_all(std::vector<pubsub_item>& into);
  /// Calls `wake` once, on any thread, when there is something to take or it is closed; false and
  /// no call if that is so now. A later one takes the place of an earlier one.
  bool wait(wake_callback wake);

  const inbox_options& options() const noexcept { return options_; }
  bool closed() const;
  /// Closed, and all is taken.
  bool ended() const;
  error reason() const;
  std::size_t size() const;
  /// Messages that were dropped, over its life.
  std::uint64_t lost() const;

 private:
  struct slot {
    pubsub_message_ptr message;
    pubsub_gap before;
  };

  bool has_item() const noexcept { return count_ > 0 || (options_.tells_gaps && tail_); }
  bool is_repeated(const pubsub_message& message);
  pubsub_item pop();
  void drop_oldest();
  void grow();

  const inbox_options options_;
  mutable std::mutex guards_;  // all that follows
  struct watermark {
    std::string channel;
    position last;
  };

  std::vector<slot> ring_;
  std::vector<watermark> watermarks_;  // until something newer comes
  std::size_t first_ = 0, count_ = 0, bytes_ = 0;
  pubsub_gap tail_;  // before the next message to come
  std::uint64_t lost_ = 0;
  wake_callback wake_;
  bool closed_ = false;
  error why_;
};

}  // namespace puff::pubsub
