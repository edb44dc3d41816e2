#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <unordered_map>
#include <vector>

#include "schemas/actor.hpp"
#include "schemas/frame.hpp"
#include "services/timers/deadline_wheel.hpp"

namespace puff::federation {

/// The asks of this node that other nodes are to answer. Each has its deadline, and the number of
/// those to one node is bounded. One thread, that of the wheel.
class asks {
 public:
  using clock = deadline_wheel::clock;
  using callback = std::function<void(actor_outcome)>;

  struct pending {
    actor_letter letter;  ///< to ask again where the actor is by now
    std::uint32_t tries = 1;
    callback done;
  };

  asks(deadline_wheel& wheel, std::size_t most_to_one);
  ~asks();
  asks(const asks&) = delete;
  asks& operator=(const asks&) = delete;

  /// Whether one more may be under way to that node.
  bool has_credit(const node_identity& to) const noexcept;
  /// Its number for the frames. At the deadline it is answered `timed_out`.
  std::uint64_t add(const node_identity& to, pending what);
  /// The ask of that number, which is then known no more; its `done` is empty if it has been
  /// answered, or belongs to another node.
  pending take(std::uint64_t number, const node_identity& from);
  /// All that wait for that node fail.
  void fail(const node_identity& to, const actor_failure& why);
  void fail_all(const actor_failure& why);

  std::size_t size() const noexcept { return all_.size(); }
  /// Those who are to answer.
  std::vector<node_identity> peers() const;

 private:
  struct entry {
    node_identity to;
    pending what;
    deadline_wheel::ticket expiry;
  };
  using entries = std::unordered_map<std::uint64_t, entry>;
  pending release(entries::iterator at);

  deadline_wheel& wheel_;
  std::size_t most_to_one_;
  std::uint64_t last_ = 0;
  entries all_;
  std::map<node_identity, std::size_t> under_way_;
};

}  // namespace puff::federation
