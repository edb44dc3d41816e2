#include "services/graphql/values/coercion.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <map>

#include "tests/support/graphql_world.hpp"

namespace puff::graphql {
namespace {

using testing::HasSubstr;

struct coercion_test : testing::Test {
  coercion_test() {
    world.answers("Query.show", [](const field_call& call) {
      return shared{column_of({&kept.emplace_back(to_json(value{call.arguments}))}, {})};
    });
  }
  /// What the resolver got, or the errors.
  std::string show(const std::string& definitions, const std::string& arguments,
                   const std::string& variables = {}) {
    return world.run("query" + definitions + " { show" + arguments + " }", variables);
  }
  static std::string got(const std::string& arguments) {
    return to_json(value{value_object{{"data", value{value_object{{"show", arguments}}}}}});
  }

  static inline std::deque<value> kept;
  graphql_world world{R"(
    enum Color { RED GREEN }
    input In { a: Int = 3 b: String! }
    input One @oneOf { x: Int y: String }
    type Query { show(i: Int f: Float s: String b: Boolean id: ID c: Color n: In o: One
                      l: [Int!] d: Int = 5): String })"};
};

TEST_F(coercion_test, Defect7AnExplicitNullIsNullAndAbsentIsAbsent) {
  EXPECT_EQ(show("", "(i: null)"), got(R"({"i":null,"d":5})"));
  EXPECT_EQ(show("($i: Int)", "(i: $i)", R"({"i":null})"), got(R"({"i":null,"d":5})"));
  EXPECT_EQ(show("($i: Int)", "(i: $i)"), got(R"({"d":5})"));
  EXPECT_EQ(show("($d: Int)", "(d: $d)"), got(R"({"d":5})"));
  EXPECT_EQ(show("($d: Int)", "(d: $d)", R"({"d":null})"), got(R"({"d":null})"));
}

TEST_F(coercion_test, Defect7AnIntegerServesAsFloat) {
  EXPECT_EQ(show("($f: Float)", "(f: $f)", R"({"f":3})"), got(R"({"f":3,"d":5})"));
}

TEST_F(coercion_test, Complaint6NullsAndDefaultsOfInputObjects) {
  EXPECT_EQ(show("($n: In)", "(n: $n)", R"({"n":{"b":"x"}})"),
            got(R"({"n":{"a":3,"b":"x"},"d":5})"));
  EXPECT_EQ(show("($n: In)", "(n: $n)", R"({"n":{"a":null,"b":"x"}})"),
            got(R"({"n":{"a":null,"b":"x"},"d":5})"));
}

TEST_F(coercion_test, WrongVariablesAreRefusedInGraphqlJsWords) {
  const std::map<std::string, std::string> argument{{"Int", "i"}, {"Color", "c"}, {"In", "n"}};
  const auto refused = [&](const std::string& type, const std::string& v) {
    return show("($v: " + type + ")", "(" + argument.at(type) + ": $v)", "{\"v\":" + v + "}");
  };
  EXPECT_THAT(
      refused("Int", "1.5"),
      HasSubstr(R"(Variable \"$v\" got invalid value 1.5; Int cannot represent non-integer )"
                "value: 1.5"));
  EXPECT_THAT(refused("Int", "4000000000"),
              HasSubstr("non 32-bit signed integer value: 4000000000"));
  EXPECT_THAT(
      refused("Color", "\"REDD\""),
      HasSubstr(R"(does not exist in \"Color\" enum. Did you mean the enum value \"RED\"?)"));
  EXPECT_THAT(
      refused("In", R"({"b":"x","aa":1})"),
      HasSubstr(R"(Field \"aa\" is not defined by type \"In\". Did you mean \"a\"?)"));
  EXPECT_THAT(refused("In", R"({"a":"y","b":"x"})"),
              HasSubstr(R"(got invalid value \"y\" at \"v.a\"; Int cannot)"));
  EXPECT_THAT(refused("In", "{}"),
              HasSubstr(R"(Field \"b\" of required type \"String!\" was not)"));
  EXPECT_THAT(show("($v: Int!)", "(i: $v)"),
              HasSubstr(R"(Variable \"$v\" of required type \"Int!\" was not provided.)"));
  EXPECT_THAT(show("($v: Int!)", "(i: $v)", R"({"v":null})"),
              HasSubstr(R"(Variable \"$v\" of non-null type \"Int!\" must not be null.)"));
}

TEST_F(coercion_test, ExactlyOneFieldOfAOneOfIsGiven) {
  EXPECT_EQ(show("($o: One)", "(o: $o)", R"({"o":{"x":1}})"), got(R"({"o":{"x":1},"d":5})"));
  EXPECT_THAT(show("($o: One)", "(o: $o)", R"({"o":{"x":1,"y":"b"}})"),
              HasSubstr(R"(Exactly one key must be specified for OneOf type \"One\".)"));
  EXPECT_THAT(show("($o: One)", "(o: $o)", R"({"o":{"x":null}})"),
              HasSubstr(R"(Field \"x\" must be non-null.)"));
}

TEST_F(coercion_test, AListTakesASingleValue) {
  EXPECT_EQ(show("($l: [Int!])", "(l: $l)", R"({"l":7})"), got(R"({"l":[7],"d":5})"));
  EXPECT_EQ(show("", "(l: 7)"), got(R"({"l":[7],"d":5})"));
}

TEST_F(coercion_test, FaultsOfVariablesAreBounded) {
  std::string many = "[";
  for (int i = 0; i < 80; ++i) many += (i == 0 ? "\"x\"" : ",\"x\"");
  const auto body = show("($l: [Int!])", "(l: $l)", R"({"l":)" + many + "]}");
  EXPECT_THAT(body, HasSubstr("Too many errors processing variables, error limit reached."));
  EXPECT_EQ(json(body).find("errors")->list().size(), 51u);
}

}  // namespace
}  // namespace puff::graphql
