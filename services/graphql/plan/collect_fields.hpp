#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "services/graphql/language/document.hpp"
#include "services/graphql/schema/schema.hpp"
#include "services/graphql/values/value.hpp"

namespace puff::graphql {

/// All fields with one response key.
struct field_group {
  std::string_view response_key;
  std::vector<const field_node*> nodes;
};

/// What the selection sets select of an object type, grouped by response key in the order of the
/// first mention (CollectFields of the specification). The error is a condition that is not a
/// boolean.
result<std::vector<field_group>> collect_fields(
    const schema& s, const document& doc, const named_type& type,
    std::span<const selection_set_node* const> selections, const value_object& variables);

/// The names of the variables that decide about @skip and @include in the document, each once.
std::vector<std::string_view> condition_variables(const document& doc);

}  // namespace puff::graphql
