#include "services/http/cors.hpp"

#include <gtest/gtest.h>

namespace puff::http {
namespace {

constexpr std::string_view page = "https://page.example";

cors_policy listed() {
  cors_policy p;
  p.origins.listed = {std::string{page}};
  p.methods.listed = {"GET", "PUT"};
  p.headers.listed = {"content-type"};
  p.credentials = true;
  p.max_age = std::chrono::seconds{60};
  return p;
}

cors_policy permissive() {
  cors_policy p;
  p.origins.any = p.methods.any = p.headers.any = p.exposes_headers = true;
  return p;
}

request preflight_of(std::string_view origin) {
  request r;
  r.method = "OPTIONS";
  r.target = "/x";
  r.headers.add("Origin", origin);
  r.headers.add("Access-Control-Request-Method", "PUT");
  r.headers.add("Access-Control-Request-Headers", "authorization,x-own");
  return r;
}

TEST(cors, AllowsWhatIsListed) {
  const auto asked = preflight_of(page);
  ASSERT_TRUE(is_preflight(asked));
  const auto answer = listed().preflight(asked);
  const auto& fields = answer.head.headers;
  EXPECT_EQ(answer.head.status, 204);
  EXPECT_EQ(fields.get("access-control-allow-origin"), page);
  EXPECT_EQ(fields.get("access-control-allow-methods"), "GET, PUT");
  EXPECT_EQ(fields.get("access-control-allow-headers"), "content-type");
  EXPECT_EQ(fields.get("access-control-allow-credentials"), "true");
  EXPECT_EQ(fields.get("access-control-max-age"), "60");
  EXPECT_EQ(fields.get("vary"), "Origin");
}

TEST(cors, SaysNothingToOthers) {
  const auto answer = listed().preflight(preflight_of("https://other.example"));
  EXPECT_EQ(answer.head.status, 204);
  EXPECT_EQ(answer.head.headers.size(), 2u);  // Vary, twice
}

TEST(cors, RepeatsTheWishWhereAnythingIsAllowed) {
  const auto answer = permissive().preflight(preflight_of(page));
  const auto& fields = answer.head.headers;
  EXPECT_EQ(fields.get("access-control-allow-origin"), "*");
  EXPECT_EQ(fields.get("access-control-allow-methods"), "PUT");
  EXPECT_EQ(fields.get("access-control-allow-headers"), "authorization,x-own");
}

TEST(cors, NamesTheOriginWhereThereAreCredentials) {
  auto policy = permissive();
  policy.credentials = true;
  header_block fields;
  policy.add_to(fields, page);
  EXPECT_EQ(fields.get("access-control-allow-origin"), page);
  EXPECT_EQ(fields.get("vary"), "Origin");
  EXPECT_FALSE(fields.contains("access-control-expose-headers"));
}

TEST(cors, LeavesAnApplicationAloneThatAnswersItself) {
  header_block fields;
  fields.add("Access-Control-Allow-Origin", "https://mine.example");
  listed().add_to(fields, page);
  EXPECT_EQ(fields.size(), 1u);
}

TEST(cors, OpensWebSocketsForOurOwnPagesAndThoseAllowed) {
  const auto policy = listed();
  const auto may = [&](std::string_view origin, const cors_policy* with) {
    header_block fields;
    fields.add("Host", "ours.example:8000");
    if (!origin.empty()) fields.add("Origin", origin);
    return may_open_websocket(fields, with);
  };
  EXPECT_TRUE(may("", nullptr));
  EXPECT_TRUE(may("http://OURS.example:8000", nullptr));
  EXPECT_FALSE(may("http://ours.example", nullptr));
  EXPECT_FALSE(may("null", nullptr));
  EXPECT_FALSE(may(page, nullptr));
  EXPECT_TRUE(may(page, &policy));
}

}  // namespace
}  // namespace puff::http
