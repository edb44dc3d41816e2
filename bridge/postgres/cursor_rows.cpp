#include "bridge/postgres/cursor_rows.hpp"

#include <structmember.h>

#include "bridge/internal/objects.hpp"
#include "bridge/postgres/dbapi_names.hpp"
#include "bridge/postgres/result_object.hpp"
#include "bridge/postgres/row_builder.hpp"

namespace puff::bridge::postgres {
namespace {

/// Null objects are None.
struct cursor_rows {
  PyObject_HEAD PyObject* result;
  PyObject* casters;
  PyObject* codec;
  PyObject* name;
  Py_ssize_t rows, row;
  char closed;
};

/// Rows that were made ahead, while the cursor goes on from one to the next.
struct row_iterator {
  PyObject_HEAD PyObject* cursor;
  PyObject* result;
  PyObject* ahead;
  Py_ssize_t first, size;
};

PyTypeObject* rows_type = nullptr;  // live as long as the interpreter
PyTypeObject* iterator_type = nullptr;

cursor_rows& rows_of(PyObject* object) { return *reinterpret_cast<cursor_rows*>(object); }
row_iterator& iterator_of(PyObject* object) { return *reinterpret_cast<row_iterator*>(object); }

PyObject* make(PyTypeObject* type, PyObject*, PyObject*) {
  auto* object = type->tp_alloc(type, 0);
  if (object) rows_of(object).rows = -1;
  return object;
}

int traverse(PyObject* object, visitproc visit, void* arg) {
  auto& self = rows_of(object);
  Py_VISIT(Py_TYPE(object));
  Py_VISIT(self.result);
  Py_VISIT(self.casters);
  Py_VISIT(self.codec);
  Py_VISIT(self.name);
  return 0;
}

int clear(PyObject* object) {
  auto& self = rows_of(object);
  Py_CLEAR(self.result);
  Py_CLEAR(self.casters);
  Py_CLEAR(self.codec);
  Py_CLEAR(self.name);
  return 0;
}

bool is_nothing(PyObject* object) { return !object || object == Py_None; }

/// 1 if the connection is closed, 0 if it is open; -1 with an exception.
int is_disconnected(PyObject* cursor) {
  auto* connection = PyObject_GetAttr(cursor, names().connection);
  if (!connection) return -1;
  auto* closed = PyObject_GetAttr(connection, names().closed);
  Py_DECREF(connection);
  const int is = closed ? PyObject_IsTrue(closed) : -1;
  Py_XDECREF(closed);
  return is;
}

/// The casters, found before the first row of a result: a new reference.
PyObject* casters_of(PyObject* cursor) {
  auto* known = rows_of(cursor).casters;
  return is_nothing(known) ? PyObject_CallMethodNoArgs(cursor, names().cast) : Py_NewRef(known);
}

PyObject* make_row(PyObject* cursor, Py_ssize_t row) {
  auto* casters = casters_of(cursor);
  auto* factory = casters ? PyObject_GetAttr(cursor, names().row_factory) : nullptr;
  // A typecaster in Python may give the cursor another result.
  auto* result = Py_XNewRef(rows_of(cursor).result);
  PyObject* made = nullptr;
  if (factory) made = build_row(result, row, casters, cursor, factory);
  Py_XDECREF(result);
  Py_XDECREF(factory);
  Py_XDECREF(casters);
  return made;
}

PyObject* fetchone(PyObject* object, PyObject*) {
  auto& self = rows_of(object);
  const bool plain = self.rows >= 0 && !self.closed && is_nothing(self.name);
  const int elsewhere = plain ? is_disconnected(object) : 1;
  if (elsewhere < 0) return nullptr;
  if (elsewhere) return PyObject_CallMethodNoArgs(object, names().fetch_first);
  if (self.row >= self.rows) Py_RETURN_NONE;
  return make_row(object, self.row++);
}

PyObject* iterate(PyObject* object, PyObject*) {
  auto* made = PyObject_GC_New(row_iterator, iterator_type);
  if (!made) return nullptr;
  made->cursor = Py_NewRef(object);
  made->result = made->ahead = nullptr;
  made->first = made->size = 0;
  PyObject_GC_Track(reinterpret_cast<PyObject*>(made));
  return reinterpret_cast<PyObject*>(made);
}

int traverse_iterator(PyObject* object, visitproc visit, void* arg) {
  auto& self = iterator_of(object);
  Py_VISIT(Py_TYPE(object));
  Py_VISIT(self.cursor);
  Py_VISIT(self.result);
  Py_VISIT(self.ahead);
  return 0;
}

int clear_iterator(PyObject* object) {
  auto& self = iterator_of(object);
  self.size = 0;
  Py_CLEAR(self.cursor);
  Py_CLEAR(self.result);
  Py_CLEAR(self.ahead);
  return 0;
}

void deallocate_iterator(PyObject* object) {
  PyObject_GC_UnTrack(object);
  clear_iterator(object);
  auto* type = Py_TYPE(object);
  PyObject_GC_Del(object);
  Py_DECREF(type);
}

/// Has rows from the cursor's next one on; false at the end, or with an exception.
bool fill(row_iterator& self) {
  auto* usable = PyObject_CallMethodNoArgs(self.cursor, names().check_usable);
  if (!usable) return false;
  Py_DECREF(usable);
  const auto& cursor = rows_of(self.cursor);
  const auto first = cursor.row;
  if (first >= cursor.rows) return false;
  auto* number = PyLong_FromSsize_t(first);
  auto* ahead = number ? PyObject_CallMethodOneArg(self.cursor, names().ahead, number) : nullptr;
  Py_XDECREF(number);
  if (!ahead) return false;
  self.first = first;
  self.size = PyList_Check(ahead) ? PyList_GET_SIZE(ahead) : 0;
  Py_XSETREF(self.result, Py_XNewRef(cursor.result));
  Py_XSETREF(self.ahead, ahead);
  return true;
}

PyObject* next(PyObject* object) {
  auto& self = iterator_of(object);
  while (self.cursor) {
    auto& cursor = rows_of(self.cursor);
    // The program may have fetched, or executed, meanwhile.
    const auto place = cursor.row - self.first;
    if (cursor.result == self.result && place >= 0 && place < self.size) {
      ++cursor.row;
      return Py_NewRef(PyList_GET_ITEM(self.ahead, place));
    }
    if (!fill(self)) clear_iterator(object);
  }
  return nullptr;
}

PyMethodDef methods[] = {
    {"fetchone", fetchone, METH_NOARGS, "fetchone($self, /)\n--\n\nThe next row, or None."},
    {"_iterate", iterate, METH_NOARGS,
     "_iterate($self, /)\n--\n\nIterates over the rows, which _ahead(first) makes."},
    {nullptr, nullptr, 0, nullptr}};

PyMemberDef members[] = {
    {"_result", T_OBJECT, offsetof(cursor_rows, result), 0, "the PgResult, or None"},
    {"_casters", T_OBJECT, offsetof(cursor_rows, casters), 0, "a typecaster for each column"},
    {"_codec", T_OBJECT, offsetof(cursor_rows, codec), 0, "of text; None is UTF-8"},
    {"_name", T_OBJECT, offsetof(cursor_rows, name), 0, "the name on the server, or None"},
    {"_rows", T_PYSSIZET, offsetof(cursor_rows, rows), 0, "how many rows there are; -1: none"},
    {"_row", T_PYSSIZET, offsetof(cursor_rows, row), 0, "which row is next"},
    {"_closed", T_BOOL, offsetof(cursor_rows, closed), 0, "closed"},
    {nullptr, 0, 0, 0, nullptr}};

bool make_iterator_type() {
  static PyType_Slot slots[] = {{Py_tp_dealloc, reinterpret_cast<void*>(deallocate_iterator)},
                                {Py_tp_traverse, reinterpret_cast<void*>(traverse_iterator)},
                                {Py_tp_clear, reinterpret_cast<void*>(clear_iterator)},
                                {Py_tp_iter, reinterpret_cast<void*>(PyObject_SelfIter)},
                                {Py_tp_iternext, reinterpret_cast<void*>(next)},
                                {0, nullptr}};
  static PyType_Spec spec{
      "puff._puff.PgRowIterator", sizeof(row_iterator), 0,
      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
  iterator_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
  return iterator_type != nullptr;
}

}  // namespace

PyObject* codec_of_cursor(PyObject* cursor) noexcept {
  if (!PyObject_TypeCheck(cursor, rows_type)) return nullptr;
  auto* codec = rows_of(cursor).codec;
  return codec ? codec : Py_None;
}

bool add_cursor_rows_type(PyObject* module) {
  static PyType_Slot slots[] = {
      {Py_tp_new, reinterpret_cast<void*>(make)},
      {Py_tp_dealloc, reinterpret_cast<void*>(internal::deallocate_collected<clear>)},
      {Py_tp_traverse, reinterpret_cast<void*>(traverse)},
      {Py_tp_clear, reinterpret_cast<void*>(clear)},
      {Py_tp_methods, methods},
      {Py_tp_members, members},
      {Py_tp_doc, const_cast<char*>("The rows of a cursor's result, and which one is next.")},
      {0, nullptr}};
  static PyType_Spec spec{"puff._puff.PgCursorRows", sizeof(cursor_rows), 0,
                          Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE, slots};
  rows_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
  return rows_type && make_iterator_type() &&
         PyModule_AddObjectRef(module, "PgCursorRows", reinterpret_cast<PyObject*>(rows_type)) == 0;
}

}  // namespace puff::bridge::postgres
