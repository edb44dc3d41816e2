#pragma once

#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/core/promise.hpp"
#include "actors/core/spawn.hpp"
#include "actors/core/timer.hpp"
#include "actors/federation_interfaces.hpp"
#include "actors/lease_clock.hpp"
#include "services/federation/engine.hpp"
#include "services/redis/client.hpp"

namespace puff {

struct federator_options {
  std::string node = "puff";
  /// Null: this node has no cluster, and no Redis for this.
  struct cluster_options {
    redis::client_options client;
    federation::engine_options engine;
    /// For how long Python may keep its thread before the node is unwell. After another lease it is
    /// silent, so that others take over its actors.
    std::chrono::milliseconds unwell_after{2'000};
  };
  std::optional<cluster_options> cluster;
  std::shared_ptr<lease_clock> leases = std::make_shared<lease_clock>();
};

/// Purpose: finds actors by name, here and on other nodes, and carries what they say to each other.
/// Owns: the node's membership, its inbox and its connections to the cluster's Redis; who keeps
/// which kind of actor here.
/// Talks to: those who keep actors here.
/// Timers: heartbeats, deadlines of asks; none depends on Python.
/// Ends when: the node stops. If it fails, those who keep actors are told that their leases are
/// over, and the next one joins when the lease of this one is.
class federator final : private redis::command_port, private federation::local_side {
 public:
  using interface = federation_actor;
  static constexpr const char* name = "federation";

  /// `io` is that of the loop the actor is pinned to.
  federator(self_pointer<interface> self, boost::asio::io_context& io, federator_options options);
  ~federator() override;

  interface::behavior_type make_behavior();

 private:
  using clock = std::chrono::steady_clock;
  using outcome_callback = federation::local_side::outcome_callback;
  struct keeper {
    actor_life life;
    named_actor who;
    std::optional<actor_host_actor> host;
  };
  /// An actor of a node without a cluster; what it saves is kept here, as long as the node lives.
  struct lone_actor {
    std::uint64_t token = 0;
    bool lives = false;
    std::string saved;
  };

  // What the engine needs.
  void send(redis_commands commands, clock::time_point deadline, reply_callback done) override;
  void deliver(actor_call call, outcome_callback answer) override;
  void wake(actor_call call) override;
  void fence() override;
  void valid_until(clock::time_point when) override;

  caf::delegated<actor_outcome_parcel> ask_for(actor_letter letter);
  void tell(actor_letter letter);
  void announce(actor_announcement what, keeper who);
  void withdraw(const std::string& kind);
  caf::delegated<rest_atom> rest(const actor_rest& what);
  caf::delegated<cluster_report_parcel> describe();
  caf::delegated<remind_atom> remind(const actor_reminder& what);
  caf::delegated<bool> forget(const std::string& actor, const std::string& reminder);
  caf::delegated<retire_atom> retire();
  caf::delegated<drain_atom> drain();
  template <class Atom>
  void end_actors(Atom how, std::function<void()> then);
  void leave();
  caf::delegated<check_atom> check();
  void answer_checks();
  void count();

  void deliver_alone(actor_letter letter, outcome_callback answer);
  void rest_alone(const actor_rest& what);

  self_pointer<interface> self_;
  boost::asio::io_context& io_;
  federator_options options_;
  std::map<std::string, keeper, std::less<>> keepers_;
  std::unique_ptr<redis::client> client_;
  std::unique_ptr<federation::engine> engine_;
  std::map<std::string, lone_actor, std::less<>> alone_;  // without a cluster
  std::uint64_t last_token_ = 0;
  std::vector<promise<drain_atom>> draining_;
  std::vector<std::pair<clock::time_point, promise<check_atom>>> checks_;
  ticker counting_;
};

}  // namespace puff
