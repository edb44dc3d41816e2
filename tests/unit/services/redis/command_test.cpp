#include "services/redis/command.hpp"

#include <gtest/gtest.h>

#include <array>

namespace puff::redis {
namespace {

TEST(redis_command, IsAnArrayOfBulkStrings) {
  EXPECT_EQ(make_command({"GET", "key"}).wire, "*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n");
  EXPECT_EQ(make_command({"PING"}).count, 1u);
}

TEST(redis_command, CarriesAnyBytes) {
  using namespace std::string_view_literals;
  EXPECT_EQ(make_command({"SET", "", "a\r\n\0b"sv}).wire,
            "*3\r\n$3\r\nSET\r\n$0\r\n\r\n$5\r\na\r\n\0b\r\n"sv);
}

TEST(redis_command, AppendsBehindWhatIsThere) {
  std::string wire = make_command({"A"}).wire;
  std::array<std::string_view, 1> b{"B"};
  append_command(wire, b);
  EXPECT_EQ(wire, "*1\r\n$1\r\nA\r\n*1\r\n$1\r\nB\r\n");
}

TEST(redis_command, AllocatesNothingInAStringWithRoom) {
  std::string wire;
  wire.reserve(4096);
  const auto* before = wire.data();
  std::array<std::string_view, 3> set{"SET", "key", "value"};
  for (int i = 0; i < 50; ++i) append_command(wire, set);
  EXPECT_EQ(wire.data(), before);
}

}  // namespace
}  // namespace puff::redis
