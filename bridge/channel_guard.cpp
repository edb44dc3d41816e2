#include "bridge/channel_guard.hpp"

#include <pybind11/pybind11.h>

#include <utility>

#include "bridge/graphql/kept_object.hpp"
#include "bridge/graphql/python_call.hpp"
#include "bridge/report.hpp"
#include "bridge/runtime.hpp"

namespace py = pybind11;

namespace puff::bridge {
namespace {

using graphql::kept_object;
using graphql::runs_on;
using answer = std::function<void(expected<std::string>)>;

/// Fields and paths are bytes of a client: every one is a character.
py::object text(std::string_view from) {
  return py::reinterpret_steal<py::object>(
      PyUnicode_DecodeLatin1(from.data(), static_cast<Py_ssize_t>(from.size()), nullptr));
}

/// Channels are UTF-8; what is not survives as Python has it for file names.
py::object name(std::string_view from) {
  return py::reinterpret_steal<py::object>(
      PyUnicode_DecodeUTF8(from.data(), static_cast<Py_ssize_t>(from.size()), "surrogateescape"));
}

/// One question.
class guard_call final : public graphql::python_call {
 public:
  guard_call(kept_object function, std::string called, channel_visit visit, answer done)
      : function_(std::move(function)),
        called_(std::move(called)),
        visit_(std::move(visit)),
        done_(std::move(done)) {}

  PyObject* function() override { return Py_NewRef(function_.get()); }

  PyObject* argument() override {
    try {
      py::list fields;
      for (std::size_t i = 0; i < visit_.headers.size(); ++i)
        fields.append(py::make_tuple(text(visit_.headers[i].name), text(visit_.headers[i].value)));
      return py::make_tuple(text(visit_.transport), text(visit_.path), text(visit_.query), fields,
                            text(visit_.client_address), name(visit_.channel))
          .release()
          .ptr();
    } catch (py::error_already_set& raised) {
      raised.restore();
    } catch (const std::exception& wrong) {
      PyErr_SetString(PyExc_RuntimeError, wrong.what());
    }
    return nullptr;
  }

  std::string title() const override { return called_; }
  const char* kind() const override { return "pubsub_endpoint"; }

  void ended(PyObject* value) override {
    if (!value) {
      report_exception(called_);
      return give(make_error(ec::python_failed, called_ + " failed"));
    }
    if (value == Py_None) return give(make_error(ec::bad_request, called_ + " refused"));
    Py_ssize_t size = 0;
    const char* who = PyUnicode_AsUTF8AndSize(value, &size);
    if (who) return give(std::string{who, static_cast<std::size_t>(size)});
    ended(nullptr);
  }

  void not_started() override { give(make_error(ec::unavailable, called_ + " was not asked")); }

 private:
  void give(expected<std::string> how) {
    if (auto done = std::exchange(done_, nullptr)) done(std::move(how));
  }

  const kept_object function_;
  const std::string called_;
  channel_visit visit_;
  answer done_;
};

class python_guard final : public channel_guard {
 public:
  python_guard(kept_object function, runs_on where, std::string called)
      : function_(std::move(function)), where_(where), called_(std::move(called)) {}

  void ask(channel_visit visit, answer done) override {
    auto call = std::make_shared<guard_call>(function_, called_, std::move(visit), std::move(done));
    if (!call->start(where_)) call->not_started();
  }

 private:
  const kept_object function_;
  const runs_on where_;
  const std::string called_;
};

}  // namespace

expected<std::shared_ptr<channel_guard>> load_channel_guard(const std::string& dotted_path) {
  try {
    const auto made = py::module_::import("puff._channel_guard").attr("load")(dotted_path);
    const auto [function, is_async] = made.cast<std::pair<py::object, bool>>();
    if (is_async && !the_runtime().asyncio)
      return make_error(ec::bad_config, dotted_path +
                                            " is a coroutine function, which needs the asyncio "
                                            "thread: set asyncio = true in puff.toml");
    return std::static_pointer_cast<channel_guard>(std::make_shared<python_guard>(
        kept_object::borrow(function.ptr()), is_async ? runs_on::asyncio : runs_on::greenlet,
        dotted_path));
  } catch (py::error_already_set& raised) {
    raised.restore();
  } catch (const std::exception& wrong) {
    PyErr_SetString(PyExc_RuntimeError, wrong.what());
  }
  return make_error(ec::bad_config, dotted_path + " cannot be used to authorize\n" +
                                        take_exception_text(traceback::whole));
}

}  // namespace puff::bridge
