#include "actors/pubsub_hub.hpp"

#include "actors/core/shared_promise.hpp"

namespace puff {
namespace {

expected<pubsub::position> position_of(const std::string& text) {
  if (auto where = pubsub::parse_position(text)) return *where;
  return make_error(ec::bad_argument,
                    "'" + text + "' is no position: take that of a message, or \"0\"");
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
      [this](attend_atom, attendance_parcel& wish) { return attend(wish.take()); },
      [this](recall_atom, channel_question_parcel& about) { return recall(about.take()); },
      [this](present_atom, channel_question_parcel& about) { return present(about.take()); },
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
  options_.on_change =
      [&subscribers = counts.level("subscribers"), &subscriptions = counts.level("subscriptions"),
       received = total("received"), delivered = total("delivered"), dropped = total("dropped"),
       published = total("published"), interruptions = total("interruptions"),
       recovered = total("recovered")](const pubsub::broker_stats& now) {
        subscribers.store(now.subscribers, std::memory_order_relaxed);
        subscriptions.store(now.subscriptions, std::memory_order_relaxed);
        received(now.received);
        delivered(now.delivered);
        dropped(now.dropped);
        published(now.published);
        interruptions(now.interruptions);
        recovered(now.recovered);
      };
}

caf::delegated<subscribe_atom> pubsub_hub::subscribe(subscription_wish wish) {
  auto done = deliver_to(self_, subscribe_atom::value);
  if (wish.since.empty()) {
    broker_->subscribe(wish.who, wish.what, wish.deadline, std::move(done));
  } else if (wish.what.kind != subscription_kind::channel) {
    done(make_error(ec::bad_argument, "patterns and shard channels have no history"));
  } else if (auto since = position_of(wish.since)) {
    broker_->subscribe_since(wish.who, wish.what.name, *since, wish.deadline, std::move(done));
  } else {
    done(since.error());
  }
  return {};
}

caf::delegated<attend_atom> pubsub_hub::attend(const attendance_wish& wish) {
  auto done = deliver_to(self_, attend_atom::value);
  if (wish.what.channel.empty() || wish.what.who.empty())
    done(make_error(ec::bad_argument, "a channel and a connection's id must not be empty"));
  else if (wish.does == attendance_wish::direction::enters)
    broker_->present().enter(wish.who, wish.what, std::move(done));
  else
    broker_->present().leave(wish.what, std::move(done));
  return {};
}

caf::delegated<pubsub_messages_parcel> pubsub_hub::recall(const channel_question& about) {
  auto owed = make_shared_promise<pubsub_messages_parcel>(self_);
  auto since = about.since.empty() ? expected<pubsub::position>{pubsub::position{}}
                                   : position_of(about.since);
  if (!since) {
    owed->deliver(std::move(since.error()));
    return {};
  }
  broker_->kept().read(about.channel, *since, about.count, about.deadline,
                       [owed](expected<pubsub::history_page> page) {
                         if (!page) return owed->deliver(std::move(page.error()));
                         owed->deliver(pubsub_messages_parcel{std::move(page->messages)});
                       });
  return {};
}

caf::delegated<pubsub_presents_parcel> pubsub_hub::present(const channel_question& about) {
  auto owed = make_shared_promise<pubsub_presents_parcel>(self_);
  broker_->present().list(about.channel, about.deadline, [owed](expected<pubsub_presents> all) {
    if (!all) return owed->deliver(std::move(all.error()));
    owed->deliver(pubsub_presents_parcel{std::move(*all)});
  });
  return {};
}

caf::delegated<leave_atom> pubsub_hub::leave(const subscription_wish& wish) {
  broker_->unsubscribe(wish.who, wish.what, deliver_to(self_, leave_atom::value));
  return {};
}

caf::delegated<std::uint64_t> pubsub_hub::publish(const publication& what) {
  auto owed = make_shared_promise<std::uint64_t>(self_);
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
