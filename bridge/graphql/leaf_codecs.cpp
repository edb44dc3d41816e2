#include "bridge/graphql/leaf_codecs.hpp"

#include <algorithm>
#include <string>

#include "services/graphql/transport/uploaded_file.hpp"
#include "services/graphql/values/inspect.hpp"

namespace puff::bridge::graphql {
namespace {

using namespace puff::graphql;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Whether `text` is like `pattern`: 0 stands for a digit, x for one of hexadecimal.
bool is_like(std::string_view text, std::string_view pattern) {
  auto fits = [](char c, char p) {
    const bool hex = is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    return p == '0' ? is_digit(c) : p == 'x' ? hex : c == p;
  };
  return std::equal(text.begin(), text.end(), pattern.begin(), pattern.end(), fits);
}

int number(std::string_view digits) {
  int n = 0;
  for (const char c : digits) n = n * 10 + (c - '0');
  return n;
}

bool is_date(std::string_view text) {
  if (!is_like(text, "0000-00-00")) return false;
  const int year = number(text.substr(0, 4)), month = number(text.substr(5, 2));
  constexpr int lengths[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (year == 0 || month < 1 || month > 12) return false;
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  const int days = month == 2 && !leap ? 28 : lengths[month - 1];
  const int day = number(text.substr(8, 2));
  return day >= 1 && day <= days;
}

bool is_zone(std::string_view text) {
  if (text.empty() || text == "Z") return true;
  if (text[0] != '+' && text[0] != '-') return false;
  text.remove_prefix(1);
  return (is_like(text, "00:00") || is_like(text, "0000")) && number(text.substr(0, 2)) < 24 &&
         number(text.substr(text.size() - 2)) < 60;
}

bool is_time(std::string_view text) {
  const auto zone = std::min(text.find_first_of("Z+-"), text.size());
  auto clock = text.substr(0, zone);
  if (!is_zone(text.substr(zone))) return false;
  if (const auto point = clock.find('.'); point != std::string_view::npos) {
    const auto fraction = clock.substr(point + 1);
    if (fraction.empty() || fraction.size() > 6 || !std::ranges::all_of(fraction, is_digit))
      return false;
    clock = clock.substr(0, point);
    if (clock.size() != 8) return false;
  }
  if (!is_like(clock, "00:00") && !is_like(clock, "00:00:00")) return false;
  return number(clock.substr(0, 2)) < 24 && number(clock.substr(3, 2)) < 60 &&
         (clock.size() == 5 || number(clock.substr(6)) < 60);
}

bool is_moment(std::string_view text) {
  if (text.size() == 10) return is_date(text);
  return text.size() > 11 && is_date(text.substr(0, 10)) && (text[10] == 'T' || text[10] == ' ') &&
         is_time(text.substr(11));
}

bool is_uuid(std::string_view text) {
  return is_like(text, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx") ||
         is_like(text, std::string(32, 'x'));
}

bool is_decimal(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  if (const auto e = text.find_first_of("eE"); e != std::string_view::npos) {
    auto power = text.substr(e + 1);
    if (!power.empty() && (power[0] == '-' || power[0] == '+')) power.remove_prefix(1);
    if (power.empty() || power.size() > 6 || !std::ranges::all_of(power, is_digit)) return false;
    text = text.substr(0, e);
  }
  const auto points = std::ranges::count(text, '.');
  return points <= 1 && text.size() > static_cast<std::size_t>(points) &&
         std::ranges::all_of(text, [](char c) { return is_digit(c) || c == '.'; });
}

bool is_base64(std::string_view text) {
  const auto letter = [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' || c == '/';
  };
  if (text.size() % 4 != 0) return false;
  for (int i = 0; i < 2 && !text.empty() && text.back() == '='; ++i) text.remove_suffix(1);
  return std::ranges::all_of(text, letter);
}

/// A scalar whose input is a text of some form.
class text_codec : public scalar_codec {
 public:
  using check = bool (*)(std::string_view);
  text_codec(std::string_view name, check fits) : name_(name), fits_(fits) {}

  result<value> parse(const value& v) const override {
    if (v.is_text() && fits_(v.text())) return v;
    return wrong(v);
  }

 protected:
  graphql_error wrong(const value& v) const {
    return {.message = std::string{name_} + " cannot represent value: " + inspect(v)};
  }

 private:
  const std::string_view name_;
  const check fits_;
};

/// Numbers too; an exact text in Python.
class decimal_codec final : public text_codec {
 public:
  decimal_codec() : text_codec("Decimal", is_decimal) {}
  result<value> parse(const value& v) const override {
    const bool is_number = v.what() == value::kind::integer || v.what() == value::kind::real;
    return is_number ? result<value>{value{inspect(v)}} : text_codec::parse(v);
  }
  std::string serialise(const cell& c, const column& of, json_writer& out) const override {
    if (c.what != cell::kind::integer && c.what != cell::kind::real)
      return text_codec::serialise(c, of, out);
    out.text(inspect(c, of));
    return {};
  }
};

/// A file of the request, by its token; a result has none.
class upload_codec final : public scalar_codec {
 public:
  result<value> parse(const value& v) const override {
    if (uploaded_position(v)) return v;
    return graphql_error{.message =
                             "Upload value invalid: send a file with the request, by "
                             "multipart/form-data."};
  }
  std::string serialise(const cell&, const column&, json_writer&) const override {
    return "Upload serialization unsupported.";
  }
};

class big_int_codec final : public text_codec {
 public:
  big_int_codec() : text_codec("BigInt", is_decimal) {}
  result<value> parse(const value& v) const override {
    return v.what() == value::kind::integer ? result<value>{v} : wrong(v);
  }
};

}  // namespace

std::shared_ptr<const scalar_codec> find_leaf_codec(std::string_view scalar) {
  struct row {
    std::string_view name;
    text_codec::check fits;
  };
  static constexpr row rows[] = {{"DateTime", is_moment},
                                 {"Date", is_date},
                                 {"Time", is_time},
                                 {"UUID", is_uuid},
                                 {"Binary", is_base64}};
  if (scalar == "Decimal") return std::make_shared<decimal_codec>();
  if (scalar == "Upload") return std::make_shared<upload_codec>();
  if (scalar == "BigInt") return std::make_shared<big_int_codec>();
  for (const auto& each : rows)
    if (each.name == scalar) return std::make_shared<text_codec>(each.name, each.fits);
  return nullptr;
}

}  // namespace puff::bridge::graphql
