#include "services/graphql/execute/sql_rows.hpp"

#include <endian.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <limits>

#include "services/graphql/execute/internal/sql_text.hpp"
#include "services/graphql/output/json_text.hpp"
#include "services/graphql/values/column_builder.hpp"
#include "services/postgres/result_view.hpp"

namespace puff::graphql {
namespace {

using internal::sql_kind;
using postgres::result_view;

template <class Integer>
Integer from_big_endian(std::string_view bytes) noexcept {
  Integer v = 0;
  for (const char c : bytes.substr(0, sizeof v))
    v = static_cast<Integer>(v << 8 | static_cast<unsigned char>(c));
  return v;
}

cell binary_integer(std::string_view bytes) noexcept {
  switch (bytes.size()) {
    case 2:
      return cell::of(
          std::int64_t{static_cast<std::int16_t>(from_big_endian<std::uint16_t>(bytes))});
    case 4:
      return cell::of(
          std::int64_t{static_cast<std::int32_t>(from_big_endian<std::uint32_t>(bytes))});
    default: return cell::of(static_cast<std::int64_t>(from_big_endian<std::uint64_t>(bytes)));
  }
}

cell binary_real(std::string_view bytes) noexcept {
  if (bytes.size() == 4)
    return cell::of(double{std::bit_cast<float>(from_big_endian<std::uint32_t>(bytes))});
  return cell::of(std::bit_cast<double>(from_big_endian<std::uint64_t>(bytes)));
}

class typed_column : public column {
 public:
  virtual std::uint32_t type() const noexcept = 0;
};

/// Reads cells where they lie in libpq's buffer.
class sql_column final : public typed_column {
 public:
  sql_column(std::shared_ptr<const pg_result> result, int position, sql_kind kind)
      : result_(std::move(result)),
        view_(result_.get()),
        position_(position),
        kind_(kind),
        binary_(view_.column_is_binary(position)) {}

  std::size_t size() const noexcept override { return static_cast<std::size_t>(view_.rows()); }
  std::uint32_t type() const noexcept override { return view_.column_type(position_); }

  cell at(std::size_t row) const noexcept override {
    const auto r = static_cast<int>(row);
    const auto bytes = view_.value(r, position_);
    if (bytes.empty() && view_.is_null(r, position_)) return {};
    return binary_ ? from_binary(bytes) : internal::cell_of(kind_, bytes);
  }

 private:
  cell from_binary(std::string_view bytes) const noexcept {
    switch (kind_) {
      case sql_kind::boolean: return cell::of(!bytes.empty() && bytes.front() != 0);
      case sql_kind::integer: return binary_integer(bytes);
      case sql_kind::real: return binary_real(bytes);
      case sql_kind::jsonb: return cell::of(bytes.substr(1), cell::kind::json);
      case sql_kind::json: return cell::of(bytes, cell::kind::json);
      case sql_kind::text: return cell::of(bytes);
      default: return cell::of(std::string_view{"binary value"}, cell::kind::opaque);
    }
  }

  std::shared_ptr<const pg_result> result_;
  result_view view_;
  int position_;
  sql_kind kind_;
  bool binary_;
};

/// Whole numbers, read once: they are keys as well as values.
class number_column final : public typed_column {
 public:
  number_column(std::vector<std::int64_t> values, std::vector<bool> nulls, std::uint32_t type)
      : values_(std::move(values)), nulls_(std::move(nulls)), type_(type) {}

  std::size_t size() const noexcept override { return values_.size(); }
  std::uint32_t type() const noexcept override { return type_; }
  cell at(std::size_t row) const noexcept override {
    return !nulls_.empty() && nulls_[row] ? cell{} : cell::of(values_[row]);
  }
  const std::int64_t* whole_numbers() const noexcept override {
    return nulls_.empty() ? values_.data() : nullptr;
  }

 private:
  std::vector<std::int64_t> values_;
  std::vector<bool> nulls_;  // empty: there are none
  std::uint32_t type_;
};

struct numbers_read {
  std::vector<std::int64_t> values;
  std::vector<bool> nulls;
};

/// Appends those of one result; false if one of them is no number after all.
bool read_numbers(const result_view& view, int position, numbers_read& to) {
  const bool binary = view.column_is_binary(position);
  for (int row = 0; row < view.rows(); ++row) {
    const auto bytes = view.value(row, position);
    to.values.push_back(0);
    if (bytes.empty() && view.is_null(row, position)) {
      to.nulls.resize(to.values.size());
      to.nulls.back() = true;
      continue;
    }
    const auto c = binary ? binary_integer(bytes) : internal::cell_of(sql_kind::integer, bytes);
    if (c.what != cell::kind::integer) return false;
    to.values.back() = c.integer_;
  }
  return true;
}

using results = std::vector<std::shared_ptr<const pg_result>>;

/// Null if one of them is no number after all.
column_ptr numbers(const results& from, int position) {
  std::size_t rows = 0;
  for (const auto& r : from) rows += static_cast<std::size_t>(result_view{r.get()}.rows());
  numbers_read read;
  read.values.reserve(rows);
  for (const auto& r : from)
    if (!read_numbers(result_view{r.get()}, position, read)) return nullptr;
  if (!read.nulls.empty()) read.nulls.resize(rows);
  return std::make_shared<number_column>(std::move(read.values), std::move(read.nulls),
                                         result_view{from.front().get()}.column_type(position));
}

/// Cells that had to be rewritten: times, arrays, binary uuids.
class converted_column final : public typed_column {
 public:
  converted_column(column_ptr values, std::uint32_t type)
      : values_(std::move(values)), type_(type) {}
  std::size_t size() const noexcept override { return values_->size(); }
  cell at(std::size_t row) const noexcept override { return values_->at(row); }
  const column* items() const noexcept override { return values_->items(); }
  std::uint32_t type() const noexcept override { return type_; }

