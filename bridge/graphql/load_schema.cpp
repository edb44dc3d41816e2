#include "bridge/graphql/load_schema.hpp"

#include "bridge/graphql/description.hpp"
#include "bridge/graphql/python_authorizer.hpp"
#include "bridge/graphql/values.hpp"
#include "bridge/report.hpp"

namespace py = pybind11;

namespace puff::bridge::graphql {
namespace {

using puff::graphql::bound_schema;

/// The text of a failure: one line if it is the schema's own fault, else with its traceback.
error fault(const std::string& what) {
  PyObject *type = nullptr, *value = nullptr, *trace = nullptr;
  PyErr_Fetch(&type, &value, &trace);
  auto module = py::reinterpret_steal<py::object>(PyImport_ImportModule("puff.graphql._failures"));
  auto known = py::reinterpret_steal<py::object>(
      module ? PyObject_GetAttrString(module.ptr(), "SchemaError") : nullptr);
  const bool plain = known && PyErr_GivenExceptionMatches(type, known.ptr());
  PyErr_Restore(type, value, trace);
  auto text = take_exception_text(plain ? traceback::last_line : traceback::whole);
  if (plain) text = text.substr(text.find(": ") + 2);
  return make_error(ec::bad_config, what + (plain ? ": " : " cannot be loaded\n") + text);
}

expected<graphql_definition> definition_of(py::handle description, const load_options& options) {
  auto types = types_of(description, options);
  if (!types) return std::move(types.error());
  auto names = std::make_shared<schema_objects>();
  auto schema = std::make_shared<bound_schema>(std::move(*types));
  bind_fields(description, *schema, names);
  return graphql_definition{schema, make_authorizer(description, options.database)};
}

expected<graphql_definition> described(const char* function, PyObject* source,
                                       const std::string& what, const load_options& options) {
  if (!prepare_values()) return fault(what);
  try {
    const auto module = py::module_::import("puff.graphql._load");
    const py::object description = module.attr(function)(py::handle{source});
    auto made = definition_of(description, options);
    if (made) return made;
    return make_error(ec::bad_config, what + ": " + context_of(made.error()));
  } catch (py::error_already_set& raised) {
    raised.restore();
  } catch (const std::exception& wrong) {
    PyErr_SetString(PyExc_RuntimeError, wrong.what());
  }
  return fault(what);
}

}  // namespace

expected<graphql_definition> load_graphql_schema(const std::string& dotted_path,
                                                 const load_options& options) {
  const py::str path{dotted_path};
  return described("load", path.ptr(), "GraphQL schema " + dotted_path, options);
}

expected<graphql_definition> read_graphql_schema(PyObject* source) {
  return described("describe", source, "GraphQL schema", {});
}

}  // namespace puff::bridge::graphql
