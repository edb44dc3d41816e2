#include "services/config/redact.hpp"

#include <array>

namespace puff::config {
namespace {

constexpr std::string_view mask = "***";

// Everything up to the last '@' before the path belongs to the user, even an unescaped '@' or '/'
// of a password that its owner forgot to encode.
void mask_user_info(std::string& url) {
  auto start = url.find("://");
  if (start == std::string::npos) return;
  start += 3;
  auto end = url.find_first_of("?#", start);
  auto at = url.rfind('@', end == std::string::npos ? end : end - 1);
  if (at == std::string::npos || at < start) at = url.rfind('@');
  if (at == std::string::npos || at < start) return;
  auto colon = url.find(':', start);
  if (colon == std::string::npos || colon > at) return;
  url.replace(colon + 1, at - colon - 1, mask);
}

std::size_t end_of_value(const std::string& text, std::size_t from) {
  if (from < text.size() && text[from] == '\'') {
    for (auto i = from + 1; i < text.size(); ++i) {
      if (text[i] == '\\')
        ++i;
      else if (text[i] == '\'')
        return i + 1;
    }
    return text.size();
  }
  auto end = text.find_first_of("& \t\r\n#", from);
  return end == std::string::npos ? text.size() : end;
}

void mask_parameter(std::string& text, std::string_view name) {
  for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    auto from = at + name.size();
    while (from < text.size() && text[from] == ' ') ++from;
    if (from >= text.size() || text[from] != '=') continue;
    ++from;
    while (from < text.size() && text[from] == ' ') ++from;
    text.replace(from, end_of_value(text, from) - from, mask);
  }
}

}  // namespace

std::string redact(std::string_view url) {
  std::string out{url};
  mask_user_info(out);
  for (auto name : std::array<std::string_view, 3>{"password", "passwd", "pass"})
    mask_parameter(out, name);
  return out;
}

}  // namespace puff::config
