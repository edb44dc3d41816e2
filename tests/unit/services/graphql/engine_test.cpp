#include "services/graphql/engine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/graphql/values/column_builder.hpp"
#include "tests/support/graphql_world.hpp"

namespace puff::graphql {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A stream that a test drives.
class driven_stream final : public stream_resolver {
 public:
  void open(const field_call&, std::shared_ptr<event_sink> to,
            reply<std::optional<field_failure>> done) override {
    sink = std::move(to);
    opened = std::move(done);
  }
  void stop(const event_sink&) override { ++stops; }

  std::shared_ptr<event_sink> sink;
  reply<std::optional<field_failure>> opened;
  int stops = 0;
};

class still_clock final : public execution_clock {
 public:
  ticket after(std::chrono::milliseconds, std::function<void()> what) override {
    alarms.push_back(std::move(what));
    return alarms.size();
  }
  void cancel(ticket) override { ++cancelled; }
  std::vector<std::function<void()>> alarms;
  int cancelled = 0;
};

struct engine_test : testing::Test {
  engine_test() {
    world.resolves("Query.wait", [this](const field_call&, reply<answer> r) {
      r.when_cancelled([this] { ++stopped; });
      open.push_back(std::move(r));
    });
    world.bind("Subscription.ticks", from_stream{stream});
    with.root =
        row_of(json(R"({"n": 1, "word": "hi", "user": {"name": "Ann"}, "many": [1, 2, 3]})"));
  }
  /// The schema holds the stream, and the stream its sink, which holds the schema.
  ~engine_test() override { stream->sink = nullptr; }
  response ask(const std::string& query, const std::string& variables = {},
               std::optional<std::string> name = {}) {
    response out;
    serving.execute({query, name, variables}, with, [&](response r) { out = std::move(r); });
    return out;
  }
  std::string body(const std::string& query, const std::string& variables = {}) {
    return ask(query, variables).body;
  }
  std::shared_ptr<subscription> subscribe(const std::string& query) {
    auto prepared = serving.prepare({query, {}, {}});
    return serving.subscribe(
        std::move(*prepared), with,
        {[this](response r) { events.push_back(r.body); },
         [this](std::optional<response> last) { ends.push_back(last ? last->body : ""); }, false});
  }
  static column_ptr one(const value& v) { return repeated(v, 1); }

  graphql_world world{R"(
    type Query { n: Int word(long: Boolean): String user: User many: [Int] wait: Int }
    type User { name: String }
    type Subscription { ticks: Int! })"};
  std::shared_ptr<driven_stream> stream = std::make_shared<driven_stream>();
  engine serving{world.schema, small()};
  surroundings with;
  std::vector<reply<answer>> open;
  int stopped = 0;
  std::vector<std::string> events, ends;

