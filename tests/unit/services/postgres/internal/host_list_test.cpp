#include "services/postgres/internal/host_list.hpp"

#include <gtest/gtest.h>

namespace puff::postgres::internal {
namespace {

TEST(host_list, LooksUpNamesOnly) {
  auto servers = split_hosts("db.example,10.0.0.1,::1,/run/pg,@abstract,", "", "5432");
  ASSERT_EQ(servers.size(), 6u);
  EXPECT_TRUE(servers[0].needs_lookup());
  for (std::size_t i = 1; i < 6; ++i) EXPECT_FALSE(servers[i].needs_lookup()) << i;
  EXPECT_EQ(servers[4].port, "5432");
}

TEST(host_list, GivesEachServerItsPort) {
  auto servers = split_hosts("a,b", "", "1,");
  ASSERT_EQ(servers.size(), 2u);
  EXPECT_EQ(servers[0].port, "1");
  EXPECT_EQ(servers[1].port, "");
}

TEST(host_list, LeavesToLibpqWhatItKnowsBetter) {
  EXPECT_TRUE(split_hosts("", "", "5432").empty());
  EXPECT_TRUE(split_hosts("a", "10.0.0.1", "5432").empty());
  EXPECT_TRUE(split_hosts("a,b,c", "", "1,2").empty());
}

TEST(host_list, JoinsWhatWasFound) {
  auto lists = join_hosts(
      {{"a", "10.0.0.1", "1"}, {"a", "::1", "1"}, {"/run", "", "2"}, {"10.0.0.9", "", ""}});
  EXPECT_EQ(lists.hosts, "a,a,/run,10.0.0.9");
  EXPECT_EQ(lists.addresses, "10.0.0.1,::1,,10.0.0.9");
  EXPECT_EQ(lists.ports, "1,1,2,");
}

}  // namespace
}  // namespace puff::postgres::internal
