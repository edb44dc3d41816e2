#include <pybind11/stl.h>

#include "bridge/graphql/description.hpp"
#include "bridge/graphql/leaf_codecs.hpp"
#include "bridge/graphql/python_field.hpp"
#include "bridge/graphql/python_inputs.hpp"
#include "bridge/graphql/python_stream.hpp"
#include "services/graphql/execute/declared_channel.hpp"
#include "services/graphql/values/json_input.hpp"

namespace py = pybind11;

namespace puff::bridge::graphql {
namespace {

using namespace puff::graphql;

runs_on place_of(py::handle name) {
  const auto text = name.cast<std::string>();
  return text == "asyncio" ? runs_on::asyncio : text == "hub" ? runs_on::hub : runs_on::greenlet;
}

python_function function_of(py::handle from, std::string title) {
  return {std::move(title), kept_object::borrow(from.attr("call").ptr()),
          place_of(from.attr("runs_on"))};
}

sql_parameter parameter_of(py::handle from) {
  const auto [kind, name] = from.cast<std::pair<std::string, std::string>>();
  sql_parameter out;
  if (kind == "constant") {
    out.what = sql_parameter::kind::constant;
    out.constant = *parse_json(name);
    return out;
  }
  out.what = kind == "parent" ? sql_parameter::kind::parent_key : sql_parameter::kind::argument;
  out.name = name;
  return out;
}

field_binding statement_of(py::handle from) {
  auto made = std::make_shared<sql_field>();
  made->text = from.attr("text").cast<std::string>();
  for (auto each : from.attr("parameters")) made->parameters.push_back(parameter_of(each));
  made->parent_keys = from.attr("parent_keys").cast<std::vector<std::string>>();
  made->child_keys = from.attr("child_keys").cast<std::vector<std::string>>();
  made->autocommit = from.attr("autocommit").cast<bool>();
  return from_sql{std::move(made)};
}

field_binding channel_of(py::handle from, const std::string& title,
                         const std::shared_ptr<schema_objects>& names) {
  channel_field made;
  made.pool = from.attr("pool").cast<std::string>();
  for (auto each : from.attr("name")) {
    auto [kind, text] = each.cast<std::pair<std::string, std::string>>();
    made.name.push_back({kind == "text" ? channel_part::kind::text : channel_part::kind::argument,
                         std::move(text)});
  }
  if (const py::object guard = from.attr("guard"); !guard.is_none())
    made.guard = std::make_shared<python_field>(function_of(guard, title), names);
  return from_stream{std::make_shared<declared_channel>(std::move(made))};
}

field_binding binding_of(py::handle from, const std::string& type, const std::string& field,
                         const std::shared_ptr<schema_objects>& names) {
  if (py::hasattr(from, "text")) return statement_of(from);
  if (py::hasattr(from, "pool")) return channel_of(from, type + "." + field, names);
  if (!py::hasattr(from, "call")) {
    auto column = from.attr("name").cast<std::string>();
    names->add_column(type, column, from.attr("attribute").ptr());
    return from_column{std::move(column)};
  }
  auto function = function_of(from, type + "." + field);
  if (from.attr("stream").cast<bool>())
    return from_stream{std::make_shared<python_stream>(std::move(function), names)};
  return from_resolver{std::make_shared<python_field>(std::move(function), names),
                       from.attr("depends_on").cast<std::vector<std::string>>()};
}

void bind_type(py::handle type, bound_schema& schema,
               const std::shared_ptr<schema_objects>& names) {
  const auto name = type.attr("name").cast<std::string>();
  const bool is_object = type.attr("kind").cast<std::string>() == "object";
  if (auto codec = find_leaf_codec(name)) schema.bind_scalar(name, std::move(codec));
  if (const py::object serialize = type.attr("serialize"); !serialize.is_none())
    names->add_serializer(name, serialize.ptr());
  if (const py::object own = type.attr("python_class"); is_object && !own.is_none())
    names->add_class(own.ptr(), name);
  if (!is_object) return;
  for (auto field : type.attr("fields")) {
    const auto field_name = field.attr("name").cast<std::string>();
    schema.bind(name, field_name, binding_of(field.attr("binding"), name, field_name, names));
    if (const py::object cost = field.attr("cost"); !cost.is_none()) {
      const auto [weight, argument, size] =
          cost.cast<std::tuple<std::uint64_t, std::string, std::uint64_t>>();
      schema.set_cost(name, field_name, {weight, argument, size});
    }
  }
}

void bind_parsers(py::handle description, bound_schema& schema) {
  std::vector<std::string> scalars;
  std::unordered_map<std::string, kept_object> functions;
  for (auto type : description.attr("types")) {
    const py::object parse = type.attr("parse");
    if (parse.is_none()) continue;
    scalars.push_back(type.attr("name").cast<std::string>());
    functions.emplace(scalars.back(), kept_object::borrow(parse.ptr()));
  }
  if (!scalars.empty())
    schema.parse_outside(scalars, std::make_shared<python_inputs>(std::move(functions)));
}

}  // namespace

void bind_fields(py::handle description, bound_schema& schema,
                 const std::shared_ptr<schema_objects>& names) {
  for (auto type : description.attr("types")) bind_type(type, schema, names);
  bind_parsers(description, schema);
  const py::dict resolvers = description.attr("resolve_type");
  for (const auto& [type, function] : resolvers)
    names->set_type_resolver(type.cast<std::string>(), function.ptr());
}

}  // namespace puff::bridge::graphql
