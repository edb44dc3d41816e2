#include "services/graphql/plan/plan.hpp"

namespace puff::graphql {

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
