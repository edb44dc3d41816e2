#include "bridge/internal/ready_await.hpp"

#include <utility>

#include "bridge/internal/coroutine.hpp"

namespace puff::bridge::internal {
namespace {

struct ready_await {
  PyObject_HEAD PyObject* value;
};

PyObject*& value_of(PyObject* self) { return reinterpret_cast<ready_await*>(self)->value; }

PySendResult step(PyObject* self, PyObject*, PyObject** result) {
  *result = std::exchange(value_of(self), nullptr);
  if (*result) return PYGEN_RETURN;
  PyErr_SetString(PyExc_RuntimeError, "it was awaited before");
  return PYGEN_ERROR;
}

PyObject* next(PyObject* self) {
  PyObject* result = nullptr;
  auto how = step(self, nullptr, &result);
  return finish_step(how, result);
}

void deallocate(PyObject* self) {
  Py_XDECREF(value_of(self));
  auto* type = Py_TYPE(self);
  type->tp_free(self);
  Py_DECREF(type);
}

PyTypeObject* type_of_ready() {
  static PyType_Slot slots[] = {{Py_am_await, reinterpret_cast<void*>(PyObject_SelfIter)},
                                {Py_am_send, reinterpret_cast<void*>(step)},
                                {Py_tp_iter, reinterpret_cast<void*>(PyObject_SelfIter)},
                                {Py_tp_iternext, reinterpret_cast<void*>(next)},
                                {Py_tp_dealloc, reinterpret_cast<void*>(deallocate)},
                                {0, nullptr}};
  static PyType_Spec spec{"puff._puff.ready", sizeof(ready_await), 0,
                          Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
  static auto* type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
  return type;
}

}  // namespace

PyObject* new_ready_await(PyObject* value) {
  auto* type = value ? type_of_ready() : nullptr;
  auto* object = type ? type->tp_alloc(type, 0) : nullptr;
  if (object)
    value_of(object) = value;
  else
    Py_XDECREF(value);
  return object;
}

}  // namespace puff::bridge::internal
