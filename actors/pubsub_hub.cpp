#include "actors/pubsub_hub.hpp"

#include <memory>

#include "actors/core/promise.hpp"

namespace puff {
namespace {

template <class Done>
auto deliver_to(self_pointer<pubsub_hub_actor> self, Done done) {
  auto owed = std::make_shared<promise<Done>>(make_promise<Done>(self));
  return [owed, done](const error& why) {
    if (why)
      owed->deliver(why);
    else
      owed->deliver(done);
  };
}

}  // namespace

pubsub_hub::pubsub_hub(self_pointer<interface> self, boost::asio::io_context& io,
                       pubsub::broker_options options)
    : self_(self), io_(io), options_(std::move(options)) {}

pubsub_hub::~pubsub_hub() {
  if (broker_) broker_->close(make_error(ec::unavailable, "the pub/sub hub of the node has ended"));
}

pubsub_hub::interface::behavior_type pubsub_hub::make_behavior() {
  count();
  broker_.emplace(io_, self_->home()->deadlines(), options_);
  broker_->start();
  return {
      [this](subscribe_atom, subscription_parcel& wish) { return subscribe(wish.take()); },
      [this](leave_atom, subscription_parcel& wish) { return leave(wish.take()); },
      [this](forget_atom, inbox_parcel& who) { broker_->leave(*who.take()); },
      [this](publish_atom, publication_parcel& what) { return publish(what.take()); },
      [this](check_atom) { return check(); },
  };
}

void pubsub_hub::count() {
  auto& counts = self_->counts();
  // Totals go on where an earlier life of this actor has ended.
  auto total = [&counts](std::string_view what) {
    auto& where = counts.total(what);
    return [&where, before = where.load()](std::uint64_t value) {
      where.store(before + value, std::memory_order_relaxed);
    };
  };
  options_.on_change = [&subscribers = counts.level("subscribers"),
                        &subscriptions = counts.level("subscriptions"),
                        received = total("received"), delivered = total("delivered"),
                        dropped = total("dropped"), published = total("published"),
                        interruptions = total("interruptions")](const pubsub::broker_stats& now) {
    subscribers.store(now.subscribers, std::memory_order_relaxed);
    subscriptions.store(now.subscriptions, std::memory_order_relaxed);
    received(now.received);
    delivered(now.delivered);
    dropped(now.dropped);
    published(now.published);
    interruptions(now.interruptions);
  };
}

caf::delegated<subscribe_atom> pubsub_hub::subscribe(subscription_wish wish) {
  broker_->subscribe(wish.who, wish.what, wish.deadline, deliver_to(self_, subscribe_atom::value));
  return {};
}

caf::delegated<leave_atom> pubsub_hub::leave(const subscription_wish& wish) {
  broker_->unsubscribe(wish.who, wish.what, deliver_to(self_, leave_atom::value));
  return {};
}

caf::delegated<std::uint64_t> pubsub_hub::publish(const publication& what) {
  auto owed = std::make_shared<promise<std::uint64_t>>(make_promise<std::uint64_t>(self_));
  broker_->publish(what,
                   [owed](expected<std::uint64_t> count) { owed->deliver(std::move(count)); });
  return {};
}

caf::delegated<check_atom> pubsub_hub::check() {
  broker_->ping(deadline_wheel::clock::now() + check_time_limit,
                deliver_to(self_, check_atom::value));
  return {};
}

}  // namespace puff
