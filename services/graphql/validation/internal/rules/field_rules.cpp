#include <algorithm>

#include "services/graphql/validation/internal/executable_run.hpp"
#include "services/graphql/validation/suggestions.hpp"

namespace puff::graphql::internal {

namespace {

// An object's or interface's own fields only.
bool defines(const named_type& type, std::string_view name) {
  return type.has_fields() && type.find_field(name);
}

}  // namespace

void executable_run::check_leaf(const field_node& f, const field& definition) {
  auto name = std::string(f.name.value);
  auto type = "type \"" + to_string(definition.type) + "\"";
  if (definition.type.named().is_leaf()) {
    if (f.selection_set)
      context_.report(
          "Field \"" + name + "\" must not have a selection since " + type + " has no subfields.",
          *f.selection_set);
  } else if (!f.selection_set) {
    context_.report("Field \"" + name + "\" of " + type +
                        " must have a selection of subfields. Did you mean \"" + name +
                        " { ... }\"?",
                    f);
  }
}

std::string executable_run::fragment_type_hint(const named_type& type,
                                               std::string_view name) const {
  std::vector<std::pair<const named_type*, int>> uses;
  auto count = [&uses](const named_type* t) {
    auto at = std::ranges::find(uses, t, &std::pair<const named_type*, int>::first);
    if (at == uses.end())
      uses.emplace_back(t, 1);
    else
      ++at->second;
  };
  for (const auto* possible : context_.types().possible_types(type)) {
    if (!defines(*possible, name)) continue;
    count(possible);
    for (const auto* interface : possible->interfaces)
      if (defines(*interface, name)) count(interface);
  }
  const auto& types = context_.types();
  std::ranges::stable_sort(uses, [&](const auto& a, const auto& b) {
    if (a.second != b.second) return a.second > b.second;
    auto is_super = [&](const named_type& x, const named_type& y) {
      return x.kind == type_kind::interface && types.is_sub_type(x, y);
    };
    if (is_super(*a.first, *b.first)) return true;
    if (is_super(*b.first, *a.first)) return false;
    return natural_less(a.first->name, b.first->name);
  });
  std::vector<std::string> names;
  for (const auto& [t, n] : uses) names.push_back(t->name);
  return did_you_mean("to use an inline fragment on", names);
}

void executable_run::check_field_exists(const field_node& f, const named_type& parent) {
  std::string hint;
  if (context_.options().did_you_mean == suggestions::shown && !context_.is_full()) {
    if (parent.is_abstract()) hint = fragment_type_hint(parent, f.name.value);
    std::vector<std::string_view> names;
    for (const auto& known : parent.fields) names.push_back(known.name);
    if (hint.empty()) hint = context_.hint(f.name.value, names);
  }
  context_.report("Cannot query field \"" + std::string(f.name.value) + "\" on type \"" +
                      parent.name + "\"." + hint,
                  f);
}

void executable_run::check_required(const field_node& f, const field& definition) {
  for (const auto& argument : definition.arguments) {
    if (!argument.is_required()) continue;
    if (std::ranges::any_of(f.arguments,
                            [&](const auto& a) { return a.name.value == argument.name; }))
      continue;
    context_.report("Field \"" + definition.name + "\" argument \"" + argument.name +
                        "\" of type \"" + to_string(argument.type) +
                        "\" is required, but it was not provided.",
                    f);
  }
}

void executable_run::check_introspection(const field_node& f, const field& definition) {
  depth_.check(f);
  if (context_.options().schema_questions == introspection::refused &&
      definition.type.named().is_introspection)
    context_.report(
        "GraphQL introspection has been disabled, but the requested query contained the field \"" +
            std::string(f.name.value) + "\".",
        f);
}

void executable_run::walk_arguments(const field_node& f, const named_type* parent,
                                    const field* definition) {
  for (const auto& a : f.arguments) {
    const auto* known = definition ? definition->argument(a.name.value) : nullptr;
    if (!known && definition && parent) {
      std::vector<std::string_view> names;
      for (const auto& n : definition->arguments) names.push_back(n.name);
      context_.report("Unknown argument \"" + std::string(a.name.value) + "\" on field \"" +
                          parent->name + "." + definition->name + "\"." +
                          context_.hint(a.name.value, names),
                      a);
    }
    if (known)
      common_.values().check(a.value, {known->type, {}, known->default_value != nullptr});
    else
      common_.values().check(a.value, {});
  }
}

void executable_run::walk(const field_node& f, const named_type* parent) {
  const auto* definition = parent ? context_.types().find_field(*parent, f.name.value) : nullptr;
  if (definition) check_leaf(f, *definition);
  if (parent && !definition) check_field_exists(f, *parent);
  common_.check_unique(f.directives);
  common_.check_unique(f.arguments);
  if (definition)
    check_introspection(f, *definition);
  else
    depth_.check(f);
  walk_arguments(f, parent, definition);
  common_.check(f.directives, directive_location::field, parent, definition);
  if (f.selection_set) {
    const auto* type = definition ? &definition->type.named() : nullptr;
    if (type && !type->is_composite()) type = nullptr;
    overlapping_.check(*f.selection_set, type);
    walk(*f.selection_set, type);
  }
  if (definition) check_required(f, *definition);
}

}  // namespace puff::graphql::internal
