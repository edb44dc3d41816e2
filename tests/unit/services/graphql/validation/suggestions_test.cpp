#include "services/graphql/validation/suggestions.hpp"

#include <gmock/gmock.h>

namespace puff::graphql {
namespace {

using testing::ElementsAre;

TEST(graphql_suggestions, PutTheNearestFirst) {
  EXPECT_THAT(suggestion_list("nmae", {"other", "names", "name", "NMAE"}),
              ElementsAre("NMAE", "name", "names"));
}

TEST(graphql_suggestions, SortDigitsByValue) {
  EXPECT_THAT(suggestion_list("a", {"a12", "a2", "a1"}), ElementsAre("a1", "a2"));
  EXPECT_TRUE(natural_less("a2", "a12"));
}

TEST(graphql_suggestions, SpeakEnglish) {
  EXPECT_EQ(did_you_mean({}), "");
  EXPECT_EQ(did_you_mean({"a"}), " Did you mean \"a\"?");
  EXPECT_EQ(did_you_mean({"a", "b"}), " Did you mean \"a\" or \"b\"?");
  EXPECT_EQ(did_you_mean("the enum value", {"a", "b", "c", "d", "e", "f"}),
            " Did you mean the enum value \"a\", \"b\", \"c\", \"d\", or \"e\"?");
}

}  // namespace
}  // namespace puff::graphql
