#pragma once

#include <string_view>

#include "services/graphql/language/document.hpp"
#include "services/graphql/schema/types.hpp"

namespace puff::graphql::internal {

/// Scalars, directives and introspection types that every schema has, as SDL. Its fields of types
/// named "__.." stand in the order of `introspection_resolver`.
const document& built_in_document();

builtin_scalar builtin_scalar_of(std::string_view name) noexcept;
bool is_introspection_type(std::string_view name) noexcept;
bool is_specified_directive(std::string_view name) noexcept;

inline constexpr std::string_view default_deprecation_reason = "No longer supported";

}  // namespace puff::graphql::internal
