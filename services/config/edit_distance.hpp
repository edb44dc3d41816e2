#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace puff::config {

/// A word in small letters, its dashes as underscores: as names are compared.
std::string folded(std::string_view word);

/// Edits (insert, delete, replace, swap of neighbours) between two words, both `folded` (optimal
/// string alignment, after Damerau 1964).
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace puff::config
