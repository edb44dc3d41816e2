#include "bridge/internal/asgi_exchange.hpp"

#include "bridge/internal/objects.hpp"

#include <utility>

#include "bridge/report.hpp"
#include "services/telemetry/log.hpp"

namespace py = pybind11;

namespace puff::bridge::internal {
namespace {

struct message_words {
  PyObject* type = intern("type");
  PyObject* body = intern("body");
  PyObject* more_body = intern("more_body");
  PyObject* status = intern("status");
  PyObject* headers = intern("headers");
  PyObject* http_request = intern("http.request");
  PyObject* http_disconnect = intern("http.disconnect");
  PyObject* response_start = intern("http.response.start");
  PyObject* response_body = intern("http.response.body");
  PyObject* done = intern("done");
  PyObject* set_result = intern("set_result");
};

const message_words& words() {
  static const message_words interned;
  return interned;
}

PyObject* disconnect() {
  const auto& w = words();
  auto* message = PyDict_New();
  if (message && PyDict_SetItem(message, w.type, w.http_disconnect) != 0) Py_CLEAR(message);
  return message;
}

PyObject* request_message(const std::string& piece, bool more) {
  const auto& w = words();
  auto* message = PyDict_New();
  auto* body = PyBytes_FromStringAndSize(piece.data(), static_cast<Py_ssize_t>(piece.size()));
  if (!message || !body || PyDict_SetItem(message, w.type, w.http_request) != 0 ||
      PyDict_SetItem(message, w.body, body) != 0 ||
      PyDict_SetItem(message, w.more_body, more ? Py_True : Py_False) != 0)
    Py_CLEAR(message);
  Py_XDECREF(body);
  return message;
}

bool refuse(const char* text) {
  PyErr_SetString(PyExc_RuntimeError, text);
  return false;
}

bool to_view(PyObject* object, const char* what, std::string_view& view) {
  if (!PyBytes_Check(object)) {
    PyErr_Format(PyExc_TypeError, "http.response.start: %s must be bytes, not %.100s", what,
                 Py_TYPE(object)->tp_name);
    return false;
  }
  view = {PyBytes_AS_STRING(object), static_cast<std::size_t>(PyBytes_GET_SIZE(object))};
  return true;
}

bool add_header(PyObject* pair, header_block& headers) {
  auto both = py::reinterpret_steal<py::object>(
      PySequence_Fast(pair, "http.response.start: a header must be a pair of bytes"));
  if (!both) return false;
  if (PySequence_Fast_GET_SIZE(both.ptr()) != 2) {
    PyErr_SetString(PyExc_ValueError, "http.response.start: a header must be a pair of bytes");
    return false;
  }
  std::string_view name, value;
  if (!to_view(PySequence_Fast_GET_ITEM(both.ptr(), 0), "a header's name", name) ||
      !to_view(PySequence_Fast_GET_ITEM(both.ptr(), 1), "a header's value", value))
    return false;
  headers.add(name, value);
  return true;
}

/// asyncio.CancelledError; leaves the exception that is set alone.
PyObject* asyncio_cancelled() {
  static PyObject* type = [] {
    py::error_scope keeps;
    return py::object{py::module_::import("asyncio").attr("CancelledError")}.release().ptr();
  }();
  return type;
}

}  // namespace

bool is_word(PyObject* word, PyObject* wanted) {
  return word == wanted || (PyUnicode_Check(word) && PyUnicode_Compare(word, wanted) == 0);
}

bool read_headers(PyObject* list, header_block& headers) {
  auto pairs = py::reinterpret_steal<py::object>(
      PySequence_Fast(list, "http.response.start: headers must be an iterable of pairs"));
  if (!pairs) return false;
  const auto count = PySequence_Fast_GET_SIZE(pairs.ptr());
  headers.reserve(static_cast<std::size_t>(count), static_cast<std::size_t>(count) * 40);
  for (Py_ssize_t i = 0; i < count; ++i)
    if (!add_header(PySequence_Fast_GET_ITEM(pairs.ptr(), i), headers)) return false;
  return true;
}

bool read_body(PyObject* body, std::string& data) {
  if (PyBytes_Check(body)) {
    data.assign(PyBytes_AS_STRING(body), static_cast<std::size_t>(PyBytes_GET_SIZE(body)));
    return true;
  }
  Py_buffer memory;
  if (PyObject_GetBuffer(body, &memory, PyBUF_SIMPLE) != 0) return false;
  data.assign(static_cast<const char*>(memory.buf), static_cast<std::size_t>(memory.len));
  PyBuffer_Release(&memory);
  return true;
}

asgi_exchange::~asgi_exchange() {
  for (auto* list : {&readers_, &writers_})
    for (auto* future : *list) Py_DECREF(future);
}

PyObject* asgi_exchange::next_message() {
  if (aborted() || (request_told_ && finished())) return disconnect();
  if (request_told_ || (!readable() && !body_ended())) return nullptr;
  auto piece = take_body();
  request_told_ = body_ended() && !readable();
  return request_message(piece, !request_told_);
}

bool asgi_exchange::take_message(PyObject* message) {
  const auto& w = words();
  if (!PyDict_Check(message)) {
    PyErr_Format(PyExc_TypeError, "send() needs a dict, not %.100s", Py_TYPE(message)->tp_name);
    return false;
  }
  if (aborted()) {
    PyErr_SetString(PyExc_OSError, "the client has disconnected");
    return false;
  }
  auto* type = PyDict_GetItemWithError(message, w.type);
  if (type && is_word(type, w.response_body)) return take_body_message(message);
  if (type && is_word(type, w.response_start)) return take_start(message);
  if (!PyErr_Occurred())
    PyErr_Format(PyExc_ValueError, "send() does not know a message of type %R",
                 type ? type : Py_None);
  return false;
}

bool asgi_exchange::take_start(PyObject* message) {
  const auto& w = words();
  if (started()) return refuse("http.response.start was sent twice");
  auto* status = PyDict_GetItemWithError(message, w.status);
  const long code = status ? PyLong_AsLong(status) : -1;
  if (code < 200 || code > 999) {
    if (!PyErr_Occurred())
      PyErr_Format(PyExc_ValueError, "http.response.start: %R is no final status",
                   status ? status : Py_None);
    return false;
  }
  response_head head;
  head.status = static_cast<std::uint16_t>(code);
  auto* headers = PyDict_GetItemWithError(message, w.headers);
  if (headers ? !read_headers(headers, head.headers) : PyErr_Occurred() != nullptr) return false;
  start(std::move(head));
  return true;
}

bool asgi_exchange::take_body_message(PyObject* message) {
  const auto& w = words();
  if (!started()) return refuse("http.response.body was sent before http.response.start");
  if (finished()) return refuse("http.response.body was sent after the last one");
  std::string data;
  if (auto* body = PyDict_GetItemWithError(message, w.body); body && !read_body(body, data))
    return false;
  auto* more_body = PyDict_GetItemWithError(message, w.more_body);
  const int more = more_body ? PyObject_IsTrue(more_body) : 0;
  if (PyErr_Occurred()) return false;
  if (!data.empty() || !head_sent()) write(std::move(data));
  if (more) return true;
  finish();
  wake(readers_);  // whoever still listens for a disconnect
  return true;
}

PyObject* asgi_exchange::wait_in(futures& where) {
  auto* future = asyncio_.new_future();
  if (future) where.push_back(Py_NewRef(future));
  return future;
}

void asgi_exchange::wake(futures& whose) {
  const auto& w = words();
  for (auto* future : std::exchange(whose, {})) {
    auto* done = PyObject_CallMethodNoArgs(future, w.done);
    auto* set = done == Py_False ? PyObject_CallMethodOneArg(future, w.set_result, Py_None)
                                 : Py_NewRef(Py_None);
    if (!done || !set) report_exception(title());
    Py_XDECREF(done);
    Py_XDECREF(set);
    Py_DECREF(future);
  }
}

void asgi_exchange::returned() {
  if (finished() || aborted()) return;
  log::error("python", "{}: the application returned {}", title(),
             started() ? "before its answer was complete" : "without an answer");
  fail();
}

bool asgi_exchange::raised() {
  if (PyErr_ExceptionMatches(asyncio_cancelled())) {
    fail();
    return false;
  }
  if (aborted() && PyErr_ExceptionMatches(PyExc_OSError))
    PyErr_Clear();  // what `send` raises when the client is gone
  else
    report_exception(title());
  fail();
  return true;
}

}  // namespace puff::bridge::internal
