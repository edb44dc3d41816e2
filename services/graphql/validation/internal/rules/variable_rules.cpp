#include "services/graphql/validation/internal/rules/variable_rules.hpp"

#include "services/graphql/language/printer.hpp"

namespace puff::graphql::internal {

namespace {

// The name behind the "$", as a node with a place of its own.
node name_in(const name_node& variable) {
  return {node_kind::name, variable.end - static_cast<std::uint32_t>(variable.value.size()),
          variable.end};
}

std::string in_operation(const operation_node& operation, std::string_view word) {
  if (!operation.name) return ".";
  return std::string(word) + " operation \"" + std::string(operation.name.value) + "\".";
}

std::string variable_text(std::string_view name) {
  return "Variable \"$" + std::string(name) + "\"";
}

bool is_usage_allowed(const schema& types, const type_ref& variable, const value_node* own_default,
                      const input_place& place) {
  if (!place.type.is_non_null() || variable.is_non_null())
    return types.is_type_sub_type_of(variable, place.type);
  auto has_value = own_default && own_default->kind != node_kind::null_value;
  return (has_value || place.has_default) &&
         types.is_type_sub_type_of(variable, place.type.inner());
}

class definitions_by_name {
 public:
  explicit definitions_by_name(const operation_node& operation) : operation_(operation) {
    // The last definition of a name counts.
    for (auto i = operation.variables.size(); i-- > 0;)
      index_.add(operation.variables[i].variable.value, static_cast<std::uint32_t>(i));
  }
  const variable_definition_node* find(std::string_view name) const {
    auto at = index_.find(name);
    return at == name_index::none ? nullptr : &operation_.variables[at];
  }

 private:
  const operation_node& operation_;
  name_index index_;
};

void check_place(context& c, const variable_definition_node& definition,
                 const variable_usage& usage) {
  if (!usage.place.type) return;
  auto type = c.types().resolve(*definition.type);
  auto name = variable_text(usage.variable->text);
  if (type && !is_usage_allowed(c.types(), type, definition.default_value, usage.place))
    c.report(name + " of type \"" + to_string(type) + "\" used in position expecting type \"" +
                 to_string(usage.place.type) + "\".",
             {&definition, usage.variable});
  const auto& parent = usage.place.parent;
  if (parent && parent.is_named() && parent.named().is_one_of && type && !type.is_non_null())
    c.report(name + " is of type \"" + to_string(type) +
                 "\" but must be non-nullable to be used for OneOf Input Object \"" +
                 to_string(parent) + "\".",
             {&definition, usage.variable});
}

}  // namespace

void check_unique_variables(context& c, const operation_node& operation) {
  if (operation.variables.size() < 2) return;
  name_index first;
  std::vector<std::vector<node>> groups;
  std::vector<std::string_view> names;
  for (const auto& v : operation.variables) {
    auto at = first.add(v.variable.value, static_cast<std::uint32_t>(groups.size()));
    if (at == groups.size()) {
      groups.emplace_back();
      names.push_back(v.variable.value);
    }
    groups[at].push_back(name_in(v.variable));
  }
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (groups[i].size() < 2) continue;
    std::vector<const node*> where;
    for (const auto& n : groups[i]) where.push_back(&n);
    c.report("There can be only one variable named \"$" + std::string(names[i]) + "\".", where);
  }
}

void check_input_type(context& c, const variable_definition_node& variable) {
  auto type = c.types().resolve(*variable.type);
  if (type && !type.named().is_input())
    c.report(variable_text(variable.variable.value) + " cannot be non-input type \"" +
                 print(*variable.type) + "\".",
             *variable.type);
}

void check_usages(context& c, const operation_node& operation,
                  std::span<const variable_usage> usages) {
  if (operation.variables.empty() && usages.empty()) return;
  definitions_by_name defined(operation);
  name_index used;
  for (const auto& usage : usages) {
    used.add(usage.variable->text, 0);
    if (!defined.find(usage.variable->text))
      c.report(
          variable_text(usage.variable->text) + " is not defined" + in_operation(operation, " by"),
          {usage.variable, &operation});
  }
  for (const auto& v : operation.variables)
    if (used.find(v.variable.value) == name_index::none)
      c.report(variable_text(v.variable.value) + " is never used" + in_operation(operation, " in"),
               v);
  for (const auto& usage : usages)
    if (const auto* definition = defined.find(usage.variable->text))
      check_place(c, *definition, usage);
}

}  // namespace puff::graphql::internal
