#include <caf/send.hpp>

#include "actors/core/outside_ask.hpp"
#include "actors/federator.hpp"
#include "actors/internal/node_parts.hpp"
#include "services/telemetry/log.hpp"

namespace puff {
namespace {

using namespace std::chrono_literals;

constexpr auto retire_limit = 30s;

federation::condition condition_of(std::chrono::milliseconds held, std::chrono::milliseconds limit,
                                   std::chrono::milliseconds lease) {
  if (held < limit) return federation::condition::well;
  return held < limit + lease ? federation::condition::unwell : federation::condition::silent;
}

}  // namespace

void node::add_federation(federator_options options) {
  options.node = name();
  options.leases = parts_->leases;
  parts_->in_cluster = options.cluster.has_value();
  if (auto& cluster = options.cluster)
    cluster->engine.member.feels = [this, limit = cluster->unwell_after,
                                    lease = cluster->engine.member.lease] {
      const auto python = parts_->python.load();
      return condition_of(python ? python->held() : std::chrono::milliseconds{0}, limit, lease);
    };
  // Who asks on a greenlet, and who is asked there, waits for Redis without another thread between.
  auto& home = options.cluster ? parts_->loop_for_guests() : loop();
  child_options care;
  care.on_up = [this] {
    std::scoped_lock lock{parts_->guards_keepers};
    for (const auto& [kind, each] : parts_->keepers) {
      each.fence();
      each.tell(parts_->federation);
    }
  };
  parts_->planned.push_back(child_of(
      "federation", parts_->federation,
      [this, &home, options = std::move(options)](const gauge_ptr& counts) {
        return spawn<federator>(system(), {.home = &home, .counts = counts}, std::ref(home.io()),
                                options);
      },
      care));
}

resource<federation_actor> node::federation() const { return parts_->federation; }
std::shared_ptr<const lease_clock> node::leases() const { return parts_->leases; }

void node::announce(actor_announcement what, std::variant<named_actor, actor_host_actor> who) {
  std::scoped_lock lock{parts_->guards_keepers};
  const auto kind = what.kind;
  auto [at, added] =
      parts_->keepers.insert_or_assign(kind, parts::keeper{std::move(what), std::move(who)});
  at->second.tell(parts_->federation);
}

void node::withdraw(const std::string& kind) {
  std::scoped_lock lock{parts_->guards_keepers};
  parts_->keepers.erase(kind);
  if (auto up = parts_->federation.get()) caf::anon_send(*up, withdraw_atom::value, kind);
}

void node::heed(std::shared_ptr<const thread_hold> python) { parts_->python = std::move(python); }

void node::retire_actors() {
  auto told = [](const expected<retire_atom>& outcome) {
    if (!outcome) log::warning("cluster", "actors have not moved: {}", describe(outcome.error()));
  };
  outside_ask<retire_atom>(loop(), parts_->federation, retire_limit, told, retire_atom::value);
}

void node::leave_cluster(std::chrono::milliseconds time_limit, std::function<void()> done) {
  auto left = [done = std::move(done)](const expected<drain_atom>& outcome) {
    if (!outcome) log::warning("cluster", "not left in order: {}", describe(outcome.error()));
    done();
  };
  outside_ask<drain_atom>(loop(), parts_->federation, time_limit, std::move(left),
                          drain_atom::value);
}

}  // namespace puff
