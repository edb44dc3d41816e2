#include "bridge/postgres/record.hpp"

#include "bridge/internal/arguments.hpp"

namespace puff::bridge::postgres {
namespace {

/// `names` is shared by the rows of a result: a tuple of the names and a dict of their places.
struct record {
  PyObject_HEAD PyObject* names;
  PyObject* places;
  PyObject* values;
};

PyTypeObject* record_type = nullptr;  // lives as long as the interpreter

record& self_of(PyObject* object) { return *reinterpret_cast<record*>(object); }

bool is_record(PyObject* object) { return Py_TYPE(object) == record_type; }

/// A new reference to the values as a tuple, or null without an exception if it has none.
PyObject* tuple_of(PyObject* object) {
  if (is_record(object)) return Py_NewRef(self_of(object).values);
  return PyTuple_Check(object) ? Py_NewRef(object) : nullptr;
}

PyObject* subscript(PyObject* object, PyObject* key) {
  auto& self = self_of(object);
  if (!PyUnicode_Check(key)) return PyObject_GetItem(self.values, key);
  auto* place = PyDict_GetItemWithError(self.places, key);
  if (place) return Py_NewRef(PyTuple_GET_ITEM(self.values, PyLong_AsSsize_t(place)));
  if (!PyErr_Occurred()) PyErr_SetObject(PyExc_KeyError, key);
  return nullptr;
}

PyObject* item(PyObject* object, Py_ssize_t place) {
  return PySequence_GetItem(self_of(object).values, place);
}

Py_ssize_t length(PyObject* object) { return PyTuple_GET_SIZE(self_of(object).values); }

int contains(PyObject* object, PyObject* key) {
  return PyDict_Contains(self_of(object).places, key);
}

PyObject* iterate(PyObject* object) { return PyObject_GetIter(self_of(object).values); }

Py_hash_t hash(PyObject* object) { return PyObject_Hash(self_of(object).values); }

PyObject* compare(PyObject* left, PyObject* right, int how) {
  auto* a = tuple_of(left);
  auto* b = tuple_of(right);
  auto* outcome = a && b ? PyObject_RichCompare(a, b, how) : Py_NewRef(Py_NotImplemented);
  Py_XDECREF(a);
  Py_XDECREF(b);
  return outcome;
}

PyObject* represent(PyObject* object) {
  auto& self = self_of(object);
  auto* text = PyUnicode_FromString("<Record");
  for (Py_ssize_t i = 0; text && i < PyTuple_GET_SIZE(self.values); ++i) {
    auto* part = PyUnicode_FromFormat(" %S=%R", PyTuple_GET_ITEM(self.names, i),
                                      PyTuple_GET_ITEM(self.values, i));
    if (part)
      PyUnicode_AppendAndDel(&text, part);
    else
      Py_CLEAR(text);
  }
  if (text) PyUnicode_AppendAndDel(&text, PyUnicode_FromString(">"));
  return text;
}

PyObject* keys(PyObject* object, PyObject*) { return PyObject_GetIter(self_of(object).names); }

PyObject* values(PyObject* object, PyObject*) { return PyObject_GetIter(self_of(object).values); }

PyObject* items(PyObject* object, PyObject*) {
  auto& self = self_of(object);
  return PyObject_CallFunctionObjArgs(reinterpret_cast<PyObject*>(&PyZip_Type), self.names,
                                      self.values, nullptr);
}

PyObject* get(PyObject* object, PyObject* const* args, Py_ssize_t count) {
  if (count != 1 && count != 2) {
    PyErr_Format(PyExc_TypeError, "get() takes 1 or 2 arguments (%zd given)", count);
    return nullptr;
  }
  const int known = contains(object, args[0]);
  if (known < 0) return nullptr;
  if (known > 0) return subscript(object, args[0]);
  return Py_NewRef(count == 2 ? args[1] : Py_None);
}

int traverse(PyObject* object, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(object));
  Py_VISIT(self_of(object).values);
  return 0;
}

int clear(PyObject* object) {
  Py_CLEAR(self_of(object).values);
  return 0;
}

void deallocate(PyObject* object) {
  PyObject_GC_UnTrack(object);
  auto& self = self_of(object);
  Py_XDECREF(self.names);
  Py_XDECREF(self.places);
  Py_XDECREF(self.values);
  auto* type = Py_TYPE(object);
  PyObject_GC_Del(object);
  Py_DECREF(type);
}

/// A dict from name to place; of columns with one name the last has it.
PyObject* places_of(PyObject* names) {
  auto* places = PyDict_New();
  for (Py_ssize_t i = 0; places && i < PyTuple_GET_SIZE(names); ++i) {
    auto* place = PyLong_FromSsize_t(i);
    if (!place || PyDict_SetItem(places, PyTuple_GET_ITEM(names, i), place) != 0) Py_CLEAR(places);
    Py_XDECREF(place);
  }
  return places;
}

PyObject* new_record(PyObject* names, PyObject* places, PyObject* row) {
  auto* made = PyObject_GC_New(record, record_type);
  if (!made) return nullptr;
  made->names = Py_NewRef(names);
  made->places = Py_NewRef(places);
  made->values = Py_NewRef(row);
  PyObject_GC_Track(reinterpret_cast<PyObject*>(made));
  return reinterpret_cast<PyObject*>(made);
}

bool are_rows(PyObject* names, PyObject* rows) {
  bool good = PyTuple_Check(names) && PyList_Check(rows);
  for (Py_ssize_t i = 0; good && i < PyList_GET_SIZE(rows); ++i) {
    auto* row = PyList_GET_ITEM(rows, i);
    good = PyTuple_Check(row) && PyTuple_GET_SIZE(row) == PyTuple_GET_SIZE(names);
  }
  if (!good)
    PyErr_SetString(PyExc_TypeError, "pg_records() needs a tuple of names and a list of tuples");
  return good;
}

PyMethodDef methods[] = {
    {"keys", keys, METH_NOARGS, "The names."},
    {"values", values, METH_NOARGS, "The values."},
    {"items", items, METH_NOARGS, "Pairs of name and value."},
    internal::fast("get", get,
                   "get($self, name, default=None, /)\n--\n\nThe value of that name, or default."),
    {nullptr, nullptr, 0, nullptr}};

}  // namespace

