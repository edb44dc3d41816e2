#include "bridge/postgres/typecast.hpp"

#include <structmember.h>

#include <string>

#include "bridge/internal/objects.hpp"
#include "bridge/postgres/builtin_types.hpp"

namespace puff::bridge::postgres {
namespace {

PyTypeObject* the_type = nullptr;

typecaster& as(PyObject* object) { return *reinterpret_cast<typecaster*>(object); }

int traverse(PyObject* object, visitproc visit, void* arg) {
  auto& self = as(object);
  Py_VISIT(Py_TYPE(object));
  Py_VISIT(self.name);
  Py_VISIT(self.values);
  Py_VISIT(self.python);
  Py_VISIT(self.item);
  return 0;
}

int clear(PyObject* object) {
  auto& self = as(object);
  Py_CLEAR(self.name);
  Py_CLEAR(self.values);
  Py_CLEAR(self.python);
  Py_CLEAR(self.item);
  return 0;
}

PyObject* represent(PyObject* object) {
  return PyUnicode_FromFormat("<%s '%U' at %p>", Py_TYPE(object)->tp_name, as(object).name, object);
}

/// Whether some OID of `self` is `number` (a Python int); -1 with an exception.
int has_oid(PyObject* self, PyObject* number) {
  return PySequence_Contains(as(self).values, number);
}

int shares_oid(PyObject* self, PyObject* other) {
  auto* oids = as(other).values;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(oids); ++i)
    if (int found = has_oid(self, PyTuple_GET_ITEM(oids, i))) return found;
  return 0;
}

PyObject* compare(PyObject* self, PyObject* other, int how) {
  if (how != Py_EQ && how != Py_NE) Py_RETURN_NOTIMPLEMENTED;
  int equal = 0;
  if (is_typecaster(other))
    equal = shares_oid(self, other);
  else if (PyLong_Check(other))
    equal = has_oid(self, other);
  if (equal < 0) return nullptr;
  return PyBool_FromLong(how == Py_EQ ? equal : !equal);
}

PyObject* call(PyObject* self, PyObject* args, PyObject*) {
  PyObject *text = nullptr, *cursor = nullptr;
  if (!PyArg_ParseTuple(args, "OO", &text, &cursor)) return nullptr;
  if (text == Py_None) Py_RETURN_NONE;
  cast_context context{cursor};
  if (PyBytes_Check(text))
    return cast_value(self,
                      {PyBytes_AS_STRING(text), static_cast<std::size_t>(PyBytes_GET_SIZE(text))},
                      false, context);
  Py_ssize_t size = 0;
  const char* bytes = PyUnicode_AsUTF8AndSize(text, &size);
  if (!bytes) return nullptr;
  return cast_value(self, {bytes, static_cast<std::size_t>(size)}, false, context);
}

/// Steals nothing; `python`, `item` and `built_in` may be null.
PyObject* make(PyObject* name, PyObject* values, PyObject* python, PyObject* item,
               cast_function built_in) {
  auto* object = the_type->tp_alloc(the_type, 0);
  if (!object) return nullptr;
  auto& self = as(object);
  self.name = Py_NewRef(name);
  self.values = Py_NewRef(values);
  self.python = Py_XNewRef(python);
  self.item = Py_XNewRef(item);
  self.built_in = built_in;
  return object;
}

PyObject* call_python(typecaster& self, std::string_view text, bool is_null,
                      cast_context& context) {
  auto* argument = is_null ? Py_NewRef(Py_None) : context.decode(text);
  if (!argument) return nullptr;
  PyObject* both[] = {argument, context.cursor()};
  auto* value = PyObject_Vectorcall(self.python, both, 2, nullptr);
  Py_DECREF(argument);
  return value;
}

bool are_integers(PyObject* values) {
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(values); ++i)
    if (!PyLong_Check(PyTuple_GET_ITEM(values, i))) {
      PyErr_SetString(PyExc_TypeError, "the first argument must be a tuple of integers (OIDs)");
      return false;
    }
  return true;
}

PyObject* oids_of(const builtin_type& row) {
  Py_ssize_t count = 0;
  while (count < static_cast<Py_ssize_t>(row.oids.size()) && row.oids[count]) ++count;
  auto* values = PyTuple_New(count);
  for (Py_ssize_t i = 0; values && i < count; ++i)
    PyTuple_SET_ITEM(values, i, PyLong_FromUnsignedLong(row.oids[i]));
  return values;
}

