#include "bridge/asgi.hpp"

#include <utility>

#include "bridge/internal/asgi_objects.hpp"
#include "bridge/internal/asgi_websocket.hpp"
#include "bridge/report.hpp"

namespace py = pybind11;

namespace puff::bridge {
namespace {

using internal::asgi_exchange;

/// What the application returns for a request, as the coroutine of its task; null with an
/// exception.
PyObject* call_application(PyObject* application, PyObject* scope,
                           const std::shared_ptr<asgi_exchange>& exchange) {
  auto receive =
      py::reinterpret_steal<py::object>(scope ? internal::new_receive(exchange) : nullptr);
  auto send = py::reinterpret_steal<py::object>(receive ? internal::new_send(exchange) : nullptr);
  if (!send) return nullptr;
  PyObject* arguments[] = {scope, receive.ptr(), send.ptr()};
  auto* awaitable = PyObject_Vectorcall(application, arguments, 3, nullptr);
  return awaitable ? internal::new_request_coroutine(exchange, awaitable) : nullptr;
}

error lifespan_error(const char* what) {
  return make_error(ec::python_failed,
                    std::string{what} + take_exception_text(traceback::last_line));
}

}  // namespace

asgi_gateway::asgi_gateway(loop_thread& asyncio, py::object application, asgi_options options)
    : asyncio_(asyncio),
      application_(std::move(application)),
      task_type_(py::module_::import("asyncio").attr("Task")),
      create_task_(py::handle{asyncio.event_loop()}.attr("create_task")),
      task_factory_(py::handle{asyncio.event_loop()}.attr("get_task_factory")),
      scopes_(options.mounted_at),
      options_(std::move(options)) {}

void asgi_gateway::begin(exchange_table& table, std::uint32_t listener, exchange_id id,
                         std::unique_ptr<request> head) {
  std::shared_ptr<asgi_exchange> exchange;
  if (head->websocket)
    exchange = std::make_shared<internal::asgi_websocket>(
        asyncio_, table, listener, id, std::move(head), options_.response_window);
  else
    exchange = std::make_shared<asgi_exchange>(asyncio_, table, listener, id, std::move(head),
                                               options_.response_window);
  auto scope = py::reinterpret_steal<py::object>(scopes_.build(exchange->head()));
  auto coroutine = py::reinterpret_steal<py::object>(
      call_application(application_.ptr(), scope.ptr(), exchange));
  auto task = py::reinterpret_steal<py::object>(coroutine ? new_task(coroutine.ptr()) : nullptr);
  if (!task) exchange->raised();
}

/// As the loop's create_task does it, without a new name for each.
PyObject* asgi_gateway::new_task(PyObject* coroutine) const {
  static PyObject* name = PyUnicode_InternFromString("request");
  static PyObject* keywords = Py_BuildValue("(ss)", "loop", "name");
  auto factory = py::reinterpret_steal<py::object>(PyObject_CallNoArgs(task_factory_.ptr()));
  if (!factory) return nullptr;
  if (!factory.is_none()) return PyObject_CallOneArg(create_task_.ptr(), coroutine);
  PyObject* arguments[] = {coroutine, asyncio_.event_loop(), name};
  return PyObject_Vectorcall(task_type_.ptr(), arguments, 1, keywords);
}

error asgi_gateway::start_lifespan(std::chrono::milliseconds deadline) {
  auto module = py::reinterpret_steal<py::object>(PyImport_ImportModule("puff._lifespan"));
  auto lifespan = py::reinterpret_steal<py::object>(
      module ? PyObject_CallMethod(module.ptr(), "Lifespan", "O", application_.ptr()) : nullptr);
  auto seconds = std::chrono::duration<double>{deadline}.count();
  auto state = py::reinterpret_steal<py::object>(
      lifespan ? PyObject_CallMethod(lifespan.ptr(), "start", "d", seconds) : nullptr);
  if (!state) return lifespan_error("the application's start-up failed: ");
  if (!state.is_none()) scopes_.set_state(std::move(state));
  lifespan_ = std::move(lifespan);
  return {};
}

void asgi_gateway::stop_lifespan(std::chrono::milliseconds deadline) {
  if (!lifespan_) return;
  auto lifespan = std::exchange(lifespan_, {});
  auto seconds = std::chrono::duration<double>{deadline}.count();
  auto* done = PyObject_CallMethod(lifespan.ptr(), "stop", "d", seconds);
  if (!done) report_exception("the application's shutdown");
  Py_XDECREF(done);
}

}  // namespace puff::bridge
