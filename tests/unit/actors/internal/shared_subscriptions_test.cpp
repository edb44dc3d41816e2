#include "actors/internal/shared_subscriptions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "services/graphql/schema/build_schema.hpp"

namespace puff::internal {
namespace {

using graphql::response;
using testing::ElementsAre;
using testing::IsEmpty;

/// What one subscriber got.
struct listener {
  std::shared_ptr<graphql::subscription> open;
  std::vector<std::string> got;
  std::vector<const std::string*> bytes;
  std::vector<pubsub_gap> gaps;
  int opened = 0, ended = 0;
};

/// The stream of a group, as a test drives it.
struct source {
  graphql::subscription_calls calls;
  bool closed = false;

  void publish(const std::string& body, pubsub_gap before = {}) const {
    response r;
    r.body = body;
    r.gap = before;
    calls.next(std::move(r));
  }
};

class open_source final : public graphql::subscription {
 public:
  explicit open_source(source& of) : of_(of) {}
  ~open_source() override { of_.closed = true; }
  void stop() override {}
  void go_on() override {}

 private:
  source& of_;
};

struct shared_subscriptions_test : testing::Test {
  shared_subscriptions_test() {
    shared = std::make_shared<shared_subscriptions>(
        [this](graphql::prepared_request, graphql::subscription_calls calls) {
          auto& made = sources.emplace_back();
          made.calls = std::move(calls);
          if (refuses) made.calls.ended(graphql::refuse({{.message = "no"}}));
          return std::make_shared<open_source>(made);
        },
        [this] { ++dropped; }, pubsub::inbox_options{.max_messages = 3});
  }
  graphql::prepared_request prepared(const std::string& room) {
    return *serving.prepare(
        {"subscription ($r: String!) { heard(room: $r) }", {}, R"({"r":")" + room + "\"}"});
  }
  listener& join(const std::string& room, bool paced = true) {
    auto& who = listeners.emplace_back();
    graphql::subscription_calls calls;
    calls.paced = paced;
    calls.opened = [&who] { ++who.opened; };
    calls.next = [&who, this](const response& r) {
      who.got.emplace_back(r.text());
      who.bytes.push_back(r.shared.get());
      who.gaps.push_back(r.gap);
      if (during) during();
    };
    calls.ended = [&who](const std::optional<response>&) { ++who.ended; };
    who.open = shared->join(prepared(room), std::move(calls));
    return who;
  }

  static graphql::bound_schema_ptr schema() {
    auto types = graphql::build_schema(
        "type Query { n: Int } type Subscription { heard(room: String!): String }");
    return std::make_shared<graphql::bound_schema>(*types);
  }
  graphql::engine serving{schema()};
  std::deque<source> sources;
  std::deque<listener> listeners;
  std::shared_ptr<shared_subscriptions> shared;
  std::function<void()> during;
  bool refuses = false;
  int dropped = 0;
};

TEST_F(shared_subscriptions_test, EqualOnesHaveOneStreamAndTheSameBytes) {
  auto &a = join("tea"), &b = join("tea"), &other = join("milk");
  EXPECT_EQ(sources.size(), 2u);
  sources[0].publish("hot");
  EXPECT_THAT(a.got, ElementsAre("hot"));
  EXPECT_THAT(b.got, ElementsAre("hot"));
  EXPECT_THAT(other.got, IsEmpty());
  EXPECT_NE(a.bytes[0], nullptr);
  EXPECT_EQ(a.bytes[0], b.bytes[0]);
}

TEST_F(shared_subscriptions_test, EveryoneIsToldWhenTheStreamIsOpen) {
  auto& early = join("tea");
  EXPECT_EQ(early.opened, 0);
  sources[0].calls.opened();
  EXPECT_EQ(early.opened, 1);
  EXPECT_EQ(join("tea").opened, 1);
  EXPECT_EQ(early.opened, 1);
}

TEST_F(shared_subscriptions_test, TheLastOneToLeaveEndsTheStream) {
  auto &a = join("tea"), &b = join("tea"), &c = join("tea");
  a.open.reset();
  c.open->stop();
  sources[0].publish("x");
  EXPECT_THAT(b.got, ElementsAre("x"));
  EXPECT_THAT(a.got, IsEmpty());
  EXPECT_THAT(c.got, IsEmpty());
  b.open.reset();
  EXPECT_TRUE(sources[0].closed);
  EXPECT_EQ(shared->groups(), 0u);
  join("tea");
  EXPECT_EQ(sources.size(), 2u);
}

TEST_F(shared_subscriptions_test, WhoeverLeavesWhileAnEventIsHandedOutDisturbsNobody) {
  auto &a = join("tea"), &b = join("tea"), &c = join("tea");
  during = [&] { b.open.reset(), a.open.reset(); };
  sources[0].publish("x");
  during = nullptr;
  sources[0].publish("y");
  EXPECT_THAT(a.got, ElementsAre("x"));
  EXPECT_THAT(b.got, IsEmpty());
  c.open->go_on();
  EXPECT_THAT(c.got, ElementsAre("x", "y"));
  c.open.reset();
  EXPECT_TRUE(sources[0].closed);
}

TEST_F(shared_subscriptions_test, AllMayLeaveWhileAnEventIsHandedOut) {
  auto &a = join("tea"), &b = join("tea");
  during = [&] { a.open.reset(), b.open.reset(); };
  sources[0].publish("x");
  EXPECT_TRUE(sources[0].closed);
  EXPECT_EQ(shared->groups(), 0u);
}

TEST_F(shared_subscriptions_test, WhoIsSlowLosesTheOldestAloneAndIsTold) {
  auto &slow = join("tea"), &quick = join("tea", false);
  for (const auto* body : {"1", "2", "3", "4", "5", "6"}) sources[0].publish(body);
  EXPECT_THAT(slow.got, ElementsAre("1"));
  EXPECT_EQ(quick.got.size(), 6u);
  EXPECT_EQ(dropped, 2);
  for (int i = 0; i < 5; ++i) slow.open->go_on();
  EXPECT_THAT(slow.got, ElementsAre("1", "4", "5", "6"));
  EXPECT_EQ(slow.gaps[1].lost, 2u);
  EXPECT_FALSE(slow.gaps[2]);
  sources[0].publish("7");
  EXPECT_EQ(slow.got.back(), "7");
}

TEST_F(shared_subscriptions_test, AGapOfTheStreamIsToldToAll) {
  auto &ready = join("tea"), &behind = join("tea");
  sources[0].publish("1");
  ready.open->go_on();
  sources[0].publish("2", {4, true});
  behind.open->go_on();
  for (const auto* who : {&ready, &behind}) {
    EXPECT_EQ(who->gaps[1].lost, 4u);
    EXPECT_TRUE(who->gaps[1].interrupted);
  }
}

TEST_F(shared_subscriptions_test, AFailedStreamEndsAllAndTheNextBeginsAnew) {
  auto &a = join("tea"), &b = join("tea");
  sources[0].calls.ended(graphql::refuse({{.message = "gone"}}));
  EXPECT_EQ(a.ended + b.ended, 2);
  EXPECT_EQ(shared->groups(), 0u);
  refuses = true;
  EXPECT_EQ(join("tea").ended, 1);
  EXPECT_EQ(shared->groups(), 0u);
}

}  // namespace
}  // namespace puff::internal
