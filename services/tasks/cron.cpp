#include "services/tasks/cron.hpp"

#include <array>
#include <charconv>
#include <string>
#include <vector>

namespace puff::tasks {
namespace {

struct field {
  const char* name;
  int low, high;
  std::string_view words = {};  // three letters each, the first one means `low`
};

constexpr std::array fields{field{"second", 0, 59},
                            field{"minute", 0, 59},
                            field{"hour", 0, 23},
                            field{"day of month", 1, 31},
                            field{"month", 1, 12, "janfebmaraprmayjunjulaugsepoctnovdec"},
                            field{"day of week", 0, 7, "sunmontuewedthufrisat"}};

std::string_view expand(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> names{
      {{"@yearly", "0 0 1 1 *"},
       {"@annually", "0 0 1 1 *"},
       {"@monthly", "0 0 1 * *"},
       {"@weekly", "0 0 * * 0"},
       {"@daily", "0 0 * * *"},
       {"@midnight", "0 0 * * *"},
       {"@hourly", "0 * * * *"}}};
  for (const auto& [name, meaning] : names)
    if (text == name) return meaning;
  return text;
}

std::vector<std::string_view> split(std::string_view text, std::string_view at) {
  std::vector<std::string_view> parts;
  while (true) {
    auto end = text.find_first_of(at);
    parts.push_back(text.substr(0, end));
    if (end == text.npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (auto word : split(text, " \t"))
    if (!word.empty()) words.push_back(word);
  return words;
}

std::optional<int> number_of(std::string_view text, const field& f) {
  int value = 0;
  auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed == std::errc{} && end == text.data() + text.size()) return value;
  std::string lower{text};
  for (auto& c : lower) c = static_cast<char>(c | 0x20);
  for (std::size_t i = 0; text.size() == 3 && i + 3 <= f.words.size(); i += 3)
    if (f.words.substr(i, 3) == lower) return f.low + static_cast<int>(i / 3);
  return std::nullopt;
}

/// Sets what one item of a list means; false if it means nothing.
template <std::size_t N>
bool add_item(std::bitset<N>& to, std::string_view item, const field& f) {
  auto halves = split(item, "/");
  int from = f.low, until = f.high, step = 1;
  if (halves.size() > 2) return false;
  if (halves.size() == 2) {
    auto given = number_of(halves[1], {"", 0, 0});
    if (!given || *given < 1) return false;
    step = *given;
  }
  if (halves[0] != "*") {
    auto ends = split(halves[0], "-");
    auto first = number_of(ends[0], f);
    auto last = ends.size() == 2 ? number_of(ends[1], f) : first;
    if (!first || !last || ends.size() > 2) return false;
    from = *first;
    until = ends.size() == 1 && halves.size() == 2 ? f.high : *last;
  }
  if (from < f.low || until > f.high || from > until) return false;
  for (int i = from; i <= until; i += step) to.set(static_cast<std::size_t>(i));
  return true;
}

template <std::size_t N>
bool read(std::bitset<N>& to, std::string_view text, const field& f) {
  for (auto item : split(text, ","))
    if (!add_item(to, item, f)) return false;
  return true;
}

}  // namespace

expected<cron> cron::parse(std::string_view text) {
  auto words = words_of(expand(text));
  if (words.size() == 5) words.insert(words.begin(), "0");
  if (words.size() != 6)
    return make_error(ec::bad_argument, "cron '" + std::string{text} +
                                            "' needs five fields: minute, hour, day of month, "
                                            "month, day of week");
  cron c;
  const std::array good{
      read(c.seconds_, words[0], fields[0]), read(c.minutes_, words[1], fields[1]),
      read(c.hours_, words[2], fields[2]),   read(c.days_, words[3], fields[3]),
      read(c.months_, words[4], fields[4]),  read(c.weekdays_, words[5], fields[5])};
  for (std::size_t i = 0; i < good.size(); ++i)
    if (!good[i])
      return make_error(ec::bad_argument, "cron '" + std::string{text} + "': the " +
                                              fields[i].name + " '" + std::string{words[i]} +
                                              "' is not understood");
  if (c.weekdays_[7]) c.weekdays_.set(0);
  c.any_day_ = words[3].front() == '*';
  c.any_weekday_ = words[5].front() == '*';
  return c;
}

bool cron::day_fits(std::chrono::sys_days day) const {
  using namespace std::chrono;
  const year_month_day date{day};
  if (!months_[static_cast<unsigned>(date.month())]) return false;
  const bool by_date = days_[static_cast<unsigned>(date.day())];
  const bool by_name = weekdays_[weekday{day}.c_encoding()];
  if (any_day_ || any_weekday_) return by_date && by_name;
  return by_date || by_name;
}

std::optional<cron::time> cron::after(time when) const {
  using namespace std::chrono;
  const auto start = when + seconds{1};
  const auto first_day = floor<days>(start);
  for (auto day = first_day; day < first_day + days{8 * 366}; day += days{1}) {
    if (!day_fits(day)) continue;
    const int from = day == first_day ? static_cast<int>((start - first_day).count()) : 0;
    for (int h = from / 3600; h < 24; ++h) {
      if (!hours_[static_cast<std::size_t>(h)]) continue;
      for (int m = 0; m < 60; ++m) {
        if (!minutes_[static_cast<std::size_t>(m)]) continue;
        for (int s = 0; s < 60; ++s)
          if (seconds_[static_cast<std::size_t>(s)] && h * 3600 + m * 60 + s >= from)
            return day + hours{h} + minutes{m} + seconds{s};
      }
    }
  }
  return std::nullopt;
}

}  // namespace puff::tasks
