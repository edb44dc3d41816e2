#include "services/graphql/output/json_writer.hpp"

#include <algorithm>

namespace puff::graphql {

void json_writer::grow(std::size_t bytes) {
  buffer_.resize(std::max(buffer_.size() * 2, size_ + bytes + 64));
}

// In pieces, because room is made for the worst.
void json_writer::write_long(std::string_view v) {
  put('"');
  for (; !v.empty(); v.remove_prefix(std::min(v.size(), long_text))) {
    const auto piece = v.substr(0, long_text);
    room(6 * piece.size());
    ended(write_escaped(here(), piece));
  }
  put('"');
}

}  // namespace puff::graphql
