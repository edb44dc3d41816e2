#include "services/redis/command_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "services/redis/command.hpp"

namespace puff::redis {
namespace {

using words = std::vector<std::string_view>;

redis_commands sequence(std::initializer_list<words> commands) {
  redis_commands result;
  for (const auto& c : commands) append_command(result.wire, c);
  result.count = static_cast<std::uint32_t>(commands.size());
  return result;
}

expected<command_kind> kind(std::initializer_list<words> commands) {
  return classify(sequence(commands));
}

std::string refused(std::initializer_list<words> commands) {
  auto result = kind(commands);
  if (result) return "";
  EXPECT_EQ(code_of(result.error()), ec::unsupported);
  return context_of(result.error());
}

TEST(command_table, KnowsWhatWaitsInTheServer) {
  for (auto name : {"BLPOP", "brpop", "BLMOVE", "BRPOPLPUSH", "BLMPOP", "BZPOPMIN", "BZPOPMAX",
                    "BZMPOP", "WAIT"})
    EXPECT_TRUE(is_blocking(words{name, "x", "0"})) << name;
  for (auto name : {"LPOP", "GET", "WAITING", "BLP", "", "AVERYLONGCOMMANDNAME"})
    EXPECT_FALSE(is_blocking(words{name, "x", "0"})) << name;
  EXPECT_FALSE(is_blocking(words{}));
}

TEST(command_table, ReadingStreamsWaitsOnlyIfAskedTo) {
  EXPECT_TRUE(is_blocking(words{"XREAD", "COUNT", "1", "block", "0", "STREAMS", "s", "$"}));
  EXPECT_FALSE(is_blocking(words{"XREAD", "STREAMS", "BLOCK", "0"}));
  EXPECT_TRUE(
      is_blocking(words{"XREADGROUP", "GROUP", "g", "c", "BLOCK", "9", "STREAMS", "s", ">"}));
  EXPECT_FALSE(is_blocking(words{"XREADGROUP", "GROUP", "BLOCK", "BLOCK", "STREAMS", "s", ">"}));
}

TEST(command_table, RefusesWhatChangesTheConnectionOfOthers) {
  for (auto name : {"SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "UNSUBSCRIBE", "MONITOR", "SELECT",
                    "AUTH", "HELLO", "QUIT", "RESET", "WATCH", "select"}) {
    EXPECT_FALSE(refusal(words{name, "1"}).empty()) << name;
    EXPECT_NE(refused({{name, "1"}}), "") << name;
  }
  EXPECT_TRUE(refusal(words{"GET", "SELECT"}).empty());
}

TEST(command_table, SaysWhatToUseInstead) {
  EXPECT_THAT(refused({{"SUBSCRIBE", "c"}}), testing::HasSubstr("puff.pubsub"));
  EXPECT_THAT(refused({{"SELECT", "1"}}), testing::HasSubstr("URL"));
  EXPECT_THAT(refused({{"WATCH", "k"}}), testing::HasSubstr("EVAL"));
  EXPECT_THAT(refused({{"MULTI"}}), testing::HasSubstr("pipeline(transaction=True)"));
}

TEST(command_table, AllowsTheHarmlessFormsOfClientAndScript) {
  EXPECT_EQ(refused({{"CLIENT", "LIST"}}), "");
  EXPECT_NE(refused({{"CLIENT", "reply", "OFF"}}), "");
  EXPECT_NE(refused({{"CLIENT", "TRACKING", "ON"}}), "");
  EXPECT_EQ(refused({{"SCRIPT", "LOAD", "return 1"}}), "");
  EXPECT_NE(refused({{"SCRIPT", "DEBUG", "YES"}}), "");
}

TEST(command_table, AllowsATransactionInOneSequence) {
  EXPECT_EQ(kind({{"MULTI"}, {"SET", "a", "1"}, {"EXEC"}}), command_kind::ordinary);
  EXPECT_EQ(kind({{"MULTI"}, {"DISCARD"}, {"GET", "a"}}), command_kind::ordinary);
  EXPECT_NE(refused({{"MULTI"}, {"SET", "a", "1"}}), "");
  EXPECT_NE(refused({{"SET", "a", "1"}, {"EXEC"}}), "");
}

TEST(command_table, OneBlockingCommandMakesTheSequenceBlocking) {
  EXPECT_EQ(kind({{"SET", "a", "1"}, {"WAIT", "1", "100"}}), command_kind::blocking);
  EXPECT_EQ(kind({{"MULTI"}, {"BLPOP", "q", "0"}, {"EXEC"}}), command_kind::ordinary);
}

TEST(command_table, RejectsWhatWouldShiftReplies) {
  auto two = sequence({{"PING"}, {"PING"}});
  two.count = 1;
  EXPECT_EQ(code_of(classify(two).error()), ec::bad_argument);
  for (auto wire : {"", "PING\r\n", "*1\r\n", "*0\r\n", "*1\r\n$4\r\nPIN", "*1\r\n$9\r\nPING\r\n",
                    "*1\r\n$-1\r\n", "*x\r\n", "*1\r\n$99999999999999999999\r\n"})
    EXPECT_EQ(code_of(classify({wire, 1}).error()), ec::bad_argument) << wire;
}

}  // namespace
}  // namespace puff::redis
