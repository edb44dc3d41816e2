#include "services/graphql/plan/planner.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/graphql_world.hpp"

namespace puff::graphql {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto zoo = R"(
  type Query { animals: [Animal] keeper(id: Int = 1): Keeper }
  interface Animal { name: String keeper: Keeper }
  type Cat implements Animal { name: String keeper: Keeper lives: Int }
  type Dog implements Animal { name: String keeper: Keeper barks: Boolean }
  type Keeper { id: Int name: String likes(kind: String): [Animal] })";

struct planner_test : testing::Test {
  result<plan_ptr> make(const std::string& query, value_object variables = {},
                        plan_options options = {}) {
    auto doc = parse(query);
    return make_plan(world.schema, *doc, *(*doc)->operation({}), variables, options);
  }
  plan_ptr plan(const std::string& query, value_object variables = {}) {
    auto made = make(query, std::move(variables));
    EXPECT_TRUE(made);
    return *made;
  }
  static std::vector<std::string> keys(const plan_layer& layer) {
    std::vector<std::string> found;
    for (const auto& f : layer.fields) found.emplace_back(f.response_key);
    return found;
  }
  static const plan_layer& child(const plan_field& f, std::string_view type) {
    for (const auto& [named, layer] : f.children)
      if (named->name == type) return *layer;
    throw std::invalid_argument{std::string{type}};
  }

  graphql_world world{zoo};
};

TEST_F(planner_test, MergesWhatHasOneResponseKey) {
  auto p = plan("{ keeper { id } other: keeper { id } keeper { name id } }");
  EXPECT_THAT(keys(*p->root), ElementsAre("keeper", "other"));
  EXPECT_THAT(keys(child(p->root->fields[0], "Keeper")), ElementsAre("id", "name"));
}

TEST_F(planner_test, HasALayerForEachTypeThatAValueCanBe) {
  auto p = plan("{ animals { name ... on Cat { lives } ... on Dog { barks } } }");
  const auto& animals = p->root->fields[0];
  ASSERT_EQ(animals.children.size(), 2u);
  EXPECT_THAT(keys(child(animals, "Cat")), ElementsAre("name", "lives"));
  EXPECT_THAT(keys(child(animals, "Dog")), ElementsAre("name", "barks"));
}

TEST_F(planner_test, MakesALayerOnceHoweverItIsReached) {
  auto p = plan(R"({ animals { keeper { ...deep } } }
    fragment deep on Keeper { likes { name } })");
  const auto& animals = p->root->fields[0];
  const auto& of_cat = child(child(animals, "Cat").fields[0], "Keeper");
  const auto& of_dog = child(child(animals, "Dog").fields[0], "Keeper");
  EXPECT_EQ(&of_cat, &of_dog);
}

TEST_F(planner_test, LeavesOutWhatIsSkipped) {
  constexpr auto query =
      "query($a: Boolean!) { keeper { id @include(if: $a) name @skip(if: $a) } }";
  EXPECT_THAT(keys(child(plan(query, {{"a", value{true}}})->root->fields[0], "Keeper")),
              ElementsAre("id"));
  EXPECT_THAT(keys(child(plan(query, {{"a", value{false}}})->root->fields[0], "Keeper")),
              ElementsAre("name"));
}

TEST_F(planner_test, CoercesArgumentsThatNoVariableDecides) {
  auto p = plan("query($id: Int) { keeper a: keeper(id: 7) b: keeper(id: $id) { id } }");
  const auto& fields = p->root->fields;
  EXPECT_EQ((**fields[0].arguments).front().second.integer(), 1);
  EXPECT_EQ((**fields[1].arguments).front().second.integer(), 7);
  EXPECT_FALSE(fields[2].arguments);
}

TEST_F(planner_test, KeepsWhatIsWrongWithAnArgumentForItsField) {
  auto p = plan("{ keeper(id: \"seven\") { id } }");
  ASSERT_TRUE(p->root->fields[0].arguments);
  EXPECT_FALSE(*p->root->fields[0].arguments);
}

TEST_F(planner_test, TellsTheColumnsThatFieldsRead) {
  world.answers("Keeper.likes", [](const field_call&) { return answer{}; }, {"id", "species"});
  world.bind("Keeper.name", from_column{"full_name"});
  auto p = plan("{ keeper { likes { name } name again: name } }");
  EXPECT_THAT(child(p->root->fields[0], "Keeper").required_columns,
              ElementsAre("id", "species", "full_name"));
}

TEST_F(planner_test, WritesALayerOfTypeNamesBeforehand) {
  auto p = plan("{ keeper { __typename a: __typename } animals { __typename name } }");
  EXPECT_EQ(child(p->root->fields[0], "Keeper").constant,
            R"({"__typename":"Keeper","a":"Keeper"})");
  EXPECT_THAT(child(p->root->fields[1], "Cat").constant, IsEmpty());
}

TEST_F(planner_test, RefusesAPlanThatIsTooLarge) {
  auto made = make("{ keeper { id name likes { name } } }", {}, {.max_fields = 4});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.errors().front().message, "The operation selects too many fields.");
}

TEST_F(planner_test, RefusesAnOperationThatTheSchemaHasNoRootFor) {
  auto made = make("mutation { feed }");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.errors().front().message,
            "Schema is not configured to execute mutation operation.");
}

TEST_F(planner_test, RefusesAConditionThatIsNull) {
  auto made = make("query($a: Boolean) { keeper { id @skip(if: $a) } }", {{"a", value{}}});
  ASSERT_FALSE(made);
  EXPECT_THAT(made.errors().front().message, HasSubstr("if"));
}

}  // namespace
}  // namespace puff::graphql
