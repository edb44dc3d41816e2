#pragma once

#include <map>
#include <memory>
#include <optional>

#include "services/graphql/execute/execution.hpp"
#include "services/graphql/execute/internal/shape.hpp"

namespace puff::graphql::internal {

/// An execution at work. A batch counts what has begun and not ended; whatever makes it zero goes
/// on: with the response, in a mutation with the next root field, or with what was deferred.
class running_execution final : public execution,
                                public std::enable_shared_from_this<running_execution> {
 public:
  running_execution(execution_request request, response_ready done);
  ~running_execution() override;

  void start();
  /// Begins to count its time, if it waits for anything at all.
  void limit_time();
  void cancel() override;
  void go_on() override;

 private:
  template <class T>
  class waiting;
  class waiting_step;
  class afterwards;

  /// A call of a resolver or a statement that has not been answered.
  struct open_call {
    layer& of;
    std::size_t field;
    value_object arguments;
    std::optional<field_call> call;
    std::vector<std::string> parent_keys, child_keys;  ///< of its rows, while SQL runs
    std::vector<sql_statement> further;                ///< that follow, the last first
    std::vector<std::shared_ptr<const pg_result>> results;
    std::function<void()> stop;
    std::size_t traced_as = 0;
  };
  using call_id = std::uint64_t;

  // Layers and fields.
  void run_layer(layer& l);
  void start_field(layer& l, std::size_t field);
  void start_bound(layer& l, std::size_t field, value_object arguments);
  void call_resolver(layer& l, std::size_t field, const from_resolver& r, value_object arguments);
  void run_declared(layer& l, std::size_t field, const sql_field& s, value_object arguments);
  void run_further(call_id id);
  void run_statement(call_id id, sql_statement statement);
  void set_values(layer& l, std::size_t field, column_ptr values);
  void fail_field(layer& l, std::size_t field, field_failure why);
  void open_objects(layer& l, std::size_t field);
  void open_abstract(layer& l, std::size_t field, const row_set_ptr& rows);
  layer& add_layer(layer& above, std::size_t field, const plan_layer& plan, row_set_ptr rows);

  // Lists with @stream: some of their objects at a time.
  bool set_initial_count(layer& l, std::size_t field);
  void open_first_items(layer& l, std::size_t field, const row_set_ptr& rows);
  void open_some(layer& l, std::size_t field, const row_set_ptr& rows,
                 std::vector<std::uint32_t> which, layer_batch& batch);

  // Answers.
  void answered(call_id id, answer given);
  void answered(call_id id, sql_answer given);
  void dropped(call_id id);
  void when_cancelled(call_id id, std::function<void()> stop);
  void begin_trace(open_call& c);
  void take(open_call& c, answer given);
  void release(layer_batch& batch);
  void settle();

  // Mutations: one root field after the other.
  void next_root_field();
  void begin_root_field(const error& fault);
  bool is_whole_transaction() const;
  void settle_root_field();
  void transaction_ended(const error& fault);
  void end_root_field();

  // The end.
  void write_query();
  void deliver(response r);
  void finish_data(bool has_data);
  void finish_too_large();
  void give_up(const graphql_errors& why, outcome how);
  void timed_out();
  void finish(response r);
  void stop_calls();
  bool is_over() const noexcept { return done_ == nullptr; }

  execution_request request_;
  response_ready done_;
  const operation_plan& plan_;
  layer root_;
  std::map<call_id, std::unique_ptr<open_call>> calls_;
  call_id last_call_ = 0;
  layer_batch batch_;
  std::optional<execution_clock::ticket> timer_;

  json_writer out_;
  response_writer writer_;
  std::size_t root_field_ = 0;
  std::size_t field_mark_ = 0, errors_mark_ = 0;
  bool spread_ = false;  ///< a null has spread to `data`
  bool in_transaction_ = false;
  std::unique_ptr<afterwards> afterwards_;  ///< once the first response was given
  std::function<void()> stop_step_;         ///< of the transaction's step that is on its way
};

}  // namespace puff::graphql::internal
