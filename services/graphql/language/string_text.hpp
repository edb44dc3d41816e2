#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace puff::graphql::internal {

/// Can the text be a block string that has just this value?
bool is_printable_as_block(std::string_view text) noexcept;

/// Length as JavaScript counts it, in UTF-16 code units.
std::size_t utf16_length(std::string_view text) noexcept;

/// The text, with U+FFFD for each byte that is not UTF-8.
std::string valid_utf8(std::string_view text);

/// Each line moved to the right by `by`, the first one too.
std::string indented(std::string_view text, std::string_view by = "  ");
/// Each line but the first.
std::string hanging(std::string_view text, std::string_view by);

}  // namespace puff::graphql::internal
