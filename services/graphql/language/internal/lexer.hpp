#pragma once

#include <cstdint>
#include <memory_resource>
#include <string>
#include <string_view>

#include "services/graphql/language/internal/token.hpp"

namespace puff::graphql::internal {

/// Why a text cannot be read, without "Syntax Error: ".
struct lexical_error {
  std::uint32_t at = 0;
  std::string what;
};

/// Cuts a text into tokens, one at a time from any offset. White space, commas, comments and byte
/// order marks lie between tokens.
class lexer {
 public:
  lexer(std::string_view body, std::pmr::memory_resource& arena) : body_(body), arena_(arena) {}

  /// The first token at or behind `from`. False: there is none, and `why` says it.
  bool read(std::uint32_t from, token& out);
  const lexical_error& why() const noexcept { return why_; }

 private:
  std::uint32_t skip_ignored(std::uint32_t at) const noexcept;
  std::uint32_t skip_comment(std::uint32_t at) const noexcept;
  char peek(std::size_t at) const noexcept { return at < body_.size() ? body_[at] : '\0'; }
  bool has(std::size_t at, char c) const noexcept { return at < body_.size() && body_[at] == c; }
  bool read_name(std::uint32_t at, token& out) noexcept;
  bool read_number(std::uint32_t at, token& out);
  bool read_digits(std::uint32_t& at);
  bool read_string(std::uint32_t at, token& out);
  bool read_escape(std::uint32_t& at, std::string& out);
  bool read_braced_escape(std::uint32_t& at, std::string& out);
  bool read_fixed_escape(std::uint32_t& at, std::string& out);
  std::int32_t hex4(std::size_t at) const noexcept;
  bool read_block_string(std::uint32_t at, token& out);
  bool pass_character(std::uint32_t& at);
  std::string_view keep(std::string_view text);
  std::string shown(std::size_t at) const;
  bool fail(std::size_t at, std::string what);
  bool unexpected(std::uint32_t at);

  std::string_view body_;
  std::pmr::memory_resource& arena_;
  lexical_error why_;
};

}  // namespace puff::graphql::internal
