#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "services/graphql/execute/layer.hpp"
#include "services/graphql/language/graphql_error.hpp"
#include "services/graphql/plan/deferral.hpp"

namespace puff::graphql {

/// A step of a path in a response.
struct response_step {
  const plan_field* field;  ///< null: an index
  std::uint32_t index;
  bool operator==(const response_step&) const = default;
};
using response_path = std::vector<response_step>;

struct deferred_task;

/// A deferred fragment at one place of the response: delivered when all its tasks are done, and not
/// before the fragment around it.
struct delivery {
  enum class state : std::uint8_t { hidden, pending, completed, failed };

  const defer_usage* usage = nullptr;
  response_path path;
  delivery* parent = nullptr;

  // Of the queue of what is to be delivered.
  state how = state::hidden;
  std::uint32_t id = 0;
  std::vector<deferred_task*> tasks;  ///< not yet delivered with another fragment
  std::vector<delivery*> children;
  std::size_t unfinished = 0;  ///< of `tasks`
};

/// The deferred fragments around a place, innermost first.
struct delivery_scope {
  delivery* innermost;
  std::shared_ptr<const delivery_scope> outer;
};
using delivery_scope_ptr = std::shared_ptr<const delivery_scope>;

/// The rest of a list with @stream.
struct item_stream {
  const layer* of = nullptr;
  std::size_t field = 0;
  cell::range rest{};       ///< of the column's items, those that have not been delivered
  std::uint32_t index = 0;  ///< of the first of them in the list
  response_path path;
  std::uint32_t id = 0;
};

/// Fields of one object that are delivered later.
struct deferred_task {
  enum class state : std::uint8_t { waiting, started, done, failed };

  const layer* of = nullptr;
  std::size_t part = 0;  ///< of the deferral of the layer's plan
  std::uint32_t row = 0;
  response_path path;
  delivery_scope_ptr scope;
  std::vector<delivery*> deliveries;

  state how = state::waiting;
  std::string data;                   ///< JSON, once done
  graphql_errors errors;              ///< in `data`; of a failed one why
  std::vector<item_stream*> streams;  ///< lists within `data`
};

/// What the walk over layers left for later, the innermost first.
struct deferred_work {
  std::vector<std::unique_ptr<delivery>> deliveries;
  std::vector<std::unique_ptr<deferred_task>> tasks;
  std::vector<std::unique_ptr<item_stream>> streams;
  bool empty() const noexcept { return tasks.empty() && streams.empty(); }
};

}  // namespace puff::graphql
