#include "bridge/loop_thread.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <future>
#include <utility>

#include "bridge/reference.hpp"
#include "bridge/report.hpp"

namespace py = pybind11;

namespace puff::bridge {
namespace {

constexpr auto where = "asyncio thread";

PyObject* new_callback(PyMethodDef* how, void* thread) {
  auto self = py::reinterpret_steal<py::object>(PyCapsule_New(thread, nullptr, nullptr));
  return self ? PyCFunction_New(how, self.ptr()) : nullptr;
}

/// Calls a method and forgets what it returns; an exception is reported.
template <class... Args>
void call(PyObject* object, const char* method, Args... args) {
  auto name = py::reinterpret_steal<py::object>(PyUnicode_InternFromString(method));
  auto* result = name ? PyObject_CallMethodObjArgs(object, name.ptr(), args..., nullptr) : nullptr;
  if (!result) report_exception(where);
  Py_XDECREF(result);
}

}  // namespace

loop_thread::loop_thread(caf::actor_system& system, loop_options options)
    : python_thread(system), options_(options), event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

loop_thread::~loop_thread() {
  leave_address();
  if (thread_.joinable()) {
    stop();
    join();
  }
  if (event_ >= 0) ::close(event_);
}

error loop_thread::start() {
  if (event_ < 0) return make_error(ec::io_failed, "no eventfd for the asyncio thread");
  std::promise<error> started;
  auto outcome = started.get_future();
  thread_ = std::thread{[this, &started] { run([&](error why) { started.set_value(why); }); }};
  auto* state = PyEval_SaveThread();
  auto why = outcome.get();
  if (why) thread_.join();
  PyEval_RestoreThread(state);
  return why;
}

void loop_thread::join() {
  if (!thread_.joinable()) return;
  auto* state = PyGILState_Check() ? PyEval_SaveThread() : nullptr;
  thread_.join();
  if (state) PyEval_RestoreThread(state);
}

void loop_thread::run(std::function<void(error)> started) {
  auto* state = PyThreadState_New(PyInterpreterState_Main());
  PyEval_RestoreThread(state);
  enter_python_thread();
  const bool open = open_loop();
  started(open ? error{}
               : make_error(ec::python_failed, "the asyncio thread did not start: " +
                                                   take_exception_text(traceback::last_line)));
  if (open) {
    if (has_mail_or_sleeps()) wake_thread();
    // SystemExit and KeyboardInterrupt of a task leave run_forever; they do not end the thread.
    while (!ending_) call(loop_, "run_forever");
  }
  close_loop();
  PyThreadState_Clear(state);
  PyThreadState_DeleteCurrent();
}

template <loop_thread::callback Member>
PyObject* loop_thread::call_member(PyObject* self, PyObject* const*, Py_ssize_t) {
  auto* thread = static_cast<loop_thread*>(PyCapsule_GetPointer(self, nullptr));
  (thread->*Member)();
  Py_RETURN_NONE;
}

bool loop_thread::open_loop() {
  auto method = [](const char* name, auto* function) {
    return PyMethodDef{name, reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(function)),
                       METH_FASTCALL, nullptr};
  };
  static PyMethodDef on_event = method("drain", call_member<&loop_thread::drain>);
  static PyMethodDef on_turn_end = method("end_turn", call_member<&loop_thread::end_turn>);
  static PyMethodDef on_timer = method("fire_deadlines", call_member<&loop_thread::fire_deadlines>);
  static PyMethodDef on_ready = method("complete", call_member<&loop_thread::complete_ready>);
  on_event_ = new_callback(&on_event, this);
  on_turn_end_ = new_callback(&on_turn_end, this);
  on_timer_ = new_callback(&on_timer, this);
  on_ready_ = new_callback(&on_ready, this);
  auto module = py::reinterpret_steal<py::object>(PyImport_ImportModule("puff._asyncio"));
  if (!module || !on_event_ || !on_turn_end_ || !on_timer_ || !on_ready_) return false;
  loop_ = PyObject_CallMethod(module.ptr(), "new_event_loop", nullptr);
  if (!loop_) return false;
  create_future_ = PyObject_GetAttrString(loop_, "create_future");
  call_soon_ = PyObject_GetAttrString(loop_, "call_soon");
  if (!create_future_ || !call_soon_) return false;
  auto* added = PyObject_CallMethod(loop_, "add_reader", "iO", event_, on_event_);
  Py_XDECREF(added);
  return added != nullptr;
}

