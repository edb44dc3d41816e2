#include "services/pubsub/position.hpp"

#include <gtest/gtest.h>

namespace puff::pubsub {
namespace {

TEST(pubsub_position, ComesBackFromItsText) {
  const position where{"k3j2", 18'446'744'073'709'551'615u};
  EXPECT_EQ(to_text(where), "k3j2-18446744073709551615");
  EXPECT_EQ(parse_position(to_text(where)), where);
}

TEST(pubsub_position, ZeroIsBeforeEverything) {
  EXPECT_EQ(parse_position(everything), position{});
  EXPECT_EQ(to_text({}), everything);
}

TEST(pubsub_position, AnythingElseIsNone) {
  for (auto text : {"", "-", "a", "a-", "-1", "a-x", "a-1x", "a--1", "a b-1",
                    "a-18446744073709551616", "abcdefghijklmnopqrstuvwxyz0123456789-1"})
    EXPECT_FALSE(parse_position(text)) << text;
}

TEST(pubsub_position, OnlyOfOneEpochCanBeCompared) {
  EXPECT_TRUE(is_within({"a", 3}, {"a", 3}));
  EXPECT_FALSE(is_within({"a", 4}, {"a", 3}));
  EXPECT_FALSE(is_within({"b", 1}, {"a", 3}));
}

}  // namespace
}  // namespace puff::pubsub
