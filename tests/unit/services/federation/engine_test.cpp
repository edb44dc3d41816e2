#include "services/federation/engine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "services/redis/client.hpp"
#include "services/redis/command.hpp"
#include "tests/support/engine_loop.hpp"
#include "tests/support/redis_server.hpp"

namespace puff::federation {
namespace {

using namespace std::chrono_literals;
using clock = engine::clock;

/// A node whose actors write down what reaches them and answer "NODE:NAME:VERB".
class test_node final : public redis::command_port, public local_side {
 public:
  test_node(test::engine_loop& loop, const test::redis_server& server, std::string name,
            std::chrono::milliseconds lease)
      : name_(std::move(name)), client_(loop.io(), loop.wheel(), options(server)) {
    client_.start();
    engine_options o;
    o.cluster = "test";
    o.member.node = name_;
    o.member.lease = lease;
    o.member.feels = [this] { return feels; };
    o.credits = 4;
    links.emplace(static_cast<command_port&>(*this), loop.wheel(), o,
                  static_cast<local_side&>(*this));
    links->start();
  }
  ~test_node() override {
    links.reset();
    client_.close();
  }

  void send(redis_commands commands, clock::time_point deadline, reply_callback done) override {
    if (cut) return;  // as a network that loses all: nothing comes back
    client_.send(std::move(commands), deadline, std::move(done));
  }
  void deliver(actor_call call, outcome_callback answer) override {
    calls.push_back(call);
    if (call.what.verb == "silence") return kept.push_back(std::move(answer));
    if (call.what.verb == "fail")
      return answer(actor_failure{ec::python_failed, "ValueError", "no", "Traceback"});
    if (answer)
      answer(actor_reply{content_type::bytes, name_ + ":" + call.name + ":" + call.what.verb});
  }
  void wake(actor_call call) override { woken.push_back(std::move(call)); }
  void fence() override { ++fenced; }
  void valid_until(clock::time_point when) override { valid = when; }

  bool joined() const { return links->me().where() == membership::state::member; }
  std::size_t sees() const { return links->me().view().members.size(); }
  bool may_act() const { return valid > clock::now(); }

  std::optional<engine> links;
  std::vector<actor_call> calls, woken;
  std::vector<outcome_callback> kept;
  int fenced = 0;
  clock::time_point valid{};
  condition feels = condition::well;
  bool cut = false;

 private:
  static redis::client_options options(const test::redis_server& of) {
    redis::client_options o;
    o.connection.url = *redis::parse_url(of.unix_url());
    return o;
  }
  std::string name_;
  redis::client client_;
};

class cluster_of_two : public testing::Test {
 protected:
  static constexpr auto lease = 2s;

  cluster_of_two() {
    EXPECT_TRUE(loop.run_until([&] { return a->sees() == 2 && b->sees() == 2; }));
  }

  std::unique_ptr<test_node> add(std::string name) {
    return std::make_unique<test_node>(loop, server, std::move(name), lease);
  }
  static actor_letter letter(std::string name, std::string verb, std::string node = {},
                             std::chrono::milliseconds within = 10s) {
    return {{std::move(name), std::move(node)}, {std::move(verb), {}, {}}, clock::now() + within};
  }
  actor_outcome ask(test_node& from, actor_letter what) {
    std::optional<actor_outcome> outcome;
    from.links->ask(std::move(what), [&](actor_outcome got) { outcome = std::move(got); });
    EXPECT_TRUE(loop.run_until([&] { return outcome.has_value(); }));
    return outcome.value_or(actor_failure{});
  }
  std::string answer(test_node& from, actor_letter what) {
    auto outcome = ask(from, std::move(what));
    if (auto* failed = std::get_if<actor_failure>(&outcome)) return "failed: " + failed->text;
    return std::get<actor_reply>(outcome).body;
  }
  ec failure(test_node& from, actor_letter what) {
    auto outcome = ask(from, std::move(what));
    auto* failed = std::get_if<actor_failure>(&outcome);
    return failed ? failed->code : ec::none;
  }
  void announce(test_node& at, std::string kind, actor_life life) {
    at.links->announce({kind, life});
    auto known = [&] {
      for (const auto& m : a->links->me().view().members)
        if (m.record.identity == at.links->me().life())
          return std::find(m.kinds.begin(), m.kinds.end(), kind) != m.kinds.end();
      return false;
    };
    EXPECT_TRUE(loop.run_until([&] {
      a->links->refresh([] {});
      return known();
    }));
  }

