#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/graphql/language/document.hpp"
#include "services/graphql/plan/bindings.hpp"
#include "services/graphql/plan/deferral.hpp"

namespace puff::graphql {

struct plan_layer;

/// One field of a layer: everything that is selected under one response key of one object type.
struct plan_field {
  enum class source : std::uint8_t { type_name, introspection, bound };

  std::string_view response_key;
  std::string key;  ///< as it stands in the response: `"name":`
  const field* definition = nullptr;
  const named_type* parent = nullptr;
  source from = source::bound;
  const field_binding* binding = nullptr;  ///< of a bound field
  std::vector<const field_node*> nodes;    ///< merged; the first one's arguments count

  /// The arguments, or what is wrong with them, unless they depend on variables or hold values that
  /// are parsed outside, anew for each request.
  std::optional<result<value_object>> arguments;

  /// What is selected of each object type that a value can be; empty for leaves.
  std::vector<std::pair<const named_type*, const plan_layer*>> children;
  bool is_composite() const noexcept { return !children.empty(); }
  const plan_layer* child(const named_type& type) const noexcept;

  /// Of a list with @stream. Its items begin anew: no deferred fragment is around them.
  std::unique_ptr<const stream_usage> stream;
};

/// What is selected of one object type at one place, in the response's order.
struct plan_layer {
  const named_type* type = nullptr;
  std::vector<plan_field> fields;
  /// Columns of this layer's rows that its fields read: what a resolver may restrict itself to.
  std::vector<std::string> required_columns;
  std::string constant;  ///< `{"__typename":"User"}`, if nothing else is selected; otherwise empty
  std::unique_ptr<const layer_deferral> deferral;  ///< null: nothing is delivered later
};

/// How one operation is executed, for given values of the variables in @skip and @include.
/// Immutable, shared between threads and executions; it keeps document and schema alive.
struct operation_plan {
  bound_schema_ptr schema;
  document_ptr doc;
  const operation_node* operation = nullptr;
  const plan_layer* root = nullptr;
  std::deque<plan_layer> layers;  ///< all of them, each once
  std::deque<defer_usage> usages;
  std::vector<const plan_field*> parsed_outside;  ///< whose arguments may hold such values
  bool is_incremental = false;  ///< @defer and @stream mean something, and some are there
  /// How long the last response was: what to allocate for the next.
  mutable std::atomic<std::size_t> response_bytes{1024};
};

using plan_ptr = std::shared_ptr<const operation_plan>;

}  // namespace puff::graphql
