#include "bridge/internal/asgi_objects.hpp"

#include <structmember.h>

#include <memory>
#include <utility>

#include "bridge/internal/coroutine.hpp"

namespace puff::bridge::internal {
namespace {

using exchange_ptr = std::shared_ptr<asgi_exchange>;

template <class Object>
Object& as(PyObject* object) {
  return *reinterpret_cast<Object*>(object);
}

template <class Object>
Object* make(PyTypeObject* type, exchange_ptr of) {
  auto* object = type ? PyObject_New(Object, type) : nullptr;
  if (object) std::construct_at(&object->of, std::move(of));
  return object;
}

void free_object(PyObject* object) {
  auto* type = Py_TYPE(object);
  type->tp_free(object);
  Py_DECREF(type);
}

/// The type of a coroutine implemented by `Object`, which has `step`, `raise` and `close`.
template <class Object>
struct coroutine_type {
  static PySendResult step(PyObject* self, PyObject* value, PyObject** result) {
    return as<Object>(self).step(value, result);
  }
  static PyObject* next(PyObject* self) { return send(self, Py_None); }
  static PyObject* send(PyObject* self, PyObject* value) {
    PyObject* result = nullptr;
    auto how = as<Object>(self).step(value, &result);
    return finish_step(how, result);
  }
  static PyObject* raise(PyObject* self, PyObject* const* args, Py_ssize_t count) {
    if (!set_thrown(args, count)) return nullptr;
    PyObject* result = nullptr;
    auto how = as<Object>(self).raise(&result);
    return finish_step(how, result);
  }
  static PyObject* close(PyObject* self, PyObject*) {
    as<Object>(self).close();
    if (PyErr_Occurred()) return nullptr;
    Py_RETURN_NONE;
  }
  static void deallocate(PyObject* self) {
    std::destroy_at(&as<Object>(self).of);
    Py_XDECREF(as<Object>(self).inner);
    free_object(self);
  }
  static PyObject* attribute(PyObject* self, PyObject* name) {
    auto* found = PyObject_GenericGetAttr(self, name);
    auto* inner = as<Object>(self).inner;
    if (found || !inner || !PyErr_ExceptionMatches(PyExc_AttributeError)) return found;
    PyErr_Clear();  // cr_frame and the like: what debuggers ask a task's coroutine for
    return PyObject_GetAttr(inner, name);
  }

  static PyTypeObject* make_type(const char* name) {
    static PyMethodDef methods[] = {
        {"send", send, METH_O, nullptr},
        {"throw", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(raise)), METH_FASTCALL,
         nullptr},
        {"close", close, METH_NOARGS, nullptr},
        {nullptr, nullptr, 0, nullptr}};
    static PyType_Slot slots[] = {{Py_am_await, reinterpret_cast<void*>(PyObject_SelfIter)},
                                  {Py_am_send, reinterpret_cast<void*>(step)},
                                  {Py_tp_iter, reinterpret_cast<void*>(PyObject_SelfIter)},
                                  {Py_tp_iternext, reinterpret_cast<void*>(next)},
                                  {Py_tp_methods, methods},
                                  {Py_tp_getattro, reinterpret_cast<void*>(attribute)},
                                  {Py_tp_dealloc, reinterpret_cast<void*>(deallocate)},
                                  {0, nullptr}};
    PyType_Spec spec{name, sizeof(Object), 0,
                     Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
    return reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
  }
};

/// What `receive()` and `send(..)` return.
struct channel_await {
  PyObject_HEAD exchange_ptr of;  // none: nothing to wait for
  PyObject* inner;                // the future's iterator while it waits
  bool receives;

  PySendResult step(PyObject* sent, PyObject** result) {
    while (true) {
      if (inner) {
        auto how = PyIter_Send(inner, sent, result);
        if (how == PYGEN_NEXT) return how;
        Py_CLEAR(*result);
        Py_CLEAR(inner);
        if (how == PYGEN_ERROR) return how;
      }
      if (ready(result)) return PYGEN_RETURN;
      if (PyErr_Occurred() || !wait()) return PYGEN_ERROR;
      sent = Py_None;
    }
  }

  PySendResult raise(PyObject** result) {
    if (!inner) return PYGEN_ERROR;
    auto how = throw_into(inner, result);
    if (how == PYGEN_RETURN) Py_CLEAR(*result);
    if (how != PYGEN_NEXT) Py_CLEAR(inner);
    return how == PYGEN_RETURN ? step(Py_None, result) : how;
  }

  void close() { Py_CLEAR(inner); }

