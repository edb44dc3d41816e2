#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

namespace puff {

/// What the node's status tells about one actor. Written by the actor and its senders, read by
/// anybody; outlives the actor, so a dead one can still be described.
struct gauge {
  std::atomic<std::uint64_t> arrived{0};  ///< messages put into the mailbox
  std::atomic<std::uint64_t> handled{0};  ///< messages taken out of it
  std::atomic<std::uint64_t> refused{0};  ///< asks answered `overloaded`

  std::uint64_t waiting() const noexcept {
    auto out = handled.load(std::memory_order_relaxed);
    auto in = arrived.load(std::memory_order_relaxed);
    return in > out ? in - out : 0;
  }
};

using gauge_ptr = std::shared_ptr<gauge>;

}  // namespace puff
