#include <array>
#include <unordered_map>

#include "bridge/asyncio_start.hpp"
#include "bridge/bindings.hpp"
#include "bridge/blocking_pool.hpp"
#include "bridge/hub.hpp"
#include "bridge/internal/arguments.hpp"
#include "bridge/internal/file_bytes.hpp"
#include "bridge/internal/returner.hpp"
#include "bridge/internal/work_local.hpp"
#include "bridge/loop_thread.hpp"
#include "bridge/reference.hpp"
#include "bridge/report.hpp"
#include "bridge/runtime.hpp"
#include "bridge/stacks.hpp"

namespace py = pybind11;

namespace puff::bridge {
namespace {

using internal::has_arguments;
using internal::is_callable;

/// A function of Python's on a greenlet; it takes care of its own result.
class spawned final : public work {
 public:
  spawned(std::uint64_t number, PyObject* function)
      : number_(number), function_(py::reinterpret_borrow<py::object>(function)) {}

  void run() override {
    living().emplace(number_, this);
    auto* result = PyObject_CallNoArgs(function_.ptr());
    if (!result) report_exception("greenlet");
    Py_XDECREF(result);
    living().erase(number_);
  }

  /// Those that run, by number; for the hub's thread.
  static std::unordered_map<std::uint64_t, spawned*>& living() {
    static std::unordered_map<std::uint64_t, spawned*> all;
    return all;
  }

 private:
  std::uint64_t number_;
  py::object function_;
};

/// A function of Python's on a thread of the pool; its outcome ends a wait.
class blocking_call final : public work {
 public:
  blocking_call(python_thread& caller, wait_id id, PyObject* function)
      : caller_(caller), id_(id), function_(py::reinterpret_borrow<py::object>(function)) {}

  void run() override {
    auto how = outcome::take(PyObject_CallNoArgs(function_.ptr()));
    function_ = {};  // what it holds ends before whoever waits goes on
    caller_.complete_later(id_, [how = std::move(how)] { return how.give(); });
  }

 private:
  python_thread& caller_;
  wait_id id_;
  py::object function_;
};

/// Ends the wait with the exception that is set.
void fail_with_exception(python_thread& thread, wait_id id) {
  thread.complete(id, [why = outcome::take(nullptr)] { return why.give(); });
}

PyObject* wrap_async(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!has_arguments("wrap_async", count, 1) || !is_callable("wrap_async", args[0])) return nullptr;
  return wait_for("wrap_async", [&](python_thread& thread, wait_id id) {
    auto* ret = internal::new_returner(thread, id);
    auto* started = ret ? PyObject_CallOneArg(args[0], ret) : nullptr;
    if (!started) fail_with_exception(thread, id);
    Py_XDECREF(started);
    Py_XDECREF(ret);
  });
}

PyObject* sleep_ms(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!has_arguments("sleep_ms", count, 1)) return nullptr;
  const double ms = PyFloat_AsDouble(args[0]);
  if (ms == -1.0 && PyErr_Occurred()) return nullptr;
  if (!(ms >= 0 && ms < 1e15)) {
    PyErr_SetString(PyExc_ValueError, "sleep_ms() needs a number of milliseconds from 0 on");
    return nullptr;
  }
  return wait_for("sleep_ms", [&](python_thread& thread, wait_id id) {
    auto wake = [&thread, id] { thread.complete(id, [] { return Py_NewRef(Py_None); }); };
    if (ms == 0) return thread.post(wake);
    auto delay = std::chrono::duration<double, std::milli>{ms};
    using clock = deadline_wheel::clock;
    thread.deadlines().arm(clock::now() + std::chrono::ceil<clock::duration>(delay), wake);
  });
}

bool take_context(work& what, PyObject* context) {
  if (context == Py_None) return true;
  if (!PyContext_CheckExact(context)) {
    PyErr_SetString(PyExc_TypeError, "the context must be a contextvars.Context or None");
    return false;
  }
  what.context = py::reinterpret_borrow<py::object>(context);
  return true;
}

