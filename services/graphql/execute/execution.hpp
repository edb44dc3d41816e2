#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "services/graphql/execute/layer.hpp"
#include "services/graphql/execute/request_trace.hpp"
#include "services/graphql/output/response_writer.hpp"

namespace puff::graphql {

/// What one execution may cost. Beyond `max_objects` and `max_depth` a field is an error, beyond
/// `max_keys` nothing is; beyond the others the whole request.
struct execution_limits {
  std::size_t max_objects = 100'000;          ///< of one layer
  std::size_t max_depth = 100;                ///< layers within one another
  std::size_t max_bytes = 64u << 20;          ///< of the response
  std::size_t max_errors = 100;               ///< more are counted
  std::chrono::milliseconds timeout{30'000};  ///< needs a clock
  std::size_t max_keys = 10'000;              ///< of parents in one statement; more take several
};

/// Timers on the execution's thread.
class execution_clock {
 public:
  using ticket = std::uint64_t;
  virtual ~execution_clock() = default;
  virtual ticket after(std::chrono::milliseconds delay, std::function<void()> what) = 0;
  virtual void cancel(ticket t) = 0;
};

/// How a request went, as far as a transport treats it differently.
enum class outcome : std::uint8_t {
  executed,  ///< there is data, perhaps null, perhaps with errors of fields
  refused,   ///< the request was not executed: syntax, validation, variables, operation
  timed_out,
  too_large,  ///< the response
  cancelled,
};

struct response {
  outcome how = outcome::executed;
  std::size_t errors = 0;
  std::string body;       ///< JSON
  bool has_next = false;  ///< more of it follows after `execution::go_on`
  pubsub_gap gap{};       ///< of a subscription: what is missing before it; not in `body` yet
  /// Instead of `body`, one that others get too.
  std::shared_ptr<const std::string> shared{};

  std::string_view text() const noexcept { return shared ? *shared : body; }
};

using response_ready = std::function<void(response)>;

namespace internal {
class outside_inputs;
}

struct execution_request {
  plan_ptr plan;
  value_object variables;  ///< coerced
  row_set_ptr root;        ///< one row; null: an object without anything
  /// The event of a subscription: the value of its root field, a column of one row.
  column_ptr event;
  std::shared_ptr<request_context> context;
  std::shared_ptr<sql_executor> sql;  ///< null: fields of SQL are errors
  /// Of a subscription: makes an `sql` for each event, whose deadline is its own. None: they share.
  std::function<std::shared_ptr<sql_executor>()> sql_of_event;
  std::shared_ptr<channel_source> channels;  ///< of a subscription; null: there are none
  bool is_admitted = false;                  ///< of a subscription: nobody asks whether it may
  std::shared_ptr<execution_clock> clock;    ///< null: no timeout
  execution_limits limits;
  incremental_format incremental = incremental_format::none;  ///< of what the plan defers
  std::shared_ptr<request_trace> trace;  ///< for the response's `extensions`; null: none
  /// Arguments with values that were parsed outside; null: there are none.
  std::shared_ptr<const internal::outside_inputs> outside{};
};

/// A running execution. Everything happens on one thread, the one that starts it and on which
/// replies are given; `done` is called exactly once, perhaps before `execute` returns. If the plan
/// has @defer or @stream, `done` is called for each part, last with one that has no next.
class execution {
 public:
  virtual ~execution() = default;
  /// Nobody wants the response any more: nothing new begins, what runs is told, and `done` gets
  /// `outcome::cancelled`. Does nothing if it is done.
  virtual void cancel() = 0;
  /// After a response that has a next: it was taken, and the next is welcome.
  virtual void go_on() = 0;
};

std::shared_ptr<execution> execute(execution_request request, response_ready done);

/// The response of a request that was not executed.
response refuse(const graphql_errors& errors, outcome how = outcome::refused);

}  // namespace puff::graphql
