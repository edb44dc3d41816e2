#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "services/graphql/values/value.hpp"

namespace puff::graphql {

class json_writer;
class row_set;

/// One value of a column. What it points to belongs to the column.
struct cell {
  enum class kind : std::uint8_t {
    null,
    failure,  ///< an error instead of a value
    boolean,
    integer,
    real,
    text,    ///< UTF-8; names of enums too
    json,    ///< JSON that is written as it is, where the type is a custom scalar
    list,    ///< a range of `column::items`
    object,  ///< a row of `column::objects`
    opaque,  ///< a value that has no meaning here; `text` describes it for messages
  };
  struct range {
    std::uint32_t begin, end;
  };

  kind what = kind::null;
  union {
    std::int64_t integer_ = 0;
    double real_;
    bool boolean_;
    range list_;
    std::uint32_t row_;
    const char* data_;
    const field_failure* failure_;
  };
  std::size_t size_ = 0;

  static cell of(bool v) noexcept;
  static cell of(std::int64_t v) noexcept;
  static cell of(double v) noexcept;
  static cell of(std::string_view v, kind k = kind::text) noexcept;
  static cell of(range v) noexcept;
  static cell of(const field_failure* v) noexcept;
  static cell of_row(std::uint32_t row) noexcept;

  std::string_view text() const noexcept { return {data_, size_}; }
};

/// The values of one field for a number of rows. Immutable, so any thread may read it.
///
/// This is the border between the engine and whoever has values: PostgreSQL's results, Python,
/// memory. A list is a range of a second column and an object a row of a set, so values that
/// several rows share are there, and are worked on, once. Every item and object must be reachable
/// from some cell: what is there is resolved.
class column {
 public:
  virtual ~column() = default;

  virtual std::size_t size() const noexcept = 0;
  /// `row` is less than size().
  virtual cell at(std::size_t row) const noexcept = 0;
  /// All values at once, if each of them is a whole number; null: ask `at`.
  virtual const std::int64_t* whole_numbers() const noexcept { return nullptr; }
  /// What cells of the kind list are ranges of.
  virtual const column* items() const noexcept { return nullptr; }
  /// What cells of the kind object are rows of.
  virtual std::shared_ptr<const row_set> objects() const noexcept { return nullptr; }
};

using column_ptr = std::shared_ptr<const column>;

/// Objects, as columns by name. Immutable but for what it remembers to answer faster; used by one
/// thread at a time.
class row_set {
 public:
  virtual ~row_set() = default;

  virtual std::size_t size() const noexcept = 0;
  /// The values of `name` for all rows; none if no row has it.
  virtual column_ptr find(std::string_view name) const = 0;
  /// The columns' names if they are known and in order, as of SQL; otherwise empty.
  virtual std::vector<std::string_view> names() const { return {}; }
  /// The name of the object type of a row whose field has an abstract type; empty: not known.
  virtual std::string_view type_name(std::size_t row) const;
  /// How an error message shows a row: "{ a: 1 }".
  virtual std::string describe(std::size_t) const { return "[object Object]"; }
  /// Writes a row where a scalar takes objects. What it returns is why it cannot; empty: written.
  virtual std::string write_json(std::size_t row, json_writer& out) const;
};

using row_set_ptr = std::shared_ptr<const row_set>;

inline cell cell::of(bool v) noexcept {
  cell c;
  c.what = kind::boolean;
  c.boolean_ = v;
  return c;
}
inline cell cell::of(std::int64_t v) noexcept {
  cell c;
  c.what = kind::integer;
  c.integer_ = v;
  return c;
}
inline cell cell::of(double v) noexcept {
  cell c;
  c.what = kind::real;
  c.real_ = v;
  return c;
}
inline cell cell::of(std::string_view v, kind k) noexcept {
  cell c;
  c.what = k;
  c.data_ = v.data();
  c.size_ = v.size();
  return c;
}
inline cell cell::of(range v) noexcept {
  cell c;
  c.what = kind::list;
  c.list_ = v;
  return c;
}
inline cell cell::of(const field_failure* v) noexcept {
  cell c;
  c.what = kind::failure;
  c.failure_ = v;
  return c;
}
inline cell cell::of_row(std::uint32_t row) noexcept {
  cell c;
  c.what = kind::object;
  c.row_ = row;
  return c;
}

}  // namespace puff::graphql
