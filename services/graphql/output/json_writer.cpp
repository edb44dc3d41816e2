#include "services/graphql/output/json_writer.hpp"

#include <algorithm>

namespace puff::graphql {

void json_writer::grow(std::size_t bytes) {
  buffer_.resize(std::max(buffer_.size() * 2, size_ + bytes + 64));
}

}  // namespace puff::graphql