bool add_builtin(PyObject* all, const builtin_type& row) {
  auto* name = PyUnicode_FromString(row.name);
  auto* values = oids_of(row);
  auto* item = row.item ? PyDict_GetItemString(all, row.item) : nullptr;
  auto* caster = name && values ? make(name, values, nullptr, item, row.cast) : nullptr;
  const bool done = caster && PyDict_SetItem(all, name, caster) == 0;
  Py_XDECREF(name);
  Py_XDECREF(values);
  Py_XDECREF(caster);
  return done;
}

PyMemberDef members[] = {{"name", T_OBJECT, offsetof(typecaster, name), READONLY, "its name"},
                         {"values", T_OBJECT, offsetof(typecaster, values), READONLY,
                          "the OIDs of the types that it casts"},
                         {nullptr, 0, 0, 0, nullptr}};

bool make_type() {
  static PyType_Slot slots[] = {
      {Py_tp_call, reinterpret_cast<void*>(call)},
      {Py_tp_repr, reinterpret_cast<void*>(represent)},
      {Py_tp_richcompare, reinterpret_cast<void*>(compare)},
      {Py_tp_traverse, reinterpret_cast<void*>(traverse)},
      {Py_tp_clear, reinterpret_cast<void*>(clear)},
      {Py_tp_dealloc, reinterpret_cast<void*>(internal::deallocate_collected<clear>)},
      {Py_tp_members, members},
      {Py_tp_doc, const_cast<char*>("Makes Python objects of values.")},
      {0, nullptr}};
  static PyType_Spec spec{
      "puff._puff.PgTypecast", sizeof(typecaster), 0,
      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
  the_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
  return the_type != nullptr;
}

}  // namespace

bool is_typecaster(PyObject* object) noexcept { return Py_TYPE(object) == the_type; }

bool is_built_in(PyObject* caster) noexcept {
  for (; is_typecaster(caster); caster = as(caster).item) {
    if (as(caster).built_in) return true;
    if (!as(caster).item) return false;
  }
  return false;
}

PyObject* cast_value(PyObject* caster, std::string_view text, bool is_null, cast_context& context) {
  auto& self = as(caster);
  if (self.python) return call_python(self, text, is_null, context);
  if (is_null) Py_RETURN_NONE;
  if (self.built_in) return self.built_in(text, context);
  return cast_array(self.item, text, context);
}

bool add_typecasts(PyObject* module) {
  if (!make_type()) return false;
  auto* all = PyDict_New();
  if (!all) return false;
  bool done = true;
  for (const auto& row : builtin_types()) done = done && add_builtin(all, row);
  done = done &&
         PyModule_AddObjectRef(module, "PgTypecast", reinterpret_cast<PyObject*>(the_type)) == 0 &&
         PyModule_AddObjectRef(module, "pg_typecasts", all) == 0;
  Py_DECREF(all);
  return done;
}

PyObject* new_type(PyObject*, PyObject* args, PyObject* keywords) {
  static const char* keys[] = {"oids", "name", "adapter", nullptr};
  PyObject *values = nullptr, *name = nullptr, *python = nullptr;
  if (!PyArg_ParseTupleAndKeywords(args, keywords, "O!U|O:new_type", const_cast<char**>(keys),
                                   &PyTuple_Type, &values, &name, &python) ||
      !are_integers(values))
    return nullptr;
  return make(name, values, python, nullptr, python ? nullptr : cast_text);
}

PyObject* new_array_type(PyObject*, PyObject* args, PyObject* keywords) {
  static const char* keys[] = {"oids", "name", "base", nullptr};
  PyObject *values = nullptr, *name = nullptr, *item = nullptr;
  if (!PyArg_ParseTupleAndKeywords(args, keywords, "O!UO!:new_array_type", const_cast<char**>(keys),
                                   &PyTuple_Type, &values, &name, the_type, &item) ||
      !are_integers(values))
    return nullptr;
  return make(name, values, nullptr, item, nullptr);
}

}  // namespace puff::bridge::postgres
