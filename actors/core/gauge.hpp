#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace puff {

/// What the node's status tells about one actor. Written by the actor and its senders, read by
/// anybody; outlives the actor, so a dead one can still be described, and serves those that are
/// started in its place.
class gauge {
 public:
  using counter = std::atomic<std::uint64_t>;

  counter arrived{0};  ///< messages put into the mailbox
  counter handled{0};  ///< messages taken out of it
  counter refused{0};  ///< asks answered `overloaded`

  std::uint64_t waiting() const noexcept;

  /// A counter of the actor's own that goes up and down ("sessions") and is zero when the actor has
  /// ended. Look it up once and keep the reference, which lives as long as the gauge; a relaxed
  /// atomic costs next to nothing.
  counter& level(std::string_view name) { return find_or_add(name, kind::level); }
  /// The same for one that only goes up, over restarts too ("commands").
  counter& total(std::string_view name) { return find_or_add(name, kind::total); }
  /// All of them, in order of their first look-up.
  std::vector<std::pair<std::string, std::uint64_t>> details() const;

  /// Why the actor ended last, if that was no orderly end; empty otherwise.
  std::string last_error() const;

  /// For `pinned` alone: the actor has ended, for a reason that is empty if all is well.
  void end(std::string why);

 private:
  enum class kind : std::uint8_t { level, total };
  struct named {
    named(std::string_view called, kind its) : name(called), what(its) {}
    std::string name;
    kind what;
    counter value{0};
  };
  counter& find_or_add(std::string_view name, kind what);

  mutable std::mutex guards_the_rest_;
  std::deque<named> named_;
  std::string last_error_;
};

using gauge_ptr = std::shared_ptr<gauge>;

}  // namespace puff
