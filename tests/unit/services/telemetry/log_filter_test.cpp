#include "services/telemetry/log_filter.hpp"

#include <gtest/gtest.h>

namespace puff::log {
namespace {

filter parsed(std::string_view text) {
  auto f = filter::parse(text);
  EXPECT_TRUE(f) << context_of(f.error());
  return f ? *f : filter{};
}

TEST(log_filter, LevelAloneHoldsForAllModules) {
  auto f = parsed("warning");
  EXPECT_FALSE(f.passes(level::info, "http"));
  EXPECT_TRUE(f.passes(level::warning, "http"));
  EXPECT_EQ(f.lowest(), level::warning);
}

TEST(log_filter, ModulesMayDiffer) {
  auto f = parsed("info, http=debug, redis = error");
  EXPECT_TRUE(f.passes(level::debug, "http"));
  EXPECT_FALSE(f.passes(level::debug, "tasks"));
  EXPECT_FALSE(f.passes(level::warning, "redis"));
  EXPECT_EQ(f.lowest(), level::debug);
}

TEST(log_filter, ModuleAloneLeavesTheOthersAtInfo) {
  auto f = parsed("http=trace");
  EXPECT_TRUE(f.passes(level::trace, "http"));
  EXPECT_TRUE(f.passes(level::info, "redis"));
  EXPECT_FALSE(f.passes(level::debug, "redis"));
}

TEST(log_filter, MostSpecificNameWins) {
  auto f = parsed("http.session=error,http=debug");
  EXPECT_EQ(f.of("http"), level::debug);
  EXPECT_EQ(f.of("http.parser"), level::debug);
  EXPECT_EQ(f.of("http.session"), level::error);
  EXPECT_EQ(f.of("https"), level::info);
}

TEST(log_filter, LastWordOnAModuleWins) {
  EXPECT_EQ(parsed("a=debug,a=error").of("a"), level::error);
}

TEST(log_filter, OffSilencesEvenErrors) {
  auto f = parsed("off,http=info");
  EXPECT_FALSE(f.passes(level::error, "redis"));
  EXPECT_FALSE(f.passes(level::off, "redis"));
  EXPECT_TRUE(f.passes(level::info, "http"));
}

TEST(log_filter, CaseAndWarnAreAccepted) {
  EXPECT_EQ(parsed("WARN").of("x"), level::warning);
  EXPECT_EQ(parsed("Debug").of("x"), level::debug);
}

TEST(log_filter, WrongPartsAreNamed) {
  for (auto* text : {"", "loud", "info,", "=info", "http=", "info,http=loud"}) {
    auto f = filter::parse(text);
    ASSERT_FALSE(f) << text;
    EXPECT_EQ(code_of(f.error()), ec::bad_argument);
  }
  auto f = filter::parse("info,http=loud");
  EXPECT_TRUE(context_of(f.error()).starts_with("'http=loud' is not a log level"));
}

}  // namespace
}  // namespace puff::log
