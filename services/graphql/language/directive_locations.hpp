#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace puff::graphql::internal {

/// Where a directive may stand, in the specification's order (with what its next edition adds).
inline constexpr std::array<std::string_view, 20> directive_location_words{
    "QUERY",
    "MUTATION",
    "SUBSCRIPTION",
    "FIELD",
    "FRAGMENT_DEFINITION",
    "FRAGMENT_SPREAD",
    "INLINE_FRAGMENT",
    "VARIABLE_DEFINITION",
    "SCHEMA",
    "SCALAR",
    "OBJECT",
    "FIELD_DEFINITION",
    "ARGUMENT_DEFINITION",
    "INTERFACE",
    "UNION",
    "ENUM",
    "ENUM_VALUE",
    "INPUT_OBJECT",
    "INPUT_FIELD_DEFINITION",
    "DIRECTIVE_DEFINITION",
};

inline bool is_directive_location(std::string_view word) noexcept {
  return std::find(directive_location_words.begin(), directive_location_words.end(), word) !=
         directive_location_words.end();
}

}  // namespace puff::graphql::internal
