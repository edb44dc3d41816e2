#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "services/pubsub/inbox.hpp"

namespace puff::pubsub {

/// Who subscribes to what on this node. One thread.
class channel_table {
 public:
  using member = std::shared_ptr<inbox>;
  enum class effect : std::uint8_t { first, one_of_many, already };

  /// `first`: nobody had it before, the server must be asked.
  effect add(const subscription& to, const member& who);
  /// Whether `who` was the last; nothing if it was not there.
  std::optional<bool> remove(const subscription& from, const inbox& who);
  /// Everything that `who` has.
  std::vector<subscription> of(const inbox& who) const;
  bool has(const subscription& what, const inbox& who) const;
  bool contains(const subscription& what) const { return find(what.kind, what.name) != nullptr; }

  /// Gives it to everybody who subscribes to it; how many they were, and how many had no room.
  struct outcome {
    std::size_t members = 0, overflowed = 0;
  };
  outcome deliver(subscription_kind kind, const std::string& name,
                  const pubsub_message_ptr& message) const;
  /// Calls `f` once with everybody who subscribes to anything, and to what.
  void for_each_member(
      const std::function<void(inbox&, const std::vector<subscription>&)>& f) const;
  void for_each_member_of(const subscription& what, const std::function<void(inbox&)>& f) const;
  /// Those of one subscription, which is gone then.
  std::vector<member> forget(const subscription& what);

  std::size_t subscriptions() const noexcept;
  std::size_t members() const noexcept { return by_member_.size(); }

 private:
  using members_of = std::vector<member>;
  const members_of* find(subscription_kind kind, const std::string& name) const;

  std::array<std::unordered_map<std::string, members_of>, 3> by_name_;
  std::unordered_map<const inbox*, std::vector<subscription>> by_member_;
};

}  // namespace puff::pubsub
