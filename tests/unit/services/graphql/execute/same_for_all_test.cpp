#include "services/graphql/execute/same_for_all.hpp"

#include <gtest/gtest.h>

#include "services/graphql/execute/declared_channel.hpp"
#include "tests/support/graphql_world.hpp"

namespace puff::graphql {
namespace {

class silent_stream final : public stream_resolver {
 public:
  void open(const field_call&, std::shared_ptr<event_sink>,
            reply<std::optional<field_failure>> done) override {
    done(std::nullopt);
  }
  void stop(const event_sink&) override {}
};

class one_type final : public type_resolver {
 public:
  std::vector<std::string> resolve(const row_set& rows, request_context*) override {
    return std::vector<std::string>(rows.size(), "Said");
  }
};

struct same_for_all_test : testing::Test {
  same_for_all_test() {
    channel_field room;
    room.name = {{channel_part::kind::text, "room"}};
    for (const auto* name : {"heard", "anything", "numbered"})
      world.bind(std::string{"Subscription."} + name,
                 from_stream{std::make_shared<declared_channel>(room)});
    world.bind("Subscription.generated", from_stream{std::make_shared<silent_stream>()});
    auto statement = std::make_shared<sql_field>();
    statement->text = "SELECT 1";
    world.bind("Said.rows", from_sql{statement});
    world.bind("Said.fixed", from_constant{value{1}});
    world.answers("Said.mine", [](const field_call&) { return answer{failed{}}; });
  }

  bool operator()(const std::string& query) const {
    const auto doc = parse(query);
    const auto plan = make_plan(world.schema, *doc, *(*doc)->operation({}), {}, {});
    return is_same_for_all(**plan);
  }

  graphql_world world{R"(
    type Query { n: Int }
    interface Thing { text: String }
    type Said implements Thing { text: String rows: Int fixed: Int mine: Int inner: Said }
    type Subscription { heard: Said anything: Thing numbered: Int generated: Said })"};
  const same_for_all_test& is_same = *this;
};

TEST_F(same_for_all_test, ColumnsConstantsAndDeclaredStatementsKnowNoClient) {
  EXPECT_TRUE(is_same("subscription { numbered }"));
  EXPECT_TRUE(is_same("subscription { heard { __typename text rows fixed inner { text } } }"));
}

TEST_F(same_for_all_test, AResolverAnywhereMayKnowTheClient) {
  EXPECT_FALSE(is_same("subscription { heard { text mine } }"));
  EXPECT_FALSE(is_same("subscription { heard { inner { inner { mine } } } }"));
  EXPECT_FALSE(is_same("subscription { anything { text ... on Said { mine } } }"));
}

TEST_F(same_for_all_test, AStreamMustSayThatItsEventsAreTheSame) {
  EXPECT_FALSE(is_same("subscription { generated { text } }"));
}

TEST_F(same_for_all_test, WhoSaysTheTypeOfAnObjectMayKnowTheClient) {
  EXPECT_TRUE(is_same("subscription { anything { text } }"));
  world.schema->bind_type("Thing", std::make_shared<one_type>());
  EXPECT_FALSE(is_same("subscription { anything { text } }"));
}

TEST_F(same_for_all_test, OnlySubscriptionsHaveEvents) { EXPECT_FALSE(is_same("{ n }")); }

}  // namespace
}  // namespace puff::graphql
