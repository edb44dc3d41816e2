#include "services/pubsub/broker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/redis/command.hpp"
#include "tests/support/engine_loop.hpp"
#include "tests/support/redis_server.hpp"

namespace puff::pubsub {
namespace {

using namespace std::chrono_literals;
using clock = deadline_wheel::clock;

class pubsub_broker : public testing::Test {
 protected:
  using kind = subscription_kind;

  std::unique_ptr<broker> make() {
    broker_options options;
    options.connection.url = where();
    return std::make_unique<broker>(loop.io(), loop.wheel(), std::move(options));
  }
  error subscribe(const broker::member& who, const std::string& name, kind what = kind::channel) {
    std::optional<error> outcome;
    hub->subscribe(who, {what, name}, clock::now() + 20s, [&](const error& e) { outcome = e; });
    EXPECT_TRUE(loop.run_until([&] { return outcome.has_value(); }));
    return *outcome;
  }
  error unsubscribe(const broker::member& who, const std::string& name) {
    std::optional<error> outcome;
    hub->unsubscribe(who, {kind::channel, name}, [&](const error& e) { outcome = e; });
    EXPECT_TRUE(loop.run_until([&] { return outcome.has_value(); }));
    return *outcome;
  }
  /// How many of the server's clients heard it.
  std::uint64_t publish(const std::string& channel, std::string_view body,
                        std::string_view from = "me") {
    std::optional<expected<std::uint64_t>> count;
    hub->publish({kind::channel, channel, std::string{from}, std::string{body}, clock::now() + 20s},
                 [&](expected<std::uint64_t> c) { count.emplace(std::move(c)); });
    EXPECT_TRUE(loop.run_until([&] { return count.has_value(); }));
    return **count;
  }
  void keep(const std::string& channel, const std::string& body, std::uint32_t most = 100) {
    bool done = false;
    publication what{kind::channel, channel, "me", body, clock::now() + 20s};
    what.keep = most;
    what.keep_for = 60s;
    hub->publish(what,
                 [&](const expected<std::uint64_t>& count) { done = static_cast<bool>(count); });
    ASSERT_TRUE(loop.run_until([&] { return done; }));
  }
  error subscribe_since(const broker::member& who, const std::string& name, const position& since) {
    std::optional<error> outcome;
    hub->subscribe_since(who, name, since, clock::now() + 20s,
                         [&](const error& e) { outcome = e; });
    EXPECT_TRUE(loop.run_until([&] { return outcome.has_value(); }));
    return *outcome;
  }
  /// Somebody else cuts the connections that have subscribed to something.
  void cut_readers() {
    const auto before = hub->stats().interruptions;
    redis::client other{loop.io(), loop.wheel(), {.connection = {.url = where()}}};
    other.send(redis::make_command({"CLIENT", "KILL", "TYPE", "pubsub"}), clock::now() + 20s,
               [](const expected<std::vector<redis_value>>&) {});
    ASSERT_TRUE(loop.run_until([&] { return hub->stats().interruptions > before; }));
  }
  redis::url where() const { return *redis::parse_url(server.unix_url()); }
  pubsub_item next(inbox& from) {
    std::optional<pubsub_item> got;
    EXPECT_TRUE(loop.run_until([&] { return (got = from.take()).has_value(); }));
    return got.value_or(pubsub_item{});
  }
  static broker::member member() { return std::make_shared<inbox>(); }

