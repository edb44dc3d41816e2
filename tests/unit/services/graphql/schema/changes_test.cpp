#include "services/graphql/schema/changes.hpp"

#include <gmock/gmock.h>

#include "services/graphql/schema/build_schema.hpp"

namespace puff::graphql {
namespace {

std::vector<std::string> changes(std::string before, std::string after) {
  std::vector<std::string> out;
  for (auto& c : find_changes(**build_schema(std::move(before)), **build_schema(std::move(after))))
    out.push_back((c.weight == severity::breaking ? "! " : "? ") + c.description);
  return out;
}

TEST(graphql_changes, TellsWhatBreaksClients) {
  EXPECT_THAT(changes("type Query { a: Int b(c: Int = 1): String! d: E } enum E { X Y }",
                      "type Query { b(c: Int = 2, e: Int!): String d: E } enum E { X Z }"),
              testing::UnorderedElementsAre(
                  "! Query.a was removed.", "! A required arg e on Query.b was added.",
                  "? Query.b arg c has changed defaultValue from 1 to 2.",
                  "! Query.b changed type from String! to String.", "? Z was added to enum type E.",
                  "! Y was removed from enum type E."));
}

TEST(graphql_changes, FindsNoneInWhatOnlyGrows) {
  EXPECT_THAT(changes("type Query { a: Int }", "type Query { a: Int! b: [Int] }"),
              testing::IsEmpty());
}

}  // namespace
}  // namespace puff::graphql
