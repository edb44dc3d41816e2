#include <array>
#include <unordered_set>
#include <utility>

#include "services/graphql/language/printer.hpp"
#include "services/graphql/schema/internal/schema_checks.hpp"
#include "services/graphql/schema/schema_builder.hpp"

namespace puff::graphql {

graphql_errors validate_schema(const schema& s) { return internal::schema_checks(s).run(); }

namespace internal {

graphql_errors schema_checks::run() && {
  check_roots();
  check_directives();
  check_types();
  return std::move(errors_);
}

void schema_checks::report(std::string message, const places& where) {
  graphql_error error{std::move(message), {}, {}, {}};
  for (const auto& w : where)
    if (w) error.locations.push_back(w.in->place_of(*w.at));
  errors_.push_back(std::move(error));
}

written_at schema_checks::root_syntax(operation_type operation) const {
  auto find = [operation](const written_at& w) -> written_at {
    if (!w) return {};
    for (const auto& root : static_cast<const schema_definition_node*>(w.at)->operation_types)
      if (root.operation == operation) return {w.in, root.type};
    return {};
  };
  if (auto found = find(schema_.syntax())) return found;
  for (const auto& extension : schema_.extensions())
    if (auto found = find(extension)) return found;
  return {};
}

void schema_checks::check_roots() {
  constexpr std::array<const char*, 3> names{"Query", "Mutation", "Subscription"};
  if (!schema_.root(operation_type::query))
    report("Query root type must be provided.", {schema_.syntax()});
  for (std::size_t i = 0; i < names.size(); ++i) {
    auto operation = static_cast<operation_type>(i);
    const auto* root = schema_.root(operation);
    if (!root || root->kind == type_kind::object) continue;
    auto at = root_syntax(operation);
    report(std::string(names[i]) + " root type must be Object type" +
               (i > 0 ? " if provided" : "") + ", it cannot be " + root->name + ".",
           {at ? at : root->syntax});
  }
}

void schema_checks::check_name(const std::string& name, const written_at& syntax) {
  if (name.starts_with("__"))
    report("Name \"" + name +
               "\" must not begin with \"__\", which is reserved by GraphQL introspection.",
           {syntax});
}

void schema_checks::check_directives() {
  for (const auto& d : schema_.directives()) {
    check_name(d.name, d.syntax);
    if (d.locations.empty())
      report("Directive @" + d.name + " must include 1 or more locations.", {d.syntax});
    for (const auto& argument : d.arguments) {
      auto owner = "@" + d.name + "(" + argument.name + ":)";
      check_name(argument.name, argument.syntax);
      if (!argument.type.named().is_input())
        report("The type of " + owner + " must be Input Type but got: " + to_string(argument.type) +
                   ".",
               {argument.syntax});
      if (argument.is_required() && argument.deprecation_reason)
        report("Required argument " + owner + " cannot be deprecated.",
               {deprecated_syntax(argument.syntax), type_syntax(argument.syntax)});
      check_default(owner, argument);
    }
  }
}

void schema_checks::check_types() {
  visited_.resize(schema_.types().size());
  for (const auto* type : schema_.types()) {
    if (!type->is_introspection) check_name(type->name, type->syntax);
    switch (type->kind) {
      case type_kind::scalar: break;
      case type_kind::object:
      case type_kind::interface:
        check_fields(*type);
        check_interfaces(*type);
        break;
      case type_kind::union_: check_members(*type); break;
      case type_kind::enum_: check_values(*type); break;
      case type_kind::input_object:
        check_input_fields(*type);
        check_expansion(*type);
        check_cycles(*type);
        break;
    }
  }
}

void schema_checks::check_argument(const std::string& owner, const input_value& argument) {
  auto name = owner + "(" + argument.name + ":)";
  check_name(argument.name, argument.syntax);
  if (!argument.type.named().is_input())
    report("The type of " + name + " must be Input Type but got: " + to_string(argument.type) + ".",
           {type_syntax(argument.syntax)});
  if (argument.is_required() && argument.deprecation_reason)
    report("Required argument " + name + " cannot be deprecated.",
           {deprecated_syntax(argument.syntax), type_syntax(argument.syntax)});
  check_default(name, argument);
}

void schema_checks::check_default(const std::string& name, const input_value& value) {
  if (!value.default_value || !value.type || !value.type.named().is_input()) return;
  if (!fits(*value.default_value, value.type))
    report(name + " has invalid default value: Expected value of type \"" + to_string(value.type) +
               "\", found " + print(*value.default_value) + ".",
           {default_syntax(value.syntax)});
}

void schema_checks::check_expansion(const named_type& type) {
  for (const auto& fault : expansion_.of_fields(type)) {
    places where;
    for (const auto& syntax : fault.where) where.push_back(default_syntax(syntax));
    report(fault.message, where);
  }
}

void schema_checks::check_fields(const named_type& type) {
  if (type.fields.empty())
    report("Type " + type.name + " must define one or more fields.", all_syntax(type));
  for (const auto& f : type.fields) {
    auto name = type.name + "." + f.name;
    check_name(f.name, f.syntax);
    if (!f.type.named().is_output())
      report("The type of " + name + " must be Output Type but got: " + to_string(f.type) + ".",
             {type_syntax(f.syntax)});
    for (const auto& argument : f.arguments) check_argument(name, argument);
  }
}

void schema_checks::check_members(const named_type& type) {
  if (type.members.empty())
    report("Union type " + type.name + " must define one or more member types.", all_syntax(type));
  std::unordered_set<const named_type*> seen;
  for (const auto* member : type.members) {
    if (!seen.insert(member).second)
      report("Union type " + type.name + " can only include type " + member->name + " once.",
             member_syntax(type, member->name));
    else if (member->kind != type_kind::object)
      report("Union type " + type.name + " can only include Object types, it cannot include " +
                 member->name + ".",
             member_syntax(type, member->name));
  }
}

void schema_checks::check_values(const named_type& type) {
  if (type.values.empty())
    report("Enum type " + type.name + " must define one or more values.", all_syntax(type));
  for (const auto& value : type.values) check_name(value.name, value.syntax);
}

void schema_checks::check_input_fields(const named_type& type) {
  if (type.input_fields.empty())
    report("Input Object type " + type.name + " must define one or more fields.", all_syntax(type));
  for (const auto& f : type.input_fields) {
    auto name = type.name + "." + f.name;
    check_name(f.name, f.syntax);
    if (!f.type.named().is_input())
      report("The type of " + name + " must be Input Type but got: " + to_string(f.type) + ".",
             {type_syntax(f.syntax)});
    if (f.is_required() && f.deprecation_reason)
      report("Required input field " + name + " cannot be deprecated.",
             {deprecated_syntax(f.syntax), type_syntax(f.syntax)});
    check_default(name, f);
    if (type.is_one_of) check_one_of(type, f);
  }
}

void schema_checks::check_one_of(const named_type& type, const input_value& f) {
  auto name = "OneOf input field " + type.name + "." + f.name;
  if (f.type.is_non_null()) report(name + " must be nullable.", {type_syntax(f.syntax)});
  if (f.default_value) report(name + " cannot have a default value.", {f.syntax});
}

void schema_checks::check_cycles(const named_type& type) {
  if (visited_[type.position]) return;
  visited_[type.position] = true;
  path_index_[&type] = path_.size();
  for (const auto& f : type.input_fields) {
    auto inner = f.type.nullable();
    if (!f.type.is_non_null() || !inner.is_named() || inner.named().kind != type_kind::input_object)
      continue;
    path_.push_back(&f);
    auto cycle = path_index_.find(&inner.named());
    if (cycle == path_index_.end()) {
      check_cycles(inner.named());
    } else {
      std::string names;
      places where;
      for (auto i = cycle->second; i < path_.size(); ++i) {
        names += (names.empty() ? "" : ".") + path_[i]->name;
        where.push_back(path_[i]->syntax);
      }
      report("Cannot reference Input Object \"" + inner.named().name +
                 "\" within itself through a series of non-null fields: \"" + names + "\".",
             where);
    }
    path_.pop_back();
  }
  path_index_.erase(&type);
}

}  // namespace internal

}  // namespace puff::graphql
