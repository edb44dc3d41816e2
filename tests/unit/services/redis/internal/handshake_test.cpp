#include "services/redis/internal/handshake.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/redis/command.hpp"

namespace puff::redis::internal {
namespace {

const redis_value ok{redis_value::status{"OK"}};

redis_value failure(std::string text) { return {redis_value::failure{std::move(text)}}; }

handshake for_url(std::string_view text) { return {*parse_url(text), "tester"}; }

TEST(handshake, AlwaysAsksSomething) {
  auto h = for_url("redis://h");
  EXPECT_EQ(h.wire(), make_command({"CLIENT", "SETNAME", "tester"}).wire);
  EXPECT_FALSE(h.finished());
  EXPECT_FALSE(h.take(ok));
  EXPECT_TRUE(h.finished());
}

TEST(handshake, LogsInThenSelectsThenNamesItself) {
  auto h = for_url("redis://ann:pw@h/3?client_name=my%20app");
  EXPECT_EQ(h.wire(), make_command({"AUTH", "ann", "pw"}).wire +
                          make_command({"SELECT", "3"}).wire +
                          make_command({"CLIENT", "SETNAME", "my-app"}).wire);
}

TEST(handshake, OmitsTheDefaultUser) {
  EXPECT_THAT(for_url("redis://:pw@h").wire(),
              testing::StartsWith(make_command({"AUTH", "pw"}).wire));
}

TEST(handshake, ReportsWhatTheServerRefuses) {
  auto refused = for_url("redis://h/99").take(failure("ERR DB index is out of range"));
  EXPECT_EQ(code_of(refused), ec::server_error);
  EXPECT_THAT(context_of(refused), testing::HasSubstr("SELECT 99: ERR DB index is out of range"));
}

TEST(handshake, LivesWithoutAName) {
  auto h = for_url("redis://h");
  EXPECT_FALSE(h.take(failure("NOPERM this user has no permissions")));
  EXPECT_TRUE(h.finished());
}

TEST(handshake, NoticesThatALoginIsMissing) {
  EXPECT_TRUE(for_url("redis://h").take(failure("NOAUTH Authentication required.")));
}

TEST(handshake, AFullServerIsNotForEver) {
  auto refused = for_url("redis://h").take(failure("ERR max number of clients reached"));
  EXPECT_EQ(code_of(refused), ec::unavailable);
}

}  // namespace
}  // namespace puff::redis::internal
