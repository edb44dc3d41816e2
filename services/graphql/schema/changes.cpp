#include "services/graphql/schema/changes.hpp"

#include <algorithm>
#include <utility>

#include "services/graphql/language/parser.hpp"
#include "services/graphql/language/printer.hpp"
#include "services/graphql/schema/introspection.hpp"
#include "services/graphql/validation/suggestions.hpp"

namespace puff::graphql {

namespace {

const std::string& name_of(const named_type* type) { return type->name; }
template <class T>
const std::string& name_of(const T& item) {
  return item.name;
}

template <class T>
const T* find(const std::vector<T>& items, const std::string& name) {
  auto at = std::ranges::find_if(items, [&](const T& item) { return name_of(item) == name; });
  return at == items.end() ? nullptr : &*at;
}

std::string_view kind_text(type_kind kind) {
  switch (kind) {
    case type_kind::scalar: return "a Scalar type";
    case type_kind::object: return "an Object type";
    case type_kind::interface: return "an Interface type";
    case type_kind::union_: return "a Union type";
    case type_kind::enum_: return "an Enum type";
    case type_kind::input_object: break;
  }
  return "an Input type";
}

// What was promised of a result still holds.
bool is_safe_output(const type_ref& before, const type_ref& after) {
  if (before.is_non_null())
    return after.is_non_null() && is_safe_output(before.inner(), after.inner());
  if (after.is_non_null()) return is_safe_output(before, after.inner());
  if (before.is_list()) return after.is_list() && is_safe_output(before.inner(), after.inner());
  return after.is_named() && before.named().name == after.named().name;
}

// What was accepted as input still is.
bool is_safe_input(const type_ref& before, const type_ref& after) {
  if (before.is_list()) return after.is_list() && is_safe_input(before.inner(), after.inner());
  if (before.is_non_null())
    return is_safe_input(before.inner(), after.is_non_null() ? after.inner() : after);
  return after.is_named() && before.named().name == after.named().name;
}

std::string sorted(const value_node& value) {
  std::vector<std::pair<std::string_view, std::string>> fields;
  std::string out;
  auto add = [&out](const std::string& text) { out += (out.empty() ? "" : ", ") + text; };
  if (value.kind == node_kind::list_value) {
    for (const auto& item : value.items) add(sorted(item));
    return "[" + out + "]";
  }
  if (value.kind != node_kind::object_value) return print(value);
  for (const auto& f : value.fields) fields.emplace_back(f.name.value, sorted(f.value));
  std::ranges::stable_sort(
      fields, [](const auto& a, const auto& b) { return natural_less(a.first, b.first); });
  for (const auto& [name, text] : fields) add(std::string(name) + ": " + text);
  return "{" + out + "}";
}

std::string sorted_default(const input_value& value) {
  auto text = printed_default(value);
  if (text.empty()) return text;
  auto literal = parse_value(std::move(text));
  return literal ? sorted(*literal->value) : std::string();
}

class comparison {
 public:
  std::vector<schema_change> run(const schema& before, const schema& after) {
    for (const auto* type : before.types())
      if (!after.type(type->name)) removed(*type);
    for (const auto* type : before.types())
      if (const auto* now = after.type(type->name)) compare(*type, *now);
    for (const auto& d : before.directives())
      if (!after.find_directive(d.name)) breaking("DIRECTIVE_REMOVED", d.name + " was removed.");
    for (const auto& d : before.directives())
      if (const auto* now = after.find_directive(d.name)) compare(d, *now);
    return std::move(changes_);
  }

 private:
  void breaking(std::string type, std::string text) {
    changes_.push_back({severity::breaking, std::move(type), std::move(text)});
  }
  void dangerous(std::string type, std::string text) {
    changes_.push_back({severity::dangerous, std::move(type), std::move(text)});
  }

  void removed(const named_type& type) {
    breaking("TYPE_REMOVED", type.builtin != builtin_scalar::other
                                 ? "Standard scalar " + type.name +
                                       " was removed because it is not referenced anymore."
                                 : type.name + " was removed.");
  }

  void compare(const named_type& before, const named_type& after) {
    if (before.kind != after.kind)
      return breaking("TYPE_CHANGED_KIND", before.name + " changed from " +
                                               std::string(kind_text(before.kind)) + " to " +
                                               std::string(kind_text(after.kind)) + ".");
    compare_values(before, after);
    compare_members(before, after);
    compare_input_fields(before, after);
    compare_fields(before, after);
    compare_interfaces(before, after);
  }

  void compare_values(const named_type& before, const named_type& after) {
    for (const auto& v : after.values)
      if (!before.find_value(v.name))
        dangerous("VALUE_ADDED_TO_ENUM", v.name + " was added to enum type " + before.name + ".");
    for (const auto& v : before.values)
      if (!after.find_value(v.name))
        breaking("VALUE_REMOVED_FROM_ENUM",
                 v.name + " was removed from enum type " + before.name + ".");
  }