PyObject* no_runtime(const char* function) {
  PyErr_Format(PyExc_RuntimeError, "%s() needs Puff's runtime: run the program under puff",
               function);
  return nullptr;
}

PyObject* spawn(PyObject*, PyObject* const* args, Py_ssize_t count) {
  static std::uint64_t last_number = 0;  // guarded by the GIL
  if (!has_arguments("spawn", count, 2) || !is_callable("spawn", args[0])) return nullptr;
  auto* greenlets = the_runtime().greenlets;
  if (!greenlets) return no_runtime("spawn");
  if (greenlets->full()) {
    raise(make_error(ec::overloaded, "too many spawned greenlets wait to start"));
    return nullptr;
  }
  const auto number = ++last_number;
  auto what = std::make_unique<spawned>(number, args[0]);
  if (!take_context(*what, args[1])) return nullptr;
  if (greenlets->on_own_thread()) {
    greenlets->start(std::move(what));
  } else {
    auto carried = std::make_shared<std::unique_ptr<work>>(std::move(what));
    greenlets->post([greenlets, carried] { greenlets->start(std::move(*carried)); });
  }
  return PyLong_FromUnsignedLongLong(number);
}

PyObject* cancel(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!has_arguments("cancel", count, 2)) return nullptr;
  auto* greenlets = the_runtime().greenlets;
  if (!greenlets) return no_runtime("cancel");
  const auto number = PyLong_AsUnsignedLongLong(args[0]);
  const char* why = PyErr_Occurred() ? nullptr : PyUnicode_AsUTF8(args[1]);
  if (!why) return nullptr;
  greenlets->post([greenlets, number, why = std::string{why}] {
    auto& living = spawned::living();
    if (auto found = living.find(number); found != living.end())
      greenlets->cancel(*found->second, why);
  });
  Py_RETURN_NONE;
}

PyObject* run_blocking(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!has_arguments("run_blocking", count, 2) || !is_callable("run_blocking", args[0]))
    return nullptr;
  auto* pool = the_runtime().blocking;
  if (!pool) return no_runtime("run_blocking");
  return wait_for("run_blocking", [&](python_thread& thread, wait_id id) {
    auto what = std::make_unique<blocking_call>(thread, id, args[0]);
    if (!take_context(*what, args[1])) return fail_with_exception(thread, id);
    if (auto why = pool->submit(std::move(what))) thread.fail(id, std::move(why));
  });
}

PyObject* read_file_bytes(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!has_arguments("read_file_bytes", count, 1)) return nullptr;
  PyObject* encoded = nullptr;
  if (!PyUnicode_FSConverter(args[0], &encoded)) return nullptr;
  std::string path{PyBytes_AS_STRING(encoded), static_cast<std::size_t>(PyBytes_GET_SIZE(encoded))};
  Py_DECREF(encoded);
  auto* pool = the_runtime().blocking;
  if (!pool) return no_runtime("read_file_bytes");
  return wait_for("read_file_bytes", [&](python_thread& thread, wait_id id) {
    auto why = pool->submit([&thread, id, path] {
      thread.complete_later(id, [read = internal::read_file(path)] { return read->to_python(); });
    });
    if (why) thread.fail(id, std::move(why));
  });
}

PyObject* call_on_asyncio(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!has_arguments("call_on_asyncio", count, 1) || !is_callable("call_on_asyncio", args[0]))
    return nullptr;
  auto* asyncio = needed_asyncio();
  if (!asyncio) return nullptr;
  asyncio->post([function = reference::borrow(args[0])] {
    auto* result = PyObject_CallNoArgs(function.get());
    if (!result) report_exception("asyncio thread");
    Py_XDECREF(result);
  });
  Py_RETURN_NONE;
}

PyObject* is_greenlet(PyObject*, PyObject* const*, Py_ssize_t) {
  auto* greenlets = the_runtime().greenlets;
  return PyBool_FromLong(greenlets && greenlets->in_greenlet());
}

PyObject* is_asyncio(PyObject*, PyObject* const*, Py_ssize_t) {
  auto* asyncio = the_runtime().asyncio;
  return PyBool_FromLong(asyncio && asyncio->on_own_thread());
}

