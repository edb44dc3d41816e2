#include "services/telemetry/escape.hpp"

namespace puff::log {
namespace {

constexpr std::string_view digits = "0123456789abcdef";

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

void append_hex(std::string& out, std::string_view prefix, char c) {
  auto byte = static_cast<unsigned char>(c);
  out += prefix;
  out += digits[byte >> 4];
  out += digits[byte & 15];
}

bool continues(std::string_view text, std::size_t at, unsigned char low, unsigned char high) {
  return at < text.size() && static_cast<unsigned char>(text[at]) >= low &&
         static_cast<unsigned char>(text[at]) <= high;
}

// Length of the well-formed sequence at the front (Unicode 15, table 3-7); 0 if there is none.
std::size_t utf8_length(std::string_view text) {
  auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return continues(text, 1, 0x80, 0xBF) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    unsigned char low = first == 0xE0 ? 0xA0 : 0x80, high = first == 0xED ? 0x9F : 0xBF;
    return continues(text, 1, low, high) && continues(text, 2, 0x80, 0xBF) ? 3 : 0;
  }
  if (first < 0xF0 || first > 0xF4) return 0;
  unsigned char low = first == 0xF0 ? 0x90 : 0x80, high = first == 0xF4 ? 0x8F : 0xBF;
  return continues(text, 1, low, high) && continues(text, 2, 0x80, 0xBF) &&
                 continues(text, 3, 0x80, 0xBF)
             ? 4
             : 0;
}

void append_json_ascii(std::string& out, char c) {
  switch (c) {
    case '"': out += "\\\""; break;
    case '\\': out += "\\\\"; break;
    case '\n': out += "\\n"; break;
    case '\r': out += "\\r"; break;
    case '\t': out += "\\t"; break;
    default:
      if (is_control(c))
        append_hex(out, "\\u00", c);
      else
        out += c;
  }
}

}  // namespace

void append_printable(std::string& out, std::string_view text, keep what) {
  for (char c : text) {
    bool stays = !is_control(c) || (what == keep::lines && (c == '\n' || c == '\t'));
    if (stays)
      out += c;
    else
      append_hex(out, "\\x", c);
  }
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (is_control(c)) {
      append_hex(out, "\\x", c);
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_json(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    auto length = utf8_length(text);
    if (length == 1)
      append_json_ascii(out, text[0]);
    else if (length == 0)
      out += "\xEF\xBF\xBD";
    else
      out += text.substr(0, length);
    text.remove_prefix(length ? length : 1);
  }
  out += '"';
}

}  // namespace puff::log
