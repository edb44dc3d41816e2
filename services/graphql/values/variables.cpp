#include "services/graphql/values/variables.hpp"

#include "services/graphql/language/printer.hpp"
#include "services/graphql/values/inspect.hpp"

namespace puff::graphql {
namespace {

/// Thrown out of the depths of a value when there are too many faults; caught below.
struct too_many {};

class variable_coercer {
 public:
  variable_coercer(const schema& s, const document& doc, const value_object& given,
                   const coercion& how, std::size_t max_errors)
      : schema_(s), doc_(doc), given_(given), how_(how), max_errors_(max_errors) {}

  result<value_object> run(const operation_node& operation) {
    try {
      for (const auto& definition : operation.variables) coerce(definition);
    } catch (const too_many&) {
      errors_.push_back(
          {.message =
               "Too many errors processing variables, error limit reached. Execution aborted."});
    }
    if (!errors_.empty()) return std::move(errors_);
    return std::move(values_);
  }

 private:
  void fail(const node& at, std::string message) {
    if (errors_.size() >= max_errors_) throw too_many{};
    errors_.push_back({.message = std::move(message), .locations = {doc_.place_of(at)}});
  }

  void coerce(const variable_definition_node& definition) {
    const auto type = schema_.resolve(*definition.type);
    const auto name = "Variable \"$" + std::string{definition.variable.value} + "\" ";
    if (!type || !type.named().is_input())
      return fail(*definition.type, name + "expected value of type \"" + print(*definition.type) +
                                        "\" which cannot be used as an input type.");
    const auto* given = find_variable(given_, definition.variable.value);
    if (given == nullptr) return take_default(definition, type, name);
    if (given->is_null() && type.is_non_null())
      return fail(definition,
                  name + "of non-null type \"" + to_string(type) + "\" must not be null.");
    coerce_given(definition, type, name, *given);
  }

  void take_default(const variable_definition_node& definition, const type_ref& type,
                    const std::string& name) {
    if (definition.default_value != nullptr) {
      if (auto v = coerce_literal(*definition.default_value, type, {}, how_))
        values_.emplace_back(definition.variable.value, std::move(*v));
    } else if (type.is_non_null()) {
      fail(definition, name + "of required type \"" + to_string(type) + "\" was not provided.");
    }
  }

  void coerce_given(const variable_definition_node& definition, const type_ref& type,
                    const std::string& name, const value& given) {
    const auto fault = [&](const std::string& path, const value& wrong, const std::string& why) {
      auto message = name + "got invalid value " + inspect(wrong);
      if (!path.empty()) message += " at \"" + std::string{definition.variable.value} + path + "\"";
      fail(definition, message + "; " + why);
    };
    if (auto v = coerce_input(given, type, how_, fault))
      values_.emplace_back(definition.variable.value, std::move(*v));
  }

  const schema& schema_;
  const document& doc_;
  const value_object& given_;
  const coercion& how_;
  const std::size_t max_errors_;
  graphql_errors errors_;
  value_object values_;
};

const argument_node* find(const field_node& node, std::string_view name) noexcept {
  for (const auto& argument : node.arguments)
    if (argument.name.value == name) return &argument;
  return nullptr;
}

class argument_coercer {
 public:
  argument_coercer(const document& doc, const value_object& variables, const coercion& how)
      : doc_(doc), variables_(variables), how_(how) {}

  /// Adds the argument's value if it has one; the reason and its place if it is wrong.
  std::optional<graphql_error> add(const field_node& field, const input_value& definition,
                                   value_object& out) const {
    const auto* given = find(field, definition.name);
    if (given == nullptr) return absent(definition, field, "was not provided.", out);
    const auto& node = given->value;
    const value* variable = nullptr;
    if (node.kind == node_kind::variable) {
      variable = find_variable(variables_, node.text);
      if (variable == nullptr)
        return absent(definition, node,
                      "was provided the variable \"$" + std::string{node.text} +
                          "\" which was not provided a runtime value.",
                      out);
    }
    const bool is_null =
        variable == nullptr ? node.kind == node_kind::null_value : variable->is_null();
    if (is_null && definition.type.is_non_null())
      return wrong(node, definition,
                   "of non-null type \"" + to_string(definition.type) + "\" must not be null.");
    auto coerced = coerce_literal(node, definition.type, variables_, how_);
    if (!coerced) return wrong(node, definition, "has invalid value " + print(node) + ".");
    out.emplace_back(definition.name, std::move(*coerced));
    return std::nullopt;
  }

 private:
  graphql_error wrong(const node& at, const input_value& definition, const std::string& why) const {
    return {.message = "Argument \"" + definition.name + "\" " + why,
            .locations = {doc_.place_of(at)}};
  }

  std::optional<graphql_error> absent(const input_value& definition, const node& at,
                                      const std::string& why, value_object& out) const {
    if (definition.default_value != nullptr) {
      if (auto v = coerce_literal(*definition.default_value, definition.type, {}, how_))
        out.emplace_back(definition.name, std::move(*v));
    } else if (definition.type.is_non_null()) {
      return wrong(at, definition,
                   "of required type \"" + to_string(definition.type) + "\" " + why);
    }
    return std::nullopt;
  }

  const document& doc_;
  const value_object& variables_;
  const coercion& how_;
};

}  // namespace

result<value_object> coerce_variables(const schema& s, const document& doc,
                                      const operation_node& operation, const value_object& given,
                                      const coercion& how, std::size_t max_errors) {
  return variable_coercer{s, doc, given, how, max_errors}.run(operation);
}

result<value_object> coerce_arguments(const document& doc, const field_node& node,
                                      const std::vector<input_value>& definitions,
                                      const value_object& variables, const coercion& how) {
  const argument_coercer coercer{doc, variables, how};
  value_object out;
  for (const auto& definition : definitions)
    if (auto fault = coercer.add(node, definition, out)) return std::move(*fault);
  return out;
}

bool uses_variables(const value_node& node) noexcept {
  if (node.kind == node_kind::variable) return true;
  for (const auto& item : node.items)
    if (uses_variables(item)) return true;
  for (const auto& field : node.fields)
    if (uses_variables(field.value)) return true;
  return false;
}

bool uses_variables(const field_node& node) noexcept {
  for (const auto& argument : node.arguments)
    if (uses_variables(argument.value)) return true;
  return false;
}

}  // namespace puff::graphql
