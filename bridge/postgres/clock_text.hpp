#pragma once

#include <cstdint>
#include <string_view>

namespace puff::bridge::postgres {

/// Dates, times and intervals as PostgreSQL prints them (DateStyle ISO, IntervalStyle postgres).
/// No Python here.

struct calendar_text {
  int year = 0;  ///< negative: before Christ
  int month = 0, day = 0;
};

/// Takes "2024-02-29" and one separator off the front of `text`; a trailing " BC" makes the year
/// negative. False if it is no whole date.
bool take_calendar(std::string_view& text, calendar_text& day);

struct clock_text {
  int hour = 0, minute = 0, second = 0, microsecond = 0;
  int offset = 0;  ///< seconds east of Greenwich
  bool has_offset = false;
};

/// Reads "23:59:60.123456+05:30:15"; hour 24 is 0. False if it is no whole time.
bool take_clock(std::string_view text, clock_text& clock);

struct interval_text {
  std::int64_t days = 0;  ///< a month is 30, a year 365
  std::int64_t seconds = 0;
  int microseconds = 0;
};

enum class interval_outcome : std::uint8_t { good, bare_number, iso_8601, too_big };

/// Reads "1 year 2 mons -3 days +04:05:06.7"; also the words of IntervalStyle postgres_verbose.
interval_outcome read_interval(std::string_view text, interval_text& interval);

}  // namespace puff::bridge::postgres
