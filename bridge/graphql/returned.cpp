#include "bridge/graphql/returned.hpp"

#include "bridge/graphql/values.hpp"
#include "bridge/postgres/native_values.hpp"
#include "services/graphql/execute/join.hpp"

namespace py = pybind11;

namespace puff::bridge::graphql {
namespace {

using namespace puff::graphql;
using puff::graphql::answer;

/// A Python object that the package marks as one value for each parent: its `values` are a list.
PyObject* aligned_values(PyObject* value) {
  static PyObject* type = nullptr;
  if (!type) {
    auto module = py::reinterpret_steal<py::object>(PyImport_ImportModule("puff.graphql._returns"));
    type = module ? PyObject_GetAttrString(module.ptr(), "Aligned") : nullptr;
    if (!type) return nullptr;
  }
  if (reinterpret_cast<PyObject*>(Py_TYPE(value)) != type) return nullptr;
  return PyObject_GetAttrString(value, "values");
}

class returned {
 public:
  returned(const schema_objects& names, const plan_field& field)
      : field_(field),
        title_(field.parent->name + "." + field.definition->name),
        reader_(names, title_),
        selected_{&field} {}

  answer of(PyObject* value) {
    if (auto aligned = py::reinterpret_steal<py::object>(aligned_values(value)))
      return puff::graphql::aligned{read(aligned.ptr(), field_.definition->type)};
    if (PyErr_Occurred()) return failed{take_failure(title_)};
    if (PyExceptionInstance_Check(value)) return failed{failure_of(value, title_)};
    const bool conventional = PyTuple_CheckExact(value) && PyTuple_GET_SIZE(value) > 0 &&
                              PyTuple_GET_ITEM(value, 0) == Py_Ellipsis;
    if (conventional) return of_tuple(value);
    return shared{reader_.read({value}, field_.definition->type, selected_)};
  }

 private:
  answer wrong(const std::string& what) const { return failed{{title_ + " returned " + what, {}}}; }

  answer of_tuple(PyObject* tuple) {
    const auto size = PyTuple_GET_SIZE(tuple);
    auto* first = size > 1 ? PyTuple_GET_ITEM(tuple, 1) : Py_None;
    const bool is_sql = PyUnicode_Check(first);
    if (is_sql && size == 3) return of_sql(tuple, false);
    if (is_sql && size == 5) return of_sql(tuple, true);
    if (!is_sql && size == 2) return of_list(first);
    if (!is_sql && size == 4) return of_keyed_list(tuple);
    return wrong("a tuple of " + std::to_string(size) +
                 " elements that begins with ...: it can be (..., list), (..., list, parent_keys, "
                 "child_keys), (..., sql, params) or (..., sql, params, parent_keys, child_keys)");
  }

  answer of_list(PyObject* list) {
    const auto& type = field_.definition->type;
    auto items = item_type(type);
    auto values = read(list, items);
    if (values) return listed{std::move(values)};
    return wrong("(..., " + shown(list) + "), whose second element is no list");
  }

  answer of_keyed_list(PyObject* tuple) {
    correlated made;
    if (!keys(PyTuple_GET_ITEM(tuple, 2), made.parent_keys) ||
        !keys(PyTuple_GET_ITEM(tuple, 3), made.child_keys))
      return wrong("keys that are no lists of column names");
    auto list = as_list(PyTuple_GET_ITEM(tuple, 1));
    if (!list) return wrong("a tuple whose second element is no list");
    std::vector<PyObject*> objects;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list.ptr()); ++i) {
      auto* item = PyList_GET_ITEM(list.ptr(), i);
      if (PyExceptionInstance_Check(item)) return failed{failure_of(item, title_)};
      if (item != Py_None) objects.push_back(item);
    }
    auto further = made.child_keys;
    if (!field_.is_composite()) add_leaf_columns(objects, further);
    made.rows = reader_.rows(objects, item_type(field_.definition->type), selected_, further);
    return made;
  }

  /// What a leaf's value may be read from.
  void add_leaf_columns(const std::vector<PyObject*>& objects, std::vector<std::string>& columns) {
    columns.push_back(field_.definition->name);
    PyObject *key, *value;
    Py_ssize_t place = 0;
    while (!objects.empty() && PyDict_Check(objects[0]) &&
           PyDict_Next(objects[0], &place, &key, &value)) {
      std::string_view name;
      if (PyUnicode_Check(key) && text_of(key, name)) columns.emplace_back(name);
    }
  }

  answer of_sql(PyObject* tuple, bool has_keys) {
    by_sql made;
    std::string_view text;
    if (!text_of(PyTuple_GET_ITEM(tuple, 1), text)) return wrong("SQL that is no valid text");
    made.statement.text = text;
    if (has_keys && (!keys(PyTuple_GET_ITEM(tuple, 3), made.parent_keys) ||
                     !keys(PyTuple_GET_ITEM(tuple, 4), made.child_keys)))
      return wrong("keys that are no lists of column names");
    if (!bind(PyTuple_GET_ITEM(tuple, 2), made.statement.values))
      return failed{take_failure(title_)};
    return made;
  }

  /// The parameters as the server reads them.
  static bool bind(PyObject* params, sql_values& to) {
    auto module =
        py::reinterpret_steal<py::object>(PyImport_ImportModule("puff.postgres._native_values"));
    auto text_of_value = py::reinterpret_steal<py::object>(
        module ? PyObject_GetAttrString(module.ptr(), "text_of") : nullptr);
    return text_of_value && postgres::encode_values(params, text_of_value.ptr(), to);
  }

  bool keys(PyObject* from, std::vector<std::string>& to) const {
    auto list = as_list(from);
    for (Py_ssize_t i = 0; list && i < PyList_GET_SIZE(list.ptr()); ++i) {
      std::string_view name;
      auto* item = PyList_GET_ITEM(list.ptr(), i);
      if (!PyUnicode_Check(item) || !text_of(item, name)) return false;
      to.emplace_back(name);
    }
    return static_cast<bool>(list);
  }

  /// Null, without an exception, if it cannot be iterated.
  static py::object as_list(PyObject* from) {
    if (PyUnicode_Check(from) || PyDict_Check(from) || PyBytes_Check(from)) return {};
    auto list = py::reinterpret_steal<py::object>(PySequence_List(from));
    if (!list) PyErr_Clear();
    return list;
  }

  column_ptr read(PyObject* from, const type_ref& type) {
    auto list = as_list(from);
    if (!list) return nullptr;
    std::vector<PyObject*> values;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list.ptr()); ++i)
      values.push_back(PyList_GET_ITEM(list.ptr(), i));
    return reader_.read(values, type, selected_);
  }

  static type_ref item_type(const type_ref& type) {
    return type.nullable().is_list() ? type.nullable().inner() : type;
  }

  const plan_field& field_;
  const std::string title_;
  column_reader reader_;
  column_reader::selections selected_;
};

}  // namespace

answer answer_of(PyObject* value, const schema_objects& names, const plan_field& field) {
  returned made{names, field};
  if (!value) return failed{take_failure(field.parent->name + "." + field.definition->name)};
  return made.of(value);
}

}  // namespace puff::bridge::graphql
