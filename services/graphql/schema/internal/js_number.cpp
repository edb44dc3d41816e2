#include "services/graphql/schema/internal/js_number.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace puff::graphql::internal {

std::string js_number(double value) {
  if (value == 0) return "0";
  std::array<char, 64> buffer{};
  auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::fabs(value),
                           std::chars_format::scientific)
                 .ptr;
  std::string text(buffer.data(), end);
  auto e = text.find('e');
  auto exponent = std::stoi(text.substr(e + 1));
  auto digits = text.substr(0, 1) + (e > 1 ? text.substr(2, e - 2) : "");
  auto count = static_cast<int>(digits.size());
  auto point = exponent + 1;
  std::string out = value < 0 ? "-" : "";
  if (point > 21 || point <= -6) {
    out += digits.substr(0, 1);
    if (count > 1) out += "." + digits.substr(1);
    return out + "e" + (exponent < 0 ? "-" : "+") + std::to_string(std::abs(exponent));
  }
  if (point <= 0) return out + "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
  if (point >= count)
    return out + digits + std::string(static_cast<std::size_t>(point - count), '0');
  return out + digits.substr(0, static_cast<std::size_t>(point)) + "." +
         digits.substr(static_cast<std::size_t>(point));
}

}  // namespace puff::graphql::internal
