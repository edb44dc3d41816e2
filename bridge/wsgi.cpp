#include "bridge/wsgi.hpp"

#include "bridge/report.hpp"
#include "bridge/start_response.hpp"

namespace py = pybind11;

namespace puff::bridge {

/// One call of the application, on a greenlet.
class wsgi_request final : public work {
 public:
  wsgi_request(const wsgi_gateway& gateway, std::shared_ptr<wsgi_exchange> exchange)
      : gateway_(gateway), exchange_(std::move(exchange)) {
    exchange_->serving = this;
  }
  ~wsgi_request() override { exchange_->serving = nullptr; }

  void run() override;
  std::string title() const override {
    return exchange_->head().method + " " + exchange_->head().target;
  }

 private:
  py::object call_application();
  bool send(PyObject* body);
  bool send_all(PyObject* chunks);
  void close(PyObject* body);
  void failed();

  const wsgi_gateway& gateway_;
  std::shared_ptr<wsgi_exchange> exchange_;
};

void wsgi_request::run() {
  if (exchange_->aborted()) return;
  auto body = call_application();
  if (!body) return failed();
  if (send(body.ptr()))
    exchange_->finish();
  else
    failed();
  close(body.ptr());
}

py::object wsgi_request::call_application() {
  static PyObject* input_key = PyUnicode_InternFromString("wsgi.input");
  auto environ = py::reinterpret_steal<py::object>(gateway_.environs_.build(exchange_->head()));
  auto input = py::reinterpret_steal<py::object>(environ ? new_wsgi_input(exchange_) : nullptr);
  if (!input || PyDict_SetItem(environ.ptr(), input_key, input.ptr()) != 0) return {};
  auto start = py::reinterpret_steal<py::object>(new_start_response(exchange_));
  if (!start) return {};
  PyObject* arguments[] = {environ.ptr(), start.ptr()};
  return py::reinterpret_steal<py::object>(
      PyObject_Vectorcall(gateway_.application_.ptr(), arguments, 2, nullptr));
}

bool wsgi_request::send(PyObject* body) {
  const bool one = (PyList_CheckExact(body) && PyList_GET_SIZE(body) == 1) ||
                   (PyTuple_CheckExact(body) && PyTuple_GET_SIZE(body) == 1);
  const bool sent =
      one ? exchange_->write_chunk(PySequence_Fast_GET_ITEM(body, 0)) : send_all(body);
  if (sent && !exchange_->started()) {
    PyErr_SetString(PyExc_AssertionError, "the application never called start_response()");
    return false;
  }
  return sent;
}

namespace {

/// Whether pieces may take time to come. Django's responses say so themselves.
bool is_streaming(PyObject* body) {
  static PyObject* name = PyUnicode_InternFromString("streaming");
  auto says = py::reinterpret_steal<py::object>(PyObject_GetAttr(body, name));
  if (!says && PyErr_ExceptionMatches(PyExc_AttributeError))
    PyErr_Clear();
  else if (!says)
    report_exception("'streaming' of a WSGI answer");
  return says.ptr() != Py_False;
}

}  // namespace

bool wsgi_request::send_all(PyObject* chunks) {
  auto iterator = py::reinterpret_steal<py::object>(PyObject_GetIter(chunks));
  if (!iterator) return false;
  const bool streams = is_streaming(chunks);
  for (;;) {
    auto chunk = py::reinterpret_steal<py::object>(PyIter_Next(iterator.ptr()));
    if (!chunk) return !PyErr_Occurred();
    if (!exchange_->write_chunk(chunk.ptr())) return false;
    // PEP 3333: a piece is on its way before the next is asked for.
    if (streams && !exchange_->complete()) exchange_->flush();
  }
}

void wsgi_request::close(PyObject* body) {
  static PyObject* name = PyUnicode_InternFromString("close");
  if (PyList_CheckExact(body) || PyTuple_CheckExact(body)) return;
  PyObject* method = PyObject_GetAttr(body, name);
  if (!method) {
    if (PyErr_ExceptionMatches(PyExc_AttributeError))
      PyErr_Clear();
    else
      report_exception("close() of " + title());
    return;
  }
  PyObject* result = PyObject_CallNoArgs(method);
  if (!result) report_exception("close() of " + title());
  Py_XDECREF(result);
  Py_DECREF(method);
}

void wsgi_request::failed() {
  const bool gone = exchange_->aborted() && is_cancelled();
  if (gone)
    PyErr_Clear();
  else
    report_exception(title());
  exchange_->fail();
}

bool wsgi_exchange::write_chunk(PyObject* bytes) {
  if (!PyBytes_Check(bytes)) {
    PyErr_Format(PyExc_TypeError, "a WSGI application must give bytes, not %.100s",
                 Py_TYPE(bytes)->tp_name);
    return false;
  }
  if (!started()) {
    PyErr_SetString(PyExc_AssertionError, "data before start_response() was called");
    return false;
  }
  if (aborted()) {
    raise(make_error(ec::cancelled, "the client is gone"));
    return false;
  }
  const auto size = PyBytes_GET_SIZE(bytes);
  if (size == 0) return true;
  written_ += static_cast<std::uint64_t>(size);
  write({PyBytes_AS_STRING(bytes), static_cast<std::size_t>(size)});
  while (congested()) {
    flush();
    if (!wait_writable()) return false;
  }
  return true;
}

namespace {

bool wait_at(wait_id& place) {
  auto* done = wait_for("wsgi", [&](python_thread&, wait_id id) { place = id; });
  place = {};
  Py_XDECREF(done);
  return done;
}

answer nothing() {
  return []() -> PyObject* { Py_RETURN_NONE; };
}

}  // namespace

bool wsgi_exchange::wait_readable() {
  if (!aborted()) return wait_at(reading_);
  raise(make_error(ec::connection_lost, "the client is gone"));
  return false;
}

bool wsgi_exchange::wait_writable() { return wait_at(writing_); }

void wsgi_exchange::on_readable() {
  if (aborted() && serving)
    greenlets_.cancel(*serving, "the client is gone");
  else
    greenlets_.complete(reading_, nothing());
}

void wsgi_exchange::on_writable() { greenlets_.complete(writing_, nothing()); }

wsgi_gateway::wsgi_gateway(hub& greenlets, py::object application, wsgi_options options)
    : greenlets_(greenlets),
      application_(std::move(application)),
      environs_(options.mounted_at),
      options_(std::move(options)) {}

void wsgi_gateway::begin(exchange_table& table, std::uint32_t listener, exchange_id id,
                         std::unique_ptr<request> head) {
  auto exchange = std::make_shared<wsgi_exchange>(greenlets_, table, listener, id, std::move(head),
                                                  options_.response_window);
  greenlets_.start(std::make_unique<wsgi_request>(*this, std::move(exchange)));
}

}  // namespace puff::bridge
