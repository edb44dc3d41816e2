#include "services/graphql/language/source.hpp"

#include <algorithm>

namespace puff::graphql {
namespace {

/// From the place of the byte at `begin` to that of the one at `end`.
location walk(std::string_view body, location place, std::size_t begin, std::size_t end) noexcept {
  for (auto i = begin; i < end; ++i) {
    const auto byte = static_cast<unsigned char>(body[i]);
    const bool begins_crlf = byte == '\r' && i + 1 < body.size() && body[i + 1] == '\n';
    if (byte == '\n' || (byte == '\r' && !begins_crlf))
      place = {place.line + 1, 1};
    else if ((byte & 0xC0) != 0x80)
      place.column += byte >= 0xF0 ? 2 : 1;
  }
  return place;
}

}  // namespace

location source::at(std::uint32_t offset) const noexcept {
  return walk(body, {}, 0, std::min<std::size_t>(offset, body.size()));
}

place_index::place_index(std::string_view body) : body_(body) {
  known_.reserve(body.size() / step + 1);
  location place;
  for (std::size_t at = 0; at <= body.size(); at += step) {
    if (at > 0) place = walk(body, place, at - step, at);
    known_.push_back(place);
  }
}

location place_index::at(std::uint32_t offset) const noexcept {
  const auto end = std::min<std::size_t>(offset, body_.size());
  return walk(body_, known_[end / step], end / step * step, end);
}

}  // namespace puff::graphql
