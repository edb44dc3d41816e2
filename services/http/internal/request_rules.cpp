#include "services/http/internal/request_rules.hpp"

#include <algorithm>
#include <array>

#include "schemas/header_block.hpp"

namespace puff::http::internal {
namespace {

constexpr bool digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool hex(char c) { return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

constexpr auto token_chars = [] {
  std::array<bool, 256> table{};
  for (int c = 0; c < 128; ++c)
    table[c] = alpha(static_cast<char>(c)) || digit(static_cast<char>(c));
  for (unsigned char c : std::string_view{"!#$%&'*+-.^_`|~"}) table[c] = true;
  return table;
}();

bool is_port(std::string_view text) {
  return text.size() <= 5 && std::all_of(text.begin(), text.end(), digit);
}

bool is_name(std::string_view text) {
  constexpr std::string_view marks = "-._~!$&'()*+,;=";
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size() || !hex(text[i + 1]) || !hex(text[i + 2])) return false;
      i += 2;
    } else if (!alpha(c) && !digit(c) && marks.find(c) == marks.npos) {
      return false;
    }
  }
  return true;
}

bool is_literal(std::string_view text) {
  auto inside = [](char c) { return hex(c) || c == ':' || c == '.'; };
  return text.size() >= 2 && std::all_of(text.begin(), text.end(), inside) &&
         text.find(':') != text.npos;
}

}  // namespace

bool is_token(std::string_view text) noexcept {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return token_chars[c]; });
}

bool is_host(std::string_view text) noexcept {
  if (!text.empty() && text.front() == '[') {
    auto end = text.find(']');
    if (end == text.npos || !is_literal(text.substr(1, end - 1))) return false;
    auto rest = text.substr(end + 1);
    return rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)));
  }
  auto colon = text.find(':');
  if (colon == text.npos) return is_name(text);
  return colon > 0 && is_name(text.substr(0, colon)) && is_port(text.substr(colon + 1));
}

bool is_version(std::string_view text) noexcept {
  return text.size() == 8 && text.substr(0, 5) == "HTTP/" && digit(text[5]) && text[6] == '.' &&
         digit(text[7]);
}

std::uint16_t refusal_of_coding(std::string_view value) noexcept {
  if (equal_ignoring_case(value, "chunked")) return 0;
  bool foreign = false, chunked = false;
  for (;;) {
    auto comma = value.find(',');
    auto coding = value.substr(0, comma);
    auto first = coding.find_first_not_of(" \t");
    if (first == coding.npos) return 400;
    coding = coding.substr(first, coding.find_last_not_of(" \t") - first + 1);
    if (!is_token(coding.substr(0, coding.find_first_of("; \t"))) || chunked) return 400;
    if (!is_token(coding)) return 400;
    (equal_ignoring_case(coding, "chunked") ? chunked : foreign) = true;
    if (comma == value.npos) break;
    value.remove_prefix(comma + 1);
  }
  return foreign ? 501 : 400;
}

absolute_target split_absolute(std::string_view target) noexcept {
  auto colon = target.find("://");
  if (colon == target.npos) return {};
  auto scheme = target.substr(0, colon);
  if (!equal_ignoring_case(scheme, "http") && !equal_ignoring_case(scheme, "https")) return {};
  target.remove_prefix(colon + 3);
  auto end = std::min(target.find_first_of("/?"), target.size());
  return {target.substr(0, end), target.substr(end)};
}

}  // namespace puff::http::internal
