#include "services/graphql/schema/schema.hpp"

#include <gtest/gtest.h>

#include "services/graphql/schema/build_schema.hpp"
#include "services/graphql/schema/introspection.hpp"
#include "services/graphql/schema/print_schema.hpp"

namespace puff::graphql {
namespace {

schema_ptr made(std::string sdl) {
  auto built = build_schema(std::move(sdl));
  EXPECT_TRUE(built) << built.errors().front().message;
  return *built;
}

schema_ptr animals() {
  return made(
      "interface Node { id: ID! } interface Pet implements Node { id: ID! name: String } "
      "type Dog implements Pet & Node { id: ID! name: String barks: Boolean } "
      "type Cat implements Pet & Node { id: ID! name: String } type Stone { weight: Float } "
      "union Thing = Dog | Stone enum Size { BIG SMALL } "
      "type Query { pet(size: Size = BIG): Pet things: [Thing!]! }");
}

TEST(graphql_schema, FindsByName) {
  auto s = animals();
  EXPECT_EQ(s->root(operation_type::query)->name, "Query");
  EXPECT_EQ(s->root(operation_type::mutation), nullptr);
  EXPECT_EQ(s->type("Dog")->find_field("barks")->position, 2u);
  EXPECT_EQ(s->type("Nope"), nullptr);
  EXPECT_EQ(s->type("Size")->find_value("SMALL")->name, "SMALL");
  EXPECT_EQ(s->type("Int"), nullptr) << "only scalars in use belong to a schema";
  EXPECT_EQ(s->type("ID")->builtin, builtin_scalar::id);
}

TEST(graphql_schema, KnowsWhatATypeCanBe) {
  auto s = animals();
  const auto &pet = *s->type("Pet"), &dog = *s->type("Dog"), &thing = *s->type("Thing"),
             &stone = *s->type("Stone"), &node = *s->type("Node");
  EXPECT_EQ(s->possible_types(pet).size(), 2u);
  EXPECT_EQ(s->possible_types(dog)[0], &dog);
  EXPECT_EQ(s->implementing_interfaces(node)[0], &pet);
  EXPECT_TRUE(s->is_sub_type(thing, stone));
  EXPECT_TRUE(s->is_sub_type(node, pet));
  EXPECT_FALSE(s->is_sub_type(pet, stone));
  EXPECT_TRUE(s->overlap(pet, thing));
  EXPECT_FALSE(s->overlap(pet, stone));
}

TEST(graphql_schema, ComparesWrappedTypes) {
  auto s = animals();
  type_ref dog = s->type("Dog"), pet = s->type("Pet");
  EXPECT_TRUE(s->is_type_sub_type_of(dog.non_null(), pet));
  EXPECT_TRUE(s->is_type_sub_type_of(dog.non_null().list_of(), pet.list_of()));
  EXPECT_FALSE(s->is_type_sub_type_of(pet, dog));
  EXPECT_FALSE(s->is_type_sub_type_of(dog, dog.non_null()));
  EXPECT_EQ(to_string(dog.non_null().list_of().non_null()), "[Dog!]!");
}

TEST(graphql_schema, OffersTheMetaFields) {
  auto s = animals();
  const auto& query = *s->root(operation_type::query);
  EXPECT_EQ(s->find_field(query, "__schema")->resolver,
            static_cast<std::uint32_t>(introspection_resolver::meta_schema));
  EXPECT_EQ(s->find_field(*s->type("Thing"), "__typename")->resolver,
            static_cast<std::uint32_t>(introspection_resolver::meta_typename));
  EXPECT_EQ(s->find_field(*s->type("Dog"), "__schema"), nullptr);
  EXPECT_EQ(s->type("__Type")->find_field("isOneOf")->resolver,
            static_cast<std::uint32_t>(introspection_resolver::type_is_one_of));
  EXPECT_EQ(s->type("__Directive")->find_field("deprecationReason")->resolver,
            static_cast<std::uint32_t>(introspection_resolver::last));
}

TEST(graphql_schema, HasAFingerprintOfItsContent) {
  EXPECT_EQ(animals()->fingerprint(), animals()->fingerprint());
  EXPECT_NE(animals()->fingerprint(), made("type Query { a: Int }")->fingerprint());
  EXPECT_NE(animals()->serial(), animals()->serial());
}

TEST(graphql_schema, PrintsDefaultsAsClientsSeeThem) {
  auto s = made("input I { a: Int = 3 b: [Int] } type Query { f(i: I = {b: 1}): Int }");
  const auto* f = s->root(operation_type::query)->find_field("f");
  EXPECT_EQ(printed_default(f->arguments[0]), "{a: 3, b: [1]}");
}

TEST(graphql_schema, EndsWhenDefaultsMentionOneAnother) {
  auto s =
      build_schema("input I { a: I = {} } type Query { f(i: I = {}): Int }", schema_check::none);
  ASSERT_TRUE(s);
  EXPECT_FALSE(print_schema(**s).empty());
}

}  // namespace
}  // namespace puff::graphql
