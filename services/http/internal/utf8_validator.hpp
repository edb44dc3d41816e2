#pragma once

#include <cstdint>
#include <string_view>

namespace puff::http::internal {

/// Says of a text that arrives in pieces whether it is UTF-8 so far (RFC 3629: shortest forms, no
/// surrogates, nothing beyond U+10FFFF).
class utf8_validator {
 public:
  /// False once a byte cannot be part of such a text.
  bool put(std::string_view piece) noexcept;
  /// Whether the text may end here.
  bool complete() const noexcept { return left_ == 0; }
  void reset() noexcept { left_ = 0; }

 private:
  std::uint8_t left_ = 0;                  // continuation bytes to come
  std::uint8_t low_ = 0x80, high_ = 0xbf;  // of the next one
};

}  // namespace puff::http::internal