void loop_thread::close_loop() {
  if (loop_) {
    auto module = py::reinterpret_steal<py::object>(PyImport_ImportModule("puff._asyncio"));
    auto seconds = std::chrono::duration<double>{options_.stop_timeout}.count();
    auto done = py::reinterpret_steal<py::object>(
        module ? PyObject_CallMethod(module.ptr(), "close", "Oid", loop_, event_, seconds)
               : nullptr);
    if (!done) report_exception(where);
  }
  for_each_wait([this](wait_id id) { abandon_wait(id); });
  for (auto** kept : {&timer_, &on_event_, &on_turn_end_, &on_timer_, &on_ready_, &create_future_,
                      &call_soon_, &loop_})
    Py_CLEAR(*kept);
}

void loop_thread::drain() {
  std::uint64_t wakes;
  if (::read(event_, &wakes, sizeof wakes) < 0 && errno != EAGAIN) return;
  in_drain_ = true;
  drain_mail();
  in_drain_ = false;
  complete_ready();
  set_timer();
  if (has_mail_or_sleeps()) wake_thread();
}

void loop_thread::wake_thread() {
  const std::uint64_t one = 1;
  // It can only fail when the counter is full, and then the thread is awake.
  [[maybe_unused]] auto written = ::write(event_, &one, sizeof one);
}

void loop_thread::call_soon(PyObject* function) {
  auto* handle = PyObject_CallOneArg(call_soon_, function);
  if (!handle) report_exception(where);
  Py_XDECREF(handle);
}

void loop_thread::at_end_of_turn(std::function<void()> hook) {
  if (end_of_turn_.empty()) call_soon(on_turn_end_);
  end_of_turn_.push_back(std::move(hook));
}

void loop_thread::end_turn() {
  std::swap(ending_turn_, end_of_turn_);
  for (auto& hook : ending_turn_) hook();
  ending_turn_.clear();
}

void loop_thread::set_timer() {
  auto when = deadlines().earlier_wake();
  if (!when) return;
  if (timer_) call(timer_, "cancel");
  Py_CLEAR(timer_);
  // uvloop rounds to milliseconds: upwards, so that it does not fire before the wheel is due.
  auto delay = std::chrono::ceil<std::chrono::milliseconds>(*when - deadline_wheel::clock::now());
  auto seconds = std::max(static_cast<double>(delay.count()), 0.0) / 1000;
  timer_ = PyObject_CallMethod(loop_, "call_later", "dO", seconds, on_timer_);
  if (!timer_) report_exception(where);
}

void loop_thread::fire_deadlines() {
  Py_CLEAR(timer_);
  in_drain_ = true;
  deadlines().advance(deadline_wheel::clock::now());
  in_drain_ = false;
  complete_ready();
  set_timer();
}

PyObject* loop_thread::new_waiter() { return PyObject_CallNoArgs(create_future_); }

bool loop_thread::waits(wait_id id) {
  if (!python_thread::waits(id)) return false;
  auto done =
      py::reinterpret_steal<py::object>(PyObject_CallMethod(wait_of(id).waiter, "done", nullptr));
  if (!done) report_exception(where);
  if (done.ptr() != Py_True) return true;
  abandon_wait(id);
  return false;
}

PyObject* loop_thread::suspend(wait_id id) {
  set_timer();
  return Py_NewRef(wait_of(id).waiter);
}

void loop_thread::wake(wait_id id) {
  // Not now: what is waited for may be there before `suspend` has handed out its future.
  if (ready_.empty() && !in_drain_) call_soon(on_ready_);
  ready_.push_back(id);
}

void loop_thread::complete_ready() {
  std::swap(giving_, ready_);
  for (auto id : giving_) {
    if (!is_open(id)) continue;
    auto* future = Py_NewRef(wait_of(id).waiter);
    give(future, id);
    Py_DECREF(future);
  }
  giving_.clear();
}

void loop_thread::give(PyObject* future, wait_id id) {
  auto done = py::reinterpret_steal<py::object>(PyObject_CallMethod(future, "done", nullptr));
  if (!done || done.ptr() == Py_True) {  // its task was cancelled
    if (!done) report_exception(where);
    return abandon_wait(id);
  }
  auto how = outcome::take(close_wait(id));
  if (!how.failed()) {
    auto value = py::reinterpret_steal<py::object>(how.give());
    return call(future, "set_result", value.ptr());
  }
  auto exception = py::reinterpret_borrow<py::object>(how.exception());
  if (PyErr_GivenExceptionMatches(exception.ptr(), PyExc_StopIteration)) {
    // A future refuses it, since it would end the coroutine that awaits.
    exception = py::reinterpret_steal<py::object>(
        PyObject_CallFunction(PyExc_RuntimeError, "s", "the awaited call raised StopIteration"));
    if (!exception) return report_exception(where);
  }
  call(future, "set_exception", exception.ptr());
}

void loop_thread::on_finished() {
  ending_ = true;
  call(loop_, "stop");
}

}  // namespace puff::bridge
