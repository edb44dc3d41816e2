#pragma once

#include <cstdint>
#include <string_view>

namespace puff::http {

/// The standard phrase of a status code (RFC 9110 and the IANA registry); "Unknown" for others.
std::string_view phrase_of(std::uint16_t status) noexcept;

/// Whether answers of this status never carry a body: 1xx, 204, 304.
constexpr bool forbids_body(std::uint16_t status) noexcept {
  return status < 200 || status == 204 || status == 304;
}

}  // namespace puff::http