  test::redis_server server;
  test::engine_loop loop;
  std::unique_ptr<broker> hub = make();
};

TEST_F(pubsub_broker, AMessageComesWithItsSender) {
  auto who = member();
  ASSERT_FALSE(subscribe(who, "a"));
  EXPECT_EQ(publish("a", "hello"), 1u);
  auto got = next(*who).message;
  EXPECT_EQ(got->body, "hello");
  EXPECT_EQ(got->from, "me");
  EXPECT_EQ(got->channel, "a");
  EXPECT_EQ(got->pattern, "");
}

TEST_F(pubsub_broker, ManyLocalSubscribersAreOneClientOfTheServerAndShareTheMessage) {
  std::vector<broker::member> all;
  for (int i = 0; i < 100; ++i) ASSERT_FALSE(subscribe(all.emplace_back(member()), "a"));
  EXPECT_EQ(publish("a", "hello"), 1u);
  auto first = next(*all[0]).message;
  for (std::size_t i = 1; i < all.size(); ++i) EXPECT_EQ(next(*all[i]).message, first);
  EXPECT_EQ(hub->stats().delivered, 100u);
  EXPECT_EQ(hub->stats().subscriptions, 1u);
}

TEST_F(pubsub_broker, TheServerIsLeftWhenTheLastLeaves) {
  auto one = member(), other = member();
  ASSERT_FALSE(subscribe(one, "a"));
  ASSERT_FALSE(subscribe(other, "a"));
  EXPECT_FALSE(unsubscribe(one, "a"));
  EXPECT_EQ(publish("a", "x"), 1u);
  EXPECT_FALSE(unsubscribe(other, "a"));
  EXPECT_EQ(publish("a", "x"), 0u);
  EXPECT_EQ(code_of(unsubscribe(other, "a")), ec::not_found);
}

TEST_F(pubsub_broker, WhatWasPublishedBeforeSomebodyLeftIsDelivered) {
  auto who = member();
  for (int i = 0; i < 20; ++i) {
    ASSERT_FALSE(subscribe(who, "a"));
    ASSERT_EQ(publish("a", std::to_string(i)), 1u);
    ASSERT_FALSE(unsubscribe(who, "a"));
    EXPECT_EQ(who->take()->message->body, std::to_string(i));
  }
}

TEST_F(pubsub_broker, WhoComesBackWhileLeavingStays) {
  auto who = member();
  ASSERT_FALSE(subscribe(who, "a"));
  hub->unsubscribe(who, {kind::channel, "a"}, [](const error&) {});
  ASSERT_FALSE(subscribe(who, "a"));
  EXPECT_EQ(publish("a", "x"), 1u);
  EXPECT_EQ(next(*who).message->body, "x");
}

TEST_F(pubsub_broker, WhoLeavesLeavesEverything) {
  auto who = member();
  ASSERT_FALSE(subscribe(who, "a"));
  ASSERT_FALSE(subscribe(who, "b.*", kind::pattern));
  hub->leave(*who);
  EXPECT_EQ(hub->stats().subscriptions, 0u);
  EXPECT_EQ(publish("a", "x"), 0u);
  EXPECT_EQ(publish("b.1", "x"), 0u);
}

TEST_F(pubsub_broker, APatternNamesItself) {
  auto who = member();
  ASSERT_FALSE(subscribe(who, "b.*", kind::pattern));
  publish("b.1", "x");
  auto got = next(*who).message;
  EXPECT_EQ(got->channel, "b.1");
  EXPECT_EQ(got->pattern, "b.*");
}

TEST_F(pubsub_broker, ASlowSubscriberLosesItsOwnMessagesOnly) {
  auto slow = std::make_shared<inbox>(inbox_options{.max_messages = 10});
  auto fast = member();
  ASSERT_FALSE(subscribe(slow, "a"));
  ASSERT_FALSE(subscribe(fast, "a"));
  for (int i = 0; i < 50; ++i) publish("a", std::to_string(i));
  for (int i = 0; i < 50; ++i) EXPECT_EQ(next(*fast).message->body, std::to_string(i));
  auto first = next(*slow);
  EXPECT_EQ(first.message->body, "40");
  EXPECT_EQ(first.gap.lost, 40u);
  EXPECT_EQ(hub->stats().dropped, 40u);
}

TEST_F(pubsub_broker, AServerThatWasAwayLeavesAGap) {
  auto who = member();
  ASSERT_FALSE(subscribe(who, "a"));
  server.kill();
  ASSERT_TRUE(loop.run_until([&] { return hub->stats().interruptions == 1; }));
  server.start();
  ASSERT_FALSE(subscribe(member(), "another"));
  publish("a", "after");
  auto got = next(*who);
  EXPECT_EQ(got.message->body, "after");
  EXPECT_TRUE(got.gap.interrupted);
}

TEST_F(pubsub_broker, AKeptMessageHasAPosition) {
  auto who = member();
  ASSERT_FALSE(subscribe(who, "a"));
  keep("a", "x");
  auto got = next(*who).message;
  EXPECT_EQ(got->body, "x");
  EXPECT_EQ(got->from, "me");
  EXPECT_EQ(parse_position(got->position)->number, 1u);
}

TEST_F(pubsub_broker, WhoComesBackGetsWhatItMissedAndThenTheRest) {
  auto who = member();
  ASSERT_FALSE(subscribe(who, "a"));
  keep("a", "1");
  auto since = *parse_position(next(*who).message->position);
  hub->leave(*who);
  keep("a", "2");
  keep("a", "3");
  auto back = member();
  ASSERT_FALSE(subscribe_since(back, "a", since));
  keep("a", "4");
  for (auto body : {"2", "3", "4"}) {
    auto got = next(*back);
    EXPECT_EQ(got.message->body, body);
    EXPECT_FALSE(got.gap);
  }
  EXPECT_EQ(hub->stats().subscribers, 1u);
}

TEST_F(pubsub_broker, NothingIsLostOrRepeatedWhileTheHistoryIsRead) {
  auto steady = member();
  ASSERT_FALSE(subscribe(steady, "a"));
  for (int i = 1; i <= 20; ++i) keep("a", std::to_string(i), 1'000);
  for (int round = 0; round < 50; ++round) {
    auto who = member();
    bool subscribed = false;
    hub->subscribe_since(who, "a", {}, clock::now() + 20s,
                         [&](const error&) { subscribed = true; });
    for (int i = 0; i < 5; ++i) keep("a", "more", 1'000);
    ASSERT_TRUE(loop.run_until([&] { return subscribed; }));
    keep("a", "last", 1'000);
    const auto last = 20 + 6 * static_cast<std::uint64_t>(round + 1);
    for (std::uint64_t number = 1; number <= last; ++number) {
      auto got = next(*who);
      ASSERT_EQ(parse_position(got.message->position)->number, number);
    }
    EXPECT_FALSE(who->take());
    hub->leave(*who);
  }
}

TEST_F(pubsub_broker, WhoMissedMoreThanWasKeptIsTold) {
  keep("a", "1", 2);
  auto who = member();
  ASSERT_FALSE(subscribe_since(who, "a", {}));
  auto since = *parse_position(next(*who).message->position);
  for (auto body : {"2", "3", "4"}) keep("a", body, 2);
  auto back = member();
  ASSERT_FALSE(subscribe_since(back, "a", since));
  auto got = next(*back);
  EXPECT_EQ(got.message->body, "3");
  EXPECT_TRUE(got.gap.interrupted);
}

TEST_F(pubsub_broker, APositionIsNoUseWhereOneIsSubscribedAlready) {
  auto who = member();
  ASSERT_FALSE(subscribe(who, "a"));
  EXPECT_EQ(code_of(subscribe_since(who, "a", {})), ec::bad_argument);
}

TEST_F(pubsub_broker, WhatWasKeptDuringAnInterruptionComesByItself) {
  auto one = member(), other = member();
  ASSERT_FALSE(subscribe(one, "a"));
  ASSERT_FALSE(subscribe(other, "a"));
  keep("a", "1");
  EXPECT_EQ(next(*one).message->body, "1");
  EXPECT_EQ(next(*other).message->body, "1");
  cut_readers();
  keep("a", "2");
  keep("a", "3");
  for (auto* who : {one.get(), other.get()})
    for (auto body : {"2", "3"}) {
      auto got = next(*who);
      EXPECT_EQ(got.message->body, body);
      EXPECT_FALSE(got.gap);
    }
  ASSERT_TRUE(loop.run_until([&] { return hub->stats().recovered == 1; }));
  keep("a", "4");
  EXPECT_EQ(next(*one).message->body, "4");
  EXPECT_EQ(next(*other).message->body, "4");
}

TEST_F(pubsub_broker, AThousandSubscriptionsSurviveARestartOfTheServerAndAreToldOfTheGap) {
  std::vector<broker::member> all;
  int confirmed = 0;
  for (int i = 0; i < 1'000; ++i)
    hub->subscribe(all.emplace_back(member()), {kind::channel, "c" + std::to_string(i)},
                   clock::now() + 20s, [&](const error& e) { confirmed += e ? 0 : 1; });
  ASSERT_TRUE(loop.run_until([&] { return confirmed == 1'000; }));
  server.kill();
  ASSERT_TRUE(loop.run_until([&] { return hub->stats().interruptions == 1; }));
  server.start();
  // Those of a command are confirmed in its order; who hears all hears each.
  for (int i = 0; i < 1'000; ++i) {
    auto name = "c" + std::to_string(i);
    while (publish(name, "after") == 0) loop.run_ready();
    auto got = next(*all[static_cast<std::size_t>(i)]);
    EXPECT_EQ(got.message->body, "after");
    EXPECT_TRUE(got.gap.interrupted);
  }
  EXPECT_EQ(hub->stats().subscriptions, 1'000u);
}

TEST_F(pubsub_broker, OneSlowReaderAmongAThousandHarmsNobody) {
  std::vector<broker::member> all;
  for (int i = 0; i < 1'000; ++i)
    ASSERT_FALSE(subscribe(all.emplace_back(std::make_shared<inbox>(inbox_options{64})), "a"));
  for (int i = 0; i < 500; ++i) {
    publish("a", std::to_string(i));
    ASSERT_TRUE(loop.run_until([&] { return all[1]->size() > 0; }));
    for (std::size_t n = 1; n < all.size(); ++n)
      ASSERT_EQ(next(*all[n]).message->body, std::to_string(i));
  }
  EXPECT_EQ(all[0]->size(), 64u);
  EXPECT_EQ(all[0]->lost(), 436u);
  EXPECT_EQ(hub->stats().dropped, 436u);
}

TEST_F(pubsub_broker, TenThousandRoundsOfSubscribingLeaveNothing) {
  for (int i = 0; i < 10'000; ++i) {
    auto who = member();
    hub->subscribe(who, {kind::channel, "a"}, clock::now() + 20s, [](const error&) {});
    hub->leave(*who);
    EXPECT_EQ(who.use_count(), 1);
  }
  EXPECT_EQ(hub->stats().subscriptions, 0u);
  EXPECT_EQ(hub->reader().subscriptions, 0u);
  EXPECT_EQ(publish("a", "x"), 0u);
}

TEST_F(pubsub_broker, AHistoryThatIsGoneWithTheServerLeavesAGap) {
  auto who = member();
  ASSERT_FALSE(subscribe(who, "a"));
  keep("a", "1");
  next(*who);
  server.kill();
  ASSERT_TRUE(loop.run_until([&] { return hub->stats().interruptions == 1; }));
  server.start();
  ASSERT_FALSE(subscribe(member(), "another"));
  keep("a", "after");
  auto got = next(*who);
  EXPECT_EQ(got.message->body, "after");
  EXPECT_TRUE(got.gap.interrupted);
}

TEST_F(pubsub_broker, OneWhoHearsMoreThanWhatIsKeptIsToldOfTheGap) {
  auto who = member();
  ASSERT_FALSE(subscribe(who, "a"));
  ASSERT_FALSE(subscribe(who, "b"));
  keep("a", "1");
  next(*who);
  cut_readers();
  keep("a", "2");
  auto got = next(*who);
  EXPECT_EQ(got.message->body, "2");
  EXPECT_TRUE(got.gap.interrupted);
}

TEST_F(pubsub_broker, AFailedSubscriptionLeavesNothing) {
  auto who = member();
  EXPECT_EQ(code_of(subscribe(who, "")), ec::bad_argument);
  server.kill();
  std::optional<error> outcome;
  hub->subscribe(who, {kind::channel, "a"}, clock::now() + 50ms,
                 [&](const error& e) { outcome = e; });
  ASSERT_TRUE(loop.run_until([&] { return outcome.has_value(); }));
  EXPECT_EQ(code_of(*outcome), ec::timed_out);
  EXPECT_EQ(hub->stats().subscriptions, 0u);
  EXPECT_EQ(hub->reader().subscriptions, 0u);
}

TEST_F(pubsub_broker, ClosingEndsTheInboxes) {
  auto who = member();
  ASSERT_FALSE(subscribe(who, "a"));
  hub->close();
  EXPECT_TRUE(who->ended());
}

TEST_F(pubsub_broker, ASenderThatCannotBeToldIsRefused) {
  std::optional<expected<std::uint64_t>> outcome;
  hub->publish({kind::channel, "a", std::string(1, '\0'), "x", clock::now() + 1s},
               [&](expected<std::uint64_t> c) { outcome.emplace(std::move(c)); });
  ASSERT_TRUE(outcome);
  EXPECT_EQ(code_of(outcome->error()), ec::bad_argument);
}

}  // namespace
}  // namespace puff::pubsub
