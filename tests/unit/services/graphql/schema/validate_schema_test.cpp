#include <gmock/gmock.h>

#include "services/graphql/schema/build_schema.hpp"
#include "services/graphql/schema/schema_builder.hpp"

namespace puff::graphql {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> faults_of(const std::string& sdl) {
  std::vector<std::string> out;
  if (auto made = build_schema(sdl); !made)
    for (const auto& error : made.errors()) out.push_back(error.message);
  return out;
}

TEST(graphql_validate_schema, RefusesADefaultThatItsTypeRefuses) {
  EXPECT_THAT(faults_of("type Query { a(b: [Int!] = [1, null]): Int }"),
              ElementsAre("Query.a(b:) has invalid default value: Expected value of type "
                          "\"[Int!]\", found [1, null]."));
  EXPECT_THAT(faults_of("input I { x: Int = \"1\" } type Query { a(i: I = {y: 1}): Int }"),
              ElementsAre(HasSubstr("I.x has invalid default"), HasSubstr("Query.a(i:) has")));
  EXPECT_THAT(faults_of("directive @d(a: Int = 1.5) on FIELD type Query { a: Int }"),
              ElementsAre(HasSubstr("@d(a:) has invalid default value")));
}

TEST(graphql_validate_schema, TakesADefaultThatLeavesOutFieldsWithDefaults) {
  EXPECT_THAT(faults_of("input I { x: Int! = 1 y: [E!] = A } enum E { A } scalar S "
                        "type Query { a(i: I = {}, s: S = {any: [thing]}, l: [[Int]] = 1): Int }"),
              IsEmpty());
}

TEST(graphql_validate_schema, RefusesDefaultsThatBringInOneAnother) {
  EXPECT_THAT(faults_of("input I { a: I = {} } type Query { a(b: I): Int }"),
              ElementsAre("Invalid circular reference. The default value of Input Object field I.a "
                          "references itself."));
  EXPECT_THAT(faults_of("input I { a: J = {} } input J { b: [I!] = [{}] } "
                        "type Query { a(b: J = {}): Int }"),
              ElementsAre("Invalid circular reference. The default value of Input Object field I.a "
                          "references itself via the default values of: J.b."));
}

TEST(graphql_validate_schema, BoundsWhatOneDefaultComesTo) {
  std::string sdl = "type Query { a(i: I0): Int } input I20 { x: Int = 1 } ";
  for (auto i = 0; i < 20; ++i) {
    const auto next = "I" + std::to_string(i + 1);
    sdl += "input I" + std::to_string(i) + " { a: " + next + " = {} b: " + next + " = {} } ";
  }
  EXPECT_THAT(faults_of(sdl), testing::Contains(HasSubstr("comes to more than 10000 values")));
}

TEST(graphql_validate_schema, RefusesDirectivesWhoseTextIsNone) {
  EXPECT_THAT(faults_of("scalar S @specifiedBy(url: word) type Query { a: S }"),
              ElementsAre("Argument \"url\" has invalid value word."));
  EXPECT_THAT(faults_of("type Query { a: Int @deprecated(reason: 1) }"),
              ElementsAre("Argument \"reason\" has invalid value 1."));
}

TEST(graphql_validate_schema, RefusesADeprecatedFieldOfAnInterfaceThatIsNot) {
  EXPECT_THAT(faults_of("interface I { a: Int } type Query implements I { a: Int @deprecated }"),
              ElementsAre("Interface field I.a is not deprecated, so implementation field Query.a "
                          "must not be deprecated."));
}

}  // namespace
}  // namespace puff::graphql
