#include "services/graphql/execute/join.hpp"

#include <numeric>

namespace puff::graphql {
namespace {

class picked_column final : public column {
 public:
  picked_column(column_ptr values, std::shared_ptr<const std::vector<std::uint32_t>> which)
      : values_(std::move(values)), which_(std::move(which)) {}

  std::size_t size() const noexcept override { return which_->size(); }
  cell at(std::size_t row) const noexcept override { return values_->at((*which_)[row]); }
  const column* items() const noexcept override { return values_->items(); }
  std::shared_ptr<const row_set> objects() const noexcept override { return values_->objects(); }

 private:
  column_ptr values_;
  std::shared_ptr<const std::vector<std::uint32_t>> which_;
};

class picked_rows final : public row_set {
 public:
  picked_rows(row_set_ptr rows, std::vector<std::uint32_t> which)
      : rows_(std::move(rows)),
        which_(std::make_shared<const std::vector<std::uint32_t>>(std::move(which))) {}

  std::size_t size() const noexcept override { return which_->size(); }
  column_ptr find(std::string_view name) const override {
    auto values = rows_->find(name);
    return values == nullptr ? nullptr : picked(std::move(values), which_);
  }
  std::vector<std::string_view> names() const override { return rows_->names(); }
  std::string_view type_name(std::size_t row) const override {
    return rows_->type_name((*which_)[row]);
  }
  std::string describe(std::size_t row) const override { return rows_->describe((*which_)[row]); }
  std::string write_json(std::size_t row, json_writer& out) const override {
    return rows_->write_json((*which_)[row], out);
  }

 private:
  row_set_ptr rows_;
  std::shared_ptr<const std::vector<std::uint32_t>> which_;
};

class list_column final : public column {
 public:
  list_column(column_ptr items, std::vector<cell::range> ranges)
      : items_(std::move(items)), ranges_(std::move(ranges)) {}
  std::size_t size() const noexcept override { return ranges_.size(); }
  cell at(std::size_t row) const noexcept override { return cell::of(ranges_[row]); }
  const column* items() const noexcept override { return items_.get(); }

 private:
  column_ptr items_;
  std::vector<cell::range> ranges_;
};

class first_column final : public column {
 public:
  first_column(column_ptr items, std::vector<cell::range> ranges, field_failure if_several)
      : items_(std::move(items)), ranges_(std::move(ranges)), several_(std::move(if_several)) {}
  std::size_t size() const noexcept override { return ranges_.size(); }
  cell at(std::size_t row) const noexcept override {
    const auto r = ranges_[row];
    if (r.end - r.begin > 1) return cell::of(&several_);
    return r.begin == r.end ? cell{} : items_->at(r.begin);
  }
  const column* items() const noexcept override { return items_->items(); }
  std::shared_ptr<const row_set> objects() const noexcept override { return items_->objects(); }

 private:
  column_ptr items_;
  std::vector<cell::range> ranges_;
  field_failure several_;
};

class object_column final : public column {
 public:
  explicit object_column(row_set_ptr rows) : rows_(std::move(rows)) {}
  std::size_t size() const noexcept override { return rows_->size(); }
  cell at(std::size_t row) const noexcept override {
    return cell::of_row(static_cast<std::uint32_t>(row));
  }
  std::shared_ptr<const row_set> objects() const noexcept override { return rows_; }

 private:
  row_set_ptr rows_;
};

const std::int64_t* whole_numbers(const std::vector<column_ptr>& columns) noexcept {
  return columns.size() == 1 ? columns.front()->whole_numbers() : nullptr;
}

std::vector<std::uint32_t> add_keys(key_index& to, const std::vector<column_ptr>& columns,
                                    std::size_t count) {
  std::vector<std::uint32_t> out(count);
  if (const auto* numbers = whole_numbers(columns))
    for (std::size_t i = 0; i < count; ++i) out[i] = to.add(numbers[i]);
  else
    for (std::size_t i = 0; i < count; ++i) out[i] = to.add(columns, i);
  return out;
}

std::vector<std::uint32_t> find_keys(key_index& in, const std::vector<column_ptr>& columns,
                                     std::size_t count) {
  std::vector<std::uint32_t> out(count);
  if (const auto* numbers = whole_numbers(columns))
    for (std::size_t i = 0; i < count; ++i) out[i] = in.find(numbers[i]);
  else
    for (std::size_t i = 0; i < count; ++i) out[i] = in.find(columns, i);
  return out;
}

}  // namespace

matches join(const std::vector<column_ptr>& parents, std::size_t parent_count,
             const std::vector<column_ptr>& children, std::size_t child_count) {
  key_index keys{parent_count};
  const auto key_of_parent = add_keys(keys, parents, parent_count);
  const auto key_of_child = find_keys(keys, children, child_count);
  std::vector<std::uint32_t> ends(keys.size() + 1);
  for (const auto key : key_of_child)
    if (key != key_index::none) ++ends[key + 1];
  std::partial_sum(ends.begin(), ends.end(), ends.begin());

  matches out;
  out.rows.resize(ends.back());
  auto next = ends;
  for (std::size_t i = 0; i < child_count; ++i)
    if (const auto key = key_of_child[i]; key != key_index::none)
      out.rows[next[key]++] = static_cast<std::uint32_t>(i);
  out.of_parent.reserve(parent_count);
  for (const auto key : key_of_parent)
    out.of_parent.push_back(key == key_index::none ? cell::range{0, 0}
                                                   : cell::range{ends[key], ends[key + 1]});
  return out;
}

row_set_ptr picked(row_set_ptr rows, std::vector<std::uint32_t> which) {
  return std::make_shared<picked_rows>(std::move(rows), std::move(which));
}
column_ptr picked(column_ptr values, std::shared_ptr<const std::vector<std::uint32_t>> which) {
  return std::make_shared<picked_column>(std::move(values), std::move(which));
}
column_ptr lists_of(column_ptr items, std::vector<cell::range> ranges) {
  return std::make_shared<list_column>(std::move(items), std::move(ranges));
}
column_ptr first_of(column_ptr items, std::vector<cell::range> ranges,
                    const field_failure& if_several) {
  return std::make_shared<first_column>(std::move(items), std::move(ranges), if_several);
}
column_ptr objects_of(row_set_ptr rows) { return std::make_shared<object_column>(std::move(rows)); }

key_columns find_columns(const row_set& rows, const std::vector<std::string>& names) {
  key_columns out;
  for (const auto& name : names) {
    out.columns.push_back(rows.find(name));
    if (out.columns.back() == nullptr && out.missing.empty()) out.missing = name;
  }
  return out;
}

}  // namespace puff::graphql
