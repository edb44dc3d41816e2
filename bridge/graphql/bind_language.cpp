#include "bridge/bindings.hpp"
#include "bridge/graphql/arguments.hpp"
#include "bridge/graphql/client.hpp"
#include "bridge/graphql/field_data.hpp"
#include "bridge/graphql/in_process.hpp"
#include "bridge/graphql/lend.hpp"
#include "bridge/graphql/load_schema.hpp"
#include "bridge/graphql/python_call.hpp"
#include "bridge/graphql/python_stream.hpp"
#include "bridge/internal/arguments.hpp"
#include "services/graphql/language/printer.hpp"
#include "services/graphql/output/response_writer.hpp"
#include "services/graphql/schema/build_schema.hpp"
#include "services/graphql/schema/print_schema.hpp"
#include "services/graphql/validation/validate.hpp"

namespace py = pybind11;

namespace puff::bridge {
namespace {

using graphql::new_text;
using graphql::read;
using internal::has_arguments;
using puff::graphql::document_ptr;
using puff::graphql::graphql_errors;

constexpr auto document_name = "puff.graphql.document";

/// Errors as JSON: a list as a response has it.
PyObject* json_of(const graphql_errors& errors) {
  puff::graphql::json_writer out{256};
  out.put('{');
  puff::graphql::write_errors(out, errors);
  out.put('}');
  return new_text(out.view());
}

/// A pair (what, None) or (None, errors as JSON).
PyObject* made(PyObject* what) { return what ? Py_BuildValue("(NO)", what, Py_None) : nullptr; }
PyObject* wrong(const graphql_errors& errors) {
  auto* json = json_of(errors);
  return json ? Py_BuildValue("(ON)", Py_None, json) : nullptr;
}

PyObject* new_document(document_ptr doc) {
  auto forget = [](PyObject* capsule) {
    delete static_cast<document_ptr*>(PyCapsule_GetPointer(capsule, document_name));
  };
  return PyCapsule_New(new document_ptr{std::move(doc)}, document_name, forget);
}

document_ptr document_in(PyObject* capsule) {
  auto* found = static_cast<document_ptr*>(PyCapsule_GetPointer(capsule, document_name));
  return found ? *found : nullptr;
}

PyObject* parse(PyObject*, PyObject* const* args, Py_ssize_t count) {
  std::string source;
  if (!has_arguments("graphql_parse", count, 1) || !read(args[0], source)) return nullptr;
  auto doc = puff::graphql::parse(std::move(source));
  return doc ? made(new_document(*doc)) : wrong(doc.errors());
}

PyObject* print_document(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!has_arguments("graphql_print", count, 1)) return nullptr;
  const auto doc = document_in(args[0]);
  return doc ? new_text(puff::graphql::print(*doc)) : nullptr;
}

PyObject* validate(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!has_arguments("graphql_validate", count, 2)) return nullptr;
  auto* schema = graphql::schema_in(args[0]);
  const auto doc = schema ? document_in(args[1]) : nullptr;
  if (!doc) return nullptr;
  const auto& asked = *schema->asks.schema();
  puff::graphql::validation_options how;
  how.scalars = &asked.scalars;
  return json_of(puff::graphql::validate(*asked.types, *doc, how));
}

PyObject* build(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!has_arguments("graphql_build", count, 1)) return nullptr;
  auto read = graphql::read_graphql_schema(args[0]);
  if (read) return graphql::new_schema(std::move(*read));
  auto failures =
      py::reinterpret_steal<py::object>(PyImport_ImportModule("puff.graphql._failures"));
  if (failures)
    PyErr_SetString(py::object{failures.attr("SchemaError")}.ptr(),
                    context_of(read.error()).c_str());
  return nullptr;
}

PyObject* print_schema(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!has_arguments("graphql_print_schema", count, 1)) return nullptr;
  auto* schema = graphql::schema_in(args[0]);
  return schema ? new_text(puff::graphql::print_schema(*schema->asks.schema()->types)) : nullptr;
}

