#include "bridge/task_runner.hpp"

#include <array>
#include <atomic>
#include <caf/send.hpp>
#include <unordered_map>
#include <utility>

#include "bridge/report.hpp"

namespace py = pybind11;

namespace puff::bridge {
namespace {

struct place {
  task_runner* runner;
  std::uint64_t number;
  work* greenlet;  // null once it goes on elsewhere
};

/// What runs, by handle; guarded by the GIL.
std::unordered_map<std::uint64_t, place>& places() {
  static std::unordered_map<std::uint64_t, place> all;
  return all;
}

std::uint64_t last_handle = 0;  // guarded by the GIL
std::atomic<bool> node_stops{false};

py::object function_of(const char* name) {
  auto module = py::reinterpret_steal<py::object>(PyImport_ImportModule("puff._tasks"));
  auto function = py::reinterpret_steal<py::object>(
      module ? PyObject_GetAttrString(module.ptr(), name) : nullptr);
  if (!function) report_exception("tasks");
  return function;
}

PyObject* to_bytes(std::string_view text) {
  return PyBytes_FromStringAndSize(text.data(), static_cast<Py_ssize_t>(text.size()));
}

task_end end_of(PyObject* result) {
  task_end end;
  char* data = nullptr;
  Py_ssize_t size = 0;
  if (PyBytes_Check(result)) {
    PyBytes_AsStringAndSize(result, &data, &size);
    end.data.assign(data, static_cast<std::size_t>(size));
    return end;
  }
  if (PyTuple_Check(result) && PyTuple_GET_SIZE(result) == 3 &&
      PyBytes_AsStringAndSize(PyTuple_GET_ITEM(result, 1), &data, &size) == 0) {
    end.outcome = static_cast<task_end::how>(PyLong_AsLong(PyTuple_GET_ITEM(result, 0)));
    end.data.assign(data, static_cast<std::size_t>(size));
    end.delay = std::chrono::milliseconds{PyLong_AsLongLong(PyTuple_GET_ITEM(result, 2))};
    return end;
  }
  report_exception("tasks");
  end.outcome = task_end::how::raised;
  end.data = R"({"type":"PuffError","text":"the task's end is not understood","traceback":""})";
  return end;
}

}  // namespace

task_queue_map& the_task_queues() noexcept {
  static task_queue_map queues;
  return queues;
}

class task_runner::attempt final : public work {
 public:
  attempt(std::uint64_t handle, py::object run, std::string queue, task_attempt what)
      : handle_(handle), run_(std::move(run)), queue_(std::move(queue)), what_(std::move(what)) {}

  void run() override {
    auto* result = call();
    auto known = places().find(handle_);
    if (known != places().end()) known->second.greenlet = nullptr;
    if (!result) {
      report_exception(title());
      task_end failed;
      failed.outcome = task_end::how::raised;
      failed.data = R"({"type":"PuffError","text":"the task cannot be run","traceback":""})";
      return report(handle_, std::move(failed));
    }
    // None: it goes on elsewhere and is reported from there.
    if (result != Py_None) report(handle_, end_of(result));
    Py_DECREF(result);
  }

  std::string title() const override { return "task " + what_.function; }

 private:
  PyObject* call() {
    std::array<PyObject*, 8> args{
        PyLong_FromUnsignedLongLong(handle_),
        PyUnicode_FromStringAndSize(queue_.data(), static_cast<Py_ssize_t>(queue_.size())),
        PyUnicode_DecodeUTF8(what_.function.data(), static_cast<Py_ssize_t>(what_.function.size()),
                             "replace"),
        to_bytes(what_.param),
        to_bytes(what_.id.view()),
        PyLong_FromUnsignedLong(what_.attempt),
        PyLong_FromUnsignedLong(what_.max_attempts),
        PyLong_FromUnsignedLong(what_.token)};
    PyObject* result = nullptr;
    bool complete = static_cast<bool>(run_);
    for (auto* each : args) complete = complete && each;
    if (complete) result = PyObject_Vectorcall(run_.ptr(), args.data(), args.size(), nullptr);
    for (auto* each : args) Py_XDECREF(each);
    if (!complete && !PyErr_Occurred())
      PyErr_SetString(PyExc_RuntimeError, "puff._tasks is missing");
    return result;
  }

  std::uint64_t handle_;
  py::object run_;
  std::string queue_;
  task_attempt what_;
};

task_runner::task_runner(self_pointer<interface> self, hub& greenlets, std::string queue,
                         resource<task_scheduler_actor> scheduler)
    : self_(self),
      greenlets_(greenlets),
      queue_(std::move(queue)),
      scheduler_(std::move(scheduler)) {}

task_runner::~task_runner() {
  std::erase_if(places(), [this](const auto& each) { return each.second.runner == this; });
}

task_runner::interface::behavior_type task_runner::make_behavior() {
  run_ = function_of("run");
  interrupt_ = function_of("interrupt");
  return {
      [this](start_atom, task_attempts_parcel& batch) { start(batch.take()); },
      [this](interrupt_atom, std::uint64_t number, const std::string& why) {
        interrupt(number, why);
      },
  };
}

void task_runner::start(task_attempts batch) {
  for (auto& each : batch) {
    const auto handle = ++last_handle;
    const auto number = each.number;
    auto what = std::make_unique<attempt>(handle, run_, queue_, std::move(each));
    places().emplace(handle, place{this, number, what.get()});
    greenlets_.start(std::move(what));
  }
}

void task_runner::interrupt(std::uint64_t number, const std::string& why) {
  for (auto& [handle, where] : places()) {
    if (where.runner != this || where.number != number) continue;
    if (where.greenlet) return greenlets_.cancel(*where.greenlet, why);
    auto* done = PyObject_CallFunction(interrupt_.ptr(), "Ks",
                                       static_cast<unsigned long long>(handle), why.c_str());
    if (!done) report_exception("tasks");
    Py_XDECREF(done);
    return;
  }
}

void task_runner::report(std::uint64_t handle, task_end end) {
  auto known = places().find(handle);
  if (known == places().end()) return;
  const auto where = known->second;
  places().erase(known);
  end.number = where.number;
  where.runner->ended(std::move(end));
}

void task_runner::begin_stopping() { node_stops = true; }
bool task_runner::stopping() noexcept { return node_stops; }

void task_runner::ended(task_end end) {
  ends_.push_back(std::move(end));
  auto* thread = python_thread::current();
  if (!thread || node_stops) return flush();
  if (ends_.size() == 1) thread->at_end_of_turn([this] { flush(); });
}

void task_runner::flush() {
  auto receiver = scheduler_.get();
  auto ends = std::exchange(ends_, {});
  // A scheduler that was restarted knows nothing of them: their leases end, and they run again.
  if (receiver && !ends.empty())
    caf::anon_send(*receiver, end_task_atom::value, task_ends_parcel{std::move(ends)});
}

}  // namespace puff::bridge
