#include "services/graphql/language/internal/lexer.hpp"

#include <array>
#include <cstring>
#include <utility>

#include "services/graphql/language/internal/block_string.hpp"
#include "services/graphql/language/internal/utf8.hpp"

namespace puff::graphql::internal {

namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_name_start(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

constexpr auto punctuators = [] {
  std::array<token_kind, 128> kinds{};
  kinds['!'] = token_kind::bang;
  kinds['$'] = token_kind::dollar;
  kinds['&'] = token_kind::amp;
  kinds['('] = token_kind::paren_l;
  kinds[')'] = token_kind::paren_r;
  kinds[':'] = token_kind::colon;
  kinds['='] = token_kind::equals;
  kinds['@'] = token_kind::at;
  kinds['['] = token_kind::bracket_l;
  kinds[']'] = token_kind::bracket_r;
  kinds['{'] = token_kind::brace_l;
  kinds['|'] = token_kind::pipe;
  kinds['}'] = token_kind::brace_r;
  return kinds;
}();

std::int32_t hex_digit(char c) noexcept {
  if (is_digit(c)) return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

bool is_leading_surrogate(std::int32_t code) { return code >= 0xD800 && code <= 0xDBFF; }
bool is_trailing_surrogate(std::int32_t code) { return code >= 0xDC00 && code <= 0xDFFF; }
bool is_scalar(std::int32_t code) {
  return code >= 0 && code_point{static_cast<char32_t>(code), 1}.is_scalar();
}

std::string hex_text(std::uint32_t value, std::size_t width) {
  std::string digits;
  do digits.insert(digits.begin(), "0123456789ABCDEF"[value & 15]);
  while (value >>= 4);
  if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
  return digits;
}

std::uint32_t narrow(std::size_t offset) { return static_cast<std::uint32_t>(offset); }

}  // namespace

bool lexer::fail(std::size_t at, std::string what) {
  why_ = {narrow(at), std::move(what)};
  return false;
}

std::string_view lexer::keep(std::string_view text) {
  auto* copy = static_cast<char*>(arena_.allocate(text.size() + 1, 1));
  std::memcpy(copy, text.data(), text.size());
  return {copy, text.size()};
}

std::string lexer::shown(std::size_t at) const {
  auto point = decode(body_, at);
  if (point.size == 0) return "<EOF>";
  if (point.value == '"') return "'\"'";
  if (point.value >= 0x20 && point.value <= 0x7E) return {'"', static_cast<char>(point.value), '"'};
  return "U+" + hex_text(point.value, 4);
}

bool lexer::unexpected(std::uint32_t at) {
  if (body_[at] == '\'')
    return fail(at,
                "Unexpected single quote character ('), did you mean to use a double quote (\")?");
  auto point = decode(body_, at);
  if (point.size == 0)
    return fail(at, "Invalid UTF-8: 0x" + hex_text(static_cast<unsigned char>(body_[at]), 2) + ".");
  return fail(at,
              (point.is_scalar() ? "Unexpected" : "Invalid") + (" character: " + shown(at)) + ".");
}

std::uint32_t lexer::skip_comment(std::uint32_t at) const noexcept {
  while (at < body_.size() && body_[at] != '\n' && body_[at] != '\r') {
    if (static_cast<unsigned char>(body_[at]) < 0x80) {
      ++at;
      continue;
    }
    auto point = decode(body_, at);
    if (point.size == 0 || !point.is_scalar()) break;
    at += point.size;
  }
  return at;
}

std::uint32_t lexer::skip_ignored(std::uint32_t at) const noexcept {
  while (at < body_.size()) {
    switch (body_[at]) {
      case ' ':
      case '\n':
      case '\r':
      case '\t':
      case ',': ++at; break;
      case '#': at = skip_comment(at); break;
      case '\xEF':
        if (body_.substr(at, 3) != "\xEF\xBB\xBF") return at;
        at += 3;
        break;
      default: return at;
    }
  }
  return at;
}

bool lexer::read(std::uint32_t from, token& out) {
  auto at = skip_ignored(from);
  out = {token_kind::end_of_file, at, at, {}};
  if (at >= body_.size()) return true;
  auto c = body_[at];
  if (is_name_start(c)) return read_name(at, out);
  if (static_cast<unsigned char>(c) < 0x80) {
    if (auto kind = punctuators[static_cast<unsigned char>(c)]; kind != token_kind::end_of_file) {
      out = {kind, at, at + 1, {}};
      return true;
    }
  }
  if (is_digit(c) || c == '-') return read_number(at, out);
  if (c == '"')
    return body_.substr(at, 3) == R"(""")" ? read_block_string(at, out) : read_string(at, out);
  if (body_.substr(at, 3) == "...") {
    out = {token_kind::spread, at, at + 3, {}};
    return true;
  }
  return unexpected(at);
}

bool lexer::read_name(std::uint32_t at, token& out) noexcept {
  auto end = at + 1;
  while (end < body_.size() && (is_name_start(body_[end]) || is_digit(body_[end]))) ++end;
  out = {token_kind::name, at, end, body_.substr(at, end - at)};
  return true;
}

bool lexer::read_digits(std::uint32_t& at) {
  if (!is_digit(peek(at)))
    return fail(at, "Invalid number, expected digit but got: " + shown(at) + ".");
  while (is_digit(peek(at))) ++at;
  return true;
}

bool lexer::read_number(std::uint32_t start, token& out) {
  auto at = start;
  auto kind = token_kind::int_number;
  if (peek(at) == '-') ++at;
  if (peek(at) == '0') {
    if (is_digit(peek(++at)))
      return fail(at, "Invalid number, unexpected digit after 0: " + shown(at) + ".");
  } else if (!read_digits(at)) {
    return false;
  }
  if (peek(at) == '.') {
    kind = token_kind::float_number;
    if (!read_digits(++at)) return false;
  }
  if (peek(at) == 'e' || peek(at) == 'E') {
    kind = token_kind::float_number;
    ++at;
    if (peek(at) == '+' || peek(at) == '-') ++at;
    if (!read_digits(at)) return false;
  }
  if (peek(at) == '.' || is_name_start(peek(at)))
    return fail(at, "Invalid number, expected digit but got: " + shown(at) + ".");
  out = {kind, start, at, body_.substr(start, at - start)};
  return true;
}

// Past one character inside of a string.
bool lexer::pass_character(std::uint32_t& at) {
  if (static_cast<unsigned char>(body_[at]) < 0x80) {
    ++at;
    return true;
  }
  auto point = decode(body_, at);
  if (point.size == 0) return unexpected(at);
  if (!point.is_scalar()) return fail(at, "Invalid character within String: " + shown(at) + ".");
  at += point.size;
  return true;
}

bool lexer::read_string(std::uint32_t start, token& out) {
  auto at = start + 1, chunk = at;
  std::string value;
  bool escaped = false;
  while (at < body_.size() && body_[at] != '\n' && body_[at] != '\r') {
    if (body_[at] == '"') {
      auto rest = body_.substr(chunk, at - chunk);
      out = {token_kind::string, start, at + 1, escaped ? keep(value.append(rest)) : rest};
      return true;
    }
    if (body_[at] == '\\') {
      escaped = true;
      value += body_.substr(chunk, at - chunk);
      if (!read_escape(at, value)) return false;
      chunk = at;
    } else if (!pass_character(at)) {
      return false;
    }
  }
  return fail(at, "Unterminated string.");
}

bool lexer::read_escape(std::uint32_t& at, std::string& out) {
  static constexpr std::string_view names = "\"\\/bfnrt", values = "\"\\/\b\f\n\r\t";
  if (has(at + 1, 'u'))
    return has(at + 2, '{') ? read_braced_escape(at, out) : read_fixed_escape(at, out);
  auto which = at + 1 < body_.size() ? names.find(body_[at + 1]) : names.npos;
  if (which == names.npos)
    return fail(at, "Invalid character escape sequence: \"" +
                        std::string(utf16_slice(body_, at, 2)) + "\".");
  out += values[which];
  at += 2;
  return true;
}

bool lexer::read_braced_escape(std::uint32_t& at, std::string& out) {
  std::int32_t point = 0;
  std::uint32_t size = 3;
  while (size < 12) {  // at most eight digits
    auto c = peek(at + size++);
    if (c == '}') {
      if (size < 5 || !is_scalar(point)) break;
      append(out, static_cast<char32_t>(point));
      at += size;
      return true;
    }
    auto digit = hex_digit(c);
    point = static_cast<std::int32_t>(static_cast<std::uint32_t>(point) << 4) | digit;
    if (point < 0) break;
  }
  return fail(at, "Invalid Unicode escape sequence: \"" +
                      std::string(utf16_slice(body_, at, size)) + "\".");
}

std::int32_t lexer::hex4(std::size_t at) const noexcept {
  std::int32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    auto digit = hex_digit(peek(at + i));
    if (digit < 0) return -1;
    value = value << 4 | digit;
  }
  return value;
}

