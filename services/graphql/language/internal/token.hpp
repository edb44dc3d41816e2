#pragma once

#include <cstdint>
#include <string_view>

namespace puff::graphql::internal {

enum class token_kind : std::uint8_t {
  end_of_file,
  bang,
  dollar,
  amp,
  paren_l,
  paren_r,
  dot,
  spread,
  colon,
  equals,
  at,
  bracket_l,
  bracket_r,
  brace_l,
  pipe,
  brace_r,
  name,
  int_number,
  float_number,
  string,
  block_string,
};

struct token {
  token_kind kind = token_kind::end_of_file;
  std::uint32_t start = 0;
  std::uint32_t end = 0;
  std::string_view text;  ///< of names and numbers as written, of strings the content
};

/// As an error names it: "Name", "<EOF>", "\"{\"".
std::string_view described(token_kind kind) noexcept;

}  // namespace puff::graphql::internal
