#include <cstdlib>
#include <optional>

#include "services/graphql/language/printer.hpp"
#include "services/graphql/schema/internal/js_number.hpp"
#include "services/graphql/schema/introspection.hpp"

namespace puff::graphql {

namespace {

using text = std::optional<std::string>;  // empty: the literal does not fit the type
constexpr int deepest = 32;               // defaults of input objects may mention one another

text printed(const value_node& value, const type_ref& type, int depth);

bool is_whole_number(std::string_view t) {
  if (t.starts_with('-')) t.remove_prefix(1);
  if (t.empty() || (t.size() > 1 && t.front() == '0')) return false;
  return t.find_first_not_of("0123456789") == t.npos;
}

text printed_number(const value_node& value, bool whole) {
  if (value.kind != node_kind::int_value && (whole || value.kind != node_kind::float_value))
    return std::nullopt;
  auto number = std::strtod(std::string(value.text).c_str(), nullptr);
  if (whole && (number > 2147483647.0 || number < -2147483648.0)) return std::nullopt;
  return internal::js_number(number);
}

text printed_scalar(const value_node& value, const named_type& type) {
  switch (type.builtin) {
    case builtin_scalar::int_: return printed_number(value, true);
    case builtin_scalar::float_: return printed_number(value, false);
    case builtin_scalar::string:
      if (value.kind != node_kind::string_value) return std::nullopt;
      return print_string(value.text);
    case builtin_scalar::boolean:
      if (value.kind != node_kind::boolean_value) return std::nullopt;
      return std::string(value.text);
    case builtin_scalar::id:
      if (value.kind == node_kind::int_value) return std::string(value.text);
      if (value.kind != node_kind::string_value) return std::nullopt;
      return is_whole_number(value.text) ? std::string(value.text) : print_string(value.text);
    case builtin_scalar::other: break;
  }
  if (value.kind == node_kind::int_value || value.kind == node_kind::float_value)
    return printed_number(value, false);
  if (value.kind == node_kind::string_value || value.kind == node_kind::enum_value)
    return print_string(value.text);
  return print(value);
}

text printed_list(const value_node& value, const type_ref& item, int depth) {
  if (value.kind != node_kind::list_value) {
    auto only = printed(value, item, depth);
    return only ? text("[" + *only + "]") : std::nullopt;
  }
  std::string out;
  for (const auto& v : value.items) {
    auto one = printed(v, item, depth);
    if (!one) return std::nullopt;
    out += (out.empty() ? "" : ", ") + *one;
  }
  return "[" + out + "]";
}

const value_node* given(const value_node& object, std::string_view name) {
  const value_node* found = nullptr;
  for (const auto& f : object.fields)
    if (f.name.value == name) found = &f.value;
  return found;
}

text printed_object(const value_node& value, const named_type& type, int depth) {
  if (value.kind != node_kind::object_value) return std::nullopt;
  std::string out;
  for (const auto& f : type.input_fields) {
    const auto* literal = given(value, f.name);
    if (!literal) literal = f.default_value;
    auto one = literal ? printed(*literal, f.type, depth + 1) : std::nullopt;
    if (one)
      out += (out.empty() ? "" : ", ") + f.name + ": " + *one;
    else if (f.type.is_non_null() || given(value, f.name))
      return std::nullopt;
  }
  return "{" + out + "}";
}

text printed(const value_node& value, const type_ref& type, int depth) {
  if (depth > deepest) return std::nullopt;
  if (type.is_non_null())
    return value.kind == node_kind::null_value ? std::nullopt : printed(value, type.inner(), depth);
  if (value.kind == node_kind::null_value) return "null";
  if (type.is_list()) return printed_list(value, type.inner(), depth);
  const auto& named = type.named();
  if (named.kind == type_kind::input_object) return printed_object(value, named, depth);
  if (named.kind == type_kind::scalar) return printed_scalar(value, named);
  if (value.kind != node_kind::enum_value || !named.find_value(value.text)) return std::nullopt;
  return std::string(value.text);
}

}  // namespace

std::string printed_default(const input_value& value) {
  if (!value.default_value || !value.type) return {};
  return printed(*value.default_value, value.type, 0).value_or("");
}

std::string_view introspection_name(type_kind kind) noexcept {
  switch (kind) {
    case type_kind::scalar: return "SCALAR";
    case type_kind::object: return "OBJECT";
    case type_kind::interface: return "INTERFACE";
    case type_kind::union_: return "UNION";
    case type_kind::enum_: return "ENUM";
    case type_kind::input_object: return "INPUT_OBJECT";
  }
  return "";
}

}  // namespace puff::graphql
