#include "services/graphql/plan/operation_cost.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/graphql/engine.hpp"
#include "services/graphql/plan/planner.hpp"
#include "tests/support/graphql_world.hpp"

namespace puff::graphql {
namespace {

using testing::HasSubstr;

constexpr auto shop = R"(
  type Query {
    shop: Shop
    tea(first: Int, at: Int): [Tea]
    orders(first: Int): Orders
    things: [Thing]
  }
  type Shop { name: String tea(limit: Int = 3): [Tea] }
  type Tea { name: String makers: [Maker] }
  type Maker { name: String }
  type Orders { nodes: [Tea] total: Int shop: Shop }
  union Thing = Shop | Maker)";

struct operation_cost : testing::Test {
  std::uint64_t cost(const std::string& query, value_object variables = {}) {
    auto doc = parse(query);
    auto plan = make_plan(world.schema, *doc, *(*doc)->operation({}), variables);
    EXPECT_TRUE(plan);
    return cost_of(**plan, variables, 10);
  }
  graphql_world world{shop};
};

TEST_F(operation_cost, CountsOneForEachObject) {
  EXPECT_EQ(cost("{ shop { name } }"), 1u);
  EXPECT_EQ(cost("{ shop { name } other: shop { name } }"), 2u);
  EXPECT_EQ(cost("{ tea { name } }"), 10u);
  EXPECT_EQ(cost("{ tea { makers { name } } }"), 10u * (1 + 10));
}

TEST_F(operation_cost, DoesNotCountIntrospection) {
  EXPECT_EQ(cost("{ __typename __schema { types { fields { name } } } shop { __typename } }"), 1u);
}

TEST_F(operation_cost, AsksArgumentsHowManyItemsAListHas) {
  EXPECT_EQ(cost("{ tea(first: 4) { name } }"), 4u);
  EXPECT_EQ(cost("{ tea(first: -4) { name } }"), 0u);
  EXPECT_EQ(cost("{ shop { tea { name } } }"), 1u + 3);
  EXPECT_EQ(cost("query ($n: Int) { tea(first: $n) { makers { name } } }", {{"n", 2}}), 22u);
}

TEST_F(operation_cost, GivesTheSizeOfAConnectionToItsLists) {
  EXPECT_EQ(cost("{ orders(first: 50) { nodes { name } total shop { tea { name } } } }"),
            1u + 50 + 1 + 3);
}

TEST_F(operation_cost, TakesTheDearestTypeOfAnAbstractValue) {
  EXPECT_EQ(cost("{ things { ... on Shop { tea { name } } ... on Maker { name } } }"),
            10u * (1 + 3));
}

TEST_F(operation_cost, AddsWhatAFieldIsSaidToCost) {
  ASSERT_TRUE(world.schema->set_cost("Tea", "name", {5, {}, 0}));
  ASSERT_TRUE(world.schema->set_cost("Query", "tea", {100, "at", 7}));
  EXPECT_FALSE(world.schema->set_cost("Query", "coffee", {}));
  EXPECT_EQ(cost("{ tea(first: 2) { name } }"), 100u + 7 * (1 + 5));
  EXPECT_EQ(cost("{ tea(at: 2) { name } }"), 100u + 2 * (1 + 5));
}

TEST_F(operation_cost, DoesNotOverflow) {
  std::string query = "x: tea(first: 2147483647) { name makers { name } }", deep;
  ASSERT_TRUE(world.schema->set_cost("Tea", "makers", {0, {}, std::uint64_t{1} << 61}));
  EXPECT_EQ(cost("{" + query + "}"), std::uint64_t{1} << 62);
}

TEST_F(operation_cost, RefusesWhatCostsMoreThanTheLimit) {
  engine_options options;
  options.costs = {.limit = 20, .list_size = 10};
  engine limited{world.schema, options};
  EXPECT_TRUE(limited.prepare({"query ($n: Int) { tea(first: $n) { name } }", {}, R"({"n": 20})"}));
  auto refused =
      limited.prepare({"query ($n: Int) { tea(first: $n) { name } }", {}, R"({"n": 21})"});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.errors().front().message, HasSubstr("may cost 21; the limit is 20"));
  EXPECT_EQ(refused.errors().front().locations.size(), 1u);
}

}  // namespace
}  // namespace puff::graphql