 private:
  bool ready(PyObject** result) {
    if (!of)
      *result = Py_NewRef(Py_None);
    else if (receives)
      *result = of->next_message();
    else
      *result = of->congested() ? nullptr : Py_NewRef(Py_None);
    return *result != nullptr;
  }
  bool wait() {
    auto* future = receives ? of->until_readable() : of->until_writable();
    inner = future ? await_iterator(future) : nullptr;
    Py_XDECREF(future);
    return inner != nullptr;
  }
};

PyTypeObject* await_type() {
  static PyTypeObject* type = coroutine_type<channel_await>::make_type("puff._puff.asgi_await");
  return type;
}

channel_await* new_await(exchange_ptr of, bool receives) {
  auto* object = make<channel_await>(await_type(), std::move(of));
  if (!object) return nullptr;
  object->inner = nullptr;
  object->receives = receives;
  return object;
}

/// The task's coroutine.
struct request_coroutine {
  PyObject_HEAD exchange_ptr of;
  PyObject* inner;

  PySendResult step(PyObject* sent, PyObject** result) {
    if (!inner) return already_ended();
    return end(PyIter_Send(inner, sent, result), result);
  }
  PySendResult raise(PyObject** result) {
    if (!inner) return PYGEN_ERROR;
    return end(throw_into(inner, result), result);
  }
  void close() {
    if (!inner) return;
    Py_XDECREF(PyObject_CallMethod(inner, "close", nullptr));
    Py_CLEAR(inner);
    of->fail();
  }

 private:
  static PySendResult already_ended() {
    PyErr_SetString(PyExc_RuntimeError, "the request has ended");
    return PYGEN_ERROR;
  }
  PySendResult end(PySendResult how, PyObject** result) {
    if (how == PYGEN_NEXT) return how;
    if (how == PYGEN_RETURN)
      of->returned();
    else if (!of->raised())
      return PYGEN_ERROR;
    Py_CLEAR(inner);
    Py_XSETREF(*result, Py_NewRef(Py_None));
    return PYGEN_RETURN;
  }
};

/// `receive` and `send` themselves.
struct channel {
  PyObject_HEAD vectorcallfunc call;
  exchange_ptr of;
};

bool has_arguments(const char* name, std::size_t flags, PyObject* names, Py_ssize_t wanted) {
  if (!names && PyVectorcall_NARGS(flags) == wanted) return true;
  PyErr_Format(PyExc_TypeError, "%s() takes %zd positional arguments", name, wanted);
  return false;
}

PyObject* receive(PyObject* self, PyObject* const*, std::size_t flags, PyObject* names) {
  if (!has_arguments("receive", flags, names, 0)) return nullptr;
  return reinterpret_cast<PyObject*>(new_await(as<channel>(self).of, true));
}

PyObject* send(PyObject* self, PyObject* const* args, std::size_t flags, PyObject* names) {
  static auto* nothing_to_wait_for = reinterpret_cast<PyObject*>(new_await(nullptr, false));
  if (!has_arguments("send", flags, names, 1)) return nullptr;
  auto& of = as<channel>(self).of;
  if (!of->take_message(args[0])) return nullptr;
  if (!of->congested()) return Py_XNewRef(nothing_to_wait_for);
  return reinterpret_cast<PyObject*>(new_await(of, false));
}

PyTypeObject* channel_type() {
  static PyMemberDef members[] = {
      {"__vectorcalloffset__", T_PYSSIZET, offsetof(channel, call), READONLY, nullptr},
      {nullptr, 0, 0, 0, nullptr}};
  static auto deallocate = [](PyObject* self) {
    std::destroy_at(&as<channel>(self).of);
    free_object(self);
  };
  static PyType_Slot slots[] = {
      {Py_tp_dealloc, reinterpret_cast<void*>(static_cast<destructor>(deallocate))},
      {Py_tp_call, reinterpret_cast<void*>(PyVectorcall_Call)},
      {Py_tp_members, members},
      {0, nullptr}};
  static PyType_Spec spec{
      "puff._puff.asgi_channel", sizeof(channel), 0,
      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
  static auto* type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
  return type;
}

PyObject* new_channel(exchange_ptr of, vectorcallfunc call) {
  auto* object = make<channel>(channel_type(), std::move(of));
  if (object) object->call = call;
  return reinterpret_cast<PyObject*>(object);
}

}  // namespace

PyObject* new_receive(exchange_ptr of) { return new_channel(std::move(of), receive); }

PyObject* new_send(exchange_ptr of) { return new_channel(std::move(of), send); }

PyObject* new_request_coroutine(exchange_ptr of, PyObject* awaitable) {
  static PyTypeObject* type =
      coroutine_type<request_coroutine>::make_type("puff._puff.asgi_request");
  auto* inner = await_iterator(awaitable);
  Py_DECREF(awaitable);
  auto* object = inner ? make<request_coroutine>(type, std::move(of)) : nullptr;
  if (object)
    object->inner = inner;
  else
    Py_XDECREF(inner);
  return reinterpret_cast<PyObject*>(object);
}

}  // namespace puff::bridge::internal
