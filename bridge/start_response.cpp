#include "bridge/start_response.hpp"

#include <structmember.h>

#include <charconv>

#include "bridge/wsgi.hpp"

namespace py = pybind11;

namespace puff::bridge {
namespace {

struct start_response_object {
  PyObject_HEAD vectorcallfunc call;
  std::shared_ptr<wsgi_exchange> exchange;
};

start_response_object* cast(PyObject* self) {
  return reinterpret_cast<start_response_object*>(self);
}

void deallocate(PyObject* self) {
  auto* type = Py_TYPE(self);
  std::destroy_at(&cast(self)->exchange);
  type->tp_free(self);
  Py_DECREF(type);
}

/// Appends str as ISO 8859-1 through `use(view)`; false with an exception if it cannot be.
template <class Use>
bool with_latin1(PyObject* text, const char* what, Use use) {
  if (!PyUnicode_Check(text)) {
    PyErr_Format(PyExc_TypeError, "start_response: %s must be str, not %.100s", what,
                 Py_TYPE(text)->tp_name);
    return false;
  }
  if (PyUnicode_IS_COMPACT_ASCII(text)) {
    Py_ssize_t size;
    const char* data = PyUnicode_AsUTF8AndSize(text, &size);
    use(std::string_view{data, static_cast<std::size_t>(size)});
    return true;
  }
  auto bytes = py::reinterpret_steal<py::object>(PyUnicode_AsLatin1String(text));
  if (!bytes) return false;
  use(std::string_view{PyBytes_AS_STRING(bytes.ptr()),
                       static_cast<std::size_t>(PyBytes_GET_SIZE(bytes.ptr()))});
  return true;
}

bool read_status(PyObject* text, response_head& head) {
  bool valid = false;
  if (!with_latin1(text, "status", [&](std::string_view line) {
        if (line.size() < 3 || (line.size() > 3 && line[3] != ' ')) return;
        auto [end, failed] = std::from_chars(line.data(), line.data() + 3, head.status);
        valid = failed == std::errc{} && end == line.data() + 3 && head.status >= 200;
        if (line.size() > 4) head.reason = line.substr(4);
      }))
    return false;
  if (!valid)
    PyErr_Format(PyExc_ValueError, "start_response: status %R is not like '200 OK'", text);
  return valid;
}

bool read_headers(PyObject* list, response_head& head) {
  if (!PyList_Check(list)) {
    PyErr_Format(PyExc_TypeError, "start_response: headers must be a list, not %.100s",
                 Py_TYPE(list)->tp_name);
    return false;
  }
  const auto count = PyList_GET_SIZE(list);
  head.headers.reserve(static_cast<std::size_t>(count), static_cast<std::size_t>(count) * 40);
  for (Py_ssize_t i = 0; i < count; ++i) {
    PyObject* pair = PyList_GET_ITEM(list, i);
    if (!PyTuple_Check(pair) || PyTuple_GET_SIZE(pair) != 2) {
      PyErr_Format(PyExc_TypeError, "start_response: header %zd is %R, not a (name, value) tuple",
                   i, pair);
      return false;
    }
    const bool added = with_latin1(PyTuple_GET_ITEM(pair, 0), "a header's name", [&](auto name) {
      (void)with_latin1(PyTuple_GET_ITEM(pair, 1), "a header's value",
                        [&](auto value) { head.headers.add(name, value); });
    });
    if (!added || PyErr_Occurred()) return false;
  }
  return true;
}

std::optional<std::uint64_t> length_of(std::string_view text) {
  std::uint64_t length = 0;
  auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (text.empty() || failed != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return length;
}

/// PEP 3333: with exc_info an answer may be replaced until its head has left, then the error goes
/// on.
bool may_start(const wsgi_exchange& exchange, PyObject* exc_info) {
  const bool replaces = exc_info && exc_info != Py_None;
  if (!exchange.started()) return true;
  if (!replaces) {
    PyErr_SetString(PyExc_AssertionError, "start_response() was called twice without exc_info");
    return false;
  }
  if (!exchange.head_sent()) return true;
  PyObject *type, *value, *trace;
  if (PyArg_ParseTuple(exc_info, "OOO", &type, &value, &trace)) {
    Py_INCREF(type);
    Py_INCREF(value);
    Py_INCREF(trace);
    PyErr_Restore(type, value, trace);
  }
  return false;
}

PyObject* write(PyObject* self, PyObject* data) {
  if (!cast(self)->exchange->write_chunk(data)) return nullptr;
  cast(self)->exchange->flush();
  Py_RETURN_NONE;
}
PyMethodDef write_method{"write", write, METH_O, "Sends bytes of the body (PEP 3333)."};

PyObject* call(PyObject* self, PyObject* const* arguments, std::size_t flags, PyObject* names) {
  const auto given = PyVectorcall_NARGS(flags);
  PyObject* exc_info = given > 2 ? arguments[2] : nullptr;
  const auto named = names ? PyTuple_GET_SIZE(names) : 0;
  if (named == 1 && given == 2 &&
      PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(names, 0), "exc_info") == 0) {
    exc_info = arguments[2];
  } else if (named != 0 || given < 2 || given > 3) {
    PyErr_SetString(PyExc_TypeError,
                    "start_response takes (status, response_headers, exc_info=None)");
    return nullptr;
  }
  auto& exchange = *cast(self)->exchange;
  response_head head;
  if (!may_start(exchange, exc_info) || !read_status(arguments[0], head) ||
      !read_headers(arguments[1], head))
    return nullptr;
  exchange.promise(length_of(head.headers.get("content-length")));
  exchange.start(std::move(head));
  return PyCFunction_New(&write_method, self);
}

PyTypeObject* make_type() {
  static PyMemberDef members[] = {{"__vectorcalloffset__", T_PYSSIZET,
                                   offsetof(start_response_object, call), READONLY, nullptr},
                                  {nullptr, 0, 0, 0, nullptr}};
  static PyType_Slot slots[] = {{Py_tp_dealloc, reinterpret_cast<void*>(deallocate)},
                                {Py_tp_call, reinterpret_cast<void*>(PyVectorcall_Call)},
                                {Py_tp_members, members},
                                {0, nullptr}};
  static PyType_Spec spec{
      "puff._puff.start_response", sizeof(start_response_object), 0,
      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
  return reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
}

/// Waits for the next piece of the body: bytes, empty at its end.
PyObject* take_piece(PyObject* self, PyObject*) {
  auto& exchange = *cast(self)->exchange;
  while (!exchange.readable() && !exchange.body_ended())
    if (!exchange.wait_readable()) return nullptr;
  auto piece = exchange.take_body();
  return PyBytes_FromStringAndSize(piece.data(), static_cast<Py_ssize_t>(piece.size()));
}
PyMethodDef take_method{"take", take_piece, METH_NOARGS, nullptr};

}  // namespace

PyObject* new_start_response(std::shared_ptr<wsgi_exchange> answering) {
  static PyTypeObject* type = make_type();
  if (!type) return nullptr;
  auto* object = PyObject_New(start_response_object, type);
  if (!object) return nullptr;
  object->call = call;
  std::construct_at(&object->exchange, std::move(answering));
  return reinterpret_cast<PyObject*>(object);
}

PyObject* new_wsgi_input(const std::shared_ptr<wsgi_exchange>& reading) {
  static PyObject* bytes_io = py::object{py::module_::import("io").attr("BytesIO")}.release().ptr();
  static PyObject* streamed =
      py::object{py::module_::import("puff._wsgi_input").attr("streamed")}.release().ptr();
  if (!reading->readable() && reading->body_ended()) return PyObject_CallNoArgs(bytes_io);
  if (reading->body_ended()) {
    auto body = reading->take_body();
    auto bytes = py::reinterpret_steal<py::object>(
        PyBytes_FromStringAndSize(body.data(), static_cast<Py_ssize_t>(body.size())));
    return bytes ? PyObject_CallOneArg(bytes_io, bytes.ptr()) : nullptr;
  }
  // The stream's `take` is bound to an object of its own, so that it keeps the exchange alive.
  auto holder = py::reinterpret_steal<py::object>(new_start_response(reading));
  auto take = py::reinterpret_steal<py::object>(holder ? PyCFunction_New(&take_method, holder.ptr())
                                                       : nullptr);
  return take ? PyObject_CallOneArg(streamed, take.ptr()) : nullptr;
}

}  // namespace puff::bridge
