#pragma once

#include <caf/actor_addr.hpp>
#include <caf/actor_cast.hpp>
#include <caf/system_messages.hpp>
#include <functional>
#include <map>
#include <utility>

#include "schemas/error.hpp"

namespace puff {

/// Tells an actor when others end. A member of its state; `start` belongs at the top of
/// `make_behavior`, since CAF has one handler for this per actor. The actor's own thread only.
template <class Self>
class watch {
 public:
  using on_down = std::function<void(const error& reason)>;

  explicit watch(Self* self) : self_(self) {}

  void start() {
    self_->set_down_handler([this](caf::down_msg& down) { tell(down); });
  }

  /// Calls `what` once when `whom` has ended, soon if it has ended already. A second call for the
  /// same actor replaces the first.
  template <class Handle>
  void add(const Handle& whom, on_down what) {
    auto whose = caf::actor_cast<caf::actor_addr>(whom);
    if (!watched_.contains(whose)) self_->monitor(whom);
    watched_[whose] = std::move(what);
  }

  /// False if it was not watched, or has ended.
  template <class Handle>
  bool remove(const Handle& whom) {
    auto whose = caf::actor_cast<caf::actor_addr>(whom);
    if (watched_.erase(whose) == 0) return false;
    self_->demonitor(whose);
    return true;
  }

  std::size_t size() const noexcept { return watched_.size(); }

 private:
  void tell(const caf::down_msg& down) {
    auto found = watched_.find(down.source);
    if (found == watched_.end()) return;
    auto what = std::move(found->second);
    watched_.erase(found);
    what(down.reason);
  }

  Self* self_;
  std::map<caf::actor_addr, on_down> watched_;
};

template <class Self>
watch(Self*) -> watch<Self>;

}  // namespace puff
