#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "services/federation/registry.hpp"
#include "services/timers/deadline_wheel.hpp"

namespace puff::federation {

/// How a node is, by its own look.
enum class condition : std::uint8_t {
  well,
  unwell,  ///< it keeps what it has, and is the last to be given more
  silent,  ///< it beats no more, so that others take over what it has
};

struct membership_options {
  std::string node = "puff";
  std::string release;
  std::chrono::milliseconds lease{8'000};  ///< a node that is silent so long is dead
  /// Asked before each beat; null: always well.
  std::function<condition()> feels;
  /// The clock of leases; a test has its own.
  std::function<std::chrono::steady_clock::time_point()> now = &std::chrono::steady_clock::now;
};

/// What a membership tells. Calls must not destroy it.
class membership_listener {
 public:
  /// A new life has begun: nothing of the last one counts.
  virtual void on_joined(const node_identity& life) = 0;
  /// The members are others than before, or it is known again who they are.
  virtual void on_view(const cluster_view& view) = 0;
  /// The leases of this node may be over: what it had for itself alone is others' by now.
  virtual void on_fenced(const std::string& why) = 0;
  /// The life is over for the others too; the next one begins by itself.
  virtual void on_life_over(const node_identity& life) = 0;
  /// Singletons that this life has now.
  virtual void on_singletons(const std::vector<std::string>& names) = 0;

 protected:
  ~membership_listener() = default;
};

/// This node as a member of its cluster: joins, beats four times a lease, learns who the others
/// are, and knows when it must not count on its leases any more:
///
///     joining -> member <-> fenced (by its own clock, when no beat has succeeded for 3/4 of a
///        ^          |          |     lease, measured from when the beat was sent)
///        +----------+----------+   the server says that its life is over
///
/// The server counts a lease from when it got the beat, so later; the rest of the lease is there
/// for clocks that run at different speeds, and for work to stop. One thread, that of the wheel.
class membership {
 public:
  using clock = deadline_wheel::clock;
  enum class state : std::uint8_t { idle, joining, member, fenced, leaving, left };

  membership(registry& names, deadline_wheel& wheel, membership_options options,
             membership_listener& listener);
  ~membership();

  membership(const membership&) = delete;
  membership& operator=(const membership&) = delete;

  void start();
  /// Somebody told that the members have changed.
  void look_again();
  /// Looks at the members now, also at what does not count as a change (loads, kinds); `done` is
  /// called once, also if Redis cannot be asked.
  void refresh(std::function<void()> done);
  /// For the next beats: how much lives here, and which singletons this node would take.
  void set_load(std::uint64_t load) { told_.load = load; }
  void set_singletons(std::vector<std::string> names);
  /// Tells the others; `done` is called once, also when Redis cannot be told.
  void leave(std::function<void()> done);

  state where() const noexcept { return state_; }
  const node_identity& life() const noexcept { return record_.identity; }
  const cluster_view& view() const noexcept { return view_; }
  /// Until when this node may act on its leases; in the past: not now.
  clock::time_point valid_until() const noexcept { return valid_until_; }
  /// Why it is no member; none if it is one.
  const error& trouble() const noexcept { return trouble_; }
  bool is_living(const node_identity& life) const noexcept;
  /// The member of a name, or null.
  const member* member_named(const std::string& node) const noexcept;

 private:
  void join();
  void joined(const join_reply& reply, clock::time_point sent);
  void beat();
  void beaten(const expected<beat_reply>& reply, clock::time_point sent);
  void renew(clock::time_point sent);
  void fence(const std::string& why);
  void fetch_view();
  void viewed(expected<cluster_view> reply);
  void end_life();
  void arm(deadline_wheel::ticket& which, std::chrono::milliseconds later,
           void (membership::*what)());
  void check_validity();
  clock::time_point now() const { return options_.now(); }

  registry& names_;
  deadline_wheel& wheel_;
  membership_options options_;
  membership_listener& listener_;
  state state_ = state::idle;
  member_record record_;
  cluster_view view_;
  error trouble_;
  member_state told_;
  std::vector<std::string> singletons_;
  clock::time_point valid_until_{};
  deadline_wheel::ticket next_, validity_;
  std::vector<std::function<void()>> refreshed_;
  bool beating_ = false, viewing_ = false, view_again_ = false;
  std::shared_ptr<membership*> self_;  // for replies that come later
};

}  // namespace puff::federation
