#include "bridge/internal/asgi_websocket.hpp"

#include <utility>

#include "bridge/internal/objects.hpp"
#include "services/telemetry/log.hpp"

namespace puff::bridge::internal {
namespace {

struct socket_words {
  PyObject* type = intern("type");
  PyObject* text = intern("text");
  PyObject* bytes = intern("bytes");
  PyObject* code = intern("code");
  PyObject* reason = intern("reason");
  PyObject* headers = intern("headers");
  PyObject* subprotocol = intern("subprotocol");
  PyObject* connect = intern("websocket.connect");
  PyObject* receive = intern("websocket.receive");
  PyObject* disconnect = intern("websocket.disconnect");
  PyObject* accept = intern("websocket.accept");
  PyObject* send = intern("websocket.send");
  PyObject* close = intern("websocket.close");
  PyObject* response_start = intern("websocket.http.response.start");
  PyObject* response_body = intern("websocket.http.response.body");
};

const socket_words& words() {
  static const socket_words interned;
  return interned;
}

/// {"type": type, key: stolen}
PyObject* event(PyObject* type, PyObject* key = nullptr, PyObject* stolen = nullptr) {
  auto* made = PyDict_New();
  const bool whole = made && PyDict_SetItem(made, words().type, type) == 0;
  if (!whole) Py_XDECREF(stolen);
  if (!whole || (key && !put(made, key, stolen))) Py_CLEAR(made);
  return made;
}

bool fail_with(PyObject* type, const char* text) {
  PyErr_SetString(type, text);
  return false;
}

/// The value of a key that is not None; null without an exception if there is none.
PyObject* given(PyObject* message, PyObject* key) {
  auto* value = PyDict_GetItemWithError(message, key);
  return value == Py_None ? nullptr : value;
}

bool read_text(PyObject* value, std::string& into) {
  Py_ssize_t size = 0;
  const char* text = PyUnicode_AsUTF8AndSize(value, &size);
  if (text) into.assign(text, static_cast<std::size_t>(size));
  return text != nullptr;
}

}  // namespace

PyObject* asgi_websocket::next_message() {
  const auto& w = words();
  if (!std::exchange(connect_told_, true)) return event(w.connect);
  if (!messages_.empty()) {
    auto next = std::move(messages_.front());
    messages_.pop_front();
    if (!finished()) part().consumed += next.credit;
    const auto size = static_cast<Py_ssize_t>(next.data.size());
    if (next.text)
      return event(w.receive, w.text, PyUnicode_DecodeUTF8(next.data.data(), size, nullptr));
    return event(w.receive, w.bytes, PyBytes_FromStringAndSize(next.data.data(), size));
  }
  const bool refused = state_ == state::connecting && finished();
  if (!aborted() && !refused) return nullptr;
  auto* end = event(w.disconnect, w.code, PyLong_FromLong(code_));
  const auto size = static_cast<Py_ssize_t>(reason_.size());
  if (end && !put(end, w.reason, PyUnicode_DecodeUTF8(reason_.data(), size, "replace")))
    Py_CLEAR(end);
  return end;
}

void asgi_websocket::on_socket(request_event& event) {
  if (event.what == request_event::kind::message) {
    messages_.push_back({event.code == 1, std::move(event.data), event.credit});
    return;
  }
  code_ = event.code;
  reason_ = std::move(event.data);
}

bool asgi_websocket::take_message(PyObject* message) {
  const auto& w = words();
  if (!PyDict_Check(message)) {
    PyErr_Format(PyExc_TypeError, "send() needs a dict, not %.100s", Py_TYPE(message)->tp_name);
    return false;
  }
  auto* type = PyDict_GetItemWithError(message, w.type);
  if (type && is_word(type, w.close) && aborted()) return true;  // it is closed already
  if (aborted()) return fail_with(PyExc_OSError, "the WebSocket is closed");
  if (type && is_word(type, w.send)) return send(message);
  if (type && is_word(type, w.accept)) return accept(message);
  if (type && is_word(type, w.close)) return close(message);
  const bool start = type && is_word(type, w.response_start);
  if (start || (type && is_word(type, w.response_body))) {
    if (state_ != state::connecting)
      return fail_with(PyExc_RuntimeError, "a WebSocket that was accepted cannot be refused");
    return start ? take_start(message) : take_body_message(message);
  }
  if (!PyErr_Occurred())
    PyErr_Format(PyExc_ValueError, "send() does not know a message of type %R",
                 type ? type : Py_None);
  return false;
}

bool asgi_websocket::accept(PyObject* message) {
  const auto& w = words();
  if (state_ != state::connecting || started())
    return fail_with(PyExc_RuntimeError, "websocket.accept was sent when the answer was given");
  response_head head;
  std::string subprotocol;
  if (auto* headers = given(message, w.headers); headers && !read_headers(headers, head.headers))
    return false;
  if (auto* chosen = given(message, w.subprotocol); chosen && !read_text(chosen, subprotocol))
    return false;
  if (PyErr_Occurred()) return false;
  upgrade();
  state_ = state::open;
  auto& next = new_part();
  next.websocket = response_part::socket::accept;
  next.head = std::move(head);
  next.data = std::move(subprotocol);
  return true;
}

bool asgi_websocket::send(PyObject* message) {
  const auto& w = words();
  if (state_ != state::open)
    return fail_with(PyExc_RuntimeError, state_ == state::connecting
                                             ? "websocket.send was sent before websocket.accept"
                                             : "websocket.send was sent after websocket.close");
  auto* text = given(message, w.text);
  auto* bytes = text ? nullptr : given(message, w.bytes);
  if (PyErr_Occurred()) return false;
  if (!text && !bytes)
    return fail_with(PyExc_ValueError, "websocket.send needs \"text\" or \"bytes\"");
  std::string data;
  if (text ? !read_text(text, data) : !read_body(bytes, data)) return false;
  count_unsent(data.size());
  auto& next = new_part();
  next.websocket = text ? response_part::socket::text : response_part::socket::binary;
  next.data = std::move(data);
  return true;
}

bool asgi_websocket::close(PyObject* message) {
  const auto& w = words();
  if (state_ == state::closed)
    return fail_with(PyExc_RuntimeError, "websocket.close was sent twice");
  auto* number = given(message, w.code);
  const long code = number ? PyLong_AsLong(number) : 1000;
  std::string reason;
  auto* why = PyErr_Occurred() ? nullptr : given(message, w.reason);
  if (PyErr_Occurred() || (why && !read_text(why, reason))) return false;
  if (code < 1000 || code > 4999) {
    PyErr_Format(PyExc_ValueError, "websocket.close: %ld is no close code", code);
    return false;
  }
  send_close(static_cast<std::uint16_t>(code), std::move(reason));
  return true;
}

void asgi_websocket::send_close(std::uint16_t code, std::string reason) {
  auto& next = new_part();
  next.websocket = response_part::socket::close;
  next.code = code;
  next.data = std::move(reason);
  if (state_ == state::connecting) {
    end_socket();
    return on_readable();
  }
  state_ = state::closed;
}

void asgi_websocket::returned() {
  if (finished() || aborted() || state_ == state::closed) return end_socket();
  if (state_ == state::connecting) {
    log::error("python", "{}: the application returned without an answer", title());
    return fail();
  }
  send_close(1000, {});
  end_socket();
}

}  // namespace puff::bridge::internal