bool lexer::read_fixed_escape(std::uint32_t& at, std::string& out) {
  auto code = hex4(at + 2);
  if (is_scalar(code)) {
    append(out, static_cast<char32_t>(code));
    at += 6;
    return true;
  }
  if (is_leading_surrogate(code) && has(at + 6, '\\') && has(at + 7, 'u')) {
    if (auto trail = hex4(at + 8); is_trailing_surrogate(trail)) {
      append(out, static_cast<char32_t>(0x10000 + ((code - 0xD800) << 10) + (trail - 0xDC00)));
      at += 12;
      return true;
    }
  }
  return fail(
      at, "Invalid Unicode escape sequence: \"" + std::string(utf16_slice(body_, at, 6)) + "\".");
}

bool lexer::read_block_string(std::uint32_t start, token& out) {
  auto at = start + 3, chunk = at;
  std::string raw;
  while (at < body_.size()) {
    if (body_.substr(at, 3) == R"(""")") {
      raw += body_.substr(chunk, at - chunk);
      out = {token_kind::block_string, start, at + 3, keep(block_string_value(raw))};
      return true;
    }
    if (body_.substr(at, 4) == R"(\""")") {
      raw += body_.substr(chunk, at - chunk);
      chunk = at + 1;
      at += 4;
    } else if (!pass_character(at)) {
      return false;
    }
  }
  return fail(at, "Unterminated string.");
}

std::string_view described(token_kind kind) noexcept {
  switch (kind) {
    case token_kind::end_of_file: return "<EOF>";
    case token_kind::bang: return "\"!\"";
    case token_kind::dollar: return "\"$\"";
    case token_kind::amp: return "\"&\"";
    case token_kind::paren_l: return "\"(\"";
    case token_kind::paren_r: return "\")\"";
    case token_kind::dot: return "\".\"";
    case token_kind::spread: return "\"...\"";
    case token_kind::colon: return "\":\"";
    case token_kind::equals: return "\"=\"";
    case token_kind::at: return "\"@\"";
    case token_kind::bracket_l: return "\"[\"";
    case token_kind::bracket_r: return "\"]\"";
    case token_kind::brace_l: return "\"{\"";
    case token_kind::pipe: return "\"|\"";
    case token_kind::brace_r: return "\"}\"";
    case token_kind::name: return "Name";
    case token_kind::int_number: return "Int";
    case token_kind::float_number: return "Float";
    case token_kind::string: return "String";
    case token_kind::block_string: return "BlockString";
  }
  return "";
}

}  // namespace puff::graphql::internal