  static engine_options small() {
    engine_options o;
    o.cache.documents = 2;
    o.execution.max_bytes = 300;
    return o;
  }
};

TEST_F(engine_test, ReadsARootThatLiesInMemory) {
  EXPECT_EQ(body("{ n word user { name } many }"),
            R"({"data":{"n":1,"word":"hi","user":{"name":"Ann"},"many":[1,2,3]}})");
}

TEST_F(engine_test, RefusalsHaveNoData) {
  for (const auto* query : {"{", "{ nothing }", "fragment f on User { name }"}) {
    const auto r = ask(query);
    EXPECT_EQ(r.how, outcome::refused) << query;
    EXPECT_THAT(r.body, testing::StartsWith(R"({"errors":[{"message":)")) << query;
  }
  EXPECT_THAT(ask("{ n }", "[1]").body, HasSubstr("variables must be a JSON object"));
  EXPECT_THAT(ask("query($v: Int!) { n }").body, HasSubstr("never used"));
}

TEST_F(engine_test, NamesWhichOperationIsMeant) {
  const std::string two = "query A { n } query B { word }";
  EXPECT_EQ(ask(two, {}, "B").body, R"({"data":{"word":"hi"}})");
  EXPECT_THAT(ask(two).body, HasSubstr("Must provide operation name if query contains multiple"));
  EXPECT_THAT(ask(two, {}, "C").body, HasSubstr(R"(Unknown operation named \"C\".)"));
}

TEST_F(engine_test, APlanIsMadeOncePerValueOfItsConditions) {
  const std::string query = "query($w: Boolean!) { n word @include(if: $w) }";
  const auto plan = [&](const std::string& v) { return serving.prepare({query, {}, v})->plan; };
  EXPECT_EQ(plan(R"({"w":true})"), plan(R"({"w":true})"));
  EXPECT_NE(plan(R"({"w":true})"), plan(R"({"w":false})"));
  EXPECT_EQ(body(query, R"({"w":true})"), R"({"data":{"n":1,"word":"hi"}})");
  EXPECT_EQ(body(query, R"({"w":false})"), R"({"data":{"n":1}})");
}

TEST_F(engine_test, ThePlanCacheIsBounded) {
  const auto plan = [&](const char* query) { return serving.prepare({query, {}, {}})->plan; };
  const auto first = plan("{ n }");
  const auto second = plan("{ word }");
  EXPECT_EQ(plan("{ n }"), first);
  const auto third = plan("{ many }");  // the text used longest ago goes
  EXPECT_EQ(plan("{ n }"), first);
  EXPECT_NE(plan("{ word }"), second);
  EXPECT_NE(plan("{ many }"), third);
}

TEST_F(engine_test, Rewrite2026ResponsesAreNeverCached) {
  EXPECT_EQ(body("{ n }"), R"({"data":{"n":1}})");
  with.root = row_of(json(R"({"n": 2})"));
  EXPECT_EQ(body("{ n }"), R"({"data":{"n":2}})");
}

TEST_F(engine_test, Complaint8AResponseBeyondTheLimitIsRefused) {
  with.root = row_of(value_object{{"word", std::string(400, 'x')}});
  EXPECT_EQ(ask("{ word }").how, outcome::too_large);
}

TEST_F(engine_test, Complaint8SharedRowsCannotMakeAnEndlessResponse) {
  graphql_world deep{"type Query { all: [Node!]! } type Node { all: [Node!]! }"};
  const auto hundred = [](const field_call&) {
    column_builder out;
    auto rows = rows_of(value_list(100, json(R"({"x":1})")));
    out.begin_list();
    for (std::uint32_t i = 0; i < 100; ++i) out.items().object(i);
    out.items().objects(rows);
    out.end_list();
    return shared{std::move(out).build()};
  };
  deep.answers("Query.all", hundred);
  deep.answers("Node.all", hundred);
  std::string query = "{ all ";
  for (int i = 0; i < 10; ++i) query += "{ all ";
  query += "{ __typename } " + std::string(11, '}');
  deep.with.limits.max_bytes = 100'000;
  outcome how = outcome::executed;
  deep.start(query, [&](response r) { how = r.how; });
  EXPECT_EQ(how, outcome::too_large);
}

TEST_F(engine_test, Complaint5ATimeoutStopsWhatRuns) {
  const auto clock = std::make_shared<still_clock>();
  with.clock = clock;
  std::vector<outcome> ends_so;
  const auto run =
      serving.execute({"{ wait }", {}, {}}, with, [&](response r) { ends_so.push_back(r.how); });
  ASSERT_EQ(clock->alarms.size(), 1u);
  clock->alarms[0]();
  EXPECT_EQ(stopped, 1);
  open[0](failed{{"late", {}}});
  EXPECT_THAT(ends_so, ElementsAre(outcome::timed_out));
}

TEST_F(engine_test, TheTimerOfARequestThatEndedIsCancelled) {
  const auto clock = std::make_shared<still_clock>();
  with.clock = clock;
  std::string got;
  const auto run = serving.execute({"{ wait }", {}, {}}, with, [&](response r) { got = r.body; });
  open[0](shared{one(1)});
  EXPECT_EQ(got, R"({"data":{"wait":1}})");
  EXPECT_EQ(clock->alarms.size(), 1u);
  EXPECT_EQ(clock->cancelled, 1);
}

TEST_F(engine_test, WhatWaitsForNothingNeedsNoTimer) {
  const auto clock = std::make_shared<still_clock>();
  with.clock = clock;
  EXPECT_EQ(body("{ n }"), R"({"data":{"n":1}})");
  EXPECT_TRUE(clock->alarms.empty());
}

TEST_F(engine_test, TellsHowLongEachPartTookIfItShall) {
  world.answers("User.name", [](const field_call&) { return answer{shared{one("Bo")}}; });
  engine_options options;
  options.tracing = true;
  engine traced{world.schema, options};
  std::string told;
  traced.execute({"{ user { called: name } }", {}, {}}, with,
                 [&](const response& r) { told = r.body; });
  const auto answered = json(told);
  const auto& trace = *answered.find("extensions")->find("tracing");
  EXPECT_EQ(trace.find("version")->integer(), 1);
  EXPECT_GT(trace.find("parsing")->find("duration")->integer(), 0);
  EXPECT_GT(trace.find("validation")->find("startOffset")->integer(), 0);
  const auto& calls = trace.find("execution")->find("resolvers")->list();
  ASSERT_EQ(calls.size(), 1u);
  EXPECT_EQ(to_json(*calls[0].find("path")), R"(["user","called"])");
  EXPECT_EQ(calls[0].find("parentType")->text(), "User");
  EXPECT_EQ(calls[0].find("fieldName")->text(), "name");
  EXPECT_EQ(calls[0].find("returnType")->text(), "String");
  EXPECT_EQ(calls[0].find("parents")->integer(), 1);
  EXPECT_LE(calls[0].find("startOffset")->integer() + calls[0].find("duration")->integer(),
            trace.find("duration")->integer());
}

TEST_F(engine_test, AnswersIntrospectionFromTheModel) {
  EXPECT_EQ(
      body(
          R"({ __type(name: "User") { kind name fields { name type { name ofType { name } } } } })"),
      R"({"data":{"__type":{"kind":"OBJECT","name":"User","fields":[{"name":"name",)"
      R"("type":{"name":"String","ofType":null}}]}}})");
  EXPECT_EQ(
      body("{ __schema { queryType { name } subscriptionType { name } mutationType { name } } "
           "__typename }"),
      R"({"data":{"__schema":{"queryType":{"name":"Query"},)"
      R"("subscriptionType":{"name":"Subscription"},"mutationType":null},)"
      R"("__typename":"Query"}})");
}

TEST_F(engine_test, ASubscriptionExecutesEachEvent) {
  const auto sub = subscribe("subscription { t: ticks }");
  stream->sink->next(one(1));
  EXPECT_TRUE(events.empty());
  stream->opened(std::nullopt);
  stream->sink->next(one(2));
  stream->sink->next(one(value{}));
  stream->sink->ended();
  EXPECT_THAT(
      events,
      ElementsAre(R"({"data":{"t":1}})", R"({"data":{"t":2}})",
                  R"({"data":null,"errors":[{"message":"Cannot return null for non-nullable )"
                  R"(field Subscription.ticks.","locations":[{"line":1,"column":16}],)"
                  R"("path":["t"]}]})"));
  EXPECT_THAT(ends, ElementsAre(""));
  EXPECT_EQ(stream->stops, 1);
}

