#include "services/telemetry/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <sstream>
#include <thread>

namespace puff::log {
namespace {

using testing::ContainsRegex;
using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;

struct log_test : testing::Test {
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> stream{std::tmpfile(), std::fclose};

  void use(std::string_view levels, format shape = format::text) {
    auto f = filter::parse(levels);
    ASSERT_TRUE(f);
    configure({.levels = *f, .shape = shape, .stream = stream.get()});
  }

  ~log_test() override { configure({}); }

  std::string written() {
    std::fflush(stream.get());
    std::rewind(stream.get());
    std::string text(1 << 20, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), stream.get()));
    return text;
  }
};

TEST_F(log_test, TextHasTimeLevelModuleAndMessage) {
  use("info");
  info("http", "listening on {}:{}", "localhost", 80);
  EXPECT_THAT(written(), MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8}\\.[0-9]{3} info    "
                                      "http: listening on localhost:80\n"));
}

TEST_F(log_test, NoColourOutsideATerminal) {
  use("info");
  error("http", "broken");
  EXPECT_EQ(written().find('\x1b'), std::string::npos);
}

TEST_F(log_test, FilterDecides) {
  use("warning,http=debug");
  debug("http", "one");
  debug("redis", "two");
  info("redis", "three");
  warning("redis", "four");
  trace("http", "five");
  EXPECT_THAT(written(), HasSubstr("one"));
  EXPECT_THAT(written(), Not(HasSubstr("two")));
  EXPECT_THAT(written(), Not(HasSubstr("three")));
  EXPECT_THAT(written(), HasSubstr("four"));
  EXPECT_THAT(written(), Not(HasSubstr("five")));
  EXPECT_TRUE(enabled(level::debug, "http"));
  EXPECT_FALSE(enabled(level::debug, "redis"));
}

TEST_F(log_test, ControlCharactersCannotForgeLines) {
  use("info");
  write(level::info, "http", "a\x1b[31m\rb\tc\nd");
  EXPECT_THAT(written(), EndsWith("a\\x1b[31m\\x0db\tc\nd\n"));
}

TEST_F(log_test, JsonIsOneObjectALine) {
  use("info", format::json);
  write(level::warning, "ht\"tp", "tab\t quote\" line\n byte\xff \xc3\xa4");
  auto text = written();
  EXPECT_THAT(text, ContainsRegex("^[{]\"time\":\"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}"
                                  "\\.[0-9]{3}Z\",\"level\""));
  EXPECT_THAT(text, EndsWith("\"level\":\"warning\",\"module\":\"ht\\\"tp\",\"message\":"
                             "\"tab\\t quote\\\" line\\n byte\xEF\xBF\xBD \xc3\xa4\"}\n"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
}

TEST_F(log_test, RepeatsAreCountedInsteadOfWritten) {
  use("info");
  for (int i = 0; i < 5; ++i)
    write_limited(level::warning, "repeat", "accept", std::chrono::hours{1}, "accept failed");
  write_limited(level::warning, "repeat", "other", std::chrono::hours{1}, "other failed");
  auto before = written();
  EXPECT_EQ(std::count(before.begin(), before.end(), '\n'), 2);
  flush();
  EXPECT_THAT(written(), HasSubstr("repeat: accept (4 more like this were not written)"));
}

TEST_F(log_test, NextAfterTheIntervalTellsHowManyWereHeldBack) {
  use("info");
  write_limited(level::info, "repeat", "k", std::chrono::hours{1}, "first");
  write_limited(level::info, "repeat", "k", std::chrono::hours{1}, "second");
  write_limited(level::info, "repeat", "k", std::chrono::milliseconds{0}, "third");
  EXPECT_THAT(written(), EndsWith("third (1 more like this was not written)\n"));
}

TEST_F(log_test, LimitedIsKeyedByTheTextBeforeFormatting) {
  use("info");
  for (int i = 0; i < 3; ++i) limited(level::info, "limited", "peer {} is gone", i);
  EXPECT_THAT(written(), EndsWith("limited: peer 0 is gone\n"));
}

TEST_F(log_test, ThreadsDoNotMixTheirLines) {
  use("info");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([t] {
      for (int i = 0; i < 200; ++i)
        info("threads", "{}", std::string(50, static_cast<char>('a' + t)));
    });
  for (auto& t : threads) t.join();
  std::istringstream lines{written()};
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    auto message = line.substr(line.rfind(' ') + 1);
    EXPECT_EQ(message, std::string(50, message.at(0)));
  }
  EXPECT_EQ(count, 800);
}

TEST_F(log_test, ConfigureWhileOthersWriteIsSafe) {
  use("info");
  std::thread writer{[] {
    for (int i = 0; i < 2000; ++i) info("race", "{}", i);
  }};
  for (int i = 0; i < 50; ++i) use(i % 2 ? "info" : "off");
  writer.join();
}

}  // namespace
}  // namespace puff::log