 private:
  column_ptr values_;
  std::uint32_t type_;
};

/// Columns of several results, one behind the other.
class appended_column final : public typed_column {
 public:
  explicit appended_column(std::vector<std::shared_ptr<const sql_column>> parts)
      : parts_(std::move(parts)) {
    for (const auto& part : parts_)
      ends_.push_back((ends_.empty() ? 0 : ends_.back()) + part->size());
  }
  std::size_t size() const noexcept override { return ends_.back(); }
  std::uint32_t type() const noexcept override { return parts_.front()->type(); }
  cell at(std::size_t row) const noexcept override {
    const auto part =
        static_cast<std::size_t>(std::upper_bound(ends_.begin(), ends_.end(), row) - ends_.begin());
    return parts_[part]->at(row - (part == 0 ? 0 : ends_[part - 1]));
  }

 private:
  std::vector<std::shared_ptr<const sql_column>> parts_;
  std::vector<std::size_t> ends_;
};

void convert(column_builder& out, const result_view& view, int position,
             const internal::sql_type& type) {
  for (int row = 0; row < view.rows(); ++row) {
    const auto bytes = view.value(row, position);
    if (view.is_null(row, position))
      out.null();
    else if (view.column_is_binary(position))
      internal::add_binary(out, type, bytes);
    else
      internal::add_text(out, type, bytes);
  }
}

class result_rows final : public row_set {
 public:
  explicit result_rows(results from) : results_(std::move(from)), first_(results_.front().get()) {
    for (const auto& r : results_) size_ += static_cast<std::size_t>(result_view{r.get()}.rows());
  }

  std::size_t size() const noexcept override { return size_; }

  column_ptr find(std::string_view name) const override {
    for (int i = 0; i < first_.columns(); ++i)
      if (first_.column_name(i) == name) return made(static_cast<std::size_t>(i));
    return nullptr;
  }

  std::vector<std::string_view> names() const override {
    std::vector<std::string_view> out;
    for (int i = 0; i < first_.columns(); ++i) out.push_back(first_.column_name(i));
    return out;
  }

 private:
  const column_ptr& made(std::size_t position) const {
    made_.resize(static_cast<std::size_t>(first_.columns()));
    if (made_[position] == nullptr) made_[position] = make(static_cast<int>(position));
    return made_[position];
  }

  column_ptr make(int position) const {
    const auto type = internal::sql_type_of(first_.column_type(position));
    if (type.kind == sql_kind::integer && !type.is_array)
      if (auto read = numbers(results_, position)) return read;
    const bool in_place = !type.is_array && type.kind != sql_kind::timestamp &&
                          !(type.kind == sql_kind::uuid && first_.column_is_binary(position));
    if (!in_place) return converted(position, type);
    std::vector<std::shared_ptr<const sql_column>> parts;
    for (const auto& r : results_)
      parts.push_back(std::make_shared<sql_column>(r, position, type.kind));
    if (parts.size() == 1) return parts.front();
    return std::make_shared<appended_column>(std::move(parts));
  }

  column_ptr converted(int position, const internal::sql_type& type) const {
    column_builder out;
    out.reserve(size_);
    for (const auto& r : results_) convert(out, result_view{r.get()}, position, type);
    return std::make_shared<converted_column>(std::move(out).build(), first_.column_type(position));
  }

  results results_;
  result_view first_;
  std::size_t size_ = 0;
  mutable std::vector<column_ptr> made_;
};

}  // namespace

row_set_ptr sql_rows(std::shared_ptr<const pg_result> result) {
  return std::make_shared<result_rows>(std::vector{std::move(result)});
}

row_set_ptr sql_rows(std::vector<std::shared_ptr<const pg_result>> results) {
  return std::make_shared<result_rows>(std::move(results));
}

std::optional<field_failure> sql_failure(const pg_result& result) {
  const result_view view{&result};
  if (view.kind() != postgres::result_kind::error) return std::nullopt;
  auto text = view.error_field('M');
  if (text.empty()) text = view.error_text();
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  field_failure out{std::string{text}, {}};
  if (const auto state = view.error_field('C'); !state.empty())
    out.extensions = "{\"sqlstate\":" + quoted(state) + "}";
  return out;
}

std::uint32_t array_type_of(std::uint32_t type) noexcept {
  switch (type) {
    case 16: return 1000;    // boolean
    case 20: return 1016;    // int8
    case 21: return 1005;    // int2
    case 23: return 1007;    // int4
    case 25: return 1009;    // text
    case 1043: return 1015;  // varchar
    case 1700: return 1231;  // numeric
    case 2950: return 2951;  // uuid
    default: return 0;
  }
}

std::uint32_t sql_type_of(const column& c) noexcept {
  const auto* typed = dynamic_cast<const typed_column*>(&c);
  return typed == nullptr ? 0 : typed->type();
}

}  // namespace puff::graphql