TEST_F(engine_test, APacedSubscriptionWaitsForItsReader) {
  auto prepared = serving.prepare({"subscription { ticks }", {}, {}});
  subscription_calls calls;
  calls.next = [this](response r) { events.push_back(r.body); };
  calls.ended = [this](std::optional<response>) { ends.push_back("end"); };
  calls.paced = true;
  const auto sub = serving.subscribe(std::move(*prepared), with, std::move(calls));
  stream->opened(std::nullopt);
  int taken = 0;
  EXPECT_EQ(stream->sink->next(one(1), [&] { ++taken; }), 0u);
  EXPECT_EQ(stream->sink->next(one(2)), 1u);
  stream->sink->ended();
  EXPECT_EQ(events.size(), 1u);
  EXPECT_EQ(taken, 0);
  sub->go_on();
  EXPECT_EQ(events.size(), 2u);
  EXPECT_EQ(taken, 1);
  EXPECT_TRUE(ends.empty());
  sub->go_on();
  EXPECT_THAT(ends, ElementsAre("end"));
}

TEST_F(engine_test, AStreamThatDoesNotOpenIsARefusal) {
  const auto sub = subscribe("subscription { ticks }");
  stream->opened(field_failure{"not for you", {}});
  EXPECT_THAT(ends, ElementsAre(HasSubstr("not for you")));
}

TEST_F(engine_test, Complaint5AStoppedSubscriptionTellsItsStreamOnce) {
  auto sub = subscribe("subscription { ticks }");
  stream->opened(std::nullopt);
  sub->stop();
  sub.reset();
  stream->sink->next(one(1));
  EXPECT_EQ(stream->stops, 1);
  EXPECT_TRUE(events.empty());
  EXPECT_TRUE(ends.empty());
}

TEST_F(engine_test, ASubscriptionIsNotExecutedAsAQuery) {
  EXPECT_THAT(body("subscription { ticks }"), HasSubstr("needs a transport with a stream"));
}

}  // namespace
}  // namespace puff::graphql
