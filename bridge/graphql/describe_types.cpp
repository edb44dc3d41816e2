#include <pybind11/stl.h>

#include "bridge/graphql/description.hpp"
#include "services/graphql/schema/build_schema.hpp"
#include "services/graphql/schema/incremental_directives.hpp"

namespace py = pybind11;

namespace puff::bridge::graphql {
namespace {

using namespace puff::graphql;

using text = std::optional<std::string>;

std::string string_of(py::handle from, const char* name) {
  return from.attr(name).cast<std::string>();
}
text text_in(py::handle from, const char* name) {
  const py::object found = from.attr(name);
  return found.is_none() ? text{} : text{found.cast<std::string>()};
}
std::vector<std::string> strings_of(py::handle from, const char* name) {
  std::vector<std::string> out;
  for (auto each : from.attr(name)) out.push_back(each.cast<std::string>());
  return out;
}

input_value_spec input_of(py::handle from) {
  input_value_spec out;
  out.name = string_of(from, "name");
  out.type = string_of(from, "type");
  out.default_value = text_in(from, "default");
  out.description = text_in(from, "description");
  out.deprecation_reason = text_in(from, "deprecated");
  return out;
}

field_spec field_of(py::handle from) {
  field_spec out;
  out.name = string_of(from, "name");
  out.type = string_of(from, "type");
  for (auto each : from.attr("arguments")) out.arguments.push_back(input_of(each));
  out.description = text_in(from, "description");
  out.deprecation_reason = text_in(from, "deprecated");
  return out;
}

type_kind kind_of(const std::string& name) {
  if (name == "object") return type_kind::object;
  if (name == "interface") return type_kind::interface;
  if (name == "union") return type_kind::union_;
  if (name == "enum") return type_kind::enum_;
  return name == "input" ? type_kind::input_object : type_kind::scalar;
}

type_spec type_of(py::handle from) {
  type_spec out;
  out.kind = kind_of(string_of(from, "kind"));
  out.name = string_of(from, "name");
  out.description = text_in(from, "description");
  out.specified_by_url = text_in(from, "specified_by");
  out.is_one_of = from.attr("one_of").cast<bool>();
  out.interfaces = strings_of(from, "interfaces");
  out.members = strings_of(from, "members");
  for (auto each : from.attr("fields")) out.fields.push_back(field_of(each));
  for (auto each : from.attr("inputs")) out.input_fields.push_back(input_of(each));
  for (auto each : from.attr("values")) {
    const auto parts = each.cast<std::tuple<std::string, text, text>>();
    out.values.push_back({std::get<0>(parts), std::get<1>(parts), std::get<2>(parts), {}});
  }
  return out;
}

expected<schema_ptr> checked(result<schema_ptr> made) {
  if (made) return *made;
  std::string faults;
  for (const auto& fault : made.errors()) faults += (faults.empty() ? "" : "\n") + fault.message;
  return make_error(ec::bad_config, faults);
}

}  // namespace

namespace {

expected<schema_ptr> own_types_of(py::handle description) {
  if (auto sdl = text_in(description, "sdl")) return checked(build_schema(std::move(*sdl)));
  schema_builder builder;
  if (auto about = text_in(description, "description")) builder.describe(std::move(*about));
  for (auto each : description.attr("types")) builder.add(type_of(each));
  builder.set_root(operation_type::query, string_of(description, "query"));
  if (auto name = text_in(description, "mutation"))
    builder.set_root(operation_type::mutation, std::move(*name));
  if (auto name = text_in(description, "subscription"))
    builder.set_root(operation_type::subscription, std::move(*name));
  return checked(std::move(builder).build());
}

}  // namespace

expected<schema_ptr> types_of(py::handle description, const load_options& options) {
  auto types = own_types_of(description);
  if (!types || !options.incremental) return types;
  return checked(puff::graphql::with_incremental_directives(*types));
}

}  // namespace puff::bridge::graphql
