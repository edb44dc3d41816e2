#include "bridge/run_python_async.hpp"

#include <boost/asio/co_spawn.hpp>
#include <optional>

#include "actors/core/reason.hpp"
#include "actors/node.hpp"
#include "bridge/hub.hpp"
#include "bridge/python_thread.hpp"
#include "bridge/reference.hpp"
#include "bridge/report.hpp"
#include "bridge/runtime.hpp"

namespace py = pybind11;

namespace puff::bridge {
namespace {

/// Null with an exception set.
PyObject* value_of(const expected<python_value>& outcome) {
  if (!outcome) {
    raise(outcome.error());
    return nullptr;
  }
  try {
    return (*outcome)();
  } catch (py::error_already_set& raised) {
    raised.restore();
  } catch (const std::exception& thrown) {
    PyErr_SetString(PyExc_TypeError, thrown.what());
  }
  return nullptr;
}

void tell(PyObject* done, const expected<python_value>& outcome) {
  auto how = bridge::outcome::take(value_of(outcome));
  auto* failure = how.exception();
  auto value = py::reinterpret_steal<py::object>(failure ? Py_NewRef(Py_None) : how.give());
  auto called = py::reinterpret_steal<py::object>(
      PyObject_CallFunctionObjArgs(done, value.ptr(), failure ? failure : Py_None, nullptr));
  if (!called) report_exception("run_python_async");
}

/// co_spawn wants a result that can be empty.
using ended_outcome = std::optional<expected<python_value>>;

boost::asio::awaitable<ended_outcome> running(later work, native_context context) {
  auto outcome = co_await work(context);
  co_return std::move(outcome);
}

}  // namespace

void run_later(PyObject* done, later work) {
  auto* over = the_runtime().over;
  auto* greenlets = the_runtime().greenlets;
  if (over == nullptr || greenlets == nullptr)
    throw std::runtime_error{"run_python_async needs Puff's runtime"};
  auto ended = [greenlets, done = reference::borrow(done)](std::exception_ptr thrown,
                                                           ended_outcome outcome) {
    auto got = thrown ? expected<python_value>{error_of(thrown)} : std::move(*outcome);
    greenlets->post([done, got = std::move(got)] { tell(done.get(), got); });
  };
  boost::asio::co_spawn(over->loop().io(), running(std::move(work), native_context{*over}),
                        std::move(ended));
}

}  // namespace puff::bridge
