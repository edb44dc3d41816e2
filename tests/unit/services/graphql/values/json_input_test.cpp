#include "services/graphql/values/json_input.hpp"

#include <gtest/gtest.h>

namespace puff::graphql {
namespace {

TEST(json_input, ReadsEveryKindOfValueInOrder) {
  const auto v = parse_json(R"( {"b": [1, -2.5, true, null, "\u00e9\n"], "a": {}} )");
  ASSERT_TRUE(v);
  EXPECT_EQ(to_json(*v), "{\"b\":[1,-2.5,true,null,\"é\\n\"],\"a\":{}}");
}

TEST(json_input, KeepsWholeNumbersExactAndMakesOthersReal) {
  EXPECT_EQ(parse_json("9007199254740993")->integer(), 9007199254740993);
  EXPECT_EQ(parse_json("[1e2]")->list()[0].real(), 100);
  EXPECT_EQ(parse_json("[18446744073709551616]")->list()[0].what(), value::kind::real);
}

TEST(json_input, TheLastOfEqualNamesCounts) {
  EXPECT_EQ(to_json(*parse_json(R"({"a":1,"b":2,"a":3})")), R"({"a":3,"b":2})");
}

TEST(json_input, RefusesWhatIsNoJson) {
  for (const auto* text :
       {"", "{", "[1,]", "{\"a\" 1}", "1 2", "nul", "\"\xff\"", "[1]]", "{'a':1}"})
    EXPECT_EQ(code_of(parse_json(text).error()), ec::bad_request) << text;
  EXPECT_FALSE(parse_json(std::string(300, '[') + std::string(300, ']')));
}

TEST(json_input, VariablesAreAnObjectOrNothing) {
  EXPECT_TRUE(parse_variables("")->empty());
  EXPECT_TRUE(parse_variables("null")->empty());
  EXPECT_EQ(parse_variables(R"({"a":null})")->size(), 1u);
  EXPECT_FALSE(parse_variables("[]"));
}

}  // namespace
}  // namespace puff::graphql
