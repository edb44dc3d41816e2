#include "services/graphql/language/source.hpp"

#include <algorithm>

namespace puff::graphql {

location source::at(std::uint32_t offset) const noexcept {
  location place;
  auto end = std::min<std::size_t>(offset, body.size());
  std::size_t line = 0;
  for (std::size_t i = 0; i < end; ++i) {
    if (body[i] == '\r' && i + 1 < body.size() && body[i + 1] == '\n') {
      if (++i >= end) break;
    } else if (body[i] != '\n' && body[i] != '\r') {
      continue;
    }
    ++place.line;
    line = i + 1;
  }
  for (auto i = line; i < end; ++i) {
    auto byte = static_cast<unsigned char>(body[i]);
    if ((byte & 0xC0) == 0x80) continue;
    place.column += byte >= 0xF0 ? 2 : 1;
  }
  return place;
}

}  // namespace puff::graphql
