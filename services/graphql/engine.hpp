#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "services/graphql/execute/execution.hpp"
#include "services/graphql/execute/subscription.hpp"
#include "services/graphql/language/parser.hpp"
#include "services/graphql/plan/operation_cost.hpp"
#include "services/graphql/plan/plan_cache.hpp"
#include "services/graphql/plan/planner.hpp"
#include "services/graphql/validation/validate.hpp"

namespace puff::graphql {

struct engine_options {
  parse_options parsing;
  validation_options validation;
  plan_options planning;
  cost_options costs;
  plan_cache_limits cache;
  execution_limits execution;
  /// Whether @defer and @stream are executed; otherwise they are ignored. The schema has them or
  /// has them not.
  bool incremental = false;
  /// Whether responses tell how long each part of a query or mutation took.
  bool tracing = false;
};

/// What a client asks.
struct graphql_request {
  std::string_view query;
  std::optional<std::string> operation_name;
  std::string_view variables;  ///< JSON of an object; empty: none
  /// What its transport can deliver and its client understands.
  incremental_format incremental = incremental_format::none;
};

/// What a request is executed with, and on behalf of whom. See `execution_request`.
struct surroundings {
  row_set_ptr root;
  std::shared_ptr<request_context> context;
  std::shared_ptr<sql_executor> sql;
  std::shared_ptr<execution_clock> clock;
  // Of subscriptions; see `execution_request`.
  std::function<std::shared_ptr<sql_executor>()> sql_of_event{};
  std::shared_ptr<channel_source> channels{};
  bool is_admitted = false;
};

/// A request that is ready to be executed. Its operation's kind decides what a transport may do
/// with it: no mutation over GET, subscriptions only where there is a stream.
struct prepared_request {
  plan_ptr plan;
  value_object variables;  ///< coerced
  incremental_format incremental = incremental_format::none;
  std::shared_ptr<request_trace> trace{};
  operation_type operation() const noexcept { return plan->operation->operation; }
};

/// A schema that answers requests. Its members may be called from any thread; an execution stays on
/// the thread that starts it.
///
/// `outcome::refused` is a request error: nothing was executed and there is no `data`; everything
/// else that goes wrong is in the `errors` of an executed response.
class engine {
 public:
  explicit engine(bound_schema_ptr schema, const engine_options& options = {});

  /// Parses, validates and plans, or takes all that from the cache; coerces the variables. The
  /// errors are request errors.
  result<prepared_request> prepare(const graphql_request& asked);

  /// Executes a query or mutation; `done` is called exactly once, perhaps before this returns.
  std::shared_ptr<execution> execute(prepared_request prepared, surroundings with,
                                     response_ready done) const;
  /// Both in one. The result is null if the request was refused.
  std::shared_ptr<execution> execute(const graphql_request& asked, surroundings with,
                                     response_ready done);
  std::shared_ptr<subscription> subscribe(prepared_request prepared, surroundings with,
                                          subscription_calls calls) const;
  /// Asks only whether the request's maker may subscribe; see `graphql::admit`.
  std::shared_ptr<void> admit(prepared_request prepared, surroundings with,
                              std::function<void(std::optional<response>)> done) const;

  const bound_schema_ptr& schema() const noexcept { return schema_; }
  const engine_options& options() const noexcept { return options_; }

 private:
  result<cached_document_ptr> document_of(std::string_view text, request_trace* trace);
  std::optional<graphql_error> too_dear(const operation_plan& plan,
                                        const value_object& variables) const;
  execution_request request_of(prepared_request prepared, surroundings with) const;

  const bound_schema_ptr schema_;
  const engine_options options_;
  plan_cache cache_;
};

}  // namespace puff::graphql
