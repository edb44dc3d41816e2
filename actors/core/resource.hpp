#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace puff {

/// A name for a supervised actor that stays valid when the actor is restarted: copies share one
/// cell that the supervisor fills and empties. From any thread.
template <class Handle>
class resource {
 public:
  using handle_type = Handle;

  /// The living actor, or nothing while it is down: answer `unavailable` then.
  std::optional<Handle> get() const {
    std::scoped_lock lock{cell_->guards_handle};
    return cell_->handle;
  }

  void set(std::optional<Handle> handle) const {
    // What was there is released after the lock: it may be the last handle of an actor.
    std::scoped_lock lock{cell_->guards_handle};
    cell_->handle.swap(handle);
  }

 private:
  struct cell {
    std::mutex guards_handle;
    std::optional<Handle> handle;
  };
  std::shared_ptr<cell> cell_ = std::make_shared<cell>();
};

}  // namespace puff
