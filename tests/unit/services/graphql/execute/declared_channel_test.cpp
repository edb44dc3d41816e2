#include "services/graphql/execute/declared_channel.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "services/graphql/engine.hpp"
#include "services/graphql/execute/channel_source.hpp"
#include "tests/support/graphql_world.hpp"

namespace puff::graphql {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Channels that a test publishes on.
class memory_channels final : public channel_source {
 public:
  struct open_channel {
    std::string pool, name;
    std::function<void(const error&)> done;
    std::function<void(expected<pubsub_item>)> waiting;
    std::deque<pubsub_item> items;
  };

  std::shared_ptr<channel_feed> open(const std::string& pool, const std::string& channel,
                                     std::function<void(const error&)> done) override {
    opened.push_back({pool, channel, std::move(done), nullptr, {}});
    return std::make_shared<feed>(*this, opened.size() - 1);
  }
  void publish(std::string body, pubsub_gap before = {}) {
    auto message = std::make_shared<pubsub_message>();
    message->body = std::move(body);
    auto& to = opened.back();
    to.items.push_back({message, before});
    give(to);
  }
  static void give(open_channel& to) {
    if (to.items.empty() || !to.waiting) return;
    auto item = std::move(to.items.front());
    to.items.pop_front();
    std::exchange(to.waiting, nullptr)(std::move(item));
  }

  std::deque<open_channel> opened;
  int left = 0;

 private:
  class feed final : public channel_feed {
   public:
    feed(memory_channels& of, std::size_t number) : of_(of), number_(number) {}
    ~feed() override {
      of_.opened[number_].waiting = nullptr;
      of_.opened[number_].done = nullptr;
      ++of_.left;
    }
    void next(std::function<void(expected<pubsub_item>)> to) override {
      of_.opened[number_].waiting = std::move(to);
      give(of_.opened[number_]);
    }

   private:
    memory_channels& of_;
    std::size_t number_;
  };
};

struct declared_channel_test : testing::Test {
  declared_channel_test() {
    for (const auto* name : {"text", "number", "said", "list", "id", "any"}) bind(name, {});
    auto guard = std::make_shared<function_resolver>([this](const field_call&, reply<answer> done) {
      if (hold) return held.push_back(std::move(done));
      done(refuses ? answer{failed{{"not for you", {}}}} : answer{shared{repeated_null()}});
    });
    bind("guarded", guard);
    with.channels = channels;
  }
  static column_ptr repeated_null() {
    static const value none;
    return column_of({&none}, nullptr);
  }
  void bind(const std::string& field, std::shared_ptr<field_resolver> guard) {
    using kind = channel_part::kind;
    channel_field what{"news", {{kind::text, "room:"}, {kind::argument, "room"}}, guard};
    world.bind("Subscription." + field, from_stream{std::make_shared<declared_channel>(what)});
  }
  std::shared_ptr<subscription> subscribe(const std::string& selection, bool paced = false) {
    auto prepared = serving.prepare({"subscription { " + selection + " }", {}, {}});
    subscription_calls calls;
    calls.next = [this](response r) {
      if (r.gap) tell_gap(r.body, r.gap);
      events.push_back(std::move(r.body));
    };
    calls.ended = [this](std::optional<response> last) { ends.push_back(last ? last->body : ""); };
    calls.paced = paced;
    return serving.subscribe(std::move(*prepared), with, std::move(calls));
  }
  std::shared_ptr<subscription> listen(const std::string& selection, bool paced = false) {
    auto made = subscribe(selection, paced);
    channels->opened.back().done({});
    return made;
  }
  std::string event(const std::string& selection, const std::string& message) {
    events.clear();
    const auto open = listen(selection);
    channels->publish(message);
    return events.empty() ? "(nothing)" : events.back();
  }

  graphql_world world{R"(
    type Query { n: Int }
    type Said { author: String! text: String count: Int }
    scalar Any
    type Subscription {
      text(room: String): String! number(room: String): Int list(room: String): [Int!]
      said(room: Int): Said id(room: ID): ID any(room: String): Any guarded(room: String): String
    })"};
  engine serving{world.schema};
  std::shared_ptr<memory_channels> channels = std::make_shared<memory_channels>();
  surroundings with;
  bool refuses = false, hold = false;
  std::vector<reply<answer>> held;
  std::vector<std::string> events, ends;
};

TEST_F(declared_channel_test, ListensToTheChannelThatTheArgumentsName) {
  const auto open = listen(R"(text(room: "tea"))");
  EXPECT_EQ(channels->opened.back().pool, "news");
  EXPECT_EQ(channels->opened.back().name, "room:tea");
  const auto other = listen("said(room: 7) { text }");
  EXPECT_EQ(channels->opened.back().name, "room:7");
}

TEST_F(declared_channel_test, AnArgumentThatIsNullNamesNoChannel) {
  const auto open = subscribe("text");
  EXPECT_THAT(channels->opened, IsEmpty());
  EXPECT_THAT(ends, ElementsAre(HasSubstr("named by an argument that is null")));
}

TEST_F(declared_channel_test, TheTextOfAMessageIsAString) {
  EXPECT_EQ(event(R"(text(room: "a"))", "{\"a\": 1}"), R"({"data":{"text":"{\"a\": 1}"}})");
  EXPECT_EQ(event(R"(id(room: "a"))", "x-1"), R"({"data":{"id":"x-1"}})");
  EXPECT_EQ(event(R"(text(room: "a"))", "a\xFFz\xC3"),
            "{\"data\":{\"text\":\"a\xEF\xBF\xBDz\xEF\xBF\xBD\"}}");
}

