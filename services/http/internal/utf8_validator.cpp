#include "services/http/internal/utf8_validator.hpp"

#include <cstring>

namespace puff::http::internal {

bool utf8_validator::put(std::string_view piece) noexcept {
  const auto* at = reinterpret_cast<const unsigned char*>(piece.data());
  const auto* const end = at + piece.size();
  while (at != end) {
    if (left_ == 0) {
      for (std::uint64_t eight = 0; end - at >= 8; at += 8) {
        std::memcpy(&eight, at, sizeof eight);
        if ((eight & 0x8080808080808080) != 0) break;
      }
      if (at == end) break;
      const auto first = *at++;
      if (first < 0x80) continue;
      if (first < 0xc2 || first > 0xf4) return false;
      left_ = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
      low_ = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
      high_ = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    } else {
      const auto next = *at++;
      if (next < low_ || next > high_) return false;
      low_ = 0x80;
      high_ = 0xbf;
      --left_;
    }
  }
  return true;
}

}  // namespace puff::http::internal
