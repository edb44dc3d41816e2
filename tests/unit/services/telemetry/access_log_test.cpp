#include "services/telemetry/access_log.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/support/scratch_directory.hpp"

namespace puff::log {
namespace {

access_record sample() {
  access_record r;
  r.when = std::chrono::sys_days{std::chrono::year{2026} / 1 / 31} + std::chrono::hours{13} +
           std::chrono::milliseconds{5};
  r.client = "127.0.0.1";
  r.method = "GET";
  r.target = "/a?b=c";
  r.status = 200;
  r.bytes = 12;
  r.duration = std::chrono::microseconds{1500};
  r.user_agent = "curl/7";
  return r;
}

std::string line(const access_record& r, access_format shape) {
  std::string out;
  append_access(out, r, shape);
  return out;
}

TEST(access_log, CommonFormat) {
  EXPECT_EQ(line(sample(), access_format::common),
            "127.0.0.1 - - [31/Jan/2026:13:00:00 +0000] \"GET /a?b=c HTTP/1.1\" 200 12\n");
}

TEST(access_log, CombinedFormat) {
  auto r = sample();
  r.bytes = 0;
  EXPECT_EQ(line(r, access_format::combined),
            "127.0.0.1 - - [31/Jan/2026:13:00:00 +0000] \"GET /a?b=c HTTP/1.1\" 200 - \"-\" "
            "\"curl/7\"\n");
}

TEST(access_log, JsonFormat) {
  EXPECT_EQ(line(sample(), access_format::json),
            "{\"time\":\"2026-01-31T13:00:00.005Z\",\"client\":\"127.0.0.1\",\"method\":\"GET\","
            "\"target\":\"/a?b=c\",\"version\":\"1.1\",\"status\":200,\"bytes\":12,"
            "\"duration_us\":1500,\"user_agent\":\"curl/7\",\"referer\":\"\"}\n");
}

TEST(access_log, ClientsCannotForgeLines) {
  auto r = sample();
  r.client = "a b";
  r.target = "/\n\" 200 -";
  r.user_agent = "\x1b[2J\"\\";
  EXPECT_EQ(line(r, access_format::combined),
            "a\\x20b - - [31/Jan/2026:13:00:00 +0000] \"GET /\\x0a\\\" 200 - HTTP/1.1\" 200 12 "
            "\"-\" \"\\x1b[2J\\\"\\\\\"\n");
  EXPECT_EQ(line(r, access_format::json).find('\n'), line(r, access_format::json).size() - 1);
}

struct access_log_file : testing::Test {
  support::scratch_directory here;
  std::string path = here.path("access.log");
};

TEST_F(access_log_file, WritesABatchAtFlush) {
  auto log = access_log::open(path, access_format::common);
  ASSERT_TRUE(log);
  log->add(sample());
  log->add(sample());
  EXPECT_EQ(here.read("access.log"), "");
  log->flush();
  auto text = here.read("access.log");
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
}

TEST_F(access_log_file, FlushesByItselfWhenFull) {
  auto log = access_log::open(path, access_format::common);
  ASSERT_TRUE(log);
  for (int i = 0; i < 2000; ++i) log->add(sample());
  EXPECT_GT(here.read("access.log").size(), 64u * 1024);
}

TEST_F(access_log_file, WritesTheRestAtItsEndAndAppends) {
  for (int i = 0; i < 2; ++i) {
    auto log = access_log::open(path, access_format::common);
    ASSERT_TRUE(log);
    log->add(sample());
  }
  auto text = here.read("access.log");
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
}

TEST_F(access_log_file, FileThatCannotBeOpenedIsNamed) {
  auto log = access_log::open(path + "/x", access_format::common);
  ASSERT_FALSE(log);
  EXPECT_NE(context_of(log.error()).find("access.log/x"), std::string::npos);
}

TEST(access_log, FullPipeDropsAndCounts) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
  {
    access_log log{ends[1], access_format::common};
    for (int i = 0; i < 4000; ++i) log.add(sample());
    log.flush();
    EXPECT_GT(log.dropped(), 0u);
    EXPECT_LT(log.dropped(), 4000u);
  }
  close(ends[0]);
  close(ends[1]);
}

}  // namespace
}  // namespace puff::log
