#include "services/postgres/conninfo.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace puff::postgres {
namespace {

TEST(postgres_conninfo, ReadsKeywordsAndUris) {
  using keywords = std::map<std::string, std::string>;
  EXPECT_EQ(*parse_conninfo("host=a port=1 password='x y'"),
            (keywords{{"host", "a"}, {"port", "1"}, {"password", "x y"}}));
  EXPECT_EQ(*parse_conninfo("postgresql://u:p%40@h:2/d?sslmode=require"),
            (keywords{{"user", "u"},
                      {"password", "p@"},
                      {"host", "h"},
                      {"port", "2"},
                      {"dbname", "d"},
                      {"sslmode", "require"}}));
  EXPECT_TRUE(parse_conninfo("")->empty());
}

TEST(postgres_conninfo, TellsWhatIsWrong) {
  auto wrong = parse_conninfo("hots=a");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(code_of(wrong.error()), ec::bad_argument);
  EXPECT_EQ(context_of(wrong.error()), "invalid connection option \"hots\"");
}

TEST(postgres_conninfo, IsShownWithoutPassword) {
  EXPECT_EQ(without_password("postgres://u:secret@h:2/d?password=secret"), "postgres://u@h:2/d");
  EXPECT_EQ(without_password("password=secret"), "postgres://localhost");
  EXPECT_EQ(without_password("secret"), "postgres://(malformed)");
}

TEST(postgres_conninfo, EncryptsPasswordsAsTheServerStoresThem) {
  EXPECT_EQ(*encrypt_password("ab", "foo", "md5"), "md5f5c4f82f96c033e7de5634db76d50318")
      << "md5 of password and user";
  EXPECT_THAT(*encrypt_password("ab", "foo", "scram-sha-256"),
              testing::StartsWith("SCRAM-SHA-256$4096:"));
  auto unknown = encrypt_password("ab", "foo", "rot13");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(code_of(unknown.error()), ec::bad_argument);
  EXPECT_THAT(context_of(unknown.error()), testing::HasSubstr("rot13"));
}

}  // namespace
}  // namespace puff::postgres
