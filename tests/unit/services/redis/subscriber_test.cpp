#include "services/redis/subscriber.hpp"

#include "services/redis/client.hpp"
#include "tests/unit/services/redis/engine_fixture.hpp"

namespace puff::redis {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct recorded final : subscriber_listener {
  void on_message(subscription_kind, const std::string& name, std::string channel,
                  std::string payload) override {
    heard.push_back(name == channel ? channel + "=" + payload
                                    : name + ":" + channel + "=" + payload);
  }
  void on_interrupted() override { ++interruptions; }
  void on_refused(subscription_kind, const std::string& name, const error& why) override {
    refused.push_back(name + ": " + context_of(why));
  }
  std::vector<std::string> heard, refused;
  int interruptions = 0;
};

class redis_subscriber : public engine_fixture {
 protected:
  using kind = subscription_kind;

  std::unique_ptr<subscriber> subscriber_of(const std::string& address,
                                            subscriber_options options = {}) {
    options.connection = options_for(address);
    return std::make_unique<subscriber>(loop.io(), loop.wheel(), options, listener);
  }
  std::shared_ptr<std::vector<error>> subscribe(subscriber& s, const std::string& name,
                                                kind what = kind::channel,
                                                std::chrono::milliseconds in = 20s) {
    auto outcomes = std::make_shared<std::vector<error>>();
    s.subscribe(what, name, clock::now() + in,
                [outcomes](const error& e) { outcomes->push_back(e); });
    return outcomes;
  }
  void confirmed(subscriber& s, const std::string& name, kind what = kind::channel) {
    auto outcomes = subscribe(s, name, what);
    ASSERT_TRUE(loop.run_until([&] { return !outcomes->empty(); }));
    EXPECT_FALSE(outcomes->front()) << describe(outcomes->front());
  }
  void publish(const std::string& channel, const std::string& text) {
    EXPECT_NE(ask(*publisher, {"PUBLISH", channel, text}), "0") << channel;
  }
  bool settled(subscriber& s) {
    bool done = false;
    s.settle([&](const error&) { done = true; });
    return loop.run_until([&] { return done; });
  }
  bool hears(std::size_t count) {
    return loop.run_until([&] { return listener.heard.size() >= count; });
  }

