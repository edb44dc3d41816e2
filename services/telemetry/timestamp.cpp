#include "services/telemetry/timestamp.hpp"

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <string_view>

namespace puff::log {
namespace {

constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct utc_fields {
  explicit utc_fields(std::chrono::system_clock::time_point when)
      : date(std::chrono::floor<std::chrono::days>(when)),
        time(std::chrono::floor<std::chrono::milliseconds>(
            when - std::chrono::floor<std::chrono::days>(when))) {}
  std::chrono::year_month_day date;
  std::chrono::hh_mm_ss<std::chrono::milliseconds> time;
};

}  // namespace

void append_iso_time(std::string& out, std::chrono::system_clock::time_point when) {
  utc_fields f{when};
  fmt::format_to(std::back_inserter(out), "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
                 static_cast<int>(f.date.year()), static_cast<unsigned>(f.date.month()),
                 static_cast<unsigned>(f.date.day()), f.time.hours().count(),
                 f.time.minutes().count(), f.time.seconds().count(), f.time.subseconds().count());
}

void append_clf_time(std::string& out, std::chrono::system_clock::time_point when) {
  utc_fields f{when};
  fmt::format_to(std::back_inserter(out), "{:02}/{}/{:04}:{:02}:{:02}:{:02} +0000",
                 static_cast<unsigned>(f.date.day()),
                 months[static_cast<unsigned>(f.date.month()) - 1], static_cast<int>(f.date.year()),
                 f.time.hours().count(), f.time.minutes().count(), f.time.seconds().count());
}

}  // namespace puff::log
