#include "services/http/internal/http_date.hpp"

#include <cstdio>

namespace puff::http::internal {

std::string_view date_field(std::time_t now) {
  static constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  struct cached {
    std::time_t second = -1;
    char text[96];
    std::size_t size = 0;
  };
  thread_local cached last;
  if (now != last.second) {
    std::tm t{};
    gmtime_r(&now, &t);
    auto n =
        std::snprintf(last.text, sizeof last.text, "Date: %s, %02d %s %04d %02d:%02d:%02d GMT\r\n",
                      days[t.tm_wday], t.tm_mday, months[t.tm_mon], t.tm_year + 1900, t.tm_hour,
                      t.tm_min, t.tm_sec);
    last.size = static_cast<std::size_t>(n);
    last.second = now;
  }
  return {last.text, last.size};
}

}  // namespace puff::http::internal
