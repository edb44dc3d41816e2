#include "bridge/postgres/clock_text.hpp"

#include <gtest/gtest.h>

namespace puff::bridge::postgres {
namespace {

struct parsed_day {
  bool good;
  calendar_text day;
  std::string_view rest;
};

parsed_day day_of(std::string_view text) {
  parsed_day parsed{};
  parsed.good = take_calendar(text, parsed.day);
  parsed.rest = text;
  return parsed;
}

TEST(take_calendar, LeavesWhatFollowsTheDate) {
  auto parsed = day_of("2024-02-29 23:59:59");
  ASSERT_TRUE(parsed.good);
  EXPECT_EQ(parsed.day.year, 2024);
  EXPECT_EQ(parsed.day.month, 2);
  EXPECT_EQ(parsed.day.day, 29);
  EXPECT_EQ(parsed.rest, "23:59:59");
}

TEST(take_calendar, CountsYearsBeforeChristNegative) {
  auto parsed = day_of("0044-03-15 10:00:00 BC");
  ASSERT_TRUE(parsed.good);
  EXPECT_EQ(parsed.day.year, -44);
  EXPECT_EQ(parsed.rest, "10:00:00");
}

TEST(take_calendar, RefusesPartsOfADate) {
  for (const auto* text : {"", "2024", "2024-02", "2024-02-", "x", "99999999999-01-01"})
    EXPECT_FALSE(day_of(text).good) << text;
}

TEST(take_clock, ReadsFractionsAndOffsets) {
  clock_text clock;
  ASSERT_TRUE(take_clock("23:59:60.5-03:30:15", clock));
  EXPECT_EQ(clock.second, 60);
  EXPECT_EQ(clock.microsecond, 500'000);
  EXPECT_TRUE(clock.has_offset);
  EXPECT_EQ(clock.offset, -(3 * 3'600 + 30 * 60 + 15));
}

TEST(take_clock, TakesMidnightAtTheEndOfADayForItsBeginning) {
  clock_text clock;
  ASSERT_TRUE(take_clock("24:00:00", clock));
  EXPECT_EQ(clock.hour, 0);
  EXPECT_FALSE(clock.has_offset);
}

TEST(take_clock, RefusesPartsOfATime) {
  for (const auto* text : {"", "12", "12:30", "12:30:", "12:30:00+", "12:30:00+05:"}) {
    clock_text clock;
    EXPECT_FALSE(take_clock(text, clock)) << text;
  }
}

struct parsed_interval {
  interval_outcome outcome;
  interval_text value;
};

parsed_interval interval_of(std::string_view text) {
  parsed_interval parsed{};
  parsed.outcome = read_interval(text, parsed.value);
  return parsed;
}

TEST(read_interval, GivesEachPartItsOwnSign) {
  auto [outcome, value] = interval_of("1 year 2 mons -3 days +04:05:06.7");
  ASSERT_EQ(outcome, interval_outcome::good);
  EXPECT_EQ(value.days, 365 + 60 - 3);
  EXPECT_EQ(value.seconds, 4 * 3'600 + 5 * 60 + 6);
  EXPECT_EQ(value.microseconds, 700'000);
}

TEST(read_interval, MakesTheWholeClockNegative) {
  auto [outcome, value] = interval_of("-00:00:01.5");
  ASSERT_EQ(outcome, interval_outcome::good);
  EXPECT_EQ(value.seconds, -1);
  EXPECT_EQ(value.microseconds, -500'000);
}

TEST(read_interval, ReadsWords) {
  auto [outcome, value] = interval_of("@ 1 day 2 hours 3 mins 4.5 secs ago");
  ASSERT_EQ(outcome, interval_outcome::good);
  EXPECT_EQ(value.days, -1);
  EXPECT_EQ(value.seconds, -(2 * 3'600 + 3 * 60 + 4));
  EXPECT_EQ(value.microseconds, -500'000);
}

TEST(read_interval, TellsWhatItDoesNotRead) {
  EXPECT_EQ(interval_of("12345").outcome, interval_outcome::bare_number);
  EXPECT_EQ(interval_of("").outcome, interval_outcome::bare_number);
  EXPECT_EQ(interval_of("P1Y").outcome, interval_outcome::iso_8601);
  EXPECT_EQ(interval_of("99999999999 days").outcome, interval_outcome::too_big);
  EXPECT_EQ(interval_of("00:00:00.10000000000000").outcome, interval_outcome::too_big);
}

}  // namespace
}  // namespace puff::bridge::postgres
