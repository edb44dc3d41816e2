#pragma once

#include <cstddef>
#include <memory>
#include <memory_resource>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>

#include "services/graphql/language/ast.hpp"
#include "services/graphql/language/graphql_error.hpp"

namespace puff::graphql {

/// A parsed text: owns its source and the arena of its nodes. Immutable after parsing, so it may be
/// shared between threads; nodes live exactly as long as it does.
class document {
 public:
  explicit document(source text);
  document(const document&) = delete;
  document& operator=(const document&) = delete;

  const source& text() const noexcept { return source_; }
  std::span<const definition_node* const> definitions() const noexcept { return definitions_; }

  /// The place where a node begins. The first call takes as long as reading the text.
  location place_of(const node& n) const;
  /// The fragment's first definition, null if there is none.
  const fragment_node* fragment(std::string_view name) const noexcept;
  /// The operation of this name; with an empty name the only one. Null if there is none, or if the
  /// name is empty and there are several.
  const operation_node* operation(std::string_view name) const noexcept;

  std::pmr::memory_resource& arena() noexcept { return arena_; }

 private:
  friend result<std::shared_ptr<const document>> parse(source, const struct parse_options&);

  source source_;
  mutable std::once_flag indexed_;
  mutable std::optional<place_index> places_;  ///< behind `indexed_`
  std::pmr::monotonic_buffer_resource arena_;
  std::span<const definition_node* const> definitions_;
};

using document_ptr = std::shared_ptr<const document>;

}  // namespace puff::graphql
