#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace puff::graphql::internal {

/// One code point of a text. `size` is 0 at the end and for bytes that are not UTF-8. Halves of
/// surrogate pairs that someone encoded alone are read as such: `is_scalar` tells.
struct code_point {
  char32_t value = 0;
  std::uint8_t size = 0;
  bool is_scalar() const noexcept {
    return value < 0xD800 || (value > 0xDFFF && value <= 0x10FFFF);
  }
};

code_point decode(std::string_view text, std::size_t at) noexcept;
void append(std::string& out, char32_t value);
/// The bytes that hold the next `units` UTF-16 code units.
std::string_view utf16_slice(std::string_view text, std::size_t at, std::size_t units) noexcept;

}  // namespace puff::graphql::internal
