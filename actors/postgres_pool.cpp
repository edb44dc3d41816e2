#include "actors/postgres_pool.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <memory>

#include "actors/core/shared_promise.hpp"

namespace puff {
namespace {

constexpr auto relaxed = std::memory_order_relaxed;

/// An answer that gives the session back if it is dropped untaken: its asker has ended, or its
/// deadline came first.
sql_leased offer(caf::weak_actor_ptr from, sql_lent lent) {
  auto unless_taken = [from = std::move(from)](sql_lent* offered) {
    const std::unique_ptr<sql_lent> owned{offered};
    auto pool = owned->opened ? from.lock() : nullptr;
    if (pool)
      caf::anon_send(caf::actor_cast<postgres_pool_actor>(pool), return_atom::value, owned->id);
  };
  auto owned = std::make_unique<sql_lent>(std::move(lent));
  return sql_leased{std::shared_ptr<sql_lent>{owned.release(), std::move(unless_taken)}};
}

}  // namespace

postgres_pool::counters::counters(gauge& of)
    : open(of.level("connections")),
      idle(of.level("idle")),
      leased(of.level("leased")),
      own(of.level("own")),
      waiting(of.level("queued")),
      leases(of.total("leases")),
      statements(of.total("statements")),
      waits(of.total("waits")),
      connects(of.total("connects")),
      errors(of.total("errors")) {}

void postgres_pool::counters::show(const postgres::pool_stats& stats) {
  open.store(stats.open, relaxed);
  idle.store(stats.idle, relaxed);
  leased.store(stats.leased, relaxed);
  own.store(stats.own, relaxed);
  waiting.store(stats.waiting, relaxed);
  leases.store(stats.leases, relaxed);
  statements.store(stats.statements, relaxed);
  waits.store(stats.waits, relaxed);
  connects.store(stats.connects, relaxed);
  errors.store(stats.errors, relaxed);
}

postgres_pool::postgres_pool(self_pointer<interface> self, boost::asio::io_context& io,
                             postgres::pool_options options)
    : self_(self), io_(io), options_(std::move(options)) {}

postgres_pool::interface::behavior_type postgres_pool::make_behavior() {
  counters_.emplace(self_->counts());
  options_.on_change = [this] { count(); };
  pool_.emplace(io_, self_->home()->deadlines(), options_);
  pool_->start();
  return {
      [this](lease_atom, sql_lease_wish& wish) { return lease(wish.take()); },
      [this](run_atom, sql_request_parcel& request) { return run(request.take()); },
      [this](describe_atom, session_id id) { return describe(id); },
      [this](cancel_atom, session_id id) { pool_->cancel(id); },
      [this](abandon_atom, std::uint64_t ticket) { pool_->abandon(ticket); },
      [this](return_atom, session_id id) { pool_->give_back(id); },
      [this](check_atom) { return check(); },
  };
}

void postgres_pool::count() { counters_->show(pool_->stats()); }

caf::delegated<sql_leased> postgres_pool::lease(sql_lease wish) {
  auto owed = make_shared_promise<sql_leased>(self_);
  pool_->lease(std::move(wish), [this, owed](expected<sql_lent> lent) {
    if (lent)
      owed->deliver(offer(caf::weak_actor_ptr{self_->ctrl()}, std::move(*lent)));
    else
      owed->deliver(std::move(lent.error()));
  });
  return {};
}

caf::delegated<sql_reply_parcel> postgres_pool::run(sql_request request) {
  auto owed = make_shared_promise<sql_reply_parcel>(self_);
  pool_->run(std::move(request), [owed](expected<sql_reply> reply) {
    if (reply)
      owed->deliver(sql_reply_parcel{std::move(*reply)});
    else
      owed->deliver(std::move(reply.error()));
  });
  return {};
}

caf::result<sql_description> postgres_pool::describe(session_id id) {
  auto session = pool_->describe(id);
  if (!session) return std::move(session.error());
  return sql_description{std::move(*session)};
}

caf::delegated<check_atom> postgres_pool::check() {
  pool_->check(deadline_wheel::clock::now() + check_time_limit,
               deliver_to(self_, check_atom::value));
  return {};
}

}  // namespace puff
