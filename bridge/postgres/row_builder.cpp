#include "bridge/postgres/row_builder.hpp"

#include "bridge/postgres/collector_pause.hpp"
#include "bridge/postgres/result_object.hpp"
#include "bridge/postgres/typecast.hpp"

namespace puff::bridge::postgres {
namespace {

using puff::postgres::result_view;

struct row_source {
  result_view view;
  PyObject* casters;
  cast_context& context;

  PyObject* value(int row, int column) const {
    auto* caster = PyTuple_GET_ITEM(casters, column);
    const auto text = view.value(row, column);
    return cast_value(caster, text, text.empty() && view.is_null(row, column), context);
  }
};

PyObject* as_tuple(const row_source& from, int row, PyObject*, PyObject*) {
  const int columns = from.view.columns();
  auto* tuple = PyTuple_New(columns);
  for (int i = 0; tuple && i < columns; ++i) {
    auto* value = from.value(row, i);
    if (!value)
      Py_CLEAR(tuple);
    else
      PyTuple_SET_ITEM(tuple, i, value);
  }
  return tuple;
}

PyObject* as_list(const row_source& from, int row, PyObject*, PyObject*) {
  const int columns = from.view.columns();
  auto* list = PyList_New(columns);
  for (int i = 0; list && i < columns; ++i) {
    auto* value = from.value(row, i);
    if (!value)
      Py_CLEAR(list);
    else
      PyList_SET_ITEM(list, i, value);
  }
  return list;
}

PyObject* as_dict(const row_source& from, int row, PyObject*, PyObject* keys) {
  auto* dict = PyDict_New();
  for (int i = 0; dict && i < from.view.columns(); ++i) {
    auto* value = from.value(row, i);
    if (!value || PyDict_SetItem(dict, PyTuple_GET_ITEM(keys, i), value) != 0) Py_CLEAR(dict);
    Py_XDECREF(value);
  }
  return dict;
}

PyObject* as_factory_says(const row_source& from, int row, PyObject* cursor, PyObject* factory) {
  auto* made = PyObject_CallOneArg(factory, cursor);
  for (int i = 0; made && i < from.view.columns(); ++i) {
    auto* value = from.value(row, i);
    if (!value || PySequence_SetItem(made, i, value) != 0) Py_CLEAR(made);
    Py_XDECREF(value);
  }
  return made;
}

using row_maker = PyObject* (*)(const row_source&, int, PyObject*, PyObject*);

row_maker maker_for(PyObject* factory, int columns) {
  if (factory == Py_None) return as_tuple;
  if (factory == reinterpret_cast<PyObject*>(&PyList_Type)) return as_list;
  if (PyTuple_Check(factory) && PyTuple_GET_SIZE(factory) == columns) return as_dict;
  return as_factory_says;
}

bool runs_no_python(PyObject* casters, row_maker maker) {
  if (maker == as_factory_says) return false;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(casters); ++i)
    if (!is_built_in(PyTuple_GET_ITEM(casters, i))) return false;
  return true;
}

}  // namespace

PyObject* build_rows(result_view view, int first, int last, PyObject* casters, PyObject* cursor,
                     PyObject* factory) {
  cast_context context{cursor};
  const row_source source{view, casters, context};
  const auto maker = maker_for(factory, view.columns());
  auto* list = PyList_New(last - first);
  const collector_pause pause{last - first > 100 && runs_no_python(casters, maker)};
  for (int row = first; list && row < last; ++row) {
    auto* made = maker(source, row, cursor, factory);
    if (!made)
      Py_CLEAR(list);
    else
      PyList_SET_ITEM(list, row - first, made);
  }
  return list;
}

PyObject* build_row(PyObject* result, Py_ssize_t row, PyObject* casters, PyObject* cursor,
                    PyObject* factory) {
  const auto* known = result ? result_of(result) : nullptr;
  if (!known) {
    if (!PyErr_Occurred()) PyErr_SetString(PyExc_TypeError, "there is no result");
    return nullptr;
  }
  const result_view view{known};
  if (row < 0 || row >= view.rows()) {
    PyErr_SetString(PyExc_IndexError, "there is no such row");
    return nullptr;
  }
  if (!fit_columns(casters, view.columns())) return nullptr;
  cast_context context{cursor};
  const row_source source{view, casters, context};
  return maker_for(factory, view.columns())(source, static_cast<int>(row), cursor, factory);
}

}  // namespace puff::bridge::postgres
