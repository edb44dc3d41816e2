#include "services/tasks/cron.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace puff::tasks {
namespace {

using namespace std::chrono;
using testing::HasSubstr;

sys_seconds at(int y, unsigned mo, unsigned d, int h = 0, int m = 0, int s = 0) {
  return sys_days{year{y} / month{mo} / day{d}} + hours{h} + minutes{m} + seconds{s};
}

std::optional<sys_seconds> next(std::string_view text, sys_seconds after) {
  auto parsed = cron::parse(text);
  EXPECT_TRUE(parsed) << text;
  return parsed ? parsed->after(after) : std::nullopt;
}

std::string refusal(std::string_view text) {
  auto parsed = cron::parse(text);
  return parsed ? "accepted" : context_of(parsed.error());
}

TEST(cron, ComesStrictlyAfter) {
  EXPECT_EQ(next("* * * * *", at(2026, 1, 1, 0, 0, 0)), at(2026, 1, 1, 0, 1));
  EXPECT_EQ(next("* * * * *", at(2026, 1, 1, 0, 0, 59)), at(2026, 1, 1, 0, 1));
  EXPECT_EQ(next("0 0 * * *", at(2025, 12, 31, 0, 0)), at(2026, 1, 1));
}

TEST(cron, KnowsStepsListsAndRanges) {
  EXPECT_EQ(next("*/15 * * * *", at(2026, 1, 1, 3, 16)), at(2026, 1, 1, 3, 30));
  EXPECT_EQ(next("5,50 8-10/2 * * *", at(2026, 1, 1, 8, 50)), at(2026, 1, 1, 10, 5));
  EXPECT_EQ(next("30 6 * * *", at(2026, 1, 1, 6, 30)), at(2026, 1, 2, 6, 30));
  EXPECT_EQ(next("10/20 * * * *", at(2026, 1, 1, 0, 31)), at(2026, 1, 1, 0, 50));
}

TEST(cron, KnowsNamesAndBothSundays) {
  // 4 January 2026 is a Sunday.
  for (auto text : {"0 0 * * 0", "0 0 * * 7", "0 0 * * sun", "@weekly"})
    EXPECT_EQ(next(text, at(2026, 1, 1)), at(2026, 1, 4)) << text;
  EXPECT_EQ(next("0 0 1 feb *", at(2026, 1, 1)), at(2026, 2, 1));
  EXPECT_EQ(next("0 0 * * mon-FRI", at(2026, 1, 3)), at(2026, 1, 5));
}

TEST(cron, EitherDaySufficesWhenBothAreRestricted) {
  EXPECT_EQ(next("0 0 13 * 5", at(2026, 1, 1)), at(2026, 1, 2));
  EXPECT_EQ(next("0 0 13 * 5", at(2026, 1, 9)), at(2026, 1, 13));
  EXPECT_EQ(next("0 0 13 * *", at(2026, 1, 1)), at(2026, 1, 13));
}

TEST(cron, TakesSecondsAsASixthField) {
  EXPECT_EQ(next("*/10 * * * * *", at(2026, 1, 1, 0, 0, 1)), at(2026, 1, 1, 0, 0, 10));
}

TEST(cron, FindsLeapDaysAndNothingThatNeverComes) {
  EXPECT_EQ(next("0 0 29 2 *", at(2026, 1, 1)), at(2028, 2, 29));
  EXPECT_EQ(next("0 0 30 2 *", at(2026, 1, 1)), std::nullopt);
}

TEST(cron, SaysWhichFieldIsNotUnderstood) {
  EXPECT_THAT(refusal("60 * * * *"), HasSubstr("minute '60'"));
  EXPECT_THAT(refusal("* 5-3 * * *"), HasSubstr("hour '5-3'"));
  EXPECT_THAT(refusal("* * 0 * *"), HasSubstr("day of month '0'"));
  EXPECT_THAT(refusal("* * * xyz *"), HasSubstr("month 'xyz'"));
  EXPECT_THAT(refusal("*/0 * * * *"), HasSubstr("minute '*/0'"));
  EXPECT_THAT(refusal("* * * *"), HasSubstr("five fields"));
  EXPECT_THAT(refusal(""), HasSubstr("five fields"));
}

}  // namespace
}  // namespace puff::tasks
