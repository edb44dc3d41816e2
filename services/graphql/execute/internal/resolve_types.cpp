#include "services/graphql/execute/internal/resolve_types.hpp"

#include <unordered_map>

#include "services/graphql/execute/internal/shape.hpp"

namespace puff::graphql::internal {
namespace {

std::string quoted_name(std::string_view name) { return "\"" + std::string{name} + "\""; }

/// Why a name is not the type of a value of an abstract type, in graphql-js' words.
std::string fault_of(const schema& s, const plan_field& f, std::string_view name) {
  const auto wanted = quoted_name(f.definition->type.named().name);
  if (name.empty())
    return "Abstract type " + wanted + " must resolve to an Object type at runtime for field \"" +
           name_of(f) + "\". Either the " + wanted +
           " type should provide a \"resolveType\" function or each possible type should provide "
           "an \"isTypeOf\" function.";
  const auto* type = s.type(name);
  if (type == nullptr)
    return "Abstract type " + wanted + " was resolved to a type " + quoted_name(name) +
           " that does not exist inside the schema.";
  if (type->kind != type_kind::object)
    return "Abstract type " + wanted + " was resolved to a non-object type " + quoted_name(name) +
           ".";
  return "Runtime Object type " + quoted_name(name) + " is not a possible type for " + wanted + ".";
}

}  // namespace

typed_rows resolve_types(const bound_schema& schema, const plan_field& f, const row_set& rows,
                         request_context* context) {
  std::vector<std::string> names;
  auto* resolver = schema.resolver_of(f.definition->type.named());
  if (resolver != nullptr) names = resolver->resolve(rows, context);

  typed_rows out;
  out.places.reserve(rows.size());
  std::unordered_map<const plan_layer*, std::uint32_t> group_of;
  for (std::uint32_t row = 0; row < rows.size(); ++row) {
    const std::string_view name = resolver == nullptr  ? rows.type_name(row)
                                  : row < names.size() ? std::string_view{names[row]}
                                                       : std::string_view{};
    const auto* type = schema.types->type(name);
    const auto* plan = type == nullptr ? nullptr : f.child(*type);
    if (plan == nullptr) {
      out.places.push_back(
          {field_objects::nowhere, static_cast<std::uint32_t>(out.failures.size())});
      out.failures.push_back({fault_of(*schema.types, f, name), {}});
      continue;
    }
    const auto [at, is_new] =
        group_of.try_emplace(plan, static_cast<std::uint32_t>(out.groups.size()));
    if (is_new) out.groups.push_back({plan, {}});
    auto& group = out.groups[at->second];
    out.places.push_back({at->second, static_cast<std::uint32_t>(group.rows.size())});
    group.rows.push_back(row);
  }
  return out;
}

typed_rows typed_rows_of(const bound_schema& schema, const plan_field& f, const row_set& rows,
                         request_context* context) {
  if (f.definition->type.named().is_abstract()) return resolve_types(schema, f, rows, context);
  typed_rows out;
  auto& all = out.groups.emplace_back(typed_rows::group{f.children.front().second, {}});
  for (std::uint32_t row = 0; row < rows.size(); ++row) {
    out.places.push_back({0, row});
    all.rows.push_back(row);
  }
  return out;
}

}  // namespace puff::graphql::internal
