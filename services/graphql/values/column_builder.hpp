#pragma once

#include <deque>
#include <memory>
#include <memory_resource>
#include <string>
#include <string_view>
#include <vector>

#include "services/graphql/values/column.hpp"

namespace puff::graphql {

/// Makes a column of values of any kinds, one after the other. Texts are copied into one arena, so
/// a value costs no allocation of its own.
class column_builder {
 public:
  column_builder();
  ~column_builder();
  column_builder(column_builder&&) noexcept;
  column_builder& operator=(column_builder&&) noexcept;

  std::size_t size() const noexcept;
  void reserve(std::size_t rows);

  void null();
  void boolean(bool v);
  void integer(std::int64_t v);
  void real(double v);
  void text(std::string_view v);
  /// A text that lives as long as what was given to `keep`.
  void view(std::string_view v, cell::kind kind = cell::kind::text);
  void json(std::string_view v);
  void opaque(std::string_view description);
  void failure(field_failure why);

  /// Items of a list are added to `items()` between `begin_list` and `end_list`.
  column_builder& items();
  void begin_list();
  void end_list();
  /// A list of items that are or will be in `items()`.
  void list(cell::range range);

  /// A row of the set that `objects` is told once.
  void object(std::uint32_t row);
  void objects(row_set_ptr set);

  void keep(std::shared_ptr<const void> owner);

  /// What was added; the builder is of no more use.
  column_ptr build() &&;

 private:
  class mixed_column;
  std::shared_ptr<mixed_column> made_;
  std::unique_ptr<column_builder> items_;
};

/// A column of one kind of value that is never null.
column_ptr integers(std::vector<std::int64_t> values);
column_ptr reals(std::vector<double> values);
column_ptr texts(std::vector<std::string> values);

/// The same value for each of `rows`; `v` is copied.
column_ptr repeated(const value& v, std::size_t rows);
/// The first value of a column for each of `rows`.
column_ptr repeated(column_ptr one, std::size_t rows);

}  // namespace puff::graphql
