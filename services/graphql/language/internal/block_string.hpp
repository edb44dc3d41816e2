#pragma once

#include <string>
#include <string_view>

namespace puff::graphql::internal {

/// The value of a block string: common indentation and blank lines at both ends removed, lines
/// joined with LF (the specification's BlockStringValue).
std::string block_string_value(std::string_view raw);

}  // namespace puff::graphql::internal
