#include "bridge/postgres/result_object.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "bridge/internal/arguments.hpp"
#include "bridge/postgres/row_builder.hpp"
#include "bridge/postgres/typecast.hpp"
#include "services/postgres/result_view.hpp"

namespace puff::bridge::postgres {
namespace {

using puff::postgres::result_kind;
using puff::postgres::result_view;

struct result_object {
  PyObject_HEAD sql_result result;
};

PyTypeObject* the_type = nullptr;

result_view view_of(PyObject* object) {
  return result_view{reinterpret_cast<result_object*>(object)->result};
}

void deallocate(PyObject* object) {
  std::destroy_at(&reinterpret_cast<result_object*>(object)->result);
  auto* type = Py_TYPE(object);
  type->tp_free(object);
  Py_DECREF(type);
}

PyObject* bytes_of(std::string_view text) {
  return PyBytes_FromStringAndSize(text.data(), static_cast<Py_ssize_t>(text.size()));
}

PyObject* kind(PyObject* self, void*) {
  static PyObject* const words[] = {
      PyUnicode_InternFromString("empty_query"), PyUnicode_InternFromString("command"),
      PyUnicode_InternFromString("rows"),        PyUnicode_InternFromString("copy_out"),
      PyUnicode_InternFromString("copy_in"),     PyUnicode_InternFromString("error")};
  return Py_XNewRef(words[static_cast<std::size_t>(view_of(self).kind())]);
}

PyObject* rows(PyObject* self, void*) { return PyLong_FromLong(view_of(self).rows()); }

PyObject* columns(PyObject* self, void*) { return PyLong_FromLong(view_of(self).columns()); }

PyObject* tag(PyObject* self, void*) {
  auto text = view_of(self).command_tag();
  return PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "replace");
}

PyObject* affected(PyObject* self, void*) {
  auto digits = view_of(self).rows_affected();
  long long count = -1;
  std::from_chars(digits.data(), digits.data() + digits.size(), count);
  return PyLong_FromLongLong(count);
}

PyObject* inserted_oid(PyObject* self, void*) {
  return PyLong_FromUnsignedLong(view_of(self).inserted_oid());
}

PyObject* error_text(PyObject* self, void*) { return bytes_of(view_of(self).error_text()); }

PyObject* describe(PyObject* self, PyObject*) {
  auto view = view_of(self);
  auto* list = PyList_New(view.columns());
  for (int i = 0; list && i < view.columns(); ++i) {
    auto* column =
        Py_BuildValue("NIiiIiN", bytes_of(view.column_name(i)), view.column_type(i),
                      view.column_size(i), view.column_modifier(i), view.column_table(i),
                      view.column_table_column(i), PyBool_FromLong(view.column_is_binary(i)));
    if (!column)
      Py_CLEAR(list);
    else
      PyList_SET_ITEM(list, i, column);
  }
  return list;
}

PyObject* value(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  if (!internal::has_arguments("value", count, 2)) return nullptr;
  const long row = PyLong_AsLong(args[0]), column = PyLong_AsLong(args[1]);
  if (PyErr_Occurred()) return nullptr;
  auto view = view_of(self);
  if (row < 0 || row >= view.rows() || column < 0 || column >= view.columns()) {
    PyErr_SetString(PyExc_IndexError, "value(): no such row or column");
    return nullptr;
  }
  const int r = static_cast<int>(row), c = static_cast<int>(column);
  if (view.is_null(r, c)) Py_RETURN_NONE;
  return bytes_of(view.value(r, c));
}

PyObject* error_field(PyObject* self, PyObject* code) {
  const char* letter = PyUnicode_Check(code) ? PyUnicode_AsUTF8(code) : nullptr;
  if (!letter || !letter[0] || letter[1]) {
    PyErr_SetString(PyExc_TypeError, "error_field() needs one letter");
    return nullptr;
  }
  auto text = view_of(self).error_field(letter[0]);
  if (text.empty()) Py_RETURN_NONE;
  return bytes_of(text);
}

PyObject* fetch(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  if (!internal::has_arguments("fetch", count, 5)) return nullptr;
  const long first = PyLong_AsLong(args[0]), last = PyLong_AsLong(args[1]);
  if (PyErr_Occurred()) return nullptr;
  auto view = view_of(self);
  if (!fit_columns(args[2], view.columns())) return nullptr;
  const long rows = view.rows();
  const long from = std::clamp(first, 0L, rows), to = std::clamp(last, from, rows);
  Py_INCREF(self);  // A typecaster in Python may drop the cursor that holds this result.
  auto* list =
      build_rows(view, static_cast<int>(from), static_cast<int>(to), args[2], args[3], args[4]);
  Py_DECREF(self);
  return list;
}

PyMethodDef methods[] = {
    {"describe", describe, METH_NOARGS,
     "(name, oid, size, modifier, table, table_column, binary) of each column."},
    internal::fast("value", value, "value($self, row, column, /)\n--\n\nBytes, or None for NULL."),
    {"error_field", error_field, METH_O,
     "The field of an error that libpq knows by this letter, or None."},
    internal::fast("fetch", fetch,
                   "fetch($self, first, last, casters, cursor, factory, /)\n--\n\n"
                   "Rows [first, last) as tuples; or, with a factory, as what factory(cursor)\n"
                   "gives, filled by index."),
    {nullptr, nullptr, 0, nullptr}};

PyGetSetDef fields[] = {{"kind", kind, nullptr, "what kind of result it is", nullptr},
                        {"rows", rows, nullptr, "number of rows", nullptr},
                        {"columns", columns, nullptr, "number of columns", nullptr},
                        {"tag", tag, nullptr, "the command's tag: INSERT 0 1", nullptr},
                        {"affected", affected, nullptr, "rows affected, or -1", nullptr},
                        {"inserted_oid", inserted_oid, nullptr, "OID of the row, or 0", nullptr},
                        {"error_text", error_text, nullptr, "an error as libpq puts it", nullptr},
                        {nullptr, nullptr, nullptr, nullptr, nullptr}};

/// The caster for one OID: borrowed; null with an exception.
PyObject* caster_of(PyObject* oid, PyObject* maps, PyObject* fallback) {
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(maps); ++i) {
    auto* map = PyTuple_GET_ITEM(maps, i);
    if (map == Py_None) continue;
    auto* found = PyDict_Check(map) ? PyDict_GetItemWithError(map, oid) : nullptr;
    if (found || PyErr_Occurred()) return found;
  }
  return fallback;
}

}  // namespace

