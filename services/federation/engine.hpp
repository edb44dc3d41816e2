#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "services/federation/asks.hpp"
#include "services/federation/inbox_reader.hpp"
#include "services/federation/membership.hpp"
#include "services/federation/outbox.hpp"
#include "services/federation/registry.hpp"
#include "services/federation/reminders.hpp"

namespace puff::federation {

struct engine_options {
  std::string cluster = "default";
  membership_options member;
  outbox_options out;
  std::size_t credits = 1'024;            ///< asks under way to one node
  std::size_t max_body = 16u << 20;       ///< bytes of one message
  std::size_t max_known_names = 100'000;  ///< of actors elsewhere; then all are looked up again
};

struct engine_stats {
  std::uint64_t asked = 0, told = 0, answered = 0, received = 0, duplicates = 0, lost = 0,
                fenced = 0, activated = 0;
  std::size_t waiting = 0, outgoing = 0, living = 0;
};

/// What an engine needs of its node. Calls must not destroy the engine, and may call it.
class local_side {
 public:
  using outcome_callback = asks::callback;

  /// Gives a message to an actor of this node. `answer` is called once, by the deadline; null if
  /// nobody waits.
  virtual void deliver(actor_call call, outcome_callback answer) = 0;
  /// This node has a singleton from now on; `call` has its activation and no verb.
  virtual void wake(actor_call call) = 0;
  /// The leases of this node are over: what it keeps is not its any more.
  virtual void fence() = 0;
  /// Until when what this node keeps is its, as far as nothing new is told; in the past: not now.
  virtual void valid_until(asks::clock::time_point when) = 0;

 protected:
  ~local_side() = default;
};

/// This node's part in a cluster: finds actors by name, sends them what they are asked and told,
/// delivers what comes for those of this node, and gives life to those that shall be here. One
/// thread, that of the wheel.
class engine final : private membership_listener {
 public:
  using clock = deadline_wheel::clock;
  using outcome_callback = asks::callback;

  engine(redis::command_port& port, deadline_wheel& wheel, engine_options options,
         local_side& here);
  ~engine();

  void start();
  /// `done` is called once, by the letter's deadline.
  void ask(actor_letter letter, outcome_callback done);
  void tell(actor_letter letter);

  /// This node keeps actors of that kind from now on, in each of its lives.
  void announce(actor_announcement what);
  void withdraw(const std::string& kind);
  /// False if the name is not this node's any more.
  void rest(const actor_rest& what, std::function<void(expected<bool>)> done);
  /// As `membership::refresh`.
  void refresh(std::function<void()> done) { member_.refresh(std::move(done)); }
  /// Sets a reminder of an actor of the cluster; `unavailable` if this node is no member.
  void remind(const actor_reminder& what, std::function<void(expected<bool>)> done);
  void forget(const std::string& actor, const std::string& reminder,
              std::function<void(expected<bool>)> done);
  /// No more actors are given to this node; what it has stays until they are put to rest. Asks for
  /// others are sent on.
  void retire();
  /// Leaves the cluster when what has reached this node is answered, after five seconds at the
  /// latest. `done` is called once.
  void leave(std::function<void()> done);

  const membership& me() const noexcept { return member_; }
  engine_stats stats() const noexcept;

 private:
  struct waiting_letter {
    actor_letter letter;
    outcome_callback done;  // null: told, not asked
    std::uint32_t tries = 0;
    std::function<void(waiting_letter&)> moved{};  // what else to do if it is elsewhere
  };
  struct activation {
    std::uint64_t token = 0;  // 0: on its way
    std::string saved;
    bool fresh = true;
    std::vector<waiting_letter> waiting;
  };
  using letters = std::vector<waiting_letter>;

  // membership
  void on_joined(const node_identity& life) override;
  void on_view(const cluster_view& view) override;
  void on_fenced(const std::string& why) override;
  void on_life_over(const node_identity& life) override;
  void on_singletons(const std::vector<std::string>& names) override;

  // engine_names.cpp
  void route(waiting_letter w);
  void find(waiting_letter w);
  void found(const std::string& name, const expected<std::optional<node_identity>>& where);
  void deliver_here(waiting_letter w);
  void activate(const std::string& name);
  void activated(const std::string& name, const expected<activation_reply>& reply);
  void hand_over(waiting_letter w, activation& a);
  void remember(const std::string& name, const node_identity& where);
  bool keeps(const std::string& kind) const { return kinds_.contains(kind); }
  void tell_singletons();
  void decline(waiting_letter w);

  // engine_leaving.cpp
  void close(std::function<void()> done);
  void depart_when_settled(std::function<void()> done);
  void depart(std::function<void()> done);

  // engine_inbox.cpp
  void send(waiting_letter w, const node_identity& to);
  void take(const std::string& field, std::string value);
  void take_bundle(frame_bundle bundle);
  void take_frame(const node_identity& from, frame f);
  void take_message(const node_identity& from, frame f);
  void take_answer(const node_identity& from, frame f);
  void take_not_here(const node_identity& from, const frame& f);
  void answer(const node_identity& to, std::uint64_t correlation, actor_outcome outcome);
  void send_on(const node_identity& from, frame f);
  void refused(const node_identity& to, std::vector<frame> frames, const actor_failure& why);
  bool seen(const frame_bundle& bundle);

  void try_rest(const actor_rest& what, clock::time_point deadline,
                std::function<void(expected<bool>)> done);
  void fail(waiting_letter& w, actor_failure why);

  engine_options options_;
  deadline_wheel& wheel_;
  local_side& here_;
  registry names_;
  membership member_;
  asks asks_;
  outbox out_;
  inbox_reader inbox_;
  std::map<std::string, actor_life, std::less<>> kinds_;  // that this node keeps
  std::unordered_map<std::string, activation> living_;    // names that this life has
  std::unordered_map<std::string, node_identity> known_;  // names of others
  std::unordered_map<std::string, letters> finding_;
  std::map<node_identity, std::uint64_t> heard_;  // the last bundle of each
  std::uint64_t heard_version_ = 0;               // of the members, as the inbox told
  reminders reminders_;
  bool retired_ = false, closed_ = false;
  std::size_t unanswered_ = 0;  // asks of others
  clock::time_point leave_by_{};
  deadline_wheel::ticket look_again_;
  engine_stats counts_;
  std::shared_ptr<engine*> self_;  // for replies that come later
};

}  // namespace puff::federation
