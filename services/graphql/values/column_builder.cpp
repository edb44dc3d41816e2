#include "services/graphql/values/column_builder.hpp"

#include <cstring>

#include "services/graphql/values/memory_rows.hpp"

namespace puff::graphql {

class column_builder::mixed_column final : public column {
 public:
  std::size_t size() const noexcept override { return cells.size(); }
  cell at(std::size_t row) const noexcept override { return cells[row]; }
  const column* items() const noexcept override { return items_column.get(); }
  std::shared_ptr<const row_set> objects() const noexcept override { return rows; }

  std::string_view copied(std::string_view v) {
    if (v.empty()) return {};
    auto* to = static_cast<char*>(arena.allocate(v.size(), 1));
    std::memcpy(to, v.data(), v.size());
    return {to, v.size()};
  }

  std::vector<cell> cells;
  std::pmr::monotonic_buffer_resource arena;
  std::deque<field_failure> failures;
  std::uint32_t list_begin = 0;
  column_ptr items_column;
  row_set_ptr rows;
  std::vector<std::shared_ptr<const void>> kept;
};

column_builder::column_builder() : made_(std::make_shared<mixed_column>()) {}
column_builder::~column_builder() = default;
column_builder::column_builder(column_builder&&) noexcept = default;
column_builder& column_builder::operator=(column_builder&&) noexcept = default;

std::size_t column_builder::size() const noexcept { return made_->cells.size(); }
void column_builder::reserve(std::size_t rows) { made_->cells.reserve(rows); }

void column_builder::null() { made_->cells.emplace_back(); }
void column_builder::boolean(bool v) { made_->cells.push_back(cell::of(v)); }
void column_builder::integer(std::int64_t v) { made_->cells.push_back(cell::of(v)); }
void column_builder::real(double v) { made_->cells.push_back(cell::of(v)); }
void column_builder::text(std::string_view v) { view(made_->copied(v)); }
void column_builder::view(std::string_view v, cell::kind kind) {
  made_->cells.push_back(cell::of(v, kind));
}
void column_builder::json(std::string_view v) { view(made_->copied(v), cell::kind::json); }
void column_builder::opaque(std::string_view description) {
  view(made_->copied(description), cell::kind::opaque);
}
void column_builder::failure(field_failure why) {
  made_->cells.push_back(cell::of(&made_->failures.emplace_back(std::move(why))));
}

column_builder& column_builder::items() {
  if (items_ == nullptr) items_ = std::make_unique<column_builder>();
  return *items_;
}
void column_builder::begin_list() {
  made_->list_begin = static_cast<std::uint32_t>(items().size());
}
void column_builder::end_list() {
  list({made_->list_begin, static_cast<std::uint32_t>(items().size())});
}
void column_builder::list(cell::range range) {
  items();
  made_->cells.push_back(cell::of(range));
}

void column_builder::object(std::uint32_t row) { made_->cells.push_back(cell::of_row(row)); }
void column_builder::objects(row_set_ptr set) { made_->rows = std::move(set); }
void column_builder::keep(std::shared_ptr<const void> owner) {
  made_->kept.push_back(std::move(owner));
}

column_ptr column_builder::build() && {
  if (items_ != nullptr) made_->items_column = std::move(*items_).build();
  return std::move(made_);
}

namespace {

cell as_cell(std::int64_t v) { return cell::of(v); }
cell as_cell(double v) { return cell::of(v); }
cell as_cell(const std::string& v) { return cell::of(std::string_view{v}); }

template <class T>
class plain_column final : public column {
 public:
  explicit plain_column(std::vector<T> values) : values_(std::move(values)) {}
  std::size_t size() const noexcept override { return values_.size(); }
  cell at(std::size_t row) const noexcept override { return as_cell(values_[row]); }

 private:
  std::vector<T> values_;
};

/// The first row of another column, again and again.
class repeated_column final : public column {
 public:
  repeated_column(column_ptr one, std::size_t rows) : one_(std::move(one)), rows_(rows) {}
  std::size_t size() const noexcept override { return rows_; }
  cell at(std::size_t) const noexcept override { return one_->at(0); }
  const column* items() const noexcept override { return one_->items(); }
  std::shared_ptr<const row_set> objects() const noexcept override { return one_->objects(); }

 private:
  column_ptr one_;
  std::size_t rows_;
};

}  // namespace

column_ptr integers(std::vector<std::int64_t> values) {
  return std::make_shared<plain_column<std::int64_t>>(std::move(values));
}
column_ptr reals(std::vector<double> values) {
  return std::make_shared<plain_column<double>>(std::move(values));
}
column_ptr texts(std::vector<std::string> values) {
  return std::make_shared<plain_column<std::string>>(std::move(values));
}
column_ptr repeated(column_ptr one, std::size_t rows) {
  return std::make_shared<repeated_column>(std::move(one), rows);
}
column_ptr repeated(const value& v, std::size_t rows) {
  auto kept = std::make_shared<const value>(v);
  return repeated(column_of({kept.get()}, kept), rows);
}

}  // namespace puff::graphql