const pg_result* result_of(PyObject* object) {
  if (Py_TYPE(object) == the_type) return reinterpret_cast<result_object*>(object)->result.get();
  PyErr_Format(PyExc_TypeError, "a PgResult is needed, not %.100s", Py_TYPE(object)->tp_name);
  return nullptr;
}

bool fit_columns(PyObject* casters, int columns) {
  if (!PyTuple_Check(casters) || PyTuple_GET_SIZE(casters) != columns) {
    PyErr_SetString(PyExc_TypeError, "a tuple of one typecaster for each column is needed");
    return false;
  }
  for (int i = 0; i < columns; ++i)
    if (auto* caster = PyTuple_GET_ITEM(casters, i); !is_typecaster(caster)) {
      PyErr_Format(PyExc_TypeError, "no typecaster: %R", caster);
      return false;
    }
  return true;
}

PyObject* new_result_object(sql_result result) {
  auto* object = the_type->tp_alloc(the_type, 0);
  if (!object) return nullptr;
  std::construct_at(&reinterpret_cast<result_object*>(object)->result, std::move(result));
  return object;
}

bool add_result_type(PyObject* module) {
  static PyType_Slot slots[] = {{Py_tp_dealloc, reinterpret_cast<void*>(deallocate)},
                                {Py_tp_methods, methods},
                                {Py_tp_getset, fields},
                                {Py_tp_doc, const_cast<char*>("One result of a statement.")},
                                {0, nullptr}};
  static PyType_Spec spec{"puff._puff.PgResult", sizeof(result_object), 0,
                          Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
  the_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
  return the_type &&
         PyModule_AddObjectRef(module, "PgResult", reinterpret_cast<PyObject*>(the_type)) == 0;
}

PyObject* find_casters(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!internal::has_arguments("pg_casters", count, 3)) return nullptr;
  if (Py_TYPE(args[0]) != the_type || !PyTuple_Check(args[1])) {
    PyErr_SetString(PyExc_TypeError, "pg_casters() needs a PgResult and a tuple of dicts");
    return nullptr;
  }
  auto view = view_of(args[0]);
  auto* casters = PyTuple_New(view.columns());
  for (int i = 0; casters && i < view.columns(); ++i) {
    auto* oid = PyLong_FromUnsignedLong(view.column_type(i));
    auto* caster = oid ? caster_of(oid, args[1], args[2]) : nullptr;
    Py_XDECREF(oid);
    if (caster && !is_typecaster(caster)) {
      PyErr_Format(PyExc_TypeError, "no typecaster: %R", caster);
      caster = nullptr;
    }
    if (!caster)
      Py_CLEAR(casters);
    else
      PyTuple_SET_ITEM(casters, i, Py_NewRef(caster));
  }
  return casters;
}

}  // namespace puff::bridge::postgres