PyObject* make_records(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!internal::has_arguments("pg_records", count, 2) || !are_rows(args[0], args[1]))
    return nullptr;
  auto* places = places_of(args[0]);
  auto* records = places ? PyList_New(PyList_GET_SIZE(args[1])) : nullptr;
  for (Py_ssize_t i = 0; records && i < PyList_GET_SIZE(records); ++i) {
    auto* made = new_record(args[0], places, PyList_GET_ITEM(args[1], i));
    if (!made)
      Py_CLEAR(records);
    else
      PyList_SET_ITEM(records, i, made);
  }
  Py_XDECREF(places);
  return records;
}

bool add_record_type(PyObject* module) {
  static PyType_Slot slots[] = {
      {Py_tp_dealloc, reinterpret_cast<void*>(deallocate)},
      {Py_tp_traverse, reinterpret_cast<void*>(traverse)},
      {Py_tp_clear, reinterpret_cast<void*>(clear)},
      {Py_tp_iter, reinterpret_cast<void*>(iterate)},
      {Py_tp_hash, reinterpret_cast<void*>(hash)},
      {Py_tp_repr, reinterpret_cast<void*>(represent)},
      {Py_tp_richcompare, reinterpret_cast<void*>(compare)},
      {Py_sq_length, reinterpret_cast<void*>(length)},
      {Py_sq_item, reinterpret_cast<void*>(item)},
      {Py_sq_contains, reinterpret_cast<void*>(contains)},
      {Py_mp_length, reinterpret_cast<void*>(length)},
      {Py_mp_subscript, reinterpret_cast<void*>(subscript)},
      {Py_tp_methods, methods},
      {Py_tp_doc, const_cast<char*>("A row: values by place and by name.")},
      {0, nullptr}};
  static PyType_Spec spec{
      "puff.postgres.Record", sizeof(record), 0,
      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
  record_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
  return record_type &&
         PyModule_AddObjectRef(module, "Record", reinterpret_cast<PyObject*>(record_type)) == 0;
}

}  // namespace puff::bridge::postgres
