#include "services/config/internal/checks.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "services/config/redact.hpp"
#include "services/telemetry/log_filter.hpp"

namespace puff::config::internal {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }
bool starts_name(char c) {
  return is_letter(c) || c == '_' || static_cast<unsigned char>(c) > 0x7f;
}

bool is_identifier(std::string_view text) {
  return !text.empty() && starts_name(text[0]) && std::all_of(text.begin(), text.end(), [](char c) {
    return starts_name(c) || is_digit(c);
  });
}

bool all_identifiers(std::string_view text) {
  while (true) {
    auto dot = text.find('.');
    if (!is_identifier(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), port);
  return !text.empty() && failed == std::errc{} && end == text.data() + text.size();
}

template <std::size_t N>
bool has_scheme(std::string_view text, const std::array<std::string_view, N>& schemes) {
  return std::any_of(schemes.begin(), schemes.end(), [&](std::string_view scheme) {
    return text.size() > scheme.size() && text.starts_with(scheme);
  });
}

}  // namespace

std::string any_text(std::string_view text) {
  return text.find('\0') == std::string_view::npos ? "" : "must not contain a NUL character";
}

std::string header_text(std::string_view text) {
  return std::any_of(text.begin(), text.end(), is_control) ? "must not contain control characters"
                                                           : "";
}

std::string dotted_path(std::string_view text) {
  auto split = text.find(':');
  bool colon = split != std::string_view::npos;
  auto module = text.substr(0, split);
  bool good = colon ? all_identifiers(module) && all_identifiers(text.substr(split + 1))
                    : all_identifiers(module) && module.find('.') != std::string_view::npos;
  if (good) return {};
  return "must be the dotted path of a Python object, such as \"my_module.name\"";
}

std::string http_path(std::string_view text) {
  if (text.empty() || text[0] != '/') return "must begin with '/'";
  if (text.find_first_of("?#") != std::string_view::npos)
    return "must be a path without '?' or '#'";
  if (std::any_of(text.begin(), text.end(), [](char c) { return is_control(c) || c == ' '; }))
    return "must not contain spaces or control characters";
  if (text.find("//") != std::string_view::npos) return "must not contain '//'";
  return {};
}

std::string bind_address(std::string_view text) {
  if (text.starts_with("unix:")) {
    if (text.size() == 5) return "needs a path after 'unix:'";
    return text.size() - 5 > 107 ? "names a unix socket whose path is longer than 107 bytes"
                                 : any_text(text);
  }
  auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0)
    return "must be HOST:PORT, [IPV6]:PORT or unix:PATH";
  if (!is_port(text.substr(colon + 1))) return "must end with a port from 0 to 65535";
  auto host = text.substr(0, colon);
  bool bracketed = host.front() == '[' && host.back() == ']' && host.size() > 2;
  if (!bracketed && host.find(':') != std::string_view::npos)
    return "must have its IPv6 address in brackets, such as [::1]:7777";
  if (host.find_first_of("/ @") != std::string_view::npos)
    return "must be HOST:PORT, [IPV6]:PORT or unix:PATH";
  return {};
}

std::string node_name(std::string_view text) {
  bool good = text.size() <= 128 && (is_letter(text[0]) || is_digit(text[0])) &&
              std::all_of(text.begin(), text.end(), [](char c) {
                return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '.';
              });
  return good ? "" : "must be like the name of a host: letters, digits, '.', '_' and '-'";
}

std::string pool_name(std::string_view text) {
  bool good =
      !text.empty() && is_letter(text[0]) && std::all_of(text.begin(), text.end(), [](char c) {
        return is_letter(c) || is_digit(c) || c == '_' || c == '-';
      });
  return good ? "" : "must begin with a letter and consist of letters, digits, '_' and '-'";
}

std::string command_word(std::string_view text) {
  bool good = text.front() != '-' && std::none_of(text.begin(), text.end(), [](char c) {
                return is_control(c) || c == ' ' || c == '=';
              });
  return good ? "" : "must be one word that does not begin with '-'";
}

std::string postgres_url(std::string_view text) {
  constexpr std::array<std::string_view, 2> schemes{"postgres://", "postgresql://"};
  if (has_scheme(text, schemes)) return header_text(text);
  bool keywords = text.find("://") == std::string_view::npos && text.find('=') != std::string::npos;
  if (keywords) return header_text(text);
  return "must begin with postgres:// or postgresql://, not '" + redact(text) + "'";
}

std::string redis_url(std::string_view text) {
  constexpr std::array<std::string_view, 8> schemes{
      "redis://",         "rediss://",         "unix:",
      "redis+unix:",      "redis+sentinel://", "rediss+sentinel://",
      "redis+cluster://", "rediss+cluster://"};
  if (has_scheme(text, schemes)) return header_text(text);
  return "must begin with redis://, rediss://, unix://, redis+sentinel:// or redis+cluster://, not "
         "'" +
         redact(text) + "'";
}

std::string log_levels(std::string_view text) {
  if (log::filter::parse(text)) return {};
  return "must be trace, debug, info, warning, error or off, or a list such as info,http=debug";
}

}  // namespace puff::config::internal
