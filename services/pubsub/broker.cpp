#include "services/pubsub/broker.hpp"

#include <algorithm>
#include <utility>

#include "services/pubsub/envelope.hpp"
#include "services/redis/command.hpp"

namespace puff::pubsub {
namespace {

constexpr std::size_t most_recovered = 10'000;  // messages of a channel
constexpr std::chrono::seconds recovery_limit{10};

redis::subscriber_options reading(broker_options& options) {
  options.reading.connection = options.connection;
  options.reading.connection.client_name += "-pubsub";
  return options.reading;
}

/// Why it cannot be published; no error if it can.
error fault_of(const publication& what) {
  if (!is_sender(what.from))
    return make_error(ec::bad_argument,
                      "a connection's id has at most 256 bytes and none of them is NUL");
  if (what.channel.empty())
    return make_error(ec::bad_argument, "the name of a channel must not be empty");
  if (what.keep == 0) return {};
  if (what.kind == subscription_kind::shard)
    return make_error(ec::bad_argument, "messages on shard channels cannot be kept");
  if (what.keep_for <= std::chrono::milliseconds::zero())
    return make_error(ec::bad_argument, "a message is kept for at least a millisecond");
  return {};
}

/// The number that PUBLISH answers.
expected<std::uint64_t> hearers(const expected<std::vector<redis_value>>& replies) {
  if (!replies) return replies.error();
  const auto& data = replies->front().data;
  if (auto* count = std::get_if<std::int64_t>(&data)) return static_cast<std::uint64_t>(*count);
  if (auto* failure = std::get_if<redis_value::failure>(&data))
    return make_error(ec::server_error, failure->text);
  return make_error(ec::internal, "PUBLISH was answered by something else than a number");
}

}  // namespace

broker::broker(boost::asio::io_context& io, deadline_wheel& wheel, broker_options options)
    : on_change_(std::move(options.on_change)),
      publisher_(io, wheel, {.connection = options.connection}),
      beside_(options.asks_beside
                  ? std::make_unique<redis::client>(
                        io, wheel, redis::client_options{.connection = options.connection})
                  : nullptr),
      reader_(io, wheel, reading(options), static_cast<redis::subscriber_listener&>(*this)),
      history_(publisher_, beside_ ? *beside_ : publisher_),
      presence_(beside_ ? *beside_ : publisher_, wheel, options.presence_lease) {}

broker::~broker() { close(); }

void broker::close(const error& why) {
  table_.for_each_member([&](inbox& who, const auto&) { who.close(why); });
  reader_.close();
  publisher_.close();
  if (beside_) beside_->close();
}

void broker::subscribe(const member& who, const subscription& to, clock::time_point deadline,
                       done_callback done) {
  if (to.name.empty())
    return done(make_error(ec::bad_argument, "the name of a channel must not be empty"));
  if (who->closed()) return done(make_error(ec::unavailable, "the subscriber's inbox is closed"));
  // It may be on its way out, which is settled before what is sent from now on.
  if (table_.has(to, *who))
    return reader_.settle([=, this](const error&) { join(who, to, deadline, done); });
  join(who, to, deadline, std::move(done));
}

void broker::join(const member& who, const subscription& to, clock::time_point deadline,
                  done_callback done) {
  table_.add(to, who);
  recount();
  reader_.subscribe(
      to.kind, to.name, deadline,
      [this, who = std::weak_ptr{who}, to, done = std::move(done)](const error& outcome) {
        auto alive = who.lock();
        if (outcome && alive) end(to, *alive, {});
        done(outcome);
      });
}

void broker::subscribe_since(const member& who, const std::string& channel, const position& since,
                             clock::time_point deadline, done_callback done) {
  const subscription to{subscription_kind::channel, channel};
  if (table_.has(to, *who))
    return done(make_error(ec::bad_argument, "'" + channel + "' is subscribed to already"));
  if (who->closed()) return done(make_error(ec::unavailable, "the subscriber's inbox is closed"));
  // What comes while the history is read waits in an inbox of its own.
  auto held = std::make_shared<inbox>(
      inbox_options{who->options().max_messages, who->options().max_bytes, false});
  auto arrived = [this, held, who, to, done](const expected<history_page>& page) {
    if (page) hand_over(held, who, to, *page);
    end(to, *held, {});
    if (!page) return done(page.error());
    done(held->reason());
  };
  subscribe(held, to, deadline, [=, this](const error& failed) {
    if (failed) return done(failed);
    history_.read(to.name, since, who->options().max_messages, deadline, arrived);
  });
}

void broker::hand_over(const member& held, const member& who, const subscription& to,
                       const history_page& page) {
  if (who->closed() || held->closed()) return;
  recovery_.remember(to.name, page.newest);
  if (!page.whole) who->interrupt();
  for (const auto& each : page.messages) who->push(each);
  if (!page.newest.epoch.empty()) who->has_all_up_to(to.name, page.newest);
  while (auto item = held->take()) {
    if (item->gap) who->interrupt();
    if (item->message) who->push(item->message);
  }
  table_.add(to, who);
}

void broker::unsubscribe(const member& who, const subscription& from, done_callback done) {
  reader_.settle([=, this](const error&) { end(from, *who, done); });
}

void broker::end(const subscription& from, const inbox& who, done_callback done) {
  auto was_last = table_.remove(from, who);
  if (was_last.value_or(false) && from.kind == subscription_kind::channel)
    recovery_.forget(from.name);
  recount();
  auto tell = done ? std::move(done) : [](const error&) {};
  if (!was_last)
    tell(make_error(ec::not_found, "there is no subscription to '" + from.name + "'"));
  else if (*was_last)
    reader_.unsubscribe(from.kind, from.name, std::move(tell));
  else
    tell({});
}

void broker::leave(const inbox& who) {
  for (const auto& each : table_.of(who)) end(each, who, {});
  presence_.leave_all(who);
}

void broker::publish(const publication& what, published_callback done) {
  if (auto fault = fault_of(what)) return done(std::move(fault));
  auto published = [this, done = std::move(done)](expected<std::uint64_t> count) {
    if (count) ++counts_.published;
    changed();
    done(std::move(count));
  };
  if (what.keep > 0) return history_.keep(what, std::move(published));
  const auto payload = sealed(what.from, what.body);
  const auto* verb = what.kind == subscription_kind::shard ? "SPUBLISH" : "PUBLISH";
  publisher_.send(redis::make_command({verb, what.channel, payload}), what.deadline,
                  [published = std::move(published)](expected<std::vector<redis_value>> replies) {
                    published(hearers(replies));
                  });
}

void broker::changed() {
  if (on_change_) on_change_(counts_);
}

void broker::on_message(subscription_kind kind, const std::string& name, std::string channel,
                        std::string payload) {
  const auto& key = kind == subscription_kind::pattern ? name : channel;
  auto what = std::make_shared<pubsub_message>();
  auto [from, body, where] = opened(payload);
  what->from = from;
  what->position = where;
  if (body.size() == payload.size())
    what->body = std::move(payload);
  else
    what->body = body;
  if (kind == subscription_kind::pattern) what->pattern = name;
  what->channel = channel;
  ++counts_.received;
  if (kind != subscription_kind::channel || recovery_.admits(key, what)) deliver(kind, key, what);
  changed();
}

void broker::deliver(subscription_kind kind, const std::string& name,
                     const pubsub_message_ptr& message) {
  auto done = table_.deliver(kind, name, message);
  counts_.delivered += done.members;
  counts_.dropped += done.overflowed;
}

void broker::on_interrupted() {
  recovery_.interrupt();
  if (table_.members() == 0) return;
  ++counts_.interruptions;
  auto comes_back = [this](const subscription& each) {
    return each.kind == subscription_kind::channel && recovery_.is_complete(each.name);
  };
  table_.for_each_member([&](inbox& who, const std::vector<subscription>& has) {
    if (!std::all_of(has.begin(), has.end(), comes_back)) who.interrupt();
  });
  changed();
}

void broker::on_subscribed_again(subscription_kind kind, const std::string& name) {
  if (kind != subscription_kind::channel) return;
  auto question = recovery_.begin(name);
  if (!question) return;
  history_.read(name, question->since, most_recovered, clock::now() + recovery_limit,
                [this, name, attempt = question->attempt](const expected<history_page>& page) {
                  catch_up(name, attempt, page ? &*page : nullptr);
                });
}

void broker::catch_up(const std::string& channel, std::uint64_t attempt, const history_page* page) {
  auto outcome = recovery_.finish(channel, attempt, page);
  if (!outcome) return;
  const subscription here{subscription_kind::channel, channel};
  if (outcome->complete)
    ++counts_.recovered;
  else
    table_.for_each_member_of(here, [](inbox& who) { who.interrupt(); });
  for (const auto& each : outcome->messages) deliver(here.kind, channel, each);
  changed();
}

void broker::on_refused(subscription_kind kind, const std::string& name, const error& why) {
  if (kind == subscription_kind::channel) recovery_.forget(name);
  for (const auto& who : table_.forget({kind, name})) who->close(why);
  recount();
}

void broker::recount() {
  counts_.subscribers = table_.members();
  counts_.subscriptions = table_.subscriptions();
  changed();
}

}  // namespace puff::pubsub
