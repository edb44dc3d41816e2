#include "bridge/postgres/clock_text.hpp"

#include <limits>

namespace puff::bridge::postgres {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Digits off the front; false if there are none, or too many for an int.
bool take_number(std::string_view& text, int& value) {
  std::int64_t sum = 0;
  std::size_t count = 0;
  for (; count < text.size() && is_digit(text[count]); ++count) {
    sum = sum * 10 + (text[count] - '0');
    if (sum > std::numeric_limits<int>::max()) return false;
  }
  if (!count) return false;
  text.remove_prefix(count);
  value = static_cast<int>(sum);
  return true;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text[0] != c) return false;
  text.remove_prefix(1);
  return true;
}

/// The digits behind a point as millionths; what is finer is cut off.
int take_fraction(std::string_view& text) {
  int value = 0, digits = 0;
  for (; !text.empty() && is_digit(text[0]); text.remove_prefix(1))
    if (digits < 6) {
      value = value * 10 + (text[0] - '0');
      ++digits;
    }
  for (; digits < 6; ++digits) value *= 10;
  return value;
}

bool take_offset(std::string_view& text, clock_text& clock) {
  const int sign = text[0] == '-' ? -1 : 1;
  text.remove_prefix(1);
  int hours = 0, minutes = 0, seconds = 0;
  if (!take_number(text, hours)) return false;
  if (take(text, ':') && !take_number(text, minutes)) return false;
  if (take(text, ':') && !take_number(text, seconds)) return false;
  clock.offset = sign * (3'600 * hours + 60 * minutes + seconds);
  clock.has_offset = true;
  return true;
}

bool ends_before_christ(std::string_view text) {
  return text.size() >= 2 && text.substr(text.size() - 2) == "BC";
}

/// A part of an interval: its number, and what follows it.
struct interval_reader {
  std::string_view text;
  interval_text& interval;
  std::int64_t months = 0;
  bool negative = false, any = false;

  bool clock(std::int64_t hours) {
    int minutes = 0, seconds = 0;
    if (!take_number(text, minutes)) return false;
    if (take(text, ':') && !take_number(text, seconds)) return false;
    int micros = 0, digits = 0;
    if (take(text, '.')) {
      // More digits than PostgreSQL prints are as wrong as a number that is too big.
      if (auto rest = text; !take_number(rest, digits)) return false;
      micros = take_fraction(text);
    }
    add(hours * 3'600 + minutes * 60 + seconds, micros);
    return true;
  }
  void add(std::int64_t seconds, int micros) {
    interval.seconds += negative ? -seconds : seconds;
    interval.microseconds += negative ? -micros : micros;
  }
  bool unit(std::int64_t number, int micros) {
    const std::int64_t value = negative ? -number : number;
    const char second = text.size() > 1 ? text[1] : '\0';
    switch (text[0]) {
      case 'y': interval.days += 365 * value; break;
      case 'd': interval.days += value; break;
      case 'h': add(number * 3'600, 0); break;
      case 's': add(number, micros); break;
      case 'm':
        if (second == 'i')
          add(number * 60, 0);
        else
          interval.days += 30 * value;
        break;
      default: return false;
    }
    while (!text.empty() && text[0] != ' ') text.remove_prefix(1);
    return true;
  }
};

void turn_around(interval_text& interval) {
  interval.days = -interval.days;
  interval.seconds = -interval.seconds;
  interval.microseconds = -interval.microseconds;
}

}  // namespace

bool take_calendar(std::string_view& text, calendar_text& day) {
  const bool before_christ = ends_before_christ(text);
  if (!take_number(text, day.year) || !take(text, '-')) return false;
  if (!take_number(text, day.month) || !take(text, '-')) return false;
  if (!take_number(text, day.day)) return false;
  if (before_christ) {
    text.remove_suffix(2);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    day.year = -day.year;
  }
  if (!take(text, ' ')) take(text, 'T');
  return true;
}

bool take_clock(std::string_view text, clock_text& clock) {
  if (!take_number(text, clock.hour) || !take(text, ':')) return false;
  if (!take_number(text, clock.minute) || !take(text, ':')) return false;
  if (!take_number(text, clock.second)) return false;
  if (take(text, '.')) clock.microsecond = take_fraction(text);
  if (!text.empty() && (text[0] == '+' || text[0] == '-') && !take_offset(text, clock))
    return false;
  if (clock.hour == 24) clock.hour = 0;
  return true;
}

interval_outcome read_interval(std::string_view text, interval_text& interval) {
  interval_reader reader{text, interval};
  auto& rest = reader.text;
  while (!rest.empty()) {
    if (rest[0] == 'P') return interval_outcome::iso_8601;
    if (rest.substr(0, 3) == "ago") {
      turn_around(interval);
      break;
    }
    if (!is_digit(rest[0])) {
      if (rest[0] == '-' || rest[0] == '+') reader.negative = rest[0] == '-';
      rest.remove_prefix(1);
      continue;
    }
    int number = 0;
    if (!take_number(rest, number)) return interval_outcome::too_big;
    if (take(rest, ':')) {
      if (!reader.clock(number)) return interval_outcome::too_big;
    } else {
      const int micros = take(rest, '.') ? take_fraction(rest) : 0;
      while (!rest.empty() && rest[0] == ' ') rest.remove_prefix(1);
      if (rest.empty() && !reader.any) return interval_outcome::bare_number;
      if (rest.empty() || !reader.unit(number, micros)) return interval_outcome::bare_number;
    }
    reader.any = true;
    reader.negative = false;
  }
  return reader.any ? interval_outcome::good : interval_outcome::bare_number;
}

}  // namespace puff::bridge::postgres
