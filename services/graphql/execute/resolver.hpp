#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "schemas/pubsub.hpp"
#include "services/graphql/execute/reply.hpp"
#include "services/graphql/execute/sql_executor.hpp"
#include "services/graphql/plan/plan.hpp"
#include "services/graphql/values/column.hpp"
#include "services/graphql/values/value.hpp"

namespace puff::graphql {

class channel_source;
struct upload_list;

/// What a request brings along for its resolvers: authentication, headers, a database connection.
/// The engine only passes it on.
class request_context {
 public:
  virtual ~request_context() = default;
  /// Until when the authentication holds; none: for good. What lasts longer is ended then.
  virtual std::optional<std::chrono::system_clock::time_point> expires_at() const { return {}; }

  /// Files that came with the request; null: none.
  std::shared_ptr<const upload_list> uploads;
};

/// What a layer's resolvers share: at first null, then what one of them put there.
using layer_memory = std::shared_ptr<void>;

/// One call: a field of all objects of a layer at once. Valid until the reply is used or destroyed.
struct field_call {
  const operation_plan& plan;
  const plan_field& field;
  const plan_layer& layer;
  row_set_ptr parents;                       ///< the objects of the layer, never none
  const value_object& arguments;             ///< coerced; what is absent is not there
  const value_object& variables;             ///< coerced
  request_context* context;                  ///< may be null
  layer_memory& memory;                      ///< shared by the fields of this layer
  bool is_root;                              ///< the layer is an operation's root
  const std::shared_ptr<sql_executor>& sql;  ///< of the request; may be null
  channel_source* channels = nullptr;        ///< of a subscription; may be null
  /// Columns that what is selected of each result reads, all object types together.
  std::vector<std::string> required_columns() const;
};

// What a resolver may answer.

/// Every parent gets this error.
struct failed {
  field_failure why;
};
/// One value per parent, in their order.
struct aligned {
  column_ptr values;
};
/// A column of one value that all parents get.
struct shared {
  column_ptr value;
};
/// Values that are not told whose they are. Of a list field they are the list of the only parent;
/// otherwise the first belongs to the first parent and so on.
struct listed {
  column_ptr items;
};
/// Rows whose `child_keys` say to which parents they belong, by the parents' `parent_keys`. Their
/// order within a parent stays. A leaf's value is the only column, or the one of the field's name,
/// or the only one that is no key.
struct correlated {
  row_set_ptr rows;
  std::vector<std::string> parent_keys;
  std::vector<std::string> child_keys;
};
/// A statement that the engine runs; its rows are `correlated`, or `listed` if there are no keys.
struct by_sql {
  sql_statement statement;
  std::vector<std::string> parent_keys;
  std::vector<std::string> child_keys;
};

using answer = std::variant<failed, aligned, shared, listed, correlated, by_sql>;

/// Code that gives a field its values: called once for a layer, whatever the number of its objects.
/// It may answer before it returns or later, but on the execution's thread. Shared by all requests.
class field_resolver {
 public:
  virtual ~field_resolver() = default;
  virtual void resolve(const field_call& call, reply<answer> done) = 0;
};

/// Says which object type each row of an abstract type has.
class type_resolver {
 public:
  virtual ~type_resolver() = default;
  /// One name per row; an empty one is an error of that row. May throw nothing.
  virtual std::vector<std::string> resolve(const row_set& rows, request_context* context) = 0;
};

/// Where the events of a subscription go, from the moment it is opened. They are executed one after
/// the other and wait for that; the sink forgets nothing, so a stream that can be faster than its
/// reader waits for `taken`, or looks at what `next` returns and pauses.
class event_sink {
 public:
  virtual ~event_sink() = default;
  /// The value of the root field: a column of one row. Returns how many events wait. `taken` is
  /// called once, when this event's response was taken and the next event is welcome; never once
  /// the stream was stopped. `before` goes with the response: events that are missing before it.
  virtual std::size_t next(column_ptr event, std::function<void()> taken = {},
                           pubsub_gap before = {}) = 0;
  /// The subscription ends with this error; events that wait are forgotten.
  virtual void failed(field_failure why) = 0;
  /// There are no more events; those that wait are executed.
  virtual void ended() = 0;
};

/// Code that opens the stream of a subscription's root field.
class stream_resolver {
 public:
  virtual ~stream_resolver() = default;
  /// Says before `open`, for each who subscribes, why that one may not; nothing: it may.
  virtual void admit(const field_call&, reply<std::optional<field_failure>> done) {
    done(std::nullopt);
  }
  /// Whether all whom it admits with equal arguments get equal events.
  virtual bool is_same_for_all() const noexcept { return false; }
  /// Answers that the stream is open, or why not. The call is valid until `stop`.
  virtual void open(const field_call& call, std::shared_ptr<event_sink> sink,
                    reply<std::optional<field_failure>> done) = 0;
  /// Nobody wants events of this sink any more. Called once for each `open`.
  virtual void stop(const event_sink& sink) = 0;
};

}  // namespace puff::graphql