  void compare_members(const named_type& before, const named_type& after) {
    for (const auto* m : after.members)
      if (!find(before.members, m->name))
        dangerous("TYPE_ADDED_TO_UNION", m->name + " was added to union type " + before.name + ".");
    for (const auto* m : before.members)
      if (!find(after.members, m->name))
        breaking("TYPE_REMOVED_FROM_UNION",
                 m->name + " was removed from union type " + before.name + ".");
  }

  void compare_input_fields(const named_type& before, const named_type& after) {
    for (const auto& f : after.input_fields) {
      if (before.find_input(f.name)) continue;
      auto text = " field " + f.name + " on input type " + before.name + " was added.";
      if (f.is_required())
        breaking("REQUIRED_INPUT_FIELD_ADDED", "A required" + text);
      else
        dangerous("OPTIONAL_INPUT_FIELD_ADDED", "An optional" + text);
    }
    for (const auto& f : before.input_fields)
      if (!after.find_input(f.name))
        breaking("FIELD_REMOVED", before.name + "." + f.name + " was removed.");
    for (const auto& f : before.input_fields)
      if (const auto* now = after.find_input(f.name); now && !is_safe_input(f.type, now->type))
        changed_type(before.name + "." + f.name, f.type, now->type);
  }

  void changed_type(const std::string& name, const type_ref& before, const type_ref& after) {
    breaking("FIELD_CHANGED_KIND",
             name + " changed type from " + to_string(before) + " to " + to_string(after) + ".");
  }

  void compare_fields(const named_type& before, const named_type& after) {
    for (const auto& f : before.fields)
      if (!after.find_field(f.name))
        breaking("FIELD_REMOVED", before.name + "." + f.name + " was removed.");
    for (const auto& f : before.fields) {
      const auto* now = after.find_field(f.name);
      if (!now) continue;
      compare_arguments(before.name + "." + f.name, f, *now);
      if (!is_safe_output(f.type, now->type))
        changed_type(before.name + "." + f.name, f.type, now->type);
    }
  }

  void compare_arguments(const std::string& owner, const field& before, const field& after) {
    for (const auto& a : before.arguments)
      if (!after.argument(a.name))
        breaking("ARG_REMOVED", owner + " arg " + a.name + " was removed.");
    for (const auto& a : before.arguments)
      if (const auto* now = after.argument(a.name)) compare(owner + " arg " + a.name, a, *now);
    for (const auto& a : after.arguments) {
      if (before.argument(a.name)) continue;
      auto text = " arg " + a.name + " on " + owner + " was added.";
      if (a.is_required())
        breaking("REQUIRED_ARG_ADDED", "A required" + text);
      else
        dangerous("OPTIONAL_ARG_ADDED", "An optional" + text);
    }
  }

  void compare(const std::string& name, const input_value& before, const input_value& after) {
    if (!is_safe_input(before.type, after.type))
      return breaking("ARG_CHANGED_KIND", name + " has changed type from " +
                                              to_string(before.type) + " to " +
                                              to_string(after.type) + ".");
    auto was = sorted_default(before), is = sorted_default(after);
    if (was.empty()) return;
    if (is.empty())
      dangerous("ARG_DEFAULT_VALUE_CHANGE", name + " defaultValue was removed.");
    else if (was != is)
      dangerous("ARG_DEFAULT_VALUE_CHANGE",
                name + " has changed defaultValue from " + was + " to " + is + ".");
  }

  void compare_interfaces(const named_type& before, const named_type& after) {
    for (const auto* i : after.interfaces)
      if (!find(before.interfaces, i->name))
        dangerous("IMPLEMENTED_INTERFACE_ADDED",
                  i->name + " added to interfaces implemented by " + before.name + ".");
    for (const auto* i : before.interfaces)
      if (!find(after.interfaces, i->name))
        breaking("IMPLEMENTED_INTERFACE_REMOVED",
                 before.name + " no longer implements interface " + i->name + ".");
  }

  void compare(const directive& before, const directive& after) {
    for (const auto& a : after.arguments)
      if (!before.argument(a.name) && a.is_required())
        breaking("REQUIRED_DIRECTIVE_ARG_ADDED",
                 "A required arg " + a.name + " on directive " + before.name + " was added.");
    for (const auto& a : before.arguments)
      if (!after.argument(a.name))
        breaking("DIRECTIVE_ARG_REMOVED", a.name + " was removed from " + before.name + ".");
    if (before.is_repeatable && !after.is_repeatable)
      breaking("DIRECTIVE_REPEATABLE_REMOVED",
               "Repeatable flag was removed from " + before.name + ".");
    for (auto place : before.locations)
      if (!after.may_stand_at(place))
        breaking("DIRECTIVE_LOCATION_REMOVED", std::string(puff::graphql::name_of(place)) +
                                                   " was removed from " + before.name + ".");
  }

  std::vector<schema_change> changes_;
};

}  // namespace

std::vector<schema_change> find_changes(const schema& before, const schema& after) {
  return comparison().run(before, after);
}

}  // namespace puff::graphql
