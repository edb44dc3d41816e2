#include "services/graphql/language/internal/utf8.hpp"

namespace puff::graphql::internal {

namespace {

struct shape {
  std::uint8_t size;
  char32_t bits;
  char32_t least;
};

shape shape_of(unsigned char lead) noexcept {
  if (lead < 0x80) return {1, lead, 0};
  if (lead >= 0xC2 && lead < 0xE0) return {2, lead & 0x1Fu, 0x80};
  if (lead >= 0xE0 && lead < 0xF0) return {3, lead & 0x0Fu, 0x800};
  if (lead >= 0xF0 && lead < 0xF5) return {4, lead & 0x07u, 0x10000};
  return {0, 0, 0};
}

}  // namespace

code_point decode(std::string_view text, std::size_t at) noexcept {
  if (at >= text.size()) return {};
  auto s = shape_of(static_cast<unsigned char>(text[at]));
  if (s.size == 0 || at + s.size > text.size()) return {};
  for (std::size_t i = 1; i < s.size; ++i) {
    auto byte = static_cast<unsigned char>(text[at + i]);
    if ((byte & 0xC0) != 0x80) return {};
    s.bits = s.bits << 6 | (byte & 0x3F);
  }
  if (s.bits < s.least || s.bits > 0x10FFFF) return {};
  return {s.bits, s.size};
}

void append(std::string& out, char32_t value) {
  auto put = [&out](char32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (value < 0x80) return put(value);
  if (value < 0x800) {
    put(0xC0 | value >> 6);
  } else if (value < 0x10000) {
    put(0xE0 | value >> 12);
    put(0x80 | (value >> 6 & 0x3F));
  } else {
    put(0xF0 | value >> 18);
    put(0x80 | (value >> 12 & 0x3F));
    put(0x80 | (value >> 6 & 0x3F));
  }
  put(0x80 | (value & 0x3F));
}

std::string_view utf16_slice(std::string_view text, std::size_t at, std::size_t units) noexcept {
  auto end = at;
  while (units > 0) {
    auto point = decode(text, end);
    if (point.size == 0) break;
    std::size_t width = point.value > 0xFFFF ? 2 : 1;
    if (width > units) break;
    units -= width;
    end += point.size;
  }
  return text.substr(at, end - at);
}

}  // namespace puff::graphql::internal
