#include "bridge/postgres/record.hpp"

#include <algorithm>
#include <cstddef>

#include "bridge/internal/arguments.hpp"

namespace puff::bridge::postgres {
namespace {

/// `names` and `places` are those of its shape, `values` as many as Py_SIZE says.
struct record {
  PyObject_VAR_HEAD PyObject* names;
  PyObject* places;
  PyObject* values[1];
};

PyTypeObject* record_type = nullptr;  // lives as long as the interpreter

record& self_of(PyObject* object) { return *reinterpret_cast<record*>(object); }

bool is_record(PyObject* object) { return Py_TYPE(object) == record_type; }

/// A new reference to the values as a tuple, or null with or without an exception if it has none.
PyObject* tuple_of(PyObject* object) {
  if (!is_record(object)) return PyTuple_Check(object) ? Py_NewRef(object) : nullptr;
  const auto size = Py_SIZE(object);
  auto* tuple = PyTuple_New(size);
  for (Py_ssize_t i = 0; tuple && i < size; ++i)
    PyTuple_SET_ITEM(tuple, i, Py_NewRef(self_of(object).values[i]));
  return tuple;
}

PyObject* item(PyObject* object, Py_ssize_t place) {
  if (place >= 0 && place < Py_SIZE(object)) return Py_NewRef(self_of(object).values[place]);
  PyErr_SetString(PyExc_IndexError, "record index out of range");
  return nullptr;
}

PyObject* named(PyObject* object, PyObject* name) {
  auto* place = PyDict_GetItemWithError(self_of(object).places, name);
  if (place) return item(object, PyLong_AsSsize_t(place));
  if (!PyErr_Occurred()) PyErr_SetObject(PyExc_KeyError, name);
  return nullptr;
}

PyObject* subscript(PyObject* object, PyObject* key) {
  if (PyUnicode_Check(key)) return named(object, key);
  if (PyIndex_Check(key)) {
    const auto place = PyNumber_AsSsize_t(key, PyExc_IndexError);
    if (place == -1 && PyErr_Occurred()) return nullptr;
    return item(object, place < 0 ? place + Py_SIZE(object) : place);
  }
  auto* tuple = tuple_of(object);
  auto* part = tuple ? PyObject_GetItem(tuple, key) : nullptr;
  Py_XDECREF(tuple);
  return part;
}

Py_ssize_t length(PyObject* object) { return Py_SIZE(object); }

int contains(PyObject* object, PyObject* key) {
  return PyDict_Contains(self_of(object).places, key);
}

PyObject* iterate(PyObject* object) {
  auto* tuple = tuple_of(object);
  auto* iterator = tuple ? PyObject_GetIter(tuple) : nullptr;
  Py_XDECREF(tuple);
  return iterator;
}

Py_hash_t hash(PyObject* object) {
  auto* tuple = tuple_of(object);
  const auto hashed = tuple ? PyObject_Hash(tuple) : -1;
  Py_XDECREF(tuple);
  return hashed;
}

PyObject* compare(PyObject* left, PyObject* right, int how) {
  auto* a = tuple_of(left);
  auto* b = a ? tuple_of(right) : nullptr;
  PyObject* outcome = nullptr;
  if (a && b)
    outcome = PyObject_RichCompare(a, b, how);
  else if (!PyErr_Occurred())
    outcome = Py_NewRef(Py_NotImplemented);
  Py_XDECREF(a);
  Py_XDECREF(b);
  return outcome;
}

PyObject* represent(PyObject* object) {
  auto& self = self_of(object);
  auto* text = PyUnicode_FromString("<Record");
  for (Py_ssize_t i = 0; text && i < Py_SIZE(object); ++i) {
    auto* part = PyUnicode_FromFormat(" %S=%R", PyTuple_GET_ITEM(self.names, i), self.values[i]);
    if (part)
      PyUnicode_AppendAndDel(&text, part);
    else
      Py_CLEAR(text);
  }
  if (text) PyUnicode_AppendAndDel(&text, PyUnicode_FromString(">"));
  return text;
}

PyObject* keys(PyObject* object, PyObject*) { return PyObject_GetIter(self_of(object).names); }

PyObject* values(PyObject* object, PyObject*) { return iterate(object); }

PyObject* items(PyObject* object, PyObject*) {
  return PyObject_CallFunctionObjArgs(reinterpret_cast<PyObject*>(&PyZip_Type),
                                      self_of(object).names, object, nullptr);
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
  for (Py_ssize_t i = 0; i < Py_SIZE(object); ++i) Py_VISIT(self_of(object).values[i]);
  return 0;
}

void deallocate(PyObject* object) {
  PyObject_GC_UnTrack(object);
  auto& self = self_of(object);
  for (Py_ssize_t i = 0; i < Py_SIZE(object); ++i) Py_XDECREF(self.values[i]);
  Py_XDECREF(self.names);
  Py_XDECREF(self.places);
  auto* type = Py_TYPE(object);
  PyObject_GC_Del(object);
  Py_DECREF(type);
}

PyObject* name_of(puff::postgres::result_view view, int column) {
  const auto text = view.column_name(column);
  auto* name = PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), nullptr);
  if (name) PyUnicode_InternInPlace(&name);
  return name;
}

PyObject* names_of(puff::postgres::result_view view) {
  auto* names = PyTuple_New(view.columns());
  for (int i = 0; names && i < view.columns(); ++i) {
    auto* name = name_of(view, i);
    if (!name)
      Py_CLEAR(names);
    else
      PyTuple_SET_ITEM(names, i, name);
  }
  return names;
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

PyMethodDef methods[] = {
    {"keys", keys, METH_NOARGS, "The names."},
    {"values", values, METH_NOARGS, "The values."},
    {"items", items, METH_NOARGS, "Pairs of name and value."},
    internal::fast("get", get,
                   "get($self, name, default=None, /)\n--\n\nThe value of that name, or default."),
    {nullptr, nullptr, 0, nullptr}};

}  // namespace

record_shape::record_shape(puff::postgres::result_view view)
    : names_(names_of(view)), places_(names_ ? places_of(names_) : nullptr) {}

record_shape::~record_shape() {
  Py_XDECREF(names_);
  Py_XDECREF(places_);
}

PyObject* record_shape::make() const {
  const auto size = PyTuple_GET_SIZE(names_);
  auto* made = PyObject_GC_NewVar(record, record_type, size);
  if (!made) return nullptr;
  made->names = Py_NewRef(names_);
  made->places = Py_NewRef(places_);
  std::fill_n(made->values, size, nullptr);
  return reinterpret_cast<PyObject*>(made);
}

PyObject** values_of_record(PyObject* made) { return self_of(made).values; }

void finish_record(PyObject* made) {
  auto** values = self_of(made).values;
  if (std::any_of(values, values + Py_SIZE(made), [](PyObject* v) { return PyObject_IS_GC(v); }))
    PyObject_GC_Track(made);
}

bool add_record_type(PyObject* module) {
  static PyType_Slot slots[] = {
      {Py_tp_dealloc, reinterpret_cast<void*>(deallocate)},
      {Py_tp_traverse, reinterpret_cast<void*>(traverse)},
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
      "puff.postgres.Record", offsetof(record, values), sizeof(PyObject*),
      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
  record_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
  return record_type &&
         PyModule_AddObjectRef(module, "Record", reinterpret_cast<PyObject*>(record_type)) == 0;
}

}  // namespace puff::bridge::postgres
