#include "bridge/internal/returner.hpp"

#include <utility>

#include "bridge/reference.hpp"

namespace puff::bridge::internal {
namespace {

struct returner {
  PyObject_HEAD python_thread* thread;  // null once it has been called
  wait_id id;
};

PyObject* returner_type = nullptr;  // lives as long as the interpreter

void answer_with(returner& self, answer how) {
  auto* thread = std::exchange(self.thread, nullptr);
  if (thread->on_own_thread())
    thread->complete(self.id, std::move(how));
  else
    thread->complete_later(self.id, std::move(how));
}

/// What `exception` means: an instance, a class to be instantiated, or a mistake of the caller's.
outcome raising(PyObject* exception) {
  if (PyExceptionInstance_Check(exception)) return outcome::raising(exception);
  if (PyExceptionClass_Check(exception)) {
    auto* instance = PyObject_CallNoArgs(exception);
    if (!instance) return outcome::take(nullptr);
    auto result = outcome::raising(instance);
    Py_DECREF(instance);
    return result;
  }
  PyErr_Format(PyExc_TypeError, "ret(value, exception): %R is no exception", exception);
  return outcome::take(nullptr);
}

PyObject* call(PyObject* object, PyObject* args, PyObject* keywords) {
  PyObject *value = Py_None, *exception = Py_None;
  static const char* names[] = {"value", "exception", nullptr};
  if (!PyArg_ParseTupleAndKeywords(args, keywords, "|OO:ret", const_cast<char**>(names), &value,
                                   &exception))
    return nullptr;
  auto& self = *reinterpret_cast<returner*>(object);
  if (!self.thread) Py_RETURN_NONE;
  Py_INCREF(value);
  auto how = exception == Py_None ? outcome::take(value) : (Py_DECREF(value), raising(exception));
  answer_with(self, [how = std::move(how)] { return how.give(); });
  Py_RETURN_NONE;
}

void deallocate(PyObject* object) {
  auto& self = *reinterpret_cast<returner*>(object);
  if (self.thread)
    answer_with(self, []() -> PyObject* {
      raise(
          make_error(ec::broken_promise, "the callback given by wrap_async was dropped uncalled"));
      return nullptr;
    });
  auto* type = Py_TYPE(object);
  type->tp_free(object);
  Py_DECREF(type);
}

}  // namespace

PyObject* new_returner(python_thread& thread, wait_id id) {
  auto* type = reinterpret_cast<PyTypeObject*>(returner_type);
  auto* object = type->tp_alloc(type, 0);
  if (!object) return nullptr;
  auto& self = *reinterpret_cast<returner*>(object);
  self.thread = &thread;
  self.id = id;
  return object;
}

bool add_returner_type(PyObject* module) {
  static PyType_Slot slots[] = {
      {Py_tp_call, reinterpret_cast<void*>(call)},
      {Py_tp_dealloc, reinterpret_cast<void*>(deallocate)},
      {Py_tp_doc,
       const_cast<char*>("Hands a value or an exception to the code that waits for it.")},
      {0, nullptr}};
  static PyType_Spec spec{"puff._puff.Returner", sizeof(returner), 0,
                          Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
  returner_type = PyType_FromSpec(&spec);
  return returner_type && PyModule_AddObjectRef(module, "Returner", returner_type) == 0;
}

}  // namespace puff::bridge::internal
