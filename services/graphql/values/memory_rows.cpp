#include "services/graphql/values/memory_rows.hpp"

#include <string>

#include "services/graphql/output/json_writer.hpp"
#include "services/graphql/values/column_builder.hpp"
#include "services/graphql/values/inspect.hpp"

namespace puff::graphql {
namespace {

class memory_rows final : public row_set {
 public:
  memory_rows(std::vector<const value*> objects, std::shared_ptr<const void> keep)
      : objects_(std::move(objects)), keep_(std::move(keep)) {}

  std::size_t size() const noexcept override { return objects_.size(); }

  column_ptr find(std::string_view name) const override {
    std::vector<const value*> values;
    values.reserve(objects_.size());
    bool any = false;
    for (const auto* object : objects_) {
      values.push_back(object == nullptr ? nullptr : object->find(name));
      any = any || values.back() != nullptr;
    }
    return any ? column_of(values, keep_) : nullptr;
  }

  std::vector<std::string_view> names() const override {
    std::vector<std::string_view> out;
    if (objects_.empty() || objects_.front() == nullptr || !objects_.front()->is_object())
      return out;
    for (const auto& entry : objects_.front()->object()) out.emplace_back(entry.first);
    return out;
  }

  std::string_view type_name(std::size_t row) const override {
    const auto* name = objects_[row]->find("__typename");
    return name == nullptr || !name->is_text() ? std::string_view{} : name->text();
  }

  std::string describe(std::size_t row) const override { return inspect(*objects_[row]); }
  std::string write_json(std::size_t row, json_writer& out) const override {
    out.raw(to_json(*objects_[row]));
    return {};
  }

 private:
  std::vector<const value*> objects_;
  std::shared_ptr<const void> keep_;
};

class column_rows final : public row_set {
 public:
  explicit column_rows(std::vector<std::pair<std::string, column_ptr>> columns)
      : columns_(std::move(columns)) {}

  std::size_t size() const noexcept override {
    return columns_.empty() ? 0 : columns_.front().second->size();
  }
  column_ptr find(std::string_view name) const override {
    for (const auto& [key, values] : columns_)
      if (key == name) return values;
    return nullptr;
  }
  std::vector<std::string_view> names() const override {
    std::vector<std::string_view> out;
    for (const auto& c : columns_) out.emplace_back(c.first);
    return out;
  }

 private:
  std::vector<std::pair<std::string, column_ptr>> columns_;
};

class memory_column {
 public:
  void add(const value* v) {
    if (v == nullptr) return built_.null();
    switch (v->what()) {
      case value::kind::null: return built_.null();
      case value::kind::boolean: return built_.boolean(v->boolean());
      case value::kind::integer: return built_.integer(v->integer());
      case value::kind::real: return built_.real(v->real());
      case value::kind::text: return built_.view(v->text());
      case value::kind::enumeration: return built_.view(v->enumeration());
      case value::kind::failure: return built_.failure(v->failure());
      case value::kind::list: return add_list(v->list());
      case value::kind::object: return add_object(v);
      case value::kind::outside: return add(&v->plain());
    }
  }

  column_builder finish(const std::shared_ptr<const void>& keep) {
    if (items_ != nullptr) built_.items() = items_->finish(keep);
    if (!objects_.empty()) built_.objects(rows_of(std::move(objects_), keep));
    built_.keep(keep);
    return std::move(built_);
  }

 private:
  void add_list(const value_list& list) {
    if (items_ == nullptr) items_ = std::make_unique<memory_column>();
    const auto begin = items_->count_;
    for (const auto& item : list) items_->add_item(&item);
    built_.list({begin, items_->count_});
  }
  void add_item(const value* v) {
    ++count_;
    add(v);
  }
  void add_object(const value* v) {
    built_.object(static_cast<std::uint32_t>(objects_.size()));
    objects_.push_back(v);
  }

  column_builder built_;
  std::uint32_t count_ = 0;
  std::unique_ptr<memory_column> items_;
  std::vector<const value*> objects_;
};

}  // namespace

column_ptr column_of(const std::vector<const value*>& values,
                     const std::shared_ptr<const void>& keep) {
  memory_column made;
  for (const auto* v : values) made.add(v);
  return std::move(made.finish(keep)).build();
}

row_set_ptr rows_of(std::vector<const value*> objects, std::shared_ptr<const void> keep) {
  return std::make_shared<memory_rows>(std::move(objects), std::move(keep));
}

row_set_ptr rows_of(value_list objects) {
  auto kept = std::make_shared<const value_list>(std::move(objects));
  std::vector<const value*> rows;
  for (const auto& object : *kept) rows.push_back(&object);
  return rows_of(std::move(rows), kept);
}

row_set_ptr rows_of(std::vector<std::pair<std::string, column_ptr>> columns) {
  return std::make_shared<column_rows>(std::move(columns));
}

row_set_ptr row_of(value object) {
  value_list one;
  one.push_back(std::move(object));
  return rows_of(std::move(one));
}

}  // namespace puff::graphql
