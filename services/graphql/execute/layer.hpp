#pragma once

#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "services/graphql/execute/resolver.hpp"
#include "services/graphql/plan/plan.hpp"
#include "services/graphql/values/column.hpp"

namespace puff::graphql {

struct layer;

/// Where the objects of a field's value are: the layer of each object type that occurs, and, if
/// there are several, which object of which layer each row became.
struct field_objects {
  struct place {
    std::uint32_t layer;  ///< in `layers`; `nowhere` if the row has no valid type
    std::uint32_t row;    ///< in that layer, or in `failures`
  };
  static constexpr std::uint32_t nowhere = std::numeric_limits<std::uint32_t>::max();

  std::vector<std::unique_ptr<layer>> layers;
  std::vector<place> places;  ///< by row of the value's objects; empty: all are `layers[0]`'s rows
  std::vector<field_failure> failures;
};

/// The value of one field for all objects of a layer.
struct field_values {
  column_ptr values;  ///< null until it is there, and if the whole field has failed
  std::optional<field_failure> failure;
  std::vector<location> failure_places;  ///< of `failure`; empty: where the field stands
  field_objects objects;
  bool is_missing = false;  ///< the parents have no such column: null for each
  /// Of a list with @stream: so many items are written with the list.
  std::uint32_t initial_count = std::numeric_limits<std::uint32_t>::max();
};

/// Layers that are delivered together; what of them has begun and not ended.
struct layer_batch {
  std::size_t pending = 0;
  std::function<void()> done;  ///< nothing is pending any more
};

/// All objects of one path and one concrete type, and the values of their fields.
struct layer {
  const plan_layer* plan = nullptr;
  row_set_ptr rows;
  std::size_t depth = 0;
  layer_batch* batch = nullptr;
  std::vector<field_values> fields;  ///< as in the plan
  layer_memory memory;
};

}  // namespace puff::graphql
