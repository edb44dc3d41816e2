#include "services/pubsub/broker.hpp"

#include <utility>

#include "services/pubsub/envelope.hpp"
#include "services/redis/command.hpp"

namespace puff::pubsub {
namespace {

redis::subscriber_options reading(broker_options& options) {
  options.reading.connection = options.connection;
  options.reading.connection.client_name += "-pubsub";
  return options.reading;
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
      reader_(io, wheel, reading(options), static_cast<redis::subscriber_listener&>(*this)) {}

broker::~broker() { close(); }

void broker::close(const error& why) {
  table_.for_each_member([&](inbox& who) { who.close(why); });
  reader_.close();
  publisher_.close();
}

void broker::subscribe(const member& who, const subscription& to, clock::time_point deadline,
                       done_callback done) {
  if (to.name.empty())
    return done(make_error(ec::bad_argument, "the name of a channel must not be empty"));
  if (who->closed()) return done(make_error(ec::unavailable, "the subscriber's inbox is closed"));
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

void broker::unsubscribe(const member& who, const subscription& from, done_callback done) {
  end(from, *who, std::move(done));
}

void broker::end(const subscription& from, const inbox& who, done_callback done) {
  auto was_last = table_.remove(from, who);
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
}

void broker::publish(const publication& what, published_callback done) {
  if (!is_sender(what.from))
    return done(make_error(ec::bad_argument,
                           "a connection's id has at most 256 bytes and none of them is NUL"));
  if (what.channel.empty())
    return done(make_error(ec::bad_argument, "the name of a channel must not be empty"));
  const auto payload = sealed(what.from, what.body);
  const auto* verb = what.kind == subscription_kind::shard ? "SPUBLISH" : "PUBLISH";
  publisher_.send(redis::make_command({verb, what.channel, payload}), what.deadline,
                  [this, done = std::move(done)](expected<std::vector<redis_value>> replies) {
                    auto count = hearers(replies);
                    if (count) ++counts_.published;
                    changed();
                    done(std::move(count));
                  });
}

void broker::changed() {
  if (on_change_) on_change_(counts_);
}

void broker::on_message(subscription_kind kind, const std::string& name, std::string channel,
                        std::string payload) {
  const auto& key = kind == subscription_kind::pattern ? name : channel;
  auto what = std::make_shared<pubsub_message>();
  auto [from, body] = opened(payload);
  what->from = from;
  if (body.size() == payload.size())
    what->body = std::move(payload);
  else
    what->body = body;
  if (kind == subscription_kind::pattern) what->pattern = name;
  what->channel = channel;
  auto done = table_.deliver(kind, key, what);
  ++counts_.received;
  counts_.delivered += done.members;
  counts_.dropped += done.overflowed;
  changed();
}

void broker::on_interrupted() {
  if (table_.members() == 0) return;
  ++counts_.interruptions;
  table_.for_each_member([](inbox& who) { who.interrupt(); });
  changed();
}

void broker::on_refused(subscription_kind kind, const std::string& name, const error& why) {
  for (const auto& who : table_.forget({kind, name})) who->close(why);
  recount();
}

void broker::recount() {
  counts_.subscribers = table_.members();
  counts_.subscriptions = table_.subscriptions();
  changed();
}

}  // namespace puff::pubsub
