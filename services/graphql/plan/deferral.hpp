#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "services/graphql/language/ast.hpp"

namespace puff::graphql {

struct plan_layer;

/// How what @defer and @stream leave for later is delivered. They never mean anything in a
/// subscription.
enum class incremental_format : std::uint8_t {
  none,     ///< not at all: the directives are ignored
  by_id,    ///< graphql-js 17: `pending`, `incremental`, `completed` (incrementalSpec=v0.2)
  by_path,  ///< paths and labels with each piece (deferSpec=20220824)
};

/// A fragment with @defer where it is met in the plan. What it is at one place of a response is a
/// `delivery`.
struct defer_usage {
  const directive_node* directive = nullptr;
  std::optional<std::string> label;
  const defer_usage* parent = nullptr;  ///< the deferred fragment around it
  std::uint32_t number = 0;             ///< in the plan, in order
};

/// Fields of an object that belong to the same deferred fragments: each is delivered with the first
/// of them.
struct deferred_part {
  std::vector<const defer_usage*> usages;  ///< by number, never none
  const plan_layer* fields = nullptr;      ///< of the same type as the layer
};

/// What of a layer is delivered later.
struct layer_deferral {
  std::vector<const defer_usage*> usages;  ///< fragments that begin with this layer's objects
  std::vector<deferred_part> parts;
};

/// A list with @stream.
struct stream_usage {
  std::optional<std::string> label;
  const value_node* initial_count = nullptr;  ///< null: 0
};

}  // namespace puff::graphql
