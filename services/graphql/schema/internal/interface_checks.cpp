#include <algorithm>
#include <unordered_set>

#include "services/graphql/schema/internal/schema_checks.hpp"

namespace puff::graphql::internal {

namespace {

const type_definition_node& definition_of(const written_at& w) {
  return *static_cast<const type_definition_node*>(w.at);
}

template <class Each>
void each_syntax(const named_type& type, Each each) {
  if (type.syntax) each(type.syntax);
  for (const auto& extension : type.extensions) each(extension);
}

}  // namespace

schema_checks::places schema_checks::all_syntax(const named_type& type) {
  places where;
  each_syntax(type, [&](const written_at& w) { where.push_back(w); });
  return where;
}

schema_checks::places schema_checks::implements_syntax(const named_type& type,
                                                       const named_type& interface) {
  places where;
  each_syntax(type, [&](const written_at& w) {
    for (const auto& node : definition_of(w).interfaces)
      if (node.name.value == interface.name) where.push_back({w.in, &node});
  });
  return where;
}

schema_checks::places schema_checks::member_syntax(const named_type& type,
                                                   std::string_view member) {
  places where;
  each_syntax(type, [&](const written_at& w) {
    for (const auto& node : definition_of(w).members)
      if (node.name.value == member) where.push_back({w.in, &node});
  });
  return where;
}

written_at schema_checks::type_syntax(const written_at& w) {
  if (!w) return {};
  if (w.at->kind == node_kind::field_definition)
    return {w.in, static_cast<const field_definition_node*>(w.at)->type};
  return {w.in, static_cast<const input_value_definition_node*>(w.at)->type};
}

written_at schema_checks::default_syntax(const written_at& w) {
  if (!w) return {};
  const auto& definition = *static_cast<const input_value_definition_node*>(w.at);
  return {w.in, definition.default_value};
}

written_at schema_checks::deprecated_syntax(const written_at& w) {
  if (!w) return {};
  const auto directives = w.at->kind == node_kind::field_definition
                              ? static_cast<const field_definition_node*>(w.at)->directives
                              : static_cast<const input_value_definition_node*>(w.at)->directives;
  for (const auto& d : directives)
    if (d.name.value == "deprecated") return {w.in, &d};
  return {};
}

void schema_checks::check_interfaces(const named_type& type) {
  std::unordered_set<const named_type*> seen;
  for (const auto* interface : type.interfaces) {
    auto where = [&] { return implements_syntax(type, *interface); };
    if (interface->kind != type_kind::interface) {
      report("Type " + type.name + " must only implement Interface types, it cannot implement " +
                 interface->name + ".",
             where());
    } else if (interface == &type) {
      report("Type " + type.name +
                 " cannot implement itself because it would create a circular reference.",
             where());
    } else if (!seen.insert(interface).second) {
      report("Type " + type.name + " can only implement " + interface->name + " once.", where());
    } else {
      check_ancestors(type, *interface);
      check_implements(type, *interface);
    }
  }
}

void schema_checks::check_ancestors(const named_type& type, const named_type& interface) {
  for (const auto* ancestor : interface.interfaces) {
    if (std::ranges::find(type.interfaces, ancestor) != type.interfaces.end()) continue;
    auto where = implements_syntax(interface, *ancestor);
    std::ranges::copy(implements_syntax(type, interface), std::back_inserter(where));
    if (ancestor == &type)
      report("Type " + type.name + " cannot implement " + interface.name +
                 " because it would create a circular reference.",
             where);
    else
      report("Type " + type.name + " must implement " + ancestor->name +
                 " because it is implemented by " + interface.name + ".",
             where);
  }
}

void schema_checks::check_implements(const named_type& type, const named_type& interface) {
  for (const auto& wanted : interface.fields) {
    const auto* own = type.find_field(wanted.name);
    auto wanted_name = interface.name + "." + wanted.name;
    if (!own) {
      places where{wanted.syntax};
      std::ranges::copy(all_syntax(type), std::back_inserter(where));
      report(
          "Interface field " + wanted_name + " expected but " + type.name + " does not provide it.",
          where);
      continue;
    }
    if (!schema_.is_type_sub_type_of(own->type, wanted.type))
      report("Interface field " + wanted_name + " expects type " + to_string(wanted.type) +
                 " but " + type.name + "." + wanted.name + " is type " + to_string(own->type) + ".",
             {type_syntax(wanted.syntax), type_syntax(own->syntax)});
    check_field_arguments(type, *own, interface, wanted);
    if (own->deprecation_reason && !wanted.deprecation_reason)
      report("Interface field " + wanted_name + " is not deprecated, so implementation field " +
                 type.name + "." + own->name + " must not be deprecated.",
             {deprecated_syntax(own->syntax), type_syntax(own->syntax)});
  }
}

void schema_checks::check_field_arguments(const named_type& type, const field& own,
                                          const named_type& interface, const field& wanted) {
  auto own_name = type.name + "." + own.name, wanted_name = interface.name + "." + wanted.name;
  for (const auto& argument : wanted.arguments) {
    const auto* given = own.argument(argument.name);
    auto suffix = "(" + argument.name + ":)";
    if (!given)
      report("Interface field argument " + wanted_name + suffix + " expected but " + own_name +
                 " does not provide it.",
             {argument.syntax, own.syntax});
    else if (given->type != argument.type)
      report("Interface field argument " + wanted_name + suffix + " expects type " +
                 to_string(argument.type) + " but " + own_name + suffix + " is type " +
                 to_string(given->type) + ".",
             {type_syntax(argument.syntax), type_syntax(given->syntax)});
  }
  for (const auto& argument : own.arguments)
    if (!wanted.argument(argument.name) && argument.is_required())
      report("Object field " + own_name + " includes required argument " + argument.name +
                 " that is missing from the Interface field " + wanted_name + ".",
             {argument.syntax, wanted.syntax});
}

}  // namespace puff::graphql::internal