const char* name_of(puff::graphql::type_kind kind) {
  switch (kind) {
    case puff::graphql::type_kind::object: return "object";
    case puff::graphql::type_kind::interface: return "interface";
    case puff::graphql::type_kind::union_: return "union";
    case puff::graphql::type_kind::enum_: return "enum";
    case puff::graphql::type_kind::input_object: return "input";
    case puff::graphql::type_kind::scalar: break;
  }
  return "scalar";
}

/// What a type is to the operations: "query", "mutation", "subscription" or nothing.
const char* root_of(const puff::graphql::schema& s, const puff::graphql::named_type& type) {
  using puff::graphql::operation_type;
  if (s.root(operation_type::query) == &type) return "query";
  if (s.root(operation_type::mutation) == &type) return "mutation";
  return s.root(operation_type::subscription) == &type ? "subscription" : "";
}

py::list outline_of(const puff::graphql::schema& s) {
  py::list types;
  for (const auto* type : s.types()) {
    if (type->is_introspection) continue;
    py::list fields;
    for (const auto& field : type->fields) fields.append(field.name);
    types.append(py::make_tuple(type->name, root_of(s, *type), name_of(type->kind), fields));
  }
  return types;
}

PyObject* outline(PyObject*, PyObject* const* args, Py_ssize_t count) {
  std::string sdl;
  if (!has_arguments("graphql_outline", count, 1) || !read(args[0], sdl)) return nullptr;
  auto schema = puff::graphql::build_schema(std::move(sdl));
  if (schema) return outline_of(**schema).release().ptr();
  std::string faults;
  for (const auto& fault : schema.errors()) faults += (faults.empty() ? "" : "\n") + fault.message;
  PyErr_SetString(PyExc_ValueError, faults.c_str());
  return nullptr;
}

bool add_types(PyObject* module) {
  return graphql::add_call_type(module) && graphql::add_task_end_type(module) &&
         graphql::add_sink_type(module) && graphql::add_subscription_type(module);
}

}  // namespace

bool bind_graphql(PyObject* module) {
  using internal::fast;
  static PyMethodDef functions[] = {
      fast("graphql_parse", parse,
           "graphql_parse($module, text, /)\n--\n\n(document, None) or (None, errors as JSON)."),
      fast("graphql_print", print_document,
           "graphql_print($module, document, /)\n--\n\nThe document in GraphQL's language."),
      fast("graphql_validate", validate,
           "graphql_validate($module, schema, document, /)\n--\n\nThe errors as JSON."),
      fast("graphql_build", build,
           "graphql_build($module, source, /)\n--\n\nThe schema of a class or of SDL."),
      fast("graphql_print_schema", print_schema,
           "graphql_print_schema($module, schema, /)\n--\n\nThe schema in SDL."),
      fast("graphql_outline", outline,
           "graphql_outline($module, sdl, /)\n--\n\n"
           "(type, what root it is, kind, names of its fields) for each type of the text."),
      fast("graphql_execute", graphql::execute_here,
           "graphql_execute($module, schema, query, variables, operation, headers, token, /)\n"
           "--\n\nThe response as JSON; executed on this thread, without a database."),
      fast("graphql_query", graphql::query,
           "graphql_query($module, schema, query, variables, operation, headers, token, session, /)"
           "\n--\n\nThe response of a served schema, as JSON."),
      fast("graphql_subscribe", graphql::subscribe,
           "graphql_subscribe($module, schema, query, variables, operation, headers, token, "
           "session, /)\n--\n\n(subscription, None) or (None, the refusal as JSON)."),
      fast("graphql_lend", graphql::lend,
           "graphql_lend($module, call, /)\n--\n\n"
           "The PgSession of the call's request, whose owner gives it back."),
      {nullptr, nullptr, 0, nullptr}};
  return add_types(module) && PyModule_AddFunctions(module, functions) == 0;
}

}  // namespace puff::bridge
