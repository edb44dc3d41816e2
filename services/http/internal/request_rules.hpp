#pragma once

#include <cstdint>
#include <string_view>

namespace puff::http::internal {

/// RFC 9110's token: methods, field names, codings.
bool is_token(std::string_view text) noexcept;

/// host [":" port] as RFC 3986 spells them; an empty text is a missing authority and passes.
bool is_host(std::string_view text) noexcept;

/// "HTTP/" digit "." digit
bool is_version(std::string_view text) noexcept;

/// What a Transfer-Encoding value asks for: 0 for exactly "chunked", otherwise the status that
/// refuses it (400 malformed, 501 a coding we do not speak).
std::uint16_t refusal_of_coding(std::string_view value) noexcept;

/// An http(s) URI cut in two; both empty if it is not one.
struct absolute_target {
  std::string_view authority;
  std::string_view rest;  ///< path and query; may be empty
};
absolute_target split_absolute(std::string_view target) noexcept;

}  // namespace puff::http::internal
