#include "services/graphql/plan/plan.hpp"

#include <algorithm>

namespace puff::graphql {
namespace {

class outside_codec final : public scalar_codec {
 public:
  explicit outside_codec(const named_type& type) : type_(type) {}
  result<value> parse(const value& v) const override {
    return value{std::make_shared<outside_value>(outside_value{v, &type_})};
  }

 private:
  const named_type& type_;
};

using type_set = std::unordered_set<const named_type*>;

/// Whether a value of the type can hold one of a type in `found`; `seen` are those looked at.
bool can_hold(const named_type& type, const type_set& found, type_set& seen) {
  if (found.contains(&type)) return true;
  if (type.kind != type_kind::input_object || !seen.insert(&type).second) return false;
  return std::ranges::any_of(type.input_fields, [&](const input_value& each) {
    return can_hold(each.type.named(), found, seen);
  });
}

bool can_hold(const field& f, const type_set& found) {
  type_set seen;
  return std::ranges::any_of(f.arguments, [&](const input_value& each) {
    return can_hold(each.type.named(), found, seen);
  });
}

}  // namespace

void bound_schema::parse_outside(const std::vector<std::string>& names,
                                 std::shared_ptr<outside_parser> by) {
  type_set found;
  for (const auto& name : names)
    if (const auto* type = types->type(name);
        type != nullptr && bind_scalar(name, std::make_shared<outside_codec>(*type)))
      found.insert(type);
  if (found.empty()) return;
  parser = std::move(by);
  for (const auto* type : types->types())
    for (const auto& f : type->fields)
      if (can_hold(f, found)) parsed_outside.insert(&f);
}

bool bound_schema::bind(std::string_view type, std::string_view field_name, field_binding how) {
  const auto* of = types->type(type);
  const auto* f = of == nullptr ? nullptr : of->find_field(field_name);
  if (f != nullptr) fields.insert_or_assign(f, std::move(how));
  return f != nullptr;
}

bool bound_schema::set_cost(std::string_view type, std::string_view field_name, field_cost cost) {
  const auto* of = types->type(type);
  const auto* f = of == nullptr ? nullptr : of->find_field(field_name);
  if (f != nullptr) costs.insert_or_assign(f, std::move(cost));
  return f != nullptr;
}

bool bound_schema::bind_scalar(std::string_view name, std::shared_ptr<const scalar_codec> codec) {
  const auto* type = types->type(name);
  if (type == nullptr || type->kind != type_kind::scalar) return false;
  scalars.resize(types->types().size());
  scalars[type->position] = std::move(codec);
  return true;
}

bool bound_schema::bind_type(std::string_view name, std::shared_ptr<type_resolver> resolver) {
  const auto* type = types->type(name);
  if (type == nullptr || !type->is_abstract()) return false;
  abstract_types.insert_or_assign(type, std::move(resolver));
  return true;
}

const field_binding& bound_schema::binding(const field& f) const noexcept {
  static const field_binding own_column = from_column{};
  const auto found = fields.find(&f);
  return found == fields.end() ? own_column : found->second;
}

type_resolver* bound_schema::resolver_of(const named_type& type) const noexcept {
  const auto found = abstract_types.find(&type);
  return found == abstract_types.end() ? nullptr : found->second.get();
}

const plan_layer* plan_field::child(const named_type& type) const noexcept {
  for (const auto& [of, layer] : children)
    if (of == &type) return layer;
  return nullptr;
}

}  // namespace puff::graphql
