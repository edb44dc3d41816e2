#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "services/graphql/output/deferred_work.hpp"
#include "services/graphql/output/json_writer.hpp"

namespace puff::graphql {

/// Gathers what one payload after the first tells, and writes it in the format that the client
/// understands. Also writes what the first one announces.
class incremental_payload {
 public:
  explicit incremental_payload(incremental_format format) : format_(format) {}

  void announce(const delivery& d);
  void announce(const item_stream& s);
  /// What a task gave, on behalf of a delivery that is the deepest announced around it.
  void add(const delivery& to, const deferred_task& task);
  /// Items of a stream, the JSON of a list.
  void add(const item_stream& s, std::string_view items, const graphql_errors& errors);
  void complete(const delivery& d);
  void complete(const item_stream& s);
  void fail(const delivery& d, const graphql_errors& why);
  void fail(const item_stream& s, const graphql_errors& why);

  bool empty() const noexcept { return pending_.size() + parts_.size() + completed_.size() == 0; }
  std::size_t errors() const noexcept { return errors_; }
  /// The members of the first response that tell of what follows, with the comma before.
  std::string take_announcement();
  /// A whole payload.
  std::string take(bool has_next);

 private:
  bool is_by_id() const noexcept { return format_ == incremental_format::by_id; }
  void announce(std::uint32_t id, const response_path& path,
                const std::optional<std::string>& label);
  void complete(std::uint32_t id, const graphql_errors* why);
  void begin_part(std::uint32_t id);
  void end_part(const graphql_errors& errors);
  void end_place(const response_path& path, const std::optional<std::string>& label);

  const incremental_format format_;
  json_writer pending_{0}, parts_{0}, completed_{0};  ///< lists without their brackets
  std::size_t errors_ = 0;
};

}  // namespace puff::graphql
