#include "services/graphql/output/json_text.hpp"

#include <emmintrin.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

namespace puff::graphql {
namespace {

constexpr std::size_t block = 16;

/// A bit for each byte that JSON wants escaped.
unsigned to_escape(__m128i bytes) noexcept {
  const auto quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
  const auto backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
  const auto control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
  return static_cast<unsigned>(
      _mm_movemask_epi8(_mm_or_si128(control, _mm_or_si128(quote, backslash))));
}

bool needs_escape(char c) noexcept {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

char short_escape(char c) noexcept {
  switch (c) {
    case '"':
    case '\\': return c;
    case '\b': return 'b';
    case '\f': return 'f';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    default: return 0;
  }
}

char* write_escape(char* out, char c) noexcept {
  static constexpr char digits[] = "0123456789abcdef";
  *out++ = '\\';
  if (const char s = short_escape(c); s != 0) {
    *out++ = s;
    return out;
  }
  std::memcpy(out, "u00", 3);
  out[3] = digits[static_cast<unsigned char>(c) >> 4];
  out[4] = digits[c & 15];
  return out + 5;
}

/// Copies to the first character that needs an escape, or to the end; moves both ends.
void copy_plain(char*& out, const char*& in, const char* end) noexcept {
  while (static_cast<std::size_t>(end - in) >= block) {
    const auto bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out), bytes);
    if (const auto bad = to_escape(bytes); bad != 0) {
      const auto good = __builtin_ctz(bad);
      in += good, out += good;
      return;
    }
    in += block, out += block;
  }
  while (in != end && !needs_escape(*in)) *out++ = *in++;
}

/// The digits and the exponent of the shortest text, "d.ddde-x" of to_chars taken apart.
struct shortest {
  std::array<char, 24> digits{};
  int count = 0;
  int point = 0;  ///< how many digits stand before the decimal point
};

shortest digits_of(double v) noexcept {
  std::array<char, 40> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), v, std::chars_format::scientific).ptr;
  shortest s;
  const char* p = text.data();
  for (; p != end && *p != 'e'; ++p)
    if (*p != '.') s.digits[static_cast<std::size_t>(s.count++)] = *p;
  ++p;
  if (*p == '+') ++p;
  int exponent = 0;
  std::from_chars(p, end, exponent);
  s.point = exponent + 1;
  return s;
}

char* put(char* out, const char* from, int count) noexcept {
  std::memcpy(out, from, static_cast<std::size_t>(count));
  return out + count;
}

char* zeros(char* out, int count) noexcept {
  std::memset(out, '0', static_cast<std::size_t>(count));
  return out + count;
}

char* write_exponent(char* out, const shortest& s) noexcept {
  *out++ = s.digits[0];
  if (s.count > 1) {
    *out++ = '.';
    out = put(out, s.digits.data() + 1, s.count - 1);
  }
  *out++ = 'e';
  const int exponent = s.point - 1;
  *out++ = exponent < 0 ? '-' : '+';
  return std::to_chars(out, out + 4, std::abs(exponent)).ptr;
}

}  // namespace

char* write_integer(char* out, std::int64_t v) noexcept {
  return std::to_chars(out, out + max_number_text, v).ptr;
}

// The five cases of ECMA-262, Number::toString.
char* write_real(char* out, double v) noexcept {
  if (v == std::trunc(v) && std::abs(v) < 1e15)
    return write_integer(out, static_cast<std::int64_t>(v));
  if (v < 0) *out++ = '-';
  const auto s = digits_of(std::abs(v));
  if (s.point > 21 || s.point < -5) return write_exponent(out, s);
  if (s.point <= 0) {
    out = zeros(put(out, "0.", 2), -s.point);
    return put(out, s.digits.data(), s.count);
  }
  if (s.count <= s.point) return zeros(put(out, s.digits.data(), s.count), s.point - s.count);
  out = put(out, s.digits.data(), s.point);
  *out++ = '.';
  return put(out, s.digits.data() + s.point, s.count - s.point);
}

char* write_escaped(char* out, std::string_view text) noexcept {
  const char *in = text.data(), *end = in + text.size();
  while (true) {
    copy_plain(out, in, end);
    if (in == end) return out;
    out = write_escape(out, *in++);
  }
}

char* write_quoted(char* out, std::string_view text) noexcept {
  *out++ = '"';
  out = write_escaped(out, text);
  *out++ = '"';
  return out;
}

void append_integer(std::string& out, std::int64_t v) {
  std::array<char, max_number_text> text{};
  out.append(text.data(), write_integer(text.data(), v));
}

void append_real(std::string& out, double v) {
  if (!std::isfinite(v)) {
    out += "null";
    return;
  }
  std::array<char, max_number_text> text{};
  out.append(text.data(), write_real(text.data(), v));
}

void append_quoted(std::string& out, std::string_view text) {
  const auto size = out.size();
  out.resize(size + 6 * text.size() + 2);
  const auto* end = write_quoted(out.data() + size, text);
  out.resize(static_cast<std::size_t>(end - out.data()));
}

std::string quoted(std::string_view text) {
  std::string out;
  append_quoted(out, text);
  return out;
}

}  // namespace puff::graphql
