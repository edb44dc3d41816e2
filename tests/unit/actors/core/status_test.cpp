#include "actors/core/status.hpp"

#include <gtest/gtest.h>

namespace puff {
namespace {

actor_status tree() {
  actor_status redis{.name = "redis", .state = actor_state::down};
  redis.waiting = 2;
  redis.handled = 1200;
  redis.restarts = 3;
  redis.last_error = "connection lost: \"db\\1\"\n";
  redis.details = {{"connections", 4}, {"pending", 0}};
  actor_status node{.name = "node", .state = actor_state::running};
  node.children = {redis, {.name = "http", .state = actor_state::starting}};
  return node;
}

TEST(status_test, JsonIsOneObjectWithEscapedTexts) {
  EXPECT_EQ(
      to_json(tree()),
      R"({"name":"node","state":"running","waiting":0,"handled":0,"refused":0,"restarts":0,)"
      R"("last_error":"","details":{},"children":[)"
      R"({"name":"redis","state":"down","waiting":2,"handled":1200,"refused":0,"restarts":3,)"
      R"("last_error":"connection lost: \"db\\1\"\u000a","details":{"connections":4,"pending":0},)"
      R"("children":[]},)"
      R"({"name":"http","state":"starting","waiting":0,"handled":0,"refused":0,"restarts":0,)"
      R"("last_error":"","details":{},"children":[]}]})");
}

TEST(status_test, TextIsAnAlignedTableWithIndentedChildren) {
  auto node = tree();
  node.children[0].last_error = "connection lost";
  EXPECT_EQ(to_text(node),
            "actor    state     waiting  handled  refused  restarts  notes\n"
            "node     running         0        0        0         0\n"
            "  redis  down            2     1200        0         3  "
            "connections=4 pending=0; last error: connection lost\n"
            "  http   starting        0        0        0         0\n");
}

TEST(status_test, ReadsTheGaugeButKeepsAKnownReason) {
  gauge counts;
  counts.arrived = 5;
  counts.handled = 3;
  counts.refused = 1;
  counts.level("sessions") = 7;
  actor_status got;
  read_gauge(counts, got);
  EXPECT_EQ(got.waiting, 2u);
  EXPECT_EQ(got.handled, 3u);
  EXPECT_EQ(got.refused, 1u);
  EXPECT_EQ(got.details[0].first, "sessions");
  EXPECT_EQ(got.details[0].second, 7u);
  counts.end("fell over");
  actor_status fresh;
  read_gauge(counts, fresh);
  EXPECT_EQ(fresh.last_error, "fell over");
  actor_status known{.name = "a", .last_error = "before"};
  read_gauge(counts, known);
  EXPECT_EQ(known.last_error, "before");
}

}  // namespace
}  // namespace puff