PyObject* is_puff(PyObject*, PyObject* const*, Py_ssize_t) {
  return PyBool_FromLong(the_runtime().greenlets != nullptr);
}

PyObject* asyncio_loop(PyObject*, PyObject* const*, Py_ssize_t) {
  if (!has_asyncio()) Py_RETURN_NONE;
  auto* asyncio = needed_asyncio();
  return asyncio ? Py_NewRef(asyncio->event_loop()) : nullptr;
}

PyObject* greenlet_locals(PyObject*, PyObject* const*, Py_ssize_t) {
  auto* what = running_work();
  if (!what) Py_RETURN_NONE;
  if (!what->locals) what->locals = py::reinterpret_steal<py::object>(PyDict_New());
  return Py_XNewRef(what->locals.ptr());
}

PyObject* use_greenlet_locals(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!has_arguments("use_greenlet_locals", count, 1)) return nullptr;
  auto* what = running_work();
  if (!what || !PyDict_CheckExact(args[0])) {
    PyErr_SetString(PyExc_RuntimeError, "use_greenlet_locals() needs a greenlet and a dict");
    return nullptr;
  }
  what->locals = py::reinterpret_borrow<py::object>(args[0]);
  Py_RETURN_NONE;
}

PyObject* stacks(PyObject*, PyObject* const*, Py_ssize_t) {
  auto text = describe_stacks();
  return PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "replace");
}

}  // namespace

bool bind_core(PyObject* module) {
  using internal::fast;
  static std::array functions{
      fast("wrap_async", wrap_async,
           "wrap_async($module, start, /)\n--\n\nCalls start(ret) and waits until ret was called."),
      fast("sleep_ms", sleep_ms, "sleep_ms($module, ms, /)\n--\n\nWaits; 0 lets others run once."),
      fast("spawn", spawn,
           "spawn($module, function, context, /)\n--\n\n"
           "Runs function() on a new greenlet in the context; returns its number."),
      fast("cancel", cancel,
           "cancel($module, number, why, /)\n--\n\n"
           "Raises Cancelled where the greenlet of that number waits."),
      fast("run_blocking", run_blocking,
           "run_blocking($module, function, context, /)\n--\n\n"
           "Runs function() on a thread of the blocking pool and waits for its outcome."),
      fast("read_file_bytes", read_file_bytes,
           "read_file_bytes($module, path, /)\n--\n\nReads a file off this thread, without the "
           "GIL."),
      fast("call_on_asyncio", call_on_asyncio,
           "call_on_asyncio($module, function, /)\n--\n\n"
           "Calls function() soon on the asyncio thread."),
      fast("is_greenlet", is_greenlet,
           "is_greenlet($module, /)\n--\n\nWhether this code runs in a greenlet that may wait."),
      fast("is_asyncio", is_asyncio,
           "is_asyncio($module, /)\n--\n\nWhether this code runs on the asyncio thread."),
      fast("is_puff", is_puff, "is_puff($module, /)\n--\n\nWhether Puff's runtime is there."),
      fast("asyncio_loop", asyncio_loop,
           "asyncio_loop($module, /)\n--\n\nThe asyncio thread's event loop, or None."),
      fast("greenlet_locals", greenlet_locals,
           "greenlet_locals($module, /)\n--\n\n"
           "The dict of what is local to the running greenlet's work, or None outside greenlets."),
      fast("use_greenlet_locals", use_greenlet_locals,
           "use_greenlet_locals($module, locals, /)\n--\n\n"
           "Makes `locals` that dict: several pieces of work, one after the other, may share one."),
      fast("stacks", stacks,
           "stacks($module, /)\n--\n\nWhat every thread and greenlet is doing, as text."),
      PyMethodDef{nullptr, nullptr, 0, nullptr}};
  return internal::add_returner_type(module) && internal::add_work_local_type(module) &&
         PyModule_AddFunctions(module, functions.data()) == 0;
}

}  // namespace puff::bridge
