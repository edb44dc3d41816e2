#include "services/redis/url.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace puff::redis {
namespace {

url parsed(std::string_view text) {
  auto result = parse_url(text);
  EXPECT_TRUE(result) << describe(result.error());
  return result ? *result : url{};
}

std::string fault_of(std::string_view text) {
  auto result = parse_url(text);
  EXPECT_FALSE(result) << text;
  return result ? "" : context_of(result.error());
}

TEST(redis_url, HasDefaults) {
  auto u = parsed("redis://");
  EXPECT_EQ(u.host, "localhost");
  EXPECT_EQ(u.port, 6379);
  EXPECT_EQ(u.db, 0u);
  EXPECT_FALSE(u.authenticates);
}

TEST(redis_url, ReadsEveryPart) {
  auto u = parsed("redis://ann:s%2Fe%40cret@cache.example:7000/12");
  EXPECT_EQ(u.user, "ann");
  EXPECT_EQ(u.password, "s/e@cret");
  EXPECT_EQ(u.host, "cache.example");
  EXPECT_EQ(u.port, 7000);
  EXPECT_EQ(u.db, 12u);
}

TEST(redis_url, PasswordAloneMeansTheDefaultUser) {
  auto u = parsed("redis://:pw@h");
  EXPECT_EQ(u.user, "");
  EXPECT_EQ(u.password, "pw");
  EXPECT_TRUE(u.authenticates);
}

TEST(redis_url, ReadsIpv6) {
  auto u = parsed("redis://[::1]:7000/1");
  EXPECT_EQ(u.host, "::1");
  EXPECT_EQ(u.port, 7000);
  EXPECT_EQ(u.without_password(), "redis://[::1]:7000/1");
}

TEST(redis_url, ReadsUnixSockets) {
  EXPECT_EQ(parsed("unix:///run/redis%20a.sock?db=3").path, "/run/redis a.sock");
  EXPECT_EQ(parsed("unix:///run/r.sock?db=3").db, 3u);
  EXPECT_EQ(parsed("unix:/run/r.sock").path, "/run/r.sock");
  auto u = parsed("unix://ann:pw@/run/r.sock");
  EXPECT_EQ(u.user, "ann");
  EXPECT_EQ(u.password, "pw");
  EXPECT_EQ(u.via, url::transport::unix_socket);
}

TEST(redis_url, ReadsOptions) {
  auto u = parsed("redis://h/1?db=2&username=u&pass=p%26q&client_name=me");
  EXPECT_EQ(u.db, 2u);
  EXPECT_EQ(u.user, "u");
  EXPECT_EQ(u.password, "p&q");
  EXPECT_EQ(u.client_name, "me");
}

TEST(redis_url, KnowsTls) { EXPECT_EQ(parsed("rediss://h").via, url::transport::tls); }

TEST(redis_url, ReadsWhomToTrust) {
  auto u = parsed("rediss://h?ssl_ca_certs=/a%2Fca.pem&ssl_certfile=/c&ssl_keyfile=/k");
  EXPECT_EQ(u.tls.authorities, "/a/ca.pem");
  EXPECT_EQ(u.tls.certificate, "/c");
  EXPECT_EQ(u.tls.key, "/k");
  EXPECT_TRUE(u.tls.verifies);
  EXPECT_FALSE(parsed("rediss://h?ssl_cert_reqs=none").tls.verifies);
  EXPECT_THAT(fault_of("rediss://h?ssl_cert_reqs=maybe"), testing::HasSubstr("ssl_cert_reqs"));
}

TEST(redis_url, ReadsSentinels) {
  auto u = parsed("redis+sentinel://u:p@a:1,[::1]:2,c/shop/3?sentinel_password=s");
  ASSERT_EQ(u.sentinels.size(), 3u);
  EXPECT_EQ(u.sentinels[0].host, "a");
  EXPECT_EQ(u.sentinels[1].host, "::1");
  EXPECT_EQ(u.sentinels[1].port, 2);
  EXPECT_EQ(u.sentinels[2].port, 26379);
  EXPECT_EQ(u.service, "shop");
  EXPECT_EQ(u.db, 3u);
  EXPECT_EQ(u.sentinel_password, "s");
  EXPECT_EQ(u.without_password(), "redis+sentinel://u:***@a:1,[::1]:2,c:26379/shop/3");
  EXPECT_EQ(parsed("rediss+sentinel://a").via, url::transport::tls);
  EXPECT_EQ(parsed("redis+sentinel://a").service, "mymaster");
  EXPECT_THAT(fault_of("redis+sentinel://a:x/b"), testing::HasSubstr("port"));
  EXPECT_THAT(fault_of("redis+sentinel://a/b/c"), testing::HasSubstr("database 'c'"));
}

TEST(redis_url, ReadsServersOfACluster) {
  auto u = parsed("rediss+cluster://:p@a,b:7000");
  ASSERT_EQ(u.nodes.size(), 2u);
  EXPECT_EQ(u.nodes[0].port, 6379);
  EXPECT_EQ(u.nodes[1].port, 7000);
  EXPECT_EQ(u.via, url::transport::tls);
  EXPECT_EQ(u.without_password(), "rediss+cluster://:***@a:6379,b:7000");
  EXPECT_THAT(fault_of("redis+cluster://a/1"), testing::HasSubstr("databases"));
}

TEST(redis_url, ShowsItselfWithoutPassword) {
  EXPECT_EQ(parsed("redis://ann:secret@h:1/2").without_password(), "redis://ann:***@h:1/2");
  EXPECT_EQ(parsed("redis://:secret@h").without_password(), "redis://:***@h:6379/0");
  EXPECT_EQ(parsed("rediss://h").without_password(), "rediss://h:6379/0");
  EXPECT_EQ(parsed("unix:///r.sock?db=4&pass=secret").without_password(),
            "unix://:***@/r.sock?db=4");
}

TEST(redis_url, NamesTheOffendingPart) {
  EXPECT_THAT(fault_of("localhost"), testing::HasSubstr("scheme"));
  EXPECT_THAT(fault_of("http://h"), testing::HasSubstr("'http'"));
  EXPECT_THAT(fault_of("redis:h"), testing::HasSubstr("//"));
  EXPECT_THAT(fault_of("redis://h:0"), testing::HasSubstr("port"));
  EXPECT_THAT(fault_of("redis://h:65536"), testing::HasSubstr("port"));
  EXPECT_THAT(fault_of("redis://h/x"), testing::HasSubstr("database 'x'"));
  EXPECT_THAT(fault_of("redis://h/-1"), testing::HasSubstr("database"));
  EXPECT_THAT(fault_of("redis://[::1"), testing::HasSubstr("IPv6"));
  EXPECT_THAT(fault_of("redis://u:%4@h"), testing::HasSubstr("password"));
  EXPECT_THAT(fault_of("redis://%zz@h"), testing::HasSubstr("user"));
  EXPECT_THAT(fault_of("redis://h?colour=red"), testing::HasSubstr("'colour'"));
  EXPECT_THAT(fault_of("redis://h?db=one"), testing::HasSubstr("db"));
  EXPECT_THAT(fault_of("redis://h#f"), testing::HasSubstr("fragment"));
  EXPECT_THAT(fault_of("unix://relative/path"), testing::HasSubstr("absolute"));
  EXPECT_THAT(fault_of("unix://"), testing::HasSubstr("path"));
  EXPECT_THAT(fault_of("unix:///" + std::string(200, 'x')), testing::HasSubstr("107"));
}

TEST(redis_url, NeverShowsAPasswordInAnError) {
  for (auto text : {"redis://u:hun/ter2@h", "redis://u:hunter2%@h", "redis://:hunter2@h:x",
                    "redis://u:hunter2@h?pass=hunter2%", "redis://u:hunter2#@h"})
    EXPECT_THAT(fault_of(text), testing::Not(testing::HasSubstr("ter2"))) << text;
}

}  // namespace
}  // namespace puff::redis