  test::redis_server server;
  test::engine_loop loop;
  std::unique_ptr<test_node> a = add("a"), b = add("b");
};

TEST_F(cluster_of_two, AnAskReachesANamedActorOfTheOtherNode) {
  announce(*b, "echo", actor_life::named);
  EXPECT_EQ(answer(*a, letter("echo", "hello")), "b:echo:hello");
  EXPECT_EQ(answer(*a, letter("echo", "hello", "b")), "b:echo:hello");
}

TEST_F(cluster_of_two, AnActorOfTheOwnNodeIsNearer) {
  announce(*b, "echo", actor_life::named);
  announce(*a, "echo", actor_life::named);
  EXPECT_EQ(answer(*a, letter("echo", "hello")), "a:echo:hello");
  EXPECT_EQ(a->links->stats().waiting, 0U);
}

TEST_F(cluster_of_two, WhatNobodyKeepsIsNotFound) {
  EXPECT_EQ(failure(*a, letter("nobody", "x")), ec::not_found);
  EXPECT_EQ(failure(*a, letter("nobody", "x", "b")), ec::not_found);
  EXPECT_EQ(failure(*a, letter("nobody", "x", "zz")), ec::unavailable);
}

TEST_F(cluster_of_two, AFailureKeepsItsTypeTextAndTraceback) {
  announce(*b, "echo", actor_life::named);
  auto outcome = ask(*a, letter("echo", "fail"));
  auto* failed = std::get_if<actor_failure>(&outcome);
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->type, "ValueError");
  EXPECT_EQ(failed->text, "no");
  EXPECT_EQ(failed->traceback, "Traceback");
}

TEST_F(cluster_of_two, AnAskThatIsNotAnsweredTimesOut) {
  announce(*b, "echo", actor_life::named);
  EXPECT_EQ(failure(*a, letter("echo", "silence", {}, 50ms)), ec::timed_out);
}

TEST_F(cluster_of_two, AKeyedActorLivesOnOneNode) {
  announce(*a, "Counter", actor_life::keyed);
  announce(*b, "Counter", actor_life::keyed);
  const auto from_a = answer(*a, letter("Counter/1", "x"));
  EXPECT_EQ(answer(*b, letter("Counter/1", "x")), from_a);
  EXPECT_EQ(answer(*a, letter("Counter/1", "x")), from_a);
}

TEST_F(cluster_of_two, KeyedActorsAreSpread) {
  announce(*a, "Counter", actor_life::keyed);
  announce(*b, "Counter", actor_life::keyed);
  int here = 0;
  for (int i = 0; i < 20; ++i)
    here += answer(*a, letter("Counter/" + std::to_string(i), "x")).starts_with("a:");
  EXPECT_GE(here, 5);
  EXPECT_LE(here, 15);
}

TEST_F(cluster_of_two, AnActorThatWasPutToRestComesBackWithItsState) {
  announce(*b, "Counter", actor_life::keyed);
  answer(*a, letter("Counter/1", "x"));
  ASSERT_EQ(b->calls.size(), 1U);
  EXPECT_TRUE(b->calls[0].activation.fresh);
  EXPECT_EQ(b->calls[0].activation.state, "");
  const auto token = b->calls[0].activation.token;
  std::optional<bool> kept;
  b->links->rest({"Counter/1", token, true, true, "17"}, [&](expected<bool> r) { kept = r && *r; });
  ASSERT_TRUE(loop.run_until([&] { return kept.has_value(); }));
  EXPECT_TRUE(*kept);
  answer(*a, letter("Counter/1", "x"));
  ASSERT_EQ(b->calls.size(), 2U);
  EXPECT_EQ(b->calls[1].activation.state, "17");
  EXPECT_GT(b->calls[1].activation.token, token);
}

TEST_F(cluster_of_two, AnOldTokenSavesNothing) {
  announce(*b, "Counter", actor_life::keyed);
  answer(*a, letter("Counter/1", "x"));
  std::optional<bool> kept;
  b->links->rest({"Counter/1", b->calls[0].activation.token + 1, true, false, "17"},
                 [&](expected<bool> r) { kept = r && *r; });
  ASSERT_TRUE(loop.run_until([&] { return kept.has_value(); }));
  EXPECT_FALSE(*kept);
}

TEST_F(cluster_of_two, AsksFailAsSoonAsTheirNodeIsKnownToBeGone) {
  announce(*b, "echo", actor_life::named);
  std::optional<actor_outcome> outcome;
  a->links->ask(letter("echo", "silence", {}, 60s), [&](actor_outcome got) { outcome = got; });
  ASSERT_TRUE(loop.run_until([&] { return !b->calls.empty(); }));
  b->cut = true;  // as one that was killed
  ASSERT_TRUE(loop.run_until([&] { return outcome.has_value(); }, 10s));
  EXPECT_EQ(std::get<actor_failure>(*outcome).code, ec::unavailable);
  EXPECT_EQ(a->sees(), 1U);
}

TEST_F(cluster_of_two, AKeyedActorMovesWhenItsNodeIsGone) {
  announce(*b, "Counter", actor_life::keyed);
  EXPECT_EQ(answer(*a, letter("Counter/1", "x")), "b:Counter/1:x");
  announce(*a, "Counter", actor_life::keyed);
  b->cut = true;
  ASSERT_TRUE(loop.run_until([&] { return a->sees() == 1; }, 10s));
  EXPECT_EQ(answer(*a, letter("Counter/1", "x")), "a:Counter/1:x");
}

TEST_F(cluster_of_two, ASilentNodeStopsBeforeAnotherHasItsSingleton) {
  announce(*b, "mailer", actor_life::singleton);
  ASSERT_TRUE(loop.run_until([&] { return b->woken.size() == 1; }));
  announce(*a, "mailer", actor_life::singleton);
  EXPECT_TRUE(a->woken.empty());
  b->cut = true;
  bool overlapped = false;
  ASSERT_TRUE(loop.run_until(
      [&] {
        overlapped = overlapped || (!a->woken.empty() && b->may_act());
        return !a->woken.empty();
      },
      10s));
  EXPECT_FALSE(overlapped);
  EXPECT_EQ(b->fenced, 1);
  EXPECT_GT(a->woken[0].activation.token, b->woken[0].activation.token);
}

TEST_F(cluster_of_two, ANodeThatWasGivenUpFailsItsAsksAndComesBackAsAnother) {
  announce(*a, "echo", actor_life::named);
  std::optional<actor_outcome> outcome;
  b->links->ask(letter("echo", "silence", {}, 60s), [&](actor_outcome got) { outcome = got; });
  ASSERT_TRUE(loop.run_until([&] { return !a->calls.empty(); }));
  const auto before = b->links->me().life();
  b->feels = condition::silent;
  ASSERT_TRUE(loop.run_until([&] { return a->sees() == 1; }, 10s));
  b->feels = condition::well;
  ASSERT_TRUE(loop.run_until([&] { return b->joined() && b->links->me().life() != before; }, 10s));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(std::get<actor_failure>(*outcome).code, ec::unavailable);
  EXPECT_EQ(answer(*b, letter("echo", "hello")), "a:echo:hello");
}

TEST_F(cluster_of_two, ANameInUseIsRefusedUntilItsLeaseIsOver) {
  auto other = add("b");
  ASSERT_TRUE(loop.run_until(
      [&] { return describe(other->links->me().trouble()).find("already") != std::string::npos; }));
  EXPECT_FALSE(other->joined());
  b->cut = true;
  EXPECT_TRUE(loop.run_until([&] { return other->joined(); }, 10s));
}

TEST_F(cluster_of_two, ANodeThatLeavesIsMissedAtOnce) {
  bool left = false;
  const auto before = clock::now();
  b->links->leave([&] { left = true; });
  ASSERT_TRUE(loop.run_until([&] { return left && a->sees() == 1; }));
  EXPECT_LT(clock::now() - before, lease);
}

TEST_F(cluster_of_two, ARestartedServerIsJoinedAgain) {
  announce(*b, "echo", actor_life::named);
  server.kill();
  server.start();  // empty
  ASSERT_TRUE(loop.run_until([&] { return a->sees() == 2 && b->sees() == 2; }, 20s));
  ASSERT_TRUE(loop.run_until([&] {
    return a->joined() && b->joined() && answer(*a, letter("echo", "hello")) == "b:echo:hello";
  }));
}

TEST_F(cluster_of_two, AFreshViewHasLoadsAndKinds) {
  announce(*b, "Counter", actor_life::keyed);
  answer(*a, letter("Counter/1", "x"));
  auto load = [&] { return a->links->me().member_named("b")->state.load; };
  ASSERT_TRUE(loop.run_until([&] {
    bool told = false;
    a->links->refresh([&] { told = true; });
    return loop.run_until([&] { return told; }) && load() == 1;
  }));
  EXPECT_THAT(a->links->me().member_named("b")->kinds, testing::ElementsAre("Counter"));
}

TEST_F(cluster_of_two, MoreThanItsCreditsIsRefusedAtOnce) {
  announce(*b, "echo", actor_life::named);
  answer(*a, letter("echo", "hello"));
  int refused = 0;
  for (int i = 0; i < 6; ++i)
    a->links->ask(letter("echo", "silence", "b"), [&](const actor_outcome& got) {
      auto* failed = std::get_if<actor_failure>(&got);
      refused += failed && failed->code == ec::overloaded;
    });
  EXPECT_EQ(refused, 2);
}

}  // namespace
}  // namespace puff::federation
