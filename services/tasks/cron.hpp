#pragma once

#include <bitset>
#include <chrono>
#include <optional>
#include <string_view>

#include "schemas/error.hpp"

namespace puff::tasks {

/// Times in cron's manner, in UTC: "minute hour day-of-month month day-of-week", each `*`, numbers,
/// ranges `1-5`, lists `1,3`, steps `*/10`; months and days also by three letters; 0 and 7 are
/// Sunday. With six fields the first is the second. `@hourly`, `@daily`, `@weekly`, `@monthly`,
/// `@yearly`. If both days are restricted either suffices.
class cron {
 public:
  using time = std::chrono::sys_seconds;

  /// `bad_argument` names the field that is wrong.
  static expected<cron> parse(std::string_view text);

  /// The first time after `when`; nothing if there is none within eight years (30 February).
  std::optional<time> after(time when) const;

 private:
  bool day_fits(std::chrono::sys_days day) const;

  std::bitset<60> seconds_, minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;
  std::bitset<13> months_;
  std::bitset<8> weekdays_;
  bool any_day_ = true, any_weekday_ = true;
};

}  // namespace puff::tasks
