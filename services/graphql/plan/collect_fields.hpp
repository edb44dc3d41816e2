#pragma once

#include <deque>
#include <span>
#include <string_view>
#include <vector>

#include "services/graphql/language/document.hpp"
#include "services/graphql/plan/deferral.hpp"
#include "services/graphql/schema/schema.hpp"
#include "services/graphql/values/value.hpp"

namespace puff::graphql {

/// A selection set and the deferred fragment that it belongs to, if any.
struct selected_set {
  const selection_set_node* set = nullptr;
  const defer_usage* deferred = nullptr;
  auto operator<=>(const selected_set&) const = default;
};

/// All fields with one response key.
struct field_group {
  std::string_view response_key;
  std::vector<const field_node*> nodes;
  std::vector<const defer_usage*> deferred;  ///< of each node; none if @defer means nothing
  const directive_node* stream = nullptr;    ///< @stream of the first one
};

struct collected_fields {
  std::vector<field_group> groups;
  std::vector<const defer_usage*> usages;  ///< met for the first time, in order
};

/// What the selection sets select of an object type, grouped by response key in the order of the
/// first mention (CollectFields of the specification). The error is a condition that is not a
/// boolean. `usages` is where new deferred fragments are kept; null: @defer and
/// @stream mean nothing.
result<collected_fields> collect_fields(const schema& s, const document& doc,
                                        const named_type& type,
                                        std::span<const selected_set> selections,
                                        const value_object& variables,
                                        std::deque<defer_usage>* usages = nullptr);

/// The names of the variables that decide about @skip, @include, @defer and @stream in the
/// document, each once.
std::vector<std::string_view> condition_variables(const document& doc);

/// The argument's literal or variable; null if there is none.
const value_node* find_argument(const directive_node& directive, std::string_view name) noexcept;

}  // namespace puff::graphql
