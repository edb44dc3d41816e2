#include "services/graphql/execute/outside_parser.hpp"

#include <gmock/gmock.h>

#include "services/graphql/engine.hpp"
#include "services/graphql/values/column_builder.hpp"
#include "services/graphql/values/inspect.hpp"
#include "tests/support/graphql_world.hpp"

namespace puff::graphql {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Parses when a test says so; numbers are right.
class late_parser final : public outside_parser {
 public:
  void parse(std::vector<std::shared_ptr<outside_value>> values,
             reply<std::optional<std::string>> done) override {
    asked = std::move(values);
    owed = std::move(done);
    owed.when_cancelled([this] { ++stopped; });
  }
  void answer() {
    for (const auto& each : asked) {
      parsed.push_back(inspect(each->raw));
      if (each->raw.what() != value::kind::integer) each->wrong = {{"no number", {}}, false};
      each->parsed = std::make_shared<int>(1);
    }
    owed({});
  }

  std::vector<std::shared_ptr<outside_value>> asked;
  reply<std::optional<std::string>> owed;
  std::vector<std::string> parsed;
  int stopped = 0;
};

class silent_stream final : public stream_resolver {
 public:
  void open(const field_call& call, std::shared_ptr<event_sink>,
            reply<std::optional<field_failure>> done) override {
    opened.push_back(inspect(call.arguments.front().second));
    owed.push_back(std::move(done));
  }
  void stop(const event_sink&) override {}
  std::vector<std::string> opened;
  std::vector<reply<std::optional<field_failure>>> owed;
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

struct outside_parser_test : testing::Test {
  outside_parser_test() {
    world.answers("Query.take", [this](const field_call& call) {
      for (const auto& [name, given] : call.arguments)
        runs.push_back(inspect(given) + (given.outside()->parsed ? " parsed" : " not parsed"));
      return aligned{repeated(value{1}, 1)};
    });
    world.bind("Subscription.ticks", from_stream{stream});
    world.schema->parse_outside({"Own"}, parser);
    with.clock = clock;
  }
  ~outside_parser_test() override {
    stream->owed.clear();
    parser->owed = {};
  }
  std::shared_ptr<execution> start(const std::string& query, const std::string& variables = {}) {
    return serving.execute({query, {}, variables}, with,
                           [this](response r) { said.push_back(std::move(r)); });
  }

  graphql_world world{
      "scalar Own type Query { take(it: Own): Int plain(n: Int): Int } "
      "type Subscription { ticks(it: Own): Int }"};
  std::shared_ptr<late_parser> parser = std::make_shared<late_parser>();
  std::shared_ptr<silent_stream> stream = std::make_shared<silent_stream>();
  std::shared_ptr<still_clock> clock = std::make_shared<still_clock>();
  engine serving{world.schema};
  surroundings with;
  std::vector<std::string> runs;
  std::vector<response> said;
};

TEST_F(outside_parser_test, IsAskedOnceForAllValuesBeforeAnythingRuns) {
  const auto run =
      start("query ($v: Own) { a: take(it: $v) b: take(it: 2) c: take(it: $v) }", R"({"v": 7})");
  EXPECT_EQ(parser->asked.size(), 2u);
  EXPECT_THAT(runs, IsEmpty());
  parser->answer();
  EXPECT_THAT(runs, ElementsAre("7 parsed", "2 parsed", "7 parsed"));
  ASSERT_EQ(said.size(), 1u);
  EXPECT_EQ(said.front().body, R"({"data":{"a":1,"b":1,"c":1}})");
}

TEST_F(outside_parser_test, IsNotAskedWithoutValues) {
  start("query ($v: Own) { take(it: $v) plain(n: 1) }", "{}");
  EXPECT_THAT(parser->asked, IsEmpty());
  EXPECT_EQ(said.size(), 1u);
}

TEST_F(outside_parser_test, RefusesARequestWithAWrongValue) {
  const auto run = start("query ($v: Own) { take(it: $v) }", R"({"v": "x"})");
  parser->answer();
  EXPECT_THAT(runs, IsEmpty());
  ASSERT_EQ(said.size(), 1u);
  EXPECT_EQ(said.front().how, outcome::refused);
  EXPECT_EQ(said.front().body,
            R"({"errors":[{"message":"Variable \"$v\" got invalid value \"x\"; )"
            R"(Expected type \"Own\". no number","locations":[{"line":1,"column":8}]}]})");
}

TEST_F(outside_parser_test, ACancelledRequestStopsIt) {
  const auto run = start("{ take(it: 1) }");
  run->cancel();
  EXPECT_EQ(parser->stopped, 1);
  ASSERT_EQ(said.size(), 1u);
  EXPECT_EQ(said.front().how, outcome::cancelled);
  parser->answer();
  EXPECT_THAT(runs, IsEmpty());
  EXPECT_EQ(said.size(), 1u);
  EXPECT_EQ(clock->cancelled, 1);
}

TEST_F(outside_parser_test, TheTimeLimitHoldsForIt) {
  const auto run = start("{ take(it: 1) }");
  clock->alarms.front()();
  EXPECT_EQ(parser->stopped, 1);
  ASSERT_EQ(said.size(), 1u);
  EXPECT_EQ(said.front().how, outcome::timed_out);
}

TEST_F(outside_parser_test, GivenUpItRefuses) {
  const auto run = start("{ take(it: 1) }");
  parser->owed = {};
  ASSERT_EQ(said.size(), 1u);
  EXPECT_EQ(said.front().how, outcome::refused);
}

TEST_F(outside_parser_test, AStreamIsOpenedWithParsedValues) {
  std::vector<std::string> ends;
  subscription_calls calls;
  calls.next = [](response) {};
  calls.ended = [&](std::optional<response> why) { ends.push_back(why ? why->body : "end"); };
  auto prepared = serving.prepare({"subscription { ticks(it: 3) }", {}, {}});
  auto open = serving.subscribe(*prepared, with, calls);
  EXPECT_THAT(stream->opened, IsEmpty());
  parser->answer();
  EXPECT_THAT(stream->opened, ElementsAre("3"));
  open.reset();

  open = serving.subscribe(std::move(*prepared), with, calls);
  open->stop();
  parser->answer();
  EXPECT_EQ(stream->opened.size(), 1u);
  EXPECT_EQ(parser->stopped, 1);
  EXPECT_THAT(ends, IsEmpty());

  prepared = serving.prepare({"subscription { ticks(it: \"x\") }", {}, {}});
  open = serving.subscribe(std::move(*prepared), with, calls);
  parser->answer();
  EXPECT_THAT(ends, ElementsAre(HasSubstr(R"(found \"x\"; no number)")));
}

}  // namespace
}  // namespace puff::graphql
