#pragma once

#include <cstdint>

#include "services/graphql/language/document.hpp"
#include "services/graphql/schema/schema.hpp"
#include "services/graphql/values/scalars.hpp"

namespace puff::graphql {

enum class suggestions : std::uint8_t { shown, hidden };
enum class introspection : std::uint8_t { allowed, refused };

/// What an executable document may ask for. 0 means no limit. A document beyond a limit is refused
/// with one error that names it, before the rules run.
struct validation_options {
  suggestions did_you_mean = suggestions::shown;
  introspection schema_questions = introspection::allowed;
  std::uint32_t max_errors = 100;             ///< then one error says that validation stopped
  std::uint32_t max_depth = 50;               ///< fields within one another, through fragments
  std::uint32_t max_fields = 10'000;          ///< of an operation, through fragments
  std::uint32_t max_aliases = 500;            ///< of an operation, through fragments
  std::uint32_t max_directives = 500;         ///< in the whole document
  std::uint32_t max_root_fields = 500;        ///< of an operation, through fragments
  std::uint32_t max_introspection_depth = 3;  ///< lists of __Type within one another
  std::uint64_t max_comparisons = 1'000'000;  ///< of fields that may be merged
  const scalar_table* scalars = nullptr;      ///< that look at literals of their own; null: none do
};

/// Everything that is wrong with an executable document, in the words, places and order of
/// graphql-js 16; empty if it may be executed.
graphql_errors validate(const schema& s, const document& doc,
                        const validation_options& options = {});

}  // namespace puff::graphql
