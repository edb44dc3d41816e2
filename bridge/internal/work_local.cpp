#include "bridge/internal/work_local.hpp"

#include "bridge/hub.hpp"
#include "bridge/internal/objects.hpp"
#include "bridge/runtime.hpp"

namespace py = pybind11;

namespace puff::bridge::internal {
namespace {

struct work_local {
  PyObject_HEAD PyObject* of_thread;  // a threading.local, for other threads
};

PyObject*& of_thread(PyObject* self) { return reinterpret_cast<work_local*>(self)->of_thread; }

/// The attributes in the running greenlet's work, borrowed; null without an exception: there are
/// none yet.
PyObject* attributes_in(const work& what, PyObject* self) {
  return what.locals ? PyDict_GetItemWithError(what.locals.ptr(), self) : nullptr;
}

PyObject* new_attributes_in(work& what, PyObject* self) {
  if (!what.locals) what.locals = py::reinterpret_steal<py::object>(PyDict_New());
  auto made = py::reinterpret_steal<py::object>(PyDict_New());
  if (!what.locals || !made) return nullptr;
  return PyDict_SetDefault(what.locals.ptr(), self, made.ptr());
}

PyObject* raise_missing(PyObject* self, PyObject* name) {
  if (!PyErr_Occurred())
    PyErr_Format(PyExc_AttributeError, "'%.100s' has no attribute '%U'", Py_TYPE(self)->tp_name,
                 name);
  return nullptr;
}

bool is_special(PyObject* name) {
  return PyUnicode_Check(name) && PyUnicode_GET_LENGTH(name) > 4 &&
         PyUnicode_READ_CHAR(name, 0) == '_' && PyUnicode_READ_CHAR(name, 1) == '_';
}

PyObject* get_attribute(PyObject* self, PyObject* name) {
  if (is_special(name)) {
    auto* found = PyObject_GenericGetAttr(self, name);
    if (found || !PyErr_ExceptionMatches(PyExc_AttributeError)) return found;
    PyErr_Clear();  // one that a user has set
  }
  auto* what = running_work();
  if (!what) return PyObject_GetAttr(of_thread(self), name);
  auto* attributes = attributes_in(*what, self);
  auto* value = attributes ? PyDict_GetItemWithError(attributes, name) : nullptr;
  return value ? Py_NewRef(value) : raise_missing(self, name);
}

int set_attribute(PyObject* self, PyObject* name, PyObject* value) {
  auto* what = running_work();
  if (!what) return PyObject_SetAttr(of_thread(self), name, value);
  auto* attributes = attributes_in(*what, self);
  if (!attributes && PyErr_Occurred()) return -1;
  if (!value) {
    if (attributes && PyDict_DelItem(attributes, name) == 0) return 0;
    if (PyErr_ExceptionMatches(PyExc_KeyError)) PyErr_Clear();
    raise_missing(self, name);
    return -1;
  }
  if (!attributes) attributes = new_attributes_in(*what, self);
  return attributes ? PyDict_SetItem(attributes, name, value) : -1;
}

PyObject* make(PyTypeObject* type, PyObject*, PyObject*) {
  auto threading = py::reinterpret_steal<py::object>(PyImport_ImportModule("threading"));
  auto* local = threading ? PyObject_CallMethod(threading.ptr(), "local", nullptr) : nullptr;
  auto* self = local ? type->tp_alloc(type, 0) : nullptr;
  if (self)
    of_thread(self) = local;
  else
    Py_XDECREF(local);
  return self;
}

int traverse(PyObject* self, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(of_thread(self));
  return 0;
}

int clear(PyObject* self) {
  Py_CLEAR(of_thread(self));
  return 0;
}

}  // namespace

bool add_work_local_type(PyObject* module) {
  static PyType_Slot slots[] = {
      {Py_tp_new, reinterpret_cast<void*>(make)},
      {Py_tp_dealloc, reinterpret_cast<void*>(deallocate_collected<clear>)},
      {Py_tp_traverse, reinterpret_cast<void*>(traverse)},
      {Py_tp_clear, reinterpret_cast<void*>(clear)},
      {Py_tp_getattro, reinterpret_cast<void*>(get_attribute)},
      {Py_tp_setattro, reinterpret_cast<void*>(set_attribute)},
      {Py_tp_doc, const_cast<char*>("A threading.local that is local to a greenlet's work on the "
                                    "greenlet thread.")},
      {0, nullptr}};
  static PyType_Spec spec{"puff._puff.WorkLocal", sizeof(work_local), 0,
                          Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, slots};
  auto* type = PyType_FromSpec(&spec);
  const bool added = type && PyModule_AddObjectRef(module, "WorkLocal", type) == 0;
  Py_XDECREF(type);
  return added;
}

}  // namespace puff::bridge::internal
