#include <charconv>
#include <cmath>

#include "services/graphql/values/coercion.hpp"

namespace puff::graphql {
namespace {

value number_of(std::string_view text) {
  std::int64_t whole = 0;
  const auto* end = text.data() + text.size();
  if (const auto read = std::from_chars(text.data(), end, whole); read.ptr == end) return whole;
  double real = 0;
  if (std::from_chars(text.data(), end, real).ec == std::errc::result_out_of_range)
    real = std::strtod(std::string{text}.c_str(), nullptr);
  return real;
}

const object_field_node* find(const value_node& object, std::string_view name) {
  const object_field_node* found = nullptr;
  for (const auto& field : object.fields)
    if (field.name.value == name) found = &field;
  return found;
}

class literal_coercer {
 public:
  literal_coercer(const value_object& variables, const coercion& how)
      : variables_(variables), how_(how) {}

  std::optional<value> coerce(const value_node& node, const type_ref& type) const {
    if (node.kind == node_kind::variable) return coerce_variable(node, type);
    if (type.is_non_null()) {
      if (node.kind == node_kind::null_value) return std::nullopt;
      return coerce(node, type.inner());
    }
    if (node.kind == node_kind::null_value) return value{};
    if (type.is_list()) return coerce_list(node, type.inner());
    if (type.named().kind == type_kind::input_object) return coerce_object(node, type.named());
    return coerce_leaf(node, type.named());
  }

 private:
  bool is_missing(const value_node& node) const {
    return node.kind == node_kind::variable && find_variable(variables_, node.text) == nullptr;
  }

  std::optional<value> coerce_variable(const value_node& node, const type_ref& type) const {
    const auto* v = find_variable(variables_, node.text);
    if (v == nullptr || (v->is_null() && type.is_non_null())) return std::nullopt;
    return *v;
  }

  std::optional<value> coerce_list(const value_node& node, const type_ref& item) const {
    value_list out;
    if (node.kind != node_kind::list_value) {
      auto one = coerce(node, item);
      if (!one) return std::nullopt;
      out.push_back(std::move(*one));
      return value{std::move(out)};
    }
    for (const auto& each : node.items) {
      auto one = is_missing(each) && !item.is_non_null() ? value{} : coerce(each, item);
      if (!one) return std::nullopt;
      out.push_back(std::move(*one));
    }
    return value{std::move(out)};
  }

  std::optional<value> coerce_object(const value_node& node, const named_type& type) const {
    if (node.kind != node_kind::object_value) return std::nullopt;
    value_object out;
    for (const auto& field : type.input_fields)
      if (!coerce_field(node, field, out)) return std::nullopt;
    if (type.is_one_of && (out.size() != 1 || out.front().second.is_null())) return std::nullopt;
    return value{std::move(out)};
  }

  bool coerce_field(const value_node& node, const input_value& field, value_object& out) const {
    const auto* given = find(node, field.name);
    const bool absent = given == nullptr || is_missing(given->value);
    if (absent && field.default_value == nullptr) return !field.type.is_non_null();
    auto coerced = coerce(absent ? *field.default_value : given->value, field.type);
    if (coerced) out.emplace_back(field.name, std::move(*coerced));
    return coerced.has_value();
  }

  std::optional<value> coerce_leaf(const value_node& node, const named_type& type) const {
    if (!may_be(node.kind, type)) return std::nullopt;
    auto parsed = parse_leaf(type, as_input(node, type), how_.scalars);
    if (parsed && parsed->what() == value::kind::outside) parsed->outside()->literal = &node;
    return parsed ? std::optional{std::move(*parsed)} : std::nullopt;
  }

  /// Literals are stricter than values of JSON: 1.0 is no Int, "RED" no enum's value.
  static bool may_be(node_kind kind, const named_type& type) {
    if (type.kind == type_kind::enum_) return kind == node_kind::enum_value;
    switch (type.builtin) {
      case builtin_scalar::int_: return kind == node_kind::int_value;
      case builtin_scalar::float_:
        return kind == node_kind::int_value || kind == node_kind::float_value;
      case builtin_scalar::string: return kind == node_kind::string_value;
      case builtin_scalar::boolean: return kind == node_kind::boolean_value;
      case builtin_scalar::id:
        return kind == node_kind::string_value || kind == node_kind::int_value;
      case builtin_scalar::other: break;
    }
    return true;
  }

  value as_input(const value_node& node, const named_type& type) const {
    if (type.builtin == builtin_scalar::id) return std::string{node.text};
    return untyped(node, variables_);
  }

  const value_object& variables_;
  const coercion& how_;
};

}  // namespace

const value* find_variable(const value_object& variables, std::string_view name) noexcept {
  for (const auto& [key, v] : variables)
    if (key == name) return &v;
  return nullptr;
}

std::optional<value> coerce_literal(const value_node& node, const type_ref& type,
                                    const value_object& variables, const coercion& how) {
  return literal_coercer{variables, how}.coerce(node, type);
}

value untyped(const value_node& node, const value_object& variables) {
  switch (node.kind) {
    case node_kind::int_value:
    case node_kind::float_value: return number_of(node.text);
    case node_kind::boolean_value: return node.boolean;
    case node_kind::string_value: return std::string{node.text};
    case node_kind::enum_value: return enum_name{std::string{node.text}};
    case node_kind::variable: {
      const auto* v = find_variable(variables, node.text);
      return v == nullptr ? value{} : *v;
    }
    case node_kind::list_value: {
      value_list out;
      for (const auto& item : node.items) out.push_back(untyped(item, variables));
      return out;
    }
    case node_kind::object_value: {
      value_object out;
      for (const auto& field : node.fields)
        out.emplace_back(std::string{field.name.value}, untyped(field.value, variables));
      return out;
    }
    default: return {};
  }
}

}  // namespace puff::graphql
