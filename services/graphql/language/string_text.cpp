#include "services/graphql/language/string_text.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <vector>

#include "services/graphql/language/internal/utf8.hpp"
#include "services/graphql/language/printer.hpp"

namespace puff::graphql {

namespace internal {

std::size_t utf16_length(std::string_view text) noexcept {
  std::size_t units = 0;
  for (unsigned char byte : text)
    if ((byte & 0xC0) != 0x80) units += byte >= 0xF0 ? 2 : 1;
  return units;
}

std::string valid_utf8(std::string_view text) {
  if (simdjson::validate_utf8(text.data(), text.size())) return std::string{text};
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto next = decode(text, at);
    const bool good = next.size != 0 && next.is_scalar();
    out += good ? text.substr(at, next.size) : "\xEF\xBF\xBD";
    at += good ? next.size : 1;
  }
  return out;
}

std::string hanging(std::string_view text, std::string_view by) {
  std::string out;
  for (char c : text) {
    out += c;
    if (c == '\n') out += by;
  }
  return out;
}

std::string indented(std::string_view text, std::string_view by) {
  return std::string(by) + hanging(text, by);
}

bool is_printable_as_block(std::string_view text) noexcept {
  if (text.empty()) return true;
  bool empty_line = true, indent = false, common_indent = true, seen_text = false;
  for (unsigned char c : text) {
    if (c < 0x10 && c != '\n' && c != '\t') return false;
    if (c == '\n') {
      if (empty_line && !seen_text) return false;
      seen_text = empty_line = true;
      indent = false;
    } else if (c == '\t' || c == ' ') {
      indent = indent || empty_line;
    } else {
      common_indent = common_indent && indent;
      empty_line = false;
    }
  }
  return !empty_line && !(common_indent && seen_text);
}

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string with_escaped_quotes(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    if (text.substr(i, 3) == R"(""")") {
      out += R"(\""")";
      i += 3;
    } else {
      out += text[i++];
    }
  }
  return out;
}

// Do all lines but the first begin with white space? True for one line too.
bool rest_is_indented(std::string_view text) {
  for (auto at = text.find_first_of("\r\n"); at != text.npos; at = text.find_first_of("\r\n", at)) {
    at += text.substr(at, 2) == "\r\n" ? 2 : 1;
    if (at < text.size() && !is_blank(text[at]) && text[at] != '\n' && text[at] != '\r')
      return false;
  }
  return true;
}

}  // namespace

}  // namespace internal

std::string print_block_string(std::string_view text) {
  auto escaped = internal::with_escaped_quotes(text);
  auto one_line = escaped.find_first_of("\r\n") == escaped.npos;
  auto leading = !one_line && internal::rest_is_indented(escaped);
  auto ends_quoted = escaped.ends_with(R"(\""")");
  auto trailing = (text.ends_with('"') && !ends_quoted) || text.ends_with('\\');
  auto several =
      !one_line || internal::utf16_length(text) > 70 || trailing || leading || ends_quoted;
  auto skip_leading = one_line && !text.empty() && internal::is_blank(text.front());
  std::string out = R"(""")";
  if ((several && !skip_leading) || leading) out += '\n';
  out += escaped;
  if (several || trailing) out += '\n';
  return out + R"(""")";
}

std::string print_string(std::string_view text) {
  static constexpr std::string_view digits = "0123456789ABCDEF", letters = "btn?fr";
  std::string out = "\"";
  auto escape = [&out](unsigned char code) {
    out.append("\\u00").append(1, digits[code >> 4]).append(1, digits[code & 15]);
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto c = static_cast<unsigned char>(text[i]);
    if (c == '"' || c == '\\')
      out.append(1, '\\').append(1, text[i]);
    else if (c >= 8 && c <= 13 && c != 11)
      out.append(1, '\\').append(1, letters[c - 8u]);
    else if (c < 0x20 || c == 0x7F)
      escape(c);
    else if (c == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0)
      escape(static_cast<unsigned char>(text[++i]));
    else
      out += text[i];
  }
  return out + '"';
}

}  // namespace puff::graphql
