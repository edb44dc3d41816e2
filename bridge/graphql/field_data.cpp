#include "bridge/graphql/field_data.hpp"

#include "actors/core/current_loop.hpp"

#include <algorithm>

#include "bridge/graphql/columns.hpp"
#include "bridge/graphql/values.hpp"
#include "bridge/internal/objects.hpp"
#include "services/graphql/transport/uploaded_file.hpp"

namespace py = pybind11;

namespace puff::bridge::graphql {
namespace {

using puff::graphql::column;
using puff::graphql::upload_list;
using puff::graphql::value;
using puff::graphql::value_object;

std::shared_ptr<layer_data> layer_of(const puff::graphql::field_call& call) {
  if (call.memory) return std::static_pointer_cast<layer_data>(call.memory);
  auto made = std::make_shared<layer_data>();
  made->rows = call.parents->size();
  auto add = [&](std::string_view name) {
    if (made->find(name)) return;
    if (auto values = call.parents->find(name)) made->columns.emplace_back(name, std::move(values));
  };
  for (const auto name : call.parents->names()) add(name);
  for (const auto& name : call.layer.required_columns)
    if (name != self_column) add(name);
  made->objects = call.parents->find(self_column);
  call.memory = made;
  return made;
}

struct call_object {
  PyObject_HEAD std::shared_ptr<const field_data> data;
};

PyTypeObject* call_type = nullptr;  // lives as long as the interpreter

const field_data& data_in(PyObject* self) { return *reinterpret_cast<call_object*>(self)->data; }

void deallocate(PyObject* self) {
  auto* type = Py_TYPE(self);
  std::destroy_at(&reinterpret_cast<call_object*>(self)->data);
  type->tp_free(self);
  Py_DECREF(type);
}

PyObject* text(std::string_view v) {
  return PyUnicode_DecodeUTF8(v.data(), static_cast<Py_ssize_t>(v.size()), "replace");
}

template <class Texts>
PyObject* tuple_of(const Texts& texts) {
  auto* tuple = PyTuple_New(static_cast<Py_ssize_t>(texts.size()));
  Py_ssize_t i = 0;
  for (const auto& one : texts) {
    if (!tuple) break;
    auto* item = text(one);
    if (item)
      PyTuple_SET_ITEM(tuple, i++, item);
    else
      Py_CLEAR(tuple);
  }
  return tuple;
}

/// What Python opens a file by; null if the request has none at that position.
value described(const upload_list* files, std::size_t position) {
  if (files == nullptr || position >= files->files.size()) return {};
  const auto& file = files->files[position];
  return value_object{{"path", file.path()},
                      {"name", file.name()},
                      {"content_type", file.content_type()},
                      {"size", static_cast<std::int64_t>(file.size())}};
}

void describe_files(value& in, const upload_list* files) {
  if (const auto position = puff::graphql::uploaded_position(in)) in = described(files, *position);
  if (in.is_list())
    for (auto& item : in.list()) describe_files(item, files);
  if (in.is_object())
    for (auto& [name, member] : in.object()) describe_files(member, files);
}

PyObject* arguments(PyObject* self, void*) {
  const auto& data = data_in(self);
  value given{data.arguments};
  if (data.context && data.context->uploads) describe_files(given, data.context->uploads.get());
  return to_python(given);
}
PyObject* title(PyObject* self, void*) { return text(data_in(self).title); }
PyObject* field_name(PyObject* self, void*) { return text(data_in(self).field_name); }
PyObject* type_name(PyObject* self, void*) { return text(data_in(self).type_name); }
PyObject* is_root(PyObject* self, void*) { return PyBool_FromLong(data_in(self).is_root); }
PyObject* is_mutation(PyObject* self, void*) { return PyBool_FromLong(data_in(self).is_mutation); }
PyObject* database(PyObject* self, void*) {
  const auto& context = data_in(self).context;
  return text(context ? context->database : std::string{});
}
PyObject* rows(PyObject* self, void*) { return PyLong_FromSize_t(data_in(self).layer->rows); }

PyObject* required(PyObject* self, void*) {
  std::vector<std::string_view> names;
  for (const auto& name : data_in(self).required_columns)
    if (name != self_column) names.push_back(name);
  return tuple_of(names);
}

PyObject* columns(PyObject* self, void*) {
  std::vector<std::string_view> names;
  for (const auto& [name, values] : data_in(self).layer->columns) names.push_back(name);
  return tuple_of(names);
}

PyObject* cache(PyObject* self, void*) {
  auto& kept = data_in(self).layer->cache;
  if (!kept) kept = kept_object::steal(PyDict_New());
  return Py_XNewRef(kept.get());
}

PyObject* objects(PyObject* self, void*) {
  const auto* addresses = data_in(self).layer->objects.get();
  if (!addresses) Py_RETURN_NONE;
  auto* list = PyList_New(static_cast<Py_ssize_t>(addresses->size()));
  for (std::size_t i = 0; list && i < addresses->size(); ++i) {
    const auto c = addresses->at(i);
    auto* object = c.what == puff::graphql::cell::kind::integer
                       ? reinterpret_cast<PyObject*>(static_cast<std::intptr_t>(c.integer_))
                       : Py_None;
    PyList_SET_ITEM(list, static_cast<Py_ssize_t>(i), Py_NewRef(object));
  }
  return list;
}

PyObject* headers(PyObject* self, void*) {
  auto list = py::reinterpret_steal<py::object>(PyList_New(0));
  const auto& context = data_in(self).context;
  for (std::size_t i = 0; list && context && i < context->headers.size(); ++i) {
    const auto field = context->headers[i];
    auto pair = py::reinterpret_steal<py::object>(
        tuple_of(std::vector<std::string_view>{field.name, field.value}));
    if (!pair || PyList_Append(list.ptr(), pair.ptr()) != 0) return nullptr;
  }
  return list.release().ptr();
}

PyObject* auth_token(PyObject* self, void*) {
  const auto& context = data_in(self).context;
  if (!context || !context->token) Py_RETURN_NONE;
  return text(*context->token);
}

PyObject* auth(PyObject* self, void*) {
  const auto& context = data_in(self).context;
  return Py_NewRef(context && context->auth ? context->auth.get() : Py_None);
}

PyObject* column_values(PyObject* self, PyObject* name) {
  std::string_view wanted;
  if (!PyUnicode_Check(name) || !text_of(name, wanted)) {
    PyErr_SetString(PyExc_TypeError, "a column's name is a str");
    return nullptr;
  }
  const auto* values = data_in(self).layer->find(wanted);
  if (!values) Py_RETURN_NONE;
  return to_list(*values);
}

PyObject* cell_value(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  std::string_view wanted;
  const auto row = count == 2 ? PyLong_AsSize_t(args[1]) : static_cast<std::size_t>(-1);
  if (PyErr_Occurred()) return nullptr;
  const auto& layer = *data_in(self).layer;
  if (count != 2 || !PyUnicode_Check(args[0]) || !text_of(args[0], wanted) || row >= layer.rows) {
    PyErr_SetString(PyExc_IndexError, "cell() needs a column's name and a row");
    return nullptr;
  }
  const auto* values = layer.find(wanted);
  if (values) return to_python(values->at(row), *values);
  return Py_NewRef(Py_NotImplemented);
}

}  // namespace

const column* layer_data::find(std::string_view name) const noexcept {
  for (const auto& [key, values] : columns)
    if (key == name) return values.get();
  return nullptr;
}

std::shared_ptr<field_data> data_of(const puff::graphql::field_call& call) {
  auto made = std::make_shared<field_data>();
  made->field_name = call.field.definition->name;
  made->type_name = call.field.parent->name;
  made->title = made->type_name + "." + made->field_name;
  made->arguments = call.arguments;
  made->required_columns = call.required_columns();
  made->layer = layer_of(call);
  if (auto* context = dynamic_cast<python_context*>(call.context))
    made->context = context->shared_from_this();
  made->home = current_loop();
  made->is_root = call.is_root;
  made->is_mutation = call.plan.operation->operation == puff::graphql::operation_type::mutation;
  made->sql = call.sql;
  return made;
}

PyObject* new_call_object(std::shared_ptr<const field_data> data) {
  auto* self = call_type->tp_alloc(call_type, 0);
  if (self) std::construct_at(&reinterpret_cast<call_object*>(self)->data, std::move(data));
  return self;
}

std::shared_ptr<const field_data> data_in_call(PyObject* object) {
  if (Py_IS_TYPE(object, call_type)) return reinterpret_cast<call_object*>(object)->data;
  PyErr_SetString(PyExc_TypeError, "a GraphqlCall was expected");
  return nullptr;
}

bool add_call_type(PyObject* module) {
  static PyGetSetDef attributes[] = {
      {"arguments", arguments, nullptr, "The arguments as plain values, in a new dict.", nullptr},
      {"title", title, nullptr, "\"Query.books\".", nullptr},
      {"field_name", field_name, nullptr, "The field's name.", nullptr},
      {"type_name", type_name, nullptr, "The name of the parents' type.", nullptr},
      {"is_root", is_root, nullptr, "Whether it is a field of the operation.", nullptr},
      {"is_mutation", is_mutation, nullptr, "Whether the operation is a mutation.", nullptr},
      {"database", database, nullptr, "The pool of the schema's SQL; empty: none.", nullptr},
      {"rows", rows, nullptr, "How many parents there are.", nullptr},
      {"required_columns", required, nullptr, "Columns that the selection reads.", nullptr},
      {"columns", columns, nullptr, "The names of the parents' columns.", nullptr},
      {"cache", cache, nullptr, "A dict that the fields of the layer share.", nullptr},
      {"objects", objects, nullptr, "The parents themselves, or None.", nullptr},
      {"headers", headers, nullptr, "Pairs of the request's headers.", nullptr},
      {"auth_token", auth_token, nullptr, "The bearer token, or None.", nullptr},
      {"auth", auth, nullptr, "What the schema's auth gave, or None.", nullptr},
      {nullptr, nullptr, nullptr, nullptr, nullptr}};
  static PyMethodDef methods[] = {
      {"column", column_values, METH_O,
       "column($self, name, /)\n--\n\nThe values of a column in a list; None if there is none."},
      {"cell", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(cell_value)),
       METH_FASTCALL,
       "cell($self, name, row, /)\n--\n\nOne value; NotImplemented without such a column."},
      {nullptr, nullptr, 0, nullptr}};
  static PyType_Slot slots[] = {
      {Py_tp_dealloc, reinterpret_cast<void*>(deallocate)},
      {Py_tp_getset, attributes},
      {Py_tp_methods, methods},
      {Py_tp_doc, const_cast<char*>("One call of a resolver: what it may look at.")},
      {0, nullptr}};
  static PyType_Spec spec{"puff._puff.GraphqlCall", sizeof(call_object), 0,
                          Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
  call_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
  return call_type &&
         PyModule_AddObjectRef(module, "GraphqlCall", reinterpret_cast<PyObject*>(call_type)) == 0;
}

}  // namespace puff::bridge::graphql