  test::redis_server server;
  recorded listener;
  std::unique_ptr<client> publisher = std::make_unique<client>(
      loop.io(), loop.wheel(), client_options{.connection = options_for(server.unix_url())});
};

TEST_F(redis_subscriber, HearsWhatIsPublishedAfterTheConfirmation) {
  auto s = subscriber_of(server.unix_url());
  confirmed(*s, "a");
  publish("a", "1");
  ASSERT_TRUE(hears(1));
  EXPECT_THAT(listener.heard, ElementsAre("a=1"));
}

TEST_F(redis_subscriber, HearsByPattern) {
  auto s = subscriber_of(server.unix_url());
  confirmed(*s, "n.*", kind::pattern);
  publish("n.1", "x");
  ASSERT_TRUE(hears(1));
  EXPECT_THAT(listener.heard, ElementsAre("n.*:n.1=x"));
}

TEST_F(redis_subscriber, HearsShardChannels) {
  auto s = subscriber_of(server.unix_url());
  confirmed(*s, "s", kind::shard);
  EXPECT_EQ(ask(*publisher, {"SPUBLISH", "s", "x"}), "1");
  ASSERT_TRUE(hears(1));
}

TEST_F(redis_subscriber, HearsNothingAfterUnsubscribing) {
  auto s = subscriber_of(server.unix_url());
  confirmed(*s, "a");
  bool done = false;
  s->unsubscribe(kind::channel, "a", [&](const error&) { done = true; });
  ASSERT_TRUE(loop.run_until([&] { return done; }));
  EXPECT_EQ(ask(*publisher, {"PUBLISH", "a", "x"}), "0");
  EXPECT_EQ(s->stats().subscriptions, 0u);
}

TEST_F(redis_subscriber, HasHeardAllThatWasPublishedWhenItIsSettled) {
  auto s = subscriber_of(server.unix_url());
  confirmed(*s, "a");
  confirmed(*s, "s", kind::shard);
  for (int i = 0; i < 50; ++i) {
    publish("a", "x");
    EXPECT_EQ(ask(*publisher, {"SPUBLISH", "s", "x"}), "1");
  }
  EXPECT_TRUE(settled(*s));
  EXPECT_EQ(listener.heard.size(), 100u);
}

TEST_F(redis_subscriber, IsSettledWithoutAnyChannel) {
  auto s = subscriber_of(server.unix_url());
  EXPECT_TRUE(settled(*s)) << "not connected";
  confirmed(*s, "s", kind::shard);
  EXPECT_TRUE(settled(*s)) << "nothing but shard channels";
  s->unsubscribe(kind::shard, "s", [](const error&) {});
  EXPECT_TRUE(settled(*s)) << "nothing at all";
  confirmed(*s, "a");
}

TEST_F(redis_subscriber, IsSettledWhenTheConnectionBreaks) {
  auto s = subscriber_of(server.unix_url());
  confirmed(*s, "a");
  server.freeze();
  bool done = false;
  s->settle([&](const error&) { done = true; });
  loop.run_ready();
  EXPECT_FALSE(done);
  server.kill();
  EXPECT_TRUE(loop.run_until([&] { return done; }));
}

TEST_F(redis_subscriber, ASubscriptionThatIsTakenBackAndMadeAgainIsConfirmedByItsOwnCommand) {
  auto s = subscriber_of(server.unix_url());
  confirmed(*s, "other");
  auto first = subscribe(*s, "a");
  s->unsubscribe(kind::channel, "a", [](const error&) {});
  EXPECT_EQ(code_of(first->at(0)), ec::cancelled);
  confirmed(*s, "a");
  publish("a", "1");
  ASSERT_TRUE(hears(1));
}

TEST_F(redis_subscriber, TakesBurstsAndBinaryPayloadsWhole) {
  auto s = subscriber_of(server.unix_url());
  confirmed(*s, "a");
  std::vector<std::string> wanted;
  redis_commands burst;
  burst.count = 20'000;
  for (int i = 0; i < 20'000; ++i) {
    std::string payload = std::to_string(i) + std::string(static_cast<std::size_t>(i % 300), '\0');
    burst.wire += make_command({"PUBLISH", "a", payload}).wire;
    wanted.push_back("a=" + payload);
  }
  auto sent = send(*publisher, std::move(burst));
  ASSERT_TRUE(hears(wanted.size()));
  EXPECT_EQ(listener.heard, wanted);
}

TEST_F(redis_subscriber, SubscribesToAllAgainInPiecesAfterTheServerWasAway) {
  auto s = subscriber_of(server.unix_url(), {.connection = {}, .names_per_command = 7});
  std::vector<std::shared_ptr<std::vector<error>>> all;
  for (int i = 0; i < 100; ++i) all.push_back(subscribe(*s, "c" + std::to_string(i)));
  ASSERT_TRUE(loop.run_until([&] { return !all.back()->empty(); }));
  server.kill();
  ASSERT_TRUE(loop.run_until([&] { return listener.interruptions == 1; }));
  server.start();
  confirmed(*s, "after");
  publish("c99", "x");
  publish("c0", "y");
  ASSERT_TRUE(hears(2));
  EXPECT_THAT(listener.heard, ElementsAre("c99=x", "c0=y"));
  EXPECT_EQ(s->stats().connects, 2u);
}

TEST_F(redis_subscriber, AKilledConnectionComesBack) {
  auto s = subscriber_of(server.unix_url());
  confirmed(*s, "a");
  EXPECT_EQ(ask(*publisher, {"CLIENT", "KILL", "TYPE", "pubsub"}), "1");
  ASSERT_TRUE(loop.run_until([&] { return s->stats().connects == 2; }));
  confirmed(*s, "b");
  publish("a", "1");
  ASSERT_TRUE(hears(1));
  EXPECT_EQ(listener.interruptions, 1);
}

TEST_F(redis_subscriber, ASilentServerIsGivenUp) {
  auto s = subscriber_of(server.unix_url(),
                         {.connection = {}, .probe_after = 50ms, .probe_timeout = 50ms});
  confirmed(*s, "a");
  server.freeze();
  ASSERT_TRUE(loop.run_until([&] { return listener.interruptions == 1; }));
  EXPECT_THAT(s->stats().last_error, HasSubstr("silent"));
  server.thaw();
  confirmed(*s, "b");
}

TEST_F(redis_subscriber, AQuietServerThatAnswersIsKept) {
  auto s = subscriber_of(server.unix_url(),
                         {.connection = {}, .probe_after = 10ms, .probe_timeout = 10s});
  confirmed(*s, "a");
  auto pings = [&] {
    auto text = ask(*publisher, {"INFO", "commandstats"});
    return text.find("cmdstat_ping:calls=") != std::string::npos;
  };
  ASSERT_TRUE(loop.run_until(pings));
  publish("a", "1");
  ASSERT_TRUE(hears(1));
  EXPECT_EQ(listener.interruptions, 0);
}

TEST_F(redis_subscriber, WhatMayNotBeHeardIsRefusedAloneEvenAfterAReconnect) {
  EXPECT_EQ(ask(*publisher,
                {"ACL", "SETUSER", "ann", "on", ">pw", "+@all", "~*", "resetchannels", "&a", "&b"}),
            "OK");
  auto s = subscriber_of("unix://ann:pw@" + server.socket_path());
  auto refused = subscribe(*s, "secret");
  ASSERT_TRUE(loop.run_until([&] { return !refused->empty(); }));
  EXPECT_EQ(code_of(refused->at(0)), ec::server_error);
  EXPECT_THAT(context_of(refused->at(0)), HasSubstr("NOPERM"));
  confirmed(*s, "a");
  confirmed(*s, "b");
  EXPECT_EQ(ask(*publisher, {"ACL", "SETUSER", "ann", "resetchannels", "&a"}), "OK");
  ASSERT_TRUE(loop.run_until([&] { return !listener.refused.empty(); }));
  EXPECT_THAT(listener.refused, ElementsAre(HasSubstr("b: ")));
  publish("a", "1");
  ASSERT_TRUE(hears(1));
}

TEST_F(redis_subscriber, ADeadlineEndsAWaitWithoutAServer) {
  auto s = subscriber_of("unix:///nowhere/r.sock");
  auto late = subscribe(*s, "a", kind::channel, 50ms);
  ASSERT_TRUE(loop.run_until([&] { return !late->empty(); }));
  EXPECT_EQ(code_of(late->at(0)), ec::timed_out);
  EXPECT_THAT(context_of(late->at(0)), HasSubstr("no such socket file"));
}

TEST_F(redis_subscriber, CloseAnswersWhoWaits) {
  auto s = subscriber_of("unix:///nowhere/r.sock");
  auto waits = subscribe(*s, "a");
  s->close();
  ASSERT_EQ(waits->size(), 1u);
  EXPECT_EQ(code_of(waits->at(0)), ec::shutting_down);
}

}  // namespace
}  // namespace puff::redis
