#include "services/graphql/validation/internal/rules/value_rules.hpp"

#include <cstdlib>

#include "services/graphql/language/printer.hpp"
#include "services/graphql/validation/suggestions.hpp"
#include "services/graphql/values/variables.hpp"

namespace puff::graphql::internal {

namespace {

const object_field_node* last_field(const value_node& object, std::string_view name) {
  const object_field_node* found = nullptr;
  for (const auto& f : object.fields)
    if (f.name.value == name) found = &f;
  return found;
}

}  // namespace

void value_rules::check(const value_node& value, const input_place& place, bool mute) {
  switch (value.kind) {
    case node_kind::variable: usages_.push_back({&value, place}); break;
    case node_kind::list_value: check_list(value, place, mute); break;
    case node_kind::object_value: check_object(value, place, mute); break;
    case node_kind::null_value:
      if (!mute && place.type && place.type.is_non_null())
        context_.report("Expected value of type \"" + to_string(place.type) + "\", found null.",
                        value);
      break;
    default:
      if (!mute && place.type) check_leaf(value, place.type);
  }
}

void value_rules::check_list(const value_node& value, const input_place& place, bool mute) {
  auto list = place.type.nullable();
  auto is_list = place.type && list.is_list();
  auto item = is_list ? list.inner() : list;
  if (!is_list) {
    if (!mute && item) check_leaf(value, item);
    mute = true;
  }
  for (const auto& v : value.items) check(v, {item, place.type, false}, mute);
}

void value_rules::check_object(const value_node& value, const input_place& place, bool mute) {
  const auto* type = place.type ? &place.type.named() : nullptr;
  auto is_object = type && type->kind == type_kind::input_object;
  if (!mute && is_object) check_fields(value, *type);
  if (!mute && type && !is_object) check_leaf(value, place.type);
  if (!is_object) mute = true;
  name_index names_seen;
  for (std::uint32_t i = 0; i < value.fields.size(); ++i) {
    const auto& f = value.fields[i];
    const auto* definition = is_object ? type->find_input(f.name.value) : nullptr;
    if (!mute && !definition) {
      std::vector<std::string_view> names;
      for (const auto& known : type->input_fields) names.push_back(known.name);
      context_.report("Field \"" + std::string(f.name.value) + "\" is not defined by type \"" +
                          type->name + "\"." + context_.hint(f.name.value, names),
                      f);
    }
    if (auto at = names_seen.add(f.name.value, i); at != i)
      context_.report(
          "There can be only one input field named \"" + std::string(f.name.value) + "\".",
          {&value.fields[at].name, &f.name});
    input_place inner{definition ? definition->type : type_ref(), place.type,
                      definition && definition->default_value};
    check(f.value, inner, mute);
  }
}

void value_rules::check_fields(const value_node& value, const named_type& type) {
  for (const auto& f : type.input_fields)
    if (f.is_required() && !last_field(value, f.name))
      context_.report("Field \"" + type.name + "." + f.name + "\" of required type \"" +
                          to_string(f.type) + "\" was not provided.",
                      value);
  if (type.is_one_of) check_one_of(value, type);
}

void value_rules::check_one_of(const value_node& value, const named_type& type) {
  auto several = value.fields.empty();
  for (const auto& f : value.fields)
    several = several || f.name.value != value.fields.front().name.value;
  if (several) {
    context_.report("OneOf Input Object \"" + type.name + "\" must specify exactly one key.",
                    value);
  } else if (value.fields.back().value.kind == node_kind::null_value) {
    context_.report("Field \"" + type.name + "." + std::string(value.fields.back().name.value) +
                        "\" must be non-null.",
                    value);
  }
}

void value_rules::check_leaf(const value_node& value, const type_ref& wanted) {
  const auto& type = wanted.named();
  if (type.kind == type_kind::scalar) return check_scalar(value, type);
  if (type.kind == type_kind::enum_) return check_enum(value, type);
  context_.report(
      "Expected value of type \"" + to_string(wanted) + "\", found " + print(value) + ".", value);
}

void value_rules::refuse(std::string_view what, const value_node& value) {
  context_.report(std::string(what) + print(value), value);
}

void value_rules::check_scalar(const value_node& value, const named_type& type) {
  auto kind = value.kind;
  auto is_int = kind == node_kind::int_value, is_string = kind == node_kind::string_value;
  switch (type.builtin) {
    case builtin_scalar::int_:
      if (!is_int) return refuse("Int cannot represent non-integer value: ", value);
      if (auto n = std::strtod(std::string(value.text).c_str(), nullptr);
          n > 2147483647.0 || n < -2147483648.0)
        refuse("Int cannot represent non 32-bit signed integer value: ", value);
      break;
    case builtin_scalar::float_:
      if (!is_int && kind != node_kind::float_value)
        refuse("Float cannot represent non numeric value: ", value);
      break;
    case builtin_scalar::string:
      if (!is_string) refuse("String cannot represent a non string value: ", value);
      break;
    case builtin_scalar::boolean:
      if (kind != node_kind::boolean_value)
        refuse("Boolean cannot represent a non boolean value: ", value);
      break;
    case builtin_scalar::id:
      if (!is_int && !is_string)
        refuse("ID cannot represent a non-string and non-integer value: ", value);
      break;
    case builtin_scalar::other: check_own(value, type); break;
  }
}

void value_rules::check_own(const value_node& value, const named_type& type) {
  const auto* scalars = context_.options().scalars;
  if (scalars == nullptr || type.position >= scalars->size() || uses_variables(value)) return;
  const auto& codec = (*scalars)[type.position];
  if (codec == nullptr) return;
  if (auto parsed = codec->parse(untyped(value, {})); !parsed)
    context_.report(parsed.errors().front().message, value);
}

void value_rules::check_enum(const value_node& value, const named_type& type) {
  if (value.kind == node_kind::enum_value && type.find_value(value.text)) return;
  auto shown = print(value);
  std::vector<std::string_view> names;
  for (const auto& v : type.values) names.push_back(v.name);
  auto hint = context_.options().did_you_mean == suggestions::hidden || context_.is_full()
                  ? ""
                  : did_you_mean("the enum value", suggestion_list(shown, names));
  if (value.kind == node_kind::enum_value)
    context_.report("Value \"" + shown + "\" does not exist in \"" + type.name + "\" enum." + hint,
                    value);
  else
    context_.report(
        "Enum \"" + type.name + "\" cannot represent non-enum value: " + shown + "." + hint, value);
}

}  // namespace puff::graphql::internal
