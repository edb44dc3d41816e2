#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace puff::config::internal {

/// Edits (insert, delete, replace, swap of neighbours) between two words, letter case aside
/// (optimal string alignment, after Damerau 1964).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// "; did you mean 'x'?" for a near candidate, else "; the nearest valid key is 'x'"; "" if there
/// are no candidates. A candidate that begins the word, or is begun by it, is near.
std::string suggestion(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace puff::config::internal
