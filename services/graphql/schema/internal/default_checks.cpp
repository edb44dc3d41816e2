#include "services/graphql/schema/internal/default_checks.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "services/graphql/values/coercion.hpp"

namespace puff::graphql::internal {
namespace {

const object_field_node* find(const value_node& object, std::string_view name) {
  const auto found = std::find_if(object.fields.begin(), object.fields.end(),
                                  [name](const auto& f) { return f.name.value == name; });
  return found == object.fields.end() ? nullptr : &*found;
}

bool fits_object(const value_node& literal, const named_type& type) {
  if (literal.kind != node_kind::object_value) return false;
  std::unordered_set<std::string_view> seen;
  for (const auto& given : literal.fields) {
    const auto known =
        std::find_if(type.input_fields.begin(), type.input_fields.end(),
                     [&given](const auto& field) { return field.name == given.name.value; });
    if (known == type.input_fields.end() || !seen.insert(given.name.value).second) return false;
    if (!fits(given.value, known->type)) return false;
    if (type.is_one_of && given.value.kind == node_kind::null_value) return false;
  }
  if (type.is_one_of) return seen.size() == 1;
  return std::none_of(
      type.input_fields.begin(), type.input_fields.end(),
      [&seen](const auto& field) { return field.is_required() && !seen.contains(field.name); });
}

}  // namespace

bool fits(const value_node& literal, const type_ref& type) {
  if (!type || !type.named().is_input()) return true;
  if (type.is_non_null())
    return literal.kind != node_kind::null_value && fits(literal, type.inner());
  if (literal.kind == node_kind::null_value) return true;
  if (type.is_list()) {
    const auto item = type.inner();
    if (literal.kind != node_kind::list_value) return fits(literal, item);
    return std::all_of(literal.items.begin(), literal.items.end(),
                       [&item](const auto& each) { return fits(each, item); });
  }
  if (type.named().kind == type_kind::input_object) return fits_object(literal, type.named());
  const scalar_table scalars;
  return coerce_literal(literal, type, {}, coercion{scalars}).has_value();
}

std::vector<default_expansion::fault> default_expansion::of_fields(const named_type& type) {
  for (const auto& field : type.input_fields) of_absent(type, field);
  return std::exchange(faults_, {});
}

std::size_t default_expansion::values(const value_node& literal, const named_type& type) {
  std::size_t sum = 1;
  for (const auto& item : literal.items) sum += values(item, type);
  if (literal.kind != node_kind::object_value) return std::min(sum, most_values + 1);
  for (const auto& field : type.input_fields) {
    const auto* given = find(literal, field.name);
    const bool is_object = field.type && field.type.named().kind == type_kind::input_object;
    if (given == nullptr)
      sum += of_absent(type, field);
    else
      sum += is_object ? values(given->value, field.type.named()) : 1;
  }
  return std::min(sum, most_values + 1);
}

std::size_t default_expansion::of_absent(const named_type& owner, const input_value& field) {
  if (field.default_value == nullptr || !field.type) return 0;
  if (field.type.named().kind != type_kind::input_object) return 1;
  auto name = owner.name + "." + field.name;
  if (const auto cycle = on_path_.find(&field); cycle != on_path_.end()) {
    report_cycle(name, cycle->second);
    return 0;
  }
  if (const auto known = known_.find(&field); known != known_.end()) return known->second;
  on_path_[&field] = path_.size();
  path_.push_back({name, field.syntax});
  const auto sum = values(*field.default_value, field.type.named());
  path_.pop_back();
  on_path_.erase(&field);
  if (sum > most_values)
    faults_.push_back({"The default value of Input Object field " + name + " comes to more than " +
                           std::to_string(most_values) + " values.",
                       {field.syntax}});
  return known_[&field] = sum;
}

void default_expansion::report_cycle(const std::string& name, std::size_t from) {
  auto message = "Invalid circular reference. The default value of Input Object field " + name +
                 " references itself";
  std::vector<written_at> where{path_[from].syntax};
  for (auto i = from + 1; i < path_.size(); ++i) {
    message += (i == from + 1 ? " via the default values of: " : ", ") + path_[i].name;
    where.push_back(path_[i].syntax);
  }
  faults_.push_back({message + ".", std::move(where)});
}

}  // namespace puff::graphql::internal
