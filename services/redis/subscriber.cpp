#include "services/redis/subscriber.hpp"

#include <algorithm>

#include "services/redis/command.hpp"

namespace puff::redis {
namespace {

struct verbs {
  std::string_view subscribe, unsubscribe, message;
};
constexpr std::array<verbs, 3> words{{{"SUBSCRIBE", "UNSUBSCRIBE", "message"},
                                      {"PSUBSCRIBE", "PUNSUBSCRIBE", "pmessage"},
                                      {"SSUBSCRIBE", "SUNSUBSCRIBE", "smessage"}}};

const verbs& words_of(subscription_kind kind) { return words[static_cast<std::size_t>(kind)]; }

std::string* text_of(redis_value& value) { return std::get_if<std::string>(&value.data); }

}  // namespace

subscriber::subscriber(boost::asio::io_context& io, deadline_wheel& wheel,
                       subscriber_options options, subscriber_listener& listener)
    : wheel_(wheel),
      options_(std::move(options)),
      listener_(listener),
      link_(io, wheel, options_.connection, static_cast<internal::link_owner&>(*this)) {}

subscriber::~subscriber() { close(); }

void subscriber::close() {
  wheel_.cancel(probe_);
  auto closed = make_error(ec::shutting_down, link_.say("the connection was closed"));
  if (!link_.close(closed)) return;
  auto unconfirmed = std::exchange(commands_, {});
  for (auto& c : unconfirmed)
    if (c.done) c.done({});
}

void subscriber::subscribe(subscription_kind kind, const std::string& name,
                           clock::time_point deadline, done_callback done) {
  link_.start();
  if (link_.state() == connection_state::closed) return done(link_.last_error());
  auto [at, is_new] = of(kind).try_emplace(name);
  if (at->second.confirmed) return done({});
  auto& waiting = at->second.waiting;
  waiting.push_back({std::move(done), {}});
  auto who = std::prev(waiting.end());
  who->expiry = wheel_.arm(deadline, [this, &waiting, who] {
    auto late = std::move(who->done);
    waiting.erase(who);
    late(make_error(ec::timed_out, link_.last_error() ? context_of(link_.last_error())
                                                      : link_.say("no confirmation in time")));
  });
  if (is_new && link_.ready()) send(kind, true, {name}, {});
}

void subscriber::unsubscribe(subscription_kind kind, const std::string& name, done_callback done) {
  auto found = of(kind).find(name);
  if (found == of(kind).end()) return done({});
  auto waiting = std::move(found->second.waiting);
  of(kind).erase(found);
  if (link_.ready())
    send(kind, false, {name}, std::move(done));
  else
    done({});
  answer(std::move(waiting), make_error(ec::cancelled, "unsubscribed before it was confirmed"));
}

void subscriber::settle(done_callback done) {
  if (link_.ready())
    ping(std::move(done));
  else
    done({});
}

void subscriber::ping(done_callback done) {
  append_command(unsent_, std::array<std::string_view, 1>{"PING"});
  commands_.push_back({{}, false, ++last_number_, {}, 0, std::move(done)});
  link_.out().request_flush();
}

subscriber_stats subscriber::stats() const {
  std::size_t count = 0;
  for (const auto& each : wanted_) count += each.size();
  return {link_.state(), link_.connects(), messages_, count, context_of(link_.last_error())};
}

void subscriber::send(subscription_kind kind, bool subscribes, std::vector<std::string> names,
                      done_callback done) {
  const auto& verb = words_of(kind);
  std::vector<std::string_view> parts{subscribes ? verb.subscribe : verb.unsubscribe};
  parts.insert(parts.end(), names.begin(), names.end());
  append_command(unsent_, parts);
  const auto number = ++last_number_;
  if (subscribes)
    for (const auto& name : names) of(kind)[name].asked_by = number;
  commands_.push_back({kind, subscribes, number, std::move(names), 0, std::move(done)});
  link_.out().request_flush();
}

void subscriber::on_ready() {
  for (auto kind :
       {subscription_kind::channel, subscription_kind::pattern, subscription_kind::shard})
    subscribe_again(kind);
  heard_at_ = clock::now();
  expect_words();
}

void subscriber::subscribe_again(subscription_kind kind) {
  std::vector<std::string> names;
  for (const auto& [name, what] : of(kind)) {
    names.push_back(name);
    // Each is a slot of its own in a cluster, so those go alone.
    if (kind != subscription_kind::shard && names.size() < options_.names_per_command) continue;
    send(kind, true, std::exchange(names, {}), {});
  }
  if (!names.empty()) send(kind, true, std::move(names), {});
}

void subscriber::on_ready_to_write() {
  if (!link_.ready() || link_.out().writing() || unsent_.empty()) return;
  link_.out().output() = std::exchange(unsent_, {});
  link_.out().flush();
}

void subscriber::on_state(connection_state state, const error& why) {
  if (state == connection_state::closed) fail_waiting(why);
}

void subscriber::on_broken(const std::string&) {
  wheel_.cancel(probe_);
  unsent_.clear();
  bool interrupted = false;
  for (auto& kind : wanted_)
    for (auto& [name, what] : kind) {
      interrupted |= std::exchange(what.confirmed, false);
      what.asked_by = 0;
    }
  auto unconfirmed = std::exchange(commands_, {});
  if (interrupted) listener_.on_interrupted();
  for (auto& c : unconfirmed)
    if (c.done) c.done({});  // gone with the connection
}

void subscriber::on_reply(redis_value reply) {
  heard_at_ = clock::now();
  if (auto* parts = std::get_if<redis_value::array>(&reply.data)) {
    if (!parts->empty() && text_of(parts->front()) && !take_message(*parts))
      take_confirmation(*parts);
  } else if (std::holds_alternative<redis_value::status>(reply.data)) {
    take_pong();  // so it is said to who has no channel and no pattern
  } else if (auto* failure = std::get_if<redis_value::failure>(&reply.data)) {
    take_failure(failure->text);
  }
}

bool subscriber::take_message(std::vector<redis_value>& parts) {
  const auto& verb = *text_of(parts.front());
  const bool by_pattern = verb == "pmessage" && parts.size() == 4;
  if (!by_pattern && !((verb == "message" || verb == "smessage") && parts.size() == 3))
    return false;
  auto* channel = text_of(parts[parts.size() - 2]);
  auto* payload = text_of(parts.back());
  auto* name = text_of(parts[1]);
  if (!channel || !payload || !name) return true;
  ++messages_;
  auto kind = by_pattern       ? subscription_kind::pattern
              : verb[0] == 's' ? subscription_kind::shard
                               : subscription_kind::channel;
  if (by_pattern)
    listener_.on_message(kind, *name, std::move(*channel), std::move(*payload));
  else
    listener_.on_message(kind, *channel, *channel, std::move(*payload));
  return true;
}

/// ["subscribe", name, count] and its like, or ["pong", ""].
void subscriber::take_confirmation(std::vector<redis_value>& parts) {
  const auto& verb = *text_of(parts.front());
  if (verb == "pong") return take_pong();
  if (parts.size() != 3 || commands_.empty()) return;
  auto* name = text_of(parts[1]);
  auto& front = commands_.front();
  if (!name || front.names.empty() || front.subscribes != (verb.find("un") == std::string::npos))
    return;
  if (front.subscribes) confirm(front, *name);
  if (++front.confirmed == front.names.size()) finish_command();
}

void subscriber::take_pong() {
  if (!commands_.empty() && commands_.front().names.empty()) finish_command();
}

void subscriber::finish_command() {
  auto done = std::move(commands_.front().done);
  commands_.pop_front();
  if (done) done({});
}

void subscriber::confirm(const command& by, const std::string& name) {
  auto found = of(by.kind).find(name);
  if (found == of(by.kind).end() || found->second.asked_by != by.number) return;
  found->second.confirmed = true;
  const bool again = std::exchange(found->second.told, true);
  answer(std::move(found->second.waiting), {});
  if (again) listener_.on_subscribed_again(by.kind, name);
}

/// The server refuses a whole command: whose names are at fault, it says only if there is one.
void subscriber::take_failure(const std::string& text) {
  if (commands_.empty()) return;
  auto front = std::move(commands_.front());
  commands_.pop_front();
  if (front.done) front.done({});
  if (front.names.size() == 1)
    return refuse(front, front.names[0], make_error(ec::server_error, link_.say(text)));
  for (const auto& name : front.names)
    if (auto found = of(front.kind).find(name);
        found != of(front.kind).end() && found->second.asked_by == front.number)
      send(front.kind, true, {name}, {});
}

void subscriber::refuse(const command& by, const std::string& name, const error& why) {
  auto found = of(by.kind).find(name);
  if (found == of(by.kind).end() || found->second.asked_by != by.number) return;
  auto gone = std::move(found->second);
  of(by.kind).erase(found);
  if (gone.told) listener_.on_refused(by.kind, name, why);
  answer(std::move(gone.waiting), why);
}

void subscriber::answer(waiters whom, const error& outcome) {
  for (auto& w : whom) wheel_.cancel(w.expiry);
  for (auto& w : whom) w.done(outcome);
}

void subscriber::fail_waiting(const error& why) {
  for (auto& kind : wanted_) {
    auto gone = std::exchange(kind, {});
    for (auto& [name, what] : gone) answer(std::move(what.waiting), why);
  }
}

void subscriber::expect_words() {
  probing_ = false;
  probe_ = wheel_.arm(heard_at_ + options_.probe_after, [this] { look_for_words(); });
}

void subscriber::look_for_words() {
  const auto silent = clock::now() - heard_at_;
  if (silent < options_.probe_after && !probing_) return expect_words();
  if (std::exchange(probing_, true)) {
    if (silent < options_.probe_timeout) return expect_words();
    return link_.drop(make_error(ec::unavailable, "the server has gone silent"));
  }
  ping({});
  probe_ = wheel_.arm(clock::now() + options_.probe_timeout, [this] { look_for_words(); });
}

}  // namespace puff::redis
