#include "services/redis/key_slot.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string_view>
#include <vector>

namespace puff::redis {
namespace {

std::string_view key_of(std::initializer_list<std::string_view> parts) {
  const std::vector<std::string_view> all{parts};
  return first_key(all).value_or("(none)");
}

TEST(key_slot, IsTheOneOfTheSpecification) {
  EXPECT_EQ(slot_of("123456789"), 0x31C3);
  EXPECT_EQ(slot_of(""), 0);
  EXPECT_EQ(slot_of("foo"), 12182);
}

TEST(key_slot, LooksAtTheFirstBracesOnly) {
  EXPECT_EQ(slot_of("{user1000}.following"), slot_of("user1000"));
  EXPECT_EQ(slot_of("foo{bar}{zap}"), slot_of("bar"));
  EXPECT_EQ(slot_of("foo{{bar}}zap"), slot_of("{bar"));
  EXPECT_NE(slot_of("foo{}{bar}"), slot_of("bar"));
}

TEST(key_slot, FindsTheFirstKeyOfACommand) {
  EXPECT_EQ(key_of({"get", "a"}), "a");
  EXPECT_EQ(key_of({"MSET", "a", "1", "b", "2"}), "a");
  EXPECT_EQ(key_of({"evalsha", "digest", "1", "a", "x"}), "a");
  EXPECT_EQ(key_of({"EVAL", "return 1", "0", "x"}), "(none)");
  EXPECT_EQ(key_of({"XREADGROUP", "GROUP", "g", "c", "COUNT", "1", "streams", "a", ">"}), "a");
  EXPECT_EQ(key_of({"ZUNION", "2", "a", "b"}), "a");
  EXPECT_EQ(key_of({"ZUNIONSTORE", "to", "2", "a", "b"}), "to");
  EXPECT_EQ(key_of({"BITOP", "AND", "to", "a"}), "to");
  EXPECT_EQ(key_of({"BLMPOP", "1", "2", "a", "b", "LEFT"}), "a");
  EXPECT_EQ(key_of({"OBJECT", "ENCODING", "a"}), "a");
  for (auto name : {"PING", "publish", "SCAN", "INFO", "MULTI", "EXEC", "SCRIPT"})
    EXPECT_EQ(key_of({name, "a"}), "(none)") << name;
}

}  // namespace
}  // namespace puff::redis
