#include "services/telemetry/local_offsets.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <optional>
#include <string>

namespace puff::log {
namespace {

using namespace std::chrono;
using namespace std::chrono_literals;

class local_offsets_test : public testing::Test {
 protected:
  local_offsets_test() {
    if (const auto* was = std::getenv("TZ")) zone_ = was;
  }
  ~local_offsets_test() override {
    zone_ ? ::setenv("TZ", zone_->c_str(), 1) : ::unsetenv("TZ");
    ::tzset();
  }

  static void live_in(const char* zone) {
    ::setenv("TZ", zone, 1);
    ::tzset();
  }

  const system_clock::time_point winter_ = sys_days{2026y / January / 15};
  std::optional<std::string> zone_;
};

TEST_F(local_offsets_test, AZoneWithoutSummerTimeHasOneOffset) {
  live_in("XXX-3:30");
  const local_offsets offsets{winter_};
  EXPECT_EQ(offsets.at(winter_), 3h + 30min);
  EXPECT_EQ(offsets.at(winter_ + years{20}), 3h + 30min);
  EXPECT_EQ(offsets.at(winter_ - years{20}), 3h + 30min);
}

TEST_F(local_offsets_test, SummerTimeBeginsAndEndsWithTheSecond) {
  live_in("CET-1CEST,M3.5.0,M10.5.0/3");
  const local_offsets offsets{winter_};
  const system_clock::time_point begins = sys_days{2026y / March / 29} + 1h;
  const system_clock::time_point ends = sys_days{2026y / October / 25} + 1h;
  EXPECT_EQ(offsets.at(begins - 1s), 1h);
  EXPECT_EQ(offsets.at(begins), 2h);
  EXPECT_EQ(offsets.at(ends - 1s), 2h);
  EXPECT_EQ(offsets.at(ends), 1h);
  EXPECT_EQ(offsets.at(begins + years{3}), 2h);
}

TEST_F(local_offsets_test, ALaterChangeOfTheEnvironmentChangesNothing) {
  live_in("XXX-5");
  const local_offsets offsets{winter_};
  live_in("XXX+7");
  EXPECT_EQ(offsets.at(winter_), 5h);
}

}  // namespace
}  // namespace puff::log
