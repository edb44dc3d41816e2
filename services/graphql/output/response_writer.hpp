#pragma once

#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "services/graphql/execute/layer.hpp"
#include "services/graphql/language/graphql_error.hpp"
#include "services/graphql/output/deferred_work.hpp"
#include "services/graphql/output/json_writer.hpp"

namespace puff::graphql {

/// Walks the layers of an execution in the response's order and writes JSON. An error, or a null
/// where none may be, takes back what was written up to the nearest place that may be null: so
/// nulls spread, and errors are found, exactly as if each object had been executed by itself.
class response_writer {
 public:
  response_writer(const operation_plan& plan, json_writer& out, std::size_t max_errors,
                  std::size_t max_bytes);

  /// Writes `"key":value` for one field of the root. False if a null has to spread to `data`; then
  /// nothing is left of it.
  bool write_field(const layer& of, std::size_t field);
  /// Writes a whole object. False if it must be null.
  bool write_object(const layer& of, std::uint32_t row);

  /// Writes the fields of a task as an object. False if the fragment cannot be delivered: the last
  /// error says why.
  bool write_task(const deferred_task& task, const layer& fields);
  /// Writes one item of a stream, of the column's items. False if a null has to spread to the list.
  bool write_item(const item_stream& stream, std::uint32_t item, std::uint32_t index);
  /// What was left for later since it was last taken.
  deferred_work take_work() { return std::exchange(work_, {}); }
  bool has_work() const noexcept { return !work_.empty(); }
  /// Forgets what was left within this field of the root.
  void drop_work(const plan_field& within);

  /// The response became larger than `max_bytes`, and writing stopped. Rows that many parents
  /// share make a response far larger than its data.
  bool is_too_large() const noexcept { return too_large_; }

  /// Of all errors, those beyond `max_errors` included.
  std::size_t error_count() const noexcept { return errors_.size() + omitted_; }
  graphql_errors take_errors();
  /// Forgets the errors from the `count`th on: what they were about is no longer in the response.
  void drop_errors(std::size_t count);
  void add_error(const plan_field& f, const field_failure& why, std::span<const location> places);

 private:
  struct place {
    const plan_field& plan;
    const field_values& values;
    const layer& of;
    std::size_t field;
  };

  bool write_fields(const layer& of, std::uint32_t row);
  bool write_deferring(const layer& of, std::uint32_t row);
  void leave(const layer& of, std::uint32_t row);
  delivery* find_delivery(const defer_usage* usage) const noexcept;
  cell::range first_items(const place& p, const cell& c);
  void drop_work_within(const response_path& path);
  bool write_member(const layer& of, std::size_t field, std::uint32_t row);
  bool write_value(const place& p, const type_ref& type, const column& of, std::uint32_t row);
  bool write_not_null(const place& p, const type_ref& type, const column& of, const cell& c);
  bool write_list(const place& p, const type_ref& item, const column& of, const cell& c);
  bool write_leaf(const place& p, const named_type& type, const column& of, const cell& c);
  bool write_composite(const place& p, const column& of, const cell& c);
  bool fail(const plan_field& f, std::string message);
  bool write_failure(const place& p, bool may_be_null);
  /// What a nullable place does with a failure inside of it.
  bool recover(bool good, bool may_be_null, std::size_t mark);

  const operation_plan& plan_;
  json_writer& out_;
  const std::size_t max_errors_;
  const std::size_t max_bytes_;
  bool too_large_ = false;
  std::size_t omitted_ = 0;
  response_path path_;
  graphql_errors errors_;
  deferred_work work_;
  delivery_scope_ptr scope_;
  delivery* within_ = nullptr;  ///< the task's first one, while it is written
};

/// An entry of `errors`.
void write_error(json_writer& out, const graphql_error& e);
/// `"errors":[..]`, for one error at least.
void write_errors(json_writer& out, const graphql_errors& errors);

}  // namespace puff::graphql
