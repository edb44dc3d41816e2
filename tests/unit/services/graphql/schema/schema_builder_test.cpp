#include "services/graphql/schema/schema_builder.hpp"

#include <gtest/gtest.h>

#include "services/graphql/language/parser.hpp"
#include "services/graphql/schema/build_schema.hpp"
#include "services/graphql/schema/print_schema.hpp"

namespace puff::graphql {
namespace {

field_spec field_of(std::string name, std::string type, std::uint32_t resolver = default_resolver) {
  field_spec f;
  f.name = std::move(name);
  f.type = std::move(type);
  f.resolver = resolver;
  return f;
}

type_spec object(std::string name, std::vector<field_spec> fields) {
  type_spec type;
  type.kind = type_kind::object;
  type.name = std::move(name);
  type.fields = std::move(fields);
  return type;
}

TEST(graphql_schema_builder, MakesTypesThatMentionOneAnother) {
  schema_builder builder;
  auto users = field_of("users", "[User!]!", 7);
  users.arguments.push_back({"first", "Int", "10", {}, {}, {}});
  builder.add(object("Query", {users}));
  builder.add(object("User", {field_of("friend", "User"), field_of("name", "String")}));
  auto s = *std::move(builder).build();
  EXPECT_EQ(print_schema(*s),
            "type Query {\n  users(first: Int = 10): [User!]!\n}\n\n"
            "type User {\n  friend: User\n  name: String\n}");
  EXPECT_EQ(s->type("Query")->find_field("users")->resolver, 7u);
}

TEST(graphql_schema_builder, SaysWhichTypeIsMissing) {
  schema_builder builder;
  builder.add(object("Query", {field_of("a", "[Nope!]")}));
  auto built = std::move(builder).build();
  ASSERT_FALSE(built);
  EXPECT_EQ(built.errors().front().message, "Unknown type: \"Nope\".");
}

TEST(graphql_schema_builder, RefusesATypeNamedTwice) {
  schema_builder builder;
  builder.add(object("Query", {field_of("a", "Int")}));
  builder.add(object("Query", {field_of("b", "Int")}));
  EXPECT_FALSE(std::move(builder).build());
}

TEST(graphql_schema_builder, RefusesWhatIsNoTypeAndNoLiteral) {
  for (const char* type : {"", "[Int", "Int!!", "{}"}) {
    schema_builder builder;
    builder.add(object("Query", {field_of("a", type)}));
    EXPECT_FALSE(std::move(builder).build()) << type;
  }
  schema_builder builder;
  auto f = field_of("a", "Int");
  f.arguments.push_back({"b", "Int", "$c", {}, {}, {}});
  builder.add(object("Query", {f}));
  EXPECT_FALSE(std::move(builder).build());
}

TEST(graphql_schema_builder, AppliesTheRulesForSchemas) {
  schema_builder builder;
  builder.add(object("Other", {field_of("__a", "Int")}));
  auto built = std::move(builder).build();
  ASSERT_FALSE(built);
  ASSERT_EQ(built.errors().size(), 2u);
  EXPECT_EQ(built.errors()[0].message, "Query root type must be provided.");
}

TEST(graphql_extend_schema, KeepsResolversAndHandles) {
  schema_builder builder;
  auto query = object("Query", {field_of("a", "Int", 3)});
  query.handle = 5;
  builder.add(query);
  auto base = *std::move(builder).build();
  auto extended = *extend_schema(*base, *parse("extend type Query { b: String }"));
  EXPECT_EQ(extended->type("Query")->find_field("a")->resolver, 3u);
  EXPECT_EQ(extended->type("Query")->handle, 5u);
  EXPECT_NE(extended->type("Query")->find_field("b"), nullptr);
  EXPECT_EQ(base->type("Query")->find_field("b"), nullptr);
}

}  // namespace
}  // namespace puff::graphql