TEST_F(declared_channel_test, AnyOtherValueIsTheMessagesJson) {
  EXPECT_EQ(event(R"(number(room: "a"))", "42"), R"({"data":{"number":42}})");
  EXPECT_EQ(event(R"(list(room: "a"))", "[1, 2]"), R"({"data":{"list":[1,2]}})");
  EXPECT_EQ(event(R"(any(room: "a"))", R"({"a":[null]})"), R"({"data":{"any":{"a":[null]}}})");
  EXPECT_EQ(event("said(room: 1) { author text count }", R"({"author":"me","text":"hi"})"),
            R"({"data":{"said":{"author":"me","text":"hi","count":null}}})");
  EXPECT_EQ(event("said(room: 1) { author }", "null"), R"({"data":{"said":null}})");
}

TEST_F(declared_channel_test, WhatDoesNotFitIsAnErrorAtItsPathAndTheStreamGoesOn) {
  const auto open = listen("said(room: 1) { author count }");
  channels->publish(R"({"count":1})");
  channels->publish(R"({"author":"me","count":"many"})");
  channels->publish("not json");
  channels->publish("[1]");
  channels->publish(R"({"author":"me","count":2})");
  ASSERT_EQ(events.size(), 5u);
  EXPECT_THAT(events[0], HasSubstr(R"("path":["said","author"])"));
  EXPECT_THAT(events[1], HasSubstr(R"({"author":"me","count":null})"));
  EXPECT_THAT(events[1], HasSubstr(R"("path":["said","count"])"));
  EXPECT_THAT(events[2], HasSubstr("Subscription.said got a message that is no JSON"));
  EXPECT_THAT(events[2], HasSubstr(R"("path":["said"])"));
  EXPECT_THAT(events[3], HasSubstr("no JSON object"));
  EXPECT_EQ(events[4], R"({"data":{"said":{"author":"me","count":2}}})");
  EXPECT_THAT(ends, IsEmpty());
}

TEST_F(declared_channel_test, AGapIsToldWithTheEventAfterIt) {
  const auto open = listen(R"(text(room: "a"))");
  channels->publish("x", {3, true});
  channels->publish("y");
  EXPECT_THAT(events, ElementsAre(R"({"data":{"text":"x"},"extensions":{"gap":{"lost":3,)"
                                  R"("interrupted":true}}})",
                                  R"({"data":{"text":"y"}})"));
}

TEST_F(declared_channel_test, TakesTheNextMessageWhenTheLastWasTaken) {
  const auto open = listen(R"(text(room: "a"))", true);
  for (const auto* body : {"1", "2", "3"}) channels->publish(body);
  EXPECT_EQ(events.size(), 1u);
  EXPECT_EQ(channels->opened.back().items.size(), 2u);
  open->go_on();
  EXPECT_EQ(events.size(), 2u);
}

TEST_F(declared_channel_test, TheGuardIsAskedBeforeTheChannelIsHeard) {
  refuses = true;
  const auto open = subscribe(R"(guarded(room: "a"))");
  EXPECT_THAT(channels->opened, IsEmpty());
  EXPECT_THAT(ends, ElementsAre(HasSubstr("not for you")));
  refuses = false;
  const auto other = listen(R"(guarded(room: "a"))");
  channels->publish("x");
  EXPECT_THAT(events, ElementsAre(R"({"data":{"guarded":"x"}})"));
}

TEST_F(declared_channel_test, WhoWasAdmittedIsNotAskedAgain) {
  refuses = with.is_admitted = true;
  const auto open = listen(R"(guarded(room: "a"))");
  EXPECT_THAT(ends, IsEmpty());
}

TEST_F(declared_channel_test, WhetherOneMayIsAskedWithoutListening) {
  std::vector<std::string> told;
  auto ask = [&] {
    auto prepared = serving.prepare({R"(subscription { guarded(room: "a") })", {}, {}});
    return serving.admit(std::move(*prepared), with, [&](std::optional<response> refusal) {
      told.push_back(refusal ? refusal->body : "may");
    });
  };
  (void)ask();
  refuses = true;
  (void)ask();
  EXPECT_THAT(told, ElementsAre("may", HasSubstr("not for you")));
  hold = true;
  auto asked = ask();
  bool stopped = false;
  held.back().when_cancelled([&] { stopped = true; });
  asked.reset();
  EXPECT_TRUE(stopped);
  held.back()(answer{shared{repeated_null()}});
  EXPECT_EQ(told.size(), 2u);
  EXPECT_THAT(channels->opened, IsEmpty());
}

TEST_F(declared_channel_test, AChannelThatIsNotHeardRefusesTheSubscription) {
  const auto open = subscribe(R"(text(room: "a"))");
  channels->opened.back().done(make_error(ec::unavailable, "secret host"));
  EXPECT_THAT(ends, ElementsAre(HasSubstr("Subscription.text cannot hear its channel")));
  EXPECT_THAT(ends.front(), testing::Not(HasSubstr("secret")));
}

TEST_F(declared_channel_test, AStoppedSubscriptionLeavesItsChannel) {
  auto open = listen(R"(text(room: "a"))");
  auto unopened = subscribe(R"(text(room: "b"))");
  open.reset();
  unopened.reset();
  EXPECT_EQ(channels->left, 2);
  EXPECT_THAT(ends, IsEmpty());
}

}  // namespace
}  // namespace puff::graphql
