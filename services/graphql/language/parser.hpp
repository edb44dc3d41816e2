#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "services/graphql/language/document.hpp"

namespace puff::graphql {

/// What a text may cost. Each is checked while parsing, so that a refused text costs no more than
/// its beginning.
struct parse_options {
  std::uint32_t max_tokens = 20'000;  ///< without comments; 0: no limit
  std::uint32_t max_depth = 200;      ///< selections and values within one another; at most 2,000
};

/// Parses a document of the September 2025 edition, executable or of the type system or both. The
/// error is graphql-js' own text, "Syntax Error: ..", and one place.
result<document_ptr> parse(source text, const parse_options& options = {});
inline result<document_ptr> parse(std::string text, const parse_options& options = {}) {
  return parse(source{std::move(text)}, options);
}

/// A value standing alone, with the document that owns it.
struct parsed_value {
  document_ptr owner;
  const value_node* value = nullptr;
};

enum class variables : std::uint8_t { allowed, refused };
result<parsed_value> parse_value(std::string text, variables in_it = variables::allowed,
                                 const parse_options& options = {});

/// A type standing alone, "[User!]!", with the document that owns it.
struct parsed_type {
  document_ptr owner;
  const type_node* type = nullptr;
};
result<parsed_type> parse_type(std::string text, const parse_options& options = {});

}  // namespace puff::graphql
