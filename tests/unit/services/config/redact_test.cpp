#include "services/config/redact.hpp"

#include <gtest/gtest.h>

namespace puff::config {
namespace {

TEST(redact, HidesThePasswordOfTheUserPart) {
  EXPECT_EQ(redact("postgres://bob:secret@db:5432/x"), "postgres://bob:***@db:5432/x");
  EXPECT_EQ(redact("redis://:secret@cache:6379/1"), "redis://:***@cache:6379/1");
  EXPECT_EQ(redact("rediss://bob:se:cr:et@cache"), "rediss://bob:***@cache");
}

TEST(redact, HidesPasswordsThatWereNotEncoded) {
  EXPECT_EQ(redact("postgres://bob:se@cret@db/x"), "postgres://bob:***@db/x");
  EXPECT_EQ(redact("postgres://bob:se/cret@db/x"), "postgres://bob:***@db/x");
  EXPECT_EQ(redact("postgres://bob:se?cr@db/x"), "postgres://bob:***@db/x");
  EXPECT_EQ(redact("postgres://bob:se#cr@db/x"), "postgres://bob:***@db/x");
}

TEST(redact, HidesPasswordParameters) {
  EXPECT_EQ(redact("postgres://db/x?password=secret&sslmode=require"),
            "postgres://db/x?password=***&sslmode=require");
  EXPECT_EQ(redact("postgres://db/x?user=a&sslpassword=secret"),
            "postgres://db/x?user=a&sslpassword=***");
  EXPECT_EQ(redact("redis://h?pass=secret&db=1"), "redis://h?pass=***&db=1");
}

TEST(redact, HidesPasswordsOfKeywordForm) {
  EXPECT_EQ(redact("host=db password=secret dbname=x"), "host=db password=*** dbname=x");
  EXPECT_EQ(redact("host=db password = 'se cr\\'et' dbname=x"), "host=db password = *** dbname=x");
}

TEST(redact, LeavesOthersAlone) {
  EXPECT_EQ(redact("redis://localhost:6379"), "redis://localhost:6379");
  EXPECT_EQ(redact("postgres://bob@db/x?sslmode=require"), "postgres://bob@db/x?sslmode=require");
  EXPECT_EQ(redact("unix:///run/redis.sock"), "unix:///run/redis.sock");
  EXPECT_EQ(redact("host=db user=password"), "host=db user=password");
  EXPECT_EQ(redact(""), "");
}

}  // namespace
}  // namespace puff::config
