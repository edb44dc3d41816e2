#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace puff::config::internal {

/// "; did you mean 'x'?" for a near candidate, else "; the nearest valid key is 'x'"; "" if there
/// are no candidates. A candidate that begins the word, or is begun by it, is near.
std::string suggestion(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace puff::config::internal
