#include "services/graphql/execute/internal/outside_inputs.hpp"

#include <algorithm>
#include <utility>

#include "services/graphql/language/printer.hpp"
#include "services/graphql/values/coercion.hpp"
#include "services/graphql/values/inspect.hpp"
#include "services/graphql/values/variables.hpp"

namespace puff::graphql::internal {
namespace {

constexpr std::size_t max_errors = 50;

const value_node* literal_of(const field_node& f, std::string_view argument) {
  for (const auto& each : f.arguments)
    if (each.name.value == argument) return &each.value;
  return nullptr;
}

const value_node* literal_of(const value_node& object, std::string_view name) {
  const value_node* found = nullptr;
  for (const auto& each : object.fields)
    if (each.name.value == name) found = &each.value;
  return found;
}

bool is_a(const value_node* n, node_kind kind) { return n != nullptr && n->kind == kind; }

}  // namespace

/// Where the walk through a value is.
struct outside_inputs::place {
  type_ref type;      ///< of the value
  type_ref location;  ///< that a literal here is measured by: a list's, if it is its only item
  const value_node* literal;  ///< of the document; null: there is none here
  const variable_definition_node* variable = nullptr;
};

outside_inputs::outside_inputs(plan_ptr plan, const value_object& variables)
    : plan_(std::move(plan)) {
  add_variables(variables);
  for (const auto* f : plan_->parsed_outside) add_arguments(*f, variables);
}

void outside_inputs::add_variables(const value_object& variables) {
  for (const auto& definition : plan_->operation->variables) {
    const auto* v = find_variable(variables, definition.variable.value);
    const auto type = plan_->schema->types->resolve(*definition.type);
    if (v != nullptr) walk(*v, {type, type, definition.default_value, &definition});
  }
}

void outside_inputs::add_arguments(const plan_field& f, const value_object& variables) {
  const auto& node = *f.nodes.front();
  auto coerced = coerce_arguments(*plan_->doc, node, f.definition->arguments, variables,
                                  {.scalars = plan_->schema->scalars});
  const auto& kept = arguments_.emplace(&f, std::move(coerced)).first->second;
  if (!kept) return;
  for (const auto& definition : f.definition->arguments)
    if (const auto* v = find_variable(*kept, definition.name))
      walk(*v, {definition.type, definition.type, literal_of(node, definition.name)});
}

void outside_inputs::walk(const value& v, const place& here) {
  if (v.what() == value::kind::outside) return add(v.outside(), here);
  if (v.is_list() && here.type.nullable().is_list()) return walk_list(v, here);
  const auto& type = here.type.named();
  if (v.is_object() && type.kind == type_kind::input_object) walk_object(v, here);
}

void outside_inputs::walk_list(const value& v, const place& here) {
  const auto item = here.type.nullable().inner();
  const bool is_list = is_a(here.literal, node_kind::list_value);
  for (std::size_t i = 0; i < v.list().size(); ++i) {
    const auto* literal = here.literal;
    if (is_list) literal = i < literal->items.size() ? &literal->items[i] : nullptr;
    walk(v.list()[i], {item, is_list ? item : here.location, literal, here.variable});
  }
}

void outside_inputs::walk_object(const value& v, const place& here) {
  const bool is_object = is_a(here.literal, node_kind::object_value);
  for (const auto& [name, entry] : v.object()) {
    const auto* field = here.type.named().find_input(name);
    if (field == nullptr) continue;
    const auto* literal = is_object ? literal_of(*here.literal, name) : nullptr;
    walk(entry, {field->type, field->type, literal, here.variable});
  }
}

void outside_inputs::add(const std::shared_ptr<outside_value>& what, const place& here) {
  use made{what, nullptr, {}, {}};
  if (what->literal == nullptr && here.variable != nullptr) {
    made.at = here.variable;
    made.variable = here.variable->variable.value;
  } else if (what->literal != nullptr && what->literal == here.literal) {
    made.at = here.literal;
    made.literal_type = to_string(here.location);
  }
  if (seen_.insert(what.get()).second) uses_.push_back(std::move(made));
}

std::vector<std::shared_ptr<outside_value>> outside_inputs::values() const {
  std::vector<std::shared_ptr<outside_value>> out;
  out.reserve(uses_.size());
  for (const auto& each : uses_) out.push_back(each.what);
  return out;
}

graphql_error outside_inputs::error_of(const use& which) const {
  const auto& [what, is_for_clients] = *which.what->wrong;
  graphql_error out{what.message, {}, {}, what.extensions};
  if (which.at != nullptr) out.locations.push_back(plan_->doc->place_of(*which.at));
  if (which.variable.empty()) {
    if (!is_for_clients && !which.literal_type.empty())
      out.message = "Expected value of type \"" + which.literal_type + "\", found " +
                    print(static_cast<const value_node&>(*which.at)) + "; " + what.message;
    return out;
  }
  out.message =
      "Variable \"$" + which.variable + "\" got invalid value " + inspect(which.what->raw);
  if (const auto& path = which.what->path; !path.empty())
    out.message += " at \"" + which.variable + path + "\"";
  out.message += "; ";
  if (!is_for_clients) out.message += "Expected type \"" + which.what->type->name + "\". ";
  out.message += what.message;
  return out;
}

graphql_errors outside_inputs::faults() const {
  graphql_errors literals, variables;
  for (const auto& each : uses_) {
    auto& to = each.variable.empty() ? literals : variables;
    if (!each.what->wrong || to.size() == max_errors) continue;
    auto found = error_of(each);  // a literal may be that of several object types' fields
    if (std::ranges::find(to, found) == to.end()) to.push_back(std::move(found));
  }
  return literals.empty() ? variables : literals;
}

const result<value_object>* outside_inputs::find(const plan_field& f) const {
  const auto found = arguments_.find(&f);
  return found == arguments_.end() ? nullptr : &found->second;
}

std::shared_ptr<const outside_inputs> inputs_of(const execution_request& request) {
  if (request.plan->schema->parser == nullptr || request.outside != nullptr) return nullptr;
  auto found = std::make_shared<const outside_inputs>(request.plan, request.variables);
  return found->empty() ? nullptr : found;
}

result<value_object> arguments_of(const execution_request& request, const plan_field& f) {
  if (f.arguments) return *f.arguments;
  const auto* known = request.outside == nullptr ? nullptr : request.outside->find(f);
  if (known != nullptr) return *known;
  return coerce_arguments(*request.plan->doc, *f.nodes.front(), f.definition->arguments,
                          request.variables, {.scalars = request.plan->schema->scalars});
}

}  // namespace puff::graphql::internal
